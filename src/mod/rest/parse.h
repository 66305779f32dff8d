/* parse: query string -> struct rest_query, headers -> preferences, range, accepted media types.
 *
 * Grammar: docs/rest-grammar.md; what of it is ours: `distinct`, `having`, `after`, op(col).
 *
 * Owner    results live in the arena given.
 * Failure  -1 with a fault: PGRST100 (400) with the position in details, PGRST108 for a filter on what is not embedded, PGRST103
 *          (416) for limits, PGRST122 for strict preferences.
 * Threads  pure apart from the arena. Limits: rest_limits below, each a 400.
 */
#pragma once
#include "mod/rest/ast.h"
#include "mod/rest/fault.h"

#define REST_MAX_DEPTH 32   /* embeds in embeds, groups in groups */
#define REST_MAX_NODES 2000 /* items, conditions, orders and path steps in all */

struct arena;
struct buf;
struct db_param;
struct http_request;
struct rest_selects;

struct rest_parse {
	struct arena *arena;
	struct str query; /* raw query string; absent is fine */
	struct str
		more; /* a second one, from the body of QUERY or an overridden POST; absent: none */
	bool is_call; /* /rpc: pairs may be arguments */
	bool is_read_call; /* by GET or HEAD: pairs that are no filters are arguments */
	/* Is it the name of an argument of the function? Those pairs are arguments whatever they look like. May be NULL. */
	bool (*is_arg)(struct str name, const void *arg);
	const void *arg;
	struct rest_selects *selects; /* lists read before (selects.h); may be NULL */
	bool legacy_targets;          /* filters may name the target of an aliased embed */
};

int rest_parse_query(const struct rest_parse *p, struct rest_query *ret_query,
	struct rest_fault *f);

/* `rest_parse_*` of single values, for the above, tests and fuzzing. */
int rest_parse_select(struct arena *a, struct str text, struct rest_item **ret_items,
	struct rest_fault *f);
int rest_parse_order(struct arena *a, struct str text, struct rest_order **ret_order,
	struct rest_fault *f);
/* key: a field, without embeds in front. */
int rest_parse_filter(struct arena *a, struct str key, struct str value,
	struct rest_cond **ret_cond, struct rest_fault *f);
int rest_parse_logic(struct arena *a, bool is_or, bool negated, struct str text,
	struct rest_cond **ret_cond, struct rest_fault *f);

/* Range: a-b, a- with Range-Unit items (or none). Narrows limit and offset of root (intersection). 416 PGRST103 when empty or
 * reversed. Anything that is no range of items is ignored. */
int rest_parse_range(struct str header, struct rest_query *q, struct rest_fault *f);

enum rest_return { REST_RETURN_NONE, REST_RETURN_MINIMAL, REST_RETURN_HEADERS, REST_RETURN_ROWS };
enum rest_count { REST_COUNT_NONE, REST_COUNT_EXACT, REST_COUNT_PLANNED, REST_COUNT_ESTIMATED };
enum rest_resolution { REST_RESOLUTION_NONE, REST_RESOLUTION_MERGE, REST_RESOLUTION_IGNORE };
enum rest_missing { REST_MISSING_NONE, REST_MISSING_DEFAULT, REST_MISSING_NULL };
enum rest_handling { REST_HANDLING_NONE, REST_HANDLING_LENIENT, REST_HANDLING_STRICT };
enum rest_tx { REST_TX_NONE, REST_TX_COMMIT, REST_TX_ROLLBACK };

struct rest_prefer {
	enum rest_return ret;
	enum rest_count count;
	enum rest_resolution resolution;
	enum rest_missing missing;
	enum rest_handling handling;
	enum rest_tx tx;
	struct str timezone;
	bool has_max_affected;
	int64_t max_affected;
	bool allow_unfiltered; /* unfiltered=allow (ours) */
};

/* header: all Prefer headers joined by commas; absent is fine. Strict handling with an unknown one: PGRST122 listing them. A
 * timezone is checked by PostgreSQL, not here. */
int rest_parse_prefer(struct arena *a, struct str header, struct rest_prefer *ret_prefer,
	struct rest_fault *f);

/* Preference-Applied, in the order of facts 1.6; absent when nothing applies. tx only when tx_allowed, max-affected only when
 * strict. */
struct str rest_prefer_applied(struct arena *a, const struct rest_prefer *p, bool tx_allowed);

enum rest_media {
	REST_MEDIA_ANY, /* * / * or no Accept */
	REST_MEDIA_JSON,
	REST_MEDIA_SINGULAR, /* application/vnd.pgrst.object(+json) */
	REST_MEDIA_ARRAY,    /* application/vnd.pgrst.array(+json) */
	REST_MEDIA_CSV,
	REST_MEDIA_GEOJSON,
	REST_MEDIA_PLAN,
	REST_MEDIA_OPENAPI,
	REST_MEDIA_OPENAPI31,
	REST_MEDIA_OTHER, /* text, octet-stream and whatever a handler may be made for: by its name */
};

enum rest_plan_option {
	REST_PLAN_ANALYZE = 1,
	REST_PLAN_VERBOSE = 2,
	REST_PLAN_SETTINGS = 4,
	REST_PLAN_BUFFERS = 8,
	REST_PLAN_WAL = 16
};

struct rest_accept {
	enum rest_media media;
	struct str type;       /* "text/csv", lower case, without parameters */
	bool strip_nulls;      /* ;nulls=stripped */
	bool plan_text;        /* +text or none; else +json */
	unsigned plan_options; /* rest_plan_option */
	struct str plan_for;   /* for="…": the media type; "application/json" unless given */
};

/* Best first (q, then more specific, then order); q=0 left out. No header: one ANY. At most 32. */
int rest_parse_accept(struct arena *a, struct str header, struct rest_accept **ret_list,
	size_t *ret_n, struct rest_fault *f);

/* The values of a request, in the order in which rest_shape_query() meets them. */
struct rest_values {
	struct arena *arena;
	struct db_param *v;
	size_t n, cap;
};
int rest_values_add(struct rest_values *values, struct db_param p); /* its index */

/* Appends to shape everything of q that makes another plan, and to values everything else, and numbers the `param`s in q.
 * Unambiguous: two queries with equal shapes differ in values only. A limit that is there is a value. */
void rest_shape_query(struct buf *shape, struct rest_values *values, struct rest_query *q);

/* The part of the shape that a flat select list is (selects.h). */
void rest_shape_items(struct buf *shape, struct rest_item *items);
