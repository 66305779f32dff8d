-- What costs more than the row itself is worked out when it is asked for; whatever is asked for is what mls.displayed() says.
begin;
select no_plan();
select tests.mls_rows();
update mls.listings set raw = '{"InternetEntireListingDisplayYN": true, "AttributionContact": " 305-555-0100 ", "OriginatingSystemName": "Coast MLS",
                               "CopyrightNotice": "(c) Coast"}',
    street_number = '1450', street_name = 'SW Palm St', address_full = '1450 SW Palm St, Miami', public_remarks = 'Light.',
    marketing_description = 'Ours.', marketing_description_source = 'manual', latitude = 25.76, longitude = -80.19
  where workspace_id = tests.ws('a') and id = tests.id('a_listing');
insert into mls.listing_media (workspace_id, listing_id, url, sort_order, caption, is_public)
  select tests.ws('a'), tests.id('a_listing'), u.url, u.n, u.caption, u.is_public from (values
    ('https://m.example/1450-sw-palm-st.jpg', 1, null, true), ('https://m.example/agents.jpg', 2, null, false),
    ('https://m.example/b.jpg', 3, '1450 Palm', true), ('https://m.example/a.jpg', 4, 'Pool', true)) u (url, n, caption, is_public);

-- A row as its parts are asked for.
create function tests.parts(audience text, parts text) returns jsonb language sql as $$
  select to_jsonb(d) from mls.displayed_parts(tests.ws('a'), array[tests.id('a_listing')], audience, parts::text[]) d $$;
create function tests.whole(audience text) returns jsonb language sql as $$
  select to_jsonb(d) from mls.displayed(tests.ws('a'), array[tests.id('a_listing')], audience) d $$;
create function tests.of_parts(part text) returns text[] language sql immutable as $$
  select case part when 'photos' then '{photos}'::text[] when 'texts' then '{public_remarks,marketing_description}'
                   when 'sources' then '{office_contact,source_name,copyright}' when 'as_of' then '{as_of}' end $$;

create procedure tests.hold(address boolean) language sql as $$
  update mls.listings set raw = raw || jsonb_build_object('InternetAddressDisplayYN', address)
    where workspace_id = tests.ws('a') and id = tests.id('a_listing') $$;

create function tests.each_part(say text) returns setof text language plpgsql as $$
declare
  who text;
  part text;
begin
  foreach who in array '{public,agents}'::text[] loop
    return next is(tests.parts(who, '{photos,texts,sources,as_of}'), tests.whole(who), format('all parts are the whole: %s, %s', who, say));
    return next is(jsonb_strip_nulls(tests.parts(who, '{}')),
                   jsonb_strip_nulls(tests.whole(who) - '{photos,public_remarks,marketing_description,office_contact,source_name,copyright,as_of}'::text[]),
                   format('no part: %s, %s', who, say));
    foreach part in array '{photos,texts,sources,as_of}'::text[] loop
      return next is((select jsonb_object_agg(f.name, tests.parts(who, format('{%s}', part)) -> f.name) from unnest(tests.of_parts(part)) f (name)),
                     (select jsonb_object_agg(f.name, tests.whole(who) -> f.name) from unnest(tests.of_parts(part)) f (name)),
                     format('%s: %s, %s', part, who, say));
      return next is(jsonb_strip_nulls(tests.parts(who, format('{%s}', part)) - tests.of_parts(part)), jsonb_strip_nulls(tests.parts(who, '{}')),
                     format('%s and nothing else: %s, %s', part, who, say));
    end loop;
    return next is(tests.parts(who, '{photo}') -> 'photos', jsonb_build_array(tests.whole(who) -> 'photos' -> 0),
                   format('the first photo: %s, %s', who, say));
  end loop;
end $$;

call tests.hold(true);
select tests.each_part('with its address');
call tests.hold(false);
select tests.each_part('without its address');
select is((select array_agg(concat_ws(' ', p ->> 'url', p ->> 'caption')) from jsonb_array_elements(tests.whole('public') -> 'photos') p
             where p ->> 'url' like 'https://m.%'), '{https://m.example/b.jpg,https://m.example/a.jpg Pool}', 'photos that tell no address');
select is(tests.whole('public') ->> 'office_contact', '305-555-0100', 'the contact, trimmed');
select is((select count(*) from mls.displayed_parts(tests.ws('a'), array[tests.id('a_listing')], 'public', null)), 1::bigint, 'parts that are not said are none');

-- What a payload says: texts alone.
select is(mls.payload_text(raw, 'f'), want, raw::text) from (values
  ('{"f": " x "}'::jsonb, 'x'), ('{"f": "  "}', null), ('{"f": 17}', null), ('{"f": null}', null), ('{"f": ["x"]}', null), ('{}', null), ('[]', null),
  (null, null), (jsonb_build_object('f', repeat('x', 500)), repeat('x', 400))) v (raw, want);

-- Who may ask
select tests.mls_expect($$ select from mls.displayed_parts(tests.ws('a'), array[tests.id('a_listing')], 'public', '{}') $$, '42501 42501 42501 42501 42501 42501 1');
select * from finish();
rollback;
