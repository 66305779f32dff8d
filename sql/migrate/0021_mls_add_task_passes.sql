-- When the reading of everything that a task wants began: what such a pass did not see is not wanted any more once it has ended.
-- locks: access exclusive on import_tasks, for an instant (a new column without a rewrite)

alter table mls.import_tasks
  add column pass_started_at timestamptz;
comment on column mls.import_tasks.pass_started_at is 'A pass over all that the task wants is under way since then; null: none is.';
