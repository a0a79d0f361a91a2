import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { describe, expect, it } from "vitest";

interface Call {
    /** `*` where the path stands alone and the text does not tell. */
    method: string;
    /** What is filled in stands as `{}`. */
    path: string;
}

const VERBS: Record<string, string> = { get: "GET", text: "GET", events: "GET", address: "GET", fetch: "GET", post: "POST", upload: "POST", put: "PUT", delete: "DELETE" };

const plain = (path: string) => path.replace(/\?.*/, "");
/** A template's text, with what is filled in made nameless. */
const template = (text: string) => plain(text.replace(/\$?\{[^{}]*\}/g, "{}"));

function callsOfScript(text: string): Call[] {
    // What a file names once and uses often: `function base(…) { return path`…` }` and `const where = …`.
    const named = new Map<string, string[]>();
    const templates = (code: string) => [...code.matchAll(/`([^`]*)`/g)].map((match) => match[1]!);
    for (const [, name, body] of text.matchAll(/function (\w+)\([^)]*\): string \{\s*return (path`[^`]*`);/g)) named.set(name!, templates(body!));
    for (const [, name, body] of text.matchAll(/const (\w+) = ([^;]*path`[^;]*);/g)) named.set(name!, templates(body!));
    const whole = (path: string): string[] => {
        if (path.startsWith("/")) return [path];
        const [all, name] = /^\$\{(\w+)(?:\([^)]*\))?\}/.exec(path) ?? [];
        return named.get(name ?? "")?.map((begin) => begin + path.slice(all!.length)) ?? [];
    };
    const found: Call[] = [];
    for (const [, verb, , quoted, name] of text.matchAll(/\b(?:api\.)?(get|post|put|delete|upload|address|fetch)(?:<[^()`"]*>)?\(\s*(?:path)?(?:([`"])(\/.*?|\$\{.*?)\2|(\w+)\s*[,)])/g)) {
        const at = verb === "fetch" ? "" : "/api/v1";
        for (const path of quoted ? whole(quoted) : (named.get(name!) ?? [])) found.push({ method: VERBS[verb!]!, path: at + template(path) });
    }
    for (const [, path] of text.matchAll(/href="(\/api\/[^"]*)"/g)) found.push({ method: "GET", path: path! });
    return found;
}

const WORKSPACE = "/api/v1/workspaces/{}";

function callsOfJava(source: string): Call[] {
    const text = source.replace(/String (?:workspace|project)Path\([\s\S]*?\n {4}\}/g, "");
    const begins: [RegExp, string[]][] = [
        [/(?:session\.)?projectPath\(/g, [`${WORKSPACE}/projects/{}`]],
        [/(?:session\.)?workspacePath\(/g, [WORKSPACE]],
        [/"(?=\/(?:api\/|health|sign-in))/g, [""]],
    ];
    const known = text.replace(/String (\w+) = ([^;]*Path\([^;]*);/g, (_, name: string, value: string) => {
        const paths = [...value.matchAll(/(workspace|project)Path\(/g)].map(([, what]) => (what === "project" ? `${WORKSPACE}/projects/{}` : WORKSPACE));
        begins.push([new RegExp(`(?<=\\(\\s*)${name}(?= \\+)`, "g"), paths]);
        return "";
    });
    const found: Call[] = [];
    for (const [begin, prefixes] of begins) {
        for (const match of known.matchAll(begin)) {
            const before = /\.(\w+)\(\s*(?:"(PUT|POST)",\s*)?$/.exec(known.slice(0, match.index));
            const method = before?.[2] ?? VERBS[before?.[1] ?? ""] ?? "*";
            for (const prefix of prefixes) found.push({ method, path: plain(prefix + added(known.slice(match.index), prefix !== "")) });
        }
    }
    return found;
}

/** What an expression of texts joined by `+` says; its first part is left out where it is known. */
function added(code: string, known: boolean): string {
    let said = "";
    let at = 0;
    for (let part = 0; ; part++) {
        const literal = /^\s*"([^"]*)"/.exec(code.slice(at));
        let end = at;
        if (literal) end += literal[0].length;
        else {
            for (let depth = 0; end < code.length; end++) {
                const sign = code[end]!;
                if (depth === 0 && /[+,;)?]/.test(sign)) break;
                if (sign === "(") depth++;
                if (sign === ")") depth--;
            }
        }
        const query = code.slice(at, end).includes("Client.query(");
        if (!(part === 0 && known)) said += literal ? literal[1]! : query ? "" : "{}";
        const more = /^\s*\+/.exec(code.slice(end));
        if (!more) return said;
        at = end + more[0].length;
    }
}

function callsOfPython(text: string): Call[] {
    return [...text.matchAll(/(?:\.(?:try_)?(get|post|put|delete)\(\s*)?f?"(\/api\/v1[^"]*)"/g)].map(([, verb, path]) => ({ method: VERBS[verb ?? ""] ?? "*", path: template(path!) }));
}

function fits(call: Call, method: string, path: string): boolean {
    if (call.method !== "*" && call.method !== method) return false;
    const asked = call.path.split("/");
    const there = path.split("/");
    return asked.length === there.length && there.every((part, i) => part === asked[i] || (part.startsWith("{") && asked[i] !== ""));
}

const ROOT = join(import.meta.dirname, "../../..");

/** What nobody's screen or command asks for, because programs do. */
const FOR_PROGRAMS: Record<string, string> = {
    "GET /metrics": "Prometheus reads it; the server's page shows the command to try it",
    "GET /ready": "a load balancer or Kubernetes asks before it sends requests",
};

function files(folder: string, extension: RegExp): string[] {
    return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => extension.test(extname(name)) && !/\.test\.|\.gen\.|WarmUpCommand/.test(name))
        .map((name) => readFileSync(join(ROOT, folder, name), "utf8"));
}

const calls: Call[] = [...files("ui/src", /^\.tsx?$/).flatMap(callsOfScript), ...files("server/src/main/java/io/ropewalk/cli", /^\.java$/).flatMap(callsOfJava), ...files("sdk/python/src", /^\.py$/).flatMap(callsOfPython)];

const { paths } = JSON.parse(readFileSync(join(ROOT, "server/src/main/resources/openapi.json"), "utf8")) as { paths: Record<string, Record<string, unknown>> };
const operations = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })));

