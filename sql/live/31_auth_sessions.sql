-- Sign-ups, sessions, refresh tokens and what is sent by mail, one function for each step, so that a step is one transaction. A
-- refusal is PTnnn with GoTrue's name of it as detail; where a refusal has to leave something behind, it is an outcome instead.
-- For plat_worker, which the server works as.

-- Attempts

create or replace function auth.hit(what text, subject text, most integer, span interval, ret_wait_s out integer)
  language plpgsql volatile
  set search_path = ''
as $$
declare
  r auth.rate_limits;
begin
  if hit.subject is null then
    ret_wait_s := 0;
    return;
  end if;
  insert into auth.rate_limits as l (what, subject) values (hit.what, hit.subject)
    on conflict on constraint rate_limits_pkey do update
      set hits = case when l.since + span <= now() then 1 else l.hits + 1 end,
          since = case when l.since + span <= now() then now() else l.since end
    returning * into r;
  ret_wait_s := case when r.hits > most then greatest(1, ceil(extract(epoch from r.since + span - now()))) else 0 end;
end $$;
comment on function auth.hit(text, text, integer, interval) is
  'Counts an attempt; the seconds until the next one is welcome, 0 when this one is.';

-- Logins

-- outcome: new; unconfirmed (somebody did this before, and never answered the mail: what is given now counts); exists (confirmed, and
-- untouched); not_invited. hash '': without a password.
create or replace function auth.sign_up(address text, hash text, data jsonb, is_confirmed boolean, only_invited boolean,
                                        out outcome text, out login uuid)
  language plpgsql volatile
  set search_path = ''
as $$
declare
  found auth.users;
begin
  select * into found from auth.users u where lower(u.email) = lower(address) and u.deleted_at is null;
  if found.id is not null then
    login := found.id;
    outcome := case when found.email_confirmed_at is null then 'unconfirmed' else 'exists' end;
    if outcome = 'unconfirmed' and hash <> '' then
      update auth.users u
        set encrypted_password = hash, raw_user_meta_data = coalesce(data, '{}') || auth.email_claims(u.id, address, is_confirmed),
            email_confirmed_at = case when is_confirmed then now() end
        where u.id = login;
    end if;
    return;
  end if;
  if only_invited and not exists (select from auth.invitations i where i.email = lower(address)
                                    and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()) then
    outcome := 'not_invited';
    return;
  end if;
  login := gen_random_uuid();
  outcome := 'new';
  insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
    values (login, 'authenticated', 'authenticated', lower(address), hash, case when is_confirmed then now() end,
            '{"provider": "email", "providers": ["email"]}',
            coalesce(data, '{}') || auth.email_claims(login, address, is_confirmed));
  insert into auth.identities (user_id, provider, provider_id, identity_data)
    values (login, 'email', login::text, coalesce(data, '{}') || auth.email_claims(login, address, is_confirmed));
exception when unique_violation then
  -- Somebody else was faster with this address.
  select u.id into login from auth.users u where lower(u.email) = lower(address) and u.deleted_at is null;
  outcome := 'exists';
end $$;

create or replace function auth.email_claims(login uuid, address text, is_confirmed boolean) returns jsonb
  language sql immutable
  set search_path = ''
  return jsonb_build_object('sub', login, 'email', lower(address), 'email_verified', is_confirmed, 'phone_verified', false);

create or replace function auth.sign_up_anonymous(data jsonb) returns uuid
  language sql volatile
  set search_path = ''
  begin atomic
    insert into auth.users (aud, role, is_anonymous, raw_app_meta_data, raw_user_meta_data)
      values ('authenticated', 'authenticated', true, '{}', coalesce(data, '{}')) returning id;
  end;

