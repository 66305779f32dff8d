// supabase-js keeps files on plat serve: two tenants, public and private buckets, links, folders. Nobody reaches what is another
// tenant's.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import * as tus from 'tus-js-client'
import { SERVE_URL, amy, ann, anon, anonKey, bob, column, service, tokenOf } from './kit.js'

const [north, south] = [ann.storage, bob.storage]
const bytes = (n, seed = 7) => Uint8Array.from({ length: n }, (_, i) => (i * seed + (i >> 8)) & 255)
const same = async (blob, expected) => assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), expected)

function ok({ data, error }) {
  assert.equal(error, null, error && `${error.name} ${error.status} ${error.statusCode}: ${error.message}`)
  return data
}

// statusCode: what the body says; clients have looked at it since the HTTP status was 400 for everything.
function refusedAs({ data, error }, statusCode, words) {
  assert.equal(data, null, JSON.stringify(data))
  assert.equal(String(error.statusCode ?? error.status), String(statusCode), error.message)
  if (words) assert.match(error.message, words)
}

test('buckets are made, changed and listed by admins of the workspace', async () => {
  assert.equal(ok(await north.createBucket('north-files', { public: false })).name, 'north-files')
  assert.equal(ok(await south.createBucket('south-files', { public: false })).name, 'south-files')
  assert.equal(ok(await north.createBucket('north-public', { public: true, fileSizeLimit: '20kb', allowedMimeTypes: ['text/*', 'image/png'] })).name, 'north-public')
  refusedAs(await north.createBucket('north-files'), 409, /exists/i)
  refusedAs(await amy.storage.createBucket('amy-files'), 403)
  refusedAs(await anon.storage.createBucket('anon-files'), 403)
  refusedAs(await north.createBucket('bad/name'), 400)
  const b = ok(await north.getBucket('north-public'))
  assert.deepEqual([b.id, b.public, b.file_size_limit, b.allowed_mime_types], ['north-public', true, 20000, ['text/*', 'image/png']])
  assert.ok(!column(ok(await north.listBuckets())).includes('south-files'))
  refusedAs(await south.getBucket('north-files'), 404, /bucket not found/i)
  assert.match(ok(await north.updateBucket('north-public', { public: true, fileSizeLimit: 10000, allowedMimeTypes: null })).message, /updated/i)
  assert.equal(ok(await north.getBucket('north-public')).file_size_limit, 10000)
  assert.ok(column(ok(await service.storage.listBuckets())).includes('south-files'))
})

const files = (who) => who.storage.from('north-files')

test('what was uploaded comes back byte by byte, with its type and its data', async () => {
  const body = bytes(300000)
  const made = ok(await files(ann).upload('deals/1/contract.bin', body, { contentType: 'application/octet-stream', cacheControl: '60', metadata: { page: 3 } }))
  assert.deepEqual([made.path, made.fullPath], ['deals/1/contract.bin', 'north-files/deals/1/contract.bin'])
  assert.match(made.id, /^[0-9a-f-]{36}$/)
  await same(ok(await files(ann).download('deals/1/contract.bin')), body)
  const info = ok(await files(ann).info('deals/1/contract.bin'))
  assert.deepEqual([info.name, info.size, info.contentType, info.cacheControl, info.metadata.page], ['deals/1/contract.bin', 300000, 'application/octet-stream', 'max-age=60', 3])
  assert.equal(ok(await files(ann).exists('deals/1/contract.bin')), true)
  assert.equal((await files(ann).exists('deals/1/nothing')).data, false)
  refusedAs(await files(ann).upload('deals/1/contract.bin', body), 409, /exists/i)
  ok(await files(ann).upload('deals/1/contract.bin', bytes(5), { upsert: true }))
  await same(ok(await files(ann).download('deals/1/contract.bin')), bytes(5))
  ok(await files(ann).update('deals/1/contract.bin', bytes(9)))
  await same(ok(await files(ann).download('deals/1/contract.bin')), bytes(9))
})

