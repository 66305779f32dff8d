"""An installation of before, with data in it, becomes one of today: the same schema as a new one, and nothing lost."""
import contextlib, hashlib, re, subprocess

import psycopg2

from conftest import ROOT, Plat

OLD = 21  # the last migration that it has
TABLES = ['mls.workspaces', 'mls.user_profiles', 'mls.workspace_domains', 'mls.mls_connections', 'mls.import_tasks', 'mls.listings', 'mls.listing_media',
          'mls.listing_photos', 'mls.listing_events', 'mls.favorites', 'mls.saved_searches', 'auth.users']


def make_old(database):
    """As the program of then left it: each migration a transaction, and the ledger of them."""
    files = sorted((ROOT / 'sql/migrate').glob('*.sql'))[:OLD]
    assert files[-1].name.startswith(f'{OLD:04}_')
    with contextlib.closing(psycopg2.connect(database.url)) as c, c.cursor() as cursor:
        cursor.execute('''create schema plat; create table plat.migrations (name text primary key, checksum text not null, took_us bigint not null,
                                                                            applied_at timestamptz not null default now());
                          alter table plat.migrations enable row level security;
                          comment on table plat.migrations is 'local: which SQL files were applied, with the SHA-256 of their text.';''')
        for file in [ROOT / 'sql/live/00_plat_settings.sql', *files, ROOT / 'test/http/upgrade_0021.sql']:
            cursor.execute(file.read_text())
            cursor.execute('insert into plat.migrations values (%s, %s, 1)', (f'{file.parent.name}/{file.name}',
                           hashlib.sha256(file.read_bytes()).hexdigest() if file in files else 'another text'))
            c.commit()
        cursor.execute("delete from plat.migrations where name like 'http/%'")
        c.commit()


def rows(database):
    return {t: database.query(f"select to_jsonb(x) from {t} x order by to_jsonb(x) ->> 'id'") for t in TABLES}


def schema(database):
    text = subprocess.run(['pg_dump', '--schema-only', '--no-owner', '--dbname', database.url], capture_output=True, text=True, check=True).stdout
    return re.sub(r'^\\(un)?restrict .*\n|^--.*\n|^\s*\n', '', text, flags=re.M).splitlines()


def test_an_old_installation_is_migrated_with_its_data(data, empty_database, template):
    db, plat = empty_database, Plat(data, empty_database)
    make_old(db)
    before = rows(db)
    assert len(before['mls.listings']) == 6
    out = plat.ok('migrate')
    assert 'sql/migrate/0022' in out and 'sql/migrate/0021' not in out
    assert 'none pending, none edited' in plat.ok('migrate', 'verify')
    assert plat.ok('migrate').startswith('0 migrations and 0 live files applied')

    # All that was there is there, as it was.
    after = rows(db)
    for table, old in before.items():
        assert [{k: new[k] for k in was} for (was,), (new,) in zip(old, after[table], strict=True)] == [was for was, in old], table
    # What is new of it follows from it.
    assert db.query("select source_listing_key, may_display, is_idx, is_idx_feed from mls.listings where workspace_id = md5('ws a')::uuid order by 1") == [
        ('optedout', False, False, None), ('shown', True, None, True), ('unstated', None, None, None)]
    assert db.query("select distinct url, is_public from mls.listing_media order by 1") == [('https://m.example/kept', False), ('https://m.example/seen', True)]
    assert db.query('select attribution_html, disclaimer_html from mls.compliance_profiles where attribution_html <> %s', '') == [
        ('<b>Coast MLS</b>', 'Deemed reliable&lt;script src="https://x.example/x.js"&gt;&lt;/script&gt;')]
    assert db.one("select plat.enter_by_sources(md5('a_client')::uuid) = me from plat.memberships where login = md5('a_client')::uuid")
    assert db.query("select d.source_listing_key from mls.listings l, mls.displayed(l.workspace_id, array[l.id]) d where l.workspace_id = md5('ws a')::uuid") == [('shown',)]

    # And nothing else is: the catalogue of a new installation. Rights may have been given in another order.
    new, old = schema(template), schema(db)
    assert sorted(set(old) ^ set(new)) == []
    assert sorted(old) == sorted(new)
