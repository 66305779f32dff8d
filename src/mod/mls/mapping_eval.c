/* What a compiled value comes to for one row; mapping_value.h. */
#include "mod/mls/mapping_value.h"

#include <math.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/map.h"
#include "mod/mls/mapping_local.h"
#include "mod/mls/normal.h"

#define SQFT_PER_ACRE 43560.0
#define SQFT_PER_SQM 10.7639104167
#define HUGE_AREA 1e15

struct eval {
	struct arena *a;
	const struct json *const *values;
	const char *why;
};

double mapping_unit_sqft(enum mapping_unit unit)
{
	return unit == UNIT_SQM ? SQFT_PER_SQM : unit == UNIT_ACRES ? SQFT_PER_ACRE : 1;
}

enum mapping_unit mapping_unit_of(struct str text)
{
	static const struct {
		const char *text;
		enum mapping_unit unit;
	} known[] = {
		{"Square Feet", UNIT_SQFT},
		{"SquareFeet", UNIT_SQFT},
		{"sqft", UNIT_SQFT},
		{"sq ft", UNIT_SQFT},
		{"ft2", UNIT_SQFT},
		{"Square Meters", UNIT_SQM},
		{"SquareMeters", UNIT_SQM},
		{"Square Metres", UNIT_SQM},
		{"sqm", UNIT_SQM},
		{"sq m", UNIT_SQM},
		{"m2", UNIT_SQM},
		{"Acres", UNIT_ACRES},
		{"Acre", UNIT_ACRES},
		{"ac", UNIT_ACRES},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq_nocase(text, str_of(known[i].text)))
			return known[i].unit;
	return UNIT_NONE;
}

static const struct json *json_of_text(struct arena *a, struct str text)
{
	struct buf b;

	buf_init(&b, 0);
	json_quote(&b, text);
	const struct json *v = json_parse(a, buf_view(&b), NULL);
	buf_done(&b);
	return v;
}

static const struct json *json_of_number(struct arena *a, double x)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_f64(&w, x);
	const struct json *v = json_parse(a, buf_view(&b), NULL);
	buf_done(&b);
	return v;
}

static const struct json *eval(struct eval *ev, const struct mapping_value *v,
	const struct mapping_column *col);

/* Whether anything is left of a value once it is typed. */
static bool is_usable(struct eval *ev, const struct json *v, const struct mapping_column *col)
{
	union listing_value typed;
	struct str s;

	if (!col)
		return !normal_text(ev->a, v, SIZE_MAX, &s) && s.p;
	return !mapping_type_value(ev->a, col, v, &typed) && !mapping_is_null(col, &typed);
}

/* When none can be used the first that says anything stays: what is wrong with it is told. */
static const struct json *first_of(struct eval *ev, const struct mapping_value *v,
	const struct mapping_column *col)
{
	const struct json *spoken = NULL;

	for (size_t i = 0; i < v->parts_n; i++) {
		const struct json *part = eval(ev, v->parts[i], col);
		if (is_usable(ev, part, col))
			return part;
		if (!spoken && json_type(part) > JSON_NULL)
			spoken = part;
	}
	return spoken;
}

static const struct json *concat(struct eval *ev, const struct mapping_value *v)
{
	const struct json *ret = NULL;
	struct str text;
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < v->parts_n; i++) {
		const char *why = normal_text(ev->a, eval(ev, v->parts[i], NULL), SIZE_MAX, &text);
		if (why && !ev->why)
			ev->why = why;
		if (!text.p)
			continue;
		if (b.len)
			buf_str(&b, v->separator);
		buf_str(&b, text);
	}
	if (b.len)
		ret = json_of_text(ev->a, buf_view(&b));
	buf_done(&b);
	return ret;
}

/* What is no number is left for the column to refuse. */
static const struct json *in_sqft(struct eval *ev, const struct mapping_value *v,
	const struct json *value)
{
	enum mapping_unit unit = v->unit;
	struct str text = STR_NULL;
	double x;

	if (unit == UNIT_FIELD) {
		normal_text(ev->a, ev->values[v->unit_field], 100, &text);
		unit = text.p ? mapping_unit_of(text) : UNIT_SQFT;
		if (unit == UNIT_NONE) {
			ev->why = "is in a unit that is not known";
			return NULL;
		}
	}
	if (unit == UNIT_SQFT || normal_float(value, -HUGE_AREA, HUGE_AREA, &x) || isnan(x))
		return value;
	return json_of_number(ev->a, x * mapping_unit_sqft(unit));
}

static const struct json *translated(struct eval *ev, const struct mapping_value *v,
	const struct json *value)
{
	struct str text;

	if (normal_text(ev->a, value, SIZE_MAX, &text) || !text.p)
		return value;
	const struct json *found = map_get(v->lookup, text);
	if (found)
		return found;
	return v->keeps ? value : v->otherwise;
}

/* Of a list each element is translated; what becomes null is left out. */
static const struct json *translated_list(struct eval *ev, const struct mapping_value *v,
	const struct json *list)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_arr(&w);
	for (struct json_iter it = json_each(list); json_next(&it);) {
		const struct json *one = translated(ev, v, it.value);
		if (json_type(one) > JSON_NULL)
			jsonw_json(&w, one);
	}
	jsonw_end(&w);
	const struct json *ret = json_parse(ev->a, buf_view(&b), NULL);
	buf_done(&b);
	return ret;
}

static const struct json *eval(struct eval *ev, const struct mapping_value *v,
	const struct mapping_column *col)
{
	const struct json *value = NULL;

	switch (v->source) {
	case VALUE_FIELD: value = ev->values[v->field]; break;
	case VALUE_FIRST: value = first_of(ev, v, v->unit || v->lookup ? NULL : col); break;
	case VALUE_CONCAT: value = concat(ev, v); break;
	case VALUE_CONSTANT: value = v->constant; break;
	}
	if (v->unit)
		value = in_sqft(ev, v, value);
	if (v->lookup && json_type(value) == JSON_ARRAY)
		return translated_list(ev, v, value);
	return v->lookup ? translated(ev, v, value) : value;
}

const struct json *mapping_value_of(const struct mapping_value *v, struct arena *a,
	const struct json *const *values, const struct mapping_column *col, const char **ret_why)
{
	struct eval ev = {.a = a, .values = values};
	const struct json *value = eval(&ev, v, col);

	*ret_why = ev.why;
	return value;
}
