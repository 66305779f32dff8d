#include "mod/storage/engine.h"

#include <assert.h>

#include "app/settings.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/md5.h"
#include "base/uuid.h"
#include "mod/storage/s3.h"

#define SHARED "shared" /* instead of a workspace */

int storage_place_key(struct arena *a, const struct storage_place *p, struct str *ret_key,
	struct err *e)
{
	if (!uuid_is_valid(p->version) || (p->workspace_id.p && !uuid_is_valid(p->workspace_id)))
		return err_set(e, E_INPUT, "this is no place for bytes: " STR_FMT,
			STR_ARG(p->version));
	*ret_key = STR_JOIN(a, p->workspace_id.p ? p->workspace_id : STR(SHARED), STR("/"),
		str_sub(p->version, 0, 2), STR("/"), p->version);
	return 0;
}

bool storage_place_parse(struct arena *a, struct str key, struct storage_place *ret_place)
{
	struct str rest = key, workspace = str_cut(&rest, '/'), folder = str_cut(&rest, '/');
	bool is_shared = str_eq(workspace, STR(SHARED));

	if (!uuid_is_valid(rest) || !(is_shared || uuid_is_valid(workspace)) ||
		!str_eq(folder, str_sub(rest, 0, 2)))
		return false;
	ret_place->workspace_id = is_shared ? STR_NULL : str_copy(a, workspace);
	ret_place->version = str_copy(a, rest);
	return true;
}

struct storage_engine *storage_engine_open(const struct storage_engine_options *options,
	struct err *e)
{
	return setting(SET_S3_URL) ? storage_engine_s3(options, e)
				   : storage_engine_disk(options, e);
}

void storage_engine_close(struct storage_engine *g)
{
	if (g)
		g->kind->close(g);
}

/* --- puts --------------------------------------------------------------------------------------- */

static void end_put(void *p)
{
	storage_put_abandon(p);
}

struct storage_put *storage_put_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, struct err *e)
{
	struct storage_put *p = g->kind->put_open(g, a, place, e);

	if (!p)
		return NULL;
	p->engine = g;
	p->md5 = md5_new();
	arena_defer(a, end_put, p);
	return p;
}

int storage_put_write(struct storage_put *p, struct str piece, struct err *e)
{
	assert(!p->is_over);
	int code = p->engine->kind->put_write(p, piece, e);
	if (!code)
		p->len += (int64_t)piece.len;
	return code;
}

static void put_over(struct storage_put *p)
{
	p->is_over = true;
	md5_free(p->md5);
	p->md5 = NULL;
}

int storage_put_finish(struct storage_put *p, struct err *e)
{
	assert(!p->is_over);
	md5_end(p->md5, p->digest);
	if (p->engine->kind->put_finish(p, e)) {
		storage_put_abandon(p);
		return e->code;
	}
	put_over(p);
	return 0;
}

void storage_put_abandon(struct storage_put *p)
{
	if (!p || p->is_over)
		return;
	p->engine->kind->put_abandon(p);
	put_over(p);
}

/* --- gets --------------------------------------------------------------------------------------- */

static void end_get(void *r)
{
	storage_get_close(r);
}

struct storage_get *storage_get_open(struct storage_engine *g, struct arena *a,
	const struct storage_place *place, int64_t from, int64_t len, struct err *e)
{
	struct storage_get *r = g->kind->get_open(g, a, place, from, len, e);

	if (!r)
		return NULL;
	r->engine = g;
	arena_defer(a, end_get, r);
	return r;
}

int storage_get_read(struct storage_get *r, struct str *ret_piece, struct err *e)
{
	assert(!r->is_over);
	return r->engine->kind->get_read(r, ret_piece, e);
}

void storage_get_close(struct storage_get *r)
{
	if (!r || r->is_over)
		return;
	r->is_over = true;
	r->engine->kind->get_close(r);
}

/* --- the rest ------------------------------------------------------------------------------------- */

int storage_remove_entry(struct storage_engine *g, struct arena *a,
	const struct storage_entry *entry, struct err *e)
{
	return g->kind->remove(g, a, entry, e);
}

int storage_remove(struct storage_engine *g, struct arena *a, const struct storage_place *place,
	struct err *e)
{
	return storage_remove_entry(g, a, &(struct storage_entry){.place = *place}, e);
}

void storage_discard(struct storage_engine *g, struct arena *a, const struct storage_place *place)
{
	struct err e = {.arena = a};

	if (storage_remove(g, a, place, &e))
		log_warn("storage.left_behind", LOG_STR("version", place->version), LOG_ERR(&e));
}

int storage_copy(struct storage_engine *g, struct arena *a, const struct storage_place *from,
	const struct storage_place *to, struct err *e)
{
	return g->kind->copy(g, a, from, to, e);
}

int storage_list(struct storage_engine *g, storage_entry_fn *fn, void *arg, struct err *e)
{
	return g->kind->list(g, fn, arg, e);
}
