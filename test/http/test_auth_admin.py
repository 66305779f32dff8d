"""What the service key may do to logins."""
import re, urllib.parse, uuid

import pytest

from auth_more_kit import Auth, PASSWORD, parts


@pytest.fixture
def auth(plat, serve, database):
    plat.env |= {'PLAT_AUTH_RATE': '0', 'PLAT_SITE_URL': 'http://front.example', 'PLAT_PUBLIC_URL': 'http://api.example'}
    return Auth(plat, serve(), database)


ENDPOINTS = [('GET', '/admin/users'), ('POST', '/admin/users'), ('GET', f'/admin/users/{uuid.uuid4()}'), ('PUT', f'/admin/users/{uuid.uuid4()}'),
             ('DELETE', f'/admin/users/{uuid.uuid4()}'), ('POST', '/invite'), ('POST', '/admin/generate_link'),
             ('GET', f'/admin/users/{uuid.uuid4()}/factors'), ('DELETE', f'/admin/users/{uuid.uuid4()}/factors/{uuid.uuid4()}')]


@pytest.mark.parametrize('method, path', ENDPOINTS)
def test_nobody_else_is_let_in(auth, method, path):
    body = None if method == 'GET' else {'email': 'x@example.org'}
    auth.refused(403, 'not_admin', method, path, body)
    auth.refused(403, 'not_admin', method, path, body, auth.signed_in()['access_token'])
    status, _, _ = auth.raw(method, path, body, headers={'apikey': '', 'Authorization': ''})
    assert status == 401


def test_a_login_made_with_everything(auth, database):
    user = auth.admin('POST', '/admin/users', {
        'email': 'Ann@Example.org ', 'password': PASSWORD, 'email_confirm': True, 'phone': '+15551234', 'phone_confirm': True,
        'user_metadata': {'full_name': 'Ann Lee'}, 'app_metadata': {'plan': 'gold'}, 'role': 'authenticated', 'ban_duration': 'none'})
    assert (user['email'], user['phone'], user['role'], user['aud']) == ('ann@example.org', '15551234', 'authenticated', 'authenticated')
    assert user['email_confirmed_at'] and user['phone_confirmed_at'] and 'banned_until' not in user
    assert user['app_metadata'] == {'plan': 'gold', 'provider': 'email', 'providers': ['email', 'phone']}
    assert user['user_metadata']['full_name'] == 'Ann Lee'
    assert sorted(i['provider'] for i in user['identities']) == ['email', 'phone']
    auth.sign_in('ann@example.org')
    assert database.one('select count(*) from mls.user_profiles where id = %s', user['id']) == 1


def test_an_id_and_a_hash_from_elsewhere_are_taken(auth, database):
    known = auth.person('old@example.org')
    hash = database.one('select encrypted_password from auth.users where id = %s', known['id'])
    wanted = str(uuid.uuid4())
    user = auth.admin('POST', '/admin/users', {'id': wanted, 'email': 'new@example.org', 'password_hash': hash, 'email_confirm': True})
    assert user['id'] == wanted
    auth.sign_in('new@example.org')


def test_what_cannot_be_made_is_refused(auth):
    auth.person('ann@example.org', phone='15551234')
    refuse = lambda status, code, body: auth.refused(status, code, 'POST', '/admin/users', body, auth.service)
    refuse(422, 'email_exists', {'email': 'ANN@example.org'})
    refuse(422, 'phone_exists', {'phone': '+15551234'})
    refuse(400, 'validation_failed', {})
    refuse(400, 'validation_failed', {'email': 'nobody'})
    refuse(400, 'validation_failed', {'email': 'b@example.org', 'id': '7'})
    refuse(400, 'validation_failed', {'email': 'b@example.org', 'ban_duration': 'for ever'})
    refuse(400, 'validation_failed', {'email': 'b@example.org', 'user_metadata': 'x'})
    refuse(400, 'validation_failed', {'email': 'b@example.org', 'role': 'postgres'})
    refuse(400, 'validation_failed', {'email': 'b@example.org', 'password_hash': 'plain'})
    refuse(400, 'validation_failed', {'email': 'b@example.org', 'email_confirm': 'yes'})
    refuse(422, 'weak_password', {'email': 'b@example.org', 'password': 'short'})


