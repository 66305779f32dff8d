/* search: finding listings, by Typesense's HTTP API (docs/search-api.md) and for other modules (search.h).
 *
 * This file is the module; store.h has the indexes, call.h is the way of a request, answer.h makes of a search its answer. */
#include "mod/search/search.h"

#include "app/cors.h"
#include "app/module.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/sieve.h"
#include "db/listen.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/search/call.h"
#include "mod/search/document.h"
#include "mod/search/document_select.h"
#include "mod/search/hidden.h"
#include "mod/search/search_local.h"
#include "mod/search/store.h"
#include "mod/search/store_jobs.h"
#include "mod/search/tries.h"

#define KEPT_ENTRIES 4096
#define KEPT_BYTES ((size_t)4 * 1024 * 1024)
#define PUBLIC_MOST_US (10 * US_PER_SECOND) /* of one search */

static struct search_site *site; /* one service a process */

struct search_site *search_site(void)
{
	return site;
}

static int start(struct service *s, struct err *e)
{
	(void)e;
	if (!service_db(s) || !service_keyring(s))
		return 0;
	struct arena *a = arena_new();
	struct search_site *made = ARENA_NEW(a, struct search_site);
	*made = (struct search_site){.arena = a, .service = s, .db = service_db(s)};
	made->store = search_store_new(s);
	made->usual = ARENA_NEW(a, struct search_usual);
	made->tries = search_tries_new();
	made->kept = sieve_new(KEPT_ENTRIES, KEPT_BYTES);
	made->renewals = db_listen(made->db, "plat_search", search_document_renewed, made);
	site = made;
	return 0;
}

static void stop(struct service *s)
{
	struct search_site *old = site;

	(void)s;
	if (!old)
		return;
	db_unlisten(old->renewals);
	search_store_free(old->store);
	site = NULL;
	sieve_free(old->kept);
	search_tries_free(old->tries);
	arena_free(old->arena);
}

static void write_metrics(struct service *s, struct buf *out)
{
	(void)s;
	if (!site)
		return;
	search_store_metrics(site->store, out);
	buf_printf(out,
		"# HELP plat_search_answers_total Answers, by where what they show of the hits is from.\n"
		"# TYPE plat_search_answers_total counter\n"
		"plat_search_answers_total{from=\"index\"} %llu\n"
		"plat_search_answers_total{from=\"database\"} %llu\n",
		(unsigned long long)site->from_index, (unsigned long long)site->from_database);
}

/* Few searches run at once, so a stranger's does not go on for as long as it likes. */
static const struct search_query *in_time(struct arena *a, const struct search_query *q)
{
	if (q->who != SEARCH_PUBLIC || (q->cutoff_us > 0 && q->cutoff_us <= PUBLIC_MOST_US))
		return q;
	struct search_query *bounded = ARENA_NEW(a, struct search_query);
	*bounded = *q;
	bounded->cutoff_us = PUBLIC_MOST_US;
	return bounded;
}

int search_run(struct service *s, struct str workspace_id, const struct search_query *q,
	struct arena *a, struct search_result *ret, struct err *e)
{
	struct search_notice notice;

	(void)s;
	if (!site)
		return err_set(e, E_BUSY, "there is no search in this process");
	if (q->who == SEARCH_PUBLIC &&
		(search_document_notice(a, str_cstr(a, workspace_id), &notice, e) ||
			search_hidden_check(q, notice.is_hidden, e)))
		return e->code;
	return search_store_run(site->store, workspace_id, in_time(a, q), a, ret, e);
}

/* --- routes --------------------------------------------------------------------------------------- */

static void on_search(struct req *r)
{
	search_call_start(r, SEARCH_MAY_SEARCH, search_call_search);
}

static void on_multi(struct req *r)
{
	search_call_start(r, SEARCH_MAY_SEARCH, search_call_multi);
}

static void on_export(struct req *r)
{
	search_call_start(r, SEARCH_MAY_EXPORT, search_call_export);
}

static void on_document(struct req *r)
{
	search_call_start(r, SEARCH_MAY_GET, search_call_document);
}

static void on_collections(struct req *r)
{
	search_call_start(r, SEARCH_MAY_LOOK, search_call_collections);
}

static void on_collection(struct req *r)
{
	search_call_start(r, SEARCH_MAY_LOOK, search_call_collection_info);
}

static void on_make_key(struct req *r)
{
	search_call_start(r, SEARCH_MAY_KEYS, search_call_make_key);
}

static void on_keys(struct req *r)
{
	search_call_start(r, SEARCH_MAY_KEYS, search_call_keys);
}

static void on_key(struct req *r)
{
	search_call_start(r, SEARCH_MAY_KEYS, search_call_key);
}

static void on_revoke_key(struct req *r)
{
	search_call_start(r, SEARCH_MAY_KEYS, search_call_revoke_key);
}

static void on_health(struct req *r)
{
	cors_answer(r->http);
	http_reply(r->http, 200, "application/json; charset=utf-8", STR("{\"ok\":true}"));
}

/* Whoever asks: what cannot be is no secret. */
static void on_write(struct req *r)
{
	cors_answer(r->http);
	http_reply_header(r->http, "Allow", STR("GET, HEAD, OPTIONS"));
	http_reply(r->http, 405, "application/json; charset=utf-8",
		STR("{\"message\":\"listings are not written here: they come from the MLS, and are changed over /rest/v1/listings\"}"));
}

static const struct route routes[] = {
	{"OPTIONS", "/collections", cors_preflight},
	{"OPTIONS", "/collections/*", cors_preflight},
	{"OPTIONS", "/multi_search", cors_preflight},
	{"OPTIONS", "/keys", cors_preflight},
	{"OPTIONS", "/keys/*", cors_preflight},
	{"OPTIONS", "/health", cors_preflight},
	{"GET", "/health", on_health},
	{"POST", "/multi_search", on_multi},
	{"GET", "/collections", on_collections},
	{"GET", "/collections/:name", on_collection},
	{"GET", "/collections/:name/documents/search", on_search},
	{"GET", "/collections/:name/documents/export", on_export},
	{"GET", "/collections/:name/documents/:id", on_document},
	{"POST", "/collections", on_write},
	{"POST", "/collections/*", on_write},
	{"PUT", "/collections/*", on_write},
	{"PATCH", "/collections/*", on_write},
	{"DELETE", "/collections/*", on_write},
	{"POST", "/keys", on_make_key},
	{"GET", "/keys", on_keys},
	{"GET", "/keys/:id", on_key},
	{"DELETE", "/keys/:id", on_revoke_key},
	{0},
};

const struct module search_module = {
	.name = "search",
	.routes = routes,
	.start = start,
	.stop = stop,
	.metrics = write_metrics,
	.jobs = search_store_jobs,
};
