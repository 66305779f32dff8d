-- The tables of crm as its requirement document lists them, with the tenant in front of keys and unique indexes.
-- How a line is read: _helpers_catalog.sql.
begin;
select no_plan();
select tests.catalog($$
table crm.profiles
  key id
  id uuid -> auth.users cascade
  email text not null
  unique email
  full_name text
  role user_role not null in user admin support standard
  avatar_url text
  created_at timestamptz
  updated_at timestamptz

table crm.api_keys
  key id
  id uuid
  user_id uuid not null -> auth.users cascade
  service text not null
  key_ciphertext text not null
  nonce text
  salt text
  status text
  last_checked timestamptz
  created_at timestamptz
  updated_at timestamptz
  index idx_api_keys_user_id on (user_id)
  index idx_api_keys_service on (service)
  index idx_api_keys_user_service on (user_id, service)
  unique index idx_api_keys_user_service_unique on (user_id, service)

table crm.user_plans
  key id
  id uuid
  user_id uuid not null -> auth.users cascade
  unique user_id
  plan_name text
  stripe_customer_id text
  stripe_subscription_id text
  status text
  current_period_start timestamptz
  current_period_end timestamptz
  created_at timestamptz
  updated_at timestamptz
  unique index idx_user_plans_user_unique on (user_id)

table crm.leads
  key workspace_id, id
  id uuid
  user_id uuid not null -> auth.users
  workspace_id uuid -> mls.workspaces
  name text not null
  phone text
  email text
  company text
  status lead_status not null in new active qualified unqualified closed
  score integer
  tags text[]
  opt_status opt_status in opted_in opted_out pending
  is_deleted boolean
  created_at timestamptz
  updated_at timestamptz
  index idx_leads_user_id on (user_id)
  index idx_leads_workspace_id on (workspace_id)
  index idx_leads_status on (status)
  index idx_leads_email on (email)
  index idx_leads_phone on (phone)
  index idx_leads_user_status on (user_id, status)
  index idx_leads_user_created on (user_id, created_at desc)
  index idx_leads_active on (user_id, created_at desc) where status = any (array['active', 'qualified']) and is_deleted = false
  index idx_leads_tags_gin on gin (tags)
  index idx_leads_email_lower on (lower(email))
  index idx_leads_name_lower on (lower(name))
  unique index idx_leads_email_unique on (workspace_id, lower(email)) where email is not null and is_deleted = false
  unique index idx_leads_phone_unique on (workspace_id, phone) where phone is not null and is_deleted = false
  index idx_leads_user_status_covering on (user_id, status) include (name, email, phone, score, created_at)

table crm.re_properties
  key workspace_id, id
  id uuid
  user_id uuid not null -> auth.users
  address_line_1 text not null
  address_line_2 text
  city text not null
  state text not null
  zip text not null
  bedrooms integer
  bathrooms numeric(3,1)
  square_feet integer
  lot_size integer
  year_built integer
  purchase_price numeric(12,2)
  arv numeric(12,2)
  status text
  property_type text
  mls_id text
  notes text
  created_at timestamptz
  updated_at timestamptz
  index idx_re_properties_user_id on (user_id)
  index idx_re_properties_status on (status)
  index idx_re_properties_city_state on (city, state)
  index idx_re_properties_zip on (zip)
  index idx_re_properties_location on (city, state, zip)
  index idx_re_properties_user_status on (user_id, status)
  index idx_re_properties_active on (user_id, created_at desc) where status = 'active'

table crm.re_documents
  key workspace_id, id
  id uuid
  user_id uuid not null -> auth.users
  property_id uuid -> crm.re_properties set null
  deal_id uuid -> crm.deals set null
  title text not null
  type document_type not null in inspection appraisal title_search survey photo comp offer counter_offer purchase_agreement addendum closing_statement hud1 deed contract receipt other
  file_url text not null
  file_size integer
  content_type varchar(100)
  uploaded_by uuid -> auth.users set null
  metadata jsonb
  created_at timestamptz
  updated_at timestamptz
  index idx_re_documents_user_id on (user_id)
  index idx_re_documents_property_id on (property_id)
  index idx_re_documents_deal_id on (deal_id)
  index idx_re_documents_type on (type)
  index idx_re_documents_created_at on (created_at desc)
  index idx_re_documents_user_type on (user_id, type)
  index idx_re_documents_property_created on (property_id, created_at desc) where property_id is not null
  index idx_re_documents_metadata_gin on gin (metadata)

table crm.re_lead_documents
  key workspace_id, id
  id uuid
  lead_id uuid not null -> crm.leads cascade
  title text not null
  type lead_document_type not null in id tax_return bank_statement w9 death_cert poa other
  file_url text not null
  file_size integer
  created_at timestamptz
  updated_at timestamptz
  index idx_lead_documents_lead_id on (lead_id)
  index idx_lead_documents_type on (type)

table crm.re_property_documents
  key workspace_id, property_id, document_id
  property_id uuid not null -> crm.re_properties cascade
  document_id uuid not null -> crm.re_documents cascade
  is_primary boolean = false
  created_at timestamptz
  index idx_property_documents_property on (property_id)
  index idx_property_documents_document on (document_id)

table crm.deals
  key workspace_id, id
  id uuid
  user_id uuid not null -> auth.users
  lead_id uuid -> crm.leads set null
  property_id uuid -> crm.re_properties set null
  status deal_status not null in active won lost archived
  stage text not null
  title text not null
  estimated_value numeric(12,2)
  probability integer
  expected_close_date date
  next_action text
  next_action_due timestamptz
  notes text
  created_at timestamptz
  updated_at timestamptz
  index idx_deals_user_id on (user_id)
  index idx_deals_status on (status)
  index idx_deals_stage on (stage)
  index idx_deals_next_action_due on (next_action_due) where next_action_due is not null
  index idx_deals_lead_id on (lead_id) where lead_id is not null
  index idx_deals_property_id on (property_id) where property_id is not null
  index idx_deals_user_status on (user_id, status)
  index idx_deals_user_stage on (user_id, stage)
  index idx_deals_user_created on (user_id, created_at desc)
  index idx_deals_active_next_action on (user_id, next_action_due) where status = 'active' and next_action_due is not null
  unique index idx_deals_property_active_unique on (workspace_id, property_id) where status = 'active' and property_id is not null
  index idx_deals_user_status_covering on (user_id, status) include (title, estimated_value, next_action_due, created_at)

table crm.deal_events
  key workspace_id, id
  id uuid
  deal_id uuid not null -> crm.deals cascade
  event_type text not null
  description text
  metadata jsonb
  created_at timestamptz
  created_by uuid -> auth.users set null
  index idx_deal_events_deal_id on (deal_id)
  index idx_deal_events_created_at on (created_at desc)
  index idx_deal_events_metadata_gin on gin (metadata)

table crm.ai_jobs
  key workspace_id, id
  id uuid
  deal_id uuid -> crm.deals set null
  job_type text not null
  status job_status not null in queued running succeeded failed cancelled
  input_data jsonb
  output_data jsonb
  error_message text
  attempts integer = 0
  created_at timestamptz
  started_at timestamptz
  completed_at timestamptz
  index idx_ai_jobs_deal_id on (deal_id)
  index idx_ai_jobs_status on (status)
  index idx_ai_jobs_created_at on (created_at desc)
  index idx_ai_jobs_pending on (created_at desc) where status = any (array['queued', 'failed'])

table crm.system_logs
  key id
  id uuid
  level text not null
  source text not null
  message text not null
  details jsonb
  created_at timestamptz = now()
  index idx_system_logs_level on (level)
  index idx_system_logs_created_at on (created_at desc)
  index idx_system_logs_recent on (created_at desc, level)

enum crm.user_role user admin support standard
enum crm.deal_status active won lost archived
enum crm.lead_status new active qualified unqualified closed
enum crm.opt_status opted_in opted_out pending
enum crm.document_type inspection appraisal title_search survey photo comp offer counter_offer purchase_agreement addendum closing_statement hud1 deed contract receipt other
enum crm.lead_document_type id tax_return bank_statement w9 death_cert poa other
enum crm.message_channel sms email voice
enum crm.message_direction incoming outgoing
enum crm.message_status sent delivered failed pending read
enum crm.job_status queued running succeeded failed cancelled
$$);
select * from finish();
rollback;
