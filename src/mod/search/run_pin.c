#include <stdlib.h>

#include "base/arena.h"
#include "mod/search/run_local.h"

static bool is_there(const struct search_pins *p, uint32_t doc)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].doc == doc)
			return true;
	return false;
}

/* By place; of as many the first asked for. */
static void insert(struct search_pins *p, struct search_pinned x)
{
	size_t i = p->n++;

	for (; i && p->v[i - 1].place > x.place; i--)
		p->v[i] = p->v[i - 1];
	p->v[i] = x;
}

struct search_pins search_pins_read(const struct search_run *r, const struct search_set *may)
{
	struct search_pins p = {.v = arena_array(r->arena, r->q->pins_n, sizeof(*p.v))};

	for (size_t i = 0; i < r->q->pins_n; i++) {
		const struct search_pin *pin = &r->q->pins[i];
		uint32_t doc = search_index_number(r->ix, pin->id);
		if (doc == SEARCH_NONE || !search_set_has(may, doc) || is_there(&p, doc))
			continue;
		insert(&p,
			(struct search_pinned){.doc = doc,
				.place = pin->position ? pin->position - 1 : 0,
				.found = {.doc = doc}});
	}
	return p;
}

struct search_merge search_merge_new(struct arena *a, const size_t *wanted, size_t pins_n,
	size_t others_n, size_t offset)
{
	size_t *places = arena_array(a, pins_n, sizeof(*places));
	struct search_merge m = {.places = places, .pins_n = pins_n, .others_n = others_n};

	for (size_t i = 0; i < pins_n; i++) {
		places[i] = wanted[i];
		if (i && places[i] <= places[i - 1])
			places[i] = places[i - 1] + 1;
		if (places[i] > others_n + i)
			places[i] = others_n + i;
		m.pin += places[i] < offset;
	}
	m.other = offset - m.pin;
	return m;
}

bool search_merge_next(struct search_merge *m, size_t *ret_at, bool *ret_is_pin)
{
	*ret_is_pin = m->pin < m->pins_n && m->places[m->pin] == m->pin + m->other;
	if (*ret_is_pin)
		*ret_at = m->pin++;
	else if (m->other < m->others_n)
		*ret_at = m->other++;
	else
		return false;
	return true;
}
