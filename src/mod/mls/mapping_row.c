/* The typed columns of a payload row: mapping_apply(), declared in mapping.h. */
#include "mod/mls/mapping.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/mapping_local.h"
#include "mod/mls/normal.h"

#define SQFT_PER_ACRE 43560.0
#define SQFT_PER_SQM 10.7639104167
#define SHOWN_MAX 80 /* bytes of a value in a report */

void mapping_note(struct listing_row *row, struct arena *a, struct str field,
	const struct json *value, const char *why)
{
	struct buf b;

	if (!why || row->problems_n++ >= LISTING_PROBLEMS_MAX)
		return;
	buf_init(&b, 0);
	json_text(&b, value);
	struct str text = buf_view(&b);
	if (text.len > SHOWN_MAX)
		text.len = str_utf8_prefix(str_sub(text, 0, SHOWN_MAX));
	row->problems[row->problems_n - 1] =
		(struct listing_problem){field, str_copy(a, text), why};
	buf_done(&b);
}

struct str mapping_problem_text(struct arena *a, const struct listing_problem *p)
{
	return str_printf(a, STR_FMT ": " STR_FMT " %s", STR_ARG(p->field), STR_ARG(p->value),
		p->reason);
}

/* One row being typed. */
struct typing {
	const struct mapping *m;
	struct arena *a;
	struct listing_row *row;
	const struct json *values[MAPPING_SLOTS];
};

static bool is_null(const struct typing *t, enum listing_column c)
{
	const union listing_value *v = &t->row->values[c];

	switch (mapping_columns[c].kind) {
	case KIND_TEXT:
	case KIND_STATUS: return !v->s.p;
	case KIND_FLOAT: return isnan(v->x);
	case KIND_INT:
	case KIND_ROUND:
	case KIND_DATE:
	case KIND_TIME: break;
	}
	return v->n == LISTING_NULL;
}

static void type_column(struct typing *t, enum listing_column c)
{
	const struct mapping_column *col = &mapping_columns[c];
	const struct json *value = t->values[c];
	union listing_value *v = &t->row->values[c];
	const char *why = NULL;

	switch (col->kind) {
	case KIND_TEXT: why = normal_text(t->a, value, (size_t)col->hi, &v->s); break;
	case KIND_STATUS: why = normal_status(t->a, value, &v->s); break;
	case KIND_FLOAT: why = normal_float(value, (double)col->lo, (double)col->hi, &v->x); break;
	case KIND_INT: why = normal_int(value, col->lo, col->hi, &v->n); break;
	case KIND_ROUND: why = normal_round(value, col->lo, col->hi, &v->n); break;
	case KIND_DATE: why = normal_date(value, &v->n); break;
	case KIND_TIME: why = normal_time(value, &v->n); break;
	}
	if (col->zero_is_null && v->n == 0)
		v->n = LISTING_NULL;
	mapping_note(t->row, t->a, t->m->fields[c], value, why);
}

/* --- what several fields say together --------------------------------------------------------------- */

static void place(struct typing *t)
{
	const char *why = normal_place(&t->row->values[LISTING_LATITUDE].x,
		&t->row->values[LISTING_LONGITUDE].x);

	mapping_note(t->row, t->a, t->m->fields[LISTING_LATITUDE], t->values[LISTING_LATITUDE],
		why);
}

/* The text of a helper; one that cannot be used does not help, and is not a column's loss. */
static struct str helper(const struct typing *t, int slot)
{
	struct str s;

	normal_text(t->a, t->values[slot], 100, &s);
	return s;
}

static bool is_metric(struct str units)
{
	return str_eq_nocase(units, STR("Square Meters")) ||
		str_eq_nocase(units, STR("SquareMeters")) || str_eq_nocase(units, STR("sqm")) ||
		str_eq_nocase(units, STR("m2"));
}

static int64_t whole(double x)
{
	x = round(x);
	return x >= 1 && x <= INT_MAX ? (int64_t)x : LISTING_NULL;
}

