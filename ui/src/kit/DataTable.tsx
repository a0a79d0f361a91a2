import { ActionIcon, Button, Checkbox, Menu, TextInput, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconColumns3, IconDownload, IconSearch } from "@tabler/icons-react";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import classes from "./DataTable.module.css";
import { save } from "./save";
import { type Column, filterRows, groupRows, moveCursor, nextSort, parseState, sortRows, type TableState, toCsv, visibleColumns, writeState } from "./table";

export type { Column } from "./table";

export interface BulkAction<T> {
    label: string;
    onAct: (rows: T[]) => void;
    danger?: boolean;
}

interface Props<T> {
    rows: readonly T[];
    columns: readonly Column<T>[];
    rowKey: (row: T) => string;
    /** Where a row leads; makes rows clickable and Enter work. */
    href?: (row: T) => string | undefined;
    onOpen?: (row: T) => void;
    /** Names the table for screen readers and the exported file. */
    label: string;
    /** Tells two tables on one page apart in the URL. */
    prefix?: string;
    /** Stands left of the table's own tools. */
    filters?: ReactNode;
    /** Filter box, columns, export. Off for small tables. */
    tools?: boolean;
    /** The page brings a search of its own. */
    ownFilter?: boolean;
    bulk?: BulkAction<T>[];
    /** More rows exist: called when the end comes near. */
    onMore?: () => void;
    total?: ReactNode;
    empty?: ReactNode;
    /** Without a border, for a table inside a panel. */
    bare?: boolean;
    defaultSort?: TableState["sort"];
}

const ROW = 28;
const VIRTUAL_FROM = 80;

