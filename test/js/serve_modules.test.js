// supabase-js against plat serve: what front ends of the five modules do.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { SERVE_URL, amy, ann, anonKey, bob, column, data, id, refused, service, tokenOf } from './kit.js'

// mls

test('mls: a page of a search, with its count and its pictures', async () => {
  const page = await ann
    .from('listings')
    .select('mls_number, list_price, listing_media(url)', { count: 'exact' })
    .eq('standard_status', 'Active')
    .gte('list_price', 200000)
    .order('list_price', { ascending: false })
    .order('sort_order', { referencedTable: 'listing_media' })
    .limit(1, { referencedTable: 'listing_media' })
    .range(0, 1)
  assert.deepEqual([page.status, page.count], [206, 6])
  assert.deepEqual(
    page.data,
    [10, 8].map((n) => ({ mls_number: `M${n}`, list_price: n * 100000, listing_media: [{ url: `https://media.example/${n}/1.jpg` }] })),
  )
})

test('mls: filters that searches use', async () => {
  const found = async (query) => column(await data(query.order('list_price')), 'list_price').map((price) => price / 100000)
  const all = () => ann.from('listings').select('list_price')
  assert.deepEqual(await found(all().in('city', ['Miami', 'Doral']).lte('list_price', 500000)), [2, 3, 5])
  assert.deepEqual(await found(all().ilike('city', 'coral%').gt('bedrooms', 1)), [4, 7])
  assert.deepEqual(await found(all().is('bedrooms', null)), [10])
  assert.deepEqual(await found(all().or('list_price.lt.200000,and(city.eq.Doral,bedrooms.gte.3)')), [1, 8])
  assert.deepEqual(await found(all().textSearch('public_remarks', 'pool', { config: 'english' }).gt('latitude', 25.6)), [8, 10])
  assert.deepEqual(await found(all().not('standard_status', 'eq', 'Active')), [3, 6, 9])
  assert.deepEqual(await found(all().match({ city: 'Miami', standard_status: 'Pending' })), [3, 6, 9])
  assert.deepEqual(await found(all().gte('list_date', '2024-01-09').lt('list_date', '2024-01-11')), [8, 9])
})

test('mls: csv', async () => {
  const text = await data(ann.from('listings').select('mls_number, city').lte('list_price', 200000).order('list_price').csv())
  assert.equal(text, 'mls_number,city\nM1,Coral Gables\nM2,Doral')
})

test('mls: an agent writes a listing, changes it, and takes it away', async () => {
  const made = await data(amy.from('listings').insert({ source_listing_key: 'amy-1', city: 'Miami', list_price: 1 }).select().single(), 201)
  assert.deepEqual([made.workspace_id, made.is_active, made.city], [id('north'), true, 'Miami'])
  assert.deepEqual(await data(amy.from('listings').update({ list_price: 2 }).eq('id', made.id).select('list_price').single()), {
    list_price: 2,
  })
  const merged = await data(
    amy.from('listings').upsert({ id: made.id, source_listing_key: 'amy-1', city: 'Doral' }).select('city, list_price').single(),
    200,
  )
  assert.deepEqual(merged, { city: 'Doral', list_price: 2 })
  assert.deepEqual(await data(amy.from('listings').delete().eq('id', made.id).select()), [])
  assert.equal(await data(amy.rpc('deactivate_listing', { listing: made.id })), null)
  assert.deepEqual(await data(amy.from('listings').select('id').eq('id', made.id)), [])
  await refused(amy.rpc('deactivate_listing', { listing: made.id }), 404, 'PT404')
  assert.equal((await data(ann.from('listings').delete().eq('id', made.id).select('id'))).length, 1)
})

test('mls: the payload of a listing is for agents of its workspace', async () => {
  assert.deepEqual(await data(amy.rpc('listing_raw', { listing: id('north listing 1') })), { PrivateRemarks: 'for agents only' })
  assert.equal(await data(bob.rpc('listing_raw', { listing: id('north listing 1') })), null)
})

test("mls: favourites and searches are one person's own", async () => {
  const favourite = await data(
    amy
      .from('favorites')
      .insert({ listing_id: id('north listing 2') })
      .select('id, listings(mls_number)')
      .single(),
  )
  assert.deepEqual(favourite.listings, { mls_number: 'M2' })
  assert.deepEqual(await data(ann.from('favorites').select()), [])
  assert.equal(await data(amy.from('favorites').delete().eq('id', favourite.id)), null)
  const search = await data(
    amy
      .from('saved_searches')
      .insert({ name: 'by the sea', query: { filter_by: 'city:=Miami' } })
      .select('id')
      .single(),
  )
  assert.deepEqual(
    await data(amy.from('saved_searches').update({ name: 'inland' }).eq('id', search.id).select('name, query->filter_by').single()),
    { name: 'inland', filter_by: 'city:=Miami' },
  )
  await refused(ann.from('saved_searches').select().eq('id', search.id).single(), 406, 'PGRST116')
  assert.equal((await data(amy.from('saved_searches').delete().eq('id', search.id).select())).length, 1)
})

