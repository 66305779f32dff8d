/* str: a length and a pointer, for all text that came from outside.
 *
 * Owner    a struct str borrows; it lives as long as what it points into.
 * Failure  parsers return false and leave *ret_ untouched; nothing here reports words.
 * Threads  pure functions.
 *
 * p == NULL means absent (SQL null); an empty string has p != NULL and len 0. The bytes are not
 * NUL-terminated and may hold NULs. Case rules are ASCII; nothing depends on the locale.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct str {
	const char *p;
	size_t len;
};

/* {STR_INIT("x")} in static tables, STR("x") in expressions. */
#define STR_INIT(lit) .p = "" lit, .len = sizeof(lit) - 1
#define STR(lit) ((struct str){STR_INIT(lit)})
#define STR_NULL ((struct str){NULL, 0})

/* printf("name " STR_FMT "\n", STR_ARG(s)): prints up to the first NUL, nothing when absent. */
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len), (s).p ? (s).p : ""

struct str str_of(const char *cstr); /* NULL gives the absent string */

static inline struct str str_from(const void *p, size_t len)
{
	return (struct str){(const char *)p, len};
}

/* Absent equals only absent. */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b);
int str_cmp(struct str a, struct str b); /* by bytes, for sorting; absent first */

bool str_starts(struct str s, struct str head);
bool str_ends(struct str s, struct str tail);

/* Without spaces, tabs, CR and LF at both ends. */
struct str str_trim(struct str s);

/* Bytes [from, to) of s; both are clamped to the length. */
struct str str_sub(struct str s, size_t from, size_t to);

/* Cuts off and returns the part before the first sep; *rest keeps what follows it. Without a sep
 * the whole is returned and *rest becomes absent, which ends the usual loop:
 *     for (struct str rest = list; rest.p;) { struct str item = str_cut(&rest, ','); ... }
 * Gives n + 1 parts for n separators, empty ones too. */
struct str str_cut(struct str *rest, char sep);

/* Offset of the first match, or -1. An empty needle is found at 0. */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_find_char(struct str s, char c);

struct str str_copy(struct arena *a, struct str s); /* absent stays absent */
char *str_cstr(struct arena *a, struct str s);      /* NUL-terminated; absent gives "" */
struct str str_lower(struct arena *a, struct str s);
struct str str_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Texts one after another, NUL behind them; absent ones add nothing. A tenth of what str_printf() costs:
 *     STR_JOIN(a, prefix, STR("/"), name) */
struct str str_join(struct arena *a, const struct str *parts, size_t n);
#define STR_JOIN(a, ...)                                 \
	str_join((a), (const struct str[]){__VA_ARGS__}, \
		sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))

/* The digits, in room: far faster than printf. */
#define STR_DECIMAL_SIZE 20
struct str str_decimal(char room[STR_DECIMAL_SIZE], int64_t n);

/* The whole string or nothing: no spaces, no trailing bytes, no overflow.
 * i64: [+-]digits.  f64: decimal notation of at most 500 bytes, no inf, nan, hex; overflow to
 * infinity is refused.  bool: true false yes no on off 1 0, in any case. */
bool str_to_i64(struct str s, int64_t *ret_n);
bool str_to_f64(struct str s, double *ret_x);
bool str_to_bool(struct str s, bool *ret_b);

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). NUL is allowed; see below. */
bool str_is_utf8(struct str s);
size_t str_utf8_prefix(struct str s); /* how many leading bytes are well-formed */

/* PostgreSQL's text and jsonb cannot hold U+0000. Returns s itself when it has none, otherwise a
 * copy without them. */
struct str str_without_nul(struct arena *a, struct str s);
