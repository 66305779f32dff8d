"""What keeps one client from harming the others: limits of time, cost, rows and bytes; slow queries; clients that go away."""
import http.client, re, threading, time

import pytest

from restkit import bearer, elapsed, error, wait_until


@pytest.fixture(scope='module')
def guarded(rest):
    return rest(PLAT_REST_COST_LIMIT='web_anon=1000,web_reader=50', PGRST_DB_MAX_ROWS='100')


# Cost

DEAR = '/many_rows?select=id,label&order=label'


def test_a_read_dearer_than_the_role_may_ask_for_is_refused(guarded):
    for answer in (guarded.get(DEAR), guarded.get('/many_rows?id=gt.5&order=label')):
        assert answer.status == 400, repr(answer)
    found = error(guarded.get(DEAR), 400, 'PLAT002')
    numbers = [float(n) for n in re.findall(r'\d+(?:\.\d+)?', found['details'])]
    assert 1000 in numbers and max(numbers) > 1000, found


def test_a_cheap_read_is_not(guarded):
    assert guarded.get('/many_rows?id=eq.7&select=id').json() == [{'id': 7}]
    assert guarded.get('/parts').status == 200 and guarded.get('/rpc/add_up?a=1').json() == 6


def test_each_role_has_a_limit_of_its_own_and_others_none(guarded):
    assert guarded.get('/many_rows?id=lt.3000', role='web_reader').status == 400
    assert guarded.get('/many_rows?id=lt.3000&limit=5').status == 200
    assert len(guarded.get(DEAR, role='web_author').json()) == 100


def test_the_cost_is_of_the_values_asked_for(guarded):
    """The same statement with other values is another cost."""
    assert guarded.get('/many_rows?id=lt.50&select=label&order=label').status == 200
    assert guarded.get('/many_rows?id=lt.50000&select=label&order=label').status == 400
    assert guarded.get('/many_rows?id=lt.51&select=label&order=label').status == 200


# Time

def test_the_statement_timeout_of_a_role_holds(api):
    took, answer = elapsed(lambda: api.post('/rpc/sleep', {'seconds': 20}, role='web_hurried'))
    error(answer, 500, '57014')
    assert took < 10


def test_a_slow_query_does_not_hold_up_fast_ones(api):
    slow = threading.Thread(target=lambda: api.post('/rpc/sleep', {'seconds': 3}))
    slow.start()
    time.sleep(0.3)
    times = [elapsed(lambda: api.get('/only_key?id=eq.1'))[0] for _ in range(20)]
    assert slow.is_alive() and max(times) < 1.5, times
    slow.join()


def test_a_client_that_is_gone_takes_its_query_along(api, database):
    asked = http.client.HTTPConnection('127.0.0.1', api.port, timeout=30)
    asked.request('POST', '/rpc/sleep', body='{"seconds":77.25}', headers={'Content-Type': 'application/json'})

    def sleeping():
        return database.one("select count(*) from pg_stat_activity where state = 'active' and wait_event = 'PgSleep' "
                            "and application_name = 'plat-rest-test'")
    wait_until(lambda: sleeping() == 1)
    asked.sock.close()
    asked.close()
    wait_until(lambda: sleeping() == 0, seconds=20)
    assert api.get('/only_key?id=eq.1').status == 200


# Rows and bytes

def test_reads_have_at_most_max_rows(guarded):
    answer = guarded.get('/many_rows?select=id&order=id&limit=1000', role='web_author')
    assert len(answer.json()) == 100 and answer['Content-Range'] == '0-99/*'


def test_a_body_that_is_too_long_is_413(api):
    answer = api('POST', '/keyless', {'Content-Type': 'application/json', 'Content-Length': str(10 ** 12)}, b'')
    assert answer.status == 413, repr(answer)


def test_a_long_body_below_the_limit_is_taken(api):
    answer = api.post('/keyless?select=a', {'a': 'x' * 8_000_000}, prefer='tx=rollback, return=representation')
    assert answer.status == 201 and len(answer.json()[0]['a']) == 8_000_000


def test_a_path_that_is_too_long_is_414(api):
    assert api.get('/parts?select=' + 'id,' * 200_000, raw=True).status in (414, 431)


TOO_MUCH = {
    'embeds in embeds': '/parts?select=' + 'a(' * 200 + ')' * 200,
    'groups in groups': '/parts?or=' + '(or' * 200 + '(id.eq.1)' + ')' * 200,
    'columns': '/parts?select=' + ','.join(['id'] * 3000), 'filters': '/parts?' + '&'.join(f'id=neq.{n}' for n in range(3000)),
    'steps of a path': '/parts?select=note' + '->a' * 3000, 'orders': '/parts?order=' + ','.join(['id'] * 3000),
    'nothing in a list': '/parts?id=in.(' + ',' * 5000 + ')',
}


@pytest.mark.parametrize('path', TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_deep_or_too_much_is_refused_and_no_more(api, path):
    answer = api.get(path, raw=True)
    assert 400 <= answer.status < 500, repr(answer)[:500]
    assert api.get('/parts?id=eq.1').status == 200


def test_what_is_said_about_an_error_names_no_sql(api):
    for path in ('/parts?id=eq.x', "/parts?id=eq.'; select", '/parts?select=id::nope', '/parts?price=like.x'):
        answer = api.get(path, role='web_author')
        assert 400 <= answer.status < 500, repr(answer)
        for word in ('"test"."parts"', 'SELECT', '$1', 'pgrst_', '/src/'):
            assert word not in answer.text, repr(answer)
    assert 'Authorization' not in api.log() and bearer('web_author')['Authorization'][7:] not in api.log()
