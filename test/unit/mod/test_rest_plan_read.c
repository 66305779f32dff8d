#include "support_rest_select.h"

static void is(struct rct *t, const char *path, bool wanted)
{
	struct rest_fault fault = {0};
	struct rest_request *r = rst_plan(t, path, &fault);

	if (!r)
		fail_msg("%s: %s", path, fault.message);
	assert_true(r->plan->is_read_only);
	if (r->plan->is_plain != wanted)
		fail_msg("%s is %splain", path, wanted ? "not " : "");
}

static void columns_of_one_table_are_plain(struct rct *t)
{
	is(t, "/directors", true);
	is(t, "/directors?select=id,who:name&name=like.A*&or=(id.gt.1,land.is.null)&order=name.desc&limit=3",
		true);
}

static void whatever_may_run_code_of_somebody_is_not(struct rct *t)
{
	rst_config.db_aggregates_enabled = true;
	is(t, "/films_view", false);      /* a view's own functions, with its owner's rights */
	is(t, "/films?select=id", false); /* computed fields, in filters too */
	is(t, "/specs?select=note,films(id)", false); /* another table, or a function */
	is(t, "/directors?select=land::text", false); /* a cast */
	is(t, "/directors?select=id.max()", false);   /* an aggregate */
	is(t, "/inks?select=film_id", false);         /* a domain with casts of its own */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(columns_of_one_table_are_plain),
		RCT(whatever_may_run_code_of_somebody_is_not),
	};
	return cmocka_run_group_tests_name("mod/rest_plan_read", tests, rst_fixture, NULL);
}
