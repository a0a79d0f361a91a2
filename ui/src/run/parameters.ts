/** A parameter as one types it: what reads as a number, truth value or structure is one; quotes make anything text. */
export function parseParameter(text: string, original?: unknown): unknown {
    const trimmed = text.trim();
    if (typeof original === "string" && !/^".*"$/.test(trimmed)) return text;
    if (trimmed === "true" || trimmed === "false") return trimmed === "true";
    if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed);
    if (/^(".*"|\[.*\]|\{.*\})$/s.test(trimmed)) {
        try {
            return JSON.parse(trimmed) as unknown;
        } catch {
            return text;
        }
    }
    return text;
}

/** Only what was changed or added is sent. */
export function changedParameters(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value)));
}
