"""plat feed itself: the plain server, OAuth, and each fault that replicators are tried with."""
import datetime, email.utils, json, urllib.parse

import pytest

from replication_kit import AUTH, Feed, SECRET, move_on
from conftest import get


@pytest.fixture
def feed(data):
    """Starts feeds; they need no database."""
    from conftest import PLAT, Plat
    plat = Plat(data)
    yield lambda rows, *args, **more: Feed(plat, rows, *args, program=PLAT, **more)
    plat.close()


def refusal(answer, status, words):
    assert answer[0] == status and words in json.loads(answer[2])['error']['message'], answer


def test_a_plain_server_has_pages_media_and_one_timestamp(feed):
    f = feed(120, kind='reso')
    status, headers, text = f.get('/Property?$top=50&$count=true', Prefer='odata.maxpagesize=20')
    page = json.loads(text)
    assert status == 200 and headers['OData-Version'] == '4.0' and headers['Preference-Applied'] == 'odata.maxpagesize=20'
    assert page['@odata.count'] == 120 and len(page['value']) == 20
    assert not {'Media', 'BridgeModificationTimestamp'} & page['value'][0].keys()
    sizes = [len(p['value']) for p in f.pages('/Property?$top=50', Prefer='odata.maxpagesize=20')]
    assert sizes == [20, 20, 10]                        # $top is of all pages together
    assert [len(p['value']) for p in f.pages('/Property')] == [120]
    assert len(f.rows()) == 120
    row = json.loads(f.get('/Property?$expand=Media&$top=1&$select=ListingKey')[2])['value'][0]
    assert set(row) - {'@odata.id'} == {'ListingKey', 'Media'}
    assert json.loads(f.get('/')[2])['value'][1]['name'] == 'Media'
    assert '<EntityType Name="Media">' in f.get('/$metadata')[2] and 'Bridge' not in f.get('/$metadata')[2]
    assert f.get('/d/Property?$top=1')[0] == 200      # a dataset may stand there
    refusal(f.get('/Property/replication'), 404, 'does not serve that')
    refusal(f.get('/Property?$filter=BridgeModificationTimestamp%20gt%202026-01-01T00:00:00Z'), 400, 'there is no field')


def test_photos_of_a_plain_server_are_rows_of_their_own(feed):
    f = feed(60, '--page-size', 25, kind='reso')
    rows = f.rows()
    keys = [k for k, r in rows.items() if r['Media']][:5]
    assert all(len(rows[k]['Media']) == rows[k]['PhotosCount'] for k in rows)
    some = f.all("/Media?$orderby=ResourceRecordKey,Order&$filter=" + urllib.parse.quote(f"ResourceRecordKey in ({','.join(map(repr, keys))})"))
    assert some == [m for k in sorted(keys) for m in rows[k]['Media']] and isinstance(some[0]['Order'], int)
    one = f.all("/Media?$select=MediaURL&$filter=" + urllib.parse.quote(f"ResourceName eq 'Property' and ResourceRecordKey eq {keys[0]!r}"))
    assert one == [{'MediaURL': m['MediaURL']} for m in rows[keys[0]]['Media']]
    refusal(f.get('/Media'), 400, 'Media is asked for by listing')


def test_pages_of_a_plain_server_stay_whole_while_the_time_moves(feed):
    f = feed(200, kind='reso')
    pages = f.pages('/Property?$orderby=ModificationTimestamp,ListingKey&$select=ListingKey', Prefer='maxpagesize=50')
    seen = [r['ListingKey'] for r in next(pages)['value']]
    move_on(f, '+3d')
    seen += [r['ListingKey'] for p in pages for r in p['value']]
    assert set(f.rows()) <= set(seen)


def test_tokens_are_fetched_and_end(feed):
    f = feed(10, '--client-id', 'me', '--token-ttl', 1, kind='reso')

    def token(secret, grant='client_credentials'):
        body = urllib.parse.urlencode({'grant_type': grant, 'client_id': 'me', 'client_secret': secret})
        return get(f.port, '/oauth/token', 'POST', {'Content-Type': 'application/x-www-form-urlencoded'}, body)
    assert token('wrong')[0] == 401 and json.loads(token('wrong')[2])['error'] == 'invalid_client'
    assert json.loads(token(SECRET, 'password')[2])['error'] == 'unsupported_grant_type'
    answer = json.loads(token(SECRET)[2])
    bearer = {'Authorization': f"Bearer {answer['access_token']}"}
    assert answer['expires_in'] == 1 and get(f.port, f.root + '/Property', headers=bearer)[0] == 200
    f.faults('token_expired')
    assert get(f.port, f.root + '/Property', headers=bearer)[0] == 401          # once, and that token is over
    assert get(f.port, f.root + '/Property', headers=bearer)[0] == 401
    bearer = {'Authorization': f"Bearer {json.loads(token(SECRET)[2])['access_token']}"}
    assert get(f.port, f.root + '/Property', headers=bearer)[0] == 200 and f.state()['tokens'] == 2


