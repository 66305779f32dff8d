-- What plat.enter() leaves for the policies, made ready: seven tables were joined for every request, which cost more than most
-- requests themselves (docs/decisions/0004-memberships.md). The triggers that keep it, and what is in it, come with
-- sql/live/10_plat_enter.sql.
-- locks: auth.users, in share row exclusive mode for the length of this file (the foreign key)

create table plat.memberships (
  login uuid primary key references auth.users on delete cascade,
  me    text
);
comment on table plat.memberships is 'local: one row for each login, kept by triggers; a cache of plat.current_memberships.';
comment on column plat.memberships.me is
  'The setting plat.me of a request by this login; null when plat.enter_by_sources() has to look, which is never wrong.';
alter table plat.memberships enable row level security;
create policy memberships_authenticator_select on plat.memberships for select to authenticator using (true);
grant select on plat.memberships to authenticator;
