// Every filter method of postgrest-js against plat rest.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { column, data, refused, rest } from './kit.js'

const cases = {
  eq: [(q) => q.eq('name', 'saw'), [2]],
  'eq with reserved characters': [(q) => q.eq('name', 'Tape, (grey)'), [4]],
  neq: [(q) => q.neq('name', 'saw'), [1, 3, 4]],
  gt: [(q) => q.gt('weight', 0.8), [1]],
  gte: [(q) => q.gte('weight', 0.8), [1, 2]],
  lt: [(q) => q.lt('id', 2), [1]],
  lte: [(q) => q.lte('id', 2), [1, 2]],
  like: [(q) => q.like('name', '%a%'), [1, 2, 4]],
  'like with stars': [(q) => q.like('name', '*am*'), [1]],
  likeAllOf: [(q) => q.likeAllOf('name', ['%a%', '%m%']), [1]],
  likeAnyOf: [(q) => q.likeAnyOf('name', ['h%', 'g%']), [1, 3]],
  ilike: [(q) => q.ilike('name', 't%'), [4]],
  ilikeAllOf: [(q) => q.ilikeAllOf('name', ['T%', '%GREY%']), [4]],
  ilikeAnyOf: [(q) => q.ilikeAnyOf('name', ['HAM%', 'tape%']), [1, 4]],
  regexMatch: [(q) => q.regexMatch('name', '^[hg].*[er]$'), [1, 3]],
  regexIMatch: [(q) => q.regexIMatch('name', '^TAPE'), [4]],
  'is null': [(q) => q.is('weight', null), [3]],
  'is true': [(q) => q.is('is_new', true), [1, 4]],
  'is false': [(q) => q.is('is_new', false), [2]],
  isDistinct: [(q) => q.isDistinct('is_new', true), [2, 3]],
  in: [(q) => q.in('name', ['saw', 'Tape, (grey)', 'nothing']), [2, 4]],
  'in numbers': [(q) => q.in('id', [1, 3]), [1, 3]],
  'in nothing': [(q) => q.in('id', []), []],
  notIn: [(q) => q.notIn('id', [1, 3]), [2, 4]],
  'contains an array': [(q) => q.contains('tags', ['steel', 'wood']), [1]],
  'contains json': [(q) => q.contains('doc', { colour: 'red' }), [1, 3]],
  'contains a range': [(q) => q.contains('span', '[2,3]'), [1]],
  'containedBy an array': [(q) => q.containedBy('tags', ['steel', 'wood']), [1, 2, 3]],
  'containedBy json': [(q) => q.containedBy('doc', { colour: 'blue', more: 1 }), [2]],
  'containedBy a range': [(q) => q.containedBy('span', '[0,10)'), [1, 2, 4]],
  rangeGt: [(q) => q.rangeGt('span', '[1,5)'), [2, 3]],
  rangeGte: [(q) => q.rangeGte('span', '[5,9)'), [2, 3]],
  rangeLt: [(q) => q.rangeLt('span', '[20,30)'), [1, 2]],
  rangeLte: [(q) => q.rangeLte('span', '[5,9)'), [1, 2]],
  rangeAdjacent: [(q) => q.rangeAdjacent('span', '[1,5)'), [2]],
  'overlaps an array': [(q) => q.overlaps('tags', ['wood', 'glass']), [1, 4]],
  'overlaps a range': [(q) => q.overlaps('span', '[4,6)'), [1, 2]],
  textSearch: [(q) => q.textSearch('body', "'cat' & 'dog'", { config: 'english' }), [2]],
  'textSearch plain': [(q) => q.textSearch('body', 'cat stick', { config: 'english', type: 'plain' }), [3]],
  'textSearch phrase': [(q) => q.textSearch('body', 'on the head', { config: 'simple', type: 'phrase' }), [1]],
  'textSearch websearch': [(q) => q.textSearch('body', 'cats -dogs or nail', { config: 'english', type: 'websearch' }), [1, 3]],
  match: [(q) => q.match({ name: 'saw', is_new: false }), [2]],
  not: [(q) => q.not('is_new', 'is', null), [1, 2, 4]],
  'not in': [(q) => q.not('id', 'in', '(1,2)'), [3, 4]],
  or: [(q) => q.or('id.eq.1,and(is_new.is.true,weight.lt.1)'), [1, 4]],
  'or with quotes': [(q) => q.or('name.eq."Tape, (grey)",name.eq.glue'), [3, 4]],
  filter: [(q) => q.filter('name', 'in', '("saw","hammer")'), [1, 2]],
  'filter on a json path': [(q) => q.eq('doc->>colour', 'red'), [1, 3]],
  'filter on a deep json path': [(q) => q.eq('doc->deep->list->0', '1'), [3]],
  'a column twice': [(q) => q.gt('id', 1).lt('id', 4), [2, 3]],
}

for (const [name, [filter, ids]] of Object.entries(cases)) {
  test(`filter: ${name}`, async () => assert.deepEqual(column(await data(filter(rest.from('tools').select('id')).order('id'))), ids))
}

test('filters on embedded rows, and on rows by what they embed', async () => {
  const bikes = () => rest.from('bikes').select('id, repairs(work)').order('id')
  assert.deepEqual(await data(bikes().eq('repairs.work', 'wheel').lt('id', 3)), [
    { id: 1, repairs: [] },
    { id: 2, repairs: [{ work: 'wheel' }] },
  ])
  assert.deepEqual(await data(rest.from('bikes').select('id, repairs!inner(work)').eq('repairs.work', 'wheel')), [
    { id: 2, repairs: [{ work: 'wheel' }] },
  ])
  assert.deepEqual(column(await data(rest.from('bikes').select('id, repairs()').is('repairs', null).order('id'))), [3, 4])
  assert.deepEqual(await data(bikes().or('work.eq.brakes,work.eq.wheel', { referencedTable: 'repairs' }).limit(2)), [
    { id: 1, repairs: [{ work: 'brakes' }] },
    { id: 2, repairs: [{ work: 'wheel' }] },
  ])
})

test('filters that cannot be are refused with all four members', async () => {
  await refused(rest.from('tools').select().eq('nothing', 1), 400, '42703')
  await refused(rest.from('tools').select().filter('id', 'nope', 1), 400, 'PGRST100')
  await refused(rest.from('tools').select().eq('id', 'x'), 400, '22P02')
  await refused(rest.from('nothing').select(), 404, 'PGRST205')
  await refused(rest.from('tools').select('id, bikes(id)'), 400, 'PGRST200')
})
