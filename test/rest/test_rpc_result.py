"""What functions answer: scalars, rows, sets; filters, pages and embeds on them; what they say about the answer (facts 1.8)."""
import pytest

from restkit import JSON, OBJECT, elapsed, error

REP = 'return=representation'


def said(answer, value):
    assert answer.status == 200 and answer['Content-Type'] == JSON, repr(answer)
    assert answer.json() == value, repr(answer)


AURORA = {'id': 1, 'name': 'Aurora', 'port_id': 1, 'tons': 120, 'built': '1901-02-03'}


@pytest.mark.parametrize('path, text', [
    ('add_up?a=1&b=2', '3'), ('greet?name=x', '"Hello, x"'), ('nothing_known', 'null'), ('an_array', '[1,2,3]'),
    ('a_range?low=10&up=20', '"[10,20)"'),
    ('a_rank?val=mate', '"mate"'), ('a_small?val=8', '8'), ('a_boolean?val=f', 'false'), ('a_moment', '"2020-02-03T04:05:06.5"'),
    ('a_json?val={"a":%20[1]}', '{"a": [1]}'), ('count_to?n=3', '[1,2,3]'), ('count_to?n=0', '[]'), ('nobody', '[]'),
    ('one_ship?id=1&select=id', '{"id":1}'),
    ('ships_of?port=1&select=id', '[{"id":1},{"id":2}]'), ('only_row?id=1&select=id', '[{"id":1}]'), ('a_point', '{"x":10,"y":5}'),
    ('a_point_domain', '{"x":1,"y":2}'), ('points', '[{"x":1,"y":2},{"x":3,"y":4}]'), ('labels?n=1', '[{"id":1,"label":"label 1"}]'),
    ('one_column', '[{"label":"A"}]'), ('one_out?num=5', '{"plus_one":6}'), ('one_inout?num=5', '{"num":6}'),
    ('many_inout?num=1&word=two&flag=false', '{"num":1,"word":"two","flag":false}'),
    ('many_inout?num=1&word=two', '{"num":1,"word":"two","flag":true}'),
    ('a_record', '{"id":1,"name":"Aurora"}'), ('records', '[{"id":1,"name":"Aurora"},{"id":2,"name":"Borealis"}]'),
    ('same_name', '[{"same_name":"hello","value":1}]'),
])
def test_the_form_of_the_answer_follows_the_function(api, path, text):
    answer = api.get(f'/rpc/{path}', raw='%' in path)
    assert (answer.status, answer.text, answer['Content-Type']) == (200, text, JSON), repr(answer)
    assert answer['Content-Length'] == str(len(text))


def test_post_answers_as_get_does(api):
    for path, body in (('add_up', {'a': 1}), ('count_to', {'n': 2}), ('one_ship', {'id': 1}), ('ships_of', {'port': 2}),
                       ('a_record', {}), ('many_out', {})):
        query = '&'.join(f'{k}={v}' for k, v in body.items())
        assert api.post(f'/rpc/{path}', body).text == api.get(f'/rpc/{path}?{query}').text


def test_a_row_of_a_table_is_an_object(api):
    said(api.get('/rpc/one_ship?id=1'), AURORA)
    said(api.post('/rpc/only_row', {'id': 1}), [AURORA])


def test_many_out_parameters(api):
    said(api.get('/rpc/many_out'), {'num': 3, 'word': 'four', 'obj': {'a': 1}})


def test_void_is_204(api):
    for answer in (api.get('/rpc/nothing'), api.post('/rpc/nothing', {}), api.post('/rpc/nothing', {}, prefer='count=exact')):
        assert (answer.status, answer.body, answer['Content-Type'], answer['Content-Length']) == (204, b'', None, None), repr(answer)


def test_head_is_get_without_its_body(api):
    for path in ('/rpc/ships_of?port=1', '/rpc/add_up?a=1'):
        got, head = api.get(path), api.head(path)
        assert (head.status, head.body, head['Content-Type'], head['Content-Range']) == (200, b'', got['Content-Type'],
                                                                                         got['Content-Range'])


# As on a table

def test_filters_select_and_order_work_on_rows(api):
    for answer in (api.get('/rpc/all_ships?id=gt.1&tons=lt.400&select=id&order=tons.desc'),
                   api.post('/rpc/all_ships?id=gt.1&tons=lt.400&select=id&order=tons.desc', {})):
        said(answer, [{'id': 2}, {'id': 3}])
    said(api.get('/rpc/all_ships?or=(id.eq.1,name.eq.Draco)&select=nr:id::text,tons_of&order=id'),
         [{'nr': '1', 'tons_of': 120}, {'nr': '4', 'tons_of': 500}])
    said(api.get('/rpc/labels?n=9&id=gte.8&select=label'), [{'label': 'label 8'}, {'label': 'label 9'}])
    said(api.get('/rpc/points?x=gt.1'), [{'x': 3, 'y': 4}])
    said(api.get('/rpc/ships_of?port=1&port_id=eq.1&select=count()'), [{'count': 2}])


