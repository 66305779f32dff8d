/* How near each other a document has the words. */
#include <string.h>

#include "base/arena.h"
#include "mod/search/index_words.h"
#include "mod/search/run_text.h"

struct slot {
	uint32_t word; /* SEARCH_NONE: empty */
	uint32_t wants;
};

struct search_near_table {
	uint64_t filter; /* a bit for the lowest bits of each word */
	uint32_t mask;   /* of places */
	struct slot slots[];
};

static struct slot *slot_of(struct search_near_table *table, uint32_t word)
{
	uint32_t i = word * UINT32_C(2654435761) & table->mask;

	while (table->slots[i].word != word && table->slots[i].word != SEARCH_NONE)
		i = (i + 1) & table->mask;
	return &table->slots[i];
}

static uint32_t wants_of(const struct search_near_table *table, uint32_t word)
{
	uint32_t i = word * UINT32_C(2654435761) & table->mask;

	if (!(table->filter >> word % 64 & 1))
		return 0;
	while (table->slots[i].word != word && table->slots[i].word != SEARCH_NONE)
		i = (i + 1) & table->mask;
	return table->slots[i].wants;
}

struct search_near_table *search_near_table_new(struct search_text *t, const struct search_stage *s,
	size_t by)
{
	size_t words = 1, cap = 16;

	for (size_t i = 0; i < s->n; i++)
		if (!s->wants[i]->is_phrase)
			words += search_text_choice(t, s, s->wants[i], by)->n;
	while (cap < 2 * words)
		cap *= 2;
	struct search_near_table *table =
		arena_alloc(t->run->arena, sizeof(*table) + cap * sizeof(struct slot));
	table->mask = (uint32_t)cap - 1;
	table->filter = 0;
	for (size_t i = 0; i < cap; i++)
		table->slots[i] = (struct slot){.word = SEARCH_NONE};
	for (size_t i = 0; i < s->n; i++) {
		if (s->wants[i]->is_phrase)
			continue;
		const struct search_choice *c = search_text_choice(t, s, s->wants[i], by);
		for (size_t j = 0; j < c->n; j++) {
			struct slot *slot = slot_of(table, c->words[j].word);
			slot->word = c->words[j].word;
			table->filter |= UINT64_C(1) << slot->word % 64;
			slot->wants |= UINT32_C(1) << i;
		}
	}
	return table;
}

/* The words of a field that are wanted, as they are come by. The stretch that ends with the last one and has all wants is as short as can
 * be when it begins at the earliest of the last places of each want. */
struct stretch {
	uint32_t wants, seen;
	unsigned last[SEARCH_WORDS_MAX]; /* where each want was seen last */
	unsigned shortest, first;
};

static void stretch_add(struct stretch *s, uint32_t wants, unsigned at)
{
	wants &= s->wants;
	if (!wants)
		return;
	if (!s->seen)
		s->first = at;
	s->seen |= wants;
	for (uint32_t w = wants; w; w &= w - 1)
		s->last[__builtin_ctz(w)] = at;
	if (s->seen != s->wants)
		return;
	unsigned from = at;
	for (uint32_t w = s->wants; w; w &= w - 1) {
		unsigned last = s->last[__builtin_ctz(w)];
		from = last < from ? last : from;
	}
	if (at - from + 1 < s->shortest)
		s->shortest = at - from + 1;
}

struct search_near search_near_look(struct search_text *t, const struct search_near_table *table,
	size_t by, uint32_t doc, uint32_t wants)
{
	const struct search_postings *p = t->run->ix->postings[t->q->by[by].field];
	struct stretch s = {.wants = wants, .shortest = UINT32_MAX};
	unsigned at = 0, terms = 0;

	if (p->texts) {
		struct search_forward f = search_forward_read(p->texts[doc]);
		for (uint32_t word; search_forward_next(&f, &word); at++)
			stretch_add(&s, wants_of(table, word), at);
	} else {
		struct str rest = search_column_text(p->column, p->column->ids[doc]);
		for (; rest.len; at++) {
			uint32_t word = search_postings_word_of(p, str_cut(&rest, ' '));
			stretch_add(&s, wants_of(table, word), at);
		}
	}
	for (uint32_t w = wants; w; w &= w - 1)
		terms++;
	return (struct search_near){
		.gap = s.shortest > terms ? s.shortest - terms : 0,
		.first = s.first,
	};
}