-- The address is the login's from here on, and its identity says so. A login without a person becomes one.
create or replace function auth.confirm_email(login uuid, address text) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  update auth.users u
    set email = lower(address), email_confirmed_at = coalesce(case when lower(u.email) = lower(address) then u.email_confirmed_at end, now()),
        is_anonymous = false, email_change = '', email_change_confirm_status = 0,
        raw_user_meta_data = coalesce(u.raw_user_meta_data, '{}') || auth.email_claims(login, address, true),
        raw_app_meta_data = coalesce(u.raw_app_meta_data, '{}')
          || case when u.raw_app_meta_data ? 'provider' then '{}' else '{"provider": "email", "providers": ["email"]}'::jsonb end
    where u.id = login;
  update auth.identities i set identity_data = i.identity_data || auth.email_claims(login, address, true)
    where i.user_id = login and i.provider = 'email';
  if not found then
    insert into auth.identities (user_id, provider, provider_id, identity_data)
      values (login, 'email', login::text, auth.email_claims(login, address, true));
  end if;
exception when unique_violation then
  raise exception using errcode = 'PT422', detail = 'email_exists', message = 'A user with this email address has already been registered';
end $$;

create or replace function auth.begin_email_change(login uuid, address text) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  if exists (select from auth.users u where lower(u.email) = lower(address) and u.id <> login and u.deleted_at is null) then
    raise exception using errcode = 'PT422', detail = 'email_exists', message = 'A user with this email address has already been registered';
  end if;
  update auth.users u set email_change = lower(address), email_change_confirm_status = 0 where u.id = login;
  delete from auth.one_time_tokens t where t.user_id = login and t.token_type like 'email_change%';
end $$;

-- data is merged; a null member takes its key away.
create or replace function auth.merge_user_data(login uuid, data jsonb) returns void
  language plpgsql volatile
  set search_path = ''
as $$
declare
  merged jsonb;
begin
  select coalesce(jsonb_object_agg(m.key, m.value) filter (where m.value <> 'null'), '{}') into merged
    from (select u.raw_user_meta_data from auth.users u where u.id = login for update) u,
         jsonb_each(coalesce(u.raw_user_meta_data, '{}') || data) m;
  -- It is in every token, and a token has to fit into a header.
  if octet_length(merged::text) > 16384 then
    raise exception using errcode = 'PT400', detail = 'validation_failed', message = 'data is larger than 16384 bytes';
  end if;
  update auth.users u set raw_user_meta_data = merged where u.id = login;
end $$;

-- A new password ends every other session.
create or replace function auth.set_password(login uuid, hash text, kept_session uuid) returns void
  language sql volatile
  set search_path = ''
  begin atomic
    update auth.users u set encrypted_password = hash where u.id = login;
    delete from auth.sessions s where s.user_id = login and s.id is distinct from kept_session;
    delete from auth.one_time_tokens t where t.user_id = login and t.token_type in ('recovery_token', 'reauthentication_token');
  end;

-- Sessions

create or replace function auth.open_session(login uuid, method text, agent text, address inet, hours integer, token_hash bytea,
                                             out session auth.sessions)
  language plpgsql volatile
  set search_path = ''
as $$
begin
  perform from auth.users u where u.id = login and u.deleted_at is null for no key update; -- two at once would wait for each other
  if not found then
    raise exception using errcode = 'PT403', detail = 'user_not_found', message = 'User not found';
  end if;
  if exists (select from auth.users u where u.id = login and u.banned_until > now()) then
    raise exception using errcode = 'PT403', detail = 'user_banned', message = 'User is banned';
  end if;
  insert into auth.sessions (user_id, amr, user_agent, ip, not_after)
    values (login, jsonb_build_array(jsonb_build_object('method', method, 'timestamp', floor(extract(epoch from now()))::bigint)),
            left(agent, 500), address, case when hours > 0 then now() + make_interval(hours => hours) end)
    returning * into session;
  insert into auth.refresh_tokens (session_id, user_id, token_hash) values (session.id, login, open_session.token_hash);
  update auth.users u set last_sign_in_at = now() where u.id = login;
  update auth.identities i set last_sign_in_at = now()
    where i.user_id = login and i.provider = case when method in ('password', 'otp', 'magiclink', 'recovery') then 'email' end;
end $$;
comment on function auth.open_session(uuid, text, text, inet, integer, bytea) is 'A sign-in. last_sign_in_at is kept here and nowhere else.';

