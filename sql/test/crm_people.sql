-- Profiles follow logins, and what is a person's follows the person's workspace.
begin;
select no_plan();
select tests.crm_rows();
select tests.logout();

-- Made at sign-up.
insert into auth.users (id, email, raw_user_meta_data)
  values (tests.put('ada', md5('ada')::uuid), 'Ada@Example.org', '{"full_name": " Ada L. ", "avatar_url": "https://x/a.png"}'),
         (tests.put('phone', md5('phone')::uuid), null, null);
select results_eq($$ select email, full_name, role::text, avatar_url from crm.profiles where id = tests.id('ada') $$,
                  $$ values ('Ada@Example.org', 'Ada L.', 'user', 'https://x/a.png') $$, 'a sign-up makes a profile');
select is(p.workspace_id, m.workspace_id, 'of the workspace that the sign-up made')
  from crm.profiles p join mls.user_profiles m using (id) where id = tests.id('ada');
select is(p.email, p.id || '@no-address.invalid', 'a login without an address has a stand-in') from crm.profiles p
  where p.id = tests.id('phone');
select has_trigger('auth', 'users', 'create_profile_on_signup', 'the trigger has its documented name');

-- Follows the login's address, and gives it up with it.
update auth.users set email = 'ada@new.example' where id = tests.id('ada');
select is(p.email, 'ada@new.example', 'a new address reaches the profile') from crm.profiles p where p.id = tests.id('ada');
update auth.users set deleted_at = now() where id = tests.id('ada');
select is(p.email, p.id || '@no-address.invalid', 'a deleted login''s profile gives up its address') from crm.profiles p
  where p.id = tests.id('ada');
select lives_ok($$ insert into auth.users (email) values ('ada@new.example') $$, 'so that somebody may sign up with it again');
delete from auth.users where id = tests.id('phone');
select is((select count(*) from crm.profiles where id = tests.id('phone')), 0::bigint, 'a profile goes with its login');

-- Workspaces. Whatever a statement says, the row has the person's.
insert into crm.api_keys (user_id, service, key_ciphertext, workspace_id) values (tests.id('a_agent2'), 'stripe', 'v1.k.eA==', tests.ws('b'));
select is(k.workspace_id, tests.ws('a'), 'a key is of the person''s workspace') from crm.api_keys k where k.user_id = tests.id('a_agent2');
update crm.user_plans set workspace_id = tests.ws('b') where id = tests.id('a_plan');
select is(p.workspace_id, tests.ws('a'), 'so is a plan') from crm.user_plans p where p.id = tests.id('a_plan');
update mls.user_profiles set workspace_id = tests.ws('b') where id = tests.id('a_agent');
select is((select array_agg(distinct x.workspace_id) from (
             select workspace_id from crm.profiles where id = tests.id('a_agent')
             union all select workspace_id from crm.api_keys where user_id = tests.id('a_agent')
             union all select workspace_id from crm.user_plans where user_id = tests.id('a_agent')) x), array[tests.ws('b')],
          'a person who moves takes profile, keys and plan along');
select tests.expect_each($$ select from crm.profiles where id = tests.id('a_agent') $$, 'a_boss 0, b_boss 1, a_agent 1');
select tests.expect_each($$ select from crm.leads where id = tests.id('a_lead') $$, 'a_boss 1, b_boss 0, a_agent 0',
                         'but what was worked on stays with the workspace');
delete from mls.user_profiles where id = tests.id('a_agent');
select is(p.workspace_id, null, 'a person who leaves is of no workspace') from crm.profiles p where p.id = tests.id('a_agent');
select tests.expect_each($$ select from crm.profiles where id = tests.id('a_agent') $$, 'a_boss 0, b_boss 0, a_agent 1');

-- A change of role takes effect with the next request.
select tests.expect('a_agent2', $$ select from crm.leads $$, '1');
update crm.profiles set role = 'admin' where id = tests.id('a_agent2');
select tests.expect('a_agent2', $$ select from crm.leads $$, '3');

-- Not every role is an admin.
select tests.expect('a_client2', $$ select from crm.leads $$, '0', 'a CRM role ' || r || ' reads its own',
                    format('update crm.profiles set role = %L where id = tests.id(''a_client2'')', r))
  from unnest(array['user', 'support', 'standard']) r;

select * from finish();
rollback;
