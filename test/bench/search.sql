-- What the search measurements look through: :rows listings in the workspace md5('s0'), and :workspaces workspaces md5('s1'), md5('s2'), ...
-- of a thousand. Listing k of workspace w is md5(w || '-' || k). Remarks are sentences as agents write them, with names out of 4,096.
\set ON_ERROR_STOP 1
set synchronous_commit = off;
set work_mem = '256MB';

insert into mls.workspaces (id, slug, name) select md5('s' || w)::uuid, 'search-' || w, 'Search ' || w from generate_series(0, :workspaces) w;

create temp table sentences as
  select row_number() over () - 1 as n, text from unnest(array[
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
    'Original oak floors, coffered ceilings and a wood-burning fireplace.',
    'Deep-water dock for a boat of forty feet with no fixed bridges to the ocean.',
    'A detached guest cottage has its own entrance, kitchenette and laundry.',
    'Freshly painted, move-in ready, with smart locks and fast internet.',
    'Corner lot on a quiet street, fenced yard, room for a swimming pool.',
    'Penthouse with a private elevator, rooftop deck and sunset views.',
    'Investors take note: strong rental history and no restrictions on leases.',
    'The school district is among the best; the bus stops at the corner.',
    'Hurricane shutters, tankless water heater and solar panels that are paid for.',
    'Open plan with vaulted ceilings, skylights and sliding glass walls.',
    'Walk to restaurants, galleries and the beach; bicycles are included.',
    'Two-car garage with an outlet for electric cars and built-in shelves.',
    'Golf community with a clubhouse, tennis courts and a guarded gate.']) text;
create temp table names as
  select row_number() over () - 1 as n, initcap(a || b || c) as name
    from unnest(array['al', 'be', 'co', 'da', 'el', 'fo', 'gra', 'ha', 'is', 'jo', 'ka', 'lu', 'mo', 'ne', 'pal', 'ro']) a,
         unnest(array['ba', 'den', 'fi', 'gan', 'la', 'mar', 'no', 'per', 'ri', 'sa', 'ten', 'vo', 'wi', 'za', 'quo', 'stra']) b,
         unnest(array['beach', 'bury', 'court', 'dale', 'field', 'ford', 'gate', 'grove', 'ham', 'land', 'mont', 'port', 'ridge', 'ton', 'view', 'wood']) c;
create unique index on names (n);
create unique index on sentences (n);
analyze sentences, names;

-- A listing follows from its number alone.
create function pg_temp.chance(k bigint, what text) returns double precision language sql immutable
  return (hashtextextended(what, k) & 1048575) / 1048576.0;

create function pg_temp.fill(w int, first int, last int) returns void language sql as $$
  insert into mls.listings (
      id, workspace_id, source_provider, source_dataset_id, source_listing_key, mls_number, standard_status, modification_ts, list_date,
      close_date, address_full, street_number, street_name, unit_number, city, state, postal_code, subdivision, building_name,
      community, county, latitude, longitude, property_type, bedrooms, bathrooms, living_area_sqft, lot_size_sqft, year_built,
      list_price, close_price, price_per_sqft, public_remarks, photo_count, list_agent_mls_id, list_agent_name, list_office_mls_id,
      list_office_name, raw, source_modified_at, content_hash)
    select md5(w || '-' || k)::uuid, md5('s' || w)::uuid, 'bridge', 'bench', 'S' || k, 'A' || 10000000 + k, status, changed,
           (changed - interval '40 days')::date, case when status = 'Closed' then changed::date end,
           house || ' ' || street || ' St' || coalesce(' #' || unit, '') || ', ' || town || ', FL ' || 33000 + zip,
           house::text, street || ' St', unit, town, 'FL', (33000 + zip)::text, section, tower, 'Bayside', 'Miami-Dade',
           25.4 + a, -80.7 + b, kind, beds, beds - 0.5, area, area * 3, 1930 + (pg_temp.chance(k, 'year') * 95)::int, price,
           case when status = 'Closed' then (price * 0.97)::int end, price / area, remarks, 5 + k % 40, 'G' || k % 9973, agent,
           'O' || k % 499, office, '{"InternetEntireListingDisplayYN": true, "InternetAddressDisplayYN": true, "IDXParticipationYN": true}',
           changed, decode(md5(k || 'hash'), 'hex')
      from (
        select k, pg_temp.chance(k, 'lat') as a, pg_temp.chance(k, 'lng') as b, 1 + (pg_temp.chance(k, 'beds') * 5)::int as beds,
               600 + (pg_temp.chance(k, 'area') * 3400)::int as area, 100 + (pg_temp.chance(k, 'house') * 9800)::int as house,
               (exp(11.6 + pg_temp.chance(k, 'p1') + pg_temp.chance(k, 'p2') + pg_temp.chance(k, 'p3')) / 1000)::int * 1000 as price,
               case when k % 3 = 0 then (k % 900)::text end as unit, (pg_temp.chance(k, 'zip') * 299)::int as zip,
               timestamptz '2026-11-01' - pg_temp.chance(k, 'changed') * interval '400 days' as changed,
               (array['Active', 'Active', 'Active', 'Active', 'Closed', 'Closed', 'Closed', 'Pending', 'Active Under Contract',
                      'Withdrawn'])[1 + k % 10] as status,
               (array['Residential', 'Residential', 'Residential', 'Residential', 'Residential', 'Residential Lease', 'Land',
                      'Residential Income', 'Commercial Sale'])[1 + k % 9] as kind,
               (select name from names where n = k * 7 % 100 * 40) as town, (select name from names where n = k * 13 % 1500) || ' Estates' as section,
               case when k % 3 = 0 then (select name from names where n = k * 11 % 800 + 2000) || ' Tower' end as tower,
               (select name from names where n = k * 5 % 1200) as street,
               'Agent ' || (select name from names where n = k % 3989) as agent, (select name from names where n = k % 499) || ' Realty' as office,
               (select string_agg(s.text, ' ' order by s.n) from sentences s where (k * 7 + s.n * 5 + k / 24 * s.n) % 24 < 5)
                 || ' Minutes from ' || (select name from names where n = k * 17 % 4096) || ' and '
                 || (select name from names where n = k * 31 % 4096) || '.' as remarks
          from generate_series(first, last) k) n
$$;

select pg_temp.fill(0, 0, :rows - 1) \g /dev/null
select pg_temp.fill(w, 0, 999) from generate_series(1, :workspaces) w \g /dev/null

-- The same for plain SQL, as narrow and as well indexed as one would make it for this alone.
create schema bench;
create table bench.listings as
  select id, workspace_id, standard_status, property_type, list_price, bedrooms, bathrooms, living_area_sqft, city, postal_code, subdivision,
         latitude, longitude, point(longitude, latitude) as place,
         to_tsvector('simple', concat_ws(' ', public_remarks, address_full, city, subdivision, building_name)) as words
    from mls.listings where is_active;
create index on bench.listings using gin (words);
create index on bench.listings using gist (place);
create index on bench.listings (workspace_id, standard_status, list_price);
create index on bench.listings (workspace_id, city, list_price);

reset synchronous_commit;
vacuum analyze mls.listings;
vacuum analyze bench.listings;
checkpoint;
