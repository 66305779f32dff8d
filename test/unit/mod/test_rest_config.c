#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/jwk.h"
#include "mod/rest/config.h"

#include "support_rest_config.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* As PostgREST prints it without any setting, apart from what is new or ours. */
static const struct {
	const char *name, *value;
} defaults[] = {
	{"admin-server-host", "\"\""},
	{"admin-server-port", "\"\""},
	{"client-error-verbosity", "\"verbose\""},
	{"db-aggregates-enabled", "false"},
	{"db-anon-role", "\"\""},
	{"db-channel", "\"pgrst\""},
	{"db-channel-enabled", "true"},
	{"db-config", "true"},
	{"db-extra-search-path", "\"public\""},
	{"db-hoisted-tx-settings",
		"\"statement_timeout,plan_filter.statement_cost_limit,default_transaction_isolation\""},
	{"db-max-rows", "\"\""},
	{"db-plan-enabled", "false"},
	{"db-pool", "10"},
	{"db-pool-acquisition-timeout", "10"},
	{"db-pool-automatic-recovery", "true"},
	{"db-pool-max-idletime", "30"},
	{"db-pool-max-lifetime", "1800"},
	{"db-pre-config", "\"\""},
	{"db-prepared-statements", "true"},
	{"db-schemas", "\"public\""},
	{"db-tx-end", "\"commit\""},
	{"db-uri", "\"postgresql://\""},
	{"jwt-aud", "\"\""},
	{"jwt-cache-max-entries", "1000"},
	{"jwt-role-claim-key", "\"$$.role\""},
	{"jwt-secret", "\"\""},
	{"jwt-secret-is-base64", "false"},
	{"log-level", "\"error\""},
	{"log-query", "false"},
	{"openapi-mode", "\"follow-privileges\""},
	{"openapi-security-active", "false"},
	{"openapi-server-proxy-uri", "\"\""},
	{"server-cors-allowed-origins", "\"\""},
	{"server-host", "\"!4\""},
	{"server-port", "3000"},
	{"server-reuseport", "false"},
	{"server-trace-header", "\"\""},
	{"server-timing-enabled", "false"},
	{"server-unix-socket", "\"\""},
	{"server-unix-socket-mode", "\"660\""},
	{"url-use-legacy-target-names", "true"},
	{"plat-allow-unfiltered-writes", "\"\""},
	{"plat-cost-limit", "\"\""},
	{"plat-default-module", "\"mls\""},
	{"plat-max-body-bytes", "16777216"},
	{"plat-statement-timeout", "0"},
};

static void defaults_are_those_of_postgrest(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(defaults); i++)
		if (strcmp(config_line_of(defaults[i].name), defaults[i].value))
			fail_msg("%s = %s", defaults[i].name, config_line_of(defaults[i].name));
	assert_null(config_finish());
	assert_null(config->keys);
	assert_string_equal(config_line_of("admin-server-host"), "\"!4\"");
	assert_int_equal(config->warnings.n, 0);
}

