-- Organisations: what each row's seen_by holds, who may do what, and which modules are licensed.
--
-- developer  everything; a role that only the service role grants
-- admin      everything of the organisation and its people; licences are read, developers granted by the service role
-- user       their own, and their organisation's name

-- One key finds every row that the caller may see: seen_by of a row holds the nil UUID, its organisations and its people.
-- "is developer or is admin and … or user_id = …" could use no index.
create or replace function plat.org_key() returns uuid
  language sql stable parallel safe
  return case when plat.has_role('org.developer') then '00000000-0000-0000-0000-000000000000'::uuid
              when plat.has_role('org.admin') then plat.org()
              else plat.uid() end;
comment on function plat.org_key() is 'What the caller looks for in seen_by: nil for developers, an admin''s organisation, or themselves.';

-- For tables of organisations, which have no people: a range of organization_id.
create or replace function plat.org_from() returns uuid
  language sql stable parallel safe
  return case when plat.has_role('org.developer') then '00000000-0000-0000-0000-000000000000'::uuid
              when plat.has_role('org.admin') then plat.org() end;
comment on function plat.org_from() is 'The first organisation that the caller administers.';
create or replace function plat.org_to() returns uuid
  language sql stable parallel safe
  return case when plat.has_role('org.developer') then 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid
              when plat.has_role('org.admin') then plat.org() end;
comment on function plat.org_to() is 'The last organisation that the caller administers.';

do $$
declare
  name text;
begin
  foreach name in array array['organizations', 'user_profile', 'org_modules', 'licenses', 'customers', 'customer_email',
                              'customer_phone', 'user_preferences', 'conversations', 'chat_messages', 'functions', 'key_store'] loop
    execute format('create or replace trigger %I before update on org.%I for each row execute function plat.touch_updated_at()',
                   name || '_touch', name);
  end loop;
end $$;

-- Keeping seen_by

create or replace function org.keep_organization() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if tg_table_name = 'customer_user' then
    select p.organization_id, p.user_id into new.organization_id, new.login_id from org.user_profile p where p.id = new.user_id;
  elsif tg_table_name = 'functions' then
    new.organization_id := (select p.organization_id from org.user_profile p where p.user_id = new.created_by);
  else
    new.organization_id := (select p.organization_id from org.user_profile p where p.user_id = new.user_id);
  end if;
  return new;
end $$;
revoke all on function org.keep_organization() from public;

do $$
declare
  name text;
begin
  foreach name in array array['user_preferences', 'functions', 'key_store', 'vector_store', 'customer_user'] loop
    execute format('create or replace trigger %I before insert or update on org.%I for each row execute function org.keep_organization()',
                   name || '_keep_organization', name);
  end loop;
end $$;

