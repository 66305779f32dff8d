"""Saved searches with alerts and favourites on a running worker: what is told, to whom, by mail and in the app, once, whatever is killed."""
import base64, contextlib, json, re, signal, time, uuid

import psycopg2, psycopg2.errors, pytest

from conftest import get, wait_until
from smtp_server import SmtpServer
from storagekit import SECRET, token_of, two_tenants, uid

WS = uid('ws a')
PUBLIC = 'https://api.example.org'


class Alerts:
    """A worker, the listings of workspace A, and what people were told."""

    def __init__(self, plat, database):
        self.plat, self.database, self.worker = plat, database, None
        two_tenants(database)
        database.query('update mls.compliance_profiles set shows_unstated = true, mls_name = %s', 'Coast MLS')

    def work(self, **env):
        self.worker = self.plat.start('work', '--lease', 3, env={'PLAT_PUBLIC_URL': PUBLIC, 'PLAT_SITE_URL': 'https://homes.example'} | env)
        return self.worker

    def search(self, name, query, who='a_client', **columns):
        columns = {'alert': 'instant'} | columns
        return self.database.one(f'''insert into mls.saved_searches (workspace_id, user_id, name, query, {", ".join(columns)})
                                     values (%s, %s, %s, %s, {", ".join(["%s"] * len(columns))}) returning id::text''',
                                 WS, uid(who), name, json.dumps(query), *columns.values())

    def listing(self, key, **columns):
        columns = {'standard_status': 'Active', 'city': 'Miami', 'list_price': 500000, 'bedrooms': 3} | columns
        return self.database.one(f'''insert into mls.listings (workspace_id, source_listing_key, {", ".join(columns)})
                                     values (%s, %s, {", ".join(["%s"] * len(columns))}) returning id::text''', WS, key, *columns.values())

    def change(self, id, **columns):
        self.database.query(f'update mls.listings set {", ".join(f"{c} = %s" for c in columns)} where id = %s', *columns.values(), id)

    def told(self, who='a_client'):
        return sorted(self.database.query('''select l.source_listing_key, a.kind, coalesce(a.old_value, ''), coalesce(a.new_value, '')
            from mls.search_alerts a join mls.listings l on l.id = a.listing_id where a.user_id = %s''', uid(who)))

    def watched(self):
        """The next change is news: what was there is counted, and the follower has begun."""
        wait_until(lambda: self.database.query('''select 1 from plat.followers f, mls.alert_workspaces w
            where f.name = 'alerts' and w.workspace_id = %s and w.ready_at is not null''', WS))

    def hurry(self, by='3 minutes'):
        """What waits for its time need not: schedules, and mails for two minutes or for eight o'clock."""
        self.database.query("update mls.search_alerts set found_at = now() - %s::interval where mailed_at is null", by)
        self.database.query("update plat.jobs set run_at = now() where status = 'queued'")
        self.database.query('update plat.schedules set next_at = now()')

    def looked(self):
        """Everything committed until now was looked at."""
        before = self.database.one('select txid_current()')
        def it_was():
            self.database.query("update plat.schedules set next_at = now() where name = 'alerts.match'")
            return self.database.query("""select 1 from plat.followers where name = 'alerts' and round_xid is null
                and not exists (select from mls.listings where changed_xid >= from_xid) and %s > 0""", before)
        wait_until(it_was)


@pytest.fixture
def alerts(plat, database):
    return Alerts(plat, database)


def test_new_ones_lower_prices_and_returns_are_told_once_whatever_is_killed(alerts):
    old = alerts.listing('old')
    search = alerts.search('Miami under 600', {'q': '*', 'filter_by': 'city:=Miami && list_price:<600000'})
    worker = alerts.work()
    alerts.watched()
    ids = [alerts.listing(f'n{i}', list_price=500000 + i) for i in range(20)]
    alerts.listing('dear', list_price=700000)
    alerts.listing('far', city='Tampa')
    hidden = alerts.listing('hidden', raw='{"InternetEntireListingDisplayYN": false}')
    deadline = time.monotonic() + 6
    for i in range(40):
        alerts.change(ids[i % 20], list_price=400000 - i)
        if i == 20:
            alerts.change(old, standard_status='Pending')
        if i % 13 == 12 and time.monotonic() < deadline:
            alerts.database.query("update plat.schedules set next_at = now() where name = 'alerts.match'")
            time.sleep(0.4)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            alerts.database.query("update plat.jobs set leased_until = now() - interval '1 second' where status = 'running'")
            worker = alerts.work()
    alerts.change(ids[3], standard_status='Pending')
    alerts.looked()
    alerts.change(ids[3], standard_status='Active')
    alerts.change(old, standard_status='Active')
    alerts.looked()
    told = alerts.told()
    assert [t[0] for t in told if t[1] == 'new'] == sorted(f'n{i}' for i in range(20))
    assert [t[:2] for t in told if t[1] == 'back_on_market'] == [('n3', 'back_on_market'), ('old', 'back_on_market')]
    drops = [t for t in told if t[1] == 'price_drop']
    assert len(drops) == len(set(drops)) and all(int(new) < int(was) for _, _, was, new in drops)
    # Whatever was seen of a price on its way, the last one is told where it came after the listing.
    last = {f'n{i}': str(400000 - i - 20) for i in range(20)}
    assert {key for key, _, _, new in drops if new == last[key]} | {key for key, kind, _, new in told if kind == 'new' and new == last[key]} \
        == set(last)
    assert alerts.database.one('select problem from mls.saved_searches where id = %s', search) is None
    alerts.change(hidden, list_price=1)
    alerts.looked()
    assert not [t for t in alerts.told() if t[0] in ('hidden', 'dear', 'far')]


