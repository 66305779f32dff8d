-- The tables of ops as its requirement document lists them, with the tenant in front of keys and unique indexes.
-- How a line is read: _helpers_catalog.sql.
begin;
select no_plan();
select tests.catalog($$
table ops.staff
  key workspace_id, staff_id
  staff_id text
  email text not null
  unique workspace_id, email
  name text not null
  role text not null in admin operations marketing support
  slack_user_id text
  unique workspace_id, slack_user_id
  phone text
  status text not null in active inactive suspended
  created_at timestamptz = now()
  updated_at timestamptz = now()
  deleted_at timestamptz
  metadata jsonb = '{}'
  index idx_staff_role on (role) where deleted_at is null
  index idx_staff_status on (status) where deleted_at is null
  index idx_staff_slack on (slack_user_id) where slack_user_id is not null and deleted_at is null
  index idx_staff_email on (email) where deleted_at is null

table ops.realtors
  key workspace_id, realtor_id
  realtor_id text
  email text not null
  unique workspace_id, email
  name text not null
  phone text
  license_number text
  unique workspace_id, license_number
  brokerage text
  slack_user_id text
  unique workspace_id, slack_user_id
  territories text[]
  status text not null in active inactive suspended pending
  created_at timestamptz = now()
  updated_at timestamptz = now()
  deleted_at timestamptz
  metadata jsonb = '{}'
  index idx_realtors_status on (status) where deleted_at is null
  index idx_realtors_slack on (slack_user_id) where slack_user_id is not null and deleted_at is null
  index idx_realtors_email on (email) where deleted_at is null
  index idx_realtors_license on (license_number) where license_number is not null and deleted_at is null
  index idx_realtors_brokerage on (brokerage) where brokerage is not null and deleted_at is null
  index idx_realtors_territories on gin (territories)

table ops.activities
  key workspace_id, task_id
  task_id text
  listing_id text not null -> ops.listings cascade
  realtor_id text -> ops.realtors set null
  name text not null
  description text
  task_category text not null in ADMIN MARKETING PHOTO STAGING INSPECTION OTHER
  status text not null in OPEN CLAIMED IN_PROGRESS DONE FAILED CANCELLED
  priority integer = 0 between 0 10
  visibility_group text = 'both' in BOTH AGENT MARKETING
  assigned_staff_id text -> ops.staff set null
  due_date timestamptz
  claimed_at timestamptz
  completed_at timestamptz
  created_at timestamptz = now()
  updated_at timestamptz = now()
  deleted_at timestamptz
  deleted_by text
  inputs jsonb = '{}'
  outputs jsonb = '{}'
  index idx_activities_listing on (listing_id) where deleted_at is null
  index idx_activities_realtor on (realtor_id) where deleted_at is null
  index idx_activities_assigned_staff on (assigned_staff_id, due_date) where deleted_at is null
  index idx_activities_status on (status, priority desc) where deleted_at is null
  index idx_activities_category on (task_category) where deleted_at is null
  index idx_activities_due_date on (due_date) where deleted_at is null and status <> 'DONE'
  index idx_activities_listing_status on (listing_id, status, priority desc) where deleted_at is null

table ops.agent_tasks
  key workspace_id, task_id
  task_id text
  realtor_id text not null -> ops.realtors cascade
  task_key text not null
  name text not null
  description text
  status text not null in OPEN CLAIMED IN_PROGRESS DONE FAILED CANCELLED
  priority integer = 0 between 0 10
  assigned_staff_id text -> ops.staff set null
  due_date timestamptz
  claimed_at timestamptz
  completed_at timestamptz
  created_at timestamptz = now()
  updated_at timestamptz = now()
  deleted_at timestamptz
  deleted_by text
  inputs jsonb = '{}'
  outputs jsonb = '{}'
  index idx_agent_tasks_realtor on (realtor_id, created_at desc) where deleted_at is null
  index idx_agent_tasks_assigned_staff on (assigned_staff_id, due_date) where deleted_at is null
  index idx_agent_tasks_status on (status, priority desc) where deleted_at is null
  index idx_agent_tasks_task_key on (task_key) where deleted_at is null
  index idx_agent_tasks_due_date on (due_date) where deleted_at is null and status <> 'DONE'
  index idx_agent_tasks_realtor_status on (realtor_id, status, priority desc) where deleted_at is null

table ops.slack_messages
  key workspace_id, message_id
  message_id text
  slack_user_id text not null
  slack_channel_id text not null
  slack_ts text not null
  unique workspace_id, slack_channel_id, slack_ts
  slack_thread_ts text
  message_text text not null
  classification jsonb not null
  message_type text not null
  task_key text
  group_key text
  confidence numeric(5,4) between 0 1
  created_listing_id text -> ops.listings set null
  created_task_id text
  created_task_type text in listing_task stray_task
  received_at timestamptz = now()
  processed_at timestamptz
  processing_status text = 'pending' in pending processed failed skipped
  error_message text
  metadata jsonb = '{}'
  index idx_slack_messages_slack_user on (slack_user_id, received_at desc)
  index idx_slack_messages_channel on (slack_channel_id, received_at desc)
  index idx_slack_messages_ts on (slack_ts)
  index idx_slack_messages_thread on (slack_thread_ts) where slack_thread_ts is not null
  index idx_slack_messages_message_type on (message_type)
  index idx_slack_messages_task_key on (task_key) where task_key is not null
  index idx_slack_messages_status on (processing_status, received_at desc)
  index idx_slack_messages_created_listing on (created_listing_id) where created_listing_id is not null
  index idx_slack_messages_created_task on (created_task_id, created_task_type) where created_task_id is not null

table ops.listings
  key workspace_id, listing_id
  listing_id text
  address_string text
  realtor_id text -> ops.realtors set null
  deleted_at timestamptz
  index idx_listings_realtor on (realtor_id) where deleted_at is null
$$);
select * from finish();
rollback;
