-- What the public may see of a listing: each rule, both sides, and what the payload does not say. Agents see all of it.
begin;
select no_plan();
select tests.mls_rows();
update mls.listings set raw = '{"InternetEntireListingDisplayYN": true, "PrivateRemarks": "key under the mat"}',
    address_full = '1450 SW Palm St #B, Miami, FL 33131', street_number = '1450', street_name = 'SW Palm St', unit_number = 'B',
    building_name = 'Palm Court', state = 'FL', postal_code = '33131', latitude = 25.76, longitude = -80.19,
    list_office_name = 'Coral Realty', list_office_mls_id = 'O1', list_agent_name = 'Ann Lee', public_remarks = 'Light.',
    modification_ts = '2026-01-02T03:04:05Z'
  where workspace_id = tests.ws('a') and id = tests.id('a_listing');

-- A listing with changes, a profile with changes, and who looks: what becomes of it.
create function tests.look(change text, profile text default null, audience text default 'public') returns setof mls.displayed_listing
  language plpgsql as $$
begin
  begin
    if change is not null then
      execute format('update mls.listings set %s where workspace_id = tests.ws(''a'') and id = tests.id(''a_listing'')', change);
    end if;
    if profile is not null then
      execute format('update mls.compliance_profiles set %s where workspace_id = tests.ws(''a'')', profile);
    end if;
    create temporary table seen on commit drop as
      select d.* from mls.displayed(tests.ws('a'), array[tests.id('a_listing')], audience) d;
    raise exception using errcode = 'TRIED', message = (select coalesce(jsonb_agg(to_jsonb(s)), '[]') from seen s);
  exception when sqlstate 'TRIED' then
    return query select * from jsonb_populate_recordset(null::mls.displayed_listing, sqlerrm::jsonb);
  end;
end $$;
create function tests.payload(said text) returns text language sql as $$
  select format('raw = %L', '{"InternetEntireListingDisplayYN": true}'::jsonb || said::jsonb) $$;

-- Shown (t) or not (f) to the public, and to agents (always).
create function tests.shows(label text, change text, profile text, want boolean) returns setof text language sql as $$
  select is((select count(*) = 1 from tests.look(change, profile)), want, label)
  union all
  select is((select count(*) = 1 from tests.look(change, profile, 'agents')), true, label || ': agents see it');
$$;

