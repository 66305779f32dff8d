-- Objects and the rows of modules that refer to them: mls.listing_photos (bucket listing-photos) and the documents of crm (bucket
-- documents). Rows take address, size and type from the object; an object goes when the last row that refers to it has gone.
--
-- A trigger of a tenant table may write nothing outside its workspace, so it leaves a message in plat.outbox (storage.remove), and the
-- job storage.follow_rows does the rest.

create or replace function storage.encode_path(path text) returns text
  language sql immutable strict parallel safe
  return (select coalesce(string_agg(case when c ~ '^[A-Za-z0-9._~/-]$' then c
                                          else upper(regexp_replace(encode(convert_to(c, 'UTF8'), 'hex'), '(..)', '%\1', 'g')) end,
                                     '' order by n), '')
            from regexp_split_to_table(path, '') with ordinality t (c, n));
revoke all on function storage.encode_path(text) from public;

create or replace function storage.public_link(bucket text, name text) returns text
  language sql stable
  set search_path = ''
as $$
  select s.public_url || '/storage/v1/object/public/' || bucket || '/' || storage.encode_path(name) from storage.site s;
$$;
revoke all on function storage.public_link(text, text) from public;

-- <folder>/front.jpg has its thumbnail beside it.
create or replace function storage.thumbnail_name(name text) returns text
  language sql immutable strict parallel safe
  return array_to_string(storage.foldername(name) || array['thumbnails', storage.filename(name) || '.webp'], '/');
revoke all on function storage.thumbnail_name(text) from public;

-- Called when a server starts: links that rows hold follow the server's address.
create or replace function storage.set_public_url(url text) returns boolean
  language plpgsql volatile
  set search_path = ''
as $$
declare
  was text;
begin
  select s.public_url into was from storage.site s for update;
  if was = url then
    return false;
  end if;
  update storage.site set public_url = url;
  update mls.listing_photos p set storage_path = p.storage_path
    where p.storage_path is not null and starts_with(p.url, was || '/storage/v1/object/public/');
  return true;
end $$;
revoke all on function storage.set_public_url(text) from public;
grant execute on function storage.set_public_url(text) to plat_worker;

-- --- what is put into the bucket listing-photos ----------------------------------------------------------------

-- Its first folder is a listing of the workspace, so that nobody takes names in another one's folder, and its pictures are for
-- everybody to see, so they come from agents and admins.
create or replace function storage.check_photo() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if plat.uid() is not null and not plat.has_role('mls.admin') and not plat.has_role('mls.agent') then
    raise exception using errcode = 'PT403', hint = 'AccessDenied',
      message = 'only agents and admins of the workspace upload photos of listings';
  end if;
  if not exists (select from mls.listings l
                   where l.workspace_id = new.workspace_id and l.id::text = (storage.foldername(new.name))[1]) then
    raise exception using errcode = 'PT404', hint = 'InvalidKey',
      message = format('%s: photos are named <id of a listing of the workspace>/<file>', new.name);
  end if;
  return new;
end $$;
revoke all on function storage.check_photo() from public;
create or replace trigger objects_check_photo before insert or update of bucket_id, name on storage.objects
  for each row when (new.bucket_id = 'listing-photos') execute function storage.check_photo();

-- New bytes: a thumbnail is to be made, and rows that refer to them take their size and type.
create or replace function storage.follow_object() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if new.bucket_id = 'documents' then
    update crm.re_documents d set file_url = d.file_url
      where d.workspace_id = new.workspace_id and d.file_url = 'documents/' || new.name;
    update crm.re_lead_documents d set file_url = d.file_url
      where d.workspace_id = new.workspace_id and d.file_url = 'documents/' || new.name;
  else
    update mls.listing_photos p set storage_path = p.storage_path
      where p.workspace_id = new.workspace_id and p.storage_path = coalesce(new.user_metadata ->> 'thumbnail_of', new.name);
    if not new.user_metadata ? 'thumbnail_of' or new.user_metadata is null then
      perform plat.enqueue('storage.thumbnail', jsonb_build_object('bucket', new.bucket_id, 'name', new.name), new.workspace_id,
                           unique_key => new.id::text);
    end if;
  end if;
  return null;
