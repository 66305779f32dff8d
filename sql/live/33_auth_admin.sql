-- What the service key may do to logins, and what admins of a workspace may do to its invitations. Refusals as in
-- 32_auth_providers.sql.

-- Attributes are checked by the server before they come here: id, email (lower case), phone, password (a hash), email_confirm,
-- phone_confirm, user_metadata, app_metadata, role, ban_s (null: not banned).

create or replace function auth.admin_make_login(given jsonb, ret_id out uuid)
  language plpgsql volatile
  set search_path = ''
as $$
declare
  address constant text := given ->> 'email';
  confirmed constant boolean := coalesce((given ->> 'email_confirm')::boolean, false);
  which text;
begin
  ret_id := coalesce((given ->> 'id')::uuid, gen_random_uuid());
  insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at, phone, phone_confirmed_at, raw_app_meta_data,
                          raw_user_meta_data, banned_until)
    values (ret_id, 'authenticated', coalesce(given ->> 'role', 'authenticated'), address, coalesce(given ->> 'password', ''),
            case when confirmed then now() end, given ->> 'phone',
            case when (given ->> 'phone_confirm')::boolean and given ? 'phone' then now() end,
            coalesce(given -> 'app_metadata', '{}'), coalesce(given -> 'user_metadata', '{}'),
            now() + make_interval(secs => (given ->> 'ban_s')::double precision));
  if address is not null then
    insert into auth.identities (user_id, provider, provider_id, identity_data)
      values (ret_id, 'email', ret_id::text, auth.email_claims(ret_id, address, confirmed));
  end if;
  if given ? 'phone' then
    insert into auth.identities (user_id, provider, provider_id, identity_data)
      values (ret_id, 'phone', ret_id::text, jsonb_build_object('sub', ret_id, 'phone', given ->> 'phone', 'email_verified', false,
                'phone_verified', coalesce((given ->> 'phone_confirm')::boolean, false)));
  end if;
  perform auth.note_providers(ret_id);
exception when unique_violation then
  get stacked diagnostics which = constraint_name;
  perform auth.refuse_double(which);
end $$;

create or replace function auth.refuse_double(which text) returns void
  language plpgsql immutable
  set search_path = ''
as $$
begin
  if which = 'users_phone_key' then
    raise exception using errcode = 'PT422', detail = 'phone_exists', message = 'A user with this phone number has already been registered';
  elsif which = 'users_pkey' then
    raise exception using errcode = 'PT422', detail = 'user_already_exists', message = 'A user with this id exists already';
  end if;
  raise exception using errcode = 'PT422', detail = 'email_exists', message = 'A user with this email address has already been registered';
end $$;

create or replace function auth.admin_change_login(login uuid, given jsonb) returns void
  language plpgsql volatile
  set search_path = ''
as $$
declare
  which text;
begin
  perform from auth.users u where u.id = login and u.deleted_at is null for update;
  if not found then
    raise exception using errcode = 'PT404', detail = 'user_not_found', message = 'User not found';
  end if;
  if given ? 'email' then
    update auth.users u set email = given ->> 'email', email_change = '', email_change_confirm_status = 0,
        is_anonymous = false where u.id = login;
    delete from auth.one_time_tokens t where t.user_id = login;
    update auth.identities i set identity_data = i.identity_data || jsonb_build_object('email', given ->> 'email')
      where i.user_id = login and i.provider = 'email';
  end if;
  if (given ->> 'email_confirm')::boolean then
    perform auth.confirm_email(login, u.email) from auth.users u where u.id = login and u.email is not null;
  end if;
  if given ? 'password' then
    perform auth.set_password(login, given ->> 'password', null);
  end if;
  if given ? 'user_metadata' then
    perform auth.merge_user_data(login, given -> 'user_metadata');
  end if;
  update auth.users u
    set phone = coalesce(given ->> 'phone', u.phone), role = coalesce(given ->> 'role', u.role),
        phone_confirmed_at = case when (given ->> 'phone_confirm')::boolean then coalesce(u.phone_confirmed_at, now()) else u.phone_confirmed_at end,
        banned_until = case when given ? 'ban_s' then now() + make_interval(secs => (given ->> 'ban_s')::double precision) else u.banned_until end,
        raw_app_meta_data = (select coalesce(jsonb_object_agg(m.key, m.value), '{}')
                               from jsonb_each(coalesce(u.raw_app_meta_data, '{}') || coalesce(given -> 'app_metadata', '{}')) m
                               where m.value <> 'null')
    where u.id = login;
exception when unique_violation then
  get stacked diagnostics which = constraint_name;
  perform auth.refuse_double(which);
end $$;

-- Softly: the row stays, because others point to it, and nobody can be told by it any more.
create or replace function auth.admin_delete_login(login uuid, softly boolean) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  perform from auth.users u where u.id = login and u.deleted_at is null for update;
  if not found then
    raise exception using errcode = 'PT404', detail = 'user_not_found', message = 'User not found';
  end if;
  if not softly then
    delete from auth.users u where u.id = login;
    return;
  end if;
  delete from auth.identities i where i.user_id = login;
  delete from auth.mfa_factors f where f.user_id = login;
  update auth.users u set deleted_at = now(), encrypted_password = '', phone = null, email_change = '', raw_user_meta_data = '{}' where u.id = login;
exception when foreign_key_violation then
  raise exception using errcode = 'PT409', detail = 'conflict',
    message = 'Rows of this user are kept: delete it softly (should_soft_delete), or delete those first';
end $$;

create or replace function auth.admin_factors(login uuid) returns jsonb
  language plpgsql stable
  set search_path = ''
