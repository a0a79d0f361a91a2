import { plain } from "../kit/format";

function quote(text: string): string {
    return /^[\w.,:/=+@%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

interface Said {
    parameters: Record<string, unknown>;
    experiment?: string;
    comment?: string;
    resume?: boolean;
}

/** The command that does what a dialog is about to do, ready for a shell. */
export function startCommand(verb: "run" | "again", target: string, { parameters, experiment, comment, resume }: Said): string {
    const words = ["ropewalk", verb, target, ...Object.entries(parameters).flatMap(([name, value]) => ["--set", `${name}=${plain(value)}`])];
    if (experiment && experiment !== "master") words.push("--experiment", experiment);
    if (comment) words.push("--comment", comment);
    if (resume) words.push("--resume");
    return words.map(quote).join(" ");
}
