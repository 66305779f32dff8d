"""plat keys: the keys that sign access tokens change, and nobody is signed out; /rest/v1 and /auth/v1 check with the same ones."""
import json

import pytest

from auth_kit import SECRET, Auth, b64, claims_of, forge, refused
from conftest import get, wait_until


@pytest.fixture
def auth(plat, database, serve):
    plat.env |= {'PLAT_JWT_SECRET': SECRET, 'PLAT_AUTH_CONFIRM': 'auto', 'PLAT_AUTH_RATE': '0'}
    return Auth(serve(), database)


def header_of(token):
    import base64
    part = token.split('.')[0]
    return json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))


def rest(auth, token):
    return get(auth.port, '/rest/v1/user_profiles?select=id', headers={'Authorization': f'Bearer {token}'})[0]


def kids(auth):
    return [k['kid'] for k in auth.call('GET', '/.well-known/jwks.json')[1]['keys']]


def test_keys_rotate_and_end(auth, plat):
    by_secret = auth.confirmed('ann@example.org')['access_token']
    assert 'PLAT_JWT_SECRET signs' in plat.ok('keys', 'list')
    assert header_of(by_secret)['alg'] == 'HS256' and rest(auth, by_secret) == 200
    tokens = []
    for n, alg in enumerate(('ES256', 'RS256', 'HS256')):
        out = plat.ok('keys', 'rotate', '--alg', alg, '--wait', 1)
        kid = out.split()[1]

        def signs():
            token = auth.sign_in('ann@example.org')[1]['access_token']
            return header_of(token).get('kid') == kid and token
        token = wait_until(signs)
        assert header_of(token)['alg'] == alg
        tokens.append((kid, token))
        published = auth.call('GET', '/.well-known/jwks.json')[1]['keys']
        assert len(published) == min(n + 1, 2) and all('d' not in k and 'k' not in k for k in published)
        # What was signed before is still good, in both places.
        for t in [by_secret] + [t for _, t in tokens]:
            assert auth.user(t)[0] == 200 and rest(auth, t) == 200
    listed = plat.ok('keys', 'list')
    assert listed.count('previous') == 2 and listed.count('current') == 1
    (es, es_token), (rs, rs_token), (hs, hs_token) = tokens
    assert 'rotate comes first' in plat.run('keys', 'revoke', hs).stderr
    assert 'there is no key nonsense' in plat.run('keys', 'revoke', 'nonsense').stderr
    plat.ok('keys', 'revoke', es)
    wait_until(lambda: es not in kids(auth))
    # Forgotten where it was remembered, too.
    refused(auth.user(es_token), 403, 'bad_jwt')
    assert rest(auth, es_token) == 401
    assert rest(auth, rs_token) == 200 and auth.user(hs_token)[0] == 200
    plat.ok('keys', 'revoke', es)


def test_api_keys_outlive_a_rotation(auth, plat):
    keys = dict(line.split() for line in plat.ok('keys').splitlines())
    plat.ok('keys', 'rotate', '--wait', 0)
    wait_until(lambda: kids(auth))
    assert get(auth.port, '/rest/v1/listings?limit=1', headers={'apikey': keys['service_role']})[0] == 200
    assert auth.call('GET', '/settings', headers={'apikey': keys['anon']})[0] == 200


def test_a_public_key_is_no_secret(auth, plat):
    good = auth.confirmed('ann@example.org')['access_token']
    plat.ok('keys', 'rotate', '--wait', 0)
    wait_until(lambda: kids(auth))
    key = auth.call('GET', '/.well-known/jwks.json')[1]['keys'][0]
    for secret in (json.dumps(key), json.dumps(key, separators=(',', ':')), key['x'], key['y']):
        for header in ({'alg': 'HS256', 'kid': key['kid']}, {'alg': 'HS256'}):
            forged = forge(claims_of(good), secret, header)
            refused(auth.user(forged), 403, 'bad_jwt')
            assert rest(auth, forged) == 401


def test_keys_are_stored_sealed_and_follow_the_master_key(auth, plat, database, serve):
    plat.ok('keys', 'rotate', '--alg', 'ES256', '--wait', 0)
    wait_until(lambda: kids(auth))
    token = auth.confirmed('ann@example.org')['access_token']
    before = database.one('select private_jwk from auth.signing_keys')
    assert before.startswith('v1.') and '"d"' not in before
    out = plat.ok('secrets', 'rotate')
    assert '1 sealed again now' in out and database.one('select private_jwk from auth.signing_keys') != before
    # A server that does not know the new master key goes on with what it has.
    auth.user(token)
    assert auth.user(token)[0] == 200 and auth.sign_in('ann@example.org')[0] == 200 and len(kids(auth)) == 1
    plat.stop(serve.process)
    auth.port = serve()
    assert auth.user(token)[0] == 200 and header_of(auth.sign_in('ann@example.org')[1]['access_token'])['alg'] == 'ES256'


def test_several_processes_learn_of_a_key(plat, database, serve):
    plat.env |= {'PLAT_JWT_SECRET': SECRET, 'PLAT_AUTH_CONFIRM': 'auto', 'PLAT_AUTH_RATE': '0'}
    auths = [Auth(serve(), database) for _ in range(2)]
    auths[0].confirmed('ann@example.org')
    plat.ok('keys', 'rotate', '--wait', 1)
    for a in auths:
        wait_until(lambda: kids(a))
    token = wait_until(lambda: (lambda t: 'kid' in header_of(t) and t)(auths[0].sign_in('ann@example.org')[1]['access_token']))
    assert auths[1].user(token)[0] == 200 and rest(auths[1], token) == 200


def test_what_the_command_refuses(plat):
    assert "not 'EdDSA'" in plat.run('keys', 'rotate', '--alg', 'EdDSA').stderr
    assert plat.run('keys', 'turn').returncode == 2


def test_tokens_for_others_are_refused_by_rest_too(auth):
    good = claims_of(auth.confirmed('ann@example.org')['access_token'])
    assert rest(auth, forge(good)) == 200
    assert rest(auth, forge(good | {'aud': 'somebody else'})) == 401
    assert rest(auth, forge(good, header={'alg': 'none'})) == 401
