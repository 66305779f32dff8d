"""Feeds, connections and the comparison of the tables with a feed, for the tests of replication."""
import itertools, json, os, pathlib, shutil, tempfile, urllib.parse

import pytest

from conftest import RELEASE, Database, Plat, answers, free_port, get, wait_until

TOKEN, SECRET = 'feed-token-1', 'feed-secret-1'
AS_OF = '2026-11-01T00:00:00Z'
LATER = '2026-11-05T00:00:00Z'
AUTH = {'Authorization': f'Bearer {TOKEN}'}


class Feed:
    """plat feed as a process of its own. Paths are relative to the feed's root, or absolute below it, or links."""

    def __init__(self, plat, rows, *args, kind='bridge', seed=5, as_of=AS_OF, port=None, program=RELEASE):
        self.plat, self.kind, self.port = plat, kind, port or free_port()
        segment = f"/{args[args.index('--feed-type') + 1]}" if '--feed-type' in args else ''
        self.root = '/reso/odata' if kind == 'reso' else f'/api/v2/OData/d{segment}'
        self.base = f'http://127.0.0.1:{self.port}' + ('/reso/odata' if kind == 'reso' else '/api/v2/OData')
        self.process = plat.start('feed', '--listen', f'127.0.0.1:{self.port}', '--rows', rows, '--seed', seed, '--dataset', 'd',
                                  '--kind', kind, '--as-of', as_of, *args, env={'FEED_TOKEN': TOKEN, 'FEED_CLIENT_SECRET': SECRET}, program=program)
        wait_until(answers(self.port), 10)

    def get(self, path, **headers):
        parts = urllib.parse.urlsplit(path)
        path = parts._replace(scheme='', netloc='').geturl() if parts.netloc else self.root + path
        return get(self.port, path, headers=AUTH | headers)

    def control(self, what, text):
        status, _, said = get(self.port, f'/_control/{what}', 'POST', AUTH, text)
        assert status == 200, said
        return json.loads(said)

    def move(self, as_of):
        return self.control('as-of', as_of)

    def faults(self, names):
        return self.control('faults', names)

    def state(self):
        return json.loads(get(self.port, '/_control/as-of', headers=AUTH)[2])

    def stop(self):
        self.plat.stop(self.process)

    def pages(self, path, **headers):
        while path:
            status, answered, text = self.get(path, **headers)
            assert status == 200, text
            page = json.loads(text)
            yield page
            path = (answered.get('next') or page.get('@odata.nextLink')) if page['value'] else None

    def all(self, path, **headers):
        return [row for page in self.pages(path, **headers) for row in page['value']]

    def rows(self):
        """{ListingKey: row} of the whole dataset, oldest change first, read as any client would; photos are embedded in both kinds."""
        path = '/Property?$expand=Media' if self.kind == 'reso' else '/Property/replication?$top=2000'
        return {r['ListingKey']: r for r in self.all(path)}


def move_on(feed, step):
    return feed.move(step)


def plain(row):
    """Without @odata.* annotations, which belong to the answer and not to the listing."""
    return {k: v for k, v in row.items() if not k.startswith('@')}


# --- a workspace that copies a feed

# Column, field, and how a clean value becomes the column's.
def same(v):
    return v


def text(v):
    return v.strip() or None if v is not None else None


def rounded(v):
    return int(v + 0.5) or None if v is not None else None


TYPED = {
    'mls_number': ('ListingId', text), 'standard_status': ('StandardStatus', same), 'list_date::text': ('ListingContractDate', same),
    'close_date::text': ('CloseDate', same), 'unit_number': ('UnitNumber', text), 'city': ('City', text), 'state': ('StateOrProvince', text),
    'postal_code': ('PostalCode', text), 'county': ('CountyOrParish', text), 'subdivision': ('SubdivisionName', text),
    'building_name': ('BuildingName', text), 'latitude': ('Latitude', same), 'longitude': ('Longitude', same),
    'property_type': ('PropertyType', same), 'bedrooms': ('BedroomsTotal', same), 'living_area_sqft': ('LivingArea', rounded),
    'year_built': ('YearBuilt', rounded), 'list_price': ('ListPrice', rounded), 'close_price': ('ClosePrice', rounded),
    'public_remarks': ('PublicRemarks', text), 'photo_count': ('PhotosCount', same), 'list_agent_key': ('ListAgentKey', text),
    'list_agent_mls_id': ('ListAgentMlsId', text), 'list_office_key': ('ListOfficeKey', text), 'list_office_name': ('ListOfficeName', text),
    """to_char(modification_ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""": ('ModificationTimestamp', same),
    """to_char(source_modified_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""": ('BridgeModificationTimestamp', same),
}


class Run(dict):
    """A row of mls.sync_runs, and what plat sync printed."""
    __getattr__ = dict.get


