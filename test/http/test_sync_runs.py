"""Runs of the sync: asked for over HTTP and by the clock, followed as they go, cancelled, tried again; plat runs and plat sync --follow."""
import contextlib, http.client, json, signal, time

import pytest

from conftest import get, wait_until
from replication_kit import Feed
from storagekit import SECRET, token_of, two_tenants, uid

ROWS = 400


class Stream:
    """GET /mls/v1/runs/:id/events, as a browser's EventSource reads it."""

    def __init__(self, port, who, run, last=None, **claims):
        self.connection = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
        headers = {'Authorization': f'Bearer {token_of(who, **claims)}'} | ({'Last-Event-ID': last} if last else {})
        self.connection.request('GET', f'/mls/v1/runs/{run}/events', headers=headers)
        self.response = self.connection.getresponse()

    def event(self):
        """(name, id, data) of the next event; None at the end."""
        found = {}
        while line := self.response.readline().decode():
            if line == '\n' and 'event' in found:
                return found['event'], found.get('id'), json.loads(found['data'])
            if ': ' in line and not line.startswith(':'):
                name, value = line.rstrip('\n').split(': ', 1)
                found[name] = value
        return None

    def events(self):
        return list(iter(self.event, None))

    def close(self):
        self.connection.close()


@pytest.fixture
def call(plat, serve, database):
    two_tenants(database)
    plat.env['PLAT_JWT_SECRET'] = SECRET
    port = serve()

    def ask(who, path, method='GET', body=None):
        headers = {'Authorization': f'Bearer {token_of(who)}'} if who else {}
        status, answered, text = get(port, f'/mls/v1/{path}', method, headers, None if body is None else json.dumps(body))
        ask.headers = answered
        return status, json.loads(text) if text else None
    ask.port = port
    return ask


@pytest.fixture
def feed(plat, call):
    """A feed that tenant A is connected to."""
    def start(rows=ROWS, *args):
        f = Feed(plat, rows, *args)
        plat.ok('connect', '--workspace', 'tenant-a', '--dataset', 'd', '--base-url', f.base, text='feed-token-1\n')
        return f
    return start


@pytest.fixture
def connection(feed, database):
    feed()
    return database.one('select id from mls.mls_connections')


def ended(call, run):
    def it_is():
        found = call('a_admin', f'runs/{run}')[1]
        return found if found['status'] != 'running' else None
    return it_is


