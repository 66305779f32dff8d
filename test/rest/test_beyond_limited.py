"""UPDATE and DELETE of a few rows, and of all of them by mistake."""
import pytest

from restkit import error

REP = 'return=representation'


@pytest.fixture(scope='module')
def api(rest):
    """Nothing that a test writes stays, unless it says tx=commit."""
    return rest(PGRST_DB_TX_END='rollback-allow-override')


@pytest.fixture(scope='module')
def careful(rest):
    """As plat serve is: a write to a whole table has to be allowed."""
    return rest(PGRST_DB_TX_END='rollback-allow-override', PLAT_REST_ALLOW_UNFILTERED_WRITES='false')


@pytest.mark.parametrize('page, ids', [
    ('limit=2&order=id', [1, 2]), ('limit=2&order=id.desc', [4, 3]), ('limit=1&offset=1&order=price.desc', [2]),
    ('limit=2&order=kind,price.desc', [2, 1]),
    ('limit=2', [1, 2]), ('limit=10&offset=3&order=id', [4]), ('limit=0', []), ('limit=5&offset=10', []), ('offset=2&order=id', [3, 4]),
])
def test_a_page_of_rows_is_changed_or_deleted(api, page, ids):
    answer = api.patch(f'/parts?{page}&id=gt.0&select=id', {'note': 'x'}, prefer=f'{REP}, count=exact')
    assert sorted(r['id'] for r in answer.json()) == sorted(ids) and answer['Content-Range'].endswith(f'/{len(ids)}'), repr(answer)
    answer = api.delete(f'/parts_copy?{page}&id=gt.0&select=id', prefer=REP)
    assert sorted(r['id'] for r in answer.json()) == sorted(ids), repr(answer)


def test_a_page_counts_among_the_rows_that_match(api):
    answer = api.patch('/parts?kind=eq.new&order=price.desc&limit=1&select=name', {'note': 'x'}, prefer=REP)
    assert answer.json() == [{'name': 'chain'}]
    answer = api.patch('/pairs?limit=1&order=a.desc&select=note', {'note': 'x'}, prefer=REP)
    assert answer.json() == [{'note': 'x'}]


def test_a_page_without_the_representation(api):
    answer = api.patch('/parts?limit=2&order=id', {'note': 'x'}, prefer='count=exact')
    assert (answer.status, answer['Content-Range']) == (204, '0-1/2'), repr(answer)
    answer = api.delete('/parts_copy?limit=2&order=id', prefer='count=exact')
    assert (answer.status, answer['Content-Range']) == (204, '*/2'), repr(answer)


def test_a_page_of_a_table_without_a_key_is_refused(api):
    for answer in (api.patch('/keyless?limit=1', {'b': 'x'}), api.delete('/keyless?limit=1&order=a'),
                   api.patch('/keyless?offset=1', {'b': 'x'})):
        assert answer.status == 400 and set(answer.json()) == {'code', 'message', 'details', 'hint'}, repr(answer)


def test_a_page_of_a_view_that_has_a_key(api):
    answer = api.patch('/parts_view?limit=1&order=id.desc&select=id', {'price': 1}, prefer=REP)
    assert answer.json() == [{'id': 4}], repr(answer)


def test_a_negative_page_is_refused(api):
    error(api.patch('/parts?limit=-1', {'note': 'x'}), 416, 'PGRST103')


def test_a_page_embeds_and_sorts(api):
    answer = api.patch('/bikes?limit=2&order=id.desc&select=id,mechanics(name)', {'price': 1}, prefer=REP)
    assert answer.json() == [{'id': 4, 'mechanics': None}, {'id': 3, 'mechanics': {'name': 'Noor'}}], repr(answer)


def test_a_page_of_a_post_is_of_what_it_shows(api):
    """limit on POST is PostgREST's: nothing but reads has pages, so all rows are inserted."""
    answer = api.post('/only_key?limit=1', [{'id': 810}, {'id': 811}], prefer='count=exact')
    assert (answer.status, answer['Content-Range']) == (201, '*/2'), repr(answer)


# Whole tables

def test_writes_to_whole_tables_are_refused_where_they_have_to_be_allowed(careful):
    for method, path, body in (('PATCH', '/parts', {'note': 'gone'}), ('DELETE', '/repairs', None),
                               ('PATCH', '/parts?select=id', {'note': 'gone'}),
                               ('DELETE', '/repairs?order=id', None), ('DELETE', '/repairs?select=id,bikes(id)&bikes.id=eq.1', None),
                               ('PATCH', '/parts_view', {'price': 0}), ('DELETE', '/keyless', None)):
        found = error(careful(method, path, json=body, prefer='tx=commit'), 400, 'PLAT001')
        assert found['message'] and found['hint']
    assert careful.rows('/parts?note=eq.gone') == [] and len(careful.rows('/repairs')) == 3


def test_a_filter_or_a_limit_is_enough(careful):
    for answer in (careful.patch('/parts?id=gt.0', {'note': 'x'}), careful.patch('/parts?or=(id.eq.1,id.gt.0)', {'note': 'x'}),
                   careful.delete('/repairs?limit=1'), careful.patch('/parts?limit=100', {'note': 'x'}),
                   careful.delete('/repairs?work=not.is.null')):
        assert answer.status == 204, repr(answer)


def test_a_client_may_say_that_it_means_it(careful):
    answer = careful.delete('/repairs', prefer='unfiltered=allow, count=exact')
    assert (answer.status, answer['Content-Range']) == (204, '*/3'), repr(answer)
    assert careful.patch('/parts', {'note': 'x'}, prefer='unfiltered=allow').status == 204
    assert careful.delete('/repairs', prefer='handling=strict, unfiltered=allow').status == 204


def test_an_empty_change_changes_nothing_and_is_not_refused(careful):
    assert careful.patch('/parts', {}).status == 204


def test_plat_rest_allows_them_unless_told_otherwise(api):
    assert api.patch('/parts', {'note': 'x'}).status == 204 and api.delete('/repairs').status == 204
