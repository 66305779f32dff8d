-- Runs that people ask for and that the clock asks for: who may, what waits, what is due, who rests.
begin;
select no_plan();
select tests.two_tenants();

insert into tests.names select n, md5(n)::uuid from unnest(array['c1', 'c2', 't1', 't2', 'b1']) n;
insert into mls.mls_connections (id, workspace_id, provider, dataset_id, created_at)
  values (tests.id('c1'), tests.ws('a'), 'bridge', 'x', now() - interval '2 days'),
         (tests.id('c2'), tests.ws('a'), 'reso', 'x', now() - interval '2 days'),
         (tests.id('b1'), tests.ws('b'), 'bridge', 'x', now() - interval '2 days');

create function pg_temp.queued() returns text language sql as $$
  select coalesce(string_agg(n.name || ' ' || (j.payload ->> 'kind'), ', ' order by j.id), '-')
    from plat.jobs j join tests.names n on n.id::text = j.payload ->> 'connection_id' where j.name = 'mls.sync' and j.status = 'queued';
$$;
-- What the clock queues, which is then as if it had never been.
create function pg_temp.clock() returns text language plpgsql as $$
declare
  found text;
begin
  perform mls.schedule_syncs();
  found := pg_temp.queued();
  delete from plat.jobs where name = 'mls.sync';
  return found;
end $$;

-- Asked for by people
select tests.expect(who, statement, want) from (values
  ('a_admin', $$ select mls.request_sync(tests.id('c1')) $$, '1'),
  ('a_agent', $$ select mls.request_sync(tests.id('c1'), kind => 'reconcile') $$, '1'),
  ('a_client', $$ select mls.request_sync(tests.id('c1')) $$, 'PT403 only agents and admins of the workspace start a sync'),
  ('a_admin', $$ select mls.request_sync(tests.id('b1')) $$, 'PT404 there is no connection'),
  ('a_admin', $$ select mls.request_sync(tests.id('b1'), workspace => tests.ws('b')) $$, 'PT403'),
  ('drifter', $$ select mls.request_sync(tests.id('c1')) $$, 'PT403'),
  ('anon', $$ select mls.request_sync(tests.id('c1')) $$, '42501'),
  ('service', $$ select mls.request_sync(tests.id('b1'), workspace => tests.ws('b')) $$, '1'),
  ('a_admin', $$ select mls.request_sync(tests.id('c1'), kind => 'remap') $$, 'PT400 "remap" is no kind of run to ask for'),
  ('a_admin', $$ select mls.request_sync(tests.id('c1'), tests.id('t1')) $$, 'PT404 the connection has no import task'))
  v (who, statement, want);
select tests.login(tests.id('a_agent'));
create temporary table asked as select r.* from mls.request_sync(tests.id('c1')) r;
select is((a.status, a.kind, a.progress ->> 'phase', a.requested_by)::text, (('running', 'sync', 'queued', tests.id('a_agent'))::text), 'the row is there at once')
  from asked a;
select is(r.id, a.id, 'the same wish is the same run') from asked a, mls.request_sync(tests.id('c1')) r;
select tests.logout();
grant select on asked to public;
select tests.expect('a_admin', $$ select mls.request_sync(tests.id('c1'), kind => 'reconcile') $$, 'PT409 is waiting already');
select is((j.priority, j.unique_key, j.payload ->> 'by_hand', j.payload ->> 'run_id')::text,
          format('(10,%s,true,%s)', tests.id('c1'), a.id), 'its job') from plat.jobs j, asked a where j.name = 'mls.sync';
select tests.expect(who, $$ select mls.cancel_run((select id from asked)) $$, want) from (values
  ('a_client', 'PT403 only agents and admins of the workspace cancel runs'), ('b_admin', 'PT404'), ('anon', '42501'), ('a_agent', '1')) v (who, want);
select is((r.status, r.error, r.cancel_requested, r.finished_at)::text, format('(error,"cancelled before it began",t,"%s")', now()), 'nobody was at it')
  from asked a, mls.cancel_run(a.id, tests.ws('a')) r;
select is(pg_temp.queued(), '-', 'nor will be');
select tests.expect('a_admin', $$ select mls.cancel_run((select id from asked)) $$, 'PT409 has ended already (error)');
update mls.mls_connections set status = 'paused' where id = tests.id('c1');
select tests.expect('a_admin', $$ select mls.request_sync(tests.id('c1')) $$, 'PT409 the connection is paused');
update mls.mls_connections set status = 'pending' where id = tests.id('c1');
delete from mls.sync_runs;

-- Asked for by the clock
select is(pg_temp.clock(), '-', 'a manual connection waits for people');
update mls.mls_connections set sync_cadence = 'hourly' where id = tests.id('c1');
select is(pg_temp.clock(), 'c1 sync', 'one that was never synced is due');
update mls.mls_connections set last_synced_at = now() - interval '30 minutes' where id = tests.id('c1');
select is(pg_temp.clock(), '-', 'not yet');
update mls.mls_connections set last_synced_at = now() - interval '1 hour' where id = tests.id('c1');
update mls.mls_connections set sync_cadence = 'daily', last_synced_at = now() - interval '3 days' where workspace_id = tests.ws('b');
update mls.mls_connections set sync_cadence = 'daily' where id = tests.id('c2');
select is(pg_temp.clock(), 'c2 sync, b1 sync, c1 sync', 'the longest waiting first');
update mls.mls_connections set status = 'paused' where id = tests.id('c2');
update mls.mls_connections set held_until = now() + interval '1 minute' where id = tests.id('b1');
select is(pg_temp.clock(), 'c1 sync', 'not what is paused, nor what the circuit breaker holds');
update mls.mls_connections set sync_cadence = 'manual' where id <> tests.id('c1');

