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
grant execute on function storage.bucket_for(text, uuid) to anon, authenticated, service_role, plat_worker;

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
