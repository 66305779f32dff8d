/* run: executes a planned request as one batch, and passes on what came of it.
 *
 *     [isolation] preamble [settings] [pre-request] [counts] main [response.*] [rollback]
 *
 * Owner    the batch lives in the request's arena: a client that goes takes it back.
 * Failure  becomes the answer. Threads one loop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct db_param;
struct rest_request;
struct rest_statement;
struct result;

void rest_run(struct rest_request *r);

/* For conversations (stream.c, talk.c): the same parts one by one. */
struct db_param *rest_run_params(struct rest_request *r, const struct rest_statement *s);
int64_t rest_run_plan_rows(struct rest_request *r, const struct result *explain,
	double *ret_cost);                                /* of EXPLAIN (FORMAT JSON); -1 */
const char *rest_run_pre_request(struct rest_request *r); /* "select …()", or NULL */
bool rest_run_rolls_back(const struct rest_request *r);
/* Prefer: tx is listened to. */
struct rest_config;
bool rest_run_may_end_tx(const struct rest_config *c);
/* The limit in force: the client's and db-max-rows; -1 none. */
int64_t rest_run_limit(const struct rest_request *r);
/* Turns PostgreSQL's refusal into the fault, guards included. */
struct db_error;
struct err;
void rest_run_busy(struct rest_request *r, const struct err *e); /* PGRST000, 003, X00 */
void rest_run_failed(struct rest_request *r, const struct db_error *e);
void rest_run_set_limit(struct rest_request *r, int64_t limit); /* -1: none */
/* Numbers of o, from its main result and the counts. */
struct rest_outcome;
void rest_run_outcome(struct rest_request *r, const struct result *exact,
	const struct result *planned, struct rest_outcome *o);
int64_t rest_run_total(struct rest_request *r, const struct result *exact,
	const struct result *planned);
