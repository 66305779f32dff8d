/* The loader: takes parts, finds out what they change, and loads one while the next one is being encoded in a thread. A page is one
 * transaction. */
#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "loop/fiber_queue.h"
#include "loop/loop.h"
#include "mod/mls/corrections.h"
#include "model/array.h"

/* Beyond this, what a row says of its time does not move the cursor: clocks differ a little. */
#define FUTURE_US (3600 * US_PER_SECOND)

/* A part that is being encoded. */
struct encoding {
	struct sync_encode work;
	struct fiber *fiber;
	bool is_over;
};

struct loader {
	struct sync *y;
	struct encoding encoding; /* of the part that is loaded next; part NULL: none */
	struct sync_stats before; /* of the page under way */
	int64_t admitted_before;
	bool is_in_page; /* parts of a page came whose end did not come yet */
	int64_t seen_us; /* greatest source timestamp of the page */
	struct str lead;
};

static void run_encoding(void *arg)
{
	sync_encode_part(&((struct encoding *)arg)->work);
}

static void on_encoded(void *arg)
{
	struct encoding *w = arg;

	w->is_over = true;
	fiber_wake(w->fiber);
}

static bool has_work(const struct sync_part *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].fate == SYNC_ROW_NEW || p->rows[i].fate == SYNC_ROW_CHANGED)
			return true;
	return false;
}

static void start_encoding(struct loader *l, struct encoding *w, struct sync_part *p)
{
	*w = (struct encoding){.work = {.workspace_id = l->y->o->workspace_id,
				       .lead = l->lead,
				       .part = p},
		.fiber = fiber_current()};
	if (has_work(p))
		loop_work(l->y->o->loop, run_encoding, on_encoded, w);
	else
		w->is_over = true;
}

static void finish_encoding(struct encoding *w)
{
	while (!w->is_over)
		fiber_park_firmly();
}

static void note_stamps(struct loader *l, const struct sync_part *p)
{
	int64_t most = now_us() + l->y->skew_us + FUTURE_US;

	for (size_t i = 0; i < p->n; i++) {
		const struct sync_row *row = &p->rows[i];
		int64_t us = row->head.source_modified_at;
		if (row->problem || us == LISTING_NULL)
			continue;
		if (us > most) {
			l->y->note = STR("rows from the future do not move the cursor");
			log_warn("sync.future_row", LOG_STR("run_id", l->y->run_id),
				LOG_STR("listing_key", row->head.key));
		} else if (us > l->seen_us) {
			l->seen_us = us;
		}
	}
}

/* Whoever wants a listing is written down, with the time: what a finished pass did not see is not wanted any more. */
static int note_wanted(struct sync *y, struct sync_part *p, struct err *e)
{
	struct str *keys = arena_array(p->arena, p->n ? p->n : 1, sizeof *keys);
	size_t n = 0;

	if (!y->scope || !y->scope->task_id.p)
		return 0;
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].fate != SYNC_ROW_OUT)
			keys[n++] = p->rows[i].head.key;
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->scope->task_id),
		db_str(y->provider), db_str(model_array_join(p->arena, n, keys))};
	return n
		? session_exec(y->s, p->arena,
			  "insert into mls.import_task_listings (workspace_id, import_task_id, listing_id) "
			  "select $1::uuid, $2::uuid, l.id from mls.listings l where l.workspace_id = $1::uuid and l.source_provider = $3 "
			  "and l.source_listing_key = any ($4::text[]) "
			  "on conflict (workspace_id, import_task_id, listing_id) do update set seen_at = now()",
			  4, params, NULL, e)
		: 0;
}

static void count(struct loader *l, struct sync_part *p)
{
	struct sync_stats *s = &l->y->stats;

	for (size_t i = 0; l->y->arrived && i < p->n; i++)
		if (p->rows[i].head.key.p)
			map_put(l->y->arrived, str_copy(l->y->arena, p->rows[i].head.key), p);
	for (size_t i = 0; i < p->n; i++)
		s->unchanged += p->rows[i].fate == SYNC_ROW_SAME;
	for (size_t i = 0; i < p->n_noted; i++)
		corrections_add(l->y->corrections, p->noted[i]);
	s->fetched += (int64_t)p->n + p->skipped;
	s->skipped_large += p->skipped;
	s->errors += p->n_bad + p->skipped;
	s->corrected += p->corrected;
}