def test_agents_see_more_and_addresses_stay_hidden(alerts):
    for who, kinds in ('a_client', '{new}'), ('a_agent', '{new,status}'):
        alerts.search('by street', {'q': 'ocean', 'query_by': 'address_full'}, who, alert_kinds=kinds)
        alerts.search('near', {'q': '*', 'filter_by': 'location:(25.79, -80.13, 2 km)'}, who, alert_kinds=kinds)
    alerts.work()
    alerts.watched()
    at = {'address_full': '100 Ocean Dr', 'latitude': 25.79, 'longitude': -80.13}
    secret = alerts.listing('secret', raw='{"InternetAddressDisplayYN": false}', **at)
    alerts.listing('hidden', raw='{"InternetEntireListingDisplayYN": false}', **at)
    alerts.listing('open', **at)
    alerts.looked()
    assert alerts.told() == [('open', 'new', '', '500000')] * 2
    assert [t[:2] for t in alerts.told('a_agent')] == [(key, 'new') for key in ('hidden', 'hidden', 'open', 'open', 'secret', 'secret')]
    alerts.change(secret, standard_status='Pending')
    alerts.looked()
    assert [t for t in alerts.told('a_agent') if t[1] == 'status'] == [('secret', 'status', 'Active', 'Pending')] * 2
    assert len(alerts.told()) == 2


def test_a_query_that_cannot_be_used_has_its_problem(alerts):
    bad = alerts.search('bad', {'q': '*', 'filter_by': 'list_price:<'})
    agents_only = alerts.search('agents', {'q': '*', 'filter_by': 'import_task_id:=x'})
    good = alerts.search('good', {'q': '*', 'filter_by': 'bedrooms:>=3'})
    def problem(id):
        return alerts.database.one('select problem from mls.saved_searches where id = %s', id)
    alerts.work()
    wait_until(lambda: problem(bad) and problem(agents_only))
    assert 'filter_by' in problem(bad) and re.search(r'\d', problem(bad)), problem(bad)
    assert 'import_task_id' in problem(agents_only)
    alerts.database.query('update mls.saved_searches set query = %s where id = %s', json.dumps({'q': '*', 'filter_by': 'list_price:<9'}), bad)
    alerts.watched()
    alerts.listing('n')
    alerts.looked()
    assert (problem(bad), problem(good)) == (None, None) and alerts.told() == [('n', 'new', '', '500000')]


def links(text):
    return re.findall(r'https://api\.example\.org(/alerts/v1/unsubscribe\?token=[\w-]+)', text)


