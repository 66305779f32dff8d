"""/site/v1: a brokerage's public site by its host name; what it shows, what it hides, and how it is kept ready."""
import concurrent.futures, gzip, json, re, time, xml.etree.ElementTree as xml

import pytest

from conftest import answers, free_port, wait_until
from sitekit import Town
from storagekit import uid

SITEMAP = '{http://www.sitemaps.org/schemas/sitemap/0.9}'
HIDDEN_ADDRESS = {'InternetAddressDisplayYN': False}
REFUSED = {'InternetEntireListingDisplayYN': False}


@pytest.fixture(scope='module')
def town(template):
    t = Town(template)
    t.listing('A1')
    t.database.query('''insert into mls.listing_media (workspace_id, listing_id, url, caption, sort_order)
                        select %s, %s, 'https://media.example/' || n || '.jpg', 'media ' || n, n from generate_series(1, 7) n''',
                     uid('ws a'), uid('listing A1'))
    t.database.query('''insert into mls.listing_photos (workspace_id, listing_id, url, caption) values (%s, %s, 'https://own.example/1.jpg', 'own')''',
                     uid('ws a'), uid('listing A1'))
    t.listing('A2', raw=HIDDEN_ADDRESS, list_price=510000)
    t.listing('A3', raw=REFUSED, list_price=520000)
    t.listing('A4', standard_status='Expired')
    for n in range(5, 10):
        t.listing(f'A{n}', list_price=500000 + n * 10000, bedrooms=n % 3 + 2, city='Doral' if n == 9 else 'Miami',
                  standard_status='Pending' if n == 8 else 'Active', street_number=str(n))
    t.listing('B1', 'b', city='Tampa')
    yield t
    t.close()


# --- whose site -------------------------------------------------------------------------------------------

def test_the_host_says_whose_site_it_is(town):
    a = town.get('/site/v1/site').ok()
    assert (a['slug'], a['url'], a['domains']) == ('tenant-a', 'https://a.example.org', [{'domain': 'a.example.org', 'is_primary': False}])
    assert a['display']['disclaimer_html'] and a['display']['brokerage'] == 'a'
    assert town.get('/site/v1/site', 'B.Example.org.:8080').ok()['slug'] == 'tenant-b'
    for host in 'c.example.org', 'example.org', 'x', '127.0.0.1', '[::1]:80':
        r = town.get('/site/v1/site', host)
        assert (r.status, r.json) == (404, {'message': 'this host is no site here'}), host


def test_on_this_machine_a_site_is_tried_out_by_its_slug(town):
    assert town.get('/site/v1/site?site=tenant-b', f'localhost:{town.port}').ok()['slug'] == 'tenant-b'
    assert town.get('/site/v1/site', f'tenant-a.localhost:{town.port}').ok()['url'] == f'http://tenant-a.localhost:{town.port}'
    assert town.get('/site/v1/site?site=nobody', 'localhost').status == 404
    # Not when somebody passed the request on, and never at a domain.
    assert town.get('/site/v1/site?site=tenant-b', 'localhost', X_Forwarded_For='192.0.2.1').status == 404
    assert town.get('/site/v1/site?site=tenant-b').ok()['slug'] == 'tenant-a'


def test_what_a_proxy_says_counts_only_when_it_is_ours(town):
    assert town.get('/site/v1/site', X_Forwarded_Host='b.example.org').ok()['slug'] == 'tenant-a'


# --- one listing ------------------------------------------------------------------------------------------

def test_a_listing_by_its_id_and_by_any_slug_with_its_number(town):
    l = town.get(f'/site/v1/listings/{uid("listing A1")}').ok()
    assert l['listing']['slug'] == '123-main-st-miami-fl-33101-A1'
    assert l['listing']['url'] == 'https://a.example.org/listings/123-main-st-miami-fl-33101-A1'
    assert l['listing']['list_office_name'] == 'North & <South>' and l['listing']['office_contact'] == '305-555-0100'
    assert l['display']['attribution_html'] and l['links']['similar'].endswith('-A1/similar')
    for slug in l['listing']['slug'], 'A1', 'a1', 'something-else-a1':
        assert town.get(f'/site/v1/listings/{slug}').ok() == l, slug
    # The workspace's own photos come first.
    assert [p['url'].split('/')[2] for p in l['listing']['photos']] == ['own.example'] + ['media.example'] * 7
    assert not {'marketing_description', 'import_task_id', 'raw'} & set(l['listing'])


