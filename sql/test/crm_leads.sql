-- Leads are hidden, brought back and purged by functions; nothing goes out to a lead that opted out.
begin;
select no_plan();
select tests.crm_rows();

-- delete_lead
select tests.crm_expect($$ select crm.delete_lead(tests.id('a_lead')) $$, '1 PT404 1 PT404 PT404 PT404 42501 1');
select tests.crm_expect($$ select crm.delete_lead(tests.id('a_lead'), tests.ws('a')) $$, '1 PT404 1 PT404 PT404 PT404 42501 1');
select tests.crm_expect($$ select crm.delete_lead(tests.id('b_lead'), tests.ws('b')) $$, 'PT404 PT404 PT404 PT404 1 PT404 42501 1');
select tests.crm_expect($$ select crm.delete_lead(tests.id('a_gone')) $$, 'PT409 PT404 PT409 PT404 PT404 PT404 42501 PT409');
select tests.crm_expect($$ select crm.delete_lead(gen_random_uuid()) $$, 'PT404 PT404 PT404 PT404 PT404 PT404 42501 PT404');
-- Nobody goes round the functions but the service role.
select tests.crm_expect($$ update crm.leads set is_deleted = true where id = tests.id('a_lead') $$,
                        'PT409 0 0 0 0 0 42501 1');
select tests.expect('a_agent', $$ insert into crm.leads (name, is_deleted) values ('x', true) $$, '42501', 'nor is one made deleted');

-- A deleted lead is there for admins only.
select tests.crm_expect($$ select from crm.leads where id = tests.id('a_gone') $$, '0 0 1 0 0 0 42501 1');
select tests.crm_expect($$ update crm.leads set name = 'x' where id = tests.id('a_gone') $$, '0 0 0 0 0 0 42501 1');
select tests.crm_expect($$ delete from crm.leads where id = tests.id('a_gone') $$, '0 0 0 0 0 0 42501 1');

-- restore_lead
select tests.crm_expect($$ select crm.restore_lead(tests.id('a_gone')) $$, '1 PT404 1 PT404 PT404 PT404 42501 1');
select tests.crm_expect($$ select crm.restore_lead(tests.id('a_lead')) $$, 'PT409 PT404 PT409 PT404 PT404 PT404 42501 PT409');
select tests.login(tests.id('a_agent'));
select lives_ok($$ select crm.restore_lead(tests.id('a_gone')) $$, 'a lead is restored');
select is((select count(*) from crm.leads where id = tests.id('a_gone')), 1::bigint, 'and there again');
select lives_ok($$ select crm.delete_lead(tests.id('a_gone')) $$, 'it is deleted again');
select is((select count(*) from crm.leads where id = tests.id('a_gone')), 0::bigint, 'and gone');
select lives_ok($$ insert into crm.leads (name, email) values ('New', 'GONE@example.org') $$, 'its address is free meanwhile');
select throws_ok($$ select crm.restore_lead(tests.id('a_gone')) $$, 'PT409', format(
  'another lead has the e-mail address or telephone number of lead %s by now', tests.id('a_gone')),
  'until another lead has it: then it cannot come back');

-- purge_lead
select tests.crm_expect($$ select crm.purge_lead(tests.id('a_gone')) $$, '1 PT404 1 PT404 PT404 PT404 42501 1');
select tests.crm_expect($$ select crm.purge_lead(tests.id('a_lead')) $$, 'PT409 PT404 PT409 PT404 PT404 PT404 42501 PT409');
select tests.login(tests.id('a_boss'));
select lives_ok($$ select crm.purge_lead(tests.id('a_gone')) $$, 'an admin purges a deleted lead');
select is((select count(*) from crm.leads where id = tests.id('a_gone')), 0::bigint, 'there is no row any more');
select tests.logout();
select is((select count(*) from crm.re_lead_documents where id = tests.id('a_gone_document')), 0::bigint, 'nor are its papers');

