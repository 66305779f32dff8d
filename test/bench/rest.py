"""The REST dialect beside pgbench and hand-written services on the same data: requests a second, and their ratios."""
import contextlib, statistics, sys

import bulk, idle, work
from bed import folder, note, processor_s, report, status_of, title
from tools import HERE, fastapi, fastify, load, pgbench, plat_serve

DATABASE = 'bench'


def data(bed):
    """The URL of the database with the data of data.sql; made when it is not there."""
    if not bed.has(DATABASE):
        url = bed.migrate('half_made')
        note('making the data: about a minute')
        bed.psql(url, '-f', str(HERE / 'data.sql'))
        bed.psql(bed.url('postgres'), '-c', f'alter database half_made rename to {DATABASE}')
    return bed.url(DATABASE)


def has_rest(port):
    return status_of(port, '/rest/v1/listings?select=id&limit=1',
                     {'Authorization': f'Bearer {work.TOKENS[1, 1]}', 'apikey': work.TOKENS[1, 1], 'Accept-Profile': 'mls'}) == 200


class Spent:
    """Processor time of PostgreSQL and plat, by transaction: what a busy machine changes less than anything else here."""

    def __init__(self, postmaster, server):
        self.postmaster, self.server = postmaster, server
        self.pgbench_s = self.postgres_s = self.plat_s = 0
        self.pgbench_n = self.plat_n = 0

    @contextlib.contextmanager
    def by_pgbench(self):
        before = processor_s(self.postmaster)
        yield
        self.pgbench_s += processor_s(self.postmaster) - before

    @contextlib.contextmanager
    def by_plat(self):
        before, before_plat = processor_s(self.postmaster), processor_s(self.server)
        yield
        self.postgres_s += processor_s(self.postmaster) - before
        self.plat_s += processor_s(self.server) - before_plat

    def said(self):
        each = lambda s, n: 1e6 * s / max(1, n)
        return (f'processor time each: {each(self.postgres_s, self.plat_n):.0f} µs in PostgreSQL and {each(self.plat_s, self.plat_n):.0f} µs in '
                f'plat; for pgbench {each(self.pgbench_s, self.pgbench_n):.0f} µs in PostgreSQL')


class Rest:
    def __init__(self, bed, url, files, seconds, rounds):
        self.bed, self.url, self.files, self.seconds, self.rounds = bed, url, files, seconds, rounds
        self.fastify = {}

    def requests(self, service, kind, **more):
        name = f'{service.__name__}.{kind.replace(" ", "_")}{"".join(more)}'
        return work.requests_file(self.files, name, lambda d: service(kind, d, **more))

    def clear(self, kind):
        if kind == 'insert':
            self.bed.psql(self.url, '-c', 'truncate crm.leads cascade')

    def limit(self, kind, **more):
        rate = pgbench(self.url, self.files, kind, seconds=self.seconds, **more)
        self.clear(kind)
        return rate

    def ask(self, port, requests, kind, **more):
        answer = load(port, requests, seconds=self.seconds, status=201 if kind == 'insert' else 200, **more)
        self.clear(kind)
        return answer

    def limits(self):
        title('The limit: pgbench, 8 clients, preamble and statement in one pipeline, row level security on (transactions/s)')
        settings, preamble = self.limit('settings'), self.limit('preamble')
        report('preamble without the memberships', f'{settings:.0f}/s')
        report('preamble', f'{preamble:.0f}/s', preamble / settings)
        for kind in ('one', 'page'):
            columns, as_json = self.limit(kind), self.limit(f'{kind}, json')
            report(f'{kind}, as columns', f'{columns:.0f}/s')
            report(f'{kind}, as JSON made by PostgreSQL', f'{as_json:.0f}/s', as_json / columns)

    def peers(self):
        title('Hand-written services, the same token check, one process, 8 connections (requests/s)')
        for name, start in (('FastAPI + SQLAlchemy + asyncpg', fastapi), ('Fastify + pg', fastify)):
            with start(self.url) as port:
                for kind in ('one', 'page', 'insert'):
                    rate = self.ask(port, self.requests(work.peer, kind), kind)['rate']
                    report(f'{kind}, {name}', f'{rate:.0f}/s')
                    if start is fastify:
                        self.fastify[kind] = rate

    def pairs(self, server, kind, connections, **more):
        """plat and pgbench in turns: the median answer of plat, and of the ratios."""
        requests = self.requests(work.plat, kind)
        answers, ratios, spent = [], [], Spent(self.bed.postmaster(), server.pid)
        for _ in range(self.rounds):
            with spent.by_pgbench():
                limit = self.limit(kind)
                spent.pgbench_n += limit * max(1, round(self.seconds))
            with spent.by_plat():
                answers.append(self.ask(server.port, requests, kind, connections=connections, **more))
                spent.plat_n += answers[-1]['all']
            ratios.append(answers[-1]['rate'] / limit)
        answers.sort(key=lambda a: a['rate'])
        return answers[len(answers) // 2], statistics.median(ratios), spent

    def line(self, what, answer, ratio, goal):
        report(what, f'{answer["rate"]:.0f}/s, p99 {answer["p99_us"] / 1000:.1f} ms', ratio, goal)

    def speed(self, server):
        title(f'/rest/v1 of plat serve, one process: requests/s, and the ratio to pgbench in the same {self.rounds} rounds')
        for kind, connections, goal in (('one', 8, 0.9), ('one', 32, 1.1), ('page', 8, 0.95), ('page', 32, None), ('insert', 8, 0.9),
                                        ('insert', 32, None), ('embed', 8, 0.9)):
            answer, ratio, spent = self.pairs(server, kind, connections, least=1000 if kind == 'embed' else 2)
            self.line(f'{kind}, {connections} connections : pgbench', answer, ratio, goal)
            note(spent.said())
            if kind == 'one' and connections == 32:
                report('one, 32 connections, p99 : median', f'{answer["p99_us"]} : {answer["median_us"]} µs',
                       answer['p99_us'] / max(1, answer['median_us']), 3, most=True)
            if connections == 8 and kind in self.fastify:
                report(f'{kind}, 8 connections : Fastify + pg', f'{self.fastify[kind]:.0f}/s of it', answer['rate'] / self.fastify[kind],
                       8 if kind == 'one' else None)

    def security(self, port):
        title('Row level security on against off: the same page of one workspace, time of one with the other')
        on, off = self.requests(work.plat, 'page of'), self.requests(work.plat, 'page of', bearer=work.SERVICE)
        over_http, in_pgbench = [], []
        for _ in range(self.rounds):
            without = self.ask(port, off, 'page of')['rate']
            over_http.append(without / self.ask(port, on, 'page of')['rate'])
            without = self.limit('page of', role='service_role')
            in_pgbench.append(without / self.limit('page of'))
        report('page over HTTP, authenticated : service_role', '', statistics.median(over_http), 1.3, most=True)
        report('page in pgbench, authenticated : service_role', '', statistics.median(in_pgbench), 1.3, most=True)


def run(bed, seconds, rounds, with_peers=True):
    url = data(bed)
    with folder() as files:
        r = Rest(bed, url, files, seconds, rounds)
        r.limits()
        if with_peers:
            r.peers()
        with plat_serve(bed, url) as p:
            idle.connections(p)
        with plat_serve(bed, url) as p:
            if not has_rest(p.port):
                sys.exit('bench: plat serve does not answer /rest/v1/listings')
            r.speed(p)
            r.security(p.port)
            bulk.csv(r, p)
            bulk.inserts(r, p)
            idle.plans(r, p.port)
        idle.cache(bed, rounds)
