"""Lists, signed links, moves, copies and removals over /storage/v1, and what happens to the bytes."""
import time, urllib.parse

import pytest

from storagekit import JPEG, LIMIT, PNG, form, md5, names, shop, sign, uid, unsigned  # noqa: F401


@pytest.fixture
def bucket(shop):
    return shop.as_('a_admin').bucket()


@pytest.fixture
def full(shop, bucket):
    """A bucket with a tree in it."""
    agent = shop.as_('a_agent')
    for name in ('a.txt', 'B.txt', 'c.txt', 'dir/one.txt', 'dir/two.txt', 'dir/sub/deep.txt', 'dir0.txt', 'other/x.txt'):
        agent.upload(f'{bucket}/{name}', name.encode()).ok()
    return bucket


def names_of(rows):
    return [r['name'] + ('/' if r['id'] is None else '') for r in rows]


def test_a_folder_is_listed_folders_first(shop, full):
    agent = shop.as_('a_agent')
    ls = lambda **body: names_of(agent.post(f'/object/list/{full}', body).ok())
    assert ls(prefix='') == ['dir/', 'other/', 'B.txt', 'a.txt', 'c.txt', 'dir0.txt']
    assert ls(prefix='dir') == ls(prefix='dir/') == ls(prefix='/dir//') == ['sub/', 'one.txt', 'two.txt']
    assert ls(prefix='dir/sub') == ['deep.txt']
    assert ls(prefix='none') == []
    assert ls(prefix='', sortBy={'column': 'name', 'order': 'desc'}) == ['other/', 'dir/', 'dir0.txt', 'c.txt', 'a.txt', 'B.txt']
    assert ls(prefix='', sortBy={'column': 'created_at', 'order': 'asc'})[2:] == ['a.txt', 'B.txt', 'c.txt', 'dir0.txt']
    assert ls(prefix='', sortBy={'column': 'updated_at', 'order': 'desc'})[2:] == ['dir0.txt', 'c.txt', 'B.txt', 'a.txt']
    assert ls(prefix='', limit=2, offset=1) == ['other/', 'B.txt']
    assert ls(prefix='', search='DI') == ['dir/', 'dir0.txt']
    assert ls(prefix='dir', search='o') == ['one.txt']
    assert ls(prefix='', search='%') == []
    row = agent.post(f'/object/list/{full}', {'prefix': '', 'search': 'a'}).ok()[0]
    assert sorted(row) == ['created_at', 'id', 'last_accessed_at', 'metadata', 'name', 'updated_at']
    assert row['metadata']['size'] == 5
    folder = agent.post(f'/object/list/{full}', {'prefix': '', 'search': 'other'}).ok()[0]
    assert folder == {'name': 'other', 'id': None, 'created_at': None, 'updated_at': None, 'last_accessed_at': None, 'metadata': None}


@pytest.mark.parametrize('body', [{'limit': 'x'}, {'limit': -1}, {'offset': -1}, {'prefix': 5}, {'sortBy': {'column': 'secret'}}, {'prefix': 'a\0'}])
def test_wrong_lists_are_refused(shop, bucket, body):
    shop.as_('a_agent').post(f'/object/list/{bucket}', body).refused(400, 'InvalidRequest')


def pages(client, bucket, **body):
    got, cursor = [], None
    for _ in range(50):
        page = client.post(f'/object/list-v2/{bucket}', body | ({'cursor': cursor} if cursor else {})).ok()
        got.append([f['name'] for f in page['folders']] + [o['name'] for o in page['objects']])
        assert page['hasNext'] == ('nextCursor' in page)
        if not page['hasNext']:
            return got
        cursor = page['nextCursor']
    raise AssertionError('without end')