def test_a_filter_may_be_on_what_is_not_selected(api):
    said(api.get('/rpc/all_ships?tons=eq.90&select=name'), [{'name': 'Corona'}])


def test_a_name_that_is_an_argument_is_one(api):
    said(api.get('/rpc/one_ship?id=1&select=name'), {'name': 'Aurora'})
    error(api.get('/rpc/one_ship?id=eq.1'), 400, '22P02')


def test_pages_of_a_set(api):
    for answer in (api.get('/rpc/all_ships?select=id&limit=2&offset=1'), api.post('/rpc/all_ships?select=id&limit=2&offset=1', {}),
                   api.get('/rpc/all_ships?select=id', {'Range-Unit': 'items', 'Range': '1-2'})):
        said(answer, [{'id': 2}, {'id': 3}])
        assert answer['Content-Range'] == '1-2/*'
    said(api.get('/rpc/count_to?n=5&limit=2&offset=3'), [4, 5])


def test_a_range_counts_for_get_only(api):
    wide = {'Range-Unit': 'items', 'Range': '1-1'}
    answer = api.post('/rpc/all_ships?select=id', {}, wide, prefer='count=exact')
    assert (len(answer.json()), answer['Content-Range']) == (4, '0-3/4')
    assert api.head('/rpc/all_ships', wide, prefer='count=exact')['Content-Range'] == '0-3/4'


def test_counts_of_a_set(api):
    for answer in (api.get('/rpc/all_ships?limit=1&offset=1', prefer='count=exact'),
                   api.post('/rpc/all_ships?limit=1&offset=1', {}, prefer='count=exact')):
        assert (answer.status, answer['Content-Range'], answer['Preference-Applied']) == (206, '1-1/4', 'count=exact'), repr(answer)
    assert api.get('/rpc/add_up?a=1', prefer='count=exact')['Content-Range'] == '0-0/1'
    assert api.get('/rpc/a_point', prefer='count=exact')['Content-Range'] == '0-0/1'
    assert api.get('/rpc/nobody', prefer='count=exact')['Content-Range'] == '*/0'
    error(api.get('/rpc/all_ships?offset=10', prefer='count=exact'), 416, 'PGRST103')


def test_max_rows_caps_a_set(rest):
    capped = rest(PGRST_DB_MAX_ROWS='2', PGRST_DB_TX_END='rollback-allow-override')
    for answer in (capped.get('/rpc/all_ships?select=id'), capped.post('/rpc/all_ships?select=id', {}),
                   capped.get('/rpc/all_ships?select=id&limit=3')):
        said(answer, [{'id': 1}, {'id': 2}])
    assert capped.get('/rpc/count_to?n=9').json() == [1, 2]
    assert capped.get('/rpc/all_ships', prefer='count=exact')['Content-Range'] == '0-1/4'
    assert capped.get('/rpc/an_array').json() == [1, 2, 3]


def test_rows_embed_what_they_refer_to(api):
    for answer in (api.get('/rpc/ships_of?port=1&select=name,port:ports(name),sailors(name)&sailors.order=name&order=id'),
                   api.post('/rpc/ships_of?select=name,port:ports(name),sailors(name)&sailors.order=name&order=id', {'port': 1})):
        said(answer, [{'name': 'Aurora', 'port': {'name': 'Bergen'}, 'sailors': [{'name': 'Ada'}, {'name': 'Ben'}]},
                      {'name': 'Borealis', 'port': {'name': 'Bergen'}, 'sailors': [{'name': 'Ben'}]}])
    said(api.get('/rpc/all_sailors?select=name,ships(name,ports(name))&name=eq.Cleo'),
         [{'name': 'Cleo', 'ships': [{'name': 'Corona', 'ports': {'name': 'Cadiz'}}]}])
    said(api.get('/rpc/one_ship?id=4&select=name,ports(name)'), {'name': 'Draco', 'ports': None})
    said(api.get('/rpc/ship_as_domain?id=3&select=name,ports(name)'), [{'name': 'Corona', 'ports': {'name': 'Cadiz'}}])
    said(api.get('/rpc/all_ships?select=name,ports!inner(name)&ports.name=eq.Cadiz'), [{'name': 'Corona', 'ports': {'name': 'Cadiz'}}])
    said(api.get('/rpc/all_ships?select=name,...ports(port:name)&id=eq.1'), [{'name': 'Aurora', 'port': 'Bergen'}])


def test_what_rows_do_not_refer_to(api):
    error(api.get('/rpc/all_ships?select=name,parts(*)'), 400, 'PGRST200')
    error(api.get('/rpc/all_ships?select=nothing'), 400, '42703')


