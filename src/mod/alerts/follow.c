#include "mod/alerts/follow.h"

#include "app/job.h"
#include "app/worker.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "base/map.h"
#include "db/result.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "mod/alerts/held.h"
#include "mod/alerts/listing.h"
#include "mod/alerts/match.h"
#include "mod/alerts/tell.h"

#define LISTINGS_MOST 500        /* of one transaction */
#define FOUND_MOST 10000         /* in one transaction, unless one listing has more: a second */
#define COUNT_MOST 20000         /* of a newly watched workspace, in one transaction */
#define RUN_US INT64_C(60000000) /* then the job ends, and the next one goes on */

enum {
	COL_WORKSPACE,
	COL_LISTING,
	COL_MOMENT,
	COL_WAS_KNOWN,
	COL_IS_FRESH,
	COL_IS_PUBLIC,
	COL_IS_OPEN,
	COL_BEFORE_PUBLIC,
	COL_BEFORE_OPEN,
	COL_WAS_PUBLIC,
	COL_WAS_OPEN,
	COL_OLD_PRICE,
	COL_NEW_PRICE,
	COL_OLD_STATUS,
	COL_NEW_STATUS,
	COL_IS_DISPLAYED,
	COL_WAS,
};

struct look {
	struct job *job;
	struct session *session;
	struct arena *arena; /* of one transaction */
	struct result *rows;
	int most;                          /* listings of one transaction, now */
	size_t looked, matched;            /* of this transaction */
	bool is_crowded;                   /* it finds too much: fewer listings, once more */
	int64_t listings, found, match_us; /* of the job */
};

static struct alerts_change change_of(const struct result *r, int row)
{
	struct alerts_change c = {.was_known = result_bool(r, row, COL_WAS_KNOWN),
		.is_fresh = result_bool(r, row, COL_IS_FRESH),
		.has_before = !result_is_null(r, row, COL_WAS),
		.is_public = result_bool(r, row, COL_IS_PUBLIC),
		.is_open = result_bool(r, row, COL_IS_OPEN),
		.before_public = result_bool(r, row, COL_BEFORE_PUBLIC),
		.before_open = result_bool(r, row, COL_BEFORE_OPEN),
		.was_public = result_bool(r, row, COL_WAS_PUBLIC),
		.was_open = result_bool(r, row, COL_WAS_OPEN),
		.has_old_price = !result_is_null(r, row, COL_OLD_PRICE),
		.has_new_price = !result_is_null(r, row, COL_NEW_PRICE),
		.old_status = result_text(r, row, COL_OLD_STATUS),
		.new_status = result_text(r, row, COL_NEW_STATUS)};

	if (c.has_old_price)
		c.old_price = result_i64(r, row, COL_OLD_PRICE);
	if (c.has_new_price)
		c.new_price = result_i64(r, row, COL_NEW_PRICE);
	return c;
}

/* What clients were told of listings that they may not see any more is taken back. */
static int unsay(struct look *l, struct str workspace_id, int from, int to, struct err *e)
{
	struct buf ids;
	bool any = false;

	buf_init(&ids, 0);
	struct jsonw w = jsonw_to(&ids);
	jsonw_arr(&w);
	for (int row = from; row < to; row++) {
		if (!result_bool(l->rows, row, COL_WAS_KNOWN) ||
			result_bool(l->rows, row, COL_IS_DISPLAYED))
			continue;
		jsonw_str(&w, result_text(l->rows, row, COL_LISTING));
		any = true;
	}
	jsonw_end(&w);
	struct db_param p[] = {db_str(workspace_id), db_str(str_copy(l->arena, buf_view(&ids)))};
	buf_done(&ids);
	if (!any)
		return 0;
	return session_exec(l->session, l->arena,
		"select mls.unsay($1::uuid, null, array(select x::uuid from jsonb_array_elements_text($2::jsonb) x))",
		2, p, NULL, e);
}

/* What happened to listings of one workspace. */
struct events {
	struct str workspace_id;
	struct map *by_listing;  /* id -> alerts_change */
	struct str ids, befores; /* JSON, as listing.h takes it */
};

static bool is_event(const struct alerts_change *c)
{
	return alerts_event_kinds(c, false) || alerts_event_kinds(c, true);
}

static struct str list_ids(struct look *l, const struct map *events)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_arr(&w);
	for (size_t i = 0; i < map_len(events); i++)
		jsonw_str(&w, map_key_at(events, i));
	jsonw_end(&w);
	struct str list = str_copy(l->arena, buf_view(&b));
	buf_done(&b);
	return list;
}