-- Opted out: by the lead, by its contact, by its address; incoming messages still arrive.
select tests.expect('a_agent', statement, want, before => $$ update crm.leads set opt_status = 'opted_out' where id = tests.id('a_lead') $$)
  from (values
    ($$ insert into crm.messages (channel, direction, lead_id) values ('sms', 'outgoing', tests.id('a_lead')) $$, 'PT409 has opted out'),
    ($$ insert into crm.messages (channel, direction, contact_id) values ('email', 'outgoing', tests.id('a_contact')) $$,
     'PT409 has opted out'),
    ($$ insert into crm.messages (channel, direction, to_address) values ('email', 'outgoing', 'Lee@Example.org') $$,
     'PT409 Lee@Example.org has opted out'),
    ($$ insert into crm.messages (channel, direction, to_address) values ('voice', 'outgoing', '+13055550101') $$, 'PT409 has opted out'),
    ($$ insert into crm.messages (channel, direction, to_address) values ('sms', 'outgoing', '+13055550199') $$, '1'),
    ($$ insert into crm.messages (channel, direction, lead_id) values ('sms', 'incoming', tests.id('a_lead')) $$, '1'),
    ($$ update crm.messages set body = 'x' where id = tests.id('a_message') $$, '1'),
    ($$ insert into crm.messages (channel, direction) values ('sms', 'outgoing') $$, '1')) v (statement, want);
select tests.expect('a_agent', $$ update crm.messages set direction = 'outgoing' where id = md5('came_in')::uuid $$, 'PT409',
                    'nor does an incoming message become an outgoing one', $$
  insert into crm.messages (id, workspace_id, user_id, channel, direction, lead_id)
    values (md5('came_in')::uuid, tests.ws('a'), tests.id('a_agent'), 'sms', 'incoming', tests.id('a_lead'));
  update crm.leads set opt_status = 'opted_out' where id = tests.id('a_lead') $$);
select tests.expect('service', $$ insert into crm.messages (user_id, channel, direction, lead_id)
                                    values (tests.id('a_agent'), 'sms', 'outgoing', tests.id('a_lead')) $$, 'PT409',
                    'the service role cannot either', $$ update crm.leads set opt_status = 'opted_out' where id = tests.id('a_lead') $$);
select tests.expect('worker', $$ insert into crm.messages (user_id, channel, direction, lead_id)
                                   values (tests.id('a_agent'), 'sms', 'outgoing', tests.id('a_lead')) $$, 'PT409',
                    'nor the worker', $$ update crm.leads set opt_status = 'opted_out' where id = tests.id('a_lead') $$);
select tests.expect('a_agent', $$ insert into crm.messages (channel, direction, lead_id) values ('sms', 'outgoing', tests.id('a_lead')) $$, '1',
                    'consent ' || o, format('update crm.leads set opt_status = %L where id = tests.id(''a_lead'')', o))
  from unnest(array['opted_in', 'pending', null]) o;
select tests.expect('b_agent', $$ insert into crm.messages (channel, direction, to_address) values ('email', 'outgoing', 'lee@example.org') $$,
                    '1', 'who opted out of one workspace has not opted out of another',
                    $$ update crm.leads set opt_status = 'opted_out' where id = tests.id('a_lead') $$);
select tests.expect('a_agent', $$ insert into crm.messages (channel, direction, to_address) values ('email', 'outgoing', 'lee@example.org') $$,
                    'PT409', 'a deleted lead stays opted out',
                    $$ update crm.leads set opt_status = 'opted_out', is_deleted = true where id = tests.id('a_lead') $$);

-- What waits to be sent when a lead opts out is not sent; what was sent was.
insert into crm.messages (id, workspace_id, user_id, channel, direction, status, lead_id)
  values (tests.put('sent', md5('sent')::uuid), tests.ws('a'), tests.id('a_agent'), 'sms', 'outgoing', 'sent', tests.id('a_lead'));
update crm.leads set opt_status = 'opted_out' where id = tests.id('a_lead');
select results_eq($$ select status::text, error_message from crm.messages where id = tests.id('a_message') $$,
                  $$ values ('failed', 'the lead opted out before the message was sent') $$, 'a waiting message fails, saying why');
select is(m.status::text, 'sent', 'a sent one stays sent') from crm.messages m where m.id = tests.id('sent');
select is(m.status::text, 'pending', 'workspace B is not touched') from crm.messages m where m.id = tests.id('b_message');

select * from finish();
rollback;
