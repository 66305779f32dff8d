-- Opens a request: reads the login's memberships once, from the tables and not from the token, and leaves them in
-- transaction-local settings for the policies. The preamble of every batch calls it, as the authenticator, before anything else
-- runs; API roles may not call it, or a caller could become somebody else.
--
-- Settings left behind: plat.uid, plat.ws, plat.org, plat.org_profile, plat.staff, plat.realtor, plat.agent, and plat.roles, a list
-- ',name,name,' of
--   mls.admin mls.agent mls.client                             mls.user_profiles.role
--   org.developer org.admin org.user                           org.user_profile.role
--   ops.staff and ops.admin ops.operations ops.marketing ops.support   ops.staff.role, active and not deleted
--   ops.realtor                                                ops.realtors, active and not deleted
--   marketing.agent                                            marketing.users, active, with an agent
--   crm.user crm.admin crm.support crm.standard                crm.profiles.role
-- A login that is unknown, deleted or banned leaves all of them empty. An archived workspace is nobody's; a paused one makes the
-- transaction read-only.
create or replace function plat.enter(login uuid) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  m record;
begin
  select u.id as uid, w.id as ws, w.status as ws_status, o.organization_id as org, o.id as org_profile,
         s.staff_id as staff, r.realtor_id as realtor, k.agent_id as agent,
         concat_ws(',', '',
           case when w.id is not null then 'mls.' || p.role end,
           'org.' || o.role,
           case when s.staff_id is not null then 'ops.staff,ops.' || s.role end,
           case when r.realtor_id is not null then 'ops.realtor' end,
           case when k.agent_id is not null then 'marketing.agent' end,
           'crm.' || c.role, '') as roles
    into m
    from auth.users u
    left join mls.user_profiles p on p.id = u.id
    left join mls.workspaces w on w.id = p.workspace_id and w.status <> 'archived'
    left join org.user_profile o on o.user_id = u.id
    left join ops.staff s on s.workspace_id = w.id and s.user_id = u.id and s.status = 'active' and s.deleted_at is null
    left join ops.realtors r on r.workspace_id = w.id and r.user_id = u.id and r.status = 'active' and r.deleted_at is null
    left join marketing.users k on k.workspace_id = w.id and k.id = u.id and k.is_active
    left join crm.profiles c on c.id = u.id
    where u.id = login and u.deleted_at is null and (u.banned_until is null or u.banned_until <= now());
  perform set_config('plat.uid', coalesce(m.uid::text, ''), true), set_config('plat.ws', coalesce(m.ws::text, ''), true),
          set_config('plat.org', coalesce(m.org::text, ''), true),
          set_config('plat.org_profile', coalesce(m.org_profile::text, ''), true),
          set_config('plat.staff', coalesce(m.staff, ''), true), set_config('plat.realtor', coalesce(m.realtor, ''), true),
          set_config('plat.agent', coalesce(m.agent::text, ''), true), set_config('plat.roles', coalesce(m.roles, ''), true);
  if m.ws_status = 'paused' then
    perform set_config('transaction_read_only', 'on', true);
  end if;
end $$;
revoke all on function plat.enter(uuid) from public;
grant execute on function plat.enter(uuid) to authenticator;

-- Workers and commands act in a workspace without being a person: past row level security, but tenant defaults still hold.
create or replace function plat.enter_workspace(workspace uuid) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  perform plat.enter(null), set_config('plat.ws', coalesce(workspace::text, ''), true);
end $$;
revoke all on function plat.enter_workspace(uuid) from public;
grant execute on function plat.enter_workspace(uuid) to authenticator, plat_worker;

-- The preamble in its form for a cluster, where set_config() does not reach the nodes but SET LOCAL in an explicit transaction does.
-- Security invoker, because SET ROLE is forbidden in a definer's function. Values become literals by format(), never by hand.
create or replace function plat.begin_request(role text, claims text, login uuid, statement_timeout text) returns void
  language plpgsql volatile
as $$
declare
  setting text;
begin
  perform plat.enter(login);
  foreach setting in array array['plat.uid', 'plat.ws', 'plat.org', 'plat.org_profile', 'plat.staff', 'plat.realtor', 'plat.agent',
                                 'plat.roles'] loop
    execute format('set local %s = %L', setting, current_setting(setting, true));
  end loop;
  execute format('set local request.jwt.claims = %L', coalesce(claims, ''));
  execute format('set local statement_timeout = %L', coalesce(statement_timeout, '0'));
  execute format('set local role %I', role);
end $$;
revoke all on function plat.begin_request(text, text, uuid, text) from public;
grant execute on function plat.begin_request(text, text, uuid, text) to authenticator;
