-- The CRM: what its tables hold to. Who may do what is in 71_crm_policies.sql.

-- People: profiles follow the login, and what is a person's names the person's workspace.

create or replace function crm.profile_email(login auth.users) returns text
  language sql immutable
  return case when login.deleted_at is null and login.email <> '' then login.email
              else login.id || '@no-address.invalid' end;
comment on function crm.profile_email(auth.users) is
  'profiles.email is unique and not null: a login without address, or deleted, has one that cannot be.';
revoke all on function crm.profile_email(auth.users) from public;

create or replace function crm.create_profile() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into crm.profiles (id, email, full_name, avatar_url)
    values (new.id, crm.profile_email(new),
            nullif(btrim(coalesce(new.raw_user_meta_data ->> 'full_name', new.raw_user_meta_data ->> 'name')), ''),
            new.raw_user_meta_data ->> 'avatar_url')
    on conflict (id) do nothing;
  return null;
end $$;
revoke all on function crm.create_profile() from public;

create or replace trigger create_profile_on_signup after insert on auth.users
  for each row execute function crm.create_profile();

create or replace function crm.follow_login() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update crm.profiles p set email = crm.profile_email(new) where p.id = new.id;
  return null;
end $$;
revoke all on function crm.follow_login() from public;

create or replace trigger users_follow_in_crm after update of email, deleted_at on auth.users
  for each row when ((old.email, old.deleted_at) is distinct from (new.email, new.deleted_at))
  execute function crm.follow_login();

create or replace function crm.keep_workspace() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  person constant uuid := case when tg_table_name = 'profiles' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'user_id' end;
begin
  new.workspace_id := (select p.workspace_id from mls.user_profiles p where p.id = person);
  return new;
end $$;
revoke all on function crm.keep_workspace() from public;

create or replace function crm.follow_workspace() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  person constant uuid := coalesce(new.id, old.id);
begin
  update crm.profiles p set workspace_id = new.workspace_id where p.id = person;
  update crm.api_keys k set workspace_id = new.workspace_id where k.user_id = person;
  update crm.user_plans p set workspace_id = new.workspace_id where p.user_id = person;
  return null;
end $$;
revoke all on function crm.follow_workspace() from public;

create or replace trigger user_profiles_follow_in_crm after insert or delete or update of workspace_id on mls.user_profiles
  for each row execute function crm.follow_workspace();

-- The server changes roles as it likes, API callers only those of others, and only as admin.
create or replace function crm.guard_role() returns trigger
  language plpgsql
as $$
begin
  if current_user in ('anon', 'authenticated') then
    if new.id is not distinct from plat.uid() then
      raise exception using errcode = 'PT403', message = 'nobody changes their own role';
    end if;
    if not plat.has_role('crm.admin') then
      raise exception using errcode = 'PT403', message = 'only an admin may change a role';
    end if;
  end if;
  return new;
end $$;

create or replace trigger profiles_guard_role before update of role on crm.profiles
  for each row when (old.role is distinct from new.role) execute function crm.guard_role();

do $$
declare
  name text;
begin
  foreach name in array array['profiles', 'api_keys', 'user_plans'] loop
    execute format('create or replace trigger %I before insert or update on crm.%I for each row execute function crm.keep_workspace()',
                   name || '_keep_workspace', name);
  end loop;
  foreach name in array array['profiles', 'api_keys', 'user_plans', 'leads', 'contacts', 'messages', 'calls', 'transcripts',
                              're_properties', 'deals', 're_documents', 're_lead_documents'] loop
    execute format('create or replace trigger %I before update on crm.%I for each row execute function plat.touch_updated_at()',
                   name || '_touch', name);
  end loop;
  foreach name in array array['leads', 'contacts', 'messages', 'calls', 'transcripts', 're_properties', 'deals', 'deal_events',
                              're_documents', 're_lead_documents', 're_property_documents', 'ai_jobs'] loop
    execute format('create or replace trigger %I before update of workspace_id on crm.%I for each row
                    when (old.workspace_id is distinct from new.workspace_id) execute function plat.refuse_move()',
                   name || '_refuse_move', name);
  end loop;
