import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import type { Run } from "../api/types";
import { Panel } from "../kit/Panel";
import { isActive } from "../kit/StateChip";
import { runLink } from "../run/links";
import runs from "../run/Run.module.css";
import { NoNumbers, RunChart } from "./ChartsTab";
import { useMetrics } from "./hooks";
import { weight } from "./weight";

const SHOWN = 4;
const PLAIN = { xKind: "step", smoothing: 0, log: false } as const;

/** The first few charts, live, where one looks first. */
export default function Preview({ run }: { run: Run }) {
    const metrics = useMetrics(run.id);
    if (!metrics.data) return null;
    const names = metrics.data.map((metric) => metric.name).sort((a, b) => weight(a) - weight(b) || a.localeCompare(b));
    return (
        <Panel
            title="Numbers"
            aside={
                names.length > 0 && (
                    <Anchor component={Link} to={runLink(run, "charts")} fz="sm" px="xs">
                        {names.length > SHOWN ? `All ${names.length} charts` : "Charts"}
                    </Anchor>
                )
            }
        >
            {names.length === 0 ? (
                <NoNumbers small bare live={isActive(run.state)} />
            ) : (
                <div className={runs.charts}>
                    {names.slice(0, SHOWN).map((name) => (
                        <RunChart key={name} run={run} name={name} settings={PLAIN} height={140} />
                    ))}
                </div>
            )}
        </Panel>
    );
}
