-- Listings and what hangs on them: defaults, constraints, soft delete, history, media, photos, the marketing text.
begin;
select no_plan();
select tests.mls_rows();

-- Defaults
select is((l.source_provider, l.is_active, l.created_at = now(), l.updated_at = now(), l.content_hash)::text, '(bridge,t,t,t,)',
          'defaults of a listing') from mls.listings l where l.id = tests.id('a_listing');
select is((m.sort_order, m.is_active)::text, '(0,t)', 'defaults of media') from mls.listing_media m where m.id = tests.id('a_media');
select tests.login(tests.id('a_agent'));
insert into mls.listing_photos (listing_id, url, source) values (tests.id('a_listing'), 'https://x.example/1.jpg', 'import');
select is((p.uploaded_by, p.sort_order, p.is_primary, p.workspace_id)::text,
          format('(%s,0,f,%s)', tests.id('a_agent'), tests.ws('a')), 'a photo knows who uploaded it')
  from mls.listing_photos p where p.source = 'import';
select tests.logout();

-- Constraints
select tests.expect('owner', format('update mls.listings set standard_status = %L where id = tests.id(''a_listing'')', s), '1')
  from unnest(array['Active', 'Active Under Contract', 'Canceled', 'Closed', 'Coming Soon', 'Delete', 'Expired', 'Hold', 'Incomplete',
                    'Pending', 'Withdrawn', null]) s;
select tests.expect('owner', statement, want) from (values
  ($$ update mls.listings set standard_status = 'Sold' $$, '23514 listings_standard_status_is_resos'),
  ($$ insert into mls.listings (workspace_id, source_listing_key) values (tests.ws('a'), 'k1') $$,
   '23505 listings_workspace_id_source_provider_source_listing_key_key'),
  ($$ insert into mls.listings (workspace_id, source_provider, source_listing_key) values (tests.ws('a'), 'reso', 'k1') $$, '1'),
  ($$ insert into mls.listings (workspace_id, id, source_listing_key) values (tests.ws('a'), tests.id('a_listing'), 'k3') $$,
   '23505 listings_pkey'),
  ($$ insert into mls.listings (workspace_id, source_provider, source_listing_key) values (tests.ws('a'), 'x', 'k3') $$, '23514'),
  ($$ insert into mls.listings (workspace_id, source_listing_key) values (tests.ws('a'), '') $$, '23514'),
  ($$ insert into mls.listings (workspace_id) values (tests.ws('a')) $$, '23502'),
  ($$ insert into mls.listings (source_listing_key) values ('k3') $$, '23502'),
  ($$ update mls.listings set is_active = null $$, '23502'),
  ($$ update mls.listings set deactivated_at = now() where is_active $$, '23514 listings_deactivated_when_inactive'),
  ($$ update mls.listings set deactivated_reason = 'vanished' where is_active $$, '23514 listings_reason_when_inactive'),
  ($$ update mls.listings set deactivated_reason = 'boredom' where not is_active $$, '23514'),
  ($$ update mls.listings set marketing_description = 'x', marketing_description_source = 'robot' $$, '23514'),
  ($$ insert into mls.listing_media (workspace_id, listing_id, url)
        values (tests.ws('a'), tests.id('a_listing'), 'https://media.example/1.jpg') $$,
   '23505 listing_media_workspace_id_listing_id_url_key'),
  ($$ insert into mls.listing_media (workspace_id, listing_id, url) values (tests.ws('a'), tests.id('a_listing'), '') $$,
   '23514 listing_media_url_fits_an_index'),
  ($$ insert into mls.listing_media (workspace_id, listing_id, url)
        values (tests.ws('a'), tests.id('a_listing'), repeat('x', 2049)) $$, '23514 listing_media_url_fits_an_index'),
  ($$ insert into mls.listing_media (workspace_id, listing_id) values (tests.ws('a'), tests.id('a_listing')) $$, '23502'),
  ($$ insert into mls.listing_photos (workspace_id, listing_id) values (tests.ws('a'), tests.id('a_listing')) $$,
   '23514 listing_photos_lie_somewhere'),
  ($$ update mls.listing_photos set source = 'scan' $$, '23514'),
  ($$ update mls.listing_photos set size_bytes = -1 $$, '23514'),
  ($$ update mls.listing_photos set width = 0 $$, '23514'),
  ($$ update mls.listing_photos set height = 0 $$, '23514'),
  ($$ update mls.listing_photos set uploaded_by = gen_random_uuid() $$, '23503'),
  ($$ update mls.listing_events set event = 'rumour' $$, '23514')) v (statement, want);
