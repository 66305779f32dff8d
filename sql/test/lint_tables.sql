-- Every table of every module: its class, and the keys, foreign keys, indexes and triggers that follow from the class. A table
-- that breaks a rule here could not be moved to a cluster, or would let a row point into another tenant.
begin;
select no_plan();

select is_empty($$ select full_name from tests.tables where class is null $$,
  'every table''s comment begins with its class, tenant: or shared: or local:');

select is_empty($$
  select t.full_name, t.class, w.wanted
    from tests.tables t
    cross join lateral (select case
      when t.full_name in ('mls.workspaces', 'mls.workspace_domains', 'mls.user_profiles', 'mls.stripe_customers',
                           'mls.subscriptions', 'mls.payment_events', 'crm.profiles', 'crm.api_keys', 'crm.user_plans',
                           'plat.transitions') then 'shared'
      when t.full_name in ('crm.system_logs', 'auth.rate_limits', 'mls.listing_removals') then 'local'
      when t.full_name = 'plat.outbox' then 'tenant'
      when t.schema in ('mls', 'marketing', 'ops', 'crm') then 'tenant'
      when t.schema in ('org', 'auth', 'storage') then 'shared'
      when t.schema = 'plat' then 'local' end) w (wanted)
    where t.class is distinct from w.wanted $$,
  'every table is of the class that the data model gives its module');

-- Tenant tables: workspace_id.
select is_empty($$
  select t.full_name from tests.tables t
    where t.class = 'tenant' and not exists (
      select from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = t.oid and a.attname = 'workspace_id' and a.atttypid = 'uuid'::regtype and a.attnotnull
          and pg_get_expr(d.adbin, d.adrelid) = 'plat.ws()') $$,
  'tenant: workspace_id is uuid not null default plat.ws()');
select is_empty($$
  select t.full_name from tests.tables t
    where t.class = 'tenant' and not exists (
      select from tests.foreign_keys f
        where f.conrelid = t.oid and f.columns = array['workspace_id'] and f.to_table = 'mls.workspaces') $$,
  'tenant: workspace_id refers to mls.workspaces');
select is_empty($$
  select t.full_name, i.columns from tests.tables t left join tests.indexes i on i.indrelid = t.oid and i.is_primary
    where t.class = 'tenant' and i.columns[1] is distinct from 'workspace_id' $$,
  'tenant: the primary key starts with workspace_id');
select is_empty($$
  select t.full_name from tests.tables t where not exists (select from tests.indexes i where i.indrelid = t.oid and i.is_primary) $$,
  'every table has a primary key');
select is_empty($$
  select i.name, i.columns from tests.tables t join tests.indexes i on i.indrelid = t.oid
    where t.class = 'tenant' and i.is_unique and i.columns[1] is distinct from 'workspace_id' $$,
  'tenant: every unique key starts with workspace_id');
select is_empty($$
  select k.conrelid::regclass, k.conname from pg_constraint k join tests.tables t on t.oid = k.conrelid
    where k.contype = 'x' and t.class = 'tenant' $$,
  'tenant: no exclusion constraints, which a cluster cannot keep');
select is_empty($$
  select t.full_name from tests.tables t
    where t.class = 'tenant' and not exists (
      select from pg_trigger g
        where g.tgrelid = t.oid and g.tgname = t.name || '_refuse_move' and g.tgfoid = 'plat.refuse_move()'::regprocedure
          and g.tgenabled = 'O' and pg_get_triggerdef(g.oid) ~ 'BEFORE UPDATE OF workspace_id .* FOR EACH ROW WHEN') $$,
  'tenant: the trigger <table>_refuse_move keeps a row in its workspace');

-- Foreign keys.
select is_empty($$
  select f.from_table, f.name, f.from_class, f.to_table, f.to_class from tests.foreign_keys f
    where (f.from_class = 'tenant') < (f.to_class = 'tenant') or (f.from_class = 'tenant' and f.to_class = 'local')
       or f.to_class is null $$,
  'foreign keys run tenant to tenant, tenant to shared, and among shared and local');
