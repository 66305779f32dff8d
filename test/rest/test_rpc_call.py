"""Calling functions: which one, with which arguments, by which verb (facts 1.8)."""
import json, re
from urllib.parse import urlencode

import pytest

from restkit import JSON, error

FORM = {'Content-Type': 'application/x-www-form-urlencoded'}


def said(answer, value):
    assert answer.status == 200 and answer['Content-Type'] == JSON, repr(answer)
    assert answer.json() == value, repr(answer)


# Arguments

@pytest.mark.parametrize('path, body, value', [
    ('add_up', {'a': 1, 'b': 2}, 3), ('add_up', {'a': 1}, 6), ('three_defaults', {}, 123), ('three_defaults', {'b': 7}, 173),
    ('greet', {'name': '￥ "x"'}, 'Hello, ￥ "x"'), ('greet', {'name': None}, None), ('no_arguments', {}, 'nothing asked'),
    ('Mixed%20Case', {'theUser': 'm', 'SSN': '1'}, {'SSN': '1', 'theUser': 'm'}),
    ('a_json', {'val': {'k': [1, None]}}, {'k': [1, None]}), ('kind_of_json', {'val': '{"k": 1}'}, 'string'),
    ('kind_of_json', {'val': 3}, 'number'),
    ('length_of', {'list': ['a', 'b,c', None]}, 3), ('length_of', {'list': '{a,b}'}, 2), ('length_of', {'list': []}, 0),
    ('tons_of', {'ship': {'id': 1, 'tons': 44}}, 44),
])
def test_post_names_its_arguments(api, path, body, value):
    said(api.post(f'/rpc/{path}', body), value)


@pytest.mark.parametrize('path, value', [
    ('add_up?a=1&b=2', 3), ('add_up?a=1', 6), ('add_up?a=-1&b=%2B2', 1), ('three_defaults', 123), ('three_defaults?c=9', 129),
    ('greet?name=world', 'Hello, world'), ('greet?name=', 'Hello, '), ('greet?name=a+b%20c', 'Hello, a b c'),
    ('greet?name=eq.x', 'Hello, eq.x'),
    ('greet?name=ignored&name=last', 'Hello, last'), ('no_arguments', 'nothing asked'),
    ('Mixed%20Case?theUser=m&SSN=1', {'theUser': 'm', 'SSN': '1'}),
    ('length_of?list={a,"b,c",null}', 3), ('length_of?list={}', 0), ('kind_of_json?val={"k":1}', 'object'), ('a_boolean?val=true', True),
    ('greet?name=%E5%9C%8D%E6%A3%8B', 'Hello, 圍棋'),
])
def test_get_takes_its_arguments_from_the_query(api, path, value):
    said(api.get(f'/rpc/{path}', raw='%' in path), value)


def test_every_type_of_argument(api):
    row = {'double': 3.1, 'varchar': 'hello', 'boolean': True, 'date': '2019-01-01', 'enum': 'mate', 'arr': ['a', 'b', 'c'],
           'integer': 43,
           'json': {'some key': 'some value'}, 'jsonb': {'another': [1, 2, '3']}}
    said(api.post('/rpc/echo_all', row), row)
    query = 'double=3.1&varchar=hello&boolean=true&date=20190101&enum=mate&arr={a,b,c}&integer=43'
    plain = row | {'json': {}, 'jsonb': {}}
    said(api.get('/rpc/echo_all?' + query), plain)
    said(api.post('/rpc/echo_all', body=query, headers=FORM), plain)


def test_a_form_names_arguments_too(api):
    said(api.post('/rpc/add_up', body='a=1&b=2', headers=FORM), 3)
    said(api.post('/rpc/greet', body='name=ignored&name=a+b', headers=FORM), 'Hello, a b')
    said(api.post('/rpc/no_arguments', body='', headers=FORM), 'nothing asked')


def test_an_empty_body_is_no_arguments(api):
    said(api('POST', '/rpc/no_arguments', body=b''), 'nothing asked')
    said(api('POST', '/rpc/no_arguments', body=b'', headers={'Content-Type': 'application/json'}), 'nothing asked')
    said(api('POST', '/rpc/three_defaults'), 123)


def test_of_an_array_of_arguments_the_first_counts(api):
    said(api.post('/rpc/add_up', [{'a': 1, 'b': 2}, {'a': 4, 'b': 6}]), 3)


def test_columns_leaves_other_keys_out(api):
    said(api.post('/rpc/greet?columns=name', {'name': 'John', 'smth': 'here', 'fake_id': 13}), 'Hello, John')


def test_filters_of_a_post_are_no_arguments(api):
    assert api.post('/rpc/greet?name=John', {'name': 'John'}).status == 400


@pytest.mark.parametrize('body', ['sdfsdf', '{"a":', '{"a":1}}'])
def test_a_body_that_is_no_json_is_refused(api, body):
    error(api.post('/rpc/add_up', body=body, headers={'Content-Type': 'application/json'}), 400, 'PGRST102', 'Empty or invalid json')


