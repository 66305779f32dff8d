"""/mls/v1/connections and plat connections: who may, what is kept, what is told, and what a test of a feed finds out."""
import json, socket, threading

import pytest

from conftest import get, wait_until
from replication_kit import SECRET as CLIENT_SECRET, TOKEN, Feed
from storagekit import SECRET, token_of, two_tenants, uid

PUBLIC = {'provider': 'bridge', 'dataset_id': 'set', 'token': TOKEN}


class Caller:
    """A client of /mls/v1, as somebody."""

    def __init__(self, port):
        self.port, self.heard = port, []

    def __call__(self, who, path, method=None, body=None, **headers):
        if who:
            headers['Authorization'] = f'Bearer {token_of(who)}'
        method = method or ('GET' if body is None else 'POST')
        status, _, text = get(self.port, f'/mls/v1/{path}', method, headers, body if body is None else json.dumps(body), timeout=60)
        self.heard.append(text)
        return status, json.loads(text) if text else None

    def refused(self, *args, **more):
        status, said = self(*args, **more)
        assert list(said) == ['message'], said
        return status, said['message']


@pytest.fixture
def call(plat, serve, database):
    two_tenants(database)
    plat.env |= {'PLAT_JWT_SECRET': SECRET, 'PLAT_LOG_LEVEL': 'debug'}
    caller = Caller(serve())
    yield caller
    said = plat.said(serve.process)
    for secret in (TOKEN, CLIENT_SECRET, 'access_token='):
        assert secret not in said, 'in the log'
        assert not any(secret in text for text in caller.heard), 'in an answer'


def make(database, ws, provider='bridge', **more):
    names = ', '.join(['workspace_id', 'provider', 'dataset_id', *more])
    database.query(f"insert into mls.mls_connections ({names}) values ({', '.join(['%s'] * (3 + len(more)))})",
                   uid(f'ws {ws}'), provider, f'set_{ws}', *more.values())
    return database.one('select id from mls.mls_connections where workspace_id = %s and provider = %s', uid(f'ws {ws}'), provider)


def row(database, columns, provider='bridge'):
    return database.query(f'select {columns} from mls.mls_connections where provider = %s', provider)[0]


# --- who, and what is kept


def test_who_may_see_connections(call, database):
    make(database, 'a', token_ciphertext='sealed')
    b = make(database, 'b')
    assert call(None, 'connections') == (401, {'message': 'sign in first: there is no access token'})
    assert call('anon', 'connections')[0] == 401
    assert call('a_client', 'connections') == (403, {'message': 'this needs the role mls.agent in a workspace'})
    for who in ('a_admin', 'a_agent'):
        status, found = call(who, 'connections')
        assert (status, [c['dataset_id'] for c in found]) == (200, ['set_a'])
        assert found[0]['has_token'] is True and 'sealed' not in json.dumps(found)
        for path, method in ((f'connections/{b}', 'GET'), (f'connections/{b}', 'DELETE'), (f'connections/{b}', 'PATCH'),
                             (f'connections/{b}/pause', 'POST'), (f'connections/{b}/test', 'POST'), (f'connections/{b}/metadata', 'POST'),
                             ('connections/nonsense', 'GET')):
            assert call(who, path, method)[0] == 404, (path, method)
    assert call('b_agent', 'connections')[1][0]['has_token'] is False
    assert call('service', 'connections') == (
        400, {'message': 'there are several workspaces; say which one with ?workspace=SLUG'})
    assert call('service', 'connections?workspace=tenant-b')[1][0]['dataset_id'] == 'set_b'
    assert call('service', 'connections?workspace=nobody')[0] == 404
    assert get(call.port, '/mls/v1/connections', headers={'Authorization': 'Bearer nonsense'})[0] == 401


