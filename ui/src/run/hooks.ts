import { type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { address, api, path } from "../api/client";
import { useEvents } from "../api/events";
import type { LivePoint, Page, Point, Run, RunEvent, RunStatus, RunSummary, RunUpdates, Series, Specification, StartRequest } from "../api/types";
import { isActive } from "../kit/StateChip";

export interface RunsOf {
    workspace: string;
    project?: string;
    state?: string;
    task?: string;
    experiment?: string;
    search?: string;
}

const PAGE = 200;

export function useRuns({ workspace, project, ...filter }: RunsOf, limit = PAGE) {
    const where = project ? path`/workspaces/${workspace}/projects/${project}/runs` : path`/workspaces/${workspace}/runs`;
    return useInfiniteQuery({
        queryKey: ["runs", workspace, project ?? "*", filter, limit],
        queryFn: ({ pageParam }) => api.get<Page<RunSummary>>(where, { ...filter, limit, cursor: pageParam }),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (last) => last.next,
        // Another filter of the same list: what stands there stays until the new rows are here.
        placeholderData: (before, query) => (query?.queryKey[1] === workspace && query.queryKey[2] === (project ?? "*") ? before : undefined),
        refetchInterval: (query) => (query.state.data?.pages.some((page) => page.items.some((run) => isActive(run.state))) ? 5_000 : false),
    });
}

export function useRun(id: string) {
    return useQuery({ queryKey: ["run", id], queryFn: () => api.get<Run>(path`/runs/${id}`), staleTime: 30_000 });
}

export function useRunEvents(id: string) {
    return useQuery({ queryKey: ["run", id, "events"], queryFn: () => api.get<RunEvent[]>(path`/runs/${id}/events`) });
}

export function useSpecification(id: string) {
    return useQuery({ queryKey: ["run", id, "specification"], queryFn: () => api.get<Specification>(path`/runs/${id}/specification`), staleTime: Infinity });
}

/** The same event seen again replaces its earlier sighting. */
export function mergeEvent(events: readonly RunEvent[] | undefined, event: RunEvent): RunEvent[] {
    const same = (one: RunEvent) => one.reason === event.reason && one.message === event.message && one.component === event.component;
    const rest = (events ?? []).filter((one) => !same(one));
    return [...rest, event];
}

/** Adds what just arrived to a series in the cache; a step seen twice keeps the later value's place. */
export function appendPoints(series: Series[] | undefined, points: readonly LivePoint[]): Series[] | undefined {
    if (!series) return series;
    let touched = false;
    const next = series.map((one) => {
        const fresh = points.filter((point) => point.name === one.name);
        if (fresh.length === 0) return one;
        const last = one.points[one.points.length - 1];
        const added = fresh
            .map((point): Point => [point.step, typeof point.at === "number" ? point.at : Date.parse(point.at), point.value])
            .filter((point) => !last || point[0] > last[0] || point[1] > last[1]);
        if (added.length === 0) return one;
        touched = true;
        return { ...one, points: [...one.points, ...added] };
    });
    return touched ? next : series;
}

function spread(cache: QueryClient, id: string, points: readonly LivePoint[]): void {
    for (const [key, series] of cache.getQueriesData<Series[]>({ queryKey: ["run", id, "series"] })) {
        const next = appendPoints(series, points);
        if (next !== series) cache.setQueryData(key, next);
    }
}

/** Keeps everything known about a run fresh while the page stands; nothing is asked for twice. */
export function useRunUpdates(id: string, run: Run | undefined): Record<string, number> {
    const cache = useQueryClient();
    const [grown, setGrown] = useState<Record<string, number>>({});
    const waiting = useRef<LivePoint[]>([]);
    const frame = useRef(0);
    const live = run && isActive(run.state);
    useEvents(live ? address(path`/runs/${id}/updates`) : undefined, {
        run: (fresh: RunUpdates["run"]) => {
            cache.setQueryData(["run", id], fresh);
            void cache.invalidateQueries({ queryKey: ["run", id, "status"] });
            if (isActive(fresh.state)) return;
            // What changes at the very end (compressed logs, last numbers, outputs) is asked for once more.
            void cache.invalidateQueries({ queryKey: ["run", id] });
            void cache.invalidateQueries({ queryKey: ["runs"] });
            void cache.invalidateQueries({ queryKey: ["server"] });
        },
        reopened: () => void cache.invalidateQueries({ queryKey: ["run", id] }),
        event: (event: RunUpdates["event"]) => cache.setQueryData<RunEvent[]>(["run", id, "events"], (events) => (events ? mergeEvent(events, event) : events)),
        metrics: ({ points }: RunUpdates["metrics"]) => {
            const names = cache.getQueryData<{ name: string }[]>(["run", id, "metrics"]);
            if (names && points.some((point) => !names.some((one) => one.name === point.name))) void cache.invalidateQueries({ queryKey: ["run", id, "metrics"] });
            waiting.current.push(...points);
            frame.current ||= requestAnimationFrame(() => {
                frame.current = 0;
                spread(cache, id, waiting.current.splice(0));
            });
        },
        log: ({ log, bytes }: RunUpdates["log"]) => {
            setGrown((current) => ({ ...current, [log]: bytes }));
            const logs = cache.getQueryData<{ name: string }[]>(["run", id, "logs"]);
            if (logs && !logs.some((one) => one.name === log)) void cache.invalidateQueries({ queryKey: ["run", id, "logs"] });
        },
    });
    return grown;
}

export function useRunStatus(id: string) {
    return useQuery({ queryKey: ["run", id, "status"], queryFn: () => api.get<RunStatus>(path`/runs/${id}/status`) });
}

export function useStop(id: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (grace: number | undefined) => api.post<Run>(path`/runs/${id}/stop`, grace === undefined ? {} : { grace }),
        onSuccess: (run) => {
            cache.setQueryData(["run", id], run);
            void cache.invalidateQueries({ queryKey: ["runs"] });
        },
    });
}

export function useNote(id: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (info: Record<string, unknown>) => api.post<Run>(path`/runs/${id}/info`, { info }),
        onSuccess: (run) => cache.setQueryData(["run", id], run),
    });
}

export function useAgain(id: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (request: { parameters: Record<string, unknown>; resume: boolean }) => api.post<Run>(path`/runs/${id}/again`, request),
        onSuccess: (run) => {
            cache.setQueryData(["run", run.id], run);
            void cache.invalidateQueries({ queryKey: ["runs"] });
            void cache.invalidateQueries({ queryKey: ["server"] });
        },
    });
}

export function useStart(workspace: string, project: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (request: StartRequest) => api.post<Run>(path`/workspaces/${workspace}/projects/${project}/runs`, request),
        onSuccess: (run) => {
            cache.setQueryData(["run", run.id], run);
            void cache.invalidateQueries({ queryKey: ["runs"] });
            void cache.invalidateQueries({ queryKey: ["server"] });
        },
    });
}
