"""plat rest as a program: where it listens, its admin port, its pool and its log, limits of answers."""
import contextlib, http.client, pathlib, shutil, signal, socket, stat, tempfile

import pytest

from conftest import login_url
from restkit import Api, Server, error, free_port, wait_until


@pytest.fixture
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix='plat-'))
    yield path
    shutil.rmtree(path)


@contextlib.contextmanager
def running(rest, database, wait=True, uri=None, **settings):
    """A server of the test's own."""
    env = {'PGRST_DB_URI': uri or login_url(database), 'PGRST_DB_SCHEMAS': 'test', 'PGRST_DB_ANON_ROLE': 'web_anon'}
    server = Server(rest().plat, database, env | settings, wait=wait)
    try:
        yield server
    finally:
        server.stop()


class Unix(Api):
    """Requests over a Unix socket."""

    def __init__(self, path):
        super().__init__(0)
        self.path = path

    def _one(self, c, method, path, head, body):
        c = http.client.HTTPConnection('unix', timeout=30)
        c.sock = socket.socket(socket.AF_UNIX)
        c.sock.connect(str(self.path))
        with contextlib.closing(c):
            return super()._one(c, method, path, [*head, ('Connection', 'close')], body)


def refuses(port, family=socket.AF_INET, host='127.0.0.1'):
    with socket.socket(family) as s:
        return s.connect_ex((host, port)) != 0


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(('::1', 0))
            return True
    except OSError:
        return False


# Where it listens

def test_unix_sockets_of_both_servers(rest, database, folder):
    main, admin = folder / 'main', folder / 'admin'
    with socket.socket(socket.AF_UNIX) as s:  # left behind by one that was killed
        s.bind(str(main))
    settings = {'PGRST_SERVER_UNIX_SOCKET': str(main), 'PGRST_SERVER_UNIX_SOCKET_MODE': '777',
                'PGRST_ADMIN_SERVER_UNIX_SOCKET': str(admin), 'PGRST_ADMIN_SERVER_PORT': None}
    with running(rest, database, wait=False, **settings) as server:
        wait_until(admin.exists)
        wait_until(lambda: Unix(admin).get('/ready').status == 200)
        assert Unix(main).rows('/features?id=eq.1&select=id') == [{'id': 1}]
        assert (stat.S_IMODE(main.stat().st_mode), stat.S_IMODE(admin.stat().st_mode)) == (0o777, 0o660)
        assert refuses(server.port) and refuses(server.admin_port)
        main.unlink()
        assert [Unix(admin).get(path).status for path in ('/live', '/ready')] == [500, 500]
    assert not admin.exists()


@pytest.mark.parametrize('host, four, six', [('!4', True, False), ('*', True, True), ('*4', True, True), ('*6', True, True), ('!6', False, True)])
def test_any_address(rest, database, host, four, six):
    if not has_ipv6() and six:
        pytest.skip('this machine has no IPv6')
    with running(rest, database, wait=False, PGRST_SERVER_HOST=host) as server:
        families = (socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')
        wait_until(lambda: not all(refuses(server.port, *f) for f in families))
        assert [not refuses(server.port, *f) for f in families] == [four, six and has_ipv6()]
        assert [not refuses(server.admin_port, *f) for f in families] == [four, six and has_ipv6()]


@pytest.mark.parametrize('settings, words', [
    ({'PGRST_SERVER_UNIX_SOCKET': '/no/such/folder/s'}, 'server-unix-socket'),
    ({'PGRST_ADMIN_SERVER_UNIX_SOCKET': '/no/such/folder/s'}, 'admin server'),
    ({'PGRST_SERVER_HOST': '192.0.2.1'}, 'server-host'),
])
def test_what_cannot_be_listened_on_is_one_sentence(rest, settings, words):
    done = rest().plat.run('rest', env={'PGRST_DB_URI': 'postgresql://nowhere.invalid', 'PGRST_SERVER_PORT': str(free_port())} | settings)
    assert done.returncode == 1
    sentence, = [line for line in done.stderr.splitlines() if line.startswith('plat rest: ')]
    assert words in sentence and 'cannot listen on' in sentence


def test_a_port_that_is_taken(rest, api):
    done = rest().plat.run('rest', env={'PGRST_DB_URI': 'postgresql://', 'PGRST_SERVER_HOST': '127.0.0.1', 'PGRST_SERVER_PORT': str(api.port)})
    assert done.returncode == 1 and 'Address already in use' in done.stderr


# The admin port

def test_the_settings_on_the_admin_port(api):
    answer = api.admin.get('/config')
    assert answer.status == 200 and answer['Content-Type'] == 'text/plain; charset=utf-8'
    lines = dict(line.split(' = ', 1) for line in answer.text.splitlines())
    assert lines['db-schemas'] == '"test"' and lines['db-anon-role'] == '"web_anon"' and lines['db-tx-end'] == '"commit-allow-override"'
    assert lines['server-port'] == str(api.port) and lines['jwt-secret'] == '"***"'
    assert api.admin.post('/config', {}).status == 404


def test_the_admin_port_says_that_nobody_should_come_any_more(rest, database):
    with running(rest, database) as server, socket.create_connection(('127.0.0.1', server.port)) as s:
        s.sendall(b'GET /rpc/nap?seconds=1.5 HTTP/1.1\r\nHost: x\r\n\r\n')
        wait_until(lambda: database.one("select count(*) from pg_stat_activity where query like '%\"nap\"%' and state = 'active'"
                                        " and pid <> pg_backend_pid()"))
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: refuses(server.port))
        assert [server.admin.get(path).status for path in ('/live', '/ready')] == [500, 500]
        assert b'200 OK' in s.recv(1000)
        wait_until(lambda: not server.alive())
        server.stop = lambda: None
    assert server.process.returncode == 0


