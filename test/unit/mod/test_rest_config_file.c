#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "mod/rest/config.h"

#include "support_rest_config.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static void a_file_is_read_as_postgrest_reads_it(void **state)
{
	(void)state;
	assert_null(config_read(
		"# a comment\n"
		"db-uri = \"postgres://me:secret@localhost/app\" # and another\n"
		"  db-schemas=\"api, private ,more\"\n"
		"db-max-rows = 1000\r\n"
		"db-pool\n=\n7\n"
		"db-plan-enabled = on\n"
		"db-channel-enabled = false\n"
		"db-extra-search-path = [\"a\", \"b\" , # c\n \"d\"]\n"
		"db-hoisted-tx-settings = []\n"
		"db-pre-request = \"api.check\"\n"
		"db-root-spec = \"root\"\n"
		"db-tx-end = \"rollback-allow-override\"\n"
		"jwt-secret = \"$$ a \\\"quoted\\\" \\\\ \\u00e9 \\ud83d\\ude00 \\t secret of some length\"\n"
		"server-unix-socket = \"$(HOME)/x$(EMPTY).sock\"\n"
		"server-unix-socket-mode = \"777\"\n"
		"#; server-port = 1\n"
		"log-level = \"info\"\n"
		"app.settings.one = \"1\"\n"
		"app { settings {\n two = 2\n three = true } }\n"
		"db-anon-role = \"first\"\n"
		"db-anon-role = \"last one wins\""));
	assert_true(str_eq(config->db_uri, STR("postgres://me:secret@localhost/app")));
	assert_string_equal(config_joined(config->db_schemas), "api|private|more");
	assert_int_equal(config->db_max_rows, 1000);
	assert_int_equal(config->db_pool, 7);
	assert_true(config->db_plan_enabled);
	assert_false(config->db_channel_enabled);
	assert_string_equal(config_joined(config->db_extra_search_path), "a|b|d");
	assert_true(str_eq(config->db_pre_request.schema, STR("api")));
	assert_true(str_eq(config->db_pre_request.name, STR("check")));
	assert_null(config->db_root_spec.schema.p);
	assert_true(str_eq(config->db_root_spec.name, STR("root")));
	assert_int_equal(config->db_tx_end, REST_END_ROLLBACK_OVERRIDE);
	assert_true(
		str_eq(config->jwt_secret, STR("$ a \"quoted\" \\ é 😀 \t secret of some length")));
	assert_true(str_eq(config->server_unix_socket, STR("/home/me/x.sock")));
	assert_int_equal(config->server_unix_socket_mode, 0777);
	assert_int_equal(config->server_port, 3000);
	assert_int_equal(config->log_level, REST_LOG_INFO);
	assert_string_equal(config_joined(config->app_settings),
		"app.settings.one|1|app.settings.two|2|app.settings.three|true");
	assert_true(str_eq(config->db_anon_role, STR("last one wins")));
	assert_int_equal(config->warnings.n, 0);
}

static void entries_may_be_used_in_others(void **state)
{
	(void)state;
	assert_null(config_read(
		"name = \"api\"\nother = \"$(name)_v2\"\ndb-schemas = \"$(name),$(other)\"\n"
		"db-anon-role = \"$(db-schemas)\"\nunused = 1\n"));
	assert_string_equal(config_joined(config->db_schemas), "api|api_v2");
	assert_true(str_eq(config->db_anon_role, STR("api,api_v2")));
	assert_string_equal(config_joined(config->warnings), "unused is no setting");
}

static void what_is_no_file_is_refused_with_the_line(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"db-anon-role", "x.conf, line 1: expected = behind a name"},
		{"\n\n= 1", "x.conf, line 3: expected a name"},
		{"1a = 1", "line 1: a name begins with a letter"},
		{"a..b = 1", "line 1: a name begins with a letter"},
		{"a. = 1", "line 1: expected a name"},
		{"db-pool = ",
			"a value is a text in double quotes, a number, true, false or a list"},
		{"db-pool = ten", "a value is a text in double quotes"},
		{"db-pool = True", "a value is a text in double quotes"},
		{"db-pool = 1 2", "line 1: expected the end of the line"},
		{"db-pool = 1 log-query = true", "expected the end of the line"},
		{"db-uri = 'x'", "a value is a text in double quotes"},
		{"db-uri = \"x", "a text has no closing quote"},
		{"db-uri = \"\\x\"", "behind \\ there must be one of"},
		{"db-uri = \"\\u12\"", "\\u wants four hexadecimal digits"},
		{"db-uri = \"\\ud800x\"", "\\u wants four hexadecimal digits"},
		{"db-uri = \"\\u0000\"", "\\u wants four hexadecimal digits"},
		{"db-uri = \"a$b\"", "a dollar is written $$, a variable $(NAME)"},
		{"db-uri = \"a$\"", "a dollar is written $$"},
		{"db-uri = \"$()\"", "a dollar is written $$"},
		{"db-uri = \"$(HOME\"", "a dollar is written $$"},
		{"db-uri = \"$(NOPE)\"", "$(NOPE) is neither an entry before this nor a variable"},
		{"db-schemas = [\"a\" \"b\"]", "expected , or ] in a list"},
		{"db-schemas = [\"a\"", "expected , or ] in a list"},
		{"x = [[[[[[[[[[1]]]]]]]]]]", "lists are too deep"},
		{"app {", "a group has no closing brace"},
		{"a{b{c{d{e{f{g{h{i{j=1", "groups are too deep"},
		{"import \"/etc/passwd\"", "files cannot be imported here"},
		{"import x", "expected the name of a file"},
		{"db-uri = \"\xff\"", "x.conf is not UTF-8 text"},
		{"\n\ndb-max-rows = true",
			"x.conf, line 3: db-max-rows must be a whole number from 0, not 'true'"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const char *words = config_read(cases[i].text);
		if (!words || !strstr(words, cases[i].words))
			fail_msg("%s: %s", cases[i].text, words);
	}
}