def test_mails_say_everything_once_and_can_be_ended_without_a_login(alerts, serve):
    with SmtpServer() as server:
        server.faults = ['451 4.3.0 not now']
        first = alerts.search('Miami <b>', {'q': '*', 'filter_by': 'city:=Miami'})
        second = alerts.search('three beds', {'q': '*', 'filter_by': 'bedrooms:=3'}, alert='daily')
        # Far from eight o'clock, so that no digest is due by chance.
        alerts.database.query('update mls.workspaces set time_zone = %s where id = %s',
                              'Asia/Tokyo' if 6 <= time.gmtime().tm_hour <= 9 else 'UTC', WS)
        alerts.search('gone', {'q': '*'}, 'a_agent')
        alerts.work(PLAT_SMTP_URL=server.url())
        alerts.watched()
        for i in range(30):
            alerts.listing(f'n{i:02}', list_office_name='Sea & Sand Realty', address_full=f'{i} Ocean Dr',
                           raw=json.dumps({'ListOfficePhone': '+1 305 555 0100'} | ({'InternetAddressDisplayYN': False} if i else {})))
        alerts.database.query('update auth.users set banned_until = %s where id = %s', '2999-01-01', uid('a_agent'))
        alerts.looked()
        assert len(alerts.told()) == 60
        alerts.database.query('update mls.saved_searches set told = 2234 where id = %s', first)
        def mailed():
            alerts.hurry()
            return server.mails
        wait_until(mailed)
        alerts.listing('tampa', city='Tampa', list_price=None, standard_status='Coming Soon')
        alerts.listing('later', city='Tampa', list_price=None)
        alerts.looked()
        def has_digest():
            alerts.hurry('8 days')
            return len(server.mails) > 1
        wait_until(has_digest)
        assert [m.recipients for m in server.mails] == [['a_client@example.org']] * 2
        mail, digest = server.mails
        # What was in the first is not in the digest of the other search.
        assert digest.message['subject'] == 'New: Tampa' and 'Coming Soon' not in digest.part('plain')
        plain, html = mail.part('plain'), mail.part('html')
        assert mail.message['subject'] == '30 listings for “Miami <b>”'
        assert plain.count('https://homes.example/listings/') == 25 and 'And 5 more' in plain
        assert '$500,000' in plain and 'Listed by Sea & Sand Realty, +1 305 555 0100' in plain and 'Coast MLS' in plain
        assert plain.count('Ocean Dr') <= 1 and 'Miami &lt;b&gt;' in html and 'Miami <b>' not in html
        more = f'https://homes.example/searches/{first}'
        assert f'And 1,234 more of “Miami <b>”: {more}' in plain and f'1,234 more of “Miami &lt;b&gt;”: <a href="{more}"' in html
        assert '1,234' not in digest.part('plain')
        assert mail.message['list-unsubscribe-post'] == 'List-Unsubscribe=One-Click'
        header = mail.message['list-unsubscribe'].strip('<>')
        assert header in [PUBLIC + l for l in links(plain)]

    port = serve()
    one_click = links(header)[0]
    def by_mail():
        return dict(alerts.database.query("select id::text, by_mail from mls.saved_searches where user_id = %s", uid('a_client')))
    status, headers, page = get(port, one_click)
    assert status == 200 and 'Miami &lt;b&gt;' in page and headers['referrer-policy'] == 'no-referrer' and all(by_mail().values())
    form = {'Content-Type': 'application/x-www-form-urlencoded'}
    assert get(port, one_click, 'POST', form, 'List-Unsubscribe=One-Click')[0] == 200
    assert by_mail() == {first: False, second: True}
    everything = links(plain)[-1]
    assert 'saved searches and favorites' in get(port, everything)[2] and get(port, everything, 'POST')[0] == 200
    assert by_mail() == {first: False, second: False}
    token = everything.split('=')[1]
    raw = bytearray(base64.urlsafe_b64decode(token + '=='))
    for wrong in '', 'x', token[:-1], base64.urlsafe_b64encode(bytes(raw[:20]) + b'\1' + bytes(raw[21:])).decode().rstrip('='):
        status, _, page = get(port, f'/alerts/v1/unsubscribe?token={wrong}', 'POST')
        assert status == 400 and 'not complete' in page


def test_people_choose_and_look_over_rest(alerts, serve, plat):
    plat.env['PLAT_JWT_SECRET'] = SECRET
    port = serve()
    def ask(method, path, body=None, who='a_client'):
        headers = {'Authorization': f'Bearer {token_of(who)}', 'Content-Type': 'application/json', 'Prefer': 'return=representation'}
        status, _, text = get(port, f'/rest/v1/{path}', method, headers, json.dumps(body) if body is not None else None)
        return status, json.loads(text) if text else None
    listing = alerts.listing('mine')
    columns = 'id,name,alert,alert_kinds,by_mail,in_app,problem,last_alerted_at'
    status, rows = ask('POST', f'saved_searches?select={columns}', {'name': 'beach', 'alert': 'weekly', 'alert_kinds': ['new'],
                                                                    'query': {'q': '*', 'filter_by': 'city:=Miami'}})
    assert status == 201 and rows[0]['alert'] == 'weekly'
    assert ask('POST', f'saved_searches?select={columns}', {'name': 'x', 'query': {'q': {'a': 1}}})[0] == 400
    assert ask('POST', f'saved_searches?select={columns},query', {'name': 'x', 'query': {'q': '*', 'query_by': ['city', 'address_full'], 'filter_by': None}}
               )[1][0]['query'] == {'q': '*', 'query_by': 'city,address_full'}
    assert ask('PATCH', f'saved_searches?id=eq.{rows[0]["id"]}&select=id', {'problem': 'x'})[0] == 403
    assert ask('POST', 'favorites?select=id,alert,seen_price', {'listing_id': listing})[1][0] | {'id': 0} == \
        {'id': 0, 'alert': 'in_app', 'seen_price': 500000}
    alerts.work()
    alerts.watched()
    alerts.change(listing, list_price=450000)
    alerts.looked()
    [favorite] = ask('POST', 'rpc/my_favorites', {})[1]
    assert (favorite['seen_price'], favorite['list_price'], favorite['price_change'], favorite['is_changed']) == (500000, 450000, -50000, True)
    [alert] = ask('GET', 'search_alerts')[1]
    assert (alert['kind'], alert['old_value'], alert['new_value'], alert['saved_search_id'], alert['by_mail']) == \
        ('price_drop', '500000', '450000', None, False)
    assert ask('GET', 'search_alerts', who='a_agent')[1] == []
    hidden = 'update mls.compliance_profiles set hidden_fields = %s where workspace_id = %s'
    alerts.database.query(hidden, '{year_built}', WS)
    assert ask('GET', 'search_alerts')[1] == [alert]
    assert ask('PATCH', 'search_alerts?seen_at=is.null', {'seen_at': '2026-01-01T00:00:00Z'})[1][0]['seen_at']
    assert ask('POST', 'rpc/my_alerts', {})[1][0]['listing']['city'] == 'Miami'
    assert ask('POST', 'rpc/look_at_favorites', {'ids': [favorite['id']]})[1] == 1
    assert ask('POST', 'rpc/my_favorites', {})[1][0]['is_changed'] is False
    # What the profile hides from now on is told no more, and what was told of it is taken back.
    alerts.database.query(hidden, '{list_price}', WS)
    assert ask('GET', 'search_alerts')[1] == [] and ask('GET', 'favorites?select=seen_price')[1] == [{'seen_price': None}]
    alerts.change(listing, list_price=400000)
    alerts.looked()
    assert ask('GET', 'search_alerts')[1] == [] and alerts.told() == []


