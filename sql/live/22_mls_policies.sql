-- Who may do what in mls. Policies read settings only; each helper stands in (select ...), so that it is evaluated once and
-- workspace_id becomes an index condition. Tables without a policy are the service role's.

do $$
declare
  p record;
begin
  for p in select policyname, tablename from pg_policies where schemaname = 'mls' loop
    execute format('drop policy %I on mls.%I', p.policyname, p.tablename);
  end loop;
end $$;

revoke all on all tables in schema mls from public, anon, authenticated, service_role;
grant select, insert, update, delete on all tables in schema mls to service_role;
-- Of the views that were there already nothing is meant: what made them grants anew what they are for.
do $$
declare
  v regclass;
begin
  for v in select c.oid from pg_class c where c.relnamespace = 'mls'::regnamespace and c.relkind = 'v' loop
    execute format('revoke all on %s from service_role', v);
  end loop;
end $$;
-- payment_events is append-only, for everyone.
revoke update, delete on mls.payment_events from service_role;

-- workspaces: members read their own, admins rename it. Making, pausing and archiving is the service role's.
grant select, update (name, time_zone) on mls.workspaces to authenticated;
create policy workspaces_members_select on mls.workspaces for select to authenticated
  using (id = (select plat.ws()));
create policy workspaces_admins_update on mls.workspaces for update to authenticated
  using (id = (select plat.ws()) and (select plat.has_role('mls.admin')));

grant select, insert, delete, update (domain, is_primary) on mls.workspace_domains to authenticated;
create policy workspace_domains_members_select on mls.workspace_domains for select to authenticated
  using (workspace_id = (select plat.ws()));
create policy workspace_domains_admins_insert on mls.workspace_domains for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
create policy workspace_domains_admins_update on mls.workspace_domains for update to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
create policy workspace_domains_admins_delete on mls.workspace_domains for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));

-- user_profiles: everybody has their own name, admins the roles of the others (trigger: never one's own). Invitations are
-- answered by the server, so no login inserts; a member is removed by another admin.
grant select, delete, update (role, full_name) on mls.user_profiles to authenticated;
create policy user_profiles_members_select on mls.user_profiles for select to authenticated
  using (id = (select plat.uid()) or (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin'))));
create policy user_profiles_members_update on mls.user_profiles for update to authenticated
  using (id = (select plat.uid()) or (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin'))));
create policy user_profiles_admins_delete on mls.user_profiles for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')) and id <> (select plat.uid()));

-- mls_connections: everything but the token, which has no grant to any API role. What the sync writes, people do not.
revoke all on mls.mls_connections from service_role;
grant delete,
  select (id, workspace_id, provider, dataset_id, token_type, base_url, status, sync_cadence, last_synced_at, last_sync_cursor,
          created_at, updated_at, settings, client_id, token_url, token_scope, status_reason, tested_at, test_report, failures,
          held_until, reconciled_at) on mls.mls_connections to authenticated, service_role;
grant insert (id, workspace_id, provider, dataset_id, token_type, base_url, status, sync_cadence, settings, client_id, token_url,
              token_scope),
  update (dataset_id, token_type, base_url, status, sync_cadence, settings, client_id, token_url, token_scope)
  on mls.mls_connections to authenticated;
grant insert (id, workspace_id, provider, dataset_id, token_type, base_url, status, sync_cadence, last_synced_at, last_sync_cursor,
              created_at, updated_at, settings, client_id, token_url, token_scope),
  update (id, workspace_id, provider, dataset_id, token_type, base_url, status, sync_cadence, last_synced_at, last_sync_cursor,
          created_at, updated_at, settings, client_id, token_url, token_scope) on mls.mls_connections to service_role;
create policy mls_connections_agents_select on mls.mls_connections for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy mls_connections_agents_insert on mls.mls_connections for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy mls_connections_agents_update on mls.mls_connections for update to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy mls_connections_agents_delete on mls.mls_connections for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));

-- field_mappings: new versions through mls.save_field_mapping(); the active one cannot be deleted.
grant select, insert, delete, update (is_active) on mls.field_mappings to authenticated;
create policy field_mappings_agents_select on mls.field_mappings for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy field_mappings_agents_insert on mls.field_mappings for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy field_mappings_agents_update on mls.field_mappings for update to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy field_mappings_agents_delete on mls.field_mappings for delete to authenticated
  using (workspace_id = (select plat.ws()) and not is_active
         and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));

-- import_tasks: agents see and write those shown in their dashboard, admins all.
grant select, insert, delete,
  update (name, description, category, filter_config, status_filters, price_min, price_max, max_import_limit, field_mapping_id,
          sync_cadence, is_enabled, is_agent_visible) on mls.import_tasks to authenticated;
create policy import_tasks_agents_select on mls.import_tasks for select to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or (is_agent_visible and (select plat.has_role('mls.agent')))));
create policy import_tasks_agents_insert on mls.import_tasks for insert to authenticated
  with check (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
              or (is_agent_visible and (select plat.has_role('mls.agent')))));
