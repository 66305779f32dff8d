#include "mod/search/look.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/search/query.h"

const char *const search_extras[SEARCH_EXTRAS] = {
	[SEARCH_PHOTOS] = "photos",
	[SEARCH_PHOTO_URL] = "photo_url",
	[SEARCH_OFFICE_CONTACT] = "office_contact",
	[SEARCH_SOURCE_NAME] = "source_name",
	[SEARCH_AS_OF] = "as_of",
};

static const char *const names[] = {"include_fields", "exclude_fields", "highlight_fields",
	"highlight_full_fields", "highlight_affix_num_tokens", "highlight_start_tag",
	"highlight_end_tag", "snippet_threshold", "enable_highlight_v1"};

bool search_look_has(struct str name)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

/* --- lists of fields ------------------------------------------------------------------------------ */

struct list {
	const char *param;
	struct str rest;
	enum search_audience who;
	struct err *e;
};

/* Texts with commas, or arrays of texts. */
static int list_of(struct arena *a, const struct json *params, const char *name,
	struct str *ret_text, struct err *e)
{
	const struct json *v = json_get(params, name);

	*ret_text = STR_NULL;
	if (json_type(v) == JSON_ARRAY) {
		for (struct json_iter it = json_each(v); json_next(&it);) {
			struct str one = json_scalar(it.value);
			*ret_text = ret_text->p ? STR_JOIN(a, *ret_text, STR(","), one) : one;
		}
		return 0;
	}
	if (json_type(v) == JSON_ABSENT || json_type(v) == JSON_NULL || json_to_str(v, ret_text))
		return 0;
	return err_set(e, E_INPUT, "%s has to be a list of fields", name);
}

static bool next(struct list *l, struct str *ret_name)
{
	while (l->rest.p) {
		*ret_name = str_trim(str_cut(&l->rest, ','));
		if (ret_name->len)
			return true;
	}
	return false;
}

static int extra_of(struct str name)
{
	for (int i = 0; i < SEARCH_EXTRAS; i++)
		if (str_eq(name, str_of(search_extras[i])))
			return SEARCH_FIELDS_MAX + i;
	return -1;
}

static int unknown(const struct list *l, struct str name)
{
	const char *near = search_field_near(name, l->who);

	return err_set(l->e, E_ABSENT, "%s: there is no field '" STR_FMT "'%s%s%s", l->param,
		STR_ARG(str_sub(name, 0, 100)), near ? "; did you mean '" : "", near ? near : "",
		near ? "'?" : "");
}

static const char *name_of(int i)
{
	return i < SEARCH_FIELDS_MAX ? i < search_fields_n ? search_fields[i].name : NULL
				     : search_extras[i - SEARCH_FIELDS_MAX];
}

/* list_* is every field that begins so. */
static int set_all(const struct list *l, struct str name, bool *to)
{
	struct str head = str_sub(name, 0, name.len - 1);

	for (int i = 0; i < LOOK_ALL; i++) {
		const char *n = name_of(i);
		if (n && str_starts(str_of(n), head) &&
			(i >= SEARCH_FIELDS_MAX || search_field_find(str_of(n), l->who) >= 0))
			to[i] = true;
	}
	return 0;
}

static int set_one(const struct list *l, struct str name, bool *to)
{
	int i = search_field_find(name, l->who);

	if (str_ends(name, STR("*")))
		return set_all(l, name, to);
	if (i < 0)
		i = extra_of(name);
	if (i < 0)
		return unknown(l, name);
	to[i] = true;
	return 0;
}

static int read_list(struct arena *a, const struct json *params, const char *param,
	enum search_audience who, bool *to, bool *ret_is_there, struct err *e)
{
	struct list l = {.param = param, .who = who, .e = e};
	struct str name;

	if (list_of(a, params, param, &l.rest, e))
		return e->code;
	*ret_is_there = l.rest.len > 0;
	while (next(&l, &name)) {
		if (str_eq(param[0] == 'e' ? name : STR(""), STR("out_of")) ||
			str_eq(param[0] == 'e' ? name : STR(""), STR("search_time_ms")))
			continue; /* of the answer: search_look_read() */
		if (set_one(&l, name, to))
			return e->code;
	}
	return 0;
}

static bool names_one(struct arena *a, const struct json *params, const char *param, struct str one)
{
	struct err ignored = {.arena = a};
	struct list l = {.param = param};
	struct str name;

	if (list_of(a, params, param, &l.rest, &ignored))
		return false;
	while (next(&l, &name))
		if (str_eq(name, one))
			return true;
	return false;
}

/* --- documents ------------------------------------------------------------------------------------ */

static int read_shown(struct arena *a, const struct json *params, enum search_audience who,
	bool *to, struct err *e)
{
	bool in[LOOK_ALL] = {0}, out[LOOK_ALL] = {0}, is_there, ignored;

	if (read_list(a, params, "include_fields", who, in, &is_there, e) ||
		read_list(a, params, "exclude_fields", who, out, &ignored, e))
		return e->code;
	for (int i = 0; i < LOOK_ALL; i++) {
		bool is_field =
			i < search_fields_n ? search_field_is_for(i, who) : i >= SEARCH_FIELDS_MAX;
		to[i] = is_field && (in[i] || !is_there) && !out[i];
	}
	return 0;
}

static int read_hidden(struct arena *a, const struct json *embedded, enum search_audience who,
	struct search_look *look, struct err *e)
{
	bool shown[LOOK_ALL];

