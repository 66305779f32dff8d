-- The canonical listings and what hangs on them. Listings are upserted in bulk by the sync, so a value that a feed may get
-- wrong is typed and emptied there; a CHECK here would throw away the whole page for one bad row.
-- locks: none (new objects)

create table mls.listings (
  id                 uuid        not null default gen_random_uuid(),
  workspace_id       uuid        not null default plat.ws() references mls.workspaces,
  source_provider    text        not null default 'bridge' check (source_provider in ('bridge', 'reso')),
  source_dataset_id  text,
  source_listing_key text        not null check (length(source_listing_key) between 1 and 255),
  mls_number         text,
  standard_status    text
                     constraint listings_standard_status_is_resos check (standard_status in
                       ('Active', 'Active Under Contract', 'Canceled', 'Closed', 'Coming Soon', 'Delete', 'Expired', 'Hold',
                        'Incomplete', 'Pending', 'Withdrawn')),
  modification_ts    timestamptz,
  list_date          date,
  close_date         date,
  address_full       text,
  street_number      text,
  street_name        text,
  unit_number        text,
  city               text,
  state              text,
  postal_code        text,
  subdivision        text,
  building_name      text,
  community          text,
  county             text,
  latitude           double precision,
  longitude          double precision,
  property_type      text,
  bedrooms           integer,
  bathrooms          double precision,
  living_area_sqft   integer,
  lot_size_sqft      integer,
  year_built         integer,
  list_price         integer,
  close_price        integer,
  price_per_sqft     integer,
  public_remarks     text        compression lz4,
  marketing_description             text compression lz4,
  marketing_description_source      text check (marketing_description_source in ('ai', 'manual')),
  marketing_description_approved_by uuid references auth.users on delete set null,
  marketing_description_approved_at timestamptz,
  photo_count        integer,
  is_active          boolean     not null default true,
  import_task_id     uuid,
  raw                jsonb       compression lz4 not null default '{}',
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  -- Added for the sync: what came last, so that an unchanged row is skipped, and why a row is not active.
  source_modified_at timestamptz,
  content_hash       bytea,
  media_hash         bytea,
  missing_since      timestamptz,
  deactivated_at     timestamptz,
  deactivated_reason text        check (deactivated_reason in ('vanished', 'out_of_scope', 'manual')),
  primary key (workspace_id, id),
  unique (workspace_id, source_provider, source_listing_key),
  foreign key (workspace_id, import_task_id) references mls.import_tasks (workspace_id, id) on delete set null (import_task_id),
  constraint listings_deactivated_when_inactive check (is_active = (deactivated_at is null)),
  constraint listings_reason_when_inactive check (is_active = (deactivated_reason is null)),
  constraint listings_marketing_source_goes_with_text
    check ((marketing_description is null) = (marketing_description_source is null)),
  constraint listings_marketing_approval_needs_text
    check (marketing_description is not null or marketing_description_approved_at is null),
  constraint listings_marketing_reviewer_needs_date
    check (marketing_description_approved_by is null or marketing_description_approved_at is not null)
);
comment on table mls.listings is 'tenant: a listing as the MLS has it, normalised. Inactive ones are soft-deleted: admins only.';
-- Nobody filters on these: without statistics ANALYZE need not fetch and unpack megabytes of payloads while a sync is running.
alter table mls.listings alter column raw set statistics 0, alter column public_remarks set statistics 0,
  alter column marketing_description set statistics 0;
comment on column mls.listings.source_modified_at is 'The vendor''s own stamp (BridgeModificationTimestamp), which the sync''s cursor follows.';
comment on column mls.listings.content_hash is 'Hash of the payload and its mapping; equal means nothing to write.';
comment on column mls.listings.media_hash is 'Hash of the payload''s media; equal means listing_media stands.';
comment on column mls.listings.missing_since is 'First sweep that did not see the listing; a second one deactivates it as vanished.';
comment on column mls.listings.marketing_description_approved_at is 'Approved when set; the reviewer may have left since.';
create index listings_standard_status on mls.listings (workspace_id, standard_status);
create index listings_city on mls.listings (workspace_id, city);
create index listings_subdivision on mls.listings (workspace_id, subdivision);
create index listings_building_name on mls.listings (workspace_id, building_name);
create index listings_modification_ts on mls.listings (workspace_id, modification_ts desc);
create index listings_mls_number on mls.listings (workspace_id, mls_number);
create index listings_import_task_id on mls.listings (workspace_id, import_task_id) where import_task_id is not null;
-- Few rows: what admins restore or purge, and what new media is held against.
create index listings_inactive on mls.listings (workspace_id, id) where not is_active;
create index listings_approved_by on mls.listings (marketing_description_approved_by)
  where marketing_description_approved_by is not null;
