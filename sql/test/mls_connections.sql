-- Connections, mappings, import tasks and runs: defaults, constraints, status machines, versions, tenants apart.
begin;
select no_plan();
select tests.mls_rows();

-- Defaults
select is((c.status, c.token_type, c.sync_cadence, c.base_url)::text,
          '(pending,server,manual,https://api.bridgedataoutput.com/api/v2/OData)', 'defaults of a connection')
  from mls.mls_connections c where c.id = tests.id('a_connection');
select is((t.category, t.sync_cadence, t.is_enabled, t.is_agent_visible, t.filter_config)::text, '(custom,manual,t,t,{})',
          'defaults of an import task') from mls.import_tasks t where t.id = tests.id('a_task');
select is((r.status, r.stats, r.started_at = now(), r.finished_at)::text, '(running,{},t,)', 'defaults of a run')
  from mls.sync_runs r where r.id = tests.id('a_run');
select tests.login(tests.id('a_agent'));
insert into mls.mls_connections (provider, dataset_id) values ('reso', 'x');
select is(c.workspace_id, tests.ws('a'), 'a row belongs to the writer''s workspace by itself')
  from mls.mls_connections c where c.provider = 'reso';
select tests.logout();

-- Constraints
select tests.expect('owner', statement, want) from (values
  ($$ insert into mls.mls_connections (workspace_id, provider, dataset_id) values (tests.ws('a'), 'bridge', 'x') $$,
   '23505 mls_connections_workspace_id_provider_key'),
  ($$ insert into mls.mls_connections (workspace_id, provider, dataset_id) values (tests.ws('b'), 'reso', 'x') $$, '1'),
  ($$ insert into mls.mls_connections (workspace_id, provider, dataset_id) values (tests.ws('b'), 'trestle', 'x') $$, '23514'),
  ($$ insert into mls.mls_connections (workspace_id, provider) values (tests.ws('b'), 'reso') $$, '23502'),
  ($$ insert into mls.mls_connections (workspace_id, provider, dataset_id) values (tests.ws('b'), 'reso', '') $$, '23514'),
  ($$ insert into mls.mls_connections (provider, dataset_id) values ('reso', 'x') $$, '23502'),
  ($$ insert into mls.mls_connections (workspace_id, provider, dataset_id, token_type)
        values (tests.ws('b'), 'reso', 'x', 'basic') $$, '23514'),
  ($$ insert into mls.mls_connections (workspace_id, provider, dataset_id, sync_cadence)
        values (tests.ws('b'), 'reso', 'x', 'weekly') $$, '23514'),
  ($$ insert into mls.mls_connections (workspace_id, provider, dataset_id, base_url)
        values (tests.ws('b'), 'reso', 'x', 'file:///etc/passwd') $$, '23514'),
  ($$ insert into mls.field_mappings (workspace_id, version, is_active, mapping) values (tests.ws('a'), 1, false, '{}') $$,
   '23505 field_mappings_workspace_id_provider_version_key'),
  ($$ insert into mls.field_mappings (workspace_id, version, mapping) values (tests.ws('a'), 2, '{}') $$,
   '23505 field_mappings_one_active'),
  ($$ insert into mls.field_mappings (workspace_id, version, is_active, mapping) values (tests.ws('a'), 0, false, '{}') $$, '23514'),
  ($$ insert into mls.field_mappings (workspace_id, version, is_active, mapping) values (tests.ws('a'), 2, false, '[]') $$,
   '23514 field_mappings_mapping_is_an_object'),
  ($$ insert into mls.field_mappings (workspace_id, provider, version, is_active, mapping)
        values (tests.ws('a'), 'x', 2, false, '{}') $$, '23514'),
  ($$ insert into mls.field_mappings (workspace_id, version, is_active) values (tests.ws('a'), 2, false) $$, '23502'),
  ($$ insert into mls.import_tasks (workspace_id, name) values (tests.ws('a'), 'x') $$, '23502'),
  ($$ update mls.import_tasks set name = '' $$, '23514'),
  ($$ update mls.import_tasks set category = 'team' $$, '23514'),
  ($$ update mls.import_tasks set sync_cadence = 'never' $$, '23514'),
  ($$ update mls.import_tasks set filter_config = '3' $$, '23514 import_tasks_filter_is_an_object'),
  ($$ update mls.import_tasks set price_min = -1 $$, '23514'),
  ($$ update mls.import_tasks set price_max = -1 $$, '23514'),
  ($$ update mls.import_tasks set price_min = 2, price_max = 1 $$, '23514 import_tasks_prices_run_upward'),
  ($$ update mls.import_tasks set max_import_limit = 0 $$, '23514'),
  ($$ update mls.import_tasks set status_filters = array['Active', 'Pending'], filter_config = '{"agentMlsId": "12345"}',
        category = 'personal', price_min = 1, price_max = 2, max_import_limit = 10 $$, '4'),
  ($$ update mls.sync_runs set stats = '[]' $$, '23514 sync_runs_stats_is_an_object'),
  ($$ update mls.sync_runs set finished_at = now() $$, '23514 sync_runs_finished_when_done')) v (statement, want);

