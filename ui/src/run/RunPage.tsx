import { Button, Menu, ActionIcon } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlayerStop, IconRepeat } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { ApiError } from "../api/client";
import type { Run } from "../api/types";
import { Missing } from "../app/Frame";
import { PageTabs } from "../app/PageTabs";
import { PageTitle } from "../app/PageTitle";
import { Facts } from "../kit/Facts";
import { bytes, count, shortId } from "../kit/format";
import { Loaded, Waiting } from "../kit/Loaded";
import { causeText, isActive, StateChip } from "../kit/StateChip";
import { Took, When } from "../kit/Time";
import { NotifyDialog } from "../notice/NotifyDialog";
import { AgainDialog } from "./AgainDialog";
import { EventsTab } from "./EventsTab";
import { useRun, useRunUpdates } from "./hooks";
import { projectLink, runLink } from "./links";
import { NoteDialog } from "./NoteDialog";
import { canStop } from "./stop";
import { StopDialog } from "./StopDialog";

const OverviewTab = lazy(() => import("./OverviewTab"));
const LogsTab = lazy(() => import("../log/LogsTab").then((module) => ({ default: module.LogsTab })));
const ChartsTab = lazy(() => import("../metric/ChartsTab").then((module) => ({ default: module.ChartsTab })));
const FilesTab = lazy(() => import("../file/FilesTab").then((module) => ({ default: module.FilesTab })));
const SpecificationTab = lazy(() => import("./SpecificationTab"));

const TABS = [
    { id: "overview", word: "Overview" },
    { id: "logs", word: "Logs" },
    { id: "charts", word: "Charts" },
    { id: "files", word: "Files" },
    { id: "events", word: "Events" },
    { id: "specification", word: "Specification" },
];

export default function RunPage() {
    const { run: id = "", tab = "overview" } = useParams();
    const run = useRun(id);
    const grown = useRunUpdates(id, run.data);
    if (run.error instanceof ApiError && run.error.status === 404) return <Missing what="This run" />;
    return <Loaded of={run}>{(found) => <Page key={id} run={found} tab={tab} grown={grown} />}</Loaded>;
}

function Page({ run, tab, grown }: { run: Run; tab: string; grown: Record<string, number> }) {
    const [params, setParams] = useSearchParams();
    const stopping = params.has("stop") && canStop(run);
    const ask = (on: boolean) =>
        setParams(
            (current) => {
                const next = new URLSearchParams(current);
                if (on) next.set("stop", "");
                else next.delete("stop");
                return next;
            },
            { replace: true },
        );
    const [again, againIs] = useDisclosure(false);
    const [noting, notingIs] = useDisclosure(false);
    const [notifying, notifyIs] = useDisclosure(false);
    const active = isActive(run.state);
    const launched = run.kind === "launched";
    const replicas = run.replicas.length;
    const running = run.replicas.filter((one) => one.state === "running").length;
    return (
        <>
            <PageTitle
                title={run.name}
                crumbs={[
                    { to: "/projects", word: "Projects" },
                    { to: projectLink(run.workspace, run.project), word: run.project },
                    { to: projectLink(run.workspace, run.project, "runs"), word: "Runs" },
                ]}
                chip={
                    <>
                        <StateChip state={run.state} cause={run.cause} />
                        {run.silentSince && <StateChip state="silent" />}
                    </>
                }
                actions={
                    <>
                        {canStop(run) ? (
                            <Button color="red" variant="light" leftSection={<IconPlayerStop size={15} />} onClick={() => ask(true)} disabled={run.state === "ending"}>
                                Stop
                            </Button>
                        ) : (
                            launched && (
                                <Button leftSection={<IconRepeat size={15} />} onClick={againIs.open}>
                                    Again
                                </Button>
                            )
                        )}
                        <Menu>
                            <Menu.Target>
                                <ActionIcon variant="default" size={30} aria-label="More">
                                    <IconDots size={16} />
                                </ActionIcon>
                            </Menu.Target>
                            <Menu.Dropdown>
                                {launched && active && <Menu.Item onClick={againIs.open}>Again, with these or other parameters</Menu.Item>}
                                {active && <Menu.Item onClick={notifyIs.open}>Notify me</Menu.Item>}
                                <Menu.Item onClick={notingIs.open}>Note something about it</Menu.Item>
                                {run.task && (
                                    <Menu.Item component={Link} to={projectLink(run.workspace, run.project, "tasks", run.task)}>
                                        Open the task
                                    </Menu.Item>
                                )}
                                <Menu.Item component={Link} to={`${projectLink(run.workspace, run.project, "metrics")}?runs=${run.number}`}>
                                    Compare its numbers
                                </Menu.Item>
                                {run.parentRun && (
                                    <Menu.Item component={Link} to={runLink(run.parentRun)}>
                                        Open the run it came from
                                    </Menu.Item>
                                )}
                            </Menu.Dropdown>
                        </Menu>
                    </>
                }
                facts={
                    <Facts
                        of={[
                            ["Duration", run.startedAt ? <Took from={run.startedAt} to={run.endedAt} /> : active ? "not started" : "never started"],
                            [run.startedAt ? "Started" : "Created", <When at={run.startedAt ?? run.createdAt} />],
                            !!run.silentSince && ["Silent since", <When at={run.silentSince} />],
                            ["Task", run.task],
                            ["Experiment", run.experiment],
                            ["Revision", run.revision && <span className="mono" title={run.revision}>{shortId(run.revision)}</span>],
                            replicas > 0 && ["Replicas", running > 0 ? `${running} of ${replicas} running` : replicas],
                            !!run.outputs && run.outputs.files > 0 && ["Files", `${count(run.outputs.files, "file")}, ${bytes(run.outputs.bytes)}`],
                            ["By", run.author],
                            run.state === "failed" && ["Cause", run.cause ? causeText(run.cause) : "unknown"],
                        ]}
                    />
                }
            />
            <PageTabs tabs={TABS} current={tab} to={(to) => runLink(run, to === "overview" ? undefined : to)} />
            <Suspense fallback={<Waiting rows={6} />}>
                {tab === "overview" && <OverviewTab run={run} />}
                {tab === "logs" && <LogsTab run={run} grown={grown} />}
                {tab === "charts" && <ChartsTab run={run} />}
                {tab === "files" && <FilesTab run={run} />}
                {tab === "events" && <EventsTab run={run} />}
                {tab === "specification" && <SpecificationTab run={run} />}
                {!TABS.some((one) => one.id === tab) && <Missing what="This tab" />}
            </Suspense>
            {stopping && <StopDialog run={run} onClose={() => ask(false)} />}
            {notifying && <NotifyDialog workspace={run.workspace} project={run.project} run={run} onClose={notifyIs.close} />}
            {noting && <NoteDialog run={run} onClose={notingIs.close} />}
            {again && <AgainDialog run={run} onClose={againIs.close} />}
        </>
    );
}
