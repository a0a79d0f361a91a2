import type { Run, RunEvent } from "../api/types";
import { type Column, DataTable } from "../kit/DataTable";
import { Empty } from "../kit/Empty";
import { Loaded } from "../kit/Loaded";
import { StateChip } from "../kit/StateChip";
import { When } from "../kit/Time";
import { useRunEvents } from "./hooks";

const COLUMNS: Column<RunEvent>[] = [
    { id: "type", title: "Type", badge: true, width: "104px", groupable: true, value: (event) => event.type, render: (event) => <StateChip state={event.type} plain /> },
    { id: "reason", title: "Reason", width: "minmax(130px, 0.8fr)", groupable: true, value: (event) => event.reason },
    { id: "message", title: "Message", width: "minmax(280px, 4fr)", value: (event) => event.message },
    { id: "source", title: "Source", width: "minmax(110px, 1fr)", groupable: true, value: (event) => [event.component, event.host].filter(Boolean).join(", ") },
    { id: "count", title: "Count", width: "70px", numeric: true, value: (event) => event.count },
    { id: "first", title: "First seen", width: "110px", value: (event) => Date.parse(event.firstSeenAt), render: (event) => <When at={event.firstSeenAt} /> },
    { id: "last", title: "Last seen", width: "110px", value: (event) => Date.parse(event.lastSeenAt), render: (event) => <When at={event.lastSeenAt} /> },
];

export function EventTable({ events, tools, prefix, bare }: { events: readonly RunEvent[]; tools?: boolean; prefix?: string; bare?: boolean }) {
    return <DataTable rows={events} columns={COLUMNS} rowKey={(event) => `${event.reason}/${event.component}/${event.firstSeenAt}/${event.message}`} label="Events" tools={tools} prefix={prefix} bare={bare} defaultSort={{ column: "last", descending: true }} empty={<Empty small bare={bare} text="No events. Waiting, restarts, warnings and what went wrong are told here." />} />;
}

export function EventsTab({ run }: { run: Run }) {
    const events = useRunEvents(run.id);
    return <Loaded of={events}>{(all) => <EventTable events={all} tools />}</Loaded>;
}
