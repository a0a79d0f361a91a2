import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { parseAnsi, type Span } from "./ansi";
import { bytes, exact } from "./format";
import { replicaColor } from "./palette";
import classes from "./LogView.module.css";

export interface LogViewLine {
    /** Where the line begins in its log: its lasting name. */
    offset: number;
    text: string;
    /** Which log it came from, when several are read as one. */
    log?: string;
    match?: boolean;
    /** About when it was written. */
    at?: string;
}

interface Props {
    lines: readonly LogViewLine[];
    /** The first line's number when it is known (the log was read from its beginning). */
    firstNumber?: number;
    /** More may come. */
    live?: boolean;
    wrap?: boolean;
    /** Words to mark. */
    mark?: RegExp;
    /** The line a link points at. */
    linked?: { offset: number; log?: string };
    onLink?: (line: LogViewLine) => void;
    /** The log begins earlier than what is here. */
    earlier?: { bytes: number; load: () => void };
    showLog?: boolean;
    showTime?: boolean;
    height?: string;
    label: string;
    foot?: ReactNode;
    empty?: string;
}

const LINE = 18;
/** How the server's own lines in a program's log begin: something was left out there. */
const SERVERS_OWN = "[ropewalk] ";

/** Endless text that may still grow: only what is in sight exists; the end is followed until one scrolls away. */
export function LogView({ lines, firstNumber, live, wrap, mark, linked, onLink, earlier, showLog, showTime, height, label, foot, empty }: Props) {
    const scroll = useRef<HTMLDivElement>(null);
    const [following, setFollowing] = useState(!linked);
    const [missed, setMissed] = useState(0);
    const known = useRef(lines.length);
    const firstKey = useRef<number | undefined>(lines[0]?.offset);

    const virtual = useVirtualizer({
        count: lines.length,
        getScrollElement: () => scroll.current,
        estimateSize: () => LINE,
        overscan: 30,
        initialRect: { width: 800, height: 600 },
        getItemKey: (index) => `${lines[index]?.log ?? ""}:${lines[index]?.offset ?? index}`,
    });

    useEffect(() => virtual.measure(), [wrap, virtual]);

    useLayoutEffect(() => {
        // Lines put in front must not move what is being read.
        const before = firstKey.current === undefined ? 0 : lines.findIndex((line) => line.offset === firstKey.current);
        if (before > 0 && !following && scroll.current) scroll.current.scrollTop += before * LINE;
        firstKey.current = lines[0]?.offset;
        if (following && lines.length > 0) {
            virtual.scrollToIndex(lines.length - 1, { align: "end" });
            setMissed(0);
        } else if (lines.length > known.current && before <= 0) {
            setMissed((count) => count + lines.length - known.current);
        }
        known.current = lines.length;
    }, [lines, following, virtual]);

    const target = useMemo(() => (linked ? lines.findIndex((line) => line.offset === linked.offset && (!linked.log || !line.log || line.log === linked.log)) : -1), [linked, lines]);
    const reached = useRef<number>(undefined);
    useEffect(() => {
        if (target < 0 || reached.current === linked?.offset) return;
        reached.current = linked?.offset;
        setFollowing(false);
        virtual.scrollToIndex(target, { align: "center" });
    }, [target, linked, virtual]);

    const onScroll = useCallback(() => {
        const box = scroll.current;
        if (!box) return;
        const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < LINE * 2;
        setFollowing((was) => {
            if (atEnd) setMissed(0);
            // Content that grew under us is not the reader going away; only a move upward is.
            return atEnd ? true : was && movedUp.current ? false : was;
        });
        movedUp.current = box.scrollTop < lastTop.current;
        lastTop.current = box.scrollTop;
    }, []);
    const lastTop = useRef(0);
    const movedUp = useRef(false);

    const items = virtual.getVirtualItems();
    return (
        <div className={`${classes.box} ${wrap ? classes.wrap : ""}`} style={height ? ({ "--height": height } as React.CSSProperties) : undefined}>
            {earlier && (
                <div className={classes.note}>
                    The first {bytes(earlier.bytes)} are not loaded.
                    <Button size="compact-xs" variant="default" onClick={earlier.load}>
                        Load earlier lines
                    </Button>
                </div>
            )}
            <div
                ref={scroll}
                className={classes.scroll}
                onScroll={onScroll}
                onWheel={(event) => event.deltaY < 0 && setFollowing(false)}
                tabIndex={0}
                role="log"
                aria-label={label}
                aria-live="off"
            >
                {lines.length === 0 && <div className={classes.note}>{empty ?? (live ? "Nothing written yet." : "This log is empty.")}</div>}
                <div className={classes.canvas} style={{ height: virtual.getTotalSize() }}>
                    {items.map((item) => {
                        const line = lines[item.index];
                        if (!line) return null;
                        return (
                            <div
                                key={item.key}
                                data-index={item.index}
                                ref={wrap ? virtual.measureElement : undefined}
                                className={`${classes.line} ${item.index === target ? classes.linked : ""} ${line.match === false ? classes.context : ""} ${line.text.startsWith(SERVERS_OWN) ? classes.notice : ""}`}
                                style={{ top: item.start }}
                            >
                                <button type="button" tabIndex={-1} className={classes.number} onClick={() => onLink?.(line)} title="Link to this line" aria-label={`Link to the line at byte ${line.offset}`}>
                                    {firstNumber !== undefined ? firstNumber + item.index : "#"}
                                </button>
                                {showTime && (
                                    <span className={classes.time} title={line.at && exact(line.at)}>
                                        {line.at && new Date(line.at).toLocaleTimeString("sv")}
                                    </span>
                                )}
                                {showLog && (
                                    <span className={classes.from} style={{ "--from": replicaColor(line.log ?? "") } as React.CSSProperties} title={line.log}>
                                        {line.log}
                                    </span>
                                )}
                                <LineText text={line.text} mark={line.match === false ? undefined : mark} />
                            </div>
                        );
                    })}
                </div>
            </div>
            {!following && (live || missed > 0) && (
                <Button className={classes.jump} size="compact-sm" leftSection={<IconArrowDown size={14} />} onClick={() => setFollowing(true)}>
                    {missed > 0 ? `Jump to now (${missed} new)` : "Jump to now"}
                </Button>
            )}
            {foot && <div className={classes.end}>{foot}</div>}
        </div>
    );
}

