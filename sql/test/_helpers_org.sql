-- Two organisations, north (of workspace A) and south (of workspace B), with logins n_developer n_admin n_user n_user2 and s_admin
-- s_user, loner of no organisation, and one row of every org table for each, called by name: tests.id('n_customer'),
-- 's_license' and so on. Rows of people belong to n_user and s_user; tests.id('p_n_user') is the user_profile of n_user.
create function tests.org_rows() returns void language plpgsql as $$
declare
  l text;
  org uuid;
  profile uuid;
  login uuid;
begin
  perform tests.two_tenants();
  perform tests.put('north', md5('north')::uuid), tests.put('south', md5('south')::uuid);
  insert into org.organizations (id, name) values (tests.id('north'), 'North'), (tests.id('south'), 'South');
  update mls.workspaces w set organization_id = case w.slug when 'tenant-a' then md5('north')::uuid else md5('south')::uuid end
    where w.slug like 'tenant-%';
  perform tests.add_login('n_developer', 'a', 'agent'), tests.add_login('n_admin', 'a', 'agent'), tests.add_login('n_user', 'a', 'agent'),
          tests.add_login('n_user2', 'a', 'agent'), tests.add_login('s_admin', 'b', 'agent'), tests.add_login('s_user', 'b', 'agent'),
          tests.add_login('loner', 'a', 'client');
  insert into tests.names select 'p_' || n.name, md5('p_' || n.name)::uuid from tests.names n where n.name ~ '^[ns]_';
  insert into org.user_profile (id, organization_id, role, user_id)
    select p.id, case left(n.name, 1) when 'n' then md5('north')::uuid else md5('south')::uuid end,
           regexp_replace(n.name, '^._|\d', '', 'g'), n.id
      from tests.names n join tests.names p on p.name = 'p_' || n.name where n.name ~ '^[ns]_';
  insert into tests.names
    select letter || '_' || what, md5(letter || '_' || what)::uuid
      from unnest(array['n', 's']) letter,
           unnest(array['module', 'license', 'license_module', 'customer', 'email', 'phone', 'customer_organization', 'customer_user',
                        'preference', 'conversation', 'message', 'function', 'key', 'vector']) what;
  foreach l in array array['n', 's'] loop
    org := case l when 'n' then md5('north')::uuid else md5('south')::uuid end;
    login := tests.id(l || '_user');
    profile := tests.id('p_' || l || '_user');
    insert into org.org_modules (id, organization_id, module_name) values (tests.id(l || '_module'), org, 'crm');
    insert into org.licenses (id, organization_id) values (tests.id(l || '_license'), org);
    insert into org.license_modules (id, license_id, module_id)
      values (tests.id(l || '_license_module'), tests.id(l || '_license'), tests.id(l || '_module'));
    insert into org.customers (id, name, first_name, last_name) values (tests.id(l || '_customer'), 'Ann Lee', 'Ann', 'Lee');
    insert into org.customer_email (id, customer_id, email) values (tests.id(l || '_email'), tests.id(l || '_customer'), 'ann@example.org');
    insert into org.customer_phone (id, customer_id, phone) values (tests.id(l || '_phone'), tests.id(l || '_customer'), '1');
    insert into org.customer_organization (id, customer_id, organization_id)
      values (tests.id(l || '_customer_organization'), tests.id(l || '_customer'), org);
    insert into org.customer_user (id, customer_id, user_id) values (tests.id(l || '_customer_user'), tests.id(l || '_customer'), profile);
    insert into org.user_preferences (id, user_id, preference_key) values (tests.id(l || '_preference'), login, 'theme');
    insert into org.conversations (id, title, user_id) values (tests.id(l || '_conversation'), 'Hello', login);
    insert into org.chat_messages (id, user_id, conversation_id, message_content)
      values (tests.id(l || '_message'), profile, tests.id(l || '_conversation'), 'hello');
    insert into org.functions (id, created_by, name, code) values (tests.id(l || '_function'), login, 'f', 'return 1');
    insert into org.key_store (id, user_id, provider, api_key) values (tests.id(l || '_key'), login, 'openai', 'v1.k.c2VhbGVk');
    insert into org.vector_store (id, user_id, source_id) values (tests.id(l || '_vector'), login, 's1');
  end loop;
end $$;

-- One statement on a row of North, held against everybody in this order: developer, admin, whose row it is, a colleague, an
-- admin and a user of South, a login of no organisation, anon, service.
create function tests.org_expect(statement text, wants text) returns setof text language sql as $$
  select tests.expect(w.who, statement, w.want)
    from rows from (unnest(array['n_developer', 'n_admin', 'n_user', 'n_user2', 's_admin', 's_user', 'loner', 'anon', 'service']),
                    regexp_split_to_table(wants, '\s+')) with ordinality w (who, want, n) order by n;
$$;
