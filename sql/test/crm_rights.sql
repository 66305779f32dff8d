-- Who may read, add, change and delete what in the CRM: everybody against one row of every table.
begin;
select no_plan();
select tests.crm_rows();

-- Own rows; an admin of the CRM reads those of the workspace and writes none of them.
select tests.crm_expect(x.statement, x.wants)
  from (values ('leads', 'a_lead', 'name'), ('contacts', 'a_contact', 'name'), ('messages', 'a_message', 'body'),
               ('calls', 'a_call', 'notes'), ('transcripts', 'a_transcript', 'summary'), ('re_properties', 'a_property', 'city'),
               ('deals', 'a_deal', 'title'), ('re_documents', 'a_document', 'title')) v (t, row_name, col)
  cross join lateral (values
    (format('select from crm.%s where id = tests.id(%L)', t, row_name), '1 0 1 0 0 0 42501 1'),
    (format('select from crm.%s where id = tests.id(%L)', t, replace(row_name, 'a_', 'b_')), '0 0 0 0 1 0 42501 1'),
    (format('update crm.%s set %s = %2$s where id = tests.id(%L)', t, col, row_name), '1 0 0 0 0 0 42501 1'),
    (format('update crm.%s set user_id = tests.id(''a_agent2'') where id = tests.id(%L)', t, row_name), '42501 0 0 0 0 0 42501 1'),
    (format('delete from crm.%s where id = tests.id(%L)', t, row_name), '1 0 0 0 0 0 42501 1'))
    x (statement, wants);

-- Everybody adds rows of their own, in their own workspace; nobody adds them for somebody else.
select tests.crm_expect(x.statement, x.wants)
  from (values ('leads', 'name', $$'New'$$), ('contacts', 'name', $$'New'$$),
               ('messages', 'channel, direction', $$'sms', 'incoming'$$), ('calls', 'direction', $$'incoming'$$),
               ('re_properties', 'address_line_1, city, state, zip', $$'2 Ocean Dr', 'Miami', 'FL', '33139'$$),
               ('deals', 'title', $$'New'$$),
               ('re_documents', 'title, type, file_url', $$'New', 'other', 'x'$$)) v (t, cols, vals)
  cross join lateral (values
    (format('insert into crm.%s (%s) values (%s)', t, cols, vals), '1 1 1 1 1 42501 42501 23502'),
    (format('insert into crm.%s (user_id, %s) values (tests.id(''a_agent''), %s)', t, cols, vals), '1 42501 42501 42501 42501 42501 42501 1'),
    (format('insert into crm.%s (workspace_id, %s) values (tests.ws(''b''), %s)', t, cols, vals), '42501 42501 42501 42501 1 42501 42501 23502'))
    x (statement, wants);
-- A transcript needs a call, and it has to be one that the person sees.
select tests.crm_expect('insert into crm.transcripts (call_id) values (tests.id(''a_call''))', '1 PT409 1 PT409 PT409 PT409 42501 23502');
select tests.crm_expect('insert into crm.transcripts (user_id, call_id) values (tests.id(''a_agent''), tests.id(''a_call''))',
                        '1 PT409 42501 PT409 PT409 PT409 42501 1');

-- Papers of a lead follow the lead: read with it, written by whom it belongs to.
select tests.crm_expect($$ select from crm.re_lead_documents where id = tests.id('a_lead_document') $$, '1 0 1 0 0 0 42501 1');
select tests.crm_expect($$ select from crm.re_lead_documents where id = tests.id('b_lead_document') $$, '0 0 0 0 1 0 42501 1');
select tests.crm_expect($$ select from crm.re_lead_documents where id = tests.id('a_gone_document') $$, '0 0 1 0 0 0 42501 1');
select tests.crm_expect($$ insert into crm.re_lead_documents (lead_id, title, type, file_url) values (tests.id('a_lead'), 'x', 'id', 'x') $$,
                        '1 42501 42501 42501 42501 42501 42501 1');
select tests.crm_expect($$ insert into crm.re_lead_documents (lead_id, title, type, file_url) values (tests.id('a_gone'), 'x', 'id', 'x') $$,
                        '42501 42501 42501 42501 42501 42501 42501 1');
select tests.crm_expect($$ insert into crm.re_lead_documents (lead_id, title, type, file_url)
                             values (tests.id('a_other_lead'), 'x', 'id', 'x') $$,
                        '42501 1 42501 42501 42501 42501 42501 1');
