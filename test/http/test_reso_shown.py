"""/reso/odata: what a public consumer never comes by, and who is in whose way."""
import re, socket, time

from conftest import wait_until
from test_reso import world


def test_idx_sees_what_may_be_shown(world):
    def may(r, extra=()):
        return (r.get('StandardStatus') in ('Active', 'Active Under Contract', 'Pending', *extra) and r.get('InternetEntireListingDisplayYN') is not False)
    assert set(world.keys('idx')) == {k for k, r in world.rows.items() if may(r) and r.get('IDXParticipationYN') is not False}
    assert set(world.keys('vow')) == {k for k, r in world.rows.items() if may(r, ('Coming Soon', 'Closed'))}


def test_hidden_fields_never_leave(world):
    secret = re.compile(r'PrivateRemarks|secret one|LockBox|4711|Showing|Occupant|ListingAgreement|Hidden Way|Lockbox at')
    for who in ('idx', 'vow', 'all'):
        for path, options in (('Property', {}), ('Property/replication', {}), ("Property('odd-1')", {}), ('$metadata', {})):
            text = world.get(path, who, **options)[2]
            assert not secret.search(text), secret.search(text)
    for field in ('PrivateRemarks', 'ABC_LockBoxCode'):
        for options in ({'filter': f"{field} ne null"}, {'orderby': field}, {'select': field}):
            world.refused(400, 'Property', 'idx', **options)
    row = world.json("Property('odd-1')", 'idx')
    assert row['City'] == "O'Hara" and not {'UnparsedAddress', 'StreetName', 'Latitude', 'Longitude', 'Media'} & row.keys()
    assert world.keys('idx', filter="StreetName eq 'Hidden Way' or Latitude eq 25.5") == [], 'nor by asking for it'
    assert 'odd-1' not in world.keys('idx', filter='geo.distance(Coordinates, POINT(-80.5 25.5)) lt 10')
    assert world.keys('full', filter="StreetName eq 'Hidden Way'") == ['odd-1']
    assert world.json("Property('odd-1')", 'idx', select='StreetName,City') .get('StreetName') is None
    row = world.json("Property('odd-6')", 'all', expand='ListAgent')
    assert (row['ABC_Site'], row['ABC_Places']) == ({'Fine': 1}, [{'Kind': 'Den', 'In': [{'Size': 2}]}]), 'nor from within a structure'
    assert 'PrivateRemarks' not in row['ListAgent'] and 'ABC_StreetName' not in row
    assert world.json("Property('odd-6')")['ABC_Places'][0]['PrivateRemarks'] == 'secret one'


def test_conditions_that_compare_conditions_stay_short(world):
    deep = 'NewConstructionYN'
    for _ in range(50):
        deep = f'({deep} le NewConstructionYN)'
    began = time.monotonic()
    assert world.get('Property', filter=deep, top=1)[0] == 200
    assert time.monotonic() - began < 5
    facts = {k: r.get('NewConstructionYN') for k, r in world.rows.items()}
    for op, pairs in (('le', {(0, 0), (0, 1), (1, 1)}), ('lt', {(0, 1)}), ('ge', {(0, 0), (1, 0), (1, 1)}), ('gt', {(1, 0)})):
        for literal in (False, True):
            wanted = {k for k, v in facts.items() if v is not None and (int(v), int(literal)) in pairs}
            assert set(world.keys(filter=f'NewConstructionYN {op} {str(literal).lower()}')) == wanted, (op, literal)
    nothing = {k for k, v in facts.items() if v is None}
    assert set(world.keys(filter='NewConstructionYN le null')) == nothing == set(world.keys(filter='NewConstructionYN ge null'))


def test_a_slow_reader_is_in_nobody_elses_way(world):
    world.database.query("insert into mls.workspaces (slug, name) values ('slow', 'S')")
    world.load('slow', [{'ListingKey': f'big-{i}', 'StandardStatus': 'Active', 'PublicRemarks': f'{i} big ' * 20000} for i in range(80)])
    world.add('slow', 'full', workspace='slow')
    slow = []
    for _ in range(9):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(('127.0.0.1', world.port))
        s.sendall(f'GET /reso/odata/Property HTTP/1.1\r\nHost: x\r\nPrefer: odata.maxpagesize=2000\r\n'
                  f'Authorization: Bearer {world.tokens["slow"]}\r\n\r\n'.encode())
        slow.append(s)
    try:
        # their windows are full when several are in the middle of it
        wait_until(lambda: world.database.one("select count(*) from pg_stat_activity where datname = current_database() "
                                              "and state <> 'idle' and query like 'fetch forward %%'") == 4, 10)
        assert len(world.keys('south')) == 1
    finally:
        for s in slow:
            s.close()
    assert len(world.keys('slow')) == 80, 'those that waited are gone with their clients'


def test_pictures_for_agents_stay(world):
    assert [m['MediaKey'] for m in world.json("Property('odd-5')", 'media', expand='Media')['Media']] == ['m3']
    assert [m['MediaKey'] for m in world.all("Property('odd-5')/Media", 'media')] == ['m3']
    assert {m['MediaKey'] for m in world.all("Property('odd-5')/Media")} == {'m3', 'm4'}
    for n, who, found in ((4, 'media', []), (6, 'media', []), (3, 'media', ['odd-5']), (4, 'full', ['odd-5']), (6, 'full', ['odd-6'])):
        assert world.keys(who, filter=f"Media/any(m: startswith(m/MediaURL, 'https://m.example/{n}.'))") == found, 'nor can they be guessed'
    assert 'Media' in world.refused(403, 'Property', 'idx', filter="Media/any(m: m/MediaURL ne null)")['message']
