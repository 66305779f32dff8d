-- Operations: who may see, make, change and delete what. People and rows: see _helpers_ops.sql.
begin;
select * from no_plan();
select tests.two_tenants();
select tests.ops();
select tests.add_staff('a_former', 'a', 'admin'), tests.add_staff('a_suspended', 'a', 'admin'), tests.add_realtor('a_pending', 'a');
update ops.staff set deleted_at = now() where staff_id = 'a_former';
update ops.staff set status = 'suspended' where staff_id = 'a_suspended';
update ops.realtors set status = 'pending' where realtor_id = 'a_pending';

-- Nobody else: clients, agents of mls, those who left, were suspended or are not yet confirmed, other tenants.
select tests.expect_each(format('select from ops.%s where workspace_id = %L', t, tests.ws('a')),
                         'a_client 0, a_agent 0, a_former 0, a_suspended 0, a_pending 0, b_boss 0, b_operations 0, b_realtor 0, b_admin 0, anon 42501',
                         'seeing ' || t || ' of A')
  from unnest(array['staff', 'realtors', 'listings', 'activities', 'agent_tasks', 'slack_messages']) t;
select tests.expect_each(format('update ops.%s set workspace_id = workspace_id where workspace_id = %L', t, tests.ws('a')),
                         'a_boss 42501, a_admin 42501, a_client 42501, b_boss 42501, anon 42501', 'workspace_id of ' || t)
  from unnest(array['staff', 'realtors', 'listings', 'activities', 'agent_tasks']) t;
select tests.expect_each(format('delete from ops.%s', t),
                         'a_boss 42501, a_operations 42501, a_marketing 42501, a_support 42501, a_realtor 42501, a_admin 42501, b_boss 42501, anon 42501',
                         'deleting ' || t || ' by statement')
  from unnest(array['staff', 'realtors', 'listings', 'activities', 'agent_tasks']) t;
select tests.expect_each(format('update ops.%s set deleted_at = now(), deleted_by = ''me''', t),
                         'a_boss 42501, a_operations 42501, a_realtor 42501, a_admin 42501, anon 42501, service >0, worker >0',
                         'deleted_at of ' || t || ' by statement')
  from unnest(array['staff', 'realtors', 'listings', 'activities', 'agent_tasks']) t;

-- staff: 6 in A, one of them deleted.
select tests.expect_each('select from ops.staff', 'a_boss 6, a_admin 6, a_operations 5, a_marketing 5, a_support 5, a_realtor 0, b_boss 2, service 8, worker 8');
select tests.expect_each('insert into ops.staff (email, name, role) values (''n@example.org'', ''N'', ''support'')',
                         'a_boss 1, a_admin 1, a_operations 42501, a_marketing 42501, a_support 42501, a_realtor 42501, a_client 42501, anon 42501, service 1');
select tests.expect_each(format('insert into ops.staff (workspace_id, email, name, role) values (%L, ''n@example.org'', ''N'', ''support'')', tests.ws('a')),
                         'a_boss 1, b_boss 42501, b_admin 42501', 'staff for tenant A');
select tests.expect_each('update ops.staff set phone = ''1''',
                         'a_boss 6, a_admin 6, a_operations 1, a_marketing 1, a_support 1, a_realtor 0, a_client 0, b_boss 2, anon 42501');
select tests.expect_each('update ops.staff set phone = ''1'' where staff_id = ''a_support''', 'a_support 1, a_operations 0, a_boss 1, b_boss 0');
select tests.expect('a_support', format('update ops.staff set %s where staff_id = ''a_support''', change), want, 'own record: ' || change)
  from (values ('name = ''Sue''', '1'), ('phone = ''1''', '1'), ('email = ''sue@example.org''', '1'), ('metadata = ''{"a": 1}''', '1'),
               ('role = ''admin''', 'PT403'), ('role = ''support''', '1'), ('status = ''inactive''', 'PT403'), ('user_id = null', 'PT403'),
               ('slack_user_id = ''U9''', 'PT403')) x (change, want);
select tests.expect_each('update ops.staff set role = ''admin'' where staff_id = ''a_support''', 'a_boss 1, a_admin 1, a_operations 0, service 1');
select tests.expect_each('update ops.staff set status = ''suspended'' where staff_id = ''a_support''', 'a_boss 1, a_admin 1, a_operations 0, service 1');

-- realtors: 3 in A.
update ops.realtors set deleted_at = now() where realtor_id = 'a_pending';
select tests.expect_each('select from ops.realtors', 'a_boss 3, a_admin 3, a_operations 2, a_marketing 2, a_support 2, a_realtor 2, b_realtor 1, service 4, worker 4');
select tests.expect_each('insert into ops.realtors (email, name) values (''n@example.org'', ''N'')',
                         'a_boss 1, a_admin 1, a_operations 42501, a_marketing 42501, a_support 42501, a_realtor 42501, a_client 42501, anon 42501, service 1');
