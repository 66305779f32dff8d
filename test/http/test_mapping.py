"""plat mapping, POST /mls/v1/mappings/preview: versions, the same refusals in C and SQL, rows mapped again, kills in the middle."""
import json, signal

import pytest

from conftest import get, wait_until
from storagekit import SECRET, token_of, two_tenants, uid

KEY = {'source_listing_key': 'ListingKey'}


def page(n, **more):
    return {'value': [{
        'ListingKey': f'k{i:05}', 'ListingId': f'A{i}', 'StandardStatus': 'Active' if i % 3 else 'Pending', 'PropertyType': 'Residential',
        'ModificationTimestamp': f'2026-10-{1 + i % 28:02}T10:00:00Z', 'City': 'Miami', 'PostalCity': f'Town {i % 7}',
        'StateOrProvince': 'FL', 'PostalCode': '33131', 'ListPrice': 400000 + i, 'OriginalListPrice': 500000 + i, 'LivingArea': 1000 + i,
        'PoolPrivateYN': i % 2 == 0, 'PrivateRemarks': 'the key is under the mat',
        'Media': [{'MediaURL': f'https://x.example/{i}/{k}.jpg', 'Order': k} for k in range(3)], **more} for i in range(n)]}


@pytest.fixture
def workspace(database):
    database.query("insert into mls.workspaces (slug, name) values ('w', 'W')")
    return database.one("select id from mls.workspaces where slug = 'w'")


@pytest.fixture
def listings(plat, workspace, data):
    def load(n, **more):
        (data / 'page.json').write_text(json.dumps(page(n, **more)))
        plat.ok('import', data / 'page.json', timeout=120)
    return load


@pytest.fixture
def document(data):
    def write(mapping, name='mapping.json'):
        (data / name).write_text(json.dumps(mapping))
        return data / name
    return write


def default(database, **more):
    return json.loads(json.dumps(database.one('select mls.default_mapping()'))) | more


def rows(database, columns='*'):
    return database.query(f"select source_listing_key, {columns} from mls.listings order by 1")


def last_run(database):
    return database.one("select to_jsonb(r) from mls.sync_runs r where kind = 'remap' order by started_at desc limit 1")


REFUSED = [
    [], 'x', None, {}, {'city': 'City'}, KEY | {'bedroom': 'B'}, KEY | {'pool': 'P'}, KEY | {'raw': 'R'}, KEY | {'is_active': 'A'},
    {'source_listing_key': 7}, {'source_listing_key': None}, {'source_listing_key': ['ListingKey']}, {'source_listing_key': ' '},
    {'source_listing_key': {'first': ['ListingKey']}}, KEY | {'modification_ts': {'constant': 1}}, KEY | {'city': True},
    KEY | {'city': 'x' * 129}, KEY | {'public_remarks': 'PrivateRemarks'}, KEY | {'city': 'MRD_LockBoxType'},
    KEY | {'city': {'field': 'OwnerName', 'lookup': {'a': 'b'}}}, KEY | {'city': {}}, KEY | {'city': {'frist': []}},
    KEY | {'city': {'first': ['A'], 'colour': 1}}, KEY | {'city': {'first': ['A'], 'concat': ['B']}}, KEY | {'city': {'first': []}},
    KEY | {'city': {'first': 'A'}}, KEY | {'city': {'concat': ['A'] * 21}}, KEY | {'city': {'first': ['A', 7]}},
    KEY | {'city': {'concat': ['A'], 'separator': 7}}, KEY | {'city': {'concat': ['A'], 'separator': 'x' * 21}},
    KEY | {'city': {'first': ['A'], 'separator': ' '}}, KEY | {'city': {'field': 'A', 'otherwise': None}},
    KEY | {'city': {'field': 'A', 'unit': 'sqm'}}, KEY | {'list_price': {'field': 'A', 'unit': 'miles'}},
    KEY | {'living_area_sqft': {'field': 'A', 'unit': {'field': 7}}}, KEY | {'living_area_sqft': {'field': 'A', 'unit': None}},
    KEY | {'city': {'field': 'A', 'lookup': {}}}, KEY | {'city': {'field': 'A', 'lookup': []}},
    KEY | {'city': {'field': 'A', 'lookup': {'a': []}}}, KEY | {'city': {'field': 'A', 'lookup': {'a': 'x' * 1001}}},
    KEY | {'city': {'field': 'A', 'lookup': {'a': 'b'}, 'otherwise': {}}}, KEY | {'city': {'constant': None}},
    KEY | {'city': {'constant': 'x' * 1001}}, KEY | {'city': {'first': [{'first': [{'first': [{'first': [{'first': ['A']}]}]}]}]}},
    KEY | {'extra': 'x'}, KEY | {'extra': {'Pool': 'P'}}, KEY | {'extra': {'x' * 64: 'P'}}, KEY | {'extra': {'pool': {}}},
    KEY | {'extra': {'pool': 'ShowingInstructions'}}, KEY | {'extra': {f'x{i}': 'A' for i in range(201)}},
    KEY | {'extra': {f'x{i}': {'field': 'A', 'lookup': {str(k): k for k in range(150)}} for i in range(150)}},
]
TAKEN = [
    KEY, {'source_listing_key': {'field': 'ListingKey'}}, KEY | {'source_modified_at': 'Changed', 'list_agent_key': 'AgentKey'},
    KEY | {'city': {'first': ['A', {'concat': ['B', {'field': 'C', 'lookup': {'x': None, 'y': 7}}], 'separator': ''}]}},
    KEY | {'living_area_sqft': {'field': 'A', 'unit': {'field': 'U'}}, 'lot_size_sqft': {'first': ['A'], 'unit': 'acres'}},
    KEY | {'state': {'constant': 'FL'}, 'extra': {}}, KEY | {'city': {'field': 'A', 'lookup': {'a': 'b'}, 'otherwise': 'keep'}},
    KEY | {'extra': {f'x{i}': 'A' for i in range(200)}}, KEY | {'city': {'first': [{'first': [{'first': [{'first': ['A']}]}]}]}},
]


