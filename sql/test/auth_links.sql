-- Links and codes: good once, for what they were made for; changes of address; invitations that are accepted by their link.
begin;
select no_plan();
select tests.two_tenants();
select tests.logout();

create function pg_temp.h(text) returns bytea language sql as $$ select sha256($1::bytea) $$;
create function pg_temp.make(who uuid, token_type text, code text, address text, template text default null) returns void language sql as $$
  select auth.make_token(who, token_type, pg_temp.h(code), address, null, null, null, template, '{}');
$$;
create function pg_temp.verify(code text, variadic types text[]) returns text language sql as $$
  select v.outcome from auth.verify_token(pg_temp.h(code), types) v;
$$;
create temporary table ids (name text primary key, id uuid);
grant all on ids to public;
insert into ids select 'ann', s.login from auth.sign_up('ann@example.org', 'hash', '{}', false, false) s;
create function pg_temp.ann() returns uuid language sql as $$ select id from ids where name = 'ann' $$;

select pg_temp.make(pg_temp.ann(), 'confirmation_token', 'c1', 'Ann@Example.org', 'confirmation');
select results_eq($$ select template, address from plat.mails $$, $$ values ('confirmation', 'Ann@Example.org') $$, 'the mail is in the same transaction');
select is(u.confirmation_sent_at, now(), 'when it was sent') from auth.users u where u.id = pg_temp.ann();
select is(pg_temp.verify('c1', 'recovery_token'), 'not_found', 'not for another purpose');
select is(pg_temp.verify('c2', 'confirmation_token'), 'not_found', 'not another code');
select pg_temp.make(pg_temp.ann(), 'confirmation_token', 'c2', 'ann@example.org');
select is(pg_temp.verify('c1', 'confirmation_token'), 'not_found', 'the one before is void');
select is(pg_temp.verify('c2', 'confirmation_token', 'magiclink_token'), 'ok', 'the newer one is good');
select is(pg_temp.verify('c2', 'confirmation_token'), 'not_found', 'once');
select results_eq($$ select email_confirmed_at, encrypted_password, raw_user_meta_data ->> 'email_verified' from auth.users where id = pg_temp.ann() $$,
                  $$ values (now(), 'hash'::varchar, 'true') $$, 'the address is confirmed');

select pg_temp.make(pg_temp.ann(), 'recovery_token', 'r', 'ann@example.org');
update auth.one_time_tokens set expires_at = now();
select is(pg_temp.verify('r', 'recovery_token'), 'not_found', 'one that ran out');
select is_empty($$ select from auth.one_time_tokens $$, 'is gone');
select pg_temp.make(pg_temp.ann(), 'recovery_token', 'r', 'ann@example.org');
update auth.users set banned_until = now() + interval '1 hour' where id = pg_temp.ann();
select is(pg_temp.verify('r', 'recovery_token'), 'user_banned', 'a banned person''s');
update auth.users set banned_until = null where id = pg_temp.ann();
select pg_temp.make(pg_temp.ann(), 'recovery_token', 'r', 'old@example.org');
select is(pg_temp.verify('r', 'recovery_token'), 'not_found', 'one that went to an address which is not the login''s any more');
select pg_temp.make(pg_temp.ann(), 'recovery_token', 'r', 'ann@example.org');
select auth.set_password(pg_temp.ann(), 'new', null);
select is(pg_temp.verify('r', 'recovery_token'), 'not_found', 'one that was overtaken by a new password');

-- Whoever signed up with somebody's address is out when the owner comes by another way.
select tests.put('ben', s.login) from auth.sign_up('ben@example.org', 'the thief''s', '{}', false, false) s;
select pg_temp.make(tests.id('ben'), 'magiclink_token', 'b', 'ben@example.org');
select is(pg_temp.verify('b', 'magiclink_token'), 'ok', 'the owner comes by a link');
select is(u.encrypted_password, '', 'and the password is void') from auth.users u where u.id = tests.id('ben');