select tests.expect_each(format('insert into ops.realtors (workspace_id, email, name) values (%L, ''n@example.org'', ''N'')', tests.ws('a')),
                         'a_boss 1, b_boss 42501', 'a realtor for tenant A');
select tests.expect_each('update ops.realtors set phone = ''1''',
                         'a_boss 3, a_admin 3, a_operations 0, a_support 0, a_realtor 1, a_realtor2 1, a_client 0, b_realtor 1, anon 42501');
select tests.expect('a_realtor', format('update ops.realtors set %s where realtor_id = ''a_realtor''', change), want, 'own record: ' || change)
  from (values ('name = ''Rea''', '1'), ('phone = ''1''', '1'), ('email = ''rea@example.org''', '1'), ('license_number = ''L1''', '1'),
               ('brokerage = ''B''', '1'), ('territories = ''{Miami}''', '1'), ('metadata = ''{}''', '1'), ('status = ''pending''', 'PT403'),
               ('user_id = null', 'PT403'), ('slack_user_id = ''U9''', 'PT403'), ('agent_id = gen_random_uuid()', 'PT403')) x (change, want);
select tests.expect_each('update ops.realtors set status = ''suspended'' where realtor_id = ''a_realtor''', 'a_boss 1, a_admin 1, a_operations 0, a_realtor2 0');

-- listings: 3 in A and a deleted one.
select tests.expect_each('select from ops.listings', 'a_boss 4, a_operations 3, a_marketing 3, a_support 3, a_realtor 1, a_realtor2 1, a_admin 0, b_realtor 1, b_boss 3, service 7, worker 7');
select tests.expect_each('select from ops.listings where deleted_at is not null', 'a_boss 1, a_operations 0, a_realtor 0, service 2');
select tests.expect_each('insert into ops.listings (address_string) values (''9 Main'')',
                         'a_boss 1, a_operations 1, a_marketing 42501, a_support 42501, a_realtor 42501, a_admin 42501, a_client 42501, anon 42501, service 1, worker 1');
select tests.expect_each(format('insert into ops.listings (workspace_id, address_string) values (%L, ''9 Main'')', tests.ws('a')),
                         'a_boss 1, b_boss 42501, b_operations 42501', 'a listing for tenant A');
select tests.expect_each('update ops.listings set notes = ''n''',
                         'a_boss 4, a_operations 3, a_marketing 0, a_support 0, a_realtor 0, a_admin 0, b_operations 2, anon 42501, service 7');
select tests.expect_each('update ops.listings set notes = ''n'' where listing_id = ''a_gone''', 'a_boss 1, a_operations 0');

-- activities: the visibility of each to each.
select tests.expect_each('select from ops.activities where visibility_group = ''BOTH'' and deleted_at is null',
                         'a_boss 2, a_operations 2, a_marketing 2, a_support 2, a_realtor 1, a_realtor2 1, a_admin 0, b_boss 1, b_realtor 1, service 3');
select tests.expect_each('select from ops.activities where visibility_group = ''AGENT''',
                         'a_boss 1, a_operations 1, a_marketing 0, a_support 0, a_realtor 1, a_realtor2 0, a_admin 0, b_operations 1, service 2');
select tests.expect_each('select from ops.activities where visibility_group = ''MARKETING''',
                         'a_boss 1, a_operations 0, a_marketing 1, a_support 0, a_realtor 0, a_realtor2 0, a_admin 0, b_operations 0, b_boss 1, service 2');
select tests.expect_each('select from ops.activities where deleted_at is not null', 'a_boss 1, a_operations 0, a_marketing 0, a_support 0, a_realtor 0, service 2');
select tests.expect_each(format('insert into ops.activities (listing_id, name, task_category, visibility_group) values (''a_file'', ''N'', ''OTHER'', %L)', v), w,
                         'a new activity for ' || v)
  from (values ('BOTH', 'a_boss 1, a_operations 1, a_marketing 1, a_support 1'), ('AGENT', 'a_boss 1, a_operations 1, a_marketing 42501, a_support 42501'),
               ('MARKETING', 'a_boss 1, a_operations 42501, a_marketing 1, a_support 42501')) x (v, p),
       lateral (select p || ', a_realtor PT403, a_admin PT403, a_client PT403, anon 42501, service 1, worker 1') y (w);
select tests.expect_each(format('insert into ops.activities (workspace_id, listing_id, name, task_category) values (%L, ''a_file'', ''N'', ''OTHER'')', tests.ws('a')),
                         'a_boss 1, b_boss 42501, b_operations 42501', 'an activity for tenant A');
