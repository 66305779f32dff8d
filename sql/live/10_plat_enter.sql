-- Opens a request: reads the login's memberships once, from the tables and not from the token, and leaves them in the
-- transaction-local setting plat.me for the policies (fields and readers: 00_plat_settings.sql). The preamble of every batch does
-- what plat.enter() does, as the authenticator, before anything else runs; API roles may not, or a caller could become somebody
-- else.
--
-- Roles in plat.me, a list ',name,name,' of
--   mls.admin mls.agent mls.client                             mls.user_profiles.role
--   org.developer org.admin org.user                           org.user_profile.role
--   ops.staff and ops.admin ops.operations ops.marketing ops.support   ops.staff.role, active and not deleted
--   ops.realtor                                                ops.realtors, active and not deleted
--   marketing.agent                                            marketing.users, active, with an agent
--   crm.user crm.admin crm.support crm.standard                crm.profiles.role
-- A login that is unknown, deleted or banned leaves it empty. An archived workspace is nobody's; a paused one makes the
-- transaction read-only.
--
-- plat.memberships has the answer ready for every login with nothing special about it; docs/decisions/0004-memberships.md.

-- The truth: what each login that is not deleted would leave, now.
create or replace view plat.current_memberships with (security_invoker = on) as
  select u.id as login, u.banned_until, coalesce(w.status = 'paused', false) as is_paused,
         concat_ws('|', u.id, coalesce(w.id::text, ''),
           concat_ws(',', '',
             case when w.id is not null then 'mls.' || p.role end,
             'org.' || o.role,
             case when s.staff_id is not null then 'ops.staff,ops.' || s.role end,
             case when r.realtor_id is not null then 'ops.realtor' end,
             case when k.agent_id is not null then 'marketing.agent' end,
             'crm.' || c.role, ''),
           coalesce(o.organization_id::text, ''), coalesce(o.id::text, ''), coalesce(k.agent_id::text, ''),
           coalesce(replace(replace(s.staff_id, '%', '%25'), '|', '%7C'), ''),
           coalesce(replace(replace(r.realtor_id, '%', '%25'), '|', '%7C'), '')) as me
    from auth.users u
    left join mls.user_profiles p on p.id = u.id
    left join mls.workspaces w on w.id = p.workspace_id and w.status <> 'archived'
    left join org.user_profile o on o.user_id = u.id
    left join ops.staff s on s.workspace_id = w.id and s.user_id = u.id and s.status = 'active' and s.deleted_at is null
    left join ops.realtors r on r.workspace_id = w.id and r.user_id = u.id and r.status = 'active' and r.deleted_at is null
    left join marketing.users k on k.workspace_id = w.id and k.id = u.id and k.is_active
    left join crm.profiles c on c.id = u.id
    where u.deleted_at is null;
comment on view plat.current_memberships is 'The setting plat.me that each login should have, read from the tables that say so.';

create or replace function plat.enter_by_sources(login uuid) returns text
  language plpgsql volatile strict security definer
  set search_path = ''
as $$
declare
  c record;
begin
  select m.me, m.is_paused into c from plat.current_memberships m
    where m.login = enter_by_sources.login and (m.banned_until is null or m.banned_until <= now());
  if c.is_paused then
    perform set_config('transaction_read_only', 'on', true);
  end if;
  return coalesce(c.me, '');
end $$;
comment on function plat.enter_by_sources(uuid) is
  'plat.me of a login whatever the circumstances; empty for nobody. Makes the transaction of a paused workspace read-only.';
revoke all on function plat.enter_by_sources(uuid) from public;
grant execute on function plat.enter_by_sources(uuid) to authenticator;

-- src/db/frame.c has the same expression, without the 10 µs that a call of this function costs.
create or replace function plat.enter(login uuid) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  perform set_config('plat.me', coalesce((select m.me from plat.memberships m where m.login = enter.login),
                                         plat.enter_by_sources(login), ''), true);
end $$;
revoke all on function plat.enter(uuid) from public;
grant execute on function plat.enter(uuid) to authenticator;

-- Workers and commands act in a workspace without being a person: past row level security, but tenant defaults still hold.
create or replace function plat.enter_workspace(workspace uuid) returns void
  language sql volatile security definer
  set search_path = ''
  begin atomic
    select set_config('plat.me', '|' || coalesce(workspace::text, ''), true);
  end;
revoke all on function plat.enter_workspace(uuid) from public;
grant execute on function plat.enter_workspace(uuid) to authenticator, plat_worker;

-- The preamble in its form for a cluster, where set_config() does not reach the nodes but SET LOCAL in an explicit transaction does.
-- Security invoker, because SET ROLE is forbidden in a definer's function. Values become literals by format(), never by hand.
-- Reads the sources: a tenant table's trigger, running on a node, could not write plat.memberships.
create or replace function plat.begin_request(role text, claims text, login uuid, statement_timeout text) returns void
  language plpgsql volatile
