-- Leads, investors' properties, deals and their documents; conversations with leads; the AI jobs of a deal. Everything a
-- person works with is a tenant table. Profiles, API keys and plans go with the login and are shared; they name the login's
-- workspace, since that is as far as an admin sees.
-- Documented indexes stand under their documented names; user_id leads where policies look for a person's rows.
-- locks: none (new objects); auth.invitations is empty yet

-- Invitations were made before there were workspaces.
alter table auth.invitations add foreign key (workspace_id) references mls.workspaces on delete cascade;

create type crm.user_role as enum ('user', 'admin', 'support', 'standard');
comment on type crm.user_role is 'Platform role of a person.';
create type crm.deal_status as enum ('active', 'won', 'lost', 'archived');
comment on type crm.deal_status is 'Status of a deal; steps in plat.transitions.';
create type crm.lead_status as enum ('new', 'active', 'qualified', 'unqualified', 'closed');
comment on type crm.lead_status is 'How far a lead has come.';
create type crm.opt_status as enum ('opted_in', 'opted_out', 'pending');
comment on type crm.opt_status is 'Whether a lead may be written to.';
create type crm.document_type as enum (
  'inspection', 'appraisal', 'title_search', 'survey', 'photo', 'comp',
  'offer', 'counter_offer', 'purchase_agreement', 'addendum', 'closing_statement', 'hud1', 'deed', 'contract',
  'receipt', 'other');
comment on type crm.document_type is 'Documents of a property or a deal: research, transaction, other.';
create type crm.lead_document_type as enum ('id', 'tax_return', 'bank_statement', 'w9', 'death_cert', 'poa', 'other');
comment on type crm.lead_document_type is 'Documents of a seller.';
create type crm.message_channel as enum ('sms', 'email', 'voice');
comment on type crm.message_channel is 'How a message travels.';
create type crm.message_direction as enum ('incoming', 'outgoing');
comment on type crm.message_direction is 'From the lead, or to it.';
create type crm.message_status as enum ('sent', 'delivered', 'failed', 'pending', 'read');
comment on type crm.message_status is 'What became of a message.';
create type crm.job_status as enum ('queued', 'running', 'succeeded', 'failed', 'cancelled');
comment on type crm.job_status is 'Status of an AI job; steps in plat.transitions.';

-- People

create table crm.profiles (
  id           uuid          primary key references auth.users on delete cascade,
  email        text          not null unique,
  full_name    text,
  role         crm.user_role not null default 'user',
  avatar_url   text,
  created_at   timestamptz   not null default now(),
  updated_at   timestamptz   not null default now(),
  workspace_id uuid          references mls.workspaces on delete set null
);
comment on table crm.profiles is 'shared: what others may know of a login, and its role in the CRM. Made at sign-up.';
comment on column crm.profiles.email is 'As auth.users has it; <id>@no-address.invalid for a login without an address.';
comment on column crm.profiles.workspace_id is 'As mls.user_profiles has it; kept by triggers, read by policies.';
create index profiles_workspace_id on crm.profiles (workspace_id, id);
alter table crm.profiles enable row level security;

create table crm.api_keys (
  id             uuid        primary key default gen_random_uuid(),
  user_id        uuid        not null default plat.uid() references auth.users on delete cascade,
  service        text        not null constraint api_keys_service_is_a_name check (service ~ '^[a-z][a-z0-9_-]{0,39}$'),
  key_ciphertext text        not null
                 constraint api_keys_key_is_sealed check (key_ciphertext ~ '^v\d+\.[^.]+\.[A-Za-z0-9+/=_-]+$'),
  nonce          text,
  salt           text,
  status         text        check (status in ('active', 'healthy', 'unhealthy', 'inactive')),
  last_checked   timestamptz,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  workspace_id   uuid        references mls.workspaces on delete set null
);
comment on table crm.api_keys is 'shared: a person''s keys to outside services (openai, stripe, twilio, sendgrid, ...).';
comment on column crm.api_keys.key_ciphertext is 'Secret, with nonce and salt: sealed, plain text is refused; no API role reads it.';
comment on column crm.api_keys.workspace_id is 'Of the person; kept by triggers, read by policies.';
create index idx_api_keys_user_id on crm.api_keys (user_id);
create index idx_api_keys_service on crm.api_keys (service);
create index idx_api_keys_user_service on crm.api_keys (user_id, service);
create unique index idx_api_keys_user_service_unique on crm.api_keys (user_id, service);
create index api_keys_workspace_id on crm.api_keys (workspace_id, user_id);
alter table crm.api_keys enable row level security;