def test_an_argument_of_the_wrong_type_is_refused(api):
    error(api.get('/rpc/add_up?a=x'), 400, '22P02')
    error(api.post('/rpc/add_up', {'a': 'x'}), 400, '22P02')
    error(api.post('/rpc/a_rank', {'val': 'admiral'}), 400, '22P02')
    error(api.post('/rpc/a_small', {'val': 11}), 400, '23514')


# VARIADIC

@pytest.mark.parametrize('words', [[], ['hi'], ['hi', 'hello', 'there'], ['a,b', '{c}', '"', '', 'null']])
def test_variadic_arguments_are_an_array_or_repeated(api, words):
    said(api.post('/rpc/joined', {'words': words}), words)
    query = urlencode([('words', w) for w in words])
    said(api.get(f'/rpc/joined?{query}', raw=True), words)
    said(api.post('/rpc/joined', body=query, headers=FORM), words)


def test_a_variadic_argument_may_be_left_out(api):
    said(api.post('/rpc/joined', {}), [])
    said(api.get('/rpc/joined'), [])


def test_the_other_arguments_of_a_variadic_function_count_once(api):
    said(api.get('/rpc/greet_many?name=ignored&name=world&others=a&others=b'), 'Hello, world and 2')


# The whole body

def test_a_single_unnamed_parameter_takes_the_whole_body(api):
    for name in ('whole_json', 'whole_jsonb'):
        for value in ({'p1': 1, 'p2': 'text', 'p3': {'obj': 'text'}}, [1, 'two'], [], {}):
            said(api.post(f'/rpc/{name}', value), value)
    said(api.post('/rpc/whole_text', body='some "text"\n', headers={'Content-Type': 'text/plain'}), 'got some "text"\n')
    said(api.post('/rpc/whole_xml', body='<note><from>Jani</from></note>', headers={'Content-Type': 'text/xml'}),
         'got <note><from>Jani</from></note>')
    said(api.post('/rpc/whole_bytes', body=bytes(range(256)) * 4, headers={'Content-Type': 'application/octet-stream'}), 1024)


def test_a_named_match_comes_before_the_whole_body(api):
    said(api.post('/rpc/whole_or_named', {'a': 1, 'b': 2}), 'named')
    said(api.post('/rpc/whole_or_named', {'a': 1}), 'whole')
    said(api.post('/rpc/whole_or_named', {}), 'whole')


def test_a_kind_of_body_that_no_function_takes(api):
    error(api.post('/rpc/whole_text', body=b'\0\1', headers={'Content-Type': 'application/octet-stream'}), 404, 'PGRST202')
    error(api.post('/rpc/whole_bytes', body='x', headers={'Content-Type': 'text/plain'}), 404, 'PGRST202')
    error(api.post('/rpc/whole_json', body='x', headers={'Content-Type': 'application/yaml'}), 400, 'PGRST102')


def test_a_named_parameter_does_not_take_the_whole_body(api):
    error(api.post('/rpc/named_json', {'x': 1}), 404, 'PGRST202')
    said(api.post('/rpc/named_json', {'value': {'x': 1}}), 'object')


# Which function

def test_overloads_are_told_apart_by_the_names_given(api):
    said(api.get('/rpc/over'), 'none')
    said(api.get('/rpc/over?a=1'), 'a')
    said(api.get('/rpc/over?a=1&b=2'), 'a, b')
    said(api.get('/rpc/over?a=1&b=2&c=3'), '123')
    said(api.post('/rpc/over', {}), 'none')
    said(api.post('/rpc/over', {'b': 2, 'a': 1}), 'a, b')
    said(api.post('/rpc/over', {'a': 1, 'b': 2, 'c': 3}), '123')


def test_an_overload_with_a_default_and_one_without(api):
    assert [s['id'] for s in api.post('/rpc/over_default?select=id', {}).json()] == [1]
    said(api.post('/rpc/over_default', {'must': 4}), {'must': 4})


def test_overloads_that_differ_in_types_only_are_ambiguous(api):
    for answer in (api.get('/rpc/unclear?arg=1'), api.post('/rpc/unclear', {'arg': 1})):
        error(answer, 300, 'PGRST203', re.compile(
            r'^Could not choose the best candidate function between: '
            r'test\.unclear\(arg => (integer|text)\), test\.unclear\(arg => (integer|text)\)$'),
            None, 'Try renaming the parameters or the function itself in the database so function overloading can be resolved')


