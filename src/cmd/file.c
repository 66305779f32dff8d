#include "cmd/file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#define PIECE 65536

int file_read(const char *path, struct buf *text, struct err *e)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;

	if (!f)
		return err_set(e, E_INPUT, "%s cannot be opened: %s", path, strerror(errno));
	for (;;) {
		char *place = buf_reserve(text, PIECE);
		size_t n = place ? fread(place, 1, PIECE, f) : 0;
		if (!n)
			break;
		buf_commit(text, n);
	}
	bool bad = ferror(f);
	if (f != stdin)
		fclose(f);
	if (text->failed)
		return err_set(e, E_LIMIT, "%s is larger than %zu MB", path, text->max >> 20);
	return bad ? err_set(e, E_INPUT, "%s cannot be read: %s", path, strerror(errno)) : 0;
}
