import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { noBrowser, openBrowser, visit } from "../browser.mjs";
import { Product } from "../product.mjs";

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

test("the link that `up` prints signs a browser in, for good", { skip: noBrowser, timeout: 120_000 }, async () => {
    const { page, context, faults } = await visit(browser, product.url);
    await page.goto(product.signInLink);
    await page.getByRole("heading", { name: "Home" }).waitFor();
    assert.equal(new URL(page.url()).search, "", "the token does not stay in the address");
    const [cookie] = await context.cookies();
    assert.ok(cookie.httpOnly && cookie.sameSite === "Lax");
    await page.reload();
    await page.getByRole("heading", { name: "Home" }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
});

test("without a cookie a page asks for the token, and then opens what was asked for", { skip: noBrowser, timeout: 120_000 }, async () => {
    const { page, context } = await visit(browser, product.url);
    await page.goto("/server?from=deep");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByLabel("Token").fill("rw_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This token is not known").waitFor();
    await page.getByLabel("Token").fill(product.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Server" }).waitFor();
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, "/server?from=deep");

    await page.getByRole("button", { name: "Person" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto("/projects");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await context.close();
});

test("a link with another server's token says so on a page", { skip: noBrowser, timeout: 120_000 }, async () => {
    const { page, context } = await visit(browser, product.url);
    await page.goto("/sign-in?token=rw_of_another_server");
    await page.getByText("The link's token is not known here").waitFor();
    await page.goto("/sign-in");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await context.close();
});

test("a cookie alone changes nothing: the request must know the session's word", { skip: noBrowser, timeout: 120_000 }, async () => {
    const { page, context } = await visit(browser, product.url, { token: product.token });
    await page.goto("/");
    const status = (headers) => page.evaluate((headers) => fetch("/api/v1/workspaces/default/projects/check", { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: '{"document":"name: a"}' }).then((response) => response.status), headers);
    assert.equal(await status({}), 403);
    const { csrf } = await page.evaluate(() => fetch("/api/v1/me").then((response) => response.json()));
    assert.equal(await status({ "X-Ropewalk-Csrf": csrf }), 200);
    await context.close();
});

test("nothing at all shows the next command", { skip: noBrowser, timeout: 120_000 }, async () => {
    const { page, context, faults } = await visit(browser, product.url, { token: product.token });
    for (const place of ["/", "/projects", "/runs"]) {
        await page.goto(place);
        await page.locator("code", { hasText: "ropewalk " }).first().waitFor();
    }
    assert.deepEqual(faults, []);
    await context.close();
});
