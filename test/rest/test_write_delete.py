"""DELETE on tables (facts 1.7)."""
import pytest

from restkit import JSON, OBJECT, error

REP = 'return=representation'


@pytest.fixture(scope='module')
def api(rest):
    """Nothing that a test writes stays, unless it says tx=commit."""
    return rest(PGRST_DB_TX_END='rollback-allow-override')


def gone(answer, rows):
    assert answer.status == 200 and answer['Content-Type'] == JSON, repr(answer)
    assert answer.json() == rows, repr(answer)


def test_a_delete_answers_204(api):
    answer = api.delete('/repairs?id=eq.1')
    assert (answer.status, answer.body, answer['Content-Range']) == (204, b'', '*/*'), repr(answer)
    assert answer['Content-Type'] is None and answer['Content-Length'] is None


def test_select_is_ignored_without_the_representation(api):
    for prefer in (None, 'return=minimal', 'return=headers-only'):
        answer = api.delete('/repairs?id=eq.1&select=id', prefer=prefer)
        assert (answer.status, answer.body, answer['Preference-Applied']) == (204, b'', prefer), repr(answer)


def test_the_representation_is_what_was_deleted(api):
    answer = api.delete('/repairs?id=eq.1', prefer=REP + ', count=exact')
    gone(answer, [{'id': 1, 'bike_id': 1, 'work': 'brakes', 'minutes': 30}])
    assert answer['Content-Range'] == '*/1' and answer['Preference-Applied'] == REP + ', count=exact'


def test_the_representation_renames_casts_and_embeds(api):
    gone(api.delete('/repairs?id=eq.1&select=nr:id::text,work', prefer=REP), [{'nr': '1', 'work': 'brakes'}])
    gone(api.delete('/repairs?id=eq.1&select=id,bikes(owner,mechanics(name))', prefer=REP),
         [{'id': 1, 'bikes': {'owner': 'Olga', 'mechanics': {'name': 'Mira'}}}])


def test_a_delete_of_nothing_is_no_error(api):
    gone(api.delete('/repairs?id=eq.99', prefer=REP), [])
    answer = api.delete('/repairs?id=eq.99', prefer='count=exact')
    assert (answer.status, answer['Content-Range']) == (204, '*/0'), repr(answer)


def test_filters_say_which(api):
    for where, ids in (('bike_id=eq.1', [1, 2]), ('minutes=gt.20&work=neq.wheel', [1]), ('or=(id.eq.1,work.eq.wheel)', [1, 3]),
                       ('work=in.(chain,wheel)', [2, 3]), ('work=ilike.*H*', [2, 3])):
        gone(api.delete(f'/repairs?{where}&select=id&order=id', prefer=REP), [{'id': n} for n in ids])


def test_without_a_filter_every_row_goes(api):
    answer = api.delete('/repairs', prefer='count=exact')
    assert (answer.status, answer['Content-Range']) == (204, '*/3'), repr(answer)
    assert len(api.rows('/repairs')) == 3  # rolled back


def test_the_representation_may_be_one_object_or_csv(api):
    answer = api.delete('/repairs?id=eq.1&select=id', prefer=REP, accept=OBJECT)
    assert (answer.status, answer.text) == (200, '{"id":1}')
    answer = api.delete('/repairs?bike_id=eq.1&select=id,work&order=id', prefer=REP, accept='text/csv')
    assert (answer.status, answer.text) == (200, 'id,work\n1,brakes\n2,chain')


def test_not_exactly_one_object_is_refused_and_nothing_goes(api):
    for where, n in (('bike_id=eq.1', 2), ('id=eq.99', 0)):
        for prefer in (REP, 'return=minimal'):
            answer = api.delete(f'/repairs?{where}', prefer=f'{prefer}, tx=commit', accept=OBJECT)
            error(answer, 406, 'PGRST116', 'Cannot coerce the result to a single JSON object', f'The result contains {n} rows', None)
    assert len(api.rows('/repairs')) == 3


def test_a_body_is_ignored(api):
    gone(api.delete('/repairs?id=eq.1&select=id', body='}{', headers={'Content-Type': 'application/json'}, prefer=REP), [{'id': 1}])


def test_a_range_header_is_ignored(api):
    gone(api.delete('/repairs?select=id&order=id&id=gt.0', headers={'Range': '0-0'}, prefer=REP), [{'id': 1}, {'id': 2}, {'id': 3}])


def test_what_others_refer_to_stays(api):
    error(api.delete('/mechanics?id=eq.1'), 409, '23503')
    assert api.delete('/bikes?id=eq.3').status == 204  # its repairs go with it


def test_unknown_tables_columns_and_relations(api):
    error(api.delete('/garlic?id=eq.1'), 404, 'PGRST205')
    error(api.delete('/repairs?garlic=eq.1'), 400, '42703')
    error(api.delete('/repairs?id=eq.1&select=garlic', prefer=REP), 400, '42703')
    error(api.delete('/repairs?id=eq.1&select=garlic(*)', prefer=REP), 400, 'PGRST200')
    error(api.delete('/repairs?id=eq.1&garlic.id=eq.1', prefer=REP), 400, 'PGRST108')
    error(api.delete('/repairs?id=1'), 400, 'PGRST100')


def test_a_delete_stays_when_it_commits(api):
    assert api.post('/only_key', {'id': 700}, prefer='tx=commit').status == 201
    gone(api.delete('/only_key?id=eq.700', prefer=REP + ', tx=commit'), [{'id': 700}])
    assert api.rows('/only_key?id=eq.700') == []
    gone(api.delete('/only_key?id=eq.700', prefer=REP), [])
