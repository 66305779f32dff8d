/* claim_local: the parsed path. claim.c reads the old notation, claim_path.c and claim_filter.c JSONPath, claim_find.c
 * looks up. Not for others. */
#pragma once
#include <regex.h>
#include <stdint.h>

#include "base/json.h"
#include "mod/rest/claim.h"

#define CLAIM_MAX_DEPTH 16 /* filters in filters, parentheses in parentheses */

enum claim_pick { PICK_NAME, PICK_ANY, PICK_INDEX, PICK_SLICE, PICK_FILTER };

struct claim_selector {
	struct claim_selector *next;
	enum claim_pick pick;
	struct str name;
	int64_t index;          /* INDEX */
	int64_t from, to, step; /* SLICE */
	bool has_from, has_to;
	struct claim_test *test; /* FILTER */
};

struct claim_segment {
	struct claim_segment *next;
	bool deep; /* ".." */
	struct claim_selector *selectors;
};

enum claim_value {
	VALUE_QUERY,
	VALUE_TEXT,
	VALUE_NUMBER,
	VALUE_TRUE,
	VALUE_FALSE,
	VALUE_NULL,
	VALUE_LENGTH
};

/* One side of a comparison. */
struct claim_operand {
	enum claim_value kind;
	bool from_root;              /* QUERY, LENGTH: "$" and not "@" */
	struct claim_segment *query; /* NULL: the node itself */
	struct str text;
	double number;
};

enum claim_op {
	OP_OR,
	OP_AND,
	OP_NOT,
	OP_EXISTS,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_REGEX,
	/* of the old notation: true of texts only */
	OP_TEXT_EQ,
	OP_TEXT_NE,
	OP_TEXT_BEGINS,
	OP_TEXT_ENDS,
	OP_TEXT_CONTAINS,
};

struct claim_test {
	enum claim_op op;
	struct claim_test *a, *b; /* OR, AND; NOT: a */
	struct claim_operand left, right;
	regex_t *regex;
};

struct rest_claim {
	bool is_old;
	struct claim_segment *segments;
};

struct claim_scan {
	struct arena *arena;
	struct str text;
	size_t at;
	unsigned depth;
	struct err *e;
};

/* Records what was expected here, and returns E_INPUT. */
int claim_expected(struct claim_scan *s, const char *what);
bool claim_take(struct claim_scan *s, const char *word); /* consumes it when it comes next */
void claim_spaces(struct claim_scan *s);
char claim_peek(const struct claim_scan *s); /* 0 at the end */

/* JSONPath. Both return 0 or E_INPUT. */
int claim_segments(struct claim_scan *s, struct claim_segment **ret_segments);
int claim_filter(struct claim_scan *s, struct claim_test **ret_test);
int claim_string(struct claim_scan *s, struct str *ret_text); /* 'x' or "x" */
int claim_integer(struct claim_scan *s, int64_t *ret_n);
