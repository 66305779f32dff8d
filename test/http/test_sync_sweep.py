"""plat sync --sweep: by hand what the clock does once a day."""
from replication_kit import world  # noqa: F401


def test_a_sweep_by_hand_says_what_it_did(world):  # noqa: F811
    f = world.feed(40)
    c = world.copy(f)
    c.sync()
    keys = sorted(f.rows())
    world.database.query('delete from mls.listings where workspace_id = %s and source_listing_key = any(%s)', c.workspace, keys[:3])
    said = c.plat.ok(*c.args(), '--sweep')
    assert '3 rows fetched again, 0 taken down because two sweeps did not see them, 0 back' in said
    c.assert_same()
