import { describe, expect, it } from "vitest";
import { safeReturn } from "../access/SignInPage";
import type { RunEvent, Series } from "../api/types";
import { rank } from "../app/rank";
import { sections } from "../metric/ChartsTab";
import { toLine } from "../metric/hooks";
import { parseLabels } from "../project/labels";
import { changedTask, parseEnv } from "../project/startTask";
import { startCommand } from "./command";
import { appendPoints, mergeEvent } from "./hooks";
import { changedParameters, parseParameter } from "./parameters";

describe("a parameter as it is typed", () => {
    it.each([
        ["0.1", undefined, 0.1],
        ["1e-3", 5, 0.001],
        ["true", undefined, true],
        ["[1, 2]", undefined, [1, 2]],
        ["adam", undefined, "adam"],
        ["12", "text", "12"],
        ['"12"', undefined, "12"],
        ["{broken", undefined, "{broken"],
        ["1.2.3", undefined, "1.2.3"],
    ])("%s beside %s is %j", (text, original, value) => expect(parseParameter(text, original)).toEqual(value));
    it("is sent only when it differs", () => expect(changedParameters({ a: 1, b: [1] }, { a: 1, b: [2], c: "x" })).toEqual({ b: [2], c: "x" }));
});

describe("a command for what a dialog does", () => {
    it("says only what differs", () => expect(startCommand("run", "digits/train", { parameters: {}, experiment: "master", comment: "" })).toBe("ropewalk run digits/train"));
    it("quotes what a shell would take apart", () =>
        expect(startCommand("run", "digits/train", { parameters: { lr: 0.1, note: "it's late", layers: [1, 2] }, experiment: "wide", comment: "once more" })).toBe(
            `ropewalk run digits/train --set lr=0.1 --set 'note=it'\\''s late' --set 'layers=[1,2]' --experiment wide --comment 'once more'`,
        ));
});

describe("live data", () => {
    const series: Series[] = [{ name: "loss", sampled: false, points: [[1, 1000, 0.5]] }];
    it("goes behind what is there and changes nothing else", () => {
        const next = appendPoints(series, [
            { name: "loss", step: 2, at: 2000, value: 0.4 },
            { name: "other", step: 2, at: 2000, value: 1 },
        ]);
        expect(next![0]!.points).toEqual([
            [1, 1000, 0.5],
            [2, 2000, 0.4],
        ]);
        expect(series[0]!.points.length).toBe(1);
    });
    it("is not taken twice", () => expect(appendPoints(series, [{ name: "loss", step: 1, at: 1000, value: 0.5 }])).toBe(series));
    it("an event seen again replaces its earlier sighting", () => {
        const event = (count: number): RunEvent => ({ type: "normal", reason: "R", message: "m", component: "run", host: "here", count, firstSeenAt: "2026-01-01T00:00:00Z", lastSeenAt: "2026-01-01T00:00:00Z" });
        expect(mergeEvent([event(1)], event(2)).map((one) => one.count)).toEqual([2]);
    });
});

describe("a series as a line", () => {
    const series: Series = { name: "loss", sampled: false, points: [[2, 3000, "NaN"], [1, 2000, 0.5], [2, 4000, 0.4]] };
    it("runs over steps, the later of two values standing", () => expect(toLine(series, "step", 0)).toEqual({ x: [1, 2], y: [0.5, 0.4] }));
    it("runs over seconds since the start", () => expect(toLine(series, "relative", 1000).x).toEqual([1, 2, 3]));
});

describe("sections of charts", () => {
    it("plain names first, then by what stands before the slash", () => {
        expect(sections(["val/loss", "lr", "loss", "val/accuracy", "gpu/0/memory"])).toEqual([
            ["", ["loss", "lr"]],
            ["gpu/0", ["gpu/0/memory"]],
            ["val", ["val/loss", "val/accuracy"]],
        ]);
    });
});

describe("a start with other numbers", () => {
    it("changes roles by name and adds variables to a mapping", () => {
        expect(changedTask({ name: "t", roles: [{ name: "w", replicas: 2, env: { A: "1" } }, { name: "ps" }] }, { w: 4, ps: 1 }, { B: "2" })).toEqual({
            name: "t",
            roles: [
                { name: "w", replicas: 4, env: { A: "1", B: "2" } },
                { name: "ps", replicas: 1, env: { B: "2" } },
            ],
        });
    });
    it("changes a task without roles itself, and a list of variables as a list", () => {
        expect(changedTask({ name: "t", env: [{ name: "A", value: "1" }] }, { t: 3 }, { A: "2" })).toEqual({ name: "t", replicas: 3, env: [{ name: "A", value: "2" }] });
    });
    it("reads variables by line", () => {
        expect(parseEnv("A=1\n# no\nexport B=x=y\n")).toEqual({ env: { A: "1", B: "x=y" } });
        expect(parseEnv("1A=2").wrong).toContain("1A=2");
    });
    it("reads labels by line", () => expect(parseLabels("a = b\nc\n").labels).toEqual({ a: "b", c: "" }));
});

describe("going back after signing in", () => {
    it.each([
        ["/runs?x=1", "/runs?x=1"],
        ["//evil.example", "/"],
        ["/\\evil.example", "/"],
        ["https://evil.example", "/"],
        [null, "/"],
    ])("%s leads to %s", (back, to) => expect(safeReturn(back)).toBe(to));
});

describe("the palette", () => {
    it("finds words anywhere and letters in order", () => {
        expect(rank("Start train", "train")).toBeGreaterThan(rank("constrain", "train")!);
        expect(rank("speech-commands", "spcom")).toBeDefined();
        expect(rank("digits", "xyz")).toBeUndefined();
    });
});
