import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { Problem } from "./Problem";

/** Only what takes longer than a blink shows that it is loading. */
export function Waiting({ rows = 4, height = 20 }: { rows?: number; height?: number }) {
    const [late, setLate] = useState(false);
    useEffect(() => {
        const timer = setTimeout(() => setLate(true), 300);
        return () => clearTimeout(timer);
    }, []);
    if (!late) return null;
    return (
        <div role="status" aria-label="Loading">
            {Array.from({ length: rows }, (_, i) => (
                <Skeleton key={i} height={height} mb="xs" width={`${100 - ((i * 13) % 30)}%`} />
            ))}
        </div>
    );
}

/** A value that is loading, refused or there: each of the three has its face. */
export function Loaded<T>({ of, rows, children }: { of: UseQueryResult<T>; rows?: number; children: (value: T) => ReactNode }) {
    if (of.data !== undefined) return <>{children(of.data)}</>;
    if (of.isError) return <Problem error={of.error} onRetry={() => void of.refetch()} />;
    return <Waiting rows={rows} />;
}
