"""order, limit, offset, Range, counts, the most rows (rest-dialect 1.5)."""
import pytest

from restkit import error, names_of

OUT_OF_RANGE = 'Requested range not satisfiable'
TURNED = 'The lower boundary must be lower than or equal to the upper boundary in the Range header.'

ORDERS = [
    ('/numbered?order=id&limit=3', [1, 2, 3]), ('/numbered?order=id.asc&limit=3', [1, 2, 3]),
    ('/numbered?order=id.desc&limit=3', [15, 14, 13]), ('/homes?order=price', [1, 2, 3, 4, 5]),
    ('/homes?order=price.desc', [5, 4, 3, 2, 1]), ('/homes?order=price.nullsfirst', [5, 1, 2, 3, 4]),
    ('/homes?order=price.asc.nullsfirst', [5, 1, 2, 3, 4]), ('/homes?order=price.asc.nullslast', [1, 2, 3, 4, 5]),
    ('/homes?order=price.desc.nullslast', [4, 3, 2, 1, 5]), ('/homes?order=price.desc.nullsfirst', [5, 4, 3, 2, 1]),
    ('/homes?order=status,id.desc', [4, 5, 2, 1, 3]), ('/homes?order=status.desc,beds.desc.nullslast', [3, 1, 2, 5, 4]),
    ('/homes?order=details->year.desc.nullslast', [2, 1, 3, 5, 4]), ('/homes?order=details->>year.asc.nullsfirst,id', [4, 5, 3, 1, 2]),
    ('/homes?order=details->rooms->bed.desc.nullslast,id', [3, 1, 2, 4, 5]), ('/homes?order=heated.asc.nullslast,id.desc', [2, 4, 1, 5, 3]),
    ('/homes?order= status , id ', [4, 1, 2, 5, 3]), ('/homes?order=title&limit=2', [2, 3]), ('/homes?order=shout.desc&limit=1', [4]),
]


@pytest.mark.parametrize('path, wanted', ORDERS, ids=[c[0] for c in ORDERS])
def test_order(api, path, wanted):
    assert [row['id'] for row in api.rows(path)] == wanted


