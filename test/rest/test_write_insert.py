"""POST on tables: bodies of every sort, what comes back, what is refused (facts 1.7)."""
import re

import pytest

from restkit import JSON, OBJECT, compact, error, names_of

REP = 'return=representation'
CSV = {'Content-Type': 'text/csv'}
FORM = {'Content-Type': 'application/x-www-form-urlencoded'}


@pytest.fixture(scope='module')
def api(rest):
    """Nothing that a test writes stays, unless it says tx=commit."""
    return rest(PGRST_DB_TX_END='rollback-allow-override')


def made(answer, rows, status=201):
    assert answer.status == status and answer['Content-Type'] == JSON, repr(answer)
    assert answer.json() == rows, repr(answer)


# What comes back

def test_without_a_preference_an_insert_answers_201_and_nothing_else(api):
    answer = api.post('/parts?select=id', {'id': 50, 'name': 'pump'})
    assert (answer.status, answer.body, answer['Content-Length']) == (201, b'', '0'), repr(answer)
    assert answer['Content-Type'] is None and answer['Location'] is None and answer['Preference-Applied'] is None
    assert answer['Content-Range'] == '*/*'


def test_minimal_ignores_select(api):
    answer = api.post('/parts?select=id,name', {'id': 50, 'name': 'pump'}, prefer='return=minimal')
    assert (answer.status, answer.body, answer['Preference-Applied']) == (201, b'', 'return=minimal'), repr(answer)
    assert answer['Content-Type'] is None


def test_the_representation_is_the_whole_row_with_its_defaults(api):
    answer = api.post('/parts', {'id': 50, 'name': 'pump'}, prefer=REP)
    made(answer, [{'id': 50, 'name': 'pump', 'kind': 'spare', 'price': 9.5, 'note': None}])
    assert answer['Preference-Applied'] == REP and answer['Location'] is None and answer['Content-Range'] == '*/*'


def test_the_representation_is_written_compactly_with_its_length(api):
    answer = api.post('/parts?select=id,name', {'id': 50, 'name': 'pump'}, prefer=REP)
    assert answer.text == '[{"id":50,"name":"pump"}]' and answer['Content-Length'] == '25'


def test_select_shapes_the_representation(api):
    made(api.post('/parts?select=nr:id::text,name,price_with_tax', {'id': 50, 'name': 'pump', 'price': 10}, prefer=REP),
         [{'nr': '50', 'name': 'pump', 'price_with_tax': 12.5}])


def test_the_representation_embeds_what_the_row_refers_to(api):
    answer = api.post('/bikes?select=id,owner,mechanics(name),repairs(work)', {'id': 50, 'owner': 'Sam', 'mechanic_id': 2},
                      prefer=REP + ', count=exact')
    made(answer, [{'id': 50, 'owner': 'Sam', 'mechanics': {'name': 'Noor'}, 'repairs': []}])
    assert answer['Content-Range'] == '*/1' and answer['Preference-Applied'] == REP + ', count=exact'


def test_the_representation_may_be_one_object(api):
    answer = api.post('/parts?select=id', {'id': 50, 'name': 'pump'}, prefer=REP, accept=OBJECT)
    assert (answer.status, answer.text) == (201, '{"id":50}') and answer['Content-Type'] == OBJECT + '; charset=utf-8'


def test_two_rows_are_no_one_object_and_nothing_stays(api):
    rows = [{'id': 51, 'name': 'x1'}, {'id': 52, 'name': 'x2'}]
    answer = api.post('/parts', rows, prefer=REP + ', tx=commit', accept=OBJECT)
    error(answer, 406, 'PGRST116', 'Cannot coerce the result to a single JSON object', 'The result contains 2 rows')
    assert api.rows('/parts?id=in.(51,52)') == []


def test_the_representation_may_be_csv(api):
    answer = api.post('/parts?select=id,name,note', {'id': 50, 'name': 'a,"b"'}, prefer=REP, accept='text/csv')
    assert answer.status == 201 and answer['Content-Type'] == 'text/csv; charset=utf-8'
    assert answer.text == 'id,name,note\n50,"a,""b""",'