-- No row points into another tenant, and none moves there.
select tests.expect('owner', statement, want) from (values
  ($$ insert into mls.import_tasks (workspace_id, mls_connection_id, name) values (tests.ws('b'), tests.id('a_connection'), 'x') $$,
   '23503'),
  ($$ update mls.import_tasks set field_mapping_id = tests.id('b_oldmapping') where id = tests.id('a_task') $$, '23503'),
  ($$ update mls.sync_runs set mls_connection_id = tests.id('b_connection') where id = tests.id('a_run') $$, '23503'),
  ($$ update mls.sync_runs set import_task_id = tests.id('b_task') where id = tests.id('a_run') $$, '23503'),
  ($$ update mls.mls_connections set workspace_id = tests.id('ws_b') where id = tests.id('a_connection') $$,
   'PT409 a row of mls.mls_connections cannot move to another workspace'),
  ($$ update mls.field_mappings set workspace_id = tests.id('ws_b') where id = tests.id('a_oldmapping') $$, 'PT409'),
  ($$ update mls.import_tasks set workspace_id = tests.id('ws_b') where id = tests.id('a_task') $$, 'PT409'),
  ($$ update mls.sync_runs set workspace_id = tests.id('ws_b') where id = tests.id('a_run') $$, 'PT409'),
  ($$ update mls.sync_runs set workspace_id = workspace_id where id = tests.id('a_run') $$, '1')) v (statement, want);

-- updated_at
update mls.mls_connections set updated_at = '2000-01-01', dataset_id = 'y' where id = tests.id('a_connection');
select is(c.updated_at, now(), 'updated_at is the database''s') from mls.mls_connections c where c.id = tests.id('a_connection');

-- Status of a connection: every step, by a person and by the work.
create temporary table steps as
  select f.s as was, t.s as will, case when f.s = t.s then 'same' else coalesce(
      (select m.who from plat.transitions m where m.machine = 'mls.mls_connections' and m.from_status = f.s and m.to_status = t.s),
      'none') end as who
    from unnest(array['pending', 'active', 'error', 'paused']) f (s), unnest(array['pending', 'active', 'error', 'paused']) t (s);
select results_eq($$ select was || ' ' || will, who from steps where who <> 'same' order by 1 $$, $$ values
  ('active error', 'plat.worker'), ('active paused', '*'), ('active pending', '*'),
  ('error active', 'plat.worker'), ('error paused', '*'), ('error pending', '*'),
  ('paused active', '*'), ('paused error', 'none'), ('paused pending', '*'),
  ('pending active', 'plat.worker'), ('pending error', 'plat.worker'), ('pending paused', '*') $$, 'steps of a connection');
select tests.expect(w.who, format('update mls.mls_connections set status = %L where id = tests.id(''a_connection'')', s.will),
                    case when s.who in ('same', '*') then '1' when s.who = 'none' then 'PT409 cannot go from paused to error'
                         when w.who in ('service', 'worker') then '1' else 'PT403' end,
                    format('a connection from %s to %s by %s', s.was, s.will, w.who),
                    format('update mls.mls_connections set status = %L where id = tests.id(''a_connection'')', s.was))
  from steps s, unnest(array['a_admin', 'a_agent', 'service', 'worker']) w (who) order by s.was, s.will, w.who;
