"""Who asks: tokens, keys, claims, roles (rest-dialect 1.12)."""
import base64, concurrent.futures, hashlib, hmac, json, re, tempfile, time

import pytest

from signing import Signer, openssl
from restkit import SECRET, b64url, bearer, error, token

FAILED = 'Bearer error="invalid_token", error_description="{}"'


BY = re.compile(r'^Invalid by \d+ seconds?$')


def refused(answer, code, message, details=None):
    error(answer, 401, code, message, details, None)
    assert answer['WWW-Authenticate'] == FAILED.format(message)


def raw_token(payload, head='{"alg":"HS256","typ":"JWT"}', secret=SECRET):
    parts = f'{b64url(head.encode())}.{b64url(payload.encode())}'
    return {'Authorization': f'Bearer {parts}.{b64url(hmac.new(secret.encode(), parts.encode(), hashlib.sha256).digest())}'}


def test_who_may_read_what(api):
    answer = api.get('/authors_only')
    error(answer, 401, '42501', 'permission denied for table authors_only', None, None)
    assert answer['WWW-Authenticate'] == 'Bearer' and answer['Content-Length'] == '96'
    assert api.rows('/authors_only', role='web_author') == [{'id': 1, 'secret': 'for authors'}]
    answer = api.get('/nobody_only', role='web_author')
    error(answer, 403, '42501', 'permission denied for table nobody_only', None, None)
    assert answer['WWW-Authenticate'] is None
    assert api.get('/rpc/author_fn').status == 401 and api.rows('/rpc/author_fn', role='web_author') == 'for authors'


def test_the_scheme_in_any_case(api):
    for scheme in ('Bearer', 'bearer', 'BEARER'):
        assert api.get('/authors_only', {'Authorization': f'{scheme} {token("web_author")}'}).status == 200
    for header in ('Basic dXNlcjpwYXNz', 'Digest x', token('web_author'), 'Bearer' + token('web_author')):
        assert api.get('/authors_only', {'Authorization': header}).status == 401
        assert api.get('/features?id=eq.1', {'Authorization': header}).status == 200


def test_without_a_role_the_anonymous_one(api):
    assert api.rows('/my_settings', bearer(sub='ann'))[0]['settings']['role'] == 'web_anon'
    answer = api.get('/authors_only', bearer(sub='ann'))
    assert answer.status == 401
    assert api.rows('/my_settings', bearer())[0]['settings']['role'] == 'web_anon'


def test_roles_that_cannot_be_taken(api):
    answer = api.get('/features', role='web_stranger')
    error(answer, 403, '42501', 'permission denied to set role "web_stranger"')
    error(api.get('/features', role='nobody_of_this_name'), 401, '22023', 'role "nobody_of_this_name" does not exist')
    for role in ('"web_author"', "web_author'; drop table test.words; --", 'postgres', ' ', 'x' * 200):
        assert api.get('/features', role=role).status in (401, 403), role


@pytest.mark.parametrize('header, message', [
    ('Bearer ', 'Empty JWT is sent in Authorization header'), ('Bearer', 'Empty JWT is sent in Authorization header'),
    ('Bearer abc', 'Expected 3 parts in JWT; got 1'), ('Bearer abc.def', 'Expected 3 parts in JWT; got 2'),
    ('Bearer a.b.c.d', 'Expected 3 parts in JWT; got 4'),
])
def test_what_is_no_token(api, header, message):
    answer = api.get('/features', {'Authorization': header})
    refused(answer, 'PGRST301', message)
    assert answer['Content-Length'] == str(len(answer.body))


@pytest.mark.parametrize('value', [
    '..', 'a.b.c', '!!.@@.##', 'e30.e30.', 'eyJhbGciOiJIUzI1NiJ9.e30', '=.=.=', 'a' * 5000 + '.b.c',
    'eyJhbGciOiJub25lIn0.eyJyb2xlIjoid2ViX2F1dGhvciJ9.', '\u00e6.\u00f8.\u00e5',
])
def test_broken_tokens(api, value):
    answer = api.get('/features', {'Authorization': f'Bearer {value}'.encode('latin-1')})
    error(answer, 401, 'PGRST301')
    assert answer['WWW-Authenticate'].startswith('Bearer error="invalid_token"')


def test_a_signature_by_another_key(api):
    answer = api.get('/features', {'Authorization': 'Bearer ' + token('web_author', secret='another secret of at least 32 characters')})
    refused(answer, 'PGRST301', 'No suitable key or wrong key type', 'None of the keys was able to decode the JWT')
    good = token('web_author', x='y')
    for bad in (good[:-2] + ('AA' if good[-2:] != 'AA' else 'BB'), good[:-10], good + 'A',
                '.'.join([good.split('.')[0], b64url(b'{"role":"web_author"}'), good.split('.')[2]])):
        assert api.get('/authors_only', {'Authorization': f'Bearer {bad}'}).status == 401


