-- What must stand beside listings that are displayed, of when the data is, and what a workspace is told about itself.
begin;
select no_plan();
select tests.mls_rows();
update mls.listings set raw = '{"InternetEntireListingDisplayYN": true}', list_office_name = 'Coral Realty'
  where workspace_id = tests.ws('a') and id = tests.id('a_listing');

-- As the worker sees it, whatever was changed before.
create function tests.notice(profile text default null, change text default null) returns jsonb language plpgsql as $$
begin
  if profile is not null then
    execute format('update mls.compliance_profiles set %s where workspace_id = tests.ws(''a'')', profile);
  end if;
  if change is not null then
    execute change;
  end if;
  perform tests.login_worker();
  raise exception using errcode = 'TRIED', message = mls.display_notice(tests.ws('a'));
exception when sqlstate 'TRIED' then
  return sqlerrm::jsonb;
end $$;
create function tests.synced(ago interval) returns text language sql as $$
  select format('delete from mls.import_tasks where workspace_id = tests.ws(''a'');
                 update mls.mls_connections set last_synced_at = now() - %L::interval where workspace_id = tests.ws(''a'')', ago) $$;

-- An empty profile
select is(tests.notice(change => tests.synced('1 hour')) - '{attribution_html,disclaimer_html,as_of,copyright}'::text[],
          '{"brokerage": "Tenant-A", "contact": null, "contact_email": null, "contact_phone": null, "correction_contact": null,
            "mls_name": null, "is_stale": false, "display_on_search": true, "display_on_detail": true, "max_results": 500}',
          'of a profile that says nothing');
select matches(tests.notice(change => tests.synced('1 hour')) ->> 'attribution_html', said, 'attribution: ' || said)
  from unnest(array['the MLS', 'Tenant-A', '[0-9]{4}-[0-9-]+ [0-9:]+ UTC']) said;