end $$;
revoke all on function storage.follow_object() from public;
create or replace trigger objects_follow after insert or update of version on storage.objects
  for each row when (new.version is not null and new.bucket_id in ('listing-photos', 'documents'))
  execute function storage.follow_object();

-- --- mls.listing_photos ---------------------------------------------------------------------------------------------

-- What a photo says of its object is the object's own word. The first photo of a listing is its primary one; a new primary one takes
-- the place of the old. The listing is locked, so that two at once do not both think they are the first.
create or replace function mls.keep_photo() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  o storage.objects;
  thumbnail storage.objects;
begin
  if tg_op = 'INSERT' then
    perform from mls.listings l where l.workspace_id = new.workspace_id and l.id = new.listing_id for no key update;
    if new.is_primary then
      update mls.listing_photos p set is_primary = false
        where p.workspace_id = new.workspace_id and p.listing_id = new.listing_id and p.is_primary;
    else
      new.is_primary := not exists (select from mls.listing_photos p
                                      where p.workspace_id = new.workspace_id and p.listing_id = new.listing_id and p.is_primary);
    end if;
  end if;
  if new.storage_path is null then
    return new;
  end if;
  select * into o from storage.objects x
    where x.bucket_id = 'listing-photos' and x.name = new.storage_path and x.workspace_id = new.workspace_id
      and starts_with(x.name, new.listing_id || '/');
  if o.id is null then
    if plat.uid() is not null then
      raise exception using errcode = 'PT409', message =
        format('there is no object %s in the bucket listing-photos in the folder of this listing', new.storage_path);
    end if;
    return new; -- the server's own: an import may bring the bytes later
  end if;
  select * into thumbnail from storage.objects x
    where x.bucket_id = 'listing-photos' and x.name = storage.thumbnail_name(o.name) and x.workspace_id = new.workspace_id
      and x.user_metadata ->> 'version' = o.version;
  new.url := storage.public_link('listing-photos', o.name);
  new.thumbnail_url := storage.public_link('listing-photos', thumbnail.name);
  new.mime_type := o.metadata ->> 'mimetype';
  new.size_bytes := nullif(least((o.metadata ->> 'size')::bigint, 2147483647), 2147483647);
  new.width := (thumbnail.user_metadata ->> 'width')::integer;
  new.height := (thumbnail.user_metadata ->> 'height')::integer;
  return new;
end $$;
revoke all on function mls.keep_photo() from public;
create or replace trigger listing_photos_keep
  before insert or update of storage_path, url, thumbnail_url, mime_type, size_bytes, width, height on mls.listing_photos
  for each row execute function mls.keep_photo();

-- At the end of the transaction, since another photo may become the primary one in it.
create or replace function mls.choose_primary_photo() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update mls.listing_photos p set is_primary = true
    where p.workspace_id = old.workspace_id
      and p.id = (select x.id from mls.listing_photos x
                    where x.workspace_id = old.workspace_id and x.listing_id = old.listing_id
                    order by x.is_primary desc, x.sort_order, x.created_at, x.id limit 1)
      and not p.is_primary;
  return null;
end $$;
revoke all on function mls.choose_primary_photo() from public;
drop trigger if exists listing_photos_one_is_primary on mls.listing_photos;
create constraint trigger listing_photos_one_is_primary after delete or update of is_primary on mls.listing_photos
  deferrable initially deferred for each row when (old.is_primary) execute function mls.choose_primary_photo();

create or replace function mls.let_photo_go() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform plat.emit('storage.remove', 'listing-photos/' || n, '{}', old.workspace_id)
    from unnest(array[old.storage_path, storage.thumbnail_name(old.storage_path)]) n;
  return null;
