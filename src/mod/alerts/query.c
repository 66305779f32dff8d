#include "mod/alerts/query.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "mod/alerts/keep.h"

#define CANDIDATES \
	10000 /* words that the beginning of one may stand for: all there are in a handful of listings */
#define MIN_LEN 100 /* of a word with typos: none has that many characters */

/* No deeper than SEARCH_FILTER_DEPTH. */
static uint64_t fields_of(const struct search_filter *f)
{
	if (!f)
		return 0;
	return f->op == SEARCH_MATCH ? UINT64_C(1) << f->field
				     : fields_of(f->left) | fields_of(f->right);
}

int alerts_query_read(struct arena *a, struct str text, enum search_audience who,
	struct alerts_query *ret, struct err *e)
{
	struct arena *scratch = arena_new();
	struct search_query whole = {.who = who};
	const struct json *params = json_parse(scratch, text, e);
	int code = params ? search_query_read(scratch, params, who, &whole, e) : E_INPUT;

	if (!code) {
		alerts_keep(a, &whole, ret);
		alerts_guard_make(a, ret->filter, &ret->guard);
		ret->fields = fields_of(ret->filter);
		for (size_t i = 0; !ret->is_all && i < ret->by_n; i++)
			ret->fields |= UINT64_C(1) << ret->by[i].field;
	}
	arena_free(scratch);
	return code;
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
