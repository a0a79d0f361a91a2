import { useQuery } from "@tanstack/react-query";
import { api, path } from "../api/client";
import type { MetricInfo, Run, RunUse, Series } from "../api/types";
import type { XKind } from "../kit/SeriesChart";
import { numeric } from "../kit/format";
import { isActive } from "../kit/StateChip";
import type { XY } from "../kit/series";

export function useMetrics(run: string) {
    return useQuery({ queryKey: ["run", run, "metrics"], queryFn: () => api.get<MetricInfo[]>(path`/runs/${run}/metrics`) });
}

/** What a run used of its machines; while it runs, a look every five seconds. */
export function useMachineUse(run: Run) {
    const live = isActive(run.state);
    return useQuery({
        queryKey: ["run", run.id, "use"],
        queryFn: () => api.get<RunUse>(path`/runs/${run.id}/use`),
        enabled: run.kind === "launched" && !!run.startedAt,
        refetchInterval: live ? 5_000 : false,
        staleTime: live ? 4_000 : Infinity,
    });
}

const POINTS = 2000;

export function seriesQuery(run: string, names: readonly string[], live: boolean) {
    return {
        queryKey: ["run", run, "series", [...names].sort().join("\n")],
        queryFn: () => api.get<Series[]>(path`/runs/${run}/metrics/series`, { name: names, points: POINTS }),
        enabled: names.length > 0,
        // What a run in progress adds arrives by its stream; what has ended no longer changes.
        staleTime: live ? 60_000 : Infinity,
    };
}

export function useSeries(run: string, names: readonly string[], live: boolean) {
    return useQuery(seriesQuery(run, names, live));
}

/** A series as a line over steps, over the clock, or over seconds since the run began. */
export function toLine(series: Series, kind: XKind, origin: number): XY {
    const points = [...series.points].map((point) => ({
        x: kind === "step" ? point[0] : kind === "time" ? point[1] / 1000 : (point[1] - origin) / 1000,
        y: numeric(point[2]),
    }));
    points.sort((a, b) => a.x - b.x);
    const x: number[] = [];
    const y: number[] = [];
    for (const point of points) {
        // Two values at one place: the later one stands.
        if (x.length > 0 && x[x.length - 1] === point.x) y[y.length - 1] = point.y;
        else {
            x.push(point.x);
            y.push(point.y);
        }
    }
    return { x, y };
}
