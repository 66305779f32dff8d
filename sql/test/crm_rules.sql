-- What every CRM table holds to: defaults, unique keys, checks, references, staying in the workspace, updated_at.
begin;
select no_plan();
select tests.crm_rows();
select tests.logout();

-- Defaults
select set_config('plat.me', tests.id('a_agent') || '|' || tests.ws('a'), true);
insert into crm.leads (id, name) values (tests.put('fresh', md5('fresh')::uuid), 'Fresh');
select results_eq($$ select workspace_id, user_id, status::text, opt_status::text, is_deleted, tags, score from crm.leads
                       where id = tests.id('fresh') $$,
                  $$ values (tests.ws('a'), tests.id('a_agent'), 'new', 'pending', false, '{}'::text[], null::integer) $$,
                  'a lead begins new, its consent pending, and is the caller''s');
insert into crm.deals (id, title) values (tests.put('fresh_deal', md5('fresh_deal')::uuid), 'Fresh');
select results_eq($$ select status::text, stage from crm.deals where id = tests.id('fresh_deal') $$,
                  $$ values ('active', 'initial_contact') $$, 'a deal begins active, with the first contact');
insert into crm.messages (id, channel, direction) values (tests.put('fresh_message', md5('fresh_message')::uuid), 'email', 'incoming');
select is(m.status::text, 'pending', 'a message begins pending') from crm.messages m where m.id = tests.id('fresh_message');
insert into crm.re_documents (id, title, type, file_url) values (tests.put('fresh_doc', md5('fresh_doc')::uuid), 'x', 'other', 'x');
select is(d.uploaded_by, tests.id('a_agent'), 'a document tells who uploaded it') from crm.re_documents d
  where d.id = tests.id('fresh_doc');
select is(j.attempts, 0, 'an AI job begins without attempts') from crm.ai_jobs j where j.id = tests.id('a_job');
select is(p.role::text, 'user', 'a profile begins as user') from crm.profiles p where p.id = tests.id('a_agent');
select tests.logout();

-- updated_at follows
update crm.leads set updated_at = '2020-01-01', name = 'Lee Again' where id = tests.id('a_lead');
select is(l.updated_at, now(), 'updated_at is kept whatever a statement says') from crm.leads l where l.id = tests.id('a_lead')
  and l.workspace_id = tests.ws('a');

-- Unique within the workspace; the other workspace has the same values in its rows already.
select tests.expect('owner', statement, want) from (values
  ($$ insert into crm.leads (workspace_id, user_id, name, email) values (tests.ws('a'), tests.id('a_agent2'), 'x', 'LEE@example.org') $$,
   '23505 idx_leads_email_unique'),
  ($$ insert into crm.leads (workspace_id, user_id, name, phone) values (tests.ws('a'), tests.id('a_agent2'), 'x', '+13055550101') $$,
   '23505 idx_leads_phone_unique'),
  ($$ insert into crm.leads (workspace_id, user_id, name, email) values (tests.ws('a'), tests.id('a_agent2'), 'x', 'gone@example.org') $$,
   '1'),
  ($$ insert into crm.leads (workspace_id, user_id, name) values (tests.ws('a'), tests.id('a_agent2'), 'x'),
                                                                 (tests.ws('a'), tests.id('a_agent2'), 'x') $$, '2'),
  ($$ insert into crm.leads (id, workspace_id, user_id, name) values (tests.id('a_lead'), tests.ws('a'), tests.id('a_agent'), 'x') $$,
   '23505 leads_pkey'),
  ($$ insert into crm.leads (id, workspace_id, user_id, name) values (tests.id('a_lead'), tests.ws('b'), tests.id('b_agent'), 'x') $$, '1'),
  ($$ insert into crm.deals (workspace_id, user_id, property_id, title)
        values (tests.ws('a'), tests.id('a_agent'), tests.id('a_property'), 'second') $$, '23505 idx_deals_property_active_unique'),
  ($$ insert into crm.deals (workspace_id, user_id, title) values (tests.ws('a'), tests.id('a_agent'), 'x'),
                                                                  (tests.ws('a'), tests.id('a_agent'), 'y') $$, '2'),
  ($$ insert into crm.re_property_documents (workspace_id, property_id, document_id)
        values (tests.ws('a'), tests.id('a_property'), tests.id('a_document')) $$, '23505 re_property_documents_pkey'),
  ($$ insert into crm.api_keys (user_id, service, key_ciphertext) values (tests.id('a_agent'), 'openai', 'v1.k.eA==') $$,
   '23505 idx_api_keys_user_service_unique'),
  ($$ insert into crm.user_plans (user_id) values (tests.id('a_agent')) $$, '23505 idx_user_plans_user_unique'),
  ($$ update crm.profiles set email = 'b_agent@example.org' where id = tests.id('a_agent') $$, '23505 profiles_email_key')
  ) v (statement, want);
