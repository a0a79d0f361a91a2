import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../api/types";
import { keyOf, keysAt, pathAt, siblings, valuesAt } from "./schema";

const text: JsonSchema = { type: ["string", "number"] };
const role: Record<string, JsonSchema> = { replicas: { type: "integer" }, permanent: { type: "boolean" }, env: { anyOf: [{ type: "object", additionalProperties: text }, { type: "array", items: { type: "object", properties: { name: text, value: text } } }] } };
const schema: JsonSchema = {
    type: "object",
    properties: {
        kind: { enum: ["Project"] },
        tasks: { type: "array", items: { $ref: "#/$defs/task" } },
        labels: { type: "object", additionalProperties: text },
    },
    $defs: { task: { type: "object", required: ["name"], properties: { name: text, type: { enum: ["general", "init"] }, roles: { type: "array", items: { type: "object", properties: role } }, ...role } } },
};
const DOC = `kind: Project
# a remark
tasks:
  - name: train
    roles:
      - name: worker
        env:
          - name: A
            value: b
      - name: ps
  - name: other
    env:
      X: 1
labels:
  a: b
`.split("\n");
const at = (line: string, column?: number) => {
    const row = DOC.indexOf(line);
    return pathAt(DOC, row, column ?? line.search(/\S/));
};

describe("the place of a line", () => {
    it("is the root for a root key", () => expect(at("labels:")).toEqual([]));
    it("goes through lists", () => expect(at("  - name: train")).toEqual(["tasks", "[]"]));
    it("goes through lists in lists", () => expect(at("            value: b")).toEqual(["tasks", "[]", "roles", "[]", "env", "[]"]));
    it("passes earlier items by", () => {
        expect(at("      - name: ps")).toEqual(["tasks", "[]", "roles", "[]"]);
        expect(at("      X: 1")).toEqual(["tasks", "[]", "env"]);
    });
    it("is found on an empty line by the column alone", () => {
        const lines = ["tasks:", "  - name: a", "    "];
        expect(pathAt(lines, 2, 4)).toEqual(["tasks", "[]"]);
        expect(pathAt(["labels:", "  "], 1, 2)).toEqual(["labels"]);
    });
    it("is found where list and key stand at one column", () => expect(pathAt(["tasks:", "- name: a", "  type: init"], 2, 2)).toEqual(["tasks", "[]"]));
});

describe("what may stand there", () => {
    it("keys, with what they look like", () => {
        expect(keysAt(schema, []).map((key) => `${key.name} ${key.shape}`)).toEqual(["kind scalar", "tasks array", "labels object"]);
        expect(keysAt(schema, ["tasks", "[]"]).find((key) => key.name === "name")?.required).toBe(true);
        expect(keysAt(schema, ["tasks", "[]", "roles", "[]"]).map((key) => key.name)).toEqual(["replicas", "permanent", "env"]);
    });
    it("keys of every way to write a thing", () => expect(keysAt(schema, ["tasks", "[]", "env", "[]"]).map((key) => key.name)).toEqual(["name", "value"]));
    it("values", () => {
        expect(valuesAt(schema, ["tasks", "[]", "type"])).toEqual(["general", "init"]);
        expect(valuesAt(schema, ["tasks", "[]", "permanent"])).toEqual(["true", "false"]);
        expect(valuesAt(schema, ["labels", "a"])).toEqual([]);
    });
});

describe("the keys already there", () => {
    it("are those of the same item", () => {
        const lines = ["tasks:", "  - name: a", "    ", "    type: init", "  - title: b"];
        expect([...siblings(lines, 2, 4)].sort()).toEqual(["name", "type"]);
    });
    it("and of the same mapping", () => expect([...siblings(DOC, DOC.length - 1, 0)].sort()).toEqual(["kind", "labels", "tasks"]));
});

describe("a pair", () => {
    it("has its key's place", () => expect(keyOf("  - name: x")).toEqual({ key: "name", from: 4, to: 8, valueFrom: 9 }));
    it("is not in a comment or plain text", () => {
        expect(keyOf("  # name: x")).toBeUndefined();
        expect(keyOf("  some text")).toBeUndefined();
    });
});
