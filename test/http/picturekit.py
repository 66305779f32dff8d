"""Pictures for tests: made without a library, measured by their heads; other formats by plat-image itself."""
import os, pathlib, struct, subprocess, tempfile, zlib

PLAT_IMAGE = pathlib.Path(os.environ['PLAT_BIN']).resolve().parent / 'plat-image'


def png(width, height, color=(200, 60, 20), alpha=False):
    """One colour, with a darker left upper quarter."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    pixel = bytes(color) + (b'\x80' if alpha else b'')
    dark = bytes(c // 2 for c in color) + (b'\xff' if alpha else b'')
    upper = b'\0' + dark * (width // 2) + pixel * (width - width // 2)
    lower = b'\0' + pixel * width
    packer = zlib.compressobj(1)
    data = b''.join(packer.compress(upper if y < height // 2 else lower) for y in range(height)) + packer.flush()
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 6 if alpha else 2, 0, 0, 0))
            + chunk(b'IDAT', data) + chunk(b'IEND', b''))


def run(data, *args):
    """(exit status, output, rendition) of plat-image."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, 'in'), pathlib.Path(folder, 'out')
        source.write_bytes(data)
        r = subprocess.run([PLAT_IMAGE, *map(str, args), source, target], capture_output=True, text=True, timeout=60)
        return r.returncode, r.stdout + r.stderr, target.read_bytes() if target.exists() else b''


def convert(data, format, width=0, height=0, resize='cover', quality=80):
    code, said, made = run(data, width, height, resize, quality, format)
    assert code == 0, said
    return made


def with_orientation(jpeg, orientation):
    """The same JPEG with an Exif block that says how to turn it."""
    tiff = b'II*\0\x08\0\0\0' + struct.pack('<HHHIHHI', 1, 0x112, 3, 1, orientation, 0, 0)
    body = b'Exif\0\0' + tiff
    return jpeg[:2] + b'\xff\xe1' + struct.pack('>H', len(body) + 2) + body + jpeg[2:]


def size(data):
    """(format, width, height)."""
    if data[:8] == b'\x89PNG\r\n\x1a\n':
        return ('png', *struct.unpack('>II', data[16:24]))
    if data[:2] == b'\xff\xd8':
        at = 2
        while True:
            marker, length = data[at + 1], struct.unpack('>H', data[at + 2:at + 4])[0]
            if 0xc0 <= marker <= 0xcf and marker not in (0xc4, 0xc8, 0xcc):
                height, width = struct.unpack('>HH', data[at + 5:at + 9])
                return 'jpeg', width, height
            at += 2 + length
    if data[8:12] == b'WEBP':
        if data[12:16] == b'VP8 ':
            width, height = struct.unpack('<HH', data[26:30])
            return 'webp', width & 0x3fff, height & 0x3fff
        if data[12:16] == b'VP8L':
            bits = struct.unpack('<I', data[21:25])[0]
            return 'webp', (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1
        return 'webp', int.from_bytes(data[24:27], 'little') + 1, int.from_bytes(data[27:30], 'little') + 1
    if data[4:12] == b'ftypavif':
        at = data.index(b'ispe')
        return ('avif', *struct.unpack('>II', data[at + 8:at + 16]))
    return None
