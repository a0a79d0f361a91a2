import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { api, path } from "../api/client";
import type { RunSummary } from "../api/types";
import { count } from "../kit/format";
import { Waiting } from "../kit/Loaded";
import { Problem } from "../kit/Problem";
import { useRuns } from "./hooks";
import { projectLink } from "./links";
import { RunFilters, stateParameter } from "./RunFilters";
import { RunTable } from "./RunTable";
import { canStop } from "./stop";

/** The runs of a project, or of all of them, with the filters in the URL. */
export function RunList({ workspace, project, empty }: { workspace: string; project?: string; empty: ReactNode }) {
    const [params] = useSearchParams();
    const navigate = useNavigate();
    const cache = useQueryClient();
    const runs = useRuns({ workspace, project, state: stateParameter(params.get("state")), search: params.get("search") ?? undefined, task: params.get("task") ?? undefined, experiment: params.get("experiment") ?? undefined });
    if (runs.isError && !runs.data) return <Problem error={runs.error} onRetry={() => void runs.refetch()} />;
    if (!runs.data) return <Waiting rows={8} height={24} />;

    const all = runs.data.pages.flatMap((page) => page.items);

    const stop = async (chosen: RunSummary[]) => {
        const active = chosen.filter(canStop);
        const done = await Promise.allSettled(active.map((run) => api.post(path`/runs/${run.id}/stop`, {})));
        const failed = done.filter((one) => one.status === "rejected").length;
        notifications.show({
            color: failed ? "red" : undefined,
            message: active.length === 0 ? "None of these runs can be stopped: they have ended, or run elsewhere." : failed ? `${failed} of ${active.length} runs could not be stopped.` : `Stopping ${count(active.length, "run")}.`,
        });
        void cache.invalidateQueries({ queryKey: ["runs"] });
    };
    const compare = (chosen: RunSummary[]) => {
        const one = chosen[0];
        if (one) void navigate(`${projectLink(one.workspace, one.project, "metrics")}?runs=${chosen.map((run) => run.number).join(",")}`);
    };

    return (
        <RunTable
            runs={all}
            project={!project}
            tools
            ownFilter
            // Of nothing, nothing can be chosen.
            filters={all.length > 0 || ["state", "search", "task", "experiment"].some((name) => params.has(name)) ? <RunFilters /> : undefined}
            bulk={[...(project ? [{ label: "Compare numbers", onAct: compare }] : []), { label: "Stop", onAct: (chosen: RunSummary[]) => void stop(chosen), danger: true }]}
            more={runs.hasNextPage}
            onMore={runs.hasNextPage && !runs.isFetchingNextPage ? () => void runs.fetchNextPage() : undefined}
            empty={empty}
        />
    );
}
