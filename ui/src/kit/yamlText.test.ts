import { describe, expect, it } from "vitest";
import { itemPath, lineOf, setAt, valueAt } from "./yamlText";

const TEXT = `kind: Project
name: digits  # short
tasks:
  # the main one
  - name: train
    parameters: {lr: 0.1, deep: true}
    command: python "train.py"
    replicas: 2
  - name: other
    command: |
      echo a
      echo b
`;

describe("a change to a document", () => {
    it("touches nothing but its place", () => {
        const next = setAt(TEXT, ["tasks", 0, "replicas"], 3);
        expect(next).toBe(TEXT.replace("replicas: 2", "replicas: 3"));
    });
    it("keeps flow mappings and their spacing", () => {
        expect(setAt(TEXT, ["tasks", 0, "parameters", "lr"], 0.2)).toBe(TEXT.replace("lr: 0.1", "lr: 0.2"));
    });
    it("keeps comments when something is added", () => {
        const next = setAt(TEXT, ["tasks", 1, "replicas"], 4);
        expect(next).toContain("# the main one");
        expect(next).toContain("# short");
        expect(valueAt(next, ["tasks", 1, "replicas"])).toBe(4);
    });
    it("takes a key away", () => {
        expect(setAt(TEXT, ["tasks", 0, "replicas"], undefined)).toBe(TEXT.replace("    replicas: 2\n", ""));
    });
    it("quotes text that would read as something else", () => {
        expect(valueAt(setAt(TEXT, ["name"], "true"), ["name"])).toBe("true");
        expect(valueAt(setAt(TEXT, ["name"], "007"), ["name"])).toBe("007");
    });
    it("writes several lines as several lines", () => {
        const next = setAt(TEXT, ["summary"], "# Title\n\nText\n");
        expect(next).toContain("summary: |\n  # Title\n");
        expect(valueAt(next, ["summary"])).toBe("# Title\n\nText\n");
    });
    it("makes what leads there", () => {
        expect(valueAt(setAt("name: a\n", ["tasks", 0], { name: "t" }), ["tasks"])).toEqual([{ name: "t" }]);
        expect(valueAt(setAt("name: a\n", ["labels", "x"], "y"), ["labels"])).toEqual({ x: "y" });
    });
    it("leaves a text that is no YAML alone", () => expect(setAt("a: [", ["b"], 1)).toBe("a: ["));
    it("keeps lists that stand at their key's column", () => {
        const flat = "tasks:\n- name: a\n  replicas: 1\n";
        expect(setAt(flat, ["tasks", 0, "replicas"], 2)).toBe("tasks:\n- name: a\n  replicas: 2\n");
    });
});

describe("an item", () => {
    it("is found by its name", () => {
        expect(itemPath(TEXT, "tasks", "other")).toEqual(["tasks", 1]);
        expect(itemPath(TEXT, "tasks", "gone")).toBeUndefined();
        expect(itemPath("tasks: [", "tasks", "x")).toBeUndefined();
    });
    it("has a line", () => expect(lineOf(TEXT, ["tasks", 1])).toBe(9));
});