# path, headers, status, first and last id or none, Content-Range
PAGES = [
    ('/numbered?order=id', {}, 200, (1, 15), '0-14/*'), ('/numbered?order=id&limit=4', {}, 200, (1, 4), '0-3/*'),
    ('/numbered?order=id&limit=4&offset=2', {}, 200, (3, 6), '2-5/*'), ('/numbered?order=id&offset=12', {}, 200, (13, 15), '12-14/*'),
    ('/numbered?order=id&limit=99', {}, 200, (1, 15), '0-14/*'), ('/numbered?limit=0', {}, 200, None, '*/*'),
    ('/numbered?order=id&offset=0', {}, 200, (1, 15), '0-14/*'), ('/numbered?order=id&offset=-4', {}, 200, (1, 15), '0-14/*'),
    ('/numbered?order=id&offset=-4&limit=2', {}, 200, (1, 2), '0-1/*'), ('/numbered?offset=99', {}, 200, None, '*/*'),
    ('/numbered?id=eq.7', {}, 200, (7, 7), '0-0/*'), ('/numbered?id=eq.99', {}, 200, None, '*/*'), ('/vacant', {}, 200, None, '*/*'),
    ('/numbered?order=id', {'Range': '0-1'}, 200, (1, 2), '0-1/*'),
    ('/numbered?order=id', {'Range-Unit': 'items', 'Range': '0-1'}, 200, (1, 2), '0-1/*'),
    ('/numbered?order=id', {'Range': '3-3'}, 200, (4, 4), '3-3/*'), ('/numbered?order=id', {'Range': '10-'}, 200, (11, 15), '10-14/*'),
    ('/numbered?order=id', {'Range': '0-'}, 200, (1, 15), '0-14/*'), ('/numbered?order=id', {'Range': '10-100'}, 200, (11, 15), '10-14/*'),
    ('/vacant', {'Range': '0-1'}, 200, None, '*/*'), ('/numbered?order=id', {'Range': '99-100'}, 200, None, '*/*'),
    # limits in the query and in the header: what is in both
    ('/numbered?order=id&limit=3', {'Range': '0-1'}, 200, (1, 2), '0-1/*'),
    ('/numbered?order=id&limit=2', {'Range': '0-9'}, 200, (1, 2), '0-1/*'),
    ('/numbered?order=id&limit=5&offset=2', {'Range': '4-9'}, 200, (5, 7), '4-6/*'),
    ('/numbered?order=id&offset=5', {'Range': '0-7'}, 200, (6, 8), '5-7/*'),
    # exact counts
    ('/numbered?order=id', {'Prefer': 'count=exact'}, 200, (1, 15), '0-14/15'),
    ('/numbered?order=id&limit=4', {'Prefer': 'count=exact'}, 206, (1, 4), '0-3/15'),
    ('/numbered?order=id&limit=4&offset=11', {'Prefer': 'count=exact'}, 206, (12, 15), '11-14/15'),
    ('/numbered?id=gt.10&order=id', {'Prefer': 'count=exact'}, 200, (11, 15), '0-4/5'),
    ('/numbered?id=gt.10&order=id&limit=1', {'Prefer': 'count=exact'}, 206, (11, 11), '0-0/5'),
    ('/numbered?order=id', {'Prefer': 'count=exact', 'Range': '0-1'}, 206, (1, 2), '0-1/15'),
    ('/vacant', {'Prefer': 'count=exact'}, 200, None, '*/0'), ('/numbered?limit=0', {'Prefer': 'count=exact'}, 206, None, '*/15'),
    ('/numbered?order=id&limit=15', {'Prefer': 'count=exact'}, 200, (1, 15), '0-14/15'),
    ('/numbered?order=id&limit=2', {'Prefer': 'count=none'}, 200, (1, 2), '0-1/*'),
    # planned counts: small analyzed tables are planned exactly
    ('/numbered?order=id', {'Prefer': 'count=planned'}, 200, (1, 15), '0-14/15'),
    ('/numbered?order=id&limit=2&offset=3', {'Prefer': 'count=planned'}, 206, (4, 5), '3-4/15'),
    ('/numbered?order=id', {'Prefer': 'count=estimated'}, 200, (1, 15), '0-14/15'),
    ('/numbered?order=id&limit=2', {'Prefer': 'count=estimated'}, 206, (1, 2), '0-1/15'),
]


@pytest.mark.parametrize('path, headers, status, wanted, content_range', PAGES, ids=[f'{p[0]} {p[1]}' for p in PAGES])
def test_pages(api, path, headers, status, wanted, content_range):
    answer = api.get(path, headers)
    assert (answer.status, answer['Content-Range']) == (status, content_range), repr(answer)
    ids = [row['id'] for row in answer.json()]
    assert ids == (list(range(wanted[0], wanted[1] + 1)) if wanted else [])
    if headers.get('Prefer') != 'count=none':
        assert answer['Preference-Applied'] == headers.get('Prefer')


UNSATISFIABLE = [
    ('/numbered?limit=-1', {}, 'Limit should be greater than or equal to zero.', None),
    ('/homes?select=id,visits(id)&visits.limit=-1', {}, 'Limit should be greater than or equal to zero.', None),
    ('/numbered', {'Range': '5-2'}, TURNED, None), ('/numbered', {'Range': '1-0'}, TURNED, None),
    ('/numbered?offset=100', {'Prefer': 'count=exact'}, 'An offset of 100 was requested, but there are only 15 rows.', '*/15'),
    ('/vacant?offset=1', {'Prefer': 'count=exact'}, 'An offset of 1 was requested, but there are only 0 rows.', '*/0'),
    ('/numbered', {'Prefer': 'count=exact', 'Range': '100-199'}, 'An offset of 100 was requested, but there are only 15 rows.', '*/15'),
]