class Copy:
    """A workspace, its connection to a feed, and what it has of it."""

    def __init__(self, plat, database, feed, slug, /, **more):
        self.plat, self.database, self.slug, self.ever_seen = plat, database, slug, set()
        database.query('insert into mls.workspaces (slug, name) values (%s, %s) on conflict do nothing', slug, slug.upper())
        self.workspace = database.one('select id from mls.workspaces where slug = %s', slug)
        self.connect(feed, **more)

    def connect(self, feed, /, token=TOKEN, client_id=None, **settings):
        """settings as docs/connections.md has them; with a client the token is fetched."""
        self.feed, self.provider = feed, feed.kind
        client = ['--client-id', client_id, '--token-url', f'http://127.0.0.1:{feed.port}/oauth/token'] if client_id else []
        self.plat.ok('connect', '--workspace', self.slug, '--provider', feed.kind, '--dataset', 'd', '--base-url', feed.base, *client,
                     *[x for k, v in settings.items() for x in ('--setting', f'{k}={v}')], text=(SECRET if client_id else token) + '\n')
        self.connection = self.database.one('select id from mls.mls_connections where workspace_id = %s and provider = %s',
                                            self.workspace, feed.kind)

    def args(self, *more):
        return ['sync', '--workspace', self.slug, '--provider', self.provider, *more]

    def try_sync(self, *args, timeout=120):
        r = self.plat.run(*self.args(*args), timeout=timeout)
        return Run(self.run(), code=r.returncode, out=r.stdout, said=r.stderr)

    def sync(self, *args, **more):
        run = self.try_sync(*args, **more)
        assert run.code == 0 and run.status == 'success' and run.error is None, (run.said, run.error)
        return run

    def request(self, kind='sync', task=None):
        """A run for plat work; its id."""
        return self.database.one('select (mls.request_sync(%s, %s, %s, false, %s)).id', self.connection, task, kind, self.workspace)

    def wait_for(self, run, seconds=25):
        try:
            wait_until(lambda: self.run(run)['status'] != 'running', seconds)
        except AssertionError:
            jobs = self.database.query('select name, status, attempts, last_error from plat.jobs where workspace_id = %s', self.workspace)
            raise AssertionError(f'the run does not end: {self.run(run)} {jobs}') from None
        return self.run(run)

    def run(self, run=None):
        """The last run of the connection, or that one."""
        names = ['id', 'kind', 'status', 'error', 'stats', 'progress', 'finished_at']
        rows = self.database.query(f"""select {', '.join(names)} from mls.sync_runs where workspace_id = %s
                                       and coalesce(id = %s, mls_connection_id = %s) order by started_at desc limit 1""",
                                   self.workspace, run, self.connection)
        return Run(zip(names, rows[0])) if rows else Run()

    def status(self):
        return Run(zip(('status', 'reason', 'failures'), self.database.query(
            'select status, status_reason, failures from mls.mls_connections where id = %s', self.connection)[0]))

    def listings(self, what='source_listing_key', where='is_active'):
        return self.database.query(f'select {what} from mls.listings where workspace_id = %s and source_provider = %s and {where}',
                                   self.workspace, self.provider)

    def photos(self):
        """{key: [(order, url, media key)]} of the listings that are there."""
        found = {key: [] for key, in self.listings()}
        for key, *photo in self.database.query(
                """select l.source_listing_key, m.sort_order, m.url, m.media_key from mls.listing_media m
                   join mls.listings l on l.workspace_id = m.workspace_id and l.id = m.listing_id
                   where m.workspace_id = %s and l.source_provider = %s and l.is_active order by 1, 2, 3""", self.workspace, self.provider):
            found[key].append(tuple(photo))
        return found

    def left_over(self, want):
        """What has left the feed stays until a sweep, as it was when it was last seen: {key: row}."""
        photos = self.photos()
        return {key: raw | {'Media': [{'Order': o, 'MediaURL': url, 'MediaKey': k} for o, url, k in photos[key]]}
                if 'Media' not in raw else raw for key, raw in self.listings('source_listing_key, raw') if key not in want}

    def assert_follows(self):
        """The same, but for what has left the feed."""
        want = self.feed.rows()
        left = self.left_over(want)
        assert left.keys() <= self.ever_seen, left.keys() - self.ever_seen
        self.assert_same(want | left)

    def assert_same(self, want=None):
        """Every listing of the feed is in the tables exactly once, as it is, with its photos, and nothing else is."""
        want = self.feed.rows() if want is None else want
        self.ever_seen |= want.keys()
        columns = list(TYPED)
        rows = self.listings(', '.join(['source_listing_key', 'raw', *columns]))
        have = {key: (raw, typed) for key, raw, *typed in rows}
        assert len(have) == len(rows), 'a key is there twice'
        assert have.keys() == want.keys(), (sorted(want.keys() - have.keys())[:3], sorted(have.keys() - want.keys())[:3])
        for key, row in want.items():
            raw, typed = have[key]
            row = plain(row)
            expected = row if 'Media' in raw else {k: v for k, v in row.items() if k != 'Media'}
            assert plain(raw) == expected, (key, {k for k in expected if expected[k] != raw.get(k)}, raw.keys() ^ expected.keys())
            stamped = row if 'BridgeModificationTimestamp' in row else row | {'BridgeModificationTimestamp': row['ModificationTimestamp']}
            wrong = {c: (v, stamped[f]) for (c, (f, to)), v in zip(TYPED.items(), typed) if v != to(stamped.get(f))}
            assert not wrong, (key, wrong)
        photos = {key: [(int(m['Order']), m['MediaURL'], m['MediaKey']) for m in row['Media'] or []] for key, row in want.items()}
        have = self.photos()
        assert have == photos, next((k, have[k][:3], photos[k][:3]) for k in photos if have[k] != photos[k])


class World:
    """One database for the tests of a file: each has workspaces of its own, which also shows that they do not meet."""
    slugs = (f'w{n}' for n in itertools.count(1))

    def __init__(self, template):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix='plat-'))
        self.data.chmod(0o755)
        self.database = Database.make('world', template)
        self.plat = Plat(self.data, self.database)

    def feed(self, rows, *args, **more):
        return Feed(self.plat, rows, *args, **more)

    def copy(self, feed, /, **more):
        return Copy(self.plat, self.database, feed, next(self.slugs), **more)

    def close(self):
        self.plat.close()
        self.database.drop()
        shutil.rmtree(self.data, ignore_errors=True)


@pytest.fixture(scope='module')
def world(template):
    w = World(template)
    yield w
    w.close()
