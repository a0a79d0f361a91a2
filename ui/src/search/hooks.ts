import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import type { LogHits, LogsFound } from "../api/types";

export interface Question {
    text: string;
    regex: boolean;
    context: number;
}

const LIMIT = 100;

/** Lines in the logs of all runs. An answer without a hit may be a long way without one: its `next` goes on. */
export function useLogSearch({ text, regex, context }: Question) {
    return useInfiniteQuery({
        queryKey: ["search", "logs", text, regex, context],
        queryFn: ({ pageParam, signal: _ }) => api.get<LogsFound>("/search/logs", { q: text, regex, context: context || undefined, limit: LIMIT, cursor: pageParam }),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (last) => last.next,
        enabled: text !== "",
        retry: false,
        refetchOnWindowFocus: false,
    });
}

/** Hits of one log that came with several answers stand together. */
export function together(pages: readonly LogsFound[]): LogHits[] {
    const all: LogHits[] = [];
    for (const hits of pages.flatMap((page) => page.items)) {
        const last = all[all.length - 1];
        if (last && last.run === hits.run && last.log === hits.log && last.attempt === hits.attempt) all[all.length - 1] = { ...last, lines: [...last.lines, ...hits.lines] };
        else all.push(hits);
    }
    return all;
}
