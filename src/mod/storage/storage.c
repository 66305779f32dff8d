/* storage: buckets and objects at /storage/v1, in the dialect of Supabase Storage (docs/storage.md).
 *
 * This file is the module; call.h is the way of a request, object.h the rows, engine.h the bytes. */
#include "app/cors.h"
#include "app/module.h"
#include "app/service.h"
#include "app/settings.h"
#include "base/arena.h"
#include "mod/storage/engine.h"
#include "mod/storage/storage_local.h"

#define PREFIX "/storage/v1"

static struct storage *storage; /* one service a process */

struct storage *storage_of(const struct service *s)
{
	(void)s;
	return storage;
}

static int start(struct service *s, struct err *e)
{
	struct arena *a;
	struct storage *st;

	if (!service_db(s) || !service_data(s))
		return 0;
	a = arena_new();
	st = ARENA_NEW(a, struct storage);
	st->arena = a;
	st->max_bytes = setting_int(SET_STORAGE_MAX_BYTES);
	st->engine = storage_engine_open(&(struct storage_engine_options){.loop = service_loop(s),
						 .data = service_data(s)},
		e);
	if (!st->engine) {
		arena_free(a);
		return e->code;
	}
	storage = st;
	storage_site_tell(s);
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

/* --- routes --------------------------------------------------------------------------------------- */

#define HANDLER(name, wants)                                    \
	static void on_##name(struct req *r)                    \
	{                                                       \
		storage_call_start(r, (wants), storage_##name); \
	}

#define ONE (STORAGE_BUCKET | STORAGE_OBJECT)

HANDLER(bucket_create, STORAGE_JSON)
HANDLER(bucket_list, 0)
HANDLER(bucket_get, STORAGE_BUCKET)
HANDLER(bucket_update, STORAGE_BUCKET | STORAGE_JSON)
HANDLER(bucket_delete, STORAGE_BUCKET)
HANDLER(bucket_empty, STORAGE_BUCKET)
HANDLER(object_create, ONE)
HANDLER(object_replace, ONE)
HANDLER(object_upload_signed, ONE | STORAGE_OPEN)
HANDLER(object_get, ONE)
HANDLER(object_get_authenticated, ONE)
HANDLER(object_get_public, ONE | STORAGE_OPEN)
HANDLER(object_get_signed, ONE | STORAGE_OPEN)
HANDLER(object_info, ONE)
HANDLER(object_info_public, ONE | STORAGE_OPEN)
HANDLER(sign_one, ONE | STORAGE_JSON)
HANDLER(sign_many, STORAGE_BUCKET | STORAGE_JSON)
HANDLER(sign_upload, ONE)
HANDLER(list_objects, STORAGE_BUCKET | STORAGE_JSON)
HANDLER(list_pages, STORAGE_BUCKET | STORAGE_JSON)
HANDLER(move, STORAGE_JSON)
HANDLER(copy_object, STORAGE_JSON)
HANDLER(remove_one, ONE)
HANDLER(remove_many, STORAGE_BUCKET | STORAGE_JSON)
HANDLER(tus_create, 0)
HANDLER(tus_head, 0)
HANDLER(tus_patch, 0)
HANDLER(tus_delete, 0)
HANDLER(render_public, ONE | STORAGE_OPEN)
HANDLER(render_authenticated, ONE)
HANDLER(render_signed, ONE | STORAGE_OPEN)

/* First match wins: what has a word of its own before what has a bucket there. */
static const struct route routes[] = {
	{"OPTIONS", PREFIX "/upload/resumable", storage_tus_options},
	{"OPTIONS", PREFIX "/upload/resumable/*", storage_tus_options},
	{"OPTIONS", PREFIX "/*", cors_preflight},
	{"POST", PREFIX "/upload/resumable", on_tus_create},
	{"POST", PREFIX "/upload/resumable/", on_tus_create},
	{"HEAD", PREFIX "/upload/resumable/:id", on_tus_head},
	{"PATCH", PREFIX "/upload/resumable/:id", on_tus_patch},
	{"DELETE", PREFIX "/upload/resumable/:id", on_tus_delete},
	{"POST", PREFIX "/bucket", on_bucket_create},
	{"POST", PREFIX "/bucket/", on_bucket_create},
	{"GET", PREFIX "/bucket", on_bucket_list},
	{"GET", PREFIX "/bucket/", on_bucket_list},
	{"GET", PREFIX "/bucket/:bucket", on_bucket_get},
	{"PUT", PREFIX "/bucket/:bucket", on_bucket_update},
	{"DELETE", PREFIX "/bucket/:bucket", on_bucket_delete},
	{"POST", PREFIX "/bucket/:bucket/empty", on_bucket_empty},
	{"GET", PREFIX "/render/image/public/:bucket/*", on_render_public},
	{"GET", PREFIX "/render/image/authenticated/:bucket/*", on_render_authenticated},
	{"GET", PREFIX "/render/image/sign/:bucket/*", on_render_signed},
	{"GET", PREFIX "/object/public/:bucket/*", on_object_get_public},
	{"GET", PREFIX "/object/authenticated/:bucket/*", on_object_get_authenticated},
	{"GET", PREFIX "/object/sign/:bucket/*", on_object_get_signed},
	{"GET", PREFIX "/object/info/public/:bucket/*", on_object_info_public},
	{"GET", PREFIX "/object/info/authenticated/:bucket/*", on_object_info},
	{"GET", PREFIX "/object/info/:bucket/*", on_object_info},
	{"POST", PREFIX "/object/upload/sign/:bucket/*", on_sign_upload},
	{"PUT", PREFIX "/object/upload/sign/:bucket/*", on_object_upload_signed},
	{"POST", PREFIX "/object/sign/:bucket", on_sign_many},
	{"POST", PREFIX "/object/sign/:bucket/*", on_sign_one},
	{"POST", PREFIX "/object/list/:bucket", on_list_objects},
	{"POST", PREFIX "/object/list-v2/:bucket", on_list_pages},
	{"POST", PREFIX "/object/move", on_move},
	{"POST", PREFIX "/object/copy", on_copy_object},
	{"DELETE", PREFIX "/object/:bucket", on_remove_many},
	{"GET", PREFIX "/object/:bucket/*", on_object_get},
	{"POST", PREFIX "/object/:bucket/*", on_object_create},
	{"PUT", PREFIX "/object/:bucket/*", on_object_replace},
	{"DELETE", PREFIX "/object/:bucket/*", on_remove_one},
	{0},
};

const struct module storage_module = {
	.name = "storage",
	.routes = routes,
	.start = start,
	.stop = stop,
	.jobs = storage_jobs,
};
