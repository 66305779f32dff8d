#include "mod/alerts/query.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"

#define CANDIDATES \
	10000 /* words that the beginning of one may stand for: all there are in a handful of listings */
#define MIN_LEN 100 /* of a word with typos: none has that many characters */

static void *copy(struct arena *a, const void *p, size_t n, size_t size)
{
	void *to = arena_array(a, n, size);

	if (n)
		memcpy(to, p, n * size);
	return to;
}

static const struct search_by *exact(struct arena *a, const struct search_query *q)
{
	struct search_by *by = copy(a, q->by, q->by_n, sizeof *by);

	for (size_t i = 0; i < q->by_n; i++) {
		by[i].num_typos = 0;
		if (by[i].infix == SEARCH_INFIX_FALLBACK)
			by[i].infix = SEARCH_INFIX_OFF;
	}
	return by;
}

int alerts_query_read(struct arena *a, struct str text, enum search_audience who,
	struct alerts_query *ret, struct err *e)
{
	const struct json *params = json_parse(a, text, e);
	struct search_query whole = {.who = who}; /* large, and soon of no use */

	if (!params || search_query_read(a, params, who, &whole, e))
		return e->code;
	*ret = (struct alerts_query){.who = who,
		.is_all = whole.is_all,
		.q = whole.q,
		.terms = copy(a, whole.terms, whole.terms_n, sizeof *whole.terms),
		.terms_n = whole.terms_n,
		.by = exact(a, &whole),
		.by_n = whole.by_n,
		.filter = whole.filter,
		.hidden = whole.hidden,
		.hidden_n = whole.hidden_n};
	alerts_guard_make(a, ret->filter, &ret->guard);
	return 0;
}

int alerts_query_run(const struct alerts_query *q, const struct search_index *ix, struct arena *a,
	struct search_result *ret, struct err *e)
{
	struct search_query whole = {.who = q->who,
		.is_all = q->is_all,
		.q = q->q,
		.terms_n = q->terms_n,
		.by_n = q->by_n,
		.filter = q->filter,
		.hidden = q->hidden,
		.hidden_n = q->hidden_n,
		.facet_query_field = -1,
		.limit = search_index_len(ix),
		.min_len_1typo = MIN_LEN,
		.min_len_2typo = MIN_LEN,
		.max_candidates = CANDIDATES};

	memcpy(whole.terms, q->terms, q->terms_n * sizeof *q->terms);
	memcpy(whole.by, q->by, q->by_n * sizeof *q->by);
	*ret = (struct search_result){0};
	return search_index_run(ix, &whole, a, ret, e);
}