// marketing

test('marketing: content goes its way, and only its way', async () => {
  const pieces = () => amy.schema('marketing').from('content_pieces')
  const piece = await data(
    pieces()
      .insert({ listing_id: id('amy flat'), content_type: 'email', generated_text: { subject: 'Hi' } })
      .select('id, status, generated_text->>subject, listings(address), agents(name)')
      .single(),
    201,
  )
  assert.deepEqual(piece, { id: piece.id, status: 'draft', subject: 'Hi', listings: { address: '1 amy St' }, agents: { name: 'Amy' } })
  const error = await refused(pieces().update({ status: 'approved_for_posting' }).eq('id', piece.id), 409, 'PT409')
  assert.match(error.message, /cannot go from draft to approved_for_posting/)
  assert.deepEqual(await data(pieces().update({ status: 'pending_approval_agent' }).eq('id', piece.id).select('status').single()), {
    status: 'pending_approval_agent',
  })
  assert.deepEqual(await data(amy.schema('marketing').from('approval_logs').select('action_type').eq('content_piece_id', piece.id)), [
    { action_type: 'submitted' },
  ])
  assert.deepEqual(await data(pieces().delete().eq('id', piece.id).select()), []) // it has a history now
  assert.equal((await data(amy.schema('marketing').from('notifications').select('message').eq('related_entity_id', piece.id))).length, 1)
})

test('marketing: accounts are switched off, never connected, by their agent', async () => {
  const accounts = () => amy.schema('marketing').from('social_media_accounts')
  assert.deepEqual(await data(accounts().update({ is_active: false }).eq('account_id', 'page of amy').select('is_active')), [
    { is_active: false },
  ])
  await refused(accounts().insert({ platform: 'facebook', account_id: 'x' }), 403, '42501')
  await refused(accounts().update({ account_id: 'x' }).eq('account_id', 'page of amy'), 403, '42501')
})

// ops

test('ops: of two who claim a task one wins', async () => {
  const claimed = await data(amy.schema('ops').rpc('claim_task', { task_id: 'north_task_1' }))
  assert.deepEqual([claimed.status, claimed.assigned_staff_id, claimed.task_type], ['CLAIMED', 'amy', 'listing_task'])
  const error = await refused(ann.schema('ops').rpc('claim_task', { task_id: 'north_task_1' }), 409, 'PT409')
  assert.match(error.message, /already claimed by Amy/)
  await refused(bob.schema('ops').rpc('claim_task', { task_id: 'north_task_1' }), 404, 'PT404')
  const task = await data(
    ann
      .schema('ops')
      .from('activities')
      .select('name, staff(name), listings(address_string, realtors(name))')
      .eq('task_id', 'north_task_1')
      .single(),
  )
  assert.deepEqual(task, {
    name: 'Task 1',
    staff: { name: 'Amy' },
    listings: { address_string: '1 Main St', realtors: { name: 'Realtor of north' } },
  })
  assert.equal((await data(amy.schema('ops').rpc('release_task', { task_id: 'north_task_1' }))).status, 'OPEN')
})

test('ops: nobody deletes by statement, and a deleted listing takes its tasks along', async () => {
  await refused(ann.schema('ops').from('listings').delete().eq('listing_id', 'north_file'), 403, '42501')
  await data(ann.schema('ops').from('listings').insert({ listing_id: 'north_extra', address_string: '9 Main St' }), 201)
  await data(ann.schema('ops').from('activities').insert({ listing_id: 'north_extra', name: 'Sign', task_category: 'OTHER' }), 201)
  assert.equal(await data(ann.schema('ops').rpc('delete_listing', { listing_id: 'north_extra' })), null)
  assert.deepEqual(await data(amy.schema('ops').from('activities').select().eq('listing_id', 'north_extra')), [])
  assert.equal(await data(ann.schema('ops').rpc('purge_listing', { listing_id: 'north_extra' })), null)
})

test('ops: a task may be changed by whom it is shown to, in what is theirs to change', async () => {
  const tasks = () => amy.schema('ops').from('activities')
  assert.deepEqual(await data(tasks().update({ description: 'soon' }).eq('task_id', 'north_task_2').select('description')), [
    { description: 'soon' },
  ])
  assert.deepEqual(await data(tasks().update({ description: 'x' }).eq('task_id', 'north_task_3').select()), [])
  await refused(tasks().update({ deleted_at: '2024-01-01' }).eq('task_id', 'north_task_2'), 403, '42501')
})

