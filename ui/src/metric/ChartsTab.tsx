import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { MetricInfo, Run, Series } from "../api/types";
import { Empty } from "../kit/Empty";
import { Loaded } from "../kit/Loaded";
import { colorAt } from "../kit/palette";
import { type Line, SeriesChart } from "../kit/SeriesChart";
import { isActive } from "../kit/StateChip";
import classes from "./ChartsTab.module.css";
import { ChartControls, type ChartSettings, useChartSettings } from "./Controls";
import { MachineUse } from "./MachineUse";
import { weight } from "./weight";
import { toLine, useMetrics, useSeries } from "./hooks";

const PRINT = `print(json.dumps({"step": step, "loss": loss}), flush=True)`;

/** `train/loss` and `train/accuracy` belong together; plain names stand first. */
export function sections(names: readonly string[]): [string, string[]][] {
    const groups = new Map<string, string[]>();
    for (const name of [...names].sort((a, b) => weight(a) - weight(b) || a.localeCompare(b, undefined, { numeric: true }))) {
        const slash = name.lastIndexOf("/");
        const group = slash > 0 ? name.slice(0, slash) : "";
        groups.set(group, [...(groups.get(group) ?? []), name]);
    }
    return [...groups].sort(([a], [b]) => (a === "" ? -1 : b === "" ? 1 : a.localeCompare(b)));
}

export function ChartsTab({ run }: { run: Run }) {
    const metrics = useMetrics(run.id);
    return (
        <>
            <Loaded of={metrics}>{(known) => (known.length === 0 ? <NoNumbers live={isActive(run.state)} /> : <Charts run={run} metrics={known} />)}</Loaded>
            <MachineUse run={run} />
        </>
    );
}

export function NoNumbers({ live, small, bare }: { live: boolean; small?: boolean; bare?: boolean }) {
    return <Empty small={small} bare={bare} text={live ? "No numbers yet. A line of JSON with numbers on standard output becomes a chart, or use the Python client." : "This run wrote no numbers. A line of JSON with numbers on standard output becomes a chart."} command={PRINT} />;
}

function Charts({ run, metrics }: { run: Run; metrics: MetricInfo[] }) {
    const [settings, change] = useChartSettings();
    const [params, setParams] = useSearchParams();
    const filter = (params.get("metric") ?? "").toLowerCase();
    const names = metrics.map((metric) => metric.name).filter((name) => name.toLowerCase().includes(filter));
    return (
        <>
            <div className={classes.bar}>
                <TextInput
                    size="xs"
                    w={180}
                    placeholder="Find a number"
                    aria-label="Find a number"
                    leftSection={<IconSearch size={14} />}
                    value={params.get("metric") ?? ""}
                    onChange={(event) => {
                        const next = new URLSearchParams(params);
                        if (event.currentTarget.value) next.set("metric", event.currentTarget.value);
                        else next.delete("metric");
                        setParams(next, { replace: true });
                    }}
                    data-table-filter
                />
                <ChartControls settings={settings} onChange={change} />
                <span className={classes.hint}>Drag to zoom, double-click to reset</span>
            </div>
            <div className={classes.grid}>
                {sections(names).map(([group, members]) => [group ? <h2 key={`g-${group}`} className={classes.group}>{group}</h2> : null, ...members.map((name) => <RunChart key={name} run={run} name={name} settings={settings} />)])}
            </div>
            {names.length === 0 && <Empty small text="No number has this in its name." />}
        </>
    );
}

/** One number of one run. */
export function RunChart({ run, name, settings, height }: { run: Run; name: string; settings: ChartSettings; height?: number }) {
    const series = useSeries(run.id, useMemo(() => [name], [name]), isActive(run.state));
    const origin = Date.parse(run.startedAt ?? run.createdAt);
    const lines = useMemo(() => linesOf(series.data ?? [], settings, origin, name), [series.data, settings.xKind, origin, name]);
    return <SeriesChart title={name} label={`${name} of ${run.name}`} lines={lines} xKind={settings.xKind} smoothing={settings.smoothing} log={settings.log} sync={`run-${run.id}`} height={height} compact pending={series.isPending} />;
}

function linesOf(series: readonly Series[], settings: ChartSettings, origin: number, name: string): Line[] {
    return series.filter((one) => one.points.length > 0).map((one, i) => ({ name: one.name, color: colorAt(i), ...toLine(one, settings.xKind, origin) })).filter((line) => line.name === name);
}