@pytest.mark.parametrize('alg', ['none', 'None', 'NONE', 'HS384', 'RS256', 'hs256', '', 'XX999'])
def test_algorithms_that_do_not_fit_the_key(api, alg):
    """Above all: a token that says it needs no signature is refused."""
    signed = token('web_author', head={'alg': alg})
    for made in (signed, signed.rpartition('.')[0] + '.'):
        error(api.get('/authors_only', {'Authorization': f'Bearer {made}'}), 401, 'PGRST301')


def test_claims_of_time_with_thirty_seconds_of_leeway(api):
    now = int(time.time())
    for claims in ({'exp': now + 60}, {'exp': now - 20}, {'nbf': now - 5}, {'nbf': now + 20}, {'iat': now}, {'iat': now + 20},
                   {'exp': 9999999999}, {'exp': now + 60.5}, {'exp': None}, {'nbf': None, 'iat': None}):
        assert api.get('/authors_only', bearer('web_author', **claims)).status == 200, claims
    for claims, message in (({'exp': now - 40}, 'JWT expired'), ({'exp': 0}, 'JWT expired'), ({'exp': -1}, 'JWT expired'),
                            ({'nbf': now + 50}, 'JWT not yet valid'), ({'iat': now + 50}, 'JWT issued at future')):
        refused(api.get('/authors_only', bearer('web_author', **claims)), 'PGRST303', message, BY)


@pytest.mark.parametrize('claim', ['exp', 'nbf', 'iat'])
@pytest.mark.parametrize('value', ['text', '1', True, [], {}])
def test_claims_of_time_that_are_no_numbers(api, claim, value):
    refused(api.get('/authors_only', bearer('web_author', **{claim: value})), 'PGRST303', f"The JWT '{claim}' claim must be a number")


def test_audiences_when_none_is_asked_for(api):
    for aud in ('anything', ['a', 'b'], [], None, ''):
        assert api.get('/authors_only', bearer('web_author', aud=aud)).status == 200, aud
    for aud in (5, {'a': 1}, ['a', 5], [None], True):
        refused(api.get('/authors_only', bearer('web_author', aud=aud)), 'PGRST303',
                "The JWT 'aud' claim must be a string or an array of strings")


@pytest.mark.parametrize('payload', ['', 'nonsense', '[]', '5', '"text"', 'null', '{', '{"role":"web_author"', '\x00'])
def test_payloads_that_are_no_claims(api, payload):
    refused(api.get('/authors_only', raw_token(payload)), 'PGRST303', 'Parsing claims failed')


def test_claims_reach_the_policies(api):
    assert api.rows('/diaries') == []
    assert api.rows('/diaries', role='web_author') == []
    for sub, wanted in (('ann', [1, 3]), ('bob', [2]), ("ann' or 'a'='a", []), ('', [])):
        assert [row['id'] for row in api.rows('/diaries?order=id', bearer('web_author', sub=sub))] == wanted
    assert api.get('/diaries', bearer('web_author', sub='ann'), prefer='count=exact')['Content-Range'] == '0-1/2'


def test_who_asks_is_not_mixed_up_on_shared_connections(api):
    """Anonymous and two authors at the same time, on the few connections there are."""
    def ask(n):
        who = (None, 'ann', 'bob')[n % 3]
        rows = api.rows('/diaries?select=owner', bearer('web_author', sub=who) if who else {})
        found = api.rows('/my_settings', bearer('web_author', sub=who, n=n) if who else {})[0]['settings']
        assert {row['owner'] for row in rows} <= {who}
        return found['role'] == ('web_author' if who else 'web_anon') and found['claims'].get('sub') == who

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(120)))


def test_a_token_that_was_good_expires(api):
    """A result that is kept for the token must not outlive it."""
    last = bearer('web_author', exp=int(time.time()) - 28)
    assert api.get('/authors_only', last).status == 200
    end = time.time() + 6
    while api.get('/authors_only', last).status == 200 and time.time() < end:
        time.sleep(0.2)
    refused(api.get('/authors_only', last), 'PGRST303', 'JWT expired', BY)


def test_many_different_tokens(api):
    for n in range(150):
        assert api.rows('/my_settings', bearer('web_author', n=n))[0]['settings']['claims'] == {'role': 'web_author', 'n': n}


def test_a_token_of_many_claims(api):
    big = {f'claim {n}': 'x' * 20 for n in range(100)}
    assert api.rows('/my_settings', bearer('web_author', **big))[0]['settings']['claims'] == big | {'role': 'web_author'}


# Other settings

@pytest.fixture(scope='module')
def keys():
    with tempfile.TemporaryDirectory() as folder:
        kinds = {'r': 'RSA', 'e2': 'P-256', 'e3': 'P-384', 'e5': 'P-521', 'd': 'Ed25519'}
        yield {kid: Signer(folder, kind, kid) for kid, kind in kinds.items()}


@pytest.fixture(scope='module')
def guarded(rest, keys):
    """Nobody is let in without a token; several keys; the role is deep in the claims."""
    jwks = {'keys': [*(key.jwk() for key in keys.values()), {'kty': 'oct', 'kid': 'o', 'k': b64url(SECRET.encode())}]}
    return rest(PGRST_DB_ANON_ROLE=None, PGRST_JWT_SECRET=json.dumps(jwks), PGRST_JWT_AUD='homes',
                PGRST_JWT_ROLE_CLAIM_KEY='$.app.roles[1]', PGRST_OPENAPI_MODE='disabled')


