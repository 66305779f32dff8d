-- What row level security costs a member's page: 20,000 listings, of ten tenants. The workspace must be an index
-- condition and the policy must not run a sub-plan for each row; either mistake costs a factor of ten and more.
begin;
select no_plan();
select tests.two_tenants();
set local jit = off;

-- A plan is made before the settings are read, so the planner thinks of the average tenant: there have to be some.
insert into tests.names select 'ws_0', tests.ws('a')
  union all select 'ws_' || n, tests.make_workspace('tenant-' || n) from generate_series(1, 9) n;
insert into mls.listings (workspace_id, source_listing_key, city, standard_status, list_price, modification_ts)
  select tests.ws((i % 10)::text), 'k' || i, 'City ' || i / 10 % 20,
         case when i / 10 % 3 = 0 then 'Pending' else 'Active' end, 100000 + i, now() - i * interval '1 minute'
    from generate_series(1, 20000) i;
insert into mls.listing_media (workspace_id, listing_id, url)
  select l.workspace_id, l.id, 'https://media.example/' || n from mls.listings l, generate_series(1, 2) n;
insert into mls.favorites (workspace_id, user_id, listing_id)
  select l.workspace_id, u.id, l.id from mls.listings l
    join mls.user_profiles u on u.workspace_id = l.workspace_id where l.list_price % 20 = 0;
analyze mls.listings, mls.listing_media, mls.favorites;

create function pg_temp.holds(who text, statement text, wanted text, description text) returns setof text language plpgsql as $$
declare
  plan text := tests.plan_of(who, statement);
begin
  return next matches(plan, wanted, description);
  return next doesnt_match(plan, 'SubPlan', description || ', nothing runs for each row');
  return next doesnt_match(plan, 'Seq Scan on listing', description || ', no table is read through');
end $$;

select pg_temp.holds(who, $$ select id, city, list_price from mls.listings
    where city = 'City 4' and standard_status = 'Active' and list_price between 100000 and 110000
    order by modification_ts desc limit 25 $$, 'Index Cond: .*workspace_id = (\$\d|\(InitPlan)', who || '''s page of a city')
  from unnest(array['a_admin', 'a_agent', 'a_client']) who;
select pg_temp.holds('a_client', $$ select id from mls.listings order by modification_ts desc limit 25 $$,
                     'Index Scan using listings_modification_ts on listings\s+Index Cond: \(workspace_id = (\$\d|\(InitPlan)', 'the newest page');
select pg_temp.holds('a_client', format('select id from mls.listings where workspace_id = %L and id = %L', tests.ws('a'), tests.ws('a')),
                     'Index Cond: \(+workspace_id = .*AND \(id = ', 'one listing by key');
select pg_temp.holds('a_client', format('select l.id, m.url from mls.listings l
    join mls.listing_media m on m.workspace_id = l.workspace_id and m.listing_id = l.id
    where l.workspace_id = %L and l.city = ''City 4'' order by l.modification_ts desc limit 25', tests.ws('a')),
    'Index Cond: .*listing_id = l\.id', 'a page with its media');
-- For who works there no rule of display is asked.
create function pg_temp.calls(who text, statement text) returns bigint language plpgsql as $$
declare
  n bigint;
begin
  perform tests.login_name(who);
  execute statement;
  perform tests.logout();
  select coalesce(sum(f.calls), 0) into n from pg_stat_xact_user_functions f where f.funcname = 'is_open_to_clients';
  return n;
end $$;
set local track_functions = 'all';
select is(pg_temp.calls(who, 'select count(*) from mls.listings l join mls.listing_media m on (m.workspace_id, m.listing_id) = (l.workspace_id, l.id)'), 0::bigint,
          who || ' does not pay for the rules of display') from unnest(array['a_admin', 'a_agent']) who;
select cmp_ok(pg_temp.calls('a_client', 'select count(*) from (select from mls.listings limit 1) l'), '>', 0::bigint, 'a client does');
-- Too few or too small rows for an index to pay for sure, but it must be possible.
set local enable_seqscan = off;
select pg_temp.holds('a_client', $$ select count(*) from mls.listings $$, 'Index Cond: \(workspace_id = (\$\d|\(InitPlan)', 'a count');
select pg_temp.holds('a_client', $$ select listing_id from mls.favorites $$, 'Index Cond: .*user_id = (\$\d|\(InitPlan)', 'own favourites');
select pg_temp.holds('a_agent', $$ update mls.listings set city = 'x' where mls_number = 'n' $$,
                     'Index Cond: .*workspace_id = (\$\d|\(InitPlan)', 'an update');

select * from finish();
rollback;
