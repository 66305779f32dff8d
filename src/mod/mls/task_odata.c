#include "mod/mls/task_local.h"

#define ODATA_MAX 4000

/* Behind the quote that closes the text which begins at at; 0: none closes it. A doubled quote is one of the text. */
static size_t behind_text(struct str s, size_t at)
{
	for (size_t i = at + 1; i < s.len; i++) {
		if (s.p[i] != '\'')
			continue;
		if (i + 1 == s.len || s.p[i + 1] != '\'')
			return i + 1;
		i++;
	}
	return 0;
}

static int check_char(char c, size_t at, struct err *e)
{
	if ((unsigned char)c < ' ' || c == 0x7f)
		return err_set(e, E_INPUT,
			"\"odata\" has a control character at position %zu: write it in one line",
			at + 1);
	if (c == '$' || c == '&' || c == '#' || c == '?' || c == ';')
		return err_set(e, E_INPUT,
			"\"odata\" has a %c outside of a text at position %zu: it is a filter alone, without $filter= and other options",
			c, at + 1);
	return 0;
}

static int check_depth(struct str s, int *depth, size_t at, struct err *e)
{
	*depth += s.p[at] == '(' ? 1 : s.p[at] == ')' ? -1 : 0;
	if (*depth < 0)
		return err_set(e, E_INPUT,
			"\"odata\" closes a parenthesis at position %zu that is not open", at + 1);
	return 0;
}

static int check_text(struct str s, struct err *e)
{
	if (!str_trim(s).len)
		return err_set(e, E_INPUT, "\"odata\" is empty: leave it out to import everything");
	if (s.len > ODATA_MAX)
		return err_set(e, E_INPUT, "\"odata\" is longer than %d bytes", ODATA_MAX);
	if (!str_is_utf8(s))
		return err_set(e, E_INPUT, "\"odata\" is not UTF-8");
	return 0;
}

int task_odata_check(struct str s, struct err *e)
{
	int depth = 0;

	if (check_text(s, e))
		return e->code;
	for (size_t i = 0; i < s.len;) {
		if (s.p[i] == '\'') {
			size_t end = behind_text(s, i);
			if (!end)
				return err_set(e, E_INPUT,
					"\"odata\" opens a quote at position %zu that nothing closes",
					i + 1);
			i = end;
			continue;
		}
		if (check_char(s.p[i], i, e) || check_depth(s, &depth, i, e))
			return e->code;
		i++;
	}
	if (depth)
		return err_set(e, E_INPUT, "\"odata\" leaves %d %s open", depth,
			depth > 1 ? "parentheses" : "parenthesis");
	return 0;
}
