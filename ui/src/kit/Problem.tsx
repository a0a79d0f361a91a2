import { Anchor, Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleX } from "@tabler/icons-react";
import { ApiError } from "../api/client";
import type { Problem as DocumentProblem } from "../api/types";
import classes from "./Problem.module.css";

/** What happened, why, what to do next; with the code and request id that a report needs. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
    const body = error instanceof ApiError ? error.body : undefined;
    const text = error instanceof Error ? error.message : String(error);
    return (
        <div className={classes.problem} role="alert">
            <div className={classes.title}>
                <IconCircleX size={16} />
                <span>{text}</span>
            </div>
            {body?.problems && body.problems.length > 0 && <ProblemList problems={body.problems} />}
            {(body?.code || body?.requestId || onRetry) && (
                <div className={classes.foot}>
                    {onRetry && (
                        <Button variant="default" onClick={onRetry}>
                            Try again
                        </Button>
                    )}
                    {body?.code && <span className="mono">{body.code}</span>}
                    {body?.requestId && <span className="mono">request {body.requestId}</span>}
                </div>
            )}
        </div>
    );
}

export function Warning({ text, problems, bad }: { text: string; problems?: DocumentProblem[]; bad?: boolean }) {
    return (
        <div className={`${classes.problem} ${bad ? "" : classes.warning}`}>
            <div className={classes.title}>
                {bad ? <IconCircleX size={16} /> : <IconAlertTriangle size={16} />}
                <span>{text}</span>
            </div>
            {problems && problems.length > 0 && <ProblemList problems={problems} />}
        </div>
    );
}

export function ProblemList({ problems, onGo }: { problems: DocumentProblem[]; onGo?: (problem: DocumentProblem) => void }) {
    return (
        <ul className={classes.list}>
            {problems.map((problem, i) => {
                const place = problem.line !== undefined ? `line ${problem.line}` : problem.path;
                return (
                    <li key={i}>
                        {place &&
                            (onGo && problem.line !== undefined ? (
                                <>
                                    <Anchor component="button" type="button" fz="inherit" onClick={() => onGo(problem)}>
                                        {place}
                                    </Anchor>
                                    {": "}
                                </>
                            ) : (
                                <span className="mono">{place}: </span>
                            ))}
                        {problem.severity === "warning" ? "(warning) " : ""}
                        {problem.message}
                        {problem.remedy ? ` ${problem.remedy}` : ""}
                    </li>
                );
            })}
        </ul>
    );
}
