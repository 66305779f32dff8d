#include "mod/mls/display.h"

#include "app/job.h"
#include "db/batch.h"
#include "db/db.h"

int display_job(struct job *j, struct err *e)
{
	struct batch *b = batch_new(j->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b, "select mls.hide_closed()", 0, NULL);
	return db_run(j->db, b, e);
}