test('blobs and forms: what a browser sends', async () => {
  ok(await files(ann).upload('notes/a.txt', new Blob(['Grüße aus dem Süden'], { type: 'text/plain;charset=utf-8' })))
  assert.equal(await ok(await files(ann).download('notes/a.txt')).text(), 'Grüße aus dem Süden')
  const form = new FormData()
  form.append('file', new Blob(['in a form'], { type: 'text/plain' }), 'x.txt')
  ok(await files(ann).upload('notes/ä b+c.txt', form))
  assert.equal(await ok(await files(ann).download('notes/ä b+c.txt')).text(), 'in a form')
  ok(await files(ann).upload('notes/empty', new Blob([], { type: 'text/plain' })))
  assert.equal(ok(await files(ann).download('notes/empty')).size, 0)
})

test('folders are listed with order, search and pages', async () => {
  for (const name of ['z.txt', 'b.txt', 'a10.txt', 'a2.txt']) ok(await files(ann).upload(`list/${name}`, new Blob([name])))
  ok(await files(ann).upload('list/sub/deep.txt', new Blob(['deep'])))
  const rows = ok(await files(ann).list('list', { sortBy: { column: 'name', order: 'asc' } }))
  assert.deepEqual(column(rows, 'name'), ['sub', 'a10.txt', 'a2.txt', 'b.txt', 'z.txt'])
  assert.deepEqual([rows[0].id, rows[1].metadata.size, rows[1].metadata.mimetype.split(';')[0]], [null, 7, 'application/octet-stream'])
  assert.deepEqual(column(ok(await files(ann).list('list', { limit: 2, offset: 1, sortBy: { column: 'name', order: 'desc' } })), 'name').length, 2)
  assert.deepEqual(column(ok(await files(ann).list('list', { search: 'a' })), 'name').sort(), ['a10.txt', 'a2.txt'])
  assert.deepEqual(column(ok(await files(ann).list('', { sortBy: { column: 'name', order: 'asc' } })), 'name'), ['deals', 'list', 'notes'])
  const page = ok(await files(ann).listV2({ prefix: 'list/', limit: 2, with_delimiter: true }))
  assert.ok(page.hasNext && page.nextCursor)
  const next = ok(await files(ann).listV2({ prefix: 'list/', limit: 10, with_delimiter: true, cursor: page.nextCursor }))
  assert.equal(page.objects.length + page.folders.length + next.objects.length + next.folders.length, 5)
})

test('moved, copied and removed', async () => {
  ok(await files(ann).upload('move/from.txt', new Blob(['content'])))
  ok(await files(ann).move('move/from.txt', 'move/to.txt'))
  refusedAs({ ...(await files(ann).info('move/from.txt')) }, 404)
  assert.equal(ok(await files(ann).copy('move/to.txt', 'move/copy.txt')).path, 'north-files/move/copy.txt')
  assert.equal(await ok(await files(ann).download('move/copy.txt')).text(), 'content')
  const gone = ok(await files(ann).remove(['move/to.txt', 'move/copy.txt', 'move/never.txt']))
  assert.deepEqual(column(gone, 'name').sort(), ['move/copy.txt', 'move/to.txt'])
  assert.deepEqual(ok(await files(ann).list('move')), [])
})

