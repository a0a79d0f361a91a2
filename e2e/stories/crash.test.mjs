import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Product } from "../product.mjs";

const product = new Product();
before(() => product.start(), { timeout: 900_000 });
after(() => product.close(), { timeout: 120_000 });

// Each replica fails at its first attempt, and says at each that it was started.
const DOCUMENT = `
name: crash
tasks:
- name: twice
  roles:
  - name: main
    replicas: 2
    restarts: 1
    resources: {cpu: 10m}
    command: |
      echo started >> "$OUTPUT_DIR/starts-$REPLICA_INDEX"
      sleep 0.$((RANDOM % 5))
      [ "$(wc -l < "$OUTPUT_DIR/starts-$REPLICA_INDEX")" = 2 ]
`;
const MILLIS_TO_LIVE = [30, 90, 180, 300, 450, 650, 900, 1300];

test("a server that is killed again and again loses no acknowledged run and starts nothing twice", { timeout: 600_000 }, async () => {
    await product.apply(DOCUMENT);
    const acknowledged = [];
    for (const millis of MILLIS_TO_LIVE) {
        let alive = true;
        const submitting = Array.from({ length: 3 }, async () => {
            while (alive && acknowledged.length < 60) {
                const run = await product.launch("crash", "twice").catch(() => undefined);
                if (run) acknowledged.push(run.id);
                else return;
            }
        });
        await new Promise((done) => setTimeout(done, millis));
        alive = false;
        await product.kill();
        await Promise.all(submitting);
        await product.start();
    }
    assert.ok(acknowledged.length >= MILLIS_TO_LIVE.length, `only ${acknowledged.length} runs were acknowledged`);
    for (const id of acknowledged) {
        const run = await product.ended(id, 180);
        assert.equal(run.state, "succeeded", JSON.stringify(run));
        for (const replica of run.replicas) {
            assert.equal(replica.attempt, 2, JSON.stringify(run));
            const starts = readFileSync(join(product.data, "runs", id, "output", `starts-${replica.index}`), "utf8");
            assert.equal(starts, "started\nstarted\n", `replica ${replica.index} of run ${id}`);
        }
    }
});

test("a training run comes to the same accuracy, with all its numbers and lines, though its server is killed ten times", { timeout: 900_000 }, async () => {
    const KILLS = 10;
    const EPOCHS = 1800;
    await product.run("apply", "examples/digits");
    const train = () => product.launch("digits", "train", { parameters: { epochs: EPOCHS, hidden: 32 } });
    const accuracy = async (id) => (await product.get(`/runs/${id}/metrics/series?name=test_accuracy&points=100000`))[0].points;
    const undisturbed = await train();
    assert.equal((await product.ended(undisturbed.id, 400)).state, "succeeded");
    const expected = await accuracy(undisturbed.id);
    const { id } = await train();
    await product.reaches(id, "running", 120);
    let running = 0;
    for (let i = 0; i < KILLS; i++) {
        await product.kill();
        await product.start();
        const state = (await product.get(`/runs/${id}`)).state;
        if (state === "running") running++;
    }
    assert.equal(running, KILLS, "it had ended before the last kill: give it more to do");
    const ended = await product.ended(id, 400);
    assert.equal(ended.state, "succeeded", JSON.stringify(ended));
    assert.ok(ended.replicas.every((replica) => replica.attempt === 1), "no replica was started a second time");
    const points = await accuracy(id);
    assert.deepEqual(points.map(([step, , value]) => [step, value]), expected.map(([step, , value]) => [step, value]));
    const log = await fetch(`${product.url}/api/v1/runs/${id}/logs/worker-0/raw`, { headers: { Authorization: `Bearer ${product.token}` } }).then((answer) => answer.text());
    const epochs = log.split("\n").flatMap((line) => /epoch +(\d+) of/.exec(line)?.[1] ?? []).map(Number);
    assert.deepEqual(epochs, Array.from({ length: EPOCHS }, (_, i) => i + 1));
});
