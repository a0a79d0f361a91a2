import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client";

export function newQueryClient(): QueryClient {
    return new QueryClient({
        defaultOptions: {
            queries: {
                staleTime: 5_000,
                refetchOnWindowFocus: true,
                // What the server refused it refuses again; only silence and its own faults are worth another try.
                retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
            },
        },
    });
}
