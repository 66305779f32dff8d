/* map: text -> pointer, in an arena; remembers the order of insertion.
 *
 * Owner    the arena; keys and values are borrowed and must live as long.
 * Failure  none.
 * Threads  none while it changes; reading a finished map is safe.
 *
 * Hashed with a secret key, so keys that a stranger chooses cannot make it slow. There is no
 * removal: a map is built and then asked.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct map;

/* expected: how many keys are coming, to avoid growing; 0 is fine. */
struct map *map_new(struct arena *a, size_t expected) __attribute__((returns_nonnull));

/* Sets key to value and returns what it had, NULL when it is new. value may be NULL, but then
 * cannot be told from an absent key by map_get(). */
void *map_put(struct map *m, struct str key, void *value);

void *map_get(const struct map *m, struct str key); /* NULL when absent */
bool map_has(const struct map *m, struct str key);
size_t map_len(const struct map *m);

/* Entry i in order of insertion; i < map_len(m). */
struct str map_key_at(const struct map *m, size_t i);
void *map_value_at(const struct map *m, size_t i);
