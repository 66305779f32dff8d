#include "mod/alerts/match.h"

#include <string.h>

#include "base/arena.h"
#include "base/map.h"

/* A listing as one audience sees it. */
struct shown {
	const struct alerts_listing *listing;
	unsigned kinds;
	struct alerts_facts facts, *before; /* before: with ALERTS_FITS */
	uint64_t changed;                   /* fields, a bit each */
	bool is_unsure; /* the search at hand finds it, and may have found it before */
};

/* The listings as one audience sees them. */
struct side {
	enum search_audience who;
	struct search_index *ix, *befores;
	struct map *by_id; /* 16 bytes -> shown */
	struct shown *shown;
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

static bool is_hidden(const bool *hidden, const char *field)
{
	return hidden && hidden[search_field_find(str_of(field), SEARCH_AGENTS)];
}

/* What is not said to clients, since it speaks of a field that they do not see, does not stand for what is. */
static unsigned kinds_of(const struct alerts_listing *l, enum search_audience who,
	const bool *hidden)
{
	unsigned kinds = who == SEARCH_AGENTS ? l->kinds_agents : l->kinds_public;

	if (who == SEARCH_PUBLIC && is_hidden(hidden, "list_price"))
		kinds &= ~(unsigned)ALERTS_DROP;
	if (who == SEARCH_PUBLIC && is_hidden(hidden, "standard_status"))
		kinds &= ~(unsigned)(ALERTS_BACK | ALERTS_STATUS);
	return l->before ? kinds : kinds & ~(unsigned)ALERTS_FITS;
}

/* Fields that the public does not see are not there for it. */
static struct search_doc seen_by(const struct search_doc *whole, enum search_audience who,
	const bool *hidden)
{
	struct search_doc doc = *whole;

	for (int i = 0; who == SEARCH_PUBLIC && i < search_fields_n; i++)
		if ((hidden && hidden[i]) ||
			(!doc.is_address_public && search_fields[i].flags & SEARCH_ADDRESS))
			doc.values[i] = STR_NULL;
	return doc;
}

static uint64_t changed_of(const struct search_doc *before, const struct search_doc *now)
{
	uint64_t changed = 0;

	for (int i = 0; i < search_fields_n; i++)
		if (before->values[i].p
				? !now->values[i].p || !str_eq(before->values[i], now->values[i])
				: now->values[i].p != NULL)
			changed |= UINT64_C(1) << i;
	return changed;
}

static void on_index_over(void *ix)
{
	search_index_free(ix);
}

static struct search_index *make_index(struct arena *a)
{
	struct search_index *ix = search_index_new();

