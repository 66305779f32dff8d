"""Searches of plat serve beside the same query in plain SQL: text, five filters, a circle, six facets and a sort, from 8 clients; and how
soon a committed change is found while others stream in."""
import contextlib, http.client, json, pathlib, random, statistics, subprocess, sys, threading, time, urllib.parse

import work
from bed import environment, folder, memory_mb, note, report, title
from tools import HERE, libpq, load, plat_serve

CLIENTS = 8
FACETS = 'city,property_type,standard_status,bedrooms,postal_code,subdivision'
WORDS = [('pool', 'garden'), ('renovated', 'kitchen'), ('terrace', 'sun'), ('dock', 'boat'), ('golf', 'tennis'), ('roof', 'generator'),
         ('penthouse', 'sunset'), ('cottage', 'laundry'), ('oak', 'fireplace'), ('beach', 'restaurants'), ('solar', 'shutters'), ('park', 'school')]
STREAM = 1000  # listings a second
PROBES = 20


def data(bed, rows, workspaces):
    name = f'bench_search_{rows}_{workspaces}'
    if not bed.has(name):
        url = bed.migrate('half_made')
        note(f'making {rows} listings in one workspace and {workspaces} workspaces of 1000: about four minutes for a million')
        bed.psql(url, '-v', f'rows={rows}', '-v', f'workspaces={workspaces}', '-f', str(HERE / 'search.sql'))
        bed.psql(bed.url('postgres'), '-c', f'alter database half_made rename to {name}')
    return bed.url(name)


def search_of(rng):
    words = rng.choice(WORDS)
    low = rng.randrange(1, 6) * 100_000
    return {'q': ' '.join(words), 'query_by': 'public_remarks,address_full,city,subdivision,building_name', 'sort_by': 'list_price:desc',
            'facet_by': FACETS, 'per_page': 20, 'include_fields': 'id', 'highlight_fields': 'none',
            'filter_by': f'standard_status:=[Active,Pending] && property_type:=Residential && list_price:[{low}..{low + 800_000}] && '
                         f'bedrooms:>={rng.randrange(1, 4)} && bathrooms:>=1 && '
                         f'location:({25.4 + rng.random():.4f}, {-80.7 + rng.random():.4f}, 10 km)'}


def request(params, workspace):
    head = {'Authorization': f'Bearer {work.SERVICE}', 'X-Plat-Workspace': f'search-{workspace}'}
    return work.http_request('GET', '/collections/listings/documents/search?' + urllib.parse.urlencode(params), head)


def requests_file(files, name, workspaces, n=4000):
    rng = random.Random(1)
    return work.write_requests(pathlib.Path(files) / name, (request(search_of(rng), rng.choice(workspaces)) for _ in range(n)))


# One query for hits, number and facets. What it finds is read once; the index on words and the one on places are combined, or the planner takes
# the better one.
SQL = """with found as materialized (
  select id, list_price, city, property_type, standard_status, bedrooms, postal_code, subdivision from bench.listings
   where workspace_id = md5('s' || :ws)::uuid and words @@ to_tsquery('simple', (array[{queries}])[:w])
     and place <@ box(point(:lng - 0.1, :lat - 0.09), point(:lng + 0.1, :lat + 0.09))
     and 12742017.6 * asin(sqrt(power(sin(radians(latitude - :lat) / 2), 2)
           + cos(radians(:lat)) * cos(radians(latitude)) * power(sin(radians(longitude - :lng) / 2), 2))) <= 10000
     and standard_status = any('{{Active,Pending}}') and property_type = 'Residential' and list_price between :low and :low + 800000
     and bedrooms >= :beds and bathrooms >= 1),
counted as (
  select field, value, n, row_number() over (partition by field order by n desc, value) as place from (
    select grouping(city, property_type, standard_status, bedrooms, postal_code, subdivision) as field,
           coalesce(city, property_type, standard_status, bedrooms::text, postal_code, subdivision) as value, count(*) as n
      from found group by grouping sets ((city), (property_type), (standard_status), (bedrooms), (postal_code), (subdivision))) g)
select (select count(*) from found), (select json_agg(h.id) from (select id from found order by list_price desc, id limit 20) h),
       (select json_agg(c) from counted c where place <= 10);
"""


def script(files, workspaces):
    path = pathlib.Path(files) / 'search.pgbench'
    first, last = min(workspaces), max(workspaces)
    path.write_text(f'\\set ws random({first}, {last})\n\\set w random(1, {len(WORDS)})\n\\set lat 25.4 + random(0, 10000) / 10000.0\n'
                    '\\set lng -80.7 + random(0, 10000) / 10000.0\n\\set low random(1, 5) * 100000\n\\set beds random(1, 3)\n'
                    + SQL.format(queries=', '.join(f"'{a} & {b}'" for a, b in WORDS)).replace('\n', ' ').strip() + '\n')
    return path


