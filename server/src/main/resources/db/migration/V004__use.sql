-- What the replicas of runs have used of their machines: each row holds what was measured of one run from one moment to
-- another. Rows of long ago are put together, with fewer points and the peaks kept.

create table use_batch (
    run_id text not null,
    began_at bigint not null,
    ended_at bigint not null,
    thinned smallint not null,
    body bytea not null,
    primary key (run_id, began_at)
);
