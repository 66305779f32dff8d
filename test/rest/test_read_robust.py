"""Many clients, slow ones, clients that go away, long answers (issue: safety)."""
import concurrent.futures, contextlib, csv, hashlib, http.client, io, os, random, socket, statistics, struct, time

import pytest

from restkit import bearer, elapsed, error, wait_until

RELEASE = os.environ.get('PLAT_RELEASE_BIN')
BUSY = "select count(*) from pg_stat_activity where application_name = 'plat-rest-test' and state = 'active' and datname = current_database()"


def ask_and_go(api, path, head='', read=0, wait=0.0):
    """Sends a request, reads some of the answer, and resets the connection."""
    with socket.create_connection(('127.0.0.1', api.port), timeout=20) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        s.sendall(f'GET {path} HTTP/1.1\r\nHost: a\r\n{head}\r\n'.encode())
        time.sleep(wait)
        s.settimeout(0.2)  # the answer may be shorter, and the connection is kept
        with contextlib.suppress(TimeoutError):
            while read > 0 and (piece := s.recv(min(read, 65536))):
                read -= len(piece)


def test_clients_that_go_at_random_moments(api, database):
    """While the request is parsed, waits, is answered, or streams; also in the turn in which the answer begins."""
    draw = random.Random(7)
    paths = ['/crowd', '/crowd?select=id,name&order=id', '/numbered', '/homes?select=*,visits(*),features(*)', '/rpc/nap?seconds=0.05',
             '/nosuch', '/homes?id=x.1', '/words', '/rpc/homes_above?lowest=0', '/']
    def one(n):
        path = paths[n % len(paths)]
        ask_and_go(api, path, draw.choice(['', 'Accept: text/csv\r\n', 'Prefer: count=exact\r\n',
                                           'Connection: close\r\n']) if path != '/' else '', draw.choice([0, 0, 1, 20, 500, 20000, 300000]),
                   draw.choice([0, 0, 0.001, 0.005, 0.02, 0.06]))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(250)))
    assert api.alive(), api.log()
    wait_until(lambda: database.one(BUSY) == 0)
    assert api.rows('/features?id=eq.1') == [{'id': 1, 'name': 'sauna'}]


def test_a_client_that_goes_ends_its_query(api, database):
    napping = "select count(*) from pg_stat_activity where state = 'active' and query like '%nap%' and pid <> pg_backend_pid()"
    with socket.create_connection(('127.0.0.1', api.port)) as s:
        s.sendall(b'GET /rpc/nap?seconds=100 HTTP/1.1\r\nHost: a\r\n\r\n')
        wait_until(lambda: database.one(napping) == 1)
    wait_until(lambda: database.one(napping) == 0, seconds=10)
    assert api.rows('/features?id=eq.1&select=id') == [{'id': 1}]


@pytest.mark.parametrize('n', [1, 4])
def test_slow_queries_do_not_hold_up_fast_ones(api, n):
    with concurrent.futures.ThreadPoolExecutor(n) as pool:
        slow = [pool.submit(elapsed, lambda: api.get('/rpc/nap?seconds=2')) for _ in range(n)]
        time.sleep(0.3)
        times = [elapsed(lambda: api.rows('/features?id=eq.1'))[0] for _ in range(60)]
        ends = [s.result() for s in slow]
    assert all(answer.status == 200 for _, answer in ends)
    assert statistics.median(times) < 0.1 and max(times) < 1.0, sorted(times)[-5:]


def test_more_slow_queries_than_connections(api):
    """They wait for each other, or are told to come again; nobody is lost and fast ones still get through."""
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: api.get('/rpc/nap?seconds=0.2'), range(40)))
    assert {a.status for a in answers} <= {200, 504} and [a.status for a in answers].count(200) >= 10
    assert all(a.json()['code'] == 'PGRST003' for a in answers if a.status == 504)


def test_many_requests_at_the_same_time(api):
    def ask(n):
        return api.rows(f'/numbered?id=eq.{n % 15 + 1}')[0]['id'] == n % 15 + 1
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        assert all(pool.map(ask, range(1500)))


def test_a_failing_request_does_not_touch_its_neighbours(api):
    """They travel on the same connections."""
    def ask(n):
        kind = n % 4
        if kind == 0:
            return api.get('/divided').status == 400
        if kind == 1:
            return api.get('/rpc/fail_with?state=XX000').status == 500
        if kind == 2:
            return api.get('/nobody_only', role='web_author').status == 403
        return api.rows(f'/numbered?id=eq.{n % 15 + 1}') == [{'id': n % 15 + 1}]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(600)))


