-- Marketing: who may see, make, change and delete what. Rows: see _helpers_marketing.sql.
begin;
select * from no_plan();
select tests.two_tenants();
select tests.marketing();

-- What each sees: an agent their own, an admin the workspace's, clients, strangers and agents without a profile nothing.
select tests.expect_each(format('select from marketing.%s', t), w || ', a_client 0, drifter 0, anon 42501')
  from (values
    ('agents',                'a_agent 1, a_agent2 1, a_admin 2, b_agent 1, b_admin 1, service 3, worker 3'),
    ('listings',              'a_agent 2, a_agent2 2, a_admin 2, b_agent 1, b_admin 1, service 3, worker 3'),
    ('content_pieces',        'a_agent 2, a_agent2 2, a_admin 4, b_agent 2, b_admin 2, service 6, worker 6'),
    ('post_schedule',         'a_agent 1, a_agent2 1, a_admin 2, b_agent 1, b_admin 1, service 3, worker 3'),
    ('notifications',         'a_agent 1, a_agent2 1, a_admin 2, b_agent 1, b_admin 1, service 3, worker 3'),
    ('approval_logs',         'a_agent 1, a_agent2 1, a_admin 2, b_agent 1, b_admin 1, service 3, worker 3'),
    ('users',                 'a_agent 1, a_agent2 1, a_admin 2, b_agent 1, b_admin 1, service 3, worker 3'),
    ('social_media_accounts', 'a_agent 1, a_agent2 1, a_admin 2, b_agent 1, b_admin 1, service 3, worker 3')) x (t, w);

-- Secrets: no API role reads or writes them, not even the service role.
select tests.expect_each(s, 'a_agent 42501, a_admin 42501, anon 42501, service 42501, worker >0')
  from unnest(array[
    'select password_hash from marketing.users',
    'select * from marketing.users',
    'update marketing.users set password_hash = ''x''',
    'select access_token_encrypted from marketing.social_media_accounts',
    'select refresh_token_encrypted from marketing.social_media_accounts',
    'select * from marketing.social_media_accounts',
    'update marketing.social_media_accounts set access_token_encrypted = ''x''',
    'update marketing.social_media_accounts set refresh_token_encrypted = ''x''']) s;
