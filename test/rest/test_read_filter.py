"""Row filters and logic trees: every operator, its negation, its modifiers, its values (rest-dialect 1.2)."""
import pytest

FIFTEEN = list(range(1, 16))


def but(*ids):
    return [i for i in FIFTEEN if i not in ids]


# table, query, the ids (or words) that are left
NUMBERS = [
    ('id=eq.5', [5]), ('id=neq.5', but(5)), ('id=gt.13', [14, 15]), ('id=gte.14', [14, 15]), ('id=lt.3', [1, 2]), ('id=lte.2', [1, 2]),
    ('id=not.eq.5', but(5)), ('id=not.neq.5', [5]), ('id=not.gt.2', [1, 2]), ('id=not.gte.3', [1, 2]), ('id=not.lt.14', [14, 15]),
    ('id=not.lte.13', [14, 15]), ('id=in.(1,3,5)', [1, 3, 5]), ('id=in.(5)', [5]), ('id=in.(99)', []), ('id=in.()', []), ('id=in.(  )', []),
    ('id=in.( 1 , 2 )', [1, 2]), ('id=not.in.(3,4,5,6,7,8,9,10,11,12,13,14,15)', [1, 2]), ('id=not.in.()', FIFTEEN),
    ('id=in.(1,1,2)', [1, 2]), ('id=is.null', []), ('id=not.is.null', FIFTEEN), ('id=is.not_null', FIFTEEN), ('id=not.is.not_null', []),
    ('id=isdistinct.5', but(5)), ('id=not.isdistinct.5', [5]), ('id=gt.3&id=lt.6', [4, 5]), ('id=gte.3&id=lte.6&id=neq.5&id=neq.4', [3, 6]),
    ('id=eq.1&id=eq.2', []), ('id=eq(any).{1,2,3}', [1, 2, 3]), ('id=eq(all).{1}', [1]), ('id=eq(all).{1,2}', []), ('id=eq(any).{}', []),
    ('id=eq(all).{}', FIFTEEN), ('id=gt(any).{13,14}', [14, 15]), ('id=gt(all).{12,13}', [14, 15]), ('id=gte(any).{14,15}', [14, 15]),
    ('id=gte(all).{14,13}', [14, 15]), ('id=lt(any).{2,3}', [1, 2]), ('id=lt(all).{3,5}', [1, 2]), ('id=lte(any).{1,2}', [1, 2]),
    ('id=lte(all).{2,4}', [1, 2]), ('id=not.eq(any).{1,2,3,4,5,6,7,8,9,10,11,12,13}', [14, 15]), ('id=not.lt(all).{3,15}', list(range(3, 16))),
    ('id=not.gt(any).{2,3}', [1, 2]), ('always_true=is.true', FIFTEEN), ('always_true=eq.false', []), ('minus_id=lt.-13', [14, 15]),
    ('minus_id=in.(-1,-2)', [1, 2]), ('id=eq.0005', [5]), ('id=eq. 5 ', [5]),
]

