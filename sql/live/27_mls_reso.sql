-- What /reso/odata stands on: consumers and what they have used, which listings a scope sees, fields and values of payloads, and casts
-- that never fail. docs/reso.md.

-- Consumers. Whoever makes one sees its secrets once; afterwards there are only hashes.
create or replace function mls.reso_secret(secret text) returns bytea
  language sql immutable strict parallel safe
  return sha256(convert_to(secret, 'utf8'));
revoke all on function mls.reso_secret(text) from public;

create or replace function mls.reso_base64url(bytes bytea) returns text
  language sql immutable strict parallel safe
  return rtrim(translate(encode(bytes, 'base64'), e'+/\n', '-_'), '=');
revoke all on function mls.reso_base64url(bytea) from public;

create or replace function mls.reso_client_id(workspace uuid, consumer uuid) returns text
  language sql immutable strict parallel safe
  return mls.reso_base64url(uuid_send(workspace) || uuid_send(consumer));
revoke all on function mls.reso_client_id(uuid, uuid) from public;

-- Two random UUIDs have 244 random bits; hashing spreads them over 43 characters.
create or replace function mls.reso_new_secret() returns text
  language sql volatile parallel safe
  return mls.reso_base64url(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
revoke all on function mls.reso_new_secret() from public;

create or replace function mls.refuse_unless_reso_admin(workspace uuid) returns void
  language plpgsql stable
  set search_path = ''
as $$
begin
  if current_setting('role') in ('none', 'service_role', 'plat_worker') then
    if workspace is null then
      raise exception using errcode = 'PT400', message = 'say which workspace';
    end if;
  elsif workspace is distinct from plat.ws() or not plat.has_role('mls.admin') then
    raise exception using errcode = 'PT403', message = 'only admins of the workspace manage who reads its listings';
  end if;
end $$;
revoke all on function mls.refuse_unless_reso_admin(uuid) from public;

create or replace function mls.add_reso_consumer(name text, scopes text[] default '{idx}', per_minute integer default 334,
  per_hour integer default 5000, workspace uuid default plat.ws())
  returns table (id uuid, token text, client_id text, client_secret text)
  language plpgsql volatile security definer
  set search_path = ''
as $$
#variable_conflict use_column
declare
  made constant uuid := gen_random_uuid();
  who constant text := mls.reso_client_id(workspace, made);
  secret constant text := mls.reso_new_secret();
  of_client constant text := mls.reso_new_secret();
begin
  perform mls.refuse_unless_reso_admin(workspace);
  insert into mls.reso_consumers (id, workspace_id, name, scopes, per_minute, per_hour, token_hash, client_id, client_secret_hash)
    values (made, workspace, add_reso_consumer.name, coalesce(add_reso_consumer.scopes, '{idx}'),
            coalesce(add_reso_consumer.per_minute, 334), coalesce(add_reso_consumer.per_hour, 5000), mls.reso_secret(secret), who,
            mls.reso_secret(of_client));
  return query select made, 'plat_reso_' || who || secret, who, of_client;
end $$;
comment on function mls.add_reso_consumer(text, text[], integer, integer, uuid) is
  'Makes a consumer of /reso/odata and answers its token and client secret, which are not shown again.';
revoke all on function mls.add_reso_consumer(text, text[], integer, integer, uuid) from public;
grant execute on function mls.add_reso_consumer(text, text[], integer, integer, uuid) to authenticated, service_role, plat_worker;

create or replace function mls.rotate_reso_consumer(consumer uuid, workspace uuid default plat.ws())
  returns table (id uuid, token text, client_id text, client_secret text)
  language plpgsql volatile security definer
  set search_path = ''
as $$
#variable_conflict use_column
declare
  secret constant text := mls.reso_new_secret();
  of_client constant text := mls.reso_new_secret();
  who text;
begin
  perform mls.refuse_unless_reso_admin(workspace);
  update mls.reso_consumers c
    set token_hash = mls.reso_secret(secret), client_secret_hash = mls.reso_secret(of_client), generation = c.generation + 1
    where c.workspace_id = workspace and c.id = consumer and c.revoked_at is null
    returning c.client_id into who;
  if who is null then
    raise exception using errcode = 'PT404', message = format('there is no consumer %s that is not revoked', consumer);
  end if;
  return query select consumer, 'plat_reso_' || who || secret, who, of_client;
end $$;
comment on function mls.rotate_reso_consumer(uuid, uuid) is
  'Gives a consumer a new token and client secret; the ones before, and access tokens made with them, are refused from then on.';
revoke all on function mls.rotate_reso_consumer(uuid, uuid) from public;
grant execute on function mls.rotate_reso_consumer(uuid, uuid) to authenticated, service_role, plat_worker;

create or replace function mls.revoke_reso_consumer(consumer uuid, workspace uuid default plat.ws()) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  perform mls.refuse_unless_reso_admin(workspace);
  update mls.reso_consumers c set revoked_at = coalesce(c.revoked_at, now()) where c.workspace_id = workspace and c.id = consumer;
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no consumer %s', consumer);
  end if;
end $$;
comment on function mls.revoke_reso_consumer(uuid, uuid) is 'Takes a consumer''s access away, at once and for good.';
revoke all on function mls.revoke_reso_consumer(uuid, uuid) from public;
grant execute on function mls.revoke_reso_consumer(uuid, uuid) to authenticated, service_role, plat_worker;

-- A key is for life, and a revoked consumer stays revoked: else the old token would work again.
create or replace function mls.refuse_reso_revival() returns trigger
  language plpgsql
as $$
begin
  raise exception using errcode = 'PT409', message = 'a revoked consumer stays revoked: make another one';
end $$;
create or replace trigger reso_consumers_refuse_revival before update of revoked_at on mls.reso_consumers
  for each row when (old.revoked_at is not null and new.revoked_at is null) execute function mls.refuse_reso_revival();
create or replace trigger reso_consumers_touch before update on mls.reso_consumers
  for each row when (old.last_used_at is not distinct from new.last_used_at) execute function plat.touch_updated_at();
do $$
declare
  t text;
begin
  foreach t in array array['reso_consumers', 'reso_usage', 'reso_fields', 'reso_lookups', 'reso_scans'] loop
    execute format('create or replace trigger %I before update of workspace_id on mls.%I for each row
      when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move()', t || '_refuse_move', t);
  end loop;
end $$;

-- A process adds what it has answered since it did so last. Counts of a window that is over begin anew.
create or replace function mls.count_reso_usage(workspaces uuid[], consumers uuid[], minutes timestamptz[], in_minute integer[],
  hours timestamptz[], in_hour integer[]) returns void
  language sql volatile
  set search_path = ''
  begin atomic
    insert into mls.reso_usage as u (workspace_id, reso_consumer_id, minute_at, minute_used, hour_at, hour_used, requests)
      select n.workspace_id, n.reso_consumer_id, n.minute_at, n.minute_used, n.hour_at, n.hour_used, n.hour_used
        from unnest(workspaces, consumers, minutes, in_minute, hours, in_hour)
          n (workspace_id, reso_consumer_id, minute_at, minute_used, hour_at, hour_used)
        where exists (select from mls.reso_consumers c where c.workspace_id = n.workspace_id and c.id = n.reso_consumer_id)
        order by n.reso_consumer_id
      on conflict (workspace_id, reso_consumer_id) do update set
        minute_used = case when u.minute_at > excluded.minute_at then u.minute_used
                           when u.minute_at = excluded.minute_at then u.minute_used + excluded.minute_used
                           else excluded.minute_used end,
        minute_at = greatest(u.minute_at, excluded.minute_at),
        hour_used = case when u.hour_at > excluded.hour_at then u.hour_used
                         when u.hour_at = excluded.hour_at then u.hour_used + excluded.hour_used
                         else excluded.hour_used end,
        hour_at = greatest(u.hour_at, excluded.hour_at),
        requests = u.requests + excluded.requests;
    update mls.reso_consumers c set last_used_at = now()
      from unnest(workspaces, consumers) n (workspace_id, id)
      where c.workspace_id = n.workspace_id and c.id = n.id
        and (c.last_used_at is null or c.last_used_at < now() - interval '1 minute');
  end;
revoke all on function mls.count_reso_usage(uuid[], uuid[], timestamptz[], integer[], timestamptz[], integer[]) from public;
grant execute on function mls.count_reso_usage(uuid[], uuid[], timestamptz[], integer[], timestamptz[], integer[]) to plat_worker;

-- What a payload says, as a value to compare by: null for what is something else, never an error. Plain SQL where PostgreSQL can put the
-- body in the place of the call.
create or replace function mls.reso_text(v jsonb) returns text
  language sql immutable parallel safe
  return case when jsonb_typeof(v) in ('string', 'number', 'boolean') then v #>> '{}' end;

create or replace function mls.reso_number(v jsonb) returns numeric
  language sql immutable parallel safe
  return case jsonb_typeof(v)
    when 'number' then (v #>> '{}')::numeric
    when 'string' then
      case when v #>> '{}' ~ '^[-+]?([0-9]{1,250}[.]?[0-9]{0,250}|[.][0-9]{1,250})([eE][-+]?[0-9]{1,3})?$' then (v #>> '{}')::numeric end
    end;

create or replace function mls.reso_boolean(v jsonb) returns boolean
  language sql immutable parallel safe
  return case when jsonb_typeof(v) in ('boolean', 'string', 'number') then
    case lower(v #>> '{}') when 'true' then true when 'false' then false when 'y' then true when 'n' then false when 'yes' then true
         when 'no' then false when '1' then true when '0' then false end
    end;

create or replace function mls.reso_is_day(t text) returns boolean
  language sql immutable parallel safe
  return t >= '0001' collate "C" and substr(t, 9, 2)::integer <= case substr(t, 6, 2)
    when '02' then case when substr(t, 1, 4)::integer % 4 = 0
                         and (substr(t, 1, 4)::integer % 100 <> 0 or substr(t, 1, 4)::integer % 400 = 0) then 29 else 28 end
    when '04' then 30 when '06' then 30 when '09' then 30 when '11' then 30 else 31 end;

create or replace function mls.reso_date(v jsonb) returns date
  language plpgsql immutable parallel safe
  set search_path = ''
as $$
declare
  t constant text := v #>> '{}';
begin
  if t ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' and mls.reso_is_day(t) then
    return substr(t, 1, 10)::date;
  end if;
  return null;
end $$;

-- Without a zone it is UTC.
create or replace function mls.reso_time(v jsonb) returns timestamptz
  language plpgsql immutable parallel safe
as $$
declare
  t text := v #>> '{}';
begin
  if t !~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?([Zz]|[-+](0[0-9]|1[0-5])(:?[0-5][0-9])?)?)?$'
     or not mls.reso_is_day(t) then
    return null;
  end if;
  if t !~ '[Zz]$' and substr(t, 11) !~ '[-+]' then
    t := t || case when length(t) = 10 then 'T00:00Z' else 'Z' end;
  end if;
  return t::timestamptz;
end $$;

create or replace function mls.reso_clock(v jsonb) returns time
  language sql immutable parallel safe
  return case when v #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?$' then (v #>> '{}')::time end;

create or replace function mls.reso_list(v jsonb) returns jsonb
  language sql immutable parallel safe
  return case jsonb_typeof(v) when 'array' then v when 'null' then null else case when v is not null then jsonb_build_array(v) end end;

create or replace function mls.reso_stamp(t timestamptz) returns text
  language sql immutable parallel safe
  return to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

-- Metres on a sphere of the Earth's mean radius.
create or replace function mls.reso_distance(lon1 numeric, lat1 numeric, lon2 double precision, lat2 double precision)
  returns double precision
  language sql immutable parallel safe
  return case when abs(lat1) <= 90 and abs(lon1) <= 180 then
    12742017.6 * asin(sqrt(least(1, power(sind((lat2 - lat1::double precision) / 2), 2)
      + cosd(lat1::double precision) * cosd(lat2) * power(sind((lon2 - lon1::double precision) / 2), 2)))) end;

-- A listing that was made by hand has no payload: here is one, in RESO's names.
create or replace function mls.reso_compose(l mls.listings) returns jsonb
  language sql stable parallel safe cost 10000
  return jsonb_strip_nulls(jsonb_build_object(
      'ListingKey', l.source_listing_key, 'ListingId', l.mls_number, 'StandardStatus', l.standard_status,
      'ModificationTimestamp', mls.reso_stamp(coalesce(l.source_modified_at, l.modification_ts, l.updated_at)),
      'OriginalEntryTimestamp', mls.reso_stamp(l.created_at),
      'ListingContractDate', l.list_date, 'CloseDate', l.close_date, 'UnparsedAddress', l.address_full,
      'StreetNumber', l.street_number, 'StreetName', l.street_name, 'UnitNumber', l.unit_number, 'City', l.city,
      'StateOrProvince', l.state, 'PostalCode', l.postal_code, 'SubdivisionName', l.subdivision, 'BuildingName', l.building_name,
      'CountyOrParish', l.county, 'Latitude', l.latitude, 'Longitude', l.longitude)
    || jsonb_build_object(
      'PropertyType', l.property_type, 'BedroomsTotal', l.bedrooms,
      'BathroomsFull', floor(l.bathrooms)::integer, 'BathroomsTotalInteger', ceil(l.bathrooms)::integer,
      'LivingArea', l.living_area_sqft, 'LivingAreaUnits', case when l.living_area_sqft is not null then 'Square Feet' end,
      'LotSizeSquareFeet', l.lot_size_sqft, 'YearBuilt', l.year_built, 'ListPrice', l.list_price, 'ClosePrice', l.close_price,
      'PublicRemarks', l.public_remarks, 'PhotosCount', l.photo_count, 'ListAgentKey', l.list_agent_key,
      'ListAgentMlsId', l.list_agent_mls_id, 'ListAgentFullName', l.list_agent_name, 'ListOfficeKey', l.list_office_key,
      'ListOfficeMlsId', l.list_office_mls_id, 'ListOfficeName', l.list_office_name));
comment on function mls.reso_compose(mls.listings) is 'A listing without a payload, as RESO''s Data Dictionary has it.';

-- It is changed whenever its row is: without a feed's stamp of its own it would never come to who replicates.
create or replace function mls.stamp_listing() returns trigger
  language plpgsql
as $$
begin
  new.source_modified_at := greatest(now(), new.source_modified_at);
  return new;
end $$;
create or replace trigger listings_stamp_insert before insert on mls.listings
  for each row when (pg_column_size(new.raw) < 12 and new.content_hash is null and new.source_modified_at is null)
  execute function mls.stamp_listing();
create or replace trigger listings_stamp_update before update on mls.listings
  for each row when (pg_column_size(new.raw) < 12 and new.content_hash is null and new.updated_at is not distinct from old.updated_at)
  execute function mls.stamp_listing();

create or replace function mls.reso_media(m mls.listing_media, listing_key text, listing_id text) returns jsonb
  language sql stable parallel safe cost 1000
  return jsonb_strip_nulls(jsonb_build_object(
    'MediaKey', coalesce(m.media_key, m.id::text), 'ResourceName', 'Property', 'ResourceRecordKey', listing_key,
    'ResourceRecordID', listing_id, 'MediaURL', m.url, 'Order', m.sort_order, 'ShortDescription', m.caption,
    'MediaCategory', coalesce(m.category, 'Photo'), 'ModificationTimestamp', mls.reso_stamp(m.created_at)));

create or replace function mls.reso_member(l mls.listings) returns jsonb
  language sql stable parallel safe cost 1000
  return jsonb_strip_nulls(jsonb_build_object(
    'MemberKey', l.list_agent_key, 'MemberMlsId', l.list_agent_mls_id, 'MemberFullName', l.list_agent_name,
    'MemberFirstName', l.raw -> 'ListAgentFirstName', 'MemberLastName', l.raw -> 'ListAgentLastName',
    'MemberEmail', l.raw -> 'ListAgentEmail', 'MemberDirectPhone', l.raw -> 'ListAgentDirectPhone',
    'MemberMobilePhone', l.raw -> 'ListAgentMobilePhone', 'MemberPreferredPhone', l.raw -> 'ListAgentPreferredPhone',
    'MemberOfficePhone', l.raw -> 'ListAgentOfficePhone', 'MemberStateLicense', l.raw -> 'ListAgentStateLicense',
    'OfficeKey', l.list_office_key, 'OfficeMlsId', l.list_office_mls_id, 'OfficeName', l.list_office_name,
    'ModificationTimestamp', mls.reso_stamp(coalesce(l.source_modified_at, l.modification_ts, l.updated_at))));

create or replace function mls.reso_office(l mls.listings) returns jsonb
  language sql stable parallel safe cost 1000
  return jsonb_strip_nulls(jsonb_build_object(
    'OfficeKey', l.list_office_key, 'OfficeMlsId', l.list_office_mls_id, 'OfficeName', l.list_office_name,
    'OfficePhone', l.raw -> 'ListOfficePhone', 'OfficeEmail', l.raw -> 'ListOfficeEmail', 'OfficeFax', l.raw -> 'ListOfficeFax',
    'ModificationTimestamp', mls.reso_stamp(coalesce(l.source_modified_at, l.modification_ts, l.updated_at))));

-- Fields and values of payloads that changed since the last look; name and value of nested objects as Field/Member. known: the
-- dictionary's names, which are not kept; field_of, lookup_of: which fields are lists of which name.
create or replace function mls.scan_reso_fields(workspace uuid, known text[], field_of text[], lookup_of text[]) returns boolean
  language plpgsql volatile
  set search_path = ''
as $$
declare
  since constant timestamptz := (select s.scanned_at - interval '5 minutes' from mls.reso_scans s where s.workspace_id = workspace);
  fields integer;
  lookups integer;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('mls.reso_scans ' || workspace, 0)) then
    return false;
  end if;
  with met as materialized (
    select x.name, x.kind, n.lookup, case when n.lookup is not null then x.value end as value
      from mls.listings l
      cross join lateral jsonb_each(l.raw) e
      cross join lateral (
        select e.key as name, e.value,
               case jsonb_typeof(e.value) when 'array' then case jsonb_typeof(e.value -> 0) when 'object' then 'objects' else 'array' end
                    else jsonb_typeof(e.value) end as kind
        union all
        select e.key || '/' || s.key, s.value, jsonb_typeof(s.value)
          from jsonb_each(case jsonb_typeof(e.value) when 'object' then e.value
                            when 'array' then case jsonb_typeof(e.value -> 0) when 'object' then e.value -> 0 end end) s) x
      left join unnest(field_of, lookup_of) n (field, lookup) on n.field = x.name
      where l.workspace_id = workspace and l.is_active and (since is null or l.updated_at > since)
      group by 1, 2, 3, 4),
  new_fields as (
    insert into mls.reso_fields as f (workspace_id, name, kinds)
      select workspace, m.name, array_agg(distinct m.kind order by m.kind)
        from met m left join unnest(known) k (name) using (name)
        where k.name is null and octet_length(m.name) between 1 and 255
        group by m.name
      on conflict (workspace_id, name) do update
        set kinds = array(select distinct unnest(f.kinds || excluded.kinds) order by 1), seen_at = now()
        where not excluded.kinds <@ f.kinds
      returning 1),
  new_lookups as (
    insert into mls.reso_lookups (workspace_id, name, value)
      select distinct workspace, m.lookup, v.value
        from met m cross join lateral jsonb_array_elements_text(mls.reso_list(m.value)) v (value)
        where m.lookup is not null and octet_length(v.value) between 1 and 1000
      on conflict do nothing
      returning 1)
  select (select count(*) from new_fields), (select count(*) from new_lookups) into fields, lookups;
  insert into mls.reso_scans (workspace_id, scanned_at) values (workspace, now())
    on conflict (workspace_id) do update set scanned_at = excluded.scanned_at;
  return fields + lookups > 0;
end $$;

do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'mls'::regnamespace
             and p.proname in ('reso_text', 'reso_number', 'reso_boolean', 'reso_is_day', 'reso_date', 'reso_time', 'reso_clock',
                               'reso_list', 'reso_stamp', 'reso_distance', 'reso_compose', 'reso_media', 'reso_member', 'reso_office',
                               'scan_reso_fields')
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to plat_worker', f);
  end loop;
end $$;
