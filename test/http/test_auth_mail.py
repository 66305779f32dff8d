"""/auth/v1: what is sent by mail: confirming, recovering, links and codes, changing an address; and how often."""
import hashlib, json, time

import pytest

from auth_kit import PASSWORD, SECRET, Auth, b64, claims_of, refused
from conftest import get, wait_until

SITE = 'https://app.example'


@pytest.fixture
def auth(plat, database, serve):
    plat.env |= {'PLAT_JWT_SECRET': SECRET, 'PLAT_PUBLIC_URL': 'http://api.example', 'PLAT_SITE_URL': SITE + '/',
                 'PLAT_AUTH_REDIRECT_URLS': 'https://*.preview.example/**, myapp://callback'}
    return Auth(serve(), database)


def pkce():
    verifier = 'v' * 56
    return verifier, {'code_challenge': b64(hashlib.sha256(verifier.encode()).digest()), 'code_challenge_method': 's256'}


def test_a_sign_up_waits_for_its_mail(auth, database):
    status, user = auth.sign_up('ann@example.org', data={'full_name': 'Ann'})
    assert status == 200 and 'access_token' not in user and user['confirmation_sent_at'] and user['user_metadata']['full_name'] == 'Ann'
    refused(auth.sign_in('ann@example.org'), 400, 'email_not_confirmed')
    (template, mail), = auth.mails('ann@example.org')
    assert template == 'confirmation' and mail['Data']['full_name'] == 'Ann' and mail['SiteURL'] == SITE
    assert mail['ConfirmationURL'].startswith('http://api.example/auth/v1/verify?token=') and mail['Token'] not in mail['ConfirmationURL']
    assert len(mail['Token']) == 6 and mail['Token'].isdigit()
    assert database.one('select count(*) from auth.one_time_tokens where encode(token_hash, %s) = %s', 'hex', mail['TokenHash']) == 0
    # A scanner of mails looks where the link leads.
    assert get(auth.port, mail['ConfirmationURL'].removeprefix('http://api.example'), 'HEAD')[0] == 200
    status, to, query, pairs = auth.follow(mail['ConfirmationURL'])
    assert status == 303 and to == SITE and not query and pairs['type'] == 'signup' and pairs['token_type'] == 'bearer'
    assert auth.user(pairs['access_token'])[1]['id'] == user['id'] and auth.refresh(pairs['refresh_token'])[0] == 200
    assert database.one('select email_confirmed_at is not null from auth.users')
    # Once.
    status, to, query, pairs = auth.follow(mail['ConfirmationURL'])
    assert status == 303 and to == SITE and pairs['error_code'] == query['error_code'] == 'otp_expired' and pairs['error'] == 'access_denied'
    assert auth.sign_in('ann@example.org')[0] == 200


def test_a_code_confirms_too(auth):
    auth.sign_up('ann@example.org')
    code = auth.mail('ann@example.org')['Token']
    wrong = f'{(int(code) + 1) % 1000000:06}'
    refused(auth.post('/verify', {'type': 'signup', 'email': 'ann@example.org', 'token': wrong}), 403, 'otp_expired')
    refused(auth.post('/verify', {'type': 'recovery', 'email': 'ann@example.org', 'token': code}), 403, 'otp_expired')
    refused(auth.post('/verify', {'type': 'signup', 'email': 'ben@example.org', 'token': code}), 403, 'otp_expired')
    status, session = auth.post('/verify', {'type': 'email', 'email': 'ANN@example.org', 'token': code})
    assert status == 200 and session['user']['email_confirmed_at'] and claims_of(session['access_token'])['amr'][0]['method'] == 'otp'
    refused(auth.post('/verify', {'type': 'email', 'email': 'ann@example.org', 'token': code}), 403, 'otp_expired')


@pytest.mark.parametrize('body', [{}, {'type': 'moon', 'token_hash': 'x'}, {'type': 'signup'}, {'type': 'signup', 'token': '1'},
                                  {'type': 'signup', 'token_hash': 'x', 'email': 'a@b.c'}, {'type': 7, 'token_hash': 'x'}])
def test_what_verify_cannot_read(auth, body):
    refused(auth.post('/verify', body), 400, 'validation_failed')


def test_links_run_out(auth, database):
    auth.sign_up('ann@example.org')
    mail = auth.mail('ann@example.org')
    database.query("update auth.one_time_tokens set expires_at = now()")
    refused(auth.post('/verify', {'type': 'signup', 'token_hash': mail['TokenHash']}), 403, 'otp_expired')


