-- Runs of the sync, as people ask for them and as the clock does. A run that is asked for has its row at once, in the phase "queued";
-- the job mls.sync takes it over (src/mod/mls/run_job.c). Each change of a run is told on the channel plat_sync_runs.

create or replace function mls.tell_run(workspace uuid, run uuid) returns void
  language sql volatile
  set search_path = ''
as $$
  select pg_catalog.pg_notify('plat_sync_runs', jsonb_build_object('workspace_id', workspace, 'id', run)::text);
$$;
comment on function mls.tell_run(uuid, uuid) is 'For those who follow a run: its row has changed.';
revoke all on function mls.tell_run(uuid, uuid) from public;
grant execute on function mls.tell_run(uuid, uuid) to plat_worker;

-- The lock of the engine (src/mod/mls/sync_run.c): it goes with its process, whatever the rows say.
create or replace function mls.is_syncing(workspace uuid, connection uuid) returns boolean
  language sql volatile
  set search_path = ''
as $$
  select exists (select from pg_catalog.pg_locks l
    where l.locktype = 'advisory' and l.granted and l.objsubid = 2
      and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
      and l.classid = (hashtext(workspace::text)::bigint & 4294967295)::oid
      and l.objid = (hashtext(connection::text)::bigint & 4294967295)::oid);
$$;
comment on function mls.is_syncing(uuid, uuid) is 'Whether some process is syncing the connection at this moment.';
revoke all on function mls.is_syncing(uuid, uuid) from public;
grant execute on function mls.is_syncing(uuid, uuid) to plat_worker;

create or replace function mls.require_agent(workspace uuid, deed text) returns void
  language plpgsql stable
  set search_path = ''
as $$
begin
  if current_setting('role') not in ('none', 'service_role', 'plat_worker')
     and not (workspace = plat.ws() and (plat.has_role('mls.admin') or plat.has_role('mls.agent'))) then
    raise exception using errcode = 'PT403', message = format('only agents and admins of the workspace %s', deed);
  end if;
end $$;
revoke all on function mls.require_agent(uuid, text) from public;

-- The run that a person asks for. The same wish while it waits is the same run; another one is told to wait.
create or replace function mls.request_sync(connection uuid, task uuid default null, kind text default 'sync',
  from_scratch boolean default false, workspace uuid default plat.ws()) returns mls.sync_runs
  language plpgsql volatile security definer
  set search_path = ''
as $$
#variable_conflict use_variable
declare
  c mls.mls_connections;
  t mls.import_tasks;
  run mls.sync_runs;
  free_hand constant boolean := current_setting('role') in ('none', 'service_role', 'plat_worker');
begin
  perform mls.require_agent(workspace, 'start a sync');
  if kind not in ('sync', 'reconcile') or kind is null then
    raise exception using errcode = 'PT400', message = format('"%s" is no kind of run to ask for: sync and reconcile are', kind);
  end if;
  -- Two that ask at once do so one after the other.
  select m.* into c from mls.mls_connections m where m.workspace_id = workspace and m.id = connection for no key update;
  if c.id is null then
    raise exception using errcode = 'PT404', message = format('there is no connection %s', connection);
  elsif c.status = 'paused' then
    raise exception using errcode = 'PT409', message = 'the connection is paused: it has to be resumed first';
  end if;
  if task is not null then
    select i.* into t from mls.import_tasks i
      where i.workspace_id = workspace and i.id = task and i.mls_connection_id = connection
        and (free_hand or i.is_agent_visible or plat.has_role('mls.admin'));
    if t.id is null then
      raise exception using errcode = 'PT404', message = format('the connection has no import task %s', task);
    end if;
  end if;
  select r.* into run from mls.sync_runs r
    where r.workspace_id = workspace and r.mls_connection_id = connection and r.status = 'running'
    order by r.progress ->> 'phase' = 'queued' desc nulls last, r.started_at desc limit 1;
  if run.id is not null and run.progress ->> 'phase' = 'queued'
     and exists (select from plat.jobs j where j.name = 'mls.sync' and j.unique_key = connection::text and j.status = 'queued') then
    if (run.kind, run.import_task_id) is not distinct from (kind, task) then
      return run;
    end if;
    raise exception using errcode = 'PT409',
      message = format('run %s of this connection is waiting already: follow it or cancel it first', run.id);
  elsif mls.is_syncing(workspace, connection) then
    raise exception using errcode = 'PT409',
      message = format('the connection is being synced at the moment: follow run %s or cancel it first', run.id);
  end if;
  insert into mls.sync_runs (workspace_id, mls_connection_id, import_task_id, kind, requested_by, progress)
    values (workspace, connection, task, kind, plat.uid(), '{"phase": "queued", "done": 0, "total": null}') returning * into run;
  perform plat.enqueue('mls.sync', jsonb_build_object('connection_id', connection, 'task_id', task, 'kind', kind, 'run_id', run.id,
                         'from_scratch', from_scratch, 'by_hand', true),
                       workspace, connection::text, now(), 10, 3);
  perform mls.tell_run(workspace, run.id);
  return run;
