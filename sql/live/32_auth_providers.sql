-- Second factors and the providers that people sign in with. A refusal is PTnnn with GoTrue's name of it as detail: the C that
-- calls answers with these three. For plat_worker, which the server works as.

-- Second factors

create or replace function auth.enroll_factor(login uuid, aal text, name text, ret_id out uuid)
  language plpgsql volatile
  set search_path = ''
as $$
begin
  -- One at a time, or two requests could make an eleventh.
  perform from auth.users u where u.id = login for update;
  delete from auth.mfa_factors f
    where f.user_id = login and f.status = 'unverified'
      and (f.created_at < now() - interval '5 minutes' or name <> '' and f.friendly_name = name);
  if aal is distinct from 'aal2' and exists (select from auth.mfa_factors f where f.user_id = login and f.status = 'verified') then
    raise exception using errcode = 'PT403', detail = 'insufficient_aal', message = 'AAL2 required to enroll a new factor';
  end if;
  if (select count(*) from auth.mfa_factors f where f.user_id = login) >= 10 then
    raise exception using errcode = 'PT422', detail = 'too_many_enrolled_mfa_factors',
      message = 'Maximum number of factors reached, unenroll to continue';
  end if;
  if exists (select from auth.mfa_factors f where f.user_id = login and f.friendly_name = name and btrim(name) <> '') then
    raise exception using errcode = 'PT422', detail = 'mfa_factor_name_conflict',
      message = format('A factor with the friendly name "%s" for this user already exists', name);
  end if;
  insert into auth.mfa_factors (user_id, friendly_name, factor_type) values (login, coalesce(name, ''), 'totp') returning id into ret_id;
end $$;
comment on function auth.enroll_factor(uuid, text, text) is 'A new TOTP factor, still without its secret, which is sealed for its id.';

create or replace function auth.challenge_factor(login uuid, factor uuid, address inet) returns auth.mfa_challenges
  language plpgsql volatile
  set search_path = ''
as $$
declare
  made auth.mfa_challenges;
begin
  update auth.mfa_factors f set last_challenged_at = now() where f.id = factor and f.user_id = login;
  if not found then
    raise exception using errcode = 'PT404', detail = 'mfa_factor_not_found', message = 'Factor not found';
  end if;
  delete from auth.mfa_challenges c where c.factor_id = factor and c.expires_at < now() - interval '1 day';
  insert into auth.mfa_challenges (factor_id, ip_address) values (factor, address) returning * into made;
  return made;
end $$;
comment on function auth.challenge_factor(uuid, uuid, inet) is 'Asks for a code of this factor.';

-- The secret goes out only to who may answer this challenge.
create or replace function auth.answer_challenge(login uuid, factor uuid, challenge uuid, ret_secret out text)
  language plpgsql volatile
  set search_path = ''
as $$
declare
  asked auth.mfa_challenges;
begin
  select f.secret into ret_secret from auth.mfa_factors f where f.id = factor and f.user_id = login and f.factor_type = 'totp';
  if ret_secret is null then
    raise exception using errcode = 'PT404', detail = 'mfa_factor_not_found', message = 'Factor not found';
  end if;
  select * into asked from auth.mfa_challenges c where c.id = challenge and c.factor_id = factor;
  if asked.id is null then
    raise exception using errcode = 'PT404', detail = 'mfa_factor_not_found',
      message = 'MFA factor with the provided challenge ID not found';
  end if;
  if asked.expires_at <= now() or asked.verified_at is not null then
    raise exception using errcode = 'PT422', detail = 'mfa_challenge_expired',
      message = format('MFA challenge %s has expired, verify against another challenge or create a new challenge.', challenge);
  end if;
end $$;
comment on function auth.answer_challenge(uuid, uuid, uuid) is 'The sealed secret that the code of this challenge is compared with.';

-- A code that was right. What was signed in without a second factor ends when there is one now: whoever stole such a session
-- would otherwise keep it.
create or replace function auth.pass_challenge(login uuid, session uuid, factor uuid, challenge uuid, step bigint) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  update auth.mfa_factors f set status = 'verified', last_step = step
    where f.id = factor and f.user_id = login and coalesce(f.last_step, -1) < step;
  if not found then
    raise exception using errcode = 'PT422', detail = 'mfa_verification_failed', message = 'Invalid TOTP code entered';
  end if;
  update auth.mfa_challenges c set verified_at = now() where c.id = challenge and c.factor_id = factor and c.verified_at is null;
  if not found then
    raise exception using errcode = 'PT422', detail = 'mfa_challenge_expired', message = 'MFA challenge was answered already';
  end if;
  delete from auth.mfa_factors f where f.user_id = login and f.status = 'unverified';
  delete from auth.sessions s where s.user_id = login and s.aal = 'aal1' and s.id <> session;
