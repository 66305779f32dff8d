"""plat rest while PostgreSQL is away: at the start, in between, and when it comes back."""
import os, pathlib, pwd, shutil, signal, subprocess, tempfile

import pytest

from restkit import Server, elapsed, error, wait_until

AWAY = 'Database connection error. Retrying the connection.'
UNREAD = 'Could not query the database for the schema cache. Retrying.'


class Postgres:
    """A cluster of the test's own, to be started and stopped."""

    def __init__(self):
        self.bin = pathlib.Path(os.environ.get('PG_BINDIR') or pathlib.Path(shutil.which('initdb')).resolve().parent)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='plat-pg-', dir='/tmp'))
        self.folder.chmod(0o755)
        self.who, self.server = {}, None
        if os.getuid() == 0:
            user = pwd.getpwnam('postgres')
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.who = {'user': user.pw_uid, 'group': user.pw_gid, 'extra_groups': []}
        self.env = {k: v for k, v in os.environ.items() if not k.startswith('PG')} | {'LC_ALL': 'C.UTF-8'}
        self.run('initdb', '-D', self.folder / 'data', '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-instructions')
        self.uri = f'host={self.folder} user=postgres dbname=postgres'

    def run(self, program, *arguments):
        done = subprocess.run([self.bin / program, *arguments], env=self.env, cwd=self.folder, capture_output=True, text=True, **self.who)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self):
        log = open(self.folder / 'log', 'ab')
        self.server = subprocess.Popen([self.bin / 'postgres', '-D', self.folder / 'data', '-k', self.folder, '--listen_addresses=',
                                        '--fsync=off', '--max_connections=30', '--shared_buffers=8MB'],
                                       env=self.env, cwd=self.folder, stdout=log, stderr=log, **self.who)
        wait_until(lambda: subprocess.run([self.bin / 'pg_isready', '-q', '-h', self.folder], env=self.env).returncode == 0)

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(30)
        self.server = None

    def sql(self, text):
        return self.run('psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', self.folder, '-U', 'postgres', '-c', text)


@pytest.fixture
def postgres():
    cluster = Postgres()
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.folder)


@pytest.fixture
def start(rest, database, postgres):
    """Servers before that cluster; the table notes is theirs."""
    servers = []

    def one(**settings):
        env = {'PGRST_DB_URI': postgres.uri, 'PGRST_DB_ANON_ROLE': 'postgres', 'PGRST_SERVER_TIMING_ENABLED': 'true'}
        servers.append(Server(rest().plat, database, env | settings, wait=False))
        return servers[-1]

    yield one
    for server in servers:
        if server.alive():
            server.stop()


def ready(server):
    try:
        return server.admin.get('/ready').status
    except OSError:
        return None


def unread(answer):
    error(answer, 503, 'PGRST002', UNREAD, None, None)
    assert 1 <= int(answer['Retry-After']) <= 32, repr(answer)


def test_postgresql_comes_later_than_plat(start, postgres):
    server = start()
    wait_until(lambda: ready(server) == 503)
    assert server.admin.get('/live').status == 200
    wait_until(lambda: server.get('/notes').status == 503)
    for path in ('/notes', '/', '/rpc/f', '/nosuch/at/all'):
        took, answer = elapsed(lambda: server.get(path, {'Origin': 'http://a.test'}))
        unread(answer)
        assert took < 3 and answer['Access-Control-Allow-Origin'] == '*' and 'Server-Timing' in answer.headers
    postgres.start()
    postgres.sql("create table notes (id int primary key); insert into notes values (1)")
    wait_until(lambda: ready(server) == 200)
    assert server.rows('/notes') == [{'id': 1}]


def test_a_request_that_comes_early_is_answered_with_the_rest(start, postgres):
    postgres.start()
    postgres.sql("create table notes (id int primary key); insert into notes values (1)")
    server = start()

    def asked():
        try:
            return server.get('/notes')
        except ConnectionRefusedError:
            return None
    assert wait_until(asked).json() == [{'id': 1}]


