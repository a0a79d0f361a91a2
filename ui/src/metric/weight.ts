/** What people look for first: losses, then scores, then the rest; machine use last. */
export function weight(name: string): number {
    if (/loss/i.test(name)) return 0;
    if (/acc|f1|auc|score|reward|bleu|perplexity|error|mse|mae/i.test(name)) return 1;
    return /cpu|memory|gpu|disk|lr|learning.rate|epoch/i.test(name) ? 3 : 2;
}
