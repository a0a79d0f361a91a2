// The distribution's Chromium, and a page that tells of every fault it meets.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PATHS = [process.env.ROPEWALK_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executable = PATHS.find((path) => path && existsSync(path));

/** Why there is no browser to be had; false when there is one. */
export const noBrowser = executable ? false : "no Chromium on this machine; ./test installs it where it may";

export function openBrowser() {
    return chromium.launch({
        executablePath: executable,
        args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
    });
}

/**
 * A person's own window. `faults` collects what should not happen: errors of scripts, refused requests, requests to
 * anywhere else.
 */
export async function visit(browser, url, { token, width = 1440, height = 900, scheme = "light" } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: "reduce", baseURL: url, acceptDownloads: true });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
        if (message.type() !== "error" || /Failed to load resource|net::ERR_/.test(message.text())) return;
        faults.push(`${page.url()}: console: ${message.text()}`);
    });
    page.on("response", (response) => {
        if (response.status() >= 400 && !response.url().endsWith("/me")) faults.push(`${page.url()}: ${response.status()} for ${response.request().method()} ${response.url()}`);
    });
    page.on("request", (request) => {
        if (!/^(data|blob|about):/.test(request.url()) && new URL(request.url()).origin !== url) faults.push(`${page.url()}: asked a stranger, ${request.url()}`);
    });
    if (token) await context.request.post("/api/v1/session", { data: { token } });
    return { page, context, faults };
}
