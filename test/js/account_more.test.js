// supabase-js: second factors, the admin API, invitations, and that what a session may see is what row level security says.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { ACCOUNT_URL, PASSWORD, SITE, admin, client, follow, mail, newAddress, ok, person, pkceClient, refusedAs, sql, totp } from './account.js'
import { anonKey } from './kit.js'

const claimsOf = (session) => JSON.parse(Buffer.from(session.access_token.split('.')[1], 'base64url'))

test('a second factor: enrolled, asked for, and what needs it', async () => {
  const { email, auth } = await person('careful')
  const factor = ok(await auth.mfa.enroll({ factorType: 'totp', friendlyName: 'phone', issuer: 'plat' }))
  assert.match(factor.totp.qr_code, /^data:image\/svg\+xml;utf-8,<\?xml|^data:image\/svg\+xml;utf-8,<svg/)
  assert.match(factor.totp.uri, /^otpauth:\/\/totp\/.*secret=/)
  const challenge = ok(await auth.mfa.challenge({ factorId: factor.id }))
  const wrong = totp(factor.totp.secret, 50)
  refusedAs(await auth.mfa.verify({ factorId: factor.id, challengeId: challenge.id, code: wrong }), 'mfa_verification_failed', 422)
  const code = totp(factor.totp.secret)
  const raised = ok(await auth.mfa.challengeAndVerify({ factorId: factor.id, code }))
  const claims = claimsOf(raised)
  assert.deepEqual([claims.aal, claims.amr.map((m) => m.method).sort()], ['aal2', ['password', 'totp']])

  const c = client()
  ok(await c.auth.signInWithPassword({ email, password: PASSWORD }))
  assert.deepEqual(await c.auth.mfa.getAuthenticatorAssuranceLevel().then(({ data }) => [data.currentLevel, data.nextLevel]), ['aal1', 'aal2'])
  const { totp: factors } = ok(await c.auth.mfa.listFactors())
  assert.deepEqual(factors.map((f) => [f.friendly_name, f.status]), [['phone', 'verified']])
  refusedAs(await c.auth.updateUser({ password: 'five Green bottles 64' }), 'insufficient_aal', 401)
  refusedAs(await c.auth.mfa.unenroll({ factorId: factor.id }), 'insufficient_aal', 422)
  const replay = await c.auth.mfa.challengeAndVerify({ factorId: factor.id, code })
  assert.ok(replay.error, 'a code is good once')
  ok(await c.auth.mfa.challengeAndVerify({ factorId: factor.id, code: totp(factor.totp.secret, 1) }))
  ok(await c.auth.mfa.unenroll({ factorId: factor.id }))
  assert.deepEqual(ok(await c.auth.mfa.listFactors()).all, [])
})

test('a secret of a factor is sealed in the database', async () => {
  const { auth, id } = await person('sealed')
  const { totp: made } = ok(await auth.mfa.enroll({ factorType: 'totp' }))
  const kept = sql(`select secret from auth.mfa_factors where user_id = '${id}'`)
  assert.ok(kept.startsWith('v1.') && !kept.includes(made.secret))
})

test('admin: made, listed, changed, deleted', async () => {
  const email = newAddress('made')
  const { user } = ok(await admin.createUser({ email, password: PASSWORD, email_confirm: true, user_metadata: { a: 1 }, app_metadata: { plan: 'gold' } }))
  assert.deepEqual([user.email, user.user_metadata.a, user.app_metadata.plan], [email, 1, 'gold'])
  refusedAs(await admin.createUser({ email, password: PASSWORD }), 'email_exists', 422)
  for (let n = 0; n < 3; n++) ok(await admin.createUser({ email: newAddress('listed'), email_confirm: true }))
  const page = ok(await admin.listUsers({ page: 1, perPage: 2 }))
  assert.deepEqual([page.users.length, page.nextPage], [2, 2])
  assert.ok(page.total >= 4 && page.lastPage >= 2)
  assert.equal(ok(await admin.getUserById(user.id)).user.email, email)
  assert.deepEqual(ok(await admin.updateUserById(user.id, { user_metadata: { b: 2 }, password: 'six White swans 55' })).user.user_metadata.b, 2)
  ok(await client().auth.signInWithPassword({ email, password: 'six White swans 55' }))
  ok(await admin.deleteUser(user.id, true))
  assert.equal(sql(`select deleted_at is not null from auth.users where id = '${user.id}'`), 't')
  const gone = ok(await admin.createUser({ email: newAddress('gone') })).user
  ok(await admin.deleteUser(gone.id))
  refusedAs(await admin.getUserById(gone.id), 'user_not_found', 404)
  refusedAs(await admin.deleteUser('00000000-0000-4000-8000-000000000000'), 'user_not_found', 404)
})

test('admin: not for the anon key, nor for a person', async () => {
  const { client: c } = await person('curious')
  for (const who of [client().auth.admin, c.auth.admin]) {
    const { error } = await who.listUsers()
    assert.ok([401, 403].includes(error.status), `${error.status}`)
    assert.ok(['not_admin', 'no_authorization'].includes(error.code), error.code)
  }
})

test('admin: links without a mail', async () => {
  const { email } = await person('linked')
  const { properties } = ok(await admin.generateLink({ type: 'magiclink', email, options: { redirectTo: SITE } }))
  assert.deepEqual([properties.verification_type, properties.email_otp.length], ['magiclink', 6])
  const { fragment } = await follow(properties.action_link)
  assert.ok(fragment.get('access_token'))
  const recovery = ok(await admin.generateLink({ type: 'recovery', email })).properties
  ok(await client().auth.verifyOtp({ token_hash: recovery.hashed_token, type: 'recovery' }))
  const fresh = newAddress('signed')
  const signup = ok(await admin.generateLink({ type: 'signup', email: fresh, password: PASSWORD })).properties
  ok(await client().auth.verifyOtp({ token_hash: signup.hashed_token, type: 'signup' }))
  ok(await client().auth.signInWithPassword({ email: fresh, password: PASSWORD }))
})

