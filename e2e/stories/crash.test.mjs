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
