"""Mail: from a row of plat.mails to the mail server, with its faults, or to the outbox; templates."""
import re, subprocess

import pytest

from conftest import wait_until
from smtp_server import SmtpServer

CONFIRM = '{"ConfirmationURL": "https://x.example/verify?token=abc&type=signup", "Token": "123456"}'


@pytest.fixture
def server():
    with SmtpServer() as s:
        yield s


class Post:
    """A worker and what is in plat.mails."""

    def __init__(self, plat, database):
        self.plat, self.database, self.worker = plat, database, None

    def work(self, url=None, **settings):
        env = {f'PLAT_{k.upper()}': v for k, v in settings.items()} | ({'PLAT_SMTP_URL': url} if url else {})
        self.worker = self.plat.start('work', '--lease', 3, env=env)
        return self.worker

    def send(self, template='confirmation', address='ada@example.org', data=CONFIRM):
        return self.database.one('select plat.send_mail(%s, %s, %s)::text', template, address, data)

    def mail(self, id):
        keys = ['status', 'subject', 'text', 'html', 'data', 'error']
        return dict(zip(keys, self.database.query(f'select {", ".join(keys)} from plat.mails where id = %s', id)[0]))

    def job(self, id):
        keys = ['status', 'attempts', 'last_error']
        return dict(zip(keys, self.database.query(f"select {', '.join(keys)} from plat.jobs where payload ->> 'id' = %s", id)[0]))

    def hurry(self):
        """What waits for its next attempt need not wait."""
        self.database.query("update plat.jobs set run_at = now() where status = 'queued'")

    def becomes(self, id, status):
        def it_is():
            self.hurry()
            return self.mail(id)['status'] == status
        it_is.__name__ = f'{id} is {status}'
        wait_until(it_is)
        return self.mail(id)


@pytest.fixture
def post(plat, database):
    return Post(plat, database)


def test_a_mail_reaches_its_server(post, server):
    post.work(server.url(), mail_from='1 OAK Bürö <noreply@oak.example>')
    id = post.send()
    kept = post.becomes(id, 'sent')
    mail = server.mails[0]
    assert (mail.sender, mail.recipients) == ('noreply@oak.example', ['ada@example.org'])
    assert mail.message['from'] == '1 OAK Bürö <noreply@oak.example>'
    assert mail.message['to'] == 'ada@example.org' and mail.message['subject'] == 'Confirm your address'
    assert mail.message['message-id'] == f'<{id}@oak.example>' and mail.message['date'].datetime
    assert 'https://x.example/verify?token=abc&type=signup' in mail.part('plain') and '123456' in mail.part('plain')
    assert 'href="https://x.example/verify?token=abc&amp;type=signup"' in mail.part('html')
    assert mail.data.isascii() and b'\n' not in mail.data.replace(b'\r\n', b'')
    # What one could sign in with is not kept.
    assert (kept['data'], kept['text'], kept['html'], kept['subject']) == ({}, None, None, 'Confirm your address')
    assert post.job(id)['status'] == 'succeeded'


def test_without_a_server_it_waits_in_the_outbox(post):
    post.work()
    id = post.send(data='{"ConfirmationURL": "https://x.example/1", "Token": "987654"}')
    kept = post.becomes(id, 'outbox')
    assert '987654' in kept['text'] and 'https://x.example/1' in kept['html']
    table = post.plat.ok('mail')
    assert re.search(rf'^{id[:8]}  .* outbox  confirmation  ada@example.org  Confirm your address$', table, re.M), table
    shown = post.plat.ok('mail', 'show', id[:8])
    assert 'ada@example.org' in shown and 'https://x.example/1' in shown
    assert post.plat.ok('mail', 'show', id, '--as-html').startswith('<!doctype html>')


@pytest.mark.parametrize('fault', ['421 4.3.2 not now', '450 4.2.0 greylisted', 'data 451 4.3.0 disk full', 'drop'])
def test_what_may_pass_is_tried_again(post, server, fault):
    server.faults = [fault, fault]
    post.work(server.url())
    id = post.send()
    post.becomes(id, 'sent')
    assert server.attempts == 3 and len(server.mails) == 1
    assert post.job(id)['attempts'] == 3


