"""2,000 searches made up by chance find what a naive evaluation over all rows finds (search_naive.py), for agents and for the public.

A failing query is printed with its number; PLAT_SEARCH_ONE=number runs it alone, PLAT_SEARCH_SEED other listings and queries."""
import concurrent.futures, contextlib, datetime, json, os, random

import psycopg2, psycopg2.extras
import pytest

from conftest import Database, get
from search_naive import Listings, joined, search
from search_naive_text import text_found
from search_queries import Maker, as_searched, listing
from storagekit import SECRET, token_of, two_tenants, uid

SEED = int(os.environ.get('PLAT_SEARCH_SEED', 6))
QUERIES = int(os.environ.get('PLAT_SEARCH_QUERIES', 2000))
ONE = os.environ.get('PLAT_SEARCH_ONE')
ROWS, BATCH = 500, 50
CLOSED_DAYS = 30000


def fill(database):
    """Makes the workspace's listings; answers them as searches have them."""
    r = random.Random(SEED)
    rows = [listing(r, n) for n in range(ROWS)]
    database.query('''insert into mls.compliance_profiles (workspace_id, shown_statuses, closed_days, max_results)
                      values (%s, '{Active,Active Under Contract,Pending,Coming Soon,Closed}', %s, 1000000)
                      on conflict (workspace_id) do update set shown_statuses = excluded.shown_statuses, closed_days = excluded.closed_days,
                        max_results = excluded.max_results''', uid('ws a'), CLOSED_DAYS)
    columns = ['workspace_id', *rows[0]]
    with contextlib.closing(psycopg2.connect(database.url)) as c, c, c.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, f'insert into mls.listings ({", ".join(columns)}) values %s',
                                       [(uid('ws a'), *row.values()) for row in rows])
        # Another tenant's are not found.
        psycopg2.extras.execute_values(cursor, f'insert into mls.listings ({", ".join(columns)}) values %s',
                                       [(uid('ws b'), *listing(r, n).values()) for n in range(20)])
    with contextlib.closing(psycopg2.connect(database.url)) as c, c.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute('select * from mls.listings where workspace_id = %s and is_active order by id', [uid('ws a')])
        stored = cursor.fetchall()
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return [as_searched(row, today - datetime.timedelta(days=CLOSED_DAYS)) for row in stored]


def ask(port, headers, searches):
    status, _, text = get(port, '/multi_search', 'POST', headers | {'Content-Type': 'application/json'},
                          json.dumps({'searches': [{'collection': 'listings', 'include_fields': 'id'} | s for s in searches]}), timeout=60)
    assert status == 200, text
    return json.loads(text)['results']


def key_for_public(port):
    status, _, text = get(port, '/keys', 'POST', {'Authorization': f'Bearer {token_of("a_admin")}', 'Content-Type': 'application/json'},
                          json.dumps({'description': 'site', 'actions': ['documents:search'], 'collections': ['listings']}))
    assert status == 201, text
    return json.loads(text)['value']


def ids_of(hits):
    return [h['document']['id'] for h in hits]


def folded(spec, counts):
    """Values as they are compared; the answer has them as the listings write them."""
    return [(c['value'] if spec.get('ranges') else joined(c['value']) if isinstance(c['value'], str) and spec['is_text'] else c['value'],
             c['count']) for c in counts]


def differences(answer, wanted, q):
    """What is not as it should be, as texts."""
    if 'error' in answer:
        return [f'error {answer["code"]}: {answer["error"]}']
    out = [f'{k}: {answer[k]}, not {wanted[k]}' for k in ('found', 'out_of', 'found_docs') if k in wanted and answer[k] != wanted[k]]
    if 'ids' in wanted and ids_of(answer['hits']) != wanted['ids']:
        out.append(f'hits: {ids_of(answer["hits"])}\n  not {wanted["ids"]}')
    got = {h['document']['id']: h['text_match'] for h in answer.get('hits', []) + [h for g in answer.get('grouped_hits', []) for h in g['hits']]}
    if q.get('terms') and (other := {i: (n, wanted['scores'].get(i)) for i, n in got.items() if n != wanted['scores'].get(i)}):
        out.append(f'text_match (this, not that): {other}')
    for spec, got, (counts, total, stats) in zip(q.get('facets', []), answer['facet_counts'], wanted['facets'], strict=True):
        spec['is_text'] = stats is None and not spec.get('ranges')
        if folded(spec, got['counts']) != counts:
            out.append(f'facet {spec["field"]}: {folded(spec, got["counts"])}\n  not {counts}')
        if got['stats']['total_values'] != total:
            out.append(f'facet {spec["field"]}: {got["stats"]["total_values"]} values, not {total}')
        for name, x in (stats or {}).items():
            if abs(got['stats'][name] - x) > 1e-9 * abs(x):
                out.append(f'facet {spec["field"]}: {name} is {got["stats"][name]}, not {x}')
    if 'groups' in wanted:
        groups = [([joined(str(k)) if isinstance(k, str) else k for k in g['group_key']], g['found'], ids_of(g['hits']))
                  for g in answer['grouped_hits']]
        if groups != wanted['groups']:
            out.append(f'groups: {groups}\n  not {wanted["groups"]}')
    return out


def make(number, rows):
    r = random.Random(SEED * 1_000_003 + number)
    who = r.choice(['agents', 'public'])
    return who, *Maker(r, rows, who).query()


@pytest.fixture
def engine(plat, database, serve):
    """(port, rows, headers of each audience)"""
    two_tenants(database)
    rows = fill(database)
    plat.env |= {'PLAT_JWT_SECRET': SECRET}
    port = serve()
    return port, rows, {'agents': {'Authorization': f'Bearer {token_of("a_agent")}'}, 'public': {'X-TYPESENSE-API-KEY': key_for_public(port)}}


def test_random_searches_find_what_a_naive_evaluation_finds(engine):
    port, rows, headers = engine
    collections = {who: Listings(rows, who) for who in headers}
    made = [(n, *make(n, rows)) for n in ([int(ONE)] if ONE else range(QUERIES))]
    failures, found = [], 0
    batches = []
    for who in headers:
        of_who = [(n, params, q) for n, w, params, q in made if w == who]
        batches += [(who, of_who[i:i + BATCH]) for i in range(0, len(of_who), BATCH)]
    # The server works on the next ones meanwhile.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda b: ask(port, headers[b[0]], [params for _, params, _ in b[1]]), batches)
        for (who, batch), results in zip(batches, answers, strict=True):
            for (n, params, q), answer in zip(batch, results, strict=True):
                wanted = search(q, collections[who], text_found)
                found += bool(wanted['found'])
                if said := differences(answer, wanted, q):
                    failures.append(f'query {n}, {who}: {json.dumps(params, ensure_ascii=False)}\n  ' + '\n  '.join(said))
    assert not failures, f'{len(failures)} queries differ (PLAT_SEARCH_SEED={SEED} PLAT_SEARCH_ONE=n runs one):\n' + '\n'.join(failures[:5])
    assert ONE or found > len(made) / 2, 'most queries find nothing, so they test little'
