/* Documents as they are written, out of rows of the database or out of what hits brought along: the same bytes. */
#include <math.h>

#include "base/jsonw.h"
#include "base/uuid.h"
#include "mod/search/document.h"
#include "mod/search/index.h"

#define LATITUDE_MOST 90
#define LONGITUDE_MOST 180

/* --- values --------------------------------------------------------------------------------------- */

static bool read_point(struct str text, struct search_point *ret)
{
	struct str lng = text, lat = str_cut(&lng, ',');

	return str_to_f64(lat, &ret->lat) && str_to_f64(lng, &ret->lng) &&
		fabs(ret->lat) <= LATITUDE_MOST && fabs(ret->lng) <= LONGITUDE_MOST;
}

/* A number that is none in JSON, and a place that is nowhere, count as absent, as in the index. */
static bool read_text(enum search_type type, struct str text, struct search_value *ret)
{
	switch (type) {
	case SEARCH_STRING: ret->text = text; return true;
	case SEARCH_GEOPOINT: return read_point(text, &ret->point);
	case SEARCH_BOOL: ret->number = str_eq(text, STR("t")); return true;
	case SEARCH_INT32:
	case SEARCH_INT64:
	case SEARCH_FLOAT: break;
	}
	return str_to_f64(text, &ret->number);
}

/* false: there is none. */
static bool value_of(const struct search_document *d, int field, struct search_value *ret)
{
	if (!d->hit) {
		struct str text = search_document_column(d, field);
		return text.p && read_text(search_fields[field].type, text, ret);
	}
	if (!(d->query->wanted >> field & 1))
		return false;
	*ret = *search_index_value(d->query, d->hit, field);
	return ret->is_there;
}

static void write_point(struct jsonw *w, struct search_point p)
{
	jsonw_arr(w);
	jsonw_f64(w, p.lat);
	jsonw_f64(w, p.lng);
	jsonw_arr_end(w);
}

static void write_value(struct jsonw *w, enum search_type type, const struct search_value *v)
{
	switch (type) {
	case SEARCH_INT32:
	case SEARCH_INT64: jsonw_i64(w, (int64_t)v->number); break;
	case SEARCH_FLOAT: jsonw_f64(w, v->number); break;
	case SEARCH_BOOL: jsonw_bool(w, v->number != 0); break;
	case SEARCH_GEOPOINT: write_point(w, v->point); break;
	case SEARCH_STRING: jsonw_str(w, v->text); break;
	}
}

/* --- documents ------------------------------------------------------------------------------------ */

static void write_id(struct jsonw *w, const struct search_document *d)
{
	char text[UUID_SIZE];
	struct uuid id;

	if (!d->hit) {
		jsonw_str(w, search_document_column(d, 0));
		return;
	}
	for (size_t i = 0; i < sizeof id.b; i++)
		id.b[i] = d->hit->id[i];
	jsonw_cstr(w, uuid_format(text, id));
}

static void write_fields(struct jsonw *w, const struct search_document *d,
	const struct search_look *look)
{
	struct search_value v;

	if (look->is_shown[0])
		jsonw_key(w, search_fields[0].name), write_id(w, d);
	for (int i = 1; i < search_fields_n; i++)
		if (look->is_shown[i] && value_of(d, i, &v)) {
			jsonw_key(w, search_fields[i].name);
			write_value(w, search_fields[i].type, &v);
		}
}

static void write_extras(struct jsonw *w, const struct search_document *d,
	const struct search_look *look)
{
	for (int i = 0; i < SEARCH_EXTRAS; i++) {
		struct str text = look->is_shown[SEARCH_FIELDS_MAX + i]
			? search_document_column(d, SEARCH_FIELDS_MAX + i)
			: STR_NULL;
		if (!text.p)
			continue;
		jsonw_key(w, search_extras[i]);
		if (i == SEARCH_PHOTOS || i == SEARCH_AS_OF)
			jsonw_raw(w, text); /* JSON of the database's own */
		else
			jsonw_str(w, text);
	}
}

void search_document_write(const struct search_document *d, const struct search_look *look,
	struct jsonw *w)
{
	jsonw_obj(w);
	write_fields(w, d, look);
	if (!d->hit)
		write_extras(w, d, look);
	jsonw_obj_end(w);
}

struct str search_document_text(const struct search_document *d, int field)
{
	struct search_value v;

	return value_of(d, field, &v) ? v.text : STR_NULL;
}

/* --- without the database ------------------------------------------------------------------------- */

static bool is_asked_for(const struct search_look *look, int i, bool with_marks)
{
	bool is_marked = false;

	for (size_t m = 0; m < look->marked_n && with_marks; m++)
		is_marked |= look->marked[m] == i;
	return is_marked || look->is_shown[i];
}

static bool has_words(const struct search_query *q)
{
	for (size_t i = 0; i < q->terms_n; i++)
		if (!q->terms[i].is_excluded)
			return true;
	return false;
}

bool search_document_wanted(const struct search_look *look, const struct search_query *q,
	const bool *is_hidden, uint64_t *ret_fields)
{
	bool with_marks = has_words(q);
	uint64_t fields = 0;

	for (int i = 1; i < LOOK_ALL; i++) {
		bool is_field = i < SEARCH_FIELDS_MAX;
		if (!is_asked_for(look, i, with_marks) || (is_field && is_hidden[i]))
			continue;
		if (!is_field || !search_index_keeps(i))
			return false;
		fields |= UINT64_C(1) << i;
	}
	*ret_fields = fields;
	return true;
}
