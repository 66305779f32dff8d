"""PATCH on tables: what it changes, what comes back, what is refused (facts 1.7)."""
import re

import pytest

from restkit import JSON, OBJECT, error

REP = 'return=representation'


@pytest.fixture(scope='module')
def api(rest):
    """Nothing that a test writes stays, unless it says tx=commit."""
    return rest(PGRST_DB_TX_END='rollback-allow-override')


def changed(answer, rows):
    assert answer.status == 200 and answer['Content-Type'] == JSON, repr(answer)
    assert answer.json() == rows, repr(answer)


def test_an_update_answers_204_and_how_many(api):
    answer = api.patch('/parts?id=eq.2', {'note': 'dry'})
    assert (answer.status, answer.body, answer['Content-Range']) == (204, b'', '0-0/*'), repr(answer)
    assert answer['Content-Type'] is None and answer['Content-Length'] is None and answer['Preference-Applied'] is None
    assert api.patch('/parts?id=in.(1,2,3)', {'note': 'dry'})['Content-Range'] == '0-2/*'


def test_select_is_ignored_without_the_representation(api):
    for prefer in (None, 'return=minimal', 'return=headers-only'):
        answer = api.patch('/parts?id=eq.2&select=id', {'note': 'dry'}, prefer=prefer)
        assert (answer.status, answer.body, answer['Content-Type']) == (204, b'', None), repr(answer)
        assert answer['Preference-Applied'] == prefer and answer['Location'] is None


def test_an_update_of_nothing_is_no_error(api):
    answer = api.patch('/parts?id=eq.99', {'note': 'x'})
    assert (answer.status, answer['Content-Range']) == (204, '*/*'), repr(answer)
    answer = api.patch('/parts?id=eq.99', {'note': 'x'}, prefer=REP)
    changed(answer, [])
    assert answer['Content-Range'] == '*/*'
    assert api.patch('/empty_table?k=eq.x', {'extra': 20}).status == 204


def test_the_representation_is_the_changed_rows(api):
    answer = api.patch('/parts?id=eq.2&select=id,name,note', {'name': 'chain 2', 'note': None}, prefer=REP)
    changed(answer, [{'id': 2, 'name': 'chain 2', 'note': None}])
    assert answer['Content-Range'] == '0-0/*' and answer['Preference-Applied'] == REP


def test_the_representation_casts_computes_and_embeds(api):
    changed(api.patch('/parts?id=eq.2&select=nr:id::text,price_with_tax', {'price': 8}, prefer=REP),
            [{'nr': '2', 'price_with_tax': 10.0}])
    answer = api.patch('/bikes?id=eq.1&select=owner,mechanics(name),repairs(work),parts(name)&repairs.order=id&parts.order=id',
                       {'owner': 'Olga K.', 'mechanic_id': 2}, prefer=REP)
    changed(answer, [{'owner': 'Olga K.', 'mechanics': {'name': 'Noor'}, 'repairs': [{'work': 'brakes'}, {'work': 'chain'}],
                      'parts': [{'name': 'bell'}, {'name': 'chain'}]}])


def test_filters_on_embeds_shape_the_representation_and_inner_the_rows(api):
    answer = api.patch('/bikes?id=in.(1,2)&select=id,repairs(work)&repairs.minutes=gt.20&order=id', {'price': 1}, prefer=REP)
    changed(answer, [{'id': 1, 'repairs': [{'work': 'brakes'}]}, {'id': 2, 'repairs': [{'work': 'wheel'}]}])
    answer = api.patch('/bikes?id=in.(1,2)&select=id,repairs!inner(work)&repairs.work=eq.wheel', {'price': 1}, prefer=REP)
    changed(answer, [{'id': 2, 'repairs': [{'work': 'wheel'}]}])


def test_order_sorts_the_representation(api):
    answer = api.patch('/parts?id=lt.4&select=name&order=name.desc', {'note': 'x'}, prefer=REP)
    changed(answer, [{'name': 'fork'}, {'name': 'chain'}, {'name': 'bell'}])


