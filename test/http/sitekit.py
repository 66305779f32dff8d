"""What the tests of /site/v1 share: two brokerages with listings, a server that asks a name server of the test, and a client."""
import http.client, http.server, json, pathlib, shutil, tempfile, threading

from conftest import Database, Plat, answers, free_port, wait_until
from dns_standin import Dns
from storagekit import SECRET, token_of, two_tenants, uid

MAY = {'InternetEntireListingDisplayYN': True, 'InternetAddressDisplayYN': True, 'ListOfficePhone': '305-555-0100'}


class Answer:
    def __init__(self, response, data):
        self.status, self.headers, self.data = response.status, response.headers, data

    @property
    def text(self):
        return self.data.decode()

    @property
    def json(self):
        return json.loads(self.data)

    def ok(self):
        assert self.status == 200, f'{self.status} {self.text[:500]}'
        return self.json


class WebServer:
    """What stands on port 80 of every domain: reached as the environment's proxy, which the tests may be."""

    def __init__(self):
        files = self.files = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text = files.get(self.path)
                self.send_response(200 if text else 404)
                self.end_headers()
                self.wfile.write((text or '').encode())

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', free_port()), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Town:
    """Two brokerages, a and b, each at its own domain."""

    def __init__(self, template, env=None):
        self.database = Database.make('site', template)
        two_tenants(self.database)
        self.data = pathlib.Path(tempfile.mkdtemp(prefix='plat-'))
        self.dns, self.web = Dns(free_port()), WebServer()
        self.plat = Plat(self.data, self.database)
        self.plat.env |= {'PLAT_JWT_SECRET': SECRET, 'PLAT_DNS': self.dns.address, 'PLAT_SITE_RATE': '0'} | (env or {})
        for ws in 'ab':
            self.database.query('''insert into mls.workspace_domains (id, workspace_id, domain, verified_at, verified_by, checked_at)
                                   values (%s, %s, %s, now(), 'dns', now())''', uid(f'domain {ws}'), uid(f'ws {ws}'), f'{ws}.example.org')
        self.port = free_port()
        self.process = self.plat.start('serve', '--listen', f'127.0.0.1:{self.port}')
        wait_until(answers(self.port))

    def get(self, path, host='a.example.org', method='GET', body=None, **headers):
        c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
        try:
            c.request(method, path, body=body, headers={'Host': host} | {k.replace('_', '-'): v for k, v in headers.items()})
            r = c.getresponse()
            return Answer(r, r.read())
        finally:
            c.close()

    def as_(self, who, method, path):
        return self.get(path, '127.0.0.1', method, Authorization=f'Bearer {token_of(who)}')

    def listing(self, name, ws='a', raw=None, **columns):
        """One listing, by default one that the public may see with its address."""
        row = {'id': uid(f'listing {name}'), 'workspace_id': uid(f'ws {ws}'), 'source_listing_key': name, 'mls_number': name,
               'standard_status': 'Active', 'property_type': 'Residential', 'list_price': 500000, 'bedrooms': 3, 'bathrooms': 2,
               'living_area_sqft': 1500, 'street_number': '123', 'street_name': 'Main St', 'address_full': '123 Main St, Miami, FL 33101',
               'city': 'Miami', 'state': 'FL', 'postal_code': '33101', 'latitude': 25.7, 'longitude': -80.2, 'list_date': '2026-11-01',
               'list_office_name': 'North & <South>', 'public_remarks': 'Sunny.', 'raw': json.dumps(MAY | (raw or {}))} | columns
        names = ', '.join(row)
        self.database.query(f'insert into mls.listings ({names}) values ({", ".join(["%s"] * len(row))})', *row.values())
        return row['id']

    def close(self):
        self.plat.close()
        self.dns.close()
        self.web.close()
        self.database.drop()
        shutil.rmtree(self.data, ignore_errors=True)