def test_nobody_learns_from_a_sign_up_whether_an_address_is_known(auth, database):
    auth.confirmed('ann@example.org')
    before = database.query('select encrypted_password, raw_user_meta_data, email_confirmed_at from auth.users')
    shapes = []
    for email in ('ann@example.org', 'new@example.org'):
        answers = []
        for _ in range(2):
            auth.forget_limits()
            answers.append(auth.sign_up(email, 'another horse 8', data={'x': 1}))
        assert answers[0][0] == 200 and answers[0][1]['id'] == answers[1][1]['id'] and answers[0][1]['created_at'] != answers[1][1]['created_at']
        user = answers[0][1]
        assert user['identities'][0]['identity_data'] == user['user_metadata']
        shapes.append(json.loads(json.dumps(user).replace(email, '@').replace(user['id'], 'id')))
        for key in ('confirmation_sent_at', 'created_at', 'updated_at', 'identities'):
            shapes[-1].pop(key)
    assert shapes[0] == shapes[1]
    assert database.query("select encrypted_password, raw_user_meta_data, email_confirmed_at from auth.users where email like 'ann%%'") == before
    assert len(auth.mails('ann@example.org')) == 1 and len(auth.mails('new@example.org')) == 2
    assert auth.sign_in('ann@example.org')[0] == 200


def test_of_two_sign_ups_before_the_mail_is_answered_the_later_counts(auth):
    auth.sign_up('ann@example.org', 'the thief was here')
    old = auth.mail('ann@example.org')
    auth.forget_limits()
    auth.sign_up('ann@example.org', PASSWORD)
    refused(auth.post('/verify', {'type': 'signup', 'token_hash': old['TokenHash']}), 403, 'otp_expired')
    assert auth.post('/verify', {'type': 'signup', 'token_hash': auth.mail('ann@example.org')['TokenHash']})[0] == 200
    refused(auth.sign_in('ann@example.org', 'the thief was here'), 400, 'invalid_credentials')
    assert auth.sign_in('ann@example.org')[0] == 200


def test_a_magic_link_voids_the_password_of_whoever_signed_up_before(auth):
    auth.sign_up('ann@example.org', 'the thief was here')
    auth.forget_limits()
    assert auth.post('/otp', {'email': 'ann@example.org'}) == (200, {})
    assert auth.post('/verify', {'type': 'magiclink', 'token_hash': auth.mail('ann@example.org')['TokenHash']})[0] == 200
    refused(auth.sign_in('ann@example.org', 'the thief was here'), 400, 'invalid_credentials')


def test_pkce(auth):
    verifier, challenge = pkce()
    auth.sign_up('ann@example.org', **challenge)
    status, to, query, pairs = auth.follow(auth.mail('ann@example.org')['ConfirmationURL'])
    assert status == 303 and to == SITE and set(query) == {'code'} and not pairs
    exchange = lambda code, v: auth.post('/token?grant_type=pkce', {'auth_code': code, 'code_verifier': v})
    status, session = exchange(query['code'], verifier)
    assert status == 200 and session['user']['email'] == 'ann@example.org'
    refused(exchange(query['code'], verifier), 404, 'flow_state_not_found')
    # A wrong verifier uses the code up.
    auth.forget_limits()
    auth.post('/recover', {'email': 'ann@example.org'} | challenge)
    code = auth.follow(auth.mail('ann@example.org')['ConfirmationURL'])[2]['code']
    refused(exchange(code, 'w' * 56), 400, 'bad_code_verifier')
    refused(exchange(code, verifier), 404, 'flow_state_not_found')
    auth.forget_limits()
    auth.post('/recover', {'email': 'ann@example.org', 'code_challenge': verifier, 'code_challenge_method': 'plain'})
    code = auth.follow(auth.mail('ann@example.org')['ConfirmationURL'])[2]['code']
    auth.database.query('update auth.flow_codes set expires_at = now()')
    refused(exchange(code, verifier), 422, 'flow_state_expired')
    for bad in [{'code_challenge': 'x' * 43}, {'code_challenge_method': 's256'}, {'code_challenge': 'x' * 43, 'code_challenge_method': 'md5'},
                {'code_challenge': 'x', 'code_challenge_method': 's256'}]:
        refused(auth.sign_up('ben@example.org', **bad), 400, 'validation_failed')


@pytest.mark.parametrize('wanted, led', [
    ('https://app.example/welcome?x=1', 'https://app.example/welcome'), ('https://pr-7.preview.example/a/b', 'https://pr-7.preview.example/a/b'),
    ('myapp://callback', 'myapp://callback'), ('https://evil.example/', SITE), ('https://app.example@evil.example/', SITE),
    ('https://evil.example/?.preview.example/', SITE), ('http://app.example/', SITE), ('https://app.example:444/', SITE),
    ('javascript:alert(1)', SITE), ('//evil.example', SITE), ('https://app.example.evil.example', SITE), ('/x', SITE), ('', SITE)])
