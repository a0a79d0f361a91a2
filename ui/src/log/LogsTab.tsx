import { ActionIcon, Button, NumberInput, Select, TextInput, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconClock, IconDownload, IconSearch, IconTextWrap } from "@tabler/icons-react";
import { useMemo, useRef } from "react";
import { useSearchParams } from "react-router";
import { address, path } from "../api/client";
import type { LogInfo, LogLine, Run } from "../api/types";
import { Empty } from "../kit/Empty";
import { bytes, count } from "../kit/format";
import { Loaded } from "../kit/Loaded";
import { LogView } from "../kit/LogView";
import { Problem } from "../kit/Problem";
import { isActive } from "../kit/StateChip";
import { RegexToggle, Toggle } from "../kit/Toggle";
import { DiagnosisBox } from "./DiagnosisBox";
import { type Grep, useGrep, useLog, useLogs } from "./hooks";
import classes from "./LogsTab.module.css";

interface Props {
    run: Run;
    grown: Record<string, number>;
}

const ALL = "all";
const APART = "apart";

export function LogsTab({ run, grown }: Props) {
    const logs = useLogs(run.id);
    return <Loaded of={logs}>{(known) => (known.length === 0 ? <Empty text="Nothing has been written yet. The first lines appear here by themselves." /> : <Logs run={run} logs={known} grown={grown} />)}</Loaded>;
}

/** The log one opens first: the failed replica's, else the only one's, else all of them as one. */
function firstChoice(run: Run, logs: readonly LogInfo[]): string {
    const replicas = logs.filter((log) => log.name !== "master");
    const failed = run.replicas.find((replica) => replica.state === "failed" && replicas.some((log) => log.name === replica.name));
    if (failed) return failed.name;
    if (replicas.length === 0) return "master";
    return replicas.length === 1 ? replicas[0]!.name : ALL;
}

function Logs({ run, logs, grown }: Props & { logs: LogInfo[] }) {
    const [params, setParams] = useSearchParams();
    const put = (changes: Record<string, string | undefined>) =>
        setParams(
            (current) => {
                const next = new URLSearchParams(current);
                for (const [name, value] of Object.entries(changes)) {
                    if (value) next.set(name, value);
                    else next.delete(name);
                }
                return next;
            },
            { replace: true },
        );
    const initial = useRef(firstChoice(run, logs));
    const choice = params.get("log") ?? initial.current;
    const attempt = params.get("attempt") ? Number(params.get("attempt")) : undefined;
    const text = params.get("grep") ?? "";
    const regex = params.has("regex");
    const context = Number(params.get("context") ?? 2);
    const wrap = params.has("wrap");
    const times = params.has("times");
    const box = useRef<HTMLInputElement>(null);
    useHotkeys([["mod+F", () => box.current?.focus()]]);

    const grep = useMemo<Grep | undefined>(() => (text ? { text, regex, context, times } : undefined), [text, regex, context, times]);
    const mark = useMemo(() => marker(text, regex), [text, regex]);
    const several = logs.filter((log) => log.name !== "master").length > 1;
    const chosen = logs.find((log) => log.name === choice);
    const attempts = chosen?.attempts ?? [];

    return (
        <>
            <DiagnosisBox run={run} band />
            <div className={classes.bar}>
                <Select
                    size="xs"
                    w={190}
                    aria-label="Which log"
                    allowDeselect={false}
                    value={choice}
                    onChange={(value) => put({ log: value ?? undefined, attempt: undefined, line: undefined, from: undefined })}
                    data={[
                        ...(several
                            ? [
                                  {
                                      group: "Together",
                                      items: [
                                          { value: ALL, label: "All in one" },
                                          { value: APART, label: "All, side by side" },
                                      ],
                                  },
                              ]
                            : []),
                        { group: "One", items: logs.map((log) => ({ value: log.name, label: log.name === "master" ? "master (the server)" : log.name })) },
                    ]}
                />
                {attempts.length > 1 && (
                    <Select size="xs" w={120} aria-label="Attempt" allowDeselect={false} value={String(attempt ?? chosen?.attempt ?? attempts[attempts.length - 1])} onChange={(value) => put({ attempt: value ?? undefined, line: undefined })} data={attempts.map((one) => ({ value: String(one), label: `Attempt ${one}` }))} />
                )}
                <TextInput
                    ref={box}
                    size="xs"
                    w={{ base: 200, sm: 260 }}
                    placeholder="Grep"
                    aria-label="Grep"
                    leftSection={<IconSearch size={14} />}
                    rightSection={<RegexToggle on={regex} onToggle={() => put({ regex: regex ? undefined : "1" })} />}
                    value={text}
                    error={text && !mark ? "Not a regular expression" : undefined}
                    onChange={(event) => put({ grep: event.currentTarget.value || undefined })}
                    data-table-filter
                />
                {grep && <NumberInput size="xs" w={116} min={0} max={20} value={context} onChange={(value) => put({ context: String(value) })} prefix="± " suffix=" lines" aria-label="Lines around a hit" />}
                <span className={classes.spring} />
                <Toggle label="Show when lines were written" on={times} onToggle={() => put({ times: times ? undefined : "1" })}>
                    <IconClock size={16} />
                </Toggle>
                <Toggle label="Wrap long lines" on={wrap} onToggle={() => put({ wrap: wrap ? undefined : "1" })}>
                    <IconTextWrap size={16} />
                </Toggle>
                <Tooltip label={chosen ? `Download ${chosen.name}` : "Choose one log to download it"}>
                    {chosen ? (
                        <ActionIcon component="a" variant="subtle" color="gray" aria-label="Download" href={address(path`/runs/${run.id}/logs/${chosen.name}/raw`, { attempt: attempt === undefined ? undefined : String(attempt) })} download>
                            <IconDownload size={16} />
                        </ActionIcon>
                    ) : (
                        <ActionIcon variant="subtle" color="gray" aria-label="Download" aria-disabled data-disabled onClick={(event) => event.preventDefault()}>
                            <IconDownload size={16} />
                        </ActionIcon>
                    )}
                </Tooltip>
            </div>
            {choice === APART ? (
                <Apart run={run} logs={logs} wrap={wrap} mark={mark} grown={grown} />
            ) : (
                <OneLog
                    key={`${choice}/${attempt ?? ""}`}
                    run={run}
                    log={chosen ?? { name: choice, bytes: logs.reduce((sum, log) => sum + log.bytes, 0), complete: logs.every((log) => log.complete) }}
                    attempt={attempt}
                    grep={grep}
                    mark={mark}
                    wrap={wrap}
                    times={times}
                    grown={grown}
                    height={run.state === "failed" ? "max(300px, calc(100vh - 450px))" : "calc(100vh - 330px)"}
                    linked={params.get("line") ? { offset: Number(params.get("line")), log: params.get("from") ?? undefined } : undefined}
                    put={put}
                />
            )}
        </>
    );
}

