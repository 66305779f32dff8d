/* Where a listing is: normal_place(), normal_place_fix(), normal_address_cut(). */
#include "mod/mls/normal.h"

#include <math.h>

#include "mod/mls/normal_local.h"

static bool is_within(const struct normal_area *a, double lat, double lon)
{
	return lat >= (double)a->south && lat <= (double)a->north && lon >= (double)a->west &&
		lon <= (double)a->east;
}

/* What people do to coordinates: forget signs, and exchange the two. */
struct variant {
	bool is_exchanged;
	double lat_sign, lon_sign;
	const char *why;
};

static const struct variant variants[] = {
	{false, 1, -1, "has a longitude without its minus sign"},
	{false, -1, 1, "has a latitude with a minus sign too many"},
	{false, -1, -1, "has the signs of latitude and longitude exchanged"},
	{true, 1, 1, "is the longitude: the two were exchanged"},
	{true, 1, -1, "is the longitude without its minus sign: the two were exchanged"},
};

static void apply(const struct variant *v, double *lat, double *lon)
{
	double x = v->is_exchanged ? *lon : *lat, y = v->is_exchanged ? *lat : *lon;

	*lat = x * v->lat_sign;
	*lon = y * v->lon_sign;
}

const char *normal_place_fix(struct str state, double *lat, double *lon)
{
	const struct normal_area *area = state.p ? normal_area_of(state) : NULL;
	const struct variant *found = NULL;

	if (!area || isnan(*lat) || isnan(*lon) || is_within(area, *lat, *lon))
		return NULL;
	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
		double x = *lat, y = *lon;
		apply(&variants[i], &x, &y);
		if (!is_within(area, x, y))
			continue;
		if (found)
			return NULL; /* no certainty */
		found = &variants[i];
	}
	if (!found)
		return NULL;
	apply(found, lat, lon);
	return found->why;
}

const char *normal_place(double *lat, double *lon)
{
	bool has_lat = !isnan(*lat), has_lon = !isnan(*lon);
	const char *why = NULL;

	if (has_lat != has_lon)
		why = "has no counterpart";
	else if (has_lat && *lat == 0 && *lon == 0)
		why = "is the point (0, 0)";
	else if (has_lat && fabs(*lat) > 90)
		why = "is out of range";
	if (why || !has_lat)
		*lat = *lon = NAN;
	return why;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	c |= 0x20;
	return c >= 'a' && c <= 'z';
}

/* Digits, then at most one letter: "1307", "12B". */
static bool is_house_number(struct str s)
{
	size_t i = 0;

	while (i < s.len && is_digit(s.p[i]))
		i++;
	return i > 0 && i <= 6 && (i == s.len || (i + 1 == s.len && is_letter(s.p[i])));
}

static bool has_letter(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_letter(s.p[i]))
			return true;
	return false;
}

/* "Apt", "Unit" ... in front of the last word of a street. */
static bool cut_unit_word(struct str *street, struct str *unit)
{
	static const char *const words[] = {" Apt ", " Apartment ", " Unit ", " Suite ", " Ste "};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct str word = str_of(words[i]);
		for (size_t at = 1; at + word.len < street->len; at++) {
			if (!str_eq_nocase(str_sub(*street, at, at + word.len), word))
				continue;
			*unit = str_trim(str_sub(*street, at + word.len, street->len));
			if (str_starts(*unit, STR("#")))
				*unit = str_trim(str_sub(*unit, 1, unit->len));
			*street = str_sub(*street, 0, at);
			return unit->len && str_find_char(*unit, ' ') < 0;
		}
	}
	return true;
}

static bool cut_unit(struct str *street, struct str *unit)
{
	ptrdiff_t mark = str_find_char(*street, '#');

	if (!cut_unit_word(street, unit))
		return false;
	if (unit->p || mark < 0)
		return true;
	*unit = str_trim(str_sub(*street, (size_t)mark + 1, street->len));
	*street = str_sub(*street, 0, (size_t)mark);
	return unit->len && str_find_char(*unit, ' ') < 0;
}

/* " Austin, TX 78704": a city, a state and five digits, or nothing of it. */
static void cut_town(struct str rest, struct normal_address *parts)
{
	struct str city = str_trim(str_cut(&rest, ',')), tail = str_trim(rest),
		   state = str_cut(&tail, ' '), code = str_trim(tail);

	if (!city.len || !has_letter(city) || !rest.p || str_find_char(rest, ',') >= 0 ||
		state.len != 2 || !normal_state(state).p || code.len < 5)
		return;
	for (size_t i = 0; i < 5; i++)
		if (!is_digit(code.p[i]))
			return;
	if (code.len > 5 && code.p[5] != '-')
		return;
	parts->city = city;
	parts->state = normal_state(state);
	parts->postal_code = str_sub(code, 0, 5);
}

bool normal_address_cut(struct str line, struct normal_address *ret_parts)
{
	struct str rest = line, street = str_trim(str_cut(&rest, ',')),
		   number = str_cut(&street, ' ');
	struct normal_address parts = {.number = number};

	if (!rest.p || !street.p || !is_house_number(number) || !cut_unit(&street, &parts.unit))
		return false;
	parts.street = str_trim(street);
	if (!has_letter(parts.street) || str_find_char(parts.street, '/') >= 0 ||
		str_find_char(parts.street, '&') >= 0)
		return false;
	cut_town(rest, &parts);
	*ret_parts = parts;
	return true;
}
