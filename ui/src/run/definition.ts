import { stringify } from "yaml";
import type { Task } from "../api/types";

/** Whether a value says nothing that its absence would not. */
function idle(value: unknown): boolean {
    if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
    return typeof value === "object" && Object.values(value).every(idle);
}

function lean(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(lean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (idle(inner) ? [] : [[key, lean(inner)]])));
}

/** A task in its normal form as text for people: what is not set is left out, parameters stay whatever their value. */
export function definitionText(task: Task): string {
    const { parameters = {}, ...rest } = task;
    const shown = lean(rest) as Record<string, unknown>;
    const { roles, ...head } = shown;
    return stringify({ ...head, ...(Object.keys(parameters).length > 0 ? { parameters } : {}), roles }, { lineWidth: 0 });
}
