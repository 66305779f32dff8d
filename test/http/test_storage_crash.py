"""What is left of uploads when a client goes, a server is killed or the disk is full; and who cleans up."""
import os, re, signal, socket, subprocess, threading, uuid

import pytest

from conftest import wait_until
from storagekit import PNG, Shop, shop, token_of, uid  # noqa: F401


@pytest.fixture
def own(template):
    s = Shop(template)
    yield s
    s.close()


def begin(shop, path, length, sent):
    """An upload that stops in the middle."""
    s = socket.create_connection(('127.0.0.1', shop.port))
    s.sendall(f'POST /storage/v1/object/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of("a_agent")}\r\n'
              f'Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n'.encode() + bytes(sent))
    return s


def parts(shop):
    return [p for name, p in shop.files().items() if name.endswith('.part')]


def objects(shop, bucket):
    return [n for n, in shop.database.query('select name from storage.objects where bucket_id = %s order by name', bucket)]


def swept(shop, *args):
    text = shop.plat.ok('storage', 'sweep', *args)
    return [int(n) for n in re.match(r'(\d+) files, \d+ bytes\n(\d+) of deleted objects removed\n(\d+) without an object removed, \d+ bytes\n'
                                     r'(\d+) objects without a file', text).groups()]


def test_a_client_that_goes_leaves_nothing(own):
    bucket = own.as_('a_admin').bucket()
    s = begin(own, f'{bucket}/x.bin', 4000000, 1000000)
    wait_until(lambda: parts(own))
    s.close()
    wait_until(lambda: not own.files())
    assert objects(own, bucket) == []


def test_a_server_that_is_killed_leaves_no_object_and_what_it_leaves_is_swept(own):
    bucket = own.as_('a_admin').bucket()
    own.as_('a_agent').upload(f'{bucket}/whole.txt', b'whole').ok()
    s = begin(own, f'{bucket}/x.bin', 4000000, 1000000)
    wait_until(lambda: parts(own))
    own.plat.stop(own.process, signal.SIGKILL)
    s.close()
    assert objects(own, bucket) == ['whole.txt'] and len(own.files()) == 2
    own.start()
    assert own.as_('a_agent').get(f'/object/{bucket}/whole.txt').text == 'whole'
    assert swept(own) == [2, 0, 0, 0], 'what is young may be under way'
    assert swept(own, '--minutes', '0') == [2, 0, 1, 0]
    assert len(own.files()) == 1
    own.as_('a_agent').upload(f'{bucket}/x.bin', bytes(4000000), 'application/octet-stream').ok()


def test_killed_at_any_moment_what_is_seen_is_whole(own):
    """Uploads over and over while the server dies: every row has its bytes, and the sweep leaves nothing else."""
    bucket = own.as_('a_admin').bucket()
    data = os.urandom(300000)
    for turn in range(4):
        stop = threading.Event()

        def upload(n):
            while not stop.is_set():
                try:
                    own.as_('a_agent').upload(f'{bucket}/{n}.bin', data, 'application/octet-stream', x_upsert='true')
                except (OSError, Exception):
                    return
        threads = [threading.Thread(target=upload, args=(n,)) for n in range(3)]
        for t in threads:
            t.start()
        wait_until(lambda: objects(own, bucket))
        threading.Event().wait(0.1 + 0.07 * turn)
        own.plat.stop(own.process, signal.SIGKILL)
        stop.set()
        for t in threads:
            t.join()
        own.start()
        for name in objects(own, bucket):
            assert own.as_('a_agent').get(f'/object/{bucket}/{name}').data == data
    wait_until(lambda: not own.database.query("select 1 from pg_stat_activity where datname = %s and state = 'active' and pid <> pg_backend_pid()", own.database.name))
    assert swept(own, '--minutes', '0')[3] == 0
    assert len(own.files()) == len(objects(own, bucket))
    for name in objects(own, bucket):
        assert own.as_('a_agent').get(f'/object/{bucket}/{name}').data == data


def test_orphans_on_either_side_are_found(own):
    bucket = own.as_('a_admin').bucket()
    agent = own.as_('a_agent')
    agent.upload(f'{bucket}/stays.txt', b'stays').ok()
    agent.upload(f'{bucket}/lost.txt', b'lost').ok()
    lost = agent.get(f'/object/info/{bucket}/lost.txt').ok()['version']
    own.files()[f'{uid("ws a")}/{lost[:2]}/{lost}'].unlink()
    orphan = str(uuid.uuid4())
    folder = own.data / 'storage/objects' / uid('ws b') / orphan[:2]
    folder.mkdir(parents=True)
    (folder / orphan).write_bytes(b'of nobody')
    (folder / 'README').write_text('not ours')
    agent.get(f'/object/{bucket}/lost.txt').refused(404, 'NoSuchKey')
    assert swept(own, '--minutes', '0') == [2, 0, 1, 1]
    assert sorted(p.name for p in own.files().values()) == sorted(['README', agent.get(f'/object/info/{bucket}/stays.txt').ok()['version']])
    r = own.plat.run('storage', 'sweep')
    assert 'lost.txt' in r.stderr and r.returncode == 0


def test_bytes_of_another_workspace_are_out_of_reach(own):
    """A row that names the bytes of somebody else does not have them: the place has the row's workspace."""
    a, b = own.as_('a_admin'), own.as_('b_admin')
    mine, theirs = a.bucket(), b.bucket()
    b.upload(f'{theirs}/secret.txt', b'secret').ok()
    a.upload(f'{mine}/x.txt', b'x').ok()
    version = b.get(f'/object/info/{theirs}/secret.txt').ok()['version']
    own.database.query('update storage.objects set version = %s where bucket_id = %s', version, mine)
    a.get(f'/object/{mine}/x.txt').refused(404, 'NoSuchKey')


