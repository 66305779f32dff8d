-- What alerts say by mail, when, once; and the way to end it. docs/alerts.md.

-- A digest is due at the last eight o'clock there was, on Mondays for weekly ones; an instant one two minutes after the first of what
-- it tells, so that one change of many listings is one mail.
drop function if exists mls.last_eight(text, text);
create or replace function mls.last_eight(workspace_zone text, cadence text, moment timestamptz default now()) returns timestamptz
  language sql stable
  set search_path = ''
begin atomic
  select (case when d.eight > t.here then d.eight - d.step else d.eight end) at time zone t.zone
    from (select coalesce(workspace_zone, 'UTC') as zone, moment at time zone coalesce(workspace_zone, 'UTC') as here) t
    cross join lateral (
      select case cadence when 'weekly' then date_trunc('week', t.here) else date_trunc('day', t.here) end + interval '8 hours' as eight,
             case cadence when 'weekly' then interval '7 days' else interval '1 day' end as step) d;
end;
comment on function mls.last_eight(text, text, timestamptz) is 'The last moment that digests left: eight in the morning of a day, or of a Monday.';
revoke all on function mls.last_eight(text, text, timestamptz) from public;
grant execute on function mls.last_eight(text, text, timestamptz) to plat_worker;

-- A moment until which everything that was found is committed: whoever finds alerts holds this row from before the first to the commit of
-- all, and each has the time of its writing. Else a digest of eight o'clock would have a second one, with what was committed just after it.
create or replace function mls.alerts_settled() returns timestamptz
  language plpgsql volatile
  set search_path = ''
as $$
begin
  perform from plat.followers f where f.name = 'alerts' for key share;
  return clock_timestamp();
end $$;
comment on function mls.alerts_settled() is 'Now, when nobody is writing alerts that are older than now.';
revoke all on function mls.alerts_settled() from public;
grant execute on function mls.alerts_settled() to plat_worker;

-- What waits at eight o'clock is much: joined in one go, not asked for by row. `moment`: of mls.alerts_settled().
drop function if exists mls.due_alert_mails(integer);
create or replace function mls.due_alert_mails(most integer default 1000, moment timestamptz default now())
  returns table (workspace_id uuid, user_id uuid, cadence text)
  language sql stable
  set search_path = ''
as $$
  with waiting as (
      select a.workspace_id, a.user_id, case when a.saved_search_id is null then f.alert when s.by_mail then s.alert end as cadence,
             min(a.found_at) as first
        from mls.search_alerts a
        left join mls.saved_searches s on s.workspace_id = a.workspace_id and s.id = a.saved_search_id
        left join mls.favorites f
          on a.saved_search_id is null and f.workspace_id = a.workspace_id and f.user_id = a.user_id and f.listing_id = a.listing_id
        where a.by_mail and a.mailed_at is null
        group by 1, 2, 3)
  select t.workspace_id, t.user_id, t.cadence
    from waiting t join mls.workspaces w on w.id = t.workspace_id
    where t.cadence in ('instant', 'daily', 'weekly')
      and t.first <= case t.cadence when 'instant' then moment - interval '2 minutes' else mls.last_eight(w.time_zone, t.cadence, moment) end
    order by t.first limit most;
$$;
comment on function mls.due_alert_mails(integer, timestamptz) is 'Whose mails are due.';
revoke all on function mls.due_alert_mails(integer, timestamptz) from public;
grant execute on function mls.due_alert_mails(integer, timestamptz) to plat_worker;
drop function if exists mls.alert_cadence(mls.search_alerts);

create or replace function mls.html_to_text(html text) returns text
  language sql immutable strict parallel safe
