-- One text for SQLite and PostgreSQL. Times are epoch milliseconds; flags are 0 or 1; JSON is opaque text.

create table workspace (
    id text primary key,
    name text not null unique,
    created_at bigint not null
);

create table token (
    hash text primary key,
    kind text not null,
    subject text not null,
    workspace_id text,
    project_id text,
    run_id text,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint
);
create index token_run on token (run_id);

create table session (
    hash text primary key,
    subject text not null,
    csrf text not null,
    created_at bigint not null,
    expires_at bigint not null
);

create table idempotency (
    caller text not null,
    key text not null,
    request_hash text not null,
    status integer not null,
    body text not null,
    created_at bigint not null,
    primary key (caller, key)
);
create index idempotency_created on idempotency (created_at);

create table project (
    id text primary key,
    workspace_id text not null references workspace (id),
    name text not null,
    created_by text not null,
    created_at bigint not null,
    updated_at bigint not null,
    last_run_number bigint not null,
    unique (workspace_id, name)
);

create table document (
    hash text primary key,
    text text not null,
    normal text not null
);

create table revision (
    id text primary key,
    project_id text not null references project (id),
    parent_id text,
    document_hash text not null references document (hash),
    experiment text not null,
    author text not null,
    comment text not null,
    created_at bigint not null
);
create index revision_project on revision (project_id, created_at);

create table experiment (
    project_id text not null references project (id),
    name text not null,
    head_id text not null references revision (id),
    created_at bigint not null,
    updated_at bigint not null,
    primary key (project_id, name)
);

create table snapshot (
    id text primary key,
    workspace_id text not null,
    project_id text not null references project (id),
    source text not null,
    manifest_hash text not null,
    files bigint not null,
    bytes bigint not null,
    origin text not null,
    created_by text not null,
    created_at bigint not null
);
create index snapshot_source on snapshot (project_id, source, created_at);

create table environment (
    key text primary key,
    specification text not null,
    state text not null,
    reason text not null,
    created_at bigint not null,
    ready_at bigint,
    last_used_at bigint not null
);

create table run (
    id text primary key,
    workspace_id text not null,
    project_id text not null references project (id),
    number bigint not null,
    task text not null,
    kind text not null,
    experiment text not null,
    revision_id text,
    parent_run_id text,
    author text not null,
    comment text not null,
    specification text not null,
    parameters text not null,
    state text not null,
    state_body text not null,
    info text not null,
    created_at bigint not null,
    started_at bigint,
    ended_at bigint,
    requested text not null,
    handle text,
    stop_requested_at bigint,
    due_at bigint not null,
    lease_token text,
    lease_until bigint not null,
    unique (project_id, number)
);
create index run_workspace on run (workspace_id, created_at);
create index run_due on run (due_at) where ended_at is null;

create table replica (
    run_id text not null references run (id),
    role text not null,
    idx integer not null,
    attempt integer not null,
    state text not null,
    reason text not null,
    address text not null,
    host text not null,
    exit_code integer,
    started_at bigint,
    ended_at bigint,
    primary key (run_id, role, idx, attempt)
);

create table run_event (
    run_id text not null references run (id),
    sequence bigint not null,
    type text not null,
    reason text not null,
    message text not null,
    component text not null,
    host text not null,
    count bigint not null,
    first_seen_at bigint not null,
    last_seen_at bigint not null,
    primary key (run_id, sequence)
);

create table metric_batch (
    run_id text not null,
    sequence bigint not null,
    points integer not null,
    body bytea not null,
    primary key (run_id, sequence)
);

create table metric_cursor (
    run_id text not null,
    log text not null,
    attempt integer not null,
    position bigint not null,
    primary key (run_id, log, attempt)
);
