"""Uploads and downloads beside copying the same file with fsync, on the same disk."""
import http.client, os, statistics, time

import work
from bed import folder, forget_peak, memory_mb, note, processor_s, report, title
from tools import plat_serve

BUCKET = 'bench'
PIECE = 1 << 20


def copy(source, target):
    """Seconds for a plain copy that is on the disk when it ends."""
    began = time.perf_counter()
    with open(source, 'rb') as f, open(target, 'wb') as t:
        while piece := f.read(PIECE):
            t.write(piece)
        t.flush()
        os.fsync(t.fileno())
    return time.perf_counter() - began


def ask(port, method, path, body=None, headers=None, sink=None):
    """Seconds until the answer was read."""
    began = time.perf_counter()
    c = http.client.HTTPConnection('127.0.0.1', port, blocksize=PIECE)
    c.request(method, f'/storage/v1{path}', body, {'Authorization': f'Bearer {work.SERVICE}'} | (headers or {}))
    answer = c.getresponse()
    room, n = bytearray(PIECE), 0
    while got := answer.readinto(room):
        n += got
        if sink:
            sink.write(memoryview(room)[:got])
    c.close()
    if answer.status != 200:
        raise SystemExit(f'bench: {method} {path} is answered {answer.status}: {bytes(room[:500])}')
    return time.perf_counter() - began, n


def whole(port, path, size):
    took, n = ask(port, 'GET', path)
    assert n == size
    return took


def upload(port, path, file, size):
    with open(file, 'rb') as f:
        return ask(port, 'POST', path, f, {'Content-Type': 'application/octet-stream', 'Content-Length': str(size), 'x-upsert': 'true'})[0]


def small(server, times):
    """Many objects of 20 KB, one after another: what an object costs besides its bytes."""
    body = os.urandom(20_000)
    up = [ask(server.port, 'POST', f'/object/{BUCKET}/{n}.bin', body, {'Content-Type': 'application/octet-stream', 'x-upsert': 'true'})[0]
          for n in range(times)]
    down = [ask(server.port, 'GET', f'/object/{BUCKET}/{n}.bin')[0] for n in range(times)]
    note(f'an object of 20 KB: up {1000 * statistics.median(up):.1f} ms, down {1000 * statistics.median(down):.1f} ms')


def large(server, files, size, rounds):
    source, target = f'{files}/source', f'{files}/target'
    with open(source, 'wb') as f:
        for _ in range(size // PIECE):
            f.write(os.urandom(PIECE))
    took = {'copy': [], 'up': [], 'down': []}
    path = f'/object/{BUCKET}/large.bin'
    forget_peak(server.pid)
    resident, before = memory_mb(server.pid), processor_s(server.pid)
    for _ in range(rounds):
        took['copy'].append(copy(source, target))
        os.unlink(target)
        took['up'].append(upload(server.port, path, source, size))
        took['down'].append(whole(server.port, path, size))
    spent = processor_s(server.pid) - before
    speed = {k: size / 1e6 / statistics.median(v) for k, v in took.items()}
    report('plain copy with fsync', f'{speed["copy"]:.0f} MB/s')
    report('upload : plain copy', f'{speed["up"]:.0f} MB/s', speed['up'] / speed['copy'], 0.5)
    report('download : plain copy', f'{speed["down"]:.0f} MB/s', speed['down'] / speed['copy'], 0.5)
    grown = memory_mb(server.pid, 'VmHWM') - resident
    report('memory at its peak, over what it was (MB)', f'{grown:.1f} MB', grown, 16, most=True)
    note(f'processor time of plat for 100 MB both ways: {spent / rounds / size * 1e8 * 1000:.0f} ms')


def run(bed, megabytes, rounds):
    title(f'Storage: an object of {megabytes} MB, one client, and the same file copied beside it')
    url = bed.database('storage') if bed.has('migrated') else bed.migrate('storage')
    size = megabytes * PIECE
    with folder() as files, plat_serve(bed, url, PLAT_STORAGE_MAX_BYTES=str(size), PLAT_DATA=files) as server:
        ask(server.port, 'POST', '/bucket', f'{{"id": "{BUCKET}", "name": "{BUCKET}"}}', {'Content-Type': 'application/json'})
        large(server, files, size, rounds)
        small(server, 100)
