// What the clients' tests share: who asks, and what is expected.
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { PostgrestClient } from '@supabase/postgrest-js'
import { createClient } from '@supabase/supabase-js'

export const { REST_URL, SERVE_URL, JWT_SECRET } = process.env

// Ids in two_tenants.sql are made from names.
export function id(name) {
  return createHash('md5')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function sign(claims, secret = JWT_SECRET) {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  return [...parts, createHmac('sha256', secret).update(parts.join('.')).digest('base64url')].join('.')
}

const soon = () => Math.floor(Date.now() / 1000) + 3600
export const tokenOf = (login) =>
  sign({ sub: id(login), role: 'authenticated', aud: 'authenticated', email: `${login}@example.org`, exp: soon() })
export const anonKey = sign({ role: 'anon' })
export const serviceKey = sign({ role: 'service_role' })

// Realtime is made with every client and used by none of these tests.
class NoSocket {}

export function supabase(key, headers = {}, options = {}) {
  return createClient(SERVE_URL, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    realtime: { transport: NoSocket },
    ...options,
    global: { headers },
  })
}

const as = (login) => supabase(anonKey, { Authorization: `Bearer ${tokenOf(login)}` })
export const [ann, amy, bob] = ['ann', 'amy', 'bob'].map(as)
export const anon = supabase(anonKey)
export const service = supabase(serviceKey)

// plat rest over the fixtures of test/rest. Preference tx=rollback: what a test writes does not stay.
export const rest = new PostgrestClient(REST_URL)
export const undone = new PostgrestClient(REST_URL, { headers: { Prefer: 'tx=rollback' } })

// The data of an answer that has to succeed.
export async function data(query, status) {
  const answer = await query
  assert.equal(answer.error, null, JSON.stringify(answer.error))
  if (status) assert.equal(answer.status, status)
  return answer.data
}

export async function refused(query, status, code) {
  const answer = await query
  assert.equal(answer.data, null, JSON.stringify(answer.data))
  assert.deepEqual([answer.status, answer.error.code], [status, code], JSON.stringify(answer.error))
  assert.deepEqual(Object.keys(answer.error).sort(), ['code', 'details', 'hint', 'message'])
  return answer.error
}

export const column = (rows, name = 'id') => rows.map((row) => row[name])
