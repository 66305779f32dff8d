"""Listings that are changed while they are on the market: searches that fit them only from then on are told, once; the others are not."""
import re, signal, time

import pytest

from conftest import ROOT
from storagekit import uid
from test_alerts import WS, Alerts

BEDS = {'q': '*', 'filter_by': 'bedrooms:>=4'}
ALL = {'q': '*', 'filter_by': 'bedrooms:>=1'}


@pytest.fixture
def alerts(plat, database):
    return Alerts(plat, database)


def told(alerts, search):
    return sorted(alerts.database.query('''select l.source_listing_key, a.kind from mls.search_alerts a join mls.listings l on l.id = a.listing_id
                                           where a.saved_search_id = %s''', search))


def test_what_fits_only_now_is_told_as_new_once(alerts):
    old, other, off = (alerts.listing(key, public_remarks='A garden') for key in ('old', 'other', 'off'))
    alerts.change(off, standard_status='Pending')
    beds, everything = alerts.search('beds', BEDS), alerts.search('all', ALL)
    dear = alerts.search('dear', {'q': '*', 'filter_by': 'list_price:>600000'})
    drops = alerts.search('drops', {'q': '*', 'filter_by': 'list_price:<400000'})
    only_new = alerts.search('only new', {'q': '*', 'filter_by': 'list_price:<400000'}, alert_kinds='{new}')
    words = alerts.search('words', {'q': 'pool', 'query_by': 'public_remarks'})
    near = alerts.search('near', {'q': '*', 'filter_by': 'location:(25.79, -80.13, 2 km)'})
    no_drops = alerts.search('not new', BEDS, alert_kinds='{price_drop}')
    alerts.work()
    alerts.watched()
    alerts.change(old, bedrooms=5)
    alerts.change(off, bedrooms=5)
    alerts.looked()
    assert told(alerts, beds) == [('old', 'new')] and told(alerts, everything) == told(alerts, no_drops) == []
    assert alerts.told() == [('old', 'new', '', '500000')]
    # Away and back: not again.
    for bedrooms in 3, 5:
        alerts.change(old, bedrooms=bedrooms)
        alerts.looked()
    assert told(alerts, beds) == [('old', 'new')]
    # Up into a range, down into one, a word, a place: in one look, in several steps.
    alerts.change(old, list_price=650000)
    alerts.change(old, public_remarks='A garden and a pool')
    alerts.change(old, latitude=25.79, longitude=-80.13)
    alerts.change(other, list_price=350000, public_remarks='A dock')
    alerts.looked()
    assert [told(alerts, s) for s in (dear, words, near)] == [[('old', 'new')]] * 3
    assert told(alerts, drops) == [('other', 'price_drop')] and told(alerts, only_new) == [('other', 'new')]
    assert told(alerts, beds) == [('old', 'new')] and told(alerts, everything) == [('other', 'price_drop')]
    assert alerts.database.one('select count(*) from mls.alert_befores') == 0


def test_what_is_hidden_makes_no_difference_for_clients(alerts):
    alerts.database.query('update mls.compliance_profiles set hidden_fields = %s where workspace_id = %s', '{list_price,public_remarks}', WS)
    hidden = {'raw': '{"InternetAddressDisplayYN": false}'}
    secret, cheaper = alerts.listing('secret', **hidden), alerts.listing('cheaper')
    searches = {(who, name): alerts.search(name, query, who) for who in ('a_client', 'a_agent') for name, query in {
        'dear': {'q': '*', 'filter_by': 'list_price:>600000'}, 'not dear': {'q': '*', 'filter_by': 'list_price:!=500000'},
        'word': {'q': 'pool', 'query_by': 'public_remarks,city'}, 'street': {'q': 'ocean', 'query_by': 'address_full'}, 'beds': BEDS}.items()}
    alerts.work()
    alerts.watched()
    alerts.change(secret, list_price=700000, public_remarks='A pool', address_full='1 Ocean Dr')
    # A drop that clients are not told of does not stand for what they are.
    alerts.change(cheaper, list_price=400000, bedrooms=4)
    alerts.looked()
    assert {k: told(alerts, s) for k, s in searches.items() if told(alerts, s)} == {
        ('a_agent', 'dear'): [('secret', 'new')], ('a_agent', 'not dear'): [('cheaper', 'price_drop'), ('secret', 'new')],
        ('a_agent', 'word'): [('secret', 'new')], ('a_agent', 'street'): [('secret', 'new')],
        ('a_agent', 'beds'): [('cheaper', 'price_drop')], ('a_client', 'beds'): [('cheaper', 'new')]}
    # Its seller lets the address be shown: it is found by it from now on.
    alerts.change(secret, raw='{}')
    alerts.looked()
    assert told(alerts, searches['a_client', 'street']) == [('secret', 'new')]


def test_a_killed_worker_loses_nothing_and_tells_nothing_twice(alerts):
    ids = [alerts.listing(f'n{i:02}') for i in range(40)]
    beds = alerts.search('beds', BEDS)
    worker = alerts.work()
    alerts.watched()
    for i, id in enumerate(ids):
        alerts.change(id, bedrooms=5)
        if i % 2:
            alerts.change(id, list_price=600000)
        if i % 13 == 12:
            alerts.database.query("update plat.schedules set next_at = now() where name = 'alerts.match'")
            time.sleep(0.3)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            alerts.database.query("update plat.jobs set leased_until = now() - interval '1 second' where status = 'running'")
            worker = alerts.work()
    alerts.looked()
    assert told(alerts, beds) == [(f'n{i:02}', 'new') for i in range(40)]
    assert alerts.database.one('select count(*) from mls.alert_befores') == 0


def test_whatever_searches_and_the_rules_of_display_read_is_kept():
    fields = (ROOT / 'src/mod/search/fields.c').read_text()
    rules = (ROOT / 'sql/live/29_mls_display.sql').read_text()
    rule = rules[rules.index('function mls.hiding_rule('):rules.index('comment on function mls.hiding_rule(')]
    kept = set(re.findall(r'\bo\.(\w+)', (ROOT / 'sql/live/38_mls_alert_befores.sql').read_text()))
    read = set(re.findall(r'\b(?:STRING|NUMBER|TIME)\((\w+),', fields) + re.findall(r'\bl\.(\w+)', fields + rule)) | {'may_display_address'}
    assert len(read) > 40 and read - kept == {'name', 'created_at', 'updated_at'}
