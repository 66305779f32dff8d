/* Which of the accepted media types is answered, with and without handlers for it. */
#include "mod/rest/media.h"
#include "support_rest_cache.h"
#include "support_rest_request.h"

static int make_schema(void **state)
{
	(void)state;
	rct_admin(
		"drop schema if exists test cascade; create schema test;"
		"create table test.films (id int primary key); create table test.books (id int primary key);"
		"create domain test.\"text/html\" as text; create domain test.\"application/vnd.any\" as text;"
		"create domain test.\"*/*\" as bytea;"
		"create function test.page() returns test.\"text/html\" language sql as $$ select '<p>' $$;"
		"create function test.anything() returns test.\"*/*\" language sql as $$ select '\\x00'::bytea $$;"
		"create function test.plain() returns int language sql as $$ select 1 $$;"
		"create function test.film_step(s test.\"text/html\", f test.films) returns test.\"text/html\" language sql as $$ select s $$;"
		"create aggregate test.film_page(test.films) (sfunc = test.film_step, stype = test.\"text/html\", initcond = '');"
		"create function test.all_films() returns setof test.films language sql as $$ select * from test.films $$;");
	return 0;
}

/* "table films", "call page", "root": the type that is answered, or the refusal. */
static const char *chosen(struct rct *t, const char *target, const char *accept, bool with_plans)
{
	struct rest_request *r = rrq_new();
	struct str name = str_of(target), kind = str_cut(&name, ' ');
	const char *answer;

	rrq_set("db-plan-enabled", with_plans ? "true" : "false");
	r->cache = t->cache;
	r->schema = STR("test");
	r->target = str_eq(kind, STR("root")) ? REST_TARGET_ROOT
		: str_eq(kind, STR("call"))   ? REST_TARGET_CALL
					      : REST_TARGET_TABLE;
	if (r->target == REST_TARGET_TABLE)
		r->table = rest_cache_table(t->cache, r->schema, name);
	if (r->target == REST_TARGET_CALL)
		r->func = rest_cache_func(t->cache, r->schema, name);
	assert_true(r->target == REST_TARGET_ROOT || r->table || r->func);
	assert_int_equal(rest_parse_accept(r->arena, str_of(accept), &r->accepts, &r->n_accepts,
				 &r->fault),
		0);
	if (rest_media_choose(r))
		answer = rrq_fault(r);
	else
		answer = arena_printf(r->arena, STR_FMT, STR_ARG(r->accept->type));
	answer = arena_printf(t->arena, "%s", answer);
	rrq_free(r);
	return answer;
}

static void is(struct rct *t, const char *target, const char *accept, const char *wanted)
{
	const char *found = chosen(t, target, accept, false);

	if (strcmp(found, wanted))
		fail_msg("%s, %s: %s, not %s", target, accept ? accept : "without", found, wanted);
}

static void refused(struct rct *t, const char *target, const char *accept, const char *types)
{
	is(t, target, accept,
		arena_printf(t->arena,
			"406 PGRST107 None of these media types are available: %s |  | ", types));
}

static void rows_have_forms_of_their_own(struct rct *t)
{
	is(t, "table books", NULL, "*/*");
	is(t, "table books", "*/*", "*/*");
	is(t, "table books", "application/json", "application/json");
	is(t, "table books", "text/csv", "text/csv");
	is(t, "table books", "application/geo+json", "application/geo+json");
	is(t, "table books", "application/vnd.pgrst.object+json",
		"application/vnd.pgrst.object+json");
	is(t, "table books", "text/csv;q=0.5, application/json", "application/json");
	is(t, "call plain", "application/json", "application/json");
}

static void others_are_refused_unless_one_fits(struct rct *t)
{
	refused(t, "table books", "text/html", "text/html");
	refused(t, "table books", "text/html, image/png", "text/html, image/png");
	is(t, "table books", "text/html, */*;q=0.1", "*/*");
	is(t, "table books", "image/png, text/csv", "text/csv");
	refused(t, "call plain", "text/html", "text/html");
}

static void openapi_is_at_the_root_only(struct rct *t)
{
	is(t, "root", "application/openapi+json", "application/openapi+json");
	is(t, "root", "application/json", "application/json");
	refused(t, "root", "text/csv", "text/csv");
	refused(t, "root", "application/vnd.pgrst.object+json",
		"application/vnd.pgrst.object+json");
	refused(t, "table books", "application/openapi+json", "application/openapi+json");
}

static void plans_are_shown_where_that_is_allowed(struct rct *t)
{
	refused(t, "table books", "application/vnd.pgrst.plan+json",
		"application/vnd.pgrst.plan+json");
	assert_string_equal(chosen(t, "table books", "application/vnd.pgrst.plan+json", true),
		"application/vnd.pgrst.plan+json");
	assert_non_null(strstr(chosen(t, "root", "application/vnd.pgrst.plan", true), "PGRST107"));
}

static void handler_of_a_function_serves_its_type(struct rct *t)
{
	is(t, "call page", "text/html", "text/html");
	refused(t, "call page", "text/xml", "text/xml");
	is(t, "call anything", "image/png", "image/png");
}

static void handler_of_a_table_serves_its_rows(struct rct *t)
{
	is(t, "table films", "text/html", "text/html");
	is(t, "call all_films", "text/html", "text/html");
	refused(t, "table films", "text/xml", "text/xml");
}

static const char *type_of(struct rct *t, const char *media, bool is_any)
{
	struct rest_handler h = {.media = str_of(media), .is_any = is_any};

	return arena_printf(t->arena, STR_FMT, STR_ARG(rest_media_type(&h)));
}

static void texts_say_that_they_are_utf8(struct rct *t)
{
	assert_string_equal(type_of(t, "text/plain", false), "text/plain; charset=utf-8");
	assert_string_equal(type_of(t, "text/xml", false), "text/xml; charset=utf-8");
	assert_string_equal(type_of(t, "image/png", false), "image/png");
	assert_string_equal(type_of(t, "text", false), "text");
	assert_string_equal(type_of(t, "*/*", true), "application/octet-stream");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(rows_have_forms_of_their_own),
		RCT(others_are_refused_unless_one_fits),
		RCT(openapi_is_at_the_root_only),
		RCT(plans_are_shown_where_that_is_allowed),
		RCT(handler_of_a_function_serves_its_type),
		RCT(handler_of_a_table_serves_its_rows),
		RCT(texts_say_that_they_are_utf8),
	};
	return cmocka_run_group_tests_name("mod/rest_media", tests, make_schema, NULL);
}
