"""The job queue with real workers: kills, stops, schedules, `plat jobs`. The work they do is mail to a slow server."""
import signal, time

import pytest

from conftest import answers, free_port, get, wait_until
from smtp_server import SmtpServer


@pytest.fixture
def server():
    with SmtpServer() as s:
        s.faults = ['slow'] * 1000
        yield s


@pytest.fixture
def worker(plat, server):
    def start(*args, lease=3, env=None):
        return plat.start('work', '--lease', lease, *args, env={'PLAT_SMTP_URL': server.url()} | (env or {}))
    return start


def send(database, n=1):
    return [database.one("select plat.send_mail('reauthentication', %s, '{\"Token\": \"1\"}')::text", f'a{i}@example.org')
            for i in range(n)]


def counts(database, name='mail.send'):
    return dict(database.query('select status, count(*) from plat.jobs where name = %s group by 1', name))


def is_open(server, n=1):
    def it_is():
        return server.open_now == n
    return it_is


def test_a_killed_worker_loses_nothing_and_two_never_do_the_same(plat, database, server, worker):
    first = worker()
    send(database)
    wait_until(is_open(server))
    second = worker()
    time.sleep(4)  # longer than the lease, which is renewed
    assert server.attempts == 1
    first.send_signal(signal.SIGKILL)
    first.wait()
    killed = time.monotonic()
    wait_until(lambda: server.attempts == 2)
    assert time.monotonic() - killed > 1.5  # not before the lease has run out
    server.hurry.set()
    wait_until(lambda: counts(database) == {'succeeded': 1})
    assert len(server.mails) == 1 and server.open_most <= 2
    assert database.one("select attempts from plat.jobs where name = 'mail.send'") == 2
    assert plat.stop(second) == 0


def test_a_worker_that_was_asleep_does_not_go_on_with_what_is_another_s(plat, database, server, worker):
    first = worker()
    send(database)
    wait_until(is_open(server))
    first.send_signal(signal.SIGSTOP)
    second = worker()
    wait_until(lambda: server.attempts == 2)
    first.send_signal(signal.SIGCONT)
    wait_until(lambda: 'job.lost' in plat.said(first))
    server.hurry.set()
    wait_until(lambda: counts(database) == {'succeeded': 1})
    assert database.one("select attempts from plat.jobs where name = 'mail.send'") == 2
    assert plat.stop(first) == 0 and plat.stop(second) == 0


def test_many_workers_killed_at_random_do_every_job(plat, database, server, worker):
    server.faults = []
    workers = [worker() for _ in range(3)]
    ids = send(database, 150)
    for n in range(6):
        time.sleep(0.15)
        victim = workers.pop(0)
        victim.kill()
        victim.wait()
        workers.append(worker())
    wait_until(lambda: counts(database) == {'succeeded': 150}, seconds=60)
    sent = {m.message['message-id'].split('@')[0][1:] for m in server.mails}
    assert sent == set(ids)


def test_a_stop_lets_jobs_end(plat, database, server, worker):
    process = worker()
    send(database, 2)
    wait_until(is_open(server, 2))
    process.send_signal(signal.SIGTERM)
    send(database)  # not taken any more
    time.sleep(0.3)
    server.hurry.set()
    assert process.wait(20) == 0
    assert counts(database) == {'succeeded': 2, 'queued': 1}


def test_a_stop_gives_back_what_does_not_end(plat, database, server, worker):
    process = worker(lease=60)
    send(database)
    wait_until(is_open(server))
    began = time.monotonic()
    assert plat.stop(process) == 0
    assert 7 < time.monotonic() - began < 14
    assert database.query("select status, attempts, lease from plat.jobs where name = 'mail.send'") == [('queued', 0, None)]
    server.hurry.set()
    process = worker()
    wait_until(lambda: counts(database) == {'succeeded': 1})


def test_slots_are_the_most_at_a_time(plat, database, server, worker):
    worker('--slots', 3)
    send(database, 8)
    wait_until(is_open(server, 3))
    time.sleep(0.5)
    assert counts(database) == {'running': 3, 'queued': 5}
    server.hurry.set()
    wait_until(lambda: counts(database) == {'succeeded': 8})
    assert server.open_most == 3


def test_a_new_job_is_begun_at_once(plat, database, server, worker):
    server.faults = []
    process = worker()
    wait_until(lambda: 'work.ready' in plat.said(process))
    time.sleep(1)
    began = time.monotonic()
    send(database)
    wait_until(lambda: server.mails, every=0.01)
    assert time.monotonic() - began < 1  # the poll alone takes up to 2 s


def test_a_running_job_is_cancelled(plat, database, server, worker):
    worker(lease=60)
    send(database)
    wait_until(is_open(server))
    id = database.one("select id from plat.jobs where name = 'mail.send'")
    assert plat.ok('jobs', 'cancel', id) == f'job {id} runs; its worker is told to end it\n'
    wait_until(lambda: counts(database) == {'cancelled': 1}, seconds=5)
    wait_until(is_open(server, 0))
    assert not server.mails


