import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "react-router";
import { api, path } from "../api/client";
import type { Run } from "../api/types";
import { Loaded } from "../kit/Loaded";
import { runLink } from "./links";

/** People say "run 7 of digits"; the page's own address is the run's id. */
export default function RunByNumber() {
    const { workspace = "default", project = "", number = "" } = useParams();
    const run = useQuery({ queryKey: ["run-number", workspace, project, number], queryFn: () => api.get<Run>(path`/workspaces/${workspace}/projects/${project}/runs/${number}`) });
    return <Loaded of={run}>{(found) => <Navigate to={runLink(found)} replace />}</Loaded>;
}
