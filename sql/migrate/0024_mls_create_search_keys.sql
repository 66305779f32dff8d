-- The keys that clients of the search (docs/search-api.md) send: pages on the web, and programs of agents.
-- locks: none (new objects)

create table mls.search_keys (
  id           bigint      not null generated always as identity,
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  description  text        not null default '' check (length(description) <= 400),
  audience     text        not null default 'public' constraint search_keys_audience_is_known check (audience in ('public', 'agents')),
  actions      text[]      not null default '{documents:search}'
               constraint search_keys_actions_are_known
               check (cardinality(actions) > 0 and actions <@ '{*,documents:*,documents:search,documents:get,documents:export,collections:*,collections:list,collections:get}'),
  collections  text[]      not null default '{listings}' check (cardinality(collections) between 1 and 20),
  value_prefix text        not null check (length(value_prefix) = 4),
  value_hash   bytea       not null check (octet_length(value_hash) = 32),
  value_sealed text        not null,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  created_by   uuid        default plat.uid() references auth.users on delete set null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, id)
);
comment on table mls.search_keys is 'tenant: keys of the search; docs/search-api.md.';
comment on column mls.search_keys.audience is 'public: what anybody may be shown; agents: every listing.';
comment on column mls.search_keys.value_prefix is 'The first characters of the value: scoped keys name their parent by them.';
comment on column mls.search_keys.value_hash is 'SHA-256 of the value.';
comment on column mls.search_keys.value_sealed is 'The value, for the signatures of scoped keys (base/secret.h; the row is value_hash in hexadecimal).';
create index search_keys_value_hash on mls.search_keys (value_hash);
create index search_keys_value_prefix on mls.search_keys (value_prefix) where revoked_at is null;
create index search_keys_created_by on mls.search_keys (created_by) where created_by is not null;
alter table mls.search_keys enable row level security;
