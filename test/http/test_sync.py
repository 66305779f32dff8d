"""plat feed, plat sync, plat import: replication, its faults, and kills in the middle."""
import json, random, signal, time

import pytest

from conftest import ROOT, wait_until
from replication_kit import LATER, TOKEN, Feed, plain, world
from soak.sync_kills import soak

PAYLOADS = ROOT.parent / 'shared/data/reso'


@pytest.fixture
def workspace(database):
    database.query("insert into mls.workspaces (slug, name) values ('w', 'W')")
    return database.one("select id from mls.workspaces where slug = 'w'")


@pytest.fixture
def feed(plat, workspace):
    """Starts a feed and connects the workspace to it."""
    def start(rows, *args, token=TOKEN):
        f = Feed(plat, rows, *args)
        plat.ok('connect', '--dataset', 'd', '--base-url', f'http://127.0.0.1:{f.port}/api/v2/OData', text=token + '\n')
        return f
    return start


def last_run(database):
    names = ['status', 'error', 'stats', 'finished_at']
    row = database.query(f"select {', '.join(names)} from mls.sync_runs order by started_at desc limit 1")[0]
    return dict(zip(names, row))


def assert_same_rows(database, feed):
    """Every listing of the feed is in the table exactly once, as it is, and nothing else."""
    have = {key: (raw, price, status) for key, raw, price, status in database.query(
        'select source_listing_key, raw, list_price, standard_status from mls.listings where is_active')}
    want = feed.rows()
    assert have.keys() == want.keys()
    for key, row in want.items():
        raw, price, status = have[key]
        assert plain(raw) == plain(row), key
        assert price == (None if row['ListPrice'] is None else int(row['ListPrice'] + 0.5))
        assert status == row['StandardStatus']
    media = dict(database.query('select l.source_listing_key, count(m.*) from mls.listings l left join mls.listing_media m '
                                'on m.workspace_id = l.workspace_id and m.listing_id = l.id group by 1'))
    assert media == {key: len({m['MediaURL'] for m in row['Media'] or []}) for key, row in want.items()}


def test_a_first_sync_brings_every_row(plat, database, feed):
    f = feed(300)
    out = plat.ok('sync', '--page-size', 100)
    assert '300 rows fetched, 300 new, 0 changed, 0 unchanged' in out
    assert_same_rows(database, f)
    run = last_run(database)
    assert run['status'] == 'success' and run['error'] is None and run['finished_at']
    assert {'fetched', 'upserted', 'indexed', 'errors', 'duration_ms'} <= run['stats'].keys()
    assert run['stats']['fetched'] == run['stats']['upserted'] == run['stats']['indexed'] == 300
    assert database.query('select status, last_synced_at is not null from mls.mls_connections') == [('active', True)]


def test_a_second_sync_changes_nothing(plat, database, feed):
    feed(300)
    plat.ok('sync')
    before = database.query('select id, updated_at, xmin::text from mls.listings order by 1')
    out = plat.ok('sync')
    assert ' 0 new, 0 changed,' in out and ' 0 media rows written' in out
    assert database.query('select id, updated_at, xmin::text from mls.listings order by 1') == before
    assert last_run(database)['stats']['upserted'] == 0


def test_from_scratch_reads_everything_and_changes_nothing(plat, database, feed):
    feed(300)
    plat.ok('sync')
    assert '300 rows fetched, 0 new, 0 changed, 300 unchanged' in plat.ok('sync', '--from-scratch')


def test_later_changes_arrive_and_leave_their_history(plat, database, feed):
    f = feed(250)
    plat.ok('sync')
    f.move(LATER)
    out = plat.ok('sync')
    changed = last_run(database)['stats']
    assert 0 < changed['upserted'] <= changed['fetched'] < 250, out
    want = f.rows()
    have = dict(database.query('select source_listing_key, raw from mls.listings'))
    for key, row in want.items():
        assert plain(have[key]) == plain(row), key
    assert database.one("select count(*) from mls.listing_events where event in ('price', 'status')") > 0


