"""What comes out: columns, names, casts, JSON paths, computed fields, types, aggregates (rest-dialect 1.3)."""
import json, re

import pytest

from restkit import HERE, compact, error

RED = {'id': 1, 'title': 'Red cottage'}

COLUMNS = [
    ('/homes?select=id,title&id=eq.1', [RED]), ('/homes?select=title,id&id=eq.1', [{'title': 'Red cottage', 'id': 1}]),
    ('/homes?select=id, title &id=eq.1', [RED]), ('/features?id=eq.1', [{'id': 1, 'name': 'sauna'}]),
    ('/features?select=*&id=eq.1', [{'id': 1, 'name': 'sauna'}]),
    ('/features?select=*,again:name&id=eq.1', [{'id': 1, 'name': 'sauna', 'again': 'sauna'}]),
    ('/features?select=nr:id,what:name&id=eq.2', [{'nr': 2, 'what': 'pool'}]), ('/features?select=ø:id&id=eq.2', [{'ø': 2}]),
    ('/features?select="the name":name&id=eq.2', [{'the name': 'pool'}]), ('/features?select=a-b:id&id=eq.2', [{'a-b': 2}]),
    ('/features?select="a,b":id&id=eq.2', [{'a,b': 2}]), ('/homes?select=id::text&id=eq.1', [{'id': '1'}]),
    ('/homes?select=price::int&id=eq.1', [{'price': 100001}]), ('/homes?select=p:price::text&id=eq.1', [{'p': '100000.50'}]),
    ('/homes?select=listed::date&id=eq.2', [{'listed': '2024-02-02'}]),
    ('/homes?select=beds::float8,price::varchar&id=eq.2', [{'beds': 1, 'price': '250000.00'}]),
    ('/homes?select=status::text&id=eq.3', [{'status': 'sold'}]), ('/homes?select=title::char&id=eq.3', [{'title': 'G'}]),
    ('/homes?select=id::double precision&id=eq.3', [{'id': 3}]), ('/homes?select=details::text&id=eq.5', [{'details': '{"year": null}'}]),
    ('/homes?select=id,price_per_bed&id=eq.2', [{'id': 2, 'price_per_bed': 250000.00}]),
    ('/homes?select=shout,cry:shout&id=eq.2', [{'shout': 'BLUE LOFT', 'cry': 'BLUE LOFT'}]),
    ('/homes?select=price_per_bed::int&id=eq.1', [{'price_per_bed': 50000}]),
    ('/numbered?select=*,minus_id,always_true&id=eq.3', [{'id': 3, 'minus_id': -3, 'always_true': True}]),
    ('/homes?select=id&order=price_per_bed.desc.nullslast', [{'id': 2}, {'id': 4}, {'id': 3}, {'id': 1}, {'id': 5}]),
    ('/numbered?select=id&order=minus_id&limit=2', [{'id': 15}, {'id': 14}]),
    ('/homes?select=details&id=eq.5', [{'details': {'year': None}}]),
    ('/homes?select=tags,open&id=eq.1', [{'tags': ['garden', 'pets'], 'open': [1, 2, 3]}]),
    ('/homes?select=free&id=eq.3', [{'free': 'empty'}]), ('/numbered?id=eq.1&select=', [{}]),
    ('/homes_view?id=eq.2', [{'id': 2, 'title': 'Blue loft', 'price': 250000.00, 'agent_id': 1, 'status': 'active'}]),
    ('/cheap_homes?order=home', [{'home': 1, 'what': 'Red cottage', 'seller': 1}, {'home': 2, 'what': 'Blue loft', 'seller': 1}]),
    ('/novel_cards?order=id&select=title', [{'title': '1984'}, {'title': 'Animal Farm'}, {'title': 'The Catcher'}]),
    ('/echoed?order=id&limit=1', [{'id': 1, 'word': 'one'}]),
    ('/deals?select=id,year&order=id', [{'id': 1, 'year': 2023}, {'id': 2, 'year': 2023}, {'id': 3, 'year': 2024}]),
    ('/computed_ids?order=id', [{'id': 1, 'net': 100, 'gross': 125.00, 'serial': 1}, {'id': 2, 'net': 80, 'gross': 100.00, 'serial': 2}]),
    ('/unkeyed?select=b&a=eq.1', [{'b': '0'}]), ('/vacant', []), ('/t?select=t', [{'t': 1}]),
    ('/count_column?select=count&order=id', [{'count': 10}, {'count': 20}]), ('/count_column?select=sum&id=eq.1', [{'sum': 'ten'}]),
    ('/naïve;drop', [{'id': 1}]), ('/na%C3%AFve%3Bdrop?select=id', [{'id': 1}]),
    ('/Odd Name?select="a,b","a.b","->x"&id=eq.1', [{'a,b': 'comma', 'a.b': 'dot', '->x': 'arrow'}]),
    ('/Odd Name?select=" spaced ","(p)",ünï&id=eq.1', [{' spaced ': 'spaces', '(p)': 'parens', 'ünï': 'umlaut'}]),
    ('/Odd Name?select=or,select,with space&id=eq.1', [{'or': 'or', 'select': 'select', 'with space': 'space'}]),
    ('/Odd Name?select="q\\"q","back\\\\slash"&id=eq.1', [{'q"q': 'quote', 'back\\slash': 'backslash'}]),
    ('/Odd Name?select="co:lon","ca::st",has-dash&id=eq.1', [{'co:lon': 'colon', 'ca::st': 'cast', 'has-dash': 'dash'}]),
    ('/Odd Name?select=$dollar,1st&id=eq.1', [{'$dollar': 'dollar', '1st': 'first'}]),
    ('/Odd Name?select=x:"a,b"::text&id=eq.1', [{'x': 'comma'}]),
    ('/Odd Name?select=id&order="a,b".desc.nullslast,"(p)"', [{'id': 1}, {'id': 2}]),
]

