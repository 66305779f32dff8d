"""Start and idle memory of the program; import and its memory."""
import contextlib, os, statistics, subprocess, sys, time

from bed import (PLAT, children, environment, folder, free_port, memory_mb, note, report, running, title, wait_for)

KEY_COLUMNS = 'workspace_id, source_provider, source_listing_key'


def start():
    title('Start and idle memory')
    with folder() as data:
        env, port = environment(PLAT_DATA=data), free_port()
        for what in ('from nothing', 'again'):
            began = time.monotonic()
            with running([PLAT, 'up', '--listen', f'127.0.0.1:{port}'], env) as p:
                wait_for(port, '/ready', p)
                report(f'start {what}', f'{time.monotonic() - began:.2f} s')
                if what == 'again':
                    time.sleep(1)
                    report('idle plat up', f'{memory_mb(p.pid):.1f} MB', memory_mb(p.pid), 30, most=True)
                    for child in children(p.pid):
                        name = open(f'/proc/{child}/cmdline').read().split('\0')
                        if name[0].endswith('plat'):
                            report(f'idle plat {name[1]}', f'{memory_mb(child):.1f} MB', memory_mb(child), 30, most=True)


def connect(bed, url, port):
    subprocess.run([PLAT, 'connect', '--dataset', 'bench', '--base-url', f'http://127.0.0.1:{port}/api/v2/OData'],
                   env=bed.env | {'DATABASE_URL': url, 'MLS_TOKEN': 'bench'}, check=True, stdout=subprocess.DEVNULL)


def sync(bed, url, *args):
    """(seconds, peak MB) of one plat sync, as the operating system accounts for it."""
    began = time.monotonic()
    pid = os.posix_spawn(PLAT, [PLAT, 'sync', *args], bed.env | {'DATABASE_URL': url},
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, '/dev/null', os.O_WRONLY, 0),
                                       (os.POSIX_SPAWN_OPEN, 2, '/dev/null', os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f'bench: plat sync ended with {status}')
    return time.monotonic() - began, usage.ru_maxrss / 1024


@contextlib.contextmanager
def feed(bed, rows):
    port = free_port()
    with running([PLAT, 'feed', '--listen', f'127.0.0.1:{port}', '--rows', str(rows), '--dataset', 'bench', '--seed', '7',
                  '--as-of', '2026-11-01T00:00:00Z', '--requests-per-hour', '10000000'], bed.env | {'FEED_TOKEN': 'bench'}) as p:
        wait_for(port, '/live', p, 600)
        yield port


def export(bed, url, files):
    """The rows that the sync made, as files for psql; generated keys are left to the defaults, as in the sync."""
    columns = bed.psql(url, '-c', "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute where attrelid = "
                       "'mls.listings'::regclass and attnum > 0 and not attisdropped and attgenerated = '' "
                       "and attname not in ('id', 'created_at', 'updated_at')")
    bed.psql(url, '-c', f"\\copy (select {columns} from mls.listings) to '{files}/listings'")
    bed.psql(url, '-c', f"\\copy (select l.source_listing_key, m.url, m.sort_order, m.caption, m.media_key, m.category from "
             f"mls.listing_media m join mls.listings l on l.id = m.listing_id) to '{files}/media'")
    return columns


def plain_import(bed, url, files, columns):
    """The same rows, the shortest way that psql has."""
    names = columns.split(', ')
    sets = ', '.join(f'{c} = excluded.{c}' for c in names if c not in KEY_COLUMNS.split(', '))
    script = f"""begin;
create temp table s as select {columns} from mls.listings with no data;
create temp table m (source_listing_key text, url text, sort_order int, caption text, media_key text, category text);
\\copy s from '{files}/listings'
\\copy m from '{files}/media'
insert into mls.listings ({columns}) select {columns} from s on conflict ({KEY_COLUMNS}) do update set {sets};
insert into mls.listing_media as x (workspace_id, listing_id, url, sort_order, caption, media_key, category)
  select l.workspace_id, l.id, m.url, m.sort_order, m.caption, m.media_key, m.category
  from m join mls.listings l using (source_listing_key)
  on conflict (workspace_id, listing_id, url) do update set sort_order = excluded.sort_order;
commit;
"""
    began = time.monotonic()
    bed.psql(url, text=script)
    return time.monotonic() - began


def prepare(bed):
    if not bed.has('migrated'):
        bed.psql(bed.migrate(), '-c', "insert into mls.workspaces (slug, name) values ('bench', 'Bench')")


def imports(bed, rows, rounds=3):
    title(f'Import of {rows} rows, plat sync and psql in turns')
    prepare(bed)
    ratios, faster, peaks = [], [], []
    with feed(bed, rows) as port, folder() as files:
        for i in range(rounds):
            url = bed.database('a')
            connect(bed, url, port)
            seconds, peak = sync(bed, url)
            again, peak_again = sync(bed, url, '--from-scratch')
            media = int(bed.psql(url, '-c', 'select count(*) from mls.listing_media'))
            if i == 0:
                columns = export(bed, url, files)
            plain = plain_import(bed, bed.database('b'), files, columns)
            ratios.append(plain / seconds)
            faster.append(seconds / again)
            peaks += [peak, peak_again]
            note(f'{media} media: plat sync {rows / seconds:.0f} rows/s, psql {rows / plain:.0f} rows/s, ratio {plain / seconds:.2f}; '
                 f'all of it again, unchanged: {again:.2f} s ({seconds / again:.0f} times faster)')
    report('import, plat sync : psql', f'median of {rounds}', statistics.median(ratios), 0.9)
    report('everything again, unchanged', f'{statistics.median(faster):.0f} times faster', statistics.median(faster), 10)
    report('import, peak memory', f'{max(peaks):.1f} MB', max(peaks), 64, most=True)


def memory(bed, sizes):
    title('Peak memory of plat sync')
    prepare(bed)
    for rows in sizes:
        with feed(bed, rows) as port:
            url = bed.database('a')
            connect(bed, url, port)
            seconds, peak = sync(bed, url)
            report(f'sync of {rows} rows, peak', f'{peak:.1f} MB, {rows / seconds:.0f} rows/s', peak, 64, most=True)