def test_the_representation_may_leave_nulls_out(api):
    answer = api.post('/parts?select=id,note', {'id': 50, 'name': 'x'}, prefer=REP,
                      accept='application/vnd.pgrst.array+json;nulls=stripped')
    assert answer.status == 201 and answer.json() == [{'id': 50}]


def test_order_sorts_the_representation(api):
    rows = [{'id': 51, 'name': 'b'}, {'id': 52, 'name': 'c'}, {'id': 53, 'name': 'a'}]
    made(api.post('/parts?select=id&order=name.desc', rows, prefer=REP), [{'id': 52}, {'id': 51}, {'id': 53}])


def test_headers_only_tells_where_the_row_is(api):
    answer = api.post('/parts?select=name', {'id': 50, 'name': 'pump'}, prefer='return=headers-only')
    assert (answer.status, answer.body, answer['Location']) == (201, b'', '/parts?id=eq.50'), repr(answer)
    assert answer['Preference-Applied'] == 'return=headers-only' and answer['Content-Range'] == '*/*'
    assert answer['Content-Type'] is None


def test_the_location_of_a_generated_key(api):
    answer = api.post('/parts', {'name': 'pump'}, prefer='return=headers-only')
    assert re.fullmatch(r'/parts\?id=eq\.\d{4,}', answer['Location']), repr(answer)


def test_the_location_of_a_key_of_several_columns(api):
    answer = api.post('/measures', {'year': 2024, 'place': 'east'}, prefer='return=headers-only')
    assert answer['Location'] == '/measures?year=eq.2024&place=eq.east', repr(answer)


def test_the_location_is_percent_encoded_and_finds_the_row(api):
    row = {'a': 77, 'b': 'Rock & R+ll/圍棋?', 'note': 'x'}
    answer = api.post('/pairs', row, prefer='return=headers-only, tx=commit')
    assert answer.status == 201 and re.fullmatch(r'[!-~]+', answer['Location']), repr(answer)
    assert api.get(answer['Location'], raw=True).json() == [row]
    assert api.delete(answer['Location'], raw=True, prefer='tx=commit').status == 204


def test_a_table_without_a_key_has_no_location(api):
    for prefer in (None, 'return=headers-only'):
        answer = api.post('/keyless', {'a': '3', 'b': '4'}, prefer=prefer)
        assert (answer.status, answer['Location']) == (201, None), repr(answer)


def test_count_counts_what_was_inserted(api):
    answer = api.post('/keyless', [{'a': '3'}, {'a': '4'}], prefer='count=exact')
    assert (answer.status, answer['Content-Range'], answer['Preference-Applied']) == (201, '*/2', 'count=exact')


def test_the_representation_is_not_capped_by_max_rows(rest):
    capped = rest(PGRST_DB_MAX_ROWS='2', PGRST_DB_TX_END='rollback-allow-override')
    assert len(capped.post('/keyless', [{'a': str(n)} for n in range(5)], prefer=REP).json()) == 5
    assert len(capped.rows('/parts')) == 2


def test_an_insert_stays_only_when_the_transaction_commits(api):
    for prefer, there in (('tx=rollback', 0), (None, 0), ('tx=commit', 1)):
        assert api.post('/only_key', {'id': 900}, prefer=prefer).status == 201
        assert len(api.rows('/only_key?id=eq.900')) == there
    assert api.delete('/only_key?id=eq.900', prefer='tx=commit').status == 204


# JSON bodies

def test_many_rows_at_once(api):
    rows = [{'a': n, 'b': f'row {n}', 'note': None} for n in range(100, 400)]
    made(api.post('/pairs?order=a', rows, prefer=REP), rows)


