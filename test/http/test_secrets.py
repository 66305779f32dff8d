"""plat secrets, plat connect: what is stored sealed, and rotation."""
import re

import pytest


@pytest.fixture
def connected(plat, database):
    database.query("insert into mls.workspaces (slug, name) values ('w', 'W')")
    plat.ok('connect', '--dataset', 'd', text='tok-123-secret\n')
    return plat


def token(database):
    return database.one('select token_ciphertext from mls.mls_connections')


def test_the_token_is_stored_sealed_and_never_printed(plat, database):
    database.query("insert into mls.workspaces (slug, name) values ('w', 'W')")
    r = plat.run('connect', '--dataset', 'd', text='tok-123-secret\n')
    assert r.returncode == 0
    assert 'tok-123-secret' not in r.stdout + r.stderr
    assert re.match(r'^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$', token(database))


def test_connect_without_a_token_is_one_sentence(plat):
    r = plat.run('connect', '--dataset', 'd', text='')
    assert r.returncode == 1 and 'there is no token on standard input' in r.stderr


def test_connect_needs_a_workspace(plat):
    r = plat.run('connect', '--dataset', 'd', text='t\n')
    assert r.returncode == 1 and 'there is no workspace yet' in r.stderr


def test_connect_again_changes_the_connection(connected, database):
    before = token(database)
    connected.ok('connect', '--dataset', 'd2', text='other\n')
    assert database.query('select dataset_id, status from mls.mls_connections') == [('d2', 'pending')]
    assert token(database) != before


def test_rotation_seals_everything_with_a_new_key(connected, database, data):
    before = token(database)
    out = connected.ok('secrets', 'rotate')
    assert '1 secrets stored, 0 under the current key before, 1 sealed again now; 2 keys in the ring' in out
    assert token(database).split('.')[1] != before.split('.')[1]
    assert len((data / 'master.key').read_text().splitlines()) == 2
    assert '1 of them under the current key' in connected.ok('secrets')


def test_an_interrupted_rotation_is_finished_by_stragglers(connected, database):
    old = token(database)
    connected.ok('secrets', 'rotate')
    database.query('update mls.mls_connections set token_ciphertext = %s', old)  # as if it had been stopped before this row
    out = connected.ok('secrets', 'rotate', '--stragglers')
    assert '1 sealed again now; 2 keys in the ring' in out


def test_forget_keeps_keys_that_are_in_use(connected, database, data):
    old = token(database)
    connected.ok('secrets', 'rotate')
    database.query('update mls.mls_connections set token_ciphertext = %s', old)
    assert connected.ok('secrets', 'forget').startswith('0 keys')
    connected.ok('secrets', 'rotate', '--stragglers')
    assert connected.ok('secrets', 'forget').startswith('1 keys')
    assert len((data / 'master.key').read_text().splitlines()) == 1
    assert '1 of them under the current key' in connected.ok('secrets')


def test_a_secret_copied_to_another_row_does_not_open(connected, database):
    database.query("insert into mls.workspaces (slug, name) values ('w2', 'W2')")
    database.query("insert into mls.mls_connections (workspace_id, provider, dataset_id, token_ciphertext) "
                   "select w.id, 'bridge', 'd', c.token_ciphertext from mls.workspaces w, mls.mls_connections c where w.slug = 'w2'")
    r = connected.run('secrets', 'rotate')
    assert r.returncode == 1 and '1 secrets could not be opened and are unchanged' in r.stderr


def test_no_api_role_reads_a_token(connected, database):
    for role in ('anon', 'authenticated', 'service_role'):
        assert not database.one(f"select has_column_privilege('{role}', 'mls.mls_connections', 'token_ciphertext', 'select')")
