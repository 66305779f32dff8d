/* Jobs that keep objects and what refers to them together. */
#include "app/job.h"
#include "base/arena.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/call.h"
#include "mod/storage/jobs_local.h"
#include "mod/storage/render.h"
#include "mod/storage/tus_file.h"

/* One statement as the worker; its result. */
static const struct result *ask(struct job *j, const char *sql, struct err *e)
{
	struct batch *b = batch_new(j->arena);

	batch_as(b, &storage_worker);
	batch_add(b, sql, 0, NULL);
	return db_run(j->db, b, e) ? NULL : batch_result(b, 0);
}

int storage_job_follow_rows(struct job *j, struct err *e)
{
	const struct result *r = ask(j, "select removed, filled from storage.follow_rows()", e);

	if (!r)
		return e->code;
	if (result_i64(r, 0, 0) || result_i64(r, 0, 1))
		log_info("storage.followed", LOG_INT("removed", result_i64(r, 0, 0)),
			LOG_INT("filled", result_i64(r, 0, 1)));
	return 0;
}

/* Files of rows that are gone; and those of which nobody knows any more, as after a kill in between. */
int storage_job_expire_uploads(struct job *j, struct err *e)
{
	const struct result *r = ask(j, "select storage.expire_uploads()", e);
	int64_t removed;

	if (!r)
		return e->code;
	for (int i = 0; i < result_rows(r); i++)
		tus_file_forget(j->arena, j->data, result_text(r, i, 0));
	return tus_file_sweep(j->arena, j->data, &removed, e);
}

int storage_job_trim_renditions(struct job *j, struct err *e)
{
	struct batch *b = batch_new(j->arena);
	struct str *versions;
	size_t n;
	int64_t removed;

	if (render_versions(j->arena, j->data, &versions, &n, e))
		return e->code;
	batch_as(b, &storage_worker);
	for (size_t i = 0; i < n; i++)
		batch_add(b, "select from storage.objects where version = $1", 1,
			(struct db_param[]){db_str(versions[i])});
	if (n && db_run(j->db, b, e))
		return e->code;
	for (size_t i = 0; i < n; i++)
		if (!result_rows(batch_result(b, (int)i)))
			render_forget(j->arena, j->data, versions[i]);
	return render_trim(j->arena, j->data, RENDER_CACHE_BYTES, &removed, e);
}
