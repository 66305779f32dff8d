-- Mappings: what a document may say (src/mod/mls/mapping*.c refuses the same, in the same words), versions, what becomes of the
-- rows when another version is active, and what was corrected.

create or replace function mls.default_mapping() returns jsonb
  language sql immutable parallel safe
  return '{
    "source_listing_key": "ListingKey", "mls_number": "ListingId", "standard_status": "StandardStatus",
    "modification_ts": "ModificationTimestamp", "property_type": "PropertyType", "list_price": "ListPrice",
    "bedrooms": "BedroomsTotal", "bathrooms": "BathroomsTotalInteger", "living_area_sqft": "LivingArea",
    "year_built": "YearBuilt", "address_full": "UnparsedAddress", "city": "City", "state": "StateOrProvince",
    "postal_code": "PostalCode", "subdivision": "SubdivisionName", "building_name": "BuildingName",
    "latitude": "Latitude", "longitude": "Longitude", "public_remarks": "PublicRemarks"}'::jsonb;
comment on function mls.default_mapping() is 'The mapping that a workspace has until it saves its own.';

-- What a source may fill. The rest of listings belongs to plat or to the workspace's own people.
create or replace function mls.mapping_columns() returns text[]
  language sql immutable parallel safe
  return array[
    'source_listing_key', 'mls_number', 'standard_status', 'modification_ts', 'source_modified_at', 'list_date', 'close_date',
    'address_full', 'street_number', 'street_name', 'unit_number', 'city', 'state', 'postal_code', 'subdivision', 'building_name',
    'community', 'county', 'latitude', 'longitude', 'property_type', 'bedrooms', 'bathrooms', 'living_area_sqft', 'lot_size_sqft',
    'year_built', 'list_price', 'close_price', 'price_per_sqft', 'public_remarks', 'photo_count', 'list_agent_key',
    'list_agent_mls_id', 'list_agent_name', 'list_office_key', 'list_office_mls_id', 'list_office_name'];
comment on function mls.mapping_columns() is 'The columns of mls.listings that a field mapping may fill, in their order.';

-- Compensation, listing agreements, owners, occupants and tenants, remarks among agents, how to get in: no MLS lets the public
-- see them.
create or replace function mls.hidden_fields() returns text[]
  language sql immutable parallel safe
  return array[
    'accesscode', 'alarmcode', 'gatecode', '*commission*', '*compensation*', 'listingagreement', 'lockbox*', 'occupant*',
    'owneraddress', 'owneremail', 'ownername', 'ownername2', 'ownerphone', 'private*remarks', 'showing*', 'tenantemail', 'tenantname',
    'tenantphone'];
comment on function mls.hidden_fields() is
  'Fields of a source that are not for the public, in lower case; a star stands for anything: see mls.is_hidden_field().';

-- Also behind the prefix of a dataset: MRD_LockBoxType.
create or replace function mls.is_hidden_field(field text) returns boolean
  language sql immutable parallel safe
  return (with recursive rest (name) as (
            select lower(field)
            union all
            select substr(r.name, strpos(r.name, '_') + 1) from rest r where strpos(r.name, '_') > 1)
          select coalesce(bool_or(r.name like replace(p.pattern, '*', '%')), false)
            from rest r, unnest(mls.hidden_fields()) p (pattern));
comment on function mls.is_hidden_field(text) is 'Whether a field of a source may never be mapped, shown or searched.';

create or replace function mls.nearest_name(word text, names text[]) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  name text;
  best text;
  fewest integer := octet_length(word) / 3 + 2;
  above integer[];
  here integer[];
begin
  if length(word) > 40 then
    return null;
  end if;
  foreach name in array names loop
    select array_agg(n order by n) into above from generate_series(0, length(name)) n;
    for i in 1..length(word) loop
      here := array[i];
      for j in 1..length(name) loop
        here := here || least(above[j + 1] + 1, here[j] + 1, above[j] + (substr(word, i, 1) <> substr(name, j, 1))::integer);
      end loop;
      above := here;
    end loop;
    if above[length(name) + 1] < fewest then
      fewest := above[length(name) + 1];
      best := name;
    end if;
  end loop;
  return best;