def test_an_address_that_is_opted_out_is_nowhere(town):
    r = town.get('/site/v1/listings/A2')
    assert r.ok()['listing']['slug'] == 'miami-fl-33101-A2'
    assert not re.search(r'main.?st|25\.7', r.text, re.I)
    for path in '/site/v1/listings?q=main', '/site/v1/listings/A2/jsonld', '/site/v1/rss.xml':
        page = town.get(path).text
        assert 'A2' not in page or 'main-st-miami-fl-33101-A2' not in page.lower(), path
    assert not re.search(r'main|25\.7', town.get('/site/v1/listings/A2/jsonld').text, re.I)


@pytest.mark.parametrize('name', ['A3', 'A4', 'B1', 'nothing', '%22%7D', '0', uid('nothing')])
def test_what_may_not_be_displayed_is_not_there(town, name):
    for path in '', '/similar', '/jsonld':
        r = town.get(f'/site/v1/listings/{name}{path}')
        assert r.status == 404 and 'there is no listing' in r.json['message']
    assert town.get(f'/site/v1/listings/{uid(f"listing {name}")}').status == 404


def test_similar_listings_are_near_in_kind_place_and_price(town):
    found = town.get('/site/v1/listings/A1/similar').ok()
    names = [l['mls_number'] for l in found['listings']]
    assert names[0] == 'A2' and set(names) == {'A2', 'A5', 'A6', 'A7'}
    assert found['display']['disclaimer_html']
    assert len(town.get('/site/v1/listings/A1/similar?per_page=2').ok()['listings']) == 2
    assert town.get('/site/v1/listings/A1/similar?per_page=x').json == {'message': 'per_page has to be a whole number from 1 to 24'}


def test_linked_data(town):
    r = town.get('/site/v1/listings/A1/jsonld')
    d = r.ok()
    assert r.headers['Content-Type'] == 'application/ld+json' and '<' not in r.text
    assert d['@type'] == 'RealEstateListing' and d['about']['address']['streetAddress'] == '123 Main St'
    assert d['offers'] | {'offeredBy': None} == {'@type': 'Offer', 'price': 500000, 'priceCurrency': 'USD', 'offeredBy': None,
                                                 'availability': 'https://schema.org/InStock',
                                                 'businessFunction': 'http://purl.org/goodrelations/v1#Sell'}
    assert d['offers']['offeredBy']['name'] == 'North & <South>' and len(d['image']) == 8


# --- searching --------------------------------------------------------------------------------------------

def test_a_search_finds_what_may_be_displayed(town):
    found = town.get('/site/v1/listings?sort_by=list_price:asc&facet_by=city').ok()
    assert [l['mls_number'] for l in found['listings']] == ['A1', 'A2', 'A5', 'A6', 'A7', 'A8', 'A9']
    assert (found['found'], found['found_more'], found['page'], found['per_page']) == (7, False, 1, 24)
    assert found['facets'][0]['values'] == [{'value': 'Miami', 'count': 6}, {'value': 'Doral', 'count': 1}]
    assert len(found['listings'][0]['photos']) == 5 and found['display']['max_results'] == 500
    assert [l['mls_number'] for l in town.get('/site/v1/listings', 'b.example.org').ok()['listings']] == ['B1']


def test_a_search_takes_typesense_s_parameters(town):
    assert [l['mls_number'] for l in town.get('/site/v1/listings?q=doral').ok()['listings']] == ['A9']
    found = town.get('/site/v1/listings?filter_by=list_price:%3E=550000%26%26city:=Miami&sort_by=list_price:desc&per_page=2&page=2').ok()
    assert ([l['mls_number'] for l in found['listings']], found['found'], found['page']) == (['A6', 'A5'], 4, 2)
    # By distance: a listing whose address is hidden has none.
    near = town.get('/site/v1/listings?sort_by=location(25.7,-80.2):asc').ok()['listings']
    assert near[-1]['mls_number'] == 'A2' and near[-1]['distance_m'] is None and near[0]['distance_m'] == 0


@pytest.mark.parametrize('query,words', [
    ('filter_by=list_price:>', 'filter_by at'), ('filter_by=nothing:=1', 'nothing'), ('group_by=city', 'group_by is not offered here'),
    ('sort_by=list_price', 'sort_by'), ('filter_by=marketing_description:=x', 'marketing_description'), ('q=%FF', '')])
