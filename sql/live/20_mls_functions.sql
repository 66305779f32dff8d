-- What mls can do: defaults of a workspace, versions of a mapping, soft delete of listings.
-- Functions take the workspace last; it is the caller's own unless a worker or the service role names another.

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

-- May be called again at any time: it adds what is missing and changes nothing.
create or replace function mls.install_defaults(workspace uuid default plat.ws()) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  insert into mls.field_mappings (workspace_id, provider, version, is_active, mapping)
    select workspace, p.name, 1, true, mls.default_mapping()
      from unnest(array['bridge', 'reso']) p (name)
      where not exists (select from mls.field_mappings m where m.workspace_id = workspace and m.provider = p.name)
    on conflict do nothing;
  insert into mls.compliance_profiles (workspace_id) values (workspace) on conflict do nothing;
end $$;
comment on function mls.install_defaults(uuid) is 'Gives a workspace the default field mappings and an empty compliance profile.';
revoke all on function mls.install_defaults(uuid) from public;
grant execute on function mls.install_defaults(uuid) to service_role, plat_worker;

-- A mapping speaks of columns that a source may fill. The rest belongs to plat or to the workspace's own people.
create or replace function mls.refuse_bad_mapping(mapping jsonb) returns void
  language plpgsql stable
  set search_path = ''
as $$
declare
  wrong text;
begin
  if jsonb_typeof(mapping) is distinct from 'object' then
    raise exception using errcode = 'PT400', message = 'a field mapping is an object {column of listings: field of the source}';
  end if;
  select string_agg(k.name, ', ' order by k.name) into wrong
    from jsonb_object_keys(mapping) k (name)
    where k.name not in (
      'source_listing_key', 'mls_number', 'standard_status', 'modification_ts', 'list_date', 'close_date', 'address_full',
      'street_number', 'street_name', 'unit_number', 'city', 'state', 'postal_code', 'subdivision', 'building_name', 'community',
      'county', 'latitude', 'longitude', 'property_type', 'bedrooms', 'bathrooms', 'living_area_sqft', 'lot_size_sqft',
      'year_built', 'list_price', 'close_price', 'price_per_sqft', 'public_remarks', 'photo_count');
  if wrong is not null then
    raise exception using errcode = 'PT400', message = format('a field mapping cannot fill %s', wrong);
  end if;
  if not mapping ? 'source_listing_key' then
    raise exception using errcode = 'PT400', message = 'a field mapping needs source_listing_key, or listings cannot be told apart';
  end if;
end $$;
revoke all on function mls.refuse_bad_mapping(jsonb) from public;
grant execute on function mls.refuse_bad_mapping(jsonb) to authenticated, service_role, plat_worker;

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
  update mls.field_mappings m set is_active = false
    where m.workspace_id = workspace and m.provider = save_field_mapping.provider and m.is_active;
  insert into mls.field_mappings (workspace_id, provider, version, is_active, mapping)
    select workspace, save_field_mapping.provider, coalesce(max(m.version), 0) + 1, true, save_field_mapping.mapping
      from mls.field_mappings m
      where m.workspace_id = workspace and m.provider = save_field_mapping.provider
    returning * into saved;
  return saved;
end $$;
comment on function mls.save_field_mapping(text, jsonb, uuid) is 'Saves a mapping as the next version and makes it the active one.';
revoke all on function mls.save_field_mapping(text, jsonb, uuid) from public;
grant execute on function mls.save_field_mapping(text, jsonb, uuid) to authenticated, service_role, plat_worker;

-- Soft delete. An agent may take a listing away but not look at it afterwards, which a plain UPDATE under row level security
-- does not allow, so this one runs as the owner and asks for the role itself.
create or replace function mls.deactivate_listing(listing uuid, reason text default 'manual', workspace uuid default plat.ws())
  returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  free_hand constant boolean := current_setting('role') in ('none', 'service_role', 'plat_worker');
