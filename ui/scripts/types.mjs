// Writes src/api/schema.gen.ts: the types of everything that the server's API description names.
import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import openapi, { astToString } from "openapi-typescript";

const description = join(import.meta.dirname, "../../server/src/main/resources/openapi.json");
const file = join(import.meta.dirname, "../src/api/schema.gen.ts");

const nodes = await openapi(pathToFileURL(description), { silent: true });
const text = `// Generated from the server's openapi.json by \`npm run types:api\`; not to be edited, and not committed.\n\n${astToString(nodes)}`;
let before;
try {
    before = readFileSync(file, "utf8");
} catch {
    // The first time.
}
if (text !== before) writeFileSync(file, text);
// As old as what it comes from: a build must not look out of date because of what it wrote itself.
const { atime, mtime } = statSync(description);
utimesSync(file, atime, mtime);
