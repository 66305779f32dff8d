#include "mod/mls/sync_local.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/uuid.h"
#include "db/session.h"

#define SQL_MAX 65536
#define COPY_PIECE 65536

static const char *copy_sql(struct arena *a)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_cstr(&b, "copy mls.listings (workspace_id, source_provider, source_dataset_id, id");
	for (const char *const *column = mapping_copy_columns; *column; column++)
		buf_printf(&b, ", %s", *column);
	buf_cstr(&b, ") from stdin");
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text.p;
}

static struct str make_lead(const struct sync *y, struct arena *a)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	mapping_copy_text(&b, y->o->workspace_id);
	buf_char(&b, '\t');
	mapping_copy_text(&b, y->source.provider);
	buf_char(&b, '\t');
	mapping_copy_text(&b, y->source.dataset);
	buf_char(&b, '\t');
	struct str lead = str_copy(a, buf_view(&b));
	buf_done(&b);
	return lead;
}

static int put_all(struct session *s, const struct buf *text, struct err *e)
{
	for (size_t at = 0; at < text->len; at += COPY_PIECE) {
		size_t n = text->len - at < COPY_PIECE ? text->len - at : COPY_PIECE;
		if (session_copy_in_put(s, text->p + at, n, e))
			return e->code;
	}
	return 0;
}

int sync_new_begin(struct sync_new *w, struct sync *y, struct arena *a, struct err *e)
{
	*w = (struct sync_new){.y = y, .lead = make_lead(y, a)};
	buf_init(&w->lines, 0);
	buf_init(&w->media, 0);
	return session_copy_in_start(y->s, copy_sql(a), e);
}

int sync_new_add(struct sync_new *w, const struct listing_head *head, struct str raw,
	const struct listing_row *row, struct err *e)
{
	char id[UUID_SIZE], lead[2 * UUID_SIZE + 2];

	uuid_format(id, uuid_new());
	buf_str(&w->lines, w->lead);
	buf_cstr(&w->lines, id);
	buf_char(&w->lines, '\t');
	mapping_copy_listing(&w->lines, head, raw, row);
	w->n++;
	if (row->has_media) {
		snprintf(lead, sizeof lead, STR_FMT "\t%s\t", STR_ARG(w->y->o->workspace_id), id);
		mapping_copy_media_under(&w->media, str_of(lead), row);
		w->n_media += (int64_t)row->media_n;
	}
	if (w->lines.len < COPY_PIECE)
		return 0;
	int code = put_all(w->y->s, &w->lines, e);
	buf_clear(&w->lines);
	return code;
}

static int finish(struct sync_new *w, struct err *e)
{
	struct session *s = w->y->s;

	if (put_all(s, &w->lines, e) || session_copy_in_end(s, NULL, e))
		return e->code;
	if (!w->n_media)
		return 0;
	if (session_copy_in_start(s,
		    "copy mls.listing_media (workspace_id, listing_id, url, sort_order, caption, media_key, category) from stdin",
		    e))
		return e->code;
	return put_all(s, &w->media, e) || session_copy_in_end(s, NULL, e) ? e->code : 0;
}

int sync_new_end(struct sync_new *w, int code, struct err *e)
{
	if (!code)
		code = finish(w, e);
	if (code) {
		session_copy_in_abort(w->y->s);
		err_prefix(e, "loading a page");
	} else {
		w->y->stats.upserted += w->n;
		w->y->stats.inserted += w->n;
		w->y->stats.media += w->n_media;
	}
	buf_done(&w->lines);
	buf_done(&w->media);
	return code;
}
