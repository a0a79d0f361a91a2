import type { ReactNode } from "react";

/** What a cell sorts, filters and exports by. */
export type CellValue = string | number | boolean | undefined;

export interface Column<T> {
    id: string;
    title: string;
    value: (row: T) => CellValue;
    render?: (row: T) => ReactNode;
    /** A grid track: `120px`, `minmax(160px, 2fr)`. */
    width?: string;
    numeric?: boolean;
    /** Stands in the table only when someone asks for it. */
    optional?: boolean;
    /** Stays at the left while the rest scrolls; the card's title on a phone. */
    pinned?: boolean;
    groupable?: boolean;
    /** A word that stands beside the title on a phone's card. */
    badge?: boolean;
}

export interface Sort {
    column: string;
    descending: boolean;
}

export interface TableState {
    sort?: Sort;
    columns?: string[];
    group?: string;
    filter: string;
}

export type TableRow<T> = { kind: "row"; row: T; index: number } | { kind: "group"; label: string; size: number };

export function parseState(params: URLSearchParams, prefix = ""): TableState {
    const sort = params.get(`${prefix}sort`);
    const columns = params.get(`${prefix}cols`);
    return {
        sort: sort ? { column: sort.replace(/^-/, ""), descending: sort.startsWith("-") } : undefined,
        columns: columns ? columns.split(",").filter(Boolean) : undefined,
        group: params.get(`${prefix}group`) ?? undefined,
        filter: params.get(`${prefix}q`) ?? "",
    };
}

export function writeState(params: URLSearchParams, state: TableState, prefix = ""): URLSearchParams {
    const next = new URLSearchParams(params);
    const put = (name: string, value: string | undefined) => (value ? next.set(prefix + name, value) : next.delete(prefix + name));
    put("sort", state.sort && `${state.sort.descending ? "-" : ""}${state.sort.column}`);
    put("cols", state.columns?.join(","));
    put("group", state.group);
    put("q", state.filter);
    return next;
}

/** A click on a column's title: up, down, as it came. Numbers begin with the largest. */
export function nextSort<T>(current: Sort | undefined, column: Column<T>): Sort | undefined {
    const first = { column: column.id, descending: !!column.numeric };
    if (current?.column !== column.id) return first;
    if (current.descending === first.descending) return { column: column.id, descending: !first.descending };
    return undefined;
}

function compare(a: CellValue, b: CellValue): number {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: "base" });
}

function absent(value: CellValue): boolean {
    return value === undefined || value === "" || (typeof value === "number" && Number.isNaN(value));
}

/** Stable; what has no value stands last whichever way one sorts. */
export function sortRows<T>(rows: readonly T[], columns: readonly Column<T>[], sort: Sort | undefined): readonly T[] {
    const column = columns.find((one) => one.id === sort?.column);
    if (!column || !sort) return rows;
    const keyed = rows.map((row) => ({ row, key: column.value(row) }));
    keyed.sort((a, b) => {
        const aless = absent(a.key);
        const bless = absent(b.key);
        if (aless || bless) return aless === bless ? 0 : aless ? 1 : -1;
        return sort.descending ? -compare(a.key, b.key) : compare(a.key, b.key);
    });
    return keyed.map((one) => one.row);
}

/** Every word must occur somewhere in the row; `column:word` looks in one column. */
export function filterRows<T>(rows: readonly T[], columns: readonly Column<T>[], filter: string): readonly T[] {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return rows;
    const tests = words.map((word) => {
        const colon = word.indexOf(":");
        const named = colon > 0 ? columns.find((one) => one.id.toLowerCase() === word.slice(0, colon)) : undefined;
        return named ? { columns: [named], text: word.slice(colon + 1) } : { columns, text: word };
    });
    return rows.filter((row) => tests.every((test) => test.columns.some((one) => String(one.value(row) ?? "").toLowerCase().includes(test.text))));
}

export function groupRows<T>(rows: readonly T[], column: Column<T> | undefined): TableRow<T>[] {
    if (!column) return rows.map((row, index) => ({ kind: "row", row, index }));
    const groups = new Map<string, T[]>();
    for (const row of rows) {
        const value = column.value(row);
        const label = absent(value) ? "–" : String(value);
        const group = groups.get(label);
        if (group) group.push(row);
        else groups.set(label, [row]);
    }
    const all: TableRow<T>[] = [];
    let index = 0;
    for (const [label, members] of groups) {
        all.push({ kind: "group", label, size: members.length });
        for (const row of members) all.push({ kind: "row", row, index: index++ });
    }
    return all;
}

export function visibleColumns<T>(columns: readonly Column<T>[], chosen: readonly string[] | undefined): Column<T>[] {
    return columns.filter((column) => column.pinned || (chosen ? chosen.includes(column.id) : !column.optional));
}

export function toCsv<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
    const quote = (value: CellValue) => {
        const text = value === undefined ? "" : String(value);
        // A leading = + - @ would be run as a formula by a spreadsheet; a number is no danger.
        const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
        return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return [columns.map((column) => quote(column.title)), ...rows.map((row) => columns.map((column) => quote(column.value(row))))].map((cells) => cells.join(",")).join("\r\n");
}

/** Where the cursor stands after a key; -1 means nowhere yet. */
export function moveCursor(cursor: number, key: string, size: number): number | undefined {
    if (size === 0) return undefined;
    switch (key) {
        case "j":
        case "ArrowDown":
            return Math.min(cursor + 1, size - 1);
        case "k":
        case "ArrowUp":
            return Math.max(cursor - 1, 0);
        case "Home":
            return 0;
        case "End":
            return size - 1;
        default:
            return undefined;
    }
}
