-- Photos and documents of the modules lie in two buckets of the installation, in which every workspace keeps its own objects; whoever
-- sees a deal, property or lead sees its papers, so a bucket may leave the audience to the rows that refer to its objects.
-- locks: storage.buckets, crm.re_lead_documents and mls.listing_photos against everything for a moment; crm.re_documents,
-- crm.re_lead_documents and mls.listing_photos against writing while an index is built

alter table storage.buckets drop constraint buckets_audience_check,
  add constraint buckets_audience_check check (audience in ('owner', 'workspace', 'parent'));
comment on column storage.buckets.audience is
  'Who reads the objects through the API: workspace: its agents and admins; owner: who put them there, and admins; parent: who put them there, and who sees a row that refers to them.';

create table storage.site (
  id         boolean primary key default true check (id),
  public_url text    not null default ''
);
comment on table storage.site is 'shared: where clients reach the server, for the links that rows hold; written by plat serve.';
alter table storage.site enable row level security;
insert into storage.site default values;

insert into storage.buckets (id, name, workspace_id, owner, public, audience, file_size_limit, allowed_mime_types) values
  ('listing-photos', 'listing-photos', null, null, true, 'workspace', 26214400,
   array['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif', 'image/heic', 'image/heif', 'image/tiff']),
  ('documents', 'documents', null, null, false, 'parent', null, null)
  on conflict (id) do nothing;

alter table crm.re_lead_documents add column content_type varchar(100);
comment on column crm.re_documents.file_url is 'documents/… is an object of that bucket, whose size and type are then kept here; anything else is a link.';
comment on column crm.re_lead_documents.file_url is 'documents/… is an object of that bucket, whose size and type are then kept here; anything else is a link.';
comment on column mls.listing_photos.storage_path is 'An object of the bucket listing-photos, <listing id>/…; url, type and size then follow it.';

create index listing_photos_storage_path on mls.listing_photos (workspace_id, storage_path) where storage_path is not null;
create index re_documents_file_url on crm.re_documents (workspace_id, file_url);
create index re_lead_documents_file_url on crm.re_lead_documents (workspace_id, file_url);
