"""Resumable uploads (TUS 1.0.0) over /storage/v1/upload/resumable."""
import base64, hashlib, http.client, os, signal, socket, threading, time

import pytest

from conftest import wait_until
from storagekit import JPEG, LIMIT, PDF, PNG, Shop, shop, uid  # noqa: F401

PATH = '/upload/resumable'
MB = 1024 * 1024


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def metadata(bucket, name, **more):
    return ','.join(f'{k} {b64(v)}' for k, v in ({'bucketName': bucket, 'objectName': name} | more).items())


class Tus:
    """As tus-js-client."""

    def __init__(self, shop, who='a_agent'):
        self.client = shop.as_(who)

    def __call__(self, method, path, body=None, **headers):
        own = {'Tus-Resumable': '1.0.0'} | {k.replace('_', '-'): str(v) for k, v in headers.items() if v is not None}
        return self.client(method, path, body, {k: v for k, v in own.items() if v != 'None'})

    def create(self, bucket, name, length, body=None, more=None, **headers):
        given = {'Upload_Metadata': metadata(bucket, name, **(more or {}))} | ({} if length is None else {'Upload_Length': length}) | headers
        answer = self('POST', PATH, body, **given)
        assert answer.status == 201, answer
        return answer.headers['Location'].removeprefix('/storage/v1'), answer

    def patch(self, path, offset, data, **headers):
        return self('PATCH', path, data, **({'Upload_Offset': offset, 'Content_Type': 'application/offset+octet-stream'} | headers))

    def offset(self, path):
        answer = self('HEAD', path)
        assert answer.status == 200, answer
        return int(answer.headers['Upload-Offset'])


@pytest.fixture(scope='module')
def bucket(shop):
    return shop.as_('a_admin').bucket()


@pytest.fixture
def tus(shop):
    return Tus(shop)


def parts(shop):
    folder = shop.data / 'uploads'
    return list(folder.iterdir()) if folder.exists() else []


def test_an_upload_in_three_pieces(shop, tus, bucket):
    data = JPEG + os.urandom(100000)
    path, made = tus.create(bucket, 'a/front.jpg', len(data), more={'contentType': 'image/jpeg', 'cacheControl': '60', 'metadata': '{"room": "küche"}'})
    assert 'GMT' in made.headers['Upload-Expires']
    assert made.headers['Tus-Resumable'] == '1.0.0'
    at = 0
    for size in (1000, 50000, len(data) - 51000):
        answer = tus.patch(path, at, data[at:at + size])
        at += size
        assert (answer.status, answer.headers['Upload-Offset']) == (204, str(at)), answer
        head = tus('HEAD', path)
        assert (head.headers['Upload-Offset'], head.headers['Upload-Length'], head.headers['Cache-Control']) == (str(at), str(len(data)), 'no-store')
    got = tus.client.get(f'/object/{bucket}/a/front.jpg')
    assert (got.data, got.headers['Content-Type'], got.headers['Cache-Control']) == (data, 'image/jpeg', 'max-age=60')
    assert got.headers['ETag'] == f'"{hashlib.md5(data).hexdigest()}"'
    assert tus.client.get(f'/object/info/{bucket}/a/front.jpg').ok()['metadata'] == {'room': 'küche'}
    assert parts(shop) == []


def test_bytes_may_come_with_the_creation(shop, tus, bucket):
    path, made = tus.create(bucket, 'with.txt', 10, b'01234', Content_Type='application/offset+octet-stream')
    assert made.headers['Upload-Offset'] == '5'
    assert tus.patch(path, 5, b'56789').status == 204
    assert tus.client.get(f'/object/{bucket}/with.txt').data == b'0123456789'
    tus.create(bucket, 'whole.txt', 5, b'01234', Content_Type='application/offset+octet-stream')
    assert tus.client.get(f'/object/{bucket}/whole.txt').data == b'01234'


def test_an_upload_of_nothing(tus, bucket):
    path, made = tus.create(bucket, 'empty.txt', 0)
    assert made.headers['Upload-Offset'] == '0'
    answer = tus.client.get(f'/object/{bucket}/empty.txt')
    assert (answer.status, answer.data) == (200, b'')