select tests.expect_each(format('insert into marketing.social_media_accounts (agent_id, platform, account_id, access_token_encrypted)
                                 values (%L, ''instagram'', ''me'', ''x'')', tests.id('agent_a_agent')),
                         'a_agent 42501, a_admin 42501, anon 42501, service 42501, worker 1',
                         'connecting an account');
-- What may be read without them.
select tests.expect_each('select id, platform, account_id, token_expires_at, is_active from marketing.social_media_accounts',
                         'a_agent 1, a_admin 2, service 3');
select tests.expect_each('select id, email, last_login_at, is_active, agent_id from marketing.users', 'a_agent 1, a_admin 2, service 3');

-- agents
select tests.expect_each('insert into marketing.agents (name, email) values (''New'', ''new@example.org'')',
                         'a_agent 42501, a_client 42501, drifter 42501, anon 42501, a_admin 1, service 1, worker 1');
select tests.expect_each(format('insert into marketing.agents (workspace_id, name, email) values (%L, ''New'', ''new@example.org'')',
                                tests.ws('a')), 'b_admin 42501, a_admin 1', 'an agent for tenant A');
select tests.expect_each('update marketing.agents set phone = ''1''',
                         'a_agent 1, a_agent2 1, a_admin 2, a_client 0, b_admin 1, drifter 0, anon 42501, service 3');
select tests.expect_each(format('update marketing.agents set name = ''x'' where id = %L', tests.id('agent_a_agent2')),
                         'a_agent 0, a_agent2 1, a_admin 1, b_admin 0');
select tests.expect_each('delete from marketing.agents', 'a_agent 0, a_client 0, anon 42501');
select tests.expect('a_admin', 'delete from marketing.agents', '23503', 'an agent that something belongs to stays');

-- users
insert into marketing.agents (workspace_id, id, name, email)
  values (tests.ws('a'), tests.put('free', md5('free')::uuid), 'Free', 'free@example.org');
select tests.expect_each('delete from marketing.agents where name = ''Free''', 'a_agent 0, b_admin 0, a_admin 1, service 1');
select tests.expect_each(format('insert into marketing.users (id, agent_id) values (%L, %L)', tests.id('a_client'), tests.id('free')),
                         'a_admin 1, service 1, worker 1, a_agent 42501, a_client 42501, drifter PT409, anon 42501');
select tests.expect('a_admin', format('insert into marketing.users (id) values (%L)', tests.id('b_client')),
                    'PT409 does not belong to this workspace', 'an admin cannot take in a login of another tenant, and see its address');
select tests.expect('b_admin', format('insert into marketing.users (workspace_id, id) values (%L, %L)', tests.ws('a'), tests.id('a_client')),
                    '42501', 'nor give another tenant one');
select tests.expect_each('update marketing.users set is_active = false',
                         'a_agent 0, a_client 0, a_admin 2, b_admin 1, anon 42501, service 3');
select tests.expect_each(format('delete from marketing.users where id = %L', tests.id('a_agent')),
                         'a_agent 0, a_agent2 0, a_admin 1, b_admin 0, anon 42501, service 1');

-- social_media_accounts: switched off and given up by their agent or an admin; nothing else of them changes.
select tests.expect_each('update marketing.social_media_accounts set is_active = false',
                         'a_agent 1, a_admin 2, a_client 0, b_admin 1, anon 42501');
select tests.expect_each('update marketing.social_media_accounts set account_id = ''x''', 'a_agent 42501, a_admin 42501');
select tests.expect_each(format('delete from marketing.social_media_accounts where id = %L', tests.id('account_a_agent2')),
                         'a_agent 0, a_client 0, b_admin 0, b_agent 0, anon 42501, a_agent2 23503, a_admin 23503');
delete from marketing.post_schedule where id = tests.id('post_b_agent');
select tests.expect_each(format('delete from marketing.social_media_accounts where id = %L', tests.id('account_b_agent')),
                         'a_admin 0, b_agent 1, b_admin 1', 'an account that nothing is scheduled on');

-- listings: the workspace's
select tests.expect_each('insert into marketing.listings (source_id, address, city, state, zip_code) values (''n'', ''1 Main'', ''M'', ''FL'', ''1'')',
                         'a_agent 1, a_agent2 1, a_admin 1, b_agent 1, service 1, a_client 42501, drifter 42501, anon 42501',
                         'a new listing');
select tests.expect_each(format('insert into marketing.listings (workspace_id, source_id, address, city, state, zip_code)
                                 values (%L, ''n'', ''1 Main'', ''M'', ''FL'', ''1'')', tests.ws('a')),
                         'b_agent 42501, b_admin 42501', 'a listing for tenant A');
select tests.expect_each('update marketing.listings set price = 1', 'a_agent 2, a_admin 2, b_agent 1, a_client 0, drifter 0, anon 42501');
select tests.expect_each('delete from marketing.listings', 'a_agent 0, a_client 0, anon 42501, a_admin 23503');
delete from marketing.approval_logs where workspace_id = tests.ws('b');
delete from marketing.content_pieces where workspace_id = tests.ws('b');
select tests.expect_each('delete from marketing.listings', 'b_agent 0, b_admin 1', 'a listing without content');
select tests.add_content('content_b', 'b_agent', 'b');

-- content_pieces
select tests.expect_each(format('insert into marketing.content_pieces (listing_id, agent_id, content_type, generated_text)
                                 values (%L, %L, ''flyer_text'', ''{}'')', tests.id('listing_a_agent'), tests.id('agent_a_agent')),
                         'a_agent 1, a_admin 1, service 1, worker 1, a_agent2 42501, a_client PT403, drifter PT403, anon 42501, b_agent 42501',
                         'new content of a_agent');
select tests.expect('a_agent', format('insert into marketing.content_pieces (listing_id, content_type, generated_text)
                                       values (%L, ''flyer_text'', ''{}'')', tests.id('listing_a_agent2')),
                    '1', 'the agent is the caller by default, listings are everybody''s');
select tests.expect_each('update marketing.content_pieces set generated_text = ''{"a": 1}'' where status = ''draft''',
                         'a_agent 1, a_agent2 1, a_admin 2, b_agent 1, a_client 0, drifter 0, anon 42501, service 3');
select tests.expect('a_agent', format('update marketing.content_pieces set agent_id = %L where status = ''draft''', tests.id('agent_a_agent2')),
                    '42501', 'an agent does not put content on another');
select tests.expect_each('update marketing.content_pieces set last_approved_at = now()', 'a_agent 42501, a_admin 42501, service >0');
select tests.expect_each('delete from marketing.content_pieces where status = ''draft''', 'a_agent 1, a_admin 2, b_agent 1, a_client 0, anon 42501');
select tests.expect('a_agent', format('delete from marketing.content_pieces where id = %L', tests.id('approved_a_agent')), '0',
                    'an agent deletes drafts only');
select tests.expect('a_admin', format('delete from marketing.content_pieces where id = %L', tests.id('approved_a_agent')), '23503',
                    'and nobody what has a history');

-- post_schedule
select tests.add_content('second_a_agent', 'a_agent', 'a', 'approved_for_posting');
select tests.expect_each(format('insert into marketing.post_schedule (content_piece_id, social_media_account_id, scheduled_at)
                                 values (%L, %L, now())', tests.id('second_a_agent'), tests.id('account_a_agent')),
                         'a_agent 1, a_admin 1, service 1, worker 1, a_agent2 PT409, a_client PT403, drifter PT403, b_agent PT409, anon 42501',
                         'scheduling content of a_agent');
select tests.expect_each('update marketing.post_schedule set scheduled_at = now()', 'a_agent 1, a_agent2 1, a_admin 2, a_client 0, b_agent 0, anon 42501');
select tests.expect_each('update marketing.post_schedule set posted_at = now()', 'a_agent 42501, a_admin 42501, worker 2');
select tests.expect_each('update marketing.post_schedule set platform_post_id = ''1'', error_message = ''x''', 'a_agent 42501, a_admin 42501, worker 2');
select tests.expect_each('delete from marketing.post_schedule', 'a_agent 1, a_agent2 1, a_admin 2, a_client 0, b_agent 0, anon 42501');
set local session_replication_role = replica;
update marketing.post_schedule set status = 'success';
set local session_replication_role = origin;
select tests.expect_each('delete from marketing.post_schedule', 'a_agent 0, a_admin 0, service 2', 'a post that went out');

-- notifications: written by the server, ticked off by their agent alone
select tests.expect_each(format('insert into marketing.notifications (agent_id, notification_type, message) values (%L, ''x'', ''x'')',
                                tests.id('agent_a_agent')), 'a_agent 42501, a_admin 42501, anon 42501, service 1, worker 1',
                         'a new notification');
select tests.expect_each('update marketing.notifications set is_read = true',
                         'a_agent 1, a_agent2 1, b_agent 1, a_admin 0, a_client 0, drifter 0, anon 42501, service 3');
select tests.expect_each('update marketing.notifications set message = ''x''', 'a_agent 42501, a_admin 42501');
select tests.expect_each('delete from marketing.notifications', 'a_agent 42501, a_admin 42501, anon 42501, service 3');

-- approval_logs: an audit, read only
select tests.expect_each(format('insert into marketing.approval_logs (content_piece_id, agent_id, action_type) values (%L, %L, ''approved'')',
                                tests.id('content_a_agent'), tests.id('agent_a_agent')),
                         'a_agent 42501, a_admin 42501, anon 42501, service 42501', 'a new line in the audit');
select tests.expect_each('update marketing.approval_logs set feedback = ''x''', 'a_agent 42501, a_admin 42501, anon 42501, service 42501');
select tests.expect_each('delete from marketing.approval_logs', 'a_agent 42501, a_admin 42501, anon 42501, service 42501');

-- A login that is switched off is no agent any more.
update marketing.users set is_active = false where id = tests.id('a_agent');
select tests.expect_each('select from marketing.content_pieces', 'a_agent 0, a_agent2 2', 'after the login is switched off');

-- Functions of the machinery are nobody's to call.
select tests.expect_each('select marketing.step_words(''draft'', ''pending_approval_agent'')', 'a_agent 42501, anon 42501, service 42501');

select * from finish();
rollback;
