/* odata_fault: what is wrong with a request, and the answer that says so.
 *
 *     {"error":{"code":"BadRequest","message":"...","target":"$filter","details":[]}}
 *
 * Owner    the fault is the caller's, its texts live in its arena.
 * Failure  none. The first fault stays.
 * Threads  pure.
 * Source: OData 4.01 JSON format 21.1, Protocol 9.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

#define ODATA_VERSION "4.01" /* value of the header OData-Version */

struct odata_fault {
	struct arena *arena;
	int status;          /* 0: nothing is wrong */
	const char *code;    /* "BadRequest", "NotFound", ...: from the status */
	const char *message; /* a sentence without full stop that names option and position */
	const char *target;  /* "$filter", "$select", ... or NULL */
	size_t at;           /* position in the option's decoded text, from 1; 0: none */
};

/* 400 malformed, 404 no such resource or row, 413 too long or too complex, 501 known to OData but not served.
 * Always returns -1, so that callers can `return odata_fault_set(...)`. */
int odata_fault_set(struct odata_fault *f, int status, const char *target, size_t at,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The status' code: "BadRequest" for 400, "InternalServerError" for what is unknown. */
const char *odata_fault_code(int status);

/* The same for a failure of our own kind (base/err.h); nothing when e holds none. */
int odata_fault_from(struct odata_fault *f, const struct err *e);

/* The JSON body, in the fault's arena. */
struct str odata_fault_body(const struct odata_fault *f);
