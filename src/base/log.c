#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"

#define VALUE_MAX 2048
#define LINE_ROOM 500 /* most lines fit */

static const struct str level_names[] = {
	[LOG_LEVEL_DEBUG] = {STR_INIT("debug")},
	[LOG_LEVEL_INFO] = {STR_INIT("info")},
	[LOG_LEVEL_WARN] = {STR_INIT("warn")},
	[LOG_LEVEL_ERROR] = {STR_INIT("error")},
	[LOG_LEVEL_OFF] = {STR_INIT("off")},
};
static const struct str format_names[] = {
	[LOG_FORMAT_AUTO] = {STR_INIT("auto")},
	[LOG_FORMAT_JSON] = {STR_INIT("json")},
	[LOG_FORMAT_TEXT] = {STR_INIT("text")},
};

static struct {
	_Atomic enum log_level level;
	_Atomic enum log_format format;
	void (*sink)(void *arg, struct str line);
	void *arg;
} settings = {.level = LOG_LEVEL_INFO};

void log_set_level(enum log_level level)
{
	settings.level = level;
}

bool log_is_on(enum log_level level)
{
	return level >= settings.level && level < LOG_LEVEL_OFF;
}

bool log_level_parse(struct str name, enum log_level *ret_level)
{
	for (enum log_level l = LOG_LEVEL_DEBUG; l <= LOG_LEVEL_OFF; l++) {
		if (!str_eq(name, level_names[l]))
			continue;
		*ret_level = l;
		return true;
	}
	return false;
}

void log_set_format(enum log_format format)
{
	settings.format = format;
}

bool log_format_parse(struct str name, enum log_format *ret_format)
{
	for (enum log_format f = LOG_FORMAT_AUTO; f <= LOG_FORMAT_TEXT; f++) {
		if (!str_eq(name, format_names[f]))
			continue;
		*ret_format = f;
		return true;
	}
	return false;
}

void log_set_sink(void (*sink)(void *arg, struct str line), void *arg)
{
	settings.sink = sink;
	settings.arg = arg;
}

/* "password", and "smtp_password", but not "tokens_used". */
static bool is_credential(struct str key)
{
	static const struct str words[] = {
		{STR_INIT("password")},
		{STR_INIT("token")},
		{STR_INIT("secret")},
		{STR_INIT("authorization")},
		{STR_INIT("cookie")},
		{STR_INIT("api_key")},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t before = key.len - words[i].len;
		bool is_last_word = key.len == words[i].len ||
			(key.len > words[i].len && key.p[before - 1] == '_');
		if (is_last_word && str_eq_nocase(str_sub(key, before, key.len), words[i]))
			return true;
	}
	return false;
}

static bool is_secret(const struct log_field *f)
{
	return f->kind == LOG_KIND_SECRET || is_credential(str_of(f->key));
}

/* At most VALUE_MAX bytes and an ellipsis, not cut inside a character. */
static struct str shorten(struct buf *b, struct str s)
{
	size_t n = VALUE_MAX;

	for (int back = 0; back < 3 && (s.p[n] & 0xc0) == 0x80; back++)
		n--;
	buf_add(b, s.p, n);
	buf_cstr(b, "\xe2\x80\xa6");
	return buf_view(b);
}

static void str_json(struct jsonw *w, struct str s)
{
	struct buf shortened;

	if (s.len <= VALUE_MAX) {
		jsonw_str(w, s);
		return;
	}
	buf_init(&shortened, 0);
	jsonw_str(w, shorten(&shortened, s));
	buf_done(&shortened);
}

static void value_json(struct jsonw *w, const struct log_field *f)
{
	if (is_secret(f)) {
		jsonw_cstr(w, f->s.p || f->kind != LOG_KIND_SECRET ? "[hidden]" : NULL);
		return;
	}
	switch (f->kind) {
	case LOG_KIND_END:
	case LOG_KIND_SECRET: break;
	case LOG_KIND_STR: str_json(w, f->s); break;
	case LOG_KIND_INT: jsonw_i64(w, f->n); break;
	case LOG_KIND_F64: jsonw_f64(w, f->x); break;
	case LOG_KIND_BOOL: jsonw_bool(w, f->n); break;
	}
}

/* Words a person need not see in quotes. Anything else keeps its JSON form, so that no value can
 * forge a field, a line or a terminal sequence. */
static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '=' ||
			s.p[i] == '\\' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return s.len > 0 && s.len <= VALUE_MAX;
}

static void field_text(struct buf *b, const struct log_field *f)
{
	struct jsonw w = jsonw_to(b);

	buf_printf(b, " %s=", f->key);
	if (f->kind == LOG_KIND_STR && !is_secret(f) && is_plain(f->s))
		buf_str(b, f->s);
	else
		value_json(&w, f);
}

static void line_text(struct buf *b, enum log_level level, const char *event, va_list ap)
{
	char time[CLOCK_ISO_SIZE];

	clock_format_iso(time, now_us());
	buf_printf(b, "%.12s %-5s %s", time + 11, level_names[level].p, event);
	for (;;) {
		struct log_field f = va_arg(ap, struct log_field);
		if (f.kind == LOG_KIND_END)
			break;
		field_text(b, &f);
	}
}

static void line_json(struct buf *b, enum log_level level, const char *event, va_list ap)
{
	struct jsonw w = jsonw_to(b);

	jsonw_obj(&w);
	jsonw_key(&w, "time"), jsonw_time(&w, now_us());
	jsonw_key(&w, "level"), jsonw_str(&w, level_names[level]);
	jsonw_key(&w, "event"), jsonw_cstr(&w, event);
	for (;;) {
		struct log_field f = va_arg(ap, struct log_field);
		if (f.kind == LOG_KIND_END)
			break;
		jsonw_key(&w, f.key);
		value_json(&w, &f);
	}
	jsonw_end(&w);
}

static bool is_text(void)
{
	if (settings.format == LOG_FORMAT_AUTO)
		return !settings.sink && isatty(STDERR_FILENO);
	return settings.format == LOG_FORMAT_TEXT;
}

static void send_line(struct str line)
{
	if (settings.sink) {
		settings.sink(settings.arg, line);
		return;
	}
	ssize_t sent = write(STDERR_FILENO, line.p, line.len);
	(void)sent;
}

void log_line(enum log_level level, const char *event, ...)
{
	struct buf b;
	va_list ap;

	if (!log_is_on(level))
		return;
	buf_init(&b, 0);
	(void)!buf_reserve(&b, LINE_ROOM);
	va_start(ap, event);
	if (is_text())
		line_text(&b, level, event, ap);
	else
		line_json(&b, level, event, ap);
	va_end(ap);
	buf_char(&b, '\n');
	send_line(buf_view(&b));
	buf_done(&b);
}
