import { useEffect, useRef } from "react";
import { doubt } from "./connection";
import { useVisible } from "./visible";

export type Handlers = Record<string, (data: never) => void>;

const SOONEST = 1_000;
const LATEST = 4_000;

/**
 * Listens to a stream of server events while the component stands. `url` undefined means: not now.
 * A broken stream is opened again, later and later. A handler named `reopened` is told when something may have been missed.
 */
export function useEvents(url: string | undefined, handlers: Handlers): void {
    const visible = useVisible();
    const latest = useRef(handlers);
    latest.current = handlers;
    const missed = useRef(false);
    const names = Object.keys(handlers).join(" ");
    useEffect(() => {
        if (!url || !visible || typeof EventSource === "undefined") return;
        let stream: EventSource;
        let again: ReturnType<typeof setTimeout> | undefined;
        let pause = SOONEST;
        const open = () => {
            stream = new EventSource(url);
            stream.onopen = () => {
                pause = SOONEST;
                if (missed.current) latest.current["reopened"]?.(undefined as never);
                missed.current = true;
            };
            // A browser tries again by itself after some faults and gives up after others; this way it is one behaviour.
            stream.onerror = () => {
                stream.close();
                doubt();
                again = setTimeout(open, pause);
                pause = Math.min(pause * 1.5, LATEST);
            };
            for (const name of names.split(" ")) {
                stream.addEventListener(name, (event) => {
                    latest.current[name]?.(JSON.parse((event as MessageEvent<string>).data) as never);
                });
            }
        };
        open();
        return () => {
            stream.close();
            if (again) clearTimeout(again);
        };
    }, [url, names, visible]);
}
