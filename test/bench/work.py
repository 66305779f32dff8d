"""The work that is measured: the same requests for plat, its peers and pgbench, over the data of data.sql."""
import base64, hashlib, hmac, json, pathlib, random, time, urllib.parse, uuid

SECRET = 'a secret for the benchmark alone, 0123456789abcdef'
WORKSPACES, LISTINGS, LOGINS = 20, 200_000, 50
COLUMNS = ('id, workspace_id, source_provider, source_dataset_id, source_listing_key, mls_number, standard_status, modification_ts, '
           'list_date, close_date, address_full, street_number, street_name, unit_number, city, state, postal_code, subdivision, '
           'building_name, community, county, latitude, longitude, property_type, bedrooms, bathrooms, living_area_sqft, lot_size_sqft, '
           'year_built, list_price, close_price, price_per_sqft, public_remarks, marketing_description, marketing_description_source, '
           'marketing_description_approved_by, marketing_description_approved_at, photo_count, is_active, import_task_id, created_at, '
           'updated_at, source_modified_at, content_hash, media_hash, missing_since, deactivated_at, deactivated_reason')
LEAD = 'name, company, score, tags'
LEAD_ALL = ('id, user_id, workspace_id, name, phone, email, company, status, score, tags, opt_status, is_deleted, created_at, updated_at')
PARENT = 'id, mls_number, address_full, list_price, standard_status'
CHILD = 'id, url, sort_order, caption, category'


def md5_uuid(text):
    return str(uuid.UUID(hashlib.md5(str(text).encode()).hexdigest()))


def login_of(workspace, n):
    return md5_uuid(f'u{workspace}-{n}')


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def token(claims):
    head = b64(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode()) + '.' + b64(json.dumps(claims).encode())
    return head + '.' + b64(hmac.new(SECRET.encode(), head.encode(), hashlib.sha256).digest())


def claims_of(workspace, n):
    return {'sub': login_of(workspace, n), 'role': 'authenticated', 'aud': 'authenticated', 'email': f'u{workspace}-{n}@example.org',
            'iss': 'bench', 'exp': int(time.time()) + 86400}


TOKENS = {(w, n): token(claims_of(w, n)) for w in range(1, WORKSPACES + 1) for n in range(1, 11)}
SERVICE = token({'role': 'service_role', 'iss': 'bench', 'exp': int(time.time()) + 86400})


def http_request(method, target, headers, body=b''):
    lines = [f'{method} {target} HTTP/1.1', 'Host: 127.0.0.1', *(f'{k}: {v}' for k, v in headers.items())]
    if body or method != 'GET':
        lines.append(f'Content-Length: {len(body)}')
    return ('\r\n'.join(lines) + '\r\n\r\n').encode() + body


def write_requests(path, requests):
    with open(path, 'wb') as f:
        for r in requests:
            f.write(b'%d\n' % len(r) + r)
    return str(path)


