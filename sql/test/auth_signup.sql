-- What a sign-up becomes: a personal workspace, or what an invitation says; and who may invite whom.
begin;
select no_plan();
select tests.two_tenants();
select tests.logout();
insert into org.organizations (id, name) values (tests.put('org', md5('org')::uuid), 'North');
update mls.workspaces set organization_id = tests.id('org') where id = tests.ws('a');
insert into org.user_profile (organization_id, role, user_id) values (tests.id('org'), 'admin', tests.id('a_admin'));

create function pg_temp.sign_up(name text, address text, confirmed boolean default true, app jsonb default '{}', anonymous boolean default false)
  returns uuid language sql as $$
  insert into auth.users (id, email, email_confirmed_at, raw_app_meta_data, is_anonymous)
    values (tests.put(name, md5(name)::uuid), address, case when confirmed then now() end, app, anonymous) returning id;
$$;
create function pg_temp.places(who text) returns text language sql stable as $$
  select format('%s %s %s', (select p.role || case when p.workspace_id = tests.ws('a') then ' of a' when p.workspace_id = tests.ws('b')
                               then ' of b' else ' of ' || regexp_replace(w.slug, '-.*', '') end
                               from mls.user_profiles p join mls.workspaces w on w.id = p.workspace_id where p.id = md5(who)::uuid),
                (select o.role from org.user_profile o where o.user_id = md5(who)::uuid),
                (select c.role from crm.profiles c where c.id = md5(who)::uuid));
$$;

-- Without an invitation
select lives_ok($$ select pg_temp.sign_up('ann', 'ann@example.org', false) $$, 'somebody signs up');
select is(pg_temp.places('ann'), 'admin of personal  user', 'and is admin of a workspace of their own, and user of the CRM');
select pg_temp.sign_up('bea', 'bea@example.org');
select is((select count(distinct workspace_id) from mls.user_profiles where id in (tests.id('ann'), tests.id('bea'))), 2::bigint,
          'each of another');
select tests.expect('ann', $$ insert into crm.leads (name) values ('first') $$, '1', 'and can work at once');
insert into auth.users (id, email, raw_user_meta_data) values (md5('cy')::uuid, 'cy@example.org', '{"full_name": "Cy Twombly"}');
select results_eq($$ select w.name, p.full_name from mls.user_profiles p join mls.workspaces w on w.id = p.workspace_id
                       where p.id = md5('cy')::uuid $$, $$ values ('Cy Twombly''s workspace', 'Cy Twombly') $$, 'it bears the person''s name');
select pg_temp.sign_up('nobody', null, false, anonymous => true);
select is(pg_temp.places('nobody'), '  user', 'an anonymous login gets no workspace');
update auth.users set is_anonymous = false, email = 'nobody@example.org' where id = tests.id('nobody');
select is(pg_temp.places('nobody'), 'admin of personal  user', 'until it is somebody''s');
update auth.users set email_confirmed_at = now(), raw_app_meta_data = '{}' where id = tests.id('ann');
select is((select count(*) from mls.workspaces where slug = 'personal-' || replace(tests.id('ann')::text, '-', '')), 1::bigint,
          'confirming makes no second one');

-- With an invitation that names everything
insert into ops.realtors (workspace_id, email, name, status) values (tests.ws('a'), 'dan@example.org', 'Dan the Realtor', 'pending');
insert into auth.invitations (email, full_name, workspace_id, mls_role, organization_id, org_role, crm_role, ops_role, is_realtor,
                              is_marketing_agent)
  values ('dan@example.org', 'Dan Brown', tests.ws('a'), 'agent', tests.id('org'), 'user', 'admin', 'operations', true, true);
select pg_temp.sign_up('dan', 'Dan@Example.org', false);
select is(pg_temp.places('dan'), '  user', 'an invitation waits until the address is confirmed');
update auth.users set encrypted_password = 'hash' where id = tests.id('dan');
select is(pg_temp.places('dan'), '  user', 'nothing else will do');
update auth.users set email_confirmed_at = now() where id = tests.id('dan');
select is(pg_temp.places('dan'), 'agent of a user admin', 'then the person is what it names');
select is(p.full_name, 'Dan Brown', 'under the name it gives') from mls.user_profiles p where p.id = tests.id('dan');
select results_eq($$ select role, status, email from ops.staff where user_id = tests.id('dan') and workspace_id = tests.ws('a') $$,
                  $$ values ('operations', 'active', 'dan@example.org') $$, 'staff of operations');
select results_eq($$ select name, status from ops.realtors where user_id = tests.id('dan') $$,
                  $$ values ('Dan the Realtor', 'active') $$, 'the realtor who had no login yet');
select results_eq($$ select a.name, a.email, u.email::text, u.is_active, u.password_hash::text from marketing.users u
                       join marketing.agents a on a.workspace_id = u.workspace_id and a.id = u.agent_id where u.id = tests.id('dan') $$,
                  $$ values ('Dan Brown', 'dan@example.org', 'Dan@Example.org', true, 'hash') $$, 'a marketing agent with a dashboard login');
