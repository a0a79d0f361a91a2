/** How well a text fits what was typed: undefined means not at all, higher is better. Letters must come in order. */
export function rank(text: string, typed: string): number | undefined {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return 0;
    const lower = text.toLowerCase();
    let sum = 0;
    for (const word of words) {
        const at = lower.indexOf(word);
        if (at >= 0) {
            sum += 100 - Math.min(at, 50) + (at === 0 || /[\s/_-]/.test(lower[at - 1]!) ? 50 : 0);
            continue;
        }
        let from = 0;
        for (const letter of word) {
            from = lower.indexOf(letter, from) + 1;
            if (from === 0) return undefined;
        }
        sum += 10;
    }
    return sum - text.length / 100;
}