end $$;
comment on function auth.pass_challenge(uuid, uuid, uuid, uuid, bigint) is 'The factor is verified, and its code used up.';

create or replace function auth.unenroll_factor(login uuid, aal text, factor uuid) returns auth.mfa_factors
  language plpgsql volatile
  set search_path = ''
as $$
declare
  gone auth.mfa_factors;
begin
  select * into gone from auth.mfa_factors f where f.id = factor and f.user_id = login for update;
  if gone.id is null then
    raise exception using errcode = 'PT404', detail = 'mfa_factor_not_found', message = 'Factor not found';
  end if;
  if gone.status = 'verified' and aal is distinct from 'aal2' then
    raise exception using errcode = 'PT422', detail = 'insufficient_aal', message = 'AAL2 required to unenroll verified factor';
  end if;
  update auth.sessions s
    set aal = 'aal1', amr = (select coalesce(jsonb_agg(m), '[]') from jsonb_array_elements(s.amr) m where m ->> 'method' <> 'totp')
    where s.factor_id = factor;
  delete from auth.mfa_factors f where f.id = factor;
  return gone;
end $$;
comment on function auth.unenroll_factor(uuid, text, uuid) is 'Takes a factor away; sessions that were raised by it fall back.';

-- Providers

create or replace function auth.start_flow(hash bytea, provider text, verifier text, nonce text, redirect text, challenge text,
                                           challenge_method text, login uuid) returns void
  language sql volatile
  set search_path = ''
  begin atomic
    delete from auth.flow_states f where f.expires_at < now() - interval '1 hour';
    insert into auth.flow_states (state_hash, provider, verifier, nonce, redirect_to, code_challenge, code_challenge_method, user_id)
      values (hash, provider, verifier, nonce, redirect, challenge, challenge_method, login);
  end;
comment on function auth.start_flow(bytea, text, text, text, text, text, text, uuid) is 'Somebody goes to a provider.';

-- Taken whatever comes of it, so a state is good once.
create or replace function auth.take_flow(hash bytea) returns setof auth.flow_states
  language sql volatile
  set search_path = ''
  begin atomic
    with taken as (delete from auth.flow_states f where f.state_hash = hash returning f.*)
    select * from taken t where t.expires_at > now();
  end;
comment on function auth.take_flow(bytea) is 'Somebody comes back from a provider.';

create or replace function auth.note_providers(login uuid) returns void
  language sql volatile
  set search_path = ''
  begin atomic
    update auth.users u
      set raw_app_meta_data = coalesce(u.raw_app_meta_data, '{}')
            || jsonb_build_object('provider', i.names[1], 'providers', coalesce(to_jsonb(i.names), '[]'))
      from (select array_agg(n.provider order by n.first) from (
              select i.provider, min(i.created_at) from auth.identities i where i.user_id = login group by i.provider) n (provider, first)) i (names)
      where u.id = login;
  end;
comment on function auth.note_providers(uuid) is 'app_metadata says which identities there are.';

create or replace function auth.link_identity(login uuid, provider text, subject text, data jsonb) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  insert into auth.identities (user_id, provider, provider_id, identity_data, last_sign_in_at) values (login, provider, subject, data, now());
  perform auth.note_providers(login);
end $$;
comment on function auth.link_identity(uuid, text, text, jsonb) is 'One more way for a login to sign in.';

-- A person links what they are elsewhere to the login they are signed in with.
create or replace function auth.link_person(login uuid, provider text, subject text, address text, is_verified boolean, data jsonb) returns void
  language plpgsql volatile
  set search_path = ''
as $$
declare
  owner constant uuid := (select i.user_id from auth.identities i where i.provider = link_person.provider and i.provider_id = subject);
begin
  if owner is not null then
    raise exception using errcode = 'PT422', detail = 'identity_already_exists',
      message = case when owner = login then 'Identity is already linked' else 'Identity is already linked to another user' end;
  end if;
  perform auth.link_identity(login, provider, subject, data);
  -- What was anonymous is somebody's now.
  if is_verified then
    update auth.users u set email = lower(address), email_confirmed_at = now(), is_anonymous = false
      where u.id = login and coalesce(u.email, '') = '';
  end if;
exception when unique_violation then
  raise exception using errcode = 'PT422', detail = 'email_exists', message = 'A user with this email address has already been registered';
end $$;
comment on function auth.link_person(uuid, text, text, text, boolean, jsonb) is 'Manual linking.';

