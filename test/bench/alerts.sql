-- What the measurements of alerts stand on: the workspace md5('alerts') with 10,000 listings, 2,000 clients and their 10,000 saved searches with
-- daily mails: 70 % by city, the others by a circle or postal codes; all with a range of prices, most with more, a tenth with words.
\set ON_ERROR_STOP 1
set synchronous_commit = off;

insert into mls.workspaces (id, slug, name) values (md5('alerts')::uuid, 'alerts', 'Alerts');
insert into mls.compliance_profiles (workspace_id, shows_unstated) values (md5('alerts')::uuid, true)
  on conflict (workspace_id) do update set shows_unstated = true;
-- Anonymous at first: a sign-up would make each of them a workspace.
insert into auth.users (id, email, aud, role, is_anonymous)
  select md5('person' || n)::uuid, 'person' || n || '@example.org', 'authenticated', 'authenticated', true from generate_series(1, 2000) n;
insert into mls.user_profiles (id, workspace_id, role) select md5('person' || n)::uuid, md5('alerts')::uuid, 'client' from generate_series(1, 2000) n;
update auth.users set is_anonymous = false, email_confirmed_at = now();

-- Number k of anything follows from k.
create function public.chance(k bigint, what text) returns double precision language sql immutable
  return (hashtextextended(what, k) & 1048575) / 1048576.0;

-- Listings first to last; each of `town`, where there is one.
create function public.list(first integer, last integer, town text default null) returns void language sql as $$
  insert into mls.listings (id, workspace_id, source_provider, source_listing_key, standard_status, property_type, list_price, bedrooms, bathrooms, living_area_sqft,
                            year_built, city, state, postal_code, latitude, longitude, address_full, public_remarks)
    select md5('l' || k)::uuid, md5('alerts')::uuid, (array['bridge', 'reso'])[1 + k % 2], 'L' || k, 'Active', (array['Residential', 'Residential', 'Residential Lease', 'Land'])[1 + k % 4],
           (exp(11.6 + 3 * chance(k, 'price')) / 1000)::int * 1000, 1 + (chance(k, 'beds') * 5)::int, 1 + (chance(k, 'baths') * 4)::int,
           600 + (chance(k, 'area') * 3400)::int, 1930 + (chance(k, 'year') * 95)::int, coalesce(town, 'City ' || (chance(k, 'city') * 100)::int), 'FL',
           (33000 + (chance(k, 'zip') * 299)::int)::text, 25.4 + chance(k, 'lat'), -80.7 + chance(k, 'lng'),
           (100 + (chance(k, 'house') * 9800)::int) || ' Ocean Dr', 'A sunny home with a ' || (array['pool', 'dock', 'garden', 'roof', 'guest cottage'])[1 + k % 5]
      from generate_series(first, last) k
$$;

select list(1, 10000) \g /dev/null
update mls.listings set created_at = now() - interval '1 day';

insert into mls.saved_searches (workspace_id, user_id, name, alert, query)
  select md5('alerts')::uuid, md5('person' || 1 + k % 2000)::uuid, 'Search ' || k, 'daily',
         jsonb_build_object('q', case when k % 10 = 0 then (array['pool', 'dock', 'garden'])[1 + k % 3] else '*' end, 'query_by', 'public_remarks',
           'filter_by', concat_ws(' && ', p.place, 'list_price:[' || l.low || '..' || l.low * 3 / 2 || ']',
             case when k % 4 > 0 then 'bedrooms:>=' || k % 5 end, case when k % 3 > 0 then 'property_type:=[Residential,Land]' end))
    from generate_series(1, 10000) k
    cross join lateral (select (exp(11.6 + 3 * chance(k, 'low')) / 1000)::int * 1000 as low) l
    cross join lateral (select case
      when k % 10 < 7 then 'city:=`City ' || (chance(k, 'town') * 100)::int || '`'
      when k % 10 < 9 then format('location:(%s, %s, 5 km)', 25.4 + chance(k, 'a'), -80.7 + chance(k, 'b'))
      else format('postal_code:=[%s,%s]', 33000 + (chance(k, 'z') * 299)::int, 33000 + (chance(k, 'y') * 299)::int) end as place) p;

reset synchronous_commit;
vacuum analyze;
checkpoint;
