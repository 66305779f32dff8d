/* A page of listings as it is written: in a fiber of its own, as fast as the client reads. */
#include "mod/mls/feed_local.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "http/reply.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "mod/mls/gen_listing.h"

static struct str link_of(struct feed_job *job, const struct feed_page *page)
{
	const struct feed_query *q = &job->query;
	struct buf b;
	int64_t skip = q->skip + (int64_t)page->n;
	bool loops = job->due.is[FAULT_NEXT_LOOP] && page->n;

	if (!loops && (!page->has_next || (!q->rules.is_reso && !q->is_walk && skip >= FEED_DEPTH)))
		return STR_NULL;
	buf_init(&b, 0);
	buf_str(&b,
		job->due.is[FAULT_OTHER_HOST] ? STR("http://elsewhere.invalid/odata") : job->base);
	buf_cstr(&b, q->rules.is_replication ? "/Property/replication" : "/Property");
	feed_query_link(job->arena, &b, q, loops ? &(struct feed_cursor){0} : &page->last,
		loops ? 0 : skip);
	struct str link = str_copy(job->arena, buf_view(&b));
	buf_done(&b);
	return link;
}

/* Where a page says what follows it. */
static unsigned links_of(const struct feed_job *job)
{
	return job->query.rules.is_replication ? job->feed->config.links : FEED_LINK_BODY;
}

static void begin(struct feed_job *job, const struct feed_page *page, struct str link,
	struct buf *b)
{
	struct feed *f = job->feed;
	unsigned links = links_of(job);

	feed_answer_headers(f, job->req);
	if (job->query.rules.prefers)
		http_reply_header(job->req, "Preference-Applied",
			str_printf(job->arena, "odata.maxpagesize=%" PRId64,
				job->query.rules.prefers));
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
	buf_cstr(b, "]");
	if (link.p && links_of(job) & FEED_LINK_BODY) {
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

static struct gen_view view_of(const struct feed_job *job)
{
	return (struct gen_view){
		.fields = job->query.fields,
		.id_base = str_printf(job->arena, STR_FMT "/Property", STR_ARG(job->base)),
		.numbers = job->query.rules.is_reso,
		.odd_types = job->due.is[FAULT_WRONG_TYPES],
		.odd_fields = job->due.is[FAULT_UNKNOWN_FIELDS],
	};
}

/* Makes the row that b ends with one of 40 MB. */
static int send_huge(struct feed_job *job, struct buf *b)
{
	buf_truncate(b, b->len - 1);
	buf_cstr(b, ",\"DEMO_Huge\":\"");
	for (size_t n = 0; n < FEED_HUGE; n += HTTP_REPLY_MARK) {
		memset(buf_reserve(b, HTTP_REPLY_MARK), 'x', HTTP_REPLY_MARK);
		buf_commit(b, HTTP_REPLY_MARK);
		if (send_piece(job, b))
			return E_CANCEL;
	}
	buf_cstr(b, "\"}");
	return 0;
}

/* The row that is about to come, with another price: who takes the first of two is wrong. */
static void add_double(const struct gen_view *view, struct gen_listing *l, struct buf *b)
{
	l->list_price += 1111;
	gen_row_of(l, view, b);
	l->list_price -= 1111;
	buf_char(b, ',');
}

static int send_rows(struct feed_job *job, const struct feed_page *page, struct buf *b)
{
	const struct gen_view view = view_of(job);
	bool stops = job->due.is[FAULT_TRUNCATED] || job->due.is[FAULT_DISCONNECT];
	struct gen_listing *l = arena_alloc(job->arena, sizeof(*l));

	for (size_t i = 0; i < page->n && !http_is_gone(job->req); i++) {
		if (i)
			buf_char(b, ',');
		gen_look_at(job->feed->gen, page->slots[i], page->as_of_us, l);
		if (job->due.is[FAULT_DUPLICATES] && i % 7 == 3)
			add_double(&view, l, b);
		gen_row_of(l, &view, b);
		if (job->due.is[FAULT_HUGE_ROW] && i == 0 && send_huge(job, b))
			return E_CANCEL;
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
	if (job->due.is[FAULT_EMPTY_PAGE] || job->due.is[FAULT_HALF_SWEEP]) {
		page->n = job->due.is[FAULT_EMPTY_PAGE] ? 0 : page->n / 2;
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
	if (job->due.is[FAULT_SLOW_START] && fiber_sleep_ms(FEED_SLOW_START_MS)) {
		http_drop(job->req);
		feed_release(f);
		return;
	}
	if (job->query.is_walk) {
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
	const struct gen_view view = view_of(job);
	uint32_t slot;
	struct buf b;

	if (!gen_find(job->feed->gen, key, &slot)) {
		feed_answer_error(job->feed, job->req, 404,
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
