-- The job queue. Enqueuing is part of the transaction that wants the job; everything else is called by workers (src/mod/jobs)
-- and by `plat jobs`. A running job has a lease: a token and a moment until which it is good. Only who knows the token changes the job.

create or replace function plat.wake_workers(why text) returns void
  language sql volatile
  set search_path = ''
as $$
  select pg_catalog.pg_notify('plat_jobs', why);
$$;
comment on function plat.wake_workers(text) is 'Wakes plat work when the transaction commits: a job''s name, or `cancel`.';
revoke all on function plat.wake_workers(text) from public;
grant execute on function plat.wake_workers(text) to plat_worker;

-- The update keeps a waiting job of the same key locked until this transaction ends, so that it is not done before what
-- it shall see is there; a running one is done again after it.
create or replace function plat.enqueue(name text, payload jsonb default '{}', workspace_id uuid default null,
  unique_key text default null, run_at timestamptz default now(), priority integer default 0, max_attempts integer default 5)
  returns bigint
  language plpgsql volatile
  set search_path = ''
as $$
#variable_conflict use_column
declare
  made bigint;
begin
  insert into plat.jobs as j (name, payload, workspace_id, unique_key, run_at, priority, max_attempts)
    values (enqueue.name, coalesce(enqueue.payload, '{}'), enqueue.workspace_id, enqueue.unique_key,
            coalesce(enqueue.run_at, now()), coalesce(enqueue.priority, 0), coalesce(enqueue.max_attempts, 5))
    on conflict (name, unique_key) where unique_key is not null and status in ('queued', 'running')
      do update set payload = excluded.payload, run_at = least(j.run_at, excluded.run_at),
                    priority = greatest(j.priority, excluded.priority), again = (j.status = 'running')
    returning j.id into made;
  if coalesce(enqueue.run_at, now()) <= clock_timestamp() then
    perform plat.wake_workers(enqueue.name);
  end if;
  return made;
end $$;
comment on function plat.enqueue(text, jsonb, uuid, text, timestamptz, integer, integer) is
  'Queues a job, or finds the waiting one of the same name and unique_key, whose payload becomes this one.';
revoke all on function plat.enqueue(text, jsonb, uuid, text, timestamptz, integer, integer) from public;
grant execute on function plat.enqueue(text, jsonb, uuid, text, timestamptz, integer, integer) to plat_worker;

-- Triggers of tenant tables may write nothing outside their workspace, so they leave a message in plat.outbox: topic job.<kind>, key the
-- job's unique key. Workers turn them into jobs.
create or replace function plat.relay_jobs() returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  asked plat.outbox;
  n integer := 0;
begin
  for asked in
    delete from plat.outbox m
      where (m.workspace_id, m.id) in (select q.workspace_id, q.id from plat.outbox q where q.topic like 'job.%'
                                         order by q.sequence limit 500 for update skip locked)
      returning m.*
  loop
    perform plat.enqueue(substr(asked.topic, 5), asked.payload, asked.workspace_id, nullif(asked.key, ''));
    n := n + 1;
  end loop;
  return n;
end $$;
comment on function plat.relay_jobs() is 'Queues the jobs that triggers asked for by plat.emit(''job.<kind>'', …).';
revoke all on function plat.relay_jobs() from public;
grant execute on function plat.relay_jobs() to plat_worker;

-- Up to n jobs of the given kinds; of names[i] at most room[i].
create or replace function plat.claim_jobs(worker text, n integer, names text[], room integer[], lease interval)
  returns table (id bigint, name text, workspace_id uuid, payload jsonb, attempt integer, max_attempts integer, token uuid)
  language plpgsql volatile
  set search_path = ''
as $$
#variable_conflict use_column
declare
  found plat.jobs;
  place integer;
