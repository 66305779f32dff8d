/* parse_local: what the parsers of parse_*.c share: a place in one text, and what was expected there when it went wrong.
 *
 * A parser that fails notes the furthest place and the set of what could have stood there (rest_scan_miss), and returns -1. Only
 * when nothing else fits either is it said (rest_scan_say), in the words that clients of PostgREST know.
 *
 * Owner    the arena of the request; names without escapes borrow from the text.
 * Failure  0, or -1 with at, odd and want noted; once `limit` is set nothing else is tried.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mod/rest/parse.h"

/* In the order in which a refusal lists them; some read alike but stand in different places. */
enum rest_want {
	REST_WANT_GT,
	REST_WANT_COLON,
	REST_WANT_SPREAD,
	REST_WANT_NAME,
	REST_WANT_STAR,
	REST_WANT_COUNT_CALL,
	REST_WANT_BACKSLASH,
	REST_WANT_QUOTE,
	REST_WANT_BRACE,
	REST_WANT_MINUS,
	REST_WANT_LETTER,
	REST_WANT_DIGIT,
	REST_WANT_KEY,
	REST_WANT_DASH,
	REST_WANT_BANG,
	REST_WANT_OPEN,
	REST_WANT_ARROW_TEXT,
	REST_WANT_ARROW,
	REST_WANT_CAST,
	REST_WANT_DELIMITER,
	REST_WANT_DOT,
	REST_WANT_AGG_CAST,
	REST_WANT_SUM,
	REST_WANT_AVG,
	REST_WANT_COUNT,
	REST_WANT_MAX,
	REST_WANT_MIN,
	REST_WANT_CALL,
	REST_WANT_ASC,
	REST_WANT_DESC,
	REST_WANT_NULLSFIRST,
	REST_WANT_NULLSLAST,
	REST_WANT_NOT,
	REST_WANT_OPERATOR,
	REST_WANT_IS,
	REST_WANT_NEGATION,
	REST_WANT_LOGIC,
	REST_WANT_OR,
	REST_WANT_CLOSE_FIRST,
	REST_WANT_COMMA,
	REST_WANT_CLOSE,
	REST_WANT_END,
	REST_WANTS
};
#define WANT(x) ((uint64_t)1 << REST_WANT_##x)
#define WANT_ARROWS (WANT(ARROW_TEXT) | WANT(ARROW))
#define WANT_AGG (WANT(SUM) | WANT(AVG) | WANT(COUNT) | WANT(MAX) | WANT(MIN))

#define REST_TEXT_OF(x) #x
#define REST_TEXT(x) REST_TEXT_OF(x)
#define REST_TOO_MANY "The query has more than " REST_TEXT(REST_MAX_NODES) " parts."
#define REST_TOO_DEEP "The query is nested deeper than " REST_TEXT(REST_MAX_DEPTH) " levels."

struct rest_scan {
	struct arena *arena;
	int left; /* of REST_MAX_NODES */

	const char *begin, *p, *end;
	const char *what; /* "filter": what a refusal calls it */
	struct str shown; /* and what it quotes */
	int indent;       /* columns counted in front of begin */
	uint64_t tail;    /* how what was just read could have gone on */

	const char *at, *odd; /* the failure: where, and the byte that was unexpected */
	uint64_t want;
	const char *limit; /* too deep or too many: a sentence */
};

/* Continues with another text; what is left of the limits stays. */
void rest_scan_start(struct rest_scan *s, const char *what, struct str text);
/* -1. odd differs from at within a word: "nlsfst" fails at its beginning because of the 'l'. */
int rest_scan_miss(struct rest_scan *s, const char *at, const char *odd, uint64_t want);
int rest_scan_limit(struct rest_scan *s, const char *sentence);
int rest_scan_say(const struct rest_scan *s, struct rest_fault *f); /* -1 with the fault */