end $$;
comment on function mls.nearest_name(text, text[]) is 'Which of some names was meant by a mistyped one; null when none is near.';

create or replace function mls.json_kind(v jsonb) returns text
  language sql immutable parallel safe
  return case jsonb_typeof(v) when 'null' then 'null' when 'boolean' then 'a truth value' when 'number' then 'a number'
              when 'string' then 'a text' when 'array' then 'a list' when 'object' then 'an object' else 'nothing' end;
comment on function mls.json_kind(jsonb) is 'What a value is, in words for a sentence.';

create or replace function mls.mapping_field_fault(place text, v jsonb) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  field constant text := btrim(v #>> '{}', E' \t\r\n');
begin
  if jsonb_typeof(v) is distinct from 'string' then
    return format('the mapping of %s must be the name of a RESO field or an object, not %s', place, mls.json_kind(v));
  elsif octet_length(field) not between 1 and 128 then
    return format('the mapping of %s must be a name of 1 to 128 bytes', place);
  elsif mls.is_hidden_field(field) then
    return format('the mapping of %s: %s is not for the public, and stays in raw', place, field);
  end if;
  return null;
end $$;
comment on function mls.mapping_field_fault(text, jsonb) is 'What is wrong with a field''s name in a mapping; null when nothing is.';

create or replace function mls.is_mapping_constant(v jsonb) returns boolean
  language sql immutable parallel safe
  return coalesce(jsonb_typeof(v) in ('number', 'boolean') or (jsonb_typeof(v) = 'string' and octet_length(v #>> '{}') <= 1000), false);
comment on function mls.is_mapping_constant(jsonb) is
  'Whether a value may stand for itself in a mapping: a text of at most 1,000 bytes, a number or a truth value.';

create or replace function mls.mapping_unit_fault(place text, unit jsonb, is_number boolean) returns text
  language plpgsql immutable
  set search_path = ''
as $$
begin
  if unit is null then
    return null;
  elsif not is_number then
    return format('the mapping of %s: unit is for numbers', place);
  elsif jsonb_typeof(unit) = 'object' and unit ? 'field' and (select count(*) from jsonb_object_keys(unit)) = 1 then
    return mls.mapping_field_fault(place, unit -> 'field');
  elsif unit in ('"sqft"', '"sqm"', '"acres"') then
    return null;
  end if;
  return format('the mapping of %s: unit is sqft, sqm, acres or {"field": ...}', place);
end $$;
comment on function mls.mapping_unit_fault(text, jsonb, boolean) is 'What is wrong with a unit in a mapping; null when nothing is.';

create or replace function mls.mapping_lookup_fault(place text, v jsonb) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  entry record;
begin
  if not v ? 'lookup' then
    return null;
  elsif jsonb_typeof(v -> 'lookup') <> 'object' or (select count(*) from jsonb_object_keys(v -> 'lookup')) not between 1 and 1000 then
    return format('the mapping of %s: lookup is an object of 1 to 1000 translations', place);
  end if;
  for entry in select e.key, e.value from jsonb_each(v -> 'lookup') e loop
    if jsonb_typeof(entry.value) <> 'null' and not mls.is_mapping_constant(entry.value) then
      return format('the mapping of %s: ''%s'' is translated to a text, number, truth value or null, not %s', place, entry.key,
                    mls.json_kind(entry.value));
    end if;
  end loop;
  if v ? 'otherwise' and jsonb_typeof(v -> 'otherwise') <> 'null' and not mls.is_mapping_constant(v -> 'otherwise') then
    return format('the mapping of %s: otherwise is null, "keep", a text, a number or a truth value', place);
  end if;
  return null;
end $$;
comment on function mls.mapping_lookup_fault(text, jsonb) is 'What is wrong with a lookup in a mapping; null when nothing is.';

create or replace function mls.mapping_members_fault(place text, v jsonb) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  known constant text[] := array['field', 'first', 'concat', 'constant', 'separator', 'unit', 'lookup', 'otherwise'];
  wrong text;
  near text;
begin
  select k.name into wrong from jsonb_object_keys(v) k (name) where k.name <> all (known) limit 1;
  if wrong is not null then
    near := mls.nearest_name(wrong, known);
    return format('the mapping of %s has no ''%s'': ', place, wrong)
      || coalesce('did you mean ' || near || '?',
                  'there are field, first, concat, constant, separator, unit, lookup and otherwise');
  elsif (select count(*) from jsonb_object_keys(v) k (name) where k.name = any (known[1:4])) <> 1 then
    return format('the mapping of %s needs one of field, first, concat and constant', place);
  elsif v ? 'separator' and not v ? 'concat' then
    return format('the mapping of %s: separator belongs to concat', place);
  elsif v ? 'otherwise' and not v ? 'lookup' then
    return format('the mapping of %s: otherwise belongs to lookup', place);
  end if;
  return null;
end $$;
comment on function mls.mapping_members_fault(text, jsonb) is
  'What is wrong with the members of a value in a mapping; null when nothing is.';

create or replace function mls.mapping_parts_fault(place text, v jsonb, is_number boolean, depth integer) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  name constant text := case when v ? 'first' then 'first' else 'concat' end;
  part jsonb;
  fault text;
begin
  if jsonb_typeof(v -> name) <> 'array' or jsonb_array_length(v -> name) not between 1 and 20 then
    return format('the mapping of %s: %s is a list of 1 to 20 values', place, name);
  end if;
  for part in select e from jsonb_array_elements(v -> name) e loop
    fault := mls.mapping_value_fault(place, part, is_number, depth + 1);
    exit when fault is not null;
  end loop;
  return fault;
end $$;
comment on function mls.mapping_parts_fault(text, jsonb, boolean, integer) is
  'What is wrong with the list of first or concat in a mapping; null when nothing is.';

create or replace function mls.mapping_value_fault(place text, v jsonb, is_number boolean, depth integer default 1) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  fault text;
begin
  if jsonb_typeof(v) <> 'object' then
    return mls.mapping_field_fault(place, v);
  elsif depth > 4 then
    return format('the mapping of %s is nested deeper than 4', place);
  end if;
  fault := mls.mapping_members_fault(place, v);
  if fault is not null then
    return fault;
  elsif v ? 'field' then
    fault := mls.mapping_field_fault(place, v -> 'field');
  elsif v ? 'constant' then
    fault := case when not mls.is_mapping_constant(v -> 'constant')
                  then format('the mapping of %s: constant is a text of at most 1000 bytes, a number or a truth value', place) end;
  elsif v ? 'separator' and (jsonb_typeof(v -> 'separator') <> 'string' or octet_length(v ->> 'separator') > 20) then
    fault := format('the mapping of %s: separator is a text of at most 20 bytes', place);
  else
    fault := mls.mapping_parts_fault(place, v, is_number, depth);
  end if;
  return coalesce(fault, mls.mapping_unit_fault(place, v -> 'unit', is_number), mls.mapping_lookup_fault(place, v));
end $$;
comment on function mls.mapping_value_fault(text, jsonb, boolean, integer) is
  'What is wrong with what a mapping says about one column; null when nothing is.';

create or replace function mls.mapping_extra_fault(extra jsonb) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  entry record;
  fault text;
begin
  if jsonb_typeof(extra) <> 'object' then
    return format('extra is an object of names, not %s', mls.json_kind(extra));
  elsif (select count(*) from jsonb_object_keys(extra)) > 200 then
    return format('extra holds %s values, more than 200', (select count(*) from jsonb_object_keys(extra)));
  end if;
  for entry in select e.key, e.value from jsonb_each(extra) e loop
    if entry.key !~ '^[a-z][a-z0-9_]{0,62}$' then
      return format('''%s'' cannot be a name in extra: those are a to z, 0 to 9 and _, at most 63, a letter first', entry.key);
    end if;
    fault := mls.mapping_value_fault('extra.' || entry.key, entry.value, true);
    exit when fault is not null;
  end loop;
  return fault;
end $$;
comment on function mls.mapping_extra_fault(jsonb) is 'What is wrong with the further values of a mapping; null when nothing is.';

create or replace function mls.mapping_entry_fault(name text, v jsonb) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  near text;
begin
  if name = 'extra' then
    return mls.mapping_extra_fault(v);
  elsif name <> all (mls.mapping_columns()) then
    near := mls.nearest_name(name, mls.mapping_columns() || 'extra'::text);
    return format('a mapping cannot fill ''%s'': ', name)
      || coalesce('did you mean ' || near || '?', 'listings have no such field');
  elsif name in ('source_listing_key', 'modification_ts', 'source_modified_at') and jsonb_typeof(v) = 'object'
        and not (v - 'field' = '{}' and coalesce(jsonb_typeof(v -> 'field') = 'string', false)) then
    return format('the mapping of %s must be the name of one field: it is read before a row is typed', name);
  end if;
  return mls.mapping_value_fault(name, v, name in (
    'latitude', 'longitude', 'bedrooms', 'bathrooms', 'living_area_sqft', 'lot_size_sqft', 'year_built', 'list_price', 'close_price',
    'price_per_sqft', 'photo_count'));
end $$;
comment on function mls.mapping_entry_fault(text, jsonb) is 'What is wrong with one member of a mapping; null when nothing is.';

create or replace function mls.mapping_fault(mapping jsonb) returns text
  language plpgsql immutable
  set search_path = ''
as $$
declare
  entry record;
  fault text;
begin
  if jsonb_typeof(mapping) is distinct from 'object' then
    return format('a mapping is an object of names, not %s', mls.json_kind(mapping));
  elsif (select count(*) from jsonb_path_query(mapping, 'strict $.**')) > 20000 then
    return 'a mapping holds more than 20000 names and values';
  end if;
  for entry in select e.key, e.value from jsonb_each(mapping) e loop
    fault := mls.mapping_entry_fault(entry.key, entry.value);
    if fault is not null then
      return fault;
    end if;
  end loop;
  return case when not mapping ? 'source_listing_key' then 'a mapping must say where source_listing_key comes from' end;
end $$;
comment on function mls.mapping_fault(jsonb) is 'What is wrong with a mapping, as a sentence; null when nothing is.';

create or replace function mls.refuse_bad_mapping(mapping jsonb) returns void
  language plpgsql stable
  set search_path = ''
as $$
declare
  fault constant text := mls.mapping_fault(mapping);
begin
  if fault is not null then
    raise exception using errcode = 'PT400', message = fault;
  end if;
end $$;
revoke all on function mls.refuse_bad_mapping(jsonb) from public;
grant execute on function mls.refuse_bad_mapping(jsonb) to authenticated, service_role, plat_worker;

-- Listings are told apart by their key: with another field behind it every one would come a second time.
create or replace function mls.refuse_other_key(workspace uuid, provider text, mapping jsonb) returns void
  language plpgsql stable
  set search_path = ''
as $$
declare
  was text;
  wanted constant text := coalesce(mapping #>> '{source_listing_key,field}', mapping ->> 'source_listing_key');
begin
  select coalesce(m.mapping #>> '{source_listing_key,field}', m.mapping ->> 'source_listing_key') into was
    from mls.field_mappings m
    where m.workspace_id = workspace and m.provider = refuse_other_key.provider and m.is_active;
  if was <> wanted and exists (select from mls.listings l
                                 where l.workspace_id = workspace and l.source_provider = refuse_other_key.provider) then
    raise exception using errcode = 'PT409',
      message = format('source_listing_key stays %s as long as there are listings of this source: with %s all would come again',
                       was, wanted);
  end if;
end $$;
revoke all on function mls.refuse_other_key(uuid, text, jsonb) from public;
grant execute on function mls.refuse_other_key(uuid, text, jsonb) to authenticated, service_role, plat_worker;

-- The lock makes two that save at once count 2, 3 and not both 2; statements after it see what the other did.
create or replace function mls.save_field_mapping(provider text, mapping jsonb, workspace uuid default plat.ws())
  returns mls.field_mappings
  language plpgsql volatile
  set search_path = ''
as $$
declare
  saved mls.field_mappings;
begin
  perform mls.refuse_bad_mapping(mapping);
  perform pg_advisory_xact_lock(hashtextextended('mls.field_mappings ' || workspace, 0));
  perform mls.refuse_other_key(workspace, provider, mapping);
  update mls.field_mappings m set is_active = false
    where m.workspace_id = workspace and m.provider = save_field_mapping.provider and m.is_active;
  insert into mls.field_mappings (workspace_id, provider, version, is_active, mapping)
    select workspace, save_field_mapping.provider, coalesce(max(m.version), 0) + 1, true, save_field_mapping.mapping
      from mls.field_mappings m
      where m.workspace_id = workspace and m.provider = save_field_mapping.provider
    returning * into saved;
  return saved;
end $$;
comment on function mls.save_field_mapping(text, jsonb, uuid) is
  'Saves a mapping as the next version and makes it the active one; the rows are mapped again from their payloads.';
revoke all on function mls.save_field_mapping(text, jsonb, uuid) from public;
grant execute on function mls.save_field_mapping(text, jsonb, uuid) to authenticated, service_role, plat_worker;

-- What may be said can have become less since a version was saved.
create or replace function mls.activate_field_mapping(id uuid, workspace uuid default plat.ws()) returns mls.field_mappings
  language plpgsql volatile
  set search_path = ''
as $$
declare
  wanted mls.field_mappings;
begin
  perform pg_advisory_xact_lock(hashtextextended('mls.field_mappings ' || workspace, 0));
  select m.* into wanted from mls.field_mappings m where m.workspace_id = workspace and m.id = activate_field_mapping.id;
  if wanted.id is null then
    raise exception using errcode = 'PT404', message = format('there is no field mapping %s', activate_field_mapping.id);
  elsif wanted.is_active then
    return wanted;
  end if;
  perform mls.refuse_bad_mapping(wanted.mapping);
  perform mls.refuse_other_key(workspace, wanted.provider, wanted.mapping);
  update mls.field_mappings m set is_active = false
    where m.workspace_id = workspace and m.provider = wanted.provider and m.is_active;
  update mls.field_mappings m set is_active = true
    where m.workspace_id = workspace and m.id = wanted.id
    returning m.* into wanted;
  return wanted;
end $$;
comment on function mls.activate_field_mapping(uuid, uuid) is
  'Makes a version the active one, an older one too; the rows are mapped again from their payloads.';
revoke all on function mls.activate_field_mapping(uuid, uuid) from public;
grant execute on function mls.activate_field_mapping(uuid, uuid) to authenticated, service_role, plat_worker;

-- A row is typed with the mapping of the task it belongs to, or else with the active one. When that is another one than before,
-- the rows follow by themselves: `plat work` maps them again (src/mod/mls/remap.c).
create or replace function mls.want_remap(workspace uuid, provider text) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  if exists (select from mls.listings l
               where l.workspace_id = workspace and l.source_provider = want_remap.provider and l.content_hash is not null) then
    perform plat.emit('job.mls.remap', workspace || ' ' || want_remap.provider, jsonb_build_object('provider', want_remap.provider),
                      workspace);
  end if;
end $$;
comment on function mls.want_remap(uuid, text) is 'Asks for the job that maps a source''s rows again from their payloads.';
revoke all on function mls.want_remap(uuid, text) from public;
grant execute on function mls.want_remap(uuid, text) to plat_worker;

create or replace function mls.remap_with_active() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform mls.want_remap(new.workspace_id, new.provider);
  return null;
end $$;
create or replace trigger field_mappings_remap_insert after insert on mls.field_mappings
  for each row when (new.is_active) execute function mls.remap_with_active();
create or replace trigger field_mappings_remap_update after update of is_active on mls.field_mappings
  for each row when (new.is_active and not old.is_active) execute function mls.remap_with_active();

create or replace function mls.remap_with_task() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform mls.want_remap(new.workspace_id, c.provider)
    from mls.mls_connections c where c.workspace_id = new.workspace_id and c.id = new.mls_connection_id;
  return null;
end $$;
create or replace trigger import_tasks_remap after update of field_mapping_id on mls.import_tasks
  for each row when (new.field_mapping_id is distinct from old.field_mapping_id) execute function mls.remap_with_task();

-- The foreign key of import_tasks would only let go of it.
create or replace function mls.keep_used_mapping() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  task text;
begin
  select t.name into task from mls.import_tasks t
    where t.workspace_id = old.workspace_id and t.field_mapping_id = old.id order by t.name limit 1;
  if task is not null then
    raise exception using errcode = 'PT409',
      message = format('version %s of the %s mapping is in use by the import task %s', old.version, old.provider, task);
  end if;
  return old;
end $$;
create or replace trigger field_mappings_keep_used before delete on mls.field_mappings
  for each row execute function mls.keep_used_mapping();

-- For the preview: payloads to try a mapping on, of as many kinds as possible, the newest first (what people made themselves has no
-- payload and no hash of one). raw has no grant (mls.listing_raw()).
create or replace function mls.mapping_samples(provider text, most integer, ids uuid[] default null, workspace uuid default plat.ws())
  returns table (id uuid, source_listing_key text, raw jsonb, stored jsonb)
  language plpgsql stable security definer
  set search_path = ''
as $$
#variable_conflict use_column
declare
  free_hand constant boolean := current_setting('role') in ('none', 'service_role', 'plat_worker');
begin
  if not free_hand and not ((plat.has_role('mls.admin') or plat.has_role('mls.agent')) and workspace = plat.ws()) then
    raise exception using errcode = 'PT403', message = 'only agents and admins of the workspace look at payloads';
  end if;
  return query
    with newest as (
      select l.id, l.property_type, l.standard_status, l.source_modified_at from mls.listings l
        where l.workspace_id = workspace and l.source_provider = mapping_samples.provider and l.is_active and l.content_hash is not null
          and (ids is null or l.id = any (ids))
        order by l.source_modified_at desc nulls last
        limit case when ids is null then 2000 end
    ), ranked as (
      select n.id, n.source_modified_at,
             row_number() over (partition by n.property_type, n.standard_status order by n.source_modified_at desc nulls last) as turn
        from newest n
    ), chosen as (
      select r.id, r.turn, r.source_modified_at from ranked r
        order by r.turn, r.source_modified_at desc nulls last, r.id limit least(greatest(most, 1), 50)
    )
    select l.id, l.source_listing_key, l.raw, to_jsonb(l) - 'raw'
      from chosen r join mls.listings l on l.workspace_id = workspace and l.id = r.id
      order by r.turn, r.source_modified_at desc nulls last, r.id;
end $$;
comment on function mls.mapping_samples(text, integer, uuid[], uuid) is 'Payloads to try a mapping on, with the rows they are now.';
revoke all on function mls.mapping_samples(text, integer, uuid[], uuid) from public;
grant execute on function mls.mapping_samples(text, integer, uuid[], uuid) to authenticated, service_role, plat_worker;

create or replace function mls.correction_history(since timestamptz default now() - interval '90 days', workspace uuid default plat.ws())
  returns table (day date, provider text, kind text, field text, reason text, n bigint, runs bigint, example text)
  language sql stable
  set search_path = ''
  begin atomic
    select (r.started_at at time zone 'UTC')::date, c.provider, r.kind, k.field, k.reason, sum(k.n), count(*),
           (array_agg(k.example order by r.started_at desc))[1]
      from mls.sync_corrections k
      join mls.sync_runs r on r.workspace_id = k.workspace_id and r.id = k.sync_run_id
      left join mls.mls_connections c on c.workspace_id = r.workspace_id and c.id = r.mls_connection_id
      where k.workspace_id = workspace and r.started_at >= since
      group by 1, 2, 3, 4, 5
      order by 1 desc, 6 desc, 4, 5;
  end;
comment on function mls.correction_history(timestamptz, uuid) is
  'Values that could not be typed or were put right, by day, source, field and reason; the newest day first.';
revoke all on function mls.correction_history(timestamptz, uuid) from public;
grant execute on function mls.correction_history(timestamptz, uuid) to authenticated, service_role, plat_worker;