	if (!embedded)
		return 0;
	if (read_shown(a, embedded, who, shown, e))
		return err_prefix(e, "of the key");
	for (int i = 0; i < LOOK_ALL; i++) {
		look->is_hidden[i] = !shown[i];
		look->is_shown[i] &= shown[i];
	}
	return 0;
}

/* --- marks ---------------------------------------------------------------------------------------- */

static int read_count(const struct json *params, const char *name, size_t fallback, size_t most,
	size_t *ret, struct err *e)
{
	const struct json *v = json_get(params, name);
	int64_t n = 0;

	*ret = fallback;
	if (json_type(v) == JSON_ABSENT || json_type(v) == JSON_NULL)
		return 0;
	if ((!json_to_i64(v, &n) && !str_to_i64(json_scalar(v), &n)) || n < 0 || n > (int64_t)most)
		return err_set(e, E_INPUT, "%s has to be a number from 0 to %zu", name, most);
	*ret = (size_t)n;
	return 0;
}

static int read_tag(const struct json *params, const char *name, struct str fallback,
	struct str *ret, struct err *e)
{
	const struct json *v = json_get(params, name);

	*ret = fallback;
	if (json_type(v) == JSON_ABSENT || json_type(v) == JSON_NULL)
		return 0;
	if (!json_to_str(v, ret) || ret->len > LOOK_TAG_MAX)
		return err_set(e, E_INPUT, "%s has to be a text of at most %d bytes", name,
			LOOK_TAG_MAX);
	return 0;
}

static int read_v1(const struct json *params, bool *ret, struct err *e)
{
	const struct json *v = json_get(params, "enable_highlight_v1");

	*ret = true;
	if (json_type(v) == JSON_ABSENT || json_type(v) == JSON_NULL || json_to_bool(v, ret) ||
		str_to_bool(json_scalar(v), ret))
		return 0;
	return err_set(e, E_INPUT, "enable_highlight_v1 has to be true or false");
}

static int read_marks(const struct json *params, struct search_look *look, struct err *e)
{
	if (read_count(params, "highlight_affix_num_tokens", 4, 1000, &look->affix_n, e) ||
		read_count(params, "snippet_threshold", 30, 100000, &look->threshold, e) ||
		read_tag(params, "highlight_start_tag", STR("<mark>"), &look->start_tag, e) ||
		read_tag(params, "highlight_end_tag", STR("</mark>"), &look->end_tag, e))
		return e->code;
	return read_v1(params, &look->is_v1, e);
}

static void mark(struct search_look *look, int field)
{
	/* No word of q is part of an id. */
	if (search_fields[field].type != SEARCH_STRING ||
		field == search_field_find(STR("id"), SEARCH_AGENTS) || look->is_hidden[field])
		return;
	for (size_t i = 0; i < look->marked_n; i++)
		if (look->marked[i] == field)
			return;
	look->marked[look->marked_n++] = field;
}

/* "none" is no field at all. */
static int read_marked(struct arena *a, const struct json *params, const char *param,
	enum search_audience who, bool is_full, struct search_look *look, bool *ret_is_there,
	struct err *e)
{
	struct list l = {.param = param, .who = who, .e = e};
	struct str name;

	if (list_of(a, params, param, &l.rest, e))
		return e->code;
	*ret_is_there = l.rest.len > 0;
	while (next(&l, &name)) {
		int field = search_field_find(name, who);
		if (str_eq(name, STR("none")))
			continue;
		if (field < 0)
			return unknown(&l, name);
		mark(look, field);
		look->is_full[field] |= is_full;
	}
	return 0;
}

int search_look_read(struct arena *a, const struct json *params, const struct json *embedded,
	enum search_audience who, struct search_look *ret, struct err *e)
{
	struct search_look look = {0};
	bool is_there, ignored;

	if (read_shown(a, params, who, look.is_shown, e) ||
		read_hidden(a, embedded, who, &look, e) || read_marks(params, &look, e) ||
		read_marked(a, params, "highlight_fields", who, false, &look, &is_there, e))
		return e->code;
	if (read_marked(a, params, "highlight_full_fields", who, true, &look, &ignored, e))
		return e->code;
	if (!is_there) /* search_look_finish() has the fields of the query before these */
		look.marked_n = 0;
	look.without_out_of = names_one(a, params, "exclude_fields", STR("out_of"));
	look.without_time = names_one(a, params, "exclude_fields", STR("search_time_ms"));
	*ret = look;
	return 0;
}

static int refuse_hidden(const struct search_look *look, const char *param, int field,
	struct err *e)
{
	return look->is_hidden[field]
		? err_set(e, E_INPUT, "%s: the key does not show the field '%s'", param,
			  search_fields[field].name)
		: 0;
}

int search_look_finish(const struct json *params, const struct search_query *q,
	struct search_look *look, struct err *e)
{
	struct str said = json_scalar(json_get(params, "highlight_fields"));
	bool is_said = said.len || json_len(json_get(params, "highlight_fields"));

	for (size_t i = 0; i < q->facets_n; i++)
		if (refuse_hidden(look, "facet_by", q->facets[i].field, e))
			return e->code;
	for (size_t i = 0; i < q->group_n; i++)
		if (refuse_hidden(look, "group_by", q->group_fields[i], e))
			return e->code;
	for (size_t i = 0; i < q->by_n && !is_said; i++)
		mark(look, q->by[i].field);
	for (int f = 0; f < search_fields_n; f++)
		if (look->is_full[f])
			mark(look, f);
	return 0;
}
