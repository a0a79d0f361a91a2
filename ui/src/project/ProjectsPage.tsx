import { Anchor, Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { Link, useSearchParams } from "react-router";
import { useMe } from "../access/hooks";
import type { ProjectSummary } from "../api/types";
import { PageTitle } from "../app/PageTitle";
import { type Column, DataTable } from "../kit/DataTable";
import { Empty } from "../kit/Empty";
import { Waiting } from "../kit/Loaded";
import { Problem } from "../kit/Problem";
import { StateChip } from "../kit/StateChip";
import { When } from "../kit/Time";
import { projectLink, runLink } from "../run/links";
import { useProjects } from "./hooks";

const NewProject = lazy(() => import("./NewProject"));

const COLUMNS: Column<ProjectSummary>[] = [
    {
        id: "name",
        title: "Project",
        pinned: true,
        width: "minmax(150px, 1fr)",
        value: (project) => project.name,
        render: (project) => (
            <Anchor component={Link} to={projectLink(project.workspace, project.name)} c="inherit" fw={500}>
                {project.name}
            </Anchor>
        ),
    },
    { id: "title", title: "Title", width: "minmax(180px, 2fr)", value: (project) => (project.title === project.name ? undefined : project.title) },
    { id: "runs", title: "Runs", numeric: true, width: "72px", value: (project) => project.runs.total },
    { id: "active", title: "Active", numeric: true, width: "72px", value: (project) => project.runs.active || undefined },
    { id: "failed", title: "Failed", numeric: true, width: "72px", value: (project) => project.runs.failed || undefined },
    {
        id: "last",
        title: "Last run",
        width: "minmax(280px, 1.2fr)",
        value: (project) => (project.lastRun ? Date.parse(project.lastRun.createdAt) : undefined),
        render: (project) =>
            project.lastRun && (
                <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}>
                    <StateChip state={project.lastRun.state} cause={project.lastRun.cause} />
                    <Anchor component={Link} to={runLink(project.lastRun)} c="inherit">
                        {project.lastRun.name}
                    </Anchor>
                    <When at={project.lastRun.createdAt} />
                </span>
            ),
    },
    { id: "updated", title: "Changed", width: "110px", value: (project) => Date.parse(project.updatedAt), render: (project) => <When at={project.updatedAt} /> },
    { id: "by", title: "By", width: "90px", optional: true, groupable: true, value: (project) => project.updatedBy },
    { id: "workspace", title: "Workspace", width: "110px", optional: true, groupable: true, value: (project) => project.workspace },
];

export default function ProjectsPage() {
    const me = useMe();
    const workspace = me.data?.workspaces[0]?.name ?? "default";
    const [params, setParams] = useSearchParams();
    const search = params.get("search") ?? undefined;
    const projects = useProjects(workspace, search);
    const put = (name: string, value: string | undefined) =>
        setParams(
            (current) => {
                const next = new URLSearchParams(current);
                if (value === undefined) next.delete(name);
                else next.set(name, value);
                return next;
            },
            { replace: true },
        );
    const look = useDebouncedCallback((text: string) => put("search", text || undefined), 250);
    const create = (
        <Button leftSection={<IconPlus size={15} />} onClick={() => put("new", "")}>
            New project
        </Button>
    );
    return (
        <>
            <PageTitle title="Projects" actions={create} />
            {projects.isError && !projects.data && <Problem error={projects.error} onRetry={() => void projects.refetch()} />}
            {!projects.data && !projects.isError && <Waiting rows={8} height={24} />}
            {projects.data && (
                <DataTable
                    rows={projects.data.pages.flatMap((page) => page.items)}
                    columns={COLUMNS}
                    rowKey={(project) => project.id}
                    href={(project) => projectLink(project.workspace, project.name)}
                    label="Projects"
                    tools={(projects.data.pages[0]?.items.length ?? 0) > 5}
                    filters={(search !== undefined || projects.hasNextPage) && <TextInput size="xs" w={220} placeholder="Search projects" aria-label="Search projects" leftSection={<IconSearch size={14} />} defaultValue={search} onChange={(event) => look(event.currentTarget.value)} />}
                    onMore={projects.hasNextPage && !projects.isFetchingNextPage ? () => void projects.fetchNextPage() : undefined}
                    empty={search ? <Empty text={`No project has "${search}" in its name.`} /> : <Empty text="No project yet. Create one here, or send a document from the command line." command="ropewalk apply examples/digits" action={create} />}
                />
            )}
            {params.has("new") && (
                <Suspense fallback={null}>
                    <NewProject workspace={workspace} onClose={() => put("new", undefined)} />
                </Suspense>
            )}
        </>
    );
}
