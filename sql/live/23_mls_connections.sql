-- Connections to feeds: what may be known of a token, when one is forgotten, where people may point a connection to, why a status is
-- what it is, and whether a mapping names what the feed has.

-- A secret has no grant to any API role; whether there is one is no secret.
create or replace function mls.connection_has_token(connection uuid) returns boolean
  language sql stable security definer
  set search_path = ''
  begin atomic
    select c.token_ciphertext is not null from mls.mls_connections c
      where c.id = connection
        and (c.workspace_id = plat.ws() or (plat.ws() is null and plat.uid() is null));
  end;
comment on function mls.connection_has_token(uuid) is 'Whether a connection of the own workspace has a token; null for others.';
revoke all on function mls.connection_has_token(uuid) from public;
grant execute on function mls.connection_has_token(uuid) to authenticated, service_role, plat_worker;

-- As with base_url (21_mls_triggers.sql): who may edit the address of the token endpoint could have the client's secret sent to
-- themselves; and what was given as a secret is never to be sent as a token.
create or replace trigger mls_connections_drop_secret before update of token_url, token_type on mls.mls_connections
  for each row when ((old.token_url, old.token_type) is distinct from (new.token_url, new.token_type)
                     and old.token_ciphertext is not distinct from new.token_ciphertext)
  execute function mls.drop_token();

-- A login could otherwise have our server ask machines that only it can reach. Names that lead to such addresses cannot be seen from
-- here; docs/connections.md says what to do about those.
create or replace function mls.address_problem(url text) returns text
  language sql immutable
  set search_path = ''
  return case
    when url is null then null
    when url !~* '^https://' then 'has to begin with https://'
    when url ~ '[?#@]' or url ~ '\s' then 'may not hold a user, a query or a fragment'
    when url !~* '^https://([a-z0-9_-]+\.)+[a-z][a-z0-9-]*(:[0-9]{1,5})?(/.*)?$'
      or url ~* '^https://[^/:]*\.(local|localhost|internal|lan|home|corp|arpa)(:[0-9]+)?(/.*)?$'
      then 'has to name a public host; one on this machine or in its network is given with plat connect'
  end;
comment on function mls.address_problem(text) is 'Why a login may not give this address of a feed; null when it may.';
revoke all on function mls.address_problem(text) from public;
grant execute on function mls.address_problem(text) to authenticated, service_role, plat_worker;

create or replace function mls.check_addresses() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  problem text := coalesce('base_url ' || mls.address_problem(new.base_url), 'token_url ' || mls.address_problem(new.token_url));
begin
  if plat.uid() is not null and problem is not null then
    raise exception using errcode = 'PT400', message = problem;
  end if;
  return new;
end $$;
create or replace trigger mls_connections_check_addresses before insert or update of base_url, token_url on mls.mls_connections
  for each row execute function mls.check_addresses();

-- The reason belongs to the status: without a new one, the old one goes. Named so that it runs after what sets the status.
create or replace function mls.explain_status() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if new.status_reason is not distinct from old.status_reason then
    new.status_reason := case
      when new.status = 'paused' then 'paused by a person'
      when new.status = 'pending' and new.token_ciphertext is null then 'the address has changed: the token has to be given again'
    end;
  end if;
  if old.status in ('paused', 'error') then
    new.failures := 0;
    new.held_until := null;
  end if;
  return new;
end $$;
create or replace trigger mls_connections_zz_explain before update on mls.mls_connections
  for each row when (old.status is distinct from new.status
                     or (old.token_ciphertext is null) <> (new.token_ciphertext is null))
  execute function mls.explain_status();

-- The fields that a mapping names: of each column, and of each name below "extra" (docs/mapping.md). is_direct: the field's value is the
-- column's as it is, not translated, put together or looked at for its unit.
create or replace function mls.mapping_fields(mapping jsonb) returns table ("column" text, field text, is_direct boolean)
  language sql immutable
  set search_path = ''
  begin atomic
    with recursive sources (target, source, is_direct) as (
      select k.key, k.value, true from jsonb_each(mapping) k where k.key <> 'extra'
      union all
      select 'extra.' || k.key, k.value, true
        from jsonb_each(case when jsonb_typeof(mapping -> 'extra') = 'object' then mapping -> 'extra' else '{}' end) k
      union all
      select s.target, part.value, s.is_direct and part.is_direct
        from sources s,
             lateral (select a.value, true as is_direct
                        from jsonb_array_elements(case when jsonb_typeof(s.source) = 'array' then s.source else '[]' end) a
                      union all
                      select o.value, o.key in ('field', 'first') and not s.source ? 'lookup'
                        from jsonb_each(case when jsonb_typeof(s.source) = 'object' then s.source else '{}' end) o
                        where o.key in ('field', 'first', 'concat') or (o.key = 'unit' and jsonb_typeof(o.value) = 'object')) part
    )
    select s.target, s.source #>> '{}', bool_or(s.is_direct) from sources s where jsonb_typeof(s.source) = 'string'
      group by 1, 2 order by 1, 2;
  end;
