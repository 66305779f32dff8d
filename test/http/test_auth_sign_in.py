"""/auth/v1: sign-up, sign-in, the user, sessions."""
import json, time

import pytest

from auth_kit import PASSWORD, SECRET, Auth, claims_of, forge, refused
from conftest import get


@pytest.fixture
def auth(plat, database, serve):
    plat.env |= {'PLAT_JWT_SECRET': SECRET, 'PLAT_AUTH_CONFIRM': 'auto', 'PLAT_AUTH_RATE': '0', 'PLAT_PUBLIC_URL': 'http://api.example/'}
    return Auth(serve(), database)


def test_a_sign_up_is_a_session_when_addresses_count_as_confirmed(auth, database):
    status, session = auth.sign_up(' Ann@Example.org', data={'full_name': 'Ann'})
    assert status == 200
    user = session['user']
    assert user['email'] == 'ann@example.org' and user['role'] == user['aud'] == 'authenticated'
    assert user['user_metadata']['full_name'] == 'Ann' and user['app_metadata'] == {'provider': 'email', 'providers': ['email']}
    assert user['identities'][0]['provider'] == 'email' and user['email_confirmed_at'] and user['last_sign_in_at']
    assert session['token_type'] == 'bearer' and session['expires_in'] == 3600
    assert abs(session['expires_at'] - time.time() - 3600) < 10
    claims = claims_of(session['access_token'])
    assert claims['iss'] == 'http://api.example/auth/v1' and claims['sub'] == user['id'] and claims['aud'] == 'authenticated'
    assert claims['role'] == 'authenticated' and claims['aal'] == 'aal1' and claims['amr'][0]['method'] == 'password'
    assert claims['is_anonymous'] is False and claims['exp'] == session['expires_at'] and claims['session_id']
    assert auth.last_headers['Cache-Control'] == 'no-store'
    stored = database.one('select encrypted_password from auth.users')
    assert stored.startswith('$2b$10$') and PASSWORD not in stored
    assert database.one('select w.slug like %s from mls.workspaces w', 'personal-%') is True


def test_the_session_opens_rest(auth):
    token = auth.confirmed('ann@example.org')['access_token']
    status, _, text = get(auth.port, '/rest/v1/user_profiles?select=id,role', headers={'Authorization': f'Bearer {token}'})
    assert status == 200 and [r['role'] for r in json.loads(text)] == ['admin']


def test_an_address_signs_up_once(auth):
    auth.sign_up('ann@example.org')
    assert refused(auth.sign_up('ANN@example.org'), 422, 'user_already_exists') == 'User already registered'


def test_sign_in(auth, database):
    auth.confirmed('ann@example.org')
    database.query("update auth.users set last_sign_in_at = '2020-01-01'")
    status, session = auth.sign_in('Ann@Example.org')
    assert status == 200 and auth.user(session['access_token'])[1]['email'] == 'ann@example.org'
    assert database.one("select last_sign_in_at > now() - interval '1 minute' from auth.users")
    assert refused(auth.sign_in('ann@example.org', 'wrong'), 400, 'invalid_credentials') == 'Invalid login credentials'
    assert refused(auth.sign_in('nobody@example.org'), 400, 'invalid_credentials') == 'Invalid login credentials'
    refused(auth.sign_in('ann@example.org', PASSWORD + 'x' * 100), 400, 'invalid_credentials')
    refused(auth.post('/token?grant_type=password', {'email': 'ann@example.org'}), 400, 'validation_failed')
    refused(auth.post('/token?grant_type=password', {'phone': '+1', 'password': 'x'}), 400, 'phone_provider_disabled')
    refused(auth.post('/token?grant_type=nonsense'), 400, 'invalid_credentials')
    refused(auth.post('/token?grant_type=password', {'email': 7, 'password': 'x'}), 400, 'validation_failed')


def test_a_form_signs_in_too(auth):
    auth.confirmed('ann@example.org')
    status, _, text = get(auth.port, '/auth/v1/token?grant_type=password', 'POST',
                          {'Content-Type': 'application/x-www-form-urlencoded'}, 'email=ann%40example.org&password=correct+horse+7')
    assert status == 200 and json.loads(text)['access_token']