// org

test('org: a conversation, its messages, and who may read along', async () => {
  const org = (who) => who.schema('org')
  const talk = await data(org(amy).from('conversations').insert({ title: 'Plans' }).select('id, title').single(), 201)
  await data(
    org(amy)
      .from('chat_messages')
      .insert([
        { user_id: id('amy profile'), conversation_id: talk.id, message_content: 'one' },
        { user_id: id('amy profile'), conversation_id: talk.id, message_content: 'two' },
      ]),
    201,
  )
  const read = () =>
    org(ann)
      .from('conversations')
      .select('title, chat_messages(message_content)')
      .eq('id', talk.id)
      .order('message_content', { referencedTable: 'chat_messages' })
  assert.deepEqual(await data(read().single()), { title: 'Plans', chat_messages: [{ message_content: 'one' }, { message_content: 'two' }] })
  assert.equal(await data(org(bob).from('conversations').select().eq('id', talk.id).maybeSingle()), null)
  await refused(
    org(bob)
      .from('chat_messages')
      .insert({ user_id: id('bob profile'), conversation_id: talk.id, message_content: 'x' }),
    403,
    '42501',
  )
  assert.equal((await data(org(amy).from('conversations').delete().eq('id', talk.id).select('id'))).length, 1)
})

test('org: customers with their addresses, and what is licensed', async () => {
  assert.deepEqual(
    await data(
      ann.schema('org').from('customers').select('name, customer_email(email), customer_organization(organizations(name))').single(),
    ),
    { name: 'Ann Lee', customer_email: [{ email: 'ann@lee.example' }], customer_organization: [{ organizations: { name: 'North' } }] },
  )
  assert.ok(Array.isArray(await data(ann.schema('org').rpc('licensed_modules'))))
  assert.equal(typeof (await data(ann.schema('org').rpc('module_enabled', { module: 'crm' }, { get: true }))), 'boolean')
})

// crm

test('crm: leads by tag, score and kind, with what belongs to them', async () => {
  const leads = (columns) => amy.schema('crm').from('leads').select(columns)
  assert.deepEqual(column(await data(leads('score').contains('tags', ['hot']).order('score')), 'score'), [20, 40])
  assert.deepEqual(
    column(await data(leads('score').overlaps('tags', ['seller', 'nothing']).gt('score', 10).order('score')), 'score'),
    [30, 50],
  )
  assert.deepEqual(
    await data(
      leads('name, contacts(name), deals(title, estimated_value)').eq('status', 'qualified').order('name', { referencedTable: 'contacts' }),
    ),
    [
      {
        name: 'Lead 1 of amy',
        contacts: [{ name: 'Contact 1' }, { name: 'Contact 2' }, { name: 'Contact 3' }],
        deals: [{ title: 'Deal of amy', estimated_value: 250000 }],
      },
    ],
  )
  assert.deepEqual(
    column(await data(leads('name, contacts()').is('contacts', null).order('name')), 'name'),
    [2, 3, 4, 5].map((n) => `Lead ${n} of amy`),
  )
  await refused(leads('name').eq('status', 'nonsense'), 400, '22P02')
})

test('crm: a lead is made, changed and deleted', async () => {
  const leads = () => amy.schema('crm').from('leads')
  const made = await data(
    leads()
      .insert([{ name: 'New' }, { name: 'Newer', tags: ['x', 'y, z'], score: 7 }], { defaultToNull: false })
      .select('id, name, user_id, tags, status')
      .order('name'),
    201,
  )
  assert.deepEqual(
    made.map(({ id: _, ...row }) => row),
    [
      { name: 'New', user_id: id('amy'), tags: [], status: 'new' },
      { name: 'Newer', user_id: id('amy'), tags: ['x', 'y, z'], status: 'new' },
    ],
  )
  const changed = await amy.schema('crm').from('leads').update({ status: 'closed' }, { count: 'exact' }).in('id', column(made))
  assert.deepEqual([changed.status, changed.count], [204, 2])
  await refused(leads().update({ score: 101 }).eq('id', made[0].id), 400, '23514')
  assert.equal((await data(leads().delete().in('id', column(made)).select())).length, 2)
})

test('crm: a deal goes its way and keeps its history', async () => {
  const deals = () => amy.schema('crm').from('deals')
  await data(deals().update({ stage: 'viewing', status: 'won' }).eq('id', id('amy deal')), 204)
  const events = await data(
    amy.schema('crm').from('deal_events').select('event_type, deals(title)').eq('deal_id', id('amy deal')).order('event_type'),
  )
  assert.deepEqual(events, [
    { event_type: 'stage_changed', deals: { title: 'Deal of amy' } },
    { event_type: 'status_changed', deals: { title: 'Deal of amy' } },
  ])
  await refused(deals().update({ status: 'lost' }).eq('id', id('amy deal')), 409, 'PT409')
})

