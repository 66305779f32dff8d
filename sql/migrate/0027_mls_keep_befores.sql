-- Alerts tell a listing that was changed to the searches that fit it only from then on. For that they need what it was when they looked at it
-- last: each update leaves it here (38_mls_alert_befores.sql), the next look takes it away.
--
-- Updates only add rows, of a number of their own: none waits for another, nor for a look that is under way, and what comes during one is the
-- next one's. No reference to listings: nothing cascades. No column of the listings' row type: that would stand in the way of whoever alters them.
--
-- locks: none (new objects)

create table mls.alert_befores (
  workspace_id uuid   not null default plat.ws() references mls.workspaces on delete cascade,
  listing_id   uuid   not null,
  n            bigint not null generated always as identity,
  was          jsonb  compression lz4 not null,
  primary key (workspace_id, listing_id, n)
);
comment on table mls.alert_befores is 'tenant: what changed listings of watched workspaces were since alerts looked at them last.';
comment on column mls.alert_befores.n is 'In the order of the listing''s changes; the first one that says something of a column counts.';
comment on column mls.alert_befores.was is 'Columns of mls.listings; a long text is there when it is what changed.';
alter table mls.alert_befores enable row level security;