@pytest.mark.parametrize('path, headers, details, content_range', UNSATISFIABLE, ids=[f'{p[0]} {p[1]}' for p in UNSATISFIABLE])
def test_ranges_that_are_not_there(api, path, headers, details, content_range):
    answer = api.get(path, headers)
    error(answer, 416, 'PGRST103', OUT_OF_RANGE, details, None)
    if content_range:
        assert answer['Content-Range'] == content_range


@pytest.mark.parametrize('range', ['bytes=0-1', 'abc', '1', '-', '-5', '0-1,3-4', '', '99999999999999999999999-', 'items=0-1'])
def test_a_range_that_is_none_of_items_does_no_harm(api, range):
    answer = api.get('/numbered?order=id', {'Range': range})
    assert answer.status == 200 and len(answer.json()) in (15, 0), repr(answer)


def test_range_counts_for_get_only(api):
    assert api.head('/numbered', {'Range': '0-1'})['Content-Range'] == '0-14/*'
    assert api.post('/rpc/homes_above', {'lowest': 0}, headers={'Range': '0-1'})['Content-Range'] == '0-3/*'
    assert api.get('/rpc/homes_above?lowest=0', {'Range': '0-1'})['Content-Range'] == '0-1/*'
    assert api.get('/rpc/homes_above?lowest=0&limit=2&offset=1')['Content-Range'] == '1-2/*'
    answer = api.get('/rpc/homes_above?lowest=0&offset=9', prefer='count=exact')
    error(answer, 416, 'PGRST103', OUT_OF_RANGE, 'An offset of 9 was requested, but there are only 4 rows.')
    assert answer['Content-Range'] == '*/4'


def test_head_is_get_without_a_body(api):
    for path in ('/numbered?order=id', '/numbered?limit=3&offset=2', '/vacant', '/homes?select=id,visits(id)', '/numbered?select=count()'):
        head, get = api.head(path), api.get(path)
        assert head.body == b'' and head.status == get.status
        for header in ('Content-Range', 'Content-Type', 'Content-Location', 'Vary'):
            assert head[header] == get[header], header
    head = api.head('/numbered?limit=2', prefer='count=exact')
    assert (head.status, head['Content-Range']) == (206, '0-1/15')
    assert api.head('/numbered?nosuch=eq.1').status == 400 and api.head('/nosuch').status == 404


def test_planned_counts_come_from_the_planner(api, database):
    rows = database.one("explain (format json) select 1 from test.homes_view where id < 3")[0]['Plan']['Plan Rows']
    answer = api.get('/homes_view?id=lt.3&select=id', prefer='count=planned')
    total = int(answer['Content-Range'].split('/')[1])
    assert total == rows and answer.status == (200 if total <= 2 else 206)


def test_the_most_rows(plain):
    """db-max-rows is 3 there: what is read, what is embedded, what functions answer; a lower limit holds."""
    assert (r := plain.get('/numbered?order=id')).json() == [{'id': 1}, {'id': 2}, {'id': 3}]
    assert (r.status, r['Content-Range']) == (200, '0-2/*')
    assert (r := plain.get('/numbered?order=id', prefer='count=exact')).status == 206 and r['Content-Range'] == '0-2/15'
    assert plain.get('/numbered?order=id&limit=2')['Content-Range'] == '0-1/*'
    assert plain.get('/numbered?order=id&limit=9')['Content-Range'] == '0-2/*'
    assert plain.get('/numbered?order=id&limit=9&offset=13')['Content-Range'] == '13-14/*'
    assert plain.get('/numbered?order=id', {'Range': '0-9'})['Content-Range'] == '0-2/*'
    assert len(plain.rows('/homes?select=id,features(id)&id=eq.4')[0]['features']) == 3
    assert len(plain.rows('/homes?select=id,features(id)&id=eq.4&features.limit=2')[0]['features']) == 2
    assert [len(row['agency_homes']) for row in plain.rows('/agencies?select=agency_homes(id)&order=id')] == [3, 1, 0]
    assert len(plain.rows('/rpc/homes_above?lowest=0')) == 3
    answer = plain.get('/rpc/homes_above?lowest=0', prefer='count=exact')
    assert (answer.status, answer['Content-Range']) == (206, '0-2/4')