-- The lock comes first and the reading in a statement of its own, so that of two changes at once the later one sees both.
-- (A lock for update would wait for foreign keys' own locks, and two writers would wait for each other.)
create or replace function org.refresh_conversation(conversation uuid) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  owner constant uuid := (select c.user_id from org.conversations c where c.id = conversation for no key update);
  seers uuid[];
begin
  select org.seers(variadic array_agg(distinct who.id)) into seers
    from (select owner as id
          union select unnest(array[p.user_id, p.organization_id]) from org.user_profile p
            where p.user_id = owner
               or p.id in (select m.user_id from org.chat_messages m where m.conversation_id = conversation)) who;
  update org.conversations c set seen_by = seers where c.id = conversation and c.seen_by <> seers;
end $$;
revoke all on function org.refresh_conversation(uuid) from public;

create or replace function org.refresh_customer(customer uuid) returns void
  language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  seers uuid[];
begin
  perform from org.customers c where c.id = customer for no key update;
  select org.seers(variadic array_agg(distinct who.id)) into seers
    from (select l.organization_id as id from org.customer_organization l where l.customer_id = customer
          union select unnest(array[l.organization_id, l.login_id]) from org.customer_user l where l.customer_id = customer) who;
  update org.customers c set seen_by = seers where c.id = customer and c.seen_by <> seers;
end $$;
revoke all on function org.refresh_customer(uuid) from public;

create or replace function org.begin_conversation() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  new.seen_by := org.seers(new.user_id, (select p.organization_id from org.user_profile p where p.user_id = new.user_id));
  return new;
end $$;
revoke all on function org.begin_conversation() from public;

create or replace trigger conversations_begin before insert on org.conversations
  for each row execute function org.begin_conversation();

create or replace function org.follow_owner() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform org.refresh_conversation(new.id);
  return null;
end $$;
revoke all on function org.follow_owner() from public;

create or replace trigger conversations_follow_owner after update of user_id on org.conversations
  for each row when (old.user_id is distinct from new.user_id) execute function org.follow_owner();

create or replace function org.follow_writers() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    perform org.refresh_conversation(old.conversation_id);
  end if;
  -- Most messages are by somebody who wrote here before.
  if tg_op <> 'DELETE' and not exists (
       select from org.conversations c join org.user_profile p on p.id = new.user_id
         where c.id = new.conversation_id and c.seen_by @> array[p.user_id, p.organization_id]) then
    perform org.refresh_conversation(new.conversation_id);
  end if;
  return null;
end $$;
revoke all on function org.follow_writers() from public;

create or replace trigger chat_messages_follow_writers after insert or delete or update of user_id, conversation_id
  on org.chat_messages for each row execute function org.follow_writers();

-- A customer made by a person is that person's and their organisation's.
create or replace function org.begin_customer() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if tg_when = 'BEFORE' then
    new.seen_by := case when plat.org_profile() is null then org.seers(null::uuid) else org.seers(plat.org(), plat.uid()) end;
  elsif plat.org_profile() is not null then
    insert into org.customer_organization (customer_id, organization_id) values (new.id, plat.org());
    insert into org.customer_user (customer_id, user_id) values (new.id, plat.org_profile());
  end if;
  return new;
end $$;
revoke all on function org.begin_customer() from public;

create or replace trigger customers_begin before insert on org.customers
  for each row execute function org.begin_customer();
create or replace trigger customers_begin_links after insert on org.customers
  for each row execute function org.begin_customer();

create or replace function org.follow_links() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    perform org.refresh_customer(old.customer_id);
  end if;
  if tg_op <> 'DELETE' then
    perform org.refresh_customer(new.customer_id);
  end if;
  return null;
end $$;
revoke all on function org.follow_links() from public;

create or replace trigger customer_organization_follow_links after insert or update or delete on org.customer_organization
  for each row execute function org.follow_links();
create or replace trigger customer_user_follow_links after insert or update or delete on org.customer_user
  for each row execute function org.follow_links();

-- A person joins, leaves or changes the organisation: what is theirs goes along. The updates change nothing themselves, they
-- wake the triggers above.
create or replace function org.follow_profile() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  logins constant uuid[] := array_remove(array[case when tg_op <> 'INSERT' then old.user_id end,
                                               case when tg_op <> 'DELETE' then new.user_id end], null);
  profile constant uuid := case when tg_op = 'DELETE' then old.id else new.id end;
begin
  update org.user_preferences t set organization_id = null where t.user_id = any (logins);
  update org.key_store t set organization_id = null where t.user_id = any (logins);
  update org.vector_store t set organization_id = null where t.user_id = any (logins);
  update org.functions t set organization_id = null where t.created_by = any (logins);
  update org.customer_user t set login_id = null where t.user_id = profile;
  perform org.refresh_conversation(c.id) from org.conversations c
    where c.user_id = any (logins)
       or c.id in (select m.conversation_id from org.chat_messages m where m.user_id = profile);
  return null;
end $$;
revoke all on function org.follow_profile() from public;

create or replace trigger user_profile_follow after insert or delete or update of organization_id, user_id on org.user_profile
  for each row execute function org.follow_profile();

-- What policies cannot say

-- A login is brought into an organisation by whoever it trusts already: an invitation, the server, or the admin of an
-- organisation that it works in. Otherwise an admin could take a stranger's login in and read what is theirs.
create or replace function org.guard_profile() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if current_setting('role') not in ('anon', 'authenticated') then
    return new;
  end if;
  if new.role = 'developer' and (tg_op = 'INSERT' or old.role <> 'developer') then
    raise exception using errcode = 'PT403', message = 'only the service role makes somebody a developer';
  end if;
  if new.user_id is not null and (tg_op = 'INSERT' or new.user_id is distinct from old.user_id)
     and not plat.has_role('org.developer')
     and not exists (select from mls.user_profiles p join mls.workspaces w on w.id = p.workspace_id
                       where p.id = new.user_id and w.organization_id = new.organization_id) then
    raise exception using errcode = 'PT403',
      message = format('login %s works in no workspace of this organisation: invite the person', new.user_id);
  end if;
  return new;
end $$;
revoke all on function org.guard_profile() from public;

create or replace trigger user_profile_guard before insert or update on org.user_profile
  for each row execute function org.guard_profile();

create or replace function org.check_license_module() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if (select l.organization_id from org.licenses l where l.id = new.license_id)
     <> (select m.organization_id from org.org_modules m where m.id = new.module_id) then
    raise exception using errcode = 'PT409',
      message = format('module %s and licence %s belong to different organisations', new.module_id, new.license_id);
  end if;
  return new;
end $$;
revoke all on function org.check_license_module() from public;

create or replace trigger license_modules_check before insert or update on org.license_modules
  for each row execute function org.check_license_module();

create or replace function org.refuse_reassignment() returns trigger
  language plpgsql
as $$
begin
  raise exception using errcode = 'PT409', message = format('a row of %I.%I stays with its organisation', tg_table_schema, tg_table_name);
end $$;

-- Otherwise moving a licence would leave it with modules of another organisation.
create or replace trigger licenses_refuse_reassignment before update of organization_id on org.licenses
  for each row when (old.organization_id <> new.organization_id) execute function org.refuse_reassignment();
create or replace trigger org_modules_refuse_reassignment before update of organization_id on org.org_modules
  for each row when (old.organization_id <> new.organization_id) execute function org.refuse_reassignment();

-- A customer that others reach as well is theirs, too.
create or replace function org.guard_customer() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if current_setting('role') not in ('anon', 'authenticated') or plat.has_role('org.developer') then
    return old;
  end if;
  if exists (select from org.customer_organization l where l.customer_id = old.id and l.organization_id <> plat.org())
     or exists (select from org.customer_user l where l.customer_id = old.id
                  and (l.organization_id <> plat.org() or l.user_id <> plat.org_profile() and not plat.has_role('org.admin'))) then
    raise exception using errcode = 'PT409', message = 'others look after this customer, too: remove your own link to it instead';
  end if;
  return old;
end $$;
revoke all on function org.guard_customer() from public;

create or replace trigger customers_guard before delete on org.customers
  for each row execute function org.guard_customer();

-- A new key has to be tried again before it counts as verified; the worker that tries keys says so itself.
create or replace function org.forget_verified() returns trigger
  language plpgsql
as $$
begin
  new.verified := false;
  return new;
end $$;

create or replace trigger key_store_forget_verified before update of api_key, provider on org.key_store
  for each row
  when ((old.api_key, old.provider) is distinct from (new.api_key, new.provider) and current_user <> 'plat_worker')
  execute function org.forget_verified();

-- Licences

create or replace function org.of_request() returns uuid
  language sql stable security definer
  set search_path = ''
  return coalesce((select w.organization_id from mls.workspaces w where w.id = plat.ws()), plat.org());
comment on function org.of_request() is 'The organisation a request is for: of the workspace, otherwise of the login.';

create or replace function org.licensed_modules(organization uuid default org.of_request()) returns setof text
  language sql stable security definer
  set search_path = ''
begin atomic
  select m.module from unnest(array['mls', 'marketing', 'ops', 'crm', 'assistant']) m (module)
    where (current_setting('role') not in ('anon', 'authenticated') or plat.has_role('org.developer')
           or organization is not distinct from org.of_request() or organization = plat.org())
      and (not exists (select from org.organizations)
           or exists (select from org.licenses l
                        join org.license_modules lm on lm.license_id = l.id
                        join org.org_modules o on o.id = lm.module_id
                        where l.organization_id = organization and (l.expiration_date is null or l.expiration_date > now())
                          and o.module_name = m.module));
end;
comment on function org.licensed_modules(uuid) is
  'The modules that an organisation has an unexpired licence for; all of them where there are no organisations. Ask for the own.';

create or replace function org.module_enabled(module text, organization uuid default org.of_request()) returns boolean
  language sql stable
  return module in (select l.module from org.licensed_modules(organization) l (module));
comment on function org.module_enabled(text, uuid) is 'Whether a request into the module is served; otherwise it gets 402.';
