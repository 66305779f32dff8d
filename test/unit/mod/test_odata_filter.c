#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "support_odata.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

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

struct said {
	const char *filter, *row;
	bool holds;
};

static void check(struct arena *a, const struct said *cases, size_t n)
{
	const struct odata_model *m = support_odata_model(a);

	for (size_t i = 0; i < n; i++) {
		bool holds = support_odata_holds(a, m, cases[i].filter, cases[i].row);
		if (holds != cases[i].holds)
			print_message("%s over %s: %d\n", cases[i].filter, cases[i].row, holds);
		assert_int_equal(holds, cases[i].holds);
	}
}

static void compares_values_of_every_type(void **state)
{
	static const struct said cases[] = {
		{"Beds eq 3", "Beds=3", true},
		{"Beds ne 3", "Beds=3", false},
		{"Beds gt 2", "Beds=3", true},
		{"Beds ge 3", "Beds=3", true},
		{"Beds lt 3", "Beds=3", false},
		{"Beds le 3", "Beds=3", true},
		{"3 lt Beds", "Beds=4", true},
		{"Beds eq Baths", "Beds=2;Baths=2", true},
		{"Beds gt 2.5", "Beds=3", true},
		{"Beds eq 9007199254740993", "Beds=9007199254740992", false},
		{"Price eq 1.10", "Price=1.1", true},
		{"Price ge 500000", "Price=499999.99", false},
		{"Price gt -1.5e3", "Price=0", true},
		{"City eq 'Miami'", "City='Miami'", true},
		{"City eq 'miami'", "City='Miami'", false},
		{"City gt 'M'", "City='Miami'", true},
		{"City eq 'O''Brien'", "City='O''Brien'", true},
		{"City eq ''", "City=''", true},
		{"City eq ''", "", false},
		{"Pool eq true", "Pool=true", true},
		{"Pool", "Pool=true", true},
		{"not Pool", "Pool=false", true},
		{"Pool and Beds eq 1", "Pool=true;Beds=1", true},
		{"Closed ge 2026-11-21", "Closed=2026-11-21", true},
		{"Closed lt 2026-11-21", "Closed=2026-11-20", true},
		{"Modified gt 2026-11-21T12:00:00Z", "Modified=2026-11-21T12:00:00.001Z", true},
		{"Modified eq 2026-11-21T12:00:00+01:00", "Modified=2026-11-21T11:00:00Z", true},
		{"Modified eq 2026-11-21T12:00:00 01:00", "Modified=2026-11-21T11:00:00Z", true},
		{"Modified ge 2026-11-21", "Modified=2026-11-21T00:00:00Z", true},
		{"2026-11-21 gt Modified", "Modified=2026-11-20T23:59:59Z", true},
		{"Opens lt 12:30:00", "Opens=12:29:59.5", true},
		{"Status has 'Active'", "Status='Active'", true},
		{"Status has 'Active'", "Status='Closed'", false},
		{"Status eq org.reso.metadata.enums.StandardStatus'ActiveUnderContract'",
			"Status='Active Under Contract'", true},
		{"Status eq RESO.StandardStatus'Active_Under_Contract'",
			"Status='Active Under Contract'", true},
		{"Status has RESO.StandardStatus'Sold'", "Status='Closed'", true},
		{"Status in (RESO.StandardStatus'Sold','x')", "Status='Closed'", true},
		{"City in ('Miami','Doral')", "City='Doral'", true},
		{"City in ('Miami','Doral')", "City='Aventura'", false},
		{"Beds in (1, 2,3)", "Beds=2", true},
		{"Closed in (2026-11-20,2026-11-21)", "Closed=2026-11-21", true},
		{"Modified in (2026-11-21)", "Modified=2026-11-21T00:00:00Z", true},
	};

	check(*state, cases, N(cases));
}

static void null_is_equal_to_null_only(void **state)
{
	static const struct said cases[] = {
		{"Beds eq 3", "", false},
		{"Beds ne 3", "", true},
		{"Beds gt 3", "", false},
		{"Beds ge 3", "", false},
		{"Beds lt 3", "", false},
		{"Beds le 3", "", false},
		{"not (Beds le 3)", "", true},
		{"not (Beds eq 3)", "", true},
		{"Beds eq null", "", true},
		{"Beds ne null", "", false},
		{"Beds ge null", "", true},
		{"Beds gt null", "", false},
		{"Beds eq null", "Beds=1", false},
		{"null ne Beds", "Beds=1", true},
		{"Beds in (1,2)", "", false},
		{"Beds in (1,null)", "", true},
		{"not (Beds in (1,2))", "", true},
		{"Beds eq Baths", "", true},
		/* unknown: functions, sums and Booleans that are null */
		{"Pool", "", false},
		{"not Pool", "", false},
		{"Pool or Beds eq 1", "Beds=1", true},
		{"Pool and Beds eq 1", "Beds=1", false},
		{"not (Pool and Beds eq 2)", "Beds=1", true},
		{"contains(City,'a')", "", false},
		{"not contains(City,'a')", "", false},
		{"tolower(City) eq 'a'", "", false},
		{"tolower(City) ne 'a'", "", true},
		{"Beds add 1 gt 0", "", false},
		{"Beds div 0 eq null", "Beds=1", true},
		{"Status has 'Active'", "", false},
		{"not (Status has 'Active')", "", false},
		{"null", "", false},
		{"not null", "", false},
	};

	check(*state, cases, N(cases));
}

