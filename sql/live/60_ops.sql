-- Operations: tasks and their steps, soft delete, who may see and change which rows.
-- Staff see their workspace, activities by their visibility_group; realtors see their own listings and tasks. Admins of
-- operations and of the workspace keep the list of people, so that a new workspace can name its first operations admin.
-- Nobody deletes by statement: deleted rows are hidden from all but admins, and restore and purge are functions.

-- Every table: a row stays in its workspace, and updated_at follows.
do $$
declare
  name text;
begin
  foreach name in array array['staff', 'realtors', 'listings', 'activities', 'agent_tasks', 'slack_messages'] loop
    execute format('create or replace trigger %I before update of workspace_id on ops.%I for each row
                    when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move()',
                   name || '_refuse_move', name);
    if name <> 'slack_messages' then
      execute format('create or replace trigger %I before update on ops.%I for each row execute function plat.touch_updated_at()',
                     name || '_touch', name);
    end if;
  end loop;
end $$;

-- People: of their own record they change what the arguments name, no more.
create or replace function ops.guard_own_record() returns trigger
  language plpgsql
as $$
begin
  if plat.uid() is not null and not plat.has_role('ops.admin') and not plat.has_role('mls.admin')
     and to_jsonb(old) - tg_argv is distinct from to_jsonb(new) - tg_argv then
    raise exception using errcode = 'PT403',
      message = format('of the own record only %s may be changed', array_to_string(tg_argv, ', '));
  end if;
  return new;
end $$;

create or replace trigger staff_guard_own_record before update on ops.staff
  for each row execute function ops.guard_own_record('name', 'phone', 'email', 'metadata');
create or replace trigger realtors_guard_own_record before update on ops.realtors
  for each row execute function ops.guard_own_record('name', 'phone', 'email', 'license_number', 'brokerage', 'territories', 'metadata');

-- activities.realtor_id follows the listing, so that policies need not look there.
create or replace function ops.follow_listing() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  parent record;
begin
  -- A realtor who is purged empties the key; that stands.
  if tg_op = 'UPDATE' and new.realtor_id is null and old.listing_id = new.listing_id then
    return new;
  end if;
  -- Locked against a change of realtor at the same time. A missing listing is the foreign key's to say.
  select l.realtor_id, l.deleted_at into parent
    from ops.listings l
    where l.workspace_id = new.workspace_id and l.listing_id = new.listing_id
    for share;
  if parent.deleted_at is not null and (tg_op = 'INSERT' or old.listing_id <> new.listing_id) then
    raise exception using errcode = 'PT409', message = format('listing %s is deleted', new.listing_id);
  end if;
  new.realtor_id := parent.realtor_id;
  return new;
end $$;

create or replace trigger activities_follow_listing before insert or update of listing_id, realtor_id on ops.activities
  for each row execute function ops.follow_listing();

create or replace function ops.tell_activities() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update ops.activities a set realtor_id = new.realtor_id
    where a.workspace_id = new.workspace_id and a.listing_id = new.listing_id and a.realtor_id is distinct from new.realtor_id;
  return null;
end $$;

create or replace trigger listings_tell_activities after update of realtor_id on ops.listings
  for each row when (old.realtor_id is distinct from new.realtor_id) execute function ops.tell_activities();

-- Tasks: which steps there are is in plat.transitions; here is whose task it is, and what follows from a step.
create or replace function ops.staff_name(workspace uuid, staff text) returns text
  language sql stable
  return coalesce((select s.name from ops.staff s where s.workspace_id = workspace and s.staff_id = staff), staff);
revoke all on function ops.staff_name(uuid, text) from public;
grant execute on function ops.staff_name(uuid, text) to authenticated, service_role;

create or replace function ops.follow_step() returns trigger
  language plpgsql
as $$
declare
  leads constant boolean := plat.uid() is null or plat.has_role('ops.admin') or plat.has_role('ops.operations')
                            or plat.has_role('mls.admin');
  me constant text := plat.staff();
  steps constant boolean := old.status <> new.status;
  hands_over constant boolean := old.assigned_staff_id is distinct from new.assigned_staff_id;