create policy import_tasks_agents_update on mls.import_tasks for update to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or (is_agent_visible and (select plat.has_role('mls.agent')))));
create policy import_tasks_agents_delete on mls.import_tasks for delete to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or (is_agent_visible and (select plat.has_role('mls.agent')))));

-- What the work writes down: read by agents and admins, written by the work itself. sweep_keys is its scratch paper.
revoke all on mls.sweep_keys, mls.rate_windows, mls.source_metadata, mls.sync_corrections, mls.import_task_listings from service_role;
grant select on mls.rate_windows, mls.source_metadata, mls.sync_corrections, mls.import_task_listings to service_role;
grant select on mls.sync_runs, mls.listing_events, mls.rate_windows, mls.source_metadata, mls.sync_corrections,
  mls.import_task_listings to authenticated;
create policy rate_windows_agents_select on mls.rate_windows for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy source_metadata_agents_select on mls.source_metadata for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy sync_corrections_agents_select on mls.sync_corrections for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy import_task_listings_agents_select on mls.import_task_listings for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy sync_runs_agents_select on mls.sync_runs for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy listing_events_agents_select on mls.listing_events for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));

-- listings: who works for the brokerage reads the active ones, admins the inactive too; agents and admins write; only what was deactivated
-- before can be deleted, by an admin (mls.deactivate_listing, restore_listing, purge_listing). Clients are the public: they read those that
-- may be displayed as they are, with their address and without a text of the brokerage; mls.displayed_listings has the others, too
-- (37_mls_clients.sql, docs/decisions/0008). A profile that hides fields shows them no row here.
-- All columns but raw: mls.listing_raw() gives that to agents and admins.
grant insert, update, delete,
  select (id, workspace_id, source_provider, source_dataset_id, source_listing_key, mls_number, standard_status, modification_ts,
          list_date, close_date, address_full, street_number, street_name, unit_number, city, state, postal_code, subdivision,
          building_name, community, county, latitude, longitude, property_type, bedrooms, bathrooms, living_area_sqft, lot_size_sqft,
          year_built, list_price, close_price, price_per_sqft, public_remarks, marketing_description, marketing_description_source,
          marketing_description_approved_by, marketing_description_approved_at, photo_count, is_active, import_task_id, created_at,
          updated_at, source_modified_at, content_hash, media_hash, missing_since, deactivated_at, deactivated_reason, mapping_hash, extra,
          list_agent_key, list_agent_mls_id, list_agent_name, list_office_key, list_office_mls_id, list_office_name)
  on mls.listings to authenticated;
create policy listings_members_select on mls.listings for select to authenticated
  using (workspace_id = (select plat.ws())
         and ((is_active and (select plat.is_in_house())) or (select plat.has_role('mls.admin'))
              or mls.is_open_to_clients(id)));
create policy listings_agents_insert on mls.listings for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy listings_agents_update on mls.listings for update to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or (is_active and (select plat.has_role('mls.agent')))));
create policy listings_admins_delete on mls.listings for delete to authenticated
  using (workspace_id = (select plat.ws()) and not is_active and (select plat.has_role('mls.admin')));

-- Media and photos: is_active is the listing's. Clients see those of listings that they see, and of media the photos that the MLS does not keep to agents;
-- for all others the listing is not looked at.
grant select, insert, delete, update (url, sort_order, caption, category) on mls.listing_media to authenticated;
create policy listing_media_members_select on mls.listing_media for select to authenticated
  using (workspace_id = (select plat.ws())
         and ((is_active and (is_public or (select plat.has_role('mls.agent'))) and (select plat.is_in_house()))
              or (select plat.has_role('mls.admin'))
              or (is_active and is_public and (category is null or lower(category) = 'photo') and mls.is_open_to_clients(listing_id))));
create policy listing_media_agents_insert on mls.listing_media for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy listing_media_agents_update on mls.listing_media for update to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or (is_active and (select plat.has_role('mls.agent')))));
create policy listing_media_agents_delete on mls.listing_media for delete to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or (is_active and (select plat.has_role('mls.agent')))));

grant select, insert, delete,
  update (storage_path, url, thumbnail_url, source, sort_order, is_primary, caption, alt_text, mime_type, size_bytes, width, height)
  on mls.listing_photos to authenticated;
