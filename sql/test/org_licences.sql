-- Which modules are served: by licence, when there are organisations.
begin;
select no_plan();
select tests.two_tenants();
select tests.add_login('a_user', 'a', 'agent');

-- No organisations: unlicensed mode.
select is((select count(*) from org.organizations), 0::bigint, 'there are no organisations');
select tests.login(tests.id('a_user'));
select is((select array_agg(m order by m) from org.licensed_modules() m), array['assistant', 'crm', 'marketing', 'mls', 'ops'],
          'without organisations everything is on');
select ok(org.module_enabled(m), m || ' is on') from unnest(array['mls', 'marketing', 'ops', 'crm', 'assistant']) m;
select ok(not org.module_enabled('chess'), 'what is no module is off');
select tests.logout();

-- With one, the licence says; for the workspace's organisation, or else the login's.
insert into org.organizations (id, name) values (tests.put('north', md5('north')::uuid), 'North'), (tests.put('south', md5('south')::uuid), 'South');
insert into org.org_modules (id, organization_id, module_name)
  select md5(o.name || m)::uuid, o.id, m from org.organizations o, unnest(array['mls', 'marketing', 'ops', 'crm', 'assistant']) m;
insert into org.licenses (id, organization_id, expiration_date) values
  (md5('for good')::uuid, tests.id('north'), null), (md5('over')::uuid, tests.id('north'), now()),
  (md5('running')::uuid, tests.id('north'), now() + interval '1 day'), (md5('south')::uuid, tests.id('south'), null);
insert into org.license_modules (license_id, module_id) values
  (md5('for good')::uuid, md5('Northmls')::uuid), (md5('over')::uuid, md5('Northops')::uuid), (md5('running')::uuid, md5('Northcrm')::uuid),
  (md5('over')::uuid, md5('Northcrm')::uuid), (md5('south')::uuid, md5('Southmarketing')::uuid);
select tests.login(tests.id('a_user'));
select is((select array_agg(m order by m) from org.licensed_modules() m), null, 'a workspace of no organisation has no licence');
select tests.logout();
update mls.workspaces set organization_id = tests.id('north') where id = tests.ws('a');
select tests.login(tests.id('a_user'));
select is((select array_agg(m order by m) from org.licensed_modules() m), array['crm', 'mls'], 'the unexpired licences of its organisation');
select ok(org.module_enabled('crm') and not org.module_enabled('ops') and not org.module_enabled('marketing'), 'and no others');
select is((select count(*) from org.licensed_modules(tests.id('south'))), 0::bigint, 'what another has is not told');
select ok(not org.module_enabled('marketing', tests.id('south')), 'in neither form');
select tests.logout();
insert into org.user_profile (organization_id, role, user_id) values (tests.id('south'), 'user', tests.id('drifter'));
select tests.login(tests.id('drifter'));
select is((select array_agg(m) from org.licensed_modules() m), array['marketing'], 'a login without a workspace has its organisation''s');
select tests.login_service();
select is((select array_agg(m) from org.licensed_modules(tests.id('south')) m), array['marketing'], 'the service role asks about anybody');
select tests.logout();
select is((select array_agg(m) from org.licensed_modules(tests.id('south')) m), array['marketing'], 'so does the server');
select tests.expect_each($$ select org.module_enabled('crm') $$, 'a_user 1, anon 42501, service 1, worker 1');
select ok(has_function_privilege('authenticator', 'org.module_enabled(text, uuid)', 'execute'), 'the gate asks before a request begins');

-- A licence ends by itself.
update org.licenses set expiration_date = now() - interval '1 s' where id = md5('running')::uuid;
select tests.login(tests.id('a_user'));
select ok(not org.module_enabled('crm'), 'an expired licence is none');
select ok(org.module_enabled('mls'), 'one without an end goes on');

select * from finish();
rollback;
