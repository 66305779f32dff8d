-- Second factors in SQL: what may be enrolled, which codes count, and what a factor that goes takes with it.
begin;
select no_plan();
select tests.two_tenants();
select tests.logout();
create function pg_temp.ann() returns uuid language sql stable as $$ select tests.id('a_agent') $$;
create function pg_temp.enroll(name text, aal text default 'aal1') returns uuid language sql as $$
  with made as (select auth.enroll_factor(pg_temp.ann(), aal, name) as id)
  select tests.put(name, id) from made;
$$;
insert into auth.sessions (id, user_id) values (md5('here')::uuid, pg_temp.ann()), (md5('there')::uuid, pg_temp.ann());

select lives_ok($$ select pg_temp.enroll('phone') $$, 'a person enrols a factor');
select is((select status || ' ' || factor_type from auth.mfa_factors where id = tests.id('phone')), 'unverified totp', 'which is not verified yet');
select throws_ok($$ select auth.answer_challenge(pg_temp.ann(), tests.id('phone'), tests.id('phone')) $$, 'PT404', 'Factor not found',
                 'without its secret it cannot be used');
update auth.mfa_factors set secret = 'sealed' where id = tests.id('phone');
select lives_ok($$ select tests.put('challenge', id) from auth.challenge_factor(pg_temp.ann(), tests.id('phone'), '10.0.0.1') $$, 'a challenge');
select is(auth.answer_challenge(pg_temp.ann(), tests.id('phone'), tests.id('challenge')), 'sealed', 'gives the secret to the server');
select throws_ok($$ select auth.answer_challenge(tests.id('b_agent'), tests.id('phone'), tests.id('challenge')) $$, 'PT404', 'Factor not found',
                 'for its person only');
select throws_ok($$ select auth.challenge_factor(tests.id('b_agent'), tests.id('phone'), null) $$, 'PT404', 'Factor not found', 'nobody else asks for it');

select lives_ok($$ select auth.pass_challenge(pg_temp.ann(), md5('here')::uuid, tests.id('phone'), tests.id('challenge'), 1000) $$, 'a right code counts');
select is((select status from auth.mfa_factors where id = tests.id('phone')), 'verified', 'the factor is verified');
select results_eq($$ select id from auth.sessions where user_id = pg_temp.ann() $$, $$ values (md5('here')::uuid) $$,
                  'the sessions without a second factor have ended, but for this one');
select throws_ok($$ select auth.answer_challenge(pg_temp.ann(), tests.id('phone'), tests.id('challenge')) $$, 'PT422', null, 'a challenge is answered once');
select auth.raise_session(md5('here')::uuid, tests.id('phone'), 'totp', sha256('t'));
select tests.put('second', id) from auth.challenge_factor(pg_temp.ann(), tests.id('phone'), null);
select throws_ok($$ select auth.pass_challenge(pg_temp.ann(), md5('here')::uuid, tests.id('phone'), tests.id('second'), 1000) $$, 'PT422',
                 'Invalid TOTP code entered', 'a code is good once');
select throws_ok($$ select auth.pass_challenge(pg_temp.ann(), md5('here')::uuid, tests.id('phone'), tests.id('second'), 999) $$, 'PT422',
                 'Invalid TOTP code entered', 'nor is an older one');

select throws_ok($$ select pg_temp.enroll('tablet') $$, 'PT403', 'AAL2 required to enroll a new factor', 'the second factor needs the first one');
select throws_ok($$ select pg_temp.enroll('phone', 'aal2') $$, 'PT422', null, 'a name is taken once');
select pg_temp.enroll('n' || n, 'aal2') from generate_series(1, 9) n;
select throws_ok($$ select pg_temp.enroll('n10', 'aal2') $$, 'PT422', 'Maximum number of factors reached, unenroll to continue', 'ten are enough');
update auth.mfa_factors set created_at = now() - interval '6 minutes' where status = 'unverified';
select lives_ok($$ select pg_temp.enroll('n10', 'aal2') $$, 'what was never verified makes room');
select is((select count(*) from auth.mfa_factors where user_id = pg_temp.ann()), 2::bigint, 'all of it');

select throws_ok($$ select auth.unenroll_factor(pg_temp.ann(), 'aal1', tests.id('phone')) $$, 'PT422', 'AAL2 required to unenroll verified factor',
                 'a verified factor goes at aal2 only');
select lives_ok($$ select auth.unenroll_factor(pg_temp.ann(), 'aal1', tests.id('n10')) $$, 'another at any time');
select lives_ok($$ select auth.unenroll_factor(pg_temp.ann(), 'aal2', tests.id('phone')) $$, 'now it goes');
select results_eq($$ select aal, amr from auth.sessions where user_id = pg_temp.ann() $$, $$ values ('aal1', '[]'::jsonb) $$,
                  'and the session that it raised falls back');

select tests.expect_each($$ select auth.enroll_factor(tests.id('a_agent'), 'aal1', 'x') $$, 'anon 42501, a_admin 42501, service 42501, worker 1',
                         'only the server enrols');
select tests.expect_each($$ select auth.unenroll_factor(tests.id('a_agent'), 'aal2', tests.id('a_agent')) $$, 'a_agent 42501, service 42501');
select * from finish();
rollback;
