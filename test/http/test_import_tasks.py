"""Import tasks: what they bring, what becomes of listings when they change, and the preview of both."""
import collections, json, statistics

import pytest

from conftest import get
from replication_kit import Feed
from storagekit import SECRET, token_of, two_tenants, uid

W = ('--workspace', 'tenant-a')


@pytest.fixture
def feed(plat, database):
    two_tenants(database)
    f = Feed(plat, 300)
    plat.ok('connect', *W, '--dataset', 'd', '--base-url', f.base, text='feed-token-1\n')
    return f


@pytest.fixture
def rows(feed):
    return feed.rows()


@pytest.fixture
def city(rows):
    """A city of many listings, of two words."""
    counts = collections.Counter(r['City'] for r in rows.values() if r['City'] and r['City'].count(' ') == 1)
    return counts.most_common(1)[0][0]


def add(plat, name, *args, **filter):
    plat.ok('tasks', 'add', name, *W, '--filter', json.dumps(filter), *args)


def active(database):
    return {k for k, in database.query('select source_listing_key from mls.listings where is_active')}


def owners(database):
    return dict(database.query('''select l.source_listing_key, t.name from mls.listings l
        left join mls.import_tasks t on t.workspace_id = l.workspace_id and t.id = l.import_task_id where l.is_active'''))


def keys(rows, wanted):
    return {k for k, r in rows.items() if wanted(r)}


