"""Reads beyond PostgREST: distinct, having, columns against columns, pages by key."""
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from restkit import error


# distinct

def test_distinct_rows(api):
    assert api.rows('/sales?select=shop&distinct=true&order=shop') == [{'shop': 'east'}, {'shop': 'north'}, {'shop': 'west'}]
    assert len(api.rows('/sales?select=shop,product&distinct=true')) == 5
    assert len(api.rows('/sales?distinct=true')) == 6


def test_distinct_on_columns_takes_the_first_by_order(api):
    assert api.rows('/sales?select=shop,id&distinct=shop&order=shop,amount.desc') == [
        {'shop': 'east', 'id': 2}, {'shop': 'north', 'id': 6}, {'shop': 'west', 'id': 4}]
    assert api.rows('/sales?select=id&distinct=shop,product&order=shop,product,id.desc') == [{'id': 3}, {'id': 2}, {'id': 6}, {'id': 5},
                                                                                             {'id': 4}]


def test_distinct_on_columns_with_no_more_than_their_order(api):
    rows = api.rows('/sales?select=shop&distinct=shop&order=shop.desc')
    assert rows == [{'shop': 'west'}, {'shop': 'north'}, {'shop': 'east'}]
    assert {r['shop'] for r in api.rows('/sales?select=shop&distinct=shop')} == {'east', 'north', 'west'}


def test_distinct_with_filters_pages_and_counts(api):
    answer = api.get('/sales?select=shop&distinct=shop&product=eq.salt&order=shop&limit=2', prefer='count=exact')
    assert answer.json() == [{'shop': 'east'}, {'shop': 'north'}] and answer['Content-Range'] == '0-1/3', repr(answer)
    assert api.get('/sales?select=product&distinct=true', prefer='count=exact')['Content-Range'] == '0-1/2'


def test_distinct_with_an_unknown_column_is_refused(api):
    assert api.get('/sales?distinct=nothing').status == 400
    error(api.get('/sales?distinct='), 400, 'PGRST100')


# having

def test_having_is_a_condition_on_a_group(api):
    assert api.rows('/sales?select=shop,count()&having=count().gt.1&order=shop') == [{'shop': 'east', 'count': 3},
                                                                                     {'shop': 'west', 'count': 2}]
    assert api.rows('/sales?select=shop,total:amount.sum()&having=amount.sum().gte.13&order=shop') == [
        {'shop': 'east', 'total': 13}, {'shop': 'north', 'total': 30}]


def test_having_conditions_are_all_held_and_may_be_grouped(api):
    assert api.rows('/sales?select=shop&having=count().gt.1,amount.sum().lt.10') == [{'shop': 'west'}]
    assert api.rows('/sales?select=shop&having=or(count().eq.1,amount.max().eq.7)&order=shop') == [{'shop': 'east'}, {'shop': 'north'}]
    assert api.rows('/sales?select=shop&having=not.or(count().eq.1,amount.max().eq.7)&order=shop') == [{'shop': 'west'}]
    assert api.rows('/sales?select=shop&having=amount.avg().not.gt.3&order=shop') == [{'shop': 'west'}]
    assert api.rows('/sales?select=shop&having=count().in.(1,2),sold.min().not.is.null') == [{'shop': 'west'}]


def test_having_may_be_on_what_is_not_selected_and_without_groups(api):
    assert api.rows('/sales?select=shop&having=amount.min().eq.1') == [{'shop': 'east'}]
    assert api.rows('/sales?select=count()&having=count().gt.100') == []
    assert api.rows('/sales?select=count()&having=count().gt.1') == [{'count': 6}]


def test_having_comes_after_the_filters(api):
    assert api.rows('/sales?select=shop&product=eq.tea&having=count().gt.1') == [{'shop': 'east'}]


@pytest.mark.parametrize('having', ['', 'count()', 'count().gt', 'count().nope.1', 'amount.median().gt.1', 'count().gt.1,',
                                    'shop.eq.east', 'or(count().gt.1'])
