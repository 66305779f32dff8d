"""Second factors: authenticator apps."""
import urllib.parse, xml.etree.ElementTree

import pytest

from auth_more_kit import Auth, claims, totp


@pytest.fixture
def auth(plat, serve, database):
    plat.env['PLAT_AUTH_RATE'] = '0'
    return Auth(plat, serve(), database)


def enroll(auth, session, **more):
    return auth.ok('POST', '/factors', {'factor_type': 'totp', 'friendly_name': 'phone'} | more, session['access_token'])


def challenge(auth, session, factor):
    return auth.ok('POST', f'/factors/{factor["id"]}/challenge', {}, session['access_token'])


def verify(auth, session, factor, code):
    c = challenge(auth, session, factor)
    return auth.call('POST', f'/factors/{factor["id"]}/verify', {'challenge_id': c['id'], 'code': code}, session['access_token'])


def raise_session(auth, session, factor, step=0):
    status, answer = verify(auth, session, factor, totp(factor['totp']['secret'], step))
    assert status == 200, answer
    return answer


def test_enrolling_gives_a_secret_a_picture_and_an_address(auth, database):
    session = auth.signed_in('ann@example.org')
    factor = enroll(auth, session, issuer='North & Co')
    assert (factor['type'], factor['friendly_name']) == ('totp', 'phone')
    uri = urllib.parse.urlsplit(factor['totp']['uri'])
    asked = dict(urllib.parse.parse_qsl(uri.query))
    assert (uri.scheme, uri.netloc, urllib.parse.unquote(uri.path)) == ('otpauth', 'totp', '/North & Co:ann@example.org')
    assert asked == {'algorithm': 'SHA1', 'digits': '6', 'issuer': 'North & Co', 'period': '30', 'secret': factor['totp']['secret']}
    assert len(factor['totp']['secret']) == 32
    picture = factor['totp']['qr_code']
    assert xml.etree.ElementTree.fromstring(picture).tag.endswith('svg') and '#' not in picture
    stored = database.one('select secret from auth.mfa_factors')
    assert stored.startswith('v1.') and factor['totp']['secret'] not in stored


def test_a_right_code_raises_the_session_and_the_token_says_so(auth):
    session = auth.signed_in()
    assert claims(session['access_token'])['aal'] == 'aal1'
    factor = enroll(auth, session)
    raised = raise_session(auth, session, factor)
    token = claims(raised['access_token'])
    assert token['aal'] == 'aal2'
    assert [m['method'] for m in token['amr']] == ['password', 'totp'] or [m['method'] for m in token['amr']] == ['totp', 'password']
    assert token['session_id'] == claims(session['access_token'])['session_id']
    assert [(f['status'], f['id']) for f in raised['user']['factors']] == [('verified', factor['id'])]
    again = auth.ok('POST', '/token?grant_type=refresh_token', {'refresh_token': raised['refresh_token']})
    assert claims(again['access_token'])['aal'] == 'aal2'


def test_verifying_ends_the_sessions_without_a_second_factor(auth):
    user = auth.person()
    here, elsewhere = auth.sign_in(user['email']), auth.sign_in(user['email'])
    raise_session(auth, here, enroll(auth, here))
    auth.refused(403, 'session_not_found', 'GET', '/user', token=elsewhere['access_token'])
    auth.ok('GET', '/user', token=here['access_token'])


def test_a_code_is_good_once(auth):
    session = auth.signed_in()
    factor = enroll(auth, session)
    code = totp(factor['totp']['secret'])
    status, _ = verify(auth, session, factor, code)
    assert status == 200
    status, answer = verify(auth, session, factor, code)
    assert (status, answer['error_code']) == (422, 'mfa_verification_failed')
    raise_session(auth, session, factor, 1)


def test_wrong_codes_and_challenges_are_refused(auth, database):
    session = auth.signed_in()
    factor = enroll(auth, session)
    for code in ('000000' if totp(factor['totp']['secret']) != '000000' else '000001', '12345', 'abcdef', totp(factor['totp']['secret'], 5)):
        status, answer = verify(auth, session, factor, code)
        assert (status, answer['error_code']) == (422, 'mfa_verification_failed')
    path, token = f'/factors/{factor["id"]}/verify', session['access_token']
    c = challenge(auth, session, factor)
    database.query("update auth.mfa_challenges set expires_at = now() where id = %s", c['id'])
    code = totp(factor['totp']['secret'])
    auth.refused(422, 'mfa_challenge_expired', 'POST', path, {'challenge_id': c['id'], 'code': code}, token)
    auth.refused(404, 'mfa_factor_not_found', 'POST', path, {'challenge_id': factor['id'], 'code': code}, token)
    auth.refused(404, 'mfa_factor_not_found', 'POST', path, {'challenge_id': 'x', 'code': code}, token)
    auth.refused(400, 'validation_failed', 'POST', path, {'challenge_id': c['id']}, token)
    auth.refused(404, 'mfa_factor_not_found', 'POST', f'/factors/{c["id"]}/challenge', {}, token)


