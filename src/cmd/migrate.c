/* plat migrate: brings the database to this program's schema, or says how it stands. */
#include <stdio.h>
#include <string.h>

#include "app/database.h"
#include "app/migrate.h"
#include "cmd/args.h"
#include "cmd/task.h"

static void print_file(const char *name)
{
	printf("sql/%s\n", name);
	fflush(stdout);
}

static int up(struct task *t, struct err *e)
{
	struct migrate_report report;
	struct database *d = database_open(t->loop, e);
	int code = d ? migrate_up(d, print_file, &report, e) : e->code;

	database_close(d);
	if (!code)
		printf("%zu migrations and %zu live files applied in %.1f s; the schema is current\n",
			report.applied, report.live, (double)report.took_us / 1e6);
	return code;
}

static const char *const words[] = {
	[MIGRATION_APPLIED] = "applied",
	[MIGRATION_PENDING] = "pending",
	[MIGRATION_EDITED] = "edited",
	[MIGRATION_UNKNOWN] = "unknown",
};

static int read_status(struct task *t, const struct migration **ret_list, size_t *ret_n,
	struct err *e)
{
	struct database *d = database_open(t->loop, e);
	int code = d ? migrate_status(d, t->arena, ret_list, ret_n, e) : e->code;

	database_close(d);
	return code;
}

static int status(struct task *t, struct err *e)
{
	const struct migration *list;
	size_t n;

	if (read_status(t, &list, &n, e))
		return e->code;
	for (size_t i = 0; i < n; i++)
		printf("%-8s %-21s sql/%s\n", words[list[i].state],
			list[i].applied_at ? list[i].applied_at : "", list[i].name);
	return 0;
}

static int verify(struct task *t, struct err *e)
{
	const struct migration *list;
	size_t n;

	if (read_status(t, &list, &n, e))
		return e->code;
	for (size_t i = 0; i < n; i++)
		if (list[i].state != MIGRATION_APPLIED)
			return err_set(e, E_CONFLICT, "sql/%s is %s", list[i].name,
				words[list[i].state]);
	printf("%zu files applied, none pending, none edited\n", n);
	return 0;
}

static int run(int n, char **operands)
{
	const char *what = n ? operands[0] : "up";

	if (n <= 1 && !strcmp(what, "up"))
		return task_run("migrate", up, NULL);
	if (n <= 1 && !strcmp(what, "status"))
		return task_run("migrate", status, NULL);
	if (n <= 1 && !strcmp(what, "verify"))
		return task_run("migrate", verify, NULL);
	fprintf(stderr, "plat migrate: takes up, status or verify, not '%s'\n",
		n > 1 ? operands[1] : what);
	return 2;
}

const struct command migrate_command = {
	.name = "migrate",
	.summary = "bring the database to this program's schema, or say how it stands",
	.operands = "[up | status | verify]",
	.details =
		"up (the default) applies what is pending, under a lock, so that servers which start together do not collide.\n"
		"status lists every SQL file with its state. verify fails when one is pending, edited or unknown.",
	.examples =
		"plat migrate\nplat migrate status\nDATABASE_URL=postgresql://plat@db/plat plat migrate verify\n",
	.run = run,
};
