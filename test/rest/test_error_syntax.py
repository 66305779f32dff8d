"""Bad input: what cannot be parsed is refused with its place, and nothing of the SQL is told (rest-dialect 1.2 to 1.5, 1.11)."""
import re, socket

import pytest

from restkit import error

# query, what could not be parsed, the column, the beginning of details
PARSED = [
    # filters
    ('id=0', 'filter (0)', 1, 'unexpected "0" expecting '), ('id=noop.1', 'filter (noop.1)', 1, 'unexpected "'),
    ('id=', 'filter ()', 1, 'unexpected end of input'), ('id=eq', 'filter (eq)', 3, 'unexpected end of input'),
    ('id=EQ.1', 'filter (EQ.1)', 1, 'unexpected "E"'), ('id=eqq.1', 'filter (eqq.1)', 3, 'unexpected "q"'),
    ('id=not.noop.1', 'filter (not.noop.1)', 5, 'unexpected "'), ('id=not.not.eq.1', 'filter (not.not.eq.1)', 5, 'unexpected "'),
    ('id=is.nope', 'filter (is.nope)', None, 'unexpected "'), ('id=is.nil', 'filter (is.nil)', None, 'unexpected "'),
    ('id=is.', 'filter (is.)', 4, 'unexpected end of input'), ('id=not.is.maybe', 'filter (not.is.maybe)', None, 'unexpected "'),
    ('id=in.1', 'filter (in.1)', 4, 'unexpected "1" expecting "("'), ('id=in.(1', 'filter (in.(1)', 6, 'unexpected end of input'),
    ('id=in.', 'filter (in.)', 4, 'unexpected end of input'), ('id=eq(some).1', 'filter (eq(some).1)', None, 'unexpected "'),
    ('id=eq().1', 'filter (eq().1)', 4, 'unexpected ")"'), ('id=neq(any).{1}', 'filter (neq(any).{1})', None, 'unexpected "'),
    ('id=in(any).(1)', 'filter (in(any).(1))', 3, 'unexpected "("'), ('id=is(any).null', 'filter (is(any).null)', 3, 'unexpected "("'),
    ('id=cs(any).{1}', 'filter (cs(any).{1})', None, 'unexpected "'), ('id=fts().x', 'filter (fts().x)', 5, 'unexpected ")"'),
    ('id=fts(english.x', 'filter (fts(english.x)', None, 'unexpected "'), ('(id)=eq.1', 'tree path ((id))', 1, 'unexpected "("'),
    ('id->=eq.1', 'tree path (id->)', 5, 'unexpected end of input'), ('"id=eq.1', 'tree path ("id)', 4, 'unexpected end of input'),
    ('.id=eq.1', 'tree path (.id)', 1, 'unexpected "."'), ('a..b=eq.1', 'tree path (a..b)', 3, 'unexpected "."'),
    # logic: columns count from the operator, which stands before the parenthesis
    ('or=)(', 'logic tree ()()', 3, 'unexpected ")" expecting "("'), ('or=()', 'logic tree (())', 4, 'unexpected ")" expecting '),
    ('and=()', 'logic tree (())', 5, 'unexpected ")" expecting '),
    ('or=(id.eq.1', 'logic tree ((id.eq.1)', None, 'unexpected end of input'),
    ('or=(id.in.1,2,id.eq.3)', 'logic tree ((id.in.1,2,id.eq.3))', 10, 'unexpected "1" expecting "("'),
    ('and=(ord(id.eq.1,id.eq.1),id.eq.2)', 'logic tree ((ord(id.eq.1,id.eq.1),id.eq.2))', 7, 'unexpected "d" expecting "("'),
    ('or=(id.eq.1,not.xor(id.eq.2,id.eq.3))', 'logic tree ((id.eq.1,not.xor(id.eq.2,id.eq.3)))', 16,
     'unexpected "x" expecting logic operator (and, or)'),
    ('or=', 'logic tree ()', 3, 'unexpected end of input'), ('or=(id.eq.1,)', 'logic tree ((id.eq.1,))', None, 'unexpected ")"'),
    ('or=(id)', 'logic tree ((id))', None, 'unexpected'), ('not.and=(', 'logic tree (()', None, 'unexpected end of input'),
    ('or=(id.noop.1)', 'logic tree ((id.noop.1))', None, 'unexpected'), ('or=(,id.eq.1)', 'logic tree ((,id.eq.1))', 4, 'unexpected ","'),
    # order
    ('order=id.ac', 'order (id.ac)', 4, 'unexpected "c" expecting "asc", "desc", "nullsfirst" or "nullslast"'),
    ('order=id.descc', 'order (id.descc)', 8, "unexpected 'c' expecting delimiter (.), \",\" or end of input"),
    ('order=id.nulsfist', 'order (id.nulsfist)', 4, 'unexpected "n" expecting "asc", "desc", "nullsfirst" or "nullslast"'),
    ('order=id.nullslasttt', 'order (id.nullslasttt)', 13, "unexpected 't' expecting \",\" or end of input"),
    ('order=id.smth34', 'order (id.smth34)', 4, 'unexpected "s" expecting "asc", "desc", "nullsfirst" or "nullslast"'),
    ('order=id.asc.nlsfst', 'order (id.asc.nlsfst)', 8, 'unexpected "l" expecting "nullsfirst" or "nullslast"'),
    ('order=id.asc.nullslasttt', 'order (id.asc.nullslasttt)', 17, "unexpected 't' expecting \",\" or end of input"),
    ('order=id.asc.smth34', 'order (id.asc.smth34)', 8, 'unexpected "s" expecting "nullsfirst" or "nullslast"'),
    ('order=', 'order ()', 1, 'unexpected end of input'), ('order=,id', 'order (,id)', 1, 'unexpected ","'),
    ('order=id,', 'order (id,)', 4, 'unexpected end of input'), ('order=id.ASC', 'order (id.ASC)', 4, 'unexpected "A"'),
    ('order=clients(name,id)', 'order (clients(name,id))', 8, "unexpected '('"),
    # select
    ('select=id,visits(id[])', 'select parameter (id,visits(id[]))', 13, "unexpected '['"),
    ('select=details->>--34', 'select parameter (details->>--34)', 12, 'unexpected "-" expecting digit'),
    ('select=details->>-78xy', 'select parameter (details->>-78xy)', 14, "unexpected 'x' expecting digit"),
    ('select=id!hint', 'select parameter (id!hint)', 3, "unexpected '!'"),
    ('select=*!hint', 'select parameter (*!hint)', 2, "unexpected '!'"),
    ('select=id::', 'select parameter (id::)', 5, 'unexpected end of input'),
    ('select=id,', 'select parameter (id,)', 4, 'unexpected end of input'),
    ('select=visits(id', 'select parameter (visits(id)', None, 'unexpected end of input'),
    ('select=...', 'select parameter (...)', 4, 'unexpected end of input'),
    ('select=...visits', 'select parameter (...visits)', None, 'unexpected'),
    ('select=a:b:c', 'select parameter (a:b:c)', None, 'unexpected'), ('select=:id', 'select parameter (:id)', 1, 'unexpected ":"'),
    ('select=id.sum', 'select parameter (id.sum)', None, 'unexpected'),
    ('select=id.sum(', 'select parameter (id.sum()', None, 'unexpected'),
    ('select=id.median()', 'select parameter (id.median())', None, 'unexpected'),
    ('select="id', 'select parameter ("id)', None, 'unexpected end of input'),
    ('select=visits->x(id)', 'select parameter (visits->x(id))', None, "unexpected"),
    ("select='id'", "select parameter ('id')", 1, 'unexpected "\'"'), ('select=id--', 'select parameter (id--)', None, 'unexpected'),
    ('select=(id)', 'select parameter ((id))', 1, 'unexpected "("'),
]