PATHS = [
    ('/json_docs?select=data->n&id=eq.1', [{'n': 1}]), ('/json_docs?select=data->>n&id=eq.1', [{'n': '1'}]),
    ('/json_docs?select=data->a->b->1->>c&id=eq.1', [{'c': 'deep'}]),
    ('/json_docs?select=data->a->b&id=eq.1', [{'b': [10, {'c': 'deep'}]}]), ('/json_docs?select=data->a->b->0&id=eq.1', [{'b': 10}]),
    ('/json_docs?select=data->0&id=eq.2', [{'data': {'k': 'first'}}]), ('/json_docs?select=data->-1&id=eq.2', [{'data': [1, 2, 3]}]),
    ('/json_docs?select=data->2->>1&id=eq.2', [{'data': '2'}]), ('/json_docs?select=data->0->>k&id=eq.2', [{'k': 'first'}]),
    ('/json_docs?select=x:data->a->b->1->>c&id=eq.1', [{'x': 'deep'}]),
    ('/json_docs?select=data->>"with.dot"&id=eq.1', [{'with.dot': 'dot'}]),
    ('/json_docs?select=data->with space&id=eq.1', [{'with space': 5}]), ('/json_docs?select=data->>n::int&id=eq.1', [{'n': 1}]),
    ('/json_docs?select=nn:data->>n::int&id=eq.3', [{'nn': 20}]),
    ('/json_docs?select=data->nothing,data->>nope&id=eq.1', [{'nothing': None, 'nope': None}]),
    ('/json_docs?select=plain->list->>1&id=eq.1', [{'list': 'y'}]), ('/json_docs?select=plain->a&id=eq.1', [{'a': {'b': 1}}]),
    ('/json_docs?select=plain->0&id=eq.2', [{'plain': 1}]),
    ('/json_docs?select=size->width,size->>depth&id=eq.1', [{'width': 3, 'depth': '4'}]),
    ('/json_docs?select=size->>width&id=eq.3', [{'width': None}]),
    ('/json_docs?select=list->0,last:list->>-1&id=eq.1', [{'list': 7, 'last': '9'}]),
    ('/json_docs?select=data->t,data->>s&id=eq.1', [{'t': True, 's': 'text'}]), ('/json_docs?select=data->a&id=eq.4', [{'a': None}]),
    ('/all_types?select=boxes->0->dims->>depth,matrix->1->0&id=eq.1', [{'depth': '2', 'matrix': 3}]),
    ('/homes?select=details->rooms->bath,v:details->views->0&id=eq.1', [{'bath': 1, 'v': 'sea'}]),
    ('/all_types?select=tr->0&id=eq.2', [{'tr': None}]),
    ('/json_docs?select=id&data=not.is.null&order=data->n.desc.nullslast,id', [{'id': 3}, {'id': 1}, {'id': 2}]),
    ('/json_docs?select=id&order=data->>s.asc.nullsfirst,id.desc', [{'id': 4}, {'id': 3}, {'id': 2}, {'id': 1}]),
    ('/json_docs?select=id&order=size->>width.nullslast,id&limit=2', [{'id': 1}, {'id': 2}]),
    ('/json_docs?select=id&order=data->a->b->0.nullslast,id&limit=1', [{'id': 1}]),
]

