-- What row level security costs in the CRM and in organisations: a person's rows are found by index, whatever there is of others.
-- Twenty people with 100 rows each in both workspaces, and 2,000 strangers; an admin's page may read the workspace, a person's may not.
begin;
select no_plan();
select tests.crm_rows();
select tests.logout();
set local jit = off;

insert into auth.users (id, email) select md5('p' || n)::uuid, 'p' || n || '@example.org' from generate_series(1, 40) n;
insert into auth.users (id, is_anonymous) select md5('s' || n)::uuid, true from generate_series(1, 2000) n;
insert into mls.user_profiles (id, workspace_id, role)
  select md5('p' || n)::uuid, tests.ws(case when n % 2 = 0 then 'a' else 'b' end), 'agent' from generate_series(1, 40) n
  on conflict (id) do update set workspace_id = excluded.workspace_id;
insert into crm.leads (workspace_id, user_id, name)
  select p.workspace_id, p.id, 'Lead ' || i from mls.user_profiles p, generate_series(1, 100) i
    where p.workspace_id in (tests.ws('a'), tests.ws('b'));
insert into crm.deals (workspace_id, user_id, title) select l.workspace_id, l.user_id, l.name from crm.leads l;
insert into crm.deal_events (workspace_id, deal_id, event_type) select d.workspace_id, d.id, 'x' from crm.deals d;
insert into crm.contacts (workspace_id, user_id, name) select l.workspace_id, l.user_id, l.name from crm.leads l;
insert into org.organizations (id, name) values (md5('org')::uuid, 'Org');
insert into org.user_preferences (user_id, preference_key)
  select p.id, 'key ' || i from mls.user_profiles p, generate_series(1, 100) i;
insert into org.conversations (user_id, title) select f.user_id, 'x' from org.user_preferences f;
insert into org.customers (name, first_name, last_name) select 'x', 'x', 'x' from generate_series(1, 2000);
insert into org.user_profile (organization_id, role, user_id) values (md5('org')::uuid, 'user', tests.id('a_agent')),
                                                                    (md5('org')::uuid, 'admin', tests.id('a_boss'));
analyze crm.leads, crm.deals, crm.deal_events, crm.contacts, crm.profiles, org.user_preferences, org.conversations, org.customers,
        org.user_profile;

create function pg_temp.holds(who text, statement text, wanted text, description text) returns setof text language plpgsql as $$
declare
  plan text := tests.plan_of(who, statement);
begin
  return next matches(plan, wanted, description);
  return next doesnt_match(plan, 'Seq Scan', description || ', no table is read through');
end $$;

-- Own rows: workspace and person are one condition on one index, for admins as a range.
select pg_temp.holds(who, format('select id from crm.%s order by created_at desc limit 25', t),
                     'Index Cond: \(+workspace_id = \$\d\) AND \(user_id >= \$\d\) AND \(user_id <= \$\d\)\)', who || '''s page of ' || t)
  from unnest(array['a_agent', 'a_boss']) who, unnest(array['leads', 'deals', 'contacts']) t;
select pg_temp.holds('a_agent', 'select count(*) from crm.leads', 'user_id >= ', 'a count');
select pg_temp.holds('a_agent', 'select id from crm.leads where status = ''new'' order by name limit 25', 'user_id >= ', 'a page by name');
select pg_temp.holds('a_agent', format('select id from crm.leads where workspace_id = %L and id = %L', tests.ws('a'), tests.id('a_lead')),
                     'Index Scan using leads_pkey', 'one lead by key');
select pg_temp.holds('a_agent', $$ update crm.leads set name = 'x' where lower(email) = 'lee@example.org' $$, 'Index Cond', 'an update');
select pg_temp.holds('a_agent', format('select id from crm.deal_events where workspace_id = %L and deal_id = %L', tests.ws('a'), tests.id('a_deal')),
                     'Index Cond: .*deal_id = .*SubPlan', 'a deal''s events look at the deal, once for each');
select pg_temp.holds('a_agent', 'select id from crm.profiles', 'BitmapOr', 'profiles: the own one and nothing else');

-- Organisations: one key of the caller finds the rows.
select pg_temp.holds(who, format('select id from org.%s', t), 'Index Cond: \(seen_by @> ARRAY\[\$\d\]\)', who || '''s ' || t)
  from unnest(array['a_agent', 'a_boss', 'drifter']) who, unnest(array['user_preferences', 'conversations', 'customers']) t;

select * from finish();
rollback;
