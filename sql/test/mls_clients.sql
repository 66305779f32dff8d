-- Clients of a brokerage are the public: of its listings they read what may be displayed, wherever they ask (docs/decisions/0008).
begin;
select no_plan();
select tests.two_tenants();
select tests.ops();
select tests.add_login('a_seller', 'a', 'client');
insert into marketing.agents (workspace_id, id, name, email) values (tests.ws('a'), md5('agent')::uuid, 'One', 'one@example.org');
insert into marketing.users (workspace_id, id, email, password_hash, agent_id)
  values (tests.ws('a'), tests.id('a_seller'), 'a_seller@example.org', '', md5('agent')::uuid);
insert into mls.listings (workspace_id, id, source_listing_key, mls_number, standard_status, list_price, city, street_number, street_name, address_full,
                          latitude, longitude, community, public_remarks, list_office_name, raw)
  select tests.ws(l), tests.put(l || '_home', md5(l || ' home')::uuid), 'k', 'M1', 'Active', 500000, 'Miami', '12', 'Ocean Dr', '12 Ocean Dr, Miami', 25.7,
         -80.1, 'Bay', 'Sunny.', 'Coral Realty', '{"InternetEntireListingDisplayYN": true, "PrivateRemarks": "key under the mat"}'
    from unnest(array['a', 'b']) l;
insert into mls.listing_media (workspace_id, listing_id, url, is_public)
  select tests.ws(l), tests.id(l || '_home'), 'https://m.example/' || u, u = 'seen' from unnest(array['a', 'b']) l, unnest(array['seen', 'kept']) u;
insert into mls.listing_photos (workspace_id, listing_id, url) select tests.ws(l), tests.id(l || '_home'), 'https://p.example/1' from unnest(array['a', 'b']) l;
insert into mls.favorites (workspace_id, user_id, listing_id) values (tests.ws('a'), tests.id('a_client'), tests.id('a_home'));

-- One change of the listing or of the profile, and what a client then sees: rows of listings, media, photos, pictures, the view, and with
-- favourites. What the view shows is what mls.displayed() shows.
create function pg_temp.seen(change text, who text default 'a_client') returns text language plpgsql as $$
declare
  seen text;
begin
  perform tests.logout();
  execute coalesce(change, 'select');
  perform tests.login_name(who);
  select concat_ws(' ', (select count(*) from mls.listings), (select count(*) from mls.listing_media), (select count(*) from mls.listing_photos),
                   (select count(*) from mls.listing_pictures), (select count(*) from mls.displayed_listings),
                   (select count(*) from mls.favorites f join mls.listings l on (l.workspace_id, l.id) = (f.workspace_id, f.listing_id)))
    into seen;
  raise exception using errcode = 'TRIED', message = seen;
exception when sqlstate 'TRIED' then
  return sqlerrm;
end $$;
create function pg_temp.raw(more text) returns text language sql as $$
  select format($a$ update mls.listings set raw = raw || %L where id = tests.id('a_home') $a$, more); $$;
create function pg_temp.set(what text) returns text language sql as $$
  select format($a$ update mls.listings set %s where id = tests.id('a_home') $a$, what); $$;
create function pg_temp.profile(what text) returns text language sql as $$
  select format($a$ update mls.compliance_profiles set %s where workspace_id = tests.ws('a') $a$, what); $$;

