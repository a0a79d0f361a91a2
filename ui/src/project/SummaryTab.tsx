import { Anchor, Button } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import { CommandHint, Empty } from "../kit/Empty";
import { FactSheet } from "../kit/Facts";
import { exact } from "../kit/format";
import { Waiting } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { When } from "../kit/Time";
import { useRuns } from "../run/hooks";
import { projectLink } from "../run/links";
import { RunTable } from "../run/RunTable";
import { useDocument } from "./hooks";
import classes from "./Project.module.css";
import type { TabProps } from "./ProjectPage";

const Markdown = lazy(() => import("../kit/Markdown"));

export default function SummaryTab({ project, experiment }: TabProps) {
    const runs = useRuns({ workspace: project.workspace, project: project.name }, 20);
    const document = useDocument(project.workspace, project.name, experiment);
    const recent = runs.data?.pages.flatMap((page) => page.items).slice(0, 8) ?? [];
    const labels = Object.entries(document.data?.normal.labels ?? {});
    return (
        <div className={classes.summary}>
            <div className={classes.stack}>
                {project.summary ? (
                    <Panel>
                        <Suspense fallback={<Waiting rows={4} />}>
                            <Markdown text={project.summary} />
                        </Suspense>
                    </Panel>
                ) : (
                    <Empty
                        small
                        text="This project has no summary yet. A few sentences of Markdown help whoever comes next."
                        action={
                            <Button component={Link} variant="default" to={projectLink(project.workspace, project.name, "settings")}>
                                Write one
                            </Button>
                        }
                    />
                )}
                <Panel
                    title="Latest runs"
                    flush
                    aside={
                        <Anchor component={Link} to={projectLink(project.workspace, project.name, "runs")} fz="sm" px="xs">
                            All runs
                        </Anchor>
                    }
                >
                    {runs.data ? <RunTable runs={recent} project={false} brief bare label="Latest runs" prefix="r." empty={<Empty small text="No run yet." command={`ropewalk run ${project.name}/${document.data?.normal.tasks[0]?.name ?? "TASK"}`} />} /> : <Waiting rows={4} />}
                </Panel>
            </div>
            <div className={classes.stack}>
                <Panel title="About">
                    <FactSheet
                        of={[
                            ["Created", <span title={exact(project.createdAt)}><When at={project.createdAt} /></span>],
                            ["By", project.createdBy],
                            ["Experiments", project.experiments.map((one) => one.name).join(", ")],
                            ...labels.map(([name, value]): [string, string] => [name, value]),
                        ]}
                    />
                </Panel>
                <Panel title="From the command line">
                    <div className={classes.stack} style={{ gap: 8 }}>
                        {document.data?.normal.tasks[0] && <CommandHint command={`ropewalk run ${project.name}/${document.data.normal.tasks[0].name}`} />}
                        <CommandHint command={`ropewalk ls -p ${project.name}`} />
                    </div>
                </Panel>
            </div>
        </div>
    );
}
