export interface Node {
    id: string;
    parent?: string;
}

export interface Lane {
    /** The column the node stands in. */
    column: number;
    /** Lines that pass or leave this row, from a column at its top to one at its bottom. */
    lines: { from: number; to: number; color: number; begins?: boolean }[];
    color: number;
    width: number;
}

/** Gives each node of a history, newest first, a column, so that every line of work runs straight down to where it began. */
export function lanes(nodes: readonly Node[]): Lane[] {
    const known = new Set(nodes.map((node) => node.id));
    // What each column waits for: the next node that belongs there.
    const waiting: ({ id: string; color: number } | undefined)[] = [];
    let colors = 0;
    return nodes.map((node) => {
        const mine = waiting.flatMap((one, i) => (one?.id === node.id ? [i] : []));
        let column = mine[0] ?? -1;
        const begins = column < 0;
        if (begins) {
            column = waiting.findIndex((one) => one === undefined);
            if (column < 0) column = waiting.length;
            waiting[column] = { id: node.id, color: colors++ };
        }
        const color = waiting[column]!.color;
        const lines: Lane["lines"] = [];
        const before = [...waiting];
        for (const at of mine) if (at !== column) waiting[at] = undefined;
        waiting[column] = node.parent && known.has(node.parent) ? { id: node.parent, color } : undefined;
        before.forEach((one, i) => {
            if (!one) return;
            if (i === column) {
                if (waiting[column]) lines.push({ from: column, to: column, color, begins });
                else if (!begins) lines.push({ from: column, to: -1, color });
            } else if (one.id === node.id) lines.push({ from: i, to: column, color: one.color });
            else lines.push({ from: i, to: i, color: one.color });
        });
        while (waiting.length > 0 && waiting[waiting.length - 1] === undefined) waiting.pop();
        return { column, lines, color, width: Math.max(before.length, column + 1) };
    });
}
