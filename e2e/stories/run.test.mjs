import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { noBrowser, openBrowser, visit } from "../browser.mjs";
import { Product, until } from "../product.mjs";

const product = new Product();
const options = { skip: noBrowser, timeout: 180_000 };
let browser;

const LAB = `kind: Project
name: lab
tasks:
- name: count
  parameters: {word: hello, pause: 0.2}
  command: |
    i=0; while [ $i -lt 3000 ]; do echo "$word $i"; i=$((i+1)); sleep $pause; done
- name: fail
  command: echo "that went wrong" >&2; exit 3
- {name: module, command: [python3, -c, "import torchnotthere"]}
- {name: path, command: [python3, -c, "open('/data/nowhere.csv')"]}
- {name: program, command: "trian --epochs 3"}
- {name: killed, command: "echo working; kill -9 $$"}
- {name: own, command: [python3, -c, "raise ValueError('loss is nan at step 231')"]}
- name: files
  command: |
    mkdir -p $OUTPUT_DIR/deep
    echo '<h1>Report</h1><script>parent.document.title="owned"; fetch("/api/v1/me")</script>' > $OUTPUT_DIR/report.html
    printf 'city,size\\nUlm,1\\n' > $OUTPUT_DIR/table.csv
    echo '{"deep": [1,2]}' > $OUTPUT_DIR/deep/data.json
    echo 'just text' > $OUTPUT_DIR/note.txt
    head -c 4000 /dev/urandom > $OUTPUT_DIR/blob.bin
    echo '{"step": 1, "loss": 0.5}'; echo '{"step": 2, "loss": 0.25}'
`;

before(async () => {
    if (noBrowser) return;
    await product.start();
    await product.apply(LAB);
    browser = await openBrowser();
}, { timeout: 900_000 });
after(async () => {
    await browser?.close();
    await product.close();
}, { timeout: 120_000 });

const open = () => visit(browser, product.url, { token: product.token });
const state = (page) => page.locator("h1 + *").textContent();
const idOf = (page) => /\/runs\/([0-9a-f-]{36})/.exec(page.url())[1];

