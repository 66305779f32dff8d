-- Who signs in with a provider, and who that is here.
begin;
select no_plan();
select tests.two_tenants();
select tests.logout();
create function pg_temp.sign_in(subject text, address text, verified boolean default true, signup text default 'on', provider text default 'acme')
  returns uuid language sql as $$
  select auth.sign_in_person(provider, subject, address, verified,
                             jsonb_build_object('sub', subject, 'email', address, 'email_verified', verified, 'name', 'N ' || subject), signup);
$$;

-- Somebody new
select lives_ok($$ select tests.put('ann', pg_temp.sign_in('s1', 'Ann@Example.org')) $$, 'somebody new signs in');
select results_eq($$ select email::text, email_confirmed_at is not null, raw_app_meta_data, raw_user_meta_data ->> 'name', encrypted_password::text
                       from auth.users where id = tests.id('ann') $$,
                  $$ values ('ann@example.org', true, '{"provider": "acme", "providers": ["acme"]}'::jsonb, 'N s1', '') $$, 'and is a confirmed login');
select is((select count(*) from mls.user_profiles where id = tests.id('ann')), 1::bigint, 'with a workspace');
select is(pg_temp.sign_in('s1', 'elsewhere@example.org'), tests.id('ann'), 'who comes again is the same, whatever the address is now');
select is(pg_temp.sign_in('s1', null, false), tests.id('ann'), 'even without one');
select throws_ok($$ select pg_temp.sign_in('s2', 'new@example.org', signup => 'off') $$, 'PT422', 'Signups not allowed for this instance', 'unless nobody signs up');
select throws_ok($$ select pg_temp.sign_in('s2', 'new@example.org', signup => 'invited') $$, 'PT422', 'Signups not allowed for this instance', 'or only who is invited');
insert into auth.invitations (email, workspace_id, mls_role) values ('new@example.org', tests.ws('a'), 'agent');
select lives_ok($$ select tests.put('new', pg_temp.sign_in('s2', 'New@example.org', signup => 'invited')) $$, 'who is invited');
select is((select role from mls.user_profiles where id = tests.id('new') and workspace_id = tests.ws('a')), 'agent', 'is what the invitation says');

-- Linked by address
insert into auth.users (id, email, email_confirmed_at, encrypted_password, raw_user_meta_data)
  values (md5('bea')::uuid, 'bea@example.org', now(), 'hash', '{"colour": "blue"}');
insert into auth.identities (user_id, provider, provider_id, identity_data, created_at)
  values (md5('bea')::uuid, 'email', md5('bea'), '{"email": "bea@example.org", "email_verified": true}', now() - interval '1 day');
select throws_ok($$ select pg_temp.sign_in('s3', 'bea@example.org', false) $$, 'PT422', null, 'an address the provider has not verified links to nothing');
select throws_ok($$ select pg_temp.sign_in('s9', 'nobody@example.org', false) $$, 'PT422', null, 'and makes nothing');
select throws_ok($$ select pg_temp.sign_in('s9', null) $$, 'PT422', 'acme gives no email address', 'nor does none');
select is(pg_temp.sign_in('s3', 'Bea@Example.org'), md5('bea')::uuid, 'a verified one is the login that has it confirmed');
select results_eq($$ select encrypted_password::text, raw_user_meta_data ->> 'colour', raw_app_meta_data from auth.users where id = md5('bea')::uuid $$,
                  $$ values ('hash', 'blue', '{"provider": "email", "providers": ["email", "acme"]}'::jsonb) $$, 'which keeps what it was');

