"""Schema cache, configuration, signals, the admin port (rest-dialect 1.12)."""
import collections, concurrent.futures, json, re, signal, socket, tempfile, threading, time

import pytest

from restkit import Api, Server, bearer, error, wait_until

OURS = "from pg_stat_activity where application_name = 'plat-rest-test' and datname = current_database()"


@pytest.fixture
def table(database):
    """A table that comes and goes; nobody's cache knows it."""
    name = f'coming_{time.monotonic_ns()}'
    database.query(f'create table test.{name} (id integer primary key, home_id integer references test.homes)')
    database.query(f'insert into test.{name} values (1, 1)')
    yield name
    database.query(f'drop table if exists test.{name} cascade')


def test_a_new_table_by_notification(api, table):
    error(api.get(f'/{table}'), 404, 'PGRST205')
    api.notify('reload schema')
    wait_until(lambda: api.get(f'/{table}').status == 200)
    assert api.rows(f'/{table}?select=id,homes(title)') == [{'id': 1, 'homes': {'title': 'Red cottage'}}]
    assert api.rows(f'/homes?select=id,{table}(id)&id=eq.1') == [{'id': 1, table: [{'id': 1}]}]


def test_a_new_table_by_signal(api, table):
    assert api.get(f'/{table}').status == 404
    api.process.send_signal(signal.SIGUSR1)
    wait_until(lambda: api.get(f'/{table}').status == 200)


def test_a_bare_notification_reloads_everything(api, table):
    api.notify('')
    wait_until(lambda: api.get(f'/{table}').status == 200)


def test_an_unknown_notification_does_no_harm(api):
    for payload in ('nonsense', 'reload', 'reload schema ', 'RELOAD SCHEMA', 'x' * 5000):
        api.notify(payload)
    assert api.get('/features').status == 200


def test_what_went_away(api, database, table):
    api.reload(lambda: api.get(f'/{table}').status == 200)
    database.query(f'drop table test.{table}')
    answer = api.get(f'/{table}')
    assert answer.status == 404 and answer.json()['code'] in ('42P01', 'PGRST205')
    api.reload(lambda: api.get(f'/{table}').json()['code'] == 'PGRST205')


def test_a_column_more_and_less_under_prepared_statements(api, database, table):
    """What was prepared for a table of other columns must not answer with an error."""
    api.reload(lambda: api.get(f'/{table}').status == 200)
    assert api.rows(f'/{table}?id=eq.1') == [{'id': 1, 'home_id': 1}]
    database.query(f"alter table test.{table} add word text default 'new'")
    api.reload(lambda: 'word' in api.rows(f'/{table}')[0])
    assert api.rows(f'/{table}?id=eq.1') == [{'id': 1, 'home_id': 1, 'word': 'new'}]
    database.query(f'alter table test.{table} drop column home_id')
    api.reload(lambda: 'home_id' not in api.get(f'/{table}').text and api.get(f'/{table}').status == 200)
    database.query(f'alter table test.{table} alter word drop default, alter word type integer using 5')
    api.reload(lambda: api.get(f'/{table}').text == '[{"id":1,"word":5}]')
    for _ in range(20):
        assert api.rows(f'/{table}?id=eq.1') == [{'id': 1, 'word': 5}]


@pytest.mark.parametrize('way', ['notify', 'signal'])
def test_configuration_in_the_database(api, database, way):
    def reload():
        if way == 'notify':
            api.notify('reload config')
        else:
            api.process.send_signal(signal.SIGUSR2)

    try:
        database.query(f"alter role web_login in database {database.name} set pgrst.db_max_rows = '2'")
        assert len(api.rows('/numbered')) == 15
        reload()
        wait_until(lambda: len(api.rows('/numbered')) == 2)
    finally:
        database.query(f'alter role web_login in database {database.name} reset pgrst.db_max_rows')
        reload()
    wait_until(lambda: len(api.rows('/numbered')) == 15)


def test_a_function_of_configuration(told):
    assert len(told.rows('/numbered')) == 4


def test_a_configuration_file(rest):
    with tempfile.NamedTemporaryFile('w', suffix='.conf') as file:
        file.write('# a comment\ndb-schemas = "v2,v1"\ndb-max-rows = 1\n\nserver-trace-header = "X-Trace"\n'
                   'app.settings.colour = "blue"\ndb-tx-end = "rollback"\n')
        file.flush()
        server = rest(file.name, PGRST_DB_SCHEMAS=None)
    assert server.rows('/parents?order=id') == [{'id': 1, 'name': 'v2 parent'}]
    assert server.get('/parents', {'X-Trace': 'abc'})['X-Trace'] == 'abc'
    # The environment goes before the file.
    assert server.post('/extras', {'id': 3}, prefer='tx=rollback')['Preference-Applied'] == 'tx=rollback'


