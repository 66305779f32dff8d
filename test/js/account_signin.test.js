// supabase-js signs people up, in and out on plat serve, with the mail that plat work puts into the outbox.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { ACCOUNT_URL, PASSWORD, SITE, admin, client, follow, mail, mails, newAddress, ok, person, pkceClient, refusedAs, sessionIsGone, sql } from './account.js'
import { anonKey, sign } from './kit.js'

test('sign-up to sign-out: the address is confirmed by the link in the mail', async () => {
  const email = newAddress('ann')
  const c = client()
  const { user, session } = ok(await c.auth.signUp({ email, password: PASSWORD, options: { data: { full_name: 'Ann Archer' }, emailRedirectTo: SITE } }))
  assert.equal(session, null)
  assert.deepEqual([user.email, user.user_metadata.full_name, user.role, user.aud], [email, 'Ann Archer', 'authenticated', 'authenticated'])
  assert.ok(user.confirmation_sent_at && !user.email_confirmed_at)
  refusedAs(await c.auth.signInWithPassword({ email, password: PASSWORD }), 'email_not_confirmed', 400)

  const { link, subject } = await mail('confirmation', email)
  assert.ok(subject)
  const { to, fragment } = await follow(link)
  assert.equal(to, `${SITE}/`)
  assert.deepEqual([fragment.get('type'), fragment.get('token_type')], ['signup', 'bearer'])
  const signedIn = ok(await c.auth.setSession({ access_token: fragment.get('access_token'), refresh_token: fragment.get('refresh_token') }))
  assert.ok(signedIn.user.email_confirmed_at)
  assert.equal(signedIn.user.identities[0].provider, 'email')

  const again = await follow(link)
  assert.deepEqual([again.fragment.get('error_code'), again.fragment.get('access_token')], ['otp_expired', null])
  ok(await c.auth.signOut().then(({ error }) => ({ data: null, error })))
  assert.equal((await c.auth.getSession()).data.session, null)
  sessionIsGone(await c.auth.getUser(fragment.get('access_token')))
  ok(await c.auth.signInWithPassword({ email, password: PASSWORD }))
  assert.equal(sql(`select count(*) from auth.users where email = '${email}' and last_sign_in_at > now() - interval '1 minute'`), '1')
})

test('an address that is taken gets the answer that a free one gets, and no session', async () => {
  const { email } = await person('taken')
  const taken = ok(await client().auth.signUp({ email, password: 'another Password 12' }))
  const free = ok(await client().auth.signUp({ email: newAddress('free'), password: 'another Password 12' }))
  assert.equal(taken.session, null)
  assert.deepEqual(Object.keys(taken.user).sort(), Object.keys(free.user).sort())
  assert.deepEqual(Object.keys(taken.user.identities[0]).sort(), Object.keys(free.user.identities[0]).sort())
  ok(await client().auth.signInWithPassword({ email, password: PASSWORD }))
  refusedAs(await client().auth.signInWithPassword({ email, password: 'another Password 12' }), 'invalid_credentials', 400)
})

test('a wrong password and an unknown address are refused alike', async () => {
  const { email } = await person()
  const wrong = refusedAs(await client().auth.signInWithPassword({ email, password: 'not this one 33' }), 'invalid_credentials', 400)
  const unknown = refusedAs(await client().auth.signInWithPassword({ email: newAddress(), password: PASSWORD }), 'invalid_credentials', 400)
  assert.equal(wrong.message, unknown.message)
})

test('passwords that are short, too long or well known are refused, with the reasons', async () => {
  for (const [password, reason] of [
    ['Ab3', 'length'],
    ['password123', 'pwned'],
  ]) {
    const { error } = await client().auth.signUp({ email: newAddress(), password })
    assert.equal(error.name, 'AuthWeakPasswordError', error.message)
    assert.ok(error.reasons.includes(reason), `${password}: ${error.reasons}`)
  }
  refusedAs(await client().auth.signUp({ email: newAddress(), password: 'x'.repeat(73) }), 'weak_password', 422)
  refusedAs(await client().auth.signUp({ email: 'no address', password: PASSWORD }), 'validation_failed', 400)
})

test('a refresh token is good once; used again after its window it ends the session', async () => {
  const { auth, session } = await person('rotating')
  const first = session.refresh_token
  const second = ok(await auth.refreshSession()).session
  assert.notEqual(second.refresh_token, first)
  ok(await client().auth.refreshSession({ refresh_token: first })) // a lost answer, asked for again at once
  sql(`update auth.refresh_tokens set revoked_at = revoked_at - interval '1 hour' where revoked_at is not null`)
  refusedAs(await client().auth.refreshSession({ refresh_token: first }), 'refresh_token_already_used', 400)
  const { error } = await client().auth.refreshSession({ refresh_token: second.refresh_token })
  assert.ok(['refresh_token_not_found', 'refresh_token_already_used', 'session_not_found'].includes(error?.code), error?.code)
  sessionIsGone(await client().auth.getUser(second.access_token))
  refusedAs(await client().auth.refreshSession({ refresh_token: 'AAAAAAAAAAAAAAAAAAAAAA' }), 'refresh_token_not_found', 400)
})

