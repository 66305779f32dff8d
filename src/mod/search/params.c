#include "mod/search/params.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "mod/search/filter.h"
#include "mod/search/order.h"
#include "mod/search/search.h"

#define PER_PAGE 10
#define EXHAUSTIVE_CANDIDATES 10000
#define OFFSET_MAX UINT32_MAX
#define TOKENS_MAX 1000000000
#define CUTOFF_MAX_MS 600000

struct reading {
	struct arena *a;
	const struct json *params;
	struct search_query *q;
	struct err *e;
};

/* A value as text, as it was sent, since errors count its bytes; absent: not there, null, or empty. */
static int text_of(const struct reading *r, const char *name, struct str *ret_text)
{
	const struct json *v = json_get(r->params, name);
	enum json_type type = json_type(v);

	if (type == JSON_ARRAY || type == JSON_OBJECT)
		return err_set(r->e, E_INPUT, "%s takes a text, a number or a bool, not %s", name,
			json_type_name(type));
	struct str text = json_scalar(v);
	*ret_text = str_trim(text).len ? text : STR_NULL;
	return 0;
}

/* The same without spaces around. */
static int word_of(const struct reading *r, const char *name, struct str *ret_text)
{
	if (text_of(r, name, ret_text))
		return E_INPUT;
	if (ret_text->p)
		*ret_text = str_trim(*ret_text);
	return 0;
}

static int shown(const struct reading *r, const char *name, struct str text, const char *wanted)
{
	return err_set(r->e, E_INPUT, "%s takes %s, not `" STR_FMT "`", name, wanted,
		STR_ARG(search_scan_shown(r->a, text)));
}

/* --- numbers and flags ------------------------------------------------------------------------------------ */

static int number(const struct reading *r, const char *name, int64_t least, int64_t most,
	int64_t otherwise, int64_t *ret_n)
{
	struct str text;
	int64_t n;

	if (word_of(r, name, &text))
		return E_INPUT;
	*ret_n = otherwise;
	if (!text.p)
		return 0;
	if (!json_to_i64(json_get(r->params, name), &n) && !str_to_i64(text, &n))
		return shown(r, name, text, "a whole number");
	if (n < least || n > most)
		return err_set(r->e, E_INPUT, "%s is a number from %lld to %lld, not %lld", name,
			(long long)least, (long long)most, (long long)n);
	*ret_n = n;
	return 0;
}

static int read_numbers(const struct reading *r)
{
	static const struct {
		const char *name;
		size_t at;
		bool is_size; /* size_t, not int */
		int64_t least, most, otherwise;
	} list[] = {
#define INT(name, ...) {#name, offsetof(struct search_query, name), false, __VA_ARGS__}
#define SIZE(name, ...) {#name, offsetof(struct search_query, name), true, __VA_ARGS__}
		INT(max_facet_values, 0, 10000, 10),
		INT(facet_query_num_typos, 0, 2, 2),
		INT(min_len_1typo, 0, 100, 4),
		INT(min_len_2typo, 0, 100, 7),
		SIZE(group_limit, 1, 99, 3),
		SIZE(limit_hits, 0, TOKENS_MAX, 0),
		SIZE(typo_tokens_threshold, 0, TOKENS_MAX, 1),
		SIZE(drop_tokens_threshold, 0, TOKENS_MAX, 1),
#undef INT
#undef SIZE
	};
	int64_t n;

	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		char *to = (char *)r->q + list[i].at;
		if (number(r, list[i].name, list[i].least, list[i].most, list[i].otherwise, &n))
			return E_INPUT;
		if (list[i].is_size)
			*(size_t *)(void *)to = (size_t)n;
		else
			*(int *)(void *)to = (int)n;
	}
	if (number(r, "search_cutoff_ms", 0, CUTOFF_MAX_MS, 0, &n))
		return E_INPUT;
	r->q->cutoff_us = n * US_PER_MS;
	return 0;
}

static int read_flags(const struct reading *r)
{
	struct search_query *q = r->q;
	const struct {
		const char *name;
		bool *to, otherwise;
	} list[] = {
		{"group_missing_values", &q->group_missing, true},
		{"exhaustive_search", &q->is_exhaustive, false},
		{"prioritize_exact_match", &q->prioritize_exact_match, true},
		{"prioritize_token_position", &q->prioritize_token_position, false},
		{"prioritize_num_matching_fields", &q->prioritize_num_matching_fields, true},
		{"filter_curated_hits", &q->filter_pins, false},
	};
	struct str text;

	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		if (word_of(r, list[i].name, &text))
			return E_INPUT;
		*list[i].to = list[i].otherwise;
		if (text.p && !str_to_bool(text, list[i].to))
			return shown(r, list[i].name, text, "true or false");
	}
	return 0;
}

static int read_candidates(const struct reading *r)
{
	int64_t n;

	if (number(r, "max_candidates", 1, EXHAUSTIVE_CANDIDATES,
		    r->q->is_exhaustive ? EXHAUSTIVE_CANDIDATES : 4, &n))
		return E_INPUT;
	r->q->max_candidates = (size_t)n;
	return 0;
}

/* --- one of some words ------------------------------------------------------------------------------------ */

