"""Signing in with providers: an OpenID provider and a GitHub of our own (oauth_standin.py)."""
import concurrent.futures, hashlib, json, secrets, time, urllib.parse

import pytest

from auth_more_kit import Auth, challenge_of, claims, parts
from conftest import get
from oauth_standin import Key, standing_in

BACK = 'http://front.example/after'


@pytest.fixture
def acme():
    with standing_in() as s:
        yield s


@pytest.fixture
def auth(plat, serve, database, acme, data):
    (data / 'providers.json').write_text(json.dumps(acme.providers()))
    plat.env |= {'PLAT_AUTH_PROVIDERS': str(data / 'providers.json'), 'PLAT_SITE_URL': 'http://front.example', 'PLAT_AUTH_RATE': '0',
                 'PLAT_PUBLIC_URL': 'http://api.example'}
    return Auth(plat, serve(), database)


def callback(auth, url):
    """The browser comes back to plat; where plat sends it then."""
    assert url.startswith('http://api.example/auth/v1/callback?')
    return auth.location(url.removeprefix('http://api.example/auth/v1'))


def go(auth, acme, provider='acme', token=None, deny=False, **more):
    query = urllib.parse.urlencode({'provider': provider, 'redirect_to': BACK} | more)
    return callback(auth, acme.visit(auth.location(f'/authorize?{query}', token), deny))


def implicit(auth, acme, **more):
    """The session that comes in the fragment."""
    url = go(auth, acme, **more)
    assert url.startswith(BACK + '#'), url
    session = parts(url)[1]
    assert 'access_token' in session, session
    return session


def refused(url, code):
    assert url.startswith(BACK + '#error='), url
    said = parts(url)[1]
    assert said['error_code'] == code and said['error_description'], said
    return said


def user_of(auth, session):
    return auth.ok('GET', '/user', token=session['access_token'])


def test_a_person_signs_in_and_is_the_same_next_time(auth, acme):
    session = implicit(auth, acme)
    user = user_of(auth, session)
    assert (user['email'], user['app_metadata']) == ('ann@example.org', {'provider': 'acme', 'providers': ['acme']})
    assert user['email_confirmed_at'] and user['user_metadata']['full_name'] == 'Ann Lee'
    identity = user['identities'][0]
    assert (identity['provider'], identity['id'], identity['identity_data']['email_verified']) == ('acme', 'p-1', True)
    assert session['provider_token'] == 'access-1' and session['provider_refresh_token'] == 'again-1'
    assert [m['method'] for m in claims(session['access_token'])['amr']] == ['oauth']
    acme.person |= {'email': 'ann.new@example.org', 'name': 'Ann Mar'}
    again = user_of(auth, implicit(auth, acme))
    assert again['id'] == user['id'] and again['user_metadata']['full_name'] == 'Ann Mar'


def test_what_the_provider_is_asked_for(auth, acme):
    implicit(auth, acme, scopes='calendar', prompt='consent', evil='1')
    asked = acme.seen[0]
    assert asked['scope'] == 'openid email profile calendar' and asked['prompt'] == 'consent' and 'evil' not in asked
    assert len(asked['nonce']) >= 43 and len(asked['state']) >= 43 and len(asked['code_challenge']) == 43


def test_with_pkce_a_code_comes_back_that_only_its_owner_can_use(auth, acme):
    verifier = secrets.token_urlsafe(40)
    url = go(auth, acme, code_challenge=challenge_of(verifier), code_challenge_method='s256')
    query, fragment = parts(url)
    assert not fragment and url.startswith(BACK + '?code=')
    assert auth.call('POST', '/token?grant_type=pkce', {'auth_code': query['code'], 'code_verifier': secrets.token_urlsafe(40)})[0] == 400
    url = go(auth, acme, code_challenge=challenge_of(verifier), code_challenge_method='s256')
    session = auth.ok('POST', '/token?grant_type=pkce', {'auth_code': parts(url)[0]['code'], 'code_verifier': verifier})
    assert session['user']['email'] == 'ann@example.org' and session['provider_token'] == 'access-1'


def test_secret_in_the_form_when_the_provider_wants_it(auth, acme):
    acme.methods = ['client_secret_post']
    implicit(auth, acme)


def test_github_says_who_it_is_through_its_api(auth, acme):
    user = user_of(auth, implicit(auth, acme, provider='github'))
    assert (user['email'], user['app_metadata']['provider']) == ('ann@example.org', 'github')
    data = user['identities'][0]['identity_data']
    assert (data['provider_id'], data['user_name'], data['email_verified']) == ('4711', 'annlee', True)


