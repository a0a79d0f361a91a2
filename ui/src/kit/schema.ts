import type { JsonSchema } from "../api/types";

export type Step = string | number;

/** Follows `$ref` and joins `allOf`: what stands at a place, ready to be looked into. */
export function resolve(schema: JsonSchema | undefined, root: JsonSchema): JsonSchema | undefined {
    let current = schema;
    for (let hops = 0; current?.$ref && hops < 20; hops++) {
        let target: unknown = root;
        for (const part of current.$ref.replace(/^#\/?/, "").split("/").filter(Boolean)) {
            target = (target as Record<string, unknown> | undefined)?.[part.replaceAll("~1", "/").replaceAll("~0", "~")];
        }
        const { $ref: _, ...beside } = current;
        current = target ? { ...(target as JsonSchema), ...beside } : undefined;
    }
    if (current?.allOf) {
        const { allOf, ...rest } = current;
        return allOf.reduce<JsonSchema>((all, one) => {
            const part = resolve(one, root) ?? {};
            return { ...part, ...all, properties: { ...part.properties, ...all.properties } };
        }, rest);
    }
    return current;
}

export function typesOf(schema: JsonSchema): string[] {
    if (schema.type) return Array.isArray(schema.type) ? schema.type : [schema.type];
    if (schema.properties || schema.additionalProperties) return ["object"];
    if (schema.items) return ["array"];
    return [];
}

/** The forms a value may take: itself, or the branches of `anyOf` and `oneOf` that say something of their own. */
export function branches(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
    const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map((one) => resolve(one, root)).filter((one): one is JsonSchema => !!one);
    const own = typesOf(schema).length > 0 || schema.enum ? [schema] : [];
    return [...own, ...choices.filter((one) => typesOf(one).length > 0 || one.enum || one.properties)];
}

/** What the schema says about a place in the document; every branch that knows the place. */
export function schemasAt(root: JsonSchema, path: readonly Step[]): JsonSchema[] {
    let here: JsonSchema[] = branches(resolve(root, root) ?? {}, root);
    for (const step of path) {
        here = here.flatMap((schema) => {
            let next: JsonSchema | undefined;
            if (typeof step === "number" || step === "[]") next = schema.items;
            else next = schema.properties?.[step] ?? (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined);
            const resolved = resolve(next, root);
            return resolved ? (branches(resolved, root).length > 0 ? branches(resolved, root).map((one) => ({ description: resolved.description, ...one })) : [resolved]) : [];
        });
    }
    return here;
}

export interface KeyHint {
    name: string;
    description?: string;
    required: boolean;
    /** What the value looks like: decides what stands after the colon. */
    shape: "scalar" | "object" | "array";
}

export function keysAt(root: JsonSchema, path: readonly Step[]): KeyHint[] {
    const keys = new Map<string, KeyHint>();
    for (const schema of schemasAt(root, path)) {
        for (const [name, raw] of Object.entries(schema.properties ?? {})) {
            if (keys.has(name)) continue;
            const property = resolve(raw, root) ?? {};
            const types = branches(property, root).flatMap(typesOf);
            keys.set(name, { name, description: raw.description ?? property.description, required: schema.required?.includes(name) ?? false, shape: types.length > 0 && types.every((type) => type === "array") ? "array" : types.length > 0 && types.every((type) => type === "object" || type === "null") ? "object" : "scalar" });
        }
    }
    return [...keys.values()];
}

export function valuesAt(root: JsonSchema, path: readonly Step[]): string[] {
    const values = new Set<string>();
    for (const schema of schemasAt(root, path)) {
        schema.enum?.forEach((one) => values.add(String(one)));
        if (schema.const !== undefined) values.add(String(schema.const));
        if (typesOf(schema).length === 1 && typesOf(schema)[0] === "boolean") ["true", "false"].forEach((one) => values.add(one));
    }
    return [...values];
}

interface Line {
    indent: number;
    /** Where the key begins, behind the dashes. */
    content: number;
    dashes: number[];
    key?: string;
    value?: string;
}

function read(text: string): Line | undefined {
    const match = /^(\s*)((?:-\s+|-$)*)(.*)$/.exec(text);
    if (!match) return undefined;
    const [, space = "", dash = "", rest = ""] = match;
    if (!dash && (rest === "" || rest.startsWith("#"))) return undefined;
    const dashes: number[] = [];
    for (let i = 0; i < dash.length; i++) if (dash[i] === "-") dashes.push(space.length + i);
    const pair = /^(?:"([^"]*)"|'([^']*)'|([^\s#:'"{[][^:#]*?))\s*:(?:\s+(.*)|)$/.exec(rest);
    return { indent: space.length, content: space.length + dash.length, dashes, key: pair ? (pair[1] ?? pair[2] ?? pair[3]) : undefined, value: pair?.[4] };
}

/**
 * The keys above a place in block YAML, found by indentation alone, so that it works while a document is half written.
 * `[]` stands for an item of a list. The key on the line itself is not part of it.
 */
export function pathAt(lines: readonly string[], row: number, column: number): string[] {
    const here = read(lines[row] ?? "");
    let indent = here ? Math.min(here.content, Math.max(column, here.content)) : column;
    const path: string[] = [];
    let sequence = false;
    const climb = (dashes: readonly number[]) => {
        for (let i = dashes.length - 1; i >= 0; i--) {
            path.unshift("[]");
            indent = dashes[i]!;
        }
        sequence = true;
    };
    if (here && here.dashes.length > 0) climb(here.dashes);
    for (let i = row - 1; i >= 0 && (indent > 0 || sequence); i--) {
        const line = read(lines[i]!);
        if (!line) continue;
        if (line.dashes.length > 0) {
            const dash = line.dashes[0]!;
            if (sequence && dash >= indent) continue;
            if (dash >= indent) continue;
            if (line.content < indent) {
                if (line.key === undefined) continue;
                path.unshift(line.key);
            } else if (line.content > indent && !sequence) continue;
            climb(line.dashes);
        } else if (line.key !== undefined && (line.indent < indent || (sequence && line.indent === indent))) {
            path.unshift(line.key);
            indent = line.indent;
            sequence = false;
        }
    }
    return path;
}

/** The keys already written in the mapping that a place belongs to. */
export function siblings(lines: readonly string[], row: number, indent: number): Set<string> {
    const found = new Set<string>();
    const look = (from: number, step: number) => {
        for (let i = from; i >= 0 && i < lines.length; i += step) {
            const line = read(lines[i]!);
            if (!line) continue;
            if (line.content < indent) return;
            // Behind us, a dash begins our mapping; before us, it begins the next one.
            const opens = line.dashes.length > 0 && line.content === indent;
            if (opens && step > 0) return;
            if (line.content === indent && line.key !== undefined) found.add(line.key);
            if (opens) return;
        }
    };
    const own = read(lines[row] ?? "");
    if (!own || own.dashes.length === 0) look(row - 1, -1);
    look(row + 1, 1);
    return found;
}

export function keyOf(line: string): { key: string; from: number; to: number; valueFrom: number } | undefined {
    const found = read(line);
    if (found?.key === undefined) return undefined;
    const to = found.content + found.key.length;
    return { key: found.key, from: found.content, to, valueFrom: line.indexOf(":", to) + 1 };
}
