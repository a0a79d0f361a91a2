import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { Run } from "../api/types";
import { count } from "../kit/format";
import { replicaColor } from "../kit/palette";
import { SeriesChart } from "../kit/SeriesChart";
import classes from "./ChartsTab.module.css";
import { useChartSettings } from "./Controls";
import { useMachineUse } from "./hooks";
import { type MachineChart, machineCharts } from "./machine";

/** What the run's replicas use of their machines, under the program's own numbers. */
export function MachineUse({ run }: { run: Run }) {
    const use = useMachineUse(run);
    const [settings] = useChartSettings();
    const [params] = useSearchParams();
    // A machine knows no steps.
    const kind = settings.xKind === "time" ? "time" : "relative";
    const origin = Date.parse(run.startedAt ?? run.createdAt);
    const charts = useMemo(() => machineCharts(use.data?.metrics.flatMap((component) => component.metrics) ?? [], kind, origin), [use.data, kind, origin]);
    const filter = (params.get("metric") ?? "").toLowerCase();
    const shown = charts.filter((chart) => chart.title.toLowerCase().includes(filter));
    if (shown.length === 0) return null;
    const sync = settings.xKind === "step" ? `machine-${run.id}` : `run-${run.id}`;
    return (
        <section aria-label="Machine">
            <h2 className={classes.group}>Machine</h2>
            <div className={classes.grid}>
                {shown.map((chart) => (
                    <UseChart key={chart.title} chart={chart} run={run} kind={kind} sync={sync} />
                ))}
            </div>
        </section>
    );
}

function UseChart({ chart, run, kind, sync }: { chart: MachineChart; run: Run; kind: "time" | "relative"; sync: string }) {
    const lines = useMemo(() => chart.lines.map((line) => ({ ...line, color: replicaColor(line.replica) })), [chart]);
    return (
        <SeriesChart
            title={`${chart.title}, ${chart.unit}`}
            label={`${chart.title} of ${run.name}`}
            lines={lines}
            xKind={kind}
            sync={sync}
            compact={lines.length === 1}
            aside={chart.more > 0 && <span className={classes.hint}>and {count(chart.more, "line")} below these</span>}
        />
    );
}
