import { api, path } from "../api/client";
import type { DocumentView, Run, StartRequest } from "../api/types";

/** What became of an `init` task of a new project: its run, or why there is none. */
export type Prepared = { task?: string } & ({ run: Run } | { error: Error });

/**
 * Starts the `init` tasks of a project that was just created, as `ropewalk apply` does. Never fails: the project
 * stands, whatever becomes of them.
 */
export async function prepare(workspace: string, project: string): Promise<Prepared[]> {
    const base = path`/workspaces/${workspace}/projects/${project}`;
    const started: Prepared[] = [];
    let task: string | undefined;
    try {
        const { normal } = await api.get<DocumentView>(`${base}/document`);
        for (const one of normal.tasks.filter(({ type }) => type === "init")) {
            task = one.name;
            const request: StartRequest = { task };
            started.push({ task, run: await api.post<Run>(`${base}/runs`, request) });
        }
    } catch (error) {
        // One that could not start keeps those after it from starting: they may count on what it does.
        started.push({ task, error: error instanceof Error ? error : new Error(String(error)) });
    }
    return started;
}