test('admin: somebody is invited by mail, sets a password and is in', async () => {
  const email = newAddress('guest')
  const { user } = ok(await admin.inviteUserByEmail(email, { redirectTo: SITE, data: { full_name: 'G. Uest' } }))
  assert.ok(user.invited_at)
  const { to, fragment } = await follow((await mail('invite', email)).link)
  assert.deepEqual([to, fragment.get('type')], [`${SITE}/`, 'invite'])
  const c = client()
  ok(await c.auth.setSession({ access_token: fragment.get('access_token'), refresh_token: fragment.get('refresh_token') }))
  ok(await c.auth.updateUser({ password: PASSWORD }))
  ok(await client().auth.signInWithPassword({ email, password: PASSWORD }))
})

test('an admin invites an agent into the workspace; accepted, the agent sees its rows and no others', async () => {
  const [ann, bob] = [await person('north'), await person('south')]
  const workspaceOf = ({ id }) => sql(`select workspace_id from mls.user_profiles where id = '${id}'`)
  const [north, south] = [workspaceOf(ann), workspaceOf(bob)]
  assert.notEqual(north, south)
  for (const [ws, n] of [[north, 3], [south, 2]])
    sql(`insert into mls.listings (workspace_id, source_listing_key, mls_number, standard_status)
           select '${ws}', 'k' || i, 'M' || i, 'Active' from generate_series(1, ${n}) i`)

  const email = newAddress('agent')
  const asked = await fetch(`${ACCOUNT_URL}/auth/v1/invitations`, {
    method: 'POST',
    headers: { apikey: anonKey, Authorization: `Bearer ${ann.session.access_token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, role: 'agent', full_name: 'A. Gent' }),
  })
  assert.ok([200, 201].includes(asked.status), await asked.clone().text())
  const { fragment } = await follow((await mail('invite', email)).link)
  const c = client()
  ok(await c.auth.setSession({ access_token: fragment.get('access_token'), refresh_token: fragment.get('refresh_token') }))
  const seen = async (who) => ok(await who.from('listings').select('workspace_id')).map((row) => row.workspace_id)
  assert.deepEqual(await seen(c), [north, north, north])
  assert.deepEqual(await seen(ann.client), [north, north, north])
  assert.deepEqual(await seen(bob.client), [south, south])
  assert.equal(sql(`select p.role from mls.user_profiles p join auth.users u on u.id = p.id where u.email = '${email}'`), 'agent')
  const raise = await c.from('user_profiles').update({ role: 'admin' }).eq('id', sql(`select id from auth.users where email = '${email}'`)).select()
  assert.ok(raise.error || raise.data.length === 0, 'nobody raises their own role')
  const cannot = await fetch(`${ACCOUNT_URL}/auth/v1/invitations`, {
    method: 'POST',
    headers: { apikey: anonKey, Authorization: `Bearer ${fragment.get('access_token')}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: newAddress('friend'), role: 'admin' }),
  })
  assert.equal(cannot.status, 403)
})

test('a provider of OpenID: there and back with PKCE, and a second way into the same account', async () => {
  const c = pkceClient()
  const asked = ok(await c.auth.signInWithOAuth({ provider: 'acme', options: { redirectTo: SITE, skipBrowserRedirect: true } }))
  const step = async (url) => (await fetch(url, { redirect: 'manual' })).headers.get('location')
  const way = async (url) => new URL(await step(await step(await step(url)))) // to the provider, back to plat, to the site
  const there = await way(asked.url)
  assert.equal(there.origin, SITE)
  const { session, user } = ok(await c.auth.exchangeCodeForSession(there.searchParams.get('code')))
  assert.deepEqual([user.email, user.app_metadata.provider, session.provider_token], ['ann@example.org', 'acme', 'access-1'])
  const { identities } = ok(await c.auth.getUserIdentities())
  assert.deepEqual(identities.map((i) => i.provider), ['acme'])
  assert.equal((await c.auth.unlinkIdentity(identities[0])).error.code, 'single_identity_not_deletable')
  const unknown = await fetch((await client().auth.signInWithOAuth({ provider: 'nobody', options: { skipBrowserRedirect: true } })).data.url)
  assert.equal(unknown.status, 400)
})

test('settings, health and keys are there for everybody', async () => {
  const get = async (path) => (await fetch(`${ACCOUNT_URL}/auth/v1${path}`, { headers: { apikey: anonKey } })).json()
  const settings = await get('/settings')
  assert.deepEqual([settings.external.email, settings.external.anonymous_users, settings.mailer_autoconfirm], [true, true, false])
  assert.ok((await get('/health')).name)
  assert.deepEqual(Object.keys(await get('/.well-known/jwks.json')), ['keys'])
})

test('a browser may ask from anywhere', async () => {
  const answer = await fetch(`${ACCOUNT_URL}/auth/v1/token?grant_type=password`, {
    method: 'OPTIONS',
    headers: { Origin: SITE, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'apikey,authorization,content-type,x-client-info' },
  })
  assert.ok([200, 204].includes(answer.status))
  assert.ok(['*', SITE].includes(answer.headers.get('access-control-allow-origin')))
  assert.match(answer.headers.get('access-control-allow-headers').toLowerCase(), /apikey/)
})