def test_a_connection_is_made_and_changed_and_its_token_never_comes_back(call, database):
    status, made = call('a_agent', 'connections', body=PUBLIC | {'settings': {'feed': 'idx', 'page_size': 500}, 'sync_cadence': 'hourly'})
    assert (status, made['status'], made['has_token'], made['token_type']) == (201, 'pending', True, 'server')
    assert made['settings'] == {'feed': 'idx', 'page_size': 500} and made['mapping_problems'] == [] and made['metadata'] is None
    assert row(database, 'workspace_id, token_ciphertext like %s' % "'v1.%%'") == (uid('ws a'), True)
    path = f"connections/{made['id']}"
    database.query("update mls.mls_connections set last_sync_cursor = 'c', status = 'active'")

    status, changed = call('a_agent', path, 'PATCH', {'settings': {'page_size': None, 'media': 'expand'}, 'sync_cadence': 'daily'})
    assert (status, changed['settings'], changed['sync_cadence']) == (200, {'feed': 'idx', 'media': 'expand'}, 'daily')
    assert row(database, 'last_sync_cursor, status') == ('c', 'active')
    assert call('a_agent', path, 'PATCH', {'dataset_id': 'other'})[1]['has_token'] is True
    assert row(database, 'last_sync_cursor, status') == (None, 'pending')

    moved = call('a_agent', path, 'PATCH', {'base_url': 'https://api.example.com/odata'})[1]
    assert (moved['has_token'], moved['status_reason']) == (False, 'the address has changed: the token has to be given again')
    again = call('a_agent', path, 'PATCH', {'base_url': 'https://mls.example.com/odata', 'token': TOKEN})[1]
    assert (again['has_token'], again['status'], again['status_reason']) == (True, 'pending', None)
    oauth = call('a_agent', path, 'PATCH', {'client_id': 'us', 'client_secret': CLIENT_SECRET, 'token_url': 'https://mls.example.com/token'})[1]
    assert (oauth['token_type'], oauth['client_id'], oauth['has_token']) == ('oauth', 'us', True)
    assert call('a_agent', path, 'PATCH', {'client_id': ''})[1] | {'token_type': 'server', 'has_token': False, 'token_url': None} == \
        call('a_agent', path)[1], 'a secret is not sent as a token'


def test_what_cannot_be_used_is_refused_by_a_sentence(call, database):
    for body, said in (
            ({}, '"provider" is missing'),
            (PUBLIC | {'provider': 'trestle'}, 'the provider has to be bridge or reso'),
            ({'provider': 'bridge', 'token': TOKEN}, 'say which dataset of the feed'),
            (PUBLIC | {'dataset_id': '..'}, "the dataset has to be a segment of the feed's URLs, at most 200 bytes"),
            (PUBLIC | {'datset_id': 'x'}, 'there is no "datset_id"; did you mean "dataset_id"?'),
            (PUBLIC | {'dataset_id': 7}, '"dataset_id" has to be a text'),
            (PUBLIC | {'token': 'a b'}, 'the token has characters that no token has'),
            (PUBLIC | {'token': 'x\r\nHost: y'}, 'the token has characters that no token has'),
            (PUBLIC | {'client_secret': 'x'}, 'say either token or client_secret'),
            (PUBLIC | {'settings': {'page_siz': 1}}, "there is no setting 'page_siz'; did you mean page_size?"),
            (PUBLIC | {'sync_cadence': 'weekly'}, 'sync_cadence has to be manual, hourly or daily'),
            ({'provider': 'reso', 'token': TOKEN}, "say where the feed's OData root is: base_url"),
            (PUBLIC | {'client_id': 'us'}, 'OAuth needs the address of the token endpoint: token_url'),
            (PUBLIC | {'base_url': 'http://api.example.com/'}, 'base_url has to begin with https://'),
            (PUBLIC | {'base_url': 'https://127.0.0.1/'},
             'base_url has to name a public host; one on this machine or in its network is given with plat connect')):
        assert call.refused('a_agent', 'connections', body=body) == (400, said), body
    assert database.one('select count(*) from mls.mls_connections') == 0
    assert call.refused('service', 'connections?workspace=tenant-a', body=PUBLIC | {'base_url': 'http://api.example.com/'}) == (
        400, 'base_url has to begin with https:// so that nobody on the way reads the token')


