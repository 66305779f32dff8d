/* The thumbnail of a photo: an object beside it, which tells what it is of (sql/live/82_storage_links.sql). */
#include <unistd.h>

#include "app/job.h"
#include "base/arena.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "loop/fiber.h"
#include "mod/storage/call.h"
#include "mod/storage/jobs_local.h"
#include "mod/storage/render.h"
#include "mod/storage/rendition.h"

#define SIDE 480
#define QUALITY 75
#define PIECE ((size_t)64 * 1024)

struct thumbnail {
	struct job *job;
	struct storage_engine *engine;
	struct str bucket, name, version, owner; /* of the picture */
	int64_t size;
	struct render_made made;
	struct str to_version;
	unsigned char md5[16];

	/* Of the thread. */
	char *room;
	int64_t at;
	ssize_t got;
};

/* 0 without a picture: it was taken away or replaced meanwhile, and there is another job for what came then. */
static int find(struct thumbnail *t, bool *ret_found, struct err *e)
{
	struct job *j = t->job;
	struct batch *b = batch_new(j->arena);

	batch_as(b, &storage_worker);
	batch_add(b,
		"select version, owner, coalesce((metadata ->> 'size')::bigint, 0) from storage.objects"
		" where bucket_id = $1 and name = $2 and workspace_id = $3 and version is not null",
		3,
		(struct db_param[]){db_str(t->bucket), db_str(t->name), db_str(j->workspace_id)});
	if (db_run(j->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	*ret_found = result_rows(r);
	if (*ret_found) {
		t->version = result_text(r, 0, 0);
		t->owner = result_text(r, 0, 1);
		t->size = result_i64(r, 0, 2);
	}
	return 0;
}

static void read_piece(void *arg)
{
	struct thumbnail *t = arg;

	t->got = pread(t->made.fd, t->room, PIECE, t->at);
}

static int copy(struct thumbnail *t, struct storage_put *put, struct err *e)
{
	t->room = arena_alloc(t->job->arena, PIECE);
	for (t->at = 0; t->at < t->made.size; t->at += t->got) {
		fiber_work(read_piece, t);
		if (t->got <= 0)
			return err_set(e, E_BUG, "the rendition cannot be read");
		if (storage_put_write(put, str_from(t->room, (size_t)t->got), e))
			return e->code;
	}
	return storage_put_finish(put, e);
}

static int store(struct thumbnail *t, struct err *e)
{
	struct job *j = t->job;
	char version[UUID_SIZE];

	t->to_version = str_copy(j->arena, str_of(uuid_format(version, uuid_new())));
	struct storage_place place = {.workspace_id = j->workspace_id, .version = t->to_version};
	struct storage_put *put = storage_put_open(t->engine, j->arena, &place, e);
	if (!put)
		return e->code;
	if (copy(t, put, e)) {
		storage_put_abandon(put);
		return e->code;
	}
	for (size_t i = 0; i < sizeof t->md5; i++)
		t->md5[i] = put->digest[i];
	return 0;
}

/* Only while the picture is still the one it was made of: else bytes without a row are left, for storage.sweep. */
static int save_row(struct thumbnail *t, struct err *e)
{
	struct job *j = t->job;
	struct batch *b = batch_new(j->arena);
	struct str etag = STR_JOIN(j->arena, STR("\""),
		enc_hex(j->arena, str_from(t->md5, sizeof t->md5)), STR("\""));

	batch_as(b, &storage_worker);
	batch_add(b,
		"select storage.put_object(gen_random_uuid(), o.bucket_id, storage.thumbnail_name(o.name), true, o.owner, o.workspace_id, $3,"
		" jsonb_build_object('eTag', $4::text, 'size', $5::bigint, 'mimetype', $6::text, 'cacheControl', 'max-age=3600',"
		" 'lastModified', to_jsonb(now()), 'contentLength', $5::bigint, 'httpStatusCode', 200),"
		" jsonb_build_object('thumbnail_of', o.name, 'version', o.version, 'width', $7::int, 'height', $8::int))"
		" from storage.objects o where o.bucket_id = $1 and o.name = $2 and o.version = $9 for update of o",
		9,
		(struct db_param[]){db_str(t->bucket), db_str(t->name), db_str(t->to_version),
			db_str(etag), db_i64(j->arena, t->made.size), db_text(t->made.type),
			db_i64(j->arena, t->made.width), db_i64(j->arena, t->made.height),
			db_str(t->version)});
	return db_run(j->db, b, e) ? e->code : 0;
}

static int make(struct thumbnail *t, struct err *e)
{
	struct job *j = t->job;
	struct render render = {.loop = j->loop, .engine = t->engine, .data = j->data};
	struct rendition want = {.width = SIDE,
		.height = SIDE,
		.quality = QUALITY,
		.resize = "contain",
		.format = "webp"};
	struct storage_place place = {.workspace_id = j->workspace_id, .version = t->version};

	/* Made anew: only then the size of the picture is known. */
	render_forget(j->arena, j->data, t->version);
	if (render_open(&render, j->arena, &place, t->size, &want, &t->made, e) || store(t, e))
		return e->code;
	return save_row(t, e);
}

int storage_job_thumbnail(struct job *j, struct err *e)
{
	struct thumbnail t = {.job = j};
	bool is_found = false;

	if (!json_to_str(json_get(j->payload, "bucket"), &t.bucket) ||
		!json_to_str(json_get(j->payload, "name"), &t.name))
		return err_set(e, E_INPUT, "the payload names no object");
	if (find(&t, &is_found, e) || !is_found)
		return e->code;
	t.engine = storage_engine_open(&(struct storage_engine_options){.loop = j->loop,
					       .data = j->data,
					       .http = j->http},
		e);
	int code = t.engine ? make(&t, e) : e->code;
	storage_engine_close(t.engine);
	return code;
}
