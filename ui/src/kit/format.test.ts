import { describe, expect, it } from "vitest";
import { ago, bytes, cores, duration, plain, short, shortId } from "./format";

describe("duration", () => {
    it.each([
        [0, "0 ms"],
        [940, "940 ms"],
        [1_500, "1.5 s"],
        [2_000, "2 s"],
        [59_999, "59 s"],
        [192_000, "3 m 12 s"],
        [180_000, "3 m"],
        [3_660_000, "1 h 1 m"],
        [90_000_000, "1 d 1 h"],
        [-5, "0 ms"],
        [NaN, "–"],
    ])("says %d ms as %s", (millis, text) => expect(duration(millis)).toBe(text));
});

describe("bytes", () => {
    it.each([
        [0, "0 B"],
        [1023, "1023 B"],
        [1024, "1 KiB"],
        [1536, "1.5 KiB"],
        [150 * 1024, "150 KiB"],
        [48_318_112, "46.1 MiB"],
        [2 ** 40, "1 TiB"],
    ])("says %d as %s", (count, text) => expect(bytes(count)).toBe(text));
});

describe("short numbers", () => {
    it.each([
        [0.123456, "0.1235"],
        [1234.56, "1235"],
        [0.00001234, "1.234e-5"],
        [12_345_678, "1.235e7"],
        [-0.5, "−0.5"],
        [100, "100"],
        [0.5, "0.5"],
        ["NaN", "NaN"],
        ["-Infinity", "−∞"],
        [undefined, "–"],
    ] as const)("says %s as %s", (value, text) => expect(short(value)).toBe(text));
});

describe("the rest", () => {
    it("tells how long ago in the unit that counts", () => {
        const now = Date.parse("2026-05-05T12:00:00Z");
        expect(ago(now - 3_000, now)).toBe("just now");
        expect(ago(now - 45_000, now)).toBe("45 s ago");
        expect(ago(now - 3 * 60_000, now)).toBe("3 min ago");
        expect(ago(now - 26 * 3_600_000, now)).toBe("yesterday");
        expect(ago(now - 9 * 86_400_000, now)).toBe("9 days ago");
    });
    it("shows half processors without trailing zeros", () => {
        expect(cores(500)).toBe("0.5");
        expect(cores(2000)).toBe("2");
        expect(cores(20_000)).toBe("20");
    });
    it("writes structures as JSON and text as it is", () => {
        expect(plain("a b")).toBe("a b");
        expect(plain([1, 2])).toBe("[1,2]");
        expect(plain(undefined)).toBe("");
    });
    it("keeps the part of an id that differs", () => {
        expect(shortId("019aca4d-4d2a-7c3e-9b1f-00000000abcd")).toBe("0000abcd");
        expect(shortId("9fceb02d0ae598e95dc970b74767f19372d61af8")).toBe("9fceb02d0");
        expect(shortId("sha256:5f0c1d2e3a4b5c6d")).toBe("5f0c1d2e3");
        expect(shortId("main")).toBe("main");
    });
});
