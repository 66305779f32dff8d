"""Each thing that a feed can do wrong (docs/feed.md), injected on purpose: what the run says, and that afterwards the tables are the feed's,
row by row."""
import pytest

from replication_kit import LATER, world

KINDS = ['bridge', 'reso']


# With both kinds what their paths differ in; test_sync.py has more of bridge.
@pytest.mark.parametrize('kind, fault', [
    *[('bridge', fault) for fault in ('reset_epoch,skew,html_metadata', 'slow_start:3,duplicates', 'storm')],
    *[('reso', fault) for fault in ('skew,duplicates,html_metadata', 'storm', 'bad_metadata', 'unknown_fields:2', 'repeated_page:3', 'disconnect:3',
                                    'token_expired:2,500:4')]])
def test_what_passes_leaves_exactly_the_feeds_rows(world, kind, fault):
    args = ['--client-id', 'me'] if 'token' in fault else []
    f = world.feed(100, '--faults', fault, *args, kind=kind)
    c = world.copy(f, page_size=30, **({'client_id': 'me'} if args else {}))
    c.sync()
    f.faults('storm' if fault == 'storm' else '')
    if fault == 'unknown_fields:2':
        c.sync('--from-scratch')
    c.assert_same()
    if fault == 'storm':
        assert max(map(len, c.photos().values())) == 500


# What is tried again takes seconds: all of them side by side.
STAYS = {
    'bridge': {'next_loop:3': 'next link', 'next_loop': 'next link', 'other_host:2': 'another host'},
    # Where rows can be asked for in the order of time and key, no next link is needed.
    'reso': {'next_loop:3': None, 'other_host:2': None, 'truncated': 'no complete JSON', 'unauthorized': '401'},
}


def test_what_stays_is_said_and_the_next_run_makes_it_whole(world):
    running = []
    for kind, faults in STAYS.items():
        for fault, sentence in faults.items():
            c = world.copy(world.feed(100, '--faults', fault, kind=kind), page_size=20)
            running.append((fault, sentence, c, world.plat.start(*c.args())))
    for fault, sentence, c, process in running:
        code, said, run = process.wait(60), world.plat.said(process), c.run()
        if sentence:
            assert code == 1 and run.status == 'error' and sentence in run.error and run.finished_at, (fault, run)
            assert sentence in said and 'feed-token' not in said and 'next=' not in run.error + said
            # Where the feed leads astray it does so again: once more at most is asked.
            assert said.count('sync.retry') == {'next_loop:3': 1, 'next_loop': 1, 'other_host:2': 0, 'truncated': 4, 'unauthorized': 0}[fault], said
            assert c.status().failures == 1 and sentence in c.status().reason
            c.feed.faults('')
            c.sync()
        assert c.status().status == 'active' and c.status().failures == 0, (fault, c.status())
        c.feed.faults('')
        c.assert_same()


@pytest.mark.parametrize('kind', KINDS)
def test_a_filter_that_is_refused_is_said(world, kind):
    f = world.feed(120, kind=kind)
    c = world.copy(f)
    c.sync()
    c.assert_same()
    f.move(LATER)
    f.faults('refused_filter')
    run = c.try_sync()
    assert run.code == 1 and '$filter is not supported' in run.error and '400' in run.error, run
    f.faults('')
    c.sync()
    c.assert_follows()


def test_a_row_of_40_mb_is_left_out_and_told(world):
    f = world.feed(60, '--faults', 'huge_row')
    c = world.copy(f, page_size=60)
    run = c.sync()
    assert run.stats['skipped_large'] == 1 and run.stats['inserted'] == 59
    f.faults('')
    rows = f.rows()
    first = next(iter(rows))
    c.assert_same({k: r for k, r in rows.items() if k != first})
    c.sync('--from-scratch')
    c.assert_same(rows)


@pytest.mark.parametrize('kind', KINDS)
def test_a_row_of_the_future_does_not_hide_those_of_tomorrow(world, kind):
    f = world.feed(150, '--faults', 'future', kind=kind)
    c = world.copy(f)
    c.sync()
    c.assert_same()
    f.move(LATER)
    run = c.sync()
    assert run.stats['upserted'] > 1
    c.assert_follows()


def test_a_feed_that_goes_backwards_takes_nothing_back(world):
    f = world.feed(150)
    c = world.copy(f)
    c.sync()
    now = f.rows()
    f.faults('backwards')
    older = {k for k, r in f.rows().items() if r != now[k]}
    assert older
    c.sync('--from-scratch')
    f.faults('')
    c.sync('--from-scratch')
    c.assert_same(now)


@pytest.mark.parametrize('kind', KINDS)
def test_a_next_link_that_is_forgotten_begins_the_pass_anew(world, kind):
    f = world.feed(200, '--faults', 'unauthorized:4', kind=kind)
    c = world.copy(f, page_size=30)
    assert c.try_sync().code == 1
    assert 0 < len(c.listings()) < 200
    c.ever_seen |= f.rows().keys()
    f.move(LATER)                          # the link that the next run begins with is of an earlier time
    f.faults('forgotten_link')
    c.sync()
    c.assert_follows()
