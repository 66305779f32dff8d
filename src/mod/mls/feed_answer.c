#include "mod/mls/feed_local.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/reply.h"
#include "http/request.h"

static struct str reset_text(struct feed *f, struct arena *a, const struct feed_window *w)
{
	int64_t us = w->ends_us + (feed_faults_on(&f->faults, FAULT_SKEW) ? FEED_SKEW_US : 0);

	if (feed_faults_on(&f->faults, FAULT_RESET_EPOCH))
		return str_printf(a, "%" PRId64, us / US_PER_SECOND);
	return str_of(clock_format_iso(arena_alloc(a, CLOCK_ISO_SIZE), us));
}

static void add_window(struct feed *f, struct http_request *req, const struct feed_window *w,
	const char *limit, const char *remaining, const char *reset)
{

	http_reply_header(req, limit, str_printf(req->arena, "%" PRId64, w->limit));
	http_reply_header(req, remaining, str_printf(req->arena, "%" PRId64, feed_window_left(w)));
	http_reply_header(req, reset, reset_text(f, req->arena, w));
}

void feed_answer_headers(struct feed *f, struct http_request *req)
{
	char date[CLOCK_HTTP_SIZE];

	http_reply_header(req, "OData-Version", STR("4.0"));
	if (feed_faults_on(&f->faults, FAULT_SKEW))
		http_reply_header(req, "Date",
			str_of(clock_format_http(date, now_us() + FEED_SKEW_US)));
	add_window(f, req, &f->rate.hour, "Application-RateLimit-Limit",
		"Application-RateLimit-Remaining", "Application-RateLimit-Reset");
	add_window(f, req, &f->rate.minute, "Burst-RateLimit-Limit", "Burst-RateLimit-Remaining",
		"Burst-RateLimit-Reset");
}

void feed_answer_fault(struct feed *f, struct http_request *req, const struct odata_fault *fault)
{
	feed_answer_headers(f, req);
	http_reply(req, fault->status, "application/json", odata_fault_body(fault));
}

void feed_answer_error(struct feed *f, struct http_request *req, int status, const char *fmt, ...)
{
	struct odata_fault fault = {.arena = req->arena};
	va_list ap;

	va_start(ap, fmt);
	odata_fault_set(&fault, status, NULL, 0, "%s", arena_vprintf(req->arena, fmt, ap));
	va_end(ap);
	feed_answer_fault(f, req, &fault);
}

void feed_answer_json(struct feed *f, struct http_request *req, struct str body)
{
	feed_answer_headers(f, req);
	http_reply(req, 200, "application/json;odata.metadata=minimal", body);
}

void feed_answer_limit(struct feed *f, struct http_request *req, bool says_when)
{
	if (says_when && !feed_faults_on(&f->faults, FAULT_NO_RETRY_AFTER))
		http_reply_header(req, "Retry-After",
			str_printf(req->arena, "%" PRId64, feed_rate_wait_s(&f->rate, now_us())));
	feed_answer_error(f, req, 429, "Rate limit exceeded for this token");
}
