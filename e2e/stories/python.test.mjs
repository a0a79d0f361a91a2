import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Product, ROOT } from "../product.mjs";

// The tests of the Python library that need a server; the suite `python` makes what they run in.
const python = join(ROOT, "target/python/bin/python");
const there = { skip: existsSync(python) ? false : "the suite `python` has not been run", timeout: 300_000 };
const product = new Product();

before(async () => {
    if (!there.skip) await product.start();
}, { timeout: 900_000 });
after(() => product.close(), { timeout: 120_000 });

test("what the Python library says, a real server understands", there, () => {
    const tests = spawnSync(python, ["-m", "pytest", "-q", "-m", "server"], {
        cwd: join(ROOT, "sdk/python"),
        env: { ...process.env, ROPEWALK_TEST_URL: product.url, ROPEWALK_TEST_TOKEN: product.token },
        encoding: "utf8",
    });
    assert.equal(tests.status, 0, tests.stdout + tests.stderr);
    assert.match(tests.stdout, /^\d+ passed/m);
    assert.doesNotMatch(tests.stdout, /skipped/, "none of them is left out");
});
