"""Routes, methods, and the headers of requests and answers (rest-dialect 1.1 and 1.10)."""
import re

import pytest

from restkit import JSON, bearer, error, names_of

ORIGIN = {'Origin': 'http://example.com'}
EXPOSED = 'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit'


# Routes and methods

@pytest.mark.parametrize('path', ['/homes/1', '/a/b/c', '/rpc/homes_above/x', '/rpc/', '//homes', '/rpc'])
def test_paths_of_other_shapes(api, path):
    answer = api.get(path)
    assert answer.status == 404, repr(answer)
    if path in ('/homes/1', '/a/b/c', '/rpc/homes_above/x'):
        error(answer, 404, 'PGRST125', 'Invalid path specified in request URL', None, None)
        assert answer['Content-Length'] == '96'


@pytest.mark.parametrize('table, near', [
    ('agencie', 'agencies'), ('home_detail', 'home_details'), ('all_type', 'all_types'), ('zzzzzz', None), ('x' * 300, None),
    ('homes"; drop table homes', None), ("'", None),
])
def test_unknown_relations(api, table, near):
    hint = near and f"Perhaps you meant the table 'test.{near}'"
    error(api.get(f'/{table}'), 404, 'PGRST205', f"Could not find the table 'test.{table}' in the schema cache", None, hint)


@pytest.mark.parametrize('table', ['writers', 'hidden.writers', 'pg_class', 'pg_catalog.pg_class', 'v1.parents', 'parents', 'deals_2024'])
def test_only_the_exposed_schema_and_no_partitions(api, table):
    assert api.get(f'/{table}').status == (200 if table == 'writers' else 404)


@pytest.mark.parametrize('method', ['TRACE', 'PROPFIND', 'LOCK', 'LINK'])
def test_unknown_methods(api, method):
    answer = api(method, '/homes')
    error(answer, 405, 'PGRST117', f'Unsupported HTTP method: {method}', None, None)


@pytest.mark.parametrize('method', ['PATCH', 'PUT', 'DELETE'])
def test_methods_of_functions(api, method):
    error(api(method, '/rpc/homes_above', json={}), 405, 'PGRST101', f'Cannot use the {method} method on RPC', None, None)