alter table mls.listings enable row level security;

-- A url is part of a key, and PostgreSQL's index entries end at 2,700 bytes. is_active follows the listing (trigger), so that
-- the policy need not look at the parent: for a page with media that look-up costs more than all the rest.
create table mls.listing_media (
  id           uuid        not null default gen_random_uuid(),
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  listing_id   uuid        not null,
  url          text        not null constraint listing_media_url_fits_an_index check (octet_length(url) between 1 and 2048),
  sort_order   integer     not null default 0,
  caption      text,
  created_at   timestamptz not null default now(),
  media_key    text,
  category     text,
  is_active    boolean     not null default true,
  primary key (workspace_id, id),
  unique (workspace_id, listing_id, url),
  foreign key (workspace_id, listing_id) references mls.listings (workspace_id, id) on delete cascade
);
comment on table mls.listing_media is 'tenant: photos and media of a listing as the MLS has them, by link.';
comment on column mls.listing_media.is_active is 'Whether the listing is; kept by triggers.';
alter table mls.listing_media enable row level security;

create table mls.listing_photos (
  id            uuid        not null default gen_random_uuid(),
  workspace_id  uuid        not null default plat.ws() references mls.workspaces,
  listing_id    uuid        not null,
  storage_path  text,
  url           text,
  thumbnail_url text,
  source        text        not null default 'upload' check (source in ('upload', 'import')),
  sort_order    integer     not null default 0,
  is_primary    boolean     not null default false,
  caption       text,
  alt_text      text,
  mime_type     text,
  size_bytes    integer     check (size_bytes >= 0),
  width         integer     check (width > 0),
  height        integer     check (height > 0),
  uploaded_by   uuid        default plat.uid() references auth.users on delete set null,
  created_at    timestamptz not null default now(),
  is_active     boolean     not null default true,
  primary key (workspace_id, id),
  foreign key (workspace_id, listing_id) references mls.listings (workspace_id, id) on delete cascade,
  constraint listing_photos_lie_somewhere check (storage_path is not null or url is not null)
);
comment on table mls.listing_photos is 'tenant: photos that agents uploaded; they come before listing_media.';
comment on column mls.listing_photos.is_active is 'Whether the listing is; kept by triggers.';
create index listing_photos_listing_id on mls.listing_photos (listing_id);
create index listing_photos_listing_id_is_primary on mls.listing_photos (listing_id, is_primary);
create unique index listing_photos_one_primary on mls.listing_photos (workspace_id, listing_id) where is_primary;
create index listing_photos_uploaded_by on mls.listing_photos (uploaded_by) where uploaded_by is not null;
alter table mls.listing_photos enable row level security;

-- No vendor offers history, so it is kept here, from the moment a listing is first imported.
create table mls.listing_events (
  id           uuid        not null default gen_random_uuid(),
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  listing_id   uuid        not null,
  event        text        not null check (event in ('price', 'status', 'close_price', 'deactivated', 'restored')),
  old_value    text,
  new_value    text,
  happened_at  timestamptz not null default now(),
  created_at   timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, listing_id) references mls.listings (workspace_id, id) on delete cascade
);
comment on table mls.listing_events is 'tenant: changes of price, status and activity of a listing, written by its trigger.';
comment on column mls.listing_events.happened_at is 'The source''s modification_ts where it moved too, else the time of writing.';
create index listing_events_listing_id on mls.listing_events (workspace_id, listing_id, happened_at desc);
create index listing_events_happened_at on mls.listing_events (workspace_id, happened_at desc);
alter table mls.listing_events enable row level security;
