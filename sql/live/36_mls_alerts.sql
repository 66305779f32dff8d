-- Saved searches with alerts, and favourites: what happened to the listings, and who is told. Mails: 36_mls_alerts_mail.sql. docs/alerts.md.

-- Stamps what a person changed; what the work writes down leaves updated_at alone (the trigger's name follows that of the touch).
create or replace function mls.keep_saved_search() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if (new.name, new.query, new.alert, new.alert_kinds, new.by_mail, new.in_app)
       is not distinct from (old.name, old.query, old.alert, old.alert_kinds, old.by_mail, old.in_app) then
    new.updated_at := old.updated_at;
    return new;
  end if;
  new.changed_xid := pg_current_xact_id();
  if new.query is distinct from old.query then
    new.problem := null;
  end if;
  return new;
end $$;
create or replace trigger saved_searches_up_to_date before update on mls.saved_searches
  for each row execute function mls.keep_saved_search();

-- Clients of Typesense take lists, and put commas between their parts before they send them; what is null they do not send.
create or replace function mls.flatten_search() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  wrong text;
begin
  if jsonb_typeof(new.query) <> 'object' then
    raise exception using errcode = 'PT400', message = 'query is no object: it holds the parameters of a search, as {"q": "*", "filter_by": "city:=Miami"}';
  end if;
  if octet_length(new.query::text) > 20000 then
    raise exception using errcode = 'PT400', message = format('query has %s bytes; it may have 20000', octet_length(new.query::text));
  end if;
  if mls.is_flat(new.query) then
    return new;
  end if;
  select e.key into wrong from jsonb_each(new.query) e
    where jsonb_typeof(e.value) = 'object'
      or jsonb_path_exists(e.value, 'strict $[*] ? (@.type() == "object" || @.type() == "array" || @.type() == "null")', silent => true)
    order by 1 limit 1;
  if wrong is not null then
    raise exception using errcode = 'PT400',
      message = format('query: %s is neither a text, a number, true, false nor a list of them', to_json(left(wrong, 100)));
  end if;
  new.query := (select coalesce(jsonb_object_agg(e.key, case when jsonb_typeof(e.value) = 'array' then to_jsonb(
                           (select coalesce(string_agg(x.part, ',' order by x.n), '')
                              from jsonb_array_elements_text(e.value) with ordinality x (part, n))) else e.value end), '{}')
                  from jsonb_each(new.query) e where jsonb_typeof(e.value) <> 'null');
  return new;
end $$;
create or replace trigger saved_searches_flat before insert or update of query on mls.saved_searches
  for each row execute function mls.flatten_search();

-- Locks the row, which mls.forget_alerts() waits for: it sees what is watched for here before it ends the watch.
create or replace function mls.watch_for(workspace uuid) returns void
  language sql volatile security definer
  set search_path = ''
as $$
  insert into mls.alert_workspaces (workspace_id) values (workspace)
    on conflict (workspace_id) do update set workspace_id = excluded.workspace_id;
$$;
revoke all on function mls.watch_for(uuid) from public;

-- A worker tries the query (job alerts.check) and leaves its problem. Alerts that are not wanted by mail any more are not mailed later.
create or replace function mls.saved_search_changed() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if new.alert <> 'off' then
    perform mls.watch_for(new.workspace_id);
    perform plat.emit('job.alerts.check', new.id::text, jsonb_build_object('id', new.id), new.workspace_id);
  end if;
  if tg_op = 'UPDATE' and (new.alert = 'off' or not new.by_mail) then
    update mls.search_alerts a set by_mail = false
      where a.workspace_id = new.workspace_id and a.saved_search_id = new.id and a.by_mail and a.mailed_at is null;
  end if;
  return null;
end $$;
create or replace trigger saved_searches_watch_insert after insert on mls.saved_searches
  for each row when (new.alert <> 'off') execute function mls.saved_search_changed();
create or replace trigger saved_searches_watch_update after update of query, alert, by_mail on mls.saved_searches
  for each row when (old.query is distinct from new.query or old.alert <> new.alert or old.by_mail <> new.by_mail)
  execute function mls.saved_search_changed();

-- Favourites: what it was when it was marked.
create or replace function mls.look_at_new_favorite() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  select d.list_price, d.standard_status into new.seen_price, new.seen_status
    from mls.displayed(new.workspace_id, array[new.listing_id], mls.alert_audience(new.workspace_id, new.user_id)) d;
  return new;
end $$;
create or replace trigger favorites_look before insert on mls.favorites
  for each row execute function mls.look_at_new_favorite();

create or replace function mls.favorite_changed() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if tg_op <> 'DELETE' and new.alert <> 'off' then
    perform mls.watch_for(new.workspace_id);
  end if;
  if tg_op = 'DELETE' or (tg_op = 'UPDATE' and new.alert in ('off', 'in_app')) then
    update mls.search_alerts a set by_mail = false
      where a.workspace_id = old.workspace_id and a.listing_id = old.listing_id and a.user_id = old.user_id
        and a.saved_search_id is null and a.by_mail and a.mailed_at is null;
  end if;
  return null;
end $$;
create or replace trigger favorites_watch_insert after insert on mls.favorites
  for each row when (new.alert <> 'off') execute function mls.favorite_changed();
create or replace trigger favorites_watch_update after update of alert on mls.favorites
  for each row when (old.alert <> new.alert) execute function mls.favorite_changed();
create or replace trigger favorites_watch_delete after delete on mls.favorites
  for each row execute function mls.favorite_changed();

create or replace function mls.check_time_zone() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if not exists (select from pg_timezone_names z where z.name = new.time_zone) then
    raise exception using errcode = 'PT400', message = format('there is no time zone %s; they are called like America/New_York', new.time_zone);
  end if;
  return new;
end $$;
create or replace trigger workspaces_time_zone before insert or update of time_zone on mls.workspaces
  for each row when (new.time_zone is not null) execute function mls.check_time_zone();

-- Who may be told anything: members of a workspace that is at work, whose login is there and not banned.
create or replace function mls.alert_people(workspace uuid) returns table (user_id uuid, email text, is_agent boolean)
  language sql stable
  set search_path = ''
begin atomic
  select u.id, u.email, p.role in ('admin', 'agent')
    from mls.workspaces w
    join mls.user_profiles p on p.workspace_id = w.id
    join auth.users u on u.id = p.id
    where w.id = alert_people.workspace and w.status = 'active'
      and u.deleted_at is null and (u.banned_until is null or u.banned_until <= now());
end;
comment on function mls.alert_people(uuid) is 'Whoever may be told of a workspace''s listings.';
revoke all on function mls.alert_people(uuid) from public;
grant execute on function mls.alert_people(uuid) to plat_worker;

create or replace function mls.alert_audience(workspace uuid, person uuid) returns text
  language sql stable
  set search_path = ''
begin atomic
  select case when exists (select from mls.user_profiles p
                             where p.id = person and p.workspace_id = workspace and p.role in ('admin', 'agent'))
              then 'agents' else 'public' end;
end;
comment on function mls.alert_audience(uuid, uuid) is 'As whom a person looks at the workspace''s listings: agents, or public.';
revoke all on function mls.alert_audience(uuid, uuid) from public;
grant execute on function mls.alert_audience(uuid, uuid) to plat_worker;

-- What a listing is for alerts. Seen for the first time in a status that follows the market, it was on it.
create or replace function mls.is_on_market(status text) returns boolean
  language sql immutable parallel safe
return coalesce(status in ('Active', 'Coming Soon'), false);
create or replace function mls.was_on_market(status text) returns boolean
  language sql immutable parallel safe
return coalesce(status not in ('Coming Soon', 'Incomplete', 'Delete'), false);

-- Counts what a workspace had before anybody wanted to be told anything, in pieces. Null: there is nothing to count.
create or replace function mls.count_alert_listings(most integer default 20000) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  w mls.alert_workspaces;
  n integer;
  last_id uuid;
begin
  select a.* into w from mls.alert_workspaces a where a.ready_at is null order by a.since limit 1 for update skip locked;
  if w.workspace_id is null then
    return null;
  end if;
  with piece as materialized (
      select l.id, l.changed_xid, l.standard_status, l.list_price, l.created_at, mls.is_on_market(l.standard_status) and l.is_active as is_open,
             mls.is_displayed(l, p) as is_displayed, l.may_display is not false and l.is_idx is not false as may_display
        from mls.listings l left join mls.compliance_profiles p on p.workspace_id = l.workspace_id
        where l.workspace_id = w.workspace_id and (w.counted_to is null or l.id > w.counted_to)
        order by l.id limit most),
    kept as (
      insert into mls.alert_listings (workspace_id, listing_id, changed_xid, is_public, is_open, was_public, was_open, list_price, standard_status)
        select w.workspace_id, c.id, c.changed_xid, c.is_open and c.is_displayed, c.is_open,
               c.is_open and c.is_displayed or c.may_display and mls.was_on_market(c.standard_status),
               c.is_open or mls.was_on_market(c.standard_status), c.list_price, c.standard_status
          from piece c where c.created_at <= w.since
        on conflict do nothing)
    select count(*), (array_agg(c.id order by c.id desc))[1] into n, last_id from piece c;
  update mls.alert_workspaces a
    set counted_to = case when n < most then null else last_id end, ready_at = case when n < most then now() end
    where a.workspace_id = w.workspace_id;
  return n;
end $$;
comment on function mls.count_alert_listings(integer) is 'The next piece of what a newly watched workspace had already; null: none is new.';
revoke all on function mls.count_alert_listings(integer) from public;
grant execute on function mls.count_alert_listings(integer) to plat_worker;

create or replace function mls.has_alert_changes() returns boolean
  language sql stable
  set search_path = ''
as $$
  select not exists (select from plat.followers f where f.name = 'alerts')
      or exists (select from plat.followers f where f.name = 'alerts'
                   and (f.round_xid is not null or f.from_xid > pg_snapshot_xmin(pg_current_snapshot())))
      or exists (select from mls.listings l where l.changed_xid >= (select f.from_xid from plat.followers f where f.name = 'alerts')
                   and l.changed_xid < pg_snapshot_xmax(pg_current_snapshot()));
$$;
comment on function mls.has_alert_changes() is 'Whether mls.read_alert_changes() has anything to do: looks without a lock.';
revoke all on function mls.has_alert_changes() from public;
grant execute on function mls.has_alert_changes() to plat_worker;

-- Listings of watched workspaces that changed, with what they were when this looked at them last; what they are now is kept, and the place
-- in the round, so the caller commits both together with what it made of them. One at a time: the row of plat.followers is locked.
--
-- was: of those that are on the market and were, the columns that changed meanwhile, as they were, among others. All is one statement, so of
-- one moment: the befores (0027) that it sees and takes away are of those changes that led to the row that it sees, and of no other.
drop function if exists mls.read_alert_changes(integer);
create or replace function mls.read_alert_changes(most integer default 500)
  returns table (workspace_id uuid, listing_id uuid, happened_at timestamptz, was_known boolean, is_fresh boolean,
                 is_public boolean, is_open boolean, before_public boolean, before_open boolean, was_public boolean, was_open boolean,
                 old_price integer, new_price integer, old_status text, new_status text, is_displayed boolean, was jsonb)
  language plpgsql volatile
  set search_path = ''
as $$
#variable_conflict use_column
declare
  f plat.followers;
begin
  select p.* into f from plat.followers p where p.name = 'alerts' for update;
  if f.name is null then
    insert into plat.followers (name, from_xid) values ('alerts', pg_snapshot_xmin(pg_current_snapshot())) on conflict do nothing;
    return;
  end if;
  -- Its place is of another server, from a dump, whose transactions were more: everything is looked at once, and found as it was.
  if f.from_xid > pg_snapshot_xmin(pg_current_snapshot()) then
    f.from_xid := '0';
    f.round_xid := null;
  end if;
  if f.round_xid is null then
    f.round_xid := pg_snapshot_xmin(pg_current_snapshot());
    f.at_xid := f.from_xid;
    f.at_workspace := '00000000-0000-0000-0000-000000000000';
    f.at_listing := f.at_workspace;
  end if;
  return query
    with batch as materialized (
        select l.workspace_id, l.id, l.changed_xid, l.created_at, l.updated_at, l.list_price, l.standard_status, w.ready_at, w.since,
               mls.is_on_market(l.standard_status) and l.is_active as open_now, mls.is_displayed(l, p) as displayed_now,
               l.may_display is not false and l.is_idx is not false as may_display, s.listing_id is not null as was_known,
               coalesce(s.is_public, false) as before_public, coalesce(s.is_open, false) as before_open,
               coalesce(s.was_public, false) as was_public, coalesce(s.was_open, false) as was_open, s.list_price as old_price,
               s.standard_status as old_status
          from mls.listings l
          join mls.alert_workspaces w on w.workspace_id = l.workspace_id
          left join mls.compliance_profiles p on p.workspace_id = l.workspace_id
          left join mls.alert_listings s on s.workspace_id = l.workspace_id and s.listing_id = l.id
          where l.changed_xid >= f.at_xid and (l.changed_xid, l.workspace_id, l.id) > (f.at_xid, f.at_workspace, f.at_listing)
            and l.changed_xid < pg_snapshot_xmax(pg_current_snapshot())
            and s.changed_xid is distinct from l.changed_xid
          order by l.changed_xid, l.workspace_id, l.id limit most),
      kept as (
        insert into mls.alert_listings as s (workspace_id, listing_id, changed_xid, is_public, is_open, was_public, was_open, list_price,
                                             standard_status)
          select b.workspace_id, b.id, b.changed_xid, b.open_now and b.displayed_now, b.open_now,
                 b.open_now and b.displayed_now or b.may_display and mls.was_on_market(b.standard_status),
                 b.open_now or mls.was_on_market(b.standard_status), b.list_price, b.standard_status
            from batch b
          on conflict (workspace_id, listing_id) do update
            set changed_xid = excluded.changed_xid, is_public = excluded.is_public, is_open = excluded.is_open,
                was_public = s.was_public or excluded.is_public, was_open = s.was_open or excluded.is_open,
                list_price = case when excluded.is_open then excluded.list_price else s.list_price end,
                standard_status = excluded.standard_status),
      taken as (
        delete from mls.alert_befores t using batch b where t.workspace_id = b.workspace_id and t.listing_id = b.id
          returning t.workspace_id, t.listing_id, t.n, t.was),
      befores as (
        select t.workspace_id, t.listing_id, jsonb_object_agg(c.key, c.value order by t.n desc) as was
          from taken t
          join batch b on b.workspace_id = t.workspace_id and b.id = t.listing_id and b.open_now and b.before_open
          cross join lateral jsonb_each(t.was) c
          group by t.workspace_id, t.listing_id),
      moved as (
        update plat.followers p
          set from_xid = case when t.n < most then f.round_xid else f.from_xid end,
              round_xid = case when t.n = most then f.round_xid end, at_xid = case when t.n = most then t.xid end,
              at_workspace = case when t.n = most then t.workspace end, at_listing = case when t.n = most then t.listing end,
              moved_at = now()
          from (select (select count(*) from batch) as n, b.changed_xid as xid, b.workspace_id as workspace, b.id as listing
                  from (values (1)) one left join lateral
                    (select * from batch order by changed_xid desc, workspace_id desc, id desc limit 1) b on true) t
          where p.name = 'alerts')
    select b.workspace_id, b.id, case when b.was_known then b.updated_at else b.created_at end, b.was_known,
           not b.was_known and (b.ready_at is not null or b.created_at > b.since),
           b.open_now and b.displayed_now, b.open_now, b.before_public, b.before_open, b.was_public, b.was_open, b.old_price, b.list_price,
           b.old_status, b.standard_status, b.displayed_now, t.was
      from batch b left join befores t on t.workspace_id = b.workspace_id and t.listing_id = b.id order by b.workspace_id, b.id;
end $$;
comment on function mls.read_alert_changes(integer) is
  'The next listings that changed, as they were and as they are; to be committed with the alerts that follow from them.';
revoke all on function mls.read_alert_changes(integer) from public;
grant execute on function mls.read_alert_changes(integer) to plat_worker;

-- For consoles that are open: a notice for each person, however many alerts.
create or replace function mls.tell_alerts(workspace uuid, people uuid[]) returns void
  language sql volatile
  set search_path = ''
as $$
  select pg_notify('plat_search_alerts', json_build_object('workspace_id', workspace, 'user_id', p.id)::text)
    from unnest(people) p (id);
$$;
revoke all on function mls.tell_alerts(uuid, uuid[]) from public;
grant execute on function mls.tell_alerts(uuid, uuid[]) to plat_worker;

-- What the profile hides from the public is told to no client: neither a value of such a field, nor what speaks of it by its kind.
create or replace function mls.alert_field(kind text) returns text
  language sql immutable parallel safe
return case when kind in ('new', 'price_drop') then 'list_price' else 'standard_status' end;
comment on function mls.alert_field(text) is 'The field of a listing that an alert''s old_value and new_value are of.';

create or replace function mls.unsaid_fields(workspace uuid) returns text[]
  language sql stable
  set search_path = ''
return coalesce((select p.hidden_fields from mls.compliance_profiles p where p.workspace_id = workspace), '{}');
comment on function mls.unsaid_fields(uuid) is 'Fields that are not said to clients.';
-- A client who never saw a listing that is off the market is not told which way it was.
create or replace function mls.said_statuses(workspace uuid) returns text[]
  language sql stable
  set search_path = ''
return coalesce((select p.shown_statuses from mls.compliance_profiles p where p.workspace_id = workspace), '{}');

-- The workspace's rules stay as they are until the transaction that finds alerts is over; who changes them then finds those alerts (mls.unsay()).
create or replace function mls.hold_rules(workspace uuid) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  perform from mls.compliance_profiles p where p.workspace_id = workspace for share;
end $$;

-- What was told and may not be said any more, to one person or to every client: of fields that are hidden now, and of listings that are. What was
-- mailed is gone; the rows that people read are not.
create or replace function mls.unsay(workspace uuid, person uuid default null, listings uuid[] default null) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  unsaid constant text[] := mls.unsaid_fields(workspace);
begin
  delete from mls.search_alerts a
    where a.workspace_id = workspace and (person is null or a.user_id = person) and (listings is null or a.listing_id = any (listings))
      and (a.kind = 'status' or a.kind <> 'new' and mls.alert_field(a.kind) = any (unsaid))
      and not exists (select from mls.user_profiles u where u.workspace_id = workspace and u.id = a.user_id and u.role in ('admin', 'agent'));
  update mls.search_alerts a set old_value = null, new_value = null
    from mls.listings l left join mls.compliance_profiles p on p.workspace_id = l.workspace_id
    where a.workspace_id = workspace and (person is null or a.user_id = person) and (listings is null or a.listing_id = any (listings))
      and (a.old_value is not null or a.new_value is not null)
      and l.workspace_id = a.workspace_id and l.id = a.listing_id
      and (mls.alert_field(a.kind) = any (unsaid) or mls.is_displayed(l, p) is not true)
      and not exists (select from mls.user_profiles u where u.workspace_id = workspace and u.id = a.user_id and u.role in ('admin', 'agent'));
  update mls.favorites f
    set seen_price = case when d.is_displayed and 'list_price' <> all (unsaid) then f.seen_price end,
        seen_status = case when d.is_displayed and 'standard_status' <> all (unsaid) then f.seen_status end
    from mls.listings l left join mls.compliance_profiles p on p.workspace_id = l.workspace_id
    cross join lateral (select mls.is_displayed(l, p) is true as is_displayed offset 0) d
    where f.workspace_id = workspace and (person is null or f.user_id = person) and (listings is null or f.listing_id = any (listings))
      and l.workspace_id = f.workspace_id and l.id = f.listing_id
      and (f.seen_price is not null and (not d.is_displayed or 'list_price' = any (unsaid))
           or f.seen_status is not null and (not d.is_displayed or 'standard_status' = any (unsaid)))
      and not exists (select from mls.user_profiles u where u.workspace_id = workspace and u.id = f.user_id and u.role in ('admin', 'agent'));
end $$;
comment on function mls.unsay(uuid, uuid, uuid[]) is 'Takes back what alerts and favourites say of listings and fields that clients may not see now.';

create or replace function mls.rules_changed() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform mls.unsay(old.workspace_id);
  return null;
end $$;
create or replace trigger compliance_profiles_unsay_update after update on mls.compliance_profiles
  for each row when ((old.hidden_fields, old.shown_statuses, old.closed_days, old.shows_unstated, old.requires_idx)
                     is distinct from (new.hidden_fields, new.shown_statuses, new.closed_days, new.shows_unstated, new.requires_idx))
  execute function mls.rules_changed();
create or replace trigger compliance_profiles_unsay_delete after delete on mls.compliance_profiles
  for each row execute function mls.rules_changed();

create or replace function mls.role_changed() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform mls.unsay(new.workspace_id, new.id);
  return null;
end $$;
create or replace trigger user_profiles_unsay after update of role on mls.user_profiles
  for each row when (old.role in ('admin', 'agent') and new.role not in ('admin', 'agent')) execute function mls.role_changed();

do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'mls'::regnamespace
             and p.proname in ('alert_field', 'unsaid_fields', 'said_statuses', 'hold_rules', 'unsay')
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to plat_worker', f);
  end loop;
end $$;

-- What was found. The search's own choices count as they are now. A listing is new to a search once, however often it leaves and comes back. A thousand alerts a day is what one search may have; what is more is counted
-- (told), and the mail that has the thousand says how many more there were: until it has left, the count goes on, whatever the day.
create or replace function mls.add_search_alerts(workspace uuid, searches uuid[], for_agents boolean[], listings uuid[], kinds text[],
  old_values text[], new_values text[], moments timestamptz[]) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  unsaid constant text[] := mls.unsaid_fields(workspace);
  statuses constant text[] := mls.said_statuses(workspace);
  n integer;
  people uuid[];
begin
  with searched as materialized (
      select s.id, s.user_id, s.alert_kinds, s.by_mail and x.email is not null as by_mail, s.in_app, x.is_agent,
             case when s.told_on = current_date
                    or s.told > 1000 and exists (
                         select from mls.search_alerts a
                           where a.workspace_id = s.workspace_id and a.saved_search_id = s.id and a.by_mail and a.mailed_at is null
                             and a.found_at::date <= s.told_on)
               then s.told else 0 end as before
        from mls.saved_searches s
        join mls.alert_people(workspace) x on x.user_id = s.user_id
        where s.workspace_id = workspace and s.id = any (searches) and s.alert <> 'off' and (s.by_mail or s.in_app)),
    found as materialized (
      select s.id as search, s.user_id, m.listing, m.kind, case when f.is_said and f.was_said then m.old_value end as old_value,
             case when f.is_said then m.new_value end as new_value, m.moment, s.by_mail, s.in_app,
             s.before + row_number() over (partition by s.id) as place
        from unnest(searches, for_agents, listings, kinds, old_values, new_values, moments)
             m (search, for_agents, listing, kind, old_value, new_value, moment)
        join searched s on s.id = m.search and s.is_agent = m.for_agents
        cross join lateral (select m.for_agents or mls.alert_field(m.kind) <> all (unsaid) as is_said,
                                   m.for_agents or m.kind <> 'back_on_market' or m.old_value = any (statuses) as was_said) f
        where m.kind = any (s.alert_kinds) and (f.is_said or m.kind = 'new')
          and (m.kind <> 'new' or not exists (
                 select from mls.search_alerts a
                   where a.workspace_id = workspace and a.user_id = s.user_id and a.saved_search_id = s.id and a.listing_id = m.listing
                     and a.kind = 'new'))),
    added as (
      insert into mls.search_alerts (workspace_id, user_id, saved_search_id, listing_id, kind, old_value, new_value, happened_at, found_at,
                                     by_mail, in_app)
        select workspace, f.user_id, f.search, f.listing, f.kind, f.old_value, f.new_value, f.moment, clock_timestamp(), f.by_mail, f.in_app
          from found f
          where f.place <= 1000
        on conflict on constraint search_alerts_once do nothing
        returning saved_search_id, user_id, in_app),
    counted as (
      select t.search, sum(t.told)::integer as told, sum(t.more)::integer as more
        from (select a.saved_search_id as search, 1 as told, 0 as more from added a
              union all
              select f.search, 0, 1 from found f where f.place > 1000) t
        group by t.search),
    noted as (
      update mls.saved_searches s
        set last_alerted_at = now(), told = b.before + c.told + c.more,
            told_on = case when b.before > 1000 then s.told_on else current_date end
        from counted c join searched b on b.id = c.search
        where s.workspace_id = workspace and s.id = c.search
        returning s.id)
    select count(*), array_agg(distinct a.user_id) filter (where a.in_app) into n, people from added a;
  perform mls.tell_alerts(workspace, people);
  return n;
end $$;
comment on function mls.add_search_alerts(uuid, uuid[], boolean[], uuid[], text[], text[], text[], timestamptz[]) is
  'Writes down whom to tell of which listing, once.';
revoke all on function mls.add_search_alerts(uuid, uuid[], boolean[], uuid[], text[], text[], text[], timestamptz[]) from public;
grant execute on function mls.add_search_alerts(uuid, uuid[], boolean[], uuid[], text[], text[], text[], timestamptz[]) to plat_worker;

-- The same for whoever marked the listings.
create or replace function mls.add_favorite_alerts(workspace uuid, for_agents boolean[], listings uuid[], kinds text[],
  old_values text[], new_values text[], moments timestamptz[]) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  unsaid constant text[] := mls.unsaid_fields(workspace);
  statuses constant text[] := mls.said_statuses(workspace);
  n integer;
  people uuid[];
begin
  with added as (
    insert into mls.search_alerts (workspace_id, user_id, listing_id, kind, old_value, new_value, happened_at, found_at, by_mail, in_app)
      select workspace, f.user_id, f.listing_id, m.kind,
             case when m.for_agents or m.kind <> 'back_on_market' or m.old_value = any (statuses) then m.old_value end, m.new_value, m.moment, clock_timestamp(),
             f.alert <> 'in_app' and x.email is not null, true
        from unnest(for_agents, listings, kinds, old_values, new_values, moments) m (for_agents, listing, kind, old_value, new_value, moment)
        join mls.favorites f on f.workspace_id = workspace and f.listing_id = m.listing
        join mls.alert_people(workspace) x on x.user_id = f.user_id and x.is_agent = m.for_agents
        where f.alert <> 'off' and (m.for_agents or mls.alert_field(m.kind) <> all (unsaid))
      on conflict on constraint search_alerts_once do nothing
      returning user_id)
    select count(*), array_agg(distinct a.user_id) into n, people from added a;
  perform mls.tell_alerts(workspace, people);
  return n;
end $$;
revoke all on function mls.add_favorite_alerts(uuid, boolean[], uuid[], text[], text[], text[], timestamptz[]) from public;
grant execute on function mls.add_favorite_alerts(uuid, boolean[], uuid[], text[], text[], text[], timestamptz[]) to plat_worker;

-- Favourites, with what changed since their person looked. What may not be shown to them any more tells nothing but that.
create or replace function mls.my_favorites()
  returns table (id uuid, listing_id uuid, created_at timestamptz, alert text, seen_at timestamptz, seen_price integer, seen_status text,
                 list_price integer, standard_status text, price_change integer, is_changed boolean, is_gone boolean, listing jsonb)
  language sql stable security definer rows 50
  set search_path = ''
as $$
  with mine as materialized (
      select f.* from mls.favorites f where f.workspace_id = plat.ws() and f.user_id = plat.uid()),
    shown as (
      select d.* from mls.displayed(plat.ws(), array(select m.listing_id from mine m), mls.alert_audience(plat.ws(), plat.uid())) d)
    select m.id, m.listing_id, m.created_at, m.alert, m.seen_at, m.seen_price, m.seen_status, d.list_price, d.standard_status,
           d.list_price - m.seen_price,
           d.id is null or (d.list_price, d.standard_status) is distinct from (m.seen_price, m.seen_status),
           d.id is null or coalesce(d.standard_status not in ('Active', 'Coming Soon', 'Active Under Contract', 'Pending'), false),
           case when d.id is not null then to_jsonb(d) end
      from mine m left join shown d on d.id = m.listing_id
      order by m.created_at desc, m.id;
$$;
comment on function mls.my_favorites() is
  'The caller''s favourites: what they were when the caller looked, what they are now, and whether they are gone from the market.';
revoke all on function mls.my_favorites() from public;
grant execute on function mls.my_favorites() to authenticated;

create or replace function mls.look_at_favorites(ids uuid[] default null) returns integer
  language sql volatile security definer
  set search_path = ''
as $$
  with mine as materialized (
      select f.id, f.listing_id from mls.favorites f
        where f.workspace_id = plat.ws() and f.user_id = plat.uid() and (ids is null or f.id = any (ids))),
    shown as (
      select d.id, d.list_price, d.standard_status
        from mls.displayed(plat.ws(), array(select m.listing_id from mine m), mls.alert_audience(plat.ws(), plat.uid())) d),
    looked as (
      update mls.favorites f
        set seen_at = now(), seen_price = d.list_price, seen_status = d.standard_status
        from mine m left join shown d on d.id = m.listing_id
        where f.workspace_id = plat.ws() and f.id = m.id
        returning f.id)
    select count(*)::integer from looked;
$$;
comment on function mls.look_at_favorites(uuid[]) is 'Marks favourites of the caller as looked at, all of them without ids; answers how many.';
revoke all on function mls.look_at_favorites(uuid[]) from public;
grant execute on function mls.look_at_favorites(uuid[]) to authenticated;

-- What the app shows: the caller's alerts with their listings, newest first, as they may be shown now. The last one of a search that found more
-- than it may tell says how many more there were.
drop function if exists mls.my_alerts(integer, timestamptz);
create or replace function mls.my_alerts(most integer default 50, before timestamptz default null)
  returns table (id uuid, saved_search_id uuid, listing_id uuid, kind text, old_value text, new_value text, found_at timestamptz,
                 seen_at timestamptz, listing jsonb, more integer)
  language sql stable security definer rows 50
  set search_path = ''
as $$
  with mine as materialized (
      select a.* from mls.search_alerts a
        where a.workspace_id = plat.ws() and a.user_id = plat.uid() and a.in_app and (before is null or a.found_at < before)
        order by a.found_at desc, a.id limit least(greatest(most, 0), 200))
    select m.id, m.saved_search_id, m.listing_id, m.kind, m.old_value, m.new_value, m.found_at, m.seen_at, to_jsonb(d),
           (select s.told - 1000 from mls.saved_searches s
              where s.workspace_id = plat.ws() and s.id = m.saved_search_id and s.told > 1000
                and m.id = (select a.id from mls.search_alerts a
                              where a.workspace_id = plat.ws() and a.saved_search_id = s.id and a.in_app order by a.found_at desc, a.id limit 1))
      from mine m
      join mls.displayed(plat.ws(), array(select distinct m.listing_id from mine m), mls.alert_audience(plat.ws(), plat.uid())) d
        on d.id = m.listing_id
      order by m.found_at desc, m.id;
$$;
comment on function mls.my_alerts(integer, timestamptz) is
  'The caller''s alerts with their listings, newest first; those of listings that may not be displayed any more are not among them.';
revoke all on function mls.my_alerts(integer, timestamptz) from public;
grant execute on function mls.my_alerts(integer, timestamptz) to authenticated;

revoke all on function mls.is_on_market(text), mls.was_on_market(text), mls.is_flat(jsonb) from public;
grant execute on function mls.is_on_market(text), mls.was_on_market(text) to plat_worker;
grant execute on function mls.is_flat(jsonb) to authenticated, service_role, plat_worker;

-- What was told before this could be taken back.
do $$ begin perform mls.unsay(p.workspace_id) from mls.compliance_profiles p; end $$;
