"""Upserts: POST with a resolution, and PUT of one row by its key (facts 1.6, 1.7)."""
import pytest

from restkit import JSON, OBJECT, error

REP = 'return=representation'
MERGE = 'resolution=merge-duplicates'
IGNORE = 'resolution=ignore-duplicates'


@pytest.fixture(scope='module')
def api(rest):
    """Nothing that a test writes stays, unless it says tx=commit."""
    return rest(PGRST_DB_TX_END='rollback-allow-override')


def upserted(answer, status, rows, applied=None):
    assert answer.status == status and answer['Content-Type'] == JSON, repr(answer)
    assert answer.json() == rows, repr(answer)
    if applied:
        assert answer['Preference-Applied'] == applied, repr(answer)


# POST

def test_merging_inserts_what_is_new_and_updates_what_is_there(api):
    rows = [{'a': 1, 'b': 'one', 'note': 'changed'}, {'a': 9, 'b': 'nine', 'note': 'new'}]
    upserted(api.post('/pairs?order=a', rows, prefer=f'{REP}, {MERGE}'), 201, rows, f'{MERGE}, {REP}')


def test_merging_that_inserts_nothing_is_200(api):
    rows = [{'a': 1, 'b': 'one', 'note': 'changed'}, {'a': 2, 'b': 'two', 'note': 'too'}]
    upserted(api.post('/pairs?order=a', rows, prefer=f'{REP}, {MERGE}'), 200, rows, f'{MERGE}, {REP}')
    answer = api.post('/pairs', rows, prefer=MERGE)
    assert (answer.status, answer.body, answer['Preference-Applied']) == (200, b'', MERGE), repr(answer)
    upserted(api.post('/pairs', [], prefer=f'{REP}, {MERGE}'), 200, [])


def test_ignoring_inserts_what_is_new_and_leaves_what_is_there(api):
    rows = [{'a': 1, 'b': 'one', 'note': 'changed'}, {'a': 9, 'b': 'nine', 'note': 'new'}]
    upserted(api.post('/pairs', rows, prefer=f'{REP}, {IGNORE}'), 201, rows[1:], f'{IGNORE}, {REP}')


def test_ignoring_everything_is_201_without_rows(api):
    upserted(api.post('/pairs', {'a': 1, 'b': 'one', 'note': 'x'}, prefer=f'{REP}, {IGNORE}'), 201, [])


def test_without_a_resolution_it_is_a_conflict(api):
    error(api.post('/pairs', {'a': 1, 'b': 'one', 'note': 'x'}), 409, '23505')
    error(api.post('/pairs?on_conflict=a,b', {'a': 1, 'b': 'one', 'note': 'x'}), 409, '23505')


def test_only_the_given_columns_are_updated(api):
    upserted(api.post('/parts', {'id': 2, 'name': 'chain', 'price': 21}, prefer=f'{REP}, {MERGE}'), 200,
             [{'id': 2, 'name': 'chain', 'kind': 'new', 'price': 21, 'note': 'oiled'}])


def test_a_table_of_nothing_but_its_key(api):
    rows = [{'id': 1}, {'id': 2}, {'id': 4}]
    upserted(api.post('/only_key?order=id', rows, prefer=f'{REP}, {MERGE}'), 201, rows)
    upserted(api.post('/only_key', rows, prefer=f'{REP}, {IGNORE}'), 201, [{'id': 4}])


def test_a_table_without_a_key_inserts_and_the_resolution_does_not_apply(api):
    for resolution in (MERGE, IGNORE):
        upserted(api.post('/keyless', {'a': '1', 'b': '0'}, prefer=f'{REP}, {resolution}'), 201, [{'a': '1', 'b': '0'}], REP)


def test_on_conflict_names_another_unique_key(api):
    row = {'code': 1, 'x': 7, 'y': 7, 'value': 'B'}
    answer = api.post('/two_uniques?on_conflict=code', [row, row | {'code': 2, 'x': 8}], prefer=f'{REP}, {MERGE}')
    upserted(answer, 201, [row, row | {'code': 2, 'x': 8}], f'{MERGE}, {REP}')
    row = {'code': 7, 'x': 1, 'y': 1, 'value': 'C'}
    upserted(api.post('/two_uniques?on_conflict=x,y', row, prefer=f'{REP}, {MERGE}'), 200, [row])
    upserted(api.post('/two_uniques?on_conflict=x,y', [row, row | {'x': 2, 'code': 8}], prefer=f'{REP}, {IGNORE}'), 201,
             [row | {'x': 2, 'code': 8}])


