import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";

export interface PageTab {
    id: string;
    word: string;
    badge?: ReactNode;
}

/** The tabs of a page; each is an address of its own. */
export function PageTabs({ tabs, current, to }: { tabs: PageTab[]; current: string; to: (id: string) => string }) {
    const navigate = useNavigate();
    return (
        <Tabs value={current} onChange={(value) => value && void navigate(to(value))} mb="md" keepMounted={false}>
            <Tabs.List style={{ flexWrap: "nowrap", overflowX: "auto", overflowY: "hidden", scrollbarWidth: "none" }}>
                {tabs.map((tab) => (
                    <Tabs.Tab key={tab.id} value={tab.id} rightSection={tab.badge}>
                        {tab.word}
                    </Tabs.Tab>
                ))}
            </Tabs.List>
        </Tabs>
    );
}
