/* Moves the feed's time and switches faults, for tests and demonstrations. */
#include "mod/mls/feed_local.h"

#include "base/arena.h"
#include "base/clock.h"
#include "http/reply.h"
#include "http/request.h"

#define BODY_MAX 1024

/* "+36h": so much later than now; s, m, h or d. */
static bool parse_later(struct str text, int64_t *ret_us)
{
	static const struct {
		char letter;
		int64_t us;
	} units[] = {{'s', US_PER_SECOND}, {'m', 60 * US_PER_SECOND}, {'h', US_PER_DAY / 24},
		{'d', US_PER_DAY}};
	int64_t n;

	if (text.len < 3 || text.p[0] != '+' || !str_to_i64(str_sub(text, 1, text.len - 1), &n) ||
		n < 0 || n > 100000000)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (text.p[text.len - 1] == units[i].letter) {
			*ret_us = n * units[i].us;
			return true;
		}
	}
	return false;
}

static void say_state(struct feed *f, struct http_request *req)
{
	char text[CLOCK_ISO_SIZE];

	feed_answer_json(f, req,
		str_printf(req->arena,
			"{\"as_of\":\"%s\",\"rows\":%u,\"requests\":%u,\"tokens\":%u}\n",
			clock_format_iso(text, gen_as_of(f->gen)), gen_index_n(f->gen), f->requests,
			f->tokens.issued));
}

static void set_time(struct feed *f, struct http_request *req, struct str body)
{
	int64_t us, later;

	if (parse_later(body, &later))
		us = gen_as_of(f->gen) + later;
	else if (!clock_parse_iso(body, &us)) {
		feed_answer_error(f, req, 400,
			"as-of takes a time such as 2026-11-21T12:00:00Z, or a step such as +36h");
		return;
	}
	f->config.is_live = false;
	gen_set_as_of(f->gen, us);
	say_state(f, req);
}

static void set_faults(struct feed *f, struct http_request *req, struct str body)
{
	struct err e = {.arena = req->arena};

	if (feed_faults_parse(body, &f->faults, &e)) {
		feed_answer_error(f, req, 400, "%s", e.msg);
		return;
	}
	feed_apply_faults(f);
	say_state(f, req);
}

static void on_body(struct http_request *req, struct str body, const struct err *err, void *arg)
{
	struct feed *f = arg;

	if (err) {
		http_reply_err(req, err);
		return;
	}
	body = str_trim(body);
	if (str_eq(req->path, STR("/_control/as-of")))
		set_time(f, req, body);
	else
		set_faults(f, req, body);
}

static bool is_from_here(const struct http_request *req)
{
	return str_eq(req->remote, STR("127.0.0.1")) || str_eq(req->remote, STR("::1"));
}

void feed_control(struct feed *f, struct http_request *req)
{
	bool known = str_eq(req->path, STR("/_control/as-of")) ||
		str_eq(req->path, STR("/_control/faults"));

	if (!is_from_here(req))
		feed_answer_error(f, req, 403, "The control answers on this machine only");
	else if (!known)
		feed_answer_error(f, req, 404, "There is /_control/as-of and /_control/faults");
	else if (!str_eq(req->method, STR("POST")))
		say_state(f, req);
	else
		http_read_body(req, BODY_MAX, on_body, f);
}
