"""plat sync against plat serve's own /reso/odata: a workspace copied into another one, exactly, and followed."""
import pytest

from conftest import answers, free_port, wait_until
from replication_kit import LATER, TYPED, world


class Served:
    """The /reso/odata of a workspace, as a feed to connect to."""
    kind = 'reso'

    def __init__(self, world, origin):
        self.port = free_port()
        self.process = world.plat.start('serve', '--listen', f'127.0.0.1:{self.port}')
        wait_until(answers(self.port))
        self.base = f'http://127.0.0.1:{self.port}/reso/odata'
        self.token, self.client_id, self.client_secret = world.database.query(
            "select token, client_id, client_secret from mls.add_reso_consumer('copy', '{full,media}', 60000, 1000000, %s)",
            origin.workspace)[0]


def everything(copy):
    """What copies have to agree in, by key: payload, typed columns, photos."""
    photos = copy.photos()
    columns = ', '.join(['source_listing_key', 'raw', *TYPED])
    return {key: ({k: v for k, v in raw.items() if k != 'Media' and not k.startswith('@')}, dict(zip(TYPED, typed)), photos[key])
            for key, raw, *typed in copy.listings(columns)}


def assert_equal(copy, origin):
    have, want = everything(copy), everything(origin)
    assert have.keys() == want.keys(), (len(have), len(want))
    for key, (raw, typed, photos) in want.items():
        assert have[key][0] == raw, (key, {k for k in raw.keys() | have[key][0].keys() if raw.get(k) != have[key][0].get(k)})
        assert have[key][1] == typed, (key, {k for k in typed if typed[k] != have[key][1][k]})
        assert have[key][2] == photos, key


def sweep(world, copy, times=1):
    """Reconciles by the keys of the source: a listing that two sweeps do not see is gone."""
    for _ in range(times):
        run = copy.wait_for(copy.request('reconcile'))
        assert run.status == 'success', run.error
    return run


@pytest.mark.parametrize('settings', [{'media': 'expand'}, {'media': 'resource'}])
def test_a_workspace_is_copied_exactly(world, settings):
    origin = world.copy(world.feed(150))
    origin.sync()
    served = Served(world, origin)
    copy = world.copy(served, token=served.token, page_size=40, **settings)
    run = copy.sync()
    assert run.stats['inserted'] == 150 and run.stats['corrected'] == 0
    assert_equal(copy, origin)
    assert copy.sync().stats['upserted'] == 0
    world.plat.stop(served.process)


def test_a_copy_follows_changes_and_what_vanishes(world):
    world.plat.start('work', '--lease', 3)
    origin = world.copy(world.feed(150))
    origin.sync()
    served = Served(world, origin)
    copy = world.copy(served, token=served.token)
    copy.sync()
    origin.feed.move(LATER)
    origin.sync()
    sweep(world, origin, 2)
    want = origin.feed.rows()
    origin.assert_same(want)
    copy.sync()
    sweep(world, copy, 2)
    assert set(everything(copy)) == set(want)
    assert_equal(copy, origin)
