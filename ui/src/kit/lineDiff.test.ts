import { describe, expect, it } from "vitest";
import { diffLines, fold } from "./lineDiff";

const show = (before: string, after: string) => diffLines(before, after).map((line) => line.kind + line.text);

describe("the difference of two texts", () => {
    it.each([
        ["a\nb\nc", "a\nb\nc", [" a", " b", " c"]],
        ["a\nb\nc", "a\nx\nc", [" a", "-b", "+x", " c"]],
        ["", "a\nb", ["+a", "+b"]],
        ["a\nb", "", ["-a", "-b"]],
        ["a\nb\nc\nd", "b\nd\ne", ["-a", " b", "-c", " d", "+e"]],
        ["a\n", "a", [" a"]],
    ])("%j to %j", (before, after, lines) => expect(show(before, after)).toEqual(lines));

    it("numbers the lines of both sides", () => {
        expect(diffLines("a\nb", "b\nc")).toEqual([
            { kind: "-", text: "a", oldLine: 1 },
            { kind: " ", text: "b", oldLine: 2, newLine: 1 },
            { kind: "+", text: "c", newLine: 2 },
        ]);
    });

    it("gives back both texts, whatever they are", () => {
        let seed = 7;
        const next = (most: number) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % most;
        for (let round = 0; round < 200; round++) {
            const text = () => Array.from({ length: 1 + next(12) }, () => "abcd"[next(4)]).join("\n");
            const before = text();
            const after = text();
            const lines = diffLines(before, after);
            expect(lines.filter((line) => line.kind !== "+").map((line) => line.text).join("\n")).toBe(before);
            expect(lines.filter((line) => line.kind !== "-").map((line) => line.text).join("\n")).toBe(after);
        }
    });

    it("folds what is far from a change and nothing shorter than three lines", () => {
        const lines = diffLines(Array.from({ length: 30 }, (_, i) => `${i}`).join("\n"), Array.from({ length: 30 }, (_, i) => (i === 15 ? "x" : `${i}`)).join("\n"));
        expect(fold(lines).map((chunk) => [chunk.kind, chunk.lines.length])).toEqual([
            ["fold", 12],
            ["lines", 8],
            ["fold", 11],
        ]);
        expect(fold(lines, 14).map((chunk) => chunk.kind)).toEqual(["lines", "lines"]);
    });
});