end $$;

-- A reference of a person's row leads to a row that the person sees. A key alone would take any row of the workspace, since
-- keys look past row level security. Arguments: column and table, again and again. What was there already is not looked at
-- again: its row may have been deleted meanwhile.
create or replace function crm.check_references() returns trigger
  language plpgsql
as $$
declare
  was constant jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) else '{}' end;
  will constant jsonb := to_jsonb(new);
  found_one boolean;
begin
  if current_user not in ('anon', 'authenticated') then
    return new;
  end if;
  for i in 0 .. tg_nargs / 2 - 1 loop
    if will ->> tg_argv[2 * i] is not null and will ->> tg_argv[2 * i] is distinct from was ->> tg_argv[2 * i] then
      execute format('select exists (select from crm.%I t where t.workspace_id = $1 and t.id = $2)', tg_argv[2 * i + 1])
        into found_one using new.workspace_id, (will ->> tg_argv[2 * i])::uuid;
      if not found_one then
        raise exception using errcode = 'PT409',
          message = format('%s: there is no row %s of %s', tg_argv[2 * i], will ->> tg_argv[2 * i], tg_argv[2 * i + 1]);
      end if;
    end if;
  end loop;
  return new;
end $$;

create or replace trigger contacts_check_references before insert or update of lead_id on crm.contacts
  for each row execute function crm.check_references('lead_id', 'leads');
create or replace trigger messages_check_references before insert or update of lead_id, contact_id on crm.messages
  for each row execute function crm.check_references('lead_id', 'leads', 'contact_id', 'contacts');
create or replace trigger calls_check_references before insert or update of lead_id, contact_id on crm.calls
  for each row execute function crm.check_references('lead_id', 'leads', 'contact_id', 'contacts');
create or replace trigger transcripts_check_references before insert or update of call_id on crm.transcripts
  for each row execute function crm.check_references('call_id', 'calls');
create or replace trigger deals_check_references before insert or update of lead_id, property_id on crm.deals
  for each row execute function crm.check_references('lead_id', 'leads', 'property_id', 're_properties');
create or replace trigger re_documents_check_references before insert or update of property_id, deal_id on crm.re_documents
  for each row execute function crm.check_references('property_id', 're_properties', 'deal_id', 'deals');

-- Leads

create or replace function crm.refuse_hidden_delete() returns trigger
  language plpgsql
as $$
begin
  raise exception using errcode = 'PT409',
    message = 'is_deleted of a lead is changed by crm.delete_lead and crm.restore_lead';
end $$;

-- In those functions current_user is their owner.
create or replace trigger leads_refuse_hidden_delete before update of is_deleted on crm.leads
  for each row when (old.is_deleted is distinct from new.is_deleted and current_user in ('anon', 'authenticated'))
  execute function crm.refuse_hidden_delete();

-- Finds and locks a lead that the caller may delete: the own, any of the workspace for an admin, any for the server.
create or replace function crm.lock_lead(lead uuid, workspace uuid) returns crm.leads
  language plpgsql volatile
  set search_path = ''
as $$
declare
  l crm.leads;
begin
  select * into l from crm.leads t
    where t.workspace_id = workspace and t.id = lead
      and (current_setting('role') not in ('anon', 'authenticated')
           or t.workspace_id = plat.ws() and (t.user_id = plat.uid() or plat.has_role('crm.admin')))
    for update;
  if l.id is null then
    raise exception using errcode = 'PT404', message = format('there is no lead %s', lead);
  end if;
  return l;
end $$;
revoke all on function crm.lock_lead(uuid, uuid) from public;

create or replace function crm.delete_lead(lead_id uuid, workspace_id uuid default plat.ws()) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  if (crm.lock_lead(delete_lead.lead_id, delete_lead.workspace_id)).is_deleted then
    raise exception using errcode = 'PT409', message = format('lead %s is deleted already', delete_lead.lead_id);
  end if;
  update crm.leads l set is_deleted = true
    where l.workspace_id = delete_lead.workspace_id and l.id = delete_lead.lead_id;
