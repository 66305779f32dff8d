-- What the REST measurements work on: 20 workspaces with 50 logins each, 200,000 listings of about 50 columns with a payload of
-- 3 KB, 400,000 media. Keys follow from numbers, so that a load generator knows them: login n of workspace w is
-- md5('u' || w || '-' || n), listing k is md5(k) and belongs to workspace 1 + k % 20; the 1,000 listings of a workspace with
-- k < 20000 stand in towers of 25 and have 20 media each.
\set ON_ERROR_STOP 1
set synchronous_commit = off;
set work_mem = '256MB';
select setseed(0.5) \g /dev/null

insert into org.organizations (id, name) select md5('o' || w)::uuid, 'Bench ' || w from generate_series(1, 20) w;
insert into mls.workspaces (id, organization_id, slug, name)
  select md5('w' || w)::uuid, md5('o' || w)::uuid, 'bench-' || w, 'Bench ' || w from generate_series(1, 20) w;
-- Anonymous at first: a sign-up would make each of them a workspace.
insert into auth.users (id, email, aud, role, is_anonymous)
  select md5('u' || w || '-' || n)::uuid, 'u' || w || '-' || n || '@example.org', 'authenticated', 'authenticated', true
    from generate_series(1, 20) w, generate_series(1, 50) n;
insert into mls.user_profiles (id, workspace_id, role)
  select md5('u' || w || '-' || n)::uuid, md5('w' || w)::uuid, case when n = 1 then 'admin' else 'agent' end
    from generate_series(1, 20) w, generate_series(1, 50) n;
insert into org.user_profile (organization_id, user_id)
  select md5('o' || w)::uuid, md5('u' || w || '-' || n)::uuid from generate_series(1, 20) w, generate_series(1, 50) n;
insert into ops.staff (workspace_id, user_id, email, name, role)
  select md5('w' || w)::uuid, md5('u' || w || '-' || n)::uuid, 'u' || w || '-' || n || '@example.org', 'Person ' || n, 'operations'
    from generate_series(1, 20) w, generate_series(1, 25) n;
update auth.users set is_anonymous = false, email_confirmed_at = now();

create temp table phrases as
  select row_number() over () - 1 as n, phrase from unnest(array[
    'Light-filled corner residence with uninterrupted views over the bay and the city beyond.',
    'The kitchen was renovated with stone counters, an induction range and a pantry wall.',
    'A covered terrace runs the length of the living room and takes in the evening sun.',
    'Impact windows and doors throughout, a new roof and a whole-house generator.',
    'Steps from the park, the farmers market and the elementary school.',
    'The primary suite has two walk-in closets and a bath with a soaking tub.',
    'Assigned parking for two cars, storage, and a gym with a view.',
    'Heated pool, summer kitchen and mature fruit trees in a walled garden.',
    'Tenant occupied until the end of the season; showings need a day of notice.',
    'Sold with all furniture, art excluded; the seller may finance a part.',
    'Low monthly fees cover water, cable, insurance of the building and the front desk.',
    'Original oak floors, coffered ceilings and a wood-burning fireplace.']) phrase;
create temp table payload as
  select jsonb_object_agg(name, value) as fields from (
    select unnest(array['Appliances', 'ArchitecturalStyle', 'AssociationFeeFrequency', 'AssociationFeeIncludes', 'BuyerFinancing',
                        'CommunityFeatures', 'ConstructionMaterials', 'Cooling', 'CurrentFinancing', 'Directions', 'Electric',
                        'ExteriorFeatures', 'Flooring', 'FoundationDetails', 'Heating', 'InteriorFeatures', 'LaundryFeatures',
                        'LeaseTerm', 'ListingTerms', 'LotFeatures', 'Ownership', 'ParkingFeatures', 'PatioAndPorchFeatures',
                        'PoolFeatures', 'PropertySubType', 'RoadSurfaceType', 'Roof', 'SecurityFeatures', 'Sewer',
                        'ShowingRequirements', 'SpecialListingConditions', 'Utilities', 'View', 'WaterSource', 'WindowFeatures',
                        'Zoning']) as name,
           to_jsonb(array['Central', 'Electric', 'See remarks', 'Tile, wood and stone']) as value) f;

-- Numbers first, so that each random one is drawn once.
insert into mls.listings (
    id, workspace_id, source_provider, source_dataset_id, source_listing_key, mls_number, standard_status, modification_ts, list_date,
    close_date, address_full, street_number, street_name, unit_number, city, state, postal_code, subdivision, building_name,
    community, county, latitude, longitude, property_type, bedrooms, bathrooms, living_area_sqft, lot_size_sqft, year_built,
    list_price, close_price, price_per_sqft, public_remarks, photo_count, raw, source_modified_at, content_hash)
  select md5(k::text)::uuid, md5('w' || 1 + k % 20)::uuid, 'bridge', 'bench', 'B' || k, 'A' || 10000000 + k, status, changed,
         (changed - interval '40 days')::date, case when status = 'Closed' then changed::date end,
         house || ' ' || street || ' St, Apt ' || k % 40 || ', ' || 'Town ' || town, house::text, street || ' St', (k % 40)::text,
         'Town ' || town, 'FL', (33100 + town)::text, 'Section ' || town * 7 % 90, case when k < 20000 then 'Tower ' || (k / 20) % 40 end,
         'Bayside', 'Miami-Dade', 25.5 + a, -80.5 + b, 'Residential', beds, beds - 0.5, area, area * 3, 1950 + (a * 74)::int, price,
         case when status = 'Closed' then (price * 0.97)::int end, price / area, remarks, 20,
         p.fields || jsonb_build_object('ListingKey', 'B' || k, 'ListPrice', price, 'PublicRemarks', remarks, 'StandardStatus', status,
           'ModificationTimestamp', changed, 'LivingArea', area, 'BedroomsTotal', beds, 'PrivateRemarks', md5(k || 'private'),
           'Token', md5(k || 'a') || md5(k || 'b') || md5(k || 'c') || md5(k || 'd')),
         changed, decode(md5(k || 'hash'), 'hex')
    from payload p, lateral (
      select k, random() as a, random() as b, (random() * 39.999)::int as town, 1 + (random() * 4)::int as beds,
             600 + (random() * 3400)::int as area, (array['Oak', 'Palm', 'Bay', 'Coral', 'Flagler', 'Brickell'])[1 + k / 7 % 6] as street,
             100 + (random() * 9800)::int as house, (exp(11.6 + random() + random() + random()) / 1000)::int * 1000 as price,
             timestamptz '2026-11-01' - random() * interval '400 days' as changed,
             (array['Active', 'Active', 'Active', 'Active', 'Closed', 'Closed', 'Closed', 'Closed', 'Pending', 'Withdrawn'])
               [1 + (random() * 9.999)::int % 10] as status,
             (select string_agg(f.phrase, ' ') from phrases f where (k * 7 + f.n * 5) % 12 < 6) as remarks
        from generate_series(0, 199999) k) n;

insert into mls.listing_media (workspace_id, listing_id, url, sort_order, caption, media_key, category)
  select md5('w' || 1 + k % 20)::uuid, md5(k::text)::uuid, 'https://media.example.org/bench/' || k || '/' || m || '.jpg', m,
         case when m % 4 = 0 then 'Photo ' || m end, 'B' || k || '-' || m, 'Photo'
    from generate_series(0, 19999) k, generate_series(1, 20) m;

-- pgbench prepares before it enters, so as the login itself: it must find the tables. What it may do there stays as it is.
grant usage on schema mls, crm to authenticator;

reset synchronous_commit;
vacuum analyze;
checkpoint;
