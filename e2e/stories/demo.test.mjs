import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { noBrowser, openBrowser, visit } from "../browser.mjs";
import { Product, until } from "../product.mjs";

const product = new Product();
let browser;

before(async () => {
    if (noBrowser) return;
    await product.start();
    browser = await openBrowser();
}, { timeout: 900_000 });
after(async () => {
    await browser?.close();
    await product.close();
}, { timeout: 120_000 });

/** The last accuracy, as the chart's head tells a person. */
async function shownAccuracy(page) {
    const text = await page.getByRole("figure", { name: "test_accuracy" }).textContent();
    return Number(/last\s*([\d.]+)/.exec(text)?.[1]);
}

test("a run is watched live, outlives a killed server, and its page recovers by itself", { skip: noBrowser, timeout: 600_000 }, async () => {
    await product.run("apply", "examples/digits");
    // Slower than its default, so that there is a middle to kill the server in.
    const { id } = await product.launch("digits", "train", { parameters: { epochs: 900 } });
    const { page, faults } = await visit(browser, product.url, { token: product.token });

    await page.goto(`/runs/${id}`);
    await page.getByRole("heading", { name: "train-1" }).waitFor();
    const state = () => page.locator("h1 + *").textContent();
    await until("the page says that it runs", async () => (await state()) === "Running", 300);

    await until("a curve is on the page", async () => (await shownAccuracy(page)) > 0);
    const early = await shownAccuracy(page);
    await until("the accuracy on the page has risen", async () => (await shownAccuracy(page)) > early, 120);

    await page.getByRole("tab", { name: "Logs" }).click();
    const log = page.getByRole("log");
    await log.getByText(/epoch +\d+ of 900/).first().waitFor();
    const seen = async () => Number(/epoch +(\d+) of/.exec((await log.innerText()).split("\n").filter((line) => /epoch +\d+ of/.test(line)).at(-1))?.[1]);
    const line = await seen();
    await until("the log on the page grows", async () => (await seen()) > line);
    assert.equal((await product.get(`/runs/${id}`)).state, "running", "lines and numbers were seen before the end");
    assert.deepEqual(faults, []);

    await product.kill();
    await until("the page says that the server is away", () => page.getByText("The server does not answer", { exact: false }).first().isVisible(), 30);
    await product.start();

    const again = await product.get(`/runs/${id}`);
    assert.ok(["running", "ending"].includes(again.state), `after the restart it is ${again.state}: ${again.reason}`);
    assert.ok(again.replicas.every((replica) => replica.attempt === 1), "no replica was started a second time");
    const before = await seen();
    await until("the page shows new lines without a reload", async () => (await seen()) > before, 60);
    await until("the warning has gone", async () => !(await page.getByText("The server does not answer", { exact: false }).first().isVisible()), 60);

    const ended = await product.ended(id, 400);
    assert.equal(ended.state, "succeeded", ended.reason);
    assert.ok(ended.metrics.test_accuracy >= 0.95, `the accuracy is ${ended.metrics.test_accuracy}`);
    await until("the page says that it succeeded", async () => (await state()) === "Succeeded", 30);
    await page.getByRole("tab", { name: "Charts" }).click();
    await until("the chart ends where the run ended", async () => Math.abs((await shownAccuracy(page)) - ended.metrics.test_accuracy) < 0.002, 30);
});