HOMES = [
    ('price=is.null', [5]), ('price=not.is.null', [1, 2, 3, 4]), ('price=eq.100000.5', [1]), ('price=gt.250000', [3, 4]),
    ('price=gte.2.5e5', [2, 3, 4]), ('price=isdistinct.250000', [1, 3, 4, 5]), ('beds=not.isdistinct.2', [1]),
    ('price=neq.250000', [1, 3, 4]), ('price=not.eq.250000', [1, 3, 4]), ('heated=is.true', [1, 4]), ('heated=is.false', [2]),
    ('heated=is.unknown', [3, 5]), ('heated=is.null', [3, 5]), ('heated=not.is.true', [2, 3, 5]), ('heated=is.NULL', [3, 5]),
    ('heated=is.TRUE', [1, 4]), ('heated=is.FaLsE', [2]), ('heated=is.UnKnown', [3, 5]), ('heated=is.NOT_NULL', [1, 2, 4]),
    ('heated=not.is.unknown', [1, 2, 4]), ('heated=eq.true', [1, 4]), ('heated=eq.f', [2]), ('heated=neq.true', [2]),
    ('status=eq.active', [1, 2, 5]), ('status=in.(sold,draft)', [3, 4]), ('status=gt.draft', [1, 2, 3, 5]),
    ('status=eq(any).{sold,draft}', [3, 4]), ('title=like.Red*', [1]), ('title=like.*o*', [1, 2, 5]), ('title=like.%25oft', [2]),
    ('title=like.red*', []), ('title=ilike.red*', [1]), ('title=ilike.*E*E*', [1, 3, 4]), ('title=not.like.*e*', []),
    ('title=not.ilike.*r*', [2, 4]), ('title=like.Gre_*', [3, 5]), ('title=like.Grey box', [5]), ('title=like(any).{Red*,Blue*}', [1, 2]),
    ('title=like(all).{*o*,*e*}', [1, 2, 5]), ('title=ilike(any).{RED*,*LOFT}', [1, 2]), ('title=ilike(all).{*O*,*E*,G*}', [5]),
    ('title=not.like(any).{*o*}', [3, 4]), ('title=not.ilike(all).{*O*,*G*}', [2, 3, 4]), ('title=match.^G', [3, 5]),
    ('title=match.^g', []), ('title=imatch.^g', [3, 5]), ('title=match.(oft|box)$', [2, 5]), ('title=not.match.e', []),
    ('title=not.imatch.^[a-g]', [1, 4]), ('title=match(any).{^R,^B}', [1, 2]), ('title=match(all).{^G,x$}', [5]),
    ('title=imatch(any).{^r,^b}', [1, 2]), ('title=imatch(all).{^g,X$}', [5]), ('title=match.a.*y', [4]),
    ('title=eq.White villa, by the sea', [4]), ('title=in.("White villa, by the sea",Grey box)', [4, 5]),
    ('title=eq.White+villa,+by+the+sea', [4]), ('tags=cs.{pets}', [1, 5]), ('tags=cs.{garden,pets}', [1]), ('tags=cs.{}', [1, 2, 3, 5]),
    ('tags=cd.{garden,pets,roof}', [1, 2, 3, 5]), ('tags=cd.{roof}', [2, 3]), ('tags=ov.{roof,pets}', [1, 2, 5]),
    ('tags=not.ov.{roof,pets}', [3]), ('tags=not.cs.{pets}', [2, 3]), ('tags=eq.{roof}', [2]), ('tags=eq.{}', [3]), ('tags=is.null', [4]),
    ('open=cs.{2}', [1, 2]), ('open=cd.{1,2,3,4}', [1, 2, 3, 4]), ('open=ov.{3,9}', [1, 4]), ('open=not.cd.{2}', [1, 4]),
    ('details=cs.{"year": 1950}', [1]), ('details=cs.{"rooms":{"bath":1}}', [1, 3]), ('details=cs.{"views":["sea"]}', [1]),
    ('details=cd.{"year":null,"x":1}', [5]), ('details=not.cs.{"year":null}', [1, 2, 3]), ('details->>year=eq.1950', [1]),
    ('details->year=eq.1950', [1]), ('details->year=gt.1900', [1, 2]), ('details->rooms->>bath=eq.1', [1, 3]),
    ('details->rooms->bath=eq.2', [2]), ('details->views->>0=eq.city', [2]), ('details->views->>-1=eq.hill', [1]),
    ('details->year=is.null', [4]), ('details->>year=is.null', [4, 5]), ('details->>year=not.is.null', [1, 2, 3]),
    ('details->>year=in.(1950,1880)', [1, 3]), ('details->>year=like.19*', [1, 2]), ('details->rooms=cs.{"bed":5}', [3]),
    ('details->>nothing=is.null', [1, 2, 3, 4, 5]), ('free=cs.[2024-01-20,2024-01-21)', [1, 4]),
    ('free=ov.[2024-01-31,2024-02-02)', [1, 2, 4]), ('free=cd.[2024-01-01,2024-12-31]', [1, 2, 3]),
    ('free=sl.[2024-02-01,2024-03-01)', [1]), ('free=sr.[2023-12-01,2024-01-10)', [2, 4]), ('free=nxr.[2024-01-01,2024-02-15)', [1]),
    ('free=nxl.[2024-01-15,2024-02-15)', [2, 4]), ('free=adj.[2024-03-01,2024-04-01)', [2]), ('free=adj.[2024-02-01,2024-02-02)', [1]),
    ('free=not.sl.[2024-02-01,2024-03-01)', [2, 3, 4]), ('free=eq.empty', [3]), ('listed=gt.2024-02-02T00:00:00Z', [2, 3, 5]),
    ('listed=eq.2024-05-05T05:05:05.5%2B00:00', [5]), ('listed=lt.2024-01-01 11:00:00%2B01', []), ('words=fts.dog', [1, 3]),
    ('words=fts.dogs', [1, 3]), ('words=fts.dog%26run', [3]), ('words=fts.garden|roof', [1, 2]), ('words=fts.dog%26!garden', [3]),
    ('words=plfts.running dogs', [3]), ('words=phfts.running dogs', [3]), ('words=phfts.dogs running', []),
    ('words=wfts.dogs -garden', [3]), ('words=wfts.loft or villa', [2, 4]), ('words=wfts."white villa"', [4]),
    ('words=not.fts.dog', [2, 4]), ('words=not.plfts.blue loft', [1, 3, 4]), ('words=not.phfts.running dogs', [1, 2, 4]),
    ('words=not.wfts.sea', [1, 2, 3]), ('words=fts(simple).dogs', []), ('words=fts(english).dogs', [1, 3]),
    ('words=plfts(english).the dogs', [1, 3]), ('words=phfts(english).blue loft', [2]), ('words=wfts(english).farms', [3]),
    ('words=not.fts(english).dogs', [2, 4]), ('words=not.wfts(simple).dogs', [1, 2, 3, 4]), ('price_per_bed=eq.250000', [2]),
    ('price_per_bed=gt.100000', [2, 4]), ('shout=eq.BLUE LOFT', [2]), ('shout=like.*SEA', [4]), ('price_per_bed=is.null', [5]),
    ('agent_id=eq.1&heated=is.false', [2]), ('agent_id=is.null', [5]), ('beds=eq.1&beds=eq.1', [2]),
]

