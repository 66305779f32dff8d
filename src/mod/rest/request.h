/* request: one REST request on its way, from the head to the answer. What each step found is kept here.
 *
 *     flow.c     target, schema, login, headers            -> method, kind, schema, login, prefer, accepts
 *     parse_*.c  query string                              -> query
 *     body_*.c   body                                      -> body, values
 *     shape.c    all that makes another plan               -> shape; values and their numbers
 *     plan.c     the plan of this shape, kept or made      -> plan
 *     run.c      one batch: preamble, counts, main         -> results
 *     reply.c    rows to bytes
 *
 * Owner    the HTTP request's arena; cache and plan are counted references given back with it.
 * Failure  steps return -1 and leave the fault.
 * Threads  one loop.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mod/rest/answer.h"
#include "mod/rest/ast.h"
#include "mod/rest/body.h"
#include "mod/rest/fault.h"
#include "mod/rest/login.h"
#include "mod/rest/parse.h"

struct http_request;
struct keyring;
struct rest_cache;
struct rest_func;
struct rest_plan;
struct rest_site;
struct rest_table;

enum rest_method {
	REST_GET,
	REST_HEAD,
	REST_POST,
	REST_PATCH,
	REST_PUT,
	REST_DELETE,
	REST_OPTIONS
};
enum rest_target { REST_TARGET_ROOT, REST_TARGET_TABLE, REST_TARGET_CALL };

struct rest_request {
	struct arena *arena;
	struct http_request *http; /* NULL for a part of a $batch */
	struct rest_site *site;
	struct rest_cache *cache;
	struct rest_fault fault;

	enum rest_method method;
	enum rest_target target;
	struct str name;   /* of the table or function; "" at the root */
	struct str schema; /* where name is looked up */
	bool has_profile;  /* several schemas are exposed: the answer says Content-Profile */
	struct rest_table *table;
	struct rest_func *func; /* the overload chosen */

	struct rest_login login;
	int role; /* rest_cache_role() of login.role; -1 */
	struct rest_query query;
	struct rest_prefer prefer;
	struct rest_accept *accepts;
	size_t n_accepts;
	const struct rest_accept
		*accept; /* the one that is answered; chosen by rest_media_choose() */

	struct rest_body body;
	struct rest_values values;
	struct rest_plan *plan;

	/* What the site has to say about writes. */
	const struct keyring *keyring; /* plat's own house: seals columns (sealed.h); else NULL */
	bool refuse_unfiltered;        /* writes to whole tables need the client's word (PLAT001) */

	/* A part of a $batch: on_answer instead of HTTP; header: what it sent. NULL: a request of its own. */
	void (*on_answer)(struct rest_request *r, void *arg);
	void *answer_arg;
	const struct rest_header
		*headers; /* of a part; http_header() otherwise: rest_request_header() */
	struct rest_answer answer;

	bool has_query_body; /* QUERY, or POST in its place: the filters are in the body */
	struct str path;     /* of a part of a $batch */
	int64_t began_us;
	int64_t parse_us, plan_us, jwt_us, run_us; /* for Server-Timing */
};

/* A header of the request, or of the part of a $batch; absent when there is none. */
struct str rest_request_header(const struct rest_request *r, const char *name);
struct str rest_request_header_list(struct rest_request *r,
	const char *name); /* all of that name, joined */
struct str rest_request_path(const struct rest_request *r);
int64_t rest_request_age_us(const struct rest_request *r);
