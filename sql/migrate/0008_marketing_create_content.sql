-- Real estate agent marketing: agents, their accounts at social networks, listings to advertise, content with its approval,
-- the schedule of posts. All of it belongs to a workspace; listings are the workspace's, everything else an agent's.
-- locks: none (new objects)

create table marketing.agents (
  workspace_id             uuid        not null default plat.ws() references mls.workspaces,
  id                       uuid        not null default gen_random_uuid(),
  name                     text        not null check (length(btrim(name)) between 1 and 200),
  phone                    text,
  email                    text        not null check (position('@' in email) > 1),
  company                  text,
  profile_image_url        text,
  notification_preferences jsonb       default '{}'
                           constraint agents_notification_preferences_are_an_object
                           check (jsonb_typeof(notification_preferences) = 'object'),
  created_at               timestamptz not null default current_timestamp,
  updated_at               timestamptz not null default current_timestamp,
  primary key (workspace_id, id),
  constraint agents_email_key unique (workspace_id, email)
);
comment on table marketing.agents is 'tenant: the agents whose listings are advertised, apart from their logins.';
comment on column marketing.agents.notification_preferences is
  'Toggles of what is sent on, by notification_type; the row in notifications is written in any case.';
alter table marketing.agents enable row level security;

create table marketing.users (
  workspace_id  uuid        not null default plat.ws() references mls.workspaces,
  id            uuid        not null references auth.users on delete cascade,
  email         text        not null,
  password_hash text        not null,
  created_at    timestamptz not null default current_timestamp,
  last_login_at timestamptz,
  is_active     boolean     not null default true,
  agent_id      uuid,
  primary key (workspace_id, id),
  constraint users_email_key unique (workspace_id, email),
  constraint users_agent_id_key unique (workspace_id, agent_id),
  foreign key (workspace_id, agent_id) references marketing.agents (workspace_id, id)
);
comment on table marketing.users is
  'tenant: dashboard logins of agents. email, password_hash and last_login_at are auth.users'' own, kept equal by triggers.';
comment on column marketing.users.password_hash is 'A secret that no API role reads; empty for a login without password.';
create index users_id on marketing.users (id);
alter table marketing.users enable row level security;

-- platform is open: what plat can post to is the publisher's knowledge, not the table's.
create table marketing.social_media_accounts (
  workspace_id            uuid        not null default plat.ws() references mls.workspaces,
  id                      uuid        not null default gen_random_uuid(),
  agent_id                uuid        not null default plat.agent(),
  platform                text        not null
                          constraint social_media_accounts_platform_is_a_name check (platform ~ '^[a-z][a-z0-9_]{0,39}$'),
  account_id              text        not null check (account_id <> ''),
  access_token_encrypted  text        compression lz4 not null,
  token_expires_at        timestamptz,
  refresh_token_encrypted text        compression lz4,
  is_active               boolean     not null default true,
  created_at              timestamptz not null default current_timestamp,
  updated_at              timestamptz not null default current_timestamp,
  primary key (workspace_id, id),
  constraint social_media_accounts_connected_once unique (workspace_id, agent_id, platform, account_id),
  foreign key (workspace_id, agent_id) references marketing.agents (workspace_id, id)
);
comment on table marketing.social_media_accounts is 'tenant: an agent''s accounts at facebook, instagram and so on.';
comment on column marketing.social_media_accounts.access_token_encrypted is 'An encrypted envelope; no API role reads or writes it.';
comment on column marketing.social_media_accounts.refresh_token_encrypted is 'An encrypted envelope; no API role reads or writes it.';
alter table marketing.social_media_accounts enable row level security;

create table marketing.listings (
  workspace_id    uuid        not null default plat.ws() references mls.workspaces,
  id              uuid        not null default gen_random_uuid(),
  source_id       text        not null check (source_id <> ''),
  address         text        not null,
  city            text        not null,
  state           text        not null,
  zip_code        text        not null,
  price           numeric     check (price >= 0),
  beds            integer     check (beds >= 0),
  baths           numeric     check (baths >= 0),
  sqft            integer     check (sqft >= 0),
  description     text        compression lz4,
  key_features    text[],
  image_urls      text[]      compression lz4,
  status          text        not null default 'active'
                  constraint listings_status_is_known check (status in ('active', 'pending', 'sold', 'off_market')),
  scraped_at      timestamptz not null default current_timestamp,
  last_updated_at timestamptz not null default current_timestamp,
  primary key (workspace_id, id),
  constraint listings_source_id_key unique (workspace_id, source_id)
);
comment on table marketing.listings is 'tenant: what is advertised: scraped from a builder''s site, or promoted from the MLS.';
comment on column marketing.listings.source_id is 'The id at the source; mls:<provider>:<ListingKey> when promoted from the MLS.';
create index listings_status on marketing.listings (workspace_id, status, last_updated_at desc);
alter table marketing.listings enable row level security;