end $$;
revoke all on function mls.let_photo_go() from public;
create or replace trigger listing_photos_let_go_deleted after delete on mls.listing_photos
  for each row when (old.storage_path is not null) execute function mls.let_photo_go();
create or replace trigger listing_photos_let_go_replaced after update of storage_path on mls.listing_photos
  for each row when (old.storage_path is distinct from new.storage_path and old.storage_path is not null)
  execute function mls.let_photo_go();

create or replace function mls.order_listing_photos(listing uuid, ids uuid[], workspace uuid default plat.ws()) returns void
  language plpgsql volatile
  set search_path = ''
as $$
begin
  if exists (select from unnest(ids) i group by i having count(*) > 1) or exists (
    select from unnest(ids) i where not exists (
      select from mls.listing_photos p where p.workspace_id = workspace and p.listing_id = listing and p.id = i)) then
    raise exception using errcode = 'PT404', message = format('these are not photos of the listing %s, each once', listing);
  end if;
  update mls.listing_photos p set sort_order = w.place
    from (select x.id, row_number() over (order by array_position(ids, x.id) nulls last, x.sort_order, x.created_at, x.id) as place
            from mls.listing_photos x
            where x.workspace_id = workspace and x.listing_id = listing) w
    where p.workspace_id = workspace and p.id = w.id and p.sort_order <> w.place;
  if exists (select from unnest(ids) with ordinality i (id, place) join mls.listing_photos p
               on p.workspace_id = workspace and p.id = i.id and p.sort_order <> i.place) then
    raise exception using errcode = 'PT403', message = 'only agents and admins of the workspace order photos';
  end if;
end $$;
comment on function mls.order_listing_photos(uuid, uuid[], uuid) is
  'Puts photos of a listing into this order; those that are not named follow as they were.';
revoke all on function mls.order_listing_photos(uuid, uuid[], uuid) from public;
grant execute on function mls.order_listing_photos(uuid, uuid[], uuid) to authenticated, service_role, plat_worker;

-- Photos before media: the one place that says so.
create or replace view mls.listing_pictures with (security_invoker = true) as
  select i.workspace_id, i.listing_id, i.kind, i.id, i.url, i.thumbnail_url, i.caption, i.alt_text,
         row_number() over (partition by i.workspace_id, i.listing_id order by i.kind desc, i.later, i.sort_order, i.created_at, i.url) as position
    from (select p.workspace_id, p.listing_id, 'photo' as kind, p.id, p.url, p.thumbnail_url, p.caption, p.alt_text,
                 not p.is_primary as later, p.sort_order, p.created_at
            from mls.listing_photos p where p.url is not null
          union all
          select m.workspace_id, m.listing_id, 'media', m.id, m.url, null, m.caption, null, false, m.sort_order, null
            from mls.listing_media m where coalesce(m.category, 'Photo') = 'Photo') i;
comment on view mls.listing_pictures is
  'The pictures of listings in the order in which they are shown: own photos, the primary one first, then those of the MLS.';
grant select on mls.listing_pictures to authenticated, service_role, plat_worker;

-- --- documents of crm -------------------------------------------------------------------------------------------------

-- Runs as the caller: a row can only refer to what its writer sees, and so gives nobody a file that was none of theirs.
create or replace function crm.keep_file() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  o storage.objects;
  size bigint;
begin
  if not starts_with(new.file_url, 'documents/') then
    return new;
  end if;
  select * into o from storage.objects x
    where x.bucket_id = 'documents' and x.name = substr(new.file_url, 11) and x.workspace_id = new.workspace_id;
  if o.id is null then
    if plat.uid() is not null then
      raise exception using errcode = 'PT409', message = format('there is no object %s that this login sees', new.file_url);
    end if;
    return new;
  end if;
  size := (o.metadata ->> 'size')::bigint;
  new.file_size := case when size between 1 and 2147483647 then size end;
  new.content_type := left(o.metadata ->> 'mimetype', 100);
  return new;
