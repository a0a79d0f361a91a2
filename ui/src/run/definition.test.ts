import { describe, expect, it } from "vitest";
import type { Task } from "../api/types";
import { definitionText } from "./definition";

const TASK: Task = {
    name: "train",
    type: "general",
    environment: { python: "3.11", packages: [] },
    parameters: { lr: 0, deep: false, note: "" },
    roles: [{ name: "main", replicas: 1, command: "python a.py", args: "", permanent: false, restarts: 0, limits: { milliCpu: 0, memoryBytes: 0, gpus: 0 }, resources: { milliCpu: 500, memoryBytes: 0, gpus: 0 }, mounts: [], env: [], images: {}, mountAll: false, workDir: "" }],
    pins: {},
};

describe("a task as text", () => {
    it("leaves out what is not set", () => {
        expect(definitionText(TASK)).toBe(`name: train
type: general
environment:
  python: "3.11"
parameters:
  lr: 0
  deep: false
  note: ""
roles:
  - name: main
    replicas: 1
    command: python a.py
    resources:
      cpu: 500m
`);
    });
    it.each([
        [{ milliCpu: 2000, memoryBytes: 268435456, gpus: 1 }, "      cpu: 2\n      memory: 256Mi\n      gpu: 1\n"],
        [{ milliCpu: 50, memoryBytes: 2147483648, gpus: 0 }, "      cpu: 50m\n      memory: 2Gi\n"],
        [{ milliCpu: 0, memoryBytes: 1000, gpus: 0 }, "      memory: 1000\n"],
    ])("says %j as a document does", (resources, text) => expect(definitionText({ ...TASK, roles: [{ ...TASK.roles[0]!, resources }] })).toContain(`    resources:\n${text}`));
    it.each([
        [7200, "2h"],
        [900, "15m"],
        [90, "90s"],
    ])("says %i seconds as %s", (timeout, text) => expect(definitionText({ ...TASK, timeout })).toContain(`timeout: ${text}\n`));
});
