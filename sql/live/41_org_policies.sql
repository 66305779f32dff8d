-- Who may do what with organisations; see 40_org.sql for the roles and for seen_by.

-- The own organisation is known to everybody in it; which there are is the developers' business.
drop policy if exists organizations_members_select on org.organizations;
create policy organizations_members_select on org.organizations for select
  using (id = (select plat.org()) or (select plat.has_role('org.developer')));
drop policy if exists organizations_developer_insert on org.organizations;
create policy organizations_developer_insert on org.organizations for insert
  with check ((select plat.has_role('org.developer')));
drop policy if exists organizations_admin_update on org.organizations;
create policy organizations_admin_update on org.organizations for update
  using (id between (select plat.org_from()) and (select plat.org_to()))
  with check (id between (select plat.org_from()) and (select plat.org_to()));
drop policy if exists organizations_developer_delete on org.organizations;
create policy organizations_developer_delete on org.organizations for delete
  using ((select plat.has_role('org.developer')));

-- A developer's profile is changed by developers only.
drop policy if exists user_profile_self_and_admin_select on org.user_profile;
create policy user_profile_self_and_admin_select on org.user_profile for select
  using (seen_by @> array[(select plat.org_key())]);
drop policy if exists user_profile_admin_insert on org.user_profile;
create policy user_profile_admin_insert on org.user_profile for insert
  with check (organization_id between (select plat.org_from()) and (select plat.org_to()));
drop policy if exists user_profile_admin_update on org.user_profile;
create policy user_profile_admin_update on org.user_profile for update
  using (organization_id between (select plat.org_from()) and (select plat.org_to())
         and (role <> 'developer' or (select plat.has_role('org.developer'))))
  with check (organization_id between (select plat.org_from()) and (select plat.org_to()));
drop policy if exists user_profile_admin_delete on org.user_profile;
create policy user_profile_admin_delete on org.user_profile for delete
  using (organization_id between (select plat.org_from()) and (select plat.org_to())
         and (role <> 'developer' or (select plat.has_role('org.developer'))));

-- Licences: an organisation reads its own and cannot write them, or a licence would mean nothing.
do $$
declare
  name text;
begin
  foreach name in array array['org_modules', 'licenses', 'license_modules'] loop
    execute format($policies$
      drop policy if exists %1$s_admin_select on org.%1$s;
      create policy %1$s_admin_select on org.%1$s for select using (%2$s);
      drop policy if exists %1$s_developer_insert on org.%1$s;
      create policy %1$s_developer_insert on org.%1$s for insert with check ((select plat.has_role('org.developer')));
      drop policy if exists %1$s_developer_update on org.%1$s;
      create policy %1$s_developer_update on org.%1$s for update
        using ((select plat.has_role('org.developer'))) with check ((select plat.has_role('org.developer')));
      drop policy if exists %1$s_developer_delete on org.%1$s;
      create policy %1$s_developer_delete on org.%1$s for delete using ((select plat.has_role('org.developer')));
    $policies$, name,
      case when name = 'license_modules' then 'exists (select from org.licenses l where l.id = license_id)'
           else 'organization_id between (select plat.org_from()) and (select plat.org_to())' end);
  end loop;
end $$;

-- Customers, and what belongs to them
drop policy if exists customers_seers_select on org.customers;
create policy customers_seers_select on org.customers for select using (seen_by @> array[(select plat.org_key())]);
drop policy if exists customers_members_insert on org.customers;
create policy customers_members_insert on org.customers for insert with check ((select plat.org_profile()) is not null);
drop policy if exists customers_seers_update on org.customers;
create policy customers_seers_update on org.customers for update
  using (seen_by @> array[(select plat.org_key())]) with check (seen_by @> array[(select plat.org_key())]);
drop policy if exists customers_seers_delete on org.customers;
create policy customers_seers_delete on org.customers for delete using (seen_by @> array[(select plat.org_key())]);

do $$
declare
  name text;