/* Absent: of none is it known what it was. */
static struct str list_befores(struct look *l, int from, int to)
{
	struct buf b;
	bool any = false;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_arr(&w);
	for (int row = from; row < to; row++) {
		if (result_is_null(l->rows, row, COL_WAS))
			continue;
		any = true;
		jsonw_obj(&w);
		jsonw_key(&w, "id"), jsonw_str(&w, result_text(l->rows, row, COL_LISTING));
		jsonw_key(&w, "was"), jsonw_raw(&w, result_text(l->rows, row, COL_WAS));
		jsonw_end(&w);
	}
	jsonw_end(&w);
	struct str list = any ? str_copy(l->arena, buf_view(&b)) : STR_NULL;
	buf_done(&b);
	return list;
}

static void find_events(struct look *l, int from, int to, struct events *ret)
{
	struct map *events = map_new(l->arena, (size_t)(to - from));

	for (int row = from; row < to; row++) {
		struct alerts_change *c = ARENA_NEW(l->arena, struct alerts_change);
		*c = change_of(l->rows, row);
		if (is_event(c))
			map_put(events, result_text(l->rows, row, COL_LISTING), c);
	}
	*ret = (struct events){.workspace_id = result_text(l->rows, from, COL_WORKSPACE),
		.by_listing = events,
		.ids = list_ids(l, events),
		.befores = list_befores(l, from, to)};
}

/* Of each listing what it was; map: id -> search_doc. */
static int read_befores(struct look *l, const struct events *events, struct map **ret,
	struct err *e)
{
	struct alerts_listings docs = {.n = 0};

	if (events->befores.p &&
		alerts_listing_read_befores(l->session, l->arena, events->workspace_id,
			events->befores, &docs, e))
		return e->code;
	*ret = map_new(l->arena, docs.n);
	for (size_t i = 0; i < docs.n; i++)
		map_put(*ret, docs.ids[i], &docs.docs[i]);
	return 0;
}

static void match(void *batch)
{
	alerts_match(batch);
}

/* The listings as they are now, which may be later than what happened; then that is read next. */
static int match_listings(struct look *l, const struct events *events, struct alerts_listings *docs,
	struct alerts_batch *b, struct err *e)
{
	struct alerts_listing *listings = arena_array(l->arena, docs->n, sizeof *listings);
	struct alerts_held held;
	struct map *befores = NULL;

	if (alerts_held_get(l->session, l->arena, events->workspace_id, &held, e) ||
		read_befores(l, events, &befores, e))
		return e->code;
	for (size_t i = 0; i < docs->n; i++) {
		const struct alerts_change *c = map_get(events->by_listing, docs->ids[i]);
		listings[i] = (struct alerts_listing){.doc = docs->docs[i],
			.kinds_public = alerts_event_kinds(c, false),
			.kinds_agents = alerts_event_kinds(c, true),
			.before = map_get(befores, docs->ids[i])};
	}
	*b = (struct alerts_batch){.arena = l->arena,
		.listings = listings,
		.n = docs->n,
		.hidden = docs->hidden,
		.searches_arena = held.arena,
		.searches = held.searches,
		.briefs = held.briefs,
		.searches_n = held.n,
		.found_most = l->most > 1 ? FOUND_MOST : SIZE_MAX};
	int64_t began = mono_us();
	fiber_work(match, b);
	l->match_us += mono_us() - began;
	return 0;
}

static struct alerts_moment moment_of(const struct look *l, int row)
{
	return (struct alerts_moment){.listing_id = result_text(l->rows, row, COL_LISTING),
		.happened_at = result_text(l->rows, row, COL_MOMENT),
		.old_price = result_text(l->rows, row, COL_OLD_PRICE),
		.new_price = result_text(l->rows, row, COL_NEW_PRICE),
		.old_status = result_text(l->rows, row, COL_OLD_STATUS),
		.new_status = result_text(l->rows, row, COL_NEW_STATUS)};
}

static struct alerts_moment *moments_of(struct look *l, int from, int to,
	const struct alerts_listings *docs)
{
	struct alerts_moment *moments = arena_array(l->arena, docs->n, sizeof *moments);
	struct map *rows = map_new(l->arena, docs->n);

	for (size_t i = 0; i < docs->n; i++)
		map_put(rows, docs->ids[i], &moments[i]);
	for (int row = from; row < to; row++) {
		struct alerts_moment *m = map_get(rows, result_text(l->rows, row, COL_LISTING));
		if (m)
			*m = moment_of(l, row);
	}
	return moments;
}

