-- What people are told, when, and by which ways.

-- Whether whoever wanted to hear of a run's end has been told of it.
alter table run add column told smallint not null default 0;
update run set told = 1 where ended_at is not null;
create index run_untold on run (id) where ended_at is not null and told = 0;

-- When a run from outside last wrote something, a little behind what the server remembers.
create table run_heard (
    run_id text primary key,
    at bigint not null
);

-- Who has been given the rule that everybody begins with.
create table notice_person (
    name text primary key
);

create table notice_channel (
    id text primary key,
    person text not null,
    kind text not null,
    name text not null,
    target text not null,
    created_at bigint not null,
    unique (person, name)
);

create table notice_rule (
    id text primary key,
    person text not null,
    about text not null,
    project_id text,
    run_id text,
    kind text not null,
    occasion text not null,
    channels text not null,
    created_at bigint not null,
    unique (person, about, occasion)
);
create index notice_rule_project on notice_rule (project_id);
create index notice_rule_run on notice_rule (run_id);

create table notice (
    id text primary key,
    person text not null,
    run_id text not null,
    occasion text not null,
    workspace_id text not null,
    project_id text not null,
    kind text not null,
    told text not null,
    created_at bigint not null,
    read_at bigint,
    unique (person, run_id, occasion)
);
create index notice_newest on notice (person, created_at, id);
create index notice_unread on notice (person) where read_at is null;
create index notice_project on notice (project_id);

create table notice_delivery (
    id text primary key,
    channel_id text not null,
    project_id text,
    body text not null,
    state text not null,
    attempts integer not null,
    due_at bigint not null,
    log text not null,
    created_at bigint not null
);
create index notice_delivery_due on notice_delivery (due_at) where state = 'waiting';
create index notice_delivery_channel on notice_delivery (channel_id, created_at);
create index notice_delivery_project on notice_delivery (project_id);
