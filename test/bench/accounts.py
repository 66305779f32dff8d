"""Sign-ins a second beside what the bcrypt hash of a password costs alone."""
import json, os, pathlib, statistics, subprocess

import work
from bed import BUILD, folder, note, processor_s, report, title
from tools import HERE, load, plat_serve

PASSWORD = 'three Blue whales 27'
PEOPLE = 50


def bcrypt(threads, seconds):
    tool = BUILD / 'bench_bcrypt'
    if not tool.exists() or tool.stat().st_mtime < (HERE / 'bcrypt.c').stat().st_mtime:
        subprocess.run(['gcc', '-std=gnu11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror', '-pthread', '-o', str(tool),
                        str(HERE / 'bcrypt.c'), '-lcrypt'], check=True)
    return float(subprocess.run([str(tool), str(threads), str(seconds)], check=True, capture_output=True, text=True).stdout)


def post(path, key, body):
    head = {'apikey': key, 'Authorization': f'Bearer {key}', 'Content-Type': 'application/json'}
    return work.http_request('POST', path, head, json.dumps(body).encode())


def address(n):
    return f'person{n}@example.org'


def requests(files, name, make):
    return work.write_requests(pathlib.Path(files) / name, (make(n) for n in range(PEOPLE)))


def run(bed, seconds, rounds):
    cores = os.cpu_count()
    title(f'Sign-ins with a password (bcrypt, cost 10), and the hash alone on {cores} threads')
    anon = work.token({'role': 'anon', 'iss': 'bench'})
    url = bed.database('accounts') if bed.has('migrated') else bed.migrate('accounts')
    with folder() as files, plat_serve(bed, url, PLAT_AUTH_RATE='0') as server:
        made = requests(files, 'made', lambda n: post('/auth/v1/admin/users', work.SERVICE, {'email': address(n), 'password': PASSWORD,
                                                                                           'email_confirm': True}))
        load(server.port, made, number=PEOPLE)
        ins = requests(files, 'sign_in', lambda n: post('/auth/v1/token?grant_type=password', anon, {'email': address(n),
                                                                                                  'password': PASSWORD}))
        ratios, answers, spent, n = [], [], 0, 0
        for _ in range(rounds):
            hashes = bcrypt(cores, seconds)
            before = processor_s(server.pid)
            answers.append(load(server.port, ins, connections=8, seconds=seconds))
            spent += processor_s(server.pid) - before
            n += answers[-1]['all']
            ratios.append(answers[-1]['rate'] / hashes)
        last = sorted(answers, key=lambda a: a['rate'])[len(answers) // 2]
        report('bcrypt alone', f'{hashes:.1f}/s')
        report('sign-in, 8 connections : bcrypt alone', f'{last["rate"]:.1f}/s, p99 {last["p99_us"] / 1000:.0f} ms', statistics.median(ratios), 0.9)
        note(f'processor time of plat for each: {1000 * spent / max(1, n):.1f} ms, bcrypt alone {1000 * cores / hashes:.1f} ms')
