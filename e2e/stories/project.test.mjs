import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { noBrowser, openBrowser, visit } from "../browser.mjs";
import { Product } from "../product.mjs";

const product = new Product();
const options = { skip: noBrowser, timeout: 180_000 };
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

const open = () => visit(browser, product.url, { token: product.token });
const document = async (project, experiment = "master") => (await product.get(`/workspaces/default/projects/${project}/document?experiment=${experiment}`)).text;
/** Puts a whole text into the editor, as one pastes. */
async function retype(page, text) {
    await page.getByRole("textbox", { name: "Project document" }).click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(text);
}

test("a project is made by form", options, async () => {
    const { page, context, faults } = await open();
    await page.goto("/projects");
    await page.getByRole("button", { name: "New project" }).or(page.getByRole("link", { name: "New project" })).or(page.getByRole("button", { name: "Create a project" })).first().click();
    await page.getByLabel("Name", { exact: false }).first().fill("by-form");
    await page.getByLabel("Title").fill("Made by form");
    await page.getByLabel("Its command").fill("echo hello");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { name: "Made by form" }).waitFor();
    assert.match(await document("by-form"), /command: echo hello/);
    assert.deepEqual(faults, []);
    await context.close();
});

test("a project is made from YAML, and a mistake is shown at its line first", options, async () => {
    const { page, context, faults } = await open();
    await page.goto("/projects?new");
    await page.getByText("Advanced", { exact: true }).click();
    await retype(page, "kind: Project\nname: by-yaml\ntasks:\n- name: t\n  comand: echo hello\n");
    await page.getByRole("status", { name: "Problems" }).getByText("comand").first().waitFor();
    await page.getByRole("button", { name: "Create", exact: true }).isDisabled();
    await retype(page, "kind: Project\nname: by-yaml\ntasks:\n- name: t\n  command: echo hello\n");
    await page.getByRole("status", { name: "Problems" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { name: "by-yaml" }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
});

test("a new project's init task is started with it, and told of with a link to its run", options, async () => {
    const { page, context, faults } = await open();
    await page.goto("/projects?new");
    await page.getByText("Advanced", { exact: true }).click();
    await retype(page, "kind: Project\nname: prepared\ntasks:\n- name: fetch\n  type: init\n  command: echo fetched\n- name: train\n  command: echo trained\n");
    await page.getByRole("status", { name: "Problems" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { name: "prepared" }).waitFor();
    await page.getByRole("alert").getByRole("link", { name: "fetch-1" }).click();
    await page.waitForURL("**/runs/*");
    await page.getByRole("heading", { name: "fetch-1" }).waitFor();
    const { items } = await product.get("/workspaces/default/projects/prepared/runs");
    assert.deepEqual(items.map((run) => run.task), ["fetch"]);
    assert.equal((await product.ended(items[0].id)).state, "succeeded");
    assert.deepEqual(faults, []);
    await context.close();
});

test("a project whose init task cannot start is created all the same, and the reason is told", options, async () => {
    const { page, context } = await open();
    await page.goto("/projects?new");
    await page.getByText("Advanced", { exact: true }).click();
    await retype(page, "kind: Project\nname: unprepared\nsources:\n- name: code\n  upload: {}\ntasks:\n- name: fetch\n  type: init\n  command: bash $CODE_DIR/fetch.sh\n");
    await page.getByRole("status", { name: "Problems" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { name: "unprepared" }).waitFor();
    await page.getByRole("alert").getByText("Its init task fetch was not started").waitFor();
    await page.getByRole("alert").getByRole("link", { name: "open the tasks" }).click();
    await page.waitForURL("**/projects/unprepared/tasks");
    await context.close();
});

test("a task is edited by form and by text, one showing what the other changed; comments stay", options, async () => {
    await product.apply("kind: Project\nname: edited\ntasks:\n- name: t  # the only one\n  command: echo hello\n  replicas: 1\n");
    const { page, context, faults } = await open();
    await page.goto("/w/default/projects/edited/tasks/t");
    await page.getByLabel("Replicas").fill("3");
    await page.getByText("Advanced", { exact: true }).click();
    await page.locator(".cm-line", { hasText: "replicas: 3" }).waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Comment").fill("Three of them");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.equal(await document("edited"), "kind: Project\nname: edited\ntasks:\n- name: t  # the only one\n  command: echo hello\n  replicas: 3\n");

    await retype(page, (await document("edited")).replace("hello", "goodbye"));
    await page.getByText("Simply", { exact: true }).click();
    assert.equal(await page.getByLabel("Command").inputValue(), "echo goodbye");
    await page.getByRole("button", { name: "Undo all" }).click();
    assert.equal(await page.getByLabel("Command").inputValue(), "echo hello");
    assert.deepEqual(faults, []);
    await context.close();
});

test("the history shows what changed, and an earlier revision is checked out", options, async () => {
    const first = "kind: Project\nname: past\ntasks:\n- name: t\n  command: echo one\n";
    await product.apply(first);
    await product.call("PUT", "/workspaces/default/projects/past/document", { document: first.replace("one", "two"), comment: "Say two" });
    const { page, context, faults } = await open();
    await page.goto("/w/default/projects/past/history");
    await page.getByText("Say two").first().click();
    await page.getByText("command: echo one").waitFor();
    await page.getByText("command: echo two").waitFor();
    const [, oldest] = (await product.get("/workspaces/default/projects/past/revisions")).items;
    await page.goto(`/w/default/projects/past/history?revision=${oldest.id}`);
    await page.getByRole("button", { name: "Check out" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Check out" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.match(await document("past"), /echo one/);
    assert.deepEqual(faults, []);
    await context.close();
});

test("a folder is uploaded, unchanged files are known again, and its files can be looked at", options, async () => {
    await product.apply("kind: Project\nname: uploads\nsources:\n- name: code\n  upload: {}\ntasks:\n- name: t\n  command: cat $CODE_DIR/deep/a.txt\n");
    const folder = join(mkdtempSync(join(tmpdir(), "ropewalk-upload-")), "mine");
    mkdirSync(join(folder, "deep"), { recursive: true });
    writeFileSync(join(folder, "deep", "a.txt"), "from the browser\n");
    writeFileSync(join(folder, "b.txt"), "b\n");
    const { page, context, faults } = await open();
    await page.goto("/w/default/projects/uploads/sources/code");
    await page.getByLabel("Folder", { exact: true }).first().setInputFiles(folder);
    await page.getByRole("button", { name: "deep" }).click();
    await page.getByRole("button", { name: "a.txt" }).waitFor();
    const run = await product.ended((await product.launch("uploads", "t")).id);
    assert.equal(run.state, "succeeded", run.reason);
    const log = await product.get(`/runs/${run.id}/logs/${run.replicas[0].name}`);
    assert.equal(log.lines[0].text, "from the browser");
    assert.deepEqual(faults, []);
    await context.close();
});

test("Markdown with a script in it is only text", options, async () => {
    await product.apply(`kind: Project
name: sly
summary: |
  # Hello
  <script>document.title = "owned"</script><img src=x onerror="document.title = 'owned'">
  [click](javascript:document.title='owned') and [out](https://example.org/)
`);
    const { page, context, faults } = await open();
    await page.goto("/w/default/projects/sly");
    await page.getByRole("heading", { name: "Hello" }).waitFor();
    assert.equal(await page.locator("main script, main img[src=x]").count(), 0);
    assert.equal(await page.locator("a[href^='javascript:']").count(), 0);
    assert.equal(await page.getByRole("link", { name: "out" }).getAttribute("rel"), "noreferrer noopener");
    assert.notEqual(await page.title(), "owned");
    assert.deepEqual(faults, []);
    await context.close();
});

test("a project's settings are saved as a revision, and a project is deleted when one types its name", options, async () => {
    await product.apply("kind: Project\nname: doomed\ntitle: Before\n");
    const { page, context, faults } = await open();
    await page.goto("/w/default/projects/doomed/settings");
    await page.getByLabel("Title").fill("After");
    await page.getByRole("button", { name: "Save" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "After" }).waitFor();
    await page.getByRole("button", { name: "Delete the project" }).click();
    const field = dialog.getByRole("textbox");
    if (await field.count()) await field.fill("doomed");
    await dialog.getByRole("button", { name: /Delete/ }).click();
    await page.waitForURL("**/projects");
    await assert.rejects(product.get("/workspaces/default/projects/doomed"), /404/);
    assert.deepEqual(faults, []);
    await context.close();
});

test("the palette goes anywhere by keyboard", options, async () => {
    await product.apply("kind: Project\nname: far-away\n");
    const { page, context, faults } = await open();
    await page.goto("/");
    // Nobody presses a key before there is anything to see.
    await page.getByRole("button", { name: "Go, find, do" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Go, find, do" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.type("far-away");
    await page.getByRole("option", { name: /far-away/, selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/w/default/projects/far-away*");
    assert.deepEqual(faults, []);
    await context.close();
});
