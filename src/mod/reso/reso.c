/* reso: a workspace's listings for other systems, by the RESO Web API (docs/reso.md).
 *
 * This file is the module; call.h is the way of a request, odata.h the protocol, sql.h what is asked of PostgreSQL. */
#include "mod/reso/reso.h"

#include "app/cors.h"
#include "app/job.h"
#include "app/module.h"
#include "app/service.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/keyring.h"
#include "mod/reso/call.h"
#include "mod/reso/catalog.h"
#include "mod/reso/reso_local.h"
#include "mod/reso/usage.h"

static struct reso *reso; /* one service a process */

struct reso *reso_of(const struct service *s)
{
	(void)s;
	return reso;
}

static struct str root(struct arena *a)
{
	struct str url = str_of(setting(SET_PUBLIC_URL));

	while (str_ends(url, STR("/")))
		url.len--;
	return url.p ? STR_JOIN(a, url, STR("/reso/odata")) : STR_NULL;
}

static int start(struct service *s, struct err *e)
{
	const struct keyring *keyring = service_keyring(s);
	struct arena *a;
	struct reso *r;

	if (!service_db(s) || !keyring || !keyring_len(keyring))
		return 0;
	a = arena_new();
	r = ARENA_NEW(a, struct reso);
	*r = (struct reso){.arena = a, .service = s, .db = service_db(s), .root = root(a)};
	/* The oldest key: links outlive a rotation. */
	struct str oldest = keyring_id(keyring, keyring_len(keyring) - 1);
	if (!keyring_derive(keyring, oldest, "reso links v1", r->link_key)) {
		arena_free(a);
		return err_set(e, E_BUG, "the master key %.*s is not in the ring", STR_ARG(oldest));
	}
	crypto_wipe_later(a, r->link_key, sizeof r->link_key);
	r->catalogs = reso_catalogs_new();
	r->usage = reso_usage_new(service_loop(s), r->db);
	reso = r;
	return 0;
}

static void stop(struct service *s)
{
	(void)s;
	if (!reso)
		return;
	reso_usage_flush(reso->usage);
	reso_usage_free(reso->usage);
	reso_catalogs_free(reso->catalogs);
	arena_free(reso->arena);
	reso = NULL;
}

static void on_odata(struct req *r)
{
	reso_call_start(r, true, reso_odata);
}

static void on_token(struct req *r)
{
	reso_call_start(r, false, reso_oauth_token);
}

static const struct route routes[] = {
	{"OPTIONS", "/reso/odata", cors_preflight},
	{"OPTIONS", "/reso/odata/*", cors_preflight},
	{"OPTIONS", "/reso/oauth/token", cors_preflight},
	{"POST", "/reso/oauth/token", on_token},
	{"GET", "/reso/odata", on_odata},
	{"GET", "/reso/odata/*", on_odata},
	{0},
};

static const struct job_kind jobs[] = {
	{.name = "reso.scan",
		.run = reso_scan_job,
		.most = 1,
		.every = "10 minutes",
		.summary =
			"looks through listings that changed for fields and values that /reso/odata announces"},
	{0},
};

const struct module reso_module = {
	.name = "reso",
	.routes = routes,
	.jobs = jobs,
	.start = start,
	.stop = stop,
};
