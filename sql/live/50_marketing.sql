-- Marketing: what the tables hold to, who may see and change which rows.
-- An agent sees their own rows and a workspace admin all of the workspace's; listings are the workspace's. Tokens, password
-- hashes and the audit log are written by the server and by triggers alone.

-- Every table: a row stays in its workspace, and updated_at follows.
create or replace function marketing.touch_last_updated_at() returns trigger
  language plpgsql
as $$
begin
  new.last_updated_at := now();
  return new;
end $$;

create or replace trigger listings_touch before update on marketing.listings
  for each row execute function marketing.touch_last_updated_at();

do $$
declare
  name text;
begin
  foreach name in array array['agents', 'users', 'social_media_accounts', 'listings', 'content_pieces', 'post_schedule',
                              'notifications', 'approval_logs'] loop
    execute format('create or replace trigger %I before update of workspace_id on marketing.%I for each row
                    when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move()',
                   name || '_refuse_move', name);
  end loop;
  foreach name in array array['agents', 'social_media_accounts', 'content_pieces', 'post_schedule'] loop
    execute format('create or replace trigger %I before update on marketing.%I for each row execute function plat.touch_updated_at()',
                   name || '_touch', name);
  end loop;
end $$;

-- Logins of agents. What auth.users says wins over whatever a statement gives, in both directions of change.
create or replace function marketing.copy_login() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  login record;
begin
  -- Otherwise an admin could learn the address of a login that is none of theirs.
  if plat.uid() is not null
     and not exists (select from mls.user_profiles p where p.id = new.id and p.workspace_id = new.workspace_id) then
    raise exception using errcode = 'PT409', message = format('login %s does not belong to this workspace', new.id);
  end if;
  select u.email, coalesce(u.encrypted_password, '') as password_hash, u.last_sign_in_at
    into login
    from auth.users u
    where u.id = new.id;
  if found then
    new.email := coalesce(login.email, case when tg_op = 'UPDATE' then old.email end);
    new.password_hash := login.password_hash;
    new.last_login_at := login.last_sign_in_at;
    if new.email is null then
      raise exception using errcode = 'PT422', message = format('login %s has no e-mail address, a marketing login needs one', new.id);
    end if;
  end if;
  return new;
end $$;

create or replace trigger users_copy_login before insert or update of id, email, password_hash, last_login_at on marketing.users
  for each row execute function marketing.copy_login();

create or replace function marketing.follow_login() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update marketing.users u set last_login_at = new.last_sign_in_at where u.id = new.id;
  return null;
end $$;

create or replace trigger users_follow_in_marketing
  after update of email, encrypted_password, last_sign_in_at on auth.users
  for each row
  when ((old.email, old.encrypted_password, old.last_sign_in_at) is distinct from (new.email, new.encrypted_password, new.last_sign_in_at))
  execute function marketing.follow_login();

-- Content pieces: which steps there are is in plat.transitions; here is what a step needs and what follows from it.
create or replace trigger content_pieces_check_begin before insert on marketing.content_pieces
  for each row execute function plat.check_step('marketing.content_pieces', 'status');
create or replace trigger content_pieces_check_step before update of status on marketing.content_pieces
  for each row when (old.status is distinct from new.status)
  execute function plat.check_step('marketing.content_pieces', 'status');

create or replace function marketing.check_content_step() returns trigger
  language plpgsql
as $$
begin
  if plat.uid() is not null and old.status = 'pending_approval_agent' and old.agent_id is distinct from plat.agent() then
    raise exception using errcode = 'PT403', message = 'content is approved, rejected or sent back by the agent it belongs to';
  end if;
  if new.status in ('rejected', 'pending_ai_revision') and coalesce(btrim(new.feedback), '') = '' then
    raise exception using errcode = 'PT422',
      message = format('going from %s to %s needs feedback that says why', old.status, new.status);
  end if;
  if new.status = 'approved_for_posting' and old.status <> 'posting_failed' then
    new.last_approved_at := now();
  end if;
  return new;
end $$;

create or replace trigger content_pieces_check_who before update of status on marketing.content_pieces
  for each row when (old.status is distinct from new.status) execute function marketing.check_content_step();

-- What was approved is what gets posted: texts and pictures change only before the decision.
create or replace function marketing.refuse_late_edit() returns trigger
  language plpgsql
as $$
begin
  raise exception using errcode = 'PT409', message = format('content that is %s cannot be edited any more', old.status);
end $$;