as $$
begin
  perform from auth.users u where u.id = login and u.deleted_at is null;
  if not found then
    raise exception using errcode = 'PT404', detail = 'user_not_found', message = 'User not found';
  end if;
  return (select coalesce(jsonb_agg(auth.factor_json(f) order by f.created_at), '[]') from auth.mfa_factors f where f.user_id = login);
end $$;

create or replace function auth.factor_json(f auth.mfa_factors) returns jsonb
  language sql stable
  set search_path = ''
  return jsonb_build_object('id', f.id, 'friendly_name', f.friendly_name, 'factor_type', f.factor_type, 'status', f.status,
                            'created_at', f.created_at, 'updated_at', f.updated_at, 'last_challenged_at', f.last_challenged_at);

create or replace function auth.admin_rename_factor(login uuid, factor uuid, name text) returns jsonb
  language plpgsql volatile
  set search_path = ''
as $$
declare
  changed auth.mfa_factors;
begin
  update auth.mfa_factors f set friendly_name = coalesce(name, f.friendly_name) where f.id = factor and f.user_id = login returning * into changed;
  if changed.id is null then
    raise exception using errcode = 'PT404', detail = 'mfa_factor_not_found', message = 'Factor not found';
  end if;
  return auth.factor_json(changed);
exception when unique_violation then
  raise exception using errcode = 'PT422', detail = 'mfa_factor_name_conflict',
    message = format('A factor with the friendly name "%s" for this user already exists', name);
end $$;

-- Somebody who is to have a login. hash '': without a password.
create or replace function auth.admin_expect_login(address text, hash text, data jsonb, may_exist boolean) returns uuid
  language plpgsql volatile
  set search_path = ''
as $$
declare
  made record;
begin
  select * into made from auth.sign_up(address, hash, data, false, false);
  if made.outcome = 'exists' and not may_exist then
    raise exception using errcode = 'PT422', detail = 'email_exists', message = 'A user with this email address has already been registered';
  end if;
  return made.login;
end $$;

-- Two links, one to each address, and both have to be answered.
create or replace function auth.admin_plan_email_change(address text, new_address text) returns uuid
  language plpgsql volatile
  set search_path = ''
as $$
declare
  person auth.users;
begin
  select * into person from auth.users u where lower(u.email) = lower(address) and u.deleted_at is null for update;
  if person.id is null then
    raise exception using errcode = 'PT404', detail = 'user_not_found', message = 'User not found';
  end if;
  if exists (select from auth.users u where lower(u.email) = lower(new_address) and u.deleted_at is null) then
    raise exception using errcode = 'PT422', detail = 'email_exists', message = 'A user with this email address has already been registered';
  end if;
  if lower(person.email_change) is distinct from lower(new_address) then
    update auth.users u set email_change = lower(new_address), email_change_confirm_status = 0 where u.id = person.id;
    delete from auth.one_time_tokens t where t.user_id = person.id and t.token_type like 'email_change%';
  end if;
  return person.id;
end $$;

-- Invitations, for admins of the workspace: auth.invite() (30_auth.sql) makes them.

create or replace function auth.open_invitations() returns jsonb
  language plpgsql stable security definer
  set search_path = ''
as $$
begin
  if not plat.has_role('mls.admin') then
    raise exception using errcode = 'PT403', detail = 'not_admin', message = 'only an admin of the workspace sees its invitations';
  end if;
  return (select coalesce(jsonb_agg(auth.invitation_json(i) order by i.created_at desc), '[]') from auth.invitations i
            where i.workspace_id = plat.ws() and i.accepted_at is null and i.revoked_at is null);
end $$;
comment on function auth.open_invitations() is 'Invitations to the caller''s workspace that nobody has accepted yet.';

create or replace function auth.invitation_json(i auth.invitations) returns jsonb
  language sql stable
  set search_path = ''
  return to_jsonb(i) - array['accepted_at', 'accepted_by', 'revoked_at'];

create or replace function auth.withdraw_invitation(wanted uuid) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  address text;
begin
  if not plat.has_role('mls.admin') then
    raise exception using errcode = 'PT403', detail = 'not_admin', message = 'only an admin of the workspace may withdraw its invitations';
  end if;
  update auth.invitations i set revoked_at = now()
    where i.id = wanted and i.workspace_id = plat.ws() and i.accepted_at is null and i.revoked_at is null
    returning i.email into address;
  if address is null then
    raise exception using errcode = 'PT404', detail = 'invite_not_found', message = 'there is no open invitation with this id';
  end if;
  -- The link in the mail is for all that the person is invited to.
  delete from auth.one_time_tokens t
    where t.token_type = 'invite_token' and t.relates_to = address
      and not exists (select from auth.invitations i where i.email = address and i.accepted_at is null and i.revoked_at is null
                        and i.expires_at > now());
end $$;
comment on function auth.withdraw_invitation(uuid) is 'The invitation is void, and its link.';

do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p
             where p.pronamespace = 'auth'::regnamespace
               and p.proname in ('enroll_factor', 'challenge_factor', 'answer_challenge', 'pass_challenge', 'unenroll_factor', 'start_flow',
                 'take_flow', 'note_providers', 'link_identity', 'link_person', 'sign_in_person', 'sign_up_person', 'unlink_identity',
                 'admin_make_login', 'refuse_double', 'admin_change_login', 'admin_delete_login', 'admin_factors', 'factor_json',
                 'admin_rename_factor', 'admin_expect_login', 'admin_plan_email_change', 'open_invitations', 'invitation_json',
                 'withdraw_invitation') loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to plat_worker', f);
  end loop;
end $$;
grant execute on function auth.open_invitations(), auth.withdraw_invitation(uuid), auth.invitation_json(auth.invitations)
  to authenticated, service_role;
