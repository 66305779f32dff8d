-- Organisations, their people, licences, customers and conversations. All of these are shared tables: they stay whole when
-- tenants are distributed. Policies read settings only and have to find a person's rows by index, so each row carries who
-- sees it: seen_by holds people (auth.users), their organisations, and the nil UUID, which stands for developers. A caller
-- looks with one key, plat.org_key(): a person's own, an admin's organisation, a developer's nil. 40_org.sql keeps it.
-- locks: none (new objects); auth.invitations is new, too

create function org.seers(variadic people uuid[]) returns uuid[]
  language sql immutable parallel safe
  return array_remove('{00000000-0000-0000-0000-000000000000}'::uuid[] || people, null);
comment on function org.seers(uuid[]) is 'seen_by of a row: developers, and whom it is given. Stored columns are made of it, so it never changes.';

create table org.organizations (
  id         uuid        primary key default gen_random_uuid(),
  name       text        not null check (length(btrim(name)) between 1 and 200),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table org.organizations is 'shared: an organisation owns people, licences, customers and any number of workspaces.';
alter table org.organizations enable row level security;

create table org.user_profile (
  id              uuid        primary key default gen_random_uuid(),
  organization_id uuid        not null references org.organizations,
  role            text        not null default 'user'
                  constraint user_profile_role_is_known check (role in ('developer', 'admin', 'user')),
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  user_id         uuid        unique references auth.users on delete set null,
  seen_by         uuid[]      generated always as (org.seers(organization_id, user_id)) stored
);
comment on table org.user_profile is 'shared: the organisation of a login and its role there; stays without login, for the messages it wrote.';
create index user_profile_organization_id on org.user_profile (organization_id);
create index user_profile_seen_by on org.user_profile using gin (seen_by) with (fastupdate = off);
alter table org.user_profile enable row level security;

alter table auth.invitations add foreign key (organization_id) references org.organizations on delete cascade;

-- Licences switch modules on: an installation with organisations serves a module to those that hold an unexpired licence.
create table org.org_modules (
  id              uuid        primary key default gen_random_uuid(),
  organization_id uuid        not null references org.organizations on delete cascade,
  module_name     text        not null
                  constraint org_modules_name_is_a_module
                  check (module_name in ('mls', 'marketing', 'ops', 'crm', 'assistant')),
  description     text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  unique (organization_id, module_name)
);
comment on table org.org_modules is 'shared: the modules of plat that an organisation may license.';
alter table org.org_modules enable row level security;

create table org.licenses (
  id              uuid        primary key default gen_random_uuid(),
  organization_id uuid        not null references org.organizations on delete cascade,
  license_key     uuid        unique default gen_random_uuid(),
  expiration_date timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now()
);
comment on table org.licenses is 'shared: licences; without expiration_date they do not end.';
create index licenses_organization_id on org.licenses (organization_id);
alter table org.licenses enable row level security;

create table org.license_modules (
  id         uuid        primary key default gen_random_uuid(),
  license_id uuid        not null references org.licenses on delete cascade,
  module_id  uuid        not null references org.org_modules on delete cascade,
  created_at timestamptz not null default now(),
  unique (license_id, module_id)
);
comment on table org.license_modules is 'shared: the modules that a licence switches on.';
create index license_modules_module_id on org.license_modules (module_id);
alter table org.license_modules enable row level security;

create table org.customers (
  id         uuid        primary key default gen_random_uuid(),
  name       text        not null,
  first_name text        not null,
  last_name  text        not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  seen_by    uuid[]      not null default '{}'
);
comment on table org.customers is 'shared: customers, reached through customer_organization and customer_user.';
comment on column org.customers.seen_by is 'The organisations and people of both tables; kept by triggers, read by policies.';
create index customers_seen_by on org.customers using gin (seen_by) with (fastupdate = off);
create index customers_name on org.customers (lower(name));
alter table org.customers enable row level security;

create table org.customer_email (
  id          uuid        primary key default gen_random_uuid(),
  customer_id uuid        not null references org.customers on delete cascade,
  email       text        not null check (email <> ''),
  is_primary  boolean     not null default false,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
comment on table org.customer_email is 'shared: mail addresses of a customer, at most one of them primary.';
create unique index customer_email_one_primary on org.customer_email (customer_id) where is_primary;
create index customer_email_customer_id on org.customer_email (customer_id);
create index customer_email_email on org.customer_email (lower(email));
alter table org.customer_email enable row level security;

create table org.customer_phone (
  id          uuid        primary key default gen_random_uuid(),
  customer_id uuid        not null references org.customers on delete cascade,
  phone       text        not null check (phone <> ''),
  type        text,
  is_primary  boolean     not null default false,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
comment on table org.customer_phone is 'shared: telephone numbers of a customer, at most one of them primary.';
create unique index customer_phone_one_primary on org.customer_phone (customer_id) where is_primary;
create index customer_phone_customer_id on org.customer_phone (customer_id);
create index customer_phone_phone on org.customer_phone (phone);
alter table org.customer_phone enable row level security;

create table org.customer_organization (
  id              uuid        primary key default gen_random_uuid(),
  customer_id     uuid        not null references org.customers on delete cascade,
  organization_id uuid        not null references org.organizations on delete cascade,
  created_at      timestamptz not null default now(),
  unique (customer_id, organization_id)
);
comment on table org.customer_organization is 'shared: which organisations a customer belongs to.';
create index customer_organization_organization_id on org.customer_organization (organization_id);
alter table org.customer_organization enable row level security;

create table org.customer_user (
  id              uuid        primary key default gen_random_uuid(),
  customer_id     uuid        not null references org.customers on delete cascade,
  user_id         uuid        not null references org.user_profile on delete cascade,
  created_at      timestamptz not null default now(),
  organization_id uuid        not null references org.organizations on delete cascade,
  login_id        uuid,
  seen_by         uuid[]      generated always as (org.seers(organization_id, login_id)) stored,
  unique (customer_id, user_id)
);
comment on table org.customer_user is 'shared: which people look after a customer.';
comment on column org.customer_user.organization_id is 'Of the user_profile; kept by triggers.';
comment on column org.customer_user.login_id is 'The login of the user_profile; kept by triggers.';
create index customer_user_user_id on org.customer_user (user_id);
create index customer_user_organization_id on org.customer_user (organization_id);
create index customer_user_seen_by on org.customer_user using gin (seen_by) with (fastupdate = off);
alter table org.customer_user enable row level security;

create table org.user_preferences (
  id               uuid        primary key default gen_random_uuid(),
  user_id          uuid        not null default plat.uid() references auth.users on delete cascade,
  preference_key   text        not null check (preference_key <> ''),
  preference_value jsonb,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  organization_id  uuid        references org.organizations on delete set null,
  seen_by          uuid[]      generated always as (org.seers(organization_id, user_id)) stored,
  unique (user_id, preference_key)
);
comment on table org.user_preferences is 'shared: settings that a person made, one value for each key.';
comment on column org.user_preferences.organization_id is 'The organisation of the person; kept by triggers.';
create index user_preferences_organization_id on org.user_preferences (organization_id);
create index user_preferences_seen_by on org.user_preferences using gin (seen_by) with (fastupdate = off);
alter table org.user_preferences enable row level security;

-- The default of user_id is the caller; the documented one is what remains when there is none.
create table org.conversations (
  id         uuid        primary key default gen_random_uuid(),
  title      text,
  subject    text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  user_id    uuid        default coalesce(plat.uid(), gen_random_uuid()) references auth.users on delete set null,
  seen_by    uuid[]      not null default '{}'
);
comment on table org.conversations is 'shared: conversations; seen by their owner and by those who wrote in them, and by their admins.';
comment on column org.conversations.seen_by is 'The owner, the writers and their organisations; kept by triggers, read by policies.';
create index conversations_user_id on org.conversations (user_id, created_at desc);
create index conversations_seen_by on org.conversations using gin (seen_by) with (fastupdate = off);
alter table org.conversations enable row level security;

create table org.chat_messages (
  id              uuid        primary key default gen_random_uuid(),
  user_id         uuid        not null default plat.org_profile() references org.user_profile,
  conversation_id uuid        not null references org.conversations on delete cascade,
  message_content text        not null,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now()
);
comment on table org.chat_messages is 'shared: messages of a conversation; user_id is the writer''s user_profile.';
create index chat_messages_conversation_id on org.chat_messages (conversation_id, created_at);
create index chat_messages_user_id on org.chat_messages (user_id);
alter table org.chat_messages enable row level security;

create table org.functions (
  id              uuid        primary key default gen_random_uuid(),
  created_by      uuid        not null default plat.uid() references auth.users,
  name            text        not null check (length(btrim(name)) between 1 and 200),
  description     text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  code            text        not null,
  user_id         uuid        references auth.users on delete set null,
  organization_id uuid        references org.organizations on delete set null,
  seen_by         uuid[]      generated always as (org.seers(organization_id, created_by, user_id)) stored
);
comment on table org.functions is 'shared: texts of functions that people wrote for the assistant.';
comment on column org.functions.code is 'Text to be kept and shown. Nothing in plat runs it.';
comment on column org.functions.organization_id is 'The organisation of created_by; kept by triggers.';
create index functions_created_by on org.functions (created_by);
create index functions_user_id on org.functions (user_id);
create index functions_organization_id on org.functions (organization_id);
create index functions_seen_by on org.functions using gin (seen_by) with (fastupdate = off);
alter table org.functions enable row level security;

create table org.key_store (
  id              uuid        primary key default gen_random_uuid(),
  user_id         uuid        not null default plat.uid() references auth.users on delete cascade,
  provider        text        not null check (provider <> ''),
  api_key         text        not null
                  constraint key_store_api_key_is_sealed check (api_key ~ '^v\d+\.[^.]+\.[A-Za-z0-9_-]+$'),
  verified        boolean     not null default false,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  organization_id uuid        references org.organizations on delete set null,
  seen_by         uuid[]      generated always as (org.seers(organization_id, user_id)) stored
);
comment on table org.key_store is 'shared: keys to outside providers.';
comment on column org.key_store.api_key is 'Secret: an encrypted envelope, plain text is refused; no API role reads it.';
comment on column org.key_store.verified is 'The provider took the key; a new key has to be tried again.';
comment on column org.key_store.organization_id is 'The organisation of the person; kept by triggers.';
create index key_store_user_id on org.key_store (user_id, provider);
create index key_store_organization_id on org.key_store (organization_id);
create index key_store_seen_by on org.key_store using gin (seen_by) with (fastupdate = off);
alter table org.key_store enable row level security;

create table org.vector_store (
  id              uuid        primary key default gen_random_uuid(),
  user_id         uuid        not null default plat.uid() references auth.users on delete cascade,
  source_id       text        not null,
  embedding       extensions.vector(1536),
  metadata        jsonb,
  created_at      timestamptz not null default now(),
  organization_id uuid        references org.organizations on delete set null,
  seen_by         uuid[]      generated always as (org.seers(organization_id, user_id)) stored
);
comment on table org.vector_store is 'shared: embeddings of a person''s sources, for the assistant''s retrieval.';
comment on column org.vector_store.organization_id is 'The organisation of the person; kept by triggers.';
create index vector_store_user_id on org.vector_store (user_id, source_id);
create index vector_store_organization_id on org.vector_store (organization_id);
create index vector_store_seen_by on org.vector_store using gin (seen_by) with (fastupdate = off);
create index vector_store_embedding on org.vector_store using hnsw (embedding extensions.vector_cosine_ops);
alter table org.vector_store enable row level security;
