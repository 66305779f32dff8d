-- Links between modules: promoting an MLS listing, opening a file on it, taking it into the CRM; and what later changes reach.
begin;
select * from no_plan();
select tests.two_tenants();
select tests.ops();
insert into mls.listings (workspace_id, id, source_provider, source_listing_key, mls_number, standard_status, list_price, close_price,
                          address_full, street_number, street_name, unit_number, city, state, postal_code, property_type, bedrooms, bathrooms,
                          living_area_sqft, lot_size_sqft, year_built, public_remarks, list_date, raw)
  select tests.ws(l), tests.put('mls_' || l, md5('mls ' || l)::uuid), 'bridge', 'key', 'A1', 'Active', 500000, null,
         '1 Main St #2, Miami, FL 33133', '1', 'Main St', '2', 'Miami', 'FL', '33133', 'Residential', 3, 2.5, 1500, 4000, 1999, 'Nice.', '2030-01-01',
         '{"InternetEntireListingDisplayYN": true}'
    from unnest(array['a', 'b']) l;
insert into mls.listing_media (workspace_id, listing_id, url, sort_order, category)
  values (tests.ws('a'), tests.id('mls_a'), 'http://m/2', 2, 'Photo'), (tests.ws('a'), tests.id('mls_a'), 'http://m/1', 1, null),
         (tests.ws('a'), tests.id('mls_a'), 'http://m/tour', 0, 'Unbranded Virtual Tour');
insert into mls.listing_photos (workspace_id, listing_id, url, sort_order, is_primary)
  values (tests.ws('a'), tests.id('mls_a'), 'http://p/1', 1, false), (tests.ws('a'), tests.id('mls_a'), 'http://p/9', 9, true);
-- As thin as the MLS may leave it.
insert into mls.listings (workspace_id, id, source_provider, source_listing_key, year_built, living_area_sqft, bathrooms, bedrooms)
  values (tests.ws('a'), tests.put('mls_thin', md5('thin')::uuid), 'bridge', 'thin', 1066, 0, 1000, -1);
insert into mls.listings (workspace_id, id, source_provider, source_listing_key, is_active)
  values (tests.ws('a'), tests.put('mls_gone', md5('gone')::uuid), 'bridge', 'gone', false);

-- Who may: whoever reads the MLS listing and writes the other table.
select tests.expect_each(format('select marketing.promote_listing(%L)', tests.id('mls_a')),
                         'a_admin 1, a_agent 1, a_client 42501, a_boss 42501, b_admin PT404, drifter PT404, anon 42501, service 1, worker 1', 'promoting');
select tests.expect_each(format('select ops.open_listing_file(%L)', tests.id('mls_a')),
                         'a_boss 1, a_operations 1, a_marketing 42501, a_support 42501, a_realtor 42501, a_admin 42501, b_boss PT404, b_operations PT404, anon 42501, service 1, worker 1',
                         'opening a file');
select tests.expect_each(format('select crm.take_listing(%L)', tests.id('mls_a')),
                         'a_client 1, a_agent 1, a_admin 1, b_client PT404, drifter PT404, anon 42501, worker 23502', 'taking into the CRM');
select tests.expect_each(format(call, id), 'a_admin PT404 no active MLS listing, worker PT404', format(call, id))
  from unnest(array['select marketing.promote_listing(%L)', 'select ops.open_listing_file(%L)', 'select crm.take_listing(%L)']) call,
       unnest(array[tests.id('mls_gone'), tests.id('mls_b'), gen_random_uuid()]) id
  where call !~ 'ops';
select tests.expect_each(format('select ops.open_listing_file(%L)', id), 'a_boss PT404 no active MLS listing, worker PT404', 'a file on what is not there')
  from unnest(array[tests.id('mls_gone'), tests.id('mls_b'), gen_random_uuid()]) id;

