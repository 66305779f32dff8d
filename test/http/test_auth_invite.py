"""Invitations of people into workspaces."""
import json, uuid

import pytest

from auth_more_kit import Auth, PASSWORD
from conftest import wait_until


@pytest.fixture
def auth(plat, serve, database):
    plat.env |= {'PLAT_AUTH_RATE': '0', 'PLAT_SITE_URL': 'http://front.example', 'PLAT_PUBLIC_URL': 'http://api.example'}
    a = Auth(plat, serve(), database)
    plat.start('work')
    return a


def workspace_of(auth, email):
    """A person who is admin of a workspace of their own: their session."""
    return auth.signed_in(email)


def profile(database, user):
    return database.query('select workspace_id::text, role from mls.user_profiles where id = %s', user)


def link_for(database, address):
    def mailed():
        return database.query("select data ->> 'ConfirmationURL' from plat.mails where address = %s and template = 'invite' order by created_at desc", address)
    return wait_until(mailed)[0][0]


def follow(auth, link):
    url = auth.location(link.removeprefix('http://api.example/auth/v1'))
    assert '#access_token=' in url, url
    return url


def invite(auth, session, **body):
    return auth.ok('POST', '/invitations', body, session['access_token'])


def test_who_is_invited_follows_the_link_and_is_in(auth, database):
    boss = workspace_of(auth, 'boss@example.org')
    made = invite(auth, boss, email=' Ann@Example.org', role='agent', full_name='Ann Lee', ops_role='marketing', is_realtor=True)
    assert (made['email'], made['mls_role'], made['ops_role'], made['is_realtor']) == ('ann@example.org', 'agent', 'marketing', True)
    follow(auth, link_for(database, 'ann@example.org'))
    user = database.one("select id::text from auth.users where email = 'ann@example.org'")
    assert profile(database, user) == [(made['workspace_id'], 'agent')]
    assert database.query('select role, name from ops.staff where user_id = %s', user) == [('marketing', 'Ann Lee')]
    assert auth.ok('GET', '/invitations', token=boss['access_token']) == []


def test_who_has_a_login_already_comes_in_by_the_link_only(auth, database):
    boss, ann = workspace_of(auth, 'boss@example.org'), auth.person('ann@example.org')
    before = profile(database, ann['id'])
    made = invite(auth, boss, email='ann@example.org', role='agent')
    link = link_for(database, 'ann@example.org')
    auth.sign_in('ann@example.org')
    assert profile(database, ann['id']) == before
    follow(auth, link)
    assert profile(database, ann['id']) == [(made['workspace_id'], 'agent')]
    auth.sign_in('ann@example.org')  # the password stays


def test_open_ones_are_listed_and_withdrawn_and_their_links_die(auth, database):
    boss = workspace_of(auth, 'boss@example.org')
    made = invite(auth, boss, email='ann@example.org')
    listed = auth.ok('GET', '/invitations', token=boss['access_token'])
    assert [(i['id'], i['email'], i['mls_role']) for i in listed] == [(made['id'], 'ann@example.org', 'client')]
    link = link_for(database, 'ann@example.org')
    assert auth.ok('DELETE', f'/invitations/{made["id"]}', token=boss['access_token']) == {}
    assert auth.ok('GET', '/invitations', token=boss['access_token']) == []
    auth.refused(404, 'invite_not_found', 'DELETE', f'/invitations/{made["id"]}', token=boss['access_token'])
    assert '#access_token=' not in auth.location(link.removeprefix('http://api.example/auth/v1'))


def test_another_workspace_sees_and_withdraws_nothing(auth, database):
    boss, other = workspace_of(auth, 'boss@example.org'), workspace_of(auth, 'other@example.org')
    made = invite(auth, boss, email='ann@example.org')
    assert auth.ok('GET', '/invitations', token=other['access_token']) == []
    auth.refused(404, 'invite_not_found', 'DELETE', f'/invitations/{made["id"]}', token=other['access_token'])
    auth.refused(404, 'invite_not_found', 'DELETE', f'/invitations/{uuid.uuid4()}', token=boss['access_token'])
    auth.refused(404, 'invite_not_found', 'DELETE', '/invitations/7', token=boss['access_token'])


def test_only_admins_invite_and_nobody_beyond_their_own_rank(auth, database):
    boss = workspace_of(auth, 'boss@example.org')
    invite(auth, boss, email='ann@example.org', role='agent')
    follow(auth, link_for(database, 'ann@example.org'))
    user = database.one("select id::text from auth.users where email = 'ann@example.org'")
    auth.admin('PUT', f'/admin/users/{user}', {'password': PASSWORD})
    ann = auth.sign_in('ann@example.org')['access_token']
    assert auth.call('POST', '/invitations', {'email': 'bob@example.org'}, ann)[0] == 403
    auth.refused(403, 'not_admin', 'GET', '/invitations', token=ann)
    auth.refused(403, 'not_admin', 'DELETE', f'/invitations/{uuid.uuid4()}', token=ann)
    # No organisation: nobody can be made its admin.
    assert auth.call('POST', '/invitations', {'email': 'bob@example.org', 'org_role': 'admin'}, boss['access_token'])[0] == 403
    assert auth.call('POST', '/invitations', {'email': 'bob@example.org'})[0] in (401, 403)


def test_what_cannot_be_invited_is_refused(auth):
    boss = workspace_of(auth, 'boss@example.org')['access_token']
    refuse = lambda **body: auth.refused(400, 'validation_failed', 'POST', '/invitations', body, boss)
    refuse()
    refuse(email='nobody')
    refuse(email='a@example.org', role='king')
    refuse(email='a@example.org', org_role='developer')
    refuse(email='a@example.org', is_realtor='yes')
    refuse(email='a@example.org', marketing_agent_id='7')
    assert auth.call('POST', '/invitations', {'email': 'boss@example.org'}, boss)[0] == 409  # belongs to it already


def test_from_the_command_line(auth, plat, database):
    database.query("insert into mls.workspaces (slug, name) values ('north', 'North'), ('south', 'South')")
    out = plat.ok('invite', 'Ann@Example.org', '--workspace', 'north', '--role', 'admin', '--name', 'Ann Lee')
    assert 'invited ann@example.org as admin' in out
    follow(auth, link_for(database, 'ann@example.org'))
    assert database.query("select w.slug, p.role, p.full_name from mls.user_profiles p join mls.workspaces w on w.id = p.workspace_id "
                          "join auth.users u on u.id = p.id where u.email = 'ann@example.org'") == [('north', 'admin', 'Ann Lee')]
    assert 'no workspace' in plat.run('invite', 'a@example.org', '--workspace', 'west').stderr
    assert plat.run('invite', '--workspace', 'north').returncode == 2
    assert plat.run('invite', 'a@example.org', '--workspace', 'north', '--role', 'king').returncode == 1
