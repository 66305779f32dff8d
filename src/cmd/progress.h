/* progress: how far a long command is: a bar that redraws itself on a terminal, a line now and then otherwise.
 *
 * Owner    the caller embeds it: progress_begin() ... progress_end(). Failure none. Threads none.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *to;
	const char *what; /* "rows" */
	bool terminal;
	int64_t began_us, shown_us;
	int64_t shown_at; /* count of the last line */
};

struct progress progress_begin(FILE *to, const char *what);

/* total -1: unknown. note is put at the end of the line. */
void progress_show(struct progress *p, int64_t done, int64_t total, const char *note);

/* Clears the bar; nothing on a plain stream. */
void progress_end(struct progress *p);