begin
  for i in 1..n loop
    update plat.jobs j
      set status = 'running', attempts = j.attempts + 1, leased_by = worker, lease = gen_random_uuid(), again = false,
          leased_until = clock_timestamp() + claim_jobs.lease, started_at = clock_timestamp(), finished_at = null
      where j.id = (select q.id from plat.jobs q
                      where q.status = 'queued' and q.run_at <= now()
                        and q.name in (select w.name from unnest(names, room) w (name, room) where w.room > 0)
                      order by q.priority desc, q.run_at, q.id
                      for update skip locked limit 1)
      returning * into found;
    exit when found.id is null;
    place := array_position(names, found.name);
    room[place] := room[place] - 1;
    return query select found.id, found.name, found.workspace_id, found.payload, found.attempts, found.max_attempts, found.lease;
  end loop;
end $$;
comment on function plat.claim_jobs(text, integer, text[], integer[], interval) is 'Jobs for a worker, each with the token of its lease.';
revoke all on function plat.claim_jobs(text, integer, text[], integer[], interval) from public;
grant execute on function plat.claim_jobs(text, integer, text[], integer[], interval) to plat_worker;

-- A lease that nobody took over is good again, even late: the job runs on where it was.
create or replace function plat.renew_jobs(tokens uuid[], lease interval) returns table (token uuid, cancel boolean)
  language sql volatile
  set search_path = ''
as $$
  update plat.jobs j set leased_until = clock_timestamp() + renew_jobs.lease
    where j.lease = any (tokens) and j.status = 'running'
    returning j.lease, j.cancel;
$$;
comment on function plat.renew_jobs(uuid[], interval) is 'The heartbeat: what is not returned was lost; cancel: somebody asks for it to end.';
revoke all on function plat.renew_jobs(uuid[], interval) from public;
grant execute on function plat.renew_jobs(uuid[], interval) to plat_worker;

-- How a job ends, or waits again, whoever says so; the one place that leaves `running`.
create or replace function plat.leave_job(job plat.jobs, outcome text, reason text, wait interval) returns text
  language plpgsql volatile
  set search_path = ''
as $$
declare
  becomes text := case when job.cancel and outcome <> 'succeeded' then 'cancelled'
                    when job.again and outcome in ('succeeded', 'dead') then 'queued'
                    else outcome end;
  anew boolean := becomes = 'queued' and outcome <> 'queued';
begin
  update plat.jobs j
    set status = becomes, lease = null, leased_until = null, leased_by = null, again = false, cancel = false,
        attempts = case when anew then 0 else job.attempts end,
        run_at = case when becomes = 'queued' then now() + case when anew then interval '0' else wait end else j.run_at end,
        last_error = case when outcome = 'succeeded' then null else coalesce(reason, j.last_error) end,
        finished_at = case when becomes = 'queued' then null else clock_timestamp() end
    where j.id = job.id;
  if becomes = 'queued' and (anew or wait <= interval '0') then
    perform plat.wake_workers(job.name);
  end if;
  return becomes;
end $$;
revoke all on function plat.leave_job(plat.jobs, text, text, interval) from public;
grant execute on function plat.leave_job(plat.jobs, text, text, interval) to plat_worker;

create or replace function plat.finish_job(token uuid) returns text
  language plpgsql volatile
  set search_path = ''
as $$
declare
  job plat.jobs;
begin
  select j.* into job from plat.jobs j where j.lease = token and j.status = 'running' for update;
  return case when job.id is not null then plat.leave_job(job, 'succeeded', null, interval '0') end;
end $$;
comment on function plat.finish_job(uuid) is 'What became of it; null: the lease is not ours any more.';
revoke all on function plat.finish_job(uuid) from public;
grant execute on function plat.finish_job(uuid) to plat_worker;

-- 5 s, 10 s, 20 s, … up to an hour; half of it by chance, so that what failed together does not come back together.
create or replace function plat.job_wait(attempt integer) returns interval
  language sql volatile
  set search_path = ''
as $$
  select make_interval(secs => least(3600, 5 * 2 ^ least(greatest(attempt, 1) - 1, 20)) * (0.5 + random() / 2));
$$;
revoke all on function plat.job_wait(integer) from public;
grant execute on function plat.job_wait(integer) to plat_worker;

create or replace function plat.fail_job(token uuid, reason text, hopeless boolean default false) returns text
  language plpgsql volatile
  set search_path = ''
as $$
declare
  job plat.jobs;