-- A trap
insert into auth.users (id, email, encrypted_password, raw_user_meta_data) values (md5('cy')::uuid, 'cy@example.org', 'mallory', '{"full_name": "M"}');
insert into auth.identities (user_id, provider, provider_id, identity_data) values (md5('cy')::uuid, 'email', md5('cy'), '{"email": "cy@example.org"}');
insert into auth.one_time_tokens (user_id, token_type, token_hash, relates_to) values (md5('cy')::uuid, 'confirmation_token', sha256('x'), 'cy@example.org');
select is(pg_temp.sign_in('s4', 'cy@example.org'), md5('cy')::uuid, 'a login that never confirmed its address goes to its owner');
select results_eq($$ select encrypted_password::text, raw_user_meta_data ->> 'full_name', email_confirmed_at is not null from auth.users where id = md5('cy')::uuid $$,
                  $$ values ('', null, true) $$, 'without what its maker knows');
select results_eq($$ select i.provider, (select count(*) from auth.one_time_tokens t where t.user_id = i.user_id) from auth.identities i where i.user_id = md5('cy')::uuid $$,
                  $$ values ('acme', 0::bigint) $$, 'its identity or its links');

-- Linking and unlinking by hand
select lives_ok($$ select auth.link_person(tests.id('ann'), 'github', '7', 'ann@example.org', true, '{"email": "ann@example.org", "email_verified": true}') $$, 'one more identity');
select throws_ok($$ select auth.link_person(tests.id('ann'), 'github', '7', null, false, '{}') $$, 'PT422', 'Identity is already linked', 'not twice');
select throws_ok($$ select auth.link_person(tests.id('new'), 'github', '7', null, false, '{}') $$, 'PT422', 'Identity is already linked to another user', 'nor to two');
insert into auth.users (id, is_anonymous) values (md5('nobody')::uuid, true);
select throws_ok($$ select auth.link_person(md5('nobody')::uuid, 'github', '8', 'bea@example.org', true, '{}') $$, 'PT422', null, 'somebody else''s address stays theirs');
select lives_ok($$ select auth.link_person(md5('nobody')::uuid, 'github', '8', 'Dan@example.org', true, '{"email": "dan@example.org"}') $$, 'an anonymous login');
select results_eq($$ select email::text, is_anonymous from auth.users where id = md5('nobody')::uuid $$, $$ values ('dan@example.org', false) $$, 'becomes somebody''s');
select throws_ok($$ select auth.unlink_identity(tests.id('new'), (select id from auth.identities where user_id = tests.id('new'))) $$, 'PT422',
                 'User must have at least 1 identity after unlinking', 'the last identity stays');
select throws_ok($$ select auth.unlink_identity(tests.id('new'), (select id from auth.identities where provider_id = '7')) $$, 'PT404', null, 'nobody takes another''s');
select lives_ok($$ select auth.unlink_identity(md5('bea')::uuid, (select id from auth.identities where provider = 'email' and user_id = md5('bea')::uuid)) $$, 'one of two goes');
select results_eq($$ select encrypted_password::text, raw_app_meta_data from auth.users where id = md5('bea')::uuid $$,
                  $$ values ('', '{"provider": "acme", "providers": ["acme"]}'::jsonb) $$, 'and with the one by mail the password');

-- Flows
select lives_ok($$ select auth.start_flow(sha256('s'), 'acme', 'v', 'n', 'http://x', null, null, null) $$, 'somebody goes to a provider');
select results_eq($$ select provider, verifier from auth.take_flow(sha256('s')) $$, $$ values ('acme', 'v') $$, 'and comes back');
select is_empty($$ select from auth.take_flow(sha256('s')) $$, 'once');
select auth.start_flow(sha256('t'), 'acme', 'v', 'n', 'http://x', null, null, null);
update auth.flow_states set expires_at = now();
select is_empty($$ select from auth.take_flow(sha256('t')) $$, 'and in time');
select tests.expect_each($$ select auth.sign_in_person('acme', 's1', null, true, '{}', 'on') $$, 'anon 42501, a_admin 42501, service 42501, worker 1');
select tests.expect_each($$ select auth.take_flow('\x00') $$, 'anon 42501, a_admin 42501, service 42501, worker 0');
select tests.expect_each($$ select from auth.flow_states $$, 'anon 42501, a_admin 42501, service 42501');
select * from finish();
rollback;