create policy listing_photos_members_select on mls.listing_photos for select to authenticated
  using (workspace_id = (select plat.ws())
         and ((is_active and (select plat.is_in_house())) or (select plat.has_role('mls.admin'))
              or (is_active and mls.is_open_to_clients(listing_id))));
create policy listing_photos_agents_insert on mls.listing_photos for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy listing_photos_agents_update on mls.listing_photos for update to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or (is_active and (select plat.has_role('mls.agent')))));
create policy listing_photos_agents_delete on mls.listing_photos for delete to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or (is_active and (select plat.has_role('mls.agent')))));

-- Favourites, searches and alerts are each person's own, whatever their role. What the work notes in them, nobody else writes.
grant select, delete, insert (id, workspace_id, user_id, listing_id, alert), update (alert) on mls.favorites to authenticated;
create policy favorites_owners_select on mls.favorites for select to authenticated
  using (workspace_id = (select plat.ws()) and user_id = (select plat.uid()));
create policy favorites_owners_insert on mls.favorites for insert to authenticated
  with check (workspace_id = (select plat.ws()) and user_id = (select plat.uid()));
create policy favorites_owners_update on mls.favorites for update to authenticated
  using (workspace_id = (select plat.ws()) and user_id = (select plat.uid()));
create policy favorites_owners_delete on mls.favorites for delete to authenticated
  using (workspace_id = (select plat.ws()) and user_id = (select plat.uid()));

grant delete,
  select (id, workspace_id, user_id, name, query, created_at, updated_at, alert, alert_kinds, by_mail, in_app, last_alerted_at, problem),
  insert (id, workspace_id, user_id, name, query, alert, alert_kinds, by_mail, in_app),
  update (name, query, alert, alert_kinds, by_mail, in_app) on mls.saved_searches to authenticated;
create policy saved_searches_owners_select on mls.saved_searches for select to authenticated
  using (workspace_id = (select plat.ws()) and user_id = (select plat.uid()));
create policy saved_searches_owners_insert on mls.saved_searches for insert to authenticated
  with check (workspace_id = (select plat.ws()) and user_id = (select plat.uid()));
create policy saved_searches_owners_update on mls.saved_searches for update to authenticated
  using (workspace_id = (select plat.ws()) and user_id = (select plat.uid()));
create policy saved_searches_owners_delete on mls.saved_searches for delete to authenticated
  using (workspace_id = (select plat.ws()) and user_id = (select plat.uid()));

revoke all on mls.alert_workspaces, mls.alert_listings from service_role;
grant select, delete, update (seen_at) on mls.search_alerts to authenticated;
create policy search_alerts_owners_select on mls.search_alerts for select to authenticated
  using (workspace_id = (select plat.ws()) and user_id = (select plat.uid()) and in_app);
create policy search_alerts_owners_update on mls.search_alerts for update to authenticated
  using (workspace_id = (select plat.ws()) and user_id = (select plat.uid()) and in_app);
create policy search_alerts_owners_delete on mls.search_alerts for delete to authenticated
  using (workspace_id = (select plat.ws()) and user_id = (select plat.uid()) and in_app);

-- What a profile says is published, so it is the admins' to say; its HTML is held to a list (28_mls_html.sql).
grant select, insert, delete,
  update (attribution_html, disclaimer_html, display_on_search, display_on_detail, mls_name, brokerage_name, own_office_mls_ids,
          contact_email, contact_phone, correction_contact, copyright_notice, shown_statuses, shows_unstated, requires_idx, hidden_fields,
          max_results, freshness_hours, closed_days) on mls.compliance_profiles to authenticated;
create policy compliance_profiles_members_select on mls.compliance_profiles for select to authenticated
  using (workspace_id = (select plat.ws()));
create policy compliance_profiles_admins_insert on mls.compliance_profiles for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
create policy compliance_profiles_admins_update on mls.compliance_profiles for update to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
create policy compliance_profiles_admins_delete on mls.compliance_profiles for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));

-- reso_consumers: admins see to them, agents look; new ones and new secrets come from functions (27_mls_reso.sql), and hashes have no
-- grant to any API role. Usage and what payloads hold is the workers'.
revoke all on mls.reso_consumers, mls.reso_usage, mls.reso_fields, mls.reso_lookups, mls.reso_scans from service_role;
grant delete, select (id, workspace_id, name, scopes, per_minute, per_hour, client_id, generation, revoked_at, last_used_at, created_by,
                      created_at, updated_at),
  update (name, scopes, per_minute, per_hour, revoked_at) on mls.reso_consumers to authenticated, service_role;
create policy reso_consumers_agents_select on mls.reso_consumers for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));
create policy reso_consumers_admins_update on mls.reso_consumers for update to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
create policy reso_consumers_admins_delete on mls.reso_consumers for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
