-- Tasks of both kinds: every pair of states, allowed and refused; whose task it is; claiming and the other functions.
begin;
select * from no_plan();
select tests.two_tenants();
select tests.ops();

-- What the design says, written down a second time.
create temp table steps (from_status, to_status) as values
  ('OPEN', 'CLAIMED'), ('CLAIMED', 'IN_PROGRESS'), ('IN_PROGRESS', 'DONE'), ('IN_PROGRESS', 'FAILED'), ('OPEN', 'CANCELLED'),
  ('CLAIMED', 'CANCELLED'), ('IN_PROGRESS', 'CANCELLED'), ('CLAIMED', 'OPEN'), ('FAILED', 'OPEN');
create temp table states as select unnest(array['OPEN', 'CLAIMED', 'IN_PROGRESS', 'DONE', 'FAILED', 'CANCELLED']) as name;
create temp table kinds as select unnest(array['activities', 'agent_tasks']) as name;
grant select on steps, states, kinds to public;
select set_eq($$ select from_status, to_status, who from plat.transitions where machine = 'ops.tasks' $$,
              $$ select from_status, to_status, 'ops.staff' from steps union select '', 'OPEN', 'ops.staff' $$, 'steps in plat.transitions');

-- A task of a_support in each state of each kind, every step from it, by statement.
select tests.add_task(k.name, k.name || ' ' || s.name, s.name, case when s.name <> 'OPEN' then 'a_support' end) from kinds k, states s;
select tests.expect(who, format('update ops.%s set status = %L where task_id = %L', k.name, t.name, k.name || ' ' || f.name),
                    case when who in ('a_realtor', 'a_client', 'b_boss') then '0'
                         when s.to_status is null then format('PT409 cannot go from %s to %s', f.name, t.name)
                         -- Nobody is there to claim it, and a task in hand is its holder's.
                         when who in ('worker', 'service') and t.name = 'CLAIMED' then 'PT422 by nobody'
                         when who = 'a_marketing' and f.name in ('CLAIMED', 'IN_PROGRESS') then 'PT403 is assigned to A Support'
                         else '1' end,
                    format('%s: %s %s -> %s', who, k.name, f.name, t.name))
  from kinds k cross join states f cross join states t
       cross join unnest(array['worker', 'service', 'a_boss', 'a_operations', 'a_support', 'a_marketing', 'a_realtor', 'a_client', 'b_boss']) who
       left join steps s on s.from_status = f.name and s.to_status = t.name
  where f.name <> t.name;
select tests.expect(who, format(case k.name when 'activities'
                      then 'insert into ops.activities (listing_id, name, task_category, status) values (''a_file'', ''N'', ''OTHER'', %L)'
                      else 'insert into ops.agent_tasks (realtor_id, name, task_key, status) values (''a_realtor'', ''N'', ''K'', %L)' end, s.name),
                    case when s.name = 'OPEN' then '1' else 'PT409 cannot begin as ' || s.name end,
                    format('%s: %s begin as %s', who, k.name, s.name))
  from kinds k, states s, unnest(array['a_support', 'worker']) who;

-- What a step leaves behind.
create function pg_temp.look(kind text, id text) returns text language plpgsql as $$
declare
  found_row jsonb;
begin
  execute format('select to_jsonb(t) from ops.%I t where task_id = $1', kind) into found_row using id;
  return concat_ws(' ', found_row ->> 'status', coalesce(found_row ->> 'assigned_staff_id', '-'),
                   case (found_row ->> 'claimed_at')::timestamptz when now() then 'now' when '2020-01-01' then 'then' else '-' end,
                   case (found_row ->> 'completed_at')::timestamptz when now() then 'now' else '-' end);
end $$;
create function pg_temp.step_and_look(who text, kind text, id text, status text) returns text language plpgsql as $$
declare
  saw text;
begin
  perform tests.login_name(who);
  execute format('update ops.%I set status = $2 where task_id = $1', kind) using id, status;
  saw := pg_temp.look(kind, id);
  perform tests.logout();
  raise exception using errcode = 'TRIED', message = saw;
exception when sqlstate 'TRIED' then return sqlerrm;
end $$;
select is(pg_temp.step_and_look('a_support', k.name, k.name || ' ' || f, t), want, format('%s %s -> %s', k.name, f, t))
  from kinds k, (values
    ('OPEN', 'CLAIMED', 'CLAIMED a_support now -'), ('CLAIMED', 'IN_PROGRESS', 'IN_PROGRESS a_support then -'),
    ('IN_PROGRESS', 'DONE', 'DONE a_support then now'), ('IN_PROGRESS', 'FAILED', 'FAILED a_support then -'),
    ('OPEN', 'CANCELLED', 'CANCELLED - - -'), ('CLAIMED', 'CANCELLED', 'CANCELLED a_support then -'),
    ('IN_PROGRESS', 'CANCELLED', 'CANCELLED a_support then -'), ('CLAIMED', 'OPEN', 'OPEN - - -'), ('FAILED', 'OPEN', 'OPEN - - -')) x (f, t, want);