describe("the server's API", () => {
    it.each(operations)("$method $path is used by a page, a command or the Python library, or is for programs", ({ method, path }) => {
        const used = calls.some((call) => fits(call, method, path));
        const programs = FOR_PROGRAMS[`${method} ${path}`];
        if (programs) expect(used, `it is used now: take it off the list of those for programs (${programs})`).toBe(false);
        else expect(used, "nobody uses it: add what is missing to a page or a command, or say here which programs need it").toBe(true);
    });
    it("has all that is asked for", () => {
        const lost = calls.filter((call) => !operations.some(({ method, path }) => fits(call, method, path)));
        expect(lost).toEqual([]);
    });
    it("still has what is said to be for programs", () => {
        expect(Object.keys(FOR_PROGRAMS).filter((one) => !operations.some(({ method, path }) => one === `${method} ${path}`))).toEqual([]);
    });
});

describe("a call is found", () => {
    it.each<[string, Call[]]>([
        ["api.get<Run>(path`/runs/${id}`)", [{ method: "GET", path: "/api/v1/runs/{}" }]],
        ["api.post(path`/runs/${run.id}/stop`, {})", [{ method: "POST", path: "/api/v1/runs/{}/stop" }]],
        ["function base(a: string): string {\n    return path`/projects/${a}`;\n}\napi.get<Page<Run>>(`${base(one)}/files`, { x })", [{ method: "GET", path: "/api/v1/projects/{}/files" }]],
        ["const where = project ? path`/a/${b}/runs` : path`/runs`;\napi.get(where)", [{ method: "GET", path: "/api/v1/a/{}/runs" }, { method: "GET", path: "/api/v1/runs" }]],
        ['<Anchor href="/api/v1/openapi.json">', [{ method: "GET", path: "/api/v1/openapi.json" }]],
        ['<Anchor href="/projects">', []],
    ])("in a page: %s", (text, found) => expect(callsOfScript(text)).toEqual(found));
    it.each<[string, Call[]]>([
        ['client.post("/api/v1/runs/" + run.at("id").text() + "/stop", Map.of());', [{ method: "POST", path: "/api/v1/runs/{}/stop" }]],
        ['session.client()\n    .get(session.projectPath(in) + "/runs" + Client.query("state", state));', [{ method: "GET", path: "/api/v1/workspaces/{}/projects/{}/runs" }]],
        ['client.send("PUT", "/api/v1/blobs/" + hash, body)', [{ method: "PUT", path: "/api/v1/blobs/{}" }]],
        ['String base = in.isEmpty() ? session.workspacePath() : session.projectPath(in);\nclient.get(base + "/runs");', [{ method: "GET", path: "/api/v1/workspaces/{}/runs" }, { method: "GET", path: "/api/v1/workspaces/{}/projects/{}/runs" }]],
        ['new Upload(client).send(folder, session.projectPath(p) + "/snapshots");', [{ method: "*", path: "/api/v1/workspaces/{}/projects/{}/snapshots" }]],
        ['map.get("name")', []],
    ])("in a command: %s", (text, found) => expect(callsOfJava(text)).toEqual(found));
    it.each<[string, Call[]]>([
        ['client.post(f"/api/v1/runs/{run_id}/metrics", {})', [{ method: "POST", path: "/api/v1/runs/{}/metrics" }]],
        ['self._client.try_post(\n    f"/api/v1/runs/{self.id}/finish", body)', [{ method: "POST", path: "/api/v1/runs/{}/finish" }]],
        ['path = f"/api/v1/projects/{project}/runs"', [{ method: "*", path: "/api/v1/projects/{}/runs" }]],
    ])("in the Python library: %s", (text, found) => expect(callsOfPython(text)).toEqual(found));
});