end $$;
comment on function crm.delete_lead(uuid, uuid) is 'Hides a lead from all but admins; crm.restore_lead brings it back.';

create or replace function crm.restore_lead(lead_id uuid, workspace_id uuid default plat.ws()) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  if not (crm.lock_lead(restore_lead.lead_id, restore_lead.workspace_id)).is_deleted then
    raise exception using errcode = 'PT409', message = format('lead %s is not deleted', restore_lead.lead_id);
  end if;
  update crm.leads l set is_deleted = false
    where l.workspace_id = restore_lead.workspace_id and l.id = restore_lead.lead_id;
exception when unique_violation then
  raise exception using errcode = 'PT409',
    message = format('another lead has the e-mail address or telephone number of lead %s by now', restore_lead.lead_id);
end $$;
comment on function crm.restore_lead(uuid, uuid) is 'Brings a deleted lead back.';

create or replace function crm.purge_lead(lead_id uuid, workspace_id uuid default plat.ws()) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  if not (crm.lock_lead(purge_lead.lead_id, purge_lead.workspace_id)).is_deleted then
    raise exception using errcode = 'PT409', message = format('lead %s has to be deleted before it is purged', purge_lead.lead_id);
  end if;
  delete from crm.leads l where l.workspace_id = purge_lead.workspace_id and l.id = purge_lead.lead_id;
end $$;
comment on function crm.purge_lead(uuid, uuid) is
  'Removes a deleted lead for good, with its documents, messages and calls; deals and contacts stay without it.';

revoke all on function crm.delete_lead(uuid, uuid), crm.restore_lead(uuid, uuid), crm.purge_lead(uuid, uuid) from public;
grant execute on function crm.delete_lead(uuid, uuid), crm.restore_lead(uuid, uuid), crm.purge_lead(uuid, uuid)
  to authenticated, service_role, plat_worker;

-- Nothing goes out to a lead that opted out, whether the message names the lead, a contact of it, or only its address. The
-- lead is locked, so that of an opting out and a message at the same time one sees the other.
create or replace function crm.refuse_opted_out() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  lead record;
begin
  for lead in
    select l.opt_status from crm.leads l
      where l.workspace_id = new.workspace_id
        and l.id in (new.lead_id, (select c.lead_id from crm.contacts c
                                     where c.workspace_id = new.workspace_id and c.id = new.contact_id))
      for share
  loop
    if lead.opt_status = 'opted_out' then
      raise exception using errcode = 'PT409', message = 'the lead has opted out: no message goes out to it';
    end if;
  end loop;
  if new.to_address is not null
     and (exists (select from crm.leads l where lower(l.email) = lower(new.to_address)
                    and l.workspace_id = new.workspace_id and l.opt_status = 'opted_out')
          or exists (select from crm.leads l where l.phone = new.to_address
                       and l.workspace_id = new.workspace_id and l.opt_status = 'opted_out')) then
    raise exception using errcode = 'PT409',
      message = format('a lead with the address %s has opted out: no message goes out to it', new.to_address);
  end if;
  return new;
end $$;
revoke all on function crm.refuse_opted_out() from public;

create or replace trigger messages_refuse_opted_out
  before insert or update of direction, lead_id, contact_id, to_address on crm.messages
  for each row when (new.direction = 'outgoing') execute function crm.refuse_opted_out();

create or replace function crm.stop_messages() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update crm.messages m set status = 'failed', error_message = 'the lead opted out before the message was sent'
    where m.workspace_id = new.workspace_id and m.lead_id = new.id and m.direction = 'outgoing' and m.status = 'pending';
  return null;
end $$;
revoke all on function crm.stop_messages() from public;

create or replace trigger leads_stop_messages after update of opt_status on crm.leads
  for each row when (new.opt_status = 'opted_out' and old.opt_status is distinct from new.opt_status)
  execute function crm.stop_messages();

-- Properties

create or replace function crm.check_year_built() returns trigger
  language plpgsql
as $$
declare
  last_year constant integer := extract(year from now())::integer + 5;
begin
  if new.year_built > last_year then
    raise exception using errcode = 'PT400', message = format('year_built %s is after %s', new.year_built, last_year);
  end if;
  return new;
