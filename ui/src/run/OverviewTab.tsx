import { Anchor } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import type { Replica, Run } from "../api/types";
import { type Column, DataTable } from "../kit/DataTable";
import { CommandHint, Copy, Empty } from "../kit/Empty";
import { FactSheet } from "../kit/Facts";
import { exact, plain, shortId } from "../kit/format";
import { Panel } from "../kit/Panel";
import { Warning } from "../kit/Problem";
import { isActive, StateChip } from "../kit/StateChip";
import { Took } from "../kit/Time";
import { Timeline } from "../kit/Timeline";
import { DiagnosisBox } from "../log/DiagnosisBox";
import { useRunEvents } from "./hooks";
import { runLink } from "./links";
import classes from "./Run.module.css";

const Preview = lazy(() => import("../metric/Preview"));

function replicaColumns(run: Run): Column<Replica>[] {
    const several = run.replicas.some((one) => one.attempts > 1);
    const columns: (Column<Replica> | false)[] = [
        {
            id: "name",
            title: "Replica",
            pinned: true,
            width: "minmax(110px, 1fr)",
            value: (one) => one.name,
            render: (one) => (
                <Anchor component={Link} to={`${runLink(run, "logs")}?log=${encodeURIComponent(one.name)}`} c="inherit" fw={500}>
                    {one.name}
                </Anchor>
            ),
        },
        { id: "state", title: "State", badge: true, width: "120px", value: (one) => one.state, render: (one) => <StateChip state={one.state} /> },
        { id: "role", title: "Role", width: "minmax(80px, 0.6fr)", optional: true, value: (one) => one.role },
        several && { id: "attempt", title: "Attempt", width: "76px", numeric: true, value: (one) => one.attempt },
        { id: "exit", title: "Exit code", width: "84px", numeric: true, value: (one) => one.exitCode },
        { id: "address", title: "Address", width: "minmax(120px, 0.8fr)", value: (one) => one.address ?? one.host, render: (one) => <span className="mono">{one.address ?? one.host ?? ""}</span> },
        { id: "took", title: "Duration", width: "100px", numeric: true, value: (one) => one.startedAt && Date.parse(one.endedAt ?? new Date().toISOString()) - Date.parse(one.startedAt), render: (one) => <Took from={one.startedAt} to={one.endedAt} /> },
        run.replicas.some((one) => one.reason) && { id: "reason", title: "Reason", width: "minmax(140px, 1.4fr)", value: (one) => one.reason },
    ];
    return columns.filter((column): column is Column<Replica> => !!column);
}

export default function OverviewTab({ run }: { run: Run }) {
    const parameters = Object.entries(run.parameters);
    const info = Object.entries(run.info);
    return (
        <div className={classes.stack}>
            <DiagnosisBox run={run} />
            {run.endedAt && run.kind === "launched" && <AskedTooMuch run={run} />}
            {run.state === "queued" && run.reason && <Warning text={`Waiting: ${run.reason}`} />}
            {run.silentSince && <Warning text={`Silent since ${exact(run.silentSince)}: its program has written nothing since. It may live or not; with the next line or number it is heard again.`} />}
            <div className={classes.two}>
                <div className={classes.stack}>
                    {run.timeline.length > 0 && (
                        <Panel title="Timeline">
                            <Timeline phases={run.timeline} />
                        </Panel>
                    )}
                    {run.replicas.length > 0 && (
                        <Panel title="Replicas" flush>
                            <DataTable rows={run.replicas} columns={replicaColumns(run)} rowKey={(one) => one.name} href={(one) => `${runLink(run, "logs")}?log=${encodeURIComponent(one.name)}`} label="Replicas" bare prefix="p." />
                        </Panel>
                    )}
                    <Suspense fallback={null}>
                        <Preview run={run} />
                    </Suspense>
                </div>
                <div className={classes.stack}>
                    <Panel title="Parameters">
                        {parameters.length === 0 ? <span className={classes.none}>No parameters.</span> : <FactSheet of={parameters.map(([name, value]) => [name, <span className="mono">{plain(value)}</span>])} />}
                    </Panel>
                    {run.pins.length > 0 && (
                        <Panel title="Sources, as pinned">
                            <FactSheet
                                of={run.pins.map((pin) => [
                                    pin.source,
                                    <span title={pin.revision}>
                                        {pin.description && !pin.description.includes(pin.revision) && `${pin.description} `}
                                        <span className="mono">{shortId(pin.revision)}</span>
                                    </span>,
                                ])}
                            />
                        </Panel>
                    )}
                    {info.length > 0 && (
                        <Panel title="Info">
                            <FactSheet of={info.map(([name, value]) => [name, plain(value)])} />
                        </Panel>
                    )}
                    <Panel title="Identity">
                        <FactSheet
                            of={[
                                [
                                    "Run id",
                                    <span className={classes.id}>
                                        <span className="mono clip" title={run.id}>
                                            {run.id}
                                        </span>
                                        <Copy text={run.id} what="id" />
                                    </span>,
                                ],
                                ["Number", run.number],
                                ["Kind", run.kind === "tracked" ? `tracked: its program ${isActive(run.state) ? "runs" : "ran"} outside` : "launched here"],
                                ["Comment", run.comment],
                                !!run.later && [
                                    "Tried again as",
                                    <Anchor component={Link} to={runLink(run.later.run)}>
                                        {run.later.name}
                                    </Anchor>,
                                ],
                                !!run.earlier && [
                                    "Goes on from",
                                    <>
                                        <Anchor component={Link} to={runLink(run.earlier.run)}>
                                            {run.earlier.name}
                                        </Anchor>
                                        {run.earlier.retry > 0 && ` (retry ${run.earlier.retry} of ${run.earlier.retries})`}
                                    </>,
                                ],
                                !!run.parentRun && [
                                    "Came from",
                                    <Anchor component={Link} to={runLink(run.parentRun)}>
                                        {shortId(run.parentRun)}
                                    </Anchor>,
                                ],
                            ]}
                        />
                        <div className={classes.hint}>
                            <CommandHint command={run.kind === "tracked" ? `ropewalk show ${run.project}/${run.number}` : isActive(run.state) ? `ropewalk logs ${run.project}/${run.number} --follow` : `ropewalk again ${run.project}/${run.number}`} />
                        </div>
                    </Panel>
                </div>
            </div>
            {run.replicas.length === 0 && run.timeline.length === 0 && run.kind === "launched" && <Empty small text="Nothing has been started for this run." />}
        </div>
    );
}

/** What it asked for and did not need, with what to ask for instead. */
function AskedTooMuch({ run }: { run: Run }) {
    const events = useRunEvents(run.id);
    return (events.data ?? []).filter((event) => event.reason === "AskedTooMuch").map((event) => <Warning key={`${event.component} ${event.message}`} text={`${event.component}: ${event.message}.`} />);
}
