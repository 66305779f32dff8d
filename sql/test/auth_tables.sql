-- Logins and what belongs to them: nobody's but the server's; unique, checked; the functions that Supabase's clients know.
begin;
select no_plan();
select tests.two_tenants();
select tests.logout();

select columns_are('auth', 'users', array['id', 'instance_id', 'aud', 'role', 'email', 'encrypted_password', 'email_confirmed_at',
  'invited_at', 'confirmation_token', 'confirmation_sent_at', 'recovery_token', 'recovery_sent_at', 'email_change_token_new',
  'email_change', 'email_change_sent_at', 'last_sign_in_at', 'raw_app_meta_data', 'raw_user_meta_data', 'is_super_admin', 'created_at',
  'updated_at', 'phone', 'phone_confirmed_at', 'phone_change', 'phone_change_token', 'phone_change_sent_at', 'confirmed_at',
  'email_change_token_current', 'email_change_confirm_status', 'banned_until', 'reauthentication_token', 'reauthentication_sent_at',
  'is_sso_user', 'deleted_at', 'is_anonymous'], 'auth.users has the 35 documented columns');

-- Nobody but the worker, for all of them.
insert into auth.sessions (id, user_id) values (md5('session')::uuid, tests.id('a_agent'));
select tests.expect_each(format(statement, t),
         'a_agent 42501, a_admin 42501, b_admin 42501, drifter 42501, anon 42501, service 42501, worker ok')
  from unnest(array['users', 'identities', 'mfa_factors', 'mfa_challenges', 'sessions', 'refresh_tokens', 'one_time_tokens',
                    'invitations']) t,
       unnest(array['select * from auth.%s', 'update auth.%s set created_at = created_at', 'delete from auth.%s where false']) statement;
select tests.expect_each($$ insert into auth.users (email) values ('new@example.org') $$,
                         'a_agent 42501, a_admin 42501, anon 42501, service 42501, worker 1');

select tests.expect('owner', statement, want) from (values
  -- Unique whatever the letters, but a deleted login frees its address.
  ($$ insert into auth.users (email) values ('A_AGENT@example.org') $$, '23505 users_email_unique'),
  ($$ insert into auth.users (email, deleted_at) values ('a_agent@example.org', now()) $$, '1'),
  ($$ insert into auth.users (email) values (null), (null) $$, '2'),
  ($$ insert into auth.users (phone) values ('1'), ('1') $$, '23505 users_phone_key'),
  ($$ insert into auth.users (id) values (tests.id('a_agent')) $$, '23505 users_pkey'),
  ($$ insert into auth.users (confirmed_at) values (now()) $$, '428C9'),
  ($$ update auth.users set email_change_confirm_status = 3 where id = tests.id('a_agent') $$, '23514'),
  ($$ update auth.users set email_change_confirm_status = -1 where id = tests.id('a_agent') $$, '23514'),
  ($$ update auth.users set email_change_confirm_status = 2 where id = tests.id('a_agent') $$, '1'),
  ($$ update auth.users set is_sso_user = null where id = tests.id('a_agent') $$, '23502'),
  ($$ update auth.users set is_anonymous = null where id = tests.id('a_agent') $$, '23502'),
  ($$ insert into auth.identities (user_id, provider, provider_id) values (tests.id('a_agent'), 'google', '1'), (tests.id('b_agent'), 'google', '1') $$,
   '23505'),
  ($$ insert into auth.identities (user_id, provider, provider_id) values (gen_random_uuid(), 'google', '1') $$, '23503'),
  ($$ insert into auth.mfa_factors (user_id, factor_type) values (tests.id('a_agent'), 'fingerprint') $$, '23514'),
  ($$ insert into auth.mfa_factors (user_id, factor_type) values (tests.id('a_agent'), 'phone') $$, '23514'),
  ($$ insert into auth.mfa_factors (user_id, factor_type, status) values (tests.id('a_agent'), 'totp', 'new') $$, '23514'),
  ($$ insert into auth.mfa_factors (user_id, factor_type, friendly_name) values (tests.id('a_agent'), 'totp', 'x'), (tests.id('a_agent'), 'totp', 'x') $$,
   '23505 mfa_factors_friendly_name'),
  ($$ insert into auth.mfa_factors (user_id, factor_type) values (tests.id('a_agent'), 'totp'), (tests.id('a_agent'), 'totp') $$, '2'),
  ($$ insert into auth.sessions (user_id, aal) values (tests.id('a_agent'), 'aal9') $$, '23514'),
  ($$ insert into auth.sessions (user_id, amr) values (tests.id('a_agent'), '{}') $$, '23514'),
  ($$ insert into auth.refresh_tokens (session_id, user_id, token_hash) values (md5('session')::uuid, tests.id('a_agent'), 'short') $$, '23514'),
  ($$ insert into auth.refresh_tokens (session_id, user_id, token_hash)
        select md5('session')::uuid, tests.id('a_agent'), sha256('x') from generate_series(1, 2) $$, '23505'),
  ($$ insert into auth.one_time_tokens (user_id, token_type, token_hash, relates_to)
        values (tests.id('a_agent'), 'password', sha256('x'), 'x') $$, '23514'),
  ($$ insert into auth.one_time_tokens (user_id, token_type, token_hash, relates_to)
        select tests.id('a_agent'), 'recovery_token', sha256('x'), 'x' from generate_series(1, 2) $$, '23505'),
  ($$ insert into auth.invitations (email, workspace_id) values ('Upper@example.org', tests.ws('a')) $$, '23514'),
  ($$ insert into auth.invitations (email, workspace_id) values ('nowhere', tests.ws('a')) $$, '23514'),
  ($$ insert into auth.invitations (email, workspace_id) values ('x@example.org', gen_random_uuid()) $$, '23503'),
  ($$ insert into auth.invitations (email, workspace_id, org_role) values ('x@example.org', tests.ws('a'), 'user') $$,
   '23514 invitations_org_role_with_organization'),
  ($$ insert into auth.invitations (email, workspace_id, marketing_agent_id) values ('x@example.org', tests.ws('a'), gen_random_uuid()) $$,
   '23514 invitations_agent_id_for_agents'),
  ($$ insert into auth.invitations (email, workspace_id) values ('x@example.org', tests.ws('a')), ('x@example.org', tests.ws('a')) $$,
   '23505 invitations_one_open'),
  ($$ insert into auth.invitations (email, workspace_id) values ('x@example.org', tests.ws('a')), ('x@example.org', tests.ws('b')) $$, '2'))
  v (statement, want);

