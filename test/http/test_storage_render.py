"""Renditions of pictures over /storage/v1/render/image, and plat-image by itself."""
import concurrent.futures, http.client, os, pathlib, shutil, stat, struct, zlib

import pytest

import picturekit
from conftest import answers, free_port, wait_until
from picturekit import convert, png, run, size, with_orientation
from storagekit import PDF, Shop, shop  # noqa: F401

PICTURE = png(800, 600)


@pytest.fixture(scope='module')
def bucket(shop):
    name = shop.as_('a_admin').bucket(file_size_limit=8 * 1024 * 1024)
    shop.as_('a_agent').upload(f'{name}/front.png', PICTURE, 'image/png').ok()
    return name


@pytest.fixture(scope='module')
def public(shop):
    name = shop.as_('a_admin').bucket(public=True)
    shop.as_('a_agent').upload(f'{name}/house/front.png', PICTURE, 'image/png').ok()
    return name


# --- plat-image ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('wish, wanted', [
    ((300, 200, 'cover', 80, 'webp'), ('webp', 300, 200)),
    ((300, 300, 'contain', 80, 'jpeg'), ('jpeg', 300, 225)),
    ((300, 300, 'fill', 80, 'png'), ('png', 300, 300)),
    ((400, 0, 'cover', 80, 'origin'), ('png', 400, 300)),
    ((0, 300, 'cover', 80, 'avif'), ('avif', 400, 300)),
    ((0, 0, 'cover', 80, 'jpeg'), ('jpeg', 800, 600)),
    ((1600, 1200, 'cover', 80, 'origin'), ('png', 800, 600)),  # never larger than it is
    ((1600, 1200, 'contain', 80, 'origin'), ('png', 800, 600)),
])
def test_sizes_and_formats(wish, wanted):
    code, said, made = run(PICTURE, *wish)
    assert code == 0, said
    assert size(made) == wanted


def test_what_came_in_is_told():
    code, said, _ = run(PICTURE, 80, 60, 'cover', 80, 'webp')
    assert (code, said) == (0, '{"from":[800,600],"to":[80,60],"type":"image/webp"}\n')


@pytest.mark.parametrize('format', ['jpeg', 'webp', 'avif'])
def test_reads_what_it_writes(format):
    assert size(convert(convert(PICTURE, format), 'png', 100)) == ('png', 100, 75)


def test_turns_upright_and_drops_what_a_camera_wrote():
    turned = with_orientation(convert(PICTURE, 'jpeg'), 6)
    made = convert(turned, 'origin', 300)
    assert size(made) == ('jpeg', 300, 400)
    assert b'Exif' not in made


def test_quality_costs_bytes():
    noise = png(400, 300, (13, 200, 77))
    assert len(convert(noise, 'jpeg', quality=20)) < len(convert(noise, 'jpeg', quality=100))


def test_transparent_pictures_become_white_where_there_is_no_transparency():
    made = convert(convert(png(80, 60, (0, 0, 0), alpha=True), 'jpeg'), 'png')
    assert size(made) == ('png', 80, 60)