@pytest.mark.parametrize('kind', ['application/json', 'text/csv'])
def test_ten_thousand_rows_at_once(api, kind):
    body = 'a,b,note\n' + ''.join(f'{n},row {n},NULL\n' for n in range(10000)) if kind == 'text/csv' else compact(
        [{'a': n, 'b': f'row {n}', 'note': None} for n in range(10000)])
    answer = api.post('/pairs', body=body, headers={'Content-Type': kind}, prefer='count=exact')
    assert (answer.status, answer['Content-Range']) == (201, '*/10000'), repr(answer)
    answer = api.post('/pairs?select=a&order=a', body=body, headers={'Content-Type': kind}, prefer=REP)
    assert [row['a'] for row in answer.json()] == list(range(10000))
    last = body.replace('row 9999', 'one').replace('9999,' if kind == 'text/csv' else '"a":9999', '1,' if kind == 'text/csv' else '"a":1')
    error(api.post('/pairs', body=last, headers={'Content-Type': kind}), 409, '23505')


def test_keys_come_in_any_order(api):
    answer = api.post('/pairs', body='[{"a":10,"b":"x","note":"n"},{"note":"m","b":"y","a":11}]', prefer=REP,
                      headers={'Content-Type': 'application/json'})
    made(answer, [{'a': 10, 'b': 'x', 'note': 'n'}, {'a': 11, 'b': 'y', 'note': 'm'}])


@pytest.mark.parametrize('rows', [
    [{'a': 10, 'b': 'x'}, {'a': 11, 'b': 'y', 'note': 'z'}],
    [{'a': 10, 'b': 'x', 'note': 'z'}, {'a': 11, 'b': 'y'}],
    [{'a': 10, 'b': 'x'}, {'a': 11, 'note': 'y'}],
    [{'a': 10, 'b': 'x'}, 123], [{'a': 10, 'b': 'x'}, 'text'], [{'a': 10, 'b': 'x'}, None], [1, 2], [[{'a': 1}]],
])
def test_rows_with_different_keys_are_refused(api, rows):
    error(api.post('/pairs', rows), 400, 'PGRST102', 'All object keys must match', re.compile(r'^row \d+ '), None)


@pytest.mark.parametrize('body', ['', ' ', '}{ x = 2', '{"a":1', '[{"a":1},]', '{"a":01}', 'nul', '{"a":1}{"b":2}', "{'a':1}",
                                  '{"a":"\x01"}', '[', '"', '\ufeff{"a":1}'])
def test_what_is_no_json_is_refused(api, body):
    answer = api.post('/pairs', body=body, headers={'Content-Type': 'application/json'})
    error(answer, 400, 'PGRST102', 'Empty or invalid json', re.compile('.'), None)


@pytest.mark.parametrize('body', [b'{"a":1,"b":"\xff"}', b'{"a":1,"b":"\xc3("}', b'\xff'])
def test_what_is_no_utf8_is_refused(api, body):
    assert api.post('/pairs', body=body, headers={'Content-Type': 'application/json'}).status == 400


def test_a_zero_character_is_postgresql_s_to_refuse(api):
    error(api.post('/keyless', body='{"a":"x\\u0000y"}', headers={'Content-Type': 'application/json'}), 400, '22P05')


def test_no_rows_insert_nothing(api):
    answer = api.post('/pairs', [], prefer=REP)
    made(answer, [])
    assert api.post('/pairs', []).status == 201


@pytest.mark.parametrize('scalar', ['1', '"text"', 'null', 'true'])
def test_a_scalar_inserts_nothing(api, scalar):
    made(api.post('/pairs', body=scalar, prefer=REP, headers={'Content-Type': 'application/json'}), [])


def test_an_empty_object_inserts_a_row_of_defaults(api):
    answer = api.post('/defaults?select=name,n,at', {}, prefer=REP)
    made(answer, [{'name': 'Default', 'n': 7, 'at': '2020-01-01T00:00:00+00:00'}])
    assert len(api.post('/defaults', [{}, {}], prefer=REP).json()) == 2
    assert api.post('/defaults', [{}]).status == 201