select tests.crm_expect($$ update crm.re_lead_documents set title = 'x' where id = tests.id('a_lead_document') $$, '1 0 0 0 0 0 42501 1');
select tests.crm_expect($$ update crm.re_lead_documents set lead_id = tests.id('a_other_lead') where id = tests.id('a_lead_document') $$,
                        '42501 0 0 0 0 0 42501 1');
select tests.crm_expect($$ delete from crm.re_lead_documents where id = tests.id('a_lead_document') $$, '1 0 0 0 0 0 42501 1');

-- Links of a property to its documents: viewed, added, deleted; never changed.
select tests.crm_expect($$ select from crm.re_property_documents where property_id = tests.id('a_property') $$, '1 0 1 0 0 0 42501 1');
select tests.crm_expect($$ insert into crm.re_property_documents (property_id, document_id)
                             values (tests.id('a_property'), tests.id('a_loose_document')) $$,
                        '1 42501 42501 42501 42501 42501 42501 1');
select tests.crm_expect($$ update crm.re_property_documents set is_primary = true where property_id = tests.id('a_property') $$,
                        '42501 42501 42501 42501 42501 42501 42501 1');
select tests.crm_expect($$ delete from crm.re_property_documents where property_id = tests.id('a_property') $$, '1 0 0 0 0 0 42501 1');
-- Not with a document of a colleague, which one does not see.
insert into crm.re_documents (id, workspace_id, user_id, title, type, file_url)
  values (tests.put('a_foreign_document', md5('a_foreign_document')::uuid), tests.ws('a'), tests.id('a_agent2'), 'x', 'other', 'x');
select tests.crm_expect($$ insert into crm.re_property_documents (property_id, document_id)
                             values (tests.id('a_property'), tests.id('a_foreign_document')) $$,
                        '42501 42501 42501 42501 42501 42501 42501 1');

-- Events and AI jobs follow the deal and are written by the server.
select tests.crm_expect(x.statement, x.wants)
  from (values ('deal_events', 'deal_event', 'event_type'), ('ai_jobs', 'job', 'job_type')) v (t, row_name, col)
  cross join lateral (values
    (format('select from crm.%s where id = tests.id(%L)', t, 'a_' || row_name), '1 0 1 0 0 0 42501 1'),
    (format('select from crm.%s where id = tests.id(%L)', t, 'b_' || row_name), '0 0 0 0 1 0 42501 1'),
    (format('insert into crm.%s (deal_id, %s) values (tests.id(''a_deal''), ''x'')', t, col), '42501 42501 42501 42501 42501 42501 42501 1'),
    (format('update crm.%s set %s = ''y'' where id = tests.id(%L)', t, col, 'a_' || row_name), '42501 42501 42501 42501 42501 42501 42501 1'),
    (format('delete from crm.%s where id = tests.id(%L)', t, 'a_' || row_name), '42501 42501 42501 42501 42501 42501 42501 1'))
    x (statement, wants);

-- Logs: the admins of the workspace read, the server writes; what has no workspace is the service role's.
select tests.crm_expect($$ select from crm.system_logs where id = tests.id('a_log') $$, '0 0 1 0 0 0 42501 1');
select tests.crm_expect($$ select from crm.system_logs where id = tests.id('b_log') $$, '0 0 0 0 1 0 42501 1');
insert into crm.system_logs (workspace_id, level, source, message) values (null, 'info', 'of the installation', 'hello');
select tests.crm_expect($$ select from crm.system_logs where source = 'of the installation' $$, '0 0 0 0 0 0 42501 1');
select tests.crm_expect($$ insert into crm.system_logs (level, source, message) values ('info', 'x', 'x') $$,
                        '42501 42501 42501 42501 42501 42501 42501 1');
select tests.crm_expect($$ update crm.system_logs set message = 'x' $$, '42501 42501 42501 42501 42501 42501 42501 >0');
select tests.crm_expect($$ delete from crm.system_logs $$, '42501 42501 42501 42501 42501 42501 42501 >0');

-- Profiles: the own one, and for an admin those of the workspace. They come and go with the login.
select tests.crm_expect($$ select from crm.profiles where id = tests.id('a_agent') $$, '1 0 1 0 0 0 42501 1');
select tests.crm_expect($$ select from crm.profiles where id = tests.id('b_agent') $$, '0 0 0 0 1 0 42501 1');
select tests.crm_expect($$ update crm.profiles set full_name = 'A' where id = tests.id('a_agent') $$, '1 0 1 0 0 0 42501 1');
select tests.crm_expect($$ update crm.profiles set email = 'x@example.org' where id = tests.id('a_agent') $$,
                        '42501 42501 42501 42501 42501 42501 42501 1');
