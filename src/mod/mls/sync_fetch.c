#include "mod/mls/sync_local.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/log.h"
#include "http/client.h"
#include "loop/fiber.h"

#define TIMEOUT_MS 120000
#define TRIES 5       /* of a request that fails for reasons which may pass */
#define RATE_TRIES 12 /* of a request that came too early */
#define PAUSE_MS 250  /* before the second try; doubles */
#define RATE_PAUSE_MS 5000
#define RATE_PAUSE_MAX_MS 900000

/* Increments look back a little: feeds are not strictly ordered, and what comes again changes nothing. */
static struct str since_text(const struct sync *y)
{
	char text[CLOCK_ISO_SIZE];
	int64_t seen_us;

	if (!clock_parse_iso(y->cursor.seen, &seen_us))
		return STR_NULL;
	return str_copy(y->arena,
		str_of(clock_format_iso(text, (seen_us - SYNC_OVERLAP_US) / 1000000 * 1000000)));
}

/* The dataset's Property resource with what limits this pass to changes since the cursor; "?" or "&" is to follow. */
static struct str scope_of(const struct sync *y, const char *resource, struct str *ret_filter)
{
	struct str base = y->source.base_url, since = since_text(y);

	while (str_ends(base, STR("/")))
		base.len--;
	*ret_filter = STR("");
	if (y->cursor.complete && since.p) {
		struct str filter = str_printf(y->arena, "BridgeModificationTimestamp ge " STR_FMT,
			STR_ARG(since));
		*ret_filter = str_printf(y->arena, "&$filter=" STR_FMT,
			STR_ARG(enc_percent(y->arena, filter)));
	}
	return str_printf(y->arena, STR_FMT "/" STR_FMT "/%s", STR_ARG(base),
		STR_ARG(enc_percent(y->arena, y->source.dataset)), resource);
}

struct str sync_fetch_first_url(const struct sync *y)
{
	int size = y->o->page_size ? y->o->page_size : SYNC_PAGE_SIZE;
	struct str filter, resource;

	if (y->cursor.next.p)
		return y->cursor.next;
	resource = scope_of(y, "Property/replication", &filter);
	return str_printf(y->arena, STR_FMT "?$top=%d" STR_FMT, STR_ARG(resource), size,
		STR_ARG(filter));
}

static int take_piece(struct str piece, void *arg)
{
	struct sync_page *p = arg;

	buf_str(&p->text, piece);
	return p->text.failed;
}

/* The scheme and host of a URL with the slash after it: a next link that leads elsewhere does not get our token. */
static struct str origin_of(struct str url)
{
	ptrdiff_t host = str_find(url, STR("://"));
	ptrdiff_t path =
		host < 0 ? -1 : str_find_char(str_sub(url, (size_t)host + 3, url.len), '/');

	return path < 0 ? url : str_sub(url, 0, (size_t)host + 3 + (size_t)path + 1);
}

/* Vendors put the next link into a header "next", into "Link", or into the body. */
static struct str next_from_headers(struct arena *a, const struct http_result *r)
{
	struct str next = http_result_header(r, "next");

	if (next.p)
		return str_copy(a, next);
	for (struct str rest = http_result_header(r, "link"); rest.p;) {
		struct str link = str_trim(str_cut(&rest, ','));
		ptrdiff_t end = str_find_char(link, '>');
		if (str_starts(link, STR("<")) && end > 0 &&
			str_find(link, STR("rel=\"next\"")) >= 0)
			return str_copy(a, str_sub(link, 1, (size_t)end));
	}
	return STR_NULL;
}

/* What the feed says of its error, shortened: it may be anything. */
static struct str words_of_feed(struct arena *a, struct str body)
{
	struct err ignored = {.arena = a};
	struct str words = STR_NULL;
	const struct json *v = body.len ? json_parse(a, body, &ignored) : NULL;
	const struct json *error = json_get(v, "error");

	if (!json_to_str(json_get(error, "message"), &words) &&
		!json_to_str(json_get(v, "message"), &words))
		return STR("");
	words.len = str_utf8_prefix(str_sub(words, 0, 200));
	return str_printf(a, ": " STR_FMT, STR_ARG(words));
}

static void say_status(struct sync_page *p, const struct http_result *r)
{
	struct str words = words_of_feed(p->arena, r->body);

	p->status = r->status;
	if (r->status == 401)
		err_set(&p->err, E_LOGIN, "the feed refused the token (401)" STR_FMT,
			STR_ARG(words));
	else if (r->status == 403)
		err_set(&p->err, E_RIGHT,
			"the feed does not allow replication with this token (403)" STR_FMT,
			STR_ARG(words));
	else if (r->status == 404)
		err_set(&p->err, E_ABSENT, "the feed knows no such dataset (404)" STR_FMT,
			STR_ARG(words));
	else if (r->status == 429)
		err_set(&p->err, E_RATE, "the feed's rate limit did not end in time (429)" STR_FMT,
			STR_ARG(words));
	else
		err_set(&p->err, E_UPSTREAM, "the feed answered %d" STR_FMT, r->status,
			STR_ARG(words));
}