def test_the_representation_may_be_one_object(api):
    answer = api.patch('/parts?id=eq.2&select=id', {'note': 'x'}, prefer=REP, accept=OBJECT)
    assert (answer.status, answer.text) == (200, '{"id":2}'), repr(answer)


@pytest.mark.parametrize('where, n', [('id=lt.4', 3), ('id=eq.99', 0)])
def test_not_exactly_one_object_is_refused_and_nothing_changes(api, where, n):
    before = api.rows('/parts?order=id')
    for prefer in (REP, 'return=minimal', ''):
        answer = api.patch(f'/parts?{where}', {'note': 'changed'}, prefer=f'{prefer}, tx=commit', accept=OBJECT)
        error(answer, 406, 'PGRST116', 'Cannot coerce the result to a single JSON object', f'The result contains {n} rows', None)
    assert api.rows('/parts?order=id') == before


def test_count_counts_what_was_changed(api):
    assert api.patch('/parts?id=lt.4', {'note': 'x'}, prefer='count=exact')['Content-Range'] == '0-2/3'
    assert api.patch('/parts?id=eq.99', {'note': 'x'}, prefer='count=exact')['Content-Range'] == '*/0'


def test_every_filter_and_logic_works(api):
    for where, ids in (('or=(id.eq.1,name.eq.fork)', [1, 3]), ('note=is.null&kind=neq.used', [1]), ('name=like(any).{b*,l*}', [1, 4]),
                       ('and=(id.gte.2,id.lt.4)', [2, 3]), ('not.or=(id.eq.1,id.eq.2)', [3, 4]), ('price_with_tax=gt.20', [2, 3])):
        changed(api.patch(f'/parts?{where}&select=id&order=id', {'note': 'x'}, prefer=REP), [{'id': n} for n in ids])


def test_without_a_filter_every_row_changes(api):
    answer = api.patch('/parts', {'note': 'all'}, prefer='count=exact')
    assert (answer.status, answer['Content-Range']) == (204, '0-3/4'), repr(answer)


@pytest.mark.parametrize('body', [{}, [], [{}]])
def test_an_empty_body_changes_nothing(api, body):
    for path in ('/parts', '/parts?select=id', '/parts?id=eq.1'):
        answer = api.patch(path, body)
        assert (answer.status, answer['Content-Range'], answer['Content-Type']) == (204, '*/*', None), repr(answer)
        answer = api.patch(path, body, prefer=REP)
        changed(answer, [])
        assert answer['Content-Range'] == '*/*'


def test_of_several_objects_the_first_counts(api):
    changed(api.patch('/parts?id=eq.2&select=note', [{'note': 'first'}, {'note': 'second'}], prefer=REP), [{'note': 'first'}])


@pytest.mark.parametrize('body', ['', '}{ x = 2', '{"note":'])
def test_what_is_no_json_is_refused(api, body):
    answer = api.patch('/parts?id=eq.1', body=body, headers={'Content-Type': 'application/json'})
    error(answer, 400, 'PGRST102', 'Empty or invalid json', re.compile('.'), None)


def test_columns_takes_only_these_keys(api):
    answer = api.patch('/parts?id=eq.2&columns=note&select=name,note', {'note': 'n', 'name': 'left', 'fake': 13}, prefer=REP)
    changed(answer, [{'name': 'chain', 'note': 'n'}])
    assert api.patch('/parts?id=eq.99&columns=note', {'note': 'n', 'fake': 1}, prefer=REP).status == 200
    answer = api.patch('/parts?id=eq.2&columns=note,price&select=note,price', {'note': 'n'}, prefer=REP)
    changed(answer, [{'note': 'n', 'price': None}])


def test_with_missing_default_an_absent_key_becomes_its_default(api):
    answer = api.patch('/parts?id=eq.2&columns=note,price&select=note,price', {'note': 'n'}, prefer=REP + ', missing=default')
    changed(answer, [{'note': 'n', 'price': 9.5}])
    assert answer['Preference-Applied'] == 'missing=default, return=representation'


