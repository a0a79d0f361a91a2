import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { noBrowser, openBrowser, visit } from "../browser.mjs";
import { Product } from "../product.mjs";

const product = new Product();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PROJECT = `kind: Project
name: plain
title: A plain project
summary: Has everything once.
sources:
- name: code
  upload: {}
tasks:
- name: print
  title: Prints numbers
  parameters: {lr: 0.1}
  command: |
    mkdir -p $OUTPUT_DIR; echo text > $OUTPUT_DIR/note.txt
    for i in 1 2 3; do echo "{\\"step\\": $i, \\"loss\\": 0.$i}"; done
`;
const BASE = "/w/default/projects/plain";
let browser;
let places;

before(async () => {
    if (noBrowser) return;
    await product.start();
    await product.apply(PROJECT);
    await product.call("PUT", "/workspaces/default/projects/plain/document", { document: PROJECT.replace("lr: 0.1", "lr: 0.2"), comment: "A faster rate" });
    await product.upload("plain", "code", "a.txt", "a file\n");
    const run = await product.ended((await product.launch("plain", "print")).id);
    places = [
        "/",
        "/projects",
        "/runs",
        "/server",
        "/notices",
        "/search?q=loss",
        "/docs/api",
        ...["", "/tasks", "/tasks/print", "/tasks/print?mode=advanced", "/sources", "/sources/code", "/runs", "/history", "/metrics", "/status", "/settings"].map((tab) => BASE + tab),
        ...["", "/logs", "/charts", "/files?file=note.txt", "/events", "/specification"].map((tab) => `/runs/${run.id}${tab}`),
    ];
    browser = await openBrowser();
}, { timeout: 900_000 });
after(async () => {
    await browser?.close();
    await product.close();
}, { timeout: 120_000 });

const settled = async (page) => {
    await page.locator("h1").first().waitFor();
    await page.waitForLoadState("networkidle").catch(() => undefined);
};

test("every button of every screen does something, and none breaks the page", { skip: noBrowser, timeout: 900_000 }, async () => {
    const { page, context, faults } = await visit(browser, product.url, { token: product.token });
    const clicked = [];
    const heads = new Set();
    for (const place of places) {
        await page.goto(place);
        await settled(page);
        // What lies over the page keeps the rest from being clicked.
        const root = page.locator((await page.getByRole("dialog").count()) > 0 ? "[role=dialog]" : "main");
        const found = await root.locator("button:visible").evaluateAll((all) =>
            all.filter((one) => !one.disabled && !one.dataset.disabled).map((one) => ({ name: one.getAttribute("aria-label") ?? one.textContent.trim(), head: one.closest("[role=tablist], [class*=actions]") !== null })),
        );
        const wanted = new Map(found.filter(({ name }) => name && !/^Link to the line|^Choose (a folder|files)$/.test(name)).map((one) => [one.name, one]));
        for (const { name, head } of wanted.values()) {
            // A head is the same on all tabs of a page.
            const key = `${place.startsWith("/w/") ? "project" : place.startsWith("/runs/") ? "run" : place} ${name}`;
            if (head && heads.has(key)) continue;
            if (head) heads.add(key);
            await page.goto(place);
            await settled(page);
            const button = root.getByRole("button", { name, exact: true }).or(root.getByRole("tab", { name, exact: true })).and(page.locator(":visible")).first();
            if (!(await button.count()) || !(await button.isEnabled())) continue;
            await button.click();
            await page.waitForTimeout(150);
            clicked.push(`${place} ${name}`);
            assert.equal(await page.getByText("This page broke").count(), 0, `${name} on ${place} broke the page`);
            assert.equal(await page.getByRole("alert").count(), 0, `${name} on ${place} told of a problem: ${await page.getByRole("alert").allTextContents()}`);
        }
    }
    assert.ok(clicked.length > 60, `only ${clicked.length} buttons were found`);
    assert.deepEqual(faults, []);
    await context.close();
});

for (const [scheme, width] of [["light", 1440], ["dark", 1440], ["light", 390], ["dark", 390]]) {
    test(`every screen is accessible and as wide as its window: ${scheme}, ${width}`, { skip: noBrowser, timeout: 400_000 }, async () => {
        const { page, context } = await visit(browser, product.url, { token: product.token, scheme, width });
        const findings = [];
        for (const place of places) {
            await page.goto(place);
            await settled(page);
            await page.evaluate(AXE);
            const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] }));
            for (const one of violations) findings.push(`${place}: ${one.id}: ${one.nodes.slice(0, 2).map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
            const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            if (excess > 1) findings.push(`${place}: the page is ${excess} px wider than its window`);
        }
        assert.deepEqual(findings, []);
        await context.close();
    });
}
