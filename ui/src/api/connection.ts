import { useSyncExternalStore } from "react";

// Whether the server was there when it was last spoken to.
let away = false;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const AGAIN = 1_500;

function set(next: boolean): void {
    if (away === next) return;
    away = next;
    listeners.forEach((listener) => listener());
}

/** Something got no answer: asks the server whether it lives, again and again until it does. */
export function doubt(): void {
    if (timer !== undefined) return;
    timer = setTimeout(() => void ask(), 0);
}

async function ask(): Promise<void> {
    try {
        // Any answer will do: what stands in front of a server may have one of its own.
        await fetch("/health", { cache: "no-store" });
        timer = undefined;
        set(false);
    } catch {
        set(true);
        timer = setTimeout(() => void ask(), AGAIN);
    }
}

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

export function useAway(): boolean {
    return useSyncExternalStore(subscribe, () => away);
}
