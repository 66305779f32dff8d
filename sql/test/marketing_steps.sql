-- Status machines of marketing: every pair of states, allowed and refused, and what a step leaves behind.
begin;
select * from no_plan();
select tests.two_tenants();
select tests.marketing();

-- What the design says, written down a second time.
create temp table content_steps (from_status, to_status, agents, admins, action_type, notification_type) as values
  ('draft', 'pending_approval_agent', true, true, 'submitted', 'content_awaiting_approval'),
  ('pending_approval_agent', 'approved_for_posting', true, false, 'approved', 'content_approved'),
  ('pending_approval_agent', 'rejected', true, false, 'rejected', 'content_rejected'),
  ('pending_approval_agent', 'pending_ai_revision', true, false, 'requested_revisions', 'content_in_revision'),
  ('pending_approval_agent', 'pending_external_marketing_approval', true, false, 'sent_to_marketing', 'content_sent_to_marketing'),
  ('pending_external_marketing_approval', 'approved_for_posting', true, true, 'recorded_marketing_approval', 'content_approved'),
  ('pending_external_marketing_approval', 'rejected', true, true, 'recorded_marketing_rejection', 'content_rejected'),
  ('pending_ai_revision', 'pending_approval_agent', true, true, 'revised', 'content_awaiting_approval'),
  ('approved_for_posting', 'posted_successfully', false, false, 'posted', 'post_success'),
  ('approved_for_posting', 'posting_failed', false, false, 'posting_failed', 'post_failed'),
  ('posting_failed', 'approved_for_posting', true, true, 'requeued', 'content_approved'),
  ('rejected', 'draft', true, true, 'reopened', 'content_reopened');
create temp table post_steps (from_status, to_status, people) as values
  ('pending', 'sent', false), ('sent', 'success', false), ('sent', 'failed', false), ('failed', 'pending', true);
create temp table content_states as select unnest(array['draft', 'pending_approval_agent', 'pending_external_marketing_approval',
  'approved_for_posting', 'rejected', 'pending_ai_revision', 'posted_successfully', 'posting_failed']) as name;
create temp table post_states as select unnest(array['pending', 'sent', 'success', 'failed']) as name;
grant select on content_steps to public;

select set_eq($$ select from_status, to_status from plat.transitions where machine = 'marketing.content_pieces' $$,
              $$ select from_status, to_status from content_steps union select '', 'draft' $$, 'steps of content in plat.transitions');
select set_eq($$ select from_status, to_status from plat.transitions where machine = 'marketing.post_schedule' $$,
              $$ select from_status, to_status from post_steps union select '', 'pending' $$, 'steps of posts in plat.transitions');
select is_empty($$ select from plat.transitions t, marketing.step_words(t.from_status, t.to_status) w
                     where t.machine = 'marketing.content_pieces' and t.from_status <> '' and w.words is null $$,
                'every step has words');

-- Content: one piece in each state, every step from it.
select tests.add_content('in_' || name, 'a_agent', 'a', name) from content_states;
select tests.expect(who, format('update marketing.content_pieces set status = %L, feedback = ''why'' where id = %L', t.name,
                                tests.id('in_' || f.name)),
                    case when who = 'a_agent2' then '0'
                         when s.action_type is null then format('PT409 cannot go from %s to %s', f.name, t.name)
                         when who in ('worker', 'service') or who = 'a_agent' and s.agents or who = 'a_admin' and s.admins then '1'
                         else 'PT403' end,
                    format('%s: content %s -> %s', who, f.name, t.name))
  from content_states f cross join content_states t
       cross join unnest(array['worker', 'service', 'a_agent', 'a_admin', 'a_agent2']) who
       left join content_steps s on s.from_status = f.name and s.to_status = t.name
  where f.name <> t.name;