as $$
begin
  execute format('set local plat.me = %L', coalesce(plat.enter_by_sources(login), ''));
  execute format('set local request.jwt.claims = %L', coalesce(claims, ''));
  execute format('set local statement_timeout = %L', coalesce(statement_timeout, '0'));
  execute format('set local role %I', role);
end $$;
revoke all on function plat.begin_request(text, text, uuid, text) from public;
grant execute on function plat.begin_request(text, text, uuid, text) to authenticator;

-- Keeping plat.memberships. Two transactions may change what one login's row is made of, each blind to the other until both
-- commit, so whoever changes it locks the row first and reads the sources in the next statement, which sees what was committed
-- meanwhile. A workspace concerns many: its row is locked before theirs, so that a member who comes while it is being archived
-- waits, and one who came before is seen by plat.workspace_changed().
create or replace function plat.refresh_memberships(logins uuid[]) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  perform from mls.workspaces w
    where w.id in (select p.workspace_id from mls.user_profiles p where p.id = any (logins)) order by w.id for share;
  perform from plat.memberships m where m.login = any (logins) order by m.login for update;
  -- Written even when it says the same, so that a transaction with an older snapshot fails instead of undoing it.
  update plat.memberships m set me = (
    select c.me from plat.current_memberships c
      where c.login = m.login and not c.is_paused and (c.banned_until is null or c.banned_until <= now()))
    where m.login = any (logins);
end $$;
revoke all on function plat.refresh_memberships(uuid[]) from public;

create or replace function plat.rebuild_memberships() returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  lock table plat.memberships in exclusive mode;
  insert into plat.memberships as m (login, me)
    select u.id, case when not c.is_paused and (c.banned_until is null or c.banned_until <= now()) then c.me end
      from auth.users u left join plat.current_memberships c on c.login = u.id
    on conflict (login) do update set me = excluded.me where m.me is distinct from excluded.me;
end $$;
comment on function plat.rebuild_memberships() is
  'Makes plat.memberships anew: for the owner, after triggers were switched off. Waits for changes that are under way.';
revoke all on function plat.rebuild_memberships() from public;

-- The argument is the column that names the login.
create or replace function plat.membership_changed() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  was constant uuid := case when tg_op <> 'INSERT' then (to_jsonb(old) ->> tg_argv[0])::uuid end;
  will constant uuid := case when tg_op <> 'DELETE' then (to_jsonb(new) ->> tg_argv[0])::uuid end;
begin
  if was is not null or will is not null then
    perform plat.refresh_memberships(array[was, will]);
  end if;
  return null;
end $$;
revoke all on function plat.membership_changed() from public;

create or replace function plat.login_changed() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into plat.memberships (login) values (new.id);
  end if;
  perform plat.refresh_memberships(array[new.id]);
  return null;
end $$;
revoke all on function plat.login_changed() from public;

create or replace function plat.workspace_changed() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform plat.refresh_memberships(array(select p.id from mls.user_profiles p where p.workspace_id = new.id));
  return null;
end $$;
revoke all on function plat.workspace_changed() from public;

create or replace function plat.memberships_truncated() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform plat.rebuild_memberships();
  return null;
end $$;
revoke all on function plat.memberships_truncated() from public;

create or replace trigger users_membership_insert after insert on auth.users
  for each row execute function plat.login_changed();
create or replace trigger users_membership_update after update on auth.users
  for each row when ((old.deleted_at, old.banned_until) is distinct from (new.deleted_at, new.banned_until))
  execute function plat.login_changed();
create or replace trigger workspaces_membership after update on mls.workspaces
  for each row when (old.status is distinct from new.status) execute function plat.workspace_changed();

do $$
declare
  t record;
begin
  for t in select * from (values
    ('mls', 'user_profiles', 'id',      array['workspace_id', 'role']),
    ('org', 'user_profile',  'user_id', array['id', 'organization_id', 'role']),
    ('ops', 'staff',         'user_id', array['workspace_id', 'staff_id', 'role', 'status', 'deleted_at']),
    ('ops', 'realtors',      'user_id', array['workspace_id', 'realtor_id', 'status', 'deleted_at']),
    ('marketing', 'users',   'id',      array['workspace_id', 'agent_id', 'is_active']),
    ('crm', 'profiles',      'id',      array['role'])) s (schema, name, login, columns)
  loop
    execute format('create or replace trigger %I after insert or delete on %I.%I for each row
      execute function plat.membership_changed(%L)', t.name || '_membership', t.schema, t.name, t.login);
    execute format('create or replace trigger %I after update on %I.%I for each row when ((%s) is distinct from (%s))
      execute function plat.membership_changed(%L)', t.name || '_membership_update', t.schema, t.name,
      (select string_agg('old.' || c, ', ') from unnest(t.login || t.columns) c),
      (select string_agg('new.' || c, ', ') from unnest(t.login || t.columns) c), t.login);
    execute format('create or replace trigger %I after truncate on %I.%I for each statement
      execute function plat.memberships_truncated()', t.name || '_membership_truncate', t.schema, t.name);
  end loop;
end $$;

-- The triggers above hold off writers until this commits, so nothing is missed.
select plat.rebuild_memberships();
