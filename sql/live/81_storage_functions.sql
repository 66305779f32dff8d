-- What the storage dialect does in one statement. Functions run as the caller, so that row level security decides, unless it says
-- security definer. What they raise has the dialect's name of the failure as hint.

-- What an upload has to know about a bucket: those of the caller's workspace, or of the workspace of who signed a link, and the
-- installation's. Whoever has no workspace finds all; policies then say what may be done there.
create or replace function storage.bucket_for(bucket text, workspace uuid) returns setof storage.buckets
  language sql stable security definer
  set search_path = ''
as $$
  select b.* from storage.buckets b
    where b.id = bucket
      and (b.workspace_id is null or b.workspace_id = coalesce(plat.ws(), workspace, b.workspace_id));
$$;
revoke all on function storage.bucket_for(text, uuid) from public;
grant execute on function storage.bucket_for(text, uuid) to authenticated, service_role, plat_worker;

-- The row of bytes that are in place. id is for a new row; answers the id of the row that there is. Without upsert nothing is read back, so
-- that the right to insert is enough.
create or replace function storage.put_object(id uuid, bucket text, name text, is_upsert boolean, owner uuid, workspace uuid,
  version text, metadata jsonb, user_metadata jsonb) returns uuid
  language plpgsql volatile
  set search_path = ''
as $$
#variable_conflict use_column
declare
  made uuid := put_object.id;
begin
  if is_upsert then
    insert into storage.objects as o (id, bucket_id, name, workspace_id, owner, version, metadata, user_metadata)
      values (put_object.id, bucket, put_object.name, workspace, coalesce(put_object.owner, plat.uid()), put_object.version,
              coalesce(put_object.metadata, '{}'), put_object.user_metadata)
      on conflict (bucket_id, name) do update
        set version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata,
            last_accessed_at = o.last_accessed_at
      returning o.id into made;
  else
    insert into storage.objects (id, bucket_id, name, workspace_id, owner, version, metadata, user_metadata)
      values (put_object.id, bucket, put_object.name, workspace, coalesce(put_object.owner, plat.uid()), put_object.version,
              coalesce(put_object.metadata, '{}'), put_object.user_metadata);
  end if;
  return made;
end $$;
revoke all on function storage.put_object(uuid, text, text, boolean, uuid, uuid, text, jsonb, jsonb) from public;
grant execute on function storage.put_object(uuid, text, text, boolean, uuid, uuid, text, jsonb, jsonb)
  to anon, authenticated, service_role, plat_worker;

-- Before the first byte: may this be written, and what does the bucket take? Does it and undoes it.
create or replace function storage.try_object(bucket text, name text, is_upsert boolean, owner uuid, workspace uuid)
  returns table (workspace_id uuid, file_size_limit bigint, allowed_mime_types jsonb)
  language plpgsql volatile
  set search_path = ''
as $$
#variable_conflict use_column
declare
  b storage.buckets;
begin
  select * into b from storage.bucket_for(bucket, workspace);
  if b.id is null then
    raise exception using errcode = 'PT404', message = 'Bucket not found', hint = 'NoSuchBucket';
  end if;
  try_object.workspace_id := coalesce(plat.ws(), workspace, b.workspace_id);
  begin
    perform storage.put_object(gen_random_uuid(), bucket, try_object.name, is_upsert, try_object.owner, try_object.workspace_id,
                               null, null, null);
    raise exception using errcode = 'TRIED';
  exception when sqlstate 'TRIED' then
    null;
  end;
  try_object.file_size_limit := b.file_size_limit;
  try_object.allowed_mime_types := to_jsonb(b.allowed_mime_types);
  return next;
end $$;
revoke all on function storage.try_object(text, text, boolean, uuid, uuid) from public;
grant execute on function storage.try_object(text, text, boolean, uuid, uuid) to anon, authenticated, service_role, plat_worker;

-- A new name, maybe in another bucket of the workspace; the bytes stay where they are. False: nothing there that may be moved.
create or replace function storage.move_object(bucket text, name text, to_bucket text, to_name text) returns boolean
  language plpgsql volatile
  set search_path = ''
as $$
#variable_conflict use_column
begin
  if not exists (select from storage.bucket_for(to_bucket, null)) then
    raise exception using errcode = 'PT404', message = 'Bucket not found', hint = 'NoSuchBucket';
  end if;
  update storage.objects o set bucket_id = to_bucket, name = to_name
    where o.bucket_id = bucket and o.name = move_object.name;
  return found;