function typing(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

/** Rows and columns: sort, filter, choose, group, select, export; J, K and Enter; the whole view stands in the URL. */
export function DataTable<T>({ rows, columns, rowKey, href, onOpen, label, prefix = "", filters, tools, ownFilter, bulk, onMore, total, empty, bare, defaultSort }: Props<T>) {
    const [params, setParams] = useSearchParams();
    const navigate = useNavigate();
    const phone = useMediaQuery("(max-width: 700px)", false, { getInitialValueInEffect: false });
    const state = useMemo(() => parseState(params, prefix), [params, prefix]);
    const sort = state.sort ?? defaultSort;
    const change = useCallback(
        (next: Partial<TableState>) => setParams((current) => writeState(current, { ...parseState(current, prefix), ...next }, prefix), { replace: true }),
        [setParams, prefix],
    );

    const shown = useMemo(() => visibleColumns(columns, state.columns), [columns, state.columns]);
    const sorted = useMemo(() => sortRows(filterRows(rows, columns, state.filter), columns, sort), [rows, columns, state.filter, sort]);
    const grouping = columns.find((column) => column.id === state.group);
    const lines = useMemo(() => groupRows(sorted, grouping), [sorted, grouping]);
    const inOrder = useMemo(() => lines.flatMap((line) => (line.kind === "row" ? [line.row] : [])), [lines]);

    // Typed words show at once and the address follows a moment later; it leads when nobody is typing.
    const [words, setWords] = useState(state.filter);
    const field = useRef<HTMLInputElement>(null);
    useEffect(() => {
        if (document.activeElement !== field.current) setWords(state.filter);
    }, [state.filter]);

    const [cursor, setCursor] = useState(-1);
    const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
    const frame = useRef<HTMLDivElement>(null);

    const open = useCallback(
        (row: T, newTab = false) => {
            const to = href?.(row);
            if (to && newTab) window.open(to, "_blank", "noopener");
            else if (to) void navigate(to);
            else onOpen?.(row);
        },
        [href, navigate, onOpen],
    );

    const opens = !!(href || onOpen);
    useEffect(() => {
        if (!opens) return;
        const onKey = (event: KeyboardEvent) => {
            if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("[role=dialog]")) return;
            const inside = frame.current?.contains(document.activeElement);
            if (!inside && event.key !== "j" && event.key !== "k" && event.key !== "Enter") return;
            if (event.key === "Enter") {
                const row = inOrder[cursor];
                const busy = document.activeElement instanceof HTMLElement && document.activeElement !== document.body && !document.activeElement.matches("[data-row]");
                if (row && !busy) open(row);
                return;
            }
            const next = moveCursor(cursor, event.key, inOrder.length);
            if (next === undefined) return;
            event.preventDefault();
            setCursor(next);
        };
        window.addEventListener("keydown", onKey);
        return () => window.removeEventListener("keydown", onKey);
    }, [opens, cursor, inOrder, open]);

    useEffect(() => {
        if (cursor < 0) return;
        frame.current?.querySelector<HTMLElement>(`[data-row="${cursor}"]`)?.focus({ preventScroll: false });
    }, [cursor]);

    const tracks = [bulk ? "36px" : "", ...shown.map((column) => column.width ?? "minmax(120px, 1fr)")].filter(Boolean).join(" ");
    // Rows are grids of their own: they line up because all are as wide as the table, never as wide as their content.
    const least = shown.reduce((sum, column) => sum + leastWidth(column.width), bulk ? 36 : 0);
    const toggle = (key: string) =>
        setSelected((current) => {
            const next = new Set(current);
            if (!next.delete(key)) next.add(key);
            return next;
        });
    const chosen = bulk ? inOrder.filter((row) => selected.has(rowKey(row))) : [];

    const bar = (tools || filters || chosen.length > 0) && (
        <div className={classes.bar}>
            {filters}
            {tools && !ownFilter && (
                <TextInput
                    size="xs"
                    w={220}
                    placeholder="Filter rows"
                    aria-label={`Filter ${label}`}
                    leftSection={<IconSearch size={14} />}
                    ref={field}
                    value={words}
                    onChange={(event) => {
                        setWords(event.currentTarget.value);
                        change({ filter: event.currentTarget.value });
                    }}
                    data-table-filter
                />
            )}
            <span className={classes.spring} />
            {chosen.length > 0 && (
                <>
                    <span className={classes.count}>{chosen.length} selected</span>
                    {bulk?.map((action) => (
                        <Button key={action.label} size="compact-xs" variant="default" c={action.danger ? "red" : undefined} onClick={() => action.onAct(chosen)}>
                            {action.label}
                        </Button>
                    ))}
                    <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setSelected(new Set())}>
                        Clear
                    </Button>
                </>
            )}
            {tools && (
                <>
                    <span className={classes.count}>{total ?? (sorted.length === rows.length ? `${rows.length}` : `${sorted.length} of ${rows.length}`)}</span>
                    <Menu closeOnItemClick={false}>
                        <Menu.Target>
                            <Tooltip label="Columns and groups">
                                <ActionIcon variant="subtle" color="gray" aria-label="Columns and groups">
                                    <IconColumns3 size={16} />
                                </ActionIcon>
                            </Tooltip>
                        </Menu.Target>
                        <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
                            <Menu.Label>Columns</Menu.Label>
                            {columns
                                .filter((column) => !column.pinned)
                                .map((column) => {
                                    const on = shown.includes(column);
                                    const ids = shown.filter((one) => !one.pinned).map((one) => one.id);
                                    return (
                                        <Menu.Item
                                            key={column.id}
                                            role="menuitemcheckbox"
                                            aria-checked={on}
                                            leftSection={<Checkbox size="xs" checked={on} readOnly tabIndex={-1} aria-hidden style={{ pointerEvents: "none" }} />}
                                            onClick={() => change({ columns: on ? ids.filter((id) => id !== column.id) : [...ids, column.id] })}
                                        >
                                            {column.title}
                                        </Menu.Item>
                                    );
                                })}
                            {columns.some((column) => column.groupable) && (
                                <>
                                    <Menu.Divider />
                                    <Menu.Label>Group by</Menu.Label>
                                    {columns
                                        .filter((column) => column.groupable)
                                        .map((column) => (
                                            <Menu.Item
                                                key={column.id}
                                                role="menuitemradio"
                                                aria-checked={state.group === column.id}
                                                fw={state.group === column.id ? 600 : undefined}
                                                onClick={() => change({ group: state.group === column.id ? undefined : column.id })}
                                            >
                                                {column.title}
                                            </Menu.Item>
                                        ))}
                                </>
                            )}
                        </Menu.Dropdown>
                    </Menu>
                    <Tooltip label="Download as CSV">
                        <ActionIcon variant="subtle" color="gray" aria-label="Download as CSV" onClick={() => save(`${label.toLowerCase().replaceAll(" ", "-")}.csv`, toCsv(inOrder, shown), "text/csv")}>
                            <IconDownload size={16} />
                        </ActionIcon>
                    </Tooltip>
                </>
            )}
        </div>
    );

    if (rows.length === 0 && empty) {
        return (
            <>
                {filters && <div className={classes.bar}>{filters}</div>}
                {empty}
            </>
        );
    }

    if (phone) {
        return (
            <>
                {bar}
                <div className={`${classes.cards} ${bare ? classes.inPanel : ""}`} role="list" aria-label={label}>
                    {lines.slice(0, 200).map((line, i) =>
                        line.kind === "group" ? (
                            <div key={`g${i}`} className={classes.group}>
                                {line.label} <span className={classes.count}>{line.size}</span>
                            </div>
                        ) : (
                            <div key={rowKey(line.row)} role="listitem" className={`${classes.card} ${opens ? classes.opens : ""}`} onClick={(event) => opens && !(event.target as HTMLElement).closest("a") && open(line.row)}>
                                <Card row={line.row} columns={shown} />
                            </div>
                        ),
                    )}
                </div>
                {onMore && (
                    <Button variant="default" fullWidth mt="xs" onClick={onMore}>
                        Show more
                    </Button>
                )}
            </>
        );
    }

    const line = (index: number): ReactNode => {
        const item = lines[index];
        if (!item) return null;
        if (item.kind === "group") {
            return (
                <div className={classes.group} role="row">
                    <span role="cell">{item.label}</span> <span className={classes.count}>{item.size}</span>
                </div>
            );
        }
        const { row } = item;
        const key = rowKey(row);
        return (
            <div
                role="row"
                data-row={item.index}
                tabIndex={opens ? (item.index === Math.max(cursor, 0) ? 0 : -1) : undefined}
                className={`${classes.row} ${opens ? classes.opens : ""} ${item.index === cursor ? classes.cursor : ""}`}
                onClick={(event) => {
                    if (!opens || (event.target as HTMLElement).closest("a,button,input,label")) return;
                    if (window.getSelection()?.toString()) return;
                    open(row, event.ctrlKey || event.metaKey);
                }}
            >
                {bulk && (
                    <div role="cell" className={classes.check}>
                        <Checkbox size="xs" checked={selected.has(key)} onChange={() => toggle(key)} aria-label="Select the row" />
                    </div>
                )}
                {shown.map((column) => (
                    <div key={column.id} role="cell" className={`${classes.cell} ${column.numeric ? classes.numeric : ""} ${column.pinned ? classes.pinned : ""}`}>
                        {cell(column, row)}
                    </div>
                ))}
            </div>
        );
    };

    return (
        <>
            {bar}
            <div className={`${classes.frame} ${bare ? classes.bare : ""}`} ref={frame} style={{ "--tracks": tracks, "--least": `${least}px` } as React.CSSProperties}>
                <div role="table" className={classes.table} aria-label={label} aria-rowcount={inOrder.length}>
                    <div role="row" className={classes.head}>
                        {bulk && (
                            <div role="columnheader" className={classes.check}>
                                <Checkbox
                                    size="xs"
                                    aria-label="Select all rows"
                                    checked={chosen.length > 0 && chosen.length === inOrder.length}
                                    indeterminate={chosen.length > 0 && chosen.length < inOrder.length}
                                    onChange={() => setSelected(chosen.length === inOrder.length ? new Set() : new Set(inOrder.map(rowKey)))}
                                />
                            </div>
                        )}
                        {shown.map((column) => {
                            const sorting = sort?.column === column.id ? sort : undefined;
                            return (
                                <div
                                    key={column.id}
                                    role="columnheader"
                                    aria-sort={sorting ? (sorting.descending ? "descending" : "ascending") : "none"}
                                    className={`${classes.th} ${column.numeric ? classes.numeric : ""} ${column.pinned ? classes.pinned : ""}`}
                                >
                                    <button type="button" className={classes.sorter} onClick={() => change({ sort: nextSort(sorting, column) })} title={column.title}>
                                        {column.title}
                                        {sorting && (sorting.descending ? <IconArrowDown size={12} /> : <IconArrowUp size={12} />)}
                                    </button>
                                </div>
                            );
                        })}
                    </div>
                    {lines.length > VIRTUAL_FROM ? <VirtualLines size={lines.length} line={line} cursor={cursor} onMore={onMore} /> : lines.map((one, i) => (
                            <div key={one.kind === "row" ? rowKey(one.row) : `g-${one.label}`} className={i === lines.length - 1 ? classes.end : undefined}>
                                {line(i)}
                            </div>
                        ))}
                </div>
                {lines.length <= VIRTUAL_FROM && onMore && <More onMore={onMore} />}
            </div>
        </>
    );
}

