-- Import tasks: what a filter may say, whose listing is whose, and what becomes of listings that nobody wants any more.
-- A listing is wanted by the enabled tasks that import_task_listings names. One that it does not name (from a file, or from before
-- there were tasks) is left alone, and so is one that somebody took down: only 'out_of_scope' comes and goes by itself.

create or replace function mls.is_due(cadence text, last_at timestamptz) returns boolean
  language sql stable
  set search_path = ''
as $$
  select case cadence when 'hourly' then coalesce(last_at < now() - interval '58 minutes', true)
                      when 'daily' then coalesce(last_at < now() - interval '23 hours 50 minutes', true)
                      else false end;
$$;
comment on function mls.is_due(text, timestamptz) is 'Whether a cadence asks for another run; a little early, so that it does not wander.';
revoke all on function mls.is_due(text, timestamptz) from public;
grant execute on function mls.is_due(text, timestamptz) to authenticated, service_role, plat_worker;

-- A round that was begun and not finished goes on as soon as its connection has rested (mls.schedule_syncs), not a day later.
create or replace function mls.is_due(cadence text, last_at timestamptz, last_cursor text) returns boolean
  language sql stable
  set search_path = ''
as $$
  select mls.is_due(cadence, case when last_cursor like '%"open":true%' then null else last_at end);
$$;
comment on function mls.is_due(text, timestamptz, text) is 'Whether a cadence asks for another run, of what has that cursor (last_sync_cursor).';
revoke all on function mls.is_due(text, timestamptz, text) from public;
grant execute on function mls.is_due(text, timestamptz, text) to authenticated, service_role, plat_worker;

-- The keys of filter_config and what each takes; src/mod/mls/task_term.c has the same list with the fields that they mean.
create or replace function mls.filter_keys() returns jsonb
  language sql immutable parallel safe
  set search_path = ''
as $$
  select '{"agentMlsId": "texts", "agentKey": "texts", "officeMlsId": "texts", "officeKey": "texts", "cities": "texts",
    "subdivisions": "texts", "counties": "texts", "postalCodes": "texts", "propertyTypes": "texts", "propertySubTypes": "texts",
    "mlsNumbers": "texts", "minPrice": "number", "maxPrice": "number", "minBeds": "number", "maxBeds": "number", "minBaths": "number",
    "minSqft": "number", "maxSqft": "number", "minYearBuilt": "number", "odata": "text"}'::jsonb;
$$;
comment on function mls.filter_keys() is 'What import_tasks.filter_config may hold: {key: texts, number or text}; docs/import-tasks.md.';
revoke all on function mls.filter_keys() from public;
grant execute on function mls.filter_keys() to authenticated, service_role, plat_worker;

-- What is wrong with a value, to follow the key; null: nothing.
create or replace function mls.filter_value_problem(value jsonb, kind text) returns text
  language sql immutable
  set search_path = ''
