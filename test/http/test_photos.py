"""Photos of listings as a front end keeps them: the object by the storage dialect, the row by the REST dialect, the rest by plat."""
import concurrent.futures, http.client, json, signal

import pytest

from conftest import wait_until
from picturekit import png, size
from storagekit import PDF, Answer, names, shop, uid  # noqa: F401

PUBLIC = '/storage/v1/object/public/listing-photos'


@pytest.fixture(scope='module')
def worker(shop):
    process = shop.plat.start('work')
    yield process
    shop.plat.stop(process)


@pytest.fixture
def listing(shop):
    made = uid(f'listing {next(names)}')
    shop.database.query("insert into mls.listings (workspace_id, id, source_provider, source_listing_key, standard_status, raw) "
                        "values (%s, %s, 'bridge', %s, 'Active', '{\"InternetEntireListingDisplayYN\": true}')",
                        uid('ws a'), made, made)
    return made


def rest(client, method, path, body=None, **headers):
    """The same client, at /rest/v1."""
    c = http.client.HTTPConnection('127.0.0.1', client.shop.port, timeout=60)
    own = {'Accept-Profile': 'mls', 'Content-Profile': 'mls', 'Prefer': 'return=representation',
           'Authorization': f'Bearer {client.token}', 'Content-Type': 'application/json'}
    try:
        c.request(method, '/rest/v1' + path, None if body is None else json.dumps(body), own | headers)
        r = c.getresponse()
        return Answer(r, r.read())
    finally:
        c.close()


def add(client, listing, file, data=None, **more):
    """What a front end does: the object, then the row."""
    path = f'{listing}/{file}'
    client.upload(f'listing-photos/{path}', data or png(640, 480), 'image/png').ok()
    answer = rest(client, 'POST', '/listing_photos', {'listing_id': listing, 'storage_path': path} | more)
    assert answer.status == 201, answer
    return answer.json[0]


def photos(shop, listing, columns='id::text'):
    return shop.database.query(f'select {columns} from mls.listing_photos where listing_id = %s order by sort_order, created_at', listing)


def objects(shop, listing):
    return {name for name, in shop.database.query("select name from storage.objects where bucket_id = 'listing-photos' and starts_with(name, %s)", listing)}


def test_a_photo_and_its_thumbnail(shop, worker, listing):
    agent = shop.as_('a_agent')
    photo = add(agent, listing, 'front door.png', caption='Front', alt_text='A green door')
    assert photo['url'].endswith(f'{PUBLIC}/{listing}/front%20door.png')
    assert (photo['mime_type'], photo['size_bytes'], photo['is_primary'], photo['uploaded_by']) == (
        'image/png', len(png(640, 480)), True, uid('a_agent'))
    made = wait_until(lambda: [p for p in photos(shop, listing, 'thumbnail_url, width, height') if p[0]])[0]
    assert made[1:] == (640, 480)
    thumbnail = shop.as_(None).get(made[0][made[0].index('/storage/v1') + len('/storage/v1'):])
    assert (thumbnail.status, size(thumbnail.data), thumbnail.headers['Content-Type']) == (200, ('webp', 480, 360), 'image/webp')
    picture = shop.as_(None).get(photo['url'][photo['url'].index('/storage/v1') + len('/storage/v1'):])
    assert picture.data == png(640, 480)


def test_a_new_picture_under_the_old_name(shop, worker, listing):
    agent = shop.as_('a_agent')
    add(agent, listing, 'x.png')
    wait_until(lambda: photos(shop, listing, 'width') == [(640,)])
    agent.upload(f'listing-photos/{listing}/x.png', png(320, 100), 'image/png', method='PUT').ok()
    wait_until(lambda: photos(shop, listing, 'width, height, size_bytes') == [(320, 100, len(png(320, 100)))])


def test_deleting_a_photo_deletes_its_objects(shop, worker, listing):
    agent = shop.as_('a_agent')
    first, second = add(agent, listing, '1.png'), add(agent, listing, '2.png')
    wait_until(lambda: len(objects(shop, listing)) == 4)
    assert rest(agent, 'DELETE', f'/listing_photos?id=eq.{first["id"]}').status == 200
    shop.database.query("select plat.enqueue('storage.follow_rows')")
    wait_until(lambda: objects(shop, listing) == {f'{listing}/2.png', f'{listing}/thumbnails/2.png.webp'})
    assert photos(shop, listing, 'id::text, is_primary') == [(second['id'], True)]
    wait_until(lambda: shop.database.one('select count(*) from storage.garbage') == 0)


