import { useEffect, useRef, useState } from "react";
import { useVisible } from "../api/visible";

/** Whether this window is the one, of all that people can see, that speaks to the server for them all. */
export function useLeads(name: string): boolean {
    const visible = useVisible();
    const [leads, setLeads] = useState(false);
    useEffect(() => {
        if (!visible) return;
        if (!navigator.locks) {
            setLeads(true);
            return () => setLeads(false);
        }
        const away = new AbortController();
        let release = () => {};
        navigator.locks
            .request(name, { signal: away.signal }, () => {
                setLeads(true);
                return new Promise<void>((done) => (release = done));
            })
            .catch(() => undefined);
        return () => {
            away.abort();
            release();
            setLeads(false);
        };
    }, [name, visible]);
    return leads;
}

const ASKS = "asks";

/** Hands what one window has learned to the others; one that has just come asks for the latest. */
export function useTold<T>(name: string, leads: boolean, take: (told: T) => void): (told: T) => void {
    const latest = useRef<T | undefined>(undefined);
    const channel = useRef<BroadcastChannel | undefined>(undefined);
    const handle = useRef(take);
    handle.current = take;
    useEffect(() => {
        if (typeof BroadcastChannel === "undefined") return;
        const between = new BroadcastChannel(name);
        channel.current = between;
        between.onmessage = ({ data }: MessageEvent<T | typeof ASKS>) => {
            if (data !== ASKS) handle.current(data as T);
            else if (leads && latest.current !== undefined) between.postMessage(latest.current);
        };
        if (!leads) between.postMessage(ASKS);
        return () => between.close();
    }, [name, leads]);
    return (told) => {
        latest.current = told;
        channel.current?.postMessage(told);
        handle.current(told);
    };
}
