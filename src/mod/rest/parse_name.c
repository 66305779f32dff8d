/* Names, JSON paths behind them, and lists of names. */
#include <string.h>

#include "base/arena.h"
#include "mod/rest/parse_local.h"

#define BIT(c) ((uint64_t)1 << ((c) & 63))
#define DIGITS ((uint64_t)0x3ff << '0')
#define LETTERS ((uint64_t)0x3ffffff << 1 | (uint64_t)0x3ffffff << 33) /* of the second 64 bytes */

/* Which bytes may stand in a name, in a key of a JSON path: everything beyond ASCII may. */
static const uint64_t name_bytes[4] = {BIT(' ') | BIT('$') | DIGITS, LETTERS | BIT('_'), ~0ull,
	~0ull};
static const uint64_t key_bytes[4] = {~(BIT('(') | BIT(')') | BIT('-') | BIT(':') | BIT('.') |
					      BIT(',') | BIT('>')),
	~0ull, ~0ull, ~0ull};

static inline bool is_in(const uint64_t set[4], char c)
{
	unsigned char u = (unsigned char)c;

	return set[u >> 6] >> (u & 63) & 1;
}

static bool is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

static bool is_arrow(const struct rest_scan *s)
{
	return s->end - s->p >= 2 && s->p[0] == '-' && s->p[1] == '>';
}

static struct str trim_blanks(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	while (p < end && end[-1] == ' ')
		end--;
	return str_from(p, (size_t)(end - p));
}

/* "a - b" is the name "a-b": each part is trimmed by itself. */
static struct str trim_parts(struct arena *a, struct str name)
{
	char *out = arena_alloc(a, name.len + 1);
	size_t n = 0;

	for (struct str rest = name; rest.p;) {
		struct str part = str_cut(&rest, '-');
		part = trim_blanks(part.p, part.p + part.len);
		memcpy(out + n, part.p, part.len);
		n += part.len;
		if (rest.p)
			out[n++] = '-';
	}
	return str_from(out, n);
}

/* Parts of bytes in set with single dashes between them; a dash before '>' is an arrow. want: for the first byte. */
static int scan_parts(struct rest_scan *s, const uint64_t set[4], uint64_t want, uint64_t want_part,
	struct str *ret)
{
	const char *first = s->p, *part;
	bool has_dash = false;

	for (;;) {
		part = s->p;
		while (s->p < s->end && is_in(set, *s->p))
			s->p++;
		if (s->p == part)
			return rest_scan_here(s, has_dash ? want_part : want);
		if (!rest_scan_is(s, '-') || is_arrow(s))
			break;
		s->p++;
		has_dash = true;
	}
	struct str name = trim_blanks(first, s->p);
	if (has_dash && (str_find_char(name, ' ') >= 0))
		name = trim_parts(s->arena, name);
	if (!name.len)
		return rest_scan_miss(s, s->p, s->p, want);
	*ret = name;
	return 0;
}

/* [p, end) is what stands between the quotes. */
static struct str without_escapes(struct arena *a, const char *p, const char *end)
{
	char *out = arena_alloc(a, (size_t)(end - p) + 1);
	size_t n = 0;

	for (; p < end; p++) {
		if (*p == '\\')
			p++;
		out[n++] = *p;
	}
	return str_from(out, n);
}

int rest_scan_quoted(struct rest_scan *s, struct str *ret)
{
	const char *p = s->p + 1;
	bool has_escape = false;

	while (p < s->end && *p != '"') {
		if (*p == '\\') {
			has_escape = true;
			if (++p == s->end)
				return rest_scan_miss(s, p, p, 0);
		}
		p++;
	}
	if (p == s->end)
		return rest_scan_miss(s, p, p, WANT(BACKSLASH) | WANT(QUOTE));
	*ret = has_escape ? without_escapes(s->arena, s->p + 1, p)
			  : str_from(s->p + 1, (size_t)(p - s->p - 1));
	s->p = p + 1;
	return 0;
}

/* PostgreSQL has no empty identifiers, so none is taken. */
static int scan_quoted_name(struct rest_scan *s, struct str *ret, uint64_t want)
{
	const char *first = s->p;
	struct str name;

	if (rest_scan_quoted(s, &name))
		return -1;
	if (!name.len)
		return rest_scan_miss(s, first, first, want);
	*ret = name;
	return 0;
}