-- Whose hands it is in. a_operations and a_boss lead.
select tests.add_task(k.name, k.name || ' planned', 'OPEN', 'a_support') from kinds k;
select tests.expect(who, format('update ops.%s set assigned_staff_id = %L where task_id = %L', k.name, staff, k.name || ' ' || s), want,
                    format('%s: %s %s is given to %s', who, k.name, s, coalesce(staff, 'nobody')))
  from kinds k, (values
    ('a_boss', 'OPEN', 'a_marketing', '1'), ('a_operations', 'OPEN', 'a_marketing', '1'), ('worker', 'OPEN', 'a_marketing', '1'),
    ('a_support', 'OPEN', 'a_support', '1'), ('a_support', 'OPEN', 'a_marketing', 'PT403 by operations and admins'),
    ('a_marketing', 'planned', 'a_marketing', 'PT403 is assigned to A Support'), ('a_support', 'planned', null, '1'),
    ('a_boss', 'CLAIMED', 'a_marketing', '1'), ('a_operations', 'IN_PROGRESS', 'a_marketing', '1'),
    ('a_marketing', 'CLAIMED', 'a_marketing', 'PT403 is assigned to A Support'), ('a_marketing', 'CLAIMED', null, 'PT403'),
    ('a_support', 'CLAIMED', 'a_marketing', 'PT403'), ('a_support', 'CLAIMED', null, 'PT409 release it first'),
    ('a_operations', 'OPEN', 'b_boss', '23503'), ('worker', 'OPEN', 'nobody', '23503')) x (who, s, staff, want);
select tests.expect(who, format('update ops.%s set status = ''CLAIMED'' where task_id = %L', k.name, k.name || ' planned'), want,
                    format('%s claims %s planned for a_support', who, k.name))
  from kinds k, (values ('a_support', '1'), ('a_marketing', 'PT403 is assigned to A Support'), ('a_operations', '1'), ('worker', '1')) x (who, want);
select tests.expect_each(format('update ops.%s set description = ''d'', priority = 3 where task_id = %L', name, name || ' CLAIMED'),
                         'a_support 1, a_marketing 1, a_operations 1', 'describing a task that another holds') from kinds;

-- The functions: the same rules, one call each, for both kinds.
create function pg_temp.call_and_look(who text, call text, kind text, id text) returns text language plpgsql as $$
declare
  answer jsonb;
  saw text;
begin
  perform tests.login_name(who);
  execute format('select ops.' || call, id) into answer;
  saw := pg_temp.look(kind, id);
  perform tests.logout();
  raise exception using errcode = 'TRIED', message = concat_ws(' ', saw, answer ->> 'task_type', answer ->> 'task_id' = id);
exception when sqlstate 'TRIED' then return sqlerrm; when others then return sqlstate || ' ' || sqlerrm;
end $$;
select is(pg_temp.call_and_look(who, call, k.name, k.name || ' ' || f),
          want || case k.name when 'activities' then ' listing_task t' else ' stray_task t' end, format('%s: %s of %s %s', who, call, k.name, f))
  from kinds k, (values
    ('a_support', 'claim_task(%L)', 'OPEN', 'CLAIMED a_support now -'), ('a_marketing', 'claim_task(%L)', 'OPEN', 'CLAIMED a_marketing now -'),
    ('a_boss', 'claim_task(%L)', 'planned', 'CLAIMED a_boss now -'), ('worker', 'claim_task(%L)', 'planned', 'CLAIMED a_support now -'),
    ('a_support', 'release_task(%L)', 'CLAIMED', 'OPEN - - -'), ('a_operations', 'release_task(%L)', 'CLAIMED', 'OPEN - - -'),
    ('a_marketing', 'release_task(%L)', 'FAILED', 'OPEN - - -'),
    ('a_support', 'start_task(%L)', 'CLAIMED', 'IN_PROGRESS a_support then -'),
    ('a_support', 'complete_task(%L)', 'IN_PROGRESS', 'DONE a_support then now'),
    ('a_support', 'complete_task(%L, ''{"url": "x"}'')', 'IN_PROGRESS', 'DONE a_support then now'),
    ('a_support', 'fail_task(%L)', 'IN_PROGRESS', 'FAILED a_support then -'), ('a_boss', 'fail_task(%L)', 'IN_PROGRESS', 'FAILED a_support then -'),
    ('a_support', 'cancel_task(%L)', 'OPEN', 'CANCELLED - - -'), ('a_support', 'cancel_task(%L)', 'CLAIMED', 'CANCELLED a_support then -'),
    ('a_support', 'cancel_task(%L)', 'IN_PROGRESS', 'CANCELLED a_support then -')) x (who, call, f, want);