begin
  select j.* into job from plat.jobs j where j.lease = token and j.status = 'running' for update;
  return case when job.id is not null then
    plat.leave_job(job, case when hopeless or job.attempts >= job.max_attempts then 'dead' else 'queued' end,
                   left(reason, 2000), plat.job_wait(job.attempts)) end;
end $$;
comment on function plat.fail_job(uuid, text, boolean) is 'Tried again after a while, or dead with the reason; null: the lease is not ours any more.';
revoke all on function plat.fail_job(uuid, text, boolean) from public;
grant execute on function plat.fail_job(uuid, text, boolean) to plat_worker;

create or replace function plat.release_jobs(tokens uuid[]) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  job plat.jobs;
  released integer := 0;
begin
  for job in select j.* from plat.jobs j where j.lease = any (tokens) and j.status = 'running' order by j.id for update loop
    job.attempts := greatest(job.attempts - 1, 0);
    perform plat.leave_job(job, 'queued', null, interval '0');
    released := released + 1;
  end loop;
  return released;
end $$;
comment on function plat.release_jobs(uuid[]) is 'A worker that stops gives jobs back; the attempt does not count.';
revoke all on function plat.release_jobs(uuid[]) from public;
grant execute on function plat.release_jobs(uuid[]) to plat_worker;

create or replace function plat.reap_jobs() returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  job plat.jobs;
  reaped integer := 0;
begin
  for job in select j.* from plat.jobs j where j.status = 'running' and j.leased_until < clock_timestamp()
               order by j.leased_until limit 100 for update skip locked loop
    perform plat.leave_job(job, case when job.attempts >= job.max_attempts then 'dead' else 'queued' end,
                           format('its worker %s was gone before it ended', coalesce(job.leased_by, '(unknown)')),
                           case when job.attempts > 1 then plat.job_wait(job.attempts) else interval '0' end);
    reaped := reaped + 1;
  end loop;
  return reaped;
end $$;
comment on function plat.reap_jobs() is 'Takes back the jobs of workers that are gone.';
revoke all on function plat.reap_jobs() from public;
grant execute on function plat.reap_jobs() to plat_worker;

create or replace function plat.schedule_job(name text, every interval) returns void
  language sql volatile
  set search_path = ''
as $$
  insert into plat.schedules as s (name, every) values (schedule_job.name, schedule_job.every)
    on conflict (name) do update set every = excluded.every, next_at = least(s.next_at, now() + excluded.every)
      where s.every is distinct from excluded.every;
$$;
comment on function plat.schedule_job(text, interval) is 'A kind that is done every so often, the first time at once.';
revoke all on function plat.schedule_job(text, interval) from public;
grant execute on function plat.schedule_job(text, interval) to plat_worker;

-- One that is still waiting or running is not queued a second time; intervals in which nobody worked are left out.
create or replace function plat.enqueue_due(names text[]) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  due plat.schedules;
  made bigint;
  queued integer := 0;
begin
  for due in select s.* from plat.schedules s where s.next_at <= now() and s.name = any (names)
               order by s.name for update skip locked loop
    insert into plat.jobs (name, unique_key) values (due.name, 'schedule') on conflict do nothing returning id into made;
    update plat.schedules s set last_job = coalesce(made, s.last_job),
        next_at = case when s.next_at + s.every > now() then s.next_at + s.every else now() + s.every end
      where s.name = due.name;
    if made is not null then
      queued := queued + 1;
      perform plat.wake_workers(due.name);
    end if;
  end loop;
  return queued;
end $$;
comment on function plat.enqueue_due(text[]) is 'Queues what its schedule says is due.';
revoke all on function plat.enqueue_due(text[]) from public;
grant execute on function plat.enqueue_due(text[]) to plat_worker;

-- For people: `plat jobs`.
create or replace function plat.job_for_update(job_id bigint) returns plat.jobs
  language plpgsql volatile
  set search_path = ''
as $$
declare
  job plat.jobs;
begin
  select j.* into job from plat.jobs j where j.id = job_id for update;
  if job.id is null then
    raise exception using errcode = 'PT404', message = format('there is no job %s', job_id);
  end if;
  return job;
end $$;
revoke all on function plat.job_for_update(bigint) from public;
grant execute on function plat.job_for_update(bigint) to plat_worker;

