import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { address, api, path } from "../api/client";
import { useEvents } from "../api/events";
import type { AddRule, Channel, Channels, Delivery, Notice, OpenChannel, Page, Rule, Unread } from "../api/types";
import { useLeads, useTold } from "./windows";

const PAGE = 100;

export function useNotices() {
    return useInfiniteQuery({
        queryKey: ["notices"],
        queryFn: ({ pageParam }) => api.get<Page<Notice>>("/notices", { limit: PAGE, cursor: pageParam }),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (last) => last.next,
    });
}

const WINDOWS = "ropewalk-notices";

/**
 * How many notices nobody has read, as they come; a new one is also said aloud. Every page shows it, so one window
 * listens for all: a browser allows few connections to a server.
 */
export function useUnread(): number {
    const cache = useQueryClient();
    const unread = useQuery<Unread>({ queryKey: ["unread"], queryFn: () => ({ unread: 0 }), enabled: false });
    const newest = useRef<string | undefined>(undefined);
    const seen = useRef(false);
    const leads = useLeads(WINDOWS);
    const tell = useTold<Unread>(WINDOWS, leads, (now) => {
        cache.setQueryData(["unread"], now);
        void cache.invalidateQueries({ queryKey: ["notices"] });
        const fresh = now.newest && now.newest.id !== newest.current ? now.newest : undefined;
        if (seen.current && fresh && !fresh.read) notifications.show({ message: fresh.title, color: fresh.kind === "failed" ? "red" : undefined });
        newest.current = now.newest?.id;
        seen.current = true;
    });
    useEvents(leads ? address("/notices/updates") : undefined, { unread: tell });
    return unread.data?.unread ?? 0;
}

export function useRead() {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (id: string) => api.post(path`/notices/${id}/read`),
        onSuccess: () => cache.invalidateQueries({ queryKey: ["notices"] }),
    });
}

export function useReadAll() {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: () => api.post("/notices/read"),
        onSuccess: () => cache.invalidateQueries({ queryKey: ["notices"] }),
    });
}

export function useRules() {
    return useQuery({ queryKey: ["notice-rules"], queryFn: () => api.get<Rule[]>("/notice-rules") });
}

export function useAddRule() {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (rule: AddRule) => api.post<Rule>("/notice-rules", rule),
        onSuccess: () => cache.invalidateQueries({ queryKey: ["notice-rules"] }),
    });
}

export function useChangeRule(id: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (channels: string[]) => api.put<Rule>(path`/notice-rules/${id}`, { channels }),
        onSuccess: () => cache.invalidateQueries({ queryKey: ["notice-rules"] }),
    });
}

export function useRemoveRule(id: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: () => api.delete(path`/notice-rules/${id}`),
        onSuccess: () => cache.invalidateQueries({ queryKey: ["notice-rules"] }),
    });
}

/** What is under way is looked at again soon. */
const soon = (waiting: boolean) => (waiting ? 2_000 : false);

export function useChannels() {
    return useQuery({
        queryKey: ["notice-channels"],
        queryFn: () => api.get<Channels>("/notice-channels"),
        refetchInterval: (query) => soon(!!query.state.data?.channels.some((one) => one.latest?.state === "waiting")),
    });
}

export function useOpenChannel() {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (channel: OpenChannel) => api.post<Channel>("/notice-channels", channel),
        onSuccess: () => cache.invalidateQueries({ queryKey: ["notice-channels"] }),
    });
}

export function useCloseChannel(id: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: () => api.delete(path`/notice-channels/${id}`),
        onSuccess: () => {
            void cache.invalidateQueries({ queryKey: ["notice-channels"] });
            void cache.invalidateQueries({ queryKey: ["notice-rules"] });
        },
    });
}

export function useTestChannel(id: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: () => api.post<Delivery>(path`/notice-channels/${id}/test`),
        onSuccess: () => {
            void cache.invalidateQueries({ queryKey: ["notice-channels"] });
            void cache.invalidateQueries({ queryKey: ["deliveries", id] });
        },
    });
}

export function useDeliveries(id: string) {
    return useQuery({
        queryKey: ["deliveries", id],
        queryFn: () => api.get<Delivery[]>(path`/notice-channels/${id}/deliveries`),
        refetchInterval: (query) => soon(!!query.state.data?.some((one) => one.state === "waiting")),
    });
}
