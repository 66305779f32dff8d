-- What keeping bytes beside rows needs: which bytes no row names any more, which row names these bytes, and objects that belong to
-- the installation itself (what the service role puts into a bucket that belongs to no workspace).
-- locks: storage.objects, storage.tus_uploads and storage.s3_multipart_uploads against everything, for the length of an index build

create table storage.garbage (
  id           bigint      generated always as identity primary key,
  workspace_id uuid,
  version      text        not null,
  created_at   timestamptz not null default now()
);
comment on table storage.garbage is 'shared: bytes that no row names any more, until storage.delete_bytes has removed them.';
alter table storage.garbage enable row level security;

create index objects_version on storage.objects (version);

alter table storage.objects alter column workspace_id drop not null;
alter table storage.tus_uploads alter column workspace_id drop not null;
alter table storage.s3_multipart_uploads alter column workspace_id drop not null;
comment on column storage.objects.workspace_id is 'Null: the installation''s own, seen by the service role and through public links alone.';
