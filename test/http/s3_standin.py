"""A stand-in for an S3-compatible service: path style, in memory, checks every signature itself, and fails when told to."""
import base64, datetime, hashlib, hmac, re, threading, time, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

KEY, SECRET, REGION, BUCKET = 'AKIATEST', 'a+secret/with=signs', 'eu-test-1', 'plat-objects'
EMPTY = hashlib.sha256(b'').hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def quoted(text):
    return urllib.parse.quote(text, safe='-_.~')


class Refused(Exception):
    pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def signature(self, fields):
        """What the Authorization header has to say; RFC-like, from AWS's description of version 4."""
        path, _, query = self.path.partition('?')
        pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
        names = fields['SignedHeaders'].split(';')
        if names != sorted(names) or 'host' not in names or 'x-amz-content-sha256' not in names or 'x-amz-date' not in names:
            raise Refused('SignedHeaders')
        for name in self.headers:
            if name.lower().startswith('x-amz-') and name.lower() not in names or name.lower() == 'content-md5' and 'content-md5' not in names:
                raise Refused(f'{name} is not signed')
        canonical = '\n'.join([
            self.command, path, '&'.join(f'{quoted(k)}={quoted(v)}' for k, v in pairs),
            ''.join(f'{n}:{" ".join(self.headers[n].split())}\n' for n in names), fields['SignedHeaders'],
            self.headers['x-amz-content-sha256']])
        key_id, *scope = fields['Credential'].split('/')
        stamp = self.headers['x-amz-date']
        if key_id != KEY or scope != [stamp[:8], REGION, 's3', 'aws4_request']:
            raise Refused('Credential')
        when = datetime.datetime.strptime(stamp, '%Y%m%dT%H%M%SZ').replace(tzinfo=datetime.timezone.utc)
        if abs(when.timestamp() - time.time()) > 900:
            raise Refused('x-amz-date')
        text = '\n'.join(['AWS4-HMAC-SHA256', stamp, '/'.join(scope), hashlib.sha256(canonical.encode()).hexdigest()])
        key = ('AWS4' + SECRET).encode()
        for part in scope:
            key = mac(key, part)
        return mac(key, text).hex()

    def check_signature(self, body):
        m = re.fullmatch(r'AWS4-HMAC-SHA256 (.*)', self.headers.get('Authorization', ''))
        fields = dict(re.split(r'=', f.strip(), maxsplit=1) for f in m.group(1).split(',')) if m else {}
        if not m or fields.get('Signature') != self.signature(fields):
            raise Refused('Signature')
        payload = self.headers['x-amz-content-sha256']
        if payload != 'UNSIGNED-PAYLOAD' and payload != hashlib.sha256(body).hexdigest():
            raise Refused('payload')

    def answer(self, status, body=b'', **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        if 'Content_Length' not in headers:
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def fail(self, status, code):
        self.answer(status, f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'.encode())

    def handle_one(self):
        s = self.server.s3
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        with s.lock:
            s.requests.append((self.command, self.path))
            fault = s.faults.pop(0) if s.faults else None
        if fault == 'cut':
            self.close_connection = True
            return
        if isinstance(fault, int):
            return self.fail(fault, 'SlowDown')
        try:
            self.check_signature(body)
        except Refused as e:
            s.refused.append(str(e))
            return self.fail(403, 'SignatureDoesNotMatch')
        path = urllib.parse.unquote(self.path.partition('?')[0])
        if not path.startswith(f'/{BUCKET}/'):
            return self.fail(404, 'NoSuchBucket')
        getattr(self, 'on_' + self.command)(s, path[len(BUCKET) + 2:], body, fault)

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = lambda self: self.handle_one()

    def on_PUT(self, s, key, body, fault):
        source = self.headers.get('x-amz-copy-source')
        if source:
            _, bucket, name = source.split('/', 2)
            if bucket != BUCKET or name not in s.objects:
                return self.fail(404, 'NoSuchKey')
            if fault == 'copy':
                return self.fail(200, 'InternalError')
            s.objects[key] = s.objects[name]
            return self.answer(200, b'<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>')
        sum = base64.b64encode(hashlib.md5(body).digest()).decode()
        if self.headers.get('Content-MD5') != sum:
            return self.fail(400, 'BadDigest')
        s.objects[key] = body
        self.answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')

    def on_GET(self, s, key, body, fault):
        if not key:
            return self.list(s)
        if key not in s.objects:
            return self.fail(404, 'NoSuchKey')
        data = s.objects[key]
        m = re.fullmatch(r'bytes=(\d+)-(\d+)', self.headers.get('Range', ''))
        if not m:
            return self.answer(200, data)
        part = data[int(m.group(1)):int(m.group(2)) + 1]
        if fault == 'half':
            self.close_connection = True
            return self.answer(206, part[:len(part) // 2], Content_Length=str(len(part)))
        self.answer(206, part, Content_Range=f'bytes {m.group(1)}-{m.group(2)}/{len(data)}')

    on_HEAD = on_GET

    def on_DELETE(self, s, key, body, fault):
        s.objects.pop(key, None)
        self.answer(204)

    def list(self, s):
        query = dict(urllib.parse.parse_qsl(self.path.partition('?')[2]))
        if query.get('list-type') != '2':
            return self.fail(501, 'NotImplemented')
        keys = sorted(k for k in s.objects if k > base64.b64decode(query.get('continuation-token', '')).decode())
        page, more = keys[:s.page], len(keys) > s.page
        token = base64.b64encode(page[-1].encode()).decode() if more else ''
        self.answer(200, ('<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                          f'<Name>{BUCKET}</Name><IsTruncated>{str(more).lower()}</IsTruncated>' + ''.join(
                              f'<Contents><Key>{escape(k)}</Key><LastModified>{s.changed}</LastModified><Size>{len(s.objects[k])}</Size></Contents>'
                              for k in page) + (f'<NextContinuationToken>{token}</NextContinuationToken>' if more else '')
                          + '</ListBucketResult>').encode())


class S3:
    """faults: for each of the next requests a status to fail with, 'cut', 'half', 'copy' or None."""

    def __init__(self):
        self.lock, self.objects, self.requests, self.refused, self.faults = threading.Lock(), {}, [], [], []
        self.page, self.changed = 3, '2020-01-01T00:00:00.000Z'
        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.server.s3 = self
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    @property
    def env(self):
        return {'PLAT_S3_URL': self.url, 'PLAT_S3_BUCKET': BUCKET, 'PLAT_S3_REGION': REGION, 'PLAT_S3_KEY': KEY, 'PLAT_S3_SECRET': SECRET}

    def close(self):
        self.server.shutdown()
        self.server.server_close()
