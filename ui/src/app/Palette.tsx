import { Modal, TextInput } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { IconApi, IconBell, IconFileSearch, IconFolder, IconFolders, IconHome, IconKeyboard, IconMoon, IconPlayerPlay, IconPlayerStop, IconPlus, IconSearch, IconServer } from "@tabler/icons-react";
import { type ComponentType, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useMe } from "../access/hooks";
import { api, path } from "../api/client";
import type { DocumentView } from "../api/types";
import { StateChip } from "../kit/StateChip";
import { useProjects } from "../project/hooks";
import { useRuns } from "../run/hooks";
import { projectLink, runLink } from "../run/links";
import { canStop } from "../run/stop";
import classes from "./Palette.module.css";
import { rank } from "./rank";

interface Entry {
    id: string;
    group: string;
    word: string;
    hint?: React.ReactNode;
    icon: ComponentType<{ size?: number; stroke?: number }>;
    act: () => void;
}

const MOST = 40;

/** Go, find, do: everything by its name, without the mouse. */
export default function Palette({ onClose, onTheme, onKeys }: { onClose: () => void; onTheme: () => void; onKeys: () => void }) {
    const me = useMe();
    const workspace = me.data?.workspaces[0]?.name ?? "default";
    const projects = useProjects(workspace);
    const runs = useRuns({ workspace }, 50);
    const navigate = useNavigate();
    const [typed, setTyped] = useState("");
    const [cursor, setCursor] = useState(0);
    const list = useRef<HTMLUListElement>(null);
    const houses = useMemo(() => projects.data?.pages.flatMap((page) => page.items) ?? [], [projects.data]);
    const documents = useQueries({
        queries: houses.slice(0, 20).map((project) => ({
            queryKey: ["project", project.workspace, project.name, "document", "master"],
            queryFn: () => api.get<DocumentView>(path`/workspaces/${project.workspace}/projects/${project.name}/document`, { experiment: "master" }),
            staleTime: 60_000,
            retry: false,
        })),
        combine: (results) => results.map((result) => result.data),
    });

    const entries = useMemo<Entry[]>(() => {
        const go = (to: string) => () => void navigate(to);
        const work = runs.data?.pages.flatMap((page) => page.items) ?? [];
        return [
            ...houses.map((project): Entry => ({ id: `p${project.id}`, group: "Projects", word: project.name, hint: project.title === project.name ? undefined : project.title, icon: IconFolder, act: go(projectLink(project.workspace, project.name)) })),
            ...documents.flatMap((document, i): Entry[] => {
                const project = houses[i]!;
                return (document?.normal.tasks ?? []).map((task) => ({ id: `s${project.id}${task.name}`, group: "Start", word: `Start ${task.name}`, hint: project.name, icon: IconPlayerPlay, act: go(`${projectLink(project.workspace, project.name, "tasks")}?start=${encodeURIComponent(task.name)}`) }));
            }),
            ...work.filter(canStop).map((run): Entry => ({ id: `x${run.id}`, group: "Stop", word: `Stop ${run.name}`, hint: run.project, icon: IconPlayerStop, act: go(`${runLink(run)}?stop`) })),
            ...work.map((run): Entry => ({ id: `r${run.id}`, group: "Runs", word: run.name, hint: <StateChip state={run.state} plain />, icon: IconPlayerPlay, act: go(runLink(run)) })),
            { id: "home", group: "Pages", word: "Home", icon: IconHome, act: go("/") },
            { id: "projects", group: "Pages", word: "Projects", icon: IconFolders, act: go("/projects") },
            { id: "runs", group: "Pages", word: "Runs", icon: IconPlayerPlay, act: go("/runs") },
            { id: "notices", group: "Pages", word: "Notices", icon: IconBell, act: go("/notices") },
            { id: "search", group: "Pages", word: "Search the logs", icon: IconFileSearch, act: go("/search") },
            { id: "server", group: "Pages", word: "Server", icon: IconServer, act: go("/server") },
            { id: "api", group: "Pages", word: "API", icon: IconApi, act: go("/docs/api") },
            { id: "new", group: "Do", word: "New project", icon: IconPlus, act: go("/projects?new") },
            { id: "theme", group: "Do", word: "Light or dark", hint: "Alt M", icon: IconMoon, act: onTheme },
            { id: "keys", group: "Do", word: "Show the keyboard", hint: "?", icon: IconKeyboard, act: onKeys },
        ];
    }, [houses, documents, runs.data, navigate, onTheme, onKeys]);

    const found = useMemo(() => {
        const all = entries.map((entry) => ({ entry, fit: rank(`${entry.word} ${typeof entry.hint === "string" ? entry.hint : ""}`, typed) })).filter((one) => one.fit !== undefined);
        if (typed.trim()) all.sort((a, b) => b.fit! - a.fit!);
        else all.sort((a, b) => ORDER.indexOf(a.entry.group) - ORDER.indexOf(b.entry.group));
        const seen = new Map<string, number>();
        return all
            .filter(({ entry }) => {
                const before = seen.get(entry.group) ?? 0;
                seen.set(entry.group, before + 1);
                return typed.trim() !== "" || before < 6;
            })
            .slice(0, MOST)
            .map((one) => one.entry)
            .concat(typed.trim().length < 3 ? [] : [{ id: "logs", group: "Logs", word: `Search the logs for “${typed.trim()}”`, icon: IconFileSearch, act: () => void navigate(`/search?q=${encodeURIComponent(typed.trim())}`) }]);
    }, [entries, typed, navigate]);

    useEffect(() => setCursor(0), [typed]);
    useEffect(() => {
        list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    }, [cursor, found]);
    const act = (entry: Entry | undefined) => {
        if (!entry) return;
        onClose();
        entry.act();
    };

    return (
        <Modal opened onClose={onClose} withCloseButton={false} padding={0} size={620} yOffset="12vh" title={undefined} aria-label="Go, find, do" transitionProps={{ transition: "fade", duration: 80 }}>
            <TextInput
                className={classes.input}
                variant="unstyled"
                size="md"
                placeholder="Go to a project or run, start a task, stop a run"
                leftSection={<IconSearch size={16} />}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
                role="combobox"
                aria-expanded
                aria-controls="palette-list"
                aria-activedescendant={found[cursor] ? `palette-${found[cursor].id}` : undefined}
                aria-label="Go, find, do"
                data-autofocus
                onKeyDown={(event) => {
                    if (event.key === "ArrowDown" || (event.key === "n" && event.ctrlKey)) setCursor(Math.min(cursor + 1, found.length - 1));
                    else if (event.key === "ArrowUp" || (event.key === "p" && event.ctrlKey)) setCursor(Math.max(cursor - 1, 0));
                    else if (event.key === "Enter") act(found[cursor]);
                    else return;
                    event.preventDefault();
                }}
            />
            <ul className={classes.list} role="listbox" id="palette-list" aria-label="Found" ref={list}>
                {found.map((entry, i) => {
                    const Icon = entry.icon;
                    return [
                        entry.group !== found[i - 1]?.group && !typed.trim() ? (
                            <li key={`g${i}`} className={classes.group} role="presentation">
                                {entry.group}
                            </li>
                        ) : null,
                        <li key={entry.id} id={`palette-${entry.id}`} role="option" aria-selected={i === cursor} className={`${classes.entry} ${i === cursor ? classes.on : ""}`} onMouseMove={() => setCursor(i)} onClick={() => act(entry)}>
                            <Icon size={16} stroke={1.7} />
                            <span className="clip">{entry.word}</span>
                            <span className={classes.hint}>{entry.hint}</span>
                        </li>,
                    ];
                })}
            </ul>
            {found.length === 0 && <div className={classes.none}>Nothing has this in its name.</div>}
        </Modal>
    );
}

// What a hasty Enter meets first must do no harm.
const ORDER = ["Projects", "Runs", "Start", "Stop", "Pages", "Do"];
