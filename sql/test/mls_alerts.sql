-- Saved searches with alerts, favourites: whose they are, what happened to a listing, who is told and mailed, and that nobody is told
-- twice. Transactions of a test are one, so that listings of "before" get a stamp of before by hand.
begin;
select no_plan();
select tests.mls_rows();
update mls.compliance_profiles set shows_unstated = true;

-- Rights: each their own.
update mls.saved_searches set query = '{"q": "*", "filter_by": "city:=Miami"}', alert = 'instant' where id = tests.id('a_search');
select tests.mls_expect($$ update mls.saved_searches set alert = 'daily', alert_kinds = '{new}', by_mail = false, in_app = true
                             where id = tests.id('a_search') $$, '0 0 1 0 0 42501 1');
select tests.expect('a_client', $$ update mls.saved_searches set problem = 'x' $$, '42501', 'what the work notes is not written by hand');
select tests.expect('a_client', $$ update mls.saved_searches set last_alerted_at = now() $$, '42501');
select tests.expect('a_client', $$ insert into mls.saved_searches (name, problem) values ('x', 'y') $$, '42501');
select tests.expect('a_client', $$ select told from mls.saved_searches $$, '42501');
select tests.expect('owner', statement, want) from (values
  ($$ update mls.saved_searches set alert = 'hourly' $$, '23514 saved_searches_alert_is_known'),
  ($$ update mls.saved_searches set alert_kinds = '{new,gone}' $$, '23514 saved_searches_alert_kinds_are_known'),
  ($$ update mls.saved_searches set alert_kinds = '{null}' $$, '23514 saved_searches_alert_kinds_are_known'),
  ($$ update mls.saved_searches set query = '{"q": [["*"]]}' $$,
   'PT400 query: "q" is neither a text, a number, true, false nor a list of them'),
  ($$ update mls.saved_searches set query = '{"q": "*", "searches": [{"q": "*"}]}' $$,
   'PT400 query: "searches" is neither a text, a number, true, false nor a list of them'),
  ($$ update mls.saved_searches set query = '{"q": {"a": 1}}' $$, 'PT400 query: "q" is neither a text, a number, true, false nor a list of them'),
  ($$ update mls.saved_searches set query = '["*"]' $$,
   'PT400 query is no object: it holds the parameters of a search, as {"q": "*", "filter_by": "city:=Miami"}'),
  ($$ update mls.saved_searches set query = jsonb_build_object('q', repeat('x', 20000)) $$, 'PT400 query has 20009 bytes; it may have 20000'),
  ($$ update mls.favorites set alert = 'hourly' $$, '23514 favorites_alert_is_known'),
  ($$ update mls.workspaces set time_zone = 'Mars/Base' where id = tests.ws('a') $$, 'PT400 there is no time zone Mars/Base'),
  ($$ update mls.workspaces set time_zone = 'America/New_York' where id = tests.ws('a') $$, '1')) s (statement, want);
select tests.expect('a_client', $$ update mls.favorites set alert = 'daily' $$, '1');
select tests.expect('a_client', $$ update mls.favorites set seen_price = 1 $$, '42501');
select tests.expect('a_agent', $$ update mls.favorites set alert = 'daily' $$, '0');
select tests.expect('a_client', $$ select from mls.alert_listings $$, '42501');
select tests.expect('service', $$ select from mls.alert_workspaces $$, '42501');

-- Lists, as clients of Typesense take them.
update mls.saved_searches set query = '{"q": "*", "query_by": ["city", "address_full"], "num_typos": [0, 2], "filter_by": null, "infix": []}'
  where id = tests.id('a_search');
select is(s.query, '{"q": "*", "query_by": "city,address_full", "num_typos": "0,2", "infix": ""}', 'lists become texts, null is left out')
  from mls.saved_searches s where s.id = tests.id('a_search');

