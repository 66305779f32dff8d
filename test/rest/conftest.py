"""Fixtures for the tests of the REST dialect: one database with fixtures/*.sql, and `plat rest` in front of it.

Everything is made once for the whole run. A test that writes sends `Prefer: tx=rollback`, or uses rows of its own.
"""
import os, pathlib, shutil, subprocess, tempfile

import pytest

from restkit import HERE, PLAT, SECRET, Database, Plat, Server

FIRST = ['roles', 'schema', 'rpc', 'write', 'data']  # then the others, by name
SETTINGS = {
    'PGRST_DB_SCHEMAS': 'test', 'PGRST_DB_ANON_ROLE': 'web_anon', 'PGRST_JWT_SECRET': SECRET,
    'PGRST_DB_TX_END': 'commit-allow-override', 'PGRST_DB_AGGREGATES_ENABLED': 'true', 'PGRST_DB_PLAN_ENABLED': 'true',
}


def fixture_files():
    files = {f.stem: f for f in sorted((HERE / 'fixtures').glob('*.sql'))}
    return [files.pop(name) for name in FIRST if name in files] + list(files.values())


def load(database, files):
    command = ['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', database.url, *(f'--file={f}' for f in files)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope='session')
def database():
    """Superuser access to the database behind the servers."""
    db = Database.make('rest')
    load(db, fixture_files())
    db.query('analyze')
    return db


@pytest.fixture(scope='session')
def rest(database):
    """rest(PGRST_X=…) answers a server with these settings over SETTINGS; None takes one away. Same settings, same server.

    Arguments by position go on the command line; program is another one than that with sanitizers.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix='plat-'))
    folder.chmod(0o755)
    plat, servers = Plat(folder), {}

    def start(*arguments, program=PLAT, **settings):
        key = (arguments, program, *sorted(settings.items()))
        if key not in servers:
            servers[key] = Server(plat, database, {'PGRST_DB_URI': login_url(database)} | SETTINGS | settings, arguments, program)
        return servers[key]

    yield start
    try:
        for server in servers.values():
            server.stop()
    finally:
        plat.close()
        shutil.rmtree(folder, ignore_errors=True)


def login_url(database):
    """As the login that the servers use."""
    return f"{database.url} user='web_login' application_name='plat-rest-test'"


@pytest.fixture(scope='session')
def api(rest):
    """The server that most tests ask."""
    return rest()


@pytest.fixture(scope='session')
def plain(rest):
    """Without what is off by default, and with a limit of three rows."""
    return rest(PGRST_DB_AGGREGATES_ENABLED=None, PGRST_DB_PLAN_ENABLED=None, PGRST_DB_TX_END=None, PGRST_DB_MAX_ROWS='3')


@pytest.fixture(scope='session')
def profiles(rest):
    """Several schemas, v1 the default, and the settings of headers."""
    return rest(PGRST_DB_SCHEMAS='v1,v2,test,odd "schema"', PGRST_DB_TX_END='rollback-allow-override',
                PGRST_URL_USE_LEGACY_TARGET_NAMES='false', PGRST_SERVER_TIMING_ENABLED='true', PGRST_SERVER_TRACE_HEADER='X-Request-Id',
                PGRST_SERVER_CORS_ALLOWED_ORIGINS='http://one.test, http://two.test', PGRST_OPENAPI_MODE='ignore-privileges',
                PGRST_OPENAPI_SECURITY_ACTIVE='true', PGRST_OPENAPI_SERVER_PROXY_URI='https://api.example.com/base')


@pytest.fixture(scope='session')
def told(rest):
    """A function before each request, one at the root, settings of the application; nothing is kept."""
    return rest(PGRST_DB_PRE_REQUEST='test.before_request', PGRST_DB_ROOT_SPEC='root', PGRST_DB_PRE_CONFIG='public.pre_config',
                PGRST_APP_SETTINGS_COLOUR='green', PGRST_DB_TX_END='rollback',
                PGRST_DB_EXTRA_SEARCH_PATH='public, hidden', PGRST_CLIENT_ERROR_VERBOSITY='minimal')


@pytest.fixture(autouse=True)
def survives(request):
    """No test may end a server: the next ones would only see the consequence."""
    yield
    for server in {'api', 'plain', 'profiles', 'told'} & set(request.fixturenames):
        server = request.getfixturevalue(server)
        assert server.alive(), f'plat rest ended with {server.process.returncode}:\n{server.log()}'
