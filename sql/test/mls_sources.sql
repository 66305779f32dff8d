-- Connections as access to feeds: where a token may go, why a status is what it is, what is told of secrets, mappings against metadata.
begin;
select no_plan();
select tests.mls_rows();

-- A secret is forgotten with the address it was for.
update mls.mls_connections set token_type = 'oauth', client_id = 'us', token_url = 'https://a.example/token', status = 'active'
  where id = tests.id('b_connection');
update mls.mls_connections set token_ciphertext = 'secret', status = 'active', status_reason = null where id = tests.id('b_connection');
select tests.login(tests.id('b_agent'));
update mls.mls_connections set client_id = 'others', token_scope = 'api' where id = tests.id('b_connection');
select tests.logout();
select is((c.token_ciphertext, c.status)::text, '(secret,active)', 'another client or scope keeps the secret')
  from mls.mls_connections c where c.id = tests.id('b_connection');
select tests.login(tests.id('b_agent'));
update mls.mls_connections set token_url = 'https://evil.example/token' where id = tests.id('b_connection');
select tests.logout();
select is((c.token_ciphertext, c.status, c.status_reason)::text,
          '(,pending,"the address has changed: the token has to be given again")', 'another token endpoint does not get it')
  from mls.mls_connections c where c.id = tests.id('b_connection');
update mls.mls_connections set token_ciphertext = 'secret', status = 'active' where id = tests.id('b_connection');
select tests.login(tests.id('b_agent'));
update mls.mls_connections set token_type = 'server' where id = tests.id('b_connection');
select tests.logout();
select is(c.token_ciphertext, null, 'a secret is never sent as a token')
  from mls.mls_connections c where c.id = tests.id('b_connection');
update mls.mls_connections set token_type = 'oauth', token_ciphertext = 'secret', status = 'active' where id = tests.id('b_connection');
update mls.mls_connections set token_url = 'https://b.example/token', token_ciphertext = 'new', status = 'active'
  where id = tests.id('b_connection');
select is((c.token_ciphertext, c.status)::text, '(new,active)', 'unless a new one comes with the address')
  from mls.mls_connections c where c.id = tests.id('b_connection');

-- Whether there is one is no secret; of another workspace not even that.
select tests.login(tests.id('b_agent'));
select is(mls.connection_has_token(tests.id('b_connection')), true, 'the own connection has a token');
select is(mls.connection_has_token(tests.id('a_connection')), null, 'nothing is told of another workspace''s');
select tests.logout();
select tests.expect('anon', $$ select mls.connection_has_token(tests.id('b_connection')) $$, '42501');

-- Where a login may point a connection to.
select is(mls.address_problem(address) is null, fine, address) from (values
  ('https://api.bridgedataoutput.com/api/v2/OData', true),
  ('https://api.example.com:8443/odata', true),
  ('HTTPS://API.EXAMPLE.COM', true),
  ('http://api.example.com/', false),
  ('https://127.0.0.1/', false),
  ('https://169.254.169.254/latest', false),
  ('https://2130706433/', false),
  ('https://0x7f.1/', false),
  ('https://[::1]/', false),
  ('https://localhost/', false),
  ('https://printer.local/', false),
  ('https://db.corp.internal:5432/', false),
  ('https://intranet/', false),
  ('https://me:secret@example.com/', false),
  ('https://example.com/?access_token=x', false),
  ('https://example.com/#x', false),
  (E'https://example.com/\nx', false)) v (address, fine);
select tests.expect('b_agent', format('update mls.mls_connections set base_url = %L where id = tests.id(''b_connection'')', address), want)
  from (values ('https://127.0.0.1/', 'PT400 base_url has to name a public host'),
               ('http://10.0.0.1/', 'PT400 base_url has to begin with https://'),
               ('https://api.example.com', '1')) v (address, want);
select tests.expect('b_agent', $$ update mls.mls_connections set token_url = 'https://metadata.internal/'
                                    where id = tests.id('b_connection') $$, 'PT400 token_url has to name a public host');
select tests.expect('b_agent', $$ insert into mls.mls_connections (provider, dataset_id, base_url) values ('reso', 'x', 'https://10.1.2.3/') $$,
                    'PT400 base_url has to name a public host');
select tests.expect('worker', $$ update mls.mls_connections set base_url = 'http://127.0.0.1:8090/odata' where id = tests.id('b_connection') $$,
                    '1', 'plat connect may name this machine');

-- The reason belongs to the status.
create function pg_temp.status_of(name text) returns text language sql as $$
  select (c.status, c.status_reason, c.failures, c.held_until is not null)::text from mls.mls_connections c where c.id = tests.id(name);
$$;
update mls.mls_connections set status = 'active' where id = tests.id('b_connection');
update mls.mls_connections set status = 'error', status_reason = 'the feed refuses the token (401)', failures = 5,
  held_until = now() + interval '1 hour' where id = tests.id('b_connection');
