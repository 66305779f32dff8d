-- The tables of marketing as its requirement document lists them, with the tenant in front of keys and unique indexes.
-- How a line is read: _helpers_catalog.sql.
begin;
select no_plan();
select tests.catalog($$
table marketing.users
  key workspace_id, id
  id uuid
  email text not null
  unique workspace_id, email
  password_hash text not null
  created_at timestamptz = now()
  last_login_at timestamptz
  is_active boolean = true
  agent_id uuid -> marketing.agents
  unique workspace_id, agent_id

table marketing.agents
  key workspace_id, id
  id uuid
  name text not null
  phone text
  email text not null
  unique workspace_id, email
  company text
  profile_image_url text
  notification_preferences jsonb
  created_at timestamptz = now()
  updated_at timestamptz = now()

table marketing.social_media_accounts
  key workspace_id, id
  id uuid
  agent_id uuid not null -> marketing.agents
  platform text not null
  account_id text not null
  access_token_encrypted text not null
  token_expires_at timestamptz
  refresh_token_encrypted text
  is_active boolean = true
  created_at timestamptz = now()
  updated_at timestamptz = now()

table marketing.listings
  key workspace_id, id
  id uuid
  source_id text not null
  unique workspace_id, source_id
  address text not null
  city text not null
  state text not null
  zip_code text not null
  price numeric
  beds integer
  baths numeric
  sqft integer
  description text
  key_features text[]
  image_urls text[]
  status text = 'active'
  scraped_at timestamptz = now()
  last_updated_at timestamptz = now()

table marketing.content_pieces
  key workspace_id, id
  id uuid
  listing_id uuid not null -> marketing.listings
  agent_id uuid not null -> marketing.agents
  content_type text not null
  generated_text jsonb not null
  associated_image_urls text[]
  status text not null
  feedback text
  created_at timestamptz = now()
  updated_at timestamptz = now()
  last_approved_at timestamptz

table marketing.post_schedule
  key workspace_id, id
  id uuid
  content_piece_id uuid not null -> marketing.content_pieces
  social_media_account_id uuid not null -> marketing.social_media_accounts
  scheduled_at timestamptz not null
  posted_at timestamptz
  status text not null
  platform_post_id text
  error_message text
  created_at timestamptz = now()
  updated_at timestamptz = now()

table marketing.notifications
  key workspace_id, id
  id uuid
  agent_id uuid not null -> marketing.agents
  notification_type text not null
  message text not null
  related_entity_id uuid
  is_read boolean = false
  created_at timestamptz = now()

table marketing.approval_logs
  key workspace_id, id
  id uuid
  content_piece_id uuid not null -> marketing.content_pieces
  agent_id uuid not null -> marketing.agents
  action_type text not null
  timestamp timestamptz = now()
  feedback text
$$);
select * from finish();
rollback;