def test_bridge_may_refuse_replication_and_have_feed_types(feed):
    f = feed(10, '--no-replication', '--feed-type', 'idx')
    refusal(f.get('/Property/replication'), 403, 'not allowed')
    assert f.get('/Property')[0] == 200 and f.root == '/api/v2/OData/d/idx'
    refusal(get(f.port, '/api/v2/OData/d/Property', headers=AUTH), 404, 'for the feed idx')
    g = feed(10, '--no-timestamp-filter')
    refusal(g.get('/Property/replication?$filter=ModificationTimestamp%20gt%202026-01-01T00:00:00Z'), 400, 'timestamp')
    assert g.get("/Property/replication?$filter=City%20eq%20'Miami'")[0] == 200


def test_links_that_lead_astray(feed):
    f = feed(200)
    f.faults('next_loop:3')
    first = [p['value'][0]['ListingKey'] for p, _ in zip(f.pages('/Property/replication?$top=40'), range(7))]
    assert first[0] == first[3] == first[6] != first[1] and len(set(first)) == 3
    f.faults('next_loop')
    pages = f.pages('/Property/replication?$top=40')
    assert next(pages) == next(pages)
    f.faults('other_host')
    assert f.get('/Property/replication?$top=40')[1]['next'].startswith('http://elsewhere.invalid/')
    f.faults('forgotten_link')
    link = f.get('/Property/replication?$top=40')[1]['next']
    assert f.get(link)[0] == 200
    move_on(f, '+1h')
    refusal(f.get(link), 400, 'expired')


def test_markets_that_are_wrong(feed):
    f = feed(300)
    rows = f.rows()
    f.faults('vanish:10')
    left = f.rows()
    assert 10 < len(rows) - len(left) < 60 and left.items() <= rows.items() and f.state()['rows'] == len(left)
    f.faults('future')
    last = list(f.rows().values())[-1]
    assert last['BridgeModificationTimestamp'].startswith('2099') and last['ListingKey'] in rows
    assert [r['ListingKey'] for r in f.all('/Property?$filter=BridgeModificationTimestamp%20gt%202090-01-01T00:00:00Z')] == [last['ListingKey']]
    f.faults('storm')
    counts = [len(r['Media']) for r in f.rows().values()]
    assert max(counts) == 500 and counts.count(500) == 8
    f.faults('backwards')
    older = {k: r for k, r in f.rows().items() if r != rows[k]}
    assert 5 < len(older) < 75 and all(r['BridgeModificationTimestamp'] < rows[k]['BridgeModificationTimestamp'] for k, r in older.items())
    f.faults('')
    assert f.rows() == rows


def test_pages_that_are_wrong(feed):
    f = feed(60)
    rows = f.rows()
    f.faults('duplicates')
    page = json.loads(f.get('/Property/replication')[2])['value']
    assert len(page) > 60 and {r['ListingKey']: r for r in page} == rows
    f.faults('half_sweep')
    status, headers, text = f.get('/Property/replication')
    assert len(json.loads(text)['value']) == 30 and 'next' not in headers
    f.faults('huge_row')
    text = f.get('/Property/replication?$top=3')[2]
    assert len(text) > 40 << 20 and len(json.loads(text)['value']) == 3


def test_answers_that_are_wrong(feed):
    f = feed(10)
    f.faults('skew')
    date = email.utils.parsedate_to_datetime(f.get('/Property')[1]['Date'])
    assert 3590 < (date - datetime.datetime.now(datetime.timezone.utc)).total_seconds() < 3610
    f.faults('reset_epoch')
    assert int(f.get('/Property')[1]['Burst-RateLimit-Reset']) > 1e9
    f.faults('429,no_retry_after')
    assert [(f.get('/Property')[0], f.get('/Property')[1]['Retry-After']) for _ in range(2)] == [(429, None)] * 2
    f.faults('refused_filter')
    refusal(f.get("/Property?$filter=City%20eq%20'Miami'"), 400, '$filter is not supported')
    f.faults('bad_metadata')
    assert '</edmx:Edmx>' not in f.get('/$metadata')[2]
    f.faults('html_metadata')
    assert '<!doctype html>' in f.get('/$metadata')[2]
    f.faults('slow_start')
    assert f.get('/Property')[0] == 200
