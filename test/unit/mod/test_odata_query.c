#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/enc.h"
#include "support_odata.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define KEY STR("0123456789abcdef0123456789abcdef")

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static const struct odata_manners manners = {.options = ODATA_OPT_ALL,
	.where = "Property",
	.top_max = 1000,
	.now_us = SUPPORT_NOW,
	.link_key = {STR_INIT("0123456789abcdef0123456789abcdef")},
	.link_audience = {STR_INIT("me/Property")}};

static struct odata_query parse(struct arena *a, const char *query)
{
	const struct odata_model *m = support_odata_model(a);
	struct odata_fault f = {.arena = a};
	struct odata_query q;

	if (odata_query_parse(a, m->resources[0], str_of(query), &manners, &q, &f))
		print_message("%s: %s\n", query, f.message);
	assert_int_equal(f.status, 0);
	return q;
}

static void takes_nothing_as_everything(void **state)
{
	struct odata_query q = parse(*state, "");

	assert_null(q.filter);
	assert_null(q.selected);
	assert_int_equal(q.top, -1);
	assert_int_equal(q.skip, 0);
	assert_false(q.count);
	assert_int_equal(q.orders_n + q.expands_n + q.given, 0);
	assert_null(q.cursor.p);
	assert_int_equal(q.format, ODATA_FORMAT_ANY);
}

static void takes_every_option(void **state)
{
	struct odata_query q = parse(*state,
		"$filter=Beds%20gt%201&$select=Key,City&$orderby=Price%20desc,Key&$top=5&$skip=10"
		"&$count=true&$expand=Media($select=MediaKey;$orderby=Order%20desc;$top=3),ListOffice"
		"&$format=application/json;odata.metadata=minimal&token=5");

	assert_int_equal(q.filter->op, ODATA_GT);
	assert_true(q.selected[0] && q.selected[1] && !q.selected[2]);
	assert_int_equal(q.orders_n, 2);
	assert_true(str_eq(q.orders[0].field->name, STR("Price")) && q.orders[0].is_descending);
	assert_true(str_eq(q.orders[1].field->name, STR("Key")) && !q.orders[1].is_descending);
	assert_int_equal(q.top, 5);
	assert_int_equal(q.skip, 10);
	assert_true(q.count);
	assert_int_equal(q.format, ODATA_FORMAT_JSON);
	assert_int_equal(q.expands_n, 2);
	assert_true(str_eq(q.expands[0].navigation->name, STR("Media")));
	assert_true(q.expands[0].selected[0] && !q.expands[0].selected[1]);
	assert_int_equal(q.expands[0].top, 3);
	assert_true(q.expands[0].orders[0].is_descending);
	assert_int_equal(q.expands[1].top, -1);
	assert_null(q.expands[1].selected);
	assert_true(str_eq(q.filter_text, STR("Beds gt 1")));
	assert_null(memmem(q.options.p, q.options.len, "token", 5));
}

static void takes_the_spellings_of_401(void **state)
{
	struct odata_query q = parse(*state,
		"&filter=Beds+EQ+1&&top=2&count=true&orderby=City%20DESC"
		"&select=*&format=json&id=9");

	assert_int_equal(q.filter->op, ODATA_EQ);
	assert_int_equal(q.top, 2);
	assert_true(q.count && q.orders[0].is_descending);
	assert_null(q.selected);
	assert_true(str_eq(q.options,
		STR("filter=Beds+EQ+1&top=2&count=true&"
		    "orderby=City%20DESC&select=*&format=json")));
}

static void unselect_is_the_other_way_round(void **state)
{
	struct odata_query q = parse(*state, "$unselect=Key,Media");

	assert_false(q.selected[0]);
	assert_true(q.selected[1] && q.selected[12]);
	assert_true(parse(*state, "$select=City,Media").navigations[0]);
}

