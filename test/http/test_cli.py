"""The command line: what it says to right and wrong words."""
import pytest

from conftest import ROOT, Plat


@pytest.fixture
def bare(data):
    return Plat(data)


def test_help_lists_every_command(bare):
    text = bare.ok('help')
    for name in ['up', 'serve', 'migrate', 'demo', 'connect', 'sync', 'import', 'feed', 'secrets', 'settings', 'rest', 'keys', 'work', 'jobs', 'mail']:
        assert f'\n  {name} ' in text


@pytest.mark.parametrize('command', ['up', 'serve', 'migrate', 'demo', 'connect', 'sync', 'import', 'feed', 'secrets', 'rest', 'keys', 'work', 'jobs', 'mail'])
def test_each_command_has_help_with_examples(bare, command):
    text = bare.ok(command, '--help')
    assert text.startswith(f'plat {command}: ')
    assert 'Examples:' in text


def test_no_command_prints_help_and_fails(bare):
    r = bare.run()
    assert r.returncode == 2 and 'Usage: plat COMMAND' in r.stderr


def test_an_unknown_command_names_the_nearest(bare):
    r = bare.run('migrat')
    assert r.returncode == 2
    assert r.stderr == "plat: there is no command 'migrat' (did you mean migrate?); see plat help\n"


def test_an_unknown_flag_names_the_nearest(bare):
    r = bare.run('serve', '--lisen', ':1')
    assert r.returncode == 2
    assert r.stderr == 'plat serve: unknown flag --lisen (did you mean --listen?); see plat serve --help\n'


@pytest.mark.parametrize('args, sentence', [
    (['serve', '--workers', 'many'], "--workers takes a whole number from 1 to 64, not 'many'"),
    (['serve', '--workers', '0'], "--workers takes a whole number from 1 to 64, not '0'"),
    (['serve', '--workers'], '--workers needs a value (N)'),
    (['up', '--demo=yes'], '--demo takes no value'),
    (['serve', 'now'], "takes no operand, but got 'now'"),
    (['migrate', 'sideways'], "takes up, status or verify, not 'sideways'"),
    (['import'], 'say which file'),
    (['work', '--lease', '1'], "--lease takes a whole number from 3 to 3600, not '1'"),
    (['mail', 'template', 'set', 'invite'], 'template set needs --subject, --text or --html'),
    (['mail', 'send'], 'takes show ID, template set NAME or template reset NAME'),
])
def test_wrong_usage_is_one_sentence_and_status_2(bare, args, sentence):
    r = bare.run(*args)
    assert r.returncode == 2
    assert sentence in r.stderr
    assert r.stderr.count('\n') == 1


def test_a_setting_out_of_bounds_is_named(bare):
    r = bare.run('serve', env={'PLAT_DB_CONNECTIONS': 'lots'})
    assert r.returncode == 2
    assert "PLAT_DB_CONNECTIONS must be a whole number from 1 to 64, not 'lots'" in r.stderr


def test_a_mistyped_setting_is_warned_of(bare):
    assert 'PLAT_LISTN is no setting (did you mean PLAT_LISTEN?)' in bare.run('version', env={'PLAT_LISTN': ':1'}).stderr


def test_settings_do_not_show_secrets(bare):
    text = bare.ok('settings', env={'DATABASE_URL': 'postgresql://u:pa55word@h/d'})
    assert 'pa55word' not in text and 'DATABASE_URL         (set)' in text


def test_cli_reference_is_what_the_program_says(bare):
    assert (ROOT / 'docs/cli.md').read_text() == bare.ok('help', '--markdown')


def test_settings_reference_is_what_the_program_says(bare):
    assert (ROOT / 'docs/settings.md').read_text() == bare.ok('settings', '--markdown')


def test_rest_settings_reference_is_what_the_program_says(bare):
    assert (ROOT / 'docs/rest-config.md').read_text() == bare.ok('rest', '--markdown')
