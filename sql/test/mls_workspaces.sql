-- Workspaces, their people and domains, and what they pay: defaults, constraints, pause and archive.
begin;
select no_plan();
select tests.mls_rows();

-- What a new workspace gets.
with made as (insert into mls.workspaces (slug, name) values ('fresh', 'Fresh') returning id)
  insert into tests.names select 'fresh', id from made;
select is(w.status, 'active', 'a workspace begins active') from mls.workspaces w where w.slug = 'fresh';
select ok(w.created_at = now() and w.updated_at = now(), 'and is stamped') from mls.workspaces w where w.slug = 'fresh';
select results_eq($$ select provider, version, is_active, mapping = mls.default_mapping()
                       from mls.field_mappings where workspace_id = tests.id('fresh') order by 1 $$,
                  $$ values ('bridge', 1, true, true), ('reso', 1, true, true) $$, 'a new workspace has the default mappings');
select is((select count(*) from jsonb_object_keys(mls.default_mapping())), 19::bigint, 'which name the document''s 19 fields');
select is(mls.default_mapping() ->> 'living_area_sqft', 'LivingArea', 'as the document does');
select is((select count(*) from mls.compliance_profiles where workspace_id = tests.id('fresh')), 1::bigint,
          'and a compliance profile');
select lives_ok($$ select mls.install_defaults(tests.id('fresh')), mls.install_defaults(tests.ws('a')) $$,
                'installing the defaults again is harmless');
select is((select count(*) from mls.field_mappings where workspace_id = tests.id('fresh')), 2::bigint, 'and adds nothing');
select tests.expect_each($$ select mls.install_defaults(tests.ws('b')) $$, 'a_admin 42501, anon 42501, service 1, worker 1');

select tests.expect('owner', statement, want) from (values
  ($$ insert into mls.workspaces (slug, name) values ('tenant-a', 'Again') $$, '23505 workspaces_slug_key'),
  ($$ insert into mls.workspaces (slug, name) values (null, 'x') $$, '23502'),
  ($$ insert into mls.workspaces (slug, name) values ('Upper', 'x') $$, '23514 workspaces_slug_is_url_safe'),
  ($$ insert into mls.workspaces (slug, name) values ('two--dashes', 'x') $$, '23514 workspaces_slug_is_url_safe'),
  ($$ insert into mls.workspaces (slug, name) values ('-lead', 'x') $$, '23514 workspaces_slug_is_url_safe'),
  ($$ insert into mls.workspaces (slug, name) values ('sp ace', 'x') $$, '23514 workspaces_slug_is_url_safe'),
  ($$ insert into mls.workspaces (slug, name) values (repeat('a', 64), 'x') $$, '23514 workspaces_slug_is_url_safe'),
  ($$ insert into mls.workspaces (slug, name) values ('lainey-levin', 'x') $$, '1'),
  ($$ insert into mls.workspaces (slug, name) values ('c', '') $$, '23514'),
  ($$ insert into mls.workspaces (slug, name, status) values ('c', 'C', 'closed') $$, '23514'),
  ($$ insert into mls.workspaces (slug, name, organization_id) values ('c', 'C', gen_random_uuid()) $$, '23503')) v (statement, want);

-- An organisation that has workspaces stays.
insert into org.organizations (id, name) values (md5('org')::uuid, 'Org');
update mls.workspaces set organization_id = md5('org')::uuid where id = tests.id('fresh');
select tests.expect('owner', $$ delete from org.organizations where id = md5('org')::uuid $$, '23503');

-- workspace_domains
select tests.expect('owner', statement, want) from (values
  ($$ insert into mls.workspace_domains (workspace_id, domain) values (tests.ws('a'), 'a.example.org') $$, '23505'),
  ($$ insert into mls.workspace_domains (workspace_id, domain) values (tests.ws('b'), 'a.example.org') $$, '1'),
  ($$ insert into mls.workspace_domains (workspace_id, domain, verified_at, verified_by)
        values (tests.ws('a'), 'x.org', now(), 'dns'), (tests.ws('b'), 'x.org', now(), 'dns') $$, '23505 workspace_domains_domain'),
  ($$ insert into mls.workspace_domains (workspace_id, domain, verified_at) values (tests.ws('a'), 'x.org', now()) $$,
   '23514 workspace_domains_verified_by_something'),
  ($$ insert into mls.workspace_domains (workspace_id, domain) values (tests.ws('a'), '127.0.0.1') $$,
   '23514 workspace_domains_domain_is_no_address'),
  ($$ insert into mls.workspace_domains (workspace_id, domain) values (tests.ws('a'), 'Upper.example.org') $$,
   '23514 workspace_domains_domain_is_a_host_name'),
  ($$ insert into mls.workspace_domains (workspace_id, domain) values (tests.ws('a'), 'https://x.org/') $$, '23514'),
  ($$ insert into mls.workspace_domains (workspace_id, domain) values (tests.ws('a'), 'nodot') $$, '23514'),
  ($$ insert into mls.workspace_domains (workspace_id, domain) values (null, 'x.org') $$, '23502'),
  ($$ insert into mls.workspace_domains (workspace_id, domain, is_primary)
        values (tests.ws('a'), 'x.org', true), (tests.ws('b'), 'y.org', true) $$, '2'),
  ($$ insert into mls.workspace_domains (workspace_id, domain, is_primary)
        values (tests.ws('a'), 'x.org', true), (tests.ws('a'), 'y.org', true) $$, '23505 workspace_domains_one_primary'))
  v (statement, want);
