import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Run } from "../api/types";
import { CommandHint } from "../kit/Empty";
import { Problem } from "../kit/Problem";
import { isActive } from "../kit/StateChip";
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
    const [resume, setResume] = useState(false);
    const command = startCommand("again", `${run.project}/${run.number}`, { parameters: changed, resume });
    return (
        <Modal opened onClose={onClose} title={`${run.name} again`} size="lg">
            <Stack gap="sm">
                <Text c="dimmed">A new run of the same task, from the same revision and the same sources as they were then.</Text>
                <ParameterFields defaults={before} values={values} onChange={setValues} />
                <Checkbox
                    label={`Go on with the checkpoints of ${run.name}`}
                    description={isActive(run.state) ? "It is still writing them: stop it first" : "Programs find them in $ROPEWALK_CHECKPOINT_DIR"}
                    checked={resume}
                    disabled={isActive(run.state)}
                    onChange={(event) => setResume(event.currentTarget.checked)}
                />
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
                                again.mutate({ parameters: changed, resume }, {
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
