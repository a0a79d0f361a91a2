import { MantineProvider } from "@mantine/core";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { JsonSchema } from "../api/types";
import { SchemaForm, words } from "./SchemaForm";
import { setAt, valueAt } from "./yamlText";

const schema: JsonSchema = {
    type: "object",
    required: ["name"],
    properties: {
        name: { type: "string", description: "Its name." },
        replicas: { type: "integer", minimum: 0 },
        permanent: { type: "boolean" },
        type: { enum: ["general", "init"] },
        command: { anyOf: [{ type: ["string", "number"] }, { type: "array", items: { type: "string" } }] },
        env: { type: "object", additionalProperties: { type: ["string", "number"] } },
        nodes: { type: "string", description: "Where to run." },
    },
};

function Form({ start, seen }: { start: string; seen: (text: string) => void }) {
    const [text, setText] = useState(start);
    return (
        <SchemaForm
            schema={schema}
            value={valueAt(text, [])}
            base="tasks[0]"
            problems={[{ severity: "error", message: "Too short.", line: 1, column: 1, path: "tasks[0].name" }]}
            onChange={(path, value) => {
                const next = setAt(text, path, value);
                setText(next);
                seen(next);
            }}
        />
    );
}

function show(start: string) {
    const seen = vi.fn<(text: string) => void>();
    render(
        <MantineProvider>
            <Form start={start} seen={seen} />
        </MantineProvider>,
    );
    return () => seen.mock.lastCall?.[0];
}

afterEach(cleanup);

describe("a form made from a schema", () => {
    it("changes the text behind it and keeps its comments", async () => {
        const text = show("name: a # mine\nreplicas: 2\n");
        await userEvent.type(screen.getByLabelText(/^Name/), "b");
        expect(text()).toBe("name: ab # mine\nreplicas: 2\n");
    });
    it("shows a problem at its field", () => {
        show("name: a\n");
        expect(screen.getByText("Too short.")).toBeTruthy();
    });
    it("hides what is not set until it is asked for", async () => {
        const text = show("name: a\n");
        expect(screen.queryByLabelText("Nodes")).toBeNull();
        await userEvent.click(screen.getByRole("button", { name: "More settings" }));
        await userEvent.click(await screen.findByText("Where to run."));
        await userEvent.type(await screen.findByLabelText("Nodes"), "x");
        expect(text()).toBe("name: a\nnodes: x\n");
    });
    it("takes away what is no longer wanted", async () => {
        const text = show("name: a\nreplicas: 2\n");
        await userEvent.click(screen.getByRole("button", { name: "Remove Replicas" }));
        expect(text()).toBe("name: a\n");
    });
    it("writes names and values of a mapping", async () => {
        const text = show("name: a\nenv: {A: 1}\n");
        await userEvent.type(screen.getByLabelText("New name in Environment variables"), "B");
        await userEvent.type(screen.getByLabelText("New value in Environment variables"), "two{Enter}");
        expect(text()).toBe("name: a\nenv: {A: 1, B: two}\n");
    });
    it("shows a command in the form it is written in", () => {
        show("name: a\ncommand: [python, x.py]\n");
        expect((screen.getByLabelText("Command") as HTMLTextAreaElement).value).toBe("python\nx.py");
    });
    it("says keys as people do", () => expect(["mountPath", "cpu", "restart_policy"].map(words)).toEqual(["Mount path", "CPU", "Restart policy"]));
});