def test_a_wrong_token_is_said_in_the_run_and_on_the_connection(plat, database, feed):
    feed(10, token='wrong')
    r = plat.run('sync')
    assert r.returncode == 1 and 'the feed refused the token (401)' in r.stderr and 'wrong' not in r.stderr
    run = last_run(database)
    assert run['status'] == 'error' and run['error'].startswith('the feed refused the token (401)')
    assert database.one('select status from mls.mls_connections') == 'error'


def test_an_unknown_dataset_is_one_sentence(plat, database, feed):
    f = feed(10)
    plat.ok('connect', '--dataset', 'other', '--base-url', f'http://127.0.0.1:{f.port}/api/v2/OData', text=TOKEN + '\n')
    r = plat.run('sync')
    assert r.returncode == 1 and '(404)' in last_run(database)['error']


# What is tried again waits for seconds: all of them side by side.

def side_by_side(world, faults):
    """{fault: (copy, exit status, what plat sync said)}; no fault is a feed that is away."""
    copies = {fault: world.copy(world.feed(120, '--faults', fault), page_size=30 if fault.startswith('429') else 20) for fault in faults if fault}
    if '' in faults:
        copies[''] = world.copy(away := world.feed(10))
        away.stop()
    running = {fault: world.plat.start(*c.args()) for fault, c in copies.items()}
    return {fault: (c, running[fault].wait(120), world.plat.said(running[fault])) for fault, c in copies.items()}


def test_faults_that_pass_cost_nothing(world):
    faults = ['429:4', '429:4,no_retry_after', '500:3', 'truncated:3', 'disconnect:3', 'empty_page:3', 'repeated_page:3',
              'unknown_fields', 'slow:4']
    for fault, (c, code, said) in side_by_side(world, faults).items():
        assert (code, c.run().status) == (0, 'success'), (fault, said)
        c.feed.faults('')
        assert_same_but_for_added_fields(c) if fault == 'unknown_fields' else c.assert_same()
        c.feed.stop()


def assert_same_but_for_added_fields(copy):
    have, want = dict(copy.listings('source_listing_key, raw')), copy.feed.rows()
    assert have.keys() == want.keys()
    assert all(plain(row).items() <= have[key].items() for key, row in want.items())


def test_faults_that_stay_are_said_and_leave_no_half(world):
    faults = {'unauthorized': 'the feed refused the token (401)', '500': 'the feed answered 500', 'truncated': 'no complete JSON',
              'empty_page': 'an empty page after 0 of 120 rows', '': '127.0.0.1'}
    for fault, (c, code, said) in side_by_side(world, faults).items():
        assert code == 1 and faults[fault] in said and said.strip().splitlines()[-1].startswith('plat sync: '), (fault, said)
        run = c.run()
        assert run.status == 'error' and faults[fault] in run.error and run.finished_at, fault
        assert c.listings(where='true') == [], fault
        assert c.status().status == ('error' if fault == 'unauthorized' else 'pending'), fault
        if fault:
            c.feed.stop()


def test_a_fault_in_the_middle_keeps_what_was_committed(plat, database, feed):
    f = feed(300, '--faults', 'unauthorized:5')
    assert plat.run('sync', '--page-size', 50).returncode == 1
    kept = database.one('select count(*) from mls.listings')
    assert kept and kept % 50 == 0
    f.stop()
    g = Feed(plat, 300)
    plat.ok('connect', '--dataset', 'd', '--base-url', f'http://127.0.0.1:{g.port}/api/v2/OData', text=TOKEN + '\n')
    plat.ok('sync')
    assert_same_rows(database, g)


def test_values_of_wrong_types_keep_their_payload_and_are_counted(plat, database, feed):
    feed(200, '--faults', 'wrong_types')
    out = plat.ok('sync')
    stats = last_run(database)['stats']
    assert stats['upserted'] == 200 and stats['errors'] == 0 and stats['corrected'] > 0
    assert f"{stats['corrected']} values could not be typed" in out
    assert database.one("select count(*) from mls.listings where raw::text like '%%TBD%%'") > 0


def test_two_syncs_at_once_do_not_collide(plat, database, feed):
    f = feed(400, '--faults', 'slow')  # longer than the second one waits for the first one
    first = plat.start('sync', '--page-size', 50)
    wait_until(lambda: database.one("select count(*) from mls.sync_runs where status = 'running'"))
    r = plat.run('sync')
    assert r.returncode == 1 and 'another process is syncing this connection' in r.stderr
    f.faults('')
    assert first.wait(120) == 0
    assert_same_rows(database, f)


