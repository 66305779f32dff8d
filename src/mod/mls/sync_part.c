#include "mod/mls/sync_local.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "mod/mls/normal.h"

struct sync_part *sync_part_new(enum sync_part_kind kind)
{
	struct arena *a = arena_new();
	struct sync_part *p = ARENA_NEW(a, struct sync_part);

	p->arena = a;
	p->kind = kind;
	p->err.arena = a;
	p->total = -1;
	buf_init(&p->text, 0);
	buf_init(&p->fresh, 0);
	buf_init(&p->fresh_media, 0);
	buf_init(&p->changed, 0);
	buf_init(&p->changed_media, 0);
	return p;
}

void sync_part_free(struct sync_part *p)
{
	if (!p)
		return;
	buf_done(&p->changed_media);
	buf_done(&p->changed);
	buf_done(&p->fresh_media);
	buf_done(&p->fresh);
	buf_done(&p->text);
	arena_free(p->arena);
}

void sync_part_add(struct sync_part *p, size_t at, size_t len)
{
	static const char slack[BUF_SLACK];

	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 64;
		p->rows = arena_resize(p->arena, p->rows, p->cap * sizeof *p->rows,
			cap * sizeof *p->rows);
		p->cap = cap;
	}
	p->rows[p->n++] = (struct sync_row){.at = at, .len = len};
	buf_add(&p->text, slack, sizeof slack);
}

struct buf sync_part_text(struct sync_part *p, const struct sync_row *row)
{
	return (struct buf){.p = p->text.p + row->at, .len = row->len, .cap = row->len};
}

/* A copy is parsed: whether the row itself is needed is not known yet. */
static void read_slowly(struct sync_part *p, struct sync_row *row, const struct mapping *m,
	const struct sync_row_fields *fields, struct arena *a)
{
	struct str text = str_from(p->text.p + row->at, row->len);
	struct err e = {.arena = a};
	const struct json *payload = json_parse(a, text, &e);
	struct buf raw;

	buf_init(&raw, 0);
	if (!payload || mapping_head(m, a, payload, &raw, &row->head, &e)) {
		row->problem = str_cstr(p->arena, str_of(e.msg));
	} else {
		row->head.key = str_copy(p->arena, row->head.key);
		row->head.hash = sync_row_hash(text);
		if (!fields->stamps[1].p) /* a feed's own field, and no other */
			normal_time(json_get_str(payload, fields->stamps[0]),
				&row->head.source_modified_at);
	}
	buf_done(&raw);
}

void sync_part_read(struct sync_part *p, const struct mapping *m,
	const struct sync_row_fields *fields)
{
	struct arena *a = NULL;

	for (size_t i = 0; i < p->n; i++) {
		struct sync_row *row = &p->rows[i];
		struct sync_row_head head;
		if (sync_row_read(str_from(p->text.p + row->at, row->len), fields, &head)) {
			row->head = (struct listing_head){.key = head.key,
				.source_modified_at = head.stamp_us,
				.hash = head.hash};
			continue;
		}
		if (!a)
			a = arena_new();
		read_slowly(p, row, m, fields, a);
		arena_reset(a);
	}
	arena_free(a);
}
