-- What stood beside the tables of an installation as of migration 0021 and has to make way, or to be there again, when it is migrated:
-- functions and views of rows of listings, policies under names of then, triggers. In the words of then, but for the functions' bodies.

create function mls.reso_compose(l mls.listings) returns jsonb
  language sql stable parallel safe cost 10000
  return jsonb_strip_nulls(jsonb_build_object('ListingKey', l.source_listing_key, 'ListPrice', l.list_price, 'City', l.city));
create function mls.reso_member(l mls.listings) returns jsonb
  language sql stable parallel safe cost 1000
  return jsonb_strip_nulls(jsonb_build_object('MemberKey', l.list_agent_key, 'MemberEmail', l.raw -> 'ListAgentEmail'));
create function mls.reso_office(l mls.listings) returns jsonb
  language sql stable parallel safe cost 1000
  return jsonb_strip_nulls(jsonb_build_object('OfficeKey', l.list_office_key, 'OfficePhone', l.raw -> 'ListOfficePhone'));
create function mls.reso_media(m mls.listing_media, listing_key text, listing_id text) returns jsonb
  language sql stable parallel safe cost 1000
  return jsonb_strip_nulls(jsonb_build_object('MediaKey', coalesce(m.media_key, m.id::text), 'ResourceRecordKey', listing_key, 'MediaURL', m.url));

create view mls.listing_pictures with (security_invoker = true) as
  select i.workspace_id, i.listing_id, i.kind, i.id, i.url, i.thumbnail_url, i.caption, i.alt_text,
         row_number() over (partition by i.workspace_id, i.listing_id order by i.kind desc, i.later, i.sort_order, i.created_at, i.url) as position
    from (select p.workspace_id, p.listing_id, 'photo' as kind, p.id, p.url, p.thumbnail_url, p.caption, p.alt_text,
                 not p.is_primary as later, p.sort_order, p.created_at
            from mls.listing_photos p where p.url is not null
          union all
          select m.workspace_id, m.listing_id, 'media', m.id, m.url, null, m.caption, null, false, m.sort_order, null
            from mls.listing_media m where coalesce(m.category, 'Photo') = 'Photo') i;

create function mls.stamp_listing() returns trigger
  language plpgsql
as $$
begin
  new.source_modified_at := greatest(now(), new.source_modified_at);
  return new;
end $$;
create trigger listings_stamp_update before update on mls.listings
  for each row when (pg_column_size(new.raw) < 12 and new.content_hash is null and new.updated_at is not distinct from old.updated_at)
  execute function mls.stamp_listing();
create trigger listings_touch before update on mls.listings
  for each row when (new.updated_at is not distinct from old.updated_at
                     and coalesce(current_setting('mls.keep_updated_at', true), '') <> 'on')
  execute function plat.touch_updated_at();

grant select on mls.listings, mls.listing_media to authenticated;
create policy listings_members_select on mls.listings for select to authenticated
  using (workspace_id = (select plat.ws()) and (is_active or (select plat.has_role('mls.admin'))));
create policy listing_media_members_select on mls.listing_media for select to authenticated
  using (workspace_id = (select plat.ws()) and (is_active or (select plat.has_role('mls.admin'))));
grant insert, update, delete on mls.compliance_profiles to authenticated;
create policy compliance_profiles_agents_update on mls.compliance_profiles for update to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin') or plat.has_role('mls.agent')));

-- Somebody's data.
insert into mls.workspaces (id, slug, name) select md5('ws ' || l)::uuid, 'tenant-' || l, 'Tenant ' || l from unnest(array['a', 'b']) l;
insert into auth.users (id, email, aud, role) select md5(who)::uuid, who || '@example.org', 'authenticated', 'authenticated'
  from unnest(array['a_admin', 'a_client']) who;
insert into mls.user_profiles (id, workspace_id, role) values (md5('a_admin')::uuid, md5('ws a')::uuid, 'admin'), (md5('a_client')::uuid, md5('ws a')::uuid, 'client');
insert into mls.compliance_profiles (workspace_id, attribution_html, disclaimer_html)
  values (md5('ws a')::uuid, '<b>Coast MLS</b>', 'Deemed reliable<script src="https://x.example/x.js"></script>'), (md5('ws b')::uuid, '', '');
insert into mls.workspace_domains (workspace_id, domain) values (md5('ws a')::uuid, 'north.example');
insert into mls.mls_connections (id, workspace_id, provider, dataset_id, status) values (md5('c')::uuid, md5('ws a')::uuid, 'bridge', 'test', 'active');
insert into mls.import_tasks (workspace_id, mls_connection_id, name) values (md5('ws a')::uuid, md5('c')::uuid, 'all');
insert into mls.listings (id, workspace_id, source_listing_key, mls_number, standard_status, list_price, city, address_full, list_agent_key, list_office_name, updated_at, raw)
  select md5(k || l)::uuid, md5('ws ' || l)::uuid, k, 'M' || k, 'Active', 500000, 'Miami', '1 Main St', 'A1', 'Coral Realty', '2026-01-02 03:04:05+00', raw
    from unnest(array['a', 'b']) l, (values
      ('shown', '{"InternetEntireListingDisplayYN": true, "MlgCanUse": ["IDX"],
                  "Media": [{"MediaURL": "https://m.example/kept", "Permission": "Agent Only"}, {"MediaURL": "https://m.example/seen"}]}'::jsonb),
      ('optedout', '{"InternetEntireListingDisplayYN": "N", "IDXParticipationYN": false}'), ('unstated', '{}')) v (k, raw);
insert into mls.listing_media (workspace_id, listing_id, url) select md5('ws ' || l)::uuid, md5('shown' || l)::uuid, 'https://m.example/' || u
  from unnest(array['a', 'b']) l, unnest(array['kept', 'seen']) u;
insert into mls.listing_photos (workspace_id, listing_id, url, is_primary) values (md5('ws a')::uuid, md5('showna')::uuid, 'https://p.example/1', true);
insert into mls.listing_events (workspace_id, listing_id, event, old_value, new_value) values (md5('ws a')::uuid, md5('showna')::uuid, 'price', '510000', '500000');
insert into mls.favorites (workspace_id, user_id, listing_id) values (md5('ws a')::uuid, md5('a_client')::uuid, md5('showna')::uuid);
insert into mls.saved_searches (workspace_id, user_id, name, query) values (md5('ws a')::uuid, md5('a_client')::uuid, 'by the sea', '{"q": "*"}');
