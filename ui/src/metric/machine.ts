import type { MetricUse } from "../api/types";
import type { XKind } from "../kit/SeriesChart";
import type { XY } from "../kit/series";

export interface MachineLine extends XY {
    name: string;
    replica: string;
    peak: number;
}

export interface MachineChart {
    title: string;
    unit: string;
    lines: MachineLine[];
    /** Lines that are left out: those with the lowest peaks. */
    more: number;
}

interface Kind {
    title: string;
    unit: string;
    /** What one wants to read, in what the server sends. */
    per?: number;
    word?: string;
}

const MEGA = 1e6;
const KINDS: Record<MetricUse["name"], Kind> = {
    cpu: { title: "CPU", unit: "%" },
    memory: { title: "Memory", unit: "MB" },
    gpu: { title: "GPU", unit: "%" },
    gpu_memory: { title: "GPU memory", unit: "MB" },
    gpu_power: { title: "GPU power", unit: "W" },
    gpu_temperature: { title: "GPU temperature", unit: "°C" },
    disk_read: { title: "Disk", unit: "MB/s", per: MEGA, word: "read" },
    disk_write: { title: "Disk", unit: "MB/s", per: MEGA, word: "written" },
    net_in: { title: "Network", unit: "MB/s", per: MEGA, word: "in" },
    net_out: { title: "Network", unit: "MB/s", per: MEGA, word: "out" },
};

const MOST_LINES = 12;

/** One chart for each thing that is measured, one line for each replica and device. */
export function machineCharts(metrics: readonly MetricUse[], kind: XKind, origin: number): MachineChart[] {
    const charts = new Map<string, MachineChart>();
    for (const metric of metrics) {
        const { title, unit, per = 1, word } = KINDS[metric.name];
        const { replica = "", device } = metric.labels;
        const chart = charts.get(title) ?? { title, unit, lines: [], more: 0 };
        charts.set(title, chart);
        chart.lines.push({
            name: [replica, device !== undefined && `GPU ${device}`, word].filter(Boolean).join(" "),
            replica,
            peak: metric.peak / per,
            x: metric.values.map(({ ts }) => (kind === "time" ? ts / 1000 : Math.max(0, ts - origin) / 1000)),
            y: metric.values.map(({ value }) => value / per),
        });
    }
    return [...charts.values()].map((chart) => {
        const kept = new Set([...chart.lines].sort((a, b) => b.peak - a.peak).slice(0, MOST_LINES));
        return { ...chart, lines: chart.lines.filter((line) => kept.has(line)), more: chart.lines.length - kept.size };
    });
}