create table crm.user_plans (
  id                     uuid        primary key default gen_random_uuid(),
  user_id                uuid        not null references auth.users on delete cascade,
  plan_name              text        default 'free' check (plan_name in ('free', 'pro', 'enterprise')),
  stripe_customer_id     text,
  stripe_subscription_id text,
  status                 text,
  current_period_start   timestamptz,
  current_period_end     timestamptz,
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now(),
  workspace_id           uuid        references mls.workspaces on delete set null,
  constraint user_plans_period_runs_forward check (current_period_end >= current_period_start)
);
comment on table crm.user_plans is 'shared: the plan of a person; seen by the person, changed by admins.';
comment on column crm.user_plans.workspace_id is 'Of the person; kept by triggers, read by policies.';
create unique index idx_user_plans_user_unique on crm.user_plans (user_id);
create index user_plans_workspace_id on crm.user_plans (workspace_id, user_id);
alter table crm.user_plans enable row level security;

-- Leads

create table crm.leads (
  id           uuid            not null default gen_random_uuid(),
  user_id      uuid            not null default plat.uid() references auth.users,
  workspace_id uuid            not null default plat.ws() references mls.workspaces,
  name         text            not null,
  phone        text,
  email        text,
  company      text,
  status       crm.lead_status not null default 'new',
  score        integer         constraint leads_score_is_a_percentage check (score >= 0 and score <= 100),
  tags         text[]          not null default '{}',
  opt_status   crm.opt_status  default 'pending',
  is_deleted   boolean         not null default false,
  created_at   timestamptz     not null default now(),
  updated_at   timestamptz     not null default now(),
  primary key (workspace_id, id)
);
comment on table crm.leads is 'tenant: sellers, buyers and other prospects.';
comment on column crm.leads.is_deleted is 'Set by crm.delete_lead() and crm.restore_lead(); crm.purge_lead() removes the row.';
create index idx_leads_user_id on crm.leads (user_id);
create index idx_leads_workspace_id on crm.leads (workspace_id);
create index idx_leads_status on crm.leads (status);
create index idx_leads_email on crm.leads (email);
create index idx_leads_phone on crm.leads (phone);
create index idx_leads_user_status on crm.leads (user_id, status);
create index idx_leads_user_created on crm.leads (user_id, created_at desc);
create index idx_leads_active on crm.leads (user_id, created_at desc)
  where status in ('active', 'qualified') and is_deleted = false;
create index idx_leads_tags_gin on crm.leads using gin (tags);
create index idx_leads_email_lower on crm.leads (lower(email));
create index idx_leads_name_lower on crm.leads (lower(name));
create unique index idx_leads_email_unique on crm.leads (workspace_id, lower(email)) where email is not null and is_deleted = false;
create unique index idx_leads_phone_unique on crm.leads (workspace_id, phone) where phone is not null and is_deleted = false;
create index idx_leads_user_status_covering on crm.leads (user_id, status) include (name, email, phone, score, created_at);
create index leads_workspace_user on crm.leads (workspace_id, user_id, created_at desc);
alter table crm.leads enable row level security;

create table crm.contacts (
  id           uuid        not null default gen_random_uuid(),
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  user_id      uuid        not null default plat.uid() references auth.users,
  lead_id      uuid,
  name         text        not null,
  email        text,
  phone        text,
  company      text,
  role         text,
  notes        text,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete set null (lead_id)
);
comment on table crm.contacts is 'tenant: other people around a lead: family, attorney, lender.';
create index contacts_user_id on crm.contacts (user_id);
create index contacts_workspace_user on crm.contacts (workspace_id, user_id, created_at desc);
create index contacts_lead_id on crm.contacts (workspace_id, lead_id);
alter table crm.contacts enable row level security;