def test_pages_go_on_after_the_cursor(shop, full):
    agent = shop.as_('a_agent')
    all_names = ['B.txt', 'a.txt', 'c.txt', 'dir/one.txt', 'dir/sub/deep.txt', 'dir/two.txt', 'dir0.txt', 'other/x.txt']
    assert pages(agent, full) == [all_names]
    assert pages(agent, full, limit=3) == [all_names[:3], all_names[3:6], all_names[6:]]
    assert sum(pages(agent, full, limit=1, sortBy={'column': 'name', 'order': 'desc'}), []) == all_names[::-1]
    assert sum(pages(agent, full, limit=3, sortBy={'column': 'created_at'}), []) == \
        ['a.txt', 'B.txt', 'c.txt', 'dir/one.txt', 'dir/two.txt', 'dir/sub/deep.txt', 'dir0.txt', 'other/x.txt']
    assert pages(agent, full, prefix='dir/') == [['dir/one.txt', 'dir/sub/deep.txt', 'dir/two.txt']]
    assert sorted(sum(pages(agent, full, with_delimiter=True, limit=2), [])) == ['B.txt', 'a.txt', 'c.txt', 'dir/', 'dir0.txt', 'other/']
    assert sorted(sum(pages(agent, full, with_delimiter=True, prefix='dir/', limit=1), [])) == ['dir/one.txt', 'dir/sub/', 'dir/two.txt']
    page = agent.post(f'/object/list-v2/{full}', {'prefix': 'dir', 'with_delimiter': True}).ok()
    assert page['folders'] == [{'name': 'dir/', 'key': 'dir'}] and [o['name'] for o in page['objects']] == ['dir0.txt']
    assert page['objects'][0]['metadata']['size'] == 8
    for cursor in ('x', '!!!', 'W10', 'bnVsbA'):
        agent.post(f'/object/list-v2/{full}', {'cursor': cursor}).refused(400, 'InvalidRequest')
    agent.post(f'/object/list-v2/{full}', {'limit': 0}).refused(400, 'InvalidRequest')


def test_pages_are_whole_while_things_come_and_go(shop, full):
    agent = shop.as_('a_agent')
    page = agent.post(f'/object/list-v2/{full}', {'limit': 3}).ok()
    agent('DELETE', f'/object/{full}/a.txt').ok()
    agent.upload(f'{full}/0.txt', b'before').ok()
    rest = agent.post(f'/object/list-v2/{full}', {'limit': 3, 'cursor': page['nextCursor']}).ok()
    assert [o['name'] for o in rest['objects']] == ['dir/one.txt', 'dir/sub/deep.txt', 'dir/two.txt']


# --- moved and copied


def test_a_move_moves_no_bytes(shop, full):
    agent = shop.as_('a_agent')
    before = agent.get(f'/object/info/{full}/a.txt').ok()
    files = set(shop.files())
    assert agent.post('/object/move', {'bucketId': full, 'sourceKey': 'a.txt', 'destinationKey': 'dir/moved.txt'}).ok()['message'] == 'Successfully moved'
    agent.get(f'/object/{full}/a.txt').refused(404, 'NoSuchKey')
    after = agent.get(f'/object/info/{full}/dir/moved.txt').ok()
    assert (after['id'], after['version']) == (before['id'], before['version']) and set(shop.files()) == files
    assert agent.get(f'/object/{full}/dir/moved.txt').text == 'a.txt'
    agent.post('/object/move', {'bucketId': full, 'sourceKey': 'c.txt', 'destinationKey': 'B.txt'}).refused(409, 'ResourceAlreadyExists')
    agent.post('/object/move', {'bucketId': full, 'sourceKey': 'none', 'destinationKey': 'x'}).refused(404, 'NoSuchKey')
    other = shop.as_('a_admin').bucket()
    agent.post('/object/move', {'bucketId': full, 'sourceKey': 'c.txt', 'destinationKey': 'c.txt', 'destinationBucket': other}).ok()
    assert agent.get(f'/object/{other}/c.txt').text == 'c.txt'
    theirs = shop.as_('b_admin').bucket()
    agent.post('/object/move', {'bucketId': other, 'sourceKey': 'c.txt', 'destinationKey': 'c.txt', 'destinationBucket': theirs}).refused(404, 'NoSuchBucket')
    shop.as_('a_agent2').post('/object/move', {'bucketId': other, 'sourceKey': 'c.txt', 'destinationKey': 'd.txt'}).refused(404, 'NoSuchKey')