AGGREGATES = [
    ('/visits?select=count()', [{'count': 5}]), ('/visits?select=n:count()', [{'n': 5}]),
    ('/visits?select=count()::text', [{'count': '5'}]), ('/visits?select=count', [{'count': 5}]),
    ('/vacant?select=count()', [{'count': 0}]), ('/visits?select=rating.sum()', [{'sum': 13}]),
    ('/visits?select=rating.avg()', [{'avg': 3.25}]), ('/visits?select=rating.min()', [{'min': 1}]),
    ('/visits?select=rating.max()', [{'max': 5}]), ('/visits?select=rating.count()', [{'count': 4}]),
    ('/visits?select=rating.sum(),rating.avg(),rating.min(),rating.max(),rating.count()',
     [{'sum': 13, 'avg': 3.25, 'min': 1, 'max': 5, 'count': 4}]),
    ('/vacant?select=id.sum()', [{'sum': None}]), ('/visits?select=total:rating.sum(),best:rating.max()', [{'total': 13, 'best': 5}]),
    ('/visits?select=rating.sum()::text', [{'sum': '13'}]), ('/visits?select=rating::numeric.avg()::int', [{'avg': 3}]),
    ('/visits?select=a:rating::text.max()', [{'a': '5'}]),
    ('/visits?select=day.min(),visitor.max()', [{'min': '2024-01-10', 'max': 'Nia'}]),
    ('/visits?select=visitor,count()&order=visitor',
     [{'visitor': 'Kim', 'count': 2}, {'visitor': 'Lee', 'count': 1}, {'visitor': 'Mo', 'count': 1}, {'visitor': 'Nia', 'count': 1}]),
    ('/visits?select=who:visitor,rating.sum()&order=visitor.desc&limit=2', [{'who': 'Nia', 'sum': 1}, {'who': 'Mo', 'sum': None}]),
    ('/visits?select=visitor,rating.max()&rating=gt.3&order=visitor', [{'visitor': 'Kim', 'max': 5}]),
    ('/homes?select=status,price.sum(),beds.avg()::float8&order=status',
     [{'status': 'draft', 'sum': 1200000.00, 'avg': 6}, {'status': 'active', 'sum': 350000.50, 'avg': 1.5},
      {'status': 'sold', 'sum': 400000.00, 'avg': 5}]),
    ('/home_details?select=extra->>key::int.sum()', [{'sum': 24}]), ('/home_details?select=s:extra->>key::int.sum()::text', [{'s': '24'}]),
    ('/homes?select=details->>year,count()&status=eq.sold', [{'year': '1880', 'count': 1}]),
    ('/homes?select=price_per_bed.max()', [{'max': 250000.00}]),
    ('/homes?select=id,visits(count())&order=id',
     [{'id': 1, 'visits': [{'count': 2}]}, {'id': 2, 'visits': [{'count': 1}]}, {'id': 3, 'visits': [{'count': 1}]},
      {'id': 4, 'visits': [{'count': 0}]}, {'id': 5, 'visits': [{'count': 0}]}]),
    ('/homes?select=id,visits(count)&id=eq.1', [{'id': 1, 'visits': [{'count': 2}]}]),
    ('/homes?select=id,visits(rating.avg(),best:rating.max())&id=in.(1,4)&order=id',
     [{'id': 1, 'visits': [{'avg': 4, 'best': 5}]}, {'id': 4, 'visits': [{'avg': None, 'best': None}]}]),
    ('/homes?select=id,visits(visitor,rating.sum())&id=eq.1&visits.order=visitor',
     [{'id': 1, 'visits': [{'visitor': 'Kim', 'sum': 5}, {'visitor': 'Lee', 'sum': 3}]}]),
    ('/homes?select=id,features(count())&id=in.(1,4)&order=id',
     [{'id': 1, 'features': [{'count': 2}]}, {'id': 4, 'features': [{'count': 3}]}]),
    ('/visits?select=home_id,rating.sum(),homes(title)&home_id=lt.3&order=home_id',
     [{'home_id': 1, 'sum': 8, 'homes': {'title': 'Red cottage'}}, {'home_id': 2, 'sum': 4, 'homes': {'title': 'Blue loft'}}]),
    ('/visits?select=...homes(price.sum())', [{'sum': 850001.00}]),
    ('/visits?select=...homes(total:price.sum(),dearest:price.max())', [{'total': 850001.00, 'dearest': 400000.00}]),
    ('/visits?select=visitor,...homes(price.sum())&order=visitor',
     [{'visitor': 'Kim', 'sum': 350000.50}, {'visitor': 'Lee', 'sum': 100000.50}, {'visitor': 'Mo', 'sum': 400000.00},
      {'visitor': 'Nia', 'sum': None}]),
    ('/visits?select=rating.sum(),...homes(status)&order=homes(status).nullslast',
     [{'sum': 12, 'status': 'active'}, {'sum': None, 'status': 'sold'}, {'sum': 1, 'status': None}]),
    ('/visit_notes?select=count(),...visits(...homes(title))&visit_id=eq.1', [{'count': 2, 'title': 'Red cottage'}]),
    ('/agencies?select=name,agents(count())&id=lte.2&order=id',
     [{'name': 'North & Sons', 'agents': [{'count': 2}]}, {'name': 'Harbour Homes', 'agents': [{'count': 2}]}]),
    ('/count_column?select=count.sum()', [{'sum': 30}]),
]

