"""Custom domains: proven by a TXT record or a file, lost when the proof is gone; over HTTP, by the job and by plat domains."""
import pytest

from conftest import wait_until
from sitekit import Town
from storagekit import uid

FILE = '/.well-known/plat-verify.txt'


@pytest.fixture(scope='module')
def town(template):
    t = Town(template)
    yield t
    t.close()


def claim(town, domain, ws='a'):
    """(id, token) of a new claim."""
    return town.database.query('insert into mls.workspace_domains (workspace_id, domain) values (%s, %s) returning id::text, verification_token',
                               uid(f'ws {ws}'), domain)[0]


def verify(town, id, who='a_admin'):
    town.database.query("update mls.workspace_domains set checked_at = checked_at - interval '1 minute'")
    return town.as_(who, 'POST', f'/site/v1/domains/{id}/verify')


def slug(town, host):
    r = town.get('/site/v1/site', host)
    return r.json['slug'] if r.status == 200 else r.status


def test_a_record_proves_a_domain(town):
    id, token = claim(town, 'one.example.net')
    said = verify(town, id).ok()
    assert said['verified_at'] is None and 'there is no TXT record _plat.one.example.net' in said['failure']
    assert said['proof']['dns'] == {'name': '_plat.one.example.net', 'type': 'TXT', 'value': f'plat-verify={token}'}
    assert slug(town, 'one.example.net') == 404
    town.dns.records['_plat.one.example.net'] = ['v=spf1 -all', 'plat-verify=another']
    assert 'does not say plat-verify' in verify(town, id).ok()['failure']
    town.dns.records['_plat.one.example.net'].append(f'plat-verify={token}')
    said = verify(town, id).ok()
    assert said['verified_at'] and said['verified_by'] == 'dns' and said['failure'] is None
    wait_until(lambda: slug(town, 'one.example.net') == 'tenant-a')  # heard, not waited for
    town.database.query("update mls.workspace_domains set domain = 'other.example.net' where id = %s", id)
    wait_until(lambda: slug(town, 'one.example.net') == 404)
    assert slug(town, 'other.example.net') == 404


def test_admins_of_the_workspace_ask_for_it(town):
    id, _ = claim(town, 'rights.example.net')
    assert verify(town, id, 'a_agent').status == 403
    assert verify(town, id, 'b_admin').status == 404
    assert verify(town, id, 'anon').status == 401
    assert town.get(f'/site/v1/domains/{id}/verify', method='POST').status == 401
    assert verify(town, 'x').status == 404 and verify(town, uid('nothing')).status == 404
    assert verify(town, id, 'service').status == 200
    again = town.as_('a_admin', 'POST', f'/site/v1/domains/{id}/verify')
    assert again.status == 429 and again.headers['Retry-After'] == '5'


def test_whose_proof_is_gone_loses_the_domain_to_who_has_one(town):
    a, a_token = claim(town, 'two.example.net')
    b, b_token = claim(town, 'two.example.net', 'b')
    records = town.dns.records['_plat.two.example.net'] = [f'plat-verify={a_token}', f'plat-verify={b_token}']
    assert verify(town, a).ok()['verified_at']
    assert verify(town, b, 'b_admin').ok()['failure'] == 'two.example.net is verified by another workspace, whose proof is still there'
    wait_until(lambda: slug(town, 'two.example.net') == 'tenant-a')
    records.remove(f'plat-verify={a_token}')
    assert verify(town, b, 'b_admin').ok()['verified_at']
    wait_until(lambda: slug(town, 'two.example.net') == 'tenant-b')
    reason, = town.database.query('select failure from mls.workspace_domains where id = %s and verified_at is null', a)
    assert 'another workspace proved that it has two.example.net, and of this one there is no record' in reason[0]


def test_the_file_of_a_domain_that_leads_here(town):
    id, token = claim(town, 'file.example.net')
    assert town.get(FILE, 'file.example.net').text == f'{token}\n'
    assert town.get(FILE, 'nobody.example.net').status == 404
    claim(town, 'file.example.net', 'b')  # two claims: the file would prove both
    assert town.get(FILE, 'file.example.net').status == 404


def test_a_claim_takes_nothing_and_a_record_wins_over_a_file(town):
    def domains(what, workspace, **more):
        return town.plat.ok('domains', what, 'won.example.net', '--workspace', workspace, **more)
    env = {'http_proxy': town.web.url, 'https_proxy': town.web.url, 'PLAT_PRIVATE_FEEDS': 'on'}
    domains('add', 'tenant-a')
    token = town.get(FILE, 'won.example.net').text.strip()
    town.web.files[f'http://won.example.net{FILE}'] = token
    assert 'verified by file' in domains('verify', 'tenant-a', env=env)
    domains('add', 'tenant-b')
    assert town.get(FILE, 'won.example.net').text == f'{token}\n'  # or the claim would end the proof of who has it
    other = town.database.one("select verification_token from mls.workspace_domains where domain = 'won.example.net' and verified_at is null")
    town.dns.records['_plat.won.example.net'] = [f'plat-verify={other}']
    assert 'verified by dns' in domains('verify', 'tenant-b', env=env)
    wait_until(lambda: slug(town, 'won.example.net') == 'tenant-b')


