"""What the tests of /auth/v1 share: a client, and mails read from the database."""
import base64, hashlib, hmac, json, re, time, urllib.parse

from conftest import get

PASSWORD = 'correct horse 7'
SECRET = 'a secret of the tests, long enough'


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def forge(claims, secret=SECRET, header=None):
    """A token with these claims, signed with HS256."""
    head = b64(json.dumps(header or {'alg': 'HS256', 'typ': 'JWT'}).encode())
    text = f'{head}.{b64(json.dumps(claims).encode())}'
    return f'{text}.{b64(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}'


def claims_of(token):
    part = token.split('.')[1]
    return json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))


class Auth:
    """Calls /auth/v1 of one server. An answer is (status, object)."""

    def __init__(self, port, database):
        self.port, self.database = port, database
        self.headers = {}

    def call(self, method, path, body=None, token=None, headers=None):
        sent = {'Content-Type': 'application/json'} | self.headers | (headers or {})
        if token:
            sent['Authorization'] = f'Bearer {token}'
        status, self.last_headers, text = get(self.port, '/auth/v1' + path, method, sent,
                                              json.dumps(body) if body is not None else None)
        return status, json.loads(text) if text else None

    def post(self, path, body=None, **more):
        return self.call('POST', path, body if body is not None else {}, **more)

    def sign_up(self, email, password=PASSWORD, **more):
        return self.post('/signup', {'email': email, 'password': password} | more)

    def sign_in(self, email, password=PASSWORD):
        return self.post('/token?grant_type=password', {'email': email, 'password': password})

    def refresh(self, token):
        return self.post('/token?grant_type=refresh_token', {'refresh_token': token})

    def user(self, token):
        return self.call('GET', '/user', token=token)

    def mails(self, address):
        """What was mailed to an address, the oldest first: (template, data)."""
        return self.database.query('select template, data from plat.mails where address = %s order by created_at, id', address)

    def mail(self, address):
        found = self.mails(address)
        assert found, f'nothing was mailed to {address}'
        return found[-1][1]

    def forget_limits(self):
        self.database.query('delete from auth.rate_limits')

    def follow(self, link):
        """Where a link of a mail leads: (status, url without fragment, query, fragment)."""
        url = urllib.parse.urlsplit(link)
        status, headers, _ = get(self.port, f'{url.path}?{url.query}')
        to = urllib.parse.urlsplit(headers['Location'] or '')
        pairs = {k: v[0] for k, v in urllib.parse.parse_qs(to.fragment).items()}
        query = {k: v[0] for k, v in urllib.parse.parse_qs(to.query).items()}
        return status, urllib.parse.urlunsplit(to._replace(fragment='', query='')), query, pairs

    def confirmed(self, email, password=PASSWORD):
        """A login whose address is confirmed; its session."""
        self.forget_limits()
        status, answer = self.sign_up(email, password)
        assert status == 200, (status, answer, self.last_headers)
        if 'access_token' in answer:
            return answer
        status, session = self.post('/verify', {'type': 'signup', 'email': email, 'token': self.mail(email)['Token']})
        assert status == 200, (status, session)
        return session


def refused(answer, status, code):
    """Asserts a refusal; its words."""
    assert answer[0] == status and answer[1]['error_code'] == code and answer[1]['code'] == status, answer
    return answer[1]['msg']
