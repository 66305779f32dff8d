/* The job that looks through payloads for fields and values, so that no request has to wait for all of them. */
#include "app/job.h"
#include "base/arena.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/reso/catalog.h"
#include "mod/reso/reso_local.h"

int reso_scan_job(struct job *j, struct err *e)
{
	struct batch *b = batch_new(j->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add(b,
		"select distinct workspace_id from mls.reso_consumers where revoked_at is null", 0,
		NULL);
	if (db_run(j->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	for (int i = 0; i < result_rows(r); i++)
		if (reso_catalog_scan(j->db, j->arena, result_text(r, i, 0), e))
			return e->code;
	return 0;
}
