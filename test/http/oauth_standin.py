"""An OpenID provider and a GitHub to sign in with: real RS256 tokens (by the openssl program), PKCE and client secrets looked at, and
faults on demand. The tests are the browser: visit() does what a person does there, who agrees at once."""
import base64, contextlib, functools, hashlib, http.server, json, pathlib, re, secrets, subprocess, tempfile, threading, time, urllib.parse


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


@functools.cache
def private_key(_name):
    """Another for each name, made once: it takes a second."""
    return subprocess.run(['openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], capture_output=True,
                          check=True).stdout


class Key:
    def __init__(self, folder, kid, file=None):
        self.kid, self.file = kid, pathlib.Path(folder) / (file or kid)
        self.file.write_bytes(private_key(self.file.name))

    def openssl(self, *arguments, data=None):
        done = subprocess.run(['openssl', *map(str, arguments)], input=data, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def jwk(self):
        modulus = re.search(r'Modulus=(\w+)', self.openssl('rsa', '-in', self.file, '-noout', '-modulus').decode()).group(1)
        return {'kty': 'RSA', 'n': b64url(bytes.fromhex(modulus)), 'e': 'AQAB', 'kid': self.kid, 'alg': 'RS256', 'use': 'sig'}

    def token(self, claims):
        parts = '.'.join(b64url(json.dumps(p).encode()) for p in ({'alg': 'RS256', 'kid': self.kid}, claims))
        return parts + '.' + b64url(self.openssl('dgst', '-sha256', '-sign', self.file, data=parts.encode()))


class Standin:
    """Whoever `person` says is who signs in; `fault` is what goes wrong next."""

    CLIENT, SECRET = 'plat at north', 'its: secret/+'

    def __init__(self, folder):
        self.folder, self.key = folder, Key(folder, 'k1')
        self.keys = [self.key]
        self.person = {'sub': 'p-1', 'email': 'Ann@Example.org', 'email_verified': True, 'name': 'Ann Lee', 'picture': 'http://x/ann.png'}
        self.github = {'id': 4711, 'login': 'annlee', 'name': 'Ann Lee', 'avatar_url': 'http://x/ann.png', 'email': None}
        self.emails = [{'email': 'other@example.org', 'primary': False, 'verified': True},
                       {'email': 'ann@example.org', 'primary': True, 'verified': True}]
        self.fault, self.codes, self.seen = None, {}, []
        self.methods = ['client_secret_basic']
        standin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                standin.answer(self, '')

            def do_POST(self):
                standin.answer(self, self.rfile.read(int(self.headers['Content-Length'])).decode())

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def providers(self):
        own = {'client_id': self.CLIENT, 'client_secret': self.SECRET}
        return {'acme': own | {'issuer': self.url, 'additional_client_ids': ['phone app']},
                'github': own | {'url': self.url, 'api_url': self.url + '/api'}}

    # What a person does

    def visit(self, url, deny=False):
        """Follows the way to the provider and agrees (or not); answers where the browser is sent."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        assert url.startswith(self.url) and asked['client_id'] == self.CLIENT and asked['response_type'] == 'code'
        assert asked['code_challenge_method'] == 'S256'
        self.seen.append(asked)
        if deny:
            more = {'error': 'access_denied', 'error_description': 'The person said no'}
        else:
            more = {'code': secrets.token_urlsafe(16)}
            self.codes[more['code']] = asked
        return asked['redirect_uri'] + '?' + urllib.parse.urlencode(more | {'state': asked['state']})

    # What plat asks

    def answer(self, handler, body):
        path = urllib.parse.urlsplit(handler.path).path
        if path == '/authorize':  # a browser, whose person agrees
            handler.send_response(302)
            handler.send_header('Location', self.visit(self.url + handler.path))
            handler.send_header('Content-Length', '0')
            handler.end_headers()
            return
        routes = {'/.well-known/openid-configuration': self.discovery, '/jwks': lambda *_: (200, {'keys': [k.jwk() for k in self.keys]}),
                  '/token': self.token, '/userinfo': self.userinfo, '/login/oauth/access_token': self.token,
                  '/api/user': self.api(lambda: self.github), '/api/user/emails': self.api(lambda: self.emails)}
        status, answer = routes[path](handler, dict(urllib.parse.parse_qsl(body, keep_blank_values=True)))
        if self.fault == ('500', path):
            status, answer = 500, {'oops': True}
        text = b'<html>' if self.fault == ('html', path) else json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header('Content-Type', 'application/json')
        handler.send_header('Content-Length', str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def discovery(self, *_):
        own = {'issuer': 'http://127.0.0.1:1' if self.fault == 'issuer of discovery' else self.url,
               'authorization_endpoint': self.url + '/authorize', 'token_endpoint': self.url + '/token', 'jwks_uri': self.url + '/jwks',
               'userinfo_endpoint': self.url + '/userinfo', 'token_endpoint_auth_methods_supported': self.methods}
        return 200, own

    def is_client(self, handler, form):
        header = handler.headers['Authorization']
        if header:
            name, password = base64.b64decode(header.split()[1]).decode().split(':')
            return [urllib.parse.unquote(name), urllib.parse.unquote(password)] == [self.CLIENT, self.SECRET]
        return (form.get('client_id'), form.get('client_secret')) == (self.CLIENT, self.SECRET)

    def token(self, handler, form):
        asked = self.codes.pop(form['code'], None)
        challenge = b64url(hashlib.sha256(form['code_verifier'].encode()).digest())
        good = asked and self.is_client(handler, form) and challenge == asked['code_challenge'] \
            and form['redirect_uri'] == asked['redirect_uri'] and form['grant_type'] == 'authorization_code'
        is_github = handler.path.startswith('/login')
        if not good or self.fault == 'bad code':
            return (200 if is_github else 400), {'error': 'invalid_grant', 'error_description': 'no'}
        answer = {'access_token': 'access-1', 'token_type': 'bearer', 'refresh_token': 'again-1'}
        return 200, answer if is_github else answer | {'id_token': self.id_token(nonce=asked['nonce'])}

    def id_token(self, **more):
        now = int(time.time())
        claims = {'iss': self.url, 'aud': self.CLIENT, 'iat': now, 'exp': now + 300} | self.person | more
        faults = {'nonce': {'nonce': 'another'}, 'audience': {'aud': 'somebody else'}, 'expired': {'exp': now - 3600},
                  'issuer': {'iss': 'https://evil.example'}, 'subject': {'sub': ''}}
        claims |= faults.get(self.fault, {})
        if self.fault == 'no expiry':
            del claims['exp']
        if self.fault == 'none':
            return '.'.join([b64url(b'{"alg":"none"}'), b64url(json.dumps(claims).encode()), ''])
        key = Key(self.folder, 'k1', 'forged') if self.fault == 'signature' else self.key
        return key.token(claims)

    def userinfo(self, handler, _):
        if handler.headers['Authorization'] != 'Bearer access-1':
            return 401, {}
        sub = 'somebody else' if self.fault == 'userinfo' else self.person['sub']
        return 200, {'sub': sub, 'email': 'from.userinfo@example.org', 'email_verified': True}

    def api(self, what):
        return lambda handler, _: (200, what()) if handler.headers['Authorization'] == 'Bearer access-1' else (401, {})


@contextlib.contextmanager
def standing_in():
    with tempfile.TemporaryDirectory() as folder:
        s = Standin(folder)
        try:
            yield s
        finally:
            s.close()