def test_pages_of_logins_newest_first(auth, database):
    for n in range(5):
        auth.person(f'p{n}@example.org')
    gone = auth.person('gone@example.org')
    auth.admin('DELETE', f'/admin/users/{gone["id"]}', {'should_soft_delete': True})
    database.query("update auth.users set created_at = now() - make_interval(hours => 9 - substr(email, 2, 1)::int) where email like 'p%'")
    status, headers, text = auth.raw('GET', '/admin/users?page=1&per_page=2', token=auth.service)
    assert (status, headers['X-Total-Count']) == (200, '5')
    links = dict(re.findall(r'page=(\d+)&per_page=2>; rel="(\w+)"', headers['Link']))
    assert links == {'2': 'next', '3': 'last'}
    emails = lambda query: [u['email'] for u in auth.admin('GET', f'/admin/users?{query}')['users']]
    assert emails('page=1&per_page=2') == ['p4@example.org', 'p3@example.org']
    assert emails('page=3&per_page=2') == ['p0@example.org']
    assert emails('page=9&per_page=2') == []
    assert len(emails('page=&per_page=')) == 5
    assert 'next' not in auth.raw('GET', '/admin/users?page=3&per_page=2', token=auth.service)[1]['Link']
    for query in ('page=0', 'page=x', 'per_page=-1'):
        auth.refused(400, 'validation_failed', 'GET', f'/admin/users?{query}', token=auth.service)


def test_changes_are_merged_and_reach_the_sign_in(auth):
    user = auth.person('ann@example.org', user_metadata={'a': 1, 'b': 2}, app_metadata={'x': 1})
    session = auth.sign_in('ann@example.org')
    path = f'/admin/users/{user["id"]}'
    changed = auth.admin('PUT', path, {'user_metadata': {'b': None, 'c': 3}, 'app_metadata': {'y': 2}})
    assert {k: v for k, v in changed['user_metadata'].items() if k in 'abc'} == {'a': 1, 'c': 3}
    assert changed['app_metadata'] == {'x': 1, 'y': 2, 'provider': 'email', 'providers': ['email']}
    changed = auth.admin('PUT', path, {'email': 'ann.lee@example.org', 'password': 'four Green turtles 81'})
    assert changed['email'] == 'ann.lee@example.org' and changed['identities'][0]['identity_data']['email'] == 'ann.lee@example.org'
    auth.refused(403, 'session_not_found', 'GET', '/user', token=session['access_token'])
    auth.ok('POST', '/token?grant_type=password', {'email': 'ann.lee@example.org', 'password': 'four Green turtles 81'})


def test_a_ban_ends_what_goes_on_and_can_be_taken_back(auth):
    user = auth.person('ann@example.org')
    session = auth.sign_in('ann@example.org')
    assert auth.admin('PUT', f'/admin/users/{user["id"]}', {'ban_duration': '24h'})['banned_until']
    auth.refused(403, 'user_banned', 'GET', '/user', token=session['access_token'])
    assert auth.call('POST', '/token?grant_type=password', {'email': 'ann@example.org', 'password': PASSWORD})[0] in (400, 403)
    assert auth.call('POST', '/token?grant_type=refresh_token', {'refresh_token': session['refresh_token']})[0] == 400
    assert 'banned_until' not in auth.admin('PUT', f'/admin/users/{user["id"]}', {'ban_duration': 'none'})
    auth.sign_in('ann@example.org')


def test_confirming_for_somebody(auth):
    user = auth.person('ann@example.org', email_confirm=False)
    assert 'email_confirmed_at' not in user
    auth.refused(400, 'email_not_confirmed', 'POST', '/token?grant_type=password', {'email': 'ann@example.org', 'password': PASSWORD})
    assert auth.admin('PUT', f'/admin/users/{user["id"]}', {'email_confirm': True})['email_confirmed_at']
    auth.sign_in('ann@example.org')


