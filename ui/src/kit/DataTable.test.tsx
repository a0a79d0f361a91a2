import { MantineProvider } from "@mantine/core";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Column, DataTable } from "./DataTable";

interface Row {
    name: string;
    size: number;
}
const rows: Row[] = [
    { name: "b", size: 2 },
    { name: "a", size: 30 },
    { name: "c", size: 1 },
];
const columns: Column<Row>[] = [
    { id: "name", title: "Name", pinned: true, value: (row) => row.name },
    { id: "size", title: "Size", numeric: true, value: (row) => row.size },
];

function show(address = "/", props: Partial<Parameters<typeof DataTable<Row>>[0]> = {}) {
    const router = createMemoryRouter(
        [
            { path: "/", element: <DataTable rows={rows} columns={columns} rowKey={(row) => row.name} label="Things" tools href={(row) => `/thing/${row.name}`} {...props} /> },
            { path: "/thing/:name", element: <div>opened</div> },
        ],
        { initialEntries: [address] },
    );
    render(
        <MantineProvider>
            <RouterProvider router={router} />
        </MantineProvider>,
    );
    return router;
}
const order = () => screen.getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell")[0]!.textContent);

afterEach(cleanup);

describe("a table", () => {
    it("sorts by a click on a title and says so in the address", async () => {
        const router = show();
        await userEvent.click(screen.getByRole("button", { name: "Size" }));
        expect(order()).toEqual(["a", "b", "c"]);
        expect(router.state.location.search).toBe("?sort=-size");
        expect(screen.getByRole("columnheader", { name: "Size" }).getAttribute("aria-sort")).toBe("descending");
    });
    it("shows the view that the address names", () => {
        show("/?sort=name&q=a");
        expect(order()).toEqual(["a"]);
    });
    it("goes down by J, up by K and opens by Enter", () => {
        const router = show();
        fireEvent.keyDown(window, { key: "j" });
        fireEvent.keyDown(window, { key: "j" });
        fireEvent.keyDown(window, { key: "k" });
        fireEvent.keyDown(window, { key: "j" });
        expect(document.activeElement?.textContent).toContain("a");
        fireEvent.keyDown(document.activeElement!, { key: "Enter" });
        expect(router.state.location.pathname).toBe("/thing/a");
    });
    it("does not take letters typed into a field for commands", async () => {
        const router = show();
        await userEvent.type(screen.getByLabelText("Filter Things"), "jk");
        expect(document.activeElement?.tagName).toBe("INPUT");
        expect(router.state.location.search).toBe("?q=jk");
    });
    it("hands the chosen rows to an action", async () => {
        const act = vi.fn();
        show("/", { bulk: [{ label: "Stop", onAct: act }] });
        await userEvent.click(screen.getAllByRole("checkbox", { name: "Select the row" })[1]!);
        await userEvent.click(screen.getByRole("button", { name: "Stop" }));
        expect(act).toHaveBeenCalledWith([rows[1]]);
    });
    it("says what to do when it is empty", () => {
        show("/", { rows: [], empty: <p>Nothing here.</p> });
        expect(screen.getByText("Nothing here.")).toBeTruthy();
    });
});