/** A row on a phone: its name, its badge, and what else there is to say in as few lines as it takes. */
function Card<T>({ row, columns }: { row: T; columns: readonly Column<T>[] }) {
    const title = columns.find((column) => !column.badge) ?? columns[0]!;
    const badge = columns.find((column) => column.badge && column !== title);
    if (columns.length === 2 && !badge) {
        return (
            <div className={`${classes.cardTitle} ${classes.pair}`}>
                <span>{cell(title, row)}</span>
                <span>{cell(columns[1]!, row)}</span>
            </div>
        );
    }
    const rest = columns.filter((column) => column !== title && column !== badge && !["", undefined].includes(column.value(row) as string | undefined));
    return (
        <>
            <div className={classes.cardTitle}>
                <span>{cell(title, row)}</span>
                {badge && cell(badge, row)}
            </div>
            {rest.length > 0 && (
                <dl className={classes.pairs}>
                    {rest.map((column) => (
                        <div key={column.id}>
                            <dt>{column.title}</dt>
                            <dd>{cell(column, row)}</dd>
                        </div>
                    ))}
                </dl>
            )}
        </>
    );
}

/** The pixels that a track takes at least. */
function leastWidth(width = "120px"): number {
    return Number(/(\d+)px/.exec(width)?.[1] ?? 120);
}

