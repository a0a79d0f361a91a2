import { Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { Run } from "../api/types";
import { count } from "../kit/format";
import { Problem } from "../kit/Problem";
import { useStop } from "./hooks";

export function StopDialog({ run, onClose }: { run: Run; onClose: () => void }) {
    const stop = useStop(run.id);
    const [grace, setGrace] = useState<number | string>(10);
    const alive = run.replicas.filter((one) => one.state === "running").length;
    return (
        <Modal opened onClose={onClose} title={`Stop ${run.name}?`}>
            <Stack gap="sm">
                <Text>
                    {alive > 0 ? `${count(alive, "process", "processes")} will be asked to end and killed when the grace is over.` : "The run will not start."} What was written so far stays: logs, numbers and files. A stopped run cannot go on; it can be
                    started again.
                </Text>
                {alive > 0 && <NumberInput label="Grace" description="Seconds between asking and killing" min={0} max={3600} value={grace} onChange={setGrace} w={200} />}
                {stop.isError && <Problem error={stop.error} />}
                <Group justify="flex-end">
                    <Button variant="default" onClick={onClose} data-autofocus>
                        Keep it
                    </Button>
                    <Button color="red" loading={stop.isPending} onClick={() => stop.mutate(typeof grace === "number" ? grace : undefined, { onSuccess: onClose })}>
                        Stop the run
                    </Button>
                </Group>
            </Stack>
        </Modal>
    );
}
