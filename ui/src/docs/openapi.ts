import type { JsonSchema } from "../api/types";

export interface Parameter {
    name: string;
    in: "path" | "query" | "header" | "cookie";
    required?: boolean;
    description?: string;
    schema?: JsonSchema;
}

export interface Operation {
    operationId?: string;
    summary?: string;
    description?: string;
    tags?: string[];
    parameters?: Parameter[];
    requestBody?: { required?: boolean; content?: Record<string, { schema?: JsonSchema }> };
    responses?: Record<string, { description?: string; content?: Record<string, { schema?: JsonSchema }> }>;
    "x-permission"?: string;
}

export interface OpenApi {
    openapi: string;
    info: { title: string; version: string; description?: string };
    paths: Record<string, Record<string, Operation>>;
    components?: { schemas?: Record<string, JsonSchema> };
}

export interface Endpoint {
    id: string;
    method: string;
    path: string;
    group: string;
    operation: Operation;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** What a path is about: the last fixed word before an id that names a thing of its own. */
export function groupOf(path: string): string {
    const parts = path.replace(/^\/api\/v1\/?/, "").split("/").filter(Boolean);
    if (path === "/sign-in") return "Access";
    if (!path.startsWith("/api/v1")) return "Server";
    if (parts[0] === "workspaces") {
        const inside = parts.filter((part) => !part.startsWith("{")).slice(1);
        if (inside[0] === "projects" && inside.length > 1 && (inside[1] === "runs" || inside[1] === "sources")) return title(inside[1]);
        return title(inside[0] ?? "workspaces");
    }
    if (parts[0] === "runs") {
        const inside = parts.filter((part) => !part.startsWith("{"));
        return inside[1] === "logs" ? "Logs" : inside[1] === "metrics" ? "Metrics" : inside[1] === "files" ? "Files" : "Runs";
    }
    if (parts[0] === "me" || parts[0] === "session") return "Access";
    if (parts[0] === "source-types") return "Sources";
    return parts[0] === "schemas" ? "Projects" : "Server";
}

function title(word: string): string {
    return word.charAt(0).toUpperCase() + word.slice(1).replaceAll("-", " ");
}

const ORDER = ["Access", "Projects", "Sources", "Runs", "Logs", "Metrics", "Files", "Blobs", "Server"];

export function endpoints(document: OpenApi): [string, Endpoint[]][] {
    const groups = new Map<string, Endpoint[]>();
    for (const [path, item] of Object.entries(document.paths)) {
        for (const method of METHODS) {
            const operation = item[method];
            if (!operation) continue;
            const group = groupOf(path);
            const all = groups.get(group) ?? [];
            all.push({ id: operation.operationId ?? `${method}-${path.replaceAll(/[^a-z0-9]+/gi, "-")}`, method, path, group, operation });
            groups.set(group, all);
        }
    }
    const at = (name: string) => (ORDER.indexOf(name) < 0 ? ORDER.length : ORDER.indexOf(name));
    return [...groups].sort(([a], [b]) => at(a) - at(b) || a.localeCompare(b));
}

/** A type in one line, as one would say it; names of schemas stay names. */
export function typeText(schema: JsonSchema | undefined, depth = 0): string {
    if (!schema) return "anything";
    if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return choices.map((one) => typeText(one, depth)).join(" | ");
    const types = Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : [];
    if (types.includes("array")) return `${typeText(schema.items, depth)}[]`;
    if (types.includes("object") || schema.properties) {
        if (schema.properties && depth < 1) return "object";
        if (typeof schema.additionalProperties === "object") return `{ name: ${typeText(schema.additionalProperties, depth + 1)} }`;
        return "object";
    }
    return types.length > 0 ? types.map((one) => (schema.format && one === "string" ? schema.format : one)).join(" | ") : "anything";
}

/** A request to try, with the caller's token taken from the environment. */
export function curl(endpoint: Endpoint, origin: string, example?: string): string {
    const path = endpoint.path.replaceAll("{workspace}", "default").replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase());
    const lines = [`curl${endpoint.method === "get" ? "" : ` -X ${endpoint.method.toUpperCase()}`} '${origin}${path}'`, `-H "Authorization: Bearer $ROPEWALK_TOKEN"`];
    const json = endpoint.operation.requestBody?.content?.["application/json"];
    if (json) lines.push("-H 'Content-Type: application/json'", `-d '${example ?? "{}"}'`);
    else if (endpoint.operation.requestBody) lines.push("--data-binary @FILE");
    return lines.join(" \\\n  ");
}

/** A body to begin with: every required property, with something of its type in it. */
export function exampleOf(schema: JsonSchema | undefined, schemas: Record<string, JsonSchema>, depth = 0): unknown {
    if (!schema || depth > 4) return null;
    if (schema.$ref) return exampleOf(schemas[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)], schemas, depth + 1);
    if (schema.default !== undefined) return schema.default;
    if (schema.enum) return schema.enum[0];
    const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
    if (choice) return exampleOf(choice, schemas, depth + 1);
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    if (type === "object" || schema.properties) {
        const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
        return Object.fromEntries(wanted.map(([name, property]) => [name, exampleOf(property, schemas, depth + 1)]));
    }
    if (type === "array") return [];
    if (type === "integer" || type === "number") return 0;
    if (type === "boolean") return false;
    return "…";
}
