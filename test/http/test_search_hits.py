"""Hits of the search: the same bytes out of the index as out of the database; how many the public gets; wrong keys; packed answers."""
import gzip, json, re, urllib.parse

import pytest

from conftest import get, wait_until
from storagekit import SECRET, two_tenants, uid

WS = uid('ws a')
# What the index has of a listing as its row has it.
KEPT = ('source_provider,standard_status,property_type,city,state,postal_code,subdivision,building_name,community,county,list_agent_name,'
        'list_agent_mls_id,list_office_name,list_office_mls_id,list_price,close_price,price_per_sqft,bedrooms,bathrooms,living_area_sqft,'
        'lot_size_sqft,year_built,photo_count,list_date,close_date,modification_ts,created_at,updated_at,location').split(',')
CITIES = ('Miami', 'MIAMI', ' miami ', 'Fort  Lauderdale', 'Fort-Lauderdale', '', '---', 'Köln', 'ﬁn "quoted" \\ \t\x7f', '東京', None)
NUMBERS = {'bathrooms': (2.5, 0.1, -0.0, 1e300, None, 'NaN', 'Infinity'), 'list_price': (500000, 0, -7, 2147483647, None),
           'latitude': (25.761681, 0, -90, 91, None, 'NaN'), 'longitude': (-80.191788, 180, 0.1, None, 200), 'bedrooms': (3, None, 0),
           'modification_ts': ('2026-01-02 03:04:05.678+00', '1960-01-01 00:00:00.5+00', None), 'list_date': ('2026-02-03', '1901-01-01', None),
           'year_built': (1999, None), 'photo_count': (0, None)}


def make(database):
    two_tenants(database)
    database.query("""update mls.compliance_profiles set mls_name = 'Coast', brokerage_name = 'North', hidden_fields = '{county,bedrooms}', max_results = 500
                      where workspace_id = %s""", WS)
    for n in range(60):
        raw = {'InternetEntireListingDisplayYN': n % 7 != 3, 'InternetAddressDisplayYN': n % 5 != 2}
        row = {'workspace_id': WS, 'source_listing_key': f'k{n}', 'standard_status': ('Active', 'Pending')[n % 2], 'raw': json.dumps(raw),
               'city': CITIES[n % len(CITIES)], 'property_type': (None, 'Residential')[n % 2], 'building_name': ('Tower', 'tower', None)[n % 3],
               'community': CITIES[(n + 3) % len(CITIES)], 'county': 'Dade', 'list_office_name': 'Coral Realty', 'list_agent_name': f'Agent {n % 4}'}
        row |= {k: v[n % len(v)] for k, v in NUMBERS.items()}
        database.query(f'insert into mls.listings ({", ".join(row)}) values ({", ".join(["%s"] * len(row))})', *row.values())


class Shop:
    def __init__(self, plat, serve, database):
        plat.env |= {'PLAT_JWT_SECRET': SECRET}
        make(database)
        self.database = database
        self.keys = {who: re.search(r'^key +(\S+)', plat.ok('search-keys', 'add', who, '--workspace', 'tenant-a', '--audience', who), re.M)[1]
                     for who in ('public', 'agents')}
        self.port = serve()
        wait_until(lambda: self.ask('agents', include_fields='id')[0] == 200)

    def ask(self, who, headers=None, **params):
        query = urllib.parse.urlencode({'q': '*', 'per_page': 100, 'exclude_fields': 'search_time_ms'} | params)
        return get(self.port, f'/collections/listings/documents/search?{query}', headers={'X-TYPESENSE-API-KEY': self.keys[who]} | (headers or {}))

    def text(self, who, **params):
        status, _, text = self.ask(who, **params)
        assert status == 200, text
        return text

    def from_index(self):
        return int(re.search(r'^plat_search_answers_total\{from="index"\} (\d+)', get(self.port, '/metrics')[2], re.M)[1])

    def asks_index(self, who):
        before = self.from_index()
        self.text(who, include_fields='id')
        return self.from_index() == before + 1

    def both(self, who, fields, **params):
        """The answer, and whether it was the index's. With as_of, which is not in the index, it comes from the database."""
        before = self.from_index()
        kept = self.text(who, include_fields=fields, **params)
        is_from_index = self.from_index() == before + 1
        read = self.text(who, include_fields=fields + ',as_of', **params)
        assert self.from_index() == before + is_from_index
        shown = re.sub(r',"as_of":\d+', '', read)
        assert shown != read and kept == shown
        return json.loads(kept), is_from_index


@pytest.fixture
def shop(plat, serve, database):
    return Shop(plat, serve, database)