def test_a_paused_connection_and_workspace_are_not_synced(plat, database, feed):
    feed(10)
    database.query("update mls.mls_connections set status = 'paused'")
    assert 'the connection is paused' in plat.run('sync').stderr
    database.query("update mls.mls_connections set status = 'pending'")
    database.query("update mls.workspaces set status = 'paused'")
    assert 'the workspace is paused' in plat.run('sync').stderr
    assert database.one('select count(*) from mls.listings') == 0


def test_ctrl_c_stops_and_the_next_run_goes_on(plat, database, feed):
    f = feed(400, '--faults', 'slow')
    p = plat.start('sync', '--page-size', 50)
    wait_until(lambda: database.one('select count(*) from mls.listings') >= 50)
    assert plat.stop(p, signal.SIGINT) == 1
    assert 'stopped' in plat.said(p)
    f.faults('')
    plat.ok('sync', timeout=120)
    assert_same_rows(database, f)
    assert database.one("select count(*) from mls.sync_runs where status = 'running'") == 0


def test_kills_at_random_moments_lose_and_double_nothing(plat, database, feed):
    f = feed(600)
    random.seed(4)
    for _ in range(8):
        p = plat.start('sync', '--page-size', 50)
        time.sleep(random.uniform(0.02, 0.4))
        plat.stop(p, signal.SIGKILL)
    plat.ok('sync', timeout=120)
    assert_same_rows(database, f)
    runs = database.query('select status, error from mls.sync_runs order by started_at')
    assert runs[-1][0] == 'success' and all(s == 'success' or 'interrupted' in e for s, e in runs)


def test_a_load_that_is_killed_again_and_again_ends_with_exactly_the_feeds_rows(world):
    assert soak(world, 4, seed=1)['in a run']


@pytest.mark.parametrize('deed, sentence', [
    ('delete from mls.mls_connections', 'the connection was deleted while the run was at work'),
    ('update mls.sync_runs set cancel_requested = true', 'cancelled as asked for'),
    ("update mls.mls_connections set status = 'paused'", 'the connection was paused'),
])
def test_a_run_ends_when_somebody_takes_its_ground_away(plat, database, feed, deed, sentence):
    feed(400, '--faults', 'slow')
    p = plat.start('sync', '--page-size', 40)
    wait_until(lambda: database.one('select count(*) from mls.listings') >= 40)
    database.query(deed)
    assert p.wait(60) == 1
    assert sentence in plat.said(p) and sentence in last_run(database)['error']
    kept = database.one('select count(*) from mls.listings')
    assert 40 <= kept < 400 and kept % 40 == 0


def test_a_cursor_in_the_future_is_none(plat, database, feed):
    f = feed(100)
    plat.ok('sync')
    database.query("""update mls.mls_connections set last_sync_cursor = '{"seen": "2099-01-01T00:00:00Z", "complete": true}'""")
    assert '100 rows fetched' in plat.ok('sync')
    f.move(LATER)
    plat.ok('sync')
    assert last_run(database)['stats']['upserted'] > 0


def test_failures_of_the_feed_hold_the_clock_but_not_a_person(plat, database, feed):
    f = feed(10, '--faults', 'refused_filter')
    plat.ok('sync')
    for n, minutes in (1, 5), (2, 10):
        assert plat.run('sync').returncode == 1
        (failures, held, reason), = database.query(
            'select failures, round(extract(epoch from held_until - now()) / 60), status_reason from mls.mls_connections')
        assert (failures, held) == (n, minutes) and reason.startswith('the feed answered 400')
    f.control('faults', '')
    plat.ok('sync')
    assert database.query('select failures, held_until, status, status_reason from mls.mls_connections') == [(0, None, 'active', None)]


def test_a_killed_postgres_connection_in_the_middle_is_survived(plat, database, feed):
    f = feed(300, '--faults', 'slow')
    p = plat.start('sync', '--page-size', 50)
    wait_until(lambda: database.one('select count(*) from mls.listings') >= 50)
    database.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'plat' and datname = %s",
                   database.name)
    assert p.wait(60) == 1
    f.faults('')
    plat.ok('sync', timeout=120)
    assert_same_rows(database, f)