end $$;

create or replace trigger re_properties_check_year_built before insert or update of year_built on crm.re_properties
  for each row when (new.year_built is not null) execute function crm.check_year_built();

-- Deals

create or replace trigger deals_check_begin before insert on crm.deals
  for each row execute function plat.check_step('crm.deals', 'status');
create or replace trigger deals_check_step before update of status on crm.deals
  for each row when (old.status is distinct from new.status) execute function plat.check_step('crm.deals', 'status');

create or replace function crm.log_deal_change() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into crm.deal_events (workspace_id, deal_id, event_type, description, metadata, created_by)
    select new.workspace_id, new.id, e.event_type, format('%s: %s -> %s', e.field, coalesce(e.was, '-'), coalesce(e.will, '-')),
           jsonb_build_object('from', e.was, 'to', e.will), plat.uid()
      from (values ('stage_changed', 'stage', old.stage, new.stage),
                   ('status_changed', 'status', old.status::text, new.status::text),
                   ('value_changed', 'estimated value', old.estimated_value::text, new.estimated_value::text))
           e (event_type, field, was, will)
      where e.was is distinct from e.will;
  return null;
end $$;
revoke all on function crm.log_deal_change() from public;

create or replace trigger deals_log_change after update of stage, status, estimated_value on crm.deals
  for each row
  when ((old.stage, old.status, old.estimated_value) is distinct from (new.stage, new.status, new.estimated_value))
  execute function crm.log_deal_change();

-- A document comes to a deal, leaves it, or is replaced. A deal that is being deleted takes no events any more.
create or replace function crm.log_document_change() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  left_deal constant uuid := case when tg_op <> 'INSERT' then old.deal_id end;
  came_to constant uuid := case when tg_op <> 'DELETE' then new.deal_id end;
  document constant crm.re_documents := case when tg_op = 'DELETE' then old else new end;
begin
  insert into crm.deal_events (workspace_id, deal_id, event_type, description, metadata, created_by)
    select d.workspace_id, d.id, e.event_type, document.title,
           jsonb_build_object('document_id', document.id, 'type', document.type), plat.uid()
      from (values (came_to, 'document_uploaded', came_to is distinct from left_deal),
                   (left_deal, 'document_removed', came_to is distinct from left_deal),
                   (came_to, 'document_changed', came_to = left_deal)) e (deal_id, event_type, happened)
      join crm.deals d on d.workspace_id = document.workspace_id and d.id = e.deal_id
      where e.happened;
  return null;
end $$;
revoke all on function crm.log_document_change() from public;

create or replace trigger re_documents_log_change after insert or delete on crm.re_documents
  for each row execute function crm.log_document_change();
create or replace trigger re_documents_log_update after update of deal_id, title, type, file_url on crm.re_documents
  for each row
  when ((old.deal_id, old.title, old.type, old.file_url) is distinct from (new.deal_id, new.title, new.type, new.file_url))
  execute function crm.log_document_change();

-- AI jobs

create or replace trigger ai_jobs_check_begin before insert on crm.ai_jobs
  for each row execute function plat.check_step('crm.ai_jobs', 'status');
create or replace trigger ai_jobs_check_step before update of status on crm.ai_jobs
  for each row when (old.status is distinct from new.status) execute function plat.check_step('crm.ai_jobs', 'status');

create or replace function crm.follow_job_step() returns trigger
  language plpgsql
as $$
begin
  case new.status
    when 'queued' then
      if old.attempts >= 5 then
        raise exception using errcode = 'PT409', message = format('AI job %s has used all of its 5 attempts', new.id);
      end if;
      new.started_at := null;
      new.completed_at := null;
    when 'running' then
      new.attempts := old.attempts + 1;
      new.started_at := now();
      new.error_message := null;
    else
      new.completed_at := now();
  end case;
  return new;
end $$;

-- Fires after ai_jobs_check_step, by name.
create or replace trigger ai_jobs_follow_step before update of status on crm.ai_jobs
  for each row when (old.status is distinct from new.status) execute function crm.follow_job_step();
