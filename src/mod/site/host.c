#include "mod/site/host.h"

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
#include "mod/site/own.h"
#include "mod/site/site_local.h"

#define HOSTS 10000
#define BYTES (4u << 20)
#define ABSENT \
	5000 /* strangers name as many as they like: these make no room for themselves among the others */
#define ABSENT_BYTES (1u << 20)
#define REMEMBERED_US (10 * US_PER_SECOND)
#define LOOKING_US US_PER_SECOND
#define SLUG_SIZE 64
#define LOCAL ".localhost"

struct site_hosts {
	struct sieve *known;  /* struct known, then the name */
	struct sieve *absent; /* int64_t until_us */
	uint64_t generation;
};

struct known {
	int64_t until_us;
	char workspace_id[UUID_SIZE], slug[SLUG_SIZE];
	size_t name_len;
};

struct site_hosts *site_hosts_new(void)
{
	struct site_hosts *h = calloc(1, sizeof *h);

	if (!h)
		abort();
	h->known = sieve_new(HOSTS, BYTES);
	h->absent = sieve_new(ABSENT, ABSENT_BYTES);
	return h;
}

void site_hosts_free(struct site_hosts *h)
{
	if (!h)
		return;
	sieve_free(h->known);
	sieve_free(h->absent);
	free(h);
}

void site_hosts_forget(struct site_hosts *h)
{
	h->generation++;
	sieve_clear(h->known);
	sieve_clear(h->absent);
}

uint64_t site_hosts_generation(const struct site_hosts *h)
{
	return h->generation;
}

/* --- what is asked for ---------------------------------------------------------------------------- */

/* On this machine, while nobody else is meant to come. */
static struct str slug_wanted(struct http_request *http, struct str host)
{
	if (!site_own_is_loopback(host) || !site_own_is_trial() || !forwarded_is_local(http))
		return STR_NULL;
	return str_ends(host, STR(LOCAL)) ? str_sub(host, 0, host.len - (sizeof LOCAL - 1))
					  : http_query_get(http->arena, http->query, "site");
}

static void read_wanted(struct http_request *http, struct site_place *place)
{
	struct arena *a = http->arena;

	*place = (struct site_place){.host = forwarded_host(http)};
	if (!place->host.p)
		return;
	place->wanted_slug = slug_wanted(http, place->host);
	bool is_slug = place->wanted_slug.p;
	place->key = is_slug ? STR_JOIN(a, STR("/"), place->wanted_slug) : place->host;
	place->root = is_slug ? STR_JOIN(a, STR("http://"), http->host)
			      : STR_JOIN(a, STR("https://"), place->host);
}

/* --- the answer ----------------------------------------------------------------------------------- */

/* Who finds one that is too old looks, and the others go by it until that is done. */
static enum site_host recall(struct site_hosts *h, struct arena *a, struct site_place *place)
{
	struct known *k = sieve_get(h->known, place->key);
	const int64_t *absent_until_us = k ? NULL : sieve_get(h->absent, place->key);
	int64_t now = mono_us();

	if (absent_until_us && *absent_until_us >= now)
		return SITE_HOST_ABSENT;
	if (!k)
		return SITE_HOST_UNKNOWN;
	place->workspace_id = str_copy(a, str_of(k->workspace_id));
	place->slug = str_copy(a, str_of(k->slug));
	place->name = str_copy(a, str_from(k + 1, k->name_len));
	if (k->until_us >= now)
		return SITE_HOST_HERE;
	k->until_us = now + LOOKING_US;
	return SITE_HOST_OLD;
}

enum site_host site_host_recall(struct site_hosts *h, struct http_request *http,
	struct site_place *ret)
{
	read_wanted(http, ret);
	return ret->key.len ? recall(h, http->arena, ret) : SITE_HOST_ABSENT;
}

static void keep_known(struct site_hosts *h, const struct site_place *place)
{
	struct known *k = sieve_put(h->known, place->key, sizeof *k + place->name.len);

	if (!k)
		return;
	*k = (struct known){.until_us = mono_us() + REMEMBERED_US, .name_len = place->name.len};
	memcpy(k + 1, place->name.p, place->name.len);
	memcpy(k->workspace_id, place->workspace_id.p, UUID_LEN);
	memcpy(k->slug, place->slug.p,
		place->slug.len < SLUG_SIZE ? place->slug.len : SLUG_SIZE - 1);
}

static void keep_absent(struct site_hosts *h, struct str key)
{
	int64_t *until_us = sieve_put(h->absent, key, sizeof *until_us);

	if (until_us)
		*until_us = mono_us() + REMEMBERED_US;
}

void site_host_keep(struct site_hosts *h, const struct site_place *place, bool is_there,
	uint64_t generation)
{
	if (generation != h->generation)
		return;
	sieve_remove(h->known, place->key);
	sieve_remove(h->absent, place->key);
	if (is_there)
		keep_known(h, place);
	else
		keep_absent(h, place->key);
}

int site_host_look(struct site_hosts *h, struct db *db, struct arena *a, struct site_place *place,
	struct err *e)
{
	struct str slug = place->wanted_slug;
	uint64_t generation = h->generation;
	struct batch *b = batch_new(a);

	batch_as(b, &site_worker);
	batch_read_only(b);
	batch_add(b, "select f.workspace_id, f.slug, f.name from mls.find_site($1, $2) f", 2,
		(struct db_param[]){db_str(slug.p ? STR_NULL : place->host), db_str(slug)});
	if (db_run(db, b, e))
		return e->code;
	struct result *r = batch_result(b, 0);
	bool is_there = result_rows(r) > 0;
	if (is_there) {
		place->workspace_id = result_text(r, 0, 0);
		place->slug = result_text(r, 0, 1);
		place->name = result_text(r, 0, 2);
	}
	site_host_keep(h, place, is_there, generation);
	return is_there ? 0 : err_set(e, E_ABSENT, "this host is no site here");
}
