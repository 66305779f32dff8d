-- The two forms of the preamble leave the same settings; no API role may call either.
begin;
select plan(12);
select tests.two_tenants();

create temp table seen (form text, name text, value text);
grant all on seen to public;
create function pg_temp.note(form text) returns void language sql as $$
  insert into seen select form, n, current_setting(n, true) from unnest(array['plat.uid', 'plat.ws', 'plat.org', 'plat.org_profile',
    'plat.staff', 'plat.realtor', 'plat.agent', 'plat.roles', 'request.jwt.claims', 'statement_timeout', 'role']) n;
$$;

select plat.enter(tests.id('a_admin')), set_config('request.jwt.claims', '{"sub": "it''s"}', true),
       set_config('statement_timeout', '1500', true), set_config('role', 'authenticated', true);
select pg_temp.note('one node');
reset role;
select plat.enter(null);
select plat.begin_request('authenticated', '{"sub": "it''s"}', tests.id('a_admin'), '1500');
select pg_temp.note('cluster');
reset role;
set local statement_timeout = 0;

select is(c.value, o.value, c.name || ' is the same in both forms')
  from seen o join seen c using (name) where o.form = 'one node' and c.form = 'cluster' order by name;
select ok(not bool_or(has_function_privilege(r, f, 'execute')), 'no API role may enter as somebody')
  from unnest(array['anon', 'authenticated', 'service_role']) r,
       unnest(array['plat.enter(uuid)', 'plat.begin_request(text, text, uuid, text)']) f;

select * from finish();
rollback;
