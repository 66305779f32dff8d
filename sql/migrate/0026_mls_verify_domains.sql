-- A custom domain counts once its owner has shown that it is theirs: by a TXT record, or by a file where it leads to. Several workspaces may
-- claim a domain, one of them has it.
-- locks: access exclusive on workspace_domains for an instant (few rows)

alter table mls.workspace_domains
  add column verification_token text        not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
  add column verified_at        timestamptz,
  add column verified_by        text        check (verified_by in ('dns', 'file')),
  add column checked_at         timestamptz,
  add column failing_since      timestamptz,
  add column failure            text        check (length(failure) <= 1000),
  add constraint workspace_domains_domain_is_no_address check (domain !~ '\.[0-9]+$') not valid,
  add constraint workspace_domains_verified_by_something check ((verified_at is null) = (verified_by is null));
comment on column mls.workspace_domains.verification_token is 'What the TXT record _plat.<domain> or the file says: plat-verify=<token>.';
comment on column mls.workspace_domains.verified_at is 'Since when the domain leads to the workspace''s site; null: it does not.';
comment on column mls.workspace_domains.checked_at is 'When the proof was looked for last, found or not.';
comment on column mls.workspace_domains.failing_since is 'The first of the checks that failed in a row.';
comment on column mls.workspace_domains.failure is 'Why the last check failed, or why the domain is not verified any more.';

-- A request is routed by its host name, so one verified domain leads to one workspace.
drop index mls.workspace_domains_domain;
create unique index workspace_domains_domain on mls.workspace_domains (domain) where verified_at is not null;
create index workspace_domains_claims on mls.workspace_domains (domain);
