-- Storage: who sees which buckets and objects. Public objects and signed links are served by plat itself, past this.
--
-- A bucket belongs to a workspace and is made by its admins; one without belongs to the installation and is made by the
-- service role. An object belongs to a workspace in either case: its members put it there, the audience of the bucket reads.

-- The names that Supabase's policies use for parts of a path.
create or replace function storage.foldername(name text) returns text[]
  language sql immutable strict parallel safe
  return trim_array(string_to_array(name, '/'), 1);
create or replace function storage.filename(name text) returns text
  language sql immutable strict parallel safe
  return (string_to_array(name, '/'))[cardinality(string_to_array(name, '/'))];
create or replace function storage.extension(name text) returns text
  language sql immutable strict parallel safe
  return coalesce(substring(storage.filename(name) from '\.([^.]*)$'), '');

create or replace trigger buckets_touch before update on storage.buckets
  for each row execute function plat.touch_updated_at();
create or replace trigger objects_touch before update on storage.objects
  for each row when (old.last_accessed_at is not distinct from new.last_accessed_at) execute function plat.touch_updated_at();
create or replace trigger tus_uploads_touch before update on storage.tus_uploads
  for each row execute function plat.touch_updated_at();
create or replace trigger buckets_refuse_move before update of workspace_id on storage.buckets
  for each row when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move();
create or replace trigger objects_refuse_move before update of workspace_id on storage.objects
  for each row when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move();

-- Whoever writes past row level security holds to it as well: no object in another workspace's bucket.
create or replace function storage.check_object() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  bucket_workspace constant uuid := (select b.workspace_id from storage.buckets b where b.id = new.bucket_id);
begin
  if bucket_workspace is not null and bucket_workspace is distinct from new.workspace_id then
    raise exception using errcode = 'PT409', message = format('bucket %s belongs to another workspace', new.bucket_id);
  end if;
  return new;
end $$;
revoke all on function storage.check_object() from public;

create or replace trigger objects_check before insert or update of bucket_id on storage.objects
  for each row execute function storage.check_object();
create or replace trigger s3_multipart_uploads_check before insert or update of bucket_id on storage.s3_multipart_uploads
  for each row execute function storage.check_object();
create or replace trigger tus_uploads_check before insert or update of bucket_id on storage.tus_uploads
  for each row execute function storage.check_object();

drop policy if exists buckets_members_select on storage.buckets;
create policy buckets_members_select on storage.buckets for select to authenticated
  using ((workspace_id = (select plat.ws()) or workspace_id is null) and (select plat.ws()) is not null);
drop policy if exists buckets_admin_insert on storage.buckets;
create policy buckets_admin_insert on storage.buckets for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
drop policy if exists buckets_admin_update on storage.buckets;
create policy buckets_admin_update on storage.buckets for update to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')))
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
drop policy if exists buckets_admin_delete on storage.buckets;
create policy buckets_admin_delete on storage.buckets for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));

drop policy if exists objects_audience_select on storage.objects;
create policy objects_audience_select on storage.objects for select to authenticated
  using (workspace_id = (select plat.ws())
         and (owner = (select plat.uid())
              or exists (select from storage.buckets b
                           where b.id = bucket_id and (b.audience = 'owner' and (select plat.has_role('mls.admin'))
                                                       or b.audience = 'workspace'
                                                          and (select plat.has_role('mls.admin') or plat.has_role('mls.agent'))))
              -- Papers are for whom the row is for that refers to them; only those of the bucket documents have such rows.
              or (bucket_id = 'documents'
                  and (exists (select from crm.re_documents d
                                 where d.workspace_id = objects.workspace_id and d.file_url = 'documents/' || objects.name)
                       or exists (select from crm.re_lead_documents d
                                    where d.workspace_id = objects.workspace_id and d.file_url = 'documents/' || objects.name)))));
drop policy if exists objects_owner_insert on storage.objects;
create policy objects_owner_insert on storage.objects for insert to authenticated
  with check (workspace_id = (select plat.ws()) and owner = (select plat.uid())
              and exists (select from storage.buckets b where b.id = bucket_id));
drop policy if exists objects_owner_and_admin_update on storage.objects;
create policy objects_owner_and_admin_update on storage.objects for update to authenticated
  using (workspace_id = (select plat.ws()) and (owner = (select plat.uid()) or (select plat.has_role('mls.admin'))))
  with check (workspace_id = (select plat.ws()) and (owner = (select plat.uid()) or (select plat.has_role('mls.admin')))
              and exists (select from storage.buckets b where b.id = bucket_id));
drop policy if exists objects_owner_and_admin_delete on storage.objects;
create policy objects_owner_and_admin_delete on storage.objects for delete to authenticated
  using (workspace_id = (select plat.ws()) and (owner = (select plat.uid()) or (select plat.has_role('mls.admin'))));

-- Uploads under way have no policy: the server alone sees them.
grant select, insert, update, delete on storage.buckets, storage.objects to authenticated;
grant select, insert, update, delete on storage.buckets, storage.objects, storage.s3_multipart_uploads,
  storage.s3_multipart_uploads_parts, storage.tus_uploads to service_role;