-- confirmed_at is the earlier of the two.
update auth.users set email_confirmed_at = '2026-02-01', phone_confirmed_at = '2026-01-01' where id = tests.id('a_agent');
select is(u.confirmed_at, '2026-01-01', 'confirmed by telephone first') from auth.users u where u.id = tests.id('a_agent');
update auth.users set phone_confirmed_at = null where id = tests.id('a_agent');
select is(u.confirmed_at, '2026-02-01', 'or by mail alone') from auth.users u where u.id = tests.id('a_agent');
insert into auth.identities (user_id, provider, provider_id, identity_data)
  values (tests.id('a_agent'), 'google', '9', '{"email": "Ann@Example.org"}');
select is(i.email, 'ann@example.org', 'an identity''s address is found in lower case') from auth.identities i where i.provider_id = '9';

-- Deleting, softly and for good.
insert into auth.refresh_tokens (session_id, user_id, token_hash) values (md5('session')::uuid, tests.id('a_agent'), sha256('x'));
insert into auth.one_time_tokens (user_id, token_type, token_hash, relates_to) values (tests.id('a_agent'), 'recovery_token', sha256('x'), 'x');
update auth.users set deleted_at = now() where id = tests.id('a_agent');
select is((select count(*) from auth.sessions) + (select count(*) from auth.refresh_tokens) + (select count(*) from auth.one_time_tokens),
          0::bigint, 'a deleted login is signed out everywhere, and its links are dead');
insert into auth.sessions (id, user_id) values (md5('session b')::uuid, tests.id('drifter'));
insert into auth.refresh_tokens (session_id, user_id, token_hash) values (md5('session b')::uuid, tests.id('drifter'), sha256('x'));
insert into auth.mfa_factors (id, user_id, factor_type) values (md5('factor')::uuid, tests.id('drifter'), 'totp');
insert into auth.mfa_challenges (factor_id) values (md5('factor')::uuid);
delete from auth.users where id = tests.id('drifter');
select is((select count(*) from auth.sessions) + (select count(*) from auth.refresh_tokens) + (select count(*) from auth.mfa_challenges),
          0::bigint, 'a login takes all that is its own along');

-- auth.uid() and the others read the token's claims, in both forms that Supabase had.
select tests.login(tests.id('b_agent'));
select results_eq($$ select auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'sub' $$,
                  $$ values (tests.id('b_agent'), 'authenticated', 'b_agent@example.org', tests.id('b_agent')::text) $$, 'with a token');
select tests.login_anon();
select results_eq($$ select auth.uid(), auth.role(), auth.email() $$, $$ values (null::uuid, 'anon', null::text) $$, 'with the anon key');
select tests.logout();
select results_eq($$ select auth.uid(), auth.role(), auth.email(), auth.jwt() $$,
                  $$ values (null::uuid, null::text, null::text, null::jsonb) $$, 'without any');
select set_config('request.jwt.claim.sub', tests.id('b_agent')::text, true), set_config('request.jwt.claim.role', 'anon', true);
select results_eq($$ select auth.uid(), auth.role() $$, $$ values (tests.id('b_agent'), 'anon') $$, 'in the older form');
select set_config('request.jwt.claim.sub', '', true), set_config('request.jwt.claim.role', '', true);

-- What a token says counts for nothing against the tables.
select set_config('request.jwt.claims', format('{"sub": "%s", "role": "service_role", "app_metadata": {"role": "developer"}}', tests.id('b_admin')), true);
set local role authenticated;
select is((select count(*) from mls.user_profiles), 0::bigint, 'claims alone open no row: policies read plat''s settings');
reset role;

select * from finish();
rollback;
