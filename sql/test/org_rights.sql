-- Who may read, add, change and delete what in organisations: everybody against one row of every table.
begin;
select no_plan();
select tests.org_rows();

-- What people own: theirs, their admin's, the developers'.
select tests.org_expect(x.statement, x.wants)
  from (values ('user_preferences', 'preference', 'preference_value = ''1'''), ('conversations', 'conversation', 'title = ''x'''),
               ('functions', 'function', 'code = ''return 2'''), ('key_store', 'key', 'provider = ''x'''),
               ('vector_store', 'vector', 'source_id = ''x'''), ('chat_messages', 'message', 'message_content = ''x'''),
               ('customers', 'customer', 'name = ''x'''), ('customer_email', 'email', 'email = ''x'''),
               ('customer_phone', 'phone', 'phone = ''2''')) v (t, r, change)
  cross join lateral (values
    (format('select id from org.%s where id = tests.id(%L)', t, 'n_' || r), '1 1 1 0 0 0 0 42501 1'),
    (format('select id from org.%s where id = tests.id(%L)', t, 's_' || r), '1 0 0 0 1 1 0 42501 1'),
    (format('update org.%s set %s where id = tests.id(%L)', t, change, 'n_' || r), '1 1 1 0 0 0 0 42501 1'),
    (format('delete from org.%s where id = tests.id(%L)', t, 'n_' || r), '1 1 1 0 0 0 0 42501 1'))
    x (statement, wants);

-- Everybody adds what is their own, and an admin what is of the organisation's people.
select tests.org_expect(x.statement, x.wants)
  from (values ('user_preferences', 'user_id', 'preference_key', $$'color'$$), ('functions', 'created_by', 'name, code', $$'g', ''$$),
               ('key_store', 'user_id', 'provider, api_key', $$'stripe', 'v1.k.eA'$$),
               ('vector_store', 'user_id', 'source_id', $$'s2'$$)) v (t, who, cols, vals)
  cross join lateral (values
    (format('insert into org.%s (%s) values (%s)', t, cols, vals), '1 1 1 1 1 1 1 42501 23502'),
    (format('insert into org.%s (%s, %s) values (tests.id(''n_user''), %s)', t, who, cols, vals), '1 1 1 42501 42501 42501 42501 42501 1'))
    x (statement, wants);
select tests.org_expect($$ insert into org.conversations (title) values ('x') $$, '1 1 1 1 1 1 1 42501 23503');
select tests.org_expect($$ insert into org.conversations (title, user_id) values ('x', tests.id('n_user')) $$,
                        '1 1 1 42501 42501 42501 42501 42501 1');

-- A row is not given to somebody whose row it could not have been.
select tests.org_expect($$ update org.vector_store set user_id = tests.id('s_user') where id = tests.id('n_vector') $$,
                        '1 42501 42501 0 0 0 0 42501 1');
select tests.org_expect($$ update org.user_preferences set user_id = tests.id('n_user2') where id = tests.id('n_preference') $$,
                        '1 1 42501 0 0 0 0 42501 1');
select tests.org_expect($$ update org.functions set user_id = tests.id('s_user') where id = tests.id('n_function') $$,
                        '1 42501 42501 0 0 0 0 42501 1');
select tests.org_expect($$ update org.functions set user_id = tests.id('n_user2') where id = tests.id('n_function') $$,
                        '1 1 42501 0 0 0 0 42501 1');
select tests.org_expect($$ update org.functions set created_by = tests.id('n_user2') where id = tests.id('n_function') $$,
                        '42501 42501 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ insert into org.functions (created_by, user_id, name, code)
                             values (tests.id('s_user'), tests.id('n_user'), 'f', '') $$, '1 42501 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ update org.key_store set user_id = tests.id('n_user2') $$,
                        '42501 42501 42501 42501 42501 42501 42501 42501 2');
-- What triggers keep is not written by hand.
select tests.org_expect(format('update org.%s set seen_by = ''{}''', t), '42501 42501 42501 42501 42501 42501 42501 42501 >0')
  from unnest(array['conversations', 'customers']) t;
select tests.org_expect(format('update org.%s set seen_by = ''{}''', t), '428C9 428C9 428C9 428C9 428C9 428C9 428C9 428C9 428C9')
  from unnest(array['user_preferences', 'vector_store', 'functions', 'key_store', 'customer_user', 'user_profile']) t;
select tests.expect('s_admin', $$ insert into org.vector_store (user_id, source_id, organization_id)
                                    values (tests.id('n_user'), 's', tests.id('south')) $$, '42501', 'nor is the organisation of a row');

