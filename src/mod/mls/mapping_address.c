/* Where a listing is, as one line, in parts and on the map: mapping_address(), declared in mapping_local.h. */
#include "mod/mls/mapping_local.h"

#include <math.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/mls/normal.h"

static bool is_empty(const struct typing *t, enum listing_column c)
{
	return !t->row->values[c].s.p;
}

static void note_fix(struct typing *t, enum listing_column c, const char *why)
{
	if (why)
		mapping_note_fix(t->row, t->a, mapping_field_of(t->m, c), t->values[c], why);
}

/* "florida" is FL; what is no state of the United States or Canada stays. */
static void state(struct typing *t)
{
	struct str *s = &t->row->values[LISTING_STATE].s, code = normal_state(*s);

	if (!code.p || str_eq(code, *s))
		return;
	note_fix(t, LISTING_STATE,
		s->len == 2 ? "is in lower case" : "is written out; its two letters are kept");
	*s = code;
}

static void postal_code(struct typing *t)
{
	struct str *s = &t->row->values[LISTING_POSTAL_CODE].s;

	note_fix(t, LISTING_POSTAL_CODE,
		normal_postal_code(t->a, *s, t->row->values[LISTING_STATE].s, s));
}

static void place(struct typing *t)
{
	double *lat = &t->row->values[LISTING_LATITUDE].x,
	       *lon = &t->row->values[LISTING_LONGITUDE].x;

	note_fix(t, LISTING_LATITUDE, normal_place_fix(t->row->values[LISTING_STATE].s, lat, lon));
	mapping_note(t->row, t->a, mapping_field_of(t->m, LISTING_LATITUDE),
		t->values[LISTING_LATITUDE], normal_place(lat, lon));
}

/* Some MLSs write an area's number into MLSAreaMajor: that names no community. */
static void community(struct typing *t)
{
	struct str *name = &t->row->values[LISTING_COMMUNITY].s;

	for (size_t i = 0; i < name->len; i++)
		if ((unsigned char)name->p[i] >= 'A')
			return;
	*name = STR_NULL;
}

/* Adds word behind a space, unless it is what the text ends (or begins) with already. */
static void add_word(struct buf *b, struct str word)
{
	if (!word.p)
		return;
	if (b->len)
		buf_char(b, ' ');
	buf_str(b, word);
}

static bool has_last_word(struct str text, struct str word)
{
	return word.p && text.len > word.len && text.p[text.len - word.len - 1] == ' ' &&
		str_eq_nocase(str_sub(text, text.len - word.len, text.len), word);
}

static bool has_first_word(struct str text, struct str word)
{
	return word.p && text.len > word.len && text.p[word.len] == ' ' &&
		str_eq_nocase(str_sub(text, 0, word.len), word);
}

/* "SW" "104th" "Ave": directions and suffix belong to a street's name. */
static void street_name(struct typing *t)
{
	struct str *name = &t->row->values[LISTING_STREET_NAME].s;
	struct str prefix = mapping_helper(t, SLOT_STREET_PREFIX),
		   suffix = mapping_helper(t, SLOT_STREET_SUFFIX);
	struct str direction = mapping_helper(t, SLOT_STREET_DIRECTION);
	struct buf b;

	if (!name->p || !(prefix.p || suffix.p || direction.p) ||
		!str_eq(t->m->fields[LISTING_STREET_NAME], STR("StreetName")))
		return;
	buf_init(&b, 0);
	if (!has_first_word(*name, prefix))
		add_word(&b, prefix);
	add_word(&b, *name);
	if (!has_last_word(*name, suffix))
		add_word(&b, suffix);
	if (!has_last_word(*name, direction))
		add_word(&b, direction);
	*name = str_copy(t->a, buf_view(&b));
	buf_done(&b);
}

/* "1450 Brickell Ave #2304, Miami, FL 33131"; nothing without a street. */
static void compose_address(struct typing *t)
{
	const union listing_value *v = t->row->values;
	struct buf b;

	if (!v[LISTING_STREET_NAME].s.p)
		return;
	buf_init(&b, 0);
	add_word(&b, v[LISTING_STREET_NUMBER].s);
	add_word(&b, v[LISTING_STREET_NAME].s);
	if (v[LISTING_UNIT_NUMBER].s.p) {
		buf_cstr(&b, " #");
		buf_str(&b, v[LISTING_UNIT_NUMBER].s);
	}
	if (v[LISTING_CITY].s.p) {
		buf_cstr(&b, ", ");
		buf_str(&b, v[LISTING_CITY].s);
	}
	if (v[LISTING_STATE].s.p || v[LISTING_POSTAL_CODE].s.p)
		buf_char(&b, ',');
	add_word(&b, v[LISTING_STATE].s);
	add_word(&b, v[LISTING_POSTAL_CODE].s);
	t->row->values[LISTING_ADDRESS_FULL].s = str_copy(t->a, buf_view(&b));
	buf_done(&b);
}

/* Street and, where they are missing all three, city, state and postal code out of the line. */
static void cut_address(struct typing *t)
{
	union listing_value *v = t->row->values;
	struct normal_address parts;

	if (!normal_address_cut(v[LISTING_ADDRESS_FULL].s, &parts))
		return;
	if (is_empty(t, LISTING_STREET_NUMBER) && is_empty(t, LISTING_STREET_NAME)) {
		v[LISTING_STREET_NUMBER].s = parts.number;
		v[LISTING_STREET_NAME].s = parts.street;
		if (is_empty(t, LISTING_UNIT_NUMBER))
			v[LISTING_UNIT_NUMBER].s = parts.unit;
	}
	if (is_empty(t, LISTING_CITY) && is_empty(t, LISTING_STATE) &&
		is_empty(t, LISTING_POSTAL_CODE)) {
		v[LISTING_CITY].s = parts.city;
		v[LISTING_STATE].s = parts.state;
		v[LISTING_POSTAL_CODE].s = parts.postal_code;
	}
}

void mapping_address(struct typing *t)
{
	street_name(t);
	state(t);
	postal_code(t);
	if (is_empty(t, LISTING_ADDRESS_FULL))
		compose_address(t);
	else
		cut_address(t);
	place(t);
	community(t);
}
