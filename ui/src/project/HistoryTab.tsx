import { Autocomplete, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Project, Revision } from "../api/types";
import { Diff } from "../kit/Diff";
import { Copy, Empty } from "../kit/Empty";
import { Facts } from "../kit/Facts";
import { shortId } from "../kit/format";
import { HistoryGraph } from "../kit/HistoryGraph";
import { Loaded } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { Problem } from "../kit/Problem";
import { When } from "../kit/Time";
import { useCheckout, useDiff, useRevisions } from "./hooks";
import classes from "./Project.module.css";
import type { TabProps } from "./ProjectPage";

export default function HistoryTab({ project }: TabProps) {
    const revisions = useRevisions(project.workspace, project.name);
    return (
        <Loaded of={revisions}>
            {(data) => {
                const all = data.pages.flatMap((page) => page.items);
                return all.length === 0 ? (
                    <Empty text="This project has no saved revision. Tracked runs alone leave none." />
                ) : (
                    <History project={project} revisions={all} onMore={revisions.hasNextPage ? () => void revisions.fetchNextPage() : undefined} />
                );
            }}
        </Loaded>
    );
}

function History({ project, revisions, onMore }: { project: Project; revisions: Revision[]; onMore?: () => void }) {
    const [params, setParams] = useSearchParams();
    const [checkout, checkoutIs] = useDisclosure(false);
    const chosen = revisions.find((one) => one.id === params.get("revision")) ?? revisions[0]!;
    const from = params.get("from") ?? chosen.parent;
    const put = (changes: Record<string, string | undefined>) => {
        const next = new URLSearchParams(params);
        for (const [name, value] of Object.entries(changes)) {
            if (value === undefined) next.delete(name);
            else next.set(name, value);
        }
        setParams(next, { replace: true });
    };
    return (
        <div className={classes.two}>
            <Panel title="Revisions" flush>
                <HistoryGraph nodes={revisions} chosen={chosen.id} onChoose={(one) => put({ revision: one.id, from: undefined })} label="Revisions, newest first">
                    {(one) => (
                        <span className={classes.revision}>
                            <span>
                                <span className="clip">{one.comment || "no comment"}</span>
                                {heads(one, project).map((head) => (
                                    <span key={head} className={classes.chip}>
                                        {head}
                                    </span>
                                ))}
                            </span>
                            <span className={classes.dim}>
                                <span className="mono">{shortId(one.id)}</span> {one.author} <When at={one.createdAt} />
                            </span>
                        </span>
                    )}
                </HistoryGraph>
                {onMore && (
                    <Button variant="subtle" fullWidth onClick={onMore}>
                        Show older ones
                    </Button>
                )}
            </Panel>
            <Panel
                title={chosen.comment || shortId(chosen.id)}
                aside={
                    <Button variant="default" onClick={checkoutIs.open}>
                        Check out
                    </Button>
                }
            >
                <div className={classes.editor}>
                    <Facts
                        of={[
                            [
                                "Revision",
                                <span className="mono" title={chosen.id}>
                                    {shortId(chosen.id)} <Copy text={chosen.id} what="id" />
                                </span>,
                            ],
                            ["Experiment", chosen.experiment],
                            ["By", chosen.author],
                            ["Saved", <When at={chosen.createdAt} />],
                        ]}
                    />
                    <Select
                        label="Compared with"
                        size="xs"
                        maw={420}
                        searchable
                        clearable={!!chosen.parent && from !== chosen.parent}
                        value={from ?? null}
                        placeholder="nothing: this is the first revision"
                        onChange={(value) => put({ from: value ?? undefined, revision: chosen.id })}
                        data={revisions.filter((one) => one.id !== chosen.id).map((one) => ({ value: one.id, label: `${one.id === chosen.parent ? "the one before: " : ""}${shortId(one.id)} ${one.comment}` }))}
                    />
                    <Changes project={project} from={from} to={chosen.id} />
                </div>
            </Panel>
            {checkout && <Checkout project={project} revision={chosen} onClose={checkoutIs.close} />}
        </div>
    );
}

/** The experiments that stand at this revision. */
function heads(revision: Revision, project: Project): string[] {
    return revision.heads ?? project.experiments.filter((one) => one.head === revision.id).map((one) => one.name);
}

function Changes({ project, from, to }: { project: Project; from?: string; to: string }) {
    const diff = useDiff(project.workspace, project.name, from, to);
    if (!from) return <Text c="dimmed">The first revision: there is nothing before it to compare with.</Text>;
    return <Loaded of={diff}>{(found) => <Diff lines={found.lines} same="The documents of these two revisions are equal." />}</Loaded>;
}

function Checkout({ project, revision, onClose }: { project: Project; revision: Revision; onClose: () => void }) {
    const checkout = useCheckout(project.workspace, project.name);
    const [experiment, setExperiment] = useState(revision.experiment);
    const [comment, setComment] = useState(`Back to ${shortId(revision.id)}`);
    const known = project.experiments.some((one) => one.name === experiment.trim());
    return (
        <Modal opened onClose={onClose} title={`Check out ${shortId(revision.id)}`}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    checkout.mutate(
                        { revision: revision.id, experiment: experiment.trim(), comment: comment.trim() || undefined },
                        {
                            onSuccess: () => {
                                notifications.show({ message: `${experiment.trim()} now stands at the document of ${shortId(revision.id)}.` });
                                onClose();
                            },
                        },
                    );
                }}
            >
                <Stack gap="sm">
                    <Autocomplete label="Experiment" size="sm" data={project.experiments.map((one) => one.name)} value={experiment} onChange={setExperiment} description={known ? "It gets a new revision with this document; what it has now stays in the history." : "A new experiment that begins with this document."} />
                    <TextInput label="Comment" value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
                    {checkout.isError && <Problem error={checkout.error} />}
                    <Group justify="flex-end">
                        <Button variant="default" onClick={onClose}>
                            Cancel
                        </Button>
                        <Button type="submit" loading={checkout.isPending} disabled={!experiment.trim()}>
                            {known ? "Check out" : "Begin the experiment"}
                        </Button>
                    </Group>
                </Stack>
            </form>
        </Modal>
    );
}
