-- Sign-in by others (OAuth, OpenID) goes away from us and comes back: what has to be remembered meanwhile. And a code of an
-- authenticator app is good once, so the factor keeps the last half minute that was used.
-- locks: auth.mfa_factors, for an added column without a default

create table auth.flow_states (
  id                    uuid        primary key default gen_random_uuid(),
  state_hash            bytea       not null unique check (length(state_hash) = 32),
  provider              text        not null,
  verifier              text        not null,
  nonce                 text        not null,
  redirect_to           text        not null,
  code_challenge        text,
  code_challenge_method text        check (code_challenge_method in ('s256', 'plain')),
  user_id               uuid        references auth.users on delete cascade,
  created_at            timestamptz not null default now(),
  expires_at            timestamptz not null default now() + interval '10 minutes'
);
comment on table auth.flow_states is 'shared: people who are at a provider to sign in; a row is good for one return.';
comment on column auth.flow_states.state_hash is 'SHA-256 of the state that comes back with the person.';
comment on column auth.flow_states.verifier is 'Our PKCE verifier towards the provider; worth nothing without the code.';
comment on column auth.flow_states.code_challenge is 'PKCE of the client that sent the person here.';
comment on column auth.flow_states.user_id is 'The login that gets one more identity; null: whoever signs in.';
create index flow_states_user_id on auth.flow_states (user_id);
create index flow_states_expires_at on auth.flow_states (expires_at);
alter table auth.flow_states enable row level security;

alter table auth.mfa_factors add column last_step bigint;
comment on column auth.mfa_factors.last_step is 'TOTP: the last step of 30 seconds whose code was taken.';
