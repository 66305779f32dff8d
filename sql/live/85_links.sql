-- Links between modules: an MLS listing promoted to marketing, opened as an operations file or taken into the CRM, one call
-- each, and repeated calls give the same row; and later changes of price and status, which reach those rows.

create or replace function marketing.status_of_mls(standard_status text) returns text
  language sql immutable parallel safe
  return case when standard_status in ('Active', 'Coming Soon') then 'active'
              when standard_status in ('Active Under Contract', 'Pending') then 'pending'
              when standard_status = 'Closed' then 'sold'
              else 'off_market' end;
comment on function marketing.status_of_mls(text) is 'RESO StandardStatus in the words of marketing.listings and crm.re_properties.';

create or replace function ops.status_of_mls(standard_status text) returns text
  language sql immutable parallel safe
  return case when standard_status in ('Coming Soon', 'Incomplete') then 'new'
              when standard_status = 'Active' then 'active'
              when standard_status in ('Active Under Contract', 'Pending') then 'under_contract'
              when standard_status = 'Closed' then 'closed'
              when standard_status is null then 'new'
              else 'withdrawn' end;
comment on function ops.status_of_mls(text) is 'RESO StandardStatus in the words of ops.listings.';

-- The three calls run as their caller: whoever may read the MLS listing and write the other table may make the link. What a feed
-- may bring and the other table refuses (a price below nothing, a year that cannot be) stays empty.
create or replace function marketing.promote_listing(mls_listing_id uuid) returns marketing.listings
  language plpgsql
  set search_path = ''
as $$
#variable_conflict use_column
declare
  ws constant uuid := plat.ws();
  promoted marketing.listings;
begin
  insert into marketing.listings (workspace_id, mls_listing_id, source_id, address, city, state, zip_code, price, beds, baths, sqft,
                                  description, image_urls, status)
    select m.workspace_id, m.id, concat_ws(':', 'mls', m.source_provider, m.source_listing_key),
           coalesce(m.address_full, concat_ws(' ', m.street_number, m.street_name, m.unit_number)), coalesce(m.city, ''),
           coalesce(m.state, ''), coalesce(m.postal_code, ''), case when m.list_price >= 0 then m.list_price end,
           case when m.bedrooms >= 0 then m.bedrooms end, case when m.bathrooms >= 0 then m.bathrooms end,
           case when m.living_area_sqft >= 0 then m.living_area_sqft end,
           coalesce(m.marketing_description, m.public_remarks),
           array(select i.url from mls.listing_pictures i
                   where i.workspace_id = m.workspace_id and i.listing_id = m.id order by i.position),
           marketing.status_of_mls(m.standard_status)
      from mls.listings m
      where m.workspace_id = ws and m.id = promote_listing.mls_listing_id and m.is_active
    on conflict (workspace_id, source_id) do update set mls_listing_id = excluded.mls_listing_id
    returning * into promoted;
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no active MLS listing %s', promote_listing.mls_listing_id);
  end if;
  return promoted;
end $$;
comment on function marketing.promote_listing(uuid) is 'Takes an MLS listing into marketing, or answers the one that was taken before.';

create or replace function ops.open_listing_file(mls_listing_id uuid) returns ops.listings
  language plpgsql
  set search_path = ''
as $$
#variable_conflict use_column
declare
  ws constant uuid := plat.ws();
  opened ops.listings;
begin
  insert into ops.listings (workspace_id, mls_listing_id, address_string, street_address, unit, city, state, postal_code,
                            listing_type, status, list_price, close_price, list_date, close_date)
    select m.workspace_id, m.id,
           coalesce(nullif(btrim(m.address_full), ''),
                    nullif(concat_ws(' ', m.street_number, m.street_name, m.unit_number, m.city), ''),
                    'MLS ' || coalesce(m.mls_number, m.source_listing_key)),
           nullif(concat_ws(' ', m.street_number, m.street_name), ''), m.unit_number, m.city, m.state, m.postal_code,
           case when m.property_type like '%Lease%' then 'lease' else 'sale' end, ops.status_of_mls(m.standard_status),
           case when m.list_price >= 0 then m.list_price end, case when m.close_price >= 0 then m.close_price end,
           m.list_date, m.close_date
      from mls.listings m
      where m.workspace_id = ws and m.id = open_listing_file.mls_listing_id and m.is_active
    on conflict (workspace_id, mls_listing_id) where deleted_at is null and mls_listing_id is not null
      do update set mls_listing_id = excluded.mls_listing_id
    returning * into opened;
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no active MLS listing %s', open_listing_file.mls_listing_id);
  end if;
  return opened;
end $$;
comment on function ops.open_listing_file(uuid) is 'Opens an operations file on an MLS listing, or answers the one that is open.';

create or replace function crm.take_listing(mls_listing_id uuid) returns crm.re_properties
  language plpgsql
  set search_path = ''
as $$
#variable_conflict use_column
declare
  ws constant uuid := plat.ws();
  taken crm.re_properties;