-- The second factor was shown: other refresh tokens of the session end, or who stole one would be raised along.
create or replace function auth.raise_session(wanted uuid, factor uuid, method text, token_hash bytea, out session auth.sessions)
  language plpgsql volatile
  set search_path = ''
as $$
begin
  update auth.sessions s
    set aal = 'aal2', factor_id = factor, refreshed_at = now(),
        amr = (select coalesce(jsonb_agg(m), '[]') from jsonb_array_elements(s.amr) m where m ->> 'method' <> raise_session.method)
              || jsonb_build_object('method', raise_session.method, 'timestamp', floor(extract(epoch from now()))::bigint)
    where s.id = wanted
    returning * into session;
  if session.id is null then
    raise exception using errcode = 'PT403', detail = 'session_not_found', message = 'Session from session_id claim in JWT does not exist';
  end if;
  update auth.refresh_tokens t set revoked_at = now() where t.session_id = wanted and t.revoked_at is null;
  insert into auth.refresh_tokens (session_id, user_id, token_hash) values (wanted, session.user_id, raise_session.token_hash);
end $$;

-- Rotation. The successor of a token follows from it and a secret of the server's, so that a client that did not get our answer, or
-- asks twice at once, gets the same one again for ten seconds. After that a used token means that somebody has a copy: the whole
-- session ends. outcome: ok; next (the successor was used as well: ask with that one); not_found, session_expired, user_banned,
-- already_used.
create or replace function auth.refresh_session(used_hash bytea, child_hash bytea, out outcome text, out session auth.sessions)
  language plpgsql volatile
  set search_path = ''
as $$
declare
  used auth.refresh_tokens;
begin
  -- One at a time in each session. The tokens are read by the next statement, which sees what the one before us did.
  select s.* into session from auth.sessions s
    where s.id = (select t.session_id from auth.refresh_tokens t where t.token_hash = used_hash) for update;
  select * into used from auth.refresh_tokens t where t.token_hash = used_hash;
  if session.id is null or used.id is null then
    outcome := 'not_found';
  elsif session.not_after <= now() then
    outcome := 'session_expired';
  elsif exists (select from auth.users u where u.id = session.user_id and u.banned_until > now()) then
    outcome := 'user_banned';
  elsif used.revoked_at is null then
    update auth.refresh_tokens t set revoked_at = now() where t.id = used.id;
    insert into auth.refresh_tokens (session_id, user_id, token_hash, parent_id) values (session.id, session.user_id, child_hash, used.id);
    update auth.sessions s set refreshed_at = now() where s.id = session.id;
    outcome := 'ok';
  elsif used.revoked_at > now() - interval '10 seconds'
        and exists (select from auth.refresh_tokens t where t.token_hash = child_hash and t.session_id = session.id) then
    outcome := case when exists (select from auth.refresh_tokens t where t.token_hash = child_hash and t.revoked_at is null)
                    then 'ok' else 'next' end;
  else
    delete from auth.sessions s where s.id = session.id;
    outcome := 'already_used';
  end if;
end $$;
comment on function auth.refresh_session(bytea, bytea) is 'Takes a refresh token and leaves its successor, both by their SHA-256.';

create or replace function auth.end_session(login uuid, session uuid, scope text) returns bigint
  language sql volatile
  set search_path = ''
  begin atomic
    with gone as (
      delete from auth.sessions s
        where s.user_id = login
          and case scope when 'local' then s.id = session when 'others' then s.id <> session else true end
        returning s.id)
    select count(*) from gone;
  end;
comment on function auth.end_session(uuid, uuid, text) is 'Signs out: global, local or others.';

-- Mails, and what is good once

