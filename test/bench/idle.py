"""What costs without being asked: connections that wait, plans, the schema cache and its reloading."""
import contextlib, http.client, random, re, resource, socket, threading, time

import bulk, work
from bed import folder, memory_mb, note, report, status_of, title
from tools import load, plat_rest

CONNECTIONS, TABLES, SHAPES = 2000, 1000, 1000


def connections(server):
    """Of a server that has done nothing else, so that it has no memory left over from other work."""
    title('Memory of connections that wait for their next request')
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * CONNECTIONS), hard))
    n = min(CONNECTIONS, min(hard, 2 * CONNECTIONS) - 100)
    rng = random.Random(1)
    with contextlib.ExitStack() as stack:
        def ask():
            s = stack.enter_context(socket.create_connection(('127.0.0.1', server.port), 10))
            s.sendall(work.plat('one', work.draw(rng)))
            return b' 200 ' in s.recv(65536)

        ask()
        before = memory_mb(server.pid)
        if not all(ask() for _ in range(n)):
            note('a connection was refused: not measured')
            return
        grown = (memory_mb(server.pid) - before) * 1024 / n
        report(f'{n} idle connections, each', f'{grown:.1f} KB', grown, 16, most=True)
        report('the process with them', f'{memory_mb(server.pid):.1f} MB')


def metrics(port):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    c.request('GET', '/metrics')
    return dict(re.findall(r'^(\w+)(?:\{\})? ([\d.e+-]+)$', c.getresponse().read().decode(), re.M))


def spent(port, seconds, number, what):
    """Microseconds for each time that the server counted meanwhile, by two counters of /metrics; and how many."""
    before = metrics(port)
    what()
    after = metrics(port)
    times = float(after[number]) - float(before[number])
    return 1e6 * (float(after[seconds]) - float(before[seconds])) / max(1, times), times


def plans(r, port):
    title('From the head of a request to its plan: microseconds')
    known = r.requests(work.plat, 'one')
    each, times = spent(port, 'plat_rest_shape_seconds_total', 'plat_rest_shapes_total', lambda: load(port, known, connections=1, seconds=r.seconds))
    report('plan of a known shape', f'{each:.1f} µs, {times:.0f} times', each, 5, most=True)
    new = work.requests_file(r.files, 'shapes', work.plat_shape, n=SHAPES)
    each, times = spent(port, 'plat_rest_plan_seconds_total', 'plat_rest_plans_made_total', lambda: load(port, new, connections=1, number=SHAPES))
    report('plan of a new shape', f'{each:.1f} µs, {times:.0f} times', each, 50, most=True)


def tables(n):
    """n tables of 12 columns, each referring to the one before."""
    yield 'create schema many; grant usage on schema many to anon;'
    for i in range(n):
        parent = f'references many.t{i - 1}' if i else ''
        yield (f'create table many.t{i} (id bigint primary key, parent_id bigint {parent}, name text not null, note text, price numeric(12, 2), '
               'amount int default 0, tags text[], facts jsonb, day date, made_at timestamptz default now(), is_open boolean, key uuid);')
    yield ('create table many.plain (id bigint primary key, name text, note text, price numeric(12, 2), amount int, day date, '
           'made_at timestamptz, is_open boolean);')
    yield "insert into many.t0 (id, name) values (1, 'one'); grant select on all tables in schema many to anon; grant insert on many.plain to anon;"


def wait_loaded(server):
    end = time.monotonic() + 60
    while status_of(server.port, '/t0') != 200:
        if time.monotonic() > end or server.poll() is not None:
            raise SystemExit('bench: plat rest does not answer')
        time.sleep(0.005)


def cache(bed, rounds):
    title(f'Schema cache: plat rest before a database with {TABLES} tables')
    bed.psql(bed.url('postgres'), '-c', 'drop database if exists many', '-c', 'create database many')
    url = bed.url('many')
    bed.psql(url, text='begin;\n' + '\n'.join(tables(TABLES)) + '\ncommit;\nvacuum analyze;')
    began = time.monotonic()
    with plat_rest(bed, url, PGRST_DB_SCHEMAS='many') as server, folder() as files:
        wait_loaded(server)
        seconds = time.monotonic() - began
        report('from start to the first answer', f'{seconds:.2f} s', seconds, 1, most=True)
        report('memory of the process', f'{memory_mb(server.pid):.1f} MB')
        reload_under_load(bed, url, server, files)
        bulk.plain_inserts(bed, url, server, rounds)


def reload_under_load(bed, url, server, files, times=10):
    requests = work.write_requests(f'{files}/requests', [work.http_request('GET', '/t0?id=eq.1', {})])

    def notify():
        for _ in range(times):
            time.sleep(0.5)
            bed.psql(url, '-c', "notify pgrst, 'reload schema'")

    thread = threading.Thread(target=notify)
    thread.start()
    answer = load(server.port, requests, connections=8, seconds=0.5 * times + 1, forgive=True)
    thread.join()
    report(f'wrong answers while it is reloaded {times} times', f'{answer["errors"]} of {answer["answers"]}', answer['errors'], 0, most=True)
    report('  longest of 99 % of the requests meanwhile', f'{answer["p99_us"] / 1000:.1f} ms')
