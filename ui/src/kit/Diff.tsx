import { useMemo, useState } from "react";
import type { DiffLine } from "../api/types";
import classes from "./Diff.module.css";
import { fold } from "./lineDiff";
import { count } from "./format";

/** What two texts differ in: signs as well as colours, unchanged stretches folded. */
export function Diff({ lines, same = "The two are equal." }: { lines: readonly DiffLine[]; same?: string }) {
    const chunks = useMemo(() => fold(lines), [lines]);
    const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
    const added = lines.filter((line) => line.kind === "+").length;
    const removed = lines.filter((line) => line.kind === "-").length;
    if (added + removed === 0) return <div className={classes.sum}>{same}</div>;
    return (
        <div>
            <div className={classes.sum}>
                <span className={classes.plus}>+{added}</span> <span className={classes.minus}>−{removed}</span> {added + removed === 1 ? "line" : "lines"}
            </div>
            <div className={classes.diff} tabIndex={0} role="region" aria-label="Differences">
                <table>
                    <tbody>
                        {chunks.map((chunk, i) =>
                            chunk.kind === "fold" && !open.has(i) ? (
                                <tr key={i} className={classes.fold}>
                                    <td colSpan={4}>
                                        <button type="button" onClick={() => setOpen(new Set([...open, i]))}>
                                            Show {count(chunk.lines.length, "unchanged line")}
                                        </button>
                                    </td>
                                </tr>
                            ) : (
                                chunk.lines.map((line, j) => (
                                    <tr key={`${i}-${j}`} className={line.kind === "+" ? classes.added : line.kind === "-" ? classes.removed : undefined}>
                                        <td className={classes.no}>{line.oldLine ?? ""}</td>
                                        <td className={classes.no}>{line.newLine ?? ""}</td>
                                        <td className={classes.sign}>{line.kind}</td>
                                        <td>{line.text}</td>
                                    </tr>
                                ))
                            ),
                        )}
                    </tbody>
                </table>
            </div>
        </div>
    );
}