def test_estimated_counts_are_exact_up_to_the_most_rows(plain, database):
    answer = plain.get('/vacant', prefer='count=estimated')
    assert (answer.status, answer['Content-Range']) == (200, '*/0')
    answer = plain.get('/agencies?order=id', prefer='count=estimated')
    assert (answer.status, answer['Content-Range']) == (200, '0-2/3')
    rows = database.one('explain (format json) select 1 from test.crowd')[0]['Plan']['Plan Rows']
    answer = plain.get('/crowd?order=id', prefer='count=estimated')
    assert (answer.status, answer['Content-Range']) == (206, f'0-2/{max(rows, 3)}')


def test_preferences_are_echoed(api):
    assert api.get('/numbered', prefer='count=exact')['Preference-Applied'] == 'count=exact'
    assert api.get('/numbered', prefer='count=planned')['Preference-Applied'] == 'count=planned'
    assert api.get('/numbered', prefer='count=estimated')['Preference-Applied'] == 'count=estimated'
    assert api.get('/numbered')['Preference-Applied'] is None
    assert api.get('/numbered', prefer='nonsense=1')['Preference-Applied'] is None
    assert api.get('/numbered', prefer='tx=rollback, count=exact')['Preference-Applied'] == 'count=exact, tx=rollback'
    assert api.get('/numbered', [('Prefer', 'count=exact'), ('Prefer', 'tx=commit')])['Preference-Applied'] == 'count=exact, tx=commit'
    assert api.get('/numbered', prefer='handling=lenient, count=exact')['Preference-Applied'] == 'count=exact, handling=lenient'
    assert api.get('/numbered', prefer='timezone=Europe/Oslo')['Preference-Applied'] == 'timezone=Europe/Oslo'
    assert api.get('/numbered', prefer='handling=strict, count=exact')['Preference-Applied'] == 'count=exact, handling=strict'


def test_the_override_of_the_end_only_where_allowed(plain):
    assert plain.get('/agencies', prefer='tx=rollback')['Preference-Applied'] is None


def test_strict_handling_refuses_what_it_does_not_know(api):
    error(api.get('/numbered', prefer='handling=strict, anything, count=exact, other=1'), 400, 'PGRST122',
          'Invalid preferences given with handling=strict', 'Invalid preferences: anything, other=1', None)
    error(api.get('/numbered', [('Prefer', 'anything'), ('Prefer', 'handling=strict')]), 400, 'PGRST122',
          details='Invalid preferences: anything')
    assert api.get('/numbered', prefer='handling=lenient, anything').status == 200


def test_timezone(api):
    for zone, wanted in (('Europe/Oslo', '2024-01-01T11:00:00+01:00'), ('America/New_York', '2024-01-01T05:00:00-05:00'),
                         ('Asia/Kathmandu', '2024-01-01T15:45:00+05:45')):
        assert api.rows('/homes?select=listed&id=eq.1', prefer=f'timezone={zone}') == [{'listed': wanted}]
    error(api.get('/homes?select=listed&id=eq.1', prefer='timezone=Mars/Olympus'), 400, '22023')
    assert api.rows('/homes?select=listed&id=eq.1', prefer='timezone=UTC') == [{'listed': '2024-01-01T10:00:00+00:00'}]
    # The next request on the same connection is not in that zone.
    assert api.rows('/my_settings')[0]['settings']['timezone'] not in ('Europe/Oslo', 'Asia/Kathmandu')


def test_the_header_list_is_whole(api):
    answer = api.get('/numbered?limit=1')
    assert names_of(answer['Vary']) >= {'Accept', 'Prefer', 'Range'}