create or replace function auth.note_sent(login uuid, token_type text) returns void
  language sql volatile
  set search_path = ''
  begin atomic
    update auth.users u
      set confirmation_sent_at = case when token_type = 'confirmation_token' then now() else u.confirmation_sent_at end,
          invited_at = case when token_type = 'invite_token' then now() else u.invited_at end,
          recovery_sent_at = case when token_type in ('recovery_token', 'magiclink_token') then now() else u.recovery_sent_at end,
          email_change_sent_at = case when token_type like 'email_change%' then now() else u.email_change_sent_at end,
          reauthentication_sent_at = case when token_type = 'reauthentication_token' then now() else u.reauthentication_sent_at end
      where u.id = login;
  end;

-- template absent: no mail.
create or replace function auth.make_token(login uuid, token_type text, hash bytea, address text, redirect text, challenge text,
                                           challenge_method text, template text, data jsonb) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  insert into auth.one_time_tokens as t (user_id, token_type, token_hash, relates_to, redirect_to, code_challenge, code_challenge_method)
    values (login, make_token.token_type, hash, lower(address), redirect, challenge, challenge_method)
    on conflict on constraint one_time_tokens_user_id_token_type_key do update
      set token_hash = excluded.token_hash, relates_to = excluded.relates_to, redirect_to = excluded.redirect_to,
          code_challenge = excluded.code_challenge, code_challenge_method = excluded.code_challenge_method,
          created_at = now(), expires_at = now() + interval '1 hour';
  perform auth.note_sent(login, make_token.token_type);
  if template is not null then
    perform plat.send_mail(template, address, data);
  end if;
end $$;
comment on function auth.make_token(uuid, text, bytea, text, text, text, text, text, jsonb) is
  'A link or code that is good once; the one before of this kind is void. The mail leaves with this transaction.';

-- Takes it, whatever comes of it.
create or replace function auth.take_token(hash bytea, types text[]) returns auth.one_time_tokens
  language plpgsql volatile
  set search_path = ''
as $$
declare
  taken auth.one_time_tokens;
begin
  delete from auth.one_time_tokens t where t.token_hash = hash and t.token_type = any (types) returning * into taken;
  if taken.expires_at <= now() then
    taken := null;
  end if;
  return taken;
end $$;

-- What a link means for the login. outcome: ok, or waiting (the other address has to agree as well). The token is taken by the same
-- transaction.
create or replace function auth.verify_token(hash bytea, types text[], out outcome text, out token auth.one_time_tokens)
  language plpgsql volatile
  set search_path = ''
as $$
declare
  person auth.users;
begin
  token := auth.take_token(hash, types);
  select * into person from auth.users u where u.id = token.user_id and u.deleted_at is null for update;
  if person.id is null then
    outcome := 'not_found';
  elsif person.banned_until > now() then
    outcome := 'user_banned';
  elsif token.token_type like 'email_change%' then
    outcome := auth.agree_email_change(person, token);
  elsif token.relates_to is distinct from lower(person.email) then
    outcome := 'not_found';
  else
    if person.email_confirmed_at is null then
      perform auth.confirm_email(person.id, person.email);
      -- Whoever signed up with this address, and did not own it, knows this password.
      if token.token_type <> 'confirmation_token' then
        update auth.users u set encrypted_password = '' where u.id = person.id;
      end if;
    end if;
    if token.token_type = 'invite_token' then
      perform auth.accept_invitation(i.id, person.id) from (
        select n.id from auth.invitations n
          where n.email = lower(person.email) and n.accepted_at is null and n.revoked_at is null and n.expires_at > now()
            and n.created_at <= (token).created_at -- not one that came after this mail
          order by n.created_at desc limit 1) i;
    end if;
    outcome := 'ok';
  end if;
end $$;

create or replace function auth.agree_email_change(person auth.users, token auth.one_time_tokens) returns text
  language plpgsql volatile
  set search_path = ''
as $$
begin
  if coalesce(person.email_change, '') = '' then
    return 'not_found';
  end if;
  if exists (select from auth.one_time_tokens t where t.user_id = person.id and t.token_type like 'email_change%' and t.expires_at > now()) then
    update auth.users u set email_change_confirm_status = 1 where u.id = person.id;
    return 'waiting';
  end if;
  -- The other one ran out without an answer.
  if coalesce(person.email, '') <> '' and person.email_change_confirm_status <> 1 then
    return 'not_found';
  end if;
  perform auth.confirm_email(person.id, person.email_change);
  return 'ok';
