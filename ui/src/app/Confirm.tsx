import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
    title: string;
    verb: string;
    busy?: boolean;
    onClose: () => void;
    onDo: () => void;
    children: ReactNode;
}

/** Before something is lost: what, in words and numbers, and a verb on the button. */
export function Confirm({ title, verb, busy, onClose, onDo, children }: Props) {
    return (
        <Modal opened onClose={onClose} title={title}>
            <Stack gap="md">
                <Text component="div">{children}</Text>
                <Group justify="flex-end">
                    <Button variant="default" onClick={onClose} data-autofocus>
                        Keep it
                    </Button>
                    <Button color="red" loading={busy} onClick={onDo}>
                        {verb}
                    </Button>
                </Group>
            </Stack>
        </Modal>
    );
}
