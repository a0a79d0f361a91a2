import { Checkbox, MultiSelect } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { api, path } from "../api/client";
import type { MetricInfo, Project, RunSummary, Series } from "../api/types";
import { Empty } from "../kit/Empty";
import { Loaded } from "../kit/Loaded";
import { runColor } from "../kit/palette";
import { type Line, SeriesChart } from "../kit/SeriesChart";
import { isActive, StateChip } from "../kit/StateChip";
import { ChartControls, useChartSettings } from "../metric/Controls";
import { seriesQuery, toLine } from "../metric/hooks";
import { weight } from "../metric/weight";
import { useRuns } from "../run/hooks";
import classes from "./Project.module.css";

const AT_FIRST = 6;
const CHARTS = 6;

export default function MetricsTab({ project }: { project: Project }) {
    const runs = useRuns({ workspace: project.workspace, project: project.name }, 100);
    return (
        <Loaded of={runs}>
            {(data) => {
                const all = data.pages.flatMap((page) => page.items);
                return all.length === 0 ? <Empty text="No run yet, so there are no numbers to lay side by side." /> : <Overlay runs={all} />;
            }}
        </Loaded>
    );
}

function Overlay({ runs }: { runs: readonly RunSummary[] }) {
    const [params, setParams] = useSearchParams();
    const [settings, change] = useChartSettings();
    const put = (name: string, values: readonly string[]) => {
        const next = new URLSearchParams(params);
        next.set(name, values.join(","));
        setParams(next, { replace: true });
    };
    const asked = params.get("runs");
    const numbers = asked === null ? runs.filter((run) => Object.keys(run.metrics).length > 0).slice(0, AT_FIRST).map((run) => run.number) : asked.split(",").filter(Boolean).map(Number);
    const chosen = runs.filter((run) => numbers.includes(run.number));

    const known = useQueries({
        queries: chosen.map((run) => ({ queryKey: ["run", run.id, "metrics"], queryFn: () => api.get<MetricInfo[]>(path`/runs/${run.id}/metrics`) })),
        combine: (results) => [...new Set(results.flatMap((result) => result.data?.map((metric) => metric.name) ?? []))].sort((a, b) => weight(a) - weight(b) || a.localeCompare(b)),
    });
    const askedNames = params.get("names");
    const names = askedNames === null ? known.slice(0, CHARTS) : askedNames.split(",").filter(Boolean);

    const series = useQueries({
        queries: chosen.map((run) => ({ ...seriesQuery(run.id, names, isActive(run.state)), refetchInterval: isActive(run.state) ? 5_000 : (false as const) })),
        combine: (results) => results.map((result) => result.data),
    });
    return (
        <div className={classes.pick}>
            <div>
                <div className={classes.dim} style={{ marginBottom: 4 }}>
                    Runs
                </div>
                <div className={classes.runs}>
                    {runs.map((run) => (
                        <label key={run.id} className={classes.run}>
                            <Checkbox size="xs" checked={numbers.includes(run.number)} onChange={(event) => put("runs", (event.currentTarget.checked ? [...numbers, run.number] : numbers.filter((one) => one !== run.number)).map(String))} aria-label={run.name} />
                            <span className={classes.swatch} style={{ background: numbers.includes(run.number) ? runColor(run) : "var(--rw-line-strong)" }} />
                            <span className="clip" style={{ flex: 1 }}>
                                {run.name}
                            </span>
                            <StateChip state={run.state} plain />
                        </label>
                    ))}
                </div>
            </div>
            <div className={classes.editor}>
                <div className={classes.bar}>
                    <MultiSelect size="xs" miw={220} maw={520} aria-label="Numbers" placeholder={names.length === 0 ? "Choose numbers" : undefined} searchable clearable data={known} value={[...names]} onChange={(value) => put("names", value)} hidePickedOptions />
                    <ChartControls settings={settings} onChange={change} />
                </div>
                {chosen.length === 0 && <Empty small text="Choose runs at the left to see their numbers on top of each other." />}
                {chosen.length > 0 && known.length === 0 && <Empty small text="These runs wrote no numbers." />}
                <div className={classes.charts}>
                    {names.map((name) => (
                        <NumberChart key={name} name={name} runs={chosen} series={series} settings={settings} />
                    ))}
                </div>
            </div>
        </div>
    );
}

function NumberChart({ name, runs, series, settings }: { name: string; runs: readonly RunSummary[]; series: readonly (readonly Series[] | undefined)[]; settings: ReturnType<typeof useChartSettings>[0] }) {
    const lines = useMemo(
        () =>
            runs.flatMap((run, i): Line[] => {
                const found = series[i]?.find((one) => one.name === name);
                return found && found.points.length > 0 ? [{ name: run.name, color: runColor(run), ...toLine(found, settings.xKind, Date.parse(run.startedAt ?? run.createdAt)) }] : [];
            }),
        [name, runs, series, settings.xKind],
    );
    return <SeriesChart title={name} label={name} lines={lines} xKind={settings.xKind} smoothing={settings.smoothing} log={settings.log} sync="project" height={220} pending={series.some((one) => one === undefined)} />;
}