def test_c_and_sql_refuse_the_same_in_the_same_words(plat, database, workspace, document):
    files = [document(m, f'{i}.json') for i, m in enumerate(REFUSED + TAKEN)]
    in_sql = database.query('select d.n, mls.mapping_fault(d.mapping) from unnest(%s::jsonb[]) with ordinality d (mapping, n)',
                            [json.dumps(m) for m in REFUSED + TAKEN])
    r = plat.run('mapping', 'check', *files)
    in_c = dict(line.removeprefix('plat mapping: ').split(': ', 1) for line in r.stderr.splitlines())
    assert r.returncode == 1
    assert {str(files[n - 1]): fault for n, fault in in_sql if fault} == in_c
    assert list(in_c) and len(in_c) == len(REFUSED)
    assert r.stdout.count('can be saved') == len(TAKEN)


def test_the_hidden_fields_are_the_same(database, workspace):
    names = ['PrivateRemarks', 'PublicRemarks', 'X_Y_OwnerPhone', 'OwnerPays', 'BuyerAgencyCompensation', 'ShowingDays', '_', 'a_', 'Occupant']
    assert [database.one('select mls.is_hidden_field(%s)', n) for n in names] == [True, False, True, False, True, True, False, False, True]


def test_saving_another_version_maps_the_rows_again(plat, database, listings, document):
    listings(700)
    before = rows(database, 'updated_at, list_price')
    assert database.one('select count(*) from mls.listings where city = %s', 'Miami') == 700
    mapping = default(database, city='PostalCity', list_price='OriginalListPrice',
                      extra={'pool': 'PoolPrivateYN', 'where': {'concat': ['PostalCity', 'City'], 'separator': ', '}})
    assert 'version 2' in plat.ok('mapping', 'save', document(mapping))
    database.query('select plat.relay_jobs()')
    assert database.query("select name, status from plat.jobs where name = 'mls.remap'") == [('mls.remap', 'queued')]
    assert '700 rows mapped again, 700 changed' in plat.ok('mapping', 'remap')
    for i, (_, city, price, rate, extra) in enumerate(rows(database, 'city, list_price, price_per_sqft, extra')):
        assert (city, price, extra) == (f'Town {i % 7}', 500000 + i, {'pool': i % 2 == 0, 'where': f'Town {i % 7}, Miami'})
        assert rate == round((500000 + i) / (1000 + i))
    assert all(a[1] > b[1] for a, b in zip(rows(database, 'updated_at'), before))
    assert database.one("select count(*) from mls.listing_events where event in ('price', 'status')") == 0, 'no event of the market'
    run = last_run(database)
    assert run['status'] == 'success' and run['progress'] == {'phase': 'remap', 'provider': 'bridge', 'done': 700, 'total': 700}
    assert (run['stats']['fetched'], run['stats']['upserted'], run['stats']['errors']) == (700, 700, 0)
    assert ' 0 rows mapped again' in ' ' + plat.ok('mapping', 'remap')

    # Back to the first version: the rows are what they were.
    assert 'version 1' in plat.ok('mapping', 'activate', 1)
    plat.ok('mapping', 'remap')
    assert rows(database, 'list_price') == [(k, p) for k, _, p in before]
    assert database.one('select count(*) from mls.listings where extra is not null') == 0
    assert [v.split() for v in plat.ok('mapping', 'versions').splitlines()[1:]][1][1] == 'active'