# The pool

def connections(database, name):
    return database.one('select count(*) from pg_stat_activity where application_name = %s and datname = %s', name, database.name)


def test_a_pool_of_one(rest, database):
    uri = login_url(database).replace('plat-rest-test', 'pool-of-one')
    with running(rest, database, uri=uri, PGRST_DB_POOL='1', PGRST_DB_TX_END='commit-allow-override') as server:
        assert server.rows('/features?id=eq.1&select=id') == [{'id': 1}]
        assert len(server.rows('/many_rows?select=id')) == 20000  # a stream, on a connection of its own
        batch = {'requests': [{'id': 'a', 'method': 'GET', 'path': '/features?id=eq.1&select=id'}]}
        assert server.post('/$batch', batch).json()['responses'][0]['body'] == [{'id': 1}]
        assert connections(database, 'pool-of-one') <= 3  # shared, lent, and the one that listens


def test_a_pool_that_is_taken(rest, database):
    """The second long answer waits for the first; beyond db-pool-acquisition-timeout it is refused."""
    uri = login_url(database).replace('plat-rest-test', 'pool-taken')
    with running(rest, database, uri=uri, PGRST_DB_POOL='2', PGRST_DB_POOL_ACQUISITION_TIMEOUT='1') as server, \
            socket.create_connection(('127.0.0.1', server.port)) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.sendall(b'GET /crowd?select=*,a:name,b:name,c:name,d:name HTTP/1.1\r\nHost: x\r\n\r\n')
        assert s.recv(12) == b'HTTP/1.1 200'  # and read no further
        answer = server.get('/many_rows')
        error(answer, 504, 'PGRST003', 'Timed out acquiring connection from connection pool.')


def test_the_name_of_the_application(rest, database):
    with running(rest, database, uri=f"{database.url} user='web_login'") as server:
        assert server.rows('/features?id=eq.1&select=id') == [{'id': 1}]
        assert connections(database, 'plat rest') >= 1


@pytest.mark.parametrize('style', ['German', 'SQL, DMY', 'Postgres, MDY'])
def test_times_are_those_of_json_however_the_login_is_set(rest, database, style):
    with running(rest, database, uri=f"{login_url(database)} options='-c datestyle={style.replace(' ', '')} -c timezone=UTC'") as server:
        assert server.rows('/moments?id=eq.1') == [{'id': 1, 'at': '2024-07-01T12:00:00+00:00'}]
        wanted = [] if 'MDY' in style else [{'id': 1}]  # the order of day and month stays
        assert server.rows('/moments?select=id&and=(at.gte.01/07/2024,at.lt.02/07/2024)') == wanted


# The log

@pytest.mark.parametrize('level, statuses', [('crit', []), ('error', [500]), ('warn', [404, 500]), ('info', [200, 404, 500])])
def test_the_log_level_says_which_answers_are_logged(rest, database, level, statuses):
    with running(rest, database, PGRST_LOG_LEVEL=level) as server:
        assert server.get('/features?id=eq.1').status == 200
        assert server.get('/nosuch').status == 404
        assert server.post('/rpc/fail_assert', {}).status == 500
    lines = [line for line in server.plat.said(server.process).splitlines() if '"event":"http.request"' in line]
    assert [status for status in (200, 404, 500) if any(f'"status":{status},' in line for line in lines)] == statuses