	arena_defer(a, on_index_over, ix);
	return ix;
}

/* It was seen by whoever is told of ALERTS_FITS, whatever the rules of today say of what it was. */
static void add_before(struct alerts_batch *b, struct side *s, struct shown *x,
	const struct search_doc *now)
{
	struct search_doc was = seen_by(x->listing->before, s->who, b->hidden);

	was.is_public = true;
	x->changed = changed_of(&was, now);
	if (!x->changed) {
		x->kinds &= ~(unsigned)ALERTS_FITS;
		return;
	}
	if (!s->befores)
		s->befores = make_index(b->arena);
	search_index_put(s->befores, &was);
	x->before = ARENA_NEW(b->arena, struct alerts_facts);
	alerts_guard_facts(b->arena, &was, s->who, x->before);
}

static void add_shown(struct alerts_batch *b, struct side *s, const struct alerts_listing *l)
{
	struct shown *x = &s->shown[s->n];
	struct search_doc doc = seen_by(&l->doc, s->who, b->hidden);

	*x = (struct shown){.listing = l, .kinds = kinds_of(l, s->who, b->hidden)};
	if (s->who == SEARCH_PUBLIC && !doc.is_public)
		return;
	if (x->kinds & ALERTS_FITS)
		add_before(b, s, x, &doc);
	if (!x->kinds)
		return;
	search_index_put(s->ix, &doc);
	alerts_guard_facts(b->arena, &doc, s->who, &x->facts);
	map_put(s->by_id, str_from(l->doc.id, sizeof l->doc.id), x);
	s->kinds |= x->kinds;
	s->n++;
}

static void make_side(struct alerts_batch *b, enum search_audience who, struct side *s)
{
	*s = (struct side){.who = who,
		.ix = make_index(b->arena),
		.by_id = map_new(b->arena, b->n),
		.shown = arena_array(b->arena, b->n, sizeof(struct shown))};
	for (size_t i = 0; i < b->n; i++)
		add_shown(b, s, &b->listings[i]);
}

/* What the search is to be told of the listing, if it finds it. */
static unsigned wanted_of(const struct shown *x, const struct alerts_query *q, unsigned kinds)
{
	unsigned wanted = x->kinds & kinds;

	if (wanted & ~(unsigned)ALERTS_FITS)
		return wanted & ~(unsigned)ALERTS_FITS;
	return x->changed & q->fields ? wanted : 0;
}

static bool may_find(const struct side *s, const struct alerts_search *search,
	const struct alerts_brief *brief)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct shown *x = &s->shown[i];
		if (x->kinds & brief->kinds && alerts_guard_gist_passes(&brief->gist, &x->facts) &&
			wanted_of(x, &search->compiled, brief->kinds) &&
			alerts_guard_passes(&search->compiled.guard, &x->facts))
			return true;
	}
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
	brief->kinds = (uint8_t)(search->kinds | (search->kinds & ALERTS_NEW ? ALERTS_FITS : 0));
	brief->gist = alerts_guard_gist(&search->compiled.guard);
}

static void add_found(struct alerts_batch *b, const struct alerts_search *search,
	const struct alerts_listing *l, unsigned kinds)
{
	if (b->found_n == b->found_cap) {
		size_t cap = b->found_cap ? 2 * b->found_cap : 256;
		b->found = arena_resize(b->arena, b->found, b->found_cap * sizeof *b->found,
			cap * sizeof *b->found);
		b->found_cap = cap;
	}
	b->found[b->found_n++] = (struct alerts_found){search, l, kinds};
}

static struct shown *shown_of(const struct side *s, const struct search_hit *hit)
{
	return map_get(s->by_id, str_from(hit->id, sizeof hit->id));
}

/* Those of the hits that are new to the search since it did not find what they were. */
static void run_before(struct alerts_batch *b, const struct side *s,
	const struct alerts_search *search, const struct search_result *now, struct arena *scratch)
{
	struct search_result r;

	b->run_before++;
	bool failed = alerts_query_run(&search->compiled, s->befores, scratch, &r, NULL) != 0;
	for (size_t i = 0; !failed && i < r.hits_n; i++)
		shown_of(s, &r.hits[i])->is_unsure = false;
	for (size_t i = 0; i < now->hits_n; i++) {
		struct shown *x = shown_of(s, &now->hits[i]);
		if (x->is_unsure && !failed)
			add_found(b, search, x->listing, ALERTS_NEW);
		x->is_unsure = false;
	}
}

static void run(struct alerts_batch *b, const struct side *s, const struct alerts_search *search,
	unsigned kinds, struct arena *scratch)
{
	const struct alerts_query *q = &search->compiled;
	struct search_result r;
	bool is_unsure = false;

	b->run++;
	if (alerts_query_run(q, s->ix, scratch, &r, NULL))
		return;
	for (size_t i = 0; i < r.hits_n; i++) {
		struct shown *x = shown_of(s, &r.hits[i]);
		unsigned wanted = wanted_of(x, q, kinds);
		if (wanted != ALERTS_FITS && wanted)
			add_found(b, search, x->listing, wanted);
		else if (wanted && !alerts_guard_passes(&q->guard, x->before))
			add_found(b, search, x->listing, ALERTS_NEW);
		else if (wanted)
			is_unsure = x->is_unsure = true;
	}
	if (is_unsure)
		run_before(b, s, search, &r, scratch);
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
		run(b, s, b->searches[i], brief->kinds, scratch);
		arena_reset(scratch);
	}
	arena_free(scratch);
}
