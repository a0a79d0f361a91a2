// Starts the product as a person would, and speaks to it as its owner.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");
const LAUNCHER = join(ROOT, "ropewalk");

/** Waits until a condition gives something, and says what it waited for when it never does. */
export async function until(what, condition, seconds = 60) {
    const end = Date.now() + seconds * 1000;
    let last;
    for (;;) {
        try {
            const value = await condition();
            if (value) return value;
            last = undefined;
        } catch (cause) {
            last = cause;
        }
        if (Date.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}${last ? `: ${last.message}` : ""}`);
        await new Promise((done) => setTimeout(done, 100));
    }
}

export function freePort() {
    return new Promise((resolve, reject) => {
        const probe = createServer();
        probe.on("error", reject);
        probe.listen(0, "127.0.0.1", () => {
            const { port } = probe.address();
            probe.close(() => resolve(port));
        });
    });
}

export class Product {
    #child;
    #said = "";

    constructor() {
        this.data = mkdtempSync(join(tmpdir(), "ropewalk-e2e-"));
    }

    /** `./ropewalk up` on this data directory; always on the same port. */
    async start(environment = {}) {
        this.port ??= await freePort();
        const child = spawn(LAUNCHER, ["up", "--data", this.data, "--port", String(this.port), "--no-browser"], {
            cwd: ROOT,
            env: { ...process.env, ROPEWALK_AOT: "off", ROPEWALK_URL: "", ROPEWALK_TOKEN: "", ...environment },
            stdio: ["ignore", "pipe", "pipe"],
        });
        this.#child = child;
        for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (this.#said += piece));
        this.url = `http://127.0.0.1:${this.port}`;
        // The first start in a checkout also builds it.
        await until("the server answers", async () => {
            if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${this.#said}`);
            return (await fetch(`${this.url}/health`)).ok && existsSync(join(this.data, "owner-token"));
        }, 900);
        this.token = readFileSync(join(this.data, "owner-token"), "utf8").trim();
        return this;
    }

    /** The link that `up` prints. */
    get signInLink() {
        return /http:\S+\/sign-in\?token=\S+/.exec(this.#said)?.[0];
    }

    /** As if the machine had taken it away. */
    async kill() {
        const ended = new Promise((done) => this.#child.once("exit", done));
        this.#child.kill("SIGKILL");
        await ended;
    }

    async close() {
        if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
            const runs = await this.get("/workspaces/default/runs?state=active").catch(() => ({ items: [] }));
            for (const run of runs.items) await this.post(`/runs/${run.id}/stop`, { grace: 1 }).catch(() => undefined);
            for (const run of runs.items) await this.ended(run.id, 30).catch(() => undefined);
            const ended = new Promise((done) => this.#child.once("exit", done));
            this.#child.kill("SIGTERM");
            await ended;
        }
        rmSync(this.data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }

    /** A client command, to its end. */
    run(...words) {
        return new Promise((resolve, reject) => {
            const child = spawn(LAUNCHER, words, { cwd: ROOT, env: { ...process.env, ROPEWALK_AOT: "off", ROPEWALK_URL: this.url, ROPEWALK_TOKEN: this.token }, stdio: ["ignore", "pipe", "pipe"] });
            let out = "";
            for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (out += piece));
            child.on("error", reject);
            child.on("exit", (code) => (code === 0 ? resolve(out) : reject(new Error(`ropewalk ${words.join(" ")} ended with ${code}:\n${out}`))));
        });
    }

    async call(method, path, body) {
        const response = await fetch(`${this.url}/api/v1${path}`, {
            method,
            headers: { Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
        return text ? JSON.parse(text) : undefined;
    }

    get = (path) => this.call("GET", path);
    post = (path, body) => this.call("POST", path, body);

    apply(document) {
        return this.post("/workspaces/default/projects", { document });
    }

    async upload(project, source, name, content) {
        const response = await fetch(`${this.url}/api/v1/workspaces/default/projects/${project}/sources/${source}/archive?name=${name}`, {
            method: "POST",
            headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/octet-stream" },
            body: content,
        });
        if (!response.ok) throw new Error(`the upload was refused: ${await response.text()}`);
    }

    launch = (project, task, more = {}) => this.post(`/workspaces/default/projects/${project}/runs`, { task, ...more });

    ended(id, seconds = 120) {
        return until(`run ${id} has ended`, async () => {
            const run = await this.get(`/runs/${id}`);
            return ["succeeded", "failed", "stopped"].includes(run.state) ? run : undefined;
        }, seconds);
    }

    reaches(id, state, seconds = 60) {
        return until(`run ${id} is ${state}`, async () => {
            const run = await this.get(`/runs/${id}`);
            if (run.state === state) return run;
            if (["succeeded", "failed", "stopped"].includes(run.state)) throw new Error(`it is ${run.state}: ${run.reason}`);
            return undefined;
        }, seconds);
    }
}
