import { describe, expect, it } from "vitest";
import { align, ends, envelope, nearest, smooth } from "./series";

describe("the envelope of a line", () => {
    it("leaves a line that fits as it is", () => {
        const line = { x: [1, 2, 3], y: [4, 5, 6] };
        expect(envelope(line, 10)).toEqual({ ...line, min: line.y, max: line.y });
    });
    it("keeps every peak of a line that does not", () => {
        const x = Array.from({ length: 10_000 }, (_, i) => i);
        const y = x.map((i) => (i === 4321 ? 99 : i === 77 ? -99 : Math.sin(i)));
        const shape = envelope({ x, y }, 100);
        expect(shape.x.length).toBeLessThanOrEqual(100);
        expect(Math.max(...shape.max)).toBe(99);
        expect(Math.min(...shape.min)).toBe(-99);
        expect(shape.x).toEqual([...shape.x].sort((a, b) => a - b));
    });
    it("loses no point at the edges of its stretches", () => {
        const x = Array.from({ length: 1000 }, (_, i) => i);
        const shape = envelope({ x, y: x }, 7);
        expect(shape.min[0]).toBe(0);
        expect(shape.max[shape.max.length - 1]).toBe(999);
        for (let i = 1; i < shape.x.length; i++) expect(shape.min[i]).toBe(shape.max[i - 1]! + 1);
    });
    it("leaves stretches without points out and makes stretches without numbers gaps", () => {
        const shape = envelope({ x: [0, 1, 2, 100, 101, 102], y: [1, 2, 3, NaN, NaN, NaN] }, 4);
        expect(shape.x.length).toBe(2);
        expect(shape.max).toEqual([3, NaN]);
    });
    it("survives points that all stand at one place", () => {
        expect(envelope({ x: [5, 5, 5], y: [1, 2, 3] }, 2)).toEqual({ x: [5], y: [2], min: [1], max: [3] });
    });
});

describe("smoothing", () => {
    it("does nothing with weight 0", () => expect(smooth([1, 2], 0)).toEqual([1, 2]));
    it("begins at the first value, not at zero", () => expect(smooth([10, 10, 10], 0.9).map((one) => Math.round(one * 1e9) / 1e9)).toEqual([10, 10, 10]));
    it("keeps gaps and goes on behind them", () => {
        const out = smooth([1, NaN, 1], 0.5);
        expect(out[1]).toBeNaN();
        expect(out[2]).toBeCloseTo(1);
    });
});

describe("lines on one axis", () => {
    it("stand on the union of their places, with null where one has none", () => {
        expect(
            align([
                { x: [1, 3], ys: [[10, 30]] },
                { x: [2, 3], ys: [[20, NaN]] },
            ]),
        ).toEqual([
            [1, 2, 3],
            [10, null, 30],
            [null, 20, null],
        ]);
    });
});

describe("what a legend says", () => {
    it("last as it is, least and most among numbers", () => expect(ends([3, 1, NaN])).toEqual({ last: NaN, min: 1, max: 3 }));
    it("nothing of nothing", () => expect(ends([])).toEqual({ last: undefined, min: undefined, max: undefined }));
    it.each([
        [-5, 1],
        [1.4, 1],
        [1.6, 2],
        [99, 3],
    ])("at %d the value of the nearest point", (at, value) => expect(nearest({ x: [1, 2, 3], y: [1, 2, 3] }, at)).toBe(value));
});