def test_a_search_that_cannot_be_read_says_where(town, query, words):
    r = town.get(f'/site/v1/listings?{query.replace(">", "%3E")}')
    assert r.status == 400 and words in r.json['message']


def test_no_search_finds_more_than_the_mls_allows(town):
    town.database.query('update mls.compliance_profiles set max_results = 3 where workspace_id = %s', uid('ws a'))
    try:
        wait_until(lambda: town.get('/site/v1/listings').ok()['found'] == 3)
        page = town.get('/site/v1/listings?per_page=2&page=2&sort_by=list_price:asc').ok()
        assert [l['mls_number'] for l in page['listings']] == ['A5'] and page['found_more']
        assert town.get('/site/v1/listings?per_page=2&page=3').ok()['listings'] == []
    finally:
        town.database.query('update mls.compliance_profiles set max_results = 500 where workspace_id = %s', uid('ws a'))


# --- the others -------------------------------------------------------------------------------------------

def test_the_market(town):
    m = town.get('/site/v1/market').ok()
    assert m['by'] == 'city' and (m['all']['active'], m['all']['pending'], m['all']['closed']) == (6, 1, 0)
    assert [(a['name'], a['active'], a['median_list_price']) for a in m['areas']] == [('Miami', 5, 555000)]
    assert m['months'][0]['month'] == '2026-11'
    assert town.get('/site/v1/market?by=street').json == {'message': 'by has to be city, postal_code or subdivision'}
    assert town.get('/site/v1/market?city=Doral').ok()['all'] is None
    assert 'max-age=300' in town.get('/site/v1/market').headers['Cache-Control']


def test_rss(town):
    r = town.get('/site/v1/rss.xml')
    items = xml.fromstring(r.data).findall('channel/item')
    assert r.headers['Content-Type'].startswith('application/rss+xml') and len(items) == 6  # Pending is no news
    by_url = {i.findtext('link'): i for i in items}
    one = by_url['https://a.example.org/listings/123-main-st-miami-fl-33101-A1']
    assert one.findtext('title') == '$500000, 3 beds, 2 baths, 123 Main St, Miami, FL 33101'
    assert one.findtext('description') == 'Sunny.\n\nListed by North &amp; &lt;South&gt;, 305-555-0100'  # readers take it for HTML
    assert one.findtext('pubDate') == 'Sun, 01 Nov 2026 00:00:00 GMT'


def test_the_sitemap_has_every_listing_that_may_be_displayed(town):
    for path in '/sitemap.xml', '/site/v1/sitemap.xml':
        index = xml.fromstring(town.get(path).data)
        parts = [p.text for p in index.findall(f'{SITEMAP}sitemap/{SITEMAP}loc')]
        assert len(parts) == 1 and parts[0].startswith('https://a.example.org/site/v1/sitemap.xml?from=')
    part = town.get(parts[0].removeprefix('https://a.example.org'))
    assert part.headers['Content-Type'].startswith('application/xml')
    urls = [u.text.rsplit('/', 1)[1] for u in xml.fromstring(part.data).findall(f'{SITEMAP}url/{SITEMAP}loc')]
    assert sorted(u.rsplit('-', 1)[1] for u in urls) == ['A1', 'A2', 'A5', 'A6', 'A7', 'A8', 'A9']
    assert 'miami-fl-33101-A2' in urls
    assert part.headers['Cache-Control'] == 'public, max-age=600'  # opted out is out of it soon
    again = town.get(parts[0].removeprefix('https://a.example.org'), If_None_Match=part.headers['ETag'])
    assert (again.status, again.headers['X-Cache']) == (304, 'hit')
    assert town.get('/sitemap.xml?from=x').json == {'message': 'from has to be an id that the index names'}


# --- kept ready -------------------------------------------------------------------------------------------