create table crm.messages (
  id                  uuid                  not null default gen_random_uuid(),
  workspace_id        uuid                  not null default plat.ws() references mls.workspaces,
  user_id             uuid                  not null default plat.uid() references auth.users,
  lead_id             uuid,
  contact_id          uuid,
  channel             crm.message_channel   not null,
  direction           crm.message_direction not null,
  status              crm.message_status    not null default 'pending',
  subject             text,
  body                text                  compression lz4,
  from_address        text,
  to_address          text,
  provider_message_id text,
  error_message       text,
  sent_at             timestamptz,
  delivered_at        timestamptz,
  read_at             timestamptz,
  created_at          timestamptz           not null default now(),
  updated_at          timestamptz           not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references crm.contacts (workspace_id, id) on delete set null (contact_id)
);
comment on table crm.messages is 'tenant: texts, mails and voice messages from and to leads; none goes out to a lead that opted out.';
create index messages_user_id on crm.messages (user_id);
create index messages_workspace_user on crm.messages (workspace_id, user_id, created_at desc);
create index messages_lead_id on crm.messages (workspace_id, lead_id, created_at desc);
create index messages_contact_id on crm.messages (workspace_id, contact_id);
create index messages_pending on crm.messages (created_at) where status = 'pending' and direction = 'outgoing';
-- A provider's report about a message finds it by the provider's own id.
create index messages_provider_message_id on crm.messages (workspace_id, provider_message_id) where provider_message_id is not null;
alter table crm.messages enable row level security;

create table crm.calls (
  id               uuid                  not null default gen_random_uuid(),
  workspace_id     uuid                  not null default plat.ws() references mls.workspaces,
  user_id          uuid                  not null default plat.uid() references auth.users,
  lead_id          uuid,
  contact_id       uuid,
  direction        crm.message_direction not null,
  status           text                  not null default 'queued'
                   constraint calls_status_is_known check (status in
                   ('queued', 'ringing', 'in-progress', 'completed', 'busy', 'no-answer', 'failed', 'canceled')),
  from_number      text,
  to_number        text,
  started_at       timestamptz,
  ended_at         timestamptz,
  duration_seconds integer               check (duration_seconds >= 0),
  recording_url    text,
  outcome          text,
  notes            text,
  created_at       timestamptz           not null default now(),
  updated_at       timestamptz           not null default now(),
  primary key (workspace_id, id),
  constraint calls_run_forward check (ended_at >= started_at),
  foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references crm.contacts (workspace_id, id) on delete set null (contact_id)
);
comment on table crm.calls is 'tenant: telephone calls with leads; status in the words of the providers.';
create index calls_user_id on crm.calls (user_id);
create index calls_workspace_user on crm.calls (workspace_id, user_id, created_at desc);
create index calls_lead_id on crm.calls (workspace_id, lead_id, created_at desc);
create index calls_contact_id on crm.calls (workspace_id, contact_id);
alter table crm.calls enable row level security;

create table crm.transcripts (
  id           uuid        not null default gen_random_uuid(),
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  user_id      uuid        not null default plat.uid() references auth.users,
  call_id      uuid        not null,
  language     text,
  full_text    text        compression lz4,
  segments     jsonb       compression lz4 not null default '[]'
               constraint transcripts_segments_are_a_list check (jsonb_typeof(segments) = 'array'),
  summary      text,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, call_id) references crm.calls (workspace_id, id) on delete cascade
);
comment on table crm.transcripts is 'tenant: what was said in a call.';
create index transcripts_user_id on crm.transcripts (user_id);
create index transcripts_workspace_user on crm.transcripts (workspace_id, user_id, created_at desc);
create index transcripts_call_id on crm.transcripts (workspace_id, call_id);
alter table crm.transcripts enable row level security;

-- Properties and deals

