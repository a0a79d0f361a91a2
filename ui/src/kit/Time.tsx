import { useSyncExternalStore } from "react";
import { ago, duration, exact } from "./format";

// One clock for the whole page: everything relative moves together, and only while someone looks.
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    timer ??= setInterval(() => {
        now = Date.now();
        listeners.forEach((one) => one());
    }, 1000);
    return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && timer) {
            clearInterval(timer);
            timer = undefined;
        }
    };
}

function still(): () => void {
    return () => {};
}

export function useNow(live = true): number {
    return useSyncExternalStore(live ? subscribe : still, () => (timer ? now : (now = Math.floor(Date.now() / 1000) * 1000)));
}

/** Relative, with the exact moment on hover. */
export function When({ at }: { at?: string | number }) {
    const present = useNow();
    if (at === undefined) return <>–</>;
    const then = new Date(at).getTime();
    return (
        <time dateTime={new Date(then).toISOString()} title={exact(then)}>
            {ago(then, present)}
        </time>
    );
}

/** How long something took, or has been taking so far. */
export function Took({ from, to }: { from?: string; to?: string }) {
    const present = useNow(!to);
    if (!from) return <>–</>;
    const start = new Date(from).getTime();
    const end = to ? new Date(to).getTime() : present;
    const rounded = to ? end - start : Math.floor((end - start) / 1000) * 1000;
    return <span className="num" title={`${exact(from)}${to ? ` to ${exact(to)}` : ", still going"}`}>{duration(rounded)}</span>;
}
