/* What storage leaves to plat work. */
#include "app/job.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/engine.h"
#include "mod/storage/jobs_local.h"
#include "mod/storage/storage_local.h"
#include "mod/storage/sweep.h"

#define MIN_AGE_S 3600
#define DELETED_AT_ONCE 1000

static struct storage_engine *engine_of(struct job *j, struct err *e)
{
	return storage_engine_open(&(struct storage_engine_options){.loop = j->loop,
					   .data = j->data,
					   .http = j->http},
		e);
}

/* In the order of their going; again from the start after a kill. */
static int delete_bytes(struct job *j, struct err *e)
{
	struct storage_engine *g = engine_of(j, e);
	int64_t n;
	int code = g ? storage_sweep_garbage(j->db, g, &n, e) : e->code;

	storage_engine_close(g);
	return code;
}

static int sweep(struct job *j, struct err *e)
{
	struct storage_engine *g = engine_of(j, e);
	struct storage_swept swept;
	int64_t n;
	int code = g ? storage_sweep_garbage(j->db, g, &n, e) : e->code;

	if (!code)
		code = storage_sweep(j->db, g, MIN_AGE_S, &swept, e);
	if (!code)
		log_info("storage.swept", LOG_INT("files", swept.files),
			LOG_INT("bytes", swept.bytes), LOG_INT("orphans", swept.orphans),
			LOG_INT("missing", swept.missing));
	storage_engine_close(g);
	return code;
}

/* What was there when the bucket was to be emptied, in transactions of a size that holds up nobody. */
static int empty_bucket(struct job *j, struct err *e)
{
	struct str bucket, before;
	int64_t n = 1;

	if (!json_to_str(json_get(j->payload, "bucket"), &bucket) ||
		!json_to_str(json_get(j->payload, "before"), &before))
		return err_set(e, E_INPUT, "the payload names no bucket and moment");
	while (n) {
		struct batch *b = batch_new(j->arena);
		batch_as(b, &storage_worker);
		batch_add(b,
			"delete from storage.objects where id in (select o.id from storage.objects o"
			" where o.bucket_id = $1 and o.created_at <= $2::timestamptz limit $3)",
			3,
			(struct db_param[]){db_str(bucket), db_str(before),
				db_i64(j->arena, DELETED_AT_ONCE)});
		if (db_run(j->db, b, e))
			return e->code;
		n = result_affected(batch_result(b, 0));
	}
	return 0;
}

const struct job_kind storage_jobs[] = {
	{.name = "storage.delete_bytes",
		.run = delete_bytes,
		.timeout_s = 3600,
		.most = 1,
		.summary = "remove the bytes of objects that are gone"},
	{.name = "storage.empty_bucket",
		.run = empty_bucket,
		.timeout_s = 3600,
		.summary = "delete everything in a bucket"},
	{.name = "storage.sweep",
		.run = sweep,
		.timeout_s = 3600,
		.most = 1,
		.every = "1 hour",
		.summary = "find bytes without a row, and rows without bytes"},
	{.name = "storage.thumbnail",
		.run = storage_job_thumbnail,
		.timeout_s = 300,
		.most = 2,
		.summary = "make the thumbnail of a photo of a listing"},
	{.name = "storage.follow_rows",
		.run = storage_job_follow_rows,
		.most = 1,
		.every = "30 seconds",
		.summary = "remove photos and documents that no row refers to any more"},
	{.name = "storage.expire_uploads",
		.run = storage_job_expire_uploads,
		.most = 1,
		.every = "1 hour",
		.summary = "give up resumable uploads that nobody came back for"},
	{.name = "storage.trim_renditions",
		.run = storage_job_trim_renditions,
		.most = 1,
		.every = "1 hour",
		.summary = "keep the folder of renditions small"},
	{0},
};
