-- What follows the listings (0022): the stamp of each change, what is gone, and the word that something changed.

create or replace function mls.stamp_change() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.changed_xid := pg_current_xact_id();
  return new;
end $$;
-- A sync stamps its rows itself; nobody stamps them with anything else.
create or replace trigger listings_stamp_change before insert or update on mls.listings
  for each row when (new.changed_xid is distinct from pg_current_xact_id()) execute function mls.stamp_change();

create or replace function mls.note_removal() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into mls.listing_removals (workspace_id, listing_id) select o.workspace_id, o.id from gone o
    on conflict (workspace_id, listing_id) do update set changed_xid = pg_current_xact_id(), removed_at = now();
  return null;
end $$;
create or replace trigger listings_note_removal after delete on mls.listings
  referencing old table as gone for each statement execute function mls.note_removal();

-- The payload is empty: equal notices of one transaction are one. A follower looks at what changed by itself.
create or replace function mls.tell_followers() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform pg_notify('plat_listings', '');
  return null;
end $$;
create or replace trigger listings_tell_followers after insert or update or delete on mls.listings
  for each statement execute function mls.tell_followers();

revoke all on mls.listing_removals from public, anon, authenticated, service_role;
grant select, delete on mls.listing_removals to plat_worker;
