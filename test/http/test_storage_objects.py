"""Objects over /storage/v1/object: up, down, and what is known about them."""
import base64, json

import pytest

from storagekit import JPEG, LIMIT, PDF, PNG, form, md5, names, shop, uid  # noqa: F401


@pytest.fixture(scope='module')
def bucket(shop):
    return shop.as_('a_admin').bucket()


def test_what_goes_up_comes_down(shop, bucket):
    agent = shop.as_('a_agent')
    sent = agent.upload(f'{bucket}/house/front.jpg', JPEG, 'image/jpeg').ok()
    assert sent['Key'] == f'{bucket}/house/front.jpg'
    for path in (f'/object/{bucket}/house/front.jpg', f'/object/authenticated/{bucket}/house/front.jpg'):
        answer = agent.get(path)
        assert (answer.status, answer.data) == (200, JPEG)
        assert answer.headers['Content-Type'] == 'image/jpeg'
        assert answer.headers['ETag'] == f'"{md5(JPEG)}"'
        assert answer.headers['Cache-Control'] == 'max-age=3600'
        assert answer.headers['X-Content-Type-Options'] == 'nosniff'
        assert answer.headers['Accept-Ranges'] == 'bytes'
        assert 'GMT' in answer.headers['Last-Modified']
    row = shop.database.query('select id::text, owner::text, workspace_id::text, metadata, version from storage.objects where bucket_id = %s', bucket)[0]
    assert row[:3] == (sent['Id'], uid('a_agent'), uid('ws a'))
    assert (row[3]['size'], row[3]['mimetype'], row[3]['eTag']) == (len(JPEG), 'image/jpeg', f'"{md5(JPEG)}"')
    assert shop.files()[f'{uid("ws a")}/{row[4][:2]}/{row[4]}'].read_bytes() == JPEG


def test_a_form_is_taken_as_supabase_js_sends_it(shop, bucket):
    agent = shop.as_('a_agent')
    type, body = form({'cacheControl': '60', 'metadata': '{"room": "küche"}'}, ('', 'blob', 'image/png', PNG))
    agent('POST', f'/object/{bucket}/form.png', body, {'Content-Type': type, 'x-upsert': 'false'}).ok()
    answer = agent.get(f'/object/{bucket}/form.png')
    assert (answer.data, answer.headers['Content-Type'], answer.headers['Cache-Control']) == (PNG, 'image/png', 'max-age=60')
    assert agent.get(f'/object/info/{bucket}/form.png').ok()['metadata'] == {'room': 'küche'}


def test_forms_that_are_wrong_are_refused(shop, bucket):
    agent = shop.as_('a_agent')
    send = lambda type, body: agent('POST', f'/object/{bucket}/bad.txt', body, {'Content-Type': type})
    type, body = form({'cacheControl': '60'}, ('', 'blob', 'text/plain', b'text'))
    send(type, body[:-10]).refused(400, 'InvalidRequest')
    send('multipart/form-data', body).refused(400, 'InvalidRequest')
    send(*form({'cacheControl': '60'})).refused(400, 'InvalidRequest')
    send(type, b'nothing of a form').refused(400, 'InvalidRequest')
    send(*form({'metadata': 'no json'}, ('', 'blob', 'text/plain', b'text'))).refused(400, 'InvalidRequest')
    send(*form({f'f{n}': 'x' for n in range(40)}, ('', 'blob', 'text/plain', b'text'))).refused(400, 'InvalidRequest')
    send(*form({'long': 'x' * 200000}, ('', 'blob', 'text/plain', b'text'))).refused(400, 'InvalidRequest')
    agent.get(f'/object/info/{bucket}/bad.txt').refused(404, 'NoSuchKey')


def test_a_form_of_several_megabytes_keeps_every_byte(shop, bucket):
    agent = shop.as_('a_agent')
    data = bytes(range(256)) * 4096 * 5 + b'\r\n----plat-test\r\n--' * 1000
    type, body = form({}, ('file', 'big.bin', 'application/octet-stream', data))
    agent('POST', f'/object/{bucket}/big.bin', body, {'Content-Type': type}).ok()
    assert agent.get(f'/object/{bucket}/big.bin').data == data


