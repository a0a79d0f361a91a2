import { SegmentedControl } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import type { Run, Specification } from "../api/types";
import { DataTable } from "../kit/DataTable";
import { Diff } from "../kit/Diff";
import { Copy } from "../kit/Empty";
import { FactSheet } from "../kit/Facts";
import { plain, shortId } from "../kit/format";
import { Loaded, Waiting } from "../kit/Loaded";
import { Panel } from "../kit/Panel";
import { useDiff } from "../project/hooks";
import { definitionText } from "./definition";
import { useSpecification } from "./hooks";
import classes from "./Run.module.css";

const YamlView = lazy(() => import("../kit/YamlEditor").then((module) => ({ default: module.YamlView })));

export default function SpecificationTab({ run }: { run: Run }) {
    const specification = useSpecification(run.id);
    return <Loaded of={specification}>{(found) => <Sheet run={run} specification={found} />}</Loaded>;
}

function Sheet({ run, specification }: { run: Run; specification: Specification }) {
    const definition = useMemo(() => definitionText(specification.task), [specification.task]);
    const pins = Object.entries(specification.pins);
    const parameters = Object.entries(specification.parameters);
    return (
        <div className={classes.stack}>
            <div className={classes.spec}>
                <Panel title="The task as it ran" flush aside={<Copy text={definition} what="the task" />}>
                    <Suspense fallback={<Waiting />}>
                        <YamlView text={definition} label="The task as it ran" />
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
                            <FactSheet of={pins.map(([name, pin]) => [name, <span className="mono" title={pin.description}>{shortId(pin.revision)}</span>])} />
                        </Panel>
                    )}
                    {specification.environment.length > 0 && <Variables of={specification.environment} />}
                </div>
            </div>
            {specification.revision && <Since run={run} revision={specification.revision} />}
        </div>
    );
}

function Variables({ of }: { of: Specification["environment"] }) {
    const [role, setRole] = useState(of[0]!.role);
    const variables = Object.entries(of.find((one) => one.role === role)?.variables ?? {}).map(([name, value]) => ({ name, value }));
    return (
        <Panel title="Environment" flush aside={of.length > 1 && <SegmentedControl size="xs" value={role} onChange={setRole} data={of.map((one) => one.role)} aria-label="Role" />}>
            <DataTable
                rows={variables}
                rowKey={(one) => one.name}
                label={`Environment of ${role}`}
                bare
                prefix="e."
                columns={[
                    { id: "name", title: "Variable", width: "minmax(150px, 1fr)", pinned: true, value: (one) => one.name, render: (one) => <span className="mono" title={one.name}>{one.name}</span> },
                    { id: "value", title: "Value", width: "minmax(180px, 1.6fr)", value: (one) => one.value, render: (one) => <span className="mono" title={one.value}>{one.value}</span> },
                ]}
            />
        </Panel>
    );
}

/** What has changed in the project's document since this run. */
function Since({ run, revision }: { run: Run; revision: string }) {
    const experiment = run.experiment ?? "master";
    const diff = useDiff(run.workspace, run.project, revision, experiment);
    if (!diff.data) return null;
    return (
        <Panel title={`Changes in ${experiment} since this run`}>
            <Diff lines={diff.data.lines} same="The project's document is the same as when this run started." />
        </Panel>
    );
}