def test_two_tasks_want_the_same_listings(plat, database, feed, rows, city):
    middle = int(statistics.median(r['ListPrice'] for r in rows.values() if r['ListPrice']))
    here = keys(rows, lambda r: r['City'] == city)
    cheap = keys(rows, lambda r: r['ListPrice'] is not None and r['ListPrice'] <= middle)
    cheaper = keys(rows, lambda r: r['ListPrice'] is not None and r['ListPrice'] <= middle // 2)
    assert here & cheap and here - cheap and cheap - here and here & (cheap - cheaper)

    add(plat, 'here', '--category', 'search', cities=[city.lower().replace(' ', '-')])
    add(plat, 'cheap', '--price-max', middle)
    plat.ok('sync', *W)
    assert active(database) == here | cheap
    assert database.one('select count(*) from mls.listings') == len(here | cheap)  # one row, however many want it
    assert dict(database.query('''select t.name, count(*) from mls.import_task_listings m join mls.import_tasks t on t.id = m.import_task_id
        group by 1''')) == {'here': len(here), 'cheap': len(cheap)}
    assert {owners(database)[k] for k in here} == {'here'}  # the first that imported it

    # Said first, then done.
    said = plat.ok('tasks', 'disable', 'here', *W)
    assert f'{len(here - cheap)} of its {len(here)} listings are taken down' in said and '--yes' in said
    assert active(database) == here | cheap
    plat.ok('tasks', 'disable', 'here', '--yes', *W)
    assert active(database) == cheap and set(owners(database).values()) == {'cheap'}
    assert {r for r, in database.query('select deactivated_reason from mls.listings where not is_active')} == {'out_of_scope'}
    plat.ok('tasks', 'enable', 'here', *W)
    assert active(database) == here | cheap

    # Narrowed: nothing happens until a whole pass has seen what is still wanted.
    database.query("update mls.import_tasks set price_max = %s where name = 'cheap'", middle // 2)
    assert active(database) == here | cheap
    plat.ok('sync', *W)
    assert active(database) == here | cheaper
    database.query("update mls.import_tasks set price_max = %s where name = 'cheap'", middle)
    plat.ok('sync', *W)
    assert active(database) == here | cheap  # widened: they are back

    plat.ok('tasks', 'remove', 'here', '--yes', *W)
    assert active(database) == cheap
    said = plat.ok('tasks', 'remove', 'cheap', '--yes', *W)
    assert 'the next sync reads everything' in said and active(database) == set()
    plat.ok('sync', *W)
    assert active(database) == set(rows)


def test_limits_mappings_statuses_and_bad_filters(plat, database, feed, rows, city):
    active_here = keys(rows, lambda r: r['City'] == city and r['StandardStatus'] in ('Active', 'Pending'))
    office = collections.Counter(r['ListOfficeMlsId'] for r in rows.values()).most_common(1)[0][0]
    theirs = keys(rows, lambda r: r['ListOfficeMlsId'] == office)
    database.query('''select mls.save_field_mapping('bridge', mls.default_mapping() || '{"subdivision": "PostalCode"}', %s)''', uid('ws a'))
    database.query('update mls.field_mappings set is_active = false where version = 2')
    database.query("update mls.field_mappings set is_active = true where version = 1 and provider = 'bridge'")

    add(plat, 'office', '--category', 'office', '--mapping', 2, officeMlsId=[office, 'nobody'])
    add(plat, 'open', '--status', 'Active,Pending', cities=city)
    add(plat, 'wrong', odata='NoSuchField eq 1')
    r = plat.run('sync', *W)
    assert r.returncode == 1 and '"wrong": the feed' in r.stderr and 'NoSuchField' in r.stderr
    assert active(database) == theirs | active_here  # the others went on
    for key, owner, subdivision in database.query('''select l.source_listing_key, t.name, l.subdivision from mls.listings l
            join mls.import_tasks t on t.id = l.import_task_id where l.is_active'''):
        assert subdivision == rows[key]['PostalCode' if owner == 'office' else 'SubdivisionName'], key
    for name in ('office', 'open', 'wrong'):
        plat.ok('tasks', 'disable', name, '--yes', *W)
    assert active(database) == set()
    add(plat, 'few', '--most', 20)
    plat.ok('sync', *W, '--task', 'FEW')
    assert len(active(database)) == 20
    r = plat.run('tasks', 'add', 'x', *W, '--filter', '{"citys": ["x"]}')
    assert (r.returncode, r.stderr) == (1, 'plat tasks: filter_config has no key "citys"; did you mean "cities"\n')
    r = plat.run('tasks', 'show', 'nobody', *W)
    assert 'there are: few, office, open, wrong' in r.stderr


def test_a_preview_compiles_counts_and_tells(plat, serve, database, feed, rows, city):
    plat.env['PLAT_JWT_SECRET'] = SECRET
    port = serve()
    connection = database.one('select id from mls.mls_connections')

    def preview(who, **body):
        status, _, text = get(port, '/mls/v1/tasks/preview', 'POST', {'Authorization': f'Bearer {token_of(who)}'}, json.dumps(body))
        return status, json.loads(text)
    here = keys(rows, lambda r: r['City'] == city)
    status, found = preview('a_agent', connection_id=connection, filter_config={'cities': [city]})
    assert (status, found['count'], found['problem'], found['change']) == (200, len(here), None, None)
    assert found['filters'] == [f"tolower(City) eq '{city.lower()}'"]
    database.query('''update mls.mls_connections set settings = '{"tolower": "no"}' ''')
    status, found = preview('a_agent', connection_id=connection, filter_config={'cities': [city]})
    assert (status, found['count'], found['filters']) == (200, len(here), [f"City in ('{city}','{city.upper()}')"])
    add(plat, 'here', cities=[city])
    plat.ok('sync', *W)
    task = database.one('select id from mls.import_tasks')
    status, found = preview('a_agent', task_id=task, price_max=1)
    assert (status, found['count']) == (200, 0) and found['filters'][0].endswith(' and ListPrice le 1')
    assert (found['change']['leaving'], found['change']['listings']) == (len(here), len(here))
    assert preview('a_agent', task_id=task, filter_config={'citys': 'x'}) == (
        400, {'message': 'filter_config has no key "citys"; did you mean "cities"'})
    status, found = preview('a_agent', task_id=task, filter_config={'odata': 'NoSuchField eq 1'})
    assert (status, found['count']) == (200, None) and 'refuses the filter' in found['problem']
    assert preview('b_agent', task_id=task)[0] == 404
    assert preview('a_client', task_id=task)[0] == 403
    assert preview('a_agent')[0] == 400 and preview('a_agent', task_id='x')[0] == 400
    database.query('update mls.import_tasks set is_agent_visible = false')
    assert preview('a_agent', task_id=task)[0] == 404 and preview('a_admin', task_id=task)[0] == 200
    assert 'the source counts' in plat.ok('tasks', 'preview', 'here', *W)
