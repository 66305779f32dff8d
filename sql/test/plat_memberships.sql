-- plat.memberships after everything that can change what a login is: it says what the sources say, for every login, and
-- plat.enter() leaves what is expected of it.
begin;
select no_plan();
select tests.two_tenants();
insert into org.organizations (id, name) values (md5('north')::uuid, 'North'), (md5('south')::uuid, 'South');
insert into marketing.agents (workspace_id, id, name, email) values
  (tests.ws('a'), md5('agent 1')::uuid, 'One', 'one@example.org'), (tests.ws('a'), md5('agent 2')::uuid, 'Two', 'two@example.org'),
  (tests.ws('b'), md5('agent 3')::uuid, 'Three', 'three@example.org');

-- Logins whose row differs from the sources; a row that says nothing is right for those that have to be looked at.
create view wrong as
  select u.email from auth.users u
    left join plat.memberships m on m.login = u.id
    left join plat.current_memberships c on c.login = u.id
    where m.login is null
       or m.me is distinct from case when not c.is_paused and (c.banned_until is null or c.banned_until <= now()) then c.me end;

-- What plat.enter() leaves, undone again: a read-only transaction would stay one.
create function pg_temp.who(name text) returns text language plpgsql as $$
declare
  seen text;
begin
  perform plat.enter(tests.id(name));
  seen := case when plat.uid() is null then 'nobody' else
    concat_ws(' ', coalesce((select right(w.slug, 1) from mls.workspaces w where w.id = plat.ws()), '-'), btrim(plat.me(3), ','),
              (select o.name from org.organizations o where o.id = plat.org()),
              case when plat.org_profile() = (select p.id from org.user_profile p where p.user_id = plat.uid()) then 'profile' end,
              (select g.name from marketing.agents g where g.id = plat.agent()), plat.staff(), plat.realtor(),
              case when current_setting('transaction_read_only') = 'on' then 'reads only' end) end
    || case when current_setting('plat.me') is distinct from plat.enter_by_sources(tests.id(name)) then ', and the sources differ' else '' end;
  raise exception using errcode = 'PT999', message = seen;
exception when sqlstate 'PT999' then
  return sqlerrm;
end $$;

create function pg_temp.after(statement text, expected text, name text default 'ann') returns setof text language plpgsql as $$
begin
  execute statement;
  return next is((select array_agg(email::text) from wrong), null, 'as the sources say, after ' || btrim(statement));
  return next is(pg_temp.who(name), expected, name || ' after ' || btrim(statement));
end $$;