def test_null_is_not_a_missing_key(api):
    made(api.post('/defaults?select=name,n', {'name': None}, prefer=REP), [{'name': None, 'n': 7}])


def test_space_around_and_within_a_body_does_not_matter(api):
    answer = api.post('/only_key', body='\t \n \r [ { "id" : 70 } , \n {"id":71} ] \t \n \r ', prefer=REP,
                      headers={'Content-Type': 'application/json'})
    made(answer, [{'id': 70}, {'id': 71}])


def test_of_a_key_given_twice_json_keeps_both_and_a_column_the_last(api):
    answer = api.post('/shapes?select=id,j,jb', body='{"id":9,"id":10,"j":{"a":1,"a":2},"jb":{"a":1,"a":2}}', prefer=REP,
                      headers={'Content-Type': 'application/json'})
    assert answer.text == '[{"id":10,"j":{"a":1,"a":2},"jb":{"a": 2}}]', repr(answer)


def test_every_type_takes_its_json(api):
    row = {
        'id': 10, 'j': {'deep': [1, {'er': None}]}, 'jb': [1, 'two', None], 'tags': ['a', 'b "quoted"', 'null', None],
        'grid': [[1, 2], [3, 4]],
        'at': '2024-02-03T04:05:06.789+00:00', 'day': '2024-02-29', 'bits': '10101', 'code': 'abcde', 'tall': 'eight ch',
        'colour': 'green', 'size': {'width': 3, 'height': 4}, 'span': '[1,5)', 'word': 'fine',
        'id2': '6f9619ff-8b86-d011-b42d-00c04fc964ff',
        'raw': '\\xdeadbeef', 'big': 9007199254740993, 'amount': 1.5, 'ratio': 0.1, 'flag': True}
    made(api.post('/shapes', row, prefer=REP), [row])


def test_numbers_keep_all_their_digits(api):
    answer = api.post('/shapes?select=big,amount', body='{"id":10,"big":9223372036854775807,"amount":12345678901234567890.0123456789}',
                      prefer=REP, headers={'Content-Type': 'application/json'})
    assert answer.text == '[{"big":9223372036854775807,"amount":12345678901234567890.0123456789}]'


def test_a_text_is_cast_to_the_column_and_a_number_to_text(api):
    answer = api.post('/shapes?select=id,big,flag,tall,tags,size', {'id': '10', 'big': '12', 'flag': 'true', 'tall': 5,
                                                                    'tags': '{x,"y z"}'},
                      prefer=REP)
    made(answer, [{'id': 10, 'big': 12, 'flag': True, 'tall': '5', 'tags': ['x', 'y z'], 'size': None}])


def test_json_columns_keep_texts_texts(api):
    made(api.post('/shapes?select=j,jb', {'id': 10, 'j': '{"a":1}', 'jb': 'plain'}, prefer=REP), [{'j': '{"a":1}', 'jb': 'plain'}])
    made(api.post('/shapes?select=j,jb', {'id': 10, 'j': None, 'jb': 7}, prefer=REP), [{'j': None, 'jb': 7}])


def test_unicode_comes_back_as_it_went(api):
    text = '棋圍 ￥ \U0001F600 "quoted" \\ back / \t tab \n line \x7f'
    made(api.post('/keyless?select=a', {'a': text}, prefer=REP), [{'a': text}])


def test_odd_names_of_columns_and_tables(api):
    row = {'the key': 2, 'a,b': '1', 'say "hi"': '2', 'a.b': '3', 'col->x': '4'}
    made(api.post('/odd%20names', row, prefer=REP), [row])
    answer = api.post('/odd%20names?columns="the key","a,b"&select="a,b","the key"', row, prefer=REP)
    made(answer, [{'a,b': '1', 'the key': 2}])
    answer = api.post('/odd%20names', row, prefer='return=headers-only')
    assert answer['Location'] == '/odd%20names?the%20key=eq.2', repr(answer)
    made(api.post('/Camel', {'theKey': 2, 'theName': 'x'}, prefer=REP), [{'theKey': 2, 'theName': 'x'}])