select is(pg_temp.seen(change), want, 'a client, of: ' || coalesce(change, 'what may be displayed')) from (values
  (null, '1 1 1 2 1 1'),
  -- The rules, one by one
  (pg_temp.raw('{"InternetEntireListingDisplayYN": false}'), '0 0 0 0 0 0'),
  (pg_temp.raw('{"InternetEntireListingDisplayYN": null}'), '0 0 0 0 0 0'),
  (pg_temp.raw('{"InternetEntireListingDisplayYN": null}') || ';' || pg_temp.profile('shows_unstated = true'), '1 1 1 2 1 1'),
  (pg_temp.raw('{"IDXParticipationYN": false}'), '0 0 0 0 0 0'),
  (pg_temp.raw('{"MlgCanUse": ["VOW"]}'), '0 0 0 0 0 0'),
  (pg_temp.raw('{"MlgCanUse": ["IDX"]}') || ';' || pg_temp.profile('requires_idx = true'), '1 1 1 2 1 1'),
  (pg_temp.profile('requires_idx = true'), '0 0 0 0 0 0'),
  (pg_temp.set($$standard_status = 'Withdrawn'$$), '0 0 0 0 0 0'),
  (pg_temp.set('standard_status = null'), '0 0 0 0 0 0'),
  (pg_temp.set($$extra = '{"lockbox": "4711"}'$$), '0 0 0 0 1 0'),
  ($$ update mls.listing_media set category = 'Document' where listing_id = tests.id('a_home') $$, '1 0 1 1 1 1'),
  ($$ update mls.listing_media set category = 'Photo' where listing_id = tests.id('a_home') $$, '1 1 1 2 1 1'),
  (pg_temp.set($$standard_status = 'Coming Soon'$$), '0 0 0 0 0 0'),
  (pg_temp.set($$standard_status = 'Coming Soon'$$) || ';' || pg_temp.profile($$shown_statuses = '{Coming Soon}'$$), '1 1 1 2 1 1'),
  (pg_temp.profile($$shown_statuses = '{Closed}'$$), '0 0 0 0 0 0'),
  (pg_temp.profile($$shown_statuses = '{}'$$), '0 0 0 0 0 0'),
  (pg_temp.set($$standard_status = 'Closed', close_date = current_date - 30$$) || ';' || pg_temp.profile($$shown_statuses = '{Closed}'$$), '1 1 1 2 1 1'),
  (pg_temp.set($$standard_status = 'Closed', close_date = current_date - 30$$) || ';' || pg_temp.profile($$shown_statuses = '{Closed}', closed_days = 9$$),
   '0 0 0 0 0 0'),
  (pg_temp.set($$standard_status = 'Closed'$$) || ';' || pg_temp.profile($$shown_statuses = '{Closed}'$$), '0 0 0 0 0 0'),
  (pg_temp.set('is_active = false'), '0 0 0 0 0 0'),
  ($$ delete from mls.compliance_profiles $$, '0 0 0 0 0 0'),
  ($$ truncate mls.compliance_profiles $$, '0 0 0 0 0 0'),
  -- What may be displayed in part is in the view alone
  (pg_temp.raw('{"InternetAddressDisplayYN": false}'), '0 0 0 0 1 0'),
  (pg_temp.profile($$hidden_fields = '{community}'$$), '0 0 0 0 1 0'),
  (pg_temp.set($$marketing_description = 'Ours.'$$), '0 0 0 0 1 0')) v (change, want);

-- Who works there sees all of it, whatever may be displayed; of admins alone the inactive.
select is(pg_temp.seen(pg_temp.raw('{"InternetEntireListingDisplayYN": false, "InternetAddressDisplayYN": false}'), who), want, who || ' of what is opted out')
  from (values ('a_admin', '1 2 1 3 0 0'), ('a_agent', '1 2 1 3 0 0'), ('a_boss', '1 1 1 2 0 0'), ('a_realtor', '1 1 1 2 0 0'), ('a_seller', '1 1 1 2 0 0'),
               ('a_client', '0 0 0 0 0 0'), ('b_client', '1 1 1 2 1 0'), ('b_admin', '1 2 1 3 1 0'), ('drifter', '0 0 0 0 0 0')) v (who, want);
select is(pg_temp.seen(pg_temp.set('is_active = false'), who), want, who || ' of what is inactive')
  from (values ('a_admin', '1 2 1 3 0 0'), ('a_agent', '0 0 0 0 0 0'), ('a_boss', '0 0 0 0 0 0')) v (who, want);
select tests.expect('anon', 'select from ' || t, '42501', 'strangers read nothing of ' || t)
  from unnest(array['mls.listings', 'mls.displayed_listings', 'mls.show_listing(tests.id(''a_home''))']) t;

-- A role that changes, a job that ends
select is(pg_temp.seen(pg_temp.raw('{"InternetEntireListingDisplayYN": false}') || $$; update mls.user_profiles set role = 'agent' where id = tests.id('a_client') $$),
          '1 2 1 3 0 1', 'a client who becomes an agent');
select is(pg_temp.seen(pg_temp.raw('{"InternetEntireListingDisplayYN": false}') || $$; update mls.user_profiles set role = 'client' where id = tests.id('a_agent') $$, 'a_agent'),
          '0 0 0 0 0 0', 'an agent who becomes a client');
select is(pg_temp.seen(pg_temp.raw('{"InternetEntireListingDisplayYN": false}') || $$; update ops.staff set status = 'suspended' where staff_id = 'a_boss' $$, 'a_boss'),
          '0 0 0 0 0 0', 'staff that is suspended');
-- Without any role one is the public, too.
select is(pg_temp.seen(format('update plat.memberships set me = %L where login = tests.id(''a_client'')', tests.id('a_client') || '|' || tests.ws('a'))),
          '1 1 1 2 1 1', 'a login of which nothing is known');

