-- Who follows the listings hears of their pictures: whoever adds, changes or takes away one stamps the listing, once. And who follows
-- profiles and domains hears of all of them.
begin;
select no_plan();
select tests.mls_rows();

-- Stamps are of this transaction while the test runs: what it did not stamp is what it set to another one before. Answers which listings a
-- statement stamped, and how many rows of listings it wrote.
create function pg_temp.stamped(who text, statement text) returns text language plpgsql as $$
declare
  said text;
  was bigint;
begin
  perform tests.logout();
  perform set_config('session_replication_role', 'replica', true);
  update mls.listings set changed_xid = '3';
  perform set_config('session_replication_role', 'origin', true);
  select n_tup_upd into was from pg_stat_xact_user_tables where relid = 'mls.listings'::regclass;
  perform tests.login_name(who);
  execute statement;
  perform tests.logout();
  select concat_ws(' ', string_agg(n.name, ',' order by n.name), (select s.n_tup_upd - was from pg_stat_xact_user_tables s where s.relid = 'mls.listings'::regclass))
    into said from mls.listings l join tests.names n on n.id = l.id where l.changed_xid = pg_current_xact_id();
  raise exception using errcode = 'TRIED', message = said;
exception when sqlstate 'TRIED' then
  return sqlerrm;
end $$;

select is(pg_temp.stamped(who, statement), want, who || ': ' || statement) from (values
  ('a_agent', $$ insert into mls.listing_photos (listing_id, url) values (tests.id('a_listing'), 'https://p.example/9') $$, 'a_listing 1'),
  ('a_agent', $$ insert into mls.listing_photos (listing_id, url) select tests.id('a_listing'), 'https://p.example/' || n from generate_series(1, 5) n $$, 'a_listing 1'),
  ('a_agent', $$ update mls.listing_photos set caption = 'The sea' where id = tests.id('a_photo') $$, 'a_listing 1'),
  ('a_agent', $$ update mls.listing_photos set sort_order = 7 where id = tests.id('a_photo') $$, 'a_listing 1'),
  ('a_agent', $$ delete from mls.listing_photos where id = tests.id('a_photo') $$, 'a_listing 1'),
  ('a_agent', $$ delete from mls.listing_photos where caption = 'nothing' $$, '0'),
  ('a_agent', $$ select mls.set_primary_photo(tests.id('a_photo')) $$, 'a_listing 1'),
  ('worker', $$ update mls.listing_photos set storage_path = storage_path where id = tests.id('a_photo') $$, 'a_listing 1'),
  ('worker', $$ update mls.listing_photos set caption = 'x' $$, 'a_inactive,a_listing,b_inactive,b_listing 4'),
  ('a_agent', $$ insert into mls.listing_media (listing_id, url) values (tests.id('a_listing'), 'https://m.example/9') $$, 'a_listing 1'),
  ('a_agent', $$ update mls.listing_media set caption = 'The sea' where id = tests.id('a_media') $$, 'a_listing 1'),
  ('a_agent', $$ delete from mls.listing_media where id = tests.id('a_media') $$, 'a_listing 1'),
  ('service', $$ update mls.listing_media set listing_id = tests.id('a_inactive') where id = tests.id('a_media') $$, 'a_inactive,a_listing 2'),
  ('service', $$ update mls.listing_photos set listing_id = tests.id('a_inactive'), is_primary = false where id = tests.id('a_photo') $$, 'a_inactive,a_listing 2'),
  -- Those that this transaction wrote anyway are not written again, and a sync writes all that it brings media of.
  ('a_agent', $$ with l as (update mls.listings set city = 'Doral' where id = tests.id('a_listing') returning id)
                   update mls.listing_photos p set caption = 'x' from l where p.listing_id = l.id $$, 'a_listing 1'),
  ('worker', $$ insert into mls.listing_media (workspace_id, listing_id, url) values (tests.ws('a'), tests.id('a_listing'), 'https://m.example/9') $$, '0')) v (who, statement, want);

-- What notices are sent cannot be seen before a commit; that they are, where a trigger says so: by its table and event.
select is((select string_agg(t.tgname || case when t.tgtype & 32 > 0 then ' truncate' else '' end, ', ' order by t.tgname) from pg_trigger t
             where t.tgrelid = 'mls.compliance_profiles'::regclass and t.tgname ~ 'tell_searches'),
          'compliance_profiles_tell_searches, compliance_profiles_tell_searches_of_all truncate', 'profiles that are emptied are told of');

select * from finish();
rollback;
