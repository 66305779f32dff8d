-- The job queue: what is enqueued, claimed, renewed, ended, tried again, taken back, cancelled and forgotten.
begin;
select no_plan();
set local role plat_worker;

create temporary table had (tag text primary key, id bigint, token uuid);
create function pg_temp.claim(tag text, kind text, worker text default 'w1', lease interval default '1 minute') returns bigint
  language sql as $$
  insert into had select claim.tag, c.id, c.token from plat.claim_jobs(worker, 1, array[kind], array[9], lease) c returning id;
$$;
create function pg_temp.job(tag text) returns plat.jobs language sql as $$ select j.* from plat.jobs j join had h using (id) where h.tag = job.tag $$;
create function pg_temp.token(tag text) returns uuid language sql as $$ select h.token from had h where h.tag = token.tag $$;

-- Claims.
select ok(plat.enqueue('t.one', '{"n": 1}') is not null, 'a job is queued');
select is((select count(*)::int from plat.claim_jobs('w', 5, array['t.other'], array[5], '1 minute')), 0, 'unknown kinds are left alone');
select ok(pg_temp.claim('one', 't.one') is not null, 'it is claimed');
select is((pg_temp.job('one')).status, 'running', 'it runs');
select is((pg_temp.job('one')).attempts, 1, 'this is the first attempt');
select is(pg_temp.claim('twice', 't.one'), null, 'nobody else gets it');
select is(plat.finish_job(gen_random_uuid()), null, 'a foreign token ends nothing');
select is(plat.finish_job(pg_temp.token('one')), 'succeeded', 'the own one does');
select is(plat.finish_job(pg_temp.token('one')), null, 'once');

select count(plat.enqueue('t.many', jsonb_build_object('n', n), priority => n)) from generate_series(1, 5) n;
select is((select array_agg(c.payload ->> 'n') from plat.claim_jobs('w', 3, array['t.many'], array[9], '1 minute') c),
  array['5', '4', '3'], 'the more important first, no more than asked for');
select is((select count(*)::int from plat.claim_jobs('w', 9, array['t.none', 't.many'], array[9, 1], '1 minute')), 1,
  'of a kind no more than there is room for');
select plat.enqueue('t.later', run_at => now() + interval '1 hour');
select is(pg_temp.claim('later', 't.later'), null, 'a job of later is for later');

-- Failures.
select plat.enqueue('t.fail', max_attempts => 2);
select pg_temp.claim('fail', 't.fail');
select is(plat.fail_job(pg_temp.token('fail'), 'no answer'), 'queued', 'a failure is tried again');
select ok((pg_temp.job('fail')).run_at between now() + interval '2 seconds' and now() + interval '5 seconds', 'after a while');
select is((pg_temp.job('fail')).last_error, 'no answer', 'with the reason');
select is(pg_temp.claim('early', 't.fail'), null, 'and not before');
update plat.jobs set run_at = now() where name = 't.fail';
select pg_temp.claim('last', 't.fail');
select is(plat.fail_job(pg_temp.token('last'), 'still no answer'), 'dead', 'the last attempt was the last');
select is((pg_temp.job('fail')).last_error, 'still no answer', 'the dead have their reason');
select plat.enqueue('t.hopeless');
select pg_temp.claim('hopeless', 't.hopeless');
select is(plat.fail_job(pg_temp.token('hopeless'), 'never', true), 'dead', 'what will not get better is dead at once');
select ok(bool_and(w between make_interval(secs => s / 2) and make_interval(secs => s)), 'the wait doubles, up to an hour, half of it by chance')
  from (select plat.job_wait(n) w, least(3600, 5 * 2 ^ (n - 1)) s from generate_series(1, 40) n, generate_series(1, 20)) x;

-- Leases.
select plat.enqueue('t.lease');
select pg_temp.claim('slow', 't.lease', 'w1', '-1 second');
select is((select count(*)::int from plat.renew_jobs(array[pg_temp.token('slow')], '-1 second')), 1, 'a lease is renewed');
select is(plat.reap_jobs(), 1, 'one that ran out is taken back');
select is((pg_temp.job('slow')).last_error, 'its worker w1 was gone before it ended', 'and that is said');
select is((select count(*)::int from plat.renew_jobs(array[pg_temp.token('slow')], '1 minute')), 0, 'it cannot be renewed any more');
select pg_temp.claim('second', 't.lease', 'w2');
select is(plat.finish_job(pg_temp.token('slow')), null, 'the first worker cannot end what the second one does');
select is(plat.fail_job(pg_temp.token('slow'), 'x'), null, 'nor fail it');
select is(plat.release_jobs(array[pg_temp.token('slow')]), 0, 'nor give it back');
select is((pg_temp.job('second')).attempts, 2, 'the attempt of a worker that died counts');
select is(plat.release_jobs(array[pg_temp.token('second')]), 1, 'a worker that stops gives back');
select is((pg_temp.job('second')).attempts, 1, 'which does not count');
select plat.enqueue('t.deadly', max_attempts => 1);
select pg_temp.claim('deadly', 't.deadly', 'w1', '-1 second');
select plat.reap_jobs();
select is((pg_temp.job('deadly')).status, 'dead', 'what killed its worker often enough is dead');

