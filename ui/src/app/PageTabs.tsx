import { Tabs } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import classes from "./PageTitle.module.css";

export interface PageTab {
    id: string;
    word: string;
    badge?: ReactNode;
}

/** The tabs of a page; each is an address of its own. */
export function PageTabs({ tabs, current, to }: { tabs: PageTab[]; current: string; to: (id: string) => string }) {
    const navigate = useNavigate();
    const list = useRef<HTMLDivElement>(null);
    // On a phone there are more than fit: the current one must be among those in sight.
    useEffect(() => {
        const tab = list.current?.querySelector<HTMLElement>("[aria-selected=true]");
        if (list.current && tab) list.current.scrollLeft = tab.offsetLeft - (list.current.clientWidth - tab.offsetWidth) / 2;
    }, [current]);
    return (
        <Tabs value={current} onChange={(value) => value && void navigate(to(value))} mb="md" keepMounted={false}>
            <Tabs.List ref={list} className={classes.tabs}>
                {tabs.map((tab) => (
                    <Tabs.Tab key={tab.id} value={tab.id} rightSection={tab.badge}>
                        {tab.word}
                    </Tabs.Tab>
                ))}
            </Tabs.List>
        </Tabs>
    );
}
