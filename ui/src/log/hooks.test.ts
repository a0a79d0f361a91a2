import { describe, expect, it } from "vitest";
import type { LogLine } from "../api/types";
import { beginning, join } from "./hooks";
import { marker } from "./LogsTab";

const line = (offset: number, more: Partial<LogLine> = {}): LogLine => ({ offset, text: `${offset}`, ...more });

describe("lines that arrive", () => {
    it("stand behind those that are there", () => expect(join([line(0)], [line(5)]).map((one) => one.offset)).toEqual([0, 5]));
    it("replace the line that had no end yet", () => {
        const before = [line(0), line(5, { partial: true, text: "10%" })];
        expect(join(before, [line(5, { text: "100%" }), line(9)])).toEqual([line(0), line(5, { text: "100%" }), line(9)]);
    });
    it("replace the unfinished lines of every log", () => {
        const before = [line(0, { log: "a" }), line(5, { log: "a", partial: true }), line(5, { log: "b", partial: true })];
        expect(join(before, [line(5, { log: "a" }), line(5, { log: "b", partial: true })]).length).toBe(3);
    });
    it("push the oldest out when there are too many", () => {
        const many = Array.from({ length: 200_000 }, (_, i) => line(i));
        const all = join(many, [line(200_000)]);
        expect(all.length).toBe(200_000);
        expect(all[0]!.offset).toBe(1);
    });
});

describe("where a log is begun", () => {
    it("at its start when it is short", () => expect(beginning("worker-0", 1000, undefined)).toBe("0"));
    it("near its end when it is long", () => expect(beginning("worker-0", 50_000_000, undefined)).toBe(String(-(1 << 20))));
    it("before a line that must be seen", () => expect(beginning("worker-0", 50_000_000, 10_000_000)).toBe(String(10_000_000 - (1 << 17))));
    it("near the end of all together", () => expect(beginning("all", 0, undefined)).toBe(String(-(1 << 20))));
});

describe("what is marked", () => {
    it("plain words are taken as they are", () => expect("a.c abc".match(marker("a.c", false)!)).toEqual(["a.c"]));
    it("an expression is one", () => expect("a.c abc".match(marker("a.c", true)!)).toEqual(["a.c", "abc"]));
    it("half an expression marks nothing", () => expect(marker("(", true)).toBeUndefined());
});
