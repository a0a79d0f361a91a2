import { stringify } from "yaml";
import type { Amounts, Task } from "../api/types";

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

/** Amounts as a document says them: `250m` of a processor, `32Mi` of memory. */
function amounts({ milliCpu, memoryBytes, gpus }: Amounts): Record<string, unknown> {
    let unit = 0;
    let memory = memoryBytes;
    for (; unit < MEMORY.length - 1 && memory > 0 && memory % 1024 === 0; unit++) memory /= 1024;
    return { cpu: milliCpu % 1000 === 0 ? milliCpu / 1000 : `${milliCpu}m`, memory: unit > 0 ? `${memory}${MEMORY[unit]}` : memory, gpu: gpus };
}

/** Seconds in the largest unit that holds them whole. */
function span(seconds: number | undefined): string | undefined {
    if (!seconds) return undefined;
    return seconds % 3600 === 0 ? `${seconds / 3600}h` : seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

const MEMORY = ["", "Ki", "Mi", "Gi", "Ti"];

/** A task in its normal form as one would write it in a document: what is not set is left out, parameters stay whatever their value. */
export function definitionText(task: Task): string {
    const { parameters = {}, ...rest } = task;
    const shown = lean({ ...rest, timeout: span(rest.timeout), scheduleTimeout: span(rest.scheduleTimeout), roles: rest.roles.map((role) => ({ ...role, resources: amounts(role.resources), limits: amounts(role.limits) })) }) as Record<string, unknown>;
    const { roles, ...head } = shown;
    return stringify({ ...head, ...(Object.keys(parameters).length > 0 ? { parameters } : {}), roles }, { lineWidth: 0 });
}
