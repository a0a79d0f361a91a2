import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { memo, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { duration, short } from "./format";
import classes from "./SeriesChart.module.css";
import { align, ends, envelope, nearest, smooth, type XY } from "./series";

export interface Line extends XY {
    name: string;
    color: string;
}

export type XKind = "step" | "time" | "relative";

interface Props {
    title: ReactNode;
    lines: readonly Line[];
    xKind: XKind;
    smoothing?: number;
    log?: boolean;
    height?: number;
    /** Charts with the same word share their cross-hair and their zoom. */
    sync?: string;
    /** One line needs no table: its numbers stand beside the title. */
    compact?: boolean;
    aside?: ReactNode;
    /** What it shows is on its way. */
    pending?: boolean;
    label: string;
}

/** Seconds that people count in. */
const SPANS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

function css(name: string): string {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** One frame a curve: peaks kept as a band, the cross-hair and the zoom shared, new points added without a new layout. */
export const SeriesChart = memo(function SeriesChart({ title, lines, xKind, smoothing = 0, log, height = 200, sync, compact, aside, pending, label }: Props) {
    const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
    const host = useRef<HTMLDivElement>(null);
    const plot = useRef<uPlot>(undefined);
    const zoomed = useRef(false);
    const [at, setAt] = useState<number>();
    const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
    const buckets = Math.max(50, Math.round(width));

    const data = useMemo(() => {
        const drawn = lines.map((line) => {
            const shape = envelope(line, buckets);
            const banded = shape.min !== shape.y;
            const main = smooth(shape.y, smoothing);
            // With smoothing the raw line stays visible behind, pale; a band replaces it where points were merged.
            return { x: shape.x, ys: [banded ? shape.min : smoothing > 0 ? shape.y : [], banded ? shape.max : [], main] };
        });
        const aligned = align(drawn.map((one) => ({ x: one.x, ys: one.ys.map((y) => (y.length ? y : one.x.map(() => NaN))) })));
        if (log) for (let i = 1; i < aligned.length; i++) aligned[i] = aligned[i]!.map((value) => (value !== null && value > 0 ? value : null));
        return aligned as uPlot.AlignedData;
    }, [lines, buckets, smoothing, log]);

    const shape = lines.map((line) => `${line.name}\u0000${line.color}`).join("\u0001");
    useEffect(() => {
        const box = host.current;
        if (!box || width === 0 || lines.length === 0) return;
        const ink = css("--mantine-color-dimmed");
        const grid = css("--rw-line");
        const font = "11px system-ui, sans-serif";
        const pale = (color: string) => `${color}${lines.length > 3 ? "1c" : "40"}`;
        const axis: uPlot.Axis = { stroke: ink, font, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1, size: 4 } };
        const options: uPlot.Options = {
            width,
            height,
            legend: { show: false },
            padding: [8, 16, 0, 0],
            cursor: {
                ...(sync ? { sync: { key: sync, scales: ["x", null] } } : {}),
                drag: { x: true, y: false, uni: 10 },
                points: { size: 6 },
                y: false,
            },
            scales: { x: { time: xKind === "time" }, y: log ? { distr: 3 } : {} },
            axes: [
                { ...axis, size: 28, ...(xKind === "relative" ? { incrs: SPANS, values: (_, splits) => splits.map((split) => duration(split * 1000)) } : xKind === "step" ? { values: (_, splits) => splits.map((split) => (Number.isInteger(split) ? split.toLocaleString("en") : "")) } : {}) },
                { ...axis, size: (_, labels) => Math.max(52, 14 + 7 * longest(labels)), values: (_, splits) => splits.map((split) => (split === null ? "" : short(split))) },
            ],
            series: [
                {},
                ...lines.flatMap((line, i): uPlot.Series[] => [
                    { stroke: pale(line.color), width: 1, points: { show: false }, spanGaps: true },
                    { stroke: pale(line.color), width: 1, points: { show: false }, spanGaps: true },
                    { stroke: line.color, width: 1.6, dash: dashOf(lines, i), spanGaps: true, points: { show: line.x.length === 1, size: 6, fill: line.color } },
                ]),
            ],
            bands: lines.map((line, i) => ({ series: [3 * i + 2, 3 * i + 1] as uPlot.Band.Bounds, fill: `${line.color}${lines.length > 3 ? "16" : "2e"}` })),
            hooks: {
                setCursor: [(chart) => setAt(chart.cursor.left !== undefined && chart.cursor.left >= 0 ? chart.posToVal(chart.cursor.left, "x") : undefined)],
                setSelect: [(chart) => (zoomed.current = chart.select.width > 0 || zoomed.current)],
            },
        };
        const chart = new uPlot(options, data, box);
        const reset = () => (zoomed.current = false);
        chart.over.addEventListener("dblclick", reset);
        plot.current = chart;
        return () => {
            chart.destroy();
            plot.current = undefined;
            zoomed.current = false;
        };
        // Data and width change often and are handed to the standing chart below.
    }, [shape, xKind, log, sync, scheme, height, width === 0]);

    useEffect(() => {
        plot.current?.setData(data, !zoomed.current);
        if (zoomed.current) plot.current?.redraw();
    }, [data]);
    useEffect(() => {
        if (width > 0 && plot.current && plot.current.width !== width) plot.current.setSize({ width, height });
    }, [width, height]);

    const rows = useMemo(() => lines.map((line) => ({ line, ...ends(line.y) })), [lines]);
    return (
        <figure className={classes.box} style={{ "--height": `${height}px`, margin: 0 } as React.CSSProperties} aria-label={label}>
            <div className={classes.head}>
                <h3 className="clip">{title}</h3>
                {compact && rows[0] && (
                    <span className={classes.inline}>
                        {at !== undefined && (
                            <>
                                {xWord(xKind, at)} <b>{short(nearest(rows[0].line, at))}</b>
                            </>
                        )}
                        <span title={String(rows[0].last)}>
                            last <b>{short(rows[0].last)}</b>
                        </span>
                        <span title={String(rows[0].min)}>
                            min <b>{short(rows[0].min)}</b>
                        </span>
                        <span title={String(rows[0].max)}>
                            max <b>{short(rows[0].max)}</b>
                        </span>
                    </span>
                )}
                {aside}
            </div>
            <div ref={sizeRef} className={classes.plot}>
                {lines.length === 0 ? <div className={classes.none}>{pending ? "" : "No numbers yet"}</div> : <div ref={host} />}
            </div>
            {!compact && rows.length > 0 && (
                <table className={classes.legend}>
                    <thead>
                        <tr>
                            <th>{at === undefined ? "" : xWord(xKind, at)}</th>
                            <th>{at === undefined ? "" : "here"}</th>
                            <th>last</th>
                            <th>min</th>
                            <th>max</th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map(({ line, last, min, max }, i) => (
                            <tr key={line.name}>
                                <td>
                                    <span className={classes.name} title={line.name}>
                                        <span className={classes.swatch} style={{ "--color": line.color } as React.CSSProperties} data-dashed={dashOf(lines, i) !== undefined || undefined} />
                                        {line.name}
                                    </span>
                                </td>
                                <td>{at === undefined ? "" : short(nearest(line, at))}</td>
                                <td title={String(last)}>{short(last)}</td>
                                <td title={String(min)}>{short(min)}</td>
                                <td title={String(max)}>{short(max)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            )}
        </figure>
    );
});

function longest(labels: readonly string[] | null): number {
    return Math.max(0, ...(labels ?? []).map((label) => label.length));
}

/** There are fewer colours than runs: one that comes again is drawn in dashes. */
function dashOf(lines: readonly Line[], index: number): number[] | undefined {
    const before = lines.slice(0, index).filter((line) => line.color === lines[index]!.color).length;
    return before === 0 ? undefined : before === 1 ? [6, 4] : [2, 3];
}

function xWord(kind: XKind, at: number): string {
    if (kind === "step") return `step ${Math.round(at).toLocaleString("en")}`;
    if (kind === "relative") return `after ${duration(at * 1000)}`;
    return new Date(at * 1000).toLocaleTimeString();
}