def test_a_value_is_never_sql(api):
    for text in ("'); drop table test.keyless; --", "$1", "{{a}}", "\\'; select 1", "E'\\x27'", '%s %n', '$body$'):
        made(api.post('/keyless?select=a', {'a': text}, prefer=REP), [{'a': text}])


# columns=

def test_columns_takes_only_these_keys(api):
    rows = [{'a': 10, 'b': 'x', 'c': 1, 'note': 'left out'}, {'a': 11, 'b': 'y', 'other': [1]}]
    made(api.post('/pairs?columns=a,b', rows, prefer=REP), [{'a': 10, 'b': 'x', 'note': None}, {'a': 11, 'b': 'y', 'note': None}])


def test_with_columns_an_absent_key_is_null(api):
    made(api.post('/defaults?columns=id,name,n', [{'id': 10, 'name': 'x'}, {'id': 11, 'n': 1}], prefer=REP + ', missing=null'),
         [{'id': 10, 'name': 'x', 'n': None, 'at': '2020-01-01T00:00:00+00:00'},
          {'id': 11, 'name': None, 'n': 1, 'at': '2020-01-01T00:00:00+00:00'}])


def test_with_missing_default_an_absent_key_is_the_default_and_null_stays_null(api):
    answer = api.post('/defaults?columns=id,name,n&select=id,name,n', [{'id': 10}, {'id': 11, 'name': None, 'n': 1},
                                                                       {'id': 12, 'n': 3, 'name': 'x'}],
                      prefer=REP + ', missing=default')
    made(answer, [{'id': 10, 'name': 'Default', 'n': 7}, {'id': 11, 'name': None, 'n': 1}, {'id': 12, 'name': 'x', 'n': 3}])
    assert answer['Preference-Applied'] == 'missing=default, return=representation'


def test_missing_default_knows_defaults_of_identities_domains_and_views(api):
    answer = api.post('/parts?columns=id,name&select=id,name', [{'name': 'one'}, {'id': 77, 'name': 'two'}],
                      prefer=REP + ', missing=default')
    assert answer.status == 201 and answer.json()[0]['id'] >= 1000 and answer.json()[1]['id'] == 77, repr(answer)
    made(api.post('/shapes?columns=id,word,tags&select=word,tags', {'id': 10}, prefer=REP + ', missing=default'),
         [{'word': 'domain default', 'tags': ['plain']}])
    made(api.post('/parts_view?columns=id,name,kind&select=kind', [{'id': 78, 'name': 'x'}, {'id': 79, 'name': 'y', 'kind': 'new'}],
                  prefer=REP + ', missing=default'), [{'kind': 'used'}, {'kind': 'new'}])


def test_an_unknown_column_is_refused_with_its_name(api):
    error(api.post('/pairs?columns=helicopter', {'a': 1}), 400, 'PGRST204',
          "Could not find the 'helicopter' column of 'pairs' in the schema cache", None, None)
    error(api.post('/pairs', {'a': 1, 'b': 'x', 'helicopter': 1}), 400, 'PGRST204',
          "Could not find the 'helicopter' column of 'pairs' in the schema cache", None, None)


def test_an_empty_list_of_columns_is_refused(api):
    found = error(api.post('/pairs?columns=', {'a': 1}), 400, 'PGRST100')
    assert '(line 1, column 1)' in found['message']


def test_an_unknown_table_comes_before_an_unknown_column(api):
    error(api.post('/garlic?columns=helicopter', {'a': 1}), 404, 'PGRST205')


def test_with_columns_what_is_no_object_is_refused(api):
    assert api.post('/pairs?columns=a,b', [{'a': 10, 'b': 'x'}, 333]).status == 400
    assert api.post('/pairs?columns=a,b', body='}{', headers={'Content-Type': 'application/json'}).status == 400