select tests.put('ann', md5('ann')::uuid);
select pg_temp.after(s, e) from (values
  ($$ insert into auth.users (id, email, is_anonymous) values (tests.id('ann'), 'ann@example.org', true) $$, '- crm.user'),
  ($$ insert into mls.user_profiles (id, workspace_id, role) values (tests.id('ann'), tests.ws('a'), 'client') $$, 'a mls.client,crm.user'),
  ($$ update mls.user_profiles set role = 'agent' where id = tests.id('ann') $$, 'a mls.agent,crm.user'),
  ($$ insert into org.user_profile (organization_id, user_id) values (md5('north')::uuid, tests.id('ann')) $$,
   'a mls.agent,org.user,crm.user North profile'),
  ($$ update org.user_profile set role = 'admin' where user_id = tests.id('ann') $$, 'a mls.agent,org.admin,crm.user North profile'),
  ($$ update org.user_profile set organization_id = md5('south')::uuid where user_id = tests.id('ann') $$,
   'a mls.agent,org.admin,crm.user South profile'),
  ($$ update org.user_profile set id = md5('other')::uuid where user_id = tests.id('ann') $$, 'a mls.agent,org.admin,crm.user South profile'),
  ($$ update crm.profiles set role = 'support' where id = tests.id('ann') $$, 'a mls.agent,org.admin,crm.support South profile'),
  ($$ update org.user_profile set user_id = null where user_id = tests.id('ann') $$, 'a mls.agent,crm.support'),
  -- ops.staff
  ($$ insert into ops.staff (workspace_id, staff_id, user_id, email, name, role)
        values (tests.ws('a'), 'S|1%7C,mls.admin,|', tests.id('ann'), 'ann@example.org', 'Ann', 'support') $$,
   'a mls.agent,ops.staff,ops.support,crm.support S|1%7C,mls.admin,|'),
  ($$ update ops.staff set staff_id = 'S1' where user_id = tests.id('ann') $$, 'a mls.agent,ops.staff,ops.support,crm.support S1'),
  ($$ update ops.staff set role = 'operations' where staff_id = 'S1' $$, 'a mls.agent,ops.staff,ops.operations,crm.support S1'),
  ($$ update ops.staff set status = 'suspended' where staff_id = 'S1' $$, 'a mls.agent,crm.support'),
  ($$ update ops.staff set status = 'active' where staff_id = 'S1' $$, 'a mls.agent,ops.staff,ops.operations,crm.support S1'),
  ($$ update ops.staff set deleted_at = now() where staff_id = 'S1' $$, 'a mls.agent,crm.support'),
  ($$ update ops.staff set deleted_at = null where staff_id = 'S1' $$, 'a mls.agent,ops.staff,ops.operations,crm.support S1'),
  ($$ update ops.staff set user_id = tests.id('a_agent') where staff_id = 'S1' $$, 'a mls.agent,crm.support'),
  ($$ update ops.staff set user_id = tests.id('ann') where staff_id = 'S1' $$, 'a mls.agent,ops.staff,ops.operations,crm.support S1'),
  -- ops.realtors
  ($$ insert into ops.realtors (workspace_id, realtor_id, user_id, email, name, status)
        values (tests.ws('a'), 'R|1', tests.id('ann'), 'ann@example.org', 'Ann', 'pending') $$,
   'a mls.agent,ops.staff,ops.operations,crm.support S1'),
  ($$ update ops.realtors set status = 'active' where realtor_id = 'R|1' $$,
   'a mls.agent,ops.staff,ops.operations,ops.realtor,crm.support S1 R|1'),
  ($$ delete from ops.staff where staff_id = 'S1' $$, 'a mls.agent,ops.realtor,crm.support R|1'),
  ($$ update ops.realtors set realtor_id = 'R2' where realtor_id = 'R|1' $$, 'a mls.agent,ops.realtor,crm.support R2'),
  ($$ update ops.realtors set deleted_at = now() where realtor_id = 'R2' $$, 'a mls.agent,crm.support'),
  ($$ update ops.realtors set deleted_at = null where realtor_id = 'R2' $$, 'a mls.agent,ops.realtor,crm.support R2'),
  ($$ truncate ops.realtors cascade $$, 'a mls.agent,crm.support'),
  -- marketing.users
  ($$ insert into marketing.users (workspace_id, id, email, password_hash) values (tests.ws('a'), tests.id('ann'), 'ann@example.org', '') $$,
   'a mls.agent,crm.support'),
  ($$ update marketing.users set agent_id = md5('agent 1')::uuid where id = tests.id('ann') $$, 'a mls.agent,marketing.agent,crm.support One'),
  ($$ update marketing.users set agent_id = md5('agent 2')::uuid where id = tests.id('ann') $$, 'a mls.agent,marketing.agent,crm.support Two'),
  ($$ update marketing.users set is_active = false where id = tests.id('ann') $$, 'a mls.agent,crm.support'),
  ($$ update marketing.users set is_active = true where id = tests.id('ann') $$, 'a mls.agent,marketing.agent,crm.support Two'),
  -- The workspace
  ($$ update mls.workspaces set status = 'paused' where id = tests.ws('a') $$,
   'a mls.agent,marketing.agent,crm.support Two reads only'),
  ($$ update marketing.users set agent_id = md5('agent 1')::uuid where id = tests.id('ann') $$,
   'a mls.agent,marketing.agent,crm.support One reads only'),
  ($$ update mls.workspaces set status = 'archived' where id = tests.ws('a') $$, '- crm.support'),
  ($$ update mls.workspaces set status = 'active' where id = tests.ws('a') $$, 'a mls.agent,marketing.agent,crm.support One'),
  ($$ update mls.user_profiles set workspace_id = tests.ws('b') where id = tests.id('ann') $$, 'b mls.agent,crm.support'),
  ($$ update mls.workspaces set status = 'archived' where id = tests.ws('a') $$, 'b mls.agent,crm.support'),
  ($$ update mls.workspaces set status = 'active' where id = tests.ws('a') $$, 'b mls.agent,crm.support'),
  ($$ update mls.user_profiles set workspace_id = tests.ws('a') where id = tests.id('ann') $$, 'a mls.agent,marketing.agent,crm.support One'),
  ($$ delete from marketing.users where id = tests.id('ann') $$, 'a mls.agent,crm.support'),
  ($$ delete from mls.user_profiles where id = tests.id('ann') $$, '- crm.support'),
  ($$ insert into mls.user_profiles (id, workspace_id, role) values (tests.id('ann'), tests.ws('b'), 'admin') $$, 'b mls.admin,crm.support'),
  -- The login
  ($$ update auth.users set banned_until = 'infinity' where id = tests.id('ann') $$, 'nobody'),
  ($$ update mls.user_profiles set role = 'agent' where id = tests.id('ann') $$, 'nobody'),
  ($$ update auth.users set banned_until = now() where id = tests.id('ann') $$, 'b mls.agent,crm.support'),
  ($$ update auth.users set banned_until = null where id = tests.id('ann') $$, 'b mls.agent,crm.support'),
  ($$ update auth.users set deleted_at = now() where id = tests.id('ann') $$, 'nobody'),
  ($$ update auth.users set deleted_at = null where id = tests.id('ann') $$, 'b mls.agent,crm.support'),
  ($$ delete from crm.profiles where id = tests.id('ann') $$, 'b mls.agent'),
  ($$ delete from auth.users where id = tests.id('ann') $$, 'nobody')) t (s, e);

