"""Errors of PostgreSQL and of functions: status and body by SQLSTATE (rest-dialect 1.11)."""
import json

import pytest

from restkit import OBJECT, error

STATES = [
    ('08000', 503), ('08006', 503), ('09000', 500), ('0L000', 403), ('0P000', 403), ('22012', 400), ('22P02', 400), ('22001', 400),
    ('23502', 400), ('23503', 409), ('23505', 409), ('23514', 400), ('25000', 500), ('25006', 405), ('25P02', 500), ('28000', 403),
    ('2D000', 500), ('38000', 500), ('39000', 500), ('3B000', 500), ('3F000', 400), ('40001', 500), ('40P01', 500), ('42501', 401),
    ('42601', 400), ('42703', 400), ('42704', 400), ('42883', 404), ('42P01', 404), ('42P17', 500), ('53000', 503), ('53300', 503),
    ('53400', 500), ('54000', 500), ('54001', 500), ('55000', 500), ('55P03', 500), ('57014', 500), ('57P01', 503), ('58000', 500),
    ('F0000', 500), ('HV000', 500), ('P0001', 400), ('P0002', 500), ('P0004', 500), ('XX000', 500), ('21000', 500), ('22023', 400),
    ('99999', 400), ('ABCDE', 400), ('PT200', 200), ('PT400', 400), ('PT402', 402), ('PT404', 404), ('PT418', 418), ('PT429', 429),
    ('PT503', 503), ('PT4XX', 500),
]


@pytest.mark.parametrize('state, status', STATES, ids=[s[0] for s in STATES])
def test_statuses_by_sqlstate(api, state, status):
    answer = api.get(f'/rpc/fail_with?state={state}&message=the message&detail=the detail&hint=the hint')
    error(answer, status, state, 'the message', 'the detail', 'the hint')


def test_absent_parts_are_null(api):
    error(api.get('/rpc/fail_with?state=P0001'), 400, 'P0001', 'it failed', None, None)
    error(api.get('/rpc/fail_with?state=P0001&hint=try again'), 400, 'P0001', 'it failed', None, 'try again')
    answer = api.get('/rpc/fail_with?state=P0001')
    assert answer.text == '{"code":"P0001","details":null,"hint":null,"message":"it failed"}'
    assert answer['Content-Length'] == str(len(answer.text))


def test_insufficient_privilege_depends_on_who_asks(api):
    answer = api.get('/rpc/fail_with?state=42501')
    assert (answer.status, answer['WWW-Authenticate']) == (401, 'Bearer')
    answer = api.get('/rpc/fail_with?state=42501', role='web_author')
    assert (answer.status, answer['WWW-Authenticate']) == (403, None)


@pytest.mark.parametrize('message, status', [
    ('UPDATE requires a WHERE clause', 400), ('DELETE requires a WHERE clause', 400), ('more than one row', 500),
])
def test_cardinality_violations_of_safeupdate(api, message, status):
    error(api.get(f'/rpc/fail_with?state=21000&message={message}'), status, '21000', message)


@pytest.mark.parametrize('message, status', [('function xmlagg(text) does not exist', 406), ('function f() does not exist', 404)])
def test_undefined_functions(api, message, status):
    error(api.get(f'/rpc/fail_with?state=42883&message={message}'), status, '42883', message)


@pytest.mark.parametrize('message, status', [('role "nobody" does not exist', 401), ('parameter x is bad', 400)])
def test_invalid_parameter_values(api, message, status):
    error(api.get(f'/rpc/fail_with?state=22023&message={message}'), status, '22023', message)


def test_the_reason_of_a_custom_status_is_the_message(api):
    answer = api.get('/rpc/fail_with?state=PT402&message=Payment Required, really')
    assert (answer.status, answer.reason) == (402, 'Payment Required, really')