begin
  if not leads and (steps or hands_over) and old.assigned_staff_id <> me
     and (old.status in ('CLAIMED', 'IN_PROGRESS') or new.status = 'CLAIMED' or hands_over) then
    raise exception using errcode = 'PT403', message = format('task %s is assigned to %s', old.task_id,
                                                              ops.staff_name(old.workspace_id, old.assigned_staff_id));
  elsif not leads and hands_over and new.assigned_staff_id <> me then
    raise exception using errcode = 'PT403', message = format('task %s may be assigned by operations and admins', old.task_id);
  elsif not leads and hands_over and not steps and old.status in ('CLAIMED', 'IN_PROGRESS') and new.assigned_staff_id is null then
    raise exception using errcode = 'PT409', message = format('task %s is %s; release it first', old.task_id, old.status);
  end if;
  if not steps then
    return new;
  end if;
  case new.status
    when 'OPEN' then
      new.assigned_staff_id := null;
      new.claimed_at := null;
      new.completed_at := null;
    when 'CLAIMED' then
      new.assigned_staff_id := coalesce(new.assigned_staff_id, me);
      new.claimed_at := now();
      if new.assigned_staff_id is null then
        raise exception using errcode = 'PT422', message = format('task %s cannot be claimed by nobody', new.task_id);
      end if;
    when 'DONE' then
      new.completed_at := now();
    else
      null;
  end case;
  return new;
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['activities', 'agent_tasks'] loop
    execute format($sql$create or replace trigger %I before insert on ops.%I
                    for each row execute function plat.check_step('ops.tasks', 'status')$sql$, name || '_check_begin', name);
    execute format($sql$create or replace trigger %I before update of status on ops.%I
                    for each row when (old.status is distinct from new.status)
                    execute function plat.check_step('ops.tasks', 'status')$sql$, name || '_check_step', name);
    execute format('create or replace trigger %I before update of status, assigned_staff_id on ops.%I
                    for each row execute function ops.follow_step()', name || '_follow_step', name);
  end loop;
end $$;

-- One step of a task of either kind, as its caller: policies and triggers above hold. Locks the row first, so that of two at
-- once the second sees what the first did.
create or replace function ops.step_task(task_id text, from_status text[], to_status text, outputs jsonb default null) returns jsonb
  language plpgsql
as $$
declare
  ws constant uuid := plat.ws();
  task record;
  answer jsonb;
begin
  if plat.uid() is not null and plat.staff() is null then
    raise exception using errcode = 'PT403', message = 'tasks are worked on by staff';
  end if;
  select 'listing_task' as kind, a.status, a.assigned_staff_id as holder into task
    from ops.activities a
    where a.workspace_id = ws and a.task_id = step_task.task_id and a.deleted_at is null
    for update;
  if not found then
    select 'stray_task' as kind, t.status, t.assigned_staff_id as holder into task
      from ops.agent_tasks t
      where t.workspace_id = ws and t.task_id = step_task.task_id and t.deleted_at is null
      for update;
  end if;
  if task.kind is null then
    raise exception using errcode = 'PT404', message = format('there is no task %s', step_task.task_id);
  elsif to_status = 'CLAIMED' and task.status in ('CLAIMED', 'IN_PROGRESS') then
    raise exception using errcode = 'PT409', message = format('task %s was already claimed by %s', step_task.task_id,
                                                              coalesce(ops.staff_name(ws, task.holder), 'somebody'));
  elsif task.status <> all (from_status) then
    raise exception using errcode = 'PT409',
      message = format('task %s is %s and cannot become %s', step_task.task_id, task.status, to_status);
  end if;
  -- A claim takes the task for the caller, unless a worker claims for whom it is assigned to.
  if task.kind = 'listing_task' then
    update ops.activities a
      set status = to_status, outputs = coalesce(step_task.outputs, a.outputs),
          assigned_staff_id = case when to_status = 'CLAIMED' then coalesce(plat.staff(), a.assigned_staff_id)
                                   else a.assigned_staff_id end
      where a.workspace_id = ws and a.task_id = step_task.task_id
      returning to_jsonb(a) into answer;
  else
    update ops.agent_tasks t
      set status = to_status, outputs = coalesce(step_task.outputs, t.outputs),
          assigned_staff_id = case when to_status = 'CLAIMED' then coalesce(plat.staff(), t.assigned_staff_id)
                                   else t.assigned_staff_id end
      where t.workspace_id = ws and t.task_id = step_task.task_id
      returning to_jsonb(t) into answer;
  end if;
  return answer || jsonb_build_object('task_type', task.kind);
end $$;
comment on function ops.step_task(text, text[], text, jsonb) is 'What the six functions after it have in common.';

create or replace function ops.claim_task(task_id text) returns jsonb
  language sql return ops.step_task(task_id, '{OPEN}', 'CLAIMED');
create or replace function ops.release_task(task_id text) returns jsonb
  language sql return ops.step_task(task_id, '{CLAIMED,FAILED}', 'OPEN');
create or replace function ops.start_task(task_id text) returns jsonb
  language sql return ops.step_task(task_id, '{CLAIMED}', 'IN_PROGRESS');
create or replace function ops.complete_task(task_id text, outputs jsonb default null) returns jsonb
  language sql return ops.step_task(task_id, '{IN_PROGRESS}', 'DONE', outputs);
create or replace function ops.fail_task(task_id text, outputs jsonb default null) returns jsonb
  language sql return ops.step_task(task_id, '{IN_PROGRESS}', 'FAILED', outputs);
create or replace function ops.cancel_task(task_id text) returns jsonb
  language sql return ops.step_task(task_id, '{OPEN,CLAIMED,IN_PROGRESS}', 'CANCELLED');
comment on function ops.claim_task(text) is 'Takes an open task for the caller; of two at once one wins and the other gets 409.';
comment on function ops.release_task(text) is 'Gives a claimed task back, or reopens a failed one.';
comment on function ops.start_task(text) is 'Begins a claimed task.';
comment on function ops.complete_task(text, jsonb) is 'Finishes a task, with its results.';
comment on function ops.fail_task(text, jsonb) is 'Gives a task up; it may be reopened.';
comment on function ops.cancel_task(text) is 'Ends a task that is no longer wanted.';

-- Soft delete. A listing takes its activities along, a realtor their tasks, under one stamp by which restore finds them again.
create or replace function ops.bury(noun text, key text, deed text, who text) returns void
  language plpgsql security definer
  set search_path = ''
as $$
declare
  target constant text := case noun when 'staff' then 'staff' when 'activity' then 'activities' else noun || 's' end;
  field constant text := case when noun in ('activity', 'agent_task') then 'task_id' else noun || '_id' end;
  ws constant uuid := plat.ws();
  me constant text := coalesce(plat.staff(), plat.uid()::text, 'server');
  stamp constant timestamptz := clock_timestamp();
  found_row jsonb;
  was timestamptz;
begin
  if current_setting('role') not in ('none', 'service_role', 'plat_worker')
     and not exists (select from unnest(string_to_array(who, ' ')) role where plat.has_role(role)) then
    raise exception using errcode = 'PT403',
      message = format('to %s a %s one must be %s', deed, replace(noun, '_', ' '), replace(who, ' ', ' or '));
  end if;
  execute format('select to_jsonb(t) from ops.%I t where t.workspace_id = $1 and t.%I = $2 for update', target, field)
    into found_row using ws, key;
  was := (found_row ->> 'deleted_at')::timestamptz;
  if found_row is null then
    raise exception using errcode = 'PT404', message = format('there is no %s %s', replace(noun, '_', ' '), key);
  elsif (was is null) <> (deed = 'delete') then
    raise exception using errcode = 'PT409', message = format('%s %s is %s deleted', replace(noun, '_', ' '), key,
                                                              case when was is null then 'not' else 'already' end);
  end if;
  case deed
    when 'delete' then
      execute format('update ops.%I t set deleted_at = $3, deleted_by = $4 where t.workspace_id = $1 and t.%I = $2', target, field)
        using ws, key, stamp, me;
      update ops.activities a set deleted_at = stamp, deleted_by = me
        where noun = 'listing' and a.workspace_id = ws and a.listing_id = key and a.deleted_at is null;
      update ops.agent_tasks t set deleted_at = stamp, deleted_by = me
        where noun = 'realtor' and t.workspace_id = ws and t.realtor_id = key and t.deleted_at is null;
    when 'restore' then
      if exists (select from ops.listings l
                   where noun = 'activity' and l.workspace_id = ws and l.listing_id = found_row ->> 'listing_id'
                     and l.deleted_at is not null)
         or exists (select from ops.realtors r
                      where noun = 'agent_task' and r.workspace_id = ws and r.realtor_id = found_row ->> 'realtor_id'
                        and r.deleted_at is not null) then
        raise exception using errcode = 'PT409', message = format('what %s %s belongs to is deleted; restore that first',
                                                                  replace(noun, '_', ' '), key);
      end if;
      execute format('update ops.%I t set deleted_at = null, deleted_by = null where t.workspace_id = $1 and t.%I = $2',
                     target, field) using ws, key;
      update ops.activities a set deleted_at = null, deleted_by = null
        where noun = 'listing' and a.workspace_id = ws and a.listing_id = key and a.deleted_at = was;
      update ops.agent_tasks t set deleted_at = null, deleted_by = null
        where noun = 'realtor' and t.workspace_id = ws and t.realtor_id = key and t.deleted_at = was;
    when 'purge' then
      execute format('delete from ops.%I t where t.workspace_id = $1 and t.%I = $2', target, field) using ws, key;
  end case;
exception
  when unique_violation then
    raise exception using errcode = 'PT409',
      message = format('%s %s cannot come back: another one has taken its place', replace(noun, '_', ' '), key);
end $$;
comment on function ops.bury(text, text, text, text) is 'What the functions after it have in common; they say who may.';

create or replace function ops.delete_listing(listing_id text) returns void language sql security definer set search_path = ''
  return ops.bury('listing', listing_id, 'delete', 'ops.admin ops.operations');
create or replace function ops.restore_listing(listing_id text) returns void language sql security definer set search_path = ''
  return ops.bury('listing', listing_id, 'restore', 'ops.admin');
create or replace function ops.purge_listing(listing_id text) returns void language sql security definer set search_path = ''
  return ops.bury('listing', listing_id, 'purge', 'ops.admin');
create or replace function ops.delete_activity(task_id text) returns void language sql security definer set search_path = ''
  return ops.bury('activity', task_id, 'delete', 'ops.admin ops.operations');
create or replace function ops.restore_activity(task_id text) returns void language sql security definer set search_path = ''
  return ops.bury('activity', task_id, 'restore', 'ops.admin');
create or replace function ops.purge_activity(task_id text) returns void language sql security definer set search_path = ''
  return ops.bury('activity', task_id, 'purge', 'ops.admin');
create or replace function ops.delete_agent_task(task_id text) returns void language sql security definer set search_path = ''
  return ops.bury('agent_task', task_id, 'delete', 'ops.admin ops.operations');
create or replace function ops.restore_agent_task(task_id text) returns void language sql security definer set search_path = ''
  return ops.bury('agent_task', task_id, 'restore', 'ops.admin');
create or replace function ops.purge_agent_task(task_id text) returns void language sql security definer set search_path = ''
  return ops.bury('agent_task', task_id, 'purge', 'ops.admin');
create or replace function ops.delete_staff(staff_id text) returns void language sql security definer set search_path = ''
  return ops.bury('staff', staff_id, 'delete', 'ops.admin mls.admin');
create or replace function ops.restore_staff(staff_id text) returns void language sql security definer set search_path = ''
  return ops.bury('staff', staff_id, 'restore', 'ops.admin mls.admin');
create or replace function ops.purge_staff(staff_id text) returns void language sql security definer set search_path = ''
  return ops.bury('staff', staff_id, 'purge', 'ops.admin mls.admin');
create or replace function ops.delete_realtor(realtor_id text) returns void language sql security definer set search_path = ''
  return ops.bury('realtor', realtor_id, 'delete', 'ops.admin mls.admin');
create or replace function ops.restore_realtor(realtor_id text) returns void language sql security definer set search_path = ''
  return ops.bury('realtor', realtor_id, 'restore', 'ops.admin mls.admin');
create or replace function ops.purge_realtor(realtor_id text) returns void language sql security definer set search_path = ''
  return ops.bury('realtor', realtor_id, 'purge', 'ops.admin mls.admin');

-- bury() is for these functions alone: its caller names who may.
revoke all on function ops.bury(text, text, text, text) from public;
do $$
declare
  call text;
begin
  foreach call in array array['step_task(text, text[], text, jsonb)', 'claim_task(text)', 'release_task(text)', 'start_task(text)',
      'complete_task(text, jsonb)', 'fail_task(text, jsonb)', 'cancel_task(text)',
      'delete_listing(text)', 'restore_listing(text)', 'purge_listing(text)',
      'delete_activity(text)', 'restore_activity(text)', 'purge_activity(text)',
      'delete_agent_task(text)', 'restore_agent_task(text)', 'purge_agent_task(text)',
      'delete_staff(text)', 'restore_staff(text)', 'purge_staff(text)',
      'delete_realtor(text)', 'restore_realtor(text)', 'purge_realtor(text)'] loop
    execute format('revoke all on function ops.%s from public', call);
    execute format('grant execute on function ops.%s to authenticated, service_role', call);
  end loop;
end $$;

-- Grants and policies are only what stands here: those of an earlier text of this file go first.
do $$
declare
  p record;
begin
  for p in select policyname, tablename from pg_policies where schemaname = 'ops' loop
    execute format('drop policy %I on ops.%I', p.policyname, p.tablename);
  end loop;
end $$;
revoke all on all tables in schema ops from public, anon, authenticated, service_role;

-- Grants: no delete but of Slack messages; deleted_at, claimed_at and completed_at are for the functions and triggers above.
grant select, insert (workspace_id, staff_id, user_id, email, name, role, slack_user_id, phone, status, metadata),
      update (user_id, email, name, role, slack_user_id, phone, status, metadata) on ops.staff to authenticated;
grant select, insert (workspace_id, realtor_id, user_id, agent_id, email, name, phone, license_number, brokerage, slack_user_id,
                      territories, status, metadata),
      update (user_id, agent_id, email, name, phone, license_number, brokerage, slack_user_id, territories, status, metadata)
      on ops.realtors to authenticated;
grant select, insert (workspace_id, listing_id, realtor_id, mls_listing_id, address_string, street_address, unit, city, state,
                      postal_code, listing_type, status, list_price, close_price, list_date, expiration_date, contract_date, close_date,
                      seller_names, buyer_names, commission_percent, commission_terms, notes),
      update (realtor_id, mls_listing_id, address_string, street_address, unit, city, state, postal_code, listing_type, status, list_price,
              close_price, list_date, expiration_date, contract_date, close_date, seller_names, buyer_names, commission_percent,
              commission_terms, notes) on ops.listings to authenticated;
grant select, insert (workspace_id, task_id, listing_id, name, description, task_category, status, priority, visibility_group,
                      assigned_staff_id, due_date, inputs),
      update (listing_id, name, description, task_category, status, priority, visibility_group, assigned_staff_id, due_date, inputs,
              outputs) on ops.activities to authenticated;
grant select, insert (workspace_id, task_id, realtor_id, task_key, name, description, status, priority, assigned_staff_id, due_date,
                      inputs),
      update (realtor_id, task_key, name, description, status, priority, assigned_staff_id, due_date, inputs, outputs)
      on ops.agent_tasks to authenticated;
grant select, insert, update, delete on ops.slack_messages to authenticated;
grant select, insert, update, delete on ops.staff, ops.realtors, ops.listings, ops.activities, ops.agent_tasks, ops.slack_messages
  to service_role;

-- Policies. staff: seen by staff; kept by admins; the own record is the person's (guard_own_record says which columns).
create policy staff_staff_select on ops.staff for select to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin') or plat.has_role('mls.admin'))
              or deleted_at is null and (select plat.has_role('ops.staff'))));
