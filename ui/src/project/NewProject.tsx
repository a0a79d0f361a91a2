import { Button, Group, Modal, SegmentedControl, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Problem, ProblemList, Warning } from "../kit/Problem";
import type { Step } from "../kit/schema";
import { YamlEditor } from "../kit/YamlEditor";
import { parse, setAt, valueAt } from "../kit/yamlText";
import { projectLink } from "../run/links";
import { useCheck, useCreate, useProjectSchema } from "./hooks";
import { tellPrepared } from "./PreparedNotice";

const START = `kind: Project
name: my-project
title: My first project
summary: |
  What this is about, in Markdown.
sources:
  - name: code
    upload: {}
tasks:
  - name: train
    parameters:
      lr: 0.01
      epochs: 5
    workDir: $CODE_DIR
    command: python train.py --lr {{ .lr }} --epochs {{ .epochs }}
`;

const ORIGINS = [
    { value: "upload", label: "Files that I upload" },
    { value: "git", label: "A git repository" },
    { value: "none", label: "No files: the command needs none" },
];

/** One document, as a form for the usual case or as text for everything. */
export default function NewProject({ workspace, onClose }: { workspace: string; onClose: () => void }) {
    const [text, setText] = useState(START);
    const [mode, setMode] = useState("simply");
    const [settled] = useDebouncedValue(text, 350);
    const check = useCheck(workspace, settled);
    const schema = useProjectSchema();
    const create = useCreate(workspace);
    const navigate = useNavigate();
    const problems = check.data?.problems ?? [];
    const submit = () =>
        create.mutate(
            { document: text },
            {
                onSuccess: ({ project, prepared }) => {
                    tellPrepared(project.workspace, project.name, prepared, (to) => void navigate(to));
                    void navigate(projectLink(project.workspace, project.name));
                },
            },
        );
    return (
        <Modal opened onClose={onClose} title="New project" size="xl">
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    submit();
                }}
            >
                <Stack gap="sm">
                    <Group>
                        <SegmentedControl
                            size="xs"
                            value={mode}
                            onChange={setMode}
                            data={[
                                { value: "simply", label: "Simply" },
                                { value: "advanced", label: "Advanced" },
                            ]}
                        />
                    </Group>
                    {mode === "simply" ? (
                        <>
                            {parse(text) ? <Fields text={text} onChange={setText} /> : <Warning text="The text is not YAML at the moment. Mend it under Advanced to go on here." />}
                            {problems.length > 0 && <ProblemList problems={problems} />}
                        </>
                    ) : (
                        <YamlEditor text={text} onChange={setText} onSave={submit} schema={schema.data} problems={problems} height="46vh" label="Project document" />
                    )}
                    {create.isError && <Problem error={create.error} />}
                    <Group justify="flex-end">
                        <Button variant="default" onClick={onClose}>
                            Cancel
                        </Button>
                        <Button type="submit" loading={create.isPending} disabled={problems.some((problem) => problem.severity === "error")}>
                            Create
                        </Button>
                    </Group>
                </Stack>
            </form>
        </Modal>
    );
}

function Fields({ text, onChange }: { text: string; onChange: (text: string) => void }) {
    const at = (path: Step[]) => {
        const value = valueAt(text, path);
        return value === undefined || value === null ? "" : String(value);
    };
    const put = (path: Step[]) => (event: { currentTarget: { value: string } }) => onChange(setAt(text, path, event.currentTarget.value));
    const source = valueAt(text, ["sources", 0]) as Record<string, unknown> | undefined;
    const origin = !source ? "none" : "git" in source ? "git" : "upload";
    const choose = (next: string | null) => {
        const without = setAt(text, ["sources"], undefined);
        if (next === "none") onChange(setAt(without, ["tasks", 0, "workDir"], undefined));
        else onChange(setAt(setAt(without, ["sources"], [{ name: "code", [next === "git" ? "git" : "upload"]: next === "git" ? { repository: "" } : {} }]), ["tasks", 0, "workDir"], "$CODE_DIR"));
    };
    return (
        <>
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
                <TextInput label="Name" description="Stands in addresses and commands: small letters, digits, hyphens" value={at(["name"])} onChange={put(["name"])} data-autofocus required />
                <TextInput label="Title" description="What people read" value={at(["title"])} onChange={put(["title"])} />
            </SimpleGrid>
            <Textarea label="Summary" description="Markdown" autosize minRows={2} maxRows={8} value={at(["summary"])} onChange={put(["summary"])} />
            <Group grow align="start">
                <Select label="Where its files come from" allowDeselect={false} data={ORIGINS} value={origin} onChange={choose} />
                {origin === "git" && <TextInput label="Repository" placeholder="https://github.com/org/repo" value={at(["sources", 0, "git", "repository"])} onChange={put(["sources", 0, "git", "repository"])} required />}
            </Group>
            <Group grow align="start" preventGrowOverflow={false}>
                <TextInput label="First task" value={at(["tasks", 0, "name"])} onChange={put(["tasks", 0, "name"])} required />
                <TextInput label="Its command" value={at(["tasks", 0, "command"])} onChange={put(["tasks", 0, "command"])} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }} required />
            </Group>
            <Text size="xs" c="dimmed">
                More tasks, parameters, replicas and resources can be set under Advanced, or later.
            </Text>
        </>
    );
}
