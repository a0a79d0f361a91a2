import { Anchor, Button, NumberInput, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { LogHits } from "../api/types";
import { PageTitle } from "../app/PageTitle";
import { Empty } from "../kit/Empty";
import { bytes, count } from "../kit/format";
import { Waiting } from "../kit/Loaded";
import { LineText } from "../kit/LogView";
import { Problem } from "../kit/Problem";
import { StateChip } from "../kit/StateChip";
import { RegexToggle } from "../kit/Toggle";
import { marker } from "../log/LogsTab";
import { runLink } from "../run/links";
import { together, useLogSearch } from "./hooks";
import classes from "./Search.module.css";

/** Answers that are asked for by themselves while nothing has been found. */
const BY_ITSELF = 20;

export default function SearchPage() {
    const [params, setParams] = useSearchParams();
    const text = params.get("q") ?? "";
    const regex = params.has("regex");
    const context = Number(params.get("context") ?? 0);
    const [typed, setTyped] = useState(text);
    useEffect(() => setTyped(text), [text]);
    const put = (changes: Record<string, string | undefined>) =>
        setParams((current) => {
            const next = new URLSearchParams(current);
            for (const [name, value] of Object.entries(changes)) {
                if (value) next.set(name, value);
                else next.delete(name);
            }
            return next;
        });
    const mark = useMemo(() => marker(text, regex), [text, regex]);
    const found = useLogSearch({ text, regex, context });
    const pages = found.data?.pages ?? [];
    const all = useMemo(() => together(pages), [pages]);
    const read = pages.reduce((sum, page) => sum + page.bytes, 0);
    const hits = all.reduce((sum, one) => sum + one.lines.filter((line) => line.match).length, 0);
    const { hasNextPage, isFetching, fetchNextPage } = found;
    const goOn = hasNextPage && !isFetching && hits === 0 && pages.length < BY_ITSELF;
    useEffect(() => {
        if (goOn) void fetchNextPage();
    }, [goOn, fetchNextPage]);

    return (
        <>
            <PageTitle title="Search the logs" />
            <form
                className={classes.bar}
                role="search"
                onSubmit={(event) => {
                    event.preventDefault();
                    put({ q: typed || undefined });
                }}
            >
                <TextInput
                    className={classes.box}
                    placeholder="Words in the logs of all runs"
                    aria-label="Words in the logs of all runs"
                    leftSection={<IconSearch size={15} />}
                    rightSection={<RegexToggle on={regex} onToggle={() => put({ regex: regex ? undefined : "1" })} />}
                    value={typed}
                    onChange={(event) => setTyped(event.currentTarget.value)}
                    data-autofocus
                    data-table-filter
                />
                <NumberInput w={116} min={0} max={20} value={context} onChange={(value) => put({ context: Number(value) > 0 ? String(value) : undefined })} prefix="± " suffix=" lines" aria-label="Lines around a hit" />
                <Button type="submit" size="sm" disabled={!typed}>
                    Search
                </Button>
            </form>
            {found.error && <Problem error={found.error} onRetry={() => void found.refetch()} />}
            {text === "" && <Empty text="Find a line in any run's log, the newest run first." command="ropewalk grep 'No space left'" />}
            {text !== "" && !found.error && (
                <>
                    <div className={classes.facts} role="status">
                        {hits > 0 ? `${count(hits, "hit")}${hasNextPage ? " so far" : ""}` : found.isFetching || goOn ? "Searching…" : hasNextPage ? "Nothing so far" : "No line in any log fits."} <span>{bytes(read)} read</span>
                    </div>
                    {found.isPending && <Waiting rows={6} />}
                    {hits === 0 && !found.isFetching && !goOn && !hasNextPage && <Empty small text={regex ? "Nothing fits this expression. Small and capital letters differ." : "No log of any run that you may see holds these words, written exactly so. Try fewer, or a regular expression such as (?i)out of memory."} />}
                    <div className={classes.list}>
                        {all.map((one, i) => (
                            <Hits key={`${one.run}/${one.log}/${one.attempt}/${i}`} of={one} mark={mark} />
                        ))}
                    </div>
                    {hasNextPage && !goOn && (
                        <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void fetchNextPage()}>
                            Search on
                        </Button>
                    )}
                </>
            )}
        </>
    );
}

function Hits({ of, mark }: { of: LogHits; mark?: RegExp }) {
    const log = `${runLink(of.run, "logs")}?log=${encodeURIComponent(of.log)}${of.log === "master" ? "" : `&attempt=${of.attempt}`}`;
    return (
        <section className={classes.hits} aria-label={`${of.project} ${of.name} ${of.log}`}>
            <h2 className={classes.head}>
                <Anchor component={Link} to={runLink(of.run)} c="inherit" fw={600}>
                    {of.project}/{of.name}
                </Anchor>
                <StateChip state={of.state} plain />
                <Anchor component={Link} to={log} c="dimmed">
                    {of.log}
                    {of.attempt > 1 ? `, attempt ${of.attempt}` : ""}
                </Anchor>
            </h2>
            <div className={classes.lines}>
                {of.lines.map((line) => (
                    <Link key={line.offset} to={`${log}&line=${line.offset}`} className={`${classes.line} ${line.match ? "" : classes.context}`}>
                        <LineText text={line.text} mark={line.match ? mark : undefined} />
                    </Link>
                ))}
            </div>
        </section>
    );
}