def pgbench(url, path, seconds):
    r = subprocess.run(['pgbench', '-n', '-M', 'prepared', '-c', str(CLIENTS), '-j', '1', '-T', str(max(1, round(seconds))), '-f', str(path)],
                       env=environment(**libpq(url)), capture_output=True, text=True)
    rate = [line.split()[2] for line in r.stdout.splitlines() if line.startswith('tps = ')]
    if r.returncode or not rate:
        sys.exit(f'bench: pgbench: {r.stdout[-500:]}{r.stderr[-1500:]}')
    return float(rate[0])


def ask(port, params, workspace=0):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    with contextlib.closing(c):
        c.request('GET', '/collections/listings/documents/search?' + urllib.parse.urlencode(params),
                  headers={'Authorization': f'Bearer {work.SERVICE}', 'X-Plat-Workspace': f'search-{workspace}'})
        r = c.getresponse()
        return r.status, json.loads(r.read())


def loaded(port, workspace):
    """Seconds until the workspace is searched."""
    began = time.monotonic()
    while True:
        status, said = ask(port, {'q': '*', 'query_by': 'city'}, workspace)
        if status == 200:
            return time.monotonic() - began, said['found']
        if status != 503 or time.monotonic() - began > 900:
            sys.exit(f'bench: {status} {said}')


def speed(what, port, url, files, workspaces, seconds, rounds):
    name = f'search.{len(workspaces)}'
    requests, sql = requests_file(files, name, workspaces), script(files, workspaces)
    answers, ratios, limits = [], [], []
    for _ in range(rounds):
        limit = pgbench(url, sql, 2 * seconds)
        limits.append(limit)
        answers.append(load(port, requests, connections=CLIENTS, seconds=seconds, least=200))
        ratios.append(answers[-1]['rate'] / max(limit, 0.01))
    answers.sort(key=lambda a: a['rate'])
    a = answers[len(answers) // 2]
    report(f'{what} : plain SQL', f'{a["rate"]:.0f}/s to {statistics.median(limits):.1f}/s', statistics.median(ratios), 10)
    report(f'{what}, median', f'{a["median_us"] / 1000:.1f} ms')
    report(f'{what}, p95', f'{a["p95_us"] / 1000:.1f} ms', a['p95_us'] / 1000, 20, most=True)


def stream(bed, url, stop, rows):
    """Changes STREAM listings a second, in transactions of 50."""
    began, n = time.monotonic(), 0
    with subprocess.Popen(['psql', '-X', '-q', '-d', url], stdin=subprocess.PIPE, text=True) as p:
        p.stdin.write('set synchronous_commit = off;\n')
        while not stop.is_set():
            at = n % max(1, rows - 50)
            p.stdin.write(f"update mls.listings set list_price = list_price + 1 where workspace_id = md5('s0')::uuid and id in "
                          f"(select md5('0-' || k)::uuid from generate_series({at}, {at + 49}) k);\n")
            p.stdin.flush()
            n += 50
            time.sleep(max(0, began + n / STREAM - time.monotonic()))
        p.stdin.close()
    return n / (time.monotonic() - began)


def freshness(bed, url, port, rows):
    stop, rate, took = threading.Event(), [], []
    writer = threading.Thread(target=lambda: rate.append(stream(bed, url, stop, rows)))
    writer.start()
    time.sleep(1)
    for i in range(PROBES):
        k = rows - 1 - i
        word = f'probe{time.time_ns()}'
        bed.psql(url, '-c', f"update mls.listings set subdivision = '{word}' where workspace_id = md5('s0')::uuid and id = md5('0-{k}')::uuid")
        began = time.monotonic()
        while ask(port, {'q': '*', 'query_by': 'city', 'filter_by': f'subdivision:={word}'})[1].get('found') != 1:
            if time.monotonic() - began > 30:
                sys.exit('bench: a committed change is not found')
            time.sleep(0.005)
        took.append(time.monotonic() - began)
    stop.set()
    writer.join()
    took.sort()
    report(f'a change is found, while {rate[0]:.0f} listings/s change', f'median {took[len(took) // 2] * 1000:.0f} ms, worst of {PROBES}',
           took[-1], 1, most=True)


def run(bed, rows, workspaces, seconds, rounds):
    url = data(bed, rows, workspaces)
    title(f'Searches of {CLIENTS} clients: words, five filters, a circle, six facets, sorted by price; {rows} listings in one workspace')
    with folder() as files, plat_serve(bed, url) as p:
        took, n = loaded(p.port, 0)
        report('made searchable', f'{n} listings in {took:.1f} s')
        report('memory', f'{memory_mb(p.pid):.0f} MB, {memory_mb(p.pid) * 1048576 / n:.0f} bytes each')
        speed('search', p.port, url, files, [0], seconds, rounds)
        freshness(bed, url, p.port, rows)
        if workspaces:
            took = [loaded(p.port, w + 1)[0] for w in range(workspaces)]
            report(f'{workspaces} workspaces of 1000, first search', f'median {statistics.median(took) * 1000:.0f} ms')
            speed(f'search in {workspaces} workspaces', p.port, url, files, list(range(1, workspaces + 1)), seconds, rounds)
