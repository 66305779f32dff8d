-- Stands on _helpers.sql.
--
--   select tests.two_tenants(); select tests.marketing();
--
-- makes a_agent, a_agent2 and b_agent agents of marketing and gives each agent x of them one row in every table, named
-- agent_x, listing_x, account_x, content_x (a draft), approved_x (content that may be posted), post_x (approved_x, pending), note_x and
-- log_x in tests.names. a_admin, a_client, b_admin stay what they are: no agents.
create function tests.add_agent(who text, letter text) returns void language plpgsql as $$
declare
  ws constant uuid := tests.ws(letter);
begin
  insert into marketing.agents (workspace_id, id, name, email)
    values (ws, tests.put('agent_' || who, md5('agent ' || who)::uuid), who, who || '@agents.example.org');
  insert into marketing.users (workspace_id, id, agent_id) values (ws, tests.id(who), tests.id('agent_' || who));
end $$;

create function tests.add_content(name text, who text, letter text, status text default 'draft') returns void language plpgsql as $$
declare
  content constant uuid := tests.put(name, md5(name)::uuid);
begin
  -- Any status at once: no trigger runs, and no history is written.
  perform set_config('session_replication_role', 'replica', true);
  insert into marketing.content_pieces (workspace_id, id, listing_id, agent_id, content_type, generated_text, status)
    values (tests.ws(letter), content, tests.id('listing_' || who), tests.id('agent_' || who), 'social_media_post',
            '{"headline": "A house"}', add_content.status);
  perform set_config('session_replication_role', 'origin', true);
end $$;

create function tests.marketing() returns void language plpgsql as $$
declare
  who text;
  ws uuid;
begin
  -- Signing up gave the drifter a workspace of their own.
  delete from mls.user_profiles where id = tests.id('drifter');
  foreach who in array array['a_agent', 'a_agent2', 'b_agent'] loop
    ws := tests.ws(left(who, 1));
    perform tests.add_agent(who, left(who, 1));
    insert into marketing.listings (workspace_id, id, source_id, address, city, state, zip_code, price)
      values (ws, tests.put('listing_' || who, md5('listing ' || who)::uuid), 'source ' || who, '1 ' || who || ' St', 'Miami', 'FL',
              '33133', 500000);
    insert into marketing.social_media_accounts (workspace_id, id, agent_id, platform, account_id, access_token_encrypted,
                                                 refresh_token_encrypted)
      values (ws, tests.put('account_' || who, md5('account ' || who)::uuid), tests.id('agent_' || who), 'facebook', 'page ' || who,
              'secret', 'secret');
    perform tests.add_content('content_' || who, who, left(who, 1)),
            tests.add_content('approved_' || who, who, left(who, 1), 'approved_for_posting');
    insert into marketing.post_schedule (workspace_id, id, content_piece_id, social_media_account_id, scheduled_at)
      values (ws, tests.put('post_' || who, md5('post ' || who)::uuid), tests.id('approved_' || who), tests.id('account_' || who),
              '2030-01-01 12:00+00');
    insert into marketing.notifications (workspace_id, id, agent_id, notification_type, message)
      values (ws, tests.put('note_' || who, md5('note ' || who)::uuid), tests.id('agent_' || who), 'listing_ingested', 'A new listing.');
    insert into marketing.approval_logs (workspace_id, id, content_piece_id, agent_id, action_type)
      values (ws, tests.put('log_' || who, md5('log ' || who)::uuid), tests.id('approved_' || who), tests.id('agent_' || who), 'approved');
  end loop;
end $$;
