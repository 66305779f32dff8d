"""POST /$batch: several requests in one transaction, with references to earlier results, all or nothing."""
import pytest

from restkit import JSON, bearer

REP = {'Prefer': 'return=representation'}


@pytest.fixture(scope='module')
def api(rest):
    """A server that commits; each test takes away what it made."""
    return rest()


@pytest.fixture(autouse=True)
def tidy(database):
    yield
    database.query('delete from test.repairs where id >= 7000; delete from test.bikes where id >= 7000; '
                   'delete from test.parts where id >= 7000; delete from test.only_key where id >= 7000')


def batch(api, requests, **more):
    return api.post('/$batch', {'requests': requests}, **more)


def done(answer):
    assert answer.status == 200 and answer['Content-Type'] == JSON, repr(answer)
    found = answer.json()
    assert set(found) == {'responses'}, repr(answer)
    return found['responses']


def failed(answer, status, code, request):
    assert answer.status == status, repr(answer)
    found = answer.json()
    assert set(found) == {'code', 'details', 'hint', 'message', 'request'} and found['code'] == code, repr(answer)
    assert str(found['request']) == str(request), repr(answer)
    return found


def test_requests_are_answered_in_their_order(api):
    answers = done(batch(api, [
        {'id': 'a', 'method': 'POST', 'path': '/only_key?select=id', 'headers': REP, 'body': {'id': 7001}},
        {'id': 'b', 'method': 'GET', 'path': '/only_key?id=gte.7000&select=id'},
        {'id': 'c', 'method': 'DELETE', 'path': '/only_key?id=eq.7001'},
        {'id': 'd', 'method': 'GET', 'path': '/only_key?id=gte.7000'},
    ]))
    assert [(a['id'], a['status']) for a in answers] == [('a', 201), ('b', 200), ('c', 204), ('d', 200)]
    assert [a.get('body') for a in answers] == [[{'id': 7001}], [{'id': 7001}], None, []]
    heads = [{name.lower(): value for name, value in a['headers'].items()} for a in answers]
    assert heads[0]['preference-applied'] == 'return=representation' and heads[0]['content-range'] == '*/*'
    assert heads[1]['content-type'] == JSON and heads[1]['content-range'] == '0-0/*'


def test_a_bare_array_will_do_and_ids_are_the_positions(api):
    answers = done(api.post('/$batch', [{'method': 'POST', 'path': '/only_key', 'body': {'id': 7001}},
                                        {'path': '/only_key?id=eq.7001', 'method': 'GET'}]))
    assert [a['status'] for a in answers] == [201, 200] and [str(a['id']) for a in answers] == ['0', '1']
    assert answers[1]['body'] == [{'id': 7001}]


def test_an_empty_batch_does_nothing(api):
    assert done(batch(api, [])) == []


def test_bodies_refer_to_earlier_results(api):
    answers = done(batch(api, [
        {'id': 'bike', 'method': 'POST', 'path': '/bikes?select=id,owner', 'headers': REP,
         'body': {'id': 7001, 'owner': 'Tom', 'price': 5}},
        {'id': 'work', 'method': 'POST', 'path': '/repairs?select=id,work,bike_id', 'headers': REP,
         'body': [{'id': 7001, 'bike_id': {'$ref': 'bike.0.id'}, 'work': 'x'},
                  {'id': 7002, 'bike_id': {'$ref': 'bike.0.id'}, 'work': {'$ref': 'bike.0.owner'}}]},
        {'id': 'sum', 'method': 'POST', 'path': '/rpc/add_up', 'body': {'a': {'$ref': 'work.1.id'}, 'b': 1}},
        {'id': 'last', 'method': 'POST', 'path': '/rpc/kind_of_json', 'body': {'val': {'$ref': 'work.0'}}},
    ]))
    assert [a['status'] for a in answers] == [201, 201, 200, 200]
    assert answers[1]['body'] == [{'id': 7001, 'work': 'x', 'bike_id': 7001}, {'id': 7002, 'work': 'Tom', 'bike_id': 7001}]
    assert answers[2]['body'] == 7003 and answers[3]['body'] == 'object'


