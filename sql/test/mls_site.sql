-- Sites: whose a host name is, how it is proven, and what strangers are told of a market.
begin;
select no_plan();
select tests.mls_rows();
insert into tests.names values ('a_other', md5('a_other')::uuid), ('b_claim', md5('b_claim')::uuid);
insert into mls.workspace_domains (id, workspace_id, domain) values (tests.id('b_claim'), tests.ws('b'), 'a.example.org');

-- --- domains ------------------------------------------------------------------------------------------

create function pg_temp.status(name text) returns text language sql as $$
  select concat_ws(' ', case when d.verified_at is null then 'open' else 'verified' end, d.verified_by,
                   case when d.failing_since is not null then 'failing' end, d.failure)
    from mls.workspace_domains d where d.id = tests.id(name);
$$;
create function pg_temp.site(host text, slug text default null) returns text language sql as $$
  select coalesce((select f.slug from mls.find_site(host, slug) f), 'none');
$$;

select is(pg_temp.site('a.example.org'), 'none', 'a domain that is not verified leads nowhere');
select is(mls.note_domain_check(tests.id('a_domain'), null, 'no record'), false, 'a check that finds nothing verifies nothing');
select is(pg_temp.status('a_domain'), 'open failing no record', 'and says why');
select is(mls.note_domain_check(tests.id('a_domain'), 'dns', null), true, 'a proof verifies');
select is(pg_temp.status('a_domain'), 'verified dns', 'and the failure is forgotten');
select is(pg_temp.site('a.example.org'), 'tenant-a', 'a verified domain leads to its workspace');
select throws_ok($$ select mls.note_domain_check(tests.id('b_claim'), 'dns', null) $$, 'PT409', 'a.example.org is verified by another workspace',
                 'one workspace has a domain');
select lives_ok($$ select mls.lose_domain(tests.id('a_domain'), 'theirs now') $$, 'until it loses it');
select throws_ok($$ select mls.note_domain_check(tests.id('b_claim'), 'file', null) $$, 'PT409',
                 'a.example.org was another workspace''s: a TXT record has to prove it', 'not to a file, which may be our own');
select is(mls.note_domain_check(tests.id('b_claim'), 'dns', null), true, 'to who proves it by a record');
select is(pg_temp.site('a.example.org'), 'tenant-b', 'whose site it is then');
select is(pg_temp.status('a_domain'), 'open failing theirs now', 'the one before is told');
select throws_ok($$ select mls.note_domain_check(gen_random_uuid(), 'dns', null) $$, 'PT404');

select is(mls.note_domain_check(tests.id('b_claim'), null, 'gone'), true, 'a proof that is missing is waited for');
select is(pg_temp.site('a.example.org'), 'tenant-b', 'and meanwhile the site stays');
update mls.workspace_domains set failing_since = now() - interval '71 hours' where id = tests.id('b_claim');
select is(mls.note_domain_check(tests.id('b_claim'), null, 'gone'), true, 'for three days');
update mls.workspace_domains set failing_since = now() - interval '73 hours' where id = tests.id('b_claim');
select is(mls.note_domain_check(tests.id('b_claim'), null, 'gone'), false, 'and no longer');
select is(pg_temp.status('b_claim'), 'open failing gone', 'with the reason');
select is(mls.domain_wants_record('a.example.org', tests.ws('a')), true, 'who comes after it needs a record');
delete from mls.workspace_domains where id = tests.id('b_claim');
select is(mls.domain_wants_record('a.example.org', tests.ws('a')), true, 'also when its row is gone');
select is(mls.domain_file('a.example.org'), null, 'so there is no file for others');
select is(mls.domain_wants_record('a.example.org', tests.ws('b')), true, 'nor for itself: another one had it too');
delete from plat.jobs where name = 'site.domain_free' and payload ->> 'workspace_id' = tests.ws('a')::text;
select is(mls.domain_wants_record('a.example.org', tests.ws('b')), false, 'what it had itself it may have again by a file');
update plat.jobs set run_at = now() - interval '1 second' where name = 'site.domain_free';
select is(mls.domain_wants_record('a.example.org', tests.ws('a')), false, 'for 90 days, whether or not a worker looks');
select is(mls.domain_file('a.example.org'), (select verification_token from mls.workspace_domains where id = tests.id('a_domain')),
          'then there is a file again');
insert into mls.workspace_domains (id, workspace_id, domain) values (tests.id('b_claim'), tests.ws('b'), 'a.example.org');

update mls.workspace_domains set verified_at = now() - interval '30 days', verified_by = 'dns', failing_since = null,
  checked_at = now() - interval '6 days' where id = tests.id('a_domain');