end $$;
revoke all on function storage.move_object(text, text, text, text) from public;
grant execute on function storage.move_object(text, text, text, text) to anon, authenticated, service_role, plat_worker;

-- An object as answers of the dialect show it.
create or replace function storage.object_json(o storage.objects) returns jsonb
  language sql stable
  set search_path = ''
as $$
  select jsonb_build_object('id', o.id, 'name', o.name, 'bucket_id', o.bucket_id, 'owner', coalesce(o.owner::text, ''),
    'owner_id', o.owner_id, 'version', o.version, 'created_at', o.created_at, 'updated_at', o.updated_at,
    'last_accessed_at', o.last_accessed_at, 'metadata', o.metadata, 'user_metadata', o.user_metadata);
$$;
revoke all on function storage.object_json(storage.objects) from public;
grant execute on function storage.object_json(storage.objects) to anon, authenticated, service_role, plat_worker;

-- Bytes that lost their row: whoever took it away, in the same transaction.
create or replace function storage.note_garbage() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    insert into storage.garbage (workspace_id, version)
      select o.workspace_id, o.version from gone o where o.version is not null;
  else
    insert into storage.garbage (workspace_id, version)
      select o.workspace_id, o.version from gone o join fresh n on n.id = o.id
        where o.version is not null and o.version is distinct from n.version;
  end if;
  if found then
    perform plat.enqueue('storage.delete_bytes', unique_key => 'all');
  end if;
  return null;
end $$;
revoke all on function storage.note_garbage() from public;
create or replace trigger objects_garbage_delete after delete on storage.objects
  referencing old table as gone for each statement execute function storage.note_garbage();
create or replace trigger objects_garbage_update after update on storage.objects
  referencing old table as gone new table as fresh for each statement execute function storage.note_garbage();

-- The rows of one folder: subfolders first (id null), then files. prefix is '' or ends with a slash; search is how names begin, in
-- whatever case.
create or replace function storage.list_objects(bucket text, prefix text, search text, most bigint, skip bigint, sort_column text,
  descending boolean) returns jsonb
  language sql stable
  set search_path = ''
as $$
  with inside as (
    select substr(o.name, length(prefix) + 1) as rest, o.id, o.created_at, o.updated_at, o.last_accessed_at, o.metadata
      from storage.objects o
      where o.bucket_id = bucket
        and (prefix = '' or (o.name collate "C" > prefix and o.name collate "C" < left(prefix, -1) || '0'))
  ), entries as (
    select split_part(i.rest, '/', 1) as name, null::uuid as id, null::timestamptz as created_at, null::timestamptz as updated_at,
           null::timestamptz as last_accessed_at, null::jsonb as metadata
      from inside i where strpos(i.rest, '/') > 0 and starts_with(lower(i.rest), lower(search)) group by 1
    union all
    select i.rest, i.id, i.created_at, i.updated_at, i.last_accessed_at, i.metadata
      from inside i where strpos(i.rest, '/') = 0 and starts_with(lower(i.rest), lower(search))
  ), keyed as (
    select e.*, case sort_column when 'id' then e.id::text
        when 'created_at' then to_char(e.created_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
        when 'updated_at' then to_char(e.updated_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
        when 'last_accessed_at' then to_char(e.last_accessed_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
        else e.name end collate "C" as key
      from entries e
  ), page as (
    select k.*, row_number() over (order by k.id is not null, case when descending then null else k.key end,
                                   case when descending then k.key end desc, k.name collate "C") as n
      from keyed k
      order by n limit most offset skip
  )
  select coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'id', p.id, 'updated_at', p.updated_at, 'created_at', p.created_at,
                                               'last_accessed_at', p.last_accessed_at, 'metadata', p.metadata) order by p.n), '[]')
    from page p;
$$;
revoke all on function storage.list_objects(text, text, text, bigint, bigint, text, boolean) from public;
grant execute on function storage.list_objects(text, text, text, bigint, bigint, text, boolean)
  to anon, authenticated, service_role, plat_worker;

-- A place in a listing, as a client carries it: base 64 for URLs of [key, name].
create or replace function storage.read_cursor(cursor text) returns jsonb
  language plpgsql immutable
  set search_path = ''
