"""/reso/odata against rows of a feed and rows with every oddity: each answer is checked row by row against its own question."""
import base64, contextlib, datetime, gzip, http.client, json, os, pathlib, re, shutil, socket, tempfile, threading, time, urllib.parse
import xml.etree.ElementTree as xml

import pytest

from conftest import Database, Plat, answers, free_port, get, wait_until
from replication_kit import Feed, plain

ODD = [
    {'ListingKey': 'odd-1', 'StandardStatus': 'Active', 'City': "O'Hara", 'ListPrice': '250000', 'BedroomsTotal': 'many', 'Heating': 'Central',
     'ModificationTimestamp': '2026-10-01 10:00:00', 'ListingContractDate': 'TBD', 'PrivateRemarks': 'secret one', 'ABC_LockBoxCode': '4711',
     'InternetAddressDisplayYN': False, 'UnparsedAddress': '1 Hidden Way', 'StreetName': 'Hidden Way', 'Latitude': 25.5, 'Longitude': -80.5,
     'Strange Name': 1, 'ABC_Local': 7, 'Rooms': [{'RoomType': 'Den', 'ABC_Size': 3}]},
    {'ListingKey': 'odd-2', 'StandardStatus': 'Active', 'City': None, 'ListPrice': None, 'BedroomsTotal': None, 'Heating': [],
     'ModificationTimestamp': '2026-02-30T10:00:00Z', 'InternetEntireListingDisplayYN': False},
    {'ListingKey': 'odd-3', 'StandardStatus': 'Closed', 'City': 'Ünïted', 'ListPrice': 1.5e5, 'BedroomsTotal': 2.0, 'Heating': None,
     'ModificationTimestamp': '2026-10-02T10:00:00.123456+02:00', 'ListingContractDate': '2026-02-28T00:00:00',
     'Media': [{'MediaKey': 'm1', 'MediaURL': 'https://m.example/1.jpg', 'Order': 1},
               {'MediaKey': 'm2', 'MediaURL': 'https://m.example/2.jpg', 'Order': 2, 'Permission': ['Agent Only']}]},
    {'ListingKey': "odd-'4", 'StandardStatus': 'Pending', 'City': 'Miami', 'ListPrice': 300000, 'BedroomsTotal': 4, 'Heating': ['Central', 'None'],
     'ModificationTimestamp': '2026-10-02T10:00:00Z', 'IDXParticipationYN': False},
    {'ListingKey': 'odd-5', 'StandardStatus': 'Active', 'City': 'Miami', 'ListPrice': 300000, 'BedroomsTotal': 4,
     'ModificationTimestamp': '2026-10-02T10:00:00Z', 'Media': [{'MediaKey': 'm3', 'MediaURL': 'https://m.example/3.jpg'},
                                                                 {'MediaKey': 'm4', 'MediaURL': 'https://m.example/4.jpg',
                                                                  'Permission': 'Private'}]},
    {'ListingKey': 'odd-6', 'StandardStatus': 'Active', 'ModificationTimestamp': '2026-10-02T10:00:00Z', 'InternetAddressDisplayYN': False,
     'ABC_StreetName': 'Hidden Way', 'ABC_Site': {'LockBoxCode': '4711', 'Fine': 1, 'StreetName': 'Hidden Way'},
     'ABC_Places': [{'Kind': 'Den', 'PrivateRemarks': 'secret one', 'StreetName': 'Hidden Way', 'In': [{'ABC_ShowingTime': 'noon', 'Size': 2}]}],
     'ListAgent': {'MemberFullName': 'Six', 'PrivateRemarks': 'secret one'},
     'Media': [{'MediaKey': 'm6', 'MediaURL': 'https://m.example/6.jpg', 'Permission': ['Private']}]},
]


