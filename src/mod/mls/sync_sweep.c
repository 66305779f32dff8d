/* Reconciling: every key that the source has is read (a few bytes each), and what that says is compared in SQL. A sweep that was stopped
 * goes on where it was; only one that ended well takes listings away, and not too many. */
#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "db/result.h"
#include "db/session.h"
#include "model/array.h"

#define REFETCH_MAX 100 /* keys of one request; a URL's length ends it sooner */
#define GUARD_LEAST 1   /* so few may always go: an office has a handful of listings */
#define URL_REST 300

struct sweep {
	struct sync *y;
	struct str next; /* absent: at the beginning of the filter */
	int filter;
	int64_t seen, total;
	struct map *visited;
};

static struct db_param *scope_params(struct sync *y, struct arena *a)
{
	struct db_param *p = arena_array(a, 4, sizeof *p);

	p[0] = db_str(y->o->workspace_id);
	p[1] = db_str(y->connection_id);
	p[2] = db_str(y->scope->task_id);
	return p;
}

/* The latest sweep of this scope, when it was stopped not long ago and had the same filters. */
static int find_stopped(struct sweep *w, struct err *e)
{
	struct sync *y = w->y;
	char hash[HASH_128_HEX_SIZE];
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->connection_id),
		db_str(y->scope->key), db_str(y->run_id),
		db_text(hash_128_hex(hash, y->scope->hash))};
	struct result *r;

	if (session_exec(y->s, y->arena,
		    "select r.progress ->> 'sweep_next', coalesce((r.progress ->> 'sweep_filter')::integer, 0), "
		    "(select count(*) from mls.sweep_keys k where k.workspace_id = $1 and k.scope = ($3::text)::uuid) from mls.sync_runs r "
		    "where r.workspace_id = $1 and r.mls_connection_id = $2 and r.kind = 'reconcile' and r.id <> $4::uuid "
		    "and r.status = 'error' and r.progress ->> 'sweep_scope' = $3::text and r.progress ->> 'sweep_next' is not null and r.progress ->> 'sweep_hash' = $5 "
		    "and r.started_at > now() - interval '12 hours' "
		    "and not exists (select from mls.sync_runs n where n.workspace_id = $1 and n.mls_connection_id = $2 "
		    "and n.kind = 'reconcile' and n.started_at > r.started_at and n.id <> $4::uuid)",
		    5, params, &r, e))
		return e->code;
	if (result_rows(r) && !y->o->from_scratch &&
		(size_t)result_i64(r, 0, 1) < y->scope->n_filters) {
		w->next = result_text(r, 0, 0);
		w->filter = (int)result_i64(r, 0, 1);
		w->seen = result_i64(r, 0, 2);
		return 0;
	}
	return session_exec(y->s, y->arena,
		"delete from mls.sweep_keys where workspace_id = $1 and scope = $3::uuid and mls_connection_id = $2",
		3, params, NULL, e);
}

/* One page of keys, and where the sweep is, in one transaction. */
static int keep_page(struct sweep *w, struct arena *a, const struct json *rows,
	struct str *ret_last, struct err *e)
{
	struct sync *y = w->y;
	size_t n = 0, most = json_len(rows);
	struct str *keys = arena_array(a, most + 1, sizeof *keys);
	struct str *stamps = arena_array(a, most + 1, sizeof *stamps);
	char iso[CLOCK_ISO_SIZE];

	for (struct json_iter it = json_each(rows); json_next(&it);) {
		int64_t us;
		struct str stamp = json_scalar(json_get_str(it.value, y->fields.stamps[0]));
		keys[n] = json_scalar_pg(a, json_get_str(it.value, y->fields.key));
		if (!keys[n].len || keys[n].len > 255)
			continue;
		if (clock_parse_iso(stamp, &us))
			stamps[n] = str_copy(a, str_of(clock_format_iso(iso, us)));
		n++;
	}
	*ret_last = n ? keys[n - 1] : STR_NULL;
	w->seen += (int64_t)n;
	y->stats.fetched += (int64_t)n;
	y->stats.pages++;
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->connection_id),
		db_str(y->scope->key), db_str(model_array_join(a, n, keys)),
		db_str(model_array_join(a, n, stamps))};
	return session_exec(y->s, a,
		"insert into mls.sweep_keys (workspace_id, mls_connection_id, scope, source_listing_key, source_modified_at) "
		"select distinct on (k.key) $1::uuid, $2::uuid, $3::uuid, k.key, k.stamp "
		"from unnest($4::text[], $5::timestamptz[]) k (key, stamp) "
		"on conflict (workspace_id, scope, source_listing_key) do update set source_modified_at = excluded.source_modified_at",
		5, params, NULL, e);
}