select is_empty($$ select mls.due_domains() $$, 'a domain is looked at weekly');
update mls.workspace_domains set checked_at = now() - interval '8 days' where id = tests.id('a_domain');
select set_eq($$ select mls.due_domains() $$, array[tests.id('a_domain')], 'not later');
update mls.workspace_domains set checked_at = now() - interval '7 hours', failing_since = now() where id = tests.id('a_domain');
select set_eq($$ select mls.due_domains() $$, array[tests.id('a_domain')], 'one whose proof is missing is looked at more often');

update mls.workspaces set status = 'paused' where id = tests.ws('a');
select is(pg_temp.site('a.example.org'), 'none', 'a workspace that is paused publishes nothing');
select is(pg_temp.site(null, 'tenant-a'), 'none', 'not to who tries it out either');
update mls.workspaces set status = 'active' where id = tests.ws('a');
select is(pg_temp.site(null, 'tenant-a'), 'tenant-a', 'a site is tried out by its slug');
select is(pg_temp.site(null, null), 'none', 'no host, no site');

create temporary table before as select verification_token from mls.workspace_domains where id = tests.id('a_domain');
update mls.workspace_domains set domain = 'new.example.org' where id = tests.id('a_domain');
select is(pg_temp.status('a_domain'), 'open', 'another name begins anew');
select is(mls.domain_wants_record('a.example.org', tests.ws('b')), true, 'and the old one is kept from others for a while');
select ok(run_at > now() + interval '89 days', 'for 90 days from the last time')
  from plat.jobs where name = 'site.domain_free' and unique_key = 'a.example.org ' || tests.ws('a');
select ok(verification_token <> (select verification_token from before), 'with another token')
  from mls.workspace_domains where id = tests.id('a_domain');
select matches(verification_token, '^[0-9a-f]{64}$', 'which nobody guesses') from mls.workspace_domains where id = tests.id('a_domain');
select is(mls.domain_file('new.example.org'), (select verification_token from mls.workspace_domains where id = tests.id('a_domain')),
          'a claimed domain that leads to us is proven by our own file');
insert into mls.workspace_domains (id, workspace_id, domain) values (tests.id('a_other'), tests.ws('b'), 'new.example.org');
select is(mls.domain_file('new.example.org'), null, 'not when two claim it: the file would prove both');
select is(mls.domain_file('nobody.example.org'), null, 'not when nobody does');
update mls.workspace_domains set verified_at = now(), verified_by = 'file' where id = tests.id('a_domain');
select is(mls.domain_file('new.example.org'), (select verification_token from mls.workspace_domains where id = tests.id('a_domain')),
          'who has it keeps the file, whoever else claims it');
update mls.workspace_domains set verified_at = null, verified_by = null where id = tests.id('a_domain');

