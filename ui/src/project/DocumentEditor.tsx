import { Button, SegmentedControl } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconArrowLeft, IconDeviceFloppy, IconPlayerPlay } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { Link, useBlocker, useSearchParams } from "react-router";
import type { DocumentView, Project } from "../api/types";
import { Confirm } from "../app/Confirm";
import { shortId } from "../kit/format";
import { Waiting } from "../kit/Loaded";
import { ProblemList, Warning } from "../kit/Problem";
import { schemasAt } from "../kit/schema";
import { pathText, SchemaForm } from "../kit/SchemaForm";
import { itemPath, lineOf, parse, setAt, valueAt } from "../kit/yamlText";
import { useCheck, useProjectSchema } from "./hooks";
import classes from "./Project.module.css";
import { SaveDialog } from "./SaveDialog";

const YamlEditor = lazy(() => import("../kit/YamlEditor").then((module) => ({ default: module.YamlEditor })));

const ROLE_KEYS = new Set(["replicas", "command", "args", "workDir", "env", "port", "permanent", "restarts", "restartPolicy", "resources", "limits", "images", "mountAll", "mounts", "nodes"]);
const FIRST = ["name", "command", "workDir", "replicas", "parameters", "env", "resources"];

interface Props {
    project: Project;
    experiment: string;
    view: DocumentView;
    task?: string;
    back: string;
    onStart?: () => void;
}

/** A task as a form or as text, either of them the whole truth: what one changes shows in the other. */
export default function DocumentEditor({ project, experiment, view, task, back, onStart }: Props) {
    const [params, setParams] = useSearchParams();
    const [text, setText] = useState(view.text);
    const [before, setBefore] = useState(view);
    const [settled] = useDebouncedValue(text, 350);
    const schema = useProjectSchema();
    const check = useCheck(project.workspace, settled, settled !== before.text);
    const [saving, saveIs] = useDisclosure(false);
    const dirty = text !== before.text;
    const saved = useRef(false);

    // Someone else's revision replaces a text that nobody touched here.
    useEffect(() => {
        if (view.revision.id === before.revision.id) return;
        if (!dirty || view.text === text) {
            setText(view.text);
            setBefore(view);
        }
    }, [view, before, dirty, text]);

    const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && !saved.current && currentLocation.pathname !== nextLocation.pathname);
    useEffect(() => {
        if (!dirty) return;
        const stay = (event: BeforeUnloadEvent) => event.preventDefault();
        window.addEventListener("beforeunload", stay);
        return () => window.removeEventListener("beforeunload", stay);
    }, [dirty]);

    // The task may be renamed while it is edited: its place is what stays.
    const place = useRef(task ? itemPath(view.text, "tasks", task) : undefined);
    const path = place.current;
    const readable = useMemo(() => parse(text) !== undefined, [text]);
    const value = useMemo(() => (path ? valueAt(text, path) : undefined), [text, path]);
    const form = useMemo(() => (schema.data && path ? schemasAt(schema.data, path).find((one) => one.properties) : undefined), [schema.data, path]);
    const simply = !!path && !!form && view.normal.kind === "Project";
    const mode = simply && params.get("mode") !== "advanced" ? "simply" : "advanced";
    const problems = dirty ? (check.data?.problems ?? []) : (before.warnings);
    const errors = problems.filter((problem) => problem.severity === "error");
    const goTo = useMemo(() => (path ? lineOf(view.text, path) : undefined), [view.text, path]);

    return (
        <div className={classes.editor}>
            <div className={classes.bar}>
                <Button component={Link} to={back} variant="subtle" color="gray" leftSection={<IconArrowLeft size={15} />}>
                    Tasks
                </Button>
                <b>{task ?? "The whole document"}</b>
                {path && (
                    <SegmentedControl
                        size="xs"
                        value={mode}
                        disabled={!simply}
                        onChange={(next) => {
                            const to = new URLSearchParams(params);
                            if (next === "advanced") to.set("mode", "advanced");
                            else to.delete("mode");
                            setParams(to, { replace: true });
                        }}
                        data={[
                            { value: "simply", label: "Simply" },
                            { value: "advanced", label: "Advanced" },
                        ]}
                    />
                )}
                <span className={classes.dim}>
                    {experiment} at <span className="mono">{shortId(before.revision.id)}</span>
                    {dirty ? ", changed here" : ""}
                </span>
                <span className={classes.spring} />
                {dirty && (
                    <Button variant="default" onClick={() => setText(before.text)}>
                        Undo all
                    </Button>
                )}
                <Button leftSection={<IconDeviceFloppy size={15} />} variant={dirty ? "filled" : "default"} disabled={!dirty || errors.length > 0} onClick={saveIs.open}>
                    Save
                </Button>
                {onStart && (
                    <Button leftSection={<IconPlayerPlay size={15} />} variant={dirty ? "default" : "filled"} disabled={dirty} title={dirty ? "Save first: a run starts from a saved revision" : undefined} onClick={onStart}>
                        Start
                    </Button>
                )}
            </div>
            {path && !simply && schema.data && <span className={classes.dim}>This document is of another kind ({view.normal.kind === "Project" ? "its task has no form" : view.normal.kind}): it is edited as text.</span>}
            {mode === "simply" && form && path ? (
                <>
                    {!readable && <Warning text="The text is not YAML at the moment. Mend it under Advanced to go on here." />}
                    {problems.length > 0 && <ProblemList problems={problems} />}
                    <SchemaForm
                        schema={form}
                        root={schema.data}
                        value={value}
                        base={pathText("", path)}
                        problems={problems}
                        first={hasRoles(value) ? ["name", "parameters", "roles"] : FIRST}
                        omit={(at, key, whole) => at.length === 0 && (hasRoles(whole) ? ROLE_KEYS.has(key) : key === "roles" && !("roles" in whole) && [...ROLE_KEYS].some((one) => one in whole))}
                        onChange={(at, next) => setText((current) => setAt(current, [...path, ...at], next))}
                    />
                </>
            ) : (
                <Suspense fallback={<Waiting rows={12} />}>
                    <YamlEditor text={text} onChange={setText} onSave={() => dirty && errors.length === 0 && saveIs.open()} schema={view.normal.kind === "Project" ? schema.data : undefined} problems={problems} goTo={goTo} label="Project document" height="calc(100vh - 330px)" />
                </Suspense>
            )}
            {saving && (
                <SaveDialog
                    project={project}
                    experiment={experiment}
                    before={before.text}
                    text={text}
                    parent={before.revision}
                    comment={task ? `Change ${task}` : "Change the document"}
                    onClose={saveIs.close}
                    onSaved={(applied) => {
                        saveIs.close();
                        setBefore({ ...before, text, revision: applied.revision, warnings: applied.warnings });
                        notifications.show({ message: applied.changed ? `Saved as ${shortId(applied.revision.id)} on ${applied.revision.experiment}.` : "Nothing had changed." });
                    }}
                />
            )}
            {blocker.state === "blocked" && (
                <Confirm title="Leave without saving?" verb="Leave" onClose={() => blocker.reset()} onDo={() => blocker.proceed()}>
                    What you changed in this document has not been saved and will be lost.
                </Confirm>
            )}
        </div>
    );
}

function hasRoles(value: unknown): boolean {
    return typeof value === "object" && value !== null && Array.isArray((value as Record<string, unknown>)["roles"]);
}
