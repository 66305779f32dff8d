#include "app/worker.h"

#include "db/db.h"
#include "db/session.h"

struct session *worker_session(struct db *db, struct err *e)
{
	struct db_caller caller = {.role = STR("plat_worker")};

	return session_open(db, &caller, e);
}
