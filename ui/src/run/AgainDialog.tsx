import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Run } from "../api/types";
import { CommandHint } from "../kit/Empty";
import { Problem } from "../kit/Problem";
import { startCommand } from "./command";
import { useAgain } from "./hooks";
import { runLink } from "./links";
import { ParameterFields } from "./ParameterFields";
import { changedParameters } from "./parameters";

export function AgainDialog({ run, onClose }: { run: Run; onClose: () => void }) {
    const again = useAgain(run.id);
    const navigate = useNavigate();
    const before = run.parameters;
    const [values, setValues] = useState(before);
    const changed = changedParameters(before, values);
    const command = startCommand("again", `${run.project}/${run.number}`, { parameters: changed });
    return (
        <Modal opened onClose={onClose} title={`${run.name} again`} size="lg">
            <Stack gap="sm">
                <Text c="dimmed">A new run of the same task, from the same revision and the same sources as they were then.</Text>
                <ParameterFields defaults={before} values={values} onChange={setValues} />
                {again.isError && <Problem error={again.error} />}
                <Group justify="space-between">
                    <CommandHint command={command} />
                    <Group gap="xs" ml="auto">
                        <Button variant="default" onClick={onClose}>
                            Cancel
                        </Button>
                        <Button
                            loading={again.isPending}
                            onClick={() =>
                                again.mutate(Object.keys(changed).length > 0 ? changed : undefined, {
                                    onSuccess: (fresh) => {
                                        onClose();
                                        void navigate(runLink(fresh));
                                    },
                                })
                            }
                        >
                            Start
                        </Button>
                    </Group>
                </Group>
            </Stack>
        </Modal>
    );
}
