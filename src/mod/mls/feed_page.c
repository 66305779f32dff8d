/* A page of listings as it is written: in a fiber of its own, as fast as the client reads. */
#include "mod/mls/feed_local.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "http/reply.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "mod/mls/gen_listing.h"

static struct str link_of(struct feed_job *job, const struct feed_page *page)
{
	struct buf b;
	int64_t skip = job->query.skip + (int64_t)page->n;

	if (!page->has_next || (!job->query.is_replication && skip >= FEED_DEPTH))
		return STR_NULL;
	buf_init(&b, 0);
	buf_str(&b, job->base);
	buf_cstr(&b, job->query.is_replication ? "/Property/replication" : "/Property");
	feed_query_link(&b, &job->query, &page->last, skip);
	struct str link = str_copy(job->arena, buf_view(&b));
	buf_done(&b);
	return link;
}

static void begin(struct feed_job *job, const struct feed_page *page, struct str link,
	struct buf *b)
{
	struct feed *f = job->feed;
	unsigned links = job->query.is_replication ? f->config.links : FEED_LINK_BODY;

	feed_answer_headers(f, job->req);
	http_reply_header(job->req, "Content-Type", STR("application/json;odata.metadata=minimal"));
	if (link.p && links & FEED_LINK_NEXT)
		http_reply_header(job->req, "next", link);
	if (link.p && links & FEED_LINK_LINK)
		http_reply_header(job->req, "Link",
			str_printf(job->arena, "<" STR_FMT ">; rel=\"next\"", STR_ARG(link)));
	http_reply_begin(job->req, 200);
	buf_cstr(b, "{\"@odata.context\":");
	json_quote(b, str_printf(job->arena, STR_FMT "/$metadata#Property", STR_ARG(job->base)));
	if (page->total >= 0)
		buf_printf(b, ",\"@odata.count\":%" PRId64, page->total);
	buf_cstr(b, ",\"value\":[");
}

static void finish(struct feed_job *job, struct str link, struct buf *b)
{
	unsigned links = job->query.is_replication ? job->feed->config.links : FEED_LINK_BODY;

	buf_cstr(b, "]");
	if (link.p && links & FEED_LINK_BODY) {
		buf_cstr(b, ",\"@odata.nextLink\":");
		json_quote(b, link);
	}
	buf_cstr(b, "}\n");
}

static void on_drain(struct http_request *req, void *arg)
{
	struct feed_job *job = arg;

	(void)req;
	job->is_full = false;
	fiber_wake(job->fiber);
}

/* Sends what is in b and waits until the client has read most of it. E_CANCEL: the feed stops. */
static int send_piece(struct feed_job *job, struct buf *b)
{
	if (job->due.is[FAULT_SLOW] && fiber_sleep_ms(FEED_SLOW_MS))
		return E_CANCEL;
	job->is_full = !http_reply_write(job->req, buf_view(b));
	buf_clear(b);
	while (job->is_full)
		if (fiber_park())
			return E_CANCEL;
	return 0;
}

static int send_rows(struct feed_job *job, const struct feed_page *page, struct buf *b)
{
	struct gen_view view = {
		.fields = job->query.fields,
		.id_base = str_printf(job->arena, STR_FMT "/Property", STR_ARG(job->base)),
		.odd_types = job->due.is[FAULT_WRONG_TYPES],
		.odd_fields = job->due.is[FAULT_UNKNOWN_FIELDS],
	};
	bool stops = job->due.is[FAULT_TRUNCATED] || job->due.is[FAULT_DISCONNECT];
	struct gen_listing *l = arena_alloc(job->arena, sizeof(*l));

	for (size_t i = 0; i < page->n && !http_is_gone(job->req); i++) {
		if (i)
			buf_char(b, ',');
		gen_look_at(job->feed->gen, page->slots[i], page->as_of_us, l);
		gen_row_of(l, &view, b);
		if (stops && i >= page->n / 2) {
			buf_truncate(b, b->len - 40);
			return send_piece(job, b);
		}
		if (b->len >= HTTP_REPLY_MARK && send_piece(job, b))
			return E_CANCEL;
	}
	return 0;
}

/* The page's last bytes, unless a fault ends it before. */
static void end(struct feed_job *job, struct str link, struct buf *b)
{
	if (job->due.is[FAULT_DISCONNECT]) {
		http_drop(job->req);
		return;
	}
	if (!job->due.is[FAULT_TRUNCATED]) {
		finish(job, link, b);
		job->is_full = !http_reply_write(job->req, buf_view(b));
	}
	http_reply_end(job->req);
}

/* What faults make of a page before it is sent. */
static void spoil(struct feed_job *job, struct feed_page *page)
{
	if (job->due.is[FAULT_EMPTY_PAGE]) {
		page->n = 0;
		page->has_next = false;
	}
}

static void write_page(void *arg)
{
	struct feed_job *job = arg;
	struct feed *f = job->feed;
	struct feed_page page;
	struct buf b;

	job->fiber = fiber_current();
	buf_init(&b, 0);
	if (job->query.is_replication) {
		struct feed_cursor began = job->query.cursor;
		if (job->due.is[FAULT_REPEATED_PAGE])
			job->query.cursor = f->page_before;
		f->page_before = began;
	}
	feed_select(f, job->arena, &job->query, &page);
	spoil(job, &page);
	struct str link = link_of(job, &page);
	begin(job, &page, link, &b);
	if (send_rows(job, &page, &b))
		http_drop(job->req);
	else
		end(job, link, &b);
	buf_done(&b);
	feed_release(f); /* the job is gone with its request */
}

void feed_page_answer(struct feed_job *job)
{
	job->feed->pages++;
	http_reply_on_drain(job->req, on_drain, job);
	fiber_go(job->feed->loop, write_page, job);
}

void feed_page_single(struct feed_job *job, struct str key)
{
	struct gen_view view = {
		.fields = job->query.fields,
		.id_base = str_printf(job->arena, STR_FMT "/Property", STR_ARG(job->base)),
	};
	uint32_t slot;
	struct buf b;

	if (!gen_find(job->feed->gen, key, &slot)) {
		feed_answer_error(job->feed, job->req, 404, "NotFound",
			"There is no Property with the key '" STR_FMT "'", STR_ARG(key));
		return;
	}
	buf_init(&b, 0);
	gen_row(job->feed->gen, slot, &view, &b);
	struct str row = str_copy(job->arena, buf_view(&b));
	buf_done(&b);
	feed_answer_json(job->feed, job->req,
		str_printf(job->arena,
			"{\"@odata.context\":\"" STR_FMT "/$metadata#Property/$entity\",%.*s\n",
			STR_ARG(job->base), (int)row.len - 1, row.p + 1));
}
