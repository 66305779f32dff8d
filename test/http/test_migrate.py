"""plat migrate: the ledger, the lock, and what it refuses."""
import contextlib, signal, time

import psycopg2
import pytest

from conftest import Database, Plat, answers, get, wait_until


def test_a_migrated_database_verifies(plat):
    assert 'none pending, none edited' in plat.ok('migrate', 'verify')


def test_a_second_run_applies_nothing(plat):
    assert plat.ok('migrate').startswith('0 migrations and 0 live files applied')


def test_status_lists_every_file(plat):
    lines = plat.ok('migrate', 'status').splitlines()
    assert all(line.startswith('applied ') for line in lines)
    assert any(line.endswith('sql/migrate/0001_plat_create_foundation.sql') for line in lines)


def test_status_and_verify_of_an_empty_database(data, empty_database):
    plat = Plat(data, empty_database)
    assert all(line.startswith('pending ') for line in plat.ok('migrate', 'status').splitlines())
    r = plat.run('migrate', 'verify')
    assert r.returncode == 1 and 'is pending' in r.stderr


def test_an_edited_migration_is_named_and_nothing_is_touched(plat, database):
    database.query("update plat.migrations set checksum = 'x' where name like 'migrate/0001%'")
    before = database.query('select name, applied_at from plat.migrations order by 1')
    r = plat.run('migrate')
    assert r.returncode == 1
    assert 'sql/migrate/0001_plat_create_foundation.sql was edited after it was applied' in r.stderr
    assert database.query('select name, applied_at from plat.migrations order by 1') == before


def test_a_migration_of_a_newer_program_is_named(plat, database):
    database.query("insert into plat.migrations values ('migrate/9999_future.sql', 'x', 1)")
    r = plat.run('migrate')
    assert r.returncode == 1 and 'migrate/9999_future.sql' in r.stderr and 'newer plat' in r.stderr


def test_a_changed_live_file_is_applied_again(plat, database):
    database.query("update plat.migrations set checksum = 'x' where name = 'live/10_plat_enter.sql'")
    database.query('drop function plat.enter_workspace(uuid)')
    out = plat.ok('migrate')
    assert 'sql/live/10_plat_enter.sql' in out
    assert database.one("select to_regprocedure('plat.enter_workspace(uuid)') is not null")


def test_servers_are_told_when_something_was_applied(plat, database):
    def notices():
        c.poll()
        return c.notifies
    with contextlib.closing(psycopg2.connect(database.url)) as c:
        c.autocommit = True
        c.cursor().execute('listen pgrst')
        plat.ok('migrate')
        assert notices() == []
        database.query("update plat.migrations set checksum = 'x' where name = 'live/10_plat_enter.sql'")
        plat.ok('migrate')
        wait_until(notices)
        assert [(n.channel, n.payload) for n in c.notifies] == [('pgrst', 'reload schema')]


def test_a_running_server_sees_what_was_migrated(plat, database, serve):
    port = serve()
    wait_until(answers(port, '/ready'))
    key = plat.ok('keys').split()[3]
    path, headers = '/rest/v1/added_later', {'apikey': key}
    assert get(port, path, headers=headers)[0] == 404
    database.query('create table mls.added_later (id int primary key); grant select on mls.added_later to service_role')
    database.query("update plat.migrations set checksum = 'x' where name = 'live/10_plat_enter.sql'")
    plat.ok('migrate')
    wait_until(lambda: get(port, path, headers=headers)[0] != 404)
    assert get(port, path, headers=headers)[::2] == (200, '[]')


def test_servers_that_start_together_do_not_collide(data, empty_database):
    plat = Plat(data, empty_database)
    plat.ok('settings')
    plat.ok('migrate', 'status')  # makes the master key, which they share
    both = [plat.start('migrate') for _ in range(3)]
    codes = [p.wait(120) for p in both]
    assert codes == [0, 0, 0], [plat.said(p) for p in both]
    applied = sum(not plat.said(p).splitlines()[-1].startswith('0 migrations') for p in both)
    assert applied == 1


def test_a_killed_run_is_finished_by_the_next(data, empty_database):
    plat = Plat(data, empty_database)
    for _ in range(4):
        p = plat.start('migrate')
        time.sleep(0.4)
        plat.stop(p, signal.SIGKILL)
    plat.ok('migrate', timeout=120)
    assert 'none pending' in plat.ok('migrate', 'verify')


def test_an_unreachable_database_is_one_sentence(data):
    plat = Plat(data)
    r = plat.run('migrate', env={'DATABASE_URL': 'postgresql://u:s3cret@127.0.0.1:1/x'})
    assert r.returncode == 1
    assert r.stderr.startswith('plat migrate: ') and r.stderr.count('\n') == 1
    assert 's3cret' not in r.stderr and '127.0.0.1' in r.stderr


def test_a_url_that_cannot_be_read_is_one_sentence(data):
    r = Plat(data).run('migrate', env={'DATABASE_URL': 'postgresql://u:s3cret@h:port/x'})
    assert r.returncode == 1 and r.stderr.count('\n') == 1 and 's3cret' not in r.stderr


def test_an_owner_without_rights_is_told_which(data, empty_database):
    empty_database.query("do $$ begin if not exists (select from pg_roles where rolname = 'poor') then "
                         'create role poor login; end if; end $$')
    empty_database.query(f'grant all on database {empty_database.name} to poor')
    dsn = psycopg2.extensions.parse_dsn(empty_database.url) | {'user': 'poor'}
    r = Plat(data).run('migrate', env={'DATABASE_URL': ' '.join(f"{k}='{v}'" for k, v in dsn.items())})
    assert r.returncode == 1
    assert 'the role poor of DATABASE_URL is no superuser' in r.stderr
    assert empty_database.one("select to_regnamespace('plat') is null")


def test_commands_refuse_a_database_that_is_behind(data, empty_database):
    r = Plat(data, empty_database).run('sync')
    assert r.returncode == 1 and 'run plat migrate first' in r.stderr


def test_the_authenticator_has_a_password_and_no_rights(plat, database):
    assert database.one("select rolpassword like 'SCRAM-SHA-256$4096:%%' from pg_authid where rolname = 'authenticator'")
    with psycopg2.connect(' '.join(f"{k}='{v}'" for k, v in
                          (psycopg2.extensions.parse_dsn(database.url) | {'user': 'authenticator'}).items())) as c:
        with c.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute('select * from mls.listings')


def test_two_databases_of_one_server_are_migrated_at_the_same_time(data):
    """Roles are the server's: the advisory lock of each database does not keep them apart."""
    both = []
    for _ in range(3):
        both.append(Plat(data, Database.make('pair')).start('migrate'))
        if len(both) == 1:
            wait_until((data / 'master.key').exists)
    assert [p.wait(120) for p in both] == [0, 0, 0], [Plat(data).said(p) for p in both]