test('crm: aggregates', async () => {
  const [sum] = await data(amy.schema('crm').from('leads').select('score.sum(), n:count()'))
  assert.deepEqual(sum, { sum: 150, n: 5 })
})

// All of them

test('the service role writes for any tenant, by naming it', async () => {
  const row = await data(
    service
      .from('listings')
      .insert({ workspace_id: id('south'), source_listing_key: 'served' })
      .select('id, workspace_id')
      .single(),
    201,
  )
  assert.equal(row.workspace_id, id('south'))
  assert.deepEqual(await data(ann.from('listings').select('id').eq('id', row.id)), [])
  assert.equal((await data(service.from('listings').delete().eq('id', row.id).select('id'))).length, 1)
})

test('several writes in one go, all or none', async () => {
  const batch = (requests) =>
    fetch(`${SERVE_URL}/rest/v1/$batch`, {
      method: 'POST',
      body: JSON.stringify({ requests }),
      headers: { apikey: anonKey, Authorization: `Bearer ${tokenOf('amy')}`, 'Content-Type': 'application/json', 'Content-Profile': 'crm' },
    })
  const headers = { Prefer: 'return=representation', 'Content-Profile': 'crm', 'Accept-Profile': 'crm' }
  const lead = { id: 'lead', method: 'POST', path: '/leads?select=id', headers, body: { name: 'Batched' } }
  const contact = {
    id: 'contact',
    method: 'POST',
    path: '/contacts?select=name,leads(name)',
    headers,
    body: { name: 'C', lead_id: { $ref: 'lead.0.id' } },
  }
  const undo = [
    { method: 'DELETE', path: '/contacts?name=eq.C', headers },
    { method: 'DELETE', path: '/leads?id=eq.{{lead.0.id}}', headers },
  ]
  const done = await (await batch([lead, contact, ...undo])).json()
  assert.deepEqual(
    done.responses.map((part) => part.status),
    [201, 201, 200, 200],
    JSON.stringify(done),
  )
  assert.deepEqual(done.responses[1].body, [{ name: 'C', leads: { name: 'Batched' } }])
  const failed = await batch([lead, { ...contact, body: { lead_id: { $ref: 'lead.0.id' } } }])
  assert.deepEqual([failed.status, (await failed.json()).request], [400, 'contact'])
  assert.deepEqual(await data(amy.schema('crm').from('leads').select().eq('name', 'Batched')), [])
})

test('pages by their links, long filters in a body, compressed answers', async () => {
  const headers = { apikey: anonKey, Authorization: `Bearer ${tokenOf('ann')}` }
  const found = []
  let next = '/rest/v1/listings?select=list_price&order=list_price.desc&limit=4&after='
  while (next) {
    const answer = await fetch(SERVE_URL + next, { headers })
    found.push((await answer.json()).map((row) => row.list_price / 100000))
    next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
  }
  assert.deepEqual(found, [
    [10, 9, 8, 7],
    [6, 5, 4, 3],
    [2, 1],
  ])
  const keys = Array.from({ length: 5000 }, (_, n) => `north-${n}`)
  const long = await fetch(`${SERVE_URL}/rest/v1/listings?order=list_price`, {
    method: 'POST',
    body: new URLSearchParams({ select: 'mls_number', source_listing_key: `in.(${keys})` }),
    headers: { ...headers, 'X-HTTP-Method-Override': 'GET' },
  })
  assert.deepEqual(column(await long.json(), 'mls_number').slice(0, 2), ['M1', 'M2'])
  const squeezed = await fetch(`${SERVE_URL}/rest/v1/listings`, { headers: { ...headers, 'Accept-Encoding': 'gzip' } })
  assert.equal(squeezed.headers.get('content-encoding'), 'gzip')
  assert.equal((await squeezed.json()).length, 10)
})

test('throwOnError, and requests that are given up', async () => {
  await assert.rejects(
    async () => {
      await ann.from('nothing').select().throwOnError()
    },
    { code: 'PGRST205' },
  )
  const giveUp = AbortSignal.abort()
  assert.match((await ann.from('listings').select().abortSignal(giveUp)).error.message, /Abort/)
})

test('what there is, as each may see it', async () => {
  const spec = await (
    await fetch(`${SERVE_URL}/rest/v1/`, {
      headers: { apikey: anonKey, Authorization: `Bearer ${tokenOf('ann')}`, 'Accept-Profile': 'crm' },
    })
  ).json()
  assert.ok(spec.swagger === '2.0' && spec.paths['/leads'].get && spec.definitions.leads.properties.score && !spec.paths['/users'])
})