SPANS = [
    ('ir=cs.[3,5)', [1, 3]), ('ir=cd.[1,7)', [1, 3, 4]), ('ir=ov.[5,6)', [2, 3]), ('ir=sl.[5,10)', [1]), ('ir=sr.[1,3)', [2, 3]),
    ('ir=nxr.[1,7)', [1, 3]), ('ir=nxl.[3,9)', [2, 3]), ('ir=adj.[10,12)', [2]), ('ir=adj.[5,10)', [1]), ('ir=not.ov.[5,6)', [1, 4]),
    ('dr=cs.[2024-01-10,2024-01-11)', [2]), ('dr=is.null', [3]),
]

TEXTS = [
    ('body=fts.cat', [1, 2, 4]), ('body=fts(english).cats', [1, 2, 4]), ('body=plfts.fat cats', [1]), ('body=phfts.living together', [4]),
    ('body=wfts.rats or dogs', [2, 4]), ('body=not.fts.cat', [3]), ('body=fts(french).amusant', [3]), ('words=fts(french).amusant', [3]),
    ('doc=fts.rat', [2]), ('doc=plfts.fat cats', [1]), ('body=fts(simple).cats', [1, 4]), ('doc->>note=fts.cat', [1]),
    ('doc->note=phfts.fat cats', [1]),
]

