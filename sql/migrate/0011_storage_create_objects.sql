-- Buckets and objects as Supabase Storage has them, and uploads that are under way. The rows are the truth about what there
-- is; the bytes lie on disk or in S3 under workspace, bucket, name and version.
-- Bucket names are unique in the installation, as S3 has it. A bucket belongs to a workspace, or (null) to the installation:
-- then every workspace keeps its own objects in it.
-- locks: none (new objects)

create table storage.buckets (
  id                 text        primary key
                     constraint buckets_id_is_a_name check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  name               text        not null unique,
  workspace_id       uuid        default plat.ws() references mls.workspaces,
  owner              uuid        default plat.uid() references auth.users on delete set null,
  owner_id           text        generated always as (owner::text) stored,
  public             boolean     not null default false,
  audience           text        not null default 'workspace' check (audience in ('owner', 'workspace')),
  file_size_limit    bigint      check (file_size_limit > 0),
  allowed_mime_types text[],
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now()
);
comment on table storage.buckets is 'shared: containers of objects.';
comment on column storage.buckets.public is 'Objects are served without a login under /object/public.';
comment on column storage.buckets.audience is
  'Who reads the objects through the API: workspace: its agents and admins; owner: who put them there, and admins.';
comment on column storage.buckets.allowed_mime_types is 'Such as image/png or image/*; null: any.';
create index buckets_workspace_id on storage.buckets (workspace_id);
create index buckets_owner on storage.buckets (owner);
alter table storage.buckets enable row level security;

create table storage.objects (
  id               uuid        primary key default gen_random_uuid(),
  bucket_id        text        not null references storage.buckets on update cascade,
  name             text        not null
                   constraint objects_name_is_a_path
                   check (length(name) between 1 and 1024 and name !~ '(^|/)\.{0,2}(/|$)' and name !~ '[[:cntrl:]]'),
  workspace_id     uuid        not null default plat.ws() references mls.workspaces,
  owner            uuid        default plat.uid() references auth.users on delete set null,
  owner_id         text        generated always as (owner::text) stored,
  metadata         jsonb       not null default '{}',
  user_metadata    jsonb,
  path_tokens      text[]      generated always as (string_to_array(name, '/')) stored,
  version          text,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  last_accessed_at timestamptz not null default now(),
  constraint objects_bucket_id_name_key unique (bucket_id, name)
);
comment on table storage.objects is 'shared: what is stored, one row for each path of a bucket.';
comment on column storage.objects.metadata is 'Written by the server: size, mimetype, eTag, cacheControl, lastModified.';
comment on column storage.objects.version is 'Names the bytes of this content; a replaced object gets another.';
-- Listing goes by prefix, so by bytes whatever the collation.
create index objects_bucket_prefix on storage.objects (bucket_id, name collate "C");
create index objects_workspace_id on storage.objects (workspace_id, bucket_id, name);
create index objects_owner on storage.objects (owner);
alter table storage.objects enable row level security;

-- Uploads are the server's own business: row level security without a policy.
create table storage.s3_multipart_uploads (
  id               text        primary key,
  bucket_id        text        not null references storage.buckets on update cascade on delete cascade,
  key              text        not null,
  workspace_id     uuid        not null default plat.ws() references mls.workspaces,
  owner            uuid        default plat.uid() references auth.users on delete cascade,
  owner_id         text        generated always as (owner::text) stored,
  version          text        not null,
  upload_signature text        not null,
  in_progress_size bigint      not null default 0 check (in_progress_size >= 0),
  metadata         jsonb,
  user_metadata    jsonb,
  created_at       timestamptz not null default now()
);
comment on table storage.s3_multipart_uploads is 'shared: multipart uploads over the S3 protocol that are under way.';
create index s3_multipart_uploads_bucket_key on storage.s3_multipart_uploads (bucket_id, key collate "C", created_at);
create index s3_multipart_uploads_workspace_id on storage.s3_multipart_uploads (workspace_id);
create index s3_multipart_uploads_owner on storage.s3_multipart_uploads (owner);
create index s3_multipart_uploads_created_at on storage.s3_multipart_uploads (created_at);
alter table storage.s3_multipart_uploads enable row level security;

create table storage.s3_multipart_uploads_parts (
  id          uuid        primary key default gen_random_uuid(),
  upload_id   text        not null references storage.s3_multipart_uploads on delete cascade,
  part_number integer     not null check (part_number between 1 and 10000),
  size        bigint      not null check (size >= 0),
  etag        text        not null,
  version     text        not null,
  created_at  timestamptz not null default now(),
  unique (upload_id, part_number)
);
comment on table storage.s3_multipart_uploads_parts is 'shared: parts of a multipart upload; a part sent again replaces the one before.';
alter table storage.s3_multipart_uploads_parts enable row level security;

create table storage.tus_uploads (
  id            uuid        primary key default gen_random_uuid(),
  bucket_id     text        not null references storage.buckets on update cascade on delete cascade,
  name          text        not null,
  workspace_id  uuid        not null default plat.ws() references mls.workspaces,
  owner         uuid        default plat.uid() references auth.users on delete cascade,
  upload_length bigint      check (upload_length >= 0),
  upload_offset bigint      not null default 0 check (upload_offset >= 0),
  content_type  text,
  cache_control text,
  user_metadata jsonb,
  upsert        boolean     not null default false,
  version       text        not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  expires_at    timestamptz not null default now() + interval '1 day',
  constraint tus_uploads_offset_within_length check (upload_offset <= upload_length)
);
comment on table storage.tus_uploads is 'shared: resumable uploads (TUS) that are under way; upload_length null: not told yet.';
create index tus_uploads_bucket_id on storage.tus_uploads (bucket_id);
create index tus_uploads_workspace_id on storage.tus_uploads (workspace_id);
create index tus_uploads_owner on storage.tus_uploads (owner);
create index tus_uploads_expires_at on storage.tus_uploads (expires_at);
alter table storage.tus_uploads enable row level security;