create policy staff_admin_insert on ops.staff for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('ops.admin') or plat.has_role('mls.admin')));
create policy staff_own_update on ops.staff for update to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin') or plat.has_role('mls.admin')) or staff_id = (select plat.staff())));

-- realtors: seen by staff and realtors.
create policy realtors_members_select on ops.realtors for select to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin') or plat.has_role('mls.admin'))
              or deleted_at is null and (select plat.has_role('ops.staff') or plat.has_role('ops.realtor'))));
create policy realtors_admin_insert on ops.realtors for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('ops.admin') or plat.has_role('mls.admin')));
create policy realtors_own_update on ops.realtors for update to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin') or plat.has_role('mls.admin')) or realtor_id = (select plat.realtor())));

-- listings: staff see all, realtors their own; operations and admins write.
create policy listings_members_select on ops.listings for select to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin'))
              or deleted_at is null and ((select plat.has_role('ops.staff')) or realtor_id = (select plat.realtor()))));
create policy listings_operations_insert on ops.listings for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('ops.admin') or plat.has_role('ops.operations')));
create policy listings_operations_update on ops.listings for update to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin')) or deleted_at is null and (select plat.has_role('ops.operations'))));

-- activities: BOTH for all staff and the realtor, AGENT for operations and the realtor, MARKETING for marketing; admins all.
create policy activities_members_select on ops.activities for select to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin'))
              or deleted_at is null
                 and (visibility_group = 'BOTH' and (select plat.has_role('ops.staff'))
                      or visibility_group = 'AGENT' and (select plat.has_role('ops.operations'))
                      or visibility_group = 'MARKETING' and (select plat.has_role('ops.marketing'))
                      or visibility_group in ('BOTH', 'AGENT') and realtor_id = (select plat.realtor()))));