select mls.schedule_syncs();
select is(mls.schedule_syncs(), 0, 'one job for a connection, not two');
select is(pg_temp.clock(), 'c1 sync', 'whatever the clock says');
select (mls.request_sync(tests.id('c1'), workspace => tests.ws('a'))).id is not null as a_person_comes_first \gset
select mls.schedule_syncs();
select is((j.priority, j.payload ? 'run_id')::text, '(10,t)', 'what a person asked for stays what it is') from plat.jobs j where j.name = 'mls.sync';
delete from plat.jobs where name = 'mls.sync';
delete from mls.sync_runs;

-- Import tasks have cadences of their own; the connection's counts no more.
insert into mls.import_tasks (id, workspace_id, mls_connection_id, name)
  values (tests.id('t1'), tests.ws('a'), tests.id('c1'), 'one'), (tests.id('t2'), tests.ws('a'), tests.id('c1'), 'two');
select is(pg_temp.clock(), '-', 'manual tasks wait for people');
update mls.import_tasks set sync_cadence = 'hourly' where id = tests.id('t1');
select is(pg_temp.clock(), 'c1 sync', 'a task is due');
update mls.import_tasks set is_enabled = false where id = tests.id('t1');
select is(pg_temp.clock(), '-', 'not when it is disabled');
update mls.import_tasks set is_enabled = true, last_synced_at = now() where id = tests.id('t1');
select is(pg_temp.clock(), '-', 'nor when it was synced just now');

-- Rest after failures
update mls.import_tasks set last_synced_at = null where id = tests.id('t1');
update mls.mls_connections set failures = 3 where id = tests.id('c1');
insert into mls.sync_runs (workspace_id, mls_connection_id) values (tests.ws('a'), tests.id('c1'));
update mls.sync_runs set status = 'error', finished_at = now() - interval '7 minutes';
select is(pg_temp.clock(), '-', 'after three failures eight minutes of rest');
update mls.sync_runs set finished_at = now() - interval '9 minutes';
select is(pg_temp.clock(), 'c1 sync', 'and no more');

-- Once a day the keys
update mls.import_tasks set last_synced_at = now() where id = tests.id('t1');
insert into mls.sync_runs (workspace_id, mls_connection_id) values (tests.ws('a'), tests.id('c1'));
update mls.sync_runs set status = 'success' where status = 'running';
select is(pg_temp.clock(), 'c1 reconcile', 'what is synced by the clock is reconciled too');
insert into mls.sync_runs (workspace_id, mls_connection_id, kind, started_at) values (tests.ws('a'), tests.id('c1'), 'reconcile', now() - interval '20 hours');
update mls.sync_runs set status = 'success' where status = 'running';
select is(pg_temp.clock(), '-', 'once a day');
update mls.sync_runs set started_at = now() - interval '1 day' where kind = 'reconcile';
select is(pg_temp.clock(), 'c1 reconcile', 'each day');
update mls.import_tasks set sync_cadence = 'manual';
select is(pg_temp.clock(), '-', 'what waits for people is reconciled by people');

select is(mls.is_syncing(tests.ws('a'), tests.id('c1')), false, 'nobody is at it');
select pg_advisory_lock(hashtext(tests.ws('a')::text), hashtext(tests.id('c1')::text));
select is(mls.is_syncing(tests.ws('a'), tests.id('c1')), true, 'who syncs has the lock');
select is(mls.is_syncing(tests.ws('a'), tests.id('c2')), false, 'of that connection alone');
select tests.expect('a_admin', $$ select mls.request_sync(tests.id('c1')) $$, 'PT409 is being synced at the moment');
select pg_advisory_unlock_all();

-- The task that takes a listing over brings its own mapping.
insert into mls.field_mappings (workspace_id, version, is_active, mapping) values (tests.ws('a'), 7, false, mls.default_mapping());
update mls.import_tasks set field_mapping_id = (select id from mls.field_mappings where version = 7) where id = tests.id('t2');
insert into mls.listings (workspace_id, source_listing_key, import_task_id, content_hash) values (tests.ws('a'), 'k', tests.id('t1'), 'x');
insert into mls.import_task_listings (workspace_id, import_task_id, listing_id)
  select tests.ws('a'), t, l.id from mls.listings l, unnest(array[tests.id('t1'), tests.id('t2')]) t;
delete from plat.outbox;
delete from plat.jobs where name = 'mls.remap';
update mls.import_tasks set is_enabled = false where id = tests.id('t1');
select is((l.import_task_id, l.is_active)::text, format('(%s,t)', tests.id('t2')), 'it moves') from mls.listings l;
select plat.relay_jobs();
select is(count(*), 1::bigint, 'and is mapped again') from plat.jobs where name = 'mls.remap';

select * from finish();
rollback;