end $$;
comment on function mls.request_sync(uuid, uuid, text, boolean, uuid) is
  'Starts a run (sync or reconcile) of a connection, or of one import task, as soon as a worker is free; the run''s row.';
revoke all on function mls.request_sync(uuid, uuid, text, boolean, uuid) from public;
grant execute on function mls.request_sync(uuid, uuid, text, boolean, uuid) to authenticated, service_role, plat_worker;

-- A run that nobody works at ends here; one under way ends itself after its page.
create or replace function mls.cancel_run(run uuid, workspace uuid default plat.ws()) returns mls.sync_runs
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  r mls.sync_runs;
  job bigint;
begin
  perform mls.require_agent(workspace, 'cancel runs');
  select s.* into r from mls.sync_runs s where s.workspace_id = workspace and s.id = run for update;
  if r.id is null then
    raise exception using errcode = 'PT404', message = format('there is no run %s', run);
  elsif r.status <> 'running' then
    raise exception using errcode = 'PT409', message = format('run %s has ended already (%s)', run, r.status);
  end if;
  select j.id into job from plat.jobs j
    where j.name = 'mls.sync' and j.unique_key = r.mls_connection_id::text and j.status = 'queued' and j.payload ->> 'run_id' = run::text
    for update;
  if job is not null then
    update plat.jobs j set status = 'cancelled', finished_at = clock_timestamp() where j.id = job;
  end if;
  if r.kind in ('sync', 'reconcile')
     and not exists (select from plat.jobs j where j.name = 'mls.sync' and j.unique_key = r.mls_connection_id::text and j.status = 'running')
     and not coalesce(mls.is_syncing(workspace, r.mls_connection_id), false) then
    update mls.sync_runs s set cancel_requested = true, status = 'error',
        error = case when r.progress ->> 'phase' = 'queued' then 'cancelled before it began'
                     else 'cancelled; the process that did it was gone already' end
      where s.workspace_id = workspace and s.id = run returning * into r;
  else
    update mls.sync_runs s set cancel_requested = true where s.workspace_id = workspace and s.id = run returning * into r;
  end if;
  perform mls.tell_run(workspace, run);
  return r;
end $$;
comment on function mls.cancel_run(uuid, uuid) is 'Asks a run to end after the page under way; what was committed stays.';
revoke all on function mls.cancel_run(uuid, uuid) from public;
grant execute on function mls.cancel_run(uuid, uuid) to authenticated, service_role, plat_worker;

-- What the clock asks for. A connection without import tasks has its own cadence, else each enabled task has one. The longest not synced
-- go first, and none has more than one job waiting, so that none starves. After a failure a connection rests: 2, 4, 8 … minutes, at most an
-- hour; what somebody cancelled rests an hour. Once a day everything that is synced by the clock is reconciled with the keys of its source.
create or replace function mls.schedule_syncs() returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  due record;
  made bigint;
  n integer := 0;
