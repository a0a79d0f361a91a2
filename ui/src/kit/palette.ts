// Eight hues that stay apart for colour-blind eyes and keep contrast on white and on near-black.
const HUES = ["#3b7dd8", "#d9730d", "#0f9f8f", "#b65bc4", "#a8881d", "#e0559b", "#5f9e3a", "#7a6fe0"];

function hash(text: string): number {
    let h = 2166136261;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
    return h >>> 0;
}

/** The colour of a run (or a replica) is the same wherever it appears: it follows from its name alone. */
export function runColor(name: string): string {
    // Neighbours in number get neighbours in the list, so that the runs one compares most differ.
    const number = /(\d+)$/.exec(name)?.[1];
    const index = number ? Number(number) + hash(name.slice(0, -number.length)) : hash(name);
    return HUES[index % HUES.length]!;
}

export function colorAt(index: number): string {
    return HUES[index % HUES.length]!;
}
