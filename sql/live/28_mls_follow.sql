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

-- A listing's pictures are part of what followers show of it. Once for each listing, and not for those that this transaction stamped
-- already. A sync writes the media of listings that it writes anyway, so its statements are left out: they are many.
create or replace function mls.stamp_pictured() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update mls.listings l set changed_xid = pg_current_xact_id()
    from (select distinct c.workspace_id, c.listing_id from changed c) c
    where l.workspace_id = c.workspace_id and l.id = c.listing_id and l.changed_xid is distinct from pg_current_xact_id();
  return null;
end $$;
-- One that moved to another listing is told of both.
create or replace function mls.stamp_repictured() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update mls.listings l set changed_xid = pg_current_xact_id()
    from (select c.workspace_id, c.listing_id from changed c union select w.workspace_id, w.listing_id from was w) c
    where l.workspace_id = c.workspace_id and l.id = c.listing_id and l.changed_xid is distinct from pg_current_xact_id();
  return null;
end $$;
revoke all on function mls.stamp_pictured(), mls.stamp_repictured() from public;
do $$
declare
  t record;
begin
  for t in select * from (values ('listing_media', 'when (current_user <> ''plat_worker'')'), ('listing_photos', '')) v (name, condition)
  loop
    execute format('create or replace trigger %1$s_stamp_added after insert on mls.%1$s referencing new table as changed
      for each statement %2$s execute function mls.stamp_pictured()', t.name, t.condition);
    execute format('create or replace trigger %1$s_stamp_changed after update on mls.%1$s referencing old table as was new table as changed
      for each statement %2$s execute function mls.stamp_repictured()', t.name, t.condition);
    execute format('create or replace trigger %1$s_stamp_removed after delete on mls.%1$s referencing old table as changed
      for each statement %2$s execute function mls.stamp_pictured()', t.name, t.condition);
  end loop;
end $$;

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

-- What an index may show follows from its workspace's profile: with another one it is made anew. Payload: the workspace, of a profile that
-- moves the one that it leaves, too; empty: all.
create or replace function mls.tell_searches() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    perform pg_notify('plat_search', old.workspace_id::text);
  end if;
  if tg_op <> 'DELETE' then
    perform pg_notify('plat_search', new.workspace_id::text);
  end if;
  return null;
end $$;
create or replace trigger compliance_profiles_tell_searches after insert or update or delete on mls.compliance_profiles
  for each row execute function mls.tell_searches();

-- No row is told of then.
create or replace function mls.tell_searches_of_all() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform pg_notify('plat_search', '');
  return null;
end $$;
create or replace trigger listings_tell_searches_of_all after truncate on mls.listings
  for each statement execute function mls.tell_searches_of_all();
create or replace trigger compliance_profiles_tell_searches_of_all after truncate on mls.compliance_profiles
  for each statement execute function mls.tell_searches_of_all();

-- Another text after each start of the server and after each recovery from a crash: what was committed without waiting for the disk may be
-- gone then, and its transaction ids given to others. Who followed it begins anew.
create or replace function mls.server_life() returns text
  language sql volatile security definer
  set search_path = ''
return pg_postmaster_start_time()::text
  || coalesce((select ' ' || max(s.backend_start)::text from pg_stat_get_activity(null) s where s.backend_type = 'checkpointer'), '');
comment on function mls.server_life() is 'Says whether the server is the one that was asked before, without a crash in between.';
revoke all on function mls.server_life() from public;
grant execute on function mls.server_life() to plat_worker;
