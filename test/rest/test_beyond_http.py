"""HTTP beyond PostgREST: long queries in a body, compression, OpenAPI 3.1, conditional requests."""
import gzip, shutil, subprocess

import pytest

from restkit import JSON, OBJECT, error, names_of

FORM = {'Content-Type': 'application/x-www-form-urlencoded'}
REP = 'return=representation'


@pytest.fixture(scope='module')
def api(rest):
    """Nothing that a test writes stays, unless it says tx=commit."""
    return rest(PGRST_DB_TX_END='rollback-allow-override')


# QUERY, and POST that stands for another verb

WAYS = [('QUERY', {}), ('POST', {'X-HTTP-Method-Override': 'GET'}), ('POST', {'X-HTTP-Method-Override': 'QUERY'})]


@pytest.mark.parametrize('method, headers', WAYS)
def test_the_body_is_the_query(api, method, headers):
    answer = api(method, '/parts', FORM | headers, 'select=id,name&kind=eq.new&order=id.desc')
    assert (answer.status, answer.json()) == (200, [{'id': 2, 'name': 'chain'}, {'id': 1, 'name': 'bell'}]), repr(answer)
    assert answer['Content-Type'] == JSON and answer['Content-Range'] == '0-1/*'


@pytest.mark.parametrize('method, headers', WAYS)
def test_the_body_comes_after_the_query_of_the_path(api, method, headers):
    answer = api(method, '/parts?select=id&id=gt.1', FORM | headers, 'id=lt.4&order=id')
    assert answer.json() == [{'id': 2}, {'id': 3}], repr(answer)
    assert api(method, '/parts?select=id&id=eq.1', FORM | headers, b'').json() == [{'id': 1}]


@pytest.mark.parametrize('method, headers', WAYS)
def test_a_filter_too_long_for_a_path(api, method, headers):
    ids = ','.join(str(n) for n in range(1, 20001, 2))
    answer = api(method, '/many_rows', FORM | headers, f'select=id&id=in.({ids})&order=id.desc&limit=2', prefer='count=exact')
    assert answer.json() == [{'id': 19999}, {'id': 19997}] and answer['Content-Range'] == '0-1/10000', repr(answer)[:500]


@pytest.mark.parametrize('method, headers', WAYS)
def test_functions_are_asked_this_way_too(api, method, headers):
    assert api(method, '/rpc/add_up', FORM | headers, 'a=1&b=2').json() == 3
    assert api(method, '/rpc/is_read_only_volatile', FORM | headers, '').json() == 'on'
    error(api(method, '/rpc/note', FORM | headers, 'entry=x'), 405, '25006')


@pytest.mark.parametrize('method, headers', WAYS)
def test_a_body_of_another_kind_or_a_bad_query_is_refused(api, method, headers):
    assert api(method, '/parts', headers | {'Content-Type': 'application/json'}, '{}').status in (400, 415)
    error(api(method, '/parts', FORM | headers, 'id=1'), 400, 'PGRST100')
    error(api(method, '/nothing', FORM | headers, 'id=eq.1'), 404, 'PGRST205')


def test_other_verbs_do_not_stand_for_others(api):
    answer = api('POST', '/only_key', FORM | {'X-HTTP-Method-Override': 'DELETE'}, 'id=eq.1')
    assert 400 <= answer.status < 500, repr(answer)
    assert len(api.rows('/only_key?id=eq.1')) == 1
    assert api('GET', '/only_key?id=eq.1', {'X-HTTP-Method-Override': 'DELETE'}).json() == [{'id': 1}]


# Compression

LONG = '/long_texts?order=id'


def unpacked(answer):
    coding = answer['Content-Encoding']
    if coding == 'gzip':
        return gzip.decompress(answer.body)
    if coding == 'zstd':
        return subprocess.run(['zstd', '-dcq'], input=answer.body, capture_output=True, check=True).stdout
    assert coding is None, repr(answer)[:300]
    return answer.body