def test_links_lead_where_they_may(auth, wanted, led):
    import urllib.parse
    auth.post('/signup?redirect_to=' + urllib.parse.quote(wanted, ''), {'email': 'ann@example.org', 'password': PASSWORD})
    assert auth.follow(auth.mail('ann@example.org')['ConfirmationURL'])[1] == led


def test_recovery(auth):
    auth.confirmed('ann@example.org')
    auth.forget_limits()
    assert auth.post('/recover', {'email': 'ann@example.org'}) == (200, {})
    (template, mail) = auth.mails('ann@example.org')[-1]
    assert template == 'recovery'
    status, _, _, pairs = auth.follow(mail['ConfirmationURL'])
    assert pairs['type'] == 'recovery'
    assert auth.call('PUT', '/user', {'password': 'another horse 8'}, token=pairs['access_token'])[0] == 200
    assert auth.sign_in('ann@example.org', 'another horse 8')[0] == 200


def test_known_and_unknown_addresses_get_equal_answers(auth):
    auth.confirmed('ann@example.org')
    for path, more in [('/recover', {}), ('/otp', {'create_user': False}), ('/resend', {'type': 'signup'}), ('/resend', {'type': 'email_change'})]:
        auth.forget_limits()
        answers = [auth.post(path, {'email': e} | more) for e in ('ann@example.org', 'nobody@example.org')]
        again = [auth.post(path, {'email': e} | more) for e in ('ann@example.org', 'nobody@example.org')]
        assert answers == [(200, {})] * 2, path
        for a in again:
            assert 'seconds' in refused(a, 429, 'over_email_send_rate_limit')
    assert auth.mails('nobody@example.org') == []


def test_known_and_unknown_addresses_take_equal_time(auth):
    auth.confirmed('ann@example.org')

    def took(email):
        times = []
        for _ in range(5):
            auth.forget_limits()
            start = time.perf_counter()
            auth.post('/recover', {'email': email})
            times.append(time.perf_counter() - start)
        return sorted(times)[2]
    known, unknown = took('ann@example.org'), took('nobody@example.org')
    assert abs(known - unknown) < 0.02 and 0.24 < known < 0.6, (known, unknown)


def test_links_and_codes_instead_of_passwords(auth, database):
    assert auth.post('/otp', {'email': 'ann@example.org', 'data': {'full_name': 'Ann'}}) == (200, {})
    (template, mail), = auth.mails('ann@example.org')
    assert template == 'magiclink' and mail['Data']['full_name'] == 'Ann'
    status, session = auth.post('/verify', {'type': 'email', 'email': 'ann@example.org', 'token': mail['Token']})
    assert status == 200 and session['user']['user_metadata']['full_name'] == 'Ann' and session['user']['email_confirmed_at']
    assert database.one('select count(*) from mls.user_profiles') == 1
    auth.forget_limits()
    auth.post('/otp', {'email': 'ann@example.org'})
    assert auth.follow(auth.mail('ann@example.org')['ConfirmationURL'])[3]['type'] == 'magiclink'
    assert auth.post('/otp', {'email': 'nobody@example.org', 'create_user': False}) == (200, {})
    assert database.one('select count(*) from auth.users') == 1
    refused(auth.post('/otp', {'phone': '+1'}), 400, 'phone_provider_disabled')
    refused(auth.post('/otp', {}), 400, 'validation_failed')


def test_no_logins_by_links_when_sign_ups_are_off(plat, database, serve):
    plat.env |= {'PLAT_AUTH_SIGNUP': 'off'}
    auth = Auth(serve(), database)
    assert auth.post('/otp', {'email': 'ann@example.org'}) == (200, {})
    assert database.one('select count(*) from auth.users') == 0


def test_resending(auth):
    auth.sign_up('ann@example.org')
    first = auth.mail('ann@example.org')['Token']
    auth.forget_limits()
    assert auth.post('/resend', {'type': 'signup', 'email': 'ann@example.org'}) == (200, {})
    mails = auth.mails('ann@example.org')
    assert [t for t, _ in mails] == ['confirmation'] * 2
    refused(auth.post('/verify', {'type': 'signup', 'email': 'ann@example.org', 'token': first}), 403, 'otp_expired')
    assert auth.post('/verify', {'type': 'signup', 'email': 'ann@example.org', 'token': mails[-1][1]['Token']})[0] == 200
    refused(auth.post('/resend', {'type': 'moon', 'email': 'ann@example.org'}), 400, 'validation_failed')
    refused(auth.post('/resend', {'type': 'sms', 'phone': '+1'}), 400, 'phone_provider_disabled')


