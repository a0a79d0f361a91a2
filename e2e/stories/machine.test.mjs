import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Product, ROOT } from "../product.mjs";

// A machine whose clock is set and whose disk does not keep what it was given: both are lies of a library that is put
// between the server and the system.
const DAY = 24 * 3600;
const DOCUMENT = `
name: machine
tasks:
- name: patient
  timeout: 60
  resources: {cpu: 10m}
  command: |
    while [ ! -e "$OUTPUT_DIR/go" ]; do sleep 0.1; done
    exit 7
- name: stubborn
  resources: {cpu: 10m}
  command: |
    trap '' TERM
    echo ready
    while :; do sleep 0.1; done
- name: quick
  resources: {cpu: 10m}
  command: echo "$ROPEWALK_ATTEMPT" >> "$OUTPUT_DIR/starts"
- name: short
  timeout: 3
  resources: {cpu: 10m}
  command: sleep 1000
`;

const product = new Product();
const folder = mkdtempSync(join(tmpdir(), "ropewalk-machine-"));
const library = join(folder, "faults.so");
const control = openSync(join(folder, "control"), "w+");
const compiled = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, join(ROOT, "e2e/faults.c")], { encoding: "utf8" });
const able = { skip: compiled.error ? "there is no C compiler" : false, timeout: 300_000 };

/** From now on, until it is called again. */
function machine({ clock = 0, syncs = true } = {}) {
    const words = new BigInt64Array([BigInt(clock), syncs ? 0n : 1n]);
    writeSync(control, new Uint8Array(words.buffer), 0, 16, 0);
}
const start = () => product.start({ LD_PRELOAD: library, FAULTS: join(folder, "control") });
const go = (run) => writeFileSync(join(product.data, "runs", run.id, "output", "go"), "");
const events = async (run) => (await product.get(`/runs/${run.id}/events`)).map((event) => event.reason);

before(async () => {
    if (able.skip) return;
    assert.equal(compiled.status, 0, compiled.stderr);
    machine();
    await start();
    await product.apply(DOCUMENT);
}, { timeout: 900_000 });
after(async () => {
    machine();
    await product.close().catch(() => undefined);
    closeSync(control);
    rmSync(folder, { recursive: true, force: true });
}, { timeout: 120_000 });

for (const [name, days] of [["forward", 1], ["back", -1]]) {
    test(`a clock that is set ${name} by a day ends nothing, and limits of time count what really passes`, able, async () => {
        machine();
        const patient = await product.launch("machine", "patient");
        const stubborn = await product.launch("machine", "stubborn");
        await product.reaches(patient.id, "running");
        await product.reaches(stubborn.id, "running");
        const short = await product.launch("machine", "short");
        await product.reaches(short.id, "running");
        machine({ clock: days * DAY });
        const quick = await product.launch("machine", "quick");
        assert.equal((await product.ended(quick.id)).state, "succeeded");
        const said = new Date((await product.get(`/runs/${quick.id}`)).createdAt) - Date.now();
        assert.ok(Math.abs(said / 1000 - days * DAY) < 3600, `the clock was not set: a new run is ${said} ms away`);
        assert.equal((await product.ended(short.id, 60)).cause, "timed-out", "a timeout of 3 s");
        await product.post(`/runs/${stubborn.id}/stop`, { grace: 1 });
        assert.equal((await product.ended(stubborn.id, 60)).state, "stopped");
        assert.ok((await events(patient)).includes("ClockSet"), JSON.stringify(await events(patient)));
        assert.equal((await product.get(`/runs/${patient.id}`)).state, "running");
        // Another server takes over what was started on another day.
        await product.kill();
        await start();
        assert.equal((await product.get(`/runs/${patient.id}`)).state, "running");
        machine();
        go(patient);
        const ended = await product.ended(patient.id, 60);
        assert.equal(ended.state, "failed");
        assert.equal(ended.replicas[0].exitCode, 7);
    });
}

test("what the disk does not keep is refused, and nothing that was acknowledged is lost afterwards", able, async () => {
    machine();
    const patient = await product.launch("machine", "patient");
    await product.reaches(patient.id, "running");
    const before = await product.launch("machine", "quick", { comment: "before" });
    machine({ syncs: false });
    const refused = await Promise.all(
        Array.from({ length: 10 }, async (_, i) =>
            fetch(`${product.url}/api/v1/workspaces/default/projects/machine/runs`, {
                method: "POST",
                headers: { Authorization: `Bearer ${product.token}`, "Content-Type": "application/json", "Idempotency-Key": `unkept-${i}` },
                body: JSON.stringify({ task: "quick", comment: `unkept-${i}` }),
            }).then(async (answer) => ({ status: answer.status, text: await answer.text() })),
        ),
    );
    for (const answer of refused) {
        assert.equal(answer.status, 503, answer.text);
        assert.match(answer.text, /not stored/);
    }
    // Meanwhile a program ends.
    go(patient);
    assert.ok((await fetch(`${product.url}/health`)).ok, "the server went on");
    await product.kill();
    machine();
    await start();
    assert.equal((await product.ended(patient.id, 60)).replicas[0].exitCode, 7);
    assert.equal((await product.ended(before.id, 60)).state, "succeeded");
    for (let i = 0; i < 10; i++) {
        const answer = await fetch(`${product.url}/api/v1/workspaces/default/projects/machine/runs`, {
            method: "POST",
            headers: { Authorization: `Bearer ${product.token}`, "Content-Type": "application/json", "Idempotency-Key": `unkept-${i}` },
            body: JSON.stringify({ task: "quick", comment: `unkept-${i}` }),
        });
        const run = await answer.json();
        assert.equal(answer.status, 201, JSON.stringify(run));
        assert.equal((await product.ended(run.id)).state, "succeeded");
        assert.equal(readFileSync(join(product.data, "runs", run.id, "output", "starts"), "utf8").split("\n").length, 2);
    }
    const all = (await product.get("/workspaces/default/projects/machine/runs?limit=500")).items;
    for (let i = 0; i < 10; i++) assert.equal(all.filter((run) => run.comment === `unkept-${i}`).length, 1, `unkept-${i}`);
});
