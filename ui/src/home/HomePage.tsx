import { Anchor, Button } from "@mantine/core";
import { Link } from "react-router";
import { useMe } from "../access/hooks";
import type { RunSummary } from "../api/types";
import { PageTitle } from "../app/PageTitle";
import { Empty } from "../kit/Empty";
import { count, short } from "../kit/format";
import { Waiting } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { Problem } from "../kit/Problem";
import { isActive, StateChip } from "../kit/StateChip";
import { Took, When } from "../kit/Time";
import { weight } from "../metric/weight";
import { useProjects } from "../project/hooks";
import { useRuns } from "../run/hooks";
import { projectLink, runLink } from "../run/links";
import { RunTable } from "../run/RunTable";
import classes from "./Home.module.css";

export default function HomePage() {
    const me = useMe();
    const workspace = me.data?.workspaces[0]?.name ?? "default";
    const runs = useRuns({ workspace }, 50);
    const projects = useProjects(workspace);

    const failed = [runs, projects].find((one) => one.isError && !one.data);
    if (failed) return <Problem error={failed.error} onRetry={() => void failed.refetch()} />;
    if (!runs.data || !projects.data) return <Waiting rows={8} height={24} />;

    const all = runs.data.pages.flatMap((page) => page.items);
    const houses = projects.data.pages.flatMap((page) => page.items);
    const active = all.filter((run) => isActive(run.state));
    const recent = all.filter((run) => !isActive(run.state)).slice(0, 14);

    if (all.length === 0 && houses.length === 0) {
        return (
            <>
                <PageTitle title="Home" />
                <Empty
                    text="Nothing here yet. The demo makes a small project, runs it and opens it here."
                    command="./ropewalk demo"
                    action={
                        <Button component={Link} to="/projects?new">
                            Create a project
                        </Button>
                    }
                />
            </>
        );
    }

    return (
        <>
            <PageTitle title="Home" />
            <div className={classes.grid}>
                <div className={classes.column}>
                    <Panel title={active.length > 0 ? `Active now (${active.length})` : "Active now"}>
                        {active.length === 0 ? (
                            <span className={classes.dim}>Nothing runs. Start a task from a project, or press Ctrl K and type its name.</span>
                        ) : (
                            <div className={classes.active}>
                                {active.map((run) => (
                                    <ActiveRun key={run.id} run={run} />
                                ))}
                            </div>
                        )}
                    </Panel>
                    <Panel
                        title="Recent runs"
                        flush
                        aside={
                            <Anchor component={Link} to="/runs" fz="sm" px="xs">
                                All runs
                            </Anchor>
                        }
                    >
                        <RunTable runs={recent} brief bare label="Recent runs" prefix="r." empty={<Empty small text="No run has ended yet." />} />
                    </Panel>
                </div>
                <Panel
                    title="Projects"
                    flush
                    aside={
                        <Anchor component={Link} to="/projects" fz="sm" px="xs">
                            All projects
                        </Anchor>
                    }
                >
                    {houses.slice(0, 12).map((project) => (
                        <Link key={project.id} to={projectLink(project.workspace, project.name)} className={classes.project}>
                            <b className="clip">{project.name}</b>
                            <span className={classes.dim}>
                                <When at={project.lastRun?.createdAt ?? project.updatedAt} />
                            </span>
                            <span className={`${classes.dim} clip`}>{project.title === project.name ? "" : project.title}</span>
                            <span className={classes.dim}>{count(project.runs.total, "run")}</span>
                        </Link>
                    ))}
                </Panel>
            </div>
        </>
    );
}

function ActiveRun({ run }: { run: RunSummary }) {
    const numbers = Object.entries(run.metrics)
        .sort(([a], [b]) => weight(a) - weight(b))
        .slice(0, 3);
    return (
        <Link to={runLink(run)} className={classes.card}>
            <div className={classes.line}>
                <b className="clip">{run.name}</b>
                <StateChip state={run.state} />
            </div>
            <div className={classes.line}>
                <span className={`${classes.dim} clip`}>
                    {run.project}
                    {run.experiment && run.experiment !== "master" ? ` · ${run.experiment}` : ""}
                </span>
                <span className={classes.dim}>{run.startedAt ? <Took from={run.startedAt} to={run.endedAt} /> : <When at={run.createdAt} />}</span>
            </div>
            <div className={classes.numbers}>
                {numbers.length > 0
                    ? numbers.map(([name, value]) => (
                          <span key={name}>
                              {name} <b>{short(value)}</b>
                          </span>
                      ))
                    : (run.reason ?? "No numbers yet")}
            </div>
        </Link>
    );
}