create or replace trigger content_pieces_refuse_late_edit
  before update of listing_id, content_type, generated_text, associated_image_urls on marketing.content_pieces
  for each row
  when (old.status not in ('draft', 'pending_approval_agent', 'pending_ai_revision')
        and (old.listing_id, old.content_type, old.generated_text, old.associated_image_urls)
            is distinct from (new.listing_id, new.content_type, new.generated_text, new.associated_image_urls))
  execute function marketing.refuse_late_edit();

create or replace function marketing.step_words(from_status text, to_status text,
                                                out action_type text, out notification_type text, out words text)
  language sql immutable
  return (select (s.action_type, s.notification_type, s.words)
    from (values
      ('draft', 'pending_approval_agent', 'submitted', 'content_awaiting_approval', 'is waiting for your approval'),
      ('pending_approval_agent', 'approved_for_posting', 'approved', 'content_approved', 'is approved for posting'),
      ('pending_approval_agent', 'rejected', 'rejected', 'content_rejected', 'was rejected'),
      ('pending_approval_agent', 'pending_ai_revision', 'requested_revisions', 'content_in_revision', 'is being revised'),
      ('pending_approval_agent', 'pending_external_marketing_approval', 'sent_to_marketing', 'content_sent_to_marketing',
       'was sent to marketing for approval'),
      ('pending_external_marketing_approval', 'approved_for_posting', 'recorded_marketing_approval', 'content_approved',
       'was approved by marketing'),
      ('pending_external_marketing_approval', 'rejected', 'recorded_marketing_rejection', 'content_rejected',
       'was rejected by marketing'),
      ('pending_ai_revision', 'pending_approval_agent', 'revised', 'content_awaiting_approval',
       'was revised and is waiting for your approval'),
      ('approved_for_posting', 'posted_successfully', 'posted', 'post_success', 'was posted'),
      ('approved_for_posting', 'posting_failed', 'posting_failed', 'post_failed', 'could not be posted'),
      ('posting_failed', 'approved_for_posting', 'requeued', 'content_approved', 'will be posted again'),
      ('rejected', 'draft', 'reopened', 'content_reopened', 'is a draft again')
    ) s (from_status, to_status, action_type, notification_type, words)
    where s.from_status = step_words.from_status and s.to_status = step_words.to_status);
comment on function marketing.step_words(text, text) is 'What a step of a content piece is called in the audit log and told to its agent.';
revoke all on function marketing.step_words(text, text) from public;

create or replace function marketing.log_content_step() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  step record;
begin
  select * into step from marketing.step_words(old.status, new.status);
  -- The clock, not the transaction: two steps of one transaction keep their order.
  insert into marketing.approval_logs (workspace_id, content_piece_id, agent_id, action_type, "timestamp", feedback)
    values (new.workspace_id, new.id, coalesce(plat.agent(), new.agent_id), step.action_type, clock_timestamp(),
            case when new.status in ('rejected', 'pending_ai_revision') or old.feedback is distinct from new.feedback
                 then new.feedback end);
  insert into marketing.notifications (workspace_id, agent_id, notification_type, message, related_entity_id, created_at)
    select new.workspace_id, new.agent_id, step.notification_type,
           format('%s for %s %s.', upper(left(new.content_type, 1)) || replace(substr(new.content_type, 2), '_', ' '),
                  l.address, step.words),
           new.id, clock_timestamp()
      from marketing.listings l
      where l.workspace_id = new.workspace_id and l.id = new.listing_id;
  return null;
end $$;

create or replace trigger content_pieces_log_step after update of status on marketing.content_pieces
  for each row when (old.status is distinct from new.status) execute function marketing.log_content_step();

-- The schedule: only approved content, only on an account of the agent whose content it is.
create or replace trigger post_schedule_check_begin before insert on marketing.post_schedule
  for each row execute function plat.check_step('marketing.post_schedule', 'status');
create or replace trigger post_schedule_check_step before update of status on marketing.post_schedule
  for each row when (old.status is distinct from new.status)
  execute function plat.check_step('marketing.post_schedule', 'status');

-- Reads with the caller's own eyes, so that nobody learns of content or accounts that are not theirs.
create or replace function marketing.check_post() returns trigger
  language plpgsql
as $$
declare
  content record;
  account record;