create or replace function plat.retry_job(job_id bigint) returns text
  language plpgsql volatile
  set search_path = ''
as $$
declare
  job plat.jobs := plat.job_for_update(job_id);
begin
  if job.status in ('running', 'succeeded') then
    raise exception using errcode = 'PT409', message = format('job %s is %s', job_id, job.status);
  end if;
  update plat.jobs j set status = 'queued', attempts = 0, run_at = now(), finished_at = null where j.id = job_id;
  perform plat.wake_workers(job.name);
  return 'queued';
exception when unique_violation then
  raise exception using errcode = 'PT409', message = format('job %s: another one for the same thing is waiting or running', job_id);
end $$;
comment on function plat.retry_job(bigint) is 'From the beginning: a dead or cancelled job, or one that waits for its next attempt.';
revoke all on function plat.retry_job(bigint) from public;
grant execute on function plat.retry_job(bigint) to plat_worker;

create or replace function plat.retry_dead_jobs(wanted text default null) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  job_id bigint;
  retried integer := 0;
begin
  for job_id in select j.id from plat.jobs j
                  where j.status = 'dead' and (wanted is null or j.name = wanted)
                    and not exists (select from plat.jobs k where k.name = j.name and k.unique_key = j.unique_key
                                      and (k.status in ('queued', 'running') or (k.status = 'dead' and k.id > j.id)))
                  order by j.id for update skip locked loop
    perform plat.retry_job(job_id);
    retried := retried + 1;
  end loop;
  return retried;
end $$;
comment on function plat.retry_dead_jobs(text) is 'All dead jobs, or those of one kind; of several for the same thing the newest.';
revoke all on function plat.retry_dead_jobs(text) from public;
grant execute on function plat.retry_dead_jobs(text) to plat_worker;

create or replace function plat.cancel_job(job_id bigint) returns text
  language plpgsql volatile
  set search_path = ''
as $$
declare
  job plat.jobs := plat.job_for_update(job_id);
begin
  if job.status = 'queued' then
    update plat.jobs j set status = 'cancelled', finished_at = clock_timestamp() where j.id = job_id;
    return 'cancelled';
  elsif job.status = 'running' then
    update plat.jobs j set cancel = true, again = false where j.id = job_id;
    perform plat.wake_workers('cancel');
    return 'running';
  end if;
  raise exception using errcode = 'PT409', message = format('job %s is %s already', job_id, job.status);
end $$;
comment on function plat.cancel_job(bigint) is 'What it is now: cancelled, or running until its worker has ended it.';
revoke all on function plat.cancel_job(bigint) from public;
grant execute on function plat.cancel_job(bigint) to plat_worker;

create or replace function plat.forget_jobs(finished interval default '7 days', dead interval default '90 days') returns bigint
  language sql volatile
  set search_path = ''
as $$
  with gone as (
    delete from plat.jobs j where j.id in (
        select k.id from plat.jobs k
          where k.finished_at < now() - least(finished, dead)
            and k.finished_at < now() - case when k.status = 'dead' then dead else finished end
          order by k.finished_at limit 10000)
      returning j.id)
  select count(*) from gone;
$$;
comment on function plat.forget_jobs(interval, interval) is 'Deletes history, dead jobs later than others; 10,000 at a time.';
revoke all on function plat.forget_jobs(interval, interval) from public;
grant execute on function plat.forget_jobs(interval, interval) to plat_worker;

create or replace function plat.count_jobs() returns table (name text, status text, jobs bigint, oldest_s double precision)
  language sql stable
  set search_path = ''
as $$
  select j.name, j.status, count(*),
         coalesce(max(extract(epoch from now() - case j.status when 'queued' then j.run_at when 'running' then j.started_at
                                                   else j.finished_at end)) filter (where j.run_at <= now()), 0)
    from plat.jobs j where j.status in ('queued', 'running', 'dead')
    group by j.name, j.status order by j.name, j.status;
$$;
comment on function plat.count_jobs() is 'For /metrics: how many, and for how many seconds the oldest has been due, running or dead.';
revoke all on function plat.count_jobs() from public;
grant execute on function plat.count_jobs() to plat_worker;