-- What the view says is what the public is told.
select tests.logout();
update mls.listings set raw = raw || '{"InternetAddressDisplayYN": false, "AttributionContact": "305-555-0100"}', marketing_description = 'Ours.'
  where id = tests.id('a_home');
update mls.compliance_profiles set hidden_fields = '{community}', mls_name = 'Coast MLS' where workspace_id = tests.ws('a');
select tests.login(tests.id('a_client'));
select is((v.mls_number, v.city, v.list_price, v.list_office_name, v.office_contact, v.source_name, v.has_address)::text,
          '(M1,Miami,500000,"Coral Realty",305-555-0100,"Coast MLS",f)', 'what may be told, and what must be') from mls.displayed_listings v;
select is(num_nonnulls(v.street_number, v.street_name, v.address_full, v.latitude, v.longitude, v.community), 0, 'and no more') from mls.displayed_listings v;
select unalike(to_jsonb(v)::text, '%' || word || '%', 'nor elsewhere: ' || word) from mls.displayed_listings v, unnest(array['Ocean', 'under the', 'Ours', 'kept', 'Bay']) word;
create temporary table told as select to_jsonb(v) as v from mls.displayed_listings v;
select is((select to_jsonb(d) from mls.show_listing(tests.id('a_home')) d) - '{marketing_description,import_task_id}'::text[],
          (select v - 'workspace_id' from told), 'as one alone');
select is_empty($$ select from mls.show_listing(tests.id('b_home')) $$, 'none of another tenant''s');
select tests.logout();
select is((select to_jsonb(d) from mls.displayed(tests.ws('a'), array[tests.id('a_home')]) d) - '{marketing_description,import_task_id}'::text[],
          (select v - 'workspace_id' from told), 'as mls.displayed() has it');
select is((select string_agg(a.attname, ',' order by a.attnum) from pg_attribute a where a.attrelid = 'mls.displayed_listings'::regclass),
          (select 'workspace_id,' || string_agg(a.attname, ',' order by a.attnum) from pg_attribute a
             where a.attrelid = 'mls.displayed_listing'::regclass and a.attname not in ('marketing_description', 'import_task_id')),
          'with all of its columns but two that are agents''');
select matches(tests.plan_of('a_client', format('select * from mls.displayed_listings where id = %L', tests.id('a_home'))),
               'on listings l\s+(Index Cond: [^\n]*\s+)?(Index Cond|Filter): [^\n]*\(id = ', 'a key is looked for before anything is shown');

-- A property of a client's own is no way round.
select tests.expect('a_client', format('select crm.take_listing(%L)', tests.id('a_home')), 'PT404', 'what is not shown is not taken into the CRM');

-- A property of one's own is linked to what its owner may see: its status would tell of the other.
update mls.listings set raw = '{"InternetEntireListingDisplayYN": true}', marketing_description = null where id = tests.id('a_home');
update mls.compliance_profiles set hidden_fields = '{}' where workspace_id = tests.ws('a');
insert into crm.re_properties (workspace_id, id, user_id, address_line_1, city, state, zip)
  select tests.ws('a'), tests.put(w || '_flat', md5(w || ' flat')::uuid), tests.id(w), '', '', '', ''
  from unnest(array['a_client', 'a_agent']) w;
select tests.expect(who, format(statement, who, tests.id('a_home'), tests.id(who || '_flat')), case when hidden and who = 'a_client' then 'PT404' else '1' end,
                    who || case when hidden then ' of a hidden listing: ' else ': ' end || statement,
                    case when hidden then pg_temp.raw('{"InternetEntireListingDisplayYN": false}') else 'select' end)
  from unnest(array['a_client', 'a_agent']) who, unnest(array[true, false]) hidden,
       unnest(array['insert into crm.re_properties (user_id, mls_listing_id, address_line_1, city, state, zip) values (tests.id(%L), %L, '''', '''', '''', '''')',
                    'update crm.re_properties set user_id = tests.id(%L), mls_listing_id = %L where id = %L']) statement;
select tests.expect('a_client', $$ insert into crm.re_properties (mls_listing_id, address_line_1, city, state, zip) values (md5('none')::uuid, '', '', '', '') $$, 'PT404', 'no listing at all');
select tests.expect('a_client', format('update crm.re_properties set status = ''active'', mls_listing_id = %L', tests.id('a_home')), '1', 'what was linked before stays',
  format('update crm.re_properties set mls_listing_id = %L where id = %L; ', tests.id('a_home'), tests.id('a_client_flat')) || pg_temp.raw('{"InternetEntireListingDisplayYN": false}'));

select * from finish();
rollback;
