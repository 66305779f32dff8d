#include "mod/rest/sql.h"

#include <assert.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "mod/rest/plan.h"

#define NAME_BYTES 16

void rest_sql_init(struct rest_sql *s)
{
	*s = (struct rest_sql){.aliases = 0};
	buf_init(&s->text, 0);
	buf_init(&s->values, 0);
	buf_init(&s->numbers, 0);
}

void rest_sql_done(struct rest_sql *s)
{
	buf_done(&s->text);
	buf_done(&s->values);
	buf_done(&s->numbers);
}

void rest_sql(struct rest_sql *s, const char *text)
{
	buf_cstr(&s->text, text);
}

void rest_sql_str(struct rest_sql *s, struct str text)
{
	buf_str(&s->text, text);
}

void rest_sql_ident(struct rest_sql *s, struct str name)
{
	buf_char(&s->text, '"');
	for (struct str rest = name; rest.p;) {
		buf_str(&s->text, str_cut(&rest, '"'));
		if (rest.p)
			buf_add(&s->text, "\"\"", 2);
	}
	buf_char(&s->text, '"');
}

void rest_sql_column(struct rest_sql *s, struct str alias, struct str name)
{
	buf_str(&s->text, alias);
	buf_char(&s->text, '.');
	rest_sql_ident(s, name);
}

static uint16_t number_of(struct rest_sql *s, uint16_t i)
{
	const uint16_t none = 0;

	while (s->numbers.len <= i * sizeof(i))
		buf_add(&s->numbers, &none, sizeof(none));
	uint16_t *number = (uint16_t *)(void *)s->numbers.p + i;
	if (!*number) {
		buf_add(&s->values, &i, sizeof(i));
		*number = (uint16_t)(s->values.len / sizeof(i));
	}
	return *number;
}

void rest_sql_value(struct rest_sql *s, int param, const char *cast)
{
	assert(param >= 0 && param < UINT16_MAX);
	buf_char(&s->text, '$');
	buf_u64(&s->text, number_of(s, (uint16_t)param));
	if (cast) {
		buf_add(&s->text, "::", 2);
		buf_cstr(&s->text, cast);
	}
}

struct str rest_sql_alias(struct rest_sql *s, struct arena *a)
{
	return str_printf(a, "t%d", ++s->aliases);
}

/* The name is what connections know the text by: two texts with one name would be one statement, and clients choose much of the text.
 * So the hash is one that nobody can make collide. */
static const char *name_of(struct arena *a, struct str text)
{
	unsigned char hash[CRYPTO_SHA256_LEN];

	crypto_sha256(text, hash);
	return arena_printf(a, "r" STR_FMT, STR_ARG(enc_hex(a, str_from(hash, NAME_BYTES))));
}

void rest_sql_take(struct rest_sql *s, struct arena *a, struct str name_salt,
	struct rest_statement *ret)
{
	size_t len = s->text.len;

	buf_char(&s->text, '\0');
	buf_str(&s->text, name_salt);
	ret->stmt.name = name_of(a, buf_view(&s->text));
	buf_truncate(&s->text, len);
	ret->stmt.sql = str_cstr(a, buf_view(&s->text));
	ret->values = (const uint16_t *)(void *)arena_dup(a, s->values.p, s->values.len);
	ret->n = s->values.len / sizeof(*ret->values);
}
