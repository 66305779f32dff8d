"""plat.memberships when two transactions change one login at the same time: sql/test/plat_memberships.sql has the rest."""
import contextlib, threading

import psycopg2
import pytest

from conftest import wait_until

LOGIN = '00000000-0000-4000-8000-00000000000a'


@pytest.fixture
def two(database):
    """Two connections; a login in the active workspace north, and south without anybody."""
    database.query("""insert into mls.workspaces (id, slug, name) values (md5('north')::uuid, 'north', 'North'), (md5('south')::uuid, 'south', 'South');
                      insert into auth.users (id, email, is_anonymous) values (%s, 'ann@example.org', true);
                      insert into mls.user_profiles (id, workspace_id, role) values (%s, md5('north')::uuid, 'agent');""", LOGIN, LOGIN)
    with contextlib.closing(psycopg2.connect(database.url)) as a, contextlib.closing(psycopg2.connect(database.url)) as b:
        yield a, b


def at_the_same_time(database, a, b, first, second):
    """second runs while first is not committed; says whether it had to wait for it."""
    a.cursor().execute(first)
    failure = []

    def run():
        try:
            b.cursor().execute(second)
            b.commit()
        except psycopg2.Error as e:
            b.rollback()
            failure.append(e)

    thread = threading.Thread(target=run)
    thread.start()

    def waits_or_ended():
        return not thread.is_alive() or database.one('select exists (select from pg_locks where not granted)')

    wait_until(waits_or_ended)
    waited = thread.is_alive()
    a.commit()
    thread.join(30)
    assert not thread.is_alive()
    return waited, failure


def wrong(database):
    return database.query("""select m.login, m.me, c.me from plat.memberships m left join plat.current_memberships c on c.login = m.login
                             where m.me is distinct from case when not c.is_paused and c.banned_until is null then c.me end""")


STAFF = f"""insert into ops.staff (workspace_id, user_id, email, name, role)
            values (md5('north')::uuid, '{LOGIN}', 'ann@example.org', 'Ann', 'support')"""
PROFILE = f"update mls.user_profiles set role = 'admin' where id = '{LOGIN}'"
MOVE = f"update mls.user_profiles set workspace_id = md5('south')::uuid where id = '{LOGIN}'"
LEAVE = f"delete from mls.user_profiles where id = '{LOGIN}'"
BAN = f"update auth.users set banned_until = 'infinity' where id = '{LOGIN}'"
ARCHIVE_NORTH = "update mls.workspaces set status = 'archived' where slug = 'north'"
ARCHIVE_SOUTH = "update mls.workspaces set status = 'archived' where slug = 'south'"
PAUSE_SOUTH = "update mls.workspaces set status = 'paused' where slug = 'south'"


@pytest.mark.parametrize('first, second', [
    (STAFF, PROFILE), (PROFILE, STAFF), (STAFF, ARCHIVE_NORTH), (ARCHIVE_NORTH, STAFF), (MOVE, ARCHIVE_SOUTH), (ARCHIVE_SOUTH, MOVE),
    (MOVE, PAUSE_SOUTH), (PAUSE_SOUTH, MOVE), (MOVE, ARCHIVE_NORTH), (ARCHIVE_NORTH, MOVE), (STAFF, MOVE), (MOVE, STAFF),
    (STAFF, LEAVE), (LEAVE, STAFF), (BAN, STAFF), (STAFF, BAN)])
def test_changes_at_the_same_time_are_both_seen(database, two, first, second):
    a, b = two
    waited, failure = at_the_same_time(database, a, b, first, second)
    assert waited, 'nothing kept the two apart'
    assert not failure
    assert wrong(database) == []


def test_an_older_snapshot_does_not_undo_a_change(database, two):
    a, b = two
    b.set_session(isolation_level='REPEATABLE READ')
    b.cursor().execute('select 1')
    a.cursor().execute(STAFF)
    a.commit()
    with pytest.raises(psycopg2.errors.SerializationFailure):
        b.cursor().execute(PROFILE)
    b.rollback()
    assert wrong(database) == []
