-- Where listings come from: connections to an MLS, how its fields map to ours, what is imported, and each run.
-- locks: none (new objects)

create table mls.mls_connections (
  id               uuid        not null default gen_random_uuid(),
  workspace_id     uuid        not null default plat.ws() references mls.workspaces,
  provider         text        not null check (provider in ('bridge', 'reso')),
  dataset_id       text        not null check (length(dataset_id) between 1 and 200),
  token_ciphertext text,
  token_type       text        not null default 'server' check (token_type in ('server', 'oauth')),
  base_url         text        not null default 'https://api.bridgedataoutput.com/api/v2/OData' check (base_url ~ '^https?://[^/]'),
  status           text        not null default 'pending' check (status in ('pending', 'active', 'error', 'paused')),
  sync_cadence     text        not null default 'manual' check (sync_cadence in ('manual', 'hourly', 'daily')),
  last_synced_at   timestamptz,
  last_sync_cursor text,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, provider)
);
comment on table mls.mls_connections is 'tenant: access to an MLS feed; one per provider.';
comment on column mls.mls_connections.token_ciphertext is
  'Secret: an encrypted envelope. No API role may read or write it; plat connect stores it.';
alter table mls.mls_connections enable row level security;

create table mls.field_mappings (
  id           uuid        not null default gen_random_uuid(),
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  provider     text        not null default 'bridge' check (provider in ('bridge', 'reso')),
  version      integer     not null default 1 check (version > 0),
  is_active    boolean     not null default true,
  mapping      jsonb       not null
               constraint field_mappings_mapping_is_an_object check (jsonb_typeof(mapping) = 'object'),
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, provider, version)
);
comment on table mls.field_mappings is
  'tenant: {column of mls.listings: field of the source}, in versions; mls.save_field_mapping() makes the next one.';
create unique index field_mappings_one_active on mls.field_mappings (workspace_id, provider) where is_active;
alter table mls.field_mappings enable row level security;

create table mls.import_tasks (
  id                uuid        not null default gen_random_uuid(),
  workspace_id      uuid        not null default plat.ws() references mls.workspaces,
  mls_connection_id uuid        not null,
  name              text        not null check (length(name) between 1 and 200),
  description       text,
  category          text        not null default 'custom' check (category in ('personal', 'office', 'search', 'custom')),
  filter_config     jsonb       not null default '{}'
                    constraint import_tasks_filter_is_an_object check (jsonb_typeof(filter_config) = 'object'),
  status_filters    text[],
  price_min         integer     check (price_min >= 0),
  price_max         integer     check (price_max >= 0),
  max_import_limit  integer     check (max_import_limit > 0),
  field_mapping_id  uuid,
  sync_cadence      text        not null default 'manual' check (sync_cadence in ('manual', 'hourly', 'daily')),
  is_enabled        boolean     not null default true,
  is_agent_visible  boolean     not null default true,
  last_synced_at    timestamptz,
  last_sync_cursor  text,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, mls_connection_id) references mls.mls_connections (workspace_id, id) on delete cascade,
  foreign key (workspace_id, field_mapping_id) references mls.field_mappings (workspace_id, id)
    on delete set null (field_mapping_id),
  constraint import_tasks_prices_run_upward check (price_max >= price_min)
);
comment on table mls.import_tasks is 'tenant: which part of a feed is imported, and how often.';
create index import_tasks_mls_connection_id on mls.import_tasks (workspace_id, mls_connection_id);
create index import_tasks_field_mapping_id on mls.import_tasks (workspace_id, field_mapping_id)
  where field_mapping_id is not null;
alter table mls.import_tasks enable row level security;

-- The log outlives what it speaks of: a deleted connection leaves its runs.
create table mls.sync_runs (
  id                uuid        not null default gen_random_uuid(),
  workspace_id      uuid        not null default plat.ws() references mls.workspaces,
  mls_connection_id uuid,
  import_task_id    uuid,
  started_at        timestamptz not null default now(),
  finished_at       timestamptz,
  status            text        not null default 'running' check (status in ('running', 'success', 'error')),
  stats             jsonb       not null default '{}'
                    constraint sync_runs_stats_is_an_object check (jsonb_typeof(stats) = 'object'),
  error             text,
  primary key (workspace_id, id),
  foreign key (workspace_id, mls_connection_id) references mls.mls_connections (workspace_id, id)
    on delete set null (mls_connection_id),
  foreign key (workspace_id, import_task_id) references mls.import_tasks (workspace_id, id)
    on delete set null (import_task_id),
  constraint sync_runs_finished_when_done check ((status = 'running') = (finished_at is null))
);
comment on table mls.sync_runs is 'tenant: audit log of syncs; stats are {fetched, upserted, indexed, errors, duration_ms}.';
create index sync_runs_started_at on mls.sync_runs (workspace_id, started_at desc);
create index sync_runs_mls_connection_id on mls.sync_runs (workspace_id, mls_connection_id);
create index sync_runs_import_task_id on mls.sync_runs (workspace_id, import_task_id) where import_task_id is not null;
alter table mls.sync_runs enable row level security;

-- People start, pause and retry; whether a connection works is found out by the work itself. No login has the role
-- plat.worker, so a step that names it is left to workers and the service role.
insert into plat.transitions (machine, from_status, to_status, who) values
  ('mls.mls_connections', '', 'pending', '*'),
  ('mls.mls_connections', '', 'active', 'plat.worker'),
  ('mls.mls_connections', 'pending', 'active', 'plat.worker'),
  ('mls.mls_connections', 'pending', 'error', 'plat.worker'),
  ('mls.mls_connections', 'pending', 'paused', '*'),
  ('mls.mls_connections', 'active', 'pending', '*'),
  ('mls.mls_connections', 'active', 'error', 'plat.worker'),
  ('mls.mls_connections', 'active', 'paused', '*'),
  ('mls.mls_connections', 'error', 'pending', '*'),
  ('mls.mls_connections', 'error', 'active', 'plat.worker'),
  ('mls.mls_connections', 'error', 'paused', '*'),
  ('mls.mls_connections', 'paused', 'pending', '*'),
  ('mls.mls_connections', 'paused', 'active', '*'),
  ('mls.sync_runs', '', 'running', '*'),
  ('mls.sync_runs', 'running', 'success', '*'),
  ('mls.sync_runs', 'running', 'error', '*');
