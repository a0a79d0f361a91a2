import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client";
import type { BackupOverview, ServerInfo, ServerUse } from "../api/types";

export function useServer(enabled = true) {
    return useQuery({
        queryKey: ["server"],
        queryFn: () => api.get<ServerInfo>("/server"),
        enabled,
        // Only while something is under way does the number change without us.
        refetchInterval: (query) => ((query.state.data?.running ?? 0) + (query.state.data?.queued ?? 0) > 0 ? 5_000 : 30_000),
    });
}

/** What uses the machine now; the server looks every five seconds. */
export function useServerUse() {
    return useQuery({ queryKey: ["server", "use"], queryFn: () => api.get<ServerUse>("/server/use"), refetchInterval: 5_000 });
}

export function useBackups() {
    return useQuery({
        queryKey: ["backups"],
        queryFn: () => api.get<BackupOverview>("/server/backups"),
        refetchInterval: (query) => (query.state.data?.job.state === "going" ? 500 : 30_000),
    });
}

/** Into the configured directory. */
export function useBackUp() {
    const cache = useQueryClient();
    return useMutation({
        mutationFn: () => api.post("/server/backup", {}),
        onSettled: () => cache.invalidateQueries({ queryKey: ["backups"] }),
    });
}
