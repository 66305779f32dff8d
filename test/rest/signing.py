"""Key pairs made and used by the openssl program: no other library than Python's own is needed to sign tokens."""
import json, pathlib, re, subprocess

from restkit import b64url


def openssl(*arguments, data=None):
    done = subprocess.run(['openssl', *map(str, arguments)], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def from_der(signature, size):
    """r and s of an ECDSA signature, each of a fixed size."""
    at, parts = 3 if signature[1] & 0x80 else 2, []  # behind the head of the SEQUENCE
    for _ in range(2):
        assert signature[at] == 2
        length = signature[at + 1]
        parts.append(int.from_bytes(signature[at + 2:at + 2 + length], 'big').to_bytes(size, 'big'))
        at += 2 + length
    return b''.join(parts)


class Signer:
    MAKE = {'RSA': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], 'P-256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
            'P-384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], 'P-521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'], 'Ed25519': ['-algorithm', 'ED25519']}
    SIZE = {'P-256': 32, 'P-384': 48, 'P-521': 66}

    def __init__(self, folder, kind, kid):
        self.kind, self.kid, self.file = kind, kid, pathlib.Path(folder) / kid
        openssl('genpkey', *self.MAKE[kind], '-out', self.file)

    def jwk(self, **more):
        if self.kind == 'RSA':
            modulus = re.search(r'Modulus=(\w+)', openssl('rsa', '-in', self.file, '-noout', '-modulus').decode()).group(1)
            own = {'kty': 'RSA', 'n': b64url(bytes.fromhex(modulus)), 'e': 'AQAB'}
        else:
            public = openssl('pkey', '-in', self.file, '-pubout', '-outform', 'DER')
            if self.kind == 'Ed25519':
                own = {'kty': 'OKP', 'crv': 'Ed25519', 'x': b64url(public[-32:])}
            else:
                size = self.SIZE[self.kind]
                own = {'kty': 'EC', 'crv': self.kind, 'x': b64url(public[-2 * size:-size]), 'y': b64url(public[-size:])}
        return own | {'kid': self.kid} | more

    def sign(self, algorithm, data):
        digest = {'256': '-sha256', '384': '-sha384', '512': '-sha512'}.get(algorithm[2:])
        if algorithm == 'EdDSA':
            message = self.file.with_suffix('.message')
            message.write_bytes(data)
            return openssl('pkeyutl', '-sign', '-rawin', '-inkey', self.file, '-in', message)
        if algorithm.startswith('PS'):
            return openssl('dgst', digest, '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:-1', '-sign', self.file, data=data)
        signature = openssl('dgst', digest, '-sign', self.file, data=data)
        return from_der(signature, self.SIZE[self.kind]) if algorithm.startswith('ES') else signature

    def token(self, algorithm, head=None, **claims):
        parts = '.'.join(b64url(json.dumps(p).encode()) for p in ({'alg': algorithm, 'typ': 'JWT', 'kid': self.kid} | (head or {}), claims))
        return parts + '.' + b64url(self.sign(algorithm, parts.encode()))
