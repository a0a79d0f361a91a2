import { lazy, Suspense, useMemo } from "react";
import type { Run, Specification } from "../api/types";
import { DataTable } from "../kit/DataTable";
import { Diff } from "../kit/Diff";
import { Copy } from "../kit/Empty";
import { FactSheet } from "../kit/Facts";
import { plain, shortId } from "../kit/format";
import { diffLines } from "../kit/lineDiff";
import { Loaded, Waiting } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { useDocument } from "../project/hooks";
import { useSpecification } from "./hooks";
import classes from "./Run.module.css";

const YamlView = lazy(() => import("../kit/YamlEditor").then((module) => ({ default: module.YamlView })));

export default function SpecificationTab({ run }: { run: Run }) {
    const specification = useSpecification(run.id);
    return <Loaded of={specification}>{(found) => <Sheet run={run} specification={found} />}</Loaded>;
}

function Sheet({ run, specification }: { run: Run; specification: Specification }) {
    const pins = Array.isArray(specification.pins) ? specification.pins.map((pin): [string, string] => [pin.source, pin.revision]) : Object.entries(specification.pins ?? {});
    const environment = Object.entries(specification.environment ?? {}).map(([name, value]) => ({ name, value }));
    const parameters = Object.entries(specification.parameters ?? {});
    return (
        <div className={classes.stack}>
            <div className={classes.spec}>
                <Panel title="The task as it ran" flush aside={<Copy text={specification.definition} what="the task" />}>
                    <Suspense fallback={<Waiting />}>
                        <YamlView text={specification.definition} label="The task as it ran" />
                    </Suspense>
                </Panel>
                <div className={classes.stack}>
                    {parameters.length > 0 && (
                        <Panel title="Parameters">
                            <FactSheet of={parameters.map(([name, value]) => [name, <span className="mono">{plain(value)}</span>])} />
                        </Panel>
                    )}
                    {pins.length > 0 && (
                        <Panel title="Pinned sources">
                            <FactSheet of={pins.map(([name, revision]) => [name, <span className="mono" title={revision}>{shortId(revision)}</span>])} />
                        </Panel>
                    )}
                    {environment.length > 0 && (
                        <Panel title="Environment of the first replica" flush>
                            <DataTable
                                rows={environment}
                                rowKey={(one) => one.name}
                                label="Environment"
                                bare
                                prefix="e."
                                columns={[
                                    { id: "name", title: "Variable", width: "minmax(150px, 1fr)", pinned: true, value: (one) => one.name, render: (one) => <span className="mono">{one.name}</span> },
                                    { id: "value", title: "Value", width: "minmax(180px, 1.6fr)", value: (one) => one.value, render: (one) => <span className="mono" title={one.value}>{one.value}</span> },
                                ]}
                            />
                        </Panel>
                    )}
                </div>
            </div>
            {specification.document && <Since run={run} document={specification.document} />}
        </div>
    );
}

/** What has changed in the project's document since this run. */
function Since({ run, document }: { run: Run; document: string }) {
    const head = useDocument(run.workspace, run.project, run.experiment ?? "master");
    const lines = useMemo(() => (head.data ? diffLines(document, head.data.text) : undefined), [document, head.data]);
    if (head.isError || !lines) return null;
    return (
        <Panel title={`Changes in ${run.experiment ?? "master"} since this run`}>
            <Diff lines={lines} same="The project's document is the same as when this run started." />
        </Panel>
    );
}
