// Runs the clients' tests (*.test.js): databases, `plat rest` and `plat serve` for all of them, TAP to standard output.
//
//   node run.js [WORD]      only tests with WORD in the name of their file, or in their own
//
// PLAT_BIN is the program, PLAT_TEST_DATABASE_URL a server to make databases on (tools/run-tests sets both).
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

const HERE = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname)
const { PLAT_BIN, PLAT_TEST_DATABASE_URL } = process.env
const SECRET = randomBytes(24).toString('hex')
const FIRST = ['roles', 'schema', 'rpc', 'write', 'data'] // as in test/rest/conftest.py
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plat-js-'))
const servers = []
const providers = []
let cases = 0

const urlOf = (name, user) =>
  PLAT_TEST_DATABASE_URL.replace(/\/[^/?]*(\?|$)/, `/${name}$1`).replace(/\/\/[^@/]*@/, user ? `//${user}@` : '$&')

const psql = (url, ...args) =>
  execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', url, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })

function makeDatabase(name) {
  psql(PLAT_TEST_DATABASE_URL, '-c', `create database ${name}`)
  return urlOf(name)
}

// Below those that the system gives to outgoing connections, and beside those of test/http.
let nextPort = 30000 + (process.pid % 200) * 10
function freePort() {
  return new Promise((done) => {
    const port = nextPort++
    const probe = net.createServer().on('error', () => done(freePort()))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(port)))
  })
}

const environment = (more) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|PLAT_|DATABASE_URL)/.test(name))),
  PLAT_DATA: folder,
  ...more,
})

// Without readyUrl nothing is waited for.
async function start(args, env, readyUrl, name = args[0]) {
  const log = path.join(folder, `${name}.log`)
  const out = fs.openSync(log, 'w')
  const child = spawn(PLAT_BIN, args, { env: environment(env), stdio: ['ignore', out, out] })
  const ended = new Promise((done) => child.on('exit', (code, signal) => done(code ?? signal)).on('error', done))
  servers.push({ name: `plat ${name}`, child, ended, log })
  if (!readyUrl) return
  for (let n = 0; n < 600 && child.exitCode === null; n++) {
    const answer = await fetch(readyUrl).catch(() => null)
    if (answer?.status === 200) return
    await new Promise((next) => setTimeout(next, 50))
  }
  throw new Error(`plat ${args[0]} does not get ready:\n${fs.readFileSync(log)}`)
}

async function startRest() {
  const url = makeDatabase(`js_rest_${process.pid}`)
  const fixtures = path.join(HERE, '../rest/fixtures')
  const found = fs
    .readdirSync(fixtures)
    .filter((f) => f.endsWith('.sql'))
    .map((f) => f.slice(0, -4))
    .sort()
  const order = [...FIRST.filter((f) => found.includes(f)), ...found.filter((f) => !FIRST.includes(f))]
  psql(url, ...order.flatMap((f) => ['-f', path.join(fixtures, `${f}.sql`)]), '-c', 'analyze')
  const [port, admin] = [await freePort(), await freePort()]
  await start(
    ['rest'],
    {
      PGRST_DB_URI: urlOf(`js_rest_${process.pid}`, 'web_login'),
      PGRST_DB_SCHEMAS: 'test,v2',
      PGRST_DB_ANON_ROLE: 'web_anon',
      PGRST_JWT_SECRET: SECRET,
      PGRST_DB_TX_END: 'commit-allow-override',
      PGRST_DB_AGGREGATES_ENABLED: 'true',
      PGRST_DB_PLAN_ENABLED: 'true',
      PGRST_SERVER_HOST: '127.0.0.1',
      PGRST_SERVER_PORT: port,
      PGRST_ADMIN_SERVER_PORT: admin,
    },
    `http://127.0.0.1:${admin}/ready`,
  )
  return `http://127.0.0.1:${port}`
}

async function startServe() {
  const url = makeDatabase(`js_serve_${process.pid}`)
  execFileSync(PLAT_BIN, ['migrate'], { env: environment({ DATABASE_URL: url }), stdio: ['ignore', 'ignore', 'inherit'] })
  psql(url, '-f', path.join(HERE, 'two_tenants.sql'), '-c', 'analyze')
  const port = await freePort()
  await start(['serve', '--listen', `127.0.0.1:${port}`], { DATABASE_URL: url, PLAT_JWT_SECRET: SECRET }, `http://127.0.0.1:${port}/ready`)
  return `http://127.0.0.1:${port}`
}