update crm.deals set status = 'won' where id = tests.id('a_deal');
select tests.expect('owner', $$ insert into crm.deals (workspace_id, user_id, property_id, title)
                                  values (tests.ws('a'), tests.id('a_agent'), tests.id('a_property'), 'second') $$, '1',
                    'a property whose deal is won may be dealt with again');

-- Checks
select tests.expect('owner', format('update crm.%s set %s where workspace_id = tests.ws(''a'')', t, change), want,
                    format('%s: %s', t, change))
  from (values
    ('leads', 'score = -1', '23514 leads_score_is_a_percentage'), ('leads', 'score = 101', '23514 leads_score_is_a_percentage'),
    ('leads', 'score = 0', '>0'), ('leads', 'score = 100', '>0'), ('leads', 'score = null', '>0'),
    ('leads', 'status = ''lost''', '22P02'), ('leads', 'opt_status = ''maybe''', '22P02'), ('leads', 'name = null', '23502'),
    ('leads', 'status = null', '23502'), ('leads', 'user_id = null', '23502'),
    ('re_properties', 'bedrooms = -1', '23514'), ('re_properties', 'bedrooms = 0', '>0'),
    ('re_properties', 'bathrooms = -0.5', '23514'), ('re_properties', 'bathrooms = 2.5', '>0'),
    ('re_properties', 'bathrooms = 100', '22003'), ('re_properties', 'square_feet = 0', '23514'),
    ('re_properties', 'square_feet = 1', '>0'), ('re_properties', 'lot_size = 0', '23514'), ('re_properties', 'lot_size = 1', '>0'),
    ('re_properties', 'year_built = 1799', '23514'), ('re_properties', 'year_built = 1800', '>0'),
    ('re_properties', 'year_built = extract(year from now()) + 5', '>0'),
    ('re_properties', 'year_built = extract(year from now()) + 6', 'PT400 year_built'),
    ('re_properties', 'purchase_price = 1e10', '22003'), ('re_properties', 'address_line_1 = null', '23502'),
    ('re_properties', 'city = null', '23502'), ('re_properties', 'state = null', '23502'), ('re_properties', 'zip = null', '23502'),
    ('deals', 'probability = -1', '23514 deals_probability_is_a_percentage'),
    ('deals', 'probability = 101', '23514 deals_probability_is_a_percentage'), ('deals', 'probability = 100', '>0'),
    ('deals', 'probability = null', '>0'), ('deals', 'title = null', '23502'), ('deals', 'stage = null', '23502'),
    ('deals', 'stage = ''''', '23514'), ('deals', 'status = ''open''', '22P02'),
    ('re_documents', 'file_size = 0', '23514'), ('re_documents', 'file_size = 1', '>0'), ('re_documents', 'file_size = null', '>0'),
    ('re_documents', 'type = ''w9''', '22P02'), ('re_documents', 'title = null', '23502'), ('re_documents', 'file_url = null', '23502'),
    ('re_documents', 'content_type = repeat(''x'', 101)', '22001'), ('re_documents', 'type = null', '23502'),
    ('re_lead_documents', 'file_size = 0', '23514'), ('re_lead_documents', 'file_size = 1', '>0'),
    ('re_lead_documents', 'type = ''deed''', '22P02'), ('re_lead_documents', 'title = null', '23502'),
    ('re_lead_documents', 'lead_id = null', '23502'), ('re_lead_documents', 'file_url = null', '23502'),
    ('deal_events', 'event_type = ''''', '23514'), ('deal_events', 'event_type = null', '23502'), ('deal_events', 'deal_id = null', '23502'),
    ('ai_jobs', 'attempts = 6', '23514 ai_jobs_five_attempts'), ('ai_jobs', 'attempts = -1', '23514 ai_jobs_five_attempts'),
    ('ai_jobs', 'job_type = null', '23502'), ('ai_jobs', 'status = ''dead''', '22P02'),
    ('messages', 'channel = ''fax''', '22P02'), ('messages', 'direction = ''both''', '22P02'), ('messages', 'status = ''lost''', '22P02'),
    ('messages', 'channel = null', '23502'),
    ('calls', 'duration_seconds = -1', '23514'), ('calls', 'duration_seconds = 0', '>0'),
    ('calls', 'status = ''lost''', '23514 calls_status_is_known'), ('calls', 'status = ''no-answer''', '>0'),
    ('calls', 'started_at = now(), ended_at = now() - interval ''1 s''', '23514 calls_run_forward'), ('calls', 'direction = null', '23502'),
    ('transcripts', 'segments = ''{}''', '23514 transcripts_segments_are_a_list'), ('transcripts', 'call_id = null', '23502'),
    ('contacts', 'name = null', '23502'), ('contacts', 'user_id = null', '23502'),
    ('system_logs', 'level = ''fatal''', '23514'), ('system_logs', 'level = ''critical''', '>0'), ('system_logs', 'source = ''''', '23514'),
    ('user_plans', 'plan_name = ''gold''', '23514'), ('user_plans', 'plan_name = ''enterprise''', '>0'),
    ('user_plans', 'current_period_start = now(), current_period_end = now() - interval ''1 s''', '23514 user_plans_period_runs_forward'),
    ('api_keys', 'status = ''dead''', '23514'), ('api_keys', 'status = ''unhealthy''', '>0'),
    ('api_keys', 'service = ''Open AI''', '23514 api_keys_service_is_a_name'),
    ('api_keys', 'key_ciphertext = ''sk-plain''', '23514 api_keys_key_is_sealed'),
    ('profiles', 'role = ''boss''', '22P02'), ('profiles', 'email = null', '23502')) v (t, change, want);

