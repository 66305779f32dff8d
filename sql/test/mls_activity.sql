-- Favourites, searches, compliance, the AI's usage and audit, the outbox: defaults, constraints, review.
begin;
select no_plan();
select tests.mls_rows();

-- Defaults
select tests.login(tests.id('a_client2'));
insert into mls.favorites (listing_id) values (tests.id('a_listing'));
insert into mls.saved_searches (name) values ('new');
select is((f.workspace_id, f.user_id)::text, format('(%s,%s)', tests.ws('a'), tests.id('a_client2')), 'a favourite is the caller''s')
  from mls.favorites f;
select is((s.workspace_id, s.user_id, s.query)::text, format('(%s,%s,{})', tests.ws('a'), tests.id('a_client2')), 'so is a search')
  from mls.saved_searches s;
select tests.logout();
select is((c.attribution_html, c.disclaimer_html, c.display_on_search, c.display_on_detail)::text, '("","",t,t)',
          'defaults of a compliance profile') from mls.compliance_profiles c where c.workspace_id = tests.ws('a');
select is((u.input_tokens, u.output_tokens, u.cost_cents, u.created_at = now())::text, '(0,0,0,t)', 'defaults of usage')
  from mls.ai_usage u where u.id = tests.id('a_usage');
select is((a.status, a.flagged_terms, a.reviewed_at)::text, '(pending,{},)', 'defaults of an audit')
  from mls.ai_content_audit a where a.id = tests.id('a_audit');

-- Constraints; another tenant's rows; moving.
select tests.expect('owner', statement, want) from (values
  ($$ insert into mls.favorites (workspace_id, user_id, listing_id) values (tests.ws('a'), tests.id('a_client'), tests.id('a_listing')) $$,
   '23505 favorites_workspace_id_user_id_listing_id_key'),
  ($$ insert into mls.favorites (workspace_id, user_id, listing_id) values (tests.ws('a'), tests.id('a_client'), tests.id('b_listing')) $$,
   '23503'),
  ($$ insert into mls.favorites (workspace_id, user_id, listing_id) values (tests.ws('a'), gen_random_uuid(), tests.id('a_listing')) $$,
   '23503'),
  ($$ insert into mls.favorites (workspace_id, listing_id) values (tests.ws('a'), tests.id('a_listing')) $$, '23502'),
  ($$ update mls.saved_searches set name = '' $$, '23514'),
  ($$ update mls.saved_searches set name = null $$, '23502'),
  ($$ update mls.saved_searches set query = '"x"' $$, 'PT400 query is no object'),
  ($$ insert into mls.compliance_profiles (workspace_id) values (tests.ws('a')) $$, '23505 compliance_profiles_workspace_id_key'),
  ($$ update mls.compliance_profiles set attribution_html = null $$, '23502'),
  ($$ update mls.ai_usage set input_tokens = -1 $$, '23514'),
  ($$ update mls.ai_usage set output_tokens = -1 $$, '23514'),
  ($$ update mls.ai_usage set cost_cents = -1 $$, '23514'),
  ($$ update mls.ai_usage set operation = '' $$, '23514'),
  ($$ update mls.ai_usage set model = '' $$, '23514'),
  ($$ update mls.ai_content_audit set content_type = '' $$, '23514'),
  ($$ update mls.ai_content_audit set generated_content = null $$, '23502'),
  ($$ update mls.ai_content_audit set listing_id = tests.id('b_listing') where id = tests.id('a_audit') $$, '23503'),
  ($$ update mls.ai_content_audit set reviewed_by = gen_random_uuid() $$, '23503'),
  ($$ update mls.ai_content_audit set reviewed_at = now() $$, '23514 ai_content_audit_reviewed_when_decided'),
  ($$ insert into plat.outbox (workspace_id, topic) values (tests.ws('a'), '') $$, '23514'),
  ($$ insert into plat.outbox (topic) values ('x') $$, '23502'),
  ($$ update plat.outbox set sequence = 1 $$, '428C9'),
  ($$ update mls.favorites set workspace_id = tests.ws('b') where id = tests.id('a_favorite') $$, 'PT409'),
  ($$ update mls.saved_searches set workspace_id = tests.ws('b') where id = tests.id('a_search') $$, 'PT409'),
  ($$ update mls.compliance_profiles set workspace_id = gen_random_uuid() $$, 'PT409'),
  ($$ update mls.ai_usage set workspace_id = tests.ws('b') where id = tests.id('a_usage') $$, 'PT409'),
  ($$ update mls.ai_content_audit set workspace_id = tests.ws('b') where id = tests.id('a_audit') $$, 'PT409'),
  ($$ update plat.outbox set workspace_id = tests.ws('b') where id = tests.id('a_message') $$, 'PT409')) v (statement, want);