static void a_wrong_value_is_answered_with_what_is_allowed(void **state)
{
	static const struct {
		const char *key, *value, *words;
	} cases[] = {
		{"db-tx-end", "random",
			"db-tx-end must be commit, commit-allow-override, rollback or rollback-allow-override, not 'random'"},
		{"log-level", "never",
			"log-level must be crit, error, warn, info or debug, not 'never'"},
		{"openapi-mode", "follow-",
			"openapi-mode must be follow-privileges, ignore-privileges or disabled"},
		{"client-error-verbosity", "x", "must be verbose or minimal, not 'x'"},
		{"db-plan-enabled", "maybe", "db-plan-enabled must be true or false, not 'maybe'"},
		{"db-pool", "0", "db-pool must be a whole number from 1 to 1000, not '0'"},
		{"db-pool", "1.5", "db-pool must be a whole number"},
		{"server-port", "65536", "server-port must be a whole number from 0 to 65535"},
		{"server-port", "-1", "server-port must be"},
		{"db-max-rows", "99999999999999999999", "db-max-rows must be"},
		{"server-unix-socket-mode", "800",
			"must be an octal number from 600 to 777, not '800'"},
		{"server-unix-socket-mode", "599", "octal number"},
		{"server-unix-socket-mode", "778", "octal number"},
		{"server-unix-socket-mode", "7", "octal number"},
		{"openapi-server-proxy-uri", "htp:/@@localhorst.invalid",
			"must be like https://example.com:8443/path"},
		{"openapi-server-proxy-uri", "https://me@example.com", "must be like"},
		{"openapi-server-proxy-uri", "https://example.com?x", "must be like"},
		{"openapi-server-proxy-uri", "https://example.com:0", "must be like"},
		{"openapi-server-proxy-uri", "https://", "must be like"},
		{"openapi-server-proxy-uri", "ftp://example.com", "must be like"},
		{"jwt-aud", "http://%%localhorst.invalid",
			"jwt-aud must be a text without a colon, or a URI"},
		{"jwt-role-claim-key", "role.other", "must be a path like $.role (expected a path"},
		{"db-schemas", "a,,b",
			"must be a list of names with commas between them, not 'a,,b'"},
		{"db-schemas", "api,pg_catalog",
			"schemas other than pg_catalog and information_schema, not 'pg_catalog'"},
		{"db-pre-request", ".check",
			"must be the name of a function, as in schema.function"},
		{"plat-cost-limit", "anon", "must be a list like role=1000"},
		{"plat-cost-limit", "anon=0", "must be a list like"},
		{"plat-max-body-bytes", "10TB",
			"a whole number from 0 to 1099511627776 bytes (or kB, MB, GB)"},
		{"plat-max-body-bytes", "9000000000GB", "a whole number"},
		{"plat-statement-timeout", "5 weeks", "milliseconds (or ms, s, min, h)"},
		{"plat-allow-unfiltered-writes", "perhaps", "true or false"},
		{"app.settings.not-a-name", "x", "'app.settings.not-a-name' is no name"},
		{"app.settings.", "x", "is no name"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const char *words = config_set(cases[i].key, cases[i].value);
		if (!words || !strstr(words, cases[i].words))
			fail_msg("%s = %s: %s", cases[i].key, cases[i].value, words);
	}
	assert_string_equal(config_line_of("db-tx-end"), "\"commit\"");
}

static void values_may_be_written_in_several_ways(void **state)
{
	static const struct {
		const char *key, *value, *printed;
	} cases[] = {
		{"db-plan-enabled", "True", "true"},
		{"db-plan-enabled", "0", "false"},
		{"db-plan-enabled", "13", "true"},
		{"db-plan-enabled", "-1", "false"},
		{"db-plan-enabled", " yes ", "true"},
		{"db-plan-enabled", "", "false"},
		{"log-query", "main-query", "true"},
		{"log-query", "disabled", "false"},
		{"db-max-rows", "1e3", "1000"},
		{"db-max-rows", "", "\"\""},
		{"server-port", "0", "0"},
		{"log-level", "", "\"error\""},
		{"db-extra-search-path", "", "\"\""},
		{"db-schemas", "", "\"public\""},
		{"db-schemas", " a , b ", "\"a,b\""},
		{"plat-max-body-bytes", "10 MB", "10485760"},
		{"plat-max-body-bytes", "64kB", "65536"},
		{"plat-max-body-bytes", "7B", "7"},
		{"plat-statement-timeout", "30s", "30000"},
		{"plat-statement-timeout", "5min", "300000"},
		{"plat-statement-timeout", "250", "250"},
		{"plat-statement-timeout", "250 ms", "250"},
		{"plat-allow-unfiltered-writes", "true", "true"},
		{"plat-allow-unfiltered-writes", "off", "false"},
		{"plat-cost-limit", "anon=1000, *=1e6", "\"anon=1000,*=1000000\""},
		{"openapi-server-proxy-uri", "HTTPS://[::1]:8443/api",
			"\"HTTPS://[::1]:8443/api\""},
		{"jwt-aud", "https://example.org/x?y=%20", "\"https://example.org/x?y=%20\""},
		{"jwt-role-claim-key", ".a.\"b c\"[0]", "\".a.\\\"b c\\\"[0]\""},
		{"server-unix-socket-mode", "0600", "\"600\""},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_null(config_set(cases[i].key, cases[i].value));
		if (strcmp(config_line_of(cases[i].key), cases[i].printed))
			fail_msg("%s = %s: %s", cases[i].key, cases[i].value,
				config_line_of(cases[i].key));
	}
}

static void costs_are_by_role_with_one_for_the_others(void **state)
{
	(void)state;
	assert_true(rest_config_cost_limit(config, STR("anon")) == 0);
	assert_null(config_set("plat-cost-limit", "*=5,anon=7"));
	assert_true(rest_config_cost_limit(config, STR("anon")) == 7);
	assert_true(rest_config_cost_limit(config, STR("x")) == 5);
}

static void the_environment_goes_before_the_file(void **state)
{
	const char *path =
		config_temporary("db-schemas = \"file\"\ndb-pool = 3\nlog-level = \"crit\"\n"
				 "app.settings.x = \"file\"\n");

	(void)state;
	setenv("PGRST_DB_SCHEMAS", "a,b", 1);
	setenv("PGRST_LOG_LEVEL", "", 1); /* the default again */
	setenv("PLAT_REST_MAX_RESPONSE_BYTES", "1kB", 1);
	setenv("PLAT_REST_COST_LIMIT", "web_anon=1000,web_reader=50", 1);
	setenv("PGRST_APP_SETTINGS_X", "env", 1);
	setenv("PGRST_APP_SETTINGS_Jwt_Key", "k=v", 1);
	assert_null(config_load(path));
	unlink(path);
	assert_string_equal(config_joined(config->db_schemas), "a|b");
	assert_int_equal(config->db_pool, 3);
	assert_int_equal(config->log_level, REST_LOG_ERROR);
	assert_int_equal(config->max_response_bytes, 1024);
	assert_true(rest_config_cost_limit(config, STR("web_reader")) == 50);
	assert_string_equal(config_joined(config->app_settings),
		"app.settings.x|env|app.settings.jwt_key|k=v");
	assert_int_equal(config->warnings.n, 0);
}

static void the_database_goes_before_all(void **state)
{
	(void)state;
	setenv("PGRST_DB_SCHEMAS", "env", 1);
	assert_null(config_load(NULL));
	assert_null(config_apply("db_schemas", "tenant1, tenant2"));
	assert_null(config_apply("pgrst.db_max_rows", "500"));
	assert_null(config_apply("plat_allow_unfiltered_writes", "false"));
	assert_string_equal(config_joined(config->db_schemas), "tenant1|tenant2");
	assert_int_equal(config->db_max_rows, 500);
	assert_int_equal(config->allow_unfiltered_writes, 0);
	assert_string_equal(config_apply("db_tx_end", "never"),
		"pgrst.db_tx_end in the database: db-tx-end must be commit, commit-allow-override, rollback or "
		"rollback-allow-override, not 'never'");
	assert_int_equal(config->warnings.n, 0);
	assert_null(config_apply("server_port", "80"));
	assert_null(config_apply("db_schema", "x"));
	assert_null(config_apply("db_max_row", "1"));
	assert_string_equal(config_joined(config->warnings),
		"pgrst.server_port in the database has no effect: set it in a file or in the environment|"
		"pgrst.db_schema in the database has no effect: set it in a file or in the environment|"
		"db-max-row is no setting (did you mean db-max-rows?)");
	assert_int_equal(config->server_port, 3000);
}

static void an_alias_counts_until_the_name_itself_is_used(void **state)
{
	(void)state;
	assert_null(config_read(
		"max-rows = 10\ndb-schema = \"old\"\nrole-claim-key = \".aliased\"\n"
		"secret-is-base64 = true\npre-request = \"a.b\"\nroot-spec = \"r\"\ndb-pool-timeout = 5\n"));
	assert_int_equal(config->db_max_rows, 10);
	assert_string_equal(config_joined(config->db_schemas), "old");
	assert_true(str_eq(config->jwt_role_claim_key, STR(".aliased")));
	assert_true(config->jwt_secret_is_base64);
	assert_true(str_eq(config->db_pre_request.name, STR("b")));
	assert_int_equal(config->db_pool_max_idletime, 5);
	assert_null(config_read("db-max-rows = 20"));
	setenv("PGRST_MAX_ROWS", "30", 1);
	setenv("PGRST_DB_SCHEMA", "older", 1);
	assert_null(config_load(NULL));
	assert_int_equal(config->db_max_rows, 20);
	assert_string_equal(config_joined(config->db_schemas), "older");
	assert_int_equal(config->warnings.n, 0);
}

static void unknown_and_outdated_names_are_warnings(void **state)
{
	(void)state;
	setenv("PGRST_DB_SCHEMES", "x", 1);
	setenv("PGRST_DEFAULT_MODULE", "x", 1);
	setenv("PLAT_REST_DB_POOL", "x", 1);
	assert_null(config_load(NULL));
	assert_int_equal(config->warnings.n, 3);
	for (size_t i = 0; i < 3; i++) {
		struct str w = config->warnings.at[i];
		assert_true(
			str_starts(w,
				STR("PGRST_DB_SCHEMES is no setting (did you mean PGRST_DB_SCHEMAS?)")) ||
			str_starts(w, STR("PGRST_DEFAULT_MODULE is no setting")) ||
			str_starts(w, STR("PLAT_REST_DB_POOL is no setting")));
	}
	config->warnings.n = 0;
	assert_null(
		config_read("jwt-cache-max-lifetime = 3600\nraw-media-types = \"image/png\"\n"));
	assert_string_equal(config_joined(config->warnings),
		"jwt-cache-max-lifetime has no effect. Gone: the cache is bounded by jwt-cache-max-entries.|"
		"raw-media-types has no effect. Gone: functions that return a domain named like a media type serve it.");
}

static void the_secret_becomes_keys(void **state)
{
	static const struct {
		const char *secret, *base64, *words; /* NULL: a key */
	} cases[] = {
		{"reallyreallyreallyreallyverysafe", "false", NULL},
		{"cmVhbGx5cmVhbGx5cmVhbGx5cmVhbGx5dmVyeXNhZmU=", "true", NULL},
		{"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
			"false", NULL},
		{"too short", "false",
			"jwt-secret must be a secret of at least 32 bytes, a JWK or a JWKS: the secret must be"},
		{"no base-64!", "true",
			"a JWK or a JWKS, in base 64: the secret is not in base 64"},
		{"{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}", "false", "the JWK: 'x' must be"},
		{"@/does/not/exist", "false",
			"jwt-secret: /does/not/exist cannot be read: No such file or directory"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_null(config_set("jwt-secret", cases[i].secret));
		assert_null(config_set("jwt-secret-is-base64", cases[i].base64));
		const char *words = config_finish();
		if (!words != !cases[i].words || (words && !strstr(words, cases[i].words)))
			fail_msg("%s: %s", cases[i].secret, words);
		if (words && cases[i].secret[0] != '@')
			assert_null(strstr(words, cases[i].secret));
		if (!words)
			assert_int_equal(config->keys->n, 1);
	}
	assert_null(config_set("jwt-secret-is-base64", "false"));
	assert_null(config_set("jwt-secret", "{\"keys\":[]}"));
	assert_null(config_finish());
	assert_string_equal(config_joined(config->warnings),
		"jwt-secret has no key that could check a token");
	assert_null(config_set("jwt-secret", ""));
	assert_null(config_finish());
	assert_null(config->keys);
}

static void files_behind_an_at_sign_are_read_once(void **state)
{
	const char *uri = config_temporary("  postgresql:///from_file\n");
	const char *secret = config_temporary("reallyreallyreallyreallyverysafe\n");

	(void)state;
	setenv("PGRST_DB_URI", arena_printf(config_arena, "@%s", uri), 1);
	setenv("PGRST_JWT_SECRET", arena_printf(config_arena, "@%s", secret), 1);
	assert_null(config_load(NULL));
	assert_true(str_eq(config->db_uri, STR("postgresql:///from_file")));
	assert_null(config_finish());
	assert_int_equal(config->keys->n, 1);
	unlink(uri), unlink(secret);
	assert_null(config_finish()); /* a pipe could not be read again either */
	assert_int_equal(config->keys->n, 1);
	setenv("PGRST_DB_URI", "@/does/not/exist", 1);
	assert_string_equal(config_load(NULL),
		"db-uri: /does/not/exist cannot be read: No such file or directory");
	assert_string_equal(config_load("/does/not/exist"),
		"/does/not/exist cannot be read: No such file or directory");
}

static void ports_and_paths_have_to_fit_together(void **state)
{
	(void)state;
	assert_null(config_set("admin-server-port", "3000"));
	assert_string_equal(config_finish(),
		"admin-server-port must be another port than server-port, not 3000");
	assert_null(config_set("admin-server-port", "3001"));
	assert_null(config_set("jwt-role-claim-key", ".role"));
	assert_null(config_finish());
	assert_null(config_finish());
	assert_non_null(config->role_claim);
	assert_string_equal(config_joined(config->warnings),
		"jwt-role-claim-key is in the notation before PostgREST 16; write it as JSONPath ($.role)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults_are_those_of_postgrest, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(a_wrong_value_is_answered_with_what_is_allowed,
			config_setup, config_teardown),
		cmocka_unit_test_setup_teardown(values_may_be_written_in_several_ways, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(costs_are_by_role_with_one_for_the_others,
			config_setup, config_teardown),
		cmocka_unit_test_setup_teardown(the_environment_goes_before_the_file, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(the_database_goes_before_all, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(an_alias_counts_until_the_name_itself_is_used,
			config_setup, config_teardown),
		cmocka_unit_test_setup_teardown(unknown_and_outdated_names_are_warnings,
			config_setup, config_teardown),
		cmocka_unit_test_setup_teardown(the_secret_becomes_keys, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(files_behind_an_at_sign_are_read_once, config_setup,
			config_teardown),
		cmocka_unit_test_setup_teardown(ports_and_paths_have_to_fit_together, config_setup,
			config_teardown),
	};

	return cmocka_run_group_tests_name("mod/rest/config", tests, NULL, NULL);
}
