-- Photos of listings: objects of the bucket listing-photos and the rows that refer to them; the primary one, the order, thumbnails,
-- and photos before media.
begin;
select no_plan();
select tests.mls_rows();
select tests.logout();
delete from mls.listing_photos;
update storage.site set public_url = 'https://api.example.com';

create function pg_temp.put(name text, letter text default 'a', user_metadata jsonb default null) returns uuid language sql as $$
  insert into storage.objects (bucket_id, name, workspace_id, owner, version, metadata, user_metadata)
    values ('listing-photos', name, tests.ws(letter), tests.id(letter || '_agent'), gen_random_uuid(),
            '{"size": 1234, "mimetype": "image/jpeg"}', user_metadata)
    on conflict (bucket_id, name) do update set version = excluded.version, metadata = '{"size": 99, "mimetype": "image/png"}'
    returning id;
$$;
create function pg_temp.path(file text, letter text default 'a') returns text language sql as $$
  select tests.id(letter || '_listing') || '/' || file;
$$;
grant execute on all functions in schema pg_temp to public;

-- The bucket.
select is(b.public and b.workspace_id is null, true, 'the bucket of photos is everybody''s to see, and each workspace''s to fill')
  from storage.buckets b where b.id = 'listing-photos';
select tests.expect(who, format('insert into storage.objects (bucket_id, name) values (''listing-photos'', %L)', name), want)
  from (values
    ('a_agent', pg_temp.path('1.jpg'), '1'), ('a_admin', pg_temp.path('deep/1.jpg'), '1'),
    ('a_client', pg_temp.path('1.jpg'), 'PT403 only agents'), ('b_agent', pg_temp.path('1.jpg'), 'PT404 photos are named'),
    ('a_agent', '1.jpg', 'PT404'), ('a_agent', 'nobody/1.jpg', 'PT404'), ('a_agent', pg_temp.path('1.jpg', 'b'), 'PT404'),
    ('anon', pg_temp.path('1.jpg'), '42501'), ('drifter', pg_temp.path('1.jpg'), 'PT403')) v (who, name, want);

-- The row takes what the object says.
select pg_temp.put(pg_temp.path('front door.jpg'));
select tests.login(tests.id('a_agent'));
insert into mls.listing_photos (id, listing_id, storage_path, url, mime_type, size_bytes, caption, alt_text)
  values (tests.put('first', md5('first')::uuid), tests.id('a_listing'), pg_temp.path('front door.jpg'), 'http://elsewhere', 'text/html', 5,
          'Front', 'A green door');
select is((p.url, p.mime_type, p.size_bytes, p.is_primary, p.uploaded_by, p.caption, p.alt_text)::text,
          (format('https://api.example.com/storage/v1/object/public/listing-photos/%s/front%%20door.jpg', tests.id('a_listing')),
           'image/jpeg', 1234, true, tests.id('a_agent'), 'Front', 'A green door')::text,
          'address, type and size are the object''s; the first photo is the primary one')
  from mls.listing_photos p;
update mls.listing_photos set url = 'http://elsewhere', size_bytes = 1;
select is(p.size_bytes, 1234, 'and stay so') from mls.listing_photos p where starts_with(p.url, 'https://api.example.com/');
select tests.logout();
select tests.expect_each(format($$ insert into mls.listing_photos (listing_id, storage_path) values (%L, %L) $$, tests.id('a_listing'), path),
                         wants, path)
  from (values (pg_temp.path('none.jpg'), 'a_agent PT409 there is no object, a_client PT409, b_agent PT409'),
               ('front door.jpg', 'a_agent PT409')) v (path, wants);
select tests.expect('a_agent', format($$ insert into mls.listing_photos (listing_id, storage_path) values (%L, %L) $$,
                                      tests.id('a_inactive'), pg_temp.path('front door.jpg')), 'PT409', 'the folder is the listing''s own');
select pg_temp.put(pg_temp.path('x.jpg', 'b'), 'b');
select tests.expect('a_agent', format($$ insert into mls.listing_photos (listing_id, storage_path) values (%L, %L) $$,
                                      tests.id('a_listing'), pg_temp.path('x.jpg', 'b')), 'PT409', 'not another workspace''s object');

-- New bytes under the same name; another address of the server.
select pg_temp.put(pg_temp.path('front door.jpg'));
select is((p.mime_type, p.size_bytes)::text, '(image/png,99)', 'a replaced object is followed') from mls.listing_photos p;
select is(storage.set_public_url('https://new.example.com'), true, 'a server has another address');
select ok(starts_with(p.url, 'https://new.example.com/storage/v1/object/public/'), 'and links follow it') from mls.listing_photos p;
select is(storage.set_public_url('https://new.example.com'), false, 'once');