-- Keys to providers: that they are there, and whether they work; never the key, and not by one's own word.
select tests.org_expect($$ select verified from org.key_store where id = tests.id('n_key') $$, '1 1 1 0 0 0 0 42501 1');
select tests.org_expect($$ select api_key from org.key_store $$, '42501 42501 42501 42501 42501 42501 42501 42501 42501');
select tests.org_expect($$ select * from org.key_store $$, '42501 42501 42501 42501 42501 42501 42501 42501 42501');
select tests.org_expect($$ update org.key_store set verified = true where id = tests.id('n_key') $$,
                        '42501 42501 42501 42501 42501 42501 42501 42501 1');
select tests.expect('worker', $$ select api_key from org.key_store where id = tests.id('n_key') $$, '1', 'the worker reads the key');

-- Messages: read with the conversation, written in one's own name.
select tests.org_expect($$ insert into org.chat_messages (conversation_id, message_content) values (tests.id('n_conversation'), 'x') $$,
                        '1 1 1 42501 42501 42501 42501 42501 23502');
select tests.org_expect($$ insert into org.chat_messages (user_id, conversation_id, message_content)
                             values (tests.id('p_n_user'), tests.id('n_conversation'), 'x') $$,
                        '1 42501 1 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ update org.chat_messages set user_id = tests.id('p_n_user2') where id = tests.id('n_message') $$,
                        '42501 42501 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ update org.chat_messages set conversation_id = tests.id('s_conversation') where id = tests.id('n_message') $$,
                        '42501 42501 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ update org.conversations set user_id = tests.id('n_user2') where id = tests.id('n_conversation') $$,
                        '42501 42501 42501 42501 42501 42501 42501 42501 1');

-- Customers and what belongs to them.
select tests.org_expect($$ insert into org.customers (name, first_name, last_name) values ('x', 'x', 'x') $$,
                        '1 1 1 1 1 1 42501 42501 1');
select tests.org_expect(x.statement, x.wants)
  from (values ('customer_email', 'email'), ('customer_phone', 'phone')) v (t, c)
  cross join lateral (values
    (format('insert into org.%s (customer_id, %s) values (tests.id(''n_customer''), ''x'')', t, c), '1 1 1 42501 42501 42501 42501 42501 1'),
    (format('update org.%s set customer_id = tests.id(''s_customer'') where id = tests.id(%L)', t, 'n_' || c), '1 42501 42501 0 0 0 0 42501 1'))
    x (statement, wants);
select tests.org_expect($$ select from org.customer_organization where id = tests.id('n_customer_organization') $$, '1 1 0 0 0 0 0 42501 1');
select tests.org_expect($$ select from org.customer_user where id = tests.id('n_customer_user') $$, '1 1 1 0 0 0 0 42501 1');
select tests.org_expect($$ insert into org.customer_organization (customer_id, organization_id)
                             values (tests.id('n_customer'), tests.id('south')) $$,
                        '1 42501 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ insert into org.customer_organization (customer_id, organization_id)
                             values (tests.id('s_customer'), tests.id('north')) $$,
                        '1 42501 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ insert into org.customer_user (customer_id, user_id) values (tests.id('n_customer'), tests.id('p_n_user2')) $$,
                        '1 1 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ insert into org.customer_user (customer_id, user_id) values (tests.id('n_customer'), tests.id('p_s_user')) $$,
                        '1 42501 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ insert into org.customer_user (customer_id, user_id) values (tests.id('n_customer'), plat.org_profile()) $$,
                        '1 1 42501 42501 42501 42501 42501 42501 23502');
select tests.org_expect($$ update org.customer_user set user_id = tests.id('p_n_user2') where id = tests.id('n_customer_user') $$,
                        '1 1 0 0 0 0 0 42501 1');
select tests.org_expect($$ update org.customer_user set customer_id = tests.id('s_customer') where id = tests.id('n_customer_user') $$,
                        '1 42501 0 0 0 0 0 42501 1');
select tests.org_expect($$ update org.customer_organization set organization_id = tests.id('south')
                             where id = tests.id('n_customer_organization') $$,
                        '1 42501 0 0 0 0 0 42501 1');
select tests.org_expect($$ delete from org.customer_user where id = tests.id('n_customer_user') $$, '1 1 1 0 0 0 0 42501 1');
select tests.org_expect($$ delete from org.customer_organization where id = tests.id('n_customer_organization') $$, '1 1 0 0 0 0 0 42501 1');