@pytest.mark.parametrize('path, message, details, hint', [
    ('gree', 'Could not find the function test.gree without parameters in the schema cache',
     'Searched for the function test.gree without parameters, but no matches were found in the schema cache.',
     'Perhaps you meant to call the function test.greet'),
    ('greet?namee=Peter', 'Could not find the function test.greet(namee) in the schema cache',
     'Searched for the function test.greet with parameter namee, but no matches were found in the schema cache.',
     'Perhaps you meant to call the function test.greet(name)'),
    ('add_up?a=1&b=2&smthelse=x', 'Could not find the function test.add_up(a, b, smthelse) in the schema cache',
     'Searched for the function test.add_up with parameters a, b, smthelse, but no matches were found in the schema cache.',
     'Perhaps you meant to call the function test.add_up(a, b)'),
    ('zzzzzzzz', 'Could not find the function test.zzzzzzzz without parameters in the schema cache',
     'Searched for the function test.zzzzzzzz without parameters, but no matches were found in the schema cache.', None),
])
def test_no_such_function_says_what_was_looked_for(api, path, message, details, hint):
    error(api.get(f'/rpc/{path}'), 404, 'PGRST202', message, details, hint)


def test_no_such_function_for_a_post_names_the_body_too(api):
    error(api.post('/rpc/greet', {'namee': 'x'}), 404, 'PGRST202', 'Could not find the function test.greet(namee) in the schema cache',
          'Searched for the function test.greet with parameter namee or with a single unnamed json/jsonb parameter, '
          'but no matches were found in the schema cache.', 'Perhaps you meant to call the function test.greet(name)')
    error(api.post('/rpc/whole_json', body='x', headers={'Content-Type': 'text/plain'}), 404, 'PGRST202',
          'Could not find the function test.whole_json in the schema cache',
          'Searched for the function test.whole_json with a single unnamed text parameter, but no matches were found in the schema cache.')


def test_a_missing_argument_is_no_such_function(api):
    error(api.get('/rpc/greet'), 404, 'PGRST202')
    error(api.post('/rpc/add_up', {'b': 1}), 404, 'PGRST202')


def test_functions_of_other_schemas_and_of_triggers_are_not_there(api):
    error(api.get('/rpc/pg_backend_pid'), 404, 'PGRST202')
    error(api.post('/rpc/check_name', {}), 404, 'PGRST202')


@pytest.mark.parametrize('method', ['PUT', 'PATCH', 'DELETE'])
def test_other_verbs_are_405(api, method):
    error(api(method, '/rpc/greet', json={'name': 'x'} if method != 'DELETE' else None), 405, 'PGRST101',
          f'Cannot use the {method} method on RPC', None, None)


# Read only, or not

def test_get_and_head_run_read_only_and_a_write_there_is_405(api):
    before = api.rows('/logbook?entry=eq.by%20get', raw=True)
    error(api.get('/rpc/note?entry=by%20get', raw=True), 405, '25006', 'cannot execute INSERT in a read-only transaction')
    assert api.head('/rpc/note?entry=x').status == 405
    assert api.rows('/logbook?entry=eq.by%20get', raw=True) == before == []
    said(api.get('/rpc/is_read_only_volatile'), 'on')


def test_post_on_a_stable_function_is_read_only(api):
    said(api.post('/rpc/is_read_only', {}), 'on')
    error(api.post('/rpc/note_stable', {'entry': 'x'}), 405, '25006')


def test_post_on_a_volatile_function_writes(api):
    said(api.post('/rpc/is_read_only_volatile', {}), 'off')
    answer = api.post('/rpc/note', {'entry': 'by post'}, prefer='tx=commit')
    assert answer.status == 200 and api.rows(f'/logbook?id=eq.{answer.json()}&select=entry') == [{'entry': 'by post'}]
    assert api.delete('/logbook?entry=eq.by%20post', raw=True).status == 204
    answer = api.post('/rpc/note', {'entry': 'rolled'}, prefer='tx=rollback')
    assert answer.status == 200 and api.rows('/logbook?entry=eq.rolled') == []


def test_a_function_runs_exactly_once(api):
    first = api.post('/rpc/ring', {}).json()
    assert [api.post('/rpc/ring', {}, prefer=prefer).json() for prefer in (None, 'count=exact',
                                                                           'tx=rollback')] == [first + n for n in (1, 2, 3)]


# What it is told, and who it is

def test_the_request_is_there_as_settings(api):
    said(api.get('/rpc/setting?name=request.method'), 'GET')
    said(api.post('/rpc/setting', {'name': 'request.method'}), 'POST')
    said(api.post('/rpc/setting', {'name': 'request.path'}), '/rpc/setting')
    said(api.get('/rpc/header?name=x-custom', {'X-Custom': 'test'}), 'test')
    said(api.get('/rpc/claim?name=role'), 'web_anon')
    said(api.get('/rpc/claim?name=role', role='web_author'), 'web_author')
    said(api.get('/rpc/whoami', role='web_author'), 'web_author')
    cookies = api.get('/rpc/setting?name=request.cookies', {'Cookie': 'a=cookie;b=another'}).json()
    assert json.loads(cookies) == {'a': 'cookie', 'b': 'another'}


def test_a_function_without_the_right_to_call_it(api):
    answer = api.get('/rpc/for_authors')
    error(answer, 401, '42501', 'permission denied for function for_authors')
    assert answer['WWW-Authenticate'] == 'Bearer'
    error(api.get('/rpc/for_authors', role='web_reader'), 403, '42501')
    said(api.get('/rpc/for_authors', role='web_author'), 'welcome')
