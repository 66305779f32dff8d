/* Characters of the configuration file: spaces, names, quoted texts. */
#include "mod/rest/config_local.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/json.h"

size_t config_line(const struct config_scan *s)
{
	size_t line = 1;

	for (size_t i = 0; i < s->at && i < s->text.len; i++)
		line += s->text.p[i] == '\n';
	return line;
}

int config_wrong(struct config_scan *s, const char *words)
{
	return err_set(s->e, E_INPUT, "%s, line %zu: %s", s->name, config_line(s), words);
}

char config_peek(const struct config_scan *s)
{
	return s->at < s->text.len ? s->text.p[s->at] : 0;
}

bool config_take(struct config_scan *s, const char *word)
{
	if (!str_starts(str_sub(s->text, s->at, s->text.len), str_of(word)))
		return false;
	s->at += strlen(word);
	return true;
}

/* Spaces, and comments to the end of the line; line ends too when lines is true. "#;" is no comment. */
void config_skip(struct config_scan *s, bool lines)
{
	while (s->at < s->text.len) {
		char c = config_peek(s);
		if (c == '#' && !(s->at + 1 < s->text.len && s->text.p[s->at + 1] == ';'))
			while (s->at < s->text.len && config_peek(s) != '\n' &&
				config_peek(s) != '\r')
				s->at++;
		else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r')))
			s->at++;
		else
			return;
	}
}

bool config_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

bool config_is_name_char(char c)
{
	return config_is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* Behind \u: four digits, or two times four for a surrogate pair. */
static int read_unicode(struct config_scan *s, struct buf *b)
{
	struct arena *a = s->arena;
	struct str digits = str_sub(s->text, s->at, s->at + 4), text;
	unsigned char unit[2];
	bool pair = digits.len == 4 && enc_hex_read(digits, unit) && (unit[0] & 0xfc) == 0xd8;

	digits = str_sub(s->text, s->at, s->at + (pair ? 10 : 4));
	struct str json = str_printf(a, "\"\\u" STR_FMT "\"", STR_ARG(digits));
	if (!json_to_str(json_parse(a, json, NULL), &text) || !text.len || !*text.p)
		return config_wrong(s, "\\u wants four hexadecimal digits of a character");
	buf_str(b, text);
	s->at += digits.len;
	return 0;
}

static int read_escape(struct config_scan *s, struct buf *b)
{
	static const char letters[] = "ntr\"\\", meant[] = "\n\t\r\"\\";
	char c = config_peek(s);
	const char *at = c ? strchr(letters, c) : NULL;

	if (!at && c != 'u')
		return config_wrong(s, "behind \\ there must be one of n t r u \" \\");
	s->at++;
	if (c == 'u')
		return read_unicode(s, b);
	buf_char(b, meant[at - letters]);
	return 0;
}

/* Behind the opening quote; a text may go over several lines. */
int config_quoted(struct config_scan *s, struct buf *b)
{
	while (!config_take(s, "\"")) {
		if (s->at == s->text.len)
			return config_wrong(s, "a text has no closing quote");
		char c = s->text.p[s->at++];
		if (c != '\\')
			buf_char(b, c);
		else if (read_escape(s, b))
			return E_INPUT;
	}
	return 0;
}
