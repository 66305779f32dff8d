"""What searches take in the index alone: no HTTP, no PostgreSQL, one thread."""
import subprocess

from bed import BUILD, ROOT, report, title
from tools import HERE

LAYERS = ['mod', 'app', 'model', 'db', 'loop', 'http', 'base']
LIBRARIES = ['yyjson', 'crypto', 'z', 'zstd', 'expat', 'm', 'uv', 'pq', 'curl', 'llhttp', 'crypt', 'qrencode', 'utf8proc', 'resolv']
MOST = {'words, filters, circle, facets, sort': 2}  # milliseconds, of the median


def compiled():
    tool = BUILD / 'bench_engine'
    inside = [f'libplat_{name}.a' for name in LAYERS] + ['libembedded.a']
    subprocess.run(['gcc', '-std=gnu11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror', f'-I{ROOT / "src"}', '-o', str(tool),
                    str(HERE / 'engine.c'), '-Wl,--start-group', *inside, '-Wl,--end-group', *(f'-l{name}' for name in LIBRARIES)],
                   check=True, cwd=BUILD)
    return tool


def run(listings):
    title(f'Searches in the index alone, {listings} listings, one thread: processor time')
    r = subprocess.run([str(compiled()), str(listings), '300'], check=True, capture_output=True, text=True)
    (seconds, size), *kinds = (line.split('\t') for line in r.stdout.splitlines())
    report('filled', f'{seconds} s, {size} bytes each')
    for what, median, p95, found in kinds:
        report(f'{what}: {found} found', f'{median} ms, p95 {p95}', float(median), MOST.get(what), most=True)
