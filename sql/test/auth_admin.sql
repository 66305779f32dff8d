-- Logins in the hands of the service key, and invitations in those of a workspace's admins.
begin;
select no_plan();
select tests.two_tenants();
select tests.logout();

select lives_ok($$ select tests.put('ann', auth.admin_make_login('{"email": "ann@example.org", "password": "hash", "email_confirm": true, "phone": "15551234",
                     "app_metadata": {"plan": "gold"}, "user_metadata": {"a": 1, "b": 2}, "ban_s": 60}')) $$, 'a login is made');
select results_eq($$ select email_confirmed_at is not null, phone_confirmed_at is null, banned_until > now(), raw_app_meta_data from auth.users where id = tests.id('ann') $$,
                  $$ values (true, true, true, '{"plan": "gold", "provider": "email", "providers": ["email", "phone"]}'::jsonb) $$, 'as it was wanted');
select throws_ok($$ select auth.admin_make_login('{"email": "ann@example.org"}') $$, 'PT422', 'A user with this email address has already been registered', 'not twice');
select throws_ok($$ select auth.admin_make_login('{"phone": "15551234"}') $$, 'PT422', 'A user with this phone number has already been registered', 'neither by number');
select throws_ok($$ select auth.admin_make_login(jsonb_build_object('id', tests.id('ann'), 'email', 'x@example.org')) $$, 'PT422',
                 'A user with this id exists already', 'nor by id');
insert into auth.sessions (user_id) values (tests.id('ann'));
select lives_ok($$ select auth.admin_change_login(tests.id('ann'), '{"email": "ann.lee@example.org", "user_metadata": {"b": null, "c": 3},
                     "app_metadata": {"plan": null}, "ban_s": null}') $$, 'it is changed');
select results_eq($$ select email::text, raw_user_meta_data - array['sub', 'email', 'email_verified', 'phone_verified'], raw_app_meta_data ? 'plan', banned_until
                       from auth.users where id = tests.id('ann') $$,
                  $$ values ('ann.lee@example.org', '{"a": 1, "c": 3}'::jsonb, false, null::timestamptz) $$, 'in these members only');
select is((select count(*) from auth.sessions where user_id = tests.id('ann')), 1::bigint, 'sessions go on');
select auth.admin_change_login(tests.id('ann'), '{"password": "other"}');
select is((select count(*) from auth.sessions where user_id = tests.id('ann')), 0::bigint, 'until the password is another one');
select throws_ok($$ select auth.admin_change_login(tests.id('ann'), '{"email": "a_admin@example.org"}') $$, 'PT422', null, 'a taken address is refused');
select throws_ok($$ select auth.admin_change_login(tests.ws('a'), '{}') $$, 'PT404', 'User not found', 'who is not there is not changed');

-- Deleting
select lives_ok($$ select auth.admin_delete_login(tests.id('ann'), true) $$, 'it is deleted softly');
select results_eq($$ select deleted_at is not null, encrypted_password::text, phone from auth.users where id = tests.id('ann') $$, $$ values (true, '', null) $$, 'the row stays');
select is_empty($$ select from auth.identities where user_id = tests.id('ann') $$, 'its identities do not');
select throws_ok($$ select auth.admin_delete_login(tests.id('ann'), false) $$, 'PT404', null, 'it is not there any more');
select lives_ok($$ select auth.admin_make_login('{"email": "ann.lee@example.org", "phone": "15551234"}') $$, 'and somebody may have its address');
insert into crm.leads (workspace_id, user_id, name) values (tests.ws('a'), tests.id('a_agent'), 'l');
select throws_ok($$ select auth.admin_delete_login(tests.id('a_agent'), false) $$, 'PT409', null, 'what others point to is not deleted hard');
select lives_ok($$ select auth.admin_delete_login(tests.id('a_client'), false) $$, 'others are');
select is_empty($$ select from auth.users where id = tests.id('a_client') $$, 'with the row');

-- Links
select lives_ok($$ select tests.put('dan', auth.admin_expect_login('dan@example.org', '', '{"full_name": "Dan"}', false)) $$, 'who is expected gets a login');
select is(auth.admin_expect_login('dan@example.org', '', null, false), tests.id('dan'), 'and keeps it');
update auth.users set email_confirmed_at = now() where id = tests.id('dan');
select throws_ok($$ select auth.admin_expect_login('dan@example.org', '', null, false) $$, 'PT422', null, 'once confirmed, nobody is expected any more');
select is(auth.admin_expect_login('dan@example.org', '', null, true), tests.id('dan'), 'unless that may be');
select throws_ok($$ select auth.admin_plan_email_change('nobody@example.org', 'x@example.org') $$, 'PT404', null, 'a change of address needs somebody');
select throws_ok($$ select auth.admin_plan_email_change('dan@example.org', 'a_admin@example.org') $$, 'PT422', null, 'and a free address');
select is(auth.admin_plan_email_change('dan@example.org', 'Dan.New@example.org'), tests.id('dan'), 'then it is planned');

select tests.expect_each($$ select auth.admin_make_login('{"email": "z@example.org"}') $$, 'anon 42501, a_admin 42501, service 42501, worker 1');
select tests.expect_each($$ select auth.admin_change_login(tests.id('dan'), '{}') $$, 'anon 42501, a_admin 42501, service 42501, worker 1');

-- Invitations
select tests.login(tests.id('a_admin'));
select lives_ok($$ select auth.invite('eve@example.org', 'agent') $$, 'an admin invites');
select is(jsonb_array_length(auth.open_invitations()), 1, 'and sees it');
select tests.logout();
select tests.put('eve', id) from auth.invitations where email = 'eve@example.org';
insert into auth.users (id, email) values (md5('eve user')::uuid, 'eve@example.org');
insert into auth.one_time_tokens (user_id, token_type, token_hash, relates_to) values (md5('eve user')::uuid, 'invite_token', sha256('e'), 'eve@example.org');
select tests.expect_each($$ select from jsonb_array_elements(auth.open_invitations()) $$, 'anon 42501, a_agent PT403, a_admin 1, b_admin 0', 'open invitations');
select tests.expect_each($$ select auth.withdraw_invitation(tests.id('eve')) $$, 'anon 42501, a_agent PT403, b_admin PT404, a_admin 1', 'withdrawing');
select tests.login(tests.id('a_admin'));
select auth.withdraw_invitation(tests.id('eve'));
select throws_ok($$ select auth.withdraw_invitation(tests.id('eve')) $$, 'PT404', null, 'once');
select tests.logout();
select is_empty($$ select from auth.one_time_tokens where token_hash = sha256('e') $$, 'the link is void as well');
select * from finish();
rollback;
