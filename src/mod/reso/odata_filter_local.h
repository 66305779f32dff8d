/* odata_filter_local: what the parts of the $filter's reader share. Not for others.
 *
 *   odata_filter.c          operators, from the weakest to the strongest
 *   odata_filter_literal.c  values
 *   odata_filter_path.c     fields, variables, any and all
 *   odata_filter_call.c     functions
 *   odata_filter_type.c     nodes, and what goes with what
 *
 * Every function that gives a node gives NULL once the fault is set.
 */
#pragma once
#include "mod/reso/odata_filter.h"
#include "mod/reso/odata_lex.h"

/* What a variable of any/all stands for: an element of a list of values, or another row. */
struct odata_scope {
	struct str name;
	const struct odata_field *element;
	const struct odata_resource *resource;
};

struct odata_parser {
	struct arena *a;
	struct odata_fault *f;
	struct odata_lex lex;
	int64_t now_us;
	unsigned depth; /* of the recursion */
	size_t nodes;
	struct odata_scope scopes[ODATA_SCOPES]; /* [0]: the row itself, without a name */
	unsigned scopes_n;
};

/* odata_filter.c */
const struct odata_node *odata_filter_either(struct odata_parser *p);

/* odata_filter_literal.c */
bool odata_filter_is_literal(const struct odata_parser *p);
struct odata_node *odata_filter_literal(struct odata_parser *p);
struct odata_node *odata_filter_point(struct odata_parser *p); /* stands behind the word POINT */

/* odata_filter_path.c: stands at a word. */
const struct odata_node *odata_filter_path(struct odata_parser *p);

/* odata_filter_call.c: stands behind the name, at the parenthesis. */
const struct odata_node *odata_filter_call(struct odata_parser *p, struct str name, size_t at);

/* odata_filter_type.c: nodes of n arguments; NULL when the tree grows too large. at: from 1. */
struct odata_node *odata_filter_node(struct odata_parser *p, enum odata_op op, enum odata_type type,
	size_t at, size_t n);
/* Sets an argument and the levels; returns false when it is too deep. */
bool odata_filter_arg(struct odata_parser *p, struct odata_node *node, size_t i,
	const struct odata_node *arg);
/* Both sides as they can be compared (dates become times), or a fault at the one that is wrong. */
bool odata_filter_match(struct odata_parser *p, const struct odata_node **left,
	const struct odata_node **right);
/* No list; a fault otherwise. */
bool odata_filter_single(struct odata_parser *p, const struct odata_node *node);
const char *odata_filter_wanted(
	enum odata_type type); /* "a number", "a text in single quotes" ... */
void *odata_filter_wrong(struct odata_parser *p, size_t at, const char *wanted); /* always NULL */
size_t odata_filter_here(const struct odata_parser *p); /* the token's position, from 1 */
