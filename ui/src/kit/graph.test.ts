import { describe, expect, it } from "vitest";
import { lanes } from "./graph";

const columns = (nodes: [string, string?][]) => lanes(nodes.map(([id, parent]) => ({ id, parent }))).map((lane) => lane.column);

describe("a history's columns", () => {
    it("one line of work stays in one", () => expect(columns([["c", "b"], ["b", "a"], ["a"]])).toEqual([0, 0, 0]));
    it("a branch gets its own until it meets its beginning", () => {
        const rows = lanes([
            { id: "d", parent: "b" },
            { id: "c", parent: "b" },
            { id: "b", parent: "a" },
            { id: "a" },
        ]);
        expect(rows.map((row) => row.column)).toEqual([0, 1, 0, 0]);
        expect(rows[2]!.lines).toContainEqual({ from: 1, to: 0, color: rows[1]!.color });
        expect(rows[0]!.color).not.toBe(rows[1]!.color);
    });
    it("a column that came to its end is used again", () => expect(columns([["e", "c"], ["d", "c"], ["c", "a"], ["b", "a"], ["a"]])).toEqual([0, 1, 0, 1, 0]));
    it("a parent that is not loaded ends the line", () => {
        const [only] = lanes([{ id: "b", parent: "far" }]);
        expect(only!.lines).toEqual([]);
    });
});
