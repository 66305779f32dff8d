/* plat secrets: what is sealed with which master key, and its rotation. */
#include <stdio.h>
#include <string.h>

#include "app/database.h"
#include "app/migrate.h"
#include "app/secrets.h"
#include "cmd/args.h"
#include "cmd/login.h"

static bool stragglers;

static void print_report(const struct secrets_report *r)
{
	printf("%lld secrets stored, %lld under the current key before, %lld sealed again now; %lld keys in the ring\n",
		(long long)r->sealed, (long long)r->current, (long long)r->resealed,
		(long long)r->keys);
}

static int status(struct task *t, struct err *e)
{
	struct secrets_report report;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = secrets_count(l.database, l.db, &report, e);
	login_close(&l);
	if (!code)
		printf("%lld secrets stored, %lld of them under the current key; %lld keys in the ring\n",
			(long long)report.sealed, (long long)report.current,
			(long long)report.keys);
	return code;
}

/* The login's password follows from the current key, so the database has to learn it: migrate does. */
static int rotate(struct task *t, struct err *e)
{
	struct secrets_report report;
	struct migrate_report ignored;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = secrets_rotate(l.database, l.db, !stragglers, &report, e);
	if (!code)
		code = migrate_up(l.database, NULL, &ignored, e);
	login_close(&l);
	if (code)
		return code;
	print_report(&report);
	printf("restart plat serve so that it uses the new key\n");
	return 0;
}

static int forget(struct task *t, struct err *e)
{
	struct login l;
	int64_t dropped;

	if (login_open(t, &l, e))
		return e->code;
	int code = secrets_forget(l.database, l.db, &dropped, e);
	login_close(&l);
	if (!code)
		printf("%lld keys that seal nothing were dropped; older backups cannot be opened without them\n",
			(long long)dropped);
	return code;
}

static int run(int n, char **operands)
{
	const char *what = n ? operands[0] : "status";

	if (n <= 1 && !strcmp(what, "status"))
		return task_run("secrets", status, NULL);
	if (n <= 1 && !strcmp(what, "rotate"))
		return task_run("secrets", rotate, NULL);
	if (n <= 1 && !strcmp(what, "forget"))
		return task_run("secrets", forget, NULL);
	fprintf(stderr, "plat secrets: takes status, rotate or forget, not '%s'\n",
		n > 1 ? operands[1] : what);
	return 2;
}

static const struct arg args[] = {
	{"stragglers", ARG_FLAG, &stragglers, NULL,
		"with rotate: no new key, only what an interrupted rotation left", 0, 0},
	{0},
};

const struct command secrets_command = {
	.name = "secrets",
	.summary = "the secrets in the database and the master key that seals them",
	.operands = "[status | rotate | forget]",
	.details =
		"rotate makes a fresh master key and seals every stored secret with it; it may be interrupted and run again. The old\n"
		"key stays in the ring until forget drops the keys under which nothing is sealed any more.",
	.examples = "plat secrets\nplat secrets rotate\nplat secrets forget\n",
	.args = args,
	.run = run,
};