select tests.shows(label, change, profile, want) from (values
  ('opt-out of the internet: yes is shown', null, null, true),
  ('opt-out of the internet: no is hidden', tests.payload('{"InternetEntireListingDisplayYN": false}'), null, false),
  ('opt-out of the internet: N is hidden, too', tests.payload('{"InternetEntireListingDisplayYN": "N"}'), null, false),
  ('opt-out of the internet: Y is shown', tests.payload('{"InternetEntireListingDisplayYN": "Y"}'), null, true),
  ('opt-out of the internet: unstated is hidden', $$raw = '{}'$$, null, false),
  ('opt-out of the internet: null is hidden', $$raw = '{"InternetEntireListingDisplayYN": null}'$$, null, false),
  ('opt-out of the internet: unstated is shown where the MLS says so', $$raw = '{}'$$, 'shows_unstated = true', true),
  ('opt-out of the internet: null is shown where the MLS says so', $$raw = '{"InternetEntireListingDisplayYN": null}'$$,
   'shows_unstated = true', true),
  ('opt-out of the internet: no stays hidden where the unstated is shown', $$raw = '{"InternetEntireListingDisplayYN": false}'$$,
   'shows_unstated = true', false),
  ('opt-in of the broker: in IDX is shown', tests.payload('{"IDXParticipationYN": true}'), 'requires_idx = true', true),
  ('opt-in of the broker: not in IDX is hidden', tests.payload('{"IDXParticipationYN": false}'), 'requires_idx = true', false),
  ('opt-in of the broker: not in IDX is hidden where it is not asked for', tests.payload('{"IDXParticipationYN": false}'), null, false),
  ('opt-in of the broker: unstated is hidden where it is asked for', null, 'requires_idx = true', false),
  ('opt-in of the broker: unstated is shown where it is not', null, null, true),
  ('opt-in of the broker: a list of feeds with IDX', tests.payload('{"FeedTypes": ["VOW", "IDX"]}'), 'requires_idx = true', true),
  ('opt-in of the broker: a text of feeds with IDX', tests.payload('{"FeedTypes": "BBO, idx"}'), 'requires_idx = true', true),
  ('opt-in of the broker: a list of feeds without', tests.payload('{"FeedTypes": ["VOW", "NON-IDX"]}'), 'requires_idx = true', false),
  ('opt-in of the broker: a list of feeds without is hidden where it is not asked for', tests.payload('{"FeedTypes": ["VOW"]}'), null, false),
  ('opt-in of the broker: uses with IDX', tests.payload('{"MlgCanUse": ["IDX"]}'), 'requires_idx = true', true),
  ('opt-in of the broker: uses without', tests.payload('{"MlgCanUse": ["VOW"]}'), 'requires_idx = true', false),
  ('opt-in of the broker: no uses at all', tests.payload('{"MlgCanUse": []}'), null, false),
  ('opt-in of the broker: one no is enough', tests.payload('{"MlgCanUse": ["IDX"], "IDXParticipationYN": false}'), null, false),
  ('statuses: Active', $$standard_status = 'Active'$$, null, true),
  ('statuses: Active Under Contract', $$standard_status = 'Active Under Contract'$$, null, true),
  ('statuses: Pending', $$standard_status = 'Pending'$$, null, true),
  ('statuses: Pending where the MLS does not allow it', $$standard_status = 'Pending'$$, $$shown_statuses = '{Active}'$$, false),
  ('statuses: none', $$standard_status = null$$, null, false),
  ('statuses: Coming Soon', $$standard_status = 'Coming Soon'$$, null, false),
  ('statuses: Coming Soon where the MLS allows it', $$standard_status = 'Coming Soon'$$, $$shown_statuses = '{Active,Coming Soon}'$$, true),
  ('statuses: Closed', $$standard_status = 'Closed', close_date = now()$$, null, false),
  ('statuses: Closed where the MLS allows it', $$standard_status = 'Closed', close_date = now()$$, $$shown_statuses = '{Active,Closed}'$$, true),
  ('statuses: Closed on the last day', $$standard_status = 'Closed', close_date = (now() at time zone 'UTC')::date - 30$$,
   $$shown_statuses = '{Closed}', closed_days = 30$$, true),
  ('statuses: Closed a day longer ago', $$standard_status = 'Closed', close_date = (now() at time zone 'UTC')::date - 31$$,
   $$shown_statuses = '{Closed}', closed_days = 30$$, false),
  ('statuses: Closed, nobody knows when', $$standard_status = 'Closed', close_date = null$$, $$shown_statuses = '{Closed}'$$, false),
  ('statuses: none at all', null, 'shown_statuses = ''{}''', false)) v (label, change, profile, want);
select tests.shows('statuses: ' || s || ' never', format('standard_status = %L', s), null, false)
  from unnest('{Canceled,Delete,Expired,Hold,Incomplete,Withdrawn}'::text[]) s;

-- A row that is not active is nobody's; neither is another workspace's, nor one that is not there.
select is((select count(*) from mls.displayed(tests.ws('a'), array[tests.id('a_inactive'), tests.id('b_listing'), gen_random_uuid()], who)),
          0::bigint, 'inactive, foreign and unknown ids are not there: ' || who) from unnest('{public,agents}'::text[]) who;
