/* What a saved search finds now, by the same way as alerts do. */
#include "base/arena.h"
#include "db/result.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "mod/alerts/alerts.h"
#include "mod/alerts/listing.h"
#include "mod/alerts/match.h"

#define PAGE 2000

struct preview {
	struct session *session;
	struct arena *arena;
	struct alerts_search search, *searches[1];
	struct alerts_brief brief;
	struct alerts_preview *ret;
	size_t most;
};

static int find_search(struct preview *p, struct str id, struct err *e)
{
	struct db_param param = db_str(id);
	struct result *r;

	if (session_exec(p->session, p->arena,
		    "select s.name, s.workspace_id, mls.alert_audience(s.workspace_id, s.user_id), s.query::text from mls.saved_searches s"
		    " where s.id = $1::uuid",
		    1, &param, &r, e))
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "there is no saved search " STR_FMT, STR_ARG(id));
	p->ret->name = result_text(r, 0, 0);
	p->ret->workspace_id = result_text(r, 0, 1);
	p->ret->audience = result_text(r, 0, 2);
	p->search = (struct alerts_search){.id = id,
		.query = result_text(r, 0, 3),
		.kinds = ALERTS_NEW,
		.is_agent = str_eq(p->ret->audience, STR("agents"))};
	alerts_match_compile(p->arena, &p->search);
	return p->search.problem.p
		? err_set(e, E_INPUT, "its query: " STR_FMT, STR_ARG(p->search.problem))
		: 0;
}

static void match(void *batch)
{
	alerts_match(batch);
}

static int look_at_page(struct preview *p, struct arena *a, struct str *after, bool *ret_more,
	struct err *e)
{
	struct alerts_listings docs;

	if (alerts_listing_page(p->session, a, p->ret->workspace_id, *after, PAGE, &docs, e))
		return e->code;
	struct alerts_listing *listings = arena_array(a, docs.n, sizeof *listings);
	for (size_t i = 0; i < docs.n; i++) {
		listings[i] = (struct alerts_listing){.doc = docs.docs[i],
			.kinds_public = ALERTS_NEW,
			.kinds_agents = ALERTS_NEW};
		p->ret->of += p->search.is_agent || docs.docs[i].is_public;
	}
	struct alerts_batch b = {.arena = a,
		.listings = listings,
		.n = docs.n,
		.hidden = docs.hidden,
		.searches_arena = p->arena,
		.searches = p->searches,
		.briefs = &p->brief,
		.searches_n = 1};
	fiber_work(match, &b);
	for (size_t i = 0; i < b.found_n && p->ret->n < p->most; i++)
		p->ret->ids[p->ret->n++] =
			str_copy(p->arena, docs.ids[b.found[i].listing - listings]);
	p->ret->found += (int64_t)b.found_n;
	*ret_more = docs.n == PAGE;
	if (docs.n)
		*after = str_copy(p->arena, docs.last_id);
	return 0;
}

int alerts_preview(struct session *s, struct arena *a, struct str search_id, size_t most,
	struct alerts_preview *ret, struct err *e)
{
	struct preview p = {.session = s, .arena = a, .ret = ret, .most = most};
	struct str after = STR_NULL;

	*ret = (struct alerts_preview){.ids = arena_array(a, most, sizeof *ret->ids)};
	p.searches[0] = &p.search;
	if (find_search(&p, search_id, e))
		return e->code;
	for (bool more = true; more;) {
		struct arena *page = arena_new();
		int code = look_at_page(&p, page, &after, &more, e);
		arena_free(page);
		if (code)
			return code;
	}
	return 0;
}
