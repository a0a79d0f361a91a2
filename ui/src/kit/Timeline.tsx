import type { Phase } from "../api/types";
import { duration, exact } from "./format";
import { useNow } from "./Time";
import classes from "./Timeline.module.css";

const WORDS: Record<Phase["phase"], string> = { queued: "Queued", preparing: "Preparing", starting: "Starting", running: "Running", ending: "Ending" };

/** Where the time went, to scale. */
export function Timeline({ phases }: { phases: readonly Phase[] }) {
    const live = phases.some((phase) => !phase.endedAt);
    const now = useNow(live);
    const spans = phases.map((phase) => ({ ...phase, millis: Math.max(0, (phase.endedAt ? Date.parse(phase.endedAt) : now) - Date.parse(phase.startedAt)) }));
    const whole = spans.reduce((sum, span) => sum + span.millis, 0) || 1;
    return (
        <div>
            <div className={classes.bar} role="img" aria-label={spans.map((span) => `${WORDS[span.phase]} ${duration(span.millis)}`).join(", ")}>
                {spans.map((span, i) => (
                    <div
                        key={i}
                        className={`${classes.phase} ${classes[span.phase]} ${span.endedAt ? "" : classes.now}`}
                        style={{ flexGrow: Math.max(span.millis / whole, 0.004) }}
                        title={`${WORDS[span.phase]}: ${exact(span.startedAt)}${span.endedAt ? ` to ${exact(span.endedAt)}` : ""}`}
                    />
                ))}
            </div>
            <ul className={classes.legend}>
                {spans.map((span, i) => (
                    <li key={i}>
                        <span className={`${classes.dot} ${classes[span.phase]}`} />
                        {WORDS[span.phase]} <span className="num">{duration(span.endedAt ? span.millis : Math.floor(span.millis / 1000) * 1000)}</span>
                    </li>
                ))}
            </ul>
        </div>
    );
}
