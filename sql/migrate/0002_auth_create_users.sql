-- The one login of all modules: Supabase's auth.users column by column, and what signing in needs around it. No API role has
-- a grant on any of these tables; the auth routes work as plat_worker. Tokens are kept as SHA-256 only: a stolen dump lets
-- nobody in.
-- locks: none (new objects)

create table auth.users (
  id                          uuid         primary key default gen_random_uuid(),
  instance_id                 uuid,
  aud                         varchar(255) default 'authenticated',
  role                        varchar(255) default 'authenticated',
  email                       varchar(255),
  encrypted_password          varchar(255),
  email_confirmed_at          timestamptz,
  invited_at                  timestamptz,
  confirmation_token          varchar(255),
  confirmation_sent_at        timestamptz,
  recovery_token              varchar(255),
  recovery_sent_at            timestamptz,
  email_change_token_new      varchar(255),
  email_change                varchar(255),
  email_change_sent_at        timestamptz,
  last_sign_in_at             timestamptz,
  raw_app_meta_data           jsonb,
  raw_user_meta_data          jsonb,
  is_super_admin              boolean,
  created_at                  timestamptz  default now(),
  updated_at                  timestamptz  default now(),
  phone                       text         unique default null,
  phone_confirmed_at          timestamptz,
  phone_change                text         default '',
  phone_change_token          varchar(255) default '',
  phone_change_sent_at        timestamptz,
  confirmed_at                timestamptz  generated always as (least(email_confirmed_at, phone_confirmed_at)) stored,
  email_change_token_current  varchar(255) default '',
  email_change_confirm_status smallint     default 0
    check (email_change_confirm_status >= 0 and email_change_confirm_status <= 2),
  banned_until                timestamptz,
  reauthentication_token      varchar(255) default '',
  reauthentication_sent_at    timestamptz,
  is_sso_user                 boolean      not null default false,
  deleted_at                  timestamptz,
  is_anonymous                boolean      not null default false
);
comment on table auth.users is 'shared: the logins. API roles read nothing here; crm.profiles says what others may know of a person.';
comment on column auth.users.raw_app_meta_data is 'Written by the server only; invitation_id names the invitation that a sign-up answers.';
comment on column auth.users.raw_user_meta_data is 'Written by the person; no rule may trust it.';
-- A deleted login frees its address.
create unique index users_email_unique on auth.users (lower(email)) where deleted_at is null;
create index users_created_at on auth.users (created_at desc, id);
alter table auth.users enable row level security;

create table auth.identities (
  id              uuid        primary key default gen_random_uuid(),
  user_id         uuid        not null references auth.users on delete cascade,
  provider        text        not null,
  provider_id     text        not null,
  identity_data   jsonb       not null default '{}',
  email           text        generated always as (lower(identity_data ->> 'email')) stored,
  last_sign_in_at timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  unique (provider, provider_id)
);
comment on table auth.identities is 'shared: the ways a login may sign in: email, phone, or a provider and its id there.';
create index identities_user_id on auth.identities (user_id);
create index identities_email on auth.identities (email);
alter table auth.identities enable row level security;

create table auth.mfa_factors (
  id                 uuid        primary key default gen_random_uuid(),
  user_id            uuid        not null references auth.users on delete cascade,
  friendly_name      text,
  factor_type        text        not null check (factor_type in ('totp', 'phone', 'webauthn')),
  status             text        not null default 'unverified' check (status in ('unverified', 'verified')),
  secret             text,
  phone              text,
  last_challenged_at timestamptz,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  check (factor_type <> 'phone' or phone is not null)
);
comment on table auth.mfa_factors is 'shared: second factors of a login.';
comment on column auth.mfa_factors.secret is 'An encrypted envelope.';
create unique index mfa_factors_friendly_name on auth.mfa_factors (user_id, friendly_name) where btrim(friendly_name) <> '';
create index mfa_factors_user_id on auth.mfa_factors (user_id);
alter table auth.mfa_factors enable row level security;

create table auth.mfa_challenges (
  id          uuid        primary key default gen_random_uuid(),
  factor_id   uuid        not null references auth.mfa_factors on delete cascade,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null default now() + interval '5 minutes',
  verified_at timestamptz,
  ip_address  inet,
  otp_hash    bytea
);
comment on table auth.mfa_challenges is 'shared: a second factor being asked for.';
create index mfa_challenges_factor_id on auth.mfa_challenges (factor_id);
create index mfa_challenges_expires_at on auth.mfa_challenges (expires_at);
alter table auth.mfa_challenges enable row level security;

create table auth.sessions (
  id           uuid        primary key default gen_random_uuid(),
  user_id      uuid        not null references auth.users on delete cascade,
  factor_id    uuid        references auth.mfa_factors on delete set null,
  aal          text        not null default 'aal1' check (aal in ('aal1', 'aal2', 'aal3')),
  amr          jsonb       not null default '[]' check (jsonb_typeof(amr) = 'array'),
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  refreshed_at timestamptz,
  not_after    timestamptz,
  user_agent   text,
  ip           inet,
  tag          text
);
comment on table auth.sessions is 'shared: a sign-in on one device; access tokens carry its id and end with it.';
comment on column auth.sessions.amr is 'The methods of this sign-in as the token tells them: [{"method": "password", "timestamp": 1700000000}].';
create index sessions_user_id on auth.sessions (user_id, created_at desc);
create index sessions_factor_id on auth.sessions (factor_id);
create index sessions_not_after on auth.sessions (not_after);
alter table auth.sessions enable row level security;

