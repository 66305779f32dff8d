#include "support_rest_config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

extern char **environ;

struct arena *config_arena;
struct rest_config *config;

/* Nothing of the caller's environment may decide. */
static void clear_environment(void)
{
	for (char **at = environ; *at;) {
		char *name = strndup(*at, strcspn(*at, "="));
		bool ours = !strncmp(name, "PGRST_", 6) || !strncmp(name, "PLAT_REST_", 10);
		if (ours)
			unsetenv(name);
		else
			at++;
		free(name);
	}
}

int config_setup(void **state)
{
	(void)state;
	config_arena = arena_new();
	config = rest_config_new(config_arena);
	clear_environment();
	return 0;
}

int config_teardown(void **state)
{
	(void)state;
	clear_environment();
	arena_free(config_arena);
	return 0;
}

static const char *variable(const char *name)
{
	return !strcmp(name, "HOME") ? "/home/me" : !strcmp(name, "EMPTY") ? "" : NULL;
}

const char *config_read(const char *text)
{
	static const struct rest_config_source source = {.name = "x.conf", .env = variable};
	struct err e = {.arena = config_arena};
	int rc = rest_config_read(config, str_of(text), &source, &e);

	assert_int_equal(rc, e.code);
	return e.msg;
}

const char *config_set(const char *key, const char *value)
{
	struct err e = {.arena = config_arena};
	int rc = rest_config_set(config, str_of(key), str_of(value), &e);

	assert_int_equal(rc, e.code);
	return e.msg;
}

const char *config_load(const char *path)
{
	struct err e = {.arena = config_arena};
	int rc = rest_config_load(config, path, &e);

	assert_int_equal(rc, e.code);
	return e.msg;
}

const char *config_apply(const char *key, const char *value)
{
	struct err e = {.arena = config_arena};
	int rc = rest_config_apply(config, str_of(key), str_of(value), &e);

	assert_int_equal(rc, e.code);
	return e.msg;
}

const char *config_finish(void)
{
	struct err e = {.arena = config_arena};
	int rc = rest_config_finish(config, &e);

	assert_int_equal(rc, e.code);
	return e.msg;
}

const char *config_joined(struct rest_list list)
{
	const char *text = "";

	for (size_t i = 0; i < list.n; i++)
		text = arena_printf(config_arena, "%s%s" STR_FMT, text, i ? "|" : "",
			STR_ARG(list.at[i]));
	return text;
}

struct str config_printed(void)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	rest_config_print(f, config);
	fclose(f);
	struct str copy = str_copy(config_arena, str_from(text, len));
	free(text);
	return copy;
}

const char *config_line_of(const char *name)
{
	for (struct str rest = config_printed(); rest.p;) {
		struct str line = str_cut(&rest, '\n'), value = line;
		if (str_eq(str_trim(str_cut(&value, '=')), str_of(name)))
			return str_cstr(config_arena, str_trim(value));
	}
	return "(no line)";
}

const char *config_temporary(const char *text)
{
	char *path = arena_printf(config_arena, "/tmp/plat-test-config-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}
