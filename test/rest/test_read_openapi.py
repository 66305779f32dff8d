"""The description at the root (rest-dialect 1.1, 1.12)."""
import pytest

from restkit import bearer, error, names_of

OPENAPI = 'application/openapi+json; charset=utf-8'


@pytest.fixture(scope='module')
def doc(api):
    answer = api.get('/')
    assert (answer.status, answer['Content-Type']) == (200, OPENAPI), repr(answer)
    return answer.json()


def test_what_is_accepted_at_the_root(api):
    for accept in ('application/openapi+json', 'application/json', '*/*', 'text/html, */*;q=0.5'):
        answer = api.get('/', accept=accept)
        assert answer.status == 200 and answer.json()['swagger'] == '2.0', repr(answer)
    error(api.get('/', accept='text/csv'), 406, 'PGRST107', 'None of these media types are available: text/csv')
    head = api.head('/')
    assert (head.status, head.body) == (200, b'') and names_of(api.options('/')['Allow']) == {'OPTIONS', 'GET', 'HEAD'}


def test_the_head_of_the_document(api, doc):
    assert doc['swagger'] == '2.0' and doc['info']['title'] == 'Homes for sale'
    assert doc['info']['description'] == 'Everything that the tests of reading ask about.'
    assert (doc['basePath'], doc['schemes'], doc['host']) == ('/', ['http'], f'127.0.0.1:{api.port}')
    assert {'application/json', 'text/csv', 'application/vnd.pgrst.object+json'} <= set(doc['consumes'])
    assert {'application/json', 'text/csv'} <= set(doc['produces'])
    assert not doc.get('security')


def test_paths(doc):
    assert set(doc['paths']['/homes']) == {'get', 'post', 'patch', 'delete'}
    assert set(doc['paths']['/novel_cards']) == {'get'} and set(doc['paths']['/novels_union']) == {'get'}
    assert set(doc['paths']['/rpc/homes_above']) == {'get', 'post'} and set(doc['paths']['/rpc/say_status']) == {'post'}
    get = doc['paths']['/homes']['get']
    assert (get['tags'], get['summary'], get['description']) == (['homes'], 'Homes', 'What is for sale, and what was.')
    refs = {p['$ref'] for p in get['parameters']}
    assert {'#/parameters/rowFilter.homes.id', '#/parameters/rowFilter.homes.title', '#/parameters/select', '#/parameters/order',
            '#/parameters/range', '#/parameters/limit', '#/parameters/offset', '#/parameters/preferCount'} <= refs
    assert {p['$ref'] for p in doc['paths']['/homes']['post']['parameters']} >= {'#/parameters/body.homes', '#/parameters/select'}
    assert get['responses']['200']['schema']['items']['$ref'] == '#/definitions/homes' and '206' in get['responses']


def test_parameters(doc):
    """Every reference leads somewhere."""
    price = doc['parameters']['rowFilter.homes.price']
    assert (price['name'], price['in'], price['type'], price['description']) == ('price', 'query', 'string', 'In whole money')
    assert doc['parameters']['body.homes']['schema'] == {'$ref': '#/definitions/homes'}

    def refs(node):
        if isinstance(node, dict):
            if isinstance(node.get('$ref'), str):
                yield node['$ref']
            for value in node.values():
                yield from refs(value)
        elif isinstance(node, list):
            for value in node:
                yield from refs(value)

    for ref in set(refs(doc)):
        _, kind, name = ref.split('/', 2)
        assert name in doc[kind], ref


def test_definitions(doc):
    homes = doc['definitions']['homes']
    assert homes['type'] == 'object' and set(homes['required']) == {'id', 'title', 'status'}
    assert homes['description'] == 'Homes\nWhat is for sale, and what was.'
    columns = homes['properties']
    assert columns['id'] == {'format': 'integer', 'type': 'integer', 'description': 'Note:\nThis is a Primary Key.<pk/>'}
    assert columns['agent_id'] == {'format': 'integer', 'type': 'integer',
                                   'description': "Note:\nThis is a Foreign Key to `agents.id`.<fk table='agents' column='id'/>"}
    assert columns['price'] == {'format': 'numeric', 'type': 'number', 'description': 'In whole money'}
    assert columns['status']['enum'] == ['draft', 'active', 'sold'] and columns['status']['type'] == 'string'
    assert columns['status']['format'] == 'test.home_status' and columns['status']['default'] == 'draft'
    assert columns['tags'] == {'format': 'text[]', 'type': 'array', 'items': {'type': 'string'}}
    assert columns['open']['items'] == {'type': 'integer'} and columns['heated'] == {'format': 'boolean', 'type': 'boolean'}
    assert columns['details']['format'] == 'jsonb' and columns['listed'] == {'format': 'timestamp with time zone', 'type': 'string'}
    types = doc['definitions']['all_types']['properties']
    assert types['vc'] == {'format': 'character varying', 'type': 'string', 'maxLength': 20}
    assert types['d'] == {'format': 'double precision', 'type': 'number'} and types['big'] == {'format': 'bigint', 'type': 'integer'}


def test_functions(doc):
    get = doc['paths']['/rpc/homes_above']['get']
    assert get['tags'] == ['(rpc) homes_above']
    lowest = [p for p in get['parameters'] if p.get('name') == 'lowest'][0]
    assert (lowest['in'], lowest['required'], lowest['type'], lowest['format']) == ('query', True, 'number', 'numeric')
    body = [p for p in doc['paths']['/rpc/homes_above']['post']['parameters'] if p.get('in') == 'body'][0]
    assert body['schema']['required'] == ['lowest'] and body['schema']['properties']['lowest'] == {'format': 'numeric', 'type': 'number'}


def test_the_document_follows_privileges(api, doc):
    assert '/authors_only' not in doc['paths'] and '/nobody_only' not in doc['paths'] and '/rpc/author_fn' not in doc['paths']
    assert '/partly' in doc['paths']
    authors = api.get('/', bearer('web_author')).json()
    assert '/authors_only' in authors['paths'] and '/rpc/author_fn' in authors['paths'] and '/nobody_only' not in authors['paths']


def test_or_ignores_them(profiles):
    doc = profiles.get('/', {'Accept-Profile': 'test'}).json()
    assert {'/authors_only', '/nobody_only', '/rpc/author_fn'} <= set(doc['paths'])
    assert (doc['host'], doc['basePath'], doc['schemes']) == ('api.example.com', '/base', ['https'])
    assert 'JWT' in doc['securityDefinitions'] and doc['security'] == [{'JWT': []}]


def test_the_document_of_a_profile(profiles):
    assert set(profiles.get('/').json()['definitions']) == {'parents', 'children'}
    answer = profiles.get('/', {'Accept-Profile': 'v2'})
    assert set(answer.json()['definitions']) == {'parents', 'children', 'extras'} and answer['Content-Profile'] == 'v2'
    error(profiles.get('/', {'Accept-Profile': 'v3'}), 406, 'PGRST106')