test('links: signed to read, one and many, and to upload', async () => {
  ok(await files(ann).upload('links/a.txt', new Blob(['linked'])))
  const { signedUrl } = ok(await files(ann).createSignedUrl('links/a.txt', 60))
  const answer = await fetch(signedUrl)
  assert.deepEqual([answer.status, await answer.text()], [200, 'linked'])
  const saved = await fetch(ok(await files(ann).createSignedUrl('links/a.txt', 60, { download: 'my file.txt' })).signedUrl)
  assert.match(saved.headers.get('content-disposition'), /attachment.*my(%20| )file\.txt/)
  const altered = await fetch(signedUrl.replace('a.txt', 'b.txt'))
  assert.ok(altered.status >= 400)
  const broken = await fetch(`${signedUrl.slice(0, -3)}abc`)
  assert.ok(broken.status >= 400)
  const many = ok(await files(ann).createSignedUrls(['links/a.txt', 'links/none.txt'], 60))
  assert.deepEqual(many.map((m) => [m.path, !!m.signedUrl, !!m.error]), [['links/a.txt', true, false], ['links/none.txt', false, true]])
  const short = ok(await files(ann).createSignedUrl('links/a.txt', 1)).signedUrl
  await new Promise((next) => setTimeout(next, 2100))
  assert.ok((await fetch(short)).status >= 400, 'its time is over')
  refusedAs(await files(ann).createSignedUrl('links/none.txt', 60), 404)
  refusedAs(await files(bob).createSignedUrl('links/a.txt', 60), 404)

  const { token, path } = ok(await files(ann).createSignedUploadUrl('links/new.txt'))
  ok(await files(anon).uploadToSignedUrl(path, token, new Blob(['by a guest'])))
  assert.equal(await ok(await files(ann).download('links/new.txt')).text(), 'by a guest')
  assert.ok((await files(anon).uploadToSignedUrl('links/other.txt', token, new Blob(['no']))).error)
})

test('public buckets are read by anybody, written by nobody else', async () => {
  const open = ann.storage.from('north-public')
  ok(await open.upload('p.txt', new Blob(['for all'], { type: 'text/plain' })))
  const { publicUrl } = open.getPublicUrl('p.txt').data
  const answer = await fetch(publicUrl)
  assert.deepEqual([answer.status, await answer.text(), answer.headers.get('x-content-type-options')], [200, 'for all', 'nosniff'])
  const etag = answer.headers.get('etag')
  assert.equal((await fetch(publicUrl, { headers: { 'If-None-Match': etag } })).status, 304)
  const part = await fetch(publicUrl, { headers: { Range: 'bytes=4-' } })
  assert.deepEqual([part.status, await part.text(), part.headers.get('content-range')], [206, 'all', 'bytes 4-6/7'])
  assert.equal((await fetch(publicUrl, { headers: { Range: 'bytes=99-' } })).status, 416)
  assert.ok((await fetch(files(ann).getPublicUrl('links/a.txt').data.publicUrl)).status >= 400, 'a private bucket')
  assert.ok((await anon.storage.from('north-public').upload('q.txt', new Blob(['no']))).error)
  assert.ok((await bob.storage.from('north-public').upload('q.txt', new Blob(['no']))).error)
})

test('nobody reaches what is another tenant’s', async () => {
  ok(await files(ann).upload('secret.txt', new Blob(['north only'])))
  for (const who of [bob, anon]) {
    assert.ok((await files(who).download('secret.txt')).error)
    assert.ok((await files(who).upload('theirs.txt', new Blob(['x']))).error)
    assert.ok((await files(who).upload('secret.txt', new Blob(['x']), { upsert: true })).error)
    assert.ok((await files(who).move('secret.txt', 'stolen.txt')).error)
    assert.ok((await files(who).copy('secret.txt', 'stolen.txt', { destinationBucket: 'south-files' })).error)
    assert.deepEqual((await files(who).remove(['secret.txt'])).data ?? [], [])
    assert.deepEqual((await files(who).list()).data ?? [], [])
    assert.ok((await who.storage.emptyBucket('north-files')).error)
    assert.ok((await who.storage.deleteBucket('north-files')).error)
  }
  assert.equal(await ok(await files(ann).download('secret.txt')).text(), 'north only')
  assert.equal(await ok(await files(amy).download('secret.txt')).text(), 'north only')
  assert.ok((await files(amy).update('secret.txt', new Blob(['amy']))).error, 'an agent does not replace what is not theirs')
  assert.equal(await ok(await service.storage.from('north-files').download('secret.txt')).text(), 'north only')
})

