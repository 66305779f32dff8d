-- Two tenants for the clients' tests, over a migrated database: North with ann (an admin in every module) and amy (no admin
-- anywhere), South with bob (as ann is). An id is the MD5 of what it is called: id('north listing 1').
create function pg_temp.id(name text) returns uuid language sql immutable return md5(name)::uuid;

create function pg_temp.add_login(name text, tenant text, mls_role text) returns void language plpgsql as $$
begin
  insert into auth.users (id, email, aud, role) values (pg_temp.id(name), name || '@' || tenant || '.example', 'authenticated', 'authenticated');
  insert into mls.user_profiles (id, workspace_id, role) values (pg_temp.id(name), pg_temp.id(tenant), mls_role)
    on conflict (id) do update set workspace_id = excluded.workspace_id, role = excluded.role;
end $$;

create function pg_temp.add_person(name text, tenant text, is_admin boolean) returns void language plpgsql as $$
declare
  ws constant uuid := pg_temp.id(tenant);
begin
  perform pg_temp.add_login(name, tenant, case when is_admin then 'admin' else 'agent' end);
  insert into org.user_profile (id, organization_id, role, user_id)
    values (pg_temp.id(name || ' profile'), pg_temp.id(tenant || ' organization'), case when is_admin then 'admin' else 'user' end, pg_temp.id(name));
  insert into ops.staff (workspace_id, staff_id, user_id, email, name, role)
    values (ws, name, pg_temp.id(name), name || '@' || tenant || '.example', initcap(name), case when is_admin then 'admin' else 'support' end);
  insert into marketing.agents (workspace_id, id, name, email) values (ws, pg_temp.id(name || ' agent'), initcap(name), name || '@agents.example');
  insert into marketing.users (workspace_id, id, agent_id) values (ws, pg_temp.id(name), pg_temp.id(name || ' agent'));
  insert into marketing.social_media_accounts (workspace_id, id, agent_id, platform, account_id, access_token_encrypted)
    values (ws, pg_temp.id(name || ' account'), pg_temp.id(name || ' agent'), 'facebook', 'page of ' || name, 'a sealed token');
  insert into marketing.listings (workspace_id, id, source_id, address, city, state, zip_code, price)
    values (ws, pg_temp.id(name || ' flat'), 'source of ' || name, '1 ' || name || ' St', 'Miami', 'FL', '33133', 500000);
  insert into marketing.content_pieces (workspace_id, id, listing_id, agent_id, content_type, generated_text)
    values (ws, pg_temp.id(name || ' content'), pg_temp.id(name || ' flat'), pg_temp.id(name || ' agent'), 'social_media_post', '{"headline": "A house"}');
  insert into org.conversations (id, title, user_id) values (pg_temp.id(name || ' talk'), 'Talk of ' || name, pg_temp.id(name));
  insert into org.chat_messages (id, user_id, conversation_id, message_content)
    values (pg_temp.id(name || ' words'), pg_temp.id(name || ' profile'), pg_temp.id(name || ' talk'), 'hello from ' || name);
  insert into org.key_store (id, user_id, provider, api_key) values (pg_temp.id(name || ' key'), pg_temp.id(name), 'openai', 'v1.k.c2VhbGVk');
  insert into crm.leads (id, workspace_id, user_id, name, email, score, tags, status)
    select pg_temp.id(name || ' lead ' || n), ws, pg_temp.id(name), 'Lead ' || n || ' of ' || name, 'lead' || n || '@' || name || '.example', n * 10,
           case when n % 2 = 0 then '{hot,buyer}'::text[] else '{seller}' end, case when n = 1 then 'qualified' else 'new' end::crm.lead_status
      from generate_series(1, 5) n;
  insert into crm.contacts (id, workspace_id, user_id, lead_id, name)
    select pg_temp.id(name || ' contact ' || n), ws, pg_temp.id(name), pg_temp.id(name || ' lead 1'), 'Contact ' || n from generate_series(1, 3) n;
  insert into crm.deals (id, workspace_id, user_id, lead_id, title, estimated_value)
    values (pg_temp.id(name || ' deal'), ws, pg_temp.id(name), pg_temp.id(name || ' lead 1'), 'Deal of ' || name, 250000);
end $$;

create function pg_temp.add_tenant(tenant text, people text[]) returns void language plpgsql as $$
declare
  ws constant uuid := pg_temp.id(tenant);
begin
  insert into org.organizations (id, name) values (pg_temp.id(tenant || ' organization'), initcap(tenant));
  insert into mls.workspaces (id, slug, name, organization_id) values (ws, tenant, initcap(tenant), pg_temp.id(tenant || ' organization'));
  for n in 1 .. array_length(people, 1) loop
    perform pg_temp.add_person(people[n], tenant, n = 1);
  end loop;
  insert into mls.mls_connections (id, workspace_id, provider, dataset_id, token_ciphertext)
    values (pg_temp.id(tenant || ' connection'), ws, 'bridge', 'test', 'sealed');
  insert into mls.listings (id, workspace_id, source_listing_key, mls_number, standard_status, list_price, city, state, bedrooms, bathrooms,
                            latitude, list_date, public_remarks, raw)
    select pg_temp.id(tenant || ' listing ' || n), ws, tenant || '-' || n, 'M' || n, case when n % 3 = 0 then 'Pending' else 'Active' end, n * 100000,
           (array['Miami', 'Coral Gables', 'Doral'])[1 + n % 3], 'FL', case when n = 10 then null else n % 5 end, 1.5 + n % 2, 25 + n / 10.0,
           date '2024-01-01' + n, 'House number ' || n || ' with a ' || case when n % 2 = 0 then 'pool' else 'garden' end, '{"PrivateRemarks": "for agents only"}'
      from generate_series(1, 10) n;
  insert into mls.listing_media (id, workspace_id, listing_id, url, sort_order)
    select pg_temp.id(tenant || ' picture ' || n || '.' || m), ws, pg_temp.id(tenant || ' listing ' || n), 'https://media.example/' || n || '/' || m || '.jpg', m
      from generate_series(1, 10) n, generate_series(1, 2) m;
  insert into ops.realtors (workspace_id, realtor_id, email, name)
    values (ws, tenant || '_realtor', 'realtor@' || tenant || '.example', 'Realtor of ' || tenant);
  insert into ops.listings (workspace_id, listing_id, realtor_id, address_string) values (ws, tenant || '_file', tenant || '_realtor', '1 Main St');
  insert into ops.activities (workspace_id, task_id, listing_id, name, task_category, visibility_group, priority)
    select ws, tenant || '_task_' || n, tenant || '_file', 'Task ' || n, 'ADMIN', case when n = 3 then 'MARKETING' else 'BOTH' end, n from generate_series(1, 3) n;
  insert into org.customers (id, name, first_name, last_name) values (pg_temp.id(tenant || ' customer'), 'Ann Lee', 'Ann', 'Lee');
  insert into org.customer_organization (customer_id, organization_id) values (pg_temp.id(tenant || ' customer'), pg_temp.id(tenant || ' organization'));
  insert into org.customer_email (customer_id, email) values (pg_temp.id(tenant || ' customer'), 'ann@lee.example');
end $$;

select pg_temp.add_tenant('north', '{ann,amy}');
select pg_temp.add_tenant('south', '{bob}');