@pytest.mark.parametrize('query, what, column, details', PARSED, ids=[p[0] for p in PARSED])
def test_what_cannot_be_parsed(api, query, what, column, details):
    found = error(api.get(f'/homes?{query}'), 400, 'PGRST100', hint=None)
    assert found['message'].startswith(f'"failed to parse {what}" (line 1, column '), found
    assert column is None or found['message'].endswith(f'column {column})'), found
    assert found['details'].startswith(details), found


@pytest.mark.parametrize('query', [
    'id::text=eq.1', 'details->>year::int=eq.1', 'id.sum()=eq.1', 'or=(id::text.eq.1)', 'order=id::text', 'order=id.sum()',
])
def test_casts_and_aggregates_are_for_output_only(api, query):
    assert api.get(f'/homes?{query}').status == 400


ODD = [
    'limit=abc', 'limit=1.5', 'offset=abc', 'limit=', 'offset=', 'limit=99999999999999999999', 'offset=99999999999999999999', 'limit=1e3',
    'limit= 3', 'select=id&select=title', 'order=id&order=title', 'limit=1&limit=2', 'visits.limit=abc&select=id,visits(id)', '&&&', '=',
    '?', 'select', 'id', '%', '%zz', 'id=eq.%', 'id=eq.%ff', '%ff=eq.1', 'select=id;drop table homes', 'select=id)', 'select=visits(id))',
    'or=id.eq.1', '=eq.1', 'select=%00', 'id=eq.%00', 'title=eq.%00', 'or=(title.eq.%00)', 'order=%00', 'select=%ed%a0%80',
    'title=eq.%c0%80', 'a' * 5000 + '=eq.1', 'title=eq.' + 'a' * 7000, 'select=' + 'id,' * 1500 + 'id', 'or=(' * 200, 'or=' + '(or' * 100,
    'select=' + 'visits(' * 100, 'id=in.(' + '1,' * 3000 + '1)',
]