def test_a_file_does_not_prove_what_another_workspace_had(town):
    env = {'http_proxy': town.web.url, 'https_proxy': town.web.url, 'PLAT_PRIVATE_FEEDS': 'on'}

    def domains(what, workspace, more={}):
        return town.plat.run('domains', what, 'held.example.net', '--workspace', workspace, env=env | more)
    assert domains('add', 'tenant-a').returncode == 0
    token = town.get(FILE, 'held.example.net').text.strip()
    town.web.files[f'http://held.example.net{FILE}'] = token
    assert 'verified by file' in domains('verify', 'tenant-a').stdout
    assert domains('remove', 'tenant-a').returncode == 0
    # It still leads here, so our own file would prove it to whoever comes next.
    assert domains('add', 'tenant-b').returncode == 0
    assert town.get(FILE, 'held.example.net').status == 404
    other = town.web.files[f'http://held.example.net{FILE}'] = town.database.one(
        "select verification_token from mls.workspace_domains where domain = 'held.example.net'")
    r = domains('verify', 'tenant-b')
    assert r.returncode == 1 and 'no file proves a domain that another workspace has, or had within 90 days' in r.stderr
    # Who had it has it again by its file, and a record decides.
    assert domains('add', 'tenant-a').returncode == 0
    town.web.files[f'http://held.example.net{FILE}'] = town.get(FILE, 'held.example.net').text.strip()
    assert 'verified by file' in domains('verify', 'tenant-a').stdout
    town.dns.records['_plat.held.example.net'] = [f'plat-verify={other}']
    assert 'verified by dns' in domains('verify', 'tenant-b').stdout


def test_a_file_does_not_prove_names_of_this_server(town):
    env = {'http_proxy': town.web.url, 'https_proxy': town.web.url, 'PLAT_PRIVATE_FEEDS': 'on', 'PLAT_PUBLIC_URL': 'https://Api.example.com:8443',
           'PLAT_SITE_URL': 'https://app.example.com'}
    for name in 'api.example.com', 'x.app.example.com':
        assert town.plat.run('domains', 'add', name, '--workspace', 'tenant-a').returncode == 0
        token = town.web.files[f'http://{name}{FILE}'] = town.database.one(
            'select verification_token from mls.workspace_domains where domain = %s', name)
        r = town.plat.run('domains', 'verify', name, '--workspace', 'tenant-a', env=env)
        assert r.returncode == 1 and 'no file proves a name of this server itself' in r.stderr
        town.dns.records[f'_plat.{name}'] = [f'plat-verify={token}']
        assert 'verified by dns' in town.plat.run('domains', 'verify', name, '--workspace', 'tenant-a', env=env).stdout


def test_the_command_line(town):
    def ok(*args, **more):
        return town.plat.ok('domains', *args, '--workspace', 'tenant-a', **more)
    said = ok('add', 'CLI.example.net', '--primary')
    token = town.database.one("select verification_token from mls.workspace_domains where domain = 'cli.example.net'")
    assert f'plat-verify={token}' in said
    r = town.plat.run('domains', 'verify', 'cli.example.net', '--workspace', 'tenant-a')
    assert r.returncode == 1 and 'there is no TXT record _plat.cli.example.net' in r.stderr
    # A file there; plat reaches it as its environment has it, once private addresses are allowed.
    town.web.files[f'http://cli.example.net{FILE}'] = token
    env = {'http_proxy': town.web.url, 'https_proxy': town.web.url}
    r = town.plat.run('domains', 'verify', 'cli.example.net', '--workspace', 'tenant-a', env=env)
    assert r.returncode == 1 and 'verified by' not in r.stdout
    assert 'verified by file' in ok('verify', 'cli.example.net', env=env | {'PLAT_PRIVATE_FEEDS': 'on'})
    assert 'verified by file' in ok('list') and 'primary' in ok('list')
    assert 'removed' in ok('remove', 'cli.example.net')
    assert town.plat.run('domains', 'remove', 'cli.example.net', '--workspace', 'tenant-a').returncode == 1
    r = town.plat.run('domains', 'add', 'no host', '--workspace', 'tenant-a')
    assert r.returncode == 1 and "'no host' is no host name" in r.stderr
    assert town.plat.run('domains', 'nothing').returncode == 2


def test_a_proof_is_looked_at_again_and_missed_for_three_days(town):
    id, token = claim(town, 'again.example.net')
    town.dns.records['_plat.again.example.net'] = [f'plat-verify={token}']
    assert verify(town, id).ok()['verified_at']
    del town.dns.records['_plat.again.example.net']

    def state():
        return town.database.query('select verified_at is not null, failing_since is not null, failure from mls.workspace_domains where id = %s', id)[0]

    def run_job():
        town.database.query("select plat.enqueue('site.domains', '{}')")
        wait_until(lambda: not town.database.one("select count(*) from plat.jobs where name = 'site.domains' and status in ('queued', 'running')"))
    worker = town.plat.start('work')
    town.database.query("update mls.workspace_domains set checked_at = now() - interval '8 days' where id = %s", id)
    run_job()
    assert state()[:2] == (True, True)
    assert slug(town, 'again.example.net') == 'tenant-a'
    town.database.query("""update mls.workspace_domains set checked_at = now() - interval '7 hours', failing_since = now() - interval '73 hours'
                           where id = %s""", id)
    run_job()
    assert state()[:2] == (False, True) and '_plat.again.example.net' in state()[2]
    wait_until(lambda: slug(town, 'again.example.net') == 404)
    assert town.plat.stop(worker) == 0
