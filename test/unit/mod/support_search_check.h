/* support_search_check: runs a search and compares all of its answer with that of support_search_naive.h. */
#pragma once
#include "support_search_naive.h"

/* A query for everything, as a parser makes it when nothing is asked for. */
struct search_query query_of_all(enum search_audience who);

/* Fails the test where the answer is another one; returns it. */
struct search_result search_check(const struct listings *l, const struct search_query *q);

/* The hits as a text: the last byte of each id, "3 1 7". */
const char *hits_of(const struct listings *l, const struct search_hit *hits, size_t n);
const char *found_by(const struct listings *l, const struct search_query *q);

/* For tests that begin with an arena as their state. */
int naive_begin(void **state);
int naive_end(void **state);

/* Puts a listing whose id ends with n; fields: "city", "Miami", ..., NULL. */
void put_listing(struct listings *l, uint8_t n, const char *const *fields);

/* By a filter of one comparison. */
struct search_operand text_operand(const struct listings *l, enum search_test test,
	const char *text);
struct search_operand range_operand(double low, double high);
const struct search_filter *match_filter(const struct listings *l, const char *name,
	struct search_operand o);
const struct search_filter *not_filter(const struct listings *l, const struct search_filter *f);
