// What postgrest-js can ask of an answer: its rows, pages, order, form; functions; errors. Against plat rest.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { PostgrestClient, PostgrestError } from '@supabase/postgrest-js'
import { REST_URL, column, data, refused, rest, sign, undone } from './kit.js'

test('select: all columns, some, renamed, cast, computed, by json path', async () => {
  assert.deepEqual(await data(rest.from('bikes').select().eq('id', 1), 200), [
    { id: 1, owner: 'Olga', mechanic_id: 1, price: 300, list_price: 350 },
  ])
  assert.deepEqual(await data(rest.from('parts').select('nr:id::text, name, price_with_tax').eq('id', 1)), [
    { nr: '1', name: 'bell', price_with_tax: 5.63 },
  ])
  assert.deepEqual(await data(rest.from('tools').select('doc->deep->list, colour:doc->>colour').eq('id', 3)), [
    { list: [1, 2], colour: 'red' },
  ])
})

test('select: embeds one, many, many through others, nested, spread, counted', async () => {
  const found = await data(
    rest
      .from('bikes')
      .select('owner, mechanics(name), repairs(work), parts(name), ...mechanics(mechanic:name)')
      .eq('id', 1)
      .order('id', { referencedTable: 'repairs' })
      .order('name', { referencedTable: 'parts' }),
  )
  assert.deepEqual(found, [
    {
      owner: 'Olga',
      mechanics: { name: 'Mira' },
      repairs: [{ work: 'brakes' }, { work: 'chain' }],
      parts: [{ name: 'bell' }, { name: 'chain' }],
      mechanic: 'Mira',
    },
  ])
  assert.deepEqual(await data(rest.from('mechanics').select('name, bikes(owner, repairs(count))').eq('id', 2)), [
    { name: 'Noor', bikes: [{ owner: 'Quinn', repairs: [{ count: 0 }] }] },
  ])
})

test('select: counts, with and without rows', async () => {
  for (const count of ['exact', 'planned', 'estimated']) {
    const answer = await rest.from('parts').select('id', { count }).limit(2)
    assert.ok(answer.data.length === 2 && answer.count >= 0, count)
  }
  const head = await rest.from('parts').select('*', { count: 'exact', head: true })
  assert.deepEqual([head.status, head.data, head.count, head.error], [200, null, 4, null])
  assert.equal((await rest.from('parts').select()).count, null)
})

test('order, with nulls first and last, by several, by what is embedded', async () => {
  const ids = async (query) => column(await data(query))
  assert.deepEqual(await ids(rest.from('tools').select('id').order('weight', { nullsFirst: true })), [3, 4, 2, 1])
  assert.deepEqual(await ids(rest.from('tools').select('id').order('weight', { ascending: false, nullsFirst: false })), [1, 2, 4, 3])
  assert.deepEqual(
    await ids(rest.from('tools').select('id').order('is_new', { nullsFirst: true }).order('id', { ascending: false })),
    [3, 2, 4, 1],
  )
  assert.deepEqual(
    await ids(
      rest.from('bikes').select('id, mechanics(name)').order('mechanics(name)', { ascending: false, nullsFirst: false }).order('id'),
    ),
    [3, 1, 2, 4],
  )
})

test('limit and range, of rows and of embedded rows', async () => {
  const page = await rest.from('queue').select('id', { count: 'exact' }).order('id').range(10, 12)
  assert.deepEqual([page.status, column(page.data), page.count], [206, [11, 12, 13], 60])
  assert.deepEqual(column(await data(rest.from('queue').select('id').order('id').limit(2))), [1, 2])
  assert.deepEqual(
    await data(
      rest
        .from('bikes')
        .select('id, repairs(id)')
        .eq('id', 1)
        .order('id', { referencedTable: 'repairs', ascending: false })
        .limit(1, { referencedTable: 'repairs' }),
    ),
    [{ id: 1, repairs: [{ id: 2 }] }],
  )
  assert.deepEqual(
    await data(
      rest
        .from('bikes')
        .select('id, repairs(id)')
        .eq('id', 1)
        .order('id', { referencedTable: 'repairs' })
        .range(1, 5, { referencedTable: 'repairs' }),
    ),
    [{ id: 1, repairs: [{ id: 2 }] }],
  )
  await refused(rest.from('queue').select('id', { count: 'exact' }).range(100, 110), 416, 'PGRST103')
})

test('single and maybeSingle', async () => {
  assert.deepEqual(await data(rest.from('parts').select('id').eq('id', 1).single()), { id: 1 })
  const error = await refused(rest.from('parts').select('id').gt('id', 1).single(), 406, 'PGRST116')
  assert.match(error.details, /3 rows/)
  await refused(rest.from('parts').select('id').eq('id', 99).single(), 406, 'PGRST116')
  assert.deepEqual(await data(rest.from('parts').select('id').eq('id', 1).maybeSingle()), { id: 1 })
  assert.equal(await data(rest.from('parts').select('id').eq('id', 99).maybeSingle()), null)
  assert.equal((await rest.from('parts').select('id').maybeSingle()).error.code, 'PGRST116')
})

