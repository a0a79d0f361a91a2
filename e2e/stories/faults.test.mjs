import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Product, ROOT, until } from "../product.mjs";

// Faults that are injected for real. A disk that fills or refuses writes is a small file system of its own, which only
// root can mount.
const SMALL = "96m";
const DOCUMENT = `
name: faults
tasks:
- name: patient
  resources: {cpu: 10m}
  command: |
    echo started >> /tmp/ropewalk-faults-$ROPEWALK_RUN_ID
    while [ ! -e /tmp/ropewalk-faults-go ]; do sleep 0.1; done
    exit 7
- name: quick
  resources: {cpu: 10m}
  command: echo "$ROPEWALK_ATTEMPT" >> "$OUTPUT_DIR/starts"
`;
const GO = "/tmp/ropewalk-faults-go";

const product = new Product();
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SMALL},mode=700`, "tmpfs", product.data]).status === 0;
const small = { skip: mounted ? false : "only root can mount a small file system", timeout: 300_000 };

before(async () => {
    rmSync(GO, { force: true });
    await product.start();
    await product.apply(DOCUMENT);
}, { timeout: 900_000 });
after(async () => {
    writeFileSync(GO, "");
    await product.close().catch(() => undefined);
    if (mounted) {
        spawnSync("umount", ["-l", product.data]);
        rmSync(product.data, { recursive: true, force: true });
    }
    rmSync(GO, { force: true });
}, { timeout: 120_000 });

const pid = () => Number(/process (\d+)/.exec(readFileSync(join(product.data, "lock"), "utf8"))[1]);

/** One request, once; the answer's status and text. */
async function once(path, body, key, patience = 20_000) {
    const answer = await fetch(`${product.url}/api/v1${path}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${product.token}`, "Content-Type": "application/json", "Idempotency-Key": key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
    });
    return { status: answer.status, text: await answer.text() };
}
const RUNS = "/workspaces/default/projects/faults/runs";
const commented = async (comment) => (await product.get(`${RUNS}?limit=500`)).items.filter((run) => run.comment === comment);

function fill() {
    const filler = join(product.data, "filler");
    spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=64k"]);
    return filler;
}

test("a full disk refuses changes with a reason, loses no end of a program, and is over when there is room", small, async () => {
    const run = await product.launch("faults", "patient");
    await product.reaches(run.id, "running");
    const filler = fill();
    // What is refused says so; a change that still found room is an answer too, and must hold.
    const answers = [];
    for (let i = 0; i < 40; i++) answers.push(await once(RUNS, { task: "quick", comment: `full-${i}` }, `full-${i}`).catch((cause) => ({ status: 0, text: String(cause) })));
    const refused = answers.filter((answer) => answer.status !== 201);
    assert.ok(refused.length > 0, "the disk did not get full");
    for (const answer of refused) {
        assert.equal(answer.status, 503, answer.text);
        assert.match(answer.text, /not stored.*Free the disk/s);
    }
    assert.ok((await fetch(`${product.url}/health`)).ok, "the server went on");
    // The program ends while there is no room for its exit code.
    writeFileSync(GO, "");
    await new Promise((done) => setTimeout(done, 3_000));
    rmSync(filler);
    const ended = await product.ended(run.id, 60);
    assert.equal(ended.state, "failed", JSON.stringify(ended));
    assert.equal(ended.replicas[0].exitCode, 7);
    for (let i = 0; i < 40; i++) {
        const answer = await until(`request ${i} is answered`, async () => {
            const again = await once(RUNS, { task: "quick", comment: `full-${i}` }, `full-${i}`);
            return again.status === 201 ? again : undefined;
        });
        const { id } = JSON.parse(answer.text);
        assert.equal((await product.ended(id)).state, "succeeded");
        assert.equal(readFileSync(join(product.data, "runs", id, "output", "starts"), "utf8").split("\n").length, 2);
        assert.deepEqual((await commented(`full-${i}`)).map((found) => found.id), [id]);
    }
});

test("a server does not start on a disk that refuses writes, says why, and starts when it takes them again", small, async () => {
    rmSync(GO, { force: true });
    const run = await product.launch("faults", "patient");
    await product.reaches(run.id, "running");
    await product.kill();
    // A program's log is open for writing, so the file system itself cannot be made read-only: a mount over it can.
    execFileSync("mount", ["--bind", product.data, product.data]);
    try {
        execFileSync("mount", ["-o", "remount,bind,ro", product.data]);
        const refused = spawnSync(join(ROOT, "ropewalk"), ["up", "--data", product.data, "--port", String(product.port), "--no-browser"], {
            cwd: ROOT,
            env: { ...process.env, ROPEWALK_AOT: "off", ROPEWALK_URL: "", ROPEWALK_TOKEN: "" },
            timeout: 60_000,
            encoding: "utf8",
        });
        assert.notEqual(refused.status, 0);
        assert.match(refused.stdout + refused.stderr, /data directory .* cannot be used.*Make it writable/s);
    } finally {
        execFileSync("umount", [product.data]);
    }
    await product.start();
    writeFileSync(GO, "");
    const ended = await product.ended(run.id, 60);
    assert.equal(ended.replicas[0].exitCode, 7, JSON.stringify(ended));
    assert.equal(readFileSync(`/tmp/ropewalk-faults-${run.id}`, "utf8"), "started\n");
    rmSync(`/tmp/ropewalk-faults-${run.id}`);
});

test("a server that is stopped for a minute has run what was asked for once, however often it was asked", { timeout: 300_000 }, async () => {
    const server = pid();
    rmSync(GO, { force: true });
    const patient = await product.launch("faults", "patient");
    await product.reaches(patient.id, "running");
    process.kill(server, "SIGSTOP");
    let tries = 0;
    const asking = (async () => {
        for (;;) {
            tries++;
            const answer = await once(RUNS, { task: "quick", comment: "stopped" }, "stopped", 2_000).catch(() => undefined);
            if (answer?.status === 201) return JSON.parse(answer.text);
        }
    })();
    // Meanwhile a program ends, and nobody is there to see it.
    writeFileSync(GO, "");
    await new Promise((done) => setTimeout(done, 61_000));
    process.kill(server, "SIGCONT");
    const run = await asking;
    assert.ok(tries > 3, `only ${tries} tries`);
    assert.equal((await product.ended(run.id)).state, "succeeded");
    assert.deepEqual((await commented("stopped")).map((found) => found.id), [run.id]);
    assert.equal(readFileSync(join(product.data, "runs", run.id, "output", "starts"), "utf8").split("\n").length, 2);
    assert.equal((await product.ended(patient.id)).replicas[0].exitCode, 7);
});
