-- What alerts say: nothing to clients that the profile hides, a thousand a day and how many more, and in a mail what it marks as mailed.
begin;
select no_plan();
select tests.mls_rows();
update mls.compliance_profiles set shows_unstated = true;
update mls.saved_searches set alert = 'instant' where id = tests.id('a_search');
insert into mls.saved_searches (id, workspace_id, user_id, name, alert, alert_kinds)
  values (tests.put('of_agent', md5('of_agent')::uuid), tests.ws('a'), tests.id('a_agent'), 'agent', 'instant', '{new,price_drop,back_on_market,status}'),
         (tests.put('daily', md5('daily')::uuid), tests.ws('a'), tests.id('a_client'), 'daily', 'daily', '{new,price_drop,back_on_market}');
create function tests.tell(search text, agents boolean, kind text, moment timestamptz, before text, after text) returns integer language sql as $$
  select mls.add_search_alerts(tests.ws('a'), array[tests.id(search)], array[agents], array[tests.id('a_listing')], array[kind], array[before],
                               array[after], array[moment]) $$;
create function tests.told(who text) returns setof text language sql as $$
  select format('%s %s>%s', a.kind, a.old_value, a.new_value) from mls.search_alerts a
    where a.user_id = tests.id(who) and a.saved_search_id is not null order by 1 $$;

-- Hidden before: the public hears that it is new; agents hear all.
update mls.compliance_profiles set hidden_fields = '{list_price}' where workspace_id = tests.ws('a');
select is(tests.tell('a_search', false, 'new', '2026-01-01', null, '500000'), 1, 'it is new');
select is(tests.tell('a_search', false, 'price_drop', '2026-01-02', '510000', '500000'), 0, 'a lower price is not told where prices are hidden');
select is(tests.tell('a_search', false, 'back_on_market', '2026-01-03', 'Pending', 'Active'), 1, 'its status is');
select is(tests.tell('of_agent', true, 'price_drop', '2026-01-02', '510000', '500000'), 1, 'agents are told of prices');
select results_eq($$ select tests.told('a_client') $$, array['back_on_market Pending>Active', 'new >'], 'no price for clients');
select results_eq($$ select tests.told('a_agent') $$, array['price_drop 510000>500000'], 'agents see them');
select is(mls.add_favorite_alerts(tests.ws('a'), '{f}', array[tests.id('a_listing')], '{price_drop}', '{510000}', '{500000}', '{2026-01-02}'), 0,
          'nor those who marked it');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant') #>> '{listings,0,price}', null, 'nor by mail');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_agent'), 'instant') #>> '{listings,0,was}', '$510,000', 'agents get it by mail');

-- Hidden afterwards: what was told is taken back.
update mls.compliance_profiles set hidden_fields = '{}' where workspace_id = tests.ws('a');
update mls.search_alerts set mailed_at = now();
delete from mls.search_alerts;
select is(tests.tell('a_search', false, 'new', '2026-01-01', null, '500000') + tests.tell('a_search', false, 'price_drop', '2026-01-02', '510000', '500000')
          + tests.tell('a_search', false, 'back_on_market', '2026-01-03', 'Pending', 'Active')
          + tests.tell('of_agent', true, 'price_drop', '2026-01-02', '510000', '500000'), 4, 'told while everything is shown');
update mls.favorites set seen_price = 500000, seen_status = 'Active' where id = tests.id('a_favorite');
update mls.compliance_profiles set hidden_fields = '{list_price}' where workspace_id = tests.ws('a');
select results_eq($$ select tests.told('a_client') $$, array['back_on_market Pending>Active', 'new >'], 'prices are taken back');
select results_eq($$ select tests.told('a_agent') $$, array['price_drop 510000>500000'], 'not from agents');
select is((f.seen_price, f.seen_status)::text, '(,Active)', 'a favourite forgets the price') from mls.favorites f where f.id = tests.id('a_favorite');
update mls.compliance_profiles set hidden_fields = '{standard_status}' where workspace_id = tests.ws('a');
select results_eq($$ select tests.told('a_client') $$, array['new >'], 'that it is back tells its status');
update mls.compliance_profiles set hidden_fields = '{}' where workspace_id = tests.ws('a');
update mls.search_alerts set new_value = '500000' where kind = 'new';
update mls.compliance_profiles set mls_name = 'Coast' where workspace_id = tests.ws('a');
select results_eq($$ select tests.told('a_client') $$, array['new >500000'], 'other changes of the profile take nothing back');
update mls.listings set raw = '{"InternetEntireListingDisplayYN": false}' where id = tests.id('a_listing');
update mls.favorites set seen_price = 500000, seen_status = 'Active' where id = tests.id('a_favorite');
select lives_ok($$ select mls.unsay(tests.ws('a'), null, array[tests.id('a_listing')]) $$);
select is((f.seen_price, f.seen_status)::text, '(,)', 'a favourite forgets what may not be displayed') from mls.favorites f where f.id = tests.id('a_favorite');
select results_eq($$ select tests.told('a_client') $$, array['new >'], 'nor is a price said of a listing that may not be displayed');
update mls.listings set raw = '{}' where id = tests.id('a_listing');
select is(tests.tell('of_agent', true, 'status', '2026-01-04', 'Active', 'Pending'), 1, 'an agent hears of a status');
select is(tests.tell('a_search', false, 'back_on_market', '2026-01-05', 'Withdrawn', 'Active'), 1, 'a return is told');
select ok('back_on_market >Active' in (select tests.told('a_client')), 'but not to a client from which status that nobody is shown');
delete from mls.search_alerts a where a.kind = 'back_on_market';
update mls.compliance_profiles set hidden_fields = '{list_price}' where workspace_id = tests.ws('a');
update mls.user_profiles set role = 'client' where id = tests.id('a_agent');
select is_empty($$ select tests.told('a_agent') $$, 'who is an agent no more keeps nothing that clients are not told');
update mls.user_profiles set role = 'agent' where id = tests.id('a_agent');
update mls.compliance_profiles set hidden_fields = '{}' where workspace_id = tests.ws('a');

