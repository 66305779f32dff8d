"""Corners of replication: limits, changes behind the reader's back, sweeps that stop, whose listings are whose."""
import collections, datetime, http.server, json, signal, threading, urllib.parse

import pytest

from conftest import wait_until
from replication_kit import world


def task(c, name, config, **more):
    columns, values = ['workspace_id', 'mls_connection_id', 'name', 'filter_config'], [c.workspace, c.connection, name, config]
    return c.database.one(f"insert into mls.import_tasks ({', '.join([*columns, *more])}) values ({', '.join(['%s'] * (4 + len(more)))}) "
                          'returning id', *values, *more.values())


def wanted(c, task):
    return {k for k, in c.database.query(
        'select l.source_listing_key from mls.import_task_listings t join mls.listings l on l.id = t.listing_id and l.workspace_id = t.workspace_id '
        'where t.import_task_id = %s', task)}


def active(c):
    return {k for k, in c.listings()}


def by_city(rows):
    return [city for city, _ in collections.Counter(r['City'] for r in rows.values()).most_common()]


class Moving:
    """A feed whose replication comes in the order of keys, 10 rows a page; between two pages something may happen."""

    kind = 'bridge'

    def __init__(self, n, pause=0.0):
        self.rows_ = {f'K{i:04}': self.row(f'K{i:04}', i - 10000) for i in range(n)}
        self.before_page, self.asked = {}, []
        feed = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                feed.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.port = self.server.server_address[1]
        self.base = f'http://127.0.0.1:{self.port}/api/v2/OData'
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    @staticmethod
    def row(key, seconds, price=100000):
        at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
        stamp = at.strftime('%Y-%m-%dT%H:%M:%S.%f')[:-3] + 'Z'
        return {'ListingKey': key, 'ListingId': key, 'ListPrice': price, 'StandardStatus': 'Active', 'City': 'Miami', 'StateOrProvince': 'FL',
                'ModificationTimestamp': stamp, 'BridgeModificationTimestamp': stamp, 'Media': []}

    def answer(self, h):
        url = urllib.parse.urlsplit(h.path)
        q = dict(urllib.parse.parse_qsl(url.query))
        if '$metadata' in url.path:
            return self.send(h, 404, {})
        rows = [self.rows_[k] for k in sorted(self.rows_)]
        if ' ge ' in q.get('$filter', ''):
            since = q['$filter'].rsplit(' ge ', 1)[1][:19]
            rows = [r for r in rows if r['BridgeModificationTimestamp'][:19] >= since]
        if '$count' in q:
            return self.send(h, 200, {'@odata.count': len(rows), 'value': rows[:1]})
        at = int(q.get('at', 0))
        self.asked.append(at)
        self.before_page.pop(at, lambda: None)()
        answer = {'value': rows[at:at + 10]}
        if at + 10 < len(rows):
            answer['@odata.nextLink'] = f'{self.base}{url.path[len("/api/v2/OData"):]}?' + urllib.parse.urlencode(q | {'at': at + 10})
        self.send(h, 200, answer)

    @staticmethod
    def send(h, status, value):
        text = json.dumps(value).encode()
        h.send_response(status)
        h.send_header('Content-Type', 'application/json')
        h.send_header('Content-Length', str(len(text)))
        h.end_headers()
        h.wfile.write(text)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def moving():
    feed = Moving(40)
    yield feed
    feed.stop()


def test_a_row_that_changes_behind_the_reader_is_read_by_the_next_run(world, moving):
    c = world.copy(moving, overlap_minutes=0, media='none')

    def change():
        moving.rows_['K0003'] = moving.row('K0003', 5, price=222222)   # was read already
        moving.rows_['K0035'] = moving.row('K0035', 60, price=333333)  # newer, and still to come

    moving.before_page[20] = change
    c.sync()
    c.sync()
    assert dict(c.listings('source_listing_key, list_price'))['K0003'] == 222222


def test_a_limit_is_reached_exactly_and_kept(world):
    f = world.feed(300, kind='bridge')
    c = world.copy(f, page_size=20)
    few = task(c, 'few', '{}', max_import_limit=50)
    c.sync()
    first = active(c)
    assert len(first) == 50 and wanted(c, few) == first
    c.sync('--from-scratch')
    assert active(c) == wanted(c, few) == first
    c.database.query("update mls.import_tasks set max_import_limit = 70 where id = %s", few)
    c.sync()
    assert len(active(c)) == 70 and first < active(c)


