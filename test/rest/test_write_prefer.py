"""The Prefer header (facts 1.6): every preference, what Preference-Applied says, what strict handling refuses."""
import pytest

from restkit import OBJECT, error

REP = 'return=representation'


@pytest.fixture(scope='module')
def api(rest):
    """Nothing that a test writes stays, unless it says tx=commit."""
    return rest(PGRST_DB_TX_END='rollback-allow-override')


@pytest.mark.parametrize('prefer, applied', [
    (None, None), ('', None), ('nothing=known', None), ('return=everything', None), ('return=minimal', 'return=minimal'), (REP, REP),
    ('return=headers-only', 'return=headers-only'), ('count=exact', 'count=exact'), ('count=planned', 'count=planned'),
    ('count=estimated', 'count=estimated'), ('missing=null', 'missing=null'), ('missing=default', 'missing=default'),
    ('tx=commit', 'tx=commit'), ('tx=rollback', 'tx=rollback'), ('handling=lenient', 'handling=lenient'),
    ('handling=strict', 'handling=strict'),
    ('resolution=merge-duplicates', 'resolution=merge-duplicates'), ('resolution=ignore-duplicates', 'resolution=ignore-duplicates'),
    ('timezone=Asia/Tokyo', 'timezone=Asia/Tokyo'), ('params=single-object', None),
    ('timezone=UTC,handling=strict , tx=rollback,count=exact,return=representation,missing=null,resolution=merge-duplicates',
     'resolution=merge-duplicates, missing=null, return=representation, count=exact, tx=rollback, handling=strict, timezone=UTC'),
    ('return=minimal, return=representation', 'return=minimal'), ('odd, return=minimal,, ', 'return=minimal'),
])
def test_an_insert_says_what_it_honoured_in_a_fixed_order(api, prefer, applied):
    answer = api.post('/only_key', {'id': 900}, prefer=prefer)
    assert (answer.status, answer['Preference-Applied']) == (201, applied), repr(answer)
    api.delete('/only_key?id=eq.900', prefer='tx=commit')


def test_several_headers_are_one_list_and_the_first_value_counts(api):
    headers = [('Prefer', 'return=representation'), ('prefer', 'count=exact'), ('PREFER', 'return=minimal')]
    answer = api.post('/only_key', {'id': 900}, headers=headers)
    assert answer.json() == [{'id': 900}] and answer['Preference-Applied'] == 'return=representation, count=exact'


@pytest.mark.parametrize('method, path, prefer, applied', [
    ('GET', '/parts', 'return=representation, resolution=merge-duplicates, missing=default, max-affected=1, count=exact, handling=strict',
     'count=exact, handling=strict'),
    ('PATCH', '/parts?id=eq.1', 'resolution=merge-duplicates, missing=null, return=minimal, count=exact, handling=strict, max-affected=5',
     'missing=null, return=minimal, count=exact, handling=strict, max-affected=5'),
    ('DELETE', '/parts?id=eq.4', 'resolution=merge-duplicates, missing=null, return=minimal, count=exact, handling=strict, max-affected=5',
     None),
    ('PUT', '/only_key?id=eq.1', 'resolution=merge-duplicates, missing=null, return=minimal, count=exact, handling=strict, max-affected=5',
     'return=minimal, count=exact, handling=strict'),
    ('POST', '/rpc/add_up', 'return=minimal, count=exact, timezone=UTC', 'count=exact, timezone=UTC'),
])
def test_each_verb_honours_what_it_can(api, method, path, prefer, applied):
    body = {'PATCH': {'note': 'x'}, 'PUT': {'id': 1}, 'POST': {'a': 1}}.get(method)
    if method == 'DELETE':  # a part that no bike needs
        path, applied = '/parts?id=eq.3', 'return=minimal, count=exact, handling=strict, max-affected=5'
    answer = api(method, path, json=body, prefer=prefer)
    assert answer.status < 300 and answer['Preference-Applied'] == applied, repr(answer)


# handling

@pytest.mark.parametrize('prefer, unknown', [
    ('handling=strict, anything', 'anything'), ('anything=else,handling=strict, return=all', 'anything=else, return=all'),
    ('handling=strict, params=single-object', 'params=single-object'), ('count=rough, handling=strict', 'count=rough'),
])
def test_strict_handling_refuses_unknown_preferences(api, prefer, unknown):
    for method, path, body in (('GET', '/parts', None), ('POST', '/only_key', {'id': 900}), ('PATCH', '/parts?id=eq.1', {'note': 'x'}),
                               ('DELETE', '/parts?id=eq.3', None), ('POST', '/rpc/add_up', {'a': 1}),
                               ('PUT', '/only_key?id=eq.1', {'id': 1})):
        error(api(method, path, json=body, prefer=prefer), 400, 'PGRST122', 'Invalid preferences given with handling=strict',
              f'Invalid preferences: {unknown}', None)


def test_strict_handling_over_several_headers(api):
    answer = api.get('/parts', [('Prefer', 'handling=strict'), ('Prefer', 'something, else')])
    error(answer, 400, 'PGRST122', details='Invalid preferences: something, else')


def test_lenient_handling_lets_them_pass(api):
    for prefer in ('handling=lenient, anything', 'anything'):
        assert api.get('/parts', prefer=prefer).status == 200
        assert api.post('/only_key', {'id': 900}, prefer=prefer).status == 201


# max-affected