WORDS = [
    ('word=eq.plain', ['plain']), ('word=eq.with, comma', ['with, comma']), ('word=eq.with (parens)', ['with (parens)']),
    ('word=eq.with "quotes"', ['with "quotes"']), ('word=eq.back\\slash', ['back\\slash']), ('word=eq.per%25cent', ['per%cent']),
    ('word=eq.dot.ted', ['dot.ted']), ('word=eq.co:lon', ['co:lon']), ('word=eq.null', ['null']), ('word=eq.', ['']),
    ('word=eq.  spaced  ', ['  spaced  ']), ('word=eq.{braces}', ['{braces}']), ('word=eq.ünïcödé', ['ünïcödé']),
    ('word=eq.a%26b%3Dc', ['a&b=c']), ('word=eq.a%26b=c', ['a&b=c']), ('word=eq.plus%2Bplus', ['plus+plus']),
    ("word=eq.'single'", ["'single'"]), ('word=eq."', ['"']), ('word=eq.\\', ['\\']), ('word=eq.not.eq.plain', ['not.eq.plain']),
    ('word=not.eq.plain&word=like.plain', []), ('word=eq.st*r', ['st*r']), ('word=like.st*r', ['st*r']),
    ('word=like.under\\_score', ['under_score']), ('word=ilike.plain', ['PLAIN', 'plain']), ('word=in.("with, comma")', ['with, comma']),
    ('word=in.("with (parens)",plain)', ['plain', 'with (parens)']), ('word=in.("with \\"quotes\\"")', ['with "quotes"']),
    ('word=in.("back\\\\slash")', ['back\\slash']), ('word=in.("pl\\ain")', ['plain']), ('word=in.(")', ['"']), ('word=in.(\\)', ['\\']),
    ('word=in.(back\\slash)', ['back\\slash']), ('word=in.("",plain)', ['', 'plain']), ('word=in.({braces})', ['{braces}']),
    ('word=in.("{braces}")', ['{braces}']), ('word=in.(null)', ['null']), ('word=in.("null")', ['null']),
    ('word=in.("  spaced  ")', ['  spaced  ']), ("word=in.('single')", ["'single'"]), ('word=in.(co:lon,dot.ted)', ['co:lon', 'dot.ted']),
    ('word=eq(any).{plain,"with, comma"}', ['plain', 'with, comma']),
    ('word=eq(any).{"with \\"quotes\\"","back\\\\slash"}', ['back\\slash', 'with "quotes"']),
    ('or=(word.eq."with, comma",word.eq.plain)', ['plain', 'with, comma']), ('or=(word.eq."with (parens)")', ['with (parens)']),
    ('or=(word.eq."with \\"quotes\\"")', ['with "quotes"']),
    ('and=(word.in.("with, comma","with (parens)"))', ['with (parens)', 'with, comma']),
    ('or=(word.eq.dot.ted,word.eq.co:lon)', ['co:lon', 'dot.ted']), ('or=(word.like.st*r)', ['st*r']),
    ('or=(word.eq.{braces},word.eq.plain)', ['plain', '{braces}']), ('or=(word.eq.,word.eq.plain)', ['', 'plain']),
    ('or=(word.eq."")', ['']), ('or=(word.eq.not.eq.plain)', ['not.eq.plain']),
]

