import { describe, expect, it } from "vitest";
import type { BackupOverview } from "../api/types";
import { command, percent, schedule, standing } from "./backups";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const job: BackupOverview["job"] = { state: "none", doing: "", bytes: 0, total: 0, problems: [] };
const latest: BackupOverview["latest"] = { directory: "/mnt/b", name: "20260301-000000-000", madeAt: "2026-03-01T00:00:00Z", files: 3, bytes: 4096, copied: 10, problems: 0, present: true };
const overview = (more: Partial<BackupOverview>): BackupOverview => ({ keep: 7, job, ...more });

describe("where the backups stand", () => {
    it.each([
        ["none yet", {}, "none", /no backup of this server yet/],
        ["all is well", { latest }, "good", /is complete/],
        ["done in this life of the server", { latest, job: { ...job, state: "done" } }, "good", /is complete/],
        ["one is made", { latest, job: { ...job, state: "going", doing: "copying files", bytes: 512, total: 2048 } }, "busy", /copying files, 512 B of 2 KiB \(25 %\)/],
        ["one is made, nobody knows how much", { job: { ...job, state: "going", doing: "copying the rows" } }, "busy", /copying the rows\.$/],
        ["the last try failed", { latest, job: { ...job, state: "failed", message: "no space left" } }, "bad", /no space left/],
        ["its disk was unplugged", { latest: { ...latest, present: false } }, "bad", /not in \/mnt\/b any more/],
        ["something is damaged", { latest: { ...latest, problems: 1 } }, "warn", /1 thing .* is damaged/],
        ["things are damaged", { latest: { ...latest, problems: 2 } }, "warn", /2 things .* are damaged/],
        ["the schedule is late", { latest, every: "1h", nextAt: "2026-03-01T11:49:00Z" }, "warn", /should have been made/],
        ["the schedule is about to begin", { latest, every: "1h", nextAt: "2026-03-01T11:59:30Z" }, "good", /is complete/],
    ] as [string, Partial<BackupOverview>, string, RegExp][])("%s", (_, more, tone, text) => {
        const told = standing(overview(more), NOW);
        expect(told.tone).toBe(tone);
        expect(told.text).toMatch(text);
    });
});

describe("the schedule", () => {
    it.each([
        [{}, /^never: set backup\.directory and backup\.every/],
        [{ every: "1d", nextAt: "2026-03-02T00:00:00Z" }, /^every 1d, the newest 7 are kept; the next one .*2026/],
        [{ every: "1d", keep: 1, nextAt: "2026-03-01T11:00:00Z" }, /^every 1d, only the newest is kept; the next one is due$/],
    ] as [Partial<BackupOverview>, RegExp][])("%j", (more, text) => expect(schedule(overview(more), NOW)).toMatch(text));
});

describe("the command", () => {
    it.each([
        [{}, "ropewalk backup /path/on/another/disk"],
        [{ latest }, "ropewalk backup /mnt/b"],
        [{ latest, directory: "/mnt/c" }, "ropewalk backup"],
    ] as [Partial<BackupOverview>, string][])("%j", (more, text) => expect(command(overview(more))).toBe(text));
});

it("a part of nothing known is no percentage", () => {
    expect(percent(5, 0)).toBeUndefined();
    expect(percent(5, 4)).toBe(100);
    expect(percent(199, 200)).toBe(99);
});