def test_the_length_may_be_told_later(tus, bucket):
    path, _ = tus.create(bucket, 'later.txt', None, Upload_Defer_Length=1)
    assert tus('HEAD', path).headers['Upload-Defer-Length'] == '1'
    assert tus.patch(path, 0, b'012').status == 204
    assert tus.patch(path, 3, b'34', Upload_Length=2).status == 400
    assert tus.patch(path, 3, b'34', Upload_Length=LIMIT + 1).status == 413
    assert tus.patch(path, 3, b'34', Upload_Length=7).status == 204
    assert tus.patch(path, 5, b'56', Upload_Length=8).status == 400
    assert tus.patch(path, 5, b'56').status == 204
    assert tus.client.get(f'/object/{bucket}/later.txt').data == b'0123456'


def test_options_say_what_there_is(shop):
    answer = shop.as_(None)('OPTIONS', PATH, headers={'Origin': 'https://x.example', 'Access-Control-Request-Headers': 'upload-offset'})
    assert answer.status == 204
    assert answer.headers['Tus-Version'] == '1.0.0'
    assert set(answer.headers['Tus-Extension'].split(',')) == {'creation', 'creation-with-upload', 'creation-defer-length', 'expiration',
                                                               'termination', 'checksum'}
    assert answer.headers['Tus-Max-Size'] == str(LIMIT)
    assert answer.headers['Tus-Checksum-Algorithm'] == 'sha1,sha256,md5'
    assert answer.headers['Access-Control-Allow-Headers'] == 'upload-offset'


def test_wrong_offsets_conflict(tus, bucket):
    path, _ = tus.create(bucket, 'conflict.txt', 10)
    assert tus.patch(path, 0, b'01234').status == 204
    for offset in (0, 4, 6, 10):
        answer = tus.patch(path, offset, b'x')
        assert (answer.status, answer.headers['Upload-Offset']) == (409, '5')
    for offset in ('-1', 'x', '', '5.0', '+5'):
        assert tus.patch(path, offset, b'x').status == 400
    assert tus.offset(path) == 5


def test_more_than_was_announced_is_refused(shop, tus, bucket):
    path, _ = tus.create(bucket, 'more.txt', 5)
    assert tus.patch(path, 0, b'0123456789').status == 413
    assert tus.offset(path) == 0
    assert tus.patch(path, 0, b'01234').status == 204
    assert tus.client.get(f'/object/{bucket}/more.txt').data == b'01234'


@pytest.mark.parametrize('algorithm', ['sha1', 'sha256', 'md5'])
def test_checksums(tus, bucket, algorithm):
    path, _ = tus.create(bucket, f'sum.{algorithm}', 10010)
    data = os.urandom(10000)
    check = lambda bytes: f'{algorithm} {b64(hashlib.new(algorithm, bytes).digest())}'
    assert tus.patch(path, 0, b'0123456789', Upload_Checksum=check(b'0123456789')).status == 204
    assert tus.patch(path, 10, data, Upload_Checksum=check(b'other')).status == 460
    assert tus.offset(path) == 10
    assert tus.patch(path, 10, data, Upload_Checksum=check(data)).status == 204
    assert tus.client.get(f'/object/{bucket}/sum.{algorithm}').data == b'0123456789' + data


@pytest.mark.parametrize('header', ['crc32 AAAA', 'sha1', 'sha1 !!!', 'sha1 ' + b64(bytes(19)), ''])
def test_wrong_checksum_headers(tus, bucket, header):
    path, _ = tus.create(bucket, 'badsum.txt', 5, x_upsert='true')
    assert tus.patch(path, 0, b'01234', Upload_Checksum=header).status == 400
    assert tus.offset(path) == 0


@pytest.mark.parametrize('headers, status', [
    ({'Upload_Metadata': None, 'Upload_Length': 5}, 400),
    ({'Upload_Metadata': 'bucketName !!!', 'Upload_Length': 5}, 400),
    ({'Upload_Metadata': metadata('..', 'x'), 'Upload_Length': 5}, 400),
    ({'Upload_Length': -1}, 400), ({'Upload_Length': 'x'}, 400), ({}, 400), ({'Upload_Defer_Length': 2}, 400),
    ({'Upload_Length': 5, 'Upload_Defer_Length': 1}, 400), ({'Upload_Length': LIMIT + 1}, 413), ({'Upload_Length': '9' * 30}, 400),
    ({'Upload_Length': 5, 'Tus_Resumable': '0.2.2'}, 412), ({'Upload_Length': 5, 'Tus_Resumable': 'None'}, 412),
])
def test_creations_that_are_refused(shop, tus, bucket, headers, status):
    answer = tus('POST', PATH, **({'Upload_Metadata': metadata(bucket, 'refused.txt')} | headers))
    assert answer.status == status, answer
    assert shop.database.one("select count(*) from storage.tus_uploads where name = 'refused.txt'") == 0


