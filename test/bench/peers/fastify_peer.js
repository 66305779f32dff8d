// A hand-written service: one transaction for each request, in the name of whom the token says. For tools/bench.
import Fastify from 'fastify'
import { createVerifier } from 'fast-jwt'
import pg from 'pg'

const columns = process.env.PEER_COLUMNS
const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE_URL, max: 8 })
const verify = createVerifier({ key: process.env.PEER_JWT_SECRET, algorithms: ['HS256'], cache: 1000 })
const app = Fastify({ logger: false })

app.addHook('onRequest', async (request, reply) => {
  try {
    request.claims = verify((request.headers.authorization ?? '').replace(/^Bearer /, ''))
  } catch {
    reply.code(401).send({ message: 'no valid token' })
    return reply
  }
})

async function inNameOf (claims, query) {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query({
      name: 'enter',
      text: "select plat.enter($1::uuid), set_config('request.jwt.claims', $2, true), set_config('role', 'authenticated', true)",
      values: [claims.sub, JSON.stringify(claims)]
    })
    const result = await client.query(query)
    await client.query('commit')
    return result.rows
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

app.get('/listings/:id', async (request, reply) => {
  const rows = await inNameOf(request.claims, {
    name: 'one', text: `select ${columns} from mls.listings where id = $1`, values: [request.params.id]
  })
  return rows.length ? rows : reply.code(404).send({ message: 'no such listing' })
})

app.get('/listings', async request => {
  const { city, status, start, end } = request.query
  return inNameOf(request.claims, {
    name: 'page',
    text: `select ${columns} from mls.listings where city = $1 and standard_status = $2 and list_price >= $3 and list_price <= $4
           order by modification_ts desc limit 25`,
    values: [city, status, start, end]
  })
})

app.post('/leads', async (request, reply) => {
  const { name, company, score, tags } = request.body
  const rows = await inNameOf(request.claims, {
    name: 'insert', text: 'insert into crm.leads (name, company, score, tags) values ($1, $2, $3, $4) returning *', values: [name, company, score, tags]
  })
  return reply.code(201).send(rows)
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PEER_PORT) })