-- Keys.
select is(plat.enqueue('t.key', '{"n": 1}', unique_key => 'k'), plat.enqueue('t.key', '{"n": 2}', unique_key => 'k'), 'one key, one waiting job');
select ok(plat.enqueue('t.key2', unique_key => 'k') <> plat.enqueue('t.key', '{"n": 3}', unique_key => 'k'), 'keys are the kind''s own');
select pg_temp.claim('key', 't.key');
select is((pg_temp.job('key')).payload, '{"n": 3}', 'the newest payload is the one');
select plat.enqueue('t.key', '{"n": 4}', unique_key => 'k');
select is((select count(*)::int from plat.jobs where name = 't.key'), 1, 'while it runs no second one waits');
select is(plat.finish_job(pg_temp.token('key')), 'queued', 'but it is done again afterwards');
select is((pg_temp.job('key')).attempts, 0, 'from the first attempt');
select pg_temp.claim('again', 't.key');
select is(plat.finish_job(pg_temp.token('again')), 'succeeded', 'once');

-- People.
select throws_ok('select plat.retry_job(-1)', 'PT404', 'there is no job -1', 'a job that is not there');
select throws_ok(format('select plat.retry_job(%s)', (pg_temp.job('one')).id), 'PT409', null, 'what succeeded is not retried');
select is(plat.retry_job((pg_temp.job('hopeless')).id), 'queued', 'a dead job is');
select is((pg_temp.job('hopeless')).attempts, 0, 'from the first attempt');
select is(plat.cancel_job((pg_temp.job('hopeless')).id), 'cancelled', 'a waiting job is cancelled');
select throws_ok(format('select plat.cancel_job(%s)', (pg_temp.job('hopeless')).id), 'PT409', null, 'once');
select plat.enqueue('t.cancel');
select pg_temp.claim('cancel', 't.cancel');
select is(plat.cancel_job((pg_temp.job('cancel')).id), 'running', 'a running one runs until its worker hears of it');
select is((select cancel from plat.renew_jobs(array[pg_temp.token('cancel')], '1 minute')), true, 'at the next heartbeat');
select is(plat.fail_job(pg_temp.token('cancel'), 'cancelled'), 'cancelled', 'and then it is not tried again');
select plat.enqueue('t.dead', unique_key => 'a', max_attempts => 1);
select pg_temp.claim('dead1', 't.dead');
select plat.fail_job(pg_temp.token('dead1'), 'x');
select plat.enqueue('t.dead', unique_key => 'a', max_attempts => 1);
select throws_ok(format('select plat.retry_job(%s)', (pg_temp.job('dead1')).id), 'PT409', null, 'not beside another one for the same thing');
select pg_temp.claim('dead2', 't.dead');
select plat.fail_job(pg_temp.token('dead2'), 'x');
select is(plat.retry_dead_jobs('t.dead'), 1, 'of the dead for the same thing the newest is tried again');
select is((pg_temp.job('dead2')).status, 'queued', 'this one');

-- Schedules.
select plat.schedule_job('t.tick', '1 hour');
select is(plat.enqueue_due(array['t.other']), 0, 'another kind is not due here');
select is(plat.enqueue_due(array['t.tick']), 1, 'a new schedule is due at once');
select is(plat.enqueue_due(array['t.tick']), 0, 'and then not before its time');
update plat.schedules set next_at = now() where name = 't.tick';
select is(plat.enqueue_due(array['t.tick']), 0, 'not while the last one is still waiting');
select pg_temp.claim('tick', 't.tick');
select plat.finish_job(pg_temp.token('tick'));
update plat.schedules set next_at = now() - interval '90 minutes' where name = 't.tick';
select is(plat.enqueue_due(array['t.tick']), 1, 'late is once, whatever was missed');
select ok((select next_at > now() and last_job is not null from plat.schedules where name = 't.tick'), 'and then in time again');
select plat.schedule_job('t.tick', '1 minute');
select ok((select next_at <= now() + interval '1 minute' from plat.schedules where name = 't.tick'), 'a shorter interval counts from now');

-- Numbers and history.
select ok((select jobs = 1 and oldest_s >= 0 from plat.count_jobs() where name = 't.later' and status = 'queued'), 'jobs are counted');
update plat.jobs set finished_at = now() - interval '8 days' where name in ('t.one', 't.fail');
select is(plat.forget_jobs(), 1::bigint, 'history ends after a week, for the dead later');
select is((pg_temp.job('fail')).status, 'dead', 'which are still there');

reset role;
select throws_ok($$ set local role authenticated; select plat.enqueue('t.x') $$, '42501', null, 'API roles queue nothing');
reset role;
select * from finish();
rollback;