def test_having_that_cannot_be_read_is_refused(api, having):
    error(api.get(f'/sales?select=shop&having={having}'), 400, 'PGRST100', details=re.compile('.'))


def test_having_needs_aggregates_to_be_on(rest):
    error(rest(PGRST_DB_AGGREGATES_ENABLED='false').get('/sales?select=shop&having=count().gt.1'), 400, 'PGRST123')


# Columns against columns

@pytest.mark.parametrize('where, ids', [
    ('price=eq(col).list_price', [2]), ('price=neq(col).list_price', [1, 3]), ('price=gt(col).list_price', [3]),
    ('price=gte(col).list_price', [2, 3]),
    ('price=lt(col).list_price', [1]), ('price=lte(col).list_price', [1, 2]), ('price=isdistinct(col).list_price', [1, 3, 4]),
    ('price=not.lt(col).list_price', [2, 3]), ('name=eq(col).alias', [1]), ('name=like(col).alias', [1, 5]),
    ('name=ilike(col).alias', [1, 3, 5]),
    ('price=gt(col).meta->min', None), ('meta->>was=eq(col).meta->>min', [1]),
    ('or=(price.gt(col).list_price,name.eq(col).alias)', [1, 3]),
    ('price=lt(col).list_price&id=gt.0', [1]), ('and=(price.lte(col).list_price,price.gte(col).list_price)', [2]),
])
def test_a_column_against_another(api, where, ids):
    answer = api.get(f'/prices?{where}&select=id&order=id')
    if ids is None:  # numeric against jsonb: PostgreSQL's word, and no answer of ours
        assert answer.status in (400, 404) and answer.json()['code'] == '42883', repr(answer)
    else:
        assert answer.status == 200 and answer.json() == [{'id': n} for n in ids], repr(answer)


def test_a_column_against_another_in_embeds_and_writes(api):
    assert api.rows('/mechanics?select=name,bikes(id)&bikes.price=lt(col).list_price&order=id') == [
        {'name': 'Mira', 'bikes': [{'id': 1}]}, {'name': 'Noor', 'bikes': []}]
    answer = api.patch('/bikes?price=gt(col).list_price&select=id', {'owner': 'x'}, prefer='return=representation, tx=rollback')
    assert answer.json() == [{'id': 3}], repr(answer)


def test_the_text_col_is_still_a_text(api):
    assert api.rows('/prices?name=eq.col.alias') == []


@pytest.mark.parametrize('where, code', [('price=in(col).list_price', 'PGRST100'), ('price=is(col).list_price', 'PGRST100'),
                                         ('price=gt(col).', 'PGRST100'), ('price=gt(row).x', 'PGRST100'),
                                         ('price=gt(col).nothing', None), ('price=gt(col).id;drop', None)])
def test_a_comparison_that_there_is_not_is_refused(api, where, code):
    answer = api.get(f'/prices?{where}')
    assert answer.status == 400 and answer.json()['code'] in ((code,) if code else ('42703', 'PGRST204', 'PGRST100')), repr(answer)


# Pages by key

LINK = re.compile(r'^<([^>]+)>; rel="next"$')


def pages(api, path, **more):
    """All pages from path on, by their links."""
    found = []
    while path:
        answer = api.get(path, raw=True, **more)
        assert answer.status == 200, repr(answer)
        found.append(answer.json())
        assert len(found) < 100
        link = answer['Link'] and LINK.match(answer['Link'])
        assert link or answer['Link'] is None, repr(answer)
        path = link and link.group(1)
    return found


@pytest.mark.parametrize('order', ['id', 'id.desc', 'score', 'score.desc', 'score.nullsfirst', 'score.desc.nullslast',
                                   'label,score.desc', 'at.desc,label',
                                   'label.desc,at,score.nullsfirst', 'at,id.desc'])