def test_pausing_resuming_removing_and_a_paused_workspace(call, database):
    path = f"connections/{call('a_agent', 'connections', body=PUBLIC)[1]['id']}"
    assert call('a_agent', f'{path}/pause', 'POST')[1]['status_reason'] == 'paused by a person'
    assert call('a_agent', f'{path}/pause', 'POST')[1]['status'] == 'paused'
    assert call('a_agent', path, 'PATCH', {'token': TOKEN})[1]['status'] == 'paused', 'a new token does not end a pause'
    assert call('a_admin', f'{path}/resume', 'POST')[1] | {'status': 'pending', 'status_reason': None} == call('a_agent', path)[1]
    database.query("insert into mls.listings (workspace_id, source_provider, source_dataset_id, source_listing_key, raw) "
                   "values (%s, 'bridge', 'set', 'k', '{}')", uid('ws a'))
    database.query("update mls.workspaces set status = 'paused' where slug = 'tenant-a'")
    for what, method in ((path, 'DELETE'), (path, 'PATCH'), (f'{path}/test', 'POST'), ('connections', 'POST')):
        assert call.refused('a_agent', what, method) == (403, 'the workspace is paused: nothing can be changed')
    assert call('a_agent', path)[0] == 200
    database.query("update mls.workspaces set status = 'active' where slug = 'tenant-a'")
    assert call('a_agent', path, 'DELETE') == (200, {'deleted': True, 'listings_left': 1})
    assert call('a_agent', path)[0] == 404
    assert database.one('select is_active from mls.listings'), 'listings stay as they are'


# --- what a test of a feed finds out


@pytest.fixture
def connect(plat, call, database):
    """A feed, and tenant A's connection to it; answers the connection's path."""
    def start(kind='bridge', *args, oauth=False, token=None, more=()):
        feed = Feed(plat, 300, *args, *(['--client-id', 'us'] if oauth else []), kind=kind)
        client = ['--client-id', 'us', '--token-url', f'http://127.0.0.1:{feed.port}/oauth/token'] if oauth else []
        out = plat.ok('connect', '--workspace', 'tenant-a', '--provider', kind, '--dataset', 'd', '--base-url', feed.base, *client, *more,
                      text=(token or (CLIENT_SECRET if oauth else TOKEN)) + '\n')
        assert TOKEN not in out
        return feed, f"connections/{database.one('select id from mls.mls_connections where provider = %s', kind)}"
    return start


def test(call, path, apply=False):
    status, report = call('a_agent', f'{path}/test{"?apply=true" if apply else ""}', 'POST')
    assert status == 200, report
    return report, {s['step']: s['state'] for s in report['steps']}, {s['step']: s['words'] for s in report['steps']}


test.__test__ = False


def test_a_feed_like_bridge(call, connect, database):
    feed, path = connect()
    report, states, words = test(call, path, apply=True)
    assert report['ok'] and set(states.values()) == {'ok'}, report
    assert words['next_link'].endswith('next,link,body') and words['media'] == 'each listing brings its media along'
    assert 'of 5000 left (Application-RateLimit)' in words['rate_limit']
    assert report['suggested'] == {'replication': 'yes', 'timestamp_filter': 'yes'}
    told = call('a_agent', path)[1]
    assert (told['status'], told['settings'], told['test_report'], told['metadata']['problem']) == ('active', report['suggested'], report, None)
    assert test(call, path)[0]['suggested'] == {}
    fields = call('a_agent', f'{path}/metadata')[1]['resources']['Property']
    assert fields['ListPrice']['type'].startswith('Edm.') and fields['ListPrice']['is_list'] is False and fields['City']['lookup']
    database.query("select mls.save_field_mapping('bridge', '{\"source_listing_key\": \"ListingKey\", \"list_price\": \"ListPryce\"}', %s)",
                   uid('ws a'))
    assert call('a_agent', path)[1]['mapping_problems'] == [
        {'column': 'list_price', 'field': 'ListPryce', 'problem': 'the source has no such field', 'suggestion': 'ListPrice'}]