@pytest.mark.parametrize('query', ODD, ids=[q[:40] for q in ODD])
def test_odd_queries_end_in_an_answer_or_a_refusal(api, query):
    answer = api.get(f'/homes?{query}')
    assert answer.status in (200, 206, 400, 404, 414, 416, 431), repr(answer)
    assert 'SELECT' not in answer.text and 'FROM' not in answer.text
    if answer.status in (400, 404, 416):
        assert set(answer.json()) == {'code', 'details', 'hint', 'message'}


def test_nothing_is_injected(api, database):
    """Names and values with quotes, in every place where one may stand."""
    evil = '''x"; drop table test.words; --'''
    for path in (f'/{evil}', f'/homes?"{evil}"=eq.1', f'/homes?title=eq.{evil}', f'/homes?select="{evil}"', f'/homes?select="{evil}":id',
                 f'/homes?order="{evil}"', f'/homes?select=id::{evil}', '/homes?select=id::text) from x; drop table test.words; --',
                 f'/homes?select=details->"{evil}"', f'/homes?details->>"{evil}"=eq.1', f'/homes?select=id,"{evil}"(id)',
                 f'/homes?select=id,visits!"{evil}"(id)', f'/homes?words=fts({evil}).x', "/homes?words=fts(english').x",
                 f'/homes?or=("{evil}".eq.1)', f'/homes?select=id,"{evil}":visits(id)&"{evil}".id=eq.1', f'/homes?order=visits("{evil}")',
                 f'/homes?limit={evil}', f'/rpc/{evil}', f'/rpc/homes_above?"{evil}"=1', '/homes?id=in.(1) or 1=1 --)',
                 "/homes?details->>'x'=eq.1", '/homes?details->0) or (1=1=eq.1'):
        for headers in ({}, {'Accept': 'text/csv'}, {'Prefer': 'count=planned'}):
            assert api.get(path, headers).status in (200, 206, 400, 404, 406), path
    for headers in ({'Prefer': f'timezone={evil}'}, {'Accept-Profile': evil},
                    {'Accept': f'application/vnd.pgrst.plan; for="{evil}"; options={evil}'}, {'Range': evil}, {'Range-Unit': evil},
                    {'X-Any': evil}, {'Cookie': f'a={evil}'}, {'Authorization': f'Bearer {evil}'}):
        assert api.get('/homes', headers).status in (200, 400, 401, 406)
    assert database.one('select count(*) from test.words') == 22


def test_an_alias_of_any_characters(api):
    for alias in ('a"b', "a'b", 'a\\b', 'ünï', 'x' * 200, '%s', '$1', '{}', 'a b'):
        quoted = '"' + alias.replace('\\', '\\\\').replace('"', '\\"') + '"'
        answer = api.get('/features?select=' + quoted.replace('%', '%25') + ':id&id=eq.1')
        assert answer.status == 200, repr(answer)
        assert list(answer.json()[0]) == [alias]


