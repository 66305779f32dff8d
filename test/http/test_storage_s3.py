"""Objects whose bytes lie in an S3-compatible service."""
import hashlib, http.client, os

import pytest

import picturekit
import s3_standin
from conftest import Plat, wait_until
from storagekit import LIMIT, PNG, Shop, uid

MB = 1024 * 1024


@pytest.fixture(scope='module')
def s3():
    s = s3_standin.S3()
    yield s
    s.close()


@pytest.fixture(scope='module')
def shop(template, s3):
    made = Shop(template, s3.env)
    yield made
    made.close()


@pytest.fixture(scope='module')
def bucket(shop):
    return shop.as_('a_admin').bucket()


@pytest.fixture(autouse=True)
def calm(s3):
    """No fault outlives its test, and no call was signed wrongly."""
    s3.faults.clear()
    s3.requests.clear()
    yield
    assert s3.refused == []


def key_of(shop, bucket, name):
    version = shop.database.one('select version from storage.objects where bucket_id = %s and name = %s', bucket, name)
    return f'{uid("ws a")}/{version[:2]}/{version}'


def spooled(shop):
    return list((shop.data / 'spool').iterdir())


def test_up_and_down(shop, s3, bucket):
    agent, data = shop.as_('a_agent'), os.urandom(3 * MB)
    agent.upload(f'{bucket}/a/big file.bin', data, 'application/octet-stream').ok()
    assert s3.objects[key_of(shop, bucket, 'a/big file.bin')] == data
    got = agent.get(f'/object/{bucket}/a/big file.bin')
    assert (got.status, got.data) == (200, data)
    assert got.headers['ETag'] == f'"{hashlib.md5(data).hexdigest()}"'
    part = agent.get(f'/object/{bucket}/a/big file.bin', Range='bytes=1000000-2000000')
    assert (part.status, part.data) == (206, data[1000000:2000001])
    assert agent.get(f'/object/{bucket}/a/big file.bin', Range='bytes=-5').data == data[-5:]
    assert not (shop.data / 'storage/objects').exists()
    assert spooled(shop) == []


@pytest.mark.parametrize('size', [0, 1, 65536, 262144, 262145, LIMIT])
def test_sizes(shop, s3, bucket, size):
    agent, data = shop.as_('a_agent'), os.urandom(size)
    agent.upload(f'{bucket}/size-{size}', data, 'application/octet-stream').ok()
    assert agent.get(f'/object/{bucket}/size-{size}').data == data


def test_copy_move_replace_and_remove(shop, s3, bucket):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/one', b'one').ok()
    agent.post('/object/copy', {'bucketId': bucket, 'sourceKey': 'one', 'destinationKey': 'two'}).ok()
    assert agent.get(f'/object/{bucket}/two').data == b'one'
    assert key_of(shop, bucket, 'one') != key_of(shop, bucket, 'two')
    s3.faults = ['copy']
    assert agent.post('/object/copy', {'bucketId': bucket, 'sourceKey': 'one', 'destinationKey': 'three'}).status == 502
    agent.get(f'/object/info/{bucket}/three').refused(404, 'NoSuchKey')
    gone = key_of(shop, bucket, 'one')
    agent.upload(f'{bucket}/one', b'another', method='PUT').ok()
    assert agent.get(f'/object/{bucket}/one').data == b'another'
    shop.plat.stop(work(shop, lambda: gone not in s3.objects))
    assert key_of(shop, bucket, 'one') in s3.objects


def work(shop, until):
    worker = shop.plat.start('work')
    wait_until(until)
    return worker


@pytest.mark.parametrize('faults', [[500], [503, 503], ['cut'], [503, 'cut', 500]])
def test_what_passes_is_tried_again(shop, s3, bucket, faults):
    agent, data = shop.as_('a_agent'), os.urandom(100000)
    s3.faults = list(faults)
    agent.upload(f'{bucket}/again-{len(s3.requests)}-{faults}', data, 'application/octet-stream').ok()
    s3.faults = list(faults)
    assert agent.get(f'/object/{bucket}/again-0-{faults}').data == data


