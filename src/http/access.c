#include "http/access.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/server_local.h"

const int64_t http_latency_us[HTTP_LATENCY_BUCKETS - 1] = {250, 500, 1000, 2500, 5000, 10000, 25000,
	100000, 500000, 2500000, 10000000};

static void count(struct http_counters *c, int class, int64_t took_us)
{
	size_t bucket = 0;

	while (bucket < HTTP_LATENCY_BUCKETS - 1 && took_us > http_latency_us[bucket])
		bucket++;
	c->latency[bucket]++;
	c->latency_sum_us += (uint64_t)took_us;
	c->requests++;
	c->by_class[class]++;
}

static enum log_level level_of(int status)
{
	if (status == 503)
		return LOG_LEVEL_WARN;
	if (status == 501 || status == 505) /* the client's fault, for all that */
		return LOG_LEVEL_INFO;
	return status >= 500 ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO;
}

void http_access_note(const struct http_exchange *x, bool is_sent)
{
	const struct http_answer *a = &x->answer;
	struct http_server *s = x->server;
	int64_t took_us = x->start_us ? mono_us() - x->start_us : 0;
	bool was_read = a->status || x->req.method.p; /* not a head that never came */
	int outcome = a->fault ? a->fault : a->status;
	enum log_level level = level_of(outcome);
	struct log_field tail[3] = {LOG_END, LOG_END, LOG_END};
	size_t n = 0;
	bool was_answered = is_sent || (a->fault && a->cut);

	if (!was_read)
		return;
	count(&s->counters, was_answered ? outcome / 100 : 0, took_us);
	if (!log_is_on(level) || (s->opt.quiet && level == LOG_LEVEL_INFO) ||
		outcome < s->opt.access_from)
		return;
	if (!was_answered)
		tail[n++] = LOG_BOOL("gone", true);
	if (a->code) {
		tail[n++] = LOG_CSTR("error", a->code);
		tail[n++] = LOG_CSTR("message", a->words);
	}
	log_line(level, "http.request", LOG_REQUEST(x->req.id), LOG_STR("method", x->req.method),
		LOG_STR("path", x->req.path), LOG_INT("status", a->status),
		LOG_INT("bytes", a->sent), LOG_US("took_us", took_us),
		LOG_STR("remote", x->req.remote), tail[0], tail[1], tail[2], LOG_END);
}
