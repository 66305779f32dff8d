-- What follows the listings: which transaction changed a row last, which rows are gone, and what their MLS lets be displayed.
--
-- Whoever keeps something in step with the listings (the search index, alerts) reads all rows whose changed_xid is not below the xmin of
-- the snapshot that it read last: rows of transactions that were still under way then are among them, so nothing is missed, in whatever
-- order they committed. Transaction ids are those of one server; on a cluster each node has a follower of its own.
--
-- locks: access exclusive on listings while it is rewritten (generated columns), on listing_media for an instant

create function mls.payload_says(raw jsonb, field text) returns boolean
  language sql immutable parallel safe
return case lower(raw ->> field) when 'true' then true when 'y' then true when 'yes' then true when '1' then true
                                 when 'false' then false when 'n' then false when 'no' then false when '0' then false end;
comment on function mls.payload_says(jsonb, text) is 'A yes or no of a payload; null when it says neither.';

-- Functions of rows of listings stand in the way of a rewrite; they are made again after the migrations (sql/live).
do $$
declare
  f text;
begin
  foreach f in array coalesce((select array_agg(p.oid::regprocedure::text) from pg_proc p
                                 where 'mls.listings'::regtype = any (p.proargtypes::oid[]) or p.prorettype = 'mls.listings'::regtype),
                              '{}') loop
    execute 'drop function if exists ' || f || ' cascade';
  end loop;
end $$;

alter table mls.listings
  add column changed_xid xid8 not null default pg_current_xact_id(),
  add column may_display boolean generated always as (mls.payload_says(raw, 'InternetEntireListingDisplayYN')) stored,
  add column may_display_address boolean generated always as (mls.payload_says(raw, 'InternetAddressDisplayYN')) stored,
  add column may_estimate boolean generated always as (mls.payload_says(raw, 'InternetAutomatedValuationDisplayYN')) stored,
  add column may_comment boolean generated always as (mls.payload_says(raw, 'InternetConsumerCommentYN')) stored,
  add column is_idx boolean generated always as (mls.payload_says(raw, 'IDXParticipationYN')) stored;
comment on column mls.listings.changed_xid is 'The transaction that changed the row last.';
comment on column mls.listings.may_display is 'InternetEntireListingDisplayYN; null: the payload does not say.';
comment on column mls.listings.may_display_address is 'InternetAddressDisplayYN; null: the payload does not say.';
comment on column mls.listings.may_estimate is 'InternetAutomatedValuationDisplayYN; null: the payload does not say.';
comment on column mls.listings.may_comment is 'InternetConsumerCommentYN; null: the payload does not say.';
comment on column mls.listings.is_idx is 'IDXParticipationYN; null: the payload does not say.';
create index listings_changed_xid on mls.listings (changed_xid);

-- Without a reference to workspaces: the rows of one that is deleted are gone as well.
create table mls.listing_removals (
  workspace_id uuid not null,
  listing_id   uuid not null,
  changed_xid  xid8 not null default pg_current_xact_id(),
  removed_at   timestamptz not null default now(),
  primary key (workspace_id, listing_id)
);
comment on table mls.listing_removals is 'local: listings that were deleted from the table lately, for those who follow it.';
create index listing_removals_changed_xid on mls.listing_removals (changed_xid);
create index listing_removals_removed_at on mls.listing_removals (removed_at);
alter table mls.listing_removals enable row level security;

alter table mls.listing_media
  add column is_public boolean not null default true;
comment on column mls.listing_media.is_public is 'False: the payload''s Permission keeps it to agents or the office.';
