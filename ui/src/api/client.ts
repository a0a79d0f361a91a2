import { doubt } from "./connection";
import type { ErrorBody, Me } from "./types";

/** What the server answered instead of what was asked for: what happened, to which thing, and what to do next. */
export class ApiError extends Error {
    readonly status: number;
    readonly body: ErrorBody;

    constructor(body: ErrorBody) {
        super(body.detail ?? body.title ?? `The server answered ${body.status}`);
        this.name = "ApiError";
        this.status = body.status;
        this.body = body;
    }
}

let csrf: string | undefined;
const signedOut = new Set<() => void>();

/** Called with every answer of `GET /me`: changing requests must carry its word. */
export function rememberCsrf(me: Me): void {
    csrf = me.csrf;
}

export function onSignedOut(listener: () => void): () => void {
    signedOut.add(listener);
    return () => signedOut.delete(listener);
}

export type Query = Record<string, string | number | boolean | undefined | readonly string[]>;

export function path(strings: TemplateStringsArray, ...values: (string | number)[]): string {
    return strings.reduce((all, part, i) => all + part + (i < values.length ? encodeURIComponent(values[i]!) : ""), "");
}

export function address(path: string, query?: Query): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) {
        if (value === undefined || value === "" || value === false) continue;
        if (Array.isArray(value)) value.forEach((one: string) => search.append(name, one));
        else search.set(name, String(value));
    }
    const text = search.toString();
    return `/api/v1${path}${text ? `?${text}` : ""}`;
}

export function changingHeaders(): Record<string, string> {
    return csrf ? { "X-Ropewalk-Csrf": csrf } : {};
}

async function failure(response: Response): Promise<ApiError> {
    let body: ErrorBody = { status: response.status, title: response.statusText };
    try {
        body = { ...body, ...((await response.json()) as Partial<ErrorBody>) };
    } catch {
        // Not a problem document (a proxy's page, say): the status line has to do.
    }
    return new ApiError({ ...body, status: response.status });
}

async function request(method: string, url: string, body?: BodyInit, contentType?: string): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (contentType) headers["Content-Type"] = contentType;
    if (method !== "GET") Object.assign(headers, changingHeaders());
    let response: Response;
    try {
        response = await fetch(url, { method, headers, body, credentials: "same-origin" });
    } catch {
        doubt();
        throw new ApiError({
            status: 0,
            title: "The server does not answer",
            detail: "The server does not answer. Check that it is running and reachable; this page tries again by itself.",
            code: "UNREACHABLE",
        });
    }
    if (response.ok) return response;
    const error = await failure(response);
    if (error.status === 401) signedOut.forEach((listener) => listener());
    throw error;
}

async function json<T>(response: Response): Promise<T> {
    if (response.status === 204) return undefined as T;
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
}

export const api = {
    get: async <T>(path: string, query?: Query): Promise<T> => json(await request("GET", address(path, query))),
    post: async <T>(path: string, body?: unknown): Promise<T> =>
        json(await request("POST", address(path), body === undefined ? undefined : JSON.stringify(body), body === undefined ? undefined : "application/json")),
    put: async <T>(path: string, body: unknown): Promise<T> =>
        json(await request("PUT", address(path), JSON.stringify(body), "application/json")),
    delete: async <T = void>(path: string): Promise<T> => json(await request("DELETE", address(path))),
};

export interface Progress {
    sent: number;
    total: number;
}

/** Sends raw bytes and tells how far it is; `fetch` cannot. */
export function upload<T>(path: string, query: Query, body: Blob, onProgress: (progress: Progress) => void, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
        const call = new XMLHttpRequest();
        call.open("POST", address(path, query));
        call.setRequestHeader("Content-Type", "application/octet-stream");
        call.setRequestHeader("Accept", "application/json");
        for (const [name, value] of Object.entries(changingHeaders())) call.setRequestHeader(name, value);
        call.upload.onprogress = (event) => onProgress({ sent: event.loaded, total: event.total });
        call.onerror = () =>
            reject(new ApiError({ status: 0, detail: "The connection broke during the upload. Start it again.", code: "UNREACHABLE" }));
        call.onabort = () => reject(new ApiError({ status: 0, detail: "The upload was cancelled.", code: "CANCELLED" }));
        call.onload = () => {
            let reply: unknown;
            try {
                reply = JSON.parse(call.responseText);
            } catch {
                reply = undefined;
            }
            if (call.status >= 200 && call.status < 300) resolve(reply as T);
            else reject(new ApiError({ ...(reply as Partial<ErrorBody>), status: call.status }));
        };
        signal?.addEventListener("abort", () => call.abort());
        call.send(body);
    });
}