-- The upper bound of year_built moves with the calendar: a trigger holds it, so that an old dump can always be restored.
create table crm.re_properties (
  id             uuid          not null default gen_random_uuid(),
  workspace_id   uuid          not null default plat.ws() references mls.workspaces,
  user_id        uuid          not null default plat.uid() references auth.users,
  address_line_1 text          not null,
  address_line_2 text,
  city           text          not null,
  state          text          not null,
  zip            text          not null,
  bedrooms       integer       check (bedrooms >= 0),
  bathrooms      numeric(3,1)  check (bathrooms >= 0),
  square_feet    integer       check (square_feet > 0),
  lot_size       integer       check (lot_size > 0),
  year_built     integer       check (year_built >= 1800),
  purchase_price numeric(12,2),
  arv            numeric(12,2),
  status         text          default 'active',
  property_type  text,
  mls_id         text,
  notes          text,
  created_at     timestamptz   not null default now(),
  updated_at     timestamptz   not null default now(),
  primary key (workspace_id, id)
);
comment on table crm.re_properties is 'tenant: properties that an investor watches, buys or owns.';
comment on column crm.re_properties.arv is 'After repair value.';
create index idx_re_properties_user_id on crm.re_properties (user_id);
create index idx_re_properties_status on crm.re_properties (status);
create index idx_re_properties_city_state on crm.re_properties (city, state);
create index idx_re_properties_zip on crm.re_properties (zip);
create index idx_re_properties_location on crm.re_properties (city, state, zip);
create index idx_re_properties_user_status on crm.re_properties (user_id, status);
create index idx_re_properties_active on crm.re_properties (user_id, created_at desc) where status = 'active';
create index re_properties_workspace_user on crm.re_properties (workspace_id, user_id, created_at desc);
alter table crm.re_properties enable row level security;

create table crm.deals (
  id                  uuid            not null default gen_random_uuid(),
  workspace_id        uuid            not null default plat.ws() references mls.workspaces,
  user_id             uuid            not null default plat.uid() references auth.users,
  lead_id             uuid,
  property_id         uuid,
  status              crm.deal_status not null default 'active',
  stage               text            not null default 'initial_contact' check (stage <> ''),
  title               text            not null,
  estimated_value     numeric(12,2),
  probability         integer         constraint deals_probability_is_a_percentage check (probability >= 0 and probability <= 100),
  expected_close_date date,
  next_action         text,
  next_action_due     timestamptz,
  notes               text,
  created_at          timestamptz     not null default now(),
  updated_at          timestamptz     not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete set null (lead_id),
  foreign key (workspace_id, property_id) references crm.re_properties (workspace_id, id) on delete set null (property_id)
);
comment on table crm.deals is 'tenant: deals in the pipeline; a property has at most one active deal.';
create index idx_deals_user_id on crm.deals (user_id);
create index idx_deals_status on crm.deals (status);
create index idx_deals_stage on crm.deals (stage);
create index idx_deals_next_action_due on crm.deals (next_action_due) where next_action_due is not null;
create index idx_deals_lead_id on crm.deals (lead_id) where lead_id is not null;
create index idx_deals_property_id on crm.deals (property_id) where property_id is not null;
create index idx_deals_user_status on crm.deals (user_id, status);
create index idx_deals_user_stage on crm.deals (user_id, stage);
create index idx_deals_user_created on crm.deals (user_id, created_at desc);
create index idx_deals_active_next_action on crm.deals (user_id, next_action_due)
  where status = 'active' and next_action_due is not null;
create unique index idx_deals_property_active_unique on crm.deals (workspace_id, property_id)
  where status = 'active' and property_id is not null;
create index idx_deals_user_status_covering on crm.deals (user_id, status)
  include (title, estimated_value, next_action_due, created_at);
create index deals_workspace_user on crm.deals (workspace_id, user_id, created_at desc);
create index deals_workspace_lead on crm.deals (workspace_id, lead_id);
create index deals_workspace_property on crm.deals (workspace_id, property_id);
alter table crm.deals enable row level security;