def test_github_without_a_verified_address_signs_nobody_in(auth, acme, database):
    acme.emails[1]['verified'] = False
    refused(go(auth, acme, provider='github'), 'provider_email_needs_verification')
    acme.emails = []
    refused(go(auth, acme, provider='github'), 'validation_failed')
    assert database.one('select count(*) from auth.users') == 0


def test_the_same_verified_address_is_the_same_login(auth, acme):
    person = auth.person('ann@example.org', user_metadata={'colour': 'blue'})
    user = user_of(auth, implicit(auth, acme))
    assert user['id'] == person['id'] and user['user_metadata']['colour'] == 'blue'
    assert sorted(user['app_metadata']['providers']) == ['acme', 'email'] and user['app_metadata']['provider'] == 'email'
    assert user_of(auth, implicit(auth, acme, provider='github'))['id'] == person['id']
    auth.sign_in('ann@example.org')  # the password is still good


def test_a_login_that_never_confirmed_the_address_is_taken_from_whoever_made_it(auth, acme):
    trap = auth.person('ann@example.org', email_confirm=False, user_metadata={'full_name': 'Mallory'})
    session = implicit(auth, acme)
    user = user_of(auth, session)
    assert user['id'] == trap['id'] and user['user_metadata']['full_name'] == 'Ann Lee'
    assert [i['provider'] for i in user['identities']] == ['acme']
    body = {'email': 'ann@example.org', 'password': 'three Blue whales 27'}
    auth.refused(400, 'invalid_credentials', 'POST', '/token?grant_type=password', body)


def test_an_address_that_the_provider_has_not_verified_links_to_nothing(auth, acme, database):
    auth.person('ann@example.org')
    acme.person['email_verified'] = False
    refused(go(auth, acme), 'provider_email_needs_verification')
    acme.person['email_verified'] = 'true'  # as some write it
    implicit(auth, acme)
    assert database.one('select count(*) from auth.users') == 1


def test_an_address_is_asked_for_when_the_token_has_none(auth, acme):
    del acme.person['email']
    assert user_of(auth, implicit(auth, acme))['email'] == 'from.userinfo@example.org'
    acme.fault, acme.person['sub'] = 'userinfo', 'p-2'
    refused(go(auth, acme), 'bad_jwt')


@pytest.mark.parametrize('fault, code', [
    ('nonce', 'bad_jwt'), ('audience', 'unexpected_audience'), ('expired', 'bad_jwt'), ('issuer', 'bad_jwt'), ('signature', 'bad_jwt'),
    ('none', 'bad_jwt'), ('no expiry', 'bad_jwt'), ('subject', 'bad_jwt'), ('bad code', 'bad_oauth_callback'),
    (('500', '/token'), 'unexpected_failure'), (('html', '/token'), 'unexpected_failure'), (('500', '/jwks'), 'unexpected_failure')])
def test_what_is_wrong_with_the_answer_signs_nobody_in(auth, acme, database, fault, code):
    acme.fault = fault
    refused(go(auth, acme), code)
    assert database.query('select count(*) from auth.users union all select count(*) from auth.sessions') == [(0,), (0,)]


@pytest.mark.parametrize('fault', ['bad code', ('500', '/login/oauth/access_token'), ('500', '/api/user'), ('html', '/api/user/emails')])
def test_what_is_wrong_at_github_signs_nobody_in(auth, acme, database, fault):
    acme.fault = fault
    refused(go(auth, acme, provider='github'), 'bad_oauth_callback' if fault == 'bad code' else 'unexpected_failure')
    assert database.one('select count(*) from auth.users') == 0


def test_with_pkce_the_failure_is_in_the_query_too(auth, acme):
    acme.fault = 'nonce'
    query, fragment = parts(go(auth, acme, code_challenge='x' * 43, code_challenge_method='plain'))
    assert query['error_code'] == fragment['error_code'] == 'bad_jwt'


def test_discovery_that_names_another_issuer_is_no_discovery(auth, acme):
    acme.fault = 'issuer of discovery'
    auth.refused(502, 'unexpected_failure', 'GET', '/authorize?provider=acme')
    acme.fault = ('500', '/.well-known/openid-configuration')
    auth.refused(502, 'unexpected_failure', 'GET', '/authorize?provider=acme')


