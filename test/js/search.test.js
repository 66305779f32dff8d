// typesense-js against plat serve: every parameter of a search, keys and scoped keys that nothing widens, errors with their positions.
import { after, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import Typesense from 'typesense'
import { id, serviceKey, tokenOf } from './kit.js'

const { SEARCH_URL, SEARCH_DATABASE } = process.env
const { hostname, port } = new URL(SEARCH_URL)

const client = (apiKey, more = {}) =>
  new Typesense.Client({ nodes: [{ host: hostname, port: Number(port), protocol: 'http' }], apiKey, numRetries: 0, logLevel: 'silent', ...more })
const sql = (text) => execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', SEARCH_DATABASE, '-c', text], { encoding: 'utf8' }).trim()

const admin = client(tokenOf('sam'))
const newKey = (more = {}) => admin.keys().create({ description: 'test', actions: ['documents:search'], collections: ['listings'], ...more })
const agentKey = await newKey({ audience: 'agents', actions: ['*'] })
const publicKey = await newKey({ actions: ['documents:search', 'documents:get', 'collections:get'] })
const agents = client(agentKey.value)
const open = client(publicKey.value)

const search = (params, who = agents) =>
  who.collections('listings').documents().search({ q: '*', query_by: 'public_remarks,city', ...params })
const names = new Map([...Array(9).keys()].map((n) => [id(`harbor ${n + 1}`), n + 1]))
const numbers = (answer) => answer.hits.map((hit) => names.get(hit.document.id))
const found = async (params, who) => numbers(await search(params, who)).sort()
const inOrder = async (params, who) => numbers(await search(params, who))
const fails = async (promise, status, message) => {
  const error = await promise.then(() => assert.fail('is answered'), (e) => e)
  assert.equal(error.httpStatus, status, error.message)
  if (message) assert.match(error.message, message)
}

after(async () => {
  for (const key of (await admin.keys().retrieve()).keys) await admin.keys(key.id).delete()
})

test('health, and the collection with its fields', async () => {
  assert.deepEqual(await agents.health.retrieve(), { ok: true })
  const [listings] = await agents.collections().retrieve()
  assert.equal(listings.name, 'listings')
  assert.equal(listings.num_documents, 9)
  const field = (name) => listings.fields.find((f) => f.name === name)
  assert.deepEqual([field('list_price').type, field('list_price').facet, field('list_price').sort], ['int32', true, true])
  assert.deepEqual([field('location').type, field('public_remarks').type, field('list_date').type], ['geopoint', 'string', 'int64'])
  assert.ok(field('import_task_id'))
  const seen = await open.collections('listings').retrieve()
  assert.equal(seen.num_documents, 8)
  assert.equal(seen.fields.find((f) => f.name === 'import_task_id'), undefined)
  await fails(agents.collections('houses').retrieve(), 404, /there is no collection 'houses'/)
})

test('the shape of an answer', async () => {
  const answer = await search({ q: 'ocean', sort_by: 'list_price:asc', per_page: 1, facet_by: 'city' })
  assert.deepEqual(Object.keys(answer).sort(), [
    'facet_counts', 'found', 'hits', 'out_of', 'page', 'request_params', 'search_cutoff', 'search_time_ms',
  ])
  assert.deepEqual([answer.found, answer.out_of, answer.page, answer.search_cutoff], [2, 9, 1, false])
  assert.deepEqual(answer.request_params, { collection_name: 'listings', first_q: 'ocean', per_page: 1, q: 'ocean' })
  const [hit] = answer.hits
  assert.deepEqual(Object.keys(hit).sort(), ['document', 'highlight', 'highlights', 'text_match', 'text_match_info'])
  assert.equal(hit.document.id, id('harbor 2'))
  assert.deepEqual(hit.document.location, [25.77, -80.19])
  assert.equal(hit.document.list_date, Date.UTC(2026, 0, 3) / 1000)
  assert.deepEqual([hit.document.list_office_name, hit.document.list_price, hit.document.bathrooms], ['Blue Realty', 450000, 2])
  assert.equal(typeof hit.document.as_of, 'number')
  assert.ok(!('close_price' in hit.document)) // absent values are absent
  assert.ok(hit.text_match > 0)
  assert.deepEqual([hit.text_match_info.tokens_matched, hit.text_match_info.fields_matched, hit.text_match_info.num_tokens_dropped], [1, 1, 0])
  assert.match(hit.text_match_info.score, /^[0-9]+$/)
  assert.equal((await search({ exclude_fields: 'out_of,search_time_ms' })).out_of, undefined)
})

test('q: words, phrases, excluded words, everything', async () => {
  assert.deepEqual(await found({}), [1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.deepEqual(await found({ q: 'ocean view' }), [2, 7])
  assert.deepEqual(await found({ q: 'pool -ocean' }), [1, 4, 6, 9])
  assert.deepEqual(await found({ q: '"ocean view"' }), [2, 7])
  assert.deepEqual(await found({ q: '"view ocean"', drop_tokens_threshold: 0 }), [])
  assert.deepEqual(await found({ q: 'senor', query_by: 'list_office_name' }), [6, 7])
})

test('query_by with weights, prefix, typos, infix, dropped and split words', async () => {
  const weighted = (query_by_weights) => inOrder({ q: 'miami beach', query_by: 'public_remarks,city', query_by_weights, per_page: 1 })
  assert.deepEqual(await weighted('1,5'), [1])
  assert.deepEqual(await found({ q: 'pano', num_typos: 0, drop_tokens_threshold: 0 }), [7])
  assert.deepEqual(await found({ q: 'pano', prefix: false, num_typos: 0, drop_tokens_threshold: 0 }), [])
  assert.deepEqual(await found({ q: 'panoramik', num_typos: 1 }), [7])
  assert.deepEqual(await found({ q: 'panoramik', num_typos: 0 }), [])
  assert.deepEqual(await found({ q: 'oramic', num_typos: 0, prefix: false, infix: 'always' }), [7])
  assert.deepEqual(await found({ q: 'oramic', num_typos: 0, prefix: false, infix: 'off' }), [])
  assert.deepEqual(await found({ q: 'penthouse zzzzzz', drop_tokens_threshold: 1 }), [7])
  assert.deepEqual(await found({ q: 'penthouse zzzzzz', drop_tokens_threshold: 0 }), [])
  assert.deepEqual(await found({ q: 'pent house', split_join_tokens: 'fallback', drop_tokens_threshold: 0, num_typos: 0 }), [7])
  assert.deepEqual(await found({ q: 'condo', exhaustive_search: true, search_cutoff_ms: 10000, num_typos: 0 }), [1, 2])
  for (const text_match_type of ['max_score', 'max_weight', 'sum_score'])
    assert.deepEqual(await found({ q: 'garden', text_match_type, prioritize_exact_match: false, max_candidates: 4 }), [3, 6])
  await fails(search({ q: 'x', query_by: undefined }), 400, /query_by/)
})

test('filter_by: every operator', async () => {
  for (const [filter_by, wanted] of [
    ['city:Coral', [3, 4]],
    ['city:=Coral Gables', [3, 4]],
    ['city:=Coral', []],
    ['city:!=Miami', [3, 4, 5, 6, 7]],
    ['city:[Miami, Doral]', [1, 2, 5, 6, 8, 9]],
    ['city:=[`Coral Gables`,Doral]', [3, 4, 5, 6]],
    ['city:!=[Miami,Doral]', [3, 4, 7]],
    ['city:Fort*', [7]],
    ['list_price:<450000', [1, 9]],
    ['list_price:<=450000', [1, 2, 9]],
    ['list_price:>900000', [4]],
    ['list_price:>=900000', [3, 4]],
    ['list_price:=[300000..450000, >1000000]', [1, 2, 4, 9]],
    ['list_price:!=[300000..1200000]', [8]],
    ['bathrooms:=3.5', [3]],
    ['bedrooms:>2 && (city:=Doral || standard_status:=Pending)', [4, 5, 6]],
    ['bedrooms:=5 || city:=Doral && list_price:<600000', [4, 5]],
    ['location:(25.7617, -80.1918, 5 km)', [1, 2, 9]],
    ['location:(25.7617, -80.1918, 2 mi)', [1, 2, 9]],
    ['location:(25.70, -80.30, 25.70, -80.25, 25.75, -80.25, 25.75, -80.30)', [3, 4]],
    [`id:=[${id('harbor 1')}, ${id('harbor 5')}]`, [1, 5]],
    ['list_date:>2026-01-08', [8, 9]],
  ])
    assert.deepEqual(await found({ filter_by }), wanted, filter_by)
})

test('sort_by: several keys, text, distance, missing values, conditions', async () => {
  const sorted = (sort_by, more) => inOrder({ sort_by, filter_by: 'list_price:<5000000', ...more })
  assert.deepEqual(await sorted('list_price:asc'), [1, 9, 2, 5, 6, 7, 3, 4])
  assert.deepEqual(await sorted('bedrooms:desc,bathrooms:asc,list_price:desc'), [4, 3, 5, 6, 7, 2, 9, 1])
  assert.deepEqual((await inOrder({ sort_by: 'list_price:asc' })).at(-1), 8)
  assert.deepEqual((await inOrder({ sort_by: 'list_price(missing_values: first):asc' }))[0], 8)
  assert.deepEqual(await sorted('_eval(city:=Doral):desc,list_price:asc', { per_page: 3 }), [5, 6, 1])
  assert.deepEqual(await sorted('_eval([(city:=Doral):3,(bedrooms:=4):5]):desc,list_price:asc', { per_page: 3 }), [3, 5, 6])
  assert.deepEqual(await inOrder({ q: 'pool', sort_by: '_text_match:desc,list_price:desc', query_by: 'public_remarks', num_typos: 0, per_page: 250 }).then((n) => n.sort()), [1, 2, 4, 6, 7, 9])
  const near = await search({ sort_by: 'location(25.7617,-80.1918):asc', filter_by: 'location:(25.7617,-80.1918,20 km)' })
  assert.deepEqual(numbers(near), [1, 9, 2, 4, 3, 6, 5])
  assert.deepEqual(near.hits[0].geo_distance_meters, { location: 0 })
  assert.ok(Math.abs(near.hits[2].geo_distance_meters.location - 940) < 20, `${near.hits[2].geo_distance_meters.location}`)
  assert.deepEqual((await inOrder({ sort_by: 'location(25.7617,-80.1918, exclude_radius: 2 km):asc,list_price:desc', per_page: 3 })), [2, 9, 1])
})

test('facet_by: counts, ranges, statistics; facet_query', async () => {
  const facets = async (params) => (await search(params)).facet_counts
  const [city, price] = await facets({ facet_by: 'city,list_price', max_facet_values: 3 })
  assert.equal(city.field_name, 'city')
  assert.deepEqual(city.counts[0], { count: 4, highlighted: 'Miami', value: 'Miami' })
  assert.deepEqual([city.counts.length, city.sampled, city.stats.total_values], [3, false, 4])
  assert.deepEqual([price.stats.min, price.stats.max, price.stats.sum], [300000, 1200000, 5063000])
  const [ranges] = await facets({ facet_by: 'list_price(low:[0, 500000], high:[500000, ])' })
  assert.deepEqual(ranges.counts.map((c) => [c.value, c.count]).sort(), [['high', 5], ['low', 3]])
  const [alpha] = await facets({ facet_by: 'city(sort_by: _alpha:asc)' })
  assert.deepEqual(alpha.counts.map((c) => c.value), ['Coral Gables', 'Doral', 'Fort Lauderdale', 'Miami'])
  const [asked] = await facets({ facet_by: 'city', facet_query: 'city:cor' })
  assert.deepEqual(asked.counts, [{ count: 2, highlighted: '<mark>Coral</mark> Gables', value: 'Coral Gables' }])
})

test('pages: page and per_page, offset and limit, limit_hits', async () => {
  const by = { sort_by: 'list_date:asc' }
  assert.deepEqual(await inOrder({ ...by, per_page: 4 }), [1, 2, 3, 4])
  const second = await search({ ...by, per_page: 4, page: 2 })
  assert.deepEqual([numbers(second), second.page, second.found], [[5, 6, 7, 8], 2, 9])
  assert.deepEqual(await inOrder({ ...by, offset: 7, limit: 5 }), [8, 9])
  assert.deepEqual(await inOrder({ ...by, per_page: 0 }), [])
  await fails(search({ per_page: 251 }), 400, /per_page/)
})

test('group_by', async () => {
  const answer = await search({ group_by: 'city', group_limit: 1, sort_by: 'list_price:asc', per_page: 2 })
  assert.deepEqual([answer.found, answer.found_docs, answer.hits], [4, 9, undefined])
  assert.deepEqual(answer.grouped_hits.map((g) => [g.group_key, g.found, numbers(g)]), [
    [['Miami'], 4, [1]],
    [['Doral'], 2, [5]],
  ])
  const beds = await search({ group_by: 'bedrooms', group_missing_values: false, per_page: 20 })
  assert.equal(beds.found, 6) // whatever has none is a group by itself
  assert.deepEqual(beds.grouped_hits.map((g) => g.group_key[0]).sort(), [1, 2, 3, 4, 5, null])
})

test('include_fields, exclude_fields', async () => {
  const one = async (params) => (await search({ filter_by: `id:=${id('harbor 1')}`, ...params })).hits[0].document
  assert.deepEqual(await one({ include_fields: 'list_price,city' }), { city: 'Miami', list_price: 300000 })
  const rest = await one({ exclude_fields: 'photos,list_*' })
  assert.deepEqual([rest.photos, rest.list_price, rest.city, rest.photo_url], [undefined, undefined, 'Miami', 'https://media.example/1.jpg'])
  assert.deepEqual((await one({})).photos.map((p) => p.url), ['https://media.example/1.jpg', 'https://media.example/2.jpg'])
  await fails(search({ include_fields: 'list_prize' }), 404, /include_fields: there is no field 'list_prize'; did you mean 'list_price'/)
})

test('highlights', async () => {
  const one = async (params) => (await search({ filter_by: `id:=${id('harbor 7')}`, ...params })).hits[0]
  const hit = await one({ q: 'rooftop', query_by: 'public_remarks' })
  assert.deepEqual(hit.highlight, {
    public_remarks: { matched_tokens: ['Rooftop'], snippet: 'Fine rooms. Fine rooms. <mark>Rooftop</mark> pool' },
  })
  assert.deepEqual(hit.highlights, [{ field: 'public_remarks', ...hit.highlight.public_remarks }])
  const tagged = await one({
    q: 'rooftop', query_by: 'public_remarks', highlight_start_tag: '[', highlight_end_tag: ']', highlight_affix_num_tokens: 1,
    highlight_full_fields: 'public_remarks', enable_highlight_v1: false,
  })
  assert.equal(tagged.highlight.public_remarks.snippet, 'rooms. [Rooftop] pool')
  assert.match(tagged.highlight.public_remarks.value, /^Penthouse .* \[Rooftop\] pool\.$/)
  assert.equal(tagged.highlights, undefined)
  assert.match((await one({ q: 'rooftop', snippet_threshold: 1000 })).highlight.public_remarks.snippet, /^Penthouse/)
  assert.deepEqual((await one({ q: 'rooftop', highlight_fields: 'none' })).highlight, {})
  assert.deepEqual(Object.keys((await one({ q: 'lauderdale ocean', query_by: 'city,public_remarks', highlight_fields: 'city' })).highlight), ['city'])
})

test('pinned_hits, hidden_hits', async () => {
  const by = { sort_by: 'list_price:asc', per_page: 3 }
  const pinned = await search({ ...by, pinned_hits: `${id('harbor 4')}:1` })
  assert.deepEqual(numbers(pinned), [4, 1, 9])
  assert.deepEqual(pinned.hits.map((h) => h.curated), [true, undefined, undefined])
  assert.deepEqual(await inOrder({ ...by, hidden_hits: `${id('harbor 1')},${id('harbor 9')}` }), [2, 5, 6])
  assert.deepEqual(await inOrder({ ...by, filter_by: 'city:=Doral', pinned_hits: `${id('harbor 4')}:1`, filter_curated_hits: true }), [5, 6])
})

test('errors have a status, a sentence and a position', async () => {
  await fails(search({ filter_by: 'city:=Miami && list_price:>' }), 400, /filter_by.*\b\d+/)
  await fails(search({ filter_by: '(city:=Miami' }), 400, /filter_by/)
  await fails(search({ filter_by: 'bedroms:>2' }), 404, /bedrooms/)
  await fails(search({ sort_by: 'list_price:up' }), 400, /sort_by/)
  await fails(search({ facet_by: 'public_remarks' }), 404, /facet_by/)
  await fails(agents.collections('houses').documents().search({ q: '*' }), 404)
})

test('multi_search: common parameters, one that fails in its place', async () => {
  const { results } = await agents.multiSearch.perform(
    {
      searches: [
        { collection: 'listings', q: 'ocean' },
        { collection: 'listings', q: '*', filter_by: 'city:=Miami &&' },
        { collection: 'houses', q: '*' },
        { collection: 'listings', q: '*', filter_by: 'city:=Doral' },
      ],
    },
    { query_by: 'public_remarks', filter_by: 'bedrooms:<9' },
  )
  assert.deepEqual([results.length, results[0].found, results[3].found], [4, 2, 2])
  assert.deepEqual([results[1].code, results[2].code], [400, 404])
  assert.match(results[1].error, /filter_by/)
  const many = { searches: Array(51).fill({ collection: 'listings', q: '*' }) }
  await fails(agents.multiSearch.perform(many, {}), 400, /at most 50/)
  await fails(agents.multiSearch.perform({ union: true, searches: many.searches.slice(1) }, {}), 400, /union/)
})

test('documents: one, and all of them line by line', async () => {
  const document = await agents.collections('listings').documents(id('harbor 3')).retrieve()
  assert.deepEqual([document.city, document.list_price], ['Coral Gables', 900000])
  await fails(agents.collections('listings').documents(id('nothing')).retrieve(), 404, /Could not find a document with id/)
  await fails(agents.collections('listings').documents('x').retrieve(), 404)
  await fails(agents.collections('listings').documents(id('inland 1')).retrieve(), 404)
  const lines = async (params) => (await agents.collections('listings').documents().export(params)).trim().split('\n').map((line) => JSON.parse(line))
  assert.equal((await lines({})).length, 9)
  assert.deepEqual(await lines({ filter_by: 'city:=Doral && list_price:<600000', include_fields: 'city,list_price' }), [{ city: 'Doral', list_price: 520000 }])
  await fails(agents.collections('listings').documents().create({ id: '1' }), 405, /come from the MLS/)
  await fails(agents.collections('listings').delete(), 405)
})

test('a public key sees what the public may, with what has to stand beside it', async () => {
  const answer = await search({}, open)
  assert.deepEqual(numbers(answer).sort(), [1, 2, 3, 4, 5, 6, 7, 8])
  assert.equal(answer.out_of, 8)
  assert.match(answer.display.attribution_html, /Shore MLS/)
  assert.deepEqual([answer.display.brokerage, answer.display.max_results], ['Harbor Realty', 8])
  const hidden = answer.hits.find((hit) => hit.document.id === id('harbor 6')).document
  assert.deepEqual([hidden.city, hidden.street_name, hidden.location, hidden.address_full], ['Doral', undefined, undefined, undefined])
  assert.deepEqual(await found({ q: '600', query_by: 'address_full', num_typos: 0 }, open), [])
  assert.deepEqual(await found({ q: '600', query_by: 'address_full', num_typos: 0 }), [6])
  assert.deepEqual(await found({ filter_by: 'location:(25.82,-80.35,1 km)' }, open), [5])
  await fails(search({ filter_by: 'import_task_id:=x' }, open), 404)
  await fails(search({ include_fields: 'marketing_description' }, open), 404)
  await fails(open.collections('listings').documents(id('harbor 9')).retrieve(), 404)
  assert.deepEqual(await found({ pinned_hits: `${id('harbor 9')}:1,${id('inland 1')}:2` }, open), [1, 2, 3, 4, 5, 6, 7, 8])
  sql(`update mls.compliance_profiles set max_results = 3, hidden_fields = '{list_price}' where workspace_id = '${id('harbor')}'`)
  await new Promise((next) => setTimeout(next, 4000)) // what stands beside listings is kept for three seconds
  assert.equal((await search({ per_page: 250 }, open)).hits.length, 3)
  await fails(search({ sort_by: 'list_price:asc' }, open), 404, /there is no field 'list_price'/)
  await fails(search({ filter_by: 'list_price:>1' }, open), 404)
  assert.equal((await search({ sort_by: 'list_price:asc' })).hits.length, 9)
  sql(`update mls.compliance_profiles set max_results = 500, hidden_fields = '{}' where workspace_id = '${id('harbor')}'`)
})

test('logins: admins and agents see all, clients what the public does, others nothing', async () => {
  const all = { 'X-Plat-Workspace': 'harbor' }
  assert.equal((await search({}, client(tokenOf('amy')))).found, 9)
  assert.equal((await search({}, client(tokenOf('cleo')))).found, 8)
  assert.equal((await search({ query_by: 'city' }, client(tokenOf('ida')))).found, 1)
  assert.equal((await search({}, client(serviceKey, { additionalHeaders: all }))).found, 9)
  await fails(search({}, client(serviceKey)), 400, /several workspaces/)
  for (const key of ['wrong', `${publicKey.value}x`, tokenOf('sam').slice(0, -2)])
    await fails(search({}, client(key)), 401, /a valid `x-typesense-api-key` header must be sent/)
  assert.equal((await search({}, client(publicKey.value, { sendApiKeyAsQueryParam: true }))).found, 8)
})

test('pages in a browser: preflight, any origin, a key in the query, a body of any type', async () => {
  const Origin = 'https://page.example'
  const asked = await fetch(`${SEARCH_URL}/multi_search`, { method: 'OPTIONS', headers: { Origin, 'Access-Control-Request-Headers': 'x-typesense-api-key' } })
  assert.deepEqual([asked.status, asked.headers.get('Access-Control-Allow-Headers')], [204, 'x-typesense-api-key'])
  const body = JSON.stringify({ searches: [{ collection: 'listings', q: '*' }] })
  const sent = (text) =>
    fetch(`${SEARCH_URL}/multi_search?x-typesense-api-key=${publicKey.value}`, { method: 'POST', headers: { Origin, 'Content-Type': 'text/plain' }, body: text })
  const answer = await sent(body)
  assert.deepEqual([answer.status, answer.headers.get('Access-Control-Allow-Origin')], [200, '*'])
  assert.equal((await answer.json()).results[0].found, 8)
  assert.deepEqual([(await sent('{')).status, (await sent('[]')).status, (await sent('{"searches":1}')).status], [400, 400, 400])
  assert.deepEqual((await (await sent(`{"searches":[1,{"q":"*"},{"collection":"listings","q":{"a":1}}]}`)).json()).results.map((r) => r.code), [400, 404, 400])
  const none = await fetch(`${SEARCH_URL}/collections/listings/documents/search?q=*`, { headers: { Origin } })
  assert.deepEqual([none.status, none.headers.get('Access-Control-Allow-Origin')], [401, '*'])
  assert.equal((await sent(' '.repeat(1024 * 1024 + 1))).status, 413)
})

test('keys: made by admins, shown once, for what they say, until they are revoked', async () => {
  const key = await newKey({ description: 'for a page', expires_at: Math.floor(Date.now() / 1000) + 3600 })
  assert.match(key.value, /^[A-Za-z0-9]{32}$/)
  const kept = await admin.keys(key.id).retrieve()
  assert.deepEqual([kept.value_prefix, kept.description, kept.audience, kept.value], [key.value.slice(0, 4), 'for a page', 'public', undefined])
  assert.equal(sql(`select position('${key.value}' in t::text) from mls.search_keys t where id = ${key.id}`), '0')
  const page = client(key.value)
  assert.equal((await search({}, page)).found, 8)
  await fails(page.collections('listings').documents(id('harbor 1')).retrieve(), 401)
  await fails(page.collections('listings').documents().export(), 401)
  await fails(page.keys().retrieve(), 401)
  for (const who of [client(tokenOf('amy')), client(tokenOf('cleo'))]) await fails(who.keys().retrieve(), 401)
  await fails(client(tokenOf('ida')).keys(key.id).delete(), 404)
  await fails(newKey({ actions: ['documents:create'] }), 400, /documents:create/)
  await fails(newKey({ collections: ['houses'] }), 400, /houses/)
  await fails(newKey({ audience: 'all' }), 400, /audience/)
  await fails(newKey({ value: 'mine' }), 400, /value/)
  const past = await newKey({ expires_at: 1 })
  await fails(search({}, client(past.value)), 401)
  assert.deepEqual(await admin.keys(key.id).delete(), { id: key.id })
  const began = Date.now()
  while (await search({}, page).then(() => true, () => false)) assert.ok(Date.now() - began < 5000, 'revoked within 5 s')
  await fails(search({}, page), 401)
  await fails(admin.keys(key.id).retrieve(), 404)
})

test('scoped keys: nothing that a request says widens them', async () => {
  const scope = (params, parent = agentKey.value) => client(agents.keys().generateScopedSearchKey(parent, params))
  const miami = scope({ filter_by: 'city:=Miami', per_page: 3, exclude_fields: 'list_office_name,public_remarks' })
  const sees = (params) => found(params, miami)
  assert.deepEqual((await sees({ limit: 250, per_page: 250 })).length, 3)
  assert.ok((await sees({ filter_by: 'list_price:>0' })).every((n) => [1, 2, 9].includes(n)))
  assert.deepEqual(await sees({ filter_by: 'city:=Doral' }), [])
  await fails(search({ filter_by: 'city:=Doral) || (city:=Doral' }, miami), 400)
  assert.ok((await sees({ filter_by: 'city:=Doral || city:=Miami' })).every((n) => [1, 2, 8, 9].includes(n)))
  assert.deepEqual(await sees({ pinned_hits: `${id('harbor 5')}:1`, filter_by: 'list_price:<310000', filter_curated_hits: false }), [1])
  const { hits } = await search({ q: 'pool', include_fields: 'id,public_remarks,list_office_name', highlight_full_fields: 'public_remarks', highlight_fields: 'public_remarks,list_office_name' }, miami)
  assert.ok(hits.length)
  for (const hit of hits) assert.deepEqual([Object.keys(hit.document), hit.highlight, hit.highlights], [['id'], {}, []])
  await fails(search({ facet_by: 'list_office_name' }, miami), 400, /the key does not show/)
  await fails(search({ group_by: 'list_office_name' }, miami), 400, /the key does not show/)
  const many = await miami.multiSearch.perform({ searches: [{ collection: 'listings', q: '*', filter_by: 'city:=Doral', per_page: 100 }, { collection: 'listings', q: '*' }] }, { filter_by: '' })
  assert.deepEqual(many.results.map((r) => r.found), [0, 4])
  const listings = miami.collections('listings')
  for (const call of [
    () => listings.documents(id('harbor 5')).retrieve(),
    () => listings.documents().export(),
    () => listings.retrieve(),
    () => miami.keys().retrieve(),
  ])
    await fails(call(), 401)

  await fails(scope({ limit_multi_searches: 1 }).multiSearch.perform({ searches: Array(2).fill({ collection: 'listings', q: '*' }) }, { limit_multi_searches: 9 }), 400, /at most 1/)
  await fails(search({}, scope({ expires_at: Math.floor(Date.now() / 1000) - 1 })), 401)
  await fails(search({}, scope({ filter_by: '' }, `${agentKey.value.slice(0, -1)}!`)), 401)
  assert.equal((await search({}, scope({}, publicKey.value))).found, 8)
  await fails(search({}, scope({ filter_by: 'import_task_id:=x' }, publicKey.value)), 404, /of the key/)
})
