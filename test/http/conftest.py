"""Fixtures for tests of the whole program against a real PostgreSQL.

PLAT_BIN is the program under test, PLAT_TEST_DATABASE_URL a server to make databases on (tools/run-tests sets both).
"""
import contextlib, http.client, itertools, json, os, pathlib, shutil, signal, socket, subprocess, tempfile, time

import psycopg2
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PLAT = os.environ['PLAT_BIN']
RELEASE = os.environ.get('PLAT_RELEASE_BIN', PLAT)  # for what is only there for the test: a feed, a template
SERVER = os.environ['PLAT_TEST_DATABASE_URL']
MEMORY = os.environ.get('PLAT_TEST_MEMORY')  # a folder in memory, where there is one
numbers = itertools.count(1)


# Ports of this run of pytest alone, below those that the system gives to outgoing connections: nobody takes one between here and the
# server that is to listen on it.
PORTS = int(os.environ.get('PLAT_TEST_PORTS', 12000 + os.getpid() % 8 * 1000))
ports = itertools.cycle(range(PORTS, PORTS + 1000))


def free_port():
    while True:
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(('127.0.0.1', port := next(ports)))
            return port


def url_of(name):
    """The server's URL with another database."""
    parts = psycopg2.extensions.parse_dsn(SERVER) | {'dbname': name}
    return ' '.join(f"{k}='{v}'" for k, v in parts.items())


def wait_until(what, seconds=30, every=0.05):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(every)
    raise AssertionError(f'did not happen within {seconds} s: {what.__name__}')


class Database:
    """One database; rows come back as lists of tuples."""

    def __init__(self, name):
        self.name, self.url = name, url_of(name)

    @classmethod
    def make(cls, prefix, template=None):
        """A new one with a name of its own. Who makes it drops it: a thousand of them are a load by themselves."""
        db = cls(f'{prefix}_{os.getpid()}_{next(numbers)}')
        cls('postgres').query(f'create database {db.name}' + (f' template {template.name} strategy file_copy' if template else ''))
        return db

    def drop(self):
        Database('postgres').query(f'drop database if exists {self.name} with (force)')

    def query(self, sql, *params):
        with contextlib.closing(psycopg2.connect(self.url)) as c:
            c.autocommit = True
            with c.cursor() as cursor:
                cursor.execute(sql, params or None)
                return cursor.fetchall() if cursor.description else []

    def one(self, sql, *params):
        return self.query(sql, *params)[0][0]


class Plat:
    """Runs the program with a data directory of its own."""

    def __init__(self, data, database=None):
        self.data = data
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(('PG', 'PLAT_', 'DATABASE_URL'))}
        self.env |= {'PLAT_DATA': str(data)}
        self.processes = []
        if database:
            self.env['DATABASE_URL'] = database.url

    def run(self, *args, env=None, text=None, timeout=60, program=PLAT):
        return subprocess.run([program, *map(str, args)], env=self.env | (env or {}), input=text, capture_output=True, text=True,
                              timeout=timeout, cwd=ROOT)

    def ok(self, *args, **more):
        r = self.run(*args, **more)
        assert r.returncode == 0, f'plat {args} failed:\n{r.stdout}\n{r.stderr}'
        return r.stdout

    def start(self, *args, env=None, program=PLAT):
        log = tempfile.TemporaryFile('w+')
        p = subprocess.Popen([program, *map(str, args)], env=self.env | (env or {}), stdout=log, stderr=log, cwd=ROOT,
                             stdin=subprocess.DEVNULL)
        p.log = log
        self.processes.append(p)
        return p

    def said(self, process):
        process.log.seek(0)
        return process.log.read()

    def stop(self, process, sig=signal.SIGTERM, timeout=30):
        if process.poll() is None:
            process.send_signal(sig)
        code = process.wait(timeout)
        if process in self.processes:
            self.processes.remove(process)
        return code

    def close(self):
        for p in list(self.processes):
            try:
                self.stop(p, timeout=20)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()


def get(port, path, method='GET', headers=None, body=None, timeout=30):
    """(status, headers, text) of one request."""
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=timeout)
    try:
        c.request(method, path, body=body, headers=headers or {})
        r = c.getresponse()
        return r.status, r.headers, r.read().decode()
    finally:
        c.close()


def answers(port, path='/live'):
    def is_up():
        try:
            return get(port, path)[0] == 200
        except OSError:
            return False
    return is_up


@pytest.fixture
def data(request):
    """A data directory that another user can reach, with a path short enough for a socket."""
    # Clusters that plat makes are in memory: their files take longer than all else.
    path = pathlib.Path(tempfile.mkdtemp(prefix='plat-', dir=MEMORY if 'own_plat' in request.fixturenames else None))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope='session')
def template():
    """A migrated database that the others are copied from."""
    db = Database.make('template')
    with tempfile.TemporaryDirectory() as folder:
        Plat(folder, db).ok('migrate', timeout=120, program=RELEASE)
    return db


@pytest.fixture
def empty_database():
    db = Database.make('empty')
    yield db
    db.drop()


@pytest.fixture
def database(template):
    db = Database.make('test', template)
    yield db
    db.drop()


@pytest.fixture
def plat(data, database):
    p = Plat(data, database)
    yield p
    p.close()


@pytest.fixture
def own_plat(data):
    """Without DATABASE_URL: plat runs its own PostgreSQL."""
    p = Plat(data)
    yield p
    p.close()


@pytest.fixture
def serve(plat):
    """Starts plat serve; answers its port."""
    def start(*args):
        port = free_port()
        process = plat.start('serve', '--listen', f'127.0.0.1:{port}', *args)
        wait_until(answers(port))
        start.process = process
        return port
    return start


def rows_of(text):
    return json.loads(text)['value']
