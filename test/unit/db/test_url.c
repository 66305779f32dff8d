#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/url.h"

static void both_forms_are_read(void **state)
{
	(void)state;
	struct url *u = url_parse("postgresql://joe:secret@db.example:6000/shop?sslmode=require",
		"plat", NULL);
	assert_string_equal(url_get(u, "host"), "db.example");
	assert_string_equal(url_get(u, "port"), "6000");
	assert_string_equal(url_get(u, "password"), "secret");
	assert_string_equal(url_get(u, "sslmode"), "require");
	assert_string_equal(url_get(u, "application_name"), "plat");
	assert_null(url_get(u, "service"));
	assert_string_equal(url_name(u), "joe@db.example:6000/shop");
	assert_true(url_needs_lookup(u));
	url_free(u);
	u = url_parse("host=/run/postgresql user=joe dbname='my shop' application_name=own", "plat",
		NULL);
	assert_string_equal(url_name(u), "joe@/run/postgresql/my shop");
	assert_string_equal(url_get(u, "application_name"), "own");
	assert_false(url_needs_lookup(u));
	url_free(u);
	url_free(NULL);
}

static void environment_fills_what_is_missing(void **state)
{
	(void)state;
	setenv("PGHOST", "from.env", 1);
	setenv("PGUSER", "env_user", 1);
	setenv("PGDATABASE", "env_db", 1);
	setenv("PGPORT", "777", 1);
	struct url *u = url_parse("", "plat", NULL);
	assert_string_equal(url_name(u), "env_user@from.env:777/env_db");
	assert_true(url_needs_lookup(u));
	url_free(u);
	u = url_parse("postgresql:///x", "plat", NULL);
	assert_string_equal(url_get(u, "dbname"), "x");
	url_free(u);
}

static void what_cannot_be_read_does_not_show_the_password(void **state)
{
	static const char *const bad[] = {
		"postgresql://joe:hush%zz@host/x",
		"postgresql://joe:hush@[::1/x",
		"host=x password=hush hush",
		"password=hush nonsense_key=hush",
		"postgresql://joe:hush@host/x?hush=hush",
		"password='hush",
		"hush",
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = {.arena = a};
		assert_null(url_parse(bad[i], "plat", &e));
		assert_int_equal(e.code, E_INPUT);
		assert_null(strstr(e.msg, "hush"));
		assert_non_null(strstr(e.msg, "the database URL cannot be read"));
	}
	arena_free(a);
}

struct lookup {
	const char *text;
	bool needed;
	int hosts;
};

static void only_names_need_a_lookup(void **state)
{
	static const struct lookup cases[] = {
		{"host=127.0.0.1 user=x", false, 1},
		{"host=::1", false, 1},
		{"host=a.b", true, 1},
		{"host=/tmp", false, 1},
		{"host=@abstract", false, 1},
		{"host=a,b,/tmp", true, 3},
		{"host=a hostaddr=10.0.0.1", false, 1},
		{"host=a,b hostaddr=10.0.0.1,", true, 2},
		{"hostaddr=10.0.0.1,10.0.0.2", false, 2},
		{"host=,", false, 2},
	};

	(void)state;
	unsetenv("PGHOST");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct url *u = url_parse(cases[i].text, NULL, NULL);
		assert_int_equal(url_needs_lookup(u), cases[i].needed);
		assert_int_equal(url_hosts(u), cases[i].hosts);
		url_free(u);
	}
}

static void lookup_keeps_the_lists_in_step(void **state)
{
	(void)state;
	struct url *u =
		url_parse("host=/tmp,localhost,10.1.2.3 port=1,2,3 user=x dbname=y password=p",
			"plat", NULL);
	struct url *found = url_lookup(u, NULL);
	int hosts = url_hosts(found);
	const char *address = url_get(found, "hostaddr");

	assert_true(hosts == 3 || hosts == 4); /* localhost may have two */
	assert_int_equal(strncmp(url_get(found, "host"), "/tmp,localhost", 14), 0);
	assert_int_equal(address[0], ',');
	assert_true(strstr(address, "127.0.0.1") || strstr(address, "::1"));
	assert_false(url_needs_lookup(found));
	assert_string_equal(strrchr(url_get(found, "port"), ','), ",3");
	assert_string_equal(url_get(found, "password"), "p");
	assert_string_equal(url_name(found), url_name(u));
	int n = 0;
	while (url_keywords(found)[n])
		n++;
	assert_null(url_values(found)[n]);
	url_free(found);
	url_free(u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_forms_are_read),
		cmocka_unit_test(environment_fills_what_is_missing),
		cmocka_unit_test(what_cannot_be_read_does_not_show_the_password),
		cmocka_unit_test(only_names_need_a_lookup),
		cmocka_unit_test(lookup_keeps_the_lists_in_step),
	};
	return cmocka_run_group_tests_name("db/url", tests, NULL, NULL);
}