end $$;
revoke all on function crm.keep_file() from public;
create or replace trigger re_documents_keep_file before insert or update of file_url, file_size, content_type on crm.re_documents
  for each row execute function crm.keep_file();
create or replace trigger re_lead_documents_keep_file before insert or update of file_url, file_size, content_type on crm.re_lead_documents
  for each row execute function crm.keep_file();

create or replace function crm.let_file_go() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform plat.emit('storage.remove', old.file_url, '{}', old.workspace_id);
  return null;
end $$;
revoke all on function crm.let_file_go() from public;
do $$
declare
  name text;
begin
  foreach name in array array['re_documents', 're_lead_documents'] loop
    execute format($triggers$
      create or replace trigger %1$s_let_go_deleted after delete on crm.%1$s
        for each row when (starts_with(old.file_url, 'documents/')) execute function crm.let_file_go();
      create or replace trigger %1$s_let_go_replaced after update of file_url on crm.%1$s
        for each row when (old.file_url is distinct from new.file_url and starts_with(old.file_url, 'documents/'))
        execute function crm.let_file_go();
    $triggers$, name);
  end loop;
end $$;

-- --- the job ------------------------------------------------------------------------------------------------------------

create or replace function storage.is_referred_to(bucket text, name text, workspace uuid) returns boolean
  language sql stable
  set search_path = ''
as $$
  select case bucket
    when 'listing-photos' then exists (
      select from mls.listing_photos p
        where p.workspace_id = workspace and (p.storage_path = name or (p.storage_path is not null and storage.thumbnail_name(p.storage_path) = name
              and starts_with(name, p.listing_id::text))))
    when 'documents' then
      exists (select from crm.re_documents d where d.workspace_id = workspace and d.file_url = 'documents/' || name)
      or exists (select from crm.re_lead_documents d where d.workspace_id = workspace and d.file_url = 'documents/' || name)
    else true end;
$$;
revoke all on function storage.is_referred_to(text, text, uuid) from public;
grant execute on function storage.is_referred_to(text, text, uuid) to plat_worker;

-- Objects whose rows have gone; and photos that were written in the moment in which their thumbnail was made.
create or replace function storage.follow_rows() returns table (removed bigint, filled bigint)
  language plpgsql volatile
  set search_path = ''
as $$
begin
  with said as (
    delete from plat.outbox m
      where (m.workspace_id, m.id) in (select q.workspace_id, q.id from plat.outbox q
                                         where q.topic = 'storage.remove' limit 1000 for update skip locked)
      returning m.workspace_id, split_part(m.key, '/', 1) as bucket, substr(m.key, strpos(m.key, '/') + 1) as name
  ), gone as (
    delete from storage.objects o using said s
      where o.bucket_id = s.bucket and o.name = s.name and o.workspace_id = s.workspace_id
        and not storage.is_referred_to(s.bucket, s.name, s.workspace_id)
      returning o.id
  )
  select count(*) into removed from gone;
  update mls.listing_photos p set storage_path = p.storage_path
    from storage.objects t
    where p.storage_path is not null and p.thumbnail_url is null and p.created_at > now() - interval '1 day'
      and t.bucket_id = 'listing-photos' and t.name = storage.thumbnail_name(p.storage_path) and t.workspace_id = p.workspace_id
      and t.version is not null;
  get diagnostics filled = row_count;
  return next;
end $$;
comment on function storage.follow_rows() is 'Removes objects that no row of a module refers to any more, and gives photos their thumbnails.';
revoke all on function storage.follow_rows() from public;
grant execute on function storage.follow_rows() to plat_worker;

-- Resumable uploads that nobody came back for. The bytes so far lie with the servers; their job removes them.
create or replace function storage.expire_uploads() returns setof uuid
  language sql volatile
  set search_path = ''
as $$
  delete from storage.tus_uploads u where u.expires_at < now() returning u.id;
$$;
revoke all on function storage.expire_uploads() from public;
grant execute on function storage.expire_uploads() to plat_worker;
