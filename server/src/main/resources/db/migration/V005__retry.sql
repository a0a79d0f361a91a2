-- What a run goes on from: the one before it, and whose checkpoints it shares (JSON).
alter table run add column earlier text;