static const struct {
	const char *query, *words;
	int status;
} refusals[] = {
	{"$top=-1", "$top takes a whole number, not '-1'", 400},
	{"$top=x", "$top takes a whole number, not 'x'", 400},
	{"$top=", "$top takes a whole number, not ''", 400},
	{"$top=1001", "$top may be 1000 at most here", 400},
	{"$skip=1.5", "$skip takes a whole number, not '1.5'", 400},
	{"$count=1", "$count takes true or false, not '1'", 400},
	{"$format=atom", "$format takes json or xml, not 'atom'", 406},
	{"$select=Nothing", "$select: there is no field 'Nothing' (position 1)", 400},
	{"$select=City,Cyti",
		"$select: there is no field 'Cyti' (position 6); did you mean 'City'?", 400},
	{"$select=", "$select: a field expected at position 1", 400},
	{"$select=City,", "$select: a field expected at position 6", 400},
	{"$select=City&$unselect=Key", "$select and $unselect do not go together", 400},
	{"$orderby=Nothing", "$orderby: there is no field 'Nothing' (position 1)", 400},
	{"$orderby=City,View", "$orderby: rows cannot be ordered by View (position 6)", 400},
	{"$orderby=City%20down", "$orderby: 'down' is neither asc nor desc (position 1)", 400},
	{"$orderby=City,City,City,City,City,City,City,City,City", "$orderby takes 8 fields at most",
		413},
	{"$filter=Beds%20gt", "$filter: a field or a value expected at position 8", 400},
	{"$expand=Rooms", "$expand: Property leads to nothing called 'Rooms' (position 1)", 400},
	{"$expand=Media,Media", "$expand: Media is there twice (position 7)", 400},
	{"$expand=Media($select=X)", "$select: there is no field 'X' (position 1)", 400},
	{"$expand=Media($levels=2)", "$expand: $levels is not served here (position 7)", 501},
	{"$expand=Media($select=MediaKey",
		"$expand: a closing parenthesis expected behind position 6", 400},
	{"$expand=Media()", "$expand: an option such as $select=... expected at position 7", 400},
	{"$search=pool", "$search is not served here", 501},
	{"$apply=aggregate(x)", "$apply is not served here", 501},
	{"$foo=1", "there is no option '$foo'", 400},
	{"$top=1&$top=1", "$top is given twice", 400},
	{"$top=1&top=1", "$top is given twice", 400},
	{"$skiptoken=AAAA",
		"$skiptoken: this link was changed, or was not made by this service for this "
		"consumer and path; begin again with the first request",
		400},
	{"$skiptoken=AAAA&$top=1",
		"$skiptoken: a next link is followed as it is, without other options", 400},
};

static void refuses_with_the_option(void **state)
{
	const struct odata_model *m = support_odata_model(*state);

	for (size_t i = 0; i < N(refusals); i++) {
		struct odata_fault f = {.arena = *state};
		struct odata_query q;
		if (!odata_query_parse(*state, m->resources[0], str_of(refusals[i].query), &manners,
			    &q, &f))
			f.message = "taken";
		if (strcmp(f.message, refusals[i].words) != 0)
			print_message("%s\n", refusals[i].query);
		assert_string_equal(f.message, refusals[i].words);
		assert_int_equal(f.status, refusals[i].status);
	}
}

static void refuses_what_the_place_does_not_allow(void **state)
{
	const struct odata_model *m = support_odata_model(*state);
	struct odata_manners few = {.options = ODATA_OPT_TOP, .where = "Property/replication"};
	struct odata_fault f = {.arena = *state};
	struct odata_query q;

	assert_int_equal(odata_query_parse(*state, m->resources[0], STR("$top=5000&$skip=1"), &few,
				 &q, &f),
		-1);
	assert_string_equal(f.message, "$skip cannot be used with Property/replication");
	assert_string_equal(f.target, "$skip");
}

static void refuses_a_query_that_is_too_long(void **state)
{
	struct arena *a = *state;
	const struct odata_model *m = support_odata_model(a);
	char *text = arena_alloc(a, 20000);
	struct odata_fault f = {.arena = a};
	struct odata_query q;

	memset(text, 'a', 20000);
	memcpy(text, "$filter=", 8);
	assert_int_equal(odata_query_parse(a, m->resources[0], str_from(text, 20000), &manners, &q,
				 &f),
		-1);
	assert_int_equal(f.status, 413);
}

/* --- next links ------------------------------------------------------------------------------------------ */

