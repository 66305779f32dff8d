// supabase-js against plat serve: two tenants, a stranger and the service role, over all five modules. Nobody sees or touches
// what is another tenant's.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { SERVE_URL, amy, ann, anon, anonKey, bob, column, data, id, refused, service, serviceKey, sign, supabase, tokenOf } from './kit.js'

// Table, its key, and of each person what they see, in order. The module mls is also `public`.
const seen = {
  'mls.listings by source_listing_key': {
    ann: ['north-1', 'north-10', 'north-2', 'north-3', 'north-4', 'north-5', 'north-6', 'north-7', 'north-8', 'north-9'],
    bob: 10,
    amy: 10,
    service: 20,
  },
  'mls.listing_media by id': { ann: 20, amy: 20, bob: 20, service: 40 },
  'mls.workspaces by slug': { ann: ['north'], amy: ['north'], bob: ['south'], service: 5 }, // each sign-up made one
  'mls.mls_connections by id': { ann: [id('north connection')], amy: [id('north connection')], bob: [id('south connection')], service: 2 },
  'mls.user_profiles by id': { ann: 2, amy: [id('amy')], bob: [id('bob')], service: 3 },
  'marketing.content_pieces by id': { ann: 2, amy: [id('amy content')], bob: [id('bob content')], service: 3 },
  'marketing.social_media_accounts by account_id': {
    ann: ['page of amy', 'page of ann'],
    amy: ['page of amy'],
    bob: ['page of bob'],
    service: 3,
  },
  'marketing.agents by name': { ann: ['Amy', 'Ann'], amy: ['Amy'], bob: ['Bob'], service: 3 },
  'marketing.listings by source_id': {
    ann: ['source of amy', 'source of ann'],
    amy: ['source of amy', 'source of ann'],
    bob: ['source of bob'],
    service: 3,
  },
  'ops.activities by task_id': {
    ann: ['north_task_1', 'north_task_2', 'north_task_3'],
    amy: ['north_task_1', 'north_task_2'],
    bob: ['south_task_1', 'south_task_2', 'south_task_3'],
    service: 6,
  },
  'ops.staff by staff_id': { ann: ['amy', 'ann'], amy: ['amy', 'ann'], bob: ['bob'], service: 3 },
  'ops.listings by listing_id': { ann: ['north_file'], amy: ['north_file'], bob: ['south_file'], service: 2 },
  'org.organizations by name': { ann: ['North'], amy: ['North'], bob: ['South'], service: 2 },
  'org.conversations by title': { ann: ['Talk of amy', 'Talk of ann'], amy: ['Talk of amy'], bob: ['Talk of bob'], service: 3 },
  'org.chat_messages by message_content': {
    ann: ['hello from amy', 'hello from ann'],
    amy: ['hello from amy'],
    bob: ['hello from bob'],
    service: 3,
  },
  'org.customers by id': { ann: [id('north customer')], amy: [], bob: [id('south customer')], service: 2 },
  'org.key_store by id': { ann: 2, amy: [id('amy key')], bob: [id('bob key')], service: 3 },
  'crm.leads by name': {
    ann: [1, 2, 3, 4, 5].map((n) => `Lead ${n} of ann`),
    amy: [1, 2, 3, 4, 5].map((n) => `Lead ${n} of amy`),
    bob: [1, 2, 3, 4, 5].map((n) => `Lead ${n} of bob`),
    service: 15,
  },
  'crm.contacts by id': { ann: 3, amy: 3, bob: 3, service: 9 },
  'crm.deals by title': { ann: ['Deal of ann'], amy: ['Deal of amy'], bob: ['Deal of bob'], service: 3 },
}
const people = { ann, amy, bob, service }

for (const [what, by] of Object.entries(seen)) {
  const [, schema, table, key] = /^(\w+)\.(\w+) by (\w+)$/.exec(what)
  test(`${schema}.${table}: everybody sees their own, the service role all, strangers nothing`, async () => {
    for (const [who, rows] of Object.entries(by)) {
      const { data: found, count, error, status } = await people[who].schema(schema).from(table).select('*', { count: 'exact' }).order(key)
      assert.deepEqual([error, status], [null, 200], who)
      assert.equal(count, found.length)
      if (typeof rows === 'number') assert.equal(found.length, rows, who)
      else assert.deepEqual(column(found, key), [...rows].sort(), who)
    }
    const stranger = await anon.schema(schema).from(table).select()
    assert.deepEqual([stranger.data, stranger.status, stranger.error.code], [null, 401, '42501'])
  })
}