return btrim(regexp_replace(replace(replace(replace(replace(replace(replace(
  regexp_replace(regexp_replace(html, '<(script|style)\M.*?</\1\s*>', ' ', 'gis'), '<[^>]*>', ' ', 'g'),
  '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&amp;', '&'), '\s+', ' ', 'g'));
revoke all on function mls.html_to_text(text) from public;
grant execute on function mls.html_to_text(text) to plat_worker;

create or replace function mls.dollars(amount numeric) returns text
  language sql immutable parallel safe
return '$' || btrim(to_char(amount, '999,999,999,999'));
revoke all on function mls.dollars(numeric) from public;
grant execute on function mls.dollars(numeric) to plat_worker;

-- One listing of a mail, in words. What may not be displayed is not in d.
create or replace function mls.alert_entry(d mls.displayed_listing, kind text, old_value text, old_price text, names text[]) returns jsonb
  language sql stable
  set search_path = ''
return jsonb_strip_nulls(jsonb_build_object(
  'id', d.id,
  'kind', kind,
  'label', case kind when 'new' then 'New' when 'price_drop' then 'Price reduced' when 'back_on_market' then 'Back on the market'
                     else 'Status changed' end,
  'price', mls.dollars(d.list_price),
  'was', case when old_price ~ '^\d{1,12}$' and old_price::numeric > d.list_price then mls.dollars(old_price::numeric) end,
  'status', case when d.standard_status <> 'Active' or kind = 'status' then d.standard_status end,
  'old_status', case when kind = 'status' then old_value end,
  'beds', d.bedrooms,
  'baths', d.bathrooms,
  'size', btrim(to_char(d.living_area_sqft, '999,999,999')) || ' sq ft',
  'place', coalesce(
    case when d.has_address then nullif(concat_ws(', ', coalesce(d.address_full, nullif(concat_ws(' ', d.street_number, d.street_name,
           case when d.unit_number is not null then '#' || d.unit_number end), '')),
           case when position(lower(d.city) in lower(d.address_full)) > 0 then null
                else nullif(concat_ws(' ', d.city, d.state, d.postal_code), '') end), '') end,
    nullif(concat_ws(' ', d.city, d.state, d.postal_code), ''), 'Address not disclosed'),
  'office', d.list_office_name,
  'contact', d.office_contact,
  'source', d.source_name,
  'photo', d.photos -> 0 ->> 'url',
  'searches', array_to_string(names, ', ')));
revoke all on function mls.alert_entry(mls.displayed_listing, text, text, text, text[]) from public;
grant execute on function mls.alert_entry(mls.displayed_listing, text, text, text, text[]) to plat_worker;

-- Everything that a person is to be mailed in a cadence, taken: the caller writes the mail in the same transaction. A listing is told once,
-- whichever searches it fits. Null: nothing is left to tell, or nobody.
drop function if exists mls.take_alert_mail(uuid, uuid, text, integer);
create or replace function mls.take_alert_mail(workspace uuid, person uuid, wanted text, most integer default 25,
  moment timestamptz default now()) returns jsonb
  language plpgsql volatile
  set search_path = ''
as $$
declare
  eight timestamptz;
  who record;
  audience text;
  unsaid text[];
  taken mls.search_alerts[];
  notice jsonb;
  letter jsonb;
begin
  select mls.last_eight(w.time_zone, wanted, moment) into eight from mls.workspaces w where w.id = workspace and wanted <> 'instant';
  -- One statement: what is marked is what is said. A digest has what was found until its eight o'clock; the rest is the next one's. What it says
  -- of a listing is said for the person's other searches as well.
  with waiting as materialized (
      select a.id, a.listing_id, a.kind, a.happened_at, (eight is null or a.found_at <= eight)
             and wanted = case when a.saved_search_id is null then f.alert when s.by_mail then s.alert end as is_due
        from mls.search_alerts a
        left join mls.saved_searches s on s.workspace_id = a.workspace_id and s.id = a.saved_search_id
        left join mls.favorites f
          on a.saved_search_id is null and f.workspace_id = a.workspace_id and f.user_id = a.user_id and f.listing_id = a.listing_id
        where a.workspace_id = workspace and a.user_id = person and a.by_mail and a.mailed_at is null
        order by a.id for update of a),
    said as (
      update mls.search_alerts a set mailed_at = now() from waiting w
        where a.workspace_id = workspace and a.id = w.id
          and (w.is_due or (w.listing_id, w.kind, w.happened_at) in (select d.listing_id, d.kind, d.happened_at from waiting d where d.is_due))
        returning a as alert, w.is_due)
    select array_agg(t.alert) filter (where t.is_due) into taken from said t;
  if taken is null then
    return null;
  end if;
  -- An address that plat.send_mail() refuses is none: the mails of all others would wait behind it. Who: as mls.alert_people(), of one.
  select u.email, p.role in ('admin', 'agent') as is_agent, w.name as workspace into who
    from mls.workspaces w
    join mls.user_profiles p on p.workspace_id = w.id and p.id = person
    join auth.users u on u.id = p.id
    where w.id = workspace and w.status = 'active' and u.deleted_at is null and (u.banned_until is null or u.banned_until <= now())
      and length(u.email) between 3 and 320 and u.email ~ '^[^[:cntrl:][:space:]<>@]+@[^[:cntrl:][:space:]<>@]+$';
  if who.email is null then
    return null;
  end if;
  audience := case when who.is_agent then 'agents' else 'public' end;
  unsaid := case when who.is_agent then '{}' else mls.unsaid_fields(workspace) end;
  notice := mls.display_notice(workspace);
  with told as (
      select t.listing_id, (array_agg(t.kind order by t.rank, t.happened_at desc))[1] as kind,
             (array_agg(t.old_value order by t.rank, t.happened_at desc))[1] as old_value,
             (array_agg(t.old_value order by t.happened_at) filter (where t.kind in ('price_drop', 'back_on_market')))[1] as old_price,
             array_agg(distinct t.name order by t.name) filter (where t.name is not null) as names
        from (select x.*, s.name, array_position('{new,back_on_market,price_drop,status}', x.kind) as rank
                from unnest(taken) x left join mls.saved_searches s on s.workspace_id = workspace and s.id = x.saved_search_id
                where x.kind = 'new' or mls.alert_field(x.kind) <> all (unsaid)) t
        group by t.listing_id),
    shown as materialized (
      select d as listing, t.kind, t.old_value, t.old_price, t.names,
             row_number() over (order by array_position('{price_drop,back_on_market,new,status}', t.kind), d.updated_at desc, d.id) as place
        from mls.displayed(workspace, array(select t.listing_id from told t), audience) d
        join told t on t.listing_id = d.id),
    searches as (
      select s.id, s.name, case when s.told > 1000 then btrim(to_char(s.told - 1000, '999,999,999')) end as more from mls.saved_searches s
        where s.workspace_id = workspace and s.id in (select t.saved_search_id from unnest(taken) t))
    select jsonb_build_object(
        'email', who.email,
        'cadence', wanted,
        'count', (select count(*) from shown),
        'more', (select nullif(greatest(count(*) - most, 0), 0) from shown),
        'listings', (select jsonb_agg(mls.alert_entry(s.listing, s.kind, s.old_value, s.old_price, s.names) order by s.place)
                       from shown s where s.place <= most),
        'searches', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', s.id, 'name', s.name, 'more', s.more))
                                               order by s.name, s.id), '[]') from searches s),
        'has_favorites', exists (select from unnest(taken) t where t.saved_search_id is null),
        'workspace', who.workspace,
        'domain', (select w.domain from mls.workspace_domains w
                     where w.workspace_id = workspace and w.is_primary and w.verified_at is not null),
        'notice', jsonb_strip_nulls(jsonb_build_object(
                       'attribution', mls.html_to_text(notice ->> 'attribution_html'),
                       'disclaimer', mls.html_to_text(notice ->> 'disclaimer_html'),
                       'copyright', notice ->> 'copyright', 'brokerage', notice ->> 'brokerage', 'contact', notice ->> 'contact',
                       'as_of', to_char((notice ->> 'as_of')::timestamptz at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'))))
      into letter;
  return case when (letter ->> 'count')::integer > 0 then letter end;
end $$;
comment on function mls.take_alert_mail(uuid, uuid, text, integer, timestamptz) is
  'What one mail says, taken for good by this transaction; null: there is nothing to say, or nobody to say it to.';
revoke all on function mls.take_alert_mail(uuid, uuid, text, integer, timestamptz) from public;
grant execute on function mls.take_alert_mail(uuid, uuid, text, integer, timestamptz) to plat_worker;

-- The link in a mail: for one search, or, without one, everything that the workspace mails to a person. What is shown in the app stays.
create or replace function mls.unsubscribe(workspace uuid, person uuid, search uuid) returns boolean
  language plpgsql volatile
  set search_path = ''
as $$
begin
  if not exists (select from auth.users u where u.id = person) then
    return false;
  end if;
  update mls.saved_searches s set by_mail = false
    where s.workspace_id = workspace and s.user_id = person and s.by_mail and (search is null or s.id = search);
  if search is null then
    update mls.favorites f set alert = 'in_app'
      where f.workspace_id = workspace and f.user_id = person and f.alert not in ('off', 'in_app');
  end if;
  return true;
end $$;
comment on function mls.unsubscribe(uuid, uuid, uuid) is 'No more mails of a search; without one, of all searches and favourites of a person.';
revoke all on function mls.unsubscribe(uuid, uuid, uuid) from public;
grant execute on function mls.unsubscribe(uuid, uuid, uuid) to plat_worker;