-- Two tenants may hold the same keys.
select tests.expect('owner', $$ insert into mls.favorites (id, workspace_id, user_id, listing_id)
  values (tests.id('a_favorite'), tests.ws('b'), tests.id('b_admin'), tests.id('b_listing')) $$, '1',
  'a key of one tenant is free in another');

-- Review of AI content: pending, then approved or rejected, and that is that.
select tests.expect('service', format('update mls.ai_content_audit set status = %L where id = tests.id(''a_audit'')', will), want,
                    format('AI content from %s to %s', was, will),
                    format('update mls.ai_content_audit set status = %L where id = tests.id(''a_audit'')', was))
  from (values ('pending', 'pending', '1'), ('pending', 'approved', '1'), ('pending', 'rejected', '1'),
               ('approved', 'pending', 'PT409 mls.ai_content_audit cannot go from approved to pending'),
               ('approved', 'rejected', 'PT409'), ('rejected', 'pending', 'PT409'),
               ('rejected', 'approved', 'PT409'), ('pending', 'lost', 'PT409')) v (was, will, want);
select tests.expect('service', format('insert into mls.ai_content_audit (content_type, generated_content, approved_content, status, reviewed_at)
                                       values (''x'', ''y'', ''y'', %L, now())', s), 'PT409 cannot begin as ' || s)
  from unnest(array['approved', 'rejected']) s;
update mls.ai_content_audit set status = 'approved', reviewed_by = tests.id('a_admin') where id = tests.id('a_audit');
select is((a.approved_content, a.reviewed_at = now(), a.reviewed_by = tests.id('a_admin'))::text, '(Sunny.,t,t)',
          'approving as it is approves what was generated') from mls.ai_content_audit a where a.id = tests.id('a_audit');
update mls.ai_content_audit set status = 'approved', approved_content = 'Bright.' where id = tests.id('b_audit');
select is(a.approved_content, 'Bright.', 'or what the reviewer made of it') from mls.ai_content_audit a where a.id = tests.id('b_audit');

-- The outbox
select tests.login(tests.id('a_agent'));
select plat.emit('mls.listings', 'k1', '{"n": 1}');
select plat.emit('mls.listings', 'k1', '{"n": 2}');
select tests.logout();
select results_eq($$ select workspace_id, key, payload from plat.outbox where topic = 'mls.listings' order by sequence $$,
  $$ values (tests.ws('a'), 'k1', '{"n": 1}'::jsonb), (tests.ws('a'), 'k1', '{"n": 2}'::jsonb) $$,
  'messages of a workspace stand in the outbox in their order');

-- What goes with what.
delete from auth.users where id = tests.id('a_client');
select is((select count(*) from mls.favorites where id = tests.id('a_favorite'))
          + (select count(*) from mls.saved_searches where id = tests.id('a_search')), 0::bigint,
          'favourites and searches go with their login');
delete from auth.users where id = tests.id('a_admin');
select is(a.reviewed_by, null, 'the audit outlives its reviewer''s login') from mls.ai_content_audit a where a.id = tests.id('a_audit');

select * from finish();
rollback;