def test_a_sweep_of_a_scope_that_is_full_fetches_what_is_stale_and_no_more(world):
    f = world.feed(300)
    c = world.copy(f, page_size=100)
    few = task(c, 'few', '{}', max_import_limit=40)
    c.sync()
    mine = active(c)
    key = min(mine)
    price = f.rows()[key]['ListPrice']
    c.database.query("update mls.listings set source_modified_at = '2020-01-01', list_price = 1, content_hash = '\\x00' "
                     "where workspace_id = %s and source_listing_key = %s", c.workspace, key)
    run = c.sync('--sweep')
    assert run.stats['refetched'] == 1, run.stats
    assert dict(c.listings('source_listing_key, list_price'))[key] == price
    assert active(c) == wanted(c, few) == mine


def test_what_left_the_filter_of_a_full_scope_is_out_of_scope_and_not_vanished(world):
    f = world.feed(300)
    c = world.copy(f, page_size=100, purge_guard_percent=100)
    rows = f.rows()
    city = by_city(rows)[0]
    here = {k for k, r in rows.items() if r['City'] == city}
    other = min(rows.keys() - here)
    one = task(c, 'one', json.dumps({'cities': [city]}), category='search', max_import_limit=len(here) + 1)
    two = task(c, 'two', json.dumps({'mlsNumbers': [rows[other]['ListingId']]}))
    c.sync()
    assert active(c) == here | {other}
    # As if it had been of that city when it was read.
    c.database.query("insert into mls.import_task_listings (workspace_id, import_task_id, listing_id) "
                     "select workspace_id, %s, id from mls.listings where workspace_id = %s and source_listing_key = %s", one, c.workspace, other)
    c.database.query('delete from mls.import_tasks where id = %s', two)
    assert active(c) == here | {other}
    for _ in range(2):
        c.sync('--sweep')
    assert c.listings('deactivated_reason', f"source_listing_key = '{other}'") == [('out_of_scope',)]
    assert active(c) == here


def test_listings_that_people_made_are_nobodys_to_take_down(world):
    c = world.copy(world.feed(100))
    c.sync()
    c.database.query("insert into mls.listings (workspace_id, source_listing_key, raw) values (%s, 'BY-HAND', '{}')", c.workspace)
    for _ in range(2):
        c.sync('--sweep')
    assert 'BY-HAND' in active(c)


def test_a_sweep_that_was_stopped_begins_anew_for_other_filters(world):
    f = world.feed(400)
    c = world.copy(f, page_size=50)
    rows = f.rows()
    cities = by_city(rows)
    one = task(c, 'one', json.dumps({'cities': cities[:1]}), category='search')
    c.sync()
    key = c.database.one("select id::text from mls.import_tasks where id = %s", one)
    # What a sweep of the narrow filter leaves behind when it is stopped.
    c.database.query("""insert into mls.sync_runs (workspace_id, mls_connection_id, kind, progress)
        values (%s, %s, 'reconcile', jsonb_build_object('phase', 'failed', 'done', 0, 'sweep_scope', %s::text,
        'sweep_filter', 0, 'sweep_next', %s::text))""", c.workspace, c.connection, key,
        f"{f.base}/d/Property/replication?$select=ListingKey&$filter=City%20eq%20'Nowhere'")
    c.database.query("update mls.sync_runs set status = 'error', error = 'stopped' where workspace_id = %s and kind = 'reconcile'", c.workspace)
    c.database.query("update mls.import_tasks set filter_config = %s where id = %s", json.dumps({'cities': cities[:4]}), one)
    c.sync()
    want = {k for k, r in rows.items() if r['City'] in cities[:4]}
    assert active(c) == want
    c.database.query("update mls.mls_connections set settings = settings || '{\"purge_guard_percent\": 100}' where id = %s", c.connection)
    run = c.sync('--sweep')
    assert run.stats['fetched'] >= len(want), run
    assert active(c) == want


