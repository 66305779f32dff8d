-- Reconciling by keys: what a finished sweep (mls.sweep_keys) says about the listings of its scope.
-- A listing that a sweep did not see gets missing_since; the next finished sweep that does not see it either takes it down as vanished.

-- A first load makes the tables grow many times over between two looks of autovacuum. The foreign keys' checks are planned once for each
-- session: planned while a table passes for empty, they read every listing of the workspace for each photo. Whoever has put more rows
-- in than the statistics know of says so; that the other loading session does it at the moment is as good.
create or replace function mls.keep_statistics(loaded bigint) returns void
  language plpgsql volatile security definer
  set search_path = ''
  set lock_timeout = '50ms'
as $$
begin
  if (select c.reltuples < loaded from pg_catalog.pg_class c where c.oid = 'mls.listings'::regclass) then
    analyze mls.listings;
    analyze mls.listing_media;
  end if;
exception when lock_not_available then
  null;
end $$;
comment on function mls.keep_statistics(bigint) is 'Brings the planner''s statistics up to date when they know of fewer listings than have just been loaded.';
revoke all on function mls.keep_statistics(bigint) from public;
grant execute on function mls.keep_statistics(bigint) to plat_worker;

-- The listings that a scope is about: all that came from the connection's provider (those that people made have no hash of a payload), or
-- those that the import task wants.
create or replace function mls.sweep_listings(workspace uuid, connection uuid, task uuid)
  returns table (id uuid, source_listing_key text, is_active boolean, missing_since timestamptz)
  language sql stable
  set search_path = ''
as $$
  select l.id, l.source_listing_key, l.is_active, l.missing_since
    from mls.listings l
    join mls.mls_connections c on c.workspace_id = workspace and c.id = connection and c.provider = l.source_provider
    where l.workspace_id = workspace and l.is_active and l.content_hash is not null
      and (task is null or exists (select from mls.import_task_listings t
                                     where t.workspace_id = workspace and t.import_task_id = task and t.listing_id = l.id));
$$;
revoke all on function mls.sweep_listings(uuid, uuid, uuid) from public;

-- How many active listings the scope has, and how many of them the sweep did not see.
create or replace function mls.weigh_sweep(workspace uuid, connection uuid, task uuid, out active bigint, out missing bigint)
  language sql stable
  set search_path = ''
as $$
  select count(*), count(*) filter (where not exists (
           select from mls.sweep_keys k where k.workspace_id = weigh_sweep.workspace and k.scope = coalesce(task, connection)
              and k.source_listing_key = l.source_listing_key))
    from mls.sweep_listings(workspace, connection, task) l;
$$;
comment on function mls.weigh_sweep(uuid, uuid, uuid) is 'What a finished sweep would do: the purge guard compares the two.';
revoke all on function mls.weigh_sweep(uuid, uuid, uuid) from public;
grant execute on function mls.weigh_sweep(uuid, uuid, uuid) to plat_worker;

-- Keys that the sweep did not see.
create or replace function mls.missing_keys(workspace uuid, connection uuid, task uuid) returns setof text
  language sql stable
  set search_path = ''
as $$
  select l.source_listing_key from mls.sweep_listings(workspace, connection, task) l
    where not exists (select from mls.sweep_keys k
                        where k.workspace_id = workspace and k.scope = coalesce(task, connection)
                          and k.source_listing_key = l.source_listing_key);
$$;
comment on function mls.missing_keys(uuid, uuid, uuid) is 'Keys of active listings of a scope that its finished sweep did not see.';
revoke all on function mls.missing_keys(uuid, uuid, uuid) from public;
grant execute on function mls.missing_keys(uuid, uuid, uuid) to plat_worker;

-- Keys that the source has and we have not, or not as they are now. What somebody took down by hand stays down. A task with a limit takes
-- in no more than it has room for.
create or replace function mls.stale_keys(workspace uuid, connection uuid, task uuid) returns setof text
  language sql stable
  set search_path = ''
