-- What of a listing may be displayed, and what must stand beside it: whatever shows listings to the public asks here. docs/display.md.

-- The rules of a row and of its workspace's profile, as an expression that PostgreSQL puts in the place of the call: no set clause. Without
-- a profile nothing is displayed. Not immutable: closed listings are shown for a time.
create or replace function mls.hiding_rule(l mls.listings, p mls.compliance_profiles) returns text
  language sql stable parallel safe
return case
  when p.workspace_id is distinct from l.workspace_id then 'no_profile'
  when not l.is_active then 'inactive'
  when l.may_display is false then 'opted_out'
  when l.may_display is null and not p.shows_unstated then 'unstated'
  when l.standard_status is null
    or l.standard_status <> all ('{Active,Active Under Contract,Pending,Coming Soon,Closed}') then 'off_market'
  when l.standard_status <> all (p.shown_statuses) then 'status'
  when l.standard_status = 'Closed' and (l.close_date is null or l.close_date < (now() at time zone 'UTC')::date - p.closed_days)
    then 'closed_long_ago'
  when l.is_idx is false or l.is_idx_feed is false then 'not_in_idx'
  when p.requires_idx and l.is_idx is null and l.is_idx_feed is null then 'idx_unstated'
end;
comment on function mls.hiding_rule(mls.listings, mls.compliance_profiles) is
  'The first rule that keeps a listing from the public; null: none does.';

create or replace function mls.is_displayed(l mls.listings, p mls.compliance_profiles) returns boolean
  language sql stable parallel safe
return mls.hiding_rule(l, p) is null;
comment on function mls.is_displayed(mls.listings, mls.compliance_profiles) is 'Whether the public may see a listing at all.';

-- Sellers opt out of their address: a payload that does not say shows it. Of the column for subqueries: they would be given the row, with
-- its payload in it.
create or replace function mls.is_address_displayed(may_display_address boolean) returns boolean
  language sql immutable parallel safe
return may_display_address is not false;
comment on function mls.is_address_displayed(boolean) is
  'Whether the public may see a displayed listing''s street, unit, building, place on the map and what else tells its address.';

create or replace function mls.is_address_displayed(l mls.listings) returns boolean
  language sql immutable parallel safe
return mls.is_address_displayed(l.may_display_address);
comment on function mls.is_address_displayed(mls.listings) is 'The same of a row.';

-- Of a name of a file, a caption or remarks: the number and a word of the street, or both run together. Columns instead of the row where a
-- plan would make one for each call, with the whole payload in it.
create or replace function mls.tells_address(street_number text, street_name text, address_full text, said text) returns boolean
  language plpgsql immutable parallel safe
  set search_path = ''
as $$
declare
  run_together constant text := lower(regexp_replace(replace(said, '%20', ''), '[^[:alnum:]]', '', 'g'));
  said_words text[];
  street text;
  words text[];
