/* find: GET /site/v1/listings: a search with Typesense's parameters, by and for the public (mod/search); its documents are mls.displayed()'s. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/uuid.h"
#include "db/result.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/search/search.h"
#include "mod/site/call.h"
#include "mod/site/notice.h"
#include "mod/site/row.h"
#include "mod/site/site_local.h"

#define PER_PAGE "24"
#define CURRENT_US \
	(3 * US_PER_SECOND) /* within this time an index that is current followed the table */

/* --- what is looked for --------------------------------------------------------------------------- */

/* Where words are looked for unless query_by says it: what people know a home by. */
static struct str usual_fields(struct site_call *c, const struct site_notice *n)
{
	static const char *const usual[] = {"address_full", "street_name", "city", "postal_code",
		"subdivision", "building_name", "community", "county", "mls_number",
		"public_remarks"};
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		if (n->hidden.p && str_find(n->hidden, str_printf(c->arena, ",%s,", usual[i])) >= 0)
			continue;
		if (b.len)
			buf_char(&b, ',');
		buf_cstr(&b, usual[i]);
	}
	struct str text = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

static bool has(struct site_call *c, const char *name)
{
	return site_call_query(c, name).p != NULL;
}

static void add(struct jsonw *w, const char *name, struct str value)
{
	jsonw_key(w, name);
	jsonw_str(w, value);
}

/* The query as the object that the search reads. */
static int read_params(struct site_call *c, const struct site_notice *n, const struct json **ret)
{
	struct http_pair pair;
	struct jsonw w;
	struct buf b;
	int more;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	for (struct str rest = c->http->query;
		(more = http_query_next(c->arena, &rest, &pair, &c->err)) > 0;)
		if (!str_eq(pair.name, STR("site"))) /* whose site: host.h */
			jsonw_key_str(&w, pair.name), jsonw_str(&w, pair.value);
	if (!has(c, "q"))
		add(&w, "q", STR("*"));
	if (!has(c, "query_by"))
		add(&w, "query_by", usual_fields(c, n));
	if (!has(c, "per_page") && !has(c, "limit"))
		add(&w, "per_page", STR(PER_PAGE));
	jsonw_end(&w);
	*ret = more < 0 ? NULL : json_parse(c->arena, str_copy(c->arena, buf_view(&b)), &c->err);
	buf_done(&b);
	return *ret ? 0 : site_fail(c, &c->err);
}

/* No search finds more than the MLS allows, whatever page is asked for. */
static void keep_to(struct search_query *q, const struct site_notice *n)
{
	size_t most = n->max_results > 0 ? (size_t)n->max_results : 0;

	if (!q->limit_hits || q->limit_hits > most)
		q->limit_hits = most;
	if (q->offset > q->limit_hits)
		q->offset = q->limit_hits;
	if (q->limit > q->limit_hits - q->offset)
		q->limit = q->limit_hits - q->offset;
}

static int read_query(struct site_call *c, const struct site_notice *n, struct search_query **ret)
{
	struct search_query *q = ARENA_NEW(c->arena, struct search_query);
	const struct json *params;

	if (has(c, "group_by"))
		return site_fault(c, 400, "group_by is not offered here");
	if (read_params(c, n, &params))
		return -1;
	if (search_query_read(c->arena, params, SEARCH_PUBLIC, q, &c->err))
		return site_fault(c, 400, "%s", c->err.msg);
	*ret = q;
	return 0;
}

/* --- what was found ------------------------------------------------------------------------------- */

static struct str ids_of(struct arena *a, const struct search_result *found)
{
	char id[UUID_SIZE];
	struct uuid u;
	struct buf b;