# Draws: workspace, login and values of request i, the same for every service.
def draw(rng):
    w = rng.randrange(WORKSPACES) + 1
    start = rng.randrange(2, 6) * 100_000
    return {'w': w, 'n': rng.randrange(10) + 1, 'k': rng.randrange(LISTINGS // WORKSPACES) * WORKSPACES + w - 1,
            'city': f'Town {rng.randrange(40)}', 'start': start, 'end': start + 600_000, 'tower': f'Tower {rng.randrange(40)}',
            'lead': {'name': f'Lead {rng.randrange(10**9)}', 'company': 'Bench and Sons', 'score': rng.randrange(101),
                     'tags': ['buyer', 'waterfront']}}


def plat(kind, d, bearer=None):
    """A request in plat's dialect. bearer: another token than the drawn login's."""
    bearer = bearer or TOKENS[d['w'], d['n']]
    head = {'Authorization': f'Bearer {bearer}', 'apikey': bearer, 'Accept-Profile': 'mls'}
    columns = COLUMNS.replace(', ', ',')
    text = urllib.parse.quote
    page = (f'city=eq.{text(d["city"])}&standard_status=eq.Active&list_price=gte.{d["start"]}&list_price=lte.{d["end"]}'
            f'&order=modification_ts.desc&limit=25')
    if kind == 'one':
        return http_request('GET', f'/rest/v1/listings?select={columns}&id=eq.{md5_uuid(d["k"])}', head)
    if kind == 'page':
        return http_request('GET', f'/rest/v1/listings?select={columns}&{page}', head)
    if kind == 'page of':  # also for roles that see every workspace
        return http_request('GET', f'/rest/v1/listings?select={columns}&workspace_id=eq.{md5_uuid("w%d" % d["w"])}&{page}', head)
    if kind == 'embed':
        return http_request('GET', f'/rest/v1/listings?select={PARENT.replace(" ", "")},listing_media({CHILD.replace(" ", "")})'
                            f'&building_name=eq.{text(d["tower"])}&order=id&listing_media.order=sort_order', head)
    if kind == 'insert':
        head |= {'Content-Profile': 'crm', 'Content-Type': 'application/json', 'Prefer': 'return=representation'}
        return http_request('POST', '/rest/v1/leads', head, json.dumps(d['lead']).encode())
    raise ValueError(kind)


def plat_shape(d):
    """Other columns each time, and so another plan."""
    rng = random.Random(d['k'])
    columns = rng.sample(COLUMNS.split(', '), 12)
    head = {'Authorization': f'Bearer {TOKENS[d["w"], d["n"]]}', 'apikey': TOKENS[d['w'], d['n']], 'Accept-Profile': 'mls'}
    return http_request('GET', f'/rest/v1/listings?select={",".join(columns)}&id=eq.{md5_uuid(d["k"])}', head)


def peer(kind, d):
    """The same of the hand-written services."""
    head = {'Authorization': f'Bearer {TOKENS[d["w"], d["n"]]}'}
    if kind == 'one':
        return http_request('GET', f'/listings/{md5_uuid(d["k"])}', head)
    if kind == 'page':
        return http_request('GET', f'/listings?city={urllib.parse.quote(d["city"])}&status=Active&start={d["start"]}&end={d["end"]}', head)
    if kind == 'insert':
        return http_request('POST', '/leads', head | {'Content-Type': 'application/json'}, json.dumps(d['lead']).encode())
    raise ValueError(kind)


def requests_file(folder, name, make, n=20_000, seed=1):
    rng = random.Random(seed)
    return write_requests(pathlib.Path(folder) / name, (make(draw(rng)) for _ in range(n)))


# What pgbench asks: the preamble of src/mod/rest/preamble.c and the statements that plat makes of the requests above, as columns and, instead, as
# JSON made by PostgreSQL. Keys come out of random numbers by md5(), which costs pgbench half a microsecond each.
LOGIN = "md5('u' || :w || '-7')::uuid"
MEMBERSHIPS = (f"set_config('plat.me', coalesce((select m.me from plat.memberships m where m.login = {LOGIN}), "
               f"plat.enter_by_sources({LOGIN}), ''), true)")
READS_ONLY = "set_config('transaction_read_only', :reads_only, true)"
SETTINGS = ("set_config('statement_timeout', :timeout, true), set_config('request.jwt.claims', :claims, true), "
            "set_config('role', :role, true)")
ENTER = f'select num_nulls({MEMBERSHIPS}, {SETTINGS})'
ENTER_TO_WRITE = f'select num_nulls({READS_ONLY}, {MEMBERSHIPS}, {SETTINGS})'
ONE = 'from mls.listings where id = md5(:k)::uuid limit :most'
PAGE = ("from mls.listings where city = 'Town ' || :town and standard_status = 'Active' and list_price >= :from and list_price <= :to "
        'order by modification_ts desc limit :page')
PAGE_OF = PAGE.replace('where ', "where workspace_id = md5('w' || :w)::uuid and ")
CHILDREN = (f'(select coalesce(json_agg(x), \'[]\') from (select {CHILD} from mls.listing_media m '
            'where m.workspace_id = l.workspace_id and m.listing_id = l.id order by m.sort_order) x)')
STATEMENTS = {
    'one': f'select {COLUMNS} {ONE}',
    'one, json': f'select coalesce(json_agg(x), \'[]\')::text from (select {COLUMNS} {ONE}) x',
    'page': f'select {COLUMNS} {PAGE}',
    'page, json': f'select coalesce(json_agg(x), \'[]\')::text from (select {COLUMNS} {PAGE}) x',
    'page of': f'select {COLUMNS} {PAGE_OF}',
    'embed': f"select {PARENT}, {CHILDREN} as listing_media from mls.listings l where building_name = 'Tower ' || :tower order by id "
             'limit :most',
    'insert': f"insert into crm.leads ({LEAD}) values ('Lead ' || :lead, 'Bench and Sons', :score::int, '{{buyer,waterfront}}') "
              f'returning {LEAD_ALL.replace("tags", "to_json(tags)")}',
}


def pgbench_script(folder, kind):
    """The script, and its variables. One for all workspaces, because plat has one prepared statement for them too."""
    enter = ENTER_TO_WRITE if kind == 'insert' else ENTER
    lines = {'settings': [f'select num_nulls({SETTINGS})'], 'preamble': [ENTER]}.get(kind) or [enter, STATEMENTS[kind]]
    path = pathlib.Path(folder) / (kind.replace(', ', '_').replace(' ', '_') + '.pgbench')
    path.write_text(f'\\set w random(1, {WORKSPACES})\n\\set k random(0, {LISTINGS // WORKSPACES - 1}) * {WORKSPACES} + :w - 1\n'
                    '\\set town random(0, 39)\n\\set from random(2, 5) * 100000\n\\set to :from + 600000\n\\set tower random(0, 39)\n'
                    '\\set lead random(0, 1000000000)\n\\set score random(0, 100)\n'
                    f'\\startpipeline\n{";".join(lines)};\n\\endpipeline\n')
    return path, {'timeout': '8000', 'claims': json.dumps(claims_of(1, 7)), 'most': '1001', 'page': '25',
                  'reads_only': 'off'}
