"""A stand-in for a name server: TXT records out of a dict, by UDP."""
import socket, struct, threading

NO_SUCH_NAME, TXT, IN = 3, 16, 1


def read_name(data, at):
    labels = []
    while data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode())
        at += 1 + data[at]
    return '.'.join(labels).lower(), at + 1


class Dns:
    """records: {name: [text, ...]}; texts over 255 bytes go in several strings. silent: nothing is answered."""

    def __init__(self, port):
        self.records, self.asked, self.silent = {}, [], False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', port))
        self.address = f'127.0.0.1:{port}'
        threading.Thread(target=self.serve, daemon=True).start()

    def answer(self, data):
        name, end = read_name(data, 12)
        kind, = struct.unpack('>H', data[end:end + 2])
        self.asked.append(name)
        texts = self.records.get(name, []) if kind == TXT else []
        code = 0 if name in self.records else NO_SUCH_NAME
        head = data[:2] + struct.pack('>HHHHH', 0x8180 | code, 1, len(texts), 0, 0)
        body = data[12:end + 4]
        for text in texts:
            raw = text.encode()
            parts = b''.join(bytes([len(p)]) + p for p in (raw[i:i + 255] for i in range(0, max(len(raw), 1), 255)))
            body += b'\xc0\x0c' + struct.pack('>HHIH', TXT, IN, 60, len(parts)) + parts
        return head + body

    def serve(self):
        while True:
            try:
                data, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            if not self.silent:
                self.socket.sendto(self.answer(data), peer)

    def close(self):
        self.socket.close()