-- What the work notes is no change of the person's.
update mls.saved_searches set updated_at = '2020-01-01' where id = tests.id('a_search');
alter table mls.saved_searches disable trigger user;
update mls.saved_searches set updated_at = '2020-01-01', changed_xid = '7' where id = tests.id('a_search');
alter table mls.saved_searches enable trigger user;
update mls.saved_searches set problem = 'x', last_alerted_at = now() where id = tests.id('a_search');
select is((s.updated_at, s.changed_xid)::text, format('("%s",7)', '2020-01-01'::timestamptz), 'a note of the work changes nothing else')
  from mls.saved_searches s where s.id = tests.id('a_search');
update mls.saved_searches set query = '{"q": "*"}' where id = tests.id('a_search');
select is((s.updated_at = now(), s.changed_xid = pg_current_xact_id(), s.problem)::text, '(t,t,)', 'a person''s change does, and the problem goes')
  from mls.saved_searches s where s.id = tests.id('a_search');
select is((o.topic, o.payload ->> 'id')::text, format('(job.alerts.check,%s)', tests.id('a_search')), 'and has the query tried')
  from plat.outbox o where o.topic = 'job.alerts.check' and o.key = tests.id('a_search')::text limit 1;

-- Watching: what is there when it begins is news to nobody.
select ok(exists (select from mls.alert_workspaces where workspace_id = tests.ws('a')), 'a search with alerts has its workspace watched');
update mls.listings set created_at = now() - interval '1 day', changed_xid = '10';
insert into plat.followers (name, from_xid) values ('alerts', '11') on conflict (name) do update set from_xid = '11';
select is(mls.count_alert_listings(1000) + mls.count_alert_listings(1000), 4, 'two listings in each workspace');
select is(mls.count_alert_listings(1000), null, 'and no more');
select is((s.is_public, s.is_open, s.was_public, s.was_open, s.list_price)::text, '(t,t,t,t,500000)', 'as it was')
  from mls.alert_listings s where s.listing_id = tests.id('a_listing');
select is((s.is_public, s.is_open, s.was_open)::text, '(f,f,t)', 'an inactive one is off the market')
  from mls.alert_listings s where s.listing_id = tests.id('a_inactive');

-- One step: stamps as if each change were a later transaction. What is read is what changed.
create function tests.changes(n integer) returns setof text language plpgsql as $$
begin
  update plat.followers set from_xid = n::text::xid8, round_xid = null, at_xid = null, at_workspace = null, at_listing = null;
  return query select format('%s known=%s fresh=%s now=%s%s before=%s%s was=%s%s %s>%s %s>%s', l.source_listing_key, c.was_known, c.is_fresh,
      c.is_public::int, c.is_open::int, c.before_public::int, c.before_open::int, c.was_public::int, c.was_open::int, c.old_price, c.new_price,
      c.old_status, c.new_status)
    from mls.read_alert_changes() c join mls.listings l on l.workspace_id = c.workspace_id and l.id = c.listing_id
    where c.workspace_id = tests.ws('a') order by l.source_listing_key;
end $$;
create function tests.stamp(key text, xid integer) returns void language plpgsql as $$
begin
  perform set_config('session_replication_role', 'replica', true);
  update mls.listings set changed_xid = xid::text::xid8 where workspace_id = tests.ws('a') and source_listing_key = key;
  perform set_config('session_replication_role', 'origin', true);
end $$;

insert into mls.listings (id, workspace_id, source_listing_key, standard_status, list_price, city, created_at)
  values (tests.put('new', md5('new')::uuid), tests.ws('a'), 'k3', 'Active', 300000, 'Miami', now() + interval '1 second');
