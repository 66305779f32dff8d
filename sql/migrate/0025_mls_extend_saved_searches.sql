-- Saved searches tell their people what is new, favourites what changed since they were looked at. A follower of the listings (0022) keeps
-- what each listing was when it was last looked at, finds what happened to it, and writes down who is to be told.
--
-- locks: access exclusive on saved_searches while it is rewritten (a stamp; few rows), on favorites and workspaces for an instant

alter table mls.workspaces
  add column time_zone text constraint workspaces_time_zone_is_named check (time_zone ~ '^[A-Za-z][A-Za-z0-9_+/-]{1,63}$');
comment on column mls.workspaces.time_zone is 'Where it is eight o''clock when digests leave (America/New_York); null: UTC.';

create function mls.is_flat(query jsonb) returns boolean
  language sql immutable parallel safe
return case when jsonb_typeof(query) = 'object' then
  not exists (select from jsonb_each(query) e (key, value) where jsonb_typeof(e.value) not in ('string', 'number', 'boolean')) end;
comment on function mls.is_flat(jsonb) is 'An object of texts, numbers, true and false, as parameters of a search are.';

alter table mls.saved_searches
  add column alert           text    not null default 'off'
             constraint saved_searches_alert_is_known check (alert in ('off', 'instant', 'daily', 'weekly')),
  add column alert_kinds     text[]  not null default '{new,price_drop,back_on_market}'
             constraint saved_searches_alert_kinds_are_known check
               (alert_kinds <@ '{new,price_drop,back_on_market,status}' and array_position(alert_kinds, null) is null
                and cardinality(alert_kinds) <= 4),
  add column by_mail         boolean not null default true,
  add column in_app          boolean not null default true,
  add column last_alerted_at timestamptz,
  add column problem         text,
  add column told_on         date,
  add column told            integer not null default 0,
  add column changed_xid     xid8    not null default pg_current_xact_id(),
  add constraint saved_searches_query_is_flat check (mls.is_flat(query)) not valid,
  add constraint saved_searches_query_is_small check (octet_length(query::text) <= 20000) not valid;
comment on column mls.saved_searches.alert is 'How often its person gets mail of it; off: nobody is told anything.';
comment on column mls.saved_searches.alert_kinds is 'What one is told: new, price_drop, back_on_market, and, agents, status.';
comment on column mls.saved_searches.problem is 'Why its query cannot be used, in one sentence; null: it can, or nobody tried yet.';
comment on column mls.saved_searches.told is 'How many alerts it had on told_on.';
comment on column mls.saved_searches.changed_xid is 'The transaction that a person changed it in last.';
create index saved_searches_changed_xid on mls.saved_searches (workspace_id, changed_xid) where alert <> 'off';

alter table mls.favorites
  add column alert       text        not null default 'in_app'
             constraint favorites_alert_is_known check (alert in ('off', 'in_app', 'instant', 'daily', 'weekly')),
  add column seen_at     timestamptz not null default now(),
  add column seen_price  integer,
  add column seen_status text;
comment on column mls.favorites.alert is 'Whether its person is told of lower prices and of its return to the market, and how.';
comment on column mls.favorites.seen_at is 'When its person looked at it last; price and status were those then.';
update mls.favorites f set seen_price = l.list_price, seen_status = l.standard_status
  from mls.listings l where l.workspace_id = f.workspace_id and l.id = f.listing_id;

-- A workspace is watched from the moment somebody wants to be told something; what it had until then is news to nobody.
create table mls.alert_workspaces (
  workspace_id uuid        primary key default plat.ws() references mls.workspaces on delete cascade,
  since        timestamptz not null default now(),
  counted_to   uuid,
  ready_at     timestamptz
);
comment on table mls.alert_workspaces is 'tenant: workspaces whose listings are watched for alerts. Until ready_at what was there before is being counted.';
alter table mls.alert_workspaces enable row level security;

create table mls.alert_listings (
  workspace_id     uuid    not null default plat.ws() references mls.workspaces on delete cascade,
  listing_id       uuid    not null,
  changed_xid      xid8    not null,
  is_public        boolean not null,
  is_open          boolean not null,
  was_public       boolean not null,
  was_open         boolean not null,
  list_price       integer,
  standard_status  text,
  primary key (workspace_id, listing_id),
  foreign key (workspace_id, listing_id) references mls.listings (workspace_id, id) on delete cascade
);
comment on table mls.alert_listings is 'tenant: what each listing of a watched workspace was when alerts looked at it last.';
comment on column mls.alert_listings.is_open is 'On the market, for the workspace''s agents; is_public: for everybody.';
comment on column mls.alert_listings.was_open is 'It was so at any time; was_public: for everybody.';
comment on column mls.alert_listings.list_price is 'While it was on the market last.';
alter table mls.alert_listings enable row level security;

create table mls.search_alerts (
  id              uuid        not null default gen_random_uuid(),
  workspace_id    uuid        not null default plat.ws() references mls.workspaces,
  user_id         uuid        not null references auth.users on delete cascade,
  saved_search_id uuid,
  listing_id      uuid        not null,
  kind            text        not null check (kind in ('new', 'price_drop', 'back_on_market', 'status')),
  old_value       text,
  new_value       text,
  happened_at     timestamptz not null,
  found_at        timestamptz not null default now(),
  by_mail         boolean     not null,
  in_app          boolean     not null,
  mailed_at       timestamptz,
  seen_at         timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, saved_search_id) references mls.saved_searches (workspace_id, id) on delete cascade,
  foreign key (workspace_id, listing_id) references mls.listings (workspace_id, id) on delete cascade,
  constraint search_alerts_once unique nulls not distinct (workspace_id, user_id, saved_search_id, listing_id, kind, happened_at)
);
comment on table mls.search_alerts is 'tenant: what people are to be told, or were: of a saved search, or, without one, of a favourite.';
comment on column mls.search_alerts.happened_at is 'The moment of the listing, not of the alert: nobody is told of one twice.';
comment on column mls.search_alerts.seen_at is 'When its person saw it in the app.';
create index search_alerts_user_id on mls.search_alerts (user_id);
create index search_alerts_latest on mls.search_alerts (workspace_id, user_id, found_at desc);
create index search_alerts_saved_search_id on mls.search_alerts (workspace_id, saved_search_id) where saved_search_id is not null;
create index search_alerts_listing_id on mls.search_alerts (workspace_id, listing_id);
create index search_alerts_found_at on mls.search_alerts (found_at);
create index search_alerts_to_mail on mls.search_alerts (workspace_id, user_id, found_at) where by_mail and mailed_at is null;
alter table mls.search_alerts enable row level security;

create table plat.followers (
  name         text        primary key check (length(name) between 1 and 100),
  from_xid     xid8        not null,
  round_xid    xid8,
  at_xid       xid8,
  at_workspace uuid,
  at_listing   uuid,
  moved_at     timestamptz not null default now(),
  check ((round_xid is null) = (at_xid is null) and (at_xid is null) = (at_workspace is null) and (at_xid is null) = (at_listing is null))
);
comment on table plat.followers is
  'local: how far those that follow changed rows have come. A round reads rows from from_xid on; what began after round_xid is the next one''s.';
alter table plat.followers enable row level security;
insert into plat.followers (name, from_xid) values ('alerts', pg_snapshot_xmin(pg_current_snapshot()));

-- Whoever has favourites is watched for.
insert into mls.alert_workspaces (workspace_id) select distinct f.workspace_id from mls.favorites f;