static void any_and_all_look_at_lists(void **state)
{
	static const struct said cases[] = {
		{"View/any(v: v eq 'Bay')", "View='Ocean','Bay'", true},
		{"View/any(v:v eq 'Bay')", "View='Ocean'", false},
		{"View/any(v: v eq 'Bay')", "", false},
		{"View/any()", "View='Bay'", true},
		{"View/any()", "", false},
		{"not View/any()", "", true},
		{"View/all(v: v eq 'Bay')", "View='Bay','Bay'", true},
		{"View/all(v: v eq 'Bay')", "View='Bay','Ocean'", false},
		{"View/all(v: v eq 'Bay')", "", true},
		{"View/any(v: v ne 'Bay')", "View='Bay'", false},
		{"View/any(v: startswith(v,'B') and Beds gt 1)", "View='Bay';Beds=2", true},
		{"View/any(v: v eq City)", "View='Bay','City';City='City'", true},
		{"View/any(v: v in ('Bay','Lake'))", "View='Lake'", true},
		{"View/any(v: Heating/any(h: h eq v))", "View='Bay','Sun';Heating='Gas','Sun'",
			true},
		{"View has 'Bay'", "View='Ocean','Bay'", true},
		{"View has 'Bay'", "", false},
		{"Heating has Some.Heating'Active,Closed'", "Heating='Closed','Active'", true},
		{"Heating has Some.Heating'Active,Closed'", "Heating='Closed'", false},
		{"Heating has 'Active,Closed'", "Heating='Closed','Active'", false},
		{"Heating/any(h: h eq Some.Heating'ComingSoon')", "Heating='Coming Soon'", true},
		{"Media/any(m: m/Order eq 2)", "Media=[Order=1|Order=2]", true},
		{"Media/all(m: m/Order gt 1)", "Media=[Order=1|Order=2]", false},
		{"Media/any()", "Media=[Order=1]", true},
		{"Media/any()", "", false},
		{"Media/any(m: m/Order eq Beds)", "Beds=2;Media=[Order=1|Order=2]", true},
		{"Media/any(m: m/Order eq $it/Beds)", "Beds=3;Media=[Order=1|Order=2]", false},
	};

	check(*state, cases, N(cases));
}