select is_empty($$
  select f.from_table, f.name, f.columns, f.to_columns from tests.foreign_keys f
    where f.from_class = 'tenant' and f.to_class = 'tenant'
      and (f.columns[1] is distinct from 'workspace_id' or f.to_columns[1] is distinct from 'workspace_id') $$,
  'foreign keys between tenant tables are (workspace_id, x) to (workspace_id, y)');
select is_empty($$
  select f.from_table, f.name, f.columns from tests.foreign_keys f
    where f.from_class = 'tenant' and f.on_delete = 'n' and cardinality(f.columns) > 1
      and (f.set_columns is null or 'workspace_id' = any (f.set_columns)) $$,
  'on delete set null names its column, and never workspace_id');
select is_empty($$ select f.from_table, f.name from tests.foreign_keys f where f.on_delete = 'd' $$,
  'no foreign key sets a default');
-- Without an index every delete of the parent reads the whole child. An index serves that begins with the referring columns,
-- workspace_id being free to stand among them or to be left out; a partial one where it holds every row that refers.
select is_empty($$
  select f.from_table, f.name, f.columns from tests.foreign_keys f
    where not exists (
      select from tests.indexes i, generate_series(1, cardinality(i.columns)) k
        where i.indrelid = f.conrelid and i.columns[1:k] <@ f.columns
          and (case when f.columns = array['workspace_id'] or f.to_class <> 'tenant' then f.columns
                    else array_remove(f.columns, 'workspace_id') end) <@ i.columns[1:k]
          and (i.predicate is null
               or exists (select from unnest(f.columns) c where i.predicate = format('(%I IS NOT NULL)', c)))) $$,
  'every foreign key has an index');

-- Columns.
select is_empty($$
  select t.full_name, a.attname, format_type(a.atttypid, a.atttypmod) from tests.tables t
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where a.atttypid in ('timestamp'::regtype, 'timestamp[]'::regtype, 'timetz'::regtype, 'money'::regtype, 'json'::regtype)
       or (a.atttypid = 'bpchar'::regtype) $$,
  'moments are timestamptz; no timestamp, timetz, money, json, char(n)');
select is_empty($$
  select t.full_name, a.attname from tests.tables t
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where a.attname in ('raw', 'raw_data') and a.atttypid in ('jsonb'::regtype, 'text'::regtype) and a.attcompression <> 'l' $$,
  'raw payloads are compressed by lz4');
select is_empty($$
  select t.full_name, a.attname from tests.tables t
    join pg_attribute a on a.attrelid = t.oid and a.attname in ('updated_at', 'last_updated_at') and not a.attisdropped
    where not exists (select from pg_trigger g join pg_proc p on p.oid = g.tgfoid
                        where g.tgrelid = t.oid and p.proname like '%touch%' and pg_get_triggerdef(g.oid) ~ 'BEFORE UPDATE ON') $$,
  'updated_at is kept by a trigger');

-- Triggers.
select is_empty($$
  select t.full_name, g.tgname from tests.tables t join pg_trigger g on g.tgrelid = t.oid
    where not g.tgisinternal and g.tgname not like t.name || '\_%'
      and (t.full_name, g.tgname) <> ('auth.users', 'create_profile_on_signup') $$,
  'triggers are named <table>_<what>, but for the one that document 004 names');
select is_empty($$
  select t.full_name, g.tgname, p.proname from tests.tables t
    join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
    join pg_proc p on p.oid = g.tgfoid
    where t.class = 'tenant' and p.prosrc ~* '\m(pg_notify|notify|plat\.jobs|plat\.enqueue\w*)\M'
      -- Hints: who listens looks by itself every second.
      and p.oid::regproc::text not in ('mls.tell_followers', 'mls.tell_searches', 'mls.tell_searches_of_all') $$,
  'triggers of tenant tables queue no job and notify nobody: the request''s own transaction does');

select * from finish();
rollback;