@pytest.mark.parametrize('name', ['../x', 'a/../b', '/a', 'a//b', 'a\0b', 'x' * 1025, ''])
def test_names_that_are_none(tus, bucket, name):
    assert tus('POST', PATH, Upload_Metadata=metadata(bucket, name), Upload_Length=5).status == 400


def test_rights_are_asked_before_the_first_byte(shop, tus, bucket):
    for who, status in (('b_agent', (403, 404, 409)), ('anon', (400, 403)), (None, (400, 401, 403))):
        answer = Tus(shop, who)('POST', PATH, Upload_Metadata=metadata(bucket, 'rights.txt'), Upload_Length=5)
        assert answer.status in status, answer
    assert tus('POST', PATH, Upload_Metadata=metadata('nowhere', 'x'), Upload_Length=5).status == 404
    tus.create(bucket, 'there.txt', 1, b'x', Content_Type='application/offset+octet-stream')
    assert tus('POST', PATH, Upload_Metadata=metadata(bucket, 'there.txt'), Upload_Length=5).status == 409
    assert tus('POST', PATH, Upload_Metadata=metadata(bucket, 'there.txt'), Upload_Length=5, x_upsert='true').status == 201


def test_an_upload_is_its_makers(shop, tus, bucket):
    path, _ = tus.create(bucket, 'mine.txt', 5)
    for who in ('a_agent2', 'a_admin', 'b_agent', 'anon'):
        other = Tus(shop, who)
        assert other('HEAD', path).status == 404
        assert other.patch(path, 0, b'01234').status == 404
        assert other('DELETE', path).status == 404
    for wrong in ('x', 'a' * 36, uid('nobody')):
        assert tus.patch(f'{PATH}/{wrong}', 0, b'x').status == 404
    assert Tus(shop, 'service').offset(path) == 0


def test_the_same_checks_as_of_an_upload_at_once(shop, tus):
    small = shop.as_('a_admin').bucket(file_size_limit=1000, allowed_mime_types=['image/png', 'application/pdf'])
    refused = lambda length, **more: tus('POST', PATH, Upload_Metadata=metadata(small, 'x.png', **more), Upload_Length=length).status
    assert (refused(1001, contentType='image/png'), refused(10, contentType='text/plain'), refused(10)) == (413, 415, 415)
    path, _ = tus.create(small, 'x.png', len(PDF), more={'contentType': 'image/png'})
    assert tus.patch(path, 0, PDF).status == 415
    assert tus('HEAD', path).status == 404  # never to be any better
    assert parts(shop) == [] or path.split('/')[-1] not in {p.name for p in parts(shop)}
    path, _ = tus.create(small, 'x.png', len(PNG), more={'contentType': 'image/png'})
    assert tus.patch(path, 0, PNG).status == 204


def test_a_finished_upload_says_so(tus, bucket):
    path, _ = tus.create(bucket, 'finished.txt', 5)
    assert tus.patch(path, 0, b'01234').status == 204
    assert tus.offset(path) == 5
    assert tus.patch(path, 5, b'').status == 204
    assert tus.patch(path, 0, b'01234').status == 409


def test_two_requests_at_once_do_not_mix(shop, tus, bucket):
    path, _ = tus.create(bucket, 'locked.txt', 10)
    with socket.create_connection(('127.0.0.1', shop.port)) as s:
        s.sendall(f'PATCH /storage/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tus.client.token}\r\nTus-Resumable: 1.0.0\r\n'
                  'Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 10\r\n\r\n01234'.encode())
        wait_until(lambda: any(p.name == path.split('/')[-1] for p in parts(shop)))
        time.sleep(0.2)
        answer = tus.patch(path, 0, b'abcdefghij')
        assert answer.status == 423, answer
        assert tus('DELETE', path).status == 423
        s.sendall(b'56789')
        assert s.recv(1000).startswith(b'HTTP/1.1 204')
    assert tus.client.get(f'/object/{bucket}/locked.txt').data == b'0123456789'


