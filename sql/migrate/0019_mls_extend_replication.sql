-- Replication at full strength: what a source can do, its metadata and rate windows, which task wants which listing, what kind of
-- run a run is, what was corrected, and what sweeps by keys have seen.
-- locks: access exclusive on mls_connections, import_tasks, sync_runs, listings, for an instant (new columns without a rewrite)

alter table mls.mls_connections
  add column settings         jsonb not null default '{}'
             constraint mls_connections_settings_is_an_object check (jsonb_typeof(settings) = 'object'),
  add column client_id        text check (length(client_id) between 1 and 400),
  add column token_url        text check (token_url ~ '^https?://[^/]'),
  add column token_scope      text check (length(token_scope) <= 400),
  add column status_reason    text check (length(status_reason) <= 2000),
  add column tested_at        timestamptz,
  add column test_report      jsonb,
  add column failures         integer not null default 0 check (failures >= 0),
  add column held_until       timestamptz,
  add column reconciled_at    timestamptz;
comment on column mls.mls_connections.settings is
  'Where sources differ: {feed, cursor_field, replication, page_size, next_link, media, timestamp_filter, overlap_minutes, url_max, purge_guard_percent}; docs/connections.md.';
comment on column mls.mls_connections.client_id is 'OAuth client credentials: who we are; the envelope in token_ciphertext is then the client''s secret.';
comment on column mls.mls_connections.status_reason is 'Why the status is what it is, as a sentence.';
comment on column mls.mls_connections.failures is 'Failed runs in a row; the circuit breaker counts them.';
comment on column mls.mls_connections.held_until is 'The circuit breaker is open: no request goes to the source before.';

-- What a source says it has, as last read. It outlives a document that does not parse: that is told in problem.
create table mls.source_metadata (
  workspace_id      uuid        not null default plat.ws() references mls.workspaces,
  mls_connection_id uuid        not null,
  fetched_at        timestamptz not null default now(),
  document_hash     bytea,
  resources         jsonb       compression lz4 not null default '{}'
                    constraint source_metadata_resources_is_an_object check (jsonb_typeof(resources) = 'object'),
  problem           text,
  primary key (workspace_id, mls_connection_id),
  foreign key (workspace_id, mls_connection_id) references mls.mls_connections (workspace_id, id) on delete cascade
);
comment on table mls.source_metadata is
  'tenant: {resource: {field: {"type": "Edm.Decimal", "is_list": false, "lookup": "…", "max_length": 255}}} of a source''s $metadata.';
alter table mls.source_metadata enable row level security;

-- How much of its limits a source has given to us, so that a new process does not begin at nothing.
create table mls.rate_windows (
  workspace_id      uuid        not null default plat.ws() references mls.workspaces,
  mls_connection_id uuid        not null,
  span              text        not null check (span in ('minute', 'hour', 'day')),
  started_at        timestamptz not null default now(),
  used              integer     not null default 0 check (used >= 0),
  most              integer     check (most > 0),
  remaining         integer     check (remaining >= 0),
  reset_at          timestamptz,
  primary key (workspace_id, mls_connection_id, span),
  foreign key (workspace_id, mls_connection_id) references mls.mls_connections (workspace_id, id) on delete cascade
);
comment on table mls.rate_windows is 'tenant: requests to a source in the minute, hour and day; what it said itself counts for more.';
alter table mls.rate_windows enable row level security;

alter table mls.import_tasks
  add column scope_hash     bytea,
  add column status_reason  text check (length(status_reason) <= 2000),
  add column reconciled_at  timestamptz;
comment on column mls.import_tasks.scope_hash is 'Hash of the filters that the cursor is about; other filters begin anew.';

