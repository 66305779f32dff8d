"""/mls/v1/connections and plat connections: who may, what is kept, what is told, and what a test of a feed finds out."""
import json

import pytest

from conftest import get
from storagekit import SECRET, token_of, two_tenants, uid


class Caller:
    """A client of /mls/v1, as somebody."""

    def __init__(self, port):
        self.port = port

    def __call__(self, who, path, method='GET', body=None, **headers):
        if who:
            headers['Authorization'] = f'Bearer {token_of(who)}'
        status, _, text = get(self.port, f'/mls/v1/{path}', method, headers, body if body is None else json.dumps(body))
        return status, json.loads(text) if text else None


@pytest.fixture
def call(plat, serve, database):
    two_tenants(database)
    plat.env['PLAT_JWT_SECRET'] = SECRET
    return Caller(serve())


def make(database, ws, provider='bridge', **more):
    names = ', '.join(['workspace_id', 'provider', 'dataset_id', *more])
    database.query(f"insert into mls.mls_connections ({names}) values ({', '.join(['%s'] * (3 + len(more)))})",
                   uid(f'ws {ws}'), provider, f'set_{ws}', *more.values())
    return database.one('select id from mls.mls_connections where workspace_id = %s and provider = %s', uid(f'ws {ws}'), provider)


def test_who_may_see_connections(call, database):
    make(database, 'a', token_ciphertext='sealed')
    make(database, 'b')
    assert call(None, 'connections') == (401, {'message': 'sign in first: there is no access token'})
    assert call('anon', 'connections')[0] == 401
    assert call('a_client', 'connections') == (403, {'message': 'this needs the role mls.agent in a workspace'})
    for who in ('a_admin', 'a_agent'):
        status, found = call(who, 'connections')
        assert (status, [c['dataset_id'] for c in found]) == (200, ['set_a'])
        assert found[0]['has_token'] is True and 'sealed' not in json.dumps(found)
    assert call('b_agent', 'connections')[1][0]['has_token'] is False
    assert call('service', 'connections') == (
        400, {'message': 'there are several workspaces; say which one with ?workspace=SLUG'})
    assert call('service', 'connections?workspace=tenant-b')[1][0]['dataset_id'] == 'set_b'
    assert call('service', 'connections?workspace=nobody')[0] == 404
    assert get(call.port, '/mls/v1/connections', headers={'Authorization': 'Bearer nonsense'})[0] == 401
