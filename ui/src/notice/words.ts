import type { AddRule, Rule } from "../api/types";

/** Behind "You are told when". */
export function sentence(rule: Rule): string {
    const who = rule.about === "project" ? `a run of ${rule.project}` : rule.about === "run" ? `${rule.runName} of ${rule.project}` : "a run of yours";
    return `${who} ${rule.words}`;
}

/** What stands in the dialog; all of it as text, as people type. */
export interface Draft {
    about: "mine" | "project" | "run";
    on: AddRule["on"];
    minutes: string;
    metric: string;
    is: "above" | "below" | "nan";
    value: string;
    channels: string[];
}

export const EMPTY: Draft = { about: "mine", on: "failed", minutes: "10", metric: "", is: "above", value: "", channels: [] };

/** What is still missing, or undefined when it can be sent. */
export function missing(draft: Draft): string | undefined {
    if (draft.on === "silent" && !/^[1-9][0-9]{0,4}$/.test(draft.minutes.trim())) return "Say after how many minutes.";
    if (draft.on !== "number") return undefined;
    if (!draft.metric.trim()) return "Name the series.";
    if (draft.is !== "nan" && (draft.value.trim() === "" || !Number.isFinite(Number(draft.value)))) return "Give a number to compare with.";
    return undefined;
}

export function asked(draft: Draft, of: { workspace?: string; project?: string; run?: string }): AddRule {
    return {
        ...(draft.about === "run" ? { run: of.run } : draft.about === "project" ? { workspace: of.workspace, project: of.project } : {}),
        on: draft.on,
        ...(draft.on === "silent" ? { minutes: Number(draft.minutes) } : {}),
        ...(draft.on === "number" ? { metric: draft.metric.trim(), is: draft.is, ...(draft.is === "nan" ? {} : { value: Number(draft.value) }) } : {}),
        channels: draft.channels,
    };
}