create table crm.deal_events (
  id           uuid        not null default gen_random_uuid(),
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  deal_id      uuid        not null,
  event_type   text        not null check (event_type <> ''),
  description  text,
  metadata     jsonb       not null default '{}',
  created_at   timestamptz not null default now(),
  created_by   uuid        default plat.uid() references auth.users on delete set null (created_by),
  primary key (workspace_id, id),
  foreign key (workspace_id, deal_id) references crm.deals (workspace_id, id) on delete cascade
);
comment on table crm.deal_events is 'tenant: what happened to a deal; written by triggers and by the server.';
create index idx_deal_events_deal_id on crm.deal_events (deal_id);
create index idx_deal_events_created_at on crm.deal_events (created_at desc);
create index idx_deal_events_metadata_gin on crm.deal_events using gin (metadata);
create index deal_events_workspace_deal on crm.deal_events (workspace_id, deal_id, created_at desc);
create index deal_events_created_by on crm.deal_events (created_by);
alter table crm.deal_events enable row level security;

create table crm.re_documents (
  id           uuid              not null default gen_random_uuid(),
  workspace_id uuid              not null default plat.ws() references mls.workspaces,
  user_id      uuid              not null default plat.uid() references auth.users,
  property_id  uuid,
  deal_id      uuid,
  title        text              not null,
  type         crm.document_type not null,
  file_url     text              not null,
  file_size    integer           check (file_size > 0),
  content_type varchar(100),
  uploaded_by  uuid              default plat.uid() references auth.users on delete set null (uploaded_by),
  metadata     jsonb             not null default '{}',
  created_at   timestamptz       not null default now(),
  updated_at   timestamptz       not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, property_id) references crm.re_properties (workspace_id, id) on delete set null (property_id),
  foreign key (workspace_id, deal_id) references crm.deals (workspace_id, id) on delete set null (deal_id)
);
comment on table crm.re_documents is 'tenant: documents of a property or a deal; they stay when those go.';
create index idx_re_documents_user_id on crm.re_documents (user_id);
create index idx_re_documents_property_id on crm.re_documents (property_id);
create index idx_re_documents_deal_id on crm.re_documents (deal_id);
create index idx_re_documents_type on crm.re_documents (type);
create index idx_re_documents_created_at on crm.re_documents (created_at desc);
create index idx_re_documents_user_type on crm.re_documents (user_id, type);
create index idx_re_documents_property_created on crm.re_documents (property_id, created_at desc) where property_id is not null;
create index idx_re_documents_metadata_gin on crm.re_documents using gin (metadata);
create index re_documents_workspace_user on crm.re_documents (workspace_id, user_id, created_at desc);
create index re_documents_workspace_property on crm.re_documents (workspace_id, property_id);
create index re_documents_workspace_deal on crm.re_documents (workspace_id, deal_id);
create index re_documents_uploaded_by on crm.re_documents (uploaded_by);
alter table crm.re_documents enable row level security;

create table crm.re_lead_documents (
  id           uuid                   not null default gen_random_uuid(),
  workspace_id uuid                   not null default plat.ws() references mls.workspaces,
  lead_id      uuid                   not null,
  title        text                   not null,
  type         crm.lead_document_type not null,
  file_url     text                   not null,
  file_size    integer                check (file_size > 0),
  created_at   timestamptz            not null default now(),
  updated_at   timestamptz            not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, lead_id) references crm.leads (workspace_id, id) on delete cascade
);
comment on table crm.re_lead_documents is 'tenant: papers of a seller; they follow their lead.';
create index idx_lead_documents_lead_id on crm.re_lead_documents (lead_id);
create index idx_lead_documents_type on crm.re_lead_documents (type);
create index re_lead_documents_workspace_lead on crm.re_lead_documents (workspace_id, lead_id);
alter table crm.re_lead_documents enable row level security;