def test_an_object_is_replaced_only_when_asked(shop, bucket):
    agent = shop.as_('a_agent')
    first = agent.upload(f'{bucket}/again.txt', b'one').ok()
    agent.upload(f'{bucket}/again.txt', b'two').refused(409, 'ResourceAlreadyExists')
    assert agent.get(f'/object/{bucket}/again.txt').data == b'one'
    version = lambda: shop.database.one('select version from storage.objects where id = %s', first['Id'])
    before = version()
    assert agent.upload(f'{bucket}/again.txt', b'two', x_upsert='true').ok()['Id'] == first['Id']
    assert agent.get(f'/object/{bucket}/again.txt').data == b'two'
    assert agent.upload(f'{bucket}/again.txt', b'three', method='PUT').ok()['Id'] == first['Id']
    assert agent.get(f'/object/{bucket}/again.txt').data == b'three'
    assert shop.database.one('select count(*) from storage.garbage where version = %s', before) == 1
    assert shop.database.one("select count(*) from plat.jobs where name = 'storage.delete_bytes' and status = 'queued'") == 1
    assert version() != before


def test_an_empty_object(shop, bucket):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/empty.txt', b'').ok()
    answer = agent.get(f'/object/{bucket}/empty.txt')
    assert (answer.status, answer.data, answer.headers['Content-Length']) == (200, b'', '0')
    assert agent.get(f'/object/{bucket}/empty.txt', Range='bytes=0-1').status == 416


def test_info_and_head(shop, bucket):
    agent = shop.as_('a_agent')
    meta = base64.b64encode(json.dumps({'a': 1, 'b': ['x']}).encode()).decode()
    sent = agent.upload(f'{bucket}/info.pdf', PDF, 'application/pdf', x_metadata=meta).ok()
    info = agent.get(f'/object/info/{bucket}/info.pdf').ok()
    assert info['id'] == sent['Id'] and info['name'] == 'info.pdf' and info['bucket_id'] == bucket
    assert (info['size'], info['content_type'], info['cache_control'], info['etag']) == (len(PDF), 'application/pdf', 'max-age=3600', f'"{md5(PDF)}"')
    assert info['metadata'] == {'a': 1, 'b': ['x']}
    answer = agent('HEAD', f'/object/{bucket}/info.pdf')
    assert (answer.status, answer.headers['Content-Length'], answer.data) == (200, str(len(PDF)), b'')
    assert agent('HEAD', f'/object/{bucket}/nothing.pdf').status == 400
    agent.get(f'/object/info/{bucket}/nothing.pdf').refused(404, 'NoSuchKey')
    agent.get(f'/object/info/authenticated/{bucket}/info.pdf').ok()
    agent.upload(f'{bucket}/m.txt', b'x', x_metadata='!!').refused(400, 'InvalidRequest')
    agent.upload(f'{bucket}/m.txt', b'x', x_metadata=base64.b64encode(b'[1]').decode()).refused(400, 'InvalidRequest')


@pytest.mark.parametrize('asked, status, part', [
    ('bytes=0-4', 206, '01234'), ('bytes=5-', 206, '56789'), ('bytes=-3', 206, '789'), ('bytes=-30', 206, '0123456789'),
    ('bytes=9-20', 206, '9'), ('bytes=10-', 416, None), ('bytes=-0', 416, None), ('bytes=99999999999999999999-', 416, None),
    ('bytes=4-2', 200, '0123456789'), ('bytes=0-1,3-4', 200, '0123456789'), ('lines=0-1', 200, '0123456789'), ('bytes=x', 200, '0123456789'),
])
def test_ranges(shop, bucket, asked, status, part):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/ten.txt', b'0123456789', x_upsert='true').ok()
    answer = agent.get(f'/object/{bucket}/ten.txt', Range=asked)
    assert answer.status == status, repr(answer)
    if status == 416:
        assert answer.headers['Content-Range'] == 'bytes */10'
        answer.refused(416, 'InvalidRange')
    else:
        assert answer.text == part
    if status == 206:
        first = '0123456789'.index(part)
        assert answer.headers['Content-Range'] == f'bytes {first}-{first + len(part) - 1}/10'


