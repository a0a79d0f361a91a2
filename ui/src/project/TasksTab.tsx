import { Button } from "@mantine/core";
import { IconFileCode, IconPencil, IconPlayerPlay } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { Link, useSearchParams } from "react-router";
import type { DocumentView, RunSummary, Task } from "../api/types";
import { Missing } from "../app/Frame";
import { Empty } from "../kit/Empty";
import { cores, count, bytes, duration, plain } from "../kit/format";
import { Loaded, Waiting } from "../kit/Loaded";
import { Warning } from "../kit/Problem";
import { StateChip } from "../kit/StateChip";
import { When } from "../kit/Time";
import { useRuns } from "../run/hooks";
import { projectLink, runLink } from "../run/links";
import { useDocument } from "./hooks";
import classes from "./Project.module.css";
import type { TabProps } from "./ProjectPage";

const StartDialog = lazy(() => import("./StartDialog"));
const DocumentEditor = lazy(() => import("./DocumentEditor"));

export default function TasksTab({ project, experiment, item }: TabProps) {
    const document = useDocument(project.workspace, project.name, experiment);
    return <Loaded of={document}>{(view) => <Tasks project={project} experiment={experiment} item={item} view={view} />}</Loaded>;
}

function Tasks({ project, experiment, item, view }: TabProps & { view: DocumentView }) {
    const [params, setParams] = useSearchParams();
    const runs = useRuns({ workspace: project.workspace, project: project.name }, 50);
    const recent = runs.data?.pages.flatMap((page) => page.items) ?? [];
    const starting = view.normal.tasks.find((task) => task.name === params.get("start"));
    const put = (name: string, value?: string) => {
        const next = new URLSearchParams(params);
        if (value === undefined) next.delete(name);
        else next.set(name, value);
        setParams(next);
    };
    const editing = item ? view.normal.tasks.find((task) => task.name === item) : undefined;
    const suffix = experiment === "master" ? "" : `?experiment=${encodeURIComponent(experiment)}`;
    const base = projectLink(project.workspace, project.name, "tasks") + suffix;

    if (item && !editing) return <Missing what={`Task ${item}`} />;
    return (
        <>
            {editing || params.get("mode") === "document" ? (
                <Suspense fallback={<Waiting rows={8} />}>
                    <DocumentEditor key={`${experiment}/${item ?? ""}`} project={project} experiment={experiment} view={view} task={editing?.name} back={base} onStart={editing ? () => put("start", editing.name) : undefined} />
                </Suspense>
            ) : (
                <div className={classes.editor}>
                    {view.warnings && view.warnings.length > 0 && <Warning text="This document works, but not all that it says:" problems={view.warnings} />}
                    <div className={classes.bar}>
                        <span className={classes.dim}>{count(view.normal.tasks.length, "task")}</span>
                        <span className={classes.spring} />
                        <Button component={Link} variant="default" leftSection={<IconFileCode size={15} />} to={`${projectLink(project.workspace, project.name, "tasks")}?mode=document${experiment === "master" ? "" : `&experiment=${encodeURIComponent(experiment)}`}`}>
                            Edit the document
                        </Button>
                    </div>
                    {view.normal.tasks.length === 0 ? (
                        <Empty text="This project has no task yet. A task says what to run: add one to the document." />
                    ) : (
                        <div className={classes.cards}>
                            {view.normal.tasks.map((task) => (
                                <TaskCard key={task.name} task={task} last={recent.find((run) => run.task === task.name)} edit={`${projectLink(project.workspace, project.name, "tasks", task.name)}${suffix}`} onStart={() => put("start", task.name)} />
                            ))}
                        </div>
                    )}
                </div>
            )}
            {starting && (
                <Suspense fallback={null}>
                    <StartDialog project={project} experiment={experiment} view={view} task={starting} onClose={() => put("start")} />
                </Suspense>
            )}
        </>
    );
}

function TaskCard({ task, last, edit, onStart }: { task: Task; last?: RunSummary; edit: string; onStart: () => void }) {
    const parameters = Object.entries(task.parameters);
    return (
        <article className={classes.card}>
            <div className={classes.top}>
                <h2 className="clip">{task.name}</h2>
                {task.type !== "general" && <span className={`${classes.chip} ${classes.grey}`}>{task.type}</span>}
                <Button component={Link} to={edit} variant="default" leftSection={<IconPencil size={14} />} aria-label={`Edit ${task.name}`}>
                    Edit
                </Button>
                <Button leftSection={<IconPlayerPlay size={14} />} onClick={onStart} aria-label={`Start ${task.name}`}>
                    Start
                </Button>
            </div>
            {task.title && <div className={classes.dim}>{task.title}</div>}
            <div className={classes.roles}>
                {task.roles.map((role) => (
                    <div key={role.name} className={classes.role}>
                        <b>
                            {role.replicas === 1 && task.roles.length === 1 ? "" : `${role.name} × ${role.replicas}`}
                            {role.permanent ? " (serves)" : ""}
                        </b>
                        <span className={`${classes.command} clip`} title={[role.command, role.args].filter(Boolean).join(" ")}>
                            {[role.command, role.args].filter(Boolean).join(" ") || "no command"}
                        </span>
                    </div>
                ))}
            </div>
            {parameters.length > 0 && (
                <div className={classes.parameters}>
                    {parameters.slice(0, 8).map(([name, value]) => (
                        <span key={name} className={`${classes.parameter} clip`}>
                            {name}={plain(value)}
                        </span>
                    ))}
                    {parameters.length > 8 && <span className={classes.dim}>and {parameters.length - 8} more</span>}
                </div>
            )}
            <div className={classes.foot}>
                {last ? (
                    <>
                        <StateChip state={last.state} cause={last.cause} />
                        <Link to={runLink(last)} style={{ color: "inherit" }}>
                            {last.name}
                        </Link>
                        <When at={last.createdAt} />
                    </>
                ) : (
                    "never run"
                )}
                <span className={classes.spring} />
                <span>{needs(task)}</span>
            </div>
        </article>
    );
}

/** What one start of the task asks for, all replicas together. */
export function needs(task: Task): string {
    const sum = { milliCpu: 0, memoryBytes: 0, gpus: 0 };
    for (const role of task.roles) {
        sum.milliCpu += (role.resources?.milliCpu ?? 0) * role.replicas;
        sum.memoryBytes += (role.resources?.memoryBytes ?? 0) * role.replicas;
        sum.gpus += (role.resources?.gpus ?? 0) * role.replicas;
    }
    return [sum.milliCpu && `${cores(sum.milliCpu)} CPU`, sum.memoryBytes && bytes(sum.memoryBytes), sum.gpus && `${sum.gpus} GPU`, task.timeout && `at most ${duration(task.timeout * 1000)}`].filter(Boolean).join(" · ");
}
