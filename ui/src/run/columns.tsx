import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import type { RunSummary } from "../api/types";
import type { Column } from "../kit/DataTable";
import { projectLink, runLink } from "./links";

type Named = Pick<RunSummary, "id" | "name" | "workspace" | "project">;

/** The run, leading to one of its tabs. */
export function runColumn<R extends Named>(tab?: string): Column<R> {
    return {
        id: "name",
        title: "Run",
        pinned: true,
        width: "minmax(140px, 1fr)",
        value: (run) => run.name,
        render: (run) => (
            <Anchor component={Link} to={runLink(run, tab)} fw={500} c="inherit">
                {run.name}
            </Anchor>
        ),
    };
}

/** The project that a run belongs to. */
export function projectColumn<R extends Named>(): Column<R> {
    return {
        id: "project",
        title: "Project",
        groupable: true,
        width: "minmax(110px, 0.8fr)",
        value: (run) => run.project,
        render: (run) => (
            <Anchor component={Link} to={projectLink(run.workspace, run.project)} c="inherit">
                {run.project}
            </Anchor>
        ),
    };
}