function cell<T>(column: Column<T>, row: T): ReactNode {
    if (column.render) return column.render(row);
    const value = column.value(row);
    return value === undefined || value === "" ? "" : <span title={String(value)}>{String(value)}</span>;
}

function More({ onMore }: { onMore: () => void }) {
    const end = useRef<HTMLDivElement>(null);
    useEffect(() => {
        if (!end.current || typeof IntersectionObserver === "undefined") return;
        const watch = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && onMore(), { rootMargin: "400px" });
        watch.observe(end.current);
        return () => watch.disconnect();
    }, [onMore]);
    return <div ref={end} />;
}

/** The page scrolls; only the rows in sight exist. */
function VirtualLines({ size, line, cursor, onMore }: { size: number; line: (index: number) => ReactNode; cursor: number; onMore?: () => void }) {
    const box = useRef<HTMLDivElement>(null);
    const [top, setTop] = useState(0);
    useLayoutEffect(() => setTop((box.current?.getBoundingClientRect().top ?? 0) + window.scrollY), []);
    const virtual = useWindowVirtualizer({ count: size, estimateSize: () => ROW, overscan: 20, scrollMargin: top });
    const items = virtual.getVirtualItems();
    const last = items[items.length - 1]?.index ?? 0;
    useEffect(() => {
        if (cursor >= 0) virtual.scrollToIndex(cursor, { align: "auto" });
    }, [cursor, virtual]);
    useEffect(() => {
        if (last >= size - 30) onMore?.();
    }, [last, size, onMore]);
    return (
        <div ref={box} style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {items.map((item) => (
                <div key={item.key} style={{ position: "absolute", top: 0, left: 0, minWidth: "100%", transform: `translateY(${item.start - top}px)` }}>
                    {line(item.index)}
                </div>
            ))}
        </div>
    );
}