def test_a_run_is_asked_for_followed_to_its_end_and_listed(plat, call, connection, database):
    path = f'connections/{connection}/sync'
    for who, status in ((None, 401), ('anon', 401), ('a_client', 403), ('b_admin', 404)):
        assert call(who, path, 'POST', {})[0] == status, who
    assert call('a_agent', path, 'POST', {'kind': 'purge'}) == (
        400, {'message': '"purge" is no kind of run to ask for: sync and reconcile are'})
    assert call('a_agent', path, 'POST', {'task': 'x'})[0] == 400
    assert call('a_agent', path, 'POST', {'task_id': uid('nothing')})[0] == 404
    status, run = call('a_agent', path, 'POST', {})
    assert (status, run['status'], run['progress']['phase']) == (202, 'running', 'queued')
    assert call.headers['Location'] == f"/mls/v1/runs/{run['id']}"
    assert run['requested_by'] == uid('a_agent')

    # The same wish is the same run; another one has to wait.
    assert call('a_admin', path, 'POST')[1]['id'] == run['id']
    assert call('a_admin', path, 'POST', {'kind': 'reconcile'}) == (
        409, {'message': f"run {run['id']} of this connection is waiting already: follow it or cancel it first"})

    for who, status in (('a_client', 403), ('b_admin', 404)):
        assert get(call.port, f"/mls/v1/runs/{run['id']}/events", headers={'Authorization': f'Bearer {token_of(who)}'})[0] == status
    with contextlib.closing(Stream(call.port, 'a_agent', run['id'])) as stream:
        assert stream.response.getheader('Content-Type') == 'text/event-stream'
        name, first, data = stream.event()
        assert (name, data['progress']['phase']) == ('progress', 'queued')
        plat.start('work')
        events = stream.events()
    assert [e[0] for e in events][-1] == 'end' and {e[0] for e in events[:-1]} <= {'progress'}
    assert len({e[1] for e in events} | {first}) == len(events) + 1  # an id each
    assert events[-1][2]['status'] == 'success' and events[-1][2]['stats']['fetched'] == ROWS
    assert database.one('select count(*) from mls.listings where is_active') == ROWS

    # Who comes back after the end is told the end, once.
    with contextlib.closing(Stream(call.port, 'a_agent', run['id'], events[-1][1])) as stream:
        assert [e[0] for e in stream.events()] == ['end']
    status, runs = call('a_agent', 'runs?status=success')
    assert (status, [r['id'] for r in runs]) == (200, [run['id']])
    assert call('b_agent', 'runs') == (200, [])
    assert call('a_agent', 'runs?limit=0')[0] == 400
    assert 'corrections' in call('a_agent', f"runs/{run['id']}")[1]
    assert call('b_agent', f"runs/{run['id']}")[0] == 404
    assert call('a_agent', f"runs/{run['id']}/cancel", 'POST') == (409, {'message': f"run {run['id']} has ended already (success)"})
    status, again = call('a_agent', f"runs/{run['id']}/retry", 'POST')
    assert status == 202 and wait_until(ended(call, again['id']))['stats']['upserted'] == 0
    assert run['id'] in plat.ok('runs', '--workspace', 'tenant-a')
    assert 'success' in plat.ok('runs', 'show', run['id'][:13], '--workspace', 'tenant-a')


def test_runs_are_cancelled_before_and_while_they_go(plat, call, feed, database):
    f = feed(ROWS, '--page-size', 20)
    connection = database.one('select id from mls.mls_connections')
    run = call('a_agent', f'connections/{connection}/sync', 'POST')[1]
    assert call('a_client', f"runs/{run['id']}/cancel", 'POST')[0] == 403
    assert call('b_admin', f"runs/{run['id']}/cancel", 'POST')[0] == 404
    status, run = call('a_admin', f"runs/{run['id']}/cancel", 'POST')
    assert (status, run['status'], run['error']) == (202, 'error', 'cancelled before it began')
    assert database.one("select status from plat.jobs where name = 'mls.sync'") == 'cancelled'

    f.faults('slow')
    plat.start('work')
    run = call('a_agent', f'connections/{connection}/sync', 'POST')[1]
    with contextlib.closing(Stream(call.port, 'a_agent', run['id'])) as stream:
        while stream.event()[2]['stats'].get('fetched', 0) < 20:
            pass
        status, found = call('a_agent', f'connections/{connection}/sync', 'POST')
        assert (status, found['message']) == (
            409, f"the connection is being synced at the moment: follow run {run['id']} or cancel it first")
        status, found = call('a_agent', f"runs/{run['id']}/cancel", 'POST')
        assert (status, found['cancel_requested']) == (202, True)
        name, _, last = stream.events()[-1]
    assert (name, last['status']) == ('end', 'error') and 'cancelled' in last['error']
    assert 0 < last['stats']['fetched'] < ROWS
    wait_until(lambda: database.one("select count(*) from plat.jobs where name = 'mls.sync' and status = 'running'") == 0)
    assert database.one("select count(*) from plat.jobs where name = 'mls.sync' and status in ('queued', 'dead')") == 0
    f.faults('')
    run = call('a_agent', f"runs/{run['id']}/retry", 'POST')[1]
    wait_until(ended(call, run['id']))
    assert database.one('select count(*) from mls.listings where is_active') == ROWS