-- No row leads into another tenant, whoever writes it. Keys look past row level security, so they are tried by the owner.
select tests.expect('owner', format('insert into crm.%s (workspace_id, %s) values (tests.ws(''a''), %s)', t, cols, vals), '23503',
                    format('%s (%s) cannot refer to workspace B', t, cols))
  from (values
    ('contacts', 'user_id, name, lead_id', $$tests.id('a_agent'), 'x', tests.id('b_lead')$$),
    ('messages', 'user_id, channel, direction, lead_id', $$tests.id('a_agent'), 'sms', 'incoming', tests.id('b_lead')$$),
    ('messages', 'user_id, channel, direction, contact_id', $$tests.id('a_agent'), 'sms', 'incoming', tests.id('b_contact')$$),
    ('calls', 'user_id, direction, lead_id', $$tests.id('a_agent'), 'incoming', tests.id('b_lead')$$),
    ('calls', 'user_id, direction, contact_id', $$tests.id('a_agent'), 'incoming', tests.id('b_contact')$$),
    ('transcripts', 'user_id, call_id', $$tests.id('a_agent'), tests.id('b_call')$$),
    ('deals', 'user_id, title, lead_id', $$tests.id('a_agent'), 'x', tests.id('b_lead')$$),
    ('deals', 'user_id, title, property_id', $$tests.id('a_agent'), 'x', tests.id('b_property')$$),
    ('deal_events', 'event_type, deal_id', $$'x', tests.id('b_deal')$$),
    ('ai_jobs', 'job_type, deal_id', $$'x', tests.id('b_deal')$$),
    ('re_documents', 'user_id, title, type, file_url, property_id', $$tests.id('a_agent'), 'x', 'deed', 'x', tests.id('b_property')$$),
    ('re_documents', 'user_id, title, type, file_url, deal_id', $$tests.id('a_agent'), 'x', 'deed', 'x', tests.id('b_deal')$$),
    ('re_lead_documents', 'title, type, file_url, lead_id', $$'x', 'w9', 'x', tests.id('b_lead')$$),
    ('re_property_documents', 'property_id, document_id', $$tests.id('b_property'), tests.id('a_document')$$),
    ('re_property_documents', 'property_id, document_id', $$tests.id('a_property'), tests.id('b_document')$$)) v (t, cols, vals);