def test_a_copy_outlives_its_source(shop, full):
    agent = shop.as_('a_agent')
    agent.upload(f'{full}/src.png', PNG, 'image/png', x_metadata='eyJhIjoxfQ==').ok()
    copied = agent.post('/object/copy', {'bucketId': full, 'sourceKey': 'src.png', 'destinationKey': 'copy.png'}).ok()
    assert copied['Key'] == f'{full}/copy.png'
    agent('DELETE', f'/object/{full}/src.png').ok()
    shop.plat.ok('storage', 'sweep')
    assert agent.get(f'/object/{full}/copy.png').data == PNG
    info = agent.get(f'/object/info/{full}/copy.png').ok()
    assert (info['content_type'], info['metadata'], info['cache_control'], info['etag']) == ('image/png', {'a': 1}, 'max-age=3600', f'"{md5(PNG)}"')
    agent.post('/object/copy', {'bucketId': full, 'sourceKey': 'copy.png', 'destinationKey': 'c.txt'}).refused(409, 'ResourceAlreadyExists')
    agent.post('/object/copy', {'bucketId': full, 'sourceKey': 'copy.png', 'destinationKey': 'c.txt'}, headers={'x-upsert': 'true'}).ok()
    assert agent.get(f'/object/{full}/c.txt').data == PNG
    agent.post('/object/copy', {'bucketId': full, 'sourceKey': 'copy.png', 'destinationKey': 'own.png', 'copyMetadata': False,
                                'metadata': {'cacheControl': 'no-store', 'mimetype': 'image/x-own'}}).ok()
    info = agent.get(f'/object/info/{full}/own.png').ok()
    assert (info['content_type'], info['metadata'], info['cache_control']) == ('image/x-own', {}, 'no-store')
    small = shop.as_('a_admin').bucket(file_size_limit=10, allowed_mime_types=['image/png'])
    to = lambda key, source='copy.png': agent.post('/object/copy', {'bucketId': full, 'sourceKey': source, 'destinationKey': key, 'destinationBucket': small})
    to('x.png').refused(413, 'EntityTooLarge')
    to('x.txt', 'B.txt').refused(415, 'InvalidMimeType')
    agent.post('/object/copy', {'bucketId': full, 'sourceKey': 'none', 'destinationKey': 'x'}).refused(404, 'NoSuchKey')


def test_a_copy_of_an_agent_belongs_to_who_copied(shop, full):
    """Whoever reads may copy; the copy is theirs."""
    shop.as_('a_agent2').post('/object/copy', {'bucketId': full, 'sourceKey': 'a.txt', 'destinationKey': 'mine.txt'}).ok()
    assert shop.database.one('select owner::text from storage.objects where bucket_id = %s and name = %s', full, 'mine.txt') == uid('a_agent2')


# --- removed


def test_many_are_removed_and_told(shop, full):
    agent = shop.as_('a_agent')
    gone = agent('DELETE', f'/object/{full}', {'prefixes': ['a.txt', 'dir/one.txt', 'not-there.txt', 'a.txt']}).ok()
    assert sorted(o['name'] for o in gone) == ['a.txt', 'dir/one.txt']
    assert {'id', 'bucket_id', 'metadata', 'created_at', 'version'} <= set(gone[0])
    version = agent.get(f'/object/info/{full}/c.txt').ok()['version']
    assert agent('DELETE', f'/object/{full}', {'prefixes': [{'path': 'c.txt', 'versionId': uid('another')}]}).ok() == []
    assert len(agent('DELETE', f'/object/{full}', {'prefixes': [{'path': 'c.txt', 'versionId': version}]}).ok()) == 1
    for wrong in ({}, {'prefixes': []}, {'prefixes': 'a.txt'}, {'prefixes': [5]}, {'prefixes': ['x'] * 1001}):
        agent('DELETE', f'/object/{full}', wrong).refused(400, 'InvalidRequest')
    agent('DELETE', f'/object/{full}/a.txt').refused(404, 'NoSuchKey')


