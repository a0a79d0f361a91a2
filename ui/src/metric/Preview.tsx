import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import type { Run } from "../api/types";
import { Panel } from "../kit/Panel";
import { isActive } from "../kit/StateChip";
import { runLink } from "../run/links";
import runs from "../run/Run.module.css";
import { NoNumbers, RunChart } from "./ChartsTab";
import { useMetrics } from "./hooks";

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
                <NoNumbers small live={isActive(run.state)} />
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

/** What people look for first: losses, then scores, then the rest; machine use last. */
export function weight(name: string): number {
    if (/loss/i.test(name)) return 0;
    if (/acc|f1|auc|score|reward|bleu|perplexity|error|mse|mae/i.test(name)) return 1;
    return /cpu|memory|gpu|disk|lr|learning.rate|epoch/i.test(name) ? 3 : 2;
}
