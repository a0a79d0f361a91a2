import { describe, expect, it } from "vitest";
import type { MetricUse } from "../api/types";
import { machineCharts } from "./machine";

const metric = (name: MetricUse["name"], labels: Record<string, string>, ...values: [number, number][]): MetricUse => ({ name, unit: "", labels, peak: Math.max(...values.map(([, value]) => value)), values: values.map(([ts, value]) => ({ ts, value })) });

describe("charts of what a run uses", () => {
    it("have a line for each replica and device, and read and written bytes in one", () => {
        const charts = machineCharts(
            [metric("cpu", { replica: "a-0" }, [1000, 50]), metric("cpu", { replica: "a-1" }, [1000, 60]), metric("gpu", { replica: "a-0", device: "3" }, [1000, 9]), metric("disk_read", { replica: "a-0" }, [1000, 2e6]), metric("disk_write", { replica: "a-0" }, [1000, 5e5])],
            "relative",
            0,
        );
        expect(charts.map((chart) => [chart.title, chart.unit, chart.lines.map((line) => [line.name, ...line.y])])).toEqual([
            ["CPU", "%", [["a-0", 50], ["a-1", 60]]],
            ["GPU", "%", [["a-0 GPU 3", 9]]],
            ["Disk", "MB/s", [["a-0 read", 2], ["a-0 written", 0.5]]],
        ]);
    });
    it("begin where the run does, though a step begins earlier", () => {
        const cpu = metric("cpu", { replica: "a-0" }, [10_000, 1], [20_000, 1]);
        expect(machineCharts([cpu], "relative", 12_000)[0]!.lines[0]!.x).toEqual([0, 8]);
        expect(machineCharts([cpu], "time", 12_000)[0]!.lines[0]!.x).toEqual([10, 20]);
    });
    it("leave out those that use least when there are too many to tell apart", () => {
        const many = Array.from({ length: 20 }, (_, i) => metric("memory", { replica: `a-${i}` }, [0, i]));
        const [chart] = machineCharts(many, "time", 0);
        expect(chart!.lines.map((line) => line.name)).toEqual(Array.from({ length: 12 }, (_, i) => `a-${i + 8}`));
        expect(chart!.more).toBe(8);
    });
});