create policy activities_staff_insert on ops.activities for insert to authenticated
  with check (workspace_id = (select plat.ws())
              and ((select plat.has_role('ops.admin'))
                   or visibility_group = 'BOTH' and (select plat.has_role('ops.staff'))
                   or visibility_group = 'AGENT' and (select plat.has_role('ops.operations'))
                   or visibility_group = 'MARKETING' and (select plat.has_role('ops.marketing'))));
create policy activities_staff_update on ops.activities for update to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin'))
              or deleted_at is null
                 and (visibility_group = 'BOTH' and (select plat.has_role('ops.staff'))
                      or visibility_group = 'AGENT' and (select plat.has_role('ops.operations'))
                      or visibility_group = 'MARKETING' and (select plat.has_role('ops.marketing')))));

-- agent_tasks: all staff, and the realtor whose they are.
create policy agent_tasks_members_select on ops.agent_tasks for select to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin'))
              or deleted_at is null and ((select plat.has_role('ops.staff')) or realtor_id = (select plat.realtor()))));
create policy agent_tasks_staff_insert on ops.agent_tasks for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('ops.staff')));
create policy agent_tasks_staff_update on ops.agent_tasks for update to authenticated
  using (workspace_id = (select plat.ws())
         and ((select plat.has_role('ops.admin')) or deleted_at is null and (select plat.has_role('ops.staff'))));

-- slack_messages: admins only; they may hold anything that somebody wrote.
create policy slack_messages_admin_select on ops.slack_messages for select to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('ops.admin')));
create policy slack_messages_admin_insert on ops.slack_messages for insert to authenticated
  with check (workspace_id = (select plat.ws()) and (select plat.has_role('ops.admin')));
create policy slack_messages_admin_update on ops.slack_messages for update to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('ops.admin')));
create policy slack_messages_admin_delete on ops.slack_messages for delete to authenticated
  using (workspace_id = (select plat.ws()) and (select plat.has_role('ops.admin')));
