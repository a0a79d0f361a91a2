import { Autocomplete, Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { ApiError } from "../api/client";
import type { Applied, Project, Revision } from "../api/types";
import { Diff } from "../kit/Diff";
import { diffLines } from "../kit/lineDiff";
import { Problem, Warning } from "../kit/Problem";
import { useSave } from "./hooks";

interface Props {
    project: Project;
    experiment: string;
    before: string;
    text: string;
    parent: Revision;
    comment: string;
    onClose: () => void;
    onSaved: (applied: Applied) => void;
}

/** What will be saved, as what changes; where; and why. */
export function SaveDialog({ project, experiment, before, text, parent, comment: proposed, onClose, onSaved }: Props) {
    const save = useSave(project.workspace, project.name);
    const [comment, setComment] = useState(proposed);
    const [target, setTarget] = useState(experiment);
    const [force, setForce] = useState(false);
    const lines = useMemo(() => diffLines(before, text), [before, text]);
    const conflict = save.error instanceof ApiError && save.error.status === 409;
    return (
        <Modal opened onClose={onClose} title="Save as a revision" size="xl">
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    save.mutate({ document: text, experiment: target.trim(), comment: comment.trim() || undefined, parent: force || target !== experiment ? undefined : parent.id }, { onSuccess: onSaved });
                }}
            >
                <Stack gap="sm">
                    <Diff lines={lines} />
                    <Group grow align="start">
                        <TextInput label="Comment" value={comment} onChange={(event) => setComment(event.currentTarget.value)} data-autofocus />
                        <Autocomplete label="Experiment" size="sm" data={project.experiments.map((one) => one.name)} value={target} onChange={setTarget} />
                    </Group>
                    {conflict ? <Warning text={`Somebody saved another revision of ${experiment} meanwhile. Save onto a new experiment, or save over it; theirs stays in the history.`} /> : save.isError && <Problem error={save.error} />}
                    <Group justify="flex-end">
                        <Button variant="default" onClick={onClose}>
                            Back
                        </Button>
                        {conflict && !force ? (
                            <Button
                                color="red"
                                variant="light"
                                onClick={() => {
                                    setForce(true);
                                    save.reset();
                                }}
                            >
                                Save over it
                            </Button>
                        ) : (
                            <Button type="submit" loading={save.isPending} disabled={!target.trim() || before === text}>
                                Save
                            </Button>
                        )}
                    </Group>
                </Stack>
            </form>
        </Modal>
    );
}