def test_a_feed_that_does_not_allow_everything(call, connect):
    feed, path = connect('bridge', '--no-replication', '--feed-type', 'idx', more=['--feed', 'idx'])
    report, states, words = test(call, path)
    assert report['ok'] and (states['replication'], states['replication_filter']) == ('failed', 'skipped')
    assert report['suggested'] == {'replication': 'no'}
    assert words['replication'].startswith('this token may not replicate: listings are read page by page (the feed answers 403')
    feed.stop()
    assert test(call, path)[1] | {'reach': 'failed', 'token': 'skipped', 'property': 'skipped'} == test(call, path)[1]
    assert call('a_agent', path)[1]['status'] == 'active', 'out of reach for a moment is no reason to change the status'
    _, path = connect('bridge', '--no-timestamp-filter', more=['--feed', ''])
    report, states, words = test(call, path)
    assert (states['replication'], states['replication_filter']) == ('ok', 'failed')
    assert report['suggested'] == {'replication': 'yes', 'timestamp_filter': 'no'}


def test_a_plain_feed_with_oauth(call, connect, database, plat):
    feed, path = connect('reso', oauth=True)
    report, states, words = test(call, path, apply=True)
    assert report['ok'] and [s for s in states if states[s] != 'ok'] == ['replication', 'replication_filter'], report
    assert words['next_link'].endswith('body') and 'media' not in report['suggested'], 'what it finds is in force already'
    assert feed.state()['tokens'] == 1, 'one token for all requests'
    feed.faults('token_expired:2')
    assert test(call, path)[0]['ok'] and feed.state()['tokens'] == 3, 'a new one after a 401'
    feed.faults('')
    plat.ok('connect', '--workspace', 'tenant-a', '--provider', 'reso', '--client-id', 'us', text='wrong\n')
    report, states, words = test(call, path)
    assert (states['token'], states['property']) == ('failed', 'skipped') and not report['ok']
    assert words['token'].startswith('the token endpoint refuses our client id and secret')
    assert call('a_agent', path)[1]['status_reason'] == words['token']
    assert row(database, 'status', 'reso') == ('error',)


def test_a_wrong_token_and_a_wrong_dataset(call, connect, plat):
    feed, path = connect(token='wrong')
    report, states, words = test(call, path)
    assert (states['reach'], states['token'], report['ok']) == ('ok', 'failed', False)
    assert call('a_agent', path)[1] | {'status': 'error', 'status_reason': 'the feed refuses the token (401)'} == call('a_agent', path)[1]
    r = plat.run('connections', 'test', '--workspace', 'tenant-a')
    assert r.returncode == 1 and 'listings cannot be read from this feed' in r.stderr and 'token                failed' in r.stdout
    plat.ok('connect', '--workspace', 'tenant-a', '--dataset', 'nowhere', text=TOKEN)
    report, states, words = test(call, path)
    assert (states['token'], states['metadata'], states['property']) == ('ok', 'failed', 'failed')
    assert words['metadata'] == 'the feed has no metadata at that address (404)' and '404' in words['property']


def test_feeds_that_never_answer_do_not_hold_all_of_the_database(plat, call, database):
    with socket.create_server(('127.0.0.1', 0)) as deaf:
        plat.ok('connect', '--workspace', 'tenant-a', '--provider', 'bridge', '--dataset', 'd',
                '--base-url', f'http://127.0.0.1:{deaf.getsockname()[1]}', text=TOKEN + '\n')
        path = f"connections/{database.one('select id from mls.mls_connections')}"
        found = []
        threads = [threading.Thread(target=lambda: found.append(call('a_agent', f'{path}/test', 'POST')[0])) for _ in range(3)]
        for t in threads:
            t.start()
        held = [deaf.accept()[0] for _ in threads]
        assert call('a_agent', f'{path}/metadata', 'POST') == (
            503, {'message': '3 feeds are being asked already; try again in a moment'})
        assert call('a_agent', path)[0] == 200
        deaf.close()
        for s in held:
            s.close()
        for t in threads:
            t.join()
    assert found == [200] * 3
    assert call.refused('a_agent', f'{path}/metadata', 'POST')[0] != 503, 'there is room again'


