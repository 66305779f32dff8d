/* Media that are a resource of their own: asked for by the keys of a part's rows, and put into each row as its member Media, where every
 * mapping looks for them, and where they count for the row's hash. */
#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/map.h"
#include "loop/fiber.h"

#define URL_REST 200
#define PAGES_MAX 2000 /* of one request; links that go round end here */
#define GROUP_MAX 200

struct gather {
	struct sync *y;
	struct arena *arena;
	struct map *found; /* key -> struct buf: elements with commas between */
	int *ret_status;
};

static void drop_buf(void *b)
{
	buf_done(b);
}

static void keep(struct gather *g, const struct json *medium)
{
	struct str key = json_scalar(json_get(medium, "ResourceRecordKey"));
	struct buf *b = key.p ? map_get(g->found, key) : NULL;

	if (!b)
		return;
	if (b->len)
		buf_char(b, ',');
	json_text(b, medium);
}

static int fetch_pages(struct gather *g, struct str url, struct err *e)
{
	int pages = 0;

	while (url.p && !e->code) {
		struct arena *a = arena_new();
		struct err why = {.arena = a};
		const struct http_result *r;
		struct str in_body = STR_NULL, next;
		const struct json *root = sync_fetch_json(g->y, a, url, &r, g->ret_status, &why);
		if (!root) {
			err_set(e, why.code, "the media: %s", why.msg);
		} else if (++pages > PAGES_MAX) {
			err_set(e, E_UPSTREAM, "the media: the feed's next links do not end");
		} else {
			for (struct json_iter it = json_each(json_get(root, "value"));
				json_next(&it);)
				keep(g, it.value);
			json_to_str(json_get(root, "@odata.nextLink"), &in_body);
			next = sync_answer_link(a, g->y->source, r, in_body);
			if (!json_len(json_get(root, "value")) || str_eq(next, url))
				next = STR_NULL;
			url = str_copy(g->arena, next);
		}
		arena_free(a);
	}
	return e->code;
}

static int fetch_group(struct gather *g, const struct str *keys, size_t n, struct err *e)
{
	struct str options = STR_JOIN(g->arena, STR("$filter="),
		enc_percent(g->arena,
			sync_url_in(g->y, g->arena, STR("ResourceRecordKey"), keys, n)),
		STR("&$orderby=ResourceRecordKey,Order"));

	return fetch_pages(g, source_url(g->y->source, g->arena, "Media", options), e);
}

static int fetch_all(struct gather *g, const struct str *keys, size_t n, struct err *e)
{
	size_t most = (size_t)g->y->source->settings.url_max;

	for (size_t at = 0, from = 0; at < n; from = at) {
		size_t len = g->y->source->root.len + URL_REST;
		for (; at < n && at - from < GROUP_MAX; at++) {
			len += 3 * keys[at].len / 2 + 12;
			if (len > most && at > from)
				break;
		}
		if (fetch_group(g, keys + from, at - from, e))
			return e->code;
	}
	return 0;
}

/* The object's text without its brace, then the media. */
static void add_row(struct sync_part *to, const struct sync_part *from, const struct sync_row *row,
	const struct buf *media)
{
	size_t at = to->text.len, len = row->len;
	const char *p = from->text.p + row->at;

	if (media) {
		buf_add(&to->text, p, len - 1);
		buf_cstr(&to->text, ",\"Media\":[");
		buf_str(&to->text, buf_view(media));
		buf_cstr(&to->text, "]}");
	} else {
		buf_add(&to->text, p, len);
	}
	sync_part_add(to, at, to->text.len - at);
}

struct again {
	struct sync_part *part;
	struct sync *y;
};

static void read_again(void *arg)
{
	struct again *w = arg;

	sync_part_read(w->part, w->y->mapping, &w->y->fields);
}

/* The part with media in its rows, instead of the one without. */
static struct sync_part *join(struct gather *g, struct sync_part *p)
{
	struct sync_part *to = sync_part_new(p->kind);

	to->skipped = p->skipped;
	to->total = p->total;
	to->next = str_copy(to->arena, p->next);
	for (size_t i = 0; i < p->n; i++) {
		const struct sync_row *row = &p->rows[i];
		add_row(to, p, row, row->problem ? NULL : map_get(g->found, row->head.key));
	}
	struct again w = {to, g->y};
	fiber_work(read_again, &w);
	return to;
}

int sync_media_add(struct sync *y, struct sync_part **part, int *ret_status, struct err *e)
{
	struct arena *a = arena_new();
	struct sync_part *p = *part;
	struct gather g = {y, a, map_new(a, p->n), ret_status};
	struct str *keys = arena_array(a, p->n + 1, sizeof *keys);
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->rows[i].problem || map_has(g.found, p->rows[i].head.key))
			continue;
		struct buf *b = ARENA_NEW(a, struct buf);
		buf_init(b, SYNC_ROW_MAX);
		arena_defer(a, drop_buf, b);
		keys[n++] = p->rows[i].head.key;
		map_put(g.found, p->rows[i].head.key, b);
	}
	int code = fetch_all(&g, keys, n, e);
	if (!code) {
		*part = join(&g, p);
		sync_part_free(p);
	}
	arena_free(a);
	return code;
}
