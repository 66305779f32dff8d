-- plat: before migrations
-- What a request is, in a setting: who asks, for which workspace, with which roles. Column defaults and policies of every
-- migration use these functions, so this file runs before the migrations; it needs nothing but PostgreSQL itself.
-- Readers are inlinable SQL over a transaction-local setting and read no table (reasons: docs/sql.md, "Policies").

create schema if not exists plat;
comment on schema plat is 'Internal: ledger, jobs, settings of a request. Never exposed over the API.';

-- One setting, because each costs 2 to 3 µs a request: 'login|workspace|,role,role,|organisation|profile|agent|staff|realtor'.
-- Only the last two are people's own words; in them % and | are written as in a URL.
create or replace function plat.me(field integer) returns text
  language sql stable parallel safe
  return nullif(split_part(current_setting('plat.me', true), '|', field), '');
comment on function plat.me(integer) is 'A field of the setting plat.me, which plat.enter() leaves.';

create or replace function plat.uid() returns uuid
  language sql stable parallel safe
  return plat.me(1)::uuid;
comment on function plat.uid() is 'The login (auth.users.id) that this transaction acts for; null for anon and workers.';

create or replace function plat.ws() returns uuid
  language sql stable parallel safe
  return plat.me(2)::uuid;
comment on function plat.ws() is 'The workspace that this transaction acts in.';

create or replace function plat.has_role(wanted text) returns boolean
  language sql stable parallel safe
  return position(',' || wanted || ',' in coalesce(plat.me(3), '')) > 0;
comment on function plat.has_role(text) is
  'Whether the login has an application role such as mls.admin, ops.staff, org.developer. Names are listed at plat.enter().';

create or replace function plat.org() returns uuid
  language sql stable parallel safe
  return plat.me(4)::uuid;
comment on function plat.org() is 'The organisation of the login, from org.user_profile.';

create or replace function plat.org_profile() returns uuid
  language sql stable parallel safe
  return plat.me(5)::uuid;
comment on function plat.org_profile() is 'org.user_profile.id of the login.';

create or replace function plat.agent() returns uuid
  language sql stable parallel safe
  return plat.me(6)::uuid;
comment on function plat.agent() is 'marketing.agents.id of the login.';

create or replace function plat.staff() returns text
  language sql stable parallel safe
  return replace(replace(plat.me(7), '%7C', '|'), '%25', '%');
comment on function plat.staff() is 'ops.staff.staff_id of the login, when it is active staff of the workspace.';

create or replace function plat.realtor() returns text
  language sql stable parallel safe
  return replace(replace(plat.me(8), '%7C', '|'), '%25', '%');
comment on function plat.realtor() is 'ops.realtors.realtor_id of the login, when it is an active realtor of the workspace.';

-- Who of a workspace works there. Everybody else who is signed in is its client, to whom the MLS's rules of display apply. Not inlined, as
-- the others are: policies call it once for a statement, and to put its expression into each plan costs more than the call.
create or replace function plat.is_in_house() returns boolean
  language plpgsql stable parallel safe
as $$
begin
  return string_to_array(split_part(current_setting('plat.me', true), '|', 3), ',')
    && '{mls.admin,mls.agent,ops.staff,ops.realtor,marketing.agent}'::text[];
end $$;
comment on function plat.is_in_house() is 'Whether the login works for the brokerage, and so sees all of its active listings.';

-- ULIDs (26 characters, Crockford base32): time-ordered, and monotonic within a millisecond inside one session.
create or replace function plat.ulid_encode(high bigint, low bytea) returns text
  language plpgsql immutable parallel safe
as $$
declare
  alphabet constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  answer text := '';
  bits bit(80) := ('x' || encode(low, 'hex'))::bit(80);
begin
  for i in reverse 9..0 loop
    answer := answer || substr(alphabet, 1 + ((high >> (5 * i)) & 31)::int, 1);
  end loop;
  for i in 0..15 loop
    answer := answer || substr(alphabet, 1 + substring(bits from 1 + 5 * i for 5)::int, 1);
  end loop;
  return answer;
end $$;

create or replace function plat.ulid() returns text
  language plpgsql volatile parallel unsafe
as $$
declare
  ms bigint := floor(extract(epoch from clock_timestamp()) * 1000);
  last text := coalesce(current_setting('plat.ulid_last', true), '');
  last_ms bigint := coalesce(nullif(split_part(last, ':', 1), '')::bigint, 0);
  low bytea;
begin
  if ms <= last_ms then
    -- Same millisecond, or the clock went back: count up from the last one, so that order of making is order of keys.
    ms := last_ms;
    low := decode(split_part(last, ':', 2), 'hex');
    for i in reverse 9..0 loop
      if get_byte(low, i) < 255 then
        low := set_byte(low, i, get_byte(low, i) + 1);
        exit;
      end if;
      low := set_byte(low, i, 0);
    end loop;
  else
    low := substring(uuid_send(gen_random_uuid()) from 1 for 6) || substring(uuid_send(gen_random_uuid()) from 1 for 4);
    -- The top bit stays clear, so that counting up cannot overflow.
    low := set_byte(low, 0, get_byte(low, 0) & 127);
  end if;
  perform set_config('plat.ulid_last', ms || ':' || encode(low, 'hex'), false);
  return plat.ulid_encode(ms, low);
end $$;
comment on function plat.ulid() is 'A new ULID; the default of the text keys of ops.';

-- Trigger functions that any table may use. They change NEW or refuse; they read no tenant table.
create or replace function plat.touch_updated_at() returns trigger
  language plpgsql
as $$
begin
  new.updated_at := now();
  return new;
end $$;
comment on function plat.touch_updated_at() is 'BEFORE UPDATE: keeps updated_at.';

create or replace function plat.refuse_move() returns trigger
  language plpgsql
as $$
begin
  raise exception using errcode = 'PT409',
    message = format('a row of %I.%I cannot move to another workspace', tg_table_schema, tg_table_name);
end $$;
comment on function plat.refuse_move() is
  'BEFORE UPDATE OF workspace_id … WHEN (old.workspace_id is distinct from new.workspace_id): a tenant is for life.';

-- Status machines: one table of allowed steps (plat.transitions, made in 0001) and one trigger that reads it.
-- Arguments: machine, column. A step is allowed when (machine, from, to) is there and `who` is * or names a role of the
-- caller; the service role and workers (no plat.uid()) may take any listed step. from '' means insert.
create or replace function plat.check_step() returns trigger
  language plpgsql
as $$
declare
  machine constant text := tg_argv[0];
  field constant text := tg_argv[1];
  was text := case when tg_op = 'UPDATE' then to_jsonb(old) ->> field else '' end;
  will text := to_jsonb(new) ->> field;
  allowed text[];
begin
  if was is not distinct from will then
    return new;
  end if;
  select array_agg(t.who) into allowed
    from plat.transitions t
    where t.machine = tg_argv[0] and t.from_status = was and t.to_status = will;
  if allowed is null then
    raise exception using errcode = 'PT409', message =
      case when was = '' then format('%s cannot begin as %s', machine, coalesce(will, 'null'))
           else format('%s cannot go from %s to %s', machine, was, coalesce(will, 'null')) end;
  end if;
  if plat.uid() is not null and not '*' = any (allowed)
     and not exists (select from unnest(allowed) a, unnest(string_to_array(a, ' ')) role where plat.has_role(role)) then
    raise exception using errcode = 'PT403',
      message = format('%s may not go from %s to %s by this login', machine, was, will);
  end if;
  return new;
end $$;