def test_a_server_that_is_away_is_tried_again(post, server):
    post.work('smtp://127.0.0.1:1')
    id = post.send()
    wait_until(lambda: post.job(id)['last_error'])
    assert '127.0.0.1:1' in post.job(id)['last_error'] and post.job(id)['status'] == 'queued'
    assert post.mail(id)['status'] == 'queued' and post.mail(id)['error'] == post.job(id)['last_error']
    post.plat.stop(post.worker)
    post.work(server.url())
    post.becomes(id, 'sent')


@pytest.mark.parametrize('fault', ['550 5.1.1 no such user', 'data 554 5.7.1 spam'])
def test_what_is_refused_is_dead_at_once(post, server, fault):
    server.faults = [fault] * 3
    post.work(server.url())
    id = post.send()
    kept = post.becomes(id, 'failed')
    answer = fault.removeprefix('data ')
    assert kept['error'] == f'mail server 127.0.0.1:{server.port} answered {answer}'
    wait_until(lambda: post.job(id)['status'] == 'dead')
    assert post.job(id) == {'status': 'dead', 'attempts': 1, 'last_error': kept['error']}
    assert server.attempts == 1
    server.faults = []
    job = post.database.one("select id from plat.jobs where status = 'dead'")
    assert post.plat.ok('jobs', 'retry', job) == f'job {job} is queued again\n'
    post.becomes(id, 'sent')


def test_the_last_attempt_fails_the_mail(post, server):
    server.faults = ['450 4.2.0 later'] * 3
    id = post.send()
    post.database.query('update plat.jobs set max_attempts = 2')
    post.work(server.url())
    assert '450 4.2.0 later' in post.becomes(id, 'failed')['error']
    wait_until(lambda: post.job(id)['status'] == 'dead')
    assert server.attempts == 2


def test_it_logs_in(post):
    with SmtpServer(login=('plat@x', 'p:ss %')) as server:
        post.work(server.url('plat%40x:p%3Ass%20%25@'))
        post.becomes(post.send(), 'sent')
        assert server.mails[0].login == ('plat@x', 'p:ss %')


def test_a_wrong_password_is_no_fault_of_the_mail(post):
    with SmtpServer(login=('u', 'right')) as server:
        worker = post.work(server.url('u:wr0ng@'))
        id = post.send()
        wait_until(lambda: post.job(id)['last_error'])
        assert '535 5.7.8 wrong user or password' in post.job(id)['last_error'] and post.job(id)['status'] == 'queued'
        assert 'wr0ng' not in post.plat.said(worker) and 'wr0ng' not in post.job(id)['last_error']


@pytest.fixture(scope='module')
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp('tls')
    folder.chmod(0o755)
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
                    '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', folder / 'key', '-out', folder / 'cert'],
                   check=True, capture_output=True)
    return folder


def tls(certificate):
    import ssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / 'cert', certificate / 'key')
    return context


def test_starttls_comes_before_the_password(post, certificate):
    with SmtpServer(login=('u', 'p'), context=tls(certificate)) as server:
        post.work(server.url('u:p@', f'?tls=on&ca={certificate}/cert'))
        post.becomes(post.send(), 'sent')
        assert server.mails[0].tls and server.mails[0].login == ('u', 'p')
        assert server.lines.index('STARTTLS') < next(n for n, line in enumerate(server.lines) if line.startswith('AUTH'))


def test_a_certificate_of_nobody_is_refused(post, certificate):
    with SmtpServer(context=tls(certificate)) as server:
        post.work(server.url(query='?tls=on'))
        id = post.send()
        wait_until(lambda: post.job(id)['last_error'])
        assert not server.mails and post.job(id)['status'] == 'queued' and 'certificate' in post.job(id)['last_error'].lower()


def test_without_starttls_nothing_is_said_to_who_wants_it(post):
    with SmtpServer(login=('u', 'p')) as server:
        post.work(server.url('u:p@', '?tls=on'))
        id = post.send()
        wait_until(lambda: post.job(id)['last_error'])
        assert 'does not offer STARTTLS' in post.job(id)['last_error']
        assert not [line for line in server.lines if line.startswith(('AUTH', 'MAIL'))]


@pytest.mark.parametrize('settings, sentence', [
    ({'PLAT_SMTP_URL': 'mail.example'}, 'PLAT_SMTP_URL is not of the form smtp://user:password@host:587 or smtps://…'),
    ({'PLAT_SMTP_URL': 'smtp://h?tls=maybe'}, 'PLAT_SMTP_URL has tls neither on nor off'),
    ({'PLAT_MAIL_FROM': 'nobody'}, 'PLAT_MAIL_FROM is not of the form Name <name@example.org>'),
])
def test_settings_that_cannot_be_read_are_said_at_the_start(plat, settings, sentence):
    r = plat.run('work', env=settings)
    assert r.returncode == 2 and r.stderr == f'plat: {sentence}\n'