def test_unknown_and_known_addresses_cost_the_same(auth):
    auth.confirmed('ann@example.org')

    def took(email):
        start = time.perf_counter()
        auth.sign_in(email, 'wrong password')
        return time.perf_counter() - start
    # In turns, and the quickest of each: what else the machine does only adds. Without its hash an answer takes a tenth.
    pairs = [(took('ann@example.org'), took('nobody@example.org')) for _ in range(9)]
    known, unknown = (min(times) for times in zip(*pairs))
    assert 0.5 < known / unknown < 2, (known, unknown)


@pytest.mark.parametrize('password, reason', [('short', 'length'), ('password123', 'pwned'), ('PassWord123', 'pwned'), ('äöü', 'length')])
def test_weak_passwords_are_refused(auth, password, reason):
    answer = auth.sign_up('ann@example.org', password)
    refused(answer, 422, 'weak_password')
    assert answer[1]['weak_password']['reasons'] == [reason]


def test_passwords_that_bcrypt_would_cut_are_refused(auth):
    refused(auth.sign_up('ann@example.org', 'x' * 73), 422, 'weak_password')
    assert auth.sign_up('ann@example.org', 'xy' * 36)[0] == 200


@pytest.mark.parametrize('email', ['', 'nonsense', '@example.org', 'a@', 'a@b@c', 'a b@example.org', 'a\n@example.org', 'x' * 250 + '@example.org'])
def test_what_is_no_address_is_refused(auth, email):
    refused(auth.sign_up(email), 400, 'validation_failed')


def test_bodies_that_cannot_be_read(auth):
    for body in ['{', '[]', '"x"', '{"email": "a@b.c"} x']:
        status, _, text = get(auth.port, '/auth/v1/signup', 'POST', {}, body)
        assert status == 400 and json.loads(text)['error_code'] == 'bad_json'
    refused(auth.sign_up('ann@example.org', data={'x': 'y' * 20000}), 400, 'validation_failed')
    refused(auth.post('/otp', {'email': 'ann@example.org', 'data': {'x': 'y' * 20000}}), 400, 'validation_failed')
    assert get(auth.port, '/auth/v1/signup', 'POST', {}, 'x' * 300000)[0] == 413


def test_errors_in_the_newer_form(auth):
    headers = {'X-Supabase-Api-Version': '2024-01-01'}
    status, answer = auth.post('/signup', {'email': 'ann@example.org', 'password': 'x'}, headers=headers)
    assert status == 422 and answer['code'] == 'weak_password' and answer['message'] and answer['weak_password']['reasons'] == ['length']
    assert auth.last_headers['X-Supabase-Api-Version'] == '2024-01-01'


def test_who_may_not_sign_in(auth, database):
    session = auth.confirmed('ann@example.org')
    database.query("update auth.users set banned_until = now() + interval '1 hour'")
    refused(auth.sign_in('ann@example.org'), 400, 'user_banned')
    refused(auth.refresh(session['refresh_token']), 400, 'user_banned')
    refused(auth.user(session['access_token']), 403, 'user_banned')
    database.query("update auth.users set banned_until = now() - interval '1 hour'")
    assert auth.sign_in('ann@example.org')[0] == 200
    database.query('update auth.users set email_confirmed_at = null')
    refused(auth.sign_in('ann@example.org'), 400, 'email_not_confirmed')
    refused(auth.sign_in('ann@example.org', 'wrong'), 400, 'invalid_credentials')
    database.query('update auth.users set email_confirmed_at = now(), deleted_at = now()')
    refused(auth.sign_in('ann@example.org'), 400, 'invalid_credentials')
    refused(auth.user(session['access_token']), 403, 'user_not_found')