OTHER = [
    ('/nullable?a=is.null', [{'a': None}]), ('/nullable?a=in.(1)', [{'a': 1}]), ('/unkeyed?a=is.null', [{'a': None, 'b': None}]),
    ('/unkeyed?a=in.(1,2)&b=eq.0', [{'a': '1', 'b': '0'}, {'a': '2', 'b': '0'}]), ('/Odd Name?"a,b"=eq.comma&select=id', [{'id': 1}]),
    ('/Odd Name?"a.b"=eq.dot&select=id', [{'id': 1}]), ('/Odd Name?"->x"=eq.arrow&select=id', [{'id': 1}]),
    ('/Odd Name?" spaced "=eq.spaces&select=id', [{'id': 1}]), ('/Odd Name?"(p)"=eq.parens&select=id', [{'id': 1}]),
    ('/Odd Name?ünï=eq.umlaut&select=id', [{'id': 1}]), ('/Odd Name?"or"=eq.or&select=id', [{'id': 1}]),
    ('/Odd Name?with space=eq.space&select=id', [{'id': 1}]), ('/Odd Name?with%20space=eq.space&select=id', [{'id': 1}]),
    ('/Odd Name?"q\\"q"=eq.quote&select=id', [{'id': 1}]), ('/Odd Name?"back\\\\slash"=eq.backslash&select=id', [{'id': 1}]),
    ('/Odd Name?"co:lon"=eq.colon&select=id', [{'id': 1}]), ('/Odd Name?has-dash=eq.dash&select=id', [{'id': 1}]),
    ('/Odd Name?"*"=eq.star&select=id', [{'id': 1}]), ('/Odd Name?$dollar=eq.dollar&select=id', [{'id': 1}]),
    ('/Odd Name?1st=eq.first&select=id', [{'id': 1}]), ('/Odd Name?or=("a,b".eq.comma,"(p)".eq.x)&select=id', [{'id': 1}]),
    ('/Odd Name?and=("a.b".eq.dot,with space.eq.space)&select=id', [{'id': 1}]),
    ('/Odd Name?%22select%22=eq.select&select=id', [{'id': 1}]),
    ('/all_types?id2=eq.a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11&select=id', [{'id': 1}]),
    ('/all_types?raw=eq.\\x00ff10&select=id', [{'id': 1}]), ('/all_types?bits=eq.1010&select=id', [{'id': 1}]),
    ('/all_types?ip=eq.192.168.0.1/24&select=id', [{'id': 1}]), ('/all_types?span=gt.1 year&select=id', [{'id': 1}]),
    ('/all_types?day=eq.2024-02-29&select=id', [{'id': 1}]), ('/all_types?clock=lt.14:00&select=id', [{'id': 1}]),
    ('/all_types?mr=cs.{[1,2)}&select=id', [{'id': 1}]), ('/all_types?size=eq.(1,2)&select=id', [{'id': 1}]),
    ('/all_types?statuses=cs.{sold}&select=id', [{'id': 1}]), ('/all_types?pos=eq.7&select=id', [{'id': 1}]),
    ('/all_types?num=eq.NaN&select=id', [{'id': 3}]), ('/all_types?d=eq.-Infinity&select=id', [{'id': 3}]),
    ('/all_types?ts=eq.infinity&select=id', [{'id': 3}]), ('/all_types?ch=eq.ab&select=id', [{'id': 1}]),
    ('/all_types?big=eq.9223372036854775807&select=id', [{'id': 1}]), ('/all_types?r=in.(0.1)&select=id', [{'id': 1}]),
    ('/all_types?t=eq.&select=id', [{'id': 3}]), ('/all_types?tsv=fts.cat&select=id', [{'id': 1}]),
    ('/all_types?size->>width=eq.1&select=id', [{'id': 1}]), ('/all_types?ints->0=eq.1&select=id', [{'id': 1}]),
    ('/all_types?matrix->1->>0=eq.3&select=id', [{'id': 1}]), ('/json_docs?data->a->b->1->>c=eq.deep&select=id', [{'id': 1}]),
    ('/json_docs?data->>"with.dot"=eq.dot&select=id', [{'id': 1}]), ('/json_docs?data->>with space=eq.5&select=id', [{'id': 1}]),
    ('/json_docs?data->0->>k=eq.first&select=id', [{'id': 2}]), ('/json_docs?data->-1->>0=eq.1&select=id', [{'id': 2}]),
    ('/json_docs?plain->>1=eq.2&select=id', [{'id': 2}]), ('/json_docs?plain->list->>1=eq.y&select=id', [{'id': 1}]),
    ('/json_docs?data->n=in.(1,20)&select=id&order=id', [{'id': 1}, {'id': 3}]), ('/json_docs?data->t=eq.true&select=id', [{'id': 1}]),
    ('/json_docs?data->>"0"=eq.zero&select=id', [{'id': 1}]),
    ('/json_docs?or=(data->>s.eq.text,data->n.eq.20)&select=id&order=id', [{'id': 1}, {'id': 3}]),
    ('/json_docs?size->width=eq.3&select=id', [{'id': 1}]),
    ('/json_docs?data->>z=is.null&data->>n=not.is.null&select=id&order=id', [{'id': 1}, {'id': 3}]),
    ('/json_docs?list->>-1=eq.9&select=id', [{'id': 1}]), ('/count_column?count=eq.10', [{'id': 1, 'count': 10, 'sum': 'ten'}]),
    ('/t?t=eq.1&pgrst_source=eq.one', [{'t': 1, 'pgrst_source': 'one'}]), ('/echoed?id=gte.2&word=like.t*o', [{'id': 2, 'word': 'two'}]),
]

