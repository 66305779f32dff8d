-- Operations: unique keys, CHECKs, defaults, keys into other tenants, delete rules, the realtor that activities follow.
begin;
select * from no_plan();
select tests.two_tenants();
select tests.ops();
update ops.staff set slack_user_id = 'US' where staff_id = 'a_support';
update ops.realtors set slack_user_id = 'UR', license_number = 'L1' where realtor_id = 'a_realtor';

-- Unique within a workspace, free between workspaces. As a worker, who passes row level security.
select tests.expect('worker', format(statement, tests.ws(l)), case l when 'a' then '23505 ' || key else '1' end, key || ' again in ' || l)
  from unnest(array['a', 'b']) l, (values
    ('insert into ops.staff (workspace_id, email, name, role) values (%L, ''a_support@example.org'', ''N'', ''support'')', 'staff_email_key'),
    ('insert into ops.staff (workspace_id, email, name, role, slack_user_id) values (%L, ''n@e'', ''N'', ''support'', ''US'')', 'staff_slack_user_id_key'),
    (format('insert into ops.staff (workspace_id, email, name, role, user_id) values (%%L, ''n@e'', ''N'', ''support'', %L)', tests.id('a_support')), 'staff_user_id_key'),
    ('insert into ops.realtors (workspace_id, email, name) values (%L, ''a_realtor@example.org'', ''N'')', 'realtors_email_key'),
    ('insert into ops.realtors (workspace_id, email, name, slack_user_id) values (%L, ''n@e'', ''N'', ''UR'')', 'realtors_slack_user_id_key'),
    ('insert into ops.realtors (workspace_id, email, name, license_number) values (%L, ''n@e'', ''N'', ''L1'')', 'realtors_license_number_key'),
    (format('insert into ops.realtors (workspace_id, email, name, user_id) values (%%L, ''n@e'', ''N'', %L)', tests.id('a_realtor')), 'realtors_user_id_key')
  ) x (statement, key);
select tests.expect('worker', format('insert into ops.slack_messages (workspace_id, slack_user_id, slack_channel_id, slack_ts, message_text,
                      classification, message_type) values (%L, ''U'', %L, ''1700000000.000100'', ''m'', ''{}'', ''X'')', tests.ws('a'), channel), want,
                    'the same stamp in channel ' || channel)
  from (values ('C1', '23505 slack_messages_slack_ts_key'), ('C2', '1')) x (channel, want);
select tests.expect('worker', 'insert into ops.staff (email, name, role) values (''n@e'', ''N'', ''support''), (''m@e'', ''N'', ''support'')', '2',
                    'any number without login, and without Slack');

-- CHECKs, NOT NULL: one row that passes, then that row with one other value.
create function pg_temp.insert_with(table_name text, good jsonb, change jsonb) returns text language sql as $$
  select format('insert into %s (%s) select %s from jsonb_populate_record(null::%s, %L)', table_name, string_agg(quote_ident(k), ', '),
                string_agg(quote_ident(k), ', '), table_name, good || change)
    from jsonb_object_keys(good || change) k;
$$;
create temp table good (table_name text, fields jsonb);
insert into good values
  ('ops.staff', '{"email": "n@example.org", "name": "N", "role": "support", "status": "active"}'),
  ('ops.realtors', '{"email": "n@example.org", "name": "N", "status": "active"}'),
  ('ops.listings', '{"address_string": "1 Main", "status": "new", "listing_type": "sale", "list_price": 1, "close_price": 1, "commission_percent": 2.5}'),
  ('ops.activities', '{"listing_id": "a_file", "name": "N", "task_category": "ADMIN", "status": "OPEN", "priority": 0, "visibility_group": "BOTH"}'),
  ('ops.agent_tasks', '{"realtor_id": "a_realtor", "name": "N", "task_key": "K", "status": "OPEN", "priority": 0}'),
  ('ops.slack_messages', '{"slack_user_id": "U", "slack_channel_id": "C", "slack_ts": "1", "message_text": "m", "classification": {}, "message_type": "X"}');
