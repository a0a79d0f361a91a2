import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { address, api, path, type Progress, upload } from "../api/client";
import type { FileList, Page, Pin, Snapshot, SourceType, SourceView } from "../api/types";

function base(workspace: string, project: string, source: string): string {
    return path`/workspaces/${workspace}/projects/${project}/sources/${source}`;
}

export function useSourceTypes(enabled = true) {
    return useQuery({ queryKey: ["source-types"], queryFn: () => api.get<SourceType[]>("/source-types"), staleTime: Infinity, enabled });
}

export function useSources(workspace: string, project: string) {
    return useQuery({ queryKey: ["sources", workspace, project], queryFn: () => api.get<SourceView[]>(path`/workspaces/${workspace}/projects/${project}/sources`) });
}

export function usePin(workspace: string, project: string, source: string) {
    return useMutation({ mutationFn: () => api.post<Pin>(`${base(workspace, project, source)}/pin`) });
}

export function useSnapshots(workspace: string, project: string, source: string, enabled: boolean) {
    return useQuery({ queryKey: ["sources", workspace, project, source, "snapshots"], queryFn: () => api.get<Page<Snapshot>>(`${base(workspace, project, source)}/snapshots`, { limit: 50 }), enabled });
}

export function useSourceFiles(workspace: string, project: string, source: string, snapshot: string | undefined, folder: string) {
    return useQuery({ queryKey: ["sources", workspace, project, source, "files", snapshot, folder], queryFn: () => api.get<FileList>(`${base(workspace, project, source)}/files`, { snapshot, path: folder }), enabled: snapshot !== undefined });
}

export function sourceFileAddress(workspace: string, project: string, source: string, snapshot: string | undefined, file: string): string {
    return address(`${base(workspace, project, source)}/content`, { snapshot, path: file });
}

export function useUpload(workspace: string, project: string, source: string) {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: ({ name, body, onProgress, signal }: { name: string; body: Blob; onProgress: (progress: Progress) => void; signal?: AbortSignal }) => upload<Snapshot>(`${base(workspace, project, source)}/archive`, { name }, body, onProgress, signal),
        onSuccess: () => cache.invalidateQueries({ queryKey: ["sources", workspace, project] }),
    });
}
