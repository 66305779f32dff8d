"""Replication from a plain RESO server: photos by $expand or as rows of their own, OAuth, pages of any size, two connections of one
workspace at once, and the tables compared with the feed row by row."""
import pytest

from conftest import wait_until
from replication_kit import LATER, world


@pytest.mark.parametrize('settings', [{}, {'media': 'expand'}, {'media': 'resource'}, {'page_size': 37}])
def test_a_plain_server_is_copied_whole_and_followed(world, settings):
    f = world.feed(120, kind='reso')
    c = world.copy(f, **settings)
    run = c.sync()
    assert run.stats['fetched'] == run.stats['inserted'] == 120
    c.assert_same()
    assert c.sync().stats['upserted'] == 0
    f.move(LATER)
    assert 0 < c.sync().stats['upserted'] < 80
    c.assert_follows()


def test_a_server_that_gives_few_rows_a_page_is_copied_whole(world):
    c = world.copy(world.feed(100, '--page-size', 15, kind='reso'), media='resource')
    c.sync()
    c.assert_same()


def test_photos_that_are_rows_are_asked_for_only_where_they_changed(world):
    f = world.feed(100, kind='reso')
    c = world.copy(f, media='resource')
    c.sync()
    first = f.state()['requests']
    c.sync()
    assert f.state()['requests'] - first <= 3       # how many there are, those of the overlap, and their photos
    c.assert_same()


def test_tokens_are_fetched_and_renewed(world):
    f = world.feed(120, '--client-id', 'me', kind='reso')
    c = world.copy(f, client_id='me', page_size=20)
    c.sync()
    assert f.state()['tokens'] == 1
    f.faults('token_expired:3')                     # in the middle of the next run
    c.sync('--from-scratch')
    assert f.state()['tokens'] == 3
    c.assert_same()


def test_tokens_that_end_soon_are_renewed_before(world):
    f = world.feed(120, '--client-id', 'me', '--token-ttl', 1, kind='reso')
    f.faults('slow:2')
    c = world.copy(f, client_id='me', page_size=20)
    c.sync()
    c.assert_same()


def test_a_client_that_is_not_known_is_one_sentence(world):
    f = world.feed(10, '--client-id', 'me', kind='reso')
    c = world.copy(f, client_id='you')
    run = c.try_sync()
    assert run.code == 1 and 'invalid_client' in run.error and 'feed-secret' not in run.error + run.said
    assert 'sync.retry' not in run.said             # who asks again and again is locked out
    assert c.status().status == 'error' and 'invalid_client' in c.status().reason


def test_two_connections_of_one_workspace_run_at_once(world):
    bridge, reso = world.feed(200, '--faults', 'slow'), world.feed(150, '--faults', 'slow', kind='reso', seed=8)
    c = world.copy(bridge, page_size=40)
    a = world.plat.start(*c.args())
    world_id, connection = c.workspace, c.connection
    c.connect(reso, page_size=40)
    b = world.plat.start(*c.args())
    at_once = "select count(*) = 2 from mls.sync_runs where workspace_id = %s and status = 'running'"
    wait_until(lambda: world.database.one(at_once, c.workspace), every=0.01)
    bridge.faults('')
    reso.faults('')
    assert (a.wait(60), b.wait(60)) == (0, 0), world.plat.said(a) + world.plat.said(b)
    c.assert_same()
    c.feed, c.provider, c.connection = bridge, 'bridge', connection
    c.assert_same()
    assert world.database.one('select count(*) from mls.listings where workspace_id = %s', world_id) == 350