begin
  for due in
    select c.workspace_id, c.id, case when w.is_due then 'sync' else 'reconcile' end as kind
      from mls.mls_connections c
      join mls.workspaces o on o.id = c.workspace_id and o.status = 'active'
      cross join lateral (
        select count(*) as tasks, min(t.last_synced_at) filter (where t.is_enabled) as last_at,
               coalesce(bool_or(t.is_enabled and mls.is_due(t.sync_cadence, t.last_synced_at, t.last_sync_cursor)), false) as is_due,
               coalesce(bool_or(t.is_enabled and t.sync_cadence <> 'manual'), false) as by_clock
          from mls.import_tasks t where t.workspace_id = c.workspace_id and t.mls_connection_id = c.id) t
      cross join lateral (
        select case when t.tasks > 0 then t.is_due else mls.is_due(c.sync_cadence, c.last_synced_at, c.last_sync_cursor) end as is_due,
               case when t.tasks > 0 then t.by_clock else c.sync_cadence <> 'manual' end as by_clock) w
      where c.status <> 'paused' and coalesce(c.held_until < now(), true)
        and not exists (select from mls.sync_runs r
                          where r.workspace_id = c.workspace_id and r.mls_connection_id = c.id and r.status = 'error'
                            and r.finished_at > now() - make_interval(mins => case when r.cancel_requested then 58
                                                              else least(60, 2 ^ least(greatest(c.failures, 1), 6))::integer end))
        and (w.is_due or (w.by_clock
          and exists (select from mls.sync_runs r
                        where r.workspace_id = c.workspace_id and r.mls_connection_id = c.id and r.status = 'success' and r.kind = 'sync')
          and not exists (select from mls.sync_runs r
                            where r.workspace_id = c.workspace_id and r.mls_connection_id = c.id and r.kind = 'reconcile'
                              and r.started_at > now() - interval '23 hours 50 minutes')
          and c.created_at < now() - interval '23 hours 50 minutes'))
      order by coalesce(t.last_at, c.last_synced_at) nulls first, c.id
  loop
    insert into plat.jobs (name, payload, workspace_id, unique_key, max_attempts)
      values ('mls.sync', jsonb_build_object('connection_id', due.id, 'kind', due.kind, 'only_due', due.kind = 'sync'), due.workspace_id,
              due.id::text, 3)
      on conflict do nothing returning id into made;
    if made is not null then
      n := n + 1;
      perform plat.wake_workers('mls.sync');
    end if;
  end loop;
  return n;
end $$;
comment on function mls.schedule_syncs() is 'Queues what the cadences of connections and import tasks ask for; how many.';
revoke all on function mls.schedule_syncs() from public;
grant execute on function mls.schedule_syncs() to plat_worker;

-- A run as /mls/v1 and `plat runs` show it.
create or replace function mls.run_json(r mls.sync_runs) returns jsonb
  language sql stable
  set search_path = ''
as $$
  select jsonb_build_object('id', r.id, 'mls_connection_id', r.mls_connection_id, 'import_task_id', r.import_task_id, 'kind', r.kind,
    'status', r.status, 'started_at', r.started_at, 'finished_at', r.finished_at, 'progress', r.progress, 'stats', r.stats,
    'error', r.error, 'cancel_requested', r.cancel_requested, 'requested_by', r.requested_by);
$$;
revoke all on function mls.run_json(mls.sync_runs) from public;
grant execute on function mls.run_json(mls.sync_runs) to authenticated, service_role, plat_worker;

-- Whether a job would be taken: a worker looks at the schedules every few seconds, so the minute of mls.schedule is never long past.
create or replace function mls.has_worker() returns boolean
  language sql stable
  set search_path = ''
as $$
  select exists (select from plat.schedules s where s.name = 'mls.schedule' and s.next_at > now() - interval '20 seconds');
$$;
comment on function mls.has_worker() is 'Whether plat work was at it within the last minute or so.';
revoke all on function mls.has_worker() from public;
grant execute on function mls.has_worker() to plat_worker;