def test_a_new_address_is_agreed_to_by_both(auth, database):
    token = auth.confirmed('ann@example.org')['access_token']
    auth.forget_limits()
    status, user = auth.call('PUT', '/user', {'email': 'anna@example.org'}, token=token)
    assert status == 200 and user['email'] == 'ann@example.org' and user['new_email'] == 'anna@example.org' and user['email_change_sent_at']
    old, new = auth.mails('ann@example.org')[-1], auth.mails('anna@example.org')[-1]
    assert (old[0], new[0]) == ('email_change_current', 'email_change') and new[1]['NewEmail'] == 'anna@example.org'
    status, answer = auth.post('/verify', {'type': 'email_change', 'email': 'anna@example.org', 'token': new[1]['Token']})
    assert status == 200 and 'other email' in answer['msg'] and 'access_token' not in answer
    assert auth.user(token)[1]['email'] == 'ann@example.org'
    _, to, _, pairs = auth.follow(old[1]['ConfirmationURL'])
    assert pairs['type'] == 'email_change' and auth.user(pairs['access_token'])[1]['email'] == 'anna@example.org'
    user = auth.user(token)[1]
    assert 'new_email' not in user and user['identities'][0]['email'] == 'anna@example.org'
    assert auth.sign_in('anna@example.org')[0] == 200
    assert database.one('select email from crm.profiles') == 'anna@example.org'


def test_one_of_two_is_not_enough(auth, database):
    token = auth.confirmed('ann@example.org')['access_token']
    auth.forget_limits()
    auth.call('PUT', '/user', {'email': 'anna@example.org'}, token=token)
    database.query("update auth.one_time_tokens set expires_at = now() where token_type = 'email_change_token_current'")
    mail = auth.mail('anna@example.org')
    refused(auth.post('/verify', {'type': 'email_change', 'token_hash': mail['TokenHash']}), 403, 'otp_expired')
    assert auth.user(token)[1]['email'] == 'ann@example.org'


def test_a_visitor_becomes_a_person_by_mail(plat, database, serve):
    plat.env |= {'PLAT_AUTH_ANONYMOUS': 'on'}
    auth = Auth(serve(), database)
    session = auth.post('/signup')[1]
    assert auth.call('PUT', '/user', {'email': 'ann@example.org'}, token=session['access_token'])[0] == 200
    status, _, _, pairs = auth.follow(auth.mail('ann@example.org')['ConfirmationURL'])
    user = auth.user(pairs['access_token'])[1]
    assert user['id'] == session['user']['id'] and user['is_anonymous'] is False and user['email'] == 'ann@example.org'


def test_old_sessions_show_who_they_are_before_a_new_password(plat, database, serve):
    plat.env |= {'PLAT_AUTH_REAUTHENTICATE': 'on'}
    auth = Auth(serve(), database)
    token = auth.confirmed('ann@example.org')['access_token']
    put = lambda **more: auth.call('PUT', '/user', {'password': 'another horse 8'} | more, token=token)
    database.query("update auth.sessions set created_at = now() - interval '2 days'")
    refused(put(), 400, 'reauthentication_needed')
    refused(put(nonce='123456'), 422, 'reauthentication_not_valid')
    auth.forget_limits()
    assert auth.call('GET', '/reauthenticate', token=token) == (200, {})
    (template, mail) = auth.mails('ann@example.org')[-1]
    assert template == 'reauthentication' and 'ConfirmationURL' not in mail
    assert put(nonce=mail['Token'])[0] == 200
    refused(auth.call('GET', '/reauthenticate'), 401, 'no_authorization')


def test_mails_to_an_address_have_their_distance(auth):
    auth.sign_up('ann@example.org')
    refused(auth.post('/resend', {'type': 'signup', 'email': 'ANN@example.org'}), 429, 'over_email_send_rate_limit')
    assert 50 <= int(auth.last_headers['Retry-After']) <= 60
    assert len(auth.mails('ann@example.org')) == 1
    assert auth.sign_up('ben@example.org')[0] == 200


