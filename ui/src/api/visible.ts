import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
    document.addEventListener("visibilitychange", listener);
    return () => document.removeEventListener("visibilitychange", listener);
}

/**
 * Whether someone can see this page. A browser allows six connections to a server over all of its tabs, and every
 * stream holds one: pages in the background must let go of theirs.
 */
export function useVisible(): boolean {
    return useSyncExternalStore(subscribe, () => document.visibilityState !== "hidden");
}
