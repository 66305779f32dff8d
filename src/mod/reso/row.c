#include "mod/reso/row.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "mod/reso/catalog.h"

/* Expanding what the payload has anyway changes nothing. */
static bool is_plain(const struct odata_expand *x)
{
	return str_eq(x->navigation->name, STR("Media")) && !x->selected && x->top < 0 && !x->skip;
}

void reso_row_init(struct reso_row *r, const struct reso_catalog *catalog,
	const struct odata_query *query, bool is_property)
{
	*r = (struct reso_row){.catalog = catalog, .query = query, .is_property = is_property};
	r->is_verbatim = !query->selected && (catalog->is_full || !is_property);
	for (size_t i = 0; i < query->expands_n; i++)
		r->is_verbatim = r->is_verbatim && is_plain(&query->expands[i]);
}

static bool has_more(struct str more)
{
	return more.len > 2;
}

static void copy(struct buf *b, struct str payload, struct str more)
{
	if (!has_more(more)) {
		buf_add(b, payload.p + 1, payload.len - 1);
		return;
	}
	buf_add(b, payload.p + 1, payload.len - 2);
	if (payload.len > 2)
		buf_char(b, ',');
	buf_add(b, more.p + 1, more.len - 1);
}

/* --- values -------------------------------------------------------------------------------------- */

#define LEVELS_MOST 16 /* of structures in structures; what is deeper is left out */

/* A structure may hold names that are hidden, and addresses, as the row does. */
static void write_value(const struct reso_row *r, struct jsonw *w, const struct json *v,
	bool no_address, int level)
{
	enum json_type type = json_type(v);

	if (r->catalog->is_full || (type != JSON_OBJECT && type != JSON_ARRAY)) {
		jsonw_json(w, v);
		return;
	}
	if (level > LEVELS_MOST) {
		jsonw_null(w);
		return;
	}
	type == JSON_OBJECT ? jsonw_obj(w) : jsonw_arr(w);
	for (struct json_iter it = json_each(v); json_next(&it);) {
		if (type == JSON_OBJECT && !reso_catalog_shows(r->catalog, it.key))
			continue;
		if (type == JSON_OBJECT && no_address &&
			reso_catalog_is_address(r->catalog, it.key))
			continue;
		if (type == JSON_OBJECT)
			jsonw_key_str(w, it.key);
		write_value(r, w, it.value, no_address, level + 1);
	}
	jsonw_end(w);
}

/* --- what is expanded ------------------------------------------------------------------------------ */

static bool is_for_agents(const struct json *media)
{
	static const char *const words[] = {"Private", "Agent Only", "Firm Only", "Office Only"};
	const struct json *permission = json_get(media, "Permission");
	struct str s = json_scalar(permission);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq(s, str_of(words[i])))
			return true;
		for (struct json_iter it = json_each(permission); json_next(&it);)
			if (str_eq(json_scalar(it.value), str_of(words[i])))
				return true;
	}
	return false;
}

static void write_other(const struct reso_row *r, struct jsonw *w, const struct odata_expand *x,
	const struct json *v)
{
	const struct odata_resource *target = x->navigation->target;

	if (json_type(v) != JSON_OBJECT || (r->catalog->is_full && !x->selected)) {
		jsonw_json(w, v);
		return;
	}
	jsonw_obj(w);
	for (struct json_iter it = json_each(v); json_next(&it);) {
		const struct odata_field *f = odata_model_field(target, it.key);
		if (!f || (x->selected && !x->selected[f->index]))
			continue;
		jsonw_key_str(w, it.key);
		write_value(r, w, it.value, false, 0);
	}
	jsonw_end(w);
}

static void write_expanded(const struct reso_row *r, struct jsonw *w, const struct odata_expand *x,
	const struct json *v)
{
	int64_t at = 0, left = x->top < 0 ? INT64_MAX : x->top;

	jsonw_key_str(w, x->navigation->name);
	if (json_type(v) != JSON_ARRAY) {
		if (x->navigation->is_collection)
			jsonw_arr(w), jsonw_arr_end(w);
		else
			write_other(r, w, x, v);
		return;
	}
	jsonw_arr(w);
	for (struct json_iter it = json_each(v); json_next(&it) && left > 0;) {
		if (!r->catalog->is_full && is_for_agents(it.value))
			continue;
		if (at++ < x->skip)
			continue;
		write_other(r, w, x, it.value);
		left--;
	}
	jsonw_arr_end(w);
}

/* --- fields ----------------------------------------------------------------------------------------- */

static bool hides_address(const struct reso_row *r, const struct json *row)
{
	struct str s = r->is_property && !r->catalog->is_full
		? json_scalar(json_get(row, "InternetAddressDisplayYN"))
		: STR_NULL;

	return str_eq_nocase(s, STR("false")) || str_eq_nocase(s, STR("n")) ||
		str_eq_nocase(s, STR("no")) || str_eq(s, STR("0"));
}

/* Selected fields that the row lacks are null, so that readers see what they asked for. */
static void write_absent(const struct reso_row *r, struct jsonw *w, const bool *seen)
{
	const struct odata_resource *of = r->query->resource;

	for (size_t i = 0; i < of->fields_n; i++) {
		if (!r->query->selected[i] || seen[i] || of->fields[i]->is_hidden)
			continue;
		jsonw_key_str(w, of->fields[i]->name);
		jsonw_null(w);
	}
}

static void write_fields(const struct reso_row *r, struct arena *scratch, struct jsonw *w,
	const struct json *row)
{
	const struct odata_resource *of = r->query->resource;
	const bool *selected = r->query->selected;
	bool *seen = arena_array(scratch, of->fields_n + 1, sizeof *seen);
	bool no_address = hides_address(r, row);

	for (size_t i = 0; i < of->fields_n; i++)
		seen[i] = false;
	for (struct json_iter it = json_each(row); json_next(&it);) {
		const struct odata_field *f = odata_model_field(of, it.key);
		if (!f || (selected && !selected[f->index]))
			continue;
		if (no_address && reso_catalog_is_address(r->catalog, it.key))
			continue;
		seen[f->index] = true;
		jsonw_key_str(w, it.key);
		write_value(r, w, it.value, no_address, 0);
	}
	if (r->query->given & ODATA_OPT_SELECT)
		write_absent(r, w, seen);
}

int reso_row_write(const struct reso_row *r, struct arena *scratch, struct buf *b,
	struct str payload, struct str more, struct err *e)
{
	if (payload.len < 2 || payload.p[0] != '{')
		return err_set(e, E_BUG, "a payload is no object");
	if (r->is_verbatim) {
		copy(b, payload, more);
		return 0;
	}
	const struct json *row = json_parse(scratch, payload, e);
	const struct json *added = row && has_more(more) ? json_parse(scratch, more, e) : NULL;
	if (!row || e->code)
		return e->code;
	size_t from = b->len;
	struct jsonw w = jsonw_to(b);
	jsonw_obj(&w);
	write_fields(r, scratch, &w, row);
	for (size_t i = 0; i < r->query->expands_n; i++) {
		const struct odata_expand *x = &r->query->expands[i];
		const struct json *v = json_get_str(added, x->navigation->name);
		write_expanded(r, &w, x, v ? v : json_get_str(row, x->navigation->name));
	}
	jsonw_end(&w);
	/* the brace in front is the caller's */
	for (size_t i = from; i + 1 < b->len; i++)
		b->p[i] = b->p[i + 1];
	buf_truncate(b, b->len - 1);
	return 0;
}