-- Rotation: a token is used once and points at the one before it. A revoked token that comes again outside the short window
-- for retries means theft, and its session ends.
create table auth.refresh_tokens (
  id         bigint      generated always as identity primary key,
  session_id uuid        not null references auth.sessions on delete cascade,
  user_id    uuid        not null references auth.users on delete cascade,
  token_hash bytea       not null unique check (length(token_hash) = 32),
  parent_id  bigint      references auth.refresh_tokens on delete set null,
  revoked_at timestamptz,
  created_at timestamptz not null default now()
);
comment on table auth.refresh_tokens is 'shared: refresh tokens by their SHA-256.';
create index refresh_tokens_session_id on auth.refresh_tokens (session_id, id desc);
create index refresh_tokens_user_id on auth.refresh_tokens (user_id);
create index refresh_tokens_parent_id on auth.refresh_tokens (parent_id);
alter table auth.refresh_tokens enable row level security;

create table auth.one_time_tokens (
  id             uuid        primary key default gen_random_uuid(),
  user_id        uuid        not null references auth.users on delete cascade,
  token_type     text        not null check (token_type in ('confirmation_token', 'reauthentication_token', 'recovery_token',
                               'invite_token', 'magiclink_token', 'email_change_token_new', 'email_change_token_current',
                               'phone_change_token')),
  token_hash     bytea       not null check (length(token_hash) = 32),
  relates_to     text        not null,
  code_challenge text,
  redirect_to    text,
  created_at     timestamptz not null default now(),
  expires_at     timestamptz not null default now() + interval '1 hour',
  unique (user_id, token_type)
);
comment on table auth.one_time_tokens is 'shared: links and codes sent by mail or SMS, by their SHA-256; deleted when used.';
comment on column auth.one_time_tokens.relates_to is 'The address or number that the token was sent to.';
comment on column auth.one_time_tokens.code_challenge is 'PKCE: set when the link must be answered by the client that asked for it.';
create index one_time_tokens_token_hash on auth.one_time_tokens (token_hash);
create index one_time_tokens_expires_at on auth.one_time_tokens (expires_at);
alter table auth.one_time_tokens enable row level security;

-- What a sign-up becomes. 30_auth.sql acts on it; the keys to org.organizations and mls.workspaces come with those tables.
create table auth.invitations (
  id                 uuid        primary key default gen_random_uuid(),
  email              text        not null check (email = lower(email) and position('@' in email) > 1),
  full_name          text,
  workspace_id       uuid        not null,
  mls_role           text        not null default 'client' check (mls_role in ('admin', 'agent', 'client')),
  organization_id    uuid,
  org_role           text        check (org_role in ('admin', 'user')),
  crm_role           text        not null default 'user' check (crm_role in ('user', 'admin', 'support', 'standard')),
  ops_role           text        check (ops_role in ('admin', 'operations', 'marketing', 'support')),
  is_realtor         boolean     not null default false,
  is_marketing_agent boolean     not null default false,
  marketing_agent_id uuid,
  invited_by         uuid        references auth.users on delete set null,
  created_at         timestamptz not null default now(),
  expires_at         timestamptz not null default now() + interval '7 days',
  accepted_at        timestamptz,
  accepted_by        uuid        references auth.users on delete set null,
  revoked_at         timestamptz,
  constraint invitations_org_role_with_organization check ((organization_id is null) = (org_role is null)),
  constraint invitations_agent_id_for_agents check (marketing_agent_id is null or is_marketing_agent)
);
comment on table auth.invitations is 'shared: the memberships that a person gets who signs up with this address.';
comment on column auth.invitations.org_role is 'Never developer: that role only the service role grants.';
comment on column auth.invitations.ops_role is 'Makes the person ops.staff with this role; a staff row with the address gets the login.';
comment on column auth.invitations.is_realtor is 'Makes the person an ops.realtor; a realtor row with the address gets the login.';
comment on column auth.invitations.marketing_agent_id is
  'The marketing.agents row the login is for; null: the row with the address, or a new one. No key: shared rows refer to no tenant rows.';
create unique index invitations_one_open on auth.invitations (workspace_id, email) where accepted_at is null and revoked_at is null;
create index invitations_open_email on auth.invitations (email, created_at desc) where accepted_at is null and revoked_at is null;
create index invitations_workspace_id on auth.invitations (workspace_id);
create index invitations_organization_id on auth.invitations (organization_id);
create index invitations_invited_by on auth.invitations (invited_by);
create index invitations_accepted_by on auth.invitations (accepted_by);
alter table auth.invitations enable row level security;