-- A url as long as allowed fits into the index even when it does not compress.
select tests.expect('owner', $$ insert into mls.listing_media (workspace_id, listing_id, url)
  select tests.ws('a'), tests.id('a_listing'), (select left(string_agg(md5(i::text), ''), 2048) from generate_series(1, 64) i) $$, '1');

-- No row points into another tenant, and none moves there.
select tests.expect('owner', statement, want) from (values
  ($$ update mls.listings set import_task_id = tests.id('b_task') where id = tests.id('a_listing') $$, '23503'),
  ($$ insert into mls.listing_media (workspace_id, listing_id, url) values (tests.ws('a'), tests.id('b_listing'), 'u') $$, '23503'),
  ($$ insert into mls.listing_photos (workspace_id, listing_id, url) values (tests.ws('a'), tests.id('b_listing'), 'u') $$, '23503'),
  ($$ insert into mls.listing_events (workspace_id, listing_id, event) values (tests.ws('a'), tests.id('b_listing'), 'price') $$,
   '23503'),
  ($$ update mls.listings set workspace_id = tests.ws('b') where id = tests.id('a_listing') $$, 'PT409'),
  ($$ update mls.listing_media set workspace_id = tests.ws('b') where id = tests.id('a_media') $$, 'PT409'),
  ($$ update mls.listing_photos set workspace_id = tests.ws('b') where id = tests.id('a_photo') $$, 'PT409'),
  ($$ update mls.listing_events set workspace_id = tests.ws('b') where id = tests.id('a_event') $$, 'PT409')) v (statement, want);
select tests.expect('a_agent', $$ insert into mls.listings (workspace_id, source_listing_key) values (tests.ws('b'), 'k9') $$, '42501');
select tests.expect('a_admin', $$ update mls.listings set workspace_id = tests.ws('b') $$, 'PT409');

-- updated_at: kept, but left alone when the writer brings it.
update mls.listings set updated_at = '2000-01-01', city = 'x' where id = tests.id('a_listing');
select is(l.updated_at, '2000-01-01'::timestamptz, 'a sync sets updated_at itself') from mls.listings l where l.id = tests.id('a_listing');
update mls.listings set city = 'Miami' where id = tests.id('a_listing');
select is(l.updated_at, now(), 'otherwise the database does') from mls.listings l where l.id = tests.id('a_listing');

-- price_per_sqft: computed unless it comes with the price.
insert into mls.listings (workspace_id, source_listing_key, list_price, living_area_sqft, price_per_sqft)
  values (tests.ws('a'), 'p1', 300000, 1000, null), (tests.ws('a'), 'p2', 300000, 1000, 299), (tests.ws('a'), 'p3', 300000, 0, null),
         (tests.ws('a'), 'p4', 2147483647, 1, null), (tests.ws('a'), 'p5', null, 1000, null);
select results_eq($$ select source_listing_key, price_per_sqft from mls.listings where source_listing_key ~ '^p' order by 1 $$,
  $$ values ('p1', 300), ('p2', 299), ('p3', null), ('p4', null), ('p5', null) $$, 'price per square foot of new listings');
update mls.listings set list_price = 400000 where source_listing_key in ('p1', 'p3', 'p5');
update mls.listings set list_price = 400000, price_per_sqft = 398 where source_listing_key = 'p2';
select results_eq($$ select source_listing_key, price_per_sqft from mls.listings where source_listing_key ~ '^p' order by 1 $$,
  $$ values ('p1', 400), ('p2', 398), ('p3', null), ('p4', null), ('p5', 400) $$, 'and after a change of price');
delete from mls.listings where source_listing_key ~ '^p';

-- History
create function pg_temp.history(listing text) returns table (event text, was text, will text, "when" text) language sql as $$
  select e.event, e.old_value, e.new_value, case when e.happened_at = now() then 'now' else e.happened_at::date::text end
    from mls.listing_events e where e.listing_id = tests.id(listing) and e.id not in (tests.id('a_event'), tests.id('b_event'))
    order by 1, 2;
