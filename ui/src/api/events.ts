import { useEffect, useRef } from "react";
import { useVisible } from "./visible";

export type Handlers = Record<string, (data: never) => void>;

/**
 * Listens to a stream of server events while the component stands. `url` undefined means: not now.
 * The browser reopens a broken stream by itself. A handler named `reopened` is told when something may have been missed.
 */
export function useEvents(url: string | undefined, handlers: Handlers): void {
    const visible = useVisible();
    const latest = useRef(handlers);
    latest.current = handlers;
    const missed = useRef(false);
    const names = Object.keys(handlers).join(" ");
    useEffect(() => {
        if (!url || !visible || typeof EventSource === "undefined") return;
        const stream = new EventSource(url);
        let opened = missed.current;
        stream.onopen = () => {
            if (opened) latest.current["reopened"]?.(undefined as never);
            opened = true;
            missed.current = true;
        };
        for (const name of names.split(" ")) {
            stream.addEventListener(name, (event) => {
                latest.current[name]?.(JSON.parse((event as MessageEvent<string>).data) as never);
            });
        }
        return () => stream.close();
    }, [url, names, visible]);
}