static int commit_page(struct sweep *w, struct arena *a, const struct json *rows, struct str next,
	struct str *ret_last, struct err *e)
{
	struct sync *y = w->y;

	if (session_begin(y->s, e) || keep_page(w, a, rows, ret_last, e))
		return e->code;
	if (!next.p && ret_last->p && sync_url_sweeps_by_keys(y) &&
		json_len(rows) >= (size_t)sync_url_size(y))
		next = sync_url_sweep(y, a, w->filter, *ret_last);
	w->next = str_copy(y->arena, next);
	y->sweep_next = w->next;
	y->sweep_filter = w->filter;
	if (sync_run_say(y, "sweeping", w->seen, w->total, e) || session_commit(y->s, e))
		return e->code;
	return sync_run_stopped(y, e);
}

static int sweep_page(struct sweep *w, struct str url, struct err *e)
{
	struct sync *y = w->y;
	struct arena *a = arena_new();
	const struct http_result *r;
	struct str in_body = STR_NULL, last;
	const struct json *root = sync_fetch_json(y, a, url, &r, &y->status, e);
	const struct json *rows = json_get(root, "value");
	int code = root ? 0 : e->code;

	if (!code && json_type(rows) != JSON_ARRAY)
		code = err_set(e, E_UPSTREAM, "the answer has no array `value`");
	if (!code) {
		y->status = 0; /* what fails from here on is not the feed's */
		json_to_str(json_get(root, "@odata.nextLink"), &in_body);
		json_to_i64(json_get(root, "@odata.count"), &w->total);
		struct str next = sync_answer_link(a, y->source, r, in_body);
		if (!json_len(rows))
			next = STR_NULL;
		/* By keys the links of the feed are not needed, and need not be trusted. */
		if (sync_url_sweeps_by_keys(y) && json_len(rows) >= (size_t)sync_url_size(y))
			next = STR_NULL;
		code = commit_page(w, a, rows, next, &last, e);
	}
	if (!code && w->next.p && map_has(w->visited, w->next))
		code = err_set(e, E_UPSTREAM,
			"the feed's next link leads back to a page that was read already");
	arena_free(a);
	return code;
}

static int sweep_filter(struct sweep *w, struct err *e)
{
	struct sync *y = w->y;
	bool is_resumed = w->next.p != NULL, is_counted = !is_resumed || !w->filter;
	int64_t before = is_resumed ? 0 : w->seen; /* of the first filter, all */

	y->cursor.filter = w->filter;
	y->cursor.from = STR_NULL;
	w->total = is_counted ? sync_pass_count(y) : -1;
	struct str url = is_resumed ? w->next : sync_url_sweep(y, y->arena, w->filter, STR_NULL);
	while (url.p) {
		map_put(w->visited, url, w);
		if (!sweep_page(w, url, e)) {
			url = w->next;
			continue;
		}
		if (y->status != 403 || sync_url_sweeps_by_keys(y) ||
			y->source->settings.replication != SOURCE_AUTO)
			return e->code;
		err_clear(e);
		y->cursor.no_replication = true;
		url = sync_url_sweep(y, y->arena, w->filter, STR_NULL);
	}
	int64_t seen = w->seen - before;
	if (is_counted && w->total >= 0 && seen + w->total / 100 + 10 < w->total)
		return err_set(e, E_UPSTREAM,
			"the sweep ended early, after %lld of %lld keys (%lld %%): nothing was taken down",
			(long long)seen, (long long)w->total, (long long)(seen * 100 / w->total));
	return 0;
}

static int ask_keys(struct sync *y, const char *sql, struct str **ret_keys, size_t *ret_n,
	struct err *e)
{
	struct result *r;

