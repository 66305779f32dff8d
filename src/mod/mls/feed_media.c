/* Photos as rows of their own: the resource Media of a plain server, asked for by the keys of listings. */
#include "mod/mls/feed_local.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "http/request.h"
#include "mod/mls/feed_model.h"
#include "mod/mls/gen_listing.h"

static bool is_selected(const struct feed *f, const struct feed_query *q, struct str name)
{
	const struct odata_resource *media = odata_model_resource(f->model, STR("Media"));
	const struct odata_field *field = odata_model_field(media, name);

	return field && q->media_fields[field->index];
}

static bool is_match(struct feed_job *job, struct gen_listing *l, int n)
{
	struct feed_photo photo = {job->arena, l, n};
	struct odata_row row = {&feed_model_photo, &photo};

	return odata_filter_holds(job->query.filter, &row, job->arena);
}

static void add_photo(struct feed_job *job, struct gen_listing *l, int n, struct buf *b)
{
	static const struct gen_view view = {.numbers = true};
	size_t start = b->len;
	struct jsonw w = jsonw_to(b);

	gen_photo_of(l, n, &view, b);
	if (!job->query.media_fields)
		return;
	const struct json *all =
		json_parse(job->arena, str_from(b->p + start, b->len - start), NULL);
	buf_truncate(b, start);
	jsonw_obj(&w);
	for (struct json_iter it = json_each(all); json_next(&it);) {
		if (!is_selected(job->feed, &job->query, it.key))
			continue;
		jsonw_key_str(&w, it.key);
		jsonw_json(&w, it.value);
	}
	jsonw_obj_end(&w);
}

/* The page's photos; answers how many there are in all. */
static int64_t add_photos(struct feed_job *job, const uint32_t *slots, size_t n, struct buf *b)
{
	struct gen_listing *l = arena_alloc(job->arena, sizeof(*l));
	int64_t at = 0, from = job->query.skip, end = from + job->query.top;

	for (size_t i = 0; i < n; i++) {
		gen_look(job->feed->gen, slots[i], l);
		for (int k = 1; k <= l->photos; k++) {
			if (!is_match(job, l, k) || at++ < from || at > end)
				continue;
			if (at > from + 1)
				buf_char(b, ',');
			add_photo(job, l, k, b);
		}
	}
	return at;
}

static struct str next_link(struct feed_job *job)
{
	struct buf b;

	buf_init(&b, 0);
	buf_printf(&b, STR_FMT "/Media", STR_ARG(job->base));
	feed_query_link(job->arena, &b, &job->query, NULL, job->query.skip + job->query.top);
	struct str link = str_copy(job->arena, buf_view(&b));
	buf_done(&b);
	return link;
}

static void answer(struct feed_job *job, const uint32_t *slots, size_t n)
{
	const struct feed_query *q = &job->query;
	struct buf b;
	int64_t all;

	buf_init(&b, 0);
	buf_printf(&b, "{\"@odata.context\":\"" STR_FMT "/$metadata#Media\",\"value\":[",
		STR_ARG(job->base));
	all = add_photos(job, slots, n, &b);
	buf_char(&b, ']');
	if (q->count)
		buf_printf(&b, ",\"@odata.count\":%" PRId64, all);
	if (q->skip + q->top < all && (q->wants < 0 || q->wants > q->top)) {
		buf_cstr(&b, ",\"@odata.nextLink\":");
		json_quote(&b, next_link(job));
	}
	buf_cstr(&b, "}\n");
	struct str body = str_copy(job->arena, buf_view(&b));
	buf_done(&b);
	feed_answer_json(job->feed, job->req, body);
}

void feed_media_answer(struct feed_job *job)
{
	struct odata_fault fault = {.arena = job->arena};
	struct feed_rules rules = feed_rules_of(job->feed);
	uint32_t *slots;
	size_t n;

	if (feed_query_media(job->arena, job->req->query, &rules, &job->query, &fault))
		feed_answer_fault(job->feed, job->req, &fault);
	else if (!feed_select_named(job->feed, job->arena, job->query.filter, &slots, &n))
		feed_answer_error(job->feed, job->req, 400,
			"Media is asked for by listing: $filter=ResourceRecordKey in ('...')");
	else
		answer(job, slots, n);
}
