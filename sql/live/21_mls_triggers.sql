-- Triggers of mls. Those on mls.listings are paid by every row of a sync, so each has a WHEN or a column list that an
-- unchanged row, and mostly a changed one too, does not meet; the upsert sets updated_at and price_per_sqft itself.

-- A tenant is for life, and updated_at is nobody's to set.
do $$
declare
  t record;
begin
  for t in select c.relname as name, obj_description(c.oid, 'pg_class') like 'tenant:%' as tenant,
                  exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'updated_at') as touched
             from pg_class c where c.relnamespace = 'mls'::regnamespace and c.relkind = 'r'
  loop
    if t.tenant then
      execute format('create or replace trigger %I before update of workspace_id on mls.%I for each row
        when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move()', t.name || '_refuse_move', t.name);
    end if;
    if t.touched and t.name <> 'listings' then
      execute format('create or replace trigger %I before update on mls.%I for each row
        execute function plat.touch_updated_at()', t.name || '_touch', t.name);
    end if;
  end loop;
end $$;
-- mls.keep_updated_at is set while rows are marked as typed by another mapping that makes nothing else of them (remap_write.c).
create or replace trigger listings_touch before update on mls.listings
  for each row when (new.updated_at is not distinct from old.updated_at
                     and coalesce(current_setting('mls.keep_updated_at', true), '') <> 'on')
  execute function plat.touch_updated_at();

-- A new workspace can sync at once. On a cluster, where a shared table's trigger may not write tenant rows, whoever makes a
-- workspace calls mls.install_defaults() instead.
create or replace function mls.install_defaults_of_new() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform mls.install_defaults(new.id);
  return null;
end $$;
create or replace trigger workspaces_defaults after insert on mls.workspaces
  for each row execute function mls.install_defaults_of_new();

create or replace function mls.refuse_own_role() returns trigger
  language plpgsql
as $$
begin
  raise exception using errcode = 'PT403', message = 'nobody changes their own role: another admin of the workspace does';
end $$;
create or replace trigger user_profiles_refuse_own_role before update of role on mls.user_profiles
  for each row when (old.role is distinct from new.role and old.id = plat.uid()) execute function mls.refuse_own_role();

create or replace function mls.refuse_change() returns trigger
  language plpgsql
as $$
begin
  raise exception using errcode = 'PT409', message = format('%s is append-only', tg_argv[0]);
end $$;
create or replace trigger payment_events_append_only before update or delete on mls.payment_events
  for each row execute function mls.refuse_change('mls.payment_events');
create or replace trigger payment_events_append_only_truncate before truncate on mls.payment_events
  for each statement execute function mls.refuse_change('mls.payment_events');

-- A token goes only to the address that it was given for: else who may edit the address could have it sent to themselves.
create or replace function mls.drop_token() returns trigger
  language plpgsql
as $$
begin
  new.token_ciphertext := null;
  new.status := 'pending';
  return new;
end $$;
create or replace trigger mls_connections_drop_token before update of base_url on mls.mls_connections
  for each row when (old.base_url is distinct from new.base_url and old.token_ciphertext is not distinct from new.token_ciphertext)
  execute function mls.drop_token();
create or replace trigger mls_connections_step_insert before insert on mls.mls_connections
  for each row execute function plat.check_step('mls.mls_connections', 'status');
create or replace trigger mls_connections_step_update before update on mls.mls_connections
  for each row when (old.status is distinct from new.status)
  execute function plat.check_step('mls.mls_connections', 'status');

create or replace function mls.refuse_mapping_edit() returns trigger
  language plpgsql
as $$
begin
  raise exception using errcode = 'PT409',
    message = format('version %s of the %s mapping is saved: change it by mls.save_field_mapping(), which makes the next version',
                     old.version, old.provider);
end $$;
create or replace trigger field_mappings_refuse_edit before update of provider, version, mapping on mls.field_mappings
  for each row when ((old.provider, old.version, old.mapping) is distinct from (new.provider, new.version, new.mapping))
  execute function mls.refuse_mapping_edit();

create or replace function mls.finish_sync_run() returns trigger
  language plpgsql
as $$
begin
  new.finished_at := coalesce(new.finished_at, now());
  return new;
end $$;
create or replace trigger sync_runs_finish before update of status on mls.sync_runs
  for each row when (new.status <> 'running') execute function mls.finish_sync_run();
create or replace trigger sync_runs_step_insert before insert on mls.sync_runs
  for each row execute function plat.check_step('mls.sync_runs', 'status');
create or replace trigger sync_runs_step_update before update of status on mls.sync_runs
  for each row when (old.status is distinct from new.status) execute function plat.check_step('mls.sync_runs', 'status');

-- Approving without editing approves what was generated.
create or replace function mls.stamp_review() returns trigger
  language plpgsql
as $$
begin
  new.reviewed_at := coalesce(new.reviewed_at, now());
  if new.status = 'approved' then
    new.approved_content := coalesce(new.approved_content, new.generated_content);
  end if;
  return new;
end $$;
create or replace trigger ai_content_audit_review before update of status on mls.ai_content_audit
  for each row when (new.status <> 'pending') execute function mls.stamp_review();
create or replace trigger ai_content_audit_step_insert before insert on mls.ai_content_audit
  for each row execute function plat.check_step('mls.ai_content_audit', 'status');
create or replace trigger ai_content_audit_step_update before update of status on mls.ai_content_audit
  for each row when (old.status is distinct from new.status)
  execute function plat.check_step('mls.ai_content_audit', 'status');

-- listings: activity, with its stamp and reason.
create or replace function mls.stamp_activity() returns trigger
  language plpgsql
as $$
begin
  if new.is_active then
    new.deactivated_at := null;
    new.deactivated_reason := null;
    new.missing_since := null;
  else
    new.deactivated_at := coalesce(new.deactivated_at, now());
    new.deactivated_reason := coalesce(new.deactivated_reason, 'manual');
  end if;
  return new;
end $$;
create or replace trigger listings_activity_insert before insert on mls.listings
  for each row when (not new.is_active) execute function mls.stamp_activity();
create or replace trigger listings_activity_update before update of is_active on mls.listings
  for each row when (old.is_active is distinct from new.is_active) execute function mls.stamp_activity();

create or replace function mls.hide_children() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update mls.listing_media m set is_active = new.is_active where m.workspace_id = new.workspace_id and m.listing_id = new.id;
  update mls.listing_photos p set is_active = new.is_active where p.workspace_id = new.workspace_id and p.listing_id = new.id;
  return null;
end $$;
create or replace trigger listings_hide_children after update of is_active on mls.listings
  for each row when (old.is_active is distinct from new.is_active) execute function mls.hide_children();

-- Media that comes to an inactive listing is hidden like the rest; one statement for a whole page of them.
create or replace function mls.hide_newcomers() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  execute format('update mls.%I c set is_active = false from newcomers n, mls.listings l
    where not l.is_active and l.workspace_id = n.workspace_id and l.id = n.listing_id
      and c.workspace_id = n.workspace_id and c.id = n.id', tg_table_name);
  return null;
end $$;
create or replace trigger listing_media_hide_newcomers after insert on mls.listing_media
  referencing new table as newcomers for each statement execute function mls.hide_newcomers();
create or replace trigger listing_photos_hide_newcomers after insert on mls.listing_photos
  referencing new table as newcomers for each statement execute function mls.hide_newcomers();

-- listings: history. Runs as the owner, because no login may write history by hand. The same payload typed by another mapping is no
-- event of the market.
create or replace function mls.record_listing_events() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  source_time constant timestamptz :=
    coalesce(case when new.modification_ts is distinct from old.modification_ts then new.modification_ts end, now());
  retyped constant boolean :=
    new.mapping_hash is distinct from old.mapping_hash and new.content_hash is not distinct from old.content_hash;
begin
  if old.list_price is distinct from new.list_price and not retyped then
    insert into mls.listing_events (workspace_id, listing_id, event, old_value, new_value, happened_at)
      values (new.workspace_id, new.id, 'price', old.list_price, new.list_price, source_time);
  end if;
  if old.standard_status is distinct from new.standard_status and not retyped then
    insert into mls.listing_events (workspace_id, listing_id, event, old_value, new_value, happened_at)
      values (new.workspace_id, new.id, 'status', old.standard_status, new.standard_status, source_time);
  end if;
  if old.close_price is distinct from new.close_price and not retyped then
    insert into mls.listing_events (workspace_id, listing_id, event, old_value, new_value, happened_at)
      values (new.workspace_id, new.id, 'close_price', old.close_price, new.close_price, source_time);
  end if;
  if old.is_active is distinct from new.is_active then
    insert into mls.listing_events (workspace_id, listing_id, event, old_value, new_value)
      values (new.workspace_id, new.id, case when new.is_active then 'restored' else 'deactivated' end, old.is_active,
              new.deactivated_reason);
  end if;
  return null;
end $$;
create or replace trigger listings_events after update on mls.listings
  for each row when (old.list_price is distinct from new.list_price or old.standard_status is distinct from new.standard_status
                     or old.close_price is distinct from new.close_price or old.is_active is distinct from new.is_active)
  execute function mls.record_listing_events();

-- listings: price per square foot, where the source did not bring a new one with the new price.
create or replace function mls.compute_price_per_sqft() returns trigger
  language plpgsql
as $$
begin
  new.price_per_sqft := case when new.living_area_sqft > 0 and new.list_price / new.living_area_sqft::float8 < 2147483647
                             then round(new.list_price / new.living_area_sqft::float8)::integer end;
  return new;
end $$;
create or replace trigger listings_price_per_sqft_insert before insert on mls.listings
  for each row when (new.price_per_sqft is null and new.list_price > 0 and new.living_area_sqft > 0)
  execute function mls.compute_price_per_sqft();
create or replace trigger listings_price_per_sqft_update before update of list_price, living_area_sqft on mls.listings
  for each row when (new.price_per_sqft is not distinct from old.price_per_sqft
                     and new.mapping_hash is not distinct from old.mapping_hash
                     and (old.list_price is distinct from new.list_price or old.living_area_sqft is distinct from new.living_area_sqft))
  execute function mls.compute_price_per_sqft();

-- listings: the marketing text. A new text is not approved; an approval is the reviewer's own and has a date. It stays when the
-- reviewer's login goes away. The sync never names these columns.
create or replace function mls.keep_marketing_description() returns trigger
  language plpgsql
as $$
declare
  was mls.listings;
begin
  if tg_op = 'UPDATE' then
    was := old;
  end if;
  if new.marketing_description is null then
    new.marketing_description_source := null;
    new.marketing_description_approved_by := null;
    new.marketing_description_approved_at := null;
    return new;
  end if;
  new.marketing_description_source := coalesce(new.marketing_description_source, 'manual');
  if new.marketing_description is distinct from was.marketing_description
     and new.marketing_description_approved_by is not distinct from was.marketing_description_approved_by
     and new.marketing_description_approved_at is not distinct from was.marketing_description_approved_at then
    new.marketing_description_approved_by := null;
    new.marketing_description_approved_at := null;
  elsif new.marketing_description_approved_by is distinct from was.marketing_description_approved_by
        and new.marketing_description_approved_by is not null then
    if plat.uid() is not null and new.marketing_description_approved_by <> plat.uid() then
      raise exception using errcode = 'PT403', message = 'a marketing description is approved by the reviewer''s own login';
    end if;
    new.marketing_description_approved_at := now();
  elsif plat.uid() is not null and new.marketing_description_approved_by is null
        and was.marketing_description_approved_by is not null then
    new.marketing_description_approved_at := null;
  elsif new.marketing_description_approved_at is distinct from was.marketing_description_approved_at then
    if new.marketing_description_approved_at is null then
      new.marketing_description_approved_by := null;
    else
      new.marketing_description_approved_by := coalesce(plat.uid(), new.marketing_description_approved_by);
      if new.marketing_description_approved_by is null then
        raise exception using errcode = 'PT409', message = 'an approval of a marketing description names its reviewer';
      end if;
      new.marketing_description_approved_at := now();
    end if;
  end if;
  return new;
end $$;
create or replace trigger listings_marketing_insert before insert on mls.listings
  for each row when (new.marketing_description is not null or new.marketing_description_source is not null
                     or new.marketing_description_approved_by is not null or new.marketing_description_approved_at is not null)
  execute function mls.keep_marketing_description();
create or replace trigger listings_marketing_update
  before update of marketing_description, marketing_description_source, marketing_description_approved_by,
                   marketing_description_approved_at on mls.listings
  for each row execute function mls.keep_marketing_description();