begin
  foreach street in array array[nullif(concat_ws(' ', street_number, street_name), ''),
                                regexp_replace(split_part(address_full, ',', 1), '\s+(#|apt|unit|suite|ste).*$', '', 'i')] loop
    continue when street is null or length(street) <= 4 or street !~ '[0-9].*[[:alpha:]]';
    words := regexp_split_to_array(btrim(lower(street)), '[^[:alnum:]]+');
    continue when position(words[1] in run_together) = 0; -- in neither way then
    if position(lower(regexp_replace(street, '[^[:alnum:]]', '', 'g')) in run_together) > 0 then
      return true;
    end if;
    said_words := coalesce(said_words, regexp_split_to_array(lower(replace(said, '%20', ' ')), '[^[:alnum:]]+'));
    if said_words @> words[1:1] and exists (
         select from unnest(words[2:]) w where w = any (said_words) and length(w) > 2
           and w <> all ('{street,avenue,ave,road,drive,lane,court,place,boulevard,blvd,way,circle,terrace,parkway,highway,trail,
                           north,south,east,west,northeast,northwest,southeast,southwest,the,and,unit,apt}')) then
      return true;
    end if;
  end loop;
  return false;
end $$;
comment on function mls.tells_address(text, text, text, text) is 'Whether a text tells the street and house number of an address.';

create or replace function mls.tells_address(l mls.listings, said text) returns boolean
  language sql immutable parallel safe
return mls.tells_address(l.street_number, l.street_name, l.address_full, said);
comment on function mls.tells_address(mls.listings, text) is 'Whether a text tells the listing''s street and house number.';

-- When what came from a provider was known to be so: the last successful sync, of all its import tasks where there are any. Rows that no
-- sync sees any more are as old as the newest of them. In plpgsql, as what follows, so that its plan is kept.
create or replace function mls.source_as_of(workspace uuid, provider text) returns timestamptz
  language plpgsql stable parallel safe
  set search_path = ''
as $$
begin
  return coalesce(
    (select coalesce((select min(t.last_synced_at) from mls.import_tasks t
                        where t.workspace_id = workspace and t.mls_connection_id = c.id and t.is_enabled), c.last_synced_at)
       from mls.mls_connections c where c.workspace_id = workspace and c.provider = source_as_of.provider),
    -- Of a provider without a listing: all those of the others would be gone through.
    (select l.modification_ts from mls.listings l
       where (select exists (select from mls.listings x where x.workspace_id = workspace and x.source_provider = source_as_of.provider))
         and l.workspace_id = workspace and l.source_provider = source_as_of.provider and l.modification_ts is not null
       order by l.modification_ts desc limit 1));
end $$;
comment on function mls.source_as_of(uuid, text) is 'The time of which a provider''s listings are known to be right.';

-- What a display must say of a listing, out of its payload. Texts alone: a feed may send anything.
create or replace function mls.payload_text(raw jsonb, field text) returns text
  language sql immutable parallel safe
return case when jsonb_typeof(raw -> field) = 'string' then nullif(left(btrim(raw ->> field), 400), '') end;
comment on function mls.payload_text(jsonb, text) is 'What a field of a payload says; null: nothing, or something else than a text.';

-- Listings as somebody sees them; whoever is not 'agents' is the public. What costs more than the row itself is worked out when it is among
-- the parts that are asked for, and null otherwise: photos, photo (the first one alone), texts (remarks and descriptions), sources (the
-- contact of the office, where the data is from, its copyright), as_of. Photos of the workspace's own come before those of the MLS; for the public neither those that the
-- MLS keeps to agents, nor names and captions that tell an address that may not be told.
--
-- Every search ends here, so nothing is a call that can be an expression of this one plan. It is kept: to plan this takes many times as
-- long as to read ten listings by it. A payload is unpacked once for a row.
create or replace function mls.displayed_parts(workspace uuid, ids uuid[], audience text, parts text[]) returns setof mls.displayed_listing
  language plpgsql stable security definer rows 20
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  for_public constant boolean := audience is distinct from 'agents';
  most_photos constant integer := case when 'photos' = any (parts) then 1000000 when 'photo' = any (parts) then 1 else 0 end;
  with_texts constant boolean := 'texts' = any (parts);
  with_sources constant boolean := 'sources' = any (parts);
  with_as_of constant boolean := 'as_of' = any (parts);
begin
  return query select l.id,
         case when 'mls_number' <> all (h.fields) then l.mls_number end,
         case when 'source_listing_key' <> all (h.fields) then l.source_listing_key end,
         l.source_provider,
         case when 'standard_status' <> all (h.fields) then l.standard_status end,
         case when 'property_type' <> all (h.fields) then l.property_type end,
         case when 'address_full' <> all (h.fields) then l.address_full end,
         case when 'street_number' <> all (h.fields) then l.street_number end,
         case when 'street_name' <> all (h.fields) then l.street_name end,
         case when 'unit_number' <> all (h.fields) then l.unit_number end,
         case when 'city' <> all (h.fields) then l.city end,
         case when 'state' <> all (h.fields) then l.state end,
         case when 'postal_code' <> all (h.fields) then l.postal_code end,
         case when 'subdivision' <> all (h.fields) then l.subdivision end,
         case when 'building_name' <> all (h.fields) then l.building_name end,
         case when 'community' <> all (h.fields) then l.community end,
         case when 'county' <> all (h.fields) then l.county end,
         case when with_texts and 'public_remarks' <> all (h.fields)
                and (s.address or not mls.tells_address(l.street_number, l.street_name, l.address_full, l.public_remarks)) then l.public_remarks end,
         case when 'list_agent_name' <> all (h.fields) then l.list_agent_name end,
         case when 'list_agent_mls_id' <> all (h.fields) then l.list_agent_mls_id end,
         l.list_office_name,
         case when 'list_office_mls_id' <> all (h.fields) then l.list_office_mls_id end,
         case when with_texts and not for_public then l.marketing_description end,
         case when 'list_price' <> all (h.fields) then l.list_price end,
         case when 'close_price' <> all (h.fields) then l.close_price end,
         case when 'price_per_sqft' <> all (h.fields) then l.price_per_sqft end,
         case when 'bedrooms' <> all (h.fields) then l.bedrooms end,
         case when 'bathrooms' <> all (h.fields) then l.bathrooms end,
         case when 'living_area_sqft' <> all (h.fields) then l.living_area_sqft end,
         case when 'lot_size_sqft' <> all (h.fields) then l.lot_size_sqft end,
         case when 'year_built' <> all (h.fields) then l.year_built end,
         case when 'photo_count' <> all (h.fields) then l.photo_count end,
         case when 'list_date' <> all (h.fields) then l.list_date end,
         case when 'close_date' <> all (h.fields) then l.close_date end,
         case when 'modification_ts' <> all (h.fields) then l.modification_ts end,
         l.created_at,
         l.updated_at,
         case when 'location' <> all (h.fields) then l.latitude end,
         case when 'location' <> all (h.fields) then l.longitude end,
         case when not for_public then l.import_task_id end,
         s.address,
         case when most_photos > 0 then (
           select coalesce(jsonb_agg(jsonb_build_object(
                    'url', x.url,
                    'caption', case when s.address or not mls.tells_address(l.street_number, l.street_name, l.address_full, x.caption)
                                    then x.caption end,
                    'order', x.n) order by x.n), '[]')
             from (select y.url, y.caption, row_number() over (order by y.kind, y.is_first desc, y.sort_order, y.url) as n
                     from (select 1 as kind, f.is_primary as is_first, f.sort_order, f.url, f.caption from mls.listing_photos f
                             where f.workspace_id = l.workspace_id and f.listing_id = l.id and f.is_active and f.url is not null
                           union all
                           select 2, false, m.sort_order, m.url, m.caption from mls.listing_media m
                             where m.workspace_id = l.workspace_id and m.listing_id = l.id and m.is_active
                               and (m.is_public or not for_public) and (m.category is null or lower(m.category) = 'photo')) y
                     where s.address or not mls.tells_address(l.street_number, l.street_name, l.address_full, y.url)) x
             where x.n <= most_photos) end,
         coalesce(mls.payload_text(s.raw, 'AttributionContact'), mls.payload_text(s.raw, 'BrokerAttribution'),
                  mls.payload_text(s.raw, 'ListOfficePhone'), mls.payload_text(s.raw, 'ListOfficeEmail'),
                  case when with_sources and s.is_own then coalesce(p.contact_phone, p.contact_email) end),
         coalesce(mls.payload_text(s.raw, 'OriginatingSystemName'), mls.payload_text(s.raw, 'SourceSystemName'),
                  case when with_sources then p.mls_name end),
         mls.payload_text(s.raw, 'CopyrightNotice'),
         s.is_own,
         l.may_estimate is not false,
         l.may_comment is not false,
         case when with_as_of then coalesce(case l.source_provider
             when 'bridge' then (select mls.source_as_of(workspace, 'bridge'))
             when 'reso' then (select mls.source_as_of(workspace, 'reso')) end, l.modification_ts, l.updated_at) end
    from unnest(ids) with ordinality i (id, n)
    join mls.listings l on l.workspace_id = workspace and l.id = i.id
    left join mls.compliance_profiles p on p.workspace_id = workspace
    cross join lateral (select not for_public or mls.is_address_displayed(l.may_display_address) as address,
                               coalesce(l.list_office_mls_id = any (p.own_office_mls_ids), false) as is_own,
                               case when with_sources then l.raw #> '{}' end as raw offset 0) s
    cross join lateral (select case when for_public then coalesce(p.hidden_fields, '{}') else '{}' end
      || case when s.address then '{}'
              else '{address_full,street_number,street_name,unit_number,building_name,location}'::text[] end as fields offset 0) h
    where l.is_active and (not for_public or mls.is_displayed(l, p))
    order by i.n;
end $$;
comment on function mls.displayed_parts(uuid, uuid[], text, text[]) is
  'As mls.displayed(), without what is not among the parts: photos, photo, texts, sources, as_of. The others are always there.';

-- With all parts. PostgreSQL puts the call above in its place.
create or replace function mls.displayed(workspace uuid, ids uuid[], audience text default 'public') returns setof mls.displayed_listing
  language sql stable rows 20
begin atomic
  select d.* from mls.displayed_parts(workspace, ids, audience, '{photos,texts,sources,as_of}') d;
end;
comment on function mls.displayed(uuid, uuid[], text) is
  'Listings as the public, or the workspace''s agents, may see them, in the order of ids; what may not be displayed is not among them.';
drop function if exists mls.displayed_photos(mls.listings, boolean, boolean);
drop function if exists mls.payload_text(jsonb, text[]);

create or replace function mls.escape_html(said text) returns text
  language sql immutable strict parallel safe
return replace(replace(replace(replace(replace(said, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;');

-- One pass: what is filled in is not looked at again. is_html: the text is HTML, so that what is filled in is escaped.
create or replace function mls.fill_notice(template text, mls text, as_of timestamptz, broker text, is_html boolean) returns text
  language plpgsql stable parallel safe
  set search_path = ''
as $$
begin
  return (
  select coalesce(string_agg(case when x.n % 2 = 0 then
           case when is_html then mls.escape_html(w.word) else w.word end
         else x.part end, '' order by x.n), '')
    from regexp_split_to_table(regexp_replace(template, '\{(mls|as_of|broker|year)\}', e'\x01\\1\x01', 'g'), e'\x01') with ordinality x (part, n)
    cross join lateral (select case x.part
      when 'mls' then coalesce(mls, '')
      when 'broker' then coalesce(broker, '')
      when 'as_of' then coalesce(to_char(as_of at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), 'at an unknown time')
      when 'year' then to_char(now() at time zone 'UTC', 'YYYY') end as word offset 0) w);
end $$;

create or replace function mls.display_notice(workspace uuid) returns jsonb
  language plpgsql stable security definer
  set search_path = ''
as $$
begin
  return (select jsonb_build_object(
      'attribution_html', mls.fill_notice(coalesce(nullif(btrim(p.attribution_html), ''), d.attribution), f.mls, s.as_of, f.broker, true),
      'disclaimer_html', mls.fill_notice(coalesce(nullif(btrim(p.disclaimer_html), ''), d.disclaimer), f.mls, s.as_of, f.broker, true),
      'brokerage', f.broker,
      'contact', coalesce(p.contact_email, p.contact_phone),
      'contact_email', p.contact_email,
      'contact_phone', p.contact_phone,
      'correction_contact', coalesce(p.correction_contact, p.contact_email, p.contact_phone),
      'mls_name', p.mls_name,
      'copyright', mls.fill_notice(coalesce(nullif(btrim(p.copyright_notice), ''), '© {year} {mls}'), f.mls, s.as_of, f.broker, false),
      'as_of', s.as_of,
      'is_stale', coalesce(s.as_of < now() - make_interval(hours => p.freshness_hours), false),
      'display_on_search', p.display_on_search,
      'display_on_detail', p.display_on_detail,
      'max_results', p.max_results)
    from mls.workspaces w
    join mls.compliance_profiles p on p.workspace_id = w.id
    cross join lateral (select coalesce(p.mls_name, 'the MLS') as mls, coalesce(p.brokerage_name, w.name) as broker offset 0) f
    cross join lateral (
      select min(mls.source_as_of(workspace, v.provider)) as as_of from (values ('bridge'), ('reso')) v (provider)
        where case when exists (select from mls.listings l where l.workspace_id = workspace and l.source_provider = v.provider)
                   then exists (select from mls.listings l where l.workspace_id = workspace and l.source_provider = v.provider and l.is_active)
                   else false end) s
    cross join (values (
      'Listing data from {mls}, displayed by {broker}. Data last updated {as_of}.',
      'Information is provided exclusively for consumers’ personal, non-commercial use and may not be used for any purpose other than to'
      || ' identify prospective properties consumers may be interested in purchasing. It is deemed reliable but is not guaranteed accurate'
      || ' by {mls} or {broker}. Data last updated {as_of}. © {year} {mls}. All rights reserved.')) d (attribution, disclaimer)
    where w.id = workspace);
end $$;
comment on function mls.display_notice(uuid) is
  'What must stand with every display of the workspace''s listings: attribution, disclaimer, broker, contact, and of when the data is.';

-- How a workspace's listings fare: {listings, displayed, hidden: {rule: n}, without_address, without_office, stale, as_of, is_stale,
-- missing: what the profile should say and does not}.
create or replace function mls.display_report(workspace uuid default plat.ws()) returns jsonb
  language plpgsql stable security definer
  set search_path = ''
as $$
declare
  report jsonb;
begin
  if current_setting('role') in ('none', 'service_role', 'plat_worker') then
    if workspace is null then
      raise exception using errcode = 'PT400', message = 'say which workspace';
    end if;
  elsif workspace is distinct from plat.ws() or not plat.has_role('mls.admin') then
    raise exception using errcode = 'PT403', message = 'only admins of the workspace see what of it is displayed';
  end if;
  with counted as materialized (
    select mls.hiding_rule(l, p) as rule, l.source_provider as provider, not mls.is_address_displayed(l) as without_address,
           l.list_office_name is null as without_office, count(*) as n
      from mls.listings l left join mls.compliance_profiles p on p.workspace_id = l.workspace_id
      where l.workspace_id = display_report.workspace and l.is_active
      group by 1, 2, 3, 4),
  hidden as (select c.rule, sum(c.n) as n from counted c where c.rule is not null group by c.rule)
  select jsonb_build_object(
      'listings', coalesce(sum(c.n), 0),
      'displayed', coalesce(sum(c.n) filter (where c.rule is null), 0),
      'hidden', (select coalesce(jsonb_object_agg(h.rule, h.n), '{}') from hidden h),
      'without_address', coalesce(sum(c.n) filter (where c.rule is null and c.without_address), 0),
      'without_office', coalesce(sum(c.n) filter (where c.rule is null and c.without_office), 0),
      'stale', coalesce(sum(c.n) filter (where c.rule is null and mls.source_as_of(display_report.workspace, c.provider)
                 < now() - (select make_interval(hours => p.freshness_hours) from mls.compliance_profiles p
                              where p.workspace_id = display_report.workspace)), 0))
    into report from counted c;
  return report
    || coalesce((select jsonb_build_object('as_of', n.v -> 'as_of', 'is_stale', n.v -> 'is_stale')
                   from (select mls.display_notice(display_report.workspace) as v) n where n.v is not null), '{}')
    || jsonb_build_object('missing', coalesce((
         select jsonb_agg(m.what order by m.what) from mls.compliance_profiles p,
           (values ('mls_name'), ('brokerage_name'), ('own_office_mls_ids'), ('contact_email or contact_phone')) m (what)
           where p.workspace_id = display_report.workspace and case m.what
             when 'mls_name' then p.mls_name is null
             when 'brokerage_name' then p.brokerage_name is null
             when 'own_office_mls_ids' then p.own_office_mls_ids = '{}'
             else p.contact_email is null and p.contact_phone is null end), '[]'));
end $$;
comment on function mls.display_report(uuid) is
  'How many of the workspace''s listings are displayed, which rule hides the others, and what its profile does not say.';
revoke all on function mls.display_report(uuid) from public;
grant execute on function mls.display_report(uuid) to authenticated, service_role, plat_worker;

-- Closed listings that were shown long enough are hidden from today on, without a change of theirs: whoever follows is told. Three days,
-- for a day on which nobody worked.
create or replace function mls.hide_closed() returns bigint
  language plpgsql volatile
  set search_path = ''
  set mls.keep_updated_at = 'on'
as $$
declare
  today constant date := (now() at time zone 'UTC')::date;
  n bigint;
begin
  update mls.listings l set changed_xid = pg_current_xact_id() from mls.compliance_profiles p
    where p.workspace_id = l.workspace_id and p.shown_statuses @> '{Closed}' and l.is_active and l.standard_status = 'Closed'
      and l.close_date < today - p.closed_days and l.close_date >= today - p.closed_days - 3;
  get diagnostics n = row_count;
  return n;
end $$;
revoke all on function mls.hide_closed() from public;
grant execute on function mls.hide_closed() to plat_worker;

do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'mls'::regnamespace
             and p.proname in ('hiding_rule', 'is_displayed', 'is_address_displayed', 'tells_address', 'source_as_of', 'payload_text',
                               'displayed_parts', 'displayed', 'escape_html', 'fill_notice', 'display_notice')
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to plat_worker, service_role', f);
  end loop;
end $$;
revoke all on type mls.displayed_listing from public;
grant usage on type mls.displayed_listing to plat_worker, service_role;
