-- Who has which grants: strangers next to none, nobody the secrets, workers everything; and functions that run as the owner.
begin;
select no_plan();

-- What a request without a login may touch, and nothing else.
create temporary table for_strangers (table_name text, privilege text);
insert into for_strangers values
  ('plat.transitions', 'select');

select is_empty($$
  select t.full_name, p.privilege from tests.tables t, unnest(array['select', 'insert', 'update']) p (privilege)
    where has_any_column_privilege('anon', t.oid, p.privilege)
      and not exists (select from for_strangers f where f.table_name = t.full_name and f.privilege = p.privilege)
  union all
  select t.full_name, 'delete' from tests.tables t where has_table_privilege('anon', t.oid, 'delete') $$,
  'anon has no grants but the listed ones');
select is_empty($$
  select r.rolname, t.full_name, p.privilege from tests.tables t, unnest(array['truncate', 'references', 'trigger']) p (privilege),
         pg_roles r
    where r.rolname in ('anon', 'authenticated', 'service_role') and has_table_privilege(r.oid, t.oid, p.privilege) $$,
  'no API role may truncate, refer to or put triggers on a table');
select is_empty($$
  select t.full_name from tests.tables t
    where t.schema = 'plat' and t.name <> 'transitions'
      and (has_any_column_privilege('anon', t.oid, 'select, insert, update')
           or has_any_column_privilege('authenticated', t.oid, 'select, insert, update')
           or has_any_column_privilege('service_role', t.oid, 'select, insert, update')) $$,
  'plat''s own tables are not the API''s');
select is_empty($$
  select t.full_name, p.privilege from tests.tables t, unnest(array['select', 'insert', 'update', 'delete']) p (privilege)
    where not has_table_privilege('plat_worker', t.oid, p.privilege) $$,
  'plat_worker has every table');
select is_empty($$
  select t.full_name from tests.tables t
    where has_any_column_privilege('authenticator', t.oid, 'select, insert, update') and t.full_name not in ('plat.transitions', 'plat.memberships') $$,
  'the login itself has no table but what opens a request');
select is_empty($$
  select rolname from pg_roles
    where rolname in ('anon', 'authenticated', 'service_role', 'authenticator', 'plat_worker')
      and (rolsuper or rolcreaterole or rolcreatedb or rolreplication
           or rolbypassrls <> (rolname in ('service_role', 'plat_worker'))) $$,
  'roles have no powers of their own; row level security is passed by service_role and plat_worker alone');
select is_empty($$
  select n.nspname, r.rolname from pg_namespace n, pg_roles r
    where n.nspname in ('auth', 'storage', 'mls', 'marketing', 'ops', 'org', 'crm', 'plat', 'extensions')
      and r.rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
      and has_schema_privilege(r.oid, n.oid, 'create') $$,
  'no API role makes objects in a module''s schema');

-- Secrets, by table and column. The first list is closed to every API role, the service role included; the second to logins.
create temporary table secrets (table_name text, column_name text, roles text[]);
insert into secrets
  select s.t, s.c, array['anon', 'authenticated', 'service_role'] from (values
    ('mls.mls_connections', 'token_ciphertext'),
    ('mls.reso_consumers', 'token_hash'),
    ('mls.reso_consumers', 'client_secret_hash'),
    ('mls.search_keys', 'value_hash'),
    ('mls.search_keys', 'value_sealed'),
    ('marketing.social_media_accounts', 'access_token_encrypted'),
    ('marketing.social_media_accounts', 'refresh_token_encrypted'),
    ('marketing.users', 'password_hash'),
    ('org.key_store', 'api_key'),
    ('crm.api_keys', 'key_ciphertext')) s (t, c);
insert into secrets values ('mls.listings', 'raw', array['anon', 'authenticated']);

select is_empty($$
  select s.table_name, s.column_name from secrets s
    where not exists (select from pg_attribute a where a.attrelid = to_regclass(s.table_name) and a.attname = s.column_name) $$,
  'every secret on the list is a column');
select is_empty($$
  select r.name, s.table_name, s.column_name from secrets s
    join pg_attribute a on a.attrelid = to_regclass(s.table_name) and a.attname = s.column_name
    cross join unnest(s.roles) r (name)
    where has_column_privilege(r.name, a.attrelid, a.attnum, 'select') $$,
  'no API role reads a secret');
select is_empty($$
  select t.full_name, r.name from tests.tables t, unnest(array['anon', 'authenticated', 'service_role']) r (name)
    where t.schema = 'auth' and has_any_column_privilege(r.name, t.oid, 'select, insert, update') $$,
  'no API role reads or writes logins, sessions and tokens');

-- Functions that run as the owner: a fixed search path, or a caller's object could be taken for ours; and never a stranger's.
select is_empty($$
  select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('auth', 'storage', 'mls', 'marketing', 'ops', 'org', 'crm', 'plat') and p.prosecdef
      and not coalesce(p.proconfig, '{}') && array['search_path=""', 'search_path=pg_catalog, pg_temp'] $$,
  'security definer functions set search_path');
select is_empty($$
  select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('auth', 'storage', 'mls', 'marketing', 'ops', 'org', 'crm', 'plat') and p.prosecdef
      and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype) and has_function_privilege('anon', p.oid, 'execute') $$,
  'security definer functions are not for strangers');
select is_empty($$
  select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('auth', 'storage', 'mls', 'marketing', 'ops', 'org', 'crm', 'plat') and c.relkind = 'v'
      and c.oid <> 'mls.displayed_listings'::regclass
      and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on'] $$,
  'views run with the rights of who reads them');
-- That one shows of rows that its reader does not see what may be displayed of them.
select is(c.reloptions, '{security_barrier=true}', 'or are a barrier, of the reader''s workspace')
  from pg_class c where c.oid = 'mls.displayed_listings'::regclass and pg_get_viewdef(c.oid) like '%l.workspace_id = ( SELECT plat.ws()%';

select * from finish();
rollback;
