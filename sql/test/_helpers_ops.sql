-- Stands on _helpers.sql.
--
--   select tests.two_tenants(); select tests.ops();
--
-- makes logins of mls role client that are staff or realtors of operations, their staff_id or realtor_id being their name:
-- a_boss (ops.admin), a_operations, a_marketing, a_support, a_realtor, a_realtor2; b_boss, b_operations, b_realtor. a_admin and
-- b_admin are admins of the workspace and nothing in operations. In each workspace x, by key:
--   listings x_file (of x_realtor), x_bare (of nobody), x_gone (of x_realtor, deleted); in A a_file2 (of a_realtor2)
--   activities x_both, x_agent_side, x_marketing_side on x_file by visibility, x_lost (on x_gone, deleted); in A a_other on a_file2
--   agent_tasks x_stray (for x_realtor), x_stray_gone (the same, deleted); in A a_stray2 (for a_realtor2); slack_messages x_slack
create function tests.add_staff(who text, letter text, role text) returns void language plpgsql as $$
begin
  perform tests.add_login(who, letter, 'client');
  insert into ops.staff (workspace_id, staff_id, user_id, email, name, role)
    values (tests.ws(letter), who, md5(who)::uuid, who || '@example.org', initcap(replace(who, '_', ' ')), role);
end $$;

create function tests.add_realtor(who text, letter text) returns void language plpgsql as $$
begin
  perform tests.add_login(who, letter, 'client');
  insert into ops.realtors (workspace_id, realtor_id, user_id, email, name)
    values (tests.ws(letter), who, md5(who)::uuid, who || '@example.org', initcap(replace(who, '_', ' ')));
end $$;

-- A task in any state at once: no trigger runs.
create function tests.add_task(kind text, id text, status text, staff text default null) returns void language plpgsql as $$
begin
  perform set_config('session_replication_role', 'replica', true);
  if kind = 'activities' then
    insert into ops.activities (workspace_id, task_id, listing_id, realtor_id, name, task_category, status, assigned_staff_id, claimed_at)
      values (tests.ws('a'), id, 'a_file', 'a_realtor', id, 'ADMIN', add_task.status, staff,
              case when add_task.status in ('CLAIMED', 'IN_PROGRESS', 'DONE', 'FAILED') then '2020-01-01'::timestamptz end);
  else
    insert into ops.agent_tasks (workspace_id, task_id, realtor_id, name, task_key, status, assigned_staff_id, claimed_at)
      values (tests.ws('a'), id, 'a_realtor', id, 'KEY', add_task.status, staff,
              case when add_task.status in ('CLAIMED', 'IN_PROGRESS', 'DONE', 'FAILED') then '2020-01-01'::timestamptz end);
  end if;
  perform set_config('session_replication_role', 'origin', true);
end $$;

create function tests.ops() returns void language plpgsql as $$
declare
  x text;
  ws uuid;
begin
  perform tests.add_staff('a_boss', 'a', 'admin'), tests.add_staff('a_operations', 'a', 'operations'),
          tests.add_staff('a_marketing', 'a', 'marketing'), tests.add_staff('a_support', 'a', 'support'),
          tests.add_staff('b_boss', 'b', 'admin'), tests.add_staff('b_operations', 'b', 'operations'),
          tests.add_realtor('a_realtor', 'a'), tests.add_realtor('a_realtor2', 'a'), tests.add_realtor('b_realtor', 'b');
  foreach x in array array['a', 'b'] loop
    ws := tests.ws(x);
    insert into ops.listings (workspace_id, listing_id, realtor_id, address_string)
      values (ws, x || '_file', x || '_realtor', '1 Main St'), (ws, x || '_bare', null, '2 Main St'),
             (ws, x || '_gone', x || '_realtor', '3 Main St');
    insert into ops.activities (workspace_id, task_id, listing_id, name, task_category, visibility_group)
      values (ws, x || '_both', x || '_file', 'Call', 'ADMIN', 'BOTH'), (ws, x || '_agent_side', x || '_file', 'Sign', 'OTHER', 'AGENT'),
             (ws, x || '_marketing_side', x || '_file', 'Flyer', 'MARKETING', 'MARKETING'),
             (ws, x || '_lost', x || '_gone', 'Call', 'ADMIN', 'BOTH');
    insert into ops.agent_tasks (workspace_id, task_id, realtor_id, task_key, name)
      values (ws, x || '_stray', x || '_realtor', 'ONBOARD', 'Onboard'), (ws, x || '_stray_gone', x || '_realtor', 'ONBOARD', 'Onboard');
    insert into ops.slack_messages (workspace_id, message_id, slack_user_id, slack_channel_id, slack_ts, message_text, classification,
                                    message_type)
      values (ws, x || '_slack', 'U1', 'C1', '1700000000.000100', 'Please stage 1 Main St', '{}', 'STRAY');
    update ops.listings set deleted_at = now(), deleted_by = 'test' where listing_id = x || '_gone';
    update ops.activities set deleted_at = now(), deleted_by = 'test' where task_id = x || '_lost';
    update ops.agent_tasks set deleted_at = now(), deleted_by = 'test' where task_id = x || '_stray_gone';
  end loop;
  insert into ops.listings (workspace_id, listing_id, realtor_id, address_string) values (tests.ws('a'), 'a_file2', 'a_realtor2', '4 Main St');
  insert into ops.activities (workspace_id, task_id, listing_id, name, task_category) values (tests.ws('a'), 'a_other', 'a_file2', 'Call', 'ADMIN');
  insert into ops.agent_tasks (workspace_id, task_id, realtor_id, task_key, name) values (tests.ws('a'), 'a_stray2', 'a_realtor2', 'K', 'Call');
end $$;