select tests.expect(who, format('select ops.' || call, k.name || ' ' || f), want, format('%s: %s of %s %s', who, call, k.name, f))
  from kinds k, (values
    ('a_marketing', 'claim_task(%L)', 'CLAIMED', 'PT409 was already claimed by A Support'),
    ('a_support', 'claim_task(%L)', 'CLAIMED', 'PT409 was already claimed by A Support'),
    ('a_boss', 'claim_task(%L)', 'IN_PROGRESS', 'PT409 was already claimed by A Support'),
    ('a_marketing', 'claim_task(%L)', 'planned', 'PT403 is assigned to A Support'),
    ('worker', 'claim_task(%L)', 'OPEN', 'PT422 by nobody'),
    ('a_marketing', 'claim_task(%L)', 'DONE', 'PT409 is DONE and cannot become CLAIMED'),
    ('a_marketing', 'claim_task(%L)', 'CANCELLED', 'PT409 is CANCELLED and cannot become CLAIMED'),
    ('a_marketing', 'claim_task(%L)', 'FAILED', 'PT409 is FAILED and cannot become CLAIMED'),
    ('a_marketing', 'release_task(%L)', 'CLAIMED', 'PT403 is assigned to A Support'),
    ('a_support', 'release_task(%L)', 'IN_PROGRESS', 'PT409 is IN_PROGRESS and cannot become OPEN'),
    ('a_support', 'start_task(%L)', 'OPEN', 'PT409'), ('a_support', 'start_task(%L)', 'IN_PROGRESS', 'PT409'),
    ('a_marketing', 'start_task(%L)', 'CLAIMED', 'PT403 is assigned to A Support'),
    ('a_support', 'complete_task(%L)', 'CLAIMED', 'PT409'), ('a_support', 'complete_task(%L)', 'DONE', 'PT409 is DONE and cannot become DONE'),
    ('a_marketing', 'complete_task(%L)', 'IN_PROGRESS', 'PT403'), ('a_support', 'fail_task(%L)', 'CLAIMED', 'PT409'),
    ('a_support', 'cancel_task(%L)', 'DONE', 'PT409'), ('a_marketing', 'cancel_task(%L)', 'IN_PROGRESS', 'PT403'),
    ('a_realtor', 'claim_task(%L)', 'OPEN', 'PT403 by staff'), ('a_admin', 'claim_task(%L)', 'OPEN', 'PT403 by staff'),
    ('a_client', 'cancel_task(%L)', 'OPEN', 'PT403 by staff'), ('b_boss', 'claim_task(%L)', 'OPEN', 'PT404'),
    ('b_boss', 'cancel_task(%L)', 'CLAIMED', 'PT404'), ('anon', 'claim_task(%L)', 'OPEN', '42501')) x (who, call, f, want);
select tests.expect_each('select ops.claim_task(''nothing'')', 'a_boss PT404, a_support PT404, worker PT404');
select tests.expect_each('select ops.claim_task(''a_lost'')', 'a_boss PT404, a_support PT404', 'a deleted activity');
select tests.expect_each('select ops.claim_task(''a_stray_gone'')', 'a_boss PT404, a_support PT404', 'a deleted task');
select tests.expect_each('select ops.claim_task(''a_marketing_side'')', 'a_marketing 1, a_boss 1, a_support PT404, a_operations PT404', 'what one does not see');

-- Outputs are kept, and a whole life leads back to the beginning.
select tests.login(tests.id('a_support'));
select is(ops.claim_task('a_stray') ->> 'status', 'CLAIMED', 'claimed');
select is(ops.start_task('a_stray') ->> 'status', 'IN_PROGRESS', 'begun');
select is(ops.fail_task('a_stray', '{"why": "no answer"}') -> 'outputs', '{"why": "no answer"}', 'failed, with a reason');
select is(ops.release_task('a_stray') -> 'outputs', '{"why": "no answer"}', 'reopened, the reason stays');
select is(ops.claim_task('a_stray') ->> 'assigned_staff_id', 'a_support', 'claimed again');
select is(ops.start_task('a_stray') ->> 'task_type', 'stray_task', 'begun again');
select is(ops.complete_task('a_stray', '{"done": true}') -> 'outputs', '{"done": true}', 'done');
select throws_ok($$ select ops.complete_task('a_stray', '{"done": false}') $$, 'PT409', null, 'what is done stays as it is');
select tests.logout();
select is((select outputs from ops.agent_tasks where task_id = 'a_stray'), '{"done": true}', 'as it is');

-- A task in the hands of nobody (its holder was purged) is free to step.
select tests.add_task(k.name, k.name || ' orphan', 'CLAIMED') from kinds k;
select tests.expect_each(format('select ops.release_task(%L)', name || ' orphan'), 'a_support 1, a_marketing 1') from kinds;
select tests.expect('a_marketing', format('select ops.claim_task(%L)', name || ' orphan'), 'PT409 by somebody') from kinds;

select * from finish();
rollback;
