/** `name=value` lines; a name alone is a label without a value. */
export function parseLabels(text: string): { labels: Record<string, string>; wrong?: string } {
    const labels: Record<string, string> = {};
    for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
        const at = line.indexOf("=");
        const name = (at < 0 ? line : line.slice(0, at)).trim();
        if (!name) return { labels, wrong: `"${line}" has no name before the equals sign.` };
        labels[name] = at < 0 ? "" : line.slice(at + 1).trim();
    }
    return { labels };
}
