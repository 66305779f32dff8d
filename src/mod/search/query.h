/* query: one search as the engine takes it. The parsers (params.h, filter.h, order.h) make it from what a client sent.
 *
 * Owner    the arena of whoever parsed it; read-only afterwards, so threads may share it.
 * Source   Typesense's search parameters (29.0); what we leave out is refused by a sentence, except AI parameters, which are ignored.
 *
 * Meaning of a filter, for a listing and an audience (a field that is absent from a listing, or hidden from the audience there, has no value):
 *   :  word match of strings: all words of the value stand in the field, next to each other, in that order; prefix when it ends with *
 *   := exact: the field's folded words are those of the value (search_words_joined()); numbers and bools are equal; floats by value
 *   numbers with : are equal, too
 *   !=, :! negation: true where := (or : ) is not true, so also where there is no value
 *   <, <=, >, >=, a..b (both ends belong to it): false where there is no value
 *   lists are "any of"; a negated list is "none of"; numbers and ranges may be mixed in a list
 *   geopoints: within the radius (great circle, earth radius 6371008.8 m), or within the polygon (even-odd rule on latitude and longitude)
 *   && binds more than ||
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "mod/search/fields.h"

#define SEARCH_BY_MAX 16
#define SEARCH_SORTS_MAX 3
#define SEARCH_FACETS_MAX 32
#define SEARCH_WORDS_MAX 20 /* of q */
#define SEARCH_PINS_MAX 100
#define SEARCH_FILTER_NODES 2000
#define SEARCH_FILTER_DEPTH 50
#define SEARCH_PAGE_MAX 250

enum search_op { SEARCH_AND, SEARCH_OR, SEARCH_NOT, SEARCH_MATCH, SEARCH_ALL /* every listing */ };

enum search_test {
	SEARCH_EQUAL, /* := and, for numbers and bools, : */
	SEARCH_HAS,   /* : of a string */
	SEARCH_RANGE, /* low..high; either may be infinite; is_open_low/high: > and < */
	SEARCH_RADIUS,
	SEARCH_POLYGON,
};

struct search_point {
	double lat, lng;
};

/* One of the values of a match. */
struct search_operand {
	enum search_test test;
	struct str text;           /* as written, without quotes */
	struct search_word *words; /* of text: for EQUAL and HAS of strings */
	size_t words_n;
	bool is_prefix; /* HAS and EQUAL: the last word (of EQUAL: the joined text) is only the beginning */
	double low, high; /* numbers: EQUAL has both alike; bools are 0 and 1; infinite: open end */
	bool is_open_low, is_open_high;
	struct search_point centre, *corners;
	size_t corners_n;
	double radius_m;
};

struct search_filter {
	enum search_op op;
	const struct search_filter *left, *right; /* AND, OR; NOT has left alone */
	int field;                                /* MATCH */
	const struct search_operand *operands;    /* any of them */
	size_t operands_n;
	size_t at; /* where it stands in filter_by, in bytes */
};

enum search_infix { SEARCH_INFIX_OFF, SEARCH_INFIX_ALWAYS, SEARCH_INFIX_FALLBACK };

struct search_by {
	int field;
	int weight; /* 0 to 127; without query_by_weights the first field's is the number of fields, the last one's is 1 */
	int num_typos; /* 0 to 2 */
	bool prefix;
	enum search_infix infix;
};

/* A part of q. Words are wanted unless is_excluded; several words: a phrase, next to each other in that order in one field. */
struct search_term {
	const struct search_word *words;
	size_t n;
	bool is_phrase, is_excluded;
};

enum search_key {
	SEARCH_BY_FIELD,
	SEARCH_BY_TEXT_MATCH,
	SEARCH_BY_DISTANCE, /* of field, from centre */
	SEARCH_BY_EVAL, /* 1 where the filter is true, else 0; several: the weight of the first that is */
};

struct search_eval {
	const struct search_filter *filter;
	int64_t weight;
};

struct search_sort {
	enum search_key key;
	int field;
	bool is_ascending;
	/* Values that are absent: last in both directions, unless asked for otherwise. */
	bool is_missing_first;
	int buckets; /* of _text_match: equal parts of the ranks, 0 none; as many as share a score are in the part of the first */
	struct search_point centre;
	double exclude_radius_m, precision_m; /* 0: none */
	const struct search_eval *evals;
	size_t evals_n;
};

struct search_facet_range {
	struct str label;
	double low, high; /* low belongs to it, high does not */
};

struct search_facet {
	int field;
	const struct search_facet_range *ranges;
	size_t ranges_n;
	bool by_alpha, is_ascending; /* else by count, then by value */
};

enum search_score { SEARCH_MAX_SCORE, SEARCH_MAX_WEIGHT, SEARCH_SUM_SCORE };
enum search_drop { SEARCH_DROP_RIGHT, SEARCH_DROP_LEFT, SEARCH_DROP_BOTH };

/* Counts in found and in facets, also where neither q nor filter finds it. In groups: its group stands at the position. */
struct search_pin {
	uint8_t id[16];
	uint32_t position; /* from 1 */
};

struct search_query {
	enum search_audience who;
	struct str q; /* as sent */
	bool is_all;  /* q is * or empty: every listing, text_match 0 */
	struct search_term terms[SEARCH_WORDS_MAX];
	size_t terms_n;
	struct search_by by[SEARCH_BY_MAX];
	size_t by_n;
	const struct search_filter *filter; /* NULL: none */
	struct search_sort sorts[SEARCH_SORTS_MAX];
	size_t sorts_n; /* without: _text_match:desc, then updated_at:desc. Ties: by id. */
	struct search_facet facets[SEARCH_FACETS_MAX];
	size_t facets_n;
	int max_facet_values;   /* 10 */
	int facet_query_field;  /* -1: none */
	struct str facet_query; /* prefix match of the words, as in q, with facet_query_num_typos */
	int facet_query_num_typos; /* 2 */
	int group_fields[SEARCH_FACETS_MAX];
	size_t group_n;
	size_t group_limit;   /* 3 */
	bool group_missing;   /* true: absent values are a group; false: each such listing is one */
	size_t offset, limit; /* of hits, or of groups */
	size_t limit_hits;    /* 0: none */
	int min_len_1typo, min_len_2typo; /* 4, 7: characters */
	size_t typo_tokens_threshold;     /* 1: fewer results look for more typos */
	size_t drop_tokens_threshold;     /* 1: fewer results drop words */
	enum search_drop drop_mode;
	bool is_exhaustive; /* all typos and drops, whatever the thresholds */
	size_t max_candidates; /* words of the dictionary that one word may stand for: 4; exhaustive 10000 */
	bool prioritize_exact_match; /* true */
	bool prioritize_token_position;
	bool prioritize_num_matching_fields; /* true */
	bool split_join;                     /* fallback: "homes eon" finds homeseon */
	enum search_score score;
	int64_t cutoff_us; /* search_cutoff_ms, 0: none: what was found by then is the answer */
	struct search_pin pins[SEARCH_PINS_MAX];
	size_t pins_n;
	const uint8_t (*hidden)[16];
	size_t hidden_n;
	bool filter_pins; /* filter_curated_hits */
	uint64_t
		wanted; /* fields whose values the hits bring along, a bit for each; those that search_index_keeps() */
};
