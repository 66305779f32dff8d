/* params: reads the parameters of a search; search_query_read() of search.h is here.
 *
 * q       words; "a phrase"; -word and -"a phrase" exclude (at the beginning, or behind a space). A quotation mark that is not closed is none;
 *         -wi-fi is the excluded phrase wi fi; "a" alone is a phrase, too: that word, as it is. Words beyond SEARCH_WORDS_MAX are not looked for. A q without words is every listing.
 * lists   are parted by commas. prefix, infix, num_typos have one value for all, or one for each field of query_by.
 * names   that Typesense has and we do without (caching, presets, synonyms, AI) and those of the answer's form are passed over. Others,
 *         too, unless one of those that we know was meant ("perPage").
 *
 * Owner    the arena; the query borrows from the JSON.
 * Failure  E_INPUT, E_ABSENT for fields that are not there, with a sentence that names the parameter.
 * Threads  pure.
 * Source   Typesense 29.0, "Search parameters".
 */
#pragma once
#include "base/err.h"
#include "mod/search/query.h"

struct arena;
struct json;

/* In the order they are called; `value` is not empty. */
int search_params_terms(struct arena *a, struct str q, struct search_query *ret);
int search_params_query_by(struct arena *a, struct str value, struct search_query *ret,
	struct err *e);
int search_params_weights(struct arena *a, struct str value, struct search_query *ret,
	struct err *e);
int search_params_typos(struct arena *a, struct str value, struct search_query *ret, struct err *e);
int search_params_prefix(struct arena *a, struct str value, struct search_query *ret,
	struct err *e);
int search_params_infix(struct arena *a, struct str value, struct search_query *ret, struct err *e);
int search_params_facets(struct arena *a, struct str value, struct search_query *ret,
	struct err *e);
int search_params_facet_query(struct arena *a, struct str value, struct search_query *ret,
	struct err *e);
int search_params_groups(struct arena *a, struct str value, struct search_query *ret,
	struct err *e);
int search_params_pins(struct arena *a, struct str value, struct search_query *ret, struct err *e);
int search_params_hidden(struct arena *a, struct str value, struct search_query *ret,
	struct err *e);

/* Fails for a name that was meant to be another one. */
int search_params_check_names(struct arena *a, const struct json *params, struct err *e);