-- A ban that ends by itself, with nobody writing anything
insert into auth.users (id, email) values (tests.put('bob', md5('bob')::uuid), 'bob@example.org');
update auth.users set banned_until = clock_timestamp() + interval '1 hour' where id = tests.id('bob');
select is(pg_temp.who('bob'), 'nobody', 'while it lasts');
select is(me, null, 'and nothing is ready for him') from plat.memberships where login = tests.id('bob');
alter table auth.users disable trigger users_membership_update;
update auth.users set banned_until = now() - interval '1 second' where id = tests.id('bob');
alter table auth.users enable trigger users_membership_update;
select matches(pg_temp.who('bob'), ' mls.admin,crm.user$', 'when its time is over');

-- The usual case is the ready one.
select ok(me is not null, 'a member of an active workspace is ready') from plat.memberships where login = tests.id('a_agent');
select is(pg_temp.who('drifter'), '- crm.user', 'a login without workspace too');
select ok(me is not null, 'and its row') from plat.memberships where login = tests.id('drifter');

-- Triggers were off, as when a dump is loaded: made anew by hand.
select plat.rebuild_memberships();
select is((select count(*) from wrong), 0::bigint, 'none is wrong');
alter table mls.user_profiles disable trigger user;
update mls.user_profiles set role = 'admin' where id = tests.id('a_agent');
alter table mls.user_profiles enable trigger user;
select is((select count(*) from wrong), 1::bigint, 'without triggers a row is wrong');
delete from plat.memberships where login = tests.id('a_client');
select is(pg_temp.who('a_client'), 'a mls.client,crm.user', 'a login without a row is looked up');
select plat.rebuild_memberships();
select is((select count(*) from wrong), 0::bigint, 'rebuilt, none is');

-- What a person may change of themselves goes through the same triggers, with their own rights.
select tests.login(tests.id('a_admin'));
update mls.user_profiles set role = 'client' where id = tests.id('a_agent2');
select tests.logout();
select is(pg_temp.who('a_agent2'), 'a mls.client,crm.user', 'an admin changes a role');
select is((select count(*) from wrong), 0::bigint, 'still none is wrong');
select ok(not has_any_column_privilege(r, 'plat.memberships', 'select, insert, update'), r || ' does not read it')
  from unnest(array['anon', 'authenticated', 'service_role']) r;

select * from finish();
rollback;
