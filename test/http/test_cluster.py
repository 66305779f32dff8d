"""PostgreSQL of plat's own: made, adopted, borrowed, stopped."""
import os, pathlib, signal, stat, subprocess, time

import pytest

from conftest import answers, free_port, get, wait_until


def postmaster(data):
    path = data / 'postgres/postmaster.pid'
    return int(path.read_text().split()[0]) if path.exists() else None


def up(plat, *args):
    port = free_port()
    p = plat.start('up', '--listen', f'127.0.0.1:{port}', *args)
    wait_until(answers(port, '/ready'), 60)
    return p, port


def test_up_makes_a_cluster_and_stops_it(own_plat, data):
    p, port = up(own_plat)
    pid = postmaster(data)
    owner = pathlib.Path(f'/proc/{pid}').stat().st_uid
    assert owner != 0
    assert stat.S_IMODE((data / 'run').stat().st_mode) == 0o700
    assert stat.S_IMODE((data / 'postgres').stat().st_mode) == 0o700
    assert stat.S_IMODE((data / 'master.key').stat().st_mode) == 0o600
    assert 'There is no demo workspace here' in get(port, '/')[2]
    assert own_plat.stop(p) == 0
    assert postmaster(data) is None
    assert not pathlib.Path(f'/proc/{pid}').exists()


def test_a_killed_plat_comes_back_on_the_same_data(own_plat, data):
    p, _ = up(own_plat)
    first = postmaster(data)
    own_plat.ok('demo')
    subprocess.run(['pkill', '-9', '-P', str(p.pid), 'plat'])
    own_plat.stop(p, signal.SIGKILL)
    assert postmaster(data) == first  # PostgreSQL goes on without it
    p, port = up(own_plat)
    assert postmaster(data) == first
    assert 'Demo Realty Miami' in get(port, '/')[2]
    assert own_plat.stop(p) == 0
    assert postmaster(data) is None


def test_a_killed_postgres_recovers(own_plat, data):
    p, _ = up(own_plat)
    own_plat.ok('demo')
    os.kill(postmaster(data), signal.SIGKILL)
    assert p.wait(30) is not None  # up notices and stops
    own_plat.processes.remove(p)
    p, port = up(own_plat)
    assert 'Demo Realty Miami' in get(port, '/')[2]
    own_plat.stop(p)


def test_a_second_up_on_the_same_data_is_refused(own_plat, data):
    p, _ = up(own_plat)
    r = own_plat.run('up', '--listen', f'127.0.0.1:{free_port()}')
    assert r.returncode == 1 and f'another plat runs on the data directory {data}' in r.stderr
    own_plat.stop(p)


def test_commands_borrow_the_running_cluster(own_plat, data):
    p, _ = up(own_plat)
    pid = postmaster(data)
    assert 'none pending' in own_plat.ok('migrate', 'verify')
    assert postmaster(data) == pid
    own_plat.stop(p)


def test_a_command_alone_starts_and_stops_the_cluster(own_plat, data):
    own_plat.ok('migrate', timeout=120)
    assert postmaster(data) is None
    assert 'none pending' in own_plat.ok('migrate', 'verify')
    assert postmaster(data) is None


def test_an_interrupted_initdb_is_made_anew(own_plat, data):
    (data / 'postgres').mkdir(mode=0o700)
    (data / 'postgres/PG_VERSION').write_text('15\n')
    if os.geteuid() == 0:
        subprocess.run(['chown', '-R', 'postgres', data / 'postgres'], check=True)
    own_plat.ok('migrate', timeout=120)


def test_a_missing_postgres_is_one_sentence(own_plat):
    r = own_plat.run('migrate', env={'PLAT_PG_BIN': '/nowhere'})
    assert r.returncode == 1 and r.stderr == 'plat migrate: PLAT_PG_BIN: there is no initdb and postgres in /nowhere\n'


def test_a_master_key_that_others_can_read_is_refused(own_plat, data):
    own_plat.ok('settings')
    (data / 'master.key').write_text('x')
    (data / 'master.key').chmod(0o644)
    r = own_plat.run('migrate')
    assert r.returncode == 1 and 'can be read by others (mode 0644)' in r.stderr


def test_a_damaged_master_key_is_named_without_its_content(own_plat, data):
    (data / 'master.key').write_text('deadbeef nonsense\n')
    (data / 'master.key').chmod(0o600)
    r = own_plat.run('migrate')
    assert r.returncode == 1 and 'master.key' in r.stderr and 'nonsense' not in r.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason='only root runs PostgreSQL as somebody else')
def test_a_data_directory_that_postgres_cannot_reach_works_for_root(own_plat, data):
    data.chmod(0o700)
    folder = data / 'deep'
    folder.mkdir(mode=0o700)
    own_plat.env['PLAT_DATA'] = str(folder)
    own_plat.ok('migrate', timeout=120)
    assert not (folder / 'postgres').exists() and (folder / 'master.key').exists()
    assert 'none pending' in own_plat.ok('migrate', 'verify')
    elsewhere = [p for p in pathlib.Path('/var/lib/plat').glob('*/postgres')
                 if time.time() - p.stat().st_ctime < 600]
    for p in elsewhere:
        subprocess.run(['rm', '-rf', str(p.parent)])
