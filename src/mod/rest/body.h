/* body: what a client sent to be written, or as arguments: JSON, CSV, a form, or bytes.
 *
 * Owner    the request's arena; json values point into the body's text.
 * Failure  -1 with PGRST102 (400) that says what is wrong and where; PGRST204 for a column that is not there.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf;
struct json;
struct rest_request;

enum rest_body_kind {
	REST_BODY_NONE,   /* no body was sent */
	REST_BODY_OBJECT, /* one JSON object or a form: one row, or named arguments */
	REST_BODY_ROWS,   /* a JSON array of objects, or CSV */
	REST_BODY_RAW,    /* anything else: the single unnamed argument of a function */
};

struct rest_body {
	enum rest_body_kind kind;
	struct str text;         /* as sent */
	struct str type;         /* Content-Type without parameters, lower case */
	const struct json *json; /* of JSON bodies */
	struct str *
		columns; /* keys, of the first object or the header row, or `columns=`; n_columns */
	size_t n_columns;
	size_t n_rows;
	/* CSV and forms: cells[row * n_columns + column]; absent: null */
	struct str *cells;
};

/* Reads the text by its Content-Type. Which types a target takes is told by r->target and r->func. */
int rest_body_parse(struct rest_request *r, struct str content_type, struct str text);

/* What of the body makes another plan goes to shape, what it holds to r->values. After the target is resolved. */
int rest_body_shape(struct rest_request *r, struct buf *shape);
