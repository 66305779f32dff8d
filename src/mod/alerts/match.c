#include "mod/alerts/match.h"

#include <string.h>

#include "base/arena.h"
#include "base/map.h"

/* The listings as one audience sees them. */
struct side {
	enum search_audience who;
	struct search_index *ix;
	struct map *by_id; /* 16 bytes -> listing */
	const struct alerts_listing **listings;
	struct alerts_facts *facts;
	size_t n;
	unsigned kinds; /* of any of them */
};

void alerts_match_compile(struct arena *a, struct alerts_search *s)
{
	enum search_audience who = s->is_agent ? SEARCH_AGENTS : SEARCH_PUBLIC;
	struct err e = {.arena = a};

	if (s->is_read && s->read_for == who)
		return;
	s->is_read = true;
	s->read_for = who;
	s->problem = STR_NULL;
	if (alerts_query_read(a, s->query, who, &s->compiled, &e))
		s->problem = str_of(e.msg);
}

static unsigned kinds_of(const struct alerts_listing *l, enum search_audience who)
{
	return who == SEARCH_AGENTS ? l->kinds_agents : l->kinds_public;
}

/* Fields that the public does not see are not there for it. */
static struct search_doc seen_by(const struct alerts_listing *l, enum search_audience who,
	const bool *hidden)
{
	struct search_doc doc = l->doc;

	for (int i = 0; who == SEARCH_PUBLIC && hidden && i < search_fields_n; i++)
		if (hidden[i])
			doc.values[i] = STR_NULL;
	return doc;
}

static void on_index_over(void *ix)
{
	search_index_free(ix);
}

static void make_side(struct alerts_batch *b, enum search_audience who, struct side *s)
{
	*s = (struct side){.who = who,
		.ix = search_index_new(),
		.by_id = map_new(b->arena, b->n),
		.listings = arena_array(b->arena, b->n, sizeof(void *)),
		.facts = arena_array(b->arena, b->n, sizeof(struct alerts_facts))};
	arena_defer(b->arena, on_index_over, s->ix);
	for (size_t i = 0; i < b->n; i++) {
		const struct alerts_listing *l = &b->listings[i];
		if (!kinds_of(l, who) || (who == SEARCH_PUBLIC && !l->doc.is_public))
			continue;
		struct search_doc doc = seen_by(l, who, b->hidden);
		search_index_put(s->ix, &doc);
		alerts_guard_facts(b->arena, &doc, who, &s->facts[s->n]);
		s->listings[s->n++] = l;
		s->kinds |= kinds_of(l, who);
		map_put(s->by_id, str_from(l->doc.id, sizeof l->doc.id), (void *)l);
	}
}

static bool may_find(const struct side *s, const struct alerts_search *search,
	const struct alerts_brief *brief)
{
	for (size_t i = 0; i < s->n; i++)
		if (kinds_of(s->listings[i], s->who) & brief->kinds &&
			alerts_guard_gist_passes(&brief->gist, &s->facts[i]) &&
			alerts_guard_passes(&search->compiled.guard, &s->facts[i]))
			return true;
	return false;
}

static void make_brief(struct alerts_batch *b, struct alerts_search *search,
	struct alerts_brief *brief)
{
	b->compiled += !search->is_read;
	alerts_match_compile(b->searches_arena, search);
	*brief = (struct alerts_brief){.is_ready = true, .is_agent = search->is_agent};
	if (search->problem.p)
		return;
	brief->kinds = (uint8_t)search->kinds;
	brief->gist = alerts_guard_gist(&search->compiled.guard);
}

static void add_found(struct alerts_batch *b, const struct alerts_search *search,
	const struct alerts_listing *l, unsigned kinds)
{
	if (!kinds)
		return;
	if (b->found_n == b->found_cap) {
		size_t cap = b->found_cap ? 2 * b->found_cap : 256;
		b->found = arena_resize(b->arena, b->found, b->found_cap * sizeof *b->found,
			cap * sizeof *b->found);
		b->found_cap = cap;
	}
	b->found[b->found_n++] = (struct alerts_found){search, l, kinds};
}

static void run(struct alerts_batch *b, const struct side *s, const struct alerts_search *search,
	struct arena *scratch)
{
	struct search_result r;

	b->run++;
	if (alerts_query_run(&search->compiled, s->ix, scratch, &r, NULL))
		return;
	for (size_t i = 0; i < r.hits_n; i++) {
		const struct alerts_listing *l =
			map_get(s->by_id, str_from(r.hits[i].id, sizeof r.hits[i].id));
		add_found(b, search, l, kinds_of(l, s->who) & search->kinds);
	}
}

void alerts_match(struct alerts_batch *b)
{
	struct arena *scratch = arena_new();
	struct side sides[2];

	make_side(b, SEARCH_PUBLIC, &sides[0]);
	make_side(b, SEARCH_AGENTS, &sides[1]);
	for (size_t i = 0; i < b->searches_n && (!b->found_most || b->found_n <= b->found_most);
		i++) {
		struct alerts_brief *brief = &b->briefs[i];
		if (!brief->is_ready)
			make_brief(b, b->searches[i], brief);
		const struct side *s = &sides[brief->is_agent];
		if (!(s->kinds & brief->kinds) || !may_find(s, b->searches[i], brief))
			continue;
		run(b, s, b->searches[i], scratch);
		arena_reset(scratch);
	}
	arena_free(scratch);
}
