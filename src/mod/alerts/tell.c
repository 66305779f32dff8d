#include "mod/alerts/tell.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/alerts/match.h"

#define ROWS_MOST 5000 /* of one statement */

static const enum alerts_kind kinds[] = {ALERTS_NEW, ALERTS_BACK, ALERTS_DROP, ALERTS_STATUS};
#define KINDS (sizeof kinds / sizeof *kinds)

/* Rows for a statement, as JSON. */
struct rows {
	struct buf b;
	struct jsonw w;
	size_t n;
};

static void begin_rows(struct rows *r)
{
	buf_init(&r->b, 0);
	r->w = jsonw_to(&r->b);
	r->n = 0;
	jsonw_arr(&r->w);
}

static void add_value(struct rows *r, const char *key, struct str value)
{
	jsonw_key(&r->w, key), jsonw_str(&r->w, value);
}

/* What a price was and is where it is about prices, else the status. */
static void add_moment(struct rows *r, const struct alerts_moment *m, enum alerts_kind kind)
{
	bool is_price = kind == ALERTS_DROP || kind == ALERTS_NEW;

	jsonw_key(&r->w, "kind"), jsonw_cstr(&r->w, alerts_event_name(kind));
	add_value(r, "listing", m->listing_id);
	add_value(r, "moment", m->happened_at);
	add_value(r, "old_value",
		kind == ALERTS_NEW ? STR_NULL
			: is_price ? m->old_price
				   : m->old_status);
	add_value(r, "new_value", is_price ? m->new_price : m->new_status);
}

static int send(struct alerts_tell *t, struct rows *r, const char *sql, int64_t *told,
	struct err *e)
{
	jsonw_end(&r->w);
	struct db_param p[] = {db_str(t->workspace_id), db_str(buf_view(&r->b))};
	struct result *answer;
	int code = 0;

	if (r->n)
		code = session_exec(t->session, t->arena, sql, 2, p, &answer, e);
	if (r->n && !code && told && !result_is_null(answer, 0, 0))
		*told += result_i64(answer, 0, 0);
	buf_done(&r->b);
	return code;
}

static const char of_searches[] =
	"select mls.add_search_alerts($1::uuid, array_agg(r.search), array_agg(r.for_agents), array_agg(r.listing), array_agg(r.kind),"
	" array_agg(r.old_value), array_agg(r.new_value), array_agg(r.moment)) from jsonb_to_recordset($2::jsonb)"
	" r (search uuid, for_agents boolean, listing uuid, kind text, old_value text, new_value text, moment timestamptz)";

static const char of_favorites[] =
	"select mls.add_favorite_alerts($1::uuid, array_agg(r.for_agents), array_agg(r.listing), array_agg(r.kind),"
	" array_agg(r.old_value), array_agg(r.new_value), array_agg(r.moment)) from jsonb_to_recordset($2::jsonb)"
	" r (for_agents boolean, listing uuid, kind text, old_value text, new_value text, moment timestamptz)";

static void add_found(struct alerts_tell *t, struct rows *r, const struct alerts_found *f)
{
	const struct alerts_moment *m = &t->moments[f->listing - t->batch->listings];

	for (size_t k = 0; k < KINDS; k++) {
		if (!(f->kinds & kinds[k]))
			continue;
		jsonw_obj(&r->w);
		add_value(r, "search", f->search->id);
		jsonw_key(&r->w, "for_agents"), jsonw_bool(&r->w, f->search->is_agent);
		add_moment(r, m, kinds[k]);
		jsonw_end(&r->w);
		r->n++;
	}
}

static int tell_searches(struct alerts_tell *t, int64_t *told, struct err *e)
{
	for (size_t i = 0; i < t->batch->found_n;) {
		struct rows r;
		begin_rows(&r);
		while (i < t->batch->found_n && r.n < ROWS_MOST)
			add_found(t, &r, &t->batch->found[i++]);
		if (send(t, &r, of_searches, told, e))
			return e->code;
	}
	return 0;
}

/* Lower prices and returns to the market; that it is new is known to whoever marked it. */
static void add_favorite(struct alerts_tell *t, struct rows *r, size_t i, bool for_agents)
{
	const struct alerts_listing *l = &t->batch->listings[i];
	unsigned happened = for_agents ? l->kinds_agents : l->kinds_public;

	if (!for_agents && !l->doc.is_public)
		return;
	for (size_t k = 0; k < KINDS; k++) {
		if (!(happened & kinds[k] & (ALERTS_BACK | ALERTS_DROP)))
			continue;
		jsonw_obj(&r->w);
		jsonw_key(&r->w, "for_agents"), jsonw_bool(&r->w, for_agents);
		add_moment(r, &t->moments[i], kinds[k]);
		jsonw_end(&r->w);
		r->n++;
	}
}

static int tell_favorites(struct alerts_tell *t, int64_t *told, struct err *e)
{
	struct rows r;

	begin_rows(&r);
	for (size_t i = 0; i < t->batch->n; i++) {
		add_favorite(t, &r, i, false);
		add_favorite(t, &r, i, true);
	}
	return send(t, &r, of_favorites, told, e);
}

static int tell_problems(struct alerts_tell *t, struct err *e)
{
	struct rows r;

	begin_rows(&r);
	for (size_t i = 0; i < t->batch->searches_n; i++) {
		struct alerts_search *s = t->batch->searches[i];
		if (!s->is_read || str_eq(s->problem, s->stored_problem))
			continue;
		jsonw_obj(&r.w);
		add_value(&r, "id", s->id);
		add_value(&r, "problem", s->problem);
		jsonw_end(&r.w);
		r.n++;
		s->stored_problem = s->problem;
	}
	return send(t, &r,
		"update mls.saved_searches s set problem = r.problem from jsonb_to_recordset($2::jsonb) r (id uuid, problem text)"
		" where s.workspace_id = $1::uuid and s.id = r.id and s.problem is distinct from r.problem",
		NULL, e);
}

/* Instant mails leave two minutes after the first of what they tell. */
static int wake_mail(struct alerts_tell *t, struct err *e)
{
	return session_exec(t->session, t->arena,
		"select plat.enqueue('alerts.mail', unique_key => 'soon', run_at => now() + interval '2 minutes 1 second')",
		0, NULL, NULL, e);
}

int alerts_tell(struct alerts_tell *t, int64_t *ret_told, struct err *e)
{
	int64_t told = 0;

	if (tell_searches(t, &told, e) || tell_favorites(t, &told, e) || tell_problems(t, e) ||
		(told && wake_mail(t, e)))
		return e->code;
	*ret_told = told;
	return 0;
}
