#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "mod/alerts/match.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void set(struct search_doc *doc, const char *field, const char *value)
{
	doc->values[search_field_find(str_of(field), SEARCH_AGENTS)] = str_of(value);
}

static struct alerts_listing miami(void)
{
	struct alerts_listing l = {.kinds_public = ALERTS_NEW, .kinds_agents = ALERTS_NEW};

	l.doc.id[0] = 1;
	l.doc.is_public = l.doc.is_address_public = true;
	set(&l.doc, "standard_status", "Active");
	set(&l.doc, "property_type", "Residential");
	set(&l.doc, "city", "Miami Beach");
	set(&l.doc, "postal_code", "33139");
	set(&l.doc, "list_price", "500000");
	set(&l.doc, "bedrooms", "3");
	set(&l.doc, "bathrooms", "2.5");
	set(&l.doc, "location", "25.79,-80.13");
	set(&l.doc, "address_full", "100 Ocean Dr");
	set(&l.doc, "public_remarks", "A sunny condo by the sea");
	set(&l.doc, "import_task_id", "task");
	return l;
}

/* How many of the listings a search finds; -1: it cannot be read. */
static int found(const char *query, bool is_agent, const struct alerts_listing *l, size_t n,
	const bool *hidden, size_t *ret_run)
{
	struct alerts_search s = {.query = str_of(query),
		.kinds = ALERTS_NEW,
		.is_agent = is_agent};
	struct alerts_search *one = &s;
	struct alerts_brief brief = {.is_ready = false};
	struct alerts_batch b = {.arena = a,
		.listings = l,
		.n = n,
		.hidden = hidden,
		.searches_arena = a,
		.searches = &one,
		.briefs = &brief,
		.searches_n = 1};

	alerts_match(&b);
	if (ret_run)
		*ret_run = b.run;
	return s.problem.p ? -1 : (int)b.found_n;
}

static int by(const char *filter)
{
	struct alerts_listing l = miami();

	return found(str_printf(a, "{\"q\": \"*\", \"filter_by\": \"%s\"}", filter).p, false, &l, 1,
		NULL, NULL);
}