def test_a_digest_waits_for_what_was_found_before_it(alerts):
    """Found before eight, committed after eight: in the first digest, not in one of its own."""
    database = alerts.database
    search, listing = alerts.search('Miami', {'q': '*'}, alert='daily'), alerts.listing('n')
    with contextlib.closing(psycopg2.connect(database.url)) as writer, contextlib.closing(psycopg2.connect(database.url)) as mailer:
        w, m = writer.cursor(), mailer.cursor()
        w.execute('select count(*) from mls.read_alert_changes(1)')  # holds the follower's row, as a look does
        m.execute("set lock_timeout = '300ms'")
        with pytest.raises(psycopg2.errors.LockNotAvailable):
            m.execute('select mls.alerts_settled()')
        mailer.rollback()
        w.execute("""select mls.add_search_alerts(%s, array[%s]::uuid[], '{f}', array[%s]::uuid[], '{new}', '{null}', '{500000}', '{2026-01-01}')""",
                  (WS, search, listing))
        writer.commit()
        m.execute('select a.found_at < mls.alerts_settled() from mls.search_alerts a')
        assert m.fetchone() == (True,)


def test_a_crowd_of_searches_is_told_in_pieces(alerts):
    """More than a transaction's share: less is read, and everybody is told of everything, once."""
    database = alerts.database
    database.query("""insert into mls.saved_searches (workspace_id, user_id, name, query, alert, by_mail)
                      select %s, %s, 'all', '{"q": "*"}', 'instant', false from generate_series(1, 105)""", WS, uid('a_client'))
    alerts.work()
    alerts.watched()
    database.query("""insert into mls.listings (workspace_id, source_listing_key, standard_status, city, list_price)
                      select %s, 'n' || k, 'Active', 'Miami', 1000 + k from generate_series(1, 100) k""", WS)
    alerts.looked()
    assert database.query('select count(*), count(distinct (saved_search_id, listing_id)) from mls.search_alerts') == [(10500, 10500)]
    assert database.one("select count(distinct xmin::text) from mls.search_alerts") > 1


def test_the_command_line_tells_where_it_is_and_what_a_search_would_find(alerts):
    search = alerts.search('beds', {'q': '*', 'filter_by': 'bedrooms:>3'})
    alerts.listing('a', bedrooms=4, address_full='4 Long St')
    alerts.listing('b', bedrooms=5, raw='{"InternetEntireListingDisplayYN": false}')
    alerts.listing('c', bedrooms=2)
    alerts.work()
    alerts.watched()
    out = alerts.plat.ok('alerts', 'preview', search)
    assert '1 of 2 listings' in out and '4 Long St' in out
    out = alerts.plat.ok('alerts')
    assert re.search(r'searches with alerts +1', out) and re.search(r'behind +', out)
    bad = alerts.search('bad', {'q': '*', 'filter_by': 'bedrooms:<>'})
    r = alerts.plat.run('alerts', 'preview', bad)
    assert r.returncode == 1 and 'filter_by' in r.stderr
    r = alerts.plat.run('alerts', 'preview', str(uuid.uuid4()))
    assert r.returncode == 1 and 'there is no saved search' in r.stderr
