-- What people and the AI do with listings, the compliance texts, and the outbox.
-- locks: none (new objects)

create table mls.favorites (
  id           uuid        not null default gen_random_uuid(),
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  user_id      uuid        not null default plat.uid() references auth.users on delete cascade,
  listing_id   uuid        not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, user_id, listing_id),
  foreign key (workspace_id, listing_id) references mls.listings (workspace_id, id) on delete cascade
);
comment on table mls.favorites is 'tenant: listings that a person marked; each sees their own.';
create index favorites_user_id on mls.favorites (user_id);
create index favorites_listing_id on mls.favorites (workspace_id, listing_id);
alter table mls.favorites enable row level security;

create table mls.saved_searches (
  id           uuid        not null default gen_random_uuid(),
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  user_id      uuid        not null default plat.uid() references auth.users on delete cascade,
  name         text        not null check (length(name) between 1 and 200),
  query        jsonb       not null default '{}'
               constraint saved_searches_query_is_an_object check (jsonb_typeof(query) = 'object'),
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (workspace_id, id)
);
comment on table mls.saved_searches is 'tenant: searches that a person keeps for alerts; each sees their own.';
create index saved_searches_user_id on mls.saved_searches (user_id);
create index saved_searches_workspace_id_user_id on mls.saved_searches (workspace_id, user_id);
alter table mls.saved_searches enable row level security;

create table mls.compliance_profiles (
  id                uuid        not null default gen_random_uuid(),
  workspace_id      uuid        not null default plat.ws() references mls.workspaces,
  attribution_html  text        not null default '',
  disclaimer_html   text        not null default '',
  display_on_search boolean     not null default true,
  display_on_detail boolean     not null default true,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id)
);
comment on table mls.compliance_profiles is 'tenant: attribution and disclaimer that the MLS asks for; one per workspace.';
alter table mls.compliance_profiles enable row level security;

create table mls.ai_usage (
  id            uuid        not null default gen_random_uuid(),
  workspace_id  uuid        not null default plat.ws() references mls.workspaces,
  operation     text        not null check (length(operation) between 1 and 100),
  model         text        not null check (length(model) between 1 and 100),
  input_tokens  integer     not null default 0 check (input_tokens >= 0),
  output_tokens integer     not null default 0 check (output_tokens >= 0),
  cost_cents    integer     not null default 0 check (cost_cents >= 0),
  created_at    timestamptz not null default now(),
  primary key (workspace_id, id)
);
comment on table mls.ai_usage is 'tenant: tokens and cost of AI calls; service role only.';
create index ai_usage_created_at on mls.ai_usage (workspace_id, created_at desc);
alter table mls.ai_usage enable row level security;

create table mls.ai_content_audit (
  id                        uuid        not null default gen_random_uuid(),
  workspace_id              uuid        not null default plat.ws() references mls.workspaces,
  listing_id                uuid,
  content_type              text        not null check (length(content_type) between 1 and 100),
  model_id                  text,
  generated_content         text        compression lz4 not null,
  approved_content          text        compression lz4,
  fair_housing_check_passed boolean,
  flagged_terms             text[]      not null default '{}',
  status                    text        not null default 'pending' check (status in ('pending', 'approved', 'rejected')),
  reviewed_by               uuid        references auth.users on delete set null,
  reviewed_at               timestamptz,
  created_at                timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, listing_id) references mls.listings (workspace_id, id) on delete set null (listing_id),
  constraint ai_content_audit_reviewed_when_decided check ((status = 'pending') = (reviewed_at is null)),
  constraint ai_content_audit_approved_has_content check (status <> 'approved' or approved_content is not null)
);
comment on table mls.ai_content_audit is 'tenant: every text that an AI made, and what became of it; service role only.';
create index ai_content_audit_listing_id on mls.ai_content_audit (workspace_id, listing_id) where listing_id is not null;
create index ai_content_audit_status on mls.ai_content_audit (workspace_id, status, created_at);
create index ai_content_audit_reviewed_by on mls.ai_content_audit (reviewed_by) where reviewed_by is not null;
alter table mls.ai_content_audit enable row level security;

insert into plat.transitions (machine, from_status, to_status) values
  ('mls.ai_content_audit', '', 'pending'),
  ('mls.ai_content_audit', 'pending', 'approved'),
  ('mls.ai_content_audit', 'pending', 'rejected');

-- Messages that leave with the transaction that writes them: a trigger on a tenant table may write it, being one itself.
-- It lives in plat but refers to mls.workspaces, so it is made here and not in 0001.
create table plat.outbox (
  id           uuid        not null default gen_random_uuid(),
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  topic        text        not null check (length(topic) between 1 and 100),
  key          text        not null default '',
  payload      jsonb       compression lz4 not null default '{}',
  created_at   timestamptz not null default now(),
  sequence     bigint      generated always as identity,
  primary key (workspace_id, id)
);
comment on table plat.outbox is 'tenant: messages to the outside; whoever delivers one deletes its row.';
comment on column plat.outbox.sequence is 'Order of writing. Rows appear at commit, so a reader must not take the greatest seen as a cursor.';
create index outbox_sequence on plat.outbox (sequence);
create index outbox_topic on plat.outbox (workspace_id, topic, key, sequence);
alter table plat.outbox enable row level security;
