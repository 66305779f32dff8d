"""What all parts of the benchmark stand on: processes, a PostgreSQL with a migrated database, lines of the report."""
import contextlib, http.client, json, os, pathlib, shutil, signal, socket, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = (ROOT / os.environ.get('BUILD', 'build')).resolve()
PLAT = str(BUILD / 'plat')
COUNTS = {'ok': 0, 'short': 0}


def report(what, figure, ratio=None, goal=None, most=False):
    """One line: what, figure, ratio, goal, and whether the goal is met. most: the goal is the most there may be."""
    verdict = ''
    if goal is not None and ratio is not None:
        verdict = 'ok' if (ratio <= goal if most else ratio >= goal) else 'short'
        COUNTS[verdict] += 1
    wanted = '' if goal is None else f'{"≤" if most else "≥"} {goal:g}'
    shown = '' if ratio is None else f'{ratio:.2f}'
    print(f'{what:58} {figure:>26} {shown:>8}  {wanted:8} {verdict}'.rstrip(), flush=True)


def title(text):
    print(f'\n{text}\n{"":58} {"figure":>26} {"ratio":>8}  goal', flush=True)


def note(text):
    print(f'  {text}', flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def status_of(port, path='/live', headers=None):
    """The status of one GET, or 0 when nobody answers."""
    try:
        c = http.client.HTTPConnection('127.0.0.1', port, timeout=5)
        c.request('GET', path, headers=headers or {})
        return c.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0


def wait_for(port, path, process, seconds=120, headers=None):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if status_of(port, path, headers) == 200:
            return
        if process.poll() is not None:
            sys.exit(f'bench: a process ended with {process.returncode}')
        time.sleep(0.02)
    sys.exit(f'bench: nothing answered at {path}: {status_of(port, path, headers)}')


def environment(**more):
    keep = {k: v for k, v in os.environ.items() if not k.startswith(('PG', 'PLAT_', 'DATABASE_URL'))}
    return keep | {'PLAT_LOG_LEVEL': 'error'} | more


@contextlib.contextmanager
def folder():
    path = tempfile.mkdtemp(prefix='plat-')
    os.chmod(path, 0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def running(args, env, cwd=None, stderr=None):
    p = subprocess.Popen(args, env=env, stdout=subprocess.DEVNULL, stderr=stderr, cwd=cwd)
    try:
        yield p
    finally:
        p.send_signal(signal.SIGTERM)
        try:
            p.wait(60)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()


def memory_mb(pid, field='VmRSS'):
    for line in open(f'/proc/{pid}/status'):
        if line.startswith(field + ':'):
            return int(line.split()[1]) / 1024
    return 0


def forget_peak(pid):
    """VmHWM counts anew from here."""
    with open(f'/proc/{pid}/clear_refs', 'w') as f:
        f.write('5')


def children(pid):
    return [int(x) for x in open(f'/proc/{pid}/task/{pid}/children').read().split()]


def processor_s(pid):
    """Processor time of a process so far, of its children that have ended, and of those that it has."""
    total = 0
    for one in [pid, *children(pid)]:
        with contextlib.suppress(OSError):
            fields = open(f'/proc/{one}/stat').read().rsplit(')', 1)[1].split()
            total += sum(map(int, fields[11:15] if one == pid else fields[11:13]))
    return total / os.sysconf('SC_CLK_TCK')


class Bed:
    """A server that plat runs, crash-safe as shipped, and databases on it."""

    def __init__(self, data, cluster):
        self.data, self.cluster = data, cluster
        self.server = f"host='{cluster}/run' user=plat"
        self.env = environment(PLAT_DATA=data)

    def psql(self, url, *args, text=None):
        r = subprocess.run(['psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', url, *args], input=text, capture_output=True,
                           text=True)
        if r.returncode:
            sys.exit('bench: psql: ' + r.stderr)
        return r.stdout.strip()

    def json(self, url, query):
        return json.loads(self.psql(url, '-c', f'select coalesce(json_agg(x), \'[]\') from ({query}) x'))

    def postmaster(self):
        return int(open(f'{self.cluster}/postgres/postmaster.pid').readline())

    def url(self, name):
        return f'{self.server} dbname={name}'

    def has(self, name):
        return self.psql(self.url('postgres'), '-c', f"select count(*) from pg_database where datname = '{name}'") == '1'

    def database(self, name):
        self.psql(self.url('postgres'), '-c', f'drop database if exists {name}', '-c', f'create database {name} template migrated')
        return self.url(name)

    def migrate(self, name='migrated'):
        self.psql(self.url('postgres'), '-c', f'create database {name}')
        subprocess.run([PLAT, 'migrate'], env=self.env | {'DATABASE_URL': self.url(name)}, check=True, stdout=subprocess.DEVNULL)
        return self.url(name)


@contextlib.contextmanager
def bed(data=None):
    """plat up with a PostgreSQL of its own; data: a folder that stays, to use what an earlier run has made in it."""
    with contextlib.ExitStack() as stack:
        data = data or stack.enter_context(folder())
        own = stack.enter_context(folder())
        port = free_port()
        up = stack.enter_context(running([PLAT, 'up', '--listen', f'127.0.0.1:{port}'], environment(PLAT_DATA=data)))
        wait_for(port, '/ready', up)
        yield Bed(own, data)