static inline bool rest_scan_is(const struct rest_scan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

static inline int rest_scan_here(struct rest_scan *s, uint64_t want)
{
	return rest_scan_miss(s, s->p, s->p, want);
}

static inline void rest_scan_blank(struct rest_scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
}

/* Blanks behind a name: it cannot go on after them. */
static inline void rest_scan_gap(struct rest_scan *s)
{
	const char *first = s->p;

	rest_scan_blank(s);
	if (s->p > first)
		s->tail = 0;
}

/* One more item, condition, order, step or name. */
static inline int rest_scan_part(struct rest_scan *s)
{
	return s->left-- > 0 ? 0 : rest_scan_limit(s, REST_TOO_MANY);
}

/* The text goes on with this word. */
static inline bool rest_scan_word(const struct rest_scan *s, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(s->end - s->p) >= n && memcmp(s->p, word, n) == 0;
}

/* The first byte that differs from the word. */
const char *rest_scan_differs(const struct rest_scan *s, const char *word);

/* parse_name.c */
int rest_scan_quoted(struct rest_scan *s, struct str *ret); /* at the opening quote */
int rest_scan_name(struct rest_scan *s, struct str *ret);
int rest_scan_ident(struct rest_scan *s, struct str *ret); /* letters, digits, '_', '$', blanks */
int rest_scan_path(struct rest_scan *s, struct rest_field *f);  /* ->a->>b behind a name */
int rest_scan_field(struct rest_scan *s, struct rest_field *f); /* name and path, blanks around */
int rest_scan_names(struct rest_scan *s, struct rest_name **ret,
	size_t *ret_n); /* a,b,c to the end */

/* parse_value.c */
int rest_scan_value(struct rest_scan *s, bool in_list, struct str *ret);
int rest_scan_list(struct rest_scan *s, struct str *ret);              /* (a,"b") as {"a","b"} */
struct str rest_scan_wildcards(struct rest_scan *s, struct str value); /* '*' is '%' */

/* parse_filter.c: [not.]op.value; in_list: it ends at a comma or parenthesis. */
int rest_scan_test(struct rest_scan *s, bool in_list, struct rest_cond *c);
/* "a.b.col->x": the embeds and the field. The last name is ret_field's. */
struct rest_key {
	struct str path[REST_MAX_DEPTH];
	size_t n;
	struct rest_field field;
};
int rest_scan_key(struct rest_scan *s, const char *what, struct str key, struct rest_key *ret);
int rest_scan_filter(struct rest_scan *s, const struct rest_key *key, struct str value,
	struct rest_cond **ret);

/* parse_logic.c */
int rest_scan_logic(struct rest_scan *s, bool is_or, bool negated, struct str text,
	struct rest_cond **ret);
int rest_scan_having(struct rest_scan *s, struct str text, struct rest_cond **ret);

/* parse_select.c, parse_order.c */
int rest_scan_select(struct rest_scan *s, struct str text, struct rest_item **ret);
int rest_scan_order(struct rest_scan *s, struct str text, struct rest_order **ret);
/* "sum()" behind a dot. */
int rest_scan_aggregate(struct rest_scan *s, enum rest_agg *ret);

/* parse_range.c: limit and offset as written; what is no number leaves it alone. */
int rest_limit_read(struct rest_node *node, bool is_limit, struct str text, struct rest_fault *f);

/* parse_tree.c: the node a path leads to. */
int rest_tree_find(struct rest_node *root, const struct rest_key *key, bool legacy,
	struct rest_node **ret, struct rest_fault *f);
/* Conditions are pushed to the front while parsing; this turns all lists round. */
void rest_tree_finish(struct rest_node *node);

/* parse_canonical.c: one parameter. */
struct rest_part {
	struct str name, value, raw;
	bool has_value; /* there was a '=' */
	int kind;       /* parse_query.c */
};
struct str rest_canonical(struct arena *a, struct str query, const struct rest_part *parts,
	size_t n);
