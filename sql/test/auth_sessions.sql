-- Sign-ups, sessions, refresh tokens, attempts and keys: the functions that the server calls.
begin;
select no_plan();
select tests.two_tenants();
select tests.logout();

create function pg_temp.h(text) returns bytea language sql as $$ select sha256($1::bytea) $$;

-- Nobody's but the server's.
select tests.expect_each(statement, 'a_admin 42501, anon 42501, service 42501, worker ok') from unnest(array[
  $$ select auth.hit('x', 'y', 1, '1 minute') $$,
  $$ select auth.sign_up('new@example.org', 'hash', '{}', false, false) $$,
  $$ select auth.sign_up_anonymous('{}') $$,
  $$ select auth.confirm_email(tests.id('a_agent'), 'other@example.org') $$,
  $$ select auth.merge_user_data(tests.id('a_agent'), '{}') $$,
  $$ select auth.set_password(tests.id('a_agent'), 'hash', null) $$,
  $$ select auth.open_session(tests.id('a_agent'), 'password', null, null, 0, sha256('x')) $$,
  $$ select auth.refresh_session(sha256('x'), sha256('y')) $$,
  $$ select auth.end_session(tests.id('a_agent'), null, 'global') $$,
  $$ select auth.make_token(tests.id('a_agent'), 'recovery_token', sha256('x'), 'a', null, null, null, null, null) $$,
  $$ select auth.verify_token(sha256('x'), '{recovery_token}') $$,
  $$ select auth.begin_email_change(tests.id('a_agent'), 'other@example.org') $$,
  $$ select auth.login_for_invitation(gen_random_uuid()) $$,
  $$ select auth.sweep() $$]) statement;
select tests.expect_each(format('select * from auth.%s', t), 'a_admin 42501, anon 42501, service 42501, worker ok')
  from unnest(array['flow_codes', 'rate_limits', 'signing_keys']) t;

-- Attempts: a window that begins with the first one.
select is(auth.hit('x', 'y', 2, '1 minute'), 0, 'a first attempt');
select is(auth.hit('x', 'y', 2, '1 minute'), 0, 'a second one');
select is(auth.hit('x', 'y', 2, '1 minute'), 60, 'the third waits');
select is(auth.hit('x', 'z', 2, '1 minute') + auth.hit('w', 'y', 2, '1 minute'), 0, 'others do not');
select is(auth.hit('x', null, 0, '1 minute'), 0, 'what has no address is not counted');
update auth.rate_limits set since = now() - interval '1 minute';
select is(auth.hit('x', 'y', 2, '1 minute'), 0, 'a new window');

-- Sign-up.
create temporary table ids (name text primary key, id uuid);
grant all on ids to public;
insert into ids select 'ann', s.login from auth.sign_up('Ann@Example.org', 'hash', '{"full_name": "Ann", "sub": "x"}', false, false) s
  where s.outcome = 'new';
select results_eq($$ select email, encrypted_password, email_confirmed_at, aud, role, raw_app_meta_data, raw_user_meta_data ->> 'sub'
                       from auth.users u join ids using (id) $$,
                  $$ select 'ann@example.org'::varchar, 'hash'::varchar, null::timestamptz, 'authenticated'::varchar, 'authenticated'::varchar,
                            '{"provider": "email", "providers": ["email"]}'::jsonb, id::text from ids $$, 'what a sign-up stores');
select results_eq($$ select i.provider, i.provider_id, i.email from auth.identities i join ids on ids.id = i.user_id $$,
                  $$ select 'email', id::text, 'ann@example.org' from ids $$, 'with an identity');
select is(s.outcome, 'unconfirmed', 'again, before the mail is answered') from auth.sign_up('ANN@example.org', 'later', '{}', false, false) s;
select is(u.encrypted_password, 'later', 'the later password counts') from auth.users u join ids using (id);
select auth.sign_up('ann@example.org', '', '{}', false, false);
select is(u.encrypted_password, 'later', 'but not none at all') from auth.users u join ids using (id);
select auth.confirm_email(id, 'ann@example.org') from ids;
select is(s.outcome, 'exists', 'afterwards it is known') from auth.sign_up('ann@example.org', 'thief', '{"x": 1}', false, false) s;
select is(u.encrypted_password, 'later', 'and nothing changes') from auth.users u join ids using (id);
select is(s.outcome, 'not_invited', 'nobody invited this one') from auth.sign_up('ben@example.org', 'h', '{}', false, true) s;
select is_empty($$ select from auth.users where email = 'ben@example.org' $$, 'so there is no login');
insert into auth.invitations (email, workspace_id) values ('ben@example.org', tests.ws('a'));
select is(s.outcome, 'new', 'an invited one') from auth.sign_up('Ben@example.org', 'h', '{}', false, true) s;
select results_eq($$ select name, payload ->> 'id' from plat.jobs where name = 'auth.invite' $$,
                  $$ select 'auth.invite', id::text from auth.invitations where email = 'ben@example.org' $$, 'an invitation is mailed');

