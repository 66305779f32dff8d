#include "support_rest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

void rest_try_start(struct rest_try *t)
{
	*t = (struct rest_try){.arena = arena_new()};
	t->fault.arena = t->arena;
}

void rest_try_end(struct rest_try *t)
{
	arena_free(t->arena);
}

void rest_try_refused(struct rest_try *t, int result, const char *what, const char *text,
	int column, const char *details)
{
	struct str want = str_printf(t->arena, "\"failed to parse %s (%s)\" (line 1, column %d)",
		what, text, column);

	if (!result)
		fail_msg("taken: %s", text);
	assert_int_equal(t->fault.status, 400);
	assert_string_equal(t->fault.code, "PGRST100");
	assert_string_equal(t->fault.message, want.p);
	if (strcmp(t->fault.details, details) != 0)
		fail_msg("%s: %s, not %s", text, t->fault.details, details);
	assert_null(t->fault.hint);
}

void rest_try_same(struct str got, const char *want, const char *text)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("%s becomes " STR_FMT ", not %s", text, STR_ARG(got), want);
}
