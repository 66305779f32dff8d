/* Figures for /metrics. */
#include "base/buf.h"
#include "base/clock.h"
#include "mod/search/store_local.h"

static void add(struct buf *out, const char *name, const char *type, const char *help, double value)
{
	buf_printf(out,
		"# HELP plat_search_%s %s\n# TYPE plat_search_%s %s\nplat_search_%s %.17g\n", name,
		help, name, type, name, value);
}

static double documents(const struct search_store *st)
{
	size_t n = 0;

	for (size_t i = 0; i < st->n; i++)
		n += st->held[i]->len;
	return (double)n;
}

/* Of the indexes that are being made: how many, their listings so far, and those expected. */
static void add_loading(struct buf *out, const struct search_store *st)
{
	size_t indexes = 0, done = 0, expected = 0;

	for (size_t i = 0; i < st->n; i++) {
		const struct search_held *h = st->held[i];
		if (h->load != SEARCH_LOAD_RUNNING)
			continue;
		indexes++;
		done += h->next_len;
		expected += h->next_expected > h->next_len ? h->next_expected : h->next_len;
	}
	add(out, "loading", "gauge", "Indexes that are being made from the table.",
		(double)indexes);
	add(out, "loading_documents", "gauge", "Listings that are in those so far.", (double)done);
	add(out, "loading_documents_expected", "gauge",
		"Listings that those will have, as PostgreSQL guesses.", (double)expected);
}

void search_store_metrics(const struct search_store *st, struct buf *out)
{
	const struct search_stats *s = &st->stats;

	add(out, "indexes", "gauge", "Workspaces whose listings are held for searches.",
		(double)st->n);
	add(out, "documents", "gauge", "Listings in them.", documents(st));
	add(out, "bytes", "gauge", "Memory that they take, about.", (double)search_room_used(st));
	add(out, "bytes_most", "gauge", "Memory that they may take.", (double)st->room);
	add(out, "lag_seconds", "gauge",
		"Age of what the follower has read last; 0: nothing is followed.",
		st->n && st->round_us ? (double)(mono_us() - st->round_us) / 1e6 : 0);
	add_loading(out, st);
	add(out, "loads_total", "counter", "Indexes made from the table.", (double)s->loads);
	add(out, "loads_failed_total", "counter", "Loads that failed.", (double)s->loads_failed);
	add(out, "load_seconds_total", "counter", "Time that loads took.",
		(double)s->load_us / 1e6);
	add(out, "given_up_total", "counter", "Indexes given up for lack of room or of searches.",
		(double)s->given_up);
	add(out, "rounds_total", "counter", "Looks at what changed.", (double)s->rounds);
	add(out, "rounds_failed_total", "counter", "Looks that failed.", (double)s->rounds_failed);
	add(out, "changes_total", "counter", "Changed listings taken over.", (double)s->changes);
	add(out, "write_seconds_total", "counter",
		"Time in which an index was written and not searched.", (double)s->write_us / 1e6);
	add(out, "searches_total", "counter", "Searches.", (double)s->searches);
	add(out, "searches_busy_total", "counter", "Searches refused because too many waited.",
		(double)s->searches_busy);
	add(out, "search_seconds_total", "counter",
		"Time of searches, from their thread's queue to the result.",
		(double)s->search_us / 1e6);
}