class World:
    """A server over two workspaces: north has a feed's listings and the odd ones, south one of its own."""

    def __init__(self, plat, database):
        self.plat, self.database, self.tokens, self.clients = plat, database, {}, {}  # secrets by the names of consumers
        for slug in ('north', 'south'):
            database.query('insert into mls.workspaces (slug, name) values (%s, %s)', slug, slug.upper())
        feed = Feed(plat, 250)
        rows = list(feed.rows().values())
        feed.stop()
        self.load('north', [plain(r) for r in rows] + ODD)
        self.load('south', [{'ListingKey': 'south-1', 'StandardStatus': 'Active', 'City': 'Miami', 'ModificationTimestamp': '2026-10-01T00:00:00Z'}])
        database.query("insert into mls.listings (workspace_id, source_listing_key, standard_status, city, list_price, bathrooms) "
                       "select id, 'hand-1', 'Active', 'Miami', 111, 2.5 from mls.workspaces where slug = 'north'")
        self.port = free_port()
        plat.start('serve', '--listen', f'127.0.0.1:{self.port}')
        for name, scopes in (('full', 'full'), ('idx', 'idx'), ('vow', 'vow,media'), ('media', 'idx,media'), ('all', 'idx,media,member,office')):
            self.add(name, scopes)
        self.add('south', 'full', workspace='south')
        wait_until(answers(self.port))
        self.rows = {r['ListingKey']: r for r in self.all('Property')}

    def load(self, slug, rows):
        self.plat.ok('import', '--workspace', slug, '-', text=json.dumps({'value': rows}))

    def add(self, name, scopes, per_minute=100000, per_hour=1000000, workspace='north'):
        _, self.tokens[name], id, secret = self.database.query(
            'select c.* from mls.workspaces w, mls.add_reso_consumer(%s, %s, %s, %s, w.id) c where w.slug = %s',
            name, scopes.split(','), per_minute, per_hour, workspace)[0]
        self.clients[name] = id, secret

    def get(self, path, who='full', method='GET', headers=None, **options):
        """(status, headers, text); options are $filter and so on, without the $."""
        query = '&'.join(f'${k}={urllib.parse.quote(str(v))}' for k, v in options.items())
        path = path if path.startswith('http') else f'/reso/odata/{urllib.parse.quote(path, safe="/$()=,")}'
        path = re.sub('^http://[^/]+', '', path) + ('?' + query if query else '')
        auth = {'Authorization': f'Bearer {self.tokens.get(who, who)}'} if who else {}
        return get(self.port, path, method, auth | (headers or {}))

    def json(self, path, who='full', **options):
        status, headers, text = self.get(path, who, **options)
        assert status == 200, text
        assert headers['OData-Version'] == '4.01' and headers['Content-Type'].startswith('application/json')
        return json.loads(text)

    def refused(self, status, path, who='full', **options):
        got, headers, text = self.get(path, who, **options)
        assert got == status, text
        assert headers['OData-Version'] == '4.01'
        error = json.loads(text)['error']
        assert error['code'] and error['message'] and error['details'] == []
        return error

    def pages(self, path, who='full', **options):
        page = self.json(path, who, **options)
        yield page
        while '@odata.nextLink' in page:
            page = self.json(page['@odata.nextLink'], who)
            yield page

    def all(self, path, who='full', **options):
        return [r for p in self.pages(path, who, **options) for r in p['value']]

    def keys(self, who='full', **options):
        return [r['ListingKey'] for r in self.all('Property', who, select='ListingKey', **options)]


@pytest.fixture(scope='module')
def world(template):
    db = Database.make('reso', template)
    data = pathlib.Path(tempfile.mkdtemp(prefix='plat-'))
    data.chmod(0o755)
    plat = Plat(data, db)
    try:
        yield World(plat, db)
    finally:
        plat.close()
        db.drop()
        shutil.rmtree(data, ignore_errors=True)


# --- what a filter means, once more and in another language

def number(v):
    if isinstance(v, bool):
        return None
    with contextlib.suppress(TypeError, ValueError):
        return float(v)


def moment(v):
    if not isinstance(v, str) or not re.match(r'\d{4}-\d\d-\d\d', v):
        return None
    with contextlib.suppress(ValueError):
        t = datetime.datetime.fromisoformat(v.replace('Z', '+00:00'))
        return t if t.tzinfo else t.replace(tzinfo=datetime.timezone.utc)


def day(v):
    with contextlib.suppress(TypeError, ValueError):
        return datetime.date.fromisoformat(v[:10])


def items(v):
    return v if isinstance(v, list) else [] if v is None else [v]


def gt(a, b): return a is not None and a > b
def ge(a, b): return a is not None and a >= b
def lt(a, b): return a is not None and a < b
def le(a, b): return a is not None and a <= b
def N(f): return lambda r: number(r.get(f))


beds, price, baths, built = N('BedroomsTotal'), N('ListPrice'), N('BathroomsTotalInteger'), N('YearBuilt')
status, city = (lambda r: r.get('StandardStatus')), (lambda r: r.get('City'))
listed, stamp = (lambda r: day(r.get('ListingContractDate'))), (lambda r: moment(r.get('ModificationTimestamp')))
heat, cool = (lambda r: items(r.get('Heating'))), (lambda r: items(r.get('Cooling')))
D, T = datetime.date(2026, 6, 1), datetime.datetime(2026, 8, 1, tzinfo=datetime.timezone.utc)
NOW = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=10)  # rows of the test itself are older than that