-- Who signs in with a provider. The same person there is the same login here. Otherwise an address decides, if the provider has
-- verified it: a login whose address is confirmed as well gets the identity; one that never confirmed it may be somebody else's
-- trap, so its password, links and identities go first. signup: on, invited, off.
create or replace function auth.sign_in_person(provider text, subject text, address text, is_verified boolean, data jsonb, signup text)
  returns uuid
  language plpgsql volatile
  set search_path = ''
as $$
declare
  person auth.users;
begin
  -- One at a time for an address, or two first sign-ins would make two logins and one of them fail.
  perform pg_advisory_xact_lock(hashtextextended('auth.sign_in_person ' || coalesce(lower(address), provider || ' ' || subject), 0));
  select u.* into person from auth.identities i join auth.users u on u.id = i.user_id
    where i.provider = sign_in_person.provider and i.provider_id = subject;
  if person.id is not null then
    update auth.identities i set identity_data = data, last_sign_in_at = now()
      where i.provider = sign_in_person.provider and i.provider_id = subject;
  elsif coalesce(address, '') = '' then
    raise exception using errcode = 'PT422', detail = 'validation_failed', message = format('%s gives no email address', provider);
  elsif not is_verified then
    raise exception using errcode = 'PT422', detail = 'provider_email_needs_verification',
      message = format('Unverified email with %s. Verify the email with %s in order to sign in', provider, provider);
  else
    select * into person from auth.users u where lower(u.email) = lower(address) and u.deleted_at is null for update;
    if person.id is null then
      person.id := auth.sign_up_person(address, signup);
    elsif person.email_confirmed_at is null then
      delete from auth.identities i where i.user_id = person.id;
      delete from auth.one_time_tokens t where t.user_id = person.id;
      delete from auth.sessions s where s.user_id = person.id;
      update auth.users u set encrypted_password = '', raw_user_meta_data = '{}', email_confirmed_at = now() where u.id = person.id;
    end if;
    perform auth.link_identity(person.id, provider, subject, data);
  end if;
  update auth.users u set raw_user_meta_data = coalesce(u.raw_user_meta_data, '{}') || data where u.id = person.id;
  return person.id;
end $$;
comment on function auth.sign_in_person(text, text, text, boolean, jsonb, text) is 'The login of a person whom a provider knows; made when there is none.';

create or replace function auth.sign_up_person(address text, signup text) returns uuid
  language plpgsql volatile
  set search_path = ''
as $$
declare
  made uuid;
begin
  if signup = 'off' or signup = 'invited' and not exists (select from auth.invitations i where i.email = lower(address)
                                and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()) then
    raise exception using errcode = 'PT422', detail = 'signup_disabled', message = 'Signups not allowed for this instance';
  end if;
  insert into auth.users (aud, role, email, encrypted_password, email_confirmed_at, raw_user_meta_data)
    values ('authenticated', 'authenticated', lower(address), '', now(), '{}') returning id into made;
  return made;
end $$;

create or replace function auth.unlink_identity(login uuid, wanted uuid) returns void
  language plpgsql volatile
  set search_path = ''
as $$
declare
  gone auth.identities;
  left_email text;
begin
  perform from auth.users u where u.id = login for update;
  if not exists (select from auth.identities i where i.id = wanted and i.user_id = login) then
    raise exception using errcode = 'PT404', detail = 'identity_not_found', message = 'Identity doesn''t exist';
  end if;
  if (select count(*) from auth.identities i where i.user_id = login) < 2 then
    raise exception using errcode = 'PT422', detail = 'single_identity_not_deletable',
      message = 'User must have at least 1 identity after unlinking';
  end if;
  delete from auth.identities i where i.id = wanted returning * into gone;
  -- Without the identity by mail there is no way in by password.
  update auth.users u set encrypted_password = '' where u.id = login and gone.provider = 'email';
  -- The address stays one that some identity vouches for.
  select i.email into left_email from auth.identities i
    where i.user_id = login and (i.identity_data ->> 'email_verified')::boolean
    order by i.email is distinct from gone.email, i.created_at limit 1;
  update auth.users u set email = left_email
    where u.id = login and lower(u.email) = gone.email and left_email is distinct from gone.email and left_email is not null;
  perform auth.note_providers(login);
exception when unique_violation then
  raise exception using errcode = 'PT422', detail = 'email_conflict_identity_not_deletable',
    message = 'Unable to unlink identity due to email conflict';
end $$;
comment on function auth.unlink_identity(uuid, uuid) is 'One way less to sign in; the last one stays.';