$$;
update mls.listings set city = 'Doral', raw = '{"InternetEntireListingDisplayYN": true}', list_price = list_price where id = tests.id('a_listing');
select is_empty($$ select pg_temp.history('a_listing') $$, 'other changes are not history');
update mls.listings set list_price = 490000, standard_status = 'Pending', modification_ts = '2024-05-01 12:00Z'
  where id = tests.id('a_listing');
update mls.listings set close_price = 480000 where id = tests.id('a_listing');
select results_eq($$ select * from pg_temp.history('a_listing') $$, $$ values
  ('close_price', null, '480000', 'now'), ('price', '500000', '490000', '2024-05-01'), ('status', 'Active', 'Pending', '2024-05-01') $$,
  'changes of price and status are, at the time the source gives them');
select is_empty($$ select pg_temp.history('b_listing') $$, 'the other tenant''s history is its own');
select tests.login(tests.id('b_agent'));
update mls.listings set standard_status = null where id = tests.id('b_listing');
select tests.logout();
select results_eq($$ select * from pg_temp.history('b_listing') $$, $$ values ('status', 'Active', null::text, 'now') $$,
                  'an agent''s change leaves history too, though agents cannot write it');

-- Soft delete
select tests.expect(who, statement, want) from (values
  ('a_admin', $$ select mls.deactivate_listing(tests.id('a_listing')) $$, '1'),
  ('a_agent', $$ select mls.deactivate_listing(tests.id('a_listing')) $$, '1'),
  ('a_client', $$ select mls.deactivate_listing(tests.id('a_listing')) $$, 'PT403 only agents and admins'),
  ('drifter', $$ select mls.deactivate_listing(tests.id('a_listing')) $$, 'PT403'),
  ('anon', $$ select mls.deactivate_listing(tests.id('a_listing')) $$, '42501'),
  ('b_admin', $$ select mls.deactivate_listing(tests.id('a_listing')) $$, 'PT404 there is no active listing'),
  ('b_admin', $$ select mls.deactivate_listing(tests.id('a_listing'), 'manual', tests.ws('a')) $$, 'PT404'),
  ('service', $$ select mls.deactivate_listing(tests.id('a_listing')) $$, '1'),
  ('service', $$ select mls.deactivate_listing(tests.id('b_listing'), 'vanished', tests.ws('b')) $$, '1'),
  ('worker', $$ select mls.deactivate_listing(tests.id('a_listing'), 'out_of_scope') $$, '1'),
  ('a_admin', $$ select mls.deactivate_listing(tests.id('a_listing'), 'boredom') $$, '23514'),
  ('a_admin', $$ select mls.deactivate_listing(tests.id('a_inactive')) $$, 'PT404'),
  ('a_admin', $$ select mls.restore_listing(tests.id('a_inactive')) $$, '1'),
  ('a_agent', $$ select mls.restore_listing(tests.id('a_inactive')) $$, 'PT404 there is no inactive listing'),
  ('a_client', $$ select mls.restore_listing(tests.id('a_inactive')) $$, 'PT404'),
  ('b_admin', $$ select mls.restore_listing(tests.id('a_inactive'), tests.ws('a')) $$, 'PT404'),
  ('anon', $$ select mls.restore_listing(tests.id('a_inactive')) $$, '42501'),
  ('service', $$ select mls.restore_listing(tests.id('a_inactive')) $$, '1'),
  ('a_admin', $$ select mls.restore_listing(tests.id('a_listing')) $$, 'PT404'),
  ('a_admin', $$ select mls.purge_listing(tests.id('a_inactive')) $$, '1'),
  ('a_admin', $$ select mls.purge_listing(tests.id('a_listing')) $$, 'PT404 only those can be purged'),
  ('a_agent', $$ select mls.purge_listing(tests.id('a_inactive')) $$, 'PT404'),
  ('a_client', $$ select mls.purge_listing(tests.id('a_inactive')) $$, 'PT404'),
  ('b_admin', $$ select mls.purge_listing(tests.id('a_inactive'), tests.ws('a')) $$, 'PT404'),
  ('anon', $$ select mls.purge_listing(tests.id('a_inactive')) $$, '42501'),
  ('service', $$ select mls.purge_listing(tests.id('a_inactive')) $$, '1')) v (who, statement, want);