select is_empty($$ select from mls.displayed(tests.ws('b'), array[tests.id('a_listing')], 'agents') $$, 'nor to another workspace''s agents');
select is((select count(*) from mls.displayed(tests.ws('a'), array[tests.id('a_listing')], who)), 1::bigint,
          'an audience nobody knows is the public') from unnest(array['public', 'x', null]) who;
select is((select array_agg((d.marketing_description, d.import_task_id)::text) from tests.look(
             $$marketing_description = 'Sell!', marketing_description_source = 'manual'$$, null, who) d), array['(,)'],
          'and does not see what is for agents') from unnest(array['public', 'x', null]) who;
select is((select (d.marketing_description, d.import_task_id) from tests.look(
             $$marketing_description = 'Sell!', marketing_description_source = 'manual'$$, null, 'agents') d)::text,
          ('Sell!'::text, tests.id('a_task'))::text, 'agents do');

-- Opting out of the address
create function tests.address_of(d mls.displayed_listing) returns text language sql as $$
  select concat_ws('/', d.address_full, d.street_number, d.street_name, d.unit_number, d.building_name, d.latitude, d.longitude) $$;
select is((select tests.address_of(d) || d.has_address from tests.look(tests.payload(said)) d), want, 'address, opted out: ' || said)
  from (values ('{}', '1450 SW Palm St #B, Miami, FL 33131/1450/SW Palm St/B/Palm Court/25.76/-80.19true'),
               ('{"InternetAddressDisplayYN": true}', '1450 SW Palm St #B, Miami, FL 33131/1450/SW Palm St/B/Palm Court/25.76/-80.19true'),
               ('{"InternetAddressDisplayYN": null}', '1450 SW Palm St #B, Miami, FL 33131/1450/SW Palm St/B/Palm Court/25.76/-80.19true'),
               ('{"InternetAddressDisplayYN": false}', 'false'), ('{"InternetAddressDisplayYN": "N"}', 'false')) v (said, want);
select is((select tests.address_of(d) || d.has_address from tests.look(tests.payload('{"InternetAddressDisplayYN": false}'), null, 'agents') d),
          '1450 SW Palm St #B, Miami, FL 33131/1450/SW Palm St/B/Palm Court/25.76/-80.19true', 'agents see an address that is opted out');
select is((select (d.city, d.state, d.postal_code, d.list_price, d.public_remarks) from tests.look(tests.payload('{"InternetAddressDisplayYN": false}')) d)::text,
          '(Miami,FL,33131,500000,Light.)', 'the rest stays');

-- What else tells an address: names of photos, captions, remarks
insert into mls.listing_media (workspace_id, listing_id, url, sort_order, caption, is_public, category)
  select tests.ws('a'), tests.id('a_listing'), 'https://media.example/' || v.name, v.n, v.caption, v.is_public, v.category
    from (values ('1450-palm-street.jpg', 1, 'Front', true, null), ('x%20SW%20PALM%20ST%201450/2.jpg', 2, 'Yard', true, 'Photo'),
                 ('1450SWPalmSt.jpg', 3, null, true, 'photo'), ('4.jpg', 4, '1450 SW Palm: the porch', true, 'Photo'),
                 ('5.jpg', 5, 'Alarm panel', false, 'Photo'), ('6.mp4', 6, 'Film', true, 'Video'))
      v (name, n, caption, is_public, category);
insert into mls.listing_photos (workspace_id, listing_id, url, sort_order, is_primary)
  values (tests.ws('a'), tests.id('a_listing'), 'https://own.example/8.jpg', 2, false),
         (tests.ws('a'), tests.id('a_listing'), 'https://own.example/1450_palm.jpg', 3, true);
select tests.mls_expect($$ select from mls.listing_media where not is_public $$, '1 1 0 0 0 42501 1');
create function tests.photos_of(d mls.displayed_listing) returns text language sql as $$
  select string_agg(format('%s. %s %s', p.v ->> 'order', regexp_replace(p.v ->> 'url', '.*/', ''), p.v ->> 'caption'), e'\n'
                    order by p.n)
    from jsonb_array_elements(d.photos) with ordinality p (v, n) $$;