// A server whose listings nothing but the search's tests touches.
async function startSearch() {
  const url = makeDatabase(`js_search_${process.pid}`)
  execFileSync(PLAT_BIN, ['migrate'], { env: environment({ DATABASE_URL: url }), stdio: ['ignore', 'ignore', 'inherit'] })
  psql(url, '-f', path.join(HERE, 'search_listings.sql'), '-c', 'analyze')
  const port = await freePort()
  await start(['serve', '--listen', `127.0.0.1:${port}`], { DATABASE_URL: url, PLAT_JWT_SECRET: SECRET }, `http://127.0.0.1:${port}/ready`, 'search')
  return { SEARCH_URL: `http://127.0.0.1:${port}`, SEARCH_DATABASE: url }
}

// An OpenID provider to sign in with; ends with us.
async function startProvider() {
  const child = spawn('/usr/bin/python3', [path.join(HERE, 'provider.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const text = await new Promise((done, fail) => child.stdout.once('data', done) && child.once('exit', fail))
  const file = path.join(folder, 'providers.json')
  fs.writeFileSync(file, text)
  providers.push(child)
  return file
}

// A server for people who sign up, with what does their mail.
async function startAccounts() {
  const url = makeDatabase(`js_account_${process.pid}`)
  const port = await freePort()
  const env = {
    DATABASE_URL: url,
    PLAT_JWT_SECRET: SECRET,
    PLAT_PUBLIC_URL: `http://127.0.0.1:${port}`,
    PLAT_AUTH_REDIRECT_URLS: 'http://front.example,http://front.example/**',
    PLAT_AUTH_ANONYMOUS: 'on',
    PLAT_AUTH_RATE: '10000',
    PLAT_AUTH_PROVIDERS: await startProvider(),
  }
  execFileSync(PLAT_BIN, ['migrate'], { env: environment({ DATABASE_URL: url }), stdio: ['ignore', 'ignore', 'inherit'] })
  await start(['serve', '--listen', `127.0.0.1:${port}`], env, `http://127.0.0.1:${port}/ready`, 'accounts')
  await start(['work'], env)
  return { ACCOUNT_URL: env.PLAT_PUBLIC_URL, ACCOUNT_DATABASE: url }
}

// One file after the other, since they change the same rows: who sees what (serve_access) comes before what front ends do.
function runTests(env, word) {
  const all = fs
    .readdirSync(HERE)
    .filter((f) => f.endsWith('.test.js'))
    .sort()
  const named = all.filter((f) => f.includes(word))
  const pattern = named.length || !word ? [] : [`--test-name-pattern=${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`]
  const child = spawn(
    process.execPath,
    ['--test', '--test-reporter=tap', '--test-concurrency=1', ...pattern, ...(named.length ? named : all)],
    {
      cwd: HERE,
      env: { ...environment({}), NODE_NO_WARNINGS: '1', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  child.stdout.on('data', (text) => {
    cases += `${text}`.split('\n').filter((line) => /^(not )?ok /.test(line)).length
    process.stdout.write(text)
  })
  return new Promise((done) => child.on('close', done))
}

async function stop({ name, child, ended, log }) {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 20000)
  const code = await ended
  clearTimeout(late)
  const said = `${fs.readFileSync(log)}`
  const fine = code === 0 && !/AddressSanitizer|LeakSanitizer|runtime error|Assertion/.test(said)
  console.log(`${fine ? 'ok' : 'not ok'} ${++cases} - ${name} survives and ends in order`)
  if (!fine) console.log(`ends with ${code}\n${said}`.replace(/^/gm, '# '))
  return fine
}

let failed = false
try {
  const env = { REST_URL: await startRest(), SERVE_URL: await startServe(), ...(await startSearch()), ...(await startAccounts()), JWT_SECRET: SECRET }
  failed = (await runTests(env, process.argv[2] ?? '')) !== 0
} catch (error) {
  console.log(`not ok ${++cases} - the servers start`)
  console.log(`${error.stack}`.replace(/^/gm, '# '))
  failed = true
} finally {
  for (const child of providers) child.stdin.end()
  for (const server of servers) failed = !(await stop(server)) || failed
  fs.rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
