-- Who reads a workspace's listings over /reso/odata, how much they have asked for, and which fields and values the payloads turned
-- out to have, so that $metadata and Lookup name all of them.
-- locks: none (new objects)

-- The token is workspace and id, so that the row is found by its key, and a secret of which only the hash is here.
create table mls.reso_consumers (
  id                 uuid        not null default gen_random_uuid(),
  workspace_id       uuid        not null default plat.ws() references mls.workspaces,
  name               text        not null check (length(btrim(name)) between 1 and 200),
  scopes             text[]      not null default '{idx}'
                     constraint reso_consumers_scopes_are_known check (scopes <@ '{idx,vow,full,media,member,office}')
                     constraint reso_consumers_scopes_say_which_listings check (scopes && '{idx,vow,full}'),
  per_minute         integer     not null default 334 check (per_minute between 1 and 1000000),
  per_hour           integer     not null default 5000 check (per_hour between 1 and 60000000),
  token_hash         bytea       not null check (octet_length(token_hash) = 32),
  client_id          text        not null check (length(client_id) = 43),
  client_secret_hash bytea       not null check (octet_length(client_secret_hash) = 32),
  generation         integer     not null default 1 check (generation > 0),
  revoked_at         timestamptz,
  last_used_at       timestamptz,
  created_by         uuid        default plat.uid() references auth.users on delete set null,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, name)
);
comment on table mls.reso_consumers is 'tenant: other systems that read listings over /reso/odata; docs/reso.md.';
comment on column mls.reso_consumers.scopes is 'idx, vow or full: how listings are seen; media, member, office: further resources.';
comment on column mls.reso_consumers.client_id is 'OAuth client credentials: workspace_id and id in base64url.';
comment on column mls.reso_consumers.generation is 'Counts rotations; access tokens of earlier ones are refused.';
create index reso_consumers_created_by on mls.reso_consumers (created_by) where created_by is not null;
alter table mls.reso_consumers enable row level security;

-- What all serving processes have answered in the minute and hour under way, as of about a second ago.
create table mls.reso_usage (
  workspace_id     uuid        not null default plat.ws() references mls.workspaces,
  reso_consumer_id uuid        not null,
  minute_at        timestamptz not null,
  minute_used      integer     not null check (minute_used >= 0),
  hour_at          timestamptz not null,
  hour_used        integer     not null check (hour_used >= 0),
  requests         bigint      not null default 0 check (requests >= 0),
  primary key (workspace_id, reso_consumer_id),
  foreign key (workspace_id, reso_consumer_id) references mls.reso_consumers (workspace_id, id) on delete cascade
) with (fillfactor = 50);
comment on table mls.reso_usage is 'tenant: requests of a consumer, counted by the processes together.';
alter table mls.reso_usage enable row level security;

-- Fields that payloads have beside those of the dictionary, and how their values look.
create table mls.reso_fields (
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  name         text        not null check (octet_length(name) between 1 and 255),
  kinds        text[]      not null default '{}',
  seen_at      timestamptz not null default now(),
  primary key (workspace_id, name)
);
comment on table mls.reso_fields is 'tenant: names in payloads, with the JSON types met: string, number, boolean, array, object, null.';
alter table mls.reso_fields enable row level security;

create table mls.reso_lookups (
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  name         text        not null check (octet_length(name) between 1 and 255),
  value        text        not null check (octet_length(value) between 1 and 1000),
  seen_at      timestamptz not null default now(),
  primary key (workspace_id, name, value)
);
comment on table mls.reso_lookups is 'tenant: values met in payloads, by the name of their lookup.';
alter table mls.reso_lookups enable row level security;

create table mls.reso_scans (
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  scanned_at   timestamptz not null,
  primary key (workspace_id)
);
comment on table mls.reso_scans is 'tenant: until when changed listings were looked through for fields and values.';
alter table mls.reso_scans enable row level security;
