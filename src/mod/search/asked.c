#include "mod/search/asked.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/map.h"
#include "http/url.h"
#include "mod/search/access.h"
#include "mod/search/filter.h"
#include "mod/search/search.h"

#define PARAMS_MAX 200

/* Not about the search itself. */
static bool is_other(struct str name)
{
	static const char *const names[] = {"collection", "x-typesense-api-key", "workspace",
		"expires_at", "limit_multi_searches", "cache_ttl", "use_cache", "filter_by"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

/* Two ways to say one thing: what a key says in one way is not said otherwise by the request. */
static const char *const pairs[][2] = {
	{"per_page", "limit"},
	{"page", "offset"},
	{"highlight_fields", "highlight_full_fields"},
};

static bool is_fixed(const struct json *embedded, struct str name)
{
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		for (int j = 0; j < 2; j++)
			if (str_eq(name, str_of(pairs[i][j])) &&
				json_get(embedded, pairs[i][1 - j]))
				return true;
	return json_get_str(embedded, name) != NULL;
}

const struct json *search_asked_url(struct arena *a, struct str query, struct err *e)
{
	struct http_pair pair;
	struct buf b;
	int n = 0, more;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	while ((more = http_query_next(a, &query, &pair, e)) > 0 && n++ < PARAMS_MAX)
		jsonw_key_str(&w, pair.name), jsonw_str(&w, pair.value);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	if (more < 0)
		return NULL;
	if (n > PARAMS_MAX) {
		err_set(e, E_INPUT, "the query has more than %d parameters", PARAMS_MAX);
		return NULL;
	}
	return json_parse(a, text, e);
}

/* --- together ------------------------------------------------------------------------------------- */

struct merge {
	struct arena *arena;
	struct map *seen;
	struct jsonw w;
	const struct json *embedded;
};

static int write_value(struct merge *m, struct str name, const struct json *v, struct err *e)
{
	struct str list = STR_NULL;

	if (json_type(v) == JSON_OBJECT)
		return err_set(e, E_INPUT, STR_FMT " has to be a text, a number, true or false",
			STR_ARG(str_sub(name, 0, 100)));
	jsonw_key_str(&m->w, name);
	if (json_type(v) != JSON_ARRAY) {
		jsonw_json(&m->w, v);
		return 0;
	}
	for (struct json_iter it = json_each(v); json_next(&it);) {
		struct str one = json_scalar(it.value);
		list = list.p ? STR_JOIN(m->arena, list, STR(","), one) : one;
	}
	jsonw_str(&m->w, list.p ? list : STR(""));
	return 0;
}

/* What came before stays. */
static int add_level(struct merge *m, const struct json *level, struct err *e)
{
	bool is_key = level == m->embedded;

	if (json_len(level) > PARAMS_MAX)
		return err_set(e, E_INPUT, "a search has at most %d parameters", PARAMS_MAX);
	for (struct json_iter it = json_each(level); json_next(&it);) {
		if (is_other(it.key) || map_has(m->seen, it.key) ||
			(!is_key && is_fixed(m->embedded, it.key)))
			continue;
		map_put(m->seen, it.key, m);
		if (write_value(m, it.key, json_get_str(level, it.key), e))
			return e->code;
	}
	return 0;
}

static int merge(struct arena *a, const struct json *embedded, const struct json *url,
	const struct json *body, const struct json **ret, struct err *e)
{
	struct buf b;
	struct merge m = {.arena = a, .seen = map_new(a, 0), .embedded = embedded};

	buf_init(&b, 0);
	m.w = jsonw_to(&b);
	jsonw_obj(&m.w);
	(void)(add_level(&m, embedded, e) || add_level(&m, url, e) || add_level(&m, body, e));
	jsonw_end(&m.w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	if (e->code)
		return e->code;
	*ret = json_parse(a, text, e);
	return e->code;
}

static const struct json *without_look(struct arena *a, const struct json *params, struct err *e)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	for (struct json_iter it = json_each(params); json_next(&it);)
		if (!search_look_has(it.key))
			jsonw_key_str(&w, it.key), jsonw_json(&w, it.value);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return json_parse(a, text, e);
}

/* --- filters -------------------------------------------------------------------------------------- */

/* Each is read by itself: no parenthesis of one closes what another one opened. */
static int add_filter(struct arena *a, const struct json *level, enum search_audience who,
	const char *whose, struct search_query *q, struct err *e)
{
	const struct json *v = json_get(level, "filter_by");
	const struct search_filter *filter;
	struct str text = STR("");

	if (!v || json_type(v) == JSON_NULL)
		return 0;
	if (!json_to_str(v, &text))
		return err_set(e, E_INPUT, "filter_by has to be a text");
	if (search_filter_read(a, text, who, &filter, e))
		return whose ? err_prefix(e, "%s", whose) : e->code;
	q->filter = search_filter_both(a, filter, q->filter);
	return 0;
}

int search_asked_read(struct arena *a, const struct search_access *who, const struct json *url,
	const struct json *body, struct search_asked *ret, struct err *e)
{
	const struct json *params, *of_query;
	struct search_query *q = &ret->query;

	if (merge(a, who->embedded, url, body, &params, e))
		return e->code;
	of_query = without_look(a, params, e);
	if (!of_query || search_look_read(a, params, who->embedded, who->who, &ret->look, e) ||
		search_query_read(a, of_query, who->who, q, e) ||
		search_look_finish(params, q, &ret->look, e))
		return e->code;
	if (add_filter(a, body, who->who, NULL, q, e) || add_filter(a, url, who->who, NULL, q, e) ||
		add_filter(a, who->embedded, who->who, "of the key", q, e))
		return e->code;
	/* Pins show what a filter leaves out; never past the key's. */
	if (json_get(who->embedded, "filter_by"))
		q->filter_pins = true;
	ret->q = json_scalar(json_get(params, "q"));
	return 0;
}