REFUSED = [
    ('/homes?select=id::nosuchtype', 400, '42704', 'type "nosuchtype" does not exist'),
    ('/homes?select=nosuch', 400, '42703', 'column homes.nosuch does not exist'),
    ('/homes?nosuch=eq.1', 400, '42703', 'column homes.nosuch does not exist'),
    ('/homes?order=nosuch', 400, '42703', 'column homes.nosuch does not exist'),
    ('/homes?select=title::int', 400, '22P02', 'invalid input syntax for type integer: "Red cottage"'),
    ('/homes?select=beds::home_status', 400, '42846', 'cannot cast type integer to home_status'),
    ('/homes?select=title.sum()', 404, '42883', 'function sum(text) does not exist'),
    ('/divided?select=quotient', 400, '22012', 'division by zero'),
    ('/one_row_too_many', 500, '21000', 'more than one row returned by a subquery used as an expression'),
]


def named(cases):
    return pytest.mark.parametrize('path, wanted', cases, ids=[c[0] for c in cases])


@named(COLUMNS)
def test_columns(api, path, wanted):
    assert api.rows(path) == wanted


@named(PATHS)
def test_json_paths(api, path, wanted):
    assert api.rows(path) == wanted


@named(AGGREGATES)
def test_aggregates(api, path, wanted):
    assert api.rows(path) == wanted


@pytest.mark.parametrize('path, status, code, message', REFUSED, ids=[c[0] for c in REFUSED])
def test_refused(api, path, status, code, message):
    error(api.get(path), status, code, message)


def test_a_json_null_and_an_sql_null(api):
    assert api.rows('/json_docs?select=z:data->z,t:data->>z&id=eq.1') == [{'z': None, 't': None}]


@pytest.mark.parametrize('id', [1, 2, 3])
def test_every_type_as_postgres_makes_json_of_it(api, database, id):
    """Numbers keep their digits, json columns their spaces."""
    wanted = database.one('set search_path = test; select row_to_json(a)::text from test.all_types a where id = %s', id)
    assert api.get(f'/all_types?id=eq.{id}').text == f'[{wanted}]'


def columns_of_all_types():
    body = re.search(r'create table test.all_types \((.*?)\);\n', (HERE / 'fixtures/schema.sql').read_text(), re.S).group(1)
    return re.findall(r'(?:^|, )\s*(\w+) [\w.\[\]]+', re.sub(r'\([\d, ]+\)', '', body.replace('\n', ' ')))


@pytest.mark.parametrize('column', columns_of_all_types())
def test_a_column_alone_of_every_type(api, database, column):
    wanted = database.query(f'set search_path = test; select row_to_json(one)::text from (select {column} from test.all_types order by id) one')
    found = api.get(f'/all_types?select={column}&order=id')
    assert [compact(json.loads(w)) for (w,) in wanted] == [compact(row) for row in found.json()]


