-- The ground that every module stands on: roles, schemas, extensions, and plat's own tables.
-- locks: roles of the server, for the length of this file

-- Roles belong to the whole server, so another database may have made them already, or be at it now: advisory locks do not reach
-- across databases, a lock on a shared catalogue does.
lock table pg_catalog.pg_authid in share row exclusive mode;
do $$
declare
  wanted text;
begin
  foreach wanted in array array['anon', 'authenticated', 'service_role', 'plat_worker', 'authenticator'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin noinherit', wanted);
    end if;
  end loop;
end $$;
alter role authenticator login noinherit;
-- Results are read as text, so a server with other habits must not change how dates and bytes are written.
alter role authenticator set datestyle = 'ISO, MDY';
alter role authenticator set intervalstyle = 'postgres';
alter role authenticator set bytea_output = 'hex';
alter role authenticator set timezone = 'UTC';
alter role service_role bypassrls;
alter role plat_worker bypassrls;
grant anon, authenticated, service_role, plat_worker to authenticator;
comment on role authenticator is 'The login of plat serve and plat work; it has no rights of its own and switches per transaction.';
comment on role anon is 'API requests without a login.';
comment on role authenticated is 'API requests of a signed-in person; row level security decides.';
comment on role service_role is 'API requests with the service key: past row level security, but not to secrets.';
comment on role plat_worker is 'Background work and commands: past row level security, secrets included.';

create schema if not exists extensions;
comment on schema extensions is 'PostgreSQL extensions, out of the way of the modules.';
create extension if not exists pgcrypto with schema extensions;
create extension if not exists vector with schema extensions;
create extension if not exists pg_trgm with schema extensions;

create schema auth;
comment on schema auth is 'The one login of all modules.';
create schema storage;
comment on schema storage is 'Buckets and objects.';
create schema mls;
comment on schema mls is '1 OAK MLS Platform: workspaces, connections, canonical listings.';
create schema marketing;
comment on schema marketing is 'Real estate agent marketing: content, approval, posting.';
create schema ops;
comment on schema ops is 'La-Paz Operations Center: staff, realtors, tasks, Slack.';
create schema org;
comment on schema org is 'Organisations, licences, customers, conversations.';
create schema crm;
comment on schema crm is 'Doughy AI: leads, properties, deals.';

grant usage on schema auth, storage, mls, marketing, ops, org, crm, plat, extensions
  to anon, authenticated, service_role, plat_worker;
grant usage on schema plat, extensions, auth to authenticator;

-- Allowed steps of every status machine; plat.check_step() reads it, modules fill it in their migrations.
create table plat.transitions (
  machine     text not null,
  from_status text not null,
  to_status   text not null,
  who         text not null default '*',
  primary key (machine, from_status, to_status)
);
comment on table plat.transitions is
  'shared: allowed steps of the status machines. from_status '''' is the insert; who is * or role names separated by spaces.';
alter table plat.transitions enable row level security;
create policy transitions_all_select on plat.transitions for select using (true);
grant select on plat.transitions to anon, authenticated, service_role;

-- Background work. A job is claimed with FOR UPDATE SKIP LOCKED, leased, and woken by NOTIFY from the request's transaction.
create table plat.jobs (
  id           bigint generated always as identity primary key,
  name         text        not null check (length(name) between 1 and 100),
  workspace_id uuid,
  payload      jsonb       not null default '{}',
  status       text        not null default 'queued'
               check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'dead')),
  unique_key   text,
  priority     integer     not null default 0,
  attempts     integer     not null default 0 check (attempts >= 0),
  max_attempts integer     not null default 5 check (max_attempts > 0),
  run_at       timestamptz not null default now(),
  leased_by    text,
  leased_until timestamptz,
  last_error   text,
  created_at   timestamptz not null default now(),
  started_at   timestamptz,
  finished_at  timestamptz,
  check ((status = 'running') = (leased_until is not null))
);
comment on table plat.jobs is 'local: the job queue; rows of finished jobs are kept for a while as history.';
create index jobs_next on plat.jobs (priority desc, run_at, id) where status = 'queued';
create index jobs_leases on plat.jobs (leased_until) where status = 'running';
create unique index jobs_unique_key on plat.jobs (name, unique_key)
  where unique_key is not null and status in ('queued', 'running');
alter table plat.jobs enable row level security;

-- Answers to requests that a client may repeat after a lost connection.
create table plat.idempotency_keys (
  key           text        primary key check (length(key) between 1 and 255),
  user_id       uuid,
  request_hash  bytea       not null,
  status        integer,
  answer        text,
  created_at    timestamptz not null default now()
);
comment on table plat.idempotency_keys is 'local: Idempotency-Key of a request and the answer it got.';
create index idempotency_keys_created_at on plat.idempotency_keys (created_at);
alter table plat.idempotency_keys enable row level security;