select tests.expect('worker', pg_temp.insert_with(table_name, fields, '{}'), '1', 'good: ' || table_name) from good;
select tests.expect('worker', pg_temp.insert_with(g.table_name, g.fields, jsonb_build_object(b.field, v)), b.want, format('%s.%s = %s', b.t, b.field, v))
  from (values
    ('staff', 'role', '["admin", "operations", "marketing", "support"]', '1'), ('staff', 'role', '["agent", "", "ADMIN"]', '23514'),
    ('staff', 'status', '["active", "inactive", "suspended"]', '1'), ('staff', 'status', '["pending", "gone"]', '23514'),
    ('staff', 'email', '["nobody", ""]', '23514'), ('staff', 'name', '["", " "]', '23514'),
    ('staff', 'email', '[null]', '23502'), ('staff', 'name', '[null]', '23502'), ('staff', 'role', '[null]', '23502'), ('staff', 'status', '[null]', '23502'),
    ('realtors', 'status', '["active", "inactive", "suspended", "pending"]', '1'), ('realtors', 'status', '["gone"]', '23514'),
    ('realtors', 'email', '["nobody"]', '23514'), ('realtors', 'name', '[" "]', '23514'),
    ('realtors', 'email', '[null]', '23502'), ('realtors', 'name', '[null]', '23502'), ('realtors', 'status', '[null]', '23502'),
    ('realtors', 'territories', '[["Miami", "Coral Gables"], null]', '1'),
    ('listings', 'status', '["new", "active", "under_contract", "closed", "withdrawn"]', '1'), ('listings', 'status', '["Active"]', '23514'), ('listings', 'status', '[null]', '23502'),
    ('listings', 'listing_type', '["sale", "purchase", "lease"]', '1'), ('listings', 'listing_type', '["gift"]', '23514'),
    ('listings', 'address_string', '["", " "]', '23514'), ('listings', 'address_string', '[null]', '23502'),
    ('listings', 'list_price', '[-1]', '23514'), ('listings', 'close_price', '[-1]', '23514'),
    ('listings', 'commission_percent', '[-0.1, 100.1]', '23514'), ('listings', 'commission_percent', '[0, 6, 100, null]', '1'),
    ('activities', 'task_category', '["ADMIN", "MARKETING", "PHOTO", "STAGING", "INSPECTION", "OTHER"]', '1'),
    ('activities', 'task_category', '["admin", "", "REPAIR"]', '23514'), ('activities', 'task_category', '[null]', '23502'),
    ('activities', 'priority', '[0, 5, 10]', '1'), ('activities', 'priority', '[-1, 11]', '23514'),
    ('activities', 'visibility_group', '["BOTH", "AGENT", "MARKETING"]', '1'), ('activities', 'visibility_group', '["ALL"]', '23514'),
    ('activities', 'name', '[" "]', '23514'), ('activities', 'name', '[null]', '23502'), ('activities', 'listing_id', '[null]', '23502'),
    ('activities', 'listing_id', '["nothing", "b_file"]', '23503'), ('activities', 'assigned_staff_id', '["a_support", null]', '1'),
    ('activities', 'assigned_staff_id', '["nobody", "b_boss"]', '23503'),
    ('agent_tasks', 'priority', '[0, 10]', '1'), ('agent_tasks', 'priority', '[-1, 11]', '23514'),
    ('agent_tasks', 'task_key', '[""]', '23514'), ('agent_tasks', 'task_key', '[null]', '23502'), ('agent_tasks', 'name', '[null]', '23502'),
    ('agent_tasks', 'realtor_id', '[null]', '23502'), ('agent_tasks', 'realtor_id', '["nobody", "b_realtor"]', '23503'),
    ('agent_tasks', 'assigned_staff_id', '["b_boss"]', '23503'),
    ('slack_messages', 'confidence', '[0, 0.5, 1, null]', '1'), ('slack_messages', 'confidence', '[-0.1, 1.1]', '23514'),
    ('slack_messages', 'created_task_type', '["listing_task", "stray_task", null]', '1'), ('slack_messages', 'created_task_type', '["task"]', '23514'),
    ('slack_messages', 'processing_status', '["pending", "processed", "failed", "skipped"]', '1'),
    ('slack_messages', 'processing_status', '["done"]', '23514'), ('slack_messages', 'created_listing_id', '["a_file", null]', '1'),
    ('slack_messages', 'created_listing_id', '["b_file", "nothing"]', '23503'), ('slack_messages', 'slack_ts', '[null]', '23502'),
    ('slack_messages', 'slack_user_id', '[null]', '23502'), ('slack_messages', 'slack_channel_id', '[null]', '23502'),
    ('slack_messages', 'message_text', '[null]', '23502'), ('slack_messages', 'message_type', '[null]', '23502')) b (t, field, vs, want)
  join good g on g.table_name = 'ops.' || b.t, jsonb_array_elements(b.vs::jsonb) v;