def test_a_cancelled_sweep_is_no_failure_of_the_feed(world):
    f = world.feed(300, '--faults', 'slow')
    c = world.copy(f, page_size=10)
    f.faults('')
    c.sync()
    f.faults('slow')
    process = world.plat.start(*c.args('--sweep'))
    wait_until(lambda: c.run().kind == 'reconcile' and (c.run().progress or {}).get('phase') == 'sweeping')
    c.database.query("update mls.sync_runs set cancel_requested = true where id = %s", c.run().id)
    assert process.wait(30) == 1
    assert 'cancelled' in c.run().error and c.status().failures == 0, (c.run(), c.status())


def test_a_page_that_came_whole_is_kept_when_the_next_one_does_not_come(world):
    f = world.feed(200, '--faults', 'unauthorized:4')
    c = world.copy(f, page_size=50)
    run = c.try_sync()
    # The count, and two pages; the fourth request is refused.
    assert run.code == 1 and run.stats['fetched'] == len(active(c)) == 100, (run, len(active(c)))


def test_a_task_that_takes_a_row_over_brings_its_own_mapping(world):
    f = world.feed(60)
    c = world.copy(f)
    rows = f.rows()
    c.database.query('''select mls.save_field_mapping('bridge', mls.default_mapping() || '{"subdivision": "PostalCode"}', %s)''', c.workspace)
    c.database.query("update mls.field_mappings set is_active = version = 1 where workspace_id = %s and provider = 'bridge' and version = 2", c.workspace)
    c.database.query("update mls.field_mappings set is_active = true where workspace_id = %s and provider = 'bridge' and version = 1", c.workspace)
    own = c.database.one("select id from mls.field_mappings where workspace_id = %s and provider = 'bridge' and version = 2", c.workspace)
    first = task(c, 'first', '{}')
    c.sync()
    assert dict(c.listings('source_listing_key, subdivision')) == {k: r['SubdivisionName'] for k, r in rows.items()}
    second = task(c, 'second', '{}', field_mapping_id=own)
    c.database.query('delete from mls.import_tasks where id = %s', first)
    assert not active(c)
    run = c.sync()
    assert run.stats['upserted'] == run.stats['revived'] == 60
    assert {o for o, in c.listings('import_task_id')} == {second}
    assert dict(c.listings('source_listing_key, subdivision')) == {k: r['PostalCode'] for k, r in rows.items()}
    assert c.sync('--from-scratch').stats['upserted'] == 0


def test_media_of_their_own_resource_come_page_by_page(world):
    f = world.feed(60, '--faults', 'storm', '--page-size', '200', kind='reso')
    c = world.copy(f, media='resource')
    c.sync()
    have = c.photos()
    assert max(map(len, have.values())) == 500
    assert c.sync('--from-scratch').stats['upserted'] == 0
    f.faults('')
    c.sync('--from-scratch')
    c.assert_same()


def test_a_first_load_that_failed_does_not_wait_for_the_next_day(world):
    f = world.feed(200, '--faults', 'unauthorized:4')
    c = world.copy(f, page_size=30)
    c.database.query("update mls.mls_connections set sync_cadence = 'daily' where id = %s", c.connection)
    assert c.try_sync().code == 1 and active(c)
    c.database.query("update mls.mls_connections set held_until = null where id = %s", c.connection)
    c.database.query("update mls.sync_runs set finished_at = now() - interval '2 hours' where mls_connection_id = %s", c.connection)
    assert c.database.one('select mls.schedule_syncs()') == 1
    c.database.query("delete from plat.jobs where workspace_id = %s", c.workspace)
    f.faults('')
    c.sync('--from-scratch')
    assert c.database.one('select mls.schedule_syncs()') == 0


def test_a_sweep_that_goes_on_knows_what_it_saw_and_whether_it_ended_early(world):
    f = world.feed(400)
    c = world.copy(f, page_size=20)
    c.sync()
    f.faults('slow')
    process = world.plat.start(*c.args('--sweep'))
    wait_until(lambda: c.run().kind == 'reconcile' and (c.run().progress or {}).get('done', 0) >= 100)
    world.plat.stop(process, signal.SIGKILL)
    stopped = c.run().progress
    f.faults('')
    run = c.sync('--sweep')
    assert run.stats['fetched'] == 400 - stopped['done'] < 400 and run.stats['refetched'] == 0, (stopped, run)
