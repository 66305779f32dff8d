#!/usr/bin/python3
"""sync_kills.py [N]: one initial load that is killed with SIGKILL at N random moments (200 unless said); afterwards the tables are exactly
the feed, row by row.

Needs PLAT_BIN and a server to make a database on, DATABASE_URL: `make soak` gives both."""
import contextlib, json, os, pathlib, random, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
os.environ.setdefault('PLAT_TEST_DATABASE_URL', os.environ.get('DATABASE_URL', ''))
sys.path.insert(0, str(ROOT / 'test/http'))

# Small pages, so that the load has as many moments to be killed in as there are kills; no limit of requests between them.
PAGE = 20
SETTINGS = {'page_size': PAGE, 'requests_per_minute': 100000, 'requests_per_hour': 10000000}


def load(copy, kills, random):
    """Kills run after run until there were so many; answers how many hit one that was under way."""
    plat, hits = copy.plat, 0
    for done in range(kills):
        p = plat.start(*copy.args())
        time.sleep(random.uniform(0.01, 0.35))
        hits += p.poll() is None
        plat.stop(p, 9)
        p.log.close()
        if sys.stdout.isatty() and done % 10 == 9:
            print(f'{done + 1} kills, {len(copy.listings())} listings', flush=True)
    return hits


def check(copy, database, rows):
    copy.sync(timeout=600)
    copy.assert_same()
    mine = copy.workspace
    runs = database.query('select status, error from mls.sync_runs where workspace_id = %s order by started_at', mine)
    assert runs[-1][0] == 'success', runs[-1]
    assert all(s == 'success' or 'interrupted' in e for s, e in runs), [r for r in runs if r[0] != 'success'][:3]
    assert database.one("select count(*) from mls.sync_runs where workspace_id = %s and status = 'running'", mine) == 0
    assert database.one('select count(*) from mls.listings where workspace_id = %s', mine) == rows
    assert database.one('select count(*) from mls.listing_media m where not exists (select from mls.listings l '
                        'where l.workspace_id = m.workspace_id and l.id = m.listing_id)') == 0


def soak(world, kills, seed=None):
    seed = random.randrange(10**6) if seed is None else seed
    # So many that the load is under way until the last kill.
    rows = max(600, 200 * kills)
    feed = world.feed(rows, '--requests-per-hour', 10000000)
    copy = world.copy(feed, **SETTINGS)
    hits = load(copy, kills, random.Random(seed))
    before = len(copy.listings())
    check(copy, world.database, rows)
    return {'kills': kills, 'in a run': hits, 'rows': rows, 'rows when the last one came': before, 'seed': seed}


def main(kills):
    from conftest import Database, Plat
    from replication_kit import World
    template = Database.make('soak')
    with tempfile.TemporaryDirectory() as folder:
        Plat(pathlib.Path(folder), template).ok('migrate', timeout=120)
    with contextlib.closing(World(template)) as world:
        print(json.dumps(soak(world, kills)))


if __name__ == '__main__':
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
