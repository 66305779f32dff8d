-- What the storage dialect does in SQL: rows are written as row level security lets, whatever goes leaves a note for its bytes.
begin;
select no_plan();
select tests.two_tenants();
select tests.logout();
insert into storage.buckets (id, name, workspace_id, file_size_limit, allowed_mime_types) values
  ('a-box', 'a-box', tests.ws('a'), 1000, '{image/*}'), ('b-box', 'b-box', tests.ws('b'), null, null), ('all-box', 'all-box', null, null, null);

create function pg_temp.put(bucket text, name text, upsert text default 'false') returns text language sql as $$
  select format($f$select storage.put_object(gen_random_uuid(), %L, %L, %s, null, null, gen_random_uuid()::text, '{"size": 1}', null)$f$, bucket, name, upsert);
$$;
create function pg_temp.try(bucket text, name text, upsert text default 'false', owner text default 'null', workspace text default 'null')
  returns text language sql as $$
  select format($f$select * from storage.try_object(%L, %L, %s, %s, %s)$f$, bucket, name, upsert, owner, workspace);
$$;

-- Before the first byte.
select tests.expect_each(pg_temp.try('a-box', 'x.png'),
  'a_agent 1, a_admin 1, a_client 1, b_admin PT404 Bucket not found, drifter 42501, anon 42501, service 1, worker 1');
select tests.expect_each(pg_temp.try('all-box', 'x.png'), 'a_agent 1, b_admin 1, drifter 42501, anon 42501, service 1');
select tests.expect('a_agent', pg_temp.try('no-box', 'x.png'), 'PT404 Bucket not found');
select tests.expect('a_agent', pg_temp.try('a-box', '../x.png'), '23514');
select tests.expect('a_agent', pg_temp.try('a-box', 'x.png', 'false', format('%L', tests.id('a_agent2'))), '42501', 'nobody uploads as somebody else');
select tests.expect('a_agent', pg_temp.try('b-box', 'x.png', 'false', 'null', format('%L', tests.ws('b'))), 'PT404',
                    'naming another workspace opens nothing');
select tests.login(tests.id('a_agent'));
select results_eq(pg_temp.try('a-box', 'x.png'), format($$values (%L::uuid, 1000::bigint, '["image/*"]'::jsonb)$$, tests.ws('a')), 'the bucket''s terms');
select is((select count(*) from storage.objects), 0::bigint, 'trying leaves nothing');
select tests.logout();
select is((select count(*) from storage.garbage) + (select count(*) from plat.jobs where name like 'storage.%'), 0::bigint, 'no notes either');

-- Written.
select tests.login(tests.id('a_agent'));
select ok(storage.put_object('11111111-1111-4111-8111-111111111111', 'a-box', 'x.png', false, null, tests.ws('a'), 'v1', '{"size": 1}', null) is not null, 'put');
select throws_ok(format($$select storage.put_object(gen_random_uuid(), 'a-box', 'x.png', false, null, %L, 'v2', '{}', null)$$, tests.ws('a')), '23505');
select is(storage.put_object(gen_random_uuid(), 'a-box', 'x.png', true, null, tests.ws('a'), 'v2', '{"size": 2}', '{"a": 1}'),
          '11111111-1111-4111-8111-111111111111'::uuid, 'replaced in its row');
select results_eq($$select version, metadata, user_metadata, owner from storage.objects where name = 'x.png'$$,
  format($$values ('v2', '{"size": 2}'::jsonb, '{"a": 1}'::jsonb, %L::uuid)$$, tests.id('a_agent')));
select tests.logout();
select results_eq($$select workspace_id, version from storage.garbage$$, format($$values (%L::uuid, 'v1')$$, tests.ws('a')), 'the old bytes are noted');
select is((select count(*) from plat.jobs where name = 'storage.delete_bytes' and status = 'queued'), 1::bigint, 'and a job is queued');
select tests.expect('a_agent2', $$select storage.put_object(gen_random_uuid(), 'a-box', 'x.png', true, null, tests.ws('a'), 'v3', '{}', null)$$, '42501');
select tests.expect('a_admin', $$select storage.put_object(gen_random_uuid(), 'a-box', 'x.png', true, null, tests.ws('a'), 'v3', '{}', null)$$, '1');

-- An object of the installation: no tenant's, and nobody can make one but the service role.
select tests.expect('a_admin', $$insert into storage.objects (bucket_id, name, workspace_id) values ('all-box', 'own.png', null)$$, '42501');
insert into storage.objects (bucket_id, name, workspace_id, version) values ('all-box', 'own.png', null, 'v9');
select tests.expect_each($$select from storage.objects where name = 'own.png'$$, 'a_admin 0, b_admin 0, service 1');