select tests.stamp('k3', 20);
select results_eq($$ select tests.changes(20) $$, array['k3 known=f fresh=t now=11 before=00 was=00 >300000 >Active'], 'a new one');
select is_empty($$ select tests.changes(20) $$, 'is read once');
update mls.listings set list_price = 280000 where id = tests.id('new');
select tests.stamp('k3', 21);
select results_eq($$ select tests.changes(21) $$, array['k3 known=t fresh=f now=11 before=11 was=11 300000>280000 Active>Active'], 'a lower price');
update mls.listings set standard_status = 'Pending', list_price = 270000 where id = tests.id('new');
select tests.stamp('k3', 22);
select results_eq($$ select tests.changes(22) $$, array['k3 known=t fresh=f now=00 before=11 was=11 280000>270000 Active>Pending'], 'off the market');
update mls.listings set standard_status = 'Active' where id = tests.id('new');
select tests.stamp('k3', 23);
select results_eq($$ select tests.changes(23) $$, array['k3 known=t fresh=f now=11 before=00 was=11 280000>270000 Pending>Active'],
                  'back, with the price that it had on the market before');
update mls.listings set raw = '{"InternetEntireListingDisplayYN": false}' where id = tests.id('new');
select tests.stamp('k3', 24);
select results_eq($$ select tests.changes(24) $$, array['k3 known=t fresh=f now=01 before=11 was=11 270000>270000 Active>Active'],
                  'what may not be displayed is on the market for agents alone');
select is((f.from_xid = f.from_xid and f.round_xid is null and f.at_xid is null), true, 'a round that read everything is over')
  from plat.followers f where f.name = 'alerts';

-- Pieces of a round.
select tests.stamp('k1', 30), tests.stamp('k2', 30), tests.stamp('k3', 31);
update plat.followers set from_xid = '30', round_xid = null, at_xid = null, at_workspace = null, at_listing = null;
select is(count(*), 2::bigint, 'a piece') from mls.read_alert_changes(2);
select is((f.from_xid, f.at_xid)::text, '(30,30)', 'keeps the round''s place') from plat.followers f;
select is(count(*), 1::bigint, 'the rest') from mls.read_alert_changes(2);
select is((f.from_xid <= pg_current_xact_id(), f.round_xid)::text, '(t,)', 'the next round begins where this one did') from plat.followers f;

-- Telling.
update mls.saved_searches set alert = 'instant', alert_kinds = '{new,price_drop}' where id = tests.id('a_search');
insert into mls.saved_searches (id, workspace_id, user_id, name, alert)
  values (tests.put('second', md5('second')::uuid), tests.ws('a'), tests.id('a_client'), 'also', 'daily'),
         (tests.put('of_agent', md5('of_agent')::uuid), tests.ws('a'), tests.id('a_agent'), 'agent', 'daily');
create function tests.tell(search uuid, agents boolean, kind text, moment timestamptz) returns integer language sql as $$
  select mls.add_search_alerts(tests.ws('a'), array[search], array[agents], array[tests.id('a_listing')], array[kind], array['510000'],
                               array['500000'], array[moment]) $$;
select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-01'), 1, 'told');
select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-01'), 0, 'once');
select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-02'), 1, 'and of the next one');
select is(tests.tell(tests.id('a_search'), false, 'back_on_market', '2026-01-02'), 0, 'nothing that its person did not ask for');
select is(tests.tell(tests.id('a_search'), true, 'price_drop', '2026-01-03'), 0, 'nothing that was found as somebody else would see it');
select is(tests.tell(tests.id('of_agent'), true, 'new', '2026-01-03'), 1, 'agents as agents');
select ok(s.last_alerted_at = now() and s.told = 2 and s.told_on = current_date, 'it is noted') from mls.saved_searches s where s.id = tests.id('a_search');
update mls.saved_searches set told = 1000 where id = tests.id('a_search');
select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-04'), 0, 'a thousand a day are enough');
update mls.saved_searches set told_on = current_date - 1 where id = tests.id('a_search');
select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-04'), 1, 'the next day counts anew');
update auth.users set banned_until = now() + interval '1 day' where id = tests.id('a_agent');
select is(tests.tell(tests.id('of_agent'), true, 'new', '2026-01-05'), 0, 'nothing for the banned');
update auth.users set banned_until = null where id = tests.id('a_agent');
update mls.workspaces set status = 'paused' where id = tests.ws('a');
select is(tests.tell(tests.id('of_agent'), true, 'new', '2026-01-05'), 0, 'nothing while the workspace is paused');
update mls.workspaces set status = 'active' where id = tests.ws('a');
select is(mls.add_favorite_alerts(tests.ws('a'), '{f}', array[tests.id('a_listing')], '{price_drop}', '{510000}', '{500000}', '{2026-01-01}'), 1,
          'whoever marked it is told');