select is(d.is_primary, false, 'a domain is not primary by itself') from mls.workspace_domains d where d.id = tests.id('a_domain');

-- user_profiles
select tests.expect('owner', statement, want) from (values
  ($$ insert into mls.user_profiles (id, workspace_id) values (tests.id('a_admin'), tests.ws('b')) $$, '23505 user_profiles_pkey'),
  ($$ insert into mls.user_profiles (id, workspace_id) values (gen_random_uuid(), tests.ws('b')) $$, '23503'),
  ($$ insert into mls.user_profiles (id, workspace_id) values (tests.id('drifter'), gen_random_uuid()) $$, '23503'),
  ($$ insert into mls.user_profiles (id, workspace_id) values (tests.id('drifter'), null) $$, '23502'),
  ($$ insert into mls.user_profiles (id, workspace_id, role) values (tests.id('drifter'), tests.ws('a'), 'owner') $$, '23514'))
  v (statement, want);
insert into mls.user_profiles (id, workspace_id) values (tests.id('drifter'), tests.ws('a'));
select is(p.role, 'client', 'a member begins as a client') from mls.user_profiles p where p.id = tests.id('drifter');
delete from auth.users where id = tests.id('drifter');
select is_empty($$ select from mls.user_profiles where id = tests.id('drifter') $$, 'a profile goes with its login');

-- A changed membership counts from the next request on.
select tests.login(tests.id('a_client2'));
select ok(plat.has_role('mls.client') and not plat.has_role('mls.agent'), 'a client has the role of a client');
select tests.logout();
update mls.user_profiles set role = 'agent' where id = tests.id('a_client2');
select tests.login(tests.id('a_client2'));
select ok(plat.has_role('mls.agent') and not plat.has_role('mls.client'), 'and after a change that of an agent');
select tests.logout();

-- stripe_customers, subscriptions
select tests.expect('owner', statement, want) from (values
  ($$ insert into mls.stripe_customers (workspace_id, stripe_customer_id) values (tests.id('fresh'), 'cus_a') $$,
   '23505 stripe_customers_stripe_customer_id_key'),
  ($$ insert into mls.stripe_customers (workspace_id, stripe_customer_id) values (tests.ws('a'), 'cus_z') $$,
   '23505 stripe_customers_workspace_id_key'),
  ($$ insert into mls.stripe_customers (workspace_id, stripe_customer_id) values (tests.id('fresh'), 'sub_z') $$, '23514'),
  ($$ insert into mls.stripe_customers (workspace_id, stripe_customer_id) values (gen_random_uuid(), 'cus_z') $$, '23503'),
  ($$ insert into mls.subscriptions (workspace_id, plan, status) values (tests.ws('a'), 'agent', 'active') $$,
   '23505 subscriptions_workspace_id_key'),
  ($$ insert into mls.subscriptions (workspace_id, plan, status, stripe_subscription_id)
        values (tests.id('fresh'), 'agent', 'active', 'sub_a') $$, '23505 subscriptions_stripe_subscription_id_key'),
  ($$ insert into mls.subscriptions (workspace_id, plan, status) values (tests.id('fresh'), 'gold', 'active') $$, '22P02'),
  ($$ insert into mls.subscriptions (workspace_id, plan, status) values (tests.id('fresh'), 'agent', 'gone') $$, '22P02'),
  ($$ insert into mls.subscriptions (workspace_id, plan, status, billing_interval)
        values (tests.id('fresh'), 'agent', 'active', 'week') $$, '22P02'),
  ($$ insert into mls.subscriptions (workspace_id, status) values (tests.id('fresh'), 'active') $$, '23502'),
  ($$ insert into mls.subscriptions (workspace_id, plan, status, stripe_customer_id)
        values (tests.id('fresh'), 'agent', 'active', 'x') $$, '23514'),
  ($$ insert into mls.subscriptions (workspace_id, plan, status, stripe_subscription_id)
        values (tests.id('fresh'), 'agent', 'active', 'x') $$, '23514'),
  ($$ insert into mls.subscriptions (workspace_id, plan, status, current_period_start, current_period_end)
        values (tests.id('fresh'), 'agent', 'active', now(), now() - interval '1 day') $$, '23514 subscriptions_period_runs_forward'),
  ($$ insert into mls.subscriptions (workspace_id, plan, status, is_billing_override, override_granted_by)
        values (tests.id('fresh'), 'prestige', 'active', true, gen_random_uuid()) $$, '23503')) v (statement, want);
