#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "db/result.h"
#include "db/session.h"

#define KEYS_MAX (64u << 20)

struct sync_page *sync_page_new(struct str url)
{
	struct arena *a = arena_new();
	struct sync_page *p = ARENA_NEW(a, struct sync_page);

	p->arena = a;
	p->err.arena = a;
	p->url = str_copy(a, url);
	p->total = -1;
	buf_init(&p->text, SYNC_PAGE_MAX);
	return p;
}

void sync_page_free(struct sync_page *p)
{
	if (!p)
		return;
	buf_done(&p->text);
	arena_free(p->arena);
}

struct sync_page *sync_page_failed(struct str url, enum err_code code, const char *sentence)
{
	struct sync_page *p = sync_page_new(url);

	err_set(&p->err, code, "%s", sentence);
	return p;
}

struct sync_page *sync_page_of_text(struct str text)
{
	struct sync_page *p = sync_page_new(STR(""));

	buf_str(&p->text, text);
	if (p->text.failed)
		err_set(&p->err, E_LIMIT, "it is larger than %u MB", SYNC_PAGE_MAX >> 20);
	else
		sync_page_parse(p);
	return p;
}

void sync_page_parse(struct sync_page *p)
{
	const struct json *root = json_parse_insitu(p->arena, &p->text, &p->err);
	const struct json *value = json_get(root, "value");

	if (!root) {
		err_prefix(&p->err, "the answer is no complete JSON");
		return;
	}
	if (json_type(root) != JSON_OBJECT ||
		(json_type(value) != JSON_ABSENT && json_type(value) != JSON_ARRAY)) {
		err_set(&p->err, E_UPSTREAM,
			"the answer is JSON, but neither an object with an array `value` nor a listing");
		return;
	}
	p->rows = value ? value : root;
	p->rows_n = value ? json_len(value) : 1;
	json_to_i64(json_get(root, "@odata.count"), &p->total);
	if (!p->next.p)
		json_to_str(json_get(root, "@odata.nextLink"), &p->next);
}

/* One row of the page on its way. */
struct row {
	const struct json *payload;
	struct listing_head head;
	bool is_doubled; /* the key comes again later in the page: that one counts */
	struct str known_hash, known_media; /* of the table, in hex; absent: the row is new */
	bool is_known;
};

struct page_work {
	struct sync *y;
	struct arena *a;
	struct row *rows;
	size_t n;
	struct buf raw;
	int64_t seen_us; /* greatest source timestamp */
};

static void take_row(struct page_work *w, const struct json *payload)
{
	struct row *row = &w->rows[w->n];
	struct err e = {.arena = w->a};

	*row = (struct row){.payload = payload};
	if (mapping_head(w->y->source.mapping, w->a, payload, &w->raw, &row->head, &e)) {
		w->y->stats.errors++;
		log_warn("sync.bad_row", LOG_STR("run_id", w->y->run_id), LOG_ERR(&e));
		return;
	}
	if (row->head.source_modified_at != LISTING_NULL &&
		row->head.source_modified_at > w->seen_us)
		w->seen_us = row->head.source_modified_at;
	w->n++;
}

static void take_rows(struct page_work *w, const struct sync_page *p)
{
	w->rows = arena_array(w->a, p->rows_n ? p->rows_n : 1, sizeof *w->rows);
	if (json_type(p->rows) == JSON_ARRAY)
		for (struct json_iter it = json_each(p->rows); json_next(&it);)
			take_row(w, it.value);
	else
		take_row(w, p->rows);
	w->y->stats.fetched += (int64_t)p->rows_n;
}

/* The keys as a text[] in its text form; every element quoted. */
static struct str keys_array(const struct page_work *w)
{
	struct buf b;

	buf_init(&b, KEYS_MAX);
	buf_char(&b, '{');
	for (size_t i = 0; i < w->n; i++) {
		buf_cstr(&b, i ? ",\"" : "\"");
		for (size_t c = 0; c < w->rows[i].head.key.len; c++) {
			char ch = w->rows[i].head.key.p[c];
			if (ch == '"' || ch == '\\')
				buf_char(&b, '\\');
			buf_char(&b, ch);
		}
		buf_char(&b, '"');
	}
	buf_char(&b, '}');
	struct str text = str_copy(w->a, buf_view(&b));
	buf_done(&b);
	return text;
}

