import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { address, api, path } from "../api/client";
import { doubt } from "../api/connection";
import { useVisible } from "../api/visible";
import type { Diagnosis, LogInfo, LogLine, LogLines, LogPage } from "../api/types";

/** What is read of a long log at first; the rest comes when asked for. */
const AT_FIRST = 1 << 20;
const MOST_LINES = 200_000;

export function useLogs(run: string) {
    return useQuery({ queryKey: ["run", run, "logs"], queryFn: () => api.get<LogInfo[]>(path`/runs/${run}/logs`) });
}

/** Why a run failed; asked for only when it has. */
export function useDiagnosis(run: string, failed: boolean) {
    return useQuery({ queryKey: ["run", run, "diagnosis"], queryFn: () => api.get<Diagnosis>(path`/runs/${run}/diagnosis`), enabled: failed, staleTime: Infinity });
}

export interface OpenLog {
    lines: readonly LogLine[];
    /** Bytes before the first line here. */
    begin: number;
    complete: boolean;
    error?: Error;
    loadEarlier?: () => void;
}

interface From {
    run: string;
    name: string;
    attempt?: number;
    bytes: number;
    /** A line that must be among what is read. */
    must?: number;
    /** Also when each line was written. */
    times?: boolean;
    enabled?: boolean;
}

/** Where to begin: everything if it is short, near a line that must be seen, else the end. */
export function beginning(name: string, bytes: number, must: number | undefined): string {
    if (name === "all" || bytes > AT_FIRST) {
        if (name !== "all" && must !== undefined && must < bytes - AT_FIRST) return String(Math.max(0, must - (AT_FIRST >> 3)));
        return String(-AT_FIRST);
    }
    return "0";
}

/** Joins what arrived to what is there; lines that had no end yet are sent again and replaced. */
export function join(lines: readonly LogLine[], fresh: readonly LogLine[]): readonly LogLine[] {
    if (fresh.length === 0) return lines;
    let keep = lines.length;
    while (keep > 0 && lines[keep - 1]!.partial) keep--;
    const all = [...(keep < lines.length ? lines.slice(0, keep) : lines), ...fresh];
    return all.length > MOST_LINES ? all.slice(all.length - MOST_LINES) : all;
}

/** A log as it stands and grows: one stream, taken up where it broke. */
export function useLog({ run, name, attempt, bytes, must, times, enabled = true }: From): OpenLog {
    const size = useRef(bytes);
    size.current = bytes;
    const [state, setState] = useState<{ lines: readonly LogLine[]; complete: boolean }>({ lines: [], complete: false });
    const [wanted, setWanted] = useState<number>();
    const key = `${run}/${name}/${attempt ?? ""}`;
    const visible = useVisible();
    const position = useRef<{ key: string; next: number | string }>(undefined);

    useEffect(() => setWanted(undefined), [key]);
    useEffect(() => {
        if (!enabled || !visible || typeof EventSource === "undefined") return;
        const place = `${key}/${must ?? ""}/${wanted ?? ""}/${times ?? ""}`;
        // A page that was out of sight goes on where it was.
        const kept = position.current?.key === place ? position.current.next : undefined;
        const begin = wanted === undefined ? beginning(name, size.current, must) : String(wanted);
        let next: number | string = kept ?? begin;
        let stream: EventSource | undefined;
        let again: ReturnType<typeof setTimeout> | undefined;
        let pause = 500;
        let pending: LogLine[][] = [];
        let frame = 0;
        // A start at a chosen byte lies in the middle of a line; the server finds a line's start only from the end.
        let cut = kept === undefined && Number(begin) > 0;
        if (kept === undefined) setState((current) => ({ lines: wanted === undefined ? [] : current.lines, complete: false }));
        let fresh = kept === undefined;
        const flush = () => {
            frame = 0;
            const chunks = pending;
            pending = [];
            const first = fresh;
            fresh = false;
            if (chunks.length > 0) setState((current) => ({ ...current, lines: chunks.reduce(join, first ? [] : current.lines) }));
        };
        const open = () => {
            stream = new EventSource(address(path`/runs/${run}/logs/${name}/tail`, { attempt: attempt === undefined ? undefined : String(attempt), offset: String(next), partial: true, times: times || undefined }));
            stream.addEventListener("lines", (event) => {
                const chunk = JSON.parse((event as MessageEvent<string>).data) as LogLines;
                pause = 500;
                next = chunk.next;
                position.current = { key: place, next };
                pending.push(cut && chunk.lines.length > 1 ? chunk.lines.slice(1) : chunk.lines);
                cut = false;
                frame ||= requestAnimationFrame(flush);
            });
            stream.addEventListener("end", () => {
                stream?.close();
                if (frame) cancelAnimationFrame(frame);
                flush();
                setState((current) => ({ ...current, complete: true }));
            });
            stream.onerror = () => {
                stream?.close();
                doubt();
                again = setTimeout(open, pause);
                pause = Math.min(pause * 2, 4_000);
            };
        };
        open();
        return () => {
            stream?.close();
            if (again) clearTimeout(again);
            if (frame) cancelAnimationFrame(frame);
        };
    }, [run, name, attempt, must, wanted, times, enabled, visible]);

    const begin = name === "all" ? 0 : (state.lines[0]?.offset ?? 0);
    const loadEarlier = useCallback(() => setWanted(Math.max(0, begin - 8 * AT_FIRST)), [begin]);
    return { ...state, begin, loadEarlier: begin > 0 ? loadEarlier : undefined };
}

const GREP_LINES = 1000;

export interface Grep {
    text: string;
    regex: boolean;
    context: number;
    times?: boolean;
}

/** The lines that fit, with what stands around them; goes on by itself when the log grows. */
export function useGrep(run: string, name: string, attempt: number | undefined, grep: Grep | undefined, grown: number) {
    const [state, setState] = useState<{ lines: readonly LogLine[]; next: number | string; more: boolean; busy: boolean; error?: Error; key: string }>({ lines: [], next: 0, more: false, busy: false, key: "" });
    const key = grep ? JSON.stringify([run, name, attempt, grep]) : "";
    const [round, setRound] = useState(0);
    useEffect(() => {
        if (!grep) return;
        const fresh = state.key !== key;
        const from = fresh ? 0 : state.next;
        let gone = false;
        const timer = setTimeout(
            () => {
                setState((current) => (fresh ? { lines: [], next: 0, more: false, busy: true, key } : { ...current, busy: true }));
                api.get<LogPage>(path`/runs/${run}/logs/${name}`, { attempt: attempt === undefined ? undefined : String(attempt), offset: String(from), limit: GREP_LINES, grep: grep.text, regex: grep.regex, context: grep.context || undefined, times: grep.times || undefined })
                    .then((page) => {
                        if (gone) return;
                        setState((current) => ({ key, lines: join(current.key === key ? current.lines : [], page.lines), next: page.next, more: page.lines.length >= GREP_LINES, busy: false }));
                    })
                    .catch((error: unknown) => !gone && setState((current) => ({ ...current, key, busy: false, more: false, error: error as Error })));
            },
            fresh ? 200 : 800,
        );
        return () => {
            gone = true;
            clearTimeout(timer);
        };
        // The state's own position is read when a round starts, not followed.
    }, [key, grown, round]);
    const on = useCallback(() => setRound((one) => one + 1), []);
    return { ...state, goOn: state.more ? on : undefined };
}
