"""Many rows in one request: out as CSV, in as JSON and CSV, beside psql and COPY."""
import csv as csv_format, io, json, pathlib, random, re, statistics

import work
from bed import folder, forget_peak, memory_mb, report, title
from tools import load

ROWS_OUT, ROWS_IN = 100_000, 10_000


def copy_seconds(psql, copy, before=''):
    """Of the \\copy alone, as psql counts: not of starting psql."""
    said = psql(text=f'{before}\\timing on\n{copy}\n')
    return float(re.findall(r'^Time: ([\d.]+) ms', said, re.M)[-1]) / 1000


def csv(r, server):
    title(f'{ROWS_OUT} listings as CSV, and psql \\copy of the same to /dev/null')
    head = {'Authorization': f'Bearer {work.SERVICE}', 'apikey': work.SERVICE, 'Accept-Profile': 'mls', 'Accept': 'text/csv'}
    request = work.http_request('GET', f'/rest/v1/listings?select={work.COLUMNS.replace(", ", ",")}&limit={ROWS_OUT}', head)
    requests = work.write_requests(pathlib.Path(r.files) / 'csv', [request])
    copy = f"\\copy (select {work.COLUMNS} from mls.listings limit {ROWS_OUT}) to '/dev/null' csv header"
    before, ratios = memory_mb(server.pid), []
    forget_peak(server.pid)
    for _ in range(r.rounds):
        psql = copy_seconds(lambda **k: r.bed.psql(r.url, **k), copy)
        answer = load(server.port, requests, connections=1, number=1, least=ROWS_OUT * 100)
        ratios.append(psql / answer['seconds'])
    grown = memory_mb(server.pid, 'VmHWM') - before
    report('CSV out : psql', f'{ROWS_OUT / answer["seconds"]:.0f} rows/s, {answer["bytes"] / 1e6:.0f} MB', statistics.median(ratios), 0.8)
    report('  memory of the server above what it had, at the peak', f'{grown:.1f} MB', grown, 8, most=True)


def leads():
    rng = random.Random(1)
    return [{'name': f'Lead {rng.randrange(10**9)}', 'phone': f'+1305{i:07}', 'email': f'lead{i}@example.org', 'company': 'Bench and Sons',
             'status': 'new', 'score': rng.randrange(101), 'opt_status': 'pending'} for i in range(ROWS_IN)]


def plain_rows():
    rng = random.Random(1)
    return [{'id': i, 'name': f'Name {rng.randrange(10**9)}', 'note': 'A note of some words, and one more.', 'price': rng.randrange(10**6) / 100,
             'amount': rng.randrange(1000), 'day': '2026-11-01', 'made_at': '2026-11-01T12:00:00Z', 'is_open': True} for i in range(ROWS_IN)]


def as_csv(rows, header=True):
    out = io.StringIO()
    writer = csv_format.DictWriter(out, rows[0], lineterminator='\n')
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def beside_copy(what, rows, target, head, port, psql, table, before='', rounds=3):
    """The rows in one request, as JSON and as CSV, and by COPY, in turns into the empty table. before: a line for psql's session."""
    with folder() as files:
        file = pathlib.Path(files) / 'rows.csv'
        file.write_bytes(as_csv(rows, header=False))
        copy = f"\\copy {table} ({', '.join(rows[0])}) from '{file}' csv"
        for kind, body in (('application/json', json.dumps(rows).encode()), ('text/csv', as_csv(rows))):
            requests = work.write_requests(pathlib.Path(files) / 'requests', [
                work.http_request('POST', target, head | {'Content-Type': kind, 'Prefer': 'return=minimal'}, body)])
            ratios = []
            for _ in range(rounds):
                psql('-c', f'truncate {table} cascade')
                seconds = copy_seconds(psql, copy, before)
                psql('-c', f'truncate {table} cascade')
                answer = load(port, requests, connections=1, number=1, status=201, least=0)
                ratios.append(seconds / answer['seconds'])
            report(f'{what}, {kind} : COPY', f'{ROWS_IN / answer["seconds"]:.0f} rows/s', statistics.median(ratios), 0.7)
    psql('-c', f'truncate {table} cascade')


def inserts(r, server):
    title(f'{ROWS_IN} leads in one request, and COPY of the same rows by psql')
    w, n = 3, 7
    head = {'Authorization': f'Bearer {work.TOKENS[w, n]}', 'apikey': work.TOKENS[w, n], 'Content-Profile': 'crm'}
    # The owner of the database, in the place of the login: COPY refuses tables with row level security to anybody else.
    me = f"select set_config('plat.me', '{work.login_of(w, n)}|{work.md5_uuid('w%d' % w)}', false) \\g /dev/null\n"
    beside_copy('leads with 15 indexes', leads(), '/rest/v1/leads', head, server.port,
                lambda *a, **k: r.bed.psql(r.url, *a, **k), 'crm.leads', me, r.rounds)


def plain_inserts(bed, url, server, rounds):
    title(f'{ROWS_IN} rows into a table with a primary key alone, by plat rest, and COPY of the same rows by psql')
    beside_copy('plain rows', plain_rows(), '/plain', {}, server.port, lambda *a, **k: bed.psql(url, *a, **k), 'many.plain', rounds=rounds)