@pytest.mark.parametrize('wanted, codings', [
    ('gzip', {'gzip'}), ('zstd', {'zstd'}), ('gzip, zstd', {'gzip', 'zstd'}), ('gzip;q=0.5, zstd', {'zstd'}),
    ('zstd;q=0.1, gzip;q=0.2', {'gzip'}),
    ('br, gzip', {'gzip'}), ('GZIP', {'gzip'}), ('x-gzip', {'gzip', None}), ('*', {'gzip', 'zstd', None}), ('gzip;q=0', {None}),
    ('identity', {None}),
    ('br', {None}), ('', {None}), ('gzip;q=0, *', {'zstd', None}), ('identity;q=1, gzip;q=0.5', {None}),
    ('identity;q=0, gzip;q=0.1', {'gzip'}),
    ('*;q=0, gzip', {'gzip'}), (None, {None}), ('gzip;q=nonsense', {'gzip', None}),
])
def test_long_answers_are_compressed_as_the_client_prefers(api, wanted, codings):
    if 'zstd' in codings and not shutil.which('zstd'):
        pytest.skip('there is no zstd to unpack with')
    plain = api.get(LONG).body
    assert len(plain) > 50000
    answer = api.get(LONG, {'Accept-Encoding': wanted} if wanted is not None else {})
    assert answer.status == 200 and answer['Content-Encoding'] in codings, repr(answer)[:500]
    assert unpacked(answer) == plain and 'Accept-Encoding' in names_of(answer['Vary'])
    if answer['Content-Encoding']:
        assert len(answer.body) < len(plain) / 2 and answer['Content-Length'] in (None, str(len(answer.body)))


def test_short_answers_are_not_compressed(api):
    answer = api.get('/parts', {'Accept-Encoding': 'gzip'})
    assert answer['Content-Encoding'] is None and len(answer.body) < 1024
    assert 'Accept-Encoding' in names_of(answer['Vary'])


@pytest.mark.parametrize('wanted', ['identity;q=0', '*;q=0', 'identity;q=0, br'])
def test_when_nothing_that_we_can_do_is_wanted_it_is_406(api, wanted):
    assert api.get(LONG, {'Accept-Encoding': wanted}).status == 406


def test_whatever_is_long_is_compressed(api):
    squeeze = {'Accept-Encoding': 'gzip'}
    for answer in (api.get(LONG, squeeze, accept='text/csv'), api.get('/', squeeze), api.get('/rpc/count_to?n=2000', squeeze),
                   api.post('/keyless', [{'a': 'x' * 3000}], squeeze, prefer=REP), api.get('/many_rows', squeeze)):
        assert answer['Content-Encoding'] == 'gzip' and len(gzip.decompress(answer.body)) >= 1024, repr(answer)[:300]


def test_a_compressed_head_has_no_body(api):
    answer = api.head(LONG, {'Accept-Encoding': 'gzip'})
    assert (answer.status, answer.body) == (200, b'')


# OpenAPI 3.1

def test_openapi_3_1_beside_2_0(api):
    assert api.get('/').json()['swagger'] == '2.0'
    for answer in (api.get('/?openapi=3.1'), api.get('/', accept='application/vnd.oai.openapi+json;version=3.1')):
        assert answer.status == 200 and answer['Content-Type'].startswith('application/vnd.oai.openapi+json'), repr(answer)[:300]
        spec = answer.json()
        assert spec['openapi'].startswith('3.1') and 'swagger' not in spec and 'definitions' not in spec
        assert {'get', 'post', 'patch', 'delete'} <= set(spec['paths']['/parts'])
        part = spec['components']['schemas']['parts']
        assert part['properties']['id']['type'] == 'integer' and 'name' in part['required']
        assert set(spec['paths']['/rpc/add_up']) >= {'get', 'post'}
        assert 'half_hidden_key' in spec['components']['schemas']


def test_every_reference_of_openapi_3_1_leads_somewhere(api):
    spec = api.get('/?openapi=3.1').json()

    def references(value):
        if isinstance(value, dict):
            if '$ref' in value:
                yield value['$ref']
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)
    found = set(references(spec))
    assert found
    for ref in found:
        at = spec
        for step in ref.removeprefix('#/').split('/'):
            at = at[step.replace('~1', '/').replace('~0', '~')]


def test_openapi_of_a_version_that_there_is_not(api):
    assert api.get('/?openapi=9').status in (400, 406)



# Conditional requests on single rows

SINGLE = ['/parts?id=eq.2', '/parts?id=eq.2&select=id,name', '/pairs?a=eq.1&b=eq.one', '/Camel?theKey=eq.1']


def tag_of(api, path, **more):
    answer = api.get(path, **more)
    tag = answer['ETag']
    assert answer.status == 200 and tag and tag.startswith('"') and tag.endswith('"') and len(tag) > 4, repr(answer)
    return tag