-- What each gets, and the same row when called again.
select tests.login(tests.id('a_agent'));
select is((p.mls_listing_id, p.source_id, p.address, p.city, p.state, p.zip_code, p.price, p.beds, p.baths, p.sqft, p.description, p.status,
           p.image_urls)::text,
          (tests.id('mls_a'), 'mls:bridge:key'::text, '1 Main St #2, Miami, FL 33133'::text, 'Miami'::text, 'FL'::text, '33133'::text, 500000, 3, 2.5, 1500,
           'Nice.'::text, 'active'::text, '{http://p/9,http://p/1,http://m/1,http://m/2}'::text[])::text, 'what marketing gets')
  from marketing.promote_listing(tests.id('mls_a')) p;
select is((marketing.promote_listing(tests.id('mls_a'))).id, (select id from marketing.listings), 'promoted once');
select is((p.address, p.city, p.description, p.status)::text, ('', '', null::text, 'off_market')::text, 'a thin one')
  from marketing.promote_listing(tests.id('mls_thin')) p;
select is((t.mls_listing_id, t.user_id, t.mls_id, t.address_line_1, t.address_line_2, t.city, t.state, t.zip, t.bedrooms, t.bathrooms, t.square_feet,
           t.lot_size, t.year_built, t.purchase_price, t.status, t.property_type)::text,
          (tests.id('mls_a'), tests.id('a_agent'), 'A1'::text, '1 Main St'::text, '2'::text, 'Miami'::text, 'FL'::text, '33133'::text, 3, 2.5, 1500, 4000,
           1999, 500000.00, 'active'::text, 'Residential'::text)::text, 'what the CRM gets') from crm.take_listing(tests.id('mls_a')) t;
select is((crm.take_listing(tests.id('mls_a'))).id, (select id from crm.re_properties), 'taken once');
select is((t.address_line_1, t.bedrooms, t.bathrooms, t.square_feet, t.year_built)::text, '("",,,,)', 'a thin one') from crm.take_listing(tests.id('mls_thin')) t;
select tests.login(tests.id('a_client'));
select is(user_id, tests.id('a_client'), 'another person takes their own') from crm.take_listing(tests.id('mls_a'));
select tests.login(tests.id('a_operations'));
select is((f.mls_listing_id, f.address_string, f.street_address, f.unit, f.city, f.state, f.postal_code, f.listing_type, f.status, f.list_price, f.list_date)::text,
          (tests.id('mls_a'), '1 Main St #2, Miami, FL 33133'::text, '1 Main St'::text, '2'::text, 'Miami'::text, 'FL'::text, '33133'::text, 'sale'::text,
           'active'::text, 500000.00, '2030-01-01'::date)::text, 'what operations get') from ops.open_listing_file(tests.id('mls_a')) f;
select is((ops.open_listing_file(tests.id('mls_a'))).listing_id, (select listing_id from ops.listings where mls_listing_id is not null), 'opened once');
select is(address_string, 'MLS thin', 'a thin one') from ops.open_listing_file(tests.id('mls_thin'));
-- A file that was deleted makes room for a new one, and cannot come back then.
create temp table old_file as select listing_id from ops.listings where mls_listing_id = tests.id('mls_thin');
select ops.delete_listing(listing_id) from old_file;
select ok(listing_id <> (select listing_id from old_file), 'a new file') from ops.open_listing_file(tests.id('mls_thin'));
select tests.logout();
select tests.expect('a_boss', format('select ops.restore_listing(%L)', listing_id), 'PT409 taken its place', 'the old file stays deleted') from old_file;

-- A later change reaches what was made of it, in its workspace.
create function pg_temp.look() returns text language sql as $$
  select concat_ws(' | ', (select concat_ws(' ', price, status) from marketing.listings where mls_listing_id = tests.id('mls_a')),
                   (select concat_ws(' ', list_price, status, close_price, close_date) from ops.listings where mls_listing_id = tests.id('mls_a')),
                   (select string_agg(concat_ws(' ', purchase_price, status), ', ' order by user_id = tests.id('a_client'))
                      from crm.re_properties where mls_listing_id = tests.id('mls_a')));