-- Changing the address: both agree.
select auth.begin_email_change(pg_temp.ann(), 'Anna@example.org');
select pg_temp.make(pg_temp.ann(), 'email_change_token_new', 'n', 'anna@example.org'), pg_temp.make(pg_temp.ann(), 'email_change_token_current', 'o', 'ann@example.org');
select is(pg_temp.verify('n', 'email_change_token_new', 'email_change_token_current'), 'waiting', 'one agrees');
select is(u.email, 'ann@example.org', 'nothing changes yet') from auth.users u where u.id = pg_temp.ann();
select is(pg_temp.verify('o', 'email_change_token_new', 'email_change_token_current'), 'ok', 'so does the other');
select results_eq($$ select email, email_change, email_change_confirm_status from auth.users where id = pg_temp.ann() $$,
                  $$ values ('anna@example.org'::varchar, ''::varchar, 0::smallint) $$, 'now it does');
select is(i.email, 'anna@example.org', 'the identity follows') from auth.identities i where i.user_id = pg_temp.ann();
select tests.expect('worker', $$ select auth.begin_email_change(pg_temp.ann(), 'A_Agent@example.org') $$, 'PT422 already been registered');
select auth.begin_email_change(pg_temp.ann(), 'free@example.org');
select pg_temp.make(pg_temp.ann(), 'email_change_token_new', 'n', 'free@example.org');
select is(pg_temp.verify('n', 'email_change_token_new'), 'not_found', 'one that was asked alone does not decide');
-- Somebody else took the address meanwhile.
select auth.begin_email_change(pg_temp.ann(), 'free@example.org');
update auth.users set email_change_confirm_status = 1 where id = pg_temp.ann();
select pg_temp.make(pg_temp.ann(), 'email_change_token_new', 'n', 'free@example.org');
select auth.sign_up('free@example.org', 'h', '{}', true, false);
select tests.expect('worker', $$ select auth.verify_token(sha256('n'), '{email_change_token_new}') $$, 'PT422 already been registered');
-- A new wish makes the answers to the old one void.
select auth.begin_email_change(pg_temp.ann(), 'third@example.org');
select is_empty($$ select from auth.one_time_tokens where user_id = pg_temp.ann() and token_type like 'email_change%' $$, 'void');
select is(u.email_change_confirm_status, 0::smallint, 'and nobody has agreed') from auth.users u where u.id = pg_temp.ann();

-- A visitor has one address only to ask.
insert into ids select 'visitor', auth.sign_up_anonymous('{}');
select auth.begin_email_change(id, 'eve@example.org'), pg_temp.make(id, 'email_change_token_new', 'v', 'eve@example.org') from ids where name = 'visitor';
select is(pg_temp.verify('v', 'email_change_token_new', 'email_change_token_current'), 'ok', 'a visitor gets an address');
select results_eq($$ select u.email, u.is_anonymous, p.role from auth.users u join mls.user_profiles p using (id) join ids using (id) where ids.name = 'visitor' $$,
                  $$ values ('eve@example.org'::varchar, false, 'admin') $$, 'and is a person, with a workspace');

-- Invitations: the login is made for the mail, placed by the link.
insert into auth.invitations (id, email, full_name, workspace_id, mls_role, invited_by)
  values (md5('i')::uuid, 'gus@example.org', 'Gus', tests.ws('b'), 'agent', tests.id('b_admin'));
insert into ids select 'gus', l.login from auth.login_for_invitation(md5('i')::uuid) l where l.address = 'gus@example.org' and l.data ->> 'workspace' = 'Tenant-B';
select is_empty($$ select from mls.user_profiles p join ids using (id) where name = 'gus' $$, 'a mail alone places nobody');
select is(l.login, i.id, 'asked again it is the same login') from auth.login_for_invitation(md5('i')::uuid) l, ids i where i.name = 'gus';
select pg_temp.make(id, 'invite_token', 'g', 'gus@example.org') from ids where name = 'gus';
select is(pg_temp.verify('g', 'invite_token'), 'ok', 'the link');
select results_eq($$ select p.workspace_id, p.role from mls.user_profiles p join ids using (id) where name = 'gus' $$,
                  $$ values (tests.ws('b'), 'agent') $$, 'does');
