"""The indexes of plat serve, beside commits, kills, other processes and little memory (docs/search-store.md)."""
import contextlib, json, re, signal, socket, threading, time, urllib.parse

import psycopg2
import pytest

from conftest import RELEASE, answers, free_port, get, wait_until
from storagekit import SECRET, token_of, two_tenants, uid

A, B = uid('ws a'), uid('ws b')
SOON = 1.0  # seconds until a commit is found; under a sanitizer too


@pytest.fixture
def tenants(plat, database):
    two_tenants(database)
    plat.env |= {'PLAT_JWT_SECRET': SECRET}
    return database


@pytest.fixture
def release(plat):
    """plat serve as it is shipped: what is about speed."""
    def start(**env):
        port = free_port()
        process = plat.start('serve', '--listen', f'127.0.0.1:{port}', env=env, program=RELEASE)
        wait_until(answers(port))
        start.process = process
        return port
    return start


def search(port, who='a_agent', q='*', timeout=30, **params):
    query = urllib.parse.urlencode({'q': q, 'query_by': 'city,public_remarks', 'num_typos': 0} | params)
    return get(port, f'/collections/listings/documents/search?{query}', headers={'Authorization': f'Bearer {token_of(who)}'}, timeout=timeout)


def found(port, *args, **params):
    status, _, text = search(port, *args, **params)
    assert status == 200, text
    return json.loads(text)['found']


def add(database, key, workspace=A, city='Miami', **more):
    columns = {'workspace_id': workspace, 'source_listing_key': key, 'standard_status': 'Active', 'city': city} | more
    database.query(f'insert into mls.listings ({", ".join(columns)}) values ({", ".join(["%s"] * len(columns))})', *columns.values())


def fill(database, n, workspace=A, city='Miami'):
    database.query('''insert into mls.listings (workspace_id, source_listing_key, standard_status, city, public_remarks)
                      select %s, 'F' || n, 'Active', %s, md5(n::text) || ' ' || md5((-n)::text) from generate_series(1, %s) n''', workspace, city, n)


def metric(port, name):
    return float(re.search(rf'^plat_search_{name} (\S+)', get(port, '/metrics')[2], re.M)[1])


def test_what_is_committed_is_found_within_a_second(tenants, release):
    port = release()
    assert found(port) == 0
    for n, change in enumerate(['insert', 'update', 'delete']):
        time.sleep(0.2)
        began = time.monotonic()
        if change == 'insert':
            add(tenants, 'L1')
        elif change == 'update':
            tenants.query("update mls.listings set city = 'Naples'")
        else:
            tenants.query('delete from mls.listings')
        wanted = {'insert': ('Miami', 1), 'update': ('Naples', 1), 'delete': ('*', 0)}[change]
        wait_until(lambda: found(port, q=wanted[0]) == wanted[1], seconds=10, every=0.01)
        assert time.monotonic() - began < SOON, change
    assert found(port, 'b_agent') == 0
    assert metric(port, 'indexes') == 2 and metric(port, 'lag_seconds') < 3


def test_another_tenant_sees_nothing_of_it(tenants, serve):
    port = serve()
    add(tenants, 'L1')
    add(tenants, 'L2', B, 'Tampa')
    assert (found(port), found(port, q='Tampa')) == (1, 0)
    assert (found(port, 'b_agent'), found(port, 'b_agent', q='Tampa')) == (1, 1)


def test_a_long_transaction_that_commits_late_is_not_missed(tenants, serve):
    port = serve()
    with contextlib.closing(psycopg2.connect(tenants.url)) as late:
        with late.cursor() as c:
            c.execute("insert into mls.listings (workspace_id, source_listing_key, standard_status, city) values (%s, 'late', 'Active', 'Tampa')", (A,))
        for n in range(3):
            add(tenants, f'L{n}')
            wait_until(lambda: found(port, q='Miami') == n + 1)
        assert found(port, q='Tampa') == 0
        late.commit()
    wait_until(lambda: found(port, q='Tampa') == 1, seconds=5)


def test_a_killed_server_finds_the_same_again(tenants, plat, serve):
    fill(tenants, 300)
    port = serve()
    assert found(port, q='Miami') == 300
    tenants.query("update mls.listings set city = 'Naples' where source_listing_key in ('F1', 'F2')")
    plat.stop(serve.process, signal.SIGKILL)
    tenants.query("delete from mls.listings where source_listing_key = 'F3'")
    port = serve()
    assert (found(port, q='Miami'), found(port, q='Naples')) == (297, 2)


def test_two_processes_agree(tenants, serve):
    ports = [serve(), serve()]
    for n in range(4):
        add(tenants, f'L{n}')
        for port in ports:
            wait_until(lambda: found(port) == n + 1, seconds=5, every=0.01)