	if (session_exec(y->s, y->arena, sql, 3, scope_params(y, y->arena), &r, e))
		return e->code;
	*ret_n = (size_t)result_rows(r);
	*ret_keys = arena_array(y->arena, *ret_n + 1, sizeof **ret_keys);
	for (size_t i = 0; i < *ret_n; i++)
		(*ret_keys)[i] = result_text(r, (int)i, 0);
	return 0;
}

/* Each group is a page of its own: loaded as any other, without a cursor. */
static int refetch(struct sync *y, const struct str *keys, size_t n, struct err *e)
{
	for (size_t at = 0; at < n;) {
		size_t most = (size_t)y->source->settings.url_max,
		       len = y->source->root.len + URL_REST;
		size_t from = at;
		bool is_stale;
		for (; at < n && at - from < REFETCH_MAX; at++) {
			len += 3 * keys[at].len / 2 + (y->no_in ? 40 : 12);
			if (len > most && at > from)
				break;
		}
		struct arena *a = arena_new();
		int64_t before = y->stats.fetched;
		y->cursor.next = STR_NULL;
		y->total = -1;
		int code = sync_pass_run(y, sync_url_keys(y, a, keys + from, at - from), false,
			&is_stale, e);
		y->stats.refetched += y->stats.fetched - before;
		arena_free(a);
		if (code && y->status == 400 && !y->no_in) {
			y->no_in = true;
			y->status = 0;
			err_clear(e);
			at = from;
		} else if (code) {
			return code;
		}
	}
	return 0;
}

/* The purge guard. */
static int weigh(struct sync *y, struct err *e)
{
	struct result *r;
	int percent = y->source->settings.purge_percent;

	if (session_exec(y->s, y->arena, "select active, missing from mls.weigh_sweep($1, $2, $3)",
		    3, scope_params(y, y->arena), &r, e))
		return e->code;
	int64_t active = result_i64(r, 0, 0), missing = result_i64(r, 0, 1);
	if (missing <= GUARD_LEAST || missing * 100 <= active * percent)
		return 0;
	y->is_guarded = true;
	return err_set(e, E_CONFLICT,
		"the sweep did not see %lld of %lld active listings, more than the %d %% that purge_guard_percent allows: nothing was taken down",
		(long long)missing, (long long)active, percent);
}

/* What a task's filter does not show any more may well be there: the source is asked by key. */
static int find_elsewhere(struct sync *y, struct str *ret_keys, struct err *e)
{
	struct str *keys, *there;
	size_t n, m = 0;

	*ret_keys = STR("{}");
	if (!y->scope->task_id.p)
		return 0;
	if (ask_keys(y, "select mls.missing_keys($1, $2, $3)", &keys, &n, e))
		return e->code;
	y->arrived = map_new(y->arena, n);
	if (refetch(y, keys, n, e))
		return e->code;
	there = arena_array(y->arena, n + 1, sizeof *there);
	for (size_t i = 0; i < n; i++)
		if (map_has(y->arrived, keys[i]))
			there[m++] = keys[i];
	y->arrived = NULL;
	*ret_keys = model_array_join(y->arena, m, there);
	return 0;
}

static int settle(struct sync *y, struct err *e)
{
	struct str *stale, elsewhere;
	size_t n;
	struct result *r;
	struct db_param *params = scope_params(y, y->arena);

	y->is_refetching = true;
	y->status = 0;
	if (weigh(y, e) || ask_keys(y, "select mls.stale_keys($1, $2, $3)", &stale, &n, e) ||
		sync_run_say(y, "fetching what is missing or stale", 0, (int64_t)n, e) ||
		refetch(y, stale, n, e))
		return e->code;
	if (find_elsewhere(y, &elsewhere, e))
		return e->code;
	params[3] = db_str(elsewhere);
	if (session_exec(y->s, y->arena, "select mls.finish_sweep($1, $2, $3, $4::text[])", 4,
		    params, &r, e))
		return e->code;
	y->stats.vanished += result_i64(r, 0, 0);
	return 0;
}

int sync_sweep_scope(struct sync *y, struct err *e)
{
	struct sweep w = {.y = y, .total = -1, .visited = map_new(y->arena, 0)};

	y->is_refetching = false;
	if (find_stopped(&w, e))
		return e->code;
	for (; (size_t)w.filter < y->scope->n_filters; w.filter++)
		if (sweep_filter(&w, e))
			return e->code;
	y->sweep_next = STR_NULL;
	return settle(y, e);
}
