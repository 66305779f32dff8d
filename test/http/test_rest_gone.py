"""Clients that go away while their answer is on its way, over /rest/v1: the server stays."""
import base64, contextlib, hashlib, hmac, json, socket, struct, time

import pytest

from conftest import answers, free_port, get, wait_until

SECRET = 'a secret of the tests, long enough for HS256'


def token(claims):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b'=').decode()
    text = part(b'{"alg":"HS256","typ":"JWT"}') + '.' + part(json.dumps(claims).encode())
    return text + '.' + part(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest())


SERVICE = token({'role': 'service_role'})
ASK = {
    'a read': ('GET /rest/v1/workspaces?select=id', ''),
    'a write': ('POST /rest/v1/workspace_domains?select=id', '{"workspace_id": "00000000-0000-4000-8000-000000000001", "domain": "a.example"}'),
    'the description': ('GET /rest/v1/', ''),
}


@pytest.mark.parametrize('what', ASK)
@pytest.mark.parametrize('hard', [True, False], ids=['reset', 'closed'])
def test_a_client_that_goes_before_its_answer_costs_nobody_else_anything(plat, what, hard):
    port = free_port()
    process = plat.start('serve', '--listen', f'127.0.0.1:{port}', env={'PLAT_JWT_SECRET': SECRET})
    wait_until(answers(port, '/ready'))
    head, body = ASK[what]
    request = (f'{head} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SERVICE}\r\napikey: {SERVICE}\r\nAccept-Profile: mls\r\n'
               f'Content-Profile: mls\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}').encode()
    for i in range(60):
        with contextlib.ExitStack() as stack:
            for _ in range(16):
                s = stack.enter_context(socket.create_connection(('127.0.0.1', port)))
                if hard:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                s.sendall(request)
            time.sleep(0.0005 * (i % 12))
    assert process.poll() is None, plat.said(process)
    assert get(port, '/live')[0] == 200
    assert get(port, '/rest/v1/workspaces', headers={'Authorization': f'Bearer {SERVICE}', 'apikey': SERVICE, 'Accept-Profile': 'mls'})[0] == 200
