"""plat search-keys: keys of the search on the command line; what is stored of them; rotation; two that begin alike."""
import base64, hashlib, hmac, json, re, urllib.parse

import pytest

from conftest import get, wait_until


@pytest.fixture
def north(plat, database):
    database.query("insert into mls.workspaces (slug, name) values ('north', 'North'), ('south', 'South')")
    for slug, city in ('north', 'Miami'), ('north', 'Doral'), ('south', 'Orlando'):
        database.query('''insert into mls.listings (workspace_id, source_listing_key, standard_status, city)
                          select id, %s, 'Active', %s from mls.workspaces where slug = %s''', city, city, slug)
    return plat


def add(plat, *more):
    out = plat.ok('search-keys', 'add', 'a page', '--workspace', 'north', *more)
    key_id, value = re.fullmatch(r'id   (\d+)\nkey  ([A-Za-z0-9]{32})\nIt is not shown again.*\n', out).groups()
    return key_id, value


def scoped(value, params):
    text = json.dumps(params)
    digest = base64.b64encode(hmac.new(value.encode(), text.encode(), hashlib.sha256).digest()).decode()
    return base64.b64encode((digest + value[:4] + text).encode()).decode()


def cities(port, key):
    path = '/collections/listings/documents/search?q=*&include_fields=city&' + urllib.parse.urlencode({'x-typesense-api-key': key})
    status, _, text = get(port, path)
    return sorted(hit['document']['city'] for hit in json.loads(text)['hits']) if status == 200 else status


def test_a_key_from_the_command_line_searches_until_it_is_removed(north, database, serve):
    key_id, value = add(north, '--audience', 'agents', '--days', '1')
    listed = north.ok('search-keys', 'list', '--workspace', 'north')
    assert f'{value[:4]}...' in listed and 'agents' in listed and 'good' in listed and value not in listed
    assert value not in database.one('select k::text from mls.search_keys k')
    port = serve()
    assert wait_until(lambda: cities(port, value) != 503) and cities(port, value) == ['Doral', 'Miami']
    assert database.one('select last_used_at is not null from mls.search_keys')
    assert cities(port, scoped(value, {'filter_by': 'city:=Doral'})) == ['Doral']
    r = north.run('search-keys', 'remove', key_id, '--workspace', 'south')
    assert r.returncode == 1 and f'there is no key {key_id}' in r.stderr
    north.ok('search-keys', 'remove', key_id, '--workspace', 'north')
    wait_until(lambda: cities(port, value) == 401 and cities(port, scoped(value, {'filter_by': 'city:=Doral'})) == 401, seconds=5)
    assert 'revoked' in north.ok('search-keys', 'list', '--workspace', 'north')


def test_rotation_seals_values_anew_and_scoped_keys_still_count(north, database, serve):
    _, value = add(north, '--audience', 'agents')
    before = database.one('select value_sealed from mls.search_keys')
    assert '1 sealed again now' in north.ok('secrets', 'rotate')
    assert database.one('select value_sealed from mls.search_keys').split('.')[1] != before.split('.')[1]
    # Another one that begins alike, as chance may have it: its envelope opens nothing here, and is passed over.
    database.query("""insert into mls.search_keys (workspace_id, audience, value_prefix, value_hash, value_sealed, created_at)
                      select workspace_id, audience, value_prefix, sha256('other'), value_sealed, created_at - interval '1 day' from mls.search_keys""")
    port = serve()
    assert wait_until(lambda: cities(port, value) != 503)
    assert cities(port, scoped(value, {'filter_by': 'city:=Miami'})) == ['Miami']
    assert cities(port, scoped(value[:4] + 'x' * 28, {'filter_by': 'city:=Miami'})) == 401


@pytest.mark.parametrize('arguments, words', [
    (['add', 'x', '--audience', 'all'], '--audience takes public or agents'),
    (['add', 'x', '--actions', 'documents:create'], "there is no action 'documents:create'"),
    (['remove', 'x'], "'x' is no id of a key"),
    (['remove', '99'], 'there is no key 99'),
    (['rotate'], 'takes list, add DESCRIPTION or remove ID')])
def test_what_cannot_be_is_one_sentence(north, arguments, words):
    r = north.run('search-keys', *arguments, '--workspace', 'north')
    assert r.returncode in (1, 2) and words in r.stderr


def test_a_key_without_the_place_is_told_no_distance_from_it(north, database, serve):
    database.query("update mls.listings set latitude = 25.7, longitude = -80.1")
    _, value = add(north, '--audience', 'agents')
    port = serve()

    def distances(key):
        status, _, text = get(port, '/collections/listings/documents/search?' + urllib.parse.urlencode(
            {'q': '*', 'sort_by': 'location(25.8, -80.1):asc', 'x-typesense-api-key': key}))
        return [hit.get('geo_distance_meters') for hit in json.loads(text)['hits']] if status == 200 else status

    assert wait_until(lambda: distances(value) != 503) and distances(value) == [{'location': 11120}] * 2
    assert distances(scoped(value, {'exclude_fields': 'city'})) == [{'location': 11120}] * 2
    assert distances(scoped(value, {'exclude_fields': 'location'})) == [None] * 2
    assert distances(scoped(value, {'include_fields': 'city'})) == [None] * 2
