#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/arena.h"
#include "mod/mls/normal.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static void spells_property_types_as_reso_does(void **state)
{
	static const struct {
		const char *said, *wanted;
	} cases[] = {
		{"Residential", "Residential"},
		{"residential", "Residential"},
		{"Residential_Lease", "Residential Lease"},
		{"ResidentialIncome", "Residential Income"},
		{"RENTAL", "Residential Lease"},
		{"Vacant Land", "Land"},
		{"Lots/Land", "Land"},
		{"Commercial", "Commercial Sale"},
		{"Condo", "Condominium"},
		{"Townhome", "Townhouse"},
		{"Single Family", "Single Family Residence"},
		{"Multi-Family", "Multi Family"},
		{"Hotel/Motel", "Hotel/Motel"},
		{"hotel/motel", "Hotel/Motel"},
		{"Farm/Ranch", "Farm"},
		{"Castle", NULL},
		{"", NULL},
		{"a text that is longer than all the words that are known to anybody here", NULL},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct str got = normal_property_type(str_of(cases[i].said));
		if (!str_eq(got, str_of(cases[i].wanted)))
			print_message("%s is " STR_FMT "\n", cases[i].said, STR_ARG(got));
		assert_true(str_eq(got, str_of(cases[i].wanted)));
	}
}

static void gives_states_their_two_letters(void **state)
{
	static const struct {
		const char *said, *wanted;
	} cases[] = {{"FL", "FL"}, {"fl", "FL"}, {"Florida", "FL"}, {"NEW YORK", "NY"},
		{"District of Columbia", "DC"}, {"Puerto Rico", "PR"}, {"Ontario", "ON"},
		{"bc", "BC"}, {"ZZ", NULL}, {"Bavaria", NULL}, {"", NULL}, {"Flo", NULL}};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_true(str_eq(normal_state(str_of(cases[i].said)), str_of(cases[i].wanted)));
}

static void keeps_five_digits_of_a_postal_code(void **state)
{
	static const struct {
		const char *said, *state, *wanted;
		bool is_fixed;
	} cases[] = {
		{"33131", "FL", "33131", false},
		{"33131-1234", "FL", "33131", true},
		{"331311234", "FL", "33131", true},
		{"33131-", "FL", "33131", true},
		{"2139", "MA", "02139", true},
		{"2139-1234", "MA", "02139", true},
		{"2139", "FL", "2139", false},
		{"2139", NULL, "2139", false},
		{"k1a0b1", "ON", "K1A 0B1", true},
		{"K1A-0B1", "ON", "K1A 0B1", true},
		{"K1A 0B1", "ON", "K1A 0B1", false},
		{"SW1A 1AA", NULL, "SW1A 1AA", false},
		{"1234567890123456789", "FL", "1234567890123456789", false},
		{"unknown", "FL", "unknown", false},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct str got;
		const char *why =
			normal_postal_code(a, str_of(cases[i].said), str_of(cases[i].state), &got);
		if (!str_eq(got, str_of(cases[i].wanted)))
			print_message("%s is " STR_FMT "\n", cases[i].said, STR_ARG(got));
		assert_true(str_eq(got, str_of(cases[i].wanted)));
		assert_int_equal(why != NULL, cases[i].is_fixed);
	}
	arena_free(a);
}

