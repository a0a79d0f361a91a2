import type { DiffLine } from "../api/types";

/** The difference of two texts, line by line (Myers' greedy algorithm: the shortest edit script). */
export function diffLines(before: string, after: string): DiffLine[] {
    const a = before === "" ? [] : before.replace(/\n$/, "").split("\n");
    const b = after === "" ? [] : after.replace(/\n$/, "").split("\n");
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start++;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
    const out: DiffLine[] = [];
    const same = (i: number, j: number) => out.push({ kind: " ", text: a[i]!, oldLine: i + 1, newLine: j + 1 });
    for (let i = 0; i < start; i++) same(i, i);
    for (const edit of script(a.slice(start, a.length - end), b.slice(start, b.length - end))) {
        if (edit.kind === " ") same(start + edit.i, start + edit.j);
        else if (edit.kind === "-") out.push({ kind: "-", text: a[start + edit.i]!, oldLine: start + edit.i + 1 });
        else out.push({ kind: "+", text: b[start + edit.j]!, newLine: start + edit.j + 1 });
    }
    for (let i = end; i > 0; i--) same(a.length - i, b.length - i);
    return out;
}

interface Edit {
    kind: " " | "-" | "+";
    i: number;
    j: number;
}

function script(a: readonly string[], b: readonly string[]): Edit[] {
    const n = a.length;
    const m = b.length;
    const most = n + m;
    const furthest = new Map<number, number>([[1, 0]]);
    const trace: Map<number, number>[] = [];
    for (let d = 0; d <= most; d++) {
        trace.push(new Map(furthest));
        for (let k = -d; k <= d; k += 2) {
            const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
            let x = down ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
            let y = x - k;
            while (x < n && y < m && a[x] === b[y]) {
                x++;
                y++;
            }
            furthest.set(k, x);
            if (x >= n && y >= m) return walkBack(trace, n, m);
        }
    }
    return [];
}

function walkBack(trace: readonly Map<number, number>[], n: number, m: number): Edit[] {
    const edits: Edit[] = [];
    let x = n;
    let y = m;
    for (let d = trace.length - 1; d >= 0; d--) {
        const furthest = trace[d]!;
        const k = x - y;
        const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
        const beforeK = down ? k + 1 : k - 1;
        const beforeX = d === 0 ? 0 : furthest.get(beforeK)!;
        const beforeY = d === 0 ? 0 : beforeX - beforeK;
        while (x > beforeX && y > beforeY) edits.push({ kind: " ", i: --x, j: --y });
        if (d === 0) break;
        if (down) edits.push({ kind: "+", i: x, j: --y });
        else edits.push({ kind: "-", i: --x, j: y });
    }
    return edits.reverse();
}

export type DiffChunk = { kind: "lines"; lines: DiffLine[] } | { kind: "fold"; lines: DiffLine[] };

/** Long stretches without a change fold away, but for `around` lines beside each change. */
export function fold(lines: readonly DiffLine[], around = 3): DiffChunk[] {
    const near = new Array<boolean>(lines.length).fill(false);
    lines.forEach((line, i) => {
        if (line.kind === " ") return;
        for (let at = Math.max(0, i - around); at <= Math.min(lines.length - 1, i + around); at++) near[at] = true;
    });
    const chunks: DiffChunk[] = [];
    lines.forEach((line, i) => {
        const kind = near[i] ? "lines" : "fold";
        const last = chunks[chunks.length - 1];
        if (last?.kind === kind) last.lines.push(line);
        else chunks.push({ kind, lines: [line] });
    });
    // Folding one or two lines hides more than it saves.
    return chunks.map((chunk) => (chunk.kind === "fold" && chunk.lines.length < 3 ? { kind: "lines", lines: chunk.lines } : chunk));
}
