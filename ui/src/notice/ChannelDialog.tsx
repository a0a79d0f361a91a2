import { Button, Code, Group, Modal, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Channel, Channels } from "../api/types";
import { Copy } from "../kit/Empty";
import { Problem } from "../kit/Problem";
import { useOpenChannel } from "./hooks";
import classes from "./Notice.module.css";

/** Where notices go beside the pages. A webhook's secret is shown here and never again. */
export function ChannelDialog({ known, onClose }: { known: Channels; onClose: () => void }) {
    const open = useOpenChannel();
    const [kind, setKind] = useState<Channel["kind"]>("webhook");
    const [target, setTarget] = useState("");
    const [name, setName] = useState("");
    if (open.data) return <Opened channel={open.data} onClose={onClose} />;
    const mailless = kind === "email" && !known.mail;
    return (
        <Modal opened onClose={onClose} title="Add a channel">
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    open.mutate({ kind, target: target.trim(), ...(name.trim() ? { name: name.trim() } : {}) }, { onSuccess: (channel) => channel.secret === undefined && onClose() });
                }}
            >
                <Stack gap="sm">
                    <SegmentedControl
                        aria-label="Kind"
                        data={[
                            { value: "webhook", label: "Webhook" },
                            { value: "email", label: "E-mail" },
                        ]}
                        value={kind}
                        onChange={(value) => setKind(value as Channel["kind"])}
                    />
                    {mailless ? (
                        <Text c="dimmed">{known.mailRemedy}</Text>
                    ) : (
                        <>
                            <TextInput label={kind === "webhook" ? "Address" : "E-mail address"} placeholder={kind === "webhook" ? "https://example.org/hooks/ropewalk" : "me@example.org"} description={kind === "webhook" ? "It gets a signed POST with JSON" : undefined} value={target} onChange={(event) => setTarget(event.currentTarget.value)} required data-autofocus />
                            <TextInput label="Name" placeholder="Made of the address" value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={60} />
                        </>
                    )}
                    {open.isError && <Problem error={open.error} />}
                    <Group justify="flex-end" gap="xs">
                        <Button variant="default" onClick={onClose}>
                            Cancel
                        </Button>
                        <Button type="submit" loading={open.isPending} disabled={mailless || !target.trim()}>
                            Add
                        </Button>
                    </Group>
                </Stack>
            </form>
        </Modal>
    );
}

function Opened({ channel, onClose }: { channel: Channel; onClose: () => void }) {
    return (
        <Modal opened onClose={onClose} title={`${channel.name} is added`} closeOnClickOutside={false}>
            <Stack gap="sm">
                <Text>Its receiver checks signatures with this secret. Keep it now: it is not shown again.</Text>
                <span className={classes.secret}>
                    <Code>{channel.secret}</Code>
                    <Copy text={channel.secret ?? ""} what="secret" />
                </span>
                <Group justify="flex-end">
                    <Button onClick={onClose}>I have kept it</Button>
                </Group>
            </Stack>
        </Modal>
    );
}