select is((s.billing_interval::text, s.cancel_at_period_end, s.is_billing_override)::text, '(month,f,f)', 'defaults of a subscription')
  from mls.subscriptions s where s.id = tests.id('a_subscription');
update mls.subscriptions set override_granted_by = tests.id('b_client') where id = tests.id('a_subscription');
delete from auth.users where id = tests.id('b_client');
select is(s.override_granted_by, null, 'who granted an override may go') from mls.subscriptions s
  where s.id = tests.id('a_subscription');

-- payment_events: each event once, and for good.
select tests.expect('owner', statement, want) from (values
  ($$ insert into mls.payment_events (stripe_event_id, stripe_event_type) values ('evt_a', 'x') $$,
   '23505 payment_events_stripe_event_id_key'),
  ($$ insert into mls.payment_events (stripe_event_id, stripe_event_type) values ('evt_1', 'x') $$, '1'),
  ($$ insert into mls.payment_events (stripe_event_id, stripe_event_type) values ('x', 'x') $$, '23514'),
  ($$ insert into mls.payment_events (stripe_event_id, stripe_event_type, workspace_id)
        values ('evt_1', 'x', gen_random_uuid()) $$, '23503'),
  ($$ update mls.payment_events set amount_cents = 1 $$, 'PT409 mls.payment_events is append-only'),
  ($$ delete from mls.payment_events $$, 'PT409 mls.payment_events is append-only'),
  ($$ truncate mls.payment_events $$, 'PT409 mls.payment_events is append-only')) v (statement, want);
select tests.expect_each($$ update mls.payment_events set amount_cents = 1 $$, 'service 42501, worker PT409');
select tests.expect_each($$ delete from mls.payment_events $$, 'service 42501, worker PT409');

-- Paused: everything can be read, nothing written, by no login.
update mls.workspaces set status = 'paused' where id = tests.ws('a');
select tests.expect_each($$ select from mls.listings where id = tests.id('a_listing') $$, 'a_admin 1, a_agent 1, a_client 1');
select tests.expect_each($$ update mls.listings set city = 'x' where id = tests.id('a_listing') $$,
                         'a_admin 25006, a_agent 25006, service 1');
select tests.expect_each($$ insert into mls.favorites (listing_id) values (tests.id('a_inactive')) $$, 'a_admin 25006, a_client 25006');
select tests.expect_each($$ delete from mls.saved_searches $$, 'a_client 25006, b_agent 0');
select tests.expect('a_admin', $$ select mls.deactivate_listing(tests.id('a_listing')) $$, '25006');
select tests.expect('b_admin', $$ update mls.workspaces set name = 'x' $$, '1', 'the other workspace goes on');

-- Archived: the service role's alone.
update mls.workspaces set status = 'archived' where id = tests.ws('a');
select tests.expect_each(statement, 'a_admin 0, a_agent 0, a_client 0')
  from (values ($$ select from mls.workspaces $$), ($$ select from mls.workspace_domains $$), ($$ select from mls.listings $$),
               ($$ select from mls.listing_media $$), ($$ select from mls.compliance_profiles $$),
               ($$ select from mls.favorites $$), ($$ update mls.listings set city = 'x' $$),
               ($$ delete from mls.saved_searches $$)) v (statement);
select tests.expect('a_agent', $$ insert into mls.listings (source_listing_key) values ('x') $$, '42501');
select tests.expect('service', $$ select from mls.workspaces where id = tests.ws('a') $$, '1');
select tests.login(tests.id('a_admin'));
select ok(plat.ws() is null and not plat.has_role('mls.admin'), 'members of an archived workspace have no role in it');
select tests.logout();

-- A login that is banned or deleted is nobody.
update auth.users set banned_until = now() + interval '1 hour' where id = tests.id('b_admin');
select tests.expect('b_admin', $$ select from mls.listings $$, '0');
update auth.users set banned_until = now() - interval '1 hour', deleted_at = now() where id = tests.id('b_admin');
select tests.expect('b_admin', $$ select from mls.listings $$, '0');

select * from finish();
rollback;