select is((select tests.photos_of(d) from tests.look(null) d),
  e'1. 1450_palm.jpg \n2. 8.jpg \n3. 1.jpg \n4. 1450-palm-street.jpg Front\n5. 2.jpg Yard\n6. 1450SWPalmSt.jpg \n7. 4.jpg 1450 SW Palm: the porch',
  'photos: own ones first, those of agents and films not');
select is((select tests.photos_of(d) from tests.look(null, null, 'agents') d),
  e'1. 1450_palm.jpg \n2. 8.jpg \n3. 1.jpg \n4. 1450-palm-street.jpg Front\n5. 2.jpg Yard\n6. 1450SWPalmSt.jpg \n7. 4.jpg 1450 SW Palm: the porch\n8. 5.jpg Alarm panel',
  'photos: agents see theirs');
select is((select tests.photos_of(d) from tests.look(tests.payload('{"InternetAddressDisplayYN": false}')) d),
  e'1. 8.jpg \n2. 1.jpg \n3. 4.jpg ', 'photos: names and captions do not tell an address that is opted out');
select is((select count(*) from jsonb_array_elements((select d.photos from tests.look(
             tests.payload('{"InternetAddressDisplayYN": false}'), null, 'agents') d))), 8::bigint, 'to agents they do');
select is((select d.public_remarks from tests.look(tests.payload(payload) || format(', public_remarks = %L', said), null, who) d), want,
          format('remarks: %s, %s, %s', said, payload, who))
  from (values
    ('Welcome to 1450 Palm.', '{"InternetAddressDisplayYN": false}', 'public', null),
    ('Welcome to 1450 Palm.', '{"InternetAddressDisplayYN": false}', 'agents', 'Welcome to 1450 Palm.'),
    ('Welcome to 1450 Palm.', '{"InternetAddressDisplayYN": true}', 'public', 'Welcome to 1450 Palm.'),
    ('1450 sq ft under a palm', '{}', 'public', '1450 sq ft under a palm'),
    ('1450 sq ft on a quiet street', '{"InternetAddressDisplayYN": false}', 'public', '1450 sq ft on a quiet street'),
    ('A palm, 3 bedrooms', '{"InternetAddressDisplayYN": false}', 'public', 'A palm, 3 bedrooms')) v (said, payload, who, want);
select is((select tests.photos_of(d) from tests.look(tests.payload('{"InternetAddressDisplayYN": false}')
             || ', street_number = null, street_name = null') d), e'1. 8.jpg \n2. 1.jpg \n3. 4.jpg ', 'an address in one piece counts, too');
select is((select tests.photos_of(d) from tests.look(tests.payload('{"InternetAddressDisplayYN": false}')
             || ', street_number = null, street_name = null, address_full = null') d) ~ 'palm', true, 'without an address nothing tells it');

-- Estimates and comments
select is((select (d.may_estimate, d.may_comment)::text from tests.look(tests.payload(said), null, who) d), want, format('%s, %s', said, who))
  from (values ('{}', '(t,t)'), ('{"InternetAutomatedValuationDisplayYN": false}', '(f,t)'), ('{"InternetConsumerCommentYN": "N"}', '(t,f)'),
               ('{"InternetAutomatedValuationDisplayYN": true, "InternetConsumerCommentYN": true}', '(t,t)'),
               ('{"InternetAutomatedValuationDisplayYN": null, "InternetConsumerCommentYN": null}', '(t,t)')) v (said, want),
       unnest('{public,agents}'::text[]) who;

