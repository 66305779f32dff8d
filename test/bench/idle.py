"""What costs without being asked: connections that wait, plans, the schema cache and its reloading."""
import contextlib, http.client, re, resource, socket, subprocess, threading, time

import work
from bed import folder, memory_mb, note, report, status_of, title
from tools import load, plat_rest

CONNECTIONS, TABLES = 2000, 1000


def connections(server):
    title('Memory of connections that wait for their next request')
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * CONNECTIONS), hard))
    n = min(CONNECTIONS, min(hard, 2 * CONNECTIONS) - 100)
    before = memory_mb(server.pid)
    with contextlib.ExitStack() as stack:
        for _ in range(n):
            s = stack.enter_context(socket.create_connection(('127.0.0.1', server.port), 10))
            s.sendall(b'GET /live HTTP/1.1\r\nHost: bench\r\n\r\n')
            if b' 200 ' not in s.recv(4096):
                note('a connection was refused: not measured')
                return
        grown = (memory_mb(server.pid) - before) * 1024 / n
    report(f'{n} idle connections, each', f'{grown:.1f} KB', grown, 16, most=True)
    report('the process with them', f'{memory_mb(server.pid):.1f} MB')


def metrics(port):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    c.request('GET', '/metrics')
    return dict(re.findall(r'^(\w+)(?:\{\})? ([\d.e+-]+)$', c.getresponse().read().decode(), re.M))


# Names under which plat serve may say how long its plans took, in microseconds or seconds, and how many there were.
PLANS = (('plan of a known shape', 'plat_rest_shape_seconds_total', 'plat_rest_shapes_total', 5),
         ('plan of a new shape', 'plat_rest_plan_seconds_total', 'plat_rest_plans_made_total', 50))


def plans(port):
    """From /metrics, after everything above has been asked."""
    title('From the head of a request to its plan')
    found = metrics(port)
    for what, seconds, number, goal in PLANS:
        if seconds in found and float(found.get(number, 0)) > 0:
            each = 1e6 * float(found[seconds]) / float(found[number])
            report(what, f'{each:.1f} µs, {float(found[number]):.0f} times', each, goal, most=True)
        else:
            note(f'{what}: /metrics has no {seconds}')


def tables(n):
    """n tables of 12 columns, each referring to the one before."""
    yield 'create schema many; grant usage on schema many to anon;'
    for i in range(n):
        parent = f'references many.t{i - 1}' if i else ''
        yield (f'create table many.t{i} (id bigint primary key, parent_id bigint {parent}, name text not null, note text, price numeric(12, 2), '
               'amount int default 0, tags text[], facts jsonb, day date, made_at timestamptz default now(), is_open boolean, key uuid);')
    yield 'insert into many.t0 (id, name) values (1, \'one\'); grant select on all tables in schema many to anon;'


def wait_loaded(server):
    end = time.monotonic() + 60
    while status_of(server.port, '/t0') != 200:
        if time.monotonic() > end or server.poll() is not None:
            raise SystemExit('bench: plat rest does not answer')
        time.sleep(0.005)


def cache(bed):
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
