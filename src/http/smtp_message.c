/* smtp_message: a mail as it goes over the wire (RFC 5322, 2045 to 2047, 2369, 8058). */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/enc.h"
#include "http/smtp.h"

#define WORD_BYTES 42   /* 56 characters of base64 in an encoded word of at most 75 */
#define LINE_MAX 72     /* of quoted-printable, soft break included */
#define HEADER_PLAIN 60 /* longer ones are encoded, which folds them */
#define UNSUBSCRIBE_MAX 900

static bool is_plain(struct str s, const char *not_allowed)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] > '~' || strchr(not_allowed, s.p[i]))
			return false;
	return s.len <= HEADER_PLAIN && str_find(s, STR("=?")) < 0;
}

/* Bytes of UTF-8 that fit a word and end at a character's end. */
static size_t word_len(struct str s)
{
	if (s.len <= WORD_BYTES)
		return s.len;
	size_t n = WORD_BYTES;
	while (n > WORD_BYTES - 4 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* Controls become spaces, what is not UTF-8 ends the text. */
static struct str clean(struct arena *a, struct str s)
{
	char *p = arena_dup(a, s.p, str_utf8_prefix(s));
	size_t n = str_utf8_prefix(s);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
			p[i] = ' ';
	return str_from(p, n);
}

static void put_words(struct buf *b, struct arena *a, struct str s)
{
	for (bool first = true; s.len; first = false) {
		size_t n = word_len(s);
		buf_cstr(b, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		buf_str(b, enc_base64(a, str_sub(s, 0, n)));
		buf_cstr(b, "?=");
		s = str_sub(s, n, s.len);
	}
}

static void put_subject(struct buf *b, struct arena *a, struct str subject)
{
	struct str s = clean(a, subject);

	buf_cstr(b, "Subject: ");
	if (is_plain(s, ""))
		buf_str(b, s);
	else
		put_words(b, a, s);
	buf_cstr(b, "\r\n");
}

static void put_address(struct buf *b, struct arena *a, const char *field,
	const struct smtp_address *who)
{
	struct str name = clean(a, who->name.p ? who->name : STR(""));

	buf_printf(b, "%s: ", field);
	if (name.len && is_plain(name, "\"\\"))
		buf_printf(b, "\"" STR_FMT "\" ", STR_ARG(name));
	else if (name.len)
		put_words(b, a, name), buf_char(b, ' ');
	buf_printf(b, "<" STR_FMT ">\r\n", STR_ARG(clean(a, who->address)));
}

/* No folding: within a header a URL has none to fold at, and a line may have 998 characters. */
static void put_unsubscribe(struct buf *b, struct str url)
{
	bool is_https = str_starts(url, STR("https://"));

	if ((!is_https && !str_starts(url, STR("http://"))) || url.len > UNSUBSCRIBE_MAX)
		return;
	for (size_t i = 0; i < url.len; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~' || strchr("<>,\"", url.p[i]))
			return;
	buf_printf(b, "List-Unsubscribe: <" STR_FMT ">\r\n", STR_ARG(url));
	if (is_https)
		buf_cstr(b, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
}

static void put_date(struct buf *b, int64_t us)
{
	char date[CLOCK_HTTP_SIZE];

	clock_format_http(date, us);
	buf_printf(b, "Date: %.*s+0000\r\n", (int)strlen(date) - 3, date); /* without GMT */
}

/* What stands for itself; a space or tab does unless it ends its line. */
static bool is_literal(unsigned char c, bool ends_line)
{
	return (c > ' ' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !ends_line);
}

static void put_quoted_printable(struct buf *b, struct str s)
{
	size_t column = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool ends_line = i + 1 == s.len || s.p[i + 1] == '\n' || s.p[i + 1] == '\r';
		if (c == '\r' && i + 1 < s.len && s.p[i + 1] == '\n')
			continue;
		if (c == '\n') {
			buf_cstr(b, "\r\n");
			column = 0;
			continue;
		}
		bool literal = is_literal(c, ends_line);
		if (column + (literal ? 1 : 3) > LINE_MAX) {
			buf_cstr(b, "=\r\n");
			column = 0;
		}
		buf_printf(b, literal ? "%c" : "=%02X", c);
		column += literal ? 1 : 3;
	}
	buf_cstr(b, "\r\n");
}

static void put_part(struct buf *b, const char *type, struct str text)
{
	buf_printf(b,
		"Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
		type);
	put_quoted_printable(b, text);
}

/* The boundary cannot be in a part: quoted-printable never has "=_". */
static void put_both(struct buf *b, const struct smtp_message *m)
{
	const char *mark = "--=_plat-";

	buf_printf(b, "Content-Type: multipart/alternative; boundary=\"%s" STR_FMT "\"\r\n\r\n",
		mark + 2, STR_ARG(m->id));
	buf_printf(b, "%s" STR_FMT "\r\n", mark, STR_ARG(m->id));
	put_part(b, "text/plain", m->text);
	buf_printf(b, "%s" STR_FMT "\r\n", mark, STR_ARG(m->id));
	put_part(b, "text/html", m->html);
	buf_printf(b, "%s" STR_FMT "--\r\n", mark, STR_ARG(m->id));
}

void smtp_message_write(struct buf *b, const struct smtp_message *m)
{
	struct arena *a = arena_new();
	struct str domain = m->from.address;

	str_cut(&domain, '@');
	put_date(b, m->date_us);
	put_address(b, a, "From", &m->from);
	put_address(b, a, "To", &m->to);
	put_subject(b, a, m->subject);
	buf_printf(b, "Message-ID: <" STR_FMT "@" STR_FMT ">\r\n", STR_ARG(m->id),
		STR_ARG(clean(a, domain.p ? domain : STR("localhost"))));
	if (m->unsubscribe_url.p)
		put_unsubscribe(b, m->unsubscribe_url);
	buf_cstr(b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
	if (m->html.p)
		put_both(b, m);
	else
		put_part(b, "text/plain", m->text);
	arena_free(a);
}