/* The cursor as it will be once this page is committed. Its seen never goes back, and an empty page says nothing about it. */
static void move_cursor(struct loader *l, const struct sync_part *p)
{
	struct sync *y = l->y;
	char text[CLOCK_ISO_SIZE];
	int64_t known_us;

	if (l->seen_us != LISTING_NULL &&
		(!clock_parse_iso(y->cursor.seen, &known_us) || l->seen_us > known_us))
		y->cursor.seen = str_copy(y->arena, str_of(clock_format_iso(text, l->seen_us)));
	y->cursor.next = str_copy(y->arena, p->next);
	if (!p->next.p || (p->is_full && !y->cursor.from.p))
		sync_pass_end(y);
}

static int commit_page(struct loader *l, struct sync_part *p, struct err *e)
{
	struct sync *y = l->y;

	if (!y->is_refetching)
		move_cursor(l, p);
	y->stats.pages++;
	if (corrections_save(y->corrections, y->s, p->arena, y->o->workspace_id, y->run_id, e) ||
		sync_run_page(y, p->arena, e) || session_commit(y->s, e))
		return e->code;
	corrections_keep(y->corrections);
	l->seen_us = LISTING_NULL;
	if (y->o->on_page)
		y->o->on_page(&y->stats, y->o->arg);
	return sync_run_stopped(y, e);
}

/* A part whose lines are ready. Those of a page that ends take its transaction with them. */
static int load_part(struct loader *l, struct sync_part *p, struct err *e)
{
	struct sync *y = l->y;

	if (!session_in_transaction(y->s)) {
		l->before = y->stats;
		if (session_begin(y->s, e))
			return e->code;
	}
	note_stamps(l, p);
	if (sync_new_load(y, p, e) || sync_load_changed(y, p, e) || note_wanted(y, p, e))
		return e->code;
	count(l, p);
	return p->kind == SYNC_PART_END ? commit_page(l, p, e) : 0;
}

static int load_pending(struct loader *l, struct err *e)
{
	struct sync_part *p = l->encoding.work.part;

	if (!p)
		return 0;
	l->encoding.work.part = NULL;
	int code = load_part(l, p, e);
	sync_part_free(p);
	return code;
}

/* Nothing of the page counts. */
static void forget_page(struct loader *l)
{
	struct sync *y = l->y;

	sync_part_free(l->encoding.work.part);
	l->encoding.work.part = NULL;
	if (session_in_transaction(y->s)) {
		y->stats = l->before;
		session_rollback(y->s, NULL);
	}
	if (l->is_in_page)
		y->admitted = l->admitted_before;
	l->is_in_page = false;
	corrections_forget(y->corrections);
	l->seen_us = LISTING_NULL;
}

/* The part before is loaded while this one is being encoded. */
static int take_rows(struct loader *l, struct sync_part *p, struct err *e)
{
	struct encoding next;

	if (!l->is_in_page)
		l->admitted_before = l->y->admitted;
	l->is_in_page = p->kind != SYNC_PART_END;
	if (sync_known_find(l->y, p, l->encoding.work.part, e)) {
		sync_part_free(p);
		return e->code;
	}
	start_encoding(l, &next, p);
	int code = load_pending(l, e);
	finish_encoding(&next);
	l->encoding = next;
	return code;
}

static int take_broken(struct loader *l, struct sync_part *p, bool *ret_stale, struct err *e)
{
	const struct sync_part *before = l->encoding.work.part;
	/* The page before is whole. */
	int code = before && before->kind == SYNC_PART_END ? load_pending(l, e) : 0;

	forget_page(l);
	*ret_stale = p->is_stale;
	if (!code && p->is_final && !p->is_stale) {
		l->y->status = p->status;
		code = err_set(e, p->err.code, "%s", p->err.msg);
	}
	sync_part_free(p);
	return code;
}

/* Nobody needs the rest of a pass whose scope is full. */
static bool is_over(const struct sync *y)
{
	return y->is_full && !y->cursor.is_open && !y->is_refetching;
}

static int take_all(struct loader *l, struct fiber_queue *parts, bool *ret_stale, struct err *e)
{
	void *item;

	for (;;) {
		int code = fiber_queue_take(parts, &item);
		if (code == E_ABSENT)
			return load_pending(l, e);
		if (code)
			return err_set(e, E_CANCEL,
				"stopped; the next run goes on from the last committed page");
		struct sync_part *p = item;
		code = p->kind == SYNC_PART_BROKEN ? take_broken(l, p, ret_stale, e)
						   : take_rows(l, p, e);
		if (code || *ret_stale || is_over(l->y))
			return code;
	}
}

int sync_page_load_all(struct sync *y, struct fiber_queue *parts, bool *ret_stale, struct err *e)
{
	struct loader l = {.y = y, .seen_us = LISTING_NULL, .before = y->stats};

	l.lead = sync_new_lead(y, y->arena);
	*ret_stale = false;
	int code = take_all(&l, parts, ret_stale, e);
	forget_page(&l);
	return code;
}