ALLOWED = [
    ('/homes', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'), ('/homes_view', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'),
    ('/unkeyed', 'OPTIONS,GET,HEAD,POST,PATCH,DELETE'), ('/novel_cards', 'OPTIONS,GET,HEAD'), ('/novels_union', 'OPTIONS,GET,HEAD'),
    ('/deals', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'), ('/novels_without_key', 'OPTIONS,GET,HEAD,POST,PATCH,DELETE'),
    ('/authors_only', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'), ('/rpc/homes_above', 'OPTIONS,GET,HEAD,POST'),
    ('/rpc/media_picture', 'OPTIONS,GET,HEAD,POST'), ('/rpc/say_status', 'OPTIONS,POST'), ('/', 'OPTIONS,GET,HEAD'),
    ('/echoed', 'OPTIONS,GET,HEAD'),
]


@pytest.mark.parametrize('path, allow', ALLOWED, ids=[a[0] for a in ALLOWED])
def test_options_tell_what_the_relation_can_do(api, path, allow):
    answer = api.options(path)
    assert (answer.status, answer.body) == (200, b'')
    assert names_of(answer['Allow']) == names_of(allow)


def test_options_of_unknown_things(api):
    error(api.options('/nosuch'), 404, 'PGRST205')
    assert api.options('/rpc/nosuch').status == 404
    assert api.options('/a/b').status == 404


# Answers

def test_a_read_tells_where_it_is(api):
    for path, where in (('/features', '/features'), ('/features?select=id', '/features?select=id'),
                        ('/unkeyed?b=eq.1&a=eq.1', '/unkeyed?a=eq.1&b=eq.1'),
                        ('/numbered?order=id&limit=1&id=gt.3&id=lt.9', '/numbered?id=gt.3&id=lt.9&limit=1&order=id'),
                        ('/rpc/homes_above?lowest=5&select=id', '/rpc/homes_above?lowest=5&select=id')):
        assert api.get(path)['Content-Location'] == where
    assert api.get('/words?word=eq.a%26b%3Dc')['Content-Location'] == '/words?word=eq.a%26b%3Dc'


def test_every_answer_varies(api):
    """By Accept-Encoding too, since answers are compressed for those who want that."""
    for answer in (api.get('/features'), api.get('/features', accept='text/csv'), api.get('/rpc/homes_above?lowest=0'), api.get('/nosuch')):
        assert answer['Vary'].startswith('Accept, Prefer, Range')


def test_types_and_lengths(api):
    answer = api.get('/features?id=eq.1')
    assert answer['Content-Type'] == JSON and answer['Content-Length'] == str(len(answer.body)) == '25'
    answer = api.get('/nosuch')
    assert answer['Content-Type'] == JSON and answer['Content-Length'] == str(len(answer.body))
    assert api.get('/features')['Date']


def test_nothing_more_than_that_is_said(api):
    answer = api.get('/features')
    for header in ('Server-Timing', 'Content-Profile', 'Preference-Applied', 'Warning', 'Location', 'WWW-Authenticate', 'Proxy-Status',
                   'Set-Cookie'):
        assert answer[header] is None, header


def test_views_and_functions_may_add_headers(api):
    answer = api.get('/view_that_sets_headers?select=id,set')
    assert (answer['X-View'], answer['Cache-Control'], answer.json()) == ('seen', 'max-age=7', [{'id': 1, 'set': True}])
    answer = api.post('/rpc/say_headers', {'headers': '[{"X-One": "1"}, {"Set-Cookie": "a=b"}, {"Set-Cookie": "c=d"}]'})
    assert (answer.status, answer['X-One'], answer.headers.get_all('Set-Cookie')) == (200, '1', ['a=b', 'c=d'])
    assert api.post('/rpc/say_headers', {'headers': '[{"Vary": "X"}]'})['Vary'] == 'X'
    assert api.post('/rpc/say_status', {'status': '418'}).status == 418
    assert api.get('/features')['X-One'] is None


@pytest.mark.parametrize('headers', ['{"a": "b"}', '[{"a": 1}]', '[{"a": "b", "c": "d"}]', '["a"]', 'nonsense', '[{}]', '[[]]'])
def test_bad_headers_of_functions(api, headers):
    error(api.post('/rpc/say_headers', {'headers': headers}), 500, 'PGRST111',
          'response.headers guc must be a JSON array composed of objects with a single key and a string value', None, None)


@pytest.mark.parametrize('status', ['tea', '-1', '4x8', '1e3'])
def test_bad_statuses_of_functions(api, status):
    error(api.post('/rpc/say_status', {'status': status}), 500, 'PGRST112', 'response.status guc must be a valid status code', None, None)


@pytest.mark.parametrize('value', ['a\\r\\nX-Evil: 1', 'a\\nX-Evil: 1', 'a\\rb', 'a\\u0000b'])
def test_headers_of_functions_cannot_break_the_answer(api, value):
    answer = api.post('/rpc/say_headers', {'headers': '[{"X-A": "%s"}]' % value})
    assert answer['X-Evil'] is None and answer.status in (200, 400, 500), repr(answer)


# CORS

def test_preflight(api):
    answer = api.options('/homes', ORIGIN | {'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'Foo,Bar'})
    assert (answer.status, answer.body) == (200, b'')
    assert answer['Access-Control-Allow-Origin'] == '*' and answer['Access-Control-Max-Age'] == '86400'
    assert answer['Access-Control-Allow-Credentials'] is None
    assert answer['Access-Control-Allow-Methods'] == 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD'
    assert answer['Access-Control-Allow-Headers'] == 'Authorization, Foo, Bar, Accept, Accept-Language, Content-Language'
    answer = api.options('/', ORIGIN | {'Access-Control-Request-Method': 'GET'})
    assert answer['Access-Control-Allow-Headers'] == 'Authorization, Accept, Accept-Language, Content-Language'


def test_simple_requests_from_elsewhere(api):
    for answer in (api.get('/features', ORIGIN), api.get('/nosuch', ORIGIN),
                   api.post('/rpc/say_status', {'status': '200'}, headers=ORIGIN)):
        assert answer['Access-Control-Allow-Origin'] == '*' and answer['Access-Control-Expose-Headers'].startswith(EXPOSED)
    assert api.options('/features', ORIGIN)['Access-Control-Allow-Origin'] == '*'
    assert names_of(api.options('/features', ORIGIN)['Allow']) >= {'GET', 'POST'}


def test_only_listed_origins(profiles):
    for origin in ('http://one.test', 'http://two.test'):
        answer = profiles.get('/parents', {'Origin': origin})
        assert (answer['Access-Control-Allow-Origin'], answer['Access-Control-Allow-Credentials']) == (origin, 'true')
        answer = profiles.options('/parents', {'Origin': origin, 'Access-Control-Request-Method': 'GET'})
        assert (answer.status, answer['Access-Control-Allow-Origin'], answer['Access-Control-Allow-Credentials']) == (200, origin, 'true')
    for origin in ('http://three.test', 'http://one.test.evil', 'https://one.test', 'null'):
        assert profiles.get('/parents', {'Origin': origin})['Access-Control-Allow-Origin'] is None


# Profiles

def test_the_first_schema_is_the_default(profiles):
    answer = profiles.get('/parents?order=id')
    assert (answer.json(), answer['Content-Profile']) == ([{'id': 1, 'name': 'v1 parent'}], 'v1')


@pytest.mark.parametrize('schema, path, wanted', [
    ('v1', '/parents?select=name', [{'name': 'v1 parent'}]),
    ('v2', '/parents?select=name&order=id', [{'name': 'v2 parent'}, {'name': 'v2 second'}]),
    ('v2', '/extras', [{'id': 1, 'name': 'v2 only'}]),
    ('v2', '/children?select=name,parents(name)', [{'name': 'v2 child', 'parents': {'name': 'v2 second'}}]),
    ('v1', '/children?select=name,parents(name)', [{'name': 'v1 child', 'parents': {'name': 'v1 parent'}}]),
    ('test', '/features?id=eq.1', [{'id': 1, 'name': 'sauna'}]), ('odd "schema"', '/things', [{'id': 1}]), ('v1', '/rpc/version', 'v1'),
    ('v2', '/rpc/version', 'v2'),
])
def test_a_schema_by_profile(profiles, schema, path, wanted):
    answer = profiles.get(path, {'Accept-Profile': schema})
    assert (answer.status, answer.json(), answer['Content-Profile']) == (200, wanted, schema), repr(answer)
    assert profiles.head(path, {'Accept-Profile': schema})['Content-Profile'] == schema


def test_profiles_of_writes_are_others(profiles):
    """POST goes by Content-Profile, GET by Accept-Profile; the other one is not looked at."""
    assert profiles.post('/rpc/version', {}, headers={'Content-Profile': 'v2'}).json() == 'v2'
    assert profiles.post('/rpc/version', {}, headers={'Accept-Profile': 'v2'}).json() == 'v1'
    assert profiles.get('/rpc/version', {'Content-Profile': 'v2'}).json() == 'v1'
    answer = profiles.post('/extras', {'id': 2, 'name': 'new'}, headers={'Content-Profile': 'v2'},
                           prefer='return=representation, tx=rollback')
    assert (answer.status, answer['Content-Profile'], answer.json()) == (201, 'v2', [{'id': 2, 'name': 'new'}])
    assert profiles.post('/extras', {'id': 2}, headers={'Accept-Profile': 'v2'}).status == 404


def test_profiles_that_are_not_exposed(profiles):
    for schema in ('v3', 'hidden', 'public', 'pg_catalog', 'V1'):
        error(profiles.get('/parents', {'Accept-Profile': schema}), 406, 'PGRST106', f'Invalid schema: {schema}', None,
              'Only the following schemas are exposed: v1, v2, test, odd "schema"')
    error(profiles.post('/parents', {}, headers={'Content-Profile': 'v3'}), 406, 'PGRST106', 'Invalid schema: v3')
    error(profiles.get('/extras'), 404, 'PGRST205', "Could not find the table 'v1.extras' in the schema cache")


def test_no_profile_is_told_of_one_schema(api):
    assert api.get('/features', {'Accept-Profile': 'test'})['Content-Profile'] is None
    error(api.get('/features', {'Accept-Profile': 'v1'}), 406, 'PGRST106', 'Invalid schema: v1', None,
          'Only the following schemas are exposed: test')


# What settings add

def test_server_timing(profiles):
    answer = profiles.get('/parents')
    assert re.fullmatch(r'(\w+;dur=\d+(\.\d+)?(, |,)?)+', answer['Server-Timing']), answer['Server-Timing']
    steps = [part.split(';')[0].strip() for part in answer['Server-Timing'].split(',')]
    assert steps == ['jwt', 'parse', 'plan', 'transaction', 'response']
    for other in (profiles.get('/parents', bearer('web_author')), profiles.options('/parents'), profiles.post('/rpc/version', {})):
        assert {'jwt', 'parse', 'plan', 'response'} <= {part.split(';')[0].strip() for part in other['Server-Timing'].split(',')}


def test_the_trace_header_comes_back(profiles):
    assert profiles.get('/parents', {'X-Request-Id': 'abc-123-def'})['X-Request-Id'] == 'abc-123-def'
    assert profiles.get('/nosuch', {'x-request-id': 'of.an_error'})['X-Request-Id'] == 'of.an_error'


def test_errors_name_themselves_to_proxies(api):
    for path, code in (('/nosuch', 'PGRST205'), ('/homes?id=x.1', 'PGRST100'), ('/homes?select=nosuch', '42703'),
                       ('/rpc/fail_with?state=PT402', 'PT402')):
        assert api.get(path)['Proxy-Status'] == f'PostgREST; error={code}'


def test_errors_of_head_requests_have_no_body(api):
    answer = api.head('/nosuch')
    assert (answer.status, answer.body, answer['Proxy-Status']) == (404, b'', 'PostgREST; error=PGRST205')
