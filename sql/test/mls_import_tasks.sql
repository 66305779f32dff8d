-- Import tasks: what a filter may say, and what becomes of listings when who wants them changes.
begin;
select no_plan();
select tests.two_tenants();

insert into tests.names select n, md5(n)::uuid from unnest(array['connection', 't1', 't2', 'own', 'both', 'manual', 'file', 'missing']) n;
insert into mls.mls_connections (id, workspace_id, provider, dataset_id, last_sync_cursor)
  values (tests.id('connection'), tests.ws('a'), 'bridge', 'test', '{"complete": true}');
insert into mls.import_tasks (id, workspace_id, mls_connection_id, name, created_at)
  values (tests.id('t1'), tests.ws('a'), tests.id('connection'), 'one', now() - interval '2 days'),
         (tests.id('t2'), tests.ws('a'), tests.id('connection'), 'two', now() - interval '1 day');
insert into mls.listings (id, workspace_id, source_listing_key, import_task_id)
  values (tests.id('own'), tests.ws('a'), 'own', tests.id('t1')), (tests.id('both'), tests.ws('a'), 'both', tests.id('t1')),
         (tests.id('manual'), tests.ws('a'), 'manual', tests.id('t1')), (tests.id('file'), tests.ws('a'), 'file', null);
insert into mls.import_task_listings (workspace_id, import_task_id, listing_id, seen_at)
  select tests.ws('a'), tests.id(t), tests.id(l), now() - interval '1 hour'
    from (values ('t1', 'own'), ('t1', 'both'), ('t1', 'manual'), ('t2', 'both')) v (t, l);
select mls.deactivate_listing(tests.id('manual'), 'manual', tests.ws('a'));

-- own, both, manual, file: why not active, and who owns it
create function pg_temp.state() returns text language sql as $$
  select string_agg(l.source_listing_key || ' ' || coalesce(l.deactivated_reason, 'active') || ' ' || coalesce(t.name, '-'), ', '
                    order by l.source_listing_key)
    from mls.listings l left join mls.import_tasks t on t.workspace_id = l.workspace_id and t.id = l.import_task_id
    where l.workspace_id = tests.ws('a');
$$;
create function pg_temp.preview(task text, key text) returns text language sql as $$
  select mls.preview_task_change(tests.id(task), tests.ws('a')) ->> key;
$$;