def test_agents_do_not_remove_what_is_others(shop, full):
    assert shop.as_('a_agent2')('DELETE', f'/object/{full}', {'prefixes': ['a.txt']}).ok() == []
    assert len(shop.as_('a_admin')('DELETE', f'/object/{full}', {'prefixes': ['a.txt']}).ok()) == 1


# --- signed


def relative(url):
    assert url.startswith('/')
    return url


def test_a_signed_link_opens_one_object_for_a_while(shop, full):
    agent, stranger = shop.as_('a_agent'), shop.as_(None)
    url = agent.post(f'/object/sign/{full}/dir/one.txt', {'expiresIn': 60}).ok()['signedURL']
    assert url.startswith(f'/object/sign/{full}/dir/one.txt?token=')
    claims = unsigned(url.split('token=')[1])
    assert claims['url'] == f'{full}/dir/one.txt' and claims['exp'] - claims['iat'] == 60 and 'role' not in claims
    answer = stranger.get(url)
    assert (answer.status, answer.text) == (200, 'dir/one.txt')
    assert stranger.get(f'{url}&download=x.txt').headers['Content-Disposition'].startswith('attachment; filename="x.txt"')
    assert stranger.get(url, Range='bytes=0-2').text == 'dir'
    stranger.get(url.replace('one.txt', 'two.txt')).refused(400, 'InvalidSignature')
    stranger.get(f'/object/sign/{full}/dir/one.txt').refused(400, 'InvalidRequest')
    stranger.get(url[:-4]).refused(400, 'InvalidJWT')
    old = sign(claims | {'exp': int(time.time()) - 100})
    assert 'exp' in stranger.get(f'/object/sign/{full}/dir/one.txt?token={old}').refused(400, 'InvalidJWT')
    forged = sign(claims, 'another secret of thirty-two characters.')
    stranger.get(f'/object/sign/{full}/dir/one.txt?token={forged}').refused(400, 'InvalidJWT')
    stranger.get(f'/object/sign/{full}/dir/one.txt?token={agent.token}').refused(400, 'InvalidSignature')
    agent('DELETE', f'/object/{full}/dir/one.txt').ok()
    stranger.get(url).refused(404, 'NoSuchKey')


def test_a_link_is_no_token(shop, full):
    url = shop.as_('a_agent').post(f'/object/sign/{full}/a.txt', {'expiresIn': 60}).ok()['signedURL']
    client = shop.as_(None)
    client.token = url.split('token=')[1]
    client.get(f'/object/{full}/a.txt').refused(403, 'AccessDenied')
    client('PUT', f'/object/upload/sign/{full}/a.txt?token={client.token}', b'x').refused(400, 'InvalidSignature')


@pytest.mark.parametrize('seconds', [0, -1, 'x', 10 ** 12, None, 1.5])
def test_links_have_an_end(shop, full, seconds):
    shop.as_('a_agent').post(f'/object/sign/{full}/a.txt', {'expiresIn': seconds}).refused(400, 'InvalidRequest')


def test_many_links_at_once(shop, full):
    agent = shop.as_('a_agent')
    links = agent.post(f'/object/sign/{full}', {'expiresIn': 60, 'paths': ['a.txt', 'none.txt', 'dir/two.txt']}).ok()
    assert [(l['path'], l['error'] is None) for l in links] == [('a.txt', True), ('none.txt', False), ('dir/two.txt', True)]
    assert shop.as_(None).get(links[2]['signedURL']).text == 'dir/two.txt'
    assert links[1]['signedURL'] is None
    for wrong in ({'expiresIn': 60}, {'expiresIn': 60, 'paths': 'a'}, {'expiresIn': 60, 'paths': [1]}, {'paths': ['a.txt']}):
        agent.post(f'/object/sign/{full}', wrong).refused(400, 'InvalidRequest')