def test_signups_can_be_switched_off(plat, database, serve):
    plat.env |= {'PLAT_AUTH_SIGNUP': 'off', 'PLAT_AUTH_ANONYMOUS': 'on'}
    auth = Auth(serve(), database)
    refused(auth.sign_up('ann@example.org'), 422, 'signup_disabled')
    refused(auth.post('/signup'), 422, 'signup_disabled')
    assert auth.call('GET', '/settings')[1]['disable_signup'] is True


def test_only_the_invited_sign_up(plat, database, serve):
    plat.env |= {'PLAT_AUTH_SIGNUP': 'invited', 'PLAT_AUTH_CONFIRM': 'auto'}
    auth = Auth(serve(), database)
    refused(auth.sign_up('ann@example.org'), 422, 'signup_disabled')
    workspace = database.one("insert into mls.workspaces (slug, name) values ('w', 'W') returning id")
    database.query("insert into auth.invitations (email, workspace_id, mls_role) values ('ann@example.org', %s, 'agent')", workspace)
    assert auth.sign_up('ann@example.org')[0] == 200
    assert database.query('select role, workspace_id from mls.user_profiles') == [('agent', workspace)]


def test_anonymous_visitors(plat, database, serve):
    plat.env |= {'PLAT_AUTH_CONFIRM': 'auto'}
    auth = Auth(serve(), database)
    refused(auth.post('/signup', {'data': {}}), 422, 'anonymous_provider_disabled')
    plat.stop(serve.process)
    plat.env |= {'PLAT_AUTH_ANONYMOUS': 'on'}
    auth = Auth(serve(), database)
    status, session = auth.post('/signup', {'data': {'cart': 1}})
    assert status == 200 and session['user']['is_anonymous'] is True and session['user']['email'] == ''
    assert claims_of(session['access_token'])['is_anonymous'] is True
    assert claims_of(session['access_token'])['amr'][0]['method'] == 'anonymous'
    assert database.one('select count(*) from mls.user_profiles') == 0
    token = session['access_token']
    refused(auth.call('PUT', '/user', {'password': PASSWORD}, token=token), 422, 'validation_failed')
    status, user = auth.call('PUT', '/user', {'email': 'ann@example.org'}, token=token)
    assert status == 200 and user['email'] == 'ann@example.org' and user['is_anonymous'] is False
    assert user['app_metadata']['provider'] == 'email' and user['user_metadata']['cart'] == 1
    assert auth.call('PUT', '/user', {'password': PASSWORD}, token=token)[0] == 200
    assert auth.sign_in('ann@example.org')[1]['user']['id'] == session['user']['id']
    assert database.one('select count(*) from mls.user_profiles') == 1


# Tokens

def test_tokens_that_count_for_nothing(auth):
    good = auth.confirmed('ann@example.org')['access_token']
    claims = claims_of(good)
    now = int(time.time())
    head, body, signature = good.split('.')
    bad = {
        'another secret': forge(claims, 'another secret, long enough as well'),
        'expired': forge(claims | {'exp': now - 60}),
        'another audience': forge(claims | {'aud': 'somebody else'}),
        'from the future': forge(claims | {'iat': now + 600}),
        'tampered': '.'.join([head, forge(claims | {'sub': '0' * 8}).split('.')[1], signature]),
        'no signature': f'{head}.{body}.',
        'alg none': forge(claims, header={'alg': 'none'}).rsplit('.', 1)[0] + '.',
        'alg none with signature': forge(claims, header={'alg': 'none'}),
        'no token': 'nonsense',
    }
    for what, token in bad.items():
        assert auth.user(token)[1]['error_code'] == 'bad_jwt' and auth.user(token)[0] == 403, what
    assert auth.user(forge(claims))[0] == 200
    refused(auth.user(forge({k: v for k, v in claims.items() if k != 'sub'})), 403, 'bad_jwt')
    refused(auth.user(forge({k: v for k, v in claims.items() if k != 'session_id'})), 403, 'session_not_found')
    refused(auth.user(forge(claims | {'sub': '11111111-1111-1111-1111-111111111111'})), 403, 'user_not_found')
    refused(auth.call('GET', '/user'), 401, 'no_authorization')