as $$
  select case kind
    when 'number' then case when jsonb_typeof(value) = 'number' and value >= '0' then null else 'takes a number from 0 on' end
    when 'text' then case when jsonb_typeof(value) <> 'string' then 'takes a text: a filter as OData writes it'
                          when btrim(value #>> '{}') = '' then 'is empty: leave it out to import everything' end
    else case when jsonb_typeof(value) in ('string', 'number') then
                case when btrim(value #>> '{}') = '' then 'is empty: leave it out to import everything' end
              when jsonb_typeof(value) <> 'array' then format('takes a text or a list of texts, not %s', jsonb_typeof(value))
              when jsonb_array_length(value) not between 1 and 2000
                then format('is a list of %s values; 1 to 2000 are taken', jsonb_array_length(value))
              when exists (select from jsonb_array_elements(value) v
                             where jsonb_typeof(v) not in ('string', 'number') or btrim(v #>> '{}') = '')
                then 'holds something that is no text' end
  end;
$$;
revoke all on function mls.filter_value_problem(jsonb, text) from public;

-- The shape alone, said when it is written; whether the source can do it is found out by a preview and by the sync.
create or replace function mls.check_task_filter() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  known constant jsonb := mls.filter_keys();
  wrong text;
  near text;
begin
  if jsonb_typeof(new.filter_config) = 'object' then
    select k into wrong from jsonb_object_keys(new.filter_config) k where not known ? k order by k limit 1;
    if wrong is not null then
      select k into near from jsonb_object_keys(known) k
        where lower(k) = lower(wrong) or lower(k) like lower(left(wrong, 3)) || '%' order by lower(k) <> lower(wrong), k limit 1;
      raise exception using errcode = 'PT400', message = format('filter_config has no key "%s"%s', left(wrong, 100),
        coalesce('; did you mean "' || near || '"',
                 '; it knows agentMlsId, officeMlsId, cities, subdivisions, postalCodes, odata and others'));
    end if;
    select format('filter_config: "%s" %s', c.key, mls.filter_value_problem(c.value, known ->> c.key)) into wrong
      from jsonb_each(new.filter_config) c
      where mls.filter_value_problem(c.value, known ->> c.key) is not null order by c.key limit 1;
    if wrong is not null then
      raise exception using errcode = 'PT400', message = wrong;
    end if;
    if new.category = 'personal' and not new.filter_config ?| array['agentMlsId', 'agentKey'] then
      raise exception using errcode = 'PT400',
        message = 'a personal task says whose listings it wants: filter_config needs "agentMlsId"';
    elsif new.category = 'office' and not new.filter_config ?| array['officeMlsId', 'officeKey'] then
      raise exception using errcode = 'PT400',
        message = 'an office task says whose listings it wants: filter_config needs "officeMlsId"';
    elsif new.category = 'search' and new.filter_config = '{}' then
      raise exception using errcode = 'PT400',
        message = 'a search task says what it looks for: filter_config needs "cities", "odata" or another key';
    end if;
  end if;
  new.status_reason := null;
  return new;
end $$;
create or replace trigger import_tasks_filter before insert or update of filter_config, category, status_filters, price_min, price_max
  on mls.import_tasks for each row execute function mls.check_task_filter();

-- Listings that this task does not want, or will not: another task that does takes them over, with its own mapping if it has one, and
-- those of none go.
create or replace function mls.release_listings(workspace uuid, task uuid, listings uuid[]) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  gone integer;
  providers text[];
begin
  with moved as (
    update mls.listings l set import_task_id = o.id
      from unnest(listings) x (id),
           lateral (select t.id from mls.import_task_listings m
                      join mls.import_tasks t on t.workspace_id = m.workspace_id and t.id = m.import_task_id
                      where m.workspace_id = workspace and m.listing_id = x.id and t.is_enabled and t.id <> task
                      order by t.created_at, t.id limit 1) o
      where l.workspace_id = workspace and l.id = x.id and l.import_task_id = task
      returning l.source_provider)
  select array_agg(distinct m.source_provider) into providers from moved m;
  if exists (select from mls.import_tasks t where t.workspace_id = workspace and t.field_mapping_id is not null) then
    perform mls.want_remap(workspace, p) from unnest(providers) p;
  end if;
  update mls.listings l set is_active = false, deactivated_reason = 'out_of_scope'
    where l.workspace_id = workspace and l.id = any (listings) and l.is_active
      and not exists (select from mls.import_task_listings m
                        join mls.import_tasks t on t.workspace_id = m.workspace_id and t.id = m.import_task_id
                        where m.workspace_id = workspace and m.listing_id = l.id and t.is_enabled and t.id <> task);
  get diagnostics gone = row_count;
  return gone;
end $$;
revoke all on function mls.release_listings(uuid, uuid, uuid[]) from public;

-- Up to so many of a task's listings that are not as its switch says; how many were put right.
create or replace function mls.release_some(workspace uuid, task uuid, most integer) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  listings uuid[];
begin
  select array_agg(x.id) into listings from (
    select l.id
      from mls.import_task_listings m
      join mls.listings l on l.workspace_id = m.workspace_id and l.id = m.listing_id
      cross join lateral (select exists (select from mls.import_task_listings n
                                           join mls.import_tasks t on t.workspace_id = n.workspace_id and t.id = n.import_task_id
                                           where n.workspace_id = workspace and n.listing_id = m.listing_id
                                             and t.is_enabled and t.id <> task) as is_wanted) o
      where m.workspace_id = workspace and m.import_task_id = task
        and ((l.is_active and not o.is_wanted) or (o.is_wanted and l.import_task_id = task))
      limit most) x;
  perform mls.release_listings(workspace, task, listings);
  return coalesce(cardinality(listings), 0);
end $$;
revoke all on function mls.release_some(uuid, uuid, integer) from public;

create or replace function mls.revive_some(workspace uuid, task uuid, most integer) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  listings uuid[];
begin
  select array_agg(x.id) into listings from (
    select l.id
      from mls.import_task_listings m
      join mls.listings l on l.workspace_id = m.workspace_id and l.id = m.listing_id
      where m.workspace_id = workspace and m.import_task_id = task
        and ((not l.is_active and l.deactivated_reason = 'out_of_scope') or l.import_task_id is null)
      limit most) x;
  update mls.listings l set import_task_id = task
    where l.workspace_id = workspace and l.id = any (listings) and l.import_task_id is null;
  update mls.listings l set is_active = true
    where l.workspace_id = workspace and l.id = any (listings) and not l.is_active and l.deactivated_reason = 'out_of_scope';
  return coalesce(cardinality(listings), 0);
end $$;
revoke all on function mls.revive_some(uuid, uuid, integer) from public;

-- As the switch stands now, whatever it was when the job was queued.
create or replace function mls.apply_task(workspace uuid, task uuid, most integer) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  wants boolean;
begin
  select t.is_enabled into wants from mls.import_tasks t where t.workspace_id = workspace and t.id = task for no key update;
  return case when wants then mls.revive_some(workspace, task, most)
              when not wants then mls.release_some(workspace, task, most) else 0 end;
end $$;
comment on function mls.apply_task(uuid, uuid, integer) is
  'Takes down, or brings back, some of the listings of a task as its switch says; 0: all are as they should be.';
revoke all on function mls.apply_task(uuid, uuid, integer) from public;
grant execute on function mls.apply_task(uuid, uuid, integer) to plat_worker;

-- How many listings a switch may change while somebody waits; the rest is work for plat work (mls.settle).
create or replace function mls.at_once() returns integer
  language sql immutable parallel safe
  set search_path = ''
as $$ select 2000 $$;
revoke all on function mls.at_once() from public;
grant execute on function mls.at_once() to authenticated, service_role, plat_worker;

-- After a pass over everything that a task wants.
create or replace function mls.settle_task(workspace uuid, task uuid) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  began timestamptz;
  listings uuid[];
begin
  select t.pass_started_at into began from mls.import_tasks t where t.workspace_id = workspace and t.id = task for update;
  if began is null then
    return 0;
  end if;
  with dropped as (
    delete from mls.import_task_listings m
      where m.workspace_id = workspace and m.import_task_id = task and m.seen_at < began
      returning m.listing_id)
  select coalesce(array_agg(d.listing_id), '{}') into listings from dropped d;
  update mls.import_tasks t set pass_started_at = null where t.workspace_id = workspace and t.id = task;
  return mls.release_listings(workspace, task, listings);
end $$;
comment on function mls.settle_task(uuid, uuid) is
  'Ends a task''s pass: what it did not see is not the task''s any more. How many listings became inactive by that.';
revoke all on function mls.settle_task(uuid, uuid) from public;
grant execute on function mls.settle_task(uuid, uuid) to plat_worker;

-- The cursor of a task, with the page that it stands behind. Other filters than the cursor's begin a pass over everything.
create or replace function mls.move_task(workspace uuid, task uuid, new_cursor text, hash bytea, is_complete boolean) returns void
  language plpgsql volatile
  set search_path = ''
as $$
declare
  began timestamptz;
begin
  update mls.import_tasks t
    set last_sync_cursor = new_cursor, scope_hash = hash, last_synced_at = now(), status_reason = null,
        pass_started_at = case when t.last_sync_cursor is null or t.scope_hash is distinct from hash then now()
                               else t.pass_started_at end
    where t.workspace_id = workspace and t.id = task
    returning t.pass_started_at into began;
  if is_complete and began is not null then
    perform mls.settle_task(workspace, task);
  end if;
end $$;
comment on function mls.move_task(uuid, uuid, text, bytea, boolean) is 'What scope_move() does, in the transaction of a page.';
revoke all on function mls.move_task(uuid, uuid, text, bytea, boolean) from public;
grant execute on function mls.move_task(uuid, uuid, text, bytea, boolean) to plat_worker;

create or replace function mls.switch_task() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if mls.apply_task(new.workspace_id, new.id, mls.at_once()) = mls.at_once() then
    perform plat.emit('job.mls.settle', new.id::text, jsonb_build_object('task_id', new.id), new.workspace_id);
  end if;
  return null;
end $$;
create or replace trigger import_tasks_switch after update of is_enabled on mls.import_tasks
  for each row when (old.is_enabled is distinct from new.is_enabled) execute function mls.switch_task();

-- What a task wants is forgotten with it, so its listings go before.
create or replace function mls.release_task() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if mls.release_some(old.workspace_id, old.id, mls.at_once() + 1) > mls.at_once() then
    raise exception using errcode = 'PT409', message = format(
      'import task "%s" still shows more than %s listings: disable it first, and delete it when they are taken down', old.name, mls.at_once());
  end if;
  return old;
end $$;
create or replace trigger import_tasks_release before delete on mls.import_tasks
  for each row execute function mls.release_task();

-- A connection without tasks wants everything, also what its own cursor passed by while there were some.
create or replace function mls.forget_cursor() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update mls.mls_connections c set last_sync_cursor = null
    where c.workspace_id = old.workspace_id and c.id = old.mls_connection_id and c.last_sync_cursor is not null
      and not exists (select from mls.import_tasks t where t.workspace_id = c.workspace_id and t.mls_connection_id = c.id);
  return null;
end $$;
create or replace trigger import_tasks_forget_cursor after delete on mls.import_tasks
  for each row execute function mls.forget_cursor();

-- What would happen to a task's listings, before somebody does it: counts, and a sentence for each change.
create or replace function mls.preview_task_change(task uuid, workspace uuid default plat.ws()) returns jsonb
  language plpgsql stable security definer
  set search_path = ''
as $$
declare
  free_hand constant boolean := current_setting('role') in ('none', 'service_role', 'plat_worker');
  t mls.import_tasks;
  total integer;
  shared integer;
  leaving integer;
  back integer;
  leave text;
begin
  select i.* into t from mls.import_tasks i
    where i.workspace_id = workspace and i.id = task
      and (free_hand or (workspace = plat.ws() and (plat.has_role('mls.admin') or (i.is_agent_visible and plat.has_role('mls.agent')))));
  if t.id is null then
    raise exception using errcode = 'PT404', message = format('there is no import task %s', task);
  end if;
  select count(*), count(*) filter (where l.is_active and o.is_wanted), count(*) filter (where l.is_active and not o.is_wanted),
         count(*) filter (where not l.is_active and l.deactivated_reason = 'out_of_scope')
    into total, shared, leaving, back
    from mls.import_task_listings m
    join mls.listings l on l.workspace_id = m.workspace_id and l.id = m.listing_id
    cross join lateral (select exists (select from mls.import_task_listings n
                                         join mls.import_tasks i on i.workspace_id = n.workspace_id and i.id = n.import_task_id
                                         where n.workspace_id = workspace and n.listing_id = m.listing_id
                                           and i.is_enabled and i.id <> t.id) as is_wanted) o
    where m.workspace_id = workspace and m.import_task_id = t.id;
  leave := case when not t.is_enabled then 'the task is disabled: none of its listings is shown because of it'
                else format('%s of its %s listings are taken down (out_of_scope), %s stay because another task wants them',
                            leaving, total, shared)
                     || case when leaving > mls.at_once() then ', in the background' else '' end end;
  return jsonb_build_object(
    'task', t.id, 'name', t.name, 'is_enabled', t.is_enabled, 'listings', total, 'shared', shared,
    'leaving', case when t.is_enabled then leaving else 0 end, 'returning', case when t.is_enabled then 0 else back end,
    'disable', leave || case when t.is_enabled then '; enabling it again brings them back' else '' end,
    'enable', case when t.is_enabled then 'the task is enabled already' else format('%s listings come back', back) || case when back > mls.at_once() then ', in the background' else ' at once' end end,
    'narrow', format('the next sync reads everything that the task then wants; those of its %s listings that it does not see any more and no other task wants are taken down when it has finished', total),
    'delete', case when t.is_enabled and leaving > mls.at_once() then 'it has to be disabled first: ' else '' end || leave || case when not exists (select from mls.import_tasks i
                                               where i.workspace_id = workspace and i.mls_connection_id = t.mls_connection_id and i.id <> t.id)
                         then '; it is the last task of its connection, so the next sync reads everything that the source has' else '' end);
end $$;
comment on function mls.preview_task_change(uuid, uuid) is
  'What disabling, enabling, narrowing or deleting an import task would do to its listings: counts and sentences.';
revoke all on function mls.preview_task_change(uuid, uuid) from public;
grant execute on function mls.preview_task_change(uuid, uuid) to authenticated, service_role, plat_worker;
