import { afterEach, describe, expect, it, vi } from "vitest";
import { prepare } from "./prepare";

const BASE = "/api/v1/workspaces/default/projects/new";
const TASKS = [
    { name: "fetch", type: "init" },
    { name: "train", type: "general" },
    { name: "index", type: "init" },
    { name: "share", type: "export" },
];

/** A server that refuses what is named, and keeps what it was asked to start. */
function server({ refuses = [], broken = false }: { refuses?: string[]; broken?: boolean } = {}): string[] {
    const started: string[] = [];
    vi.stubGlobal("fetch", (url: string, request: RequestInit) => {
        if (broken) return Promise.resolve(Response.json({ detail: "The database is away." }, { status: 503 }));
        if (url === `${BASE}/document`) return Promise.resolve(Response.json({ normal: { tasks: TASKS } }));
        const { task } = JSON.parse(String(request.body)) as { task: string };
        if (url !== `${BASE}/runs` || request.method !== "POST") return Promise.reject(new Error(`nobody is at ${url}`));
        if (refuses.includes(task)) return Promise.resolve(Response.json({ detail: `The source of ${task} has no files.` }, { status: 422 }));
        started.push(task);
        return Promise.resolve(Response.json({ id: `id-${task}`, name: `${task}-1` }, { status: 201 }));
    });
    return started;
}

afterEach(() => void vi.unstubAllGlobals());

describe("a new project's init tasks", () => {
    it("are started in their order, and no other task is", async () => {
        const started = server();
        const prepared = await prepare("default", "new");
        expect(started).toEqual(["fetch", "index"]);
        expect(prepared.map((one) => "run" in one && one.run.name)).toEqual(["fetch-1", "index-1"]);
    });
    it("that cannot start are told of, and what follows them waits", async () => {
        const started = server({ refuses: ["fetch"] });
        const [refused, ...others] = await prepare("default", "new");
        expect(refused).toMatchObject({ task: "fetch", error: { message: "The source of fetch has no files." } });
        expect(others).toEqual([]);
        expect(started).toEqual([]);
    });
    it("keep what was started before one failed", async () => {
        server({ refuses: ["index"] });
        expect(await prepare("default", "new")).toMatchObject([{ task: "fetch", run: { id: "id-fetch" } }, { task: "index" }]);
    });
    it("are no reason to fail when the document cannot be read", async () => {
        server({ broken: true });
        expect(await prepare("default", "new")).toMatchObject([{ error: { message: "The database is away." } }]);
    });
});
