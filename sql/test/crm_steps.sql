-- Deals and AI jobs go their steps and no others, and deals write down what happened.
begin;
select no_plan();
select tests.crm_rows();

-- Every step of a deal, by whom it belongs to and by the server.
select tests.expect(who, format('update crm.deals set status = %L where id = tests.id(''a_deal'')', will),
                    case when was = will or (was, will) in (('active', 'won'), ('active', 'lost'), ('active', 'archived'), ('won', 'archived'),
                                                            ('lost', 'archived'), ('won', 'active'), ('lost', 'active'), ('archived', 'active'))
                         then '1' else format('PT409 crm.deals cannot go from %s to %s', was, will) end,
                    format('%s: a deal from %s to %s', who, was, will),
                    format('alter table crm.deals disable trigger deals_check_step;
                            update crm.deals set status = %L where id = tests.id(''a_deal'');
                            alter table crm.deals enable trigger deals_check_step', was))
  from unnest(array['active', 'won', 'lost', 'archived']) was, unnest(array['active', 'won', 'lost', 'archived']) will,
       unnest(array['a_agent', 'service']) who;
select tests.expect_each($$ update crm.deals set status = 'won' where id = tests.id('a_deal') $$,
                         'a_agent2 0, a_boss 0, a_admin 0, b_boss 0, anon 42501, worker 1');
select tests.expect('a_agent', format('insert into crm.deals (title, status) values (''x'', %L)', s),
                    case s when 'active' then '1' else 'PT409 crm.deals cannot begin as ' || s end)
  from unnest(array['active', 'won', 'lost', 'archived']) s;

-- Every step of an AI job; people look on.
select tests.expect('worker', format('update crm.ai_jobs set status = %L where id = tests.id(''a_job'')', will),
                    case when was = will or (was, will) in (('queued', 'running'), ('running', 'succeeded'), ('running', 'failed'),
                                                            ('running', 'cancelled'), ('failed', 'queued'))
                         then '1' else format('PT409 crm.ai_jobs cannot go from %s to %s', was, will) end,
                    format('an AI job from %s to %s', was, will),
                    format('alter table crm.ai_jobs disable trigger ai_jobs_check_step;
                            update crm.ai_jobs set status = %L, attempts = 1 where id = tests.id(''a_job'');
                            alter table crm.ai_jobs enable trigger ai_jobs_check_step', was))
  from unnest(array['queued', 'running', 'succeeded', 'failed', 'cancelled']) was,
       unnest(array['queued', 'running', 'succeeded', 'failed', 'cancelled']) will;
select tests.expect('worker', format('insert into crm.ai_jobs (job_type, status) values (''x'', %L)', s),
                    case s when 'queued' then '1' else 'PT409 crm.ai_jobs cannot begin as ' || s end)
  from unnest(array['queued', 'running', 'succeeded', 'failed', 'cancelled']) s;

-- Five attempts, then it stays failed.
do $$
begin
  for i in 1..5 loop
    update crm.ai_jobs set status = 'running' where id = tests.id('a_job');
    update crm.ai_jobs set status = 'failed', error_message = 'no answer' where id = tests.id('a_job');
    if i < 5 then
      update crm.ai_jobs set status = 'queued' where id = tests.id('a_job');
    end if;
  end loop;
end $$;
select results_eq($$ select attempts, started_at = now(), completed_at = now(), error_message from crm.ai_jobs where id = tests.id('a_job') $$,
                  $$ values (5, true, true, 'no answer') $$, 'each run is an attempt; times and errors are kept');
select throws_ok($$ update crm.ai_jobs set status = 'queued' where id = tests.id('a_job') $$, 'PT409',
                 format('AI job %s has used all of its 5 attempts', tests.id('a_job')), 'there is no sixth');
update crm.ai_jobs set status = 'running' where id = tests.id('b_job');
update crm.ai_jobs set status = 'failed', error_message = 'x' where id = tests.id('b_job');
update crm.ai_jobs set status = 'queued' where id = tests.id('b_job');
select results_eq($$ select attempts, started_at, completed_at, error_message from crm.ai_jobs where id = tests.id('b_job') $$,
                  $$ values (1, null::timestamptz, null::timestamptz, 'x') $$, 'a job in the queue again has not started');
update crm.ai_jobs set status = 'running' where id = tests.id('b_job');
select is(j.error_message, null, 'a new run forgets the last error') from crm.ai_jobs j where j.id = tests.id('b_job');

-- Events: stage, status, value, documents; nothing for anything else.
delete from crm.deal_events;
select tests.login(tests.id('a_agent'));
update crm.deals set stage = 'negotiation', estimated_value = 250000 where id = tests.id('a_deal');
update crm.deals set stage = 'negotiation', notes = 'x', probability = 50 where id = tests.id('a_deal');
update crm.deals set estimated_value = null where id = tests.id('a_deal');
update crm.deals set status = 'won' where id = tests.id('a_deal');
select results_eq($$ select event_type, description, metadata, created_by from crm.deal_events order by event_type, description $$,
  $$ values ('stage_changed', 'stage: initial_contact -> negotiation', '{"from": "initial_contact", "to": "negotiation"}'::jsonb, tests.id('a_agent')),
            ('status_changed', 'status: active -> won', '{"from": "active", "to": "won"}', tests.id('a_agent')),
            ('value_changed', 'estimated value: - -> 250000.00', '{"from": null, "to": "250000.00"}', tests.id('a_agent')),
            ('value_changed', 'estimated value: 250000.00 -> -', '{"from": "250000.00", "to": null}', tests.id('a_agent')) $$,
  'a change of stage, status or value is an event with both values and the person');
select tests.logout();
delete from crm.deal_events;

create temporary view document_events as
  select e.event_type, e.deal_id, e.description, e.metadata ->> 'type' as type from crm.deal_events e;
select tests.login(tests.id('a_agent'));
insert into crm.deals (id, title) values (tests.put('second', md5('second')::uuid), 'Second');
insert into crm.re_documents (id, deal_id, title, type, file_url)
  values (tests.put('offer', md5('offer')::uuid), tests.id('a_deal'), 'Offer', 'offer', 'x/1');
insert into crm.re_documents (title, type, file_url) values ('None of a deal', 'photo', 'x/2');
update crm.re_documents set metadata = '{"pages": 2}' where id = tests.id('offer');
update crm.re_documents set file_url = 'x/3' where id = tests.id('offer');
update crm.re_documents set deal_id = tests.id('second') where id = tests.id('offer');
delete from crm.re_documents where id = tests.id('offer');
select tests.logout();
select results_eq($$ select * from document_events order by event_type, deal_id = tests.id('second') $$,
  $$ values ('document_changed', tests.id('a_deal'), 'Offer', 'offer'),
            ('document_removed', tests.id('a_deal'), 'Offer', 'offer'),
            ('document_removed', tests.id('second'), 'Offer', 'offer'),
            ('document_uploaded', tests.id('a_deal'), 'Offer', 'offer'),
            ('document_uploaded', tests.id('second'), 'Offer', 'offer') $$,
  'a document that comes, is replaced, moves or goes is an event of its deal');
select is((select count(*) from crm.deal_events where workspace_id <> tests.ws('a')), 0::bigint, 'events stay in the workspace');

select * from finish();
rollback;