LOGIC = [
    ('and=(id.eq.1,id.eq.2)', []), ('and=(id.gte.2,id.lt.5)', [2, 3, 4]), ('or=(id.eq.1,id.eq.2)', [1, 2]), ('or=(id.eq.1)', [1]),
    ('and=(id.eq.1)', [1]), ('not.or=(id.gt.2,id.lt.1)', [1, 2]), ('not.and=(id.gt.2,id.gt.0)', [1, 2]),
    ('or=(id.eq.1,and(id.gt.2,id.lt.4))', [1, 3]), ('or=(id.lt.2,not.and(id.gt.1,id.lt.15))', [1, 15]), ('and=(id.not.eq.1,id.lt.3)', [2]),
    ('and=(not.or(id.lt.14,id.gt.14),id.gt.0)', [14]), ('and=(or(id.eq.1,id.eq.2),or(id.eq.2,id.eq.3))', [2]),
    ('or=(and(id.eq.1,id.eq.1),and(id.eq.2,or(id.eq.2,and(id.eq.2,id.eq.2))))', [1, 2]), ('or=(id.in.(1,2),id.in.(14))', [1, 2, 14]),
    ('or=(id.not.in.(1,2,3,4,5,6,7,8,9,10,11,12,13,14),id.eq.1)', [1, 15]), ('or=(id.eq(any).{1,2},id.gt(all).{13,14})', [1, 2, 15]),
    ('or=(id.is.null,id.eq.3)', [3]), ('or=( id.eq.1 , id.eq.2 )', [1, 2]), ('and=( or( id.eq.1 , id.eq.2 ) , id.gt.1 )', [2]),
    ('or=(id.eq.1,id.eq.2)&id=gt.1', [2]), ('or=(id.eq.1,id.eq.2)&or=(id.eq.2,id.eq.3)', [2]),
    ('or=(id.eq.1,id.eq.2)&and=(id.gt.1,id.lt.9)', [2]), ('or=(minus_id.eq.-4,always_true.is.false)', [4]),
    ('or=(id.isdistinct.1)', but(1)), ('or=(id.not.isdistinct.1,id.eq.2)', [1, 2]),
    ('not.or=(id.in.(1,2,3,4,5,6,7,8,9,10,11,12,13,14),id.is.null)', [15]), ('not.and=(id.lt.15,not.or(id.gt.20))', [15]),
]

