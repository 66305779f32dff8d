/* Any bytes as a configuration file: what is taken can be printed, and the print is a file that says the same. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *variable(const char *name)
{
	return strcmp(name, "HOME") ? NULL : "/home/me";
}

static struct str printed(struct arena *a, const struct rest_config *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert(f);
	rest_config_print(f, c);
	fclose(f);
	struct str copy = str_copy(a, str_from(text, len));
	free(text);
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rest_config_source source = {.name = "fuzz", .env = variable};
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct rest_config *c = rest_config_new(a), *again = rest_config_new(a);
	int rc = rest_config_read(c, str_from(size ? (const void *)data : "", size), &source, &e);

	assert(rc == e.code && (!rc || e.msg));
	if (!rc) {
		struct str text = printed(a, c);
		assert(rest_config_read(again, text, &source, NULL) == 0 && !again->warnings.n);
		assert(str_eq(printed(a, again), text));
		assert(rest_config_finish(c, &e) == e.code);
		assert(rest_config_sql(a, c).len);
	}
	arena_free(a);
	return 0;
}
