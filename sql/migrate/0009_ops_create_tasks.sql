-- Operations: staff and the realtors they work for, the operations file on each sale, its tasks (activities), tasks of a
-- realtor (agent_tasks), and the Slack messages that ask for them. Keys are ULIDs, which sort by time.
-- Documented indexes stand under their documented names; the others begin with workspace_id and carry the foreign keys.
-- locks: none (new objects)

create table ops.staff (
  workspace_id  uuid        not null default plat.ws() references mls.workspaces,
  staff_id      text        not null default plat.ulid(),
  user_id       uuid        references auth.users on delete set null,
  email         text        not null check (position('@' in email) > 1),
  name          text        not null check (length(btrim(name)) between 1 and 200),
  role          text        not null
                constraint staff_role_is_known check (role in ('admin', 'operations', 'marketing', 'support')),
  slack_user_id text,
  phone         text,
  status        text        not null default 'active'
                constraint staff_status_is_known check (status in ('active', 'inactive', 'suspended')),
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  deleted_at    timestamptz,
  deleted_by    text,
  metadata      jsonb       default '{}',
  primary key (workspace_id, staff_id),
  constraint staff_email_key unique (workspace_id, email),
  constraint staff_slack_user_id_key unique (workspace_id, slack_user_id),
  constraint staff_user_id_key unique (workspace_id, user_id)
);
comment on table ops.staff is 'tenant: the internal team: admins, operations, marketing, support.';
comment on column ops.staff.user_id is 'The login; null until there is one.';
create index idx_staff_role on ops.staff (role) where deleted_at is null;
create index idx_staff_status on ops.staff (status) where deleted_at is null;
create index idx_staff_slack on ops.staff (slack_user_id) where slack_user_id is not null and deleted_at is null;
create index idx_staff_email on ops.staff (email) where deleted_at is null;
create index staff_user_id on ops.staff (user_id);
alter table ops.staff enable row level security;

create table ops.realtors (
  workspace_id   uuid        not null default plat.ws() references mls.workspaces,
  realtor_id     text        not null default plat.ulid(),
  user_id        uuid        references auth.users on delete set null,
  email          text        not null check (position('@' in email) > 1),
  name           text        not null check (length(btrim(name)) between 1 and 200),
  phone          text,
  license_number text,
  brokerage      text,
  slack_user_id  text,
  territories    text[],
  status         text        not null default 'active'
                 constraint realtors_status_is_known check (status in ('active', 'inactive', 'suspended', 'pending')),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  deleted_at     timestamptz,
  deleted_by     text,
  metadata       jsonb       default '{}',
  primary key (workspace_id, realtor_id),
  constraint realtors_email_key unique (workspace_id, email),
  constraint realtors_license_number_key unique (workspace_id, license_number),
  constraint realtors_slack_user_id_key unique (workspace_id, slack_user_id),
  constraint realtors_user_id_key unique (workspace_id, user_id)
);
comment on table ops.realtors is 'tenant: external agents and brokers that the listings are for.';
comment on column ops.realtors.user_id is 'The login; null until there is one.';
create index idx_realtors_status on ops.realtors (status) where deleted_at is null;
create index idx_realtors_slack on ops.realtors (slack_user_id) where slack_user_id is not null and deleted_at is null;
create index idx_realtors_email on ops.realtors (email) where deleted_at is null;
create index idx_realtors_license on ops.realtors (license_number) where license_number is not null and deleted_at is null;
create index idx_realtors_brokerage on ops.realtors (brokerage) where brokerage is not null and deleted_at is null;
create index idx_realtors_territories on ops.realtors using gin (territories);
create index realtors_user_id on ops.realtors (user_id);
alter table ops.realtors enable row level security;

create table ops.listings (
  workspace_id       uuid          not null default plat.ws() references mls.workspaces,
  listing_id         text          not null default plat.ulid(),
  realtor_id         text,
  address_string     text          not null check (btrim(address_string) <> ''),
  street_address     text,
  unit               text,
  city               text,
  state              text,
  postal_code        text,
  listing_type       text          not null default 'sale'
                     constraint listings_listing_type_is_known check (listing_type in ('sale', 'purchase', 'lease')),
  status             text          not null default 'new'
                     constraint listings_status_is_known
                     check (status in ('new', 'active', 'under_contract', 'closed', 'withdrawn')),
  list_price         numeric(12,2) check (list_price >= 0),
  close_price        numeric(12,2) check (close_price >= 0),
  list_date          date,
  expiration_date    date,
  contract_date      date,
  close_date         date,
  seller_names       text,
  buyer_names        text,
  commission_percent numeric(6,3)  check (commission_percent between 0 and 100),
  commission_terms   text,
  notes              text,
  created_at         timestamptz   not null default now(),
  updated_at         timestamptz   not null default now(),
  deleted_at         timestamptz,
  deleted_by         text,
  primary key (workspace_id, listing_id),
  constraint fk_listings_realtor foreign key (workspace_id, realtor_id)
    references ops.realtors (workspace_id, realtor_id) on delete set null (realtor_id)
);
comment on table ops.listings is 'tenant: the operations file on a sale, a purchase or a lease.';
create index idx_listings_realtor on ops.listings (realtor_id) where deleted_at is null;
create index listings_realtor_id on ops.listings (workspace_id, realtor_id);
create index listings_status on ops.listings (workspace_id, status) where deleted_at is null;
alter table ops.listings enable row level security;

