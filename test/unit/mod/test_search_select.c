/* The statements that read documents: which columns and parts they ask for, and which of them are kept prepared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "mod/search/document_select.h"

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

static void show(struct search_look *look, const char *name)
{
	int i = search_field_find(str_of(name), SEARCH_AGENTS);

	assert_true(i >= 0);
	look->is_shown[i] = true;
}

static void only_what_is_asked_for_is_read(void **state)
{
	struct search_look look = {0};
	struct search_select select;
	int columns[LOOK_ALL];

	show(&look, "city");
	show(&look, "location");
	search_document_select(*state, &look, columns, &select);
	assert_string_equal(select.stmt.sql,
		"select d.id,d.city,d.latitude || ',' || d.longitude "
		"from mls.displayed_parts($1::uuid, $2::uuid[], $3, $4::text[]) d");
	assert_string_equal(str_cstr(*state, select.parts), "{}");
	assert_int_equal(columns[search_field_find(STR("city"), SEARCH_AGENTS)], 1);
	assert_int_equal(columns[search_field_find(STR("county"), SEARCH_AGENTS)], -1);
}

static void parts_are_asked_for_with_their_columns(void **state)
{
	struct search_look look = {.marked_n = 1};
	struct search_select select;
	int columns[LOOK_ALL];

	look.is_shown[SEARCH_FIELDS_MAX + SEARCH_PHOTO_URL] = true;
	look.is_shown[SEARCH_FIELDS_MAX + SEARCH_AS_OF] = true;
	look.marked[0] = search_field_find(STR("public_remarks"), SEARCH_AGENTS);
	search_document_select(*state, &look, columns, &select);
	assert_string_equal(str_cstr(*state, select.parts), "{photo,as_of,texts}");
	assert_int_equal(columns[look.marked[0]], 1);
	assert_int_equal(columns[SEARCH_FIELDS_MAX + SEARCH_PHOTO_URL], 2);
	look.is_shown[SEARCH_FIELDS_MAX + SEARCH_OFFICE_CONTACT] = true;
	look.is_shown[SEARCH_FIELDS_MAX + SEARCH_PHOTOS] = true;
	search_document_select(*state, &look, columns, &select);
	assert_string_equal(str_cstr(*state, select.parts), "{photos,photo,sources,as_of,texts}");
}

static void other_columns_have_another_name(void **state)
{
	char names[LOOK_ALL][64];
	int columns[LOOK_ALL], n = 0;

	for (int i = 0; i < LOOK_ALL; i++) {
		struct search_look look = {0};
		struct search_select select;
		if (i >= search_fields_n && i < SEARCH_FIELDS_MAX)
			continue;
		look.is_shown[i] = true;
		search_document_select(*state, &look, columns, &select);
		assert_true(strlen(select.stmt.name) < sizeof names[0]);
		for (int k = 0; k < n; k++)
			assert_string_not_equal(names[k], select.stmt.name);
		strcpy(names[n++], select.stmt.name);
	}
	assert_int_equal(n, search_fields_n + SEARCH_EXTRAS);
}

/* Whatever is asked in between, choices that come often stay; those that never come again do not fill the place. */
static void usual_ones_stay_usual(void **state)
{
	struct search_usual u = {0};
	uint64_t other = 1000;
	int kept = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		for (uint64_t usual = 1; usual <= 10; usual++) {
			bool is_usual = search_document_is_usual(&u, usual);
			kept += i >= 100 && is_usual;
			(void)search_document_is_usual(&u, ++other);
		}
	assert_int_equal(kept, 900 * 10);
	int refused = 0;
	for (int i = 0; i < 1000; i++)
		refused += !search_document_is_usual(&u, ++other);
	assert_true(refused > 900);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(only_what_is_asked_for_is_read),
		CASE(parts_are_asked_for_with_their_columns),
		CASE(other_columns_have_another_name),
		CASE(usual_ones_stay_usual),
	};
	return cmocka_run_group_tests_name("mod/search_select", tests, NULL, NULL);
}