def test_storms_of_reloads_lose_no_request(api, database):
    """Requests of many shapes run while the cache is read again and again, and the schema changes."""
    stop, failed, done = threading.Event(), [], [0]

    def ask(n):
        paths = ['/features?id=eq.1', '/homes?select=id,visits(id)&id=eq.1', '/agents?select=name,agencies(name)&id=eq.1',
                 '/rpc/homes_above?lowest=0&select=id', '/diaries?select=id']
        while not stop.is_set():
            path = paths[done[0] % len(paths)]
            answer = api.get(path, bearer('web_author', sub='ann') if 'diaries' in path else {})
            done[0] += 1
            if answer.status != 200:
                failed.append(repr(answer))

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(ask, n) for n in range(6)]
        try:
            for n in range(30):
                database.query(f"create table test.storm_{n} (id integer primary key, home_id integer references test.homes)")
                for _ in range(3):
                    api.notify('reload schema')
                if n % 5 == 0:
                    api.notify('reload config')
                    api.process.send_signal(signal.SIGUSR1)
                time.sleep(0.02 if n % 3 else 0.2)
        finally:
            stop.set()
            for n in range(30):
                database.query(f'drop table if exists test.storm_{n}')
            api.notify('reload schema')
        for f in asking:
            f.result()
    assert failed == [] and done[0] > 50, (done, failed[:3])
    assert api.alive()


# The admin port

def test_live_and_ready(api):
    for path in ('/live', '/ready'):
        answer = api.admin.get(path)
        assert answer.status == 200, repr(answer)
    assert api.admin.get('/nosuch').status == 404


def test_metrics(api):
    api.get('/features', role='web_author')
    api.get('/features', role='web_author')
    answer = api.admin.get('/metrics')
    assert answer.status == 200 and answer['Content-Type'].startswith('text/plain')
    values = collections.Counter()  # over all labels
    for line in answer.text.splitlines():
        if line and not line.startswith('#'):
            values[re.split(r'[{ ]', line)[0]] += float(line.rsplit(' ', 1)[1])
    for name in ('pgrst_schema_cache_query_time_seconds', 'pgrst_schema_cache_loads_total', 'pgrst_db_pool_timeouts_total',
                 'pgrst_db_pool_available', 'pgrst_db_pool_waiting', 'pgrst_db_pool_max',
                 'pgrst_jwt_cache_requests_total', 'pgrst_jwt_cache_hits_total', 'pgrst_jwt_cache_evictions_total'):
        assert name in values, name
    assert values['pgrst_schema_cache_loads_total'] >= 1 and values['pgrst_db_pool_max'] >= 1 and values['pgrst_jwt_cache_hits_total'] >= 1


def test_the_schema_cache_as_json(api):
    answer = api.admin.get('/schema_cache')
    assert answer.status == 200 and 'homes' in json.dumps(answer.json())


def test_no_data_on_the_admin_port(api):
    for path in ('/features', '/homes', '/rpc/nap', '/'):
        assert api.admin.get(path).status == 404


# A database that is not there, or goes away

def test_a_start_without_a_database(rest, database):
    """It waits, says so, and ends in order."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(rest().plat, database, {'PGRST_DB_URI': f'host={folder} user=nobody dbname=nothing',
                                                'PGRST_DB_ANON_ROLE': 'web_anon', 'PGRST_DB_SCHEMAS': 'test'}, wait=False)
        wait_until(lambda: Api(server.admin_port).get('/ready').status == 503 if listens(server.admin_port) else False)
        assert Api(server.admin_port).get('/ready').status == 503
        if listens(server.port):
            answer = server.get('/features')
            assert answer.status == 503 and answer.json()['code'] in ('PGRST000', 'PGRST001', 'PGRST002'), repr(answer)
        server.stop()


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(('127.0.0.1', port)) == 0


def test_connections_that_are_killed_are_made_again(api, database):
    for _ in range(3):
        assert database.query(f"select pg_terminate_backend(pid) {OURS}")
        statuses = [api.get('/features?id=eq.1').status for _ in range(10)]
        assert set(statuses) <= {200, 503}, statuses
        wait_until(lambda: api.get('/features?id=eq.1').status == 200)
    # and notifications are heard again
    database.query('create table test.after_the_kill (id integer primary key)')
    try:
        def seen():
            api.notify()
            time.sleep(0.2)
            return api.get('/after_the_kill').status == 200
        wait_until(seen)
    finally:
        database.query('drop table test.after_the_kill')
        api.notify()


def test_a_connection_killed_under_a_request(api, database):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        slow = pool.submit(api.get, '/rpc/nap?seconds=2')
        wait_until(lambda: database.query(f"select 1 {OURS} and state = 'active' and query like '%nap%'"))
        assert database.query(f"select pg_terminate_backend(pid) {OURS} and state = 'active' and query like '%nap%'")
        answer = slow.result()
    assert answer.status in (200, 503), repr(answer)
    assert answer.status == 200 or answer.json()['code'] in ('57P01', 'PGRST001', 'PGRST000', '08006')
    wait_until(lambda: api.get('/features?id=eq.1').status == 200)
