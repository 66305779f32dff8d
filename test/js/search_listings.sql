-- Two workspaces with listings that the tests of the search know by heart, over a migrated database. Harbor has sam (an admin), amy (an
-- agent) and cleo (a client), Inland has ida (an admin). An id is the MD5 of what it is called: id('harbor 1').
create function pg_temp.id(name text) returns uuid language sql immutable return md5(name)::uuid;

create function pg_temp.add_login(name text, tenant text, mls_role text) returns void language plpgsql as $$
begin
  insert into auth.users (id, email, aud, role) values (pg_temp.id(name), name || '@' || tenant || '.example', 'authenticated', 'authenticated');
  insert into mls.user_profiles (id, workspace_id, role) values (pg_temp.id(name), pg_temp.id(tenant), mls_role)
    on conflict (id) do update set workspace_id = excluded.workspace_id, role = excluded.role;
end $$;

insert into mls.workspaces (id, slug, name)
  values (pg_temp.id('harbor'), 'harbor', 'Harbor'), (pg_temp.id('inland'), 'inland', 'Inland');
select pg_temp.add_login('sam', 'harbor', 'admin'), pg_temp.add_login('amy', 'harbor', 'agent'), pg_temp.add_login('cleo', 'harbor', 'client'),
       pg_temp.add_login('ida', 'inland', 'admin');

insert into mls.compliance_profiles (workspace_id, mls_name, brokerage_name, contact_phone, display_on_search, max_results)
  select w.id, 'Shore MLS', w.name || ' Realty', '+1 305 555 0100', true, 8 from mls.workspaces w where w.slug in ('harbor', 'inland')
  on conflict (workspace_id) do update set mls_name = excluded.mls_name, brokerage_name = excluded.brokerage_name,
    contact_phone = excluded.contact_phone, display_on_search = true, max_results = 8;

-- n, status, type, city, price, bedrooms, bathrooms, latitude, longitude, office, remarks, may be displayed, its address may be.
insert into mls.listings (id, workspace_id, source_listing_key, mls_number, standard_status, property_type, city, state, list_price, bedrooms, bathrooms,
                          latitude, longitude, list_office_name, public_remarks, street_number, street_name, address_full, list_date, raw)
  select pg_temp.id('harbor ' || n), pg_temp.id('harbor'), 'harbor-' || n, 'H' || n, status, type, city, 'FL', price, bedrooms, bathrooms, lat, lng, office,
         remarks, n || '00', 'Ocean Drive', n || '00 Ocean Drive', date '2026-01-01' + n,
         jsonb_build_object('InternetEntireListingDisplayYN', shown, 'InternetAddressDisplayYN', address)
    from (values
      (1, 'Active', 'Condominium', 'Miami', 300000, 1, 1.0, 25.7617, -80.1918, 'Blue Realty', 'Bright condo with a pool near the beach.', true, true),
      (2, 'Active', 'Condominium', 'Miami', 450000, 2, 2.0, 25.7700, -80.1900, 'Blue Realty', 'Condo with ocean view and a heated pool.', true, true),
      (3, 'Active', 'Single Family', 'Coral Gables', 900000, 4, 3.5, 25.7215, -80.2684, 'Green Homes', 'Family house, large garden, quiet street.', true, true),
      (4, 'Pending', 'Single Family', 'Coral Gables', 1200000, 5, 4.0, 25.7300, -80.2700, 'Green Homes', 'Waterfront estate with dock and pool.', true, true),
      (5, 'Active', 'Townhouse', 'Doral', 520000, 3, 2.5, 25.8195, -80.3553, 'Blue Realty', 'Townhouse close to schools and parks.', true, true),
      (6, 'Active', 'Townhouse', 'Doral', 610000, 3, 3.0, 25.8200, -80.3500, 'Señor Casas', 'Corner townhouse, private garden, community pool.', true, false),
      (7, 'Active', 'Condominium', 'Fort Lauderdale', 750000, 2, 2.0, 26.1224, -80.1373, 'Señor Casas', 'Penthouse with panoramic ocean view. ' || repeat('Fine rooms. ', 30) || 'Rooftop pool.', true, true),
      (8, 'Active', 'Single Family', 'Miami', null, null, null, null, null, 'Green Homes', 'Price upon request.', true, true),
      (9, 'Active', 'Condominium', 'Miami', 333000, 1, 1.0, 25.7650, -80.1950, 'Blue Realty', 'Owner wants no display at all; pool.', false, true))
      l (n, status, type, city, price, bedrooms, bathrooms, lat, lng, office, remarks, shown, address);
insert into mls.listing_media (id, workspace_id, listing_id, url, sort_order)
  select pg_temp.id('picture ' || n), pg_temp.id('harbor'), pg_temp.id('harbor 1'), 'https://media.example/' || n || '.jpg', n from generate_series(1, 2) n;
insert into mls.listings (id, workspace_id, source_listing_key, standard_status, city, list_price, raw)
  values (pg_temp.id('inland 1'), pg_temp.id('inland'), 'inland-1', 'Active', 'Orlando', 250000, '{"InternetEntireListingDisplayYN": true}');