select tests.expect('owner', $$insert into storage.objects (bucket_id, name, workspace_id) values ('a-box', 'x', null)$$, 'PT409', 'not in a bucket of a tenant');

-- Policies of one's own for strangers are not in the way of plat's.
grant select on storage.objects to anon;
create policy strangers on storage.objects for select to anon using (bucket_id = 'all-box');
select tests.expect('anon', $$select from storage.objects$$, '1');
revoke select on storage.objects from anon;
drop policy strangers on storage.objects;

-- Moved.
select tests.expect('a_agent', $$select storage.move_object('a-box', 'x.png', 'b-box', 'x.png')$$, 'PT404 Bucket not found');
select tests.expect('a_agent', $$select storage.move_object('a-box', 'x.png', 'all-box', 'own.png')$$, '23505');
select tests.login(tests.id('a_agent2'));
select ok(not storage.move_object('a-box', 'x.png', 'a-box', 'y.png'), 'not by who may not change it');
select tests.login(tests.id('a_agent'));
select ok(storage.move_object('a-box', 'x.png', 'all-box', 'y.png'), 'moved');
select tests.logout();
select is((select count(*) from storage.garbage), 1::bigint, 'a move leaves no bytes behind');

-- Gone, by whatever statement: one note for each row, at the owner's hand too.
insert into storage.objects (bucket_id, name, workspace_id, version) select 'b-box', 'n' || n, tests.ws('b'), 'b' || n from generate_series(1, 3) n;
insert into storage.objects (bucket_id, name, workspace_id) values ('b-box', 'without bytes', tests.ws('b'));
delete from storage.objects where bucket_id = 'b-box';
select results_eq($$select version from storage.garbage where workspace_id = tests.ws('b') order by version$$, $$values ('b1'), ('b2'), ('b3')$$);
update storage.objects set last_accessed_at = now();
select is((select count(*) from storage.garbage), 4::bigint, 'a read leaves no note');
select tests.expect_each($$select from storage.garbage$$, 'a_admin 42501, anon 42501, service 42501');

-- Listed.
insert into storage.objects (bucket_id, name, workspace_id, owner)
  select 'a-box', n, tests.ws('a'), tests.id('a_agent') from unnest('{a.txt,d/1.txt,d/2.txt,d/e/3.txt,d0.txt,D.txt,ä.txt}'::text[]) n;
create function pg_temp.names(list jsonb) returns text language sql as $$
  select string_agg((r ->> 'name') || case when r ->> 'id' is null then '/' else '' end, ' ' order by n) from jsonb_array_elements(list) with ordinality x (r, n);
$$;
select tests.login(tests.id('a_agent'));
select is(pg_temp.names(storage.list_objects('a-box', '', '', 100, 0, 'name', false)), 'd/ D.txt a.txt d0.txt ä.txt');
select is(pg_temp.names(storage.list_objects('a-box', '', '', 100, 0, 'name', true)), 'd/ ä.txt d0.txt a.txt D.txt');
select is(pg_temp.names(storage.list_objects('a-box', 'd/', '', 100, 0, 'name', false)), 'e/ 1.txt 2.txt');
select is(pg_temp.names(storage.list_objects('a-box', '', 'Ä', 100, 0, 'name', false)), 'ä.txt');
select is(pg_temp.names(storage.list_objects('a-box', '', 'D', 1, 1, 'name', false)), 'D.txt');
select is(storage.list_objects('a-box', 'none/', '', 100, 0, 'name', false), '[]'::jsonb);
select is(storage.list_pages('a-box', 'none', false, 10, 'name', false, null), '{"folders": [], "hasNext": false, "objects": []}'::jsonb);
select is(pg_temp.names(storage.list_pages('a-box', 'd', false, 2, 'name', false, null) -> 'objects'), 'd/1.txt d/2.txt');
select is(pg_temp.names(storage.list_pages('a-box', 'd', false, 2, 'name', false,
            storage.list_pages('a-box', 'd', false, 2, 'name', false, null) ->> 'nextCursor') -> 'objects'), 'd/e/3.txt d0.txt');
select is(storage.read_cursor(storage.write_cursor(k, 'n/ä?>')), jsonb_build_array(k, 'n/ä?>'), 'a cursor comes back as it went')
  from unnest(array['', 'a', 'ab', 'abc', repeat('long ', 300), '"\']) k;
select throws_ok($$select storage.list_pages('a-box', '', false, 2, 'name', false, 'nonsense')$$, 'PT400');
select tests.login(tests.id('b_admin'));
select is(storage.list_objects('a-box', '', '', 100, 0, 'name', false), '[]'::jsonb, 'others see nothing');
select * from finish();
rollback;
