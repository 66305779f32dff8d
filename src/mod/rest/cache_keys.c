#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/result.h"
#include "mod/rest/cache_local.h"

enum { KEY_NAME, KEY_KIND, KEY_TABLE, KEY_OTHER, KEY_COLUMNS, KEY_FOREIGN };

/* Keys of partitions follow from those of the partitioned table (conparentid). Tables outside of the exposed schemas matter too:
 * views show them. */
static const char keys_sql[] =
	"select c.conname::text, c.contype::text, c.conrelid::int8, c.confrelid::int8, c.conkey::text,"
	" c.confkey::text from pg_constraint c"
	" where c.contype in ('p', 'u', 'f') and c.conparentid = 0 and c.conrelid <> 0"
	" and c.connamespace <> 'pg_catalog'::regnamespace order by c.conrelid, c.conname";

static bool same_columns(const struct cache_key *a, const struct cache_key *b)
{
	if (a->table != b->table || a->n != b->n)
		return false;
	for (size_t i = 0, j; i < a->n; i++) {
		for (j = 0; j < b->n && a->columns[i] != b->columns[j];)
			j++;
		if (j == b->n)
			return false;
	}
	return true;
}

/* Keys of one table stand together. */
static void mark_unique(struct cache_load *l, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		for (size_t j = from; j < end && l->keys[i].kind == 'f'; j++)
			if (l->keys[j].kind != 'f' && same_columns(&l->keys[i], &l->keys[j]))
				l->keys[i].is_unique = true;
}

static void read_key(struct cache_load *l, const struct result *r, int row, struct cache_key *k)
{
	k->name = str_copy(l->a, result_text(r, row, KEY_NAME));
	k->kind = *result_text(r, row, KEY_KIND).p;
	k->table = (unsigned)result_i64(r, row, KEY_TABLE);
	k->other = (unsigned)result_i64(r, row, KEY_OTHER);
	k->n = cache_numbers(l->tmp, result_text(r, row, KEY_COLUMNS), &k->columns);
	if (k->kind == 'f' &&
		cache_numbers(l->tmp, result_text(r, row, KEY_FOREIGN), &k->foreign) != k->n)
		k->n = 0;
}

static void read_keys(struct cache_load *l, const struct result *r)
{
	l->keys = arena_array(l->tmp, (size_t)result_rows(r), sizeof *l->keys);
	for (int row = 0; row < result_rows(r); row++) {
		read_key(l, r, row, &l->keys[l->n_keys]);
		l->n_keys += l->keys[l->n_keys].n > 0;
	}
	for (size_t from = 0, end; from < l->n_keys; from = end) {
		for (end = from + 1; end < l->n_keys && l->keys[end].table == l->keys[from].table;)
			end++;
		mark_unique(l, from, end);
	}
}

size_t cache_keys_of(const struct cache_load *l, unsigned table)
{
	size_t low = 0, high = l->n_keys;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (l->keys[mid].table < table)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct cache_step cache_keys_step = {keys_sql, 0, read_keys};