-- What a check found is not an admin's to say.
select tests.mls_expect($$ insert into mls.workspace_domains (workspace_id, domain, verified_at, verified_by)
  values (tests.ws('a'), 'sly.example.org', now(), 'dns') $$, '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ insert into mls.workspace_domains (workspace_id, domain, verification_token)
  values (tests.ws('a'), 'sly.example.org', 'x') $$, '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.workspace_domains set verified_at = now(), verified_by = 'dns' where id = tests.id('a_domain') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ select mls.note_domain_check(tests.id('a_domain'), 'dns', null) $$, '42501 42501 42501 42501 42501 42501 42501');

-- --- the market ---------------------------------------------------------------------------------------

delete from mls.listings;
insert into mls.listings (workspace_id, source_listing_key, mls_number, standard_status, city, property_type, list_price, close_price,
                          list_date, close_date, raw)
  select tests.ws('a'), gen_random_uuid(), 'M' || row_number() over (), s.status, s.city, 'Residential', s.price,
         case s.status when 'Closed' then s.price - 1000 end, (now() at time zone 'UTC')::date - s.days,
         case s.status when 'Closed' then (now() at time zone 'UTC')::date end, s.raw
    from (values ('Active', 'Miami', 100000, 10, '{"InternetEntireListingDisplayYN": true}'::jsonb),
                 ('Active', 'Miami', 200000, 20, '{"InternetEntireListingDisplayYN": true}'),
                 ('Active', 'Miami', 900000, 60, '{"InternetEntireListingDisplayYN": true}'),
                 ('Active', 'Miami', 255499, 12, '{"InternetEntireListingDisplayYN": true}'),
                 ('Pending', 'Miami', 300000, 40, '{"InternetEntireListingDisplayYN": true}'),
                 ('Active', 'Miami', 1, 1, '{"InternetEntireListingDisplayYN": false}'),
                 ('Active', 'Miami', 2, 1, '{}'),
                 ('Expired', 'Miami', 3, 1, '{"InternetEntireListingDisplayYN": true}'),
                 ('Closed', 'Miami', 4, 1, '{"InternetEntireListingDisplayYN": false}'),
                 ('Pending', 'Doral', 500000, 10, '{"InternetEntireListingDisplayYN": true}'),
                 ('Closed', 'Doral', 501000, 10, '{"InternetEntireListingDisplayYN": true}'),
                 ('Active', 'Hialeah', 600000, 10, '{"InternetEntireListingDisplayYN": true}'),
                 ('Closed', 'Hialeah', 301000, 10, '{"InternetEntireListingDisplayYN": true}'),
                 ('Closed', 'Hialeah', 401000, 10, '{"InternetEntireListingDisplayYN": true}'),
                 ('Active', 'Hialeah', 610000, 10, '{"InternetEntireListingDisplayYN": true}'),
                 ('Closed', 'Hialeah', 601000, 30, '{"InternetEntireListingDisplayYN": true}')) s (status, city, price, days, raw);
create function pg_temp.market(kind text, area text default 'city', city text default null) returns table (line text) language sql as $$
  select concat_ws('|', case m.kind when 'month' then 'month' else m.name end, m.active, m.pending, m.closed, coalesce(m.median_list_price::text, '-'),
                   coalesce(m.median_days_on_market::text, '-'), coalesce(m.median_close_price::text, '-'))
    from mls.market(tests.ws('a'), area, 12, city, null, null, null) m where m.kind = market.kind;
$$;
select results_eq($$ select * from pg_temp.market('area') order by 1 $$, array['Miami|4|1|0|255000|20.0|-'],
  'areas of five and more, of what may be displayed; medians of five and more, in three digits');
select results_eq($$ select * from pg_temp.market('all') $$, array['6|2|0|400000|11.0|-'], 'all of it together counts the small areas too');
select results_eq($$ select * from pg_temp.market('all', 'city', 'Miami') $$, array['4|1|0|255000|20.0|-'], 'of one city alone');
select is_empty($$ select * from pg_temp.market('all', 'city', 'Hialeah') $$,
                'not of one with fewer than five: those that were closed may not be displayed, and do not count');
update mls.compliance_profiles set shown_statuses = shown_statuses || '{Closed}' where workspace_id = tests.ws('a');
select results_eq($$ select * from pg_temp.market('all', 'city', 'Hialeah') $$, array['2|0|3|600000|10.0|-'], 'they do where they may');
update mls.compliance_profiles set shown_statuses = array_remove(shown_statuses, 'Closed') where workspace_id = tests.ws('a');
update mls.compliance_profiles set hidden_fields = '{city,list_price}' where workspace_id = tests.ws('a');
select is_empty($$ select * from pg_temp.market('area') $$, 'a field that is hidden is no area');
select results_eq($$ select * from pg_temp.market('all') $$, array['6|2|0|-|11.0|-'], 'and has no median');
select is_empty($$ select * from pg_temp.market('all', 'city', 'Miami') $$, 'nor one to choose by');
select isnt_empty($$ select * from pg_temp.market('month') $$, 'months are of the day of listing');
update mls.compliance_profiles set hidden_fields = '{list_date}' where workspace_id = tests.ws('a');
select is_empty($$ select * from pg_temp.market('month') $$, 'so there are none where that is hidden');
select results_eq($$ select * from pg_temp.market('all') $$, array['6|2|0|400000|-|-'], 'nor days on the market');
update mls.compliance_profiles set hidden_fields = '{}' where workspace_id = tests.ws('a');
-- What a profile hides is not told by what is counted, chosen and sorted by it.
create function pg_temp.hiding(fields text, asked text) returns text language plpgsql as $$
declare
  found text;
begin
  update mls.compliance_profiles set hidden_fields = fields::text[] where workspace_id = tests.ws('a');
  execute asked into found;
  raise exception using errcode = 'TRIED', message = coalesce(found, 'null');
exception when sqlstate 'TRIED' then
  return sqlerrm;
end $$;
select is(pg_temp.hiding('{standard_status}', $$ select string_agg(m.line, ' ') from pg_temp.market('all') m $$), '400000|-|-', 'no count by a hidden status');
select is(pg_temp.hiding('{standard_status}', $$ select count(*)::text from pg_temp.market('month') $$), '0', 'nor months, which are of the status');
delete from mls.listings where city <> 'Miami' and standard_status <> 'Closed';
select is_empty($$ select * from mls.market(tests.ws('b'), 'city', 12, null, null, null, null) $$, 'another workspace has another market');

-- --- which listings -----------------------------------------------------------------------------------

select is(cardinality(mls.newest_listings(tests.ws('a'), 50)), 4, 'newest: what may be displayed');
select is((select count(*) from mls.site_pages(tests.ws('a'), '00000000-0000-0000-0000-000000000000', null, 50)), 5::bigint,
          'a site''s pages are what may be displayed');
create temporary table ids as select p.id from mls.site_pages(tests.ws('a'), '00000000-0000-0000-0000-000000000000', null, 50) p order by p.id;
select is((select array_agg(p.id) from mls.site_pages(tests.ws('a'), (select x.id from ids x limit 1), (select x.id from ids x offset 1 limit 1), 2) p),
          (select array_agg(y.id) from (select x.id from ids x offset 2 limit 2) y), 'those behind one come next');
select is((select count(*) from mls.site_page_starts(tests.ws('a'), 3)), 2::bigint, 'parts of three begin with the first and the fourth');
select is(cardinality(mls.similar_listings(tests.ws('a'), (select id from mls.listings where list_price = 100000), 50)), 0,
          'nothing is similar for twice the price');
update mls.listings set list_price = 110000 where list_price in (200000, 900000);
select is(cardinality(mls.similar_listings(tests.ws('a'), (select id from mls.listings where list_price = 100000), 50)), 2,
          'homes of the kind, place and price are similar');
select is(cardinality(mls.similar_listings(tests.ws('a'), (select id from mls.listings where list_price = 1), 50)), 0,
          'one that may not be displayed has none');
select is(cardinality(mls.find_listing(tests.ws('a'), (select id from mls.listings where list_price = 1), null)), 0,
          'what may not be displayed is not found by its id');

select ok(tests.ws('a') in (select mls.sites_changed_since('1:1:')), 'sites with changes that a snapshot did not see have changed');
select is_empty($$ select mls.sites_changed_since('99999999999:99999999999:') $$, 'those without have not');
delete from mls.listings where workspace_id <> tests.ws('a');
delete from mls.listing_removals;
create temporary table since as select pg_current_snapshot()::text as seen;
alter table mls.listings disable trigger user;
update mls.listings set changed_xid = '99999999999';
select is_empty($$ select mls.sites_changed_since((select seen from since)) $$, 'nor have those whose stamps came with a dump, each time anew');

-- Three homes alike, but for one field of the second.
create function pg_temp.pair(change text) returns text language plpgsql as $$
begin
  delete from mls.listings where workspace_id = tests.ws('a');
  insert into mls.listings (workspace_id, id, source_listing_key, standard_status, city, list_price, living_area_sqft, bedrooms, bathrooms, postal_code,
                            subdivision, property_type, list_date, created_at, raw)
    select tests.ws('a'), ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'home ' || n, 'Active', 'Miami', 500000, 1000, 3, 2, '33133', 'Grove',
           'Residential', current_date - 10, now() - make_interval(days => n), '{"InternetEntireListingDisplayYN": true}' from generate_series(1, 3) n;
  execute format('update mls.listings set %s where source_listing_key = $1', change) using 'home 2';
  return (select coalesce(string_agg(right(i::text, 1), ''), '-')
            from unnest(mls.similar_listings(tests.ws('a'), '00000000-0000-0000-0000-000000000001', 9)) i) || ' '
      || (select string_agg(right(i::text, 1), '') from unnest(mls.newest_listings(tests.ws('a'), 9)) i);
end $$;
select is(pg_temp.hiding('{}', format('select pg_temp.pair(%L)', change)), shown, 'shown: ' || change)
  from (values ('list_price = 600000', '32 123'), ('list_price = 5000000', '3 123'), ('living_area_sqft = 2000', '32 123'), ('bedrooms = 4', '32 123'),
               ('bathrooms = 3', '32 123'), ('postal_code = 33134', '32 123'), ('subdivision = $$Other$$', '32 123'), ('property_type = $$Land$$', '3 123'),
               ('list_date = current_date', '23 213'), ('standard_status = $$Pending$$', '3 13')) v (change, shown);
select is(pg_temp.hiding('{' || split_part(change, ' ', 1) || '}', format('select pg_temp.pair(%L)', change)), '23 123', 'hidden: ' || change)
  from unnest(array['list_price = 600000', 'list_price = 5000000', 'living_area_sqft = 2000', 'bedrooms = 4', 'bathrooms = 3', 'postal_code = 33134',
                    'subdivision = $$Other$$', 'property_type = $$Land$$', 'list_date = current_date', 'standard_status = $$Pending$$']) change;
select is(pg_temp.hiding('{city}', $$ select pg_temp.pair('list_price = 600000') $$), '- 123', 'nothing is similar where the city is hidden');

select * from finish();
rollback;
