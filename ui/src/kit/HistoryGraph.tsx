import { type ReactNode, useMemo } from "react";
import { lanes, type Node } from "./graph";
import classes from "./HistoryGraph.module.css";
import { colorAt } from "./palette";

const STEP = 16;
const HEIGHT = 44;

interface Props<T extends Node> {
    nodes: readonly T[];
    chosen?: string;
    onChoose: (node: T) => void;
    children: (node: T) => ReactNode;
    label: string;
}

/** A history with its branches: newest first, each line of work in a column of its own. */
export function HistoryGraph<T extends Node>({ nodes, chosen, onChoose, children, label }: Props<T>) {
    const rows = useMemo(() => lanes(nodes), [nodes]);
    const width = Math.max(1, ...rows.map((row) => row.width)) * STEP + 12;
    const x = (column: number) => 14 + column * STEP;
    return (
        <ol className={classes.list} aria-label={label}>
            {nodes.map((node, i) => {
                const row = rows[i]!;
                return (
                    <li key={node.id}>
                        <button type="button" className={`${classes.row} ${node.id === chosen ? classes.chosen : ""}`} aria-current={node.id === chosen || undefined} onClick={() => onChoose(node)}>
                            <svg className={classes.rail} width={width} height={HEIGHT} aria-hidden="true">
                                {row.lines.map((line, j) => {
                                    const half = HEIGHT / 2;
                                    const path =
                                        line.to < 0
                                            ? `M${x(line.from)} 0V${half}`
                                            : line.from === line.to
                                              ? `M${x(line.from)} ${line.begins ? half : 0}V${HEIGHT}`
                                              : `M${x(line.from)} 0C${x(line.from)} ${half * 0.7},${x(line.to)} ${half * 0.4},${x(line.to)} ${half}`;
                                    return <path key={j} d={path} fill="none" stroke={colorAt(line.color)} strokeWidth={2} />;
                                })}
                                <circle cx={x(row.column)} cy={HEIGHT / 2} r={node.id === chosen ? 6 : 4.5} fill={colorAt(row.color)} stroke="var(--mantine-color-body)" strokeWidth={2} />
                            </svg>
                            <span className={classes.body}>{children(node)}</span>
                        </button>
                    </li>
                );
            })}
        </ol>
    );
}
