import { describe, expect, it } from "vitest";
import type { LogHits } from "../api/types";
import { together } from "./hooks";

const hits = (run: string, log: string, ...offsets: number[]): LogHits => ({ run, number: 1, name: run, project: "p", workspace: "w", state: "failed", log, attempt: 1, lines: offsets.map((offset) => ({ offset, text: "x" })) });
const shape = (all: LogHits[]) => all.map((one) => `${one.run}/${one.log}:${one.lines.map((line) => line.offset).join(",")}`);

describe("answers of a search", () => {
    it("join where one log goes on", () => expect(shape(together([{ items: [hits("a", "w", 1, 2)], bytes: 1 }, { items: [hits("a", "w", 3), hits("b", "w", 1)], bytes: 1 }]))).toEqual(["a/w:1,2,3", "b/w:1"]));
    it("keep logs of one run apart", () => expect(shape(together([{ items: [hits("a", "w", 1), hits("a", "v", 1)], bytes: 1 }]))).toEqual(["a/w:1", "a/v:1"]));
});