/* What the table knows of the page's keys. A row taken down by the feed's silence is written again even when it is unchanged. */
static int look_up(struct page_work *w, struct err *e)
{
	struct db_param params[] = {db_str(w->y->o->workspace_id), db_str(w->y->source.provider),
		db_str(keys_array(w))};
	struct map *rows = map_new(w->a, w->n);
	struct result *r;

	for (size_t i = 0; i < w->n; i++) {
		struct row *before = map_put(rows, w->rows[i].head.key, &w->rows[i]);
		if (before)
			before->is_doubled = true;
	}
	if (session_exec(w->y->s, w->a,
		    "select source_listing_key, encode(content_hash, 'hex'), encode(media_hash, 'hex'), "
		    "is_active or deactivated_reason = 'manual' from mls.listings "
		    "where workspace_id = $1 and source_provider = $2 and source_listing_key = any ($3)",
		    3, params, &r, e))
		return e->code;
	for (int i = 0; i < result_rows(r); i++) {
		struct row *row = map_get(rows, result_text(r, i, 0));
		if (!row)
			continue;
		row->is_known = true;
		row->known_hash = result_bool(r, i, 3) ? result_text(r, i, 1) : STR_NULL;
		row->known_media = result_text(r, i, 2);
	}
	return 0;
}

static bool is_hash(struct str hex, struct hash_128 h)
{
	char text[HASH_128_HEX_SIZE];

	return str_eq(hex, str_of(hash_128_hex(text, h)));
}

static void encode_row(struct page_work *w, const struct row *row, struct sync_batch *b)
{
	struct listing_row listing;

	mapping_apply(w->y->source.mapping, w->a, row->payload, &listing);
	w->y->stats.corrected += listing.problems_n;
	for (unsigned i = 0; i < listing.problems_n && i < LISTING_PROBLEMS_MAX; i++)
		log_debug("sync.corrected", LOG_STR("listing_key", row->head.key),
			LOG_STR("why", mapping_problem_text(w->a, &listing.problems[i])));
	if (listing.has_media && is_hash(row->known_media, listing.media_hash))
		listing.has_media = false;
	mapping_copy_listing(b->listings, &row->head,
		str_from(w->raw.p + row->head.raw_at, row->head.raw_len), &listing);
	b->n++;
	if (!listing.has_media)
		return;
	mapping_copy_media(b->media, &row->head, &listing);
	b->n_media += (int64_t)listing.media_n;
}

static void encode_changed(struct page_work *w, struct sync_batch *b)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct row *row = &w->rows[i];
		if (row->is_doubled)
			continue;
		if (row->is_known && is_hash(row->known_hash, row->head.hash))
			w->y->stats.unchanged++;
		else
			encode_row(w, row, b);
	}
}

/* The cursor as it will be once this page is committed. Its seen never goes back, and an empty page says nothing about it. */
static void move_cursor(struct page_work *w, const struct sync_page *p)
{
	struct sync_cursor *c = &w->y->cursor;
	bool last = !p->next.p || !p->rows_n;
	char text[CLOCK_ISO_SIZE];
	int64_t known_us;

	if (w->seen_us != LISTING_NULL &&
		(!clock_parse_iso(c->seen, &known_us) || w->seen_us > known_us)) {
		c->seen = str_copy(w->y->arena, str_of(clock_format_iso(text, w->seen_us)));
	}
	c->next = last ? STR_NULL : str_copy(w->y->arena, p->next);
	if (last)
		c->complete = true;
	w->y->stats.pages++;
}

static int load(struct page_work *w, const struct sync_page *p, struct err *e)
{
	struct buf listings, media;
	struct sync_batch b = {.listings = &listings, .media = &media};

	buf_init(&listings, 0);
	buf_init(&media, 0);
	take_rows(w, p);
	int code = session_begin(w->y->s, e);
	if (!code)
		code = look_up(w, e);
	if (!code) {
		encode_changed(w, &b);
		move_cursor(w, p);
		code = sync_load_batch(w->y, &b, w->a, e);
	}
	if (!code)
		code = sync_run_page(w->y, w->a, e);
	if (!code)
		code = session_commit(w->y->s, e);
	buf_done(&media);
	buf_done(&listings);
	return code;
}

int sync_page_load(struct sync *y, struct sync_page *p, struct err *e)
{
	struct sync_stats before = y->stats;
	struct page_work w = {.y = y, .a = p->arena, .seen_us = LISTING_NULL};

	buf_init(&w.raw, 0);
	int code = load(&w, p, e);
	buf_done(&w.raw);
	if (code) /* rolled back: nothing of this page counts */
		y->stats = before;
	return code;
}
