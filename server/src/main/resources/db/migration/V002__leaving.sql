-- What deleted projects left on disk, until it has been removed there; and how long a stopped run may take to end.

create table leaving_run (
    run_id text primary key
);

create table leaving_project (
    project_id text primary key
);

alter table run add column stop_grace bigint;