create table marketing.content_pieces (
  workspace_id          uuid        not null default plat.ws() references mls.workspaces,
  id                    uuid        not null default gen_random_uuid(),
  listing_id            uuid        not null,
  agent_id              uuid        not null default plat.agent(),
  content_type          text        not null
                        constraint content_pieces_content_type_is_known
                        check (content_type in ('social_media_post', 'flyer_text', 'email', 'blog_post', 'video_script',
                               'listing_description')),
  generated_text        jsonb       compression lz4 not null
                        constraint content_pieces_generated_text_is_an_object check (jsonb_typeof(generated_text) = 'object'),
  associated_image_urls text[],
  status                text        not null default 'draft'
                        constraint content_pieces_status_is_known
                        check (status in ('draft', 'pending_approval_agent', 'pending_external_marketing_approval',
                               'approved_for_posting', 'rejected', 'pending_ai_revision', 'posted_successfully',
                               'posting_failed')),
  feedback              text,
  created_at            timestamptz not null default current_timestamp,
  updated_at            timestamptz not null default current_timestamp,
  last_approved_at      timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, listing_id) references marketing.listings (workspace_id, id),
  foreign key (workspace_id, agent_id) references marketing.agents (workspace_id, id)
);
comment on table marketing.content_pieces is 'tenant: texts and pictures to post or print, from draft over approval to posted.';
comment on column marketing.content_pieces.feedback is 'Why it was last sent back or rejected; all of it is in approval_logs.';
create index content_pieces_listing_id on marketing.content_pieces (workspace_id, listing_id);
create index content_pieces_agent_id on marketing.content_pieces (workspace_id, agent_id, created_at desc);
create index content_pieces_status on marketing.content_pieces (workspace_id, status);
alter table marketing.content_pieces enable row level security;

create table marketing.post_schedule (
  workspace_id            uuid        not null default plat.ws() references mls.workspaces,
  id                      uuid        not null default gen_random_uuid(),
  content_piece_id        uuid        not null,
  social_media_account_id uuid        not null,
  scheduled_at            timestamptz not null,
  posted_at               timestamptz,
  status                  text        not null default 'pending'
                          constraint post_schedule_status_is_known check (status in ('pending', 'sent', 'success', 'failed')),
  platform_post_id        text,
  error_message           text,
  created_at              timestamptz not null default current_timestamp,
  updated_at              timestamptz not null default current_timestamp,
  primary key (workspace_id, id),
  foreign key (workspace_id, content_piece_id) references marketing.content_pieces (workspace_id, id),
  foreign key (workspace_id, social_media_account_id) references marketing.social_media_accounts (workspace_id, id)
);
comment on table marketing.post_schedule is 'tenant: which content goes out on which account, when, and what became of it.';
-- The same content never goes out twice on one account; only a failed post may be tried again.
create unique index post_schedule_once on marketing.post_schedule (workspace_id, content_piece_id, social_media_account_id)
  where status <> 'failed';
create index post_schedule_content_piece_id on marketing.post_schedule (workspace_id, content_piece_id);
create index post_schedule_social_media_account_id on marketing.post_schedule (workspace_id, social_media_account_id);
create index post_schedule_due on marketing.post_schedule (scheduled_at) where status = 'pending';
alter table marketing.post_schedule enable row level security;