static int choice(const struct reading *r, const char *name, const char *const *words, size_t n,
	const char *wanted, int *ret)
{
	struct str text;

	if (word_of(r, name, &text))
		return E_INPUT;
	if (!text.p)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (str_eq(text, str_of(words[i]))) {
			*ret = (int)i;
			return 0;
		}
	return shown(r, name, text, wanted);
}

/* both_sides:3 is about searches of up to three words, "right_to_left" about longer ones. */
static int read_drop_mode(const struct reading *r)
{
	struct str mode;
	size_t words = 0;
	int64_t most;

	if (word_of(r, "drop_tokens_mode", &mode))
		return E_INPUT;
	r->q->drop_mode = SEARCH_DROP_RIGHT;
	if (!mode.p || str_eq(mode, STR("right_to_left")))
		return 0;
	if (str_eq(mode, STR("left_to_right"))) {
		r->q->drop_mode = SEARCH_DROP_LEFT;
		return 0;
	}
	struct str count = mode, name = str_cut(&count, ':');
	if (!str_eq(name, STR("both_sides")) || !str_to_i64(count, &most) || most < 0)
		return shown(r, "drop_tokens_mode", mode,
			"right_to_left, left_to_right or both_sides:3");
	for (size_t i = 0; i < r->q->terms_n; i++)
		words += !r->q->terms[i].is_excluded;
	if (words <= (size_t)most)
		r->q->drop_mode = SEARCH_DROP_BOTH;
	return 0;
}

static int read_choices(const struct reading *r)
{
	static const char *const scores[] = {"max_score", "max_weight", "sum_score"};
	static const char *const joins[] = {"off", "fallback", "always"};
	int score = SEARCH_MAX_SCORE, join = 1;

	if (choice(r, "text_match_type", scores, 3, "max_score, max_weight or sum_score", &score) ||
		choice(r, "split_join_tokens", joins, 3, "off, fallback or always", &join) ||
		read_drop_mode(r))
		return E_INPUT;
	r->q->score = (enum search_score)score;
	r->q->split_join = join;
	return 0;
}

/* --- pages ------------------------------------------------------------------------------------------------ */

static int check_page(const struct reading *r)
{
	size_t limit_hits = r->q->limit_hits;

	if (limit_hits && r->q->offset + r->q->limit > limit_hits)
		return err_set(r->e, E_INPUT,
			"Only up to %zu hits can be fetched. Ensure that `page` and `per_page` parameters are within this range.",
			limit_hits);
	return 0;
}

static int read_page(const struct reading *r)
{
	struct str limit, offset;
	int64_t page, n;

	if (text_of(r, "limit", &limit) || text_of(r, "offset", &offset))
		return E_INPUT;
	if (number(r, limit.p ? "limit" : "per_page", 0, SEARCH_PAGE_MAX, PER_PAGE, &n))
		return E_INPUT;
	r->q->limit = (size_t)n;
	if (number(r, "page", 1, OFFSET_MAX, 1, &page) || number(r, "offset", 0, OFFSET_MAX, 0, &n))
		return E_INPUT;
	r->q->offset = offset.p ? (size_t)n : (size_t)(page - 1) * r->q->limit;
	return check_page(r);
}

/* --- lists ------------------------------------------------------------------------------------------------ */

typedef int read_list(struct arena *a, struct str value, struct search_query *ret, struct err *e);

static int read_lists(const struct reading *r)
{
	static const struct {
		const char *name;
		read_list *read;
	} list[] = {
		{"query_by", search_params_query_by},
		{"query_by_weights", search_params_weights},
		{"num_typos", search_params_typos},
		{"prefix", search_params_prefix},
		{"infix", search_params_infix},
		{"sort_by", search_order_read},
		{"facet_by", search_params_facets},
		{"facet_query", search_params_facet_query},
		{"group_by", search_params_groups},
		{"pinned_hits", search_params_pins},
		{"hidden_hits", search_params_hidden},
	};
	struct str text;

	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		int failure = text_of(r, list[i].name, &text);
		if (!failure && text.p)
			failure = list[i].read(r->a, text, r->q, r->e);
		if (failure)
			return failure;
	}
	return 0;
}

static int read_what(const struct reading *r)
{
	struct str text, filter;

	if (text_of(r, "q", &text) || text_of(r, "filter_by", &filter))
		return E_INPUT;
	search_params_terms(r->a, text, r->q);
	int failure = read_lists(r);
	if (!failure && filter.p)
		failure = search_filter_read(r->a, filter, r->q->who, &r->q->filter, r->e);
	if (failure)
		return failure;
	if (r->q->terms_n && !r->q->by_n)
		return err_set(r->e, E_INPUT,
			"No search fields specified for the query: query_by names them");
	return 0;
}

int search_query_read(struct arena *a, const struct json *params, enum search_audience who,
	struct search_query *ret, struct err *e)
{
	struct search_query q = {.who = who, .facet_query_field = -1};
	struct reading r = {a, params, &q, e};
	int failure;

	if (json_type(params) != JSON_OBJECT)
		return err_set(e, E_INPUT, "a search is an object of parameters, not %s",
			json_type_name(json_type(params)));
	failure = search_params_check_names(a, params, e);
	if (!failure)
		failure = read_what(&r);
	if (failure || (failure = read_numbers(&r)) || (failure = read_flags(&r)) ||
		(failure = read_candidates(&r)) || (failure = read_choices(&r)) ||
		(failure = read_page(&r)))
		return failure;
	*ret = q;
	return 0;
}
