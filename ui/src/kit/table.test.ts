import { describe, expect, it } from "vitest";
import { type Column, filterRows, groupRows, moveCursor, nextSort, parseState, sortRows, toCsv, visibleColumns, writeState } from "./table";

interface Row {
    name: string;
    loss?: number;
    state: string;
}
const columns: Column<Row>[] = [
    { id: "name", title: "Run", pinned: true, value: (row) => row.name },
    { id: "state", title: "State", groupable: true, value: (row) => row.state },
    { id: "loss", title: "Loss", numeric: true, optional: true, value: (row) => row.loss },
];
const rows: Row[] = [
    { name: "train-10", loss: 0.2, state: "failed" },
    { name: "train-9", state: "succeeded" },
    { name: "train-2", loss: NaN, state: "succeeded" },
    { name: "eval-1", loss: 0.1, state: "failed" },
];
const names = (some: readonly Row[]) => some.map((row) => row.name);

describe("sorting", () => {
    it("counts numbers within names as people do", () => expect(names(sortRows(rows, columns, { column: "name", descending: false }))).toEqual(["eval-1", "train-2", "train-9", "train-10"]));
    it("puts what has no value last, both ways", () => {
        expect(names(sortRows(rows, columns, { column: "loss", descending: false })).slice(0, 2)).toEqual(["eval-1", "train-10"]);
        expect(names(sortRows(rows, columns, { column: "loss", descending: true })).slice(0, 2)).toEqual(["train-10", "eval-1"]);
    });
    it("leaves rows alone for a column that is not there", () => expect(sortRows(rows, columns, { column: "gone", descending: true })).toBe(rows));
    it("goes up, down and back, numbers the largest first", () => {
        const [name, , loss] = columns;
        expect(nextSort(undefined, name!)).toEqual({ column: "name", descending: false });
        expect(nextSort({ column: "name", descending: false }, name!)).toEqual({ column: "name", descending: true });
        expect(nextSort({ column: "name", descending: true }, name!)).toBeUndefined();
        expect(nextSort(undefined, loss!)).toEqual({ column: "loss", descending: true });
    });
});

describe("filtering", () => {
    it("wants every word somewhere", () => expect(names(filterRows(rows, columns, "train failed"))).toEqual(["train-10"]));
    it("looks in one column when it is named", () => expect(names(filterRows(rows, columns, "state:fail"))).toEqual(["train-10", "eval-1"]));
    it("takes an unknown column's name for text", () => expect(filterRows(rows, columns, "nowhere:x")).toEqual([]));
});

describe("the rest of a table", () => {
    it("groups in the order of first sight and numbers rows through", () => {
        const lines = groupRows(rows, columns[1]);
        expect(lines.map((line) => (line.kind === "group" ? `${line.label} ${line.size}` : line.index))).toEqual(["failed 2", 0, 1, "succeeded 2", 2, 3]);
    });
    it("always shows pinned columns, optional ones when chosen", () => {
        expect(visibleColumns(columns, undefined).map((one) => one.id)).toEqual(["name", "state"]);
        expect(visibleColumns(columns, ["loss"]).map((one) => one.id)).toEqual(["name", "loss"]);
    });
    it("writes CSV that a spreadsheet reads and does not run", () => {
        const text = toCsv([{ name: '=cmd|"x"', loss: -1, state: "a,b" }], columns);
        expect(text).toBe('Run,State,Loss\r\n"\'=cmd|""x""","a,b",-1');
    });
    it("keeps its whole view in the address", () => {
        const state = { sort: { column: "loss", descending: true }, columns: ["state", "loss"], group: "state", filter: "x y" };
        expect(parseState(writeState(new URLSearchParams("tab=1"), state, "r."), "r.")).toEqual(state);
        expect(writeState(new URLSearchParams("tab=1&r.q=x"), { filter: "" }, "r.").toString()).toBe("tab=1");
    });
    it.each([
        [-1, "j", 3, 0],
        [0, "j", 3, 1],
        [2, "j", 3, 2],
        [2, "k", 3, 1],
        [0, "k", 3, 0],
        [1, "End", 3, 2],
        [1, "x", 3, undefined],
        [0, "j", 0, undefined],
    ])("the cursor at %d goes by %s among %d to %s", (cursor, key, size, to) => expect(moveCursor(cursor, key, size)).toBe(to));
});
