// Eight hues that stay apart for colour-blind eyes and keep contrast on white and on near-black.
const HUES = ["#3b7dd8", "#d9730d", "#0f9f8f", "#b65bc4", "#a8881d", "#e0559b", "#5f9e3a", "#7a6fe0"];

function hash(text: string): number {
    let h = 2166136261;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
    return h >>> 0;
}

/** The colour of a run is the same wherever it appears. It follows its number, so that neighbours differ whatever their tasks. */
export function runColor(run: { number: number }): string {
    return colorAt(run.number);
}

/** The colour of a replica follows its name: its role sets where its indices begin. */
export function replicaColor(name: string): string {
    const index = /(\d+)$/.exec(name)?.[1] ?? "";
    return colorAt(hash(name.slice(0, name.length - index.length)) + Number(index));
}

export function colorAt(index: number): string {
    return HUES[index % HUES.length]!;
}
