-- Which rows of mls.listings a client may read as they are (docs/decisions/0008-clients-are-the-public.md). By key, and not of the row's own
-- columns, since what a policy names is unpacked of each row for everybody: the agents' pages cost a fifth more then. Late bound: the
-- rules come with 29_mls_display.sql. Cheap to the planner, or agents' plans would be made for what never runs.
create or replace function mls.is_open_to_clients(listing uuid) returns boolean
  language plpgsql stable security definer parallel safe cost 1
  set search_path = ''
as $$
begin
  return exists (
    select from mls.listings l join mls.compliance_profiles p on p.workspace_id = l.workspace_id
      where l.workspace_id = plat.ws() and l.id = listing and mls.is_displayed(l, p) and mls.is_address_displayed(l)
        and l.marketing_description is null and coalesce(l.extra, '{}') = '{}' and p.hidden_fields = '{}');
end $$;
comment on function mls.is_open_to_clients(uuid) is
  'Whether nothing of a listing of the caller''s workspace is kept from the public, so that clients may read its row.';
revoke all on function mls.is_open_to_clients(uuid) from public;
grant execute on function mls.is_open_to_clients(uuid) to authenticated, service_role, plat_worker;
