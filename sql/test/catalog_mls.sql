-- The tables of mls as its requirement document lists them, with the tenant in front of keys and unique indexes.
-- How a line is read: _helpers_catalog.sql.
begin;
select no_plan();
select tests.catalog($$
table mls.workspaces
  key id
  id uuid
  slug text
  unique slug
  name text
  status text in active paused archived
  created_at timestamptz
  updated_at timestamptz

table mls.workspace_domains
  key id
  id uuid
  workspace_id uuid -> mls.workspaces cascade
  domain text
  is_primary boolean = false
  created_at timestamptz
  unique workspace_id, domain

table mls.mls_connections
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  provider text in bridge
  dataset_id text
  token_ciphertext text
  token_type text in server oauth
  base_url text = 'https://api.bridgedataoutput.com/api/v2/odata'
  status text in pending active error paused
  sync_cadence text in manual hourly daily
  last_synced_at timestamptz
  last_sync_cursor text
  created_at timestamptz
  updated_at timestamptz
  unique workspace_id, provider

table mls.field_mappings
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  provider text
  version integer
  is_active boolean
  mapping jsonb
  created_at timestamptz
  updated_at timestamptz
  unique workspace_id, provider, version

table mls.listings
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  source_provider text
  source_dataset_id text
  source_listing_key text
  mls_number text
  standard_status text in Active Pending Closed
  modification_ts timestamptz
  list_date date
  close_date date
  address_full text
  street_number text
  street_name text
  unit_number text
  city text
  state text
  postal_code text
  subdivision text
  building_name text
  community text
  county text
  latitude double precision
  longitude double precision
  property_type text
  bedrooms integer
  bathrooms double precision
  living_area_sqft integer
  lot_size_sqft integer
  year_built integer
  list_price integer
  close_price integer
  price_per_sqft integer
  public_remarks text
  marketing_description text
  marketing_description_source text in ai manual
  marketing_description_approved_by uuid
  marketing_description_approved_at timestamptz
  photo_count integer
  is_active boolean
  import_task_id uuid -> mls.import_tasks set null
  raw jsonb
  created_at timestamptz
  updated_at timestamptz
  unique workspace_id, source_provider, source_listing_key
  index listings_standard_status on (workspace_id, standard_status)
  index listings_city on (workspace_id, city)
  index listings_subdivision on (workspace_id, subdivision)
  index listings_building_name on (workspace_id, building_name)
  index listings_modification_ts on (workspace_id, modification_ts desc)

table mls.listing_media
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  listing_id uuid -> mls.listings cascade
  url text
  sort_order integer
  caption text
  created_at timestamptz
  unique workspace_id, listing_id, url

table mls.listing_photos
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  listing_id uuid -> mls.listings cascade
  storage_path text
  url text
  thumbnail_url text
  source text
  sort_order integer
  is_primary boolean
  caption text
  alt_text text
  mime_type text
  size_bytes integer
  width integer
  height integer
  uploaded_by uuid -> auth.users set null
  created_at timestamptz
  index listing_photos_listing_id on (listing_id)
  index listing_photos_listing_id_is_primary on (listing_id, is_primary)

table mls.import_tasks
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  mls_connection_id uuid -> mls.mls_connections cascade
  name text
  description text
  category text
  filter_config jsonb
  status_filters text[]
  price_min integer
  price_max integer
  max_import_limit integer
  field_mapping_id uuid -> mls.field_mappings set null
  sync_cadence text
  is_enabled boolean
  is_agent_visible boolean
  last_synced_at timestamptz
  last_sync_cursor text
  created_at timestamptz
  updated_at timestamptz

table mls.user_profiles
  key id
  id uuid -> auth.users cascade
  workspace_id uuid -> mls.workspaces
  role text in admin agent client
  full_name text
  created_at timestamptz
  updated_at timestamptz

table mls.favorites
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  user_id uuid -> auth.users cascade
  listing_id uuid -> mls.listings cascade
  created_at timestamptz
  unique workspace_id, user_id, listing_id

table mls.saved_searches
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  user_id uuid -> auth.users cascade
  name text
  query jsonb
  created_at timestamptz
  updated_at timestamptz

table mls.compliance_profiles
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  attribution_html text
  disclaimer_html text
  display_on_search boolean
  display_on_detail boolean
  created_at timestamptz
  updated_at timestamptz
  unique workspace_id

table mls.sync_runs
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  mls_connection_id uuid -> mls.mls_connections set null
  import_task_id uuid -> mls.import_tasks set null
  started_at timestamptz
  finished_at timestamptz
  status text in running success error
  stats jsonb
  error text
  index sync_runs_started_at on (workspace_id, started_at desc)

table mls.ai_usage
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  operation text
  model text
  input_tokens integer
  output_tokens integer
  cost_cents integer
  created_at timestamptz

table mls.ai_content_audit
  key workspace_id, id
  id uuid
  workspace_id uuid -> mls.workspaces
  listing_id uuid -> mls.listings set null
  content_type text
  model_id text
  generated_content text
  approved_content text
  fair_housing_check_passed boolean
  flagged_terms text[]
  status text in pending approved rejected
  reviewed_by uuid -> auth.users set null
  reviewed_at timestamptz
  created_at timestamptz

table mls.stripe_customers
  key id
  id uuid
  workspace_id uuid -> mls.workspaces
  unique workspace_id
  stripe_customer_id text
  unique stripe_customer_id
  email text
  created_at timestamptz
  updated_at timestamptz

table mls.subscriptions
  key id
  id uuid
  workspace_id uuid -> mls.workspaces
  unique workspace_id
  stripe_customer_id text
  stripe_subscription_id text
  unique stripe_subscription_id
  plan workspace_plan in agent professional prestige
  status subscription_status in active trialing past_due canceled
  billing_interval billing_interval in month year
  current_period_start timestamptz
  current_period_end timestamptz
  cancel_at_period_end boolean = false
  trial_end timestamptz
  is_billing_override boolean = false
  override_reason text
  override_granted_by uuid -> auth.users set null
  created_at timestamptz
  updated_at timestamptz

table mls.payment_events
  key id
  id uuid
  stripe_event_id text
  unique stripe_event_id
  stripe_event_type text
  workspace_id uuid -> mls.workspaces
  amount_cents integer
  raw jsonb
  created_at timestamptz

enum mls.workspace_plan agent professional prestige
enum mls.subscription_status active trialing past_due canceled incomplete incomplete_expired unpaid paused
enum mls.billing_interval month year
$$);
select * from finish();
rollback;