def test_one_object_of_a_set(api):
    answer = api.get('/rpc/ships_of?port=2', accept=OBJECT)
    assert answer.status == 200 and answer.json()['name'] == 'Corona' and answer['Content-Type'] == OBJECT + '; charset=utf-8'
    error(api.get('/rpc/ships_of?port=1', accept=OBJECT), 406, 'PGRST116', details='The result contains 2 rows')
    error(api.get('/rpc/ships_of?port=9', accept=OBJECT), 406, 'PGRST116', details='The result contains 0 rows')


def test_not_one_object_undoes_what_the_function_did(api):
    error(api.post('/rpc/drop_entries', {'how_many': 2}, accept=OBJECT, prefer='tx=commit'), 406, 'PGRST116')
    assert len(api.rows('/logbook?entry=like.entry*')) == 15


def test_csv(api):
    for answer in (api.get('/rpc/ships_of?port=1&select=id,name,built', accept='text/csv'),
                   api.post('/rpc/ships_of?select=id,name,built', {'port': 1}, accept='text/csv')):
        assert answer.text == 'id,name,built\n1,Aurora,1901-02-03\n2,Borealis,1950-01-01', repr(answer)
        assert answer['Content-Type'] == 'text/csv; charset=utf-8'
    assert api.get('/rpc/add_up?a=1', accept='text/csv').status == 200


def test_nulls_left_out(api):
    answer = api.get('/rpc/one_ship?id=4&select=id,port_id', accept=OBJECT + ';nulls=stripped')
    assert answer.json() == {'id': 4}, repr(answer)


def test_a_media_type_that_nobody_makes(api):
    for answer in (api.get('/rpc/greet?name=x', accept='audio/mpeg3'), api.post('/rpc/greet', {'name': 'x'}, accept='audio/mpeg3')):
        error(answer, 406, 'PGRST107')


# Errors by functions

def test_a_plain_raise_is_400(api):
    error(api.post('/rpc/fail_plainly', {}), 400, 'P0001', 'it is broken', None, None)
    error(api.post('/rpc/fail_assert', {}), 500, 'P0004', 'bad thing')


def test_a_raise_may_name_the_status(api):
    answer = api.post('/rpc/fail_payment', {})
    error(answer, 402, 'PT402', 'Payment Required', 'Quota exceeded', 'Upgrade your plan')
    error(api.post('/rpc/fail_bad_status', {}), 500, 'PT40A', 'Wrong', None, None)


def test_a_raise_may_say_everything(api):
    answer = api.post('/rpc/fail_custom', {})
    assert (answer.status, answer.reason, answer['X-Header']) == (332, 'My Custom Status', 'str'), repr(answer)
    assert answer.json() == {'code': '123', 'message': 'ABC', 'details': 'DEF', 'hint': 'XYZ'}
    found = error(api.post('/rpc/fail_custom_badly', {}), 500, 'PGRST121')
    assert 'INVALID' in found['details']


# What a function says about its answer

def test_a_function_sets_the_status(api):
    answer = api.post('/rpc/set_status', {})
    assert (answer.status, answer.body) == (418, b''), repr(answer)


def test_a_function_sets_headers_and_they_win(api):
    answer = api.post('/rpc/set_headers', {})
    assert answer.status == 200 and answer.json() == 'salt'
    assert answer.headers.get_all('Set-Cookie') == ['a=1', 'b=2'] and answer['X-Port'] == 'Bergen'
    assert answer.headers.get_all('Content-Type') == ['text/x-sea'], repr(answer)


def test_settings_that_cannot_be_read_are_500(api):
    error(api.post('/rpc/set_headers_badly', {}), 500, 'PGRST111',
          'response.headers guc must be a JSON array composed of objects with a single key and a string value')
    error(api.post('/rpc/set_status_badly', {}), 500, 'PGRST112', 'response.status guc must be a valid status code')


# SET options of functions and roles

def test_hoisted_options_of_a_function_hold_for_the_transaction(api):
    said(api.post('/rpc/isolation_set', {}), 'repeatable read')
    said(api.post('/rpc/isolation_plain', {}), 'read committed')
    took, answer = elapsed(lambda: api.post('/rpc/timeout_set', {}))
    error(answer, 500, '57014', 'canceling statement due to statement timeout')
    assert took < 5


def test_options_that_are_not_hoisted_hold_in_the_function(api):
    said(api.get('/rpc/work_mem_set'), '6MB')


def test_which_options_are_hoisted_is_a_setting(rest):
    server = rest(PGRST_DB_HOISTED_TX_SETTINGS='work_mem')
    said(server.post('/rpc/isolation_set', {}), 'read committed')
    said(server.get('/rpc/work_mem_set'), '6MB')


def test_options_of_the_role_hold(api):
    took, answer = elapsed(lambda: api.post('/rpc/sleep', {'seconds': 10}, role='web_hurried'))
    error(answer, 500, '57014')
    assert took < 5
    said(api.post('/rpc/isolation_plain', {}, role='web_serial'), 'serializable')
    said(api.get('/rpc/setting?name=work_mem', role='web_reader'), '5MB')
