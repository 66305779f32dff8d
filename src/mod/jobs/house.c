/* house: what keeps the queue going besides its jobs. Every worker does it; SQL sees to it that each thing is done once. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/jobs/worker_local.h"

#define HOUSE_US (2 * US_PER_SECOND)
#define LOOK_US (60 * US_PER_SECOND)

static void add_schedules(struct jobs_worker *w, struct batch *b)
{
	for (size_t i = 0; i < w->n_kinds; i++) {
		const struct job_kind *k = w->kinds[i].kind;
		if (k->every)
			batch_add(b, "select plat.schedule_job($1, $2::interval)", 2,
				(struct db_param[]){db_text(k->name), db_text(k->every)});
	}
}

static void say_strangers(struct jobs_worker *w, const struct result *found)
{
	for (int row = 0; row < result_rows(found); row++) {
		struct str name = result_text(found, row, 0);
		if (map_has(w->strangers, name))
			continue;
		log_warn("work.unknown_kind", LOG_STR("job", name));
		map_put(w->strangers, str_copy(w->arena, name), w);
	}
}

static void keep(struct jobs_worker *w, struct arena *a, bool look)
{
	struct err e = {.arena = a};
	struct batch *b = jobs_batch(a);
	struct db_param names = db_str(jobs_names(w, a));

	if (!w->scheduled)
		add_schedules(w, b);
	batch_add(b, "select plat.reap_jobs()", 0, NULL);
	batch_add(b, "select plat.relay_jobs()", 0, NULL);
	batch_add(b, "select plat.enqueue_due($1::text[])", 1, &names);
	if (look)
		batch_add(b,
			"select distinct name from plat.jobs where status = 'queued' and name <> all ($1::text[]) limit 20",
			1, &names);
	if (db_run(w->options.db, b, &e)) {
		log_warn("work.house_failed", LOG_ERR(&e));
		return;
	}
	w->scheduled = true;
	if (look)
		say_strangers(w, batch_result(b, batch_len(b) - 1));
}

void jobs_keep_house(struct jobs_worker *w)
{
	int64_t now = mono_us();

	if (now < w->next_house_us)
		return;
	struct arena *a = arena_new();
	bool look = now >= w->next_look_us;
	if (look)
		w->next_look_us = now + LOOK_US;
	w->next_house_us = now + HOUSE_US - US_PER_SECOND / 2; /* the poll comes every 2 s */
	keep(w, a, look);
	arena_free(a);
}