as $$
declare
  place jsonb;
begin
  begin
    place := convert_from(decode(translate(cursor, '-_', '+/') || repeat('=', (4 - length(cursor) % 4) % 4), 'base64'), 'UTF8')::jsonb;
  exception when others then
    place := null;
  end;
  if place is null or jsonb_typeof(place) <> 'array' or jsonb_array_length(place) <> 2 then
    raise exception using errcode = 'PT400', message = 'body/cursor is not one of ours', hint = 'InvalidRequest';
  end if;
  return place;
end $$;
revoke all on function storage.read_cursor(text) from public;
grant execute on function storage.read_cursor(text) to anon, authenticated, service_role, plat_worker;

create or replace function storage.write_cursor(key text, name text) returns text
  language sql immutable
  set search_path = ''
as $$
  select rtrim(translate(encode(convert_to(jsonb_build_array(key, name)::text, 'UTF8'), 'base64'), E'+/\n', '-_'), '=');
$$;
revoke all on function storage.write_cursor(text, text) from public;
grant execute on function storage.write_cursor(text, text) to anon, authenticated, service_role, plat_worker;

-- A page of everything whose name begins with prefix; nested: what lies in a folder below it is shown as that folder. Pages go on after
-- the cursor, so that what comes and goes meanwhile moves nothing.
create or replace function storage.list_pages(bucket text, prefix text, nested boolean, most bigint, sort_column text,
  descending boolean, cursor text) returns jsonb
  language sql stable
  set search_path = ''
as $$
  with place as (
    select p.place ->> 0 as key, p.place ->> 1 as name
      from (select case when cursor is not null then storage.read_cursor(cursor) end as place) p
  ), entries as (
    select case when nested and strpos(substr(o.name, length(prefix) + 1), '/') > 0
             then prefix || split_part(substr(o.name, length(prefix) + 1), '/', 1) || '/' else o.name end as name,
           nested and strpos(substr(o.name, length(prefix) + 1), '/') > 0 as is_folder,
           o.id, o.created_at, o.updated_at, o.last_accessed_at, o.metadata
      from storage.objects o
      where o.bucket_id = bucket
        and (prefix = '' or (o.name collate "C" >= prefix and o.name collate "C" <= prefix || chr(1114111)
                             and starts_with(o.name, prefix)))
  ), grouped as (
    select e.name, e.is_folder, e.id, e.created_at, e.updated_at, e.last_accessed_at, e.metadata from entries e where not e.is_folder
    union all
    select e.name, true, null, max(e.created_at), max(e.updated_at), max(e.last_accessed_at), null from entries e where e.is_folder group by e.name
  ), keyed as (
    select g.*, case sort_column when 'created_at' then to_char(g.created_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
        when 'updated_at' then to_char(g.updated_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
        when 'last_accessed_at' then to_char(g.last_accessed_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS')
        else g.name end collate "C" as key
      from grouped g
  ), page as (
    select k.*, row_number() over (order by case when descending then null else k.key end, case when descending then k.key end desc,
                                   k.name collate "C") as n
      from keyed k, place p
      where p.key is null
         or case when descending then k.key < p.key collate "C" or (k.key = p.key collate "C" and k.name collate "C" > p.name)
                 else k.key > p.key collate "C" or (k.key = p.key collate "C" and k.name collate "C" > p.name) end
      order by n limit most + 1
  )
  select jsonb_strip_nulls(jsonb_build_object('hasNext', count(*) > most,
           'nextCursor', max(storage.write_cursor(p.key, p.name)) filter (where p.n = most and (select count(*) from page) > most))) ||
         jsonb_build_object(
           'folders', coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'key', rtrim(p.name, '/')) order by p.n)
                               filter (where p.is_folder and p.n <= most), '[]'),
           'objects', coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'key', p.name, 'created_at', p.created_at,
                                 'updated_at', p.updated_at, 'last_accessed_at', p.last_accessed_at, 'metadata', p.metadata) order by p.n)
                               filter (where not p.is_folder and p.n <= most), '[]'))
    from page p;
$$;
revoke all on function storage.list_pages(text, text, boolean, bigint, text, boolean, text) from public;
grant execute on function storage.list_pages(text, text, boolean, bigint, text, boolean, text)
  to anon, authenticated, service_role, plat_worker;