# CSV and forms

def test_csv_with_a_header_row(api):
    answer = api.post('/pairs', body='a,b,note\n10,x,"with ""quotes"", and\nlines"\n11,y,\n12,z,NULL\n', headers=CSV, prefer=REP)
    made(answer, [{'a': 10, 'b': 'x', 'note': 'with "quotes", and\nlines'}, {'a': 11, 'b': 'y', 'note': ''},
                  {'a': 12, 'b': 'z', 'note': None}])


def test_csv_in_and_csv_out(api):
    answer = api.post('/keyless', body='a,b\nbar,baz', headers=CSV, prefer=REP, accept='text/csv')
    assert (answer.status, answer.text) == (201, 'a,b\nbar,baz') and answer['Content-Type'] == 'text/csv; charset=utf-8'
    assert api.post('/keyless', body='a,b\nNULL,foo', headers=CSV, prefer=REP, accept='text/csv').text == 'a,b\n,foo'
    answer = api.post('/parts?select=id', body='id,name,price\n80,Xenix,1\n81,NT,1', headers=CSV, prefer=REP, accept='text/csv')
    assert (answer.text, answer['Content-Range']) == ('id\n80\n81', '*/*')


def test_csv_with_carriage_returns_and_a_charset(api):
    answer = api.post('/keyless', body='a,b\r\n1,2\r\n', headers={'Content-Type': 'text/csv; charset=utf-8'}, prefer=REP)
    made(answer, [{'a': '1', 'b': '2'}])


@pytest.mark.parametrize('body', ['a,b\nfoo,bar\nbaz', 'a,b\nfoo,bar,baz'])
def test_csv_lines_of_different_length_are_refused(api, body):
    error(api.post('/keyless', body=body, headers=CSV), 400, 'PGRST102', 'All lines must have same number of fields',
          re.compile(r'line \d'), None)


@pytest.mark.parametrize('body', ['', 'a,b\n"open,1'])
def test_what_is_no_csv_is_refused(api, body):
    error(api.post('/keyless', body=body, headers=CSV), 400, 'PGRST102')


def test_csv_with_columns_that_are_not_there(api):
    error(api.post('/keyless', body='a,zz\n1,2', headers=CSV), 400, 'PGRST204',
          "Could not find the 'zz' column of 'keyless' in the schema cache")


def test_a_form_is_one_row(api):
    answer = api.post('/parts?select=id,name,price', body='id=50&name=forms+are%20fun%26more&price=2.71', headers=FORM, prefer=REP)
    made(answer, [{'id': 50, 'name': 'forms are fun&more', 'price': 2.71}])


@pytest.mark.parametrize('kind', ['application/yaml', 'text/plain', 'application/octet-stream', 'audio/mpeg3'])
def test_a_body_of_a_kind_that_nobody_reads_is_refused(api, kind):
    error(api.post('/keyless', body='a: 1', headers={'Content-Type': kind}), 400, 'PGRST102', f'Content-Type not acceptable: {kind}')


def test_a_body_without_a_kind_is_json(api):
    made(api('POST', '/keyless', body='{"a":"1","b":"2"}', prefer=REP), [{'a': '1', 'b': '2'}])


def test_json_may_name_its_charset(api):
    made(api.post('/keyless', body='{"a":"1","b":"2"}', headers={'Content-Type': 'application/json;charset=UTF-8'}, prefer=REP),
         [{'a': '1', 'b': '2'}])


def test_a_chunked_body(api):
    body = ('[' + ','.join(compact({'a': str(n), 'b': 'x'}) for n in range(3)) + ']').encode()
    chunks = b''.join(b'%x\r\n%s\r\n' % (len(c), c) for c in (body[:7], body[7:])) + b'0\r\n\r\n'
    answer = api.post('/keyless?select=a', body=chunks, headers={'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked'},
                      prefer=REP)
    made(answer, [{'a': '0'}, {'a': '1'}, {'a': '2'}])


# What PostgreSQL refuses

