import { type Document, isMap, isScalar, isSeq, parseDocument, type ToStringOptions } from "yaml";
import { diffLines } from "./lineDiff";
import type { Step } from "./schema";

/** How a text is laid out, so that a change does not lay it out anew. */
function layout(text: string): ToStringOptions {
    const indentSeq = !/^(\s*)[\w"'][^\n]*:\s*(?:#[^\n]*)?\n(?:\s*(?:#[^\n]*)?\n)*\1- /m.test(text);
    return { lineWidth: 0, indentSeq, flowCollectionPadding: /[{[] \S/.test(text) && !/[{[][^\s\]}]/.test(text), minContentWidth: 0 };
}

export function parse(text: string): Document | undefined {
    const document = parseDocument(text, { keepSourceTokens: true });
    return document.errors.length > 0 ? undefined : document;
}

export function valueAt(text: string, path: readonly Step[]): unknown {
    const document = parse(text);
    if (!document) return undefined;
    return path.length === 0 ? (document.toJS() as unknown) : toJs(document, document.getIn(path, true));
}

function toJs(document: Document, node: unknown): unknown {
    if (isMap(node) || isSeq(node)) return node.toJS(document) as unknown;
    return isScalar(node) ? node.value : node;
}

/** The text with the lines that an edit changed; the others stay as they were written, to the last blank. */
function patched(text: string, before: string, after: string): string {
    const written = text.replace(/\n$/, "").split("\n");
    if (before.replace(/\n$/, "").split("\n").length !== written.length) return after;
    const lines = diffLines(before, after).filter((line) => line.kind !== "-");
    return `${lines.map((line) => (line.kind === " " ? written[line.oldLine! - 1] : line.text)).join("\n")}\n`;
}

/** Puts a value at a place (or takes it away) and leaves everything else, comments too, as it was written. */
export function setAt(text: string, path: readonly Step[], value: unknown): string {
    const document = parse(text);
    if (!document) return text;
    const style = layout(text);
    const before = document.toString(style);
    const set = (node: unknown) => document.setIn([...path], node);
    if (value === undefined) {
        document.deleteIn([...path]);
    } else if (typeof value === "object" && value !== null) {
        const node = document.createNode(value);
        set(node);
    } else {
        const current = document.getIn([...path], true);
        if (isScalar(current)) {
            if (typeof current.value !== typeof value) current.type = undefined;
            if (typeof value === "string" && value.includes("\n")) current.type = "BLOCK_LITERAL";
            current.value = value;
            delete (current as { source?: string }).source;
        } else if (typeof value === "string" && value.includes("\n")) {
            const node = document.createNode(value);
            node.type = "BLOCK_LITERAL";
            set(node);
        } else set(value);
    }
    return patched(text, before, document.toString(style));
}

/** Where a task stands in a document of either kind; undefined when it is not there or the text does not parse. */
export function itemPath(text: string, list: "tasks" | "sources", name: string): Step[] | undefined {
    const document = parse(text);
    if (!document) return undefined;
    const items = document.get(list, true);
    if (!isSeq(items)) return undefined;
    const at = items.items.findIndex((item) => isMap(item) && item.get("name") === name);
    return at < 0 ? undefined : [list, at];
}

export function lineOf(text: string, path: readonly Step[]): number | undefined {
    const document = parse(text);
    const node = document?.getIn([...path], true) as { range?: [number, number, number] } | undefined;
    return node?.range ? text.slice(0, node.range[0]).split("\n").length : undefined;
}
