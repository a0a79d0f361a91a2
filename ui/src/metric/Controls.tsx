import { Group, SegmentedControl, Slider, Switch, Text } from "@mantine/core";
import { useCallback } from "react";
import { useSearchParams } from "react-router";
import type { XKind } from "../kit/SeriesChart";

export interface ChartSettings {
    xKind: XKind;
    smoothing: number;
    log: boolean;
}

/** How the charts of a page are drawn; one setting for all, kept in the URL. */
export function useChartSettings(): [ChartSettings, (change: Partial<ChartSettings>) => void] {
    const [params, setParams] = useSearchParams();
    const x = params.get("x");
    const settings: ChartSettings = { xKind: x === "time" || x === "relative" ? x : "step", smoothing: Math.min(0.99, Math.max(0, Number(params.get("smooth") ?? 0) || 0)), log: params.has("log") };
    const change = useCallback(
        (next: Partial<ChartSettings>) =>
            setParams(
                (current) => {
                    const out = new URLSearchParams(current);
                    if (next.xKind) next.xKind === "step" ? out.delete("x") : out.set("x", next.xKind);
                    if (next.smoothing !== undefined) next.smoothing ? out.set("smooth", String(next.smoothing)) : out.delete("smooth");
                    if (next.log !== undefined) next.log ? out.set("log", "1") : out.delete("log");
                    return out;
                },
                { replace: true },
            ),
        [setParams],
    );
    return [settings, change];
}

export function ChartControls({ settings, onChange }: { settings: ChartSettings; onChange: (change: Partial<ChartSettings>) => void }) {
    return (
        <Group gap="md">
            <SegmentedControl
                size="xs"
                aria-label="Horizontal axis"
                value={settings.xKind}
                onChange={(value) => onChange({ xKind: value as XKind })}
                data={[
                    { value: "step", label: "Step" },
                    { value: "relative", label: "Since start" },
                    { value: "time", label: "Clock" },
                ]}
            />
            <Group gap="xs" wrap="nowrap">
                <Text size="xs" c="dimmed" id="smoothing">
                    Smoothing
                </Text>
                <Slider size="sm" w={120} min={0} max={0.99} step={0.01} value={settings.smoothing} onChange={(smoothing) => onChange({ smoothing })} label={(value) => value.toFixed(2)} thumbProps={{ "aria-labelledby": "smoothing" }} />
            </Group>
            <Switch size="xs" label="Log axis" checked={settings.log} onChange={(event) => onChange({ log: event.currentTarget.checked })} />
        </Group>
    );
}