FILTERS = {
    # whole numbers
    'BedroomsTotal eq 3': lambda r: beds(r) == 3, 'BedroomsTotal ne 3': lambda r: beds(r) != 3,
    'BedroomsTotal gt 3': lambda r: gt(beds(r), 3), 'BedroomsTotal ge 3': lambda r: ge(beds(r), 3),
    'BedroomsTotal lt 3': lambda r: lt(beds(r), 3), 'BedroomsTotal le 3': lambda r: le(beds(r), 3),
    'BedroomsTotal gt 1 and BedroomsTotal lt 4': lambda r: gt(beds(r), 1) and lt(beds(r), 4),
    'BedroomsTotal gt 4 or BathroomsTotalInteger lt 2': lambda r: gt(beds(r), 4) or lt(baths(r), 2),
    'not (BedroomsTotal le 3)': lambda r: not le(beds(r), 3),
    'not (BedroomsTotal eq 3 or YearBuilt lt 1990)': lambda r: not (beds(r) == 3 or lt(built(r), 1990)),
    'BedroomsTotal eq null': lambda r: beds(r) is None, 'BedroomsTotal ne null': lambda r: beds(r) is not None,
    'BedroomsTotal add 1 eq 4': lambda r: beds(r) is not None and beds(r) + 1 == 4,
    'BedroomsTotal eq BathroomsTotalInteger': lambda r: beds(r) == baths(r),
    'BedroomsTotal le BathroomsTotalInteger':
        lambda r: (beds(r) is None and baths(r) is None) or (None not in (beds(r), baths(r)) and beds(r) <= baths(r)),
    # decimals
    'ListPrice ne 300000': lambda r: price(r) != 300000, 'ListPrice gt 499999.5': lambda r: gt(price(r), 499999.5),
    'ListPrice ge 300000.00': lambda r: ge(price(r), 300000), 'ListPrice lt 3e5': lambda r: lt(price(r), 3e5),
    'ListPrice le 250000': lambda r: le(price(r), 250000), 'ListPrice in (250000, 300000)': lambda r: price(r) in (250000, 300000),
    'ListPrice in (250000, null)': lambda r: price(r) in (250000, None),
    'ListPrice div 2 lt 200000': lambda r: price(r) is not None and price(r) / 2 < 200000,
    # dates
    **{f'ListingContractDate {op} 2026-06-01': (lambda f: lambda r: f(listed(r), D))(f) for op, f in
       (('eq', lambda a, b: a == b), ('ne', lambda a, b: a != b), ('gt', gt), ('ge', ge), ('lt', lt), ('le', le))},
    'year(ListingContractDate) eq 2026 and month(ListingContractDate) eq 2 and day(ListingContractDate) eq 28':
        lambda r: listed(r) == datetime.date(2026, 2, 28),
    # timestamps
    'ModificationTimestamp gt 2026-08-01T00:00:00Z': lambda r: gt(stamp(r), T),
    'ModificationTimestamp ge 2026-08-01T02:00:00+02:00': lambda r: ge(stamp(r), T),
    'ModificationTimestamp lt 2026-08-01T00:00:00Z': lambda r: lt(stamp(r), T),
    'ModificationTimestamp eq 2026-10-01T10:00:00Z': lambda r: r['ListingKey'] == 'odd-1',
    'ModificationTimestamp eq 2026-10-02T08:00:00.123456Z': lambda r: r['ListingKey'] == 'odd-3',
    'ModificationTimestamp lt now()': lambda r: lt(stamp(r), NOW), 'ModificationTimestamp le now()': lambda r: le(stamp(r), NOW),
    'ModificationTimestamp ne now()': lambda r: True,
    'BridgeModificationTimestamp gt 2026-08-01T00:00:00Z': lambda r: gt(moment(r.get('BridgeModificationTimestamp')), T),
    'date(ModificationTimestamp) eq 2026-10-02': lambda r: stamp(r) is not None and stamp(r).astimezone(datetime.timezone.utc).date() == datetime.date(2026, 10, 2),
    'hour(ModificationTimestamp) lt 12': lambda r: stamp(r) is not None and stamp(r).astimezone(datetime.timezone.utc).hour < 12,
    # lists with one value
    "StandardStatus eq 'Active'": lambda r: status(r) == 'Active', "StandardStatus ne 'Active'": lambda r: status(r) != 'Active',
    "StandardStatus has 'Active'": lambda r: status(r) == 'Active',
    "StandardStatus in ('Pending', 'Closed')": lambda r: status(r) in ('Pending', 'Closed'),
    "StandardStatus eq 'Active' and City eq 'Miami'": lambda r: status(r) == 'Active' and city(r) == 'Miami',
    # lists with many
    "Heating has 'Central'": lambda r: 'Central' in heat(r), "Heating/any(h: h eq 'Central')": lambda r: 'Central' in heat(r),
    'Heating/any()': lambda r: bool(heat(r)), "Heating/all(h: h eq 'Central')": lambda r: all(h == 'Central' for h in heat(r)),
    "not Cooling/any(c: startswith(c, 'Ce'))": lambda r: not any(c.startswith('Ce') for c in cool(r)),
    "Cooling/any(c: c in ('Electric', 'Ductless')) and Cooling/all(c: c ne 'None')":
        lambda r: any(c in ('Electric', 'Ductless') for c in cool(r)) and all(c != 'None' for c in cool(r)),
    "Media/any(m: m/MediaCategory eq 'Photo' and m/ShortDescription eq 'Front')":
        lambda r: any(m.get('MediaCategory') == 'Photo' and m.get('ShortDescription') == 'Front' for m in r.get('Media', [])),
    # texts
    "City eq 'O''Hara'": lambda r: city(r) == "O'Hara", "City gt 'Miami'": lambda r: gt(city(r), 'Miami'),
    "contains(City, 'iam')": lambda r: 'iam' in (city(r) or ''), "startswith(City, 'Mi') eq false": lambda r: city(r) is not None and not city(r).startswith('Mi'),
    "endswith(tolower(City), 'beach')": lambda r: (city(r) or '').lower().endswith('beach'),
    "not contains(City, 'a')": lambda r: city(r) is not None and 'a' not in city(r),
    "length(City) eq 6 and indexof(City, 'n') eq 1": lambda r: city(r) is not None and len(city(r)) == 6 and city(r).find('n') == 1,
    "substring(City, 1, 2) eq 'ia'": lambda r: city(r) is not None and city(r)[1:3] == 'ia',
    "concat(City, concat('-', StandardStatus)) eq 'Miami-Active'": lambda r: city(r) == 'Miami' and status(r) == 'Active',
    "ListingKey in ('odd-1', 'odd-''4', 'nobody')": lambda r: r['ListingKey'] in ('odd-1', "odd-'4"),
    "City in ('Miami', 'Doral') and ListPrice gt 400000": lambda r: city(r) in ('Miami', 'Doral') and gt(price(r), 400000),
    # truth and local fields
    'WaterfrontYN eq true': lambda r: r.get('WaterfrontYN') is True, 'WaterfrontYN ne true': lambda r: r.get('WaterfrontYN') is not True,
    'ABC_Local eq 7': lambda r: r['ListingKey'] == 'odd-1',
}