static const struct http_result *request(const struct sync *y, struct sync_page *p)
{
	struct http_fetch_header headers[] = {
		{"Authorization",
			str_printf(p->arena, "Bearer " STR_FMT, STR_ARG(y->source.token))},
		{"Accept", STR("application/json")},
	};
	struct http_fetch fetch = {.url = str_cstr(p->arena, p->url),
		.headers = headers,
		.n_headers = 2,
		.timeout_ms = TIMEOUT_MS,
		.max_body_bytes = SYNC_PAGE_MAX,
		.gzip = true,
		.sink = take_piece,
		.sink_arg = p};

	buf_clear(&p->text);
	return http_fetch_wait(y->o->http, p->arena, &fetch);
}

/* When the budget that is used up comes back (facts: Application- and Burst-RateLimit-Reset); -1 unknown. */
static int64_t reset_ms(const struct http_result *r)
{
	static const char *const names[][2] = {{"application-ratelimit-remaining",
						       "application-ratelimit-reset"},
		{"burst-ratelimit-remaining", "burst-ratelimit-reset"}};
	int64_t longest = -1;

	for (size_t i = 0; i < 2; i++) {
		int64_t at_us, left;
		struct str reset = http_result_header(r, names[i][1]);
		if (!str_to_i64(http_result_header(r, names[i][0]), &left) || left > 0 || !reset.p)
			continue;
		if (str_to_i64(reset, &at_us))
			at_us *= 1000000;
		else if (!clock_parse_iso(reset, &at_us))
			continue;
		int64_t ms = (at_us - now_us()) / 1000 + 100;
		if (ms > longest)
			longest = ms;
	}
	return longest;
}

static int64_t rate_pause_ms(const struct http_result *r, int tries)
{
	int64_t ms = http_result_retry_ms(r);

	if (ms < 0)
		ms = reset_ms(r);
	if (ms < 0) /* with jitter, so that several do not come back together */
		ms = (int64_t)RATE_PAUSE_MS * tries + random() % 1000;
	return ms > RATE_PAUSE_MAX_MS ? RATE_PAUSE_MAX_MS : ms < 10 ? 10 : ms;
}

static bool may_pass(int status)
{
	return status == 0 || status == 408 || status >= 500;
}

/* One try. True when the outcome is final, good or bad; else *ret_pause_ms says when to come back. */
static bool try_once(const struct sync *y, struct sync_page *p, int tries, int64_t *ret_pause_ms)
{
	const struct http_result *r = request(y, p);

	err_clear(&p->err);
	p->status = r->status;
	if (r->err.code) {
		err_set(&p->err, r->err.code, "%s",
			p->text.failed ? "a page of the feed is too large" : r->err.msg);
		*ret_pause_ms = (int64_t)PAUSE_MS << tries;
		return r->err.code == E_CANCEL || r->err.code == E_LIMIT || tries >= TRIES;
	}
	if (r->status != 200) {
		say_status(p, r);
		*ret_pause_ms =
			r->status == 429 ? rate_pause_ms(r, tries) : (int64_t)PAUSE_MS << tries;
		return r->status == 429 ? tries >= RATE_TRIES
					: !may_pass(r->status) || tries >= TRIES;
	}
	p->next = next_from_headers(p->arena, r);
	sync_page_parse(p);
	/* A link back would go round for ever; a page that was served twice by mistake has it too. */
	if (!p->err.code && p->next.p && str_eq(p->next, p->url))
		err_set(&p->err, E_UPSTREAM,
			"the feed's next link leads back to the page it came from");
	*ret_pause_ms = (int64_t)PAUSE_MS << tries;
	return !p->err.code || tries >= TRIES; /* truncated: perhaps the line, not the feed */
}

static void check_next(struct sync_page *p)
{
	if (p->err.code || !p->next.p)
		return;
	if (!str_starts(p->next, origin_of(p->url)))
		err_set(&p->err, E_UPSTREAM,
			"the feed's next link leads to another host and is not followed");
	else if (str_eq(p->next, p->url))
		err_set(&p->err, E_UPSTREAM,
			"the feed's next link leads back to the page it came from");
}

struct sync_page *sync_fetch_page(const struct sync *y, struct str url)
{
	struct sync_page *p = sync_page_new(url);
	int64_t pause_ms;

	for (int tries = 1; !try_once(y, p, tries, &pause_ms); tries++) {
		log_warn("sync.retry", LOG_INT("try", tries), LOG_INT("pause_ms", pause_ms),
			LOG_ERR(&p->err));
		if (fiber_sleep_ms((uint64_t)pause_ms)) {
			err_clear(&p->err);
			err_set(&p->err, E_CANCEL, "stopped");
			break;
		}
	}
	check_next(p);
	return p;
}

int64_t sync_fetch_count(const struct sync *y)
{
	struct str filter, resource = scope_of(y, "Property", &filter);
	struct sync_page *p = sync_page_new(
		str_printf(y->arena, STR_FMT "?$top=1&$count=true&$select=ListingKey" STR_FMT,
			STR_ARG(resource), STR_ARG(filter)));
	const struct http_result *r = request(y, p);
	int64_t total = -1;

	if (!r->err.code && r->status == 200) {
		sync_page_parse(p);
		total = p->total;
	}
	sync_page_free(p);
	return total;
}
