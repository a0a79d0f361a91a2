import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import type { ServerInfo, ServerUse } from "../api/types";

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