def test_a_challenge_is_answered_once(auth):
    session = auth.signed_in()
    factor = enroll(auth, session)
    c = challenge(auth, session, factor)
    body = {'challenge_id': c['id'], 'code': totp(factor['totp']['secret'])}
    auth.ok('POST', f'/factors/{factor["id"]}/verify', body, session['access_token'])
    body['code'] = totp(factor['totp']['secret'], 1)
    auth.refused(422, 'mfa_challenge_expired', 'POST', f'/factors/{factor["id"]}/verify', body, session['access_token'])


def test_the_factor_of_somebody_else_is_not_there(auth):
    ann, bob = auth.signed_in(), auth.signed_in()
    factor = enroll(auth, ann)
    auth.refused(404, 'mfa_factor_not_found', 'POST', f'/factors/{factor["id"]}/challenge', {}, bob['access_token'])
    c = challenge(auth, ann, factor)
    auth.refused(404, 'mfa_factor_not_found', 'POST', f'/factors/{factor["id"]}/verify',
                 {'challenge_id': c['id'], 'code': totp(factor['totp']['secret'])}, bob['access_token'])
    auth.refused(404, 'mfa_factor_not_found', 'DELETE', f'/factors/{factor["id"]}', token=bob['access_token'])


def test_taking_a_verified_factor_away_needs_it(auth):
    session = auth.signed_in()
    factor = enroll(auth, session)
    raised = raise_session(auth, session, factor)
    auth.refused(422, 'insufficient_aal', 'DELETE', f'/factors/{factor["id"]}', token=session['access_token'])
    assert auth.ok('DELETE', f'/factors/{factor["id"]}', token=raised['access_token']) == {'id': factor['id']}
    again = auth.ok('POST', '/token?grant_type=refresh_token', {'refresh_token': raised['refresh_token']})
    token = claims(again['access_token'])
    assert token['aal'] == 'aal1' and [m['method'] for m in token['amr']] == ['password']


def test_another_factor_needs_the_first_one(auth):
    session = auth.signed_in()
    raised = raise_session(auth, session, enroll(auth, session))
    low = {'factor_type': 'totp', 'friendly_name': 'tablet'}
    auth.refused(403, 'insufficient_aal', 'POST', '/factors', low, session['access_token'])
    auth.ok('POST', '/factors', low, raised['access_token'])


def test_names_are_one_each_and_ten_is_enough(auth):
    session = auth.signed_in()
    raised = raise_session(auth, session, enroll(auth, session))
    body, token = {'factor_type': 'totp', 'friendly_name': 'phone'}, raised['access_token']
    auth.refused(422, 'mfa_factor_name_conflict', 'POST', '/factors', body, token)
    for n in range(9):
        auth.ok('POST', '/factors', body | {'friendly_name': f'n{n}'}, token)
    auth.refused(422, 'too_many_enrolled_mfa_factors', 'POST', '/factors', body | {'friendly_name': 'eleventh'}, token)


def test_enrolling_again_forgets_what_was_never_verified(auth, database):
    session = auth.signed_in()
    first, second = enroll(auth, session), enroll(auth, session)
    assert first['id'] != second['id']
    assert database.query('select id from auth.mfa_factors') == [(second['id'],)]


def test_other_kinds_of_factors_are_named_and_refused(auth):
    token = auth.signed_in()['access_token']
    auth.refused(422, 'mfa_phone_enroll_not_enabled', 'POST', '/factors', {'factor_type': 'phone', 'phone': '+123'}, token)
    auth.refused(422, 'mfa_webauthn_enroll_not_enabled', 'POST', '/factors', {'factor_type': 'webauthn'}, token)
    auth.refused(400, 'validation_failed', 'POST', '/factors', {'factor_type': 'carrier pigeon'}, token)
    auth.refused(400, 'validation_failed', 'POST', '/factors', {'factor_type': 'totp', 'friendly_name': 7}, token)


def test_without_a_login_there_are_no_factors(auth):
    assert auth.call('POST', '/factors', {'factor_type': 'totp'})[0] in (401, 403)


def test_a_new_password_needs_the_second_factor(auth):
    session = auth.signed_in()
    raised = raise_session(auth, session, enroll(auth, session))
    new = {'password': 'four Green turtles 81'}
    auth.refused(401, 'insufficient_aal', 'PUT', '/user', new, session['access_token'])
    auth.ok('PUT', '/user', new, raised['access_token'])


def test_guesses_are_counted_for_each_factor(plat, serve, database):
    plat.env['PLAT_AUTH_RATE'] = '6'
    auth = Auth(plat, serve(), database)
    session = auth.signed_in()
    factor = enroll(auth, session)
    statuses = [verify_at_once(auth, session, factor) for _ in range(8)]
    assert statuses[0] == 404 and statuses[-1] == 429


def verify_at_once(auth, session, factor):
    body = {'challenge_id': '00000000-0000-4000-8000-000000000000', 'code': '123456'}
    return auth.call('POST', f'/factors/{factor["id"]}/verify', body, session['access_token'])[0]
