import { Button, Group, Modal, MultiSelect, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { Problem } from "../kit/Problem";
import { useAddRule, useChannels } from "./hooks";
import { asked, type Draft, EMPTY, missing, sentence } from "./words";

interface Props {
    workspace?: string;
    project?: string;
    run?: { id: string; name: string };
    onClose: () => void;
}

const WHEN: { value: Draft["on"]; label: string }[] = [
    { value: "failed", label: "it fails" },
    { value: "ended", label: "it ends, in whatever way" },
    { value: "silent", label: "it is silent: no line and no number" },
    { value: "number", label: "one of its numbers goes too far" },
];

/** What somebody wants to be told: of which runs, when, and over what beside the pages. */
export function NotifyDialog({ workspace, project, run, onClose }: Props) {
    const [draft, setDraft] = useState<Draft>({ ...EMPTY, about: run ? "run" : project ? "project" : "mine", on: run ? "ended" : "failed" });
    const add = useAddRule();
    const channels = useChannels();
    const set = (more: Partial<Draft>) => setDraft((current) => ({ ...current, ...more }));
    const lacking = missing(draft);
    const about = [run && { value: "run", label: run.name }, project && { value: "project", label: `Every run of ${project}` }, { value: "mine", label: "Every run that I start" }].filter((one) => !!one);
    return (
        <Modal opened onClose={onClose} title="Notify me">
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    add.mutate(asked(draft, { workspace, project, run: run?.id }), {
                        onSuccess: (rule) => {
                            notifications.show({ message: `You are told when ${sentence(rule)}.` });
                            onClose();
                        },
                    });
                }}
            >
                <Stack gap="sm">
                    {about.length === 1 && <Text>Of every run that you start.</Text>}
                    {about.length > 1 && <Select label="Of" data={about} value={draft.about} allowDeselect={false} onChange={(value) => set({ about: value as Draft["about"] })} />}
                    <Select label="When" data={WHEN} value={draft.on} allowDeselect={false} onChange={(value) => set({ on: value as Draft["on"] })} data-autofocus />
                    {draft.on === "silent" && <TextInput label="Minutes" description="For so long" inputMode="numeric" value={draft.minutes} onChange={(event) => set({ minutes: event.currentTarget.value })} w={160} />}
                    {draft.on === "number" && (
                        <>
                            <TextInput label="Series" placeholder="loss" value={draft.metric} onChange={(event) => set({ metric: event.currentTarget.value })} />
                            <Group gap="sm" grow align="end">
                                <Select
                                    label="Is"
                                    data={[
                                        { value: "above", label: "above" },
                                        { value: "below", label: "below" },
                                        { value: "nan", label: "NaN" },
                                    ]}
                                    value={draft.is}
                                    allowDeselect={false}
                                    onChange={(value) => set({ is: value as Draft["is"] })}
                                />
                                {draft.is !== "nan" && <TextInput label="Value" placeholder="10" inputMode="decimal" value={draft.value} onChange={(event) => set({ value: event.currentTarget.value })} />}
                            </Group>
                        </>
                    )}
                    {channels.data && channels.data.channels.length > 0 ? (
                        <MultiSelect label="Also over" description="It always stands among the notices" data={channels.data.channels.map((one) => ({ value: one.id, label: one.name }))} value={draft.channels} onChange={(value) => set({ channels: value })} />
                    ) : (
                        <Text c="dimmed" fz="sm">
                            It stands among your notices. A webhook or an e-mail address can be added there.
                        </Text>
                    )}
                    {add.isError && <Problem error={add.error} />}
                    <Group justify="flex-end" gap="xs">
                        <Button variant="default" onClick={onClose}>
                            Cancel
                        </Button>
                        <Button type="submit" loading={add.isPending} disabled={!!lacking} title={lacking}>
                            Notify me
                        </Button>
                    </Group>
                </Stack>
            </form>
        </Modal>
    );
}