comment on function mls.mapping_fields(jsonb) is 'Which fields of a source a mapping reads, by the column that they fill.';
revoke all on function mls.mapping_fields(jsonb) from public;
grant execute on function mls.mapping_fields(jsonb) to authenticated, service_role, plat_worker;

-- Why a field of that description does not fit a column of that type; null when it may. Texts fit everything: feeds send numbers and
-- dates as texts, and what cannot be typed is counted (docs/mapping.md).
create or replace function mls.field_misfit(column_type text, field jsonb) returns text
  language sql immutable
  set search_path = ''
  return case
    when field ->> 'type' not like 'Edm.%' then 'is not one value but ' || case when (field ->> 'is_list')::boolean then 'a list of ' else 'a ' end
      || (field ->> 'type')
    when column_type is null or column_type = 'text' or field ->> 'type' = 'Edm.String' and not (field ->> 'is_list')::boolean then null
    when (field ->> 'is_list')::boolean then 'is a list, and the column holds one value'
    when column_type in ('date', 'timestamp with time zone') and field ->> 'type' not in ('Edm.Date', 'Edm.DateTimeOffset')
      then 'is ' || (field ->> 'type') || ', and the column holds ' || case when column_type = 'date' then 'a date' else 'a time' end
    when column_type in ('integer', 'bigint', 'smallint', 'numeric', 'double precision', 'real')
         and field ->> 'type' !~ '^Edm\.(Byte|SByte|Int16|Int32|Int64|Decimal|Double|Single)$'
      then 'is ' || (field ->> 'type') || ', and the column holds a number'
  end;
revoke all on function mls.field_misfit(text, jsonb) from public;
grant execute on function mls.field_misfit(text, jsonb) to authenticated, service_role, plat_worker;

create or replace function mls.check_mapping(workspace uuid, provider text, mapping jsonb)
  returns table ("column" text, field text, problem text, suggestion text)
  language sql stable
  set search_path = ''
  begin atomic
    with known as (
      select m.resources -> 'Property' as fields
        from mls.source_metadata m join mls.mls_connections c on c.workspace_id = m.workspace_id and c.id = m.mls_connection_id
        where m.workspace_id = check_mapping.workspace and c.provider = check_mapping.provider and m.resources ? 'Property'
    )
    select u."column", u.field,
           case when k.fields -> u.field is null then 'the source has no such field'
                else 'the field ' || mls.field_misfit(format_type(a.atttypid, null), k.fields -> u.field) end,
           case when k.fields -> u.field is null then
             (select n.name
                from (select f.key as name,
                             case when lower(f.key) = lower(u.field) or f.value ->> 'standard' = u.field then 2
                                  else extensions.similarity(f.key, u.field) end as near
                        from jsonb_each(k.fields) f) n
                where n.near >= 0.4 order by n.near desc, n.name limit 1)
           end
      from known k cross join mls.mapping_fields(check_mapping.mapping) u
        left join pg_catalog.pg_attribute a on a.attrelid = 'mls.listings'::regclass and a.attname = u."column" and not a.attisdropped
      where k.fields -> u.field is null
        or (u.is_direct and mls.field_misfit(format_type(a.atttypid, null), k.fields -> u.field) is not null)
      order by 1, 2;
  end;
comment on function mls.check_mapping(uuid, text, jsonb) is
  'Fields that a mapping names and the source''s metadata does not have, or whose type does not fit. No rows without metadata.';
revoke all on function mls.check_mapping(uuid, text, jsonb) from public;
grant execute on function mls.check_mapping(uuid, text, jsonb) to authenticated, service_role, plat_worker;
