/* storage: buckets and objects at /storage/v1, in the dialect of Supabase Storage (docs/storage.md).
 *
 * This file is the module; call.h is the way of a request, object.h the rows, engine.h the bytes. */
#include "app/module.h"
#include "app/service.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/jwk.h"
#include "mod/storage/engine.h"
#include "mod/storage/storage_local.h"

#define PREFIX "/storage/v1"

static struct storage *storage; /* one service a process */

struct storage *storage_of(const struct service *s)
{
	(void)s;
	return storage;
}

static int load_keys(struct storage *st, const struct service *s, struct err *e)
{
	st->keys = jwk_set_of_text(st->arena, str_of(service_jwt_secret(s)), false, e);
	if (!st->keys)
		return err_prefix(e, "PLAT_JWT_SECRET");
	for (size_t i = 0; i < st->keys->n && !st->signer; i++)
		if (jwk_is_private(st->keys->keys[i]))
			st->signer = st->keys->keys[i];
	return 0;
}

static int start(struct service *s, struct err *e)
{
	struct arena *a;
	struct storage *st;

	if (!service_db(s) || !service_data(s) || !service_jwt_secret(s))
		return 0;
	a = arena_new();
	st = ARENA_NEW(a, struct storage);
	st->arena = a;
	st->max_bytes = setting_int(SET_STORAGE_MAX_BYTES);
	if (!load_keys(st, s, e))
		st->engine =
			storage_engine_open(&(struct storage_engine_options){.loop = service_loop(
										     s),
						    .data = service_data(s)},
				e);
	if (!st->engine) {
		arena_free(a);
		return e->code;
	}
	storage = st;
	return 0;
}

static void stop(struct service *s)
{
	(void)s;
	if (!storage)
		return;
	storage_engine_close(storage->engine);
	arena_free(storage->arena);
	storage = NULL;
}

#define HANDLER(name, wants)                                    \
	static void on_##name(struct req *r)                    \
	{                                                       \
		storage_call_start(r, (wants), storage_##name); \
	}

HANDLER(bucket_create, STORAGE_JSON)
HANDLER(bucket_list, 0)
HANDLER(bucket_get, STORAGE_BUCKET)
HANDLER(bucket_update, STORAGE_BUCKET | STORAGE_JSON)
HANDLER(bucket_delete, STORAGE_BUCKET)
HANDLER(bucket_empty, STORAGE_BUCKET)

static const struct route routes[] = {
	{"POST", PREFIX "/bucket", on_bucket_create},
	{"GET", PREFIX "/bucket", on_bucket_list},
	{"GET", PREFIX "/bucket/", on_bucket_list},
	{"GET", PREFIX "/bucket/:bucket", on_bucket_get},
	{"PUT", PREFIX "/bucket/:bucket", on_bucket_update},
	{"DELETE", PREFIX "/bucket/:bucket", on_bucket_delete},
	{"POST", PREFIX "/bucket/:bucket/empty", on_bucket_empty},
	{0},
};

const struct module storage_module = {
	.name = "storage",
	.routes = routes,
	.start = start,
	.stop = stop,
};
