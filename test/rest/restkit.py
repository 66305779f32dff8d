"""What the tests of the REST dialect share: a client, tokens, expectations. Fixtures are in conftest.py."""
import base64, hashlib, hmac, http.client, importlib.util, json, pathlib, threading, time, urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
_spec = importlib.util.spec_from_file_location('http_conftest', HERE.parent / 'http' / 'conftest.py')
whole = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(whole)
ROOT, PLAT, Database, Plat, free_port, wait_until = whole.ROOT, whole.PLAT, whole.Database, whole.Plat, whole.free_port, whole.wait_until

SECRET = 'a secret for tests of at least 32 characters'
OBJECT = 'application/vnd.pgrst.object+json'
STRIPPED = 'application/vnd.pgrst.array+json;nulls=stripped'
JSON = 'application/json; charset=utf-8'
ANY = object()  # a value that is not compared


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def token(role=None, secret=SECRET, head=None, **claims):
    """A JWT signed with HS256. The claim of an empty role is left out."""
    if role:
        claims['role'] = role
    parts = [b64url(json.dumps(p).encode()) for p in ({'alg': 'HS256', 'typ': 'JWT'} | (head or {}), claims)]
    key = secret if isinstance(secret, bytes) else secret.encode()
    return '.'.join([*parts, b64url(hmac.new(key, '.'.join(parts).encode(), hashlib.sha256).digest())])


def bearer(*args, **claims):
    return {'Authorization': 'Bearer ' + token(*args, **claims)}


def compact(value):
    """JSON as the dialect writes it: without spaces, keys in the order of the columns."""
    return json.dumps(value, separators=(',', ':'), ensure_ascii=False)


def encoded(path):
    """Percent-encodes what may not stand in a request line and leaves the rest as it was written."""
    return urllib.parse.quote(path, safe="%/?&=:,.*()!-_~$'@;+[]")


class Answer:
    def __init__(self, response, body, asked=''):
        self.status, self.reason, self.headers, self.body, self.asked = response.status, response.reason, response.headers, body, asked

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError as e:
            raise AssertionError(f'not JSON ({e}): {self!r}') from None

    def __getitem__(self, header):
        """The header's value; several are joined by a comma; None when it is not there."""
        found = self.headers.get_all(header)
        return ', '.join(found) if found else None

    def __repr__(self):
        return f'<{self.asked} -> {self.status} {dict(self.headers)} {self.body[:600]!r}>'


class Api:
    """Requests to one server. Connections are kept, one for each thread."""

    def __init__(self, port, prefix=''):
        self.port, self.prefix, self.local = port, prefix, threading.local()

    def __call__(self, method, path, headers=None, body=None, role=None, prefer=None, accept=None, json=None, raw=False, timeout=60):
        """headers: a dict, or pairs when one comes twice. role: the bearer of a token for it. raw: path is sent as it is."""
        head = list(headers.items() if isinstance(headers, dict) else headers or [])
        if role:
            head += bearer(role).items()
        if prefer:
            head.append(('Prefer', prefer))
        if accept:
            head.append(('Accept', accept))
        if json is not None:
            body = compact(json)
            head.append(('Content-Type', 'application/json'))
        if isinstance(body, str):
            body = body.encode()
        path = self.prefix + (path if raw else encoded(path))
        for again in (True, False):
            kept = getattr(self.local, 'kept', None)
            c, self.local.kept = kept or http.client.HTTPConnection('127.0.0.1', self.port, timeout=timeout), None
            try:
                return self._one(c, method, path, head, body)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                c.close()
                if not kept or not again:  # a kept connection may have been closed for idleness meanwhile
                    raise
            except BaseException:
                c.close()
                raise

    def _one(self, c, method, path, head, body):
        c.putrequest(method, path, skip_accept_encoding=True)
        for name, value in head:
            c.putheader(name, value)
        if body is not None and not any(name.lower() in ('content-length', 'transfer-encoding') for name, _ in head):
            c.putheader('Content-Length', str(len(body)))
        c.endheaders(body)
        r = c.getresponse()
        answer = Answer(r, r.read(), f'{method} {path}')
        if not r.will_close:
            self.local.kept = c
        return answer

    def get(self, path, headers=None, **more):
        return self('GET', path, headers, **more)

    def head(self, path, headers=None, **more):
        return self('HEAD', path, headers, **more)

    def options(self, path, headers=None, **more):
        return self('OPTIONS', path, headers, **more)

    def post(self, path, json=None, headers=None, **more):
        return self('POST', path, headers, json=json, **more)

    def patch(self, path, json=None, headers=None, **more):
        return self('PATCH', path, headers, json=json, **more)

    def put(self, path, json=None, headers=None, **more):
        return self('PUT', path, headers, json=json, **more)

    def delete(self, path, headers=None, **more):
        return self('DELETE', path, headers, **more)

    def rows(self, path, headers=None, **more):
        """The rows of a read that must succeed."""
        answer = self.get(path, headers, **more)
        assert answer.status in (200, 206), repr(answer)
        return answer.json()