as $$
  select s.source_listing_key from (
  select k.source_listing_key, x.is_member, row_number() over (partition by x.is_member order by k.source_listing_key) as n
    from mls.sweep_keys k
    join mls.mls_connections c on c.workspace_id = workspace and c.id = connection
    left join mls.listings l on l.workspace_id = workspace and l.source_provider = c.provider
                            and l.source_listing_key = k.source_listing_key
    cross join lateral (select task is null or exists (select from mls.import_task_listings t where t.workspace_id = workspace
                          and t.import_task_id = task and t.listing_id = l.id) as is_member) x
    where k.workspace_id = workspace and k.scope = coalesce(task, connection)
      and (l.id is null
           or (not l.is_active and l.deactivated_reason <> 'manual')
           or l.missing_since is not null
           or (k.source_modified_at is not null
               and date_trunc('milliseconds', l.source_modified_at) is distinct from date_trunc('milliseconds', k.source_modified_at))
           or not x.is_member)) s
    where s.is_member or task is null
       or s.n <= coalesce((select t.max_import_limit
                             - (select count(*) from mls.import_task_listings m where m.workspace_id = workspace and m.import_task_id = task)
                             from mls.import_tasks t where t.workspace_id = workspace and t.id = task), s.n)
    order by s.source_listing_key;
$$;
comment on function mls.stale_keys(uuid, uuid, uuid) is 'Keys that a sweep saw and that are to be fetched: new here, changed, or back.';
revoke all on function mls.stale_keys(uuid, uuid, uuid) from public;
grant execute on function mls.stale_keys(uuid, uuid, uuid) to plat_worker;

-- Ends a sweep. elsewhere: keys that the task's filter does not show and the source still has; those are not the task's any more, which is
-- no vanishing. Answers how many listings were taken down as vanished.
create or replace function mls.finish_sweep(workspace uuid, connection uuid, task uuid, elsewhere text[]) returns integer
  language plpgsql volatile
  set search_path = ''
as $$
declare
  gone integer;
  others uuid[];
begin
  if task is not null then
    select coalesce(array_agg(l.id), '{}') into others from mls.sweep_listings(workspace, connection, task) l
      where l.source_listing_key = any (elsewhere);
    delete from mls.import_task_listings t
      where t.workspace_id = workspace and t.import_task_id = task and t.listing_id = any (others);
    perform mls.release_listings(workspace, task, others);
  end if;
  create temp table if not exists sweep_missing (id uuid, again boolean) on commit delete rows;
  truncate pg_temp.sweep_missing;
  insert into pg_temp.sweep_missing
    select l.id, l.missing_since is not null from mls.sweep_listings(workspace, connection, task) l
      where l.source_listing_key in (select mls.missing_keys(workspace, connection, task));
  update mls.listings l set missing_since = now() from pg_temp.sweep_missing m
    where l.workspace_id = workspace and l.id = m.id and not m.again;
  update mls.listings l set is_active = false, deactivated_reason = 'vanished' from pg_temp.sweep_missing m
    where l.workspace_id = workspace and l.id = m.id and m.again;
  get diagnostics gone = row_count;
  delete from mls.sweep_keys k where k.workspace_id = workspace and k.scope = coalesce(task, connection);
  if task is null then
    update mls.mls_connections c set reconciled_at = now() where c.workspace_id = workspace and c.id = connection;
  else
    update mls.import_tasks t set reconciled_at = now() where t.workspace_id = workspace and t.id = task;
  end if;
  return gone;
end $$;
comment on function mls.finish_sweep(uuid, uuid, uuid, text[]) is
  'Ends a finished sweep: notes what is missing, and takes down what was missing before.';
revoke all on function mls.finish_sweep(uuid, uuid, uuid, text[]) from public;
grant execute on function mls.finish_sweep(uuid, uuid, uuid, text[]) to plat_worker;