def test_who_is_not_there_is_not_found(auth):
    for path in (f'/admin/users/{uuid.uuid4()}', '/admin/users/7'):
        auth.refused(404, 'user_not_found', 'GET', path, token=auth.service)
        auth.refused(404, 'user_not_found', 'PUT', path, {'email_confirm': True}, auth.service)
        auth.refused(404, 'user_not_found', 'DELETE', path, {}, auth.service)
        auth.refused(404, 'user_not_found', 'GET', path + '/factors', token=auth.service)


def test_changing_to_what_is_taken_is_refused(auth):
    ann, _ = auth.person('ann@example.org'), auth.person('bob@example.org')
    auth.refused(422, 'email_exists', 'PUT', f'/admin/users/{ann["id"]}', {'email': 'bob@example.org'}, auth.service)


def test_a_soft_delete_keeps_the_row_and_frees_the_address(auth, database):
    user = auth.person('ann@example.org')
    session = auth.sign_in('ann@example.org')
    assert auth.admin('DELETE', f'/admin/users/{user["id"]}', {'should_soft_delete': True}) == {}
    assert database.query('select deleted_at is not null, encrypted_password from auth.users where id = %s', user['id']) == [(True, '')]
    auth.refused(404, 'user_not_found', 'GET', f'/admin/users/{user["id"]}', token=auth.service)
    assert auth.call('GET', '/user', token=session['access_token'])[0] == 403
    assert auth.person('ann@example.org')['id'] != user['id']


def test_a_hard_delete_takes_the_row_or_says_what_keeps_it(auth, database):
    user = auth.person('ann@example.org')
    assert auth.admin('DELETE', f'/admin/users/{user["id"]}', {}) == {}
    assert database.one('select count(*) from auth.users') == 0
    user = auth.person('bob@example.org')
    database.query("insert into crm.leads (workspace_id, user_id, name) select workspace_id, id, 'l' from mls.user_profiles where id = %s", user['id'])
    auth.refused(409, 'conflict', 'DELETE', f'/admin/users/{user["id"]}', {}, auth.service)


def test_factors_of_somebody(auth):
    user = auth.person('ann@example.org')
    session = auth.sign_in('ann@example.org')
    factor = auth.ok('POST', '/factors', {'factor_type': 'totp', 'friendly_name': 'phone'}, session['access_token'])
    path = f'/admin/users/{user["id"]}/factors'
    listed = auth.admin('GET', path)
    assert [(f['id'], f['friendly_name'], f['factor_type'], f['status']) for f in listed] == [(factor['id'], 'phone', 'totp', 'unverified')]
    assert 'secret' not in listed[0]
    assert auth.admin('PUT', f'{path}/{factor["id"]}', {'friendly_name': 'tablet'})['friendly_name'] == 'tablet'
    assert auth.admin('DELETE', f'{path}/{factor["id"]}')['id'] == factor['id']
    assert auth.admin('GET', path) == []
    auth.refused(404, 'mfa_factor_not_found', 'DELETE', f'{path}/{factor["id"]}', token=auth.service)


# Links

def generate(auth, **body):
    answer = auth.admin('POST', '/admin/generate_link', body)
    assert answer['verification_type'] == body['type'] and re.fullmatch(r'\d{6}', answer['email_otp'])
    assert answer['hashed_token'] in answer['action_link'] and answer['action_link'].startswith('http://api.example/auth/v1/verify?')
    return answer


def follow(auth, link):
    return parts(auth.location(link.removeprefix('http://api.example/auth/v1')))[1]


def mails(database):
    return database.one('select count(*) from plat.mails')