def test_the_clock_starts_what_is_due_and_two_workers_do_it_once(plat, call, connection, database):
    database.query("update mls.mls_connections set sync_cadence = 'hourly'")
    plat.start('work')
    plat.start('work')
    wait_until(lambda: database.one("select count(*) from mls.sync_runs where status = 'success'") == 1)
    # Two jobs for one connection: one wins, the other is told and does not come again.
    database.query('''insert into plat.jobs (name, workspace_id, payload, unique_key)
                      select 'mls.sync', workspace_id, jsonb_build_object('connection_id', id, 'from_scratch', true), n::text
                        from mls.mls_connections, generate_series(1, 2) n''')
    database.query("select plat.wake_workers('mls.sync')")
    wait_until(lambda: database.one("select count(*) from plat.jobs where name = 'mls.sync' and status = 'succeeded'") == 3)
    assert database.one("select count(*) from mls.sync_runs where status = 'running'") == 0
    assert database.one('select count(*) from mls.listings where is_active') == ROWS
    database.query("update mls.mls_connections set status = 'paused'")
    assert call('a_admin', f'connections/{connection}/sync', 'POST') == (
        409, {'message': 'the connection is paused: it has to be resumed first'})


def test_followers_go_away_and_the_server_stops(plat, call, serve, connection, database):
    run = call('a_agent', f'connections/{connection}/sync', 'POST')[1]
    streams = [Stream(call.port, 'a_agent', run['id']) for _ in range(20)]
    assert {s.event()[0] for s in streams} == {'progress'}
    assert call('a_agent', f"runs/{run['id']}/events")[0] == 429, 'nobody takes the places of all'
    with contextlib.closing(Stream(call.port, 'a_admin', run['id'])) as other:
        assert other.event()[0] == 'progress'
    for s in streams[1:]:
        s.close()
    with contextlib.closing(Stream(call.port, 'a_admin', run['id'], exp=time.time() + 1.5)) as short:
        assert [e[0] for e in short.events()] == ['progress', 'gone'], 'a stream does not outlive its token'
    database.query("update mls.sync_runs set progress = progress || '{\"note\": \"x\"}'")
    assert streams[0].event()[2]['progress']['note'] == 'x'  # nobody said NOTIFY: the row was looked at all the same
    database.query('delete from mls.sync_runs')
    assert streams[0].event()[0] == 'gone' and streams[0].event() is None
    run = call('a_agent', f'connections/{connection}/sync', 'POST')[1]
    stream = Stream(call.port, 'a_agent', run['id'])
    stream.event()
    began = time.monotonic()
    assert plat.stop(serve.process) == 0 and time.monotonic() - began < 8
    assert stream.event() is None


def test_plat_sync_follow_watches_a_worker_or_does_it_itself(plat, call, connection, database):
    said = plat.ok('sync', '--follow', '--workspace', 'tenant-a')
    assert 'sync: ' in said and database.one('select count(*) from mls.listings') == ROWS  # nobody else was there
    work = plat.start('work')
    wait_until(lambda: database.one('select mls.has_worker()'))
    said = plat.ok('sync', '--follow', '--workspace', 'tenant-a', '--from-scratch')
    assert f'{ROWS} rows fetched, 0 new or changed, {ROWS} unchanged' in said
    wait_until(lambda: database.one("select count(*) from plat.jobs where name = 'mls.sync' and status = 'succeeded'") == 1)
    plat.stop(work)

    # Ctrl-C ends the watching alone.
    watcher = plat.start('sync', '--follow', '--workspace', 'tenant-a')
    wait_until(lambda: database.one("select count(*) from mls.sync_runs where status = 'running'") == 1)
    run = database.one("select id from mls.sync_runs where status = 'running'")
    time.sleep(0.3)
    assert plat.stop(watcher, signal.SIGINT) == 0
    assert f'run {run} goes on' in plat.said(watcher)
    assert database.one('select status from mls.sync_runs where id = %s', run) == 'running'
    assert f'run {run} has ended' in plat.ok('runs', 'cancel', run, '--workspace', 'tenant-a')