@pytest.mark.parametrize('text', FILTERS)
def test_rows_are_those_that_the_filter_means(world, text):
    want = {k for k, r in world.rows.items() if FILTERS[text](r)}
    assert set(world.keys(filter=text)) == want


def test_the_filters_tell_rows_apart(world):
    """A filter for which every row is right, or none, would show little: few of those above are such."""
    dull = [t for t, f in FILTERS.items() if sum(map(bool, map(f, world.rows.values()))) in (0, len(world.rows))]
    assert len(dull) <= 3, dull


def test_distance(world):
    near = world.all('Property', filter='geo.distance(Coordinates, POINT(-80.5 25.5)) lt 1000', select='ListingKey')
    assert {'ListingKey': 'odd-1'} in near and len(near) < 20


# --- documents

def test_metadata_and_service_document(world):
    service = world.json('')
    assert {'Property', 'Media', 'Member', 'Office', 'Lookup'} <= {v['name'] for v in service['value']}
    for options in ({}, {'format': 'application/xml'}):
        status, headers, text = world.get('$metadata', **options)
        assert status == 200 and headers['Content-Type'].startswith('application/xml') and headers['OData-Version'] == '4.01'
        types = {t.get('Name'): t for t in xml.fromstring(text).iter('{http://docs.oasis-open.org/odata/ns/edm}EntityType')}
    for t in types.values():
        assert t.find('{*}Key') is not None
    fields = {p.get('Name') for p in types['Property'].iterfind('*')}
    met = {k for r in world.rows.values() for k in r if not k.startswith('@')}
    assert met - fields == {'Strange Name'}, 'which no name of OData can be'
    assert {'BridgeModificationTimestamp', 'ABC_Local', 'Rooms'} <= fields
    assert world.refused(406, '$metadata', format='json')


def test_what_is_new_is_in_the_metadata(world):
    assert 'ABC_Later' not in world.get('$metadata', 'south')[2]
    world.load('south', [{'ListingKey': 'south-2', 'StandardStatus': 'Active', 'ABC_Later': True}])
    assert '"ABC_Later" Type="Edm.Boolean"' in world.get('$metadata', 'south')[2]
    assert world.keys('south', filter='ABC_Later eq true') == ['south-2']


def test_lookups(world):
    values = world.all('Lookup')
    assert len({v['LookupKey'] for v in values}) == len(values)
    have = {(v['LookupName'], v['LookupValue']) for v in values}
    assert ('StandardStatus', 'Active Under Contract') in have and ('Heating', 'Central') in have
    met = {('Cooling', c) for r in world.rows.values() for c in cool(r)}
    assert met <= have
    assert {v['LookupValue'] for v in world.all('Lookup', filter="LookupName eq 'StandardStatus'")} == {
        v for n, v in have if n == 'StandardStatus'}
    one = values[0]
    assert plain(world.json(f"Lookup('{one['LookupKey']}')")) == one


# --- one row, options

