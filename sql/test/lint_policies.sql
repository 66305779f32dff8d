-- Row level security of every table: on, one policy for each command, named alike, and cheap: policies read settings, once.
begin;
select no_plan();

select is_empty($$ select full_name from tests.tables where not has_rls $$, 'row level security is on for every table');
select is_empty($$ select full_name, name from tests.policies where command = 'all' $$, 'a policy is for one command');
select is_empty($$
  select full_name, command, array_agg(distinct name) from tests.policies
    where part = 'using' group by full_name, command, roles having count(*) > 1 $$,
  'a command has one policy, so that there is one place to read');
select is_empty($$
  select distinct a.full_name, a.name, b.name from tests.policies a join tests.policies b using (table_oid, command)
    where a.oid < b.oid and a.roles && b.roles $$,
  'no role is met by two policies for the same command');
select is_empty($$ select full_name, name from tests.policies where not permissive $$, 'no restrictive policies');
select is_empty($$
  select distinct full_name, name, command from tests.policies
    where name !~ format('^%s_[a-z_]+_%s$', table_name, command) $$,
  'policies are named <table>_<who>_<command>');

select is_empty($$
  select p.full_name, p.name, b.call from tests.policies p, tests.bare_calls(p.expression) b (call) where b.call <> 'mls.is_open_to_clients' $$,
  'helpers stand in (select ...), so that they are called once and not for each row');
select is_empty($$
  select p.full_name, p.name, r.query from tests.policies p, tests.table_reads(p.expression) r (query) $$,
  'policies read no table but a parent by EXISTS');
select is_empty($$
  select distinct p.full_name, p.name, f.oid::regprocedure from tests.policies p
    join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
    join pg_proc f on f.oid = d.refobjid
    join pg_language l on l.oid = f.prolang
    where f.oid not in ('mls.is_open_to_clients(uuid)'::regprocedure, 'plat.is_in_house()'::regprocedure)
      and (f.pronamespace not in ('plat'::regnamespace, 'auth'::regnamespace) or f.prosecdef or l.lanname <> 'sql' or f.provolatile = 'v') $$,
  'policies call only the settings helpers of plat and auth, which PostgreSQL can inline');
-- What holds for clients alone is behind an OR that nobody else comes to: for them it is a call for each row.
select is((select string_agg(p.full_name || ' ' || p.command, ', ' order by p.full_name) from tests.policies p where p.expression ~ 'is_open_to_clients'),
          'mls.listing_media select, mls.listing_photos select, mls.listings select', 'the rules of display are asked by row for clients');
select is_empty($$
  select f.oid::regprocedure from pg_proc f join pg_language l on l.oid = f.prolang
    where f.pronamespace = 'plat'::regnamespace
      and f.proname in ('me', 'uid', 'ws', 'org', 'org_profile', 'staff', 'realtor', 'agent', 'has_role')
      and (f.prosecdef or l.lanname <> 'sql' or f.provolatile <> 's' or pg_get_functiondef(f.oid) ~* '\mfrom\M') $$,
  'the helpers are stable SQL over settings');

-- What a policy compares with a helper is found by an index.
select is_empty($$
  select distinct p.full_name, p.name, a.attname from tests.policies p
    join pg_attribute a on a.attrelid = p.table_oid and a.attnum > 0 and not a.attisdropped
    where (p.expression ~ format('(^|[^.\w])%s = (ANY )?\( SELECT ', a.attname))
      and not exists (select from tests.indexes i
                        where i.indrelid = p.table_oid and i.predicate is null
                          and (i.columns[1] = a.attname or (i.columns[1] = 'workspace_id' and a.attname = any (i.columns)))) $$,
  'every column that a policy compares with a helper is indexed');
-- A tenant's rows are found by their workspace, whoever asks.
select is_empty($$
  select distinct p.full_name, p.name, p.part from tests.policies p join tests.tables t on t.oid = p.table_oid
    where t.class = 'tenant' and p.expression is not null and p.expression !~ 'workspace_id = \( SELECT plat\.ws\(\)'
      and p.expression <> 'false' $$,
  'tenant: every policy says workspace_id = (select plat.ws())');

select is_empty($$
  select distinct p.full_name, p.name, r.rolname from tests.policies p
    join pg_roles r on r.oid = any (p.roles)
    where not case p.command when 'delete' then has_table_privilege(r.oid, p.table_oid, 'delete')
                             else has_any_column_privilege(r.oid, p.table_oid, p.command) end $$,
  'a policy''s role has the grant that the policy speaks of');

select * from finish();
rollback;