def test_keys_that_change_are_fetched_again(auth, acme):
    implicit(auth, acme)
    acme.key = Key(acme.folder, 'k2')
    acme.keys = [acme.key]
    time.sleep(5.2)  # strangers' tokens do not make plat ask all the time
    implicit(auth, acme)


def test_the_person_may_say_no(auth, acme):
    said = refused(go(auth, acme, deny=True), 'bad_oauth_callback')
    assert said['error'] == 'access_denied' and 'The person said no' in said['error_description']


def test_a_state_is_good_once_and_for_ten_minutes(auth, acme, database):
    back = acme.visit(auth.location(f'/authorize?provider=acme&redirect_to={BACK}'))
    callback(auth, back)
    for url in (back, 'http://api.example/auth/v1/callback?code=x&state=invented', 'http://api.example/auth/v1/callback?code=x'):
        where = callback(auth, url)
        assert where.startswith('http://front.example#error=invalid_request&error_code=bad_oauth_'), where
    back = acme.visit(auth.location(f'/authorize?provider=acme&redirect_to={BACK}'))
    database.query("update auth.flow_states set expires_at = now()")
    assert 'error_code=bad_oauth_state' in callback(auth, back)
    assert database.one('select count(*) from auth.sessions') == 1


def test_a_provider_may_send_people_back_with_a_form(auth, acme):
    back = urllib.parse.urlsplit(acme.visit(auth.location(f'/authorize?provider=acme&redirect_to={BACK}')))
    status, headers, _ = get(auth.port, '/auth/v1/callback', 'POST', {'Content-Type': 'application/x-www-form-urlencoded'}, back.query)
    assert status == 303 and headers['Location'].startswith(BACK + '#access_token=')


def test_first_sign_ins_at_the_same_time_are_one_login(auth, acme, database):
    ways = [acme.visit(auth.location(f'/authorize?provider={p}&redirect_to={BACK}')) for p in ('acme', 'acme', 'acme')]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        where = list(pool.map(lambda url: callback(auth, url), ways))
    assert all('#access_token=' in url for url in where), where
    assert database.query('select (select count(*) from auth.users), (select count(*) from auth.identities)') == [(1, 1)]


def test_states_are_not_kept_in_the_clear(auth, acme, database):
    auth.location(f'/authorize?provider=acme&redirect_to={BACK}')
    url = auth.location(f'/authorize?provider=acme&redirect_to={BACK}')
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))['state']
    assert state not in database.one('select string_agg(f::text, \' \') from auth.flow_states f')
    assert database.one('select count(*) from auth.flow_states where state_hash = sha256(%s)', state.encode()) == 1


def test_where_a_sign_in_leads_is_on_the_list(auth, acme):
    url = acme.visit(auth.location('/authorize?provider=acme&redirect_to=https://evil.example/x'))
    assert callback(auth, url).startswith('http://front.example#access_token=')


def test_without_a_redirect_the_client_gets_the_address(auth, acme):
    answer = auth.ok('GET', '/authorize?provider=acme&skip_http_redirect=true')
    assert answer['url'].startswith(acme.url + '/authorize?')


def test_unknown_providers_and_half_challenges_are_refused(auth, acme):
    auth.refused(400, 'validation_failed', 'GET', '/authorize?provider=apple')
    auth.refused(400, 'validation_failed', 'GET', '/authorize')
    auth.refused(400, 'validation_failed', 'GET', '/authorize?provider=acme&code_challenge=short&code_challenge_method=s256')
    auth.refused(400, 'validation_failed', 'GET', f'/authorize?provider=acme&code_challenge={"x" * 43}&code_challenge_method=md5')


def test_nobody_signs_up_when_that_is_off(plat, serve, database, acme, data):
    (data / 'p.json').write_text(json.dumps(acme.providers()))
    plat.env |= {'PLAT_AUTH_PROVIDERS': str(data / 'p.json'), 'PLAT_AUTH_SIGNUP': 'invited', 'PLAT_SITE_URL': 'http://front.example',
                 'PLAT_PUBLIC_URL': 'http://api.example'}
    auth = Auth(plat, serve(), database)
    refused(go(auth, acme), 'signup_disabled')
    workspace = database.one("insert into mls.workspaces (slug, name) values ('north', 'North') returning id")
    database.query("insert into auth.invitations (email, workspace_id, mls_role) values ('ann@example.org', %s, 'agent')", workspace)
    user = user_of(auth, implicit(auth, acme))
    assert database.query('select workspace_id, role from mls.user_profiles where id = %s', user['id']) == [(workspace, 'agent')]