-- Who lists, and where the data is from
select is((select concat_ws('/', d.list_office_name, d.office_contact) from tests.look(tests.payload(said), profile, who) d), want,
          format('the listing firm: %s, %s', said, who))
  from (values
    ('{"AttributionContact": "305-555-0100", "ListOfficePhone": "1"}', null, 'Coral Realty/305-555-0100'),
    ('{"AttributionContact": " ", "BrokerAttribution": "ask@coral.example", "ListOfficePhone": "1"}', null, 'Coral Realty/ask@coral.example'),
    ('{"AttributionContact": null, "ListOfficePhone": "305-555-0101", "ListOfficeEmail": "x@y.z"}', null, 'Coral Realty/305-555-0101'),
    ('{"ListOfficeEmail": "office@coral.example"}', null, 'Coral Realty/office@coral.example'),
    ('{"ListOfficePhone": 3055550101}', null, 'Coral Realty'),
    ('{}', null, 'Coral Realty'),
    ('{}', $$contact_phone = '305-555-0199'$$, 'Coral Realty'),
    ('{}', $$contact_phone = '305-555-0199', own_office_mls_ids = '{O1}'$$, 'Coral Realty/305-555-0199'),
    ('{"AttributionContact": "305-555-0100"}', $$contact_phone = '305-555-0199', own_office_mls_ids = '{O1}'$$, 'Coral Realty/305-555-0100'))
      v (said, profile, want), unnest('{public,agents}'::text[]) who;
select is((select d.source_name from tests.look(tests.payload(said), profile) d), want, format('the source: %s, %s', said, profile))
  from (values ('{"OriginatingSystemName": "Miami MLS", "SourceSystemName": "x"}', $$mls_name = 'Other'$$, 'Miami MLS'),
               ('{"SourceSystemName": "Bridge"}', null, 'Bridge'), ('{}', $$mls_name = 'Other'$$, 'Other'), ('{}', null, null))
      v (said, profile, want);
select is((select d.copyright from tests.look(tests.payload('{"CopyrightNotice": "(c) Miami MLS"}')) d), '(c) Miami MLS', 'the copyright of a payload');
select is((select d.is_own from tests.look(null, profile) d), want, 'own brokerage: ' || profile)
  from (values ($$own_office_mls_ids = '{}'$$, false), ($$own_office_mls_ids = '{O0,O1}'$$, true), ($$own_office_mls_ids = '{O2}'$$, false))
      v (profile, want);
select is((select d.is_own from tests.look('list_office_mls_id = null', $$own_office_mls_ids = '{O1}'$$) d), false, 'of no office: not its own');

-- No alteration
select is((select d.public_remarks from tests.look($$public_remarks = '  As <b>written</b>  '$$) d), '  As <b>written</b>  ', 'remarks are as they are');

-- Fields that the profile hides, and those that nobody ever sees
select is((select to_jsonb(d) ->> f from tests.look(null, format('hidden_fields = %L', array[f])) d), null, 'hidden: ' || f)
  from unnest('{mls_number,city,list_price,list_agent_name,public_remarks,photo_count,modification_ts,address_full}'::text[]) f;
select is((select (d.latitude, d.longitude)::text from tests.look(null, $$hidden_fields = '{location}'$$) d), '(,)', 'hidden: the place');
select is((select to_jsonb(d) - '{as_of,photos}'::text[] from tests.look(null, 'hidden_fields = ' || quote_literal(f.fields), 'agents') d),
          (select to_jsonb(d) - '{as_of,photos}'::text[] from tests.look(null, null, 'agents') d), 'agents see hidden fields')
  from (select array_agg(m[1]) as fields from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '[a-z_]+(?=,|}'')', 'g') m
          where c.conname = 'compliance_profiles_fields_may_be_hidden' and m[1] <> 'hidden_fields') f;
select is((select jsonb_object_agg(k, v) from tests.look(null, 'hidden_fields = ' || quote_literal(f.fields)) d,
             jsonb_each(to_jsonb(d) - '{id,created_at,updated_at,as_of,photos}'::text[]) e (k, v) where v <> 'null'),
          '{"source_provider": "bridge", "list_office_name": "Coral Realty", "has_address": true, "is_own": false, "may_estimate": true, "may_comment": true}',
          'all of them are hidden')
  from (select array_agg(m[1]) as fields from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '[a-z_]+(?=,|}'')', 'g') m
          where c.conname = 'compliance_profiles_fields_may_be_hidden' and m[1] <> 'hidden_fields') f;
