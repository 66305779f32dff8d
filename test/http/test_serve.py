"""plat serve: health, metrics, the page, stopping."""
import contextlib, signal, socket, time

import psycopg2

from conftest import Database, answers, get, wait_until


def test_live_ready_and_metrics(serve):
    port = serve()
    assert get(port, '/live')[::2] == (200, 'ok\n')
    wait_until(answers(port, '/ready'))
    status, headers, text = get(port, '/metrics')
    assert status == 200 and headers['Content-Type'].startswith('text/plain; version=0.0.4')
    assert 'plat_http_requests_total{class="2xx"}' in text
    assert 'plat_db_connections{state="ready"}' in text
    for line in text.splitlines():
        assert line.startswith('# ') or len(line.rsplit(' ', 1)) == 2 and float(line.rsplit(' ', 1)[1]) >= 0


def test_an_unknown_path_and_a_wrong_method(serve):
    port = serve()
    status, _, text = get(port, '/nothing/here')
    assert status == 404 and 'there is nothing at /nothing/here' in text
    status, headers, text = get(port, '/live', 'DELETE')
    assert status == 405 and headers['Allow'] == 'GET, HEAD' and 'DELETE' in text


def test_every_answer_has_a_request_id(serve):
    port = serve()
    assert len(get(port, '/live')[1]['X-Request-Id']) == 26
    assert get(port, '/live', headers={'X-Request-Id': 'my-own-id-1'})[1]['X-Request-Id'] == 'my-own-id-1'


def test_the_page_without_a_demo_workspace_shows_no_data(serve):
    status, headers, text = get(serve(), '/')
    assert status == 200 and 'There is no demo workspace here' in text
    assert "default-src 'none'" in headers['Content-Security-Policy']


def test_ready_says_that_the_schema_is_being_read(serve, database):
    with contextlib.closing(psycopg2.connect(database.url)) as c, c.cursor() as cursor:
        cursor.execute('lock table pg_catalog.pg_description in access exclusive mode')
        port = serve()
        wait_until(lambda: 'the schema has not been read yet' in get(port, '/ready')[2])
        status, headers, text = get(port, '/ready')
        assert status == 503 and headers['Retry-After'] == '1' and '"starting"' in text
        assert get(port, '/live')[0] == 200
    wait_until(answers(port, '/ready'))


def test_a_schema_that_is_missing_is_named(serve, plat):
    plat.env['PLAT_REST_SCHEMAS'] = 'mls,nowhere'
    port = serve()
    wait_until(lambda: 'PLAT_REST_SCHEMAS: there is no schema \\"nowhere\\"' in plat.said(serve.process))
    assert get(port, '/ready')[0] == 503 and get(port, '/live')[0] == 200


def test_ready_says_when_the_database_is_gone(serve, database):
    port = serve()
    wait_until(answers(port, '/ready'))
    Database('postgres').query(f'alter database {database.name} allow_connections false')
    Database('postgres').query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", database.name)
    wait_until(lambda: get(port, '/ready')[0] == 503)
    assert get(port, '/live')[0] == 200
    Database('postgres').query(f'alter database {database.name} allow_connections true')
    wait_until(answers(port, '/ready'))


def test_a_request_while_the_database_is_gone_gets_503_with_retry_after(serve, database):
    port = serve()
    Database('postgres').query(f'alter database {database.name} allow_connections false')
    Database('postgres').query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", database.name)
    wait_until(lambda: get(port, '/ready')[0] == 503)
    status, headers, _ = get(port, '/')
    assert status == 503 and headers['Retry-After']


def test_sigterm_lets_a_request_in_flight_finish(serve, plat, database):
    port = serve()
    wait_until(answers(port, '/ready'))
    with contextlib.closing(psycopg2.connect(database.url)) as c, socket.create_connection(('127.0.0.1', port)) as s:
        with c.cursor() as cursor:
            cursor.execute('lock table mls.workspaces')
        s.sendall(b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
        wait_until(lambda: database.one("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"))
        serve.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert serve.process.poll() is None
        c.rollback()
        answer = b''
        while piece := s.recv(65536):
            answer += piece
    assert answer.startswith(b'HTTP/1.1 200') and b'Connection: close' in answer
    assert serve.process.wait(30) == 0


def test_a_client_that_leaves_before_its_answer_harms_nobody(serve):
    port = serve()
    for _ in range(200):
        s = socket.create_connection(('127.0.0.1', port))
        s.sendall(b'GET / HTTP/1.1\r\nHost: x\r\n\r\n' * 3)
        s.close()
    assert get(port, '/live')[0] == 200
    wait_until(lambda: get(port, '/')[0] == 200)  # 503 while the abandoned ones are still running


def test_several_workers_share_the_port(plat):
    from conftest import free_port
    port = free_port()
    p = plat.start('serve', '--listen', f'127.0.0.1:{port}', '--workers', 2)
    wait_until(answers(port))
    assert all(get(port, '/live')[0] == 200 for _ in range(20))
    assert plat.stop(p) == 0


def test_a_worker_that_is_killed_comes_back(plat):
    import subprocess
    from conftest import free_port
    port = free_port()
    p = plat.start('serve', '--listen', f'127.0.0.1:{port}', '--workers', 2)
    wait_until(answers(port))
    children = subprocess.run(['pgrep', '-P', str(p.pid)], capture_output=True, text=True).stdout.split()
    assert len(children) == 2
    for child in children:
        subprocess.run(['kill', '-9', child])
    time.sleep(0.5)
    wait_until(answers(port))
    assert plat.stop(p) == 0


def test_an_address_that_cannot_be_listened_on_is_one_sentence(plat):
    r = plat.run('serve', '--listen', '203.0.113.7:80')
    assert r.returncode == 1 and '203.0.113.7' in r.stderr