select results_eq($$ select accepted_by, accepted_at = now() from auth.invitations where email = 'dan@example.org' $$,
                  $$ values (tests.id('dan'), true) $$, 'and the invitation is used');
update auth.users set encrypted_password = 'hash 2', email = 'dan@new.example' where id = tests.id('dan');
select results_eq($$ select email::text, password_hash::text from marketing.users where id = tests.id('dan') $$,
                  $$ values ('dan@new.example', 'hash 2') $$, 'the dashboard login stays equal to the login');
select tests.login(tests.id('dan'));
select is(plat.me(3), ',mls.agent,org.user,ops.staff,ops.operations,ops.realtor,marketing.agent,crm.admin,',
          'a request has all of these roles');
select tests.logout();

-- One that names an agent, and one that names little
insert into marketing.agents (workspace_id, id, name, email) values (tests.ws('a'), tests.put('eve_agent', md5('eve_agent')::uuid), 'Eve', 'info@eve.example');
insert into auth.invitations (email, workspace_id, is_marketing_agent, marketing_agent_id)
  values ('eve@example.org', tests.ws('a'), true, tests.id('eve_agent'));
select pg_temp.sign_up('eve', 'eve@example.org');
select is(pg_temp.places('eve'), 'client of a  user', 'a client, to begin with');
select is(u.agent_id, tests.id('eve_agent'), 'with the agent row that the invitation names') from marketing.users u where u.id = tests.id('eve');
select is((select count(*) from ops.staff where user_id = tests.id('eve')), 0::bigint, 'and nothing that it does not');

-- Invited once more, under another address: the rows are the login's, no second ones are made.
insert into auth.invitations (id, email, workspace_id, mls_role, ops_role, is_realtor, is_marketing_agent)
  values (md5('again')::uuid, 'dan@new.example', tests.ws('a'), 'admin', 'admin', true, true);
select lives_ok($$ select auth.accept_invitation(md5('again')::uuid, tests.id('dan')) $$, 'an invitation of somebody who is there');
select results_eq($$ select (select array_agg(role) from ops.staff where user_id = tests.id('dan')),
                            (select count(*) from ops.realtors where user_id = tests.id('dan')) $$,
                  $$ values (array['admin'], 1::bigint) $$, 'changes what the person is');
-- An agent has one login; that of a deleted one is free again.
insert into auth.invitations (id, email, workspace_id, is_marketing_agent, marketing_agent_id)
  values (md5('second')::uuid, 'flo@example.org', tests.ws('a'), true, tests.id('eve_agent'));
select throws_ok($$ select pg_temp.sign_up('flo', 'flo@example.org') $$, 'PT409',
                 format('marketing agent %s has another login already', tests.id('eve_agent')), 'no second login for an agent');
update auth.users set deleted_at = now() where id = tests.id('eve');
select lives_ok($$ select pg_temp.sign_up('flo', 'flo@example.org') $$, 'unless the first is deleted');
insert into auth.invitations (email, workspace_id, ops_role, is_marketing_agent) values ('eve@example.org', tests.ws('a'), 'support', true);
select lives_ok($$ select pg_temp.sign_up('eve the second', 'eve@example.org') $$, 'and the address signs up again');

-- Not any more
insert into auth.invitations (email, workspace_id, accepted_at, revoked_at, expires_at) values
  ('fay@example.org', tests.ws('a'), null, null, now()), ('fay@example.org', tests.ws('b'), null, now(), default),
  ('fay@example.org', tests.ws('b'), now(), null, default);
select pg_temp.sign_up('fay', 'fay@example.org');
select is(pg_temp.places('fay'), 'admin of personal  user', 'one that expired, was withdrawn or used counts for nothing');

-- The latest of several; the one the server names before all others, and without waiting.
insert into auth.invitations (id, email, workspace_id, mls_role, created_at) values
  (md5('old')::uuid, 'gus@example.org', tests.ws('a'), 'admin', now() - interval '1 day'),
  (md5('new')::uuid, 'gus@example.org', tests.ws('b'), 'agent', now());
select pg_temp.sign_up('gus', 'gus@example.org');
select is(pg_temp.places('gus'), 'agent of b  user', 'of several invitations the latest');
insert into auth.invitations (id, email, workspace_id, mls_role) values (md5('named')::uuid, 'hal@example.org', tests.ws('b'), 'admin');
select pg_temp.sign_up('hal', 'hal@elsewhere.example', false, jsonb_build_object('invitation_id', md5('named')::uuid));
select is(pg_temp.places('hal'), 'admin of b  user', 'the one that the server names, whatever the address');
select pg_temp.sign_up('ian', 'ian@example.org', true, '{"invitation_id": "nonsense"}');
select is(pg_temp.places('ian'), 'admin of personal  user', 'nonsense names none');
insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
  values (md5('jo')::uuid, 'jo@example.org', now(), jsonb_build_object('invitation_id', md5('old')::uuid));
