-- Buckets and objects: who sees and changes which, and what their names may be.
begin;
select no_plan();
select tests.two_tenants();
select tests.logout();
insert into storage.buckets (id, name, workspace_id, audience) values
  ('a-photos', 'a-photos', tests.ws('a'), 'workspace'), ('a-papers', 'a-papers', tests.ws('a'), 'owner'),
  ('b-photos', 'b-photos', tests.ws('b'), 'workspace'), ('everybody', 'everybody', null, 'owner');
insert into storage.objects (bucket_id, name, workspace_id, owner) values
  ('a-photos', 'house/front.jpg', tests.ws('a'), tests.id('a_agent')), ('a-papers', 'w9.pdf', tests.ws('a'), tests.id('a_agent')),
  ('b-photos', 'house/front.jpg', tests.ws('b'), tests.id('b_agent')), ('everybody', 'a.png', tests.ws('a'), tests.id('a_agent')),
  ('everybody', 'b.png', tests.ws('b'), tests.id('b_agent'));

create function pg_temp.each(statement text, wants text) returns setof text language sql as $$
  select tests.expect(w.who, statement, w.want)
    from rows from (unnest(array['a_agent', 'a_agent2', 'a_admin', 'a_client', 'b_admin', 'drifter', 'anon', 'service']),
                    regexp_split_to_table(wants, '\s+')) with ordinality w (who, want, n) order by n;
$$;

-- Buckets: seen by the workspace, made by its admins; those of the installation by the service role.
select pg_temp.each($$ select from storage.buckets where id = 'a-photos' $$, '1 1 1 1 0 0 42501 1');
select pg_temp.each($$ select from storage.buckets where id = 'everybody' $$, '1 1 1 1 1 0 42501 1');
select pg_temp.each($$ insert into storage.buckets (id, name) values ('new', 'new') $$, '42501 42501 1 42501 1 42501 42501 1');
select pg_temp.each($$ insert into storage.buckets (id, name, workspace_id) values ('new', 'new', null) $$,
                    '42501 42501 42501 42501 42501 42501 42501 1');
select pg_temp.each($$ insert into storage.buckets (id, name, workspace_id) values ('new', 'new', tests.ws('b')) $$,
                    '42501 42501 42501 42501 1 42501 42501 1');
select pg_temp.each($$ update storage.buckets set public = true where id = 'a-photos' $$, '0 0 1 0 0 0 42501 1');
select pg_temp.each($$ update storage.buckets set public = true where id = 'everybody' $$, '0 0 0 0 0 0 42501 1');
select pg_temp.each($$ delete from storage.buckets where id = 'a-photos' $$, '0 0 23503 0 0 0 42501 23503');
delete from storage.objects where bucket_id = 'everybody' and name = 'b.png';

-- Objects: their owner, admins, and what the bucket is for.
select pg_temp.each($$ select from storage.objects where bucket_id = 'a-photos' $$, '1 1 1 0 0 0 42501 1');
select pg_temp.each($$ select from storage.objects where bucket_id = 'a-papers' $$, '1 0 1 0 0 0 42501 1');
select pg_temp.each($$ select from storage.objects where bucket_id = 'b-photos' $$, '0 0 0 0 1 0 42501 1');
select pg_temp.each($$ select from storage.objects where bucket_id = 'everybody' $$, '1 0 1 0 0 0 42501 1');
select pg_temp.each($$ insert into storage.objects (bucket_id, name) values ('a-photos', 'x.jpg') $$, '1 1 1 1 PT409 PT409 42501 1');
select pg_temp.each($$ insert into storage.objects (bucket_id, name) values ('b-photos', 'x.jpg') $$,
                    'PT409 PT409 PT409 PT409 1 PT409 42501 PT409');
select pg_temp.each($$ insert into storage.objects (bucket_id, name) values ('everybody', 'x.jpg') $$, '1 1 1 1 1 42501 42501 1');
select pg_temp.each($$ insert into storage.objects (bucket_id, name, owner) values ('a-photos', 'x.jpg', tests.id('a_agent')) $$,
                    '1 42501 42501 42501 PT409 PT409 42501 1');
select pg_temp.each($$ insert into storage.objects (bucket_id, name, workspace_id) values ('a-photos', 'x.jpg', tests.ws('b')) $$,
                    'PT409 PT409 PT409 PT409 PT409 PT409 42501 PT409');
select pg_temp.each($$ update storage.objects set user_metadata = '{}' where bucket_id = 'a-photos' $$, '1 0 1 0 0 0 42501 1');
select pg_temp.each($$ update storage.objects set owner = tests.id('a_agent2') where bucket_id = 'a-photos' $$, '42501 0 1 0 0 0 42501 1');
select pg_temp.each($$ update storage.objects set bucket_id = 'b-photos', name = 'y' where bucket_id = 'a-photos' $$,
                    'PT409 0 PT409 0 0 0 42501 PT409');
select pg_temp.each($$ update storage.objects set workspace_id = tests.ws('b') where bucket_id = 'everybody' $$, 'PT409 0 PT409 0 0 0 42501 PT409');
select pg_temp.each($$ delete from storage.objects where bucket_id = 'a-photos' $$, '1 0 1 0 0 0 42501 1');

-- Uploads under way are the server's.
insert into storage.s3_multipart_uploads (id, bucket_id, key, workspace_id, version, upload_signature)
  values ('u1', 'a-photos', 'x', tests.ws('a'), 'v', 's');
