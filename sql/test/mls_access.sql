-- Every table of mls and every kind of caller: what each command does to workspace A's row. Columns of the answers:
-- a_admin a_agent a_client, b_admin of the other tenant, drifter without a workspace, anon, service. A number is of rows.
begin;
select no_plan();
select tests.mls_rows();

-- workspaces
select tests.mls_expect($$ select from mls.workspaces where id = tests.ws('a') $$, '1 1 1 0 0 42501 1');
select tests.mls_expect($$ insert into mls.workspaces (slug, name) values ('c', 'C') $$, '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.workspaces set name = 'x' where id = tests.ws('a') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ update mls.workspaces set status = 'paused' where id = tests.ws('a') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ delete from mls.workspaces where id = tests.ws('a') $$, '42501 42501 42501 42501 42501 42501 23503');

-- workspace_domains
select tests.mls_expect($$ select from mls.workspace_domains where id = tests.id('a_domain') $$, '1 1 1 0 0 42501 1');
select tests.mls_expect($$ insert into mls.workspace_domains (workspace_id, domain) values (tests.ws('a'), 'new.example.org') $$,
                        '1 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.workspace_domains set is_primary = true where id = tests.id('a_domain') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ update mls.workspace_domains set workspace_id = tests.ws('b') where id = tests.id('a_domain') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ delete from mls.workspace_domains where id = tests.id('a_domain') $$, '1 0 0 0 0 42501 1');

-- user_profiles: the row is another client's of workspace A, then one's own.
select tests.mls_expect($$ select from mls.user_profiles where id = tests.id('a_client2') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ select from mls.user_profiles where id = plat.uid() $$, '1 1 1 1 0 42501 0');
select tests.mls_expect($$ insert into mls.user_profiles (id, workspace_id) values (tests.id('drifter'), tests.ws('a')) $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.user_profiles set role = 'agent' where id = tests.id('a_client2') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ update mls.user_profiles set full_name = 'Me' where id = plat.uid() $$, '1 1 1 1 0 42501 0');
select tests.expect_each($$ update mls.user_profiles set role = 'agent' where id = plat.uid() $$,
                         'a_admin PT403 nobody changes their own role, a_client PT403 nobody changes, a_agent 1');
select tests.expect_each($$ update mls.user_profiles set role = 'admin' where id = plat.uid() $$, 'a_agent PT403, a_client PT403');
select tests.mls_expect($$ update mls.user_profiles set workspace_id = tests.ws('b') where id = tests.id('a_client2') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ delete from mls.user_profiles where id = tests.id('a_client2') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ delete from mls.user_profiles where id = plat.uid() $$, '0 0 0 0 0 42501 0');

-- mls_connections: nobody of the API sees or sets the token.
select tests.mls_expect($$ select id, provider, status from mls.mls_connections where id = tests.id('a_connection') $$,
                        '1 1 0 0 0 42501 1');
select tests.mls_expect($$ select token_ciphertext from mls.mls_connections where id = tests.id('a_connection') $$,
                        '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ select from mls.mls_connections where token_ciphertext like 's%' $$,
                        '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ insert into mls.mls_connections (workspace_id, provider, dataset_id) values (tests.ws('a'), 'reso', 'x') $$,
                        '1 1 42501 42501 42501 42501 1');
select tests.mls_expect($$ insert into mls.mls_connections (workspace_id, provider, dataset_id, token_ciphertext)
                             values (tests.ws('a'), 'reso', 'x', 'x') $$, '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ update mls.mls_connections set sync_cadence = 'daily' where id = tests.id('a_connection') $$,
                        '1 1 0 0 0 42501 1');
select tests.mls_expect($$ update mls.mls_connections set token_ciphertext = 'x' where id = tests.id('a_connection') $$,
                        '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ update mls.mls_connections set last_sync_cursor = 'x' where id = tests.id('a_connection') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ delete from mls.mls_connections where id = tests.id('a_connection') $$, '1 1 0 0 0 42501 1');
select tests.expect('worker', $$ update mls.mls_connections set token_ciphertext = 'x' where token_ciphertext = 'sealed' $$, '2');

-- field_mappings: the row is an inactive version; then the active one, which stays.
select tests.mls_expect($$ select from mls.field_mappings where id = tests.id('a_oldmapping') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ insert into mls.field_mappings (workspace_id, version, is_active, mapping)
                             values (tests.ws('a'), 2, false, '{}') $$, '1 1 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.field_mappings set is_active = false where workspace_id = tests.ws('a') and is_active $$,
                        '2 2 0 0 0 42501 2');
select tests.mls_expect($$ update mls.field_mappings set mapping = '{"city": "City"}' where id = tests.id('a_oldmapping') $$,
                        '42501 42501 42501 42501 42501 42501 PT409');
select tests.mls_expect($$ delete from mls.field_mappings where id = tests.id('a_oldmapping') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ delete from mls.field_mappings where workspace_id = tests.ws('a') and is_active $$, '0 0 0 0 0 42501 2');

-- import_tasks: one shown to agents, one not.
select tests.mls_expect($$ select from mls.import_tasks where id = tests.id('a_task') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ select from mls.import_tasks where id = tests.id('a_hidden_task') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ insert into mls.import_tasks (workspace_id, mls_connection_id, name)
                             values (tests.ws('a'), tests.id('a_connection'), 'x') $$, '1 1 42501 42501 42501 42501 1');
select tests.mls_expect($$ insert into mls.import_tasks (workspace_id, mls_connection_id, name, is_agent_visible)
                             values (tests.ws('a'), tests.id('a_connection'), 'x', false) $$, '1 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.import_tasks set is_enabled = false where id = tests.id('a_task') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ update mls.import_tasks set is_enabled = false where id = tests.id('a_hidden_task') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ update mls.import_tasks set is_agent_visible = false where id = tests.id('a_task') $$,
                        '1 42501 0 0 0 42501 1');
select tests.mls_expect($$ delete from mls.import_tasks where id = tests.id('a_task') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ delete from mls.import_tasks where id = tests.id('a_hidden_task') $$, '1 0 0 0 0 42501 1');

-- sync_runs and listing_events: logs.
select tests.mls_expect($$ select from mls.sync_runs where id = tests.id('a_run') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ insert into mls.sync_runs (workspace_id) values (tests.ws('a')) $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.sync_runs set stats = '{"fetched": 1}' where id = tests.id('a_run') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ delete from mls.sync_runs where id = tests.id('a_run') $$, '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ select from mls.listing_events where id = tests.id('a_event') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ insert into mls.listing_events (workspace_id, listing_id, event)
                             values (tests.ws('a'), tests.id('a_listing'), 'price') $$, '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.listing_events set old_value = '1' where id = tests.id('a_event') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ delete from mls.listing_events where id = tests.id('a_event') $$, '42501 42501 42501 42501 42501 42501 1');

-- listings: active, and soft-deleted.
select tests.mls_expect($$ select from mls.listings where id = tests.id('a_listing') $$, '1 1 1 0 0 42501 1');
select tests.mls_expect($$ select from mls.listings where id = tests.id('a_inactive') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ select raw from mls.listings where id = tests.id('a_listing') $$, '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ insert into mls.listings (workspace_id, source_listing_key) values (tests.ws('a'), 'k9') $$,
                        '1 1 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.listings set city = 'Hialeah' where id = tests.id('a_listing') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ update mls.listings set city = 'Hialeah' where id = tests.id('a_inactive') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ update mls.listings set is_active = false where id = tests.id('a_listing') $$, '1 42501 0 0 0 42501 1');
select tests.mls_expect($$ delete from mls.listings where id = tests.id('a_listing') $$, '0 0 0 0 0 42501 1');
select tests.mls_expect($$ delete from mls.listings where id = tests.id('a_inactive') $$, '1 0 0 0 0 42501 1');
-- Without a condition nothing is read, and the policies of reading do not help.
select tests.expect_each($$ update mls.listings set community = 'x' $$, 'a_admin 2, a_agent 1, a_client 0, b_admin 2, drifter 0');
select tests.expect_each($$ delete from mls.listing_photos $$, 'a_admin 2, a_agent 1, a_client 0, b_admin 2, drifter 0');

-- listing_media, listing_photos: of the active listing, and of the soft-deleted one.
select tests.mls_expect($$ select from mls.listing_media where id = tests.id('a_media') $$, '1 1 1 0 0 42501 1');
select tests.mls_expect($$ select from mls.listing_media where id = tests.id('a_inactive_media') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ insert into mls.listing_media (workspace_id, listing_id, url)
                             values (tests.ws('a'), tests.id('a_listing'), 'https://media.example/9.jpg') $$,
                        '1 1 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.listing_media set caption = 'x' where id = tests.id('a_media') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ update mls.listing_media set is_active = true where id = tests.id('a_inactive_media') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ delete from mls.listing_media where id = tests.id('a_media') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ delete from mls.listing_media where id = tests.id('a_inactive_media') $$, '1 0 0 0 0 42501 1');

select tests.mls_expect($$ select from mls.listing_photos where id = tests.id('a_photo') $$, '1 1 1 0 0 42501 1');
select tests.mls_expect($$ select from mls.listing_photos where id = tests.id('a_inactive_photo') $$, '1 0 0 0 0 42501 1');
select tests.mls_expect($$ insert into mls.listing_photos (workspace_id, listing_id, url)
                             values (tests.ws('a'), tests.id('a_listing'), 'x') $$, '1 1 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.listing_photos set is_primary = true where id = tests.id('a_photo') $$, '1 1 0 0 0 42501 1');
select tests.mls_expect($$ delete from mls.listing_photos where id = tests.id('a_photo') $$, '1 1 0 0 0 42501 1');

-- favorites and saved_searches: a_client's own; admins have no part in them.
select tests.mls_expect($$ select from mls.favorites where id = tests.id('a_favorite') $$, '0 0 1 0 0 42501 1');
select tests.mls_expect($$ insert into mls.favorites (workspace_id, listing_id) values (tests.ws('b'), tests.id('b_listing')) $$,
                        '42501 42501 42501 1 42501 42501 23502');
select tests.mls_expect($$ insert into mls.favorites (user_id, listing_id) values (tests.id('a_client2'), tests.id('a_listing')) $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.favorites set created_at = now() where id = tests.id('a_favorite') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ delete from mls.favorites where id = tests.id('a_favorite') $$, '0 0 1 0 0 42501 1');
select tests.expect('a_client2', $$ insert into mls.favorites (listing_id) values (tests.id('a_listing')) $$, '1');
select tests.expect('a_client2', $$ select from mls.favorites $$, '0');

select tests.mls_expect($$ select from mls.saved_searches where id = tests.id('a_search') $$, '0 0 1 0 0 42501 1');
select tests.mls_expect($$ insert into mls.saved_searches (name) values ('x') $$, '1 1 1 1 42501 42501 23502');
select tests.mls_expect($$ insert into mls.saved_searches (user_id, name) values (tests.id('a_client2'), 'x') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ update mls.saved_searches set name = 'x' where id = tests.id('a_search') $$, '0 0 1 0 0 42501 1');
select tests.mls_expect($$ update mls.saved_searches set user_id = tests.id('a_client2') where id = tests.id('a_search') $$,
                        '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ delete from mls.saved_searches where id = tests.id('a_search') $$, '0 0 1 0 0 42501 1');

-- compliance_profiles: made with the workspace, and the admins' to change, since what it says is published.
select tests.mls_expect($$ select from mls.compliance_profiles where workspace_id = tests.ws('a') $$, '1 1 1 0 0 42501 1');
select tests.mls_expect($$ insert into mls.compliance_profiles (workspace_id) values (tests.ws('a')) $$,
                        '23505 42501 42501 42501 42501 42501 23505');
select tests.mls_expect($$ update mls.compliance_profiles set display_on_search = false where workspace_id = tests.ws('a') $$,
                        '1 0 0 0 0 42501 1');
select tests.mls_expect($$ delete from mls.compliance_profiles where workspace_id = tests.ws('a') $$, '1 0 0 0 0 42501 1');

-- The service role's own tables.
select tests.mls_expect(format('select from mls.%I where id = tests.id(%L)', t, n), '42501 42501 42501 42501 42501 42501 1')
  from (values ('ai_usage', 'a_usage'), ('ai_content_audit', 'a_audit'), ('stripe_customers', 'a_customer'),
               ('subscriptions', 'a_subscription'), ('payment_events', 'a_payment')) v (t, n);
select tests.mls_expect(statement, '42501 42501 42501 42501 42501 42501 1')
  from (values ($$ insert into mls.ai_usage (workspace_id, operation, model) values (tests.ws('a'), 'x', 'm') $$),
               ($$ insert into mls.ai_content_audit (workspace_id, content_type, generated_content) values (tests.ws('a'), 'x', 'y') $$),
               ($$ insert into mls.payment_events (stripe_event_id, stripe_event_type) values ('evt_x', 'x') $$),
               ($$ update mls.ai_usage set cost_cents = 1 where id = tests.id('a_usage') $$),
               ($$ update mls.ai_content_audit set status = 'rejected' where id = tests.id('a_audit') $$),
               ($$ update mls.stripe_customers set email = 'x@example.org' where id = tests.id('a_customer') $$),
               ($$ update mls.subscriptions set status = 'past_due' where id = tests.id('a_subscription') $$),
               ($$ delete from mls.ai_usage where id = tests.id('a_usage') $$),
               ($$ delete from mls.ai_content_audit where id = tests.id('a_audit') $$),
               ($$ delete from mls.stripe_customers where id = tests.id('a_customer') $$),
               ($$ delete from mls.subscriptions where id = tests.id('a_subscription') $$)) v (statement);
select tests.mls_expect($$ insert into mls.stripe_customers (workspace_id, stripe_customer_id) values (tests.ws('a'), 'cus_x') $$,
                        '42501 42501 42501 42501 42501 42501 23505');
select tests.mls_expect($$ insert into mls.subscriptions (workspace_id, plan, status) values (tests.ws('a'), 'agent', 'active') $$,
                        '42501 42501 42501 42501 42501 42501 23505');

-- The outbox is nobody's but the workers'; modules write it through plat.emit().
select tests.mls_expect(statement, '42501 42501 42501 42501 42501 42501 42501')
  from (values ($$ select from plat.outbox $$), ($$ insert into plat.outbox (topic) values ('x') $$),
               ($$ update plat.outbox set topic = 'x' $$), ($$ delete from plat.outbox $$)) v (statement);
select tests.expect('worker', $$ delete from plat.outbox $$, '2');
select tests.mls_expect($$ select plat.emit('topic', 'key', '{}', tests.ws('a')) $$, '1 1 1 PT403 PT403 42501 1');

select * from finish();
rollback;
