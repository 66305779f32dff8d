/* plat feed: a RESO Web API over generated listings, for demonstrations, tests and benchmarks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "cmd/args.h"
#include "cmd/task.h"
#include "mod/mls/feed.h"
#include "mod/mls/feed_fault.h"
#include "mod/mls/gen.h"

#define DRAIN_MS 5000

static const char *listen_at = "127.0.0.1:8090", *token, *dataset = "miamire_demo", *as_of;
static const char *media_url, *faults, *next_link = "all", *kind = "bridge", *feed_type;
static const char *client_id, *client_secret;
static long long rows = 2000, seed = 1, page_size = 2000, requests_per_hour = 5000;
static long long token_ttl = 3600;
static bool is_live, no_replication, no_timestamp_filter;

static int parse_time(int64_t *ret_us, struct err *e)
{
	if (!as_of) {
		*ret_us = now_us() / US_PER_SECOND * US_PER_SECOND;
		return 0;
	}
	if (!clock_parse_iso(str_of(as_of), ret_us))
		return err_set(e, E_INPUT,
			"--as-of takes a time such as 2026-11-21T12:00:00Z, not '%s'", as_of);
	return 0;
}

static int parse_links(unsigned *ret_links, struct err *e)
{
	static const struct {
		const char *name;
		unsigned links;
	} known[] = {
		{"header", FEED_LINK_NEXT},
		{"link", FEED_LINK_LINK},
		{"body", FEED_LINK_BODY},
		{"all", FEED_LINK_NEXT | FEED_LINK_LINK | FEED_LINK_BODY},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (!strcmp(next_link, known[i].name)) {
			*ret_links = known[i].links;
			return 0;
		}
	}
	return err_set(e, E_INPUT, "--next-link takes header, link, body or all, not '%s'",
		next_link);
}

static int parse_kind(enum feed_kind *ret_kind, struct err *e)
{
	if (strcmp(kind, "bridge") != 0 && strcmp(kind, "reso") != 0)
		return err_set(e, E_INPUT, "--kind takes bridge or reso, not '%s'", kind);
	*ret_kind = strcmp(kind, "reso") ? FEED_BRIDGE : FEED_RESO;
	return 0;
}

static bool is_segment(const char *text)
{
	return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

/* Who may ask. */
static int check_secrets(struct err *e)
{
	if (!token)
		token = getenv("FEED_TOKEN");
	if (!token || !*token)
		return err_set(e, E_INPUT,
			"say which token clients must send: --token, or FEED_TOKEN");
	if (!client_secret)
		client_secret = getenv("FEED_CLIENT_SECRET");
	if (client_id && (!*client_id || !client_secret || !*client_secret))
		return err_set(e, E_INPUT,
			"say the client's secret: --client-secret, or FEED_CLIENT_SECRET");
	return 0;
}

static int config_of(struct feed_config *ret, struct err *e)
{
	if (check_secrets(e))
		return e->code;
	if (!is_segment(dataset))
		return err_set(e, E_INPUT,
			"--dataset takes lower-case letters, digits, _ and -, not '%s'", dataset);
	if (feed_type && !is_segment(feed_type))
		return err_set(e, E_INPUT,
			"--feed-type takes lower-case letters, digits, _ and -, not '%s'",
			feed_type);
	if (media_url && (strlen(media_url) > 200 || strpbrk(media_url, "\"\\ \t\n")))
		return err_set(e, E_INPUT, "--media-url takes a URL of at most 200 characters");
	*ret = (struct feed_config){
		.listen = listen_at,
		.token = token,
		.dataset = dataset,
		.media_url = media_url ? media_url : "https://media.example.invalid/listings",
		.seed = (uint64_t)seed,
		.rows = (uint32_t)rows,
		.is_live = is_live,
		.page_max = page_size,
		.requests_per_hour = requests_per_hour,
		.faults = faults,
		.feed_type = feed_type,
		.client_id = client_id,
		.client_secret = client_secret,
		.token_ttl_s = token_ttl,
		.no_replication = no_replication,
		.no_timestamp_filter = no_timestamp_filter,
	};
	if (parse_kind(&ret->kind, e))
		return e->code;
	if (parse_time(&ret->as_of_us, e) || parse_links(&ret->links, e))
		return e->code;
	return feed_faults_parse(str_of(faults), &(struct feed_faults){0}, e);
}

