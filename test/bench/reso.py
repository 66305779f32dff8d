"""/reso/odata beside psql: the pages of a replication, with every field, against \\copy of the same payloads to /dev/null."""
import http.client, json, re, statistics, subprocess, time

import sync
from bed import PLAT, memory_mb, note, report, running, title
from tools import plat_serve

PAGE = 2000


def consumer(bed, url):
    said = subprocess.run([PLAT, 'consumers', 'add', f'bench {time.time()}', '--scopes', 'full', '--per-minute', '1000000', '--per-hour', '1000000'],
                          env=bed.env | {'DATABASE_URL': url}, check=True, capture_output=True, text=True).stdout
    return re.search(r'^token +(\S+)', said, re.M)[1]


def walk(port, token, path):
    """(seconds, bytes, rows) of all pages; only the link at the end of each is looked at."""
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=600)
    began, total, rows = time.monotonic(), 0, 0
    while path:
        c.request('GET', path, headers={'Authorization': f'Bearer {token}', 'Prefer': f'maxpagesize={PAGE}'})
        r = c.getresponse()
        tail = b''
        while (piece := r.read1(1 << 20)):
            total += len(piece)
            tail = (tail + piece)[-65536:]
        if r.status != 200:
            raise SystemExit(f'bench: {r.status} {tail[:300]!r}')
        link = re.search(rb'"@odata.nextLink":"http://[^/]+([^"]+)"}$', tail)
        path = link and link[1].decode()
        rows += 1
    return time.monotonic() - began, total, rows


def run(bed, rows, rounds):
    title(f'/reso/odata: a replication of {rows} listings with every field, against psql \\copy (select raw ...) to /dev/null')
    url = bed.migrate('bench_reso')
    bed.psql(url, '-c', "insert into mls.workspaces (slug, name) values ('bench', 'Bench')")
    with sync.feed(bed, rows) as port:
        sync.connect(bed, url, port)
        sync.sync(bed, url)
    bed.psql(url, '-c', 'vacuum (analyze) mls.listings')
    token = consumer(bed, url)
    paths = {'every field': '/reso/odata/Property/replication',
             'three fields': '/reso/odata/Property/replication?$select=ListingKey,ListPrice,City'}
    with plat_serve(bed, url) as p:
        walk(p.port, token, paths['every field'])
        before = memory_mb(p.pid)
        for what, path in paths.items():
            ratios, speeds = [], []
            for _ in range(rounds):
                began = time.monotonic()
                bed.psql(url, '-c', "\\copy (select raw from mls.listings where is_active) to '/dev/null'")
                copied = time.monotonic() - began
                took, size, pages = walk(p.port, token, path)
                ratios.append(copied / took)
                speeds.append(f'{rows / took:.0f} rows/s, {size / took / 1e6:.0f} MB/s, {pages} pages')
            report(f'replication, {what} : \\copy', speeds[len(speeds) // 2], statistics.median(ratios), 0.5 if what == 'every field' else None)
        report('memory while replicating', f'{memory_mb(p.pid) - before:.1f} MB more', memory_mb(p.pid) - before, 8, most=True)