select tests.login(tests.id('a_agent'));
select mls.deactivate_listing(tests.id('a_listing'));
select is_empty($$ select id from mls.listings $$, 'a deactivated listing is gone for the agent');
select is_empty($$ select from mls.listing_media union all select from mls.listing_photos $$, 'with its media and photos');
select tests.login(tests.id('a_admin'));
select results_eq($$ select deactivated_reason, deactivated_at = now() from mls.listings where id = tests.id('a_listing') $$,
                  $$ values ('manual', true) $$, 'but not for the admin, who sees why and when');
select is((select count(*) from mls.listing_photos), 3::bigint, 'and what hangs on it');
select mls.restore_listing(tests.id('a_listing'));
select tests.login(tests.id('a_client'));
select results_eq($$ select id, deactivated_at, deactivated_reason from mls.listings $$,
                  $$ values (tests.id('a_listing'), null::timestamptz, null::text) $$, 'restored, it is as before');
select is((select count(*) from mls.listing_photos) + (select count(*) from mls.listing_media), 3::bigint, 'with media and photos');
select tests.logout();
select results_eq($$ select event, was, will from pg_temp.history('a_listing') where event in ('deactivated', 'restored') $$,
                  $$ values ('deactivated', 'true', 'manual'), ('restored', 'false', null) $$, 'both are history');

-- A listing may vanish while its media still comes.
select tests.login_worker(tests.ws('a'));
update mls.listings set is_active = false, deactivated_reason = 'vanished', missing_since = now() where id = tests.id('a_listing');
insert into mls.listing_media (listing_id, url) values (tests.id('a_listing'), 'https://media.example/late.jpg')
  on conflict (workspace_id, listing_id, url) do nothing;
insert into mls.listing_photos (listing_id, url) values (tests.id('a_listing'), 'https://media.example/late.jpg');
select tests.login(tests.id('a_client'));
select is_empty($$ select from mls.listing_media union all select from mls.listing_photos $$, 'media that comes late is hidden too');
select tests.login_worker(tests.ws('a'));
update mls.listings set is_active = true where id = tests.id('a_listing');
select is(l.missing_since, null, 'a listing that is back is not missing') from mls.listings l where l.id = tests.id('a_listing');
select tests.logout();

-- The payload
select tests.expect_each($$ select where mls.listing_raw(tests.id('b_listing')) ? 'PrivateRemarks' $$,
                         'b_admin 1, b_agent 1, b_client 0, a_admin 0, drifter 0, anon 42501');
select tests.expect_each($$ select where mls.listing_raw(tests.id('a_inactive')) ? 'PrivateRemarks' $$, 'a_admin 1, a_agent 0');

-- Photos: one primary.
insert into tests.names select 'second', id from mls.listing_photos where source = 'import';
select tests.expect('owner', $$ update mls.listing_photos set is_primary = true where listing_id = tests.id('a_listing') $$,
                    '23505 listing_photos_one_primary');
select tests.login(tests.id('a_agent'));
select mls.set_primary_photo(tests.id('a_photo'));
select mls.set_primary_photo(tests.id('second'));
select mls.set_primary_photo(tests.id('second'));
select results_eq($$ select id from mls.listing_photos where is_primary $$, $$ values (tests.id('second')) $$,
                  'a new primary photo takes the place of the old one');
select tests.logout();
select tests.expect_each($$ select mls.set_primary_photo(tests.id('a_photo')) $$,
                         'a_admin 1, a_client PT403 only agents and admins, b_admin PT404 there is no photo, drifter PT404, anon 42501, service 1');

-- The marketing text
create function pg_temp.text_of() returns text language sql as $$
  select concat_ws(' ', coalesce(l.marketing_description, '-'), coalesce(l.marketing_description_source, '-'),
                   coalesce((select n.name from tests.names n where n.id = l.marketing_description_approved_by), '-'),
                   case when l.marketing_description_approved_at is null then 'open' else 'approved' end)
    from mls.listings l where l.id = tests.id('a_listing');