test('a star is what one may see: no column without a grant, and asking for it by name is refused', async () => {
  for (const [schema, table, hidden] of [
    ['mls', 'listings', 'raw'],
    ['mls', 'mls_connections', 'token_ciphertext'],
    ['org', 'key_store', 'api_key'],
    ['marketing', 'social_media_accounts', 'access_token_encrypted'],
    ['marketing', 'users', 'password_hash'],
  ]) {
    const rows = await data(ann.schema(schema).from(table).select())
    assert.ok(rows.length > 0 && !(hidden in rows[0]) && 'id' in rows[0], table)
    await refused(ann.schema(schema).from(table).select(hidden), 403, '42501')
  }
  assert.ok(!('token_ciphertext' in (await data(service.from('mls_connections').select()))[0]))
  const embedded = await data(ann.from('listing_media').select('id, listings(*)').limit(1).single())
  assert.ok(!('raw' in embedded.listings) && embedded.listings.city)
})

test('without a schema it is the module mls', async () => {
  assert.equal((await data(ann.from('listings').select('id, source_listing_key'))).length, 10)
  assert.deepEqual(await data(ann.from('listings').select('id').eq('source_listing_key', 'north-3').single()), {
    id: id('north listing 3'),
  })
  await refused(ann.from('leads').select(), 404, 'PGRST205')
})

test('schemas that are not for clients', async () => {
  for (const schema of ['auth', 'plat', 'storage', 'pg_catalog', 'nothing'])
    await refused(ann.schema(schema).from('users').select(), 406, 'PGRST106')
})

// One row of each module that is another tenant's, and a change to it.
const foreign = [
  ['mls', 'listings', 'id', id('north listing 1'), { city: 'Stolen' }],
  ['mls', 'listing_media', 'id', id('north picture 1.1'), { caption: 'stolen' }],
  ['marketing', 'content_pieces', 'id', id('ann content'), { feedback: 'stolen' }],
  ['marketing', 'listings', 'id', id('ann flat'), { city: 'Stolen' }],
  ['ops', 'activities', 'task_id', 'north_task_1', { name: 'Stolen' }],
  ['ops', 'listings', 'listing_id', 'north_file', { city: 'Stolen' }],
  ['org', 'conversations', 'id', id('ann talk'), { title: 'stolen' }],
  ['org', 'customers', 'id', id('north customer'), { name: 'Stolen' }],
  ['crm', 'leads', 'id', id('ann lead 1'), { name: 'Stolen' }],
  ['crm', 'deals', 'id', id('ann deal'), { title: 'Stolen' }],
]

for (const [schema, table, key, value, change] of foreign) {
  test(`${schema}.${table}: another tenant's row can be neither read nor changed nor deleted`, async () => {
    const its = () => bob.schema(schema).from(table)
    assert.deepEqual(await data(its().select(key).eq(key, value)), [])
    assert.deepEqual(await data(its().update(change).eq(key, value).select(key)), [])
    const gone = await its().delete().eq(key, value).select(key)
    assert.ok(gone.error ? gone.error.code === '42501' : gone.data.length === 0, JSON.stringify(gone))
    const [mine] = await data(service.schema(schema).from(table).select(Object.keys(change)[0]).eq(key, value))
    assert.ok(!/stolen/i.test(mine[Object.keys(change)[0]]))
  })
}

test('nothing can be put into another tenant', async () => {
  const cases = [
    ['mls', 'listings', { workspace_id: id('north'), source_listing_key: 'smuggled' }],
    ['mls', 'saved_searches', { workspace_id: id('north'), name: 'smuggled' }],
    ['marketing', 'listings', { workspace_id: id('north'), source_id: 's', address: 'x', city: 'x', state: 'FL', zip_code: '1' }],
    ['ops', 'listings', { workspace_id: id('north'), address_string: 'smuggled' }],
    ['crm', 'leads', { workspace_id: id('north'), name: 'smuggled' }],
    ['crm', 'leads', { user_id: id('ann'), name: 'smuggled' }],
    ['org', 'conversations', { user_id: id('ann'), title: 'smuggled' }],
  ]
  for (const [schema, table, row] of cases) await refused(bob.schema(schema).from(table).insert(row), 403, '42501')
  await refused(bob.from('listing_media').insert({ listing_id: id('north listing 1'), url: 'https://x.example/' }), 409, '23503')
  await refused(
    bob
      .schema('crm')
      .from('contacts')
      .insert({ lead_id: id('ann lead 1'), name: 'x' }),
    409,
    'PT409',
  )
})