CLAIMS = {'app': {'roles': ['nobody', 'web_author']}, 'sub': 'ann'}


def test_nobody_without_a_token(guarded):
    for answer in (guarded.get('/features'), guarded.get('/'), guarded.post('/rpc/author_fn', {}), guarded.get('/nosuch'),
                   guarded.get('/features', {'Authorization': 'Basic x'})):
        error(answer, 401, 'PGRST302', 'Anonymous access is disabled', None, None)
        assert answer['WWW-Authenticate'] == 'Bearer'
    error(guarded.get('/features', {'Authorization': 'Bearer ' + token(head={'kid': 'o'}, sub='x')}), 401, 'PGRST302')


@pytest.mark.parametrize('kid, algorithm', [
    ('r', 'RS256'), ('r', 'RS384'), ('r', 'RS512'), ('r', 'PS256'), ('r', 'PS512'), ('e2', 'ES256'), ('e3', 'ES384'), ('e5', 'ES512'),
    ('d', 'EdDSA'),
])
def test_algorithms_of_key_pairs(guarded, keys, kid, algorithm):
    key = keys[kid]
    made = key.token(algorithm, **CLAIMS)
    assert guarded.rows('/diaries?select=id&order=id', {'Authorization': f'Bearer {made}'}) == [{'id': 1}, {'id': 3}]
    bad = made[:-6] + ('AAAAAA' if made[-6:] != 'AAAAAA' else 'BBBBBB')
    error(guarded.get('/diaries', {'Authorization': f'Bearer {bad}'}), 401, 'PGRST301')


def test_a_key_by_its_id(guarded, keys):
    for head in ({'kid': 'd'}, {'kid': 'unheard of'}):
        error(guarded.get('/features', {'Authorization': 'Bearer ' + keys['r'].token('RS256', head=head, **CLAIMS)}), 401, 'PGRST301')
    without = token(head={}, **CLAIMS)
    assert guarded.get('/features', {'Authorization': f'Bearer {without}'}).status == 200


def test_a_public_key_is_no_secret(guarded, keys):
    """The classic confusion: HS256 over the public key as it is published."""
    public = openssl('pkey', '-in', keys['r'].file, '-pubout')
    for secret in (public, public.strip(), json.dumps(keys['r'].jwk()).encode(), keys['r'].jwk()['n'].encode()):
        for head in ({'kid': 'r'}, {}):
            error(guarded.get('/features', {'Authorization': 'Bearer ' + token(secret=secret, head=head, **CLAIMS)}), 401, 'PGRST301')


def test_the_audience_that_is_asked_for(guarded):
    def ask(**claims):
        return guarded.get('/features?id=eq.1', {'Authorization': 'Bearer ' + token(head={'kid': 'o'}, **CLAIMS | claims)})

    for aud in ('homes', ['homes'], ['other', 'homes'], [], None):
        assert ask(aud=aud).status == 200, aud
    assert ask().status == 200
    for aud in ('other', ['other'], 'home', 'homes2', 'HOMES', ''):
        refused(ask(aud=aud), 'PGRST303', 'JWT not in audience')


def test_the_role_by_its_path(guarded):
    def ask(**claims):
        return guarded.get('/features?id=eq.1', {'Authorization': 'Bearer ' + token(head={'kid': 'o'}, **claims)})

    assert ask(app={'roles': ['x', 'web_author']}).status == 200
    for app in ({'roles': ['web_author']}, {'roles': 'web_author'}, {}, None):
        error(ask(app=app), 401, 'PGRST302')
    error(ask(role='web_author'), 401, 'PGRST302')


def test_no_document_at_the_root(guarded):
    error(guarded.get('/', {'Authorization': 'Bearer ' + token(head={'kid': 'o'}, **CLAIMS)}), 404, 'PGRST126',
          'Root endpoint metadata is disabled', None, None)


def test_a_secret_in_base64_from_a_file_and_the_older_path_of_the_role(rest):
    secret = bytes(range(1, 41))
    with tempfile.NamedTemporaryFile('w', suffix='.secret') as file:
        file.write(base64.urlsafe_b64encode(secret).decode() + '\n')
        file.flush()
        server = rest(PGRST_JWT_SECRET=f'@{file.name}', PGRST_JWT_SECRET_IS_BASE64='true',
                      PGRST_JWT_ROLE_CLAIM_KEY='.app."the role".list[1]')
    made = token(secret=secret, app={'the role': {'list': ['x', 'web_author']}})
    assert server.get('/authors_only', {'Authorization': f'Bearer {made}'}).status == 200
    error(server.get('/authors_only', bearer('web_author')), 401, 'PGRST301')


def test_no_secret_no_tokens(rest):
    server = rest(PGRST_JWT_SECRET=None)
    assert server.get('/features?id=eq.1').status == 200
    error(server.get('/features', role='web_author'), 500, 'PGRST300', 'Server lacks JWT secret', None, None)