def test_a_template_is_replaced_and_reset(post, data, tmp_path):
    (tmp_path / 't.txt').write_text('Hi {{ .Data.name }}: {{ .ConfirmationURL }}\n')
    (tmp_path / 'h.html').write_text('<p>Hi {{ .Data.name }}</p>')
    post.plat.ok('mail', 'template', 'set', 'invite', '--subject', 'Für {{ .Data.name }} ✓', '--text', tmp_path / 't.txt', '--html',
                 tmp_path / 'h.html')
    assert post.plat.ok('mail', '--template', 'invite').startswith('Subject: Für {{ .Data.name }} ✓  (replaced)\n')
    with SmtpServer() as server:
        post.work(server.url())
        name = 'O\'Brien <b>&\\r\\nBcc: evil@example.org'
        post.becomes(post.send('invite', data='{"ConfirmationURL": "https://x.example", "Data": {"name": "%s"}}' % name), 'sent')
        mail = server.mails[0]
    assert mail.message['subject'] == "Für O'Brien <b>&  Bcc: evil@example.org ✓"
    assert mail.message['bcc'] is None and mail.recipients == ['ada@example.org']
    assert mail.part('html').startswith('<p>Hi O&#39;Brien &lt;b&gt;&amp;')
    assert post.plat.ok('mail', 'template', 'reset', 'invite') == 'template invite is as it was\n'
    assert '(built in)' in post.plat.ok('mail', '--template', 'invite')


def test_a_workspace_has_its_own_template(post, database):
    database.query("insert into mls.workspaces (slug, name) values ('w', 'W'), ('v', 'V')")
    post.plat.ok('mail', 'template', 'set', 'invite', '--subject', 'Everybody')
    post.plat.ok('mail', 'template', 'set', 'invite', '--subject', 'Only W', '--workspace', 'w')
    post.work()
    for slug, subject in (('w', 'Only W'), ('v', 'Everybody')):
        id = database.one("select plat.send_mail('invite', 'a@b.example', '{}', (select id from mls.workspaces where slug = %s))::text", slug)
        assert post.becomes(id, 'outbox')['subject'] == subject


@pytest.mark.parametrize('text, sentence', [
    ('a\n{{ .Password }}', 'text: line 2: there is no such variable'),
    ('{{ .Token', 'text: line 1: {{ without }}'),
    ('{{ if .Token }}', 'text: line 1: if without end'),
    ('{{ with .Data }}', 'text: line 1: between {{ and }} stands .Name, if .Name, range .Name, else or end'),
])
def test_a_template_that_cannot_be_read_is_refused(plat, tmp_path, text, sentence):
    (tmp_path / 't').write_text(text)
    r = plat.run('mail', 'template', 'set', 'recovery', '--text', tmp_path / 't')
    assert r.returncode == 1 and sentence in r.stderr
    assert '(built in)' in plat.ok('mail', '--template', 'recovery')


def test_a_template_of_no_kind_is_refused(plat):
    r = plat.run('mail', '--template', 'goodbye')
    assert r.returncode == 1 and 'there is no mail template goodbye; there are confirmation, recovery, magiclink, invite' in r.stderr


def test_an_unknown_template_fails_with_its_name(post):
    post.work()
    id = post.send('goodbye')
    assert post.becomes(id, 'failed')['error'] == 'there is no mail template goodbye'


def test_every_built_in_template_can_be_filled_in(post):
    post.work()
    ids = [post.send(name) for name in
           ('confirmation', 'recovery', 'magiclink', 'invite', 'email_change', 'email_change_current', 'reauthentication')]
    for id in ids:
        kept = post.becomes(id, 'outbox')
        assert kept['subject'] and '123456' in kept['text'] and '123456' in kept['html'] and '{{' not in kept['text'] + kept['html']


def test_lists_without_mail_say_so(plat):
    assert plat.ok('mail') == 'There is no mail yet.\n'
    assert plat.ok('mail', '--status', 'failed') == 'No mail is failed.\n'
    assert plat.run('mail', 'show', 'abc').stderr == 'plat mail: there is no mail abc\n'
    assert plat.run('mail', '--status', 'lost').returncode == 2