def test_conditions(shop, bucket):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/cond.txt', b'0123456789', x_upsert='true').ok()
    path = f'/object/{bucket}/cond.txt'
    there = agent.get(path).headers
    for headers in ({'If_None_Match': there['ETag']}, {'If_None_Match': f'"x", W/{there["ETag"]}'}, {'If_None_Match': '*'},
                    {'If_Modified_Since': there['Last-Modified']}):
        answer = agent.get(path, **headers)
        assert (answer.status, answer.data, answer.headers['ETag']) == (304, b'', there['ETag']), headers
    assert agent.get(path, If_None_Match='"other"', If_Modified_Since=there['Last-Modified']).status == 200
    assert agent.get(path, If_Modified_Since='Sat, 01 Jan 2000 00:00:00 GMT').status == 200
    assert agent.get(path, Range='bytes=0-1', If_Range=there['ETag']).status == 206
    assert agent.get(path, Range='bytes=0-1', If_Range='"other"').status == 200


def test_downloads_have_a_name(shop, bucket):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/a/fläche.txt', b'x').ok()
    path = f'/object/{bucket}/a/fläche.txt'
    assert 'Content-Disposition' not in agent.get(path).headers
    assert agent.get(f'{path}?download=').headers['Content-Disposition'].endswith("filename*=UTF-8''fl%C3%A4che.txt")
    named = agent.get(f'{path}?download=x%22%0d%0ay.txt').headers['Content-Disposition']
    assert named == 'attachment; filename="x___y.txt"; filename*=UTF-8\'\'x%22%0D%0Ay.txt'


def test_pages_and_drawings_run_nothing(shop, bucket):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/page.html', b'<!doctype html><script>1</script>', 'text/html').ok()
    agent.upload(f'{bucket}/plan.svg', b'<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml').ok()
    for name in ('page.html', 'plan.svg'):
        assert 'sandbox' in agent.get(f'/object/{bucket}/{name}').headers['Content-Security-Policy']


@pytest.mark.parametrize('type, data', [
    ('image/jpeg', b'<html>not an image'), ('image/png', b'plain text'), ('image/png', b'MZ\x90\0 a program'), ('application/pdf', PNG),
    ('image/webp', b'RIFF'), ('application/vnd.openxmlformats-officedocument.wordprocessingml.document', b'no zip'),
    ('text/plain', b'\x7fELF\2\1\1\0'), ('no type', b'x'), ('image/png', b'<svg/>'),
])
def test_bytes_that_are_not_what_they_are_called_are_refused(shop, bucket, type, data):
    before = set(shop.files())
    answer = shop.as_('a_agent').upload(f'{bucket}/false.bin', data, type)
    answer.refused(415, 'InvalidMimeType')
    assert answer.status == 415
    assert set(shop.files()) == before


def test_buckets_say_which_types_and_how_large(shop):
    admin = shop.as_('a_admin')
    name = admin.bucket(allowed_mime_types=['image/png', 'text/*'], file_size_limit='1kb')
    admin.upload(f'{name}/a.png', PNG, 'image/PNG; x=y').ok()
    admin.upload(f'{name}/a.csv', b'a,b', 'text/csv').ok()
    assert admin.upload(f'{name}/a.jpg', JPEG, 'image/jpeg').refused(415, 'InvalidMimeType') == 'mime type image/jpeg is not supported'
    admin.upload(f'{name}/whole.txt', b'x' * 1000).ok()
    before = set(shop.files())
    answer = admin.upload(f'{name}/large.txt', b'x' * 1001)
    answer.refused(413, 'EntityTooLarge')
    assert (answer.status, answer.json['message']) == (413, 'The object exceeded the maximum allowed size')
    admin('POST', f'/object/{name}/chunked.txt', iter([b'x' * 600, b'x' * 600]), {'Content-Type': 'text/plain'}).refused(413, 'EntityTooLarge')
    type, body = form({}, ('', 'blob', 'text/plain', b'x' * 1001))
    admin('POST', f'/object/{name}/form.txt', body, {'Content-Type': type}).refused(413, 'EntityTooLarge')
    assert set(shop.files()) == before


def test_the_server_has_a_limit_of_its_own(shop, bucket):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/most.bin', bytes(LIMIT), 'application/octet-stream').ok()
    agent.upload(f'{bucket}/more.bin', bytes(LIMIT + 1), 'application/octet-stream').refused(413, 'EntityTooLarge')