static void a_link_goes_on_with_what_the_first_request_said(void **state)
{
	struct arena *a = *state;
	struct odata_query first = parse(a, "$filter=Beds+gt+1&x=1&$top=7");
	struct str token = odata_link_seal(a, KEY, STR("me/Property"),
		&(struct odata_link){first.options, STR("cursor\0!")});
	struct odata_query q = parse(a,
		str_cstr(a, STR_JOIN(a, STR("x=2&$skiptoken="), token, STR("&$format=json"))));

	assert_int_equal(q.filter->op, ODATA_GT);
	assert_int_equal(q.top, 7);
	assert_true(str_eq(q.cursor, STR("cursor\0!")));
	assert_true(str_eq(q.options, STR("$filter=Beds+gt+1&$top=7")));
}

static void a_link_that_was_changed_is_refused(void **state)
{
	struct arena *a = *state;
	struct odata_link link = {STR("$top=7"), STR("c")}, out;
	struct str token = odata_link_seal(a, KEY, STR("me"), &link);
	struct odata_fault f = {.arena = a};
	struct str raw;

	assert_int_equal(odata_link_open(a, KEY, STR("me"), token, &out, &f), 0);
	assert_true(str_eq(out.options, link.options) && str_eq(out.cursor, link.cursor));
	assert_int_equal(odata_link_open(a, KEY, STR("you"), token, &out, &f), -1);
	assert_int_equal(f.status, 400);
	assert_int_equal(odata_link_open(a, STR("another key of the server"), STR("me"), token,
				 &out, &f),
		-1);
	assert_int_equal(odata_link_open(a, STR_NULL, STR("me"), token, &out, &f), -1);
	assert_true(enc_base64url_decode(a, token, &raw));
	for (size_t i = 0; i < raw.len; i++) {
		char *changed = arena_dup(a, raw.p, raw.len);
		changed[i] ^= 1;
		struct str sealed = enc_base64url(a, str_from(changed, raw.len));
		assert_int_equal(odata_link_open(a, KEY, STR("me"), sealed, &out, &f), -1);
		struct str cut = enc_base64url(a, str_sub(raw, 0, i));
		assert_int_equal(odata_link_open(a, KEY, STR("me"), cut, &out, &f), -1);
	}
}

static void the_longest_query_has_a_link(void **state)
{
	struct arena *a = *state;
	char *text = arena_alloc(a, ODATA_TEXT_MAX), cursor[ODATA_CURSOR_MAX] = {0};
	struct odata_link link = {str_from(text, ODATA_TEXT_MAX), str_from(cursor, sizeof(cursor))},
			  out;
	struct odata_fault f = {.arena = a};

	memset(text, 'a', ODATA_TEXT_MAX);
	struct str token = odata_link_seal(a, KEY, STR("me"), &link);
	assert_in_range(token.len, 1, ODATA_LINK_MAX);
	assert_int_equal(odata_link_open(a, KEY, STR("me"), token, &out, &f), 0);
	assert_true(str_eq(out.options, link.options));
}

static void prefer_says_how_large_pages_should_be(void **state)
{
	static const struct {
		const char *header;
		int64_t n;
	} cases[] = {{"maxpagesize=50", 50}, {"odata.maxpagesize=50", 50},
		{"return=minimal, odata.maxpagesize=7;x", 7}, {"MaxPageSize = 9", 9},
		{"maxpagesize=0", -1}, {"maxpagesize=x", -1}, {"maxpagesize", -1}, {"", -1},
		{"maxpagesize=x,maxpagesize=3", 3}};

	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(odata_query_prefer(str_of(cases[i].header)), cases[i].n);
	assert_int_equal(odata_query_prefer(STR_NULL), -1);
	(void)state;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_nothing_as_everything),
		TEST(takes_every_option),
		TEST(takes_the_spellings_of_401),
		TEST(unselect_is_the_other_way_round),
		TEST(refuses_with_the_option),
		TEST(refuses_what_the_place_does_not_allow),
		TEST(refuses_a_query_that_is_too_long),
		TEST(a_link_goes_on_with_what_the_first_request_said),
		TEST(a_link_that_was_changed_is_refused),
		TEST(the_longest_query_has_a_link),
		TEST(prefer_says_how_large_pages_should_be),
	};
	return cmocka_run_group_tests_name("mod/odata_query", tests, NULL, NULL);
}