begin
  if tg_op = 'UPDATE' then
    if new.status <> 'pending' and (old.content_piece_id, old.social_media_account_id, old.scheduled_at)
                                   is distinct from (new.content_piece_id, new.social_media_account_id, new.scheduled_at) then
      raise exception using errcode = 'PT409', message = format('a post that is %s cannot be scheduled anew', new.status);
    end if;
    if new.status = 'success' then
      new.posted_at := coalesce(new.posted_at, now());
    elsif new.status = 'pending' and old.status = 'failed' then
      new.posted_at := null;
      new.platform_post_id := null;
      new.error_message := null;
    end if;
    if new.status <> 'pending' or (old.status, old.content_piece_id, old.social_media_account_id)
                                  = (new.status, new.content_piece_id, new.social_media_account_id) then
      return new;
    end if;
  end if;
  -- Locked, so that what is checked here still holds when this transaction commits.
  select c.status, c.agent_id into content
    from marketing.content_pieces c
    where c.workspace_id = new.workspace_id and c.id = new.content_piece_id
    for share;
  if not found then
    raise exception using errcode = 'PT409', message = format('there is no content piece %s', new.content_piece_id);
  elsif content.status <> 'approved_for_posting' and (tg_op = 'INSERT' or content.status <> 'posted_successfully') then
    raise exception using errcode = 'PT409',
      message = format('content that is %s cannot be scheduled, only approved_for_posting', content.status);
  end if;
  select a.agent_id, a.is_active, a.platform into account
    from marketing.social_media_accounts a
    where a.workspace_id = new.workspace_id and a.id = new.social_media_account_id
    for share;
  if not found or account.agent_id <> content.agent_id then
    raise exception using errcode = 'PT409',
      message = format('the agent of this content has no account %s', new.social_media_account_id);
  elsif not account.is_active then
    raise exception using errcode = 'PT409', message = format('the %s account is switched off', account.platform);
  end if;
  return new;
end $$;

create or replace trigger post_schedule_check_post
  before insert or update of content_piece_id, social_media_account_id, scheduled_at, status on marketing.post_schedule
  for each row execute function marketing.check_post();

-- Grants and policies are only what stands here: those of an earlier text of this file go first.
do $$
declare
  p record;
begin
  for p in select policyname, tablename from pg_policies where schemaname = 'marketing' loop
    execute format('drop policy %I on marketing.%I', p.policyname, p.tablename);
  end loop;
end $$;
revoke all on all tables in schema marketing from public, anon, authenticated, service_role;

-- Grants: whole tables where the policies say everything, columns where some are nobody's to read or write.
grant select, insert, update, delete on marketing.agents, marketing.listings to authenticated, service_role;
grant select (workspace_id, id, email, created_at, last_login_at, is_active, agent_id), insert (workspace_id, id, is_active, agent_id),
      update (is_active, agent_id), delete on marketing.users to authenticated, service_role;
grant select (workspace_id, id, agent_id, platform, account_id, token_expires_at, is_active, created_at, updated_at),
      update (is_active), delete on marketing.social_media_accounts to authenticated, service_role;
grant select, insert (workspace_id, id, listing_id, agent_id, content_type, generated_text, associated_image_urls, status, feedback),
      update (listing_id, agent_id, content_type, generated_text, associated_image_urls, status, feedback),
      delete on marketing.content_pieces to authenticated;
grant select, insert (workspace_id, id, content_piece_id, social_media_account_id, scheduled_at, status),
      update (content_piece_id, social_media_account_id, scheduled_at, status), delete on marketing.post_schedule to authenticated;
grant select, update (is_read) on marketing.notifications to authenticated;
grant select on marketing.approval_logs to authenticated, service_role;
grant select, insert, update, delete on marketing.content_pieces, marketing.post_schedule, marketing.notifications to service_role;

-- Policies. agents: their own record; the workspace's admins keep the list.
create policy agents_own_select on marketing.agents for select to authenticated
  using (workspace_id = (select plat.ws()) and (id = (select plat.agent()) or (select plat.has_role('mls.admin'))));
create policy agents_admin_insert on marketing.agents for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
create policy agents_own_update on marketing.agents for update to authenticated
  using (workspace_id = (select plat.ws()) and (id = (select plat.agent()) or (select plat.has_role('mls.admin'))));
create policy agents_admin_delete on marketing.agents for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));

-- users: who may sign in as which agent is the admins' to say.
create policy users_own_select on marketing.users for select to authenticated
  using (workspace_id = (select plat.ws()) and (id = (select plat.uid()) or (select plat.has_role('mls.admin'))));
create policy users_admin_insert on marketing.users for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
create policy users_admin_update on marketing.users for update to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));
create policy users_admin_delete on marketing.users for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));