@pytest.mark.parametrize('path', [
    'a%2Fb.txt', 'a/%2e%2e/b.txt', 'a//b.txt', 'a/', '%2e', 'a%01b', 'a%7Fb', 'a%C2%85b', 'x' * 1025, 'a%ff',
])
def test_names_that_play_tricks_are_refused(shop, bucket, path):
    agent = shop.as_('a_agent')
    for method in ('POST', 'GET', 'DELETE'):
        answer = agent(method, f'/object/{bucket}/{path}', b'x' if method == 'POST' else None, {'Content-Type': 'text/plain'}, raw=True)
        assert answer.status == 400, repr(answer)
    assert not [f for f in shop.data.rglob('b.txt')]


@pytest.mark.parametrize('name', ['../x', 'a/../x', '/a', 'a/', '', 'a\0b', 'a\nb', 'a//b', 'x' * 1025, '.', 'a/.'])
def test_names_in_bodies_are_checked_as_well(shop, bucket, name):
    agent = shop.as_('a_agent')
    for body in ({'bucketId': bucket, 'sourceKey': name, 'destinationKey': 'x'}, {'bucketId': bucket, 'sourceKey': 'x', 'destinationKey': name}):
        for path in ('/object/move', '/object/copy'):
            assert agent.post(path, body).json['code'] in ('InvalidKey', 'InvalidRequest')
    assert agent('DELETE', f'/object/{bucket}', {'prefixes': [name]}).json['code'] in ('InvalidKey', 'InvalidRequest')


def test_names_in_any_language(shop, bucket):
    agent = shop.as_('a_agent')
    for name in ('Küche/日本 語.txt', "o'brien (1) & co, ltd=2;x@y!.txt", 'a%b.txt', '~tilde+plus$.txt'):
        quoted = name.replace('%', '%25').replace(' ', '%20')
        agent.upload(f'{bucket}/{quoted}', name.encode(), x_upsert='true').ok()
        assert agent.get(f'/object/{bucket}/{quoted}').text == name
        assert shop.database.one('select count(*) from storage.objects where bucket_id = %s and name = %s', bucket, name) == 1


def test_rows_of_others_are_not_there(shop, bucket):
    shop.as_('a_agent').upload(f'{bucket}/secret.txt', b'of a', x_upsert='true').ok()
    for who in ('b_admin', 'b_agent', 'a_client'):
        other = shop.as_(who)
        for path in (f'/object/{bucket}/secret.txt', f'/object/authenticated/{bucket}/secret.txt', f'/object/info/{bucket}/secret.txt'):
            other.get(path).refused(404, 'NoSuchKey')
        other('DELETE', f'/object/{bucket}/secret.txt').refused(404, 'NoSuchKey')
        assert other('DELETE', f'/object/{bucket}', {'prefixes': ['secret.txt']}).ok() == []
        assert other.post(f'/object/list/{bucket}', {'prefix': ''}).ok() == []
        assert other.post(f'/object/list-v2/{bucket}', {}).ok() == {'hasNext': False, 'folders': [], 'objects': []}
        other.post(f'/object/sign/{bucket}/secret.txt', {'expiresIn': 60}).refused(404, 'NoSuchKey')
        assert other.post(f'/object/sign/{bucket}', {'expiresIn': 60, 'paths': ['secret.txt']}).ok()[0]['signedURL'] is None
        other.post('/object/move', {'bucketId': bucket, 'sourceKey': 'secret.txt', 'destinationKey': 'x.txt'}).refused(
            404, 'NoSuchKey' if who == 'a_client' else 'NoSuchBucket')
        other.post('/object/copy', {'bucketId': bucket, 'sourceKey': 'secret.txt', 'destinationKey': 'x.txt'}).refused(404, 'NoSuchKey')
    for who in ('b_admin', 'b_agent'):
        other = shop.as_(who)
        other.upload(f'{bucket}/mine.txt', b'of b').refused(404, 'NoSuchBucket')
        other.post(f'/object/upload/sign/{bucket}/mine.txt').refused(404, 'NoSuchBucket')
    shop.as_('a_agent2').upload(f'{bucket}/secret.txt', b'stolen', x_upsert='true').refused(403, 'AccessDenied')
    shop.as_('anon').get(f'/object/{bucket}/secret.txt').refused(403, 'AccessDenied')
    shop.as_('anon').upload(f'{bucket}/anon.txt', b'x').refused(403, 'AccessDenied')
    shop.as_(None).get(f'/object/{bucket}/secret.txt').refused(403, 'AccessDenied')
    assert shop.as_('a_agent').get(f'/object/{bucket}/secret.txt').text == 'of a'


