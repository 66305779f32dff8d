#include "model/stmt.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/str.h"
#include "db/db.h"

/* Fewer than a connection keeps, so that other statements have room there. */
#define STMT_MAX 160

static struct arena *memory;
static struct map *statements;

const struct stmt *model_stmt(const char *text)
{
	char hex[HASH_128_HEX_SIZE];

	if (!memory) {
		memory = arena_new();
		statements = map_new(memory, STMT_MAX);
	}
	struct stmt *s = map_get(statements, str_of(text));
	if (s || map_len(statements) == STMT_MAX)
		return s;
	s = ARENA_NEW(memory, struct stmt);
	s->sql = str_cstr(memory, str_of(text));
	s->name = arena_printf(memory, "model_%s", hash_128_hex(hex, hash_128(str_of(text))));
	map_put(statements, str_of(s->sql), s);
	return s;
}