begin
  insert into crm.re_properties (workspace_id, user_id, mls_listing_id, mls_id, address_line_1, address_line_2, city, state, zip,
                                 bedrooms, bathrooms, square_feet, lot_size, year_built, purchase_price, status, property_type)
    select m.workspace_id, plat.uid(), m.id, m.mls_number,
           coalesce(nullif(concat_ws(' ', m.street_number, m.street_name), ''), m.address_full, ''), m.unit_number,
           coalesce(m.city, ''), coalesce(m.state, ''), coalesce(m.postal_code, ''),
           case when m.bedrooms >= 0 then m.bedrooms end, case when m.bathrooms between 0 and 99.9 then m.bathrooms end,
           nullif(greatest(m.living_area_sqft, 0), 0), nullif(greatest(m.lot_size_sqft, 0), 0),
           case when m.year_built between 1800 and extract(year from now()) + 5 then m.year_built end,
           m.list_price, marketing.status_of_mls(m.standard_status), m.property_type
      from mls.listings m
      where m.workspace_id = ws and m.id = take_listing.mls_listing_id and m.is_active
    on conflict (workspace_id, user_id, mls_listing_id) where mls_listing_id is not null
      do update set mls_listing_id = excluded.mls_listing_id
    returning * into taken;
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no active MLS listing %s', take_listing.mls_listing_id);
  end if;
  return taken;
end $$;
comment on function crm.take_listing(uuid) is
  'Takes an MLS listing among the caller''s properties, or answers the one that was taken before.';

revoke all on function marketing.status_of_mls(text), ops.status_of_mls(text), marketing.promote_listing(uuid),
  ops.open_listing_file(uuid), crm.take_listing(uuid) from public;
grant execute on function marketing.status_of_mls(text), ops.status_of_mls(text), marketing.promote_listing(uuid),
  ops.open_listing_file(uuid), crm.take_listing(uuid) to authenticated, service_role;

-- A link by hand tells its owner of the listing's later changes, so clients make none to what they may not see. In the words of
-- take_listing(): what is kept from them and what is not there are the same to them.
create or replace function crm.refuse_hidden_listing() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if new.mls_listing_id is null or plat.uid() is null or plat.is_in_house()
     or (tg_op = 'UPDATE' and old.mls_listing_id is not distinct from new.mls_listing_id)
     or mls.is_open_to_clients(new.mls_listing_id) then
    return new;
  end if;
  raise exception using errcode = 'PT404', message = format('there is no active MLS listing %s', new.mls_listing_id);
end $$;
create or replace trigger re_properties_refuse_hidden_listing before insert or update of mls_listing_id on crm.re_properties
  for each row execute function crm.refuse_hidden_listing();

-- A change of price or status in the MLS. Each column follows its own change only, so that what people set meanwhile stands:
-- marketing may have taken a listing off, and its price still follows. Marketing must not go on advertising what left the
-- feed; an operations file goes on then. An investor's purchase price and status follow until the investor changes them; a client, who is
-- the public, is told no more than that it is off the market once it may not be displayed. Nothing here may fail, or one wrong value would
-- stop a sync.
create or replace function mls.tell_promoted() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  priced constant boolean := old.list_price is distinct from new.list_price;
  asked constant integer := case when new.list_price >= 0 then new.list_price end;
  moved constant boolean := old.standard_status is distinct from new.standard_status;
  was constant text := marketing.status_of_mls(old.standard_status);
  will constant text := marketing.status_of_mls(new.standard_status);
  shown boolean;
begin
  -- Most listings were never promoted: one look instead of three updates.
  if not (exists (select from marketing.listings l where l.workspace_id = new.workspace_id and l.mls_listing_id = new.id)
          or exists (select from ops.listings l where l.workspace_id = new.workspace_id and l.mls_listing_id = new.id)
          or exists (select from crm.re_properties p where p.workspace_id = new.workspace_id and p.mls_listing_id = new.id)) then
    return null;
  end if;
  update marketing.listings l
    set price = case when priced then asked else l.price end,
        status = case when not (moved or old.is_active <> new.is_active) then l.status
                      when new.is_active or will = 'sold' then will
                      else 'off_market' end
    where l.workspace_id = new.workspace_id and l.mls_listing_id = new.id;
  update ops.listings l
    set list_price = case when priced then asked else l.list_price end,
        close_price = case when old.close_price is not distinct from new.close_price then l.close_price
                           when new.close_price >= 0 then new.close_price end,
        close_date = case when old.close_date is distinct from new.close_date then new.close_date else l.close_date end,
        status = case when moved then ops.status_of_mls(new.standard_status) else l.status end
    where l.workspace_id = new.workspace_id and l.mls_listing_id = new.id;
  shown := exists (select from mls.compliance_profiles c
                     where c.workspace_id = new.workspace_id and c.hidden_fields = '{}' and mls.is_displayed(new, c));
  update crm.re_properties p
    set purchase_price = case when priced and p.purchase_price is not distinct from old.list_price
                                   and (shown or (select u.role <> 'client' from mls.user_profiles u where u.id = p.user_id))
                              then new.list_price else p.purchase_price end,
        status = case when not (moved and p.status is not distinct from was) then p.status
                      when shown or (select u.role <> 'client' from mls.user_profiles u where u.id = p.user_id) then will
                      else 'off_market' end
    where p.workspace_id = new.workspace_id and p.mls_listing_id = new.id
      and (priced and p.purchase_price is not distinct from old.list_price or moved and p.status is not distinct from was);
  return null;
end $$;

-- For each row, not each statement: a sync's rows whose price and status stand pay only the WHEN, which does not show; with
-- transition tables every row that is touched would pay a third of its update.
create or replace trigger listings_tell_promoted after update on mls.listings
  for each row
  when (old.list_price is distinct from new.list_price or old.standard_status is distinct from new.standard_status
        or old.close_price is distinct from new.close_price or old.is_active is distinct from new.is_active)
  execute function mls.tell_promoted();
