/* plat storage: what is kept in buckets, and putting rows and bytes together again. */
#include <stdio.h>
#include <string.h>

#include "app/database.h"
#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/engine.h"
#include "mod/storage/sweep.h"

static long long minutes = 60;

static int buckets(struct login *l, struct arena *a, struct err *e)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b,
		"select b.id, coalesce(w.slug, '-'), case when b.public then 'public' else 'private' end,"
		" count(o.id), coalesce(sum((o.metadata ->> 'size')::bigint), 0),"
		" pg_size_pretty(coalesce(sum((o.metadata ->> 'size')::bigint), 0))"
		" from storage.buckets b left join mls.workspaces w on w.id = b.workspace_id"
		" left join storage.objects o on o.bucket_id = b.id group by b.id, w.slug order by b.id",
		0, NULL);
	if (db_run(l->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	printf("%-32s %-24s %-8s %10s %16s\n", "bucket", "workspace", "access", "objects", "bytes");
	for (int row = 0; row < result_rows(r); row++)
		printf("%-32s %-24s %-8s %10s %16s  %s\n", result_text(r, row, 0).p,
			result_text(r, row, 1).p, result_text(r, row, 2).p,
			result_text(r, row, 3).p, result_text(r, row, 4).p,
			result_text(r, row, 5).p);
	return 0;
}

static int sweep(struct task *t, struct login *l, struct err *e)
{
	struct storage_engine *g =
		storage_engine_open(&(struct storage_engine_options){.loop = t->loop,
					    .data = database_data_dir(l->database),
					    .http = l->http},
			e);
	struct storage_swept swept;
	int64_t deleted;
	int code = g ? storage_sweep_garbage(l->db, g, &deleted, e) : e->code;

	if (!code)
		code = storage_sweep(l->db, g, minutes * 60, &swept, e);
	storage_engine_close(g);
	if (code)
		return code;
	printf("%lld files, %lld bytes\n%lld of deleted objects removed\n"
	       "%lld without an object removed, %lld bytes\n%lld objects without a file%s\n",
		(long long)swept.files, (long long)swept.bytes, (long long)deleted,
		(long long)swept.orphans, (long long)swept.orphan_bytes, (long long)swept.missing,
		swept.missing ? " (named in the log above)" : "");
	return 0;
}

static int storage(struct task *t, struct err *e)
{
	const char *what = t->arg;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = !strcmp(what, "sweep") ? sweep(t, &l, e) : buckets(&l, t->arena, e);
	login_close(&l);
	return code;
}

static int run(int n, char **operands)
{
	static char all[] = "buckets";
	char *what = n ? operands[0] : all;

	if (n > 1 || (strcmp(what, "buckets") != 0 && strcmp(what, "sweep") != 0)) {
		fprintf(stderr, "plat storage: say buckets or sweep; see plat storage --help\n");
		return 2;
	}
	return task_run("storage", storage, what);
}

static const struct arg args[] = {
	{"minutes", ARG_INT, &minutes, "N",
		"sweep: how old files without an object must be; 60 unless said. Less may hit uploads that are under way",
		0, 60 * 24 * 365},
	{0},
};

const struct command storage_command = {
	.name = "storage",
	.summary = "list buckets, or bring rows and files together again",
	.operands = "[buckets|sweep]",
	.details =
		"buckets (the default) lists every bucket with its number of objects and their bytes. sweep removes files that belong to no\n"
		"object and names objects whose file is gone; plat work does it every hour.",
	.examples = "plat storage\nplat storage sweep\nplat storage sweep --minutes 1440\n",
	.args = args,
	.run = run,
};