def test_a_mapping_that_changes_no_column_moves_nothing(plat, database, listings, document):
    listings(20)
    before = rows(database, 'updated_at, mapping_hash')
    plat.ok('mapping', 'save', document(default(database, city={'first': ['City', 'PostalCity']})))
    assert '20 rows mapped again, 0 changed' in plat.ok('mapping', 'remap')
    after = rows(database, 'updated_at, mapping_hash')
    assert [a[:2] for a in after] == [b[:2] for b in before]
    assert all(bytes(a[2]) != bytes(b[2]) for a, b in zip(after, before))


def test_remapped_rows_are_what_a_new_import_would_make(plat, database, listings, document, data):
    listings(60, PostalCode='33131-1234', StateOrProvince='florida', Latitude=-80.19, Longitude=25.77, LotSizeAcres=0.25)
    mapping = default(database, property_type={'field': 'PropertyType', 'lookup': {'Residential': 'Condo'}}, extra={'pool': 'PoolPrivateYN'})
    plat.ok('mapping', 'save', document(mapping))
    plat.ok('mapping', 'remap')
    columns = ', '.join(database.one('select mls.mapping_columns()')) + ", extra, encode(mapping_hash, 'hex'), encode(media_hash, 'hex')"
    mapped = rows(database, columns)
    media = database.query('select url, sort_order from mls.listing_media order by 1')
    database.query('delete from mls.listing_media; delete from mls.listing_events; delete from mls.listings')
    plat.ok('import', data / 'page.json')
    assert rows(database, columns) == mapped
    assert database.query('select url, sort_order from mls.listing_media order by 1') == media and len(media) == 180
    assert set(database.query('select state, postal_code, latitude, longitude, lot_size_sqft, property_type from mls.listings')) == {
        ('FL', '33131', 25.77, -80.19, 10890, 'Condominium')}
    counted = database.query("select field, n from mls.sync_corrections c join mls.sync_runs r on r.id = c.sync_run_id "
                             "where r.kind = 'remap' order by 1")
    assert counted == [('Latitude', 60), ('PostalCode', 60), ('StateOrProvince', 60), ('property_type', 60)]
    assert database.query("select field, n from mls.correction_history(workspace => (select id from mls.workspaces)) "
                          "where kind = 'remap' order by 1") == counted


def test_killed_in_the_middle_and_run_again_it_ends_right(plat, database, listings, document):
    listings(2000)
    plat.ok('mapping', 'save', document(default(database, city='PostalCity')))
    done = "select count(*) from mls.listings where city <> 'Miami'"
    for _ in range(2):
        was = database.one(done)
        p = plat.start('mapping', 'remap')
        wait_until(lambda: p.poll() is not None or database.one(done) > was, every=0.005)
        plat.stop(p, signal.SIGKILL)
    assert 0 < database.one(done)
    plat.ok('mapping', 'remap')
    assert database.one(done) == 2000
    assert database.one('select count(distinct mapping_hash) from mls.listings') == 1
    assert database.query("select status, count(*) from mls.sync_runs where kind = 'remap' and status = 'running' group by 1") == []


def test_rows_that_somebody_else_writes_come_later(plat, database, listings, document):
    import psycopg2
    listings(10)
    plat.ok('mapping', 'save', document(default(database, city='PostalCity')))
    with psycopg2.connect(database.url) as c, c.cursor() as cursor:
        cursor.execute("update mls.listings set raw = raw || '{\"PostalCity\": \"New\"}' where source_listing_key = 'k00003'")
        p = plat.start('mapping', 'remap')
        wait_until(lambda: database.one("select count(*) from mls.listings where city <> 'Miami'") == 9)
        c.commit()
    assert p.wait(30) == 0
    assert database.one("select city from mls.listings where source_listing_key = 'k00003'") == 'New', 'the newer payload counts'