static int feed(struct task *t, struct err *e)
{
	const struct feed_config *config = t->arg;
	char text[CLOCK_ISO_SIZE];
	struct feed *f = feed_new(t->loop, config, e);

	if (!f)
		return e->code;
	printf("%lld listings as of %s, on port %d: ", rows,
		clock_format_iso(text, config->as_of_us), feed_port(f));
	if (config->kind == FEED_RESO)
		puts("/reso/odata/Property");
	else
		printf("/api/v2/OData/%s%s%s/Property\n", dataset, feed_type ? "/" : "",
			feed_type ? feed_type : "");
	fflush(stdout);
	task_wait_for_stop(t);
	feed_drain(f, DRAIN_MS);
	feed_free(f);
	return 0;
}

static int run(int n, char **operands)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct feed_config config;

	(void)n, (void)operands;
	int code = config_of(&config, &e);
	if (code)
		fprintf(stderr, "plat feed: %s\n", e.msg);
	arena_free(a);
	return code ? 2 : task_run("feed", feed, &config);
}

static const struct arg args[] = {
	{"kind", ARG_TEXT, &kind, "KIND",
		"bridge, or reso: a plain server as Web API Core 2.1 describes it; bridge unless said",
		0, 0},
	{"listen", ARG_TEXT, &listen_at, "HOST:PORT",
		"address to listen on; 127.0.0.1:8090 unless said", 0, 0},
	{"rows", ARG_INT, &rows, "N", "listings at any time; 2000 unless said", 0, GEN_ROWS_MAX},
	{"seed", ARG_INT, &seed, "N", "another number is another market; 1 unless said", 0,
		1000000000},
	{"token", ARG_TEXT, &token, "TEXT",
		"what clients must send; default: the environment's FEED_TOKEN", 0, 0},
	{"client-id", ARG_TEXT, &client_id, "TEXT",
		"a client that fetches tokens at /oauth/token (OAuth client credentials)", 0, 0},
	{"client-secret", ARG_TEXT, &client_secret, "TEXT",
		"its secret; default: the environment's FEED_CLIENT_SECRET", 0, 0},
	{"token-ttl", ARG_INT, &token_ttl, "SECONDS",
		"how long such tokens are good; 3600 unless said", 1, 1000000000},
	{"dataset", ARG_TEXT, &dataset, "ID", "name in the URLs; miamire_demo unless said", 0, 0},
	{"feed-type", ARG_TEXT, &feed_type, "ID",
		"a further segment behind the dataset, such as idx; none unless said", 0, 0},
	{"no-replication", ARG_FLAG, &no_replication, NULL, "answer 403 to replication", 0, 0},
	{"no-timestamp-filter", ARG_FLAG, &no_timestamp_filter, NULL,
		"answer 400 to a replication that is filtered by a timestamp", 0, 0},
	{"as-of", ARG_TEXT, &as_of, "TIME", "the market's time, ISO 8601; now unless said", 0, 0},
	{"live", ARG_FLAG, &is_live, NULL, "let the market's time go on", 0, 0},
	{"page-size", ARG_INT, &page_size, "N", "rows on a page at most; 2000 unless said", 1,
		2000},
	{"requests-per-hour", ARG_INT, &requests_per_hour, "N",
		"budget of the token, a fifteenth of it per minute; 5000 unless said", 15,
		1000000000},
	{"next-link", ARG_TEXT, &next_link, "WHERE",
		"where a replication page says what follows: header, link, body or all", 0, 0},
	{"media-url", ARG_TEXT, &media_url, "URL", "what the links of photos begin with", 0, 0},
	{"faults", ARG_TEXT, &faults, "LIST",
		"go wrong on purpose: name[:every],... as docs/feed.md lists them", 0, 0},
	{0},
};

const struct command feed_command = {
	.name = "feed",
	.summary = "serve generated listings as an MLS would",
	.details =
		"A RESO Web API with Bridge's paging, replication, rate limits and errors, or a plain one. Seed, rows and time decide every "
		"byte; the time stands still unless --live. POST /_control/as-of moves it (docs/feed.md).",
	.examples = "plat feed --token secret\n"
		    "plat feed --token secret --rows 1000000 --as-of 2026-11-21T00:00:00Z\n"
		    "plat feed --token secret --faults 429:5,truncated:7\n",
	.args = args,
	.run = run,
};