def test_a_row_by_its_key(world):
    row = plain(world.json("Property('odd-''4')"))
    assert row == world.rows["odd-'4"] == ODD[3]
    assert plain(world.json("Property(ListingKey='odd-1')", select='City,ListPrice,YearBuilt')) == {
        'City': "O'Hara", 'ListPrice': '250000', 'YearBuilt': None}
    assert world.refused(404, "Property('nobody')")['message'] == 'there is no Property of this key'
    assert world.get("Property('odd-1')", method='HEAD')[::2] == (200, '')


def test_a_listing_made_by_hand(world):
    row = world.rows['hand-1']
    assert row['City'] == 'Miami' and row['ListPrice'] == 111 and row['BathroomsFull'] == 2 and row['BathroomsTotalInteger'] == 3
    assert moment(row['ModificationTimestamp'])
    assert 'hand-1' in world.keys(filter="ModificationTimestamp gt 2026-11-01T00:00:00Z and ListPrice lt 200 and City eq 'Miami'")


def test_top_skip_count(world):
    n = len(world.rows)
    first, second = (world.json('Property', select='ListingKey', top=5, skip=s, count='true') for s in (0, 5))
    assert first['@odata.count'] == second['@odata.count'] == n and len(first['value']) == len(second['value']) == 5
    assert '@odata.nextLink' not in first and not {str(r) for r in first['value']} & {str(r) for r in second['value']}
    assert world.json('Property', top=0)['value'] == []
    assert world.get('Property/$count')[2] == str(n)
    assert int(world.get('Property/$count', filter="City eq 'Miami'")[2]) == len(world.keys(filter="City eq 'Miami'"))
    assert len(world.all('Property', select='ListingKey', top=230)) == 230, 'over more than a page'
    assert world.json('Property', filter="City eq 'Nowhere'", count='true') | {'@odata.context': ''} == {
        '@odata.context': '', '@odata.count': 0, 'value': []}


def test_select_gives_the_fields_and_no_others(world):
    for r in world.all('Property', select='ListingKey,City,Heating'):
        assert list(sorted(r)) == ['City', 'Heating', 'ListingKey']
        assert all(r[k] == world.rows[r['ListingKey']].get(k) for k in r)
    some = world.json('Property', unselect='Media,PublicRemarks', top=1)['value'][0]
    assert plain(some) == {k: v for k, v in world.rows[some['ListingKey']].items() if k not in ('Media', 'PublicRemarks') and not k.startswith('@')}


@pytest.mark.parametrize('by, value', [('ModificationTimestamp', stamp), ('ListPrice', price), ('City', city), ('BridgeModificationTimestamp',
                                       lambda r: moment(r.get('BridgeModificationTimestamp')))])
def test_order(world, by, value):
    """Up, nulls come first; down, last. Smaller pages give the same rows."""
    for down in (False, True):
        order = f'{by} {"desc" if down else "asc"}'
        keys = world.keys(orderby=order)
        assert sorted(keys) == sorted(world.rows)
        values = [value(world.rows[k]) for k in keys]
        there = [v for v in values if v is not None]
        assert there == sorted(there, reverse=down)
        assert all(v is None for v in (values[len(there):] if down else values[:len(values) - len(there)]))
        few = [r['ListingKey'] for p in self_pages(world, 'Property', 45, select='ListingKey', orderby=order) for r in p['value']]
        assert few == keys
    assert world.keys(orderby=f'{by} desc', filter='BedroomsTotal gt 3') == [k for k in keys if gt(beds(world.rows[k]), 3)]


def self_pages(world, path, size, who='full', **options):
    status, headers, text = world.get(path, who, headers={'Prefer': f'odata.maxpagesize={size}'}, **options)
    assert status == 200 and headers['Preference-Applied'] == f'odata.maxpagesize={size}', text
    page = json.loads(text)
    yield page
    while '@odata.nextLink' in page:
        assert len(page['value']) == size
        page = world.json(page['@odata.nextLink'], who)
        yield page


def test_orders_by_long_texts_go_on_where_they_were(world):
    keys = world.keys(orderby='PublicRemarks,City desc')
    few = [r['ListingKey'] for p in self_pages(world, 'Property', 50, select='ListingKey', orderby='PublicRemarks,City desc') for r in p['value']]
    assert few == keys and sorted(keys) == sorted(world.rows)


def test_expand(world):
    rows = {r['ListingKey']: r for r in world.all('Property', expand='Media')}
    assert all(rows[k]['Media'] == (world.rows[k].get('Media') or rows[k]['Media']) for k in rows)
    assert rows['hand-1']['Media'] == []
    two = world.all('Property', expand='Media($select=MediaURL;$top=2),ListAgent,ListOffice($select=OfficeName)', select='ListingKey,ListAgentKey')
    for r in two:
        of = world.rows[r['ListingKey']]
        assert r['Media'] == [{'MediaURL': m['MediaURL']} for m in of.get('Media', [])[:2]]
        if of.get('ListAgentKey'):
            assert r['ListAgent']['MemberKey'] == r['ListAgentKey'] and r['ListOffice'] == {'OfficeName': of['ListOfficeName']}


