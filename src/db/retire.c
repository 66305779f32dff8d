/* retire: connections that nobody needed for long, or that have lived long, end between two pieces of work. Functions of db_local.h.
 *
 * A shared connection that has grown old takes nothing new, ends with its last batch and is dialled again; one at a time, so that
 * the others carry on. An idle one is closed and dialled when there is something to do. */
#include "db/db_local.h"
#include "db/pin.h"
#include "loop/loop.h"
#include "loop/timer.h"

#define LOOK_MIN_MS 20
#define LOOK_MAX_MS 5000
#define LOOKS 8 /* in the shorter of the two times */

static bool is_past(int64_t now_ms, int64_t since_ms, unsigned limit_ms)
{
	return limit_ms && now_ms - since_ms >= (int64_t)limit_ms;
}

bool retire_is_due(const struct db *db, int64_t born_ms, int64_t idle_since_ms)
{
	int64_t now = loop_now_ms(db->loop);

	return is_past(now, born_ms, db->age_ms) || is_past(now, idle_since_ms, db->idle_ms);
}

static bool is_one_leaving(const struct db *db)
{
	for (unsigned i = 0; i < db->nconns; i++)
		if (db->conns[i].is_leaving || db->conns[i].state == CONN_DIALING)
			return true;
	return false;
}

static void look_at(struct db *db, struct conn *c, int64_t now)
{
	if (!c->pg || c->cancel || c->is_leaving)
		return;
	if (c->n == 0 && is_past(now, c->head_since_ms, db->idle_ms))
		conn_sleep(c);
	else if (is_past(now, c->born_ms, db->age_ms) && !is_one_leaving(db))
		conn_leave(c);
}

static void on_look(void *arg)
{
	struct db *db = arg;
	int64_t now = loop_now_ms(db->loop);

	if (db->closing)
		return;
	for (unsigned i = 0; i < db->nconns; i++)
		look_at(db, &db->conns[i], now);
	pins_retire(db->pins);
}

void retire_start(struct db *db)
{
	unsigned shorter =
		!db->idle_ms || (db->age_ms && db->age_ms < db->idle_ms) ? db->age_ms : db->idle_ms;
	unsigned every = shorter / LOOKS;

	if (!shorter)
		return;
	every = every < LOOK_MIN_MS ? LOOK_MIN_MS : every > LOOK_MAX_MS ? LOOK_MAX_MS : every;
	db->retire = timer_new(db->loop, on_look, db);
	timer_start(db->retire, every, every);
}