set local session_replication_role = replica;
select throws_ok(format('update ops.%I set status = ''READY''', t), '23514', null, 'CHECK: states of ' || t) from unnest(array['activities', 'agent_tasks']) t;
set local session_replication_role = origin;
select tests.expect('worker', 'insert into ops.slack_messages (slack_user_id, slack_channel_id, slack_ts, message_text, message_type)
                               values (''U'', ''C'', ''2'', ''m'', ''X'')', '23502', 'a message is classified');

-- Defaults: ULIDs that sort by time, states, stamps.
insert into ops.staff (workspace_id, email, name, role) values (tests.ws('a'), 'd@e', 'D', 'support');
insert into ops.realtors (workspace_id, email, name) values (tests.ws('a'), 'd@e', 'D');
insert into ops.activities (workspace_id, listing_id, name, task_category)
  select tests.ws('a'), 'a_file', 'n' || n, 'OTHER' from generate_series(1, 100) n;
select is((staff_id ~ '^[0-7][0-9A-HJKMNP-TV-Z]{25}$', status, metadata, created_at, updated_at)::text, (true, 'active'::text, '{}'::jsonb, now(), now())::text,
          'defaults of staff') from ops.staff where email = 'd@e';
select is((realtor_id ~ '^[0-7][0-9A-HJKMNP-TV-Z]{25}$', status, metadata, created_at, updated_at)::text,
          (true, 'active'::text, '{}'::jsonb, now(), now())::text, 'defaults of a realtor') from ops.realtors where email = 'd@e';
select is((status, priority, visibility_group, inputs, outputs, created_at, updated_at)::text,
          ('OPEN'::text, 0, 'BOTH'::text, '{}'::jsonb, '{}'::jsonb, now(), now())::text, 'defaults of an activity') from ops.activities where task_id = 'a_both';
select is((status, priority, inputs, outputs, created_at, updated_at)::text, ('OPEN'::text, 0, '{}'::jsonb, '{}'::jsonb, now(), now())::text,
          'defaults of a task') from ops.agent_tasks where task_id = 'a_stray';
select is((processing_status, metadata, received_at)::text, ('pending'::text, '{}'::jsonb, now())::text, 'defaults of a message')
  from ops.slack_messages where message_id = 'a_slack';
select is((select array_agg(name order by task_id collate "C") from ops.activities where name ~ '^n\d'),
          (select array_agg('n' || n order by n) from generate_series(1, 100) n), 'keys sort in the order of making');
update ops.staff set updated_at = '2020-01-01' where staff_id = 'a_support';
select is(updated_at, now(), 'updated_at is nobody''s to set') from ops.staff where staff_id = 'a_support';
select tests.expect('worker', format('update ops.%I set workspace_id = %L where workspace_id = %L', t, tests.ws('b'), tests.ws('a')),
                    'PT409 cannot move to another workspace', t || ' stay in their workspace')
  from unnest(array['staff', 'realtors', 'listings', 'activities', 'agent_tasks', 'slack_messages']) t;

-- activities.realtor_id is the listing's.
select is((select realtor_id from ops.activities where task_id = 'a_both'), 'a_realtor', 'an activity has its listing''s realtor');
insert into ops.activities (workspace_id, task_id, listing_id, realtor_id, name, task_category)
  values (tests.ws('a'), 'a_set', 'a_bare', 'a_realtor', 'N', 'OTHER');
select is((select realtor_id from ops.activities where task_id = 'a_set'), null, 'whatever the statement says');
update ops.activities set realtor_id = 'a_realtor' where task_id = 'a_set';
select is((select realtor_id from ops.activities where task_id = 'a_set'), null, 'later, too');
update ops.activities set listing_id = 'a_file2' where task_id = 'a_set';
select is((select realtor_id from ops.activities where task_id = 'a_set'), 'a_realtor2', 'it follows when it moves to another listing');
select tests.login(tests.id('a_operations'));
update ops.listings set realtor_id = 'a_realtor2' where listing_id = 'a_file';
select tests.logout();
select is((select array_agg(distinct realtor_id) from ops.activities where listing_id = 'a_file'), array['a_realtor2'], 'and when the listing''s realtor changes');
select is((select array_agg(distinct realtor_id) from ops.activities where listing_id = 'b_file'), array['b_realtor'], 'no other listing is touched');
select tests.expect_each('select from ops.activities where listing_id = ''a_file'' and visibility_group = ''AGENT''', 'a_realtor 0, a_realtor2 1',
                         'the new realtor sees it, the old one no more');
update ops.listings set realtor_id = null where listing_id = 'a_file';
select is((select count(*) from ops.activities where listing_id = 'a_file' and realtor_id is not null), 0::bigint, 'no realtor, none');
update ops.listings set realtor_id = 'a_realtor' where listing_id = 'a_file';
select tests.expect('worker', 'update ops.listings set realtor_id = ''b_realtor'' where listing_id = ''a_file''', '23503', 'never another tenant''s');
select tests.expect_each('insert into ops.activities (listing_id, name, task_category) values (''a_gone'', ''N'', ''OTHER'')',
                         'a_operations PT409, a_boss PT409, worker PT409', 'an activity on a deleted listing');
select tests.expect('worker', 'update ops.activities set listing_id = ''a_gone'' where task_id = ''a_both''', 'PT409 is deleted', 'nor moved there');
select tests.expect('worker', 'update ops.activities set description = ''x'' where task_id = ''a_lost''', '1', 'what lies there may be written');

-- Delete rules, by statement as the server.
update ops.activities set assigned_staff_id = 'a_support' where task_id = 'a_both';
update ops.agent_tasks set assigned_staff_id = 'a_support' where task_id = 'a_stray';
update ops.slack_messages set created_listing_id = 'a_file' where message_id = 'a_slack';
select tests.add_task('activities', 'a_held', 'IN_PROGRESS', 'a_support');
delete from ops.staff where workspace_id = tests.ws('a') and staff_id = 'a_support';
select is((select array_agg(assigned_staff_id) from ops.activities where task_id in ('a_both', 'a_held')), array[null, null]::text[], 'staff gone: activities stay');
select is((select assigned_staff_id from ops.agent_tasks where task_id = 'a_stray'), null, 'and tasks');
delete from ops.realtors where workspace_id = tests.ws('a') and realtor_id = 'a_realtor';
select is((select realtor_id from ops.listings where listing_id = 'a_file'), null, 'realtor gone: listings stay');
select is((select count(*) from ops.activities where realtor_id = 'a_realtor'), 0::bigint, 'activities forget them');
select isnt_empty($$ select from ops.activities where task_id = 'a_both' $$, 'and stay');
select is_empty($$ select from ops.agent_tasks where realtor_id = 'a_realtor' $$, 'tasks go');
delete from ops.listings where workspace_id = tests.ws('a') and listing_id = 'a_file';
select is_empty($$ select from ops.activities where listing_id = 'a_file' $$, 'listing gone: activities go');
select is((select created_listing_id from ops.slack_messages where message_id = 'a_slack'), null, 'and messages stay');
delete from auth.users where id = tests.id('a_boss');
select is((select user_id from ops.staff where staff_id = 'a_boss'), null, 'login gone: staff stays');
delete from auth.users where id = tests.id('a_realtor2');
select is((select user_id from ops.realtors where realtor_id = 'a_realtor2'), null, 'and the realtor');

select * from finish();
rollback;