def test_transformations_are_part_of_the_signature(shop, full):
    agent = shop.as_('a_agent')
    agent.upload(f'{full}/p.png', PNG, 'image/png').ok()
    url = agent.post(f'/object/sign/{full}/p.png', {'expiresIn': 60, 'transform': {'width': 10}}).ok()['signedURL']
    assert url.startswith(f'/render/image/sign/{full}/p.png?token=')
    token = url.split('token=')[1]
    assert unsigned(token)['transform'] == {'width': 10}
    shop.as_(None).get(f'/object/sign/{full}/p.png?token={token}').refused(400, 'InvalidSignature')


def test_an_upload_is_signed_for_one_path(shop, full):
    agent, stranger = shop.as_('a_agent'), shop.as_(None)
    made = agent.post(f'/object/upload/sign/{full}/new.png').ok()
    assert made['url'] == f'/object/upload/sign/{full}/new.png?token={made["token"]}'
    stranger('PUT', made['url'].replace('new', 'other'), PNG, {'Content-Type': 'image/png'}).refused(400, 'InvalidSignature')
    stranger.get(f'/object/sign/{full}/new.png?token={made["token"]}').refused(400, 'InvalidSignature')
    assert stranger('PUT', made['url'], PNG, {'Content-Type': 'image/png'}).ok()['Key'] == f'{full}/new.png'
    stranger('PUT', made['url'], PNG, {'Content-Type': 'image/png'}).refused(409, 'ResourceAlreadyExists')
    row = shop.database.query('select owner::text, workspace_id::text from storage.objects where bucket_id = %s and name = %s', full, 'new.png')
    assert row == [(uid('a_agent'), uid('ws a'))]
    agent.post(f'/object/upload/sign/{full}/new.png').refused(409, 'ResourceAlreadyExists')
    again = agent.post(f'/object/upload/sign/{full}/new.png', headers={'x-upsert': 'true'}).ok()
    type, body = form({'cacheControl': '60'}, ('', 'blob', 'image/jpeg', JPEG))
    stranger('PUT', again['url'], body, {'Content-Type': type}).ok()
    assert agent.get(f'/object/{full}/new.png').data == JPEG
    shop.as_('anon').post(f'/object/upload/sign/{full}/x.png').refused(403, 'AccessDenied')
    shop.as_('a_agent2').post(f'/object/upload/sign/{full}/new.png', headers={'x-upsert': 'true'}).refused(403, 'AccessDenied')


# --- the user's own policies


def test_policies_of_one_s_own_decide(shop):
    """Written as for Supabase: auth.uid(), storage.foldername(), roles."""
    admin, agent = shop.as_('a_admin'), shop.as_('a_agent')
    name = admin.bucket()
    shop.database.query(f'''
        create policy own_folder on storage.objects as restrictive for insert to authenticated
          with check (bucket_id <> '{name}' or (storage.foldername(name))[1] = (select auth.uid())::text)''')
    try:
        agent.upload(f'{name}/{uid("a_agent")}/mine.txt', b'x').ok()
        agent.upload(f'{name}/{uid("a_agent2")}/mine.txt', b'x').refused(403, 'AccessDenied')
        agent.post(f'/object/upload/sign/{name}/{uid("a_agent2")}/mine.txt').refused(403, 'AccessDenied')
        agent.post('/object/copy', {'bucketId': name, 'sourceKey': f'{uid("a_agent")}/mine.txt', 'destinationKey': 'top.txt'}).refused(403, 'AccessDenied')
    finally:
        shop.database.query('drop policy own_folder on storage.objects')