static void living_area(struct typing *t)
{
	int64_t *area = &t->row->values[LISTING_LIVING_AREA_SQFT].n;
	double exact;

	if (*area == LISTING_NULL || !is_metric(helper(t, SLOT_LIVING_UNITS)))
		return;
	if (!normal_float(t->values[LISTING_LIVING_AREA_SQFT], 0, INT_MAX, &exact))
		*area = whole(exact * SQFT_PER_SQM);
}

/* Square feet from acres, or from an area whose unit is known. */
static void lot_size(struct typing *t)
{
	int64_t *lot = &t->row->values[LISTING_LOT_SIZE_SQFT].n;
	struct str field = t->m->fields[LISTING_LOT_SIZE_SQFT];
	bool is_acres = str_eq(field, STR("LotSizeAcres")),
	     is_area = str_eq(field, STR("LotSizeArea"));
	double acres, area;

	if (*lot != LISTING_NULL && !is_acres && !is_area)
		return;
	*lot = LISTING_NULL;
	if (!normal_float(t->values[SLOT_LOT_ACRES], 0, 1e6, &acres) && acres > 0) {
		*lot = whole(acres * SQFT_PER_ACRE);
		return;
	}
	struct str units = helper(t, SLOT_LOT_UNITS);
	if (normal_float(t->values[SLOT_LOT_AREA], 0, 1e12, &area) || isnan(area) || !units.p)
		return;
	if (str_eq_nocase(units, STR("Acres")))
		*lot = whole(area * SQFT_PER_ACRE);
	else if (is_metric(units))
		*lot = whole(area * SQFT_PER_SQM);
	else if (str_eq_nocase(units, STR("Square Feet")))
		*lot = whole(area);
}

static void price_per_sqft(struct typing *t)
{
	int64_t price = t->row->values[LISTING_LIST_PRICE].n;
	int64_t area = t->row->values[LISTING_LIVING_AREA_SQFT].n;
	int64_t *rate = &t->row->values[LISTING_PRICE_PER_SQFT].n;

	if (*rate == LISTING_NULL && price != LISTING_NULL && area != LISTING_NULL)
		*rate = whole((double)price / (double)area);
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

/* --- addresses -------------------------------------------------------------------------------------- */

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
	struct str prefix = helper(t, SLOT_STREET_PREFIX), suffix = helper(t, SLOT_STREET_SUFFIX);
	struct str direction = helper(t, SLOT_STREET_DIRECTION);
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

static void address(struct typing *t)
{
	union listing_value *v = t->row->values;
	struct normal_address parts;

	street_name(t);
	if (is_null(t, LISTING_ADDRESS_FULL)) {
		compose_address(t);
	} else if (is_null(t, LISTING_STREET_NUMBER) && is_null(t, LISTING_STREET_NAME) &&
		normal_address_cut(v[LISTING_ADDRESS_FULL].s, &parts)) {
		v[LISTING_STREET_NUMBER].s = parts.number;
		v[LISTING_STREET_NAME].s = parts.street;
		if (is_null(t, LISTING_UNIT_NUMBER))
			v[LISTING_UNIT_NUMBER].s = parts.unit;
	}
}

/* --- the row ---------------------------------------------------------------------------------------- */

void mapping_apply(const struct mapping *m, struct arena *a, const struct json *payload,
	struct listing_row *ret_row)
{
	struct typing t = {.m = m, .a = a, .row = ret_row};
	union listing_value *v = ret_row->values;

	memset(ret_row, 0, offsetof(struct listing_row, problems));
	ret_row->mapping_hash = mapping_hash(m);
	mapping_collect(m, payload, t.values);
	for (int c = 0; c < LISTING_COLUMNS; c++)
		type_column(&t, c);
	if (is_null(&t, LISTING_SOURCE_MODIFIED_AT))
		v[LISTING_SOURCE_MODIFIED_AT].n = v[LISTING_MODIFICATION_TS].n;
	place(&t);
	living_area(&t);
	lot_size(&t);
	price_per_sqft(&t);
	community(&t);
	address(&t);
	mapping_media(ret_row, a, t.values[SLOT_MEDIA]);
}
