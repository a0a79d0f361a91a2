import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LogView } from "./LogView";

const lines = Array.from({ length: 5000 }, (_, i) => ({ offset: i * 10, text: `line ${i}` }));
const show = (props: Partial<Parameters<typeof LogView>[0]> = {}) =>
    render(
        <MantineProvider>
            <LogView lines={lines} label="Log" firstNumber={1} {...props} />
        </MantineProvider>,
    );

beforeEach(() => {
    vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
    vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(800);
});
afterEach(cleanup);

describe("a log", () => {
    it("puts only what is in sight on the page", () => {
        show();
        expect(document.querySelectorAll("[data-index]").length).toBeGreaterThan(10);
        expect(document.querySelectorAll("[data-index]").length).toBeLessThan(200);
    });
    it("marks what was searched for", () => {
        show({ lines: lines.slice(0, 3), mark: /LINE 1/gi });
        expect(document.querySelector("mark")?.textContent).toBe("line 1");
    });
    it("names the line that a link is asked for", async () => {
        const link = vi.fn();
        show({ lines: lines.slice(0, 3), onLink: link });
        await userEvent.click(screen.getByRole("button", { name: "Link to the line at byte 20" }));
        expect(link).toHaveBeenCalledWith(lines[2]);
    });
    it("says that nothing was written yet", () => {
        show({ lines: [], live: true });
        expect(screen.getByText("Nothing written yet.")).toBeTruthy();
    });
    it("offers what stands before its beginning", async () => {
        const load = vi.fn();
        show({ earlier: { bytes: 2048, load } });
        await userEvent.click(screen.getByRole("button", { name: "Load earlier lines" }));
        expect(load).toHaveBeenCalledOnce();
        expect(screen.getByText(/2 KiB are not loaded/)).toBeTruthy();
    });
});
