/* claim: takes jobs for the slots that are free. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "loop/loop.h"
#include "mod/jobs/worker_local.h"

enum { COL_ID, COL_NAME, COL_WORKSPACE, COL_PAYLOAD, COL_ATTEMPT, COL_MAX_ATTEMPTS, COL_TOKEN };

static const struct stmt claim = {"jobs_claim",
	"select id, name, workspace_id, payload, attempt, max_attempts, token"
	" from plat.claim_jobs($1, $2::int, $3::text[], $4::int[], $5::interval)"};

/* How many more of each kind may run, as an array of PostgreSQL. */
static struct str rooms(const struct jobs_worker *w, struct arena *a, int free_slots)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < w->n_kinds; i++) {
		const struct jobs_kind *k = &w->kinds[i];
		int room = k->kind->most ? k->kind->most - k->running : free_slots;
		buf_printf(&b, "%c%d", i ? ',' : '{', room);
	}
	buf_cstr(&b, w->n_kinds ? "}" : "{}");
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static struct jobs_kind *kind_of(struct jobs_worker *w, struct str name)
{
	for (size_t i = 0; i < w->n_kinds; i++)
		if (str_eq(str_of(w->kinds[i].kind->name), name))
			return &w->kinds[i];
	abort(); /* only these were asked for */
}

static void start(struct jobs_worker *w, const struct result *found, int row, int64_t asked_us)
{
	struct arena *a = arena_new();
	struct jobs_run *r = ARENA_NEW(a, struct jobs_run);
	const struct jobs_options *o = &w->options;

	*r = (struct jobs_run){.worker = w,
		.kind = kind_of(w, result_text(found, row, COL_NAME)),
		.token = str_copy(a, result_text(found, row, COL_TOKEN)),
		.err = {.arena = a},
		.began_us = mono_us(),
		.good_until_us = jobs_good_until(w, asked_us)};
	r->job = (struct job){.arena = a,
		.id = result_i64(found, row, COL_ID),
		.name = str_of(r->kind->kind->name),
		.workspace_id = str_copy(a, result_text(found, row, COL_WORKSPACE)),
		.payload =
			json_parse(a, str_copy(a, result_text(found, row, COL_PAYLOAD)), &r->err),
		.attempt = (int)result_i64(found, row, COL_ATTEMPT),
		.max_attempts = (int)result_i64(found, row, COL_MAX_ATTEMPTS),
		.loop = o->loop,
		.db = o->db,
		.http = o->http,
		.keyring = o->keyring,
		.data = o->data};
	jobs_run_start(r);
}

void jobs_claim(struct jobs_worker *w)
{
	int free_slots = w->options.slots - w->n_runs;
	int64_t asked_us = mono_us();

	if (free_slots <= 0 || !w->n_kinds)
		return;
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct batch *b = jobs_batch(a);
	struct db_param params[] = {db_text(w->name), db_i64(a, free_slots),
		db_str(jobs_names(w, a)), db_str(rooms(w, a, free_slots)), db_str(w->lease)};

	batch_add_prepared(b, &claim, 5, params);
	if (db_run(w->options.db, b, &e)) {
		log_warn("work.claim_failed", LOG_ERR(&e));
	} else {
		const struct result *found = batch_result(b, 0);
		for (int row = 0; row < result_rows(found); row++)
			start(w, found, row, asked_us);
	}
	arena_free(a);
}