def bomb(width, height):
    """A PNG whose head promises more than it has."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(bytes(1000000), 9)) + chunk(b'IEND', b''))


@pytest.mark.parametrize('data, code, words', [
    (bomb(7100, 7100), 4, 'too many pixels'), (bomb(20001, 1), 4, 'too many pixels'), (bomb(65535, 65535), 4, 'too many pixels'),
    (bomb(4000, 4000), 3, ''), (PICTURE[:3000], 3, ''), (convert(PICTURE, 'jpeg')[:3000], 3, ''), (convert(PICTURE, 'webp')[:500], 3, ''),
    (b'', 3, 'no picture'), (b'text', 3, 'no picture'), (PDF, 3, 'no picture'),
    (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>', 3, 'no picture'),
    (b'GIF89a' + bytes(3), 3, ''), (b'%!PS-Adobe-3.0\n', 3, 'no picture'), (b'P6 10 10 255\n' + bytes(300), 3, 'no picture'),
])
def test_what_is_refused(data, code, words):
    got, said, made = run(data, 100, 100, 'cover', 80, 'webp')
    assert got == code, said
    assert words in said


@pytest.mark.parametrize('wish', [(), (1, 2, 'cover', 80), (-1, 0, 'cover', 80, 'webp'), (1, 1, 'crop', 80, 'webp'),
                                  (1, 1, 'cover', 0, 'webp'), (1, 1, 'cover', 80, 'bmp'), (30000, 1, 'cover', 80, 'webp')])
def test_wrong_usage(wish):
    assert run(PICTURE, *wish)[0] == 2


# --- over HTTP -------------------------------------------------------------------------------------------------

def test_a_rendition_of_ones_own_object(shop, bucket):
    agent = shop.as_('a_agent')
    path = f'/render/image/authenticated/{bucket}/front.png?width=300&height=200&resize=cover'
    answer = agent.get(path)
    assert answer.status == 200, answer
    assert size(answer.data) == ('png', 300, 200)
    assert answer.headers['Content-Type'] == 'image/png'
    assert answer.headers['Cache-Control'] == 'max-age=3600'
    assert answer.headers['X-Content-Type-Options'] == 'nosniff'
    assert 'Accept' in answer.headers['Vary']
    again = agent.get(path, If_None_Match=answer.headers['ETag'])
    assert (again.status, again.data) == (304, b'')
    assert agent.get(path).data == answer.data
    assert agent('HEAD', path).headers['Content-Length'] == str(len(answer.data))


def test_the_format_is_what_the_client_likes_unless_it_says(shop, bucket):
    agent = shop.as_('a_agent')
    path = f'/render/image/authenticated/{bucket}/front.png?width=100'
    assert size(agent.get(path).data)[0] == 'png'
    assert size(agent.get(path, Accept='image/avif,image/webp,*/*').data)[0] == 'webp'
    assert size(agent.get(path + '&format=origin', Accept='image/webp').data)[0] == 'png'
    for format in ('jpeg', 'webp', 'avif', 'png'):
        answer = agent.get(f'{path}&format={format}')
        assert (size(answer.data)[0], answer.headers['Content-Type']) == (format, f'image/{format}')


def test_rights_are_those_of_the_object(shop, bucket, public):
    path = f'/render/image/authenticated/{bucket}/front.png?width=100'
    assert shop.as_('a_agent2').get(path).status == 200
    for who in ('a_client', 'b_admin'):
        shop.as_(who).get(path).refused(404, 'NoSuchKey')
    for who in ('anon', None):
        assert shop.as_(who).get(path).status == 400
    assert shop.as_(None).get(f'/render/image/public/{public}/house/front.png?width=100').status == 200
    shop.as_(None).get(f'/render/image/public/{bucket}/front.png?width=100').refused(404, 'NoSuchBucket')
    shop.as_('a_agent').get(f'/render/image/authenticated/{bucket}/none.png').refused(404, 'NoSuchKey')


def test_a_signed_link_says_what_it_looks_like(shop, bucket):
    agent, nobody = shop.as_('a_agent'), shop.as_(None)
    link = agent.post(f'/object/sign/{bucket}/front.png', {'expiresIn': 60, 'transform': {'width': 120, 'height': 80, 'format': 'origin'}}).ok()['signedURL']
    assert link.startswith(f'/render/image/sign/{bucket}/front.png?token=')
    assert size(nobody.get(link).data) == ('png', 120, 80)
    assert size(nobody.get(link + '&width=500').data) == ('png', 120, 80)
    plain = agent.post(f'/object/sign/{bucket}/front.png', {'expiresIn': 60}).ok()['signedURL']
    nobody.get(plain.replace('/object/', '/render/image/')).refused(400, 'InvalidSignature')
    nobody.get(link[:-3]).refused(400, 'InvalidJWT')
    nobody.get(link.replace('front.png', 'other.png')).refused(400, 'InvalidSignature')
    bad = agent.post(f'/object/sign/{bucket}/front.png', {'expiresIn': 60, 'transform': {'width': 99999}}).ok()['signedURL']
    nobody.get(bad).refused(400, 'InvalidRequest')


@pytest.mark.parametrize('query', ['width=0', 'width=2501', 'width=-1', 'width=abc', 'width=', 'height=1e3', 'quality=19', 'quality=101',
                                   'resize=crop', 'format=gif', 'width=10&width=0', 'width=%00', 'width=99999999999999999999'])
def test_parameters_out_of_range(shop, bucket, query):
    shop.as_('a_agent').get(f'/render/image/authenticated/{bucket}/front.png?{query}').refused(400, 'InvalidRequest')


def test_what_is_no_picture_is_refused_and_remembered(shop, bucket):
    agent = shop.as_('a_agent')
    agent.upload(f'{bucket}/paper.pdf', PDF, 'application/pdf').ok()
    agent.upload(f'{bucket}/bomb.png', bomb(7100, 7100), 'image/png').ok()
    for _ in range(2):
        assert 'no picture' in agent.get(f'/render/image/authenticated/{bucket}/paper.pdf?width=9').refused(400, 'InvalidRequest')
        assert agent.get(f'/render/image/authenticated/{bucket}/bomb.png?width=9').status == 413
    assert [p.name for p in (shop.data / 'renditions').iterdir() if p.is_file()] == []


def test_a_replaced_object_has_new_renditions(shop, bucket):
    agent = shop.as_('a_agent')
    path = f'/render/image/authenticated/{bucket}/changing.png?width=50'
    agent.upload(f'{bucket}/changing.png', png(100, 100), 'image/png').ok()
    first = agent.get(path)
    agent.upload(f'{bucket}/changing.png', png(100, 50), 'image/png', method='PUT').ok()
    second = agent.get(path, If_None_Match=first.headers['ETag'])
    assert (size(first.data), size(second.data)) == (('png', 50, 50), ('png', 50, 25))


def test_many_at_once_are_made_or_told_to_come_again(shop, bucket):
    def ask(n):
        return shop.as_('a_agent').get(f'/render/image/authenticated/{bucket}/front.png?width={400 + n}&format=avif')
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(ask, range(40)))
    assert {a.status for a in answers} <= {200, 503}
    assert sum(a.status == 200 for a in answers) >= 18
    for a in answers:
        if a.status == 503:
            assert a.headers['Retry-After'] == '1'
    assert ask(0).status == 200


def test_a_client_that_goes_away_takes_no_place(shop, bucket):
    for n in range(6):
        c = http.client.HTTPConnection('127.0.0.1', shop.port)
        c.request('GET', f'/storage/v1/render/image/authenticated/{bucket}/front.png?width={600 + n}',
                  headers={'Authorization': f'Bearer {shop.as_("a_agent").token}'})
        c.close()
    assert shop.as_('a_agent').get(f'/render/image/authenticated/{bucket}/front.png?width=700').status == 200


def test_the_environment_stays_here(shop, tmp_path):
    """plat-image gets none of the secrets that plat's environment has."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    tmp_path.chmod(0o755)
    program = shutil.copy(os.environ['PLAT_BIN'], folder / 'plat')
    spy = folder / 'plat-image'
    spy.write_text(f'#!/bin/sh\nenv > {tmp_path}/env\nexec {picturekit.PLAT_IMAGE} "$@"\n')
    spy.chmod(spy.stat().st_mode | stat.S_IXUSR)
    port = free_port()
    process = shop.plat.start('serve', '--listen', f'127.0.0.1:{port}', program=program)
    try:
        wait_until(answers(port))
        was, shop.port = shop.port, port
        bucket = shop.as_('a_admin').bucket()
        shop.as_('a_agent').upload(f'{bucket}/x.png', png(50, 50), 'image/png').ok()
        assert shop.as_('a_agent').get(f'/render/image/authenticated/{bucket}/x.png?width=20').status == 200
    finally:
        shop.port = was
        shop.plat.stop(process)
    names = {line.split('=')[0] for line in pathlib.Path(tmp_path, 'env').read_text().splitlines()}
    assert names <= {'PATH', 'LC_ALL', 'PWD', 'SHLVL', '_', 'OLDPWD'}, names


def test_renditions_of_what_is_gone_are_removed(shop, bucket):
    agent = shop.as_('a_agent')
    versions = {}
    for name in ('stays.png', 'goes.png'):
        agent.upload(f'{bucket}/{name}', png(60, 60), 'image/png').ok()
        assert agent.get(f'/render/image/authenticated/{bucket}/{name}?width=30').status == 200
        versions[name] = shop.database.one('select version from storage.objects where bucket_id = %s and name = %s', bucket, name)
    leftover = shop.data / f'renditions/{versions["stays.png"]}.in'
    leftover.write_bytes(b'x')
    os.utime(leftover, (0, 0))
    agent('DELETE', f'/object/{bucket}/goes.png').ok()
    shop.database.query("select plat.enqueue('storage.trim_renditions')")
    worker = shop.plat.start('work')
    try:
        wait_until(lambda: not (shop.data / 'renditions' / versions['goes.png']).exists() and not leftover.exists())
    finally:
        shop.plat.stop(worker)
    assert [p.name for p in (shop.data / 'renditions' / versions['stays.png']).iterdir()] == ['30x0-cover-80-origin']