def test_the_statements_of_what_is_logged(rest, database):
    with running(rest, database, PGRST_LOG_LEVEL='info', PGRST_LOG_QUERY='true') as server:
        server.get('/features?id=eq.4711')
        line, = [line for line in server.log().splitlines() if 'rest.query' in line]
        assert 'features' in line and 'select' in line and '4711' not in line
    with running(rest, database, PGRST_LOG_LEVEL='warn', PGRST_LOG_QUERY='true') as server:
        server.get('/features?id=eq.1')
        assert 'rest.query' not in server.log()
    with running(rest, database, PGRST_LOG_LEVEL='info') as server:
        server.get('/features?id=eq.1')
        assert 'rest.query' not in server.log()


def test_a_schema_that_is_missing_is_one_sentence(rest, database):
    with running(rest, database, wait=False, PGRST_DB_SCHEMAS='test, nowhere') as server:
        wait_until(lambda: 'db-schemas: there is no schema \\"nowhere\\"' in server.log())
        assert server.admin.get('/ready').status == 503


# Limits of answers

@pytest.fixture(scope='module')
def narrow(rest):
    return rest(PLAT_REST_MAX_RESPONSE_BYTES='5000')


def test_an_answer_that_is_too_large(narrow):
    assert len(narrow.get('/many_rows?limit=50').body) < 5000
    found = error(narrow.get('/many_rows?limit=500'), 400, 'PLAT004', 'The answer is larger than 5000 bytes',
                  hint='Ask for fewer rows or columns')
    assert found['details'].startswith('It has ')
    assert narrow.get('/many_rows?limit=500')['Content-Range'] is None
    assert narrow.get('/many_rows?limit=500', accept='text/csv').status == 400
    assert [narrow.post('/rpc/count_to', {'n': n}).status for n in (900, 999)] == [200, 200]
    assert narrow.post('/rpc/labels', {'n': 900}).status == 400


def test_an_answer_that_is_too_large_while_it_streams(narrow):
    with socket.create_connection(('127.0.0.1', narrow.port)) as s:
        s.sendall(b'GET /many_rows HTTP/1.1\r\nHost: x\r\n\r\n')
        s.settimeout(20)
        answer = b''
        with contextlib.suppress(ConnectionResetError):
            while piece := s.recv(65536):
                answer += piece
    assert answer.startswith(b'HTTP/1.1 200') and not answer.endswith(b'0\r\n\r\n') and len(answer) < 50000
    assert narrow.get('/features?id=eq.1').status == 200


def test_a_large_answer_to_a_write_goes_out(narrow):
    parts = [{'id': 1000 + n, 'name': f'{n:0100}'} for n in range(100)]
    answer = narrow.post('/parts?select=id,name', parts, prefer='return=representation, tx=rollback')
    assert answer.status == 201 and answer.json() == parts


def test_a_large_answer_in_a_batch(narrow):
    answer = narrow.post('/$batch', {'requests': [{'id': 'big', 'method': 'GET', 'path': '/many_rows?limit=500'}]})
    assert answer.status == 400 and answer.json()['code'] == 'PLAT004' and answer.json()['request'] == 'big', repr(answer)


# Time zones

def test_time_zones_may_be_switched_off(rest):
    server = rest(PGRST_DB_TIMEZONE_ENABLED='false')
    answer = server.get('/moments?select=at&id=eq.1', prefer='timezone=Asia/Tokyo, count=exact')
    assert answer.json() == [{'at': '2024-07-01T12:00:00+00:00'}] and answer['Preference-Applied'] == 'count=exact'
    error(server.get('/moments', prefer='handling=strict, timezone=Asia/Tokyo'), 400, 'PGRST122',
          'Invalid preferences given with handling=strict', 'Invalid preferences: timezone=Asia/Tokyo', None)


@pytest.mark.parametrize('limit, megabytes, status', [('0', 20, 201), ('1MB', 1.1, 413), ('1MB', 0.9, 201), ('30MB', 20, 201)])
def test_bodies_of_every_size(rest, limit, megabytes, status):
    server = rest(PLAT_REST_MAX_BODY_BYTES=limit)
    body = '{"id":900000,"name":"large","more":"' + 'x' * int(megabytes * 1024 * 1024) + '"}'
    answer = server.post('/parts?columns=id,name', body=body, headers={'Content-Type': 'application/json', 'Prefer': 'tx=rollback'})
    assert answer.status == status, repr(answer)
    if status == 413:
        assert answer.json()['code'] == 'PGRST102' and 'larger than' in answer.json()['message']