def raised(api, message, detail):
    """A function that raises SQLSTATE PGRST with these, as texts or as what becomes JSON; no detail when it is None."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in (('message', message), ('detail', detail)) if value}
    return api.post('/rpc/fail_with', {'state': 'PGRST'} | texts)


def test_a_wholly_custom_error(api):
    answer = raised(api, {'code': '123', 'message': 'ABC', 'details': 'DEF', 'hint': 'XYZ'},
                    {'status': 332, 'status_text': 'My Text', 'headers': {'X-Header': 'str', 'X-Other': 'more'}})
    error(answer, 332, '123', 'ABC', 'DEF', 'XYZ')
    assert (answer.reason, answer['X-Header'], answer['X-Other']) == ('My Text', 'str', 'more')
    answer = raised(api, {'code': '123', 'message': 'ABC'}, {'status': 404, 'headers': {}})
    error(answer, 404, '123', 'ABC', None, None)
    assert answer.reason == 'Not Found'


@pytest.mark.parametrize('message, detail, details', [
    ('nonsense', '{"status": 332, "headers": {}}', "Invalid JSON value for MESSAGE: 'nonsense'"),
    ('{"code": "1"}', '{"status": 332, "headers": {}}', 'Invalid JSON value for MESSAGE: \'{"code": "1"}\''),
    ({'code': '1', 'message': 'm'}, 'nonsense', "Invalid JSON value for DETAIL: 'nonsense'"),
    ({'code': '1', 'message': 'm'}, '{"status": "332"}', 'Invalid JSON value for DETAIL: \'{"status": "332"}\''),
    ({'code': '1', 'message': 'm'}, None, 'DETAIL is missing in the RAISE statement'),
])
def test_custom_errors_that_are_no_json(api, message, detail, details):
    found = error(raised(api, message, detail), 500, 'PGRST121', 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error', details)
    assert found['hint'].startswith('MESSAGE must be a JSON object' if 'MESSAGE' in details else 'DETAIL must be a JSON object')


REAL = [
    ('/divided', 400, '22012', 'division by zero'),
    ('/one_row_too_many', 500, '21000', 'more than one row returned by a subquery used as an expression'),
    ('/homes?price=eq.abc', 400, '22P02', 'invalid input syntax for type numeric: "abc"'),
    ('/homes?status=eq.unheard', 400, '22P02', 'invalid input value for enum home_status: "unheard"'),
    ('/homes?tags=cs.pets', 400, '22P02', 'malformed array literal: "pets"'),
    ('/homes?free=ov.2024', 400, '22P02', 'malformed range literal: "2024"'),
    ('/homes?details=cs.{bad', 400, '22P02', 'invalid input syntax for type json'),
    ('/numbered?id=eq.99999999999999999999', 400, '22003', 'value "99999999999999999999" is out of range for type bigint'),
    ('/homes?beds=like.1', 404, '42883', 'operator does not exist: integer ~~ unknown'),
    ('/homes?title=cs.{a}', 404, '42883', 'operator does not exist: text @> unknown'),
    ('/homes?title=match.(', 400, '2201B', 'invalid regular expression: parentheses () not balanced'),
    ('/homes?words=fts.a b', 400, '42601', 'syntax error in tsquery: "a b"'),
    ('/homes?words=fts(klingon).x', 400, '42704', 'text search configuration "klingon" does not exist'),
    ('/numbered?id=in.( ,3)', 400, '22P02', 'invalid input syntax for type bigint: ""'),
    ('/numbered?id=eq(any).5', 400, '22P02', 'malformed array literal: "5"'),
    ('/homes?listed=gt.yesterdayish', 400, '22007', 'invalid input syntax for type timestamp with time zone: "yesterdayish"'),
    ('/all_types?id2=eq.1', 400, '22P02', 'invalid input syntax for type uuid: "1"'),
    ('/homes?heated=eq.maybe', 400, '22P02', 'invalid input syntax for type boolean: "maybe"'),
    ('/authors_only', 401, '42501', 'permission denied for table authors_only'),
    ('/nobody_only', 401, '42501', 'permission denied for table nobody_only'),
    ('/loops', 500, '42P17', 'infinite recursion detected in policy for relation "loops"'),
    ('/rpc/author_fn', 401, '42501', 'permission denied for function author_fn'),
    ('/rpc/nap?seconds=abc', 400, '22P02', 'invalid input syntax for type double precision: "abc"'),
]


@pytest.mark.parametrize('path, status, code, message', REAL, ids=[r[0] for r in REAL])
def test_what_postgres_refuses(api, path, status, code, message):
    found = error(api.get(path), status, code)
    assert found['message'] == message, found


def test_denied_columns(api):
    assert api.rows('/partly?select=id,shown') == [{'id': 1, 'shown': 'shown'}]
    for path in ('/partly?select=hidden', '/partly?select=id&hidden=eq.x', '/partly?select=id&order=hidden',
                 '/partly?select=id,hidden::text', '/partly?select=hidden.max()'):
        error(api.get(path), 401, '42501', 'permission denied for table partly', None)
    assert api.rows('/partly', role='web_author') == [{'id': 1, 'shown': 'shown', 'hidden': 'hidden'}]


def test_an_error_late_in_the_rows(api):
    """Nothing of the rows before may have left as a good answer."""
    for headers in ({}, {'Accept': 'text/csv'}, {'Prefer': 'count=exact'}):
        error(api.get('/crowd?select=id,name::int&limit=5', headers), 400, '22P02')
    answer = api.get('/divided?order=id.desc')
    error(answer, 400, '22012')


def test_an_error_leaves_nothing_behind(api):
    for _ in range(5):
        assert api.get('/divided').status == 400
        assert api.get('/homes?select=nosuch').status == 400
        assert api.get('/rpc/fail_with?state=XX000').status == 500
        assert api.rows('/features?id=eq.1&select=id') == [{'id': 1}]


def test_terse_errors(told):
    """client-error-verbosity=minimal."""
    assert told.get('/nosuch').json() == {'code': 'PGRST205', 'message': "Could not find the table 'test.nosuch' in the schema cache"}
    assert told.get('/divided').json() == {'code': '22012', 'message': 'division by zero'}
    assert told.get('/homes?id=x.1').json()['code'] == 'PGRST100' and set(told.get('/homes?id=x.1').json()) == {'code', 'message'}


def test_errors_look_the_same_whatever_is_accepted(api):
    for accept in ('text/csv', OBJECT, 'application/geo+json', '*/*'):
        error(api.get('/nosuch', accept=accept), 404, 'PGRST205')
        error(api.get('/divided', accept=accept), 400, '22012')