test('too large, of a wrong type, by a wrong name: refused, and nothing stays', async () => {
  const open = ann.storage.from('north-public')
  refusedAs(await open.upload('big.txt', bytes(10001), { contentType: 'text/plain' }), 413, /exceeded|large/i)
  ok(await north.updateBucket('north-public', { public: true, allowedMimeTypes: ['image/png'] }))
  refusedAs(await open.upload('a.txt', new Blob(['text'], { type: 'text/plain' })), 415, /mime/i)
  assert.ok((await open.upload('fake.png', new Blob(['no picture at all'], { type: 'image/png' }))).error)
  const names = ['../up.txt', 'a/../../b.txt', 'a//b.txt', './x', 'nul\0.txt', 'line\nbreak', 'x'.repeat(1025)]
  for (const name of names) {
    const answer = await fetch(`${SERVE_URL}/storage/v1/object/north-files/${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { apikey: anonKey, Authorization: `Bearer ${tokenOf('ann')}`, 'Content-Type': 'text/plain' },
      body: 'x',
    })
    assert.ok([400, 404].includes(answer.status), `${JSON.stringify(name.slice(0, 20))}: ${answer.status}`)
  }
  assert.deepEqual(column(ok(await open.list()), 'name'), ['p.txt'])
})

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGM4oaGBBzGMSmNDAHy0bWFy9py3AAAAAElFTkSuQmCC', 'base64')

test('pictures are made smaller on the way out', async () => {
  const open = ann.storage.from('north-public')
  ok(await north.updateBucket('north-public', { public: true, allowedMimeTypes: null }))
  ok(await open.upload('picture.png', PNG, { contentType: 'image/png' }))
  const { publicUrl } = open.getPublicUrl('picture.png', { transform: { width: 4, height: 4 } }).data
  const answer = await fetch(publicUrl)
  assert.equal(answer.status, 200)
  const small = Buffer.from(await answer.arrayBuffer())
  assert.equal(answer.headers.get('content-type'), 'image/png')
  assert.deepEqual([small.readUInt32BE(16), small.readUInt32BE(20)], [4, 4])
  const narrow = Buffer.from(await ok(await open.download('picture.png', { transform: { width: 5, format: 'origin' } })).arrayBuffer())
  assert.equal(narrow.readUInt32BE(16), 5)
  assert.ok((await files(ann).download('secret.txt', { transform: { width: 5 } })).error, 'no picture')
})

test('a large file in pieces, by the client of TUS: interrupted, and gone on with', async () => {
  const body = Buffer.from(bytes(7 * 1024 * 1024, 13))
  const options = {
    endpoint: `${SERVE_URL}/storage/v1/upload/resumable`,
    headers: { authorization: `Bearer ${tokenOf('ann')}`, apikey: anonKey, 'x-upsert': 'true' },
    chunkSize: 2 * 1024 * 1024,
    retryDelays: null,
    metadata: { bucketName: 'north-files', objectName: 'large/film.bin', contentType: 'application/octet-stream', cacheControl: '3600' },
  }
  const uploadUrl = await new Promise((done, fail) => {
    const upload = new tus.Upload(body, {
      ...options,
      onError: fail,
      onChunkComplete: (_, sent) => sent >= 4 * 1024 * 1024 && upload.abort().then(() => done(upload.url), fail),
    })
    upload.start()
  })
  assert.ok((await files(ann).download('large/film.bin')).error, 'not there yet')
  await new Promise((done, fail) => new tus.Upload(body, { ...options, uploadUrl, onError: fail, onSuccess: done }).start())
  await same(ok(await files(ann).download('large/film.bin')), new Uint8Array(body))
  const others = new tus.Upload(body, { ...options, headers: { ...options.headers, authorization: `Bearer ${tokenOf('bob')}` } })
  await assert.rejects(new Promise((done, fail) => Object.assign(others.options, { onError: fail, onSuccess: done }) && others.start()))
})

test('buckets are emptied before they are deleted', async () => {
  ok(await north.createBucket('north-gone'))
  ok(await ann.storage.from('north-gone').upload('a.txt', new Blob(['a'])))
  refusedAs(await north.deleteBucket('north-gone'), 409, /not empty/i)
  ok(await ann.storage.from('north-gone').remove(['a.txt']))
  assert.match(ok(await north.deleteBucket('north-gone')).message, /deleted/i)
  refusedAs(await north.getBucket('north-gone'), 404)
})
