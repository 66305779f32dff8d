#include "mod/site/cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/sieve.h"
#include "base/uuid.h"

#define SPACES 1000
#define ENTRIES 100000 /* of one workspace */
#define SHARE 4        /* a workspace has at most a quarter of the room */

struct site_space {
	char id[UUID_SIZE];
	struct sieve *answers[2]; /* by enum site_life; made when something is kept */
	uint64_t generations[2];
	int64_t used_us, changed_us;
};

struct site_cache {
	size_t max_bytes;
	struct site_space *spaces[SPACES];
	size_t n;
	uint64_t
		generations; /* given out: none comes twice, also when a space was dropped meanwhile */
	uint64_t hits, misses;
};

struct site_cache *site_cache_new(size_t max_bytes)
{
	struct site_cache *c = calloc(1, sizeof *c);

	if (!c)
		abort();
	c->max_bytes = max_bytes;
	return c;
}

static void space_free(struct site_space *s)
{
	sieve_free(s->answers[SITE_LISTINGS]);
	sieve_free(s->answers[SITE_FIGURES]);
	free(s);
}

void site_cache_free(struct site_cache *c)
{
	for (size_t i = 0; c && i < c->n; i++)
		space_free(c->spaces[i]);
	free(c);
}

/* --- workspaces ----------------------------------------------------------------------------------- */

static struct site_space *find(const struct site_cache *c, struct str id)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(str_of(c->spaces[i]->id), id))
			return c->spaces[i];
	return NULL;
}

static size_t oldest(const struct site_cache *c)
{
	size_t found = 0;

	for (size_t i = 1; i < c->n; i++)
		if (c->spaces[i]->used_us < c->spaces[found]->used_us)
			found = i;
	return found;
}

static void drop(struct site_cache *c, size_t i)
{
	space_free(c->spaces[i]);
	c->spaces[i] = c->spaces[--c->n];
}

struct site_space *site_cache_space(struct site_cache *c, struct str workspace_id)
{
	struct site_space *s = find(c, workspace_id);

	if (!s) {
		if (c->n == SPACES)
			drop(c, oldest(c));
		s = calloc(1, sizeof *s);
		if (!s)
			abort();
		memcpy(s->id, workspace_id.p,
			workspace_id.len < UUID_LEN ? workspace_id.len : UUID_LEN);
		s->generations[SITE_LISTINGS] = s->generations[SITE_FIGURES] = ++c->generations;
		s->changed_us = mono_us();
		c->spaces[c->n++] = s;
	}
	s->used_us = mono_us();
	return s;
}

uint64_t site_cache_generation(const struct site_space *s, enum site_life life)
{
	return s->generations[life];
}

int64_t site_cache_changed_us(const struct site_space *s)
{
	return s->changed_us;
}

/* --- answers -------------------------------------------------------------------------------------- */

void site_cache_copy(struct arena *a, const struct site_answer *from, struct site_answer *ret)
{
	*ret = *from;
	ret->body = str_copy(a, from->body);
	ret->packed = from->packed.p ? str_copy(a, from->packed) : STR_NULL;
	ret->keys = str_copy(a, from->keys);
}

bool site_cache_get(struct site_cache *c, struct str workspace_id, enum site_life life,
	struct str key, struct arena *a, struct site_answer *ret)
{
	struct site_space *s = site_cache_space(c, workspace_id);
	const struct site_answer *kept = s->answers[life] ? sieve_get(s->answers[life], key) : NULL;

	if (!kept || kept->until_us < mono_us()) {
		c->misses++;
		return false;
	}
	c->hits++;
	*ret = *kept;
	const char *data = (const char *)(kept + 1);
	ret->body = str_copy(a, str_from(data, ret->body.len));
	data += ret->body.len;
	ret->packed = ret->packed.p ? str_copy(a, str_from(data, ret->packed.len)) : STR_NULL;
	data += ret->packed.len;
	ret->keys = str_copy(a, str_from(data, ret->keys.len));
	return true;
}

static size_t bytes_of(const struct site_space *s)
{
	size_t sum = 0;

	for (int i = 0; i < 2; i++)
		sum += s->answers[i] ? sieve_stats(s->answers[i]).bytes : 0;
	return sum;
}

static void keep_to_limit(struct site_cache *c)
{
	size_t sum = 0;

	for (size_t i = 0; i < c->n; i++)
		sum += bytes_of(c->spaces[i]);
	while (sum > c->max_bytes && c->n > 1) {
		size_t i = oldest(c);
		sum -= bytes_of(c->spaces[i]);
		drop(c, i);
	}
}

void site_cache_put(struct site_cache *c, struct str workspace_id, enum site_life life,
	struct str key, uint64_t generation, const struct site_answer *answer)
{
	struct site_space *s = find(c, workspace_id);
	size_t len = sizeof(struct site_answer) + answer->body.len + answer->packed.len +
		answer->keys.len;
	struct site_answer *kept;
	char *data;

	if (!s || s->generations[life] != generation)
		return;
	if (!s->answers[life])
		s->answers[life] = sieve_new(ENTRIES, c->max_bytes / SHARE / 2);
	sieve_remove(s->answers[life], key); /* of an earlier time */
	kept = sieve_put(s->answers[life], key, len);
	if (!kept)
		return;
	*kept = *answer;
	data = (char *)(kept + 1);
	memcpy(data, answer->body.p, answer->body.len);
	data += answer->body.len;
	if (answer->packed.len)
		memcpy(data, answer->packed.p, answer->packed.len);
	data += answer->packed.len;
	if (answer->keys.len)
		memcpy(data, answer->keys.p, answer->keys.len);
	keep_to_limit(c);
}

/* --- forgetting ----------------------------------------------------------------------------------- */

static void forget(struct site_cache *c, struct site_space *s, bool whole)
{
	s->changed_us = mono_us();
	for (int i = SITE_LISTINGS; i <= (whole ? SITE_FIGURES : SITE_LISTINGS); i++) {
		s->generations[i] = ++c->generations;
		if (s->answers[i])
			sieve_clear(s->answers[i]);
	}
}

void site_cache_forget(struct site_cache *c, struct str workspace_id, bool whole)
{
	struct site_space *s = find(c, workspace_id);

	if (s)
		forget(c, s, whole);
}

void site_cache_forget_all(struct site_cache *c, bool whole)
{
	for (size_t i = 0; i < c->n; i++)
		forget(c, c->spaces[i], whole);
}

bool site_cache_is_empty(const struct site_cache *c)
{
	return c->n == 0;
}

void site_cache_metrics(const struct site_cache *c, struct buf *out)
{
	size_t sum = 0;

	for (size_t i = 0; i < c->n; i++)
		sum += bytes_of(c->spaces[i]);
	buf_printf(out,
		"# TYPE plat_site_answers_total counter\nplat_site_answers_total{cache=\"hit\"} %llu\n"
		"plat_site_answers_total{cache=\"miss\"} %llu\n# TYPE plat_site_cache_bytes gauge\nplat_site_cache_bytes %zu\n",
		(unsigned long long)c->hits, (unsigned long long)c->misses, sum);
}