def test_postgresql_goes_and_comes_back(start, postgres):
    postgres.start()
    postgres.sql("create table notes (id int primary key); insert into notes values (1)")
    server = start()
    wait_until(lambda: ready(server) == 200)
    assert server.rows('/notes') == [{'id': 1}]
    postgres.stop()
    wait_until(lambda: ready(server) == 503)
    assert server.admin.get('/live').status == 200
    wait_until(lambda: elapsed(lambda: server.get('/notes'))[0] < 1)
    for answer in (server.get('/notes'), server.post('/notes', {'id': 2}), server.patch('/notes?id=eq.1', {'id': 3})):
        error(answer, 503, 'PGRST000', AWAY, None, None)
        assert answer['Retry-After'] == '1' and 'Server-Timing' in answer.headers
    assert server.get('/nosuch').status == 404  # the catalogue as it was
    batch = {'requests': [{'id': 'a', 'method': 'GET', 'path': '/notes'}]}
    error(server.post('/$batch', batch), 503, 'PGRST000', AWAY, None, None)
    postgres.start()
    wait_until(lambda: ready(server) == 200)
    assert server.rows('/notes') == [{'id': 1}]  # nothing of what was refused was done
    assert server.post('/notes', {'id': 2}).status == 201


def test_what_changed_meanwhile_is_seen(start, postgres):
    postgres.start()
    server = start()
    wait_until(lambda: ready(server) == 200)
    assert server.get('/notes').status == 404
    postgres.stop()
    wait_until(lambda: ready(server) == 503)
    postgres.start()
    postgres.sql('create table notes (id int primary key)')  # without NOTIFY
    wait_until(lambda: server.get('/notes').status == 200)


def test_a_wrong_database_is_told_and_tried_again(start, postgres):
    postgres.start()
    server = start(PGRST_DB_URI=postgres.uri.replace('dbname=postgres', 'dbname=later'))
    wait_until(lambda: ready(server) == 503 and 'database \\"later\\" does not exist' in server.log())
    wait_until(lambda: server.get('/notes').status == 503)
    unread(server.get('/notes'))
    postgres.sql('create database later')
    wait_until(lambda: ready(server) == 200)


def test_errors_stay_short_where_that_is_wanted(start):
    server = start(PGRST_CLIENT_ERROR_VERBOSITY='minimal')
    wait_until(lambda: ready(server) == 503)
    wait_until(lambda: server.get('/notes').status == 503)
    assert server.get('/notes').json() == {'code': 'PGRST002', 'message': UNREAD}


def test_it_stops_while_it_waits(start):
    server = start()
    wait_until(lambda: ready(server) == 503)
    took, code = elapsed(lambda: server.plat.stop(server.process))
    assert code == 0 and took < 10
    server.stop = lambda: None


def test_without_recovery_the_program_ends_when_postgresql_is_gone(start, postgres):
    postgres.start()
    server = start(PGRST_DB_POOL_AUTOMATIC_RECOVERY='false')
    wait_until(lambda: ready(server) == 200)
    postgres.stop()
    assert wait_until(lambda: server.process.poll()) == 1
    assert 'the database is gone, and db-pool-automatic-recovery is false' in server.log()


def test_connections_that_nobody_needs_are_closed(start, postgres):
    postgres.start()
    postgres.sql('create table notes (id int primary key)')
    server = start(PGRST_DB_POOL_MAX_IDLETIME='1')
    wait_until(lambda: ready(server) == 200)
    assert server.get('/notes').status == 200
    mine = "select count(*) from pg_stat_activity where application_name = 'plat rest' and query !~* 'listen'"
    wait_until(lambda: postgres.sql(mine).strip() == '0')
    assert ready(server) == 200 and server.get('/notes').status == 200