@pytest.mark.parametrize('allowed', [False, True])
def test_names_that_lead_to_this_machine_are_not_asked(plat, serve, database, allowed):
    two_tenants(database)
    plat.env |= {'PLAT_JWT_SECRET': SECRET, 'PLAT_PRIVATE_FEEDS': 'on' if allowed else 'off'}
    call = Caller(serve())
    with socket.create_server(('127.0.0.1', 0)) as inner:
        inner.settimeout(0 if not allowed else 10)
        name = f'0x7f000001:{inner.getsockname()[1]}'  # 127.0.0.1, as the system's resolver reads it
        plat.ok('connect', '--workspace', 'tenant-a', '--provider', 'bridge', '--dataset', 'd', '--base-url', f'https://{name}', text=TOKEN + '\n')
        path = f"connections/{database.one('select id from mls.mls_connections')}"
        asked = threading.Thread(target=lambda: answers.append(test(call, path)))
        answers = []
        asked.start()
        if allowed:
            inner.accept()[0].close()
            asked.join()
        else:
            asked.join()
            with pytest.raises(BlockingIOError):
                inner.accept()
    words = ' '.join(answers[0][2].values())
    assert (f'{name} is an address of a private network, where this request may not go' in words) != allowed, words


def test_metadata_that_does_not_parse_leaves_what_was_known(call, connect, plat, database):
    feed, path = connect()
    assert call('a_agent', f'{path}/metadata')[0] == 404
    status, first = call('a_agent', f'{path}/metadata', 'POST')
    assert status == 200 and first['problem'] is None
    for fault, said in (('bad_metadata', 'the metadata: line '), ('html_metadata', 'the metadata: this is no $metadata: line 1')):
        feed.faults(fault)
        status, words = call.refused('a_agent', f'{path}/metadata', 'POST')
        assert status == 502 and words.startswith(said)
        kept = call('a_agent', f'{path}/metadata')[1]
        assert kept == first | {'problem': words}
        assert test(call, path)[1]['metadata'] == 'failed'
    feed.faults('')
    database.query("select plat.enqueue('mls.metadata', '{}')")
    plat.start('work')
    wait_until(lambda: database.one('select problem is null from mls.source_metadata'))


def test_the_command_line(plat, connect, database):
    connect()
    mine = ['--workspace', 'tenant-a']
    assert 'bridge    d        pending' in plat.ok('connections', *mine)
    plat.ok('connect', '--keep-token', '--setting', 'page_size=300', '--setting', 'media=none', *mine)
    plat.ok('connect', '--keep-token', '--setting', 'media=', *mine)
    assert row(database, 'settings, token_ciphertext is not null') == ({'page_size': '300'}, True)
    shown = plat.ok('connections', 'show', *mine)
    assert 'stored, encrypted' in shown and '"page_size": "300"' in shown and 'v1.' not in shown
    assert json.loads(plat.ok('connections', 'test', 'bridge', '--json', *mine))['ok'] is True
    assert 'BridgeModificationTimestamp' in plat.ok('connections', 'metadata', *mine)
    plat.ok('connections', 'pause', *mine)
    r = plat.run('sync', *mine)
    assert r.returncode == 1 and 'the connection is paused' in r.stderr
    plat.ok('connections', 'resume', *mine)
    assert 'its 0 listings stay' in plat.ok('connections', 'remove', 'bridge', *mine)
    assert 'There is no connection yet' in plat.ok('connections', *mine)
    r = plat.run('connections', 'test', 'reso', *mine)
    assert r.returncode == 1 and "this workspace has no connection 'reso'" in r.stderr
    assert plat.run('connections', 'tset').returncode == 2
    r = plat.run('connect', '--dataset', 'd', '--setting', 'nonsense', *mine, text=TOKEN)
    assert r.returncode == 1 and "--setting takes KEY=VALUE, not 'nonsense'" in r.stderr