test('csv, nulls left out, plans', async () => {
  assert.equal(await data(rest.from('parts').select('id, name').lt('id', 3).order('id').csv()), 'id,name\n1,bell\n2,chain')
  assert.deepEqual(await data(rest.from('parts').select('id, note').eq('id', 1).stripNulls()), [{ id: 1 }])
  assert.deepEqual(await data(rest.from('parts').select('id, note').eq('id', 1).stripNulls().single()), { id: 1 })
  assert.match(await data(rest.from('parts').select().eq('id', 1).explain()), /cost=/)
  assert.match(
    await data(rest.from('parts').select().explain({ analyze: true, verbose: true, settings: true, buffers: true })),
    /Execution Time/,
  )
  const plan = await data(rest.from('parts').select().explain({ format: 'json', wal: true, analyze: true }))
  assert.ok(plan[0].Plan['Total Cost'] > 0)
})

test('geojson is a collection of features', async () => {
  const found = await data(rest.from('parts').select().limit(2).geojson())
  assert.equal(found.type, 'FeatureCollection')
  assert.equal(found.features.length, 2)
  assert.ok(found.features.every((f) => f.type === 'Feature' && f.properties.id))
})

test('a request can be given up', async () => {
  const giveUp = new AbortController()
  const asked = rest.rpc('sleep', { seconds: 30 }).abortSignal(giveUp.signal)
  setTimeout(() => giveUp.abort(), 200)
  const answer = await asked
  assert.match(answer.error.message, /AbortError/)
  assert.deepEqual(await data(rest.from('parts').select('id').eq('id', 1)), [{ id: 1 }])
})

test('another schema', async () => {
  await data(rest.schema('v2').from('parents').select())
  await refused(rest.schema('hidden').from('novels').select(), 406, 'PGRST106')
  await refused(rest.schema('v2').from('parts').select(), 404, 'PGRST205')
  assert.equal((await new PostgrestClient(REST_URL, { schema: 'v2' }).from('parents').select()).error, null)
})

test('throwOnError throws what was answered', async () => {
  await assert.rejects(
    async () => {
      await rest.from('nothing').select().throwOnError()
    },
    (error) => error instanceof PostgrestError && error.code === 'PGRST205',
  )
  assert.deepEqual((await rest.from('parts').select('id').eq('id', 1).throwOnError()).data, [{ id: 1 }])
})

test('functions: named arguments, by GET, by HEAD, of every kind of answer', async () => {
  assert.equal(await data(rest.rpc('add_up', { a: 1, b: 2 })), 3)
  assert.equal(await data(rest.rpc('add_up', { a: 1, b: 2 }, { get: true })), 3)
  assert.equal(await data(rest.rpc('length_of', { list: ['a', 'b'] }, { get: true })), 2)
  assert.deepEqual(await data(rest.rpc('count_to', { n: 3 })), [1, 2, 3])
  assert.equal(await data(rest.rpc('nothing'), 204), null)
  const head = await rest.rpc('all_ships', {}, { head: true, count: 'exact' })
  assert.deepEqual([head.data, head.count, head.status], [null, 4, 200])
  const sparing = await rest.rpc('kind_of_json', { val: { a: 1 } }, { head: true })
  assert.equal(sparing.error, null)
})

test('functions: filters, order, pages, embeds, single, on what they return', async () => {
  assert.deepEqual(
    column(await data(rest.rpc('all_ships').select('id').gt('tons', 100).order('tons', { ascending: false }).limit(2))),
    [4, 2],
  )
  assert.deepEqual(await data(rest.rpc('ships_of', { port: 1 }).select('name, ports(name)').eq('id', 2).single()), {
    name: 'Borealis',
    ports: { name: 'Bergen' },
  })
  const page = await rest.rpc('all_ships', {}, { count: 'exact' }).select('id').order('id').range(1, 2)
  assert.deepEqual([column(page.data), page.count, page.status], [[2, 3], 4, 206])
  await refused(rest.rpc('no_such_function', { a: 1 }), 404, 'PGRST202')
  await refused(rest.rpc('fail_payment'), 402, 'PT402')
})

test('a token is the caller, a bad one nobody', async () => {
  const as = (token) => new PostgrestClient(REST_URL, { headers: { Authorization: `Bearer ${token}` } })
  assert.equal(await data(as(sign({ role: 'web_author' })).rpc('whoami')), 'web_author')
  assert.equal(await data(rest.rpc('whoami')), 'web_anon')
  await refused(as(sign({ role: 'web_author' }, 'another secret of more than 32 characters')).rpc('whoami'), 401, 'PGRST301')
  await refused(as(sign({ role: 'web_author', exp: 1000 })).rpc('whoami'), 401, 'PGRST303')
})

test('headers of one request', async () => {
  assert.equal(await data(rest.rpc('header', { name: 'x-mine' }).setHeader('X-Mine', 'yes')), 'yes')
})

test('the description of the server', async () => {
  const spec = await data(rest.getOpenApiSpec())
  assert.equal(spec.swagger, '2.0')
  assert.ok(spec.paths['/parts'] && spec.definitions.parts && spec.paths['/rpc/add_up'])
})

test('what is rolled back is not there', async () => {
  assert.deepEqual(await data(rest.from('only_key').insert({ id: 5001 }).select().rollback(), 201), [{ id: 5001 }])
  assert.deepEqual(await data(undone.from('only_key').insert({ id: 5001 }).select(), 201), [{ id: 5001 }])
  assert.deepEqual(await data(rest.from('only_key').select().eq('id', 5001)), [])
})
