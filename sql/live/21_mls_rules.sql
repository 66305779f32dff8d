-- Which listings the public may see, as an expression of columns and of what a workspace's profile says (docs/display.md): the one place that
-- decides. Policies use it (22_mls_policies.sql), and mls.hiding_rule(listing, profile) for everybody else (29_mls_display.sql).
-- Each of the profile's four is named once, or PostgreSQL would not put it in the place of a call with (select ...). No set clause for the
-- same reason. Not immutable: closed listings are shown for a time. What the profile does not say counts as no.
create or replace function mls.hiding_rule(is_active boolean, may_display boolean, standard_status text, close_date date, is_idx boolean,
  is_idx_feed boolean, shown_statuses text[], shows_unstated boolean, closed_days integer, requires_idx boolean) returns text
  language sql stable parallel safe
return case
  when not is_active then 'inactive'
  when may_display is false then 'opted_out'
  when may_display is null and shows_unstated is not true then 'unstated'
  when standard_status is null
    or standard_status <> all ('{Active,Active Under Contract,Pending,Coming Soon,Closed}') then 'off_market'
  when (standard_status = any (shown_statuses)) is not true then 'status'
  when standard_status = 'Closed' and (close_date >= (now() at time zone 'UTC')::date - closed_days) is not true then 'closed_long_ago'
  when is_idx is false or is_idx_feed is false then 'not_in_idx'
  when requires_idx is not false and is_idx is null and is_idx_feed is null then 'idx_unstated'
end;
comment on function mls.hiding_rule(boolean, boolean, text, date, boolean, boolean, text[], boolean, integer, boolean) is
  'The first rule that keeps a listing from the public, for one that has a profile; null: none does.';
revoke all on function mls.hiding_rule(boolean, boolean, text, date, boolean, boolean, text[], boolean, integer, boolean) from public;
grant execute on function mls.hiding_rule(boolean, boolean, text, date, boolean, boolean, text[], boolean, integer, boolean)
  to authenticated, service_role, plat_worker;
