import { describe, expect, it } from "vitest";
import type { Rule } from "../api/types";
import { asked, type Draft, EMPTY, missing, sentence } from "./words";

const rule = (more: Partial<Rule>): Rule => ({ id: "r", about: "mine", on: "failed", words: "fails", channels: [], createdAt: "2026-01-01T00:00:00Z", ...more });

describe("a rule is said as a sentence", () => {
    it.each<[Partial<Rule>, string]>([
        [{}, "a run of yours fails"],
        [{ about: "project", project: "digits", words: "has loss > 10" }, "a run of digits has loss > 10"],
        [{ about: "run", project: "digits", runName: "train-7", words: "ends" }, "train-7 of digits ends"],
    ])("%o", (more, text) => expect(sentence(rule(more))).toBe(text));
});

describe("a draft", () => {
    it.each<[Partial<Draft>, string | undefined]>([
        [{}, undefined],
        [{ on: "silent", minutes: "" }, "Say after how many minutes."],
        [{ on: "silent", minutes: "0" }, "Say after how many minutes."],
        [{ on: "silent", minutes: " 15 " }, undefined],
        [{ on: "number" }, "Name the series."],
        [{ on: "number", metric: "loss" }, "Give a number to compare with."],
        [{ on: "number", metric: "loss", value: "many" }, "Give a number to compare with."],
        [{ on: "number", metric: "loss", value: "1e-3" }, undefined],
        [{ on: "number", metric: "loss", is: "nan" }, undefined],
    ])("%o lacks %s", (more, text) => expect(missing({ ...EMPTY, ...more })).toBe(text));

    it("asks only for what its kind takes", () => {
        const of = { workspace: "default", project: "digits", run: "run-1" };
        expect(asked({ ...EMPTY, value: "3", metric: "loss" }, of)).toEqual({ on: "failed", channels: [] });
        expect(asked({ ...EMPTY, about: "project", on: "silent", minutes: "5", channels: ["c"] }, of)).toEqual({ workspace: "default", project: "digits", on: "silent", minutes: 5, channels: ["c"] });
        expect(asked({ ...EMPTY, about: "run", on: "number", metric: " loss ", is: "below", value: "0.5" }, of)).toEqual({ run: "run-1", on: "number", metric: "loss", is: "below", value: 0.5, channels: [] });
        expect(asked({ ...EMPTY, on: "number", metric: "loss", is: "nan", value: "9" }, of)).toEqual({ on: "number", metric: "loss", is: "nan", channels: [] });
    });
});
