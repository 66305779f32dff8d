/* support_search_print: what the readers of search parameters made, as text to compare with. */
#pragma once
#include "mod/search/query.h"

struct arena;

/* "(city HAS [miami] & !(bedrooms 3..3))"; "none" for NULL. */
const char *search_print_filter(struct arena *a, const struct search_filter *f);
const char *search_print_sorts(struct arena *a, const struct search_query *q);
const char *search_print_facets(struct arena *a, const struct search_query *q);
const char *search_print_terms(struct arena *a, const struct search_query *q);