create table crm.re_property_documents (
  workspace_id uuid        not null default plat.ws() references mls.workspaces,
  property_id  uuid        not null,
  document_id  uuid        not null,
  is_primary   boolean     not null default false,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, property_id, document_id),
  foreign key (workspace_id, property_id) references crm.re_properties (workspace_id, id) on delete cascade,
  foreign key (workspace_id, document_id) references crm.re_documents (workspace_id, id) on delete cascade
);
comment on table crm.re_property_documents is 'tenant: one document of several properties, as in a package deal; they follow their property.';
create index idx_property_documents_property on crm.re_property_documents (property_id);
create index idx_property_documents_document on crm.re_property_documents (document_id);
create index re_property_documents_workspace_document on crm.re_property_documents (workspace_id, document_id);
alter table crm.re_property_documents enable row level security;

create table crm.ai_jobs (
  id            uuid           not null default gen_random_uuid(),
  workspace_id  uuid           not null default plat.ws() references mls.workspaces,
  deal_id       uuid,
  job_type      text           not null check (job_type <> ''),
  status        crm.job_status not null default 'queued',
  input_data    jsonb          compression lz4,
  output_data   jsonb          compression lz4,
  error_message text,
  attempts      integer        not null default 0 constraint ai_jobs_five_attempts check (attempts between 0 and 5),
  created_at    timestamptz    not null default now(),
  started_at    timestamptz,
  completed_at  timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, deal_id) references crm.deals (workspace_id, id) on delete set null (deal_id)
);
comment on table crm.ai_jobs is 'tenant: AI work on a deal; queued and run by the server, followed by whom the deal belongs to.';
create index idx_ai_jobs_deal_id on crm.ai_jobs (deal_id);
create index idx_ai_jobs_status on crm.ai_jobs (status);
create index idx_ai_jobs_created_at on crm.ai_jobs (created_at desc);
create index idx_ai_jobs_pending on crm.ai_jobs (created_at desc) where status in ('queued', 'failed');
create index ai_jobs_workspace_deal on crm.ai_jobs (workspace_id, deal_id);
alter table crm.ai_jobs enable row level security;

-- Logs

-- The documented partial index would have now() in its predicate, which PostgreSQL refuses: the whole index serves as well.
create table crm.system_logs (
  id           uuid        primary key default gen_random_uuid(),
  level        text        not null check (level in ('debug', 'info', 'warning', 'error', 'critical')),
  source       text        not null check (source <> ''),
  message      text        not null,
  details      jsonb       compression lz4,
  created_at   timestamptz not null default now(),
  workspace_id uuid        default plat.ws() references mls.workspaces on delete cascade
);
comment on table crm.system_logs is 'local: events of the application. Admins read those of their workspace; without one, the service role.';
create index idx_system_logs_level on crm.system_logs (level);
create index idx_system_logs_created_at on crm.system_logs (created_at desc);
create index idx_system_logs_recent on crm.system_logs (created_at desc, level);
create index system_logs_workspace_id on crm.system_logs (workspace_id, created_at desc);
alter table crm.system_logs enable row level security;

-- A closed deal is reopened by whom it belongs to: nobody else may update it. AI jobs are moved by the server alone.
insert into plat.transitions (machine, from_status, to_status, who) values
  ('crm.deals', '', 'active', '*'),
  ('crm.deals', 'active', 'won', '*'),
  ('crm.deals', 'active', 'lost', '*'),
  ('crm.deals', 'active', 'archived', '*'),
  ('crm.deals', 'won', 'archived', '*'),
  ('crm.deals', 'lost', 'archived', '*'),
  ('crm.deals', 'won', 'active', '*'),
  ('crm.deals', 'lost', 'active', '*'),
  ('crm.deals', 'archived', 'active', '*'),
  ('crm.ai_jobs', '', 'queued', 'plat.worker'),
  ('crm.ai_jobs', 'queued', 'running', 'plat.worker'),
  ('crm.ai_jobs', 'running', 'succeeded', 'plat.worker'),
  ('crm.ai_jobs', 'running', 'failed', 'plat.worker'),
  ('crm.ai_jobs', 'running', 'cancelled', 'plat.worker'),
  ('crm.ai_jobs', 'failed', 'queued', 'plat.worker');