HOME_LOGIC = [
    ('or=(price.is.null,beds.gt.5)', [4, 5]), ('or=(details->>year.eq.1880,details->rooms->bath.eq.2)', [2, 3]),
    ('or=(tags.cs.{pets},tags.cs.{garden,pets})', [1, 5]), ('or=(tags.ov.{roof,garden},id.eq.5)', [1, 2, 5]),
    ('or=(title.ilike.*loft*,title.eq."White villa, by the sea")', [2, 4]), ('and=(heated.is.true,status.neq.draft)', [1]),
    ('or=(words.fts.sea,words.plfts(english).blue loft)', [2, 4]), ('or=(words.fts(english).garden,words.not.fts.dog)', [1, 2, 4]),
    ('or=(free.ov."[2024-02-10,2024-02-11)",id.eq.5)', [2, 4, 5]), ('or=(free.adj."[2024-03-01,2024-04-01)",id.eq.5)', [2, 5]),
    ('or=(title.like(any).{Red*,Grey*},id.eq.2)', [1, 2, 5]), ('and=(title.ilike(all).{*r*,*e*},price.lt.200000)', [1]),
    ('or=(shout.eq.BLUE LOFT,price_per_bed.lt.60000)', [1, 2]),
    ('or=(and(heated.is.null,price.not.is.null),not.and(id.gt.1,id.lt.9))', [1, 3]),
    ('or=(details.cs.{"year":1950},details.cs."{\\"year\\":1999}")', [1, 2]),
]


def ids(api, table, query, key='id'):
    return [row[key] for row in api.rows(f'/{table}?{query}&select={key}&order={key}')]


def named(cases):
    return pytest.mark.parametrize('query, wanted', cases, ids=[c[0] for c in cases])


@named(NUMBERS)
def test_of_whole_numbers(api, query, wanted):
    assert ids(api, 'numbered', query) == wanted


@named(HOMES)
def test_of_homes(api, query, wanted):
    assert ids(api, 'homes', query) == wanted


@named(SPANS)
def test_of_ranges(api, query, wanted):
    assert ids(api, 'spans', query) == wanted


@named(TEXTS)
def test_of_texts_that_are_no_search_vectors(api, query, wanted):
    assert ids(api, 'texts', query) == wanted


@named(WORDS)
def test_of_values_with_reserved_characters(api, query, wanted):
    assert sorted(ids(api, 'words', query, 'word')) == sorted(wanted)


@named(OTHER)
def test_of_odd_columns_and_types(api, query, wanted):
    assert api.rows(query) == wanted


@named(LOGIC)
def test_logic_over_numbers(api, query, wanted):
    assert ids(api, 'numbered', query) == wanted


@named(HOME_LOGIC)
def test_logic_over_homes(api, query, wanted):
    assert ids(api, 'homes', query) == wanted


def test_logic_forty_conditions_wide(api):
    assert ids(api, 'numbered', 'or=(' + ','.join(f'id.eq.{n}' for n in range(1, 41)) + ')') == FIFTEEN


def test_logic_twenty_levels_deep(api):
    query = 'id.eq.3'
    for level in range(20):
        query = f'{"and" if level % 2 else "or"}({query},id.eq.{3 if level % 2 else 4})'
    assert ids(api, 'numbered', 'and=(' + query + ')') == [3]


def test_a_thousand_values_in_a_list(api):
    assert ids(api, 'numbered', 'id=in.(' + ','.join(map(str, range(1, 1001))) + ')') == FIFTEEN


def test_the_same_shape_again_with_other_values(api):
    """A plan that is kept for a shape must not keep the values."""
    for n in (1, 5, 3, 15, 1):
        assert ids(api, 'numbered', f'id=eq.{n}') == [n]
        assert ids(api, 'numbered', f'or=(id.eq.{n},id.eq.{16 - n})') == sorted({n, 16 - n})
        assert ids(api, 'numbered', f'id=in.({",".join(map(str, range(1, n + 1)))})') == list(range(1, n + 1))


def test_quotes_and_comments_stay_values(api):
    """Values travel as parameters: nothing of them is SQL."""
    for evil in ("' or 1=1 --", "'; drop table test.words; --", "\\'; select 1", '$1', '$$', '/* */', "plain' --", '\x01'):
        assert api.get(f'/words?word=eq.{evil}').json() == []
        assert api.get(f'/words?word=in.({evil})').status in (200, 400)
    assert len(api.rows('/words')) == 22


def test_a_plus_is_a_space_in_the_query_but_not_in_the_path(api):
    assert api.get('/Odd+Name?select=id').status == 404
    assert api.rows('/Odd%20Name?select=with+space&id=eq.1') == [{'with space': 'space'}]
