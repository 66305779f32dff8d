"""Content negotiation: what Accept asks for and what comes (rest-dialect 1.9)."""
import csv, io, json, re

import pytest

from restkit import JSON, OBJECT, STRIPPED, error

OBJECT_TYPE = 'application/vnd.pgrst.object+json; charset=utf-8'
CSV = 'text/csv; charset=utf-8'

CHOICES = [
    (None, JSON), ('application/json', JSON), ('*/*', JSON), ('application/*', JSON), ('application/json; charset=utf-8', JSON),
    ('text/unknown, */*', JSON), ('text/html, application/xhtml+xml, application/xml;q=0.9, image/webp, */*;q=0.8', JSON),
    ('text/csv', CSV), ('text/csv; version=1', CSV), ('text/csv, */*', CSV), ('text/csv, application/json', CSV),
    ('application/json, text/csv', JSON), ('text/unknown, text/csv', CSV), ('text/csv;q=0.5, application/json;q=0.9', JSON),
    ('application/json;q=0.1, text/csv;q=0.2', CSV), ('application/json;q=0, text/csv', CSV), ('TEXT/CSV', CSV),
    ('text/unknown;q=1, text/csv;q=0.1', CSV), (OBJECT, OBJECT_TYPE), ('application/vnd.pgrst.object', OBJECT_TYPE),
    (OBJECT + ', application/json', OBJECT_TYPE), ('application/vnd.pgrst.array+json', JSON),
]


@pytest.mark.parametrize('accept, wanted', CHOICES, ids=[str(c[0]) for c in CHOICES])
def test_the_best_of_what_is_accepted(api, accept, wanted):
    answer = api.get('/features?id=eq.1', {'Accept': accept} if accept else {})
    assert (answer.status, answer['Content-Type']) == (200, wanted), repr(answer)


@pytest.mark.parametrize('accept', [
    'text/unknown', 'application/xml', 'image/png', 'application/octet-stream', 'text/unknown, image/jpeg', 'application/openapi+json',
])
def test_nothing_acceptable(api, accept):
    answer = api.get('/features', accept=accept)
    error(answer, 406, 'PGRST107', f'None of these media types are available: {accept}', None, None)


@pytest.mark.parametrize('accept', [
    '', ',', ';;;', '/', 'application', ';q=1', 'application/json;q=abc', 'a/b;' * 200, '*/json', 'text/csv;q=1.0000000',
    'application/json, ' * 100, '"',
])
def test_odd_accept_headers_do_no_harm(api, accept):
    assert api.get('/features?id=eq.1', accept=accept).status in (200, 400, 406)


def test_one_object(api):
    answer = api.get('/features?id=eq.1', accept=OBJECT)
    assert (answer.status, answer['Content-Type'], answer.text) == (200, OBJECT_TYPE, '{"id":1,"name":"sauna"}')
    assert answer['Content-Range'] == '0-0/*' and answer['Content-Length'] == '23'
    answer = api.get('/homes?id=eq.1&select=id,visits(id)&visits.order=id', accept=OBJECT)
    assert answer.json() == {'id': 1, 'visits': [{'id': 1}, {'id': 2}]}
    assert api.get('/rpc/homes_above?lowest=1000000&select=id', accept=OBJECT).json() == {'id': 4}
    assert api.head('/features?id=eq.1', accept=OBJECT).status == 200


@pytest.mark.parametrize('path, rows', [
    ('/features?id=eq.99', 0), ('/features', 4), ('/vacant', 0), ('/numbered?id=lt.3', 2), ('/rpc/homes_above?lowest=300000', 2),
])
def test_not_one_object(api, path, rows):
    error(api.get(path, accept=OBJECT), 406, 'PGRST116', 'Cannot coerce the result to a single JSON object',
          f'The result contains {rows} rows', None)


def test_without_nulls(api):
    answer = api.get('/homes?select=id,price,details,agents!agent_id(name)&id=eq.5', accept=STRIPPED)
    assert (answer.status, answer['Content-Type']) == (200, 'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8')
    assert answer.json() == [{'id': 5, 'details': {}}]
    answer = api.get('/agencies?select=id,agents(name,email,hired)&id=eq.2&agents.order=id', accept=STRIPPED)
    assert answer.json() == [{'id': 2, 'agents': [{'name': 'Cy', 'email': 'cy@harbour.test', 'hired': '2016-02-29'}, {'name': 'Dee'}]}]
    assert api.get('/unkeyed?a=is.null', accept=STRIPPED).json() == [{}]
    assert api.get('/vacant', accept=STRIPPED).json() == []
    answer = api.get('/agents?select=name,email&id=eq.4', accept=OBJECT + ';nulls=stripped')
    assert (answer['Content-Type'], answer.json()) == ('application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8', {'name': 'Dee'})
    assert api.get('/agents?select=name,email', accept=OBJECT + ';nulls=stripped').status == 406
    assert api.get('/agents?select=name,email&id=eq.4', accept='application/vnd.pgrst.array;nulls=stripped').json() == [{'name': 'Dee'}]


