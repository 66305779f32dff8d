"""Feeds, connections and the comparison of the tables with a feed, for the tests of replication."""
import json, urllib.parse

from conftest import answers, free_port, get, wait_until

TOKEN, SECRET = 'feed-token-1', 'feed-secret-1'
AS_OF = '2026-11-01T00:00:00Z'
LATER = '2026-11-05T00:00:00Z'
AUTH = {'Authorization': f'Bearer {TOKEN}'}


class Feed:
    """plat feed as a process of its own. Paths are relative to the feed's root, or absolute below it, or links."""

    def __init__(self, plat, rows, *args, kind='bridge', seed=5, as_of=AS_OF, port=None):
        self.plat, self.kind, self.port = plat, kind, port or free_port()
        segment = f"/{args[args.index('--feed-type') + 1]}" if '--feed-type' in args else ''
        self.root = '/reso/odata' if kind == 'reso' else f'/api/v2/OData/d{segment}'
        self.base = f'http://127.0.0.1:{self.port}' + ('/reso/odata' if kind == 'reso' else '/api/v2/OData')
        self.process = plat.start('feed', '--listen', f'127.0.0.1:{self.port}', '--rows', rows, '--seed', seed, '--dataset', 'd',
                                  '--kind', kind, '--as-of', as_of, *args, env={'FEED_TOKEN': TOKEN, 'FEED_CLIENT_SECRET': SECRET})
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