@pytest.mark.parametrize('path', SINGLE)
def test_a_single_row_has_a_tag_that_stays_while_the_row_does(api, path):
    tag = tag_of(api, path)
    assert tag_of(api, path) == tag
    assert tag_of(api, path, accept=OBJECT)
    answer = api.get(path, {'If-None-Match': tag})
    assert (answer.status, answer.body, answer['ETag']) == (304, b'', tag), repr(answer)
    for several in (f'"other", {tag}', f'W/{tag}', '*'):
        assert api.get(path, {'If-None-Match': several}).status == 304
    assert api.get(path, {'If-None-Match': '"other"'}).status == 200


def test_packed_forms_of_a_row_have_tags_of_their_own_that_stand_for_the_same_row(api):
    path = '/parts?id=eq.2'
    plain = tag_of(api, path)
    for coding in ('gzip', 'zstd'):
        packed = tag_of(api, path, headers={'Accept-Encoding': f'{coding}, identity;q=0'})
        assert packed == f'{plain[:-1]}-{coding}"'
        assert api.get(path, {'If-None-Match': packed}).status == 304
        assert api.patch(path, {'note': 'x'}, {'If-Match': packed}, prefer='tx=rollback').status in (200, 204)
        assert api.get(path, {'If-None-Match': packed.replace(coding, 'br')}).status == 200


def test_the_tag_changes_with_the_row(api):
    assert api.post('/pairs', {'a': 81, 'b': 'x', 'note': 'one'}, prefer='tx=commit').status == 201
    try:
        tag = tag_of(api, '/pairs?a=eq.81&b=eq.x')
        api.patch('/pairs?a=eq.81&b=eq.x', {'note': 'two'}, prefer='tx=commit')
        assert tag_of(api, '/pairs?a=eq.81&b=eq.x') != tag
        assert api.get('/pairs?a=eq.81&b=eq.x', {'If-None-Match': tag}).status == 200
    finally:
        api.delete('/pairs?a=eq.81', prefer='tx=commit')


def test_many_rows_have_no_tag(api):
    for path in ('/parts', '/parts?id=in.(1,2)', '/parts?kind=eq.new', '/parts?id=eq.99', '/pairs'):
        assert api.get(path)['ETag'] is None, path
    assert tag_of(api, '/parts?name=eq.bell') and tag_of(api, '/parts?name=eq.bell', accept=OBJECT)


def test_a_write_goes_on_only_when_the_tag_still_matches(api):
    tag = tag_of(api, '/pairs?a=eq.1&b=eq.one')
    row = {'a': 1, 'b': 'one', 'note': 'changed'}
    for method, body in (('PATCH', {'note': 'changed'}), ('PUT', row), ('DELETE', None)):
        assert api(method, '/pairs?a=eq.1&b=eq.one', {'If-Match': tag}, json=body).status == 204, method
        assert api(method, '/pairs?a=eq.1&b=eq.one', {'If-Match': f'"x", {tag}'}, json=body).status == 204, method
        assert api(method, '/pairs?a=eq.1&b=eq.one', {'If-Match': '*'}, json=body).status == 204, method
        for stale in ('"stale"', f'W/{tag}'):
            answer = api(method, '/pairs?a=eq.1&b=eq.one', {'If-Match': stale}, json=body, prefer='tx=commit')
            assert answer.status == 412 and set(answer.json()) == {'code', 'message', 'details', 'hint'}, repr(answer)
    assert api.rows('/pairs?a=eq.1') == [{'a': 1, 'b': 'one', 'note': 'first'}]


def test_a_tag_matches_for_one_write_only(api):
    api.post('/pairs', {'a': 82, 'b': 'x', 'note': 'v0'}, prefer='tx=commit')
    try:
        tag = tag_of(api, '/pairs?a=eq.82&b=eq.x')
        assert api.patch('/pairs?a=eq.82&b=eq.x', {'note': 'v1'}, {'If-Match': tag}, prefer='tx=commit').status == 204
        assert api.patch('/pairs?a=eq.82&b=eq.x', {'note': 'v2'}, {'If-Match': tag}, prefer='tx=commit').status == 412
        assert api.rows('/pairs?a=eq.82&select=note') == [{'note': 'v1'}]
    finally:
        api.delete('/pairs?a=eq.82', prefer='tx=commit')


def test_a_match_with_a_row_that_is_not_there(api):
    for method, body in (('PATCH', {'note': 'x'}), ('DELETE', None)):
        assert api(method, '/pairs?a=eq.99&b=eq.none', {'If-Match': '"x"'}, json=body).status == 412
        assert api(method, '/pairs?a=eq.99&b=eq.none', {'If-Match': '*'}, json=body).status == 412
