-- Versions of a mapping, what follows from another one, samples and the history of corrections.
begin;
select no_plan();
select tests.two_tenants();

insert into mls.listings (workspace_id, source_provider, source_listing_key, raw, standard_status, list_price, living_area_sqft, content_hash,
                          mapping_hash)
  select tests.ws(w), 'bridge', w || n, jsonb_build_object('ListingKey', w || n), case when n % 2 = 0 then 'Active' else 'Pending' end,
         100000, 1000, '\x01', '\x01'
    from unnest(array['a', 'b']) w, generate_series(1, 6) n;

-- Saving and activating queue one job.
select tests.login(tests.id('a_agent'));
select is(s.version, 2, 'the next version')
  from mls.save_field_mapping('bridge', mls.default_mapping() || '{"city": {"first": ["PostalCity", "City"]}}') s;
select tests.logout();
select cmp_ok(plat.relay_jobs(), '>', 0, 'a worker is asked');
select is(count(*), 1::bigint, 'a job maps the rows again') from plat.jobs j
  where j.name = 'mls.remap' and j.workspace_id = tests.ws('a') and j.status = 'queued' and j.payload = '{"provider": "bridge"}';
select tests.login(tests.id('a_agent'));
select is((s.version, s.is_active)::text, '(1,t)', 'an older version is the active one again')
  from mls.field_mappings f, lateral mls.activate_field_mapping(f.id) s where f.provider = 'bridge' and f.version = 1;
select results_eq($$ select version from mls.field_mappings where provider = 'bridge' and is_active $$, array[1], 'the only one');
select tests.logout();
select cmp_ok(plat.relay_jobs(), '>', 0, 'once more');
select is(count(*), 1::bigint, 'still one job') from plat.jobs j where j.name = 'mls.remap' and j.status = 'queued';
select is_empty($$ select from plat.jobs where name = 'mls.remap' and workspace_id = tests.ws('b') $$, 'none for the neighbour');
select tests.login(tests.id('a_agent'));
select ok((select s.id is not null from mls.save_field_mapping('reso', mls.default_mapping()) s), 'a source without listings');
select tests.logout();
select is(plat.relay_jobs(), 0, 'asks nobody');
select is(count(*), 1::bigint, 'needs no job') from plat.jobs j where j.name = 'mls.remap';

select tests.put('a_first', f.id) from mls.field_mappings f
  where f.workspace_id = tests.ws('a') and f.provider = 'bridge' and f.version = 1;
select tests.expect(who, statement, want) from (values
  ('a_agent', $$ select mls.activate_field_mapping(tests.id('a_first')) $$, '1'),
  ('a_client', $$ select mls.activate_field_mapping(tests.id('a_first')) $$, 'PT404 there is no field mapping'),
  ('b_admin', $$ select mls.activate_field_mapping(tests.id('a_first')) $$, 'PT404 there is no field mapping'),
  ('b_admin', $$ select mls.activate_field_mapping(tests.id('a_first'), tests.ws('a')) $$, 'PT404'),
  ('anon', $$ select mls.activate_field_mapping(tests.id('a_first')) $$, '42501'),
  ('a_agent', $$ select mls.save_field_mapping('bridge', '{"source_listing_key": "ListingId"}') $$,
   'PT409 source_listing_key stays ListingKey as long as there are listings of this source'),
  ('a_agent', $$ select mls.save_field_mapping('bridge', '{"source_listing_key": {"field": "ListingKey"}}') $$, '1'),
  ('a_agent', $$ select mls.save_field_mapping('bridge', mls.default_mapping() || '{"public_remarks": "PrivateRemarks"}') $$,
   'PT400 PrivateRemarks is not for the public'),
  ('a_agent', $$ select mls.want_remap(tests.ws('a'), 'bridge') $$, '42501')) v (who, statement, want);

