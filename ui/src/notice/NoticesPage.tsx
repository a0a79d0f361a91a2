import { ActionIcon, Anchor, Button, Menu, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconDots, IconX } from "@tabler/icons-react";
import { Link } from "react-router";
import type { Channel, Channels, Notice, Rule } from "../api/types";
import { Confirm } from "../app/Confirm";
import { PageTitle } from "../app/PageTitle";
import { Empty } from "../kit/Empty";
import { Loaded, Waiting } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { Problem } from "../kit/Problem";
import { StateChip } from "../kit/StateChip";
import { When } from "../kit/Time";
import { runLink } from "../run/links";
import { ChannelDialog } from "./ChannelDialog";
import { DeliveriesDialog } from "./DeliveriesDialog";
import { useChangeRule, useChannels, useCloseChannel, useNotices, useRead, useReadAll, useRemoveRule, useRules, useTestChannel } from "./hooks";
import classes from "./Notice.module.css";
import { NotifyDialog } from "./NotifyDialog";
import { sentence } from "./words";

export default function NoticesPage() {
    const notices = useNotices();
    const readAll = useReadAll();
    const all = notices.data?.pages.flatMap((page) => page.items) ?? [];
    return (
        <>
            <PageTitle
                title="Notices"
                actions={
                    <Button variant="default" onClick={() => readAll.mutate()} loading={readAll.isPending} disabled={!all.some((one) => !one.read)}>
                        Mark all as read
                    </Button>
                }
            />
            <div className={classes.two}>
                <Panel flush>
                    {notices.isError && !notices.data && <Problem error={notices.error} onRetry={() => void notices.refetch()} />}
                    {notices.isPending && <Waiting rows={6} />}
                    {notices.data && all.length === 0 && <Empty bare text="Nothing to tell yet. Runs of yours that fail are told here; more can be asked for beside this, and on the page of every run and project." command="ropewalk notify ended" />}
                    {all.length > 0 && (
                        <ul className={classes.list} aria-label="Notices">
                            {all.map((notice) => (
                                <Row key={notice.id} notice={notice} />
                            ))}
                        </ul>
                    )}
                    {notices.hasNextPage && (
                        <div className={classes.more}>
                            <Button variant="default" onClick={() => void notices.fetchNextPage()} loading={notices.isFetchingNextPage}>
                                Older
                            </Button>
                        </div>
                    )}
                </Panel>
                <div className={classes.stack}>
                    <Rules />
                    <Ways />
                </div>
            </div>
        </>
    );
}

function Row({ notice }: { notice: Notice }) {
    const read = useRead();
    return (
        <li className={`${classes.row} ${notice.read ? "" : classes.unread}`}>
            <StateChip state={notice.kind} />
            <div className={classes.said}>
                <div className={classes.title}>
                    <Anchor component={Link} to={runLink(notice.run)} c="inherit" fz="inherit" onClick={() => !notice.read && read.mutate(notice.id)}>
                        {notice.title}
                    </Anchor>
                </div>
                {notice.text && <div className={classes.text}>{notice.text}</div>}
            </div>
            <span className={classes.when}>
                <When at={notice.createdAt} />
            </span>
            {notice.read ? (
                <span />
            ) : (
                <Tooltip label="Mark as read">
                    <ActionIcon variant="subtle" color="gray" size="sm" onClick={() => read.mutate(notice.id)} loading={read.isPending} aria-label={`Mark as read: ${notice.title}`}>
                        <IconCheck size={14} />
                    </ActionIcon>
                </Tooltip>
            )}
        </li>
    );
}

function Rules() {
    const rules = useRules();
    const channels = useChannels();
    const [adding, addIs] = useDisclosure(false);
    return (
        <Panel
            title="You are told when"
            flush
            aside={
                <Button size="compact-sm" variant="subtle" onClick={addIs.open}>
                    Add
                </Button>
            }
        >
            <Loaded of={rules}>
                {(all) =>
                    all.length === 0 ? (
                        <Empty small bare text="You are told nothing." command="ropewalk notify failed" />
                    ) : (
                        <ul className={classes.list} aria-label="Rules">
                            {all.map((rule) => (
                                <RuleRow key={rule.id} rule={rule} channels={channels.data?.channels ?? []} />
                            ))}
                        </ul>
                    )
                }
            </Loaded>
            {adding && <NotifyDialog onClose={addIs.close} />}
        </Panel>
    );
}