def test_paths_refer_to_earlier_results(api):
    answers = done(batch(api, [
        {'id': 'a', 'method': 'POST', 'path': '/parts?select=id,name', 'headers': REP, 'body': {'id': 7001, 'name': 'nut & bolt, "7"'}},
        {'id': 'b', 'method': 'GET', 'path': '/parts?id=eq.{{a.0.id}}&select=name'},
        {'id': 'c', 'method': 'GET', 'path': '/parts?name=eq.{{a.0.name}}&select=id'},
        {'id': 'd', 'method': 'PATCH', 'path': '/parts?id=eq.{{a.0.id}}&select=note', 'headers': REP,
         'body': {'note': {'$ref': 'c.0.id'}}},
    ]))
    assert [a['body'] for a in answers[1:]] == [[{'name': 'nut & bolt, "7"'}], [{'id': 7001}], [{'note': '7001'}]]


@pytest.mark.parametrize('second, status, code', [
    ({'method': 'POST', 'path': '/only_key', 'body': {'id': 1}}, 409, '23505'),
    ({'method': 'POST', 'path': '/parts', 'body': {'id': 7002, 'name': None}}, 400, '23502'),
    ({'method': 'GET', 'path': '/nothing'}, 404, 'PGRST205'),
    ({'method': 'GET', 'path': '/parts?id=1'}, 400, 'PGRST100'),
    ({'method': 'PUT', 'path': '/only_key?id=eq.1', 'body': {'id': 2}}, 400, 'PGRST115'),
    ({'method': 'POST', 'path': '/rpc/fail_payment', 'body': {}}, 402, 'PT402'),
    ({'method': 'GET', 'path': '/parts', 'headers': {'Accept': 'application/vnd.pgrst.object+json'}}, 406, 'PGRST116'),
    ({'method': 'DELETE', 'path': '/repairs', 'headers': {'Prefer': 'handling=strict, max-affected=1'}}, 400, 'PGRST124'),
    ({'method': 'PATCH', 'path': '/parts?id=eq.1', 'body': {'nope': 1}}, 400, 'PGRST204'),
    ({'method': 'GET', 'path': '/half_open?select=hidden'}, 401, '42501'),
])
def test_any_failure_undoes_everything_and_names_the_request(api, second, status, code):
    first = {'id': 'first', 'method': 'POST', 'path': '/only_key', 'body': {'id': 7001}}
    failed(batch(api, [first, second | {'id': 'second'}]), status, code, 'second')
    failed(batch(api, [{k: v for k, v in first.items() if k != 'id'}, second]), status, code, 1)
    failed(batch(api, [second | {'id': 'x'}, first]), status, code, 'x')
    assert api.rows('/only_key?id=eq.7001') == []


@pytest.mark.parametrize('body', [{'id': {'$ref': 'nobody.0.id'}}, {'id': {'$ref': 'first.5.id'}}, {'id': {'$ref': 'first.0.nothing'}},
                                  {'id': {'$ref': 'second.0.id'}}, {'id': {'$ref': ''}}, {'id': {'$ref': 5}}])
def test_a_reference_to_what_is_not_there_is_refused(api, body):
    answer = batch(api, [{'id': 'first', 'method': 'POST', 'path': '/only_key', 'headers': REP, 'body': {'id': 7001}},
                         {'id': 'second', 'method': 'POST', 'path': '/only_key', 'body': body}])
    assert answer.status == 400 and str(answer.json()['request']) == 'second', repr(answer)
    assert api.rows('/only_key?id=gte.7000') == []


def test_a_reference_in_a_path_to_what_is_not_there_is_refused(api):
    for path in ('/parts?id=eq.{{nobody.0.id}}', '/parts?id=eq.{{first.0.x}}', '/parts?id=eq.{{first.0.id', '/parts?id=eq.{{}}'):
        answer = batch(api, [{'id': 'first', 'method': 'POST', 'path': '/only_key', 'headers': REP, 'body': {'id': 7001}},
                             {'id': 'second', 'method': 'GET', 'path': path}])
        assert answer.status == 400 and str(answer.json()['request']) == 'second', repr(answer)
    assert api.rows('/only_key?id=gte.7000') == []


