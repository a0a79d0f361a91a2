import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, path } from "../api/client";
import type { Applied, CheckoutRequest, CheckReply, CreateRequest, DiffView, DocumentView, JsonSchema, Page, Project, ProjectSummary, Revision, SaveRequest } from "../api/types";
import { prepare } from "./prepare";

export function useProjects(workspace: string, search?: string) {
    return useInfiniteQuery({
        queryKey: ["projects", workspace, search ?? ""],
        queryFn: ({ pageParam }) => api.get<Page<ProjectSummary>>(path`/workspaces/${workspace}/projects`, { search, limit: 100, cursor: pageParam }),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (last) => last.next,
        placeholderData: (before, query) => (query?.queryKey[1] === workspace ? before : undefined),
        refetchInterval: (query) => (query.state.data?.pages.some((page) => page.items.some((one) => one.runs.active > 0)) ? 5_000 : false),
    });
}

export function useProject(workspace: string, project: string) {
    return useQuery({ queryKey: ["project", workspace, project], queryFn: () => api.get<Project>(path`/workspaces/${workspace}/projects/${project}`) });
}

export function useDocument(workspace: string, project: string, experiment: string, enabled = true) {
    return useQuery({
        queryKey: ["project", workspace, project, "document", experiment],
        queryFn: () => api.get<DocumentView>(path`/workspaces/${workspace}/projects/${project}/document`, { experiment }),
        enabled,
    });
}

export function useRevisions(workspace: string, project: string) {
    return useInfiniteQuery({
        queryKey: ["project", workspace, project, "revisions"],
        queryFn: ({ pageParam }) => api.get<Page<Revision>>(path`/workspaces/${workspace}/projects/${project}/revisions`, { limit: 200, cursor: pageParam }),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (last) => last.next,
    });
}

export function useDiff(workspace: string, project: string, from: string | undefined, to: string | undefined) {
    return useQuery({
        queryKey: ["project", workspace, project, "diff", from, to],
        queryFn: () => api.get<DiffView>(path`/workspaces/${workspace}/projects/${project}/diff`, { from, to }),
        enabled: !!from && !!to,
        staleTime: Infinity,
    });
}

export function useProjectSchema() {
    return useQuery({ queryKey: ["schema", "project"], queryFn: () => api.get<JsonSchema>("/schemas/project.json"), staleTime: Infinity });
}

export function useCheck(workspace: string, text: string, enabled = true) {
    return useQuery({
        queryKey: ["check", workspace, text],
        queryFn: () => api.post<CheckReply>(path`/workspaces/${workspace}/projects/check`, { document: text }),
        enabled: enabled && text.trim() !== "",
        placeholderData: (previous) => previous,
        staleTime: Infinity,
        gcTime: 10_000,
    });
}

export function useSave(workspace: string, project: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (request: SaveRequest) => api.put<Applied>(path`/workspaces/${workspace}/projects/${project}/document`, request),
        onSuccess: () => {
            void cache.invalidateQueries({ queryKey: ["project", workspace, project] });
            void cache.invalidateQueries({ queryKey: ["projects"] });
            void cache.invalidateQueries({ queryKey: ["sources", workspace, project] });
        },
    });
}

export function useCreate(workspace: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: async (request: CreateRequest) => {
            const { project } = await api.post<Applied>(path`/workspaces/${workspace}/projects`, request);
            return { project, prepared: await prepare(project.workspace, project.name) };
        },
        onSuccess: ({ prepared }) => {
            if (prepared.length > 0) {
                void cache.invalidateQueries({ queryKey: ["runs"] });
                void cache.invalidateQueries({ queryKey: ["server"] });
            }
            return cache.invalidateQueries({ queryKey: ["projects"] });
        },
    });
}

export function useCheckout(workspace: string, project: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: (request: CheckoutRequest) => api.post<Applied>(path`/workspaces/${workspace}/projects/${project}/checkout`, request),
        onSuccess: () => {
            void cache.invalidateQueries({ queryKey: ["project", workspace, project] });
            void cache.invalidateQueries({ queryKey: ["projects"] });
        },
    });
}

export function useDelete(workspace: string, project: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: () => api.delete(path`/workspaces/${workspace}/projects/${project}`),
        onSuccess: () => {
            cache.removeQueries({ queryKey: ["project", workspace, project] });
            void cache.invalidateQueries({ queryKey: ["projects"] });
            // The page of what is gone is still open: its runs must not be asked for again.
            void cache.invalidateQueries({ queryKey: ["runs"], refetchType: "none" });
        },
    });
}