select unalike((select to_jsonb(d)::text from tests.look(null, null, who) d), '%under the mat%', 'private remarks are nobody''s: ' || who)
  from unnest('{public,agents}'::text[]) who;
select is_empty($$ select a.attname from pg_attribute a where a.attrelid = 'mls.displayed_listing'::regclass
                     and (a.attname in ('raw', 'extra') or mls.is_hidden_field(replace(a.attname, '_', ''))) $$, 'no column is for hidden fields');

-- The order is that of the ids
insert into mls.listings (id, workspace_id, source_listing_key, standard_status, raw)
  select md5('order ' || n)::uuid, tests.ws('a'), 'o' || n, 'Active', '{"InternetEntireListingDisplayYN": true}' from generate_series(1, 9) n;
select is((select array_agg(d.source_listing_key) from mls.displayed(tests.ws('a'),
             (select array_agg(md5('order ' || n)::uuid) from unnest('{5,2,9,1}'::int[]) n)) d), '{o5,o2,o9,o1}', 'in the order asked for');

-- What a profile may say
select tests.expect('owner', 'update mls.compliance_profiles set ' || change, want) from (values
  ($$shown_statuses = '{Active,Expired}'$$, '23514 compliance_profiles_statuses_may_be_shown'),
  ($$shown_statuses = '{Withdrawn}'$$, '23514 compliance_profiles_statuses_may_be_shown'),
  ($$shown_statuses = '{Canceled}'$$, '23514 compliance_profiles_statuses_may_be_shown'),
  ($$shown_statuses = '{Active,null}'$$, '23514 compliance_profiles_statuses_may_be_shown'),
  ($$hidden_fields = '{list_office_name}'$$, '23514 compliance_profiles_fields_may_be_hidden'),
  ($$hidden_fields = '{id}'$$, '23514 compliance_profiles_fields_may_be_hidden'),
  ($$hidden_fields = '{nothing}'$$, '23514 compliance_profiles_fields_may_be_hidden'),
  ('max_results = 0', '23514'), ('freshness_hours = 0', '23514'), ('closed_days = 0', '23514'),
  ($$contact_email = 'nobody'$$, '23514 compliance_profiles_contact_email_is_one')) v (change, want);
select is((select (c.shown_statuses, c.shows_unstated, c.requires_idx, c.hidden_fields, c.max_results, c.freshness_hours, c.closed_days)::text
             from mls.compliance_profiles c where c.workspace_id = tests.ws('a')),
          ('{Active,"Active Under Contract",Pending}'::text[], false, false, '{}'::text[], 500, 12, 365)::text, 'defaults of a profile');

-- Who may ask
select tests.mls_expect($$ select from mls.displayed(tests.ws('a'), array[tests.id('a_listing')]) $$, '42501 42501 42501 42501 42501 42501 1');
select tests.mls_expect($$ select mls.display_notice(tests.ws('a')) $$, '42501 42501 42501 42501 42501 42501 1');
select tests.expect('worker', $$ select from mls.displayed(tests.ws('a'), array[tests.id('a_listing')]) $$, '1', 'workers show listings');
select tests.mls_expect($$ update mls.compliance_profiles set requires_idx = true where workspace_id = tests.ws('a') $$, '1 0 0 0 0 42501 1');

-- Without a profile there is nothing that lets anything be displayed.
delete from mls.compliance_profiles where workspace_id = tests.ws('a');
select tests.shows('no profile', null, null, false);
select is(mls.display_notice(tests.ws('a')), null, 'nor a notice');
select * from finish();
rollback;
