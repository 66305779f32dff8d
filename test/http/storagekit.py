"""What the tests of /storage/v1 share: two tenants, a server, and a client that signs its own tokens."""
import base64, hashlib, hmac, http.client, itertools, json, os, pathlib, shutil, tempfile, time, urllib.parse, uuid

import pytest

from conftest import Database, Plat, answers, free_port, wait_until

SECRET = 'a secret of at least thirty-two characters'
LIMIT = 8 * 1024 * 1024
PNG = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')
JPEG = b'\xff\xd8\xff\xe0\0\x10JFIF\0' + bytes(200)
PDF = b'%PDF-1.7\n' + b'0' * 200
names = itertools.count(1)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def sign(claims, secret=SECRET):
    text = '.'.join(b64(json.dumps(part).encode()) for part in ({'alg': 'HS256', 'typ': 'JWT'}, claims))
    return f'{text}.{b64(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}'


def unsigned(token):
    """The claims of a token."""
    part = token.split('.')[1]
    return json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))


def uid(name):
    return str(uuid.UUID(hashlib.md5(name.encode()).hexdigest()))


def md5(data):
    return hashlib.md5(data).hexdigest()


PEOPLE = {'a_admin': ('a', 'admin'), 'a_agent': ('a', 'agent'), 'a_agent2': ('a', 'agent'), 'a_client': ('a', 'client'),
          'b_admin': ('b', 'admin'), 'b_agent': ('b', 'agent')}


def two_tenants(database):
    for ws in 'ab':
        database.query('insert into mls.workspaces (id, slug, name) values (%s, %s, %s)', uid(f'ws {ws}'), f'tenant-{ws}', ws)
    for who, (ws, role) in PEOPLE.items():
        database.query("insert into auth.users (id, email, aud, role) values (%s, %s, 'authenticated', 'authenticated')",
                       uid(who), f'{who}@example.org')
        database.query('''insert into mls.user_profiles (id, workspace_id, role) values (%s, %s, %s)
                          on conflict (id) do update set workspace_id = excluded.workspace_id, role = excluded.role''',
                       uid(who), uid(f'ws {ws}'), role)


def token_of(who, **more):
    if who == 'service':
        return sign({'role': 'service_role'} | more)
    if who == 'anon':
        return sign({'role': 'anon'} | more)
    return sign({'sub': uid(who), 'role': 'authenticated', 'aud': 'authenticated', 'exp': int(time.time()) + 3600} | more)


class Answer:
    def __init__(self, response, data):
        self.status, self.headers, self.data = response.status, response.headers, data

    @property
    def text(self):
        return self.data.decode()

    @property
    def json(self):
        return json.loads(self.data)

    def __repr__(self):
        return f'{self.status} {dict(self.headers)} {self.data[:500]!r}'

    def ok(self):
        assert self.status in (200, 206), repr(self)
        return self.json

    def refused(self, status, code):
        """By the body's own statusCode and code."""
        said = self.json
        assert (said['statusCode'], said['code']) == (str(status), code), repr(self)
        assert said['message'] and said['error'], repr(self)
        return said['message']


class Client:
    """As supabase-js signed in."""

    def __init__(self, shop, who):
        self.shop, self.who, self.token = shop, who, token_of(who) if who else None

    def __call__(self, method, path, body=None, headers=None, raw=False):
        c = http.client.HTTPConnection('127.0.0.1', self.shop.port, timeout=60)
        own = {'Authorization': f'Bearer {self.token}'} if self.token else {}
        if isinstance(body, (dict, list)):
            body, own['Content-Type'] = json.dumps(body), 'application/json'
        try:
            target = '/storage/v1' + (path if raw else urllib.parse.quote(path, safe="/?&=%:,+~!*'()"))
            c.request(method, target, body=body, headers=own | (headers or {}))
            r = c.getresponse()
            return Answer(r, r.read())
        finally:
            c.close()

    def get(self, path, **headers):
        return self('GET', path, headers={k.replace('_', '-'): v for k, v in headers.items()})

    def post(self, path, body=None, **more):
        return self('POST', path, {} if body is None else body, **more)

    def bucket(self, name=None, **options):
        name = name or f'bucket-{next(names)}'
        self.post('/bucket', {'id': name, 'name': name} | options).ok()
        return name

    def upload(self, path, data, type='text/plain', method='POST', **headers):
        return self(method, f'/object/{path}', data,
                    {'Content-Type': type, 'Cache-Control': 'max-age=3600'} | {k.replace('_', '-'): v for k, v in headers.items()})


class Shop:
    """A server with two tenants."""

    def __init__(self, template, env=None):
        self.database = Database.make('storage', template)
        two_tenants(self.database)
        self.data = pathlib.Path(tempfile.mkdtemp(prefix='plat-'))
        self.plat = Plat(self.data, self.database)
        self.plat.env |= {'PLAT_JWT_SECRET': SECRET, 'PLAT_STORAGE_MAX_BYTES': str(LIMIT)} | (env or {})
        self.start()

    def start(self, program=None):
        self.port = free_port()
        self.process = self.plat.start('serve', '--listen', f'127.0.0.1:{self.port}', **({'program': program} if program else {}))
        wait_until(answers(self.port))

    def as_(self, who):
        return Client(self, who)

    def files(self):
        """Every file of the engine, by its path below objects/."""
        root = self.data / 'storage/objects'
        return {str(p.relative_to(root)): p for p in root.rglob('*') if p.is_file()}

    def close(self):
        self.plat.close()
        self.database.drop()
        shutil.rmtree(self.data, ignore_errors=True)


@pytest.fixture(scope='module')
def shop(template):
    s = Shop(template)
    yield s
    s.close()


def form(fields, file=None, boundary='----plat-test'):
    """(type, body) as undici writes FormData; file: (name, filename, type, bytes)."""
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    if file:
        name, filename, type, data = file
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
                     f'Content-Type: {type}\r\n\r\n'.encode() + data + b'\r\n')
    return f'multipart/form-data; boundary={boundary}', b''.join(parts) + f'--{boundary}--\r\n'.encode()