select is((a.saved_search_id, a.by_mail, a.in_app)::text, '(,f,t)', 'in the app, unless they choose mail') from mls.search_alerts a
  where a.saved_search_id is null;

-- In the app.
select tests.mls_expect($$ select from mls.search_alerts where saved_search_id = tests.id('a_search') $$, '0 0 3 0 0 42501 3');
select tests.mls_expect($$ update mls.search_alerts set seen_at = now() where saved_search_id = tests.id('a_search') $$, '0 0 3 0 0 42501 3');
select tests.expect('a_client', $$ update mls.search_alerts set mailed_at = now() $$, '42501');
select tests.expect('a_client', $$ insert into mls.search_alerts (user_id, listing_id) values (plat.uid(), tests.id('a_listing')) $$, '42501');
select tests.expect('a_client', $$ select from mls.my_alerts() $$, '4');
select tests.expect('a_client2', $$ select from mls.my_alerts() $$, '0');
select tests.expect('a_client', $$ select from mls.my_alerts() $$, '0', 'nothing of a listing that may not be displayed',
                    $$ update mls.listings set raw = '{"InternetEntireListingDisplayYN": false}' $$);
select tests.expect('anon', $$ select from mls.my_alerts() $$, '42501');

-- Mails.
update mls.search_alerts set found_at = now() - interval '8 days';
select results_eq($$ select user_id, cadence from mls.due_alert_mails() order by 2, 1 $$,
                  $$ values (tests.id('a_agent'), 'daily'), (tests.id('a_client'), 'instant') $$, 'due');
select is(tests.tell(tests.id('second'), false, 'price_drop', '2026-01-04'), 1, 'the second search fits the same listing');
create temporary table letter as select mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant') as l;
select is(l ->> 'count', '1', 'a listing is told once') from letter;
select is((l -> 'listings' -> 0) - '{id,contact,source,photo}'::text[],
          '{"kind": "price_drop", "label": "Price reduced", "price": "$500,000", "was": "$510,000", "place": "Miami", "searches": "by the sea"}',
          'in words') from letter;
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant'), null, 'and not again');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'daily'), null, 'not in the digest of another search either');
update mls.listings set raw = '{"InternetEntireListingDisplayYN": false}' where id = tests.id('a_listing');
select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-09'), 1, 'found before it was hidden');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant'), null, 'nothing is mailed of what may not be displayed');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_agent'), 'daily') ->> 'count', '1', 'but to agents');
update mls.listings set raw = '{"InternetAddressDisplayYN": false}', address_full = '1 Ocean Dr', state = 'FL', postal_code = '33139'
  where id = tests.id('a_listing');
select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-10'), 1, 'found');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant') #>> '{listings,0,place}', 'Miami FL 33139', 'no address that is opted out');
select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-11'), 1, 'found');
delete from mls.user_profiles where id = tests.id('a_client');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant'), null, 'nothing for who is no member any more');
select tests.join_workspace(tests.id('a_client'), tests.ws('a'), 'client');

select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-12'), 1, 'found');
update mls.saved_searches set alert = 'off' where id = tests.id('a_search');
update mls.saved_searches set alert = 'instant' where id = tests.id('a_search');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant'), null, 'what came before it was switched off is not mailed later');

