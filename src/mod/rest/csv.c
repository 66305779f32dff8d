#include "mod/rest/csv.h"

#include <stdbool.h>

#include "base/arena.h"
#include "mod/rest/fault.h"

struct reader {
	struct arena *a;
	const char *p, *end;
	size_t line; /* of p */
	struct str *cells;
	size_t n, cap;
	struct rest_fault *f;
};

static bool is_end(char c)
{
	return c == '\n' || c == '\r';
}

static int refuse(struct reader *r, size_t line, const char *what)
{
	rest_fault(r->f, 400, "PGRST102", "Empty or invalid csv");
	return rest_fault_details(r->f, "line %zu: %s", line, what);
}

static void add(struct reader *r, struct str cell)
{
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 64;
		r->cells = arena_resize(r->a, r->cells, r->cap * sizeof(*r->cells),
			cap * sizeof(*r->cells));
		r->cap = cap;
	}
	r->cells[r->n++] = cell;
}

/* Over one line end. */
static void pass_end(struct reader *r)
{
	if (r->p[0] == '\r' && r->end - r->p > 1 && r->p[1] == '\n')
		r->p++;
	r->p++;
	r->line++;
}

static struct str without_quotes(struct arena *a, struct str s)
{
	char *copy = arena_alloc(a, s.len);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		copy[len++] = s.p[i];
		if (s.p[i] == '"')
			i++; /* the second one of two */
	}
	return str_from(copy, len);
}

/* What stands between quotes; r->p is behind the first one. */
static int read_quoted(struct reader *r, struct str *ret_text)
{
	const char *begin = r->p;
	size_t line = r->line;
	bool doubled = false;

	for (; r->p < r->end; r->p++) {
		if (*r->p == '"' && r->end - r->p > 1 && r->p[1] == '"') {
			doubled = true;
			r->p++;
		} else if (*r->p == '"') {
			struct str s = str_from(begin, (size_t)(r->p++ - begin));
			*ret_text = doubled ? without_quotes(r->a, s) : s;
			return 0;
		} else if (*r->p == '\n' ||
			(*r->p == '\r' && (r->end - r->p == 1 || r->p[1] != '\n'))) {
			r->line++;
		}
	}
	return refuse(r, line, "a quoted field begins here and does not end");
}

/* One field; r->p is then at a comma, a line end or the end. */
static int read_field(struct reader *r)
{
	const char *begin = r->p;
	struct str text;

	if (begin < r->end && *begin == '"') {
		r->p++;
		if (read_quoted(r, &text))
			return -1;
		if (r->p < r->end && *r->p != ',' && !is_end(*r->p))
			return refuse(r, r->line, "text follows the end of a quoted field");
		add(r, text);
		return 0;
	}
	while (r->p < r->end && *r->p != ',' && !is_end(*r->p) && *r->p != '"')
		r->p++;
	if (r->p < r->end && *r->p == '"')
		return refuse(r, r->line, "a quote stands in a field that does not begin with one");
	text = str_from(begin, (size_t)(r->p - begin));
	add(r, str_eq(text, STR("NULL")) ? STR_NULL : text);
	return 0;
}

/* The fields of the next line that is not empty; none at the end. *ret_line is where it began. */
static int read_line(struct reader *r, size_t *ret_line)
{
	while (r->p < r->end && is_end(*r->p))
		pass_end(r);
	*ret_line = r->line;
	if (r->p == r->end)
		return 0;
	if (read_field(r))
		return -1;
	while (r->p < r->end && *r->p == ',') {
		r->p++;
		if (read_field(r))
			return -1;
	}
	if (r->p < r->end)
		pass_end(r);
	return 0;
}

/* A name may be the word NULL. */
static int read_header(struct reader *r, struct rest_csv *csv)
{
	size_t line;

	if (read_line(r, &line))
		return -1;
	if (r->n == 0)
		return refuse(r, 1, "there is no header line");
	for (size_t i = 0; i < r->n; i++)
		if (!r->cells[i].p)
			r->cells[i] = STR("NULL");
	csv->names = r->cells;
	csv->n = r->n;
	r->cells = NULL;
	r->n = r->cap = 0;
	return 0;
}

static int refuse_length(struct reader *r, size_t line, size_t fields, size_t wanted)
{
	rest_fault(r->f, 400, "PGRST102", "All lines must have same number of fields");
	return rest_fault_details(r->f, "line %zu: %zu fields, and %zu in the header", line, fields,
		wanted);
}

int rest_csv_parse(struct arena *a, struct str text, struct rest_csv *ret_csv, struct rest_fault *f)
{
	struct reader r = {.a = a, .p = text.p, .end = text.p + text.len, .line = 1, .f = f};
	struct rest_csv csv = {0};
	size_t line;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		r.p += 3;
	if (read_header(&r, &csv))
		return -1;
	for (size_t before = 0;; before = r.n) {
		if (read_line(&r, &line))
			return -1;
		if (r.n == before)
			break;
		if (r.n - before != csv.n)
			return refuse_length(&r, line, r.n - before, csv.n);
	}
	csv.cells = r.cells;
	csv.n_rows = r.n / csv.n;
	*ret_csv = csv;
	return 0;
}
