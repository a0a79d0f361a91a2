// The shapes on the wire, as the server's contract states them.

export type Time = string;

export interface Page<T> {
    items: T[];
    next?: string;
}

export interface Me {
    name: string;
    kind: "owner" | "run";
    csrf?: string;
    workspaces: { name: string }[];
}

export interface Amounts {
    milliCpu?: number;
    memoryBytes?: number;
    gpus?: number;
}

export interface ExecutorView {
    name: string;
    isolation?: string;
    capacity?: Amounts;
    inUse?: Amounts;
}

export interface ServerInfo {
    version: string;
    startedAt: Time;
    dataDirectory?: string;
    database: string;
    executors: ExecutorView[];
    queued: number;
    running: number;
}

export interface Problem {
    severity: "error" | "warning";
    line?: number;
    column?: number;
    path?: string;
    message: string;
    remedy?: string;
}

export interface ErrorBody {
    type?: string;
    title?: string;
    status: number;
    detail?: string;
    code?: string;
    requestId?: string;
    problems?: Problem[];
}

export interface ProjectSummary {
    id: string;
    name: string;
    workspace: string;
    title?: string;
    updatedAt: Time;
    updatedBy?: string;
    runs: { total: number; active: number; failed: number };
    lastRun?: RunSummary;
}

export interface Experiment {
    name: string;
    head: string;
    createdAt: Time;
    updatedAt: Time;
}

export interface Project {
    id: string;
    name: string;
    workspace: string;
    title?: string;
    summary?: string;
    experiments: Experiment[];
    createdAt: Time;
    createdBy?: string;
    updatedAt: Time;
}

export interface Revision {
    id: string;
    parent?: string;
    experiment: string;
    author?: string;
    comment?: string;
    createdAt: Time;
    documentHash: string;
    heads?: string[];
}

export interface Applied {
    project: Project;
    revision: Revision;
    created: boolean;
    changed: boolean;
    warnings: Problem[];
}

export interface Role {
    name: string;
    replicas: number;
    command?: string;
    args?: string;
    workDir?: string;
    env?: { name: string; value: string }[];
    port?: number;
    permanent?: boolean;
    restarts?: number;
    restartPolicy?: string;
    resources?: Amounts;
    limits?: Amounts;
    images?: { cpu?: string; gpu?: string };
    mountAll?: boolean;
    mounts?: { source: string; path?: string; readOnly?: boolean; subPath?: string; revision?: string }[];
    nodes?: string;
}

export interface Task {
    name: string;
    type: "general" | "init" | "export";
    title?: string;
    environment?: { python?: string; requirements?: string; packages?: string[] };
    parameters?: Record<string, unknown>;
    scheduleTimeout?: number;
    timeout?: number;
    roles: Role[];
    pins?: Record<string, string>;
}

export interface NormalDocument {
    kind: string;
    name: string;
    title?: string;
    summary?: string;
    labels?: Record<string, string>;
    defaultMountPath?: string;
    readOnly?: boolean;
    sources: {
        name: string;
        kind: string;
        settings?: Record<string, unknown>;
        mountPath?: string;
        subPath?: string;
        readOnly?: boolean;
        library?: boolean;
    }[];
    packages?: { manager: string; names: string[] }[];
    tasks: Task[];
}

export interface DocumentView {
    text: string;
    normal: NormalDocument;
    revision: Revision;
    warnings?: Problem[];
}

export interface CheckReply {
    problems: Problem[];
    normal?: NormalDocument;
}

export interface DiffLine {
    kind: " " | "+" | "-";
    text: string;
    oldLine?: number;
    newLine?: number;
}

export interface DiffView {
    from: string;
    to: string;
    lines: DiffLine[];
    added: number;
    removed: number;
}

export interface SourceType {
    kind: string;
    description: string;
    schema: JsonSchema;
}

export interface Snapshot {
    id: string;
    source: string;
    files: number;
    bytes: number;
    createdAt: Time;
    createdBy?: string;
    origin?: { commit?: string; branch?: string; remote?: string; dirty?: boolean };
}