def test_a_reference_is_a_value_and_never_more_of_the_path(api):
    answers = done(batch(api, [
        {'id': 'a', 'method': 'POST', 'path': '/parts?select=name', 'headers': REP, 'body': {'id': 7001, 'name': 'x&id=eq.1'}},
        {'id': 'b', 'method': 'GET', 'path': '/parts?name=eq.{{a.0.name}}&select=id'},
    ]))
    assert answers[1]['body'] == [{'id': 7001}]


@pytest.mark.parametrize('body', [5, 'text', None, {}, {'requests': 5}, {'requests': [5]}, [{}], [{'method': 'GET'}],
                                  [{'path': '/parts'}],
                                  [{'method': 'FETCH', 'path': '/parts'}], [{'method': 'GET', 'path': 'parts'}],
                                  [{'method': 'GET', 'path': 5}],
                                  [{'method': 'GET', 'path': '/parts', 'headers': 5}],
                                  [{'method': 'GET', 'path': '/parts', 'headers': {'Prefer': 5}}],
                                  [{'method': 'POST', 'path': '/$batch', 'body': []}],
                                  [{'id': 'a', 'method': 'GET', 'path': '/parts'}, {'id': 'a', 'method': 'GET', 'path': '/parts'}]])
def test_what_is_no_batch_is_refused(api, body):
    answer = api.post('/$batch', body) if body is not None else api.post('/$batch', body='null',
                                                                         headers={'Content-Type': 'application/json'})
    assert 400 <= answer.status < 500 and answer.json()['message'], repr(answer)


@pytest.mark.parametrize('body', ['', '[', '}{'])
def test_a_batch_that_is_no_json_is_refused(api, body):
    answer = api.post('/$batch', body=body, headers={'Content-Type': 'application/json'})
    assert answer.status == 400 and answer.json()['code'] == 'PGRST102', repr(answer)


def test_at_most_a_hundred_requests(api):
    one = {'method': 'GET', 'path': '/only_key?id=eq.1'}
    assert len(done(batch(api, [one] * 100))) == 100
    answer = batch(api, [one] * 101)
    assert answer.status in (400, 413) and '100' in answer.text, repr(answer)


def test_other_verbs_are_405(api):
    for method in ('GET', 'DELETE', 'PATCH'):
        assert api(method, '/$batch').status == 405


def test_the_caller_is_the_same_for_all_of_them(api):
    answers = done(batch(api, [{'method': 'GET', 'path': '/rpc/whoami'}, {'method': 'GET', 'path': '/secrets?select=text'}],
                         headers=bearer('web_author', sub='ann')))
    assert [a['body'] for a in answers] == ['web_author', [{'text': 'of ann'}]]
    answers = done(batch(api, [{'method': 'GET', 'path': '/rpc/whoami', 'headers': bearer('web_author', sub='ann')}]))
    assert answers[0]['body'] == 'web_anon'  # a part brings no login of its own


def test_a_batch_may_be_rolled_back(api):
    answer = batch(api, [{'id': 'a', 'method': 'POST', 'path': '/only_key', 'headers': REP, 'body': {'id': 7001}}], prefer='tx=rollback')
    assert done(answer)[0]['body'] == [{'id': 7001}] and api.rows('/only_key?id=eq.7001') == []


def test_parts_choose_their_media_type(api):
    answers = done(batch(api, [{'method': 'GET', 'path': '/parts?id=eq.1&select=id',
                                'headers': {'accept': 'application/vnd.pgrst.object+json'}},
                               {'method': 'GET', 'path': '/parts?id=lt.3&select=id&order=id', 'headers': {'Accept': 'text/csv'}}]))
    assert answers[0]['body'] == {'id': 1} and answers[1]['body'] == 'id\n1\n2'


def test_functions_that_write_see_what_came_before(api, database):
    answers = done(batch(api, [{'method': 'POST', 'path': '/rpc/note', 'body': {'entry': 'batched'}},
                               {'method': 'GET', 'path': '/logbook?entry=eq.batched&select=entry'},
                               {'method': 'DELETE', 'path': '/logbook?entry=eq.batched'}]))
    assert answers[1]['body'] == [{'entry': 'batched'}] and database.one("select count(*) from test.logbook where entry = 'batched'") == 0
