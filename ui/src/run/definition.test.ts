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
      milliCpu: 500
`);
    });
});