def test_a_key_that_is_there_already_is_409(api):
    error(api.post('/only_key', {'id': 1}), 409, '23505', 'duplicate key value violates unique constraint "only_key_pkey"',
          'Key (id)=(1) already exists.', None)


def test_a_reference_to_nothing_is_409(api):
    error(api.post('/bikes', {'id': 50, 'owner': 'x', 'mechanic_id': 99}), 409, '23503',
          'insert or update on table "bikes" violates foreign key constraint "bikes_mechanic_id_fkey"',
          'Key (mechanic_id)=(99) is not present in table "mechanics".', None)


def test_a_missing_value_is_400(api):
    error(api.post('/parts', {'id': 50}), 400, '23502', 'null value in column "name" of relation "parts" violates not-null constraint',
          re.compile(r'^Failing row contains \(50, null'), None)


def test_a_check_is_400(api):
    error(api.post('/parts', {'name': 'x', 'kind': 'broken'}), 400, '23514', re.compile('parts_kind'))
    error(api.post('/shapes', {'id': 10, 'word': 'forbidden'}), 400, '23514')


@pytest.mark.parametrize('row, code', [
    ({'id': 'x'}, '22P02'), ({'id': 99999999999}, '22003'), ({'id': 10, 'tall': 'more than eight'}, '22001'),
    ({'id': 10, 'colour': 'mauve'}, '22P02'), ({'id': 10, 'day': '2024-02-30'}, '22008'), ({'id': 10, 'tags': '{open'}, '22P02'),
])
def test_a_value_that_does_not_fit_is_400(api, row, code):
    error(api.post('/shapes', row), 400, code)


def test_generated_columns_and_identities_are_nobody_s_to_set(api):
    error(api.post('/stamped', {'id': 5, 'name': 'x'}), 400, '428C9')
    error(api.post('/stamped', {'name': 'x', 'shout': 'Y'}), 400, '428C9')
    error(api.post('/stamped?columns=name,shout', [{'name': 'x'}, {'name': 'y', 'shout': 'Z'}], prefer='missing=default'), 400, '428C9')
    made(api.post('/stamped?select=name,shout', {'name': 'x'}, prefer=REP), [{'name': 'x', 'shout': 'X'}])


def test_one_bad_row_of_many_inserts_none(api):
    rows = [{'id': 800, 'name': 'fine'}, {'id': 801, 'name': 'bad'}]
    error(api.post('/checked', rows, prefer='tx=commit'), 422, 'PT422', 'that name is taken by the devil', None, 'choose another')
    assert api.rows('/checked?id=in.(800,801)') == []


def test_a_trigger_changes_what_is_written_and_how_it_is_answered(api):
    made(api.post('/checked', {'id': 800, 'name': '  trimmed '}, prefer=REP), [{'id': 800, 'name': 'trimmed'}])
    answer = api.post('/checked', {'id': 800, 'name': 'teapot'})
    assert (answer.status, answer['X-Tea']) == (418, 'green'), repr(answer)


def test_an_unknown_table_is_404(api):
    error(api.post('/part', {'a': 1}), 404, 'PGRST205', "Could not find the table 'test.part' in the schema cache", None,
          "Perhaps you meant the table 'test.parts'")


def test_an_unknown_relation_in_the_representation_is_refused_and_nothing_stays(api):
    error(api.post('/only_key?select=id,parts(*)', {'id': 801}, prefer=REP + ', tx=commit'), 400, 'PGRST200')
    error(api.post('/only_key?select=nothing', {'id': 801}, prefer=REP + ', tx=commit'), 400, '42703')
    assert api.rows('/only_key?id=eq.801') == []


def test_exposed_headers_name_what_a_browser_may_read_after_an_insert(api):
    answer = api.post('/only_key', {'id': 950}, headers={'Origin': 'http://example.org'})
    assert {'Content-Range', 'Location'} <= names_of(answer['Access-Control-Expose-Headers']), repr(answer)
