import { Anchor } from "@mantine/core";
import { IconCircleX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Run } from "../api/types";
import { parseAnsi } from "../kit/ansi";
import { CommandHint } from "../kit/Empty";
import { causeText } from "../kit/StateChip";
import { runLink } from "../run/links";
import classes from "./DiagnosisBox.module.css";
import { useDiagnosis } from "./hooks";

/** Lines that stand open; the rest of a long traceback is one click away. */
const OPEN = 14;

/** Why a run failed: what happened, what it means, what to do, and the lines that show it. */
export function DiagnosisBox({ run, band }: { run: Run; band?: boolean }) {
    const found = useDiagnosis(run.id, run.state === "failed").data;
    const bad = run.replicas.find((one) => one.state === "failed" || one.state === "lost");
    if (run.state !== "failed") return null;
    // Until it is there, and when it cannot be had, what the run itself says stands here.
    const headline = found?.headline || run.reason || (run.cause ? `The run failed: ${causeText(run.cause)}.` : "The run failed.");
    const log = found?.log || bad?.name;
    const attempt = found && found.attempt > 0 && log === found.log && log !== "master" ? `&attempt=${found.attempt}` : "";
    const to = log && `${runLink(run, "logs")}?log=${encodeURIComponent(log)}${attempt}${found && found.lines.length > 0 ? `&line=${found.offset}` : ""}`;
    const lines = found?.lines ?? [];
    return (
        <section className={classes.box} aria-label="Why it failed">
            <div className={classes.title}>
                <IconCircleX size={17} />
                <h2>{headline}</h2>
            </div>
            {found && !band && <p>{withCode(found.meaning)}</p>}
            {found && <p className={classes.remedy}>{withCode(found.remedy)}</p>}
            {!band && lines.length > 0 && (
                <>
                    {lines.length > OPEN && (
                        <details>
                            <summary>{lines.length - OPEN} lines before these</summary>
                            <Lines of={lines.slice(0, lines.length - OPEN)} headline={headline} />
                        </details>
                    )}
                    <Lines of={lines.slice(-OPEN)} headline={headline} />
                </>
            )}
            <div className={classes.foot}>
                {to && (
                    <Anchor component={Link} to={to} fz="sm" replace={band}>
                        {lines.length > 0 ? `Show in the log of ${log}` : `Read the log of ${log}`}
                    </Anchor>
                )}
                {bad?.exitCode !== undefined && (
                    <span>
                        {bad.name} ended with exit code {bad.exitCode}
                    </span>
                )}
                {!band && run.kind === "launched" && <CommandHint command={`ropewalk again ${run.project}/${run.number}`} />}
            </div>
        </section>
    );
}

/** What stands between backticks is something to type. */
function withCode(text: string): ReactNode {
    return text.split("`").map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part));
}

/** The line that names the error stands out. */
function Lines({ of, headline }: { of: readonly { offset: number; text: string }[]; headline: string }) {
    const said = headline.replace(/…$/, "").trim();
    return (
        <pre className={classes.lines} tabIndex={0}>
            {of.map((line) => {
                const text = parseAnsi(line.text)
                    .map((span) => span.text)
                    .join("");
                return (
                    <div key={line.offset} className={isError(text, said) ? classes.error : undefined}>
                        {text || "\u200b"}
                    </div>
                );
            })}
        </pre>
    );
}

function isError(text: string, headline: string): boolean {
    return text.includes(headline) || /^(?:[\w.]+(?:Error|Exception|Interrupt|Exit|Warning)|Caused by)\b\S*:/.test(text) || /^Exception in thread /.test(text);
}