def test_answers_are_kept_and_not_sent_twice(town):
    path = '/site/v1/listings/A1/similar?per_page=4'
    first, second = town.get(path), town.get(path)
    assert (first.headers['X-Cache'], second.headers['X-Cache']) == ('miss', 'hit') and first.data == second.data
    assert first.headers['Cache-Control'] == 'public, max-age=60, stale-while-revalidate=30'
    assert first.headers['Vary'] == 'Host, Accept-Encoding' and first.headers['Access-Control-Allow-Origin'] == '*'
    keys = first.headers['Surrogate-Key'].split()
    assert keys[0] == f'workspace-{uid("ws a")}' and f'listing-{uid("listing A1")}' in keys
    assert first.headers['Cache-Tag'].split(',') == keys
    etag = first.headers['ETag']
    for said in etag, f'"x", W/{etag}', '*':
        r = town.get(path, If_None_Match=said)
        assert (r.status, r.data, r.headers['ETag']) == (304, b'', etag)
    assert town.get(path, If_None_Match='"x"').status == 200
    packed = town.get(path, Accept_Encoding='gzip')
    assert packed.headers['Content-Encoding'] == 'gzip' and gzip.decompress(packed.data) == first.data
    assert packed.headers['ETag'] == etag[:-1] + '-gzip"'
    head = town.get(path, method='HEAD')
    assert (head.status, head.data, head.headers['Content-Length']) == (200, b'', str(len(first.data)))
    assert town.get('/site/v1/listings', 'b.example.org').json['found'] == 1


def test_a_change_shows_within_seconds(town):
    paths = {'/site/v1/listings/A7': lambda j: j['listing']['list_price'],
             '/site/v1/listings?filter_by=mls_number:=A7': lambda j: j['listings'][0]['list_price']}
    for path in paths:
        town.get(path)
    wait_until(lambda: all(town.get(p).headers['X-Cache'] == 'hit' for p in paths))
    town.database.query("update mls.listings set list_price = 111111 where mls_number = 'A7'")
    wait_until(lambda: all(price(town.get(p).ok()) == 111111 for p, price in paths.items()), 10)
    # What was searched may be of before the change until the index has surely followed: nobody keeps it.
    r = town.get('/site/v1/listings?filter_by=mls_number:=A7')
    assert (r.headers['X-Cache'], r.headers['Cache-Control']) == ('miss', 'no-cache') and r.headers['ETag']
    # From the second change on it is known whose listings changed.
    other = '/site/v1/listings/B1'
    town.get(other, 'b.example.org')
    town.database.query("update mls.listings set list_price = 123456 where mls_number = 'A7'")
    began = time.monotonic()
    wait_until(lambda: all(price(town.get(p).ok()) == 123456 for p, price in paths.items()), 10)
    assert time.monotonic() - began < 5
    assert town.get(other, 'b.example.org').headers['X-Cache'] == 'hit'  # another workspace's stay
    town.database.query("update mls.listings set list_price = 570000 where mls_number = 'A7'")
    wait_until(lambda: town.get('/site/v1/listings/A7').ok()['listing']['list_price'] == 570000, 10)


def test_what_is_taken_down_is_gone_within_seconds(town):
    town.listing('A20', list_price=1)
    wait_until(lambda: town.get('/site/v1/listings?filter_by=list_price:=1').ok()['found'] == 1, 10)
    town.get('/site/v1/listings/A20').ok()
    town.database.query("update mls.listings set raw = raw || %s where mls_number = 'A20'", json.dumps(REFUSED))
    wait_until(lambda: town.get('/site/v1/listings/A20').status == 404, 10)
    wait_until(lambda: town.get('/site/v1/listings?filter_by=list_price:=1').ok()['listings'] == [], 10)
    town.database.query("delete from mls.listings where mls_number = 'A20'")


def test_large_parts_of_the_sitemap_are_kept_packed(town):
    for n in range(40):
        town.listing(f'P{n}', 'b', city='Tampa')
    path = '/sitemap.xml?from=00000000-0000-0000-0000-000000000000'
    try:
        packed = town.get(path, 'b.example.org', Accept_Encoding='gzip')
        plain = town.get(path, 'b.example.org')
        assert gzip.decompress(packed.data) == plain.data and plain.data.count(b'<url>') == 41
        assert packed.headers['ETag'] == plain.headers['ETag'][:-1] + '-gzip"'
        again = town.get(path, 'b.example.org', Accept_Encoding='gzip')
        assert (again.headers['X-Cache'], plain.headers['X-Cache'], again.data) == ('hit', 'miss', packed.data)
        # Proxies take no long headers: what tells of many listings goes by its workspace's key alone.
        wait_until(lambda: town.get('/site/v1/listings?per_page=50', 'b.example.org').ok()['found'] == 41, 10)
        many = town.get('/site/v1/listings?per_page=50', 'b.example.org')
        assert many.headers['Surrogate-Key'] == many.headers['Cache-Tag'] == f'workspace-{uid("ws b")}'
    finally:
        town.database.query("delete from mls.listings where mls_number like 'P%'")