export interface SourceView {
    name: string;
    kind: string;
    settings: Record<string, unknown>;
    mountPath?: string;
    readOnly?: boolean;
    description?: string;
    latest?: Snapshot;
}

export interface Pin {
    revision: string;
    description?: string;
}

export interface FileEntry {
    name: string;
    directory: boolean;
    bytes?: number;
    modifiedAt?: Time;
}

export interface FileList {
    path: string;
    entries: FileEntry[];
    truncated: boolean;
}

export interface Preview {
    kind: "text" | "image" | "csv" | "json" | "html" | "binary";
    text?: string;
    truncated?: boolean;
    columns?: string[];
    /** One for each column. */
    types?: string[];
    rows?: string[][];
    bytes: number;
}

export type RunStateName = "queued" | "starting" | "running" | "ending" | "succeeded" | "failed" | "stopped";
export type ReplicaStateName = "waiting" | "running" | "succeeded" | "failed" | "stopped" | "lost";

/** A number as JSON can carry it: the three that JSON lacks travel as words. */
export type Value = number | "NaN" | "Infinity" | "-Infinity";

export interface RunSummary {
    id: string;
    number: number;
    name: string;
    project: string;
    workspace: string;
    task?: string;
    experiment?: string;
    kind: "launched" | "tracked";
    state: RunStateName;
    cause?: string;
    reason?: string;
    author?: string;
    comment?: string;
    parameters?: Record<string, unknown>;
    createdAt: Time;
    startedAt?: Time;
    endedAt?: Time;
    parentRun?: string;
    metrics?: Record<string, Value>;
}

export interface Replica {
    role: string;
    index: number;
    name: string;
    attempt: number;
    attempts?: number;
    state: ReplicaStateName;
    permanent?: boolean;
    address?: string;
    host?: string;
    exitCode?: number;
    cause?: string;
    startedAt?: Time;
    endedAt?: Time;
}

export interface Phase {
    phase: "queued" | "preparing" | "starting" | "running" | "ending";
    startedAt: Time;
    endedAt?: Time;
}

export interface PinnedSource {
    source: string;
    kind?: string;
    revision: string;
    description?: string;
}

export interface Run extends RunSummary {
    revision?: string;
    replicas: Replica[];
    timeline: Phase[];
    pins?: PinnedSource[];
    info?: Record<string, unknown>;
    outputs?: { files: number; bytes: number };
}

export interface RunEvent {
    type: "normal" | "warning";
    reason: string;
    message: string;
    component?: string;
    host?: string;
    count: number;
    firstSeenAt: Time;
    lastSeenAt: Time;
}

export interface Specification {
    task: Task;
    revision?: string;
    pins: Record<string, Pin>;
    parameters: Record<string, unknown>;
    /** The variables of each role's first replica. */
    environment: { role: string; command: string; workDir: string; variables: Record<string, string> }[];
}

/** A run as those see it who watch many: in words of its own, which other systems share. */
export interface RunStatus {
    status: string;
    health: string;
    resource_states: { name: string; status: string; resources: { name: string; status: string }[] }[];
}

export interface LogInfo {
    name: string;
    attempt?: number;
    attempts?: number[];
    bytes: number;
    complete: boolean;
}

export interface LogLine {
    offset: number;
    text: string;
    log?: string;
    match?: boolean;
    /** It has no end yet: a later line with this offset replaces it. */
    partial?: boolean;
}

export interface LogPage {
    lines: LogLine[];
    /** A number for one log, text for several together. */
    next: number | string;
    complete: boolean;
}

export interface MetricInfo {
    name: string;
    count: number;
    last: Value;
    min: Value;
    max: Value;
    lastStep?: number;
    lastAt?: Time;
}

/** step, milliseconds since the epoch, value */
export type Point = [number, number, Value];

export interface Series {
    name: string;
    points: Point[];
    sampled: boolean;
}

export interface LivePoint {
    name: string;
    step: number;
    at: Time | number;
    value: Value;
}

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
