"""Documents of the CRM as a front end keeps them: who sees the row downloads the file, and nobody else."""
import http.client, json

import pytest

from conftest import wait_until
from storagekit import PDF, Answer, names, shop, uid  # noqa: F401


def rest(client, method, path, body=None):
    c = http.client.HTTPConnection('127.0.0.1', client.shop.port, timeout=60)
    try:
        c.request(method, '/rest/v1' + path, None if body is None else json.dumps(body),
                  {'Accept-Profile': 'crm', 'Content-Profile': 'crm', 'Prefer': 'return=representation',
                   'Authorization': f'Bearer {client.token}', 'Content-Type': 'application/json'})
        r = c.getresponse()
        return Answer(r, r.read())
    finally:
        c.close()


@pytest.fixture(scope='module')
def crm(shop):
    """a_agent has a lead, a property and a deal; a_agent2 is an admin of the CRM."""
    shop.database.query("update crm.profiles set role = 'admin' where id = %s", uid('a_agent2'))
    agent = shop.as_('a_agent')
    made = {}
    for table, row in (('leads', {'name': 'Lee'}), ('re_properties', {'address_line_1': '1 Ocean Dr', 'city': 'Miami', 'state': 'FL', 'zip': '33139'}),
                       ('deals', {'title': 'Ocean Drive'})):
        answer = rest(agent, 'POST', f'/{table}', row)
        assert answer.status == 201, answer
        made[table] = answer.json[0]['id']
    return made


def put(client, name, data=PDF):
    """A file in the bucket, as storage-js uploads it; answers its fullPath."""
    return client.upload(f'documents/{name}', data, 'application/pdf').ok()['Key']


def test_a_document_of_a_deal(shop, crm):
    agent = shop.as_('a_agent')
    path = put(agent, f'deals/{crm["deals"]}/deed.pdf')
    answer = rest(agent, 'POST', '/re_documents', {'deal_id': crm['deals'], 'title': 'Deed', 'type': 'deed', 'file_url': path})
    assert answer.status == 201, answer
    row = answer.json[0]
    assert (row['file_size'], row['content_type'], row['uploaded_by']) == (len(PDF), 'application/pdf', uid('a_agent'))
    for who, status in (('a_agent', 200), ('a_agent2', 200), ('a_admin', 400), ('a_client', 400), ('b_agent', 400), ('b_admin', 400), ('anon', 400)):
        got = shop.as_(who).get(f'/object/authenticated/{path}')
        assert (got.status, got.data == PDF) == (status, status == 200), (who, got)
    shop.as_(None).get(f'/object/public/{path}').refused(404, 'NoSuchBucket')
    for who, found in (('a_agent', True), ('a_agent2', True), ('a_admin', False), ('b_agent', False)):
        listed = shop.as_(who).post('/object/list/documents', {'prefix': f'deals/{crm["deals"]}'}).ok()
        assert bool(listed) == found, who


def test_a_paper_of_a_lead_and_a_document_of_a_property(shop, crm):
    agent = shop.as_('a_agent')
    path = put(agent, f'leads/{crm["leads"]}/w9.pdf')
    answer = rest(agent, 'POST', '/re_lead_documents', {'lead_id': crm['leads'], 'title': 'W-9', 'type': 'w9', 'file_url': path})
    assert (answer.status, answer.json[0]['file_size']) == (201, len(PDF)), answer
    other = put(agent, f'properties/{crm["re_properties"]}/survey.pdf')
    answer = rest(agent, 'POST', '/re_documents', {'property_id': crm['re_properties'], 'title': 'Survey', 'type': 'survey', 'file_url': other})
    assert answer.status == 201, answer
    for p in (path, other):
        assert shop.as_('a_agent2').get(f'/object/authenticated/{p}').status == 200
        shop.as_('a_admin').get(f'/object/authenticated/{p}').refused(404, 'NoSuchKey')


def test_nobody_gets_a_file_by_writing_a_row_or_a_link_about_it(shop, crm):
    path = put(shop.as_('a_agent'), 'secret/of-agent.pdf')
    for who in ('a_client', 'b_agent'):
        answer = rest(shop.as_(who), 'POST', '/re_documents', {'title': 'Mine', 'type': 'other', 'file_url': path})
        assert answer.status == 409, answer
        shop.as_(who).post(f'/object/sign/{path}', {'expiresIn': 60}).refused(404, 'NoSuchKey')
        assert shop.as_(who).post('/object/copy', {'bucketId': 'documents', 'sourceKey': 'secret/of-agent.pdf', 'destinationKey': f'{who}.pdf'}).status == 400
        assert shop.as_(who).post('/object/move', {'bucketId': 'documents', 'sourceKey': 'secret/of-agent.pdf', 'destinationKey': f'{who}.pdf'}).status == 400
        assert shop.as_(who).upload(path, b'%PDF-1.7 other', 'application/pdf', x_upsert='true').status == 400
    assert shop.as_('a_agent').get(f'/object/authenticated/{path}').data == PDF


def test_a_file_goes_with_its_row_and_is_followed(shop, crm):
    agent = shop.as_('a_agent')
    path = put(agent, f'deals/{crm["deals"]}/offer.pdf')
    row = rest(agent, 'POST', '/re_documents', {'deal_id': crm['deals'], 'title': 'Offer', 'type': 'offer', 'file_url': path}).json[0]
    agent.upload(path, PDF + b'more', 'application/pdf', method='PUT').ok()
    assert rest(agent, 'GET', f'/re_documents?id=eq.{row["id"]}').json[0]['file_size'] == len(PDF) + 4
    assert rest(agent, 'DELETE', f'/re_documents?id=eq.{row["id"]}').status == 200
    worker = shop.plat.start('work')
    try:
        shop.database.query("select plat.enqueue('storage.follow_rows')")
        wait_until(lambda: agent.get(f'/object/authenticated/{path}').status == 400)
        wait_until(lambda: shop.database.one('select count(*) from storage.garbage') == 0)
    finally:
        shop.plat.stop(worker)
