"""A mail server to test against: what RFC 5321 says, and faults on demand.

    with SmtpServer() as server:
        server.faults = ['451 4.3.0 later']     one for each mail that comes, then none
        … server.mails[0].message, .sender, .recipients, .login, .tls
"""
import asyncio, base64, dataclasses, email, email.message, email.policy, ssl, threading


@dataclasses.dataclass
class Mail:
    sender: str
    recipients: list
    data: bytes
    login: tuple = None
    tls: bool = False

    @property
    def message(self):
        return email.message_from_bytes(self.data, policy=email.policy.default)

    def part(self, kind):
        return self.message.get_body((kind,)).get_content()


class Gone(Exception):
    """The client hung up, or is hung up on."""


class SmtpServer:
    """faults: each is for one attempt, in order; None or an exhausted list is no fault.

    '421 …' '554 …' in the greeting; '450 …' '550 …' to RCPT; 'data 451 …' after DATA; 'drop' in the middle of DATA; 'slow' answers the
    end of DATA only when server.hurry is set; 'mute' never greets."""

    def __init__(self, login=None, context=None):
        self.mails, self.faults, self.attempts, self.login, self.context = [], [], 0, login, context
        self.open_now = self.open_most = 0
        self.hurry = threading.Event()
        self.ready = threading.Event()
        self.lines = []

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        assert self.ready.wait(10)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def run(self):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.serve, '127.0.0.1', 0, limit=1 << 20))
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()
        server.close()
        for task in (tasks := asyncio.all_tasks(self.loop)):
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    def url(self, userinfo='', query=''):
        return f'smtp://{userinfo}127.0.0.1:{self.port}{query}'

    async def serve(self, reader, writer):
        self.attempts += 1
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        fault = self.faults.pop(0) if self.faults else None
        try:
            await Dialogue(self, reader, writer, fault).talk()
        except (Gone, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open_now -= 1
            if not self.loop.is_closed():
                writer.close()


class Dialogue:
    def __init__(self, server, reader, writer, fault):
        self.server, self.reader, self.writer, self.fault = server, reader, writer, fault or ''
        self.sender, self.recipients, self.who, self.tls, self.greeted = None, [], None, False, False

    async def say(self, *lines):
        for n, line in enumerate(lines):
            code, rest = line[:3], line[4:]
            self.writer.write(f'{code}{" " if n == len(lines) - 1 else "-"}{rest}\r\n'.encode())
        await self.writer.drain()

    async def line(self):
        line = await self.reader.readline()
        if not line.endswith(b'\r\n'):
            raise Gone
        text = line[:-2].decode()
        self.server.lines.append(text)
        return text

    async def talk(self):
        if self.fault == 'mute':
            await asyncio.sleep(3600)
        if self.fault[:4] in ('421 ', '554 '):
            await self.say(self.fault)
            raise Gone
        await self.say('220 stand-in.test ESMTP')
        while True:
            words = await self.line()
            verb, _, rest = words.partition(' ')
            answer = getattr(self, f'on_{verb.lower()}', None)
            if not answer:
                await self.say('500 5.5.1 what?')
            else:
                await answer(rest)

    async def on_ehlo(self, _name):
        self.greeted, can = True, ['250 stand-in.test', '250 SIZE 1000000', '250 8BITMIME']
        if self.server.context and not self.tls:
            can.append('250 STARTTLS')
        elif self.server.login:
            can.append('250 AUTH PLAIN LOGIN')
        await self.say(*can)

    async def on_starttls(self, _rest):
        await self.say('220 go on')
        transport, protocol = self.writer.transport, self.writer.transport.get_protocol()
        loop = asyncio.get_running_loop()
        fresh = await loop.start_tls(transport, protocol, self.server.context, server_side=True)
        protocol._over_ssl = True
        self.reader._transport = fresh
        self.writer._transport = fresh
        self.tls, self.greeted = True, False

    async def on_auth(self, rest):
        kind, _, first = rest.partition(' ')
        if kind != 'PLAIN':
            return await self.say('504 5.5.4 PLAIN only')
        if not first:
            await self.say('334 ')
            first = await self.line()
        _, user, password = base64.b64decode(first).decode().split('\0')
        if (user, password) != self.server.login:
            return await self.say('535 5.7.8 wrong user or password')
        self.who = (user, password)
        await self.say('235 2.7.0 welcome')

    async def on_mail(self, rest):
        assert self.greeted, 'MAIL before EHLO'
        if self.server.login and not self.who:
            return await self.say('530 5.7.0 log in first')
        self.sender, self.recipients = address(rest, 'FROM:'), []
        await self.say('250 2.1.0 fine')

    async def on_rcpt(self, rest):
        if self.fault[:1] in ('4', '5'):
            return await self.say(self.fault)
        self.recipients.append(address(rest, 'TO:'))
        await self.say('250 2.1.5 fine')

    async def on_data(self, _rest):
        if not self.recipients:
            return await self.say('503 5.5.1 to whom?')
        await self.say('354 go on')
        data = await self.body()
        if self.fault.startswith('data '):
            return await self.say(self.fault[5:])
        while self.fault == 'slow' and not self.server.hurry.is_set():
            try:  # whoever waits says nothing
                await asyncio.wait_for(self.reader.readline(), 0.02)
                raise Gone
            except asyncio.TimeoutError:
                pass
        self.server.mails.append(Mail(self.sender, self.recipients, data, self.who, self.tls))
        await self.say('250 2.0.0 taken')

    async def body(self):
        lines = []
        while (line := await self.reader.readline()) != b'.\r\n':
            if not line.endswith(b'\r\n'):
                raise Gone
            assert len(line) <= 1000, 'a line is too long'
            lines.append(line[1:] if line.startswith(b'.') else line)
            if self.fault == 'drop':
                self.writer.transport.abort()
                raise Gone
        return b''.join(lines)

    async def on_rset(self, _rest):
        await self.say('250 2.0.0 fine')

    async def on_noop(self, _rest):
        await self.say('250 2.0.0 fine')

    async def on_quit(self, _rest):
        await self.say('221 2.0.0 bye')
        raise Gone


def address(rest, head):
    assert rest.upper().startswith(head), rest
    inner = rest[len(head):].strip().split(' ')[0]
    assert inner[0] == '<' and inner[-1] == '>', rest
    return inner[1:-1]