-- social_media_accounts: the server connects them, since the tokens are its to encrypt; so there is no policy for insert.
create policy social_media_accounts_own_select on marketing.social_media_accounts for select to authenticated
  using (workspace_id = (select plat.ws()) and (agent_id = (select plat.agent()) or (select plat.has_role('mls.admin'))));
create policy social_media_accounts_own_update on marketing.social_media_accounts for update to authenticated
  using (workspace_id = (select plat.ws()) and (agent_id = (select plat.agent()) or (select plat.has_role('mls.admin'))));
create policy social_media_accounts_own_delete on marketing.social_media_accounts for delete to authenticated
  using (workspace_id = (select plat.ws()) and (agent_id = (select plat.agent()) or (select plat.has_role('mls.admin'))));

-- listings: the workspace's, for everybody in it but clients.
create policy listings_agents_select on marketing.listings for select to authenticated
  using (workspace_id = (select plat.ws())
         and (select plat.has_role('mls.admin') or plat.has_role('mls.agent') or plat.has_role('marketing.agent')));
create policy listings_agents_insert on marketing.listings for insert to authenticated
  with check (workspace_id = (select plat.ws())
              and (select plat.has_role('mls.admin') or plat.has_role('mls.agent') or plat.has_role('marketing.agent')));
create policy listings_agents_update on marketing.listings for update to authenticated
  using (workspace_id = (select plat.ws())
         and (select plat.has_role('mls.admin') or plat.has_role('mls.agent') or plat.has_role('marketing.agent')));
create policy listings_admin_delete on marketing.listings for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('mls.admin')));

-- content_pieces: an agent throws away drafts only; what was submitted has a history that its key protects.
create policy content_pieces_own_select on marketing.content_pieces for select to authenticated
  using (workspace_id = (select plat.ws()) and (agent_id = (select plat.agent()) or (select plat.has_role('mls.admin'))));
create policy content_pieces_own_insert on marketing.content_pieces for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (agent_id = (select plat.agent()) or (select plat.has_role('mls.admin'))));
create policy content_pieces_own_update on marketing.content_pieces for update to authenticated
  using (workspace_id = (select plat.ws()) and (agent_id = (select plat.agent()) or (select plat.has_role('mls.admin'))));
create policy content_pieces_own_delete on marketing.content_pieces for delete to authenticated
  using (workspace_id = (select plat.ws())
         and (agent_id = (select plat.agent()) and status = 'draft' or (select plat.has_role('mls.admin'))));

-- post_schedule and approval_logs follow the content piece.
create policy post_schedule_content_select on marketing.post_schedule for select to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or exists (select from marketing.content_pieces c
                      where c.workspace_id = post_schedule.workspace_id and c.id = content_piece_id
                        and c.agent_id = (select plat.agent()))));
create policy post_schedule_content_insert on marketing.post_schedule for insert to authenticated
  with check (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
              or exists (select from marketing.content_pieces c
                           where c.workspace_id = post_schedule.workspace_id and c.id = content_piece_id
                             and c.agent_id = (select plat.agent()))));
create policy post_schedule_content_update on marketing.post_schedule for update to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or exists (select from marketing.content_pieces c
                      where c.workspace_id = post_schedule.workspace_id and c.id = content_piece_id
                        and c.agent_id = (select plat.agent()))));
-- What went out stays in the list.
create policy post_schedule_content_delete on marketing.post_schedule for delete to authenticated
  using (workspace_id = (select plat.ws()) and status in ('pending', 'failed') and ((select plat.has_role('mls.admin'))
         or exists (select from marketing.content_pieces c
                      where c.workspace_id = post_schedule.workspace_id and c.id = content_piece_id
                        and c.agent_id = (select plat.agent()))));

create policy approval_logs_content_select on marketing.approval_logs for select to authenticated
  using (workspace_id = (select plat.ws()) and ((select plat.has_role('mls.admin'))
         or exists (select from marketing.content_pieces c
                      where c.workspace_id = approval_logs.workspace_id and c.id = content_piece_id
                        and c.agent_id = (select plat.agent()))));

-- notifications: only their agent ticks them off.
create policy notifications_own_select on marketing.notifications for select to authenticated
  using (workspace_id = (select plat.ws()) and (agent_id = (select plat.agent()) or (select plat.has_role('mls.admin'))));
create policy notifications_own_update on marketing.notifications for update to authenticated
  using (workspace_id = (select plat.ws()) and agent_id = (select plat.agent()));
