/* Memory: what was searched least lately goes first. */
#include <stdlib.h>
#include <unistd.h>

#include "app/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "mod/search/store_local.h"

#define MEGABYTE ((size_t)1 << 20)
#define ROOM_LEAST (64 * MEGABYTE)
#define IDLE_US (3600 * US_PER_SECOND)

size_t search_room_default(void)
{
	if (setting(SET_SEARCH_MEMORY))
		return (size_t)setting_int(SET_SEARCH_MEMORY) * MEGABYTE;
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
	size_t quarter = pages > 0 && size > 0 ? (size_t)pages * (size_t)size / 4 : 0;
	return quarter > ROOM_LEAST ? quarter : ROOM_LEAST;
}

static size_t bytes_of(const struct search_held *h)
{
	return h->bytes + h->next_bytes;
}

size_t search_room_used(const struct search_store *st)
{
	size_t sum = 0;

	for (size_t i = 0; i < st->n; i++)
		sum += bytes_of(st->held[i]);
	return sum;
}

static void give_up(struct search_held *h)
{
	log_info("search.given_up", LOG_CSTR("workspace", h->text), LOG_INT("bytes", bytes_of(h)));
	h->st->stats.given_up++;
	search_held_drop(h);
}

static struct search_held *least_lately(const struct search_store *st,
	const struct search_held *keep)
{
	struct search_held *found = NULL;

	for (size_t i = 0; i < st->n; i++) {
		struct search_held *h = st->held[i];
		if (h != keep && bytes_of(h) && (!found || h->used_us < found->used_us))
			found = h;
	}
	return found;
}

bool search_room_make(struct search_store *st, const struct search_held *keep)
{
	while (search_room_used(st) > st->room) {
		struct search_held *h = least_lately(st, keep);
		if (!h)
			return false;
		give_up(h);
	}
	return true;
}

void search_room_idle(struct search_store *st)
{
	int64_t since = mono_us() - IDLE_US;

	for (size_t i = st->n; i-- > 0;)
		if (st->held[i]->used_us < since && !st->held[i]->users)
			give_up(st->held[i]);
}