@pytest.mark.parametrize('fault, status', [(503, 503), ('cut', 503), (403, 502)])
def test_what_does_not_is_told_and_leaves_nothing(shop, s3, bucket, fault, status):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/there', b'there', x_upsert='true').ok()
    before = dict(s3.objects)
    s3.faults = [fault] * 12  # libcurl itself asks anew when a connection that it kept is cut
    answer = agent.upload(f'{bucket}/broken', os.urandom(1000), 'application/octet-stream')
    assert answer.status == status, answer
    s3.faults = [fault] * 12  # libcurl itself asks anew when a connection that it kept is cut
    assert agent.get(f'/object/{bucket}/there').status == status
    s3.faults = []
    assert agent.get(f'/object/{bucket}/there').data == b'there'
    agent.get(f'/object/info/{bucket}/broken').refused(404, 'NoSuchKey')
    assert s3.objects == before
    assert spooled(shop) == []


def test_half_an_answer_is_not_taken_for_the_whole(shop, s3, bucket):
    import http.client
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/half', os.urandom(3 * MB), 'application/octet-stream').ok()
    s3.faults = ['half']  # longer than what is held before the first byte goes on
    with pytest.raises((http.client.IncompleteRead, ConnectionError, http.client.RemoteDisconnected)):
        agent.get(f'/object/{bucket}/half')


def test_bytes_that_are_gone(shop, s3, bucket):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/lost', b'lost').ok()
    del s3.objects[key_of(shop, bucket, 'lost')]
    agent.get(f'/object/{bucket}/lost').refused(404, 'NoSuchKey')


def test_the_sweep_finds_orphans_page_by_page(shop, s3, bucket):
    agent = shop.as_('a_agent')
    for n in range(5):
        agent.upload(f'{bucket}/keep-{n}', b'keep').ok()
    kept = {key_of(shop, bucket, f'keep-{n}') for n in range(5)}
    orphans = {f'{uid("ws a")}/{v[:2]}/{v}' for v in (uid(f'orphan {n}') for n in range(7))}
    s3.objects |= {k: b'orphan' for k in orphans} | {'not/ours': b'x'}
    shop.database.query("select plat.enqueue('storage.sweep')")
    shop.plat.stop(work(shop, lambda: not orphans & set(s3.objects)))
    assert kept <= set(s3.objects)
    assert s3.objects.pop('not/ours') == b'x'


def test_renditions_and_resumable_uploads(shop, s3, bucket):
    from test_storage_tus import Tus
    tus, picture = Tus(shop), picturekit.png(400, 300)
    path, _ = tus.create(bucket, 'p.png', len(picture), more={'contentType': 'image/png'})
    assert tus.patch(path, 0, picture[:100]).status == 204
    assert tus.patch(path, 100, picture[100:]).status == 204
    assert s3.objects[key_of(shop, bucket, 'p.png')] == picture
    made = tus.client.get(f'/render/image/authenticated/{bucket}/p.png?width=100')
    assert picturekit.size(made.data) == ('png', 100, 75)


def test_a_wrong_secret_is_told(template, s3):
    shop = Shop(template, s3.env | {'PLAT_S3_SECRET': 'another'})
    try:
        bucket = shop.as_('a_admin').bucket()
        assert shop.as_('a_agent').upload(f'{bucket}/x', b'x').status == 502
        assert s3.refused
        s3.refused.clear()
        assert 'SignatureDoesNotMatch' in shop.plat.said(shop.process)
        assert 'another' not in shop.plat.said(shop.process)
    finally:
        shop.close()


def test_settings_that_are_not_whole(data, database, s3):
    plat = Plat(data, database)
    for env in ({'PLAT_S3_BUCKET': ''}, {'PLAT_S3_KEY': ''}, {'PLAT_S3_SECRET': ''}, {'PLAT_S3_URL': 'ftp://x'}):
        r = plat.run('serve', '--listen', '127.0.0.1:0', env=s3.env | {'PLAT_JWT_SECRET': 'x' * 40} | env)
        assert r.returncode != 0 and 'PLAT_S3_URL' in r.stdout + r.stderr, r