$$;
select tests.login(tests.id('a_agent'));
update mls.listings set marketing_description = 'Sunny', marketing_description_source = 'ai' where id = tests.id('a_listing');
select is(pg_temp.text_of(), 'Sunny ai - open', 'a text of the AI begins unapproved');
update mls.listings set marketing_description_approved_by = tests.id('a_agent') where id = tests.id('a_listing');
select is(pg_temp.text_of(), 'Sunny ai a_agent approved', 'the reviewer approves it');
update mls.listings set list_price = 1 where id = tests.id('a_listing');
select is(pg_temp.text_of(), 'Sunny ai a_agent approved', 'other changes leave the approval');
update mls.listings set marketing_description = 'Sunny!' where id = tests.id('a_listing');
select is(pg_temp.text_of(), 'Sunny! ai - open', 'a changed text has to be approved again');
update mls.listings set marketing_description_approved_at = '2000-01-01' where id = tests.id('a_listing');
select is(pg_temp.text_of(), 'Sunny! ai a_agent approved', 'the date alone approves as the caller');
select is(l.marketing_description_approved_at, now(), 'at the time it is') from mls.listings l where l.id = tests.id('a_listing');
update mls.listings set marketing_description_approved_by = null where id = tests.id('a_listing');
select is(pg_temp.text_of(), 'Sunny! ai - open', 'an approval can be taken back');
update mls.listings set marketing_description = 'By hand', marketing_description_source = null where id = tests.id('a_listing');
select is(pg_temp.text_of(), 'By hand manual - open', 'a text is by hand unless it says otherwise');
update mls.listings set marketing_description = 'Both', marketing_description_approved_by = tests.id('a_agent')
  where id = tests.id('a_listing');
select is(pg_temp.text_of(), 'Both manual a_agent approved', 'text and approval may come together');
update mls.listings set marketing_description = null where id = tests.id('a_listing');
select is(pg_temp.text_of(), '- - - open', 'without a text there is nothing to approve');
select tests.logout();
select tests.expect(who, statement, want) from (values
  ('a_agent', $$ update mls.listings set marketing_description = 'x', marketing_description_approved_by = tests.id('a_admin') $$,
   'PT403 a marketing description is approved by the reviewer''s own login'),
  ('service', $$ update mls.listings set marketing_description = 'x', marketing_description_approved_by = tests.id('a_admin')
                   where id = tests.id('a_listing') $$, '1'),
  ('service', $$ update mls.listings set marketing_description = 'x', marketing_description_approved_at = now()
                   where id = tests.id('a_listing') $$, 'PT409 an approval of a marketing description names its reviewer'),
  ('a_agent', $$ insert into mls.listings (source_listing_key, marketing_description, marketing_description_source,
                   marketing_description_approved_by) values ('m', 'x', 'ai', tests.id('a_admin')) $$, 'PT403'),
  ('a_agent', $$ insert into mls.listings (source_listing_key, marketing_description, marketing_description_source,
                   marketing_description_approved_by) values ('m', 'x', 'ai', tests.id('a_agent')) $$, '1'),
  ('service', $$ insert into mls.listings (source_listing_key, marketing_description_approved_by)
                   values ('m', gen_random_uuid()) $$, '1'),
  ('service', $$ update mls.listings set marketing_description = 'x', marketing_description_approved_by = gen_random_uuid()
                   where id = tests.id('a_listing') $$, '23503')) v (who, statement, want);
select tests.login(tests.id('a_agent2'));
update mls.listings set marketing_description = 'Kept', marketing_description_approved_by = plat.uid() where id = tests.id('a_listing');
select tests.logout();
delete from auth.users where id = tests.id('a_agent2');
select is(pg_temp.text_of(), 'Kept manual - approved', 'an approval outlives its reviewer''s login');

-- What goes with what.
update mls.listings set is_active = false where id = tests.id('a_listing');
select tests.login(tests.id('a_admin'));
select mls.purge_listing(tests.id('a_listing'));
select tests.logout();
select is((select count(*) from mls.listing_media where listing_id = tests.id('a_listing'))
          + (select count(*) from mls.listing_photos where listing_id = tests.id('a_listing'))
          + (select count(*) from mls.listing_events where listing_id = tests.id('a_listing'))
          + (select count(*) from mls.favorites where listing_id = tests.id('a_listing')), 0::bigint,
          'media, photos, history and favourites go with a purged listing');
select is((a.listing_id, a.workspace_id)::text, format('(,%s)', tests.ws('a')), 'the audit of AI content stays')
  from mls.ai_content_audit a where a.id = tests.id('a_audit');
insert into mls.listing_photos (workspace_id, listing_id, url, uploaded_by)
  values (tests.ws('b'), tests.id('b_listing'), 'https://x.example/z.jpg', tests.id('b_agent'));
delete from auth.users where id = tests.id('b_agent');
select is(p.uploaded_by, null, 'a photo outlives its uploader''s login') from mls.listing_photos p where p.url = 'https://x.example/z.jpg';

select * from finish();
rollback;
