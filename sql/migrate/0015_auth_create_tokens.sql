-- What signing in needs besides logins and sessions: codes of PKCE, counters of attempts, and keys that sign tokens, so that these
-- can be changed without logging anybody out.
-- locks: auth.one_time_tokens, for an added column without a default

create table auth.flow_codes (
  id                    uuid        primary key default gen_random_uuid(),
  user_id               uuid        not null references auth.users on delete cascade,
  code_hash             bytea       not null unique check (length(code_hash) = 32),
  code_challenge        text        not null,
  code_challenge_method text        not null check (code_challenge_method in ('s256', 'plain')),
  method                text        not null,
  provider_tokens       text,
  created_at            timestamptz not null default now(),
  expires_at            timestamptz not null default now() + interval '5 minutes'
);
comment on table auth.flow_codes is 'shared: codes in the addresses that people come back to; good once, for who knows the verifier.';
comment on column auth.flow_codes.code_hash is 'SHA-256 of the code.';
comment on column auth.flow_codes.method is 'How the person signed in: what amr will say.';
comment on column auth.flow_codes.provider_tokens is 'An encrypted envelope: a JSON object with the tokens of the provider.';
create index flow_codes_user_id on auth.flow_codes (user_id);
create index flow_codes_expires_at on auth.flow_codes (expires_at);
alter table auth.flow_codes enable row level security;

alter table auth.one_time_tokens add column code_challenge_method text check (code_challenge_method in ('s256', 'plain'));

-- Lost in a crash, which does no harm.
create unlogged table auth.rate_limits (
  what    text        not null,
  subject text        not null,
  since   timestamptz not null default now(),
  hits    integer     not null default 1,
  primary key (what, subject)
);
comment on table auth.rate_limits is 'local: how often something was tried from an address or on an account, in the present window.';
create index rate_limits_since on auth.rate_limits (since);
alter table auth.rate_limits enable row level security;

create table auth.signing_keys (
  kid         text        primary key,
  alg         text        not null check (alg in ('HS256', 'ES256', 'RS256')),
  private_jwk text        not null,
  public_jwk  jsonb,
  status      text        not null default 'standby' check (status in ('standby', 'current', 'previous', 'revoked')),
  created_at  timestamptz not null default now(),
  current_at  timestamptz,
  previous_at timestamptz,
  revoked_at  timestamptz,
  constraint signing_keys_public_part check ((public_jwk is null) = (alg = 'HS256'))
);
comment on table auth.signing_keys is
  'shared: keys of access tokens besides PLAT_JWT_SECRET. standby: verified everywhere, signs soon; previous: verifies only.';
comment on column auth.signing_keys.private_jwk is 'An encrypted envelope.';
create unique index signing_keys_one_current on auth.signing_keys (status) where status = 'current';
alter table auth.signing_keys enable row level security;
