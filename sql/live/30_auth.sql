-- Sign-in: what Supabase's policies and clients expect of schema auth, and what a sign-up becomes. The tables have row level
-- security, no policy and no grant: only plat_worker (and the owner) reads or writes them.

-- As in Supabase. plat's own policies use plat.uid(), which knows the login exists and is not banned.
create or replace function auth.jwt() returns jsonb
  language sql stable parallel safe
  return coalesce(nullif(current_setting('request.jwt.claim', true), ''),
                  nullif(current_setting('request.jwt.claims', true), ''))::jsonb;
comment on function auth.jwt() is 'The claims of the request''s token.';

create or replace function auth.uid() returns uuid
  language sql stable parallel safe
  return coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
                  nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid;
comment on function auth.uid() is 'sub of the request''s token.';

create or replace function auth.role() returns text
  language sql stable parallel safe
  return coalesce(nullif(current_setting('request.jwt.claim.role', true), ''),
                  nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role');
comment on function auth.role() is 'role of the request''s token: anon, authenticated or service_role.';

create or replace function auth.email() returns text
  language sql stable parallel safe
  return coalesce(nullif(current_setting('request.jwt.claim.email', true), ''),
                  nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email');
comment on function auth.email() is 'email of the request''s token.';

do $$
declare
  name text;
begin
  foreach name in array array['users', 'identities', 'mfa_factors', 'sessions'] loop
    execute format('create or replace trigger %I before update on auth.%I for each row execute function plat.touch_updated_at()',
                   name || '_touch', name);
  end loop;
end $$;

-- A deleted login is signed out everywhere, and its links do not work any more.
create or replace function auth.end_sessions() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  delete from auth.sessions s where s.user_id = new.id;
  delete from auth.one_time_tokens t where t.user_id = new.id;
  return null;
end $$;
revoke all on function auth.end_sessions() from public;

create or replace trigger users_end_sessions after update of deleted_at on auth.users
  for each row when (old.deleted_at is null and new.deleted_at is not null) execute function auth.end_sessions();

-- Invitations

create or replace function auth.invite(address text, mls_role text default 'client', full_name text default null,
                                       org_role text default null, crm_role text default 'user', ops_role text default null,
                                       is_realtor boolean default false, is_marketing_agent boolean default false,
                                       marketing_agent_id uuid default null) returns auth.invitations
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  organization constant uuid :=
    (select w.organization_id from mls.workspaces w where w.id = plat.ws() and invite.org_role is not null);
  made auth.invitations;
begin
  if current_setting('role') in ('anon', 'authenticated') then
    if not plat.has_role('mls.admin') then
      raise exception using errcode = 'PT403', message = 'only an admin of the workspace may invite people to it';
    end if;
    if invite.org_role is not null and not plat.has_role('org.developer')
       and not (plat.has_role('org.admin') and plat.org() is not distinct from organization) then
      raise exception using errcode = 'PT403', message = 'only an admin of the organisation may invite people to it';
    end if;
  end if;
  if invite.org_role is not null and organization is null then
    raise exception using errcode = 'PT409', message = 'this workspace belongs to no organisation that one could be invited to';
  end if;
  if exists (select from mls.user_profiles p join auth.users u on u.id = p.id
               where p.workspace_id = plat.ws() and lower(u.email) = lower(btrim(address)) and u.deleted_at is null) then
    raise exception using errcode = 'PT409', message = format('%s belongs to this workspace already', lower(btrim(address)));
  end if;
  if invite.marketing_agent_id is not null and not exists (select from marketing.agents a
               where a.workspace_id = plat.ws() and a.id = invite.marketing_agent_id) then
    raise exception using errcode = 'PT409', message = format('there is no marketing agent %s', invite.marketing_agent_id);
  end if;
  -- Whoever is invited again gets what the last invitation says.
  insert into auth.invitations as i (email, full_name, workspace_id, mls_role, organization_id, org_role, crm_role, ops_role,
                                     is_realtor, is_marketing_agent, marketing_agent_id, invited_by)
    values (lower(btrim(address)), invite.full_name, plat.ws(), invite.mls_role, organization, invite.org_role,
            invite.crm_role, invite.ops_role, invite.is_realtor,
            invite.is_marketing_agent or invite.marketing_agent_id is not null, invite.marketing_agent_id, plat.uid())
    on conflict (workspace_id, email) where accepted_at is null and revoked_at is null do update
      set full_name = excluded.full_name, mls_role = excluded.mls_role, organization_id = excluded.organization_id,
          org_role = excluded.org_role, crm_role = excluded.crm_role, ops_role = excluded.ops_role,
          is_realtor = excluded.is_realtor, is_marketing_agent = excluded.is_marketing_agent,
          marketing_agent_id = excluded.marketing_agent_id, invited_by = excluded.invited_by,
          created_at = now(), expires_at = now() + interval '7 days'
    returning * into made;
  return made;
end $$;
comment on function auth.invite(text, text, text, text, text, text, boolean, boolean, uuid) is
  'Invites a person into the caller''s workspace; what the sign-up with this address becomes. For admins.';
revoke all on function auth.invite(text, text, text, text, text, text, boolean, boolean, uuid) from public;
grant execute on function auth.invite(text, text, text, text, text, text, boolean, boolean, uuid)
  to authenticated, service_role, plat_worker;

-- Gives a login what its invitation names. Rows that are already there for the address (a realtor who had no login yet) get
-- the login; a developer of an organisation stays one.
create or replace function auth.accept_invitation(invitation uuid, login uuid) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  i auth.invitations;
  person_name text;
  agent uuid;
begin
  select * into i from auth.invitations n where n.id = invitation for update;
  if i.id is null or i.accepted_at is not null or i.revoked_at is not null or i.expires_at <= now() then
    raise exception using errcode = 'PT409', message = 'the invitation was used or withdrawn, or its time is over';
  end if;
  person_name := coalesce(i.full_name, (select nullif(btrim(coalesce(u.raw_user_meta_data ->> 'full_name',
                   u.raw_user_meta_data ->> 'name')), '') from auth.users u where u.id = login), split_part(i.email, '@', 1));

  insert into mls.user_profiles (id, workspace_id, role, full_name) values (login, i.workspace_id, i.mls_role, person_name)
    on conflict (id) do update set workspace_id = excluded.workspace_id, role = excluded.role;
  update crm.profiles p set role = i.crm_role::crm.user_role, full_name = coalesce(p.full_name, person_name) where p.id = login;
  if i.org_role is not null then
    insert into org.user_profile as p (organization_id, role, user_id) values (i.organization_id, i.org_role, login)
      on conflict (user_id) do update set organization_id = excluded.organization_id, role = excluded.role
      where p.role <> 'developer';
  end if;
  if i.ops_role is not null then
    update ops.staff t set role = i.ops_role, status = 'active', deleted_at = null, deleted_by = null
      where t.workspace_id = i.workspace_id and t.user_id = login;
    if not found then
      insert into ops.staff (workspace_id, user_id, email, name, role) values (i.workspace_id, login, i.email, person_name, i.ops_role)
        on conflict (workspace_id, email) do update
          set user_id = excluded.user_id, role = excluded.role, status = 'active', deleted_at = null, deleted_by = null;
    end if;
  end if;
  if i.is_realtor then
    update ops.realtors t set status = 'active', deleted_at = null, deleted_by = null
      where t.workspace_id = i.workspace_id and t.user_id = login;
    if not found then
      insert into ops.realtors (workspace_id, user_id, email, name) values (i.workspace_id, login, i.email, person_name)
        on conflict (workspace_id, email) do update
          set user_id = excluded.user_id, status = 'active', deleted_at = null, deleted_by = null;
    end if;
  end if;
  if i.is_marketing_agent then
    agent := coalesce(i.marketing_agent_id,
      (select a.id from marketing.agents a where a.workspace_id = i.workspace_id and a.email = i.email));
    if agent is null then
      insert into marketing.agents (workspace_id, name, email) values (i.workspace_id, person_name, i.email) returning id into agent;
    end if;
    -- A deleted login keeps neither the agent nor the address.
    delete from marketing.users t using auth.users u
      where t.workspace_id = i.workspace_id and (t.agent_id = agent or t.email = i.email) and u.id = t.id and u.deleted_at is not null;
    if exists (select from marketing.users t where t.workspace_id = i.workspace_id and t.agent_id = agent and t.id <> login) then
      raise exception using errcode = 'PT409', message = format('marketing agent %s has another login already', agent);
    end if;
    insert into marketing.users (workspace_id, id, email, password_hash, agent_id)
      select i.workspace_id, u.id, u.email, coalesce(u.encrypted_password, ''), agent from auth.users u where u.id = login
      on conflict (workspace_id, id) do update set agent_id = excluded.agent_id, is_active = true;
  end if;
  update auth.invitations n set accepted_at = now(), accepted_by = login where n.id = i.id;
end $$;
comment on function auth.accept_invitation(uuid, uuid) is
  'Gives the login the memberships of the invitation. For the server, which knows that the login is who was invited.';
revoke all on function auth.accept_invitation(uuid, uuid) from public;
grant execute on function auth.accept_invitation(uuid, uuid) to plat_worker;

-- Sign-up

create or replace function auth.make_personal_workspace(login auth.users) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  made uuid;
  person_name constant text := nullif(btrim(left(coalesce(login.raw_user_meta_data ->> 'full_name',
                                                          login.raw_user_meta_data ->> 'name'), 150)), '');
begin
  insert into mls.workspaces (slug, name)
    values ('personal-' || replace(login.id::text, '-', ''),
            coalesce(person_name || '''s workspace', 'Personal workspace'))
    -- A login that lost its membership comes back to the workspace that was made for it.
    on conflict (slug) do update set name = mls.workspaces.name
    returning id into made;
  insert into mls.user_profiles (id, workspace_id, role, full_name) values (login.id, made, 'admin', person_name);
end $$;
revoke all on function auth.make_personal_workspace(auth.users) from public;

-- A login without a workspace gets one: the invitation's or its own. An invitation found by its address waits until the
-- address is confirmed, or anybody could sign up with an invited person's address; one that the server named itself in
-- raw_app_meta_data does not. An anonymous login gets a workspace when it becomes a person's.
create or replace function auth.place_login() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  invitation record;
begin
  if new.deleted_at is not null or exists (select from mls.user_profiles p where p.id = new.id) then
    return null;
  end if;
  select i.id, i.id::text = new.raw_app_meta_data ->> 'invitation_id' as named into invitation
    from auth.invitations i
    where i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
      and (i.email = lower(new.email) or i.id::text = new.raw_app_meta_data ->> 'invitation_id')
    order by i.id::text = new.raw_app_meta_data ->> 'invitation_id' desc nulls last, i.created_at desc
    limit 1;
  if invitation.named or invitation.id is not null and new.email_confirmed_at is not null then
    perform auth.accept_invitation(invitation.id, new.id);
  elsif invitation.id is null and not new.is_anonymous then
    perform auth.make_personal_workspace(new);
  end if;
  return null;
end $$;
revoke all on function auth.place_login() from public;

-- Runs after crm's create_profile_on_signup: triggers fire in the order of their names.
create or replace trigger users_place_login
  after insert or update of email, email_confirmed_at, is_anonymous, raw_app_meta_data on auth.users
  for each row execute function auth.place_login();