select tests.expect_each(format('update ops.activities set description = ''d'' where visibility_group = %L and deleted_at is null', v), w,
                         'describing activities for ' || v)
  from (values ('BOTH', 'a_boss 2, a_operations 2, a_marketing 2, a_support 2'), ('AGENT', 'a_boss 1, a_operations 1, a_marketing 0, a_support 0'),
               ('MARKETING', 'a_boss 1, a_operations 0, a_marketing 1, a_support 0')) x (v, p),
       lateral (select p || ', a_realtor 0, a_realtor2 0, a_admin 0, a_client 0, anon 42501') y (w);
select tests.expect('a_marketing', 'update ops.activities set visibility_group = ''AGENT'' where task_id = ''a_both''', '42501',
                    'nobody moves an activity out of their own sight');
select tests.expect_each('update ops.activities set claimed_at = now()', 'a_boss 42501, a_operations 42501, worker >0');
select tests.expect_each('update ops.activities set completed_at = now()', 'a_boss 42501, a_operations 42501, worker >0');
select tests.expect_each('update ops.activities set realtor_id = null', 'a_boss 42501, a_operations 42501');

-- agent_tasks: 2 in A and a deleted one.
select tests.expect_each('select from ops.agent_tasks', 'a_boss 3, a_operations 2, a_marketing 2, a_support 2, a_realtor 1, a_realtor2 1, a_admin 0, b_realtor 1, b_boss 2, service 5');
select tests.expect_each('insert into ops.agent_tasks (realtor_id, task_key, name) values (''a_realtor'', ''K'', ''N'')',
                         'a_boss 1, a_operations 1, a_marketing 1, a_support 1, a_realtor PT403, a_admin PT403, a_client PT403, anon 42501, service 1, worker 1');
select tests.expect_each(format('insert into ops.agent_tasks (workspace_id, realtor_id, task_key, name) values (%L, ''a_realtor'', ''K'', ''N'')', tests.ws('a')),
                         'a_boss 1, b_boss 42501', 'a task for tenant A');
select tests.expect_each('update ops.agent_tasks set priority = 5',
                         'a_boss 3, a_operations 2, a_marketing 2, a_support 2, a_realtor 0, a_admin 0, a_client 0, b_operations 1, anon 42501');
select tests.expect_each('update ops.agent_tasks set completed_at = now()', 'a_boss 42501, a_operations 42501');

-- slack_messages: admins of operations alone.
select tests.expect_each('select from ops.slack_messages',
                         'a_boss 1, a_operations 0, a_marketing 0, a_support 0, a_realtor 0, a_admin 0, b_boss 1, anon 42501, service 2, worker 2');
select tests.expect_each('insert into ops.slack_messages (slack_user_id, slack_channel_id, slack_ts, message_text, classification, message_type)
                          values (''U'', ''C'', ''2'', ''m'', ''{}'', ''IGNORE'')',
                         'a_boss 1, a_operations 42501, a_marketing 42501, a_support 42501, a_realtor 42501, a_admin 42501, anon 42501, service 1, worker 1',
                         'a new message');
select tests.expect_each('update ops.slack_messages set processing_status = ''skipped''',
                         'a_boss 1, a_operations 0, a_marketing 0, a_support 0, a_realtor 0, a_admin 0, b_boss 1, anon 42501, service 2');
select tests.expect_each('delete from ops.slack_messages',
                         'a_boss 1, a_operations 0, a_marketing 0, a_support 0, a_realtor 0, a_admin 0, b_boss 1, anon 42501, service 2');

-- One who is staff and realtor sees as both.
insert into ops.realtors (workspace_id, realtor_id, user_id, email, name)
  values (tests.ws('a'), 'a_double', tests.id('a_support'), 'double@example.org', 'Double');
insert into ops.listings (workspace_id, listing_id, realtor_id, address_string) values (tests.ws('a'), 'a_double_file', 'a_double', '7 Main');
insert into ops.activities (workspace_id, listing_id, name, task_category, visibility_group) values (tests.ws('a'), 'a_double_file', 'N', 'OTHER', 'AGENT');
select tests.expect_each('select from ops.activities where visibility_group = ''AGENT''', 'a_support 1, a_marketing 0', 'a realtor among the staff');

-- The machinery is nobody's to call.
select tests.expect_each('select ops.bury(''listing'', ''a_file'', ''delete'', ''ops.realtor'')', 'a_boss 42501, a_realtor 42501, anon 42501, service 42501');
select tests.expect_each('select ops.claim_task(''a_both'')', 'anon 42501');

select * from finish();
rollback;