/* Fort Lauderdale is at 26.1, -80.1. */
static void puts_coordinates_right_when_there_is_one_way(void **state)
{
	static const struct {
		const char *state;
		double lat, lon, wanted_lat, wanted_lon;
		const char *why;
	} cases[] = {
		{"FL", 26.1, -80.1, 26.1, -80.1, NULL},
		{"FL", 26.1, 80.1, 26.1, -80.1, "has a longitude without its minus sign"},
		{"FL", -26.1, -80.1, 26.1, -80.1, "has a latitude with a minus sign too many"},
		{"FL", -26.1, 80.1, 26.1, -80.1,
			"has the signs of latitude and longitude exchanged"},
		{"FL", -80.1, 26.1, 26.1, -80.1, "is the longitude: the two were exchanged"},
		{"Florida", 80.1, 26.1, 26.1, -80.1,
			"is the longitude without its minus sign: the two were exchanged"},
		{"FL", 40.7, -74.0, 40.7, -74.0, NULL}, /* in New York: the state may be wrong */
		{"CA", -118.2, 34.0, 34.0, -118.2, "is the longitude: the two were exchanged"},
		{"FL", 12.0, 13.0, 12.0, 13.0, NULL},
		{NULL, 26.1, 80.1, 26.1, 80.1, NULL},
		{"Bavaria", 26.1, 80.1, 26.1, 80.1, NULL},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		double lat = cases[i].lat, lon = cases[i].lon;
		const char *why = normal_place_fix(str_of(cases[i].state), &lat, &lon);
		assert_true(lat == cases[i].wanted_lat && lon == cases[i].wanted_lon);
		assert_true(str_eq(str_of(why), str_of(cases[i].why)));
	}
	double lat = NAN, lon = 1;
	assert_null(normal_place_fix(STR("FL"), &lat, &lon));
}

static void a_latitude_beyond_the_pole_is_no_place(void **state)
{
	double lat = 118.2, lon = 34;

	(void)state;
	assert_string_equal(normal_place(&lat, &lon), "is out of range");
	assert_true(isnan(lat) && isnan(lon));
}

static void cuts_units_and_towns_out_of_a_line(void **state)
{
	static const struct {
		const char *line, *street, *unit, *city, *state, *code;
	} cases[] = {
		{"1450 Brickell Ave #2304, Miami, FL 33131", "Brickell Ave", "2304", "Miami", "FL",
			"33131"},
		{"1450 Brickell Ave Apt 2304, Miami, fl 33131-1234", "Brickell Ave", "2304",
			"Miami", "FL", "33131"},
		{"1450 Brickell Ave Unit #5, Miami, FL 33131", "Brickell Ave", "5", "Miami", "FL",
			"33131"},
		{"1450 Brickell Ave, Miami", "Brickell Ave", NULL, NULL, NULL, NULL},
		{"1450 Brickell Ave, Miami, Florida 33131", "Brickell Ave", NULL, NULL, NULL, NULL},
		{"1450 Brickell Ave, Suite 4, Miami, FL 33131", "Brickell Ave", NULL, NULL, NULL,
			NULL},
		{"1450 Unit Rd, Miami, FL 3313", "Unit Rd", NULL, NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct normal_address p;
		assert_true(normal_address_cut(str_of(cases[i].line), &p));
		if (!str_eq(p.unit, str_of(cases[i].unit)) ||
			!str_eq(p.city, str_of(cases[i].city)))
			print_message("%s: unit " STR_FMT ", city " STR_FMT "\n", cases[i].line,
				STR_ARG(p.unit), STR_ARG(p.city));
		assert_true(str_eq(p.number, STR("1450")));
		assert_true(str_eq(p.street, str_of(cases[i].street)));
		assert_true(str_eq(p.unit, str_of(cases[i].unit)));
		assert_true(str_eq(p.city, str_of(cases[i].city)));
		assert_true(str_eq(p.state, str_of(cases[i].state)));
		assert_true(str_eq(p.postal_code, str_of(cases[i].code)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spells_property_types_as_reso_does),
		cmocka_unit_test(gives_states_their_two_letters),
		cmocka_unit_test(keeps_five_digits_of_a_postal_code),
		cmocka_unit_test(puts_coordinates_right_when_there_is_one_way),
		cmocka_unit_test(a_latitude_beyond_the_pole_is_no_place),
		cmocka_unit_test(cuts_units_and_towns_out_of_a_line),
	};
	return cmocka_run_group_tests_name("mod/normal_word", tests, NULL, NULL);
}
