export interface Span {
    text: string;
    /** 0–15 of the terminal's own palette; the rest as `r,g,b`. */
    color?: number | string;
    background?: number | string;
    bold?: boolean;
    dim?: boolean;
    italic?: boolean;
    underline?: boolean;
}

type Style = Omit<Span, "text">;

// CSI sequences (colours and cursor), OSC titles and links, and the two-byte escapes.
const ESCAPE = /\u001b(?:\[([0-9;:?]*)([ -/]*[@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
const CUBE = [0, 95, 135, 175, 215, 255];

function palette(index: number): number | string {
    if (index < 16) return index;
    if (index >= 232) {
        const level = 8 + (index - 232) * 10;
        return `${level},${level},${level}`;
    }
    const at = index - 16;
    return `${CUBE[Math.floor(at / 36)]},${CUBE[Math.floor(at / 6) % 6]},${CUBE[at % 6]}`;
}

function extended(codes: number[], at: number): { color?: number | string; used: number } {
    if (codes[at + 1] === 5) return { color: palette(Math.min(255, codes[at + 2] ?? 0)), used: 2 };
    if (codes[at + 1] === 2) return { color: `${codes[at + 2] ?? 0},${codes[at + 3] ?? 0},${codes[at + 4] ?? 0}`, used: 4 };
    return { used: 0 };
}

function apply(style: Style, parameters: string): Style {
    const codes = parameters.split(/[;:]/).map((code) => Number(code) || 0);
    let next: Style = { ...style };
    for (let i = 0; i < codes.length; i++) {
        const code = codes[i]!;
        if (code === 0) next = {};
        else if (code === 1) next.bold = true;
        else if (code === 2) next.dim = true;
        else if (code === 3) next.italic = true;
        else if (code === 4) next.underline = true;
        else if (code === 22) next.bold = next.dim = undefined;
        else if (code === 23) next.italic = undefined;
        else if (code === 24) next.underline = undefined;
        else if (code >= 30 && code <= 37) next.color = code - 30;
        else if (code >= 90 && code <= 97) next.color = code - 82;
        else if (code === 39) next.color = undefined;
        else if (code >= 40 && code <= 47) next.background = code - 40;
        else if (code >= 100 && code <= 107) next.background = code - 92;
        else if (code === 49) next.background = undefined;
        else if (code === 38 || code === 48) {
            const { color, used } = extended(codes, i);
            if (code === 38) next.color = color;
            else next.background = color;
            i += used;
        }
    }
    return next;
}

/** A progress bar rewrites its line: what stands after the last carriage return is what a terminal would show. */
export function visible(text: string): string {
    const bare = text.replace(/\r+$/, "");
    const at = bare.lastIndexOf("\r");
    return at < 0 ? bare : bare.slice(at + 1);
}

/** One line of a terminal as styled spans. Colours end with their line; other control sequences vanish. */
export function parseAnsi(line: string): Span[] {
    const text = visible(line);
    if (!text.includes("\u001b")) return text ? [{ text }] : [];
    const spans: Span[] = [];
    let style: Style = {};
    let from = 0;
    const push = (part: string) => {
        if (part) spans.push({ ...style, text: part });
    };
    for (const match of text.matchAll(ESCAPE)) {
        push(text.slice(from, match.index));
        from = match.index + match[0].length;
        if (match[2] === "m") style = apply(style, match[1] ?? "");
    }
    push(text.slice(from));
    return spans;
}

export function stripAnsi(line: string): string {
    return visible(line).replace(ESCAPE, "");
}
