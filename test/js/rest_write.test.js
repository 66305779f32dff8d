// insert, upsert, update and delete of postgrest-js against plat rest. What the client `undone` writes does not stay.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { column, data, refused, rest, undone } from './kit.js'

test('insert: one row, several, with and without their representation', async () => {
  assert.equal(await data(undone.from('parts').insert({ id: 6001, name: 'nut' }), 201), null)
  assert.deepEqual(await data(undone.from('parts').insert({ id: 6001, name: 'nut' }).select('id, kind').single(), 201), {
    id: 6001,
    kind: 'spare',
  })
  const several = await undone
    .from('parts')
    .insert(
      [
        { id: 6001, name: 'a' },
        { id: 6002, name: 'b', note: 'n' },
      ],
      { count: 'exact' },
    )
    .select('id, note')
  assert.deepEqual(
    [several.data, several.count, several.status],
    [
      [
        { id: 6001, note: null },
        { id: 6002, note: 'n' },
      ],
      2,
      201,
    ],
  )
  assert.deepEqual(await data(undone.from('parts').insert([]).select(), 201), [])
})

test('insert: absent keys become defaults when asked for', async () => {
  const rows = [
    { id: 6001, name: 'a' },
    { id: 6002, name: 'b', price: 1 },
  ]
  assert.deepEqual(column(await data(undone.from('parts').insert(rows).select()), 'price'), [null, 1])
  assert.deepEqual(column(await data(undone.from('parts').insert(rows, { defaultToNull: false }).select()), 'price'), [9.5, 1])
})

test('insert: refusals', async () => {
  await refused(undone.from('only_key').insert({ id: 1 }), 409, '23505')
  await refused(undone.from('parts').insert({ nope: 1 }), 400, 'PGRST204')
  await refused(undone.from('parts').insert({ name: null }), 400, '23502')
  await refused(undone.from('bikes').insert({ id: 6001, owner: 'x', mechanic_id: 99 }), 409, '23503')
  await refused(undone.from('read_only').insert({ id: 6001 }), 401, '42501')
})

test('insert: big integers, json, arrays, with embeds of what was made', async () => {
  const row = { id: 6001, big: 9007199254740993n, jb: { k: ['v'] }, tags: ['x', 'y z'] }
  assert.deepEqual(await data(undone.from('shapes').insert(row).select('id, big::text, jb, tags').single()), {
    ...row,
    big: '9007199254740993',
  })
  assert.deepEqual(await data(undone.from('bikes').insert({ id: 6001, owner: 'Z', mechanic_id: 1 }).select('owner, mechanics(name)')), [
    { owner: 'Z', mechanics: { name: 'Mira' } },
  ])
})

test('upsert: by key, by another key, ignoring', async () => {
  assert.deepEqual(
    await data(
      undone
        .from('pairs')
        .upsert([
          { a: 1, b: 'one', note: 'new' },
          { a: 3, b: 'x', note: 'y' },
        ])
        .select('note'),
      201,
    ),
    [{ note: 'new' }, { note: 'y' }],
  )
  assert.deepEqual(await data(undone.from('pairs').upsert({ a: 1, b: 'one', note: 'new' }).select('note').single(), 200), { note: 'new' })
  assert.deepEqual(await data(undone.from('parts').upsert({ name: 'bell', price: 1 }, { onConflict: 'name' }).select('id, price')), [
    { id: 1, price: 1 },
  ])
  const ignored = await undone
    .from('pairs')
    .upsert(
      [
        { a: 1, b: 'one' },
        { a: 4, b: 'q' },
      ],
      { ignoreDuplicates: true, count: 'exact' },
    )
    .select('a')
  assert.deepEqual([ignored.data, ignored.count], [[{ a: 4 }], 1])
  assert.equal(await data(undone.from('pairs').upsert({ a: 1, b: 'one', note: 'z' })), null)
  const fresh = await data(
    undone
      .from('parts')
      .upsert([{ id: 1, name: 'bell' }, { name: 'fresh' }], { defaultToNull: false })
      .select('name'),
  )
  assert.deepEqual(column(fresh, 'name'), ['bell', 'fresh'])
})

test('update: with filters, representation, count, single', async () => {
  assert.equal(await data(undone.from('parts').update({ note: 'x' }).eq('id', 1), 204), null)
  const changed = await undone.from('parts').update({ note: 'x' }, { count: 'exact' }).in('id', [1, 2]).select('id, note').order('id')
  assert.deepEqual(
    [changed.data, changed.count, changed.status],
    [
      [
        { id: 1, note: 'x' },
        { id: 2, note: 'x' },
      ],
      2,
      200,
    ],
  )
  assert.deepEqual(await data(undone.from('parts').update({ note: 'x' }).eq('id', 1).select('note').single()), { note: 'x' })
  assert.deepEqual(await data(undone.from('parts').update({ note: 'x' }).eq('id', 99).select()), [])
  assert.equal(await data(undone.from('parts').update({ note: 'x' }).eq('id', 99).select().maybeSingle()), null)
  await refused(undone.from('parts').update({ note: 'x' }).lt('id', 3).select().single(), 406, 'PGRST116')
  await refused(undone.from('parts').update({ nope: 'x' }).eq('id', 1), 400, 'PGRST204')
})

test('delete: with filters, representation, count', async () => {
  assert.equal(await data(undone.from('repairs').delete().eq('id', 1), 204), null)
  const gone = await undone.from('repairs').delete({ count: 'exact' }).eq('bike_id', 1).select('id').order('id')
  assert.deepEqual([gone.data, gone.count, gone.status], [[{ id: 1 }, { id: 2 }], 2, 200])
  assert.deepEqual(await data(undone.from('repairs').delete().eq('id', 1).select('work, bikes(owner)').single()), {
    work: 'brakes',
    bikes: { owner: 'Olga' },
  })
  await refused(undone.from('mechanics').delete().eq('id', 1), 409, '23503')
})

test('maxAffected bounds what is written', async () => {
  await refused(undone.from('repairs').delete().gt('id', 0).maxAffected(2), 400, 'PGRST124')
  await data(undone.from('repairs').delete().gt('id', 0).maxAffected(3), 204)
  await refused(undone.from('parts').update({ note: 'x' }).gt('id', 0).maxAffected(1), 400, 'PGRST124')
  await data(undone.rpc('drop_entries', { how_many: 2 }).maxAffected(2), 200)
  await refused(undone.rpc('drop_entries', { how_many: 3 }).maxAffected(2), 400, 'PGRST124')
})

test('what is written for good is there until it is deleted', async () => {
  await data(rest.from('only_key').insert([{ id: 6101 }, { id: 6102 }]), 201)
  assert.deepEqual(column(await data(rest.from('only_key').select().gt('id', 6100).order('id'))), [6101, 6102])
  await data(rest.from('only_key').update({ id: 6103 }).eq('id', 6102), 204)
  assert.deepEqual(column(await data(rest.from('only_key').delete().gt('id', 6100).select().order('id'))), [6101, 6103])
})

test('many requests at once get each their own answer', async () => {
  const asked = Array.from({ length: 50 }, (_, n) =>
    rest
      .from('queue')
      .select('id')
      .eq('id', n + 1)
      .single(),
  )
  assert.deepEqual(
    (await Promise.all(asked)).map((answer) => answer.data.id),
    Array.from({ length: 50 }, (_, n) => n + 1),
  )
})
