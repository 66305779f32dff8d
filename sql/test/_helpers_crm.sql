-- One row of every crm table in both workspaces, called by name: tests.id('a_lead'), 'b_deal' and so on. Rows belong to a_agent
-- and b_agent; a_boss and b_boss are admins of the CRM; a_gone is a deleted lead, a_other_lead one of a_agent2.
create function tests.crm_rows() returns void language plpgsql as $$
declare
  l text;
  ws uuid;
  owner uuid;
begin
  perform tests.two_tenants();
  perform tests.add_login('a_boss', 'a', 'agent'), tests.add_login('b_boss', 'b', 'agent');
  update crm.profiles set role = 'admin' where email in ('a_boss@example.org', 'b_boss@example.org');
  insert into tests.names
    select letter || '_' || what, md5(letter || '_' || what)::uuid
      from unnest(array['a', 'b']) letter,
           unnest(array['key', 'plan', 'lead', 'gone', 'other_lead', 'contact', 'message', 'call', 'transcript', 'property', 'deal',
                        'deal_event', 'document', 'loose_document', 'lead_document', 'gone_document', 'job', 'log']) what;
  foreach l in array array['a', 'b'] loop
    ws := tests.ws(l);
    owner := tests.id(l || '_agent');
    insert into crm.api_keys (id, user_id, service, key_ciphertext, nonce, salt)
      values (tests.id(l || '_key'), owner, 'openai', 'v1.k.c2VhbGVk', 'bm9uY2U=', 'c2FsdA==');
    insert into crm.user_plans (id, user_id, plan_name) values (tests.id(l || '_plan'), owner, 'pro');
    insert into crm.leads (id, workspace_id, user_id, name, email, phone, is_deleted)
      values (tests.id(l || '_lead'), ws, owner, 'Lee', 'lee@example.org', '+13055550101', false),
             (tests.id(l || '_gone'), ws, owner, 'Gone', 'gone@example.org', null, true),
             (tests.id(l || '_other_lead'), ws, coalesce((select id from tests.names where name = l || '_agent2'),
                                                         tests.id(l || '_client')), 'Other', null, null, false);
    insert into crm.contacts (id, workspace_id, user_id, lead_id, name)
      values (tests.id(l || '_contact'), ws, owner, tests.id(l || '_lead'), 'Cousin');
    insert into crm.messages (id, workspace_id, user_id, lead_id, contact_id, channel, direction)
      values (tests.id(l || '_message'), ws, owner, tests.id(l || '_lead'), tests.id(l || '_contact'), 'sms', 'outgoing');
    insert into crm.calls (id, workspace_id, user_id, lead_id, contact_id, direction)
      values (tests.id(l || '_call'), ws, owner, tests.id(l || '_lead'), tests.id(l || '_contact'), 'incoming');
    insert into crm.transcripts (id, workspace_id, user_id, call_id)
      values (tests.id(l || '_transcript'), ws, owner, tests.id(l || '_call'));
    insert into crm.re_properties (id, workspace_id, user_id, address_line_1, city, state, zip)
      values (tests.id(l || '_property'), ws, owner, '1 Ocean Dr', 'Miami', 'FL', '33139');
    insert into crm.deals (id, workspace_id, user_id, lead_id, property_id, title)
      values (tests.id(l || '_deal'), ws, owner, tests.id(l || '_lead'), tests.id(l || '_property'), 'Ocean Drive');
    insert into crm.deal_events (id, workspace_id, deal_id, event_type)
      values (tests.id(l || '_deal_event'), ws, tests.id(l || '_deal'), 'note_added');
    insert into crm.re_documents (id, workspace_id, user_id, property_id, deal_id, title, type, file_url)
      values (tests.id(l || '_document'), ws, owner, tests.id(l || '_property'), tests.id(l || '_deal'), 'Deed', 'deed', 'x/deed.pdf'),
             (tests.id(l || '_loose_document'), ws, owner, null, null, 'Comps', 'comp', 'x/comps.pdf');
    insert into crm.re_property_documents (workspace_id, property_id, document_id)
      values (ws, tests.id(l || '_property'), tests.id(l || '_document'));
    insert into crm.re_lead_documents (id, workspace_id, lead_id, title, type, file_url)
      values (tests.id(l || '_lead_document'), ws, tests.id(l || '_lead'), 'W-9', 'w9', 'x/w9.pdf'),
             (tests.id(l || '_gone_document'), ws, tests.id(l || '_gone'), 'W-9', 'w9', 'x/w9-gone.pdf');
    insert into crm.ai_jobs (id, workspace_id, deal_id, job_type)
      values (tests.id(l || '_job'), ws, tests.id(l || '_deal'), 'property_valuation');
    insert into crm.system_logs (id, workspace_id, level, source, message)
      values (tests.id(l || '_log'), ws, 'info', 'test', 'hello');
  end loop;
end $$;

-- One statement on a row of workspace A, held against everybody in this order: whose row it is, a colleague, an admin of the
-- CRM, an admin of the workspace who is none of the CRM, another tenant's admin of the CRM, one of no tenant, anon, service.
create function tests.crm_expect(statement text, wants text) returns setof text language sql as $$
  select tests.expect(w.who, statement, w.want)
    from rows from (unnest(array['a_agent', 'a_agent2', 'a_boss', 'a_admin', 'b_boss', 'drifter', 'anon', 'service']),
                    regexp_split_to_table(wants, '\s+')) with ordinality w (who, want, n) order by n;
$$;