def test_order_and_primary(shop, listing):
    agent = shop.as_('a_agent')
    ids = [add(agent, listing, f'{n}.png')['id'] for n in range(3)]
    answer = rest(agent, 'POST', '/rpc/order_listing_photos', {'listing': listing, 'ids': ids[::-1]})
    assert answer.status in (200, 204), answer
    assert [i for i, in photos(shop, listing)] == ids[::-1]
    assert rest(agent, 'POST', '/rpc/set_primary_photo', {'photo': ids[1]}).status in (200, 204)
    assert photos(shop, listing, 'id::text, is_primary') == [(ids[2], False), (ids[1], True), (ids[0], False)]
    pictures = rest(agent, 'GET', f'/listing_pictures?listing_id=eq.{listing}&order=position').json
    assert [p['id'] for p in pictures] == [ids[1], ids[2], ids[0]]
    assert rest(shop.as_('a_client'), 'POST', '/rpc/order_listing_photos', {'listing': listing, 'ids': ids}).status == 403


def test_photos_come_before_media(shop, listing):
    shop.database.query("insert into mls.listing_media (workspace_id, listing_id, url, sort_order) values (%s, %s, 'https://mls.example/1.jpg', 0)",
                        uid('ws a'), listing)
    photo = add(shop.as_('a_agent'), listing, 'own.png')
    pictures = rest(shop.as_('a_client'), 'GET', f'/listing_pictures?listing_id=eq.{listing}&order=position').json
    assert [(p['kind'], p['url']) for p in pictures] == [('photo', photo['url']), ('media', 'https://mls.example/1.jpg')]
    assert rest(shop.as_('b_agent'), 'GET', f'/listing_pictures?listing_id=eq.{listing}').json == []


def test_many_first_photos_at_once_leave_one_primary(shop, listing):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add(shop.as_('a_agent'), listing, f'{n}.png', png(8, 8)), range(8)))
    assert [p for p, in photos(shop, listing, 'is_primary')].count(True) == 1


def test_who_may(shop, listing):
    path = f'listing-photos/{listing}/x.png'
    for who in ('a_client', 'b_agent', 'anon'):
        assert shop.as_(who).upload(path, png(8, 8), 'image/png').status == 400
    assert shop.as_('a_agent').upload('listing-photos/x.png', png(8, 8), 'image/png').status == 400
    assert shop.as_('a_agent').upload(f'listing-photos/{uid("none")}/x.png', png(8, 8), 'image/png').status == 400
    shop.as_('a_agent').upload(path, PDF, 'application/pdf').refused(415, 'InvalidMimeType')
    shop.as_('a_agent').upload(path, PDF, 'image/png').refused(415, 'InvalidMimeType')
    shop.as_('a_agent').upload(path, png(8, 8), 'image/png').ok()
    row = {'listing_id': listing, 'storage_path': f'{listing}/x.png'}
    assert rest(shop.as_('a_client'), 'POST', '/listing_photos', row).status == 403
    assert rest(shop.as_('b_agent'), 'POST', '/listing_photos', row).status in (403, 404, 409)
    missing = rest(shop.as_('a_agent'), 'POST', '/listing_photos', row | {'storage_path': f'{listing}/none.png'})
    assert (missing.status, 'there is no object' in missing.json['message']) == (409, True)
    assert rest(shop.as_('a_agent'), 'POST', '/listing_photos', row).status == 201


def test_a_picture_that_cannot_be_read_leaves_a_dead_job_with_the_reason(shop, worker, listing):
    agent = shop.as_('a_agent')
    photo = add(agent, listing, 'broken.png', png(640, 480)[:2000])
    words = lambda: shop.database.query("select last_error from plat.jobs where name = 'storage.thumbnail' and status = 'dead' and payload ->> 'name' = %s",
                                        f'{listing}/broken.png')
    assert 'the picture' in wait_until(words)[0][0]
    assert photos(shop, listing, 'id::text, thumbnail_url') == [(photo['id'], None)]


def test_a_worker_killed_meanwhile_loses_nothing(shop, listing):
    agent = shop.as_('a_agent')
    for n in range(6):
        add(agent, listing, f'{n}.png', png(2000, 1500))
    worker = shop.plat.start('work')
    wait_until(lambda: any(t for t, in photos(shop, listing, 'thumbnail_url')))
    shop.plat.stop(worker, signal.SIGKILL)
    shop.database.query("update plat.jobs set leased_until = now() - interval '1 second' where status = 'running'")
    worker = shop.plat.start('work')
    try:
        wait_until(lambda: all(t for t, in photos(shop, listing, 'thumbnail_url')), 60)
    finally:
        shop.plat.stop(worker)