select tests.expect('a_agent', format('insert into marketing.content_pieces (listing_id, content_type, generated_text, status)
                                       values (%L, ''flyer_text'', ''{}'', %L)', tests.id('listing_a_agent'), name),
                    case when name = 'draft' then '1' else 'PT409 cannot begin as ' || name end, 'content begins as ' || name)
  from content_states;
select tests.expect('worker', format('update marketing.content_pieces set status = ''posted'' where id = %L', tests.id('content_a_agent')),
                    'PT409 cannot go from draft to posted', 'a state that there is not');

-- An admin who is an agent, too, still does not approve for another agent.
update mls.user_profiles set role = 'admin' where id = tests.id('a_agent2');
select tests.expect_each(format('update marketing.content_pieces set status = ''approved_for_posting'' where id = %L',
                                tests.id('in_pending_approval_agent')), 'a_agent2 PT403, a_agent 1', 'approving content of a_agent');
select tests.expect('a_agent2', format('update marketing.content_pieces set status = ''approved_for_posting'', agent_id = %L where id = %L',
                                       tests.id('agent_a_agent2'), tests.id('in_pending_approval_agent')),
                    'PT403 by the agent it belongs to', 'nor by taking it over first');
update mls.user_profiles set role = 'agent' where id = tests.id('a_agent2');

-- Feedback says why.
select tests.expect('a_agent', format('update marketing.content_pieces set status = %L, feedback = %L where id = %L', s, f,
                                      tests.id('in_pending_approval_agent')),
                    case when s in ('rejected', 'pending_ai_revision') and coalesce(btrim(f), '') = ''
                         then 'PT422 needs feedback' else '1' end,
                    format('%s with feedback %s', s, coalesce(quote_literal(f), 'null')))
  from unnest(array['rejected', 'pending_ai_revision', 'approved_for_posting', 'pending_external_marketing_approval']) s,
       unnest(array['too long', ' ', null]) f;

-- What was decided on is not edited; before, it is.
select tests.expect(who, format('update marketing.content_pieces set %s where id = %L', change, tests.id('in_' || name)),
                    case when name in ('draft', 'pending_approval_agent', 'pending_ai_revision') then '1'
                         else 'PT409 cannot be edited' end,
                    format('%s: %s while %s', who, change, name))
  from content_states,
       unnest(array['generated_text = ''{"headline": "Another"}''', 'associated_image_urls = ''{a.jpg}''',
                    'content_type = ''flyer_text''', format('listing_id = %L', tests.id('listing_a_agent2'))]) change,
       unnest(array['a_agent', 'a_admin', 'worker']) who;

-- A whole life, step by step, with its log and its notifications.
select tests.login(tests.id('a_agent'));
update marketing.content_pieces set status = 'pending_approval_agent' where id = tests.id('content_a_agent');
update marketing.content_pieces set status = 'pending_ai_revision', feedback = 'shorter' where id = tests.id('content_a_agent');
select tests.login_worker(tests.ws('a'));
update marketing.content_pieces set status = 'pending_approval_agent', generated_text = '{"headline": "Short"}'
  where id = tests.id('content_a_agent');
select tests.logout();
select is(last_approved_at, null, 'not approved yet') from marketing.content_pieces where id = tests.id('content_a_agent');
select tests.login(tests.id('a_agent'));
update marketing.content_pieces set status = 'pending_external_marketing_approval' where id = tests.id('content_a_agent');
select tests.login(tests.id('a_admin'));
update marketing.content_pieces set status = 'approved_for_posting', feedback = 'nice' where id = tests.id('content_a_agent');
select tests.login_worker(tests.ws('a'));
select is(last_approved_at, now(), 'the approval is stamped') from marketing.content_pieces where id = tests.id('content_a_agent');
update marketing.content_pieces set last_approved_at = '2020-01-01' where id = tests.id('content_a_agent');
update marketing.content_pieces set status = 'posting_failed' where id = tests.id('content_a_agent');
select tests.login(tests.id('a_agent'));
update marketing.content_pieces set status = 'approved_for_posting' where id = tests.id('content_a_agent');
select is(last_approved_at, '2020-01-01', 'trying again is no new approval') from marketing.content_pieces where id = tests.id('content_a_agent');
select tests.login_worker(tests.ws('a'));
update marketing.content_pieces set status = 'posted_successfully' where id = tests.id('content_a_agent');
select tests.login(tests.id('a_agent'));
select results_eq(
  $$ select action_type, feedback, agent_id = tests.id('agent_a_agent') from marketing.approval_logs
       where content_piece_id = tests.id('content_a_agent') order by "timestamp" $$,
  $$ values ('submitted', null, true), ('requested_revisions', 'shorter', true), ('revised', null, true),
            ('sent_to_marketing', null, true), ('recorded_marketing_approval', 'nice', true), ('posting_failed', null, true),
            ('requeued', null, true), ('posted', null, true) $$, 'the log tells every step');
select tests.logout();
select results_eq(
  $$ select actor_id from marketing.approval_logs where content_piece_id = tests.id('content_a_agent') order by "timestamp" $$,
  $$ values (tests.id('a_agent')), (tests.id('a_agent')), (null), (tests.id('a_agent')), (tests.id('a_admin')), (null),
            (tests.id('a_agent')), (null) $$, 'and who took it');
select results_eq(
  $$ select notification_type, message, related_entity_id = tests.id('content_a_agent'), is_read from marketing.notifications
       where agent_id = tests.id('agent_a_agent') and related_entity_id is not null order by created_at limit 2 $$,
  $$ values ('content_awaiting_approval', 'Social media post for 1 a_agent St is waiting for your approval.', true, false),
            ('content_in_revision', 'Social media post for 1 a_agent St is being revised.', true, false) $$, 'the agent is told');
select is((select count(*) from marketing.notifications n where n.related_entity_id = tests.id('content_a_agent')), 8::bigint,
          'of every step');
select is_empty($$ select from marketing.approval_logs l join marketing.content_pieces c on c.id = l.content_piece_id
                     where l.workspace_id <> c.workspace_id $$, 'in the same workspace');
select tests.expect('worker', format('update marketing.content_pieces set status = status, updated_at = now() where id = %L',
                                     tests.id('content_a_agent')), '1', 'no step');
select is((select count(*) from marketing.approval_logs l where l.content_piece_id = tests.id('content_a_agent')), 8::bigint,
          'is not logged');

-- Every step writes its own words.
create function pg_temp.step_and_look(content uuid, status text) returns text language plpgsql as $$
begin
  update marketing.content_pieces set status = step_and_look.status, feedback = 'why' where id = content;
  return (select action_type from marketing.approval_logs where content_piece_id = content order by "timestamp" desc limit 1)
         || ' ' || (select notification_type from marketing.notifications where related_entity_id = content order by created_at desc limit 1);
end $$;
select tests.login_worker(tests.ws('a'));
select is(pg_temp.step_and_look(tests.id('in_' || s.from_status), s.to_status), s.action_type || ' ' || s.notification_type,
          format('%s -> %s is called %s', s.from_status, s.to_status, s.action_type))
  from (select distinct on (from_status) * from content_steps order by from_status, to_status) s;
select tests.logout();
select tests.add_content('again_' || name, 'a_agent', 'a', name) from content_states;
select tests.login_worker(tests.ws('a'));
select is(pg_temp.step_and_look(tests.id('again_' || s.from_status), s.to_status), s.action_type || ' ' || s.notification_type,
          format('%s -> %s is called %s', s.from_status, s.to_status, s.action_type))
  from (select distinct on (from_status) * from content_steps order by from_status, to_status desc) s;
select tests.logout();

-- Posts.
select tests.add_content('post_in_' || name, 'a_agent', 'a', 'approved_for_posting') from post_states;
set local session_replication_role = replica;
insert into marketing.post_schedule (workspace_id, id, content_piece_id, social_media_account_id, scheduled_at, status, posted_at,
                                     platform_post_id, error_message)
  select tests.ws('a'), md5('post in ' || name)::uuid, tests.id('post_in_' || name), tests.id('account_a_agent'), now(), name,
         case name when 'failed' then now() end, case name when 'failed' then '17' end, case name when 'failed' then 'token expired' end
    from post_states;
set local session_replication_role = origin;
select tests.expect(who, format('update marketing.post_schedule set status = %L where id = %L', t.name, md5('post in ' || f.name)::uuid),
                    case when who = 'a_agent2' then '0'
                         when s.people is null then format('PT409 cannot go from %s to %s', f.name, t.name)
                         when who = 'worker' or s.people then '1'
                         else 'PT403' end,
                    format('%s: post %s -> %s', who, f.name, t.name))
  from post_states f cross join post_states t cross join unnest(array['worker', 'a_agent', 'a_admin', 'a_agent2']) who
       left join post_steps s on s.from_status = f.name and s.to_status = t.name
  where f.name <> t.name;
select tests.expect('a_agent', format('insert into marketing.post_schedule (content_piece_id, social_media_account_id, scheduled_at, status)
                                       values (%L, %L, now(), %L)', tests.id('again_draft'), tests.id('account_a_agent'), name),
                    case name when 'pending' then 'PT409 cannot be scheduled' else 'PT409 cannot begin as ' || name end,
                    'a post begins as ' || name)
  from post_states;

update marketing.post_schedule set status = 'success' where id = md5('post in sent')::uuid;
select is(posted_at, now(), 'success is stamped') from marketing.post_schedule where id = md5('post in sent')::uuid;
update marketing.post_schedule set status = 'pending' where id = md5('post in failed')::uuid;
select is((posted_at, platform_post_id, error_message)::text, '(,,)', 'a retry starts clean') from marketing.post_schedule
  where id = md5('post in failed')::uuid;

select * from finish();
rollback;
