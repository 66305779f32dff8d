"""Many rows in one request: out as CSV, in as JSON and CSV, beside psql and COPY."""
import csv as csv_format, io, json, pathlib, random, statistics, time

import work
from bed import forget_peak, memory_mb, report, title
from tools import load

ROWS_OUT, ROWS_IN = 100_000, 10_000


def timed(what):
    began = time.monotonic()
    what()
    return time.monotonic() - began


def csv(r, server):
    title(f'{ROWS_OUT} listings as CSV, and psql \\copy of the same to /dev/null')
    head = {'Authorization': f'Bearer {work.SERVICE}', 'apikey': work.SERVICE, 'Accept-Profile': 'mls', 'Accept': 'text/csv'}
    request = work.http_request('GET', f'/rest/v1/listings?select={work.COLUMNS.replace(", ", ",")}&limit={ROWS_OUT}', head)
    requests = work.write_requests(pathlib.Path(r.files) / 'csv', [request])
    copy = f"\\copy (select {work.COLUMNS} from mls.listings limit {ROWS_OUT}) to '/dev/null' csv header"
    load(server.port, requests, connections=1, number=1, least=ROWS_OUT * 100)
    before, ratios = memory_mb(server.pid), []
    forget_peak(server.pid)
    for _ in range(r.rounds):
        psql = timed(lambda: r.bed.psql(r.url, '-c', copy))
        answer = load(server.port, requests, connections=1, number=1, least=ROWS_OUT * 100)
        ratios.append(psql / answer['seconds'])
    grown = memory_mb(server.pid, 'VmHWM') - before
    report('CSV out : psql', f'{ROWS_OUT / answer["seconds"]:.0f} rows/s, {answer["bytes"] / 1e6:.0f} MB', statistics.median(ratios), 0.8)
    report('  memory of the server above what it had, at the peak', f'{grown:.1f} MB', grown, 8, most=True)


def rows(seed):
    rng = random.Random(seed)
    return [{'name': f'Lead {rng.randrange(10**9)}', 'phone': f'+1305{seed:02}{i:07}', 'email': f'lead{seed}.{i}@example.org',
             'company': 'Bench and Sons', 'status': 'new', 'score': rng.randrange(101), 'opt_status': 'pending'} for i in range(ROWS_IN)]


def as_csv(some, header=True):
    out = io.StringIO()
    writer = csv_format.DictWriter(out, some[0], lineterminator='\n')
    if header:
        writer.writeheader()
    writer.writerows(some)
    return out.getvalue().encode()


def inserts(r, server):
    title(f'{ROWS_IN} leads in one request, and COPY of the same rows by psql')
    some, w, n = rows(1), 3, 7
    head = {'Authorization': f'Bearer {work.TOKENS[w, n]}', 'apikey': work.TOKENS[w, n], 'Content-Profile': 'crm', 'Prefer': 'return=minimal'}
    file = pathlib.Path(r.files) / 'leads.csv'
    file.write_bytes(as_csv(some, header=False))
    # The owner of the database, in the place of the login: COPY refuses tables with row level security to anybody else.
    me = f"select set_config('plat.me', '{work.login_of(w, n)}|{work.md5_uuid('w%d' % w)}', false) \\g /dev/null\n"
    copy = me + f"\\copy crm.leads ({', '.join(some[0])}) from '{file}' csv\n"
    for kind, body in (('application/json', json.dumps(some).encode()), ('text/csv', as_csv(some))):
        requests = work.write_requests(pathlib.Path(r.files) / 'bulk', [
            work.http_request('POST', '/rest/v1/leads', head | {'Content-Type': kind}, body)])
        ratios = []
        for _ in range(r.rounds):
            r.clear('insert')
            psql = timed(lambda: r.bed.psql(r.url, text=copy))
            r.clear('insert')
            answer = load(server.port, requests, connections=1, number=1, status=201, least=0)
            ratios.append(psql / answer['seconds'])
        report(f'bulk insert, {kind} : COPY', f'{ROWS_IN / answer["seconds"]:.0f} rows/s', statistics.median(ratios), 0.7)
    r.clear('insert')