def test_attempts_are_counted(plat, database, serve):
    plat.env |= {'PLAT_AUTH_RATE': '5', 'PLAT_TRUST_PROXY': '1'}
    auth = Auth(serve(), database)

    def from_(address, email, path='/token?grant_type=password'):
        return auth.post(path, {'email': email, 'password': 'x', 'type': 'email', 'token': '1'},
                         headers={'X-Forwarded-For': f'8.8.8.8, {address}'})
    for path in ('/token?grant_type=password', '/verify'):
        for i in range(5):
            assert from_('10.0.0.1', f'a{i}@example.org', path)[0] < 429
        refused(from_('10.0.0.1', 'other@example.org', path), 429, 'over_request_rate_limit')
        assert 1 <= int(auth.last_headers['Retry-After']) <= 300
        assert from_('10.0.0.2', 'other@example.org', path)[0] < 429
        # An account that is guessed at from many addresses.
        for i in range(3, 7):
            from_(f'10.0.0.{i}', 'other@example.org', path)
        refused(from_('10.0.0.9', 'OTHER@example.org', path), 429, 'over_request_rate_limit')
    # A network of IPv6 counts as one.
    for i in range(5):
        from_(f'2001:db8::{i + 1}', f'c{i}@example.org')
    refused(from_('2001:db8::99', 'd@example.org'), 429, 'over_request_rate_limit')
    database.query("update auth.rate_limits set since = now() - interval '6 minutes'")
    assert from_('10.0.0.1', 'other@example.org')[0] == 400


def test_nobody_says_where_he_comes_from_without_a_proxy_of_ours(plat, database, serve):
    plat.env |= {'PLAT_AUTH_RATE': '3'}
    auth = Auth(serve(), database)
    for i in range(3):
        auth.post('/token?grant_type=password', {'email': f'a{i}@example.org', 'password': 'x'}, headers={'X-Forwarded-For': f'10.0.0.{i}'})
    refused(auth.post('/token?grant_type=password', {'email': 'b@example.org', 'password': 'x'}, headers={'X-Forwarded-For': '10.0.0.9'}),
            429, 'over_request_rate_limit')


def test_leaked_passwords(plat, database, serve, data):
    leaked = [hashlib.sha1(f'leaked {i}'.encode()).hexdigest().upper() for i in range(5000)]
    path = data / 'leaked.txt'
    path.write_text(''.join(f'{h}:{i}\r\n' for i, h in enumerate(sorted(leaked))))
    plat.env |= {'PLAT_AUTH_LEAKED_PASSWORDS': str(path), 'PLAT_AUTH_CONFIRM': 'auto', 'PLAT_AUTH_RATE': '0'}
    auth = Auth(serve(), database)
    order = sorted(range(5000), key=lambda i: leaked[i])
    for i in (order[0], order[1], order[-1], order[-2], 7, 4711):
        answer = auth.sign_up('ann@example.org', f'leaked {i}')
        refused(answer, 422, 'weak_password')
        assert answer[1]['weak_password']['reasons'] == ['pwned']
    assert auth.sign_up('ann@example.org', 'leaked 5000')[0] == 200


def test_invited_people_get_a_mail_that_signs_them_in(auth, plat, database):
    workspace = database.one("insert into mls.workspaces (slug, name) values ('north', 'North') returning id")
    database.query("insert into auth.invitations (email, workspace_id, mls_role, full_name) values ('ann@example.org', %s, 'agent', 'Ann')", workspace)
    plat.start('work')
    wait_until(lambda: auth.mails('ann@example.org'))
    (template, mail), = auth.mails('ann@example.org')
    assert template == 'invite' and mail['Data']['workspace'] == 'North'
    assert database.one('select count(*) from mls.user_profiles') == 0
    status, to, _, pairs = auth.follow(mail['ConfirmationURL'])
    assert pairs['type'] == 'invite' and auth.user(pairs['access_token'])[1]['email_confirmed_at']
    assert database.query('select role, workspace_id, full_name from mls.user_profiles') == [('agent', workspace, 'Ann')]
    assert database.one('select accepted_at is not null from auth.invitations')


def test_invited_people_who_are_there_already_move(auth, plat, database):
    session = auth.confirmed('ann@example.org')
    workspace = database.one("insert into mls.workspaces (slug, name) values ('north', 'North') returning id")
    database.query("insert into auth.invitations (email, workspace_id, mls_role) values ('ann@example.org', %s, 'agent')", workspace)
    plat.start('work')
    wait_until(lambda: auth.mails('ann@example.org')[-1][0] == 'invite')
    assert database.query('select role from mls.user_profiles') == [('admin',)]
    auth.follow(auth.mail('ann@example.org')['ConfirmationURL'])
    assert database.query('select role, workspace_id from mls.user_profiles') == [('agent', workspace)]
    assert auth.sign_in('ann@example.org')[1]['user']['id'] == session['user']['id']