-- The same listing wanted by two tasks is one row of listings and two of these.
create table mls.import_task_listings (
  workspace_id   uuid        not null default plat.ws() references mls.workspaces,
  import_task_id uuid        not null,
  listing_id     uuid        not null,
  seen_at        timestamptz not null default now(),
  primary key (workspace_id, import_task_id, listing_id),
  foreign key (workspace_id, import_task_id) references mls.import_tasks (workspace_id, id) on delete cascade,
  foreign key (workspace_id, listing_id) references mls.listings (workspace_id, id) on delete cascade
);
comment on table mls.import_task_listings is 'tenant: which import tasks want a listing; one that nobody wants any more goes out of scope.';
create index import_task_listings_listing_id on mls.import_task_listings (workspace_id, listing_id);
alter table mls.import_task_listings enable row level security;

alter table mls.sync_runs
  add column kind             text    not null default 'sync' check (kind in ('sync', 'reconcile', 'remap', 'import')),
  add column requested_by     uuid    references auth.users on delete set null,
  add column cancel_requested boolean not null default false,
  add column progress         jsonb;
comment on column mls.sync_runs.progress is 'Where a run is: {"phase": "…", "done": n, "total": n or null, "note": "…"}; NOTIFY plat_sync_runs tells of each change.';
create index sync_runs_requested_by on mls.sync_runs (requested_by) where requested_by is not null;
-- One run at a time over a connection; the advisory lock of the run itself keeps killed ones from blocking it.
create index sync_runs_running on mls.sync_runs (workspace_id, mls_connection_id) where status = 'running';

create table mls.sync_corrections (
  id           uuid    not null default gen_random_uuid(),
  workspace_id uuid    not null default plat.ws() references mls.workspaces,
  sync_run_id  uuid    not null,
  field        text    not null check (length(field) between 1 and 255),
  reason       text    not null check (length(reason) between 1 and 400),
  n            integer not null check (n > 0),
  example      text,
  primary key (workspace_id, id),
  unique (workspace_id, sync_run_id, field, reason),
  foreign key (workspace_id, sync_run_id) references mls.sync_runs (workspace_id, id) on delete cascade
);
comment on table mls.sync_corrections is 'tenant: values that a run could not type, or put right, by field and reason.';
alter table mls.sync_corrections enable row level security;

-- A sweep by keys goes on where it was stopped; only a finished one may take listings away.
create table mls.sweep_keys (
  workspace_id       uuid not null default plat.ws() references mls.workspaces,
  mls_connection_id  uuid not null,
  scope              uuid not null,
  source_listing_key text not null,
  source_modified_at timestamptz,
  primary key (workspace_id, scope, source_listing_key),
  foreign key (workspace_id, mls_connection_id) references mls.mls_connections (workspace_id, id) on delete cascade
);
comment on table mls.sweep_keys is 'tenant: keys that the sweep under way has seen; scope is the import task''s id, or the connection''s.';
create index sweep_keys_mls_connection_id on mls.sweep_keys (workspace_id, mls_connection_id);
alter table mls.sweep_keys enable row level security;

alter table mls.listings
  add column mapping_hash         bytea,
  add column extra                jsonb compression lz4
             constraint listings_extra_is_an_object check (jsonb_typeof(extra) = 'object'),
  add column list_agent_key       text,
  add column list_agent_mls_id    text,
  add column list_agent_name      text,
  add column list_office_key      text,
  add column list_office_mls_id   text,
  add column list_office_name     text;
alter table mls.listings alter column extra set statistics 0;
comment on column mls.listings.content_hash is 'Hash of the payload; equal, with an equal mapping_hash, means nothing to write.';
comment on column mls.listings.mapping_hash is 'Hash of the mapping and of the rules that the row was typed with.';
comment on column mls.listings.extra is 'Further values that the mapping names under "extra".';
-- Whose listings these are: import tasks, agents' pages, and the Member and Office resources of /reso/odata.
create index listings_list_agent_key on mls.listings (workspace_id, list_agent_key) where list_agent_key is not null;
create index listings_list_office_key on mls.listings (workspace_id, list_office_key) where list_office_key is not null;
-- The order of a replication: cursor and tie-breaker.
create index listings_replication on mls.listings (workspace_id, source_modified_at, source_listing_key) where is_active;