@pytest.mark.parametrize('method, path', [('PATCH', '/parts?id=lt.4'), ('DELETE', '/repairs?id=lt.4')])
def test_max_affected_bounds_a_write(api, method, path):
    body = {'note': 'x'} if method == 'PATCH' else None
    for n, fits in ((2, False), (0, False), (3, True), (100, True)):
        answer = api(method, path, json=body, prefer=f'handling=strict, max-affected={n}, tx=rollback')
        if fits:
            assert answer.status == 204 and answer['Preference-Applied'] == f'tx=rollback, handling=strict, max-affected={n}', repr(answer)
        else:
            error(answer, 400, 'PGRST124', 'Query result exceeds max-affected preference constraint', 'The query affects 3 rows', None)


def test_a_write_over_its_bound_is_undone(api):
    error(api.patch('/parts?id=lt.4', {'note': 'gone'}, prefer='handling=strict, max-affected=2, tx=commit'), 400, 'PGRST124')
    assert api.rows('/parts?note=eq.gone') == []


def test_max_affected_is_nothing_without_strict_handling(api):
    for prefer, applied in (('max-affected=1', None), ('handling=lenient, max-affected=1', 'handling=lenient')):
        answer = api.delete('/repairs?id=lt.4', prefer=prefer)
        assert (answer.status, answer['Preference-Applied']) == (204, applied), repr(answer)


def test_max_affected_bounds_functions_that_return_sets(api):
    for name in ('drop_entries', 'drop_entries_table'):
        answer = api.post(f'/rpc/{name}', {'how_many': 5}, prefer='handling=strict, max-affected=4')
        error(answer, 400, 'PGRST124', 'Query result exceeds max-affected preference constraint', 'The query affects 5 rows', None)
        answer = api.post(f'/rpc/{name}', {'how_many': 5}, prefer='handling=strict, max-affected=5')
        assert answer.status == 200 and len(answer.json()) == 5 and answer['Preference-Applied'] == 'handling=strict, max-affected=5'


def test_max_affected_and_a_function_that_returns_no_set(api):
    for path, body in (('/rpc/drop_entries_void', {}), ('/rpc/add_up', {'a': 1})):
        error(api.post(path, body, prefer='handling=strict, max-affected=20'), 400, 'PGRST128',
              'Function must return SETOF or TABLE when max-affected preference is used with handling=strict', None, None)
        assert api.post(path, body, prefer='handling=lenient, max-affected=20').status in (200, 204)


# timezone

@pytest.mark.parametrize('zone, at', [
    ('America/Los_Angeles', '2024-07-01T05:00:00-07:00'), ('Asia/Kolkata', '2024-07-01T17:30:00+05:30'),
    ('UTC', '2024-07-01T12:00:00+00:00'),
    ('+3', '2024-07-01T15:00:00+03:00'), ('-8', '2024-07-01T04:00:00-08:00'),
])
def test_a_timezone_is_the_one_of_the_answer(api, zone, at):
    for handling in ('', ', handling=strict', ', handling=lenient'):
        answer = api.get('/moments?select=at', prefer=f'timezone={zone}{handling}')
        assert answer.json() == [{'at': at}] and f'timezone={zone}' in answer['Preference-Applied'], repr(answer)
    assert api.rows('/moments?select=at') == [{'at': '2024-07-01T12:00:00+00:00'}]


def test_a_timezone_is_the_one_of_writes_and_functions(api):
    answer = api.post('/moments', {'id': 2, 'at': '2024-01-01 00:00'}, prefer=f'timezone=America/New_York, {REP}')
    assert answer.json() == [{'id': 2, 'at': '2024-01-01T00:00:00-05:00'}], repr(answer)
    answer = api.patch('/moments?id=eq.1&select=at', {'at': '2024-01-01 00:00'}, prefer=f'timezone=Asia/Tokyo, {REP}')
    assert answer.json() == [{'at': '2024-01-01T00:00:00+09:00'}], repr(answer)
    assert api.get('/rpc/setting?name=timezone', prefer='timezone=Asia/Tokyo').json() == 'Asia/Tokyo'


def test_a_timezone_that_is_none_is_refused(api):
    for prefer in ('timezone=Jupiter/Red_Spot', 'timezone=Jupiter/Red_Spot, handling=lenient', "timezone='; select 1 --"):
        error(api.get('/moments', prefer=prefer), 400, '22023')


# tx

def test_tx_counts_only_where_the_server_allows_it(rest):
    for end, kept, override in (('commit', True, False), ('rollback', False, False), ('commit-allow-override', True, True),
                                ('rollback-allow-override', False, True)):
        server = rest(PGRST_DB_TX_END=end)
        for prefer, wanted in ((None, kept), ('tx=commit', True if override else kept), ('tx=rollback', False if override else kept)):
            answer = server.post('/only_key', {'id': 901}, prefer=prefer)
            assert answer['Preference-Applied'] == (prefer if override else None), repr(answer)
            assert len(server.rows('/only_key?id=eq.901')) == (1 if wanted else 0), (end, prefer)
            rest().delete('/only_key?id=eq.901', prefer='tx=commit')


def test_what_is_rolled_back_still_answers(api):
    answer = api.post('/only_key', {'id': 902}, prefer=f'{REP}, tx=rollback')
    assert (answer.status, answer.json()) == (201, [{'id': 902}])
    answer = api.delete('/only_key?id=eq.1', prefer=f'{REP}, tx=rollback', accept=OBJECT)
    assert answer.json() == {'id': 1} and len(api.rows('/only_key?id=eq.1')) == 1


def test_deferred_constraints_are_checked_at_the_end_of_either_transaction(api):
    for prefer in ('tx=commit', 'tx=rollback'):
        error(api.post('/deferred', [{'id': 1}, {'id': 1}], prefer=prefer), 409, '23505')
    assert api.rows('/deferred') == []