def test_an_unknown_column_or_table_is_refused(api):
    message = "Could not find the 'helicopter' column of 'parts' in the schema cache"
    error(api.patch('/parts?id=eq.1&columns=helicopter', {'note': 'n'}), 400, 'PGRST204', message, None, None)
    error(api.patch('/parts?id=eq.1', {'helicopter': 'n'}), 400, 'PGRST204', message, None, None)
    error(api.patch('/garlic?columns=helicopter', {'x': 1}), 404, 'PGRST205')
    error(api.patch('/parts?helicopter=eq.1', {'note': 'n'}), 400, '42703')


def test_csv_and_forms_change_rows_too(api):
    csv = api.patch('/parts?id=eq.2&select=note,price', body='note,price\nfrom csv,3', headers={'Content-Type': 'text/csv'}, prefer=REP)
    changed(csv, [{'note': 'from csv', 'price': 3}])
    form = api.patch('/parts?id=eq.2&select=note', body='note=from+a+form',
                     headers={'Content-Type': 'application/x-www-form-urlencoded'}, prefer=REP)
    changed(form, [{'note': 'from a form'}])


def test_composite_json_and_array_columns(api):
    row = {'size': {'width': 1, 'height': None}, 'tags': [], 'jb': {'k': [1]}, 'grid': None, 'colour': 'red'}
    api.post('/shapes', {'id': 500}, prefer='tx=commit')
    changed(api.patch('/shapes?id=eq.500&select=size,tags,jb,grid,colour', row, prefer=REP), [row])
    assert api.delete('/shapes?id=eq.500', prefer='tx=commit').status == 204


def test_what_postgresql_refuses_changes_nothing(api):
    error(api.patch('/parts?id=eq.2', {'name': None}, prefer='tx=commit'), 400, '23502')
    error(api.patch('/parts?id=eq.2', {'name': 'bell'}, prefer='tx=commit'), 409, '23505')
    error(api.patch('/parts?id=in.(1,2)', {'kind': 'broken'}, prefer='tx=commit'), 400, '23514')
    error(api.patch('/bikes?id=eq.1', {'mechanic_id': 99}, prefer='tx=commit'), 409, '23503')
    error(api.patch('/stamped?id=eq.1', {'shout': 'x'}), 400, '428C9')
    assert api.rows('/parts?id=lt.3&select=name,kind&order=id') == [{'name': 'bell', 'kind': 'new'}, {'name': 'chain', 'kind': 'new'}]


def test_the_key_itself_may_change(api):
    changed(api.patch('/parts?id=eq.3&select=id,name', {'id': 42}, prefer=REP), [{'id': 42, 'name': 'fork'}])


def test_a_range_header_is_ignored(api):
    answer = api.patch('/parts?id=lt.4&select=id&order=id', {'note': 'x'}, headers={'Range-Unit': 'items', 'Range': '0-0'}, prefer=REP)
    changed(answer, [{'id': 1}, {'id': 2}, {'id': 3}])


def test_odd_names(api):
    answer = api.patch('/odd%20names?"the key"=eq.1&"a.b"=eq.dot&select="a.b","say \\"hi\\""', {'a.b': 'x', 'say "hi"': 'y'}, prefer=REP)
    changed(answer, [{'a.b': 'x', 'say "hi"': 'y'}])


def test_an_update_stays_when_it_commits(api):
    assert api.patch('/keyless?a=eq.2', {'b': 'kept'}, prefer='tx=commit').status == 204
    assert api.rows('/keyless?a=eq.2') == [{'a': '2', 'b': 'kept'}]
    assert api.patch('/keyless?a=eq.2', {'b': '0'}, prefer='tx=commit').status == 204


def test_a_later_update_looks_at_what_an_earlier_one_left(api):
    first = api.patch('/pairs?note=eq.first', {'note': 'moved'}, prefer='tx=commit, count=exact')
    second = api.patch('/pairs?note=eq.first', {'note': 'again'}, prefer='tx=commit, count=exact')
    assert (first['Content-Range'], second['Content-Range']) == ('0-0/1', '*/0')
    assert api.patch('/pairs?a=eq.1', {'note': 'first'}, prefer='tx=commit').status == 204