-- Data is merged, null takes away.
select auth.merge_user_data(id, '{"a": 1, "b": 2}'), auth.merge_user_data(id, '{"b": null, "c": {"d": null}}') from ids;
select is(u.raw_user_meta_data - 'sub' - 'email' - 'email_verified' - 'phone_verified', '{"a": 1, "c": {"d": null}}', 'merged')
  from auth.users u join ids using (id);

-- Sessions.
insert into ids select 's1', s.id from auth.open_session((select id from ids where name = 'ann'), 'password', repeat('x', 600), '10.0.0.1', 8, pg_temp.h('t1')) s;
select results_eq($$ select aal, jsonb_array_length(amr), amr -> 0 ->> 'method', length(user_agent), ip, not_after = created_at + interval '8 hours'
                       from auth.sessions join ids using (id) $$,
                  $$ values ('aal1', 1, 'password', 500, '10.0.0.1'::inet, true) $$, 'a session');
select is(u.last_sign_in_at, now(), 'the sign-in is kept') from auth.users u join ids using (id);
select is(i.last_sign_in_at, now(), 'of the identity too') from auth.identities i join ids on ids.id = i.user_id;
insert into marketing.agents (workspace_id, id, name, email) values (tests.ws('a'), md5('m')::uuid, 'M', 'm@example.org');
insert into marketing.users (workspace_id, id, agent_id) values (tests.ws('a'), tests.id('a_agent'), md5('m')::uuid);
select auth.open_session(tests.id('a_agent'), 'password', null, null, 0, pg_temp.h('m'));
select is(u.last_login_at, now(), 'last_login_at of a marketing login follows') from marketing.users u where u.id = tests.id('a_agent');
update auth.users set banned_until = now() + interval '1 hour' where id = tests.id('b_agent');
select tests.expect('worker', $$ select auth.open_session(tests.id('b_agent'), 'password', null, null, 0, sha256('b')) $$, 'PT403 banned');
update auth.users set deleted_at = now() where id = tests.id('b_client');
select tests.expect('worker', $$ select auth.open_session(tests.id('b_client'), 'password', null, null, 0, sha256('b')) $$, 'PT403 not found');

-- Rotation.
create function pg_temp.refresh(used text, child text) returns text language sql as $$
  select r.outcome from auth.refresh_session(pg_temp.h(used), pg_temp.h(child)) r;
$$;
select is(pg_temp.refresh('t1', 't2'), 'ok', 'a token is used');
select is(pg_temp.refresh('t1', 't2'), 'ok', 'and again within ten seconds, with the same successor');
select is((select count(*) from auth.refresh_tokens where session_id = (select id from ids where name = 's1')), 2::bigint, 'which is there once');
select is(pg_temp.refresh('t2', 't3'), 'ok', 'the successor');
select is(pg_temp.refresh('t1', 't2'), 'next', 'whoever still has the first is sent on');
select is(pg_temp.refresh('nonsense', 'x'), 'not_found', 'one that is none');
update auth.users set banned_until = now() + interval '1 hour' where id = (select id from ids where name = 'ann');
select is(pg_temp.refresh('t3', 't4'), 'user_banned', 'a banned person');
update auth.users set banned_until = null where id = (select id from ids where name = 'ann');
update auth.sessions set not_after = now() where id = (select id from ids where name = 's1');
select is(pg_temp.refresh('t3', 't4'), 'session_expired', 'a session that is over');
update auth.sessions set not_after = null where id = (select id from ids where name = 's1');
update auth.refresh_tokens set revoked_at = now() - interval '11 seconds' where token_hash = pg_temp.h('t1');
select is(pg_temp.refresh('t1', 't2'), 'already_used', 'a used one that comes back later');
select is_empty($$ select from auth.refresh_tokens t join ids on ids.id = t.session_id $$, 'ends the whole session');
select is(pg_temp.refresh('t3', 't4'), 'not_found', 'whoever holds the good one as well');

-- A second factor raises, and the tokens from before end.
insert into auth.mfa_factors (id, user_id, factor_type, status) select md5('f')::uuid, id, 'totp', 'verified' from ids where name = 'ann';
insert into ids select 's2', s.id from auth.open_session((select id from ids where name = 'ann'), 'password', null, null, 0, pg_temp.h('u1')) s;
select results_eq($$ select s.aal, s.amr -> 1 ->> 'method', s.factor_id
                       from auth.raise_session((select id from ids where name = 's2'), md5('f')::uuid, 'totp', pg_temp.h('u2')) s $$,
                  $$ values ('aal2', 'totp', md5('f')::uuid) $$, 'raised');