def test_who_is_banned_does_not_sign_in(auth, acme):
    user = user_of(auth, implicit(auth, acme))
    auth.admin('PUT', f'/admin/users/{user["id"]}', {'ban_duration': '1h'})
    refused(go(auth, acme), 'user_banned')


# id_token

def id_token(auth, acme, token, **more):
    return auth.call('POST', '/token?grant_type=id_token', {'provider': 'acme', 'id_token': token} | more)


def test_a_phone_app_brings_its_own_token(auth, acme):
    token = acme.id_token(aud='phone app', nonce=hashlib.sha256(b'plain').hexdigest())
    status, session = id_token(auth, acme, token, nonce='plain')
    assert status == 200 and session['user']['email'] == 'ann@example.org' and session['refresh_token']
    for more in ({}, {'nonce': 'other'}):
        status, answer = id_token(auth, acme, token, **more)
        assert (status, answer['error_code']) == (400, 'bad_jwt')
    assert id_token(auth, acme, acme.id_token(), nonce='plain')[1]['error_code'] == 'bad_jwt'
    assert id_token(auth, acme, acme.id_token(), access_token='access-1')[0] == 200


@pytest.mark.parametrize('fault, code', [('audience', 'unexpected_audience'), ('expired', 'bad_jwt'), ('issuer', 'bad_jwt'),
                                         ('signature', 'bad_jwt'), ('none', 'bad_jwt')])
def test_a_token_for_or_by_somebody_else_is_refused(auth, acme, fault, code):
    acme.fault = fault
    status, answer = id_token(auth, acme, acme.id_token())
    assert (status, answer['error_code']) == (400, code)


def test_tokens_that_are_none_are_refused(auth, acme):
    for token in ('', 'x', 'a.b.c', acme.id_token()[:-4] + 'AAAA', auth.service):
        status, answer = id_token(auth, acme, token)
        assert status == 400, answer
    assert auth.call('POST', '/token?grant_type=id_token', {'provider': 'github', 'id_token': 'x'})[0] == 400


# Linking

def link(auth, acme, session, provider='acme'):
    url = auth.ok('GET', f'/user/identities/authorize?provider={provider}&redirect_to={BACK}&skip_http_redirect=true',
                  token=session['access_token'])['url']
    return callback(auth, acme.visit(url))


def test_a_signed_in_person_links_and_unlinks_what_they_are_elsewhere(auth, acme):
    session = auth.signed_in('someone@example.org')
    assert 'access_token' in parts(link(auth, acme, session))[1]
    user = user_of(auth, session)
    assert sorted(i['provider'] for i in user['identities']) == ['acme', 'email'] and user['email'] == 'someone@example.org'
    assert user_of(auth, implicit(auth, acme))['id'] == user['id']
    refused(link(auth, acme, session), 'identity_already_exists')
    one = next(i for i in user['identities'] if i['provider'] == 'acme')
    auth.ok('DELETE', f'/user/identities/{one["identity_id"]}', token=session['access_token'])
    user = user_of(auth, session)
    assert [i['provider'] for i in user['identities']] == ['email'] and user['app_metadata']['providers'] == ['email']
    auth.refused(422, 'single_identity_not_deletable', 'DELETE', f'/user/identities/{user["identities"][0]["identity_id"]}',
                 token=session['access_token'])


def test_an_identity_of_somebody_else_is_neither_linked_nor_unlinked(auth, acme):
    owner = user_of(auth, implicit(auth, acme))
    other = auth.signed_in()
    refused(link(auth, acme, other), 'identity_already_exists')
    auth.refused(404, 'identity_not_found', 'DELETE', f'/user/identities/{owner["identities"][0]["identity_id"]}',
                 token=other['access_token'])
    assert auth.call('GET', '/user/identities/authorize?provider=acme')[0] in (401, 403)


def test_a_file_that_is_wrong_stops_the_start(plat, data):
    (data / 'p.json').write_text('{"acme": {"client_id": "c", "issuer": "http://login.example"}}')
    r = plat.run('serve', '--listen', '127.0.0.1:0', env={'PLAT_AUTH_PROVIDERS': str(data / 'p.json')})
    assert r.returncode == 1 and 'provider acme: "issuer" must begin with https://' in r.stderr
    r = plat.run('serve', '--listen', '127.0.0.1:0', env={'PLAT_AUTH_PROVIDERS': str(data / 'none.json')})
    assert r.returncode == 1 and 'none.json' in r.stderr