class Server(Api):
    """One running `plat rest`."""

    def __init__(self, plat, database, settings, arguments=(), program=PLAT, wait=True):
        port, self.admin_port = free_port(), free_port()
        super().__init__(port)
        self.plat, self.database = plat, database
        self.admin = Api(self.admin_port)
        env = {'PGRST_SERVER_HOST': '127.0.0.1', 'PGRST_SERVER_PORT': str(port), 'PGRST_ADMIN_SERVER_PORT': str(self.admin_port)}
        self.process = plat.start('rest', *arguments, env=env | {k: str(v) for k, v in settings.items() if v is not None}, program=program)
        if wait:
            wait_until(self.is_ready)

    def is_ready(self):
        assert self.alive(), f'plat rest ended with {self.process.returncode}:\n{self.log()}'
        try:
            return self.admin.get('/ready').status == 200
        except OSError:
            return False

    def alive(self):
        return self.process.poll() is None

    def log(self):
        """What it said, without the lines of requests."""
        return '\n'.join(line for line in self.plat.said(self.process).splitlines() if '"event":"http.request"' not in line)[-20000:]

    def stop(self):
        """Ends the server, which must still be there and end in order."""
        assert self.alive(), f'plat rest ended with {self.process.returncode}:\n{self.log()}'
        code = self.plat.stop(self.process)
        log = self.log()
        assert code == 0, f'plat rest ends with {code}:\n{log}'
        for word in ('AddressSanitizer', 'LeakSanitizer', 'runtime error', 'Assertion'):
            assert word not in log, log

    def notify(self, payload='reload schema'):
        self.database.query(f"notify pgrst, '{payload}'")

    def reload(self, seen):
        """Reloads the schema cache; comes back when seen() says that the new one is in use."""
        self.notify()
        wait_until(seen)


def error(answer, status, code, message=ANY, details=ANY, hint=ANY):
    """Compares an error answer: its status, its four keys, and what every error has. A pattern (re.compile) is searched for."""
    assert answer.status == status, repr(answer)
    assert answer['Content-Type'] == JSON, repr(answer)
    found = answer.json()
    assert set(found) == {'code', 'details', 'hint', 'message'}, repr(answer)
    assert found['code'] == code, repr(answer)
    for key, wanted in (('message', message), ('details', details), ('hint', hint)):
        if hasattr(wanted, 'search'):
            assert isinstance(found[key], str) and wanted.search(found[key]), repr(answer)
        elif wanted is not ANY:
            assert found[key] == wanted, repr(answer)
    assert answer['Proxy-Status'] == f'PostgREST; error={code}', repr(answer)
    return found


def names_of(header):
    """A comma list of a header as a set."""
    return {part.strip() for part in (header or '').split(',') if part.strip()}


def elapsed(what):
    since = time.monotonic()
    found = what()
    return time.monotonic() - since, found
