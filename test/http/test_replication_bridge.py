"""Replication from a feed with Bridge's manners: every place where the next link may be, with and without replication and timestamp filters,
changes, vanished listings, and the tables compared with the feed row by row."""
import pytest

from replication_kit import LATER, world


@pytest.mark.parametrize('where', ['header', 'link', 'body'])
def test_the_next_link_is_found_wherever_it_stands(world, where):
    c = world.copy(world.feed(130, '--next-link', where), page_size=50)
    run = c.sync()
    assert run.stats['fetched'] == run.stats['inserted'] == 130 and run.stats['errors'] == 0
    c.assert_same()


def test_changes_of_a_later_day_arrive_and_nothing_else_is_written(world):
    f = world.feed(200)
    c = world.copy(f)
    c.sync()
    before = dict(c.listings('source_listing_key, xmin::text'))
    f.move(LATER)
    run = c.sync()
    want = f.rows()
    new = [k for k in want if k not in before]
    assert 0 < run.stats['upserted'] < 120 and run.stats['inserted'] == len(new)
    c.ever_seen |= before.keys()
    c.assert_follows()
    quiet = [k for k, r in want.items() if r['BridgeModificationTimestamp'] < '2026-10-31']
    after = dict(c.listings('source_listing_key, xmin::text'))
    assert len(quiet) > 60 and all(after[k] == before[k] for k in quiet)


@pytest.mark.parametrize('args, settings', [
    (['--no-replication'], {'replication': 'no'}),
    (['--no-replication'], {}),
    (['--no-timestamp-filter'], {'timestamp_filter': 'no'}),
    (['--no-timestamp-filter'], {}),
    (['--feed-type', 'idx'], {'feed': 'idx'}),
])
def test_datasets_that_do_not_do_everything(world, args, settings):
    f = world.feed(130, *args)
    c = world.copy(f, page_size=50, **settings)
    if '--no-replication' in args:
        f.rows = lambda: {r['ListingKey']: r for r in f.all('/Property?$top=200')}
    c.sync()
    c.assert_same()
    f.move(LATER)
    c.sync()
    c.assert_follows()


def test_photos_are_written_again_only_when_they_changed(world):
    f = world.feed(200)
    c = world.copy(f)
    c.sync()
    before = c.photos()
    stamps = dict(c.listings('source_listing_key, changed_xid::text'))
    kept = dict(world.database.query('select url, xmin::text from mls.listing_media where workspace_id = %s', c.workspace))
    f.move(LATER)
    run = c.sync()
    after = c.photos()
    moved = [k for k in after if after[k] != before.get(k)]
    assert moved and run.stats['media'] >= 1
    # Who follows the listings hears of it, though the trigger that tells of pictures leaves a sync out.
    assert all(stamp != stamps.get(key) for key, stamp in c.listings('source_listing_key, changed_xid::text') if key in moved)
    now = dict(world.database.query('select url, xmin::text from mls.listing_media where workspace_id = %s', c.workspace))
    still = {url for k in after if k not in moved for _, url, _ in after[k]}
    assert still and all(now[url] == kept[url] for url in still)


def test_a_price_and_a_status_that_changed_leave_their_history(world):
    f = world.feed(200)
    c = world.copy(f)
    c.sync()
    before = {key: (price, status) for key, price, status in c.listings('source_listing_key, list_price, standard_status')}
    f.move(LATER)
    c.sync()
    want = f.rows()
    expected = set()
    for key, (price, status) in before.items():
        if key in want and want[key]['ListPrice'] != price:
            expected.add((key, 'price', str(price), str(want[key]['ListPrice'])))
        if key in want and want[key]['StandardStatus'] != status:
            expected.add((key, 'status', status, want[key]['StandardStatus']))
    have = set(world.database.query(
        """select l.source_listing_key, e.event, e.old_value, e.new_value from mls.listing_events e
           join mls.listings l on l.workspace_id = e.workspace_id and l.id = e.listing_id
           where e.workspace_id = %s and e.event in ('price', 'status')""", c.workspace))
    assert expected and have == expected
