#include "cmd/table.h"

#include <stdbool.h>

#include "db/result.h"

#define WIDTH_MAX 60

/* Characters, not bytes: of UTF-8 the bytes that begin one. */
static int width_of(struct str s)
{
	int width = 0;

	for (size_t i = 0; i < s.len; i++)
		width += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return width;
}

static void put(FILE *to, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		fputc((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? ' ' : s.p[i], to);
}

static int column_width(const struct result *rows, int col)
{
	int width = width_of(str_of(result_name(rows, col)));

	for (int row = 0; row < result_rows(rows); row++) {
		int w = width_of(result_text(rows, row, col));
		if (w > width)
			width = w;
	}
	return width > WIDTH_MAX ? WIDTH_MAX : width;
}

static void put_line(FILE *to, const struct result *rows, int row)
{
	int n = result_cols(rows);

	for (int col = 0; col < n; col++) {
		struct str s =
			row < 0 ? str_of(result_name(rows, col)) : result_text(rows, row, col);
		put(to, s);
		if (col < n - 1)
			fprintf(to, "%*s", column_width(rows, col) - width_of(s) + 2, "");
	}
	fputc('\n', to);
}

void table_print(FILE *to, const struct result *rows)
{
	for (int row = -1; row < result_rows(rows); row++)
		put_line(to, rows, row);
}

void table_print_one(FILE *to, const struct result *rows, int row)
{
	int widest = 0;

	for (int col = 0; col < result_cols(rows); col++) {
		int w = width_of(str_of(result_name(rows, col)));
		if (w > widest && !result_is_null(rows, row, col))
			widest = w;
	}
	for (int col = 0; col < result_cols(rows); col++) {
		if (result_is_null(rows, row, col))
			continue;
		fprintf(to, "%-*s  ", widest, result_name(rows, col));
		put(to, result_text(rows, row, col));
		fputc('\n', to);
	}
}