/** One line as a terminal would show it. */
export const LineText = memo(function LineText({ text, mark }: { text: string; mark?: RegExp }) {
    const spans = parseAnsi(text);
    return <span className={classes.text}>{spans.length === 0 ? "\u200b" : spans.map((span, i) => <Styled key={i} span={span} mark={mark} />)}</span>;
});

function Styled({ span, mark }: { span: Span; mark?: RegExp }) {
    const names = [
        typeof span.color === "number" && classes[`f${span.color}`],
        typeof span.background === "number" && classes[`b${span.background}`],
        span.bold && classes.bold,
        span.dim && classes.dim,
        span.italic && classes.italic,
        span.underline && classes.underline,
    ].filter(Boolean);
    const style = {
        ...(typeof span.color === "string" ? { color: `rgb(${span.color})` } : undefined),
        ...(typeof span.background === "string" ? { background: `rgb(${span.background})` } : undefined),
    };
    return (
        <span className={names.join(" ") || undefined} style={style}>
            {mark ? marked(span.text, mark) : span.text}
        </span>
    );
}

function marked(text: string, mark: RegExp): ReactNode {
    const parts: ReactNode[] = [];
    let from = 0;
    for (const match of text.matchAll(mark)) {
        if (!match[0]) continue;
        if (match.index > from) parts.push(text.slice(from, match.index));
        parts.push(
            <mark key={match.index} className={classes.hit}>
                {match[0]}
            </mark>,
        );
        from = match.index + match[0].length;
    }
    parts.push(text.slice(from));
    return parts;
}
