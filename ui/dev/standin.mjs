// A stand-in for the server while the pages are worked on: canned data, the wire's shapes, live streams.
// Development and pictures only; nothing of it is shipped.   node dev/standin.mjs [--port 8399] [--empty] [--dist]
import { createServer } from "node:http";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { makeWorld } from "./world.mjs";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

export function start({ port = 8399, empty = false, token = "standin" } = {}) {
    const world = makeWorld(empty);
    const dist = join(import.meta.dirname, "..", "dist");

    const server = createServer((request, response) => {
        const url = new URL(request.url, "http://standin");
        const chunks = [];
        request.on("data", (chunk) => chunks.push(chunk));
        request.on("end", () => {
            const raw = Buffer.concat(chunks);
            try {
                handle(request, response, url, raw);
            } catch (error) {
                console.error(error);
                problem(response, 500, "INTERNAL", String(error));
            }
        });
    });

    function send(response, status, body) {
        if (body === undefined) {
            response.writeHead(status).end();
            return;
        }
        response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" }).end(JSON.stringify(body));
    }
    function problem(response, status, code, detail, problems) {
        response.writeHead(status, { "Content-Type": "application/problem+json" }).end(JSON.stringify({ type: "about:blank", title: code, status, detail, code, requestId: "standin-1", problems }));
    }

    function handle(request, response, url, raw) {
        const path = decodeURI(url.pathname);
        if (path === "/sign-in" && url.searchParams.get("token") === token) {
            response.writeHead(303, { Location: "/", "Set-Cookie": `ropewalk_session=${token}; Path=/; HttpOnly; SameSite=Strict` }).end();
            return;
        }
        if (!path.startsWith("/api/")) return page(response, path);
        const signedIn = (request.headers.cookie ?? "").includes(`ropewalk_session=${token}`) || request.headers.authorization === `Bearer ${token}`;
        const body = () => (raw.length ? JSON.parse(raw.toString()) : {});
        if (path === "/api/v1/session" && request.method === "POST") {
            if (body().token !== token) return problem(response, 401, "UNAUTHENTICATED", "This token is not known.");
            response.setHeader("Set-Cookie", `ropewalk_session=${token}; Path=/; HttpOnly; SameSite=Strict`);
            return send(response, 200, world.me);
        }
        if (!signedIn) return problem(response, 401, "UNAUTHENTICATED", "Sign in first.");
        if (path === "/api/v1/session" && request.method === "DELETE") {
            response.setHeader("Set-Cookie", "ropewalk_session=; Path=/; Max-Age=0");
            return send(response, 204);
        }
        if (request.method !== "GET" && !request.headers.authorization && request.headers["x-ropewalk-csrf"] !== world.me.csrf) return problem(response, 403, "FORBIDDEN", "The X-Ropewalk-Csrf header is missing.");
        const answer = route(world, request.method, path.slice("/api/v1".length), url.searchParams, body, raw);
        if (!answer) return problem(response, 404, "NOT_FOUND", `There is nothing at ${path}.`);
        if (answer.stream) return stream(request, response, answer.stream);
        if (answer.bytes) return response.writeHead(200, { "Content-Type": answer.type, "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'" }).end(answer.bytes);
        if (answer.problem) return problem(response, ...answer.problem);
        send(response, answer.status ?? 200, answer.body);
    }

    function page(response, path) {
        const file = extname(path) ? join(dist, path) : join(dist, "index.html");
        const found = existsSync(file) && file.startsWith(dist) ? file : join(dist, "index.html");
        if (!existsSync(found)) return problem(response, 404, "NOT_FOUND", "Run npm run build first, or use the development server.");
        response.writeHead(200, { "Content-Type": TYPES[extname(found)] ?? "application/octet-stream", "Content-Security-Policy": POLICY }).end(readFileSync(found));
    }

    function stream(request, response, begin) {
        response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
        let id = 0;
        const stop = begin((event, data) => response.write(`event: ${event}\nid: ${++id}\ndata: ${JSON.stringify(data)}\n\n`), () => response.end());
        request.on("close", () => stop?.());
    }

    return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve({ port: server.address().port, token, close: () => server.close() })));
}

const page = (items) => ({ body: { items } });

