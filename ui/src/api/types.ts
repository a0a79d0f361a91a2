// The shapes on the wire, by the names that the pages use. They come from the server's API description:
// schema.gen.ts is written from it before every build and is not committed. Where the description says less than
// the server does, `Sharper` says the rest; what it does not describe at all stands at the end.

import type { components, operations } from "./schema.gen";

type Schemas = components["schemas"];
type Content<T> = T extends { content: infer C } ? C[keyof C] : never;
/** What an operation answers when all is well. */
type Answer<O extends keyof operations> = { [S in keyof operations[O]["responses"]]: S extends 200 | 201 ? Content<operations[O]["responses"][S]> : never }[keyof operations[O]["responses"]];
/** What an operation is asked with. */
type Body<O extends keyof operations> = Content<NonNullable<operations[O]["requestBody"]>>;
type Sharper<T, More> = Omit<T, keyof More> & More;

export type Page<T> = Sharper<Answer<"getWorkspacesWorkspaceRuns">, { items: T[] }>;

export type Me = Schemas["Me"];
export type ServerInfo = Schemas["ServerView"];
export type ExecutorView = Schemas["ExecutorView"];
export type BackupOverview = Schemas["BackupOverview"];
export type Amounts = Schemas["Resources"];
export type Problem = Schemas["Problem"];
/** A proxy between may answer with less than the server would. */
export type ErrorBody = Sharper<Partial<Schemas["ProblemDetails"]>, { status: number; code?: string; problems?: Problem[] }>;

export type Project = Schemas["Project"];
export type ProjectSummary = Sharper<Schemas["ProjectSummary"], { lastRun?: LastRun }>;
export type LastRun = Sharper<Schemas["LastRun"], { state: RunStateName }>;
export type Revision = Schemas["Revision"];
export type Applied = Schemas["Applied"];
export type DocumentView = Schemas["SavedDocument"];
export type Task = Schemas["Task"];
export type Role = Schemas["Role"];
export type CheckReply = Schemas["Checked"];
export type DiffView = Schemas["Difference"];
export type DiffLine = Schemas["Line"];
export type CreateRequest = Body<"postWorkspacesWorkspaceProjects">;
export type SaveRequest = Body<"putWorkspacesWorkspaceProjectsProjectDocument">;
export type CheckoutRequest = Body<"postWorkspacesWorkspaceProjectsProjectCheckout">;

export type SourceType = Sharper<Schemas["Kind"], { schema: JsonSchema }>;
export type SourceView = Schemas["SourceView"];
export type Snapshot = Schemas["Snapshot"];
export type Pin = Schemas["Pin"];
export type FileList = Answer<"getRunsRunFiles">;
export type Preview = Schemas["Preview"];

export type RunSummary = Sharper<Schemas["Summary"], { state: RunStateName; metrics: Record<string, Value> }>;
export type Run = Sharper<Schemas["RunView"], { state: RunStateName; metrics: Record<string, Value> }>;
export type Replica = Schemas["ReplicaView"];
export type Phase = Schemas["Phase"];
export type RunEvent = Schemas["Incident"];
export type RunStatus = Schemas["RunStatus"];
export type Specification = Sharper<Schemas["View"], { task: Task }>;
export type StartRequest = Body<"postWorkspacesWorkspaceProjectsProjectRuns">;

export type LogInfo = Schemas["LogFile"];
export type LogLine = Schemas["LogLine"];
/** What `next` holds is a number for one log, text for several together. */
export type LogPage = Sharper<Schemas["LogPage"], { next: number | string }>;

export type Diagnosis = Schemas["Diagnosis"];
export type LogsFound = Answer<"getSearchLogs">;
export type LogHits = LogsFound["items"][number];

export type MetricInfo = Sharper<Schemas["SeriesSummary"], { last: Value; min: Value; max: Value }>;
export type Series = Sharper<Schemas["Series"], { points: Point[] }>;

export type RunUse = Schemas["RunUse"];
export type MetricUse = Schemas["MetricUse"];
export type ServerUse = Schemas["ServerUse"];
export type RunNow = Schemas["RunNow"];
export type Notice = Schemas["NoticeView"];
export type Unread = Schemas["UnreadView"];
export type Rule = Schemas["RuleView"];
export type Channel = Schemas["ChannelView"];
export type Channels = Schemas["Channels"];
export type Delivery = Schemas["DeliveryView"];
export type AddRule = Body<"postNoticeRules">;
export type OpenChannel = Body<"postNoticeChannels">;

// From here on by hand: the description leaves these open.

export type RunStateName = "queued" | "starting" | "running" | "ending" | "succeeded" | "failed" | "stopped";
export type ReplicaStateName = Replica["state"];

/** A number as JSON can carry it: the three that JSON lacks travel as words. */
export type Value = number | "NaN" | "Infinity" | "-Infinity";

/** step, milliseconds since the epoch, value */
export type Point = [number, number, Value];

/** What a run's stream tells, by the name of the event; only `run` is described. */
export interface RunUpdates {
    run: Run;
    event: RunEvent;
    metrics: { points: LivePoint[] };
    log: { log: string; bytes: number };
}

export interface LivePoint {
    name: string;
    step: number;
    at: string | number;
    value: Value;
}

/** What a log's stream tells in each `lines`. */
export type LogLines = Sharper<Schemas["Lines"], { next: number | string }>;

export interface JsonSchema {
    $ref?: string;
    $defs?: Record<string, JsonSchema>;
    definitions?: Record<string, JsonSchema>;
    type?: string | string[];
    title?: string;
    description?: string;
    default?: unknown;
    enum?: unknown[];
    const?: unknown;
    format?: string;
    pattern?: string;
    minimum?: number;
    maximum?: number;
    minLength?: number;
    writeOnly?: boolean;
    required?: string[];
    properties?: Record<string, JsonSchema>;
    additionalProperties?: boolean | JsonSchema;
    items?: JsonSchema;
    anyOf?: JsonSchema[];
    oneOf?: JsonSchema[];
    allOf?: JsonSchema[];
    examples?: unknown[];
}