-- The shape of a filter
select tests.expect('a_agent', format('insert into mls.import_tasks (mls_connection_id, name, category, filter_config)
                                       values (tests.id(''connection''), ''x'', %L, %L)', category, config), want)
  from (values
    ('custom', '{}', '1'),
    ('personal', '{"agentMlsId": "12345"}', '1'),
    ('office', '{"officeMlsId": ["A", "B"]}', '1'),
    ('search', '{"cities": ["miami"], "subdivisions": ["coconut-grove"], "minBeds": 2}', '1'),
    ('custom', '{"odata": "City eq ''Miami''"}', '1'),
    ('personal', '{}', 'PT400 a personal task says whose listings it wants'),
    ('office', '{"agentMlsId": "1"}', 'PT400 needs "officeMlsId"'),
    ('search', '{}', 'PT400 a search task says what it looks for'),
    ('custom', '{"city": "Miami"}', 'PT400 filter_config has no key "city"; did you mean "cities"'),
    ('custom', '{"citys": "Miami"}', 'PT400 filter_config has no key "citys"; did you mean "cities"'),
    ('custom', '{"agentmlsid": "1"}', 'PT400 did you mean "agentMlsId"'),
    ('custom', '{"cities": []}', 'PT400 filter_config: "cities" is a list of 0 values; 1 to 2000 are taken'),
    ('custom', '{"cities": [null]}', 'PT400 holds something that is no text'),
    ('custom', '{"cities": {"a": 1}}', 'PT400 takes a text or a list of texts, not object'),
    ('custom', '{"minBeds": "2"}', 'PT400 "minBeds" takes a number from 0 on'),
    ('custom', '{"minBeds": -2}', 'PT400 "minBeds" takes a number from 0 on'),
    ('custom', '{"odata": " "}', 'PT400 "odata" is empty'),
    ('custom', '{"odata": ["x"]}', 'PT400 "odata" takes a text')) v (category, config, want);
select tests.expect('owner', $$ update mls.import_tasks set filter_config = '{"x": 1}' $$, 'PT400');
update mls.import_tasks set status_reason = 'the filter cannot be used: x' where id = tests.id('t1');
update mls.import_tasks set filter_config = '{"cities": "Miami"}' where id = tests.id('t1');
select is(t.status_reason, null, 'another filter is tried anew') from mls.import_tasks t where t.id = tests.id('t1');

-- What would happen is said before.
select is(pg_temp.preview('t1', 'disable'),
  '1 of its 3 listings are taken down (out_of_scope), 1 stay because another task wants them; enabling it again brings them back',
  'what disabling does');
select is(pg_temp.preview('t1', 'leaving') || pg_temp.preview('t1', 'shared') || pg_temp.preview('t1', 'returning'), '110', 'in numbers');
select is(pg_temp.preview('t1', 'enable'), 'the task is enabled already', 'what enabling does');
select tests.expect(who, $$ select mls.preview_task_change(tests.id('t1')) $$, want)
  from (values ('a_admin', '1'), ('a_agent', '1'), ('a_client', 'PT404'), ('b_admin', 'PT404'), ('drifter', 'PT404'), ('anon', '42501')) v (who, want);
update mls.import_tasks set is_agent_visible = false where id = tests.id('t1');
select tests.expect(who, $$ select mls.preview_task_change(tests.id('t1')) $$, want)
  from (values ('a_admin', '1'), ('a_agent', 'PT404 there is no import task')) v (who, want);
select tests.expect('a_admin', $$ select mls.preview_task_change(tests.id('t1'), tests.ws('b')) $$, 'PT404');

-- Disabled, and enabled again
select is(pg_temp.state(), 'both active one, file active -, manual manual one, own active one', 'before');
update mls.import_tasks set is_enabled = false where id = tests.id('t1');
select is(pg_temp.state(), 'both active two, file active -, manual manual one, own out_of_scope one',
          'a disabled task: only what another one wants stays, and is that one''s; a manual end stays manual');
select is(pg_temp.preview('t1', 'enable'), '1 listings come back at once', 'what enabling would do');
select is(pg_temp.preview('t1', 'delete'), 'the task is disabled: none of its listings is shown because of it', 'what deleting would do');
update mls.import_tasks set is_enabled = true where id = tests.id('t1');
select is(pg_temp.state(), 'both active two, file active -, manual manual one, own active one', 'enabled again, its listings are back');

-- Narrowed: a pass with another hash, which does not see one of them
select mls.move_task(tests.ws('a'), tests.id('t1'), '{"complete": false}', '\x01', false);
select is(t.pass_started_at, now(), 'other filters begin a pass') from mls.import_tasks t where t.id = tests.id('t1');
select is(pg_temp.state(), 'both active two, file active -, manual manual one, own active one', 'which takes nothing away');
update mls.import_task_listings set seen_at = now() where import_task_id = tests.id('t1') and listing_id = tests.id('manual');
select mls.move_task(tests.ws('a'), tests.id('t1'), '{"complete": true}', '\x01', true);
select is(pg_temp.state(), 'both active two, file active -, manual manual one, own out_of_scope one', 'its end does');
select is((t.pass_started_at, t.last_sync_cursor, t.scope_hash)::text, '(,"{""complete"": true}","\\x01")', 'the pass is over')
  from mls.import_tasks t where t.id = tests.id('t1');
select results_eq($$ select listing_id from mls.import_task_listings where import_task_id = tests.id('t1') $$,
                  $$ select tests.id('manual') $$, 'what the pass saw is still the task''s');
select mls.move_task(tests.ws('a'), tests.id('t1'), '{"complete": true, "seen": "2"}', '\x01', true);
select is(t.pass_started_at, null, 'an increment is no pass') from mls.import_tasks t where t.id = tests.id('t1');

-- Deleted
insert into mls.import_task_listings (workspace_id, import_task_id, listing_id)
  values (tests.ws('a'), tests.id('t1'), tests.id('both'));
delete from mls.import_tasks where workspace_id = tests.ws('a') and name = 'x';
select is(pg_temp.preview('t2', 'delete'), '0 of its 1 listings are taken down (out_of_scope), 1 stay because another task wants them',
          'what deleting does');
select tests.login(tests.id('a_agent'));
delete from mls.import_tasks where id = tests.id('t2');
select tests.logout();
select is(pg_temp.state(), 'both active one, file active -, manual manual one, own out_of_scope one', 'its listings go over to the other task');
select is(c.last_sync_cursor, '{"complete": true}', 'the connection''s cursor stays while there are tasks')
  from mls.mls_connections c where c.id = tests.id('connection');
select is(pg_temp.preview('t1', 'delete'), '1 of its 2 listings are taken down (out_of_scope), 0 stay because another task wants them; it is the last task of its connection, so the next sync reads everything that the source has', 'what deleting the last one does');
delete from mls.import_tasks where id = tests.id('t1');
select is(pg_temp.state(), 'both out_of_scope -, file active -, manual manual -, own out_of_scope -', 'nobody wants them any more');
select is(c.last_sync_cursor, null, 'without tasks everything is wanted, and read anew')
  from mls.mls_connections c where c.id = tests.id('connection');
select tests.expect('owner', $$ delete from mls.mls_connections where id = tests.id('connection') $$, '1', 'a connection can be deleted');

-- More than somebody should wait for
insert into mls.import_tasks (id, workspace_id, mls_connection_id, name) values (tests.id('t1'), tests.ws('a'), tests.id('connection'), 'large');
insert into mls.listings (workspace_id, source_listing_key) select tests.ws('a'), 'n' || n from generate_series(1, 2500) n;
insert into mls.import_task_listings (workspace_id, import_task_id, listing_id)
  select l.workspace_id, tests.id('t1'), l.id from mls.listings l where l.source_listing_key ~ '^n';
analyze mls.listings, mls.import_task_listings, mls.import_tasks;
select tests.expect('a_agent', $$ delete from mls.import_tasks where id = tests.id('t1') $$,
                    'PT409 import task "large" still shows more than 2000 listings: disable it first');
select matches(pg_temp.preview('t1', 'disable'), '^2500 of its 2500 listings .*, in the background; enabling', 'which is said before');
update mls.import_tasks set is_enabled = false where id = tests.id('t1');
select is(count(*) filter (where not l.is_active), 2000::bigint, 'the first are taken down at once') from mls.listings l where l.source_listing_key ~ '^n';
select cmp_ok(plat.relay_jobs(), '>', 0, 'a worker is asked');
select is((j.payload ->> 'task_id')::uuid, tests.id('t1'), 'the others by a job') from plat.jobs j where j.name = 'mls.settle';
select is(array[mls.apply_task(tests.ws('a'), tests.id('t1'), 400), mls.apply_task(tests.ws('a'), tests.id('t1'), 400),
                mls.apply_task(tests.ws('a'), tests.id('t1'), 400)], array[400, 100, 0], 'in batches');
select tests.expect('a_agent', $$ delete from mls.import_tasks where id = tests.id('t1') $$, '1', 'then it can be deleted');
update mls.import_tasks set is_enabled = true where id = tests.id('t1');
select is(count(*) filter (where l.is_active), 2000::bigint, 'so they come back') from mls.listings l where l.source_listing_key ~ '^n';
select is(mls.apply_task(tests.ws('a'), tests.id('t1'), 1000), 500, 'the rest too');
select is(mls.apply_task(tests.ws('a'), tests.id('missing'), 1000), 0, 'a task that is gone wants nothing done');

-- Cadences
select is(mls.is_due(cadence, now() - age), wanted, cadence || ' after ' || coalesce(age::text, 'never'))
  from (values ('manual', null, false), ('manual', interval '1 year', false), ('hourly', null, true), ('hourly', '50 minutes', false),
               ('hourly', '1 hour', true), ('daily', '23 hours', false), ('daily', '1 day', true)) v (cadence, age, wanted);

select * from finish();
rollback;
