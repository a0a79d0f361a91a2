import { useQuery } from "@tanstack/react-query";
import { address, api, path } from "../api/client";
import type { FileList, Preview } from "../api/types";

export function useRunFiles(run: string, folder: string) {
    return useQuery({ queryKey: ["run", run, "files", folder], queryFn: () => api.get<FileList>(path`/runs/${run}/files`, { path: folder }) });
}

export function useRunPreview(run: string, file: string | undefined) {
    return useQuery({ queryKey: ["run", run, "preview", file], queryFn: () => api.get<Preview>(path`/runs/${run}/files/preview`, { path: file }), enabled: file !== undefined });
}

export function runFileAddress(run: string, file: string, download = false): string {
    return address(path`/runs/${run}/files/content`, { path: file, download });
}
