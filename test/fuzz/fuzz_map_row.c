/* Any JSON as a payload row, and any JSON as a mapping: what comes out is a line that COPY takes. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/mapping.h"
#include "mod/mls/mapping_local.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_line(struct str line, size_t columns)
{
	size_t tabs = 0;

	assert(line.len && line.p[line.len - 1] == '\n');
	for (size_t i = 0; i + 1 < line.len; i++) {
		assert(line.p[i] && line.p[i] != '\n' && line.p[i] != '\r');
		tabs += line.p[i] == '\t';
	}
	assert(tabs == columns - 1);
	assert(str_is_utf8(line));
}

static void values_are_in_range(const struct listing_row *row)
{
	for (int c = 0; c < LISTING_COLUMNS; c++) {
		const struct mapping_column *col = &mapping_columns[c];
		const union listing_value *v = &row->values[c];
		if (col->kind == KIND_TEXT && v->s.p)
			assert(v->s.len > 0 && !memchr(v->s.p, 0, v->s.len));
		if (col->kind == KIND_FLOAT && !isnan(v->x))
			assert(v->x >= (double)col->lo && v->x <= (double)col->hi);
		if ((col->kind == KIND_INT || col->kind == KIND_ROUND) && v->n != LISTING_NULL)
			assert(v->n >= col->lo && v->n <= INT32_MAX);
	}
	for (size_t i = 0; i < row->media_n; i++)
		assert(row->media[i].url.len >= 8 && row->media[i].url.len <= 2048 &&
			row->media[i].order >= 0);
}

static void map_row(struct arena *a, const struct mapping *m, const struct json *payload)
{
	struct listing_head head;
	struct listing_row row;
	struct buf raw, line;

	buf_init(&raw, 0);
	buf_init(&line, 0);
	if (!mapping_head(m, a, payload, &raw, &head, NULL)) {
		struct str text = str_sub(buf_view(&raw), head.raw_at, raw.len);
		assert(head.key.len >= 1 && head.key.len <= 255 && text.len == head.raw_len);
		assert(json_parse(a, text, NULL));
		mapping_apply(m, a, payload, &row);
		values_are_in_range(&row);
		mapping_copy_listing(&line, &head, text, &row);
		is_line(buf_view(&line), LISTING_COLUMNS + 5);
		buf_clear(&line);
		mapping_copy_media(&line, &head, &row);
		for (struct str rest = buf_view(&line); rest.len;) {
			const char *end = memchr(rest.p, '\n', rest.len);
			struct str one = str_sub(rest, 0, (size_t)(end - rest.p) + 1);
			is_line(one, 7);
			rest = str_sub(rest, one.len, rest.len);
		}
	}
	buf_done(&raw);
	buf_done(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const struct json *v = json_parse(a, str_from(data, size), NULL);
	const struct json *standard = json_parse(a, str_of(mapping_default), NULL);
	const struct mapping *m = mapping_new(a, standard, NULL);
	/* An input may bring its own mapping: {"mapping": {...}, "row": {...}}. */
	const struct mapping *own = mapping_new(a, json_get(v, "mapping"), NULL);

	map_row(a, m, v);
	map_row(a, own ? own : m, json_get(v, "row"));
	arena_free(a);
	return 0;
}
