"""What a request tells the database, under which settings it runs, what may go before it (rest-dialect 1.12)."""
import concurrent.futures

from restkit import bearer, error


def settings(api, headers=None, path='/my_settings', **more):
    return api.rows(path, headers, **more)[0]['settings']


def test_a_read_is_told(api):
    told = settings(api, {'X-Custom': 'Value', 'Cookie': 'a=1; b="two"; c=x=y', 'User-Agent': 'tests'})
    assert (told['role'], told['login']) == ('web_anon', 'web_login')
    assert (told['method'], told['path'], told['read_only']) == ('GET', '/my_settings', 'on')
    assert told['headers']['x-custom'] == 'Value' and told['headers']['user-agent'] == 'tests' and told['headers']['host']
    assert 'X-Custom' not in told['headers'] and 'cookie' not in told['headers']
    assert (told['cookies']['a'], told['cookies']['b'].strip('"'), told['cookies']['c']) == ('1', 'two', 'x=y')
    assert told['claims'] == {'role': 'web_anon'}
    assert told['search_path'].replace(' ', '') == '"test","public"' and told['isolation'] == 'read committed' and told['setting'] is None


def test_claims_are_told_as_they_are(api):
    claims = {'sub': 'ann', 'n': 5, 'deep': {'list': [1, 'two', None]}, 'text': 'æøå "quoted" \\ back', 'big': 12345678901234567890,
              'http://a.b/c': True}
    assert settings(api, bearer('web_author', **claims))['claims'] == claims | {'role': 'web_author'}


def test_a_call_is_told(api):
    told = api.post('/rpc/request_settings', {}).json()
    assert (told['method'], told['path'], told['read_only']) == ('POST', '/rpc/request_settings', 'on')
    assert api.get('/rpc/request_settings?').json()['method'] == 'GET'
    assert api.post('/rpc/say_status', {'status': '200'}).status == 200


def test_odd_headers_are_told_safely(api):
    told = settings(api, [('X-Quote', 'a"b\\c\'d'), ('X-Empty', ''), ('X-Latin', 'caf\xe9'.encode('latin-1')), ('X-Utf8', 'æ'.encode()),
                          ('X-Tab', 'a\tb')])
    assert told['headers']['x-quote'] == 'a"b\\c\'d' and told['headers']['x-empty'] == '' and told['headers']['x-utf8'] == 'æ'
    assert told['headers']['x-tab'] == 'a\tb'


def test_nothing_is_left_for_the_next_request(api):
    settings(api, bearer('web_author', sub='ann') | {'X-Once': 'now', 'Cookie': 'a=b', 'Prefer': 'timezone=Asia/Tokyo'})
    told = settings(api)
    assert told['role'] == 'web_anon' and told['claims'] == {'role': 'web_anon'} and 'x-once' not in told['headers']
    assert told['timezone'] != 'Asia/Tokyo'
    assert not told['cookies']


def test_settings_of_the_role(api):
    assert settings(api, role='web_reader')['work_mem'] == '5MB' and settings(api)['work_mem'] != '5MB'
    assert settings(api, role='web_serial')['isolation'] == 'serializable' and settings(api)['isolation'] == 'read committed'
    assert settings(api, role='web_hurried')['timeout'] == '200ms' and settings(api)['timeout'] != '200ms'


def test_the_timeout_of_a_role(api):
    error(api.get('/rpc/nap?seconds=5', role='web_hurried'), 500, '57014', 'canceling statement due to statement timeout', None, None)
    assert api.rows('/rpc/nap?seconds=0.01', role='web_hurried') == 'awake'
    assert api.rows('/rpc/nap?seconds=0.4') == 'awake'


def test_a_timeout_is_not_the_neighbours(api):
    """Requests share connections: one that runs out of time ends alone."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        slow = [pool.submit(api.get, '/rpc/nap?seconds=5', role='web_hurried') for _ in range(4)]
        fast = [pool.submit(api.get, '/features?id=eq.1') for _ in range(40)]
        assert [f.result().status for f in fast] == [200] * 40
        assert [s.result().json()['code'] for s in slow] == ['57014'] * 4


# A function before each request; transactions that are always rolled back

def test_the_function_before_each_request(told):
    def ask(mood, path='/my_settings'):
        return told.get(path, bearer(mood=mood))

    assert ask(None).json()[0]['settings']['role'] == 'web_anon'
    assert ask('author').json()[0]['settings']['role'] == 'web_author'
    assert told.get('/authors_only').status == 401 and told.get('/authors_only', bearer(mood='author')).status == 200
    answer = ask('angry')
    assert (answer.status, answer.json()) == (400, {'code': 'P0001', 'message': 'not in this mood'})
    assert ask('polite')['X-Mood'] == 'polite' and ask(None)['X-Mood'] is None
    assert ask('teapot').status == 418
    assert ask('author', '/').status == 200


def test_settings_of_the_application(told):
    assert settings(told)['setting'] == 'green'
    assert settings(told)['search_path'].replace(' ', '') == '"test","public","hidden"'


def test_a_function_at_the_root(told):
    answer = told.get('/')
    assert (answer.status, answer.json()) == (200, {'hello': 'root'})


def test_writes_of_which_nothing_is_kept(told, database):
    answer = told.post('/vacant', {'id': 1, 'name': 'gone'}, prefer='return=representation')
    assert (answer.status, answer.json()) == (201, [{'id': 1, 'name': 'gone'}])
    assert told.post('/vacant', {'id': 1, 'name': 'gone'}, prefer='tx=commit').status == 201
    assert database.one('select count(*) from test.vacant') == 0


def test_writes_are_kept_by_preference_only(profiles, database):
    v2 = {'Content-Profile': 'v2'}
    assert profiles.post('/extras', {'id': 7, 'name': 'seven'}, headers=v2)['Preference-Applied'] is None
    assert database.one('select count(*) from v2.extras where id = 7') == 0
    answer = profiles.post('/extras', {'id': 7, 'name': 'seven'}, headers=v2, prefer='tx=commit')
    assert (answer.status, answer['Preference-Applied']) == (201, 'tx=commit')
    assert database.query('delete from v2.extras where id = 7 returning name') == [('seven',)]


def test_writes_by_preference(api, database):
    answer = api.post('/vacant', {'id': 1, 'name': 'gone'}, prefer='tx=rollback')
    assert (answer.status, answer['Preference-Applied']) == (201, 'tx=rollback')
    assert database.one('select count(*) from test.vacant') == 0


def test_reads_cannot_write(api):
    error(api.get("/rpc/fail_with?state=25006"), 405, '25006')
    assert api.rows('/rpc/request_settings')['read_only'] == 'on'


def test_the_login_itself_has_no_rights(api, database):
    assert database.one("select count(*) from information_schema.role_table_grants where grantee = 'web_login'") == 0
    assert settings(api, role='web_author')['login'] == 'web_login'