def test_refresh_tokens_rotate(auth, database):
    first = auth.confirmed('ann@example.org')
    status, second = auth.refresh(first['refresh_token'])
    assert status == 200 and second['refresh_token'] != first['refresh_token'] and second['user']['id'] == first['user']['id']
    assert claims_of(second['access_token'])['session_id'] == claims_of(first['access_token'])['session_id']
    # A client that lost the answer, or asks twice at once, gets the same one again.
    assert auth.refresh(first['refresh_token'])[1]['refresh_token'] == second['refresh_token']
    third = auth.refresh(second['refresh_token'])[1]
    assert auth.refresh(first['refresh_token'])[1]['refresh_token'] == third['refresh_token']
    refused(auth.refresh('nonsense'), 400, 'refresh_token_not_found')
    refused(auth.post('/token?grant_type=refresh_token'), 400, 'validation_failed')
    assert database.one('select count(*) from auth.refresh_tokens') == 3
    assert database.one('select bool_and(length(token_hash) = 32) from auth.refresh_tokens')


def test_a_stolen_refresh_token_ends_the_session(auth, database):
    first = auth.confirmed('ann@example.org')
    second = auth.refresh(first['refresh_token'])[1]
    other = auth.sign_in('ann@example.org')[1]
    database.query("update auth.refresh_tokens set revoked_at = now() - interval '11 s' where revoked_at is not null")
    assert 'Already Used' in refused(auth.refresh(first['refresh_token']), 400, 'refresh_token_already_used')
    refused(auth.refresh(second['refresh_token']), 400, 'refresh_token_not_found')
    refused(auth.user(second['access_token']), 403, 'session_not_found')
    assert auth.user(other['access_token'])[0] == 200


def test_sessions_of_limited_length(plat, database, serve):
    plat.env |= {'PLAT_AUTH_CONFIRM': 'auto', 'PLAT_AUTH_SESSION_HOURS': '8', 'PLAT_AUTH_TOKEN_MINUTES': '5'}
    auth = Auth(serve(), database)
    session = auth.confirmed('ann@example.org')
    assert session['expires_in'] == 300
    assert database.one("select not_after between now() + interval '7 hours' and now() + interval '8 hours' from auth.sessions")
    database.query('update auth.sessions set not_after = now()')
    refused(auth.refresh(session['refresh_token']), 400, 'session_expired')
    refused(auth.user(session['access_token']), 403, 'session_expired')


def test_signing_out(auth):
    a, b, c = [auth.confirmed('ann@example.org')] + [auth.sign_in('ann@example.org')[1] for _ in range(2)]
    there = lambda s: auth.user(s['access_token'])[0] == 200
    refused(auth.post('/logout?scope=moon', token=a['access_token']), 400, 'validation_failed')
    assert auth.post('/logout?scope=others', token=a['access_token']) == (204, None)
    assert there(a) and not there(b) and not there(c)
    b = auth.sign_in('ann@example.org')[1]
    assert auth.post('/logout?scope=local', token=b['access_token'])[0] == 204
    assert there(a) and not there(b)
    b = auth.sign_in('ann@example.org')[1]
    assert auth.post('/logout', token=b['access_token'])[0] == 204
    assert not there(a) and not there(b)
    refused(auth.refresh(a['refresh_token']), 400, 'refresh_token_not_found')
    refused(auth.post('/logout', token=a['access_token']), 403, 'session_not_found')


# The own login