def test_a_row_is_written_compactly_in_the_order_of_select(api):
    assert api.get('/homes?select=title,id,beds&id=eq.1').text == '[{"title":"Red cottage","id":1,"beds":2}]'
    assert api.get('/homes?select=id&id=eq.99').text == '[]'
    answer = api.get('/features?id=eq.1')
    assert answer['Content-Length'] == str(len('[{"id":1,"name":"sauna"}]'))


def test_json_columns_keep_the_spacing_of_postgres(api):
    assert api.get('/homes?select=details&id=eq.5').text == '[{"details":{"year": null}}]'
    assert api.get('/all_types?select=j&id=eq.1').text == '[{"j":{"b":  1, "a": [1,  2]}}]'


def test_text_is_escaped(api):
    assert api.rows('/all_types?select=t&id=eq.1') == [{'t': 'line\none "quoted" \\ tab\t æøå 😀'}]
    assert '"line\\none \\"quoted\\" \\\\ tab\\t æøå 😀"' in api.get('/all_types?select=t&id=eq.1').text


def test_aggregates_are_off_unless_allowed(plain):
    for path in ('/visits?select=count()', '/visits?select=rating.sum()', '/homes?select=id,visits(count())',
                 '/visits?select=visitor,rating.max()', '/visits?select=...homes(price.sum())'):
        error(plain.get(path), 400, 'PGRST123', 'Use of aggregate functions is not allowed', None, None)


@pytest.mark.parametrize('path', [
    '/agencies?select=...agents(count())', '/agencies?select=name,...agents(id.sum())', '/homes?select=id,...features(id.max())',
])
def test_aggregates_inside_a_spread_of_many(api, path):
    error(api.get(path), 400, 'PGRST127', 'Feature not implemented',
          'Aggregates are not implemented for one-to-many or many-to-many spreads.', None)


def test_data_representations_come_out_through_their_casts(api):
    assert api.rows('/paints?select=id,tint&order=id') == [
        {'id': 1, 'tint': '#FF0000'}, {'id': 2, 'tint': '#0000FF'}, {'id': 3, 'tint': None}]
    assert api.rows('/paints?select=*&id=eq.1') == [{'id': 1, 'name': 'red', 'tint': '#FF0000', 'mixed': 1704067200, 'tints': [255, 256]}]
    assert api.rows('/paints?select=hue:tint&id=eq.1') == [{'hue': '#FF0000'}]
    assert api.rows('/paints_view?select=tint,twice&id=eq.2') == [{'tint': '#0000FF', 'twice': '#0000FF'}]
    assert api.rows('/walls?select=id,paints(tint)&order=id') == [
        {'id': 1, 'paints': {'tint': '#FF0000'}}, {'id': 2, 'paints': {'tint': '#0000FF'}}]
    assert api.rows('/walls?select=id,...paints(tint)&id=eq.1') == [{'id': 1, 'tint': '#FF0000'}]
    assert api.rows('/paints?select=id,walls(tint)&id=eq.1') == [{'id': 1, 'walls': [{'tint': '#000001'}]}]
    assert api.rows('/paints?select=tint::text&id=eq.2') == [{'tint': '255'}]


def test_data_representations_are_read_in_filters(api):
    assert api.rows('/paints?select=id&tint=eq.%23FF0000') == [{'id': 1}]
    assert api.rows('/paints?select=id&tint=eq.FF0000') == [{'id': 1}]
    assert api.rows('/paints?select=id&tint=in.(%230000ff,ff0000)&order=id') == [{'id': 1}, {'id': 2}]
    assert api.rows('/paints?select=id&tint=lt.%23001000') == [{'id': 2}]
    assert api.rows('/paints?select=id&tint=not.eq.%23FF0000') == [{'id': 2}]
    assert api.rows('/paints?select=id&or=(tint.eq.%23FF0000,tint.is.null)&order=id') == [{'id': 1}, {'id': 3}]
    assert api.rows('/paints_view?select=id&twice=eq.%230000FF') == [{'id': 2}]
    assert api.rows('/walls?select=id,paints!inner()&paints.tint=eq.%230000FF') == [{'id': 2}]
    assert api.get('/paints?select=id&tint=eq.notahue').status == 400
