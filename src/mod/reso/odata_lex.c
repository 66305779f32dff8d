#include "mod/reso/odata_lex.h"

#include "base/arena.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static bool is_name(char c)
{
	return is_letter(c) || is_digit(c) || c == '.';
}

/* What numbers and times are written with. */
static bool is_numeric(char c)
{
	return is_letter(c) || is_digit(c) || c == '.' || c == ':' || c == '-' || c == '+';
}

static char at(const struct odata_lex *l, size_t i)
{
	return i < l->all.len ? l->all.p[i] : '\0';
}

static size_t run(const struct odata_lex *l, size_t from, bool (*fits)(char))
{
	while (from < l->all.len && fits(l->all.p[from]))
		from++;
	return from;
}

/* From a quote on, where '' is one quote. */
static bool quoted(struct odata_lex *l)
{
	size_t n = 0, i = l->at + 1;

	while (i < l->all.len && (l->all.p[i] != '\'' || at(l, i + 1) == '\''))
		i += l->all.p[i] == '\'' ? 2 : 1;
	if (i >= l->all.len)
		return false;
	char *out = arena_alloc(l->a, i - l->at);
	for (size_t k = l->at + 1; k < i; k++) {
		k += l->all.p[k] == '\'';
		out[n++] = l->all.p[k];
	}
	l->at = i + 1;
	l->word = str_from(out, n);
	return true;
}

/* "+00:00" whose plus became a space, as happens to those who forget to escape it. */
static bool is_lost_plus(const struct odata_lex *l)
{
	size_t i = l->at;

	return at(l, i) == ' ' && is_digit(at(l, i + 1)) && is_digit(at(l, i + 2)) &&
		at(l, i + 3) == ':' && is_digit(at(l, i + 4)) && is_digit(at(l, i + 5)) &&
		at(l, i + 6) != ':';
}

static enum odata_token moment(struct odata_lex *l)
{
	if (is_lost_plus(l) && l->word.p[l->word.len - 1] != 'Z') {
		l->word = STR_JOIN(l->a, l->word, STR("+"), str_sub(l->all, l->at + 1, l->at + 6));
		l->at += 6;
	}
	return ODATA_MOMENT;
}

static enum odata_token numeric(struct odata_lex *l)
{
	l->at = run(l, l->at + 1, is_numeric);
	l->word = str_sub(l->all, l->start, l->at);
	if (l->word.len >= 10 && l->word.p[4] == '-' && l->word.p[7] == '-')
		return l->word.len == 10 ? ODATA_DAY : moment(l);
	if (l->word.len >= 5 && l->word.p[2] == ':')
		return ODATA_CLOCK;
	return ODATA_NUMBER;
}

static enum odata_token word(struct odata_lex *l)
{
	l->at = run(l, l->at, is_name);
	l->word = str_sub(l->all, l->start, l->at);
	if (at(l, l->at) != '\'')
		return ODATA_WORD;
	l->type = l->word;
	return quoted(l) ? ODATA_TYPED : ODATA_STRANGE;
}

static enum odata_token sign(struct odata_lex *l, char c)
{
	l->at++;
	l->word = str_sub(l->all, l->start, l->at);
	switch (c) {
	case '(': return ODATA_OPEN;
	case ')': return ODATA_CLOSE;
	case ',': return ODATA_COMMA;
	case '/': return ODATA_SLASH;
	case ':': return ODATA_COLON;
	case '-': return ODATA_MINUS;
	default: break;
	}
	l->at--;
	return ODATA_STRANGE;
}

static enum odata_token token(struct odata_lex *l)
{
	while (at(l, l->at) == ' ' || at(l, l->at) == '\t')
		l->at++;
	l->start = l->at;
	l->word = STR("");
	if (l->at >= l->all.len)
		return ODATA_END;
	char c = l->all.p[l->at];
	if (c == '\'')
		return quoted(l) ? ODATA_TEXT : ODATA_STRANGE;
	if (is_digit(c) || ((c == '-' || c == '+') && is_digit(at(l, l->at + 1))))
		return numeric(l);
	return is_letter(c) ? word(l) : sign(l, c);
}

void odata_lex_next(struct odata_lex *l)
{
	l->token = token(l);
}

struct odata_lex odata_lex_of(struct arena *a, struct str text)
{
	struct odata_lex l = {.a = a, .all = text};

	odata_lex_next(&l);
	return l;
}

bool odata_lex_is(const struct odata_lex *l, const char *word)
{
	return l->token == ODATA_WORD && str_eq_nocase(l->word, str_of(word));
}