def test_plat_work_removes_bytes_and_empties_buckets(own):
    admin, agent = own.as_('a_admin'), own.as_('a_agent')
    bucket, full = admin.bucket(), admin.bucket()
    for n in range(5):
        agent.upload(f'{full}/{n}.txt', b'x').ok()
    agent.upload(f'{bucket}/a.txt', b'one').ok()
    agent.upload(f'{bucket}/a.txt', b'two', x_upsert='true').ok()
    agent.upload(f'{bucket}/b.txt', b'b').ok()
    agent('DELETE', f'/object/{bucket}/b.txt').ok()
    admin.post(f'/bucket/{full}/empty').ok()
    agent.upload(f'{full}/later.txt', b'after the order').ok()
    assert len(own.files()) == 9
    own.plat.start('work')
    wait_until(lambda: len(own.files()) == 2)
    assert agent.get(f'/object/{bucket}/a.txt').text == 'two'
    assert objects(own, full) == ['later.txt']
    assert own.database.one('select count(*) from storage.garbage') == 0
    wait_until(lambda: own.database.query("select 1 from plat.jobs where name = 'storage.delete_bytes' and status = 'succeeded'"))
    agent('DELETE', f'/object/{full}', {'prefixes': ['later.txt']}).ok()
    wait_until(lambda: len(own.files()) == 1)
    admin('DELETE', f'/bucket/{full}').ok()


def test_who_reads_while_others_replace_gets_one_of_the_two_whole(own):
    bucket = own.as_('a_admin').bucket()
    bodies = [bytes([n]) * 200000 for n in range(4)]
    agent = own.as_('a_agent')
    agent.upload(f'{bucket}/hot.bin', bodies[0], 'application/octet-stream').ok()
    own.plat.start('work')
    stop, wrong = threading.Event(), []

    def read():
        while not stop.is_set():
            answer = own.as_('a_agent').get(f'/object/{bucket}/hot.bin')
            if answer.status != 200 or answer.data not in bodies:
                wrong.append(repr(answer)[:300])
    threads = [threading.Thread(target=read) for _ in range(3)]
    for t in threads:
        t.start()
    for n in range(60):
        agent.upload(f'{bucket}/hot.bin', bodies[n % 4], 'application/octet-stream', x_upsert='true').ok()
    stop.set()
    for t in threads:
        t.join()
    assert wrong == []
    wait_until(lambda: len(own.files()) == 1)


def test_a_full_disk_is_507_and_nothing_is_half_kept(template):
    s = Shop(template)
    disk = s.data / 'storage'
    try:
        if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], capture_output=True).returncode:
            pytest.skip('no right to mount a small disk')
        bucket = s.as_('a_admin').bucket()
        agent = s.as_('a_agent')
        s.plat.stop(s.process)
        s.start()
        agent.upload(f'{bucket}/small.bin', bytes(500000), 'application/octet-stream').ok()
        answer = agent.upload(f'{bucket}/large.bin', bytes(4000000), 'application/octet-stream')
        answer.refused(507, 'InsufficientStorage')
        assert answer.status == 507
        assert objects(s, bucket) == ['small.bin'] and len(s.files()) == 1
        agent.upload(f'{bucket}/small2.bin', bytes(500000), 'application/octet-stream').ok()
        assert agent.get(f'/object/{bucket}/small.bin').data == bytes(500000)
    finally:
        s.close()
        subprocess.run(['umount', disk], capture_output=True)
        subprocess.run(['rm', '-rf', s.data])


def test_memory_stays_flat_both_ways(template):
    """200 MB up and down through a server whose memory grows by less than a tenth of that; a slow reader holds nothing up."""
    s = Shop(template, {'PLAT_STORAGE_MAX_BYTES': '300000000'})
    try:
        s.plat.stop(s.process)
        s.start(os.environ['PLAT_RELEASE_BIN'])  # a sanitizer keeps what was freed
        bucket = s.as_('a_admin').bucket()
        agent = s.as_('a_agent')
        rss = lambda: int(re.search(r'VmHWM:\s+(\d+)', open(f'/proc/{s.process.pid}/status').read()).group(1)) * 1024
        agent.upload(f'{bucket}/warm.bin', bytes(1000000), 'application/octet-stream').ok()
        before, size = rss(), 200_000_000
        agent.upload(f'{bucket}/big.bin', (bytes(1000000) for _ in range(200)), 'application/octet-stream', Content_Length=str(size)).ok()
        c = socket.create_connection(('127.0.0.1', s.port))
        c.sendall(f'GET /storage/v1/object/{bucket}/big.bin HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {agent.token}\r\nConnection: close\r\n\r\n'.encode())
        threading.Event().wait(0.5)
        assert agent.get(f'/object/info/{bucket}/big.bin').ok()['size'] == size
        got = 0
        while piece := c.recv(1 << 20):
            got += len(piece)
        assert got > size
        assert rss() - before < 20_000_000
    finally:
        s.close()


def test_the_command_says_what_is_there(shop):
    shop.as_('a_admin').upload(f'{shop.as_("a_admin").bucket("counted")}/a.png', PNG, 'image/png').ok()
    lines = shop.plat.ok('storage').splitlines()
    assert lines[0].split() == ['bucket', 'workspace', 'access', 'objects', 'bytes']
    assert [l.split()[:5] for l in lines if l.startswith('counted')] == [['counted', 'tenant-a', 'private', '1', str(len(PNG))]]
    assert shop.plat.run('storage', 'nonsense').returncode == 2
    assert 'plat storage sweep' in shop.plat.ok('storage', '--help')
