/* feed_filter_local: the tree that feed_filter_parse.c makes and feed_filter.c walks. */
#pragma once
#include "mod/mls/feed_filter.h"
#include "mod/mls/gen_field.h"

enum filter_op { OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE, OP_IN };

/* A literal, as the field it is compared with wants it. */
struct filter_value {
	bool is_null;
	struct str text;
	double x;  /* numbers */
	int64_t n; /* truth, days, microseconds */
};

enum filter_kind { NODE_COMPARE, NODE_AND, NODE_OR, NODE_NOT };

struct filter_node {
	enum filter_kind kind;
	const struct filter_node *left, *right; /* NODE_NOT: only left */
	const struct gen_field *field;
	enum filter_op op;
	struct filter_value *values; /* n of them; one unless op is OP_IN */
	struct str *texts;           /* the texts of the values */
	size_t n;
};

struct feed_filter {
	struct filter_node root;
};
