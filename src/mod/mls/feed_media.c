/* Photos as rows of their own: the resource Media of a plain server, asked for by the keys of listings. */
#include "mod/mls/feed_local.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/mls/feed_filter.h"
#include "mod/mls/gen_listing.h"

struct media_query {
	const struct feed_filter *filter;
	struct str filter_text, select_text, access_token;
	int64_t skip, wants, page;
	bool count;
};

static const struct gen_field *find(struct str name)
{
	static const struct gen_field fields[] = {
		{.name = "ResourceRecordKey",
			.kind = GEN_TEXT,
			.at = offsetof(struct gen_listing, key)},
		{.name = "ResourceName",
			.kind = GEN_TEXT,
			.at = offsetof(struct gen_listing, resource)},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (str_eq(name, str_of(fields[i].name)))
			return &fields[i];
	return NULL;
}

/* That is how they come. */
static int take_order(struct str value, struct err *e)
{
	static const char *const known[] = {"ResourceRecordKey,Order",
		"ResourceRecordKey asc,Order asc", "Order", "Order asc", "ResourceRecordKey",
		"ResourceRecordKey asc"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_eq(value, str_of(known[i])))
			return 0;
	return err_set(e, E_INPUT, "$orderby: Media comes by ResourceRecordKey,Order here");
}

static int take_option(struct arena *a, const struct http_pair *p, struct media_query *q,
	struct err *e)
{
	struct str name = p->name, value = p->value;

	if (str_eq(name, STR("$filter"))) {
		q->filter_text = value;
		q->filter = feed_filter_parse(a, value, find, e);
		return e->code;
	}
	if (str_eq(name, STR("$select")))
		q->select_text = value;
	else if (str_eq(name, STR("$top")))
		return feed_query_number(name, value, INT64_MAX, &q->wants, e);
	else if (str_eq(name, STR("$skip")))
		return feed_query_number(name, value, INT64_MAX, &q->skip, e);
	else if (str_eq(name, STR("$count")))
		return feed_query_truth(name, value, &q->count, e);
	else if (str_eq(name, STR("$orderby")))
		return take_order(value, e);
	else if (str_eq(name, STR("access_token")))
		q->access_token = value;
	else if (str_starts(name, STR("$")))
		return err_set(e, E_INPUT, STR_FMT " is not served by this feed", STR_ARG(name));
	return 0;
}

static int parse(struct feed_job *job, struct media_query *q, struct err *e)
{
	struct http_pair pair;
	int n;

	for (struct str rest = job->req->query;
		(n = http_query_next(job->arena, &rest, &pair, e)) > 0;)
		if (take_option(job->arena, &pair, q, e))
			return e->code;
	return n < 0 ? e->code : 0;
}

static bool is_selected(struct str list, struct str name)
{
	for (struct str rest = list; rest.p;)
		if (str_eq(str_trim(str_cut(&rest, ',')), name))
			return true;
	return false;
}

static void add_photo(struct arena *a, const struct media_query *q, struct gen_listing *l, int n,
	struct buf *b)
{
	static const struct gen_view view = {.numbers = true};
	size_t start = b->len;
	struct jsonw w = jsonw_to(b);

	gen_photo_of(l, n, &view, b);
	if (!q->select_text.p)
		return;
	const struct json *all = json_parse(a, str_from(b->p + start, b->len - start), NULL);
	buf_truncate(b, start);
	jsonw_obj(&w);
	for (struct json_iter it = json_each(all); json_next(&it);) {
		if (!is_selected(q->select_text, it.key))
			continue;
		jsonw_key_str(&w, it.key);
		jsonw_json(&w, it.value);
	}
	jsonw_obj_end(&w);
}

/* Photos from number q->skip on; answers how many there are in all. */
static int64_t add_photos(struct feed_job *job, const struct media_query *q, const uint32_t *slots,
	size_t n, struct buf *b)
{
	struct gen_listing *l = arena_alloc(job->arena, sizeof(*l));
	int64_t at = 0, end = q->skip + (q->wants < q->page ? q->wants : q->page);

	for (size_t i = 0; i < n; i++) {
		gen_look(job->feed->gen, slots[i], l);
		for (int k = 1; k <= l->photos; k++, at++) {
			if (at < q->skip || at >= end)
				continue;
			if (at > q->skip)
				buf_char(b, ',');
			add_photo(job->arena, q, l, k, b);
		}
	}
	return at;
}

static void add(struct buf *b, const char *name, struct str value)
{
	if (value.p)
		http_url_add_query(b, str_of(name), value);
}

static struct str next_link(struct feed_job *job, const struct media_query *q)
{
	struct buf b;

	buf_init(&b, 0);
	buf_printf(&b, STR_FMT "/Media", STR_ARG(job->base));
	add(&b, "$filter", q->filter_text);
	add(&b, "$select", q->select_text);
	add(&b, "$skip", str_printf(job->arena, "%" PRId64, q->skip + q->page));
	if (q->wants < INT64_MAX)
		add(&b, "$top", str_printf(job->arena, "%" PRId64, q->wants - q->page));
	add(&b, "access_token", q->access_token);
	struct str link = str_copy(job->arena, buf_view(&b));
	buf_done(&b);
	return link;
}

static void answer(struct feed_job *job, const struct media_query *q, const uint32_t *slots,
	size_t n)
{
	struct buf b;
	int64_t all;

	buf_init(&b, 0);
	buf_printf(&b, "{\"@odata.context\":\"" STR_FMT "/$metadata#Media\",\"value\":[",
		STR_ARG(job->base));
	all = add_photos(job, q, slots, n, &b);
	buf_char(&b, ']');
	if (q->count)
		buf_printf(&b, ",\"@odata.count\":%" PRId64, all);
	if (q->wants > q->page && q->skip + q->page < all) {
		buf_cstr(&b, ",\"@odata.nextLink\":");
		json_quote(&b, next_link(job, q));
	}
	buf_cstr(&b, "}\n");
	struct str body = str_copy(job->arena, buf_view(&b));
	buf_done(&b);
	feed_answer_json(job->feed, job->req, body);
}

void feed_media_answer(struct feed_job *job)
{
	struct media_query q = {.wants = INT64_MAX, .page = job->feed->config.page_max};
	struct err e = {.arena = job->arena};
	uint32_t *slots;
	size_t n;

	if (parse(job, &q, &e))
		feed_answer_error(job->feed, job->req, 400, "BadRequest", "%s", e.msg);
	else if (!feed_select_named(job->feed, job->arena, q.filter, &slots, &n))
		feed_answer_error(job->feed, job->req, 400, "BadRequest",
			"Media is asked for by listing: $filter=ResourceRecordKey in ('...')");
	else
		answer(job, &q, slots, n);
}
