import { describe, expect, it } from "vitest";
import { curl, endpoints, exampleOf, groupOf, typeText } from "./openapi";

describe("an API page", () => {
    it.each([
        ["/api/v1/me", "Access"],
        ["/api/v1/workspaces/{workspace}/projects/{project}", "Projects"],
        ["/api/v1/workspaces/{workspace}/projects/{project}/runs/{number}", "Runs"],
        ["/api/v1/workspaces/{workspace}/projects/{project}/sources/{source}/files", "Sources"],
        ["/api/v1/workspaces/{workspace}/blobs/{hash}", "Blobs"],
        ["/api/v1/runs/{run}/logs/{name}/tail", "Logs"],
        ["/api/v1/runs/{run}/metrics/series", "Metrics"],
        ["/api/v1/runs/{run}/stop", "Runs"],
        ["/health", "Server"],
        ["/sign-in", "Access"],
    ])("puts %s under %s", (path, group) => expect(groupOf(path)).toBe(group));

    it("says types in a line", () => {
        expect(typeText({ type: "array", items: { $ref: "#/components/schemas/Run" } })).toBe("Run[]");
        expect(typeText({ enum: ["a", "b"] })).toBe('"a" | "b"');
        expect(typeText({ type: "object", additionalProperties: { type: "number" } })).toBe("{ name: number }");
    });

    it("offers a request that can be pasted", () => {
        const [, [first]] = endpoints({ openapi: "3.1.0", info: { title: "", version: "" }, paths: { "/api/v1/runs/{run}/stop": { post: { requestBody: { content: { "application/json": {} } } } } } })[0]!;
        expect(curl(first!, "http://x", '{"grace":5}')).toBe(`curl -X POST 'http://x/api/v1/runs/RUN/stop' \\\n  -H "Authorization: Bearer $ROPEWALK_TOKEN" \\\n  -H 'Content-Type: application/json' \\\n  -d '{"grace":5}'`);
    });

    it("fills required properties of an example", () => {
        expect(exampleOf({ $ref: "#/x/A" }, { A: { type: "object", required: ["a", "b"], properties: { a: { type: "string" }, b: { type: "integer" }, c: { type: "string" } } } })).toEqual({ a: "…", b: 0 });
    });
});