create table marketing.notifications (
  workspace_id      uuid        not null default plat.ws() references mls.workspaces,
  id                uuid        not null default gen_random_uuid(),
  agent_id          uuid        not null,
  notification_type text        not null
                    constraint notifications_notification_type_is_a_name check (notification_type ~ '^[a-z][a-z0-9_]{0,79}$'),
  message           text        not null,
  related_entity_id uuid,
  is_read           boolean     not null default false,
  created_at        timestamptz not null default current_timestamp,
  primary key (workspace_id, id),
  foreign key (workspace_id, agent_id) references marketing.agents (workspace_id, id)
);
comment on table marketing.notifications is 'tenant: what an agent was told; related_entity_id is a content piece or a listing.';
create index notifications_agent_id on marketing.notifications (workspace_id, agent_id, created_at desc);
create index notifications_unread on marketing.notifications (workspace_id, agent_id) where not is_read;
alter table marketing.notifications enable row level security;

create table marketing.approval_logs (
  workspace_id     uuid        not null default plat.ws() references mls.workspaces,
  id               uuid        not null default gen_random_uuid(),
  content_piece_id uuid        not null,
  agent_id         uuid        not null,
  actor_id         uuid        default plat.uid() references auth.users on delete set null,
  action_type      text        not null
                   constraint approval_logs_action_type_is_known
                   check (action_type in ('submitted', 'approved', 'rejected', 'requested_revisions', 'revised',
                          'sent_to_marketing', 'recorded_marketing_approval', 'recorded_marketing_rejection', 'posted',
                          'posting_failed', 'requeued', 'reopened')),
  "timestamp"      timestamptz not null default current_timestamp,
  feedback         text,
  primary key (workspace_id, id),
  foreign key (workspace_id, content_piece_id) references marketing.content_pieces (workspace_id, id),
  foreign key (workspace_id, agent_id) references marketing.agents (workspace_id, id)
);
comment on table marketing.approval_logs is 'tenant: every step of every content piece, written by a trigger; API roles only read it.';
comment on column marketing.approval_logs.agent_id is 'The agent who acted; the owner of the content when an admin or the server did.';
comment on column marketing.approval_logs.actor_id is 'The login that acted; null for the server.';
create index approval_logs_content_piece_id on marketing.approval_logs (workspace_id, content_piece_id, "timestamp");
create index approval_logs_agent_id on marketing.approval_logs (workspace_id, agent_id);
create index approval_logs_actor_id on marketing.approval_logs (actor_id);
alter table marketing.approval_logs enable row level security;

-- Agents decide on their own content (50_marketing.sql holds them to it); what an outside marketing department said may be
-- recorded by the agent or an admin; only the server, which has no login, takes the steps of posting.
insert into plat.transitions (machine, from_status, to_status, who) values
  ('marketing.content_pieces', '', 'draft', 'marketing.agent mls.admin'),
  ('marketing.content_pieces', 'draft', 'pending_approval_agent', 'marketing.agent mls.admin'),
  ('marketing.content_pieces', 'pending_approval_agent', 'approved_for_posting', 'marketing.agent'),
  ('marketing.content_pieces', 'pending_approval_agent', 'rejected', 'marketing.agent'),
  ('marketing.content_pieces', 'pending_approval_agent', 'pending_ai_revision', 'marketing.agent'),
  ('marketing.content_pieces', 'pending_approval_agent', 'pending_external_marketing_approval', 'marketing.agent'),
  ('marketing.content_pieces', 'pending_external_marketing_approval', 'approved_for_posting', 'marketing.agent mls.admin'),
  ('marketing.content_pieces', 'pending_external_marketing_approval', 'rejected', 'marketing.agent mls.admin'),
  ('marketing.content_pieces', 'pending_ai_revision', 'pending_approval_agent', 'marketing.agent mls.admin'),
  ('marketing.content_pieces', 'approved_for_posting', 'posted_successfully', 'plat.worker'),
  ('marketing.content_pieces', 'approved_for_posting', 'posting_failed', 'plat.worker'),
  ('marketing.content_pieces', 'posting_failed', 'approved_for_posting', 'marketing.agent mls.admin'),
  ('marketing.content_pieces', 'rejected', 'draft', 'marketing.agent mls.admin'),
  ('marketing.post_schedule', '', 'pending', 'marketing.agent mls.admin'),
  ('marketing.post_schedule', 'pending', 'sent', 'plat.worker'),
  ('marketing.post_schedule', 'sent', 'success', 'plat.worker'),
  ('marketing.post_schedule', 'sent', 'failed', 'plat.worker'),
  ('marketing.post_schedule', 'failed', 'pending', 'marketing.agent mls.admin');
