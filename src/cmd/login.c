#include "cmd/login.h"

#include "app/database.h"
#include "app/migrate.h"
#include "base/arena.h"
#include "db/batch.h"
#include "db/db.h"
#include "http/client.h"

#define DB_WAIT_MS 10000

/* A command on a database that was never migrated, or by an older program, would fail in the middle of something. */
static int check_schema(struct database *d, struct err *e)
{
	struct arena *a = arena_new();
	const struct migration *list;
	size_t n;
	int code = migrate_status(d, a, &list, &n, e);

	for (size_t i = 0; !code && i < n; i++)
		if (list[i].state != MIGRATION_APPLIED)
			code = err_set(e, E_CONFLICT,
				"the database does not have sql/%s of this program; run plat migrate first",
				list[i].name);
	arena_free(a);
	return code;
}

int login_open(struct task *t, struct login *ret_login, struct err *e)
{
	struct login l = {.database = database_open(t->loop, e)};

	if (l.database && !check_schema(l.database, e))
		l.db = database_connect_login(l.database, DB_WAIT_MS, e);
	if (!l.db) {
		login_close(&l);
		return e->code;
	}
	l.http = http_client_new(t->loop, NULL);
	*ret_login = l;
	return 0;
}

void login_close(struct login *l)
{
	http_client_free(l->http);
	db_close(l->db);
	database_close(l->database);
	*l = (struct login){0};
}

int login_ask(struct db *db, struct arena *a, const char *sql, int n, const struct db_param *params,
	struct result **ret_rows, struct err *e)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b, sql, n, params);
	if (db_run(db, b, e))
		return e->code;
	*ret_rows = batch_result(b, 0);
	return 0;
}
