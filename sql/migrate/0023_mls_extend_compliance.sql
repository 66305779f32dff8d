-- What an MLS lets a workspace display, as columns of its compliance profile, and what a listing looks like once that was applied.
--
-- locks: access exclusive on listings while it is rewritten (a generated column), on compliance_profiles for an instant; rows of
-- listing_media that are not for the public

alter table mls.compliance_profiles
  add column mls_name            text check (length(mls_name) between 1 and 200),
  add column brokerage_name      text check (length(brokerage_name) between 1 and 200),
  add column own_office_mls_ids  text[] not null default '{}'
             constraint compliance_profiles_own_offices_are_named check (array_position(own_office_mls_ids, null) is null),
  add column contact_email       text
             constraint compliance_profiles_contact_email_is_one check (contact_email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  add column contact_phone       text check (length(contact_phone) between 3 and 40),
  add column correction_contact  text check (length(correction_contact) between 1 and 400),
  add column copyright_notice    text check (length(copyright_notice) <= 2000),
  add column shown_statuses      text[] not null default '{Active,Active Under Contract,Pending}'
             constraint compliance_profiles_statuses_may_be_shown check
               (shown_statuses <@ '{Active,Active Under Contract,Pending,Coming Soon,Closed}'
                and array_position(shown_statuses, null) is null),
  add column shows_unstated      boolean not null default false,
  add column requires_idx        boolean not null default false,
  add column hidden_fields       text[] not null default '{}'
             constraint compliance_profiles_fields_may_be_hidden check
               (hidden_fields <@ '{mls_number,source_listing_key,standard_status,property_type,address_full,street_number,street_name,
                  unit_number,city,state,postal_code,subdivision,building_name,community,county,public_remarks,list_agent_name,
                  list_agent_mls_id,list_office_mls_id,list_price,close_price,price_per_sqft,bedrooms,bathrooms,living_area_sqft,
                  lot_size_sqft,year_built,photo_count,list_date,close_date,modification_ts,location}'
                and array_position(hidden_fields, null) is null),
  add column max_results         integer not null default 500 check (max_results between 1 and 1000000),
  add column freshness_hours     integer not null default 12 check (freshness_hours between 1 and 168),
  add column closed_days         integer not null default 365 check (closed_days between 1 and 36500);
comment on column mls.compliance_profiles.attribution_html is
  'What stands with every display. {mls}, {as_of}, {broker} and {year} are filled in; empty: a sentence that names the MLS.';
comment on column mls.compliance_profiles.disclaimer_html is
  'The MLS''s disclaimer; {mls}, {as_of}, {broker} and {year} are filled in. Empty: the customary one.';
comment on column mls.compliance_profiles.mls_name is 'Whose data it is: {mls}.';
comment on column mls.compliance_profiles.brokerage_name is 'The broker who runs the display: {broker}. Null: the workspace''s name.';
comment on column mls.compliance_profiles.own_office_mls_ids is 'ListOfficeMlsId of the brokerage''s own offices.';
comment on column mls.compliance_profiles.correction_contact is 'Where to write when data is wrong. Null: contact_email, or contact_phone.';
comment on column mls.compliance_profiles.copyright_notice is 'Null: © year and the MLS''s name.';
comment on column mls.compliance_profiles.shown_statuses is
  'Statuses that the public sees. Coming Soon and Closed where the MLS allows; what is off the market otherwise, never.';
comment on column mls.compliance_profiles.shows_unstated is
  'The MLS says that a listing whose payload has no InternetEntireListingDisplayYN may be displayed.';
comment on column mls.compliance_profiles.requires_idx is
  'Only listings whose payload says that they are in the IDX feed: IDXParticipationYN, or IDX among FeedTypes or MlgCanUse.';
comment on column mls.compliance_profiles.hidden_fields is 'Fields that the public does not see, besides those that it never does.';
comment on column mls.compliance_profiles.max_results is 'Most listings that one search of the public finds.';
comment on column mls.compliance_profiles.freshness_hours is 'Data older than this since the last successful sync is called stale.';
comment on column mls.compliance_profiles.closed_days is 'How long after its close a closed listing is shown.';

-- Both are lists; some feeds send one text with commas.
create function mls.payload_feeds_idx(raw jsonb) returns boolean
  language sql immutable parallel safe
return case when coalesce(raw ->> 'FeedTypes', raw ->> 'MlgCanUse') is not null then
  ',' || lower(regexp_replace(translate(concat_ws(',', raw ->> 'FeedTypes', raw ->> 'MlgCanUse'), '[]"', ''), '\s*,\s*', ',', 'g')) || ','
    like '%,idx,%' end;
comment on function mls.payload_feeds_idx(jsonb) is 'Whether IDX is among the feeds that a payload names; null when it names none.';

-- Functions of rows of listings stand in the way of a rewrite; they are made again after the migrations (sql/live).
do $$
declare
  f text;
begin
  foreach f in array coalesce((select array_agg(p.oid::regprocedure::text) from pg_proc p
                                 where 'mls.listings'::regtype = any (p.proargtypes::oid[]) or p.prorettype = 'mls.listings'::regtype),
                              '{}') loop
    execute 'drop function if exists ' || f || ' cascade';
  end loop;
end $$;

alter table mls.listings
  add column is_idx_feed boolean generated always as (mls.payload_feeds_idx(raw)) stored;
comment on column mls.listings.is_idx_feed is 'IDX is among FeedTypes or MlgCanUse; null: the payload has neither.';

-- What is there already, as mapping_media.c reads it.
update mls.listing_media m set is_public = false
  from (select l.workspace_id, l.id, e.v ->> 'MediaURL' as url, lower(regexp_replace(e.v ->> 'Permission', '[^[:alpha:]]', '', 'g')) as who
          from mls.listings l cross join lateral jsonb_path_query(l.raw, '$.Media[*] ? (exists (@.Permission))') e (v)) x
  where m.workspace_id = x.workspace_id and m.listing_id = x.id and m.url = x.url
    and (x.who ~ 'private|agentonly|firmonly|officeonly' or x.who = 'vow');

-- A listing as somebody may see it: mls.displayed(). The fields of a search, by the names of the columns, then what belongs beside them.
create type mls.displayed_listing as (
  id                    uuid,
  mls_number            text,
  source_listing_key    text,
  source_provider       text,
  standard_status       text,
  property_type         text,
  address_full          text,
  street_number         text,
  street_name           text,
  unit_number           text,
  city                  text,
  state                 text,
  postal_code           text,
  subdivision           text,
  building_name         text,
  community             text,
  county                text,
  public_remarks        text,
  list_agent_name       text,
  list_agent_mls_id     text,
  list_office_name      text,
  list_office_mls_id    text,
  marketing_description text,
  list_price            integer,
  close_price           integer,
  price_per_sqft        integer,
  bedrooms              integer,
  bathrooms             double precision,
  living_area_sqft      integer,
  lot_size_sqft         integer,
  year_built            integer,
  photo_count           integer,
  list_date             date,
  close_date            date,
  modification_ts       timestamptz,
  created_at            timestamptz,
  updated_at            timestamptz,
  latitude              double precision,
  longitude             double precision,
  import_task_id        uuid,
  has_address           boolean,
  photos                jsonb,
  office_contact        text,
  source_name           text,
  copyright             text,
  is_own                boolean,
  may_estimate          boolean,
  may_comment           boolean,
  as_of                 timestamptz
);
comment on type mls.displayed_listing is 'A listing with everything that may not be displayed left out, and what must stand beside it.';