static const struct said functions[] = {
	{"contains(City,'am')", "City='Miami'", true},
	{"startswith(City,'Mi')", "City='Miami'", true},
	{"endswith(City,'mi')", "City='Miami'", true},
	{"endswith(City,'Miami Beach')", "City='Miami'", false},
	{"contains(City,'')", "City='Miami'", true},
	{"contains(City,'am') eq true", "City='Miami'", true},
	{"tolower(City) eq 'miami'", "City='MiAmi'", true},
	{"toupper(City) eq 'MIAMI'", "City='MiAmi'", true},
	{"contains(tolower(City),tolower('IAM'))", "City='MiAmi'", true},
	{"trim(City) eq 'a'", "City=' a '", true},
	{"length(City) eq 5", "City='Miámi'", true},
	{"concat(City,'!') eq 'a!'", "City='a'", true},
	{"concat(concat(City,', '),'FL') eq 'a, FL'", "City='a'", true},
	{"indexof(City,'m') eq 3", "City='Miámi'", true},
	{"indexof(City,'x') eq -1", "City='Miami'", true},
	{"substring(City,2) eq 'ámi'", "City='Miámi'", true},
	{"substring(City,1,2) eq 'iá'", "City='Miámi'", true},
	{"substring(City,9) eq ''", "City='Miami'", true},
	{"date(Modified) eq 2026-11-21", "Modified=2026-11-21T23:59:59Z", true},
	{"date(Modified) eq 1969-12-31", "Modified=1969-12-31T23:59:59Z", true},
	{"time(Modified) gt 23:59:58", "Modified=2026-11-21T23:59:59Z", true},
	{"year(Modified) eq 2026", "Modified=2026-11-21T23:59:59Z", true},
	{"month(Closed) eq 11 and day(Closed) eq 21", "Closed=2026-11-21", true},
	{"hour(Modified) eq 23", "Modified=2026-11-21T23:59:58Z", true},
	{"minute(Opens) eq 59", "Opens=23:59:58", true},
	{"second(Modified) eq 58", "Modified=2026-11-21T23:59:58.999Z", true},
	{"Modified lt now()", "Modified=2026-11-20T23:59:58Z", true},
	{"Modified gt now()", "Modified=2026-11-20T23:59:58Z", false},
	{"Modified gt now() sub duration'P1D'", "Modified=2026-11-20T00:00:01Z", true},
	{"Modified gt now() sub duration'PT23H59M59S'", "Modified=2026-11-20T00:00:01Z", false},
	{"Modified lt 2026-11-21T00:00:00Z add duration'P1DT1H'", "Modified=2026-11-22T00:59:00Z",
		true},
	{"round(Price) eq 3", "Price=2.5", true},
	{"floor(Price) eq -3", "Price=-2.5", true},
	{"ceiling(Price) eq -2", "Price=-2.5", true},
	{"Price mul 2 sub 1 eq 4", "Price=2.5", true},
	{"Beds add Baths ge 5", "Beds=3;Baths=2", true},
	{"7 div 2 eq 3", "", true},
	{"-7 div 2 eq -3", "", true},
	{"7 divby 2 eq 3.5", "", true},
	{"7 mod 2 eq 1", "", true},
	{"7.5 mod 2 eq 1.5", "", true},
	{"2 add 3 mul 4 eq 14", "", true},
	{"(2 add 3) mul 4 eq 20", "", true},
	{"-Beds lt 0", "Beds=3", true},
	{"-(Beds) eq -3", "Beds=3", true},
	{"Beds sub -1 eq 4", "Beds=3", true},
	{"geo.distance(Place, POINT(-80.19 25.76)) lt 10", "Place=geography'POINT(-80.13 25.79)'",
		true},
	{"geo.distance(Place, geography'SRID=4326;Point(-80.19 25.76)') gt 4",
		"Place=geography'POINT(-80.13 25.79)'", true},
	{"geo.distance(Place, POINT(-80.19 25.76)) lt 4", "Place=geography'POINT(-80.13 25.79)'",
		false},
	{"geo.distance(Place, POINT(-80.19 25.76)) lt 10", "", false},
};

static void functions_give_what_odata_says(void **state)
{
	check(*state, functions, N(functions));
}

static void words_bind_as_odata_says(void **state)
{
	static const struct said cases[] = {
		{"Beds eq 1 or Beds eq 2 and Baths eq 9", "Beds=1", true},
		{"(Beds eq 1 or Beds eq 2) and Baths eq 9", "Beds=1", false},
		{"not Beds eq 1 and Baths eq 2", "Beds=2;Baths=2", true},
		{"not (Beds eq 1 and Baths eq 2)", "Beds=1;Baths=3", true},
		{"not not Beds eq 1", "Beds=1", true},
		{"not(Beds eq 1)", "Beds=2", true},
		{"  Beds   eq 1  ", "Beds=1", true},
		{"Beds EQ 1 AND NOT (City Eq 'a')", "Beds=1", true},
		{"ToLower(City) eq 'a'", "City='A'", true},
		{"(((Beds))) eq 1", "Beds=1", true},
		{"(Beds eq 1) eq true", "Beds=1", true},
	};

	check(*state, cases, N(cases));
}