def test_a_hundred_equal_requests_cost_one(town):
    wait_until(lambda: town.get('/site/v1/listings?q=quiet').headers['X-Cache'] == 'hit', 10)  # nothing changes any more
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        found = list(pool.map(lambda _: town.get('/site/v1/listings?q=main&per_page=3'), range(100)))
    assert {r.status for r in found} == {200} and len({r.data for r in found}) == 1
    assert [r.headers['X-Cache'] for r in found].count('miss') == 1


def test_strangers_are_held_to_a_rate(town):
    port, town.port = town.port, free_port()
    try:
        process = town.plat.start('serve', '--listen', f'127.0.0.1:{town.port}',
                                  env={'PLAT_SITE_RATE': '1', 'PLAT_TRUST_PROXY': '1', 'PLAT_FORWARDED_HOST': 'on'})
        wait_until(answers(town.port))
        said = [town.get(f'/site/v1/listings/{n}', X_Forwarded_For='192.0.2.1') for n in range(12)]
        assert [r.status for r in said[:10]] == [404] * 10 and said[-1].status == 429
        assert int(said[-1].headers['Retry-After']) >= 1 and 'too many requests' in said[-1].json['message']
        # Others, and what stands ready, are not touched by it.
        assert town.get('/site/v1/site', X_Forwarded_For='192.0.2.2').status == 200
        assert town.get('/site/v1/site', X_Forwarded_For='192.0.2.1').status == 200
        # Behind a proxy of ours that says so its word counts, and caches are told.
        r = town.get('/site/v1/site', '10.0.0.1', X_Forwarded_For='192.0.2.3', X_Forwarded_Host='b.example.org')
        assert r.ok()['slug'] == 'tenant-b' and r.headers['Vary'] == 'Host, X-Forwarded-Host, Accept-Encoding'
        # One that says nothing hides that it passes on what strangers ask of localhost.
        assert town.get('/site/v1/site?site=tenant-b', 'localhost').status == 404
        assert town.get('/site/v1/site', 'tenant-b.localhost').status == 404
        # Hosts that nobody has cost as much, but what was found to be none is known for a while.
        said = [town.get('/site/v1/site', f'x{n}.example.org', X_Forwarded_For='192.0.2.4') for n in range(12)]
        assert [r.status for r in said[:10]] == [404] * 10 and said[-1].status == 429
        again = [town.get('/site/v1/site', 'x0.example.org', X_Forwarded_For='192.0.2.4') for _ in range(3)]
        assert [r.json for r in again] == [{'message': 'this host is no site here'}] * 3
        assert town.plat.stop(process) == 0
    finally:
        town.port = port


def test_a_server_that_has_a_name_is_not_tried_out_at_localhost(town):
    port, town.port = town.port, free_port()
    try:
        process = town.plat.start('serve', '--listen', f'127.0.0.1:{town.port}', env={'PLAT_PUBLIC_URL': 'https://api.example.com', 'PLAT_TRUST_PROXY': '1'})
        wait_until(answers(town.port))
        for path, host in ('/site/v1/site?site=tenant-b', 'localhost'), ('/site/v1/site', 'tenant-b.localhost'):
            assert town.get(path, host).json == {'message': 'this host is no site here'}
        # Nor does X-Forwarded-Host count behind a proxy, unless somebody says that it is not passed on from clients.
        r = town.get('/site/v1/site', X_Forwarded_Host='b.example.org')
        assert r.ok()['slug'] == 'tenant-a' and r.headers['Vary'] == 'Host, Accept-Encoding'
        assert town.plat.stop(process) == 0
    finally:
        town.port = port


def test_pages_of_other_origins_may_ask(town):
    r = town.get('/site/v1/listings', method='OPTIONS', Origin='https://x.example', Access_Control_Request_Method='GET')
    assert r.status == 204 and r.headers['Access-Control-Allow-Origin'] == '*'
    assert 'plat_site_answers_total{cache="hit"}' in town.get('/metrics').text
