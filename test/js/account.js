// What the tests of accounts share: fresh people of a server of their own (ACCOUNT_URL), their mail, codes of authenticator apps.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { anonKey, serviceKey } from './kit.js'

export const { ACCOUNT_URL, ACCOUNT_DATABASE } = process.env
export const SITE = 'http://front.example'

class NoSocket {}

export function client(key = anonKey, auth = {}) {
  return createClient(ACCOUNT_URL, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false, ...auth },
    realtime: { transport: NoSocket },
  })
}

export const admin = client(serviceKey).auth.admin

// A storage of the client's own, as a browser has it: PKCE keeps its verifier there.
export function pkceClient() {
  const kept = new Map()
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
  return client(anonKey, { flowType: 'pkce', persistSession: true, storage })
}

export function sql(text) {
  return execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', ACCOUNT_DATABASE, '-c', text], { encoding: 'utf8' }).trim()
}

let people = 0
export const newAddress = (name = 'person') => `${name}.${++people}.${process.pid}@example.org`
export const PASSWORD = 'three Blue whales 27'

// Somebody who has signed up and confirmed: their client, signed in, and their address.
export async function person(name) {
  const email = newAddress(name)
  ok(await admin.createUser({ email, password: PASSWORD, email_confirm: true }))
  const c = client()
  const { user, session } = ok(await c.auth.signInWithPassword({ email, password: PASSWORD }))
  return { email, id: user.id, auth: c.auth, client: c, session }
}

export function ok({ data, error }) {
  assert.equal(error, null, error && `${error.name} ${error.code}: ${error.message}`)
  return data
}

export function refusedAs({ error }, code, status) {
  assert.ok(error, `not refused; ${code} was expected`)
  assert.deepEqual([error.code, error.status], [code, status], error.message)
  return error
}

// auth-js has a class of its own for an access token whose session has ended.
export function sessionIsGone({ data, error }) {
  assert.deepEqual([data.user, error?.name], [null, 'AuthSessionMissingError'])
}

// The latest mail of a template to an address, once `plat work` has put it into the outbox.
export async function mail(template, address) {
  for (let n = 0; n < 200; n++) {
    const found = sql(
      `select row_to_json(m) from plat.mails m where template = '${template}' and address = '${address}' and status = 'outbox'
         order by created_at desc limit 1`,
    )
    if (found) {
      const { subject, text, html } = JSON.parse(found)
      return { subject, text, html, link: /https?:\/\/\S+\/verify\?\S+/.exec(text)?.[0], code: /\b\d{6}\b/.exec(text)?.[0] }
    }
    await new Promise((next) => setTimeout(next, 50))
  }
  throw new Error(`no mail ${template} for ${address} came`)
}

export const mails = (address) => Number(sql(`select count(*) from plat.mails where address = '${address}'`))

// Where a link leads to, as a browser would be sent there: its address, and what is behind ? and #.
export async function follow(link) {
  const answer = await fetch(link, { redirect: 'manual' })
  assert.ok([302, 303].includes(answer.status), `${answer.status} ${await answer.text()}`)
  const to = new URL(answer.headers.get('location'))
  return { to: to.origin + to.pathname, query: to.searchParams, fragment: new URLSearchParams(to.hash.slice(1)) }
}

// RFC 6238, as an authenticator app does it; of the step `off` steps from now.
export function totp(secret, off = 0) {
  const bits = [...secret.replace(/=+$/, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + off))
  const mac = createHmac('sha1', key).update(counter).digest()
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff
  return String(number % 1000000).padStart(6, '0')
}