def test_media_members_offices(world):
    of = {r['MediaKey']: r for r in world.all('Media')}
    want = {m['MediaKey']: m for r in world.rows.values() for m in r.get('Media', [])}
    assert of.keys() == want.keys()
    assert all(of[k]['MediaURL'] == want[k]['MediaURL'] for k in of)
    assert {r['MediaKey'] for r in world.all('Media', filter="ResourceRecordKey in ('odd-3', 'odd-5')")} == {'m1', 'm2', 'm3', 'm4'}
    assert [r['MediaKey'] for r in world.all("Property('odd-3')/Media", orderby='Order desc')] == ['m2', 'm1']
    assert world.refused(404, "Property('nobody')/Media")
    members = {r['MemberKey']: r for r in world.all('Member')}
    assert members.keys() == {r['ListAgentKey'] for r in world.rows.values() if r.get('ListAgentKey')}
    for r in world.rows.values():
        if r.get('ListAgentKey'):
            assert members[r['ListAgentKey']]['MemberFullName'] == r['ListAgentFullName']
    assert {r['OfficeKey'] for r in world.all('Office')} == {r['ListOfficeKey'] for r in world.rows.values() if r.get('ListOfficeKey')}
    name = next(iter(members.values()))['MemberFullName']
    assert all(r['MemberFullName'] == name for r in world.all('Member', filter=f"MemberFullName eq '{name}'"))


@pytest.mark.parametrize('status, path, options, words', [
    (400, 'Property', {'filter': 'ListPrise gt 1'}, "did you mean 'ListPrice'"), (400, 'Property', {'filter': 'ListPrice gt'}, 'position'),
    (400, 'Property', {'filter': "ListPrice gt 'x'"}, ''), (400, 'Property', {'top': -1}, '$top'), (400, 'Property', {'skip': 'x'}, '$skip'),
    (400, 'Property', {'orderby': 'Nothing'}, 'Nothing'), (400, 'Property', {'select': 'Nothing'}, 'Nothing'), (400, 'Property', {'what': 1}, '$what'),
    (400, 'Property', {'skiptoken': 'x'}, ''), (400, 'Property/replication', {'orderby': 'City'}, '$orderby'),
    (400, 'Property/replication', {'top': 5000}, '2000'), (404, 'Nothing', {}, 'Nothing'), (404, 'Property/nothing', {}, 'nothing'),
    (404, 'Member/replication', {}, ''), (501, 'Property', {'apply': 'x'}, '$apply'), (501, 'Property', {'search': 'x'}, '$search'),
    (501, 'Property', {'expand': 'Media($orderby=Order)'}, '$expand'), (406, 'Property', {'format': 'xml'}, 'json'),
    (413, 'Property', {'filter': f'ListPrice in ({",".join("1" * 1100)})'}, '')])
def test_bad_requests_are_told_what_is_wrong(world, status, path, options, words):
    assert words in world.refused(status, path, **options)['message']


# --- pages

def test_replication_walks_to_the_end(world):
    pages = list(self_pages(world, 'Property/replication', 60))
    rows = [r for p in pages for r in p['value']]
    assert {r['ListingKey']: r for r in rows} == world.rows and len(rows) == len(world.rows)
    stamps = [moment(r.get('BridgeModificationTimestamp') or r['ModificationTimestamp']) for r in rows]
    there = [s for s in stamps if s]
    assert there == sorted(there) and stamps[:len(there)] == there, 'what has no stamp comes last'
    assert len(world.json('Property/replication', top=30)['value']) == 30
    assert len(world.all('Property/replication', top=30, select='ListingKey', filter='ListPrice gt 0')) == len(
        [r for r in world.rows.values() if gt(price(r), 0)])


def test_who_follows_the_stamp_comes_by_everything_that_has_one(world):
    """As clients do that know no links: the order of stamp and key, and a filter for what comes behind the last row."""
    field, keys, behind = 'BridgeModificationTimestamp', [], f'BridgeModificationTimestamp gt 1990-01-01T00:00:00Z'
    while behind:
        rows = world.json('Property', filter=behind, orderby=f'{field},ListingKey', top=60, select=f'ListingKey,{field}')['value']
        keys += [(r[field], r['ListingKey']) for r in rows]
        last = rows and keys[-1]
        behind = rows and f"({field} gt {last[0]} or ({field} eq {last[0]} and ListingKey gt '{last[1]}'))"
    have = [(moment(s), k) for s, k in keys]
    assert have == sorted((moment(r[field]), k) for k, r in world.rows.items() if r.get(field)) and len(have) > 240
    assert 'hand-1' in [k for _, k in have], 'what was made by hand has one too'
    down = world.keys(filter=f'{field} gt 2026-01-01T00:00:00Z', orderby=f'{field} desc,ListingKey desc')
    assert down == [k for s, k in reversed(have) if s > datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)]
    mixed = world.all('Property', filter=f'{field} gt 2026-01-01T00:00:00Z', orderby=f'{field},City desc', select='ListingKey')
    assert [r['ListingKey'] for r in mixed] == list(reversed(down))