static const struct {
	const char *text, *words;
	int status;
} refusals[] = {
	{"", "$filter: a field or a value expected at position 1", 400},
	{"City", "$filter: one of eq ne gt ge lt le in has expected at position 5", 400},
	{"City eq", "$filter: a field or a value expected at position 8", 400},
	{"City eq Miami", "$filter: there is no field 'Miami' (position 9)", 400},
	{"City eq 'Miami", "$filter: a field or a value expected at position 9", 400},
	{"City eq \"Miami\"", "$filter: a field or a value expected at position 9", 400},
	{"city eq 'Miami'", "$filter: there is no field 'city' (position 1); did you mean 'City'?",
		400},
	{"City = 'Miami'", "$filter: one of eq ne gt ge lt le in has expected at position 6", 400},
	{"City eq 'Miami' Beds gt 1", "$filter: 'and', 'or' or the end expected at position 17",
		400},
	{"City eq 'Miami' and", "$filter: a field or a value expected at position 20", 400},
	{"(City eq 'Miami'", "$filter: a closing parenthesis expected at position 17", 400},
	{"City eq 'Miami')", "$filter: 'and', 'or' or the end expected at position 16", 400},
	{"City and Pool", "$filter: one of eq ne gt ge lt le in has expected at position 6", 400},
	{"Pool and City", "$filter: one of eq ne gt ge lt le in has expected at position 14", 400},
	{"not City", "$filter: one of eq ne gt ge lt le in has expected at position 9", 400},
	{"'a'", "$filter: a condition expected at position 1", 400},
	{"Price gt 'a'", "$filter: a number expected at position 10", 400},
	{"'a' lt Price", "$filter: a number expected at position 1", 400},
	{"Price gt 1.2.3", "$filter: a number expected at position 10", 400},
	{"Price gt 2026-11-21", "$filter: a number expected at position 10", 400},
	{"Price gt City", "$filter: a number expected at position 10", 400},
	{"Pool eq 1", "$filter: true or false expected at position 9", 400},
	{"Modified gt '2026-11-21T00:00:00Z'",
		"$filter: a bare time such as 2026-11-21T12:00:00Z expected at position 13", 400},
	{"Modified gt datetime'2026-11-21T00:00:00Z'", "$filter: a value expected at position 13",
		400},
	{"Modified gt 2026-13-21T00:00:00Z",
		"$filter: a bare time such as 2026-11-21T12:00:00Z expected at position 13", 400},
	{"Modified gt 20261121",
		"$filter: a bare time such as 2026-11-21T12:00:00Z expected at position 13", 400},
	{"Closed gt 2026-11-21T00:00:00Z",
		"$filter: a date such as 2026-11-21 expected at position 11", 400},
	{"Closed gt 2026-02-30", "$filter: a date such as 2026-11-21 expected at position 11", 400},
	{"Opens gt 25:00:00", "$filter: a time of day such as 12:00:00 expected at position 10",
		400},
	{"View eq 'Bay'", "$filter: View is a list: ask View/any(x: x eq ...) (position 1)", 400},
	{"'Bay' eq View", "$filter: View is a list: ask View/any(x: x eq ...) (position 10)", 400},
	{"contains(View,'B')", "$filter: View is a list: ask View/any(x: x eq ...) (position 10)",
		400},
	{"View/some(x: x eq 1)", "$filter: any or all expected at position 6", 400},
	{"View/any(x x)", "$filter: a colon expected at position 12", 400},
	{"View/all()", "$filter: a variable expected at position 10", 400},
	{"View/any(x: x)", "$filter: a condition expected at position 13", 400},
	{"View/any(x: View/any(x: x eq 'a'))",
		"$filter: the variable 'x' is in use already (position 22)", 400},
	{"View/any(a: View/any(b: View/any(c: View/any(d: d eq 'a'))))",
		"$filter: more than 3 any or all inside each other (position 42)", 413},
	{"City/any(x: x eq 'a')",
		"$filter: City is a single value, nothing stands behind it (position 5)", 400},
	{"Media eq null", "$filter: /any or /all expected at position 7", 400},
	{"Media/any(m: m eq 1)", "$filter: a slash and a field expected at position 16", 400},
	{"ListOffice/OfficeKey eq '1'",
		"$filter: fields of ListOffice cannot be asked for from here (position 1)", 501},
	{"contain(City,'M')",
		"$filter: there is no function 'contain' (position 1); did you mean 'contains'?",
		400},
	{"contains(City)", "$filter: a comma expected at position 14", 400},
	{"contains(City,'a','b')", "$filter: a closing parenthesis expected at position 19", 400},
	{"contains(City,5)", "$filter: a text or a field with one expected at position 15", 400},
	{"year(City) eq 2", "$filter: a date, a time or a field with one expected at position 6",
		400},
	{"now() add 1 gt Modified", "$filter: a number expected at position 1", 400},
	{"Modified add duration'P1D' gt now()",
		"$filter: a duration can be added to now() or to a literal time only (position 14)",
		400},
	{"City in 'Miami'", "$filter: a list in parentheses expected at position 9", 400},
	{"City in ()", "$filter: a text in single quotes expected at position 10", 400},
	{"City in (City)", "$filter: a text in single quotes expected at position 10", 400},
	{"City in ('a' 'b')", "$filter: a comma or a closing parenthesis expected at position 14",
		400},
	{"Beds in ('a')", "$filter: a number expected at position 10", 400},
	{"Beds has 'a'", "$filter: a field with a list of values expected at position 1", 400},
	{"Status has 5", "$filter: a text in single quotes expected at position 12", 400},
	{"Place eq POINT(1 2)",
		"$filter: ask geo.distance(field, POINT(lon lat)) how far points are apart (position 1)",
		400},
	{"geo.distance(Place, POINT(999 2)) lt 1",
		"$filter: a point such as POINT(-80.19 25.76) expected at position 26", 400},
	{"not", "$filter: a field or a value expected at position 4", 400},
	{"City eq 'a' ; drop", "$filter: 'and', 'or' or the end expected at position 13", 400},
	{"-City eq 1", "$filter: a number expected at position 2", 400},
	{"City eq 'a' or (1 add 2)", "$filter: a condition expected at position 19", 400},
};