static int look_at_workspace(struct look *l, int from, int to, struct err *e)
{
	struct str workspace_id = result_text(l->rows, from, COL_WORKSPACE);
	struct db_param hold = db_str(workspace_id);
	struct alerts_listings docs;
	struct alerts_batch b;
	struct events events;
	int64_t told;

	if (session_exec(l->session, l->arena, "select mls.hold_rules($1::uuid)", 1, &hold, NULL,
		    e) ||
		unsay(l, workspace_id, from, to, e))
		return e->code;
	find_events(l, from, to, &events);
	if (!map_len(events.by_listing))
		return 0;
	if (alerts_listing_read(l->session, l->arena, workspace_id, events.ids, &docs, e) ||
		match_listings(l, &events, &docs, &b, e))
		return e->code;
	l->looked += docs.n;
	l->matched += b.found_n;
	l->is_crowded = l->matched > FOUND_MOST && l->most > 1;
	if (l->is_crowded)
		return 0;
	struct alerts_tell t = {.session = l->session,
		.arena = l->arena,
		.workspace_id = workspace_id,
		.batch = &b,
		.moments = moments_of(l, from, to, &docs)};
	if (alerts_tell(&t, &told, e))
		return e->code;
	l->found += told;
	return 0;
}

static int look_at_rows(struct look *l, struct err *e)
{
	int n = result_rows(l->rows);

	for (int from = 0, to; from < n; from = to) {
		struct str workspace_id = result_text(l->rows, from, COL_WORKSPACE);
		for (to = from + 1;
			to < n && str_eq(result_text(l->rows, to, COL_WORKSPACE), workspace_id);)
			to++;
		if (look_at_workspace(l, from, to, e))
			return e->code;
		if (l->is_crowded)
			break;
	}
	return 0;
}

/* Everything that was to be found in so many listings would hold the transaction open for minutes, and whoever follows rows by their
 * transactions would wait: nothing of it is kept, and fewer are read. */
static int shrink(struct look *l, int64_t found_before, struct err *e)
{
	alerts_held_forget(); /* problems that were noted are not */
	l->found = found_before;
	l->most /= 4;
	if (l->most < 1)
		l->most = 1;
	return session_rollback(l->session, e);
}

/* One transaction. *ret_more: the round is not over. */
static int look_once(struct look *l, bool *ret_more, struct err *e)
{
	struct db_param most = db_i64(l->arena, l->most);
	int64_t found = l->found;

	l->looked = l->matched = 0;
	l->is_crowded = false;
	*ret_more = true;
	if (session_begin(l->session, e) ||
		session_exec(l->session, l->arena, "select * from mls.read_alert_changes($1::int)",
			1, &most, &l->rows, e) ||
		look_at_rows(l, e))
		return e->code;
	if (l->is_crowded)
		return shrink(l, found, e);
	if (session_commit(l->session, e))
		return e->code;
	*ret_more = result_rows(l->rows) == l->most;
	l->listings += (int64_t)l->looked;
	if (l->most < LISTINGS_MOST && l->matched < FOUND_MOST / 2)
		l->most = l->most * 2 < LISTINGS_MOST ? l->most * 2 : LISTINGS_MOST;
	return 0;
}

/* What newly watched workspaces had before. */
static int count_first(struct look *l, int64_t until_us, struct err *e)
{
	struct db_param most = db_i64(l->arena, COUNT_MOST);
	struct result *r;

	for (bool more = true; more && mono_us() < until_us;) {
		if (session_exec(l->session, l->arena, "select mls.count_alert_listings($1::int)",
			    1, &most, &r, e))
			return e->code;
		more = !result_is_null(r, 0, 0);
	}
	return 0;
}

static int has_changes(struct look *l, bool *ret, struct err *e)
{
	struct result *r;

	if (session_exec(l->session, l->arena, "select mls.has_alert_changes()", 0, NULL, &r, e))
		return e->code;
	*ret = result_bool(r, 0, 0);
	return 0;
}

static int look_on(struct look *l, int64_t until_us, struct err *e)
{
	bool more = false;

	if (has_changes(l, &more, e))
		return e->code;
	while (more && mono_us() < until_us) {
		int code = look_once(l, &more, e);
		if (code)
			return code;
		arena_reset(l->arena);
	}
	return 0;
}

int alerts_follow(struct job *j, struct err *e)
{
	struct look l = {.job = j, .arena = arena_new(), .most = LISTINGS_MOST};
	int64_t began_us = mono_us(), until_us = began_us + RUN_US;

	l.session = worker_session(j->db, e);
	if (l.session && !count_first(&l, until_us, e))
		(void)look_on(&l, until_us, e);
	session_close(l.session);
	arena_free(l.arena);
	if (e->code)
		alerts_held_forget(); /* what was written of their problems was rolled back */
	if (l.found)
		log_info("alerts.found", LOG_INT("listings", l.listings),
			LOG_INT("alerts", l.found), LOG_INT("match_us", l.match_us),
			LOG_INT("us", mono_us() - began_us));
	return e->code;
}