insert into storage.s3_multipart_uploads_parts (upload_id, part_number, size, etag, version) values ('u1', 1, 5, 'e', 'v');
insert into storage.tus_uploads (bucket_id, name, workspace_id, version) values ('a-photos', 'x', tests.ws('a'), 'v');
select pg_temp.each(x.statement, x.wants)
  from unnest(array['s3_multipart_uploads', 's3_multipart_uploads_parts', 'tus_uploads']) t
  cross join lateral (values
    (format('select from storage.%s', t), '42501 42501 42501 42501 42501 42501 42501 1'),
    (format('update storage.%s set version = ''w''', t), '42501 42501 42501 42501 42501 42501 42501 1'),
    (format('delete from storage.%s', t), '42501 42501 42501 42501 42501 42501 42501 1'))
    x (statement, wants);

select tests.expect('owner', statement, want) from (values
  ($$ insert into storage.buckets (id, name) values ('a-photos', 'other') $$, '23505'),
  ($$ insert into storage.buckets (id, name) values ('other', 'a-photos') $$, '23505'),
  ($$ insert into storage.buckets (id, name) values ('a/b', 'x') $$, '23514 buckets_id_is_a_name'),
  ($$ insert into storage.buckets (id, name) values ('', 'x') $$, '23514 buckets_id_is_a_name'),
  ($$ insert into storage.buckets (id, name) values ('..', 'x') $$, '23514 buckets_id_is_a_name'),
  ($$ insert into storage.buckets (id, name, file_size_limit) values ('x', 'x', 0) $$, '23514'),
  ($$ insert into storage.buckets (id, name, audience) values ('x', 'x', 'all') $$, '23514'),
  ($$ insert into storage.buckets (id, name) values ('My.Bucket_1', 'x') $$, '1'),
  ($$ insert into storage.objects (bucket_id, name, workspace_id) values ('a-photos', 'house/front.jpg', tests.ws('a')) $$,
   '23505 objects_bucket_id_name_key'),
  ($$ insert into storage.objects (bucket_id, name, workspace_id) values ('nowhere', 'x', tests.ws('a')) $$, '23503'),
  ($$ insert into storage.s3_multipart_uploads_parts (upload_id, part_number, size, etag, version) values ('u1', 1, 5, 'e', 'v') $$, '23505'),
  ($$ insert into storage.s3_multipart_uploads_parts (upload_id, part_number, size, etag, version) values ('u1', 0, 5, 'e', 'v') $$, '23514'),
  ($$ insert into storage.s3_multipart_uploads_parts (upload_id, part_number, size, etag, version) values ('u1', 10001, 5, 'e', 'v') $$, '23514'),
  ($$ insert into storage.s3_multipart_uploads (id, bucket_id, key, workspace_id, version, upload_signature)
        values ('u2', 'a-photos', 'x', tests.ws('b'), 'v', 's') $$, 'PT409 belongs to another workspace'),
  ($$ insert into storage.tus_uploads (bucket_id, name, workspace_id, version) values ('a-photos', 'x', tests.ws('b'), 'v') $$,
   'PT409 belongs to another workspace'),
  ($$ insert into storage.tus_uploads (bucket_id, name, workspace_id, version, upload_length, upload_offset)
        values ('a-photos', 'x', tests.ws('a'), 'v', 5, 6) $$, '23514 tus_uploads_offset_within_length'),
  ($$ insert into storage.tus_uploads (bucket_id, name, workspace_id, version, upload_length) values ('a-photos', 'x', tests.ws('a'), 'v', -1) $$,
   '23514')) v (statement, want);

-- Paths: no way out of the bucket's folder.
select tests.expect('owner', format('insert into storage.objects (bucket_id, name, workspace_id) values (''a-photos'', %L, tests.ws(''a''))', name),
                    case when good then '1' else '23514 objects_name_is_a_path' end, 'an object called ' || left(to_json(name)::text, 30))
  from (values ('a.jpg', true), ('a/b/c.jpg', true), ('.hidden', true), ('a..b', true), ('...', true), ('Ünïcode name.jpg', true),
               (repeat('x', 1024), true), (repeat('x', 1025), false), ('', false), ('/a', false), ('a/', false), ('a//b', false), ('.', false),
               ('..', false), ('../a', false), ('a/../b', false), ('a/./b', false), ('a/..', false), (e'a\nb', false), (e'a\tb', false))
    v (name, good);

-- Parts of a path, as Supabase's policies name them.
select is(storage.foldername('a/b/c.jpg'), array['a', 'b'], 'foldername');
select is(storage.foldername('c.jpg'), '{}'::text[], 'foldername of a bare name');
select is(storage.filename('a/b/c.jpg'), 'c.jpg', 'filename');
select is(storage.extension('a.b/c.tar.gz'), 'gz', 'extension');
select is(storage.extension('a.b/c'), '', 'no extension');
select is(o.path_tokens, array['house', 'front.jpg'], 'path_tokens') from storage.objects o where o.bucket_id = 'a-photos';
select is(o.owner_id, o.owner::text, 'owner_id is the owner as text') from storage.objects o where o.bucket_id = 'a-photos';

-- A visit is not a change.
update storage.objects set last_accessed_at = now() + interval '1 s', updated_at = updated_at where bucket_id = 'a-photos';
select is(b.updated_at, b.created_at, 'reading does not touch updated_at') from storage.objects b where b.bucket_id = 'a-photos';

select * from finish();
rollback;