-- Digests leave at eight.
select is(mls.last_eight('UTC', 'daily') <= now() and mls.last_eight('UTC', 'daily') > now() - interval '1 day', true, 'of the last day');
select is(to_char(mls.last_eight('America/New_York', 'weekly') at time zone 'America/New_York', 'Dy HH24:MI'), 'Mon 08:00', 'of a Monday');
update mls.saved_searches set alert = 'daily' where id = tests.id('a_search');
select is(tests.tell(tests.id('a_search'), false, 'price_drop', '2026-01-13'), 1, 'found');
update mls.search_alerts set found_at = mls.last_eight('UTC', 'daily') + interval '1 second' where mailed_at is null;
select is_empty($$ select from mls.due_alert_mails() where cadence = 'daily' $$, 'what is found after eight waits for the next day');
update mls.search_alerts set found_at = mls.last_eight('UTC', 'daily') - interval '1 second' where mailed_at is null;
select isnt_empty($$ select from mls.due_alert_mails() where cadence = 'daily' $$, 'what was found before is due');

-- Unsubscribing.
select is(mls.unsubscribe(tests.ws('a'), tests.id('a_client'), tests.id('a_search')), true, 'one search');
select results_eq($$ select name, by_mail, alert from mls.saved_searches where user_id = tests.id('a_client') order by 1 $$,
                  $$ values ('also', true, 'daily'), ('by the sea', false, 'daily') $$, 'gets no mail, and stays in the app');
update mls.favorites set alert = 'weekly' where id = tests.id('a_favorite');
select is(mls.unsubscribe(tests.ws('a'), tests.id('a_client'), null), true, 'everything');
select is((bool_or(s.by_mail), (select alert from mls.favorites where id = tests.id('a_favorite')))::text, '(f,in_app)', 'favourites, too')
  from mls.saved_searches s where s.user_id = tests.id('a_client');
select is(mls.unsubscribe(tests.ws('b'), tests.id('b_client'), tests.id('second')) and true, true, 'of another tenant');
select is(s.by_mail, true, 'nothing else') from mls.saved_searches s where s.id = tests.id('b_search');
select is_empty($$ select from mls.due_alert_mails() where user_id = tests.id('a_client') $$, 'nothing is due any more');

-- Favourites.
update mls.listings set raw = '{}' where id = tests.id('a_listing');
select tests.login(tests.id('a_client'));
select is(mls.look_at_favorites(), 1, 'looked at');
select is((f.list_price, f.price_change, f.is_changed, f.is_gone, f.listing ->> 'city')::text, '(500000,0,f,f,Miami)', 'as it is') from mls.my_favorites() f;
select tests.logout();
update mls.listings set list_price = 450000, standard_status = 'Pending' where id = tests.id('a_listing');
select tests.login(tests.id('a_client'));
select is((f.seen_price, f.seen_status, f.price_change, f.standard_status, f.is_changed, f.is_gone)::text, '(500000,Active,-50000,Pending,t,f)',
          'what changed since') from mls.my_favorites() f;
select is(mls.look_at_favorites(array[tests.id('b_favorite')]), 0, 'nobody else''s');
select is(mls.look_at_favorites(array[tests.id('a_favorite')]), 1, 'looked at again');
select is(f.is_changed, false, 'is news no more') from mls.my_favorites() f;
select tests.logout();
update mls.listings set is_active = false where id = tests.id('a_listing');
select tests.login(tests.id('a_client'));
select is((f.is_gone, f.is_changed, f.list_price, f.listing)::text, '(t,t,,)', 'gone, and nothing more is said') from mls.my_favorites() f;
select tests.logout();
select tests.expect('a_client2', $$ insert into mls.favorites (listing_id) values (tests.id('new')) $$, '1');
select tests.expect('anon', $$ select from mls.my_favorites() $$, '42501');

-- Forgetting.
update mls.search_alerts set found_at = now() - interval '91 days';
select cmp_ok(mls.forget_alerts(), '>', 0::bigint, 'old alerts go');
update mls.saved_searches set alert = 'off';
update mls.favorites set alert = 'off';
select is(mls.forget_alerts(), 0::bigint, 'and with nobody to tell');
select is_empty($$ select from mls.alert_listings $$, 'nothing is watched');

select is(mls.html_to_text('<p>Data &copy; <b>MLS</b> &lt;x&gt; &amp;amp;</p><script>alert(1)</script>'), 'Data &copy; MLS <x> &amp;', 'html in words');
select * from finish();
rollback;
