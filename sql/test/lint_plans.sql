-- The plan of reading each tenant table as a login: the policy gives an index condition on workspace_id, and nothing runs for each
-- row unless the policy follows a parent by EXISTS. Plain scans are switched off, for the tables are empty.
begin;
select no_plan();
select tests.two_tenants();
set local enable_seqscan = off;
set local jit = off;

create temporary table plans as
  select t.full_name, tests.plan_of('a_admin', 'select from ' || t.full_name) as plan,
         exists (select from tests.policies p where p.table_oid = t.oid and p.command = 'select' and p.expression ~ 'EXISTS') as follows
    from tests.tables t
    where t.class = 'tenant' and has_any_column_privilege('authenticated', t.oid, 'select')
      and exists (select from tests.policies p where p.table_oid = t.oid and p.command = 'select');

select cmp_ok(count(*), '>', 10::bigint, 'there are tables to look at') from plans;
select ok(plan ~ 'Index Cond: \(+workspace_id = (\$\d|\(InitPlan)' or plan ~ 'One-Time Filter: false',
          full_name || ' is read by workspace_id') || case when plan ~ 'Index Cond: \(+workspace_id' then '' else E'\n' || diag(plan) end
  from plans order by full_name;
select ok(plan !~ 'SubPlan', full_name || ' runs nothing for each row') || case when plan !~ 'SubPlan' then '' else E'\n' || diag(plan) end
  from plans where not follows order by full_name;

select * from finish();
rollback;
