"""Writes through views, triggers and rights; what relations say they allow (facts 1.1, 1.7)."""
import pytest

from restkit import bearer, error, names_of

REP = 'return=representation'


@pytest.fixture(scope='module')
def api(rest):
    """Nothing that a test writes stays, unless it says tx=commit."""
    return rest(PGRST_DB_TX_END='rollback-allow-override')


# Views

def test_a_simple_view_is_written_through(api):
    row = {'id': 60, 'name': 'nut', 'kind': 'new', 'price': 0.1}
    assert api.post('/parts_view', row, prefer=REP).json() == [row]
    assert api.patch('/parts_view?id=eq.1', {'price': 5}, prefer=REP).json() == [{'id': 1, 'name': 'bell', 'kind': 'new', 'price': 5}]
    assert api.delete('/parts_view?id=eq.3&select=name', prefer=REP).json() == [{'name': 'fork'}]


def test_a_view_knows_the_key_of_its_table(api):
    row = {'id': 1, 'name': 'bell', 'kind': 'used', 'price': 1}
    assert api.put('/parts_view?id=eq.1', row, prefer=REP).json() == [row]
    answer = api.post('/parts_view', row, prefer=f'resolution=merge-duplicates, {REP}')
    assert (answer.status, answer.json()) == (200, [row]), repr(answer)
    answer = api.post('/parts_view', row | {'id': 61, 'name': 'x'}, prefer='return=headers-only')
    assert answer['Location'] == '/parts_view?id=eq.61', repr(answer)


def test_a_default_of_a_view_comes_before_that_of_its_table(api):
    assert api.post('/parts_view?select=kind,price', {'id': 60, 'name': 'nut'}, prefer=REP).json() == [{'kind': 'used', 'price': 9.5}]


def test_a_view_with_a_check_option_refuses_what_it_would_not_show(api):
    assert api.post('/used_parts', {'id': 60, 'name': 'x', 'kind': 'used'}).status == 201
    error(api.post('/used_parts', {'id': 60, 'name': 'x', 'kind': 'new'}), 400, '44000')
    error(api.patch('/used_parts?id=eq.3', {'kind': 'new'}), 400, '44000')


def test_a_view_with_triggers_is_written_as_they_say(api):
    row = {'id': 50, 'bike_id': 2, 'work': 'paint'}
    assert api.post('/repair_list', row, prefer=REP).json() == [row | {'owner': 'Pim'}]
    assert api.patch('/repair_list?id=eq.1&select=work,owner', {'work': 'new brakes'},
                     prefer=REP).json() == [{'work': 'new brakes', 'owner': 'Olga'}]
    assert api.delete('/repair_list?owner=eq.Olga&select=id&order=id', prefer=REP).json() == [{'id': 1}, {'id': 2}]


def test_a_view_that_nobody_can_write_to(api):
    for answer in (api.post('/part_counts', {'kind': 'x', 'n': 1}), api.patch('/part_counts?kind=eq.new', {'n': 1}),
                   api.delete('/part_counts?kind=eq.new')):
        error(answer, 500, '55000')


@pytest.mark.parametrize('path, allowed', [
    ('/parts', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'), ('/keyless', 'OPTIONS,GET,HEAD,POST,PATCH,DELETE'),
    ('/parts_view', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'), ('/part_counts', 'OPTIONS,GET,HEAD'),
    ('/repair_list', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'), ('/measures', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'),
    ('/read_only', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'), ('/rpc/add_up', 'OPTIONS,GET,HEAD,POST'), ('/rpc/note', 'OPTIONS,POST'),
])
def test_options_say_what_a_relation_can_do_whoever_asks(api, path, allowed):
    answer = api.options(path)
    assert (answer.status, answer.body) == (200, b'') and names_of(answer['Allow']) == set(allowed.split(',')), repr(answer)


# Rights

def test_rows_belong_to_whom_the_token_names(api):
    ann, bob = bearer('web_author', sub='ann'), bearer('web_author', sub='bob')
    assert api.rows('/secrets?select=text', ann) == [{'text': 'of ann'}]
    assert api.post('/secrets', {'id': 9, 'text': 'new'}, ann, prefer=REP).json() == [{'id': 9, 'owner': 'ann', 'text': 'new'}]
    error(api.post('/secrets', {'id': 9, 'owner': 'ann', 'text': 'forged'}, bob), 403, '42501',
          'new row violates row-level security policy for table "secrets"')
    answer = api.patch('/secrets?id=eq.1', {'text': 'mine now'}, bob, prefer=REP)
    assert (answer.status, answer.json()) == (200, [])
    error(api.patch('/secrets?id=eq.2', {'owner': 'ann'}, bob), 403, '42501')
    assert api.delete('/secrets', ann, prefer=REP).json() == [{'id': 1, 'owner': 'ann', 'text': 'of ann'}]
    error(api.post('/secrets', {'id': 1, 'text': 'x'}, bob, prefer='resolution=merge-duplicates'), 403, '42501')


def test_rights_to_columns_bind_the_representation(api):
    assert api.post('/half_open', {'id': 2, 'shown': 'two'}).status == 201
    assert api.post('/half_open?select=id,shown', {'id': 2, 'shown': 'two'}, prefer=REP).json() == [{'id': 2, 'shown': 'two'}]
    error(api.post('/half_open?select=hidden', {'id': 2, 'shown': 'two'}, prefer=REP), 401, '42501',
          'permission denied for table half_open')
    assert api.patch('/half_open?id=eq.1', {'shown': 'x'}).status == 204
    error(api.patch('/half_open?id=eq.1', {'hidden': 'x'}), 401, '42501')
    error(api.patch('/half_open?hidden=eq.hidden', {'shown': 'x'}), 401, '42501')
    assert api.delete('/half_open?id=eq.1').status == 204


def test_a_star_is_the_columns_that_the_role_may_see(api):
    """A refinement of PostgREST, where one column without a grant makes select=* fail."""
    assert api.rows('/half_open') == [{'id': 1, 'shown': 'one'}]
    assert api.post('/half_open', {'id': 2, 'shown': 'two'}, prefer=REP).json() == [{'id': 2, 'shown': 'two'}]
    assert api.patch('/half_open?id=eq.1', {'shown': 'x'}, prefer=REP).json() == [{'id': 1, 'shown': 'x'}]
    assert api.delete('/half_open?id=eq.1', prefer=REP).json() == [{'id': 1, 'shown': 'one'}]


def test_a_location_needs_the_right_to_see_the_key(api):
    assert api.post('/half_hidden_key', {'id': 2, 'shown': 'x'}).status == 201
    error(api.post('/half_hidden_key', {'id': 2, 'shown': 'x'}, prefer='return=headers-only'), 401, '42501')


def test_without_the_right_to_write_it_is_401_for_strangers_and_403_for_known_ones(api):
    for method, path, body in (('POST', '/read_only', {'id': 2}), ('PATCH', '/read_only?id=eq.1', {'name': 'x'}),
                               ('DELETE', '/read_only?id=eq.1', None)):
        answer = api(method, path, json=body)
        error(answer, 401, '42501', 'permission denied for table read_only')
        assert answer['WWW-Authenticate'] == 'Bearer'
        answer = api(method, path.replace('read_only', 'parts'), json=body, role='web_reader')
        error(answer, 403, '42501', 'permission denied for table parts')
        assert answer['WWW-Authenticate'] is None


def test_who_may_write_is_the_role_of_the_token(api):
    assert api.delete('/read_only?id=eq.1', role='web_author').status == 204