@pytest.mark.parametrize('kind', ['signup', 'invite', 'magiclink'])
def test_a_link_for_somebody_new_makes_the_login(auth, database, kind):
    more = {'password': PASSWORD} if kind == 'signup' else {}
    made = generate(auth, type=kind, email='Ann@example.org', data={'full_name': 'Ann'}, **more)
    assert made['email'] == 'ann@example.org' and made['user_metadata']['full_name'] == 'Ann' and mails(database) == 0
    session = follow(auth, made['action_link'])
    user = auth.ok('GET', '/user', token=session['access_token'])
    assert user['id'] == made['id'] and user['email_confirmed_at']


@pytest.mark.parametrize('kind', ['magiclink', 'recovery'])
def test_a_link_for_somebody_known_signs_in(auth, kind):
    user = auth.person('ann@example.org')
    made = generate(auth, type=kind, email='ann@example.org', redirect_to='http://front.example/x')
    assert made['id'] == user['id'] and made['redirect_to'] == 'http://front.example/x'
    where = auth.location(made['action_link'].removeprefix('http://api.example/auth/v1'))
    assert where.startswith('http://front.example/x#access_token=')


def test_a_code_does_as_well(auth):
    auth.person('ann@example.org')
    made = generate(auth, type='magiclink', email='ann@example.org')
    assert auth.ok('POST', '/verify', {'type': 'email', 'email': 'ann@example.org', 'token': made['email_otp']})['access_token']
    made = generate(auth, type='recovery', email='ann@example.org')
    assert auth.ok('POST', '/verify', {'type': 'recovery', 'token_hash': made['hashed_token']})['access_token']


def test_an_address_changes_when_both_have_agreed(auth):
    user = auth.person('ann@example.org')
    new = {'email': 'ann@example.org', 'new_email': 'new@example.org'}
    first, second = generate(auth, type='email_change_current', **new), generate(auth, type='email_change_new', **new)
    auth.location(first['action_link'].removeprefix('http://api.example/auth/v1'))
    assert auth.admin('GET', f'/admin/users/{user["id"]}')['email'] == 'ann@example.org'
    auth.location(second['action_link'].removeprefix('http://api.example/auth/v1'))
    assert auth.admin('GET', f'/admin/users/{user["id"]}')['email'] == 'new@example.org'


def test_links_that_cannot_be(auth):
    auth.person('ann@example.org'), auth.person('bob@example.org')
    refuse = lambda status, code, **body: auth.refused(status, code, 'POST', '/admin/generate_link', body, auth.service)
    refuse(422, 'email_exists', type='signup', email='ann@example.org', password=PASSWORD)
    refuse(422, 'email_exists', type='invite', email='ann@example.org')
    refuse(400, 'validation_failed', type='signup', email='new@example.org')
    refuse(404, 'user_not_found', type='recovery', email='new@example.org')
    refuse(404, 'user_not_found', type='email_change_new', email='new@example.org', new_email='x@example.org')
    refuse(422, 'email_exists', type='email_change_new', email='ann@example.org', new_email='bob@example.org')
    refuse(400, 'validation_failed', type='email_change_new', email='ann@example.org')
    refuse(400, 'validation_failed', type='carrier pigeon', email='ann@example.org')
    refuse(400, 'validation_failed', email='ann@example.org')


def test_an_invitation_by_mail(auth, database):
    query = urllib.parse.urlencode({'redirect_to': 'http://front.example/welcome'})
    user = auth.admin('POST', f'/invite?{query}', {'email': 'ann@example.org', 'data': {'full_name': 'Ann'}})
    assert user['invited_at'] and 'email_confirmed_at' not in user and user['user_metadata']['full_name'] == 'Ann'
    mail = database.query("select template, address, data ->> 'ConfirmationURL' from plat.mails")
    assert [(m[0], m[1]) for m in mail] == [('invite', 'ann@example.org')]
    where = auth.location(mail[0][2].removeprefix('http://api.example/auth/v1'))
    assert where.startswith('http://front.example/welcome#access_token=')
    auth.refused(422, 'email_exists', 'POST', '/invite', {'email': 'ann@example.org'}, auth.service)
    auth.refused(400, 'validation_failed', 'POST', '/invite', {'email': 'nobody'}, auth.service)
