"""Sweeps by keys and what they must not believe; runs that are killed, started twice, or lose their connection; import tasks that want the same
listing. Afterwards the tables are the feed's, row by row."""
import signal

import psycopg2
import pytest

from conftest import wait_until
from replication_kit import world

KINDS = ['bridge', 'reso']


# --- sweeps

@pytest.fixture(scope='module')
def worker(world):
    return world.plat.start('work', '--lease', 3)


def sweep(c):
    return c.wait_for(c.request('reconcile'))


@pytest.mark.parametrize('kind', KINDS)
def test_vanished_listings_are_marked_then_taken_away_and_come_back(world, worker, kind):
    f = world.feed(200, kind=kind)
    c = world.copy(f)
    c.sync()
    all_rows = f.rows()
    f.faults('vanish:5')
    left = f.rows()
    gone = all_rows.keys() - left.keys()
    assert 1 <= len(gone) < 20
    run = sweep(c)
    assert run.status == 'success', run.error
    assert {k for k, in c.listings(where='missing_since is not null')} == gone and len(c.listings()) == 200
    run = sweep(c)
    assert run.status == 'success' and run.stats['vanished'] == len(gone)
    c.assert_same(left)
    assert {k for k, in c.listings(where="deactivated_reason = 'vanished'")} == gone
    f.faults('')
    for _ in range(2):
        run = sweep(c)
    c.sync('--from-scratch')
    c.assert_same(all_rows)
    assert not c.listings(where='missing_since is not null')


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('fault, sentence', [('vanish:50', '%'), ('half_sweep', 'the sweep ended early')])
def test_a_sweep_that_would_take_away_too_much_is_not_believed(world, worker, kind, fault, sentence):
    f = world.feed(200, kind=kind)
    c = world.copy(f)
    c.sync()
    f.faults(fault)
    runs = [sweep(c) for _ in range(2)]
    assert len(c.listings()) == 200
    assert all(run.status == 'error' and sentence in run.error for run in runs), runs
    assert sentence in c.status().reason
    f.faults('')
    assert sweep(c).status == 'success'
    c.assert_same()
    assert not c.listings(where='missing_since is not null')


def test_a_sweep_fetches_what_is_missing_or_stale_here(world, worker):
    f = world.feed(120)
    c = world.copy(f)
    c.sync()
    keys = sorted(f.rows())
    world.database.query('delete from mls.listings where workspace_id = %s and source_listing_key = any(%s)', c.workspace, keys[:3])
    world.database.query("update mls.listings set raw = '{}', list_price = 1, content_hash = null, source_modified_at = '2020-01-01' "
                         'where workspace_id = %s and source_listing_key = any(%s)', c.workspace, keys[3:5])
    run = sweep(c)
    assert run.status == 'success' and run.stats['refetched'] == 5
    c.assert_same()


# --- runs that are disturbed

def test_a_connection_deleted_while_it_runs_ends_the_run(world):
    f = world.feed(400, '--faults', 'slow')
    c = world.copy(f, page_size=40)
    p = world.plat.start(*c.args())
    wait_until(lambda: c.listings())
    world.database.query('delete from mls.mls_connections where id = %s', c.connection)
    assert p.wait(60) == 1
    assert 'the connection is not there any more' in world.plat.said(p) or 'deleted' in world.plat.said(p), world.plat.said(p)
    assert not world.database.one("select count(*) from mls.sync_runs where workspace_id = %s and status = 'running'", c.workspace)


def test_a_run_is_done_once_however_many_workers_there_are(world, worker):
    other = world.plat.start('work', '--lease', 3)
    f = world.feed(200, '--faults', 'slow')
    c = world.copy(f, page_size=50)
    asked = c.request()
    wait_until(lambda: c.listings())
    with pytest.raises(psycopg2.Error, match=f'being synced at the moment: follow run {asked} or cancel it first'):
        c.request()
    f.faults('')
    run = c.wait_for(asked)
    assert run.status == 'success' and run.stats['inserted'] == 200, run
    c.assert_same()
    assert world.database.one('select count(*) from mls.sync_runs where workspace_id = %s', c.workspace) == 1
    world.plat.stop(other)


def test_a_worker_that_stood_still_meets_the_one_that_took_its_run(world, worker):
    world.plat.stop(worker)
    f = world.feed(300, '--faults', 'slow')
    c = world.copy(f, page_size=30)
    first = world.plat.start('work', '--lease', 3)
    c.request()
    wait_until(lambda: c.listings())
    first.send_signal(signal.SIGSTOP)
    second = world.plat.start('work', '--lease', 3)
    wait_until(lambda: world.database.one("select count(*) from plat.jobs where workspace_id = %s and attempts > 1 or status = 'succeeded'",
                                          c.workspace))
    f.faults('')
    first.send_signal(signal.SIGCONT)
    wait_until(lambda: not world.database.one("select count(*) from mls.sync_runs where workspace_id = %s and status = 'running'",
                                              c.workspace))
    c.sync()
    c.assert_same()
    world.plat.stop(first)
    world.plat.stop(second)


def test_a_run_whose_worker_was_killed_is_ended_by_another(world):
    f = world.feed(300, '--faults', 'slow')
    c = world.copy(f, page_size=30)
    first = world.plat.start('work', '--lease', 3)
    run = c.request()
    wait_until(lambda: c.listings())
    world.plat.stop(first, signal.SIGKILL)
    f.faults('')
    world.plat.start('work', '--lease', 3)
    wait_until(lambda: world.database.one("select count(*) from mls.sync_runs where workspace_id = %s and status = 'success'", c.workspace))
    c.assert_same()
    assert not world.database.one("select count(*) from mls.sync_runs where workspace_id = %s and status = 'running'", c.workspace)


def task(c, name, config, **more):
    columns, values = ['workspace_id', 'mls_connection_id', 'name', 'filter_config'], [c.workspace, c.connection, name, config]
    return c.database.one(f"insert into mls.import_tasks ({', '.join([*columns, *more])}) values ({', '.join(['%s'] * (4 + len(more)))}) "
                          'returning id', *values, *more.values())


@pytest.mark.parametrize('kind', KINDS)
def test_a_listing_that_two_tasks_want_is_one_row(world, kind):
    f = world.feed(300, kind=kind)
    c = world.copy(f)
    rows = f.rows()
    cities = sorted({r['City'] for r in rows.values()}, key=lambda city: -sum(r['City'] == city for r in rows.values()))[:3]
    one = task(c, 'one', '{"cities": ["%s", "%s"]}' % tuple(cities[:2]), category='search')
    two = task(c, 'two', '{"cities": ["%s", "%s"]}' % tuple(cities[1:]), category='search')
    c.sync()
    c.assert_same({k: r for k, r in rows.items() if r['City'] in cities})
    wanted = {t: {k for k, in c.database.query(
        'select l.source_listing_key from mls.import_task_listings t join mls.listings l on l.id = t.listing_id and l.workspace_id = t.workspace_id '
        'where t.import_task_id = %s', t)} for t in (one, two)}
    assert wanted[one] == {k for k, r in rows.items() if r['City'] in cities[:2]}
    assert wanted[two] == {k for k, r in rows.items() if r['City'] in cities[1:]}
    c.database.query('update mls.import_tasks set is_enabled = false where id = %s', one)
    c.sync('--from-scratch')
    c.assert_same({k: r for k, r in rows.items() if r['City'] in cities[1:]})
    assert {k for k, in c.listings(where="deactivated_reason = 'out_of_scope'")} == {k for k, r in rows.items() if r['City'] == cities[0]}
