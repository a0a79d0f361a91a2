import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import type { Project, RunSummary } from "../api/types";
import { Empty } from "../kit/Empty";
import { Facts } from "../kit/Facts";
import { Loaded } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { isActive, StateChip } from "../kit/StateChip";
import { EventTable } from "../run/EventsTab";
import { useRun, useRunEvents, useRunStatus, useRunUpdates, useRuns } from "../run/hooks";
import { runLink } from "../run/links";
import classes from "./Project.module.css";

const LATEST = 3;

/** How the project's work stands: every active run, else the latest ones, with what happened to them. */
export default function StatusTab({ project }: { project: Project }) {
    const runs = useRuns({ workspace: project.workspace, project: project.name }, 20);
    return (
        <Loaded of={runs}>
            {(data) => {
                const all = data.pages.flatMap((page) => page.items);
                const active = all.filter((run) => isActive(run.state));
                const shown = active.length > 0 ? active : all.slice(0, LATEST);
                if (shown.length === 0) return <Empty text="Nothing has run here yet, so there is nothing to tell." />;
                return (
                    <div className={classes.stack}>
                        {shown.map((run, i) => (
                            <RunStatus key={run.id} run={run} follow={i === 0} />
                        ))}
                    </div>
                );
            }}
        </Loaded>
    );
}

function RunStatus({ run, follow }: { run: RunSummary; follow: boolean }) {
    const events = useRunEvents(run.id);
    const status = useRunStatus(run.id);
    return (
        <Panel
            flush
            title={
                <Anchor component={Link} to={runLink(run)} c="inherit" inherit>
                    {run.name}
                </Anchor>
            }
            aside={
                <span style={{ display: "inline-flex", gap: 12, paddingRight: 8 }}>
                    {run.reason && <span className={`${classes.dim} clip`}>{run.reason}</span>}
                    <StateChip state={run.state} cause={run.cause} />
                </span>
            }
        >
            {follow && <Follow id={run.id} />}
            {status.data && (
                <div className={classes.status}>
                    <Facts of={[["Health", status.data.health], ...status.data.resource_states.map((role): [string, string] => [role.name, counted(role.resources.map((one) => one.status))])]} />
                </div>
            )}
            <Loaded of={events} rows={2}>
                {(all) => <EventTable events={all} bare prefix={`s${run.number}.`} />}
            </Loaded>
        </Panel>
    );
}

/** `2 Running`, or `1 Running, 1 Completed`. */
function counted(words: readonly string[]): string {
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return [...counts].map(([word, count]) => `${count} ${word.toLowerCase()}`).join(", ");
}

function Follow({ id }: { id: string }) {
    useRunUpdates(id, useRun(id).data);
    return null;
}