static void texts_that_grow_by_themselves_have_an_end(void **state)
{
	const char *text = "a = \"xxxxxxxxxxxxxxxx\"\n";

	(void)state;
	for (int i = 0; i < 20; i++)
		text = arena_printf(config_arena, "%sa = \"$(a)$(a)\"\n", text);
	assert_non_null(strstr(config_read(text), "a text is longer than 65536 bytes"));
}

static void files_import_others(void **state)
{
	const char *inner = config_temporary("db-anon-role = \"inner\"\n");
	const char *outer = config_temporary(
		arena_printf(config_arena, "import \"%s\"\napp.settings {\nimport \"%s\" }\n",
			strrchr(inner, '/') + 1, inner));
	const char *endless = config_temporary("");
	FILE *f = fopen(endless, "w");

	(void)state;
	fprintf(f, "import \"%s\"\n", endless);
	fclose(f);
	assert_string_equal(config_load(outer),
		arena_printf(config_arena,
			"%s, line 1: 'app.settings.db-anon-role' is no name that PostgreSQL takes for a setting",
			inner));
	assert_true(str_eq(config->db_anon_role, STR("inner")));
	assert_non_null(strstr(config_load(endless), "files import each other too deeply"));
	unlink(inner), unlink(outer), unlink(endless);
}

/* What is printed is read back to the same, apart from secrets. */
static void the_print_is_a_file_without_secrets(void **state)
{
	(void)state;
	assert_null(config_read(
		"db-uri = \"postgres://me:s3cret@localhost/app?x=1\"\njwt-secret = \"a secret with $$ and \\\" of some length\"\n"
		"app.settings.key = \"s3cret\"\ndb-schemas = \"a\\\\b,c$$d,e\\\"f\"\nplat-cost-limit=\"x=1.5\"\n"
		"db-max-rows = 7\nserver-unix-socket = \"tab\\tline\\nend\"\ndb-pre-config = \"a.b\"\n"));
	struct str first = config_printed();
	assert_true(str_find(first, STR("s3cret")) < 0);
	assert_true(str_find(first, STR("some length")) < 0);
	assert_string_equal(config_line_of("db-uri"), "\"postgres://me:***@localhost/app?x=1\"");
	assert_string_equal(config_line_of("jwt-secret"), "\"***\"");
	assert_string_equal(config_line_of("app.settings.key"), "\"***\"");
	config = rest_config_new(config_arena);
	assert_null(config_read(first.p));
	assert_true(str_eq(config_printed(), first));
	assert_string_equal(config_joined(config->db_schemas), "a\\b|c$d|e\"f");
	assert_int_equal(config->warnings.n, 0);
}

static void passwords_in_an_uri_are_not_printed(void **state)
{
	static const struct {
		const char *uri, *printed;
	} cases[] = {
		{"postgresql://", "\"postgresql://\""},
		{"postgresql:///app", "\"postgresql:///app\""},
		{"postgresql://host:5432/app", "\"postgresql://host:5432/app\""},
		{"postgresql://me@host:5432/app", "\"postgresql://me@host:5432/app\""},
		{"postgresql://me:p@ss:w@rd@host/app", "\"postgresql://me:***@host/app\""},
		{"host=x password=y", "\"***\""},
		{"host=x user=y", "\"host=x user=y\""},
		{"postgresql://?password=x", "\"***\""},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_null(config_set("db-uri", cases[i].uri));
		assert_string_equal(config_line_of("db-uri"), cases[i].printed);
	}
}

static void the_page_has_a_row_for_each_setting(void **state)
{
	char *text = NULL;
	size_t len = 0, rows = 0;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	rest_config_print_markdown(f);
	fclose(f);
	for (struct str rest = str_from(text, len); rest.p;) {
		struct str line = str_cut(&rest, '\n');
		size_t bars = 0;
		for (size_t i = 0; i < line.len; i++)
			bars += line.p[i] == '|';
		rows += str_starts(line, STR("| `"));
		assert_true(!str_starts(line, STR("|")) || bars == 6);
	}
	assert_true(rows >= 50);
	assert_non_null(strstr(text,
		"| `db-schemas`, `db-schema` | `PGRST_DB_SCHEMAS` | yes | `public` | "));
	assert_non_null(strstr(text, "| `plat-cost-limit` | `PLAT_REST_COST_LIMIT` | yes | | "));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_read_as_postgrest_reads_it, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(entries_may_be_used_in_others, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(what_is_no_file_is_refused_with_the_line,
			config_setup, config_teardown),
		cmocka_unit_test_setup_teardown(texts_that_grow_by_themselves_have_an_end,
			config_setup, config_teardown),
		cmocka_unit_test_setup_teardown(files_import_others, config_setup, config_teardown),
		cmocka_unit_test_setup_teardown(the_print_is_a_file_without_secrets, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(passwords_in_an_uri_are_not_printed, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(the_page_has_a_row_for_each_setting, config_setup,
			config_teardown),
	};

	return cmocka_run_group_tests_name("mod/rest/config_file", tests, NULL, NULL);
}