-- Every column that may be filled is one, and its name is known.
select is_empty($$ select c from unnest(mls.mapping_columns()) c
  where not exists (select from pg_attribute a where a.attrelid = 'mls.listings'::regclass and a.attname = c) $$, 'columns of listings');
select is(mls.nearest_name('bedroom', mls.mapping_columns()), 'bedrooms', 'a name that is near');
select is(mls.nearest_name('xyzzy', mls.mapping_columns()), null, 'none is near');

-- The same payload typed otherwise is no event of the market; another payload is one.
update mls.listings set list_price = 200000, standard_status = 'Closed', mapping_hash = '\x02' where workspace_id = tests.ws('a');
select is_empty($$ select from mls.listing_events where workspace_id = tests.ws('a') $$, 'no event when the mapping is another one');
update mls.listings set list_price = 300000, content_hash = '\x02', mapping_hash = '\x03' where source_listing_key = 'a1';
select is(count(*), 1::bigint, 'an event when the payload is') from mls.listing_events where workspace_id = tests.ws('a') and event = 'price';
select is(l.price_per_sqft, 100, 'and the mapping''s own rate stays') from mls.listings l where l.source_listing_key = 'a2';
update mls.listings set updated_at = '2020-01-01' where source_listing_key = 'a3';
select set_config('mls.keep_updated_at', 'on', true);
update mls.listings set mapping_hash = '\x09' where source_listing_key = 'a3';
select set_config('mls.keep_updated_at', '', true);
select is(l.updated_at, '2020-01-01'::timestamptz, 'nothing happened to it') from mls.listings l where l.source_listing_key = 'a3';

-- Samples, of each kind.
update mls.listings set standard_status = 'Active' where source_listing_key in ('a1', 'a2');
select tests.login(tests.id('a_agent'));
select is(count(distinct s.stored ->> 'standard_status'), 2::bigint, 'of each kind one') from mls.mapping_samples('bridge', 2) s;
select is_empty($$ select from mls.mapping_samples('bridge', 9) s where s.stored ? 'raw' or s.source_listing_key like 'b%' $$,
                'their own');
select tests.logout();
select tests.expect(who, statement, want) from (values
  ('a_admin', $$ select * from mls.mapping_samples('bridge', 50) $$, '6'),
  ('a_client', $$ select * from mls.mapping_samples('bridge', 50) $$, 'PT403 only agents and admins'),
  ('b_admin', $$ select * from mls.mapping_samples('bridge', 50, null, tests.ws('a')) $$, 'PT403'),
  ('anon', $$ select * from mls.mapping_samples('bridge', 50) $$, '42501'),
  ('worker', $$ select * from mls.mapping_samples('bridge', 50, null, tests.ws('b')) $$, '6')) v (who, statement, want);

-- What was corrected, over time.
with r as (
  insert into mls.sync_runs (workspace_id, kind, started_at) values (tests.ws('a'), 'sync', '2026-10-01 23:00Z'),
    (tests.ws('a'), 'sync', '2026-10-01 22:00Z'), (tests.ws('a'), 'remap', '2026-10-02 10:00Z') returning workspace_id, id, kind, started_at)
insert into mls.sync_corrections (workspace_id, sync_run_id, field, reason, n, example)
  select r.workspace_id, r.id, 'CloseDate', 'is no date', 2, extract(hour from r.started_at at time zone 'UTC')::text from r;
select tests.login(tests.id('a_agent'));
select results_eq($$ select h.day::text, h.kind, h.field, h.n, h.runs, h.example from mls.correction_history('2026-09-01') h $$,
  $$ values ('2026-10-02', 'remap', 'CloseDate', 2::bigint, 1::bigint, '10'), ('2026-10-01', 'sync', 'CloseDate', 4, 2, '23') $$,
  'by day, kind, field and reason');
select tests.logout();
select tests.login(tests.id('b_agent'));
select is_empty($$ select from mls.correction_history('2026-09-01', tests.ws('a')) $$, 'not the neighbour''s');
select tests.logout();

select * from finish();
rollback;
