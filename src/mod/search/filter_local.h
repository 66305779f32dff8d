/* filter_local: between the files that read filters. */
#pragma once
#include "mod/search/filter_scan.h"

/* A condition whose values are being read. */
struct search_condition {
	int field;
	enum { SEARCH_COLON, SEARCH_IS, SEARCH_ABOVE, SEARCH_FROM, SEARCH_BELOW, SEARCH_UPTO } op;
	bool is_negated;
	bool in_list;
	size_t at; /* of its name */
};

/* One value, at s->at. */
typedef int search_filter_value(struct search_scan *s, const struct search_condition *c,
	struct search_operand *ret);

search_filter_value search_filter_value_string, search_filter_value_number,
	search_filter_value_bool, search_filter_value_geo;

/* A condition, at s->at. */
int search_filter_condition(struct search_scan *s, struct search_filter **ret);

/* A new node; counts. NULL: too many. */
struct search_filter *search_filter_node(struct search_scan *s, enum search_op op, size_t at);
