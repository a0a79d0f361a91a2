import { type ReactNode, useMemo } from "react";
import type { RunSummary } from "../api/types";
import { type BulkAction, type Column, DataTable } from "../kit/DataTable";
import { exact, numeric, plain, short } from "../kit/format";
import { StateChip } from "../kit/StateChip";
import { Took, When } from "../kit/Time";
import { projectColumn, runColumn } from "./columns";
import { runLink } from "./links";

interface Props {
    runs: readonly RunSummary[];
    /** Within a project its name says nothing. */
    project?: boolean;
    filters?: ReactNode;
    tools?: boolean;
    ownFilter?: boolean;
    bulk?: BulkAction<RunSummary>[];
    onMore?: () => void;
    more?: boolean;
    empty?: ReactNode;
    bare?: boolean;
    label?: string;
    prefix?: string;
    brief?: boolean;
}

const METRICS_SHOWN = 3;

function seconds(run: RunSummary): number | undefined {
    if (!run.startedAt) return undefined;
    return ((run.endedAt ? Date.parse(run.endedAt) : Date.now()) - Date.parse(run.startedAt)) / 1000;
}

/** Every parameter and number of these runs is a column one can have. */
function columnsOf(runs: readonly RunSummary[], project: boolean, brief: boolean): Column<RunSummary>[] {
    const parameters = new Set<string>();
    const metrics = new Map<string, number>();
    for (const run of runs) {
        Object.keys(run.parameters).forEach((name) => parameters.add(name));
        Object.keys(run.metrics).forEach((name) => metrics.set(name, (metrics.get(name) ?? 0) + 1));
    }
    const commonest = [...metrics].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) => name);
    const all: (Column<RunSummary> | false)[] = [
        runColumn(),
        project && projectColumn(),
        { id: "state", title: "State", groupable: true, badge: true, width: "120px", value: (run) => run.state, render: (run) => (run.silentSince ? <span title={`Silent since ${exact(run.silentSince)}; it may live or not`}><StateChip state="silent" /></span> : <StateChip state={run.state} cause={run.cause} />) },
        { id: "task", title: "Task", groupable: true, optional: true, width: "minmax(90px, 0.6fr)", value: (run) => run.task },
        { id: "experiment", title: "Experiment", groupable: true, optional: brief, width: "minmax(90px, 0.6fr)", value: (run) => run.experiment },
        { id: "created", title: "Created", width: "110px", value: (run) => Date.parse(run.createdAt), render: (run) => <When at={run.createdAt} /> },
        { id: "took", title: "Duration", numeric: true, width: "96px", value: seconds, render: (run) => <Took from={run.startedAt} to={run.endedAt} /> },
        ...commonest.map(
            (name, i): Column<RunSummary> => ({
                id: `metric:${name}`,
                title: name,
                numeric: true,
                optional: brief || i >= METRICS_SHOWN,
                width: "96px",
                value: (run) => (run.metrics?.[name] === undefined ? undefined : numeric(run.metrics[name])),
                render: (run) => {
                    const value = run.metrics?.[name];
                    return value === undefined ? "" : <span title={String(value)}>{short(value)}</span>;
                },
            }),
        ),
        ...[...parameters].sort().map(
            (name): Column<RunSummary> => ({
                id: `param:${name}`,
                title: name,
                optional: true,
                groupable: true,
                width: "minmax(80px, 0.5fr)",
                value: (run) => {
                    const value = run.parameters?.[name];
                    return typeof value === "number" || value === undefined ? value : plain(value);
                },
            }),
        ),
        { id: "comment", title: "Comment", optional: brief, width: "minmax(120px, 1fr)", value: (run) => run.comment },
        { id: "author", title: "Author", groupable: true, optional: true, width: "minmax(80px, 0.5fr)", value: (run) => run.author },
        { id: "reason", title: "Reason", optional: true, width: "minmax(140px, 1fr)", value: (run) => run.reason ?? run.cause },
        { id: "kind", title: "Kind", groupable: true, optional: true, width: "90px", value: (run) => run.kind },
        { id: "id", title: "Id", optional: true, width: "290px", value: (run) => run.id, render: (run) => <span className="mono">{run.id}</span> },
    ];
    return all.filter((column): column is Column<RunSummary> => !!column);
}

export function RunTable({ runs, project = true, brief = false, more, label = "Runs", ...rest }: Props) {
    const columns = useMemo(() => columnsOf(runs, project, brief), [runs, project, brief]);
    return <DataTable rows={runs} columns={columns} rowKey={(run) => run.id} href={(run) => runLink(run)} label={label} total={more ? `${runs.length}+` : undefined} {...rest} />;
}