select is(n.accepted_by, i.id, 'and the invitation is answered') from auth.invitations n, ids i where n.id = md5('i')::uuid and i.name = 'gus';
select is(l.login, null, 'no mail for what was accepted') from auth.login_for_invitation(md5('i')::uuid) l;
-- Who belongs somewhere already moves by the link, and only to what was there when it was sent.
update auth.users set email_confirmed_at = now() where id = tests.id('a_client');
insert into auth.invitations (id, email, workspace_id, mls_role) values (md5('j')::uuid, 'a_client@example.org', tests.ws('b'), 'agent');
select pg_temp.make(tests.id('a_client'), 'invite_token', 'j', 'a_client@example.org');
insert into mls.workspaces (id, slug, name) values (md5('w')::uuid, 'w', 'W');
insert into auth.invitations (id, email, workspace_id, mls_role, created_at)
  values (md5('k')::uuid, 'a_client@example.org', md5('w')::uuid, 'client', now() + interval '1 second');
select is(pg_temp.verify('j', 'invite_token'), 'ok', 'the link of the first');
select results_eq($$ select p.workspace_id, p.role from mls.user_profiles p where p.id = tests.id('a_client') $$,
                  $$ values (tests.ws('b'), 'agent') $$, 'leads to the first');

-- Nobody raises the own role: what decides is not in anybody's hands, whatever a token or a request says.
select tests.expect_each(statement, want) from (values
  ($$ update mls.user_profiles set role = 'admin' where id = plat.uid() $$, 'a_agent PT403, a_client2 PT403'),
  ($$ update mls.user_profiles set workspace_id = tests.ws('b') where id = plat.uid() $$, 'a_admin 42501, a_agent 42501'),
  ($$ insert into mls.user_profiles (id, workspace_id, role) values (plat.uid(), tests.ws('b'), 'admin') $$, 'drifter 42501, a_agent 42501'),
  ($$ update crm.profiles set role = 'admin' where id = plat.uid() $$, 'a_agent PT403, a_client2 PT403, drifter PT403'),
  ($$ update crm.profiles set workspace_id = tests.ws('b') where id = plat.uid() $$, 'a_agent 42501'),
  ($$ insert into org.user_profile (organization_id, role, user_id) select id, 'admin', plat.uid() from org.organizations $$, 'a_agent 0, drifter 0'),
  ($$ insert into ops.staff (workspace_id, email, name, role, user_id) values (tests.ws('a'), 'me@example.org', 'Me', 'admin', plat.uid()) $$,
   'a_agent 42501, a_client2 42501, b_admin 42501, drifter 42501'),
  ($$ insert into marketing.users (workspace_id, id, agent_id) values (tests.ws('a'), plat.uid(), null) $$, 'a_agent 42501, drifter PT409'),
  ($$ insert into auth.invitations (email, workspace_id, mls_role) values ('a_agent@example.org', tests.ws('a'), 'admin') $$, 'a_agent 42501, a_admin 42501'),
  ($$ select auth.invite('a_agent@example.org', 'admin') $$, 'a_agent PT403, a_admin PT409'),
  ($$ update auth.users set role = 'service_role' where id = plat.uid() $$, 'a_agent 42501, a_admin 42501'),
  ($$ update plat.memberships set me = '' $$, 'a_agent 42501, a_admin 42501')) v (statement, want);
-- A person's data is only that.
select auth.merge_user_data(tests.id('a_agent'), '{"role": "service_role", "app_metadata": {"role": "admin"}, "invitation_id": "x"}');
select results_eq($$ select role, raw_app_meta_data from auth.users where id = tests.id('a_agent') $$,
                  $$ values ('authenticated'::varchar, null::jsonb) $$, 'data changes neither role nor app_metadata');
select results_eq($$ select me from plat.current_memberships where login = tests.id('a_agent') $$,
                  $$ select me from plat.memberships where login = tests.id('a_agent') $$, 'nor what the policies read');

select * from finish();
rollback;
