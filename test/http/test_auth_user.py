"""plat user: logins by operators."""
import pytest

from auth_kit import PASSWORD, Auth, refused


@pytest.fixture
def auth(plat, database, serve):
    plat.env |= {'PLAT_AUTH_RATE': '0'}
    return Auth(serve(), database)


def test_a_login_from_the_first_to_the_last_day(auth, plat):
    out = plat.ok('user', 'add', 'Ann@example.org', '--name', 'Ann')
    made = out.split('password')[1].split()[0]
    session = auth.sign_in('ann@example.org', made)[1]
    assert session['user']['user_metadata']['full_name'] == 'Ann'
    assert 'already' in plat.run('user', 'add', 'ann@example.org').stderr
    out = plat.ok('user', 'password', 'ann@example.org', '--password', text=PASSWORD + '\n')
    assert PASSWORD not in out
    refused(auth.user(session['access_token']), 403, 'session_not_found')
    session = auth.sign_in('ann@example.org')[1]
    assert plat.ok('user', 'logout', 'ANN@example.org') == 'ANN@example.org is signed out everywhere\n'
    refused(auth.user(session['access_token']), 403, 'session_not_found')
    session = auth.sign_in('ann@example.org')[1]
    plat.ok('user', 'ban', 'ann@example.org')
    refused(auth.sign_in('ann@example.org'), 400, 'user_banned')
    refused(auth.refresh(session['refresh_token']), 400, 'refresh_token_not_found')
    assert 'banned' in plat.ok('user')
    plat.ok('user', 'unban', 'ann@example.org')
    assert auth.sign_in('ann@example.org')[0] == 200
    assert 'banned' not in plat.ok('user', 'list')


def test_what_it_refuses(plat):
    assert 'there is no login' in plat.run('user', 'password', 'nobody@example.org').stderr
    assert 'there is no password' in plat.run('user', 'add', 'ann@example.org', '--password', text='').stderr
    assert '8 to 72' in plat.run('user', 'add', 'ann@example.org', '--password', text='short\n').stderr
    for wrong in (['add'], ['list', 'x'], ['nonsense'], ['add', 'a', 'b']):
        assert plat.run('user', *wrong).returncode == 2
