-- What listings were before they changed: what the trigger keeps of them and where, which one counts, and that all of it goes again.
begin;
select no_plan();
select tests.mls_rows();
update mls.compliance_profiles set shows_unstated = true;
create function tests.kept() returns setof text language sql as $$
  select format('%s %s', l.source_listing_key, b.was -> 'bedrooms') from mls.alert_befores b
    join mls.listings l on l.workspace_id = b.workspace_id and l.id = b.listing_id order by b.n $$;

update mls.saved_searches set alert = 'off';
update mls.favorites set alert = 'off';
select lives_ok($$ select mls.forget_alerts() $$);
update mls.listings set bedrooms = 1, is_active = true;
select is_empty($$ select tests.kept() $$, 'nothing is kept where nothing is watched');
update mls.saved_searches set alert = 'instant' where id = tests.id('a_search');
update mls.listings set bedrooms = 2;
select is_empty($$ select tests.kept() $$, 'nor before what was there is counted');
select ok(mls.count_alert_listings(1000) > 0, 'it is counted');
update plat.followers set from_xid = '1', round_xid = null, at_xid = null, at_workspace = null, at_listing = null where name = 'alerts';
insert into plat.followers (name, from_xid) values ('alerts', '1') on conflict do nothing;

update mls.listings set bedrooms = 3;
select results_eq($$ select distinct workspace_id from mls.alert_befores $$, array[tests.ws('a')], 'of the workspace that is watched alone');
select results_eq($$ select distinct was ->> 'bedrooms' from mls.alert_befores $$, array['2'], 'what it was');
select ok(not bool_or(b.was ?| '{raw,changed_xid,updated_at,public_remarks}'), 'not the payload, not what did not change of the long texts')
  from mls.alert_befores b;
delete from mls.alert_befores;
update mls.listings set raw = raw || '{"x": 1}', media_hash = '\x01', missing_since = now();
select is_empty($$ select tests.kept() $$, 'nothing of what no search reads');
update mls.listings set standard_status = 'Closed', bedrooms = 3;
delete from mls.alert_befores;
update mls.listings set bedrooms = 4;
select is_empty($$ select tests.kept() $$, 'nothing of what is off the market');
update mls.listings set bedrooms = 3, standard_status = 'Active';
delete from mls.alert_befores;
insert into mls.listings (workspace_id, source_listing_key) values (tests.ws('a'), 'k1')
  on conflict (workspace_id, source_provider, source_listing_key) do update set bedrooms = 4;
select results_eq($$ select tests.kept() $$, array['k1 3'], 'and of what a sync writes over');

-- One look: stamps as if the changes were of a later transaction than the count.
create function tests.look() returns setof text language plpgsql as $$
begin
  update mls.alert_listings set changed_xid = '7', is_public = true, is_open = true, was_public = true, was_open = true
    where listing_id = tests.id('a_listing');
  update plat.followers set from_xid = '1', round_xid = null, at_xid = null, at_workspace = null, at_listing = null;
  perform set_config('session_replication_role', 'replica', true);
  update mls.listings set changed_xid = '8' where id = tests.id('a_listing');
  perform set_config('session_replication_role', 'origin', true);
  return query select format('%s %s %s', c.was -> 'bedrooms', c.was -> 'city', c.was -> 'public_remarks') from mls.read_alert_changes() c
    where c.listing_id = tests.id('a_listing');
end $$;
delete from mls.alert_befores;
update mls.listings set city = 'Miami', public_remarks = 'One' where id = tests.id('a_listing');
delete from mls.alert_befores;
update mls.listings set bedrooms = 5 where id = tests.id('a_listing');
update mls.listings set bedrooms = 6, city = null, public_remarks = 'Two' where id = tests.id('a_listing');
update mls.listings set bedrooms = 7, public_remarks = 'Three' where id = tests.id('a_listing');
select results_eq($$ select tests.look() $$, array['4 "Miami" "One"'], 'the first state since the last look counts, of each column');
select is_empty($$ select tests.kept() $$, 'and they are gone');
select results_eq($$ select tests.look() $$, array['  '], 'nothing is known of what did not change');
update mls.listings set city = 'Tampa' where id = tests.id('a_listing');
update mls.alert_listings set is_open = false where listing_id = tests.id('a_listing');
select results_eq($$ select tests.look() $$, array['7 null '], 'what was null is known as null');
select is(l.city, 'Miami', 'as a row of listings it is one with what did not change')
  from mls.listings r cross join lateral jsonb_populate_record(r, '{"city": "Miami"}') l
  where r.id = tests.id('a_listing') and l.bedrooms = 7 and l.raw = r.raw;
do $$ begin
  for i in 1..30 loop
    update mls.listings set bedrooms = 10 + i where id = tests.id('a_listing');
  end loop;
end $$;
select is(count(*), 16::bigint, 'of one that nobody looks at no more than some are kept') from mls.alert_befores;
select results_eq($$ select tests.look() $$, array['7 "Tampa" '], 'the first ones');

-- A search is told once that a listing is new to it.
select is(mls.add_search_alerts(tests.ws('a'), array[tests.id('a_search')], '{f}', array[tests.id('a_listing')], '{new}', '{null}', '{1}', array[m::timestamptz]),
          n, 'new, ' || m) from (values ('2026-01-01', 1), ('2026-01-02', 0)) v (m, n);

-- Rights, and what is left over.
select tests.expect(who, $$ select from mls.alert_befores $$, '42501') from unnest('{a_client,a_agent,service,anon}'::text[]) who;
update mls.listings set bedrooms = 50;
insert into mls.alert_befores (workspace_id, listing_id, was) values (tests.ws('a'), gen_random_uuid(), '{}'), (tests.ws('b'), tests.id('b_listing'), '{}');
select lives_ok($$ select mls.forget_alerts() $$);
select is_empty($$ select from mls.alert_befores where workspace_id <> tests.ws('a') $$, 'those of workspaces that are not watched go');
select ok(count(*) > 0 and bool_and(l.id is not null), 'and those of listings that are gone; the others stay') from mls.alert_befores b
  left join mls.listings l on l.workspace_id = b.workspace_id and l.id = b.listing_id;
select * from finish();
rollback;