def test_the_index_and_the_database_say_the_same_bytes(shop):
    wait_until(lambda: shop.asks_index('public') and shop.asks_index('agents'))
    for who in 'agents', 'public':
        for fields in ['id', 'id,location,list_price', ','.join(['id', *KEPT]), *KEPT]:
            for params in {}, {'sort_by': 'list_price:desc'}, {'group_by': 'city', 'group_limit': 50, 'group_missing_values': 'false'}:
                fields = fields if fields.startswith('id') else f'id,{fields}'
                said, is_from_index = shop.both(who, fields, **params)
                assert is_from_index, (who, fields, params)
        # Words that are marked in what the index has; and in what it has not.
        said, is_from_index = shop.both(who, 'id,city', q='miami', query_by='city')
        assert is_from_index and {h['highlight']['city']['snippet'] for h in said['hits']} == {f'<mark>{c.strip()}</mark>'.join(c.split(c.strip())) for c in CITIES[:3]}
        assert not shop.both(who, 'id,city', q='coral', query_by='public_remarks,list_office_name')[1]
        assert not shop.both(who, 'id,city,mls_number')[1]
    # What is hidden of the public is there for agents.
    public, agents = (shop.both(who, ','.join(['id', *KEPT]))[0]['hits'] for who in ('public', 'agents'))
    assert len(agents) == 60 and len(public) == len([n for n in range(60) if n % 7 != 3])
    assert not any({'county', 'bedrooms'} & set(h['document']) for h in public) and any('bedrooms' in h['document'] for h in agents)
    veiled = {str(id) for id, in shop.database.query('select id from mls.listings where may_display_address is false')}
    assert not any({'location', 'building_name'} & set(h['document']) for h in public if h['document']['id'] in veiled)
    assert any({'location', 'building_name'} & set(h['document']) for h in public) and any(
        'location' in h['document'] for h in agents if h['document']['id'] in veiled)


def test_another_profile_counts_before_the_index_is_made_anew(shop):
    wait_until(lambda: shop.asks_index('public'))
    assert 'list_price' in shop.text('public', include_fields='id,list_price')
    shop.database.query("update mls.compliance_profiles set hidden_fields = '{list_price}', shown_statuses = '{Active}' where workspace_id = %s", WS)
    wait_until(lambda: 'list_price' not in shop.text('public', include_fields='id,list_price'), seconds=1)
    # Fields and statuses changed at once: nothing shows one without the other.
    shown = json.loads(shop.text('public', include_fields='id,standard_status'))['hits']
    assert {h['document']['standard_status'] for h in shown} == {'Active'}
    wait_until(lambda: shop.asks_index('public'))


def test_groups_show_no_more_than_hits_would(shop):
    shop.database.query('update mls.compliance_profiles set max_results = 6 where workspace_id = %s', WS)
    wait_until(lambda: len(json.loads(shop.text('public', include_fields='id'))['hits']) == 6)
    for limit in 1, 2, 4, 50:
        seen = [h['document']['id'] for page in range(1, 8)
                for g in json.loads(shop.text('public', include_fields='id', group_by='city', group_limit=limit, page=page, per_page=1))['grouped_hits']
                for h in g['hits']]
        assert 0 < len(seen) <= 6, limit


def test_wrong_keys_are_counted_and_good_ones_are_not(shop):
    def with_key(key):
        return get(shop.port, '/collections/listings/documents/search?q=*', headers={'X-TYPESENSE-API-KEY': key})
    assert with_key(shop.keys['public'])[0] == 200
    assert [with_key('the same wrong key')[0] for _ in range(80)] == [401] * 80, 'one that was wrong a moment ago costs nothing'
    answers = [with_key(f'wrong{n}') for n in range(70)]
    assert [a[0] for a in answers[:50]] == [401] * 50 and answers[-1][0] == 429 and answers[-1][1]['Retry-After']
    assert 'too many wrong keys' in json.loads(answers[-1][2])['message']
    assert with_key(shop.keys['public'])[0] == 200, 'who was good is asked for, whoever else guesses behind this address'


def test_large_answers_are_packed_for_who_takes_that(shop):
    params = {'include_fields': ','.join(KEPT)}
    plain = shop.ask('agents', **params)
    assert 'Content-Encoding' not in plain[1] and 'Accept-Encoding' in plain[1]['Vary']
    import http.client
    c = http.client.HTTPConnection('127.0.0.1', shop.port)
    query = urllib.parse.urlencode({'q': '*', 'per_page': 100, 'exclude_fields': 'search_time_ms'} | params)
    c.request('GET', f'/collections/listings/documents/search?{query}', headers={'X-TYPESENSE-API-KEY': shop.keys['agents'], 'Accept-Encoding': 'gzip'})
    r = c.getresponse()
    packed = r.read()
    assert r.headers['Content-Encoding'] == 'gzip' and len(packed) < len(plain[2]) / 2 and gzip.decompress(packed).decode() == plain[2]
    small = shop.ask('agents', {'Accept-Encoding': 'gzip'}, per_page=1, include_fields='id')
    assert 'Content-Encoding' not in small[1]