end $$;

-- Invitations

-- Who is invited gets a mail, by the job auth.invite, which can make links. The link signs in, and so accepts.
create or replace function auth.mail_invitation() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform plat.enqueue('auth.invite', jsonb_build_object('id', new.id), new.workspace_id, 'auth.invite:' || new.id);
  return null;
end $$;
create or replace trigger invitations_mail after insert or update of created_at on auth.invitations
  for each row execute function auth.mail_invitation();

-- The login that the invitation is for, made without a password when there is none; null when the invitation is not open any more.
create or replace function auth.login_for_invitation(wanted uuid, out login uuid, out address text, out data jsonb)
  language plpgsql volatile
  set search_path = ''
as $$
declare
  i auth.invitations;
begin
  select * into i from auth.invitations n
    where n.id = wanted and n.accepted_at is null and n.revoked_at is null and n.expires_at > now();
  if i.id is null then
    return;
  end if;
  address := i.email;
  login := (select s.login from auth.sign_up(i.email, '', jsonb_strip_nulls(jsonb_build_object('full_name', i.full_name)), false, false) s);
  data := jsonb_build_object('workspace', (select w.name from mls.workspaces w where w.id = i.workspace_id),
                             'invited_by', (select p.full_name from mls.user_profiles p where p.id = i.invited_by),
                             'full_name', i.full_name);
end $$;

-- Tidying up

create or replace function auth.sweep() returns bigint
  language sql volatile
  set search_path = ''
  begin atomic
    delete from auth.rate_limits l where l.since < now() - interval '1 hour';
    delete from auth.flow_codes f where f.expires_at < now() - interval '1 hour';
    delete from auth.one_time_tokens t where t.expires_at < now() - interval '1 day';
    delete from auth.sessions s where s.not_after < now() - interval '1 day';
    with gone as (
      delete from auth.refresh_tokens t where t.revoked_at < now() - interval '30 days' returning t.id)
    select count(*) from gone;
  end;
comment on function auth.sweep() is 'What is over: the job auth.sweep.';

-- Keys

create or replace function auth.tell_keys() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform pg_notify('auth.signing_keys', '');
  return null;
end $$;

create or replace trigger signing_keys_tell after insert or update or delete on auth.signing_keys
  for each statement execute function auth.tell_keys();

create or replace function auth.use_signing_key(wanted text) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  update auth.signing_keys k set status = 'previous', previous_at = now() where k.status = 'current' and k.kid <> wanted;
  update auth.signing_keys k set status = 'current', current_at = now() where k.kid = wanted and k.status = 'standby';
  if not found then
    raise exception using errcode = 'PT409', message = format('there is no key %s in waiting', wanted);
  end if;
end $$;

create or replace function auth.revoke_signing_key(wanted text) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  update auth.signing_keys k set status = 'revoked', revoked_at = now() where k.kid = wanted and k.status in ('standby', 'previous');
  if found then
    return;
  elsif exists (select from auth.signing_keys k where k.kid = wanted and k.status = 'current') then
    raise exception using errcode = 'PT409', message = format('key %s signs at present: plat keys rotate comes first', wanted);
  elsif not exists (select from auth.signing_keys k where k.kid = wanted) then
    raise exception using errcode = 'PT404', message = format('there is no key %s', wanted);
  end if;
end $$;

do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p
             where p.pronamespace = 'auth'::regnamespace
               and p.proname in ('hit', 'sign_up', 'email_claims', 'sign_up_anonymous', 'confirm_email', 'begin_email_change', 'merge_user_data', 'set_password',
                 'open_session', 'raise_session', 'refresh_session', 'end_session', 'note_sent', 'make_token', 'take_token', 'verify_token',
                 'agree_email_change', 'mail_invitation', 'login_for_invitation', 'sweep', 'tell_keys', 'use_signing_key', 'revoke_signing_key') loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to plat_worker', f);
  end loop;
end $$;