def test_the_worker_maps_again_by_itself_and_two_tenants_do_not_meet(plat, database, listings, document):
    listings(30)
    database.query("insert into mls.workspaces (slug, name) values ('v', 'V')")
    database.query("""insert into mls.listings (workspace_id, source_provider, source_listing_key, city, raw, content_hash)
                      select id, 'bridge', 'other', 'Here', '{"ListingKey": "other", "PostalCity": "There"}', '\\x01' from mls.workspaces where slug = 'v'""")
    plat.ok('mapping', 'save', document(default(database, city='PostalCity')), '--workspace', 'w')
    ws = database.one("select id from mls.workspaces where slug = 'w'")
    worker = plat.start('work')
    wait_until(lambda: database.one("select count(*) from mls.listings where city like 'Town%%'") == 30)
    wait_until(lambda: database.one("select count(*) from plat.jobs where name = 'mls.remap' and status = 'succeeded' and workspace_id = %s", ws))
    plat.stop(worker)
    assert database.one("select city from mls.listings where source_listing_key = 'other'") != 'There'


def test_listings_that_people_made_are_left_alone(plat, database, listings, document):
    listings(1)
    database.query("""insert into mls.listings (workspace_id, source_provider, source_listing_key, city)
                      select id, 'bridge', 'own', 'Here' from mls.workspaces""")
    plat.ok('mapping', 'save', document(default(database, city='PostalCity')))
    assert '1 rows mapped again' in plat.ok('mapping', 'remap')
    assert database.one("select city from mls.listings where source_listing_key = 'own'") == 'Here'


def test_a_row_keeps_the_mapping_of_its_task(plat, database, listings, document):
    listings(10)
    database.query("""
      insert into mls.mls_connections (workspace_id, provider, dataset_id, base_url)
        select id, 'bridge', 'd', 'https://x.example' from mls.workspaces;
      insert into mls.field_mappings (workspace_id, provider, version, is_active, mapping)
        select id, 'bridge', 7, false, mls.default_mapping() || '{"city": "PostalCity"}' from mls.workspaces;
      insert into mls.import_tasks (workspace_id, mls_connection_id, name, category, filter_config, field_mapping_id)
        select c.workspace_id, c.id, 'mine', 'office', '{"officeMlsId": "x"}', f.id from mls.mls_connections c, mls.field_mappings f where f.version = 7;
      update mls.listings set import_task_id = (select id from mls.import_tasks) where source_listing_key < 'k00004'""")
    plat.ok('mapping', 'remap')
    assert database.one("select count(*) from mls.listings where city like 'Town%%'") == 4
    with pytest.raises(Exception, match='in use by the import task mine'):
        database.query('delete from mls.field_mappings where version = 7')


def test_the_key_of_listings_that_are_there_cannot_be_another_field(plat, database, listings, document):
    listings(1)
    r = plat.run('mapping', 'save', document(default(database, source_listing_key='ListingId')))
    assert r.returncode == 1 and 'source_listing_key stays ListingKey' in r.stderr
    assert 'version 9' in plat.run('mapping', 'activate', 9).stderr


def test_preview_on_the_command_line_writes_nothing(plat, database, listings, document):
    listings(12)
    before = rows(database)
    out = plat.ok('mapping', 'preview', document(default(database, city='PostalCity', year_built='PostalCity')), '--sample', 3)
    assert '3 of 3 listings change' in out and '* city' in out and '"Town ' in out and 'emptied PostalCity' in out
    assert rows(database) == before
    assert database.one('select count(*) from mls.sync_runs') == 1 and database.one('select count(*) from mls.field_mappings') == 2


# --- POST /mls/v1/mappings/preview


@pytest.fixture
def call(plat, serve, database):
    two_tenants(database)
    plat.env |= {'PLAT_JWT_SECRET': SECRET}
    port = serve()

    def ask(who, body):
        headers = {'Authorization': f'Bearer {token_of(who)}'} if who else {}
        status, _, text = get(port, '/mls/v1/mappings/preview', 'POST', headers, json.dumps(body), timeout=60)
        return status, json.loads(text)
    return ask