function RuleRow({ rule, channels }: { rule: Rule; channels: Channel[] }) {
    const change = useChangeRule(rule.id);
    const remove = useRemoveRule(rule.id);
    const over = channels.filter((one) => rule.channels.includes(one.id)).map((one) => one.name);
    return (
        <li className={classes.asked}>
            <div className={classes.said}>
                <div className={classes.title}>{sentence(rule)}</div>
                {over.length > 0 && <div className={classes.text}>also over {over.join(", ")}</div>}
                {change.isError && <Problem error={change.error} />}
                {remove.isError && <Problem error={remove.error} />}
            </div>
            <div className={classes.buttons}>
                {channels.length > 0 && (
                    <Menu closeOnItemClick={false}>
                        <Menu.Target>
                            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Channels: ${sentence(rule)}`}>
                                <IconDots size={14} />
                            </ActionIcon>
                        </Menu.Target>
                        <Menu.Dropdown>
                            <Menu.Label>Also over</Menu.Label>
                            {channels.map((one) => {
                                const on = rule.channels.includes(one.id);
                                return (
                                    <Menu.Item key={one.id} role="menuitemcheckbox" aria-checked={on} rightSection={on ? <IconCheck size={14} /> : undefined} onClick={() => change.mutate(on ? rule.channels.filter((id) => id !== one.id) : [...rule.channels, one.id])}>
                                        {one.name}
                                    </Menu.Item>
                                );
                            })}
                        </Menu.Dropdown>
                    </Menu>
                )}
                <Tooltip label="Do not tell me">
                    <ActionIcon variant="subtle" color="gray" size="sm" onClick={() => remove.mutate()} loading={remove.isPending} aria-label={`Do not tell me when ${sentence(rule)}`}>
                        <IconX size={14} />
                    </ActionIcon>
                </Tooltip>
            </div>
        </li>
    );
}

function Ways() {
    const channels = useChannels();
    return <Loaded of={channels}>{(known) => <WaysOf known={known} />}</Loaded>;
}

function WaysOf({ known }: { known: Channels }) {
    const [adding, addIs] = useDisclosure(false);
    return (
        <Panel
            title="Channels"
            flush
            aside={
                <Button size="compact-sm" variant="subtle" onClick={addIs.open}>
                    Add
                </Button>
            }
        >
            {known.channels.length === 0 ? (
                <Empty small bare text="Notices stand on this page. A webhook or an e-mail address tells you elsewhere too." command="ropewalk notify webhook URL" />
            ) : (
                <ul className={classes.list} aria-label="Channels">
                    {known.channels.map((channel) => (
                        <ChannelRow key={channel.id} channel={channel} />
                    ))}
                </ul>
            )}
            {adding && <ChannelDialog known={known} onClose={addIs.close} />}
        </Panel>
    );
}

function ChannelRow({ channel }: { channel: Channel }) {
    const test = useTestChannel(channel.id);
    const close = useCloseChannel(channel.id);
    const [looking, lookIs] = useDisclosure(false);
    const [asking, askIs] = useDisclosure(false);
    return (
        <li className={classes.asked}>
            <div className={classes.said}>
                <div className={classes.title}>{channel.name}</div>
                <div className={classes.text}>
                    {channel.kind === "email" ? "e-mail" : "webhook"} to {channel.target}
                </div>
                {test.isError && <Problem error={test.error} />}
            </div>
            <div className={classes.buttons}>
                {channel.latest && <StateChip state={channel.latest.state} />}
                <Menu>
                    <Menu.Target>
                        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`More: ${channel.name}`}>
                            <IconDots size={14} />
                        </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                        <Menu.Item onClick={() => test.mutate(undefined, { onSuccess: lookIs.open })}>Send a test</Menu.Item>
                        <Menu.Item onClick={lookIs.open}>Deliveries</Menu.Item>
                        <Menu.Item color="red" onClick={askIs.open}>
                            Remove
                        </Menu.Item>
                    </Menu.Dropdown>
                </Menu>
            </div>
            {looking && <DeliveriesDialog channel={channel} onClose={lookIs.close} />}
            {asking && (
                <Confirm title={`Remove ${channel.name}?`} verb="Remove the channel" busy={close.isPending} onClose={askIs.close} onDo={() => close.mutate(undefined, { onSuccess: askIs.close })}>
                    What is on its way over it is not sent any more. Rules stay and tell you on this page.
                    {close.isError && <Problem error={close.error} />}
                </Confirm>
            )}
        </li>
    );
}
