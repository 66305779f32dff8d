"""What the tests of /auth/v1 share: calls, keys, people, codes of authenticator apps, mails."""
import base64, hashlib, hmac, itertools, json, struct, time, urllib.parse

from conftest import get

PASSWORD = 'three Blue whales 27'
numbers = itertools.count(1)


class Auth:
    """A running server, as a client sees it."""

    def __init__(self, plat, port, database):
        self.plat, self.port, self.database = plat, port, database
        keys = dict(line.split() for line in plat.ok('keys').splitlines())
        self.anon, self.service = keys['anon'], keys['service_role']

    def raw(self, method, path, body=None, token=None, headers=None):
        h = {'apikey': self.anon, 'Authorization': f'Bearer {token or self.anon}'} | (headers or {})
        if body is not None:
            h['Content-Type'] = 'application/json'
        return get(self.port, '/auth/v1' + path, method, h, None if body is None else json.dumps(body))

    def call(self, method, path, body=None, token=None):
        """(status, JSON)"""
        status, _, text = self.raw(method, path, body, token)
        return status, json.loads(text) if text else None

    def ok(self, method, path, body=None, token=None):
        status, answer = self.call(method, path, body, token)
        assert status == 200, (status, answer)
        return answer

    def refused(self, status, code, method, path, body=None, token=None):
        got, answer = self.call(method, path, body, token)
        assert (got, answer.get('error_code')) == (status, code), (got, answer)
        return answer

    def admin(self, method, path, body=None):
        return self.ok(method, path, body, self.service)

    def person(self, email=None, **more):
        """A confirmed login: its user."""
        body = {'email': email or f'person{next(numbers)}@example.org', 'password': PASSWORD, 'email_confirm': True} | more
        return self.admin('POST', '/admin/users', body)

    def sign_in(self, email):
        return self.ok('POST', '/token?grant_type=password', {'email': email, 'password': PASSWORD})

    def signed_in(self, email=None):
        """A fresh person's session."""
        return self.sign_in(self.person(email)['email'])

    def location(self, path, token=None):
        """Where a browser is sent."""
        status, headers, text = self.raw('GET', path, token=token)
        assert status in (302, 303), (status, text)
        return headers['Location']


def claims(token):
    part = token.split('.')[1]
    return json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))


def totp(secret, step=0):
    """The code of now, or of so many half minutes from now."""
    key = base64.b32decode(secret + '=' * (-len(secret) % 8))
    mac = hmac.digest(key, struct.pack('>Q', int(time.time()) // 30 + step), 'sha1')
    at = mac[-1] & 15
    return f'{(struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}'


def challenge_of(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b'=').decode()


def parts(url):
    """Query and fragment of a URL as dictionaries."""
    u = urllib.parse.urlsplit(url)
    return dict(urllib.parse.parse_qsl(u.query)), dict(urllib.parse.parse_qsl(u.fragment))