function diff(a, b) {
    const x = a.split("\n");
    const y = b.split("\n");
    const table = Array.from({ length: x.length + 1 }, () => new Array(y.length + 1).fill(0));
    for (let i = x.length - 1; i >= 0; i--) for (let j = y.length - 1; j >= 0; j--) table[i][j] = x[i] === y[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    const lines = [];
    let i = 0;
    let j = 0;
    while (i < x.length || j < y.length) {
        if (i < x.length && j < y.length && x[i] === y[j]) lines.push({ kind: " ", text: x[i], oldLine: ++i, newLine: ++j });
        else if (j >= y.length || (i < x.length && table[i + 1][j] >= table[i][j + 1])) lines.push({ kind: "-", text: x[i], oldLine: ++i });
        else lines.push({ kind: "+", text: y[j], newLine: ++j });
    }
    return lines;
}

function route(world, method, path, query, body, raw) {
    const is = (pattern) => new RegExp(`^${pattern.replaceAll(":x", "([^/]+)")}$`).exec(path)?.slice(1).map((part) => part && decodeURIComponent(part));
    let m;
    if (path === "/me") return { body: world.me };
    if (path === "/server") return { body: world.server() };
    if (path === "/server/use") return { body: world.serverUse() };
    if (path === "/server/backups") return { body: world.backups() };
    if (path === "/server/backup" && method === "POST") return { body: world.backUp() };
    if (path === "/notices" && method === "GET") return page(world.notices.list);
    if (path === "/notices/updates") return { stream: (emit) => void emit("unread", { unread: world.notices.list.filter((one) => !one.read).length, newest: world.notices.list[0] }) };
    if ((m = is("/notices/read")) && method === "POST") {
        world.notices.list.forEach((one) => (one.read = true));
        return { status: 204 };
    }
    if ((m = is("/notices/:x/read")) && method === "POST") {
        world.notices.list.find((one) => one.id === m[0]).read = true;
        return { status: 204 };
    }
    if (path === "/notice-rules" && method === "GET") return { body: world.notices.rules };
    if (path === "/notice-rules" && method === "POST") return { status: 201, body: world.notices.rules[0] ?? { id: "rule-1", about: "mine", on: "failed", words: "fails", channels: [], createdAt: new Date().toISOString() } };
    if ((m = is("/notice-rules/:x"))) return method === "PUT" ? { body: Object.assign(world.notices.rules.find((one) => one.id === m[0]), body()) } : { status: 204 };
    if (path === "/notice-channels" && method === "GET") return { body: world.notices.channels };
    if (path === "/notice-channels" && method === "POST") return { status: 201, body: { id: "channel-9", name: "hooks.example.org", ...body(), createdAt: new Date().toISOString(), ...(body().kind === "webhook" ? { secret: "whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH8nM5rzpjz9I=" } : {}) } };
    if ((m = is("/notice-channels/:x/deliveries"))) return { body: world.notices.deliveries };
    if ((m = is("/notice-channels/:x/test"))) return { status: 201, body: world.notices.deliveries[0] };
    if (is("/notice-channels/:x") && method === "DELETE") return { status: 204 };
    if (path === "/openapi.json") return { body: world.openapi };
    if (path === "/schemas/project.json") return { body: world.schema };
    if (path === "/source-types") return { body: world.sourceTypes };
    if (path === "/search/logs") return { body: world.search(query) };
    if ((m = is("/workspaces/:x/projects")) && method === "GET") return page(world.projects.filter((one) => one.name.includes(query.get("search") ?? "")).map((one) => world.summary(one)));
    if ((m = is("/workspaces/:x/projects")) && method === "POST") return { status: 201, body: { project: world.projects[0].project, revision: world.projects[0].revisions[0], created: true, changed: true, warnings: [] } };
    if ((m = is("/workspaces/:x/projects/check"))) return { body: world.check(body().document) };
    if ((m = is("/workspaces/:x/runs"))) return page(world.runs.filter((run) => keep(run, query)).map(world.runSummary));
    if ((m = is("/workspaces/:x/projects/:x(/.*)?"))) {
        const house = world.projects.find((one) => one.name === m[1]);
        if (!house) return undefined;
        const rest = m[2] ?? "";
        if (rest === "" && method === "DELETE") return { status: 204 };
        if (rest === "") return { body: house.project };
        if (rest === "/document" && method === "PUT") {
            const revision = { id: `019ac000-0000-7000-8000-${String(Date.now()).slice(-12)}`, parent: house.revisions[0].id, experiment: body().experiment ?? "master", author: "owner", comment: body().comment, createdAt: new Date().toISOString(), documentHash: createHash("sha256").update(body().document).digest("hex"), heads: ["master"] };
            house.revisions[0].heads = [];
            house.revisions.unshift(revision);
            house.documents[revision.id] = body().document;
            house.text = body().document;
            return { body: { project: house.project, revision, created: false, changed: true, warnings: [] } };
        }
        if (rest === "/document") return { body: { text: house.text, normal: house.normal, revision: house.revisions[0], warnings: house.warnings } };
        if (rest === "/revisions") return page(house.revisions);
        if (rest === "/diff") {
            const lines = diff(house.documents[query.get("from")] ?? house.text, house.documents[query.get("to")] ?? house.text);
            return { body: { from: query.get("from"), to: query.get("to"), lines, added: lines.filter((one) => one.kind === "+").length, removed: lines.filter((one) => one.kind === "-").length } };
        }
        if (rest === "/checkout") return { body: { project: house.project, revision: house.revisions[0], created: false, changed: true, warnings: [] } };
        if (rest === "/sources") return { body: house.sources };
        if (rest === "/runs" && method === "POST") return { status: 201, body: world.runs[0] };
        if (rest === "/runs") return page(world.runs.filter((run) => run.project === house.name && keep(run, query)).map(world.runSummary));
        let s;
        if ((s = /^\/runs\/(\d+)$/.exec(rest))) return { body: world.runs.find((run) => run.project === house.name && run.number === Number(s[1])) };
        if ((s = /^\/sources\/([^/]+)\/(\w+)$/.exec(rest))) {
            const source = house.sources.find((one) => one.name === s[1]);
            if (s[2] === "pin") return source.kind === "git" ? { problem: [502, "SOURCE_UNREACHABLE", "Failed get access to the repo(s): [https://git.example.org/team/digits.git]. The host does not answer; check the address and the network."] } : { body: { revision: "sha256:5f0c1d2e3a4b5f0c1d2e3a4b", description: "4 files" } };
            if (s[2] === "snapshots") return page(world.snapshots);
            if (s[2] === "archive") return { status: 201, body: { ...world.snapshots[0], bytes: raw.length } };
            if (s[2] === "files") return { body: world.sourceFiles(query.get("path") ?? "") };
            if (s[2] === "content") return { bytes: Buffer.from("print('hello')\n"), type: "text/plain" };
        }
        return undefined;
    }
    if ((m = is("/runs/:x(/.*)?"))) {
        const run = world.runs.find((one) => one.id === m[0]);
        if (!run) return undefined;
        const rest = m[1] ?? "";
        if (rest === "") return { body: run };
        if (rest === "/diagnosis") return { body: world.diagnosis(run) };
        if (rest === "/events") return { body: world.events(run) };
        if (rest === "/specification") return { body: world.specification(run) };
        if (rest === "/stop") return { body: Object.assign(run, { state: "ending" }) };
        if (rest === "/again") return { status: 201, body: world.runs[0] };
        if (rest === "/updates") return { stream: (emit, end) => world.live(run, emit, end) };
        if (rest === "/logs") return { body: world.logs(run) };
        if (rest === "/use") return { body: world.use(run) };
        if (rest === "/metrics") return { body: world.metricInfos(run) };
        if (rest === "/metrics/series") return { body: query.getAll("name").map((name) => ({ name, points: world.points(run, name), sampled: false })) };
        if (rest === "/files") return { body: world.files(run, query.get("path") ?? "") };
        if (rest === "/files/preview") return { body: world.preview(run, query.get("path")) };
        if (rest === "/files/content") return world.content(run, query.get("path"));
        let l;
        if ((l = /^\/logs\/([^/]+)(\/tail|\/raw)?$/.exec(rest))) {
            if (l[2] === "/raw") return { bytes: Buffer.from(world.logLines(run, l[1]).map((line) => line.text).join("\n")), type: "text/plain" };
            if (l[2] === "/tail") return { stream: (emit, end) => world.tail(run, l[1], query, emit, end) };
            return { body: world.grep(run, l[1], query) };
        }
    }
    return undefined;
}

function keep(run, query) {
    const states = (query.get("state") ?? "").split(",").filter(Boolean);
    if (states.length > 0 && !states.includes(run.state)) return false;
    if (query.get("task") && run.task !== query.get("task")) return false;
    return `${run.name} ${run.comment ?? ""} ${run.project}`.includes(query.get("search") ?? "");
}

if (process.argv[1] === import.meta.filename) {
    const at = process.argv.indexOf("--port");
    const { port, token } = await start({ port: at > 0 ? Number(process.argv[at + 1]) : 8399, empty: process.argv.includes("--empty") });
    console.log(`Stand-in at http://127.0.0.1:${port}/sign-in?token=${token}`);
}
