// Builds the pages for the server's jar; does nothing that is already done.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const time = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newest(path) {
    if (!existsSync(path)) return 0;
    const stat = statSync(path);
    return stat.isDirectory() ? Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name)))) : stat.mtimeMs;
}

function npm(...args) {
    const done = spawnSync(process.platform === "win32" ? "npm.cmd" : "npm", args, { cwd: here, stdio: "inherit" });
    if (done.error) {
        console.error(`npm could not be started: ${done.error.message}. Install Node 20 or newer, or build without the pages: -Dui.skip`);
        process.exit(1);
    }
    if (done.status !== 0) process.exit(done.status ?? 1);
}

const installed = time(join(here, "node_modules", ".package-lock.json"));
if (installed === 0 || installed < time(join(here, "package-lock.json"))) npm("ci", "--no-audit", "--no-fund");

const sources = ["src", "public", "scripts", "index.html", "package-lock.json", "vite.config.ts", "tsconfig.json", "postcss.config.mjs", "../server/src/main/resources/openapi.json"];
const built = time(join(here, "dist", "index.html"));
if (built === 0 || sources.some((name) => newest(join(here, name)) > built)) npm("run", "build");