def test_a_mapping_that_names_an_unknown_column_is_refused(plat, database, feed):
    feed(10)
    # As an older program may have left it: today the database refuses such a change.
    database.query("alter table mls.field_mappings disable trigger user; "
                   "update mls.field_mappings set mapping = mapping || '{\"colour\": \"Colour\"}' where is_active")
    r = plat.run('sync')
    assert r.returncode == 1 and 'colour' in r.stderr
    assert 'colour' in last_run(database)['error']


def test_a_new_mapping_is_applied_to_rows_that_did_not_change(plat, database, feed):
    feed(50)
    plat.ok('sync')
    database.query("""select set_config('plat.me', '|' || id, false) from mls.workspaces;
                      select mls.save_field_mapping('bridge', (select mapping || '{"building_name": "City"}' from mls.field_mappings
                      where is_active and provider = 'bridge' and workspace_id = plat.ws()))""")
    assert ' 50 changed' in plat.ok('sync', '--from-scratch')
    assert database.one('select count(*) from mls.listings where building_name is distinct from city') == 0


# plat import

def test_import_of_an_empty_page_is_no_error(plat, workspace, data):
    (data / 'p.json').write_text('{"value": []}')
    assert '0 rows fetched' in plat.ok('import', data / 'p.json')


@pytest.mark.parametrize('text, sentence', [
    ('{"value": [{"ListingKey": "1"', 'no complete JSON'),
    ('', 'no complete JSON'),
    ('[1, 2]', 'neither an object with an array `value` nor a listing'),
    ('{"value": 7}', 'neither an object with an array `value` nor a listing'),
])
def test_import_of_what_is_no_page_is_one_sentence(plat, database, workspace, data, text, sentence):
    (data / 'p.json').write_text(text)
    r = plat.run('import', data / 'p.json')
    assert r.returncode == 1 and sentence in r.stderr and 'p.json' in r.stderr
    assert sentence in last_run(database)['error']


def test_import_of_a_missing_file_is_one_sentence(plat, workspace):
    r = plat.run('import', '/nowhere/x.json')
    assert r.returncode == 1 and '/nowhere/x.json cannot be opened' in r.stderr


def test_import_keeps_the_good_rows_of_a_bad_page(plat, database, workspace, data):
    rows = [{'ListingKey': 'a', 'ListPrice': '250000', 'ListingContractDate': 'TBD', 'City': ['Miami', 'Beach']}, {'City': 'Miami'},
            7, {'ListingKey': 'b', 'ListPrice': 12.0, 'New': {'x': 1}}, {'ListingKey': 'a', 'ListPrice': 260000}]
    (data / 'p.json').write_text(json.dumps({'value': rows}))
    out = plat.ok('import', data / 'p.json')
    assert '5 rows fetched, 2 new' in out and '2 rows could not be kept' in out
    assert database.query('select source_listing_key, list_price, list_date from mls.listings order by 1') == [
        ('a', 260000, None), ('b', 12, None)]
    assert database.one("select raw -> 'New' ->> 'x' from mls.listings where source_listing_key = 'b'") == '1'


@pytest.mark.skipif(not PAYLOADS.is_dir(), reason='the real payloads (../shared/data/reso) are not here')
def test_real_payloads_are_imported(plat, database, workspace):
    out = plat.ok('import', *sorted(PAYLOADS.glob('*.json')))
    assert out.count('rows fetched') == len(list(PAYLOADS.glob('*.json')))
    rows = {r[0]: r[1:] for r in database.query(
        'select source_listing_key, standard_status, list_price, city, bedrooms, living_area_sqft, list_date::text, photo_count '
        'from mls.listings')}
    assert rows['4fa95bdcdd9bc990ebc0162e675da6e1'] == ('Active', 200000, 'Austin', 2, 967, '2020-10-22', 24)
    assert rows['P_5af601c3fc76173b348291e9'][5] == '2024-12-26'
    assert rows['MRD05253841'][:2] == ('Closed', 184500)
    again = plat.ok('import', *sorted(PAYLOADS.glob('*.json')))
    assert ' 0 new, 0 changed' in again