select tests.crm_expect($$ update crm.profiles set role = 'support' where id = tests.id('a_agent') $$, 'PT403 0 1 0 0 0 42501 1');
select tests.crm_expect($$ insert into crm.profiles (id, email) values (tests.id('a_agent'), 'x') $$,
                        '42501 42501 42501 42501 42501 42501 42501 23505');
select tests.crm_expect($$ delete from crm.profiles where id = tests.id('a_agent') $$,
                        '42501 42501 42501 42501 42501 42501 42501 1');
select tests.expect('a_boss', $$ update crm.profiles set role = 'standard' where id = tests.id('a_boss') $$,
                    'PT403 nobody changes their own role', 'an admin does not change the own role either');
select tests.expect('a_boss', $$ update crm.profiles set role = 'admin', full_name = 'B' where id = tests.id('a_boss') $$, '1',
                    'naming the role that one has is no change');

-- API keys: the owner's, seen by admins, and by nobody what is sealed in them.
select tests.crm_expect($$ select id, status from crm.api_keys where id = tests.id('a_key') $$, '1 0 1 0 0 0 42501 1');
select tests.crm_expect($$ select id from crm.api_keys where id = tests.id('b_key') $$, '0 0 0 0 1 0 42501 1');
select tests.crm_expect(format('select %s from crm.api_keys', col), '42501 42501 42501 42501 42501 42501 42501 42501')
  from unnest(array['*', 'key_ciphertext', 'nonce', 'salt']) col;
select tests.crm_expect($$ insert into crm.api_keys (service, key_ciphertext, nonce, salt) values ('twilio', 'v1.k.eA==', 'eA==', 'eA==') $$,
                        '1 1 1 1 1 1 42501 23502');
select tests.crm_expect($$ insert into crm.api_keys (user_id, service, key_ciphertext) values (tests.id('a_agent'), 'twilio', 'v1.k.eA==') $$,
                        '1 42501 42501 42501 42501 42501 42501 1');
select tests.crm_expect($$ update crm.api_keys set status = 'inactive' where id = tests.id('a_key') $$, '1 0 0 0 0 0 42501 1');
select tests.crm_expect($$ delete from crm.api_keys where id = tests.id('a_key') $$, '1 0 0 0 0 0 42501 1');

-- Plans: seen by the owner, changed by admins of the person's workspace.
select tests.crm_expect($$ select from crm.user_plans where id = tests.id('a_plan') $$, '1 0 1 0 0 0 42501 1');
select tests.crm_expect($$ select from crm.user_plans where id = tests.id('b_plan') $$, '0 0 0 0 1 0 42501 1');
select tests.crm_expect($$ insert into crm.user_plans (user_id, plan_name) values (tests.id('a_agent2'), 'enterprise') $$,
                        '42501 42501 1 42501 42501 42501 42501 1');
select tests.crm_expect($$ insert into crm.user_plans (user_id, workspace_id) values (tests.id('b_client'), tests.ws('a')) $$,
                        '42501 42501 42501 42501 1 42501 42501 1');
select tests.crm_expect($$ update crm.user_plans set plan_name = 'enterprise' where id = tests.id('a_plan') $$, '0 0 1 0 0 0 42501 1');
select tests.crm_expect($$ update crm.user_plans set user_id = tests.id('b_client') where id = tests.id('a_plan') $$,
                        '0 0 42501 0 0 0 42501 1');
select tests.crm_expect($$ delete from crm.user_plans where id = tests.id('a_plan') $$, '0 0 1 0 0 0 42501 1');

-- A banned or deleted login is nobody, whatever its token says.
update auth.users set banned_until = now() + interval '1 hour' where id = tests.id('a_agent');
select tests.expect('a_agent', $$ select from crm.leads $$, '0', 'a banned login reads nothing');
select tests.expect('a_agent', $$ insert into crm.leads (user_id, workspace_id, name) values (tests.id('a_agent'), tests.ws('a'), 'x') $$,
                    '42501', 'and writes nothing');
select tests.expect('a_agent', $$ select crm.delete_lead(tests.id('a_lead'), tests.ws('a')) $$, 'PT404', 'nor by a function');
update auth.users set banned_until = null, deleted_at = now() where id = tests.id('a_agent');
select tests.expect('a_agent', $$ select from crm.leads $$, '0', 'a deleted login reads nothing');

select * from finish();
rollback;
