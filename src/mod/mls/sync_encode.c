/* In a thread of its own, while the part before is being loaded: nothing here may wait or look at the run. */
#include "mod/mls/sync_local.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/log.h"
#include "base/uuid.h"

static bool is_media(struct str known, struct hash_128 h)
{
	char hex[HASH_128_HEX_SIZE];

	return str_eq(known, str_of(hash_128_hex(hex, h)));
}

/* What could not be typed is counted by those who hold the run. The texts go with the row, so they are copied. */
static void keep_problems(struct sync_part *p, const struct sync_row *row,
	const struct listing_row *listing, struct arena *a)
{
	struct listing_row *note = ARENA_NEW(p->arena, struct listing_row);

	p->noted[p->n_noted++] = note;
	p->corrected += listing->problems_n;
	note->problems_n = listing->problems_n;
	for (unsigned i = 0; i < listing->problems_n && i < LISTING_PROBLEMS_MAX; i++) {
		note->problems[i] = listing->problems[i];
		note->problems[i].field = str_copy(p->arena, listing->problems[i].field);
		note->problems[i].value = str_copy(p->arena, listing->problems[i].value);
		log_debug("sync.corrected", LOG_STR("listing_key", row->head.key),
			LOG_STR("why", mapping_problem_text(a, &listing->problems[i])));
	}
}

static void add_new(struct sync_encode *w, const struct sync_row *row, struct str raw,
	const struct listing_row *listing)
{
	struct sync_part *p = w->part;
	char id[UUID_SIZE], lead[2 * UUID_SIZE + 2];

	uuid_format(id, uuid_new());
	buf_str(&p->fresh, w->lead);
	buf_cstr(&p->fresh, id);
	buf_char(&p->fresh, '\t');
	mapping_copy_listing(&p->fresh, &row->head, raw, listing);
	p->n_fresh++;
	if (!listing->has_media)
		return;
	snprintf(lead, sizeof lead, STR_FMT "\t%s\t", STR_ARG(w->workspace_id), id);
	mapping_copy_media_under(&p->fresh_media, str_of(lead), listing);
	p->n_fresh_media += (int64_t)listing->media_n;
}

static void add_changed(struct sync_encode *w, const struct sync_row *row, struct str raw,
	struct listing_row *listing)
{
	struct sync_part *p = w->part;

	if (listing->has_media && is_media(row->known_media, listing->media_hash))
		listing->has_media = false;
	mapping_copy_listing(&p->changed, &row->head, raw, listing);
	p->n_changed++;
	p->n_back += row->is_back;
	if (!listing->has_media)
		return;
	mapping_copy_media(&p->changed_media, &row->head, listing);
	p->n_changed_media += (int64_t)listing->media_n;
}

/* A name that is written twice may say two things: what the row was looked up by counts, and a row that says another one is none. */
static const char *check_key(const struct sync_row *row, const struct listing_row *listing)
{
	return str_eq(row->head.key, listing->values[LISTING_SOURCE_LISTING_KEY].s)
		? NULL
		: "its key is written in two ways";
}

static void encode(struct sync_encode *w, struct sync_row *row, struct arena *a, struct buf *raw)
{
	struct buf text = sync_part_text(w->part, row);
	struct err e = {.arena = a};
	struct listing_row *listing = arena_alloc(a, sizeof *listing);
	/* The key lies in the text, which is about to be scrambled. */
	row->head.key = str_copy(w->part->arena, row->head.key);
	const struct json *payload = json_parse_insitu(a, &text, &e);

	if (payload) {
		mapping_apply(row->mapping, a, payload, listing);
		row->problem = check_key(row, listing);
	} else {
		row->problem = str_cstr(w->part->arena, str_of(e.msg));
	}
	if (row->problem) {
		row->fate = SYNC_ROW_OUT;
		w->part->n_bad++;
		log_warn("sync.bad_row", LOG_STR("listing_key", row->head.key),
			LOG_CSTR("why", row->problem));
		return;
	}
	buf_clear(raw);
	json_text_pg(raw, payload);
	if (listing->problems_n)
		keep_problems(w->part, row, listing, a);
	if (row->fate == SYNC_ROW_NEW)
		add_new(w, row, buf_view(raw), listing);
	else
		add_changed(w, row, buf_view(raw), listing);
}

void sync_encode_part(struct sync_encode *w)
{
	struct sync_part *p = w->part;
	struct arena *a = arena_new();
	struct buf raw;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->rows[i].fate == SYNC_ROW_NEW || p->rows[i].fate == SYNC_ROW_CHANGED;
	p->noted = n ? arena_array(p->arena, n, sizeof *p->noted) : NULL;
	buf_init(&raw, 0);
	for (size_t i = 0; i < p->n; i++) {
		struct sync_row *row = &p->rows[i];
		if (row->fate != SYNC_ROW_NEW && row->fate != SYNC_ROW_CHANGED)
			continue;
		encode(w, row, a, &raw);
		arena_reset(a);
	}
	buf_done(&raw);
	arena_free(a);
}
