import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, describe, expect, it } from "vitest";
import type { Run } from "../api/types";
import RunPage from "./RunPage";

const RUN: Partial<Run> = { id: "r", name: "train-1", number: 1, workspace: "default", project: "digits", state: "running", author: "owner", replicas: [], timeline: [], createdAt: "2026-01-01T00:00:00Z" };

/** On a tab that loads nothing. */
function show(change: Partial<Run>) {
    const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
    cache.setQueryData(["run", "r"], { ...RUN, ...change });
    const router = createMemoryRouter([{ path: "/runs/:run/:tab", element: <RunPage /> }], { initialEntries: ["/runs/r/none?stop"] });
    render(
        <QueryClientProvider client={cache}>
            <MantineProvider env="test">
                <RouterProvider router={router} />
            </MantineProvider>
        </QueryClientProvider>,
    );
    return ["Stop", "Again"].filter((name) => screen.queryByRole("button", { name, hidden: true }));
}

afterEach(cleanup);

describe("the page of a run", () => {
    it.each([
        ["launched", "running", ["Stop"], true],
        ["launched", "succeeded", ["Again"], false],
        ["tracked", "running", [], false],
        ["tracked", "succeeded", [], false],
    ] as const)("of one that was %s and is %s offers %j", (kind, state, offered, dialog) => {
        expect(show({ kind, state })).toEqual(offered);
        expect(screen.queryByText("Stop train-1?") !== null).toBe(dialog);
    });
});