def test_links_are_sealed(world):
    link = world.json('Property', top=201, select='ListingKey')['@odata.nextLink']
    assert len(world.json(link)['value']) == 1
    bad = link[:-3] + ('AAA' if link[-3:] != 'AAA' else 'BBB')
    for wrong, who in ((bad, 'full'), (link, 'idx'), (link.replace('Property?', 'Property/replication?'), 'full'), (link + '&$top=3', 'full')):
        assert world.refused(400, wrong, who)


def test_rows_that_change_meanwhile_are_not_lost(world):
    """Whatever changes goes to the end of the replication; what does not is there once."""
    seen, changed = [], 0
    for page in self_pages(world, 'Property/replication', 40, select='ListingKey'):
        seen += [r['ListingKey'] for r in page['value']]
        if changed < 3:
            changed += 1
            world.database.query("update mls.listings set source_modified_at = now(), raw = raw || jsonb_build_object('BridgeModificationTimestamp', "
                                 "mls.reso_stamp(now())) where source_listing_key = %s and content_hash is not null", sorted(world.rows)[changed * 50])
    assert set(seen) == set(world.rows) and len(seen) <= len(world.rows) + 3


# --- who sees what

def test_scopes(world):
    for who, allowed in (('idx', {'Property', 'Lookup'}), ('vow', {'Property', 'Lookup', 'Media'}),
                         ('all', {'Property', 'Lookup', 'Media', 'Member', 'Office'}), ('full', {'Property', 'Lookup', 'Media', 'Member', 'Office'})):
        for resource in ('Property', 'Lookup', 'Media', 'Member', 'Office'):
            got, headers, text = world.get(resource, who, top=1)
            assert got == (200 if resource in allowed else 403), (who, resource, text)
            assert ('insufficient_scope' in headers.get('WWW-Authenticate', '')) == (got == 403)
    assert world.get('Property', 'idx', expand='Media')[0] == 403
    keys = {r['ListAgentKey'] for r in world.all('Property', 'all') if r.get('ListAgentKey')}
    assert {r['MemberKey'] for r in world.all('Member', 'all')} == keys


def test_two_tenants_see_their_own(world):
    assert set(world.keys('south')) <= {'south-1', 'south-2'} and 'south-1' not in world.keys('full')
    assert world.get("Property('odd-1')", 'south')[0] == 404 and world.get("Property('south-1')", 'full')[0] == 404
    assert world.all('Media', 'south') == [] == world.all('Member', 'south')
    assert 'ABC_Local' not in world.get('$metadata', 'south')[2]


def test_inactive_listings_are_not_there(world):
    world.load('south', [{'ListingKey': 'south-9', 'StandardStatus': 'Active'}])
    assert world.get("Property('south-9')", 'south')[0] == 200
    world.database.query("update mls.listings set is_active = false, deactivated_reason = 'manual' where source_listing_key = 'south-9'")
    assert world.get("Property('south-9')", 'south')[0] == 404 and 'south-9' not in world.keys('south')


# --- tokens

def token(world, body, headers=None):
    status, headers, text = get(world.port, '/reso/oauth/token', 'POST',
                                {'Content-Type': 'application/x-www-form-urlencoded'} | (headers or {}), urllib.parse.urlencode(body))
    return status, headers, json.loads(text)


def test_who_has_no_token_is_told_so(world):
    for who in (None, 'x', 'plat_reso_x', 'plat_reso_' + 'A' * 86, world.tokens['full'][:-1] + 'x'):
        status, headers, text = world.get('Property', who)
        assert status == 401 and headers['WWW-Authenticate'].startswith('Bearer'), text
        assert json.loads(text)['error']['code'] == 'Unauthorized'
    keys = world.plat.ok('keys')
    for key in re.findall(r'\S{60,}', keys):
        assert world.get('Property', key)[0] == 401, 'the API keys of plat are not for here'


def test_client_credentials(world):
    id, secret = world.clients['idx']
    basic = base64.b64encode(f'{id}:{secret}'.encode()).decode()
    for body, headers in (({'client_id': id, 'client_secret': secret}, {}), ({}, {'Authorization': f'Basic {basic}'})):
        status, answered, said = token(world, {'grant_type': 'client_credentials'} | body, headers)
        assert status == 200 and said['token_type'] == 'Bearer' and said['expires_in'] == 3600 and said['scope'] == 'idx'
        assert answered['Cache-Control'] == 'no-store'
        assert world.get('Property', said['access_token'], top=1)[0] == 200
        assert get(world.port, '/rest/v1/listings', headers={'Authorization': f'Bearer {said["access_token"]}'})[0] == 401
    for body, status, error in (({'grant_type': 'password'}, 400, 'unsupported_grant_type'), ({}, 400, 'invalid_request'),
                                ({'grant_type': 'client_credentials'}, 401, 'invalid_client'),
                                ({'grant_type': 'client_credentials', 'client_id': id, 'client_secret': 'x'}, 401, 'invalid_client'),
                                ({'grant_type': 'client_credentials', 'client_id': 'x' * 43, 'client_secret': secret}, 401, 'invalid_client')):
        assert token(world, body)[0] == status and token(world, body)[2]['error'] == error


