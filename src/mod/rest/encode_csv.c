/* Rows as CSV (RFC 4180), values as PostgreSQL writes them. */
#include <string.h>

#include "base/buf.h"
#include "db/result.h"
#include "mod/rest/encode.h"
#include "mod/rest/plan.h"

static bool needs_quotes(struct str s)
{
	if (s.len == 0)
		return true; /* null is empty: an empty text is "" */
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == ',' || c == '"' || c == '\n' || c == '\r')
			return true;
	}
	return false;
}

static void cell(struct buf *out, struct str s)
{
	if (!s.p)
		return;
	if (!needs_quotes(s)) {
		buf_str(out, s);
		return;
	}
	buf_char(out, '"');
	for (struct str rest = s;;) {
		ptrdiff_t quote = str_find_char(rest, '"');
		if (quote < 0) {
			buf_str(out, rest);
			break;
		}
		buf_add(out, rest.p, (size_t)quote + 1);
		buf_char(out, '"');
		rest = str_sub(rest, (size_t)quote + 1, rest.len);
	}
	buf_char(out, '"');
}

void rest_encode_csv_head(struct rest_encoder *x)
{
	for (const struct rest_out *o = x->plan->out; o; o = o->next) {
		cell(x->out, o->key);
		if (o->next)
			buf_char(x->out, ',');
	}
}

void rest_encode_csv_row(struct rest_encoder *x, const struct result *r, int row)
{
	buf_char(x->out, '\n');
	for (const struct rest_out *o = x->plan->out; o; o = o->next) {
		cell(x->out, result_text(r, row, o->col));
		if (o->next)
			buf_char(x->out, ',');
	}
	x->rows++;
}
