/* sync_scan: cuts the answer of a feed into rows while its bytes arrive, so that nobody ever holds a whole page.
 *
 * The elements of the array `value` of the answer's object go out one by one as they were written; what is around them, with an
 * empty `value`, is the envelope: small, and parsed when the answer has ended. An answer without `value` is all envelope: one
 * listing. Whether a row is JSON inside of its brackets is found out by those who parse it.
 *
 * Owner    embedded; sync_scan_init() ... sync_scan_done().
 * Failure  sync_scan_end() tells whether the answer was complete. Rows longer than row_max are left out, and told.
 * Threads  none.
 * Units    bytes.
 * Source   OData JSON Format 4.01, 4.5 and 12: the envelope; RFC 8259.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum sync_scan_place {
	SYNC_SCAN_ENVELOPE,
	SYNC_SCAN_BETWEEN, /* in `value`, where a row or the end may come */
	SYNC_SCAN_BEHIND,  /* after a row, where a comma or the end must come */
	SYNC_SCAN_ROW,     /* an object or a list */
	SYNC_SCAN_WORD,    /* a number, true, null: no listing, but a row */
	SYNC_SCAN_TEXT,    /* "..." for a row */
	SYNC_SCAN_BROKEN,
};

struct sync_scan_to {
	struct buf *(*text)(void *arg);                /* a row begins: where its bytes go */
	void (*row)(void *arg, size_t at, size_t len); /* it is complete, and there */
	void (*skipped)(void *arg); /* it was too large; nothing of it is there */
	void *arg;
};

struct sync_scan {
	struct buf envelope;
	const struct sync_scan_to *to;
	size_t row_max;
	/* From here on its own. */
	enum sync_scan_place place;
	struct buf *row;
	size_t row_at, row_len;
	bool is_skipping; /* the row is too large */
	bool in_string, is_escaped;
	bool has_comma;          /* another row must come */
	bool is_name;            /* the next string of the envelope is a member's name */
	bool is_value;           /* that was "value" */
	size_t depth, string_at; /* in the envelope */
	size_t row_depth;
};

void sync_scan_init(struct sync_scan *s, size_t row_max, const struct sync_scan_to *to);
void sync_scan_add(struct sync_scan *s, struct str piece);

/* The answer has ended: E_INPUT when it is not complete. What is in the envelope is the caller's to parse. */
int sync_scan_end(struct sync_scan *s, struct err *e) MUST_CHECK;
void sync_scan_done(struct sync_scan *s);

/* Bytes of an object or a list, from its first byte on, as far as p goes. True: it ends at *ret_len. *depth, *in_string and
 * *is_escaped carry on; all zero at the beginning. */
bool sync_scan_nested(const char *p, size_t n, size_t *depth, bool *in_string, bool *is_escaped,
	size_t *ret_len);
