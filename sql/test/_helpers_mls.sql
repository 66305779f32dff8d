-- One row of every mls table in both workspaces, called by name: tests.id('a_listing'), 'b_photo' and so on.
create function tests.mls_rows() returns void language plpgsql as $$
declare
  l text;
  ws uuid;
begin
  perform tests.two_tenants();
  insert into tests.names
    select letter || '_' || what, md5(letter || '_' || what)::uuid
      from unnest(array['a', 'b']) letter,
           unnest(array['domain', 'customer', 'subscription', 'payment', 'connection', 'oldmapping', 'task', 'hidden_task', 'run',
                        'listing', 'inactive', 'media', 'inactive_media', 'photo', 'inactive_photo', 'event', 'favorite', 'search',
                        'usage', 'audit', 'message']) what;
  foreach l in array array['a', 'b'] loop
    ws := tests.ws(l);
    insert into mls.workspace_domains (id, workspace_id, domain) values (tests.id(l || '_domain'), ws, l || '.example.org');
    insert into mls.stripe_customers (id, workspace_id, stripe_customer_id) values (tests.id(l || '_customer'), ws, 'cus_' || l);
    insert into mls.subscriptions (id, workspace_id, stripe_subscription_id, plan, status)
      values (tests.id(l || '_subscription'), ws, 'sub_' || l, 'agent', 'active');
    insert into mls.payment_events (id, workspace_id, stripe_event_id, stripe_event_type)
      values (tests.id(l || '_payment'), ws, 'evt_' || l, 'invoice.paid');
    insert into mls.mls_connections (id, workspace_id, provider, dataset_id, token_ciphertext)
      values (tests.id(l || '_connection'), ws, 'bridge', 'test', 'sealed');
    insert into mls.field_mappings (id, workspace_id, provider, version, is_active, mapping)
      values (tests.id(l || '_oldmapping'), ws, 'bridge', 100, false, '{}');
    insert into mls.import_tasks (id, workspace_id, mls_connection_id, name, is_agent_visible)
      values (tests.id(l || '_task'), ws, tests.id(l || '_connection'), 'all', true),
             (tests.id(l || '_hidden_task'), ws, tests.id(l || '_connection'), 'hidden', false);
    insert into mls.sync_runs (id, workspace_id, mls_connection_id) values (tests.id(l || '_run'), ws, tests.id(l || '_connection'));
    insert into mls.listings (id, workspace_id, source_listing_key, standard_status, list_price, city, import_task_id, is_active, raw)
      values (tests.id(l || '_listing'), ws, 'k1', 'Active', 500000, 'Miami', tests.id(l || '_task'), true,
              '{"PrivateRemarks": "x", "InternetEntireListingDisplayYN": true}'),
             (tests.id(l || '_inactive'), ws, 'k2', 'Active', 600000, 'Miami', null, false, '{"PrivateRemarks": "y"}');
    insert into mls.listing_media (id, workspace_id, listing_id, url)
      values (tests.id(l || '_media'), ws, tests.id(l || '_listing'), 'https://media.example/1.jpg'),
             (tests.id(l || '_inactive_media'), ws, tests.id(l || '_inactive'), 'https://media.example/2.jpg');
    insert into mls.listing_photos (id, workspace_id, listing_id, storage_path)
      values (tests.id(l || '_photo'), ws, tests.id(l || '_listing'), l || '/1.jpg'),
             (tests.id(l || '_inactive_photo'), ws, tests.id(l || '_inactive'), l || '/2.jpg');
    insert into mls.listing_events (id, workspace_id, listing_id, event, old_value, new_value)
      values (tests.id(l || '_event'), ws, tests.id(l || '_listing'), 'price', '510000', '500000');
    insert into mls.favorites (id, workspace_id, user_id, listing_id)
      values (tests.id(l || '_favorite'), ws, tests.id(l || '_client'), tests.id(l || '_listing'));
    insert into mls.saved_searches (id, workspace_id, user_id, name)
      values (tests.id(l || '_search'), ws, tests.id(l || '_client'), 'by the sea');
    insert into mls.ai_usage (id, workspace_id, operation, model) values (tests.id(l || '_usage'), ws, 'listing_description', 'm');
    insert into mls.ai_content_audit (id, workspace_id, listing_id, content_type, generated_content)
      values (tests.id(l || '_audit'), ws, tests.id(l || '_listing'), 'listing_description', 'Sunny.');
    insert into plat.outbox (id, workspace_id, topic) values (tests.id(l || '_message'), ws, 'test');
  end loop;
end $$;

-- One statement on a row of workspace A, held against everybody in this order:
-- a_admin a_agent a_client, of another tenant b_admin, of none drifter, anon, service.
create function tests.mls_expect(statement text, wants text) returns setof text language sql as $$
  select tests.expect(w.who, statement, w.want)
    from rows from (unnest(array['a_admin', 'a_agent', 'a_client', 'b_admin', 'drifter', 'anon', 'service']),
                    regexp_split_to_table(wants, '\s+')) with ordinality w (who, want, n) order by n;
$$;