select tests.expect(who, format('insert into mls.mls_connections (workspace_id, provider, dataset_id, status)
                                 values (tests.ws(''b''), ''reso'', ''x'', %L)', status), want)
  from (values ('b_admin', 'pending', '1'), ('b_admin', 'active', 'PT403'), ('service', 'active', '1'),
               ('service', 'error', 'PT409 cannot begin as error'), ('b_agent', 'paused', 'PT409 cannot begin as paused'))
    v (who, status, want);

-- A token goes to the address it was given for.
update mls.mls_connections set status = 'active' where id = tests.id('b_connection');
update mls.mls_connections set dataset_id = 'z' where id = tests.id('b_connection');
select is((c.token_ciphertext, c.status)::text, '(sealed,active)', 'another dataset keeps the token')
  from mls.mls_connections c where c.id = tests.id('b_connection');
select tests.login(tests.id('b_agent'));
update mls.mls_connections set base_url = 'https://evil.example' where id = tests.id('b_connection');
select tests.logout();
select is((c.token_ciphertext, c.status)::text, '(,pending)', 'another address drops it')
  from mls.mls_connections c where c.id = tests.id('b_connection');
update mls.mls_connections set base_url = 'https://b.example', token_ciphertext = 'new', status = 'active'
  where id = tests.id('b_connection');
select is((c.token_ciphertext, c.status)::text, '(new,active)', 'unless a new one comes with it')
  from mls.mls_connections c where c.id = tests.id('b_connection');

-- Runs: running, then success or error, and that is that.
select tests.expect('worker', format('update mls.sync_runs set status = %L where id = tests.id(''a_run'')', will), want,
                    format('a run from %s to %s', was, will),
                    format('update mls.sync_runs set status = %L where id = tests.id(''a_run'')', was))
  from (values ('running', 'running', '1'), ('running', 'success', '1'), ('running', 'error', '1'),
               ('success', 'running', 'PT409 mls.sync_runs cannot go from success to running'),
               ('success', 'error', 'PT409'), ('error', 'running', 'PT409'), ('error', 'success', 'PT409'),
               ('running', 'done', 'PT409')) v (was, will, want);
select tests.expect('worker', format('insert into mls.sync_runs (status, finished_at) values (%L, now())', s), 'PT409 cannot begin as ' || s)
  from unnest(array['success', 'error']) s;
update mls.sync_runs set status = 'success', stats = '{"fetched": 1, "upserted": 1, "indexed": 1, "errors": 0, "duration_ms": 5}'
  where id = tests.id('a_run');
select is(r.finished_at, now(), 'a finished run is stamped') from mls.sync_runs r where r.id = tests.id('a_run');

-- Versions of a mapping.
select tests.login(tests.id('a_agent'));
select is((s.version, s.is_active, s.provider)::text, '(101,t,bridge)', 'saving makes the next version, active')
  from mls.save_field_mapping('bridge', '{"source_listing_key": "ListingKey", "city": "PostalCity"}') s;
select is((s.version, s.is_active)::text, '(2,t)', 'each provider counts for itself')
  from mls.save_field_mapping('reso', '{"source_listing_key": "ListingKey"}') s;
select results_eq($$ select version from mls.field_mappings where provider = 'bridge' and is_active $$, array[101],
                  'the version before is not active any more');
select results_eq($$ select mapping from mls.field_mappings where provider = 'bridge' and version = 1 $$,
                  $$ select mls.default_mapping() $$, 'and stays as it was');
select tests.logout();
select is((select count(*) from mls.field_mappings where workspace_id = tests.ws('b') and is_active and version = 1), 2::bigint,
          'the other workspace keeps its own');
select tests.expect(who, statement, want) from (values
  ('a_admin', $$ select mls.save_field_mapping('bridge', mls.default_mapping()) $$, '1'),
  ('a_client', $$ select mls.save_field_mapping('bridge', mls.default_mapping()) $$, '42501'),
  ('a_admin', $$ select mls.save_field_mapping('bridge', mls.default_mapping(), tests.ws('b')) $$, '42501'),
  ('drifter', $$ select mls.save_field_mapping('bridge', mls.default_mapping()) $$, '42501'),
  ('anon', $$ select mls.save_field_mapping('bridge', mls.default_mapping()) $$, '42501'),
  ('service', $$ select mls.save_field_mapping('bridge', mls.default_mapping(), tests.ws('b')) $$, '1'),
  ('a_admin', $$ select mls.save_field_mapping('bridge', '[]') $$, 'PT400 a mapping is an object of names'),
  ('a_admin', $$ select mls.save_field_mapping('bridge', null) $$, 'PT400 a mapping is an object of names'),
  ('a_admin', $$ select mls.save_field_mapping('bridge', '{"city": "City"}') $$, 'PT400 a mapping must say where source_listing_key comes from'),
  ('a_admin', $$ select mls.save_field_mapping('bridge', '{"source_listing_key": "k", "raw": "x"}') $$,
   'PT400 a mapping cannot fill ''raw'': listings have no such field'),
  ('a_admin', $$ select mls.save_field_mapping('trestle', mls.default_mapping()) $$, '23514'),
  ('owner', $$ update mls.field_mappings set mapping = '{}' where mapping <> '{}' $$,
   'PT409 change it by mls.save_field_mapping()'),
  ('owner', $$ update mls.field_mappings set version = version + 1000 $$, 'PT409')) v (who, statement, want);
-- Every field that a mapping may fill is a column.
select is_empty($$
  select k from jsonb_object_keys(mls.default_mapping()) k
    where not exists (select from pg_attribute a where a.attrelid = 'mls.listings'::regclass and a.attname = k) $$,
  'the default mapping fills columns of mls.listings');

-- What goes with what.
delete from mls.field_mappings where id = tests.id('a_oldmapping');
delete from mls.import_tasks where id = tests.id('a_task');
select is((l.import_task_id, l.workspace_id)::text, format('(,%s)', tests.ws('a')), 'listings outlive the task that imported them')
  from mls.listings l where l.id = tests.id('a_listing');
update mls.import_tasks set field_mapping_id = tests.id('b_oldmapping') where id = tests.id('b_task');
update mls.sync_runs set import_task_id = tests.id('b_task') where id = tests.id('b_run');
select tests.expect('owner', 'delete from mls.field_mappings where id = tests.id(''b_oldmapping'')',
                    'PT409 is in use by the import task', 'a task keeps its mapping');
delete from mls.mls_connections where id = tests.id('b_connection');
select is_empty($$ select from mls.import_tasks where id = tests.id('b_task') $$, 'tasks go with their connection');
select is((r.mls_connection_id, r.import_task_id, r.workspace_id)::text, format('(,,%s)', tests.ws('b')),
          'runs stay, as a log does') from mls.sync_runs r where r.id = tests.id('b_run');

select * from finish();
rollback;
