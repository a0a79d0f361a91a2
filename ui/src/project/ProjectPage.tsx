import { ActionIcon, Button, Menu, Select } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlayerPlay } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { ApiError } from "../api/client";
import type { Project } from "../api/types";
import { Missing } from "../app/Frame";
import { PageTabs } from "../app/PageTabs";
import { PageTitle } from "../app/PageTitle";
import { Facts } from "../kit/Facts";
import { Loaded, Waiting } from "../kit/Loaded";
import { When } from "../kit/Time";
import { NotifyDialog } from "../notice/NotifyDialog";
import { projectLink } from "../run/links";
import { useDocument, useProject } from "./hooks";

const SummaryTab = lazy(() => import("./SummaryTab"));
const TasksTab = lazy(() => import("./TasksTab"));
const SourcesTab = lazy(() => import("../source/SourcesTab"));
const RunsTab = lazy(() => import("./RunsTab"));
const HistoryTab = lazy(() => import("./HistoryTab"));
const MetricsTab = lazy(() => import("./MetricsTab"));
const StatusTab = lazy(() => import("./StatusTab"));
const SettingsTab = lazy(() => import("./SettingsTab"));

const TABS = [
    { id: "summary", word: "Summary" },
    { id: "tasks", word: "Tasks" },
    { id: "sources", word: "Sources" },
    { id: "runs", word: "Runs" },
    { id: "history", word: "History" },
    { id: "metrics", word: "Metrics" },
    { id: "status", word: "Status" },
    { id: "settings", word: "Settings" },
];

export interface TabProps {
    project: Project;
    experiment: string;
    item?: string;
}

export default function ProjectPage() {
    const { workspace = "default", project: name = "", tab = "summary", item } = useParams();
    const project = useProject(workspace, name);
    if (project.error instanceof ApiError && project.error.status === 404) return <Missing what={`Project ${name}`} />;
    return <Loaded of={project}>{(found) => <Page key={found.id} project={found} tab={tab} item={item} />}</Loaded>;
}

/** The experiment that a project's page speaks of: the one in the address, else `master`, else the only one. */
export function currentExperiment(project: Project, asked: string | null): string {
    const names = project.experiments.map((one) => one.name);
    if (asked && names.includes(asked)) return asked;
    return names.includes("master") ? "master" : (names[0] ?? "master");
}

function Page({ project, tab, item }: { project: Project; tab: string; item?: string }) {
    const [params, setParams] = useSearchParams();
    const navigate = useNavigate();
    const [notifying, notifyIs] = useDisclosure(false);
    const experiment = currentExperiment(project, params.get("experiment"));
    const document = useDocument(project.workspace, project.name, experiment);
    const tasks = document.data?.normal.tasks ?? [];
    const link = (to: string) => {
        const base = projectLink(project.workspace, project.name, to === "summary" ? undefined : to);
        return experiment === "master" ? base : `${base}?experiment=${encodeURIComponent(experiment)}`;
    };
    const start = (task: string) => void navigate(`${projectLink(project.workspace, project.name, "tasks")}?start=${encodeURIComponent(task)}${experiment === "master" ? "" : `&experiment=${encodeURIComponent(experiment)}`}`);
    return (
        <>
            <PageTitle
                title={project.title || project.name}
                crumbs={[{ to: "/projects", word: "Projects" }]}
                actions={
                    <>
                        {project.experiments.length > 1 && (
                            <Select
                                size="xs"
                                w={170}
                                aria-label="Experiment"
                                allowDeselect={false}
                                data={project.experiments.map((one) => one.name)}
                                value={experiment}
                                onChange={(value) => {
                                    const next = new URLSearchParams(params);
                                    if (value === "master" || !value) next.delete("experiment");
                                    else next.set("experiment", value);
                                    setParams(next);
                                }}
                            />
                        )}
                        {tasks.length === 1 && (
                            <Button leftSection={<IconPlayerPlay size={15} />} onClick={() => start(tasks[0]!.name)}>
                                Start {tasks[0]!.name}
                            </Button>
                        )}
                        {tasks.length > 1 && (
                            <Menu>
                                <Menu.Target>
                                    <Button leftSection={<IconPlayerPlay size={15} />}>Start</Button>
                                </Menu.Target>
                                <Menu.Dropdown>
                                    {tasks.map((task) => (
                                        <Menu.Item key={task.name} onClick={() => start(task.name)}>
                                            {task.name}
                                        </Menu.Item>
                                    ))}
                                </Menu.Dropdown>
                            </Menu>
                        )}
                        <Menu>
                            <Menu.Target>
                                <ActionIcon variant="default" size={30} aria-label="More">
                                    <IconDots size={16} />
                                </ActionIcon>
                            </Menu.Target>
                            <Menu.Dropdown>
                                <Menu.Item component={Link} to={`${projectLink(project.workspace, project.name, "tasks")}?mode=document${experiment === "master" ? "" : `&experiment=${encodeURIComponent(experiment)}`}`}>
                                    Edit the document
                                </Menu.Item>
                                <Menu.Item component={Link} to={projectLink(project.workspace, project.name, "history")}>
                                    History
                                </Menu.Item>
                                <Menu.Item onClick={notifyIs.open}>Notify me</Menu.Item>
                                <Menu.Item component={Link} to={projectLink(project.workspace, project.name, "settings")}>
                                    Settings
                                </Menu.Item>
                            </Menu.Dropdown>
                        </Menu>
                    </>
                }
                facts={
                    <Facts
                        of={[
                            ["Name", project.name],
                            ["Workspace", project.workspace],
                            ["Tasks", document.data ? tasks.length : undefined],
                            ["Sources", document.data ? document.data.normal.sources.length : undefined],
                            ["Experiments", project.experiments.length],
                            ["Changed", <When at={project.updatedAt} />],
                        ]}
                    />
                }
            />
            {notifying && <NotifyDialog workspace={project.workspace} project={project.name} onClose={notifyIs.close} />}
            <PageTabs tabs={TABS} current={tab} to={link} />
            <Suspense fallback={<Waiting rows={6} />}>
                {tab === "summary" && <SummaryTab project={project} experiment={experiment} />}
                {tab === "tasks" && <TasksTab project={project} experiment={experiment} item={item} />}
                {tab === "sources" && <SourcesTab project={project} experiment={experiment} item={item} />}
                {tab === "runs" && <RunsTab project={project} />}
                {tab === "history" && <HistoryTab project={project} experiment={experiment} />}
                {tab === "metrics" && <MetricsTab project={project} />}
                {tab === "status" && <StatusTab project={project} />}
                {tab === "settings" && <SettingsTab project={project} experiment={experiment} />}
                {!TABS.some((one) => one.id === tab) && <Missing what="This tab" />}
            </Suspense>
        </>
    );
}