def test_csv(api):
    answer = api.get('/features?order=id&limit=2', accept='text/csv')
    assert (answer.status, answer['Content-Type'], answer.text) == (200, CSV, 'id,name\n1,sauna\n2,pool')
    assert answer['Content-Range'] == '0-1/*'
    assert api.get('/homes?select=title,price,heated&order=id&id=in.(4,5)',
                   accept='text/csv').text == 'title,price,heated\n"White villa, by the sea",1200000.00,t\nGrey box,,'
    assert api.get('/features?select=name&id=eq.99', accept='text/csv').text == 'name'
    assert api.get('/vacant', accept='text/csv').text == 'id,name'
    assert api.get('/features?order=id&limit=2', accept='text/csv', prefer='count=exact')['Content-Range'] == '0-1/4'


def test_csv_quotes_what_needs_it(api):
    text = api.get('/words?order=word', accept='text/csv').text
    assert sorted(row[0] for row in list(csv.reader(io.StringIO(text)))[1:]) == sorted(row['word'] for row in api.rows('/words'))
    answer = api.get('/all_types?select=t,ints,texts,jb,size&id=eq.1', accept='text/csv')
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ['t', 'ints', 'texts', 'jb', 'size']
    assert rows[1][0] == 'line\none "quoted" \\ tab\t æøå 😀' and rows[1][1] == '{1,NULL,3}'
    assert json.loads(rows[1][3]) == {'a': [1, 2], 'b': 1} and rows[1][4] == '(1,2)'
    answer = api.get('/Odd Name?select="a,b","q\\"q"&id=eq.1', accept='text/csv')
    assert list(csv.reader(io.StringIO(answer.text))) == [['a,b', 'q"q'], ['comma', 'quote']]


def test_csv_of_embeds_holds_json(api):
    rows = list(csv.reader(io.StringIO(api.get('/homes?select=id,visits(id)&order=id&limit=1&visits.order=id', accept='text/csv').text)))
    assert rows[0] == ['id', 'visits'] and json.loads(rows[1][1]) == [{'id': 1}, {'id': 2}]


def test_geojson_is_made_by_the_function_of_postgis(api):
    answer = api.get('/sites?order=id', accept='application/geo+json')
    assert (answer.status, answer['Content-Type']) == (200, 'application/geo+json; charset=utf-8')
    assert answer.json() == {'type': 'FeatureCollection', 'features': [
        {'type': 'Feature', 'geometry': {'type': 'Point', 'coordinates': [1, 2]},
         'properties': {'id': 1, 'name': 'pier'}}, {'type': 'Feature', 'geometry': None, 'properties': {'id': 2, 'name': 'nowhere'}}]}
    assert api.get('/sites?id=eq.99', accept='application/geo+json').json() == {'type': 'FeatureCollection', 'features': []}
    assert api.get('/sites?select=id,place&id=eq.1', accept='application/geo+json').json()['features'][0]['properties'] == {'id': 1}


# Handlers

def test_a_handler_for_any_table(api):
    answer = api.get('/features?order=id&id=lte.2', accept='text/tab-separated-values')
    assert (answer.status, answer['Content-Type'], answer.text) == (200, 'text/tab-separated-values', '1\tsauna\n2\tpool\n')
    assert api.get('/features?select=name,id&id=eq.1', accept='text/tab-separated-values').text == 'sauna\t1\n'
    assert api.get('/features?select=name&id=eq.1', accept='text/tab-separated-values, application/json').text == 'sauna\n'
    assert api.get('/rpc/homes_above?lowest=300000&select=id,title&order=id',
                   accept='text/tab-separated-values').text == '3\tGreen farm\n4\tWhite villa, by the sea\n'


def test_a_handler_for_one_table(api):
    answer = api.get('/numbered?order=id&limit=3', accept='application/vnd.numbered')
    assert (answer.status, answer['Content-Type'], answer.body) == (200, 'application/vnd.numbered', b'\xff\x001;2;3;')
    assert answer['Content-Length'] == '8'
    assert api.get('/numbered?id=eq.7', accept='application/vnd.numbered').body == b'\xff\x007;'
    for path in ('/features', '/numbered?select=minus_id', '/numbered?select=id'):
        assert api.get(path, accept='application/vnd.numbered').status == 406


def test_handlers_in_place_of_built_in_ones(api):
    answer = api.get('/own_json', accept='application/json')
    assert (answer.status, answer['Content-Type'], answer.json()) == (200, JSON, {'own': 'json'})
    answer = api.get('/own_csv?order=id', accept='text/csv')
    assert (answer.status, answer['Content-Type'], answer.text) == (200, CSV, '\ufeffid;name\n1;one\n2;two\n')
    assert answer['Content-Disposition'] == 'attachment; filename="own.csv"'
    assert api.get('/own_json', accept=OBJECT).json() == {'id': 1}
    assert api.get('/features?id=eq.1').json() == [{'id': 1, 'name': 'sauna'}]