def test_a_database_that_goes_away_for_a_moment_costs_nothing(plat, database, server, worker):
    process = worker(lease=10)
    send(database)
    wait_until(is_open(server))
    database.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and usename = 'authenticator'", database.name)
    server.hurry.set()
    wait_until(lambda: counts(database) == {'succeeded': 1})
    send(database)
    wait_until(lambda: counts(database) == {'succeeded': 2})
    assert len(server.mails) == 2 and process.poll() is None


def test_schedules_are_kept_once_by_many_workers(plat, database, worker):
    for _ in range(3):
        worker()
    wait_until(lambda: counts(database, 'jobs.forget') == {'succeeded': 1})
    time.sleep(2.5)
    assert counts(database, 'jobs.forget') == {'succeeded': 1} and counts(database, 'mail.forget') == {'succeeded': 1}
    database.query("update plat.schedules set next_at = now() where name = 'jobs.forget'")
    wait_until(lambda: counts(database, 'jobs.forget') == {'succeeded': 2})
    time.sleep(2.5)
    assert counts(database, 'jobs.forget') == {'succeeded': 2}


def test_unknown_kinds_are_left_and_said_once(plat, database, worker):
    database.query("select plat.enqueue('other.thing'), plat.enqueue('other.thing')")
    process = worker()
    wait_until(lambda: 'work.unknown_kind' in plat.said(process))
    time.sleep(2.5)
    assert plat.said(process).count('work.unknown_kind') == 1
    assert counts(database, 'other.thing') == {'queued': 2}


def test_jobs_are_listed_shown_retried_and_cancelled(plat, database):
    assert plat.ok('jobs') == 'There are no jobs: nothing was queued yet, or what was is done and forgotten.\n'
    assert plat.ok('jobs', '--status', 'dead').startswith('No job matches.')
    database.query("""select plat.enqueue('a.b', '{"n": 1}'), plat.enqueue('c.d')""")
    database.query("update plat.jobs set status = 'dead', attempts = 5, last_error = 'it broke', finished_at = now() where name = 'a.b'")
    dead = database.one("select id from plat.jobs where name = 'a.b'")
    queued = database.one("select id from plat.jobs where name = 'c.d'")
    table = plat.ok('jobs').splitlines()
    assert table[0].split() == ['id', 'name', 'status', 'tries', 'created', 'progress', 'error'] and len(table) == 3
    assert 'it broke' in plat.ok('jobs', '--status', 'dead') and 'c.d' not in plat.ok('jobs', '--name', 'a.b')
    assert 'a.b' not in plat.ok('jobs', '--limit', 1)
    shown = plat.ok('jobs', 'show', dead)
    assert 'it broke' in shown and '{"n": 1}' in shown
    assert plat.ok('jobs', 'cancel', queued) == f'job {queued} is cancelled\n'
    assert plat.ok('jobs', 'retry', queued) == f'job {queued} is queued again\n'
    assert plat.ok('jobs', 'retry', '--dead', '--name', 'x.y') == '0 dead jobs are queued again\n'
    assert plat.ok('jobs', 'retry', '--dead') == '1 dead jobs are queued again\n'
    assert counts(database, 'a.b') == {'queued': 1}
    kinds = plat.ok('jobs', '--kinds')
    assert 'mail.send' in kinds and 'jobs.forget' in kinds and '1 hour' in kinds


@pytest.mark.parametrize('args, code, sentence', [
    (['show', '0'], 2, 'say the number of one job'), (['show'], 2, 'say the number of one job'), (['drop', '1'], 2, 'takes show, retry or cancel'),
    (['--status', 'lost'], 2, '--status takes'), (['show', '999'], 1, 'there is no job 999'), (['retry', '999'], 1, 'there is no job 999'),
])
def test_wrong_words_are_one_sentence(plat, args, code, sentence):
    r = plat.run('jobs', *args)
    assert r.returncode == code and sentence in r.stderr and r.stderr.count('\n') == 1


def test_metrics_count_jobs(plat, database, serve):
    database.query("select plat.enqueue('a.b'), plat.enqueue('a.b')")
    port = serve()
    wait_until(lambda: 'plat_jobs{job="a.b",status="queued"} 2\n' in get(port, '/metrics')[2])
    assert 'plat_jobs_oldest_seconds{job="a.b",status="queued"} ' in get(port, '/metrics')[2]


def test_up_keeps_a_worker(plat, database, server):
    server.faults = []
    port = free_port()
    up = plat.start('up', '--listen', f'127.0.0.1:{port}', env={'PLAT_SMTP_URL': server.url()})
    wait_until(answers(port))
    send(database)
    wait_until(lambda: counts(database) == {'succeeded': 1})
    assert plat.stop(up) == 0
