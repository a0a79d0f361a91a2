import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import type { DocumentView, Project } from "../api/types";
import { Confirm } from "../app/Confirm";
import { count } from "../kit/format";
import { Loaded } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { Problem } from "../kit/Problem";
import { setAt } from "../kit/yamlText";
import { useRuns } from "../run/hooks";
import { useDelete, useDocument, useProjects } from "./hooks";
import classes from "./Project.module.css";
import type { TabProps } from "./ProjectPage";
import { SaveDialog } from "./SaveDialog";
import { parseLabels } from "./labels";

export default function SettingsTab({ project, experiment }: TabProps) {
    const document = useDocument(project.workspace, project.name, experiment);
    return (
        <div className={classes.stack} style={{ maxWidth: 760 }}>
            <Loaded of={document}>{(view) => <General key={view.revision.id} project={project} experiment={experiment} view={view} />}</Loaded>
            <Danger project={project} />
        </div>
    );
}

function General({ project, experiment, view }: { project: Project; experiment: string; view: DocumentView }) {
    const { normal } = view;
    const [title, setTitle] = useState(normal.title ?? "");
    const [summary, setSummary] = useState(normal.summary ?? "");
    const [labels, setLabels] = useState(
        Object.entries(normal.labels)
            .map(([name, value]) => `${name}=${value}`)
            .join("\n"),
    );
    const [mount, setMount] = useState(normal.defaultMountPath ?? "");
    const [saving, saveIs] = useDisclosure(false);
    const native = normal.kind === "Project";
    const text = useMemo(() => {
        let next = view.text;
        const put = (key: string, now: unknown, was: unknown) => {
            if (JSON.stringify(now || undefined) !== JSON.stringify(was || undefined)) next = setAt(next, [key], now || undefined);
        };
        put("title", title, normal.title);
        put("summary", summary, normal.summary);
        const { labels: parsed } = parseLabels(labels);
        put("labels", Object.keys(parsed).length > 0 ? parsed : undefined, Object.keys(normal.labels).length > 0 ? normal.labels : undefined);
        put("defaultMountPath", mount, normal.defaultMountPath);
        return next;
    }, [view.text, normal, title, summary, labels, mount]);
    const wrong = parseLabels(labels).wrong;
    return (
        <Panel title="General">
            <Stack gap="sm">
                {!native && <Text c="dimmed">This document is of another kind. Change these in its text, under Tasks.</Text>}
                <TextInput label="Name" value={project.name} readOnly description="It stands in addresses and commands and stays as it is" />
                <TextInput label="Title" value={title} onChange={(event) => setTitle(event.currentTarget.value)} disabled={!native} />
                <Textarea label="Summary" description="Markdown" autosize minRows={4} maxRows={20} value={summary} onChange={(event) => setSummary(event.currentTarget.value)} disabled={!native} />
                <Textarea label="Labels" description="name=value, one in a line" autosize minRows={1} value={labels} onChange={(event) => setLabels(event.currentTarget.value)} disabled={!native} error={wrong} />
                <TextInput label="Default mount path" description="The directory that relative mount paths are in" value={mount} onChange={(event) => setMount(event.currentTarget.value)} disabled={!native} />
                <Group>
                    <Button onClick={saveIs.open} disabled={text === view.text || !!wrong}>
                        Save
                    </Button>
                </Group>
            </Stack>
            {saving && (
                <SaveDialog
                    project={project}
                    experiment={experiment}
                    before={view.text}
                    text={text}
                    parent={view.revision}
                    comment="Change settings"
                    onClose={saveIs.close}
                    onSaved={() => {
                        saveIs.close();
                        notifications.show({ message: "Saved." });
                    }}
                />
            )}
        </Panel>
    );
}

function Danger({ project }: { project: Project }) {
    const [asking, askIs] = useDisclosure(false);
    const remove = useDelete(project.workspace, project.name);
    const projects = useProjects(project.workspace, project.name);
    const runs = useRuns({ workspace: project.workspace, project: project.name }, 100);
    const navigate = useNavigate();
    const [typed, setTyped] = useState("");
    const numbers = projects.data?.pages.flatMap((page) => page.items).find((one) => one.name === project.name)?.runs;
    const loaded = runs.data?.pages.flatMap((page) => page.items).length ?? 0;
    const total = numbers?.total ?? loaded;
    return (
        <Panel title="Delete">
            <Group justify="space-between" align="start">
                <Text c="dimmed" flex="1 1 240px">
                    Takes away the project with {count(total, "run")} and everything they wrote, {count(project.experiments.length, "experiment")} and every revision.
                    {numbers && numbers.active > 0 ? ` ${count(numbers.active, "run is", "runs are")} active: stop them first.` : ""}
                </Text>
                <Button color="red" variant="light" flex="none" onClick={askIs.open} disabled={!!numbers && numbers.active > 0}>
                    Delete the project
                </Button>
            </Group>
            {asking && (
                <Confirm
                    title={`Delete ${project.name}?`}
                    verb="Delete the project"
                    busy={remove.isPending}
                    onClose={askIs.close}
                    onDo={() => {
                        if (typed === project.name) remove.mutate(undefined, { onSuccess: () => void navigate("/projects", { replace: true }) });
                    }}
                >
                    <Stack gap="sm">
                        <span>
                            Lost with it: {count(total, "run")} with their logs, numbers and files, {count(project.experiments.length, "experiment")}, all revisions and uploaded sources.
                        </span>
                        <TextInput label={`Type ${project.name} to go on`} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} error={typed && typed !== project.name ? "Not the same" : undefined} />
                        {remove.isError && <Problem error={remove.error} />}
                    </Stack>
                </Confirm>
            )}
        </Panel>
    );
}
