/* connection_probe: the single steps of a test. Private to connection_test.
 *
 * Owner    the arena. Failure: in the steps. Threads (waits).
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct http_result;
struct json;
struct session;
struct source;

enum probe_step {
	PROBE_REACH,
	PROBE_TOKEN,
	PROBE_METADATA,
	PROBE_PROPERTY,
	PROBE_REPLICATION,
	PROBE_REPLICATION_FILTER,
	PROBE_FILTER_ORDER,
	PROBE_NEXT_LINK,
	PROBE_MEDIA,
	PROBE_PAGE_SIZE,
	PROBE_RATE_LIMIT,
	PROBE_STEPS
};

enum probe_state {
	PROBE_SKIPPED, /* words say why */
	PROBE_OK,
	PROBE_FAILED,
};

struct probe {
	struct arena *a;
	struct source *source;
	struct session *s; /* of plat_worker */
	struct {
		enum probe_state state;
		struct str words;
	} steps[PROBE_STEPS];

	const struct http_result *last; /* with an answer */
	const struct json *row;         /* a listing; NULL: none was seen */
	struct str cursor_field;        /* that the rows have */
	bool is_token_refused;
	bool stop; /* nothing further can work: unreachable, refused, cancelled */

	/* What was found out; absent: nothing, or what is in force already. */
	const char *replication, *timestamp_filter, *media, *next_link;
	int page_size;
};

extern const char *const probe_names[PROBE_STEPS];

void probe_say(struct probe *p, enum probe_step step, enum probe_state state, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* One request below the root; the body is parsed. NULL: no answer with 200 and JSON; *ret_words say why. */
struct probe_answer {
	const struct http_result *result;
	const struct json *body, *rows; /* rows: "value"; NULL unless it is there */
	struct str words;               /* why there are no rows */
};
struct probe_answer probe_ask(struct probe *p, const char *resource, const char *options);
/* A page of so many rows: with Bridge $top is that, elsewhere $top counts all pages and a page's size is a preference. */
struct probe_answer probe_ask_page(struct probe *p, const char *resource, int rows,
	const char *options);

/* In this order. */
void probe_metadata(struct probe *p); /* reach, token, metadata */
void probe_property(struct probe *p); /* property, and token for good */
void probe_replication(struct probe *p);
void probe_replication_filter(struct probe *p);
void probe_filter_order(struct probe *p);
void probe_media(struct probe *p);
void probe_page_size(struct probe *p);
void probe_rate_limit(struct probe *p);