	buf_init(&b, 0);
	buf_char(&b, '{');
	for (size_t i = 0; i < found->hits_n; i++) {
		for (size_t k = 0; k < sizeof u.b; k++)
			u.b[k] = found->hits[i].id[k];
		if (i)
			buf_char(&b, ',');
		buf_cstr(&b, uuid_format(id, u));
	}
	buf_char(&b, '}');
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static const struct search_hit *hit_of(const struct search_result *found, struct str id)
{
	struct uuid want, u;

	for (size_t i = 0; i < found->hits_n && uuid_parse(id, &want); i++) {
		for (size_t k = 0; k < sizeof u.b; k++)
			u.b[k] = found->hits[i].id[k];
		if (uuid_eq(u, want))
			return &found->hits[i];
	}
	return NULL;
}

/* Of the first order by distance. */
static void write_distance(struct jsonw *w, const struct search_query *q,
	const struct search_hit *hit)
{
	for (size_t i = 0; hit && i < q->sorts_n; i++)
		if (q->sorts[i].key == SEARCH_BY_DISTANCE) {
			jsonw_key(w, "distance_m");
			if (hit->distance_m[i] < 0)
				jsonw_null(w);
			else
				jsonw_i64(w, (int64_t)hit->distance_m[i]);
			return;
		}
}

/* What may not be displayed any more since the index was told is not among the rows. */
static int write_listings(struct site_call *c, struct jsonw *w, const struct search_query *q,
	const struct search_result *found)
{
	struct result *r = site_call_ask(c,
		"select d.*, jsonb_path_query_array(d.photos, '$[0 to 4]') as few_photos from mls.displayed($1, $2, 'public') d",
		1, (struct db_param[]){db_str(ids_of(c->arena, found))});

	if (!r)
		return -1;
	jsonw_key(w, "listings");
	jsonw_arr(w);
	for (int i = 0; i < result_rows(r); i++) {
		struct str id = site_row_text(r, i, "id");
		site_call_of(c, id);
		jsonw_obj(w);
		site_row_members(c, w, r, i);
		write_distance(w, q, hit_of(found, id));
		jsonw_end(w);
	}
	jsonw_end(w);
	return 0;
}

static void write_stats(struct jsonw *w, const struct search_facet_result *f)
{
	jsonw_key(w, "stats");
	if (!f->has_stats) {
		jsonw_null(w);
		return;
	}
	jsonw_obj(w);
	jsonw_key(w, "min"), jsonw_f64(w, f->min);
	jsonw_key(w, "max"), jsonw_f64(w, f->max);
	jsonw_key(w, "sum"), jsonw_f64(w, f->sum);
	jsonw_key(w, "avg"), jsonw_f64(w, f->avg);
	jsonw_end(w);
}

static void write_facets(struct jsonw *w, const struct search_query *q,
	const struct search_result *found)
{
	jsonw_key(w, "facets");
	jsonw_arr(w);
	for (size_t i = 0; i < q->facets_n; i++) {
		const struct search_facet_result *f = &found->facets[i];
		jsonw_obj(w);
		jsonw_key(w, "field"), jsonw_cstr(w, search_fields[q->facets[i].field].name);
		jsonw_key(w, "total_values"), jsonw_i64(w, (int64_t)f->total_values);
		jsonw_key(w, "values");
		jsonw_arr(w);
		for (size_t k = 0; k < f->counts_n; k++) {
			jsonw_obj(w);
			jsonw_key(w, "value"), jsonw_str(w, f->counts[k].value);
			jsonw_key(w, "count"), jsonw_i64(w, (int64_t)f->counts[k].count);
			jsonw_end(w);
		}
		jsonw_end(w);
		write_stats(w, f);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* found is no more than may be looked at; out_of is how many the site has. */
static void write_counts(struct jsonw *w, const struct search_query *q, size_t offset, size_t limit,
	const struct search_result *found)
{
	bool is_more = found->found > q->limit_hits;

	jsonw_key(w, "found"), jsonw_i64(w, (int64_t)(is_more ? q->limit_hits : found->found));
	jsonw_key(w, "found_more"), jsonw_bool(w, is_more);
	jsonw_key(w, "out_of"), jsonw_i64(w, (int64_t)found->out_of);
	jsonw_key(w, "page"), jsonw_i64(w, limit ? (int64_t)(offset / limit + 1) : 1);
	jsonw_key(w, "per_page"), jsonw_i64(w, (int64_t)limit);
}

static int write_find(struct site_call *c)
{
	struct search_result *found = ARENA_NEW(c->arena, struct search_result);
	struct site_notice notice;
	struct search_query *q = NULL;
	struct jsonw w;

	if (site_notice_read(c, &notice) || read_query(c, &notice, &q))
		return -1;
	size_t offset = q->offset, limit = q->limit;
	int64_t began_us = mono_us();
	keep_to(q, &notice);
	if (search_run(c->site->service, c->place.workspace_id, q, c->arena, found, &c->err))
		return c->err.code == E_ABSENT ? site_fault(c, 400, "%s", c->err.msg)
					       : site_fail(c, &c->err);
	c->index_us = found->is_current ? began_us - CURRENT_US : 0;
	w = jsonw_to(&c->out);
	jsonw_obj(&w);
	write_counts(&w, q, offset, limit, found);
	if (write_listings(c, &w, q, found))
		return -1;
	write_facets(&w, q, found);
	jsonw_key(&w, "display"), jsonw_raw(&w, notice.on_search ? notice.json : STR_NULL);
	jsonw_end(&w);
	return 0;
}

void site_find(struct req *r)
{
	static const struct site_page page = {.name = "listings",
		.type = "application/json",
		.life = SITE_LISTINGS,
		.write = write_find};

	site_call_start(r, &page);
}