$$;
select tests.login_worker(tests.ws('b'));
select ok((marketing.promote_listing(tests.id('mls_b'))).id is not null, 'the same listing of another tenant');
select tests.logout();
select is(pg_temp.look(), '500000 active | 500000.00 active | 500000.00 active, 500000.00 active', 'before');
update mls.compliance_profiles set shown_statuses = '{Active,Pending,Closed}' where workspace_id = tests.ws('a');
-- A client's is the public's part of it: nothing but that it is off the market when it may not be displayed any more.
create function pg_temp.after(change text) returns text language plpgsql as $$
begin
  execute change;
  raise exception using errcode = 'TRIED', message = split_part(pg_temp.look(), ' | ', 3);
exception when sqlstate 'TRIED' then
  return sqlerrm;
end $$;
select is(pg_temp.after(change || format(';update mls.listings set list_price = 450000 where id = %L; update mls.listings set standard_status = ''Pending'' where id = %1$L', tests.id('mls_a'))),
          want, 'the agent''s and the client''s, after: ' || change)
  from (values ('select', '450000.00 pending, 450000.00 pending'),
               (format($$update mls.listings set raw = '{"InternetEntireListingDisplayYN": false}' where id = %L$$, tests.id('mls_a')), '450000.00 pending, 500000.00 off_market'),
               ($$update mls.compliance_profiles set hidden_fields = '{list_price}'$$, '450000.00 pending, 500000.00 off_market'),
               ('delete from mls.compliance_profiles', '450000.00 pending, 500000.00 off_market')) v (change, want);
update mls.listings set list_price = 450000 where id = tests.id('mls_a');
select is(pg_temp.look(), '450000 active | 450000.00 active | 450000.00 active, 450000.00 active', 'a new price');
select is((select price from marketing.listings where mls_listing_id = tests.id('mls_b')), 500000::numeric, 'of its own tenant only');
update crm.re_properties set purchase_price = 430000 where user_id = tests.id('a_client');
update crm.re_properties set status = 'watching' where user_id = tests.id('a_agent') and mls_listing_id = tests.id('mls_a');
update mls.listings set list_price = 440000 where id = tests.id('mls_a');
select is(pg_temp.look(), '440000 active | 440000.00 active | 440000.00 watching, 430000.00 active', 'an investor''s own price stands');
update mls.listings set standard_status = 'Pending' where id = tests.id('mls_a');
select is(pg_temp.look(), '440000 pending | 440000.00 under_contract | 440000.00 watching, 430000.00 pending', 'so does an investor''s own status');
update marketing.listings set status = 'off_market' where mls_listing_id = tests.id('mls_a');
update mls.listings set list_price = 441000 where id = tests.id('mls_a');
select is(split_part(pg_temp.look(), ' |', 1), '441000 off_market', 'what marketing took off stays off while only the price changes');
update mls.listings set standard_status = 'Closed', close_price = 439000, close_date = '2030-06-01' where id = tests.id('mls_a');
select is(pg_temp.look(), '441000 sold | 441000.00 closed 439000.00 2030-06-01 | 441000.00 watching, 430000.00 sold', 'sold');
update mls.listings set is_active = false where id = tests.id('mls_a');
select is(pg_temp.look(), '441000 sold | 441000.00 closed 439000.00 2030-06-01 | 441000.00 watching, 430000.00 sold', 'what is sold may leave the feed');
update mls.listings set is_active = true, standard_status = 'Active' where id = tests.id('mls_a');
update mls.listings set is_active = false where id = tests.id('mls_a');
select is(split_part(pg_temp.look(), ' | C', 1), '441000 off_market | 441000.00 active 439000.00 2030-06-01 | 441000.00 watching, 430000.00 active',
          'what left the feed is not advertised; the file goes on');
update mls.listings set is_active = true where id = tests.id('mls_a');
select is(split_part(pg_temp.look(), ' ', 2), 'active', 'and is advertised when it is back');
update mls.listings set list_price = -1, close_price = -1 where id = tests.id('mls_a');
select is(pg_temp.look(), 'active | active 2030-06-01 | -1.00 watching, 430000.00 active', 'a wrong price stops nothing');
update mls.listings set list_price = 441000, close_price = 439000 where id = tests.id('mls_a');
update marketing.listings set price = 1 where mls_listing_id = tests.id('mls_a');
update mls.listings set public_remarks = 'Nicer.', modification_ts = now() where id = tests.id('mls_a');
select is(split_part(pg_temp.look(), ' ', 1), '1', 'a change of anything else reaches nothing');
-- By an agent, who could not write the file or others' properties.
update mls.listings set list_price = 400000 where id = tests.id('mls_a');
select tests.login(tests.id('a_agent'));
update mls.listings set list_price = 399000 where id = tests.id('mls_a');
select tests.logout();
select is(split_part(pg_temp.look(), ' | ', 2), '399000.00 active 439000.00 2030-06-01', 'whoever makes the change');