create table ops.activities (
  workspace_id      uuid        not null default plat.ws() references mls.workspaces,
  task_id           text        not null default plat.ulid(),
  listing_id        text        not null,
  realtor_id        text,
  name              text        not null check (length(btrim(name)) between 1 and 500),
  description       text,
  task_category     text        not null
                    constraint activities_task_category_is_known
                    check (task_category in ('ADMIN', 'MARKETING', 'PHOTO', 'STAGING', 'INSPECTION', 'OTHER')),
  status            text        not null default 'OPEN'
                    constraint activities_status_is_known
                    check (status in ('OPEN', 'CLAIMED', 'IN_PROGRESS', 'DONE', 'FAILED', 'CANCELLED')),
  priority          integer     not null default 0
                    constraint activities_priority_is_0_to_10 check (priority between 0 and 10),
  visibility_group  text        not null default 'BOTH'
                    constraint activities_visibility_group_is_known check (visibility_group in ('BOTH', 'AGENT', 'MARKETING')),
  assigned_staff_id text,
  due_date          timestamptz,
  claimed_at        timestamptz,
  completed_at      timestamptz,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  deleted_at        timestamptz,
  deleted_by        text,
  inputs            jsonb       compression lz4 default '{}',
  outputs           jsonb       compression lz4 default '{}',
  primary key (workspace_id, task_id),
  foreign key (workspace_id, listing_id) references ops.listings (workspace_id, listing_id) on delete cascade,
  foreign key (workspace_id, realtor_id) references ops.realtors (workspace_id, realtor_id) on delete set null (realtor_id),
  foreign key (workspace_id, assigned_staff_id) references ops.staff (workspace_id, staff_id) on delete set null (assigned_staff_id)
);
comment on table ops.activities is 'tenant: tasks of a listing. BOTH see them, or the AGENT side, or MARKETING.';
comment on column ops.activities.realtor_id is 'The realtor of the listing; kept by triggers, read by policies.';
comment on column ops.activities.completed_at is 'When it was DONE.';
create index idx_activities_listing on ops.activities (listing_id) where deleted_at is null;
create index idx_activities_realtor on ops.activities (realtor_id) where deleted_at is null;
create index idx_activities_assigned_staff on ops.activities (assigned_staff_id, due_date) where deleted_at is null;
create index idx_activities_status on ops.activities (status, priority desc) where deleted_at is null;
create index idx_activities_category on ops.activities (task_category) where deleted_at is null;
create index idx_activities_due_date on ops.activities (due_date) where deleted_at is null and status <> 'DONE';
create index idx_activities_listing_status on ops.activities (listing_id, status, priority desc) where deleted_at is null;
create index activities_listing_id on ops.activities (workspace_id, listing_id);
create index activities_realtor_id on ops.activities (workspace_id, realtor_id);
create index activities_assigned_staff_id on ops.activities (workspace_id, assigned_staff_id);
create index activities_status on ops.activities (workspace_id, status, priority desc) where deleted_at is null;
alter table ops.activities enable row level security;

create table ops.agent_tasks (
  workspace_id      uuid        not null default plat.ws() references mls.workspaces,
  task_id           text        not null default plat.ulid(),
  realtor_id        text        not null,
  task_key          text        not null check (task_key <> ''),
  name              text        not null check (length(btrim(name)) between 1 and 500),
  description       text,
  status            text        not null default 'OPEN'
                    constraint agent_tasks_status_is_known
                    check (status in ('OPEN', 'CLAIMED', 'IN_PROGRESS', 'DONE', 'FAILED', 'CANCELLED')),
  priority          integer     not null default 0
                    constraint agent_tasks_priority_is_0_to_10 check (priority between 0 and 10),
  assigned_staff_id text,
  due_date          timestamptz,
  claimed_at        timestamptz,
  completed_at      timestamptz,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  deleted_at        timestamptz,
  deleted_by        text,
  inputs            jsonb       compression lz4 default '{}',
  outputs           jsonb       compression lz4 default '{}',
  primary key (workspace_id, task_id),
  foreign key (workspace_id, realtor_id) references ops.realtors (workspace_id, realtor_id) on delete cascade,
  foreign key (workspace_id, assigned_staff_id) references ops.staff (workspace_id, staff_id) on delete set null (assigned_staff_id)
);
comment on table ops.agent_tasks is 'tenant: tasks for a realtor that belong to no listing ("stray tasks").';
comment on column ops.agent_tasks.completed_at is 'When it was DONE.';
create index idx_agent_tasks_realtor on ops.agent_tasks (realtor_id, created_at desc) where deleted_at is null;
create index idx_agent_tasks_assigned_staff on ops.agent_tasks (assigned_staff_id, due_date) where deleted_at is null;
create index idx_agent_tasks_status on ops.agent_tasks (status, priority desc) where deleted_at is null;
create index idx_agent_tasks_task_key on ops.agent_tasks (task_key) where deleted_at is null;
create index idx_agent_tasks_due_date on ops.agent_tasks (due_date) where deleted_at is null and status <> 'DONE';
create index idx_agent_tasks_realtor_status on ops.agent_tasks (realtor_id, status, priority desc) where deleted_at is null;
create index agent_tasks_realtor_id on ops.agent_tasks (workspace_id, realtor_id);
create index agent_tasks_assigned_staff_id on ops.agent_tasks (workspace_id, assigned_staff_id);
create index agent_tasks_status on ops.agent_tasks (workspace_id, status, priority desc) where deleted_at is null;
alter table ops.agent_tasks enable row level security;

