/* feed_local: what the parts of the feed share. Not for others.
 *
 *   feed.c           the server, who may ask, and what for
 *   feed_token.c     tokens that clients fetch, and when they end
 *   feed_answer.c    headers and errors
 *   feed_select.c    which listings a query means
 *   feed_page.c      a page of them, as it is written
 *   feed_media.c     the resource Media of a plain server
 *   feed_meta.c      DataSystem
 *   feed_control.c   the time and the faults, for tests
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/str.h"
#include "mod/mls/feed.h"
#include "mod/mls/feed_fault.h"
#include "mod/mls/feed_query.h"
#include "mod/mls/feed_rate.h"
#include "mod/mls/gen.h"

struct arena;
struct buf;
struct fiber;
struct http_request;
struct http_server;

/* The slots of the last standard query, so that its next pages need no new look at every listing. */
struct feed_result {
	struct arena *arena; /* NULL: nothing is known */
	struct str filter, order;
	int64_t as_of_us;
	uint32_t *slots;
	size_t n;
};

#define FEED_TOKENS 64 /* issued ones that are remembered */

struct feed_tokens {
	struct {
		char text[33];
		int64_t ends_us;
	} of[FEED_TOKENS];
	unsigned issued; /* so far */
};

struct feed {
	struct arena *arena;
	struct loop *loop;
	struct http_server *http;
	struct feed_config config;
	struct gen *gen;
	struct odata_model *model; /* feed_model.h */
	unsigned char link_key[CRYPTO_SHA256_LEN];
	int64_t started_us; /* wall clock at as_of_us, when live */
	struct feed_rate rate;
	struct feed_faults faults;
	struct feed_tokens tokens;
	unsigned requests; /* for listings and media, so far */
	struct feed_result result;
	struct feed_cursor page_before; /* where the last replication page began */
	unsigned refused;               /* 429 by fault so far */
	struct fiber *draining;
	bool drained;
	unsigned pages;  /* being written */
	bool is_leaving; /* feed_free() was called: the last page takes the rest along */
};

/* One request for listings, while it is being answered. */
struct feed_job {
	struct feed *feed;
	struct http_request *req;
	struct arena *arena; /* the request's */
	struct str base;     /* "http://host/api/v2/OData/miamire_demo", "http://host/reso/odata" */
	struct feed_query query;
	struct feed_due due;
	struct fiber *fiber; /* the one that writes the page */
	bool is_full;        /* what was written must drain first */
};

/* The rows of a page, found before its first byte is sent. */
struct feed_page {
	int64_t as_of_us;
	uint32_t *slots;
	size_t n;
	int64_t total; /* with $count; -1 without */
	bool has_next;
	struct feed_cursor last; /* of the page's last row; replication */
};

/* feed.c: how this feed reads queries. */
struct feed_rules feed_rules_of(const struct feed *f);

/* feed.c: a page has been written. */
void feed_release(struct feed *f);

void feed_apply_faults(struct feed *f); /* feed.c: after they were set */

/* feed_token.c */
bool feed_token_is_good(const struct feed *f, struct str given);
void feed_token_end_all(struct feed *f);
void feed_token_answer(struct feed *f, struct http_request *req); /* POST /oauth/token */

/* feed_answer.c: every answer passes here. */
void feed_answer_headers(struct feed *f, struct http_request *req);
void feed_answer_error(struct feed *f, struct http_request *req, int status, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void feed_answer_fault(struct feed *f, struct http_request *req, const struct odata_fault *fault);
void feed_answer_json(struct feed *f, struct http_request *req, struct str body);
void feed_answer_limit(struct feed *f, struct http_request *req, bool says_when);

/* feed_select.c */
void feed_select(struct feed *f, struct arena *a, const struct feed_query *q,
	struct feed_page *ret_page);
void feed_select_forget(struct feed *f); /* the last result */
/* The slots of the listings whose photos the filter asks for, by key; false when it names none. */
bool feed_select_named(struct feed *f, struct arena *a, const struct odata_node *filter,
	uint32_t **ret_slots, size_t *ret_n);

/* feed_page.c: answers the job's request; job lives in the request's arena. */
void feed_page_answer(struct feed_job *job);
void feed_page_single(struct feed_job *job, struct str key);

/* feed_media.c */
void feed_media_answer(struct feed_job *job);

/* feed_meta.c: the text lives in a. */
struct str feed_meta_system(const struct feed *f, struct arena *a, struct str base);

/* feed_control.c */
void feed_control(struct feed *f, struct http_request *req);