def test_pages_follow_one_another_without_gap_or_repetition(api, order):
    whole_order = order if 'id' in re.split('[.,]', order) else f'{order},id'
    whole = [r['id'] for r in api.rows(f'/queue?select=id&order={whole_order}')]
    found = pages(api, f'/queue?select=id&order={order}&limit=7&after=')
    assert [r['id'] for page in found for r in page] == whole
    assert [len(page) for page in found] == [7] * 8 + [4]


def test_the_link_keeps_the_other_parameters_and_is_opaque(api):
    answer = api.get('/queue?select=id,label&order=id&limit=2&after=&label=eq.label%201&or=(id.gt.0,id.lt.5)', raw=True)
    parts = urlsplit(LINK.match(answer['Link']).group(1))
    query = parse_qs(parts.query)
    assert parts.path == '/queue' and re.fullmatch(r'[A-Za-z0-9_-]+', query.pop('after')[0])
    assert query == {'select': ['id,label'], 'order': ['id'], 'limit': ['2'], 'label': ['eq.label 1'], 'or': ['(id.gt.0,id.lt.5)']}


def test_there_is_a_link_only_when_the_page_is_full(api):
    assert [len(page) for page in pages(api, '/queue?order=id&limit=60&after=')] == [60, 0]
    assert api.get('/queue?order=id&limit=61&after=')['Link'] is None
    assert api.get('/queue?order=id&after=')['Link'] is None
    assert api.get('/queue?order=id&limit=0&after=')['Link'] is None


def test_who_does_not_ask_for_pages_gets_the_order_asked_for_and_no_link(api):
    assert api.get('/queue?order=score&limit=5')['Link'] is None


def test_pages_stay_right_when_rows_come_and_go(api, database):
    first = api.get('/queue?select=id&order=at,id&limit=10&after=')
    database.query("insert into test.queue values (1001, 1, 'early', '2023-01-01Z'); update test.queue set label = label where id = 30")
    try:
        rest_of_it = pages(api, LINK.match(first['Link']).group(1))
        whole = [r['id'] for r in api.rows('/queue?select=id&order=at,id&id=lt.1000')]
        assert [r['id'] for r in first.json()] + [r['id'] for page in rest_of_it for r in page] == whole
    finally:
        database.query('delete from test.queue where id > 1000')


def test_pages_with_filters_and_embeds(api):
    found = pages(api, '/bikes?select=id,repairs(id)&id=gt.1&order=owner.desc&limit=1&after=')
    assert [page[0]['id'] for page in found if page] == [4, 3, 2]


def test_pages_of_columns_that_are_not_selected(api):
    found = [r for page in pages(api, '/queue?select=id&order=label&limit=13&after=') for r in page]
    assert found == api.rows('/queue?select=id&order=label,id')


@pytest.mark.parametrize('cursor', ['x', 'e30', '!!!!', 'bnVsbA', 'W10', 'WzEsMl0', '%00', 'A' * 5000], ids=lambda cursor: cursor[:8])
def test_a_cursor_that_is_none_is_refused(api, cursor):
    error(api.get(f'/queue?order=id&limit=2&after={cursor}', raw=True), 400, 'PGRST100')


def test_a_cursor_of_another_order_is_refused(api):
    link = LINK.match(api.get('/queue?select=id&order=score,label&limit=2&after=')['Link']).group(1)
    cursor = parse_qs(urlsplit(link).query)['after'][0]
    assert api.get(f'/queue?select=id&order=score,label&limit=2&after={cursor}').status == 200
    for order in ('score', 'label,score', 'score.desc,label', 'id'):
        error(api.get(f'/queue?select=id&order={order}&limit=2&after={cursor}'), 400, 'PGRST100')


def test_a_cursor_needs_a_key_and_an_order_of_columns(api):
    assert api.get('/keyless?order=a&limit=1&after=').status == 400