int rest_scan_name(struct rest_scan *s, struct str *ret)
{
	if (rest_scan_is(s, '"')) {
		s->tail = WANT_ARROWS;
		return scan_quoted_name(s, ret, WANT(NAME));
	}
	const char *first = s->p;
	if (scan_parts(s, name_bytes, WANT(NAME), WANT(GT) | WANT(LETTER) | WANT(DIGIT), ret))
		return -1;
	s->tail = WANT(DASH) | WANT_ARROWS;
	if (!memchr(first, '-', (size_t)(s->p - first)))
		s->tail |= WANT(LETTER) | WANT(DIGIT);
	return 0;
}

int rest_scan_ident(struct rest_scan *s, struct str *ret)
{
	const char *first = s->p;

	while (s->p < s->end && is_in(name_bytes, *s->p))
		s->p++;
	struct str ident = trim_blanks(first, s->p);
	if (!ident.len)
		return rest_scan_here(s, WANT(LETTER) | WANT(DIGIT));
	*ret = ident;
	return 0;
}

/* What may stand behind an index. PostgREST does not see the parenthesis, and takes rel(a->0) for the key "0". */
static bool is_index_end(const char *p, const char *end)
{
	if (p == end || *p == '.' || *p == ',' || *p == ')')
		return true;
	return end - p >= 2 && ((p[0] == '-' && p[1] == '>') || (p[0] == ':' && p[1] == ':'));
}

/* A key or an index. "12" is an index, "12a" a key, "-12a" neither. */
static int scan_operand(struct rest_scan *s, struct rest_step *step)
{
	const uint64_t first = WANT(MINUS) | WANT(DIGIT) | WANT(KEY);
	bool is_negative = rest_scan_is(s, '-');
	const char *digits = s->p + is_negative, *p = digits;

	while (is_digit(p, s->end))
		p++;
	if (is_negative && p == digits)
		return rest_scan_miss(s, p, p, WANT(DIGIT));
	if (p > digits && is_index_end(p, s->end)) {
		step->key = str_from(s->p, (size_t)(p - s->p));
		step->is_index = true;
		s->p = p;
		return 0;
	}
	if (is_negative)
		return rest_scan_miss(s, p, p,
			WANT(DIGIT) | WANT(ARROW) | WANT(CAST) | WANT(DOT) | WANT(COMMA) |
				WANT(END));
	if (rest_scan_is(s, '"'))
		return rest_scan_quoted(s, &step->key);
	return scan_parts(s, key_bytes, first, WANT(GT), &step->key);
}

int rest_scan_path(struct rest_scan *s, struct rest_field *f)
{
	size_t cap = 0;

	f->steps = NULL;
	f->n_steps = 0;
	while (is_arrow(s)) {
		if (rest_scan_part(s))
			return -1;
		if (f->n_steps == cap) {
			size_t more = cap ? 2 * cap : 2;
			f->steps = arena_resize(s->arena, f->steps, cap * sizeof(*f->steps),
				more * sizeof(*f->steps));
			cap = more;
		}
		struct rest_step *step = &f->steps[f->n_steps++];
		*step = (struct rest_step){.param = -1};
		s->p += 2;
		step->as_text = rest_scan_is(s, '>');
		s->p += step->as_text;
		if (scan_operand(s, step))
			return -1;
		s->tail = WANT_ARROWS;
	}
	return 0;
}

int rest_scan_field(struct rest_scan *s, struct rest_field *f)
{
	rest_scan_blank(s);
	if (rest_scan_name(s, &f->name) || rest_scan_path(s, f))
		return -1;
	rest_scan_gap(s);
	return 0;
}

int rest_scan_names(struct rest_scan *s, struct rest_name **ret, size_t *ret_n)
{
	struct rest_name **last = ret;

	*ret = NULL;
	*ret_n = 0;
	for (;;) {
		struct rest_name *name = ARENA_NEW(s->arena, struct rest_name);
		rest_scan_blank(s);
		if (rest_scan_part(s) || rest_scan_name(s, &name->name))
			return -1;
		*last = name;
		last = &name->next;
		++*ret_n;
		rest_scan_blank(s);
		if (!rest_scan_is(s, ','))
			break;
		s->p++;
	}
	if (s->p < s->end)
		return rest_scan_here(s, (s->tail & ~WANT_ARROWS) | WANT(COMMA) | WANT(END));
	return 0;
}
