/* Removals are kept for a week: who follows looks every second, and begins anew after six days without a look. */
#include "app/job.h"
#include "base/arena.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "mod/search/store_jobs.h"

#define AT_ONCE "10000"

static int run_sweep(struct job *j, struct err *e)
{
	int64_t swept;

	do {
		struct batch *b = batch_new(j->arena);
		batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
		batch_add(b,
			"delete from mls.listing_removals r where r.ctid = any(array("
			"select x.ctid from mls.listing_removals x where x.removed_at < now() - interval '7 days' limit " AT_ONCE
			"))",
			0, NULL);
		if (db_run(j->db, b, e))
			return e->code;
		swept = result_affected(batch_result(b, 0));
	} while (swept);
	return 0;
}

const struct job_kind search_store_jobs[] = {
	{.name = "search.sweep",
		.run = run_sweep,
		.every = "1 hour",
		.summary = "forgets which listings were deleted a week ago"},
	{0},
};
