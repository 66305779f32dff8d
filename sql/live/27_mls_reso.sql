-- What /reso/odata stands on: consumers and what they have used, which listings a scope sees, fields and values of payloads, and casts
-- that never fail. docs/reso.md.

-- Consumers. Whoever makes one sees its secrets once; afterwards there are only hashes.
create or replace function mls.reso_secret(secret text) returns bytea
  language sql immutable strict parallel safe
  return sha256(convert_to(secret, 'utf8'));
revoke all on function mls.reso_secret(text) from public;

create or replace function mls.reso_base64url(bytes bytea) returns text
  language sql immutable strict parallel safe
  return rtrim(translate(encode(bytes, 'base64'), e'+/\n', '-_'), '=');
revoke all on function mls.reso_base64url(bytea) from public;

create or replace function mls.reso_client_id(workspace uuid, consumer uuid) returns text
  language sql immutable strict parallel safe
  return mls.reso_base64url(uuid_send(workspace) || uuid_send(consumer));
revoke all on function mls.reso_client_id(uuid, uuid) from public;

-- Two random UUIDs have 244 random bits; hashing spreads them over 43 characters.
create or replace function mls.reso_new_secret() returns text
  language sql volatile parallel safe
  return mls.reso_base64url(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
revoke all on function mls.reso_new_secret() from public;

create or replace function mls.refuse_unless_reso_admin(workspace uuid) returns void
  language plpgsql stable
  set search_path = ''
as $$
begin
  if current_setting('role') in ('none', 'service_role', 'plat_worker') then
    if workspace is null then
      raise exception using errcode = 'PT400', message = 'say which workspace';
    end if;
  elsif workspace is distinct from plat.ws() or not plat.has_role('mls.admin') then
    raise exception using errcode = 'PT403', message = 'only admins of the workspace manage who reads its listings';
  end if;
end $$;
revoke all on function mls.refuse_unless_reso_admin(uuid) from public;

create or replace function mls.add_reso_consumer(name text, scopes text[] default '{idx}', per_minute integer default 334,
  per_hour integer default 5000, workspace uuid default plat.ws())
  returns table (id uuid, token text, client_id text, client_secret text)
  language plpgsql volatile security definer
  set search_path = ''
as $$
#variable_conflict use_column
declare
  made constant uuid := gen_random_uuid();
  who constant text := mls.reso_client_id(workspace, made);
  secret constant text := mls.reso_new_secret();
  of_client constant text := mls.reso_new_secret();
begin
  perform mls.refuse_unless_reso_admin(workspace);
  insert into mls.reso_consumers (id, workspace_id, name, scopes, per_minute, per_hour, token_hash, client_id, client_secret_hash)
    values (made, workspace, add_reso_consumer.name, coalesce(add_reso_consumer.scopes, '{idx}'),
            coalesce(add_reso_consumer.per_minute, 334), coalesce(add_reso_consumer.per_hour, 5000), mls.reso_secret(secret), who,
            mls.reso_secret(of_client));
  return query select made, 'plat_reso_' || who || secret, who, of_client;
end $$;
comment on function mls.add_reso_consumer(text, text[], integer, integer, uuid) is
  'Makes a consumer of /reso/odata and answers its token and client secret, which are not shown again.';
revoke all on function mls.add_reso_consumer(text, text[], integer, integer, uuid) from public;
grant execute on function mls.add_reso_consumer(text, text[], integer, integer, uuid) to authenticated, service_role, plat_worker;

create or replace function mls.rotate_reso_consumer(consumer uuid, workspace uuid default plat.ws())
  returns table (id uuid, token text, client_id text, client_secret text)
  language plpgsql volatile security definer
  set search_path = ''
as $$
#variable_conflict use_column
declare
  secret constant text := mls.reso_new_secret();
  of_client constant text := mls.reso_new_secret();
  who text;
begin
  perform mls.refuse_unless_reso_admin(workspace);
  update mls.reso_consumers c
    set token_hash = mls.reso_secret(secret), client_secret_hash = mls.reso_secret(of_client), generation = c.generation + 1
    where c.workspace_id = workspace and c.id = consumer and c.revoked_at is null
    returning c.client_id into who;
  if who is null then
    raise exception using errcode = 'PT404', message = format('there is no consumer %s that is not revoked', consumer);
  end if;
  return query select consumer, 'plat_reso_' || who || secret, who, of_client;
end $$;
comment on function mls.rotate_reso_consumer(uuid, uuid) is
  'Gives a consumer a new token and client secret; the ones before, and access tokens made with them, are refused from then on.';
revoke all on function mls.rotate_reso_consumer(uuid, uuid) from public;
grant execute on function mls.rotate_reso_consumer(uuid, uuid) to authenticated, service_role, plat_worker;

create or replace function mls.revoke_reso_consumer(consumer uuid, workspace uuid default plat.ws()) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  perform mls.refuse_unless_reso_admin(workspace);
  update mls.reso_consumers c set revoked_at = coalesce(c.revoked_at, now()) where c.workspace_id = workspace and c.id = consumer;
  if not found then
    raise exception using errcode = 'PT404', message = format('there is no consumer %s', consumer);
  end if;
end $$;
comment on function mls.revoke_reso_consumer(uuid, uuid) is 'Takes a consumer''s access away, at once and for good.';
revoke all on function mls.revoke_reso_consumer(uuid, uuid) from public;
grant execute on function mls.revoke_reso_consumer(uuid, uuid) to authenticated, service_role, plat_worker;

-- A key is for life, and a revoked consumer stays revoked: else the old token would work again.
create or replace function mls.refuse_reso_revival() returns trigger
  language plpgsql
as $$
begin
  raise exception using errcode = 'PT409', message = 'a revoked consumer stays revoked: make another one';
end $$;
create or replace trigger reso_consumers_refuse_revival before update of revoked_at on mls.reso_consumers
  for each row when (old.revoked_at is not null and new.revoked_at is null) execute function mls.refuse_reso_revival();
create or replace trigger reso_consumers_touch before update on mls.reso_consumers
  for each row when (old.last_used_at is not distinct from new.last_used_at) execute function plat.touch_updated_at();
do $$
declare
  t text;
begin
  foreach t in array array['reso_consumers', 'reso_usage', 'reso_fields', 'reso_lookups', 'reso_scans'] loop
    execute format('create or replace trigger %I before update of workspace_id on mls.%I for each row
      when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move()', t || '_refuse_move', t);
  end loop;
end $$;

-- A process adds what it has answered since it did so last. Counts of a window that is over begin anew.
create or replace function mls.count_reso_usage(workspaces uuid[], consumers uuid[], minutes timestamptz[], in_minute integer[],
  hours timestamptz[], in_hour integer[]) returns void
  language sql volatile
  set search_path = ''
  begin atomic
    insert into mls.reso_usage as u (workspace_id, reso_consumer_id, minute_at, minute_used, hour_at, hour_used, requests)
      select n.workspace_id, n.reso_consumer_id, n.minute_at, n.minute_used, n.hour_at, n.hour_used, n.hour_used
        from unnest(workspaces, consumers, minutes, in_minute, hours, in_hour)
          n (workspace_id, reso_consumer_id, minute_at, minute_used, hour_at, hour_used)
        where exists (select from mls.reso_consumers c where c.workspace_id = n.workspace_id and c.id = n.reso_consumer_id)
        order by n.reso_consumer_id
      on conflict (workspace_id, reso_consumer_id) do update set
        minute_used = case when u.minute_at > excluded.minute_at then u.minute_used
                           when u.minute_at = excluded.minute_at then u.minute_used + excluded.minute_used
                           else excluded.minute_used end,
        minute_at = greatest(u.minute_at, excluded.minute_at),
        hour_used = case when u.hour_at > excluded.hour_at then u.hour_used
                         when u.hour_at = excluded.hour_at then u.hour_used + excluded.hour_used
                         else excluded.hour_used end,
        hour_at = greatest(u.hour_at, excluded.hour_at),
        requests = u.requests + excluded.requests;
    update mls.reso_consumers c set last_used_at = now()
      from unnest(workspaces, consumers) n (workspace_id, id)
      where c.workspace_id = n.workspace_id and c.id = n.id
        and (c.last_used_at is null or c.last_used_at < now() - interval '1 minute');
  end;
revoke all on function mls.count_reso_usage(uuid[], uuid[], timestamptz[], integer[], timestamptz[], integer[]) from public;
grant execute on function mls.count_reso_usage(uuid[], uuid[], timestamptz[], integer[], timestamptz[], integer[]) to plat_worker;
