#include "mod/rest/selects.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "mod/rest/parse.h"

struct kept {
	struct rest_select_list list;
	struct arena *arena; /* its own */
	size_t holders;
};

struct rest_selects {
	struct arena *arena;
	struct map *by_text;
	size_t bytes;
};

static void let_go(void *p)
{
	struct kept *k = p;

	if (--k->holders == 0)
		arena_free(k->arena);
}

static void begin(struct rest_selects *s)
{
	s->arena = arena_new();
	s->by_text = map_new(s->arena, 0);
	s->bytes = 0;
}

static void end(struct rest_selects *s)
{
	for (size_t i = 0; i < map_len(s->by_text); i++)
		let_go(map_value_at(s->by_text, i));
	arena_free(s->arena);
}

struct rest_selects *rest_selects_new(void)
{
	struct rest_selects *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	begin(s);
	return s;
}

void rest_selects_free(struct rest_selects *s)
{
	if (!s)
		return;
	end(s);
	free(s);
}

/* Embeds and aggregates have a parenthesis, JSON paths an arrow. */
static bool is_flat(struct str text)
{
	return text.len >= SELECTS_TEXT_MIN && text.len <= SELECTS_TEXT_MAX &&
		!memchr(text.p, '(', text.len) && !memchr(text.p, '>', text.len);
}

static struct str shape_of(struct arena *a, struct rest_item *items)
{
	struct buf b;

	buf_init(&b, 0);
	rest_shape_items(&b, items);
	struct str shape = str_copy(a, buf_view(&b));
	buf_done(&b);
	return shape;
}

/* NULL when it cannot be read. Names in the items borrow from the text, so that is kept with them. */
static struct kept *read_list(struct str text, struct str *ret_text)
{
	struct arena *a = arena_new();
	struct kept *k = ARENA_NEW(a, struct kept);
	struct rest_fault f = {.arena = a};

	*k = (struct kept){.arena = a, .holders = 1};
	*ret_text = str_copy(a, text);
	if (rest_parse_select(a, *ret_text, &k->list.items, &f)) {
		arena_free(a);
		return NULL;
	}
	for (const struct rest_item *i = k->list.items; i; i = i->next)
		k->list.n++;
	k->list.shape = shape_of(a, k->list.items);
	return k;
}

static struct kept *keep(struct rest_selects *s, struct str text)
{
	struct str own;
	struct kept *k = read_list(text, &own);

	if (!k)
		return NULL;
	size_t bytes = own.len + k->list.shape.len + k->list.n * sizeof(struct rest_item);
	if (s->bytes + bytes > SELECTS_BYTES) {
		end(s);
		begin(s);
	}
	s->bytes += bytes;
	map_put(s->by_text, own, k);
	return k;
}

const struct rest_select_list *rest_selects_get(struct rest_selects *s, struct arena *a,
	struct str text)
{
	struct kept *k = is_flat(text) ? map_get(s->by_text, text) : NULL;

	if (!k && is_flat(text))
		k = keep(s, text);
	if (!k)
		return NULL;
	k->holders++;
	arena_defer(a, let_go, k);
	return &k->list;
}