static void refuses_with_the_position(void **state)
{
	const struct odata_model *m = support_odata_model(*state);

	for (size_t i = 0; i < N(refusals); i++) {
		struct odata_fault f = {.arena = *state};
		assert_null(odata_filter_parse(*state, m->resources[0], str_of(refusals[i].text), 0,
			&f));
		if (strcmp(f.message, refusals[i].words) != 0)
			print_message("%s\n", refusals[i].text);
		assert_string_equal(f.message, refusals[i].words);
		assert_int_equal(f.status, refusals[i].status);
		assert_string_equal(f.target, "$filter");
	}
}

/* head, n times middle, tail. */
static struct str repeated(struct arena *a, const char *head, const char *middle, size_t n,
	const char *tail)
{
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b, head);
	while (n-- > 0)
		buf_cstr(&b, middle);
	buf_cstr(&b, tail);
	struct str s = str_copy(a, buf_view(&b));
	buf_done(&b);
	return s;
}

static void refuses_what_is_too_complex(void **state)
{
	struct arena *a = *state;
	const struct odata_resource *r = support_odata_model(a)->resources[0];
	const struct {
		struct str text;
		const char *words; /* NULL: it is taken */
	} cases[] = {
		{repeated(a, "", "(", 60,
			 "Beds eq 1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))"),
			NULL},
		{repeated(a, "", "(", 70, "Beds eq 1"), "nested deeper than 64"},
		{repeated(a, "", "not ", 70, "Beds eq 1"), "nested deeper than 64"},
		{repeated(a, "", "-", 70, "Beds eq 1"), "nested deeper than 64"},
		{repeated(a, "Beds", " add 1", 70, " eq 1"), "nested deeper than 64"},
		{repeated(a, "Beds eq 1", " or Beds eq 1", 300, ""), NULL},
		{repeated(a, "Beds eq 1", " or Beds eq 1", 400, ""), "more than 1000 parts"},
		{repeated(a, "Beds in (1", ",1", 999, ")"), NULL},
		{repeated(a, "Beds in (1", ",1", 1000, ")"), "more than 1000 values in one list"},
		{repeated(a, "City eq '", "a", 16384, "'"), "longer than 16384 bytes"},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct odata_fault f = {.arena = a};
		const struct odata_node *node = odata_filter_parse(a, r, cases[i].text, 0, &f);
		assert_int_equal(node == NULL, cases[i].words != NULL);
		if (node) {
			assert_in_range(node->levels, 1, ODATA_DEPTH);
			continue;
		}
		assert_non_null(strstr(f.message, cases[i].words));
		assert_int_equal(f.status, 413);
	}
}

/* No text makes the parser read beyond its end (the sanitizer watches). */
static void survives_any_beginning_of_a_filter(void **state)
{
	struct str all =
		STR("not (City in ('Miami', 'O''Brien') and Price ge 1.5e5) or Modified gt "
		    "2026-11-21T00:00:00.5 01:00 and View/any(x: contains(x,'a')) or "
		    "geo.distance(Place,POINT(1 2)) lt now() sub duration'P1D'");
	struct arena *model = *state;
	const struct odata_resource *r = support_odata_model(model)->resources[0];

	for (size_t n = 0; n < all.len; n++) {
		struct arena *a = arena_new();
		struct odata_fault f = {.arena = a};
		struct str head = str_copy(a, str_sub(all, 0, n));
		const struct odata_node *node = odata_filter_parse(a, r, head, 0, &f);
		assert_true(node != NULL || f.status != 0);
		arena_free(a);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(compares_values_of_every_type),
		TEST(null_is_equal_to_null_only),
		TEST(any_and_all_look_at_lists),
		TEST(functions_give_what_odata_says),
		TEST(words_bind_as_odata_says),
		TEST(refuses_with_the_position),
		TEST(refuses_what_is_too_complex),
		TEST(survives_any_beginning_of_a_filter),
	};
	return cmocka_run_group_tests_name("mod/odata_filter", tests, NULL, NULL);
}
