import type { BackupOverview } from "../api/types";
import { bytes, count, exact } from "../kit/format";

/** Where the backups stand, in a word and a sentence; the first that holds of what a person must know. */
export interface Standing {
    tone: "good" | "busy" | "warn" | "bad" | "none";
    text: string;
}

export const NONE = "There is no backup of this server yet.";

/** A backup by the schedule is late when it should have begun this long ago. */
const LATE = 10 * 60_000;

export function standing({ job, latest, nextAt }: BackupOverview, now: number): Standing {
    if (job.state === "going") return { tone: "busy", text: `A backup is being made: ${job.doing}${part(job.bytes, job.total)}.` };
    if (job.state === "failed") return { tone: "bad", text: `The last try failed: ${job.message ?? "the server's log says why"}` };
    if (!latest) return { tone: "none", text: NONE };
    if (!latest.present) return { tone: "bad", text: `The latest backup is not in ${latest.directory} any more. Bring that directory back, or make another backup.` };
    if (latest.problems > 0) return { tone: "warn", text: `The latest backup is complete, but ${count(latest.problems, "thing")} in the server or beside it ${latest.problems === 1 ? "is" : "are"} damaged: run the check below.` };
    if (nextAt && now - Date.parse(nextAt) > LATE) return { tone: "warn", text: `The next backup should have been made ${exact(nextAt)}; the server's log says why it was not.` };
    return { tone: "good", text: "The latest backup is complete." };
}

export function percent(done: number, total: number): number | undefined {
    return total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : undefined;
}

function part(done: number, total: number): string {
    const much = percent(done, total);
    return much === undefined ? "" : `, ${bytes(done)} of ${bytes(total)} (${much} %)`;
}

/** What the server does by itself. */
export function schedule({ every, keep, nextAt }: BackupOverview, now: number): string {
    if (!every) return "never: set backup.directory and backup.every in ropewalk.yaml";
    const due = nextAt ? Date.parse(nextAt) : undefined;
    const next = due === undefined ? "" : due <= now ? "; the next one is due" : `; the next one ${exact(due)}`;
    return `every ${every}, ${keep === 1 ? "only the newest is" : `the newest ${keep} are`} kept${next}`;
}

/** What to type to make one. */
export function command({ directory, latest }: BackupOverview): string {
    if (directory) return "ropewalk backup";
    return `ropewalk backup ${latest?.directory ?? "/path/on/another/disk"}`;
}