def test_nothing_is_written_before_the_right_is_known(shop, bucket):
    before = set(shop.files())
    shop.as_('b_agent').upload(f'{bucket}/x.bin', bytes(1000000), 'application/octet-stream').refused(404, 'NoSuchBucket')
    shop.as_('a_agent').upload('no-such-bucket/x.bin', b'x').refused(404, 'NoSuchBucket')
    assert set(shop.files()) == before


def test_public_buckets_are_read_by_anybody_and_others_by_nobody(shop, bucket):
    admin = shop.as_('a_admin')
    name = admin.bucket(public=True)
    admin.upload(f'{name}/open.txt', b'open').ok()
    stranger = shop.as_(None)
    assert stranger.get(f'/object/public/{name}/open.txt').text == 'open'
    assert stranger.get(f'/object/info/public/{name}/open.txt').ok()['size'] == 4
    assert shop.as_('b_agent').get(f'/object/{name}/open.txt').text == 'open'
    stranger.get(f'/object/public/{name}/none.txt').refused(404, 'NoSuchKey')
    stranger.get(f'/object/public/{bucket}/secret.txt').refused(404, 'NoSuchBucket')
    stranger.get('/object/public/no-such-bucket/x.txt').refused(404, 'NoSuchBucket')
    admin('PUT', f'/bucket/{name}', {'public': False}).ok()
    stranger.get(f'/object/public/{name}/open.txt').refused(404, 'NoSuchBucket')


def test_the_service_role_keeps_the_installation_s_own(shop):
    service = shop.as_('service')
    name = service.bucket(public=True)
    service.upload(f'{name}/logo.png', PNG, 'image/png').ok()
    assert shop.as_(None).get(f'/object/public/{name}/logo.png').data == PNG
    assert shop.as_('a_admin').post(f'/object/list/{name}', {}).ok() == []
    assert [o['name'] for o in service.post(f'/object/list/{name}', {}).ok()] == ['logo.png']
    tenants = shop.as_('a_admin').bucket()
    service.upload(f'{tenants}/from-outside.txt', b'x').ok()
    assert [o['name'] for o in shop.as_('a_admin').post(f'/object/list/{tenants}', {}).ok()] == ['from-outside.txt']


@pytest.mark.parametrize('token, words', [
    ('x', None), ('a.b.c', None), ('eyJhbGciOiJub25lIn0.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.', None),
])
def test_tokens_that_are_none_are_refused(shop, bucket, token, words):
    client = shop.as_('a_admin')
    client.token = token
    answer = client.get(f'/object/{bucket}/secret.txt')
    answer.refused(400, 'InvalidJWT')
    assert answer.status == 400


def test_tokens_that_are_old_or_forged_are_refused(shop, bucket):
    from storagekit import sign
    client = shop.as_('a_admin')
    for token in (sign({'role': 'service_role'}, 'another secret of thirty-two characters.'), sign({'role': 'service_role', 'exp': 1000}),
                  sign({'role': 'authenticated', 'sub': uid('a_admin'), 'aud': 'somebody else'})):
        client.token = token
        client.get('/bucket').refused(400, 'InvalidJWT')
    client.token = sign({'role': 'postgres'})
    client.get('/bucket').refused(403, 'AccessDenied')


def test_browsers_of_other_origins_may_ask(shop, bucket):
    answer = shop.as_(None)('OPTIONS', f'/object/{bucket}/x.txt', headers={'Origin': 'https://app.example', 'Access-Control-Request-Method': 'POST',
                                                                       'Access-Control-Request-Headers': 'authorization,x-upsert'})
    assert answer.status in (200, 204) and 'x-upsert' in answer.headers['Access-Control-Allow-Headers']
    assert shop.as_('a_agent').get('/bucket', Origin='https://app.example').headers['Access-Control-Allow-Origin'] == '*'