def test_rotated_and_revoked_consumers_lose_access_at_once(world):
    said = world.plat.ok('consumers', 'add', 'gone', '--scopes', 'idx,media', '--workspace', 'north')
    id, secret, world.tokens['gone'] = (re.search(rf'^{what} +(\S+)', said, re.M)[1] for what in ('client id', 'client secret', 'token'))
    ask = {'grant_type': 'client_credentials', 'client_id': id, 'client_secret': secret}
    access, old = token(world, ask)[2]['access_token'], world.tokens['gone']
    assert [world.get('Property', t, top=1)[0] for t in (access, old)] == [200, 200]
    said = world.plat.ok('consumers', 'rotate', 'gone', '--workspace', 'north')
    new = re.search(r'^token +(\S+)', said, re.M)[1]
    assert [world.get('Property', t, top=1)[0] for t in (access, old, new)] == [401, 401, 200]
    assert token(world, ask)[0] == 401
    world.plat.ok('consumers', 'revoke', 'gone', '--workspace', 'north')
    assert world.get('Property', new, top=1)[0] == 401
    assert re.search(r'gone .* revoked', world.plat.ok('consumers', 'list', '--workspace', 'north'))
    world.database.query("update mls.workspaces set status = 'archived' where slug = 'south'")
    assert world.get('Property', 'south', top=1)[0] == 401
    world.database.query("update mls.workspaces set status = 'active' where slug = 'south'")


def test_limits_hold_over_processes(world):
    """Two servers count together; each may be a second behind the other."""
    world.add('few', 'idx', 20, 1000)
    port = free_port()
    other = world.plat.start('serve', '--listen', f'127.0.0.1:{port}')
    wait_until(answers(port))
    auth = {'Authorization': f'Bearer {world.tokens["few"]}'}
    if datetime.datetime.now().second > 50:
        time.sleep(61 - datetime.datetime.now().second)
    first = [get(world.port, '/reso/odata/', headers=auth) for _ in range(12)]
    assert [s for s, _, _ in first] == [200] * 12
    assert [int(h['Burst-RateLimit-Remaining']) for _, h, _ in first] == list(range(19, 7, -1))
    used = lambda: world.database.query("select minute_used from mls.reso_usage u join mls.reso_consumers c on c.id = u.reso_consumer_id where c.name = 'few'") == [(12,)]
    wait_until(used, 5)
    second = [get(port, '/reso/odata/', headers=auth) for _ in range(12)]
    assert [s for s, _, _ in second] == [200] * 8 + [429] * 4
    _, headers, text = second[-1]
    assert 1 <= int(headers['Retry-After']) <= 60 and headers['Burst-RateLimit-Remaining'] == '0'
    assert moment(headers['Burst-RateLimit-Reset']) and headers['Application-RateLimit-Limit'] == '1000'
    assert json.loads(text)['error']['code'] == 'TooManyRequests'
    world.plat.stop(other)
    assert world.database.one("select hour_used from mls.reso_usage u join mls.reso_consumers c on c.id = u.reso_consumer_id where c.name = 'few'") == 20


# --- the way of the bytes

def test_gzip(world):
    status, headers, _ = world.get('$metadata')
    c = http.client.HTTPConnection('127.0.0.1', world.port, timeout=30)
    for path in ('$metadata', 'Property?$top=50'):
        c.request('GET', f'/reso/odata/{path}', headers={'Authorization': f'Bearer {world.tokens["full"]}', 'Accept-Encoding': 'gzip'})
        r = c.getresponse()
        assert r.headers['Content-Encoding'] == 'gzip'
        text = gzip.decompress(r.read()).decode()
        assert text.startswith('<?xml') or len(json.loads(text)['value']) == 50
    c.close()


def test_a_client_that_goes_away_leaves_nothing_behind(world):
    for _ in range(3):
        with socket.create_connection(('127.0.0.1', world.port)) as s:
            s.sendall(f'GET /reso/odata/Property/replication?$top=2000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.tokens["full"]}\r\n\r\n'.encode())
            assert s.recv(1000).startswith(b'HTTP/1.1 200')
    idle = lambda: world.database.one("select count(*) from pg_stat_activity where datname = current_database() "
                                      "and state like '%%transaction%%' and pid <> pg_backend_pid()") == 0
    wait_until(idle, 10)
    assert len(world.keys()) == len(world.rows)
