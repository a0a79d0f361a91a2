import { describe, expect, it } from "vitest";
import { parseAnsi, stripAnsi, visible } from "./ansi";

const E = "\u001b";

describe("a terminal's line", () => {
    it("is one span when nothing colours it", () => expect(parseAnsi("plain")).toEqual([{ text: "plain" }]));
    it("is nothing when it is empty", () => expect(parseAnsi("")).toEqual([]));
    it("takes colours on and off", () => {
        expect(parseAnsi(`a${E}[31mred${E}[0mb`)).toEqual([{ text: "a" }, { text: "red", color: 1 }, { text: "b" }]);
    });
    it("adds bold to a colour and takes it away alone", () => {
        expect(parseAnsi(`${E}[1;32mx${E}[22my`)).toEqual([
            { text: "x", bold: true, color: 2 },
            { text: "y", bold: undefined, dim: undefined, color: 2 },
        ]);
    });
    it("knows bright, indexed and true colours", () => {
        expect(parseAnsi(`${E}[94ma`)[0]!.color).toBe(12);
        expect(parseAnsi(`${E}[38;5;9ma`)[0]!.color).toBe(9);
        expect(parseAnsi(`${E}[38;5;196ma`)[0]!.color).toBe("255,0,0");
        expect(parseAnsi(`${E}[38;5;244ma`)[0]!.color).toBe("128,128,128");
        expect(parseAnsi(`${E}[48;2;1;2;3ma`)[0]!.background).toBe("1,2,3");
    });
    it("does not take the parts of an indexed colour for codes of their own", () => {
        expect(parseAnsi(`${E}[38;5;1;4ma`)[0]).toEqual({ text: "a", color: 1, underline: true });
    });
    it("drops what moves the cursor and names the window", () => {
        expect(stripAnsi(`${E}[2K${E}[1Aok${E}]0;title\u0007!`)).toBe("ok!");
    });
    it("an empty code is a reset", () => expect(parseAnsi(`${E}[31ma${E}[mb`)[1]).toEqual({ text: "b" }));
    it("shows the last state of a progress bar", () => {
        expect(visible("10%\r20%\r30%")).toBe("30%");
        expect(visible("done\r")).toBe("done");
    });
    it("leaves an escape that never ends out of sight without losing text", () => {
        expect(stripAnsi(`a${E}[31`)).toContain("a");
    });
});
