-- Consumers of /reso/odata: who makes, changes and sees them, what nobody sees, and how use is counted.
begin;
select no_plan();
select tests.mls_rows();

select tests.put('a_consumer', c.id), tests.put('b_consumer', d.id)
  from mls.add_reso_consumer('site', '{idx,media}', 10, 100, tests.ws('a')) c, mls.add_reso_consumer('site', workspace => tests.ws('b')) d;

-- Making one
select tests.login(tests.id('a_admin'));
create temporary table made as select * from mls.add_reso_consumer('partner');
select is((c.workspace_id, c.scopes, c.per_minute, c.per_hour, c.created_by, c.revoked_at)::text,
          (tests.ws('a'), '{idx}'::text[], 334, 5000, tests.id('a_admin'), null::timestamptz)::text, 'defaults of a consumer')
  from mls.reso_consumers c where c.id = (select id from made);
select tests.logout();
select is(c.token_hash, sha256(convert_to(right(m.token, 43), 'utf8')), 'of the token''s secret there is the hash')
  from made m join mls.reso_consumers c using (id);
select is(c.client_secret_hash, sha256(convert_to(m.client_secret, 'utf8')), 'and of the client''s')
  from made m join mls.reso_consumers c using (id);
select matches(m.token, '^plat_reso_[A-Za-z0-9_-]{86}$', 'a token is one word') from made m;
select is(m.token, 'plat_reso_' || m.client_id || right(m.token, 43), 'that begins with who it is') from made m;

select tests.mls_expect($$ select from mls.add_reso_consumer('x') $$, '1 PT403 PT403 1 PT403 42501 1');
select tests.mls_expect($$ select from mls.add_reso_consumer('x', workspace => tests.ws('a')) $$, '1 PT403 PT403 PT403 PT403 42501 1');
select tests.mls_expect($$ select from mls.rotate_reso_consumer(tests.id('a_consumer'), tests.ws('a')) $$,
                        '1 PT403 PT403 PT403 PT403 42501 1');
select tests.mls_expect($$ select from mls.revoke_reso_consumer(tests.id('a_consumer'), tests.ws('a')) $$,
                        '1 PT403 PT403 PT403 PT403 42501 1');
select tests.expect('a_admin', $$ select mls.revoke_reso_consumer(tests.id('b_consumer')) $$, 'PT404', 'another workspace''s is not there');
select tests.expect('a_admin', $$ select mls.rotate_reso_consumer(tests.id('b_consumer')) $$, 'PT404', 'nor can it be rotated');

-- Seeing and changing
select tests.mls_expect($$ select id, name, scopes, client_id, revoked_at, last_used_at from mls.reso_consumers where name = 'site' $$,
                        '1 1 0 1 0 42501 2');