test('a forgotten password: by code, and no word about who has an account', async () => {
  const { email } = await person('forgetful')
  ok(await client().auth.resetPasswordForEmail(email, { redirectTo: SITE }))
  const stranger = newAddress('stranger')
  ok(await client().auth.resetPasswordForEmail(stranger))
  assert.equal(mails(stranger), 0)
  const { code } = await mail('recovery', email)
  const c = client()
  refusedAs(await c.auth.verifyOtp({ email, token: code === '000000' ? '000001' : '000000', type: 'recovery' }), 'otp_expired', 403)
  ok(await c.auth.verifyOtp({ email, token: code, type: 'recovery' }))
  refusedAs(await c.auth.updateUser({ password: PASSWORD }), 'same_password', 422)
  ok(await c.auth.updateUser({ password: 'four Red herrings 81' }))
  refusedAs(await client().auth.signInWithPassword({ email, password: PASSWORD }), 'invalid_credentials', 400)
  ok(await client().auth.signInWithPassword({ email, password: 'four Red herrings 81' }))
  refusedAs(await client().auth.verifyOtp({ email, token: code, type: 'recovery' }), 'otp_expired', 403)
})

test('a code by mail signs in, and makes the login of who has none', async () => {
  const email = newAddress('coder')
  ok(await client().auth.signInWithOtp({ email, options: { data: { full_name: 'C. Oder' } } }))
  const sent = await Promise.any([mail('confirmation', email), mail('magiclink', email)])
  const { user, session } = ok(await client().auth.verifyOtp({ email, token: sent.code, type: 'email' }))
  assert.ok(session.access_token)
  assert.equal(user.user_metadata.full_name, 'C. Oder')
  const unknown = newAddress('nobody')
  await client().auth.signInWithOtp({ email: unknown, options: { shouldCreateUser: false } })
  assert.deepEqual([mails(unknown), sql(`select count(*) from auth.users where email = '${unknown}'`)], [0, '0'])
})

test('a magic link with PKCE: only the client that asked gets a session for the code', async () => {
  const codeFor = async (c, name) => {
    const { email } = await person(name)
    ok(await c.auth.signInWithOtp({ email, options: { emailRedirectTo: SITE } }))
    const { query, fragment } = await follow((await mail('magiclink', email)).link)
    assert.equal(fragment.get('access_token'), null)
    return { email, code: query.get('code') }
  }
  const [c, other] = [pkceClient(), pkceClient()]
  const { email, code } = await codeFor(c, 'pkce')
  const { user } = ok(await c.auth.exchangeCodeForSession(code))
  assert.equal(user.email, email)

  const tryToUse = async (auth_code) => {
    const answer = await fetch(`${ACCOUNT_URL}/auth/v1/token?grant_type=pkce`, {
      method: 'POST',
      headers: { apikey: anonKey, 'Content-Type': 'application/json' },
      body: JSON.stringify({ auth_code, code_verifier: 'a verifier of somebody else, long enough to be one' }),
    })
    return [answer.status, (await answer.json()).error_code]
  }
  assert.deepEqual(await tryToUse(code), [404, 'flow_state_not_found'])
  const stolen = (await codeFor(other, 'robbed')).code
  assert.deepEqual(await tryToUse(stolen), [400, 'bad_code_verifier'])
  assert.deepEqual(await tryToUse(stolen), [404, 'flow_state_not_found'], 'one try, right or wrong')
})

test('a visitor signs in anonymously and becomes a person', async () => {
  const c = client()
  const { user, session } = ok(await c.auth.signInAnonymously({ options: { data: { theme: 'dark' } } }))
  assert.deepEqual([user.is_anonymous, user.email || null], [true, null])
  const claims = JSON.parse(Buffer.from(session.access_token.split('.')[1], 'base64url'))
  assert.deepEqual([claims.is_anonymous, claims.role, claims.sub], [true, 'authenticated', user.id])
  const email = newAddress('grown')
  ok(await c.auth.updateUser({ email }))
  const { code } = await mail('email_change', email)
  const grown = ok(await c.auth.verifyOtp({ email, token: code, type: 'email_change' })).user
  assert.deepEqual([grown.id, grown.email, grown.is_anonymous], [user.id, email, false])
})

