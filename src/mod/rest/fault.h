/* fault: why a REST request is refused, in the words and codes of the dialect (PostgREST error reference).
 *
 * A function that can refuse returns int: 0, or -1 after rest_fault() has filled the struct; the first fault stays. The edge
 * (reply.c) turns it into the answer {"code","details","hint","message"}.
 *
 * Owner    texts live in the fault's arena, which is the request's.
 * Failure  none. Threads pure.
 */
#pragma once
#include "base/str.h"

struct arena;
struct db_error;

struct rest_fault {
	struct arena *arena;
	int status;       /* HTTP; 0: nothing wrong */
	const char *code; /* "PGRST100", or an SQLSTATE */
	const char *message;
	const char *details;      /* NULL: null */
	const char *hint;         /* NULL: null */
	const char *details_json; /* instead of details, when those are not a string (PGRST201) */
	const char *authenticate; /* value of WWW-Authenticate, or NULL */
	const char *status_text;  /* reason phrase asked for by SQL ("PTxyz"), or NULL */
	const char *
		headers_json; /* headers asked for by SQL (SQLSTATE PGRST), or NULL: a JSON object */
	int retry_after;      /* seconds, of a 503; 0: 1 */
	const char *request;  /* which request of a $batch, or NULL */
};

/* Records a refusal and returns -1, so that callers can `return rest_fault(...)`. code is a literal. */
int rest_fault(struct rest_fault *f, int status, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds to the fault just recorded; -1 again. No effect on a fault that was there before. */
int rest_fault_details(struct rest_fault *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int rest_fault_hint(struct rest_fault *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What PostgreSQL said, by the table of SQLSTATEs (PostgREST error reference; PTxyz, PGRST included). anonymous: nobody has
 * logged in, so 42501 is 401 and not 403. */
int rest_fault_sql(struct rest_fault *f, const struct db_error *e, bool anonymous);