-- A thousand a day; the rest is counted, and told once.
delete from mls.search_alerts;
update mls.saved_searches set told = 998, told_on = current_date where id in (tests.id('a_search'), tests.id('daily'));
create function tests.tell_more(search text, first integer, n integer) returns integer language sql as $$
  select mls.add_search_alerts(tests.ws('a'), array_agg(tests.id(search)), array_agg(false), array_agg(tests.id('a_listing')), array_agg('price_drop'::text),
                               array_agg(null::text), array_agg('1'::text), array_agg('2026-02-01'::timestamptz + make_interval(mins => first + k)))
    from generate_series(1, n) k $$;
select is(tests.tell_more('a_search', 0, 5), 2, 'two are left of the thousand');
select is(tests.tell_more('a_search', 5, 1231), 0, 'then none');
select is(s.told, 2234, 'all are counted') from mls.saved_searches s where s.id = tests.id('a_search');
select tests.login(tests.id('a_client'));
select results_eq($$ select m.more from mls.my_alerts() m $$, array[1234, null], 'the app''s last one says how many more there were');
select tests.logout();
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant') #>> '{searches,0,more}', '1,234', 'and the mail');
select is(tests.tell_more('a_search', 2000, 5), 0, 'no more today');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant'), null, 'it is told once');
update mls.saved_searches set told_on = current_date - 1 where id = tests.id('a_search');
select is(tests.tell_more('a_search', 3000, 1), 1, 'the next day counts anew');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant') #>> '{searches,0,more}', null, 'and says nothing of the day before');
select is(tests.tell_more('daily', 0, 10), 2, 'a digest');
update mls.saved_searches set told_on = current_date - 1 where id = tests.id('daily');
update mls.search_alerts set found_at = now() - interval '1 day' where mailed_at is null;
select is(tests.tell_more('daily', 100, 4), 0, 'that has not left is still counted for, on the next day');
select is((s.told, s.told_on = current_date - 1)::text, '(1012,t)', 'as of its day') from mls.saved_searches s where s.id = tests.id('daily');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'daily', moment => now() + interval '1 day') #>> '{searches,0,more}', '12', 'all of them');
select is(tests.tell_more('daily', 200, 1), 1, 'when it has left, it counts anew');
select is((s.told, s.told_on = current_date)::text, '(1,t)', 'from today') from mls.saved_searches s where s.id = tests.id('daily');

-- A mail says what it marks.
delete from mls.search_alerts;
update mls.saved_searches set told = 0;
select is(tests.tell('daily', false, 'new', '2026-03-01', null, '500000') + tests.tell('daily', false, 'price_drop', '2026-03-02', '510000', '500000'), 2, 'two');
update mls.search_alerts set found_at = mls.last_eight('UTC', 'daily') - interval '1 hour' where kind = 'new';
update mls.search_alerts set found_at = mls.last_eight('UTC', 'daily') + interval '1 second' where kind = 'price_drop';
update mls.workspaces set time_zone = 'UTC' where id = tests.ws('a');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'daily') #>> '{listings,0,kind}', 'new', 'a digest says what was found until eight');
select results_eq($$ select kind, mailed_at is not null from mls.search_alerts order by 1 $$, $$ values ('new', true), ('price_drop', false) $$,
                  'what was found later is not marked');
select is_empty($$ select from mls.due_alert_mails() $$, 'and waits for the next one');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'daily', moment => now() + interval '1 day') #>> '{listings,0,kind}', 'price_drop',
          'which says it');
delete from mls.search_alerts;
select is(tests.tell('daily', false, 'price_drop', '2026-03-05', '510000', '500000') + tests.tell('daily', false, 'price_drop', '2026-03-06', '505000', '500000')
          + tests.tell('a_search', false, 'price_drop', '2026-03-05', '510000', '500000'), 3, 'one event fits two searches, a later one one of them');
select ok(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant') is not null, 'the first one''s mail leaves');
select results_eq($$ select s.name, a.happened_at::date, a.mailed_at is not null from mls.search_alerts a join mls.saved_searches s on s.id = a.saved_search_id
                       order by 1, 2 $$,
                  $$ values ('by the sea', date '2026-03-05', true), ('daily', date '2026-03-05', true), ('daily', date '2026-03-06', false) $$,
                  'what it said of one event is not said again, and of the later one nothing was said');
select ok(a.found_at <> b.found_at, 'each has its own time, so that pages can begin behind it') from mls.search_alerts a, mls.search_alerts b
  where a.id < b.id limit 1;

-- An address is said once.
update mls.listings set address_full = '1 Ocean Dr, Miami, FL 33139', city = 'Miami', state = 'FL', postal_code = '33139' where id = tests.id('a_listing');
delete from mls.search_alerts;
select is(tests.tell('a_search', false, 'new', '2026-04-01', null, '500000'), 1, 'found');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant') #>> '{listings,0,place}', '1 Ocean Dr, Miami, FL 33139', 'with its city');
update mls.listings set address_full = '1 Ocean Dr' where id = tests.id('a_listing');
select is(tests.tell('a_search', false, 'price_drop', '2026-04-02', '510000', '500000'), 1, 'found');
select is(mls.take_alert_mail(tests.ws('a'), tests.id('a_client'), 'instant') #>> '{listings,0,place}', '1 Ocean Dr, Miami FL 33139', 'or beside it');
select * from finish();
rollback;