select is(pg_temp.status_of('b_connection'), '(error,"the feed refuses the token (401)",5,t)', 'a status has its reason');
update mls.mls_connections set failures = 6 where id = tests.id('b_connection');
select is(pg_temp.status_of('b_connection'), '(error,"the feed refuses the token (401)",6,t)', 'and keeps it');
select tests.login(tests.id('b_agent'));
update mls.mls_connections set status = 'paused' where id = tests.id('b_connection');
select tests.logout();
select is(pg_temp.status_of('b_connection'), '(paused,"paused by a person",0,f)', 'a pause has one of its own, and ends what was counted');
select tests.login(tests.id('b_agent'));
update mls.mls_connections set status = 'pending' where id = tests.id('b_connection');
select tests.logout();
select is(pg_temp.status_of('b_connection'), '(pending,,0,f)', 'and takes it along when it ends');

-- A mapping against what the source has.
insert into mls.source_metadata (workspace_id, mls_connection_id, resources)
  select tests.ws('a'), tests.id('a_connection'), '{"Property": {
    "ListingKey": {"type": "Edm.String", "is_list": false}, "ListPrice": {"type": "Edm.Double", "is_list": false},
    "StandardStatus": {"type": "Edm.String", "is_list": false, "lookup": "StandardStatus"},
    "ACT_Beds": {"type": "Edm.Int64", "is_list": false, "standard": "BedroomsTotal"},
    "City": {"type": "Edm.String", "is_list": false}, "YearBuilt": {"type": "Edm.Date", "is_list": false},
    "CloseDate": {"type": "Edm.Boolean", "is_list": false}, "Cooling": {"type": "Edm.String", "is_list": true},
    "LivingArea": {"type": "Edm.String", "is_list": false},
    "Media": {"type": "Media", "is_list": true}, "ModificationTimestamp": {"type": "Edm.DateTimeOffset", "is_list": false}}}'::jsonb;
create function pg_temp.problems(mapping jsonb) returns text language sql as $$
  select string_agg(concat_ws(' ', p."column", p.field, p.problem, '> ' || p.suggestion), '; ')
    from mls.check_mapping(tests.ws('a'), 'bridge', mapping) p;
$$;
select is(pg_temp.problems(mapping::jsonb), want, mapping) from (values
  ('{"source_listing_key": "ListingKey", "list_price": "ListPrice", "living_area_sqft": "LivingArea", "city": "City"}', null),
  ('{"list_price": "ListPrise"}', 'list_price ListPrise the source has no such field > ListPrice'),
  ('{"city": "CITY"}', 'city CITY the source has no such field > City'),
  ('{"bedrooms": "BedroomsTotal"}', 'bedrooms BedroomsTotal the source has no such field > ACT_Beds'),
  ('{"county": "Zzz"}', 'county Zzz the source has no such field'),
  ('{"year_built": "YearBuilt"}', 'year_built YearBuilt the field is Edm.Date, and the column holds a number'),
  ('{"close_date": "CloseDate"}', 'close_date CloseDate the field is Edm.Boolean, and the column holds a date'),
  ('{"bedrooms": "Cooling"}', 'bedrooms Cooling the field is a list, and the column holds one value'),
  ('{"community": "Cooling"}', null),
  ('{"community": "Media"}', 'community Media the field is not one value but a list of Media'),
  ('{"list_price": {"first": ["ListPrice", {"field": "OriginalPrice"}], "constant": "Nothing"}}',
   'list_price OriginalPrice the source has no such field'),
  ('{"address_full": {"concat": ["City", "Towne"], "separator": "Nowhere"}}', 'address_full Towne the source has no such field'),
  ('{"living_area_sqft": {"field": "LivingArea", "unit": {"field": "City"}}}', null),
  ('{"living_area_sqft": {"field": "LivingArea", "unit": {"field": "AreaUnit"}}, "lot_size_sqft": {"field": "LivingArea", "unit": "acres"}}',
   'living_area_sqft AreaUnit the source has no such field'),
  ('{"bedrooms": {"field": "CloseDate", "lookup": {"true": 1}, "otherwise": "ListPrice2"}}', null),
  ('{"extra": {"cooling": "Cooling", "heat": "Heeting"}}', 'extra.heat Heeting the source has no such field'),
  ('{}', null), ('{"city": null, "extra": 3}', null)) v (mapping, want);
select is_empty($$ select * from mls.check_mapping(tests.ws('b'), 'bridge', '{"city": "Nothing"}') $$, 'without metadata nothing is known');
select tests.login(tests.id('b_agent'));
select is_empty($$ select * from mls.check_mapping(tests.ws('a'), 'bridge', '{"city": "Nothing"}') $$, 'nor of another workspace''s feed');
select tests.login(tests.id('a_agent'));
select isnt_empty($$ select * from mls.check_mapping(tests.ws('a'), 'bridge', '{"city": "Citty"}') $$, 'agents see what their feed has');
select tests.logout();

select * from finish();
rollback;