test('another address is confirmed on both sides', async () => {
  const { email, auth } = await person('moving')
  const next = newAddress('moved')
  const { user } = ok(await auth.updateUser({ email: next }))
  assert.deepEqual([user.email, user.new_email], [email, next])
  const [atNew, atOld] = [await mail('email_change', next), await mail('email_change_current', email)]
  await auth.verifyOtp({ email: next, token: atNew.code, type: 'email_change' })
  assert.equal(ok(await auth.getUser()).user.email, email)
  ok(await auth.verifyOtp({ email, token: atOld.code, type: 'email_change' }))
  ok(await client().auth.signInWithPassword({ email: next, password: PASSWORD }))
  refusedAs(await client().auth.signInWithPassword({ email, password: PASSWORD }), 'invalid_credentials', 400)
})

test('signing out here, elsewhere and everywhere', async () => {
  const { email } = await person('many')
  const devices = [client(), client(), client()]
  for (const d of devices) ok(await d.auth.signInWithPassword({ email, password: PASSWORD }))
  const alive = async () => Promise.all(devices.map(async (d) => !(await d.auth.getUser((await d.auth.getSession()).data.session?.access_token ?? 'none')).error))
  assert.equal((await devices[0].auth.signOut({ scope: 'others' })).error, null)
  assert.deepEqual(await alive(), [true, false, false])
  ok(await devices[1].auth.signInWithPassword({ email, password: PASSWORD }))
  assert.equal((await devices[1].auth.signOut({ scope: 'local' })).error, null)
  assert.deepEqual(await alive(), [true, false, false])
  ok(await devices[2].auth.signInWithPassword({ email, password: PASSWORD }))
  assert.equal((await devices[2].auth.signOut({ scope: 'global' })).error, null)
  assert.equal((await devices[0].auth.refreshSession()).error?.code, 'refresh_token_not_found')
})

test('what a person may say of themselves, and what not', async () => {
  const { auth, id } = await person('honest')
  const { user } = ok(await auth.updateUser({ data: { nick: 'Hon', role: 'service_role' } }))
  assert.deepEqual([user.user_metadata.nick, user.role], ['Hon', 'authenticated'])
  const token = (await auth.getSession()).data.session.access_token
  await fetch(`${ACCOUNT_URL}/auth/v1/user`, {
    method: 'PUT',
    headers: { apikey: anonKey, Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ app_metadata: { admin: true }, role: 'service_role', is_super_admin: true, data: { more: 1 } }),
  })
  assert.deepEqual(
    JSON.parse(sql(`select json_build_array(role, raw_app_meta_data ->> 'admin', is_super_admin, raw_user_meta_data ->> 'nick') from auth.users where id = '${id}'`)),
    ['authenticated', null, null, 'Hon'],
  )
})

test('tokens that are expired, altered, unsigned, for others or of another key are refused', async () => {
  const { auth, session } = await person('forger')
  const [head, body, signature] = session.access_token.split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url'))
  const b64 = (o) => Buffer.from(JSON.stringify(o)).toString('base64url')
  const bad = {
    expired: sign({ ...claims, exp: 1700000000 }),
    altered: [head, b64({ ...claims, role: 'service_role' }), signature].join('.'),
    unsigned: [b64({ alg: 'none', typ: 'JWT' }), body, ''].join('.'),
    otherKey: sign(claims, 'x'.repeat(40)),
    otherAudience: sign({ ...claims, aud: 'somebody else' }),
    noToken: 'not.a.token',
  }
  for (const [what, token] of Object.entries(bad)) {
    const { data, error } = await auth.getUser(token)
    assert.deepEqual([data.user, error?.code], [null, 'bad_jwt'], what)
    assert.ok([401, 403].includes(error.status), `${what} ${error.status}`)
  }
  ok(await auth.getUser(session.access_token))
})

test('who is banned or deleted gets no session any more', async () => {
  const banned = await person('banned')
  ok(await admin.updateUserById(banned.id, { ban_duration: '1h' }))
  refusedAs(await client().auth.signInWithPassword({ email: banned.email, password: PASSWORD }), 'user_banned', 400)
  assert.ok((await banned.auth.refreshSession()).error)
  ok(await admin.updateUserById(banned.id, { ban_duration: 'none' }))
  ok(await client().auth.signInWithPassword({ email: banned.email, password: PASSWORD }))
  const deleted = await person('deleted')
  ok(await admin.deleteUser(deleted.id))
  refusedAs(await client().auth.signInWithPassword({ email: deleted.email, password: PASSWORD }), 'invalid_credentials', 400)
  assert.ok((await deleted.auth.getUser()).error)
})
