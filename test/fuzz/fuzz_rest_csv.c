/* Any bytes: whatever is read has whole rows, and written with quotes and read again it is the same. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/rest/csv.h"
#include "mod/rest/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_field(struct buf *b, struct str s)
{
	if (!s.p) {
		buf_cstr(b, "NULL");
		return;
	}
	buf_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

static void put_line(struct buf *b, const struct str *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_cstr(b, i ? "," : "");
		put_field(b, fields[i]);
	}
	buf_cstr(b, "\r\n");
}

static void again(struct arena *a, const struct rest_csv *csv)
{
	struct rest_fault f = {.arena = a};
	struct rest_csv back;
	struct buf b;

	buf_init(&b, 0);
	put_line(&b, csv->names, csv->n);
	for (size_t row = 0; row < csv->n_rows; row++)
		put_line(&b, csv->cells + row * csv->n, csv->n);
	assert(rest_csv_parse(a, buf_view(&b), &back, &f) == 0);
	assert(back.n == csv->n && back.n_rows == csv->n_rows);
	for (size_t i = 0; i < csv->n; i++)
		assert(str_eq(back.names[i], csv->names[i]));
	for (size_t i = 0; i < csv->n * csv->n_rows; i++)
		assert(str_eq(back.cells[i], csv->cells[i]));
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct rest_fault f = {.arena = a};
	struct rest_csv csv;

	if (rest_csv_parse(a, str_from(data, size), &csv, &f) == 0) {
		assert(csv.n && !f.status);
		again(a, &csv);
	} else {
		assert(f.status == 400 && f.details);
	}
	arena_free(a);
	return 0;
}
