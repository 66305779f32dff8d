-- Mail that goes through the job queue, and what the queue itself still lacked: a token for each lease, so that a worker which
-- lost its lease can change nothing any more, and schedules.
-- locks: plat.jobs, in access exclusive mode for a moment (columns without a rewrite) and while three partial indexes are built

alter table plat.jobs add column lease uuid;
alter table plat.jobs add column again boolean not null default false;
alter table plat.jobs add column cancel boolean not null default false;
comment on column plat.jobs.lease is 'Made anew by each claim; only who knows it may renew, finish, fail or give back the job.';
comment on column plat.jobs.again is 'Enqueued once more, by its unique_key, while it was running: it is queued again when it ends.';
comment on column plat.jobs.cancel is 'Asked for while it was running: its worker cancels it at the next heartbeat.';
create unique index jobs_lease on plat.jobs (lease) where lease is not null;
create index jobs_dead on plat.jobs (id) where status = 'dead';
create index jobs_finished_at on plat.jobs (finished_at) where finished_at is not null;

create table plat.schedules (
  name     text        primary key check (length(name) between 1 and 100),
  every    interval    not null check (every >= interval '1 second'),
  next_at  timestamptz not null default now(),
  last_job bigint
);
comment on table plat.schedules is 'local: kinds of jobs that are done every so often; each is enqueued once, however many workers there are.';
alter table plat.schedules enable row level security;

create table plat.mails (
  id           uuid        primary key default gen_random_uuid(),
  workspace_id uuid        references mls.workspaces on delete cascade,
  template     text        not null check (length(template) between 1 and 100),
  address      text        not null check (length(address) between 3 and 320 and address ~ '^[^[:cntrl:][:space:]<>@]+@[^[:cntrl:][:space:]<>@]+$'),
  data         jsonb       not null default '{}' check (jsonb_typeof(data) = 'object'),
  status       text        not null default 'queued' check (status in ('queued', 'sent', 'failed', 'outbox')),
  subject      text,
  text         text,
  html         text,
  error        text,
  created_at   timestamptz not null default now(),
  sent_at      timestamptz
);
comment on table plat.mails is 'local: mail to people. outbox: there is no mail server, it is to be read here.';
comment on column plat.mails.data is 'What the template is filled with; emptied, like text and html, once the mail is sent: there are links to sign in with.';
create index mails_created_at on plat.mails (created_at);
create index mails_workspace_id on plat.mails (workspace_id) where workspace_id is not null;
alter table plat.mails enable row level security;

create table plat.mail_templates (
  id           bigint generated always as identity primary key,
  name         text        not null check (length(name) between 1 and 100),
  workspace_id uuid        references mls.workspaces on delete cascade,
  subject      text        not null check (length(subject) between 1 and 500 and subject !~ '[[:cntrl:]]'),
  text_body    text        not null check (length(text_body) between 1 and 200000),
  html_body    text        check (length(html_body) between 1 and 500000),
  updated_at   timestamptz not null default now(),
  constraint mail_templates_name unique nulls not distinct (name, workspace_id)
);
comment on table plat.mail_templates is 'local: templates that replace the built-in ones, for everybody or for one workspace.';
create index mail_templates_workspace_id on plat.mail_templates (workspace_id) where workspace_id is not null;
alter table plat.mail_templates enable row level security;