select is(pg_temp.places('jo'), 'admin of personal  user', 'what a person says of themselves names none');

-- A login that is there already is moved by accepting only.
insert into auth.invitations (id, email, workspace_id, mls_role) values (md5('move')::uuid, 'ann@example.org', tests.ws('b'), 'agent');
update auth.users set email_confirmed_at = now() + interval '1 s', raw_app_meta_data = '{"x": 1}' where id = tests.id('ann');
select is(pg_temp.places('ann'), 'admin of personal  user', 'an invitation alone moves nobody');
select lives_ok($$ select auth.accept_invitation(md5('move')::uuid, tests.id('ann')) $$, 'it is accepted');
select is(pg_temp.places('ann'), 'agent of b  user', 'and the person is there');
select throws_ok($$ select auth.accept_invitation(md5('move')::uuid, tests.id('ann')) $$, 'PT409',
                 'the invitation was used or withdrawn, or its time is over', 'once');
select throws_ok($$ select auth.accept_invitation(gen_random_uuid(), tests.id('ann')) $$, 'PT409', null, 'one that is not there');
select tests.expect_each($$ select auth.accept_invitation(md5('old')::uuid, tests.id('a_agent')) $$,
                         'a_agent 42501, a_admin 42501, anon 42501, service 42501, worker 1', 'accepting is the server''s');
insert into org.user_profile (organization_id, role, user_id) values (tests.id('org'), 'developer', tests.id('b_agent'));
insert into auth.invitations (id, email, workspace_id, organization_id, org_role)
  values (md5('dev')::uuid, 'b_agent@example.org', tests.ws('a'), tests.id('org'), 'user');
select auth.accept_invitation(md5('dev')::uuid, tests.id('b_agent'));
select is(p.role, 'developer', 'a developer stays one') from org.user_profile p where p.user_id = tests.id('b_agent');

-- auth.invite
select tests.expect_each($$ select auth.invite('kim@example.org', 'agent') $$,
                         'a_admin 1, a_agent PT403, a_client PT403, b_admin 1, drifter PT403, anon 42501, service 1, worker 1');
select tests.expect(who, statement, want) from (values
  ('a_admin', $$ select auth.invite('kim@example.org', 'agent', org_role => 'admin') $$, '1'),
  ('a_admin', $$ select auth.invite('kim@example.org', 'agent', org_role => 'developer') $$, '23514'),
  ('a_admin', $$ select auth.invite('kim@example.org', 'owner') $$, '23514'),
  ('a_admin', $$ select auth.invite('kim@example.org', crm_role => 'boss') $$, '23514'),
  ('a_admin', $$ select auth.invite('kim@example.org', ops_role => 'boss') $$, '23514'),
  ('a_admin', $$ select auth.invite('kim') $$, '23514'),
  ('a_admin', $$ select auth.invite('A_Agent@example.org') $$, 'PT409 a_agent@example.org belongs to this workspace already'),
  ('a_admin', $$ select auth.invite('b_client@example.org') $$, '1'),
  ('a_admin', $$ select auth.invite('kim@example.org', marketing_agent_id => tests.id('eve_agent')) $$, '1'),
  ('a_admin', $$ select auth.invite('kim@example.org', marketing_agent_id => gen_random_uuid()) $$, 'PT409 there is no marketing agent'),
  ('b_admin', $$ select auth.invite('kim@example.org', marketing_agent_id => tests.id('eve_agent')) $$, 'PT409 there is no marketing agent'),
  ('b_admin', $$ select auth.invite('kim@example.org', org_role => 'user') $$, 'PT403 only an admin of the organisation'),
  ('service', $$ select auth.invite('kim@example.org', org_role => 'admin') $$, '1')) v (who, statement, want);
update mls.workspaces set organization_id = tests.id('org') where id = tests.ws('b');
select tests.expect('b_admin', $$ select auth.invite('kim@example.org', org_role => 'user') $$, 'PT403',
                    'an admin of a workspace is none of its organisation');
update mls.workspaces set organization_id = null where id = tests.ws('a');
select tests.expect('a_admin', $$ select auth.invite('kim@example.org', org_role => 'user') $$, 'PT403', 'nor of another');
update mls.workspaces set organization_id = tests.id('org') where id = tests.ws('a');
select tests.login(tests.id('a_admin'));
select is((auth.invite(' Kim@Example.org ', 'agent', 'Kim', org_role => 'user', ops_role => 'support')).email, 'kim@example.org',
          'an admin invites, whatever the letters');
select is((auth.invite('kim@example.org', 'client')).mls_role, 'client', 'and again, otherwise');
select tests.logout();
select results_eq($$ select mls_role, org_role, ops_role, invited_by from auth.invitations where email = 'kim@example.org' $$,
                  $$ values ('client', null::text, null::text, tests.id('a_admin')) $$, 'the last invitation counts, alone');

select * from finish();
rollback;
