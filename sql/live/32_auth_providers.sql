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