-- Every StandardStatus has a word in each module.
select results_eq(
  $$ select s, marketing.status_of_mls(s), ops.status_of_mls(s) from unnest(array['Active', 'Active Under Contract', 'Canceled', 'Closed',
       'Coming Soon', 'Delete', 'Expired', 'Hold', 'Incomplete', 'Pending', 'Withdrawn', null]) s $$,
  $$ values ('Active', 'active', 'active'), ('Active Under Contract', 'pending', 'under_contract'), ('Canceled', 'off_market', 'withdrawn'),
            ('Closed', 'sold', 'closed'), ('Coming Soon', 'active', 'new'), ('Delete', 'off_market', 'withdrawn'),
            ('Expired', 'off_market', 'withdrawn'), ('Hold', 'off_market', 'withdrawn'), ('Incomplete', 'off_market', 'new'),
            ('Pending', 'pending', 'under_contract'), ('Withdrawn', 'off_market', 'withdrawn'), (null, 'off_market', 'new') $$, 'statuses');

-- Keys: of the own tenant only; and set null where the target goes.
select tests.expect('worker', s, '23503', regexp_replace(s, '\s+', ' ', 'g')) from unnest(array[
  format('update marketing.listings set mls_listing_id = %L where mls_listing_id = %L', tests.id('mls_b'), tests.id('mls_a')),
  format('update ops.listings set mls_listing_id = %L where mls_listing_id = %L', tests.id('mls_b'), tests.id('mls_a')),
  format('update crm.re_properties set mls_listing_id = %L where mls_listing_id = %L', tests.id('mls_b'), tests.id('mls_a'))]) s;
insert into marketing.agents (workspace_id, id, name, email)
  select tests.ws(l), tests.put('agent_' || l, md5('agent ' || l)::uuid), 'N', 'n@example.org' from unnest(array['a', 'b']) l;
select tests.expect('a_boss', format('update ops.realtors set agent_id = %L where realtor_id = ''a_realtor''', tests.id('agent_' || l)),
                    case l when 'a' then '1' else '23503' end, 'a realtor''s agent in ' || l) from unnest(array['a', 'b']) l;
update ops.realtors set agent_id = tests.id('agent_a') where realtor_id = 'a_realtor';
delete from marketing.agents where id = tests.id('agent_a');
select is(agent_id, null, 'the agent goes, the realtor stays') from ops.realtors where realtor_id = 'a_realtor';
update mls.listings set is_active = false where id = tests.id('mls_a');
delete from mls.listings where id = tests.id('mls_a');
select is((select count(*) from marketing.listings where source_id = 'mls:bridge:key' and mls_listing_id is null and workspace_id = tests.ws('a')), 1::bigint,
          'the MLS listing goes, what was promoted stays');
select is((select count(*) from ops.listings where mls_listing_id = tests.id('mls_a')), 0::bigint, 'so does the file');
select is((select count(*) from crm.re_properties where mls_listing_id is null and mls_id = 'A1'), 2::bigint, 'and the properties');
-- It comes back under another id: marketing takes it up again.
insert into mls.listings (workspace_id, id, source_provider, source_listing_key) values (tests.ws('a'), tests.put('mls_back', md5('back')::uuid), 'bridge', 'key');
select tests.login(tests.id('a_agent'));
select is((p.mls_listing_id, p.address)::text, (tests.id('mls_back'), '1 Main St #2, Miami, FL 33133'::text)::text, 'promoted again: the row of before')
  from marketing.promote_listing(tests.id('mls_back')) p;
select tests.logout();

select * from finish();
rollback;
