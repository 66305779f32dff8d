"""Programs that the REST measurements start: the load generator, pgbench, plat serve, the peers."""
import contextlib, json, os, pathlib, re, shutil, subprocess, sys

import work
from bed import BUILD, PLAT, ROOT, environment, free_port, running, wait_for

HERE = pathlib.Path(__file__).resolve().parent


def compile_load():
    tool = BUILD / 'bench_load'
    sources = [str(HERE / 'load.c'), str(HERE / 'load_answer.c')]
    subprocess.run(['gcc', '-std=gnu11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror', '-o', str(tool), *sources], check=True)
    return str(tool)


LOAD = None


def load(port, requests, connections=8, seconds=3.0, warm=0.5, status=200, least=2, number=None, forgive=False):
    """What the load generator says of one run; ends the benchmark when an answer was wrong."""
    global LOAD
    LOAD = LOAD or compile_load()
    length = ['-n', str(number), '-w', '0'] if number else ['-t', str(seconds), '-w', str(warm)]
    r = subprocess.run([LOAD, '-c', str(connections), *length, '-s', str(status), '-b', str(least), str(port), requests],
                       capture_output=True, text=True)
    if r.returncode:
        sys.exit(f'bench: {r.stderr.strip()}')
    said = json.loads(r.stdout)
    if said['errors'] and not forgive:
        sys.exit(f'bench: {said["errors"]} wrong answers, the first: {said["first_error"]}')
    return said


def pgbench(url, folder, kind, clients=8, seconds=3.0, role='authenticated'):
    """Transactions a second, pipelined and prepared, as the login of the requests."""
    script, variables = work.pgbench_script(folder, kind)
    args = ['pgbench', '-n', '-M', 'prepared', '-c', str(clients), '-j', '1', '-T', str(max(1, round(seconds)))]
    for name, value in (variables | {'role': role}).items():
        args += ['-D', f'{name}={value}']
    args += ['-f', str(script)]
    env = environment(**libpq(url.replace('user=plat', 'user=authenticator')))
    r = subprocess.run(args, env=env, capture_output=True, text=True)
    rate = re.search(r'tps = ([\d.]+)', r.stdout)
    failed = re.search(r'number of failed transactions: (\d+)', r.stdout)
    if r.returncode or not rate or (failed and failed.group(1) != '0'):
        sys.exit(f'bench: pgbench: {r.stdout[-500:]}{r.stderr[-1500:]}')
    return float(rate.group(1))


def libpq(url):
    """A connection string as libpq's environment, for programs that take a database name alone."""
    names = {'host': 'PGHOST', 'user': 'PGUSER', 'dbname': 'PGDATABASE'}
    return {names[k]: v for k, v in re.findall(r"(\w+)='?([^' ]+)'?", url)}


@contextlib.contextmanager
def plat_serve(bed, url, *args, **env):
    port = free_port()
    more = {'DATABASE_URL': url, 'PLAT_JWT_SECRET': work.SECRET} | env
    with running([PLAT, 'serve', '--listen', f'127.0.0.1:{port}', *args], bed.env | more) as p:
        wait_for(port, '/ready', p)
        p.port = port
        yield p


@contextlib.contextmanager
def plat_rest(bed, url, **env):
    """plat rest: the dialect at /, in front of any database."""
    port, admin = free_port(), free_port()
    more = {'PGRST_DB_URI': url, 'PGRST_SERVER_PORT': str(port), 'PGRST_SERVER_HOST': '127.0.0.1', 'PGRST_ADMIN_SERVER_PORT': str(admin),
            'PGRST_JWT_SECRET': work.SECRET, 'PGRST_DB_ANON_ROLE': 'anon'} | env
    with running([PLAT, 'rest'], bed.env | more) as p:
        p.port, p.admin = port, admin
        yield p


def peer_environment(url):
    where = libpq(url)
    return environment(PEER_JWT_SECRET=work.SECRET, PEER_COLUMNS=work.COLUMNS,
                       PEER_DATABASE=json.dumps({'host': where['PGHOST'], 'user': 'authenticator', 'database': where['PGDATABASE']}),
                       PEER_DATABASE_URL=f'postgresql://authenticator@/{where["PGDATABASE"]}?host={where["PGHOST"]}')


@contextlib.contextmanager
def fastapi(url):
    port = free_port()
    with running(['/usr/bin/python3', '-m', 'uvicorn', 'fastapi_peer:app', '--host', '127.0.0.1', '--port', str(port), '--no-access-log',
                  '--log-level', 'warning'], peer_environment(url), cwd=HERE / 'peers') as p:
        wait_for(port, '/openapi.json', p)
        yield port


def node_modules():
    """npm ci beside the build, when it has not been done for this lock file."""
    folder = BUILD / 'bench_peers'
    lock = HERE / 'peers' / 'package-lock.json'
    done = folder / 'node_modules' / '.package-lock.json'
    if not (done.exists() and (folder / 'package-lock.json').read_bytes() == lock.read_bytes()):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ('package.json', 'package-lock.json'):
            shutil.copy(HERE / 'peers' / name, folder / name)
        subprocess.run(['npm', 'ci', '--prefix', str(folder), '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
                       check=True, stdout=subprocess.DEVNULL)
    shutil.copy(HERE / 'peers' / 'fastify_peer.js', folder)
    return folder


@contextlib.contextmanager
def fastify(url):
    port = free_port()
    folder = node_modules()
    with running(['node', 'fastify_peer.js'], peer_environment(url) | {'PEER_PORT': str(port)}, cwd=folder) as p:
        wait_for(port, f'/listings/{work.md5_uuid(0)}', p, headers={'Authorization': 'Bearer ' + work.TOKENS[1, 1]})
        yield port
