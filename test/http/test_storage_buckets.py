"""Buckets over /storage/v1/bucket."""
import pytest

from storagekit import LIMIT, shop, uid  # noqa: F401


def test_a_bucket_is_made_and_seen_as_clients_expect(shop):
    admin = shop.as_('a_admin')
    assert admin.post('/bucket', {'id': 'avatars', 'name': 'avatars', 'public': True, 'file_size_limit': '1mb',
                                  'allowed_mime_types': ['image/*']}).ok() == {'name': 'avatars'}
    seen = admin.get('/bucket/avatars').ok()
    assert sorted(seen) == ['allowed_mime_types', 'created_at', 'file_size_limit', 'id', 'name', 'owner', 'public', 'updated_at']
    assert (seen['public'], seen['file_size_limit'], seen['allowed_mime_types'], seen['owner']) == (True, 1000000, ['image/*'], uid('a_admin'))
    assert 'avatars' in [b['id'] for b in admin.get('/bucket').ok()]
    admin.post('/bucket', {'id': 'avatars', 'name': 'avatars'}).refused(409, 'ResourceAlreadyExists')


def test_only_admins_make_buckets_and_other_tenants_do_not_see_them(shop):
    name = shop.as_('a_admin').bucket()
    for who in ('a_agent', 'a_client'):
        shop.as_(who).post('/bucket', {'id': 'mine', 'name': 'mine'}).refused(403, 'AccessDenied')
    shop.as_('anon').post('/bucket', {'id': 'mine', 'name': 'mine'}).refused(403, 'AccessDenied')
    assert shop.as_('a_client').get(f'/bucket/{name}').ok()['id'] == name
    other = shop.as_('b_admin')
    other.get(f'/bucket/{name}').refused(404, 'NoSuchBucket')
    assert name not in [b['id'] for b in other.get('/bucket').ok()]
    other('PUT', f'/bucket/{name}', {'public': True}).refused(404, 'NoSuchBucket')
    other('DELETE', f'/bucket/{name}').refused(404, 'NoSuchBucket')
    other.post(f'/bucket/{name}/empty').refused(404, 'NoSuchBucket')
    assert other.post('/bucket', {'id': name, 'name': name}).refused(409, 'ResourceAlreadyExists')


def test_what_is_not_said_stays_as_it_is(shop):
    admin = shop.as_('a_admin')
    name = admin.bucket(public=True, file_size_limit=1000, allowed_mime_types=['image/png'])
    assert admin('PUT', f'/bucket/{name}', {'id': name, 'name': name, 'public': False}).ok() == {'message': 'Successfully updated'}
    b = admin.get(f'/bucket/{name}').ok()
    assert (b['public'], b['file_size_limit'], b['allowed_mime_types']) == (False, 1000, ['image/png'])
    admin('PUT', f'/bucket/{name}', {'file_size_limit': None, 'allowed_mime_types': None}).ok()
    b = admin.get(f'/bucket/{name}').ok()
    assert (b['public'], b['file_size_limit'], b['allowed_mime_types']) == (False, None, None)
    shop.as_('a_agent')('PUT', f'/bucket/{name}', {'public': True}).refused(404, 'NoSuchBucket')


def test_a_bucket_with_something_in_it_is_not_deleted(shop):
    admin = shop.as_('a_admin')
    name = admin.bucket()
    admin.upload(f'{name}/a.txt', b'a').ok()
    assert 'not empty' in admin('DELETE', f'/bucket/{name}').refused(409, 'BucketNotEmpty')
    admin('DELETE', f'/object/{name}/a.txt').ok()
    assert admin('DELETE', f'/bucket/{name}').ok() == {'message': 'Successfully deleted'}
    admin.get(f'/bucket/{name}').refused(404, 'NoSuchBucket')


def test_emptying_is_queued_by_who_may(shop):
    admin = shop.as_('a_admin')
    name = admin.bucket()
    admin.upload(f'{name}/a.txt', b'a').ok()
    shop.as_('a_agent').post(f'/bucket/{name}/empty').refused(404, 'NoSuchBucket')
    assert 'queued' in admin.post(f'/bucket/{name}/empty').ok()['message']
    assert shop.database.query("select payload ->> 'bucket' from plat.jobs where name = 'storage.empty_bucket' and unique_key = %s", name) == [(name,)]


def test_lists_are_searched_sorted_and_cut(shop):
    admin = shop.as_('b_admin')
    for name in ('zlist-b', 'zlist-a', 'zlist-c'):
        admin.bucket(name)
    ids = lambda query: [b['id'] for b in admin.get(f'/bucket?{query}').ok()]
    assert ids('search=ZLIST') == ['zlist-a', 'zlist-b', 'zlist-c']
    assert ids('search=zlist&sortColumn=name&sortOrder=desc&limit=2') == ['zlist-c', 'zlist-b']
    assert ids('search=zlist&sortColumn=created_at&offset=1') == ['zlist-a', 'zlist-c']
    admin.get('/bucket?limit=x').refused(400, 'InvalidRequest')


def test_the_installation_s_buckets_are_everybody_s(shop):
    service = shop.as_('service')
    name = service.bucket(public=True)
    assert shop.database.one('select workspace_id is null from storage.buckets where id = %s', name)
    assert shop.as_('b_agent').get(f'/bucket/{name}').ok()['id'] == name
    shop.as_('b_admin')('DELETE', f'/bucket/{name}').refused(404, 'NoSuchBucket')


@pytest.mark.parametrize('body, status, code', [
    ({'name': ''}, 400, 'InvalidRequest'),
    ({}, 400, 'InvalidRequest'),
    ({'id': 'x/y', 'name': 'x/y'}, 400, 'InvalidBucketName'),
    ({'id': '..', 'name': '..'}, 400, 'InvalidBucketName'),
    ({'id': 'a' * 101, 'name': 'a' * 101}, 400, 'InvalidBucketName'),
    ({'id': 'one', 'name': 'other'}, 400, 'InvalidBucketName'),
    ({'name': 'good', 'public': 'yes'}, 400, 'InvalidRequest'),
    ({'name': 'good', 'file_size_limit': 'much'}, 400, 'InvalidRequest'),
    ({'name': 'good', 'file_size_limit': -1}, 400, 'InvalidRequest'),
    ({'name': 'good', 'file_size_limit': LIMIT + 1}, 413, 'EntityTooLarge'),
    ({'name': 'good', 'allowed_mime_types': 'image/png'}, 400, 'InvalidRequest'),
    ({'name': 'good', 'allowed_mime_types': ['image']}, 415, 'InvalidMimeType'),
    ({'name': 'good', 'allowed_mime_types': [3]}, 415, 'InvalidMimeType'),
])
def test_wrong_buckets_are_refused(shop, body, status, code):
    shop.as_('a_admin').post('/bucket', body).refused(status, code)


@pytest.mark.parametrize('body', ['{', '[]', '"x"', 'null'])
def test_bodies_that_are_no_object_are_refused(shop, body):
    answer = shop.as_('a_admin')('POST', '/bucket', body)
    answer.refused(400, 'InvalidRequest')
    assert answer.status == 400
