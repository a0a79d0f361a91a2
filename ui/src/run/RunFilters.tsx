import { SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useSearchParams } from "react-router";

const STATES = [
    { value: "", label: "All" },
    { value: "active", label: "Active" },
    { value: "succeeded", label: "Succeeded" },
    { value: "failed", label: "Failed" },
    { value: "stopped", label: "Stopped" },
];

/** `active` is four states of the server; the rest are its own words. */
export function stateParameter(choice: string | null): string | undefined {
    if (!choice) return undefined;
    return choice === "active" ? "queued,starting,running,ending" : choice;
}

export function RunFilters() {
    const [params, setParams] = useSearchParams();
    const put = (name: string, value: string) =>
        setParams(
            (current) => {
                const next = new URLSearchParams(current);
                if (value) next.set(name, value);
                else next.delete(name);
                return next;
            },
            { replace: true },
        );
    const search = useDebouncedCallback((text: string) => put("search", text), 250);
    return (
        <>
            <SegmentedControl size="xs" data={STATES} value={params.get("state") ?? ""} onChange={(state) => put("state", state)} aria-label="State" />
            <TextInput size="xs" w={200} placeholder="Search runs" aria-label="Search runs" leftSection={<IconSearch size={14} />} defaultValue={params.get("search") ?? ""} onChange={(event) => search(event.currentTarget.value)} data-table-filter />
        </>
    );
}
