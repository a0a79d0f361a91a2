import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, rememberCsrf } from "../api/client";
import type { Me } from "../api/types";

export function useMe() {
    return useQuery({
        queryKey: ["me"],
        queryFn: async () => {
            const me = await api.get<Me>("/me");
            rememberCsrf(me);
            return me;
        },
        staleTime: Infinity,
        retry: (count, error) => (error as { status?: number }).status !== 401 && count < 2,
    });
}

export function useSignIn(): (token: string) => Promise<void> {
    const cache = useQueryClient();
    return async (token) => {
        const me = await api.post<Me>("/session", { token });
        rememberCsrf(me);
        cache.clear();
        cache.setQueryData(["me"], me);
    };
}

export function useSignOut(): () => Promise<void> {
    const cache = useQueryClient();
    return async () => {
        await api.delete("/session");
        cache.clear();
    };
}
