"""plat up --demo: the main job, from an empty folder to a page with listings, and again."""
import re, signal

import pytest

from conftest import ROOT, answers, free_port, get, wait_until

PAYLOADS = ROOT.parent / 'shared/data/reso'


@pytest.fixture
def demo(own_plat):
    feed_port = free_port()

    def start():
        port = free_port()
        p = own_plat.start('up', '--demo', '--rows', 300, '--listen', f'127.0.0.1:{port}', '--feed-port', feed_port)
        wait_until(lambda: 'plat is up after' in own_plat.said(p) or p.poll() is not None, 90)
        assert p.poll() is None, own_plat.said(p)
        return p, port
    return start


def logins(said):
    return dict(re.findall(r'^  (\w+@demo\.test) +([a-z0-9]{16}) ', said, re.M))


def test_the_main_job(demo, own_plat):
    p, port = demo()
    said = own_plat.said(p)
    assert len(logins(said)) == 8
    status, _, page = get(port, '/')
    assert status == 200
    assert 'Demo Realty Miami' in page and 'miami_demo' in page and 'agent@demo.test' in page
    assert re.search(r'<td>mls\.listings<td class=n>30\d', page)
    if PAYLOADS.is_dir():
        assert '1307 Southport DR # B, Austin TX 78704' in page
    assert not any(password in page for password in logins(said).values())
    assert own_plat.stop(p) == 0

    p, port = demo()  # again: nothing is made twice, nothing is lost, no passwords are shown
    said = own_plat.said(p)
    assert logins(said) == {}
    assert re.search(r'<td>mls\.listings<td class=n>30\d', get(port, '/')[2])
    assert own_plat.stop(p) == 0


def test_a_kill_during_the_first_start_is_mended_by_the_next(own_plat):
    port, feed_port = free_port(), free_port()
    args = ['up', '--demo', '--rows', 300, '--listen', f'127.0.0.1:{port}', '--feed-port', feed_port]
    import subprocess, time
    for seconds in (1.5, 4, 6):
        p = own_plat.start(*args)
        time.sleep(seconds)
        children = subprocess.run(['pgrep', '-P', str(p.pid), 'plat'], capture_output=True, text=True).stdout.split()
        own_plat.stop(p, signal.SIGKILL)
        for child in children:  # a real kill of the machine takes them all; PostgreSQL stays here, as after a killed plat
            subprocess.run(['kill', '-9', child])
    p = own_plat.start(*args)
    wait_until(lambda: 'plat is up after' in own_plat.said(p) or p.poll() is not None, 90)
    assert p.poll() is None, own_plat.said(p)
    assert re.search(r'<td>mls\.listings<td class=n>30\d', get(port, '/')[2])
    assert own_plat.ok('demo', '--new-passwords').count('@demo.test') == 8
    assert own_plat.stop(p) == 0


def test_a_taken_feed_port_is_one_sentence(own_plat):
    import socket
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        s.listen()
        p = own_plat.start('up', '--demo', '--rows', 10, '--listen', f'127.0.0.1:{free_port()}', '--feed-port', s.getsockname()[1])
        assert p.wait(90) == 1
    assert 'the demo feed does not answer on port' in own_plat.said(p)
