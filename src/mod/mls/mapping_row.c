/* The typed columns of a payload row: mapping_apply(), declared in mapping.h. */
#include "mod/mls/mapping.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/mapping_local.h"
#include "mod/mls/normal.h"

#define SHOWN_MAX 80 /* bytes of a value in a report */

static struct listing_problem problem(struct arena *a, struct str field, const struct json *value,
	const char *why)
{
	struct buf b;

	buf_init(&b, 0);
	json_text(&b, value);
	struct str text = buf_view(&b);
	if (text.len > SHOWN_MAX)
		text.len = str_utf8_prefix(str_sub(text, 0, SHOWN_MAX));
	text = str_copy(a, text);
	buf_done(&b);
	return (struct listing_problem){field, text, why};
}

void mapping_note(struct listing_row *row, struct arena *a, struct str field,
	const struct json *value, const char *why)
{
	if (why && row->problems_n++ < LISTING_PROBLEMS_MAX)
		row->problems[row->problems_n - 1] = problem(a, field, value, why);
}

void mapping_note_fix(struct listing_row *row, struct arena *a, struct str field,
	const struct json *value, const char *why)
{
	if (why && row->fixes_n++ < LISTING_PROBLEMS_MAX)
		row->fixes[row->fixes_n - 1] = problem(a, field, value, why);
}

struct str mapping_problem_text(struct arena *a, const struct listing_problem *p)
{
	return str_printf(a, STR_FMT ": " STR_FMT " %s", STR_ARG(p->field), STR_ARG(p->value),
		p->reason);
}

bool mapping_is_null(const struct mapping_column *col, const union listing_value *v)
{
	switch (col->kind) {
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

const char *mapping_type_value(struct arena *a, const struct mapping_column *col,
	const struct json *value, union listing_value *v)
{
	const char *why = NULL;

	switch (col->kind) {
	case KIND_TEXT: why = normal_text(a, value, (size_t)col->hi, &v->s); break;
	case KIND_STATUS: why = normal_status(a, value, &v->s); break;
	case KIND_FLOAT: why = normal_float(value, (double)col->lo, (double)col->hi, &v->x); break;
	case KIND_INT: why = normal_int(value, col->lo, col->hi, &v->n); break;
	case KIND_ROUND: why = normal_round(value, col->lo, col->hi, &v->n); break;
	case KIND_DATE: why = normal_date(value, &v->n); break;
	case KIND_TIME: why = normal_time(value, &v->n); break;
	}
	if (col->zero_is_null && v->n == 0)
		v->n = LISTING_NULL;
	return why;
}

struct str mapping_helper(const struct typing *t, int slot)
{
	struct str s;

	normal_text(t->a, t->values[slot], 100, &s);
	return s;
}

static void type_column(struct typing *t, enum listing_column c)
{
	const struct mapping_value *value = t->m->values[c];
	const char *why = NULL;

	if (value)
		t->values[c] = mapping_value_of(value, t->a, t->indexed, &mapping_columns[c], &why);
	const char *worse =
		mapping_type_value(t->a, &mapping_columns[c], t->values[c], &t->row->values[c]);
	if (worse || why)
		mapping_note(t->row, t->a, mapping_field_of(t->m, c), t->values[c],
			worse ? worse : why);
}

/* A status is one of RESO's or none; a property type that RESO does not know stays as it is. */
static void words(struct typing *t)
{
	union listing_value *v = t->row->values;
	struct str status = v[LISTING_STANDARD_STATUS].s, *type = &v[LISTING_PROPERTY_TYPE].s, said;

	if (status.p &&
		(!json_to_str(t->values[LISTING_STANDARD_STATUS], &said) || !str_eq(said, status)))
		mapping_note_fix(t->row, t->a, mapping_field_of(t->m, LISTING_STANDARD_STATUS),
			t->values[LISTING_STANDARD_STATUS], NORMAL_SPELLING);
	if (!type->p)
		return;
	struct str known = normal_property_type(*type);
	if (known.p && str_eq(known, *type))
		return;
	mapping_note_fix(t->row, t->a, mapping_field_of(t->m, LISTING_PROPERTY_TYPE),
		t->values[LISTING_PROPERTY_TYPE],
		known.p ? NORMAL_SPELLING : "is no type that RESO knows, and kept");
	if (known.p)
		*type = known;
}

static void collect(struct typing *t, const struct json *payload)
{
	const struct mapping *m = t->m;

	if (!m->index.n) {
		mapping_collect(m, payload, t->values);
		return;
	}
	t->indexed = arena_array(t->a, (size_t)m->index.n, sizeof *t->indexed);
	for (struct json_iter it = json_each(payload); json_next(&it);) {
		mapping_sort(m, it.key, it.value, t->values);
		mapping_index_sort(&m->index, it.key, it.value, t->indexed);
	}
}

void mapping_apply(const struct mapping *m, struct arena *a, const struct json *payload,
	struct listing_row *ret_row)
{
	struct typing t = {.m = m, .a = a, .row = ret_row};
	union listing_value *v = ret_row->values;

	memset(ret_row, 0, offsetof(struct listing_row, problems));
	ret_row->mapping_hash = mapping_hash(m);
	collect(&t, payload);
	for (int c = 0; c < LISTING_COLUMNS; c++)
		type_column(&t, c);
	if (v[LISTING_SOURCE_MODIFIED_AT].n == LISTING_NULL)
		v[LISTING_SOURCE_MODIFIED_AT].n = v[LISTING_MODIFICATION_TS].n;
	words(&t);
	mapping_areas(&t);
	mapping_address(&t);
	mapping_extra(&t);
	mapping_media(ret_row, a, t.values[SLOT_MEDIA]);
}
