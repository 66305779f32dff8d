#include "mod/site/host.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/forwarded.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/sieve.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/site/site_local.h"

#define HOSTS 10000
#define BYTES (4u << 20)
#define REMEMBERED_US (10 * US_PER_SECOND)
#define SLUG_SIZE 64
#define LOCAL ".localhost"

struct site_hosts {
	struct sieve *known; /* struct known, then the name */
};

struct known {
	int64_t until_us;
	bool is_there;
	char workspace_id[UUID_SIZE], slug[SLUG_SIZE];
	size_t name_len;
};

struct site_hosts *site_hosts_new(void)
{
	struct site_hosts *h = calloc(1, sizeof *h);

	if (!h)
		abort();
	h->known = sieve_new(HOSTS, BYTES);
	return h;
}

void site_hosts_free(struct site_hosts *h)
{
	if (!h)
		return;
	sieve_free(h->known);
	free(h);
}

void site_hosts_forget(struct site_hosts *h)
{
	sieve_clear(h->known);
}

/* --- what is asked for ---------------------------------------------------------------------------- */

struct wanted {
	struct str host, slug; /* slug absent: by domain */
	struct str key;
};

static bool is_loopback(struct str host)
{
	return str_eq(host, STR("localhost")) || str_starts(host, STR("127.")) ||
		str_eq(host, STR("::1"));
}

static void read_wanted(struct http_request *http, struct wanted *w)
{
	*w = (struct wanted){.host = forwarded_host(http)};
	if (!w->host.p)
		return;
	if (forwarded_is_local(http) && str_ends(w->host, STR(LOCAL)))
		w->slug = str_sub(w->host, 0, w->host.len - (sizeof LOCAL - 1));
	else if (forwarded_is_local(http) && is_loopback(w->host))
		w->slug = http_query_get(http->arena, http->query, "site");
	w->key = w->slug.p ? STR_JOIN(http->arena, STR("/"), w->slug) : w->host;
}

/* --- the answer ----------------------------------------------------------------------------------- */

static bool recall(struct site_hosts *h, struct arena *a, const struct wanted *w,
	struct site_place *ret, bool *ret_is_there)
{
	const struct known *k = sieve_get(h->known, w->key);

	if (!k || k->until_us < mono_us())
		return false;
	*ret_is_there = k->is_there;
	ret->workspace_id = str_copy(a, str_of(k->workspace_id));
	ret->slug = str_copy(a, str_of(k->slug));
	ret->name = str_copy(a, str_from(k + 1, k->name_len));
	return true;
}

static void remember(struct site_hosts *h, const struct wanted *w, const struct site_place *place)
{
	struct str name = place ? place->name : STR("");
	struct known *k;

	sieve_remove(h->known, w->key);
	k = sieve_put(h->known, w->key, sizeof *k + name.len);
	if (!k)
		return;
	*k = (struct known){.until_us = mono_us() + REMEMBERED_US,
		.is_there = place != NULL,
		.name_len = name.len};
	memcpy(k + 1, name.p, name.len);
	if (!place)
		return;
	memcpy(k->workspace_id, place->workspace_id.p, UUID_LEN);
	memcpy(k->slug, place->slug.p,
		place->slug.len < SLUG_SIZE ? place->slug.len : SLUG_SIZE - 1);
}

static int look_up(struct db *db, struct arena *a, const struct wanted *w, struct site_place *ret,
	bool *ret_is_there, struct err *e)
{
	struct batch *b = batch_new(a);

	batch_as(b, &site_worker);
	batch_read_only(b);
	batch_add(b, "select f.workspace_id, f.slug, f.name from mls.find_site($1, $2) f", 2,
		(struct db_param[]){db_str(w->slug.p ? STR_NULL : w->host), db_str(w->slug)});
	if (db_run(db, b, e))
		return e->code;
	struct result *r = batch_result(b, 0);
	*ret_is_there = result_rows(r) > 0;
	if (*ret_is_there) {
		ret->workspace_id = result_text(r, 0, 0);
		ret->slug = result_text(r, 0, 1);
		ret->name = result_text(r, 0, 2);
	}
	return 0;
}

int site_host_find(struct site_hosts *h, struct db *db, struct http_request *http,
	struct site_place *ret, struct err *e)
{
	struct site_place place = {0};
	struct wanted w;
	bool is_there = false;

	read_wanted(http, &w);
	if (w.key.p && w.key.len && !recall(h, http->arena, &w, &place, &is_there)) {
		if (look_up(db, http->arena, &w, &place, &is_there, e))
			return e->code;
		remember(h, &w, is_there ? &place : NULL);
	}
	if (!is_there)
		return err_set(e, E_ABSENT, "this host is no site here");
	place.host = w.host;
	place.root = w.slug.p ? STR_JOIN(http->arena, STR("http://"), http->host)
			      : STR_JOIN(http->arena, STR("https://"), w.host);
	*ret = place;
	return 0;
}
