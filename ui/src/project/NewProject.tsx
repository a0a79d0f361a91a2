import { Button, Group, Modal, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Problem } from "../kit/Problem";
import { YamlEditor } from "../kit/YamlEditor";
import { projectLink } from "../run/links";
import { useCheck, useCreate, useProjectSchema } from "./hooks";

const START = `kind: Project
name: my-project
title: My first project
summary: |
  What this is about, in Markdown.
sources:
  - name: code
    upload:
tasks:
  - name: train
    parameters:
      lr: 0.01
      epochs: 5
    workDir: $CODE_DIR
    command: python train.py --lr {{ .lr }} --epochs {{ .epochs }}
`;

export default function NewProject({ workspace, onClose }: { workspace: string; onClose: () => void }) {
    const [text, setText] = useState(START);
    const [settled] = useDebouncedValue(text, 350);
    const check = useCheck(workspace, settled);
    const schema = useProjectSchema();
    const create = useCreate(workspace);
    const navigate = useNavigate();
    const submit = () =>
        create.mutate(
            { document: text },
            { onSuccess: (applied) => void navigate(projectLink(applied.project.workspace, applied.project.name)) },
        );
    return (
        <Modal opened onClose={onClose} title="New project" size="xl">
            <Stack gap="sm">
                <YamlEditor text={text} onChange={setText} onSave={submit} schema={schema.data} problems={check.data?.problems} height="46vh" label="Project document" />
                {create.isError && <Problem error={create.error} />}
                <Group justify="flex-end">
                    <Button variant="default" onClick={onClose}>
                        Cancel
                    </Button>
                    <Button loading={create.isPending} onClick={submit} disabled={check.data?.problems.some((problem) => problem.severity === "error")}>
                        Create
                    </Button>
                </Group>
            </Stack>
        </Modal>
    );
}