test("a task is started with other parameters, stopped, and started again", options, async () => {
    const { page, context, faults } = await open();
    await page.goto("/w/default/projects/lab/tasks");
    await page.getByRole("button", { name: "Start count" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("word").fill("goodbye");
    await dialog.getByLabel("Comment").fill("to see");
    await dialog.getByRole("button", { name: "Start", exact: true }).click();
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
    const first = idOf(page);
    await until("it runs", async () => (await state(page)) === "Running");
    await page.getByRole("tab", { name: "Logs" }).click();
    await page.getByRole("log").getByText("goodbye 3", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Stop" }).click();
    await dialog.getByRole("button", { name: /Stop/ }).click();
    await until("the page says that it stopped", async () => (await state(page)) === "Stopped");
    assert.equal((await product.get(`/runs/${first}`)).state, "stopped");

    await page.getByRole("button", { name: "Again" }).click();
    await dialog.getByLabel("word").fill("once more");
    await dialog.getByRole("button", { name: /Start|Again/ }).last().click();
    await page.waitForURL((url) => !url.pathname.includes(first));
    const second = await product.get(`/runs/${idOf(page)}`);
    assert.equal(second.parameters.word, "once more");
    assert.match(second.comment, /again/);
    await product.post(`/runs/${second.id}/stop`, { grace: 1 });
    assert.deepEqual(faults, []);
    await context.close();
});

test("a failed run says why and leads to the log of what failed", options, async () => {
    const run = await product.ended((await product.launch("lab", "fail")).id);
    const { page, context, faults } = await open();
    await page.goto(`/runs/${run.id}`);
    await page.getByText(/exit code 3|code 3/).first().waitFor();
    await page.getByRole("link", { name: /(Read|Show in) the log/ }).click();
    await page.getByRole("log").getByText("that went wrong").waitFor();
    await page.reload();
    await page.getByRole("log").getByText("that went wrong").waitFor();
    for (const tab of ["Events", "Specification", "Charts", "Files", "Overview"]) await page.getByRole("tab", { name: tab }).click();
    assert.deepEqual(faults, []);
    await context.close();
});

test("the reasons of five different failures stand on the runs' pages within ten seconds", options, async () => {
    const failures = [
        ["module", /'torchnotthere' is not installed/, /packages: \[torchnotthere\]/],
        ["path", /'\/data\/nowhere.csv' is not there/, /Correct the path/],
        ["program", /command 'trian' was not found/, /Check the spelling/],
        ["killed", /was killed \(SIGKILL\)/, /memory/],
        ["own", /ValueError: loss is nan at step 231/, /line that raised it/],
    ];
    const { page, context, faults } = await open();
    for (const [task, reason, remedy] of failures) {
        const run = await product.ended((await product.launch("lab", task)).id);
        await page.goto("/");
        const began = Date.now();
        await page.goto(`/runs/${run.id}`);
        const why = page.getByRole("region", { name: "Why it failed" });
        await why.getByRole("heading", { name: reason }).waitFor({ timeout: 10_000 });
        await why.getByText(remedy).first().waitFor({ timeout: 10_000 - (Date.now() - began) });
        assert.ok((await why.boundingBox()).y < 400, `${task}: the reason stands at the top`);
    }
    assert.deepEqual(faults, []);
    await context.close();
});

test("something noted about a run stands on its page for whoever comes next", options, async () => {
    const run = await product.ended((await product.launch("lab", "files")).id);
    const { page, context, faults } = await open();
    await page.goto(`/runs/${run.id}`);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Note something about it" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("verdict");
    await dialog.getByLabel("Value").fill("the best so far");
    await dialog.getByRole("button", { name: "Note" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("the best so far").waitFor();
    assert.deepEqual((await product.get(`/runs/${run.id}`)).info, { verdict: "the best so far" });
    assert.deepEqual(faults, []);
    await context.close();
});

test("files are shown by their kind; a web page among them can do nothing", options, async () => {
    const run = await product.ended((await product.launch("lab", "files")).id);
    assert.equal(run.state, "succeeded", run.reason);
    const { page, context, faults } = await open();
    await page.goto(`/runs/${run.id}/files`);
    await page.getByRole("button", { name: "table.csv" }).click();
    await page.getByRole("cell", { name: "Ulm" }).waitFor();
    await page.getByRole("button", { name: "note.txt" }).click();
    await page.getByText("just text").waitFor();
    const asked = [];
    page.on("request", (request) => request.url().endsWith("/api/v1/me") && asked.push(request.url()));
    await page.getByRole("button", { name: "report.html" }).click();
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { name: "Report" }).waitFor();
    assert.equal(await page.locator("iframe").getAttribute("sandbox"), "");
    assert.deepEqual(asked, [], "its script did not run");
    assert.notEqual(await page.title(), "owned");
    const direct = await context.request.get(`/api/v1/runs/${run.id}/files/content?path=report.html`);
    assert.match(direct.headers()["content-security-policy"], /sandbox/);
    await page.getByRole("button", { name: "deep" }).click();
    await page.getByRole("button", { name: "data.json" }).click();
    await page.getByText('"deep"').waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    assert.equal(readFileSync(await (await download).path(), "utf8"), '{"deep": [1,2]}\n');
    // The blocked script is what the sandbox promises, not a fault of the page.
    assert.deepEqual(faults.filter((fault) => !/sandboxed|Content Security Policy/.test(fault)), []);
    await context.close();
});

test("numbers printed as JSON are a chart, found again by a link", options, async () => {
    const run = await product.ended((await product.launch("lab", "files")).id);
    const { page, context, faults } = await open();
    await page.goto(`/runs/${run.id}/charts?smooth=0.5&x=relative`);
    const chart = page.getByRole("figure", { name: /loss/ });
    await chart.getByText("0.25").first().waitFor();
    await page.goto(`/w/default/projects/lab/metrics?runs=${run.number}`);
    await page.getByRole("figure", { name: "loss" }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
});

test("a log is searched with its surroundings, and a line has a link", options, async () => {
    const run = await product.launch("lab", "count", { parameters: { pause: 0.001, word: "line" } });
    const { page, context, faults } = await open();
    await product.reaches(run.id, "running");
    await page.goto(`/runs/${run.id}/logs`);
    await page.getByRole("log").getByText(/^line \d+$/).first().waitFor();
    await page.getByLabel("Grep").fill("line 31");
    await page.getByRole("log").locator("mark", { hasText: "line 31" }).first().waitFor();
    await page.getByRole("log").getByText("line 30", { exact: true }).waitFor();
    await page.getByRole("button", { name: /Link to the line/ }).first().click();
    assert.match(page.url(), /line=\d+/);
    await page.reload();
    await page.getByRole("log").getByText("line 29", { exact: true }).waitFor();
    await product.post(`/runs/${run.id}/stop`, { grace: 1 });
    assert.deepEqual(faults, []);
    await context.close();
});