def test_depth_is_limited(api):
    """Deeper than anybody needs is a refusal, not a crash."""
    deep = 'id.eq.1'
    for _ in range(500):
        deep = f'and({deep})'
    error(api.get(f'/homes?and=({deep})'), 400, 'PGRST100')
    select = 'id'
    for _ in range(300):
        select = f'id,agent_id({select})'
    assert api.get(f'/homes?select={select}').status in (400, 414, 431)


# Requests that are hardly HTTP

RAW = [
    b'GET /homes HTTP/1.1\r\n\r\n', b'GET /homes HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
    b'GET /homes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', b'GET /homes?id=eq.1 2 HTTP/1.1\r\nHost: a\r\n\r\n',
    b'GET homes HTTP/1.1\r\nHost: a\r\n\r\n', b'\x00\x01\x02\x03\r\n\r\n', b'GET /homes HTTP/9.9\r\nHost: a\r\n\r\n',
    b'POST /rpc/say_status HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 999999\r\n\r\n{',
    b'POST /homes HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde',
    b'GET /homes HTTP/1.1\r\nHost: a\r\nX: ' + b'y' * 200000 + b'\r\n\r\n', b'GET /' + b'a' * 200000 + b' HTTP/1.1\r\nHost: a\r\n\r\n',
    b'GET /homes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \xff\xfe\r\n\r\n', b'GET /h%\xc3 HTTP/1.1\r\nHost: a\r\n\r\n',
    b'GET /homes?select=\xe6\xf8 HTTP/1.1\r\nHost: a\r\n\r\n', b'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
    b'GET http://other/homes?limit=1 HTTP/1.1\r\nHost: a\r\n\r\n',
]


@pytest.mark.parametrize('bytes', RAW, ids=range(len(RAW)))
def test_requests_that_are_hardly_http(api, bytes):
    with socket.create_connection(('127.0.0.1', api.port), timeout=10) as s:
        try:
            s.sendall(bytes)
            s.shutdown(socket.SHUT_WR)
            got = s.recv(65536)
        except (ConnectionResetError, BrokenPipeError):
            got = b''
        assert got == b'' or re.match(rb'HTTP/1\.[01] [2345]\d\d ', got)
        assert b'SELECT ' not in got
    assert api.get('/features?id=eq.1').status == 200


def test_several_requests_in_one_piece(api):
    """Pipelining: answers come in the order of the requests."""
    with socket.create_connection(('127.0.0.1', api.port), timeout=20) as s:
        requests = [b'GET /numbered?id=eq.%d HTTP/1.1\r\nHost: a\r\n\r\n' % n for n in range(1, 10)]
        s.sendall(b''.join(requests)[:-2] + b'Connection: close\r\n\r\n')
        got = b''
        while piece := s.recv(65536):
            got += piece
    assert [int(n) for n in re.findall(rb'\[\{"id":(\d+)\}\]', got)] == list(range(1, 10))


BODIES = [
    ('', 'application/json'), ('{', 'application/json'), ('[{]', 'application/json'), ('{"a":1}{', 'application/json'), ('nul', 'application/json'),
    ('[1,2]', 'application/json'), ('{"id":' * 2000, 'application/json'), ('[' * 100000, 'application/json'), ('\xff\xfe', 'application/json'),
    ('{"id":1}', 'application/xml'), ('{"id":1}', 'multipart/form-data'), ('a,b\n"', 'text/csv'), ('id\n1,2,3', 'text/csv'),
]


@pytest.mark.parametrize('body, kind', BODIES, ids=[f'{b[0][:10]} as {b[1]}' for b in BODIES])
def test_bodies_that_are_none(api, body, kind):
    answer = api('POST', '/vacant', {'Content-Type': kind, 'Prefer': 'tx=rollback'}, body.encode('latin-1'))
    found = error(answer, 400, answer.json()['code'])
    assert found['code'] in ('PGRST102', 'PGRST204', '22P02', '42703'), found


@pytest.mark.parametrize('body', ['"text"', '5', 'true', 'null'])
def test_bodies_of_json_that_hold_no_rows(api, body):
    answer = api('POST', '/vacant', {'Content-Type': 'application/json', 'Prefer': 'tx=rollback, return=representation'}, body)
    assert (answer.status, answer.json()) == (201, []), repr(answer)