create table ops.slack_messages (
  workspace_id       uuid         not null default plat.ws() references mls.workspaces,
  message_id         text         not null default plat.ulid(),
  slack_user_id      text         not null,
  slack_channel_id   text         not null,
  slack_ts           text         not null,
  slack_thread_ts    text,
  message_text       text         compression lz4 not null,
  classification     jsonb        compression lz4 not null,
  message_type       text         not null,
  task_key           text,
  group_key          text,
  confidence         numeric(5,4)
                     constraint slack_messages_confidence_is_0_to_1 check (confidence between 0 and 1),
  created_listing_id text,
  created_task_id    text,
  created_task_type  text
                     constraint slack_messages_created_task_type_is_known
                     check (created_task_type in ('listing_task', 'stray_task')),
  received_at        timestamptz  not null default now(),
  processed_at       timestamptz,
  processing_status  text         not null default 'pending'
                     constraint slack_messages_processing_status_is_known
                     check (processing_status in ('pending', 'processed', 'failed', 'skipped')),
  error_message      text,
  metadata           jsonb        default '{}',
  primary key (workspace_id, message_id),
  -- Slack's stamps are unique within a channel.
  constraint slack_messages_slack_ts_key unique (workspace_id, slack_channel_id, slack_ts),
  foreign key (workspace_id, created_listing_id) references ops.listings (workspace_id, listing_id)
    on delete set null (created_listing_id)
);
comment on table ops.slack_messages is 'tenant: messages from Slack, how they were understood, and what they made.';
comment on column ops.slack_messages.created_task_id is
  'A task of activities (listing_task) or agent_tasks (stray_task); no key, since it may be either.';
create index idx_slack_messages_slack_user on ops.slack_messages (slack_user_id, received_at desc);
create index idx_slack_messages_channel on ops.slack_messages (slack_channel_id, received_at desc);
create index idx_slack_messages_ts on ops.slack_messages (slack_ts);
create index idx_slack_messages_thread on ops.slack_messages (slack_thread_ts) where slack_thread_ts is not null;
create index idx_slack_messages_message_type on ops.slack_messages (message_type);
create index idx_slack_messages_task_key on ops.slack_messages (task_key) where task_key is not null;
create index idx_slack_messages_status on ops.slack_messages (processing_status, received_at desc);
create index idx_slack_messages_created_listing on ops.slack_messages (created_listing_id) where created_listing_id is not null;
create index idx_slack_messages_created_task on ops.slack_messages (created_task_id, created_task_type)
  where created_task_id is not null;
create index slack_messages_received_at on ops.slack_messages (workspace_id, received_at desc);
create index slack_messages_created_listing_id on ops.slack_messages (workspace_id, created_listing_id);
alter table ops.slack_messages enable row level security;

-- One machine for both kinds of task. Realtors look on; who of the staff sees a task is for the policies.
insert into plat.transitions (machine, from_status, to_status, who) values
  ('ops.tasks', '', 'OPEN', 'ops.staff'),
  ('ops.tasks', 'OPEN', 'CLAIMED', 'ops.staff'),
  ('ops.tasks', 'CLAIMED', 'IN_PROGRESS', 'ops.staff'),
  ('ops.tasks', 'IN_PROGRESS', 'DONE', 'ops.staff'),
  ('ops.tasks', 'IN_PROGRESS', 'FAILED', 'ops.staff'),
  ('ops.tasks', 'OPEN', 'CANCELLED', 'ops.staff'),
  ('ops.tasks', 'CLAIMED', 'CANCELLED', 'ops.staff'),
  ('ops.tasks', 'IN_PROGRESS', 'CANCELLED', 'ops.staff'),
  ('ops.tasks', 'CLAIMED', 'OPEN', 'ops.staff'),
  ('ops.tasks', 'FAILED', 'OPEN', 'ops.staff');
