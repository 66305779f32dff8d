/* csv: rows of a text/csv body (RFC 4180): a header line with names, then as many fields in each line.
 *
 * Lines end with LF, CRLF or CR; those without anything in them are skipped, as is a byte order mark. NULL without quotes is null, an
 * empty field is ''.
 *
 * Owner    names and fields point into text, or into the arena where quotes had to be taken out.
 * Failure  -1 with PGRST102 (400); details name the line.
 * Threads  pure apart from the arena.
 * Units    lines from 1, as an editor counts them.
 */
#pragma once
#include <stddef.h>

#include "base/str.h"

struct arena;
struct rest_fault;

struct rest_csv {
	struct str *names; /* n */
	size_t n;
	struct str *cells; /* cells[row * n + i]; absent: null */
	size_t n_rows;
};

int rest_csv_parse(struct arena *a, struct str text, struct rest_csv *ret_csv,
	struct rest_fault *f);