begin
  foreach name in array array['customer_email', 'customer_phone'] loop
    execute format($policies$
      drop policy if exists %1$s_customer_select on org.%1$s;
      create policy %1$s_customer_select on org.%1$s for select
        using (exists (select from org.customers c where c.id = customer_id));
      drop policy if exists %1$s_customer_insert on org.%1$s;
      create policy %1$s_customer_insert on org.%1$s for insert
        with check (exists (select from org.customers c where c.id = customer_id));
      drop policy if exists %1$s_customer_update on org.%1$s;
      create policy %1$s_customer_update on org.%1$s for update
        using (exists (select from org.customers c where c.id = customer_id))
        with check (exists (select from org.customers c where c.id = customer_id));
      drop policy if exists %1$s_customer_delete on org.%1$s;
      create policy %1$s_customer_delete on org.%1$s for delete
        using (exists (select from org.customers c where c.id = customer_id));
    $policies$, name);
  end loop;
end $$;

-- Links: an admin ties to the own organisation and its people a customer that is seen already; knowing an id is not enough.
drop policy if exists customer_organization_admin_select on org.customer_organization;
create policy customer_organization_admin_select on org.customer_organization for select
  using (organization_id between (select plat.org_from()) and (select plat.org_to()));
drop policy if exists customer_organization_admin_insert on org.customer_organization;
create policy customer_organization_admin_insert on org.customer_organization for insert
  with check (organization_id between (select plat.org_from()) and (select plat.org_to())
              and exists (select from org.customers c where c.id = customer_id));
drop policy if exists customer_organization_admin_update on org.customer_organization;
create policy customer_organization_admin_update on org.customer_organization for update
  using (organization_id between (select plat.org_from()) and (select plat.org_to()))
  with check (organization_id between (select plat.org_from()) and (select plat.org_to())
              and exists (select from org.customers c where c.id = customer_id));
drop policy if exists customer_organization_admin_delete on org.customer_organization;
create policy customer_organization_admin_delete on org.customer_organization for delete
  using (organization_id between (select plat.org_from()) and (select plat.org_to()));

drop policy if exists customer_user_seers_select on org.customer_user;
create policy customer_user_seers_select on org.customer_user for select using (seen_by @> array[(select plat.org_key())]);
drop policy if exists customer_user_admin_insert on org.customer_user;
create policy customer_user_admin_insert on org.customer_user for insert
  with check (organization_id between (select plat.org_from()) and (select plat.org_to())
              and exists (select from org.customers c where c.id = customer_id));
drop policy if exists customer_user_admin_update on org.customer_user;
create policy customer_user_admin_update on org.customer_user for update
  using (organization_id between (select plat.org_from()) and (select plat.org_to()))
  with check (organization_id between (select plat.org_from()) and (select plat.org_to())
              and exists (select from org.customers c where c.id = customer_id));
drop policy if exists customer_user_seers_delete on org.customer_user;
create policy customer_user_seers_delete on org.customer_user for delete using (seen_by @> array[(select plat.org_key())]);

-- What people own
do $$
declare
  name text;
begin
  foreach name in array array['user_preferences', 'key_store', 'vector_store', 'conversations'] loop
    execute format($policies$
      drop policy if exists %1$s_seers_select on org.%1$s;
      create policy %1$s_seers_select on org.%1$s for select using (seen_by @> array[(select plat.org_key())]);
      drop policy if exists %1$s_seers_insert on org.%1$s;
      create policy %1$s_seers_insert on org.%1$s for insert with check (seen_by @> array[(select plat.org_key())]);
      drop policy if exists %1$s_seers_update on org.%1$s;
      create policy %1$s_seers_update on org.%1$s for update
        using (seen_by @> array[(select plat.org_key())]) with check (seen_by @> array[(select plat.org_key())]);
      drop policy if exists %1$s_seers_delete on org.%1$s;
      create policy %1$s_seers_delete on org.%1$s for delete using (seen_by @> array[(select plat.org_key())]);
    $policies$, name);
  end loop;
end $$;

