#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "db/session.h"
#include "model/array.h"
#include "model/mls/listing.h"

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
	struct str known_hash, known_mapping,
		known_media; /* of the table; absent: the row is new */
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

/* A row taken down by the feed's silence is written again even when it is unchanged. */
static void note_known(struct row *row, const struct mls_listing *l)
{
	bool stays = l->is_active.v || str_eq(l->deactivated_reason, STR("manual"));

	row->is_known = true;
	row->known_hash = stays ? l->content_hash : STR_NULL;
	row->known_mapping = l->mapping_hash;
	row->known_media = l->media_hash;
}

/* What the table knows of the page's keys. */
static int look_up(struct page_work *w, struct err *e)
{
	struct str *keys = arena_array(w->a, w->n, sizeof *keys);
	struct map *rows = map_new(w->a, w->n);
	struct mls_listing_list known;
	struct result *r;

	for (size_t i = 0; i < w->n; i++) {
		keys[i] = w->rows[i].head.key;
		struct row *before = map_put(rows, keys[i], &w->rows[i]);
		if (before)
			before->is_doubled = true;
	}
	/* Not kept prepared: a plan made for the empty table of the first page would read all of it for every later one. */
	struct db_param params[] = {db_str(w->y->o->workspace_id), db_str(w->y->source.provider),
		db_str(model_array_join(w->a, w->n, keys))};
	if (session_exec(w->y->s, w->a,
		    "select source_listing_key, content_hash, mapping_hash, media_hash, is_active, deactivated_reason "
		    "from mls.listings "
		    "where workspace_id = $1 and source_provider = $2 and source_listing_key = any ($3::text[])",
		    3, params, &r, e) ||
		mls_listing_read(r, w->a, &known, e))
		return e->code;
	for (size_t i = 0; i < known.n; i++) {
		struct row *row = map_get(rows, known.row[i].source_listing_key);
		if (row)
			note_known(row, &known.row[i]);
	}
	return 0;
}

static bool is_hash(struct str stored, struct hash_128 h)
{
	char hex[HASH_128_HEX_SIZE];
	unsigned char bytes[sizeof h];

	return enc_hex_read(str_of(hash_128_hex(hex, h)), bytes) &&
		str_eq(stored, str_from(bytes, sizeof bytes));
}

/* The row's columns, with what could not be typed counted. */
static void apply(struct page_work *w, const struct row *row, struct listing_row *ret_listing)
{
	mapping_apply(w->y->source.mapping, w->a, row->payload, ret_listing);
	w->y->stats.corrected += ret_listing->problems_n;
	for (unsigned i = 0; i < ret_listing->problems_n && i < LISTING_PROBLEMS_MAX; i++)
		log_debug("sync.corrected", LOG_STR("listing_key", row->head.key),
			LOG_STR("why", mapping_problem_text(w->a, &ret_listing->problems[i])));
}

static struct str raw_of(const struct page_work *w, const struct row *row)
{
	return str_from(w->raw.p + row->head.raw_at, row->head.raw_len);
}

static bool is_new(const struct row *row)
{
	return !row->is_known && !row->is_doubled;
}

static int load_new(struct page_work *w, struct err *e)
{
	struct sync_new fresh;
	size_t first = 0;

	while (first < w->n && !is_new(&w->rows[first]))
		first++;
	if (first == w->n)
		return 0;
	int code = sync_new_begin(&fresh, w->y, w->a, e);
	for (size_t i = first; !code && i < w->n; i++) {
		struct listing_row listing;
		const struct row *row = &w->rows[i];
		if (!is_new(row))
			continue;
		apply(w, row, &listing);
		code = sync_new_add(&fresh, &row->head, raw_of(w, row), &listing, e);
	}
	return sync_new_end(&fresh, code, e);
}

static void encode_row(struct page_work *w, const struct row *row, struct sync_batch *b)
{
	struct listing_row listing;

	apply(w, row, &listing);
	if (listing.has_media && is_hash(row->known_media, listing.media_hash))
		listing.has_media = false;
	mapping_copy_listing(b->listings, &row->head, raw_of(w, row), &listing);
	b->n++;
	if (!listing.has_media)
		return;
	mapping_copy_media(b->media, &row->head, &listing);
	b->n_media += (int64_t)listing.media_n;
}

/* Neither the payload nor the mapping is another one than the row was made with. */
static bool is_unchanged(const struct page_work *w, const struct row *row)
{
	return is_hash(row->known_hash, row->head.hash) &&
		is_hash(row->known_mapping, mapping_hash(w->y->source.mapping));
}

static void encode_changed(struct page_work *w, struct sync_batch *b)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct row *row = &w->rows[i];
		if (row->is_doubled || !row->is_known)
			continue;
		if (is_unchanged(w, row))
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
	if (!code)
		code = load_new(w, e);
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
