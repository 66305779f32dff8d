#include "mod/alerts/held.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/alerts/match.h"

#define WORKSPACES_MAX 64
#define SEARCHES_MAX 200000 /* of all that are held */

struct workspace {
	struct arena *arena;
	struct str id, since; /* transactions below it are known */
	struct map *by_id;
	struct alerts_search **searches;
	struct alerts_brief *briefs;
	size_t n, cap, outdated;
	struct str agents; /* of the workspace, when searches were last told apart */
	uint64_t used;
};

static struct workspace *held[WORKSPACES_MAX]; /* of one job at a time */
static uint64_t clock;

static void drop(struct workspace **place)
{
	if (*place)
		arena_free((*place)->arena);
	*place = NULL;
}

void alerts_held_forget(void)
{
	for (size_t i = 0; i < WORKSPACES_MAX; i++)
		drop(&held[i]);
}

static struct workspace **place_of(struct str id)
{
	struct workspace **oldest = &held[0];
	size_t all = 0;

	for (size_t i = 0; i < WORKSPACES_MAX; i++) {
		if (held[i] && str_eq(held[i]->id, id))
			return &held[i];
		all += held[i] ? held[i]->n : 0;
		if (!held[i] || (*oldest && held[i]->used < (*oldest)->used))
			oldest = &held[i];
	}
	if (all > SEARCHES_MAX)
		alerts_held_forget();
	drop(oldest);
	return oldest;
}

static struct workspace *begin(struct str id)
{
	struct arena *a = arena_new();
	struct workspace *w = ARENA_NEW(a, struct workspace);

	*w = (struct workspace){.arena = a,
		.id = str_copy(a, id),
		.since = STR("0"),
		.by_id = map_new(a, 0)};
	return w;
}

static size_t add(struct workspace *w, struct str id)
{
	struct arena *a = w->arena;
	struct alerts_search *s = ARENA_NEW(a, struct alerts_search);

	if (w->n == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 64;
		w->searches = arena_resize(a, w->searches, w->cap * sizeof s, cap * sizeof s);
		w->briefs = arena_resize(a, w->briefs, w->cap * sizeof *w->briefs,
			cap * sizeof *w->briefs);
		w->cap = cap;
	}
	*s = (struct alerts_search){.id = str_copy(a, id), .at = w->n};
	w->searches[w->n] = s;
	map_put(w->by_id, s->id, s);
	return w->n++;
}

static void keep(struct workspace *w, const struct result *r, int row)
{
	struct arena *a = w->arena;
	struct str id = result_text(r, row, 0);
	const struct alerts_search *known = map_get(w->by_id, id);
	size_t at = known ? known->at : add(w, id);
	struct alerts_search *s = w->searches[at];

	w->outdated += known != NULL;
	*s = (struct alerts_search){.id = s->id,
		.at = at,
		.user_id = str_copy(a, result_text(r, row, 1)),
		.query = str_copy(a, result_text(r, row, 2)),
		.kinds = alerts_event_mask(result_text(r, row, 3)),
		.stored_problem = str_copy(a, result_text(r, row, 4))};
	w->briefs[at] = (struct alerts_brief){0};
}

/* What changed; a search that was read in the transaction of its change is read twice. */
static int read_changes(struct session *s, struct arena *a, struct workspace *w, struct err *e)
{
	struct db_param p[] = {db_str(w->id), db_str(w->since)};
	struct result *now, *rows;

	if (session_exec(s, a, "select pg_snapshot_xmin(pg_current_snapshot())::text", 0, NULL,
		    &now, e) ||
		session_exec(s, a,
			"select id, user_id, query::text, array_to_string(alert_kinds, ','), problem from mls.saved_searches"
			" where workspace_id = $1::uuid and changed_xid >= $2::xid8 and alert <> 'off'",
			2, p, &rows, e))
		return e->code;
	for (int row = 0; row < result_rows(rows); row++)
		keep(w, rows, row);
	if (result_rows(rows))
		w->agents = STR_NULL;
	w->since = str_copy(w->arena, result_text(now, 0, 0));
	return 0;
}

/* As whom each person searches, now; mostly nothing has changed of it. */
static int read_agents(struct session *s, struct arena *a, struct workspace *w, struct err *e)
{
	struct db_param p[] = {db_str(w->id)};
	struct result *r;

	if (session_exec(s, a,
		    "select coalesce(string_agg(p.id::text, ',' order by p.id), '') from mls.user_profiles p"
		    " where p.workspace_id = $1::uuid and p.role in ('admin', 'agent')",
		    1, p, &r, e))
		return e->code;
	struct str list = result_text(r, 0, 0);
	if (str_eq(list, w->agents))
		return 0;
	struct map *agents = map_new(a, 0);
	for (struct str rest = list; rest.p;)
		map_put(agents, str_cut(&rest, ','), w);
	for (size_t i = 0; i < w->n; i++) {
		bool is_agent = map_has(agents, w->searches[i]->user_id);
		if (is_agent != w->searches[i]->is_agent)
			w->briefs[i].is_ready = false;
		w->searches[i]->is_agent = is_agent;
	}
	w->agents = str_copy(w->arena, list);
	return 0;
}

int alerts_held_get(struct session *s, struct arena *a, struct str workspace_id,
	struct alerts_held *ret_held, struct err *e)
{
	struct workspace **place = place_of(workspace_id);

	if (*place && (*place)->outdated > 1000 + (*place)->n / 2)
		drop(place);
	if (!*place)
		*place = begin(workspace_id);
	(*place)->used = ++clock;
	if (read_changes(s, a, *place, e) || read_agents(s, a, *place, e)) {
		drop(place);
		return e->code;
	}
	*ret_held = (struct alerts_held){(*place)->arena, (*place)->searches, (*place)->briefs,
		(*place)->n};
	return 0;
}
