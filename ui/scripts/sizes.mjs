// Prints what a browser loads, and fails when the first load grew past its budget.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET = 300 * 1024;
const dist = join(import.meta.dirname, "..", "dist");
const size = (file) => gzipSync(readFileSync(join(dist, file))).length;
const html = readFileSync(join(dist, "index.html"), "utf8");
const first = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((match) => match[1]);
const all = readdirSync(join(dist, "assets")).map((name) => `assets/${name}`);
const kib = (bytes) => `${(bytes / 1024).toFixed(1).padStart(7)} KiB`;

const parts = all.map((file) => ({ file, bytes: size(file), first: first.includes(file) })).sort((a, b) => b.bytes - a.bytes);
for (const { file, bytes, first: now } of parts.filter((part) => part.bytes > 4096 || part.first)) console.log(`${kib(bytes)} gzip  ${now ? "first" : "later"}  ${file}`);
const sum = first.reduce((total, file) => total + size(file), 0);
console.log(`${kib(sum)} gzip  first load, of ${(BUDGET / 1024).toFixed(0)} KiB allowed; ${kib(parts.reduce((total, part) => total + part.bytes, 0)).trim()} in all`);
if (sum > BUDGET) {
    console.error("The first load is over its budget: load what it does not need lazily.");
    process.exit(1);
}
