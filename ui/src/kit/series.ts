/** x ascending, y with gaps as NaN: one line of a chart. */
export interface XY {
    x: number[];
    y: number[];
}

export interface Envelope extends XY {
    min: number[];
    max: number[];
}

/**
 * At most `buckets` points that keep every peak: each holds the smallest, the largest and the mean value of its
 * stretch of x. A line that already fits is returned as it is, with min = max = y.
 */
export function envelope({ x, y }: XY, buckets: number): Envelope {
    const size = x.length;
    if (size <= buckets || buckets < 1) return { x, y, min: y, max: y };
    const first = x[0]!;
    const span = x[size - 1]! - first;
    const out: Envelope = { x: [], y: [], min: [], max: [] };
    let from = 0;
    for (let bucket = 0; bucket < buckets && from < size; bucket++) {
        const limit = bucket === buckets - 1 || span === 0 ? Infinity : first + (span * (bucket + 1)) / buckets;
        let min = Infinity;
        let max = -Infinity;
        let sum = 0;
        let seen = 0;
        let to = from;
        while (to < size && x[to]! < limit) {
            const value = y[to]!;
            if (Number.isFinite(value)) {
                if (value < min) min = value;
                if (value > max) max = value;
                sum += value;
                seen++;
            }
            to++;
        }
        if (to === from) continue;
        out.x.push(x[Math.floor((from + to - 1) / 2)]!);
        out.y.push(seen ? sum / seen : NaN);
        out.min.push(seen ? min : NaN);
        out.max.push(seen ? max : NaN);
        from = to;
    }
    return out;
}

/** Exponential smoothing without the pull towards zero at the start; gaps stay gaps and leave no trace. */
export function smooth(y: readonly number[], weight: number): number[] {
    if (weight <= 0) return y as number[];
    let last = 0;
    let seen = 0;
    return y.map((value) => {
        if (!Number.isFinite(value)) return value;
        last = last * weight + (1 - weight) * value;
        seen++;
        return last / (1 - weight ** seen);
    });
}

/** Many lines on one axis: the union of all x, `null` where a line has no point. */
export function align(lines: readonly { x: readonly number[]; ys: readonly (readonly number[])[] }[]): (number | null)[][] {
    const all = new Set<number>();
    for (const line of lines) for (const x of line.x) all.add(x);
    const axis = [...all].sort((a, b) => a - b);
    const at = new Map(axis.map((x, i) => [x, i]));
    const out: (number | null)[][] = [axis];
    for (const line of lines) {
        for (const y of line.ys) {
            const column = new Array<number | null>(axis.length).fill(null);
            line.x.forEach((x, i) => {
                const value = y[i]!;
                column[at.get(x)!] = Number.isFinite(value) ? value : null;
            });
            out.push(column);
        }
    }
    return out;
}

export interface Ends {
    last?: number;
    min?: number;
    max?: number;
}

export function ends(y: readonly number[]): Ends {
    let min: number | undefined;
    let max: number | undefined;
    for (const value of y) {
        if (!Number.isFinite(value)) continue;
        if (min === undefined || value < min) min = value;
        if (max === undefined || value > max) max = value;
    }
    return { last: y[y.length - 1], min, max };
}

/** The value at the point nearest to x. */
export function nearest({ x, y }: XY, at: number): number | undefined {
    if (x.length === 0) return undefined;
    let low = 0;
    let high = x.length - 1;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (x[middle]! < at) low = middle + 1;
        else high = middle;
    }
    if (low > 0 && at - x[low - 1]! < x[low]! - at) low--;
    return y[low];
}