@pytest.fixture
def two_imports(plat, database, data, call):
    for letter, n in (('a', 20), ('b', 4)):
        (data / 'p.json').write_text(json.dumps(page(n)))
        plat.ok('import', data / 'p.json', '--workspace', database.one('select slug from mls.workspaces where id = %s', uid(f'ws {letter}')))


def test_preview_shows_before_and_after_and_writes_nothing(call, database, two_imports):
    everything = "select count(*), sum(hashtext(l::text)) from mls.listings l"
    before = database.query(everything)
    mapping = default(database, city='PostalCity', year_built='PostalCity', extra={'pool': 'PoolPrivateYN'})
    status, said = call('a_agent', {'provider': 'bridge', 'mapping': mapping, 'sample': 4})
    assert status == 200 and len(said['samples']) == 4 and said['changed'] == 4
    assert said['columns'] == {'city': 4, 'extra': 4} and said['warnings'] == []
    for sample in said['samples']:
        fields = {f['column']: f for f in sample['fields']}
        i = int(sample['source_listing_key'][1:])
        assert fields['city'] == {'column': 'city', 'from': 'PostalCity', 'before': 'Miami', 'after': f'Town {i % 7}', 'changed': True}
        assert fields['list_price']['changed'] is False and fields['modification_ts']['changed'] is False
        assert fields['extra.pool'] == {'column': 'extra.pool', 'from': None, 'before': None, 'after': i % 2 == 0, 'changed': True}
        assert sample['problems'] == [{'field': 'PostalCity', 'value': f'"Town {i % 7}"', 'reason': 'is no number'}]
        assert sample['changed'] == 2
    statuses = {f['after'] for s in said['samples'] for f in s['fields'] if f['column'] == 'standard_status'}
    assert statuses == {'Active', 'Pending'}, 'of as many kinds as there are'
    assert database.query(everything) == before
    assert 'under the mat' not in json.dumps(said)

    one = said['samples'][0]['listing_id']
    status, said = call('a_agent', {'mapping': default(database), 'sample': [one]})
    assert (status, said['changed'], [s['listing_id'] for s in said['samples']]) == (200, 0, [one])

    # Payloads that nobody has stored: before is what the active mapping makes of them.
    status, said = call('a_admin', {'mapping': default(database, city='PostalCity'),
                                    'sample': [{'ListingKey': 'new', 'City': 'A', 'PostalCity': 'B', 'StateOrProvince': 'fl'}]})
    fields = {f['column']: (f['before'], f['after']) for f in said['samples'][0]['fields']}
    assert fields['city'] == ('A', 'B') and fields['state'] == ('FL', 'FL')
    assert said['samples'][0]['put_right'] == [{'field': 'StateOrProvince', 'value': '"fl"', 'reason': 'is in lower case'}]


def test_preview_is_for_agents_and_their_own_listings(call, database, two_imports):
    theirs = str(database.one('select id from mls.listings where workspace_id = %s limit 1', uid('ws b')))
    good = {'mapping': default(database)}
    assert call(None, good)[0] == 401
    assert call('a_client', good) == (403, {'message': 'this needs the role mls.agent in a workspace'})
    assert call('a_agent', good | {'sample': [theirs]}) == (404, {'message': 'none of these listings is there'})
    assert len(call('b_agent', good | {'sample': 50})[1]['samples']) == 4


def test_preview_says_what_is_wrong_with_the_request(call):
    for body, sentence in [
        ({}, 'mapping is missing: the document to try'),
        ({'mapping': {'city': 'City'}}, 'a mapping must say where source_listing_key comes from'),
        ({'mapping': KEY | {'public_remarks': 'PrivateRemarks'}},
         'the mapping of public_remarks: PrivateRemarks is not for the public, and stays in raw'),
        ({'mapping': KEY, 'sample': 51}, 'sample is a number from 1 to 50, or a list of as many ids of listings, or payloads'),
        ({'mapping': KEY, 'sample': [{}, 7]}, 'a payload is an object, not number'),
        ({'mapping': KEY, 'sample': ['x']}, 'sample holds something that is no id of a listing'),
    ]:
        assert call('a_agent', body) == (400, {'message': sentence})
    status, said = call('a_agent', {'mapping': KEY})
    assert status == 404 and said['message'] == 'there are no listings of bridge to try it on: send payloads as sample'
