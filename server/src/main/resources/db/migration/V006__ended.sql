-- Runs that go on and those that have just ended are found without reading all.
create index run_ended on run (ended_at);
