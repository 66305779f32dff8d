"""Alerts: changed listings against 10,000 saved searches of one workspace. What the match of one takes, what the whole job does, what
a listing costs that 2,000 of the searches find, and the mails of it."""
import contextlib, json, pathlib, statistics, threading, time

from bed import PLAT, folder, memory_mb, report, running, title
from tools import HERE

SEARCHES = 10_000
POPULAR = 2_000   # of them, that find the same listing
DUE = 200          # people whose digests leave
STREAM, SECONDS = 100, 6   # listings a second


class Worker:
    """plat work, the only one, with what it said of its looks."""

    def __init__(self, bed, url, log):
        self.bed, self.url, self.log, self.seen = bed, url, pathlib.Path(log), 0

    def sql(self, query):
        return self.bed.psql(self.url, '-c', query)

    def run(self, job, most=60):
        """Runs a job now; how long it took, by its row."""
        id = self.sql(f"select plat.enqueue('{job}', unique_key => 'bench', priority => 100)")
        end = time.monotonic() + most
        while time.monotonic() < end:
            row = self.sql(f"select extract(epoch from finished_at - started_at) from plat.jobs where id = {id} and status = 'succeeded'")
            if row:
                return float(row)
            time.sleep(0.01)
        raise SystemExit(f'bench: {job} does not end: ' + self.sql(f'select status, last_error from plat.jobs where id = {id}'))

    def looks(self):
        """{listings, alerts, match_us, us} of the looks since the last call that told something."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if '"alerts.found"' in line]
        new, self.seen = lines[self.seen:], len(lines)
        return [{k: line[k] for k in ('listings', 'alerts', 'match_us', 'us')} for line in new]

    def looked(self, what, goal=None):
        self.run('alerts.match')
        looks = self.looks()
        match, whole = (statistics.median(x[k] / x['listings'] / 1000 for x in looks) for k in ('match_us', 'us'))
        alerts = sum(x['alerts'] for x in looks) / sum(x['listings'] for x in looks)
        report(f'{what}: the match', f'{match:.2f} ms each', match, goal, most=True)
        report(f'{what}: the whole job', f'{whole:.1f} ms each, {alerts:.0f} alerts')


def data(bed):
    if not bed.has('bench_alerts'):
        url = bed.migrate('half_made')
        bed.psql(url, '-f', str(HERE / 'alerts.sql'))
        bed.psql(bed.url('postgres'), '-c', 'alter database half_made rename to bench_alerts')
    bed.psql(bed.url('postgres'), '-c', 'drop database if exists bench_alerts_now', '-c', 'create database bench_alerts_now template bench_alerts')
    return bed.url('bench_alerts_now')


def begin(w):
    """What was there is counted, the searches are read for the first time."""
    while not w.sql('select 1 from mls.alert_workspaces where ready_at is not null'):
        w.run('alerts.match')
    w.sql("select list(10001, 10001)")
    w.run('alerts.match')
    w.looks()


def stream(w):
    """New ones and lower prices in turns, a look each second."""
    began, n = time.monotonic(), 0
    while n < STREAM * SECONDS:
        half = STREAM // 2
        w.sql(f"select list({20000 + n}, {20000 + n + half - 1})")
        w.sql(f"update mls.listings set list_price = list_price * 0.97 where id in (select md5('l' || k)::uuid from generate_series({1 + n}, {n + half}) k)")
        n += STREAM
        w.run('alerts.match')
        time.sleep(max(0, began + n / STREAM - time.monotonic()))


@contextlib.contextmanager
def longest_transaction(w):
    """[seconds]: of the worker's, by looking often."""
    stop, longest = threading.Event(), [0.0]

    def look():
        while not stop.wait(0.1):
            longest[0] = max(longest[0], float(w.sql("""select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'""")))
    t = threading.Thread(target=look)
    t.start()
    try:
        yield longest
    finally:
        stop.set()
        t.join()


def crowd(w, pid):
    """Many searches find the same listings."""
    w.sql(f"""update mls.saved_searches set query = '{{"q": "*", "filter_by": "city:=Popular && list_price:>1000"}}'
              where id in (select id from mls.saved_searches order by id limit {POPULAR})""")
    w.run('alerts.match')
    w.looks()
    w.sql("select list(40000, 40009, 'Popular')")
    with longest_transaction(w) as longest:
        w.run('alerts.match', 180)
    looks = w.looks()
    said = {k: sum(x[k] for x in looks) for k in ('listings', 'alerts', 'us')}
    report(f'{said["listings"]} listings that {POPULAR} searches find each', f'{said["us"] / max(1, said["listings"]) / 1000:.0f} ms each')
    report('an alert of them', f'{said["us"] / max(1, said["alerts"]):.0f} us')
    report('the longest transaction of it', f'{longest[0]:.1f} s')
    report('memory of the worker', f'{memory_mb(pid):.0f} MB, at most {memory_mb(pid, "VmHWM"):.0f} MB')
    w.sql(f"""update mls.search_alerts set found_at = found_at - interval '2 days'
              where user_id in (select id from mls.user_profiles where workspace_id = md5('alerts')::uuid order by id limit {DUE})""")
    took = w.run('alerts.mail', 180)
    mails, told = w.sql("""select count(distinct m.id) || ' ' || (select count(*) from mls.search_alerts where mailed_at is not null)
                           from plat.mails m where m.template = 'search_alert'""").split()
    report(f'a person\'s mail, {int(told) / max(1, int(mails)):.0f} alerts', f'{mails}, {took / max(1, int(mails)) * 1000:.1f} ms each')


def run(bed):
    url = data(bed)
    title(f'Alerts: changed listings against {SEARCHES} saved searches of one workspace')
    with folder() as files, open(files + '/log', 'w') as log:
        env = bed.env | {'DATABASE_URL': url, 'PLAT_LOG_LEVEL': 'info', 'PLAT_LOG_FORMAT': 'json'}
        with running([PLAT, 'work', '--slots', '2'], env, stderr=log) as p:
            w = Worker(bed, url, files + '/log')
            begin(w)
            report('memory of the worker', f'{memory_mb(p.pid):.0f} MB')
            for i in range(10):
                w.sql(f'select list({50000 + i}, {50000 + i})')
                w.run('alerts.match')
            w.looked('one at a time', 5)
            stream(w)
            w.looked(f'{STREAM} a second', 5)
            w.sql('select list(30000, 30999)')
            w.looked('1000 at once', 5)
            crowd(w, p.pid)
