-- Marketing: unique keys, CHECKs, keys into other tenants, logins that follow auth.users, what may be scheduled.
begin;
select * from no_plan();
select tests.two_tenants();
select tests.marketing();

-- Unique within a workspace, free between workspaces. As a worker, who passes row level security.
select tests.expect('worker', format('insert into marketing.agents (workspace_id, name, email) values (%L, ''x'', ''a_agent@agents.example.org'')', tests.ws(l)),
                    case l when 'a' then '23505 agents_email_key' else '1' end, 'an agent''s address again in ' || l)
  from unnest(array['a', 'b']) l;
select tests.expect('worker', format('insert into marketing.listings (workspace_id, source_id, address, city, state, zip_code)
                                      values (%L, ''source a_agent'', ''x'', ''x'', ''x'', ''x'')', tests.ws(l)),
                    case l when 'a' then '23505 listings_source_id_key' else '1' end, 'a source_id again in ' || l)
  from unnest(array['a', 'b']) l;
select tests.expect('worker', format('insert into marketing.users (id, agent_id) values (%L, %L)', tests.id('a_client'), tests.id('agent_a_agent')),
                    '23505 users_agent_id_key', 'one login for each agent');
select tests.expect('worker', format('insert into marketing.users (id) values (%L)', tests.id('a_agent')), '23505 users_pkey',
                    'one row for each login');
set local session_replication_role = replica;
update auth.users set email = null where id = tests.id('drifter');
set local session_replication_role = origin;
select tests.expect('worker', format('insert into marketing.social_media_accounts (agent_id, platform, account_id, access_token_encrypted)
                                      values (%L, ''facebook'', ''page a_agent'', ''x'')', tests.id('agent_' || who)),
                    case who when 'a_agent' then '23505 social_media_accounts_connected_once' else '1' end,
                    'the same page connected by ' || who)
  from unnest(array['a_agent', 'a_agent2']) who;

-- CHECKs and NOT NULL: one row that passes, then that row with one wrong value.
create function pg_temp.insert_with(table_name text, good jsonb, change jsonb) returns text language sql as $$
  select format('insert into %s (%s) select %s from jsonb_populate_record(null::%s, %L)', table_name, string_agg(quote_ident(k), ', '),
                string_agg(quote_ident(k), ', '), table_name, good || change)
    from jsonb_object_keys(good || change) k;
$$;
create temp table good (table_name text, fields jsonb);
insert into good values
  ('marketing.agents', '{"name": "N", "email": "n@example.org", "notification_preferences": {}}'),
  ('marketing.social_media_accounts', jsonb_build_object('agent_id', tests.id('agent_a_agent'), 'platform', 'instagram', 'account_id', 'i',
     'access_token_encrypted', 'x')),
  ('marketing.listings', '{"source_id": "s", "address": "1 Main", "city": "Miami", "state": "FL", "zip_code": "33133", "price": 1, "beds": 0,
     "baths": 1.5, "sqft": 0, "status": "active"}'),
  ('marketing.content_pieces', jsonb_build_object('listing_id', tests.id('listing_a_agent'), 'agent_id', tests.id('agent_a_agent'),
     'content_type', 'flyer_text', 'generated_text', '{}'::jsonb, 'status', 'draft')),
  ('marketing.post_schedule', jsonb_build_object('content_piece_id', tests.id('approved_a_agent2'), 'social_media_account_id',
     tests.id('account_a_agent2'), 'scheduled_at', '2030-01-01', 'status', 'pending')),
  ('marketing.notifications', jsonb_build_object('agent_id', tests.id('agent_a_agent'), 'notification_type', 'post_success', 'message', 'm')),
  ('marketing.approval_logs', jsonb_build_object('content_piece_id', tests.id('content_a_agent'), 'agent_id', tests.id('agent_a_agent'),
     'action_type', 'approved'));
delete from marketing.post_schedule where id = tests.id('post_a_agent2');
select tests.expect('worker', pg_temp.insert_with(table_name, fields, '{}'), '1', 'good: ' || table_name) from good;
select tests.expect('worker', pg_temp.insert_with(g.table_name, g.fields, b.change::jsonb), b.want, format('%s: %s', g.table_name, b.change))
  from (values
    ('agents', '{"name": " "}', '23514'), ('agents', '{"name": null}', '23502'), ('agents', '{"email": null}', '23502'),
    ('agents', '{"email": "nobody"}', '23514'), ('agents', '{"notification_preferences": []}', '23514'),
    ('social_media_accounts', '{"platform": "Face Book"}', '23514'), ('social_media_accounts', '{"platform": "tiktok"}', '1'),
    ('social_media_accounts', '{"platform": null}', '23502'), ('social_media_accounts', '{"account_id": ""}', '23514'),
    ('social_media_accounts', '{"account_id": null}', '23502'), ('social_media_accounts', '{"access_token_encrypted": null}', '23502'),
    ('social_media_accounts', '{"agent_id": null}', '23502'),
    ('listings', '{"source_id": ""}', '23514'), ('listings', '{"source_id": null}', '23502'), ('listings', '{"address": null}', '23502'),
    ('listings', '{"city": null}', '23502'), ('listings', '{"state": null}', '23502'), ('listings', '{"zip_code": null}', '23502'),
    ('listings', '{"price": -1}', '23514'), ('listings', '{"beds": -1}', '23514'), ('listings', '{"baths": -1}', '23514'),
    ('listings', '{"sqft": -1}', '23514'), ('listings', '{"status": "gone"}', '23514'), ('listings', '{"status": "sold"}', '1'),
    ('listings', '{"status": "off_market"}', '1'), ('listings', '{"status": "pending"}', '1'),
    ('content_pieces', '{"content_type": "poem"}', '23514'), ('content_pieces', '{"content_type": "social_media_post"}', '1'),
    ('content_pieces', '{"content_type": null}', '23502'), ('content_pieces', '{"generated_text": []}', '23514'),
    ('content_pieces', '{"generated_text": null}', '23502'), ('content_pieces', '{"listing_id": null}', '23502'),
    ('content_pieces', '{"agent_id": null}', '23502'),
    ('notifications', '{"notification_type": "Post success"}', '23514'), ('notifications', '{"notification_type": null}', '23502'),
    ('notifications', '{"message": null}', '23502'), ('notifications', '{"agent_id": null}', '23502'),
    ('approval_logs', '{"action_type": "liked"}', '23514'), ('approval_logs', '{"action_type": null}', '23502'),
    ('approval_logs', '{"agent_id": null}', '23502'), ('approval_logs', '{"content_piece_id": null}', '23502'),
    ('post_schedule', '{"scheduled_at": null}', '23502'), ('post_schedule', '{"content_piece_id": null}', 'PT409'),
    ('post_schedule', '{"social_media_account_id": null}', 'PT409')) b (t, change, want)
  join good g on g.table_name = 'marketing.' || b.t;
-- What the status triggers would refuse first, the CHECK refuses where no trigger runs.
set local session_replication_role = replica;
select throws_ok($$ update marketing.content_pieces set status = 'posted' $$, '23514', null, 'CHECK: states of content');
select throws_ok($$ update marketing.post_schedule set status = 'posted' $$, '23514', null, 'CHECK: states of a post');
set local session_replication_role = origin;
-- Defaults
insert into marketing.listings (workspace_id, source_id, address, city, state, zip_code) values (tests.ws('a'), 'd', 'x', 'x', 'x', 'x');
select is((status, scraped_at, last_updated_at)::text, ('active'::text, now(), now())::text, 'defaults of a listing')
  from marketing.listings where source_id = 'd';
select is((is_active, created_at)::text, (true, now())::text, 'defaults of a login') from marketing.users where id = tests.id('a_agent');
select is((status, created_at, updated_at, last_approved_at)::text, ('draft'::text, now(), now(), null::timestamptz)::text, 'defaults of content')
  from marketing.content_pieces where id = tests.id('content_a_agent');
select is((is_read, created_at)::text, (false, now())::text, 'defaults of a notification') from marketing.notifications where id = tests.id('note_a_agent');

-- No row points into another tenant.
select tests.expect('worker', s, '23503', regexp_replace(s, '\s+', ' ', 'g')) from unnest(array[
  format('update marketing.users set agent_id = %L where id = %L', tests.id('agent_b_agent'), tests.id('a_agent')),
  format('update marketing.social_media_accounts set agent_id = %L where id = %L', tests.id('agent_b_agent'), tests.id('account_a_agent')),
  format('update marketing.content_pieces set listing_id = %L where id = %L', tests.id('listing_b_agent'), tests.id('content_a_agent')),
  format('update marketing.content_pieces set agent_id = %L where id = %L', tests.id('agent_b_agent'), tests.id('content_a_agent')),
  format('update marketing.notifications set agent_id = %L where id = %L', tests.id('agent_b_agent'), tests.id('note_a_agent')),
  format('update marketing.approval_logs set agent_id = %L where id = %L', tests.id('agent_b_agent'), tests.id('log_a_agent')),
  format('update marketing.approval_logs set content_piece_id = %L where id = %L', tests.id('content_b_agent'), tests.id('log_a_agent'))]) s;
select tests.expect('worker', format('update marketing.post_schedule set content_piece_id = %L where id = %L', tests.id('approved_b_agent'),
                                     tests.id('post_a_agent')), 'PT409 no content piece', 'a post of another tenant''s content');
select tests.expect('worker', format('update marketing.post_schedule set social_media_account_id = %L where id = %L',
                                     tests.id('account_b_agent'), tests.id('post_a_agent')), 'PT409 has no account', 'on another tenant''s account');
select tests.expect('worker', format('update marketing.%I set workspace_id = %L where workspace_id = %L', t, tests.ws('b'), tests.ws('a')),
                    'PT409 cannot move to another workspace', t || ' stay in their workspace')
  from unnest(array['agents', 'users', 'social_media_accounts', 'listings', 'content_pieces', 'post_schedule', 'notifications',
                    'approval_logs']) t;
select tests.expect('worker', 'insert into marketing.agents (workspace_id, name, email) values (null, ''x'', ''x@y'')', '23502', 'no row without workspace');

-- updated_at follows.
update marketing.agents set updated_at = '2020-01-01';
update marketing.listings set last_updated_at = '2020-01-01';
select is((select count(*) from marketing.agents where updated_at <> now()), 0::bigint, 'updated_at is nobody''s to set');
select is((select count(*) from marketing.listings where last_updated_at <> now()), 0::bigint, 'nor is last_updated_at');

-- Logins follow auth.users, whatever a statement says.
update auth.users set email = 'moved@example.org', encrypted_password = 'hash', last_sign_in_at = '2030-01-01' where id = tests.id('a_agent');
select is((email, password_hash, last_login_at)::text, ('moved@example.org'::text, 'hash'::text, '2030-01-01'::timestamptz)::text,
          'a login''s address, password and last sign-in follow') from marketing.users where id = tests.id('a_agent');
update marketing.users set email = 'other@example.org', password_hash = 'x', last_login_at = now() where id = tests.id('a_agent');
select is((email, password_hash, last_login_at)::text, ('moved@example.org'::text, 'hash'::text, '2030-01-01'::timestamptz)::text,
          'and cannot be set apart') from marketing.users where id = tests.id('a_agent');
update auth.users set email = null where id = tests.id('a_agent');
select is(email, 'moved@example.org', 'an address that is taken away stays here') from marketing.users where id = tests.id('a_agent');
select is(password_hash, '', 'no password, no hash') from marketing.users where id = tests.id('a_agent2');
select tests.expect('worker', format('insert into marketing.users (id) values (%L)', tests.id('drifter')), 'PT422 no e-mail address',
                    'a marketing login needs an address');
select tests.expect('worker', format('insert into marketing.users (id) values (%L)', gen_random_uuid()), '23502', 'a login that there is not');
delete from auth.users where id = tests.id('b_agent');
select is_empty(format('select from marketing.users where id = %L', tests.id('b_agent')), 'a login that is deleted goes here, too');

-- The schedule: approved content only, on an active account of its own agent, once.
select tests.add_content('is_' || s, 'a_agent', 'a', s)
  from unnest(array['draft', 'pending_approval_agent', 'pending_external_marketing_approval', 'approved_for_posting', 'rejected',
                    'pending_ai_revision', 'posted_successfully', 'posting_failed']) s;
create function pg_temp.schedule(content text, account text) returns text language sql as $$
  select format('insert into marketing.post_schedule (content_piece_id, social_media_account_id, scheduled_at) values (%L, %L, now())',
                tests.id(content), tests.id(account));
$$;
select tests.expect(who, pg_temp.schedule('is_' || s, 'account_a_agent'),
                    case s when 'approved_for_posting' then '1' else 'PT409 content that is ' || s || ' cannot be scheduled' end,
                    format('%s schedules content that is %s', who, s))
  from unnest(array['draft', 'pending_approval_agent', 'pending_external_marketing_approval', 'approved_for_posting', 'rejected',
                    'pending_ai_revision', 'posted_successfully', 'posting_failed']) s, unnest(array['a_agent', 'a_admin', 'worker']) who;
select tests.expect_each(pg_temp.schedule('is_approved_for_posting', 'account_a_agent2'), 'a_agent PT409, a_agent2 PT409, a_admin PT409, worker PT409',
                         'on an account of another agent');
update marketing.social_media_accounts set is_active = false where id = tests.id('account_a_agent');
select tests.expect_each(pg_temp.schedule('is_approved_for_posting', 'account_a_agent'), 'a_agent PT409, worker PT409', 'on an account that is off');
update marketing.social_media_accounts set is_active = true where id = tests.id('account_a_agent');
select tests.expect_each(pg_temp.schedule('approved_a_agent', 'account_a_agent'), 'a_agent 23505, worker 23505', 'what is scheduled there already');
select tests.expect('a_agent', format('update marketing.post_schedule set scheduled_at = ''2031-01-01'' where id = %L', tests.id('post_a_agent')),
                    '1', 'a pending post is moved to another time');
set local session_replication_role = replica;
insert into marketing.social_media_accounts (workspace_id, id, agent_id, platform, account_id, access_token_encrypted)
  values (tests.ws('a'), tests.put('other_account', md5('other')::uuid), tests.id('agent_a_agent'), 'instagram', 'i', 'x');
update marketing.post_schedule set status = 'sent' where id = tests.id('post_a_agent');
set local session_replication_role = origin;
select tests.expect(who, format('update marketing.post_schedule set %s where id = %L', change, tests.id('post_a_agent')),
                    'PT409 cannot be scheduled anew', format('%s: %s of a post that is on its way', who, change))
  from unnest(array['a_agent', 'worker']) who,
       unnest(array['scheduled_at = now()', format('content_piece_id = %L', tests.id('is_approved_for_posting')),
                    format('social_media_account_id = %L', tests.id('other_account'))]) change;
select tests.expect('a_agent', pg_temp.schedule('approved_a_agent', 'other_account'), '1', 'the same content on another account');
update marketing.post_schedule set status = 'failed' where id = tests.id('post_a_agent');
select tests.expect('a_agent', format('update marketing.post_schedule set status = ''pending'', scheduled_at = ''2031-01-01'' where id = %L',
                                      tests.id('post_a_agent')), '1', 'a failed post is tried again');
update marketing.content_pieces set status = 'posting_failed' where id = tests.id('approved_a_agent');
select tests.expect('a_agent', format('update marketing.post_schedule set status = ''pending'' where id = %L', tests.id('post_a_agent')),
                    'PT409 posting_failed', 'once its content is approved for it again');
update marketing.content_pieces set status = 'approved_for_posting' where id = tests.id('approved_a_agent');
update marketing.content_pieces set status = 'posted_successfully' where id = tests.id('approved_a_agent');
select tests.expect('a_agent', format('update marketing.post_schedule set status = ''pending'' where id = %L', tests.id('post_a_agent')),
                    '1', 'or went out elsewhere');

select * from finish();
rollback;