-- Organisations: known to their people, renamed by their admin, made and removed by developers.
select tests.org_expect($$ select from org.organizations where id = tests.id('north') $$, '1 1 1 1 0 0 0 42501 1');
select tests.org_expect($$ select from org.organizations where id = tests.id('south') $$, '1 0 0 0 1 1 0 42501 1');
select tests.org_expect($$ insert into org.organizations (name) values ('x') $$, '1 42501 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ update org.organizations set name = 'x' where id = tests.id('north') $$, '1 1 0 0 0 0 0 42501 1');
insert into org.organizations (id, name) values (tests.put('empty', md5('empty')::uuid), 'Empty');
select tests.org_expect($$ delete from org.organizations where id = tests.id('empty') $$, '1 0 0 0 0 0 0 42501 1');
select tests.org_expect($$ delete from org.organizations where id = tests.id('north') $$, '23503 0 0 0 0 0 0 42501 23503');

-- People of an organisation: themselves and their admin; developers are the service role's and the developers' own business.
select tests.org_expect($$ select from org.user_profile where id = tests.id('p_n_user') $$, '1 1 1 0 0 0 0 42501 1');
select tests.org_expect($$ select from org.user_profile where id = tests.id('p_s_user') $$, '1 0 0 0 1 1 0 42501 1');
select tests.org_expect($$ insert into org.user_profile (organization_id, role, user_id) values (tests.id('north'), 'user', tests.id('loner')) $$,
                        '1 1 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ insert into org.user_profile (organization_id, role, user_id) values (tests.id('south'), 'user', tests.id('loner')) $$,
                        '1 PT403 PT403 PT403 PT403 PT403 PT403 42501 1');
select tests.org_expect($$ insert into org.user_profile (organization_id, role) values (tests.id('north'), 'admin') $$,
                        '1 1 42501 42501 42501 42501 42501 42501 1');
select tests.org_expect($$ insert into org.user_profile (organization_id, role) values (tests.id('north'), 'developer') $$,
                        'PT403 PT403 PT403 PT403 PT403 PT403 PT403 42501 1');
select tests.org_expect($$ update org.user_profile set role = 'admin' where id = tests.id('p_n_user') $$, '1 1 0 0 0 0 0 42501 1');
select tests.org_expect($$ update org.user_profile set role = 'developer' where id = tests.id('p_n_user') $$, 'PT403 PT403 0 0 0 0 0 42501 1');
select tests.org_expect($$ update org.user_profile set organization_id = tests.id('south') where id = tests.id('p_n_user') $$,
                        '1 42501 0 0 0 0 0 42501 1');
select tests.org_expect($$ update org.user_profile set user_id = tests.id('b_client') where id = tests.id('p_n_user') $$,
                        '1 PT403 0 0 0 0 0 42501 1');
select tests.org_expect($$ update org.user_profile set role = 'user' where id = tests.id('p_n_developer') $$, '1 0 0 0 0 0 0 42501 1');
delete from org.chat_messages where id = tests.id('n_message');
select tests.org_expect($$ delete from org.user_profile where id = tests.id('p_n_user') $$, '1 1 0 0 0 0 0 42501 1');
select tests.org_expect($$ delete from org.user_profile where id = tests.id('p_n_developer') $$, '1 0 0 0 0 0 0 42501 1');

-- Licences: read by the organisation's admin, written by developers and the service role.
insert into org.org_modules (id, organization_id, module_name)
  values (tests.put('s_ops', md5('s_ops')::uuid), tests.id('south'), 'ops');
select tests.org_expect(x.statement, x.wants)
  from (values ('org_modules', 'module', $$(organization_id, module_name) values (tests.id('north'), 'ops')$$),
               ('licenses', 'license', $$(organization_id) values (tests.id('north'))$$),
               ('license_modules', 'license_module', $$(license_id, module_id) values (tests.id('s_license'), tests.id('s_ops'))$$))
    v (t, r, new_row)
  cross join lateral (values
    (format('select from org.%s where id = tests.id(%L)', t, 'n_' || r), '1 1 0 0 0 0 0 42501 1'),
    (format('select from org.%s where id = tests.id(%L)', t, 's_' || r), '1 0 0 0 1 0 0 42501 1'),
    (format('insert into org.%s %s', t, new_row), '1 42501 42501 42501 42501 42501 42501 42501 1'),
    (format('update org.%s set created_at = now() where id = tests.id(%L)', t, 'n_' || r), '1 0 0 0 0 0 0 42501 1'),
    (format('delete from org.%s where id = tests.id(%L)', t, 'n_' || r), '1 0 0 0 0 0 0 42501 1'))
    x (statement, wants);

select * from finish();
rollback;
