-- Workspaces are the tenants of plat: who belongs to one, under which domains it is seen, what it pays.
-- All of these are shared tables, copied to every node of a cluster, and keep their documented keys.
-- locks: none (new objects)

-- An organisation that still has workspaces cannot be deleted: they hold other people's work.
create table mls.workspaces (
  id              uuid        primary key default gen_random_uuid(),
  organization_id uuid        references org.organizations,
  slug            text        not null unique
                  constraint workspaces_slug_is_url_safe check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 63),
  name            text        not null check (length(name) between 1 and 200),
  status          text        not null default 'active' check (status in ('active', 'paused', 'archived')),
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now()
);
comment on table mls.workspaces is
  'shared: a tenant. Paused: read-only, syncs and publishes nothing. Archived: visible to the service role alone.';
comment on column mls.workspaces.organization_id is 'The organisation that owns the workspace; null for a personal one.';
create index workspaces_organization_id on mls.workspaces (organization_id);
alter table mls.workspaces enable row level security;

create table mls.workspace_domains (
  id           uuid        primary key default gen_random_uuid(),
  workspace_id uuid        not null references mls.workspaces on delete cascade,
  domain       text        not null
               constraint workspace_domains_domain_is_a_host_name
               check (domain ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' and length(domain) <= 253),
  is_primary   boolean     not null default false,
  created_at   timestamptz not null default now(),
  unique (workspace_id, domain)
);
comment on table mls.workspace_domains is 'shared: custom domains of a workspace''s client site, in lower case.';
-- A request is routed by its host name, so one domain leads to one workspace.
create unique index workspace_domains_domain on mls.workspace_domains (domain);
create unique index workspace_domains_one_primary on mls.workspace_domains (workspace_id) where is_primary;
alter table mls.workspace_domains enable row level security;

create table mls.user_profiles (
  id           uuid        primary key references auth.users on delete cascade,
  workspace_id uuid        not null references mls.workspaces,
  role         text        not null default 'client' check (role in ('admin', 'agent', 'client')),
  full_name    text,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now()
);
comment on table mls.user_profiles is 'shared: the workspace of a login and its role there.';
create index user_profiles_workspace_id on mls.user_profiles (workspace_id);
alter table mls.user_profiles enable row level security;

create type mls.workspace_plan as enum ('agent', 'professional', 'prestige');
comment on type mls.workspace_plan is 'What a workspace subscribes to.';
create type mls.subscription_status as enum
  ('active', 'trialing', 'past_due', 'canceled', 'incomplete', 'incomplete_expired', 'unpaid', 'paused');
comment on type mls.subscription_status is 'Status of a subscription in Stripe''s words.';
create type mls.billing_interval as enum ('month', 'year');
comment on type mls.billing_interval is 'How often a subscription is billed.';

create table mls.stripe_customers (
  id                 uuid        primary key default gen_random_uuid(),
  workspace_id       uuid        not null unique references mls.workspaces,
  stripe_customer_id text        not null unique check (stripe_customer_id like 'cus\_%'),
  email              text,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now()
);
comment on table mls.stripe_customers is 'shared: the Stripe customer of a workspace; service role only.';
alter table mls.stripe_customers enable row level security;

create table mls.subscriptions (
  id                     uuid                    primary key default gen_random_uuid(),
  workspace_id           uuid                    not null unique references mls.workspaces,
  stripe_customer_id     text                    check (stripe_customer_id like 'cus\_%'),
  stripe_subscription_id text                    unique check (stripe_subscription_id like 'sub\_%'),
  plan                   mls.workspace_plan      not null,
  status                 mls.subscription_status not null,
  billing_interval       mls.billing_interval    not null default 'month',
  current_period_start   timestamptz,
  current_period_end     timestamptz,
  cancel_at_period_end   boolean                 not null default false,
  trial_end              timestamptz,
  is_billing_override    boolean                 not null default false,
  override_reason        text,
  override_granted_by    uuid                    references auth.users on delete set null,
  created_at             timestamptz             not null default now(),
  updated_at             timestamptz             not null default now(),
  constraint subscriptions_period_runs_forward check (current_period_end >= current_period_start)
);
comment on table mls.subscriptions is
  'shared: what a workspace subscribes to; service role only. An override (charter partner) has no Stripe ids.';
create index subscriptions_stripe_customer_id on mls.subscriptions (stripe_customer_id);
create index subscriptions_override_granted_by on mls.subscriptions (override_granted_by);
alter table mls.subscriptions enable row level security;

-- The unique event id makes a webhook that Stripe sends twice count once.
create table mls.payment_events (
  id                uuid        primary key default gen_random_uuid(),
  stripe_event_id   text        not null unique check (stripe_event_id like 'evt\_%'),
  stripe_event_type text        not null,
  workspace_id      uuid        references mls.workspaces,
  amount_cents      integer,
  raw               jsonb       compression lz4 not null default '{}',
  created_at        timestamptz not null default now()
);
comment on table mls.payment_events is 'shared: Stripe webhook events as they came, append-only; service role only.';
create index payment_events_workspace_id on mls.payment_events (workspace_id, created_at desc);
alter table mls.payment_events enable row level security;