test('a row does not move to another tenant', async () => {
  const answer = await bob
    .schema('crm')
    .from('leads')
    .update({ workspace_id: id('north') })
    .eq('id', id('bob lead 1'))
  assert.ok(['42501', 'PT409'].includes(answer.error.code), JSON.stringify(answer))
})

test('strangers write nothing', async () => {
  for (const [schema, table, row] of [
    ['mls', 'favorites', { listing_id: id('north listing 1') }],
    ['crm', 'leads', { name: 'x' }],
    ['org', 'customers', { name: 'x' }],
  ]) {
    await refused(anon.schema(schema).from(table).insert(row), 401, '42501')
    await refused(anon.schema(schema).from(table).delete().eq('id', id('x')), 401, '42501')
  }
})

test('a login that nobody knows sees nothing', async () => {
  const nobody = supabase(anonKey, { Authorization: `Bearer ${tokenOf('nobody at all')}` })
  for (const [schema, table] of [
    ['mls', 'listings'],
    ['crm', 'leads'],
    ['ops', 'activities'],
    ['org', 'conversations'],
    ['marketing', 'listings'],
  ]) {
    assert.deepEqual(await data(nobody.schema(schema).from(table).select()), [])
  }
})

test('tokens that do not hold', async () => {
  const as = (token) =>
    supabase(anonKey, { Authorization: `Bearer ${token}` })
      .from('listings')
      .select()
  await refused(as(sign({ sub: id('ann'), role: 'authenticated' }, 'x'.repeat(48))), 401, 'PGRST301')
  await refused(as(sign({ sub: id('ann'), role: 'authenticated', exp: 1000 })), 401, 'PGRST303')
  await refused(as('no.token.at.all'), 401, 'PGRST301')
  const head = Buffer.from('{"alg":"none"}').toString('base64url')
  await refused(as(`${head}.${tokenOf('ann').split('.')[1]}.`), 401, 'PGRST301')
  const other = await as(sign({ sub: id('ann'), role: 'postgres' }))
  assert.ok(other.error && [401, 403].includes(other.status), JSON.stringify(other))
  const worker = await as(sign({ role: 'plat_worker' }))
  assert.ok(worker.error && [401, 403].includes(worker.status), JSON.stringify(worker))
})

test('the key alone is who one is', async () => {
  const ask = (headers) => fetch(`${SERVE_URL}/rest/v1/workspaces?select=slug&slug=in.(north,south)&order=slug`, { headers })
  assert.deepEqual(await (await ask({ apikey: serviceKey })).json(), [{ slug: 'north' }, { slug: 'south' }])
  assert.equal((await ask({ apikey: anonKey })).status, 401)
  assert.deepEqual(await (await ask({ apikey: anonKey, Authorization: `Bearer ${tokenOf('bob')}` })).json(), [{ slug: 'south' }])
})

test('many logins at once, over the same connections, stay apart', async () => {
  const who = [
    [ann, 'north'],
    [bob, 'south'],
    [amy, 'north'],
  ]
  const asked = Array.from({ length: 90 }, (_, n) => who[n % 3][0].from('workspaces').select('slug').single())
  assert.deepEqual(
    (await Promise.all(asked)).map((answer) => answer.data.slug),
    Array.from({ length: 90 }, (_, n) => who[n % 3][1]),
  )
})

test('a change to a whole table is refused here', async () => {
  await refused(ann.schema('crm').from('leads').update({ company: 'all' }), 400, 'PLAT001')
  await refused(ann.schema('crm').from('leads').delete(), 400, 'PLAT001')
  assert.equal((await data(ann.schema('crm').from('leads').select('id').eq('company', 'all'))).length, 0)
})
