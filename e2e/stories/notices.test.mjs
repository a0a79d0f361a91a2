import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Product, ROOT, until } from "../product.mjs";

const product = new Product();
const calls = [];
let answer = 204;
const receiver = createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
        calls.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
        response.writeHead(answer).end();
    });
});

before(
    async () => {
        await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
        await product.start({ ROPEWALK_NOTICES_ALLOW: machine() });
    },
    { timeout: 900_000 },
);
after(
    async () => {
        await product.close();
        receiver.close();
    },
    { timeout: 120_000 },
);

const machine = () => `127.0.0.1:${receiver.address().port}`;
const MILLIS_TO_LIVE = [40, 120, 250, 400, 700, 1100];
const MOST_IN_A_LIFE = 10;

const DOCUMENT = `
name: told
tasks:
- name: bad
  resources: {cpu: 10m}
  command: exit 7
`;

/** What the guide gives to receivers, carried out as it stands there. */
function verified(secret, call) {
    const guide = readFileSync(join(ROOT, "docs/guide/notices.md"), "utf8");
    const code = /```python\n([\s\S]*?)```/.exec(guide)[1];
    const script = `${code}\nimport json, sys\ngiven = json.load(sys.stdin)\nprint(verify(given["secret"], given["headers"], given["body"].encode()))\n`;
    const { stdout, stderr } = spawnSync("python3", ["-c", script], { input: JSON.stringify({ secret, ...call }), encoding: "utf8" });
    assert.match(stdout, /True|False/, stderr);
    return stdout.trim() === "True";
}

test("a server that is killed again and again tells of every end once, signed, and delivers it under one id", { timeout: 600_000 }, async () => {
    await product.apply(DOCUMENT);
    const out = await product.run("notify", "webhook", `http://${machine()}/hook`, "--name", "here");
    const secret = /whsec_\S+/.exec(out)[0];
    await product.run("notify", "ended", "-p", "told", "--via", "here");
    const acknowledged = [];
    for (const millis of MILLIS_TO_LIVE) {
        let alive = true;
        // Every second time the receiver is away for a while, so that something is on its way when the server dies.
        answer = millis % 200 === 0 ? 503 : 204;
        const before = acknowledged.length;
        const submitting = Array.from({ length: 2 }, async () => {
            while (alive && acknowledged.length < before + MOST_IN_A_LIFE) {
                const run = await product.launch("told", "bad").catch(() => undefined);
                if (!run) return;
                acknowledged.push(run.id);
            }
        });
        await until("a run is acknowledged", () => acknowledged.length > before, 60);
        await new Promise((done) => setTimeout(done, millis));
        alive = false;
        await product.kill();
        await Promise.all(submitting);
        await product.start({ ROPEWALK_NOTICES_ALLOW: machine() });
    }
    answer = 204;
    assert.ok(acknowledged.length >= MILLIS_TO_LIVE.length, `only ${acknowledged.length} runs were acknowledged`);
    for (const id of acknowledged) await product.ended(id, 180);
    const arrived = () => new Map(calls.map((call) => [JSON.parse(call.body).data.run.id, call]));
    const everything = await until("all are told", async () => {
        const { items } = await product.get("/notices?limit=1000");
        return acknowledged.every((id) => items.some((notice) => notice.run === id)) ? items : undefined;
    });
    // A run whose server died before it could answer is there too, and is told like the others.
    const told = everything.map((notice) => notice.run);
    assert.equal(new Set(told).size, told.length, "a run was told twice");
    await until("all have arrived", async () => acknowledged.every((id) => arrived().has(id)), 180);
    const ids = new Map();
    for (const call of calls) {
        const run = JSON.parse(call.body).data.run.id;
        assert.equal(ids.get(run) ?? call.headers["webhook-id"], call.headers["webhook-id"], `run ${run} came under two ids`);
        ids.set(run, call.headers["webhook-id"]);
    }
    const one = calls[calls.length - 1];
    assert.ok(verified(secret, one));
    assert.ok(!verified(secret, { ...one, body: one.body.replace("failed", "succeeded") }), "changed on the way");
    assert.ok(!verified(`whsec_${Buffer.from("another secret of the same length").toString("base64")}`, one));
});

test("a run from outside that falls silent is shown so and not ended", { timeout: 240_000 }, async () => {
    writeFileSync(join(product.data, "ropewalk.yaml"), "notices: {silentMinutes: 1}\n");
    await product.kill();
    await product.start({ ROPEWALK_NOTICES_ALLOW: machine() });
    const run = await product.post("/workspaces/default/projects/told/runs/tracked", { task: "outside" });
    await product.post("/notice-rules", { run: run.id, on: "silent", minutes: 1 });
    assert.equal(run.silentSince, undefined);
    const silent = await until("it is shown as silent", async () => {
        const seen = await product.get(`/runs/${run.id}`);
        return seen.silentSince ? seen : undefined;
    }, 100);
    assert.equal(silent.state, "running");
    assert.match(await product.run("show", run.id), /silent since/);
    await until("it is told", async () => (await product.get("/notices")).items.some((one) => one.kind === "silent" && one.run === run.id), 30);
    await product.post(`/runs/${run.id}/metrics`, { points: [{ name: "loss", value: 1 }] });
    assert.equal((await product.get(`/runs/${run.id}`)).silentSince, undefined);
    await product.post(`/runs/${run.id}/finish`, { state: "succeeded" });
});
