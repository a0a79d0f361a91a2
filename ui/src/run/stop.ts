import type { RunSummary } from "../api/types";
import { isActive } from "../kit/StateChip";

/** Whether the server can end it: of a run from outside it has no process. */
export function canStop(run: Pick<RunSummary, "kind" | "state">): boolean {
    return run.kind === "launched" && isActive(run.state);
}