select is(jsonb_array_length(s.amr), 2, 'a second time is no second entry')
  from auth.raise_session((select id from ids where name = 's2'), md5('f')::uuid, 'totp', pg_temp.h('u3')) s;
select is((select count(*) from auth.refresh_tokens where revoked_at is null and session_id = (select id from ids where name = 's2')), 1::bigint,
          'one token is left');
select tests.expect('worker', $$ select auth.raise_session(gen_random_uuid(), md5('f')::uuid, 'totp', sha256('x')) $$, 'PT403 does not exist');

-- Signing out.
insert into ids select 's3', s.id from auth.open_session((select id from ids where name = 'ann'), 'otp', null, null, 0, pg_temp.h('v')) s;
insert into ids select 's4', s.id from auth.open_session((select id from ids where name = 'ann'), 'otp', null, null, 0, pg_temp.h('w')) s;
create function pg_temp.out(session text, scope text) returns text language sql as $$
  select auth.end_session((select id from ids where name = 'ann'), (select id from ids where name = session), scope) || ':' ||
         (select coalesce(string_agg(i.name, ' ' order by i.name), '') from auth.sessions s join ids i using (id));
$$;
select is(auth.end_session(tests.id('a_admin'), (select id from ids where name = 's2'), 'local'), 0::bigint, 'nobody signs another out');
select pg_temp.out('s3', 'local');
select is((select string_agg(i.name, ' ' order by i.name) from auth.sessions s join ids i using (id)), 's2 s4', 'local');
select pg_temp.out('s4', 'others');
select is((select string_agg(i.name, ' ' order by i.name) from auth.sessions s join ids i using (id)), 's4', 'others');
select auth.open_session((select id from ids where name = 'ann'), 'otp', null, null, 0, pg_temp.h('z'));
select auth.set_password((select id from ids where name = 'ann'), 'newer', (select id from ids where name = 's4'));
select is((select string_agg(coalesce(i.name, '?'), ' ') from auth.sessions s left join ids i using (id) where s.user_id = (select id from ids where name = 'ann')),
          's4', 'a new password ends the other sessions');
select pg_temp.out('s4', 'global');
select is_empty($$ select from auth.sessions s join ids i on i.id = s.user_id $$, 'global');

-- Keys: one signs.
insert into auth.signing_keys (kid, alg, private_jwk, public_jwk) values ('k1', 'ES256', 'v1', '{}'), ('k2', 'RS256', 'v1', '{}');
select auth.use_signing_key('k1'), auth.use_signing_key('k2');
select results_eq($$ select kid, status from auth.signing_keys order by kid $$, $$ values ('k1', 'previous'), ('k2', 'current') $$, 'the one before goes on checking');
select tests.expect('worker', $$ select auth.use_signing_key('k1') $$, 'PT409 in waiting');
select tests.expect('worker', $$ select auth.revoke_signing_key('k2') $$, 'PT409 signs at present');
select tests.expect('worker', $$ select auth.revoke_signing_key('k3') $$, 'PT404 there is no key k3');
select auth.revoke_signing_key('k1'), auth.revoke_signing_key('k1');
select is(status, 'revoked', 'revoked') from auth.signing_keys where kid = 'k1';
select tests.expect('owner', statement, want) from (values
  ($$ insert into auth.signing_keys (kid, alg, private_jwk) values ('k', 'ES256', 'v1') $$, '23514'),
  ($$ insert into auth.signing_keys (kid, alg, private_jwk, public_jwk) values ('k', 'HS256', 'v1', '{}') $$, '23514'),
  ($$ insert into auth.signing_keys (kid, alg, private_jwk) values ('k', 'none', 'v1') $$, '23514'),
  ($$ insert into auth.signing_keys (kid, alg, private_jwk, status) values ('k', 'HS256', 'v1', 'current') $$, '23505 signing_keys_one_current'))
  v (statement, want);

-- Sweeping.
select auth.open_session((select id from ids where name = 'ann'), 'otp', null, null, 0, pg_temp.h('y1'));
insert into auth.refresh_tokens (session_id, user_id, token_hash, revoked_at)
  select s.id, s.user_id, pg_temp.h('old'), now() - interval '31 days' from auth.sessions s join ids i on i.id = s.user_id;
insert into auth.rate_limits (what, subject, since) values ('old', 'x', now() - interval '2 hours');
select is(auth.sweep(), 1::bigint, 'what is over goes');
select is_empty($$ select from auth.rate_limits where what = 'old' $$, 'counters too');
select isnt_empty($$ select from auth.refresh_tokens where token_hash = pg_temp.h('y1') $$, 'what is in use stays');

select * from finish();
rollback;
