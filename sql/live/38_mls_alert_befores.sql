-- What listings were before they changed, for alerts (0027, docs/alerts.md): taken by mls.read_alert_changes(). And what alerts forget.

create or replace trigger alert_befores_refuse_move before update of workspace_id on mls.alert_befores
  for each row when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move();
revoke all on mls.alert_befores from public, anon, authenticated, service_role;

-- Of listings on the market, what searches read (src/mod/search/fields.c) and what the rules of display read. Not the payload, which costs more
-- than all the rest, nor updated_at, which every change changes. What makes the cost is the JSON: what seldom changes is there when something of
-- it did. Of a listing that changes again and again while nobody looks the first ones are kept; the first one counts. Planned once for each
-- session, perhaps for one row: a loop in a loop would stay when there are many. In memory: 20,000 rows are 25 MB.
create or replace function mls.keep_befores() returns trigger
  language plpgsql security definer
  set search_path = ''
  set enable_nestloop = off
  set work_mem = '64MB'
as $$
begin
  if not exists (select from mls.alert_workspaces w where w.ready_at is not null) then
    return null;
  end if;
  insert into mls.alert_befores (workspace_id, listing_id, was)
    select o.workspace_id, o.id,
           (select to_jsonb(s)
              from (select o.standard_status, o.modification_ts, o.close_date, o.list_price, o.close_price, o.price_per_sqft, o.photo_count,
                    o.is_active) s)
           || case when r.is_other
                then (select to_jsonb(s)
                        from (select o.source_provider, o.source_listing_key, o.mls_number, o.list_date, o.address_full, o.street_number, o.street_name,
                              o.unit_number, o.city, o.state, o.postal_code, o.subdivision, o.building_name, o.community, o.county, o.latitude,
                              o.longitude, o.property_type, o.bedrooms, o.bathrooms, o.living_area_sqft, o.lot_size_sqft, o.year_built,
                              o.import_task_id, o.list_agent_mls_id, o.list_agent_name, o.list_office_mls_id, o.list_office_name, o.may_display,
                              o.may_display_address, o.is_idx, o.is_idx_feed) s)
                else '{}' end
           || case when o.public_remarks is distinct from n.public_remarks
                then jsonb_build_object('public_remarks', o.public_remarks) else '{}' end
           || case when o.marketing_description is distinct from n.marketing_description
                then jsonb_build_object('marketing_description', o.marketing_description) else '{}' end
      from was o
      join changed n on n.workspace_id = o.workspace_id and n.id = o.id
      cross join lateral (
        select (o.source_provider, o.source_listing_key, o.mls_number, o.list_date, o.address_full, o.street_number, o.street_name,
                o.unit_number, o.city, o.state, o.postal_code, o.subdivision, o.building_name, o.community, o.county, o.latitude,
                o.longitude, o.property_type, o.bedrooms, o.bathrooms, o.living_area_sqft, o.lot_size_sqft, o.year_built,
                o.import_task_id, o.list_agent_mls_id, o.list_agent_name, o.list_office_mls_id, o.list_office_name, o.may_display,
                o.may_display_address, o.is_idx, o.is_idx_feed)
               is distinct from
               (n.source_provider, n.source_listing_key, n.mls_number, n.list_date, n.address_full, n.street_number, n.street_name,
                n.unit_number, n.city, n.state, n.postal_code, n.subdivision, n.building_name, n.community, n.county, n.latitude,
                n.longitude, n.property_type, n.bedrooms, n.bathrooms, n.living_area_sqft, n.lot_size_sqft, n.year_built,
                n.import_task_id, n.list_agent_mls_id, n.list_agent_name, n.list_office_mls_id, n.list_office_name, n.may_display,
                n.may_display_address, n.is_idx, n.is_idx_feed) as is_other offset 0) r
      where o.workspace_id in (select w.workspace_id from mls.alert_workspaces w where w.ready_at is not null)
        and (mls.is_on_market(o.standard_status) and o.is_active or mls.is_on_market(n.standard_status) and n.is_active)
        and (r.is_other
             or (o.standard_status, o.modification_ts, o.close_date, o.list_price, o.close_price, o.price_per_sqft, o.photo_count,
                 o.is_active)
                is distinct from
                (n.standard_status, n.modification_ts, n.close_date, n.list_price, n.close_price, n.price_per_sqft, n.photo_count,
                 n.is_active)
             or o.public_remarks is distinct from n.public_remarks or o.marketing_description is distinct from n.marketing_description)
        and not exists (select from mls.alert_befores b where b.workspace_id = o.workspace_id and b.listing_id = o.id offset 15);
  return null;
end $$;
create or replace trigger listings_keep_befores after update on mls.listings
  referencing old table as was new table as changed for each statement execute function mls.keep_befores();

-- Alerts go after 90 days, and an hour's looks at the listings, which are many; a workspace where nobody wants to be told anything is not watched any more.
create or replace function mls.forget_alerts(keep interval default '90 days') returns bigint
  language plpgsql volatile
  set search_path = ''
as $$
declare
  n bigint;
begin
  perform from mls.alert_workspaces w order by w.workspace_id for update;
  delete from mls.alert_workspaces w
    where not exists (select from mls.saved_searches s where s.workspace_id = w.workspace_id and s.alert <> 'off')
      and not exists (select from mls.favorites f where f.workspace_id = w.workspace_id and f.alert <> 'off');
  delete from mls.alert_listings l where not exists (select from mls.alert_workspaces w where w.workspace_id = l.workspace_id);
  delete from mls.alert_befores b
    where not exists (select from mls.alert_workspaces w where w.workspace_id = b.workspace_id)
       or not exists (select from mls.listings l where l.workspace_id = b.workspace_id and l.id = b.listing_id);
  delete from plat.jobs j where j.name = 'alerts.match' and j.status = 'succeeded' and j.finished_at < now() - interval '1 hour';
  delete from mls.search_alerts a where a.found_at < now() - keep;
  get diagnostics n = row_count;
  return n;
end $$;
comment on function mls.forget_alerts(interval) is 'Deletes old alerts, and what was kept of workspaces that are not watched and of listings that are gone.';
revoke all on function mls.forget_alerts(interval) from public;
grant execute on function mls.forget_alerts(interval) to plat_worker;