def test_handlers_that_are_functions(api):
    for accept in ('image/png', 'image/png, */*', 'text/html, application/xhtml+xml, application/xml;q=0.9, image/png, */*;q=0.8'):
        answer = api.get('/rpc/media_picture', accept=accept)
        assert (answer.status, answer['Content-Type'], answer.body) == (200, 'image/png', b'\x89PNG\r\n\x1a\n\x00\xff')
        assert answer['Content-Length'] == '10'
    answer = api.get('/rpc/media_page', accept='text/html')
    assert (answer['Content-Type'], answer.text) == ('text/html', '<h1>Homes</h1>')
    answer = api.get('/rpc/media_plain', accept='text/plain')
    assert (answer['Content-Type'], answer.text) == ('text/plain; charset=utf-8', 'just text, æøå')
    answer = api.get('/rpc/media_xml', accept='text/xml')
    assert (answer['Content-Type'], answer.text) == ('text/xml; charset=utf-8', '<home id="1"/>')
    answer = api.get('/rpc/media_bytes', accept='application/octet-stream')
    assert (answer['Content-Type'], answer.body) == ('application/octet-stream', b'\x00\xff\x10')
    for path, accept in (('/rpc/media_page', 'text/plain'), ('/rpc/media_picture', 'text/xml'), ('/rpc/media_twice', 'text/plain'),
                         ('/rpc/homes_above?lowest=0', 'application/octet-stream')):
        error(api.get(path, accept=accept), 406, 'PGRST107', f'None of these media types are available: {accept}')


def test_a_handler_for_anything(api):
    for accept in ('*/*', 'app/bingo', 'text/bango', 'image/boingo'):
        answer = api.get('/rpc/media_any', accept=accept)
        assert (answer.status, answer['Content-Type'], answer.text) == (200, 'application/octet-stream', 'any')
    for accept, kind, text in (('*/*', 'app/chess', 'rook'), ('app/chess', 'app/chess', 'rook'), ('app/go', 'app/go', 'stone')):
        answer = api.post('/rpc/media_some', {}, accept=accept)
        assert (answer.status, answer['Content-Type'], answer.text) == (200, kind, text)
    answer = api.post('/rpc/media_some', {}, accept='app/checkers')
    assert answer.status == 415 and answer.json()['code'] == 'PT415'


# Plans

def test_plans(api):
    answer = api.get('/homes?id=eq.1', accept='application/vnd.pgrst.plan+json')
    assert answer.status == 200 and answer['Content-Type'].startswith('application/vnd.pgrst.plan+json')
    assert answer['Content-Type'].endswith('; charset=utf-8')
    assert answer.json()[0]['Plan']['Total Cost'] > 0
    for accept in ('application/vnd.pgrst.plan', 'application/vnd.pgrst.plan+text'):
        answer = api.get('/homes?id=eq.1', accept=accept)
        assert answer.status == 200 and answer['Content-Type'].startswith('application/vnd.pgrst.plan+text')
        assert re.search(r'cost=\d', answer.text) and 'homes' in answer.text
    assert api.get('/rpc/homes_above?lowest=0', accept='application/vnd.pgrst.plan+json').json()[0]['Plan']
    assert api.get('/homes?select=id,visits(id)', accept='application/vnd.pgrst.plan+json').status == 200


def test_the_options_of_plans(api):
    def plan(options):
        answer = api.get('/homes?id=gt.2', accept=f'application/vnd.pgrst.plan+json; options={options}')
        assert answer.status == 200 and f'options={options}' in answer['Content-Type'], repr(answer)
        return answer.json()[0]

    assert 'Execution Time' in plan('analyze') and 'Execution Time' not in plan('verbose')
    assert 'Output' in plan('verbose')['Plan']
    assert 'search_path' in plan('settings')['Settings']
    assert 'Shared Hit Blocks' in json.dumps(plan('analyze|buffers'))
    assert 'WAL Records' in json.dumps(plan('analyze|wal'))
    both = plan('analyze|verbose|settings|buffers|wal')
    assert 'Execution Time' in both and 'Settings' in both


@pytest.mark.parametrize('kind', ['application/json', 'application/vnd.pgrst.object+json', 'text/csv'])
def test_a_plan_for_a_media_type(api, kind):
    answer = api.get('/homes?id=eq.1', accept=f'application/vnd.pgrst.plan+json; for="{kind}"; options=verbose')
    assert answer.status == 200 and f'for="{kind}"' in answer['Content-Type'], repr(answer)


def test_no_plans_unless_allowed(plain):
    for path in ('/homes', '/rpc/homes_above?lowest=0'):
        answer = plain.get(path, accept='application/vnd.pgrst.plan')
        error(answer, 406, 'PGRST107')


def test_a_plan_does_not_run_what_it_explains(api):
    answer = api.get('/divided', accept='application/vnd.pgrst.plan+json')
    assert answer.status == 200
    assert api.get('/divided', accept='application/vnd.pgrst.plan+json; options=analyze').status == 400