begin
  if not free_hand and not (plat.has_role('mls.admin') or plat.has_role('mls.agent')) then
    raise exception using errcode = 'PT403', message = 'only agents and admins of the workspace deactivate listings';
  end if;
  update mls.listings l set is_active = false, deactivated_reason = reason
    where l.workspace_id = workspace and l.id = listing and l.is_active and (free_hand or workspace = plat.ws());
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no active listing %s', listing);
  end if;
end $$;
comment on function mls.deactivate_listing(uuid, text, uuid) is 'Soft-deletes a listing: from now on only admins see it.';
revoke all on function mls.deactivate_listing(uuid, text, uuid) from public;
grant execute on function mls.deactivate_listing(uuid, text, uuid) to authenticated, service_role, plat_worker;

create or replace function mls.restore_listing(listing uuid, workspace uuid default plat.ws()) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  update mls.listings l set is_active = true where l.workspace_id = workspace and l.id = listing and not l.is_active;
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no inactive listing %s', listing);
  end if;
end $$;
comment on function mls.restore_listing(uuid, uuid) is 'Undoes mls.deactivate_listing(); admins only, by the policies of mls.listings.';
revoke all on function mls.restore_listing(uuid, uuid) from public;
grant execute on function mls.restore_listing(uuid, uuid) to authenticated, service_role, plat_worker;

create or replace function mls.purge_listing(listing uuid, workspace uuid default plat.ws()) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  delete from mls.listings l where l.workspace_id = workspace and l.id = listing and not l.is_active;
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no inactive listing %s (only those can be purged)', listing);
  end if;
end $$;
comment on function mls.purge_listing(uuid, uuid) is 'Deletes a deactivated listing with its media, photos, events and favourites; admins only.';
revoke all on function mls.purge_listing(uuid, uuid) from public;
grant execute on function mls.purge_listing(uuid, uuid) to authenticated, service_role, plat_worker;

-- The payload may hold what the public must never see (private remarks, showing instructions, owners' names), and a grant on a
-- column cannot tell an agent from a client. So no login reads mls.listings.raw; agents and admins ask here.
create or replace function mls.listing_raw(listing uuid) returns jsonb
  language sql stable security definer
  set search_path = ''
  begin atomic
    select l.raw from mls.listings l
      where l.workspace_id = plat.ws() and l.id = listing
        and (plat.has_role('mls.admin') or (l.is_active and plat.has_role('mls.agent')));
  end;
comment on function mls.listing_raw(uuid) is 'The payload of a listing as the source sent it; for agents and admins.';
revoke all on function mls.listing_raw(uuid) from public;
grant execute on function mls.listing_raw(uuid) to authenticated, service_role, plat_worker;

-- The old primary goes first: the unique index would refuse two, even for the length of one statement.
create or replace function mls.set_primary_photo(photo uuid, workspace uuid default plat.ws()) returns void
  language plpgsql volatile
  set search_path = ''
as $$
declare
  listing uuid;
begin
  select p.listing_id into listing from mls.listing_photos p where p.workspace_id = workspace and p.id = photo;
  if listing is null then
    raise exception using errcode = 'PT404', message = format('there is no photo %s', photo);
  end if;
  update mls.listing_photos p set is_primary = false
    where p.workspace_id = workspace and p.listing_id = listing and p.is_primary and p.id <> photo;
  update mls.listing_photos p set is_primary = true where p.workspace_id = workspace and p.id = photo;
  if not found then
    raise exception using errcode = 'PT403', message = 'only agents and admins of the workspace choose the primary photo';
  end if;
end $$;
comment on function mls.set_primary_photo(uuid, uuid) is 'Makes a photo the primary one of its listing instead of the one before.';
revoke all on function mls.set_primary_photo(uuid, uuid) from public;
grant execute on function mls.set_primary_photo(uuid, uuid) to authenticated, service_role, plat_worker;