@pytest.mark.parametrize('headers', [{}, {'Prefer': 'count=exact'}, {'Connection': 'close'}])
def test_a_hundred_thousand_rows_as_json(api, database, headers):
    answer = api.get('/crowd?order=id', headers)
    rows = answer.json()
    assert answer.status == 200 and len(rows) == 100000 and rows[0] == {'id': 1, 'name': 'person 1', 'note': 'b'}
    assert rows[-1]['id'] == 100000
    found = hashlib.md5('|'.join(f"{r['id']},{r['name']},{r['note']}" for r in rows).encode()).hexdigest()
    assert found == database.one("select md5(string_agg(id || ',' || name || ',' || note, '|' order by id)) from test.crowd")
    # An answer that streams begins before its last row is known, unless they are counted.
    assert answer['Content-Range'] == ('0-99999/100000' if 'Prefer' in headers else '*/*')


def test_a_hundred_thousand_rows_as_csv(api):
    answer = api.get('/crowd?order=id', accept='text/csv')
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert answer.status == 200 and rows[0] == ['id', 'name', 'note'] and len(rows) == 100001
    assert rows[-1][:2] == ['100000', 'person 100000']
    assert not answer.text.endswith('\n')


def test_an_error_in_the_middle_of_a_long_answer_is_not_taken_for_its_end(api):
    """Row 90,000 fails, long after the first ones have left: an error answer or a cut one, never a whole one."""
    for headers in ({}, {'Accept': 'text/csv'}, {'Prefer': 'count=exact'}):
        try:
            answer = api.get('/broken_late', headers)
        except (http.client.IncompleteRead, ConnectionResetError):
            continue
        error(answer, 400, '22012')
    assert api.get('/features?id=eq.1').status == 200


def test_slow_readers_of_long_answers_hold_up_nobody(api, database):
    """Eight clients that do not read; a ninth gets its answers."""
    idle = [socket.create_connection(('127.0.0.1', api.port)) for _ in range(8)]
    try:
        for s in idle:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.sendall(b'GET /crowd?select=*,a:note,b:note,c:note&order=id HTTP/1.1\r\nHost: a\r\n\r\n')
        time.sleep(0.5)
        times = [elapsed(lambda: api.rows('/features?id=eq.1'))[0] for _ in range(30)]
        assert statistics.median(times) < 0.2 and max(times) < 2.0, sorted(times)[-5:]
    finally:
        for s in idle:
            s.close()
    wait_until(lambda: database.one(BUSY) == 0)


def rss(pid):
    with open(f'/proc/{pid}/status') as f:
        return {line.split(':')[0]: int(line.split()[1]) for line in f if line.startswith(('VmRSS', 'VmHWM'))}


@pytest.mark.skipif(not RELEASE or not os.path.exists(RELEASE), reason='the program as it is shipped is not built')
def test_memory_stays_flat_while_answers_stream(rest):
    """Measured on the program without sanitizers, which keep freed memory for a while."""
    server = rest(program=RELEASE)
    for _ in range(3):
        assert len(server.rows('/crowd?limit=500')) == 500
    before = rss(server.process.pid)['VmHWM']
    wide = '/crowd?select=id,' + ','.join(f'c{n}:name,n{n}:note' for n in range(8)) + '&order=id'
    answer = server.get(wide)
    size = len(answer.body)
    assert size > 30_000_000 and len(answer.json()) == 100000
    for accept in ('text/csv', 'application/json'):
        with socket.create_connection(('127.0.0.1', server.port), timeout=60) as s:
            s.sendall(f'GET {wide} HTTP/1.1\r\nHost: a\r\nAccept: {accept}\r\nConnection: close\r\n\r\n'.encode())
            time.sleep(1)  # a client that is not in a hurry
            while s.recv(1 << 20):
                pass
    grown = (rss(server.process.pid)['VmHWM'] - before) * 1024
    assert grown < 24_000_000, f'{grown} bytes for answers of {size}'


def test_memory_does_not_grow_with_requests(rest):
    if not RELEASE or not os.path.exists(RELEASE):
        pytest.skip('the program as it is shipped is not built')
    server = rest(program=RELEASE)

    def ask(n):
        server.get(f'/numbered?id=eq.{n % 15}')
        server.get(f'/homes?select=id,a{n % 50}:title', bearer('web_author', n=n))
        server.get(f'/homes?id=bad{n}')

    for n in range(400):
        ask(n)
    before = rss(server.process.pid)['VmRSS']
    for n in range(1200):
        ask(n)
    assert rss(server.process.pid)['VmRSS'] - before < 8000
