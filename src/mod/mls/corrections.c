#include "mod/mls/corrections.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "db/session.h"
#include "mod/mls/mapping.h"
#include "model/array.h"

#define KEY_MAX 512 /* longer fields and reasons are shortened: the table has limits as well */
#define FIELD_MAX 255

struct kind {
	struct str field, reason, example;
	int64_t fresh; /* not committed yet */
};

struct corrections {
	struct arena *a;
	struct map *kinds;
	struct kind other; /* what came when there were CORRECTIONS_MAX kinds */
};

struct corrections *corrections_new(struct arena *a)
{
	struct corrections *c = ARENA_NEW(a, struct corrections);

	c->a = a;
	c->kinds = map_new(a, 0);
	c->other = (struct kind){.field = STR("various"), .reason = STR("other")};
	return c;
}

static struct kind *kind_of(struct corrections *c, const struct listing_problem *p)
{
	char room[KEY_MAX];
	size_t reason_len = strlen(p->reason), field_len = p->field.len;

	if (field_len > FIELD_MAX)
		field_len = str_utf8_prefix(str_sub(p->field, 0, FIELD_MAX));
	if (field_len + 1 + reason_len > sizeof room)
		reason_len = sizeof room - field_len - 1;
	memcpy(room, p->field.p, field_len);
	room[field_len] = 0;
	memcpy(room + field_len + 1, p->reason, reason_len);

	struct str key = str_from(room, field_len + 1 + reason_len);
	struct kind *k = map_get(c->kinds, key);
	if (k)
		return k;
	if (map_len(c->kinds) >= CORRECTIONS_MAX)
		return &c->other;
	key = str_copy(c->a, key);
	k = ARENA_NEW(c->a, struct kind);
	k->field = str_sub(key, 0, field_len);
	k->reason = str_sub(key, field_len + 1, key.len);
	k->example = str_copy(c->a, p->value);
	map_put(c->kinds, key, k);
	return k;
}

static void add_all(struct corrections *c, const struct listing_problem *list, unsigned n)
{
	for (unsigned i = 0; i < n && i < LISTING_PROBLEMS_MAX; i++)
		kind_of(c, &list[i])->fresh++;
	if (n > LISTING_PROBLEMS_MAX)
		c->other.fresh += n - LISTING_PROBLEMS_MAX;
}

void corrections_add(struct corrections *c, const struct listing_row *row)
{
	add_all(c, row->problems, row->problems_n);
	add_all(c, row->fixes, row->fixes_n);
}

static struct kind *kind_at(struct corrections *c, size_t i)
{
	return i < map_len(c->kinds) ? map_value_at(c->kinds, i) : &c->other;
}

/* Columns of the kinds that have something new, as arrays of PostgreSQL. */
struct columns {
	struct str *fields, *reasons, *counts, *examples;
	size_t n;
};

static void collect(struct corrections *c, struct arena *a, struct columns *t)
{
	size_t most = map_len(c->kinds) + 1;
	char digits[STR_DECIMAL_SIZE];

	*t = (struct columns){arena_array(a, most, sizeof(struct str)),
		arena_array(a, most, sizeof(struct str)), arena_array(a, most, sizeof(struct str)),
		arena_array(a, most, sizeof(struct str)), 0};
	for (size_t i = 0; i < most; i++) {
		const struct kind *k = kind_at(c, i);
		if (!k->fresh)
			continue;
		t->fields[t->n] = k->field;
		t->reasons[t->n] = k->reason;
		t->counts[t->n] = str_copy(a, str_decimal(digits, k->fresh));
		t->examples[t->n++] = k->example;
	}
}

int corrections_save(struct corrections *c, struct session *s, struct arena *a,
	struct str workspace_id, struct str run_id, struct err *e)
{
	static const struct stmt upsert = {"mls_corrections_save",
		"insert into mls.sync_corrections as c (workspace_id, sync_run_id, field, reason, n, example) "
		"select $1, $2, t.field, t.reason, least(t.n, 2147483647), t.example "
		"from unnest($3::text[], $4::text[], $5::bigint[], $6::text[]) t (field, reason, n, example) "
		"on conflict (workspace_id, sync_run_id, field, reason) "
		"do update set n = least(c.n + excluded.n::bigint, 2147483647)"};
	struct columns t;

	collect(c, a, &t);
	if (!t.n)
		return 0;
	struct db_param params[] = {db_str(workspace_id), db_str(run_id),
		db_str(model_array_join(a, t.n, t.fields)),
		db_str(model_array_join(a, t.n, t.reasons)),
		db_str(model_array_join(a, t.n, t.counts)),
		db_str(model_array_join(a, t.n, t.examples))};
	return session_exec_prepared(s, a, &upsert, 6, params, NULL, e);
}

static void drop(struct corrections *c)
{
	for (size_t i = 0; i <= map_len(c->kinds); i++)
		kind_at(c, i)->fresh = 0;
}

void corrections_keep(struct corrections *c)
{
	drop(c);
}

void corrections_forget(struct corrections *c)
{
	drop(c);
}
