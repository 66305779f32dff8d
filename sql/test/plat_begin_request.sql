-- The two forms of the preamble leave the same settings; no API role may call either.
begin;
select plan(11);
select tests.two_tenants();

create temp table seen (form text, name text, value text);
grant all on seen to public;
create function pg_temp.note(form text) returns void language sql as $$
  insert into seen select form, n, current_setting(n, true)
    from unnest(array['plat.me', 'request.jwt.claims', 'statement_timeout', 'role']) n;
$$;

-- As src/db/frame.c says it.
select set_config('plat.me', coalesce((select m.me from plat.memberships m where m.login = tests.id('a_admin')),
                                      plat.enter_by_sources(tests.id('a_admin')), ''), true),
       set_config('request.jwt.claims', '{"sub": "it''s"}', true),
       set_config('statement_timeout', '1500', true), set_config('role', 'authenticated', true);
select pg_temp.note('one node');
reset role;
select plat.enter(null);
select is(plat.me(1), null, 'nobody enters as nobody');
select plat.begin_request('authenticated', '{"sub": "it''s"}', tests.id('a_admin'), '1500');
select pg_temp.note('cluster');
reset role;
set local statement_timeout = 0;

select is(c.value, o.value, c.name || ' is the same in both forms')
  from seen o join seen c using (name) where o.form = 'one node' and c.form = 'cluster' order by name;
select ok(value like tests.id('a_admin') || '|' || tests.ws('a') || '|,mls.admin,%', 'it says who, where and what')
  from seen where form = 'one node' and name = 'plat.me';
select plat.enter(tests.id('a_admin'));
select is(current_setting('plat.me'), value, 'plat.enter() does the same') from seen where form = 'one node' and name = 'plat.me';
select ok(not bool_or(has_function_privilege(r, f, 'execute')), f || ' is not for API roles')
  from unnest(array['anon', 'authenticated', 'service_role']) r,
       unnest(array['plat.enter(uuid)', 'plat.enter_by_sources(uuid)', 'plat.enter_workspace(uuid)',
                    'plat.begin_request(text, text, uuid, text)']) f
  group by f;

select * from finish();
rollback;