-- A function is written in one's own name or, by an admin, of somebody in the organisation; and given to such people.
drop policy if exists functions_seers_select on org.functions;
create policy functions_seers_select on org.functions for select using (seen_by @> array[(select plat.org_key())]);
drop policy if exists functions_seers_insert on org.functions;
create policy functions_seers_insert on org.functions for insert
  with check (seen_by @> array[(select plat.org_key())]
              and (created_by = (select plat.uid())
                   or exists (select from org.user_profile p where p.user_id = functions.created_by))
              and (user_id is null or user_id = (select plat.uid())
                   or exists (select from org.user_profile p where p.user_id = functions.user_id)));
drop policy if exists functions_seers_update on org.functions;
create policy functions_seers_update on org.functions for update
  using (seen_by @> array[(select plat.org_key())])
  with check (seen_by @> array[(select plat.org_key())]
              and (user_id is null or user_id = (select plat.uid())
                   or exists (select from org.user_profile p where p.user_id = functions.user_id)));
drop policy if exists functions_seers_delete on org.functions;
create policy functions_seers_delete on org.functions for delete using (seen_by @> array[(select plat.org_key())]);

-- Messages are read with their conversation and written in one's own name; an admin also corrects those of the organisation's
-- people, whose profiles are what an admin sees.
drop policy if exists chat_messages_conversation_select on org.chat_messages;
create policy chat_messages_conversation_select on org.chat_messages for select
  using (exists (select from org.conversations c where c.id = conversation_id));
drop policy if exists chat_messages_writer_insert on org.chat_messages;
create policy chat_messages_writer_insert on org.chat_messages for insert
  with check ((user_id = (select plat.org_profile()) or (select plat.has_role('org.developer')))
              and exists (select from org.conversations c where c.id = conversation_id));
drop policy if exists chat_messages_writer_update on org.chat_messages;
create policy chat_messages_writer_update on org.chat_messages for update
  using (exists (select from org.conversations c where c.id = conversation_id)
         and exists (select from org.user_profile p where p.id = chat_messages.user_id))
  with check (exists (select from org.conversations c where c.id = conversation_id)
              and exists (select from org.user_profile p where p.id = chat_messages.user_id));
drop policy if exists chat_messages_writer_delete on org.chat_messages;
create policy chat_messages_writer_delete on org.chat_messages for delete
  using (exists (select from org.conversations c where c.id = conversation_id)
         and exists (select from org.user_profile p where p.id = chat_messages.user_id));

-- Grants. What triggers keep, and whose a row is, API callers do not set; of a key nobody reads more than that it is there.
grant select, insert, update, delete on all tables in schema org to service_role;
revoke select on org.key_store from service_role;
grant select, insert, update, delete on org.organizations, org.user_profile, org.org_modules, org.licenses, org.license_modules,
  org.customer_email, org.customer_phone, org.customer_organization, org.user_preferences, org.vector_store to authenticated;
grant select, delete on org.customers, org.customer_user, org.conversations, org.chat_messages, org.functions to authenticated;
grant insert (id, name, first_name, last_name), update (name, first_name, last_name) on org.customers to authenticated;
grant insert (id, customer_id, user_id), update (customer_id, user_id) on org.customer_user to authenticated;
grant insert (id, title, subject, user_id), update (title, subject) on org.conversations to authenticated;
grant insert (id, user_id, conversation_id, message_content), update (message_content) on org.chat_messages to authenticated;
grant insert (id, created_by, name, description, code, user_id), update (name, description, code, user_id) on org.functions
  to authenticated;
grant select (id, user_id, provider, verified, created_at, updated_at, organization_id) on org.key_store
  to authenticated, service_role;
grant insert (id, user_id, provider, api_key), update (provider, api_key), delete on org.key_store to authenticated;

revoke all on function org.of_request(), org.licensed_modules(uuid), org.module_enabled(text, uuid) from public;
grant execute on function org.of_request(), org.licensed_modules(uuid), org.module_enabled(text, uuid)
  to authenticated, service_role, plat_worker, authenticator;
grant execute on function org.seers(uuid[]) to anon, authenticated, service_role, plat_worker;
