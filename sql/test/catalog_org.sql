-- The logins and the tables of org as their requirement document lists them, with the tenant in front of keys and unique indexes.
-- How a line is read: _helpers_catalog.sql.
begin;
select no_plan();
select tests.catalog($$
table org.organizations
  key id
  id uuid = gen_random_uuid()
  name text not null
  created_at timestamptz = now()
  updated_at timestamptz = now()

table org.user_profile
  key id
  id uuid = gen_random_uuid()
  organization_id uuid not null -> org.organizations
  role text not null
  created_at timestamptz = now()
  updated_at timestamptz = now()
  user_id uuid -> auth.users set null
  unique user_id

table auth.users
  key id
  id uuid
  instance_id uuid
  aud varchar(255)
  role varchar(255)
  email varchar(255)
  encrypted_password varchar(255)
  email_confirmed_at timestamptz
  invited_at timestamptz
  confirmation_token varchar(255)
  confirmation_sent_at timestamptz
  recovery_token varchar(255)
  recovery_sent_at timestamptz
  email_change_token_new varchar(255)
  email_change varchar(255)
  email_change_sent_at timestamptz
  last_sign_in_at timestamptz
  raw_app_meta_data jsonb
  raw_user_meta_data jsonb
  is_super_admin boolean
  created_at timestamptz
  updated_at timestamptz
  phone text
  unique phone
  phone_confirmed_at timestamptz
  phone_change text = ''
  phone_change_token varchar(255) = ''
  phone_change_sent_at timestamptz
  confirmed_at timestamptz generated
  email_change_token_current varchar(255) = ''
  email_change_confirm_status smallint = 0
  banned_until timestamptz
  reauthentication_token varchar(255) = ''
  reauthentication_sent_at timestamptz
  is_sso_user boolean not null = false
  deleted_at timestamptz
  is_anonymous boolean not null = false

table org.chat_messages
  key id
  id uuid = gen_random_uuid()
  user_id uuid not null -> org.user_profile
  conversation_id uuid not null -> org.conversations cascade
  message_content text not null
  created_at timestamptz = now()
  updated_at timestamptz = now()

table org.functions
  key id
  id uuid = gen_random_uuid()
  created_by uuid not null -> auth.users
  name text not null
  description text
  created_at timestamptz not null = now()
  updated_at timestamptz = now()
  code text not null
  user_id uuid -> auth.users set null

table org.licenses
  key id
  id uuid = gen_random_uuid()
  organization_id uuid not null -> org.organizations cascade
  license_key uuid = gen_random_uuid()
  unique license_key
  expiration_date timestamptz
  created_at timestamptz = now()
  updated_at timestamptz = now()

table org.license_modules
  key id
  id uuid = gen_random_uuid()
  license_id uuid not null -> org.licenses cascade
  module_id uuid not null
  created_at timestamptz = now()

table org.customers
  key id
  id uuid = gen_random_uuid()
  name text not null
  first_name text not null
  last_name text not null
  created_at timestamptz = now()
  updated_at timestamptz = now()

table org.customer_email
  key id
  id uuid = gen_random_uuid()
  customer_id uuid not null -> org.customers cascade
  email text not null
  is_primary boolean = false
  created_at timestamptz = now()
  updated_at timestamptz = now()

table org.customer_phone
  key id
  id uuid = gen_random_uuid()
  customer_id uuid not null -> org.customers cascade
  phone text not null
  type text
  is_primary boolean = false
  created_at timestamptz = now()
  updated_at timestamptz = now()

table org.customer_organization
  key id
  id uuid = gen_random_uuid()
  customer_id uuid not null -> org.customers cascade
  organization_id uuid not null -> org.organizations cascade
  created_at timestamptz = now()

table org.customer_user
  key id
  id uuid = gen_random_uuid()
  customer_id uuid not null -> org.customers cascade
  user_id uuid not null -> org.user_profile cascade
  created_at timestamptz = now()

table org.user_preferences
  key id
  id uuid = gen_random_uuid()
  user_id uuid not null -> auth.users cascade
  preference_key text not null
  preference_value jsonb
  created_at timestamptz = now()
  updated_at timestamptz = now()

table org.conversations
  key id
  id uuid = gen_random_uuid()
  title text
  subject text
  created_at timestamptz = now()
  updated_at timestamptz = now()
  user_id uuid = coalesce(plat.uid(), gen_random_uuid()) -> auth.users set null

table org.key_store
  key id
  id uuid = gen_random_uuid()
  user_id uuid not null -> auth.users cascade
  provider text not null
  api_key text not null
  verified boolean = false
  created_at timestamptz = now()
  updated_at timestamptz = now()

table org.vector_store
  key id
  id uuid = gen_random_uuid()
  user_id uuid not null -> auth.users cascade
  source_id text not null
  embedding vector(1536)
  metadata jsonb
  created_at timestamptz = now()

table org.org_modules
  key id
  id uuid
  organization_id uuid -> org.organizations cascade
  module_name text
  description text
  created_at timestamptz
  updated_at timestamptz
$$);
select * from finish();
rollback;
