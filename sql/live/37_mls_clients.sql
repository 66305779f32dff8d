-- What a brokerage's clients may read of its listings over /rest/v1: they are the public (docs/decisions/0008-clients-are-the-public.md).

create or replace function mls.show_listing(listing uuid) returns setof mls.displayed_listing
  language sql stable security definer rows 1
  set search_path = ''
as $$
  select d.* from mls.displayed(plat.ws(), array[listing], 'public') d;
$$;
comment on function mls.show_listing(uuid) is 'A listing of the caller''s workspace as the public may see it; no row: it may not.';
revoke all on function mls.show_listing(uuid) from public;
grant execute on function mls.show_listing(uuid) to authenticated, service_role, plat_worker;

-- As mls.listings for whoever may not see all of it: also those without an address, and hidden fields are null. Whose key is asked for is
-- found by it, so it can be embedded; what is asked of other columns is asked of each displayed listing in turn, since their values are
-- not known before: for that there is the search. The rules stand here only to pass over what would be passed over anyway.
-- Who reads a view has to be let call what stands in it; these two tell nothing that their caller does not bring.
grant execute on function mls.is_displayed(mls.listings, mls.compliance_profiles), mls.hiding_rule(mls.listings, mls.compliance_profiles)
  to authenticated;
drop view if exists mls.displayed_listings;
create view mls.displayed_listings with (security_barrier = true) as
  select l.workspace_id, l.id, d.mls_number, d.source_listing_key, d.source_provider, d.standard_status, d.property_type, d.address_full,
         d.street_number, d.street_name, d.unit_number, d.city, d.state, d.postal_code, d.subdivision, d.building_name, d.community,
         d.county, d.public_remarks, d.list_agent_name, d.list_agent_mls_id, d.list_office_name, d.list_office_mls_id, d.list_price,
         d.close_price, d.price_per_sqft, d.bedrooms, d.bathrooms, d.living_area_sqft, d.lot_size_sqft, d.year_built, d.photo_count,
         d.list_date, d.close_date, d.modification_ts, d.created_at, d.updated_at, d.latitude, d.longitude, d.has_address, d.photos,
         d.office_contact, d.source_name, d.copyright, d.is_own, d.may_estimate, d.may_comment, d.as_of
    from mls.listings l
    join mls.compliance_profiles p on p.workspace_id = l.workspace_id
    cross join lateral mls.show_listing(l.id) d
    where l.workspace_id = (select plat.ws())
      and mls.is_displayed(l, p);
comment on view mls.displayed_listings is
  'The workspace''s listings as the public may see them: what is hidden is null, what must be said stands beside it.';
revoke all on mls.displayed_listings from public, anon, authenticated, service_role;
grant select on mls.displayed_listings to authenticated, service_role, plat_worker;