def test_on_conflict_with_a_name_as_the_key(api):
    upserted(api.post('/parts?on_conflict=name&select=id,price', {'name': 'bell', 'price': 5}, prefer=f'{REP}, {MERGE}'), 200,
             [{'id': 1, 'price': 5}])


def test_the_other_key_is_still_a_conflict(api):
    error(api.post('/parts', {'id': 77, 'name': 'bell'}, prefer=MERGE), 409, '23505')


def test_on_conflict_without_such_a_key_is_postgresql_s_to_refuse(api):
    error(api.post('/parts?on_conflict=price', {'name': 'x', 'price': 5}, prefer=MERGE), 400, '42P10')


def test_on_conflict_with_an_unknown_column(api):
    assert api.post('/parts?on_conflict=helicopter', {'name': 'x'}, prefer=MERGE).status == 400


def test_missing_default_gives_new_rows_their_key(api):
    answer = api.post('/parts?columns=id,name&select=name,note', [{'id': 2, 'name': 'updated'}, {'name': 'fresh'}],
                      prefer=f'{REP}, {MERGE}, missing=default')
    upserted(answer, 201, [{'name': 'updated', 'note': 'oiled'}, {'name': 'fresh', 'note': None}], f'{MERGE}, missing=default, {REP}')
    answer = api.post('/parts?columns=id,name&select=name', [{'id': 2, 'name': 'updated'}, {'name': 'fresh'}],
                      prefer=f'{REP}, {IGNORE}, missing=default')
    upserted(answer, 201, [{'name': 'fresh'}])


def test_a_partitioned_table(api):
    rows = [{'year': 2023, 'place': 'north', 'value': 11}, {'year': 2024, 'place': 'south', 'value': 5}]
    upserted(api.post('/measures', rows, prefer=f'{REP}, {MERGE}'), 201, rows)
    upserted(api.post('/measures', rows, prefer=f'{REP}, {IGNORE}'), 201, rows[1:])


def test_the_same_row_twice_is_postgresql_s_to_refuse(api):
    answer = api.post('/pairs', [{'a': 1, 'b': 'one', 'note': 'x'}, {'a': 1, 'b': 'one', 'note': 'y'}], prefer=MERGE)
    error(answer, 500, '21000')
    assert api.post('/pairs', [{'a': 5, 'b': 'z'}, {'a': 5, 'b': 'z'}],
                    prefer=f'{REP}, {IGNORE}').json() == [{'a': 5, 'b': 'z', 'note': None}]


def test_names_in_capitals(api):
    rows = [{'theKey': 1, 'theName': 'changed'}, {'theKey': 2, 'theName': 'new'}]
    upserted(api.post('/Camel', rows, prefer=f'{REP}, {MERGE}'), 201, rows)
    upserted(api.post('/Camel', rows, prefer=f'{REP}, {IGNORE}'), 201, rows[1:])


def test_a_merge_stays_when_it_commits(api):
    for note, status in (('v1', 201), ('v2', 200)):
        assert api.post('/pairs', {'a': 600, 'b': 'x', 'note': note}, prefer=f'{MERGE}, tx=commit').status == status
    assert api.rows('/pairs?a=eq.600&select=note') == [{'note': 'v2'}]
    assert api.delete('/pairs?a=eq.600', prefer='tx=commit').status == 204


def test_a_csv_merges(api):
    answer = api.post('/pairs', body='a,b,note\n1,one,csv\n', headers={'Content-Type': 'text/csv'}, prefer=f'{REP}, {MERGE}')
    upserted(answer, 200, [{'a': 1, 'b': 'one', 'note': 'csv'}])


# PUT

def test_put_inserts_a_row(api):
    row = {'a': 9, 'b': 'nine', 'note': 'new'}
    upserted(api.put('/pairs?a=eq.9&b=eq.nine', row, prefer=REP), 201, [row], REP)
    answer = api.put('/pairs?a=eq.9&b=eq.nine', row)
    assert (answer.status, answer.body, answer['Content-Type']) == (204, b'', None), repr(answer)