-- Thumbnails: a job for each picture, and none for a thumbnail.
select is(count(*), 2::bigint, 'a thumbnail is asked for, once for each object') from plat.jobs j where j.name = 'storage.thumbnail';
select pg_temp.put(storage.thumbnail_name(o.name), 'a', jsonb_build_object('thumbnail_of', o.name, 'version', o.version, 'width', 4000, 'height', 3000))
  from storage.objects o where o.name = pg_temp.path('front door.jpg');
select is((p.thumbnail_url, p.width, p.height)::text,
          (format('https://new.example.com/storage/v1/object/public/listing-photos/%s/thumbnails/front%%20door.jpg.webp', tests.id('a_listing')),
           4000, 3000)::text, 'a thumbnail that is there is told, with the size of the picture') from mls.listing_photos p;
select is(count(*), 2::bigint, 'no thumbnail of a thumbnail') from plat.jobs j where j.name = 'storage.thumbnail';

-- One primary, always.
create function pg_temp.primaries() returns text language sql as $$
  select string_agg(n.name, ' ' order by n.name) from mls.listing_photos p join tests.names n on n.id = p.id where p.is_primary;
$$;
select tests.login(tests.id('a_agent'));
insert into mls.listing_photos (id, listing_id, url, sort_order)
  values (tests.put('second', md5('second')::uuid), tests.id('a_listing'), 'http://p/2', 2),
         (tests.put('third', md5('third')::uuid), tests.id('a_listing'), 'http://p/3', 3);
set constraints all immediate;
set constraints all deferred;
select is(pg_temp.primaries(), 'first', 'more photos change nothing');
insert into mls.listing_photos (id, listing_id, url, is_primary)
  values (tests.put('fourth', md5('fourth')::uuid), tests.id('a_listing'), 'http://p/4', true);
select is(pg_temp.primaries(), 'fourth', 'a new primary photo takes the place of the old one');
set constraints all deferred;
update mls.listing_photos set is_primary = false;
set constraints all immediate;
select is(pg_temp.primaries(), 'first', 'without a primary one the first in order is it');
set constraints all deferred;
select mls.set_primary_photo(tests.id('third'));
set constraints all immediate;
select is(pg_temp.primaries(), 'third', 'it may be chosen');
delete from mls.listing_photos where id = tests.id('third');
select is(pg_temp.primaries(), 'first', 'and when it goes there is another');

-- Order.
select mls.order_listing_photos(tests.id('a_listing'), array[tests.id('fourth'), tests.id('first')]);
select results_eq($$ select p.id from mls.listing_photos p order by p.sort_order $$,
                  $$ values (tests.id('fourth')), (tests.id('first')), (tests.id('second')) $$, 'photos are in the wanted order, others behind them');
select tests.logout();
select tests.expect_each(format('select mls.order_listing_photos(%L, array[%L, %L]::uuid[])', tests.id('a_listing'), tests.id('first'), tests.id('second')),
                         'a_agent 1, a_admin 1, a_client PT403, b_admin PT404, drifter PT404, anon 42501, service 1', 'ordering');
select tests.expect('a_agent', format('select mls.order_listing_photos(%L, array[%L, %2$L]::uuid[])', tests.id('a_listing'), tests.id('first')), 'PT404');

-- Photos before media.
select tests.login(tests.id('a_client'));
select results_eq($$ select i.kind, i.url from mls.listing_pictures i where i.listing_id = tests.id('a_listing') order by i.position $$,
  format($$ values ('photo', %L), ('photo', 'http://p/4'), ('photo', 'http://p/2'), ('media', 'https://media.example/1.jpg') $$,
         (select p.url from mls.listing_photos p where p.id = tests.id('first'))),
  'the primary photo, the other photos, then what the MLS has');
select tests.logout();
select tests.expect_each($$ select from mls.listing_pictures where listing_id = tests.id('a_listing') $$,
                         'a_client 4, b_admin 0, drifter 0, anon 42501, service 4');
select tests.expect_each($$ select from mls.listing_pictures where listing_id = tests.id('a_inactive') $$, 'a_client 0, a_admin 1');

-- A photo takes its objects with it, when nobody else refers to them.
select tests.login(tests.id('a_agent'));
insert into mls.listing_photos (listing_id, storage_path) values (tests.id('a_listing'), pg_temp.path('front door.jpg'));
delete from mls.listing_photos where id = tests.id('first');
select tests.logout();
select storage.follow_rows();
select is(count(*), 2::bigint, 'another row still needs them') from storage.objects o where o.workspace_id = tests.ws('a');
delete from mls.listing_photos where storage_path is not null;
select is((r.removed, r.filled)::text, '(2,0)', 'picture and thumbnail go with the last row') from storage.follow_rows() r;
select is_empty($$ select from storage.objects o where o.workspace_id = tests.ws('a') $$, 'and are gone');
select is_empty($$ select from plat.outbox where topic = 'storage.remove' $$, 'nothing is left to do');
select is(count(*), 1::bigint, 'another workspace''s are there') from storage.objects o where o.bucket_id = 'listing-photos';

select * from finish();
rollback;