def test_a_person_changes_the_own_data_and_no_more(auth, database):
    token = auth.confirmed('ann@example.org')['access_token']
    status, user = auth.call('PUT', '/user', {'data': {'a': 1, 'b': 2}}, token=token)
    assert status == 200 and user['user_metadata']['a'] == 1
    user = auth.call('PUT', '/user', {'data': {'b': None, 'c': {'d': []}}}, token=token)[1]
    assert user['user_metadata'].get('a') == 1 and 'b' not in user['user_metadata'] and user['user_metadata']['c'] == {'d': []}
    before = database.query('select aud, role, raw_app_meta_data, banned_until, is_super_admin from auth.users')
    status, user = auth.call('PUT', '/user', {'role': 'service_role', 'aud': 'x', 'app_metadata': {'role': 'admin'}, 'is_super_admin': True,
                                              'email_confirmed_at': None, 'id': 'x', 'ban_duration': 'none', 'data': {}}, token=token)
    assert status == 200 and database.query('select aud, role, raw_app_meta_data, banned_until, is_super_admin from auth.users') == before
    refused(auth.call('PUT', '/user', {'data': []}, token=token), 400, 'validation_failed')
    refused(auth.call('PUT', '/user', {'data': {'x': 'y' * 20000}}, token=token), 400, 'validation_failed')
    assert auth.call('PUT', '/user', {'data': {'x': 'y' * 9000}}, token=token)[0] == 200
    refused(auth.call('PUT', '/user', {'data': {'z': 'y' * 9000}}, token=token), 400, 'validation_failed')
    refused(auth.call('PUT', '/user', {'phone': '+1'}, token=token), 422, 'phone_provider_disabled')


def test_a_new_password(auth):
    a = auth.confirmed('ann@example.org')
    b = auth.sign_in('ann@example.org')[1]
    put = lambda password: auth.call('PUT', '/user', {'password': password}, token=a['access_token'])
    refused(put(PASSWORD), 422, 'same_password')
    refused(put('short'), 422, 'weak_password')
    assert put('another horse 8')[0] == 200
    assert auth.user(a['access_token'])[0] == 200
    refused(auth.user(b['access_token']), 403, 'session_not_found')
    refused(auth.sign_in('ann@example.org'), 400, 'invalid_credentials')
    assert auth.sign_in('ann@example.org', 'another horse 8')[0] == 200


def test_an_address_is_taken_once(auth):
    auth.confirmed('ben@example.org')
    token = auth.confirmed('ann@example.org')['access_token']
    refused(auth.call('PUT', '/user', {'email': 'BEN@example.org'}, token=token), 422, 'email_exists')
    refused(auth.call('PUT', '/user', {'email': 'nonsense'}, token=token), 400, 'validation_failed')
    assert auth.call('PUT', '/user', {'email': 'anna@example.org'}, token=token)[1]['email'] == 'anna@example.org'
    assert auth.sign_in('anna@example.org')[0] == 200


# What clients ask before they know anybody

def test_settings_health_and_keys(auth):
    status, settings = auth.call('GET', '/settings')
    assert status == 200 and settings['external']['email'] is True and settings['external']['phone'] is False
    assert settings['mailer_autoconfirm'] is True and settings['disable_signup'] is False and settings['saml_enabled'] is False
    assert auth.call('GET', '/health')[1]['name'] == 'plat'
    assert auth.call('GET', '/.well-known/jwks.json') == (200, {'keys': []})
    assert json.loads(get(auth.port, '/.well-known/jwks.json')[2]) == {'keys': []}


def test_browsers_of_another_origin(auth):
    headers = {'Origin': 'https://app.example', 'Access-Control-Request-Method': 'POST',
               'Access-Control-Request-Headers': 'authorization,x-client-info,apikey'}
    status, answer, _ = get(auth.port, '/auth/v1/token', 'OPTIONS', headers)
    assert status == 204 and answer['Access-Control-Allow-Origin'] == '*' and 'PUT' in answer['Access-Control-Allow-Methods']
    assert 'apikey' in answer['Access-Control-Allow-Headers']
    auth.sign_in('x@example.org')
    assert 'Access-Control-Allow-Origin' not in auth.last_headers
    auth.headers = {'Origin': 'https://app.example'}
    auth.sign_in('x@example.org')
    assert auth.last_headers['Access-Control-Allow-Origin'] == '*'


def test_links_and_issuers_are_of_where_the_server_listens(plat, database, serve):
    plat.env |= {'PLAT_AUTH_CONFIRM': 'auto'}
    auth = Auth(serve(), database)
    assert claims_of(auth.confirmed('ann@example.org')['access_token'])['iss'] == f'http://127.0.0.1:{auth.port}/auth/v1'