select matches(tests.notice(profile, tests.synced('1 hour')) ->> 'disclaimer_html', said, format('disclaimer, %s: %s', profile, said))
  from (values (null), ($$disclaimer_html = '  '$$)) p (profile),
       unnest(array['personal, non-commercial use', 'deemed reliable but is not guaranteed', 'the MLS', 'Tenant-A', '© ' || extract(year from now() at time zone 'UTC'),
                    to_char((now() - interval '1 hour') at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')]) said;

-- A full one
select is(tests.notice($$mls_name = 'Miami MLS', brokerage_name = 'Demo & Sons', contact_email = 'ask@demo.example', contact_phone = '305-555-0100',
                         max_results = 200, display_on_search = false, display_on_detail = false$$, tests.synced('1 hour'))
            - '{attribution_html,disclaimer_html,as_of}'::text[],
          jsonb_build_object('brokerage', 'Demo & Sons', 'contact', 'ask@demo.example', 'contact_email', 'ask@demo.example', 'contact_phone',
            '305-555-0100', 'correction_contact', 'ask@demo.example', 'mls_name', 'Miami MLS', 'is_stale', false, 'display_on_search', false,
            'display_on_detail', false, 'max_results', 200,
            'copyright', '© ' || to_char(now() at time zone 'UTC', 'YYYY') || ' Miami MLS'), 'of a profile that says all');
select is(tests.notice(profile) ->> 'contact', want, 'contact: ' || profile)
  from (values ($$contact_phone = '305-555-0100'$$, '305-555-0100'),
               ($$contact_phone = '305-555-0100', contact_email = 'a@b.c'$$, 'a@b.c')) v (profile, want);
select is(tests.notice($$contact_email = 'a@b.c', correction_contact = 'https://demo.example/wrong'$$) ->> 'correction_contact',
          'https://demo.example/wrong', 'where to correct');

-- Templates
select is(tests.notice(format('mls_name = %L, brokerage_name = %L, %s = %L', mls, broker, field, template), tests.synced('90 minutes')) ->> field,
          replace(want, '@', to_char((now() - interval '90 minutes') at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
          format('%s: %s', field, template))
  from (values
    ('attribution_html', 'Miami MLS', 'Demo', '<b>{mls}</b> by {broker}, {as_of}. {mls}!', '<b>Miami MLS</b> by Demo, @. Miami MLS!'),
    ('disclaimer_html', 'Miami MLS', 'Demo', '<b>{mls}</b> by {broker}, {as_of}.', '<b>Miami MLS</b> by Demo, @.'),
    ('disclaimer_html', 'A <i> & "B"', 'O''Neil', '{mls}|{broker}', 'A &lt;i&gt; &amp; &quot;B&quot;|O&#39;Neil'),
    ('attribution_html', 'x {broker}', 'y {mls}', '{mls} {broker}', 'x {broker} y {mls}'),
    ('attribution_html', 'x', 'y', '{unknown} { mls } {mls', '{unknown} { mls } {mls'),
    ('attribution_html', 'x', 'y', 'plain', 'plain')) v (field, mls, broker, template, want);
select is(tests.notice($$mls_name = 'A & B', copyright_notice = '(c) {year} {mls}'$$) ->> 'copyright',
          format('(c) %s A & B', to_char(now() at time zone 'UTC', 'YYYY')), 'the copyright is a text, no HTML');

-- Freshness
select is(tests.notice(profile, change) -> 'is_stale', to_jsonb(want), label) from (values
  ('synced 11 hours ago', null, tests.synced('11 hours'), false),
  ('synced 13 hours ago', null, tests.synced('13 hours'), true),
  ('synced 13 hours ago, where a day is allowed', 'freshness_hours = 24', tests.synced('13 hours'), false),
  ('synced 2 hours ago, where one is allowed', 'freshness_hours = 1', tests.synced('2 hours'), true),
  ('never synced, and nobody knows when rows changed', null,
   $$update mls.mls_connections set last_synced_at = null; delete from mls.import_tasks$$, false),
  ('never synced, of last year', null, $$delete from mls.import_tasks; update mls.listings set modification_ts = now() - interval '1 year'$$, true))
  v (label, profile, change, want);
select is((tests.notice(null, change) ->> 'as_of')::timestamptz, want, 'as_of: ' || label) from (values
  ('of the connection', tests.synced('3 hours'), now() - interval '3 hours'),
  ('of the oldest import task that is switched on', $$update mls.mls_connections set last_synced_at = now();
     update mls.import_tasks set last_synced_at = now() - interval '5 hours' where id = tests.id('a_task');
     update mls.import_tasks set last_synced_at = now() - interval '4 hours' where id = tests.id('a_hidden_task')$$, now() - interval '5 hours'),
  ('tasks that are off do not count', $$update mls.mls_connections set last_synced_at = now();
     update mls.import_tasks set last_synced_at = now() - interval '5 hours', is_enabled = false where id = tests.id('a_task');
     update mls.import_tasks set last_synced_at = now() - interval '4 hours' where id = tests.id('a_hidden_task')$$, now() - interval '4 hours'),
  ('of rows that no connection brings any more', $$delete from mls.mls_connections; update mls.listings set modification_ts = '2026-02-03'$$,
   '2026-02-03'),
  ('of the older of two sources', tests.synced('1 hour') || $$;
     insert into mls.mls_connections (workspace_id, provider, dataset_id, last_synced_at) values (tests.ws('a'), 'reso', 'x', now() - interval '7 hours');
     insert into mls.listings (workspace_id, source_provider, source_listing_key) values (tests.ws('a'), 'reso', 'r')$$, now() - interval '7 hours'),
  ('a source without listings does not count', tests.synced('1 hour') || $$;
     insert into mls.mls_connections (workspace_id, provider, dataset_id, last_synced_at) values (tests.ws('a'), 'reso', 'x', now() - interval '7 hours')$$,
   now() - interval '1 hour')) v (label, change, want);
select is((select d.as_of from mls.displayed(tests.ws('a'), array[tests.id('a_listing')]) d),
          (select l.updated_at from mls.listings l where l.id = tests.id('a_listing') and l.workspace_id = tests.ws('a')),
          'a listing that no sync confirmed is as old as its row');
select tests.logout();
update mls.import_tasks set last_synced_at = '2026-05-06T07:08:09Z' where workspace_id = tests.ws('a');
select is((select d.as_of from mls.displayed(tests.ws('a'), array[tests.id('a_listing')], who) d), '2026-05-06T07:08:09Z', 'as_of of a listing: ' || who)
  from unnest('{public,agents}'::text[]) who;

-- The report
insert into mls.listings (workspace_id, source_listing_key, standard_status, close_date, list_office_name, raw)
  select tests.ws('a'), 'n' || row_number() over (), v.status, v.closed, v.office, v.raw::jsonb
    from (values
      ('Active', null::date, 'O', '{"InternetEntireListingDisplayYN": true, "InternetAddressDisplayYN": false}'),
      ('Active', null, null, '{"InternetEntireListingDisplayYN": true}'),
      ('Active', null, 'O', '{"InternetEntireListingDisplayYN": false, "InternetAddressDisplayYN": false}'),
      ('Active', null, 'O', '{}'), ('Active', null, 'O', '{}'),
      ('Expired', null, 'O', '{"InternetEntireListingDisplayYN": true}'),
      ('Pending', null, 'O', '{"InternetEntireListingDisplayYN": true}'),
      ('Closed', '2001-01-01', 'O', '{"InternetEntireListingDisplayYN": true, "IDXParticipationYN": true}'),
      ('Active', null, 'O', '{"InternetEntireListingDisplayYN": true, "IDXParticipationYN": false}')) v (status, closed, office, raw);
update mls.compliance_profiles set shown_statuses = '{Active,Closed}', mls_name = 'Miami MLS' where workspace_id = tests.ws('a');
select is(mls.display_report(tests.ws('a')),
  '{"listings": 10, "displayed": 3, "hidden": {"opted_out": 1, "unstated": 2, "off_market": 1, "status": 1, "closed_long_ago": 1, "not_in_idx": 1},
    "without_address": 1, "without_office": 1, "stale": 3, "as_of": "2026-05-06T07:08:09+00:00", "is_stale": true,
    "missing": ["brokerage_name", "contact_email or contact_phone", "own_office_mls_ids"]}', 'the report');
update mls.compliance_profiles set requires_idx = true, freshness_hours = 168 where workspace_id = tests.ws('a');
update mls.import_tasks set last_synced_at = now() where workspace_id = tests.ws('a');
select is(mls.display_report(tests.ws('a')) - '{as_of,missing}'::text[],
  '{"listings": 10, "displayed": 0, "hidden": {"opted_out": 1, "unstated": 2, "off_market": 1, "status": 1, "closed_long_ago": 1, "not_in_idx": 1,
    "idx_unstated": 3}, "without_address": 0, "without_office": 0, "stale": 0, "is_stale": false}', 'with another profile');
select is(mls.display_report(tests.ws('b')) -> 'displayed', '1', 'of another workspace');
delete from mls.compliance_profiles where workspace_id = tests.ws('b');
select is(mls.display_report(tests.ws('b')), '{"listings": 1, "displayed": 0, "hidden": {"no_profile": 1}, "without_address": 0, "without_office": 0,
  "stale": 0, "missing": []}', 'without a profile');
select tests.mls_expect($$ select mls.display_report(tests.ws('a')) $$, '1 PT403 PT403 PT403 PT403 42501 1');
select tests.expect('a_admin', $$ select mls.display_report() $$, '1', 'an admin need not say which workspace');
select tests.expect('a_admin', $$ select mls.display_report(tests.ws('b')) $$, 'PT403', 'nor ask for another');
select tests.expect('owner', $$ select mls.display_report(null) $$, 'PT400');

-- Closed listings that were shown long enough
select tests.mls_expect('select mls.hide_closed()', '42501 42501 42501 42501 42501 42501 42501');
update mls.compliance_profiles set closed_days = 30 where workspace_id = tests.ws('a');
insert into mls.listings (workspace_id, source_listing_key, standard_status, close_date, updated_at)
  select tests.ws('a'), 'c' || n, 'Closed', (now() at time zone 'UTC')::date - n, '2026-01-01' from unnest('{29,30,31,33,34}'::int[]) n;
create temporary table before as select l.source_listing_key, l.xmin::text as was from mls.listings l;
savepoint hiding; -- the rows' versions of this transaction and of its part are told apart
select is(mls.hide_closed(), 2::bigint, 'those that are hidden since a few days');
select is((select array_agg(l.source_listing_key order by 1) from mls.listings l join before b using (source_listing_key) where l.xmin::text <> b.was
             and l.source_listing_key like 'c%'), '{c31,c33}', 'and no others');
select is((select count(*) from mls.listings l where l.source_listing_key like 'c%' and l.updated_at <> '2026-01-01'), 0::bigint, 'nothing happened to them');

select * from finish();
rollback;