-- Nor to a colleague's row that the person does not see; an admin sees it.
select tests.expect_each(format('insert into crm.%s (%s, %s) values (%s, tests.id(%L))', t, cols, fk, vals, to_row),
                         format('a_agent2 PT409 %s: there is no row, a_boss 1, b_boss PT409, a_agent 1', fk))
  from (values
    ('contacts', 'name', $$'x'$$, 'lead_id', 'a_lead'), ('messages', 'channel, direction', $$'sms', 'outgoing'$$, 'lead_id', 'a_lead'),
    ('messages', 'channel, direction', $$'sms', 'outgoing'$$, 'contact_id', 'a_contact'),
    ('calls', 'direction', $$'incoming'$$, 'lead_id', 'a_lead'), ('calls', 'direction', $$'incoming'$$, 'contact_id', 'a_contact'),
    ('deals', 'title', $$'x'$$, 'lead_id', 'a_lead'), ('deals', 'title', $$'x'$$, 'property_id', 'a_property'),
    ('re_documents', 'title, type, file_url', $$'x', 'deed', 'x'$$, 'property_id', 'a_property'),
    ('re_documents', 'title, type, file_url', $$'x', 'deed', 'x'$$, 'deal_id', 'a_deal')) v (t, cols, vals, fk, to_row);
select tests.expect('a_agent', $$ update crm.deals set lead_id = tests.id('a_other_lead') where id = tests.id('a_deal') $$, 'PT409',
                    'a change of the reference is looked at as well');
update crm.leads set is_deleted = true where id = tests.id('a_lead');
select tests.expect('a_agent', $$ update crm.deals set title = 'x', lead_id = tests.id('a_lead') where id = tests.id('a_deal') $$, '1',
                    'but a deal whose lead was deleted stays workable');
update crm.leads set is_deleted = false where id = tests.id('a_lead');

-- A row stays in its workspace.
select tests.expect('owner', format('update crm.%s set workspace_id = tests.ws(''b'') where workspace_id = tests.ws(''a'')', t),
                    'PT409 cannot move to another workspace')
  from unnest(array['leads', 'contacts', 'messages', 'calls', 'transcripts', 're_properties', 'deals', 'deal_events', 're_documents',
                    're_lead_documents', 're_property_documents', 'ai_jobs']) t;

-- Deleting follows the documented rules.
delete from crm.re_properties where id = tests.id('a_property');
select is(d.property_id, null, 'a deal stays without its property') from crm.deals d where d.id = tests.id('a_deal');
select is(d.property_id, null, 'a document stays without its property') from crm.re_documents d where d.id = tests.id('a_document');
select is((select count(*) from crm.re_property_documents where workspace_id = tests.ws('a')), 0::bigint, 'links go with the property');
insert into crm.re_property_documents (workspace_id, property_id, document_id)
  values (tests.ws('b'), tests.id('b_property'), tests.id('b_loose_document'));
delete from crm.re_documents where id = tests.id('b_loose_document');
select is((select count(*) from crm.re_property_documents where document_id = tests.id('b_loose_document')), 0::bigint,
          'and with the document');
delete from crm.deals where id = tests.id('a_deal');
select is((select count(*) from crm.deal_events where deal_id = tests.id('a_deal')), 0::bigint, 'events go with their deal');
select is(d.deal_id, null, 'its documents stay') from crm.re_documents d where d.id = tests.id('a_document');
select is(j.deal_id, null, 'and its AI jobs') from crm.ai_jobs j where j.id = tests.id('a_job');
delete from crm.leads where id = tests.id('a_lead');
select is((select count(*) from crm.re_lead_documents where lead_id = tests.id('a_lead')), 0::bigint, 'papers go with their lead');
select is(c.lead_id, null, 'a contact stays') from crm.contacts c where c.id = tests.id('a_contact');
select is((select count(*) from crm.messages where id = tests.id('a_message')), 0::bigint, 'messages go');
select is((select count(*) from crm.transcripts where id = tests.id('a_transcript')), 0::bigint, 'and calls with their transcripts');
select is((select lead_id from crm.deals where id = tests.id('b_deal')), tests.id('b_lead'), 'nothing happened to workspace B');
select tests.expect('owner', $$ delete from auth.users where id = tests.id('b_agent') $$, '23503',
                    'a login that leads belong to is not deleted for good');
select tests.expect('owner', $$ delete from auth.users where id = tests.id('drifter') $$, '1', 'one without goes, with its profile');

select * from finish();
rollback;