select tests.mls_expect($$ update mls.reso_consumers set per_minute = 5, scopes = '{vow}' where name = 'site' $$, '1 0 0 1 0 42501 2');
select tests.mls_expect($$ delete from mls.reso_consumers where name = 'site' $$, '1 0 0 1 0 42501 2');
select tests.mls_expect($$ insert into mls.reso_consumers (name) values ('x') $$, '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ select token_hash from mls.reso_consumers $$, '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ select client_secret_hash from mls.reso_consumers $$, '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ update mls.reso_consumers set token_hash = '' $$, '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ select from mls.reso_usage $$, '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ select from mls.reso_fields $$, '42501 42501 42501 42501 42501 42501 42501');
select tests.mls_expect($$ select from mls.count_reso_usage('{}', '{}', '{}', '{}', '{}', '{}') $$,
                        '42501 42501 42501 42501 42501 42501 42501');

-- Constraints
select tests.expect('owner', statement, want) from (values
  ($$ update mls.reso_consumers set scopes = '{}' $$, '23514 reso_consumers_scopes_say_which_listings'),
  ($$ update mls.reso_consumers set scopes = '{media}' $$, '23514 reso_consumers_scopes_say_which_listings'),
  ($$ update mls.reso_consumers set scopes = '{idx,admin}' $$, '23514 reso_consumers_scopes_are_known'),
  ($$ update mls.reso_consumers set per_hour = 0 $$, '23514'),
  ($$ select mls.add_reso_consumer('site', workspace => tests.ws('a')) $$, '23505 reso_consumers_workspace_id_name_key'),
  ($$ update mls.reso_consumers set workspace_id = tests.ws('b') where id = tests.id('a_consumer') $$, 'PT409')) v (statement, want);

-- Rotating and revoking
select is((select c.generation from mls.reso_consumers c where c.id = tests.id('a_consumer')), 1, 'a consumer begins with its first secrets');
create temporary table rotated as select r.*, c.token_hash as was
  from mls.reso_consumers c, mls.rotate_reso_consumer(c.id, c.workspace_id) r where c.id = tests.id('a_consumer');
select is((c.generation, c.token_hash = sha256(convert_to(right(r.token, 43), 'utf8')), c.token_hash = r.was)::text, '(2,t,f)',
          'rotating replaces them')
  from rotated r join mls.reso_consumers c using (id);
select mls.revoke_reso_consumer(tests.id('a_consumer'), tests.ws('a'));
select ok(c.revoked_at is not null, 'revoked') from mls.reso_consumers c where c.id = tests.id('a_consumer');
select tests.expect('owner', $$ update mls.reso_consumers set revoked_at = null where id = tests.id('a_consumer') $$, 'PT409',
                    'a revoked consumer stays revoked');
select tests.expect('owner', $$ select mls.rotate_reso_consumer(tests.id('a_consumer'), tests.ws('a')) $$, 'PT404', 'and gets no new token');

-- Counting: windows that are over begin anew, older ones do not undo newer ones
create function pg_temp.used(minute text, n integer, hour text, m integer) returns text language plpgsql as $$
begin
  perform mls.count_reso_usage(array[tests.ws('b')], array[tests.id('b_consumer')], array[minute::timestamptz], array[n],
                               array[hour::timestamptz], array[m]);
  return (select format('%s %s %s', u.minute_used, u.hour_used, u.requests) from mls.reso_usage u);
end $$;
select is(pg_temp.used('2026-11-21 10:00Z', 3, '2026-11-21 10:00Z', 3), '3 3 3', 'the first counts');
select is(pg_temp.used('2026-11-21 10:00Z', 2, '2026-11-21 10:00Z', 2), '5 5 5', 'are added to in the same minute');
select is(pg_temp.used('2026-11-21 10:01Z', 1, '2026-11-21 10:00Z', 1), '1 6 6', 'the next minute begins anew');
select is(pg_temp.used('2026-11-21 10:00Z', 4, '2026-11-21 10:00Z', 4), '1 10 10', 'what comes late counts for its hour');
select is(pg_temp.used('2026-11-21 11:00Z', 1, '2026-11-21 11:00Z', 1), '1 1 11', 'and so does an hour');
select ok(c.last_used_at is not null, 'when it was used last is known') from mls.reso_consumers c where c.id = tests.id('b_consumer');

-- Casts that never fail
select is(mls.reso_time(to_jsonb(v.text))::text, v.want, format('time of %s', v.text)) from (values
  ('2026-10-01T10:00:00.5+02:00', '2026-10-01 08:00:00.5+00'), ('2026-10-01 10:00', '2026-10-01 10:00:00+00'),
  ('2026-10-01', '2026-10-01 00:00:00+00'), ('2026-02-29', null), ('2026-13-01', null), ('0000-01-01', null), ('now', null), ('', null),
  ('infinity', null)) v (text, want);
select is(mls.reso_date(to_jsonb(v.text))::text, v.want, format('date of %s', v.text)) from (values
  ('2024-02-29', '2024-02-29'), ('1900-02-29', null), ('2026-06-31', null), ('2026-06-30T23:00:00-09:00', '2026-06-30'), ('TBD', null))
  v (text, want);
select is(mls.reso_number(v.json)::text, v.want, format('number of %s', v.json)) from (values
  ('12.50'::jsonb, '12.50'), ('"12.50"', '12.50'), ('"1e3"', '1000'), ('"1e9999"', null), ('"$5"', null), ('""', null), ('"."', null),
  ('true', null), ('[1]', null), ('null', null)) v (json, want);
select is(mls.reso_boolean(v.json)::text, v.want, format('truth of %s', v.json)) from (values
  ('true'::jsonb, 'true'), ('"N"', 'false'), ('"Yes"', 'true'), ('0', 'false'), ('"maybe"', null), ('{}', null)) v (json, want);

-- Fields and values of payloads
update mls.listings set raw = '{"City": "Miami", "X_A": 1, "X_B": [{"C": "d"}], "Heating": ["Central", "Gas"]}', updated_at = now()
  where id = tests.id('a_listing');
select ok(mls.scan_reso_fields(tests.ws('a'), '{City}', '{City,Heating}', '{City,Heating}'), 'something new was met');
select results_eq($$ select name, kinds from mls.reso_fields where workspace_id = tests.ws('a') and name <> 'PrivateRemarks' order by name $$,
  $$ values ('Heating', '{array}'::text[]), ('X_A', '{number}'), ('X_B', '{objects}'), ('X_B/C', '{string}') $$,
  'fields beside the known ones, and those of what is nested');
select results_eq($$ select name, value from mls.reso_lookups where workspace_id = tests.ws('a') order by 1, 2 $$,
  $$ values ('City', 'Miami'), ('Heating', 'Central'), ('Heating', 'Gas') $$, 'values of lists');
select ok(not mls.scan_reso_fields(tests.ws('a'), '{City}', '{City,Heating}', '{City,Heating}'), 'nothing new');
select is_empty($$ select from mls.reso_fields where workspace_id <> tests.ws('a') $$, 'of this workspace alone');

select * from finish();
rollback;