static void filters(void **state)
{
	(void)state;
	static const struct {
		const char *filter;
		int found;
	} cases[] = {
		{"city:=Miami Beach", 1},
		{"city:=miami  beach", 1},
		{"city:=Miami", 0},
		{"city:Miami", 1},
		{"city:mia*", 1},
		{"city:=Mia*", 1},
		{"city:Beach Miami", 0},
		{"city:=[Tampa, Miami Beach]", 1},
		{"city:!=Tampa", 1},
		{"city:!=[Tampa, Miami Beach]", 0},
		{"postal_code:=33139 && list_price:<500000", 0},
		{"postal_code:=33139 && list_price:<=500000", 1},
		{"list_price:[1..2, 400000..600000]", 1},
		{"list_price:>500000", 0},
		{"list_price:!=500000", 0},
		{"bathrooms:=2.5 && bedrooms:>=3", 1},
		{"year_built:>1900", 0},
		{"year_built:!=1900", 1},
		{"location:(25.79, -80.13, 1 km)", 1},
		{"location:(25.79, -80.10, 1 km)", 0},
		{"location:(25.7,-80.2, 25.7,-80.1, 25.9,-80.1, 25.9,-80.2)", 1},
		{"location:(25.8,-80.2, 25.8,-80.1, 25.9,-80.1)", 0},
		{"(city:=Tampa && bedrooms:=9) || list_price:=500000", 1},
		{"public_remarks:sunny condo && city:=Miami Beach", 1},
		{"import_task_id:=task", -1},
		{"list_price:<", -1},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (by(cases[i].filter) != cases[i].found)
			fail_msg("%s: %d", cases[i].filter, by(cases[i].filter));
}

static void words_are_taken_as_they_are(void **state)
{
	(void)state;
	struct alerts_listing l = miami();
#define Q(q) "{\"q\": \"" q "\", \"query_by\": \"public_remarks,city\"}"
	assert_int_equal(found(Q("sunny"), false, &l, 1, NULL, NULL), 1);
	assert_int_equal(found(Q("sun"), false, &l, 1, NULL, NULL), 1);
	assert_int_equal(found(Q("sunyn"), false, &l, 1, NULL, NULL), 0);
	assert_int_equal(found(Q("sunny garage"), false, &l, 1, NULL, NULL), 0);
	assert_int_equal(found(Q("sunny -condo"), false, &l, 1, NULL, NULL), 0);
	assert_int_equal(found("{\"q\": \"sunny\"}", false, &l, 1, NULL, NULL), -1);
	assert_int_equal(found("{\"q\": \"*\", \"page\": 9, \"per_page\": 1}", false, &l, 1, NULL,
				 NULL),
		1);
}

static void the_public_finds_what_it_may_see(void **state)
{
	(void)state;
	struct alerts_listing l = miami();
	bool hidden[SEARCH_FIELDS_MAX] = {false};
#define STREET "{\"q\": \"*\", \"filter_by\": \"address_full:Ocean\"}"
#define AT "{\"q\": \"*\", \"filter_by\": \"location:(25.79, -80.13, 1 km)\"}"
#define PRICE "{\"q\": \"*\", \"filter_by\": \"list_price:>0\"}"
	assert_int_equal(found(STREET, false, &l, 1, NULL, NULL), 1);
	l.doc.is_address_public = false;
	assert_int_equal(found(STREET, false, &l, 1, NULL, NULL), 0);
	assert_int_equal(found(AT, false, &l, 1, NULL, NULL), 0);
	assert_int_equal(found(STREET, true, &l, 1, NULL, NULL), 1);
	hidden[search_field_find(STR("list_price"), SEARCH_AGENTS)] = true;
	assert_int_equal(found(PRICE, false, &l, 1, hidden, NULL), 0);
	assert_int_equal(found(PRICE, true, &l, 1, hidden, NULL), 1);
	l.doc.is_public = false;
	assert_int_equal(found("{\"q\": \"*\"}", false, &l, 1, NULL, NULL), 0);
	assert_int_equal(found("{\"q\": \"*\"}", true, &l, 1, NULL, NULL), 1);
	l.kinds_agents = ALERTS_DROP; /* not asked for */
	assert_int_equal(found("{\"q\": \"*\"}", true, &l, 1, NULL, NULL), 0);
}

/* Searches that no listing can be found by do not run; those that run are right by the index. */
static void guards_pass_over_the_others(void **state)
{
	(void)state;
	struct alerts_listing l[40];
	size_t run;

	for (int i = 0; i < 40; i++) {
		l[i] = miami();
		l[i].doc.id[0] = (uint8_t)i;
		set(&l[i].doc, "list_price", str_printf(a, "%d", 1000 * i).p);
	}
	assert_int_equal(found("{\"q\": \"*\", \"filter_by\": \"list_price:<5000 && city:Miami\"}",
				 false, l, 40, NULL, &run),
		5);
	assert_int_equal(run, 1);
	assert_int_equal(found("{\"q\": \"*\", \"filter_by\": \"list_price:>90000 && city:Miami\"}",
				 false, l, 40, NULL, &run),
		0);
	assert_int_equal(run, 0);
	assert_int_equal(found("{\"q\": \"*\", \"filter_by\": \"city:Tampa\"}", false, l, 40, NULL,
				 &run),
		0);
	assert_int_equal(run, 0);
}

/* Over the edge of the map, and around the pole, boxes hold what circles do. */
static void boxes_hold_their_circles(void **state)
{
	(void)state;
	static const char *const places[] = {"0,179.99", "0,-179.99", "89.95,10", "89.95,-170",
		"-89.99,0", "60,-180", "60,180", "0,0"};
	size_t n = sizeof places / sizeof *places;
	struct alerts_listing l[8];
	srand(1);
	for (size_t i = 0; i < n; i++) {
		l[i] = miami();
		l[i].doc.id[0] = (uint8_t)i;
		set(&l[i].doc, "location", places[i]);
	}
	for (int i = 0; i < 300; i++) {
		struct alerts_query q;
		struct search_result r;
		struct err e = {.arena = a};
		double lat = rand() % 1801 / 10.0 - 90, lng = rand() % 3601 / 10.0 - 180,
		       km = rand() % 4000 + 1;
		struct str query = str_printf(a,
			"{\"q\": \"*\", \"filter_by\": \"location:(%.1f, %.1f, %.0f km)\"}", lat,
			lng, km);
		struct search_index *ix = search_index_new();
		for (size_t k = 0; k < n; k++)
			search_index_put(ix, &l[k].doc);
		assert_int_equal(alerts_query_read(a, query, SEARCH_AGENTS, &q, &e), 0);
		assert_int_equal(alerts_query_run(&q, ix, a, &r, &e), 0);
		for (size_t k = 0; k < r.hits_n; k++) {
			struct alerts_facts facts;
			alerts_guard_facts(a, &l[r.hits[k].id[0]].doc, SEARCH_AGENTS, &facts);
			if (!alerts_guard_passes(&q.guard, &facts))
				fail_msg("%s: %s", query.p, places[r.hits[k].id[0]]);
		}
		search_index_free(ix);
	}
}

/* Ten thousand are kept: each is small, and needs neither its text nor what was read on the way. */
static void what_is_kept_is_small_and_borrows_nothing(void **state)
{
	(void)state;
	static const char text[] =
		"{\"q\": \"sunny \\\"by the sea\\\" -garage\", \"query_by\": \"public_remarks\", \"filter_by\": \"city:=[`Miami Beach`,Tampa] &&"
		" list_price:[400000..600000] && (bedrooms:>=3 || bathrooms:>9) && location:(25.7, -80.2, 25.9, -80.2, 25.8, -80.0)\"}";
	struct arena *kept = arena_new();
	struct alerts_listing l = miami();
	struct search_index *ix = search_index_new();
	struct alerts_query q;
	struct search_result r;
	struct err e = {.arena = a};

	search_index_put(ix, &l.doc);
	for (int i = 0; i < 100; i++) {
		char *copy = strdup(text);
		assert_int_equal(alerts_query_read(kept, str_of(copy), SEARCH_PUBLIC, &q, &e), 0);
		memset(copy, 'x', sizeof text - 1);
		free(copy);
	}
	assert_int_equal(alerts_query_run(&q, ix, a, &r, &e), 0);
	assert_int_equal(r.hits_n, 1);
	assert_true(arena_total(kept) < (size_t)100 * 8192);
	search_index_free(ix);
	arena_free(kept);
}

static void a_match_ends_where_it_finds_too_much(void **state)
{
	(void)state;
	struct alerts_listing l = miami();
	struct alerts_search room[50], *all[50];
	struct alerts_brief briefs[50] = {{.is_ready = false}};

	for (size_t i = 0; i < 50; i++) {
		room[i] =
			(struct alerts_search){.query = STR("{\"q\": \"*\"}"), .kinds = ALERTS_NEW};
		all[i] = &room[i];
	}
	struct alerts_batch b = {.arena = a,
		.listings = &l,
		.n = 1,
		.searches_arena = a,
		.searches = all,
		.briefs = briefs,
		.searches_n = 50,
		.found_most = 10};
	alerts_match(&b);
	assert_int_equal(b.found_n, 11);
	b.found_most = b.found_n = 0;
	alerts_match(&b);
	assert_int_equal(b.found_n, 50);
}

/* What a search that wants some kinds is told of a listing that was otherwise; -1: nothing. */
static int told(const char *query, unsigned kinds, const struct alerts_listing *l,
	const bool *hidden, size_t *ret_run_before)
{
	struct alerts_search s = {.query = str_of(query), .kinds = kinds}, *one = &s;
	struct alerts_brief brief = {.is_ready = false};
	struct alerts_batch b = {.arena = a,
		.listings = l,
		.n = 1,
		.hidden = hidden,
		.searches_arena = a,
		.searches = &one,
		.briefs = &brief,
		.searches_n = 1};

	alerts_match(&b);
	assert_false(s.problem.p);
	if (ret_run_before)
		*ret_run_before = b.run_before;
	return b.found_n ? (int)b.found[0].kinds : -1;
}

static void what_was_found_before_is_not_new(void **state)
{
	(void)state;
	struct alerts_listing l = miami();
	struct search_doc was = l.doc;
	size_t run;

	set(&was, "bedrooms", "2");
	set(&was, "list_price", "450000");
	set(&was, "public_remarks", "A sunny house");
	l.before = &was;
	l.kinds_public = l.kinds_agents = ALERTS_FITS;
#define FILTER(f) "{\"q\": \"*\", \"filter_by\": \"" f "\"}"
	assert_int_equal(told(FILTER("bedrooms:>=3"), ALERTS_NEW, &l, NULL, &run), ALERTS_NEW);
	assert_int_equal(run, 0); /* the guard knew */
	assert_int_equal(told(FILTER("bedrooms:>=2"), ALERTS_NEW, &l, NULL, &run), -1);
	assert_int_equal(run, 1);
	assert_int_equal(told(FILTER("bedrooms:<3"), ALERTS_NEW, &l, NULL, NULL), -1);
	assert_int_equal(told(FILTER("bathrooms:>1"), ALERTS_NEW, &l, NULL, &run), -1);
	assert_int_equal(run, 0); /* nothing changed that it reads */
	assert_int_equal(told(FILTER("bathrooms:>9 || list_price:>450000"), ALERTS_NEW, &l, NULL,
				 NULL),
		ALERTS_NEW);
	assert_int_equal(told(FILTER("bathrooms:>1 || list_price:>450000"), ALERTS_NEW, &l, NULL,
				 NULL),
		-1);
	assert_int_equal(told(FILTER("bedrooms:!=2"), ALERTS_NEW, &l, NULL, NULL), ALERTS_NEW);
	assert_int_equal(told(Q("condo"), ALERTS_NEW, &l, NULL, &run), ALERTS_NEW);
	assert_int_equal(run, 1);
	assert_int_equal(told(Q("sunny"), ALERTS_NEW, &l, NULL, NULL), -1);
	assert_int_equal(told("{\"q\": \"*\"}", ALERTS_NEW, &l, NULL, NULL), -1);
	assert_int_equal(told(FILTER("bedrooms:>=3"), ALERTS_DROP, &l, NULL, NULL), -1);
	l.before = NULL; /* nobody knows what it was */
	assert_int_equal(told(FILTER("bedrooms:>=3"), ALERTS_NEW, &l, NULL, NULL), -1);
}

static void what_has_a_name_of_its_own_is_not_called_new(void **state)
{
	(void)state;
	struct alerts_listing l = miami();
	struct search_doc was = l.doc;
	bool hidden[SEARCH_FIELDS_MAX] = {false};

	set(&was, "list_price", "700000");
	set(&was, "bedrooms", "2");
	l.before = &was;
	l.kinds_public = ALERTS_FITS | ALERTS_DROP;
#define CHEAP FILTER("list_price:<600000")
	assert_int_equal(told(CHEAP, ALERTS_NEW | ALERTS_DROP, &l, NULL, NULL), ALERTS_DROP);
	assert_int_equal(told(CHEAP, ALERTS_NEW, &l, NULL, NULL), ALERTS_NEW);
	hidden[search_field_find(STR("list_price"), SEARCH_AGENTS)] = true;
	assert_int_equal(told(FILTER("bedrooms:=3"), ALERTS_NEW | ALERTS_DROP, &l, hidden, NULL),
		ALERTS_NEW);
	assert_int_equal(told(FILTER("list_price:!=1"), ALERTS_NEW | ALERTS_DROP, &l, hidden, NULL),
		-1);
	assert_int_equal(told(CHEAP, ALERTS_NEW, &l, hidden, NULL), -1);
	was.is_public = false; /* the rules of today hide what everybody saw */
	assert_int_equal(told(FILTER("bathrooms:>1 || bedrooms:=3"), ALERTS_NEW, &l, hidden, NULL),
		-1);
	was.is_address_public = false;
	l.kinds_public = ALERTS_FITS;
	assert_int_equal(told(STREET, ALERTS_NEW, &l, NULL, NULL), ALERTS_NEW);
	was.is_address_public = true;
	assert_int_equal(told(STREET, ALERTS_NEW, &l, NULL, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(filters, setup, teardown),
		cmocka_unit_test_setup_teardown(words_are_taken_as_they_are, setup, teardown),
		cmocka_unit_test_setup_teardown(the_public_finds_what_it_may_see, setup, teardown),
		cmocka_unit_test_setup_teardown(guards_pass_over_the_others, setup, teardown),
		cmocka_unit_test_setup_teardown(boxes_hold_their_circles, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_kept_is_small_and_borrows_nothing, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_was_found_before_is_not_new, setup, teardown),
		cmocka_unit_test_setup_teardown(what_has_a_name_of_its_own_is_not_called_new, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_match_ends_where_it_finds_too_much, setup,
			teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