export function marker(text: string, regex: boolean): RegExp | undefined {
    if (!text) return undefined;
    try {
        return new RegExp(regex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
    } catch {
        return undefined;
    }
}

/** Beside each other, from one stream: a browser has too few connections for one each. */
function Apart({ run, logs, wrap, mark, grown }: { run: Run; logs: readonly LogInfo[]; wrap: boolean; mark?: RegExp; grown: Record<string, number> }) {
    const open = useLog({ run: run.id, name: ALL, bytes: 0 });
    const split = useMemo(() => {
        const parts = new Map<string, LogLine[]>();
        for (const line of open.lines) {
            if (mark && !new RegExp(mark.source, "i").test(line.text)) continue;
            const part = parts.get(line.log ?? "");
            if (part) part.push(line);
            else parts.set(line.log ?? "", [line]);
        }
        return parts;
    }, [open.lines, mark]);
    return (
        <div className={classes.apart}>
            {logs
                .filter((log) => log.name !== "master")
                .map((log) => (
                    <section key={log.name}>
                        <h3 className={classes.name}>{log.name}</h3>
                        <LogView lines={split.get(log.name) ?? NONE} label={`Log of ${log.name}`} live={!open.complete} wrap={wrap} mark={mark} height="34vh" foot={<span>{bytes(Math.max(log.bytes, grown[log.name] ?? 0))}</span>} />
                    </section>
                ))}
        </div>
    );
}

const NONE: LogLine[] = [];

interface OneProps {
    run: Run;
    log: Pick<LogInfo, "name" | "bytes" | "complete">;
    attempt?: number;
    grep?: Grep;
    mark?: RegExp;
    wrap: boolean;
    times: boolean;
    grown: Record<string, number>;
    height: string;
    linked?: { offset: number; log?: string };
    put: (changes: Record<string, string | undefined>) => void;
}

function OneLog({ run, log, attempt, grep, mark, wrap, times, grown, height, linked, put }: OneProps) {
    const size = log.name === ALL ? Object.values(grown).reduce((sum, one) => sum + one, 0) : (grown[log.name] ?? log.bytes);
    const must = useRef(linked?.offset);
    const open = useLog({ run: run.id, name: log.name, attempt, bytes: log.bytes, must: must.current, times, enabled: !grep });
    const found = useGrep(run.id, log.name, attempt, grep && mark ? grep : undefined, size);
    const live = !open.complete && (isActive(run.state) || !log.complete);
    const error = grep ? found.error : open.error;
    if (error) return <Problem error={error} />;
    const lines = grep ? found.lines : open.lines;
    const hits = grep ? lines.filter((line) => line.match !== false).length : 0;
    return (
        <LogView
            key={grep ? "grep" : "all"}
            lines={lines}
            label={`Log of ${log.name}`}
            firstNumber={!grep && open.begin === 0 ? 1 : undefined}
            live={live}
            wrap={wrap}
            mark={grep ? mark : undefined}
            showLog={log.name === ALL}
            showTime={times}
            height={height}
            linked={linked}
            onLink={(line) => put({ log: log.name, line: String(line.offset), from: log.name === ALL ? line.log : undefined, grep: undefined })}
            earlier={!grep && open.loadEarlier ? { bytes: open.begin, load: open.loadEarlier } : undefined}
            empty={grep ? (found.busy ? "Searching…" : "No line fits.") : log.bytes > 0 && !open.complete ? "Reading…" : undefined}
            foot={
                <>
                    {grep ? <span>{`${count(hits, "hit")}${found.more ? " so far" : ""}`}</span> : <span>{count(lines.length, "line")}</span>}
                    {log.name !== ALL && <span>{bytes(Math.max(size, log.bytes))}</span>}
                    <span>{live ? "still written" : "complete"}</span>
                    {grep && found.goOn && (
                        <Button size="compact-xs" variant="default" onClick={found.goOn}>
                            Search on
                        </Button>
                    )}
                </>
            }
        />
    );
}
