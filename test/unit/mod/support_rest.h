/* support_rest: what the tests of the REST parsers share: an arena and a fault for each text, and comparing in their words. */
#pragma once
#include "base/arena.h"
#include "mod/rest/parse.h"

/* One text on its way through a parser. */
struct rest_try {
	struct arena *arena;
	struct rest_fault fault;
};

void rest_try_start(struct rest_try *t);
void rest_try_end(struct rest_try *t);

/* A refusal of one parameter, in the words of PostgREST: 400 PGRST100 "failed to parse <what> (<text>)" (line 1, column <column>),
 * and these details. */
void rest_try_refused(struct rest_try *t, int result, const char *what, const char *text,
	int column, const char *details);

void rest_try_same(struct str got, const char *want, const char *text);
