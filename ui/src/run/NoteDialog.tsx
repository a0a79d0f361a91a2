import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Run } from "../api/types";
import { Problem } from "../kit/Problem";
import { useNote } from "./hooks";
import { parseParameter } from "./parameters";

/** Something to know about a run that none of its numbers says. */
export function NoteDialog({ run, onClose }: { run: Run; onClose: () => void }) {
    const note = useNote(run.id);
    const [name, setName] = useState("");
    const [value, setValue] = useState("");
    const known = Object.keys(run.info).includes(name.trim());
    return (
        <Modal opened onClose={onClose} title={`Note about ${run.name}`}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    note.mutate({ [name.trim()]: parseParameter(value) }, { onSuccess: onClose });
                }}
            >
                <Stack gap="sm">
                    <TextInput label="Name" placeholder="verdict" description={known ? "Stands there already: its value is replaced" : "Programs note facts under names too; both stand together"} value={name} onChange={(event) => setName(event.currentTarget.value)} required data-autofocus />
                    <TextInput label="Value" placeholder="the best so far" value={value} onChange={(event) => setValue(event.currentTarget.value)} required />
                    {note.isError && <Problem error={note.error} />}
                    <Group justify="flex-end" gap="xs">
                        <Button variant="default" onClick={onClose}>
                            Cancel
                        </Button>
                        <Button type="submit" loading={note.isPending} disabled={!name.trim() || !value.trim()}>
                            Note
                        </Button>
                    </Group>
                </Stack>
            </form>
        </Modal>
    );
}