def test_a_changed_profile_changes_what_the_public_finds(tenants, serve):
    port = serve()
    tenants.query('update mls.compliance_profiles set shows_unstated = true')
    add(tenants, 'L1')
    add(tenants, 'L2', raw='{"InternetEntireListingDisplayYN": true}')
    assert found(port) == 2
    shown = lambda: json.loads(get(port, '/collections/listings', headers={'X-TYPESENSE-API-KEY': public})[2])['num_documents']
    status, _, text = get(port, '/keys', 'POST', {'Authorization': f'Bearer {token_of("a_admin")}'},
                          json.dumps({'description': 'site', 'actions': ['documents:search', 'collections:get'], 'collections': ['listings']}))
    assert status == 201, text
    public = json.loads(text)['value']
    wait_until(lambda: shown() == 2)
    tenants.query('update mls.compliance_profiles set shows_unstated = false where workspace_id = %s', A)
    wait_until(lambda: shown() == 1, seconds=5)
    assert found(port) == 2


def test_metrics_say_what_is_being_made_searchable(tenants, serve):
    fill(tenants, 3000)
    port = serve()
    assert metric(port, 'loading') == 0
    with contextlib.closing(psycopg2.connect(tenants.url)) as c, c.cursor() as cursor:
        cursor.execute('lock table mls.listings in access exclusive mode')
        answer = []
        searching = threading.Thread(target=lambda: answer.append(found(port)))
        searching.start()
        wait_until(lambda: metric(port, 'loading') == 1)
        assert metric(port, 'loading_documents') == 0
        c.rollback()
    searching.join()
    assert answer == [3000]
    assert [metric(port, f'loading{x}') for x in ('', '_documents', '_documents_expected')] == [0, 0, 0]


def test_little_memory_gives_up_what_was_searched_least_lately(tenants, plat, serve):
    fill(tenants, 5000)
    fill(tenants, 5000, B)
    plat.env |= {'PLAT_SEARCH_MEMORY': '1024'}
    port = serve()
    assert found(port) == 5000
    one = metric(port, 'bytes')
    plat.stop(serve.process)
    plat.env |= {'PLAT_SEARCH_MEMORY': str(int(one * 1.5) >> 20)}
    port = serve()
    assert (found(port), found(port, 'b_agent'), found(port)) == (5000, 5000, 5000)
    assert metric(port, 'given_up_total') == 2
    assert metric(port, 'bytes') <= metric(port, 'bytes_most')
    plat.stop(serve.process)
    plat.env |= {'PLAT_SEARCH_MEMORY': '1'}
    status, headers, text = search(serve())
    assert status == 503 and 'PLAT_SEARCH_MEMORY' in text


def test_searches_go_on_while_listings_change(tenants, plat, release):
    """300 changes a second for three seconds: none is missed, and none is waited for."""
    port = release()
    fill(tenants, 2000)
    assert found(port) == 2000
    stop, slowest, errors = threading.Event(), [0.0], []

    def look():
        while not stop.is_set():
            began = time.monotonic()
            status, _, text = search(port, q='Miami', facet_by='city')
            slowest[0] = max(slowest[0], time.monotonic() - began)
            if status != 200:
                errors.append(text)

    threads = [threading.Thread(target=look) for _ in range(2)]
    for t in threads:
        t.start()
    with contextlib.closing(psycopg2.connect(tenants.url)) as c, c.cursor() as cursor:
        c.autocommit = True
        began = time.monotonic()
        for n in range(90):
            cursor.execute("""update mls.listings set city = 'Town ' || %s where source_listing_key in (select 'F' || i from generate_series(%s, %s) i)""",
                           (n % 3, n * 10 + 1, n * 10 + 10))
            time.sleep(max(0, began + (n + 1) / 30 - time.monotonic()))
    ended = time.monotonic()
    wait_until(lambda: found(port, q='Miami') == 1100, seconds=5, every=0.01)
    assert time.monotonic() - ended < SOON
    stop.set()
    for t in threads:
        t.join()
    assert not errors and slowest[0] < 2
    assert [found(port, filter_by=f'city:=Town {n}') for n in range(3)] == [300, 300, 300]


def test_a_client_that_goes_away_while_its_search_runs_harms_nobody(tenants, serve):
    fill(tenants, 2000)
    port = serve()
    assert found(port) == 2000
    request = (f'GET /collections/listings/documents/search?q=abc&query_by=public_remarks,city&facet_by=city&exhaustive_search=true HTTP/1.1\r\n'
               f'Host: x\r\nAuthorization: Bearer {token_of("a_agent")}\r\n\r\n').encode()
    for n in range(60):
        with socket.create_connection(('127.0.0.1', port)) as s:
            s.sendall(request)
            time.sleep(n % 6 / 1000)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
    assert found(port) == 2000
    assert serve.process.poll() is None