def test_what_came_before_a_line_broke_is_kept(shop, tus, bucket):
    path, _ = tus.create(bucket, 'broken.txt', 10)
    with socket.create_connection(('127.0.0.1', shop.port)) as s:
        s.sendall(f'PATCH /storage/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tus.client.token}\r\nTus-Resumable: 1.0.0\r\n'
                  'Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 10\r\n\r\n01234'.encode())
        time.sleep(0.2)
    wait_until(lambda: tus.offset(path) == 5)
    assert tus.patch(path, 5, b'56789').status == 204
    assert tus.client.get(f'/object/{bucket}/broken.txt').data == b'0123456789'


def test_termination(shop, tus, bucket):
    path, _ = tus.create(bucket, 'ended.txt', 10)
    tus.patch(path, 0, b'01234')
    assert tus('DELETE', path).status == 204
    assert tus('HEAD', path).status == 404
    assert not any(p.name == path.split('/')[-1] for p in parts(shop))


def test_expiry(shop, tus, bucket):
    path, _ = tus.create(bucket, 'expired.txt', 10)
    tus.patch(path, 0, b'01234')
    shop.database.query("update storage.tus_uploads set expires_at = now() - interval '1 minute' where id = %s", path.split('/')[-1])
    assert tus('HEAD', path).status == 410
    assert tus.patch(path, 5, b'56789').status == 410
    shop.database.query("select plat.enqueue('storage.expire_uploads')")
    worker = shop.plat.start('work')
    try:
        wait_until(lambda: tus('HEAD', path).status == 404)
        wait_until(lambda: not any(p.name == path.split('/')[-1] for p in parts(shop)))
    finally:
        shop.plat.stop(worker)


def test_bytes_that_are_gone_are_told(shop, tus, bucket):
    path, _ = tus.create(bucket, 'lost.txt', 10)
    tus.patch(path, 0, b'01234')
    (shop.data / 'uploads' / path.split('/')[-1]).unlink()
    assert tus.patch(path, 5, b'56789').status == 410


def test_the_object_may_be_there_when_the_last_piece_comes_again(shop, tus, bucket):
    """As after a kill between the object and the last offset."""
    for name, there, status in (('same.txt', b'0123456789', 204), ('other.txt', b'0123456780', 409), ('longer.txt', b'01234567890', 409)):
        path, _ = tus.create(bucket, name, 10)
        assert tus.patch(path, 0, b'01234').status == 204
        tus.client.upload(f'{bucket}/{name}', there).ok()
        assert tus.patch(path, 5, b'56789').status == status
        assert tus.client.get(f'/object/{bucket}/{name}').data == there
    path, _ = tus.create(bucket, 'of-another.txt', 5)
    shop.as_('a_agent2').upload(f'{bucket}/of-another.txt', b'01234').ok()
    assert tus.patch(path, 0, b'01234').status == 409


def test_content_type_of_a_piece(tus, bucket):
    path, _ = tus.create(bucket, 'type.txt', 10)
    assert tus.patch(path, 0, b'01234', Content_Type='text/plain').status == 415
    assert tus.offset(path) == 0


def test_a_killed_server_goes_on_from_what_was_committed(template):
    shop = Shop(template, {'PLAT_STORAGE_MAX_BYTES': str(64 * MB)})
    try:
        tus, bucket = Tus(shop), shop.as_('a_admin').bucket()
        data = os.urandom(40 * MB)
        path, _ = tus.create(bucket, 'killed.bin', len(data))
        for _ in range(3):
            at = tus.offset(path)

            def send():
                c = http.client.HTTPConnection('127.0.0.1', shop.port, timeout=20)
                try:
                    c.putrequest('PATCH', '/storage/v1' + path)
                    for k, v in {'Authorization': f'Bearer {tus.client.token}', 'Tus-Resumable': '1.0.0', 'Upload-Offset': at,
                                 'Content-Type': 'application/offset+octet-stream', 'Content-Length': len(data) - at}.items():
                        c.putheader(k, str(v))
                    c.endheaders()
                    for n in range(at, len(data), MB):
                        c.send(data[n:n + MB])
                        time.sleep(0.04)  # three times a quarter of it at the most
                except OSError:
                    pass
            sender = threading.Thread(target=send)
            sender.start()
            time.sleep(0.35)
            shop.plat.stop(shop.process, signal.SIGKILL)
            sender.join()
            shop.start()
        at = tus.offset(path)
        assert 0 < at < len(data)
        assert tus.patch(path, at, data[at:]).status == 204
        assert tus.client.get(f'/object/{bucket}/killed.bin').data == data
    finally:
        shop.close()
