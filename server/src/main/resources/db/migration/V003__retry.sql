-- What a run goes on from: the one before it, and whose checkpoints it shares (JSON).
alter table run add column earlier text;
-- The run that tries it again, and its name (JSON).
alter table run add column later text;