def test_put_updates_a_row(api):
    row = {'a': 1, 'b': 'one', 'note': 'put'}
    upserted(api.put('/pairs?a=eq.1&b=eq.one', row, prefer=REP), 200, [row], REP)
    answer = api.put('/pairs?a=eq.1&b=eq.one', row, prefer='return=minimal')
    assert (answer.status, answer.body, answer['Preference-Applied']) == (204, b'', 'return=minimal'), repr(answer)


def test_put_takes_an_array_of_one_and_of_more_only_the_first(api):
    upserted(api.put('/only_key?id=eq.10', [{'id': 10}], prefer=REP), 201, [{'id': 10}])
    rows = [{'a': 1, 'b': 'one', 'note': 'first'}, {'a': 2, 'b': 'two', 'note': 'second'}]
    answer = api.put('/pairs?a=eq.1&b=eq.one', rows, prefer=REP, accept=OBJECT)
    assert (answer.status, answer.json()) == (200, rows[0]), repr(answer)


def test_put_of_a_table_of_nothing_but_its_key(api):
    upserted(api.put('/only_key?id=eq.1', {'id': 1}, prefer=REP), 200, [{'id': 1}])


def test_put_of_a_partitioned_table_and_of_names_in_capitals(api):
    row = {'year': 2023, 'place': 'north', 'value': None}
    upserted(api.put('/measures?year=eq.2023&place=eq.north', row, prefer=REP), 200, [row])
    upserted(api.put('/Camel?theKey=eq.5', {'theKey': 5, 'theName': 'x'}, prefer=REP), 201, [{'theKey': 5, 'theName': 'x'}])


@pytest.mark.parametrize('page', ['limit=1', 'offset=1', 'limit=1&offset=0'])
def test_put_has_no_page(api, page):
    error(api.put(f'/only_key?id=eq.1&{page}', {'id': 1}), 400, 'PGRST114',
          'limit/offset querystring parameters are not allowed for PUT', None, None)


@pytest.mark.parametrize('path', [
    '/pairs?a=eq.1', '/pairs?b=eq.one', '/pairs?note=eq.x', '/pairs?a=eq.1&b=eq.one&note=eq.x', '/pairs', '/pairs?a=not.eq.1&b=eq.one',
    '/pairs?a=in.(1)&b=eq.one', '/pairs?and=(a.eq.1,b.eq.one)', '/pairs?a=gt.1&b=eq.one', '/keyless?a=eq.1&b=eq.0',
    '/pairs?a=eq(any).{1}&b=eq.one',
])
def test_put_wants_the_whole_key_and_only_that(api, path):
    error(api.put(path, {'a': 1, 'b': 'one', 'note': 'x'} if 'pairs' in path else {'a': '1', 'b': '0'}), 405, 'PGRST105',
          "Filters must include all and only primary key columns with 'eq' operators", None, None)


@pytest.mark.parametrize('row', [{'a': 2, 'b': 'one'}, {'a': 1, 'b': 'two'}, {'a': None, 'b': 'one'}])
def test_put_wants_the_same_key_in_the_body(api, row):
    before = api.rows('/pairs?order=a')
    error(api.put('/pairs?a=eq.1&b=eq.one', row | {'note': 'x'}, prefer='tx=commit'), 400, 'PGRST115',
          'Payload values do not match URL in primary key column(s)', None, None)
    assert api.rows('/pairs?order=a') == before


def test_put_ignores_a_range(api):
    upserted(api.put('/only_key?id=eq.1', {'id': 1}, headers={'Range': '1-1'}, prefer=REP), 200, [{'id': 1}])


def test_put_of_an_unknown_table_and_of_no_json(api):
    error(api.put('/garlic?id=eq.1', {'id': 1}), 404, 'PGRST205')
    error(api.put('/only_key?id=eq.1', body='}{', headers={'Content-Type': 'application/json'}), 400, 'PGRST102')


def test_put_stays_when_it_commits(api):
    for status in (201, 200):
        assert api.put('/only_key?id=eq.610', {'id': 610}, prefer=f'{REP}, tx=commit').status == status
    assert api.delete('/only_key?id=eq.610', prefer='tx=commit').status == 204
