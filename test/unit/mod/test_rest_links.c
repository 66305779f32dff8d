#include "mod/rest/select_local.h"
#include "support_rest_select.h"

static void two_ways_are_told_apart(struct rct *t)
{
	rst_rows(t, "/films?select=directors(name)",
		"300 PGRST201 Could not embed because more than one relationship was found for 'films' and 'directors' | "
		"[{\"cardinality\":\"many-to-one\",\"embedding\":\"films with directors\",\"relationship\":\"films_backup_id_fkey using films(backup_id) and directors(id)\"},"
		"{\"cardinality\":\"many-to-one\",\"embedding\":\"films with directors\",\"relationship\":\"films_director_id_fkey using films(director_id) and directors(id)\"}] | "
		"Try changing 'directors' to one of the following: 'directors!films_backup_id_fkey', 'directors!films_director_id_fkey'. "
		"Find the desired relationship in the 'details' key.");
	assert_non_null(strstr(rst_get(t, "/directors?select=films(id)"),
		"\"relationship\":\"films_director_id_fkey using directors(id) and films(director_id)\""));
}

static void what_hangs_nowhere_is_refused(struct rct *t)
{
	rst_rows(t, "/films?select=spex(note)",
		"400 PGRST200 Could not find a relationship between 'films' and 'spex' in the schema cache | "
		"Searched for a foreign key relationship between 'films' and 'spex' in the schema 'test', but no matches were found. | "
		"Perhaps you meant 'specs' instead of 'spex'.");
	rst_rows(t, "/films?select=directors!nothing(name)",
		"400 PGRST200 Could not find a relationship between 'films' and 'directors' in the schema cache | "
		"Searched for a foreign key relationship between 'films' and 'directors' using the hint 'nothing' in the schema 'test', but no matches were found.");
	rst_rows(t, "/films?select=specs(odd(t1))",
		"400 PGRST200 Could not find a relationship between 'specs' and 'odd' in the schema cache | "
		"Searched for a foreign key relationship between 'specs' and 'odd' in the schema 'test', but no matches were found.");
	rst_rows(t, "/rpc/pairs?n=1&select=films(id)",
		"400 PGRST200 Could not find a relationship between 'pairs' and 'films' in the schema cache | "
		"Searched for a foreign key relationship between 'pairs' and 'films' in the schema 'test', but no matches were found.");
}

/* What "target!hint" of a film leads to: the cardinality, the table and what distinguishes the way. */
static const struct {
	const char *target, *hint, *found;
} ways[] = {
	{"specs", NULL, "2 specs specs_film_id_fkey"},
	{"specs_film_id_fkey", NULL, "2 specs specs_film_id_fkey"},
	{"directors", "films_director_id_fkey", "0 directors films_director_id_fkey"},
	{"directors", "director_id", "0 directors films_director_id_fkey"},
	{"films_backup_id_fkey", NULL, "0 directors films_backup_id_fkey"},
	{"director_id", NULL, "0 directors films_director_id_fkey"},
	{"directors", "id", NULL},
	{"roles", "film_id", "1 roles roles_film_id_fkey"},
	{"roles", "roles_film_id_fkey", "1 roles roles_film_id_fkey"},
	{"actors", NULL, "3 actors roles_film_id_fkey"},
	{"actors", "roles", "3 actors roles_film_id_fkey"},
	{"actors", "specs", NULL},
	{"first_role", NULL, "4 roles first_role"},
	{"first_role", "whatever", "4 roles first_role"},
	{"director_id", "films_director_id_fkey", NULL},
	{"reviews", NULL, "1 reviews reviews_film_id_fkey"},
	{"nothing", NULL, NULL},
};

static void targets_and_hints(struct rct *t)
{
	const struct rest_table *films = rct_table(t, "test", "films");

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct rest_request r = {.arena = t->arena,
			.cache = t->cache,
			.schema = STR("test"),
			.fault.arena = t->arena};
		const struct rest_link *k =
			rest_links_find(&r, films, str_of(ways[i].target), str_of(ways[i].hint));
		const char *found = !k ? NULL
				       : arena_printf(t->arena, "%d " STR_FMT " " STR_FMT,
						 (int)k->cardinality, STR_ARG(k->to->name),
						 STR_ARG(k->func ? k->func->name : k->constraint));
		if (!found != !ways[i].found || (found && strcmp(found, ways[i].found) != 0))
			fail_msg("%s!%s is %s", ways[i].target, ways[i].hint, found);
	}
}

static void the_own_schema_comes_first_and_then_the_others(struct rct *t)
{
	rst_rows(t, "/films?select=id,reviews(stars)&id=eq.1&reviews.order=id",
		"[{\"id\":1,\"reviews\":[{\"stars\":5},{\"stars\":3}]}]");
	rst_rows(t, "/films?select=specs(minutes)&id=eq.1", "[{\"specs\":{\"minutes\":90}}]");
	rst_more.schema = "other";
	rst_rows(t, "/reviews?select=stars,films(title)&id=eq.1",
		"[{\"stars\":5,\"films\":{\"title\":\"Alpha\"}}]");
}

static int setup(void **state)
{
	rct_schemas = "test,other";
	return rst_fixture(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(two_ways_are_told_apart),
		RCT(what_hangs_nowhere_is_refused),
		RCT(targets_and_hints),
		RCT(the_own_schema_comes_first_and_then_the_others),
	};
	return cmocka_run_group_tests_name("mod/rest_links", tests, setup, NULL);
}
